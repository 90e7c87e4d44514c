//! What tests of the ledger share: an organisation with one person, drafts, folders, and the independent verifier.
#![allow(dead_code, reason = "each test file uses its own part")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test stops where it fails"
)]

pub mod disk;

use isms::ledger::{self, Access, Ledger, OpenError, Report};
use isms::model::change::{Actor, Commit, Draft, Edit, Origin};
use isms::model::kind::{Catalogue, TITLE, Tag};
use isms::model::record::{Id, Record};
use isms::model::value::Value;
use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

/// The time of the first commit: 2026-11-22 16:00 UTC. Each further one is a minute later.
pub const START: i64 = 1_795_363_200_000;
pub const MINUTE: i64 = 60_000;

/// How long a test waits for a store that is busy. Only a failing test ever waits that long.
const PATIENCE: Duration = Duration::from_secs(30);

pub fn catalogue() -> Arc<Catalogue> {
    static ONCE: OnceLock<Arc<Catalogue>> = OnceLock::new();
    Arc::clone(ONCE.get_or_init(|| Arc::new(isms::method::catalogue().expect("the data files"))))
}

pub fn me() -> Actor {
    let id = Id::from("P-0001");
    Actor {
        person: id.clone(),
        by: id,
    }
}

pub fn text(t: &str) -> Option<Value> {
    Some(Value::Text(t.into()))
}

pub fn tag(kind: &str, field: &str) -> Tag {
    catalogue().kind(kind).unwrap().field(field).unwrap().tag
}

pub fn new(kind: &str) -> Edit {
    Edit::new(catalogue().index_of(kind).unwrap())
}

/// The first commit: the organisation and its administrator.
pub fn init() -> Draft {
    let may = ["admin", "analyst", "approver", "ciso", "risk-owner"]
        .map(String::from)
        .to_vec();
    Draft {
        origin: Origin::Init,
        edits: vec![
            new("organisation").with(TITLE, text("Meridian Pay")),
            new("person")
                .with(TITLE, text("Ada Okafor"))
                .with(tag("person", "permissions"), Some(Value::Tags(may))),
        ],
        ..Draft::new("init")
    }
}

/// New assets with these titles.
pub fn assets(titles: &[&str]) -> Draft {
    Draft {
        edits: titles.iter().map(|t| new("asset").with(TITLE, text(t))).collect(),
        ..Draft::new("asset.create")
    }
}

/// A draft that sets one field of one record.
pub fn set(ledger: &Ledger, id: &str, field: &str, value: Option<Value>) -> Draft {
    let record = find(ledger, id);
    let kind = ledger.catalogue().kind_of(&record.id).unwrap();
    let tag = ledger.catalogue().kinds[kind].field(field).unwrap().tag;
    Draft {
        edits: vec![Edit::of(&record).with(tag, value)],
        ..Draft::new("record.edit")
    }
}

pub fn find(ledger: &Ledger, id: &str) -> Arc<Record> {
    let id = Id::typed(id).unwrap();
    Arc::clone(
        ledger
            .state()
            .find(ledger.catalogue(), &id)
            .unwrap_or_else(|| panic!("no {id}")),
    )
}

/// Commits in its own minute.
pub fn commit(ledger: &mut Ledger, draft: &Draft) -> Commit {
    try_commit(ledger, draft).unwrap_or_else(|e| panic!("{}: {e:?}", draft.action))
}

pub fn try_commit(ledger: &mut Ledger, draft: &Draft) -> Result<Commit, ledger::CommitError> {
    let now = START + i64::try_from(ledger.seq()).unwrap() * MINUTE;
    ledger.commit(draft, &me(), now, 20_779)
}

/// A ledger in a new folder with the first commit.
pub fn fresh(folder: &Path) -> Ledger {
    let mut ledger = ledger::create(folder, catalogue()).unwrap();
    commit(&mut ledger, &init());
    ledger
}

/// Asks again while a store is busy that nobody has open. A process that another test of the same file begins has our
/// lock too, from its fork until it is the other program.
pub fn patiently<T>(ask: impl FnMut() -> T, is_busy: impl Fn(&T) -> bool) -> T {
    let (mut ask, since) = (ask, Instant::now());
    loop {
        let answer = ask();
        if !is_busy(&answer) || since.elapsed() > PATIENCE {
            return answer;
        }
        std::thread::yield_now();
    }
}

/// Whether a store could not be opened because somebody has it.
pub fn busy(opened: &Result<Ledger, OpenError>) -> bool {
    matches!(opened, Err(OpenError::Busy(_)))
}

/// Opens what nobody else has open, to write.
pub fn open(folder: &Path) -> Ledger {
    try_open(folder).unwrap()
}

/// The same, which may be refused for another reason.
pub fn try_open(folder: &Path) -> Result<Ledger, OpenError> {
    patiently(|| ledger::open(folder, Access::Write, catalogue()), busy)
}

/// The report on a store that nobody has open.
pub fn verify(folder: &Path) -> Report {
    const BUSY: u8 = 3;
    patiently(|| ledger::verify(folder, &catalogue()), |r| r.status == BUSY)
}

/// All records, to compare.
pub fn all(ledger: &Ledger) -> BTreeMap<String, Record> {
    let kinds = 0..ledger.catalogue().kinds.len();
    kinds
        .flat_map(|k| ledger.state().all(k))
        .map(|r| (r.id.to_string(), Record::clone(r)))
        .collect()
}

/// What the independent verifier says: exit status and output. `None` without Python.
pub fn python(folder: &Path) -> Option<(i32, String)> {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/verify_journal.py");
    match Command::new("python3").arg(script).arg(folder).output() {
        Ok(o) => Some((
            o.status.code().unwrap_or(-1),
            String::from_utf8_lossy(&o.stdout).into_owned() + &String::from_utf8_lossy(&o.stderr),
        )),
        Err(e) => {
            println!("SKIPPED: the independent verifier needs python3: {e}");
            None
        }
    }
}

/// Rewrites the content lines of a journal and seals everything anew, as somebody who knows the format could; the state
/// is thrown away. Returns how many lines changed.
pub fn rewrite(folder: &Path, change: impl Fn(&str) -> String) -> usize {
    use isms::ledger::format::{Digest, Entry, Header, NONE, Sealed, hash_of, sealed_line, sha256, time_of};
    let path = folder.join("journal/000001.jsonl");
    let old = std::fs::read_to_string(&path).unwrap();
    let (mut new, mut changed) = (String::new(), 0);
    let (mut leaves, mut digest, mut prev) = (BTreeMap::new(), Digest::default(), NONE);
    let mut waiting: Vec<String> = Vec::new();
    for line in old.lines() {
        if !line.starts_with("{\"seq\":") {
            let better = change(line);
            changed += usize::from(better != line);
            waiting.push(better);
            continue;
        }
        let s: Sealed<'_> = serde_json::from_str(line).unwrap();
        let mut entries = Vec::new();
        for (&(id, _, _), content) in s.entries.iter().zip(&waiting) {
            let leaf = sha256(content.as_bytes());
            let before = leaves.insert(id.to_string(), leaf).unwrap_or(NONE);
            if before != NONE {
                digest.remove(id, &before);
            }
            digest.add(id, &leaf);
            entries.push(Entry { id, leaf, before });
        }
        let store = hash_of(&(s.store.to_string() + &"0".repeat(32))).unwrap();
        let header = Header {
            seq: s.seq,
            store: store[..16].try_into().unwrap(),
            time: time_of(&s.time).unwrap(),
            actor: &s.actor,
            by: &s.by,
            action: &s.action,
            undoes: s.undoes,
            prev,
            state: digest,
        };
        let sealed = sealed_line(&header, &entries);
        prev = sha256(sealed.as_bytes());
        for l in waiting.drain(..).chain([sealed]) {
            new.push_str(&l);
            new.push('\n');
        }
    }
    std::fs::write(&path, new).unwrap();
    std::fs::remove_dir_all(folder.join("state")).unwrap();
    changed
}
