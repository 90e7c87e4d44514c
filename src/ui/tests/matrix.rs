//! Matrices on the screen: the heat map and what it leads to.

use super::screen::Screen;
use crate::ui::theme::Theme;

const SMALL: (u16, u16) = (80, 24);

fn sees(s: &Screen, words: &str) {
    assert!(s.text().contains(words), "{words}\n{}", s.text());
}

#[test]
fn a_cell_opens_its_records_and_back_leads_to_the_map() {
    let mut s = Screen::register(SMALL);
    s.keys("g H");
    sees(&s, "Very likely by Critical: High, treat · 1 risk");
    sees(&s, "1 not assessed");
    s.keys("Enter");
    sees(&s, "current: very likely by critical");
    assert!(!s.text().contains("Office flooded"), "{}", s.text());
    // the list is worked in as always, and the map follows
    s.keys("c l Down Enter Esc");
    sees(&s, "Almost certain by Critical: Very high, stop · 1 risk");
    s.keys("j");
    sees(&s, "Very likely by Critical: High, treat · 0 risks");
    s.keys("Enter");
    sees(&s, "no risk stands there");
    // an own restriction of the list is not taken for that of a cell
    s.keys("g a Enter g r Esc Esc");
    sees(&s, "Office flooded");
}

#[test]
fn the_map_shows_what_the_list_shows_along_each_view() {
    let mut s = Screen::register(SMALL);
    s.keys("/ f l o o d Enter g H");
    sees(&s, "1 of 4 risks · /flood");
    sees(&s, "Unlikely by Minor: Very low, accept · 1 risk");
    s.keys("v");
    sees(&s, "Target · ");
    sees(&s, "1 not assessed");
    s.keys("v");
    sees(&s, "Inherent · ");
    s.keys("b");
    sees(&s, "Inherent → current");
}

#[test]
fn it_is_a_place_among_the_registers() {
    let mut s = Screen::register(SMALL);
    s.keys("g r Tab");
    sees(&s, "▌Heat map");
    let left = s.model.leave();
    s.keys("Tab");
    assert!(!s.text().contains("▌Heat map"), "{}", s.text());
    let mut next = Screen::register(SMALL);
    next.model.resume(left.as_bytes());
    sees(&next, "▌Heat map");
}

#[test]
fn letters_and_the_line_say_what_colours_say() {
    let mut s = Screen::register(SMALL);
    s.model.theme = Theme {
        ascii: true,
        mono: true,
        ..Theme::built_in("dark")
    };
    s.keys("g H");
    let text = s.text();
    assert!(text.is_ascii(), "{text}");
    assert!(text.contains("[   H 1   ]") && text.contains("===+"), "{text}");
}
