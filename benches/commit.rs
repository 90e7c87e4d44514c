//! What a durable commit costs: each is paired with a raw append and `fdatasync` of as many bytes, and the median of the
//! ratios is printed (goal: at most 1.3). Also how long 10,000 records take to save, to open and to read.
#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a bench stops where it fails"
)]

use isms::ledger::{self, Access, Ledger};
use isms::model::builtin;
use isms::model::change::{Actor, Draft, Edit, Origin};
use isms::model::kind::{Catalogue, TITLE};
use isms::model::record::Id;
use isms::model::value::Value;
use std::fs;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

const ROUNDS: usize = 400;
const MANY: usize = 10_000;

fn text(t: &str) -> Option<Value> {
    Some(Value::Text(t.into()))
}

fn commit(ledger: &mut Ledger, draft: &Draft) {
    let id = Id::from("P-0001");
    let me = Actor {
        person: id.clone(),
        by: id,
    };
    ledger.commit(draft, &me, 1_795_363_200_000, 20_779).expect("a commit");
}

fn draft(action: &str, edits: Vec<Edit>) -> Draft {
    Draft {
        edits,
        ..Draft::new(action)
    }
}

fn fresh(folder: &Path, catalogue: &Arc<Catalogue>) -> Ledger {
    let mut ledger = ledger::create(folder, Arc::clone(catalogue)).unwrap();
    let new = |kind: &str| Edit::new(catalogue.index_of(kind).unwrap());
    let permissions = catalogue.kind("person").unwrap().field("permissions").unwrap().tag;
    let edits = vec![
        new("organisation").with(TITLE, text("Meridian Pay")),
        new("person")
            .with(TITLE, text("Ada Okafor"))
            .with(permissions, Some(Value::Tags(vec!["admin".into(), "analyst".into()]))),
    ];
    let init = Draft {
        origin: Origin::Init,
        ..draft("init", edits)
    };
    commit(&mut ledger, &init);
    ledger
}

fn median(mut all: Vec<f64>) -> f64 {
    all.sort_by(f64::total_cmp);
    all[all.len() / 2]
}

fn timed<T>(f: impl FnOnce() -> T) -> (f64, T) {
    let begun = Instant::now();
    let done = f();
    (begun.elapsed().as_secs_f64() * 1e3, done)
}

fn one_record(folder: &Path, catalogue: &Arc<Catalogue>) {
    let mut ledger = fresh(&folder.join("store"), catalogue);
    let asset = catalogue.index_of("asset").unwrap();
    let first = vec![Edit::new(asset).with(TITLE, text("Payroll"))];
    commit(&mut ledger, &draft("asset.create", first));
    let journal = folder.join("store/journal/000001.jsonl");
    let raw = fs::File::create(folder.join("raw")).unwrap();
    let notes = catalogue.kind("asset").unwrap().field("notes").unwrap().tag;
    let (mut ratios, mut ours, mut theirs, mut at) = (Vec::new(), Vec::new(), Vec::new(), 0u64);
    for round in 0..ROUNDS {
        let record = ledger.state().find(catalogue, &Id::from("A-0001")).unwrap().clone();
        let note = format!("{round} {}", "a line of notes ".repeat(20));
        let edit = draft("record.edit", vec![Edit::of(&record).with(notes, text(&note))]);
        let before = fs::metadata(&journal).unwrap().len();
        let (ms, ()) = timed(|| commit(&mut ledger, &edit));
        let bytes = vec![b'x'; (fs::metadata(&journal).unwrap().len() - before) as usize];
        let (base, ()) = timed(|| {
            raw.write_all_at(&bytes, at).unwrap();
            raw.sync_data().unwrap();
        });
        at += bytes.len() as u64;
        if round >= 20 {
            ratios.push(ms / base);
            ours.push(ms);
            theirs.push(base);
        }
    }
    println!(
        "a durable commit: median {:.3} ms, raw append and fdatasync {:.3} ms, median of paired ratios {:.2}",
        median(ours),
        median(theirs),
        median(ratios)
    );
}

fn many_records(folder: &Path, catalogue: &Arc<Catalogue>) {
    let mut ledger = fresh(folder, catalogue);
    let asset = catalogue.index_of("asset").unwrap();
    let notes = catalogue.kind("asset").unwrap().field("notes").unwrap().tag;
    let new = |n| {
        Edit::new(asset)
            .with(TITLE, text(&format!("Asset {n}")))
            .with(notes, text(&"notes ".repeat(60)))
    };
    let all = draft("asset.create", (0..MANY).map(new).collect());
    let open = |access| ledger::open(folder, access, Arc::clone(catalogue)).unwrap();
    let say = |what: &str, ms: f64| println!("{MANY} records {what}: {ms:.0} ms");
    say("saved in one commit", timed(|| commit(&mut ledger, &all)).0);
    say("closed", timed(|| drop(ledger)).0);
    let (ms, reader) = timed(|| open(Access::Read));
    say("read from the journal alone", ms);
    let (ms, writer) = timed(|| open(Access::Write));
    say("opened for writing", ms);
    assert_eq!((reader.seq(), writer.standing().writable), (2, true));
    drop(writer);
    fs::remove_dir_all(folder.join("state")).unwrap();
    say(
        "opened, the state made anew, and closed",
        timed(|| drop(open(Access::Write))).0,
    );
}

fn main() {
    let catalogue = Arc::new(builtin::catalogue().unwrap());
    // Beside what was built: the folder for temporary files may be in memory, where nothing is ever durable.
    let here = std::env::current_exe().unwrap();
    let dir = tempfile::tempdir_in(here.parent().unwrap()).unwrap();
    one_record(dir.path(), &catalogue);
    many_records(&dir.path().join("many"), &catalogue);
}
