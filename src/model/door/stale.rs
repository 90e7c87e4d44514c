//! What a change takes the ground from: assessments that were made by other criteria are marked in the same commit, keep
//! the result that they had, and get a day by which they are made again (domain 2.5).

use super::Door;
use crate::model::change::{Origin, Target};
use crate::model::derive::Axes;
use crate::model::kind::{FieldType, Kind, KindIx, Offer, STATE, Step, Tag, Trigger};
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

/// The assessments from which changed records take the ground, by the triggers of their kinds: a mark for each cause.
pub fn triggered(w: &World, now: &BTreeMap<Id, Arc<Record>>) -> Vec<Mark> {
    let mut found = Vec::new();
    for (id, after) in now {
        let (Some(kind), Some(before)) = (w.kind(id), w.find(id)) else {
            continue;
        };
        for trigger in &kind.triggers {
            let Some(cause) = trigger.tags(kind).find_map(|f| cause(trigger, f, before, after)) else {
                continue;
            };
            let mut affected: BTreeSet<Id> = BTreeSet::new();
            for way in &trigger.reach {
                // what it named and what it names now both rest on it
                affected.extend(walk(w, before, way).into_iter().chain(walk(w, after, way)));
            }
            let rests = |id: &Id| {
                let (kind, r) = (w.kind(id)?, w.find(id)?);
                (is_assessed(kind) && w.is_open(kind, r) && !r.is_retired() && has_ground(kind, r)).then_some(())
            };
            affected.retain(|id| rests(id).is_some());
            if !affected.is_empty() {
                found.push(Mark {
                    reason: format!("{id} {cause}"),
                    within: trigger.within,
                    affected: affected.into_iter().map(|id| (id, None)).collect(),
                });
            }
        }
    }
    found
}

/// What a trigger has to say of a field, in a word or two, if its change counts.
fn cause(t: &Trigger, (tag, label, kind): (Tag, &str, FieldType), before: &Record, after: &Record) -> Option<String> {
    let (was, is) = (before.get(tag), after.get(tag));
    if was == is {
        return None;
    }
    let number = |v: Option<&Value>| match v {
        Some(Value::Num(n)) => *n,
        Some(Value::Int(n)) => *n as f64,
        _ => 0.0,
    };
    if t.rises.is_some_and(|by| number(is) - number(was) < by) {
        return None;
    }
    let word = match is {
        Some(Value::Text(word)) => word.as_str(),
        Some(Value::Bool(true)) => "yes",
        _ => "",
    };
    if !t.to.is_empty() && !t.to.iter().any(|to| to == word) {
        return None;
    }
    let named = tag == STATE || kind == FieldType::Choice;
    Some(match named && !word.is_empty() {
        true => format!("is {word}"),
        // what stands behind a comma only says in what it is measured
        false => format!("{} changed", label.split(',').next().unwrap_or(label).to_lowercase()),
    })
}

/// Whether there is an assessment that could lose its ground: levels or figures.
fn has_ground(kind: &Kind, r: &Record) -> bool {
    let figures = r.values.iter().any(|(_, v)| matches!(v, Value::Range(_)));
    figures || Axes::all(kind).iter().any(|(_, a)| a.is_judged(r))
}

/// Where a way leads from a record.
fn walk(w: &World, from: &Record, way: &[String]) -> BTreeSet<Id> {
    let mut here = BTreeSet::from([from.id.clone()]);
    for (step, again) in way.iter().filter_map(|s| Trigger::step(s)) {
        let mut there = if again { here.clone() } else { BTreeSet::new() };
        let mut todo: Vec<Id> = here.into_iter().collect();
        while let Some(id) = todo.pop() {
            for next in leads(w, from, &id, step) {
                if there.insert(next.clone()) && again {
                    todo.push(next);
                }
            }
        }
        here = there;
    }
    here
}

fn leads(w: &World, from: &Record, id: &Id, step: Step) -> Vec<Id> {
    match step {
        Step::Out(field) => {
            // the record from which the way begins is looked at as it is given
            let record = if *id == from.id {
                Some(from)
            } else {
                w.find(id).map(AsRef::as_ref)
            };
            let tag = w.kind(id).and_then(|k| k.field(field)).map(|f| f.tag);
            let value = record.zip(tag).and_then(|(r, tag)| r.get(tag));
            value.into_iter().flat_map(Value::ids).cloned().collect()
        }
        Step::In(kind, field) => {
            let Some(kind) = w.catalogue.kind(kind) else {
                return Vec::new();
            };
            let tag = kind.field(field).map(|f| f.tag);
            let through = w
                .state
                .inbound(id)
                .filter(|(id, t)| Some(*t) == tag && id.prefix() == kind.prefix);
            through.map(|(id, _)| id.clone()).collect()
        }
    }
}

impl Door<'_> {
    /// Marks the assessments from which the draft takes the ground, and says which records that are.
    pub(super) fn stale(&self, now: &mut BTreeMap<Id, Arc<Record>>) -> Vec<Id> {
        if !matches!(self.draft.origin, Origin::Hand | Origin::Import(_)) {
            return Vec::new();
        }
        let mut touched = self.by_triggers(now);
        touched.extend(self.by_criteria(now));
        touched
    }

    /// By what the triggers of the changed records say. Who assesses a risk in the same draft knows what it rests on.
    fn by_triggers(&self, now: &mut BTreeMap<Id, Arc<Record>>) -> Vec<Id> {
        let mut touched = Vec::new();
        for mark in triggered(self.w, now) {
            for (id, _) in &mark.affected {
                let (Some(kind), Some(r)) = (self.w.kind(id), self.w.find(id)) else {
                    continue;
                };
                if self
                    .draft
                    .edits
                    .iter()
                    .any(|e| matches!(&e.target, Target::Old(t) if t == id))
                {
                    continue;
                }
                let r = marked(kind, now.get(id).unwrap_or(r), &mark, None, self.w.today);
                now.insert(id.clone(), Arc::new(r));
                touched.push(id.clone());
            }
        }
        touched
    }

    /// By other criteria.
    fn by_criteria(&self, now: &mut BTreeMap<Id, Arc<Record>>) -> Vec<Id> {
        let c = self.w.catalogue;
        if !now.keys().any(|id| self.is_ground(id)) {
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
