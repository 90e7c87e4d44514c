//! How it came to be when a process is back.

use super::super::continuity::back;
use super::{Step, named};
use crate::model::codec;
use crate::model::record::Record;
use crate::model::value::Value;
use crate::model::world::World;

/// The longest way through what it needs.
pub fn of(w: &World, record: &Record) -> Option<(String, Vec<Step>)> {
    let kind = w.kind(&record.id)?;
    let from = back(w, &record.id)?.chain.into_iter().map(|p| {
        let mut step = named(p.process);
        match p.hours {
            Some(hours) => {
                step.value = codec::show(w, kind, Some(p.process), "rto", &Value::Num(hours));
                step.note("in its last exercise")
            }
            None => step.note("never exercised: counts as at once"),
        }
    });
    let rule =
        "the sum along the longest chain of what must work first, if all that can be done at once is done at once";
    Some((rule.into(), from.collect()))
}
