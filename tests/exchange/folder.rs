//! Everything out and in again, and the demonstration company.

use crate::desk::*;
use isms::exchange::folder::Form;
use isms::exchange::{Format, folder};
use isms::ledger::Ledger;
use isms::model::builtin;
use isms::model::change::{Draft, Edit, Origin, Target};
use isms::model::kind::{Catalogue, Field, FieldType, STATE};
use isms::model::record::Id;
use isms::model::stated;
use isms::model::value::{FileRef, Link, Row, Value};
use isms::model::world::World;
use std::collections::BTreeMap;
use std::sync::Arc;

#[test]
fn the_demonstration_replays_through_the_door() {
    let catalogue = Arc::new(builtin::catalogue().unwrap());
    for today in [TODAY, TODAY + 100, TODAY + 465] {
        let mut ledger = Ledger::memory(Arc::clone(&catalogue));
        let mut told = Vec::new();
        let began = std::time::Instant::now();
        isms::exchange::demo::replay(&mut ledger, today, &mut |share| told.push(share)).unwrap();
        println!("replayed {} commits in {:?}", ledger.seq(), began.elapsed());
        assert!(told.is_sorted() && told.last() == Some(&1.0));
        let count = |kind: &str| ledger.state().all(catalogue.index_of(kind).unwrap()).len();
        assert_eq!(
            (count("asset"), count("risk"), count("control"), count("finding")),
            (60, 43, 51, 500)
        );
        assert!(
            ledger.state().time <= i64::from(today + 1) * 86_400_000,
            "nothing lies in the future"
        );
    }
}

/// Every file of a folder and of those in it, by its path.
fn folder_bytes(folder: &std::path::Path) -> BTreeMap<std::path::PathBuf, Vec<u8>> {
    let mut all = BTreeMap::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(f) = folders.pop() {
        for entry in std::fs::read_dir(f).unwrap() {
            let path = entry.unwrap().path();
            match path.is_dir() {
                true => folders.push(path),
                false => drop(all.insert(
                    path.strip_prefix(folder).unwrap().to_path_buf(),
                    std::fs::read(&path).unwrap(),
                )),
            }
        }
    }
    all
}

fn seen<'a>(ledger: &'a Ledger, me: &'a Id) -> World<'a> {
    World {
        catalogue: ledger.catalogue(),
        state: ledger.state(),
        today: TODAY,
        now: 0,
        me,
    }
}

#[test]
fn everything_comes_back_to_the_byte() {
    let catalogue = Arc::new(builtin::catalogue().unwrap());
    let mut ledger = Ledger::memory(Arc::clone(&catalogue));
    isms::exchange::demo::replay(&mut ledger, TODAY, &mut |_| {}).unwrap();
    for form in [Form::Json, Form::Csv] {
        comes_back(&catalogue, &ledger, form);
    }
}

fn comes_back(catalogue: &Arc<Catalogue>, ledger: &Ledger, form: Form) {
    let (first, second) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let me = Id::from("P-0001");
    let n = folder::export(&seen(ledger, &me), ledger.files(), first.path(), form)
        .unwrap()
        .records;

    let mut records = folder::read(catalogue, first.path()).unwrap();
    assert_eq!(records.counts().iter().map(|(_, n)| n).sum::<usize>(), n);
    let actor = records.keeper(catalogue, "ada").unwrap();
    assert_eq!((&actor.person, records.notes.len()), (&me, 0));
    let mut other = Ledger::memory(Arc::clone(catalogue));
    records.keep(&other).unwrap();
    other.commit(&records.draft(), &actor, 1_000, TODAY).unwrap();
    folder::export(&seen(&other, &me), other.files(), second.path(), form).unwrap();
    assert_eq!(folder_bytes(first.path()), folder_bytes(second.path()));

    // Who did it here is proved, who made it there is stated; what is changed here is known again.
    let risk = Id::from("R-0001");
    let was = ledger.state().find(catalogue, &risk).unwrap().meta.clone().unwrap();
    let is = Arc::clone(other.state().find(catalogue, &risk).unwrap());
    assert_eq!(is.meta.as_ref().unwrap().created.time, 1_000);
    let told = stated::told(&is).unwrap();
    assert_eq!(
        (told.created.time, &told.created.actor),
        (was.created.time, &was.created.actor)
    );
    assert_eq!(told.changed.time, was.changed.time);
    let mut draft = Draft::new("record.edit");
    draft
        .edits
        .push(Edit::of(&is).with(3, Some(Value::Text("Changed here".into()))));
    other.commit(&draft, &actor, 2_000, TODAY).unwrap();
    let told = stated::told(other.state().find(catalogue, &risk).unwrap()).unwrap();
    assert_eq!((told.created.time, told.changed.time), (was.created.time, 2_000));

    // where the ids are taken it is refused, and so is who is no administrator there
    let again = other.commit(&records.draft(), &actor, 3_000, TODAY).unwrap_err();
    assert!(format!("{again:?}").contains("is already there"));
    // a login that nobody has becomes one more person
    let mut stranger = folder::read(catalogue, first.path()).unwrap();
    let actor = stranger.keeper(catalogue, "somebody").unwrap();
    assert_eq!(stranger.notes.len(), 1);
    let mut third = Ledger::memory(Arc::clone(catalogue));
    stranger.keep(&third).unwrap();
    third.commit(&stranger.draft(), &actor, 1_000, TODAY).unwrap();
    assert_eq!(
        third.state().find(catalogue, &actor.person).unwrap().title(),
        "somebody"
    );
}

#[test]
fn a_folder_that_was_touched_is_named() {
    let catalogue = Arc::new(builtin::catalogue().unwrap());
    let folder = tempfile::tempdir().unwrap();
    let says = |catalogue| folder::read(catalogue, folder.path()).unwrap_err().to_string();
    assert!(says(&catalogue).contains("there is no export.json"));
    let desk = Desk::new();
    folder::export(&desk.world(), &desk.files, folder.path(), Form::Json).unwrap();
    folder::export(&desk.world(), &desk.files, folder.path(), Form::Json).expect("an earlier export is replaced");
    let file = format!("{}.json", catalogue.kind("person").unwrap().plural);
    let people = folder.path().join(&file);
    let text = std::fs::read_to_string(&people).unwrap();
    std::fs::write(&people, text.replace("Ada", "Eve")).unwrap();
    assert!(says(&catalogue).contains(&file) && says(&catalogue).contains("SHA-256"));
    std::fs::remove_file(&people).unwrap();
    assert!(says(&catalogue).contains(&format!("{file}: cannot be read")));
    std::fs::remove_file(folder.path().join("export.json")).unwrap();
    let e = folder::export(&desk.world(), &desk.files, folder.path(), Form::Json).unwrap_err();
    assert!(e.to_string().contains("something else"));
}

/// A value of the type of a field, a tricky one; `n` varies it.
fn sample(desk: &Desk, field: &Field, n: usize) -> Value {
    let text = ["'=1+1", "  -x", "@a", "naïve, \"quoted\"; 供应商|x", "+", "'tis"][n % 6];
    let target = |k: usize| {
        let word = field
            .target
            .get(k % field.target.len().max(1))
            .map_or("person", String::as_str);
        Id::numbered(&desk.catalogue.kind(word).unwrap().prefix, 1 + (k % 2) as u64)
    };
    let cells = |desk: &Desk| -> Vec<(u16, Value)> {
        let mut all: Vec<(u16, Value)> = field.fields.iter().map(|f| (f.tag, sample(desk, f, n))).collect();
        all.sort_by_key(|(t, _)| *t);
        all
    };
    let number = field.min.unwrap_or(0.25).max(0.25).min(field.max.unwrap_or(40.0));
    match field.kind {
        FieldType::Line if field.max.is_some_and(|m| m < 30.0) => {
            Value::Text("EUR".chars().take(field.max.unwrap() as usize).collect())
        }
        FieldType::Line => Value::Text(format!("{}{n}", text.trim())),
        // A text that the program reads: each adds another field of one's own.
        FieldType::Text if field.help.starts_with("The definition in TOML") => Value::Text(format!(
            "extends = \"finding\"\nfields = [{{ tag = {}, name = \"own_{n}\", label = \"Own\", type = \"line\", help = \"Own.\" }}]",
            1000 + n
        )),
        FieldType::Text => Value::Text(format!("{text}\n=second\n\n'-third {n}")),
        FieldType::Bool => Value::Bool(n.is_multiple_of(2)),
        FieldType::Integer => Value::Int(field.min.unwrap_or(-3.0) as i64),
        FieldType::Decimal | FieldType::Percent | FieldType::Duration => Value::Num(number),
        FieldType::Money => Value::Money(123_456 + n as i64, *b"EUR"),
        FieldType::Scale => Value::Text(format!("label {n}, unknown")),
        FieldType::Choice if field.choices.is_empty() => Value::Text("ebios-4x4".into()),
        FieldType::Choice => Value::Text(field.choices[n % field.choices.len()].id.clone()),
        FieldType::Date => Value::Date(TODAY - n as i32),
        FieldType::Time => Value::Time(i64::from(TODAY) * 86_400_000 + 3_723_004 + n as i64),
        FieldType::Range => Value::Range(isms::model::value::Range::Pert(number * 0.5, number * 0.75, number).into()),
        FieldType::Tags if field.choices.is_empty() => {
            Value::Tags(vec!["=x".into(), "two words".into(), "zürich".into()])
        }
        FieldType::Tags => Value::Tags(vec![field.choices[n % field.choices.len()].id.clone()]),
        FieldType::Link => Value::Link(target(n)),
        FieldType::Links => {
            let mut links: Vec<Link> = (0..2)
                .map(|k| Link {
                    to: target(k),
                    attributes: cells(desk),
                })
                .collect();
            links.sort_by(|a, b| a.to.cmp(&b.to));
            links.dedup_by(|a, b| a.to == b.to);
            Value::Links(links)
        }
        FieldType::Rows => Value::Rows((1..3).map(|id| Row { id, cells: cells(desk) }).collect()),
        FieldType::File => {
            let kept = desk.files.keep(&mut [n as u8; 9].as_slice()).unwrap();
            let file = FileRef {
                name: "=a.pdf".into(),
                sha256: kept.sha256,
                size: kept.size,
            };
            Value::File(file.into())
        }
    }
}

#[test]
fn every_field_of_every_kind_survives_both_ways() {
    let mut desk = Desk::new();
    let mut draft = Draft::new("import");
    draft.origin = Origin::Restore;
    for (ix, kind) in desk.catalogue.kinds.iter().enumerate() {
        for n in 0..if kind.single { 0 } else { 3 } {
            // P-0001 is there already
            let number = n as u64 + 1 + u64::from(kind.name == "person");
            let mut edit = Edit::new(ix);
            edit.target = Target::NewWithId(ix, Id::numbered(&kind.prefix, number));
            edit.set
                .push((STATE, Some(Value::Text(kind.states[n % kind.states.len()].id.clone()))));
            for f in kind.fields.iter().filter(|f| f.tag != STATE) {
                let own = |v: &Value| v.ids().any(|id| *id == Id::numbered(&kind.prefix, number));
                let v = sample(&desk, f, n);
                edit.set.push((f.tag, (!own(&v)).then_some(v)));
            }
            draft.edits.push(edit);
        }
    }
    desk.commit(&draft).unwrap();
    for kind in &desk.catalogue.kinds {
        for format in [Format::Csv, Format::Json, Format::Xlsx] {
            let bytes = desk.export(&kind.name, &desk.all(&kind.name), format);
            let plan = desk.plan(&kind.name, "-", &bytes);
            // A register without records is an empty array.
            let plan = match plan {
                Err(e) if e.what.contains("empty") => continue,
                plan => plan.unwrap(),
            };
            let edit = plan.draft.edits.first();
            assert!(edit.is_none(), "{} {format:?}: {edit:?}", kind.name);
            assert!(
                plan.refused.is_empty() && plan.clashes.is_empty() && plan.unused.is_empty(),
                "{} {format:?}: {plan:?}",
                kind.name
            );
        }
    }
    let (first, second) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    folder::export(&desk.world(), &desk.files, first.path(), Form::Json).unwrap();
    let catalogue = Arc::new(desk.catalogue.clone());
    // A file that was changed on its way is noticed before anything is brought in.
    let path = folder_bytes(first.path())
        .into_keys()
        .find(|p| p.starts_with("files"))
        .unwrap();
    let path = first.path().join(path);
    let bytes = std::fs::read(&path).unwrap();
    std::fs::write(&path, b"forged").unwrap();
    let e = folder::read(&catalogue, first.path()).unwrap_err().to_string();
    assert!(e.contains("its SHA-256 is another"), "{e}");
    std::fs::write(&path, bytes).unwrap();
    let mut records = folder::read(&catalogue, first.path()).unwrap();
    let actor = records.keeper(&catalogue, "ada").unwrap();
    let mut ledger = Ledger::memory(Arc::clone(&catalogue));
    records.keep(&ledger).unwrap();
    ledger.commit(&records.draft(), &actor, 1_000, TODAY).unwrap();
    folder::export(&seen(&ledger, &actor.person), ledger.files(), second.path(), Form::Json).unwrap();
    assert_eq!(folder_bytes(first.path()), folder_bytes(second.path()));
}
