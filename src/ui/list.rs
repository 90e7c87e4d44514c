//! A register as a list: what is asked for, in which order, which rows there are, where the cursor stands and what is
//! selected. It must not know how it is drawn.

use crate::model::change::Changed;
use crate::model::kind::KindIx;
use crate::model::query::{self, Query};
use crate::model::record::{Id, Record};
use crate::model::view::Shown;
use crate::model::world::World;
use std::collections::BTreeSet;
use std::sync::Arc;

/// Where the cursor stands among rows, and which row is the first that shows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Cursor {
    /// The row under the cursor.
    pub at: usize,
    /// The first row that shows.
    pub top: usize,
}

impl Cursor {
    /// Moves by rows.
    pub fn by(&mut self, rows: isize, len: usize, page: usize) {
        self.to(self.at.saturating_add_signed(rows), len, page);
    }

    /// Moves to a row, or the last one, and keeps it in view.
    pub fn to(&mut self, row: usize, len: usize, page: usize) {
        self.at = row.min(len.saturating_sub(1));
        let page = page.max(1);
        self.top = self
            .top
            .min(self.at)
            .max((self.at + 1).saturating_sub(page))
            .min(len.saturating_sub(page));
    }

    /// Moves a page, the view with the cursor.
    pub fn page(&mut self, rows: isize, len: usize, page: usize) {
        self.top = self
            .top
            .saturating_add_signed(rows)
            .min(len.saturating_sub(page.max(1)));
        self.by(rows, len, page);
    }
}

/// Only these records, whatever the filter says: those linked with a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Only {
    /// In words: "linked with R-0007".
    pub words: String,
    /// The records.
    pub ids: Arc<BTreeSet<Id>>,
}

/// So many rows are tested in one slice of the work on a list: some milliseconds.
pub const SLICE: usize = 200_000;
/// So many slices are done before the screen shows anything of a list that is opened or put in another order.
const AT_ONCE: usize = 10;

/// A list of one kind.
#[derive(Debug, Clone, Default)]
pub struct List {
    /// The kind.
    pub kind: KindIx,
    /// The filter as typed.
    pub query: String,
    /// What is wrong with the filter, and at which character; the rows are then those before the mistake.
    pub wrong: Option<(usize, String)>,
    /// A restriction to certain records.
    pub only: Option<Only>,
    /// The column by which it is sorted, and whether from the largest; `None`: as the kind says.
    pub sort: Option<(String, bool)>,
    /// The columns that a view or a choice asks for; `None`: those of the register.
    pub columns: Option<Vec<Shown>>,
    /// Whether retired records show too.
    pub retired: bool,
    /// The rows.
    pub rows: query::List,
    /// How many there would be without filter.
    pub total: usize,
    /// The cursor.
    pub cursor: Cursor,
    /// What is selected, also what the filter hides.
    pub marked: BTreeSet<Id>,
    /// The row selected last, from which a range goes.
    pub anchor: Option<Id>,
    /// The stamp of what `rows` were made of.
    pub stamp: Option<(u64, i32)>,
    /// Whether the cursor goes with its record while rows are found, and does not wait on the first row for the best.
    stays: bool,
    /// How many slices were done since rows were asked for.
    slices: usize,
}

impl List {
    /// A list of a kind as it comes.
    pub fn new(kind: KindIx) -> Self {
        Self {
            kind,
            ..Self::default()
        }
    }

    /// The record under the cursor.
    pub fn current(&self) -> Option<&Arc<Record>> {
        self.rows.get(self.cursor.at)
    }

    /// Finds the rows anew and keeps the cursor on its record, or near its place if that is gone. What takes long goes
    /// on with [`Self::work`].
    pub fn find(&mut self, w: &World, page: usize) {
        self.stays = !self.rows.is_empty();
        self.ask(w);
        for _ in 0..AT_ONCE {
            if self.rows.work(w, SLICE) {
                break;
            }
        }
        self.show(w, page);
    }

    /// Takes another filter, whose rows come with [`Self::work`]. The cursor waits on the first row.
    pub fn filter(&mut self, w: &World, text: String) {
        self.query = text;
        self.cursor = Cursor::default();
        self.stays = false;
        self.ask(w);
    }

    /// Asks for the rows that the filter, the order and the restriction mean.
    fn ask(&mut self, w: &World) {
        let kind = w.kind_at(self.kind);
        let by = match &self.sort {
            Some((name, down)) => &vec![format!("{}{name}", if *down { "-" } else { "" })],
            None => &kind.sort,
        };
        let stamp = Some((w.state.seq, w.today));
        if self.stamp != stamp {
            self.rows.fill(w, self.kind, by);
            self.stamp = stamp;
        }
        self.rows.sort(by);
        let all = if self.retired { " is:all" } else { "" };
        let (query, wrong) = Query::typed(&format!("{}{all}", self.query), w.catalogue, Some(kind));
        self.wrong = wrong.map(|e| (e.at, e.message));
        // Whoever chose an order wants it, however well a row fits.
        let only = self.only.as_ref().map(|o| &o.ids);
        self.rows.ask(&query, only, self.sort.is_none());
        self.slices = 0;
    }

    /// Does a slice of what is still to be done, shows now and then what was found so far, and says whether anything
    /// shows that did not before.
    pub fn work(&mut self, w: &World, page: usize) -> bool {
        let done = self.rows.work(w, SLICE);
        self.slices += 1;
        let shows = done || self.slices.is_power_of_two();
        if shows {
            self.show(w, page);
        }
        shows
    }

    /// Gets ready for being searched for something else: a slice of what that takes. Says whether it is.
    pub fn ready(&mut self, w: &World, page: usize) -> bool {
        if self.stamp != Some((w.state.seq, w.today)) {
            self.stays = !self.rows.is_empty();
            self.ask(w);
        }
        if !self.rows.is_done() {
            self.work(w, page);
            return false;
        }
        self.rows.prepare(SLICE)
    }

    /// Finds all rows of what was asked for, in whatever order they stand so far.
    pub fn answer(&mut self, w: &World, page: usize) {
        let kept = self.kept();
        self.rows.answer(w);
        self.stand(w, kept, page);
    }

    /// Whether rows show of which more are still to be found, or which are still to be put in order.
    pub fn is_partial(&self) -> bool {
        self.slices > 1 && !self.rows.is_done()
    }

    /// Follows a commit, the cursor with its record.
    pub fn follow(&mut self, w: &World, changes: &[Changed], page: usize) {
        self.stays = true;
        let kept = self.kept();
        self.rows.follow(w, changes);
        self.rows.answer(w);
        for _ in 0..AT_ONCE {
            if self.rows.work(w, SLICE) {
                break;
            }
        }
        self.stamp = Some((w.state.seq, w.today));
        self.stand(w, kept, page);
    }

    /// Shows what was found so far.
    fn show(&mut self, w: &World, page: usize) {
        let kept = self.kept();
        self.rows.show();
        self.stand(w, kept, page);
    }

    /// The record with which the cursor goes.
    fn kept(&self) -> Option<Id> {
        let goes = self.stays || self.cursor.at > 0;
        self.current().filter(|_| goes).map(|r| r.id.clone())
    }

    fn stand(&mut self, w: &World, kept: Option<Id>, page: usize) {
        self.total = self.rows.live();
        let record = kept.and_then(|id| w.find(&id));
        let at = record.and_then(|r| self.rows.place(w, r));
        self.cursor.to(at.unwrap_or(self.cursor.at), self.rows.len(), page);
    }

    /// Puts the cursor on a record, if it is there.
    pub fn go_to(&mut self, id: &Id, page: usize) -> bool {
        let Some(at) = self.rows.iter().position(|r| r.id == *id) else {
            return false;
        };
        // In the middle, so that one sees what is around it.
        if at < self.cursor.top || at >= self.cursor.top + page {
            self.cursor.top = at.saturating_sub(page / 2);
        }
        self.cursor.to(at, self.rows.len(), page);
        true
    }

    /// Selects or deselects the row under the cursor.
    pub fn toggle(&mut self) {
        let Some(id) = self.current().map(|r| r.id.clone()) else {
            return;
        };
        if !self.marked.remove(&id) {
            self.marked.insert(id.clone());
            self.anchor = Some(id);
        }
    }

    /// Selects all rows from the one selected last to the cursor.
    pub fn mark_to_here(&mut self) {
        let anchor = self
            .anchor
            .as_ref()
            .and_then(|id| self.rows.iter().position(|r| r.id == *id));
        let (a, b) = (anchor.unwrap_or(self.cursor.at), self.cursor.at);
        let range = self.rows.range(a.min(b), a.max(b) + 1 - a.min(b));
        self.marked.extend(range.map(|r| r.id.clone()));
        self.anchor = self.current().map(|r| r.id.clone());
    }

    /// Selects what is not selected of the rows, and the other way round; what the filter hides stays.
    pub fn mark_other(&mut self) {
        for r in self.rows.iter() {
            if !self.marked.remove(&r.id) {
                self.marked.insert(r.id.clone());
            }
        }
    }

    /// Selects all rows, or none if all are selected.
    pub fn mark_all(&mut self) {
        if self.rows.iter().all(|r| self.marked.contains(&r.id)) {
            self.marked.clear();
        } else {
            // Made in one go, which is far quicker than one by one.
            let mut all: BTreeSet<Id> = self.rows.iter().map(|r| r.id.clone()).collect();
            self.marked.append(&mut all);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cursor_stays_in_view_and_in_the_list() {
        let mut c = Cursor::default();
        c.by(3, 10, 4);
        assert_eq!(c, Cursor { at: 3, top: 0 });
        c.by(1, 10, 4);
        assert_eq!(c, Cursor { at: 4, top: 1 });
        c.by(-3, 10, 4);
        assert_eq!(c, Cursor { at: 1, top: 1 });
        c.by(99, 10, 4);
        assert_eq!(c, Cursor { at: 9, top: 6 });
        c.by(1, 10, 4);
        assert_eq!(c, Cursor { at: 9, top: 6 });
        c.to(2, 3, 4);
        assert_eq!(c, Cursor { at: 2, top: 0 });
        c.to(5, 0, 4);
        assert_eq!(c, Cursor { at: 0, top: 0 });
        let mut c = Cursor { at: 2, top: 0 };
        c.page(4, 20, 4);
        assert_eq!(c, Cursor { at: 6, top: 4 });
    }
}
