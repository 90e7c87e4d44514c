//! Risks in numbers, from the command line: expected losses, what controls do about them, whole years, and how each figure
//! came to be.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on says where")]

mod support;

use serde_json::Value as Json;
use support::Home;

/// Two losses a year of 10,000 each, and every second time 20,000 through others.
fn with_a_risk(home: &Home) {
    home.ok(&[
        "add",
        "risk",
        "title=Wrong invoice",
        "owner=me",
        "frequency=2",
        "primary_loss=10k",
        "secondary_probability=0.5",
        "secondary_loss=20k",
    ]);
}

#[track_caller]
fn is(got: &Json, want: f64) {
    let got = got.as_f64().unwrap_or(f64::NAN);
    assert!((got - want).abs() <= 1e-9 * want.abs().max(1.0), "{got} is not {want}");
}

#[test]
fn controls_lower_the_expected_loss_and_a_failed_one_does_not() {
    let home = Home::begun();
    with_a_risk(&home);
    let all = home.json(&["assess", "--json"]);
    is(&all["totals"]["inherent"], 40_000.0);
    is(&all["totals"]["current"], 40_000.0);
    // 0.9 x 0.8 x 1 of a share of 50 % of how often
    home.ok(&[
        "add",
        "control",
        "title=Four eyes",
        "owner=me",
        "mechanism=protection",
        "party=management",
        "domain=management",
        "coverage=90%",
        "design=80%",
        r#"effects=[{"to": "R-0001", "share": "50%"}]"#,
        "opex=5k EUR",
    ]);
    is(&home.json(&["assess", "--json"])["totals"]["current"], 40_000.0);
    // an effect of which nobody says how much would go unnoticed
    home.ok(&["set", "C-0001", r#"effects=[{"to": "R-0001"}]"#]);
    let missing = home.run(&["gaps"]).stdout;
    assert!(String::from_utf8_lossy(&missing).contains("works on R-0001 Wrong invoice, and nothing says how much"));
    home.ok(&["set", "C-0001", r#"effects=[{"to": "R-0001", "share": "50%"}]"#]);
    // its effect is a reason to be, though the risk does not name it
    let working = home.json(&["list", "control", "-q", "risk_count:1", "--json"]);
    assert_eq!(working.as_array().map(Vec::len), Some(1), "{working}");
    let missing = home.run(&["gaps"]).stdout;
    assert!(!String::from_utf8_lossy(&missing).contains("no reason to be"));
    home.ok(&["set", "R-0001", "planned_controls=C-0001"]);
    is(&home.json(&["assess", "--json"])["totals"]["target"], 40_000.0 * 0.64);
    let done = home.ok(&["move", "C-0001", "implement", "coverage=90%", "test_by=30d"]);
    let all = home.json(&["assess", "--json"]);
    is(&all["totals"]["current"], 40_000.0 * 0.64);
    let now = &all["risks"][0]["current"];
    is(&now["lambda"], 2.0 * 0.64);
    is(&now["frequency_factor"], 0.64);
    is(&now["primary_mean"], 10_000.0);
    is(&now["secondary_mean"], 10_000.0);
    is(&all["reduction"]["prevention_ratio"], 1.0);
    let control = home.json(&["show", "C-0001", "--json"]);
    assert_eq!(control["loss_avoided"], "14400.00 EUR");
    assert_eq!(control["yearly_cost"], "5000.00 EUR");
    assert_eq!(control["net_benefit"], "9400.00 EUR");
    is(&control["rosi"], 1.88);
    let dearest = home.ok(&[
        "list",
        "risk",
        "--query",
        "current_loss>25k",
        "--columns",
        "id,current_loss",
    ]);
    assert!(dearest.contains("25,600 EUR"), "{dearest}");
    home.ok(&["move", "C-0001", "fail", "test_by=30d", "--reason", "two were missed"]);
    is(&home.json(&["assess", "--json"])["totals"]["current"], 40_000.0);
    // as it was, the figures are those of that day
    let number: String = done.chars().filter(char::is_ascii_digit).collect();
    let then = home.json(&["assess", "--json", "--as-of", &format!("#{number}")]);
    is(&then["totals"]["current"], 25_600.0);
    let told = home.ok(&["explain", "R-0001", "current_loss"]);
    assert!(
        told.contains("40,000 EUR") && told.contains("failed its test"),
        "{told}"
    );
}

#[test]
fn a_seed_gives_the_same_years_on_any_number_of_threads_and_beside_other_risks() {
    let home = Home::begun();
    with_a_risk(&home);
    let drawn = |threads: &str| home.json(&["simulate", "R-0001", "--json", "--threads", threads]);
    let one = drawn("1");
    assert_eq!((one["years"].as_u64(), one["seed"].as_u64()), (Some(100_000), Some(1)));
    assert_eq!(one, drawn("2"));
    assert_eq!(one, drawn("8"));
    let (mean, error) = (&one["current"]["mean"], &one["current"]["standard_error"]);
    let off = (mean.as_f64().unwrap() - 40_000.0).abs();
    assert!(off < 4.0 * error.as_f64().unwrap(), "{off}");
    // beside it the same year without drawing
    for view in ["inherent", "current", "target"] {
        for level in ["0.9", "0.95", "0.99"] {
            let exact = one[view]["transformed"]["var"][level].as_f64().unwrap();
            let between = &one[view]["var_interval"][level];
            let (low, high) = (between[0].as_f64().unwrap(), between[1].as_f64().unwrap());
            assert!(
                low * 0.98 <= exact && exact <= high * 1.02,
                "{view} {level}: {low} {exact} {high}"
            );
        }
    }
    let told = home.ok(&["simulate", "R-0001", "--years", "1000"]);
    assert!(told.contains("Exact: VaR 95 %"), "{told}");
    home.ok(&[
        "add",
        "risk",
        "title=Another",
        "owner=me",
        "frequency=1",
        "primary_loss=1k..5k",
        "drivers=staff",
    ]);
    assert_eq!(one, drawn("3"));
    let all = |threads: &str| home.json(&["simulate", "--json", "--years", "20000", "--threads", threads]);
    assert_eq!(all("1"), all("8"));
    let other = home.json(&["simulate", "R-0001", "--json", "--seed", "2"]);
    assert_ne!(one["current"]["mean"], other["current"]["mean"]);
    let few = home.ok(&["simulate", "R-0001", "--years", "500"]);
    assert!(few.contains("needs 1000 years"), "{few}");
}

#[test]
fn worth_is_handed_down_with_its_reason() {
    let home = Home::begun();
    home.ok(&[
        "add",
        "asset",
        "title=Payments",
        "owner=me",
        "confidentiality=low",
        "integrity=high",
        "availability=very-high",
        "outage_rate=9k EUR",
    ]);
    home.ok(&[
        "add",
        "asset",
        "title=Database",
        "owner=me",
        "confidentiality=none",
        "integrity=none",
        "availability=low",
        r#"supports=[{"to": "A-0001", "c": "none", "a": "partial", "weight": "50%"}]"#,
    ]);
    let database = home.json(&["show", "A-0002", "--json"]);
    assert_eq!(database["derived_confidentiality"], "none");
    assert_eq!(database["derived_integrity"], "high");
    assert_eq!(database["derived_availability"], "high");
    assert_eq!(database["outage_total"], "4500.00 EUR");
    assert_eq!(database["key_asset"], true);
    home.ok(&[
        "add",
        "risk",
        "title=Disk",
        "owner=me",
        "assets=A-0002",
        "frequency=1",
        "outage_hours=2",
    ]);
    is(&home.json(&["assess", "--json"])["totals"]["current"], 9_000.0);
    let why = home.ok(&["explain", "A-0002", "derived_availability"]);
    assert!(
        why.contains("A-0001 Payments") && why.contains("one level less"),
        "{why}"
    );
}

#[test]
fn bad_numbers_are_refused_by_name_and_change_nothing() {
    let home = Home::begun();
    with_a_risk(&home);
    let refused = |field: &str, words: &[&str]| {
        let out = home.run(&["set", "R-0001", field]);
        let said = String::from_utf8(out.stderr).unwrap();
        assert_ne!(out.status.code(), Some(0), "{field}");
        for word in words {
            assert!(said.contains(word), "{field}: {said}");
        }
    };
    refused(
        "primary_loss=50..20..80",
        &["primary_loss", "least, most likely and most"],
    );
    refused("primary_loss=80k..20k", &["primary_loss", "rising"]);
    refused("secondary_probability=1.2", &["secondary_probability", "1"]);
    refused("attempts=3", &["Losses a year", "keep one of the two"]);
    home.ok(&["add", "control", "title=One", "owner=me"]);
    home.ok(&["add", "control", "title=Two", "owner=me", "requires=C-0001"]);
    let out = home.run(&["set", "C-0001", "requires=C-0002"]);
    let said = String::from_utf8(out.stderr).unwrap();
    assert!(said.contains("C-0001") && said.contains("C-0002"), "{said}");
    is(&home.json(&["assess", "--json"])["totals"]["current"], 40_000.0);
}

#[test]
fn what_a_risk_rests_on_takes_its_ground_once_and_gives_it_back() {
    let home = Home::begun();
    home.ok(&["add", "asset", "title=Payments", "owner=me", "availability=high"]);
    home.ok(&["add", "asset", "title=Database", "owner=me", "supports=A-0001"]);
    with_a_risk(&home);
    home.ok(&["set", "R-0001", "assets=A-0002"]);
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
    let reasons = || home.json(&["show", "R-0001", "--json"])["stale_reasons"].clone();
    assert_eq!(reasons(), Json::Null, "a new control alone changes nothing");
    home.ok(&["move", "C-0001", "implement", "coverage=90%", "test_by=30d"]);
    assert_eq!(reasons(), serde_json::json!(["C-0001 is implemented"]));
    home.ok(&["move", "C-0001", "fail", "test_by=30d", "--reason", "two were missed"]);
    let failed = serde_json::json!(["C-0001 is failed", "C-0001 is implemented"]);
    assert_eq!(reasons(), failed);
    home.ok(&["move", "C-0001", "fail", "test_by=31d", "--reason", "again"]);
    assert_eq!(reasons(), failed, "the same cause counts once");
    let all = home.json(&["assess", "--json"]);
    is(&all["staleness_index"], 1.0);
    let due = home.json(&["due", "--json", "--all"]);
    let asked = due.as_array().unwrap().iter().find(|d| d["id"] == "R-0001");
    assert_eq!(
        asked.map(|d| (&d["what"], &d["days"])),
        Some((&"reassessment".into(), &7.into()))
    );
    // what one takes back gives the ground back as well
    home.ok(&["undo"]);
    home.ok(&[
        "move",
        "R-0001",
        "analyse",
        "current_likelihood=likely",
        "current_impact=serious",
    ]);
    assert_eq!(reasons(), Json::Null, "judged anew it stands");
    home.ok(&["set", "A-0001", "availability=very-high"]);
    assert_eq!(
        reasons(),
        serde_json::json!(["A-0001 availability changed"]),
        "what it leans on hands it down"
    );
    let out = home.run(&["move", "R-0001", "confirm"]);
    assert_ne!(out.status.code(), Some(0), "nobody says that it holds without a word");
    home.ok(&[
        "move",
        "R-0001",
        "confirm",
        "--reason",
        "the database is rebuilt within the hour",
    ]);
    assert_eq!(reasons(), Json::Null);
    is(&home.json(&["assess", "--json"])["staleness_index"], 0.0);
}

#[test]
fn a_scope_is_complete_by_its_own_assets_and_places() {
    let home = Home::begun();
    home.ok(&["add", "scope", "title=Clinic"]);
    home.ok(&["add", "scope", "title=Laboratory", "parent=SC-0001"]);
    home.ok(&["add", "scope", "title=Archive"]);
    for (title, scope) in [("Results", "SC-0002"), ("Paper files", "SC-0003")] {
        let (title, scopes) = (format!("title={title}"), format!("scopes={scope}"));
        home.ok(&["add", "asset", &title, &scopes, "availability=very-high"]);
    }
    let of = |scope: &[&str]| home.json(&[&["assess", "--complete", "--json"], scope].concat());
    let missing = |scope: &[&str]| {
        let all = of(scope)["missing"].as_array().unwrap().clone();
        let text = |m: &Json| format!("{} {}", m["id"].as_str().unwrap(), m["missing"].as_str().unwrap());
        all.iter().map(text).collect::<Vec<_>>()
    };
    // three properties of each key asset, seven layers, five domains
    assert_eq!(of(&[])["of"], 18);
    assert_eq!(of(&["--scope", "SC-0001"])["of"], 15, "the asset of its part");
    assert_eq!(of(&["--scope", "SC-0003"])["of"], 15);
    home.ok(&[
        "add",
        "risk",
        "title=Results are lost",
        "assets=A-0001",
        "properties=a",
        "layers=7",
        "domain=application",
        "scopes=SC-0002",
    ]);
    let archive = missing(&["--scope", "SC-0003"]);
    assert!(
        archive.contains(&"SC-0003 no risk in layer 7 application".to_owned()),
        "{archive:?}"
    );
    assert!(
        archive.contains(&"A-0002 Paper files: no risk for availability".to_owned()),
        "{archive:?}"
    );
    let whole = missing(&["--scope", "SC-0001"]);
    assert_eq!(whole.len(), 12, "a risk of a part is one of the whole: {whole:?}");
    assert!(
        whole.iter().all(|m| !m.contains("layer 7") && !m.contains("A-0002")),
        "{whole:?}"
    );
    // what a scope leaves out with a reason is looked at there, and nowhere else
    home.ok(&[
        "set",
        "SC-0003",
        r#"left_out=[{"what": "layer-7", "reason": "paper only"}]"#,
    ]);
    assert!(!missing(&["--scope", "SC-0003"]).iter().any(|m| m.contains("layer 7")));
    home.ok(&["move", "R-0001", "retire", "--reason", "written twice"]);
    assert!(missing(&["--scope", "SC-0001"]).iter().any(|m| m.contains("layer 7")));
    // the figure of the scope says the same, down to the assets
    let told = home.ok(&["explain", "SC-0003", "completeness"]);
    assert!(
        told.contains("1 of 15") && told.contains("A-0002 Paper files"),
        "{told}"
    );
    let out = home.run(&["assess", "--complete", "--scope", "A-0001"]);
    assert!(String::from_utf8_lossy(&out.stderr).contains("A-0001 is no scope"));
}
