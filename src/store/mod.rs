//! Where bytes are kept. Two ports: [`Log`], the ordered commits, and [`Materialised`], what follows from them; and
//! their engines: files, sled, memory. This room knows bytes, ids as bytes and sequence numbers. It must not know what
//! a record or a risk is, and nothing above it may assume that there is a file.

pub mod archive;
pub mod disk;
pub mod files;
pub mod guard;
pub mod journal;
pub mod lock;
pub mod mark;
pub mod memory;
pub mod place;
pub mod sled;

use std::io;

/// What the line that ends a group begins with. The log knows no more of the format than this.
pub const SEAL_PREFIX: &[u8] = b"{\"seq\":";

/// A place in a log, ascending with time. Only the engine that gave it knows what it means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Position(pub u64);

/// A run of lines of a log.
#[derive(Debug, Clone, Copy)]
pub struct Piece<'a> {
    /// Where it begins.
    pub at: Position,
    /// Its bytes, the newlines among them.
    pub bytes: &'a [u8],
    /// It ends with a whole line that begins with [`SEAL_PREFIX`]. If not, it is what stands behind the last such line.
    pub whole: bool,
}

/// Why the store could not do it.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The system said no; nothing was changed.
    #[error("{what}: {source}")]
    Io {
        /// What was tried, on which file.
        what: String,
        /// What the system said.
        source: io::Error,
    },
    /// There is no room. What was begun was taken back; it can be tried again when there is.
    #[error("{0}")]
    Full(String),
    /// What was asked for may or may not have happened, and only reopening will tell. The log takes nothing more.
    #[error("{0}")]
    Unknown(String),
    /// What is there is not what was written.
    #[error("{0}")]
    Damaged(String),
}

impl StoreError {
    /// An I/O error with what was tried.
    pub fn io(what: impl Into<String>) -> impl FnOnce(io::Error) -> Self {
        let what = what.into();
        move |source| Self::Io { what, source }
    }

    /// Whether the disk is full, read-only or the user may not write: the store itself may be sound.
    pub fn is_surroundings(&self) -> bool {
        match self {
            Self::Io { source, .. } => no_room(source) || no_writing(source),
            Self::Full(_) => true,
            _ => false,
        }
    }
}

/// Whether an error means that there is no room.
pub fn no_room(e: &io::Error) -> bool {
    use io::ErrorKind as K;
    matches!(e.kind(), K::StorageFull | K::QuotaExceeded | K::FileTooLarge)
}

/// Whether an error means that writing is not allowed here.
pub fn no_writing(e: &io::Error) -> bool {
    use io::ErrorKind as K;
    matches!(e.kind(), K::ReadOnlyFilesystem | K::PermissionDenied)
}

/// The ordered commits: groups of bytes, only ever appended.
pub trait Log: Send {
    /// Appends a group, whose last line begins with [`SEAL_PREFIX`], and says where it begins. Returns only when it is
    /// durable.
    ///
    /// # Errors
    /// [`StoreError::Full`]: nothing was kept. Anything else: whether it was kept is unknown, and the log takes no more.
    fn append(&mut self, group: &[u8]) -> Result<Position, StoreError>;

    /// About how many bytes there are.
    fn size(&self) -> u64;

    /// Hands out the pieces from a position on, in order.
    ///
    /// # Errors
    /// What cannot be read, or is missing. Pieces in front of it were handed out.
    fn scan(&self, from: Position, each: &mut dyn FnMut(Piece<'_>)) -> Result<(), StoreError>;

    /// Reads bytes behind a position within one group.
    ///
    /// # Errors
    /// They cannot be read, or there are fewer.
    fn read_at(&self, at: Position, len: usize) -> Result<Vec<u8>, StoreError>;

    /// A position for people: file and line, as far as the engine has such things.
    fn place(&self, at: Position) -> String;

    /// Cuts everything from a position on out of the log and keeps it aside under a name with this label in it.
    /// Returns that name.
    ///
    /// # Errors
    /// The log is as before, or takes no more.
    fn set_aside(&mut self, at: Position, label: &str) -> Result<String, StoreError>;
}

/// The commit up to which something is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    /// Its sequence number.
    pub seq: u64,
    /// Its seal.
    pub seal: [u8; 32],
}

/// What one or several commits do to what is materialised. Applied whole or not at all.
#[derive(Debug, Clone, Default)]
pub struct Batch {
    /// Records by id: their bytes, or `None` if they are gone.
    pub records: Vec<(Vec<u8>, Option<Vec<u8>>)>,
    /// Rows of the index by id and sequence number.
    pub versions: Vec<(Vec<u8>, u64, Vec<u8>)>,
    /// Rows of the commits by sequence number.
    pub commits: Vec<(u64, Vec<u8>)>,
    /// The commit up to which everything is applied then.
    pub head: Option<Head>,
}

/// What follows from the log: records by id, an index of their versions, and the commits. It can always be made anew.
pub trait Materialised: Send {
    /// Whether it outlives the process.
    fn is_kept(&self) -> bool {
        true
    }

    /// The commit up to which everything is applied.
    ///
    /// # Errors
    /// It cannot be read.
    fn head(&self) -> Result<Option<Head>, StoreError>;

    /// Under which layout of bytes it was made; 0 if it is empty.
    ///
    /// # Errors
    /// It cannot be read.
    fn layout(&self) -> Result<u64, StoreError>;

    /// Says under which layout of bytes it is made.
    ///
    /// # Errors
    /// It cannot be written.
    fn set_layout(&mut self, layout: u64) -> Result<(), StoreError>;

    /// The bytes of a record.
    ///
    /// # Errors
    /// They cannot be read.
    fn record(&self, id: &[u8]) -> Result<Option<Vec<u8>>, StoreError>;

    /// Hands out all records, ascending by the bytes of their ids.
    ///
    /// # Errors
    /// Something cannot be read.
    fn scan(&self, each: &mut dyn FnMut(&[u8], &[u8])) -> Result<(), StoreError>;

    /// The rows of a record's versions, ascending.
    ///
    /// # Errors
    /// Something cannot be read.
    fn versions(&self, id: &[u8]) -> Result<Vec<(u64, Vec<u8>)>, StoreError>;

    /// The row of a commit.
    ///
    /// # Errors
    /// It cannot be read.
    fn commit(&self, seq: u64) -> Result<Option<Vec<u8>>, StoreError>;

    /// How many rows of versions and of commits there are.
    ///
    /// # Errors
    /// Something cannot be read.
    fn count(&self) -> Result<(u64, u64), StoreError>;

    /// Applies a batch: all of it or nothing.
    ///
    /// # Errors
    /// Nothing was applied.
    fn apply(&mut self, batch: &Batch) -> Result<(), StoreError>;

    /// Brings what was applied towards the disk. With `durable` it survives a power cut afterwards.
    ///
    /// # Errors
    /// It may not be there after a power cut.
    fn flush(&mut self, durable: bool) -> Result<(), StoreError>;
}

/// Bytes as lower-case hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut text = String::with_capacity(bytes.len() * 2);
    for b in bytes {
        text.push(char::from(DIGITS[usize::from(b >> 4)]));
        text.push(char::from(DIGITS[usize::from(b & 15)]));
    }
    text
}

/// Exactly `N` bytes from lower-case hexadecimal digits.
pub fn unhex<const N: usize>(text: &str) -> Option<[u8; N]> {
    let digit = |c: u8| match c {
        b'0'..=b'9' => Some(c - b'0'),
        b'a'..=b'f' => Some(c - b'a' + 10),
        _ => None,
    };
    let text = text.as_bytes();
    if text.len() != 2 * N {
        return None;
    }
    let mut bytes = [0; N];
    for (b, pair) in bytes.iter_mut().zip(text.chunks_exact(2)) {
        *b = digit(pair[0])? << 4 | digit(pair[1])?;
    }
    Some(bytes)
}
