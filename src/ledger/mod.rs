//! How records change and how that is remembered. One door for a change, one journal that proves it: [`mod@format`] gives
//! the form of the journal on one page. The journal is the truth; everything else follows from it and can be made anew.

mod agree;
mod backup;
mod chain;
mod commit;
mod compact;
mod content;
mod defined;
mod files;
mod fold;
mod folder;
pub mod format;
mod history;
mod keeper;
mod kept;
mod open;
mod progress;
mod stored;
mod tip;
mod trail;
mod undo;
mod verify;

pub use backup::{BackedUp, BackupError, backup, backup_on, restore};
pub use chain::{Bad, Chain, End, Group};
pub use commit::{CommitError, RESTORE};
pub use compact::{Compacted, compact};
pub use content::{TooLarge, record as record_of};
pub use defined::kinds_of;
pub use files::files_of;
pub use folder::{OpenError, Options, create, open, open_telling, open_with};
pub use history::{HistoryError, Revision, Trace};
pub use open::{InMemory, States};
pub use tip::{Tip, tip};
pub use trail::Anew;
pub use undo::NoUndo;
pub use verify::{Report, verify, verify_acked};

use crate::model::kind::Catalogue;
use crate::model::state::State;
use crate::store::Log;
use crate::store::files::Files;
use crate::store::lock::Lock;
use crate::store::mark::Mark;
use crate::store::memory::{MemoryLog, MemoryState};
use keeper::Keeper;
use progress::Progress;
use std::mem::{forget, take};
use std::sync::Arc;

/// Whether a ledger is opened to be changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Takes the lock; one process at a time.
    Write,
    /// Takes no lock and writes no byte; works while another process writes.
    Read,
}

/// What may be done with an open ledger, and what there is to know about it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Standing {
    /// Whether commits are taken.
    pub writable: bool,
    /// Why not.
    pub why: Option<String>,
    /// The journal is damaged, or acknowledged commits are gone; `why` names the first place.
    pub damaged: bool,
    /// What happened on opening that a person should know.
    pub notes: Vec<String>,
}

/// An open ledger: all records as they are, their history, and the one way to change them.
pub struct Ledger {
    catalogue: Arc<Catalogue>,
    log: Box<dyn Log>,
    chain: Chain,
    state: Arc<State>,
    keeper: Keeper,
    standing: Standing,
    files: Files,
    /// The process ends with it.
    last: bool,
    /// Let go of last.
    lock: Option<Lock>,
}

impl Ledger {
    fn new(
        catalogue: Arc<Catalogue>,
        log: Box<dyn Log>,
        chain: Chain,
        state: State,
        keeper: Keeper,
        standing: Standing,
    ) -> Self {
        Self {
            catalogue,
            log,
            chain,
            state: Arc::new(state),
            keeper,
            standing,
            files: Files::scratch(),
            last: false,
            lock: None,
        }
    }

    /// An empty ledger in memory: for tests and scratch copies. Its files go away with it.
    pub fn memory(catalogue: Arc<Catalogue>) -> Self {
        let mut states = InMemory(MemoryState::default());
        Self::over(catalogue, Box::new(MemoryLog::default()), &mut states, None)
    }

    /// A ledger over any engines.
    pub fn over(catalogue: Arc<Catalogue>, log: Box<dyn Log>, states: &mut dyn States, mark: Option<Mark>) -> Self {
        open::writing(catalogue, log, states, mark, &mut Progress::new(&mut |_, _| true))
    }

    /// A ledger over any log, for reading.
    pub fn reading(catalogue: Arc<Catalogue>, log: Box<dyn Log>, mark: Option<&Mark>) -> Self {
        let mut tell = |_, _| true;
        open::reading(catalogue, log, mark, folder::FOR_READING, &mut Progress::new(&mut tell))
    }

    /// All records as they are.
    pub fn state(&self) -> &State {
        &self.state
    }

    /// Parts from the snapshots that were given out, which the next commit would have to do first: at 100,000 records
    /// that takes longer than the commit itself.
    pub fn part(&mut self) {
        Arc::make_mut(&mut self.state);
    }

    /// All records as they are, to keep: later commits do not change it.
    pub fn snapshot(&self) -> Arc<State> {
        Arc::clone(&self.state)
    }

    /// The kinds.
    pub fn catalogue(&self) -> &Arc<Catalogue> {
        &self.catalogue
    }

    /// The last commit; 0 before the first.
    pub fn seq(&self) -> u64 {
        self.chain.seq
    }

    /// The seal of the last commit.
    pub fn seal(&self) -> format::Hash {
        self.chain.seal
    }

    /// The digest of all records.
    pub fn digest(&self) -> format::Digest {
        self.chain.digest
    }

    /// What may be done, and what there is to know.
    pub fn standing(&self) -> &Standing {
        &self.standing
    }

    /// Brings everything to the disk and lets go of the store. Dropping does the same.
    pub fn close(mut self) {
        self.keeper.close();
    }

    /// Says that the process ends when it is dropped. The system takes the memory back in one go then: record by record,
    /// a million of them would keep whoever leaves for seconds.
    pub fn ends_the_process(&mut self) {
        self.last = true;
    }
}

impl Drop for Ledger {
    fn drop(&mut self) {
        self.keeper.close();
        self.lock = None;
        if self.last {
            forget((Arc::clone(&self.state), take(&mut self.chain)));
        }
    }
}

impl std::fmt::Debug for Ledger {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Ledger")
            .field("seq", &self.chain.seq)
            .field("standing", &self.standing)
            .finish_non_exhaustive()
    }
}
