//! Who has a store open, and whether others could read it: the lock file and the permissions of a folder.

use super::StoreError;
use std::fmt;
use std::fs::{self, File, TryLockError};
use std::io::{Read, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

/// The name of the lock file.
pub const NAME: &str = "lock";

/// The right to write, held as long as this lives. The system takes it back when the process ends, however it ends.
#[derive(Debug)]
pub struct Lock {
    _file: File,
}

/// Who holds a lock.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Holder {
    /// The process.
    pub pid: u32,
    /// The user, by name.
    pub user: String,
    /// The computer.
    pub host: String,
    /// Since when, RFC 3339, UTC.
    pub since: String,
}

impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.pid == 0 {
            return f.write_str("another process");
        }
        write!(
            f,
            "{} on {}, process {}, since {}",
            self.user, self.host, self.pid, self.since
        )
    }
}

/// Why there is no lock.
#[derive(Debug)]
pub enum NoLock {
    /// Somebody else has it.
    Held(Holder),
    /// The file could not be opened, locked or written.
    Failed(StoreError),
}

impl Lock {
    /// Takes the lock of a folder and writes into it who has it.
    ///
    /// # Errors
    /// Somebody has it, or the disk does not let us.
    pub fn take(folder: &Path) -> Result<Self, NoLock> {
        let path = folder.join(NAME);
        let failed = |e| NoLock::Failed(StoreError::io(format!("writing {}", path.display()))(e));
        let mut options = fs::OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false).mode(0o600);
        let mut file = options.open(&path).map_err(failed)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(NoLock::Held(read(&mut file))),
            Err(TryLockError::Error(e)) => return Err(failed(e)),
        }
        let me = myself();
        let text = format!(
            "pid {}\nuser {}\nhost {}\nsince {}\n",
            me.pid, me.user, me.host, me.since
        );
        // A full disk must not keep anybody out: who holds it is a courtesy, the lock itself is the system's.
        let _ = file.set_len(0).and_then(|()| file.write_all(text.as_bytes()));
        Ok(Self { _file: file })
    }

    /// Holds the lock of a folder without writing a byte. `None` if there is no lock file.
    ///
    /// # Errors
    /// Somebody has it, or it cannot be read.
    pub fn peek(folder: &Path) -> Result<Option<Self>, NoLock> {
        let path = folder.join(NAME);
        let failed = |e| NoLock::Failed(StoreError::io(format!("reading {}", path.display()))(e));
        let mut file = match File::open(&path) {
            Ok(f) => f,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(e) => return Err(failed(e)),
        };
        match file.try_lock() {
            Ok(()) => Ok(Some(Self { _file: file })),
            Err(TryLockError::WouldBlock) => Err(NoLock::Held(read(&mut file))),
            Err(TryLockError::Error(e)) => Err(failed(e)),
        }
    }
}

fn read(file: &mut File) -> Holder {
    let mut text = String::new();
    let mut holder = Holder::default();
    if file.take(4096).read_to_string(&mut text).is_err() {
        return holder;
    }
    for line in text.lines() {
        match line.split_once(' ') {
            Some(("pid", v)) => holder.pid = v.parse().unwrap_or(0),
            Some(("user", v)) => holder.user = v.to_string(),
            Some(("host", v)) => holder.host = v.to_string(),
            Some(("since", v)) => holder.since = v.to_string(),
            _ => {}
        }
    }
    holder
}

fn myself() -> Holder {
    Holder {
        pid: std::process::id(),
        user: user(),
        host: rustix::system::uname().nodename().to_string_lossy().into_owned(),
        since: jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
    }
}

/// The name of the user who runs this process, else the number.
fn user() -> String {
    let uid = rustix::process::getuid().as_raw().to_string();
    let known = fs::read_to_string("/etc/passwd").unwrap_or_default();
    let name = known.lines().find_map(|l| {
        let mut parts = l.split(':');
        let name = parts.next()?;
        (parts.nth(1)? == uid).then(|| name.to_string())
    });
    name.or_else(|| std::env::var("USER").ok()).unwrap_or(uid)
}

/// Makes files of this process readable to their owner only.
pub fn restrict() {
    rustix::process::umask(rustix::fs::Mode::from_raw_mode(0o077));
}

/// Says which file of a folder others could read or write, and how to mend it.
///
/// # Errors
/// The sentence, with the `chmod` or `chown` that helps.
pub fn private(folder: &Path) -> Result<(), String> {
    let me = rustix::process::geteuid().as_raw();
    let mut todo: Vec<PathBuf> = vec![folder.to_path_buf()];
    while let Some(path) = todo.pop() {
        let Ok(meta) = fs::symlink_metadata(&path) else {
            continue;
        };
        let name = path.display();
        if meta.uid() != me {
            return Err(format!(
                "{name} belongs to user {}, not to you; give it to yourself: chown -R {me} {}",
                meta.uid(),
                folder.display()
            ));
        }
        if !meta.file_type().is_symlink() && meta.mode() & 0o077 != 0 {
            return Err(format!(
                "{name} can be reached by others (mode {:04o}); close it: chmod -R go= {}",
                meta.mode() & 0o7777,
                folder.display()
            ));
        }
        if meta.is_dir() {
            todo.extend(fs::read_dir(&path).into_iter().flatten().flatten().map(|e| e.path()));
        }
    }
    Ok(())
}
