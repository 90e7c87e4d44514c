//! A security officer makes the matrix of the organisation: what falls or is empty is refused with its cell, what is
//! saved is offered for choosing with every risk that it moves, and all of it can be taken back.

use crate::support::Home;
use crate::{SMALL, quit, records};

/// The level of the risk, and by which method, if it names one.
fn judged(home: &Home) -> (String, Option<String>) {
    let all = records(home, "risk", "");
    let text = |name: &str| all[0][name].as_str().map(str::to_owned);
    (text("current_level").unwrap_or_default(), text("method"))
}

fn in_force(home: &Home) -> String {
    let all = records(home, "organisation", "");
    all[0]["method"].as_str().unwrap_or_default().to_owned()
}

#[test]
fn a_matrix_is_edited_chosen_mapped_and_taken_back() {
    let home = Home::new();
    home.ok(&["init", "--name", "Harbour Bank"]);
    home.ok(&[
        "add",
        "risk",
        "title=Flood",
        "current_likelihood=unlikely",
        "current_impact=catastrophic",
    ]);
    let (before, _) = judged(&home);
    let mut tty = home.screen(&[], SMALL, &[]);
    tty.sees("live").keys("gM").sees("No risk criteria");
    tty.keys("M").sees("Matrix of ISO/IEC 27005 5x5");
    // Very low by the third impact becomes very high: the next cell falls, and nothing is saved.
    tty.keys("ll5")
        .sees("falls at Unlikely by Critical (row 1, column 4)")
        .keys("\r");
    tty.sees("falls at Unlikely by Critical");
    tty.keys("\x7f")
        .sees("Unlikely by Serious (row 1, column 3) may not be empty");
    tty.keys("2")
        .misses("falls")
        .keys("ll3")
        .sees("Enter saves it as ISO/IEC 27005 5x5 v2");
    tty.keys("\r").sees("1 of 1 would move to another level");
    tty.sees("choose it in ORG-0001");
    assert_eq!(judged(&home).0, before, "nothing has moved yet");
    // Chosen: what was judged before is offered for mapping at once.
    tty.keys("\r").sees("1 of 1 move to another level").sees("map them all");
    assert_eq!(in_force(&home), "iso27005-5x5-v2");
    let kept = judged(&home);
    assert_eq!(
        (kept.0.as_str(), kept.1.as_deref()),
        (before.as_str(), Some("iso27005-5x5"))
    );
    tty.keys("\r").misses("map them all");
    tty.until("the risk is mapped", |_| judged(&home) == ("medium".into(), None));
    // And back, one step after the other.
    tty.keys("u").sees("took back");
    tty.until("the mapping is taken back", |_| judged(&home).0 == before);
    tty.keys("u");
    tty.until("the choice is taken back", |_| in_force(&home) != "iso27005-5x5-v2");
    quit(tty);
    assert!(home.ok(&["verify"]).ends_with("ok\n"));
}
