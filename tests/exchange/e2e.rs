//! One organisation in numbers, in one file.

use crate::desk::*;
use isms::exchange::{self, E2E};
use isms::method::appraisal::risk::{View, appraise};
use isms::model::kind::STATE;
use isms::model::value::Value;

const FILE: &[u8] = include_bytes!("../vectors/data/e2e.json");

fn import(desk: &mut Desk, text: &str) -> exchange::Plan {
    let plan = desk.plan(E2E, "e2e.json", text.as_bytes()).unwrap();
    desk.run(&plan);
    plan
}

fn text() -> String {
    String::from_utf8(FILE.to_vec()).unwrap()
}

#[test]
fn it_comes_in_with_all_its_numbers_and_a_second_time_changes_nothing() {
    let mut desk = Desk::new();
    let plan = import(&mut desk, &text());
    assert!(
        plan.refused.is_empty() && plan.unused.is_empty(),
        "{:?}",
        plan.details()
    );
    let n = |kind: &str| desk.all(kind).len();
    assert_eq!((n("asset"), n("risk"), n("control"), n("role")), (6, 4, 7, 1));
    let get = |kind: &str, title: &str, field: &str| desk.get(&desk.titled(kind, title), field);
    for (kind, title, field, value) in [
        ("asset", "Order service", "availability", "very-high"),
        ("asset", "Core network", "outage_rate", "200.00 EUR"),
        ("risk", "Ransomware stops the database", "attempts", "1..2..6"),
        ("risk", "Ransomware stops the database", "success", "0.25"),
        ("risk", "Ransomware stops the database", "secondary_loss", "50k..800k"),
        ("risk", "Core switch fails", "outage_hours", "2..5..20"),
        ("risk", "Customer records copied through the shop", "layers", "6, 7"),
        ("risk", "Core switch fails", "planned_controls", "C-0005"),
        ("risk", "Ransomware stops the database", "planned_controls", "C-0003"),
        ("risk", "Fire in the server room", "controls", "C-0004|C-0006"),
        ("control", "Second core switch", "capex", "50000.00 EUR"),
        ("control", "Log monitoring with on-call response", "coverage", "70%"),
        ("organisation", "Harbour Clinic", "interest", "5%"),
        ("organisation", "Harbour Clinic", "key_threshold", "very-high"),
    ] {
        assert_eq!(get(kind, title, field), value, "{title}: {field}");
    }
    let state = |title: &str| desk.titled("control", title).text(STATE).to_string();
    assert_eq!(state("Log monitoring with on-call response"), "partial");
    // the attributes of links
    let links = |kind: &str, title: &str, field: &str| {
        let tag = desk.catalogue.kind(kind).unwrap().field(field).unwrap().tag;
        match desk.titled(kind, title).get(tag) {
            Some(Value::Links(links)) => links.clone(),
            other => panic!("{other:?}"),
        }
    };
    let network = links("asset", "Core network", "supports");
    assert_eq!(network.len(), 1);
    let text_of = |s: &str| Value::Text(s.to_string());
    assert_eq!(
        network[0].attributes,
        [
            (1, text_of("partial")),
            (2, text_of("partial")),
            (3, text_of("full")),
            (4, Value::Num(0.8))
        ]
    );
    let watch = links("control", "Log monitoring with on-call response", "effects");
    assert_eq!(watch[0].to.as_str(), "R-0001");
    assert_eq!(
        watch[0].attributes,
        [(2, Value::Num(0.1)), (3, Value::Num(0.6)), (4, Value::Num(0.3))]
    );
    assert_eq!(
        links("control", "Fire detection and gas suppression", "response").len(),
        1
    );
    let again = desk.plan(E2E, "e2e.json", FILE).unwrap();
    assert!(again.is_empty(), "{:?}", again.draft.edits);
    let dearer = text().replace("\"opex\": 18000", "\"opex\": 19000");
    let changed = desk.plan(E2E, "e2e.json", dearer.as_bytes()).unwrap();
    assert_eq!((changed.updated, changed.created.len()), (1, 0));
}

#[test]
fn its_ids_are_its_own() {
    let mut desk = Desk::new();
    for title in ["Till", "Scanner"] {
        let mut draft = isms::model::change::Draft::new("asset.create");
        draft.edits.push(desk.edit_of("asset", &[("title", title)]));
        desk.commit(&draft).unwrap();
    }
    import(&mut desk, &text());
    assert_eq!(desk.all("asset").len(), 8);
    let risk = desk.titled("risk", "Ransomware stops the database");
    let server = desk.titled("asset", "Database server");
    assert_eq!(desk.get(&risk, "assets"), server.id.to_string());
}

#[test]
fn what_does_not_fit_is_named_by_line_and_field() {
    let desk = Desk::new();
    for (from, to, why) in [
        ("\"assets\": {", "\"things\": {", "missing field `assets`"),
        (
            "\"strength\": \"full\"",
            "\"strength\": \"half\"",
            "unknown variant `half`, expected one of `full`, `partial`, `none`",
        ),
        ("\"tef\": {", "\"tries\": {", "unknown field `tries`, expected one of"),
        ("\"pert\"", "\"peert\"", "unknown variant `peert`"),
        (
            "\"vulnerability\": 0.25",
            "\"vulnerability\": \"much\"",
            "a number, or a distribution such as {\"pert\": [1, 2, 6]}",
        ),
    ] {
        let text = text().replacen(from, to, 1);
        let said = desk.plan(E2E, "e2e.json", text.as_bytes()).unwrap_err().to_string();
        assert!(said.starts_with("e2e.json, line ") && said.contains(why), "{said}");
    }
    for (from, to, why) in [
        (
            "\"coverage\": 0.9",
            "\"coverage\": 1.2",
            "column 'coverage', '1.2': Coverage: 1.2 is more than 1",
        ),
        (
            "\"vulnerability\": 0.25",
            "\"vulnerability\": 1.2",
            "column 'success', '1.2': ",
        ),
        (
            "\"asset\": \"A-0004\"",
            "\"asset\": \"A-0404\"",
            "column 'asset', 'A-0404': no asset of the file has this id",
        ),
        (
            "\"support\": \"A-0003\"",
            "\"support\": \"A-0303\"",
            "column 'support', 'A-0303': no asset",
        ),
        (
            "\"status\": \"implemented\"",
            "\"status\": \"done\"",
            "column 'status', 'done': expected one of planned,",
        ),
        (
            "\"mechanism\": \"protection\"",
            "\"mechanism\": \"hope\"",
            "column 'mechanism', 'hope': ",
        ),
        (
            "\"rho\": 0.5",
            "\"rho\": 0.25, \"colour\": 1",
            "the file reckons with a rho of 0.25, here it is 0.5",
        ),
        (
            "\"rho\": 0.5",
            "\"rho\": 0.5, \"colour\": 1",
            "columns not used: method.colour",
        ),
    ] {
        let text = text().replacen(from, to, 1);
        let plan = desk.plan(E2E, "e2e.json", text.as_bytes()).unwrap();
        let details = plan.details();
        let said: Vec<&str> = details.iter().map(|d| d.text.as_str()).collect();
        let said = said.join("\n");
        assert!(said.contains(why), "{to}: {said}");
        for r in &plan.refused {
            assert!(r.line > 1, "{r:?}");
        }
    }
    let falls = text().replacen("1,\n       2,\n       6", "5,\n       2,\n       6", 1);
    let plan = desk.plan(E2E, "e2e.json", falls.as_bytes()).unwrap();
    assert!(
        plan.details()[0].text.contains("column 'attempts'"),
        "{:?}",
        plan.details()
    );
}

#[test]
fn it_is_told_from_other_files() {
    let desk = Desk::new();
    let look = exchange::look(&desk.world(), "e2e.json", FILE, None, 5).unwrap();
    assert_eq!((look.what.as_deref(), look.count), (Some(E2E), 23));
    assert_eq!(look.rows, [["6", "6", "4", "7"].map(str::to_string).to_vec()]);
    let other = exchange::look(&desk.world(), "x.json", b"[{\"title\": \"a\"}]", None, 5).unwrap();
    assert_ne!(other.what.as_deref(), Some(E2E));
}

/// Expected losses of the risks of the file in a view, as the program has them from its records.
fn losses(desk: &Desk, view: View) -> Vec<(String, f64)> {
    let w = desk.world();
    let all = desk.all("risk").into_iter().map(|risk| {
        let appraisal = appraise(&w, &risk).unwrap();
        (risk.id.to_string(), appraisal.moments(view).mean)
    });
    all.collect()
}

#[test]
fn its_records_give_the_figures_of_its_cases() {
    let mut desk = Desk::new();
    import(&mut desk, &text());
    let file: serde_json::Value = serde_json::from_slice(FILE).unwrap();
    let cases = file["cases"].as_array().unwrap();
    for (view, kind) in [(View::Inherent, "inherent"), (View::Current, "current")] {
        let expect = &cases.iter().find(|c| c["kind"] == kind).unwrap()["expect"]["risks"];
        for (id, ale) in losses(&desk, view) {
            let want = expect[&id]["ale"].as_f64().unwrap();
            assert!((ale / want - 1.0).abs() < 1e-9, "{kind} {id}: {ale}, {want} expected");
        }
    }
    // with everything in place that is not yet: half a control becomes a whole one, two planned ones come
    let target: f64 = losses(&desk, View::Target).iter().map(|(_, ale)| ale).sum();
    assert!((target - 104_031.735_153).abs() < 1e-5, "{target}");
}
