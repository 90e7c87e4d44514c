//! The records of a kind in an order, packed to be searched. Made in slices, and kept up with commits: a change moves
//! only the rows it touched.

use super::corpus::{Corpus, Splice};
use super::fuzzy;
use super::reach::Reach;
use crate::model::change::Changed;
use crate::model::codec::{Order, Sorting};
use crate::model::kind::KindIx;
use crate::model::record::Record;
use crate::model::world::World;
use std::sync::Arc;

/// What it costs to find what a row is ordered by, in rows tested.
const KEY: usize = 16;
/// What it costs to pack a row, in rows tested.
const PACK: usize = 12;
/// So many rows are worked on before it is asked whether there is time for more.
const CHUNK: usize = 1024;

/// Records in their order, retired ones among them.
#[derive(Debug, Clone, Default)]
pub struct Shelf {
    kind: KindIx,
    by: Vec<String>,
    rows: Vec<Arc<Record>>,
    /// Beside the rows: whether each is retired.
    retired: Vec<bool>,
    /// How many are not.
    live: usize,
    corpus: Corpus,
    /// What the order looked at besides the records themselves.
    reach: Reach,
    work: Option<Work>,
}

/// The rows that are being put in order.
#[derive(Debug, Clone)]
struct Work {
    rows: Vec<Arc<Record>>,
    /// Whether they are those that stand there already, in the order in which they stand.
    same: bool,
    sorting: Sorting,
    at: usize,
    reach: Reach,
}

/// How far the rows are put in order.
#[derive(Debug)]
pub(super) enum Ordered {
    /// Not yet; what this part cost, in rows tested.
    Part(usize),
    /// The same rows stand in order now: at each place what stood at the place given for it.
    Same(Vec<u32>),
    /// Other rows stand there now.
    Other,
}

/// What a commit did to the rows.
#[derive(Debug)]
pub(super) enum Followed {
    /// Nothing.
    Still,
    /// These rows have other records now and stand where they stood.
    Replaced(Vec<usize>),
    /// Rows were taken out and put in.
    Spliced(Splice, Vec<Arc<Record>>),
    /// It has to be put in order anew.
    Anew,
}

impl Shelf {
    /// Takes in the records of a kind, to be ordered by these names. What stood there before stays until they are in
    /// order; if there was nothing, they stand by id meanwhile.
    pub fn fill(&mut self, w: &World, kind: KindIx, by: &[String]) {
        let rows: Vec<Arc<Record>> = w.state.all(kind).cloned().collect();
        if self.rows.is_empty() || self.kind != kind {
            self.put(rows.clone());
        }
        (self.kind, self.by) = (kind, by.to_vec());
        self.begin(rows, false);
    }

    /// Orders the same records by other names. They stand as they are until that is done.
    pub fn sort(&mut self, by: &[String]) {
        if self.by == by {
            return;
        }
        self.by = by.to_vec();
        let (rows, same) = match self.work.take() {
            Some(work) => (work.rows, work.same),
            None => (self.rows.clone(), true),
        };
        self.begin(rows, same);
    }

    fn begin(&mut self, rows: Vec<Arc<Record>>, same: bool) {
        self.work = Some(Work {
            rows,
            same,
            sorting: Sorting::default(),
            at: 0,
            reach: Reach::default(),
        });
    }

    fn put(&mut self, rows: Vec<Arc<Record>>) {
        self.retired = rows.iter().map(|r| r.is_retired()).collect();
        self.live = self.retired.iter().filter(|r| !**r).count();
        self.rows = rows;
        self.corpus = Corpus::default();
    }

    /// Goes on putting the rows in order.
    pub(super) fn order(&mut self, w: &World) -> Ordered {
        let Some(work) = &mut self.work else {
            return Ordered::Part(0);
        };
        let chunk = &work.rows[work.at..work.rows.len().min(work.at + CHUNK)];
        let sorting = &mut work.sorting;
        work.reach.note(w.catalogue, || {
            let order = Order::new(w, w.kind_at(self.kind), &self.by);
            for r in chunk {
                sorting.push(|out| order.write(w, r, out));
            }
        });
        work.at += chunk.len();
        if work.at < work.rows.len() {
            return Ordered::Part(chunk.len() * KEY);
        }
        let Some(work) = self.work.take() else {
            return Ordered::Part(0);
        };
        let places = work.sorting.finish();
        self.reach = work.reach;
        let mut rows: Vec<Option<Arc<Record>>> = work.rows.into_iter().map(Some).collect();
        let rows = places.iter().filter_map(|&i| rows[i as usize].take()).collect();
        let corpus = std::mem::take(&mut self.corpus);
        let packed = work.same && corpus.len() == self.rows.len();
        self.put(rows);
        if packed {
            self.corpus = corpus;
            self.corpus.arrange(&places);
        }
        match work.same {
            true => Ordered::Same(places),
            false => Ordered::Other,
        }
    }

    /// Whether the rows are in order.
    pub fn is_ordered(&self) -> bool {
        self.work.is_none()
    }

    /// Packs more rows to be searched, and says what that cost, in rows tested.
    pub(super) fn pack(&mut self) -> usize {
        let from = self.corpus.len();
        let chunk = &self.rows[from..self.rows.len().min(from + CHUNK)];
        for r in chunk {
            self.corpus.push_record(r);
        }
        chunk.len() * PACK
    }

    /// Whether all rows are packed.
    pub(super) fn is_packed(&self) -> bool {
        self.corpus.len() == self.rows.len()
    }

    /// The packed rows.
    pub(super) fn corpus(&self) -> &Corpus {
        &self.corpus
    }

    /// The kind of the records.
    pub fn kind(&self) -> KindIx {
        self.kind
    }

    /// The records, in the order of rows.
    pub fn rows(&self) -> &[Arc<Record>] {
        &self.rows
    }

    /// Beside the rows: whether each is retired.
    pub(super) fn retired(&self) -> &[bool] {
        &self.retired
    }

    /// How many records are not retired.
    pub fn live(&self) -> usize {
        self.live
    }

    /// The row of a record, as it is on the shelf.
    pub fn place(&self, w: &World, record: &Record) -> Option<usize> {
        if self.work.is_some() {
            return self.rows.iter().position(|r| r.id == record.id);
        }
        let order = Order::new(w, w.kind_at(self.kind), &self.by);
        let found = self.rows.binary_search_by(|r| order.compare(w, r, record));
        found.ok().filter(|&i| self.rows[i].id == record.id)
    }

    /// Follows a commit.
    pub(super) fn follow(&mut self, w: &World, changes: &[Changed]) -> Followed {
        let own: Vec<&Changed> = changes
            .iter()
            .filter(|c| w.catalogue.kind_of(&c.id) == Some(self.kind))
            .collect();
        let mut ids: Vec<_> = own.iter().map(|c| &c.id).collect();
        ids.sort_unstable();
        let twice = ids.windows(2).any(|two| two[0] == two[1]);
        let many = own.len() > 64 + self.rows.len() / 16;
        if self.work.is_some() || many || twice || self.reach.holds(w.catalogue, changes) {
            let by = std::mem::take(&mut self.by);
            self.fill(w, self.kind, &by);
            return Followed::Anew;
        }
        if own.is_empty() {
            return Followed::Still;
        }
        let order = Order::new(w, w.kind_at(self.kind), &self.by);
        let mut gone = Vec::new();
        let mut come: Vec<(usize, Arc<Record>)> = Vec::new();
        let mut replaced = Vec::new();
        for c in &own {
            let at = self.rows.partition_point(|r| order.compare(w, r, &c.after).is_lt());
            let before = c.before.as_ref().map(|b| self.place(w, b));
            match before {
                // the order is not what it was thought to be
                Some(None) => {
                    let by = std::mem::take(&mut self.by);
                    self.fill(w, self.kind, &by);
                    return Followed::Anew;
                }
                Some(Some(old)) if at == old || at == old + 1 => replaced.push((old, at, &c.after)),
                Some(Some(old)) => {
                    gone.push(old);
                    come.push((at, Arc::clone(&c.after)));
                }
                None => come.push((at, Arc::clone(&c.after))),
            }
        }
        if gone.is_empty() && come.is_empty() && own.len() == 1 {
            for (old, _, after) in &replaced {
                self.set(*old, after);
            }
            return Followed::Replaced(replaced.into_iter().map(|(old, ..)| old).collect());
        }
        // beside each other several may change places that each alone would keep
        for (old, at, after) in replaced {
            gone.push(old);
            come.push((at, Arc::clone(after)));
        }
        gone.sort_unstable();
        come.sort_by(|(a, x), (b, y)| a.cmp(b).then_with(|| order.compare(w, x, y)));
        let (places, come): (Vec<usize>, Vec<Arc<Record>>) = come.into_iter().unzip();
        let splice = Splice { gone, come: places };
        if self.is_packed() {
            self.corpus.splice(&splice, come.iter().map(|r| fuzzy::line(r)));
        } else {
            self.corpus = Corpus::default();
        }
        splice.apply(&mut self.retired, come.iter().map(|r| r.is_retired()));
        splice.apply(&mut self.rows, come.iter().cloned());
        self.live = self.retired.iter().filter(|r| !**r).count();
        Followed::Spliced(splice, come)
    }

    fn set(&mut self, at: usize, after: &Arc<Record>) {
        if at < self.corpus.len() {
            self.corpus.replace(at, &fuzzy::line(after));
        }
        let retired = after.is_retired();
        self.live = self.live + usize::from(self.retired[at]) - usize::from(retired);
        self.retired[at] = retired;
        self.rows[at] = Arc::clone(after);
    }
}
