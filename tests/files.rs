//! Files beside the ledger: whatever happens between bringing one and committing the record that names it, a record
//! that is there has its bytes; what is damaged or gone is named.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test stops where it fails"
)]

mod kit;

use isms::ledger::{self, Access, CommitError, InMemory, Ledger, files_of};
use isms::model::change::{Draft, Refusal};
use isms::model::kind::TITLE;
use isms::model::value::{FileRef, Value};
use isms::store::disk::Disk;
use isms::store::files::{FileError, Files};
use isms::store::journal::Journal;
use isms::store::mark::Mark;
use isms::store::memory::MemoryState;
use kit::disk::{Fault, Left, SimDisk};
use kit::*;
use std::path::Path;
use std::sync::Arc;

/// New evidence that names a file.
fn evidence(title: &str, file: &FileRef) -> Draft {
    let file = Some(Value::File(file.clone().into()));
    Draft {
        edits: vec![
            new("evidence")
                .with(TITLE, text(title))
                .with(tag("evidence", "file"), file),
        ],
        ..Draft::new("record.create")
    }
}

/// The bytes of the `n`-th file.
fn bytes(n: u8) -> Vec<u8> {
    vec![n; 70_000 + usize::from(n)]
}

struct House {
    disk: SimDisk,
    state: MemoryState,
}

impl House {
    fn open(&self) -> Option<Ledger> {
        let disk: Arc<dyn Disk> = Arc::new(self.disk.clone());
        let journal = Journal::open(Arc::clone(&disk), Path::new("journal"), true).ok()?;
        let mark = Mark::new(Arc::clone(&disk), Path::new("state"));
        let mut states = InMemory(self.state.clone());
        let ledger = Ledger::over(catalogue(), Box::new(journal), &mut states, Some(mark));
        Some(ledger.with_files(Files::new(disk, Path::new(""))))
    }
}

/// Brings three files, the last one twice, each with its record; ends at the first thing that goes wrong. How many
/// commits were acknowledged.
fn work(house: &House) -> u64 {
    let Some(mut ledger) = house.open() else { return 0 };
    if try_commit(&mut ledger, &init()).is_err() {
        return 0;
    }
    for n in [1, 2, 3, 3] {
        let Ok(file) = ledger.keep(&format!("{n}.pdf"), &mut bytes(n).as_slice()) else {
            break;
        };
        if try_commit(&mut ledger, &evidence(&format!("Number {n}"), &file)).is_err() {
            break;
        }
    }
    ledger.seq()
}

/// What is wrong after a fault at the `n`-th call, if anything is; and whether the fault fired.
fn after(fault: Fault, n: u64, left: Left, lying: bool) -> (Option<String>, bool) {
    let house = House {
        disk: SimDisk::default(),
        state: MemoryState::default(),
    };
    if lying {
        house.disk.lie();
    }
    house.disk.fail(fault, n, false);
    let acked = work(&house);
    let hit = house.disk.hits() > 0;
    let again = House {
        disk: house.disk.restart(left),
        state: MemoryState::default(),
    };
    let what = format!("{fault:?} at call {n}, left {left:?}");
    let Some(mut ledger) = again.open() else {
        return (Some(format!("{what}: cannot be opened")), hit);
    };
    if ledger.seq() < acked {
        return (Some(format!("{what}: LOST, {} of {acked}", ledger.seq())), hit);
    }
    for record in all(&ledger).values() {
        for file in files_of(record) {
            let mut got = Vec::new();
            if let Err(e) = ledger.read_file(file, &mut got) {
                return (
                    Some(format!("{what}: {} names {}, which {e}", record.id, file.name)),
                    hit,
                );
            }
            assert_eq!(got.len() as u64, file.size);
        }
    }
    // It goes on, and what was begun is not in the way.
    if ledger.seq() > 0 {
        let file = ledger.keep("next.pdf", &mut bytes(9).as_slice()).unwrap();
        commit(&mut ledger, &evidence("Next", &file));
    }
    (None, hit)
}

#[test]
fn a_record_that_is_there_has_its_bytes_whatever_fails() {
    let (mut runs, mut hits) = (0, 0);
    for fault in [
        Fault::AnyIo,
        Fault::WriteFull,
        Fault::WriteShort,
        Fault::SyncIo,
        Fault::Power,
    ] {
        for left in [Left::All, Left::Nothing, Left::Some(7), Left::Some(99_991)] {
            for n in 1..1_000 {
                let (wrong, hit) = after(fault, n, left, false);
                assert_eq!(wrong, None);
                (runs, hits) = (runs + 1, hits + u64::from(hit));
                if !hit {
                    break;
                }
            }
        }
    }
    println!("{runs} runs, {hits} faults hit");
    assert!(hits > 200);
}

#[test]
fn a_disk_that_only_says_that_it_synced_is_caught() {
    let wrong = (1..200).find_map(|n| after(Fault::Power, n, Left::Nothing, true).0);
    assert!(wrong.is_some(), "the harness does not notice a missing fsync");
}

#[test]
fn what_has_no_bytes_here_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let mut ledger = fresh(&dir.path().join("store"));
    let nowhere = FileRef {
        name: "report.pdf".into(),
        sha256: [7; 32],
        size: 3,
    };
    let said = try_commit(&mut ledger, &evidence("Report", &nowhere));
    let Err(CommitError::Refused(Refusal::Problems(p))) = said else {
        panic!("{said:?}")
    };
    assert!(p[0].message.contains("'report.pdf' are not in this store"), "{p:?}");
    // One that was kept goes in, may be named again, and stands in the history when it is replaced.
    let one = ledger.keep("one.pdf", &mut &b"one"[..]).unwrap();
    commit(&mut ledger, &evidence("Report", &one));
    commit(&mut ledger, &evidence("The same again", &one));
    let two = ledger.keep("two.pdf", &mut &b"two"[..]).unwrap();
    let replace = set(&ledger, "E-1", "file", Some(Value::File(two.into())));
    commit(&mut ledger, &replace);
    let undo = ledger.undo(&me()).unwrap();
    commit(&mut ledger, &undo);
    assert_eq!(
        find(&ledger, "E-1").get(tag("evidence", "file")),
        Some(&Value::File(one.into()))
    );
}

#[test]
fn a_reader_reads_while_another_writes_and_keeps_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().join("store");
    let mut ledger = fresh(&folder);
    let file = ledger.keep("one.pdf", &mut &b"one"[..]).unwrap();
    commit(&mut ledger, &evidence("Report", &file));
    let reader = ledger::open(&folder, Access::Read, catalogue()).unwrap();
    let mut got = Vec::new();
    assert!(reader.has_file(&file));
    reader.read_file(&file, &mut got).unwrap();
    assert_eq!(got, b"one");
    let said = reader.keep("two.pdf", &mut &b"two"[..]);
    assert!(matches!(said, Err(FileError::ReadOnly(_))), "{said:?}");
}

#[test]
fn verify_reads_every_file_and_names_what_is_missing_or_changed() {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().join("store");
    let mut ledger = fresh(&folder);
    let mut kept = Vec::new();
    for n in 1..=3 {
        kept.push(ledger.keep(&format!("{n}.pdf"), &mut bytes(n).as_slice()).unwrap());
        commit(
            &mut ledger,
            &evidence(&format!("Number {n}"), &kept[usize::from(n) - 1]),
        );
    }
    // The second is named by the past only.
    let clear = set(&ledger, "E-2", "file", None);
    commit(&mut ledger, &clear);
    ledger.keep("orphan.pdf", &mut &b"orphan"[..]).unwrap();
    ledger.close();
    std::fs::write(folder.join("files/new.1"), b"begun").unwrap();
    let verify = || {
        let report = kit::verify(&folder);
        (report.status, report.lines.join("\n"))
    };
    let (status, said) = verify();
    assert_eq!(status, 0, "{said}");
    for words in ["4 kept", "1 of them are named by no record", "files/new.1 was begun"] {
        assert!(said.contains(words), "{words}: {said}");
    }

    let path = |file: &FileRef| isms::store::files::place_of(&folder.join("files"), &file.sha256);
    let flip = |file: &FileRef| {
        let mut bytes = std::fs::read(path(file)).unwrap();
        bytes[40_000] ^= 1;
        std::fs::write(path(file), bytes).unwrap();
    };
    flip(&kept[0]);
    let (status, said) = verify();
    assert_eq!(status, 1, "{said}");
    assert!(
        said.contains("'1.pdf' (E-0001, commit 2): its bytes have another SHA-256"),
        "{said}"
    );
    flip(&kept[0]);
    assert_eq!(verify().0, 0);
    std::fs::remove_file(path(&kept[1])).unwrap();
    let (status, said) = verify();
    assert_eq!(status, 1, "{said}");
    assert!(said.contains("file missing: '2.pdf' (E-0002, commit 3)"), "{said}");
}
