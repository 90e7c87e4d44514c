//! What is typed goes on by itself: filters and the palette complete, what is called just so comes first, what was asked
//! for comes back, words are found in what is read; marks and sections.

use super::screen::Screen;
use super::{SMALL, USUAL};
use crate::ui::palette::{Item, Palette};

#[test]
fn a_filter_goes_on_by_tab() {
    let mut s = Screen::register(SMALL);
    s.keys("/ t r e a t m Tab");
    assert!(s.text().contains("/ treatment: "), "{}", s.text());
    s.keys("Tab");
    insta::assert_snapshot!("filter_goes_on", s.text());
    // The way that stands there filters already.
    s.keys("Tab");
    assert!(s.text().contains("/ treatment:avoid"), "{}", s.text());
    s.keys("Esc");
    assert!(s.text().contains("/ treatment: "), "{}", s.text());
    s.keys("Tab Enter Enter");
    assert!(s.text().contains(" /treatment:mitigate"), "{}", s.text());
    // Turned round, as others write it.
    s.keys("/ C-u ! o u t a Enter");
    assert!(
        s.text().contains("R-0001") && !s.text().contains("R-0002"),
        "{}",
        s.text()
    );
}

#[test]
fn a_filter_goes_on_in_the_palette_too() {
    let mut s = Screen::register(SMALL);
    s.keys(": r i s k s space t r e a t m Tab");
    assert!(s.text().contains(": risks treatment:"), "{}", s.text());
    s.keys("Tab");
    assert!(s.text().contains("▌ mitigate"), "{}", s.text());
    s.keys("Enter Enter");
    assert!(s.text().contains(" /treatment:mitigate"), "{}", s.text());
    // What stands under the cursor is written out, and a register with a blank for what is to be found in it.
    s.keys(": p e o p l Tab");
    assert!(
        s.text().contains(": people \n") || s.text().contains(": people "),
        "{}",
        s.text()
    );
    s.keys("b o Enter");
    assert!(s.text().contains(" /bo"), "{}", s.text());
}

#[test]
fn a_filter_that_is_not_right_says_so_when_it_is_kept() {
    let mut s = Screen::register(USUAL);
    s.keys("/ o u t a space o w n r : m e Enter");
    assert!(
        s.text().contains("no field 'ownr'") && s.text().contains("only what stands before it filters"),
        "{}",
        s.text()
    );
    assert!(
        s.text().contains("R-0002") && !s.text().contains("R-0001"),
        "{}",
        s.text()
    );
}

fn first(s: &mut Screen, typed: &str) -> String {
    let mut p = Palette::default();
    p.input.set(typed);
    s.model.search(&mut p);
    match p.found.first() {
        Some(Item::Action(n)) => s.model.actions.rows[*n].name.clone(),
        Some(Item::Filter(ix, text)) => format!("{} /{text}", s.model.catalogue.kinds[*ix].name),
        Some(Item::Record(id)) => id.to_string(),
        other => format!("{other:?}"),
    }
}

#[test]
fn what_is_called_just_so_comes_first() {
    let mut s = Screen::register(SMALL);
    for (typed, want) in [
        ("training records", "go.training-records"),
        ("Training", "go.trainings"),
        ("risks", "go.risks"),
        ("risk", "go.risks"),
        ("quit", "session.quit"),
        ("undo", "history.undo"),
        ("training records passed:no", "training-record /passed:no"),
        ("training owner:me", "training /owner:me"),
        ("payment outage", "R-0002"),
    ] {
        assert_eq!(first(&mut s, typed), want, "{typed}");
    }
}

#[test]
fn what_was_asked_for_is_called_back() {
    let mut s = Screen::register(SMALL);
    s.keys(": r i s k s space o u t a Enter : p e o p l e Enter");
    // The latest first, and the one before it.
    s.keys(": Up");
    assert!(s.text().contains("│: people "), "{}", s.text());
    s.keys("Up Up");
    assert!(s.text().contains("│: risks outa "), "{}", s.text());
    s.keys("Enter");
    assert!(s.text().contains(" /outa"), "{}", s.text());
    // The next session knows it too.
    let left = s.model.leave();
    let mut s = Screen::begun(SMALL);
    s.model.resume(left.as_bytes());
    s.load(&[], 0);
    s.keys(": Up Up");
    assert!(s.text().contains("│: people "), "{}", s.text());
}

#[test]
fn a_letter_marks_a_place_and_leads_back_to_it() {
    let mut s = Screen::register(USUAL);
    s.keys("' a");
    assert!(s.text().contains("a marks no place; m a marks"), "{}", s.text());
    s.keys("/ o w n e r : b o Enter j m a");
    assert!(
        s.text().contains("' a comes back here: Risks /owner:bo"),
        "{}",
        s.text()
    );
    s.keys("Enter L m b g p Esc m c");
    s.keys("'");
    insta::assert_snapshot!("marks", s.text());
    s.keys("b");
    assert!(
        s.text().contains("R-0004") && s.text().contains("Links"),
        "{}",
        s.text()
    );
    s.keys("' c ' a");
    assert!(
        s.text().contains("/owner:bo") && s.text().contains("▌ R-0004"),
        "{}",
        s.text()
    );
    // Going to a mark is a step on the trail.
    s.keys("<");
    assert!(s.text().contains("P-0001"), "{}", s.text());
    // The next session knows it too.
    let left = s.model.leave();
    let mut s = Screen::begun(USUAL);
    s.model.resume(left.as_bytes());
    s.load(&[], 0);
    s.keys("' a");
    assert!(
        s.text().contains("/owner:bo") && s.text().contains("▌ R-0004"),
        "{}",
        s.text()
    );
    // Another letter is none, and Esc leaves everything.
    s.keys("m Enter");
    assert!(s.text().contains("Enter marks nothing"), "{}", s.text());
    s.keys("m Esc ' Esc");
    assert!(!s.text().contains("Mark this place"), "{}", s.text());
}

#[test]
fn sections_are_gone_through_in_lists_records_trees_and_today() {
    let at = |s: &Screen| {
        let text = s.text();
        let line = text.lines().find(|l| l.starts_with('▌')).unwrap_or_default();
        line.trim_start_matches('▌').trim().to_owned()
    };
    // A list is parted by what it is sorted by.
    let mut s = Screen::register(USUAL);
    s.keys("o o w n e r Enter g g");
    let first = at(&s);
    s.keys("]");
    assert_ne!(at(&s), first);
    s.keys("] ] ] ] ] [ [ [ [ [ [");
    assert_eq!(at(&s), first);
    // A record by its headings, a tree by its first level.
    s.keys("Esc / o u t a Enter Enter ]");
    assert_eq!(at(&s), "Scenario");
    s.keys("[ [");
    let top = at(&s);
    s.keys("Esc Enter");
    s.keys("] [ [ [");
    assert_eq!(at(&s), top);
    s.keys("Esc L [ [ [");
    let top = at(&s);
    s.keys("] [");
    assert_eq!(at(&s), top);
    // Today by its headings, the cursor on what can be done.
    let mut s = Screen::new(USUAL);
    let first = at(&s);
    s.keys("]");
    assert_ne!(at(&s), first);
    s.keys("[");
    assert_eq!(at(&s), first);
}

#[test]
fn words_are_found_in_what_is_read() {
    let mut s = Screen::register(USUAL);
    s.keys("/ o u t a Enter Enter");
    let before = s.text();
    s.keys("/ t r e a t");
    let found = s.text();
    assert!(
        found.contains("1 of ") && found.lines().any(|l| l.starts_with('▌') && l.contains("reat")),
        "{found}"
    );
    s.keys("Down");
    assert!(s.text().contains("2 of "), "{}", s.text());
    s.keys("Up Enter");
    assert!(
        s.text().lines().any(|l| l.starts_with('▌') && l.contains("reat")),
        "{}",
        s.text()
    );
    // The same words again, from where one is.
    s.keys("/ Enter");
    let second = s.text();
    assert_ne!(second, found);
    s.keys("/ z z z");
    assert!(s.text().contains("nothing here holds it"), "{}", s.text());
    s.keys("Esc");
    assert_eq!(s.text(), second);
    assert_ne!(second, before);
}
