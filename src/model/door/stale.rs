//! What follows of itself when a draft passes (domain 2.5): what rests on something that has come about ([`cause`]), or was
//! judged by other criteria, is marked in the same commit, keeps the result that it had, and gets a day by which it is
//! looked at again.

use super::Door;
use super::cause::{self, Cause};
use crate::model::change::{Origin, Target};
use crate::model::derive::Axes;
use crate::model::kind::{Kind, KindIx, Makes, Offer, STATE};
use crate::model::record::{Id, Record};
use crate::model::sets;
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

/// Whether records of a kind are judged by criteria: levels are read from a matrix, and there is room for the reason
/// why they are to be judged again.
fn is_judged(kind: &Kind) -> bool {
    kind.field("stale_reasons").is_some() && !Axes::all(kind).is_empty()
}

/// The assessments that other criteria hold for after a change than before it, by the reason for which they are stale.
pub fn marks(before: &World, after: &World) -> Vec<Mark> {
    let mut found: BTreeMap<String, Vec<(Id, Option<String>)>> = BTreeMap::new();
    for (ix, kind) in before.catalogue.kinds.iter().enumerate().filter(|(_, k)| is_judged(k)) {
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

/// Whether a record can lose its ground: there is room for the reason, something is still to be done on it, and where it
/// is judged in levels or figures, it was.
fn rests(w: &World, kind: &Kind, r: &Record) -> bool {
    let has_ground = || {
        let axes = Axes::all(kind);
        let figures = r.values.iter().any(|(_, v)| matches!(v, Value::Range(_)));
        axes.is_empty() || figures || axes.iter().any(|(_, a)| a.is_judged(r))
    };
    kind.field("stale_reasons").is_some() && w.is_open(kind, r) && !r.is_retired() && has_ground()
}

impl Door<'_> {
    /// Marks the assessments from which the draft or the passing of time takes the ground, does what else follows, and
    /// says which records that are.
    pub(super) fn stale(&mut self, now: &mut BTreeMap<Id, Arc<Record>>) -> Vec<Id> {
        let causes = match self.draft.origin {
            Origin::Time(since) => cause::of_time(self.w, since),
            Origin::Hand | Origin::Import(_) => Vec::new(),
            _ => return Vec::new(),
        };
        let criteria = now.keys().any(|id| self.is_ground(id));
        // what others link to is only looked at anew where something may come of it
        let state = (criteria || !cause::linked(self.w, now).is_empty()).then(|| self.state_after(now));
        let after = World {
            state: state.as_ref().unwrap_or(self.w.state),
            ..*self.w
        };
        let causes = match self.draft.origin {
            Origin::Time(_) => causes,
            _ => cause::of_changes(self.w, &after, now),
        };
        let mut touched = self.follow(&causes, now);
        if criteria {
            for mark in marks(self.w, &after) {
                touched.extend(self.mark(&mark, now));
            }
        }
        touched
    }

    /// The records as they would be.
    pub(super) fn state_after(&self, now: &BTreeMap<Id, Arc<Record>>) -> State {
        let mut state = State::clone(self.w.state);
        let kinds = now
            .iter()
            .filter_map(|(id, r)| Some((self.w.catalogue.kind_of(id)?, r)));
        kinds.for_each(|(ix, r): (KindIx, _)| state.put(ix, Arc::clone(r)));
        state
    }

    /// Does what follows from causes: marks, moves, and what comes into being.
    fn follow(&mut self, causes: &[Cause], now: &mut BTreeMap<Id, Arc<Record>>) -> Vec<Id> {
        let mut touched = Vec::new();
        for cause in causes {
            // who assesses something in the same draft knows what it rests on
            let edited = |id: &&Id| self.draft.edits.iter().any(|e| e.target == Target::Old(Id::clone(id)));
            let rests = |id: &&Id| {
                let found = self.w.kind(id).zip(now.get(*id).or_else(|| self.w.find(id)));
                found.is_some_and(|(kind, r)| rests(self.w, kind, r))
            };
            let affected = cause.reached.iter().filter(|id| !edited(id)).filter(rests);
            let mark = Mark {
                reason: format!("{} {}", cause.id, cause.says),
                within: cause.within,
                affected: affected.map(|id| (id.clone(), None)).collect(),
            };
            touched.extend(self.mark(&mark, now));
            // who edits it in the same draft says where it stands
            let moves = cause.moves.as_ref().filter(|_| !edited(&&cause.id));
            touched.extend(moves.and_then(|name| self.moved(&cause.id, name, now)));
            touched.extend(cause.makes.as_ref().and_then(|makes| self.came(cause, makes, now)));
        }
        touched
    }

    /// Marks what a mark affects.
    fn mark(&self, mark: &Mark, now: &mut BTreeMap<Id, Arc<Record>>) -> Vec<Id> {
        let mut touched = Vec::new();
        for (id, kept) in &mark.affected {
            let (Some(kind), Some(r)) = (self.w.kind(id), now.get(id).or_else(|| self.w.find(id))) else {
                continue;
            };
            let r = marked(kind, r, mark, kept.as_deref(), self.w.today);
            now.insert(id.clone(), Arc::new(r));
            touched.push(id.clone());
        }
        touched
    }

    /// Makes the transition that a record makes by itself, if it can be made from where it stands.
    fn moved(&self, id: &Id, name: &str, now: &mut BTreeMap<Id, Arc<Record>>) -> Option<Id> {
        let (kind, r) = (self.w.kind(id)?, now.get(id).or_else(|| self.w.find(id))?);
        let t = kind.moves_from(r.state()).find(|t| t.name == name)?;
        let mut after = Record::clone(r);
        after.set(STATE, Some(Value::Text(t.end(r.state()).to_owned())));
        for (tag, value) in sets::values(self.w, kind, &after, &t.sets).ok()? {
            after.set(tag, value);
        }
        now.insert(id.clone(), Arc::new(after));
        Some(id.clone())
    }

    /// What comes into being with a cause.
    fn came(&self, cause: &Cause, makes: &Makes, now: &mut BTreeMap<Id, Arc<Record>>) -> Option<Id> {
        let (w, of) = (self.w, self.w.kind(&cause.id)?);
        let moved = now.get(&cause.id).or_else(|| w.find(&cause.id)).cloned()?;
        let edit = makes.edit(w, of, &[moved], Some(&format!("{} {}", cause.id, cause.says)))?;
        let ix = w.catalogue.index_of(&makes.kind)?;
        let kind = w.kind_at(ix);
        let taken = now
            .keys()
            .filter(|id| id.prefix() == kind.prefix)
            .filter_map(Id::number);
        let next = taken.map(|n| n + 1).max().unwrap_or(1).max(w.state.next_number(ix));
        let mut record = self.blank(kind, Id::numbered(&kind.prefix, next), |_| false);
        edit.set.into_iter().for_each(|(tag, value)| record.set(tag, value));
        let id = record.id.clone();
        now.insert(id.clone(), Arc::new(record));
        Some(id)
    }

    /// Whether assessments may rest on a record: it names a method for others.
    fn is_ground(&self, id: &Id) -> bool {
        let kind = self.w.kind(id).filter(|k| !is_judged(k));
        kind.is_some_and(|k| k.fields.iter().any(|f| f.offers == Some(Offer::Methods)))
    }
}
