//! Both ports in memory: for tests, for scratch copies, and under a ledger whose disk holds no state. A clone sees the
//! same bytes, so that a test can close and open again.

use super::journal::pieces;
use super::{Batch, Head, Log, Materialised, Piece, Position, StoreError};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// A log in memory. A position is an offset.
#[derive(Debug, Clone, Default)]
pub struct MemoryLog {
    bytes: Arc<Mutex<Vec<u8>>>,
}

impl MemoryLog {
    fn bytes(&self) -> MutexGuard<'_, Vec<u8>> {
        self.bytes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Log for MemoryLog {
    fn append(&mut self, group: &[u8]) -> Result<Position, StoreError> {
        let mut bytes = self.bytes();
        let at = Position(bytes.len() as u64);
        bytes.extend_from_slice(group);
        Ok(at)
    }

    fn size(&self) -> u64 {
        self.bytes().len() as u64
    }

    fn scan(&self, from: Position, each: &mut dyn FnMut(Piece<'_>)) -> Result<(), StoreError> {
        let bytes = self.bytes().clone();
        let start = usize::try_from(from.0).unwrap_or(usize::MAX).min(bytes.len());
        pieces(&bytes[start..], Position(start as u64), each);
        Ok(())
    }

    fn read_at(&self, at: Position, len: usize) -> Result<Vec<u8>, StoreError> {
        let start = usize::try_from(at.0).unwrap_or(usize::MAX);
        self.bytes()
            .get(start..start.saturating_add(len))
            .map(<[u8]>::to_vec)
            .ok_or_else(|| StoreError::Damaged(format!("the log does not reach to byte {}", start.saturating_add(len))))
    }

    fn place(&self, at: Position) -> String {
        let bytes = self.bytes();
        let end = usize::try_from(at.0).unwrap_or(usize::MAX).min(bytes.len());
        format!("line {}", bytes[..end].iter().filter(|c| **c == b'\n').count() + 1)
    }

    fn set_aside(&mut self, at: Position, label: &str) -> Result<String, StoreError> {
        self.bytes().truncate(usize::try_from(at.0).unwrap_or(usize::MAX));
        Ok(format!("nowhere ({label})"))
    }
}

#[derive(Debug, Default)]
struct Tables {
    layout: u64,
    head: Option<Head>,
    records: BTreeMap<Vec<u8>, Vec<u8>>,
    versions: BTreeMap<(Vec<u8>, u64), Vec<u8>>,
    commits: BTreeMap<u64, Vec<u8>>,
}

/// What is materialised, in memory.
#[derive(Debug, Clone, Default)]
pub struct MemoryState {
    tables: Arc<Mutex<Tables>>,
}

impl MemoryState {
    /// What a batch makes of nothing.
    pub fn of(batch: Batch) -> Self {
        let there = batch.records.into_iter().filter_map(|(id, bytes)| Some((id, bytes?)));
        let tables = Tables {
            layout: 0,
            head: batch.head,
            records: there.collect(),
            versions: batch
                .versions
                .into_iter()
                .map(|(id, seq, row)| ((id, seq), row))
                .collect(),
            commits: batch.commits.into_iter().collect(),
        };
        Self {
            tables: Arc::new(Mutex::new(tables)),
        }
    }

    fn tables(&self) -> MutexGuard<'_, Tables> {
        self.tables.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Materialised for MemoryState {
    fn is_kept(&self) -> bool {
        false
    }

    fn head(&self) -> Result<Option<Head>, StoreError> {
        Ok(self.tables().head)
    }

    fn layout(&self) -> Result<u64, StoreError> {
        Ok(self.tables().layout)
    }

    fn set_layout(&mut self, layout: u64) -> Result<(), StoreError> {
        self.tables().layout = layout;
        Ok(())
    }

    fn record(&self, id: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.tables().records.get(id).cloned())
    }

    fn scan(&self, each: &mut dyn FnMut(&[u8], &[u8])) -> Result<(), StoreError> {
        for (id, bytes) in &self.tables().records {
            each(id, bytes);
        }
        Ok(())
    }

    fn versions(&self, id: &[u8]) -> Result<Vec<(u64, Vec<u8>)>, StoreError> {
        Ok(self
            .tables()
            .versions
            .range((id.to_vec(), 0)..=(id.to_vec(), u64::MAX))
            .map(|((_, seq), row)| (*seq, row.clone()))
            .collect())
    }

    fn commit(&self, seq: u64) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.tables().commits.get(&seq).cloned())
    }

    fn count(&self) -> Result<(u64, u64), StoreError> {
        let t = self.tables();
        Ok((t.versions.len() as u64, t.commits.len() as u64))
    }

    fn apply(&mut self, batch: &Batch) -> Result<(), StoreError> {
        let mut t = self.tables();
        for (id, bytes) in &batch.records {
            match bytes {
                Some(b) => t.records.insert(id.clone(), b.clone()),
                None => t.records.remove(id),
            };
        }
        for (id, seq, row) in &batch.versions {
            t.versions.insert((id.clone(), *seq), row.clone());
        }
        for (seq, row) in &batch.commits {
            t.commits.insert(*seq, row.clone());
        }
        t.head = batch.head.or(t.head);
        Ok(())
    }

    fn flush(&mut self, _durable: bool) -> Result<(), StoreError> {
        Ok(())
    }
}
