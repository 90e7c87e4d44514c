//! Any sequence of drafts, undos, redos and reopenings: what was acknowledged is there again, with the same digest, in
//! every way of opening; history, as-of and the commits agree with what was seen at the time.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test stops where it fails"
)]

mod kit;

use isms::ledger::{self, Access, InMemory, Ledger};
use isms::model::change::{Draft, Edit};
use isms::model::record::{Id, Record};
use isms::model::value::{Link, Value};
use isms::store::disk::Disk;
use isms::store::journal::Journal;
use isms::store::mark::Mark;
use isms::store::memory::MemoryState;
use kit::disk::{Left, SimDisk};
use kit::*;
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

#[derive(Debug, Clone)]
enum Op {
    Create(Vec<String>),
    /// Which record, which field, which value.
    Edit(usize, usize, String, i64),
    Move(usize, bool),
    Undo,
    Redo,
    /// With the state kept or lost, after a clean end or a power cut.
    Reopen(bool, bool),
}

fn op() -> impl Strategy<Value = Op> {
    let title = "[a-zA-Z\u{e9}\u{1F512}\u{202E}\"\\\\{}\n\t\u{7f} ]{1,12}";
    prop_oneof![
        2 => prop::collection::vec(title, 1..4).prop_map(Op::Create),
        6 => (any::<usize>(), any::<usize>(), title, any::<i64>()).prop_map(|(r, f, t, n)| Op::Edit(r, f, t, n)),
        1 => (any::<usize>(), any::<bool>()).prop_map(|(r, b)| Op::Move(r, b)),
        2 => Just(Op::Undo),
        2 => Just(Op::Redo),
        1 => (any::<bool>(), any::<bool>()).prop_map(|(a, b)| Op::Reopen(a, b)),
    ]
}

fn pick(ledger: &Ledger, n: usize) -> Option<Arc<Record>> {
    let all: Vec<&Arc<Record>> = ledger.state().all(catalogue().index_of("asset")?).collect();
    (!all.is_empty()).then(|| Arc::clone(all[n % all.len()]))
}

fn draft(ledger: &Ledger, op: &Op) -> Option<Draft> {
    match op {
        Op::Create(titles) => Some(assets(&titles.iter().map(String::as_str).collect::<Vec<_>>())),
        Op::Edit(r, f, t, n) => {
            let record = pick(ledger, *r)?;
            let other = pick(ledger, r / 7)?;
            let (field, value) = match f % 7 {
                0 => ("notes", Value::Text(t.clone())),
                1 => ("value", Value::Money(*n % 1_000_000_000_000, *b"EUR")),
                2 => ("next_review", Value::Date((*n % 40_000) as i32)),
                3 => (
                    "tags",
                    Value::Tags(vec![t.chars().filter(|c| c.is_alphanumeric()).collect()]),
                ),
                4 => ("personal_data", Value::Bool(n % 2 == 0)),
                5 => ("owner", Value::Link(Id::from("P-0001"))),
                _ => (
                    "supports",
                    Value::Links(vec![Link {
                        to: other.id.clone(),
                        attributes: vec![],
                    }]),
                ),
            };
            let value = (!value.is_empty() && n % 11 != 0).then_some(value);
            Some(Draft {
                edits: vec![Edit::of(&record).with(tag("asset", field), value)],
                ..Draft::new("record.edit")
            })
        }
        Op::Move(r, back) => {
            let edits = vec![Edit::of(&pick(ledger, *r)?).moving(if *back { "restore" } else { "retire" })];
            Some(Draft {
                reason: Some("because".into()),
                edits,
                ..Draft::new("asset.move")
            })
        }
        Op::Undo => ledger.undo(&me()).ok(),
        Op::Redo => ledger.redo(&me()).ok(),
        Op::Reopen(..) => None,
    }
}

struct House {
    disk: SimDisk,
    state: MemoryState,
}

impl House {
    fn open(&self) -> Ledger {
        let disk: Arc<dyn Disk> = Arc::new(self.disk.clone());
        let journal = Journal::open(Arc::clone(&disk), Path::new("journal"), true)
            .unwrap()
            .rolling_at(4_000);
        Ledger::over(
            catalogue(),
            Box::new(journal),
            &mut InMemory(self.state.clone()),
            Some(Mark::new(disk, Path::new("state"))),
        )
    }
}

type All = BTreeMap<String, Record>;

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_was_saved_is_there_again(ops in prop::collection::vec(op(), 1..40)) {
        let mut house = House { disk: SimDisk::default(), state: MemoryState::default() };
        let mut ledger = house.open();
        commit(&mut ledger, &init());
        let mut seen: Vec<All> = vec![All::new(), all(&ledger)];
        let mut digests = vec![ledger.digest()];
        for op in &ops {
            if let Op::Reopen(keep, power) = op {
                drop(ledger);
                let state = if *keep && !*power { house.state.clone() } else { MemoryState::default() };
                house = House { disk: house.disk.restart(if *power { Left::Nothing } else { Left::All }), state };
                ledger = house.open();
                prop_assert!(ledger.standing().writable, "{:?}", ledger.standing());
                prop_assert_eq!(&all(&ledger), seen.last().unwrap());
                prop_assert_eq!(Some(&ledger.digest()), digests.last());
            }
            let Some(d) = draft(&ledger, op) else { continue };
            if let Ok(c) = try_commit(&mut ledger, &d) {
                prop_assert_eq!(c.seq as usize, seen.len());
                for change in &c.changes {
                    prop_assert_eq!(change.before.as_deref(), seen[seen.len() - 1].get(change.id.as_str()));
                }
                seen.push(all(&ledger));
                digests.push(ledger.digest());
                let last = ledger.commits(None, 1).unwrap();
                prop_assert_eq!(&last[0], &c, "a commit reads back as it was returned");
            } else {
                prop_assert_eq!(&all(&ledger), seen.last().unwrap(), "what was refused changes nothing");
            }
        }
        for (seq, then) in seen.iter().enumerate() {
            let state = ledger.as_of_seq(seq as u64).unwrap();
            let kinds = 0..catalogue().kinds.len();
            let as_of: All = kinds.flat_map(|k| state.all(k)).map(|r| (r.id.to_string(), Record::clone(r))).collect();
            prop_assert_eq!(&as_of, then, "as of commit {}", seq);
        }
        for (id, record) in seen.last().unwrap() {
            let history = ledger.history(&Id::from(id.as_str())).unwrap();
            prop_assert_eq!(history[0].after.as_ref(), record);
            prop_assert_eq!(history.len() as u32, record.meta.as_ref().unwrap().versions);
        }
        // The same bytes in a folder: read without the state, verified by both programs.
        drop(ledger);
        let dir = tempfile::tempdir().unwrap();
        ledger::create(&dir.path().join("store"), catalogue()).unwrap().close();
        let folder = dir.path().join("store");
        for (path, bytes) in house.disk.files() {
            if !path.starts_with("state") {
                std::fs::write(folder.join(path), bytes).unwrap();
            }
        }
        let reader = ledger::open(&folder, Access::Read, catalogue()).unwrap();
        prop_assert_eq!(&all(&reader), seen.last().unwrap());
        let report = ledger::verify(&folder, &catalogue());
        prop_assert_eq!(report.status, 0, "{:#?}", report.lines);
        if let Some((status, said)) = python(&folder) {
            prop_assert_eq!(status, 0, "{}", said);
        }
    }
}
