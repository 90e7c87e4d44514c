//! Every size and every line of keys: nothing panics, nothing leaves its place, the record under the cursor stays.

use super::screen::Screen;
use super::*;
use crate::model::view::Shown;
use proptest::prelude::*;

/// What a hurried person presses.
const KEYS: [&str; 46] = [
    "j", "k", "g g", "G", "C-d", "C-u", "PgDn", "PgUp", "l", "h", "Enter", "Esc", "q", "<", ">", "0", "1", "2", "3",
    "5", "6", "p", "x", "X", "*", "o", "O", "/", "p a", ":", "?", "space", "c", "g r", "g a", "L", "T", "!", "m", "n",
    "e", "V", "C", "y i", "@", "D",
];

fn draw(s: &Screen) -> Buffer {
    let mut buffer = Buffer::empty(Rect::new(0, 0, s.size.0, s.size.1));
    s.model.view(&mut buffer);
    buffer
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]
    #[test]
    fn nothing_panics_at_any_size(
        steps in proptest::collection::vec((0usize..KEYS.len(), 0u16..230, 0u16..60, 0u8..3), 1..60),
        start in (60u16..210, 16u16..60),
    ) {
        let mut s = Screen::register(start);
        for (key, w, h, resize) in steps {
            s.keys(KEYS[key]);
            if resize == 0 {
                s.size = (w, h);
                s.send(Msg::Resize(w, h));
            }
            draw(&s);
        }
    }

    #[test]
    fn a_resize_keeps_the_record_under_the_cursor(
        moves in proptest::collection::vec(0usize..6, 0..8),
        sizes in proptest::collection::vec((0u16..230, 0u16..60), 1..8),
    ) {
        let mut s = Screen::register(USUAL);
        for m in moves {
            s.keys(["j", "k", "G", "g g", "p", "x"][m]);
        }
        let before = s.model.current().map(|r| r.id.clone());
        for (w, h) in sizes {
            s.size = (w, h);
            s.send(Msg::Resize(w, h));
            draw(&s);
            prop_assert_eq!(s.model.current().map(|r| r.id.clone()), before.clone());
        }
        s.size = SMALL;
        s.send(Msg::Resize(80, 24));
        let id = before.map(|id| id.to_string()).unwrap_or_default();
        prop_assert!(s.text().lines().any(|l| l.starts_with('▌') && l.contains(&id)), "{}", s.text());
    }
}

#[test]
fn a_window_that_is_too_small_says_how_large_it_must_be() {
    for size in [(59, 24), (80, 15), (20, 3), (3, 1), (1, 1), (0, 0)] {
        let mut s = Screen::register(USUAL);
        s.size = size;
        s.send(Msg::Resize(size.0, size.1));
        let text: String = draw(&s).content.iter().map(|c| c.symbol()).collect();
        if size.0 >= 20 {
            assert!(text.contains("60x16"), "{size:?}: {text}");
        }
        let lines = text.trim().lines().count();
        assert!(lines <= 1, "{size:?}: {text}");
    }
}

#[test]
fn the_smallest_window_shows_every_screen() {
    let mut s = Screen::register((60, 16));
    for (n, keys) in [
        "",
        "Enter",
        "Esc L",
        "Esc Esc 0",
        "!",
        "Esc 1 g r space",
        "Esc : r i s",
        "Esc e",
        "Esc n",
        "Esc V",
        "Esc C",
        "Esc ?",
    ]
    .iter()
    .enumerate()
    {
        if !keys.is_empty() {
            s.keys(keys);
        }
        insta::assert_snapshot!(format!("smallest_{n}"), s.text());
    }
}

/// Without colour, what matters still differs: by a sign, a word, or an attribute.
#[test]
fn nothing_is_said_by_colour_alone() {
    let mut s = Screen::register(USUAL);
    s.keys("x");
    let with = draw(&s);
    s.model.theme.mono = true;
    let mono = draw(&s);
    // The same signs, no colour.
    for (a, b) in with.content.iter().zip(&mono.content) {
        assert_eq!(a.symbol(), b.symbol());
        assert_eq!(
            (b.fg, b.bg),
            (ratatui::style::Color::Reset, ratatui::style::Color::Reset)
        );
    }
    let text = s.text();
    let row = |id: &str| {
        text.lines()
            .find(|l| l.contains(id))
            .unwrap_or_else(|| panic!("{text}"))
            .to_owned()
    };
    assert!(row("R-0001").starts_with('▌'), "the cursor has a sign: {text}");
    assert!(row("R-0002").contains('✓'), "what is selected has a sign: {text}");
    assert!(row("R-0002").contains("late"), "what is late says so: {text}");
    assert!(row("R-0002").contains("H ▲"), "a level has a letter: {text}");
    assert!(text.contains("▌Risks 4 !1"), "{text}");
    // Roles that differ by nothing but colour would be one role here.
    let theme = &s.model.theme;
    use crate::ui::look::Look;
    for role in [
        "heading", "key", "cursor", "selected", "marked", "error", "warn", "muted",
    ] {
        assert_ne!(theme.style(role), theme.style("text"), "{role}");
    }
    for (name, keys) in [
        ("today", "0"),
        ("record", "1 g r Enter"),
        ("gaps", "!"),
        ("tree", "g a T"),
        ("history", "g r g h"),
        ("form", "Esc e"),
    ] {
        s.keys(keys);
        let mono = draw(&s);
        s.model.theme.mono = false;
        let with = draw(&s);
        s.model.theme.mono = true;
        let same = with
            .content
            .iter()
            .zip(&mono.content)
            .all(|(a, b)| a.symbol() == b.symbol());
        assert!(same, "{name}");
    }
}

/// Wide, combining and right-to-left text stays in its column: every cell behind it stands where the heading does.
#[test]
fn columns_hold_whatever_the_text() {
    let titles = [
        "支付中断支付中断支付中断支付中断支付中断",
        "e\u{301}e\u{301}e\u{301} combining",
        "دفع متأخر للتاجر",
        "👩‍👩‍👧 family",
        "plain",
    ];
    for title in titles {
        let mut s = Screen::register(SMALL);
        s.keys("e");
        for _ in 0..60 {
            s.keys("Backspace");
        }
        s.send(Msg::Paste(title.to_owned()));
        s.keys("C-s");
        let ix = s.model.register().unwrap();
        s.model.lists[ix].columns = Some(vec![Shown::new("id"), Shown::new("title"), Shown::new("state")]);
        let buffer = draw(&s);
        let line = |y: u16| -> Vec<&str> { (0..80).map(|x| buffer[(x, y)].symbol()).collect() };
        let heads = line(2);
        let at = (0..75).find(|x| heads[*x..*x + 5].concat() == "State").unwrap();
        let states = (3..7).map(|y| line(y)[at..].concat());
        for state in states {
            assert!(state.starts_with(|c: char| c.is_ascii_lowercase()), "{title}: {state}");
        }
    }
}

#[test]
fn an_id_is_shown_whole_however_long() {
    let more = [("R-12345678", "", &[("title", "The last of many")][..])];
    let mut s = Screen::with(SMALL, &more, 0);
    s.keys("g r G");
    assert!(s.text().contains("▌ R-12345678  The last of many"), "{}", s.text());
    // unless somebody wants it short
    let ix = s.model.register().unwrap();
    let mut id = Shown::new("id");
    id.width = Some(5);
    s.model.lists[ix].columns = Some(vec![id, Shown::new("title")]);
    assert!(s.text().contains("▌ R-12…  The last of many"), "{}", s.text());
}

#[test]
fn outside_utf_8_everything_is_ascii() {
    let mut s = Screen::register(USUAL);
    s.model.theme.ascii = true;
    for keys in [
        "p",
        "Enter",
        "L",
        "0",
        "!",
        "1 g r space",
        "Esc : r",
        "Esc e",
        "Esc V",
        "Esc C",
        "Esc ?",
        "Esc g a T",
        "g h",
        "g l",
    ] {
        s.keys(keys);
        for cell in &draw(&s).content {
            assert!(cell.symbol().is_ascii(), "{keys}: {}", cell.symbol());
        }
    }
}
