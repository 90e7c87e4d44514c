//! What a change takes the ground from: assessments that were made by other criteria are marked in the same commit, keep
//! the result that they had, and get a day by which they are made again (domain 2.5).

use super::Door;
use crate::model::change::Origin;
use crate::model::derive::Axes;
use crate::model::kind::{Kind, KindIx, Offer};
use crate::model::record::{Id, Record};
use crate::model::state::State;
use crate::model::value::Value;
use crate::model::world::World;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Days within which an assessment is made again after its criteria have changed (domain 2.5).
const DAYS: i32 = 90;
/// The bounds that are part of the criteria.
const BOUNDS: [&str; 2] = ["appetite", "tolerance"];

/// A mark: what has changed, by which rule it counts, and whose assessments it takes the ground from.
#[derive(Debug, Clone, PartialEq)]
pub struct Mark {
    /// What the record says: "method v2".
    pub reason: String,
    /// Days within which the assessment is made again.
    pub within: i32,
    /// The records, each with the method by which it was judged if it did not name one itself.
    pub affected: Vec<(Id, Option<String>)>,
}

/// By what an assessment is judged.
#[derive(PartialEq)]
struct Ground {
    criteria: Option<Id>,
    method: String,
    bounds: [Option<usize>; 2],
}

fn ground(w: &World, kind: &Kind, r: &Record) -> Option<Ground> {
    Some(Ground {
        criteria: w.criteria(kind, Some(r)).map(|c| c.id.clone()),
        method: w.method(kind, Some(r))?.id.clone(),
        bounds: BOUNDS.map(|b| w.bound(kind, Some(r), b)),
    })
}

/// Whether assessments of a kind can be marked: levels are read from a matrix, and there is room for the reason.
fn is_assessed(kind: &Kind) -> bool {
    kind.field("stale_reasons").is_some() && !Axes::all(kind).is_empty()
}

/// The assessments that other criteria hold for after a change than before it, by the reason for which they are stale.
pub fn marks(before: &World, after: &World) -> Vec<Mark> {
    let mut found: BTreeMap<String, Vec<(Id, Option<String>)>> = BTreeMap::new();
    for (ix, kind) in before
        .catalogue
        .kinds
        .iter()
        .enumerate()
        .filter(|(_, k)| is_assessed(k))
    {
        let axes = Axes::all(kind);
        for r in after.state.live(ix).filter(|r| before.is_open(kind, r)) {
            let (Some(was), Some(is)) = (before.state.get(ix, &r.id), ground(after, kind, r)) else {
                continue;
            };
            let Some(had) = ground(before, kind, was).filter(|_| axes.iter().any(|(_, a)| a.is_judged(r))) else {
                continue;
            };
            let own = own_method(kind, was);
            // criteria that only say what held before take no ground away
            let newer = had.criteria.is_some() && is.criteria.is_some() && had.criteria != is.criteria;
            if own != own_method(kind, r) || !(newer || had.method != is.method || had.bounds != is.bounds) {
                continue;
            }
            let kept = (own.is_empty() && had.method != is.method).then_some(had.method);
            let marked = found.entry(reason(after, is.criteria.as_ref())).or_default();
            marked.push((r.id.clone(), kept));
        }
    }
    let mark = |(reason, affected)| Mark {
        reason,
        within: DAYS,
        affected,
    };
    found.into_iter().map(mark).collect()
}

fn own_method<'r>(kind: &Kind, r: &'r Record) -> &'r str {
    kind.field("method").map_or("", |f| r.text(f.tag))
}

/// "method v2", by the version of the criteria; without criteria it is the organisation that chose another.
fn reason(w: &World, criteria: Option<&Id>) -> String {
    let version = criteria.and_then(|id| {
        let (kind, r) = (w.kind(id)?, w.find(id)?);
        match r.get(kind.field("version")?.tag) {
            Some(Value::Int(n)) => Some(*n),
            _ => None,
        }
    });
    version.map_or("method".to_owned(), |n| format!("method v{n}"))
}

/// The record with a mark on it; `kept` is the method that it keeps, so that its result stays.
pub fn marked(kind: &Kind, r: &Record, mark: &Mark, kept: Option<&str>, today: i32) -> Record {
    let mut after = r.clone();
    if let Some(f) = kind.field("stale_reasons") {
        let mut reasons: BTreeSet<String> = r
            .get(f.tag)
            .map(Value::as_tags)
            .unwrap_or_default()
            .iter()
            .cloned()
            .collect();
        reasons.insert(mark.reason.clone());
        after.set(f.tag, Some(Value::Tags(reasons.into_iter().collect())));
    }
    if let Some(f) = kind.field("reassess_by") {
        let by = today + mark.within;
        let earlier = r.get(f.tag).and_then(Value::as_date).map_or(by, |d| d.min(by));
        after.set(f.tag, Some(Value::Date(earlier)));
    }
    if let (Some(f), Some(method)) = (kind.field("method"), kept) {
        after.set(f.tag, Some(Value::Text(method.to_owned())));
    }
    after
}

impl Door<'_> {
    /// Marks the assessments from which the draft takes the ground, and says which records that are.
    pub(super) fn stale(&self, now: &mut BTreeMap<Id, Arc<Record>>) -> Vec<Id> {
        let c = self.w.catalogue;
        if !matches!(self.draft.origin, Origin::Hand | Origin::Import(_)) || !now.keys().any(|id| self.is_ground(id)) {
            return Vec::new();
        }
        let mut state = State::clone(self.w.state);
        let kinds = now.iter().filter_map(|(id, r)| Some((c.kind_of(id)?, r)));
        kinds.for_each(|(ix, r): (KindIx, _)| state.put(ix, Arc::clone(r)));
        let after = World {
            state: &state,
            ..*self.w
        };
        let mut touched = Vec::new();
        for mark in marks(self.w, &after) {
            for (id, kept) in &mark.affected {
                let (Some(kind), Some(r)) = (after.kind(id), after.find(id)) else {
                    continue;
                };
                let r = marked(kind, now.get(id).unwrap_or(r), &mark, kept.as_deref(), self.w.today);
                now.insert(id.clone(), Arc::new(r));
                touched.push(id.clone());
            }
        }
        touched
    }

    /// Whether assessments may rest on a record: it names a method for others.
    fn is_ground(&self, id: &Id) -> bool {
        let kind = self.w.kind(id).filter(|k| !is_assessed(k));
        kind.is_some_and(|k| k.fields.iter().any(|f| f.offers == Some(Offer::Methods)))
    }
}
