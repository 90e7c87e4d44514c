//! Matrices on the screen: the heat map and what it leads to.

use super::screen::{Row, Screen};
use crate::model::change::{Edit, Target};
use crate::model::kind::own::Content;
use crate::model::value::Value;
use crate::ui::job::{Effect, Job};
use crate::ui::theme::Theme;
use crate::ui::{Msg, grid};

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
    sees(&s, "Inherent → suggested level");
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

/// A record, and the values that an edit sets in it.
type Sent = (String, Vec<(u16, Option<Value>)>);

/// What a draft that was sent would set, by record.
fn sent(effects: &[Effect]) -> Vec<Sent> {
    let drafts = effects.iter().filter_map(|e| match e {
        Effect::Job(Job::Commit { draft, .. }) => Some(draft),
        _ => None,
    });
    let edits = drafts.flat_map(|d| &d.edits);
    let target = |e: &Edit| match &e.target {
        Target::Old(id) => id.to_string(),
        _ => "new".to_owned(),
    };
    edits.map(|e| (target(e), e.set.clone())).collect()
}

#[test]
fn likelihood_and_impact_are_chosen_together_in_one_commit() {
    let mut s = Screen::register(SMALL);
    s.keys("M");
    sees(&s, "Very likely by Critical: High, treat");
    s.keys("l");
    sees(&s, "Very likely by Catastrophic: Very high, stop");
    s.keys("Tab j");
    sees(&s, "▌Target");
    s.keys("Enter");
    assert_eq!(s.seq, 42);
    let r = s.model.record("R-0002").unwrap();
    assert_eq!(
        (r.text(54), r.text(55), r.text(56)),
        ("catastrophic", "likely", "critical")
    );
    // the same cell again changes nothing
    s.keys("M Enter");
    sees(&s, "nothing was changed");
    s.keys("M l Esc");
    assert_eq!(s.seq, 42);
}

#[test]
fn what_is_selected_is_judged_in_one_go() {
    let mut s = Screen::register(SMALL);
    s.keys("* M");
    sees(&s, "4 risks");
    s.keys("k Enter");
    assert_eq!(s.seq, 42);
    let at = |id: &str| s.model.record(id).unwrap().text(53).to_owned();
    assert_eq!(
        [at("R-0001"), at("R-0002"), at("R-0003"), at("R-0004")],
        ["very-likely"; 4]
    );
}

#[test]
fn the_first_of_two_steps_is_chosen_on_its_own_matrix() {
    let mut s = Screen::register(SMALL);
    s.keys("c m");
    s.keys("N I S T Enter");
    assert_eq!(s.model.record("R-0002").unwrap().text(50), "nist-800-30");
    s.keys("M s");
    sees(
        &s,
        "Comes about: Very low, Likelihood of harm: Very low, in all Very low",
    );
    s.keys("k k l l l Enter");
    let r = s.model.record("R-0002").unwrap();
    // by the tags of the steps and of the likelihood: moderate and high give moderate
    assert_eq!((r.text(64), r.text(65), r.text(53)), ("moderate", "high", "moderate"));
}

#[test]
fn a_matrix_is_edited_into_a_version_of_ones_own_and_never_falls() {
    let mut s = Screen::register(SMALL);
    grid::open(&mut s.model);
    sees(&s, "Matrix of ISO/IEC 27005 5x5");
    s.keys("l l 5");
    sees(
        &s,
        "falls at Unlikely by Critical (row 1, column 4): a higher likelihood or",
    );
    s.keys("Enter");
    sees(&s, "falls at Unlikely by Critical");
    s.keys("9");
    sees(&s, "there are 5 levels, 1 is the lowest");
    // Low where it was Low already, one more in the corner
    s.keys("2 l l 3");
    sees(&s, "Enter saves it as ISO/IEC 27005 5x5 v2");
    let effects = s.model.update(Msg::Key("Enter".parse().unwrap()));
    let drafted = sent(&effects);
    let (id, sets) = &drafted[0];
    let text = sets
        .iter()
        .filter_map(|(_, v)| v.as_ref()?.as_text())
        .find(|t| t.contains("grid"));
    let text = text.unwrap();
    assert_eq!(id, "new");
    assert!(
        text.contains("id = \"iso27005-5x5-v2\"") && text.contains("follows = \"iso27005-5x5\""),
        "{text}"
    );
    assert!(text.contains("[0, 0, 1, 1, 2]"), "{text}");
    assert!(Content::read("x", text).is_ok());
}

#[test]
fn a_mapping_shows_every_record_that_would_move() {
    let mut s = Screen::register(SMALL);
    s.keys(": m e t h o d . m a p Enter");
    sees(&s, "judged by the method in force already");
    // as the door marks what was judged by other criteria
    let stale: Row = (
        "R-0009",
        "treating",
        &[
            ("title", "Theft"),
            ("method", "matrix-3x3"),
            ("stale_reasons", "\"method v2\""),
            ("current_likelihood", "high"),
            ("current_impact", "medium"),
        ],
    );
    let mut s = Screen::with(SMALL, &[stale], 0);
    s.keys(": m e t h o d . m a p Enter");
    sees(&s, "3x3, multiplied → ISO/IEC 27005 5x5");
    sees(&s, "1 of 1 move to another level");
    sees(&s, "6→H");
    s.keys("j j h h");
    sees(&s, "High             → Likely");
    s.keys("Enter");
    let r = s.model.record("R-0009").unwrap();
    assert_eq!(
        (r.text(50), r.text(53), r.text(54), r.get(59)),
        ("", "likely", "serious", None)
    );
}

#[test]
fn the_matrix_opens_over_a_form_and_gives_it_both_values() {
    let mut s = Screen::register(SMALL);
    s.keys("e");
    // down to the first field that is an axis
    for _ in 0..60 {
        if s.text().contains("M on the matrix") {
            break;
        }
        s.keys("Down");
    }
    sees(&s, "M on the matrix");
    s.keys("M");
    sees(&s, "Edit R-0002");
    sees(&s, "▌Inherent");
    // from where it stands one to the left and one down, and the current one with it
    s.keys("h j Tab h");
    let kept = s.model.draft();
    assert!(kept.is_some(), "what is typed is kept while the matrix shows");
    s.keys("Enter");
    assert_eq!(s.seq, 41, "nothing is written yet");
    sees(&s, "Edit R-0002");
    s.keys("C-s");
    assert_eq!(s.seq, 42, "{}", s.text());
    let r = s.model.record("R-0002").unwrap();
    let all: Vec<&str> = [51, 52, 53, 54].iter().map(|t| r.text(*t)).collect();
    assert_eq!(all, ["very-likely", "critical", "very-likely", "serious"]);
    // going back changes nothing
    s.keys("e");
    while !s.text().contains("M on the matrix") {
        s.keys("Down");
    }
    s.keys("M h Esc Esc");
    assert!(!s.text().contains("discard"), "{}", s.text());
    // a letter of a level still chooses it
    assert_eq!(s.seq, 42);
}

#[test]
fn a_filter_is_set_in_the_map_and_the_list_shares_it() {
    let mut s = Screen::register(SMALL);
    s.keys("g H / o u t a");
    sees(&s, "1 of 4 risks");
    sees(&s, "/ outa");
    s.keys("Enter");
    sees(&s, "1 of 4 risks · /outa");
    sees(&s, "Very likely by Critical: High, treat · 1 risk");
    // the list of the cell and the register itself are filtered alike
    s.keys("g r");
    sees(&s, "/outa");
    assert!(!s.text().contains("Office flooded"), "{}", s.text());
    s.keys("g H Esc");
    sees(&s, "4 risks");
    assert!(!s.text().contains("/outa"), "{}", s.text());
}
