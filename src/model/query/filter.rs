//! What a query leaves of a shelf, key by key. Each term that is no word is worked out once for all rows and kept while
//! it stands in the query; words narrow what those leave. All of it in slices, which a newer query cuts short.

use super::eval::Run;
use super::fuzzy::Words;
use super::narrow::Narrow;
use super::reach::Reach;
use super::shelf::{Followed, Shelf};
use super::{Query, Term};
use crate::model::change::Changed;
use crate::model::record::{Id, Record};
use crate::model::world::World;
use std::collections::BTreeSet;
use std::sync::Arc;

/// What it costs to work out a term for a row, in rows tested.
const TERM: usize = 16;
/// What it costs to get a row ready, in rows tested.
const READY: usize = 16;
/// So many rows are worked on before it is asked whether there is time for more.
const CHUNK: usize = 1024;
/// So many terms are kept that are not asked for at the moment.
const KEPT: usize = 6;

/// For which rows a term holds.
#[derive(Debug, Clone)]
struct Column {
    test: Test,
    /// As far as it was worked out.
    holds: Vec<bool>,
    reach: Reach,
}

#[derive(Debug, Clone, PartialEq)]
enum Test {
    Term(Term),
    /// Only these records.
    Only(Arc<BTreeSet<Id>>),
}

impl Test {
    fn holds(&self, run: &Run, w: &World, kind: usize, r: &Record) -> bool {
        match self {
            Self::Term(t) => run.holds(t, w.kind_at(kind), r),
            Self::Only(ids) => ids.contains(&r.id),
        }
    }
}

/// A query over a shelf, and the rows that it leaves.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Those of `columns` that must all hold.
    wanted: Vec<usize>,
    columns: Vec<Column>,
    /// Whether retired records are left out.
    hides: bool,
    ranked: bool,
    /// The rows for which all but the words holds, as far as they were looked at.
    base: Vec<u32>,
    looked: usize,
    narrow: Narrow,
    found: Vec<u32>,
    /// Whether `found` is what there is to find.
    shown: bool,
}

impl Filter {
    /// Asks for other rows: those that are to be listed for a query, of certain records only if they are given, the
    /// best fit first if `ranked`. What was found before stays until [`Self::show`].
    pub fn ask(&mut self, query: &Query, only: Option<&Arc<BTreeSet<Id>>>, ranked: bool) {
        let terms = query.terms.iter().filter(|t| !t.is_word()).cloned().map(Test::Term);
        let tests: Vec<Test> = terms.chain(only.map(Arc::clone).map(Test::Only)).collect();
        let hides = !query.shows_retired();
        let same = self.hides == hides
            && self.wanted.len() == tests.len()
            && self.wanted.iter().zip(&tests).all(|(&i, t)| self.columns[i].test == *t);
        if !same {
            // those asked for come last, those not asked for longest first
            let mut all = std::mem::take(&mut self.columns);
            let mut asked = Vec::new();
            for test in tests {
                let known = all.iter().position(|c| c.test == test).map(|i| all.remove(i));
                asked.push(known.unwrap_or(Column {
                    test,
                    holds: Vec::new(),
                    reach: Reach::default(),
                }));
            }
            all.drain(..all.len().saturating_sub(KEPT));
            self.wanted = (all.len()..all.len() + asked.len()).collect();
            all.extend(asked);
            self.columns = all;
            self.hides = hides;
            self.look_again();
        }
        (self.ranked, self.shown) = (ranked, false);
        self.narrow.ask(Words::new(query.words()));
    }

    /// Begins again, since the rows are others now or mean something else.
    pub fn forget(&mut self) {
        for c in &mut self.columns {
            c.holds.clear();
            c.reach = Reach::default();
        }
        self.look_again();
    }

    fn look_again(&mut self) {
        self.base.clear();
        (self.looked, self.shown) = (0, false);
        self.narrow.forget();
    }

    /// Whether everything was found.
    pub fn is_done(&self, shelf: &Shelf) -> bool {
        self.looked == shelf.rows().len() && self.narrow.is_done()
    }

    /// Goes on, and says what that cost, in rows tested; nothing if everything was found.
    pub fn work(&mut self, w: &World, shelf: &mut Shelf) -> usize {
        let all = shelf.rows().len();
        let mut cost = 0;
        if !self.narrow.is_done() {
            let (looked, waits) = self.narrow.work(shelf.corpus(), &self.base, self.looked == all);
            cost += looked;
            if !waits {
                return cost;
            }
        }
        if self.looked < all {
            cost += self.look(w, shelf);
        }
        if !self.narrow.is_done() && !shelf.is_packed() {
            cost += shelf.pack();
        }
        cost
    }

    /// Gets ready for the next letter of a word, and says what that cost, in rows tested.
    pub fn prepare(&mut self, shelf: &Shelf) -> usize {
        self.narrow.prepare(shelf.corpus()) * READY
    }

    /// Whether there is nothing to get ready.
    pub fn is_prepared(&self) -> bool {
        self.narrow.is_prepared()
    }

    /// Works out the terms for some more rows.
    fn look(&mut self, w: &World, shelf: &Shelf) -> usize {
        let to = shelf.rows().len().min(self.looked + CHUNK);
        let mut cost = to - self.looked;
        for &i in &self.wanted {
            let column = &mut self.columns[i];
            let from = column.holds.len();
            if from >= to {
                continue;
            }
            cost += (to - from) * TERM;
            let Column { test, holds, reach } = column;
            reach.note(w.catalogue, || {
                let run = Run::new(w);
                let rows = &shelf.rows()[from..to];
                holds.extend(rows.iter().map(|r| test.holds(&run, w, shelf.kind(), r)));
            });
        }
        for row in self.looked..to {
            if !(self.hides && shelf.retired()[row]) && self.wanted.iter().all(|&i| self.columns[i].holds[row]) {
                self.base.push(u32::try_from(row).unwrap_or(u32::MAX));
            }
        }
        self.looked = to;
        cost
    }

    /// Shows what was found so far.
    pub fn show(&mut self, shelf: &Shelf) {
        if self.shown {
            return;
        }
        self.shown = self.is_done(shelf);
        self.found = match self.narrow.words().is_empty() {
            true => self.base.clone(),
            false => self.narrow.found(shelf.corpus(), self.ranked),
        };
    }

    /// The rows that show: places on the shelf.
    pub fn found(&self) -> &[u32] {
        &self.found
    }

    /// Where a row of the shelf shows.
    pub fn place(&self, row: usize) -> Option<usize> {
        let row = u32::try_from(row).ok()?;
        if self.ranked && !self.narrow.words().is_empty() {
            return self.found.iter().position(|r| *r == row);
        }
        self.found.binary_search(&row).ok()
    }

    /// The rows stand in another order: at each place what stood at the place given for it.
    pub(super) fn arrange(&mut self, places: &[u32]) {
        for c in &mut self.columns {
            c.holds = match c.holds.len() == places.len() {
                true => places.iter().map(|&i| c.holds[i as usize]).collect(),
                false => Vec::new(),
            };
        }
        self.look_again();
    }

    /// Follows what a commit did to the shelf.
    pub(super) fn follow(&mut self, w: &World, shelf: &Shelf, changes: &[Changed], what: &Followed) {
        if matches!(what, Followed::Anew) {
            return self.forget();
        }
        let all = shelf.rows().len();
        for column in &mut self.columns {
            if column.reach.holds(w.catalogue, changes) {
                column.holds.clear();
                column.reach = Reach::default();
                continue;
            }
            let Column { test, holds, reach } = column;
            reach.note(w.catalogue, || {
                let run = Run::new(w);
                match what {
                    Followed::Replaced(at) => {
                        for &i in at {
                            if let Some(holds) = holds.get_mut(i) {
                                *holds = test.holds(&run, w, shelf.kind(), &shelf.rows()[i]);
                            }
                        }
                    }
                    // a column that was not worked out to the end begins again
                    Followed::Spliced(splice, _) if holds.len() + splice.come.len() != all + splice.gone.len() => {
                        holds.clear();
                    }
                    Followed::Spliced(splice, come) => {
                        let new: Vec<bool> = come.iter().map(|r| test.holds(&run, w, shelf.kind(), r)).collect();
                        splice.apply(holds, new.into_iter());
                    }
                    Followed::Still | Followed::Anew => {}
                }
            });
        }
        self.look_again();
    }
}
