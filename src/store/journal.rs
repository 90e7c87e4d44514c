//! The log in files: `journal/000001.jsonl`, `000002.jsonl`, ... A new one is begun when the last has reached 64 MiB;
//! a group never spans two. A position is the number of the file in the upper and the offset in the lower 32 bits.

use super::disk::{Disk, DiskFile, For};
use super::{Log, Piece, Position, SEAL_PREFIX, StoreError, no_room};
use memchr::memchr;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

/// A segment that has reached this many bytes is followed by a new one.
pub const ROLL: u64 = 64 << 20;
/// The longest group, in bytes.
pub const LONGEST: usize = 1 << 30;

/// The log in files.
pub struct Journal {
    disk: Arc<dyn Disk>,
    folder: PathBuf,
    roll: u64,
    /// Number and length of each segment, ascending.
    segments: Vec<(u32, u64)>,
    files: Mutex<BTreeMap<u32, Arc<dyn DiskFile>>>,
    write: bool,
    /// Why nothing more may be appended.
    dead: Option<String>,
}

/// The name of a segment.
pub fn name(number: u32) -> String {
    format!("{number:06}.jsonl")
}

/// The number of a segment by its name.
pub fn number(name: &str) -> Option<u32> {
    let digits = name.strip_suffix(".jsonl")?;
    let number = (digits.len() == 6).then(|| digits.parse().ok())?;
    number.filter(|n| *n > 0)
}

impl Journal {
    /// Opens the journal in a folder that is there.
    ///
    /// # Errors
    /// The folder or a segment cannot be read.
    pub fn open(disk: Arc<dyn Disk>, folder: &Path, write: bool) -> Result<Self, StoreError> {
        let names = disk
            .list(folder)
            .map_err(StoreError::io(format!("reading {}", folder.display())))?;
        let mut numbers: Vec<u32> = names.iter().filter_map(|n| number(n)).collect();
        numbers.sort_unstable();
        let mut journal = Self {
            disk,
            folder: folder.to_path_buf(),
            roll: ROLL,
            segments: Vec::new(),
            files: Mutex::default(),
            write,
            dead: None,
        };
        for n in numbers {
            let len = journal
                .file(n)
                .and_then(|f| f.len().map_err(StoreError::io(format!("reading journal/{}", name(n)))))?;
            journal.segments.push((n, len));
        }
        Ok(journal)
    }

    /// The segments up to a position: name, where it begins, and how many bytes of it.
    pub fn until(&self, end: Position) -> Vec<(String, Position, u64)> {
        let (last, offset) = parts(end);
        let upto = |(n, len): &(u32, u64)| match n.cmp(&last) {
            std::cmp::Ordering::Less => Some(*len),
            std::cmp::Ordering::Equal => Some(offset.min(*len)),
            std::cmp::Ordering::Greater => None,
        };
        let all = self.segments.iter();
        all.filter_map(|s| Some((name(s.0), position(s.0, 0), upto(s)?)))
            .collect()
    }

    /// With another limit at which a new segment is begun, in bytes.
    #[must_use]
    pub fn rolling_at(mut self, bytes: u64) -> Self {
        self.roll = bytes;
        self
    }

    fn file(&self, n: u32) -> Result<Arc<dyn DiskFile>, StoreError> {
        let mut files = self.files.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(f) = files.get(&n) {
            return Ok(Arc::clone(f));
        }
        let path = self.folder.join(name(n));
        let opened = self
            .disk
            .open(&path, if self.write { For::Writing } else { For::Reading })
            .map_err(StoreError::io(format!("opening {}", path.display())))?;
        let file: Arc<dyn DiskFile> = Arc::from(opened);
        files.insert(n, Arc::clone(&file));
        Ok(file)
    }

    fn read(&self, n: u32, offset: u64, len: u64) -> Result<Vec<u8>, StoreError> {
        let mut bytes = vec![0; usize::try_from(len).unwrap_or(usize::MAX)];
        self.file(n)?
            .read_at(&mut bytes, offset)
            .map_err(StoreError::io(format!(
                "reading journal/{} from byte {offset}",
                name(n)
            )))?;
        Ok(bytes)
    }

    /// Number and length of the segment that takes the next group; begins a new one if the last is full.
    fn last_segment(&mut self) -> std::io::Result<(u32, u64)> {
        let last = self.segments.last().copied();
        if let Some((n, len)) = last.filter(|(_, len)| *len < self.roll) {
            return Ok((n, len));
        }
        let n = last.map_or(1, |(n, _)| n + 1);
        let file: Arc<dyn DiskFile> = Arc::from(self.disk.open(&self.folder.join(name(n)), For::Making)?);
        file.set_len(0)?;
        file.sync()?;
        self.disk.sync_folder(&self.folder)?;
        self.files
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(n, file);
        self.segments.push((n, 0));
        Ok((n, 0))
    }

    fn give_up(&mut self, what: String) -> StoreError {
        self.dead = Some(what.clone());
        StoreError::Unknown(what)
    }
}

fn position(n: u32, offset: u64) -> Position {
    Position(u64::from(n) << 32 | offset)
}

fn parts(at: Position) -> (u32, u64) {
    ((at.0 >> 32) as u32, at.0 & 0xffff_ffff)
}

/// Cuts bytes into pieces; the last may not be whole.
pub(super) fn pieces(bytes: &[u8], base: Position, each: &mut dyn FnMut(Piece<'_>)) {
    let (mut start, mut rest) = (0, bytes);
    while !rest.is_empty() {
        let line = rest;
        let newline = memchr(b'\n', rest);
        rest = newline.map_or(&[], |n| &rest[n + 1..]);
        let end = bytes.len() - rest.len();
        if line.starts_with(SEAL_PREFIX) && newline.is_some() {
            each(Piece {
                at: Position(base.0 + start as u64),
                bytes: &bytes[start..end],
                whole: true,
            });
            start = end;
        }
    }
    if start < bytes.len() {
        each(Piece {
            at: Position(base.0 + start as u64),
            bytes: &bytes[start..],
            whole: false,
        });
    }
}

impl Log for Journal {
    fn append(&mut self, group: &[u8]) -> Result<Position, StoreError> {
        if let Some(why) = &self.dead {
            return Err(StoreError::Unknown(why.clone()));
        }
        if group.len() > LONGEST {
            return Err(StoreError::Full(format!(
                "the commit has {} bytes; the journal takes at most {LONGEST} in one",
                group.len()
            )));
        }
        let (n, len) = match self.last_segment() {
            Ok(s) => s,
            Err(e) if no_room(&e) => return Err(StoreError::Full(format!("no room for a new journal file: {e}"))),
            Err(e) => return Err(self.give_up(format!("a new journal file could not be begun: {e}"))),
        };
        let file = match self.file(n) {
            Ok(f) => f,
            Err(e) => return Err(self.give_up(e.to_string())),
        };
        if let Err(e) = file.write_at(group, len) {
            if no_room(&e) {
                return match file.set_len(len).and_then(|()| file.sync()) {
                    Ok(()) => Err(StoreError::Full(format!("no room in journal/{}: {e}", name(n)))),
                    Err(e2) => Err(self.give_up(format!(
                        "no room in journal/{}: {e}; what was begun could not be taken back: {e2}",
                        name(n)
                    ))),
                };
            }
            return Err(self.give_up(format!("writing journal/{} failed: {e}", name(n))));
        }
        if let Err(e) = file.sync() {
            return Err(self.give_up(format!("making journal/{} durable failed: {e}", name(n))));
        }
        if let Some(last) = self.segments.last_mut() {
            last.1 = len + group.len() as u64;
        }
        Ok(position(n, len))
    }

    fn size(&self) -> u64 {
        self.segments.iter().map(|s| s.1).sum()
    }

    fn scan(&self, from: Position, each: &mut dyn FnMut(Piece<'_>)) -> Result<(), StoreError> {
        let (first, offset) = parts(from);
        for (i, (n, len)) in self.segments.iter().enumerate() {
            if *n as usize != i + 1 {
                let missing = name(u32::try_from(i + 1).unwrap_or(u32::MAX));
                return Err(StoreError::Damaged(format!("journal/{missing} is missing")));
            }
            if *n < first {
                continue;
            }
            let start = if *n == first { offset.min(*len) } else { 0 };
            let bytes = self.read(*n, start, len - start)?;
            pieces(&bytes, position(*n, start), each);
        }
        Ok(())
    }

    fn read_at(&self, at: Position, len: usize) -> Result<Vec<u8>, StoreError> {
        let (n, offset) = parts(at);
        let end = offset + len as u64;
        match self.segments.iter().find(|s| s.0 == n) {
            Some((_, have)) if end <= *have => self.read(n, offset, len as u64),
            _ => Err(StoreError::Damaged(format!(
                "journal/{} does not reach to byte {end}",
                name(n)
            ))),
        }
    }

    fn place(&self, at: Position) -> String {
        // The start of the log is the start of its first segment.
        let (n, offset) = parts(at.max(position(1, 0)));
        let lines = self
            .read(n, 0, offset)
            .map(|b| b.iter().filter(|c| **c == b'\n').count() + 1);
        match lines {
            Ok(line) => format!("journal/{} line {line}", name(n)),
            Err(_) => format!("journal/{} byte {offset}", name(n)),
        }
    }

    fn set_aside(&mut self, at: Position, label: &str) -> Result<String, StoreError> {
        let (n, offset) = parts(at);
        let Some((_, len)) = self.segments.last().copied().filter(|(last, _)| *last == n) else {
            return Err(StoreError::Damaged(format!("journal/{} is not the last", name(n))));
        };
        let bytes = self.read(n, offset, len - offset)?;
        let taken = self
            .disk
            .list(&self.folder)
            .map_err(StoreError::io("reading journal/"))?;
        let aside = (1..=u32::MAX)
            .map(|i| format!("tail.{label}.{i}"))
            .find(|n| !taken.contains(n))
            .unwrap_or_default();
        let keep = || {
            let f = self.disk.open(&self.folder.join(&aside), For::Making)?;
            f.write_at(&bytes, 0)?;
            f.sync()?;
            self.disk.sync_folder(&self.folder)
        };
        keep().map_err(StoreError::io(format!("keeping journal/{aside}")))?;
        let file = self.file(n)?;
        if let Err(e) = file.set_len(offset).and_then(|()| file.sync()) {
            return Err(self.give_up(format!("cutting journal/{} failed: {e}", name(n))));
        }
        if let Some(last) = self.segments.last_mut() {
            last.1 = offset;
        }
        Ok(format!("journal/{aside}"))
    }
}
