//! The agenda: what is due, what waits for a sign-off, what is missing, and how far each stage of the lifecycle is.
//! It follows from the records and is kept up with each commit, without looking at everything again (`cells.rs`).
//!
//! **Due** is every date that a kind marks so, on records on which something is still to be done: reviews, ends of
//! contracts, exceptions, evidence; dates in open rows; derived dates such as the next exercise; and what people owe by
//! duties, and what somebody owns who has left. Overdue is what has its day before today, and a legal clock that has run
//! out, to the minute; soon is the next 14 days.
//!
//! **The worst first.** Late things stand in the order of their weight, and those of one weight by their day, the
//! oldest first. The weight of a thing is 1 to 4 and is that of its record: the level that the kind's `weigh` names (of
//! the record, or of the risk that it treats) as a share of its scale, times four; mandatory is 4; what says nothing
//! is 2. So a critical finding that is a day late stands above a minor review that is a year late. What is not late yet
//! stands by its day, and within a day by weight.
//!
//! **Complete** is the share of what a stage shows that is in order: its records without a gap and with nothing late,
//! and the items of the certification checklist that are met, of all its records and items, in percent and rounded
//! down, so that 100 means all.

mod cells;
mod facts;
mod handover;
mod item;
mod listing;
mod looks;
mod losses;
mod orphan;
mod stages;
mod waiting;

#[cfg(test)]
mod tests;

pub use handover::by as handed_over;
pub use item::{Bucket, Due, Gap, PLAIN, Remedy, SOON, Source, Wait};
pub use listing::{At, View};
pub use losses::{Loss, Totals};
pub use orphan::way;
pub use stages::{Lack, Next, Progress, STAGES};
pub use waiting::Waiting;

use super::checklist::{Checklist, Item};
use crate::model::change::Changed;
use crate::model::kind::KindIx;
use crate::model::record::Id;
use crate::model::trace::{self, Read};
use crate::model::world::World;
use cells::{Cells, Slot};
use item::{Alike, Known, Missing};
use listing::Lists;
use std::sync::Arc;
use waiting::Seat;

/// How many cells are worked out before the screen is asked whether it has something else to do.
pub const SLICE: usize = 512;
/// And at how many things they look.
const LOOKS: usize = 2_048;

/// How many records of a kind there are, and how they stand.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Count {
    /// Not retired.
    pub live: usize,
    /// On which something is still to be done.
    pub open: usize,
    /// On which something is late.
    pub late: usize,
    /// Gaps in them.
    pub gaps: usize,
    /// Without a gap, and with nothing late.
    pub sound: usize,
}

/// What is due, missing and waiting.
#[derive(Debug, Clone)]
pub struct Agenda {
    today: i32,
    now: i64,
    items: Vec<Item>,
    /// By kind: the items that ask it.
    asked: Vec<Vec<usize>>,
    cells: Cells,
    known: Vec<Option<Known>>,
    orphans: Vec<Option<Arc<Missing>>>,
    alike: Alike,
    lists: Lists,
    losses: losses::Losses,
    seat: Option<Seat>,
}

impl Agenda {
    /// An agenda in which everything is still to be worked out: [`Agenda::work`] does so in slices.
    pub fn begin(w: &World) -> Self {
        let items: Vec<Item> = Checklist::built_in(w.catalogue)
            .into_iter()
            .flat_map(|c| c.items)
            .collect();
        let asked = |ix: KindIx| (0..items.len()).filter(|i| items[*i].kind == ix).collect();
        let mut agenda = Self {
            today: w.today,
            now: w.now,
            asked: (0..w.catalogue.kinds.len()).map(asked).collect(),
            cells: Cells::default(),
            known: Vec::new(),
            orphans: Vec::new(),
            alike: Alike::default(),
            lists: Lists::new(w.catalogue, items.len()),
            losses: losses::Losses::default(),
            seat: None,
            items,
        };
        agenda.sweep(w);
        agenda
    }

    /// The agenda of a world, all of it.
    pub fn build(w: &World) -> Self {
        let mut agenda = Self::begin(w);
        while !agenda.work(w, SLICE) {}
        agenda
    }

    /// Follows a commit: what it changed and the totals at once, as far as that goes; what depends on that by and by
    /// ([`Agenda::work`]).
    pub fn update(&mut self, w: &World, changes: &[Changed]) {
        self.enqueue_changes(w, changes);
        self.work_change(w, SLICE);
    }

    /// Follows the clock of the world: what is late now is late at once, rules that ask for the day are looked at by and
    /// by ([`Agenda::work`]).
    pub fn turn(&mut self, w: &World) {
        let other = w.today != self.today;
        self.relist(w.today, w.now);
        if other {
            self.sweep_facts();
            self.work(w, SLICE);
        }
    }

    /// How many things are still to be worked out; 0 when everything is as the records say.
    pub fn pending(&self) -> usize {
        self.cells.waiting()
    }

    /// How many things were worked out since the beginning: the work that commits have cost.
    pub fn worked(&self) -> u64 {
        self.cells.worked
    }

    /// The day for which it holds: days since 1970.
    pub fn today(&self) -> i32 {
        self.today
    }

    /// What is known of a record that is not retired. That it was looked at is noted as of the record itself.
    fn of(&self, id: &Id) -> Option<&Known> {
        trace::note(|| Read::Record(id.clone()));
        self.known.get(self.cells.known(id)? as usize)?.as_ref()
    }

    /// Whether something is late on a record, as it is counted in [`Count::late`].
    pub fn is_late(&self, id: &Id) -> bool {
        self.of(id)
            .is_some_and(|known| known.days.iter().any(|when| when.is_late(self.today, self.now)))
    }

    /// What is missing in a record.
    pub fn gaps_of(&self, id: &Id) -> impl Iterator<Item = Gap> {
        let slot = self.cells.known(id).map(|s| s as usize);
        let facts = self.of(id).map(|known| &known.facts);
        let orphan = slot
            .and_then(|s| self.orphans.get(s)?.as_deref())
            .filter(|_| facts.is_some());
        let id = id.clone();
        let all = facts.into_iter().flat_map(|f| &f.gaps).chain(orphan);
        all.map(move |missing| missing.on(&id))
    }

    fn slot(&mut self, id: &Id) -> Slot {
        let slot = self.cells.slot(id);
        self.grow();
        slot
    }

    /// Gives every place its line in the tables.
    fn grow(&mut self) {
        let n = self.cells.near.len();
        if self.known.len() < n {
            self.known.resize_with(n, || None);
            self.orphans.resize_with(n, || None);
        }
    }
}
