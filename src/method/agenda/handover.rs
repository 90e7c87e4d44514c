//! What somebody owns who is not there to answer any more: it is handed over within days (domain 2.5). It stands once, on
//! the person or the post, and not on everything that they own.

use super::item::{Remedy, Source, Task, When};
use crate::model::kind::Kind;
use crate::model::record::Record;
use crate::model::rules;
use crate::model::trace::{self, Read};
use crate::model::world::World;

/// Days within which what a person owned who has left is handed over.
const WITHIN: i32 = 5;
const OWNER: &str = "owner";

/// The day by which what a record owns is to be handed over, days since 1970, if nobody is there to answer for it.
pub fn by(w: &World, kind: &Kind, record: &Record) -> Option<i32> {
    of(w, kind, record).map(|(when, _)| when.day)
}

/// What is to be handed over by a record that owns others.
pub(super) fn of(w: &World, kind: &Kind, record: &Record) -> Option<(When, Task)> {
    let mut owners = w.catalogue.kinds.iter().filter_map(|k| k.field(OWNER));
    if !owners.next().is_some_and(|f| f.target.contains(&kind.name)) {
        return None;
    }
    let vacant = || rules::vacancy(w, &record.id);
    trace::as_one(|| Read::Vacancy(record.id.clone()), vacant)?;
    let owned = w.state.inbound(&record.id).filter(|(id, tag)| {
        let (Some(of), Some(r)) = (w.kind(id), w.find(id)) else {
            return false;
        };
        of.field(OWNER).is_some_and(|f| f.tag == *tag) && !r.is_retired() && w.is_open(of, r)
    });
    let word = match owned.count() {
        0 => return None,
        1 => "hand over 1 record".to_owned(),
        n => format!("hand over {n} records"),
    };
    let when = When {
        day: rules::void_since(w, &record.id)? + WITHIN,
        time: None,
    };
    let task = Task {
        word,
        source: Source::Handover,
        whose: Vec::new(),
        remedy: match kind.field("holders") {
            Some(f) => Remedy::Field(f.name.clone()),
            None => Remedy::Open,
        },
    };
    Some((when, task))
}
