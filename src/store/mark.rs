//! `state/head`: the last commit that was acknowledged, and the one up to which the database was made durable, in one
//! small write in place. A second witness beside what is materialised, for the day on which that cannot be read or has
//! forgotten something.

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

/// What is known of a store outside its log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Known {
    /// The last commit that was acknowledged.
    pub head: Head,
    /// The commit up to which what is materialised is durable; 0 if that was never so.
    pub flushed: u64,
}

/// What the file says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seen {
    /// It is not there, or empty.
    Nothing,
    /// This was acknowledged.
    Known(Known),
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
            .map_or(Seen::Damaged, Seen::Known))
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
pub fn text(known: Known) -> Vec<u8> {
    let body = format!(
        "seq {}\nseal {}\nflushed {}\n",
        known.head.seq,
        super::hex(&known.head.seal),
        known.flushed
    );
    let mut bytes = format!("{body}sum {}\n", super::hex(&Sha256::digest(&body))).into_bytes();
    bytes.resize(SIZE - 1, b' ');
    bytes.push(b'\n');
    bytes
}

fn parse(bytes: &[u8]) -> Option<Known> {
    let mut lines = std::str::from_utf8(bytes).ok()?.lines();
    let mut value = |name: &str| lines.next()?.strip_prefix(name)?.strip_prefix(' ');
    let seq = value("seq")?.parse().ok()?;
    let seal = super::unhex(value("seal")?)?;
    let flushed = value("flushed")?.parse().ok()?;
    let known = Known {
        head: Head { seq, seal },
        flushed,
    };
    (text(known) == bytes).then_some(known)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_reads_back_and_every_changed_bit_is_noticed() {
        let known = Known {
            head: Head {
                seq: 1234,
                seal: [0xa5; 32],
            },
            flushed: 1200,
        };
        let bytes = text(known);
        assert_eq!(bytes.len(), SIZE);
        assert_eq!(parse(&bytes), Some(known));
        for bit in 0..bytes.len() * 8 {
            let mut b = bytes.clone();
            b[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(parse(&b), None, "bit {bit}");
        }
    }
}
