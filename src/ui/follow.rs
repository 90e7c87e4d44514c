//! What is worked out of the records that are looked at, and how it follows them: after a commit only what that
//! touched, in slices, so that the screen lives meanwhile.

use super::{Count, Model};
use crate::method::agenda::{Agenda, SLICE};
use crate::model::change::Changed;

/// How many slices are worked off at once when something is opened, before the first key has its turn.
const AT_ONCE: usize = 16;
/// After how many turns of work the screen shows how far it is.
const SHOWN: i64 = 32;

/// An agenda, and the commit of which it speaks.
#[derive(Debug)]
pub(crate) struct Known {
    seq: u64,
    pub agenda: Agenda,
    /// Whether everything was worked out once: before that its counts are those of a part.
    whole: bool,
}

impl Model {
    /// What is due, missing and waiting in the world that is looked at; `None` before anything is loaded.
    pub(crate) fn known(&self) -> Option<&Agenda> {
        self.looked_at().map(|k| &k.agenda)
    }

    /// Whether what is counted was counted to the end.
    pub(crate) fn is_counted(&self) -> bool {
        self.looked_at().is_some_and(|k| k.whole)
    }

    /// The next moment, milliseconds since 1970, UTC, at which something that is due to the hour is late.
    pub fn next_moment(&self) -> Option<i64> {
        self.known
            .as_ref()
            .filter(|_| self.past.is_none())?
            .agenda
            .next_moment()
    }

    fn looked_at(&self) -> Option<&Known> {
        match &self.past {
            Some(past) => past.known.as_ref(),
            None => self.known.as_ref(),
        }
    }

    fn take_known(&mut self) -> Option<Known> {
        match &mut self.past {
            Some(past) => past.known.take(),
            None => self.known.take(),
        }
    }

    fn keep_known(&mut self, known: Option<Known>) {
        match &mut self.past {
            Some(past) => past.known = known,
            None => self.known = known,
        }
    }

    /// Makes what is worked out follow the records; `changes` are those of the commit that came last.
    pub(crate) fn follow(&mut self, changes: Option<&[Changed]>) {
        let known = self.take_known();
        let w = self.world();
        let seq = w.state.seq;
        // what a commit touched is worked out with it, and a slice of what follows; the first look begins with a good part
        let (known, slices) = match (known, changes) {
            (Some(mut k), _) if k.seq == seq => {
                k.agenda.turn(&w);
                (k, 1)
            }
            (Some(mut k), Some(changes)) if k.seq + 1 == seq => {
                k.agenda.turn(&w);
                k.agenda.update(&w, changes);
                let slices = usize::from(k.agenda.pending() == 0);
                (Known { seq, ..k }, slices)
            }
            _ => {
                let agenda = Agenda::begin(&w);
                let whole = false;
                (Known { seq, agenda, whole }, AT_ONCE)
            }
        };
        self.keep_known(Some(known));
        if !self.work(slices) {
            self.recount();
        }
    }

    /// Does a part of what is still to be worked out, and shows what came of it now and then, and when all is done; says
    /// whether it did.
    fn work(&mut self, slices: usize) -> bool {
        let Some(mut known) = self.take_known() else {
            return false;
        };
        let w = self.world();
        known.agenda.sit(&w, &self.actor);
        let done = (0..slices).any(|_| known.agenda.work(&w, SLICE));
        known.whole |= done;
        self.keep_known(Some(known));
        let shows = done || self.turn % SHOWN == 0;
        if shows {
            self.recount();
        }
        if !done {
            self.turn += 1;
        }
        shows
    }

    /// A turn without a key: goes on with the work.
    pub(crate) fn work_on(&mut self) {
        if self.known().is_some_and(|a| a.pending() > 0) {
            // a frame costs as much as the work
            self.dirty |= self.work(1);
        }
    }

    /// Makes counts, Today and gaps say what is known.
    fn recount(&mut self) {
        let w = self.world();
        let Some(agenda) = self.known() else { return };
        let count = |ix: usize| {
            let c = agenda.count(ix);
            Count {
                // what is still being worked out is there already
                live: w.state.count_live(ix),
                open: c.open,
                late: c.late,
            }
        };
        self.counts = (0..self.catalogue.kinds.len()).map(count).collect();
        self.arrange();
        self.plant();
    }
}
