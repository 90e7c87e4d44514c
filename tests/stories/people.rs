//! An analyst, an owner and an auditor of the demonstration company: what each may do, and what each is told.

use crate::WIDE;
use crate::support::{Home, Tty};

/// The screen of the demonstration for one of its people.
fn play(home: &Home, login: &str, name: &str) -> Tty {
    let mut tty = home.screen(&["--demo", "--as", login], WIDE, &[]);
    tty.sees(name).sees("Today");
    tty
}

/// The number before ` of ` at the right of the strip.
fn shown(screen: &vt100::Screen) -> Option<usize> {
    let text = screen.contents();
    let line = text.lines().nth(1)?;
    let (before, _) = line.split_once(" of ")?;
    before.rsplit('/').next()?.trim().parse().ok()
}

#[test]
fn an_analyst_decides_many_findings_at_once() {
    let home = Home::new();
    let mut tty = play(&home, "carla", "Carla");
    let query = "is:open priority:p2";
    let listed = home.ok(&["--demo", "list", "finding", "--query", query, "--json"]);
    let before = serde_json::from_str::<Vec<serde_json::Value>>(&listed).unwrap().len();
    assert!(before > 4, "the demonstration has findings to decide: {before}");
    tty.keys("gf").sees("Findings").keys(&format!("/{query}"));
    tty.until("the findings", |s| shown(s) == Some(before)).keys("\r");
    tty.misses("Enter keeps");
    // Three at once leave the list of P2, for they are P1 now.
    tty.keys("xxx")
        .sees("3 selected")
        .keys("cp")
        .sees("Priority: 3 findings")
        .keys("p1")
        .sees("1 of");
    tty.keys("\r").until("three fewer", |s| shown(s) == Some(before - 3));
    // The same again on another, by one key.
    tty.keys("\x1b")
        .misses("selected")
        .keys(".")
        .until("one fewer", |s| shown(s) == Some(before - 4));
    // And back, all of it.
    tty.keys("u").until("one back", |s| shown(s) == Some(before - 3));
    tty.keys("u").until("all back", |s| shown(s) == Some(before));
    tty.keys("Q");
    assert_eq!(tty.exits(), 0);
}

#[test]
fn an_owner_approves_what_another_proposed() {
    let home = Home::new();
    let mut tty = play(&home, "ines", "Inês");
    // It waits for her on Today, and the key that decides stands beside it.
    tty.keys("m").sees("Backups and warehouse learn to forget");
    tty.keys("gt")
        .sees("Treatment plans")
        .keys("/state:proposed forget")
        .sees("1/1 of")
        .keys("\r")
        .misses("Enter keeps");
    tty.keys(" a");
    tty.keys("\x13").sees("now approved");
    tty.keys("Q");
    assert_eq!(tty.exits(), 0);
}

#[test]
fn who_proposed_a_plan_does_not_approve_it() {
    let home = Home::new();
    home.ok(&["init", "--name", "Harbour Bank"]);
    let me: serde_json::Value = serde_json::from_str(&home.ok(&["show", "P-0001", "--json"])).unwrap();
    let login = format!("login={}", me["login"].as_str().unwrap());
    home.ok(&["add", "person", "title=Bo", &login, "permissions=risk-owner"]);
    home.ok(&["add", "asset", "title=Cellar"]);
    home.ok(&[
        "add",
        "risk",
        "title=Water in the cellar",
        "owner=P-0002",
        "assets=A-0001",
    ]);
    let tasks = r#"tasks=[{"what":"Buy it","who":"P-0001","due":"2030-01-01"}]"#;
    home.ok(&[
        "add",
        "treatment-plan",
        "title=Buy a pump",
        "risks=R-0001",
        "owner=P-0001",
        "finish_by=30d",
        tasks,
    ]);
    home.ok(&["move", "TP-0001", "proposed"]);
    // The author is told why not; even an administrator is.
    let mut tty = home.screen(&[], WIDE, &[]);
    tty.sees("live")
        .keys("gt")
        .sees("Buy a pump")
        .keys(" a")
        .sees("may not choose 'Approve' for it");
    tty.sees("created TP-0001").keys("Q");
    assert_eq!(tty.exits(), 0);
    // The owner of its risk finds it on Today, and approves it.
    let mut tty = home.screen(&["--as", "Bo"], WIDE, &[]);
    tty.sees("live")
        .sees("Buy a pump")
        .keys("\r")
        .sees("Finish by")
        .keys(" a");
    // That one login did both is not hidden.
    tty.sees("Approve")
        .keys("\x13")
        .sees("#7")
        .sees("also made 'approve' of it")
        .keys("Q");
    assert_eq!(tty.exits(), 0);
    assert!(home.ok(&["log", "TP-0001"]).contains("Bo"));
}

#[test]
fn a_plan_is_not_verified_before_its_control_has_passed_a_test() {
    let home = Home::new();
    home.ok(&["init", "--name", "Harbour Bank"]);
    let me: serde_json::Value = serde_json::from_str(&home.ok(&["show", "P-0001", "--json"])).unwrap();
    let login = format!("login={}", me["login"].as_str().unwrap());
    home.ok(&["add", "person", "title=Bo", &login, "permissions=risk-owner|analyst"]);
    home.ok(&["add", "asset", "title=Cellar"]);
    home.ok(&[
        "add",
        "risk",
        "title=Water in the cellar",
        "owner=P-0002",
        "assets=A-0001",
    ]);
    let of = ["mechanism=protection", "party=technical", "domain=physical"];
    home.ok(&[&["add", "control", "title=Pump", "owner=P-0001"], &of[..]].concat());
    let tasks = r#"tasks=[{"what":"Buy it","who":"P-0001","due":"2030-01-01","done":true}]"#;
    let plan = [
        "title=Buy a pump",
        "risks=R-0001",
        "controls=C-0001",
        "owner=P-0001",
        "finish_by=30d",
        tasks,
    ];
    home.ok(&[&["add", "treatment-plan"], &plan[..]].concat());
    home.ok(&["move", "TP-0001", "propose"]);
    home.ok(&["--as", "Bo", "move", "TP-0001", "approve"]);
    home.ok(&["move", "TP-0001", "run", "start_on=today"]);
    home.ok(&["move", "TP-0001", "finish", "result=It is there"]);
    let verify = [
        "--as",
        "Bo",
        "move",
        "TP-0001",
        "verify",
        "--reason",
        "Under water for a day",
    ];
    let refused = home.run(&verify);
    let said = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(
        !refused.status.success() && said.contains("C-0001 Pump has not passed its last test"),
        "{said}"
    );
    home.ok(&["move", "C-0001", "implement", "coverage=100%", "test_by=90d"]);
    assert!(!home.run(&verify).status.success());
    home.ok(&["move", "C-0001", "pass", "test_by=90d"]);
    home.ok(&verify);
    assert!(!home.run(&["gaps"]).stdout.windows(8).any(|w| w == b"verified"));
}

#[test]
fn an_auditor_sees_everything_and_writes_findings_only() {
    let home = Home::new();
    let mut tty = play(&home, "marta", "Marta");
    for (keys, title) in [
        ("gr", "R-00"),
        ("ga", "A-00"),
        ("gc", "C-00"),
        ("gt", "TP-00"),
        ("gf", "F-0"),
    ] {
        tty.keys(keys).sees(title);
    }
    tty.keys("gc")
        .sees("C-00")
        .keys("e")
        .sees("may not edit C-00")
        .sees("that needs");
    tty.keys("n").sees("may not create controls").sees("that needs");
    tty.keys("gf").sees("F-0").keys("n").sees("New finding");
    tty.keys("The log of the door is not kept\x13")
        .misses("New finding")
        .sees("new, F-");
    tty.keys("Q");
    assert_eq!(tty.exits(), 0);
}
