//! A disk in memory that fails at the n-th call or loses its power. What was written is volatile until it was synced;
//! a power cut keeps what was synced, and of the rest nothing, all, or random sectors of 512 bytes.

use isms::store::disk::{Disk, DiskFile, For};
use std::collections::BTreeMap;
use std::io::{Error, ErrorKind, Result};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard};

const SECTOR: usize = 512;

/// What goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// Any call returns an I/O error.
    AnyIo,
    /// A write writes nothing and returns an I/O error.
    WriteIo,
    /// A write writes a part and returns "no room".
    WriteFull,
    /// A write writes a part and returns an I/O error.
    WriteShort,
    /// A write writes a part and returns "no room", and nothing works after it.
    WriteFullStuck,
    /// A sync returns an I/O error, having done nothing.
    SyncIo,
    /// The power goes: this call and all further ones fail.
    Power,
}

/// What a power cut leaves of what was not synced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Left {
    /// Everything: only the process died.
    All,
    /// Nothing.
    Nothing,
    /// Some sectors; the number seeds which.
    Some(u64),
}

#[derive(Debug, Clone, Default)]
struct File {
    now: Vec<u8>,
    durable: Vec<u8>,
    /// The folder was synced since it was made.
    named: bool,
}

#[derive(Debug, Default)]
struct State {
    files: BTreeMap<PathBuf, File>,
    /// What still stands under a name on the disk, until its folder is synced.
    gone: BTreeMap<PathBuf, File>,
    fault: Option<(Fault, u64)>,
    /// Every call from the chosen one on fails, not it alone.
    lasting: bool,
    /// A sync that only says that it synced: a planted defect.
    lying: bool,
    calls: u64,
    hits: u64,
    dead: bool,
}

/// The disk. Clones are the same disk.
#[derive(Debug, Clone, Default)]
pub struct SimDisk(Arc<Mutex<State>>);

struct Open {
    disk: SimDisk,
    path: PathBuf,
}

enum Call {
    Read,
    Write,
    Sync,
    Other,
}

impl SimDisk {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap()
    }

    /// From now on, the `n`-th call that the fault concerns fails; with `lasting`, all after it too.
    pub fn fail(&self, fault: Fault, n: u64, lasting: bool) {
        let mut s = self.state();
        (s.fault, s.lasting, s.calls) = (Some((fault, n)), lasting, 0);
    }

    /// Syncs only say that they synced.
    pub fn lie(&self) {
        self.state().lying = true;
    }

    /// How many calls failed.
    pub fn hits(&self) -> u64 {
        self.state().hits
    }

    /// All files with their bytes.
    pub fn files(&self) -> Vec<(PathBuf, Vec<u8>)> {
        self.state()
            .files
            .iter()
            .map(|(p, f)| (p.clone(), f.now.clone()))
            .collect()
    }

    /// The disk as it is found after the end of the process or of the power.
    pub fn restart(&self, left: Left) -> SimDisk {
        let s = self.state();
        let mut rng = match left {
            Left::Some(seed) => seed | 1,
            _ => 1,
        };
        let mut roll = |n: usize| {
            rng ^= rng << 13;
            rng ^= rng >> 7;
            rng ^= rng << 17;
            (rng >> 11) as usize % n
        };
        let mut files = BTreeMap::new();
        // A rename is there or not, so what it would have replaced is there then.
        if left != Left::All {
            for (path, f) in &s.gone {
                let bytes = f.durable.clone();
                let file = File {
                    now: bytes.clone(),
                    durable: bytes,
                    named: true,
                };
                files.insert(path.clone(), file);
            }
        }
        for (path, f) in &s.files {
            let bytes = match left {
                Left::All => f.now.clone(),
                Left::Nothing if !f.named => continue,
                Left::Nothing => f.durable.clone(),
                Left::Some(_) if !f.named && roll(2) == 0 => continue,
                Left::Some(_) => {
                    let (a, b) = (f.durable.len().min(f.now.len()), f.durable.len().max(f.now.len()));
                    let len = if a == b { a } else { a + roll(b - a + 1) };
                    let mut bytes = vec![0; len];
                    for start in (0..len).step_by(SECTOR) {
                        let from = if roll(2) == 0 { &f.durable } else { &f.now };
                        let end = (start + SECTOR).min(len).min(from.len());
                        if start < end {
                            bytes[start..end].copy_from_slice(&from[start..end]);
                        }
                    }
                    bytes
                }
            };
            let file = File {
                durable: bytes.clone(),
                now: bytes,
                named: true,
            };
            files.insert(path.clone(), file);
        }
        SimDisk(Arc::new(Mutex::new(State {
            files,
            ..State::default()
        })))
    }

    /// Counts a call; an error if it is to fail. For a write also how many of its bytes come through.
    fn call(&self, path: &Path, call: &Call, len: usize) -> std::result::Result<(), (Error, usize)> {
        let mut s = self.state();
        if s.dead {
            return Err((Error::other("the power is gone"), 0));
        }
        let Some((fault, n)) = s.fault else { return Ok(()) };
        let concerned = match fault {
            Fault::AnyIo => true,
            Fault::WriteIo | Fault::WriteFull | Fault::WriteShort => matches!(call, Call::Write),
            Fault::WriteFullStuck => s.hits > 0 || matches!(call, Call::Write),
            Fault::SyncIo => matches!(call, Call::Sync),
            Fault::Power => !matches!(call, Call::Read),
        };
        // The mark is written by another thread, at no certain place in the order of calls.
        if !concerned || path.starts_with("state") {
            return Ok(());
        }
        s.calls += 1;
        let stuck = fault == Fault::WriteFullStuck && s.hits > 0;
        if s.calls < n || (s.calls > n && !s.lasting && !stuck) {
            return Ok(());
        }
        s.hits += 1;
        let part = len * (s.calls as usize * 37 % 100) / 100;
        match fault {
            Fault::AnyIo | Fault::WriteIo | Fault::SyncIo => Err((Error::from_raw_os_error(5), 0)),
            Fault::WriteShort => Err((Error::from_raw_os_error(5), part)),
            Fault::WriteFullStuck if stuck => Err((Error::from_raw_os_error(5), 0)),
            Fault::WriteFull | Fault::WriteFullStuck => Err((Error::from(ErrorKind::StorageFull), part)),
            Fault::Power => {
                s.dead = true;
                Err((Error::other("the power is gone"), part))
            }
        }
    }

    /// For what another thread does meanwhile: nothing reaches a disk without power.
    fn alive(&self) -> Result<()> {
        if self.state().dead {
            Err(Error::other("the power is gone"))
        } else {
            Ok(())
        }
    }
}

impl Disk for SimDisk {
    fn list(&self, folder: &Path) -> Result<Vec<String>> {
        self.call(folder, &Call::Read, 0).map_err(|e| e.0)?;
        let s = self.state();
        let inside = s.files.keys().filter(|p| p.parent() == Some(folder));
        Ok(inside
            .filter_map(|p| Some(p.file_name()?.to_string_lossy().into_owned()))
            .collect())
    }

    fn open(&self, path: &Path, what_for: For) -> Result<Box<dyn DiskFile>> {
        self.call(path, &Call::Other, 0).map_err(|e| e.0)?;
        let mut s = self.state();
        if !s.files.contains_key(path) {
            if what_for != For::Making {
                return Err(ErrorKind::NotFound.into());
            }
            s.files.insert(path.to_path_buf(), File::default());
        }
        Ok(Box::new(Open {
            disk: self.clone(),
            path: path.to_path_buf(),
        }))
    }

    fn sync_folder(&self, folder: &Path) -> Result<()> {
        self.call(folder, &Call::Sync, 0).map_err(|e| e.0)?;
        let mut s = self.state();
        let lying = s.lying;
        s.gone.retain(|path, _| lying || path.parent() != Some(folder));
        for (path, f) in &mut s.files {
            f.named |= path.parent() == Some(folder);
        }
        Ok(())
    }

    fn make_folder(&self, folder: &Path) -> Result<()> {
        self.call(folder, &Call::Other, 0).map_err(|e| e.0)
    }

    fn rename(&self, from: &Path, to: &Path) -> Result<()> {
        self.call(from, &Call::Other, 0).map_err(|e| e.0)?;
        let mut s = self.state();
        let file = s.files.remove(from).ok_or(ErrorKind::NotFound)?;
        if file.named {
            s.gone.insert(from.to_path_buf(), file.clone());
        }
        let file = File { named: false, ..file };
        if let Some(old) = s.files.insert(to.to_path_buf(), file).filter(|f| f.named) {
            s.gone.insert(to.to_path_buf(), old);
        }
        Ok(())
    }

    fn remove(&self, path: &Path) -> Result<()> {
        self.call(path, &Call::Other, 0).map_err(|e| e.0)?;
        let mut s = self.state();
        let file = s.files.remove(path).ok_or(ErrorKind::NotFound)?;
        if file.named {
            s.gone.insert(path.to_path_buf(), file);
        }
        Ok(())
    }
}

impl Open {
    fn with<T>(&self, f: impl FnOnce(&mut File) -> T) -> Result<T> {
        let mut s = self.disk.state();
        s.files
            .get_mut(&self.path)
            .map(f)
            .ok_or_else(|| ErrorKind::NotFound.into())
    }
}

impl DiskFile for Open {
    fn len(&self) -> Result<u64> {
        self.disk.call(&self.path, &Call::Read, 0).map_err(|e| e.0)?;
        self.with(|f| f.now.len() as u64)
    }

    fn read_at(&self, bytes: &mut [u8], offset: u64) -> Result<()> {
        self.disk.call(&self.path, &Call::Read, 0).map_err(|e| e.0)?;
        let start = offset as usize;
        self.with(|f| match f.now.get(start..start + bytes.len()) {
            Some(part) => {
                bytes.copy_from_slice(part);
                Ok(())
            }
            None => Err(ErrorKind::UnexpectedEof.into()),
        })?
    }

    fn write_at(&self, bytes: &[u8], offset: u64) -> Result<()> {
        let (failed, part) = match self.disk.call(&self.path, &Call::Write, bytes.len()) {
            Ok(()) => (None, bytes.len()),
            Err((e, part)) => (Some(e), part),
        };
        let start = offset as usize;
        self.with(|f| {
            if part > 0 {
                f.now.resize(f.now.len().max(start + part), 0);
                f.now[start..start + part].copy_from_slice(&bytes[..part]);
            }
        })?;
        failed.map_or(Ok(()), Err)
    }

    fn sync(&self) -> Result<()> {
        self.disk.call(&self.path, &Call::Sync, 0).map_err(|e| e.0)?;
        self.disk.alive()?;
        if self.disk.state().lying {
            return Ok(());
        }
        self.with(|f| f.durable.clone_from(&f.now))
    }

    fn set_len(&self, len: u64) -> Result<()> {
        self.disk.call(&self.path, &Call::Other, 0).map_err(|e| e.0)?;
        self.disk.alive()?;
        self.with(|f| f.now.resize(len as usize, 0))
    }
}
