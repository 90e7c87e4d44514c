//! Numbers that are known from elsewhere: every case of every file in the folder `ISMS_VECTORS` (the one beside this
//! file, if nothing is said) is worked out by the function of its kind and compared leaf by leaf.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test stops where it fails"
)]

mod assets;
mod calendar;
mod cases;
mod compare;
mod economics;
mod indicators;
mod loss;
mod organisation;
mod qualitative;
mod read;
mod run;
mod treatment;

use cases::Cases;
use run::Report;
use serde_json::{Value, json};
use std::io::Write;
use std::path::{Path, PathBuf};

/// Works out what a case asks for, in the shape of its `expect`.
pub type Compute = fn(&Value, &Cases) -> Result<Value, String>;

/// The kinds that are worked out, each by the module of its subject.
const SUBJECTS: &[&[(&str, Compute)]] = &[
    assets::KINDS,
    calendar::KINDS,
    economics::KINDS,
    indicators::KINDS,
    loss::KINDS,
    organisation::KINDS,
    qualitative::KINDS,
    treatment::KINDS,
];

/// Kinds that no part of the program works out yet; they are counted, and nothing is claimed of them.
const NOT_YET: &[&str] = &[
    "portfolio",
    "knapsack",
    "marginal_budget",
    "coverage_heatmap",
    "heatmap",
    "service_layers",
    "service_mechanisms",
    "list",
    "derived",
    "cvss3",
    "cvss4",
    "cvss_error",
    "severity_bands",
    "legal_clock",
    "mlps_grade",
    "finding_priority",
    "finding_dedup",
    "soa_validation",
];

fn subject(kind: &str) -> Option<Compute> {
    let mut all = SUBJECTS.iter().copied().flatten();
    all.find(|(name, _)| *name == kind).map(|(_, compute)| *compute)
}

fn folder() -> PathBuf {
    std::env::var_os("ISMS_VECTORS").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors/data"),
        PathBuf::from,
    )
}

#[test]
fn every_case_gives_its_numbers() {
    let cases = Cases::read(&folder()).unwrap_or_else(|e| panic!("{e}"));
    let report = Report::of(&cases, subject, qualitative::is_only_checked, &[NOT_YET].concat());
    // Written past the harness, which keeps the words of a test that passes to itself.
    writeln!(std::io::stdout().lock(), "{report}").unwrap();
    assert!(
        report.failures.is_empty(),
        "{} wrong:\n{}",
        report.failures.len(),
        report.failures.join("\n")
    );
}

#[test]
fn a_kind_is_known_once() {
    let mut names: Vec<&str> = SUBJECTS.iter().copied().flatten().map(|(name, _)| *name).collect();
    names.extend([NOT_YET].concat());
    names.sort_unstable();
    let before = names.len();
    names.dedup();
    assert_eq!(names.len(), before);
}

/// What a folder with this one file gives: the failures, or why it cannot be read.
fn of_file(text: &str) -> Result<Report, String> {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("x.json"), text).unwrap();
    let half: Compute = |case, _| Ok(json!({ "half": case["input"]["x"].as_f64().ok_or("no x")? / 2.0 }));
    let cases = Cases::read(folder.path())?;
    let known = |kind: &str| (kind == "half").then_some(half);
    Ok(Report::of(&cases, known, |case| case["own"] == true, &["later"]))
}

fn of_case(case: &Value) -> Report {
    of_file(&json!({ "cases": [case] }).to_string()).unwrap()
}

#[test]
fn a_folder_without_cases_is_refused() {
    let empty = tempfile::tempdir().unwrap();
    assert!(Cases::read(empty.path()).unwrap_err().contains("no .json file"));
    assert!(Cases::read(&empty.path().join("none")).is_err());
    for (text, why) in [
        ("{", "x.json: EOF"),
        ("[]", "x.json: an object with a list `cases` is expected"),
        ("{\"cases\": {}}", "x.json: an object with a list `cases` is expected"),
        ("{\"cases\": []}", "x.json: no case"),
        ("{\"cases\": [1]}", "x.json, case 1: `id` is missing"),
        ("{\"cases\": [{\"id\": \"A\"}]}", "x.json, case A: `kind` is missing"),
        (
            "{\"cases\": [{\"id\": \"A\", \"kind\": \"half\"}]}",
            "x.json, case A: `expect` is missing",
        ),
        (
            "{\"cases\": [{\"id\": \"A\", \"kind\": \"half\", \"expect\": 1, \"rel_tol\": \"no\"}]}",
            "x.json, case A: `rel_tol` is no tolerance",
        ),
    ] {
        let said = of_file(text).unwrap_err();
        assert!(said.starts_with(why), "{said}");
    }
}

#[test]
fn what_is_wrong_is_named() {
    let of = |kind: &str, input: Value, expect: Value| {
        let case = json!({ "id": "A", "kind": kind, "input": input, "expect": expect });
        of_case(&case).failures.join("\n")
    };
    assert_eq!(of("half", json!({ "x": 3 }), json!({ "half": 1.5 })), "");
    for (kind, input, expect, why) in [
        (
            "half",
            json!({ "x": 3 }),
            json!({ "half": 1.6 }),
            "expect.half: 1.5 where 1.6 is expected",
        ),
        ("half", json!({ "x": 3 }), json!({ "all": 1.5 }), "expect.all: missing"),
        (
            "half",
            json!({ "x": 3 }),
            json!({ "half": null, "all": 1 }),
            "expect.half: 1.5 where null",
        ),
        (
            "half",
            json!({ "x": 3 }),
            json!([1.5]),
            "expect: {\"half\":1.5} where [1.5] is expected",
        ),
        ("half", json!({}), json!({ "half": 1.5 }), "no x"),
        (
            "third",
            json!({ "x": 3 }),
            json!({ "third": 1 }),
            "no function for kind 'third'",
        ),
    ] {
        let said = of(kind, input, expect);
        assert!(said.starts_with("x.json A: ") && said.contains(why), "{said}");
    }
}

#[test]
fn what_is_not_known_yet_is_told_apart() {
    let open = of_case(&json!({ "id": "A", "kind": "half", "input": { "x": 3 }, "expect": { "half": null } }));
    assert!(open.failures.is_empty());
    assert!(open.to_string().contains("x.json A expect.half = 1.5"), "{open}");
    let later = of_case(&json!({ "id": "A", "kind": "later", "expect": 1 }));
    assert!(later.failures.is_empty());
    assert!(later.to_string().contains("later"), "{later}");
    let missing = of_case(&json!({ "id": "A", "kind": "half", "input": { "x": 3 }, "expect": { "other": null } }));
    assert_eq!(missing.failures, ["x.json A: expect.other: missing"]);
}

#[test]
fn what_has_only_its_answer_for_input_is_not_called_compared() {
    let line = |report: &Report, kind: &str| {
        let text = report.to_string();
        let line = text.lines().find(|l| l.starts_with(kind)).unwrap();
        line.split_whitespace().skip(1).map(str::to_owned).collect::<Vec<_>>()
    };
    let own = of_case(&json!({ "id": "A", "kind": "half", "input": { "x": 3 }, "own": true, "expect": { "half": 7 } }));
    assert!(own.failures.is_empty());
    assert_eq!(line(&own, "half"), ["0", "0", "1", "0"]);
    let bad = of_case(&json!({ "id": "A", "kind": "half", "own": true, "expect": { "half": 7 } }));
    assert_eq!(bad.failures, ["x.json A: no x"]);
    for (kind, id, only_checked) in [
        ("matrix", "N30-I2", false),
        ("matrix", "OWN-1", true),
        ("matrix_index", "MX-6x6", false),
        ("matrix_index", "OWN-2", true),
        ("rank", "OWN-3", false),
    ] {
        let case = json!({ "id": id, "kind": kind });
        assert_eq!(qualitative::is_only_checked(&case), only_checked, "{kind} {id}");
    }
}
