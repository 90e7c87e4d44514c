//! A record read straight out of its text is the one that the careful way makes.

use super::*;

/// What the direct way makes of the text of a content, and what the careful way does.
fn both_ways(kind: &Kind, text: &str) -> (Option<Record>, Option<Record>) {
    let id = Id::from("TH-0001");
    let mut from = serde_json::Deserializer::from_str(text);
    let seed = Content { kind, id: id.clone() };
    let direct = serde::de::DeserializeSeed::deserialize(seed, &mut from).ok();
    let map: serde_json::Map<_, _> = serde_json::from_str(text).unwrap();
    (direct, record_from_json(kind, id, &map).ok())
}

#[test]
fn a_record_is_the_same_whichever_way_it_is_read() {
    let s = Sample::new();
    let kind = thing(&s);
    // What fits, under its own name, under another's, and under one that nobody knows.
    let name = proptest::sample::select(kind.fields.iter().map(|f| f.name.clone()).collect::<Vec<_>>());
    let odd = || {
        proptest::sample::select(vec![
            "null",
            "true",
            "7",
            "-0.0",
            "1e400",
            "7.0",
            "9223372036854775808",
            "\"\"",
            "\"x\"",
            "[]",
            "[null]",
            "[\"A-0001\"]",
            "{}",
            "{\"a\":[1,2.50]}",
            "[{\"id\":1,\"what\":\"x\",\"mood\":\"good\"}]",
            "\"2026-12-01\"",
            "\"12.00 EUR\"",
        ])
    };
    let fits = any_value(&s).prop_map(|(name, v)| (to_json(kind, kind.field(&name).unwrap(), &v).to_string(), name));
    let entry = prop_oneof![
        8 => fits.clone().prop_map(|(v, name)| (name, v)),
        1 => (name.clone(), fits.prop_map(|(v, _)| v)),
        2 => (name, odd().prop_map(String::from)),
        1 => ("moon|sun", odd().prop_map(String::from)),
    ];
    let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig::with_cases(1_000));
    let direct = std::cell::Cell::new(0);
    runner
        .run(&prop::collection::vec(entry, 0..12), |entries| {
            let cells = entries.iter().map(|(name, v)| format!("\"{name}\":{v}"));
            let text = format!("{{{}}}", cells.collect::<Vec<_>>().join(","));
            if serde_json::from_str::<serde_json::Value>(&text).is_err() {
                return Ok(());
            }
            let (way, careful) = both_ways(kind, &text);
            direct.set(direct.get() + u32::from(way.is_some()));
            prop_assert!(
                way.is_none() || way == careful,
                "{}: {:?}, not {:?}",
                text,
                way,
                careful
            );
            Ok(())
        })
        .unwrap();
    assert!(direct.get() > 200, "mostly it is direct: {}", direct.get());
}

/// The direct way is not merely allowed to read what fits: all that the program writes goes that way.
#[test]
fn what_the_program_writes_is_read_directly() {
    let s = Sample::new();
    for record in s.state.all(s.catalogue.index_of("risk").unwrap()) {
        let kind = s.catalogue.kind("risk").unwrap();
        let mut record = Record::clone(record);
        record.unknown.push(("moon".into(), "{\"phase\":[1,2.5]}".into()));
        let text = serde_json::to_string(&record_json(kind, &record)).unwrap();
        let (direct, careful) = both_ways(kind, &text);
        assert_eq!(direct, careful, "{text}");
        assert_eq!(direct.map(|d| d.values), Some(record.values), "{text}");
    }
}
