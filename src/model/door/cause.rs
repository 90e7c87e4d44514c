//! What has come about between two worlds by the triggers of the kinds, and what rests on it (domain 2.5).
//!
//! A change by hand and the passing of time are the same thing here. For a change the worlds differ in their records,
//! for time in their day: so each cause comes about once, in the commit over which it comes to hold, and a month that
//! nobody looked brings each of its causes once.

use crate::model::change::Changed;
use crate::model::kind::{FieldType, Kind, Makes, STATE, Step, Tag, Trigger};
use crate::model::record::{Id, Record};
use crate::model::rules;
use crate::model::value::Value;
use crate::model::world::World;
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// So many causes of a commit are told, and so many records of each.
const MANY: usize = 12;

/// Something that has come about in a record, and what follows from it.
#[derive(Debug, Clone)]
pub struct Cause {
    /// The record.
    pub id: Id,
    /// What has come about, in a few words: "ended on 2026-11-29".
    pub says: String,
    /// Days within which what rests on it is looked at again.
    pub within: i32,
    /// What may rest on it, by id.
    pub reached: BTreeSet<Id>,
    /// The transition that the record makes by itself.
    pub moves: Option<String>,
    /// What comes into being with it.
    pub makes: Option<Makes>,
}

/// The worlds before and after, and the record in them; before, it may not have been there.
struct Turn<'a> {
    kind: &'a Kind,
    before: (&'a World<'a>, Option<&'a Record>),
    after: (&'a World<'a>, &'a Record),
}

/// What comes about when these records become so, by id. `after` has them in their places where a derived value looks at
/// them ([`linked`]).
pub fn of_changes(before: &World, after: &World, now: &BTreeMap<Id, Arc<Record>>) -> Vec<Cause> {
    let c = before.catalogue;
    let own = now.keys().cloned();
    let ids: BTreeSet<Id> = own.chain(linked(before, now)).collect();
    let mut found = Vec::new();
    for id in ids {
        let (Some(ix), was) = (c.kind_of(&id), before.find(&id)) else {
            continue;
        };
        let kind = before.kind_at(ix);
        if let Some(is) = now.get(&id).or(was).filter(|_| !kind.triggers.is_empty()) {
            let turn = Turn {
                kind,
                before: (before, was.map(AsRef::as_ref)),
                after: (after, is),
            };
            found.extend(kind.triggers.iter().filter_map(|t| turn.cause(t)));
        }
    }
    found
}

/// The records of which something may come about because others link to them that have changed.
pub fn linked(before: &World, now: &BTreeMap<Id, Arc<Record>>) -> BTreeSet<Id> {
    let mut found = BTreeSet::new();
    for (id, is) in now {
        let Some(kind) = before.kind(id) else { continue };
        let was = before.find(id).map(AsRef::as_ref);
        for (tag, to) in was.into_iter().chain([is.as_ref()]).flat_map(Record::links) {
            let field = || kind.field_by_tag(tag).map(|f| f.name.as_str());
            let triggers = before.kind(to).map_or(&[][..], |k| &k.triggers);
            if !triggers.is_empty() && field().is_some_and(|name| triggers.iter().any(|t| t.watches(&kind.name, name)))
            {
                found.insert(to.clone());
            }
        }
    }
    found
}

/// What comes about because days have passed since one, days since 1970; nothing if none has.
pub fn of_time(w: &World, since: i32) -> Vec<Cause> {
    let then = World { today: since, ..*w };
    let mut found = Vec::new();
    for (ix, kind) in w.catalogue.kinds.iter().enumerate().filter(|_| since < w.today) {
        let timed: Vec<&Trigger> = kind.triggers.iter().filter(|t| t.is_timed(kind)).collect();
        if timed.is_empty() {
            continue;
        }
        for r in w.state.live(ix) {
            let turn = Turn {
                kind,
                before: (&then, Some(r)),
                after: (w, r),
            };
            found.extend(timed.iter().filter_map(|t| turn.cause(t)));
        }
    }
    // what others rest on is told first
    found.sort_by_key(|cause| cause.reached.is_empty());
    found
}

/// Causes with what came of them, for the history: "X-0005 ended on 2026-11-29 -> R-0007, R-0012". Of what nothing came is
/// not told.
pub fn in_words(causes: &[Cause], done: &[Changed]) -> String {
    let mut all: Vec<String> = Vec::new();
    for cause in causes {
        let touched: Vec<&str> = cause.touched(done).map(Id::as_str).collect();
        let words = match touched.as_slice() {
            [] => continue,
            [only] if *only == cause.id.as_str() => format!("{} {}", cause.id, cause.says),
            many => format!("{} {} -> {}", cause.id, cause.says, some(many, ", ")),
        };
        if !all.contains(&words) {
            all.push(words);
        }
    }
    some(&all, "; ")
}

/// The first of some words, and how many more there are.
fn some<S: AsRef<str>>(all: &[S], between: &str) -> String {
    let shown: Vec<&str> = all.iter().take(MANY).map(AsRef::as_ref).collect();
    match all.len().saturating_sub(MANY) {
        0 => shown.join(between),
        more => format!("{}{between}and {more} more", shown.join(between)),
    }
}

impl Cause {
    /// The records in which something came of it: those that rest on it, itself if it moved, and what came into being.
    pub fn touched<'d>(&'d self, done: &'d [Changed]) -> impl Iterator<Item = &'d Id> {
        let made =
            |c: &Changed| self.makes.is_some() && c.before.is_none() && c.after.links().any(|(_, to)| *to == self.id);
        let moved = |c: &Changed| self.moves.is_some() && c.id == self.id;
        let touched = move |c: &&Changed| self.reached.contains(&c.id) || moved(c) || made(c);
        done.iter().filter(touched).map(|c| &c.id)
    }
}

impl Turn<'_> {
    /// What has come about by a trigger.
    fn cause(&self, t: &Trigger) -> Option<Cause> {
        let ((before, was), (after, is)) = (self.before, self.after);
        if !t.when.holds(after, self.kind, is) {
            return None;
        }
        let changed = match was {
            None => t.added.then(|| "was added".to_owned())?,
            Some(was) if t.fields.is_empty() => (!t.when.holds(before, self.kind, was)).then(String::new)?,
            Some(was) => t.values(self.kind).find_map(|value| self.change(t, value, was))?,
        };
        let says = match t.says.is_empty() {
            true => changed,
            false => rules::fill(after, self.kind, is, &t.says, ""),
        };
        let mut reached = BTreeSet::new();
        for way in &t.reach {
            // what it named and what it names now both rest on it
            reached.extend(was.into_iter().flat_map(|was| walk(before, was, way)));
            reached.extend(walk(after, is, way));
        }
        Some(Cause {
            id: is.id.clone(),
            says,
            within: t.within,
            reached,
            moves: t.moves.clone(),
            makes: t.makes.clone(),
        })
    }

    /// What there is to say of a value, in a word or two, if its change counts.
    fn change(
        &self,
        t: &Trigger,
        (name, label, stored): (&str, &str, Option<(Tag, FieldType)>),
        was: &Record,
    ) -> Option<String> {
        let ((before, _), (after, is)) = (self.before, self.after);
        let (was, is) = match stored {
            Some((tag, _)) => (was.get(tag).map(Cow::Borrowed), is.get(tag).map(Cow::Borrowed)),
            None => (before.value(self.kind, was, name), after.value(self.kind, is, name)),
        };
        if was == is {
            return None;
        }
        let number = |v: &Option<Cow<Value>>| match v.as_deref() {
            Some(Value::Num(n)) => *n,
            Some(Value::Int(n)) => *n as f64,
            _ => 0.0,
        };
        if t.rises.is_some_and(|by| number(&is) - number(&was) < by) {
            return None;
        }
        let word = is.as_deref().and_then(Value::as_text).unwrap_or_default();
        let named = stored.is_some_and(|(tag, kind)| tag == STATE || kind == FieldType::Choice);
        Some(match named && !word.is_empty() {
            true => format!("is {word}"),
            // what stands behind a comma only says in what it is measured
            false => format!("{} changed", label.split(',').next().unwrap_or(label).to_lowercase()),
        })
    }
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
