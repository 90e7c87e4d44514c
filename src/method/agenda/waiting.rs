//! What waits for whom.
//!
//! Who looks is told to the agenda once ([`Agenda::sit`]); what they may sign is then kept up with each commit like
//! everything else, and not asked of the rights of every record anew.

use super::Agenda;
use super::cells::{Aspect, Slot};
use super::item::{Wait, share};
use super::listing::merge;
use crate::model::change::Actor;
use crate::model::kind::{KindIx, Stage};
use crate::model::record::Id;
use crate::model::rights::{self, Reach};
use crate::model::trace;
use crate::model::world::World;
use std::cmp::Reverse;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

/// What waits for a person.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Waiting {
    /// Sign-offs in whose rule the person is named: as the owner, by a post, by a permission. The heaviest first.
    pub named: Vec<Wait>,
    /// How many more the person could give only because an administrator may do everything.
    pub as_admin: usize,
}

/// Who looks, and what waits for them.
#[derive(Debug, Clone)]
pub(super) struct Seat {
    reach: Reach,
    /// By kind: the sign-offs in whose rules they are named, by weight, record and transition, the heaviest first.
    named: Vec<BTreeSet<(Reverse<u8>, Id, usize)>>,
    as_admin: usize,
    /// What waits by record.
    verdicts: HashMap<Slot, Arc<Vec<Verdict>>>,
    /// Thousands of records wait for the same.
    alike: HashSet<Arc<Vec<Verdict>>>,
}

/// A sign-off that whoever looks may give.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Verdict {
    kind: KindIx,
    transition: usize,
    weight: u8,
    /// Its rule names them.
    named: bool,
}

impl Agenda {
    /// Takes note of who looks and what they reach; what waits for them is worked out with the rest.
    pub fn sit(&mut self, w: &World, actor: &Actor) {
        let reach = Reach::of(w, actor);
        if self.seat.as_ref().is_some_and(|s| s.reach == reach) {
            return;
        }
        self.hand(rights::hands(w, &actor.person));
        self.seat = Some(Seat {
            reach,
            named: vec![BTreeSet::new(); w.catalogue.kinds.len()],
            as_admin: 0,
            verdicts: HashMap::new(),
            alike: HashSet::new(),
        });
        let waiting: Vec<Id> = self.waits().map(|wait| wait.id).collect();
        for id in waiting {
            let slot = self.slot(&id);
            self.cells.follow((slot, Aspect::Sign));
        }
    }

    /// Works out what waits in a record for whom the agenda is kept.
    pub(super) fn work_sign(&mut self, w: &World, slot: Slot) {
        let Some(id) = self.cells.id(slot).cloned() else { return };
        let Some(mut seat) = self.seat.take() else { return };
        let known = self.known[slot as usize].as_ref();
        let waits = known.map_or(Vec::new(), |k| k.facts.waits_of(&id));
        if !waits.is_empty() || seat.verdicts.contains_key(&slot) {
            let (new, reads) = trace::reads(|| {
                let judge = |wait: Wait| {
                    verdict(w, &seat.reach, &wait).map(|named| Verdict {
                        kind: wait.kind,
                        transition: wait.transition,
                        weight: wait.weight,
                        named,
                    })
                };
                waits.into_iter().filter_map(judge).collect::<Vec<_>>()
            });
            let seen = self.cells.learn(reads);
            self.cells.remember((slot, Aspect::Sign), seen);
            seat.put(slot, &id, new);
        }
        self.seat = Some(seat);
    }

    /// What waits for a sign-off of an actor.
    pub fn waiting_for(&self, w: &World, actor: &Actor) -> Waiting {
        let reach = Reach::of(w, actor);
        match &self.seat {
            Some(seat) if seat.reach == reach => Waiting {
                named: self.named(None).1.collect(),
                as_admin: seat.as_admin,
            },
            _ => self.judged(w, &reach),
        }
    }

    /// How many sign-offs in whose rules whoever looks is named wait, and these, the heaviest first.
    pub fn named(&self, stage: Option<Stage>) -> (usize, impl Iterator<Item = Wait>) {
        let all = self.seat.iter().flat_map(|seat| seat.named.iter().enumerate());
        let here: Vec<_> = all.filter(|(ix, _)| self.lists.is_of(*ix, stage)).collect();
        let count = here.iter().map(|(_, named)| named.len()).sum();
        let lists = here.into_iter().map(|(ix, named)| {
            named
                .iter()
                .map(move |(weight, id, transition)| (*weight, id, *transition, ix))
        });
        let waits = merge(lists).map(|(Reverse(weight), id, transition, kind)| Wait {
            id: id.clone(),
            kind,
            transition,
            weight,
        });
        (count, waits)
    }

    /// The same, by asking the rights of every record that waits.
    fn judged(&self, w: &World, reach: &Reach) -> Waiting {
        let mut found = Waiting::default();
        for wait in self.waits() {
            match verdict(w, reach, &wait) {
                Some(true) => found.named.push(wait),
                Some(false) => found.as_admin += 1,
                None => {}
            }
        }
        found
    }
}

impl Seat {
    fn put(&mut self, slot: Slot, id: &Id, new: Vec<Verdict>) {
        let new = share(&mut self.alike, new);
        let old = match new.is_empty() {
            true => self.verdicts.remove(&slot),
            false => self.verdicts.insert(slot, Arc::clone(&new)),
        };
        let key = |v: &Verdict| (Reverse(v.weight), id.clone(), v.transition);
        for v in old.iter().flat_map(|all| all.iter()) {
            match v.named {
                true => drop(self.named[v.kind].remove(&key(v))),
                false => self.as_admin = self.as_admin.saturating_sub(1),
            }
        }
        for v in new.iter() {
            match v.named {
                true => drop(self.named[v.kind].insert(key(v))),
                false => self.as_admin += 1,
            }
        }
    }
}

/// Whether somebody may give a sign-off that a record waits for, and whether its rule names them.
fn verdict(w: &World, reach: &Reach, wait: &Wait) -> Option<bool> {
    let (kind, record) = (w.kind_at(wait.kind), w.find(&wait.id)?);
    reach.may_move(w, kind, record, kind.transitions.get(wait.transition)?)
}
