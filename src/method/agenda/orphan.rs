//! Whether a record belongs to the whole: risk management is the hub, and every record reaches a risk over at most two
//! links, in either direction (domain 1, "risk management").
//!
//! Kinds that are `apart` need not, and no way leads over them: everybody's post owns something somewhere, which says
//! nothing about the records that it owns.

use super::item::{Gap, Remedy};
use crate::model::kind::Kind;
use crate::model::record::{Id, Record};
use crate::model::world::World;
use std::collections::BTreeSet;

/// The kind to which every record leads.
const HUB: &str = "risk";

fn is_apart(w: &World, id: &Id) -> bool {
    w.kind(id).is_none_or(|k| !k.apart.is_empty())
}

fn neighbours<'a>(w: &World<'a>, record: &'a Record) -> impl Iterator<Item = &'a Id> {
    let out = record.links().map(|(_, id)| id);
    out.chain(w.state.inbound(&record.id).map(|(id, _)| id))
}

/// Whether a record is a risk or is linked with one, and leads on.
pub(super) fn is_near(w: &World, id: &Id) -> bool {
    if is_apart(w, id) {
        return false;
    }
    let Some(record) = w.find(id).filter(|r| !r.is_retired()) else {
        return false;
    };
    let risk = |id: &Id| w.kind(id).is_some_and(|k| k.name == HUB);
    risk(id) || neighbours(w, record).any(|n| risk(n) && w.find(n).is_some_and(|r| !r.is_retired()))
}

/// The shortest way from a record to a risk over at most two links: the records on it, the risk last. A risk itself has
/// none to go; `None` where there is no way.
pub fn way(w: &World, record: &Record) -> Option<Vec<Id>> {
    let is_risk = |id: &Id| w.kind(id).is_some_and(|k| k.name == HUB);
    if is_risk(&record.id) {
        return Some(Vec::new());
    }
    if is_apart(w, &record.id) {
        return None;
    }
    let live = |id: &&Id| w.find(id).is_some_and(|r| !r.is_retired());
    if let Some(risk) = neighbours(w, record).filter(live).find(|id| is_risk(id)) {
        return Some(vec![risk.clone()]);
    }
    let by = neighbours(w, record).filter(live).find(|id| is_near(w, id))?;
    let risk = neighbours(w, w.find(by)?).filter(live).find(|id| is_risk(id))?;
    Some(vec![by.clone(), risk.clone()])
}

/// Why a record belongs to no risk. `near` says whether a record is a risk or is linked with one.
pub(super) fn why(w: &World, kind: &Kind, record: &Record, mut near: impl FnMut(&Id) -> bool) -> Option<Gap> {
    if !kind.apart.is_empty() || record.is_retired() || near(&record.id) {
        return None;
    }
    let mut kinds: BTreeSet<&str> = BTreeSet::new();
    for n in neighbours(w, record) {
        if near(n) {
            return None;
        }
        if let Some(k) = w.kind(n) {
            if kind.belongs.contains(&k.name) {
                return None;
            }
            kinds.insert(&k.titles);
        }
    }
    let id = &record.id;
    let reason = match kinds.len() {
        0 => "is linked with nothing".to_string(),
        _ => {
            let words: Vec<String> = kinds.iter().map(|k| k.to_lowercase()).collect();
            format!("is linked only with {}", words.join(", "))
        }
    };
    Some(Gap {
        id: id.clone(),
        rule: "orphan".to_string(),
        message: format!("{id} {reason}, and so with no risk over at most two links"),
        remedy: remedy(w, kind),
    })
}

/// The field by which a record of a kind is linked with a risk, or with something that is; none if the other end does.
fn remedy(w: &World, kind: &Kind) -> Remedy {
    let links = || kind.fields.iter().filter(|f| f.is_link() && !f.readonly);
    let leads = |t: &String| t != &kind.name && w.catalogue.kind(t).is_some_and(|k| meets(w, k));
    let to_risk = links().find(|f| f.target.iter().any(|t| t == HUB));
    let on = || links().find(|f| f.target.iter().any(leads));
    let any = || links().find(|f| f.target.is_empty());
    let found = to_risk.or_else(on).or_else(any);
    found.map_or(Remedy::Open, |f| Remedy::Field(f.name.clone()))
}

/// Whether records of a kind are linked with risks by a field of theirs or of the risk.
fn meets(w: &World, kind: &Kind) -> bool {
    let names = |of: &Kind, other: &str| of.fields.iter().any(|f| f.target.iter().any(|t| t == other));
    kind.apart.is_empty() && (names(kind, HUB) || w.catalogue.kind(HUB).is_some_and(|hub| names(hub, &kind.name)))
}
