//! An exception from request to its end: asked for, borne by somebody with the authority, and gone when its day has come.

use crate::support::Home;
use crate::{cast, here, on, play, play_on, quit, records, to_field};

#[test]
fn an_exception_is_asked_for_borne_and_ends_on_its_day() {
    let home = Home::new();
    home.ok(&["init", "--name", "Harbour Bank"]);
    cast(&home, &[("Carla", "analyst"), ("Elena", "risk-owner,approver")]);
    home.ok(&["add", "role", "title=Board", "holders=P-0003", "authority=very-high"]);
    home.ok(&["add", "role", "title=Head of IT", "holders=P-0002"]);
    home.ok(&["add", "asset", "title=Mail gateway", "owner=RO-0002"]);
    home.ok(&[
        "add",
        "risk",
        "title=Old TLS is broken",
        "owner=RO-0001",
        "assets=A-0001",
    ]);

    // Asked for in the form, for ninety days.
    let mut tty = play(&home, "Carla");
    tty.keys("gX").sees("Exceptions 0").keys("n").sees("New exception");
    tty.keys("TLS 1.0 on the mail gateway")
        .sees("TLS 1.0 on the mail gateway");
    for (field, id) in [("Owner", "RO-0002"), ("Risks", "R-0001")] {
        to_field(&mut tty, field);
        tty.keys("\r").sees("Enter take").keys(id).sees(&format!("/ {id}"));
        tty.keys(if field == "Owner" { "\r" } else { "\t\r" })
            .misses("Enter take");
    }
    to_field(&mut tty, "Why");
    tty.paste("The vendor is late.")
        .sees("Esc done")
        .keys("\x1b")
        .misses("Esc done");
    to_field(&mut tty, "Ends on");
    tty.keys("90d\x13").sees("new, X-0001");
    // Who asks does not decide.
    tty.keys(" a").sees("may not choose 'Approve' for X-0001");
    quit(tty);

    // It waits for the owner of the risk, who has the authority; more than a year is too long.
    let mut tty = play(&home, "Elena");
    tty.sees("1 for you to decide")
        .sees("TLS 1.0")
        .keys("\r")
        .sees("The vendor is late")
        .keys(" a");
    tty.sees("Approve X-0001");
    to_field(&mut tty, "Level");
    let empty = tty.with(|s, _| here(s));
    tty.keys("\x1b[C").until("a level", |s| here(s) != empty);
    to_field(&mut tty, "Ends on");
    tty.keys("\x15500d").sees("500d");
    to_field(&mut tty, "Reason");
    tty.keys("until the new gateway\x13").sees("within 12 months");
    // The form stands at what is wrong.
    tty.until("the field", |s| here(s).contains("Ends on"));
    tty.keys("\x1590d").sees("90d").keys("\x13").sees("now approved");
    quit(tty);
    home.ok(&["--as", "Carla", "move", "X-0001", "begin"]);

    // Five days before the end it is on Today of who answers for it; ten days after it is late, and a gap.
    let mut tty = play_on(&home, "Carla", "+85d");
    tty.sees("in 5 days").sees("TLS 1.0").keys("\r").sees("expiring");
    quit(tty);
    assert_eq!(on(&home, "+85d", &["--as", "Carla", "due"]).0, 0);
    let mut tty = play_on(&home, "Carla", "+100d");
    tty.sees("10 days late")
        .sees("TLS 1.0")
        .keys("\r")
        .sees("expired")
        .sees("renew it, or end it");
    // Only who bears it renews it, and it is said by whom.
    tty.keys(" n").sees("may not choose 'Renew' for X-0001");
    tty.keys(" e").sees("End X-0001").keys("\x13").sees("now ended");
    quit(tty);
    let (status, said) = on(&home, "+100d", &["due"]);
    assert_eq!(status, 0, "{said}");
    assert!(!on(&home, "+100d", &["gaps"]).1.contains("X-0001"));
    let x = &records(&home, "exception", "id:X-0001")[0];
    assert_eq!(x["accepted_by"], "P-0003", "{x:#}");
}
