//! A store as a folder: `journal/`, `state/`, `files/` and `lock`.

use super::open::{self, States};
use super::progress::Progress;
use super::{Access, Ledger};
use crate::model::kind::Catalogue;
use crate::store::disk::{Disk, For, Real};
use crate::store::files::Files;
use crate::store::journal::{self, Journal};
use crate::store::lock::{self, Holder, Lock, NoLock};
use crate::store::mark::Mark;
use crate::store::place;
use crate::store::sled::SledState;
use crate::store::{Materialised, StoreError, no_room, no_writing};
use std::fs;
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The folder of the journal.
pub(super) const JOURNAL: &str = "journal";
/// The folder of what follows from it.
pub(super) const STATE: &str = "state";
/// The database in it.
pub(super) const DATABASE: &str = "records";
/// Why a ledger that was opened for reading takes no commits.
pub(super) const FOR_READING: &str = "opened for reading only";

/// How to open.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Options {
    /// Open although others can reach the files.
    pub insecure_permissions: bool,
}

/// Why a store was not opened or made.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// There is none.
    #[error("there is no store in {}; make one with 'isms init'", .0.display())]
    NoStore(PathBuf),
    /// There is something already.
    #[error("{} holds something already; a new store needs an empty or a new folder", .0.display())]
    Taken(PathBuf),
    /// Somebody has it open.
    #[error("the store is open already: {0}; reading commands work meanwhile")]
    Busy(Holder),
    /// Others can reach the files.
    #[error("{0}; or open it nevertheless with --insecure-permissions")]
    Loose(String),
    /// The system said no.
    #[error("{0}")]
    Io(String),
    /// Whoever opened it did not want to wait any longer. Nothing was changed.
    #[error("opening was stopped")]
    Stopped,
}

impl From<StoreError> for OpenError {
    fn from(e: StoreError) -> Self {
        Self::Io(e.to_string())
    }
}

/// Makes a new store in a folder that is empty or not there, and opens it. It has no commits yet.
///
/// # Errors
/// The folder is taken, or the disk does not let us.
pub fn create(folder: &Path, catalogue: Arc<Catalogue>) -> Result<Ledger, OpenError> {
    lock::restrict();
    let failed = |path: &Path| {
        let path = path.display().to_string();
        move |e: io::Error| OpenError::Io(format!("making {path}: {}", plain(&e)))
    };
    if fs::read_dir(folder).is_ok_and(|mut d| d.next().is_some()) {
        return Err(OpenError::Taken(folder.to_path_buf()));
    }
    let journal = folder.join(JOURNAL);
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true).mode(0o700);
    builder.create(&journal).map_err(failed(&journal))?;
    if let Some(name) = place::network(folder) {
        let _ = fs::remove_dir(&journal);
        return Err(OpenError::Io(format!(
            "{} lies on {name}, where locks and writing through to the disk cannot be relied on; name a folder on a disk of this host",
            folder.display()
        )));
    }
    if let Err(why) = lock::private(folder) {
        // It was there, empty, and open to others: what is in it now is ours to close.
        let mode = <fs::Permissions as std::os::unix::fs::PermissionsExt>::from_mode(0o700);
        fs::set_permissions(folder, mode).map_err(|_| OpenError::Loose(why))?;
    }
    let first = journal.join(journal::name(1));
    let durable = || {
        Real.open(&first, For::Making)?.sync()?;
        for f in [Some(journal.as_path()), Some(folder), folder.parent()]
            .into_iter()
            .flatten()
        {
            // A relative name has an empty parent.
            Real.sync_folder(if f.as_os_str().is_empty() { Path::new(".") } else { f })?;
        }
        Ok(())
    };
    durable().map_err(failed(folder))?;
    open(folder, Access::Write, catalogue)
}

/// Opens a store.
///
/// # Errors
/// There is none, somebody has it open, others can reach it, or the system said no. Damage is no error: the ledger is
/// read-only then, and its standing names the place.
pub fn open(folder: &Path, access: Access, catalogue: Arc<Catalogue>) -> Result<Ledger, OpenError> {
    open_with(folder, access, catalogue, Options::default())
}

/// Opens a store in another way.
///
/// # Errors
/// As [`open`].
pub fn open_with(
    folder: &Path,
    access: Access,
    catalogue: Arc<Catalogue>,
    options: Options,
) -> Result<Ledger, OpenError> {
    open_telling(folder, access, catalogue, options, &mut |_, _| true)
}

/// Opens a store and tells how far that is, at most a hundred times: what is done, of how much. What is told says
/// whether to go on.
///
/// # Errors
/// As [`open`], or [`OpenError::Stopped`].
pub fn open_telling(
    folder: &Path,
    access: Access,
    catalogue: Arc<Catalogue>,
    options: Options,
    tell: &mut dyn FnMut(u64, u64) -> bool,
) -> Result<Ledger, OpenError> {
    if !is_store(folder) {
        return Err(OpenError::NoStore(folder.to_path_buf()));
    }
    if !options.insecure_permissions {
        lock::private(folder).map_err(OpenError::Loose)?;
    }
    let disk: Arc<dyn Disk> = Arc::new(Real);
    let mark = Mark::new(Arc::clone(&disk), &folder.join(STATE));
    let mut for_reading = |why: &str, catalogue| -> Result<Ledger, OpenError> {
        let log = Journal::open(Arc::clone(&disk), &folder.join(JOURNAL), false)?;
        let mut progress = Progress::new(tell);
        let ledger = open::reading(catalogue, Box::new(log), Some(&mark), why, &mut progress);
        if progress.is_stopped() {
            return Err(OpenError::Stopped);
        }
        Ok(ledger.with_files(Files::new(Arc::clone(&disk), folder)))
    };
    if access == Access::Read {
        let first = for_reading(FOR_READING, Arc::clone(&catalogue))?;
        // A writer that has no room cuts off what it began: who read just then must look again.
        return if first.standing().damaged {
            for_reading(FOR_READING, catalogue)
        } else {
            Ok(first)
        };
    }
    if let Some(name) = place::network(folder) {
        let why = format!(
            "{} lies on {name}, where locks and writing through cannot be relied on",
            folder.display()
        );
        return for_reading(&why, catalogue);
    }
    lock::restrict();
    let held = match Lock::take(folder) {
        Ok(l) => l,
        Err(NoLock::Held(holder)) => return Err(OpenError::Busy(holder)),
        Err(NoLock::Failed(StoreError::Io { source, .. })) if no_writing(&source) || no_room(&source) => {
            let why = format!("{} cannot be written: {}", folder.display(), plain(&source));
            return for_reading(&why, catalogue);
        }
        Err(NoLock::Failed(e)) => return Err(e.into()),
    };
    let log = Journal::open(Arc::clone(&disk), &folder.join(JOURNAL), true)?;
    let mut states = Database {
        folder: folder.to_path_buf(),
    };
    let mut progress = Progress::new(tell);
    let ledger = open::writing(catalogue, Box::new(log), &mut states, Some(mark), &mut progress);
    if progress.is_stopped() {
        return Err(OpenError::Stopped);
    }
    let mut ledger = ledger.with_files(Files::new(disk, folder));
    ledger.lock = Some(held);
    Ok(ledger)
}

/// Whether a folder holds a store, or what is left of one.
pub(super) fn is_store(folder: &Path) -> bool {
    folder.join(JOURNAL).is_dir() || folder.join(STATE).is_dir()
}

/// The state in `state/records`.
pub(super) struct Database {
    pub folder: PathBuf,
}

impl States for Database {
    fn open(&mut self) -> Result<Box<dyn Materialised>, StoreError> {
        let state = self.folder.join(STATE);
        fs::create_dir_all(&state).map_err(StoreError::io(format!("making {}", state.display())))?;
        Ok(Box::new(SledState::open(&state.join(DATABASE))?))
    }

    fn replace(&mut self) -> Result<(Box<dyn Materialised>, String), StoreError> {
        let old = (1..=u32::MAX)
            .map(|n| format!("{STATE}.bad.{n}"))
            .find(|n| !self.folder.join(n).exists())
            .unwrap_or_default();
        let (from, to) = (self.folder.join(STATE), self.folder.join(&old));
        fs::rename(&from, &to).map_err(StoreError::io(format!("moving {} to {old}", from.display())))?;
        Ok((self.open()?, old))
    }

    fn discard(&mut self, old: &str) {
        // What stays behind is only in the way.
        let _ = fs::remove_dir_all(self.folder.join(old));
    }
}

/// What the system said, without its number, with what helps.
pub(super) fn plain(e: &io::Error) -> String {
    match e.kind() {
        io::ErrorKind::ReadOnlyFilesystem => "the disk is read-only".into(),
        io::ErrorKind::StorageFull => "the disk is full; free some space and try again".into(),
        io::ErrorKind::QuotaExceeded => "your quota is used up; free some space and try again".into(),
        io::ErrorKind::PermissionDenied => "permission denied".into(),
        _ => e.to_string(),
    }
}
