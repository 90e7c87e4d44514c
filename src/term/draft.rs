//! The draft that survives a lost connection: the last bytes that the screen gave, on disk before the process ends.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, TryLockError};
use std::time::{Duration, Instant};

/// A place for one draft, shared by the screen and whoever ends the process.
#[derive(Clone)]
pub struct Slot {
    path: Arc<Path>,
    held: Arc<Mutex<Held>>,
}

/// The draft and whether the file says the same.
#[derive(Default)]
struct Held {
    bytes: Option<Vec<u8>>,
    behind: bool,
}

impl Slot {
    /// Makes an empty slot that is kept in a file; nothing is read or written yet.
    pub fn new(path: PathBuf) -> Self {
        Self {
            path: path.into(),
            held: Arc::default(),
        }
    }

    /// Holds other bytes from now on, or none; says whether that is a change.
    pub fn put(&self, bytes: Option<Vec<u8>>) -> bool {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        let change = held.bytes != bytes;
        held.behind |= change;
        held.bytes = bytes;
        change
    }

    /// Brings the file up to date: all of the draft or, at any moment before, all of the one before it.
    ///
    /// # Errors
    /// Those of the file system; the draft is then still held and the next call tries again.
    pub fn save(&self) -> io::Result<()> {
        self.write(self.held.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Saves as [`Slot::save`] does, but gives up if another thread holds the slot for longer than `limit`.
    ///
    /// # Errors
    /// Those of [`Slot::save`]; [`io::ErrorKind::TimedOut`] if the slot could not be had.
    pub fn save_within(&self, limit: Duration) -> io::Result<()> {
        let end = Instant::now() + limit;
        loop {
            match self.held.try_lock() {
                Ok(held) => return self.write(held),
                Err(TryLockError::Poisoned(held)) => return self.write(held.into_inner()),
                Err(TryLockError::WouldBlock) if Instant::now() > end => return Err(io::ErrorKind::TimedOut.into()),
                Err(TryLockError::WouldBlock) => std::thread::sleep(Duration::from_millis(2)),
            }
        }
    }

    fn write(&self, mut held: MutexGuard<'_, Held>) -> io::Result<()> {
        if !held.behind {
            return Ok(());
        }
        match &held.bytes {
            Some(bytes) => {
                let folder = self.path.parent().filter(|folder| !folder.as_os_str().is_empty());
                // Temporary files are made for the owner alone (0600).
                let mut file = tempfile::Builder::new()
                    .prefix(".draft-")
                    .tempfile_in(folder.unwrap_or(Path::new(".")))?;
                file.write_all(bytes)?;
                file.as_file().sync_data()?;
                file.persist(&self.path).map_err(|error| error.error)?;
            }
            None => forget(&self.path)?,
        }
        held.behind = false;
        Ok(())
    }
}

/// Reads the draft that an earlier process left, if one did.
///
/// # Errors
/// Those of the file system.
pub fn left(path: &Path) -> io::Result<Option<Vec<u8>>> {
    match std::fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Removes the draft that an earlier process left; it is no error if there is none.
///
/// # Errors
/// Those of the file system.
pub fn forget(path: &Path) -> io::Result<()> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn a_draft_is_on_disk_for_its_owner_alone_and_goes_when_it_is_done() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("draft");
        let slot = Slot::new(path.clone());
        slot.save().unwrap();
        assert_eq!(left(&path).unwrap(), None, "nothing to save is no file");
        assert!(slot.put(Some(b"half a sen".to_vec())));
        assert!(slot.put(Some(b"half a sentence".to_vec())));
        assert!(!slot.put(Some(b"half a sentence".to_vec())));
        slot.clone().save_within(Duration::from_secs(5)).unwrap();
        assert_eq!(left(&path).unwrap().as_deref(), Some(&b"half a sentence"[..]));
        assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        slot.put(None);
        slot.save().unwrap();
        assert_eq!(left(&path).unwrap(), None);
        assert_eq!(folder.path().read_dir().unwrap().count(), 0, "nothing is left behind");
    }

    #[test]
    fn a_slot_that_is_held_elsewhere_is_given_up() {
        let folder = tempfile::tempdir().unwrap();
        let slot = Slot::new(folder.path().join("draft"));
        let _held = slot.held.lock().unwrap();
        let error = slot.save_within(Duration::from_millis(5)).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
    }

    #[test]
    fn a_failed_save_is_tried_again() {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("not yet");
        let slot = Slot::new(place.join("draft"));
        slot.put(Some(b"kept".to_vec()));
        assert!(slot.save().is_err());
        std::fs::create_dir(&place).unwrap();
        slot.save().unwrap();
        assert_eq!(left(&place.join("draft")).unwrap().as_deref(), Some(&b"kept"[..]));
    }
}
