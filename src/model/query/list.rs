//! A list that is filtered as somebody types: keeps what the last key left over, so that the next key looks only at
//! that.

use super::Query;
use super::eval::Run;
use super::fuzzy::Corpus;
use crate::model::kind::{Kind, KindIx};
use crate::model::record::Record;
use crate::model::world::World;
use std::sync::Arc;

/// The records of a list in their order, and what a query leaves of them.
#[derive(Debug, Clone, Default)]
pub struct List {
    rows: Vec<Arc<Record>>,
    corpus: Corpus,
    /// The query of the last key, and what its exact part and the whole of it left, in the order of rows.
    last: Option<(Query, Vec<usize>, Vec<usize>)>,
}

impl List {
    /// A list of records in the order in which they shall stand.
    pub fn new(rows: Vec<Arc<Record>>) -> Self {
        Self {
            corpus: Corpus::of(rows.iter().map(Arc::as_ref)),
            rows,
            last: None,
        }
    }

    /// All records of a kind in the kind's own order, retired ones too (a query hides them).
    pub fn of(w: &World, ix: KindIx) -> Self {
        let mut rows: Vec<Arc<Record>> = w.state.all(ix).cloned().collect();
        crate::model::codec::sort(w, w.kind_at(ix), &w.kind_at(ix).sort, &mut rows);
        Self::new(rows)
    }

    /// The records, by row.
    pub fn rows(&self) -> &[Arc<Record>] {
        &self.rows
    }

    /// The rows for which a query holds: the best fit first if it has fuzzy words, else in the order of rows. Costs
    /// little if the query is the last one with more letters behind it. After a commit, make a new list.
    pub fn filter(&mut self, w: &World, query: &Query) -> Vec<usize> {
        let words = query.words();
        let (exact, among) = match self.last.take() {
            Some((last, exact, found)) if query.same_but_words(&last) => {
                let narrower = last
                    .words()
                    .iter()
                    .enumerate()
                    .all(|(i, old)| words.get(i).is_some_and(|new| new.starts_with(old)));
                let among = if narrower { found } else { exact.clone() };
                (exact, among)
            }
            _ => {
                let exact = self.exact(w, query);
                (exact.clone(), exact)
            }
        };
        let found = if words.is_empty() {
            among
        } else {
            self.corpus.narrow(&words, among.into_iter())
        };
        let ranked = self.corpus.rank(&words, found.clone());
        self.last = Some((query.clone(), exact, found));
        ranked
    }

    /// The rows for which the exact part of a query holds.
    fn exact(&self, w: &World, query: &Query) -> Vec<usize> {
        let (run, hidden, only_words) = (Run::new(w), !query.shows_retired(), query.is_only_words());
        // neighbours are nearly always of one kind
        let mut kind: Option<(&str, &Kind)> = None;
        let mut found = Vec::new();
        for (i, r) in self
            .rows
            .iter()
            .enumerate()
            .filter(|(_, r)| !(hidden && r.is_retired()))
        {
            if !only_words {
                if kind.is_none_or(|(prefix, _)| prefix != r.id.prefix()) {
                    kind = w.kind(&r.id).map(|k| (r.id.prefix(), k));
                }
                if !kind.is_some_and(|(_, k)| run.exact(query, k, r)) {
                    continue;
                }
            }
            found.push(i);
        }
        found
    }
}

impl Query {
    fn is_only_words(&self) -> bool {
        self.terms.iter().all(super::Term::is_word)
    }

    /// Whether two queries differ in nothing but their fuzzy words.
    fn same_but_words(&self, other: &Self) -> bool {
        let rest = |q: &Self| q.terms.iter().filter(|t| !t.is_word()).cloned().collect::<Vec<_>>();
        rest(self) == rest(other)
    }
}
