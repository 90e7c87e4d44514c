//! What the program suggests beside what people judge, and when it asks for a reason.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on says where")]

mod support;

use serde_json::Value as Json;
use support::Home;

#[track_caller]
fn is(got: &Json, want: f64) {
    let got = got.as_f64().unwrap_or(f64::NAN);
    assert!((got - want).abs() <= 1e-9 * want.abs().max(1.0), "{got} is not {want}");
}

/// A risk that happens often without controls, and a control in force that keeps all but a twentieth of it away.
fn judged(home: &Home, more: &[&str]) {
    let mut risk = vec![
        "add",
        "risk",
        "title=Wrong invoice",
        "owner=me",
        "inherent_likelihood=very-likely",
    ];
    risk.extend(["inherent_impact=serious", "current_impact=serious"]);
    risk.extend(more);
    home.ok(&["add", "asset", "title=Ledger", "owner=me"]);
    home.ok(&risk);
    home.ok(&[
        "add",
        "control",
        "title=Four eyes",
        "owner=me",
        "mechanism=protection",
        "party=management",
        "domain=management",
        r#"effects=[{"to": "R-0001", "share": "95%"}]"#,
    ]);
    home.ok(&["move", "C-0001", "implement", "coverage=100%", "test_by=30d"]);
}

#[test]
fn a_level_that_is_judged_otherwise_than_suggested_needs_a_reason() {
    let home = Home::begun();
    judged(&home, &["assets=A-0001", "current_likelihood=unlikely"]);
    // the middle of 10 to 100 a year, 31.6, times 0.05 lies between 1 and 10
    let shown = home.json(&["show", "R-0001", "--json"]);
    assert_eq!(
        (&shown["suggested_likelihood"], &shown["suggested_level"]),
        (&"likely".into(), &"medium".into())
    );
    assert_eq!(shown["current_level"], "low");
    let gaps = || String::from_utf8(home.run(&["gaps"]).stdout).unwrap();
    assert!(
        gaps().contains("is judged Low, while the controls in force suggest Medium"),
        "{}",
        gaps()
    );
    home.ok(&["move", "R-0001", "analyse"]);
    let refused = home.run(&["move", "R-0001", "evaluate"]);
    let said = String::from_utf8(refused.stderr).unwrap();
    assert!(!refused.status.success() && said.contains("'Why otherwise'"), "{said}");
    home.ok(&[
        "set",
        "R-0001",
        "deviation=nothing got past the second person in three years",
    ]);
    assert!(!gaps().contains("suggest"), "{}", gaps());
    home.ok(&["move", "R-0001", "evaluate"]);
}

#[test]
fn what_is_judged_as_suggested_needs_none_and_an_import_is_listed() {
    let home = Home::begun();
    judged(
        &home,
        &[
            "assets=A-0001",
            "current_likelihood=likely",
            "target_likelihood=unlikely",
            "target_impact=serious",
        ],
    );
    let gaps = || String::from_utf8(home.run(&["gaps"]).stdout).unwrap();
    assert!(!gaps().contains("is judged"), "{}", gaps());
    assert!(
        gaps().contains("aims at Low, while the controls in force and planned suggest Medium"),
        "{}",
        gaps()
    );
    // a planned control that keeps away what is left brings it to the aim
    home.ok(&[
        "add",
        "control",
        "title=Six eyes",
        "owner=me",
        "mechanism=protection",
        "party=technical",
        "domain=application",
        r#"effects=[{"to": "R-0001", "share": "98%"}]"#,
    ]);
    home.ok(&["set", "R-0001", "planned_controls=C-0002"]);
    assert_eq!(
        home.json(&["show", "R-0001", "--json"])["target_suggested_level"],
        "low"
    );
    assert!(!gaps().contains("aims at"), "{}", gaps());
    home.ok(&["move", "R-0001", "analyse"]);
    home.ok(&["move", "R-0001", "evaluate"]);
    // what comes from elsewhere is taken as it is, and listed
    std::fs::write(home.path().join("own.csv"), "id,current_likelihood\nR-0001,unlikely\n").unwrap();
    home.ok(&["import", "risk", "own.csv"]);
    assert!(gaps().contains("is judged Low"), "{}", gaps());
}

#[test]
fn a_method_without_bands_for_what_controls_lower_suggests_nothing() {
    let home = Home::begun();
    judged(&home, &["current_likelihood=unlikely"]);
    // what is brought back lowers the impact, whose levels have no bands of money
    home.ok(&["set", "C-0001", "mechanism=recovery"]);
    assert_eq!(home.json(&["show", "R-0001", "--json"])["suggested_level"], Json::Null);
}

#[test]
fn a_method_says_when_a_risk_is_looked_at_again() {
    let home = Home::begun();
    let text = home
        .ok(&["methods", "--example"])
        .replace("review_months = 12", "review_months = 5");
    let folder = home.path().join(".config/isms/methods");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("house.toml"), text).unwrap();
    home.ok(&["define", "adopt", "house"]);
    home.ok(&["add", "risk", "title=Wrong invoice", "owner=me", "method=house"]);
    home.ok(&["add", "risk", "title=Another", "owner=me"]);
    home.ok(&["move", "R-0001,R-0002", "reviewed"]);
    let next = |id: &str| {
        home.json(&["show", id, "--json"])["next_review"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    let date = |months: i32| {
        let today = jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date();
        today.checked_add(jiff::Span::new().months(months)).unwrap().to_string()
    };
    assert_eq!((next("R-0001"), next("R-0002")), (date(5), date(12)));
}

#[test]
fn a_process_is_back_after_the_longest_chain_of_what_it_needs() {
    let home = Home::begun();
    for (title, needs) in [
        ("Network", ""),
        ("Ledger", "BC-0001"),
        ("Mail", "BC-0001"),
        ("Payments", "BC-0002,BC-0003"),
    ] {
        home.ok(&[
            "add",
            "continuity-process",
            &format!("title={title}"),
            "owner=me",
            "rto=4",
            &format!("prerequisites={needs}"),
        ]);
    }
    // the last was never exercised, the network takes an hour, the ledger three, mail half of one
    for (n, (process, hours)) in [("BC-0001", "1"), ("BC-0002", "3"), ("BC-0003", "0.5")]
        .into_iter()
        .enumerate()
    {
        home.ok(&[
            "add",
            "exercise",
            "title=Restore",
            &format!("process={process}"),
            "planned_on=today",
            "owner=me",
        ]);
        let id = format!("EX-{:04}", n + 1);
        home.ok(&["set", &id, "run_on=today"]);
        home.ok(&["move", &id, "run", &format!("restored_in={hours}")]);
    }
    let back = |id: &str| home.json(&["show", id, "--json"])["ready_after"].clone();
    assert_eq!((back("BC-0001"), back("BC-0004")), (Json::Null, Json::Null));
    is(&back("BC-0002"), 4.0);
    is(&back("BC-0003"), 1.5);
    home.ok(&[
        "add",
        "exercise",
        "title=Restore",
        "process=BC-0004",
        "planned_on=today",
        "owner=me",
        "run_on=today",
    ]);
    home.ok(&["move", "EX-0004", "run", "restored_in=2"]);
    is(&back("BC-0004"), 6.0);
    let why = home.ok(&["explain", "BC-0004"]);
    assert!(why.contains("BC-0002 Ledger") && !why.contains("BC-0003 Mail"), "{why}");
}

#[test]
fn a_risk_above_the_appetite_that_is_only_recovered_from_needs_a_reason() {
    let home = Home::begun();
    home.ok(&["add", "asset", "title=Ledger", "owner=me"]);
    home.ok(&[
        "add",
        "control",
        "title=Backups",
        "owner=me",
        "mechanism=recovery",
        "party=technical",
        "domain=application",
    ]);
    home.ok(&[
        "add",
        "risk",
        "title=Ransom",
        "owner=me",
        "assets=A-0001",
        "current_likelihood=very-likely",
        "current_impact=catastrophic",
        "treatment=mitigate",
        "treat_by=90d",
        "planned_controls=C-0001",
    ]);
    let gaps = || String::from_utf8(home.run(&["gaps"]).stdout).unwrap();
    assert!(gaps().contains("only brings things back (C-0001)"), "{}", gaps());
    home.ok(&["move", "R-0001", "analyse"]);
    home.ok(&["move", "R-0001", "evaluate"]);
    let refused = home.run(&["move", "R-0001", "treat"]);
    let said = String::from_utf8(refused.stderr).unwrap();
    assert!(
        !refused.status.success() && said.contains("by recovery alone (C-0001)") && said.contains("'Why so'"),
        "{said}"
    );
    home.ok(&["set", "R-0001", "justification=nothing keeps it away at this price"]);
    assert!(!gaps().contains("brings things back"), "{}", gaps());
    home.ok(&["move", "R-0001", "treat"]);

    // with protection beside it there is nothing to explain, and none below the appetite
    home.ok(&["set", "R-0001", "justification="]);
    assert!(gaps().contains("brings things back"), "{}", gaps());
    home.ok(&[
        "add",
        "control",
        "title=Filters",
        "owner=me",
        "mechanism=protection",
        "party=technical",
        "domain=application",
    ]);
    home.ok(&["set", "R-0001", "planned_controls=C-0001,C-0002"]);
    assert!(!gaps().contains("brings things back"), "{}", gaps());
    home.ok(&[
        "set",
        "R-0001",
        "planned_controls=C-0001",
        "current_likelihood=rare",
        "current_impact=minor",
    ]);
    assert!(!gaps().contains("brings things back"), "{}", gaps());
}
