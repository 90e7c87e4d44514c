//! What showed at the end of a session shows at the beginning of the next, until the store is read, and not a cell of it
//! is anything else.

use super::screen::{NOW, Screen, TODAY};
use crate::ui::modal::Modal;
use crate::ui::still::Still;
use crate::ui::{Model, Msg};
use proptest::prelude::*;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

const SIZE: (u16, u16) = (80, 24);
const WIDE: (u16, u16) = (170, 20);

/// A session over so many findings that was left after these keys: what it showed, where it was, and its glance.
fn left(size: (u16, u16), keys: &str) -> (Vec<String>, String, Vec<u8>) {
    let mut s = Screen::with_findings(size, 90);
    s.keys(keys);
    settle(&mut s);
    let before = lines(&s);
    let (seq, bytes) = s.model.glance().expect("a glance");
    assert_eq!(seq, 41);
    assert_eq!(lines(&s), before, "painting it moves nothing");
    (before, s.model.leave(), bytes)
}

/// Works out what is still to be worked out.
fn settle(s: &mut Screen) {
    while s.model.is_hungry().is_some() {
        s.send(Msg::Turn);
    }
}

/// The next session, before the store is read.
fn next(size: (u16, u16), place: &str, bytes: &[u8]) -> Screen {
    let mut s = Screen::begun(size);
    s.model.resume(place.as_bytes());
    assert!(hang(&mut s, bytes));
    s
}

fn hang(s: &mut Screen, bytes: &[u8]) -> bool {
    Still::read(bytes).is_some_and(|still| s.model.hang(still))
}

fn lines(s: &Screen) -> Vec<String> {
    s.text().lines().map(str::to_owned).collect()
}

fn buffer(m: &Model, size: (u16, u16)) -> Buffer {
    let mut buffer = Buffer::empty(Rect::new(0, 0, size.0, size.1));
    m.view(&mut buffer);
    buffer
}

/// Works out what is still to be worked out, and holds every frame against a screen, but for its first line.
fn work_out(s: &mut Screen, shown: &[String]) {
    while s.model.is_hungry().is_some() {
        assert_eq!(lines(s)[1..], shown[1..]);
        s.send(Msg::Turn);
    }
}

#[test]
fn a_list_and_today_are_there_at_once_and_stay_as_they_are() {
    for size in [SIZE, WIDE] {
        for keys in [
            "g r",
            "g r j j",
            "g f G",
            "g f C-d C-d C-d j",
            "g r p",
            "0",
            "0 j j j",
            "0 Tab",
            "0 m",
            "g r / o u t Enter",
        ] {
            let (before, place, bytes) = left(size, keys);
            let mut s = next(size, &place, &bytes);
            let first = lines(&s);
            assert!(first[0].ends_with("Ada Okafor · #41 · loading"), "{}", first[0]);
            assert_eq!(first[1..], before[1..], "{keys}");
            // What is painted before there is any model is what that paints first.
            let still = Still::read(&bytes).expect("a still");
            assert_eq!(still.buffer(TODAY), Some(buffer(&s.model, size)), "{keys}");
            assert_eq!(still.buffer(TODAY + 1), None);
            s.load(&[], 90);
            work_out(&mut s, &before);
            assert_eq!(lines(&s), before, "{keys}");
            assert!(s.model.glance.is_none());
            // Not only the words, the looks too.
            let mut same = Screen::with_findings(size, 90);
            same.keys(keys);
            settle(&mut same);
            assert_eq!(buffer(&s.model, size), buffer(&same.model, size), "{keys}");
        }
    }
}

#[test]
fn the_cursor_moves_in_it_and_stays_where_it_went() {
    for size in [SIZE, WIDE] {
        for (begun, on) in [
            ("g f", "j j j"),
            ("g f", "PgDn k"),
            ("g f C-d C-d C-d", "PgUp j"),
            ("g f G", "k k"),
            ("0", "j j"),
            ("0", "PgDn"),
        ] {
            let (_, place, bytes) = left(size, begun);
            let mut s = next(size, &place, &bytes);
            s.keys(on);
            let mut real = Screen::with_findings(size, 90);
            real.keys(begun);
            real.keys(on);
            // The keys of the footer are those of the row on which it was painted.
            let rows = |s: &Screen| lines(s)[1..usize::from(size.1) - 1].to_vec();
            assert_eq!(rows(&s), rows(&real), "{begun}, {on}");
            s.load(&[], 90);
            settle(&mut s);
            assert_eq!(lines(&s), lines(&real), "{begun}, {on}");
        }
    }
}

#[test]
fn rows_that_were_not_painted_are_not_made_up() {
    let (_, place, bytes) = left(SIZE, "g f");
    let mut s = next(SIZE, &place, &bytes);
    s.keys("G");
    let text = s.text();
    assert!(text.contains("90/90") && !text.contains("F-0090"), "{text}");
    assert!(text.contains('…'), "{text}");
    s.load(&[], 90);
    settle(&mut s);
    assert!(s.text().contains("F-0090"), "{}", s.text());
}

#[test]
fn nothing_is_changed_before_the_store_is_checked() {
    let (_, place, bytes) = left(SIZE, "g r");
    for keys in ["e", "n", "x", "Enter", "c t", "u"] {
        let mut s = next(SIZE, &place, &bytes);
        s.keys(keys);
        assert!(
            s.text().contains("still being read and checked"),
            "{keys}: {}",
            s.text()
        );
        assert!(s.asked.is_empty());
    }
    // It is done as soon as the store is checked, with what was typed behind it.
    let mut s = next(SIZE, &place, &bytes);
    s.keys("c t m i t");
    s.send(Msg::Paste("igate".into()));
    assert!(s.text().contains("Esc forgets it"), "{}", s.text());
    s.load(&[], 90);
    assert!(
        s.text().contains("mitigate") && s.text().contains("Enter"),
        "{}",
        s.text()
    );
    assert!(matches!(s.model.modals.last(), Some(Modal::Form(..) | Modal::Pick(..))));
    // What was kept is forgotten, and nothing of it comes after.
    let mut s = next(SIZE, &place, &bytes);
    assert!(s.keys("n T Esc").text().contains("is forgotten"), "{}", s.text());
    s.load(&[], 90);
    assert!(s.model.modals.is_empty());
    // What needs no record works at once.
    let mut s = next(SIZE, &place, &bytes);
    assert!(s.keys("?").text().contains("Help"));
    let mut s = next(SIZE, &place, &bytes);
    assert!(s.keys("/ o u t").text().contains("/ out"), "{}", s.text());
    s.load(&[], 90);
    assert!(s.text().contains("1/2 of 4"), "{}", s.text());
}

#[test]
fn what_does_not_belong_here_does_not_show() {
    let (before, place, bytes) = left(SIZE, "g r");
    let shows = |s: &Screen| s.text().contains("R-0001");
    // Another question, another place, another size, another day, a store that is open.
    let mut s = next(SIZE, &place, &bytes);
    assert!(shows(&s));
    assert!(!shows(s.keys("g a")));
    assert!(shows(s.keys("g r")));
    let mut s = next(SIZE, &place, &bytes);
    s.size = (81, 24);
    s.send(Msg::Resize(81, 24));
    assert!(!shows(&s));
    let mut s = Screen::begun(SIZE);
    assert!(!hang(&mut s, &bytes), "on Today");
    s.model.resume(place.as_bytes());
    s.send(Msg::Clock(NOW, TODAY + 1));
    assert!(!hang(&mut s, &bytes), "on another day");
    let mut s = next(SIZE, &place, &bytes);
    s.send(Msg::Clock(NOW, TODAY + 1));
    assert!(!shows(&s), "the day turned meanwhile");
    let mut s = Screen::with_findings(SIZE, 0);
    s.model.resume(place.as_bytes());
    assert!(!hang(&mut s, &bytes), "all is there");
    // Another state than it was made of: it goes at once.
    let mut s = next(SIZE, &place, &bytes);
    s.model.glance.as_mut().unwrap().still.seq = 40;
    s.load(&[], 0);
    assert!(s.model.glance.is_none());
    assert_eq!(lines(&s)[3..], before[3..]);
}

#[test]
fn there_is_none_of_what_is_not_whole_or_not_now() {
    for keys in ["g r Enter", "g r x", "?", ":", "g r /", "g l", "g r L"] {
        let mut s = Screen::with_findings(SIZE, 3);
        s.keys(keys);
        assert!(s.model.glance().is_none(), "{keys}");
    }
    let mut s = Screen::begun(SIZE);
    assert!(s.model.glance().is_none());
    s.load(&[], 4_000);
    assert!(
        s.model.is_hungry().is_some() && s.model.glance().is_none(),
        "not all is worked out"
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn garbage_neither_shows_nor_stops(
        flips in proptest::collection::vec((any::<prop::sample::Index>(), 1u8..), 0..4),
        cut in any::<prop::sample::Index>(),
        sealed in any::<bool>(),
    ) {
        use sha2::{Digest, Sha256};
        use std::sync::OnceLock;
        static LEFT: OnceLock<(Vec<String>, String, Vec<u8>)> = OnceLock::new();
        let (_, place, good) = LEFT.get_or_init(|| left(SIZE, "g f j"));
        let mut bytes = good.clone();
        for (at, by) in &flips {
            let at = at.index(bytes.len());
            bytes[at] ^= by;
        }
        bytes.truncate(cut.index(bytes.len() + 1));
        // As somebody would write it who knows how to.
        if sealed && bytes.len() > 32 {
            let sum = Sha256::digest(&bytes[32..]);
            bytes[..32].copy_from_slice(&sum);
        }
        if let Some(first) = Still::read(&bytes).and_then(|still| still.buffer(TODAY)) {
            let painted = crate::term::screen::Screen::new(Vec::new(), crate::term::Depth::True).present(&first, None);
            prop_assert!(painted.is_ok());
        }
        let mut s = Screen::begun(SIZE);
        s.model.resume(place.as_bytes());
        let shown = hang(&mut s, &bytes);
        prop_assert!(!shown || sealed || bytes == *good);
        for keys in ["j", "PgDn", "G", "g g", "PgUp", "?"] {
            s.keys(keys);
            prop_assert!(!s.text().chars().any(|c| c.is_control() && c != '\n'));
        }
        s.keys("Esc j");
    }
}
