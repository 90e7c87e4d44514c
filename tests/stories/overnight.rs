//! What happens overnight: an exception ends while nobody looks, or while the screen is open.

use crate::support::{Home, Tty};
use crate::{cast, count, on, play, play_on, quit};
use serde_json::Value as Json;

/// A risk that Elena bears by an exception until so many days from now, or a day.
fn borne(until: &str, day: &str) -> Home {
    let home = Home::new();
    let ok = |arguments: &[&str]| {
        let (status, said) = on(&home, day, arguments);
        assert_eq!(status, 0, "{arguments:?}: {said}");
    };
    ok(&["init", "--name", "Harbour Bank"]);
    cast(
        &home,
        &[
            ("Carla", "analyst"),
            ("Elena", "risk-owner,approver"),
            ("Vera", "viewer"),
        ],
    );
    ok(&["add", "role", "title=Board", "holders=P-0003", "authority=very-high"]);
    ok(&["add", "asset", "title=Mail gateway", "owner=RO-0001"]);
    let risk = [
        "title=Old TLS is broken",
        "owner=RO-0001",
        "assets=A-0001",
        "treatment=accept",
    ];
    let judged = ["current_likelihood=likely", "current_impact=serious"];
    ok(&[&["--as", "Carla", "add", "risk"], &risk[..], &judged[..]].concat());
    ok(&["--as", "Carla", "move", "R-0001", "analyse"]);
    ok(&["--as", "Carla", "move", "R-0001", "evaluate"]);
    let exception = [
        "title=TLS 1.0 on the gateway",
        "owner=RO-0001",
        "risks=R-0001",
        "reason=The vendor is late.",
    ];
    ok(&[&["--as", "Carla", "add", "exception"], &exception[..]].concat());
    let until = format!("expires={until}");
    let why = ["--reason", "until the new gateway"];
    ok(&[
        &["--as", "Elena", "move", "X-0001", "approve", "level=high", &until],
        &why[..],
    ]
    .concat());
    ok(&[&["--as", "Elena", "move", "R-0001", "accept"], &why[..]].concat());
    home
}

/// The last commit, as JSON.
fn last(home: &Home) -> Json {
    let log: Json = serde_json::from_str(&home.ok(&["log", "-n", "1", "--json"])).unwrap();
    log[0].clone()
}

fn json(home: &Home, day: &str, arguments: &[&str]) -> Json {
    let (status, said) = on(home, day, arguments);
    assert_eq!(status, 0, "{said}");
    serde_json::from_str(&said).unwrap()
}

#[test]
fn an_exception_that_ended_overnight_is_there_in_the_morning_and_is_walked_with_one_key() {
    let home = borne("5d", "+0d");
    let mut tty = play(&home, "Carla");
    tty.keys("gr").sees("Risks 1").sees("accepted");
    quit(tty);

    let mut tty = play_on(&home, "Carla", "+6d");
    tty.sees("time: X-0001 ended on").sees("→ R-0001");
    // A row of Today says why a thing is to be looked at again.
    let cause = |s: &vt100::Screen| {
        s.contents()
            .lines()
            .any(|l| l.contains("R-0001  Old TLS") && l.contains("X-0001 ended on"))
    };
    tty.until("the cause on Today", cause);
    tty.keys("gr").sees("Risks 1").sees("analysed").keys("t");
    tty.sees("Risks to assess again")
        .sees("0 of 1")
        .keys("h")
        .sees("Still holds R-0001");
    tty.keys("the gateway is gone\x13")
        .sees("1 of 1")
        .sees("still holds, R-0001");
    tty.keys("\x1b").misses("Risks to assess again");
    // The history says what brought it about, and that nobody did.
    tty.keys("gl")
        .sees("All changes")
        .sees("(by time)")
        .sees("X-0001 ended on");
    // What is taken back is what a person did.
    tty.keys("\x1b").misses("All changes").keys("u").sees("took back");
    quit(tty);
    assert_eq!(count(&home, "risk", "stale_reasons:* state:analysed"), 1);
    let mut tty = play_on(&home, "Carla", "+6d");
    tty.keys("grt").sees("0 of 1").keys("h").sees("Still holds R-0001");
    tty.keys("the gateway is gone\x13").sees("1 of 1");
    quit(tty);

    // It does not come again.
    let mut tty = play_on(&home, "Carla", "+7d");
    tty.sees("2 days late")
        .keys("gr")
        .sees("Risks 1")
        .keys("t")
        .sees("no risks wait for a decision");
    quit(tty);
    assert_eq!(count(&home, "risk", "stale_reasons:*"), 0);
}

#[test]
fn an_exception_ends_at_midnight_while_the_screen_is_open() {
    let (day, eve) = ("2030-05-06T12:00:00Z", "2030-05-10T23:59:57Z");
    let home = borne("2030-05-10", day);
    let mut tty = play_on(&home, "Carla", eve);
    tty.sees("exception ends").sees("today");
    tty.sees("time: X-0001 ended on 2030-05-10").sees("R-0001");
    quit(tty);
}

#[test]
fn a_timer_does_it_once_a_reader_sees_it_and_a_screen_keeps_it_out() {
    let home = borne("5d", "+0d");
    assert_eq!(on(&home, "+5d", &["tick"]).0, 0);
    let before = last(&home)["commit"].clone();
    let ahead = json(&home, "+0d", &["tick", "--as-of", "30d", "--json"]);
    assert_eq!(
        (&ahead["commit"], &ahead["causes"][0]["id"]),
        (&Json::Null, &Json::from("X-0001"))
    );
    let (status, said) = on(&home, "+6d", &["tick", "--dry-run"]);
    assert!(
        status == 0 && said.contains("X-0001 TLS 1.0 on the gateway: ended on"),
        "{said}"
    );
    assert!(
        said.contains("R-0001  accepted → analysed, to be looked at again by"),
        "{said}"
    );
    assert_eq!(last(&home)["commit"], before, "nothing was changed");
    assert_eq!(on(&home, "+0d", &["tick", "--as-of", "2020-01-01"]).0, 2);

    // Who only reads sees that it has ended, whether or not it was brought into the ledger.
    let late = home
        .command(&["list", "exception", "--query", "validity:expired"])
        .env("ISMS_CLOCK", "+6d")
        .output();
    assert!(late.unwrap().status.success());
    // Another process has the store.
    let mut tty: Tty = play(&home, "Carla");
    assert_eq!(on(&home, "+6d", &["tick"]).0, 3);
    tty.keys("gr").sees("accepted");
    quit(tty);

    let done = json(&home, "+6d", &["tick", "--json"]);
    assert_eq!(done["causes"].as_array().unwrap().len(), 2, "{done:#}");
    let commit = last(&home);
    assert_eq!(commit["commit"], done["commit"]);
    assert_eq!(
        (&commit["action"], &commit["actor"], &commit["by"]),
        (&"time".into(), &"P-0001".into(), &"time".into())
    );
    for day in ["+6d", "+40d"] {
        let again = json(&home, day, &["tick", "--json"]);
        assert_eq!(
            (&again["commit"], &again["causes"]),
            (&Json::Null, &Json::Array(Vec::new()))
        );
    }
    home.ok(&["verify"]);
}

#[test]
fn whoever_changes_something_first_on_a_day_brings_with_it_what_time_did() {
    let home = borne("5d", "+0d");
    let (status, said) = on(
        &home,
        "+6d",
        &["--as", "Carla", "set", "R-0001", "notes=seen", "--reason", "x"],
    );
    assert!(status == 0 && said.contains("note: time: X-0001 ended on"), "{said}");
    assert_eq!(last(&home)["action"], "record.edit");
    assert_eq!(count(&home, "risk", "state:analysed stale_reasons:*"), 1);
}

#[test]
fn who_has_left_is_gone_in_the_morning_and_what_they_owned_is_handed_over() {
    let home = borne("200d", "+0d");
    let owned = |title: &str| home.ok(&["--as", "Carla", "add", "risk", title, "owner=P-0002"]);
    owned("title=Spoofed mail");
    owned("title=Lost keys");
    home.ok(&["set", "P-0002", "left=3d"]);
    let mut tty = home.screen(&[], crate::WIDE, &[("ISMS_CLOCK", "+4d")]);
    tty.sees("time: P-0002 left on");
    tty.sees("hand over 2 records")
        .sees("in 4 days")
        .keys("\r")
        .sees("P-0002  Carla");
    tty.keys("gr").sees("2 of 3").keys("*co").sees("Owner");
    tty.keys("P-0003")
        .sees("/ P-0003")
        .keys("\r")
        .misses("/ P-0003")
        .keys("\x13")
        .sees("Elena");
    tty.keys("0").misses("hand over");
    quit(tty);
    assert_eq!(count(&home, "risk", "owner:P-0003"), 2);
}
