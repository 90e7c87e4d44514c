//! The end of a journal at a glance: which segment is the last, how long it is, and its last bytes, in which the digest
//! of all records stands. Two equal tips are the same records; nothing is walked through or checked.

use super::folder::JOURNAL;
use super::format::{Hash, sha256};
use crate::store::journal;
use std::fs::{self, File};
use std::os::unix::fs::FileExt;
use std::path::Path;

/// So many of the last bytes are looked at: the roots of entries and records, and more.
const LAST: u64 = 512;

/// The end of a journal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tip {
    /// The number of the last segment.
    pub segment: u32,
    /// Its length in bytes.
    pub length: u64,
    /// SHA-256 of its last bytes.
    pub last: Hash,
}

impl Tip {
    /// As bytes, always as many.
    pub fn bytes(&self) -> [u8; 44] {
        let mut bytes = [0; 44];
        bytes[..4].copy_from_slice(&self.segment.to_be_bytes());
        bytes[4..12].copy_from_slice(&self.length.to_be_bytes());
        bytes[12..].copy_from_slice(&self.last);
        bytes
    }
}

/// Looks at the end of the journal of a store; `None` if there is none, or it cannot be read.
pub fn tip(folder: &Path) -> Option<Tip> {
    let journal = folder.join(JOURNAL);
    let names = fs::read_dir(&journal).ok()?.flatten();
    let numbers = names.filter_map(|e| journal::number(e.file_name().to_str()?));
    let segment = numbers.max()?;
    let file = File::open(journal.join(journal::name(segment))).ok()?;
    let length = file.metadata().ok()?.len();
    let from = length.saturating_sub(LAST);
    let mut bytes = vec![0; usize::try_from(length - from).ok()?];
    file.read_exact_at(&mut bytes, from).ok()?;
    Some(Tip {
        segment,
        length,
        last: sha256(&bytes),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tip_tells_every_longer_and_every_other_journal_apart() {
        let store = tempfile::tempdir().unwrap();
        assert_eq!(tip(store.path()), None);
        let journal = store.path().join(JOURNAL);
        fs::create_dir(&journal).unwrap();
        assert_eq!(tip(store.path()), None, "no segment yet");
        let write = |name: &str, text: &str| {
            fs::write(journal.join(name), text).unwrap();
            tip(store.path()).unwrap()
        };
        let one = write("000001.jsonl", "one\n");
        assert_eq!(tip(store.path()), Some(one));
        let same_length = write("000001.jsonl", "two\n");
        let longer = write("000001.jsonl", "two\nthree\n");
        let rolled = write("000002.jsonl", "");
        let all = [one, same_length, longer, rolled];
        for (i, a) in all.iter().enumerate() {
            assert!(all.iter().skip(i + 1).all(|b| a != b), "{all:?}");
        }
        write("tail.3.1", "begun");
        assert_eq!(
            tip(store.path()),
            Some(rolled),
            "what was set aside is not of the journal"
        );
    }
}
