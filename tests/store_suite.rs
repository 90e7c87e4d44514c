//! Both ports of the store, each engine through the same suite.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test stops where it fails"
)]

mod kit;

use isms::store::disk::{Disk, Real};
use isms::store::journal::Journal;
use isms::store::memory::{MemoryLog, MemoryState};
use isms::store::sled::SledState;
use isms::store::{Batch, Head, Log, Materialised, Position, StoreError};
use kit::disk::{Fault, SimDisk};
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

/// An engine that can be opened again and then holds what it held.
type Again<'a, T> = &'a dyn Fn() -> Box<T>;

fn group(n: u64, lines: usize) -> Vec<u8> {
    let mut text = String::new();
    for i in 0..lines {
        text.push_str(&format!("{{\"id\":\"A-{i:04}\",\"n\":{n}}}\n"));
    }
    format!("{text}{{\"seq\":{n}}}\n").into_bytes()
}

fn scan(log: &dyn Log, from: Position) -> Vec<(Position, Vec<u8>, bool)> {
    let mut all = Vec::new();
    log.scan(from, &mut |p| all.push((p.at, p.bytes.to_vec(), p.whole)))
        .unwrap();
    all
}

fn log_suite(open: Again<'_, dyn Log>) {
    let mut log = open();
    assert!(scan(log.as_ref(), Position::default()).is_empty(), "new: empty");
    let groups: Vec<Vec<u8>> = (1..=40).map(|n| group(n, n as usize % 7)).collect();
    let mut at = Vec::new();
    for g in &groups {
        at.push(log.append(g).unwrap());
    }
    assert!(at.is_sorted() && at.windows(2).all(|w| w[0] < w[1]), "positions ascend");
    for reopened in [false, true] {
        if reopened {
            log = open();
        }
        let all = scan(log.as_ref(), Position::default());
        assert_eq!(all.iter().map(|p| p.0).collect::<Vec<_>>(), at);
        assert!(
            all.iter().zip(&groups).all(|(p, g)| p.1 == *g && p.2),
            "bytes come back as they were, whole"
        );
        assert_eq!(scan(log.as_ref(), at[25]).len(), 15, "from a position on");
        for (at, g) in at.iter().zip(&groups) {
            assert_eq!(&log.read_at(*at, g.len()).unwrap(), g);
            assert_eq!(log.read_at(Position(at.0 + 1), 3).unwrap(), &g[1..4], "inside a group");
        }
        assert!(log.read_at(at[39], groups[39].len() + 1).is_err(), "behind the end");
        assert!(!log.place(at[5]).is_empty());
    }
    // An unfinished group at the end is handed out as such, and can be set aside.
    let torn = log.append(b"{\"id\":\"A-0001\"}\n{\"se").unwrap();
    let last = scan(log.as_ref(), torn);
    assert_eq!((last.len(), last[0].2), (1, false));
    log.set_aside(torn, "41").unwrap();
    assert_eq!(scan(log.as_ref(), Position::default()).len(), 40);
    let next = log.append(&group(41, 1)).unwrap();
    assert_eq!(next, torn, "the place is free again");
    assert_eq!(scan(open().as_ref(), Position::default()).len(), 41);
}

#[test]
fn the_log_in_memory() {
    let log = MemoryLog::default();
    log_suite(&|| Box::new(log.clone()));
}

#[test]
fn the_log_in_files() {
    for roll in [1, 300, 1 << 20] {
        let dir = tempfile::tempdir().unwrap();
        let open = || {
            Journal::open(Arc::new(Real), dir.path(), true)
                .unwrap()
                .rolling_at(roll)
        };
        log_suite(&|| Box::new(open()));
        let names = Real.list(dir.path()).unwrap();
        let aside: Vec<&String> = names.iter().filter(|n| n.starts_with("tail.41.")).collect();
        assert_eq!(aside.len(), 1, "{names:?}");
        assert_eq!(names.len() > 5, roll < 1000, "segments roll: {names:?}");
    }
}

#[test]
fn the_log_in_files_on_a_simulated_disk() {
    let disk = SimDisk::default();
    log_suite(&|| {
        Box::new(
            Journal::open(Arc::new(disk.clone()), Path::new("journal"), true)
                .unwrap()
                .rolling_at(500),
        )
    });
}

#[test]
fn a_segment_that_is_missing_is_named() {
    let dir = tempfile::tempdir().unwrap();
    let open = || Journal::open(Arc::new(Real), dir.path(), true).unwrap().rolling_at(1);
    let mut log = open();
    for n in 1..=4 {
        log.append(&group(n, 1)).unwrap();
    }
    std::fs::remove_file(dir.path().join("000002.jsonl")).unwrap();
    let mut seen = 0;
    let e = open().scan(Position::default(), &mut |_| seen += 1).unwrap_err();
    assert_eq!((e.to_string().as_str(), seen), ("journal/000002.jsonl is missing", 1));
}

#[test]
fn after_an_io_error_a_log_takes_nothing_more_but_after_a_full_disk_it_does() {
    let disk = SimDisk::default();
    let mut log = Journal::open(Arc::new(disk.clone()), Path::new("journal"), true).unwrap();
    log.append(&group(1, 1)).unwrap();
    disk.fail(Fault::WriteFull, 1, false);
    assert!(matches!(log.append(&group(2, 3)), Err(StoreError::Full(_))));
    assert_eq!(
        scan(&log, Position::default()).len(),
        1,
        "what was begun was taken back"
    );
    log.append(&group(2, 3)).unwrap();
    disk.fail(Fault::SyncIo, 1, false);
    assert!(matches!(log.append(&group(3, 3)), Err(StoreError::Unknown(_))));
    assert!(
        matches!(log.append(&group(3, 3)), Err(StoreError::Unknown(_))),
        "for good"
    );
}

fn head(seq: u64) -> Head {
    Head {
        seq,
        seal: [seq as u8; 32],
    }
}

fn records(engine: &dyn Materialised) -> BTreeMap<Vec<u8>, Vec<u8>> {
    let mut all = BTreeMap::new();
    engine
        .scan(&mut |id, bytes| drop(all.insert(id.to_vec(), bytes.to_vec())))
        .unwrap();
    all
}

fn state_suite(open: Again<'_, dyn Materialised>) {
    let mut e = open();
    assert_eq!(
        (e.head().unwrap(), e.layout().unwrap(), e.count().unwrap()),
        (None, 0, (0, 0))
    );
    e.set_layout(77).unwrap();
    for seq in 1..=30u64 {
        let id = |n: u64| format!("A-{n:04}").into_bytes();
        e.apply(&Batch {
            records: vec![
                (id(seq), Some(vec![1; seq as usize])),
                (id(1), Some(seq.to_be_bytes().to_vec())),
                (id(seq.saturating_sub(20)), None),
            ],
            versions: vec![(id(seq), seq, vec![2]), (b"A-0001".to_vec(), seq, vec![seq as u8])],
            commits: vec![(seq, vec![3, seq as u8])],
            head: Some(head(seq)),
        })
        .unwrap();
    }
    e.flush(true).unwrap();
    for reopened in [false, true] {
        if reopened {
            drop(e);
            e = open();
        }
        assert_eq!((e.head().unwrap(), e.layout().unwrap()), (Some(head(30)), 77));
        let all = records(e.as_ref());
        assert_eq!(
            all.len(),
            21,
            "ids 1 and 11 to 30: what was taken away is gone, what came again is there"
        );
        assert_eq!(e.record(b"A-0030").unwrap(), Some(vec![1; 30]));
        assert_eq!(e.record(b"A-0002").unwrap(), None);
        let versions = e.versions(b"A-0001").unwrap();
        assert_eq!(
            versions.iter().map(|v| v.0).collect::<Vec<_>>(),
            (1..=30).collect::<Vec<_>>(),
            "ascending"
        );
        assert_eq!(e.versions(b"A-00").unwrap(), [], "an id is no prefix of another");
        assert_eq!(e.commit(30).unwrap(), Some(vec![3, 30]));
        assert_eq!(e.commit(31).unwrap(), None);
        assert_eq!(e.count().unwrap(), (59, 30));
    }
}

#[test]
fn the_state_in_memory() {
    let state = MemoryState::default();
    state_suite(&|| Box::new(state.clone()));
}

#[test]
fn the_state_in_sled() {
    let dir = tempfile::tempdir().unwrap();
    state_suite(&|| Box::new(SledState::open(&dir.path().join("records")).unwrap()));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    /// Any batches, applied to sled with reopening in between, leave what they leave in a map.
    #[test]
    fn sled_and_memory_agree(batches in prop::collection::vec(
        (prop::collection::vec((0u8..12, prop::option::of(prop::collection::vec(any::<u8>(), 0..40))), 0..8), any::<bool>()), 1..12)) {
        let dir = tempfile::tempdir().unwrap();
        let open = || SledState::open(&dir.path().join("records")).unwrap();
        let (mut sled, mut memory) = (open(), MemoryState::default());
        for (seq, (records, reopen)) in batches.into_iter().enumerate() {
            let seq = seq as u64 + 1;
            let batch = Batch {
                versions: records.iter().map(|(id, _)| (vec![b'A', *id + 1], seq, vec![*id])).collect(),
                records: records.into_iter().map(|(id, b)| (vec![b'A', id + 1], b)).collect(),
                commits: vec![(seq, vec![])],
                head: Some(head(seq)),
            };
            sled.apply(&batch).unwrap();
            memory.apply(&batch).unwrap();
            if reopen {
                sled.flush(false).unwrap();
                drop(sled);
                sled = open();
            }
        }
        prop_assert_eq!(records(&sled), records(&memory));
        prop_assert_eq!(sled.head().unwrap(), memory.head().unwrap());
        prop_assert_eq!(sled.count().unwrap(), memory.count().unwrap());
        for id in 0..12 {
            prop_assert_eq!(sled.versions(&[b'A', id + 1]).unwrap(), memory.versions(&[b'A', id + 1]).unwrap());
        }
    }
}
