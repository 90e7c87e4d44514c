//! The files that records name: kept before the commit that names them, so that who reads an acknowledged record finds
//! its bytes.

use super::Ledger;
use crate::model::change::{Changed, Problem, Refusal};
use crate::model::record::Record;
use crate::model::value::FileRef;
use crate::store::files::{FileError, Files};
use std::io::{Read, Write};

impl Ledger {
    /// Keeps its files elsewhere; tests put a simulated disk underneath.
    #[must_use]
    pub fn with_files(mut self, files: Files) -> Self {
        self.files = files;
        self
    }

    /// The files, to be read.
    pub fn files(&self) -> &Files {
        &self.files
    }

    /// Keeps the bytes of a source, up to [`crate::store::files::LIMIT`], and returns what a record names them by. When
    /// this returns, they are durable; nothing names them yet.
    ///
    /// # Errors
    /// The ledger takes nothing, the source cannot be read or is too large, or the disk does not take it.
    pub fn keep(&self, name: &str, source: &mut dyn Read) -> Result<FileRef, FileError> {
        if !self.standing.writable {
            return Err(FileError::ReadOnly(self.standing.why.clone().unwrap_or_default()));
        }
        let kept = self.files.keep(source)?;
        Ok(FileRef {
            name: name.to_string(),
            sha256: kept.sha256,
            size: kept.size,
        })
    }

    /// Hands out the bytes of a file; what was written is right only when this returns without an error.
    ///
    /// # Errors
    /// It is not there, cannot be read or written, or is not what was kept.
    pub fn read_file(&self, file: &FileRef, target: &mut dyn Write) -> Result<u64, FileError> {
        self.files.read(&file.sha256, target)
    }

    /// Whether a file is there, by its name and size; its bytes are not read.
    pub fn has_file(&self, file: &FileRef) -> bool {
        self.files.size(&file.sha256) == Some(file.size)
    }

    /// Refuses what would name a file whose bytes are not here.
    pub(super) fn files_of(&self, changes: &[Changed]) -> Result<(), Refusal> {
        let mut problems = Vec::new();
        for (edit, c) in changes.iter().enumerate() {
            for (tag, value) in &c.after.values {
                if c.before.as_ref().and_then(|b| b.get(*tag)) == Some(value) {
                    continue;
                }
                let missing = value.files().find(|f| !self.has_file(f));
                problems.extend(missing.map(|f| Problem {
                    edit,
                    id: Some(c.id.clone()),
                    field: Some(*tag),
                    rule: "file".into(),
                    message: format!(
                        "the bytes of '{}' are not in this store: name the file itself, as @PATH, so that they come along",
                        f.name
                    ),
                }));
            }
        }
        if problems.is_empty() {
            Ok(())
        } else {
            Err(Refusal::Problems(problems))
        }
    }
}

/// All files that a record names.
pub fn files_of(record: &Record) -> impl Iterator<Item = &FileRef> {
    record.values.iter().flat_map(|(_, v)| v.files())
}
