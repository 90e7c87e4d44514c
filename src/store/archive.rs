//! A backup as one file: a plain tar that any tool can list and unpack, whose first member says of each further one its
//! name, size and SHA-256. It is read strictly: every byte that is not in a member must be as this program writes it,
//! so nothing can hide in it and nothing can be missing.

use super::disk::{Disk, DiskFile, For};
use super::{StoreError, hex, unhex};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use std::io::{self, Write};
use std::path::Path;
use std::sync::Arc;

/// The name of the first member.
pub const LIST: &str = "backup.json";
/// What it says first.
const FORMAT: &str = "isms backup 1";
/// The most bytes that the list may have.
const LIST_LIMIT: u64 = 64 << 20;
/// The most bytes that a member may have: what eleven octal digits hold.
const MEMBER_LIMIT: u64 = (1 << 33) - 1;
/// A block of a tar.
const BLOCK: usize = 512;
/// How much is read or written at once.
const PIECE: usize = 256 << 10;

/// One file in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Member {
    /// Its path in the store, with `/`.
    pub name: String,
    /// Its size in bytes.
    pub size: u64,
    /// The SHA-256 of its bytes, in hexadecimal digits.
    pub sha256: String,
}

/// What is in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct List {
    format: String,
    /// The store, as hexadecimal digits.
    pub store: String,
    /// The last commit.
    pub seq: u64,
    /// Its seal, as hexadecimal digits.
    pub seal: String,
    /// The files, each once, in the order in which they stand.
    pub members: Vec<Member>,
}

/// Why a backup was not written or is not taken.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// The disk did not let us.
    #[error("{0}")]
    Store(#[from] StoreError),
    /// It is not as it was written; nothing of it is used.
    #[error("{0}")]
    Damaged(String),
}

type Done<T> = Result<T, ArchiveError>;
/// Where the bytes of a member go.
type Sink<'a> = Result<Box<dyn Write + 'a>, StoreError>;

fn damaged<T>(what: impl Into<String>) -> Done<T> {
    Err(ArchiveError::Damaged(what.into()))
}

impl List {
    /// A list for a backup up to this commit.
    pub fn new(store: &[u8; 16], head: super::Head, members: Vec<Member>) -> Self {
        Self {
            format: FORMAT.to_string(),
            store: hex(store),
            seq: head.seq,
            seal: hex(&head.seal),
            members,
        }
    }

    fn text(&self) -> Done<Vec<u8>> {
        let mut text = serde_json::to_vec_pretty(self).or_else(|e| damaged(e.to_string()))?;
        text.push(b'\n');
        Ok(text)
    }
}

/// The header of a member as this program writes it: a file of nobody, without a time.
fn header(name: &str, size: u64) -> Done<[u8; BLOCK]> {
    if name.is_empty() || name.len() > 99 || size > MEMBER_LIMIT {
        return damaged(format!("'{name}' with {size} bytes is more than a backup can name"));
    }
    let mut h = [0; BLOCK];
    let mut put = |at: usize, text: &[u8]| h[at..at + text.len()].copy_from_slice(text);
    put(0, name.as_bytes());
    put(100, b"0000600\0");
    put(108, b"0000000\0");
    put(116, b"0000000\0");
    put(124, format!("{size:011o}\0").as_bytes());
    put(136, b"00000000000\0");
    put(148, b"        ");
    put(156, b"0");
    put(257, b"ustar\x0000");
    put(329, b"0000000\0");
    put(337, b"0000000\0");
    let sum: u32 = h.iter().map(|b| u32::from(*b)).sum();
    h[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    Ok(h)
}

/// How many zeros stand behind so many bytes.
fn padding(size: u64) -> usize {
    let over = (size % BLOCK as u64) as usize;
    (BLOCK - over) % BLOCK
}

/// A file that is written from front to back, in large pieces.
struct Out<'a> {
    file: &'a dyn DiskFile,
    at: u64,
    piece: Vec<u8>,
}

impl Write for Out<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.piece.extend_from_slice(bytes);
        if self.piece.len() >= PIECE {
            self.flush()?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.write_at(&self.piece, self.at)?;
        self.at += self.piece.len() as u64;
        self.piece.clear();
        Ok(())
    }
}

/// What passes through is hashed and counted.
struct Counted<'a> {
    to: &'a mut dyn Write,
    hasher: Sha256,
    size: u64,
}

impl Write for Counted<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.to.write_all(bytes)?;
        self.hasher.update(bytes);
        self.size += bytes.len() as u64;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}

/// Writes a backup under a name beside its own, brings it to the disk, reads it back whole, and only then gives it its
/// name, which must be free. `each` writes the bytes of a member.
///
/// # Errors
/// The disk does not take it, a member is not what the list says, or what was written does not read back. Nothing is
/// left of it then, as far as the disk lets us.
pub fn write(
    disk: &Arc<dyn Disk>,
    path: &Path,
    list: &List,
    each: &mut dyn FnMut(&Member, &mut dyn Write) -> Result<(), StoreError>,
) -> Done<u64> {
    let name = path.display();
    if disk.open(path, For::Reading).is_ok() {
        return damaged(format!("{name} is there already; name a file that is not"));
    }
    let mut part = path.file_name().unwrap_or_default().to_os_string();
    part.push(".part");
    let part = path.with_file_name(part);
    let done = fill(disk, &part, list, each).and_then(|size| {
        Archive::open(disk, &part)?.check()?;
        let failed = || StoreError::io(format!("writing {name}"));
        disk.rename(&part, path).map_err(failed())?;
        let above = path
            .parent()
            .filter(|p| !p.as_os_str().is_empty())
            .unwrap_or(Path::new("."));
        disk.sync_folder(above).map_err(failed())?;
        Ok(size)
    });
    if done.is_err() {
        let _ = disk.remove(&part);
    }
    done
}

fn fill(
    disk: &Arc<dyn Disk>,
    part: &Path,
    list: &List,
    each: &mut dyn FnMut(&Member, &mut dyn Write) -> Result<(), StoreError>,
) -> Done<u64> {
    let failed = || StoreError::io(format!("writing {}", part.display()));
    let file = disk.open(part, For::Making).map_err(failed())?;
    file.set_len(0).map_err(failed())?;
    let piece = Vec::with_capacity(2 * PIECE);
    let mut out = Out {
        file: file.as_ref(),
        at: 0,
        piece,
    };
    let text = list.text()?;
    let write = |out: &mut Out, bytes: &[u8]| out.write_all(bytes).map_err(failed());
    write(&mut out, &header(LIST, text.len() as u64)?)?;
    write(&mut out, &text)?;
    write(&mut out, &[0; BLOCK][..padding(text.len() as u64)])?;
    for m in &list.members {
        write(&mut out, &header(&m.name, m.size)?)?;
        let mut counted = Counted {
            to: &mut out,
            hasher: Sha256::new(),
            size: 0,
        };
        each(m, &mut counted)?;
        if counted.size != m.size || hex(&counted.hasher.finalize()) != m.sha256 {
            return damaged(format!("{} changed while it was read; try again", m.name));
        }
        write(&mut out, &[0; BLOCK][..padding(m.size)])?;
    }
    write(&mut out, &[0; 2 * BLOCK])?;
    out.flush().map_err(failed())?;
    let size = out.at;
    file.sync().map_err(failed())?;
    Ok(size)
}

/// A backup that is read.
pub struct Archive {
    file: Box<dyn DiskFile>,
    name: String,
    /// What is in it.
    pub list: List,
    /// Where the header of the first member behind the list stands.
    first: u64,
}

impl Archive {
    /// Opens a backup: its list, and whether it has the size that the list asks for.
    ///
    /// # Errors
    /// It cannot be read, is no backup, was cut short or lengthened, or names something twice.
    pub fn open(disk: &Arc<dyn Disk>, path: &Path) -> Done<Self> {
        let name = path.display().to_string();
        let failed = || StoreError::io(format!("reading {name}"));
        let file = disk.open(path, For::Reading).map_err(failed())?;
        let len = file.len().map_err(failed())?;
        let strange = || damaged(format!("{name} is no backup that 'isms backup' wrote"));
        let mut head = [0; BLOCK];
        if len < BLOCK as u64 || file.read_at(&mut head, 0).is_err() {
            return strange();
        }
        let digits = std::str::from_utf8(&head[124..135]).unwrap_or("");
        let size = match u64::from_str_radix(digits, 8) {
            Ok(n) if n <= LIST_LIMIT && head == header(LIST, n)? => n,
            _ => return strange(),
        };
        let first = BLOCK as u64 + size + padding(size) as u64;
        if first > len {
            return damaged(format!("{name} was cut short within its list"));
        }
        let mut text = vec![0; usize::try_from(size).unwrap_or(0)];
        file.read_at(&mut text, BLOCK as u64).map_err(failed())?;
        let list: List = match serde_json::from_slice(&text) {
            Ok(list) => list,
            Err(e) => return damaged(format!("the list of {name} cannot be read: {e}")),
        };
        if list.format != FORMAT {
            return damaged(format!("{name} says '{}'; this program reads '{FORMAT}'", list.format));
        }
        let mut names = BTreeSet::new();
        let mut end = first + 2 * BLOCK as u64;
        for m in &list.members {
            if !names.insert(m.name.as_str()) {
                return damaged(format!("{name} names '{}' twice", m.name));
            }
            header(&m.name, m.size)?;
            if unhex::<32>(&m.sha256).is_none() {
                return damaged(format!("the SHA-256 of '{}' cannot be read", m.name));
            }
            end = end.saturating_add(BLOCK as u64 + m.size + padding(m.size) as u64);
        }
        if len < end {
            return damaged(format!("{name} was cut short: it has {len} bytes of {end}"));
        }
        if len > end {
            return damaged(format!("{name} has {} bytes more than its list names", len - end));
        }
        let archive = Self {
            file,
            name,
            list,
            first,
        };
        archive.same(&vec![0; padding(size)], "behind its list", BLOCK as u64 + size)?;
        Ok(archive)
    }

    /// Whether these bytes stand at a place.
    fn same(&self, want: &[u8], what: &str, at: u64) -> Done<()> {
        let mut have = vec![0; want.len()];
        let failed = || StoreError::io(format!("reading {}", self.name));
        self.file.read_at(&mut have, at).map_err(failed())?;
        if have == want {
            return Ok(());
        }
        damaged(format!("{} is damaged {what}", self.name))
    }

    /// Reads every byte.
    ///
    /// # Errors
    /// The first member that is not what the list says.
    pub fn check(&self) -> Done<()> {
        self.each(&mut |_| Ok(Box::new(io::sink())))
    }

    /// Hands out every member, in order, to where `to` says; what was written is right only if this returns without an
    /// error.
    ///
    /// # Errors
    /// The first member that is not what the list says, or that cannot be written.
    pub fn each<'a>(&self, to: &mut dyn FnMut(&Member) -> Sink<'a>) -> Done<()> {
        let mut at = self.first;
        let mut piece = vec![0; PIECE];
        for m in &self.list.members {
            self.same(&header(&m.name, m.size)?, &format!("before '{}'", m.name), at)?;
            at += BLOCK as u64;
            let mut target = to(m)?;
            let mut hasher = Sha256::new();
            let mut left = m.size;
            while left > 0 {
                let n = usize::try_from(left).unwrap_or(PIECE).min(PIECE);
                let failed = |what: &str| StoreError::io(format!("{what} '{}' of {}", m.name, self.name));
                self.file.read_at(&mut piece[..n], at).map_err(failed("reading"))?;
                hasher.update(&piece[..n]);
                target.write_all(&piece[..n]).map_err(failed("writing"))?;
                at += n as u64;
                left -= n as u64;
            }
            target
                .flush()
                .map_err(StoreError::io(format!("writing '{}' of {}", m.name, self.name)))?;
            if hex(&hasher.finalize()) != m.sha256 {
                return damaged(format!(
                    "'{}' in {} has another SHA-256 than its list says",
                    m.name, self.name
                ));
            }
            self.same(&vec![0; padding(m.size)], &format!("behind '{}'", m.name), at)?;
            at += padding(m.size) as u64;
        }
        self.same(&[0; 2 * BLOCK], "at its end", at)
    }
}
