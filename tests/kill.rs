//! A real process that commits without pause, ended by SIGKILL at a random moment, again and again on the same store:
//! whatever it had acknowledged is there, and the next one goes on without a question. And readers beside a writer.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test stops where it fails"
)]

mod kit;

use isms::ledger::{self, Access};
use kit::*;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};

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
    let report = ledger::verify(&folder, &catalogue());
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
