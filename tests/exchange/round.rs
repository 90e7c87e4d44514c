//! Generated records of every type of field, in a register of one's own and in fields added to another: out as JSON and
//! as CSV, into an empty store, and out again.

use isms::exchange::folder::{self, Form};
use isms::ledger::{Ledger, RESTORE};
use isms::model::builtin;
use isms::model::change::{Actor, Draft, Edit, Origin, Target};
use isms::model::kind::own::{DEFINITION, Definition};
use isms::model::kind::{Catalogue, Field, FieldType, Kind, STATE, TITLE};
use isms::model::record::Id;
use isms::model::value::{FileRef, Link, Range, Row, Value};
use isms::model::world::World;
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

const TODAY: i32 = 20_779;

/// A register with a field of every type.
fn register() -> String {
    let mut text = String::from(
        r#"name = "specimen"
plural = "specimens"
title = "Specimen"
titles = "Specimens"
prefix = "SP"
stage = "establish"
screen = 1
order = 96
help = "One of everything."
states = [{ id = "kept", class = "open" }, { id = "gone", class = "closed" }]
[rights]
create = ["analyst"]
edit = ["analyst"]
retire = ["analyst"]
[[columns]]
field = "id"
width = 7
[[columns]]
field = "title"
width = 20
grow = true
"#,
    );
    let all =
        "line text bool integer decimal percent money scale choice date time duration range tags link links rows file";
    let inner = |from: &str| {
        let one = |(n, t): (usize, &str)| {
            let more = if t == "choice" {
                ", choices = [{ id = \"x\", label = \"X\" }]"
            } else {
                ""
            };
            format!(
                "{{ tag = {}, name = \"in_{t}\", label = \"In\", type = \"{t}\", help = \"h\"{more} }}",
                n + 1
            )
        };
        from.split(' ').enumerate().map(one).collect::<Vec<_>>().join(", ")
    };
    for (n, t) in all.split(' ').enumerate() {
        let more = match t {
            "choice" => "choices = [{ id = \"x\", label = \"X\" }, { id = \"y-z\", label = \"Y\" }]\n".to_string(),
            "links" => format!("fields = [{}]\n", inner("line text choice date")),
            "rows" => format!("fields = [{}]\n", inner("line text bool integer money tags link date")),
            _ => String::new(),
        };
        let tag = 32 + n;
        text.push_str(&format!(
            "[[fields]]\ntag = {tag}\nname = \"a_{t}\"\nlabel = \"A {t}\"\ntype = \"{t}\"\nhelp = \"h\"\n{more}"
        ));
    }
    text
}

const ADDED: &str = "extends = \"risk\"\nname = \"more\"\nfields = [{ tag = 1000, name = \"more\", label = \"More\", type = \"tags\", help = \"h\" }]";

/// The kinds with both definitions, and the ids of these.
fn catalogue() -> (Arc<Catalogue>, Vec<Definition>) {
    let base = builtin::catalogue().unwrap();
    let prefix = base.kind(DEFINITION).unwrap().prefix.clone();
    let all: Vec<Definition> = [register().as_str(), ADDED]
        .into_iter()
        .enumerate()
        .map(|(n, text)| Definition {
            source: Id::numbered(&prefix, n as u64 + 1).to_string(),
            text: text.to_string(),
            retired: false,
        })
        .collect();
    (Arc::new(base.with(&all).unwrap()), all)
}

fn words() -> BoxedStrategy<String> {
    prop_oneof![
        "[ -~]{1,12}",
        "['=+@\t\u{a0}-][ a'=+@,;|\"\\[{]{0,8}",
        "[a-zé供🦀\u{301}\u{202e}]{1,6}",
        Just("R-0001 | R-0002".to_string()),
        Just("[\"a\"]".to_string()),
    ]
    .boxed()
}

fn value(field: &Field, ids: &[Id], files: &[FileRef]) -> BoxedStrategy<Value> {
    let number = || prop_oneof![-1e9..1e9f64, Just(0.1 + 0.2), Just(1e-300), Just(-0.5)];
    let three = (0.0..10.0f64, 0.1..10.0f64, 0.1..10.0f64).prop_map(|(a, b, c)| (a, a + b, a + b + c));
    let id = proptest::sample::select(ids.to_vec());
    let cells = || {
        let each: Vec<_> = field
            .fields
            .iter()
            .map(|f| {
                proptest::option::of(value(f, ids, files)).prop_map({
                    let tag = f.tag;
                    move |v| v.map(|v| (tag, v))
                })
            })
            .collect();
        each.prop_map(|all| all.into_iter().flatten().collect::<Vec<_>>())
    };
    match field.kind {
        FieldType::Line | FieldType::Scale => words().prop_map(Value::Text).boxed(),
        FieldType::Text => proptest::collection::vec(words(), 1..4)
            .prop_flat_map(|l| {
                prop_oneof![
                    Just(l.join("\n")),
                    Just(l.join("\r\n")),
                    Just(format!("\r{}\n", l.join("\n\n")))
                ]
            })
            .prop_map(Value::Text)
            .boxed(),
        FieldType::Choice => {
            let ids: Vec<String> = field.choices.iter().map(|c| c.id.clone()).collect();
            proptest::sample::select(ids).prop_map(Value::Text).boxed()
        }
        FieldType::Bool => any::<bool>().prop_map(Value::Bool).boxed(),
        FieldType::Integer => (-8_000_000_000_000_000..8_000_000_000_000_000i64)
            .prop_map(Value::Int)
            .boxed(),
        FieldType::Decimal | FieldType::Percent | FieldType::Duration => number().prop_map(Value::Num).boxed(),
        FieldType::Money => (
            -1_000_000_000_000..1_000_000_000_000i64,
            proptest::sample::select(vec![*b"EUR", *b"JPY", *b"BHD"]),
        )
            .prop_map(|(n, c)| Value::Money(n, c))
            .boxed(),
        FieldType::Date => (-700_000..2_900_000i32).prop_map(Value::Date).boxed(),
        FieldType::Time => (-60_000_000_000_000..250_000_000_000_000i64)
            .prop_map(Value::Time)
            .boxed(),
        FieldType::Range => (three, 0..6)
            .prop_map(|((a, b, c), n)| {
                Value::Range(Box::new(match n {
                    0 => Range::Constant(a),
                    1 => Range::Uniform(a, b),
                    2 => Range::Triangular(a, b, c),
                    3 => Range::Pert(a, b, c),
                    4 => Range::Lognormal(b, c),
                    _ => Range::Normal(a, b),
                }))
            })
            .boxed(),
        FieldType::Tags => proptest::collection::btree_set(words(), 1..4)
            .prop_map(|t| Value::Tags(t.into_iter().collect()))
            .boxed(),
        FieldType::Link => id.prop_map(Value::Link).boxed(),
        FieldType::Links => proptest::collection::btree_map(id, cells(), 1..3)
            .prop_map(|all| {
                Value::Links(
                    all.into_iter()
                        .map(|(to, attributes)| Link { to, attributes })
                        .collect(),
                )
            })
            .boxed(),
        FieldType::Rows => proptest::collection::btree_map(1..99u32, cells(), 1..4)
            .prop_map(|all| Value::Rows(all.into_iter().map(|(id, cells)| Row { id, cells }).collect()))
            .boxed(),
        FieldType::File => proptest::sample::select(files.to_vec())
            .prop_map(|f| Value::File(Box::new(f)))
            .boxed(),
    }
}

/// The values of one record: each of its fields is there or not, and so is something that no field knows.
type Made = (usize, Vec<Option<Value>>, Option<String>);

fn record(kind: &Kind, me: &Id, all: &[Id], files: &[FileRef]) -> BoxedStrategy<Made> {
    let others: Vec<Id> = all.iter().filter(|id| *id != me).cloned().collect();
    let own: Vec<_> = kind
        .fields
        .iter()
        .filter(|f| f.tag >= 32)
        .map(|f| proptest::option::weighted(0.8, value(f, &others, files)))
        .collect();
    (0..kind.states.len(), own, proptest::option::of(words())).boxed()
}

fn whole(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut all = BTreeMap::new();
    let mut todo = vec![folder.to_path_buf()];
    while let Some(f) = todo.pop() {
        for path in std::fs::read_dir(f).unwrap().map(|e| e.unwrap().path()) {
            match path.is_dir() {
                true => todo.push(path),
                false => drop(all.insert(path.strip_prefix(folder).unwrap().into(), std::fs::read(&path).unwrap())),
            }
        }
    }
    all
}

fn out(ledger: &Ledger, me: &Id, folder: &Path, form: Form) {
    let (catalogue, state) = (ledger.catalogue(), ledger.state());
    let w = World {
        catalogue,
        state,
        today: TODAY,
        now: 0,
        me,
    };
    let done = folder::export(&w, ledger.files(), folder, form).unwrap();
    assert!(done.missing.is_empty());
}

fn comes_back(made: &[Made], files: &[&[u8]]) {
    let (catalogue, definitions) = catalogue();
    let mut ledger = Ledger::memory(Arc::new(builtin::catalogue().unwrap()));
    for bytes in files {
        ledger.keep("'=a b.pdf", &mut &bytes[..]).unwrap();
    }
    let mut draft = Draft::new(RESTORE);
    draft.origin = Origin::Restore;
    let mut push = |kind: &str, id: Id, set: Vec<(u16, Option<Value>)>, unknown: Vec<(String, String)>| {
        let mut edit = Edit::new(catalogue.index_of(kind).unwrap());
        edit.target = Target::NewWithId(catalogue.index_of(kind).unwrap(), id);
        (edit.set, edit.unknown) = (set, unknown);
        draft.edits.push(edit);
    };
    let text = |t: &str| Some(Value::Text(t.to_string()));
    let tag = |kind: &str, name: &str| catalogue.kind(kind).unwrap().field(name).unwrap().tag;
    // What links stand before what they lead to, and the definitions last of all.
    let specimen = catalogue.kind("specimen").unwrap();
    for (n, (state, values, strange)) in made.iter().enumerate() {
        let mut set: Vec<_> = specimen
            .fields
            .iter()
            .filter(|f| f.tag >= 32)
            .map(|f| f.tag)
            .zip(values.clone())
            .collect();
        set.push((STATE, text(&specimen.states[*state].id)));
        set.push((TITLE, text("'=HYPERLINK(\"x\")")));
        let unknown = strange.iter().map(|s| {
            (
                "of_tomorrow".to_string(),
                serde_json::json!({"x": [s, null]}).to_string(),
            )
        });
        push("specimen", Id::numbered("SP", n as u64 + 1), set, unknown.collect());
    }
    let tags = Some(Value::Tags(vec!["'+1".into(), "two words".into()]));
    let misfit = vec![("likelihood".to_string(), "{\"from\":\"another\"}".to_string())];
    push(
        "risk",
        Id::from("R-0007"),
        vec![(TITLE, text("Fire")), (1000, tags)],
        misfit,
    );
    let admin = Some(Value::Tags(vec!["admin".into()]));
    push(
        "person",
        Id::from("P-0001"),
        vec![
            (TITLE, text("Ada")),
            (tag("person", "login"), text("ada")),
            (tag("person", "permissions"), admin),
        ],
        Vec::new(),
    );
    for d in &definitions {
        let set = vec![(TITLE, text("more")), (tag(DEFINITION, "text"), text(&d.text))];
        push(DEFINITION, Id::from(d.source.as_str()), set, Vec::new());
    }
    let me = Id::from("P-0001");
    let actor = Actor {
        person: me.clone(),
        by: me.clone(),
    };
    ledger.commit(&draft, &actor, 1_700_000_000_123, TODAY).unwrap();

    for form in [Form::Json, Form::Csv] {
        let (first, second) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        out(&ledger, &me, first.path(), form);
        // The program as it is: the definitions come with the folder.
        let bare = Arc::new(builtin::catalogue().unwrap());
        let mut records = folder::read(&bare, first.path()).unwrap();
        let actor = records.keeper(&bare, "ada").unwrap();
        let mut other = Ledger::memory(bare);
        records.keep(&other).unwrap();
        let commit = other
            .commit(&records.draft(), &actor, 1_800_000_000_000, TODAY)
            .unwrap();
        assert_eq!(commit.action, "import.restore");
        let command = other.trace(&Id::from("SP-0001")).unwrap().pop().unwrap().command;
        assert_eq!(command.as_deref(), Some("import.restore"));
        out(&other, &me, second.path(), form);
        let (was, is) = (whole(first.path()), whole(second.path()));
        for (path, bytes) in &was {
            let show = |b: &[u8]| String::from_utf8_lossy(b).into_owned();
            assert_eq!(show(bytes), show(&is[path]), "{}", path.display());
        }
        assert_eq!(was.len(), is.len());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

    #[test]
    fn every_type_of_field_comes_back_to_the_byte(
        made in {
            let (catalogue, _) = catalogue();
            let kind = catalogue.kind("specimen").unwrap().clone();
            let ids: Vec<Id> = (1..=3).map(|n| Id::numbered("SP", n)).collect();
            let files: Vec<FileRef> = FILES.iter().map(|b| FileRef {
                name: "'=a b.pdf".into(),
                sha256: isms::ledger::format::sha256(b),
                size: b.len() as u64,
            }).collect();
            ids.iter().map(|id| record(&kind, id, &ids, &files)).collect::<Vec<_>>()
        },
    ) {
        comes_back(&made, &FILES);
    }
}

const FILES: [&[u8]; 2] = [b"", b"%PDF-1.7"];
