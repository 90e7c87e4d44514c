//! Follows a journal group by group and holds every line against the format: chain, leaves, order, Merkle root, digest.
//! What does not fit is named once and first.

use super::format::{self, Digest, Entry, FORMAT, Hash, NONE, Sealed, sha256};
use super::progress::{Progress, Stopped};
use crate::model::record::Id;
use crate::parallel;
use crate::store::{Head, Log, Piece, Position, SEAL_PREFIX, StoreError, hex, unhex};
use memchr::memchr;
use std::collections::{HashMap, HashSet};

/// As many content lines are looked at before somebody is asked whether to go on.
const ROUND: usize = 4_000;
/// At least as many are worth another thread.
const SHARE: usize = 500;

/// The first thing that does not fit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bad {
    /// The commit that should stand here.
    pub seq: u64,
    /// The line.
    pub at: Position,
    /// What is wrong.
    pub what: String,
    /// It was written by a newer program, so nothing can be said.
    pub newer: bool,
}

/// A content line of a group that fits.
#[derive(Debug)]
pub struct Line<'a> {
    /// The record: made once, for all who keep it.
    pub id: Id,
    /// What the sealed line says of it.
    pub entry: Entry<'a>,
    /// Its bytes, without the newline.
    pub bytes: &'a [u8],
    /// Where it begins in its group.
    pub offset: usize,
    /// It is a tombstone.
    pub gone: bool,
}

/// What a sealed line says of a record, and the content line that should be that, with its offset.
type Pair<'a> = ((&'a str, &'a str, &'a str), (usize, &'a [u8]));

/// What can be said of a content line without knowing what stands before it.
struct Look<'a> {
    id: Id,
    entry: Entry<'a>,
    gone: bool,
    /// What it adds to the digest.
    term: Hash,
    /// Its leaf in the Merkle tree.
    node: Hash,
}

impl<'a> Look<'a> {
    /// Holds a content line against its entry. An error is what does not fit.
    fn at(((id, leaf, before), (_, line)): &Pair<'a>) -> Result<Self, String> {
        let (Some(leaf), Some(before)) = (format::hash_of(leaf), format::hash_of(before)) else {
            return Err(format!("the entry of {id} cannot be read"));
        };
        if sha256(line) != leaf {
            return Err(format!("the content of {id} does not have the hash that was sealed"));
        }
        if !begins_with_id(line, id) {
            return Err(format!("the content line is not that of {id}"));
        }
        let entry = Entry { id, leaf, before };
        Ok(Self {
            id: Id::from(entry.id),
            gone: is_tombstone(line),
            term: Digest::term(id, &leaf),
            node: format::merkle_leaf(&entry),
            entry,
        })
    }
}

/// A group that fits, taken apart.
#[derive(Debug)]
pub struct Group<'a> {
    /// Where it begins.
    pub at: Position,
    /// Its length in bytes.
    pub len: usize,
    /// Its sealed line, read.
    pub sealed: Sealed<'a>,
    /// Its sealed line as it stands.
    pub sealed_line: &'a [u8],
    /// When, milliseconds since 1970, UTC.
    pub time: i64,
    /// The commit.
    pub head: Head,
    /// Its content lines.
    pub lines: Vec<Line<'a>>,
    /// The store.
    store: [u8; 16],
    /// The digest of all records after it.
    digest: Digest,
}

/// How far a journal was followed.
#[derive(Debug, Clone, Default)]
pub struct Chain {
    /// The store, once there is a commit.
    pub store: Option<[u8; 16]>,
    /// The last commit that fits.
    pub seq: u64,
    /// Its seal.
    pub seal: Hash,
    /// Its time.
    pub time: i64,
    /// The digest of all records after it.
    pub digest: Digest,
    /// Where the next group begins.
    pub end: Position,
    /// How many content lines there were.
    pub versions: u64,
    /// The leaf of each record that is there.
    leaves: HashMap<Id, Hash>,
}

/// What a whole journal is like.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum End {
    /// Everything fits.
    Whole,
    /// Behind the last good commit stands an unfinished one, and nothing else.
    Torn(Bad),
    /// Something does not fit.
    Bad(Bad),
}

/// The lines of a group without their newlines, with their offsets.
fn lines(bytes: &[u8]) -> impl Iterator<Item = (usize, &[u8])> {
    let mut start = 0;
    std::iter::from_fn(move || {
        let rest = bytes.get(start..).filter(|rest| !rest.is_empty())?;
        let len = memchr(b'\n', rest).unwrap_or(rest.len());
        let line = (start, &rest[..len]);
        start += len + 1;
        Some(line)
    })
}

impl Chain {
    /// How many records there are.
    pub fn records(&self) -> usize {
        self.leaves.len()
    }

    /// The leaf of a record.
    pub fn leaf(&self, id: &Id) -> Option<&Hash> {
        self.leaves.get(id)
    }

    /// The id of a record as it is kept here, so that nobody keeps another.
    pub fn id(&self, text: &str) -> Option<Id> {
        Some(self.leaves.get_key_value(&Id::from(text))?.0.clone())
    }

    /// Takes up the next group.
    ///
    /// # Errors
    /// What does not fit; the chain is as before.
    pub fn follow<'a>(&mut self, piece: Piece<'a>) -> Result<Group<'a>, Bad> {
        let group = self.check(piece)?;
        self.take(&group);
        Ok(group)
    }

    /// Takes up a group that was checked against this chain.
    pub fn take(&mut self, group: &Group<'_>) {
        for line in &group.lines {
            if line.gone {
                self.leaves.remove(&line.id);
            } else {
                self.leaves.insert(line.id.clone(), line.entry.leaf);
            }
        }
        self.store = Some(group.store);
        (self.seq, self.seal, self.time) = (group.head.seq, group.head.seal, group.time);
        self.versions += group.lines.len() as u64;
        self.digest = group.digest;
        self.end = Position(group.at.0 + group.len as u64);
    }

    /// Holds the next group against the format and the chain.
    ///
    /// # Errors
    /// What does not fit.
    pub fn check<'a>(&self, piece: Piece<'a>) -> Result<Group<'a>, Bad> {
        self.check_telling(piece, &mut |_| Ok(()))
    }

    /// The same; `step` is told of bytes that were checked. If it stops the work, the group counts as one that does not
    /// fit.
    fn check_telling<'a>(
        &self,
        piece: Piece<'a>,
        step: &mut dyn FnMut(u64) -> Result<(), Stopped>,
    ) -> Result<Group<'a>, Bad> {
        let bad = |offset: usize, what: String| Bad {
            seq: self.seq + 1,
            at: Position(piece.at.0 + offset as u64),
            what,
            newer: false,
        };
        let all: Vec<(usize, &[u8])> = lines(piece.bytes).collect();
        let Some(((offset, sealed_line), contents)) = all.split_last() else {
            return Err(bad(0, "an empty group".into()));
        };
        let (offset, sealed_line) = (*offset, *sealed_line);
        if !piece.whole {
            return Err(bad(0, "an unfinished commit: there is no sealed line behind it".into()));
        }
        let text = std::str::from_utf8(sealed_line).map_err(|_| bad(offset, "the sealed line is not UTF-8".into()))?;
        let sealed: Sealed<'a> = match serde_json::from_str::<Sealed<'a>>(text) {
            Ok(s) if s.format <= FORMAT => s,
            other => {
                let Some(format) = newer(text) else {
                    let why = other.err().map(|e| e.to_string()).unwrap_or_default();
                    return Err(bad(offset, format!("the sealed line cannot be read: {why}")));
                };
                let what = format!("written in format {format} by a newer isms; this one reads format {FORMAT}");
                return Err(Bad {
                    newer: true,
                    ..bad(offset, what)
                });
            }
        };
        if sealed.seq != self.seq + 1 {
            let what = format!(
                "commit {} stands where commit {} was expected",
                sealed.seq,
                self.seq + 1
            );
            return Err(bad(offset, what));
        }
        if sealed.format != FORMAT {
            return Err(bad(offset, format!("format {}, expected {FORMAT}", sealed.format)));
        }
        let store = unhex::<16>(&sealed.store).ok_or_else(|| bad(offset, "the store's id cannot be read".into()))?;
        if self.store.is_some_and(|s| s != store) {
            return Err(bad(offset, "the commit belongs to another store".into()));
        }
        if format::hash_of(&sealed.prev) != Some(self.seal) {
            let what = "it does not follow the commit before it: 'prev' is not that commit's seal".into();
            return Err(bad(offset, what));
        }
        let time = format::time_of(&sealed.time).ok_or_else(|| bad(offset, "the time cannot be read".into()))?;
        if sealed.entries.len() != contents.len() {
            let what = format!("{} content lines, but {} entries", contents.len(), sealed.entries.len());
            return Err(bad(offset, what));
        }
        let mut group = Group {
            at: piece.at,
            len: piece.bytes.len(),
            sealed_line,
            time,
            head: Head {
                seq: sealed.seq,
                seal: sha256(sealed_line),
            },
            lines: Vec::with_capacity(contents.len()),
            store,
            digest: self.digest,
            sealed,
        };
        let mut digest = self.digest;
        let mut touched: HashSet<&str> = HashSet::with_capacity(contents.len());
        let mut nodes = Vec::with_capacity(contents.len());
        let pairs: Vec<Pair<'a>> = group
            .sealed
            .entries
            .iter()
            .copied()
            .zip(contents.iter().copied())
            .collect();
        for round in pairs.chunks(ROUND) {
            let looks = parallel::shares(round, SHARE, |share| share.iter().map(Look::at).collect::<Vec<_>>());
            for ((_, (offset, line)), look) in round.iter().zip(looks.into_iter().flatten()) {
                if step(line.len() as u64 + 1).is_err() {
                    return Err(bad(*offset, "reading was stopped".into()));
                }
                let Look {
                    id: made,
                    entry,
                    gone,
                    term,
                    node,
                } = look.map_err(|what| bad(*offset, what))?;
                let id = entry.id;
                let had = self.leaves.get(&made).copied();
                if had.unwrap_or(NONE) != entry.before {
                    return Err(bad(*offset, format!("{id} does not replace the content that it had")));
                }
                if let Some(old) = had {
                    digest.remove(id, &old);
                }
                if !gone {
                    digest.add_term(&term);
                }
                if !touched.insert(id) {
                    return Err(bad(*offset, format!("{id} stands twice in one commit")));
                }
                nodes.push(node);
                group.lines.push(Line {
                    id: made,
                    entry,
                    bytes: line,
                    offset: *offset,
                    gone,
                });
            }
        }
        let root = format::merkle_root(nodes.into_iter());
        if group.sealed.root != hex(&root) {
            return Err(bad(offset, "the Merkle root is not that of the entries".into()));
        }
        if group.sealed.state != hex(&digest.0) {
            return Err(bad(offset, "the digest is not that of the records".into()));
        }
        group.digest = digest;
        // Whoever stops it now stops what follows.
        let _ = step(sealed_line.len() as u64 + 1);
        Ok(group)
    }

    /// Follows a whole log and hands out every group that fits, up to the first thing that does not.
    pub fn walk(&mut self, log: &dyn Log, each: &mut dyn FnMut(&Chain, Group<'_>)) -> End {
        self.walk_telling(log, &mut Progress::new(&mut |_, _| true), each)
    }

    /// The same, and tells how far it is. What it found is worth nothing if it was stopped.
    pub fn walk_telling(
        &mut self,
        log: &dyn Log,
        progress: &mut Progress<'_>,
        each: &mut dyn FnMut(&Chain, Group<'_>),
    ) -> End {
        let mut first: Option<Bad> = None;
        let (mut behind, mut unfinished) = (false, false);
        let read = log.scan(Position(0), &mut |piece| {
            if first.is_some() {
                behind = true;
                return;
            }
            let checked = self.check_telling(piece, &mut |bytes| progress.step(bytes));
            match checked {
                Ok(group) => {
                    self.take(&group);
                    each(self, group);
                }
                Err(bad) => {
                    unfinished = is_unfinished(piece, self.seq + 1) && !bad.newer;
                    // The torn group as a whole is meant, not the line of it that shows it.
                    first = Some(if unfinished { Bad { at: piece.at, ..bad } } else { bad });
                }
            }
        });
        match (first, read) {
            (Some(bad), Ok(())) if unfinished && !behind => End::Torn(bad),
            (Some(bad), _) => End::Bad(bad),
            (None, Err(e)) => End::Bad(unreadable(self, &e)),
            (None, Ok(())) => End::Whole,
        }
    }
}

fn unreadable(chain: &Chain, e: &StoreError) -> Bad {
    Bad {
        seq: chain.seq + 1,
        at: chain.end,
        what: e.to_string(),
        newer: false,
    }
}

/// Whether a piece that does not fit may be what a power cut leaves of one commit: no sealed line, or the right one in
/// front of or behind sectors that never reached the disk.
fn is_unfinished(piece: Piece<'_>, expected: u64) -> bool {
    if !piece.whole {
        return true;
    }
    let Some((_, line)) = lines(piece.bytes).last() else {
        return true;
    };
    let digits = line.strip_prefix(SEAL_PREFIX).unwrap_or_default();
    let end = digits.iter().position(|b| !b.is_ascii_digit()).unwrap_or(digits.len());
    match std::str::from_utf8(&digits[..end])
        .ok()
        .and_then(|t| t.parse::<u64>().ok())
    {
        Some(seq) => seq == expected,
        None => true,
    }
}

/// The format of a sealed line, if it is one above ours.
fn newer(text: &str) -> Option<u32> {
    #[derive(serde::Deserialize)]
    struct Only {
        format: u32,
    }
    let only: Only = serde_json::from_str(text).ok()?;
    (only.format > FORMAT).then_some(only.format)
}

fn begins_with_id(line: &[u8], id: &str) -> bool {
    line.strip_prefix(b"{\"id\":\"")
        .and_then(|l| l.strip_prefix(id.as_bytes()))
        .is_some_and(|l| l.starts_with(b"\",\"salt\":\""))
}

/// Whether a content line is a tombstone: that stands right behind the salt, or behind reason and command.
fn is_tombstone(line: &[u8]) -> bool {
    line.ends_with(b",\"tombstone\":true}")
        && serde_json::from_slice::<format::Glance<'_>>(line).is_ok_and(|g| g.tombstone && g.content.is_none())
}
