//! Who still owes what to a record: to read a document in force, to take a training again.
//!
//! Everyone whom the record names, and everyone who holds or deputises a post that it names, owes another record that
//! links to both. The time to do it runs from a day of the record, or from the day on which the person came, if that
//! is later: a new joiner is not late on the first morning. What is owed again and again is owed so many months after
//! it was last done.

use crate::model::calendar;
use crate::model::change::{Actor, Edit};
use crate::model::codec;
use crate::model::kind::{Duty, Field, FieldType, Kind, Need, TITLE, Tag};
use crate::model::record::{Id, Record};
use crate::model::rights::{self, Verb};
use crate::model::sets;
use crate::model::value::{Link, Value};
use crate::model::world::World;
use std::collections::{BTreeMap, BTreeSet};

/// What one person owes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Owed {
    /// The day by which it is to be done.
    pub day: i32,
    /// The person.
    pub person: Id,
}

/// The people who owe a record something by a duty of its kind, the earliest first. A record on which nothing is to be
/// done any more is owed nothing.
pub fn owed(w: &World, kind: &Kind, record: &Record, duty: &Duty) -> Vec<Owed> {
    if !w.is_open(kind, record) || !duty.when.holds(w, kind, record) {
        return Vec::new();
    }
    let people = people(w, kind, record, &duty.who);
    if people.is_empty() {
        return Vec::new();
    }
    let last = last_done(w, kind, record, duty);
    let date = |name: &str| {
        kind.field(name)
            .and_then(|f| record.get(f.tag))
            .and_then(Value::as_date)
    };
    let created = |r: &Record| r.meta.as_ref().map(|m| calendar::day_of_time(m.created.time));
    let since = date(&duty.since).or_else(|| created(record)).unwrap_or(w.today);
    let every = match kind.field(&duty.every).and_then(|f| record.get(f.tag)) {
        Some(Value::Int(months)) => i32::try_from(*months).ok().filter(|m| *m > 0),
        _ => None,
    };
    let mut owed: Vec<Owed> = people
        .into_iter()
        .filter_map(|person| {
            let day = match (last.get(&person), every) {
                (Some(Some(day)), Some(months)) => calendar::add_months(*day, months),
                (Some(_), _) => return None,
                (None, _) => {
                    let came = w.find(&person).and_then(|p| created(p)).unwrap_or(since);
                    since.max(came).saturating_add(duty.within)
                }
            };
            Some(Owed { day, person })
        })
        .collect();
    owed.sort();
    owed
}

/// The active people whom a link field names, themselves or through a post.
fn people(w: &World, kind: &Kind, record: &Record, field: &str) -> BTreeSet<Id> {
    let mut all = BTreeSet::new();
    let named = kind.field(field).and_then(|f| record.get(f.tag));
    for id in named.into_iter().flat_map(Value::ids) {
        let Some(of) = w.kind(id) else { continue };
        if of.name == "person" {
            all.insert(id.clone());
        } else if let Some(post) = w.find(id).filter(|p| !p.is_retired()) {
            let fields = ["holders", "deputy"].iter().filter_map(|f| of.field(f));
            let held = fields.filter_map(|f| post.get(f.tag)).flat_map(Value::ids);
            all.extend(held.cloned());
        }
    }
    all.retain(|id| rights::is_active(w, id));
    all
}

/// Who has done it, and when last, where it has a day.
fn last_done(w: &World, kind: &Kind, record: &Record, duty: &Duty) -> BTreeMap<Id, Option<i32>> {
    let mut last: BTreeMap<Id, Option<i32>> = BTreeMap::new();
    let Some(ix) = w.catalogue.index_of(&duty.makes) else {
        return last;
    };
    let made = w.kind_at(ix);
    let (Some(link), Some(who)) = (made.field(&duty.link), made.field(&duty.person)) else {
        return last;
    };
    for (id, _) in w.state.inbound(&record.id).filter(|(_, tag)| *tag == link.tag) {
        if w.catalogue.kind_of(id) != Some(ix) {
            continue;
        }
        let Some(proof) = w.state.get(ix, id).filter(|r| !r.is_retired()) else {
            continue;
        };
        let same = duty.copies.iter().all(|(theirs, ours)| {
            let theirs = made.field(theirs).and_then(|f| proof.get(f.tag));
            theirs == w.value(kind, record, ours).as_deref()
        });
        if !same || !duty.done.holds(w, made, proof) {
            continue;
        }
        let day = made
            .field(&duty.date)
            .and_then(|f| proof.get(f.tag))
            .and_then(Value::as_date);
        for person in proof.get(who.tag).into_iter().flat_map(Value::ids) {
            let known = last.entry(person.clone()).or_default();
            *known = (*known).max(day);
        }
    }
    last
}

/// The record by which a person does what is owed, as far as it follows from the duty; without a person, that of
/// whoever is yet to be named.
///
/// # Errors
/// Nothing is owed to the record now, or what the duty fills in does not fit; in words for the person.
pub fn proof(w: &World, kind: &Kind, record: &Record, duty: &Duty, person: Option<&Id>) -> Result<Edit, String> {
    let label = duty.label.to_lowercase();
    if !w.is_open(kind, record) || !duty.when.holds(w, kind, record) {
        return Err(format!(
            "{} is {}: '{label}' is not owed now",
            record.id,
            record.state()
        ));
    }
    let ix = w.catalogue.index_of(&duty.makes);
    let ix = ix.ok_or_else(|| format!("'{}' is no kind", duty.makes))?;
    let made = w.kind_at(ix);
    let mut values: Vec<(Tag, Option<Value>)> = Vec::new();
    let named = [(&duty.link, Some(&record.id)), (&duty.person, person)];
    for (name, id) in named {
        if let (Some(field), Some(id)) = (made.field(name), id) {
            values.push((field.tag, Some(link(field, id))));
        }
    }
    for (theirs, ours) in &duty.copies {
        if let Some(field) = made.field(theirs) {
            values.push((field.tag, w.value(kind, record, ours).map(std::borrow::Cow::into_owned)));
        }
    }
    values.extend(sets::values(w, made, &scratch(w, made, &values), &duty.sets)?);
    let title = made.field_by_tag(TITLE).filter(|f| f.default.is_none());
    if title.is_some() && !values.iter().any(|(tag, _)| *tag == TITLE) {
        let words: String = format!("{}: {}", duty.label, record.title())
            .chars()
            .take(120)
            .collect();
        values.push((TITLE, Some(Value::Text(words))));
    }
    let mut edit = Edit::new(ix);
    edit.set = values;
    Ok(edit)
}

/// Whether such a record says all that is needed for the duty to be done: nothing is left to ask.
pub fn is_whole(w: &World, duty: &Duty, edit: &Edit) -> bool {
    let Some(made) = w.catalogue.kind(&duty.makes) else {
        return false;
    };
    let record = scratch(w, made, &edit.set);
    let needed = made
        .fields
        .iter()
        .filter(|f| f.required == Need::Save || f.name == duty.person);
    let mut lacks = needed.filter(|f| record.get(f.tag).is_none());
    lacks.next().is_none() && duty.done.holds(w, made, &record)
}

/// Whether somebody may make the record by which a duty is done.
///
/// # Errors
/// The sentence for the person.
pub fn may_make(w: &World, actor: &Actor, duty: &Duty, edit: &Edit) -> Result<(), String> {
    let Some(ix) = w.catalogue.index_of(&duty.makes) else {
        return Err(format!("'{}' is no kind", duty.makes));
    };
    rights::may(w, actor, Verb::Create(ix))?;
    rights::may_create(w, actor, w.kind_at(ix), &scratch(w, w.kind_at(ix), &edit.set))
}

/// The record as the door would make it: defaults, and these values.
fn scratch(w: &World, made: &Kind, values: &[(Tag, Option<Value>)]) -> Record {
    let mut record = Record::new(Id::from("new"));
    for f in &made.fields {
        if let Some(Ok(value)) = f.default.as_deref().map(|text| codec::parse(w, made, None, f, text)) {
            record.set(f.tag, value);
        }
    }
    for (tag, value) in values {
        record.set(*tag, value.clone());
    }
    record
}

fn link(field: &Field, to: &Id) -> Value {
    match field.kind {
        FieldType::Links => Value::Links(vec![Link {
            to: to.clone(),
            attributes: Vec::new(),
        }]),
        _ => Value::Link(to.clone()),
    }
}

/// The person for whom somebody does a duty without saying for whom: themselves, where people create such a record
/// about themselves; else the only one who owes it.
pub fn for_whom(w: &World, kind: &Kind, record: &Record, duty: &Duty, me: &Id) -> Option<Id> {
    let made = w.catalogue.kind(&duty.makes)?;
    if made
        .rights
        .create
        .iter()
        .any(|e| e.strip_prefix("self:") == Some(duty.person.as_str()))
    {
        return Some(me.clone());
    }
    match owed(w, kind, record, duty).as_slice() {
        [one] => Some(one.person.clone()),
        _ => None,
    }
}
