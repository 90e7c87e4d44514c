//! What is materialised, in sled 0.34.7. Its `flush` is no fsync, it forgets or panics when it is damaged, and its
//! files grow; it is used for what can be made anew, opened under guard, and compared with the log by whoever owns it.

use super::guard::{caught, guarded};
use super::{Batch, Head, Materialised, StoreError};
use sled::transaction::{ConflictableTransactionError, TransactionError};
use sled::{Db, Transactional, Tree};
use std::convert::Infallible;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Bytes of cache, as pages are written; in memory they are three times as large. All records are read once, on opening,
/// and after that few pages at a time.
const CACHE: u64 = 1 << 20;
/// How long opening may take.
const PATIENCE: Duration = Duration::from_secs(30);
/// How long another handle of this process may take to let go.
const LETTING_GO: Duration = Duration::from_secs(2);

/// What is materialised, in sled.
pub struct SledState {
    folder: PathBuf,
    db: Db,
    records: Tree,
    index: Tree,
    head: Tree,
}

impl SledState {
    /// Opens, or makes, the database in a folder. A panic or a hang inside sled comes back as an error.
    ///
    /// # Errors
    /// It cannot be opened; nothing is said of whether its files are sound.
    pub fn open(folder: &Path) -> Result<Self, StoreError> {
        let folder = folder.to_path_buf();
        guarded(PATIENCE, move || Self::try_open(&folder))
            .unwrap_or_else(|why| Err(StoreError::Damaged(format!("the state cannot be opened: {why}"))))
    }

    fn try_open(folder: &Path) -> Result<Self, StoreError> {
        let begun = Instant::now();
        let db = loop {
            let config = sled::Config::new()
                .path(folder)
                .cache_capacity(CACHE)
                .flush_every_ms(None)
                .mode(sled::Mode::LowSpace);
            match config.open() {
                Err(sled::Error::Io(e))
                    if e.kind() == std::io::ErrorKind::WouldBlock || e.to_string().contains("lock") =>
                {
                    if begun.elapsed() > LETTING_GO {
                        return Err(fault("opening")(sled::Error::Io(e)));
                    }
                    std::thread::sleep(Duration::from_millis(10));
                }
                other => break other.map_err(fault("opening"))?,
            }
        };
        let tree = |name: &str| db.open_tree(name).map_err(fault("opening"));
        Ok(Self {
            folder: folder.to_path_buf(),
            records: tree("records")?,
            index: tree("index")?,
            head: tree("head")?,
            db,
        })
    }

    fn bytes<const N: usize>(&self, key: &str) -> Result<Option<[u8; N]>, StoreError> {
        match self.head.get(key).map_err(fault("reading"))? {
            None => Ok(None),
            Some(v) => Ok(Some(v.as_ref().try_into().map_err(|_| {
                StoreError::Damaged(format!("'{key}' has {} bytes, expected {N}", v.len()))
            })?)),
        }
    }
}

fn fault(what: &str) -> impl FnOnce(sled::Error) -> StoreError + use<'_> {
    move |e| match e {
        sled::Error::Io(source) => StoreError::Io {
            what: format!("{what} the state"),
            source,
        },
        other => StoreError::Damaged(format!("{what} the state: {other}")),
    }
}

/// `v`, the id, a zero byte, the sequence number.
fn version_key(id: &[u8], seq: u64) -> Vec<u8> {
    let mut key = version_prefix(id);
    key.extend_from_slice(&seq.to_be_bytes());
    key
}

fn version_prefix(id: &[u8]) -> Vec<u8> {
    [b"v", id, &[0]].concat()
}

fn commit_key(seq: u64) -> [u8; 9] {
    let mut key = [b'c'; 9];
    key[1..].copy_from_slice(&seq.to_be_bytes());
    key
}

impl SledState {
    fn raw_head(&self) -> Result<Option<Head>, StoreError> {
        Ok(self.bytes::<40>("head")?.map(|b| {
            let (mut seq, mut seal) = ([0; 8], [0; 32]);
            seq.copy_from_slice(&b[..8]);
            seal.copy_from_slice(&b[8..]);
            Head {
                seq: u64::from_be_bytes(seq),
                seal,
            }
        }))
    }

    fn raw_layout(&self) -> Result<u64, StoreError> {
        Ok(self.bytes::<8>("layout")?.map_or(0, u64::from_be_bytes))
    }

    fn raw_set_layout(&mut self, layout: u64) -> Result<(), StoreError> {
        self.head
            .insert("layout", &layout.to_be_bytes())
            .map_err(fault("writing"))?;
        Ok(())
    }

    fn raw_record(&self, id: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.records.get(id).map_err(fault("reading"))?.map(|v| v.to_vec()))
    }

    fn raw_scan(&self, each: &mut dyn FnMut(&[u8], &[u8])) -> Result<(), StoreError> {
        for row in &self.records {
            let (id, bytes) = row.map_err(fault("reading"))?;
            each(&id, &bytes);
        }
        Ok(())
    }

    fn raw_versions(&self, id: &[u8]) -> Result<Vec<(u64, Vec<u8>)>, StoreError> {
        self.index
            .scan_prefix(version_prefix(id))
            .map(|row| {
                let (key, bytes) = row.map_err(fault("reading"))?;
                let seq = key.last_chunk::<8>().map_or(0, |b| u64::from_be_bytes(*b));
                Ok((seq, bytes.to_vec()))
            })
            .collect()
    }

    fn raw_commit(&self, seq: u64) -> Result<Option<Vec<u8>>, StoreError> {
        let row = self.index.get(commit_key(seq)).map_err(fault("reading"))?;
        Ok(row.map(|v| v.to_vec()))
    }

    fn raw_count(&self) -> Result<(u64, u64), StoreError> {
        let mut n = (0, 0);
        for key in self.index.iter().keys() {
            match key.map_err(fault("reading"))?.first() {
                Some(b'v') => n.0 += 1,
                _ => n.1 += 1,
            }
        }
        Ok(n)
    }

    fn raw_apply(&mut self, batch: &Batch) -> Result<(), StoreError> {
        let done: Result<(), TransactionError<Infallible>> =
            (&self.records, &self.index, &self.head).transaction(|(records, index, head)| {
                for (id, bytes) in &batch.records {
                    match bytes {
                        Some(b) => records.insert(id.as_slice(), b.as_slice())?,
                        None => records.remove(id.as_slice())?,
                    };
                }
                for (id, seq, row) in &batch.versions {
                    index.insert(version_key(id, *seq), row.as_slice())?;
                }
                for (seq, row) in &batch.commits {
                    index.insert(&commit_key(*seq), row.as_slice())?;
                }
                if let Some(h) = &batch.head {
                    head.insert("head", [&h.seq.to_be_bytes()[..], &h.seal].concat())?;
                }
                Ok::<(), ConflictableTransactionError<Infallible>>(())
            });
        match done {
            Ok(()) => Ok(()),
            Err(TransactionError::Storage(e)) => Err(fault("writing")(e)),
            Err(TransactionError::Abort(never)) => match never {},
        }
    }

    fn raw_flush(&mut self, durable: bool) -> Result<(), StoreError> {
        self.db.flush().map_err(fault("flushing"))?;
        if durable {
            sync_all(&self.folder).map_err(StoreError::io("flushing the state"))?;
        }
        Ok(())
    }
}

/// sled panics where it should return: every call is caught.
fn safe<T>(f: impl FnOnce() -> Result<T, StoreError>) -> Result<T, StoreError> {
    caught(f).unwrap_or_else(|why| Err(StoreError::Damaged(format!("the state: {why}"))))
}

impl Materialised for SledState {
    fn head(&self) -> Result<Option<Head>, StoreError> {
        safe(|| self.raw_head())
    }

    fn layout(&self) -> Result<u64, StoreError> {
        safe(|| self.raw_layout())
    }

    fn set_layout(&mut self, layout: u64) -> Result<(), StoreError> {
        safe(|| self.raw_set_layout(layout))
    }

    fn record(&self, id: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        safe(|| self.raw_record(id))
    }

    fn scan(&self, each: &mut dyn FnMut(&[u8], &[u8])) -> Result<(), StoreError> {
        safe(|| self.raw_scan(each))
    }

    fn versions(&self, id: &[u8]) -> Result<Vec<(u64, Vec<u8>)>, StoreError> {
        safe(|| self.raw_versions(id))
    }

    fn commit(&self, seq: u64) -> Result<Option<Vec<u8>>, StoreError> {
        safe(|| self.raw_commit(seq))
    }

    fn count(&self) -> Result<(u64, u64), StoreError> {
        safe(|| self.raw_count())
    }

    fn apply(&mut self, batch: &Batch) -> Result<(), StoreError> {
        safe(|| self.raw_apply(batch))
    }

    fn flush(&mut self, durable: bool) -> Result<(), StoreError> {
        safe(|| self.raw_flush(durable))
    }
}

/// Makes all files of a folder durable, and their names.
fn sync_all(folder: &Path) -> std::io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            sync_all(&path)?;
        } else {
            fs::File::open(&path)?.sync_all()?;
        }
    }
    fs::File::open(folder)?.sync_all()
}
