//! The bytes of what is materialised: records, and the rows of the index. Bincode behind one function of options and a
//! byte for the version. They follow from the journal, so a new layout is a new number and everything is made anew.

use super::format::Hash;
use crate::model::kind::{Catalogue, Field, Tag};
use crate::model::record::{Id, Meta, Record, Stamp};
use crate::model::value::Value;
use bincode::Options;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::HashSet;
use std::sync::Arc;

/// The version of the layout, the first byte of every value.
const VERSION: u8 = 2;
/// The most bytes that a value may have.
const LIMIT: u64 = 1 << 20;

fn opts() -> impl Options {
    bincode::DefaultOptions::new()
        .with_varint_encoding()
        .with_little_endian()
        .with_limit(LIMIT)
        .reject_trailing_bytes()
}

/// A value cannot be read or made.
#[derive(Debug, thiserror::Error)]
#[error("a stored value cannot be read: {0}")]
pub struct Unreadable(String);

fn encode<T: Serialize>(value: &T) -> Result<Vec<u8>, Unreadable> {
    let mut bytes = vec![VERSION];
    opts()
        .serialize_into(&mut bytes, value)
        .map_err(|e| Unreadable(e.to_string()))?;
    Ok(bytes)
}

fn decode<'a, T: Deserialize<'a>>(bytes: &'a [u8]) -> Result<T, Unreadable> {
    match bytes.split_first() {
        Some((&VERSION, body)) => opts().deserialize(body).map_err(|e| Unreadable(e.to_string())),
        Some((v, _)) => Err(Unreadable(format!("version {v}, expected {VERSION}"))),
        None => Err(Unreadable("it is empty".into())),
    }
}

/// A record as it is stored.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Stored {
    /// The hash of its content line.
    pub leaf: Hash,
    /// The commit that made it so.
    pub seq: u64,
    /// When and by whom; shared by all that one commit made.
    pub meta: Arc<Meta>,
    /// Its values by tag, ascending.
    pub values: Vec<(Tag, Value)>,
    /// What the program did not know: name and JSON text.
    pub unknown: Vec<(String, String)>,
}

impl Stored {
    /// As bytes.
    ///
    /// # Errors
    /// It is too large.
    pub fn bytes(&self) -> Result<Vec<u8>, Unreadable> {
        encode(self)
    }

    /// From bytes.
    ///
    /// # Errors
    /// They are not those of a stored record.
    pub fn read(bytes: &[u8]) -> Result<Self, Unreadable> {
        decode(bytes)
    }

    /// The record.
    pub fn into_record(self, id: Id) -> Record {
        Record {
            id,
            values: self.values,
            unknown: self.unknown,
            meta: Some(self.meta),
        }
    }
}

/// Reads many stored records and lets them share what is the same in them: who made them when, ids to which they
/// link, and, as an import makes thousands of records in one commit, the whole of what the ledger knows of them.
#[derive(Default)]
pub struct Reader {
    /// What the record before had: the bytes, and what they say.
    meta: Option<(Vec<u8>, Arc<Meta>)>,
    ids: HashSet<Id>,
}

impl Reader {
    /// A record, and the hash of its content line.
    ///
    /// # Errors
    /// The bytes are not those of a stored record.
    pub fn read(&mut self, id: Id, bytes: &[u8]) -> Result<(Hash, Record), Unreadable> {
        let wrong = |e: bincode::Error| Unreadable(e.to_string());
        // The stored form begins with the version, the leaf and the number of the commit; what is known of the record
        // follows. The same bytes there say the same, and end at the same place.
        let begin = 1 + size_of::<Hash>();
        let commit = bytes.get(begin).map_or(0, |first| match first {
            251 => 3,
            252 => 5,
            253 => 9,
            _ => 1,
        });
        let at = begin + commit;
        if let Some((same, meta)) = &self.meta
            && bytes.first() == Some(&VERSION)
            && let Some(rest) = bytes.get(at..).and_then(|b| b.strip_prefix(same.as_slice()))
        {
            let mut leaf = [0; size_of::<Hash>()];
            leaf.copy_from_slice(&bytes[1..begin]);
            let _: u64 = opts().deserialize(&bytes[begin..at]).map_err(wrong)?;
            let (values, unknown) = opts().deserialize(rest).map_err(wrong)?;
            let meta = Arc::clone(meta);
            return Ok((leaf, self.record(id, values, unknown, meta)));
        }
        let stored = Stored::read(bytes)?;
        let meta = Arc::new(self.shared(Arc::unwrap_or_clone(stored.meta)));
        let said = opts().serialize(&*meta).map_err(wrong)?;
        self.meta = bytes
            .get(at..)
            .is_some_and(|b| b.starts_with(&said))
            .then(|| (said, Arc::clone(&meta)));
        Ok((stored.leaf, self.record(id, stored.values, stored.unknown, meta)))
    }

    fn record(
        &mut self,
        id: Id,
        mut values: Vec<(Tag, Value)>,
        unknown: Vec<(String, String)>,
        meta: Arc<Meta>,
    ) -> Record {
        for (_, value) in &mut values {
            match value {
                Value::Link(to) => self.share(to),
                Value::Links(all) => all.iter_mut().for_each(|link| self.share(&mut link.to)),
                _ => {}
            }
        }
        Record {
            id,
            values,
            unknown,
            meta: Some(meta),
        }
    }

    fn shared(&mut self, mut meta: Meta) -> Meta {
        let entered = meta.entered.iter_mut().map(|e| &mut e.1);
        for stamp in [&mut meta.created, &mut meta.changed].into_iter().chain(entered) {
            self.share(&mut stamp.actor);
            self.share(&mut stamp.by);
        }
        meta
    }

    fn share(&mut self, id: &mut Id) {
        match self.ids.get(id) {
            Some(known) => *id = known.clone(),
            None => drop(self.ids.insert(id.clone())),
        }
    }
}

/// A row of the index: where one version of a record stands.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct VersionRow {
    /// Where its content line begins.
    pub at: u64,
    /// The length of that line without the newline.
    pub len: u32,
    /// The state that the record has in it.
    pub state: String,
    /// It is a tombstone.
    pub gone: bool,
    /// The transition by which it was made, if that entered no state ([`crate::model::kind::Transition::mark`]).
    pub mark: Option<String>,
}

/// A row of the index: where a commit stands, and what is asked of it often.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CommitRow {
    /// Where its group begins.
    pub at: u64,
    /// The length of the group.
    pub len: u32,
    /// Milliseconds since 1970, UTC.
    pub time: i64,
    /// In whose name.
    pub actor: Id,
    /// Who sat at the keyboard.
    pub by: Id,
    /// The commit that it takes back.
    pub undoes: Option<u64>,
}

impl CommitRow {
    /// The stamp that this commit leaves on records.
    pub fn stamp(&self, seq: u64) -> Stamp {
        Stamp {
            seq,
            time: self.time,
            actor: self.actor.clone(),
            by: self.by.clone(),
        }
    }
}

macro_rules! row {
    ($t:ty) => {
        impl $t {
            /// As bytes.
            ///
            /// # Errors
            /// It is too large.
            pub fn bytes(&self) -> Result<Vec<u8>, Unreadable> {
                encode(self)
            }

            /// From bytes.
            ///
            /// # Errors
            /// They are not those of such a row.
            pub fn read(bytes: &[u8]) -> Result<Self, Unreadable> {
                decode(bytes)
            }
        }
    };
}
row!(VersionRow);
row!(CommitRow);

/// What a record's meta is after one more version. `mark` is what a transition that enters no state is remembered by.
pub fn next_meta(before: Option<&Meta>, stamp: &Stamp, state: &str, state_before: &str, mark: Option<&str>) -> Meta {
    let Some(before) = before else {
        return Meta {
            created: stamp.clone(),
            changed: stamp.clone(),
            entered: vec![(state.to_string(), stamp.clone())],
            versions: 1,
        };
    };
    let mut meta = Meta {
        changed: stamp.clone(),
        versions: before.versions + 1,
        ..before.clone()
    };
    for mark in mark.into_iter().chain((state != state_before).then_some(state)) {
        match meta.entered.iter_mut().find(|e| e.0 == mark) {
            Some(e) => e.1 = stamp.clone(),
            None => meta.entered.push((mark.to_string(), stamp.clone())),
        }
    }
    meta
}

/// A number for the layout of everything here and for the kinds under which it was made: what was made under another
/// is made anew, so that a field that has become known leaves what was unknown.
pub fn layout(catalogue: &Catalogue) -> u64 {
    fn field(hash: &mut Sha256, f: &Field) {
        hash.update(format!("{}\0{}\0{:?}\0", f.tag, f.name, f.kind));
        for sub in &f.fields {
            field(hash, sub);
        }
        hash.update([1]);
    }
    let mut hash = Sha256::new();
    hash.update([VERSION]);
    for k in &catalogue.kinds {
        hash.update(format!("{}\0", k.prefix));
        for f in &k.fields {
            field(&mut hash, f);
        }
        hash.update([2]);
    }
    let bytes: Hash = hash.finalize().into();
    let mut n = [0; 8];
    n.copy_from_slice(&bytes[..8]);
    u64::from_be_bytes(n).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::value::{Link, Range, Row};
    use crate::store::hex;

    fn sample() -> Stored {
        let stamp = |seq, who: &str| Stamp {
            seq,
            time: 1_795_363_200_000,
            actor: Id::from(who),
            by: Id::from("P-0001"),
        };
        Stored {
            leaf: [0xab; 32],
            seq: 7,
            meta: Arc::new(Meta {
                created: stamp(1, "P-0001"),
                changed: stamp(7, "P-0002"),
                entered: vec![("open".into(), stamp(1, "P-0001"))],
                versions: 3,
            }),
            values: vec![
                (1, Value::Text("open".into())),
                (3, Value::Bool(true)),
                (4, Value::Int(-5)),
                (5, Value::Num(0.25)),
                (6, Value::Money(1_200_000, *b"EUR")),
                (7, Value::Date(20_000)),
                (8, Value::Time(1_795_363_200_000)),
                (9, Value::Range(Range::Pert(1.0, 5.0, 20.0).into())),
                (10, Value::Tags(vec!["a".into(), "b".into()])),
                (11, Value::Link(Id::from("A-0001"))),
                (
                    12,
                    Value::Links(vec![Link {
                        to: Id::from("C-0001"),
                        attributes: vec![(1, Value::Num(0.4))],
                    }]),
                ),
                (
                    40,
                    Value::Rows(vec![Row {
                        id: 1,
                        cells: vec![(1, Value::Text("do".into()))],
                    }]),
                ),
            ],
            unknown: vec![("moon".into(), "\"full\"".into())],
        }
    }

    /// These bytes are in stores; if this fails, `VERSION` must rise.
    #[test]
    fn the_bytes_of_a_stored_record_are_golden() {
        let bytes = sample().bytes().unwrap();
        assert_eq!(hex(&bytes), include_str!("stored.hex").trim());
        assert_eq!(Stored::read(&bytes).unwrap(), sample());
    }

    #[test]
    fn foreign_bytes_are_errors() {
        let bytes = sample().bytes().unwrap();
        for n in 0..bytes.len() {
            assert!(Stored::read(&bytes[..n]).is_err(), "cut at {n}");
        }
        assert!(Stored::read(&[&bytes[..], &[0]].concat()).is_err(), "a trailing byte");
        assert!(
            Stored::read(&[&[VERSION + 1], &bytes[1..]].concat()).is_err(),
            "another version"
        );
    }
}
