//! Rules that a query cannot say: walks over links, authority, currency. Each returns what is wrong, in words that
//! fill `{detail}` of the rule's message, or nothing.

mod assure;
mod establish;
mod operate;

use crate::model::calendar;
use crate::model::change::Actor;
use crate::model::kind::{FieldType, Kind};
use crate::model::record::{Id, Record};
use crate::model::rights;
use crate::model::trace::{self, Read};
use crate::model::value::Value;
use crate::model::world::World;
use std::collections::BTreeSet;

/// What a coded rule looks at.
struct Case<'a> {
    w: &'a World<'a>,
    kind: &'a Kind,
    record: &'a Record,
    actor: Option<&'a Actor>,
}

type Check = fn(&Case) -> Option<String>;

const CHECKS: &[(&str, Check)] = &[
    ("owner-vacant", owner_vacant),
    ("conflicting-posts", conflicting_posts),
    ("same-currency", same_currency),
    ("requires-acyclic", requires_acyclic),
    ("unknown-level", unknown_level),
];

/// The rules of all files.
fn all() -> impl Iterator<Item = &'static (&'static str, Check)> {
    [CHECKS, assure::CHECKS, establish::CHECKS, operate::CHECKS]
        .into_iter()
        .flatten()
}

/// Whether there is a coded rule of this name.
pub fn known(name: &str) -> bool {
    all().any(|(n, _)| *n == name)
}

/// Runs a coded rule. `Some` is what is wrong.
pub fn run(name: &str, w: &World, kind: &Kind, record: &Record, actor: Option<&Actor>) -> Option<String> {
    let (_, check) = all().find(|(n, _)| *n == name)?;
    check(&Case { w, kind, record, actor })
}

impl Case<'_> {
    fn get(&self, field: &str) -> Option<&Value> {
        self.record.get(self.kind.field(field)?.tag)
    }

    fn of<'r>(&self, record: &'r Record, field: &str) -> Option<&'r Value> {
        record.get(self.w.kind(&record.id)?.field(field)?.tag)
    }
}

/// I1: the owner is a post that nobody holds, or a person who has left.
fn owner_vacant(c: &Case) -> Option<String> {
    let Value::Link(owner) = c.get("owner")? else {
        return None;
    };
    trace::as_one(|| Read::Vacancy(owner.clone()), || vacancy(c.w, owner))
}

/// Why an owner is not there to answer: "RO-0003, which is vacant". `None` if they are.
pub fn vacancy(w: &World, owner: &Id) -> Option<String> {
    let record = w.find(owner)?;
    if record.is_retired() {
        return Some(format!("{owner}, which is retired"));
    }
    let kind = w.kind(owner)?;
    if kind.name == "person" {
        return (!rights::is_active(w, owner)).then(|| format!("{owner}, who has left"));
    }
    let held = kind.field("holders").and_then(|f| record.get(f.tag)).is_some_and(|v| {
        let mut ids = v.ids();
        ids.any(|id| rights::is_active(w, id))
    });
    (!held).then(|| format!("{owner}, which is vacant"))
}

/// Since which day, days since 1970, an owner is not there to answer: a person since they left, a post since the last of
/// its holders did, or where it names none since it was changed last.
pub fn void_since(w: &World, owner: &Id) -> Option<i32> {
    let (record, kind) = (w.find(owner)?, w.kind(owner)?);
    let dated = |name: &str| record.get(kind.field(name)?.tag)?.as_date();
    let holders = kind.field("holders").and_then(|f| record.get(f.tag));
    let holders = holders.into_iter().flat_map(Value::ids);
    let stamp = || record.meta.as_ref().map(|m| calendar::day_of_time(m.changed.time));
    dated("left")
        .or_else(|| holders.filter_map(|id| void_since(w, id)).max())
        .or_else(stamp)
}

/// One person holds two posts that are declared to conflict.
fn conflicting_posts(c: &Case) -> Option<String> {
    let mine: BTreeSet<&Id> = c.get("holders")?.ids().collect();
    for other in c.get("conflicts_with")?.ids() {
        let Some(post) = c.w.find(other).filter(|p| !p.is_retired()) else {
            continue;
        };
        let Some(holders) = c.of(post, "holders") else { continue };
        if let Some(person) = holders.ids().find(|p| mine.contains(p)) {
            return Some(format!("{} also holds {other}", rights::person_name(c.w, person)));
        }
    }
    None
}

/// I18: all amounts are in the organisation's currency.
fn same_currency(c: &Case) -> Option<String> {
    let ours = c.w.currency();
    let word = |c: [u8; 3]| String::from_utf8_lossy(&c).into_owned();
    let other = |v: &Value| match v {
        Value::Money(_, other) if *other != ours => Some(*other),
        _ => None,
    };
    c.record.values.iter().find_map(|(tag, v)| {
        let mut cells = v.as_rows().iter().flat_map(|r| &r.cells);
        let other = other(v).or_else(|| cells.find_map(|(_, cell)| other(cell)))?;
        let label = c.kind.field_by_tag(*tag).map_or("an amount", |f| f.label.as_str());
        Some(format!(
            "{label} is in {}, the organisation's currency is {}",
            word(other),
            word(ours)
        ))
    })
}

/// The checks that follow links until they come back to where they began.
pub const CIRCLES: [&str; 2] = ["requires-acyclic", "prerequisite-cycle"];

/// I17: what a control requires does not lead back to it, nor to what it excludes.
fn requires_acyclic(c: &Case) -> Option<String> {
    let excluded: BTreeSet<&Id> = c.get("excludes").map(|v| v.ids().collect()).unwrap_or_default();
    let mut seen: BTreeSet<Id> = BTreeSet::new();
    let mut todo: Vec<Vec<Id>> = c.get("requires")?.ids().map(|id| vec![id.clone()]).collect();
    while let Some(way) = todo.pop() {
        let Some(id) = way.last() else { continue };
        if *id == c.record.id {
            let names: Vec<&str> = way.iter().map(|id| id.as_str()).collect();
            return Some(format!(
                "it requires itself: {} requires {}",
                c.record.id,
                names.join(", which requires ")
            ));
        }
        if excluded.contains(id) {
            return Some(format!("it requires and excludes {id}"));
        }
        if seen.insert(id.clone()) {
            let next = c.w.find(id).and_then(|r| c.of(r, "requires"));
            for id in next.into_iter().flat_map(Value::ids) {
                todo.push(way.iter().chain([id]).cloned().collect());
            }
        }
    }
    None
}

/// A level was imported that the method's scale does not know; it is kept as given.
fn unknown_level(c: &Case) -> Option<String> {
    let strange = |f: &crate::model::kind::Field| {
        let text = c.record.get(f.tag)?.as_text()?;
        let scale = c.w.field_scale(c.kind, Some(c.record), f)?;
        scale.position(text).is_none().then(|| format!("{} '{text}'", f.label))
    };
    let all: Vec<String> = c
        .kind
        .fields
        .iter()
        .filter(|f| f.kind == FieldType::Scale)
        .filter_map(strange)
        .collect();
    (!all.is_empty()).then(|| all.join(", "))
}
