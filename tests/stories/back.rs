//! Somebody leaves and comes back: to the same screen, the same filter, the same record, as far as it is still there.

use crate::support::{Home, Tty};
use crate::{WIDE, begun, given_back, quit};
use std::path::PathBuf;

const RISKS: [&str; 3] = ["Water in the cellar", "Fire in the cellar", "Wind on the roof"];

/// The screen where it was left.
fn again(home: &Home) -> Tty {
    let mut tty = home.screen_again(&[], WIDE, &[]);
    tty.sees("live");
    tty
}

/// The file in which it is kept where one was.
fn kept(home: &Home) -> PathBuf {
    let all = std::fs::read_dir(home.path().join(".local/state/isms")).unwrap();
    let paths = all.flatten().map(|f| f.path());
    let mut sessions = paths.filter(|p| p.file_name().unwrap().to_string_lossy().starts_with("session-"));
    sessions.next().unwrap()
}

/// Leaves with the risks filtered and one of them open.
fn left_in_a_risk() -> Home {
    let home = begun(&RISKS);
    let mut tty = again(&home);
    tty.keys("gr").sees("Risks 3");
    tty.keys("/cellar\r").sees("2 of 3");
    tty.keys("j\r").sees("R-0002").sees("Assessment");
    quit(tty);
    home
}

#[test]
fn one_comes_back_to_where_one_left() {
    let home = left_in_a_risk();
    let mut tty = again(&home);
    tty.sees("R-0002").sees("Assessment");
    tty.keys("\x1b").sees("2/2 of 3").sees("/cellar");
    // The trail goes on from here.
    tty.keys("\x1b").sees("2/3");
    quit(tty);
    let mut tty = again(&home);
    tty.sees("Risks 3").sees("2/3");
    quit(tty);
    let mut tty = home.screen(&[], WIDE, &[]);
    tty.sees("live").sees("overdue");
    quit(tty);
}

#[test]
fn what_is_not_there_any_more_is_left_out_with_a_word() {
    let home = left_in_a_risk();
    std::fs::remove_dir_all(home.store()).unwrap();
    home.ok(&["init", "--name", "Harbour Bank", "--currency", "EUR"]);
    let mut tty = again(&home);
    tty.sees("R-0002 was open here and is not there any more");
    tty.keys("j").sees("/cellar").sees("Nothing fits");
    quit(tty);
}

#[test]
fn a_foreign_file_is_no_place_to_come_back_to() {
    use std::os::unix::fs::PermissionsExt;
    let home = left_in_a_risk();
    let path = kept(&home);
    assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    for bytes in [&b"\xff\0{"[..], b"{}", b"[]", b"{\"form\":1,\"screen\":\"two\"}"] {
        std::fs::write(&path, bytes).unwrap();
        let mut tty = again(&home);
        tty.sees("where you left cannot be read").sees("overdue");
        quit(tty);
    }
    // Names that nobody knows are passed over.
    let strange = r#"{"form":1,"screen":99,"registers":{"1":"moons","77":"risk"},"within":"moon","stage":88,
        "lists":{"moon":{},"risk":{"query":"is:(","sort":["moon",true],"place":{"at":99999,"top":99999}}},
        "layers":[{"tree":{"root":{"kind":"moon"},"place":{"at":1,"top":2},"open":[],"query":""}}]}"#;
    std::fs::write(&path, strange).unwrap();
    let mut tty = again(&home);
    tty.sees("moon was open here and is not there any more");
    tty.keys("gr").sees("Risks 3");
    quit(tty);
}

/// The first frame of the screen, as bytes.
fn first_frame(tty: &mut Tty) -> String {
    tty.sees("live");
    let (raw, _) = tty.take_raw();
    let end = raw.windows(8).position(|w| w == b"\x1b[?2026l").unwrap();
    String::from_utf8_lossy(&raw[..end]).into_owned()
}

#[test]
fn what_showed_is_there_before_the_store_is_read_as_long_as_it_is_still_so() {
    let home = begun(&RISKS);
    let mut tty = again(&home);
    tty.keys("gr").sees("Risks 3").sees("Wind on the roof");
    quit(tty);
    let mut tty = again(&home);
    let frame = first_frame(&mut tty);
    assert!(
        frame.contains("Wind on the roof") && frame.contains("loading"),
        "{frame}"
    );
    tty.keys("j").sees("2/3");
    quit(tty);
    // Something has changed meanwhile.
    home.ok(&["add", "risk", "title=Mice in the roof"]);
    let mut tty = again(&home);
    assert!(!first_frame(&mut tty).contains("Wind on the roof"));
    tty.sees("Mice in the roof").sees("Risks 4");
    quit(tty);
    // Another day, other colours, another person: each begins anew.
    for (arguments, environment) in [
        (&[][..], &[("ISMS_CLOCK", "+1d")][..]),
        (&["--ascii"], &[]),
        (&["--as", "P-0001"], &[]),
    ] {
        let mut tty = home.screen_again(arguments, WIDE, environment);
        assert!(
            !first_frame(&mut tty).contains("Wind on the roof"),
            "{arguments:?} {environment:?}"
        );
        tty.sees("Wind on the roof");
        tty.signal(rustix::process::Signal::KILL).exits();
    }
}

#[test]
fn damage_is_told_whatever_was_shown_before() {
    let home = begun(&RISKS);
    let mut tty = again(&home);
    tty.keys("gr").sees("Risks 3").sees("Wind on the roof");
    quit(tty);
    let journal = home.store().join("journal/000001.jsonl");
    let mut bytes = std::fs::read(&journal).unwrap();
    let at = bytes.windows(5).position(|w| w == b"Water").unwrap();
    bytes[at] = b'L';
    std::fs::write(&journal, bytes).unwrap();
    let mut tty = home.screen_again(&[], WIDE, &[]);
    tty.sees("read-only")
        .sees("nothing can be changed: journal/000001.jsonl line");
    quit(tty);
}

#[test]
fn the_demonstration_begins_anew_each_time() {
    let home = Home::new();
    for _ in 0..2 {
        let mut tty = home.screen_again(&["--demo"], WIDE, &[]);
        tty.sees("Overdue").keys("gr").sees("Risks").keys("Q");
        assert_eq!(tty.exits(), 0);
        given_back(&mut tty);
    }
}

#[test]
fn a_second_screen_follows_the_first() {
    let home = begun(&RISKS);
    let mut first = again(&home);
    let mut second = home.screen(&[], WIDE, &[]);
    second.sees("read-only").keys("gr").sees("Risks 3");
    for title in ["Mice in the walls", "Rats in the walls"] {
        first.keys("gr").sees("Wind on the roof").keys("n").sees("New risk");
        first
            .keys(title)
            .sees(title)
            .keys("\x13")
            .misses("New risk")
            .sees(title);
        // Without a key, within seconds.
        second.sees(title).sees("record.create by");
    }
    second.sees("Risks 5").keys("gl").sees("All changes").sees("#6");
    quit(second);
    quit(first);
}

#[test]
fn settings_are_read_again_while_the_screen_is_open() {
    let home = begun(&RISKS);
    let config = home.path().join(".config/isms");
    std::fs::create_dir_all(&config).unwrap();
    let mut tty = again(&home);
    let keys = config.join("keys.toml");
    std::fs::write(&keys, "[everywhere]\n\"F7\" = \"go.log\"\n").unwrap();
    tty.signal(rustix::process::Signal::USR1)
        .sees("settings and keys were read again");
    tty.keys("\x1b[18~").sees("All changes");
    // A mistake is named, and what held before still holds.
    std::fs::write(&keys, "[everywhere]\n\"F7\" = \"go.moon\"\n").unwrap();
    tty.keys("\x1b").misses("All changes");
    tty.keys(":session.reload\r")
        .sees("there is no action")
        .sees("'go.moon'");
    tty.keys("\x1b[18~").sees("All changes");
    std::fs::write(config.join("config.toml"), "mouse = true\ncolour = \"red\"\n").unwrap();
    tty.signal(rustix::process::Signal::USR1)
        .sees("config.toml, line 2: unknown field");
    quit(tty);
}
