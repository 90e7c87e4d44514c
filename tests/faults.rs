//! The journal on a simulated disk: an error at the n-th call for n = 1, 2, 3 ... until none fires, and a power cut at
//! every call. Nothing that was acknowledged may be lost, nothing may be half there, and nothing may panic. Every run
//! must have hit something, and the same harness must catch planted defects.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test stops where it fails"
)]

mod kit;

use isms::ledger::{CommitError, InMemory, Ledger};
use isms::model::change::Draft;
use isms::model::record::Record;
use isms::store::disk::Disk;
use isms::store::journal::Journal;
use isms::store::mark::Mark;
use isms::store::memory::MemoryState;
use isms::store::{Log, Piece, Position, StoreError};
use kit::disk::{Fault, Left, SimDisk};
use kit::*;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, OnceLock};

/// Small, so that segments are begun often.
const ROLL: u64 = 3_000;
/// How many commits the work has.
const WORK: u64 = 9;

type All = BTreeMap<String, Record>;

/// The `n`-th commit of the work.
fn draft(ledger: &Ledger, n: u64) -> Draft {
    match n {
        1 => init(),
        2 => assets(&["Payroll", "Card vault", "Ledger"]),
        3 => assets(&["Door"]),
        n => {
            let mut all: Vec<Draft> = (1..=n.min(4))
                .map(|i| set(ledger, &format!("A-{i}"), "notes", text(&"n".repeat(30 * n as usize))))
                .collect();
            let mut first = all.remove(0);
            first.edits.extend(all.into_iter().flat_map(|d| d.edits));
            first
        }
    }
}

/// All records after each number of commits.
fn expected() -> &'static Vec<All> {
    static ONCE: OnceLock<Vec<All>> = OnceLock::new();
    ONCE.get_or_init(|| {
        let mut ledger = Ledger::memory(catalogue());
        let mut states = vec![all(&ledger)];
        for n in 1..=WORK + 1 {
            let d = draft(&ledger, n);
            commit(&mut ledger, &d);
            states.push(all(&ledger));
        }
        states
    })
}

type Wrap = fn(Journal) -> Box<dyn Log>;

struct House {
    disk: SimDisk,
    state: MemoryState,
    wrap: Wrap,
}

impl House {
    fn open(&self) -> Result<Ledger, StoreError> {
        let disk: Arc<dyn Disk> = Arc::new(self.disk.clone());
        let journal = Journal::open(Arc::clone(&disk), Path::new("journal"), true)?.rolling_at(ROLL);
        let mark = Mark::new(disk, Path::new("state"));
        Ok(Ledger::over(
            catalogue(),
            (self.wrap)(journal),
            &mut InMemory(self.state.clone()),
            Some(mark),
        ))
    }
}

#[derive(Default)]
struct Tally {
    runs: u64,
    hits: u64,
    wrong: Vec<String>,
}

/// Does the work with a fault at the n-th call, restarts, and looks at what is there. Returns whether the fault fired.
fn run(fault: Fault, n: u64, lasting: bool, left: Left, wrap: Wrap, lying: bool, tally: &mut Tally) -> bool {
    let house = House {
        disk: SimDisk::default(),
        state: MemoryState::default(),
        wrap,
    };
    if lying {
        house.disk.lie();
    }
    house.disk.fail(fault, n, lasting);
    let (mut acked, mut tried) = (0, 0);
    let what = format!(
        "{fault:?} at call {n}{} left {left:?}",
        if lasting { " and on" } else { "" }
    );
    let mut wrong = |text: String| tally.wrong.push(format!("{what}: {text}"));
    // Two sessions, so that opening meets the faults too.
    'work: for upto in [WORK / 2, WORK] {
        let Ok(mut ledger) = house.open() else { continue };
        while ledger.seq() < upto {
            let before = all(&ledger);
            let next = ledger.seq() + 1;
            let d = draft(&ledger, next);
            tried = tried.max(next);
            match try_commit(&mut ledger, &d) {
                Ok(c) => acked = acked.max(c.seq),
                Err(CommitError::Full(_)) => {
                    if all(&ledger) != before {
                        wrong("a commit that was not saved shows".into());
                    }
                    if lasting {
                        break 'work;
                    }
                }
                Err(CommitError::Io(why)) => {
                    if !why.contains(&format!("outcome of commit {next} unknown until reopened")) {
                        wrong(format!("said only: {why}"));
                    }
                    if !matches!(try_commit(&mut ledger, &d), Err(CommitError::ReadOnly(_))) {
                        wrong("went on after an I/O error".into());
                    }
                    break 'work;
                }
                Err(CommitError::ReadOnly(_)) => break 'work,
                Err(e) => wrong(format!("{e:?}")),
            }
        }
    }
    let hits = house.disk.hits();
    tally.runs += 1;
    tally.hits += hits;
    let state = if left == Left::All {
        house.state
    } else {
        MemoryState::default()
    };
    let house = House {
        disk: house.disk.restart(left),
        state,
        wrap: |j| Box::new(j),
    };
    let mut look = |house: &House, least: u64| -> Option<Ledger> {
        let ledger = match house.open() {
            Ok(l) => l,
            Err(e) => {
                wrong(format!("cannot be opened: {e}"));
                return None;
            }
        };
        if !ledger.standing().writable {
            wrong(format!("read-only: {:?}", ledger.standing().why));
            return None;
        }
        if ledger.seq() < least {
            wrong(format!("LOST: {} of {least} acknowledged", ledger.seq()));
            return None;
        }
        if ledger.seq() > tried.max(least) || all(&ledger) != expected()[ledger.seq() as usize] {
            wrong(format!("commit {} is not what was saved", ledger.seq()));
            return None;
        }
        Some(ledger)
    };
    if let Some(mut ledger) = look(&house, acked) {
        let d = draft(&ledger, ledger.seq() + 1);
        let seq = commit(&mut ledger, &d).seq;
        drop(ledger);
        look(
            &House {
                disk: house.disk.restart(Left::Nothing),
                state: MemoryState::default(),
                wrap: house.wrap,
            },
            seq,
        );
    }
    hits > 0
}

fn plain(j: Journal) -> Box<dyn Log> {
    Box::new(j)
}

/// Runs n = 1, 2, 3 ... until the fault does not fire any more.
fn every(fault: Fault, lasting: bool, left: &dyn Fn(u64) -> Left, wrap: Wrap, lying: bool) -> Tally {
    let mut tally = Tally::default();
    for n in 1..10_000 {
        if !run(fault, n, lasting, left(n), wrap, lying, &mut tally) {
            break;
        }
    }
    println!(
        "{fault:?}{}: {} runs, {} faults hit, {} wrong",
        if lasting { " and on" } else { "" },
        tally.runs,
        tally.hits,
        tally.wrong.len()
    );
    tally
}

fn good(tally: &Tally) {
    assert!(tally.hits > 0 && tally.runs > 1, "no fault was hit");
    assert!(
        tally.wrong.is_empty(),
        "{:#?}",
        &tally.wrong[..tally.wrong.len().min(5)]
    );
}

#[test]
fn an_error_at_any_call_loses_nothing_and_is_said() {
    for fault in [
        Fault::AnyIo,
        Fault::WriteIo,
        Fault::WriteFull,
        Fault::WriteFullStuck,
        Fault::WriteShort,
        Fault::SyncIo,
    ] {
        for lasting in [false, true] {
            good(&every(fault, lasting, &|_| Left::All, plain, false));
            good(&every(fault, lasting, &|_| Left::Nothing, plain, false));
            good(&every(fault, lasting, &Left::Some, plain, false));
        }
    }
}

#[test]
fn a_power_cut_at_any_call_loses_nothing_that_was_acknowledged() {
    good(&every(Fault::Power, true, &|_| Left::All, plain, false));
    good(&every(Fault::Power, true, &|_| Left::Nothing, plain, false));
    for seed in 1..=8 {
        good(&every(
            Fault::Power,
            true,
            &|n| Left::Some(n * 1_000_003 + seed * 7_919),
            plain,
            false,
        ));
    }
}

#[test]
fn a_sync_that_lies_is_caught() {
    let tally = every(Fault::Power, true, &|_| Left::Nothing, plain, true);
    assert!(
        tally.wrong.iter().any(|w| w.contains("LOST")),
        "the harness does not notice a missing fsync"
    );
    let tally = every(Fault::Power, true, &Left::Some, plain, true);
    assert!(!tally.wrong.is_empty(), "the harness does not notice torn sectors");
}

/// Acknowledges a commit and writes it only when the next one comes: a planted defect.
struct Early {
    journal: Journal,
    waiting: Vec<u8>,
    next: Position,
}

impl Log for Early {
    fn append(&mut self, group: &[u8]) -> Result<Position, StoreError> {
        if !self.waiting.is_empty() {
            self.journal.append(&std::mem::take(&mut self.waiting))?;
        }
        self.waiting = group.to_vec();
        Ok(self.next)
    }
    fn size(&self) -> u64 {
        self.journal.size()
    }
    fn scan(&self, from: Position, each: &mut dyn FnMut(Piece<'_>)) -> Result<(), StoreError> {
        self.journal.scan(from, each)
    }
    fn read_at(&self, at: Position, len: usize) -> Result<Vec<u8>, StoreError> {
        self.journal.read_at(at, len)
    }
    fn place(&self, at: Position) -> String {
        self.journal.place(at)
    }
    fn set_aside(&mut self, at: Position, label: &str) -> Result<String, StoreError> {
        self.journal.set_aside(at, label)
    }
}

#[test]
fn a_log_that_acknowledges_too_early_is_caught() {
    let early: Wrap = |journal| {
        Box::new(Early {
            journal,
            waiting: Vec::new(),
            next: Position::default(),
        })
    };
    let tally = every(Fault::Power, true, &|_| Left::Nothing, early, false);
    assert!(
        tally.wrong.iter().any(|w| w.contains("LOST")),
        "the harness does not notice an early acknowledgement"
    );
}
