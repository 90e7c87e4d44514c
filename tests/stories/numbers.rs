//! A security officer takes a risk to figures: what it costs a year, how that came to be, and what whole years may cost.

use crate::SMALL;
use crate::support::Home;

#[test]
fn a_risk_is_followed_from_its_sum_to_its_reasons_and_its_years() {
    let home = Home::new();
    home.ok(&["init", "--name", "Harbour Bank", "--currency", "EUR"]);
    home.ok(&[
        "add",
        "risk",
        "title=Wrong invoice",
        "owner=me",
        "frequency=2",
        "primary_loss=10k..40k",
    ]);
    home.ok(&[
        "add",
        "control",
        "title=Four eyes",
        "owner=me",
        "mechanism=protection",
        "party=management",
        "domain=management",
        r#"effects=[{"to": "R-0001", "share": "50%"}]"#,
    ]);
    home.ok(&["move", "C-0001", "implement", "coverage=90%", "test_by=30d"]);
    let mut tty = home.screen(&[], SMALL, &[]);
    tty.sees("expected a year");
    tty.keys("gr").sees("Wrong invoice").keys("\r").sees("Stale because");
    // From the sum to the control that makes it smaller.
    tty.keys("=")
        .sees("how its figures came to be")
        .keys("/")
        .keys("four eyes\r");
    tty.sees("C-0001 Four eyes").keys("\x1b\x1b").misses("how its figures");
    // The exact mean is there at once, the years when they are drawn.
    tty.keys("$")
        .sees("what a year may cost")
        .sees("100,000 years, seed 1")
        .sees("VaR 95 %");
    tty.keys("q").misses("what a year may cost").sees("Wrong invoice");
}
