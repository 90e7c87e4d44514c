//! Somebody who has nothing yet: begins, brings a register in, and works through it.

use crate::support::Home;
use crate::{WIDE, count, quit, records, to_field};

/// Where a sample lies.
fn sample(name: &str) -> String {
    format!("{}/tests/samples/{name}", env!("CARGO_MANIFEST_DIR"))
}

#[test]
fn a_newcomer_brings_a_register_in_and_works_through_it() {
    let home = Home::new();
    let mut tty = home.screen(&[], WIDE, &[]);
    // Where there is nothing, three ways to begin are offered.
    tty.sees("How do you want to begin?")
        .sees("Start empty")
        .sees("Look at the demonstration")
        .sees("Import a register");
    tty.keys("\x1b[B\r").sees("The organisation's name");
    tty.keys("Harbour Bank\r").sees("Its currency").keys("eur\r");
    tty.sees("The country where it is seated").keys("pt\r");
    // The register is shown first, then taken in.
    tty.sees("Import which file");
    tty.keys(&sample("ciso-assistant-risks.csv")).keys("\r");
    tty.sees("an export of CISO Assistant").keys("\r");
    tty.sees("What the import would do")
        .sees("20 assets, 56 risks")
        .keys("\r");
    tty.sees("Imported").keys("\x1b").misses("Imported");
    tty.keys("gr").sees("Risks 56").sees("Assets 20");

    // Three letters find a risk; Esc shows all again.
    tty.keys("/upl").sees("10 of 56").sees("Uplink cut by building works");
    tty.misses("Website defaced").keys("\r").misses("Enter keeps");
    tty.keys("\x1b").misses(" of 56").sees("Website defaced");

    // Twelve rows, two fields, two commits.
    tty.keys("ggxxxxxxxxxxxx").sees("12 selected");
    tty.keys("ct").sees("Treatment: 12 risks").keys("mit").sees("1 of 5");
    tty.keys("\r").sees("#3");
    tty.keys("co")
        .sees("Owner: 12 risks")
        .sees("1 of 1")
        .keys("\r")
        .sees("#4");
    // What was done is there for any other program to see, while the screen is open.
    let owned = records(&home, "risk", "owner:P-0001");
    assert_eq!(owned.len(), 12);
    assert!(owned.iter().all(|r| r["treatment"] == "mitigate"), "{owned:#?}");
    tty.keys("u").sees("#5 took back #4");
    assert_eq!(count(&home, "risk", "owner:P-0001"), 0);
    tty.keys("\x12").sees("#6 did again what #5 took back");
    assert_eq!(count(&home, "risk", "owner:P-0001"), 12);

    // The history of one of them tells all of it.
    tty.keys("\x1b")
        .misses("12 selected")
        .keys("gg")
        .keys("gh")
        .sees("History");
    for line in [
        "redo (takes back #5)",
        "undo (takes back #4)",
        "Avoid → Mitigate",
        "import",
    ] {
        tty.sees(line);
    }
    tty.keys("\x1b").misses("takes back").sees("Website defaced");

    // The form: two more assets, found by letters, and a control that is not there yet.
    tty.keys("e").sees("Edit R-0004");
    to_field(&mut tty, "Assets");
    tty.keys("\r").sees("2 marked, 20 of 20");
    tty.keys("payr").sees("1 of 20").keys("\t").sees("3 marked");
    tty.keys("\x15")
        .sees("20 of 20")
        .keys("laptops")
        .sees("1 of 20")
        .keys("\t")
        .sees("4 marked");
    tty.keys("\r").sees("4: ");
    to_field(&mut tty, "Controls planned");
    tty.keys("\r")
        .sees("0 marked, 20 of 20")
        .keys("Two people for deletion");
    tty.sees("create new control 'Two people for deletion'")
        .keys("\r")
        .sees("New control");
    tty.keys("\x13").misses("New control").keys("\x13").sees("#7");
    let risk = &records(&home, "risk", "id:R-0004")[0];
    assert_eq!(risk["assets"].as_array().unwrap().len(), 4, "{risk:#}");
    let planned = risk["planned_controls"].as_array().unwrap();
    let made = &records(&home, "control", "title:\"Two people for deletion\"")[0];
    assert_eq!(planned.len(), 1, "{risk:#}");
    assert_eq!(planned[0], made["id"], "{risk:#}");

    // What is not allowed is said, with what would be.
    tty.keys(" e")
        .sees("R-0004 is identified; 'Evaluate' starts from analysed");
    quit(tty);
}
