//! The kept files of an exported folder: written from a store, and brought into one.

use super::super::Error;
use super::{Exported, Records};
use crate::ledger::{Ledger, files_of};
use crate::model::value::FileRef;
use crate::model::world::World;
use crate::store::files::{self, FileError, Files, place_of};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// Writes the files that the records name into `files/` of a folder.
pub(super) fn export(w: &World, kept: &Files, folder: &Path) -> Result<Exported, Error> {
    let mut done = Exported::default();
    let records = (0..w.catalogue.kinds.len()).flat_map(|ix| w.state.all(ix));
    let mut named: BTreeMap<files::Hash, (String, &FileRef)> = BTreeMap::new();
    for r in records {
        for f in files_of(r) {
            named.entry(f.sha256).or_insert_with(|| (r.id.to_string(), f));
        }
    }
    for (hash, (id, file)) in named {
        let path = place_of(&folder.join(files::FOLDER), &hash);
        let failed = |e: std::io::Error| Error::file(&path.display().to_string(), format!("cannot be written: {e}"));
        if let Some(above) = path.parent() {
            fs::create_dir_all(above).map_err(failed)?;
        }
        let mut target = fs::File::create(&path).map_err(failed)?;
        match kept.read(&hash, &mut target) {
            Ok(_) => done.files += 1,
            Err(FileError::Target(e)) => return Err(failed(e)),
            Err(e) => {
                // Half a file would be worse than none.
                fs::remove_file(&path).map_err(failed)?;
                done.missing.push(format!("'{}' of {id} {e}", file.name));
            }
        }
    }
    Ok(done)
}

impl Records {
    /// The files that the records name, each once.
    fn files(&self) -> BTreeMap<files::Hash, &FileRef> {
        self.all
            .iter()
            .flat_map(|(_, r)| files_of(r))
            .map(|f| (f.sha256, f))
            .collect()
    }

    /// Whether all files are there and are those that were written.
    pub(super) fn check_files(&self) -> Result<(), Error> {
        let there = Files::new(std::sync::Arc::new(crate::store::disk::Real), &self.folder);
        for (hash, file) in self.files() {
            there
                .read(&hash, &mut std::io::sink())
                .map_err(|e| self.wrong(&hash, file, &e))?;
        }
        Ok(())
    }

    fn wrong(&self, hash: &files::Hash, file: &FileRef, e: &FileError) -> Error {
        let place = place_of(Path::new(files::FOLDER), hash).display().to_string();
        let what = match e {
            FileError::Missing => "it is missing".to_string(),
            FileError::Differs => "it is not the file that was written: its SHA-256 is another".to_string(),
            e => e.to_string(),
        };
        Error::file(&place, format!("{what} ('{}')", file.name))
    }

    /// Keeps the files in a ledger, before the commit of [`Records::draft`] names them.
    ///
    /// # Errors
    /// One is missing or not what was written, or the ledger does not take it.
    pub fn keep(&self, ledger: &Ledger) -> Result<(), Error> {
        for (hash, file) in self.files() {
            let path = place_of(&self.folder.join(files::FOLDER), &hash);
            let mut source = fs::File::open(&path).map_err(|e| self.wrong(&hash, file, &FileError::Source(e)))?;
            let kept = ledger
                .keep(&file.name, &mut source)
                .map_err(|e| self.wrong(&hash, file, &e))?;
            if kept.sha256 != hash {
                return Err(self.wrong(&hash, file, &FileError::Differs));
            }
        }
        Ok(())
    }
}
