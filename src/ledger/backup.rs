//! A store as one file, and back. A backup holds the journal up to the last sealed commit and every file that it names;
//! what is materialised follows from them. It takes no lock: the program goes on writing meanwhile.

use super::chain::{Chain, End};
use super::folder::{self, JOURNAL, OpenError, STATE, plain};
use super::kept::{self, AllNamed};
use super::open::describe;
use super::{Access, open};
use crate::model::kind::Catalogue;
use crate::store::archive::{self, Archive, ArchiveError, List, Member};
use crate::store::disk::{Disk, DiskFile, For, Real};
use crate::store::files::{self, FileError, Files, place_of};
use crate::store::journal::{self, Journal};
use crate::store::mark::{Mark, Seen};
use crate::store::{Head, Log, Position, StoreError, hex, lock, unhex};
use sha2::{Digest, Sha256};
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// How much of a journal is read at once.
const PIECE: usize = 256 << 10;
/// How often a journal is looked at again that was cut back while it was read.
const TRIES: usize = 3;

/// What was brought into a backup, or out of one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BackedUp {
    /// The last commit, with its seal.
    pub head: Head,
    /// How many kept files.
    pub files: usize,
    /// How many bytes the backup has.
    pub bytes: u64,
    /// Files that records name and that are missing or damaged in the store; each named.
    pub missing: Vec<String>,
}

/// Why there is no backup, or why one is not taken.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// The store cannot be opened or made.
    #[error("{0}")]
    Open(#[from] OpenError),
    /// The disk does not let us.
    #[error("{0}")]
    Store(#[from] StoreError),
    /// The journal or the backup is not what it should be.
    #[error("{0}")]
    Wrong(String),
}

impl From<ArchiveError> for BackupError {
    fn from(e: ArchiveError) -> Self {
        match e {
            ArchiveError::Store(e) => Self::Store(e),
            ArchiveError::Damaged(what) => Self::Wrong(what),
        }
    }
}

/// Writes the store in a folder into a file, which must not be there yet. When this returns, the file is durable and was
/// read back.
///
/// # Errors
/// There is no store, its journal is damaged, or the disk does not take the file; nothing is left of it then.
pub fn backup(store: &Path, file: &Path) -> Result<BackedUp, BackupError> {
    if !folder::is_store(store) {
        return Err(OpenError::NoStore(store.to_path_buf()).into());
    }
    lock::restrict();
    backup_on(Arc::new(Real), store, file)
}

/// The same on any disk.
///
/// # Errors
/// As [`backup`].
pub fn backup_on(disk: Arc<dyn Disk>, store: &Path, file: &Path) -> Result<BackedUp, BackupError> {
    let (log, chain, named) = sealed(&disk, store)?;
    let (Some(id), head) = (
        chain.store,
        Head {
            seq: chain.seq,
            seal: chain.seal,
        },
    ) else {
        return Err(BackupError::Wrong("nothing was committed to this store yet".into()));
    };
    let parts = log.until(chain.end);
    let mut members = Vec::new();
    for (name, at, len) in &parts {
        let mut hasher = Sha256::new();
        copy(&log, *at, *len, &mut |bytes| {
            hasher.update(bytes);
            Ok(())
        })?;
        let (name, sha256) = (format!("{JOURNAL}/{name}"), hex(&hasher.finalize()));
        members.push(Member {
            name,
            size: *len,
            sha256,
        });
    }
    let kept = Files::new(Arc::clone(&disk), store);
    let mut named: Vec<_> = named.into_iter().collect();
    named.sort_by_key(|(hash, _)| *hash);
    let (mut missing, mut files) = (Vec::new(), Vec::new());
    for (hash, about) in &named {
        match kept.read(hash, &mut io::sink()) {
            Ok(size) => {
                files.push(*hash);
                let name = place_of(Path::new(files::FOLDER), hash).display().to_string();
                members.push(Member {
                    name,
                    size,
                    sha256: hex(hash),
                });
            }
            Err(e) => missing.push(format!("{} {e}", about.what)),
        }
    }
    let list = List::new(&id, head, members);
    let (mut journals, mut hashes) = (parts.iter(), files.iter());
    let bytes = archive::write(&disk, file, &list, &mut |member, out| {
        let failed = || StoreError::io(format!("writing {}", file.display()));
        match journals.next() {
            Some((_, at, len)) => copy(&log, *at, *len, &mut |bytes| out.write_all(bytes).map_err(failed())),
            None => match hashes.next().map(|hash| kept.read(hash, out)) {
                Some(Err(FileError::Target(e))) => Err(failed()(e)),
                Some(Err(e)) => Err(StoreError::Damaged(format!("{}: {e}", member.name))),
                _ => Ok(()),
            },
        }
    })?;
    Ok(BackedUp {
        head,
        files: files.len(),
        bytes,
        missing,
    })
}

/// The journal as far as it is sealed, and every file that it names.
fn sealed(disk: &Arc<dyn Disk>, store: &Path) -> Result<(Journal, Chain, AllNamed), BackupError> {
    let mut tries = TRIES;
    loop {
        // Before the journal is read: what is acknowledged meanwhile must not look like a loss.
        let marked = Mark::new(Arc::clone(disk), &store.join(STATE)).read();
        let log = Journal::open(Arc::clone(disk), &store.join(JOURNAL), false)?;
        let (mut chain, mut named) = (Chain::default(), AllNamed::new());
        let end = chain.walk(&log, &mut |_, group| kept::collect(&group, &mut named));
        let what = match (end, marked) {
            (End::Bad(bad), _) => format!("the journal is damaged: {}", describe(&log, &bad)),
            (_, Ok(Seen::Known(known))) if known.head.seq > chain.seq => format!(
                "acknowledged commits are gone: state/head knows commit {}, the journal ends with commit {}",
                known.head.seq, chain.seq
            ),
            _ => return Ok((log, chain, named)),
        };
        // A writer that has no room cuts off what it began: who read just then must look again.
        tries -= 1;
        if tries == 0 {
            return Err(BackupError::Wrong(what));
        }
    }
}

/// Hands out a part of a journal.
fn copy(
    log: &Journal,
    at: Position,
    len: u64,
    each: &mut dyn FnMut(&[u8]) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    let mut done = 0;
    while done < len {
        let n = usize::try_from(len - done).unwrap_or(PIECE).min(PIECE);
        each(&log.read_at(Position(at.0 + done), n)?)?;
        done += n as u64;
    }
    Ok(())
}

/// Makes the store of a backup in a folder that is empty or not there. Every byte is verified before the first one is
/// written, and the whole journal again before the folder gets its name.
///
/// # Errors
/// The folder is taken, the backup is not what was written, or the disk does not let us; the folder is as it was then.
pub fn restore(file: &Path, store: &Path, catalogue: Arc<Catalogue>) -> Result<BackedUp, BackupError> {
    lock::restrict();
    let disk: Arc<dyn Disk> = Arc::new(Real);
    let archive = Archive::open(&disk, file)?;
    let list = &archive.list;
    belongs(&list.members).map_err(|what| BackupError::Wrong(format!("{}: {what}", file.display())))?;
    if fs::read_dir(store).is_ok_and(|mut d| d.next().is_some()) {
        return Err(OpenError::Taken(store.to_path_buf()).into());
    }
    archive.check()?;
    let failed = |e: io::Error| BackupError::Wrong(format!("making {}: {}", store.display(), plain(&e)));
    let above = match store.parent() {
        Some(p) if !p.as_os_str().is_empty() => p,
        _ => Path::new("."),
    };
    fs::create_dir_all(above).map_err(failed)?;
    let staging = tempfile::Builder::new()
        .prefix(".isms-restore-")
        .tempdir_in(above)
        .map_err(failed)?;
    unpack(&disk, &archive, staging.path())?;
    let (log, chain, named) = sealed(&disk, staging.path())?;
    let is = (chain.store.map(|s| hex(&s)), chain.seq, hex(&chain.seal));
    if is != (Some(list.store.clone()), list.seq, list.seal.clone())
        || log.until(chain.end) != log.until(Position(u64::MAX))
    {
        let what = format!("its journal ends with commit {}, its list says {}", chain.seq, list.seq);
        return Err(BackupError::Wrong(format!("{}: {what}", file.display())));
    }
    let there = |hash: &files::Hash| list.members.iter().any(|m| m.sha256 == hex(hash));
    let mut missing: Vec<String> = named
        .iter()
        .filter(|(hash, _)| !there(hash))
        .map(|(_, n)| format!("{} is not in the backup", n.what))
        .collect();
    missing.sort();
    // An empty folder gives way; anything else does not.
    fs::rename(staging.path(), store).map_err(failed)?;
    let _ = staging.keep();
    disk.sync_folder(above).map_err(failed)?;
    // What is materialised follows now, so that the first start does not wait for it.
    open(store, Access::Write, catalogue)?.close();
    let size = fs::metadata(file).map_or(0, |m| m.len());
    let files = list.members.iter().filter(|m| !m.name.starts_with(JOURNAL)).count();
    let head = Head {
        seq: chain.seq,
        seal: chain.seal,
    };
    Ok(BackedUp {
        head,
        files,
        bytes: size,
        missing,
    })
}

/// Whether every member is a segment of the journal, without a gap, or a kept file under its own hash.
fn belongs(members: &[Member]) -> Result<(), String> {
    let mut segments = 0;
    for m in members {
        let strange = || Err(format!("'{}' is no part of a store; nothing was unpacked", m.name));
        let Some((above, name)) = m.name.split_once('/') else {
            return strange();
        };
        match above {
            JOURNAL if journal::number(name) == Some(segments + 1) && journal::name(segments + 1) == name => {
                segments += 1
            }
            files::FOLDER => {
                let hash = unhex(&m.sha256).unwrap_or_default();
                if place_of(Path::new(files::FOLDER), &hash).to_str() != Some(m.name.as_str()) {
                    return strange();
                }
                if m.size > files::LIMIT {
                    return Err(format!(
                        "'{}' has {} bytes; the limit is {}",
                        m.name,
                        m.size,
                        files::LIMIT
                    ));
                }
            }
            _ => return strange(),
        }
    }
    match segments {
        0 => Err("there is no journal in it".into()),
        _ => Ok(()),
    }
}

/// A file that is written from front to back and brought to the disk at its end.
struct Target {
    file: Box<dyn DiskFile>,
    at: u64,
}

impl Write for Target {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write_at(bytes, self.at)?;
        self.at += bytes.len() as u64;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.sync()
    }
}

/// Writes the members into a folder.
fn unpack(disk: &Arc<dyn Disk>, archive: &Archive, to: &Path) -> Result<(), BackupError> {
    let mut folders: Vec<PathBuf> = vec![to.to_path_buf()];
    archive.each(&mut |member| {
        let path = to.join(&member.name);
        let failed = || StoreError::io(format!("writing {}", path.display()));
        let above: Vec<&Path> = path.ancestors().skip(1).take_while(|a| *a != to).collect();
        for folder in above.into_iter().rev().filter(|f| f.starts_with(to)) {
            if !folders.iter().any(|f| f == folder) {
                disk.make_folder(folder).map_err(failed())?;
                folders.push(folder.to_path_buf());
            }
        }
        let file = disk.open(&path, For::Making).map_err(failed())?;
        Ok(Box::new(Target { file, at: 0 }))
    })?;
    for folder in folders.iter().rev() {
        let failed = StoreError::io(format!("writing {}", folder.display()));
        disk.sync_folder(folder).map_err(failed)?;
    }
    Ok(())
}
