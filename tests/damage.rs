//! A real store on a real folder, damaged in every way that a disk or a hand finds: cut at every byte of its tail, bits
//! flipped in every file, files gone, lines taken out or put in. Each time it is either noticed and named, or proven
//! harmless by equal content. Never silent, never a panic; and the independent verifier says the same of the journal.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test stops where it fails"
)]

mod kit;

use isms::ledger::{self, Access, Ledger};
use isms::model::record::Record;
use kit::*;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// Bits flipped in each file.
const FLIPS: usize = 80;

struct Store {
    dir: tempfile::TempDir,
    all: BTreeMap<String, Record>,
    seq: u64,
}

/// A store with some commits, closed.
fn store() -> Store {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().join("store");
    let mut ledger = fresh(&folder);
    commit(&mut ledger, &assets(&["Payroll", "Card vault", "Ledger"]));
    for n in 0..6 {
        let d = set(
            &ledger,
            &format!("A-{}", n % 3 + 1),
            "notes",
            text(&format!("note {n}")),
        );
        commit(&mut ledger, &d);
    }
    let (all, seq) = (kit::all(&ledger), ledger.seq());
    ledger.close();
    Store { dir, all, seq }
}

impl Store {
    fn folder(&self) -> PathBuf {
        self.dir.path().join("store")
    }

    /// A copy to damage.
    fn copy(&self) -> (tempfile::TempDir, PathBuf) {
        let dir = tempfile::tempdir().unwrap();
        let to = dir.path().join("store");
        copy(&self.folder(), &to);
        (dir, to)
    }
}

fn copy(from: &Path, to: &Path) {
    fs::DirBuilder::new().recursive(true).create(to).unwrap();
    fs::set_permissions(to, fs::metadata(from).unwrap().permissions()).unwrap();
    for e in fs::read_dir(from).unwrap() {
        let e = e.unwrap();
        let target = to.join(e.file_name());
        if e.file_type().unwrap().is_dir() {
            copy(&e.path(), &target);
        } else {
            fs::copy(e.path(), target).unwrap();
        }
    }
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut all: Vec<PathBuf> = Vec::new();
    for e in fs::read_dir(folder).unwrap() {
        let path = e.unwrap().path();
        if path.is_dir() {
            all.extend(files(&path))
        } else {
            all.push(path)
        }
    }
    all.sort();
    all
}

#[derive(Debug, Default)]
struct Tally {
    damaged: usize,
    healed: usize,
    harmless: usize,
    /// Of the healed: the old state was put aside and the person told.
    rebuilt: usize,
}

/// What a damaged store says. Fails if it is silent.
fn judge(what: &str, folder: &Path, store: &Store, tally: &mut Tally) {
    let report = verify(folder);
    // It reads the journal and the mark, so a damaged database is nothing to it.
    let independent = if what.contains("records/") {
        None
    } else {
        python(folder)
    };
    let same = |l: &Ledger| l.seq() == store.seq && all(l) == store.all;
    let reading = ledger::open(folder, Access::Read, catalogue()).ok();
    let writing = try_open(folder).unwrap_or_else(|e| panic!("{what}: {e}"));
    let standing = writing.standing().clone();
    let journal_is_bad = standing.damaged;
    if journal_is_bad {
        tally.damaged += 1;
        assert!(
            !standing.writable && standing.why.as_ref().is_some_and(|w| w.len() > 10),
            "{what}: {standing:?}"
        );
        assert_eq!(report.status, 1, "{what}: {:#?}", report.lines);
    } else {
        assert!(
            same(&writing),
            "{what}: SILENT: {} of {} commits; {standing:?}",
            writing.seq(),
            store.seq
        );
        assert!(reading.is_none_or(|r| same(&r)), "{what}: reading sees something else");
        if folder.join("state.bad.1").is_dir() {
            tally.rebuilt += 1;
            assert!(
                standing
                    .notes
                    .iter()
                    .any(|n| n.contains("made anew") && n.contains("state.bad.1")),
                "{standing:?}"
            );
        }
        if report.status == 0 && standing.notes.is_empty() {
            tally.harmless += 1
        } else {
            tally.healed += 1
        }
    }
    if let Some((status, said)) = independent {
        // What is damaged in the state only, the independent verifier does not see.
        let ours = if journal_is_bad {
            1
        } else {
            i32::from(report.lines.iter().any(|l| l.starts_with("state/head")))
        };
        assert_eq!(status, ours, "{what}: {said}\n{:#?}", report.lines);
    }
}

#[test]
fn a_journal_cut_at_any_byte_of_its_tail_is_named() {
    let store = store();
    let journal = fs::read(store.folder().join("journal/000001.jsonl")).unwrap();
    let mut tally = Tally::default();
    for cut in journal.len() - 1_500..journal.len() {
        // Every byte of the last lines would take long with sled behind it; the edges of lines are all taken.
        let edge = journal[cut - 1] == b'\n' || journal[cut] == b'\n' || journal[cut..].starts_with(b"{\"");
        if !edge && cut % 97 != 0 {
            continue;
        }
        let (_keep, folder) = store.copy();
        fs::write(folder.join("journal/000001.jsonl"), &journal[..cut]).unwrap();
        judge(&format!("cut at {cut}"), &folder, &store, &mut tally);
    }
    println!("truncations: {tally:?}");
    assert!(tally.damaged > 10 && tally.healed + tally.harmless == 0, "{tally:?}");
}

#[test]
fn an_unacknowledged_tail_is_set_aside_at_every_byte() {
    // The same cuts in a store whose state never heard of the last commit: nobody was told of it.
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().join("store");
    let mut ledger = fresh(&folder);
    commit(&mut ledger, &assets(&["Payroll"]));
    ledger.close();
    let state = tempfile::tempdir().unwrap();
    copy(&folder.join("state"), &state.path().join("state"));
    let before = fs::read(folder.join("journal/000001.jsonl")).unwrap();
    let mut ledger = open(&folder);
    let d = set(&ledger, "A-1", "notes", text("last"));
    commit(&mut ledger, &d);
    ledger.close();
    let journal = fs::read(folder.join("journal/000001.jsonl")).unwrap();
    fs::remove_dir_all(folder.join("state")).unwrap();
    for cut in before.len() + 1..journal.len() {
        // In memory at every byte, as it is opened without a state; on the folder at some.
        fs::write(folder.join("journal/000001.jsonl"), &journal[..cut]).unwrap();
        let read = ledger::open(&folder, Access::Read, catalogue()).unwrap();
        assert_eq!((read.seq(), read.standing().damaged), (2, false), "cut at {cut}");
        if cut % 61 != 0 {
            continue;
        }
        copy(&state.path().join("state"), &folder.join("state"));
        assert_eq!(verify(&folder).status, 0);
        assert_eq!(python(&folder).map_or(0, |p| p.0), 0);
        let ledger = open(&folder);
        assert!(ledger.standing().writable && ledger.seq() == 2);
        let note = &ledger.standing().notes[0];
        assert!(note.contains("commit 3") && note.contains("journal/tail.3."), "{note}");
        drop(ledger);
        assert_eq!(fs::read(folder.join("journal/000001.jsonl")).unwrap(), before);
        let aside = files(&folder.join("journal"))
            .into_iter()
            .find(|f| f.to_string_lossy().contains("tail.3."))
            .unwrap();
        assert_eq!(
            fs::read(&aside).unwrap(),
            journal[before.len()..cut],
            "nothing is thrown away"
        );
        fs::remove_file(aside).unwrap();
        fs::remove_dir_all(folder.join("state")).unwrap();
    }
}

#[test]
fn a_flipped_bit_in_any_file_is_noticed_or_harmless() {
    let store = store();
    let mut tally = Tally::default();
    let mut seed = 88_172_645_463_325_252u64;
    let mut total = 0;
    for file in files(&store.folder()) {
        let bytes = fs::read(&file).unwrap();
        let name = file.strip_prefix(store.folder()).unwrap().to_path_buf();
        let flips = if name == Path::new("lock") { 3 } else { FLIPS };
        for _ in 0..flips.min(bytes.len() * 8) {
            seed ^= seed << 13;
            seed ^= seed >> 7;
            seed ^= seed << 17;
            let bit = (seed >> 8) as usize % (bytes.len() * 8);
            let (_keep, folder) = store.copy();
            let mut bad = bytes.clone();
            bad[bit / 8] ^= 1 << (bit % 8);
            fs::write(folder.join(&name), bad).unwrap();
            judge(&format!("bit {bit} of {}", name.display()), &folder, &store, &mut tally);
            total += 1;
        }
    }
    println!("flips: {total} in all files: {tally:?}");
    assert!(tally.damaged > 0 && tally.healed > 0 && tally.rebuilt > 0, "{tally:?}");
}

#[test]
fn files_that_are_gone_and_lines_that_were_moved_are_named() {
    let store = store();
    let journal = fs::read_to_string(store.folder().join("journal/000001.jsonl")).unwrap();
    let lines: Vec<&str> = journal.split_inclusive('\n').collect();
    let mut tally = Tally::default();
    let mut rewritten = |what: &str, new: Vec<&str>| {
        let (_keep, folder) = store.copy();
        fs::write(folder.join("journal/000001.jsonl"), new.concat()).unwrap();
        judge(what, &folder, &store, &mut tally);
        // Without the state's word nothing but the end of the journal can be doubted.
        fs::remove_dir_all(folder.join("state")).unwrap();
        folder.join("journal/000001.jsonl").exists()
    };
    for i in 0..lines.len() {
        let mut without = lines.clone();
        without.remove(i);
        rewritten(&format!("line {i} taken out"), without);
        let mut twice = lines.clone();
        twice.insert(i, lines[i]);
        rewritten(&format!("line {i} twice"), twice);
        if i > 0 {
            let mut swapped = lines.clone();
            swapped.swap(i, i - 1);
            if swapped != lines {
                rewritten(&format!("lines {} and {i} swapped", i - 1), swapped);
            }
        }
    }
    // The last whole commit, and the last three: cut at a boundary of lines, below what the state knows.
    for n in [2, 6] {
        rewritten(&format!("the last {n} lines gone"), lines[..lines.len() - n].to_vec());
    }
    rewritten("the journal emptied", Vec::new());
    println!("lines: {tally:?}");
    assert_eq!((tally.healed, tally.harmless), (0, 0), "{tally:?}");

    let (_keep, folder) = store.copy();
    fs::remove_file(folder.join("journal/000001.jsonl")).unwrap();
    judge("the journal's file gone", &folder, &store, &mut tally);
    let (_keep, folder) = store.copy();
    fs::rename(folder.join("journal/000001.jsonl"), folder.join("journal/000002.jsonl")).unwrap();
    judge("the journal's file renamed", &folder, &store, &mut tally);
    let (_keep, folder) = store.copy();
    fs::remove_dir_all(folder.join("state/records")).unwrap();
    judge("the database gone", &folder, &store, &mut tally);
    let (_keep, folder) = store.copy();
    fs::remove_file(folder.join("state/head")).unwrap();
    judge("the mark gone", &folder, &store, &mut tally);
    let (_keep, folder) = store.copy();
    for f in files(&folder.join("state/records")) {
        fs::write(f, b"garbage").unwrap();
    }
    judge("the database garbage", &folder, &store, &mut tally);
}

#[test]
fn a_state_of_another_time_leads_and_is_named() {
    let old = store();
    let (_keep, folder) = old.copy();
    let mut ledger = open(&folder);
    let d = set(&ledger, "A-1", "notes", text("one more"));
    commit(&mut ledger, &d);
    ledger.close();
    // The journal is put back to an older copy, the state is not.
    fs::copy(
        old.folder().join("journal/000001.jsonl"),
        folder.join("journal/000001.jsonl"),
    )
    .unwrap();
    let ledger = open(&folder);
    let why = ledger.standing().why.clone().unwrap();
    assert!(
        why.contains("acknowledged commits are gone") && why.contains("commit 9"),
        "{why}"
    );
    assert_eq!(ledger.seq(), 8);
    // And another history of the same length is not the same.
    let mut other = open(&old.folder());
    let d = set(&other, "A-1", "notes", text("another"));
    commit(&mut other, &d);
    other.close();
    drop(ledger);
    fs::copy(
        old.folder().join("journal/000001.jsonl"),
        folder.join("journal/000001.jsonl"),
    )
    .unwrap();
    let why = open(&folder).standing().why.clone().unwrap();
    assert!(why.contains("by the seal"), "{why}");
    assert_eq!(verify(&folder).status, 1);
}

#[test]
fn the_first_bad_line_of_a_large_commit_is_named_whoever_looks_at_it() {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().join("store");
    let mut ledger = fresh(&folder);
    let titles: Vec<String> = (0..9_000).map(|n| format!("Asset number {n}")).collect();
    let titles: Vec<&str> = titles.iter().map(String::as_str).collect();
    commit(&mut ledger, &assets(&titles));
    ledger.close();
    let path = folder.join("journal/000001.jsonl");
    let mut journal = fs::read_to_string(&path).unwrap();
    // The threads that look at the lines may come to the later one first.
    for title in ["\"Asset number 8500\"", "\"Asset number 4321\""] {
        let other = title.replace("number", "nomber");
        journal = journal.replace(title, &other);
    }
    fs::write(&path, journal).unwrap();
    let ledger = ledger::open(&folder, Access::Read, catalogue()).unwrap();
    let why = ledger.standing().why.clone().unwrap_or_default();
    assert!(ledger.standing().damaged, "{why}");
    assert!(why.contains("the content of A-4322 does not have the hash"), "{why}");
}
