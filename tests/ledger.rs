//! The ledger on a real folder: commit, reopen, history, undo, second processes, limits, permissions.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test stops where it fails"
)]

mod kit;

use isms::ledger::{self, Access, CommitError, InMemory, Ledger, NoUndo, OpenError};
use isms::model::builtin;
use isms::model::change::{Draft, Edit};
use isms::model::kind::Catalogue;
use isms::model::record::Id;
use isms::model::value::{Link, Range, Value};
use isms::store::memory::{MemoryLog, MemoryState};
use isms::store::{Batch, Materialised, hex};
use kit::*;
use std::fs;
use std::os::unix::fs::PermissionsExt;

#[test]
fn what_was_committed_is_there_after_reopening() {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().join("store");
    let mut ledger = fresh(&folder);
    commit(&mut ledger, &assets(&["Payroll", "Card vault"]));
    let d = set(&ledger, "A-1", "description", text("pays\npeople \u{1b}[2J"));
    commit(&mut ledger, &d);
    let (before, digest) = (all(&ledger), ledger.digest());
    assert_eq!(ledger.seq(), 3);
    ledger.close();

    let ledger = open(&folder);
    assert_eq!(ledger.standing().notes, Vec::<String>::new());
    assert!(ledger.standing().writable, "{:?}", ledger.standing());
    assert_eq!((all(&ledger), ledger.digest()), (before.clone(), digest));

    // Reading works meanwhile, and sees the same.
    let reader = ledger::open(&folder, Access::Read, catalogue()).unwrap();
    assert_eq!((all(&reader), reader.digest()), (before.clone(), digest));
    assert!(!reader.standing().writable && !reader.standing().damaged);
    drop(ledger);
    let report = ledger::verify(&folder, &catalogue());
    assert_eq!(report.status, 0, "{:#?}", report.lines);
    assert!(report.lines.iter().any(|l| l.contains("no outside anchor")));
    if let Some((status, said)) = python(&folder) {
        assert_eq!(status, 0, "{said}");
        let words = |t: &str| {
            t.split_whitespace()
                .filter(|w| w.len() == 64)
                .map(String::from)
                .collect::<Vec<_>>()
        };
        assert_eq!(
            words(&said),
            words(&report.lines.join("\n")),
            "both name the same head and digest"
        );
    }

    // Without its state the store is the same.
    fs::remove_dir_all(folder.join("state")).unwrap();
    let ledger = open(&folder);
    assert_eq!(all(&ledger), before);
    assert_eq!(ledger.history(&Id::from("A-0001")).unwrap().len(), 2);
}

/// As after a crash between the parts of a large commit: what it changed must not be counted twice.
#[test]
fn a_state_with_a_part_of_a_commit_is_made_anew() {
    let log = MemoryLog::default();
    let over = |state: &MemoryState| {
        let mut states = InMemory(state.clone());
        Ledger::over(catalogue(), Box::new(log.clone()), &mut states, None)
    };
    let (mut behind, whole) = (MemoryState::default(), MemoryState::default());
    let mut ledger = over(&behind);
    commit(&mut ledger, &init());
    commit(&mut ledger, &assets(&["Payroll", "Card vault"]));
    ledger.close();
    let mut ledger = over(&whole);
    let d = set(&ledger, "A-1", "description", text("pays people"));
    commit(&mut ledger, &d);
    ledger.close();
    let part = Batch {
        records: vec![(b"A-0001".to_vec(), whole.record(b"A-0001").unwrap())],
        ..Batch::default()
    };
    behind.apply(&part).unwrap();

    let ledger = over(&behind);
    let notes = ledger.standing().notes.join("; ");
    assert!(notes.contains("a part of commit 3"), "{notes}");
    let record = find(&ledger, "A-0001");
    assert_eq!(record.meta.as_ref().unwrap().versions, 2);
}

#[test]
fn history_commits_and_as_of_tell_the_same_story() {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().join("store");
    let mut ledger = fresh(&folder);
    commit(&mut ledger, &assets(&["Payroll", "Card vault"]));
    let mut d = set(&ledger, "A-1", "title", text("Payroll system"));
    d.reason = Some("renamed by \"HR\"".into());
    commit(&mut ledger, &d);
    let d = set(&ledger, "A-2", "description", text("cards"));
    commit(&mut ledger, &d);
    for reader in [None, Some(ledger::open(&folder, Access::Read, catalogue()).unwrap())] {
        let l = reader.as_ref().unwrap_or(&ledger);
        let h = l.history(&Id::from("A-0001")).unwrap();
        let seen: Vec<_> = h
            .iter()
            .map(|r| (r.seq, r.action.as_str(), r.after.title().to_string()))
            .collect();
        assert_eq!(
            seen,
            [
                (3, "record.edit", "Payroll system".into()),
                (2, "asset.create", "Payroll".into())
            ]
        );
        assert_eq!(h[0].reason.as_deref(), Some("renamed by \"HR\""));
        assert_eq!(h[0].before.as_ref(), Some(&h[1].after));
        assert_eq!(
            *h[0].after,
            *find(l, "A-1"),
            "the last version is what is there, its making too"
        );
        let meta = h[0].after.meta.as_ref().unwrap();
        assert_eq!((meta.created.seq, meta.changed.seq, meta.versions), (2, 3, 2));

        let commits = l.commits(None, 2).unwrap();
        assert_eq!(commits.iter().map(|c| c.seq).collect::<Vec<_>>(), [4, 3]);
        assert_eq!(commits[1].changes[0].before.as_ref().unwrap().title(), "Payroll");
        assert_eq!(commits[1].reason.as_deref(), Some("renamed by \"HR\""));
        let older = l.commits(Some(3), 10).unwrap();
        assert_eq!(
            older.iter().map(|c| (c.seq, c.changes.len())).collect::<Vec<_>>(),
            [(2, 2), (1, 2)]
        );

        let then = l.as_of(START + MINUTE).unwrap();
        assert_eq!(then.seq, 2);
        assert_eq!(then.find(&catalogue(), &Id::from("A-0001")).unwrap().title(), "Payroll");
        assert_eq!(l.as_of(START - 1).unwrap().seq, 0);
        assert_eq!(l.as_of(i64::MAX).unwrap().seq, 4);
        assert_eq!(
            l.as_of_seq(4).unwrap().find(&catalogue(), &Id::from("A-0002")),
            Some(&find(l, "A-2"))
        );
    }
}

#[test]
fn undo_and_redo_follow_from_the_journal_and_outlive_the_session() {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().join("store");
    let mut ledger = fresh(&folder);
    assert!(
        matches!(ledger.undo(&me()), Err(NoUndo::Refused(_))),
        "the first commit stays"
    );
    commit(&mut ledger, &assets(&["Payroll"]));
    for title in ["One", "Two"] {
        let d = set(&ledger, "A-1", "title", text(title));
        commit(&mut ledger, &d);
    }
    let step = |word: &str| {
        let mut ledger = open(&folder);
        let d = if word == "undo" {
            ledger.undo(&me())
        } else {
            ledger.redo(&me())
        };
        match d {
            Ok(d) => {
                commit(&mut ledger, &d);
                let r = find(&ledger, "A-1");
                format!("{}{}", r.title(), if r.is_retired() { " retired" } else { "" })
            }
            Err(e) => e.to_string(),
        }
    };
    drop(ledger);
    assert_eq!(step("redo"), "there is nothing to redo");
    assert_eq!(step("undo"), "One");
    assert_eq!(step("undo"), "Payroll");
    assert_eq!(step("redo"), "One");
    assert_eq!(step("undo"), "Payroll");
    assert_eq!(step("undo"), "Payroll retired");
    assert_eq!(
        step("undo"),
        "the first commit made the store and its administrator; it is not undone"
    );
    assert_eq!(step("redo"), "Payroll");
    assert_eq!(step("redo"), "One");
    assert_eq!(step("redo"), "Two");
    assert_eq!(step("redo"), "there is nothing to redo");
    let mut ledger = open(&folder);
    let d = set(&ledger, "A-1", "title", text("Three"));
    let c = commit(&mut ledger, &d);
    assert_eq!(c.undoes, None);
    assert!(matches!(ledger.redo(&me()), Err(NoUndo::Nothing(_))));
}

#[test]
fn a_second_process_learns_who_has_the_store() {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().join("store");
    let ledger = fresh(&folder);
    let Err(OpenError::Busy(holder)) = ledger::open(&folder, Access::Write, catalogue()) else {
        panic!("opened twice")
    };
    assert_eq!(holder.pid, std::process::id());
    assert!(holder.to_string().contains("since 20"), "{holder}");
    assert_eq!(ledger::verify(&folder, &catalogue()).status, 3);
    drop(ledger);
    assert!(open(&folder).standing().writable);
}

#[test]
fn files_that_others_can_reach_are_refused_and_named() {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().join("store");
    fresh(&folder).close();
    let file = folder.join("journal/000001.jsonl");
    assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(fs::metadata(&folder).unwrap().permissions().mode() & 0o777, 0o700);
    fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
    let e = try_open(&folder).unwrap_err();
    assert!(
        e.to_string().contains("000001.jsonl") && e.to_string().contains("chmod -R go="),
        "{e}"
    );
    let options = ledger::Options {
        insecure_permissions: true,
    };
    let opened = patiently(|| ledger::open_with(&folder, Access::Write, catalogue(), options), busy);
    assert!(opened.is_ok());
}

#[test]
fn opening_tells_how_far_it_is_and_can_be_stopped() {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().join("store");
    let mut ledger = fresh(&folder);
    let names: Vec<String> = (0..500).map(|n| format!("Laptop {n}")).collect();
    commit(
        &mut ledger,
        &assets(&names.iter().map(String::as_str).collect::<Vec<_>>()),
    );
    ledger.close();
    for access in [Access::Read, Access::Write] {
        for limit in [0, 1, 70, 120, 170, u64::MAX] {
            let (mut told, mut last) = (0, (0, 0));
            let mut tell = |done, of| {
                told += 1;
                assert!(done > last.0 && done <= of, "{done} of {of} after {last:?}");
                last = (done, of);
                told <= limit
            };
            let options = ledger::Options::default();
            let open = || ledger::open_telling(&folder, access, catalogue(), options, &mut tell);
            match patiently(open, busy) {
                Err(OpenError::Stopped) => assert_eq!(told, limit + 1, "{access:?}"),
                Ok(ledger) => {
                    assert!(told <= limit && (30..=200).contains(&told), "{access:?} {told}");
                    assert!(last.0 * 100 / last.1 >= 90, "{access:?} {last:?}");
                    assert_eq!((ledger.seq(), ledger.standing().damaged), (2, false));
                }
                Err(e) => panic!("{e}"),
            }
        }
    }
}

#[test]
fn what_is_too_large_is_refused_by_name() {
    let mut ledger = isms::ledger::Ledger::memory(catalogue());
    commit(&mut ledger, &init());
    commit(&mut ledger, &assets(&["Payroll"]));
    let d = set(&ledger, "A-1", "notes", text(&"x".repeat(70_000)));
    let Err(CommitError::TooLarge(e)) = try_commit(&mut ledger, &d) else {
        panic!("taken")
    };
    assert_eq!((e.field.as_deref(), e.id.as_str()), (Some("notes"), "A-0001"));
    let d = set(&ledger, "A-1", "notes", text(&"x".repeat(65_000)));
    commit(&mut ledger, &d);
    assert_eq!(ledger.seq(), 3);
}

#[test]
fn there_is_no_store_where_there_is_none_and_none_is_made_over_something() {
    let dir = tempfile::tempdir().unwrap();
    let e = ledger::open(dir.path(), Access::Write, catalogue()).unwrap_err();
    assert!(matches!(e, OpenError::NoStore(_)), "{e}");
    fs::write(dir.path().join("letter"), "dear").unwrap();
    let e = ledger::create(dir.path(), catalogue()).unwrap_err();
    assert!(matches!(e, OpenError::Taken(_)), "{e}");
}

#[test]
fn what_the_program_does_not_know_is_kept_and_written_back() {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().join("store");
    let mut ledger = fresh(&folder);
    commit(&mut ledger, &assets(&["Payroll"]));
    drop(ledger);
    // A newer program has written a field and a kind that this one does not know: rewrite the journal as it would.
    let newer = kit::rewrite(&folder, |line| {
        line.replace(
            "\"title\":\"Payroll\"",
            "\"title\":\"Payroll\",\"moon\":{\"phase\":[1,2.5]}",
        )
    });
    assert_eq!(newer, 1);
    let mut ledger = open(&folder);
    assert!(ledger.standing().writable, "{:?}", ledger.standing());
    assert_eq!(
        find(&ledger, "A-1").unknown,
        [("moon".to_string(), "{\"phase\":[1,2.5]}".to_string())]
    );
    let d = set(&ledger, "A-1", "title", text("Wages"));
    commit(&mut ledger, &d);
    drop(ledger);
    let journal = fs::read_to_string(folder.join("journal/000001.jsonl")).unwrap();
    assert!(
        journal.lines().nth(5).unwrap().contains("\"moon\":{\"phase\":[1,2.5]}"),
        "{journal}"
    );
}

#[test]
fn an_edit_of_nothing_is_refused() {
    let mut ledger = isms::ledger::Ledger::memory(catalogue());
    commit(&mut ledger, &init());
    let d = Draft {
        edits: vec![Edit::of(&find(&ledger, "P-1"))],
        ..Draft::new("record.edit")
    };
    assert!(matches!(try_commit(&mut ledger, &d), Err(CommitError::Refused(_))));
    let d = set(&ledger, "P-1", "contact", Some(Value::Text("ada@example.org".into())));
    assert_eq!(commit(&mut ledger, &d).seq, 2);
}

/// `tests/samples/journal-1.jsonl` was written by the first version of the program, once; it is never written again.
#[test]
fn a_journal_of_format_1_reads_as_it_always_did() {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().join("store");
    ledger::create(&folder, catalogue()).unwrap().close();
    let golden = include_str!("samples/journal-1.jsonl");
    fs::write(folder.join("journal/000001.jsonl"), golden).unwrap();
    fs::remove_dir_all(folder.join("state")).unwrap();
    let ledger = open(&folder);
    assert!(ledger.standing().writable, "{:?}", ledger.standing());
    let seen = format!(
        "{} commits\nseal {}\ndigest {}\n",
        ledger.seq(),
        hex(&ledger.seal()),
        hex(&ledger.digest().0)
    );
    assert_eq!(seen, include_str!("samples/journal-1.txt"));
    let asset = find(&ledger, "A-1");
    assert_eq!(asset.title(), "Payroll \u{1b}[2J \"quoted\" \u{202e} é");
    assert_eq!(
        asset.get(tag("asset", "value")),
        Some(&Value::Money(1_200_050, *b"EUR"))
    );
    assert_eq!(asset.get(tag("asset", "next_review")), Some(&Value::Date(20_779)));
    let risk = find(&ledger, "R-1");
    assert_eq!(
        risk.get(tag("risk", "primary_loss")),
        Some(&Value::Range(Range::Lognormal(5_000.0, 80_000.0).into()))
    );
    assert_eq!(risk.get(tag("risk", "assets")).unwrap().ids().count(), 2);
    assert_eq!(ledger.history(&Id::from("A-0001")).unwrap()[0].undoes, None);
    assert_eq!(ledger.commits(None, 1).unwrap()[0].undoes, Some(4));
    // What is written now has the same form.
    let line = golden.lines().last().unwrap();
    assert!(
        line.starts_with("{\"seq\":5,\"store\":\"")
            && line.contains("\",\"format\":1,\"time\":\"2026-11-22T16:04:00.000Z\"")
    );
    if let Some((status, said)) = python(&folder) {
        assert_eq!(status, 0, "{said}");
    }
}

#[test]
fn a_sign_off_is_neither_undone_nor_brought_back_by_undo() {
    let mut ledger = isms::ledger::Ledger::memory(catalogue());
    commit(&mut ledger, &init());
    commit(&mut ledger, &assets(&["Payroll"]));
    let value = |field: &str, v: Value| (tag("risk", field), Some(v));
    let word = |w: &str| Value::Text(w.into());
    let links = |to: &str| {
        Value::Links(vec![Link {
            to: Id::from(to),
            attributes: vec![],
        }])
    };
    let mut risk = new("risk").with(2, text("Wages are not paid"));
    risk.set.extend([
        value("owner", Value::Link(Id::from("P-0001"))),
        value("assets", links("A-0001")),
        value("current_likelihood", word("rare")),
        value("current_impact", word("minor")),
        value("treatment", word("accept")),
    ]);
    commit(
        &mut ledger,
        &Draft {
            edits: vec![risk],
            ..Draft::new("risk.create")
        },
    );
    let go = |ledger: &mut isms::ledger::Ledger, name: &str| {
        let edits = vec![Edit::of(&find(ledger, "R-1")).moving(name)];
        let reason = Some("one person runs this".to_string());
        commit(
            ledger,
            &Draft {
                edits,
                reason,
                ..Draft::new(&format!("risk.{name}"))
            },
        );
    };
    for name in ["analyse", "evaluate"] {
        go(&mut ledger, name);
    }
    // What is accepted rests on an exception that somebody has approved.
    let of = |field: &str, v: Value| (tag("exception", field), Some(v));
    let mut exception = new("exception").with(2, text("Wages wait a week"));
    exception.set.extend([
        of("risks", links("R-0001")),
        of("reason", word("cheaper than the cure")),
        of("level", word("very-low")),
        of("expires", Value::Date(20_800)),
    ]);
    let mut post = new("role").with(2, text("Owner"));
    post.set.extend([
        (tag("role", "holders"), Some(links("P-0001"))),
        (tag("role", "authority"), Some(word("low"))),
    ]);
    for (action, edit) in [("role.create", post), ("exception.create", exception)] {
        let edits = vec![edit];
        commit(
            &mut ledger,
            &Draft {
                edits,
                ..Draft::new(action)
            },
        );
    }
    let approve = Draft {
        edits: vec![Edit::of(&find(&ledger, "X-1")).moving("approve")],
        reason: Some("one person runs this".to_string()),
        ..Draft::new("exception.approve")
    };
    commit(&mut ledger, &approve);
    go(&mut ledger, "accept");
    let Err(NoUndo::Refused(why)) = ledger.undo(&me()) else {
        panic!("a sign-off was undone")
    };
    assert!(
        why.contains("R-0001 was signed off (accepted)") && why.contains("reassess"),
        "{why}"
    );
    go(&mut ledger, "reassess");
    let Err(NoUndo::Refused(why)) = ledger.undo(&me()) else {
        panic!("a sign-off was brought back")
    };
    assert!(why.contains("must be signed off again"), "{why}");
    go(&mut ledger, "analyse");
    let d = ledger.undo(&me()).unwrap();
    commit(&mut ledger, &d);
    assert_eq!(find(&ledger, "R-1").state(), "identified", "a plain move is undone");
}

#[test]
fn a_newer_format_is_not_judged_and_not_written_to() {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().join("store");
    let mut ledger = fresh(&folder);
    commit(&mut ledger, &assets(&["Payroll"]));
    ledger.close();
    let path = folder.join("journal/000001.jsonl");
    let text = fs::read_to_string(&path).unwrap();
    let at = text.rfind("\"format\":1").unwrap();
    fs::write(&path, format!("{}\"format\":2{}", &text[..at], &text[at + 10..])).unwrap();
    let report = ledger::verify(&folder, &catalogue());
    assert!(report.lines[0].contains("newer isms"), "{:#?}", report.lines);
    let ledger = open(&folder);
    assert!(!ledger.standing().writable && ledger.standing().why.as_ref().unwrap().contains("newer isms"));
    assert_eq!(ledger.seq(), 1, "what can be read is shown");
    // The state knows of a commit that cannot be read: that is not damage, and neither program says so.
    assert_eq!(report.status, 2, "{:#?}", report.lines);
    if let Some((status, said)) = python(&folder) {
        assert_eq!(status, 2, "{said}");
    }
}

#[test]
fn a_kind_that_the_program_does_not_know_is_kept() {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().join("store");
    let mut ledger = fresh(&folder);
    // An own register, and a record of it: an older program knows neither.
    let own = "name = \"key\"\nplural = \"keys\"\ntitle = \"Key\"\ntitles = \"Keys\"\nprefix = \"KY\"\n\
               stage = \"run\"\nscreen = 3\norder = 90\nhelp = \"Keys.\"\ncolumns = [{ field = \"id\", width = 7 }]\n\
               fields = [{ tag = 32, name = \"door\", label = \"Door\", type = \"line\", help = \"Which.\" }]\n\
               [rights]\n";
    let definition = new("definition")
        .with(2, text("Keys"))
        .with(tag("definition", "text"), text(own));
    commit(
        &mut ledger,
        &Draft {
            edits: vec![definition],
            ..Draft::new("definition.adopt")
        },
    );
    let ix = ledger.catalogue().index_of("key").unwrap();
    commit(
        &mut ledger,
        &Draft {
            edits: vec![Edit::new(ix).with(2, text("Cellar")).with(32, text("north"))],
            ..Draft::new("key.create")
        },
    );
    let before = all(&ledger);
    ledger.close();
    let fewer: Vec<_> = builtin::REGISTERS
        .iter()
        .filter(|r| r.0 != "definition.toml")
        .copied()
        .collect();
    let fewer = std::sync::Arc::new(Catalogue::read(&fewer, builtin::METHODS).unwrap());
    let mut old = patiently(|| ledger::open(&folder, Access::Write, fewer.clone()), busy).unwrap();
    assert!(
        old.standing().writable && old.standing().notes.is_empty(),
        "{:?}",
        old.standing()
    );
    assert_eq!(all(&old).len(), before.len() - 2);
    let d = set(&old, "P-1", "contact", text("ada@example.org"));
    commit(&mut old, &d);
    old.close();
    assert_eq!(ledger::verify(&folder, &fewer).status, 0);
    assert!(
        !folder.join("state.bad.1").exists(),
        "a state of another version is no bad state"
    );
    let ledger = open(&folder);
    assert_eq!((all(&ledger).len(), ledger.seq()), (before.len(), 4));
    assert_eq!(all(&ledger).get("KY-0001"), before.get("KY-0001"));
    assert_eq!(find(&ledger, "KY-1").text(32), "north");
}

#[test]
fn a_name_that_becomes_known_becomes_a_value_at_once_and_after_reopening() {
    let dir = tempfile::tempdir().unwrap();
    let folder = dir.path().join("store");
    let mut ledger = fresh(&folder);
    commit(&mut ledger, &assets(&["Van", "Truck"]));
    ledger.close();
    // Another program kept something here under a name of its own.
    let changed = rewrite(&folder, |line| {
        if line.contains("\"Van\"") {
            line.replace("\"title\":\"Van\"", "\"title\":\"Van\",\"plate\":\"LV-1\"")
        } else {
            line.to_string()
        }
    });
    assert_eq!(changed, 1);
    let mut ledger = open(&folder);
    assert_eq!(
        find(&ledger, "A-1").unknown,
        [("plate".to_string(), "\"LV-1\"".to_string())]
    );
    let own = "extends = \"asset\"\n[[fields]]\ntag = 1000\nname = \"plate\"\nlabel = \"Plate\"\ntype = \"line\"\n\
               help = \"Plate.\"";
    let adopt = Draft {
        edits: vec![
            new("definition")
                .with(2, text("plates"))
                .with(tag("definition", "text"), text(own)),
        ],
        ..Draft::new("definition.adopt")
    };
    let held = ledger.snapshot();
    commit(&mut ledger, &adopt);
    let known = |ledger: &ledger::Ledger| {
        let van = find(ledger, "A-1");
        assert_eq!((van.text(1000), van.unknown.len()), ("LV-1", 0));
        assert!(van.meta.is_some());
    };
    known(&ledger);
    assert_eq!(held.seq, 2, "what somebody holds does not change");
    // The version before reads by the kinds in force now; a version of it is written and undone.
    let before = ledger.as_of_seq(2).unwrap();
    let ix = ledger.catalogue().index_of("asset").unwrap();
    assert_eq!(before.get(ix, &find(&ledger, "A-1").id).unwrap().text(1000), "LV-1");
    let d = set(&ledger, "A-1", "plate", text("LV-2"));
    commit(&mut ledger, &d);
    let d = ledger.undo(&me()).unwrap();
    commit(&mut ledger, &d);
    known(&ledger);
    ledger.close();
    assert_eq!(ledger::verify(&folder, &catalogue()).status, 0);
    let ledger = open(&folder);
    assert!(ledger.standing().notes.is_empty(), "{:?}", ledger.standing().notes);
    known(&ledger);
    ledger.close();
    // Once more, from what is materialised now.
    assert_eq!(ledger::verify(&folder, &catalogue()).status, 0);
    known(&open(&folder));
    known(&ledger::open(&folder, Access::Read, catalogue()).unwrap());
}
