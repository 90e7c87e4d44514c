//! What is due, what is missing and how far each stage is, asked on the command line.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on says where")]

mod support;

use serde_json::Value as Json;
use support::Home;

/// What a command printed and its status; what was printed is JSON.
fn asked(home: &Home, arguments: &[&str]) -> (Vec<Json>, Option<i32>) {
    let out = home.run(arguments);
    let printed = String::from_utf8(out.stdout).unwrap();
    (serde_json::from_str(&printed).unwrap(), out.status.code())
}

fn begun() -> Home {
    let home = Home::new();
    home.ok(&["init", "--name", "Meridian Pay", "--currency", "EUR", "--country", "PT"]);
    home
}

#[test]
fn the_status_says_whether_something_is_overdue() {
    let home = begun();
    home.ok(&["add", "risk", "title=Outage", "owner=me", "treat_by=5d"]);
    let (due, status) = asked(&home, &["due", "--json"]);
    assert_eq!((due.len(), status), (1, Some(0)), "{due:?}");
    assert_eq!(due[0]["bucket"], "soon");
    assert_eq!(due[0]["days"], 5);
    assert_eq!(due[0]["whose"][0], "P-0001");
    home.ok(&["set", "R-0001", "treat_by=-2d"]);
    home.ok(&["add", "asset", "title=Laptop", "owner=me", "next_review=60d"]);
    let (due, status) = asked(&home, &["due", "--json"]);
    assert_eq!((due.len(), status), (1, Some(1)));
    assert_eq!(
        (&due[0]["bucket"], &due[0]["what"]),
        (&Json::from("late"), &Json::from("treatment"))
    );
    assert_eq!(asked(&home, &["due", "--json", "--all"]).0.len(), 2);
    assert_eq!(asked(&home, &["due", "--json", "--all", "--kind", "asset"]), {
        let (due, _) = asked(&home, &["due", "--json", "--all"]);
        (due.into_iter().filter(|d| d["kind"] == "asset").collect(), Some(0))
    });
    home.ok(&["add", "role", "title=Somebody else"]);
    home.ok(&["set", "R-0001", "owner=RO-0001"]);
    assert_eq!(asked(&home, &["due", "--json", "--mine"]), (vec![], Some(0)));
    let table = String::from_utf8(home.run(&["due"]).stdout).unwrap();
    assert!(table.contains("2 days late"), "{table}");
    assert!(table.contains("Somebody else"), "{table}");
}

#[test]
fn gaps_name_what_mends_them() {
    let home = begun();
    home.ok(&["add", "asset", "title=Laptop"]);
    let (gaps, status) = asked(&home, &["gaps", "--json", "--stage", "establish"]);
    assert_eq!(status, Some(1));
    let of = |id: &str, rule: &str| gaps.iter().find(|g| g["id"] == id && g["rule"] == rule).cloned();
    assert_eq!(of("A-0001", "required").unwrap()["remedy"]["set"], "owner");
    assert!(
        of("A-0001", "orphan").unwrap()["message"]
            .as_str()
            .unwrap()
            .contains("linked with nothing")
    );
    let scope = gaps.iter().find(|g| g["item"] == "scope").unwrap();
    assert_eq!(
        (&scope["clause"], &scope["remedy"]["create"]),
        (&Json::from("4.3"), &Json::from("scope"))
    );
    assert!(gaps.iter().all(|g| g["stage"] == "establish"));
    let out = home.run(&["gaps", "--stage", "dreaming"]);
    assert_eq!(out.status.code(), Some(2));
    assert!(
        String::from_utf8(out.stderr)
            .unwrap()
            .contains("'dreaming' is no stage")
    );
}

#[test]
fn the_stages_stand_in_their_order() {
    let home = begun();
    let (stages, status) = asked(&home, &["stages", "--json"]);
    assert_eq!(status, Some(0));
    let names: Vec<&str> = stages.iter().filter_map(|s| s["stage"].as_str()).collect();
    assert_eq!(
        names,
        [
            "establish",
            "implement",
            "run",
            "monitor",
            "review",
            "maintain",
            "improve"
        ]
    );
    // nothing is there yet that an auditor would ask to see
    assert_eq!(stages[4]["complete"], 0);
    assert!(
        stages[4]["next"].as_str().unwrap().contains("audit"),
        "{}",
        stages[4]["next"]
    );
}
