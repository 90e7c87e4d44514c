//! An operator on a jump host: a small window, no colours, perhaps no UTF-8 either; and windows that change.

use crate::support::{Home, Tty};
use crate::{SMALL, WIDE, begun, given_back, open, quit, records};

/// The bytes of `ESC [ ... m` sequences.
fn colours(raw: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(raw).into_owned();
    let sequences = text.split("\x1b[").skip(1);
    let looks = sequences.filter_map(|s| {
        let end = s.find(|c: char| !c.is_ascii_digit() && c != ';')?;
        s[end..].starts_with('m').then(|| s[..end].to_owned())
    });
    let colour = |n: &str| {
        n.parse()
            .is_ok_and(|n: u16| (30..=49).contains(&n) || (90..=107).contains(&n))
    };
    looks.filter(|s| s.split(';').any(colour)).collect()
}

/// Looks at what is due, opens a risk, filters, and changes one field; then returns every byte that was sent.
fn five_minutes(home: &Home, environment: &[(&str, &str)]) -> Vec<u8> {
    let mut tty = home.screen(&[], SMALL, environment);
    tty.sees("Today").sees("live").sees("Fire in the attic").sees("late");
    tty.keys("\r")
        .sees("Treat by")
        .sees("identified")
        .keys("q")
        .sees("0 Today");
    tty.keys("gr")
        .sees("Risks 2")
        .keys("/wat")
        .sees("1 of 2")
        .keys("\r")
        .misses("Enter keeps");
    tty.misses("Fire in the attic")
        .keys("ct")
        .sees("Treatment:")
        .keys("avo")
        .sees("1 of 4");
    tty.keys("\r").sees("#5").sees("Avoid");
    tty.keys("gh")
        .sees("History")
        .keys("?")
        .sees("type to search")
        .keys("\x1b")
        .misses("type to search");
    tty.keys("Q");
    assert_eq!(tty.exits(), 0);
    given_back(&mut tty);
    let water = &records(home, "risk", "title:Water")[0];
    assert_eq!(water["treatment"], "avoid", "{water:#}");
    tty.take_raw().0
}

/// A store in which something is late, with a mark in a title that is not ASCII.
fn late() -> Home {
    let home = begun(&["Water in the cellar – again", "Fire in the attic"]);
    home.ok(&["set", "R-0002", "treat_by=2 days ago", "owner=me"]);
    home
}

#[test]
fn without_colours_the_words_say_it() {
    let raw = five_minutes(&late(), &[("NO_COLOR", "1"), ("COLORTERM", "truecolor")]);
    assert_eq!(colours(&raw), [""; 0]);
}

#[test]
fn without_utf8_every_byte_is_ascii() {
    let raw = five_minutes(&late(), &[("LANG", "C"), ("LC_ALL", "C")]);
    let strange: Vec<&[u8]> = raw.split(|b| *b == b'\n').filter(|line| !line.is_ascii()).collect();
    assert!(
        strange.is_empty(),
        "{:?}",
        strange.iter().map(|l| String::from_utf8_lossy(l)).collect::<Vec<_>>()
    );
    // And the same story with colours has some, or the test above would see none anywhere.
    assert!(!colours(&raw).is_empty());
}

#[test]
fn a_window_may_change_and_nothing_is_lost() {
    let home = begun(&["Water in the cellar", "Fire in the attic"]);
    let mut tty = open(&home, WIDE);
    tty.keys("gr")
        .sees("Risks 2")
        .keys("/fire")
        .sees("1 of 2")
        .keys("\r")
        .misses("Enter keeps");
    tty.keys("e")
        .sees("Edit R-0002")
        .keys(" again and again")
        .sees("attic again and again");
    tty.resize(80, 24).until("80x24", |s| {
        s.rows(0, 80).all(|r| !r.is_empty()) || s.contents().contains("C-s save")
    });
    tty.sees("again and again")
        .resize(59, 15)
        .sees("59x15 is too small: 60x16 is needed");
    assert!(!tty.text().contains("attic"));
    tty.resize(200, 50).sees("Edit R-0002").sees("attic again and again");
    tty.resize(60, 16)
        .sees("again and again")
        .keys(" and")
        .sees("again and");
    tty.keys("\x13")
        .sees("#4")
        .sees("1/1")
        .resize(120, 40)
        .sees("Fire in the attic again and again and");
    tty.misses("Water in the cellar");
    quit(tty);
}

#[test]
fn it_stops_for_the_shell_and_goes_on() {
    let home = begun(&["Water in the cellar"]);
    let script = format!(
        "set -m; {} ; echo the shell has it; read line; fg >/dev/null",
        crate::support::ISMS
    );
    let mut all = home.environment();
    all.push(("TERM".into(), "xterm-256color".into()));
    let mut tty = Tty::start("/bin/sh", &["-c", &script], WIDE, &all, home.path());
    tty.sees("live")
        .keys("gr")
        .sees("Risks 1")
        .keys("n")
        .sees("New risk")
        .keys("Half a ti")
        .sees("Half a ti");
    // In the middle of a word.
    tty.keys("\x1a").sees("the shell has it");
    given_back(&mut tty);
    tty.keys("on\n").sees("Half a ti").misses("the shell has it");
    tty.keys("tle\x13").sees("#3").sees("Half a title").keys("Q");
    tty.exits();
    given_back(&mut tty);
    assert_eq!(records(&home, "risk", "title:\"Half a title\"").len(), 1);
}
