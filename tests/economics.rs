//! What controls and plans cost and bring, from the command line: the numbers of the vectors, through the program.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on says where")]

mod support;

use serde_json::Value as Json;
use support::Home;

/// An organisation at 8 % interest with a risk of 75,000 a year (ENISA, 2012: fifteen thousand, five times).
fn begun() -> Home {
    let home = Home::begun();
    home.ok(&[
        "set",
        "ORG-0001",
        "interest=8%",
        "people_day=500 EUR",
        "prevention_target=70%",
    ]);
    home.ok(&[
        "add",
        "risk",
        "title=Malware",
        "owner=me",
        "frequency=5",
        "primary_loss=15k",
    ]);
    home
}

/// A control in force with a share of what it takes away, and more.
fn control(home: &Home, title: &str, mechanism: &str, effects: &str, more: &[&str]) {
    let (title, mechanism) = (format!("title={title}"), format!("mechanism={mechanism}"));
    let effects = format!("effects={effects}");
    let mut all = vec![
        "add",
        "control",
        &title,
        "owner=me",
        &mechanism,
        "party=technical",
        "domain=system",
    ];
    all.push(&effects);
    all.extend(more);
    let said = home.ok(&all);
    let id = said.split_whitespace().find(|w| w.starts_with("C-")).unwrap();
    home.ok(&["move", id, "implement", "coverage=100%", "test_by=30d"]);
}

#[track_caller]
fn is(got: &Json, want: f64) {
    let got = got.as_f64().unwrap_or(f64::NAN);
    assert!((got - want).abs() <= 1e-5 * want.abs().max(1.0), "{got} is not {want}");
}

const ANTIVIRUS: &str = r#"[{"to": "R-0001", "share": "80%"}]"#;

#[test]
fn a_control_says_what_it_costs_and_brings_over_its_life() {
    let home = begun();
    // 40 days of work at 500 are part of the price
    let cost = ["capex=80k EUR", "build_days=40", "opex=20k EUR", "life_years=5"];
    control(&home, "Antivirus", "protection", ANTIVIRUS, &cost);
    let shown = home.json(&["show", "C-0001", "--json"]);
    assert_eq!(shown["loss_avoided"], "60000.00 EUR");
    assert_eq!(shown["yearly_cost"], "45045.65 EUR");
    assert_eq!(shown["net_benefit"], "14954.35 EUR");
    assert_eq!(shown["npv"], "59708.40 EUR");
    is(&shown["payback_years"], 2.5);
    is(&shown["benefit_cost"], 60_000.0 / 45_045.645_456_683_66);
    is(&shown["rosi"], 60_000.0 / 45_045.645_456_683_66 - 1.0);
    let why = home.ok(&["explain", "C-0001", "npv"]);
    for said in ["59,708", "60,000 EUR", "r over n years", "8 %", "80,000 EUR"] {
        assert!(why.contains(said), "{said}: {why}");
    }
}

#[test]
fn what_costs_nothing_has_no_ratio_and_says_so() {
    let home = begun();
    control(&home, "A word with staff", "protection", ANTIVIRUS, &["opex=0 EUR"]);
    let shown = home.json(&["show", "C-0001", "--json"]);
    assert_eq!((&shown["rosi"], &shown["benefit_cost"]), (&Json::Null, &Json::Null));
    assert_eq!(shown["net_benefit"], "60000.00 EUR");
    is(&shown["payback_years"], 0.0);
    let why = home.ok(&["explain", "C-0001", "rosi"]);
    assert!(why.contains("n/a") && why.contains("it costs nothing"), "{why}");
    // what eats more than it brings is never paid back, and what says no cost at all says that
    home.ok(&["set", "C-0001", "capex=1k EUR", "opex=60k EUR"]);
    assert_eq!(home.json(&["show", "C-0001", "--json"])["payback_years"], Json::Null);
    let why = home.ok(&["explain", "C-0001", "payback-years"]);
    assert!(why.contains("n/a") && why.contains("never"), "{why}");
    home.ok(&["set", "C-0001", "capex=", "opex="]);
    let why = home.ok(&["explain", "C-0001", "npv"]);
    assert!(why.contains("no cost is given"), "{why}");
}

#[test]
fn a_plan_counts_its_controls_together() {
    let home = begun();
    for (title, cost, life) in [("One", "3k", "3"), ("Two", "8k", "6")] {
        let (title, cost, life) = (
            format!("title={title}"),
            format!("capex={cost} EUR"),
            format!("life_years={life}"),
        );
        let group = r#"effects=[{"to": "R-0001", "share": "50%"}]"#;
        home.ok(&[
            "add",
            "control",
            &title,
            "owner=me",
            "mechanism=protection",
            &cost,
            &life,
            group,
        ]);
    }
    home.ok(&[
        "add",
        "treatment-plan",
        "title=Both",
        "owner=me",
        "risks=R-0001",
        "controls=C-0001,C-0002",
    ]);
    let shown = home.json(&["show", "TP-0001", "--json"]);
    // alike, and so half as if independent, half as if one did it all: 1 - (0.5 x 0.75 + 0.5 x 0.5)
    assert_eq!(shown["loss_avoided"], "46875.00 EUR");
    let crf = |n: i32| 0.08 / (1.0 - 1.08_f64.powi(-n));
    let cost = 3_000.0 * crf(3) + 8_000.0 * crf(6);
    let net = 46_875.0 - cost;
    assert_eq!(shown["yearly_cost"], format!("{cost:.2} EUR"));
    assert_eq!(shown["net_benefit"], format!("{net:.2} EUR"));
    // the shorter one is bought again after three years: the same net benefit, six years long
    assert_eq!(shown["npv"], format!("{:.2} EUR", net / crf(6)));
    is(&shown["payback_years"], 11_000.0 / 46_875.0);
    // and nothing else once one of them is in force
    home.ok(&["set", "C-0001,C-0002", "party=technical", "domain=system"]);
    home.ok(&["move", "C-0001", "implement", "coverage=100%", "test_by=30d"]);
    let begun = home.json(&["show", "TP-0001", "--json"]);
    for figure in ["loss_avoided", "yearly_cost", "net_benefit", "npv"] {
        assert_eq!(begun[figure], shown[figure], "{figure}");
    }
    // a plan says itself what it costs where its controls do not
    home.ok(&["set", "C-0001,C-0002", "capex="]);
    home.ok(&["set", "TP-0001", "cost=10k EUR", "people_days=2"]);
    let shown = home.json(&["show", "TP-0001", "--json"]);
    assert_eq!(shown["yearly_cost"], format!("{:.2} EUR", 11_000.0 * crf(6)));
    let why = home.ok(&["explain", "TP-0001", "yearly_cost"]);
    assert!(why.contains("11,000 EUR over 6 years"), "{why}");
}

#[test]
fn the_reduction_is_shared_out_to_mechanisms_and_spending_gets_advice() {
    let home = begun();
    home.ok(&["set", "R-0001", "frequency=10", "primary_loss=10k"]);
    let effect = |share: &str| format!(r#"[{{"to": "R-0001", "share": "{share}"}}]"#);
    control(&home, "Wall", "protection", &effect("60%"), &["opex=30k EUR"]);
    control(&home, "Watch", "detection", &effect("16%"), &["opex=15k EUR"]);
    control(&home, "Restore", "recovery", &effect("25%"), &["opex=7k EUR"]);
    // the case ATTR-1 of the vectors
    let shown = home.json(&["show", "R-0001", "--json"]);
    assert_eq!(shown["avoided_by_protection"], "49725.93 EUR");
    assert_eq!(shown["avoided_by_detection"], "9461.94 EUR");
    assert_eq!(shown["avoided_by_recovery"], "15612.14 EUR");
    is(&shown["prevention_ratio"], 0.664_785);
    assert_eq!(shown["spend"], "52000.00 EUR");
    is(&shown["spend_share"], 0.52);
    let advice = "spend on R-0001 is 52 % of its expected loss; above 36.8 % needs a reason (law, tail, reputation)";
    assert_eq!(shown["spend_advice"], advice);
    let all = home.json(&["assess", "--json"]);
    is(&all["reduction"]["prevention_ratio"], 0.664_785);
    is(&all["spend"]["prevention_ratio"], 30.0 / 52.0);
    is(&all["spend"]["prevention_ratio_by_number"], 1.0 / 3.0);
    is(
        &all["risks"][0]["reduction"]["by_mechanism"]["recovery"],
        15_612.138_224_285_085,
    );
    assert_eq!(all["risks"][0]["spend"]["advice"], advice);
    let told = home.ok(&["assess"]);
    for said in [
        advice,
        "Prevention ratio 66.5 %, aimed at 70 %",
        "52,000 EUR a year, 57.7 % of it",
    ] {
        assert!(told.contains(said), "{said}: {told}");
    }
    let ours = home.json(&["show", "ORG-0001", "--json"]);
    is(&ours["prevention_ratio"], 0.664_785);
    assert_eq!(ours["control_cost"], "52000.00 EUR");
    // what works on two risks is paid for by both, each by what it takes away there: 60 % of 300,000 and of 100,000
    home.ok(&[
        "add",
        "risk",
        "title=Other",
        "owner=me",
        "frequency=30",
        "primary_loss=10k",
    ]);
    let two = r#"effects=[{"to": "R-0001", "share": "60%"}, {"to": "R-0002", "share": "60%"}]"#;
    home.ok(&["set", "C-0001", two]);
    let spent = |id: &str| home.json(&["show", id, "--json"])["spend"].clone();
    assert_eq!(
        (spent("R-0001"), spent("R-0002")),
        ("29500.00 EUR".into(), "22500.00 EUR".into())
    );
    let why = home.ok(&["explain", "R-0001", "spend"]);
    assert!(why.contains("25 % of 30,000 EUR a year"), "{why}");
}

#[test]
fn the_best_sum_is_named_where_the_method_knows_what_money_does() {
    let home = begun();
    let text = home.ok(&["methods", "--example"]);
    let folder = home.path().join(".config/isms/methods");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("house.toml"), text).unwrap();
    home.ok(&["define", "adopt", "house"]);
    // the cases GL-3 and GL-8 of the vectors: each attempt succeeds, and a year of them costs 400,000
    home.ok(&[
        "add",
        "risk",
        "title=Open door",
        "owner=me",
        "method=house",
        "attempts=40",
        "success=1",
        "primary_loss=10k",
    ]);
    let best = || home.ok(&["explain", "R-0002", "spend_advice"]);
    home.ok(&[
        "add",
        "control",
        "title=Guard",
        "owner=me",
        "mechanism=protection",
        "opex=40k EUR",
        r#"effects=[{"to": "R-0002", "share": "50%"}]"#,
    ]);
    home.ok(&["set", "R-0002", "planned_controls=C-0001"]);
    let why = best();
    let line = |label: &str| {
        why.lines()
            .find(|l| l.contains(label))
            .map(str::to_owned)
            .unwrap_or_default()
    };
    assert!(line("Best sum, class I ").ends_with(" 100,000 EUR"), "{why}");
    assert!(line("Best sum, class II").ends_with(" 0 EUR"), "{why}");
    assert!(line("The most that pays").ends_with(" 147,152 EUR"), "{why}");
    let advice = home.json(&["show", "R-0002", "--json"])["spend_advice"].clone();
    let advice = advice.as_str().unwrap();
    assert!(
        advice.starts_with("spend on R-0002 is 10 % of its expected loss, within 36.8 %"),
        "{advice}"
    );
    assert!(
        advice.ends_with("the most vulnerable need not get the most"),
        "{advice}"
    );
    home.ok(&["set", "R-0002", "success=0.5"]);
    let advice = home.json(&["show", "R-0002", "--json"])["spend_advice"].clone();
    assert!(!advice.as_str().unwrap().contains("most vulnerable"), "{advice}");
}
