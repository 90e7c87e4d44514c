//! An analyst with findings to decide before noon: one key each, two taken back, and the line that drops midway.

use crate::support::Home;
use crate::{SMALL, records};

/// How many findings the scanner left.
const FINDINGS: usize = 14;

/// A store with an asset that has an owner, a risk, and findings that nobody has looked at.
fn scanned() -> Home {
    let home = Home::new();
    home.ok(&["init", "--name", "Harbour Bank"]);
    home.ok(&["add", "asset", "title=Gateway", "owner=me"]);
    home.ok(&["add", "risk", "title=Poisoned package"]);
    for n in 1..=FINDINGS {
        let title = format!("title=Hole {n:02}");
        home.ok(&[
            "add",
            "finding",
            &title,
            "asset=A-0001",
            "severity=high",
            "source=scanner",
        ]);
    }
    home
}

fn waiting(home: &Home) -> usize {
    records(home, "finding", "state:new").len()
}

/// Whether it is kept that findings are being decided.
fn kept(home: &Home) -> bool {
    let folder = home.path().join(".local/state/isms");
    let files = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let texts = files.filter_map(|f| std::fs::read_to_string(f.path()).ok());
    texts.into_iter().any(|t| t.contains("\"triage\":\"finding\""))
}

#[test]
fn twelve_are_decided_two_taken_back_and_the_line_drops() {
    let home = scanned();
    let mut tty = home.screen(&[], SMALL, &[]);
    tty.sees("live");
    tty.keys("gf")
        .sees("Hole 01")
        .keys("t")
        .sees("Triage of findings")
        .sees("0 of 14");
    // Handed on with a line of reason, and three more alike.
    tty.keys("t").sees("Reason").keys("the vendor\r").sees("1 of 14");
    for n in 2..=4 {
        tty.keys(".").sees(&format!("{n} of 14"));
    }
    // Three at once, under a risk that is found by a few letters.
    tty.keys("xxx").sees("3 selected");
    tty.keys("m").sees("Enter take").keys("poisoned").sees("/ poisoned");
    tty.keys("\r").sees("7 of 14");
    // Two are borne: an exception each.
    tty.keys("\x1b").misses("selected");
    tty.sees("Triage of findings")
        .keys("a")
        .sees("Reason")
        .keys("too dear to mend\r")
        .sees("8 of 14");
    tty.keys(".").sees("9 of 14");
    // One is put off, one is the same as another, one was never there.
    tty.keys("s").sees("Put off until").keys("\r").sees("10 of 14");
    tty.keys("d").sees("Enter take").keys("hole 01").sees("/ hole 01");
    tty.keys("\r").misses("Enter take").keys("\r").sees("11 of 14");
    tty.keys("v").sees("Reason").keys("switched off\r").sees("12 of 14");
    // Two of them are taken back.
    tty.keys("u").sees("11 of 14").keys("u").sees("10 of 14");
    // Where one is, is kept once the keys rest.
    tty.until("the place is kept", |_| kept(&home));
    tty.hang_up();
    tty.exits();
    assert_eq!(records(&home, "exception", "").len(), 2);
    // Put off is still new, but does not wait.
    assert_eq!(waiting(&home), 5);
    // And on from there.
    let mut tty = home.screen_again(&[], SMALL, &[]);
    tty.sees("Triage of findings").sees("0 of 4");
    tty.keys("t").sees("Reason").keys("the vendor\r").sees("1 of 4");
    tty.keys("Q");
    assert_eq!(tty.exits(), 0);
    assert!(home.ok(&["verify"]).ends_with("ok\n"));
}

#[test]
fn a_megabyte_is_pasted_and_the_screen_lives() {
    let home = scanned();
    let mut tty = home.screen(&[], SMALL, &[]);
    tty.sees("live").keys("gf").sees("Hole 01");
    let text = "ddQ never a command\n".repeat(50_000);
    // Where there is nothing to paste into, it is left out with a word.
    tty.paste(&text).sees("was left out");
    // Into one line it goes as one, as far as a line goes.
    tty.keys("/").sees("Esc clears").paste(&text).sees("only the first");
    tty.keys("\x1b").misses("Esc clears").sees("Hole 01");
    assert_eq!(records(&home, "finding", "").len(), FINDINGS);
    tty.keys("Q");
    assert_eq!(tty.exits(), 0);
}
