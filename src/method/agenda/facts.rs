//! What one record brings to the agenda.

use super::handover;
use super::item::{Facts, Gap, Missing, PLAIN, Remedy, Source, Task, When};
use crate::method::checklist::Item;
use crate::method::duty;
use crate::model::calendar;
use crate::model::kind::{Ask, Class, Derivation, Field, FieldType, Kind, KindIx, Moment, Transition};
use crate::model::record::{Id, Record};
use crate::model::rules;
use crate::model::sets;
use crate::model::value::Value;
use crate::model::world::World;

/// What a record brings to the agenda.
///
/// `items` are those of checklists that ask its kind, by their places.
pub(super) fn of(w: &World, ix: KindIx, record: &Record, asked: &[usize], items: &[Item]) -> (Facts, Box<[When]>) {
    let kind = w.kind_at(ix);
    let open = w.is_open(kind, record);
    let answers = asked
        .iter()
        .filter_map(|i| items.get(*i).map(|item| (*i, item.answer(w, kind, record))))
        .collect();
    let mut all = if open { due(w, kind, record) } else { Vec::new() };
    all.extend(handover::of(w, kind, record));
    all.sort_by_key(|(when, _)| when.day);
    let (days, tasks) = all.into_iter().unzip();
    let facts = Facts {
        kind: ix,
        open,
        weight: weight(w, kind, record),
        tasks,
        waits: if open { waits(kind, record) } else { Vec::new() },
        gaps: gaps(w, ix, kind, record),
        answers,
    };
    (facts, Vec::into_boxed_slice(days))
}

/// How much a record weighs, 1 to 4: the highest level that its kind's `weigh` finds, on its scale; what is mandatory
/// weighs most, what says nothing weighs as the middle.
fn weight(w: &World, kind: &Kind, record: &Record) -> u8 {
    let share = |name: &String| match name.split_once('.') {
        None => share(w, kind, record, name),
        Some((link, value)) => {
            let ids = kind
                .field(link)
                .and_then(|f| record.get(f.tag))
                .into_iter()
                .flat_map(Value::ids);
            highest(ids.filter_map(|id| share_of(w, id, value)))
        }
    };
    let most = highest(kind.weigh.iter().filter_map(share));
    most.map_or(PLAIN, |s| (s * 4.0).round().clamp(1.0, 4.0) as u8)
}

/// The highest share; who has found the top looks no further.
fn highest(shares: impl Iterator<Item = f64>) -> Option<f64> {
    let mut most = None;
    for share in shares {
        most = Some(share.max(most.unwrap_or(0.0)));
        if share >= 1.0 {
            break;
        }
    }
    most
}

fn share_of(w: &World, id: &Id, value: &str) -> Option<f64> {
    let (record, kind) = (w.find(id).filter(|r| !r.is_retired())?, w.kind(id)?);
    share(w, kind, record, value)
}

/// Where a value stands between nothing (0) and the top of its scale or the last of its choices (1).
fn share(w: &World, kind: &Kind, record: &Record, name: &str) -> Option<f64> {
    match w.value(kind, record, name)?.as_ref() {
        Value::Bool(yes) => yes.then_some(1.0),
        Value::Text(t) => {
            let (at, of) = match w.scale(kind, Some(record), name) {
                Some(scale) => (scale.position(t)?, scale.levels.len()),
                None => {
                    let choices = &kind.field(name)?.choices;
                    (choices.iter().position(|c| c.id == *t)?, choices.len())
                }
            };
            Some((at + 1) as f64 / of.max(1) as f64)
        }
        _ => None,
    }
}

/// What is due on an open record.
fn due(w: &World, kind: &Kind, record: &Record) -> Vec<(When, Task)> {
    let owner: Vec<Id> = kind
        .field("owner")
        .and_then(|f| record.get(f.tag))
        .map(|v| v.ids().cloned().collect())
        .unwrap_or_default();
    let mut all = Vec::new();
    let mut see = |when: When, word: &str, source: Source, whose: Vec<Id>, remedy: Remedy| {
        let task = Task {
            word: word.to_string(),
            source,
            whose,
            remedy,
        };
        all.push((when, task));
    };
    // a record has few values and its kind many fields: go by the values
    for (tag, value) in &record.values {
        if !matches!(value, Value::Date(_) | Value::Time(_) | Value::Rows(_)) {
            continue;
        }
        let counts = |f: &&Field| f.due_in.is_empty() || f.due_in.iter().any(|s| s == record.state());
        let Some(f) = kind.field_by_tag(*tag).filter(counts) else {
            continue;
        };
        if let (Some(word), Some(when)) = (&f.due, when(value)) {
            see(when, word, Source::Field(*tag), owner.clone(), mends(kind, record, f));
        }
        let done = f.fields.iter().find(|c| c.name == "done").map(|c| c.tag);
        let who = f.fields.iter().find(|c| c.kind == FieldType::Link).map(|c| c.tag);
        for row in value.as_rows() {
            let cell = |tag| row.cells.iter().find(|(t, _)| *t == tag).map(|(_, v)| v);
            if done.and_then(cell).is_some_and(is_done) {
                continue;
            }
            // a legal clock has its day, and in another cell its moment; the day may be left to the moment
            let moments = f.fields.iter().filter(|c| c.kind == FieldType::Time && c.due.is_none());
            let moments: Vec<When> = moments.filter_map(|c| cell(c.tag).and_then(when)).collect();
            for c in &f.fields {
                let Some(word) = &c.due else { continue };
                let day = cell(c.tag).and_then(when);
                let moment = moments.iter().find(|m| day.is_none_or(|d| d.day == m.day)).copied();
                let Some(when) = day.filter(|d| d.time.is_some()).or(moment).or(day) else {
                    continue;
                };
                // a task is the task of whom it names
                let named: Vec<Id> = who.and_then(cell).into_iter().flat_map(Value::ids).cloned().collect();
                let whose = if named.is_empty() { owner.clone() } else { named };
                let source = Source::Row(*tag, row.id, c.tag);
                see(when, word, source, whose, Remedy::Field(f.name.clone()));
            }
        }
    }
    for d in &kind.derived {
        let Some(word) = &d.due else { continue };
        if let Some(when) = w.value(kind, record, &d.name).as_deref().and_then(when) {
            let remedy = match &d.from {
                Derivation::Lapse { kind, .. } => Remedy::Create(kind.clone()),
                _ => Remedy::Open,
            };
            see(when, word, Source::Derived(d.name.clone()), owner.clone(), remedy);
        }
    }
    for duty in &kind.duties {
        let owed = duty::owed(w, kind, record, duty);
        for same in owed.chunk_by(|a, b| a.day == b.day) {
            let Some(first) = same.first() else { continue };
            let whose = same.iter().map(|o| o.person.clone()).collect();
            let source = Source::Duty(duty.name.clone());
            let word = duty.label.to_lowercase();
            let when = When {
                day: first.day,
                time: None,
            };
            see(when, &word, source, whose, Remedy::Duty(duty.name.clone()));
        }
    }
    all
}

/// The day of a date or moment, and the moment.
fn when(value: &Value) -> Option<When> {
    let (day, time) = match value {
        Value::Date(day) => (*day, None),
        Value::Time(ms) => (calendar::day_of_time(*ms), Some(*ms)),
        _ => return None,
    };
    Some(When { day, time })
}

/// Whether a row's `done` says that it is: yes, or the day on which it was.
fn is_done(value: &Value) -> bool {
    matches!(value, Value::Bool(true) | Value::Date(_) | Value::Time(_))
}

/// What does what a date asks for: the move from here that sets it, else the field itself. Figures are taken by whoever
/// has looked at them, and only where there are some: a date does not ask for that.
fn mends(kind: &Kind, record: &Record, field: &Field) -> Remedy {
    let here = |t: &&Transition| t.from.iter().any(|s| s == "*" || s == record.state());
    kind.transitions
        .iter()
        .filter(here)
        .find(|t| t.sets.contains_key(&field.name) && !sets::takes_figures(kind, &t.sets))
        .map_or_else(|| Remedy::Field(field.name.clone()), |t| Remedy::Move(t.name.clone()))
}

/// Sign-offs for which an open record waits: nothing else leads on from its state. Other ways lead back, and ask for a
/// reason, or end it, or stay. Several answers to one question, which the same people give, are one.
fn waits(kind: &Kind, record: &Record) -> Vec<usize> {
    let state = record.state();
    let from = |t: &Transition| t.to != state && t.from.iter().any(|f| f == state || f == "*");
    let onward = |t: &Transition| {
        let open = kind.state(&t.to).is_some_and(|s| s.class == Class::Open);
        open && !t.signoff && t.reason != Ask::Required
    };
    if kind.transitions.iter().any(|t| from(t) && onward(t)) {
        return Vec::new();
    }
    let asked = |t: &Transition| t.signoff && !t.stays() && from(t);
    let alike = |a: &Transition, b: &Transition| asked(a) && (&a.who, &a.separate) == (&b.who, &b.separate);
    let all = kind.transitions.iter().enumerate();
    all.filter(|(i, t)| asked(t) && !kind.transitions[..*i].iter().any(|before| alike(before, t)))
        .map(|(i, _)| i)
        .collect()
}

/// What is missing in a record by the rules of its kind.
fn gaps(w: &World, ix: KindIx, kind: &Kind, record: &Record) -> Vec<Missing> {
    rules::check(w, ix, record, Moment::Gap, None, None)
        .into_iter()
        .map(|p| Gap {
            id: record.id.clone(),
            remedy: match p.field.and_then(|tag| kind.field_by_tag(tag)) {
                Some(f) => Remedy::Field(f.name.clone()),
                None => told(kind, &p.rule),
            },
            rule: p.rule,
            message: p.message,
        })
        .map(Missing::of)
        .collect()
}

/// What mends a gap of a rule that is beside no field.
fn told(kind: &Kind, rule: &str) -> Remedy {
    let told = kind.rules.iter().filter(|r| r.id == rule && r.field.is_none());
    match told.filter_map(|r| r.mend.as_deref()).next() {
        Some(mend) => match mend.strip_prefix("new ") {
            Some(made) => Remedy::Create(made.to_string()),
            None => Remedy::Move(mend.to_string()),
        },
        None => Remedy::Open,
    }
}
