//! What incidents and tests tell, beside what people said: a proposal that they take with a move.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on says where")]

mod support;

use jiff::{Timestamp, ToSpan};
use serde_json::Value as Json;
use support::Home;

fn shown(home: &Home, id: &str) -> Json {
    home.json(&["show", id, "--json"])
}

#[track_caller]
fn is(got: &Json, want: f64) {
    let got = got.as_f64().unwrap_or(f64::NAN);
    assert!((got - want).abs() <= 2e-5 * want.abs().max(1.0), "{got} is not {want}");
}

/// A moment so many hours ago, as a person types it.
fn ago(hours: i64) -> String {
    let then = Timestamp::now().checked_sub(hours.hours()).unwrap();
    then.strftime("%Y-%m-%d %H:%M").to_string()
}

/// A year of 365.25 days in hours.
const YEAR: i64 = 8_766;

/// The moment so many hours before noon, up to which years are counted.
fn before_noon(hours: i64) -> String {
    let noon = Timestamp::now().strftime("%Y-%m-%dT12:00:00Z").to_string();
    let then = noon.parse::<Timestamp>().unwrap().checked_sub(hours.hours()).unwrap();
    then.strftime("%Y-%m-%d %H:%M").to_string()
}

fn risk(home: &Home, more: &[&str]) {
    let mut all = vec!["add", "risk", "title=Wrong invoice", "owner=me", "primary_loss=10k"];
    all.extend(more);
    home.ok(&all);
}

/// An incident of the risk that was declared just now.
fn incident(home: &Home) -> String {
    let aware = format!("aware_at={}", ago(1));
    let said = home.ok(&["add", "incident", "title=It happened", "risks=R-0001", "hit=i", &aware]);
    let id = said
        .split_whitespace()
        .find(|w| w.starts_with("I-"))
        .unwrap()
        .to_owned();
    home.ok(&["move", &id, "triage", "severity=medium", "owner=me"]);
    home.ok(&["move", &id, "declare"]);
    id
}

#[test]
fn incidents_make_a_rate_that_is_taken_once() {
    let home = Home::begun();
    let since = format!("seen_since={}", before_noon(YEAR));
    risk(&home, &["frequency=1", "known_events=1", "known_years=2", &since]);
    for _ in 0..3 {
        incident(&home);
    }
    // the case BAYES-1 of the vectors: one in two years is believed, three in one are seen
    let now = shown(&home, "R-0001");
    is(&now["rate_before"], 0.5);
    is(&now["rate_after"], 4.0 / 3.0);
    let interval = serde_json::json!({"shape": "lognormal", "p05": 0.4554, "p95": 2.585});
    assert_eq!(now["suggested_frequency"], interval);
    assert_ne!(now["stale_reasons"], Json::Null);
    let why = home.ok(&["explain", "R-0001", "rate-after"]);
    for said in ["α 4, β 3", "68.4 %", "I-0002 It happened", "0.455 to 2.58"] {
        assert!(why.contains(said), "{said}: {why}");
    }
    let gaps = || String::from_utf8(home.run(&["gaps"]).stdout).unwrap();
    assert!(
        gaps().contains("believed to happen 0.5 times a year; with its incidents it is 1.33"),
        "{}",
        gaps()
    );
    home.ok(&["move", "R-0001", "learn"]);
    assert!(!gaps().contains("with its incidents"), "{}", gaps());
    let taken = shown(&home, "R-0001");
    assert_eq!(taken["frequency"], interval);
    assert_eq!(
        (&taken["known_events"], &taken["stale_reasons"]),
        (&Json::Null, &Json::Null)
    );
    // what was taken is not counted again
    assert_eq!(taken["rate_after"], Json::Null);
    let again = home.run(&["move", "R-0001", "learn"]);
    let said = String::from_utf8(again.stderr).unwrap();
    assert!(!again.status.success() && said.contains("nothing was seen"), "{said}");
    // and the belief goes on from where it was
    incident(&home);
    let next = shown(&home, "R-0001");
    let (before, after) = (
        next["rate_before"].as_f64().unwrap(),
        next["rate_after"].as_f64().unwrap(),
    );
    assert!(
        (before - 4.0 / 3.0).abs() < 1e-3 && (after - 5.0 / 3.0).abs() < 1e-3,
        "{before} {after}"
    );
}

#[test]
fn years_with_controls_count_for_what_controls_leave() {
    let home = Home::begun();
    let since = format!("seen_since={}", before_noon(YEAR));
    risk(
        &home,
        &["attempts=8", "success=0.25", "known_events=4", "known_years=1", &since],
    );
    home.ok(&[
        "add",
        "control",
        "title=Four eyes",
        "owner=me",
        "mechanism=protection",
        "party=management",
        "domain=management",
        r#"effects=[{"to": "R-0001", "share": "50%"}]"#,
    ]);
    home.ok(&["move", "C-0001", "implement", "coverage=100%", "test_by=30d"]);
    incident(&home);
    // a quarter succeeds and half of that is kept away: a year counts as an eighth
    let now = shown(&home, "R-0001");
    is(&now["rate_before"], 4.0);
    is(&now["rate_after"], 5.0 / 1.125);
    assert_eq!(now["suggested_frequency"], Json::Null);
    home.ok(&["move", "R-0001", "learn"]);
    assert_eq!(shown(&home, "R-0001")["attempts"], now["suggested_attempts"]);
}

#[test]
fn what_is_certain_learns_nothing_and_a_quiet_year_does() {
    let home = Home::begun();
    risk(&home, &["frequency=0.5"]);
    incident(&home);
    assert_eq!(
        shown(&home, "R-0001")["rate_after"],
        Json::Null,
        "one number has no room for doubt"
    );
    home.ok(&["set", "R-0001", "frequency=0.5..2"]);
    let with_one = shown(&home, "R-0001");
    assert!(with_one["rate_after"].as_f64() > with_one["rate_before"].as_f64());
    home.ok(&["move", "R-0001", "learn"]);
    let since = |hours| format!("seen_since={}", ago(hours));
    home.ok(&["set", "R-0001", &since(YEAR / 2)]);
    home.ok(&["set", "I-0001", "risks="]);
    assert_eq!(
        shown(&home, "R-0001")["rate_after"],
        Json::Null,
        "half a year says too little"
    );
    home.ok(&["set", "R-0001", &since(2 * YEAR)]);
    let quiet = shown(&home, "R-0001");
    assert!(quiet["rate_after"].as_f64() < quiet["rate_before"].as_f64(), "{quiet}");
}

#[test]
fn a_closed_incident_shows_its_cost_beside_the_belief() {
    let home = Home::begun();
    risk(&home, &["frequency=0.5..2"]);
    let id = incident(&home);
    let losses =
        r#"losses=[{"form": "response", "amount": "12k EUR"}, {"form": "fines-judgments", "amount": "30k EUR"}]"#;
    home.ok(&["set", &id, losses]);
    for to in ["contain", "eradicate", "recover"] {
        home.ok(&["move", &id, to]);
    }
    assert_eq!(shown(&home, "R-0001")["loss_seen"], Json::Null, "it is not over");
    home.ok(&["move", "R-0001", "learn"]);
    home.ok(&[
        "move",
        &id,
        "close",
        "lessons=two people look at each",
        "--reason",
        "over",
    ]);
    assert_eq!(shown(&home, "R-0001")["loss_seen"], "42000.00 EUR");
    let why = home.ok(&["explain", "R-0001", "loss_seen"]);
    assert!(why.contains("42,000 EUR") && why.contains("as believed"), "{why}");
}

#[test]
fn tests_tell_how_reliably_a_control_is_run() {
    let home = Home::begun();
    home.ok(&[
        "add",
        "control",
        "title=Backup",
        "owner=me",
        "mechanism=recovery",
        "party=technical",
        "domain=system",
        "operation=99%",
    ]);
    home.ok(&["move", "C-0001", "implement", "coverage=100%", "test_by=30d"]);
    let refused = home.run(&["move", "C-0001", "learn"]);
    let said = String::from_utf8(refused.stderr).unwrap();
    assert!(!refused.status.success() && said.contains("never tested"), "{said}");
    home.ok(&["move", "C-0001", "pass", "test_by=30d"]);
    home.ok(&[
        "move",
        "C-0001",
        "fail",
        "test_by=30d",
        "--reason",
        "the tape was empty",
    ]);
    home.ok(&["move", "C-0001", "pass", "test_by=30d"]);
    is(&shown(&home, "C-0001")["suggested_operation"], 0.6);
    // the case BETA-1 of the vectors: 24 of 25 samples
    home.ok(&["set", "C-0001", "tests_passed=24", "tests_failed=1"]);
    is(&shown(&home, "C-0001")["suggested_operation"], 25.0 / 27.0);
    let why = home.ok(&["explain", "C-0001", "suggested-operation"]);
    assert!(why.contains("83 % to 98.6 %"), "{why}");
    home.ok(&["move", "C-0001", "learn"]);
    is(&shown(&home, "C-0001")["operation"], 25.0 / 27.0);
}

/// A metric that is amber from 5 and red from 10, better only by one past a bound, and what it watches.
fn metric(home: &Home, watches: &str) {
    let bounds = [
        "direction=lower-is-better",
        "amber=5",
        "red=10",
        "hysteresis=1",
        "every_months=1",
    ];
    let mut all = vec!["add", "metric", "title=Late patches", "owner=me", watches];
    all.extend(bounds);
    home.ok(&all);
}

fn measured(home: &Home, metric: &str, value: &str) {
    home.ok(&[
        "add",
        "measurement",
        &format!("metric={metric}"),
        &format!("value={value}"),
    ]);
}

fn current(home: &Home) -> Json {
    home.json(&["assess", "--json"])["totals"]["current"].clone()
}

#[test]
fn an_indicator_moves_how_often_a_risk_happens_as_its_band_goes() {
    let home = Home::begun();
    risk(&home, &["frequency=0.4"]);
    metric(&home, r#"risks=[{"to": "R-0001", "amber": 1.5, "red": 2}]"#);
    is(&current(&home), 4_000.0);
    // the case KRI-1 of the vectors
    for (value, by) in [
        ("3", 1.0),
        ("5", 1.5),
        ("9.5", 1.5),
        ("10", 2.0),
        ("9.5", 2.0),
        ("8.9", 1.5),
        ("4.5", 1.5),
        ("3.9", 1.0),
    ] {
        measured(&home, "M-0001", value);
        is(&current(&home), 4_000.0 * by);
    }
    // the case KRI-3: one green, one amber, one red
    for (id, value) in [("M-0002", "5"), ("M-0003", "12")] {
        metric(
            &home,
            r#"risks=[{"to": "R-0001", "factor": "frequency", "amber": 1.5, "red": 2}]"#,
        );
        measured(&home, id, value);
    }
    is(&shown(&home, "R-0001")["loss_events"], 1.2);
    is(&shown(&home, "R-0001")["moved_frequency"], 3.0);
    let why = home.ok(&["explain", "R-0001", "current_loss"]);
    for said in ["Times what indicators say", "M-0003 Late patches", "within 0.1 and 10"] {
        assert!(why.contains(said), "{said}: {why}");
    }
    // ten times at most, and the own loss by itself
    home.ok(&["set", "M-0002", r#"risks=[{"to": "R-0001", "amber": 8}]"#]);
    is(&current(&home), 40_000.0);
    home.ok(&[
        "set",
        "M-0002",
        r#"risks=[{"to": "R-0001", "factor": "loss", "amber": 3}]"#,
    ]);
    is(&current(&home), 4_000.0 * 2.0 * 3.0);
    is(&shown(&home, "R-0001")["moved_loss"], 3.0);
    let refused = home.run(&["set", "M-0002", r#"risks=[{"to": "R-0001", "amber": 80}]"#]);
    let said = String::from_utf8(refused.stderr).unwrap();
    assert!(
        !refused.status.success() && said.contains("expected 0.1 to 10"),
        "{said}"
    );
}

#[test]
fn an_indicator_moves_how_well_a_control_works() {
    let home = Home::begun();
    risk(&home, &["frequency=4"]);
    home.ok(&[
        "add",
        "control",
        "title=Four eyes",
        "owner=me",
        "mechanism=protection",
        "party=management",
        "domain=management",
        r#"effects=[{"to": "R-0001", "share": "50%"}]"#,
    ]);
    home.ok(&["move", "C-0001", "implement", "coverage=100%", "test_by=30d"]);
    metric(&home, r#"controls=[{"to": "C-0001", "amber": 0.8, "red": 0.5}]"#);
    is(&current(&home), 20_000.0);
    measured(&home, "M-0001", "6");
    is(&current(&home), 40_000.0 * 0.6);
    measured(&home, "M-0001", "11");
    is(&current(&home), 40_000.0 * 0.75);
    is(&shown(&home, "C-0001")["effective"], 0.5);
    assert_eq!(shown(&home, "C-0001")["loss_avoided"], "10000.00 EUR");
    let why = home.ok(&["explain", "C-0001", "effective"]);
    assert!(
        why.contains("Times what indicators say") && why.contains("M-0001"),
        "{why}"
    );
}
