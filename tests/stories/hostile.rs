//! Text from outside that would like to be obeyed: it is shown, wherever it stands.

use crate::support::Home;
use crate::{WIDE, records, to_field};

/// Writes the clipboard, clears and colours the screen, sets the title, turns text round, hides; and C1 controls.
const EVIL: &str = "A\x1b]52;c;ZXZpbA==\x07B\x1b[2J\x1b[31mC\x1b]0;owned\x1b\\D\u{202e}E\u{200b}F\u{9b}31mG\u{9d}52;c;ZXZpbA==\u{9c}H\u{2066}I\u{feff}J\rK\x08L";

/// What of it a title may hold: it has no control characters, but there are others that act.
const SLY: &str = "One\u{202e}two\u{200b}three\u{2066}four\u{feff}five\u{200f}six";

#[test]
fn text_is_shown_and_never_obeyed() {
    let home = Home::new();
    home.ok(&["init", "--name", SLY]);
    home.ok(&["add", "asset", &format!("title={SLY}")]);
    // A title with control characters is refused, in words that are safe to read.
    std::fs::write(home.path().join("bad.csv"), format!("title;notes\n\"{EVIL}\";x\n")).unwrap();
    let out = home.run(&["import", "risk", "bad.csv"]);
    let refused = [out.stdout, out.stderr].concat();
    harmless("the refusal", &refused);
    assert!(String::from_utf8_lossy(&refused).contains("line 2, column title"));
    // A long text may hold what it likes.
    let csv = format!("title;description;assets\n{SLY};\"{EVIL}\nline two {EVIL}\";A-0001\n");
    std::fs::write(home.path().join("sly.csv"), csv).unwrap();
    home.ok(&["import", "risk", "sly.csv"]);
    home.ok(&["set", "R-0001", "tags=one", &format!("vulnerability={EVIL}")]);
    assert_eq!(records(&home, "risk", "")[0]["title"], SLY, "it is kept as it came");

    let mut tty = home.screen(&[], WIDE, &[]);
    tty.sees("live").keys("gr").sees("Risks 1").sees("R-0001");
    tty.keys("\r").sees("Weakness").sees("line two");
    tty.keys("gh").sees("History").keys("q").misses("History");
    tty.keys("e").sees("Edit R-0001");
    to_field(&mut tty, "Weakness");
    tty.keys("\x1b").misses("Edit R-0001");
    tty.keys("q")
        .sees("Risks 1")
        .keys(":one")
        .sees(": one")
        .keys("\x1b")
        .misses(": one");
    tty.keys("ga")
        .sees("Assets 1")
        .keys("\r")
        .sees("R-0001")
        .keys("q")
        .sees("↓");
    tty.keys("/").sees("Enter keeps").paste(SLY).sees("three");
    tty.keys("\x1b").misses("Enter keeps");
    // Neither is what is pasted into a form.
    tty.keys("n")
        .sees("New asset")
        .paste(EVIL)
        .sees("owned")
        .keys("\x13")
        .sees("✗");
    assert_eq!(
        tty.with(|_, seen| seen.clipboard.len()),
        0,
        "nothing reached the clipboard"
    );
    harmless("the screen", &tty.take_raw().0);
    drop(tty);
    // On the command line it is the same.
    for arguments in [&["list", "risk"][..], &["show", "R-0001"], &["log"], &["log", "R-0001"]] {
        harmless(&arguments.join(" "), home.ok(arguments).as_bytes());
    }
}

/// Holds what went to a terminal against what only a title can have brought.
#[track_caller]
fn harmless(what: &str, raw: &[u8]) {
    let text = std::str::from_utf8(raw).expect("what is sent is UTF-8");
    for bad in ["\x1b]", "\x1b[31mC", "\x07", "K\x08"] {
        assert_eq!(text.find(bad), None, "{what} sends {bad:?}");
    }
    let acts = |c: char| {
        matches!(c, '\u{80}'..='\u{9f}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}')
            || matches!(c, '\u{2066}'..='\u{2069}' | '\u{feff}')
    };
    assert_eq!(text.find(acts), None, "{what} sends what acts");
    assert!(text.matches("\x1b[2J").count() <= 1, "{what} clears the screen");
}
