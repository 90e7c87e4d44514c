//! Who still owes what to a record: to read a document in force, to take a training again.
//!
//! Everyone whom the record names, and everyone who holds or deputises a post that it names, owes another record that
//! links to both. The time to do it runs from a day of the record, or from the day on which the person came, if that
//! is later: a new joiner is not late on the first morning. What is owed again and again is owed so many months after
//! it was last done.

use crate::model::calendar;
use crate::model::kind::{Duty, Kind};
use crate::model::record::{Id, Record};
use crate::model::rights;
use crate::model::value::Value;
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
