//! Where a folder lies: on what kind of file system, with how much room.

use std::path::Path;

/// Room on the disk of a folder, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Room {
    /// Free for this user.
    pub free: u64,
    /// In all.
    pub all: u64,
}

/// The room on the disk of a folder, if the system tells it.
pub fn room(folder: &Path) -> Option<Room> {
    let s = rustix::fs::statvfs(folder).ok()?;
    Some(Room {
        free: s.f_bavail.saturating_mul(s.f_frsize),
        all: s.f_blocks.saturating_mul(s.f_frsize),
    })
}

/// The name of the network file system on which a folder lies, if it is one on which locks and fsync cannot be relied
/// on (`statfs(2)`; the numbers are the kernel's, `linux/magic.h`).
pub fn network(folder: &Path) -> Option<&'static str> {
    #[cfg(target_os = "linux")]
    {
        const KNOWN: [(u32, &str); 5] = [
            (0x6969, "NFS"),
            (0x517b, "SMB"),
            (0xff53_4d42, "CIFS"),
            (0xfe53_4d42, "SMB"),
            (0x5346_414f, "AFS"),
        ];
        let s = rustix::fs::statfs(folder).ok()?;
        // The type of the field differs between architectures; the numbers have 32 bits.
        let low = s.f_type as u32;
        KNOWN.iter().find(|(n, _)| *n == low).map(|(_, name)| *name)
    }
    #[cfg(not(target_os = "linux"))]
    {
        let _ = folder;
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_temporary_folder_has_room_and_is_local() {
        let dir = tempfile::tempdir().unwrap();
        let room = room(dir.path()).unwrap();
        assert!(room.free <= room.all && room.all > 0);
        assert_eq!(network(dir.path()), None);
        assert!(super::room(Path::new("/no/such/folder")).is_none());
    }
}
