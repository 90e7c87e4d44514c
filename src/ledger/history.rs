//! What was: the versions of a record, the commits, and all records as of a time. Asks the index where things stand and
//! reads those lines only.

use super::Ledger;
use super::content;
use super::fold;
use super::format::Sealed;
use super::stored::{CommitRow, VersionRow, next_meta};
use crate::model::change::{Actor, Changed, Commit};
use crate::model::kind::Catalogue;
use crate::model::record::{Id, Meta, Record};
use crate::model::state::State;
use crate::store::{Log, Materialised, Position, SEAL_PREFIX, StoreError};
use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::Arc;

/// One version of a record.
#[derive(Debug, Clone, PartialEq)]
pub struct Revision {
    /// The commit that made it.
    pub seq: u64,
    /// Milliseconds since 1970, UTC.
    pub time: i64,
    /// In whose name.
    pub actor: Actor,
    /// The action.
    pub action: String,
    /// Why.
    pub reason: Option<String>,
    /// What was imported or typed.
    pub command: Option<String>,
    /// The commit that it takes back.
    pub undoes: Option<u64>,
    /// What it was before; `None` if this created it.
    pub before: Option<Arc<Record>>,
    /// What it was then.
    pub after: Arc<Record>,
}

/// A version of a record by itself, without what its whole commit says.
#[derive(Debug, Clone, PartialEq)]
pub struct Trace {
    /// The commit that made it.
    pub seq: u64,
    /// Milliseconds since 1970, UTC.
    pub time: i64,
    /// What was imported or typed.
    pub command: Option<String>,
    /// The commit that it takes back.
    pub undoes: Option<u64>,
    /// What it was then.
    pub after: Arc<Record>,
}

/// The history cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the history cannot be read: {0}")]
pub struct HistoryError(pub String);

impl From<StoreError> for HistoryError {
    fn from(e: StoreError) -> Self {
        Self(e.to_string())
    }
}
impl From<super::stored::Unreadable> for HistoryError {
    fn from(e: super::stored::Unreadable) -> Self {
        Self(e.to_string())
    }
}
impl From<String> for HistoryError {
    fn from(e: String) -> Self {
        Self(e)
    }
}

/// One version as the index and its line give it.
struct Version {
    seq: u64,
    reason: Option<String>,
    command: Option<String>,
    record: Option<Arc<Record>>,
}

/// Reads what was.
pub(super) struct Past<'a> {
    catalogue: &'a Catalogue,
    log: &'a dyn Log,
    index: &'a dyn Materialised,
    rows: RefCell<HashMap<u64, CommitRow>>,
}

impl<'a> Past<'a> {
    fn new(catalogue: &'a Catalogue, log: &'a dyn Log, index: &'a dyn Materialised) -> Self {
        Self {
            catalogue,
            log,
            index,
            rows: RefCell::default(),
        }
    }

    pub(super) fn row(&self, seq: u64) -> Result<CommitRow, HistoryError> {
        if let Some(row) = self.rows.borrow().get(&seq) {
            return Ok(row.clone());
        }
        let bytes = self.index.commit(seq)?;
        let bytes = bytes.ok_or_else(|| HistoryError(format!("commit {seq} is not in the index")))?;
        let row = CommitRow::read(&bytes)?;
        self.rows.borrow_mut().insert(seq, row.clone());
        Ok(row)
    }

    /// The rows of a record's versions up to a commit, ascending.
    fn version_rows(&self, id: &Id, upto: u64) -> Result<Vec<(u64, VersionRow)>, HistoryError> {
        let rows = self.index.versions(id.as_str().as_bytes())?;
        let upto = rows.into_iter().filter(|(seq, _)| *seq <= upto);
        upto.map(|(seq, bytes)| Ok((seq, VersionRow::read(&bytes)?))).collect()
    }

    /// The meta that a record had after each of these versions.
    fn metas(&self, rows: &[(u64, VersionRow)]) -> Result<Vec<Option<Arc<Meta>>>, HistoryError> {
        let mut metas: Vec<Option<Arc<Meta>>> = Vec::with_capacity(rows.len());
        let mut state = "";
        for (seq, row) in rows {
            let before = metas.last().and_then(Option::as_deref);
            let stamp = self.row(*seq)?.stamp(*seq);
            let mark = row.mark.as_deref();
            metas.push((!row.gone).then(|| Arc::new(next_meta(before, &stamp, &row.state, state, mark))));
            state = &row.state;
        }
        Ok(metas)
    }

    fn version(&self, id: &Id, seq: u64, row: &VersionRow, meta: Option<Arc<Meta>>) -> Result<Version, HistoryError> {
        let line = self.log.read_at(Position(row.at), row.len as usize)?;
        let c = content::read(&line)?;
        if c.id != id.as_str() {
            return Err(HistoryError(format!(
                "{} holds {}, not {id}",
                self.log.place(Position(row.at)),
                c.id
            )));
        }
        let record = (!c.tombstone).then(|| {
            let mut record = content::record(self.catalogue, id, c.content);
            record.meta = meta;
            Arc::new(record)
        });
        Ok(Version {
            seq,
            reason: c.reason,
            command: c.command,
            record,
        })
    }

    /// The last two versions up to a commit: what it was before, and what it was then.
    fn pair(&self, id: &Id, upto: u64) -> Result<(Option<Version>, Option<Version>), HistoryError> {
        let rows = self.version_rows(id, upto)?;
        let metas = self.metas(&rows)?;
        let mut all = rows.iter().zip(metas).rev();
        let mut next = || {
            all.next()
                .map(|((seq, row), meta)| self.version(id, *seq, row, meta))
                .transpose()
        };
        let after = next()?;
        Ok((next()?, after))
    }

    /// Calls `f` with the sealed line of a commit, read.
    fn sealed<T>(&self, seq: u64, f: impl FnOnce(&Sealed<'_>, &CommitRow) -> T) -> Result<T, HistoryError> {
        let row = self.row(seq)?;
        let bytes = self.log.read_at(Position(row.at), row.len as usize)?;
        let line = bytes
            .split(|b| *b == b'\n')
            .find(|l| l.starts_with(SEAL_PREFIX))
            .ok_or_else(|| HistoryError(format!("commit {seq} is not where the index has it")))?;
        let sealed: Sealed<'_> = serde_json::from_slice(line).map_err(|e| e.to_string())?;
        if sealed.seq != seq {
            return Err(HistoryError(format!("commit {} stands where {seq} should", sealed.seq)));
        }
        Ok(f(&sealed, &row))
    }

    pub(super) fn commit(&self, seq: u64) -> Result<Commit, HistoryError> {
        let (mut commit, ids) = self.sealed(seq, |s, row| {
            let commit = Commit {
                seq,
                time: row.time,
                actor: Actor {
                    person: row.actor.clone(),
                    by: row.by.clone(),
                },
                action: s.action.to_string(),
                reason: None,
                undoes: s.undoes,
                changes: Vec::with_capacity(s.entries.len()),
            };
            (commit, s.entries.iter().map(|e| Id::from(e.0)).collect::<Vec<_>>())
        })?;
        for id in ids {
            let (before, after) = self.pair(&id, seq)?;
            let Some(after) = after.filter(|a| a.seq == seq) else {
                return Err(HistoryError(format!("the index lacks {id} of commit {seq}")));
            };
            commit.reason = commit.reason.or(after.reason);
            commit.changes.push(Changed {
                before: before.and_then(|b| b.record),
                after: after.record.unwrap_or_else(|| Arc::new(Record::new(id.clone()))),
                id,
            });
        }
        Ok(commit)
    }

    fn revisions(&self, id: &Id) -> Result<Vec<Revision>, HistoryError> {
        let rows = self.version_rows(id, u64::MAX)?;
        let metas = self.metas(&rows)?;
        let mut all: Vec<Revision> = Vec::with_capacity(rows.len());
        let mut before = None;
        for ((seq, row), meta) in rows.iter().zip(metas) {
            let v = self.version(id, *seq, row, meta)?;
            let after = v.record.clone().unwrap_or_else(|| Arc::new(Record::new(id.clone())));
            let (action, undoes) = self.sealed(*seq, |s, _| (s.action.to_string(), s.undoes))?;
            let row = self.row(*seq)?;
            all.push(Revision {
                seq: *seq,
                time: row.time,
                actor: Actor {
                    person: row.actor,
                    by: row.by,
                },
                action,
                reason: v.reason,
                command: v.command,
                undoes,
                before: before.take(),
                after,
            });
            before = v.record;
        }
        all.reverse();
        Ok(all)
    }

    fn trace(&self, id: &Id) -> Result<Vec<Trace>, HistoryError> {
        let rows = self.version_rows(id, u64::MAX)?;
        let metas = self.metas(&rows)?;
        let one = |((seq, row), meta): (&(u64, VersionRow), Option<Arc<Meta>>)| {
            let v = self.version(id, *seq, row, meta)?;
            let commit = self.row(*seq)?;
            Ok(Trace {
                seq: *seq,
                time: commit.time,
                command: v.command,
                undoes: commit.undoes,
                after: v.record.unwrap_or_else(|| Arc::new(Record::new(id.clone()))),
            })
        };
        rows.iter().zip(metas).map(one).collect()
    }

    fn as_of(&self, ids: impl Iterator<Item = Id>, seq: u64) -> Result<State, HistoryError> {
        let mut state = State::empty(self.catalogue);
        for id in ids {
            let rows = self.version_rows(&id, seq)?;
            let (Some((at, row)), Some(meta)) = (rows.last(), self.metas(&rows)?.pop()) else {
                continue;
            };
            let version = self.version(&id, *at, row, meta)?;
            if let (Some(kind), Some(record)) = (self.catalogue.kind_of(&id), version.record) {
                state.put(kind, record);
            }
        }
        state.seq = seq;
        state.time = if seq == 0 { 0 } else { self.row(seq)?.time };
        Ok(state)
    }
}

impl Ledger {
    /// Runs something over the past. If what is materialised does not follow any more, the journal is folded for it.
    pub(super) fn past<T>(&self, f: impl FnOnce(&Past<'_>) -> Result<T, HistoryError>) -> Result<T, HistoryError> {
        if let Ok(view) = self.keeper.view()
            && let Some(engine) = view.engine()
        {
            return f(&Past::new(&self.catalogue, self.log.as_ref(), engine));
        }
        let whole = fold::whole(self.log.as_ref(), &self.catalogue, &mut |_| ());
        f(&Past::new(&self.catalogue, self.log.as_ref(), &whole.index))
    }

    /// The versions of a record, newest first.
    ///
    /// # Errors
    /// Something cannot be read.
    pub fn history(&self, id: &Id) -> Result<Vec<Revision>, HistoryError> {
        self.past(|p| p.revisions(id))
    }

    /// The versions of a record by themselves, oldest first. Reads its own lines only, so it is quick for many records
    /// of a large commit.
    ///
    /// # Errors
    /// Something cannot be read.
    pub fn trace(&self, id: &Id) -> Result<Vec<Trace>, HistoryError> {
        self.past(|p| p.trace(id))
    }

    /// At most `limit` commits before `before_seq` (or to the end), newest first, with their changes.
    ///
    /// # Errors
    /// Something cannot be read.
    pub fn commits(&self, before_seq: Option<u64>, limit: usize) -> Result<Vec<Commit>, HistoryError> {
        let last = before_seq.map_or(self.seq(), |s| s.saturating_sub(1)).min(self.seq());
        self.past(|p| (1..=last).rev().take(limit).map(|seq| p.commit(seq)).collect())
    }

    /// All records as they were at a time, milliseconds since 1970, UTC: after the last commit that is not later.
    ///
    /// # Errors
    /// Something cannot be read.
    pub fn as_of(&self, time_ms: i64) -> Result<State, HistoryError> {
        self.past(|p| {
            let mut at = 0;
            for seq in (1..=self.seq()).rev() {
                if p.row(seq)?.time <= time_ms {
                    at = seq;
                    break;
                }
            }
            let ids = (0..self.catalogue.kinds.len())
                .flat_map(|k| self.state.all(k))
                .map(|r| r.id.clone());
            p.as_of(ids, at)
        })
    }

    /// All records as they were after a commit.
    ///
    /// # Errors
    /// There is no such commit, or something cannot be read.
    pub fn as_of_seq(&self, seq: u64) -> Result<State, HistoryError> {
        if seq > self.seq() {
            return Err(HistoryError(format!(
                "there is no commit {seq}; the last is {}",
                self.seq()
            )));
        }
        self.past(|p| {
            let ids = (0..self.catalogue.kinds.len())
                .flat_map(|k| self.state.all(k))
                .map(|r| r.id.clone());
            p.as_of(ids, seq)
        })
    }
}
