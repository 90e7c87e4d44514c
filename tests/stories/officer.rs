//! A security officer takes a risk of the demonstration to figures, plans a control against it, and sees what a failed
//! control does: on the curve, on Today, in the heat map, in the totals, each down to the records that say so.

use crate::support::{Home, Tty};
use crate::{WIDE, quit, to_field};

/// The amounts in the line of the screen that begins with these words, once so many are there.
fn amounts(tty: &mut Tty, words: &str, many: usize) -> Vec<f64> {
    tty.until(words, |s| amounts_on(s, words).len() == many);
    tty.with(|screen, _| amounts_on(screen, words))
}

fn amounts_on(screen: &vt100::Screen, words: &str) -> Vec<f64> {
    let text = screen.contents();
    let line = text
        .lines()
        .find(|l| l.trim_start().starts_with(words) || l.contains(&format!("EUR {words}")));
    let Some(line) = line else { return Vec::new() };
    let parts = line.split(" EUR");
    let numbers = parts.filter_map(|p| p.rsplit(' ').next()?.replace(',', "").parse().ok());
    numbers.collect()
}

/// The number before a word on the screen, as in "3 stale".
fn number(screen: &vt100::Screen, word: &str) -> usize {
    let text = screen.contents();
    let words: Vec<&str> = text.split_whitespace().map(|w| w.trim_end_matches(',')).collect();
    let at = words.windows(2).find(|pair| pair[1] == word);
    at.and_then(|pair| pair[0].trim_start_matches('!').parse().ok())
        .unwrap_or(0)
}

/// How many risks in the cells of the heat map lost the ground on which they were judged: "M 4 !2".
fn shaken(screen: &vt100::Screen) -> usize {
    let text = screen.contents();
    let cells = text.lines().skip(3).flat_map(str::split_whitespace);
    cells
        .filter_map(|w| w.trim_matches(['[', ']']).strip_prefix('!')?.parse::<usize>().ok())
        .sum()
}

/// How many risks stand at a level, as the line below the heat map counts them.
fn at_level(screen: &vt100::Screen, level: &str) -> usize {
    let text = screen.contents();
    let words: Vec<&str> = text.split_whitespace().collect();
    let counts = words.windows(2).filter(|pair| pair[0] == level);
    counts.filter_map(|pair| pair[1].parse().ok()).next_back().unwrap_or(0)
}

/// Opens a record from anywhere.
fn open(tty: &mut Tty, id: &str, title: &str) {
    tty.keys(":").sees("Go to, or do").keys(id).sees(title).keys("\r");
    tty.sees(&format!("{id}  {title}"));
}

/// What the risk is expected to cost a year: without controls, now, as planned.
fn losses(tty: &mut Tty) -> Vec<f64> {
    tty.keys("$").sees("100,000 years, seed 1").sees("/ find");
    let all = amounts(tty, "Expected loss", 3);
    tty.keys("q").misses("what a year may cost");
    all
}

#[test]
fn a_risk_goes_from_a_sentence_to_a_breach_and_a_failed_control_is_felt_everywhere() {
    let home = Home::new();
    let mut tty = home.screen(&["--demo"], WIDE, &[]);
    tty.sees("expected a year").misses("working out");
    open(&mut tty, "R-0007", "Settlement file");
    let told = losses(&mut tty);
    assert_eq!(told[1], told[2], "nothing is planned yet");

    // The sentence is put into figures, and what whole years cost is more than is borne.
    tty.sees("A faulty release of the settlement engine").keys("e");
    tty.sees("Edit R-0007");
    to_field(&mut tty, "Losses a year");
    tty.keys("\x05\x152..9").sees("2..9");
    to_field(&mut tty, "Primary loss");
    tty.keys("\x05\x15300k..2M\x13").sees("takes it back");
    tty.keys("$")
        .sees("100,000 years, seed 1")
        .sees("% tolerated")
        .sees("A year costs more than");
    tty.keys("q").misses("what a year may cost");
    let dear = losses(&mut tty);
    assert!(dear[1] > 10.0 * told[1], "{dear:?}");

    // A control against it, planned: the target moves, and nothing else.
    tty.keys(" N")
        .sees("New, linked")
        .keys("control")
        .sees("Control (works on)")
        .keys("\r");
    tty.sees("New control").keys("Sums compared before a file goes out");
    to_field(&mut tty, "Mechanism");
    tty.keys("p").sees("Protection").misses("Enter take");
    // before it is saved it is asked how much it takes away
    tty.keys("\x13").sees("▌ Share").keys("60%\x13").misses("C-s take");
    tty.keys("\x13").sees("takes it back");
    tty.keys("e").sees("Edit R-0007");
    to_field(&mut tty, "Controls planned");
    tty.keys(" ").sees("Enter take").keys("sums comp").sees("/ sums comp");
    tty.keys("\t\r").misses("Enter take").keys("\x13").sees("takes it back");
    let planned = losses(&mut tty);
    assert_eq!(planned[..2], dear[..2]);
    assert!(planned[2] < planned[1] / 2.0, "{planned:?}");

    // Before a control fails.
    tty.keys("0").sees("expected a year").sees("of the loss");
    let (total, stale) = (amounts(&mut tty, "expected", 1)[0], tty.with(|s, _| number(s, "stale")));
    tty.keys("gH").sees("Current · ISO/IEC 27005 5x5");
    tty.until("the map", |s| shaken(s) == number(s, "stale") && shaken(s) > 0);
    let before = tty.with(|s, _| shaken(s));
    open(&mut tty, "C-0013", "Four eyes");
    tty.keys(" f").sees("Reason");
    to_field(&mut tty, "Reason");
    tty.keys("one release went out alone\x13").sees("takes it back");

    // Today, the map and the totals say so at once.
    tty.keys("0").sees("expected a year").sees("of the loss");
    let after = amounts(&mut tty, "expected", 1)[0];
    assert!(after > total, "{after} is not above {total}");
    assert!(tty.with(|s, _| number(s, "stale")) > stale);
    tty.keys("gH").sees("Current · ISO/IEC 27005 5x5");
    tty.until("the map shows whose ground is gone", |s| shaken(s) > before);
    // what the controls that are left make of it stands beside what the assessors say
    tty.keys("vvv").sees("Suggested level · ");
    // and where less is left of a control than a level holds, its risk goes up
    let medium = tty.with(|s, _| at_level(s, "Medium"));
    assert!(medium > 0);
    open(&mut tty, "C-0004", "Keys in hardware modules");
    tty.keys(" f").sees("Reason");
    to_field(&mut tty, "Reason");
    tty.keys("a module was lost\x13").sees("takes it back");
    tty.keys("gH").sees("Suggested level · ");
    tty.until("a risk goes up a level", |s| at_level(s, "Medium") + 1 == medium);

    // How three numbers came to be: of all, of the control, of the risk; and from the risk to the control that failed.
    tty.keys("0").sees("expected a year").keys("gg");
    tty.keys("=")
        .sees("how its figures came to be")
        .keys("q")
        .misses("how its figures");
    open(&mut tty, "C-0013", "Four eyes");
    tty.keys("=").sees("how its figures came to be").sees("Avoids a year");
    tty.keys("q").misses("how its figures");
    open(&mut tty, "R-0007", "Settlement file");
    tty.keys("=")
        .sees("how its figures came to be")
        .keys("/four eyes\r")
        .sees("C-0013 Four eyes");
    tty.keys("G\r").sees("C-0013  Four eyes").sees("Failed");
    quit(tty);
}
