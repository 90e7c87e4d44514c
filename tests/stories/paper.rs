//! A document from its first word to its first reader: author, approver and reader are three people.

use crate::support::Home;
use crate::{cast, play, quit, records, to_field};

#[test]
fn a_document_goes_from_draft_to_acknowledged() {
    let home = Home::new();
    home.ok(&["init", "--name", "Harbour Bank"]);
    cast(
        &home,
        &[("Carla", "analyst"), ("Elena", "approver"), ("Niko", "viewer")],
    );
    home.ok(&["add", "role", "title=All staff", "holders=P-0004|P-0002"]);

    // The author writes it in the form.
    let mut tty = play(&home, "Carla");
    tty.keys("gd").sees("Documents 0").keys("n").sees("New document");
    tty.keys("Backup rules").sees("Backup rules");
    to_field(&mut tty, "Approver");
    tty.keys("\r")
        .sees("Enter take")
        .keys("elena")
        .sees("1 of")
        .keys("\r")
        .misses("Enter take");
    to_field(&mut tty, "Readers");
    tty.keys("\r")
        .sees("Enter take")
        .keys("all staff")
        .sees("1 of")
        .keys("\t\r")
        .misses("Enter take");
    to_field(&mut tty, "Text");
    tty.paste("Every night, and once a month a restore.")
        .sees("Esc done")
        .keys("\x1b")
        .misses("Esc done");
    tty.keys("\x13").sees("new, D-0001");
    // Handed in; what is handed in does not change under the eyes of who approves it.
    tty.keys(" s").sees("Submit D-0001").keys("\x13").sees("now in-review");
    tty.keys(" a").sees("may not choose 'Approve' for D-0001");
    quit(tty);

    // It waits for the approver on Today, with the key that decides.
    let mut tty = play(&home, "Elena");
    tty.sees("1 for you to decide").sees("Backup rules").sees("space a");
    tty.keys("\r")
        .sees("Every night")
        .keys(" a")
        .sees("Approve D-0001")
        .keys("\x13")
        .sees("now approved");
    // A sign-off is not undone, only moved back from with a reason.
    tty.keys("u").sees("approve");
    tty.keys(" i")
        .sees("Put in force D-0001")
        .keys("\x13")
        .sees("now in-force");
    tty.keys("e").sees("may not edit D-0001");
    quit(tty);

    let mut tty = play(&home, "Niko");
    tty.sees("Backup rules").keys(" k").sees("AK-0001");
    tty.keys("gd")
        .sees("Documents 1")
        .keys("\r")
        .sees("Acknowledgements 1")
        .sees("Read and understood");
    quit(tty);
    // The author reads it too, and was never asked to approve it.
    let paper = &records(&home, "document", "id:D-0001")[0];
    assert_eq!(
        (paper["state"].as_str(), paper["in_force_version"].as_u64()),
        (Some("in-force"), Some(1))
    );
    let log = home.ok(&["log", "D-0001"]);
    for who in ["Carla", "Elena"] {
        assert!(log.contains(who), "{log}");
    }
    // What is in force is changed as a next version only.
    let out = home.run(&["--as", "Carla", "set", "D-0001", "body=Never"]);
    let said = String::from_utf8_lossy(&out.stderr).into_owned();
    assert!(!out.status.success() && said.contains("revise"), "{said}");
}
