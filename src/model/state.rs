//! All records as they are at one commit, with the links both ways. It follows from the ledger and changes only by
//! commits.

use super::change::Changed;
use super::kind::{Catalogue, KindIx, Tag};
use super::memo::Memo;
use super::record::{Id, Record};
use super::trace::{self, Read};
use crate::parallel;
use imbl::OrdMap;
use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, LazyLock};

/// The records of a kind. A copy shares what does not change: each commit makes one beside the state that is on the
/// screen, and the door another to see what would come of a draft.
type Table = OrdMap<Id, Arc<Record>>;

/// Who links to a record.
type Sources = BTreeSet<(Id, Tag)>;

/// At least so many records are worth another thread.
const SHARE: usize = 500;

/// All records at one commit.
#[derive(Debug, Clone, Default)]
pub struct State {
    tables: Vec<Table>,
    inbound: Arc<HashMap<Id, Arc<Sources>>>,
    next: Vec<u64>,
    /// By kind: how many records are retired.
    retired: Vec<usize>,
    /// What was worked out of them.
    pub(super) memo: Memo,
    /// The commit at which this is so; 0 before the first.
    pub seq: u64,
    /// The time of that commit, milliseconds since 1970, UTC.
    pub time: i64,
}

impl State {
    /// No records.
    pub fn empty(catalogue: &Catalogue) -> Self {
        let n = catalogue.kinds.len();
        Self {
            tables: vec![Table::new(); n],
            next: vec![1; n],
            retired: vec![0; n],
            ..Self::default()
        }
    }

    /// Many records at once.
    pub fn of(catalogue: &Catalogue, records: Vec<(KindIx, Arc<Record>)>) -> Self {
        let mut state = Self::empty(catalogue);
        // Who links to whom is asked of every record: that is the longer half, and done on all processors.
        let shares = parallel::shares(&records, SHARE, |share| {
            let mut inbound: HashMap<Id, Vec<(Id, Tag)>> = HashMap::new();
            for (_, record) in share {
                for (tag, to) in record.links() {
                    match inbound.get_mut(to) {
                        Some(all) => all.push((record.id.clone(), tag)),
                        None => drop(inbound.insert(to.clone(), vec![(record.id.clone(), tag)])),
                    }
                }
            }
            inbound
        });
        let mut tables: Vec<Vec<(Id, Arc<Record>)>> = vec![Vec::new(); catalogue.kinds.len()];
        for (kind, record) in records {
            state.count(kind, &record.id);
            if let Some(n) = state.retired.get_mut(kind) {
                *n += usize::from(record.is_retired());
            }
            if let Some(table) = tables.get_mut(kind) {
                table.push((record.id.clone(), record));
            }
        }
        let merge = || {
            let mut inbound: HashMap<Id, Vec<(Id, Tag)>> = HashMap::new();
            for (to, from) in shares.into_iter().flatten() {
                inbound.entry(to).or_default().extend(from);
            }
            let sets = inbound.into_iter();
            sets.map(|(to, from)| (to, Arc::new(Sources::from_iter(from))))
                .collect()
        };
        // Sorted first, tables and sets are built without a gap.
        let (tables, inbound) = parallel::both(|| tables.into_iter().map(Table::from_iter).collect(), merge);
        (state.tables, state.inbound) = (tables, Arc::new(inbound));
        state
    }

    /// The record with this id.
    pub fn get(&self, kind: KindIx, id: &Id) -> Option<&Arc<Record>> {
        trace::note(|| Read::Record(id.clone()));
        self.tables.get(kind)?.get(id)
    }

    /// The record with this id, whatever its kind.
    pub fn find(&self, catalogue: &Catalogue, id: &Id) -> Option<&Arc<Record>> {
        self.get(catalogue.kind_of(id)?, id)
    }

    /// All records of a kind, retired ones too, by id.
    pub fn all(&self, kind: KindIx) -> impl DoubleEndedIterator<Item = &Arc<Record>> + ExactSizeIterator {
        static NONE: LazyLock<Table> = LazyLock::new(Table::new);
        trace::note(|| Read::Kind(kind));
        self.tables.get(kind).unwrap_or_else(|| &NONE).values()
    }

    /// The records of a kind that are not retired, by id.
    pub fn live(&self, kind: KindIx) -> impl DoubleEndedIterator<Item = &Arc<Record>> {
        self.all(kind).filter(|r| !r.is_retired())
    }

    /// How many records of a kind are not retired, without looking at them.
    pub fn count_live(&self, kind: KindIx) -> usize {
        let retired = self.retired.get(kind).copied().unwrap_or(0);
        self.all(kind).len().saturating_sub(retired)
    }

    /// Who links here: the linking record and the tag of its link.
    pub fn inbound(&self, id: &Id) -> impl Iterator<Item = (&Id, Tag)> {
        trace::note(|| Read::Inbound(id.clone()));
        self.inbound
            .get(id)
            .into_iter()
            .flat_map(|from| from.iter())
            .map(|(from, tag)| (from, *tag))
    }

    /// The number that the next record of a kind gets. Numbers are never used again.
    pub fn next_number(&self, kind: KindIx) -> u64 {
        self.next.get(kind).copied().unwrap_or(1)
    }

    /// Puts a record in its place, new or changed.
    pub fn put(&mut self, kind: KindIx, record: Arc<Record>) {
        self.memo.clear();
        self.count(kind, &record.id);
        let Some(table) = self.tables.get_mut(kind) else { return };
        let old = table.insert(record.id.clone(), Arc::clone(&record));
        let was = old.as_ref().is_some_and(|r| r.is_retired());
        if let Some(n) = self.retired.get_mut(kind) {
            *n = *n + usize::from(record.is_retired()) - usize::from(was);
        }
        let before: BTreeSet<(Tag, &Id)> = old.iter().flat_map(|r| r.links()).collect();
        let after: BTreeSet<(Tag, &Id)> = record.links().collect();
        if before == after {
            return;
        }
        let inbound = Arc::make_mut(&mut self.inbound);
        for (tag, to) in before.difference(&after) {
            if let Some(from) = inbound.get_mut(*to) {
                Arc::make_mut(from).remove(&(record.id.clone(), *tag));
            }
        }
        for (tag, to) in after.difference(&before) {
            let from = inbound.entry(Id::clone(to)).or_default();
            Arc::make_mut(from).insert((record.id.clone(), *tag));
        }
    }

    /// The number behind that of a record is free.
    fn count(&mut self, kind: KindIx, id: &Id) {
        if let (Some(n), Some(next)) = (id.number(), self.next.get_mut(kind)) {
            *next = (*next).max(n + 1);
        }
    }

    /// Applies what a commit changed.
    pub fn apply(&mut self, catalogue: &Catalogue, seq: u64, time: i64, changes: &[Changed]) {
        for c in changes {
            if let Some(kind) = catalogue.kind_of(&c.id) {
                self.put(kind, Arc::clone(&c.after));
            }
        }
        (self.seq, self.time) = (seq, time);
    }
}
