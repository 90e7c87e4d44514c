//! One table for each question: what is understood, what is refused, what is shown; and that nothing is lost on the
//! way through JSON or editing.

use super::*;
use crate::model::builtin;
use crate::model::kind::{Field, Kind};
use crate::model::record::{Id, Record};
use crate::model::sample::Sample;
use crate::model::state::State;
use crate::model::value::{FileRef, Link, Range, Row, Value};
use crate::model::world::World;
use proptest::prelude::*;
use std::cmp::Ordering;

mod direct;

fn thing(s: &Sample) -> &Kind {
    s.catalogue.kind("thing").unwrap()
}

fn read(s: &Sample, name: &str, text: &str) -> Result<Option<Value>, Expected> {
    let kind = thing(s);
    parse(&s.world(), kind, None, kind.field(name).unwrap(), text)
}

fn words(all: &[&str]) -> Value {
    Value::Tags(all.iter().map(|t| (*t).to_string()).collect())
}

fn to(ids: &[&str]) -> Value {
    let link = |id: &&str| Link {
        to: Id::from(*id),
        attributes: vec![],
    };
    Value::Links(ids.iter().map(link).collect())
}

#[test]
fn what_is_typed_is_understood() {
    let s = Sample::new();
    let text = |t: &str| Value::Text(t.to_string());
    for (name, typed, want) in [
        ("title", "  Payment outage ", text("Payment outage")),
        ("text", "one\r\n two\n\n", text("one\n two")),
        ("bool", "Y", Value::Bool(true)),
        ("bool", "x", Value::Bool(true)),
        ("bool", "false", Value::Bool(false)),
        ("integer", "1,200", Value::Int(1200)),
        ("integer", "12k", Value::Int(12_000)),
        ("decimal", "1,5", Value::Num(1.5)),
        ("percent", "5%", Value::Num(0.05)),
        ("percent", "0.05", Value::Num(0.05)),
        ("money", "12k eur", Value::Money(1_200_000, *b"EUR")),
        ("scale", "HIGH", text("high")),
        ("scale", "severe", text("high")),
        ("scale", "1", text("low")),
        ("scale", " quite bad ", text("quite bad")),
        ("choice", "First", text("one")),
        ("choice", "Two_Three", text("two-three")),
        ("date", "01.12.2026", Value::Date(20_788)),
        ("date", "friday", Value::Date(20_784)),
        ("time", "2026-11-22 01:00", Value::Time(20_779 * 86_400_000 + 3_600_000)),
        ("duration", "1d 2h", Value::Num(26.0)),
        ("range", "5k..80k", Value::Range(Range::Lognormal(5e3, 8e4).into())),
        ("words", "pci mobile,pci", words(&["mobile", "pci"])),
        ("words", "\"two words\", b", words(&["b", "two words"])),
        ("closed", "Whole, kept secret", words(&["c", "i"])),
        ("closed", "c i", words(&["c", "i"])),
        ("link", "a3", Value::Link(Id::from("A-0003"))),
        ("link", "laptop FLEET", Value::Link(Id::from("A-0003"))),
        ("link", "A-0003 Laptop fleet", Value::Link(Id::from("A-0003"))),
        ("link", "new:2", Value::Link(Id::local(2))),
        ("owner", "me", Value::Link(Id::from("P-0001"))),
        ("owner", "bo", Value::Link(Id::from("P-0002"))),
        ("links", "A-0003|a1", to(&["A-0001", "A-0003"])),
        ("links", "a1 a3", to(&["A-0001", "A-0003"])),
        ("links", "Web, shop and blog", to(&["A-0002"])),
        ("links", "Laptop fleet, Card database", to(&["A-0001", "A-0003"])),
        ("links", "[\"A-0002\"]", to(&["A-0002"])),
        (
            "effects",
            "[{\"to\":\"Card database\",\"share\":\"40%\"}]",
            Value::Links(vec![Link {
                to: Id::from("A-0001"),
                attributes: vec![(1, Value::Num(0.4))],
            }]),
        ),
        (
            "rows",
            "Order it; bo; friday\nPlug it in",
            Value::Rows(vec![
                Row {
                    id: 1,
                    cells: vec![
                        (1, text("Order it")),
                        (2, Value::Link(Id::from("P-0002"))),
                        (3, Value::Date(20_784)),
                    ],
                },
                Row {
                    id: 2,
                    cells: vec![(1, text("Plug it in"))],
                },
            ]),
        ),
        (
            "rows",
            "[{\"what\":\"a\"},{\"id\":7,\"done\":true},{\"who\":\"bo\"}]",
            Value::Rows(vec![
                Row {
                    id: 8,
                    cells: vec![(1, text("a"))],
                },
                Row {
                    id: 7,
                    cells: vec![(4, Value::Bool(true))],
                },
                Row {
                    id: 9,
                    cells: vec![(2, Value::Link(Id::from("P-0002")))],
                },
            ]),
        ),
    ] {
        assert_eq!(read(&s, name, typed), Ok(Some(want)), "{name} {typed:?}");
    }
    for name in thing(&s).fields.iter().map(|f| f.name.clone()) {
        assert_eq!(read(&s, &name, "  "), Ok(None), "blank clears {name}");
    }
}

#[test]
fn what_cannot_be_understood_is_refused_with_an_example() {
    let s = Sample::new();
    for (name, typed, hint) in [
        ("title", "two\nlines", "one line"),
        ("title", "bell\u{7}", "one line"),
        ("title", &"x".repeat(121), "at most 120 characters, these are 121"),
        ("state", "gone", "active, retired"),
        ("bool", "maybe", "yes or no"),
        ("integer", "1.5", "whole number"),
        ("integer", "99999999999999999999", "whole number"),
        ("decimal", "NaN", "a number"),
        ("decimal", "1e999", "a number"),
        ("percent", "5", "0% to 100%"),
        ("money", "12.345 EUR", "at most 2 decimals"),
        ("money", "12 QQQ", "ISO 4217"),
        ("choice", "third", "one, two-three"),
        ("date", "01/02/2026", "2026-12-01"),
        ("time", "noon", "2026-12-01"),
        ("duration", "4x", "4h 30m"),
        ("range", "80..5", "rising"),
        ("range", "0..5", "uniform"),
        ("closed", "c, z", "c, i"),
        ("words", "\"open", "second quote"),
        (
            "link",
            "laptop",
            "an asset, by id or exact title; near: A-0003 Laptop fleet",
        ),
        ("link", "P-0001", "P-0001 is of another kind"),
        ("owner", "nobody at all", "a role or person"),
        ("links", "A-0001|A-9999", "an asset"),
        ("effects", "[{\"share\":1}]", "JSON"),
        ("effects", "[{\"to\":\"a1\",\"part\":1}]", "share, why"),
        ("rows", "[{\"id\":1},{\"id\":1}]", "id 1"),
        ("file", "report.pdf", "sha256"),
    ] {
        let e = read(&s, name, typed).expect_err(name);
        assert!(e.expected.contains(hint), "{name} {typed:?}: {e}");
    }
    let e = read(&s, "date", "soon").unwrap_err().to_string();
    assert_eq!(
        e,
        format!(
            "'soon' does not fit; expected a date such as {}",
            crate::model::calendar::HINT
        )
    );
}

#[test]
fn two_records_of_one_title_must_be_told_apart() {
    let mut s = Sample::new();
    s.add("A-0009", &[("title", "laptop fleet")]);
    let e = read(&s, "link", "Laptop fleet").unwrap_err();
    assert!(e.expected.contains("A-0003") && e.expected.contains("A-0009"), "{e}");
    s.add("A-0009", &[("title", "laptop fleet"), ("state", "retired")]);
    assert_eq!(
        read(&s, "link", "Laptop fleet"),
        Ok(Some(Value::Link(Id::from("A-0003"))))
    );
}

#[test]
fn what_people_read() {
    let s = Sample::new();
    let (w, kind) = (s.world(), s.catalogue.kind("risk").unwrap());
    let r = s.get("R-0001");
    for (name, want) in [
        ("id", "R-0001"),
        ("state", "identified"),
        ("owner", "Ada Berg"),
        ("assets", "A-0001 A-0003"),
        ("treatment", "Mitigate"),
        ("current_level", "High"),
        ("cost", "12,000 EUR"),
        ("tags", "mobile, pci"),
        ("next_review", "2026-11-20"),
        ("due", "2 days late"),
        ("critical", "yes"),
        ("description", "A laptop is left on a train. Nobody \"encrypts\" it."),
        ("changed", ""),
        ("nothing", ""),
    ] {
        assert_eq!(cell(&w, kind, &r, name), want, "{name}");
    }
    for (minor, currency, want) in [
        (120_050, b"EUR", "1,200.50 EUR"),
        (12_000, b"KWD", "12 KWD"),
        (12_000, b"JPY", "12,000 JPY"),
    ] {
        assert_eq!(show(&w, kind, None, "cost", &Value::Money(minor, *currency)), want);
    }
    assert_eq!(plain(&w, kind, &r, "current_level"), "high");
    assert_eq!(plain(&w, kind, &r, "due"), "2026-11-20");
    assert_eq!(plain(&w, kind, &r, "owner"), "P-0001");
    assert_eq!(
        level(&w, kind, &r, "current_level").map(|(p, l)| (p, l.id.as_str())),
        Some((2, "high"))
    );
    let v = r.get(kind.field("assets").unwrap().tag).unwrap();
    assert_eq!(show(&w, kind, Some(&r), "assets", v), "A-0001, A-0003");
    assert_eq!(
        show_long(&w, kind, Some(&r), "assets", v),
        "A-0001 Card database\nA-0003 Laptop fleet"
    );
    let kind = thing(&s);
    let rows = read(&s, "rows", "Order it; bo; friday; yes\nPlug it in")
        .unwrap()
        .unwrap();
    assert_eq!(show(&w, kind, None, "rows", &rows), "1 of 2 done");
    assert_eq!(
        show_long(&w, kind, None, "rows", &rows),
        "What: Order it, Who: P-0002 Bo Chen, By: 2026-11-27, Done: yes\nWhat: Plug it in"
    );
}

#[test]
fn records_are_ordered_by_meaning() {
    let s = Sample::new();
    let (w, kind) = (s.world(), s.catalogue.kind("risk").unwrap());
    let by = |name: &str, a: &str, b: &str| order(&w, kind, name, &s.get(a), &s.get(b));
    assert_eq!(by("current_level", "R-0001", "R-0002"), Ordering::Greater);
    assert_eq!(by("current_level", "R-0001", "R-0003"), Ordering::Less, "empty last");
    assert_eq!(
        by("current_likelihood", "R-0001", "R-0005"),
        Ordering::Less,
        "unknown labels after known"
    );
    assert_eq!(
        by("current_likelihood", "R-0005", "R-0003"),
        Ordering::Less,
        "empty last"
    );
    assert_eq!(
        by("treatment", "R-0001", "R-0002"),
        Ordering::Less,
        "by place, not by letter"
    );
    assert_eq!(by("owner", "R-0003", "R-0001"), Ordering::Greater, "Bo after Ada");
    let mut all: Vec<_> = w.live("risk").cloned().collect();
    let ids = |all: &[std::sync::Arc<Record>]| all.iter().map(|r| r.id.number().unwrap()).collect::<Vec<_>>();
    sort(&w, kind, &["-score".into()], &mut all);
    assert_eq!(ids(&all), [1, 2, 3, 5]);
    sort(&w, kind, &["score".into()], &mut all);
    assert_eq!(ids(&all), [3, 2, 1, 5]);
    let id = |n: u64| Record::new(Id::numbered("R", n));
    assert_eq!(order(&w, kind, "id", &id(9_999), &id(10_000)), Ordering::Less);
}

#[test]
fn a_record_keeps_what_this_program_does_not_know() {
    let s = Sample::new();
    let kind = s.catalogue.kind("risk").unwrap();
    let thing = thing(&s);
    let r = s.get("R-0001");
    let json = record_json(kind, &r);
    assert_eq!(
        json.keys().take(3).collect::<Vec<_>>(),
        ["state", "title", "description"]
    );
    assert_eq!(json["cost"], "12000.00 EUR");
    assert_eq!(record_from_json(kind, r.id.clone(), &json).unwrap(), *r);
    let text = r#"{"state":"active","future":{"a":[1,2.50]},"rows":[{"id":1,"what":"x","mood":"good"}],"line":null}"#;
    let map: serde_json::Map<_, _> = serde_json::from_str(text).unwrap();
    let r = record_from_json(thing, Id::from("TH-0001"), &map).unwrap();
    assert_eq!(r.unknown.len(), 2);
    let back = serde_json::to_value(record_json(thing, &r)).unwrap();
    let want = r#"{"state":"active","future":{"a":[1,2.50]},"rows":[{"id":1,"what":"x","mood":"good"}]}"#;
    assert_eq!(back, serde_json::from_str::<serde_json::Value>(want).unwrap());
    let map: serde_json::Map<_, _> = serde_json::from_str(r#"{"bool":"yes"}"#).unwrap();
    let e = record_from_json(thing, Id::from("TH-0001"), &map).unwrap_err();
    assert_eq!(
        e.to_string(),
        "field 'bool': '\"yes\"' does not fit; expected true or false"
    );
}

/// Any line: no control characters, no blanks at the ends.
fn line() -> impl Strategy<Value = String> {
    "[\\PC\u{4f1a}\u{8ba1}\"',|; ]{1,40}"
        .prop_map(|s| s.replace(['\u{2028}', '\u{2029}'], "").trim().to_string())
        .prop_filter("not blank", |s| !s.is_empty())
}

fn number() -> impl Strategy<Value = f64> {
    prop_oneof![
        prop::num::f64::NORMAL | prop::num::f64::SUBNORMAL,
        (-1_000_000i32..1_000_000).prop_map(|n| f64::from(n) / 100.0),
        Just(0.0)
    ]
}

fn rising() -> impl Strategy<Value = (f64, f64, f64)> {
    prop::array::uniform3(0.001f64..1e9).prop_map(|mut n| {
        n.sort_by(f64::total_cmp);
        (n[0], n[1], n[2])
    })
}

fn asset() -> impl Strategy<Value = Id> {
    (1u64..4).prop_map(|n| Id::numbered("A", n))
}

/// A sound value of a field.
fn value_of(field: &Field) -> BoxedStrategy<Value> {
    let text = |s: &str| Value::Text(s.to_string());
    match field.name.as_str() {
        "state" => prop_oneof![Just(text("active")), Just(text("retired"))].boxed(),
        "title" | "line" | "what" | "why" | "login" => line().prop_map(Value::Text).boxed(),
        "text" | "description" => prop::collection::vec("[\\PC\t\"会计 ]{0,20}", 1..6)
            .prop_map(|l| l.join("\n").trim_end().trim_start_matches('\n').to_string())
            .prop_filter("not blank", |t| !t.trim().is_empty())
            .prop_map(Value::Text)
            .boxed(),
        "bool" | "done" => any::<bool>().prop_map(Value::Bool).boxed(),
        "integer" => any::<i64>().prop_map(Value::Int).boxed(),
        "decimal" => number().prop_map(Value::Num).boxed(),
        "percent" | "share" => (0.0f64..=1.0).prop_map(Value::Num).boxed(),
        "duration" => prop_oneof![0.0f64..1e6, (0u32..100_000).prop_map(|m| f64::from(m) / 60.0)]
            .prop_map(Value::Num)
            .boxed(),
        "money" => (
            any::<i64>(),
            prop::sample::select(vec![*b"EUR", *b"JPY", *b"KWD", *b"USD"]),
        )
            .prop_map(|(n, c)| Value::Money(n, c))
            .boxed(),
        "scale" => prop_oneof![Just(text("high")), Just(text("none")), Just(text("quite bad"))].boxed(),
        "choice" => prop_oneof![Just(text("one")), Just(text("two-three"))].boxed(),
        "date" | "due" | "next_review" => (-719_162i32..2_932_896).prop_map(Value::Date).boxed(),
        "time" => (-62_000_000_000_000i64..253_000_000_000_000)
            .prop_map(Value::Time)
            .boxed(),
        "range" => (rising(), 0..6)
            .prop_map(|((a, m, b), shape)| {
                Value::Range(Box::new(match shape {
                    0 => Range::Constant(m),
                    1 => Range::Uniform(a, b),
                    2 => Range::Triangular(a, m, b),
                    3 => Range::Lognormal(a, b + 1.0),
                    4 => Range::Normal(-b - 1.0, m),
                    _ => Range::Pert(a, m, b),
                }))
            })
            .boxed(),
        "words" | "tags" => prop::collection::btree_set(line(), 1..5)
            .prop_map(|t| Value::Tags(t.into_iter().collect()))
            .boxed(),
        "closed" => prop::collection::btree_set(prop::sample::select(vec!["c".to_string(), "i".to_string()]), 1..3)
            .prop_map(|t| Value::Tags(t.into_iter().collect()))
            .boxed(),
        "link" => asset().prop_map(Value::Link).boxed(),
        "who" | "owner" => Just(Value::Link(Id::from("P-0002"))).boxed(),
        "links" => prop::collection::btree_set(asset(), 1..3)
            .prop_map(|ids| Value::Links(ids.into_iter().map(|to| Link { to, attributes: vec![] }).collect()))
            .boxed(),
        "effects" => {
            let attributes = cells_of(&field.fields);
            prop::collection::btree_map(asset(), attributes, 1..3)
                .prop_map(|m| Value::Links(m.into_iter().map(|(to, attributes)| Link { to, attributes }).collect()))
                .boxed()
        }
        "rows" => prop::collection::btree_map(1u32..99, cells_of(&field.fields), 1..4)
            .prop_map(|m| Value::Rows(m.into_iter().map(|(id, cells)| Row { id, cells }).collect()))
            .boxed(),
        "file" => (line(), any::<[u8; 32]>(), any::<u64>())
            .prop_map(|(name, sha256, size)| Value::File(FileRef { name, sha256, size }.into()))
            .boxed(),
        other => panic!("no strategy for {other}"),
    }
}

fn cells_of(fields: &[Field]) -> BoxedStrategy<Vec<(u16, Value)>> {
    let each: Vec<_> = fields
        .iter()
        .map(|f| {
            prop::option::of(value_of(f).prop_map({
                let tag = f.tag;
                move |v| (tag, v)
            }))
        })
        .collect();
    each.prop_map(|cells| cells.into_iter().flatten().collect()).boxed()
}

fn any_value(s: &Sample) -> BoxedStrategy<(String, Value)> {
    let all: Vec<_> = thing(s)
        .fields
        .iter()
        .map(|f| {
            let name = f.name.clone();
            value_of(f).prop_map(move |v| (name.clone(), v)).boxed()
        })
        .collect();
    proptest::strategy::Union::new(all).boxed()
}

#[test]
fn nothing_is_lost_through_json_or_editing() {
    let s = Sample::new();
    let w = s.world();
    let kind = thing(&s);
    let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig::with_cases(3_000));
    runner
        .run(&any_value(&s), |(name, v)| {
            let field = kind.field(&name).unwrap();
            let sealed = to_json(kind, field, &v).to_string();
            let back = from_json(field, &serde_json::from_str(&sealed).unwrap());
            prop_assert_eq!(back.as_ref(), Ok(&v), "JSON {}", sealed);
            let edited = edit_text(&w, kind, None, field, &v);
            prop_assert_eq!(
                parse(&w, kind, None, field, &edited),
                Ok(Some(v.clone())),
                "edited {:?}",
                edited
            );
            prop_assert!(!show(&w, kind, None, &name, &v).is_empty());
            Ok(())
        })
        .unwrap();
}

#[test]
fn no_text_makes_the_codec_stumble() {
    let s = Sample::new();
    let kind = thing(&s);
    proptest!(ProptestConfig::with_cases(500), |(text in "[\\PC\n\"0-9.,:;|kKmM€EUR%dhw()\\[\\]{}-]{0,24}")| {
        for f in &kind.fields {
            if let Ok(Some(v)) = parse(&s.world(), kind, None, f, &text) {
                let again = edit_text(&s.world(), kind, None, f, &v);
                prop_assert_eq!(parse(&s.world(), kind, None, f, &again), Ok(Some(v)), "{} {:?} {:?}", f.name, text, again);
            }
        }
    });
}

#[test]
fn choices_that_say_what_they_mean_stand_on_a_line_each() {
    let catalogue = builtin::catalogue().unwrap();
    let state = State::empty(&catalogue);
    let w = World {
        catalogue: &catalogue,
        state: &state,
        today: 0,
        now: 0,
        me: &Id::from("P-0001"),
    };
    let long = |kind: &str, name: &str, tags: &[&str]| {
        let tags = Value::Tags(tags.iter().map(|t| (*t).to_owned()).collect());
        show_long(&w, catalogue.kind(kind).unwrap(), None, name, &tags)
    };
    assert_eq!(
        long("person", "permissions", &["analyst", "ciso"]),
        "Analyst: assets, risks and findings\nSecurity officer: all registers"
    );
    assert_eq!(
        long("risk", "properties", &["c", "i"]),
        "Confidentiality, Integrity",
        "short ones on one line"
    );
}
