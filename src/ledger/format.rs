//! The format of the journal, on one page. It must not know what a field means.
//!
//! A journal is files `journal/000001.jsonl`, `000002.jsonl`, ... without a gap: lines of JSON in UTF-8, each ended by
//! one newline, no newline inside. Lines make groups, and a group never spans two files. A group is one commit: one
//! *content line* for each record that it touches, then one *sealed line*. A group without its sealed line is torn and
//! was never acknowledged. Lines are hashed as they stand on disk, without the newline; nothing is canonicalised.
//!
//! ```text
//! content  {"id":"R-0001","salt":"<64 hex>","reason":"...","command":"...","content":{"state":"open","title":"...",...}}
//!          {"id":"R-0001","salt":"<64 hex>","tombstone":true}
//! sealed   {"seq":2,"store":"<32 hex>","format":1,"time":"2026-11-22T16:00:00.000Z","actor":"P-0001","by":"P-0001",
//!           "action":"risk.accept","undoes":1,"prev":"<64 hex>","entries":[["R-0001","<leaf>","<before>"],...],
//!           "root":"<64 hex>","state":"<64 hex>"}          (on one line)
//! ```
//!
//! Hexadecimal digits are lower case. The order of the names is the one above; a content line begins `{"id":"` and a
//! sealed line `{"seq":`. An id has only letters, digits and `-._`, so that it stands in JSON as it is.
//!
//! - *leaf*: SHA-256 of the content line. *before*: the leaf that this record had until now, or 64 zeros.
//! - *salt*: 32 random bytes, so that nobody finds out an erased content line by guessing.
//! - `reason` (why) and `command` (what was typed or imported) may be missing. Personal text stands only in content
//!   lines. `content` is the whole record by field name with its state, including what this program does not know; a
//!   `tombstone` says that the record is gone. No commit of this version writes one.
//! - `seq` counts from 1 without a gap. `store` is 16 random bytes, the same in every line of a journal. `actor` is the
//!   person in whose name it was done, `by` the person at the keyboard, or `time` for what time brought about by itself.
//!   `undoes`, only in an undo or redo, is the commit that it takes back. `time` is UTC; order is `seq`, never the clock.
//! - *seal*: SHA-256 of the sealed line. `prev` is the seal of the commit before, or 64 zeros.
//! - `entries` has one entry for each content line, in their order; no id twice.
//! - `root`: the Merkle tree hash of RFC 6962 over the entries; the data of a leaf is `id || 0x00 || leaf || before`.
//! - `state`: the digest, the sum modulo 2^256 (big-endian) of SHA-256(`id || 0x00 || leaf`) over all records that are
//!   there after this commit, tombstones not among them.
//! - Names that a reader does not know are skipped. A `format` above 1 is not for this reader: it says so and stops.
//! - Reserved for erasing a person's data: a line `{"erased":"R-0001","by":N}` may stand where a content line stood.
//!   Its leaf is then the one in `entries`, the seals stay whole, and commit N (action `ledger.erase`) must name the
//!   record in its entries. Format 1 has none, so a reader of format 1 calls such a line damage.
//!
//! `state/head`, outside the journal, is 256 bytes: the lines `seq N` and `seal <64 hex>` of the last commit that was
//! acknowledged, `flushed N`, up to which the database beside it is durable, `sum <64 hex>`, the SHA-256 of these three
//! lines, and blanks. It can lag; if it leads, commits are gone. `tests/verify_journal.py` reads all this independently.

use crate::store::{hex, unhex};
use serde::Deserialize;
use sha2::{Digest as _, Sha256};
use std::borrow::Cow;

/// The version of the format that this program writes and reads.
pub const FORMAT: u32 = 1;
/// The most bytes that the content line of one record may have.
pub const RECORD_LIMIT: usize = 256 << 10;
/// The most bytes that one field may have in a content line.
pub const FIELD_LIMIT: usize = 64 << 10;

/// A SHA-256.
pub type Hash = [u8; 32];
/// Stands where there was nothing before.
pub const NONE: Hash = [0; 32];

/// The SHA-256 of some bytes.
pub fn sha256(bytes: &[u8]) -> Hash {
    Sha256::digest(bytes).into()
}

/// A sealed line, read.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Sealed<'a> {
    /// Its place in the order, from 1.
    pub seq: u64,
    /// The store, as hexadecimal digits.
    #[serde(borrow)]
    pub store: Cow<'a, str>,
    /// The version of the format.
    pub format: u32,
    /// RFC 3339, UTC.
    #[serde(borrow)]
    pub time: Cow<'a, str>,
    /// In whose name.
    #[serde(borrow)]
    pub actor: Cow<'a, str>,
    /// Who sat at the keyboard.
    #[serde(borrow)]
    pub by: Cow<'a, str>,
    /// The action.
    #[serde(borrow)]
    pub action: Cow<'a, str>,
    /// The commit that it takes back.
    #[serde(default)]
    pub undoes: Option<u64>,
    /// The seal of the commit before.
    #[serde(borrow)]
    pub prev: Cow<'a, str>,
    /// Id, leaf and leaf before of each record, none of which JSON writes in another way.
    #[serde(borrow)]
    pub entries: Vec<(&'a str, &'a str, &'a str)>,
    /// The Merkle root.
    #[serde(borrow)]
    pub root: Cow<'a, str>,
    /// The digest of all records.
    #[serde(borrow)]
    pub state: Cow<'a, str>,
}

/// One entry of a sealed line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry<'a> {
    /// The record.
    pub id: &'a str,
    /// The hash of its content line.
    pub leaf: Hash,
    /// The hash of the content line that it replaces.
    pub before: Hash,
}

/// What a sealed line says besides its entries.
#[derive(Debug, Clone)]
pub struct Header<'a> {
    /// Its place in the order, from 1.
    pub seq: u64,
    /// The store.
    pub store: [u8; 16],
    /// Milliseconds since 1970, UTC.
    pub time: i64,
    /// In whose name.
    pub actor: &'a str,
    /// Who sat at the keyboard.
    pub by: &'a str,
    /// The action.
    pub action: &'a str,
    /// The commit that it takes back.
    pub undoes: Option<u64>,
    /// The seal of the commit before.
    pub prev: Hash,
    /// The digest of all records after it.
    pub state: Digest,
}

/// Text as a JSON string.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// Whether an id stands in JSON as it is.
pub fn is_plain_id(id: &str) -> bool {
    !id.is_empty() && id.len() <= 64 && id.bytes().all(|c| c.is_ascii_alphanumeric() || b"-._".contains(&c))
}

/// A content line, without the newline. `content` is JSON text on one line.
pub fn content_line(id: &str, salt: &Hash, reason: Option<&str>, command: Option<&str>, content: &str) -> String {
    let mut line = format!("{{\"id\":\"{id}\",\"salt\":\"{}\"", hex(salt));
    for (name, text) in [("reason", reason), ("command", command)] {
        if let Some(t) = text {
            line.push_str(&format!(",\"{name}\":{}", quoted(t)));
        }
    }
    line.push_str(",\"content\":");
    line.push_str(content);
    line.push('}');
    line
}

/// A sealed line, without the newline.
pub fn sealed_line(h: &Header<'_>, entries: &[Entry<'_>]) -> String {
    let mut line = format!(
        "{{\"seq\":{},\"store\":\"{}\",\"format\":{FORMAT},\"time\":\"{}\",\"actor\":{},\"by\":{},\"action\":{}",
        h.seq,
        hex(&h.store),
        time_text(h.time),
        quoted(h.actor),
        quoted(h.by),
        quoted(h.action)
    );
    if let Some(n) = h.undoes {
        line.push_str(&format!(",\"undoes\":{n}"));
    }
    line.push_str(&format!(",\"prev\":\"{}\",\"entries\":[", hex(&h.prev)));
    for (i, e) in entries.iter().enumerate() {
        if i > 0 {
            line.push(',');
        }
        line.push_str(&format!("[\"{}\",\"{}\",\"{}\"]", e.id, hex(&e.leaf), hex(&e.before)));
    }
    let root = merkle_root(entries.iter().map(merkle_leaf));
    line.push_str(&format!(
        "],\"root\":\"{}\",\"state\":\"{}\"}}",
        hex(&root),
        hex(&h.state.0)
    ));
    line
}

/// A moment as RFC 3339, UTC, with milliseconds.
pub fn time_text(ms: i64) -> String {
    let t = jiff::Timestamp::from_millisecond(ms).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
    t.strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string()
}

/// The milliseconds since 1970 of a moment as text.
pub fn time_of(text: &str) -> Option<i64> {
    text.parse::<jiff::Timestamp>()
        .ok()
        .map(jiff::Timestamp::as_millisecond)
}

/// The leaf of an entry in the Merkle tree.
pub fn merkle_leaf(e: &Entry<'_>) -> Hash {
    hash_leaf(&[e.id.as_bytes(), &[0], &e.leaf, &e.before].concat())
}

/// The hash of a leaf, RFC 6962, 2.1.
fn hash_leaf(data: &[u8]) -> Hash {
    sha256(&[&[0], data].concat())
}

/// The Merkle tree hash of RFC 6962, 2.1, over the hashes of the leaves.
pub fn merkle_root(leaves: impl Iterator<Item = Hash>) -> Hash {
    // Roots of perfect trees from left to right, with their sizes; two of one size become one.
    let mut roots: Vec<(usize, Hash)> = Vec::new();
    let node = |l: &Hash, r: &Hash| sha256(&[&[1u8][..], l, r].concat());
    for leaf in leaves {
        let mut top = (1, leaf);
        while let Some((_, left)) = roots.pop_if(|r| r.0 == top.0) {
            top = (top.0 * 2, node(&left, &top.1));
        }
        roots.push(top);
    }
    let all = roots.into_iter().rev().map(|r| r.1);
    all.reduce(|right, left| node(&left, &right))
        .unwrap_or_else(|| sha256(b""))
}

/// A sum of hashes: what is in it, in whatever order it came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Digest(pub Hash);

impl Digest {
    /// What a record adds.
    pub fn term(id: &str, leaf: &Hash) -> Hash {
        sha256(&[id.as_bytes(), &[0], leaf].concat())
    }

    /// Adds a record.
    pub fn add(&mut self, id: &str, leaf: &Hash) {
        self.add_term(&Self::term(id, leaf));
    }

    /// Adds what a record adds.
    pub fn add_term(&mut self, term: &Hash) {
        let mut carry = 0u16;
        for (a, b) in self.0.iter_mut().zip(term).rev() {
            carry += u16::from(*a) + u16::from(*b);
            *a = carry as u8;
            carry >>= 8;
        }
    }

    /// Takes a record away.
    pub fn remove(&mut self, id: &str, leaf: &Hash) {
        let mut borrow = 0i16;
        for (a, b) in self.0.iter_mut().zip(Self::term(id, leaf)).rev() {
            let n = i16::from(*a) - i16::from(b) - borrow;
            borrow = i16::from(n < 0);
            *a = n.rem_euclid(256) as u8;
        }
    }
}

/// A hash from its digits.
pub fn hash_of(text: &str) -> Option<Hash> {
    unhex(text)
}

/// What the program needs of a content line without reading all of it.
#[derive(Debug, Deserialize)]
pub struct Glance<'a> {
    /// The state of the record after it.
    #[serde(borrow, default)]
    pub content: Option<GlanceContent<'a>>,
    /// The record is gone.
    #[serde(default)]
    pub tombstone: bool,
}

/// The state, out of a content.
#[derive(Debug, Deserialize)]
pub struct GlanceContent<'a> {
    /// The state.
    #[serde(borrow, default)]
    pub state: Cow<'a, str>,
}

/// A whole content line.
#[derive(Debug, Deserialize)]
pub struct Content {
    /// The record.
    pub id: String,
    /// Why.
    #[serde(default)]
    pub reason: Option<String>,
    /// What was typed or imported.
    #[serde(default)]
    pub command: Option<String>,
    /// The record by field name.
    #[serde(default)]
    pub content: serde_json::Map<String, serde_json::Value>,
    /// The record is gone.
    #[serde(default)]
    pub tombstone: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Roots over the leaves of the Certificate Transparency projects (RFC 6962 test data), 0 to 8 leaves.
    #[test]
    fn the_merkle_root_is_that_of_rfc_6962() {
        let leaves: [&str; 8] = [
            "",
            "00",
            "10",
            "2021",
            "3031",
            "40414243",
            "5051525354555657",
            "606162636465666768696a6b6c6d6e6f",
        ];
        let bytes = |t: &str| {
            (0..t.len() / 2)
                .map(|i| u8::from_str_radix(&t[2 * i..2 * i + 2], 16).unwrap())
                .collect::<Vec<u8>>()
        };
        let root = |n: usize| hex(&merkle_root(leaves[..n].iter().map(|t| hash_leaf(&bytes(t)))));
        let want = [
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
            "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
            "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
            "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
            "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
            "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
            "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
        ];
        for (n, want) in want.iter().enumerate() {
            assert_eq!(root(n), *want, "{n} leaves");
        }
    }

    #[test]
    fn the_digest_forgets_order_and_what_was_taken_away() {
        let mut a = Digest::default();
        let mut b = Digest::default();
        a.add("R-0001", &[7; 32]);
        a.add("R-0002", &[9; 32]);
        b.add("R-0002", &[9; 32]);
        b.add("R-0003", &[1; 32]);
        b.add("R-0001", &[7; 32]);
        assert_ne!(a, b);
        b.remove("R-0003", &[1; 32]);
        assert_eq!(a, b);
        a.remove("R-0002", &[9; 32]);
        a.remove("R-0001", &[7; 32]);
        assert_eq!(a, Digest::default());
    }

    #[test]
    fn a_sealed_line_reads_back() {
        let entries = [Entry {
            id: "R-0001",
            leaf: [1; 32],
            before: NONE,
        }];
        let h = Header {
            seq: 3,
            store: [9; 16],
            time: 1_795_363_200_123,
            actor: "P-0001",
            by: "P-\"2",
            action: "risk.accept",
            undoes: Some(2),
            prev: [4; 32],
            state: Digest([5; 32]),
        };
        let line = sealed_line(&h, &entries);
        let s: Sealed<'_> = serde_json::from_str(&line).unwrap();
        assert_eq!((s.seq, s.format, s.undoes, s.by.as_ref()), (3, 1, Some(2), "P-\"2"));
        assert_eq!(time_of(&s.time), Some(1_795_363_200_123));
        assert_eq!(s.entries[0].1, hex(&[1; 32]));
    }
}
