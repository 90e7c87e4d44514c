//! The demonstration company: dated files, replayed commit by commit through the one door, relative to the day of
//! opening. The head of the first file in `data/demo` says how such a file is written.

use super::Error;
use crate::ledger::{CommitError, Ledger};
use crate::model::builtin;
use crate::model::calendar;
use crate::model::change::{Actor, Draft, Edit, Origin, Refusal, Target};
use crate::model::codec;
use crate::model::kind::{Field, FieldType, Kind};
use crate::model::record::{Id, Record};
use crate::model::value::Value;
use crate::model::world::World;
use serde::Deserialize;
use serde_json::{Map, Value as Json};

/// One file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    commit: Vec<Entry>,
}

/// One commit.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    at: String,
    by: String,
    #[serde(default)]
    reason: Option<String>,
    edit: Vec<Change>,
}

/// The same change of one or several records.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Change {
    #[serde(default)]
    id: Option<String>,
    #[serde(default)]
    ids: Vec<String>,
    #[serde(default)]
    kind: Option<String>,
    #[serde(default)]
    set: Map<String, Json>,
    #[serde(rename = "move", default)]
    transition: Option<String>,
}

/// The day and the person of one commit.
struct Moment {
    /// The day of opening.
    opening: i32,
    /// The day of the commit.
    day: i32,
    /// Its time, milliseconds since 1970, UTC.
    time: i64,
    me: Id,
}

/// Replays the demonstration into an empty ledger, as it stands on the day `today`. `progress` is told the share that
/// is done, 0 to 1.
///
/// # Errors
/// Names the file, the commit and the record that do not fit; the tests make sure that all do.
pub fn replay(ledger: &mut Ledger, today: i32, progress: &mut dyn FnMut(f64)) -> Result<(), Error> {
    let mut all = Vec::new();
    for (name, text) in builtin::DEMO {
        let file: File = toml::from_str(text).map_err(|e| Error::file(name, e.to_string()))?;
        for entry in file.commit {
            let wrong = |what: &str| Error::file(name, format!("commit at {}: {what}", entry.at));
            let at = moment(&entry.at).ok_or_else(|| wrong("the time is not written like -300d 09:30"))?;
            all.push((at, *name, entry));
        }
    }
    // The files are about one thing each; the year is one.
    all.sort_by_key(|(at, ..)| *at);
    for (n, (at, name, entry)) in all.iter().enumerate() {
        let wrong = |what: String| Error::file(name, format!("commit at {}: {what}", entry.at));
        commit(ledger, entry, *at, today).map_err(wrong)?;
        if n % 16 == 0 {
            progress(n as f64 / all.len() as f64);
        }
    }
    progress(1.0);
    Ok(())
}

/// `-300d 09:30` as a day before the day of opening and minutes of that day.
fn moment(at: &str) -> Option<(i32, i64)> {
    let (day, time) = at.split_once("d ")?;
    let (hours, minutes) = time.split_once(':')?;
    Some((
        day.parse().ok()?,
        hours.parse::<i64>().ok()? * 60 + minutes.parse::<i64>().ok()?,
    ))
}

fn commit(ledger: &mut Ledger, entry: &Entry, (back, minutes): (i32, i64), opening: i32) -> Result<(), String> {
    let day = opening + back;
    let time = (i64::from(day) * 1440 + minutes) * 60_000;
    let by = Id::from(entry.by.as_str());
    let actor = Actor {
        person: by.clone(),
        by: by.clone(),
    };
    let moment = Moment {
        opening,
        day,
        time,
        me: by,
    };
    let draft = draft(ledger, entry, &moment)?;
    match ledger.commit(&draft, &actor, time, day) {
        Ok(_) => Ok(()),
        Err(CommitError::Refused(Refusal::Problems(all))) => {
            let one = |p: &crate::model::change::Problem| match &p.id {
                Some(id) if !p.message.contains(id.as_str()) => format!("{id}: {}", p.message),
                _ => p.message.clone(),
            };
            Err(all.iter().map(one).collect::<Vec<_>>().join("; "))
        }
        Err(CommitError::Refused(Refusal::Nothing)) => Err("it changes nothing".into()),
        Err(CommitError::Refused(Refusal::Conflicts(_))) => Err("it conflicts with itself".into()),
        Err(e) => Err(e.to_string()),
    }
}

fn draft(ledger: &Ledger, entry: &Entry, moment: &Moment) -> Result<Draft, String> {
    let w = World {
        catalogue: ledger.catalogue(),
        state: ledger.state(),
        today: moment.day,
        now: moment.time,
        me: &moment.me,
    };
    let first = ledger.seq() == 0;
    let mut draft = Draft::new("");
    draft.reason.clone_from(&entry.reason);
    if first {
        draft.origin = Origin::Init;
    }
    let mut actions: Vec<String> = Vec::new();
    for change in &entry.edit {
        for id in change.id.iter().chain(&change.ids) {
            let (edit, action) = edit(ledger, &w, change, id, moment).map_err(|e| format!("{id}: {e}"))?;
            draft.edits.push(edit);
            if !actions.contains(&action) {
                actions.push(action);
            }
        }
    }
    draft.action = match (first, actions.as_slice()) {
        (true, _) => "store.init".to_string(),
        (false, [one]) => one.clone(),
        (false, _) => "record.edit".to_string(),
    };
    Ok(draft)
}

fn edit(ledger: &Ledger, w: &World, change: &Change, id: &str, moment: &Moment) -> Result<(Edit, String), String> {
    let id = Id::from(id);
    let kind_ix = w.catalogue.kind_of(&id).ok_or("this is the id of no kind")?;
    let kind = w.kind_at(kind_ix);
    let old = w.find(&id);
    let target = match (&change.kind, old) {
        (Some(_), _) => Target::NewWithId(kind_ix, id.clone()),
        (None, Some(_)) => Target::Old(id.clone()),
        (None, None) => return Err("it was not made yet".to_string()),
    };
    let mut edit = Edit {
        target,
        set: Vec::new(),
        transition: change.transition.clone(),
        base: None,
        unknown: Vec::new(),
    };
    // Scales are read by the method that the record names.
    let mut seen = old.map_or_else(|| Record::new(id), |r| Record::clone(r));
    let mut set: Vec<(&String, &Json)> = change.set.iter().collect();
    set.sort_by_key(|(name, _)| *name != "method");
    for (name, json) in set {
        let field = kind
            .field(name)
            .ok_or(format!("'{name}' is no field of a {}", kind.name))?;
        let v = match file(ledger, field, json)? {
            Some(kept) => Some(kept),
            None => value(w, kind, &seen, field, json, moment).map_err(|e| format!("{name}: {e}"))?,
        };
        seen.set(field.tag, v.clone());
        edit.set.push((field.tag, v));
    }
    let action = match (&change.transition, &change.kind) {
        (Some(name), _) => format!("{}.{name}", kind.name),
        (None, Some(_)) => "record.create".to_string(),
        (None, None) => "record.edit".to_string(),
    };
    Ok((edit, action))
}

/// Keeps a file that is written out as `{ name = "...", text = "..." }`.
fn file(ledger: &Ledger, field: &Field, json: &Json) -> Result<Option<Value>, String> {
    let text = |name: &str| json.get(name).and_then(Json::as_str);
    match (text("name"), text("text")) {
        (Some(name), Some(text)) if field.kind == FieldType::File => ledger
            .keep(name, &mut text.as_bytes())
            .map(|kept| Some(Value::File(kept.into())))
            .map_err(|e| format!("{name} {e}")),
        _ => Ok(None),
    }
}

fn value(
    w: &World,
    kind: &Kind,
    seen: &Record,
    field: &Field,
    json: &Json,
    m: &Moment,
) -> Result<Option<Value>, String> {
    match dated(json, m.opening) {
        // A record of the same commit is not there yet, so it goes by its id.
        Json::String(id) if field.kind == FieldType::Link && w.catalogue.kind_of(&Id::from(id.as_str())).is_some() => {
            Ok(Some(Value::Link(Id::from(id))))
        }
        Json::String(text) => codec::parse(w, kind, Some(seen), field, &text).map_err(|e| e.to_string()),
        other => codec::from_json(field, &other).map(Some).map_err(|e| e.to_string()),
    }
}

/// With every `@+14` replaced by the date so many days after the day of opening, and `@-1 20:15` by that moment.
fn dated(json: &Json, opening: i32) -> Json {
    let read = |s: &str| {
        let rest = s.strip_prefix('@')?;
        let (days, time) = rest.split_once(' ').unwrap_or((rest, ""));
        let day = calendar::show(opening + days.parse::<i32>().ok()?);
        Some(if time.is_empty() {
            day
        } else {
            format!("{day}T{time}:00Z")
        })
    };
    match json {
        Json::String(s) => read(s).map_or_else(|| json.clone(), Json::String),
        Json::Array(all) => Json::Array(all.iter().map(|v| dated(v, opening)).collect()),
        Json::Object(map) => Json::Object(map.iter().map(|(k, v)| (k.clone(), dated(v, opening))).collect()),
        other => other.clone(),
    }
}
