//! A new joiner: reads what they must read, says so once for each version, and is asked again by the next one.

use crate::support::Home;
use crate::{cast, count, play, quit};

/// The next version of the first document, written by the administrator and approved by Elena.
fn issue(home: &Home) {
    home.ok(&["move", "D-0001", "submit"]);
    home.ok(&["--as", "Elena", "move", "D-0001", "approve"]);
    home.ok(&["move", "D-0001", "issue"]);
}

#[test]
fn a_new_joiner_acknowledges_what_is_in_force_and_is_asked_again() {
    let home = Home::new();
    home.ok(&["init", "--name", "Harbour Bank"]);
    cast(&home, &[("Elena", "approver"), ("Niko", "viewer")]);
    home.ok(&["add", "role", "title=All staff", "holders=P-0003"]);
    let body = "body=Lock the screen when you leave it.";
    let named = ["type=policy", "readers=RO-0001", "approver=P-0002"];
    let line = [&["add", "document", "title=Acceptable use", body][..], &named].concat();
    home.ok(&line);
    issue(&home);
    for _ in 2..4 {
        home.ok(&["move", "D-0001", "revise", "--reason", "yearly"]);
        issue(&home);
    }

    // The first morning: it is there, not late, with the key that does it.
    let mut tty = play(&home, "Niko");
    tty.sees("in 14 days").sees("Acceptable use").sees("Read and ack");
    tty.keys("\r").sees("Lock the screen").sees("Version in force      3");
    // Whoever only reads changes nothing else.
    tty.keys("e").sees("may not edit D-0001");
    tty.keys(" ")
        .sees("Read and acknowledge")
        .keys("k")
        .sees("Read and understood");
    tty.keys("0").misses("in 14 days");
    quit(tty);
    let said = |version: u64| count(&home, "acknowledgement", &format!("person:P-0003 version:{version}"));
    assert_eq!((said(3), count(&home, "acknowledgement", "")), (1, 1));

    // The next version is not in force while it is written, and then asks everybody again.
    home.ok(&["move", "D-0001", "revise", "--reason", "phones"]);
    let mut tty = play(&home, "Niko");
    tty.sees("0 overdue").misses("Read and ack");
    quit(tty);
    issue(&home);
    let mut tty = play(&home, "Niko");
    tty.sees("Read and ack").keys(" k").misses("Read and ack");
    // Once is enough.
    tty.keys(":d1\r")
        .sees("Version in force      4")
        .keys(" ")
        .sees("Read and acknowledge");
    tty.keys("k").sees("nobody owes this to D-0001 now");
    quit(tty);
    assert_eq!((said(3), said(4), count(&home, "acknowledgement", "")), (1, 1, 2));
    assert_eq!(home.run(&["--as", "Niko", "due"]).status.code(), Some(0));
}
