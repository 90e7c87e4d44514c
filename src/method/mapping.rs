//! From one method to another: what was judged by the old one is read by the new one, level by level, and every record
//! that would move is shown before anything is written.

use crate::model::change::{Draft, Edit};
use crate::model::derive::Axes;
use crate::model::kind::{Kind, KindIx, Method, Scale};
use crate::model::record::Record;
use crate::model::value::Value;
use crate::model::world::World;
use std::sync::Arc;

/// The action by which records are mapped.
pub const MAP: &str = "method.map";
/// The scales that a table translates.
pub const SCALES: [&str; 2] = ["likelihood", "impact"];

/// For each level of the old scale, from the lowest, the level of the new one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// By likelihood.
    pub likelihood: Vec<usize>,
    /// By impact.
    pub impact: Vec<usize>,
}

impl Table {
    /// Level by level: by the same id where the new scale has all of them, else by position.
    pub fn of(old: &Method, new: &Method) -> Self {
        let by = |id| match (old.scale(id), new.scale(id)) {
            (Some(old), Some(new)) => positions(old, new),
            _ => Vec::new(),
        };
        Self {
            likelihood: by("likelihood"),
            impact: by("impact"),
        }
    }

    /// The column of one scale.
    pub fn scale(&self, id: &str) -> &[usize] {
        if id == "impact" { &self.impact } else { &self.likelihood }
    }

    /// The same, to change.
    pub fn scale_mut(&mut self, id: &str) -> &mut Vec<usize> {
        if id == "impact" {
            &mut self.impact
        } else {
            &mut self.likelihood
        }
    }
}

/// The lowest becomes the lowest, the highest the highest, and what lies between keeps its share of the way.
fn positions(old: &Scale, new: &Scale) -> Vec<usize> {
    let same: Option<Vec<usize>> = old.levels.iter().map(|l| new.position(&l.id)).collect();
    let (n, m) = (old.levels.len(), new.levels.len());
    same.unwrap_or_else(|| {
        let (last, ways) = (m.saturating_sub(1), n.saturating_sub(1).max(1));
        (0..n).map(|p| (2 * p * last + ways) / (2 * ways)).collect()
    })
}

/// One view of a record before and after: the derived value, and the places of the two levels on their scales.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moved {
    /// The derived value: `current_level`.
    pub view: String,
    /// The level by the old method.
    pub before: Option<usize>,
    /// The level by the new one.
    pub after: Option<usize>,
}

/// From which method to which, and how.
#[derive(Debug, Clone)]
pub struct Mapping<'a> {
    /// By which the records were judged.
    pub old: &'a Method,
    /// By which they shall be.
    pub new: &'a Method,
    /// How levels become levels.
    pub table: Table,
}

impl<'a> Mapping<'a> {
    /// A mapping by the levels as they stand.
    pub fn new(old: &'a Method, new: &'a Method) -> Self {
        Self {
            old,
            new,
            table: Table::of(old, new),
        }
    }

    /// The records that it concerns: open, judged by the old method, and not by it where the new one is in force.
    pub fn records(&self, w: &World<'a>) -> Vec<Arc<Record>> {
        let mut found = Vec::new();
        for (ix, kind) in judged_kinds(w) {
            let of_old = |r: &&Arc<Record>| {
                let method = w.method(kind, Some(r)).is_some_and(|m| m.id == self.old.id);
                method && w.is_open(kind, r) && Axes::all(kind).iter().any(|(_, a)| a.is_judged(r))
            };
            found.extend(w.state.live(ix).filter(of_old).cloned());
        }
        found
    }

    /// The levels of a record before and after.
    pub fn preview(&self, w: &World, r: &Record) -> Vec<Moved> {
        let Some(kind) = w.kind(&r.id) else { return Vec::new() };
        let after = self.after(kind, r);
        let moved = |(view, axes): (&str, Axes)| Moved {
            view: view.to_owned(),
            before: axes.level(self.old, r),
            after: axes.level(self.new, &after),
        };
        Axes::all(kind).into_iter().map(moved).collect()
    }

    /// The record as the new method reads it.
    fn after(&self, kind: &Kind, r: &Record) -> Record {
        let mut after = r.clone();
        for (_, axes) in Axes::all(kind) {
            for (tag, scale) in [(axes.likelihood, "likelihood"), (axes.impact, "impact")] {
                let place = self.old.scale(scale).and_then(|s| s.position(r.text(tag)));
                let to = place.and_then(|p| self.table.scale(scale).get(p));
                // a level that the old method did not know stays as it was given
                if let Some(level) = to.and_then(|to| self.new.levels(scale).get(*to)) {
                    after.set(tag, Some(Value::Text(level.id.clone())));
                }
            }
        }
        after
    }

    /// The draft that does it, as one commit.
    pub fn draft(&self, w: &World, records: &[Arc<Record>]) -> Draft {
        let mut draft = Draft::new(MAP);
        for r in records {
            let Some(kind) = w.kind(&r.id) else { continue };
            let after = self.after(kind, r);
            let mut edit = Edit::of(r);
            for (_, axes) in Axes::all(kind) {
                for tag in [axes.likelihood, axes.impact] {
                    if let Some(v) = after.get(tag) {
                        edit.set.push((tag, Some(v.clone())));
                    }
                }
                // what led to the likelihood by the old method does not lead to it by the new one
                for tag in axes.step.into_iter().flat_map(|(i, a)| [i, a]) {
                    if r.get(tag).is_some() {
                        edit.set.push((tag, None));
                    }
                }
            }
            if let Some(f) = kind.field("method") {
                let mut bare = r.as_ref().clone();
                bare.set(f.tag, None);
                let in_force = w.method(kind, Some(&bare)).is_some_and(|m| m.id == self.new.id);
                let own = (!in_force).then(|| Value::Text(self.new.id.clone()));
                edit.set.push((f.tag, own));
            }
            draft.edits.push(edit);
        }
        draft
    }
}

/// The kinds whose levels are read from a matrix of a method that a record may name.
fn judged_kinds<'a>(w: &World<'a>) -> impl Iterator<Item = (KindIx, &'a Kind)> {
    let kinds = w.catalogue.kinds.iter().enumerate();
    kinds.filter(|(_, k)| k.field("method").is_some() && !Axes::all(k).is_empty())
}

/// The methods by which open records are judged although another is in force for them: old, new, and how many.
pub fn wanted<'a>(w: &World<'a>) -> Vec<(&'a Method, &'a Method, usize)> {
    let mut found: Vec<(&Method, &Method, usize)> = Vec::new();
    for (ix, kind) in judged_kinds(w) {
        let Some(stale) = kind.field("stale_reasons") else {
            continue;
        };
        let Some(own) = kind.field("method") else { continue };
        for r in w
            .state
            .live(ix)
            .filter(|r| r.get(stale.tag).is_some() && w.is_open(kind, r))
        {
            let mut bare = r.as_ref().clone();
            bare.set(own.tag, None);
            let (Some(old), Some(new)) = (w.method(kind, Some(r)), w.method(kind, Some(&bare))) else {
                continue;
            };
            if old.id == new.id {
                continue;
            }
            match found.iter_mut().find(|(o, n, _)| o.id == old.id && n.id == new.id) {
                Some((_, _, count)) => *count += 1,
                None => found.push((old, new, 1)),
            }
        }
    }
    found
}

/// Reads `old=new` pairs into a column of a table, by any word for a level.
///
/// # Errors
/// The pair, and what was expected.
pub fn read_pairs(pairs: &str, scale: &str, mapping: &mut Mapping) -> Result<(), String> {
    let (old, new) = (mapping.old, mapping.new);
    for pair in pairs.split(',').map(str::trim).filter(|p| !p.is_empty()) {
        let Some((from, to)) = pair.split_once('=') else {
            return Err(format!("'{pair}' is no pair; expected old=new"));
        };
        let find = |m: &Method, word: &str| {
            let place = m.scale(scale).and_then(|s| s.position(&s.find(word)?.id));
            place.ok_or_else(|| {
                let all: Vec<&str> = m.levels(scale).iter().map(|l| l.id.as_str()).collect();
                format!("'{word}' is no {scale} of {}; expected {}", m.title(), all.join(", "))
            })
        };
        let (from, to) = (find(old, from)?, find(new, to)?);
        if let Some(cell) = mapping.table.scale_mut(scale).get_mut(from) {
            *cell = to;
        }
    }
    Ok(())
}

/// Whether a record is among those whose level moves, by the place of its level on either scale or by its name.
pub fn moves(mapping: &Mapping, moved: &[Moved]) -> bool {
    let name = |m: &Method, place: Option<usize>| place.and_then(|p| m.levels("level").get(p)).map(|l| l.name.clone());
    moved
        .iter()
        .any(|v| name(mapping.old, v.before) != name(mapping.new, v.after))
}

#[cfg(test)]
mod tests;
