//! Files from outside into the store, and out of it again.

use super::Session;
use crate::error::{Error, Result};
use crate::ledger::Ledger;
use crate::model::value::FileRef;
use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};

impl Session {
    /// Keeps the bytes of a file; the record that names it is committed afterwards.
    ///
    /// # Errors
    /// It is no file, cannot be read, is too large, or the store does not take it: it is named.
    pub fn keep(&self, path: &Path) -> Result<FileRef> {
        keep(&self.ledger, path)
    }

    /// Writes a kept file to a new file, which is there only if its bytes are those that were kept.
    ///
    /// # Errors
    /// There is something under that name, it cannot be written, or the kept file is missing or damaged.
    pub fn take_out(&self, file: &FileRef, to: &Path) -> Result<()> {
        let failed = |why: String| Error::failed(format!("{} {why}", to.display()));
        if to.symlink_metadata().is_ok() {
            return Err(failed("is there already; nothing was written".into()).hint("name another with --out"));
        }
        let above = to
            .parent()
            .filter(|p| !p.as_os_str().is_empty())
            .map_or_else(|| PathBuf::from("."), Path::to_path_buf);
        let begun = tempfile::NamedTempFile::new_in(above).map_err(|e| failed(format!("cannot be written: {e}")))?;
        let mut out = std::io::BufWriter::new(begun.as_file());
        self.ledger.read_file(file, &mut out).map_err(|e| named(file, &e))?;
        out.flush().map_err(|e| failed(format!("cannot be written: {e}")))?;
        drop(out);
        begun
            .persist_noclobber(to)
            .map_err(|e| failed(format!("cannot be written: {}", e.error)))?;
        Ok(())
    }
}

/// What happened to a kept file.
pub fn named(file: &FileRef, e: &impl std::fmt::Display) -> Error {
    Error::failed(format!("'{}' {e}", file.name))
}

/// Keeps the bytes of a file in a ledger.
///
/// # Errors
/// As [`Session::keep`].
pub fn keep(ledger: &Ledger, path: &Path) -> Result<FileRef> {
    let failed = |why: String| Error::failed(format!("{} {why}", path.display()));
    // A pipe would be waited for without end.
    match std::fs::metadata(path) {
        Ok(m) if m.is_file() => {}
        Ok(m) if m.is_dir() => return Err(failed("is a folder; name the file in it".into())),
        Ok(_) => return Err(failed("is no file".into())),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Err(failed("is not there".into())),
        Err(e) => return Err(failed(format!("cannot be read: {e}"))),
    }
    let mut source = File::open(path).map_err(|e| failed(format!("cannot be read: {e}")))?;
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    ledger.keep(&name, &mut source).map_err(|e| failed(e.to_string()))
}
