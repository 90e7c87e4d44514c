//! From a draft to a commit: through the door, into lines, onto the disk, and only then into what everybody sees.

use super::content::{self, TooLarge};
use super::defined;
use super::fold::Fold;
use super::format::{self, Entry, Header, NONE};
use super::{Group, Ledger};
use crate::model::change::{Actor, Changed, Commit, Draft, Origin, Problem, Refusal};
use crate::model::door::admit;
use crate::model::kind::Catalogue;
use crate::model::record::{Id, Record};
use crate::model::tick::Tick;
use crate::model::world::World;
use crate::store::{Piece, Position, StoreError};
use std::collections::HashMap;
use std::sync::Arc;

/// Why a commit was not made.
#[derive(Debug, thiserror::Error)]
pub enum CommitError {
    /// The door said no.
    #[error("refused")]
    Refused(Refusal),
    /// The ledger takes no commits.
    #[error("nothing can be saved: {0}")]
    ReadOnly(String),
    /// A record is too large.
    #[error(transparent)]
    TooLarge(TooLarge),
    /// There is no room. Nothing was changed; it can be tried again.
    #[error("nothing was saved: {0}; free some space and try again")]
    Full(String),
    /// The journal failed. Whether the commit is in it, only reopening will tell; this ledger takes no more.
    #[error("{0}")]
    Io(String),
}

/// The action by which an export comes back, and what the ledger says was typed.
pub const RESTORE: &str = "import.restore";

/// So many lines of a commit are taken up at once: what follows from a large one is never in memory as a whole.
const PART: usize = 4_096;

impl Ledger {
    /// Makes one commit of a draft. When this returns, it is durable.
    ///
    /// # Errors
    /// It was refused, is too large, or the ledger or the disk does not take it.
    pub fn commit(&mut self, draft: &Draft, actor: &Actor, now_ms: i64, today: i32) -> Result<Commit, CommitError> {
        if !self.standing.writable {
            let why = self.standing.why.clone().unwrap_or_default();
            return Err(CommitError::ReadOnly(why));
        }
        // An export that comes back brings the kinds of its records along.
        let catalogue = defined::ahead(&self.catalogue, draft);
        let world = World {
            catalogue: &catalogue,
            state: &self.state,
            today,
            now: now_ms,
            me: &actor.person,
        };
        let changes = admit(&world, actor, draft).map_err(CommitError::Refused)?;
        self.files_of(&changes).map_err(CommitError::Refused)?;
        let catalogue = defined::after(&catalogue, &changes).unwrap_or(catalogue);
        let lines = self.lines(&catalogue, draft, actor, now_ms, &changes)?;
        self.bring(catalogue, draft, actor, now_ms, changes, &lines)
    }

    /// Commits what time has brought about since a day, days since 1970, in the name of whoever has the store open;
    /// nothing if nothing has come about. Before every commit of another day, so that the day of the last commit is that
    /// up to which all has come about.
    ///
    /// # Errors
    /// The ledger or the disk does not take it.
    pub fn pass(&mut self, since: i32, actor: &Actor, now_ms: i64, today: i32) -> Result<Option<Commit>, CommitError> {
        let world = World {
            catalogue: &self.catalogue,
            state: &self.state,
            today,
            now: now_ms,
            me: &actor.person,
        };
        let actor = actor.at_the_time();
        match Tick::of(&world, since, &actor) {
            Some(tick) => self.commit(&tick.draft, &actor, now_ms, today).map(Some),
            None => Ok(None),
        }
    }

    /// The lines that a commit of these changes has.
    fn lines(
        &self,
        catalogue: &Catalogue,
        draft: &Draft,
        actor: &Actor,
        now: i64,
        changes: &[Changed],
    ) -> Result<Vec<u8>, CommitError> {
        let mut bytes = Vec::new();
        let mut entries = Vec::with_capacity(changes.len());
        let mut state = self.chain.digest;
        let command = match &draft.origin {
            Origin::Import(what) => Some(format!("import {what}")),
            Origin::Restore => Some(RESTORE.to_string()),
            _ => None,
        };
        for (edit, change) in changes.iter().enumerate() {
            let id = change.id.as_str();
            if !format::is_plain_id(id) {
                return Err(CommitError::Refused(bad_id(edit, change)));
            }
            let made = content::line(catalogue, &change.after, draft.reason.as_deref(), command.as_deref());
            let (line, leaf) = made
                .map_err(|e| CommitError::Full(format!("the system gives no random bytes: {e}")))?
                .map_err(CommitError::TooLarge)?;
            let before = self.chain.leaf(&change.id).copied();
            if let Some(old) = &before {
                state.remove(id, old);
            }
            state.add(id, &leaf);
            bytes.extend_from_slice(line.as_bytes());
            bytes.push(b'\n');
            entries.push(Entry {
                id,
                leaf,
                before: before.unwrap_or(NONE),
            });
        }
        let store = match self.chain.store {
            Some(s) => s,
            None => {
                let mut fresh = [0; 16];
                getrandom::fill(&mut fresh)
                    .map_err(|e| CommitError::Full(format!("the system gives no random bytes: {e}")))?;
                fresh
            }
        };
        let header = Header {
            seq: self.chain.seq + 1,
            store,
            time: now,
            actor: actor.person.as_str(),
            by: actor.by.as_str(),
            action: &draft.action,
            undoes: match draft.origin {
                Origin::Undo(n) | Origin::Redo(n) => Some(n),
                _ => None,
            },
            prev: self.chain.seal,
            state,
        };
        bytes.extend_from_slice(format::sealed_line(&header, &entries).as_bytes());
        bytes.push(b'\n');
        Ok(bytes)
    }

    /// Brings the lines onto the disk, and what they say into memory.
    fn bring(
        &mut self,
        catalogue: Arc<Catalogue>,
        draft: &Draft,
        actor: &Actor,
        time: i64,
        mut changes: Vec<Changed>,
        lines: &[u8],
    ) -> Result<Commit, CommitError> {
        let seq = self.chain.seq + 1;
        let piece = Piece {
            at: Position(0),
            bytes: lines,
            whole: true,
        };
        // What would not read back is not written.
        let mut group = self.chain.check(piece).map_err(|bad| {
            CommitError::ReadOnly(format!(
                "a mistake of isms: commit {seq} does not read back: {}",
                bad.what
            ))
        })?;
        group.at = match self.log.append(lines) {
            Ok(at) => at,
            Err(StoreError::Full(why)) => return Err(CommitError::Full(why)),
            Err(e) => return Err(self.give_up(format!("outcome of commit {seq} unknown until reopened: {e}"))),
        };
        self.chain.take(&group);
        if let Err(why) = self.take_up(&group, &catalogue, &mut changes) {
            return Err(self.give_up(format!("commit {seq} is in the journal, but {why}; reopen the store")));
        }
        if !Arc::ptr_eq(&self.catalogue, &catalogue) {
            // What is materialised under the kinds of before is made anew at the next opening.
            self.state = Arc::new(defined::moved(&self.state, &self.catalogue, &catalogue));
            self.catalogue = Arc::clone(&catalogue);
        }
        let state = Arc::make_mut(&mut self.state);
        state.apply(&catalogue, seq, time, &changes);
        Ok(Commit {
            seq,
            time,
            actor: actor.clone(),
            action: draft.action.clone(),
            reason: draft.reason.clone(),
            undoes: match draft.origin {
                Origin::Undo(n) | Origin::Redo(n) => Some(n),
                _ => None,
            },
            changes,
        })
    }

    /// Hands on what follows from a commit that is in the journal, and makes its changes, one for each of its lines, say
    /// what the journal has.
    fn take_up(&self, group: &Group<'_>, catalogue: &Catalogue, changes: &mut [Changed]) -> Result<(), String> {
        let mut prior = |id: &str| {
            let record = self.state.find(&self.catalogue, &id.into())?;
            Some((record.meta.as_deref()?.clone(), record.state().to_string()))
        };
        let parts = group.lines.chunks(PART);
        let last = parts.len().saturating_sub(1);
        for (n, (lines, changes)) in parts.zip(changes.chunks_mut(PART)).enumerate() {
            let mut fold = Fold::default();
            fold.lines(group, lines, catalogue, &mut prior)?;
            if n == last {
                fold.commit(group)?;
            }
            let outcome = fold.finish(catalogue)?;
            let batch = outcome.batches(usize::MAX).next().transpose()?.unwrap_or_default();
            let records = outcome.records.into_iter();
            let mut after: HashMap<Id, Record> = records
                .filter_map(|(id, stored)| Some((id.clone(), stored?.into_record(id))))
                .collect();
            for c in changes {
                c.before = self.state.find(&self.catalogue, &c.id).cloned();
                if let Some(record) = after.remove(&c.id) {
                    c.after = Arc::new(record);
                }
            }
            self.keeper.apply(batch);
        }
        Ok(())
    }

    /// No more commits in this process.
    fn give_up(&mut self, why: String) -> CommitError {
        self.standing.writable = false;
        self.standing.why = Some(why.clone());
        CommitError::Io(why)
    }
}

fn bad_id(edit: usize, change: &Changed) -> Refusal {
    Refusal::Problems(vec![Problem {
        edit,
        id: Some(change.id.clone()),
        field: None,
        rule: "id".into(),
        message: format!(
            "'{}' is no id: letters, digits, '-', '.' and '_' only, at most 64",
            change.id
        ),
    }])
}
