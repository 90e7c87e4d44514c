//! Makes what is materialised anew, small: its files only ever grow. The journal and the kept files are never touched;
//! what earlier repairs put aside is named, not removed, because it may be evidence.

use super::backup::BackupError;
use super::folder::{DATABASE, Database, JOURNAL, OpenError, STATE, plain};
use super::{Access, Ledger, Options, open_with};
use crate::model::kind::Catalogue;
use crate::store::disk::{Disk, Real};
use crate::store::journal::Journal;
use crate::store::mark::Mark;
use crate::store::sled::SledState;
use crate::store::{Head, Materialised, StoreError};
use rustix::fs::{CWD, RenameFlags, renameat_with};
use std::fs;
use std::io;
use std::path::Path;
use std::sync::Arc;

/// What was done.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Compacted {
    /// Bytes of the state before.
    pub before: u64,
    /// Bytes of the state now.
    pub after: u64,
    /// Bytes of the journal, which stays as it is.
    pub journal: u64,
    /// What was put aside earlier and is not needed to read the store: its name and bytes.
    pub aside: Vec<(String, u64)>,
}

/// Makes the state of a store anew and, if it is smaller so, puts it in the place of the old one, at once or not at all.
///
/// # Errors
/// There is no store, somebody has it open, its journal is damaged, or the disk does not let us; the store is as it was
/// then.
pub fn compact(folder: &Path, catalogue: Arc<Catalogue>, options: Options) -> Result<Compacted, BackupError> {
    let mut ledger = open_with(folder, Access::Write, Arc::clone(&catalogue), options)?;
    if !ledger.standing.writable {
        let why = ledger.standing.why.clone().unwrap_or_default();
        return Err(BackupError::Wrong(why));
    }
    // The lock stays; what is materialised is closed, so that its files are whole.
    let held = ledger.lock.take();
    let head = Head {
        seq: ledger.seq(),
        seal: ledger.seal(),
    };
    ledger.close();
    let failed = |e: io::Error| {
        BackupError::Open(OpenError::Io(format!(
            "making the state of {}: {}",
            folder.display(),
            plain(&e)
        )))
    };
    let state = folder.join(STATE);
    let mut done = Compacted {
        before: size(&state),
        journal: size(&folder.join(JOURNAL)),
        ..Compacted::default()
    };
    let staging = tempfile::Builder::new()
        .prefix("state.new.")
        .tempdir_in(folder)
        .map_err(failed)?;
    let fresh = staging.path().join(STATE);
    make(folder, staging.path(), catalogue, head)?;
    // What is as small as it gets stays.
    if size(&fresh) < done.before {
        renameat_with(CWD, &fresh, CWD, &state, RenameFlags::EXCHANGE).map_err(|e| failed(e.into()))?;
        Real.sync_folder(folder).map_err(failed)?;
    }
    staging.close().map_err(failed)?;
    done.after = size(&state);
    done.aside = aside(folder);
    drop(held);
    Ok(done)
}

/// Makes the state of a journal in another folder and looks at it again.
fn make(folder: &Path, staging: &Path, catalogue: Arc<Catalogue>, head: Head) -> Result<(), BackupError> {
    let disk: Arc<dyn Disk> = Arc::new(Real);
    let log = Journal::open(Arc::clone(&disk), &folder.join(JOURNAL), false)?;
    let mark = Mark::new(disk, &staging.join(STATE));
    let mut states = Database {
        folder: staging.to_path_buf(),
    };
    Ledger::over(catalogue, Box::new(log), &mut states, Some(mark)).close();
    let made = SledState::open(&staging.join(STATE).join(DATABASE))?;
    if made.head()? != Some(head) {
        let what = "the new state does not reach to the end of the journal; the old one stays";
        return Err(StoreError::Damaged(what.into()).into());
    }
    Ok(())
}

/// What lies beside the journal and the state from earlier repairs.
fn aside(folder: &Path) -> Vec<(String, u64)> {
    let list = |f: &Path| Real.list(f).unwrap_or_default();
    let bad = list(folder)
        .into_iter()
        .filter(|n| n.starts_with("state.bad.") || n.starts_with("state.new."));
    let tails = list(&folder.join(JOURNAL))
        .into_iter()
        .filter(|n| n.starts_with("tail."));
    let tails = tails.map(|n| format!("{JOURNAL}/{n}"));
    let mut all: Vec<_> = bad.chain(tails).map(|n| (n.clone(), size(&folder.join(n)))).collect();
    all.sort();
    all
}

/// The bytes of a file, or of all files in a folder.
fn size(path: &Path) -> u64 {
    match fs::symlink_metadata(path) {
        Ok(m) if m.is_dir() => fs::read_dir(path)
            .into_iter()
            .flatten()
            .flatten()
            .map(|e| size(&e.path()))
            .sum(),
        Ok(m) => m.len(),
        Err(_) => 0,
    }
}
