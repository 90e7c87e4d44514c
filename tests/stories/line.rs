//! The line to the program breaks, or somebody tells it to end: what was typed is there at the next start.

use crate::support::{Home, Tty};
use crate::{SMALL, WIDE, begun, count, given_back, open, quit, records, to_field};
use rustix::process::Signal;

/// Types half of a new risk, with a day that is none.
fn half_a_form(home: &Home) -> Tty {
    let mut tty = open(home, WIDE);
    tty.keys("gr").sees("Risks 1").keys("n").sees("New risk");
    tty.keys("Ein Bagger reißt das Kabel 風").sees("Kabel 風");
    to_field(&mut tty, "Threat");
    tty.keys("digg").sees("digg");
    to_field(&mut tty, "Treat by");
    tty.keys("when it rai")
        .sees("when it rai")
        .sees("does not fit; expected a date");
    tty
}

/// Goes on with what an earlier session left, and saves it.
fn go_on(home: &Home) {
    let mut tty = open(home, SMALL);
    tty.sees("What you were typing was kept")
        .sees("Go on with 'New risk'")
        .keys("\r");
    // Even what was not understood is as it was typed, and the cursor stands where it stood.
    tty.sees("when it rai")
        .sees("does not fit; expected a date")
        .keys("\x1530d")
        .sees("30d");
    tty.keys("\x13").misses("New risk").sees("#3");
    let made = &records(home, "risk", "title:Kabel")[0];
    assert_eq!(made["title"], "Ein Bagger reißt das Kabel 風", "{made:#}");
    assert_eq!(made["threat"], "digg", "{made:#}");
    assert!(made["treat_by"].is_string(), "{made:#}");
    quit(tty);
    // It is offered once.
    let mut tty = open(home, SMALL);
    tty.keys("gr").sees("Risks 2");
    assert!(!tty.text().contains("was kept"));
    quit(tty);
}

/// Whether a text is in the draft that the screen keeps.
fn written(home: &Home, text: &str) -> bool {
    let Ok(all) = std::fs::read_dir(home.path().join(".local/state/isms")) else {
        return false;
    };
    let drafts = all
        .flatten()
        .filter(|f| f.file_name().to_string_lossy().starts_with("draft-"));
    drafts
        .flat_map(|f| std::fs::read_to_string(f.path()))
        .any(|kept| kept.contains(text))
}

#[test]
fn a_form_outlives_the_line() {
    let home = begun(&["Water in the cellar"]);
    let mut tty = half_a_form(&home);
    tty.hang_up();
    assert_eq!(tty.exits(), 129);
    assert_eq!(count(&home, "risk", ""), 1, "nothing was saved that nobody saved");
    go_on(&home);
}

#[test]
fn a_form_outlives_being_told_to_end() {
    for (signal, status) in [(Signal::HUP, 129), (Signal::TERM, 143)] {
        let home = begun(&["Water in the cellar"]);
        let mut tty = half_a_form(&home);
        tty.signal(signal);
        assert_eq!(tty.exits(), status);
        given_back(&mut tty);
        go_on(&home);
    }
}

#[test]
fn a_form_outlives_even_being_killed() {
    let home = begun(&["Water in the cellar"]);
    let mut tty = half_a_form(&home);
    // A moment after the last key it is on disk.
    tty.until("the draft on disk", |_| written(&home, "when it rai"));
    tty.signal(Signal::KILL).exits();
    go_on(&home);
}

#[test]
fn what_was_typed_may_wait_or_be_thrown_away() {
    let home = begun(&["Water in the cellar"]);
    half_a_form(&home).signal(Signal::TERM).exits();
    let mut tty = open(&home, SMALL);
    tty.sees("was kept")
        .keys("later")
        .sees("1 of 3")
        .keys("\r")
        .misses("was kept");
    quit(tty);
    let mut tty = open(&home, SMALL);
    tty.sees("was kept")
        .keys("throw")
        .sees("1 of 3")
        .keys("\r")
        .misses("was kept");
    quit(tty);
    let mut tty = open(&home, SMALL);
    tty.keys("gr").sees("Risks 1");
    assert!(!tty.text().contains("was kept"));
    quit(tty);
}

#[test]
fn the_second_screen_reads_and_names_who_holds_the_store() {
    let home = begun(&["Water in the cellar"]);
    let first = open(&home, WIDE);
    let mut second = home.screen(&[], WIDE, &[]);
    second
        .sees("read-only")
        .sees(", process ")
        .keys("gr")
        .sees("Water in the cellar");
    // What would change something is refused, and says why.
    second.keys("n").sees("nothing can be changed");
    assert!(home.ok(&["list", "risk"]).contains("Water in the cellar"));
    let refused = home.run(&["add", "risk", "title=Fire in the attic"]);
    assert_eq!(refused.status.code(), Some(3));
    let why = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(why.contains("open"), "{why}");
    assert_eq!(count(&home, "risk", ""), 1);
    quit(second);
    quit(first);
    home.ok(&["add", "risk", "title=Fire in the attic"]);
    assert_eq!(count(&home, "risk", ""), 2);
}
