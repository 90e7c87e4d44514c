//! Undo and redo: drafts that take a commit back, through the same door with the same rights. What can be undone
//! follows from the journal alone, so it outlives the session: the last commit of the same person at the keyboard that
//! is not itself undone.

use super::Ledger;
use super::history::{HistoryError, Past};
use crate::model::change::{Actor, Changed, Commit, Draft, Edit, Origin};
use crate::model::kind::{Kind, RETIRED, STATE};
use crate::model::record::Record;
use std::collections::HashSet;

/// Why there is nothing to undo or redo.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NoUndo {
    /// There is no such commit.
    #[error("there is nothing to {0}")]
    Nothing(&'static str),
    /// There is one, but it cannot be taken back; the sentence says why and what to do.
    #[error("{0}")]
    Refused(String),
    /// The history cannot be read.
    #[error(transparent)]
    Unreadable(#[from] HistoryError),
}

/// What a commit is to undo and redo.
enum Sort {
    /// Somebody did something.
    Deed,
    /// It took a deed, or a redo, back.
    Undo(u64),
    /// It took an undo back.
    Redo(u64),
}

fn sort(past: &Past<'_>, seq: u64) -> Result<Sort, HistoryError> {
    // An undo of a redo of an undo ...: each step down the chain turns the one into the other.
    let Some(of) = past.row(seq)?.undoes else {
        return Ok(Sort::Deed);
    };
    let (mut at, mut undo) = (of, true);
    while let Some(next) = past.row(at)?.undoes {
        undo = !undo;
        if next >= at {
            break;
        }
        at = next;
    }
    Ok(if undo { Sort::Undo(of) } else { Sort::Redo(of) })
}

/// The commit that undo takes back now.
fn to_undo(past: &Past<'_>, last: u64, actor: &Actor) -> Result<Option<u64>, HistoryError> {
    let mut undone = HashSet::new();
    for seq in (1..=last).rev() {
        if past.row(seq)?.by != actor.by {
            continue;
        }
        match sort(past, seq)? {
            Sort::Undo(of) => {
                undone.insert(of);
            }
            Sort::Deed | Sort::Redo(_) if !undone.contains(&seq) => return Ok(Some(seq)),
            // The undo that it took back counts again.
            Sort::Deed | Sort::Redo(_) => {}
        }
    }
    Ok(None)
}

/// The undo that redo takes back now.
fn to_redo(past: &Past<'_>, last: u64, actor: &Actor) -> Result<Option<u64>, HistoryError> {
    let mut redone = HashSet::new();
    for seq in (1..=last).rev() {
        if past.row(seq)?.by != actor.by {
            continue;
        }
        match sort(past, seq)? {
            Sort::Deed => return Ok(None),
            Sort::Redo(of) => {
                redone.insert(of);
            }
            Sort::Undo(_) if !redone.contains(&seq) => return Ok(Some(seq)),
            Sort::Undo(_) => {}
        }
    }
    Ok(None)
}

impl Ledger {
    /// The draft that takes back the last commit of the person at the keyboard.
    ///
    /// # Errors
    /// There is none, or it cannot be taken back, and why.
    pub fn undo(&self, actor: &Actor) -> Result<Draft, NoUndo> {
        self.past(|p| match to_undo(p, self.seq(), actor)? {
            Some(seq) => Ok(Some(p.commit(seq)?)),
            None => Ok(None),
        })?
        .map_or(Err(NoUndo::Nothing("undo")), |c| {
            self.inverse(&c, "undo", Origin::Undo(c.seq))
        })
    }

    /// The draft that takes back the last undo, if nothing was done since.
    ///
    /// # Errors
    /// There is none, or it cannot be taken back, and why.
    pub fn redo(&self, actor: &Actor) -> Result<Draft, NoUndo> {
        self.past(|p| match to_redo(p, self.seq(), actor)? {
            Some(seq) => Ok(Some(p.commit(seq)?)),
            None => Ok(None),
        })?
        .map_or(Err(NoUndo::Nothing("redo")), |c| {
            self.inverse(&c, "redo", Origin::Redo(c.seq))
        })
    }

    fn inverse(&self, commit: &Commit, word: &'static str, origin: Origin) -> Result<Draft, NoUndo> {
        if commit.seq == 1 {
            let what = "the first commit made the store and its administrator; it is not undone";
            return Err(NoUndo::Refused(what.into()));
        }
        let mut draft = Draft {
            action: word.into(),
            origin,
            reason: Some(format!("{word} of commit {} ({})", commit.seq, commit.action)),
            edits: Vec::new(),
        };
        // What was made last is taken back first, so that links go before what they lead to.
        for change in commit.changes.iter().rev() {
            if let Some(why) = self.signed_in_place(commit, change) {
                return Err(NoUndo::Refused(why));
            }
            draft.edits.extend(self.take_back(change, commit.seq, word)?);
        }
        Ok(draft)
    }

    /// Why a sign-off that moved nothing cannot be taken back.
    fn signed_in_place(&self, commit: &Commit, change: &Changed) -> Option<String> {
        let kind = &self.catalogue.kinds[self.catalogue.kind_of(&change.id)?];
        let name = commit.action.strip_prefix(kind.name.as_str())?.strip_prefix('.')?;
        let t = kind.transitions.iter().find(|t| t.name == name)?;
        (t.stays() && t.signoff).then(|| {
            format!(
                "{} was signed off ('{}'): that stays; what is to be different is done anew, with a reason",
                change.id,
                t.label.to_lowercase()
            )
        })
    }

    /// The edit that takes one change back.
    fn take_back(&self, change: &Changed, seq: u64, word: &str) -> Result<Option<Edit>, NoUndo> {
        let id = &change.id;
        let refuse = |why: String| Err(NoUndo::Refused(why));
        let found = self
            .catalogue
            .kind_of(id)
            .map(|k| (&self.catalogue.kinds[k], self.state.get(k, id)));
        let Some((kind, Some(now))) = found else {
            return refuse(format!(
                "{id} is of a kind that this program does not know; its commit {seq} stays"
            ));
        };
        let Some(before) = &change.before else {
            if now.is_retired() {
                return Ok(None);
            }
            let retire = kind.transitions.iter().find(|t| t.to == RETIRED);
            let name = retire.map_or("retire", |t| t.name.as_str());
            return Ok(Some(Edit::of(now).moving(name)));
        };
        let mut edit = Edit::of(&change.after);
        let tags = before.values.iter().chain(&change.after.values).map(|(tag, _)| *tag);
        let mut seen = HashSet::new();
        for tag in tags.filter(|t| *t != STATE && seen.insert(*t)) {
            if before.get(tag) != change.after.get(tag) {
                edit.set.push((tag, before.get(tag).cloned()));
            }
        }
        if before.state() != change.after.state() {
            if let Some(why) = signed(kind, before, &change.after) {
                return refuse(why);
            }
            if now.state() != change.after.state() {
                return refuse(format!(
                    "{id} was moved again since commit {seq}: it is {}, no longer {}; {word} would hide that",
                    now.state(),
                    change.after.state()
                ));
            }
            edit.set.push((STATE, before.get(STATE).cloned()));
        }
        Ok((!edit.set.is_empty()).then_some(edit))
    }
}

/// Why a move cannot be taken back by undo: it was a sign-off, or taking it back would make one.
fn signed(kind: &Kind, before: &Record, after: &Record) -> Option<String> {
    let way = |from: &str, to: &str| kind.moves_from(from).any(|t| t.signoff && t.to == to);
    let id = &after.id;
    if way(before.state(), after.state()) {
        let back: Vec<&str> = kind
            .moves_from(after.state())
            .filter(|t| t.to != RETIRED)
            .map(|t| t.name.as_str())
            .collect();
        return Some(format!(
            "{id} was signed off ({}); a sign-off is taken back only by a move with a reason: {}",
            after.state(),
            if back.is_empty() {
                "none is possible".to_string()
            } else {
                back.join(", ")
            }
        ));
    }
    let into = kind.transitions.iter().any(|t| t.signoff && t.to == before.state());
    into.then(|| {
        format!(
            "{id} was {} by a sign-off before; to have it so again, it must be signed off again",
            before.state()
        )
    })
}
