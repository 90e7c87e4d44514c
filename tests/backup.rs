//! A store as one file and back: while the program writes, with a disk that fails at any call, with a file that was
//! damaged, cut, lengthened or made to harm. What is restored is the same store, or there is nothing.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test stops where it fails"
)]

mod kit;
mod support;

use isms::ledger::{self, InMemory, Ledger, OpenError};
use isms::model::change::Draft;
use isms::model::kind::TITLE;
use isms::model::value::Value;
use isms::store::archive::{self, Archive, List, Member};
use isms::store::disk::{Disk, Real};
use isms::store::files::Files;
use isms::store::journal::Journal;
use isms::store::mark::Mark;
use isms::store::memory::MemoryState;
use isms::store::{Head, hex};
use kit::disk::{Fault, Left, SimDisk};
use kit::*;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use support::Home;

/// Evidence with a file of so many bytes.
fn evidence(ledger: &mut Ledger, n: usize) {
    let file = ledger.keep(&format!("{n}.pdf"), &mut vec![7; n].as_slice()).unwrap();
    let edit = new("evidence")
        .with(TITLE, text("Proof"))
        .with(tag("evidence", "file"), Some(Value::File(file.into())));
    let draft = Draft {
        edits: vec![edit],
        ..Draft::new("record.create")
    };
    commit(ledger, &draft);
}

/// A store with some commits and files.
fn store(folder: &Path) -> Ledger {
    let mut ledger = fresh(folder);
    commit(&mut ledger, &assets(&["Payroll", "Card vault"]));
    evidence(&mut ledger, 3);
    evidence(&mut ledger, 1_024);
    ledger
}

fn real() -> Arc<dyn Disk> {
    Arc::new(Real)
}

fn names(folder: &Path) -> BTreeSet<String> {
    fs::read_dir(folder)
        .unwrap()
        .map(|e| e.unwrap().file_name().into_string().unwrap())
        .collect()
}

fn verified(folder: &Path) -> ledger::Report {
    let report = verify(folder);
    assert_eq!(report.status, 0, "{:#?}", report.lines);
    report
}

#[test]
fn a_store_that_is_open_is_backed_up_and_comes_back_with_its_head() {
    let dir = tempfile::tempdir().unwrap();
    let (folder, file) = (dir.path().join("store"), dir.path().join("one.tar"));
    let mut ledger = store(&folder);
    // The lock is held, and a commit is only half there.
    let journal = folder.join("journal/000001.jsonl");
    let mut half = fs::read(&journal).unwrap();
    half.extend_from_slice(b"{\"id\":\"A-0003\",\"salt\":\"");
    fs::write(&journal, half).unwrap();
    let done = ledger::backup(&folder, &file).unwrap();
    assert_eq!((done.head.seq, done.files, done.missing.len()), (ledger.seq(), 2, 0));
    assert_eq!(done.head.seal, ledger.seal());
    assert_eq!(done.bytes, fs::metadata(&file).unwrap().len());

    // A name that is taken is left alone.
    let said = ledger::backup(&folder, &file).unwrap_err().to_string();
    assert!(said.contains("is there already"), "{said}");
    assert_eq!(names(dir.path()).len(), 2);

    let back = dir.path().join("deep/back");
    fs::create_dir_all(&back).unwrap();
    let again = ledger::restore(&file, &back, catalogue()).unwrap();
    assert_eq!((again.head, again.files), (done.head, 2));
    assert_eq!(verified(&back).seq, done.head.seq);
    assert_eq!(names(&dir.path().join("deep")), BTreeSet::from(["back".to_string()]));
    let restored = open(&back);
    assert_eq!((restored.seal(), all(&restored)), (ledger.seal(), all(&ledger)));
    drop(restored);

    // Only an empty folder is taken, and what is in another stays.
    let said = ledger::restore(&file, &back, catalogue()).unwrap_err();
    assert!(matches!(said, ledger::BackupError::Open(OpenError::Taken(_))), "{said}");
    assert_eq!(verified(&back).seq, done.head.seq);
    commit(&mut ledger, &assets(&["Later"]));
    // Any tool can list it.
    if let Ok(out) = std::process::Command::new("tar").arg("-tf").arg(&file).output() {
        let listed = String::from_utf8_lossy(&out.stdout).into_owned();
        assert!(
            out.status.success() && listed.starts_with("backup.json\njournal/000001.jsonl\nfiles/"),
            "{listed}"
        );
    }
}

#[test]
fn backups_taken_while_commits_are_made_are_each_whole() {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().join("store");
    let mut ledger = store(&folder);
    let writer = std::thread::spawn(move || {
        for n in 0..40 {
            commit(&mut ledger, &assets(&["One", "Two", "Three"]));
            if n % 10 == 0 {
                evidence(&mut ledger, 5_000 + n);
            }
        }
        ledger.seq()
    });
    let mut last = 0;
    for n in 0.. {
        let over = writer.is_finished();
        let file = dir.path().join(format!("{n}.tar"));
        let done = ledger::backup(&folder, &file).unwrap();
        assert!(done.head.seq >= last && done.missing.is_empty(), "{done:?}");
        last = done.head.seq;
        let back = dir.path().join(format!("back{n}"));
        ledger::restore(&file, &back, catalogue()).unwrap();
        assert_eq!(verified(&back).seq, last);
        if over {
            break;
        }
    }
    assert_eq!(last, writer.join().unwrap());
}

/// Restoring must fail with these words, and leave nothing.
#[track_caller]
fn refused(file: &Path, says: &str) {
    let dir = tempfile::tempdir().unwrap();
    let said = ledger::restore(file, &dir.path().join("back"), catalogue())
        .unwrap_err()
        .to_string();
    assert!(said.contains(says), "{said}");
    assert!(names(dir.path()).is_empty(), "{:?}", names(dir.path()));
}

#[test]
fn what_was_damaged_cut_or_lengthened_is_refused_and_leaves_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let (folder, file) = (dir.path().join("store"), dir.path().join("one.tar"));
    drop(store(&folder));
    ledger::backup(&folder, &file).unwrap();
    let good = fs::read(&file).unwrap();
    let bad = dir.path().join("bad.tar");
    let with = |bytes: &[u8], says: &str| {
        fs::write(&bad, bytes).unwrap();
        refused(&bad, says);
    };
    let disk = real();
    for at in (0..good.len()).step_by(61) {
        let mut bytes = good.clone();
        bytes[at] ^= 1;
        fs::write(&bad, &bytes).unwrap();
        let read = Archive::open(&disk, &bad).and_then(|a| a.check());
        // In the list a head may be another one that reads: then the journal does not agree with it.
        let wrong = read.is_err() || ledger::restore(&bad, &dir.path().join("never"), catalogue()).is_err();
        assert!(wrong, "byte {at} was changed");
        assert!(!dir.path().join("never").exists());
    }
    for len in (0..good.len()).step_by(509).chain([good.len() - 1]) {
        fs::write(&bad, &good[..len]).unwrap();
        assert!(Archive::open(&disk, &bad).is_err(), "cut to {len}");
    }
    with(&good[..good.len() - 1], "was cut short");
    with(
        &[good.as_slice(), &[0; 512]].concat(),
        "512 bytes more than its list names",
    );
    with(b"PK\x03\x04", "is no backup");
    with(&[], "is no backup");
    let mut journal = good.clone();
    let at = good.windows(9).position(|w| w == b"\"title\":\"").unwrap() + 10;
    journal[at] ^= 1;
    with(&journal, "'journal/000001.jsonl' in ");
}

/// A backup of these members, as whoever wants to harm would write it.
fn forged(dir: &Path, members: &[(&str, &[u8])]) -> PathBuf {
    let file = dir.join(format!("{}.tar", names(dir).len()));
    let all = members.iter().map(|(name, bytes)| Member {
        name: (*name).to_string(),
        size: bytes.len() as u64,
        sha256: hex(&ledger::format::sha256(bytes)),
    });
    let list = List::new(&[1; 16], Head { seq: 1, seal: [2; 32] }, all.collect());
    let mut bytes = members.iter().map(|m| m.1);
    let written = archive::write(&real(), &file, &list, &mut |_, out| {
        out.write_all(bytes.next().unwrap()).unwrap();
        Ok(())
    });
    // Names that come twice are not even read back; whoever harms does not read back.
    match written {
        Err(_) => dir.join("none"),
        Ok(_) => file,
    }
}

#[test]
fn a_backup_never_writes_outside_its_folder() {
    let dir = tempfile::tempdir().unwrap();
    for name in [
        "../../evil",
        "/etc/evil",
        "journal/../../evil",
        "journal/000002.jsonl",
        "journal/1.jsonl",
        "journal/000001.jsonl/x",
        "state/head",
        "lock",
        "files/ab/abcd",
        "files/../journal/000001.jsonl",
    ] {
        refused(&forged(dir.path(), &[(name, b"x")]), "is no part of a store");
    }
    refused(&forged(dir.path(), &[]), "there is no journal in it");
    // What looks like a store but is none is found before it gets its name.
    let kept = format!("files/{}", archive_place(b"y"));
    refused(
        &forged(dir.path(), &[("journal/000001.jsonl", b"{}\n"), (&kept, b"y")]),
        "commit",
    );
    // Twice the same name.
    let file = forged(
        dir.path(),
        &[("journal/000001.jsonl", b"ab"), ("journal/000002.jsonl", b"ab")],
    );
    let mut bytes = fs::read(&file).unwrap();
    let at = bytes.windows(6).position(|w| w == b"000002").unwrap();
    bytes[at..at + 6].copy_from_slice(b"000001");
    fs::write(&file, bytes).unwrap();
    refused(&file, "names 'journal/000001.jsonl' twice");
}

fn archive_place(bytes: &[u8]) -> String {
    let hash = ledger::format::sha256(bytes);
    isms::store::files::place_of(Path::new(""), &hash).display().to_string()
}

/// A store on a simulated disk.
fn simulated() -> SimDisk {
    let sim = SimDisk::default();
    let disk: Arc<dyn Disk> = Arc::new(sim.clone());
    let journal = Journal::open(Arc::clone(&disk), Path::new("journal"), true)
        .unwrap()
        .rolling_at(2_000);
    let mark = Mark::new(Arc::clone(&disk), Path::new("state"));
    let ledger = Ledger::over(
        catalogue(),
        Box::new(journal),
        &mut InMemory(MemoryState::default()),
        Some(mark),
    );
    let mut ledger = ledger.with_files(Files::new(disk, Path::new("")));
    commit(&mut ledger, &init());
    commit(&mut ledger, &assets(&["Payroll", "Card vault"]));
    evidence(&mut ledger, 300_000);
    commit(&mut ledger, &assets(&["Door"]));
    ledger.close();
    sim
}

#[test]
fn a_disk_that_fails_at_any_call_leaves_a_whole_backup_or_none() {
    let faults = [
        Fault::AnyIo,
        Fault::WriteIo,
        Fault::WriteFull,
        Fault::WriteShort,
        Fault::SyncIo,
        Fault::Power,
    ];
    let file = Path::new("out/one.tar");
    let mut hits = 0;
    for fault in faults {
        for n in 1.. {
            let sim = simulated().restart(Left::All);
            sim.fail(fault, n, false);
            let done = ledger::backup_on(Arc::new(sim.clone()), Path::new(""), file);
            let fired = sim.hits() > 0;
            hits += sim.hits();
            for left in [Left::All, Left::Nothing, Left::Some(n)] {
                let after: Arc<dyn Disk> = Arc::new(sim.restart(left));
                let there = after.open(file, isms::store::disk::For::Reading).is_ok();
                if there {
                    let whole = Archive::open(&after, file).and_then(|a| a.check().map(|()| a.list.seq));
                    assert_eq!(whole.ok(), Some(4), "{fault:?} at call {n}, left {left:?}");
                }
                assert!(
                    there || done.is_err(),
                    "{fault:?} at call {n}, left {left:?}: it was promised"
                );
            }
            if !fired {
                assert!(done.is_ok(), "{fault:?}: {done:?}");
                break;
            }
        }
    }
    assert!(hits > 20, "only {hits} faults fired");
}

#[test]
fn on_the_command_line_it_works_while_somebody_writes() {
    let home = Home::new();
    home.ok(&["init", "--name", "Acme"]);
    home.ok(&["add", "asset", "title=Ledger database"]);
    let held = isms::store::lock::Lock::take(&home.store()).unwrap();
    let said = home.ok(&["backup", "one.tar"]);
    assert!(
        said.starts_with("2 commits, ") && said.ends_with("in one.tar\n"),
        "{said}"
    );
    assert_eq!(
        home.run(&["compact"]).status.code(),
        Some(3),
        "compacting needs the store for itself"
    );
    drop(held);
    let second = home.path().join("second").display().to_string();
    assert!(
        home.ok(&["restore", "one.tar", "--store", &second])
            .contains("the store is")
    );
    assert!(home.ok(&["verify", "--store", &second]).ends_with("ok\n"));
    let head = |text: String| text.lines().find(|l| l.starts_with("head:")).map(str::to_string);
    assert_eq!(
        head(home.ok(&["verify"])),
        head(home.ok(&["verify", "--store", &second]))
    );
    let taken = home.run(&["restore", "one.tar", "--store", &second]);
    assert_eq!(taken.status.code(), Some(2));
    assert_eq!(
        home.run(&["restore", "none.tar", "--store", "third"]).status.code(),
        Some(2)
    );
    assert!(!home.path().join("third").exists());
    // A file that a record names and that is gone is said; the rest is safe.
    fs::write(home.path().join("p.pdf"), b"%PDF").unwrap();
    home.ok(&["add", "evidence", "title=Proof", "file=@p.pdf"]);
    fs::remove_dir_all(home.store().join("files")).unwrap();
    let out = home.run(&["backup", "two.tar"]);
    let said = String::from_utf8_lossy(&out.stdout).into_owned();
    assert!(
        out.status.code() == Some(1) && said.contains("missing: 'p.pdf'"),
        "{said}"
    );
}

#[test]
fn compacting_shrinks_the_state_and_nothing_else() {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().join("store");
    let mut ledger = store(&folder);
    for _ in 0..60 {
        let notes = text(&"n".repeat(9_000));
        let d = set(&ledger, "A-1", "notes", notes);
        let _ = try_commit(&mut ledger, &d);
        let d = set(&ledger, "A-1", "notes", text("short"));
        let _ = try_commit(&mut ledger, &d);
    }
    let (seal, was) = (ledger.seal(), all(&ledger));
    ledger.close();
    fs::write(folder.join("journal/tail.9.1"), b"half").unwrap();
    fs::create_dir(folder.join("state.bad.1")).unwrap();
    let journal = fs::read(folder.join("journal/000001.jsonl")).unwrap();
    let done = ledger::compact(
        &folder,
        catalogue(),
        ledger::Options {
            insecure_permissions: true,
        },
    )
    .unwrap();
    assert!(done.after < done.before, "{done:?}");
    let aside: Vec<&str> = done.aside.iter().map(|a| a.0.as_str()).collect();
    assert_eq!(aside, ["journal/tail.9.1", "state.bad.1"]);
    assert_eq!(fs::read(folder.join("journal/000001.jsonl")).unwrap(), journal);
    let left = ["files", "journal", "lock", "state", "state.bad.1"].map(String::from);
    assert_eq!(names(&folder), BTreeSet::from(left));
    assert_eq!(verified(&folder).seq, ledger_seq(&journal));
    let again = open(&folder);
    assert!(again.standing().notes.is_empty(), "{:?}", again.standing().notes);
    assert_eq!((again.seal(), all(&again)), (seal, was));
}

/// How many commits there are in a journal.
fn ledger_seq(journal: &[u8]) -> u64 {
    journal
        .split(|b| *b == b'\n')
        .filter(|l| l.starts_with(b"{\"seq\":"))
        .count() as u64
}
