//! Views and columns: kept, shown, renamed, deleted; and what the program brings along.

use super::screen::Screen;
use super::*;
use crate::model::query::Query;
use crate::model::view::Views;

/// What the screen last wanted kept.
fn kept(s: &mut Screen) -> Views {
    let mut text = s.asked.drain(..).filter_map(|e| match e {
        Effect::Views(text) => Some(text),
        _ => None,
    });
    Views::read(&text.next_back().expect("something is kept")).unwrap()
}

#[test]
fn a_filter_is_kept_as_a_view_and_shown_again() {
    let mut s = Screen::register(SMALL);
    s.keys("/ o w n e r : m e Enter o c h a n g e d Enter V m y space o w n Enter");
    let views = kept(&mut s);
    assert_eq!(views.all.len(), 1);
    let view = &views.all[0];
    assert_eq!(
        (view.name.as_str(), view.query.as_str(), view.sort.as_str()),
        ("my own", "owner:me", "changed")
    );
    assert!(s.text().contains("kept as the view 'my own'"), "{}", s.text());
    s.keys("Esc");
    assert!(!s.text().contains("my own"), "{}", s.text());
    // Another session reads what was kept, and finds it from anywhere.
    let mut s = Screen::new(SMALL);
    s.model.like(&views.text()).unwrap();
    s.keys(": m y space o w n");
    assert!(s.text().contains("Risks: my own"), "{}", s.text());
    s.keys("Enter");
    let text = s.text();
    assert!(text.contains("/owner:me") && text.contains("my own · "), "{text}");
    s.keys(": v i e w . r e n Enter Enter C-u o u r s Enter");
    assert_eq!(kept(&mut s).all[0].name, "ours");
    s.keys(": v i e w . d e l Enter Enter");
    assert!(kept(&mut s).all.is_empty());
    s.keys(": v i e w . d e l Enter");
    assert!(
        s.text().contains("you have no view of this register yet"),
        "{}",
        s.text()
    );
}

#[test]
fn what_the_program_brings_along_is_shown_and_fits() {
    let c = builtin::catalogue().unwrap();
    let text = include_str!("../../../data/views.toml");
    let shipped = Views::read(text).unwrap();
    assert_eq!(shipped, builtin::views());
    for view in &shipped.all {
        let fits = |k: &&crate::model::kind::Kind| {
            (view.kind.is_empty() || view.kind == k.name) && Query::parse(&view.query, &c, Some(k)).is_ok()
        };
        assert!(c.kinds.iter().any(|k| fits(&k)), "{}", view.name);
        let sort = view.sort.trim_start_matches('-');
        assert!(sort.is_empty() || sort == "changed", "{}", view.name);
    }
    let mut s = Screen::register(SMALL);
    s.keys("V");
    insta::assert_snapshot!("views_of_risks", s.text());
    s.keys("a b o v e space a p p Enter");
    let text = s.text();
    assert!(
        text.contains("is:open is:above") && text.contains("above appetite · "),
        "{text}"
    );
    assert!(text.contains("R-0002") && !text.contains("R-0004"), "{text}");
}

#[test]
fn columns_are_chosen_moved_made_wider_and_reset() {
    let mut s = Screen::register(USUAL);
    s.keys("C");
    insta::assert_snapshot!("columns_of_risks", s.text());
    // What is ticked and has no room says so, and nothing that shows does.
    let mut narrow = Screen::register(SMALL);
    let heads = narrow.text().lines().nth(2).unwrap().to_owned();
    narrow.keys("C");
    let rows = narrow.text();
    let ticked: Vec<&str> = rows.lines().filter(|l| l.contains('✓')).collect();
    let why = |l: &str| l.contains("  no room  ") || l.contains("  empty  ");
    let hidden = ticked.iter().filter(|l| why(l)).count();
    assert!(hidden > 0 && ticked.len() > hidden, "{rows}");
    for line in ticked {
        let name = line
            .trim_start_matches(['│', ' ', '▌', '✓'])
            .split("  ")
            .next()
            .unwrap();
        assert_eq!(why(line), !heads.contains(name), "{line}: {heads}");
    }
    // The owner first, without the inherent level, and wide.
    s.keys("j j K K");
    s.keys("+ + j j j x Enter");
    let columns = kept(&mut s).columns;
    let names: Vec<String> = columns["risk"].iter().cloned().map(String::from).collect();
    assert_eq!(names[..3], ["owner:26", "id", "title"], "{names:?}");
    assert!(!names.iter().any(|n| n == "inherent_level"), "{names:?}");
    let text = s.text();
    assert!(text.lines().nth(2).unwrap().trim_start().starts_with("Owner"), "{text}");
    assert!(!text.contains("Inherent"), "{text}");
    s.keys("C x Esc");
    assert!(s.text().lines().nth(2).unwrap().contains("Owner"), "{}", s.text());
    s.keys("C r");
    assert!(kept(&mut s).columns.is_empty());
    let text = s.text();
    assert!(text.lines().nth(2).unwrap().trim_start().starts_with("ID"), "{text}");
}
