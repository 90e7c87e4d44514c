//! The records of a register in the cells of a matrix: how many stand where, at which level, and who stands nowhere.

use super::appraisal::{risk, suggestion};
use crate::model::derive::Axes;
use crate::model::kind::{Kind, Method};
use crate::model::record::{Id, Record};
use crate::model::world::World;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Where a record stands on a matrix.
#[derive(Debug, Clone)]
pub enum View {
    /// Where it was judged to stand.
    Judged(Axes),
    /// Where the controls in force bring it from where it stands without them.
    Suggested(Axes),
}

impl View {
    /// Those of a kind by their names: of a risk inherent, suggested, current, target.
    pub fn all(kind: &Kind) -> Vec<(&str, Self)> {
        let mut all: Vec<(&str, Self)> = Axes::all(kind)
            .into_iter()
            .map(|(name, axes)| (name, Self::Judged(axes)))
            .collect();
        if let (Some(d), Some((_, Self::Judged(inherent)))) = (kind.derivation("suggested_level"), all.first()) {
            let suggested = Self::Suggested(*inherent);
            all.insert(1, (d.name.as_str(), suggested));
        }
        all
    }

    fn cell(&self, w: &World, method: &Method, r: &Record) -> Option<(usize, usize)> {
        match self {
            Self::Judged(axes) => axes.cell(method, r),
            // where no control acts it stands as without
            Self::Suggested(inherent) => suggestion::of(w, r, risk::View::Current)
                .map(|s| s.places())
                .or_else(|| inherent.cell(method, r)),
        }
    }
}

/// Records in the cells of the matrix of one method.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Heat {
    /// By likelihood, by impact, both from the lowest: the records, in the order in which they came.
    pub cells: Vec<Vec<Vec<Id>>>,
    /// How many stand at each level, from the lowest.
    pub levels: Vec<usize>,
    /// How many of this method have no cell: not judged, or with a level that the scale does not know.
    pub nowhere: usize,
    /// How many of a cell lost the ground on which they were judged, as in `cells`.
    pub stale: Vec<Vec<usize>>,
    /// How many are judged by other methods, by the ids of those.
    pub others: BTreeMap<String, usize>,
}

impl Heat {
    /// The records in the cells of a method, by where they stand in a view.
    pub fn of<'r>(
        w: &World,
        kind: &Kind,
        method: &Method,
        view: &View,
        records: impl Iterator<Item = &'r Arc<Record>>,
    ) -> Self {
        let mut heat = Self {
            cells: vec![vec![Vec::new(); method.levels("impact").len()]; method.levels("likelihood").len()],
            levels: vec![0; method.levels("level").len()],
            ..Self::default()
        };
        let by = Judges::of(w, kind);
        heat.stale = heat.cells.iter().map(|row| vec![0; row.len()]).collect();
        let reasons = kind.field("stale_reasons").map(|f| f.tag);
        for r in records {
            match by.method(w, r) {
                Some(m) if m.id == method.id => {
                    let stale = reasons.is_some_and(|t| r.get(t).is_some()) && w.is_open(kind, r);
                    heat.add(method, view.cell(w, method, r), r, stale);
                }
                Some(m) => *heat.others.entry(m.id.clone()).or_default() += 1,
                None => heat.nowhere += 1,
            }
        }
        heat
    }

    fn add(&mut self, method: &Method, place: Option<(usize, usize)>, r: &Record, stale: bool) {
        let cell = place.and_then(|(l, i)| self.cells.get_mut(l)?.get_mut(i));
        let level = place.and_then(|(l, i)| method.at(l, i));
        match (cell, level.and_then(|n| self.levels.get_mut(n))) {
            (Some(cell), Some(count)) => {
                cell.push(r.id.clone());
                *count += 1;
                let lost = place.and_then(|(l, i)| self.stale.get_mut(l)?.get_mut(i));
                if let Some(lost) = lost.filter(|_| stale) {
                    *lost += 1;
                }
            }
            _ => self.nowhere += 1,
        }
    }

    /// The records in a cell, counted from the lowest.
    pub fn cell(&self, likelihood: usize, impact: usize) -> &[Id] {
        let row = self.cells.get(likelihood);
        row.and_then(|row| row.get(impact)).map_or(&[], Vec::as_slice)
    }

    /// How many in a cell lost the ground on which they were judged.
    pub fn stale_in(&self, likelihood: usize, impact: usize) -> usize {
        let row = self.stale.get(likelihood);
        row.and_then(|row| row.get(impact)).copied().unwrap_or(0)
    }

    /// How many stand in a cell.
    pub fn placed(&self) -> usize {
        self.levels.iter().sum()
    }

    /// How many stand above a level.
    pub fn above(&self, level: usize) -> usize {
        self.levels.iter().skip(level + 1).sum()
    }
}

/// The methods by which records are judged, looked up once where it does not depend on the record.
struct Judges<'k, 'a> {
    kind: &'k Kind,
    own: Option<u16>,
    shared: Option<Option<&'a Method>>,
}

impl<'k, 'a> Judges<'k, 'a> {
    fn of(w: &World<'a>, kind: &'k Kind) -> Self {
        Self {
            kind,
            own: kind.field("method").map(|f| f.tag),
            shared: (!w.has_scoped_criteria()).then(|| w.method(kind, None)),
        }
    }

    fn method(&self, w: &World<'a>, r: &Record) -> Option<&'a Method> {
        let own = self.own.is_some_and(|t| !r.text(t).is_empty());
        match self.shared.filter(|_| !own) {
            Some(method) => method,
            None => w.method(self.kind, Some(r)),
        }
    }
}

/// How many of these records are judged by each method, by its id.
pub fn methods<'r>(w: &World, kind: &Kind, records: impl Iterator<Item = &'r Arc<Record>>) -> BTreeMap<String, usize> {
    let by = Judges::of(w, kind);
    let mut found = BTreeMap::new();
    for m in records.filter_map(|r| by.method(w, r)) {
        // most records share one method
        match found.get_mut(&m.id) {
            Some(n) => *n += 1,
            None => drop(found.insert(m.id.clone(), 1)),
        }
    }
    found
}
