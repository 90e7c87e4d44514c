//! What the screen keeps between two sessions, for one person and one store: small files in the folder of the screen,
//! for the eyes of the person alone. None of it is needed: what cannot be read or written is done without.

use sha2::{Digest, Sha256};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

/// Names the file of a store in the folder of the screen: a form begun in one store is not offered in another.
pub fn place(folder: &Path, what: &str, store: &Path) -> PathBuf {
    let whole = std::path::absolute(store).unwrap_or_else(|_| store.to_path_buf());
    let digest = Sha256::digest(whole.as_os_str().as_encoded_bytes());
    let short: String = digest.iter().take(6).map(|b| format!("{b:02x}")).collect();
    folder.join(format!("{what}-{short}"))
}

/// Reads a file of at most `most` bytes; nothing if it is not there.
///
/// # Errors
/// It is there and cannot be read, or is longer.
pub fn read(path: &Path, most: u64) -> io::Result<Option<Vec<u8>>> {
    let file = match std::fs::File::open(path) {
        Ok(file) => file,
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(e) => return Err(e),
    };
    let length = file.metadata()?.len().min(most);
    let mut bytes = Vec::with_capacity(usize::try_from(length).unwrap_or(0) + 1);
    file.take(most + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > most {
        return Err(io::Error::other("it is too long"));
    }
    Ok(Some(bytes))
}

/// Writes a file for its owner alone (0600): all of it, or what was there stays.
///
/// # Errors
/// Those of the file system.
pub fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut file = tempfile::Builder::new().prefix(".kept-").tempfile_in(folder)?;
    file.write_all(bytes)?;
    file.persist(path).map_err(|e| e.error)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn every_store_has_files_of_its_own() {
        let at = |store: &str| place(Path::new("/home/ada"), "draft", Path::new(store));
        assert_eq!(at("/srv/isms"), at("/srv/isms"));
        assert_ne!(at("/srv/isms"), at("/srv/other"));
    }

    #[test]
    fn what_is_kept_is_for_its_owner_alone_and_not_read_without_end() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("session");
        assert_eq!(read(&path, 9).unwrap(), None);
        write(&path, b"one").unwrap();
        write(&path, b"two").unwrap();
        assert_eq!(read(&path, 3).unwrap().as_deref(), Some(&b"two"[..]));
        assert!(read(&path, 2).is_err());
        assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(folder.path().read_dir().unwrap().count(), 1, "nothing is left behind");
    }
}
