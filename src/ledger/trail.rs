//! Follows a journal that somebody else writes: what was appended since is checked as everything before was, and taken
//! up. Only for a ledger that is open for reading.

use super::Ledger;
use super::fold::{self, Fold};
use super::folder::JOURNAL;
use crate::model::change::Commit;
use crate::model::kind::STATE;
use crate::model::kind::own::DEFINITION;
use crate::model::record::Id;
use crate::model::value::Value;
use crate::store::Log;
use crate::store::disk::Real;
use crate::store::journal::Journal;
use std::path::Path;
use std::sync::Arc;

/// Why what was appended cannot be taken up: the store is to be opened anew, which tells what is wrong with it, if
/// something is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Anew;

impl Ledger {
    /// Takes up the commits that were appended to the journal of a store, the oldest first. One that is just being
    /// written is left for the next time.
    ///
    /// # Errors
    /// The store is to be opened anew.
    pub fn follow(&mut self, folder: &Path) -> Result<Vec<Commit>, Anew> {
        let log = Journal::open(Arc::new(Real), &folder.join(JOURNAL), false).map_err(|_| Anew)?;
        let mut more = false;
        log.scan(self.chain.end, &mut |piece| more |= piece.whole)
            .map_err(|_| Anew)?;
        if !more {
            return Ok(Vec::new());
        }
        let known = self.chain.seq;
        let mut chain = self.chain.clone();
        let mut fold = Fold::default();
        let mut wrong = false;
        let prefix = self.catalogue.kind(DEFINITION).map(|k| format!("{}-", k.prefix));
        let read = log.scan(chain.end, &mut |piece| {
            // What is not whole yet is not there yet.
            if wrong || !piece.whole {
                return;
            }
            let Ok(group) = chain.follow(piece) else {
                wrong = true;
                return;
            };
            let defines = |id: &str| prefix.as_ref().is_some_and(|p| id.starts_with(p.as_str()));
            let mut prior = |id: &str| {
                let record = self.state.find(&self.catalogue, &Id::from(id))?;
                let state = record.get(STATE).and_then(Value::as_text).unwrap_or_default();
                Some((record.meta.as_deref()?.clone(), state.to_string()))
            };
            wrong = group.lines.iter().any(|l| defines(l.entry.id))
                || fold.group(&group, &self.catalogue, &mut prior).is_err();
        });
        if wrong || read.is_err() || chain.seq <= known {
            return Err(Anew);
        }
        let fold::Outcome { rows, .. } = fold.finish(&self.catalogue).map_err(|_| Anew)?;
        let many = usize::try_from(chain.seq - known).map_err(|_| Anew)?;
        (self.log, self.chain) = (Box::new(log), chain);
        self.keeper.apply(rows);
        let mut commits = self.commits(None, many).map_err(|_| Anew)?;
        commits.reverse();
        let state = Arc::make_mut(&mut self.state);
        for c in &commits {
            state.apply(&self.catalogue, c.seq, c.time, &c.changes);
        }
        Ok(commits)
    }
}
