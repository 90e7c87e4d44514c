//! `state/head`: the last commit that was acknowledged, in one small write in place. A second witness beside what is
//! materialised, for the day on which that cannot be read.

use super::disk::{Disk, DiskFile, For};
use super::{Head, StoreError};
use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The name of the file, beside the database.
pub const NAME: &str = "head";
/// Its size: less than a sector, so that it is written whole or not at all.
const SIZE: usize = 256;

/// The file, in one folder of a disk.
#[derive(Debug, Clone)]
pub struct Mark {
    disk: Arc<dyn Disk>,
    path: PathBuf,
}

/// What the file says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seen {
    /// It is not there, or empty.
    Nothing,
    /// This commit was acknowledged.
    Head(Head),
    /// It does not add up.
    Damaged,
}

impl Mark {
    /// The mark of a folder, which need not be there yet.
    pub fn new(disk: Arc<dyn Disk>, folder: &Path) -> Self {
        Self {
            disk,
            path: folder.join(NAME),
        }
    }

    /// Reads it.
    ///
    /// # Errors
    /// It is there and cannot be read.
    pub fn read(&self) -> Result<Seen, StoreError> {
        let failed = || StoreError::io(format!("reading {}", self.path.display()));
        let file = match self.disk.open(&self.path, For::Reading) {
            Ok(f) => f,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(Seen::Nothing),
            Err(e) => return Err(failed()(e)),
        };
        let len = file.len().map_err(failed())?;
        if len == 0 {
            return Ok(Seen::Nothing);
        }
        let mut bytes = vec![0; usize::try_from(len).unwrap_or(SIZE).min(SIZE)];
        file.read_at(&mut bytes, 0).map_err(failed())?;
        // A file that was lengthened but never written.
        if bytes.iter().all(|b| *b == 0) {
            return Ok(Seen::Nothing);
        }
        Ok(parse(&bytes)
            .filter(|_| len == SIZE as u64)
            .map_or(Seen::Damaged, Seen::Head))
    }

    /// Opens it for writing.
    ///
    /// # Errors
    /// It cannot be opened or made.
    pub fn writer(&self) -> Result<Box<dyn DiskFile>, StoreError> {
        self.disk
            .open(&self.path, For::Making)
            .map_err(StoreError::io(format!("writing {}", self.path.display())))
    }
}

/// The bytes of the file.
pub fn text(head: Head) -> Vec<u8> {
    let body = body(head);
    let mut bytes = format!("{body}sum {}\n", super::hex(&Sha256::digest(&body))).into_bytes();
    bytes.resize(SIZE - 1, b' ');
    bytes.push(b'\n');
    bytes
}

fn body(head: Head) -> String {
    format!("seq {}\nseal {}\n", head.seq, super::hex(&head.seal))
}

fn parse(bytes: &[u8]) -> Option<Head> {
    let content = std::str::from_utf8(bytes).ok()?;
    let mut lines = content.lines();
    let seq = lines.next()?.strip_prefix("seq ")?.parse().ok()?;
    let seal = super::unhex(lines.next()?.strip_prefix("seal ")?)?;
    let head = Head { seq, seal };
    (text(head) == bytes).then_some(head)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_reads_back_and_every_changed_bit_is_noticed() {
        let head = Head {
            seq: 1234,
            seal: [0xa5; 32],
        };
        let bytes = text(head);
        assert_eq!(bytes.len(), SIZE);
        assert_eq!(parse(&bytes), Some(head));
        for bit in 0..bytes.len() * 8 {
            let mut b = bytes.clone();
            b[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(parse(&b), None, "bit {bit}");
        }
    }
}
