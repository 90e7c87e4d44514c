//! What is worked out anew after a change, and what is not.
//!
//! A cell is one thing that is worked out: the facts of a record, whether a risk is near, whether it is an orphan,
//! whether an owner is there to answer, whether
//! somebody may sign it, what a risk is expected to cost. What a cell looked at while it was worked out is noted by the records
//! themselves ([`trace`](crate::model::trace)), so the dependencies are exact, whatever a rule looks at. When something
//! changes, the cells that had looked at it are put into a queue. Where a cell comes out as before, nothing that looks
//! at it is touched: a post that owns 50,000 records may change its duties and its holder, and as long as it is held
//! none of the 50,000 is looked at again.
//!
//! The queue is worked off in slices. What was changed itself comes first, what follows from it may take several
//! slices; in between the screen lives.

use super::item::{Known, Missing};
use super::looks::{Looks, Seen};
use super::{Agenda, LOOKS};
use super::{facts, orphan};
use crate::model::change::Changed;
use crate::model::kind::KindIx;
use crate::model::record::Id;
use crate::model::rules;
use crate::model::trace::{self, Read};
use crate::model::world::World;
use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};

/// A record's place in the tables of the agenda.
pub(super) type Slot = u32;

/// What is worked out for a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Aspect {
    Vacancy,
    Near,
    Facts,
    Orphan,
    Sign,
    Loss,
}

impl Aspect {
    /// All of them, each at its own place.
    pub const ALL: [Self; 6] = [
        Self::Vacancy,
        Self::Near,
        Self::Facts,
        Self::Orphan,
        Self::Sign,
        Self::Loss,
    ];
}

pub(super) type Cell = (Slot, Aspect);

/// How soon a cell is worked out: first what others look at, then what was changed itself and what goes into the totals,
/// then what follows, and at last what goes through all records of a kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    Ground,
    Touched,
    Follows,
    Whole,
}

/// The cells, what each looked at, and which are to be worked out anew.
#[derive(Debug, Clone, Default)]
pub(super) struct Cells {
    slots: HashMap<Id, Slot>,
    ids: Vec<Id>,
    looks: Looks,
    queue: BTreeSet<(Rank, Cell)>,
    /// What is to be worked out for all records once the queue is empty: an aspect, and where to go on.
    sweeps: VecDeque<(Aspect, Slot)>,
    pub near: Vec<bool>,
    vacancy: HashMap<Slot, Option<String>>,
    /// How many cells were worked out since the beginning.
    pub worked: u64,
    /// At how many things they looked: what the work has cost.
    looked: usize,
}

impl Cells {
    /// The place of a record, a new one if it has none.
    pub fn slot(&mut self, id: &Id) -> Slot {
        if let Some(slot) = self.slots.get(id) {
            return *slot;
        }
        let slot = Slot::try_from(self.ids.len()).unwrap_or(Slot::MAX);
        self.slots.insert(id.clone(), slot);
        self.ids.push(id.clone());
        self.near.push(false);
        self.looks.push();
        slot
    }

    /// The place of a record, if it has one.
    pub fn known(&self, id: &Id) -> Option<Slot> {
        self.slots.get(id).copied()
    }

    /// The record at a place.
    pub fn id(&self, slot: Slot) -> Option<&Id> {
        self.ids.get(slot as usize)
    }

    /// How many cells wait.
    pub fn waiting(&self) -> usize {
        let left = |(_, next): &(Aspect, Slot)| self.ids.len().saturating_sub(*next as usize);
        self.queue.len() + self.sweeps.iter().map(left).sum::<usize>()
    }

    /// The next cell to be worked out.
    fn next(&mut self) -> Option<Cell> {
        if let Some((_, cell)) = self.queue.pop_first() {
            return Some(cell);
        }
        while let Some((aspect, next)) = self.sweeps.front_mut() {
            if (*next as usize) < self.ids.len() {
                *next += 1;
                return Some((*next - 1, *aspect));
            }
            self.sweeps.pop_front();
        }
        None
    }

    fn put(&mut self, cell: Cell, rank: Rank) {
        let rank = match cell.1 {
            Aspect::Vacancy | Aspect::Near => Rank::Ground,
            Aspect::Loss => Rank::Touched,
            Aspect::Facts | Aspect::Orphan | Aspect::Sign => rank,
        };
        for other in [Rank::Touched, Rank::Follows, Rank::Whole] {
            if other < rank && self.queue.contains(&(other, cell)) {
                return;
            }
            if other > rank {
                self.queue.remove(&(other, cell));
            }
        }
        self.queue.insert((rank, cell));
    }

    /// Everything about a record is to be worked out.
    fn touch(&mut self, slot: Slot) {
        for aspect in [Aspect::Near, Aspect::Loss, Aspect::Facts, Aspect::Orphan] {
            self.put((slot, aspect), Rank::Touched);
        }
    }

    /// What had looked at something is to be worked out.
    fn wake(&mut self, seen: Seen) {
        let rank = match seen {
            Seen::Kind(_) => Rank::Whole,
            _ => Rank::Follows,
        };
        for cell in self.looks.readers(seen) {
            self.put(cell, rank);
        }
    }

    /// A cell is to be worked out after what was changed itself.
    pub fn follow(&mut self, cell: Cell) {
        self.put(cell, Rank::Follows);
    }

    /// Remembers what a cell looked at.
    pub fn remember(&mut self, cell: Cell, seen: Vec<Seen>) {
        self.looks.remember(cell, seen);
    }

    pub fn learn(&mut self, reads: Vec<Read>) -> Vec<Seen> {
        self.looked = self.looked.wrapping_add(reads.len());
        reads
            .into_iter()
            .map(|r| match r {
                Read::Record(id) => Seen::Record(self.slot(&id)),
                Read::Inbound(id) => Seen::Inbound(self.slot(&id)),
                Read::Kind(ix) => kind(ix),
                Read::Vacancy(id) => Seen::Vacancy(self.slot(&id)),
            })
            .collect()
    }

    fn work_vacancy(&mut self, w: &World, slot: Slot) {
        let Some(id) = self.id(slot).cloned() else { return };
        let (why, reads) = trace::reads(|| rules::vacancy(w, &id));
        let seen = self.learn(reads);
        self.remember((slot, Aspect::Vacancy), seen);
        if self.vacancy.insert(slot, why.clone()).is_some_and(|old| old != why) {
            self.wake(Seen::Vacancy(slot));
        }
    }

    fn work_near(&mut self, w: &World, slot: Slot) {
        let Some(id) = self.id(slot).cloned() else { return };
        let (near, reads) = trace::reads(|| orphan::is_near(w, &id));
        let seen = self.learn(reads);
        self.remember((slot, Aspect::Near), seen);
        if std::mem::replace(&mut self.near[slot as usize], near) != near {
            self.wake(Seen::Near(slot));
        }
    }
}

fn kind(ix: KindIx) -> Seen {
    Seen::Kind(u32::try_from(ix).unwrap_or(u32::MAX))
}

impl Agenda {
    /// Everything about every record of the world is to be worked out.
    pub(super) fn sweep(&mut self, w: &World) {
        for ix in 0..w.catalogue.kinds.len() {
            for r in w.state.all(ix) {
                self.slot(&r.id);
            }
        }
        self.cells.sweeps = [Aspect::Near, Aspect::Loss, Aspect::Facts, Aspect::Orphan]
            .map(|a| (a, 0))
            .into();
    }

    /// The facts of every record are to be worked out.
    pub(super) fn sweep_facts(&mut self) {
        self.cells.sweeps.push_back((Aspect::Facts, 0));
    }

    /// Puts into the queue what was changed and what looked at it.
    pub(super) fn enqueue_changes(&mut self, w: &World, changes: &[Changed]) {
        let mut kinds = BTreeSet::new();
        for c in changes {
            let slot = self.slot(&c.id);
            self.cells.touch(slot);
            self.cells.wake(Seen::Record(slot));
            kinds.extend(w.catalogue.kind_of(&c.id));
            // who links to another record has changed for those where one of both has the link
            let mut links: BTreeMap<_, u8> = BTreeMap::new();
            for (record, bit) in [(c.before.as_deref(), 1), (Some(c.after.as_ref()), 2)] {
                for link in record.into_iter().flat_map(|r| r.links()) {
                    *links.entry(link).or_default() |= bit;
                }
            }
            for ((_, to), _) in links.into_iter().filter(|(_, bits)| *bits != 3) {
                let to = self.slot(to);
                self.cells.wake(Seen::Inbound(to));
            }
        }
        for ix in kinds {
            self.cells.wake(kind(ix));
        }
    }

    /// Works out what a change asks for on its own frame: what was changed itself and the totals, then, as far as that
    /// leaves room in a slice, what follows. Where there are many records the frame does not wait for what goes through
    /// all of a kind.
    pub(super) fn work_change(&mut self, w: &World, most: usize) {
        let begun = self.cells.looked;
        let last = match self.cells.ids.len() {
            0..=LOOKS => Rank::Whole,
            _ => Rank::Follows,
        };
        let left = self.work_up_to(w, Rank::Touched, most, usize::MAX);
        let spent = self.cells.looked.wrapping_sub(begun);
        self.work_up_to(w, last, left, LOOKS.saturating_sub(spent));
    }

    /// Works out what is queued up to a rank: at most so many cells, and no more once they have looked at so much; says
    /// how many cells are left of those.
    fn work_up_to(&mut self, w: &World, last: Rank, most: usize, looks: usize) -> usize {
        let begun = self.cells.looked;
        for left in (0..most).rev() {
            let asked = self.cells.queue.first().is_some_and(|(rank, _)| *rank <= last);
            if !asked || self.cells.looked.wrapping_sub(begun) >= looks {
                return left + 1;
            }
            if let Some(cell) = self.cells.next() {
                self.work_cell(w, cell);
            }
        }
        0
    }

    /// Works out at most so many cells, and fewer if they look at much; says whether that was all.
    pub fn work(&mut self, w: &World, most: usize) -> bool {
        let begun = self.cells.looked;
        for _ in 0..most {
            let Some(cell) = self.cells.next() else {
                return true;
            };
            self.work_cell(w, cell);
            // one cell may look at a hundred records
            if self.cells.looked.wrapping_sub(begun) > LOOKS {
                break;
            }
        }
        self.cells.waiting() == 0
    }

    fn work_cell(&mut self, w: &World, (slot, aspect): Cell) {
        self.cells.worked += 1;
        self.grow();
        match aspect {
            Aspect::Vacancy => self.cells.work_vacancy(w, slot),
            Aspect::Near => self.cells.work_near(w, slot),
            Aspect::Facts => self.work_facts(w, slot),
            Aspect::Orphan => self.work_orphan(w, slot),
            Aspect::Sign => self.work_sign(w, slot),
            Aspect::Loss => self.work_loss(w, slot),
        }
    }

    fn work_facts(&mut self, w: &World, slot: Slot) {
        let Some(id) = self.cells.id(slot).cloned() else { return };
        let (found, reads) = trace::reads(|| {
            let ix = w.catalogue.kind_of(&id)?;
            let record = w.state.get(ix, &id).filter(|r| !r.is_retired())?;
            Some(facts::of(w, ix, record, self.asked.get(ix)?, &self.items))
        });
        let seen = self.cells.learn(reads);
        for s in &seen {
            if let Seen::Vacancy(owner) = s
                && !self.cells.vacancy.contains_key(owner)
            {
                self.cells.work_vacancy(w, *owner);
            }
        }
        self.cells.remember((slot, Aspect::Facts), seen);
        let known = found.map(|(facts, days)| Known {
            facts: self.alike.facts(facts),
            days,
        });
        if self.known[slot as usize] != known {
            self.unlist(slot);
            self.known[slot as usize] = known;
            self.list(slot);
        }
        // what was signed or sent back since is told by the record's meta, which the facts do not show
        self.work_sign(w, slot);
    }

    fn work_orphan(&mut self, w: &World, slot: Slot) {
        let Some(id) = self.cells.id(slot).cloned() else { return };
        let mut asked = Vec::new();
        let (why, reads) = trace::reads(|| {
            let (kind, record) = (w.kind(&id)?, w.find(&id)?);
            let near = |n: &Id| {
                asked.push(n.clone());
                self.cells.known(n).is_some_and(|s| self.cells.near[s as usize])
            };
            orphan::why(w, kind, record, near)
        });
        let mut seen = self.cells.learn(reads);
        for n in asked {
            seen.push(Seen::Near(self.cells.slot(&n)));
        }
        self.cells.remember((slot, Aspect::Orphan), seen);
        let why = why.map(|gap| self.alike.missing(Missing::of(gap)));
        if self.orphans[slot as usize] != why {
            self.unlist(slot);
            self.orphans[slot as usize] = why;
            self.list(slot);
        }
    }
}
