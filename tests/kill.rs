//! A real process that commits without pause, ended by SIGKILL at a random moment, again and again on the same store:
//! whatever it had acknowledged is there, and the next one goes on without a question. And readers beside a writer; and a
//! store that is being restored or made smaller, ended at every step that shows from outside.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test stops where it fails"
)]

mod kit;
mod support;

use isms::ledger::{self, Access};
use kit::*;
use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use support::Home;

/// Where the child finds its store.
const STORE: &str = "ISMS_TEST_KILL_STORE";
const ROUNDS: u64 = 40;

/// Not a test: what the child runs.
#[test]
#[ignore = "the child of another test"]
fn commits_for_ever() {
    let Ok(folder) = std::env::var(STORE) else { return };
    let mut ledger = open(Path::new(&folder));
    assert!(ledger.standing().writable, "{:?}", ledger.standing());
    for note in &ledger.standing().notes {
        println!("NOTE {note}");
    }
    loop {
        let seq = ledger.seq();
        let id = format!("A-{}", seq % 3 + 1);
        let d = set(
            &ledger,
            &id,
            "notes",
            text(&format!("{seq} {}", "x".repeat(seq as usize * 37 % 3_000))),
        );
        println!("ACK {}", commit(&mut ledger, &d).seq);
    }
}

#[test]
fn what_was_acknowledged_survives_sigkill() {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().join("store");
    let mut ledger = fresh(&folder);
    commit(&mut ledger, &assets(&["Payroll", "Card vault", "Ledger"]));
    ledger.close();
    let (mut seed, mut commits, mut notes) = (0x9e37_79b9_7f4a_7c15u64, 0, 0);
    for round in 0..ROUNDS {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args([
                "--exact",
                "commits_for_ever",
                "--ignored",
                "--nocapture",
                "--test-threads=1",
            ])
            .env(STORE, &folder)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap())
            .lines()
            .map_while(Result::ok);
        // The moment is chosen by acknowledgements and a busy wait, so that it falls into the middle of a commit.
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        let (wait, spin) = (seed % 12, seed >> 20 & 0xfffff);
        let mut acked = 0;
        let mut see = |line: String| {
            notes += u64::from(line.starts_with("NOTE"));
            // The name of the test may stand in front, without a newline.
            if let Some(n) = line.rsplit_once("ACK ").and_then(|(_, n)| n.parse::<u64>().ok()) {
                acked = n;
                commits += 1;
                return true;
            }
            false
        };
        let mut heard = 0;
        while heard <= wait {
            heard += u64::from(see(lines.next().expect("the child ended by itself")));
        }
        for _ in 0..spin {
            std::hint::spin_loop();
        }
        child.kill().unwrap();
        // What it had said before it died counts too.
        for line in lines {
            see(line);
        }
        child.wait().unwrap();
        let reader = ledger::open(&folder, Access::Read, catalogue()).unwrap();
        assert!(!reader.standing().damaged, "round {round}: {:?}", reader.standing());
        assert!(
            reader.seq() >= acked,
            "round {round}: LOST {acked}, there are {}",
            reader.seq()
        );
    }
    let report = verify(&folder);
    assert_eq!(report.status, 0, "{:#?}", report.lines);
    if let Some((status, said)) = python(&folder) {
        assert_eq!(status, 0, "{said}");
    }
    println!("kills: {ROUNDS}, {commits} commits acknowledged, 0 lost, {notes} notes at opening");
    assert!(commits > ROUNDS);
}

#[test]
fn readers_beside_a_writer_always_see_a_whole_store() {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().join("store");
    let mut ledger = fresh(&folder);
    commit(&mut ledger, &assets(&["Payroll"]));
    let done = AtomicBool::new(false);
    std::thread::scope(|s| {
        let reader = s.spawn(|| {
            let (mut last, mut n) = (0, 0);
            while !done.load(Ordering::Relaxed) {
                let l = ledger::open(&folder, Access::Read, catalogue()).unwrap();
                assert!(!l.standing().damaged, "{:?}", l.standing());
                assert!(l.seq() >= last, "{} after {last}", l.seq());
                (last, n) = (l.seq(), n + 1);
            }
            n
        });
        for n in 0..300 {
            let d = set(&ledger, "A-1", "notes", text(&format!("note {n}")));
            commit(&mut ledger, &d);
        }
        done.store(true, Ordering::Relaxed);
        assert!(reader.join().unwrap() > 0);
    });
}

/// What shows of a folder from outside: its files and their sizes.
fn shows(folder: &Path) -> BTreeMap<PathBuf, u64> {
    let mut found = BTreeMap::new();
    let mut rest = vec![folder.to_path_buf()];
    while let Some(next) = rest.pop() {
        // What goes away meanwhile does not show.
        for entry in fs::read_dir(next).into_iter().flatten().flatten() {
            match entry.metadata() {
                Ok(m) if m.is_dir() => rest.push(entry.path()),
                Ok(m) => drop(found.insert(entry.path(), m.len())),
                Err(_) => {}
            }
        }
    }
    found
}

/// Runs a command line and ends it by SIGKILL after the `n`-th change that shows; whether it was still at work.
fn ended_at(n: usize, home: &Home, arguments: &[&str]) -> bool {
    let mut before = shows(home.path());
    let mut command = home.command(arguments);
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let mut steps = 0;
    while steps < n {
        if child.try_wait().unwrap().is_some() {
            return false;
        }
        let now = shows(home.path());
        steps += usize::from(now != before);
        before = now;
    }
    child.kill().unwrap();
    child.wait().unwrap().code().is_none()
}

/// A store whose parts take some steps to write.
fn heavy(home: &Home) -> (u64, BTreeMap<String, isms::model::record::Record>) {
    let mut ledger = fresh(&home.store());
    commit(&mut ledger, &assets(&["Payroll", "Card vault", "Ledger"]));
    for n in 0..40 {
        let d = set(&ledger, "A-1", "notes", text(&format!("{n}{}", "n".repeat(9_000))));
        commit(&mut ledger, &d);
    }
    for n in 0..6 {
        ledger
            .keep(&format!("{n}.bin"), &mut vec![n; 400_000].as_slice())
            .unwrap();
    }
    let is = (ledger.seq(), all(&ledger));
    ledger.close();
    is
}

/// So many steps are tried; how many show depends on who looks when.
const STEPS: usize = 8;

/// Does something to a fresh copy of a store again and again, ended a step later each time; looks each time at what is
/// there, and that it can be done again. It has to be ended in the middle at least once.
fn step_by_step(arguments: &[&str], begin: impl Fn() -> Home, look: impl Fn(&Home)) {
    let mut ended = 0;
    for n in 1..=STEPS {
        let home = begin();
        ended += usize::from(ended_at(n, &home, arguments));
        let there = home.store().exists();
        look(&home);
        // Whatever was left behind is in nobody's way.
        let again = home.run(arguments);
        assert!(
            again.status.success() || arguments[0] == "restore" && there,
            "{}",
            String::from_utf8_lossy(&again.stderr)
        );
        look(&home);
    }
    println!("{}: ended {ended} times in the middle", arguments[0]);
    assert!(ended > 0);
}

fn copied(from: &Path, to: &Path) {
    for (path, _) in shows(from) {
        let target = to.join(path.strip_prefix(from).unwrap());
        fs::create_dir_all(target.parent().unwrap()).unwrap();
        fs::copy(&path, &target).unwrap();
    }
}

#[test]
fn a_restore_that_is_ended_at_any_step_leaves_a_whole_store_or_none() {
    let first = Home::new();
    let (seq, was) = heavy(&first);
    first.ok(&["backup", "one.tar"]);
    let tar = fs::read(first.path().join("one.tar")).unwrap();
    let begin = || {
        let home = Home::new();
        fs::write(home.path().join("one.tar"), &tar).unwrap();
        home
    };
    let look = |home: &Home| {
        assert!(
            fs::read(home.path().join("one.tar")).unwrap() == tar,
            "the backup was changed"
        );
        if home.store().exists() {
            let report = verify(&home.store());
            assert_eq!((report.status, report.seq), (0, seq), "{:#?}", report.lines);
            let ledger = open(&home.store());
            assert!(
                all(&ledger) == was && ledger.standing().writable,
                "{:?}",
                ledger.standing()
            );
            ledger.close();
        }
    };
    step_by_step(&["restore", "one.tar"], begin, look);
}

#[test]
fn a_store_that_is_made_smaller_is_whole_whenever_that_ends() {
    let first = Home::new();
    let (seq, was) = heavy(&first);
    let begin = || {
        let home = Home::new();
        copied(&first.store(), &home.store());
        home
    };
    let look = |home: &Home| {
        let report = verify(&home.store());
        assert_eq!((report.status, report.seq), (0, seq), "{:#?}", report.lines);
        let reader = ledger::open(&home.store(), Access::Read, catalogue()).unwrap();
        assert!(all(&reader) == was, "the records are others");
    };
    step_by_step(&["compact", "--insecure-permissions"], begin, look);
}
