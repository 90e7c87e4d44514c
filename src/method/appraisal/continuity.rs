//! When a process is back after everything was lost: as its exercises and those of what it needs show.

use super::fields::continuity as field;
use super::read;
use crate::method::assets::recovery;
use crate::model::record::{Id, Record};
use crate::model::world::World;
use std::collections::HashMap;
use std::sync::Arc;

/// A process on the longest way to being back.
#[derive(Debug, Clone, Copy)]
pub struct Part<'a> {
    /// The process.
    pub process: &'a Arc<Record>,
    /// How long it took in its last exercise, hours; none if nobody knows.
    pub hours: Option<f64>,
}

/// When a process is back.
#[derive(Debug, Clone)]
pub struct Back<'a> {
    /// Hours after the loss of everything, if all that can be done at once is done at once.
    pub hours: f64,
    /// What it waits for, itself first.
    pub chain: Vec<Part<'a>>,
}

/// When a process is back with all that it needs first; none if it was never exercised, needs nothing, or needs itself.
pub fn back<'a>(w: &World<'a>, process: &Id) -> Option<Back<'a>> {
    let live = |id: &Id| w.find(id).filter(|r| !r.is_retired());
    let mut parts = vec![part(w, live(process)?)];
    parts[0].hours?;
    let mut places = HashMap::from([(process.clone(), 0)]);
    let mut needs = Vec::new();
    let mut next = 0;
    while let Some(at) = parts.get(next).copied() {
        for id in read::ids(at.process, field::PREREQUISITES) {
            let place = match places.get(id) {
                Some(place) => *place,
                None => {
                    let Some(record) = live(id) else { continue };
                    places.insert(id.clone(), parts.len());
                    parts.push(part(w, record));
                    parts.len() - 1
                }
            };
            needs.push((next, place));
        }
        next += 1;
    }
    if needs.is_empty() {
        return None;
    }
    let restore: Vec<f64> = parts.iter().map(|p| p.hours.unwrap_or(0.0)).collect();
    let ready = recovery::ready(&restore, &needs).ok()?;
    Some(Back {
        hours: *ready.hours.first()?,
        chain: ready.chain(0).into_iter().map(|p| parts[p]).collect(),
    })
}

fn part<'a>(w: &World<'a>, process: &'a Arc<Record>) -> Part<'a> {
    let hours = w
        .kind(&process.id)
        .and_then(|kind| w.value(kind, process, "last_restored"));
    Part {
        process,
        hours: read::number(hours.as_deref()),
    }
}
