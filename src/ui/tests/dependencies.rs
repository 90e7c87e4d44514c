//! What leans on what, as a tree: levels with their reasons, the money of an outage along a way, circles.

use super::screen::{Row, Screen};
use crate::ui::theme::Theme;

const SMALL: (u16, u16) = (80, 24);
const WIDE: (u16, u16) = (120, 40);

/// A process, what it leans on, and two that lean on each other.
const ASSETS: &[Row] = &[
    (
        "A-0010",
        "",
        &[
            ("title", "Clearing"),
            ("confidentiality", "medium"),
            ("availability", "very-high"),
            ("outage_rate", "9000 EUR"),
        ],
    ),
    (
        "A-0011",
        "",
        &[
            ("title", "Gateway"),
            ("confidentiality", "high"),
            ("outage_rate", "1000 EUR"),
            (
                "supports",
                r#"[{"to": "A-0010", "c": "full", "a": "full", "weight": "90%"}]"#,
            ),
        ],
    ),
    (
        "A-0012",
        "",
        &[
            ("title", "Host"),
            ("integrity", "low"),
            (
                "supports",
                r#"[{"to": "A-0011", "c": "none", "a": "partial"}, {"to": "A-0010", "c": "none", "a": "none", "weight": "50%"}]"#,
            ),
        ],
    ),
    ("A-0021", "", &[("title", "South link")]),
    ("A-0020", "", &[("title", "North link"), ("supports", "A-0021")]),
    ("A-0021", "", &[("title", "South link"), ("supports", "A-0020")]),
];

fn assets(size: (u16, u16)) -> Screen {
    let mut s = Screen::with(size, ASSETS, 0);
    s.keys("g a T");
    s
}

#[track_caller]
fn sees(s: &Screen, words: &str) {
    let flat = s.text().split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(flat.contains(words), "{words}\n{}", s.text());
}

/// Puts the cursor on the first row with these words.
#[track_caller]
fn to(s: &mut Screen, words: &str) {
    s.keys("g g");
    for _ in 0..30 {
        let here = |l: &str| l.starts_with(['▌', '>']) && l.contains(words);
        if s.text().lines().any(here) {
            return;
        }
        s.keys("j");
    }
    panic!("no row with {words}\n{}", s.text());
}

#[test]
fn a_level_says_from_whom_it_comes_and_by_which_way() {
    let mut s = assets(SMALL);
    to(&mut s, "Clearing");
    sees(&s, "Confidentiality 2, Integrity 0, Availability 4 of its own.");
    sees(&s, "An hour without it: 9,000 EUR.");
    sees(&s, "Clearing (2) 2 0 4 yes 9,000");
    to(&mut s, "Gateway");
    sees(
        &s,
        "Confidentiality 3, Integrity 0 of its own; Availability 4 from A-0010 (full).",
    );
    sees(&s, "this way 9,100 EUR (90 % of A-0010)");
    s.keys("l");
    // the host below the gateway, which hands on a level less
    let mut s = assets(SMALL);
    s.keys("+");
    to(&mut s, "Host");
    sees(&s, "Availability 3 from A-0010 via A-0011 (partial)");
    sees(&s, "An hour without it: 9,100 EUR, this way 9,100 EUR (90 % of A-0010)");
    sees(&s, "Host 0 1 3← yes 9,100 9,100");
    // the other way to it carries less, and is not what counts
    sees(&s, "Host 0 1 3← yes 9,100 (4,500)");
    s.keys("=");
    sees(&s, "how its figures came to be");
    // it begins at the top, and not on the first record that a figure names
    let first = s.text().lines().nth(3).map(str::to_owned);
    assert!(first.is_some_and(|line| line.starts_with('▌')), "{}", s.text());
    s.keys("Esc Enter");
    sees(&s, "A-0012 Host");
}

#[test]
fn the_tree_turns_round_and_a_record_shows_both_ways() {
    let mut s = assets(SMALL);
    sees(&s, "below each: depends on");
    s.keys("v");
    sees(&s, "below each: supports");
    to(&mut s, "A-0012 Host");
    sees(&s, "Host (2)");
    s.keys("+");
    to(&mut s, "Clearing");
    s.keys("G k k");
    s.keys("v");
    sees(&s, "below each: depends on");
    s.keys("Esc / g a t e w a y Enter Enter T");
    sees(&s, "A-0011 Gateway");
    sees(&s, "→ Supports 1");
    sees(&s, "← Depends on 1");
    to(&mut s, "Clearing");
    sees(
        &s,
        "90 % of it stands still without A-0011 this way: 8,100 EUR an hour.",
    );
    to(&mut s, "Host");
    sees(&s, "this way 9,100 EUR (100 % of A-0011)");
    s.keys("v");
    sees(&s, "both ways show already");
    let left = s.model.leave();
    let mut next = Screen::begun(SMALL);
    next.model.resume(left.as_bytes());
    next.load(ASSETS, 0);
    sees(&next, "both ways");
    s.keys("T");
    assert!(!s.text().contains("both ways"), "{}", s.text());
}

#[test]
fn a_circle_is_said_once_and_not_walked_again() {
    let mut s = assets(SMALL);
    s.keys("+");
    sees(&s, "A-0020 North link (1)");
    sees(&s, "A-0021 South link (1)");
    assert_eq!(s.text().matches("(circle)").count(), 1, "{}", s.text());
    s.model.theme = Theme::built_in("terminal");
    s.model.theme.ascii = true;
    sees(&s, "= A-0020 North link (circle)");
    sees(&s, "3<");
    assert!(s.text().is_ascii() || s.text().contains("支付"), "{}", s.text());
}

#[test]
fn where_there_is_room_each_row_says_from_whom_it_inherits() {
    let mut s = assets(WIDE);
    s.keys("+");
    sees(&s, "← inherited from");
    sees(&s, "Host 0 1 3← yes 9,100 9,100 A-0010 via A-0011 (partial)");
    sees(&s, "Gateway (1) 3 0 4← yes 9,100 9,100 A-0010 (full)");
    // a change is seen at once
    s.keys("T");
    s.keys("/ c l e a r i n g Enter c a");
    s.keys("Up Enter Esc T +");
    sees(&s, "Host 0 1 2← 9,100 9,100 A-0010 via A-0011 (partial)");
}

#[test]
fn the_filter_of_a_tree_is_that_of_the_list() {
    let mut s = assets(SMALL);
    // What fits shows with what leads to it, however deep, and nothing else.
    s.keys("/ a v a i l a b i l i t y : * Enter");
    sees(&s, "A-0010 Clearing 2 0 4");
    assert!(!s.text().contains("Host"), "{}", s.text());
    s.keys("v");
    sees(&s, "Host (2)");
    sees(&s, "Gateway (1)");
    sees(&s, "Clearing");
    assert!(!s.text().contains("link"), "{}", s.text());
    // Words are those of the list: letters in their order, of id and title.
    s.keys("/ C-u h s t Enter");
    sees(&s, "Host");
    assert!(!s.text().contains("Gateway"), "{}", s.text());
    // A mistake is told, and what stands before it filters.
    s.keys("/ C-u h o s t space o w n r : x");
    sees(&s, "ownr");
    s.keys("Enter");
    sees(&s, "only what stands before it filters");
    sees(&s, "Host");
    s.keys("/ C-u k e y _ a Tab");
    sees(&s, "key_asset");
}
