//! Files kept beside the journal, each under the SHA-256 of its bytes: `files/ab/abcd...`. The same bytes are one file,
//! whatever they were called; a name tells whether what stands under it is what was brought.
//!
//! A file is written under another name in `files/`, brought to the disk, and only then gets its own name. Who commits
//! afterwards can rely on it. What a crash leaves behind is a file that nothing names, or a beginning of one: in the
//! way of nobody.

use super::disk::{Disk, DiskFile, For, Real};
use super::{StoreError, hex, no_room, unhex};
use sha2::{Digest, Sha256};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

/// The largest file that is kept, in bytes: 256 MiB.
pub const LIMIT: u64 = 256 << 20;
/// The folder in a store.
pub const FOLDER: &str = "files";
/// What the names of files begin with that are not finished.
const BEGUN: &str = "new.";
/// How much is read at once.
const PIECE: usize = 64 << 10;

/// The SHA-256 of a file's bytes.
pub type Hash = [u8; 32];

/// What was kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kept {
    /// The SHA-256 of its bytes.
    pub sha256: Hash,
    /// Its size in bytes.
    pub size: u64,
}

/// Why a file was not kept or not read.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// What was to be kept cannot be read.
    #[error("cannot be read: {0}")]
    Source(io::Error),
    /// It is larger than [`LIMIT`].
    #[error("is larger than {} MiB, the most that is kept; keep it elsewhere and name the place", LIMIT >> 20)]
    TooLarge,
    /// The ledger takes nothing.
    #[error("cannot be kept: {0}")]
    ReadOnly(String),
    /// The store could not keep or read it. Nothing names it.
    #[error("{0}")]
    Store(#[from] StoreError),
    /// It is not there.
    #[error("is not in the store; 'isms verify' lists what is missing")]
    Missing,
    /// It is there, but its bytes are not those that were kept.
    #[error("was changed in the store: its bytes have another SHA-256; take it from a backup and attach it again")]
    Differs,
    /// Where it was to be written it cannot.
    #[error("cannot be written: {0}")]
    Target(io::Error),
}

/// What stands in the folder.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Listing {
    /// Files with a name that is a hash in the folder for it.
    pub kept: Vec<Hash>,
    /// Beginnings of files.
    pub begun: Vec<String>,
    /// Anything else, by its name within the folder.
    pub strange: Vec<String>,
}

/// The files of a store.
#[derive(Debug)]
pub struct Files {
    disk: Arc<dyn Disk>,
    place: Place,
}

/// Where they are.
#[derive(Debug)]
enum Place {
    Folder(PathBuf),
    /// A folder that is made when it is needed and goes away with this.
    Scratch(OnceLock<tempfile::TempDir>),
}

impl Files {
    /// Those of a store in this folder.
    pub fn new(disk: Arc<dyn Disk>, store: &Path) -> Self {
        let place = Place::Folder(store.join(FOLDER));
        Self { disk, place }
    }

    /// Files that are kept only as long as this: for a ledger in memory.
    pub fn scratch() -> Self {
        let place = Place::Scratch(OnceLock::new());
        Self {
            disk: Arc::new(Real),
            place,
        }
    }

    /// The folder, if there is one yet.
    fn folder(&self) -> Option<PathBuf> {
        match &self.place {
            Place::Folder(f) => Some(f.clone()),
            Place::Scratch(dir) => Some(dir.get()?.path().join(FOLDER)),
        }
    }

    /// The folder, made if it is not there.
    fn made(&self) -> Result<PathBuf, StoreError> {
        let folder = match &self.place {
            Place::Folder(f) => f.clone(),
            Place::Scratch(cell) => {
                if cell.get().is_none() {
                    let dir = tempfile::Builder::new()
                        .prefix("isms-files-")
                        .tempdir()
                        .map_err(StoreError::io("making a folder for files"))?;
                    // Another thread was first: its folder holds.
                    let _ = cell.set(dir);
                }
                let dir = cell.get().map(|d| d.path().join(FOLDER));
                dir.ok_or_else(|| StoreError::Damaged("the folder for files is gone".into()))?
            }
        };
        let failed = || StoreError::io(format!("making {}", folder.display()));
        let there = self.disk.list(&folder).is_ok();
        self.disk.make_folder(&folder).map_err(failed())?;
        if let (false, Some(above)) = (there, folder.parent()) {
            self.disk.sync_folder(above).map_err(failed())?;
        }
        Ok(folder)
    }

    /// Keeps what a source gives, to its end. When this returns, it is durable.
    ///
    /// # Errors
    /// The source cannot be read, is too large, or the disk does not take it. What was begun is taken away again, as
    /// far as the disk lets us.
    pub fn keep(&self, source: &mut dyn Read) -> Result<Kept, FileError> {
        let folder = self.made()?;
        self.sweep(&folder);
        let path = folder.join(format!("{BEGUN}{}", std::process::id()));
        let done = self.write(&path, source).and_then(|kept| {
            self.place(&folder, &path, &kept.sha256)?;
            Ok(kept)
        });
        if done.is_err() {
            let _ = self.disk.remove(&path);
        }
        done
    }

    /// Takes away what earlier processes began and never finished; one process at a time writes.
    fn sweep(&self, folder: &Path) {
        for name in self.disk.list(folder).unwrap_or_default() {
            if name.starts_with(BEGUN) {
                let _ = self.disk.remove(&folder.join(name));
            }
        }
    }

    /// Writes a source into a file and brings it to the disk.
    fn write(&self, path: &Path, source: &mut dyn Read) -> Result<Kept, FileError> {
        let failed = |e: io::Error| -> FileError {
            let what = format!("writing {}", path.display());
            if no_room(&e) {
                StoreError::Full(format!("{what}: the disk is full")).into()
            } else {
                StoreError::io(what)(e).into()
            }
        };
        let file = self.disk.open(path, For::Making).map_err(failed)?;
        file.set_len(0).map_err(failed)?;
        let (mut hasher, mut size, mut piece) = (Sha256::new(), 0, vec![0; PIECE]);
        loop {
            let n = match source.read(&mut piece) {
                Ok(0) => break,
                Ok(n) => n,
                Err(e) if e.kind() == io::ErrorKind::Interrupted => continue,
                Err(e) => return Err(FileError::Source(e)),
            };
            if size + n as u64 > LIMIT {
                return Err(FileError::TooLarge);
            }
            hasher.update(&piece[..n]);
            file.write_at(&piece[..n], size).map_err(failed)?;
            size += n as u64;
        }
        file.sync().map_err(failed)?;
        let sha256 = hasher.finalize().into();
        Ok(Kept { sha256, size })
    }

    /// Gives a finished file its name, durably.
    fn place(&self, folder: &Path, path: &Path, hash: &Hash) -> Result<(), StoreError> {
        let to = place_of(folder, hash);
        let below = to.parent().unwrap_or(folder);
        let failed = || StoreError::io(format!("writing {}", to.display()));
        self.disk.make_folder(below).map_err(failed())?;
        // What stands there already may be damaged: it is replaced, not believed.
        self.disk.rename(path, &to).map_err(failed())?;
        self.disk.sync_folder(below).map_err(failed())?;
        self.disk.sync_folder(folder).map_err(failed())
    }

    fn open(&self, hash: &Hash) -> Result<Box<dyn DiskFile>, FileError> {
        let folder = self.folder().ok_or(FileError::Missing)?;
        let path = place_of(&folder, hash);
        self.disk.open(&path, For::Reading).map_err(|e| match e.kind() {
            io::ErrorKind::NotFound => FileError::Missing,
            _ => StoreError::io(format!("reading {}", path.display()))(e).into(),
        })
    }

    /// The size of a file, if it is there. Its bytes are not looked at.
    pub fn size(&self, hash: &Hash) -> Option<u64> {
        self.open(hash).ok()?.len().ok()
    }

    /// Hands a file out, and returns its size. Only when this returns without an error is what was written right.
    ///
    /// # Errors
    /// It is not there, cannot be read or written, or is not what was kept.
    pub fn read(&self, hash: &Hash, target: &mut dyn Write) -> Result<u64, FileError> {
        let file = self.open(hash)?;
        let failed = || StoreError::io(format!("reading the file {}", hex(hash)));
        let len = file.len().map_err(failed())?;
        let (mut hasher, mut at, mut piece) = (Sha256::new(), 0, vec![0; PIECE]);
        while at < len {
            let n = usize::try_from(len - at).unwrap_or(PIECE).min(PIECE);
            file.read_at(&mut piece[..n], at).map_err(failed())?;
            hasher.update(&piece[..n]);
            target.write_all(&piece[..n]).map_err(FileError::Target)?;
            at += n as u64;
        }
        if <Hash>::from(hasher.finalize()) == *hash {
            Ok(len)
        } else {
            Err(FileError::Differs)
        }
    }

    /// Everything in the folder.
    ///
    /// # Errors
    /// It is there and cannot be read.
    pub fn list(&self) -> Result<Listing, StoreError> {
        let mut all = Listing::default();
        let Some(folder) = self.folder() else { return Ok(all) };
        let read = |f: &Path| match self.disk.list(f) {
            Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
            Err(e) => Err(StoreError::io(format!("reading {}", f.display()))(e)),
            Ok(mut names) => {
                names.sort();
                Ok(names)
            }
        };
        for name in read(&folder)? {
            if name.starts_with(BEGUN) {
                all.begun.push(name);
            } else if unhex::<1>(&name).is_none() {
                all.strange.push(name);
            } else {
                for below in read(&folder.join(&name))? {
                    match unhex(&below).filter(|h| place_of(Path::new(""), h).starts_with(&name)) {
                        Some(hash) => all.kept.push(hash),
                        None => all.strange.push(format!("{name}/{below}")),
                    }
                }
            }
        }
        Ok(all)
    }
}

/// Where the file of a hash stands: `ab/abcd...`.
pub fn place_of(folder: &Path, hash: &Hash) -> PathBuf {
    let name = hex(hash);
    folder.join(&name[..2]).join(&name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn what_is_kept_is_one_file_by_its_hash_and_read_back() {
        let dir = tempfile::tempdir().unwrap();
        let files = Files::new(Arc::new(Real), dir.path());
        let bytes: Vec<u8> = (0..200_000u32).map(|n| (n % 251) as u8).collect();
        let kept = files.keep(&mut bytes.as_slice()).unwrap();
        assert_eq!(kept, files.keep(&mut bytes.as_slice()).unwrap());
        assert_eq!((kept.size, files.size(&kept.sha256)), (200_000, Some(200_000)));
        let mut back = Vec::new();
        files.read(&kept.sha256, &mut back).unwrap();
        assert_eq!(back, bytes);
        let listing = Listing {
            kept: vec![kept.sha256],
            ..Listing::default()
        };
        assert_eq!(files.list().unwrap(), listing);
        let path = place_of(&dir.path().join(FOLDER), &kept.sha256);
        let mode = |p: &Path| std::fs::metadata(p).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&path), mode(path.parent().unwrap())), (0o600, 0o700));

        // A damaged one is noticed, and mended by bringing it again.
        std::fs::write(&path, b"other").unwrap();
        assert!(matches!(
            files.read(&kept.sha256, &mut Vec::new()),
            Err(FileError::Differs)
        ));
        files.keep(&mut bytes.as_slice()).unwrap();
        files.read(&kept.sha256, &mut Vec::new()).unwrap();
    }

    #[test]
    fn what_is_too_large_leaves_nothing_behind() {
        let dir = tempfile::tempdir().unwrap();
        let files = Files::new(Arc::new(Real), dir.path());
        let mut source = io::repeat(7).take(LIMIT + 1);
        assert!(matches!(files.keep(&mut source), Err(FileError::TooLarge)));
        assert_eq!(files.list().unwrap(), Listing::default());
    }

    #[test]
    fn scratch_files_go_away() {
        let files = Files::scratch();
        let kept = files.keep(&mut &b"abc"[..]).unwrap();
        let folder = files.folder().unwrap();
        assert!(folder.exists());
        files.read(&kept.sha256, &mut Vec::new()).unwrap();
        drop(files);
        assert!(!folder.exists());
    }
}
