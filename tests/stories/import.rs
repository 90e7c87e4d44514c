//! A table that nobody made for this program comes in: two of its columns are said by hand, a row is refused, what is
//! left is one commit, and one key takes it back.

use crate::support::Home;
use crate::{SMALL, count, quit, records};

#[test]
fn a_table_with_odd_heads_comes_in_and_is_taken_back() {
    let home = Home::new();
    home.ok(&["init", "--name", "Harbour Bank"]);
    let table = "Nr;Headline;What might happen;Next review\n\
                 7;Fire in the hall;=It burns;2027-03-01\n\
                 8;Flood;\"The river\ncomes in\";soonish\n\
                 9;Theft;;\n";
    std::fs::write(home.path().join("Old risks.csv"), table).unwrap();
    let mut tty = home.screen(&[], SMALL, &[]);
    tty.sees("live").keys("gr").sees("No risks yet");
    tty.keys(":register.import\r").sees("Import which file");
    // The path is completed; what is wrong with it is said where it stands.
    tty.keys("nothing.csv\r").sees("cannot be read");
    tty.keys("\x15Ol\t").sees("Old risks.csv").keys("\r");
    // Two heads are known to nobody.
    tty.sees("3 rows into Risks").sees("Headline").sees("left out");
    tty.keys("jc")
        .sees("'Headline' is")
        .keys("title\r")
        .misses("'Headline' is");
    tty.keys("jc")
        .sees("'What might happen' is")
        .keys("description\r")
        .sees("Description");
    tty.keys("\r")
        .sees("What the import would do")
        .sees("2 risks new; 1 row left out");
    tty.sees("line 4, column 'Next review', 'soonish': does not fit");
    // Esc goes back to the columns, and nothing was done.
    tty.keys("\x1b")
        .misses("What the import would do")
        .sees("3 rows into Risks");
    assert_eq!(count(&home, "risk", ""), 0);
    tty.keys("\r")
        .sees("Enter imports it")
        .keys("\r")
        .sees("Imported")
        .keys("\x1b");
    tty.misses("Imported")
        .sees("Risks 2")
        .sees("Fire in the hall")
        .sees("Theft");
    let fire = &records(&home, "risk", "Fire")[0];
    assert_eq!(
        (fire["description"].as_str(), fire["next_review"].as_str()),
        (Some("=It burns"), Some("2027-03-01"))
    );
    // One commit, one undo.
    assert!(home.ok(&["log", "-n", "1"]).contains("#2 "));
    tty.keys("u").sees("took back #2").sees("Risks 0");
    assert_eq!(count(&home, "risk", ""), 0);
    quit(tty);
}
