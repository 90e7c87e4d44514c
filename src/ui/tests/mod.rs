//! Keys in, screen out, over a small fixed world.

mod dependencies;
mod exporting;
mod glance;
mod keys;
mod matrix;
pub(super) mod screen;
mod size;
mod triage;
mod typing;
mod views;

use super::job::{Answer, Effect, Job, Revision, Seen, Told};
use super::look::Look;
use super::theme::Theme;
use super::{Model, Msg};
use crate::exchange::Detail;
use crate::model::builtin;
use crate::model::calendar;
use crate::model::record::Id;
use crate::model::state::State;
use crate::model::trace;
use crate::model::value::Value;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use screen::{NOW, Screen, TODAY};
use std::sync::Arc;

const SMALL: (u16, u16) = (80, 24);
const USUAL: (u16, u16) = (120, 40);

macro_rules! shows {
    ($name:ident, $keys:expr) => {
        #[test]
        fn $name() {
            for size in [SMALL, USUAL] {
                let mut s = Screen::register(size);
                if !$keys.is_empty() {
                    s.keys($keys);
                }
                let name = format!("{}_{}x{}", stringify!($name), size.0, size.1);
                insta::assert_snapshot!(name, s.text());
            }
        }
    };
}

shows!(list, "");
shows!(today, "0");
shows!(today_mine, "0 m");
shows!(today_of_a_stage, "0 Tab");
shows!(gaps, "0 !");
shows!(gaps_of_a_register, "0 ! l l j");
shows!(gaps_filtered, "! / o w n e r Enter");
shows!(record, "j Enter");
shows!(record_with_empty_fields, "Enter a");
shows!(menu_of_a_record, "space");
shows!(keys_after_c, "c");
shows!(keys_after_g, "g");
shows!(palette, ":");
shows!(palette_finds, ": o u t a g e");
shows!(palette_filters, ": r i s k s space o w n e r : m e");
shows!(help_here, "?");
shows!(help_searched, "? u n d o");
shows!(filter_is_typed, "/ o u t a");
shows!(filter_is_wrong, "/ o w n r : m e");
shows!(filter_is_kept, "/ o u t a Enter");
shows!(rows_are_selected, "x x");
shows!(preview_below, "p");
shows!(sort_is_chosen, "o");
shows!(screen_without_registers, "5");
shows!(form_of_a_record, "e");
shows!(form_of_a_new_one, "n");
shows!(one_field_changed, "c t");
shows!(transition_asks, "G k space r");
shows!(as_of_is_asked, "@");
shows!(import_is_chosen, ": r e g i s t e r . i m Enter");
shows!(another_person, ": s e s s i o n . a s Enter");
shows!(themes, ": s e s s i o n . t h Enter");
shows!(history, "c t Down Enter g h");
shows!(log, "c t Down Enter g l");
shows!(links_of_a_record, "j L");
shows!(links_further_on, "j L j l");
shows!(links_filtered, "L / d a t a Enter");
shows!(tree_of_assets, "g a T");
shows!(
    changes_since_a_day,
    "c t Down Enter j x j x c t Down Enter D 2 0 2 6 - 1 1 - 0 1 Enter l j l j l"
);
shows!(other_registers_are_empty, "g s");
shows!(heat_map, "g H");
shows!(judged_on_the_matrix, "M l Tab j");
shows!(heat_map_before_and_after, "g H b");

#[test]
fn a_wide_window_has_the_registers_beside_the_list() {
    let mut s = Screen::register((170, 20));
    s.keys("p");
    insta::assert_snapshot!("wide_170x20", s.text());
}

#[test]
fn text_from_outside_is_shown_not_obeyed() {
    let mut s = Screen::register(SMALL);
    let text = s.text();
    assert!(text.contains("Supplier ␛[31mgoes␛[0m"), "{text}");
    s.keys("G Enter");
    assert!(s.text().contains("<U+202E>"), "{}", s.text());
    assert!(!s.text().contains(['\u{1b}', '\u{202e}']));
}

#[test]
fn what_is_found_in_a_record_is_marked_while_one_looks() {
    let marked = |keys: &str| {
        let mut s = Screen::register(USUAL);
        s.keys("Enter / o w n e");
        if !keys.is_empty() {
            s.keys(keys);
        }
        let mut buffer = Buffer::empty(Rect::new(0, 0, USUAL.0, USUAL.1));
        s.model.view(&mut buffer);
        let style = s.model.theme.style("marked");
        let cells = buffer.content.iter().filter(|c| style.fg == Some(c.fg));
        cells.map(|c| c.symbol().to_owned()).collect::<String>()
    };
    assert_eq!(marked(""), "Owne");
    assert_eq!(marked("r"), "Owner");
    assert_eq!(marked("q"), "", "nothing holds it");
    assert_eq!(marked("Enter"), "", "one looks no longer");
}

#[test]
fn what_is_late_or_due_soon_in_a_row_looks_like_it() {
    const TASKS: &str = r#"[{"what": "Dig", "due": "2026-11-20"}, {"what": "Lay", "due": "2026-12-04"},
        {"what": "Ask", "due": "2026-11-02", "done": true}, {"what": "Close", "due": "2027-03-01"}]"#;
    let plan = (
        "TP-0001",
        "running",
        &[("title", "A second way in"), ("tasks", TASKS)] as &[_],
    );
    let s = Screen::with(USUAL, &[plan], 0);
    let lines = s.model.record_lines(&Id::from("TP-0001"), false, USUAL.0);
    let said = |what: &str| {
        let line = lines.iter().find(|l| l.spans.iter().any(|s| s.1.contains(what)));
        let ends = line
            .and_then(|l| l.spans.last())
            .map(|(_, words, role)| (words.to_string(), *role));
        ends.unwrap()
    };
    assert_eq!(said("Dig"), ("· 11 days late".to_owned(), "error"));
    assert_eq!(said("Lay"), ("· in 3 days".to_owned(), "warn"));
    assert_eq!(said("Ask").1, "text");
    assert_eq!(said("Close").1, "text");
}

#[test]
fn several_are_changed_at_once_and_again() {
    let mut s = Screen::register(SMALL);
    s.keys("x x c t Down Enter");
    let text = s.text();
    assert!(text.contains("#42"), "{text}");
    assert_eq!(s.seq, 42);
    let treatment = |s: &Screen, id: &str| s.model.record(id).unwrap().text(70).to_owned();
    let new = treatment(&s, "R-0001");
    assert_eq!(treatment(&s, "R-0002"), new);
    assert_ne!(new, "mitigate");
    s.keys("Esc G .");
    assert_eq!(s.seq, 43, "{}", s.text());
    assert!(s.text().contains("takes it back"), "{}", s.text());
    s.keys("u");
    assert!(matches!(s.asked.last(), Some(Effect::Job(Job::Undo(_)))));
}

#[test]
fn a_forbidden_transition_says_why() {
    let mut s = Screen::register(SMALL);
    s.keys("/ o u t a Enter space m");
    assert!(
        s.text().contains("R-0002 is evaluated; 'Monitor' starts from treating"),
        "{}",
        s.text()
    );
}

#[test]
fn a_row_down_changes_three_cells_and_the_counter() {
    let mut s = Screen::register(USUAL);
    let paint = |s: &Screen| {
        let mut b = Buffer::empty(Rect::new(0, 0, 120, 40));
        s.model.view(&mut b);
        b
    };
    let before = paint(&s);
    s.keys("j");
    let after = paint(&s);
    let changed = before
        .content
        .iter()
        .zip(&after.content)
        .filter(|(a, b)| a != b)
        .count();
    assert!(changed <= 2 + 2 * 6 + 2, "{changed} cells");
}

#[test]
fn places_are_left_and_found_again() {
    let mut s = Screen::register(SMALL);
    s.keys("/ o u t a Enter Enter");
    assert!(s.text().contains("R-0002  Payment outage"), "{}", s.text());
    s.keys("Tab Enter");
    assert!(s.text().contains("P-0002  Bo Lindqvist"), "{}", s.text());
    s.keys("<");
    assert!(s.text().contains("R-0002  Payment outage"), "{}", s.text());
    s.keys(">");
    assert!(s.text().contains("P-0002  Bo Lindqvist"), "{}", s.text());
    s.keys("Esc Esc");
    assert!(s.text().contains("/outa"), "{}", s.text());
    s.keys("Enter g a");
    assert!(
        s.text().contains("linked with R-0002") && s.text().contains("Payment switch"),
        "{}",
        s.text()
    );
}

#[test]
fn the_past_is_looked_at_and_not_changed() {
    let mut s = Screen::register(SMALL);
    s.keys("@ 2 0 2 6 - 1 1 - 0 1 Enter");
    let Some(Effect::Job(Job::AsOf(time))) = s.asked.last() else {
        panic!("nothing asked")
    };
    let time = *time;
    let mut state = State::clone(&s.model.state);
    state.seq = 7;
    s.send(Msg::Worker(Box::new(Answer::AsOf(time, Box::new(state)))));
    assert!(s.text().contains("as of 2026-11-01"), "{}", s.text());
    // Neither a form nor a menu opens of which every entry would be refused.
    for keys in ["n", "e", "c", "0 x", "c"] {
        s.keys(keys);
        assert!(s.text().contains("the past cannot be changed"), "{keys}: {}", s.text());
        assert!(s.model.pending.keys.is_empty() && s.model.modals.is_empty(), "{keys}");
    }
    let rows = s.model.today_list.rows.clone();
    let items: Vec<_> = rows.iter().filter_map(|row| s.model.item(row)).collect();
    let keys: Vec<_> = items
        .iter()
        .map(|i| i.keys.as_str())
        .filter(|k| *k != "Enter")
        .collect();
    assert!(!items.is_empty() && keys.concat().is_empty(), "{keys:?}");
    s.keys("g r");
    s.keys("@ @");
    assert!(s.text().contains("live") && s.text().contains("R-0001"), "{}", s.text());
}

#[test]
fn a_record_of_the_past_knows_no_later_version() {
    let mut s = Screen::register(USUAL);
    s.keys("g r Enter");
    let Some(super::spot::Layer::Record { id, .. }) = s.model.spot.layers.last().cloned() else {
        panic!("no record is open")
    };
    let record = s.model.world().find(&id).cloned().unwrap();
    let version = |seq: u64, action: &str| Revision {
        seq,
        time: NOW,
        actor: s.model.actor().clone(),
        action: action.to_owned(),
        reason: None,
        undoes: None,
        before: None,
        after: std::sync::Arc::clone(&record),
    };
    let all = vec![version(30, "risk.later"), version(5, "risk.sooner")];
    let mut then = State::clone(&s.model.state);
    then.seq = 7;
    s.send(Msg::Worker(Box::new(Answer::History(id, all))));
    s.keys("g h");
    assert!(
        s.text().contains("risk.later") && s.text().contains("risk.sooner"),
        "{}",
        s.text()
    );
    s.keys("@ 2 0 2 6 - 1 1 - 0 1 Enter");
    let Some(Effect::Job(Job::AsOf(time))) = s.asked.last() else {
        panic!("nothing asked")
    };
    let time = *time;
    s.send(Msg::Worker(Box::new(Answer::AsOf(time, Box::new(then)))));
    let text = s.text();
    assert!(text.contains("risk.sooner") && !text.contains("risk.later"), "{text}");
}

#[test]
fn a_history_tells_all_of_what_a_record_cuts() {
    let mut s = Screen::register(USUAL);
    s.keys("g r Enter");
    let Some(super::spot::Layer::Record { id, .. }) = s.model.spot.layers.last().cloned() else {
        panic!("no record is open")
    };
    let before = s.model.world().find(&id).cloned().unwrap();
    let w = s.model.world();
    let tags = w.kind(&id).unwrap().field("tags").unwrap().tag;
    let mut after = before.as_ref().clone();
    let many = (10..50).map(|n| format!("tag-number-{n}"));
    after.set(tags, Some(Value::Tags(many.collect())));
    let version = Revision {
        seq: 3,
        time: NOW,
        actor: s.model.actor().clone(),
        action: "record.edit".to_owned(),
        reason: None,
        undoes: None,
        before: Some(before),
        after: after.into(),
    };
    s.send(Msg::Worker(Box::new(Answer::History(id, vec![version]))));
    s.keys("G");
    assert!(s.text().contains("+tag-number-10"), "{}", s.text());
    assert!(!s.text().contains("+tag-number-49"), "{}", s.text());
    s.keys("g h");
    assert!(s.text().contains("+tag-number-49"), "{}", s.text());
}

#[test]
fn days_begin_where_the_person_is() {
    // Two hours east of Greenwich; now is the afternoon of the day.
    fn east(day: i32) -> i64 {
        (i64::from(day) * 24 - 2) * 3_600_000
    }
    let shown = |time: i64| {
        let mut s = Screen::register(SMALL);
        s.model.live_by(east);
        s.keys("c t Down Enter");
        s.commits[0].time = time;
        s.keys("0 D t o d a y Enter");
        s.text().contains("1 changed")
    };
    assert!(shown(east(TODAY)), "it was midnight");
    assert!(!shown(east(TODAY) - 1), "it was the day before");
    let mut s = Screen::register(SMALL);
    s.model.live_by(east);
    assert_eq!(
        (s.model.day_of(east(TODAY)), s.model.day_of(east(TODAY) - 1)),
        (TODAY, TODAY - 1)
    );
    // The day that is looked back at ends there too.
    s.keys("@ 2 0 2 6 - 1 1 - 0 1 Enter");
    let end = calendar::parse_day("2026-11-02", TODAY).map(east);
    assert!(matches!(s.asked.last(), Some(Effect::Job(Job::AsOf(t))) if Some(*t + 1) == end));
}

#[test]
fn a_tree_is_walked_folded_and_left() {
    let mut s = Screen::register(SMALL);
    s.keys("j L");
    assert!(s.text().contains("R-0001  Card data"), "{}", s.text());
    // From a link to the other record, and from there on.
    s.keys("Enter");
    assert!(s.text().contains("P-0001  Ada Okafor"), "{}", s.text());
    s.keys("L");
    assert!(s.text().contains("lead to it"), "{}", s.text());
    s.keys("< <");
    assert!(s.text().contains("▾ → Owner 1"), "{}", s.text());
    s.keys("h h h");
    assert!(s.text().contains("▌ ▸ → Owner 1"), "{}", s.text());
    s.keys("Enter - ");
    assert!(!s.text().contains('▾'), "{}", s.text());
    s.keys("+ / b o Enter Esc");
    assert!(s.text().contains("Links"), "{}", s.text());
    s.keys("Esc");
    assert!(s.text().contains("Risks 4"), "{}", s.text());
}

#[test]
fn what_today_and_gaps_ask_for_is_done_from_their_row() {
    let mut s = Screen::new(SMALL);
    s.keys("0 c d");
    assert!(
        s.text().contains("Treat by") && s.text().contains("R-0002"),
        "{}",
        s.text()
    );
    // One key does what the row asks for, whatever its own keys are.
    s.keys("Esc a");
    assert!(
        s.text().contains("Treat by") && s.text().contains("R-0002"),
        "{}",
        s.text()
    );
    // Another day: it is late no more, and the stage says so.
    s.keys("C-u 2 0 2 6 - 1 2 - 2 0 C-s");
    assert!(
        !s.text().contains("Overdue") && s.text().contains("0 overdue"),
        "{}",
        s.text()
    );
    // A stage narrows the list; its gaps are one key away, and mended from there.
    s.keys("Tab !");
    assert!(s.text().contains("Gaps of Establish"), "{}", s.text());
    s.keys("/ j u r i s Enter G a");
    assert!(s.text().contains("Jurisdictions"), "{}", s.text());
    s.keys("Esc Esc Esc Esc Esc");
    assert!(
        s.text().contains("everyone's") && !s.text().contains("▌Establish"),
        "{}",
        s.text()
    );
}

#[test]
fn a_task_is_ticked_off_from_today() {
    const PLAN: screen::Row = (
        "TP-0001",
        "running",
        &[
            ("title", "A second line"),
            ("owner", "P-0001"),
            ("risks", "R-0001"),
            (
                "tasks",
                "[{\"id\":1,\"what\":\"Order it\",\"who\":\"P-0001\",\"due\":\"2026-11-20\"},\
                  {\"id\":2,\"what\":\"Lay it\",\"who\":\"P-0001\",\"due\":\"2026-11-25\"}]",
            ),
        ],
    );
    let mut s = Screen::with(SMALL, &[PLAN], 0);
    let tasks = |s: &Screen| {
        let r = s.model.record("TP-0001").unwrap();
        let kind = s.model.catalogue.kind("treatment-plan").unwrap();
        let done = |row: &crate::model::value::Row| {
            row.cells
                .iter()
                .any(|(_, v)| *v == crate::model::value::Value::Bool(true))
        };
        let rows = r.get(kind.field("tasks").unwrap().tag).unwrap().as_rows();
        rows.iter().map(done).collect::<Vec<_>>()
    };
    // The later first; its own key at the end of the row.
    let at = |s: &Screen, what: &str| s.text().lines().any(|l| l.starts_with('▌') && l.contains(what));
    while !at(&s, "Order it") {
        s.keys("j");
    }
    assert!(
        s.text().lines().any(|l| l.starts_with('▌') && l.ends_with(" x")),
        "{}",
        s.text()
    );
    s.keys("x");
    assert_eq!(
        (tasks(&s), s.commits[0].action.as_str()),
        (vec![true, false], "row.tick")
    );
    assert!(
        !s.text().contains("Order it") && s.text().contains("Lay it"),
        "{}",
        s.text()
    );
    // What is no task says so and stays.
    s.keys("g g j");
    while at(&s, "Lay it") {
        s.keys("j");
    }
    s.keys("x");
    assert!(s.text().contains("this is no task"), "{}", s.text());
    assert_eq!(s.commits.len(), 1);
}

#[test]
fn gaps_and_today_of_a_day_are_those_of_that_day() {
    let mut s = Screen::new(SMALL);
    s.keys("@ 2 0 2 6 - 1 1 - 0 1 Enter");
    let Some(Effect::Job(Job::AsOf(time))) = s.asked.last() else {
        panic!("nothing asked")
    };
    let time = *time;
    let mut state = State::empty(&s.model.catalogue);
    state.seq = 7;
    s.send(Msg::Worker(Box::new(Answer::AsOf(time, Box::new(state)))));
    s.keys("0");
    assert!(
        s.text().contains("0 overdue") && s.text().contains("as of 2026-11-01"),
        "{}",
        s.text()
    );
    s.keys("! G a");
    assert!(
        s.text().contains("cannot be changed") || !s.text().contains("New "),
        "{}",
        s.text()
    );
    s.keys("@ @ 0");
    assert!(s.text().contains("1 overdue"), "{}", s.text());
}

#[test]
fn a_window_that_is_too_small_says_so() {
    let s = Screen::new((50, 12));
    assert!(s.text().contains("50x12 is too small: 60x16 is needed"), "{}", s.text());
}

#[test]
fn a_form_is_kept_while_it_is_typed_and_forgotten_after() {
    let mut s = Screen::register(SMALL);
    s.keys("e");
    assert!(matches!(
        s.asked.last(),
        Some(Effect::Term(super::app::Command::Draft(Some(_))))
    ));
    let bytes = s.model.draft().unwrap();
    let mut other = Screen::register(SMALL);
    other.send(Msg::Worker(Box::new(Answer::Draft(bytes))));
    assert!(other.text().contains("Go on with 'Edit R-0002"), "{}", other.text());
    other.keys("Enter");
    assert!(other.text().contains("Edit R-0002"), "{}", other.text());
}

#[test]
fn what_was_found_waits_until_it_is_taken_or_thrown_away() {
    let mut s = Screen::register(SMALL);
    s.keys("e");
    let bytes = s.model.draft().unwrap();
    let mut other = Screen::register(SMALL);
    other.send(Msg::Worker(Box::new(Answer::Draft(bytes.clone()))));
    other.keys("Down Enter");
    assert_eq!(other.model.draft(), Some(bytes.clone()));
    // Another form is more urgent, but does not do away with it.
    other.keys("n");
    assert_ne!(other.model.draft(), Some(bytes.clone()));
    other.keys("Esc");
    assert_eq!(other.model.draft(), Some(bytes.clone()));
    other.send(Msg::Worker(Box::new(Answer::Draft(bytes))));
    other.keys("Down Down Enter");
    assert_eq!(other.model.draft(), None);
    let last = other.asked.last();
    assert!(matches!(last, Some(Effect::Term(super::app::Command::Draft(None)))));
}

#[test]
fn without_a_store_it_offers_how_to_begin() {
    let catalogue = Arc::new(crate::method::catalogue().unwrap());
    let model = Model::new(catalogue, Theme::built_in("terminal"), &[]).unwrap();
    let mut s = Screen {
        model,
        asked: Vec::new(),
        size: SMALL,
        seq: 0,
        commits: Vec::new(),
    };
    s.send(Msg::Clock(NOW, TODAY));
    s.send(Msg::Resize(80, 24));
    s.send(Msg::Worker(Box::new(Answer::Missing {
        place: "~/.local/share/isms".into(),
    })));
    s.keys("x BS");
    insta::assert_snapshot!("start", s.text());
    s.keys("Enter A c m e Enter u s d Enter d e Enter");
    let Some(Effect::Job(Job::Create(birth))) = s.asked.last() else {
        panic!("{}", s.text())
    };
    assert_eq!(
        (birth.name.as_str(), birth.currency.as_str(), birth.country.as_str()),
        ("Acme", "USD", "DE")
    );
    assert!(s.text().contains("making the store of Acme"), "{}", s.text());
    s.load(&[], 0);
    assert!(s.text().contains("The store is there."), "{}", s.text());
}

#[test]
fn every_action_is_reached_from_the_palette() {
    let mut s = Screen::register(SMALL);
    for a in &std::sync::Arc::clone(&s.model.actions).rows {
        let mut p = super::palette::Palette::default();
        p.input.set(&a.name);
        s.model.search(&mut p);
        let n = s.model.actions.place(&a.name).unwrap();
        assert!(p.found.contains(&super::palette::Item::Action(n)), "{}", a.name);
    }
}

#[test]
fn an_undo_says_what_it_took_back() {
    let mut s = Screen::register(SMALL);
    s.keys("c t Down Enter");
    let mut back = s.commits[0].clone();
    (back.seq, back.undoes, back.action) = (43, Some(42), "undo".into());
    for c in &mut back.changes {
        let (before, after) = (c.after.clone(), c.before.clone().unwrap());
        (c.before, c.after) = (Some(before), after);
    }
    s.send(Msg::Worker(Box::new(Answer::Committed { token: 0, commit: back })));
    assert!(
        s.text().contains("#43 took back #42, R-0002") && s.text().contains(": treatment →"),
        "{}",
        s.text()
    );
}

#[test]
fn what_the_door_refuses_stands_beside_the_field() {
    let mut s = Screen::register(SMALL);
    // A title is needed.
    s.keys("n C-s");
    assert!(s.text().contains("Risk is needed"), "{}", s.text());
    assert_eq!(s.seq, 41);
    s.keys("L o s t C-s");
    assert!(s.text().contains("#42 new, R-0005 Lost"), "{}", s.text());
    // The cursor is on what was made.
    assert!(s.text().contains("▌ R-0005"), "{}", s.text());
}

#[test]
fn ranges_and_all_are_selected_and_copied() {
    let mut s = Screen::register(SMALL);
    s.keys("x j X");
    assert!(s.text().contains("3 selected"), "{}", s.text());
    s.keys("y i");
    let copied = |s: &Screen| match s.asked.last() {
        Some(Effect::Term(super::app::Command::Copy(text))) => text.clone(),
        other => panic!("{other:?}"),
    };
    assert_eq!(copied(&s), "R-0001\nR-0002\nR-0004");
    s.keys("* y l");
    assert_eq!(copied(&s).lines().count(), 4);
    s.keys("* Esc y y");
    assert!(copied(&s).starts_with("R-000"), "{}", copied(&s));
}

#[test]
fn somebody_else_of_the_same_login_may_be_played() {
    let mut s = Screen::register(SMALL);
    s.keys(": s e s s i o n . a s Enter Down Enter");
    assert_eq!(s.model.actor.person, Id::from("P-0002"));
    assert_eq!(s.model.actor.by, Id::from("P-0001"));
    assert!(s.text().contains("acting as Bo Lindqvist"), "{}", s.text());
}

/// What the worker sees in a table with odd heads.
fn seen(kind: &str) -> Answer {
    let words = |all: &[&str]| all.iter().map(|w| (*w).to_owned()).collect::<Vec<_>>();
    let columns = ["", "title", "", "", "owner"].map(|n| (!n.is_empty()).then(|| n.to_owned()));
    Answer::Seen(Ok(Seen {
        path: "~/Risks 2025.csv".to_owned(),
        file: "Risks 2025.csv".to_owned(),
        kind: kind.to_owned(),
        found: false,
        sheets: Vec::new(),
        sheet: None,
        header: words(&["No.", "Title", "What could happen", "Wie oft", "Owner"]),
        rows: vec![
            words(&["1", "Fire", "It burns,\nwe lose the hall", "rare", "Bo"]),
            words(&["2", "=HYPERLINK(\"x\")", "漢字 and more of it, until it is cut", "", ""]),
        ],
        count: 56,
        columns: columns.to_vec(),
    }))
}

fn send(s: &mut Screen, answer: Answer) {
    s.send(Msg::Worker(Box::new(answer)));
}

#[test]
fn a_file_is_looked_into_its_columns_are_said_and_its_import_is_read_before_it_is_done() {
    for size in [SMALL, USUAL] {
        let name = |what: &str| format!("import_{what}_{}x{}", size.0, size.1);
        let mut s = Screen::register(size);
        s.keys(": r e g i s t e r . i m Enter ~ / R Tab");
        assert!(matches!(s.asked.last(), Some(Effect::Job(Job::Complete(p))) if p == "~/R"));
        let offers = vec!["~/Risks 2024.csv".to_owned(), "~/Risks 2025.csv".to_owned()];
        send(
            &mut s,
            Answer::Completed {
                path: "~/R".to_owned(),
                offers,
            },
        );
        insta::assert_snapshot!(name("path"), s.text());
        s.keys("5 . c s v Enter");
        let Some(Effect::Job(Job::Look(look))) = s.asked.last() else {
            panic!("{}", s.text())
        };
        assert_eq!((look.path.as_str(), &look.kind), ("~/Risks 2025.csv", &None));
        // Nothing told the kind: the register that one came from is meant.
        send(&mut s, seen(""));
        assert!(matches!(s.asked.last(), Some(Effect::Job(Job::Look(l))) if l.kind.as_deref() == Some("risk")));
        send(&mut s, seen("risk"));
        insta::assert_snapshot!(name("columns"), s.text());
        s.keys("j j c d e s c r i p Enter k x");
        insta::assert_snapshot!(name("said"), s.text());
        s.keys("Enter");
        let Some(Effect::Job(Job::Preview(import))) = s.asked.last() else {
            panic!("{}", s.text())
        };
        let import = import.clone();
        let columns: Vec<&str> = import
            .columns
            .iter()
            .flatten()
            .map(|c| c.as_deref().unwrap_or("-"))
            .collect();
        assert_eq!(columns, ["-", "-", "description", "-", "owner"]);
        let detail = |lost: bool, text: &str| Detail {
            lost,
            text: text.to_owned(),
        };
        let told = Told {
            summary: "55 risks new; 1 row left out".to_owned(),
            details: vec![
                detail(
                    true,
                    "line 3, column 'Due', '31.02.2027': does not fit; expected a date such as 2026-12-01",
                ),
                detail(false, "columns not used: Color"),
            ],
        };
        let preview = |import| Answer::Preview {
            import,
            told: told.clone(),
            changes: 55,
        };
        send(&mut s, preview(import.clone()));
        insta::assert_snapshot!(name("read"), s.text());
        // Back to the columns, and forward again.
        s.keys("Esc");
        assert!(
            s.text().contains("left out") && s.text().contains("56 rows"),
            "{}",
            s.text()
        );
        send(&mut s, preview(import.clone()));
        s.keys("Enter");
        assert!(matches!(s.asked.last(), Some(Effect::Job(Job::Import(i, _))) if *i == import));
        send(&mut s, Answer::Imported(told.clone()));
        s.keys("Esc");
        assert!(s.model.modals.is_empty(), "{}", s.text());
        // What says that it is done is not in the way of what comes next.
        send(&mut s, Answer::Imported(told.clone()));
        s.keys("u");
        assert!(matches!(s.asked.last(), Some(Effect::Job(Job::Undo(_)))));
        assert!(s.model.modals.is_empty(), "{}", s.text());
    }
}

#[test]
fn of_several_sheets_one_is_chosen() {
    let mut s = Screen::register(SMALL);
    s.keys(": r e g i s t e r . i m Enter a . x l s x Enter");
    let sheet = |name: &str, many: bool| match seen("risk") {
        Answer::Seen(Ok(seen)) => Answer::Seen(Ok(Seen {
            sheets: ["Read me", "Risks"]
                .iter()
                .take(1 + usize::from(many))
                .map(|n| (*n).to_owned())
                .collect(),
            sheet: Some(name.to_owned()),
            ..seen
        })),
        other => other,
    };
    // Where there is one, nobody is asked.
    send(&mut s, sheet("Read me", false));
    assert!(
        !s.text().contains("s sheet") && s.text().contains("56 rows into"),
        "{}",
        s.text()
    );
    send(&mut s, sheet("Read me", true));
    assert!(s.text().contains("56 rows of the sheet 'Read me' into"), "{}", s.text());
    assert!(s.text().contains("s sheet"), "{}", s.text());
    s.keys("s R i s Enter");
    let Some(Effect::Job(Job::Look(look))) = s.asked.last() else {
        panic!("{}", s.text())
    };
    assert_eq!((look.sheet.as_deref(), &look.kind), (Some("Risks"), &None));
    send(&mut s, sheet("Risks", true));
    // The register is chosen anew for this sheet, which is the one that is imported.
    s.keys("r f i n d i n g s Enter");
    assert!(matches!(s.asked.last(), Some(Effect::Job(Job::Look(l))) if l.sheet.as_deref() == Some("Risks")));
    s.keys("Enter");
    assert!(matches!(s.asked.last(), Some(Effect::Job(Job::Preview(i))) if i.sheet.as_deref() == Some("Risks")));
}

#[test]
fn a_file_that_cannot_be_read_says_why_where_it_is_typed() {
    let mut s = Screen::register(SMALL);
    s.keys(": r e g i s t e r . i m Enter Enter");
    assert!(s.text().contains("name a file"), "{}", s.text());
    s.keys("a . c s v Enter");
    send(
        &mut s,
        Answer::Seen(Err("a.csv: cannot be read: No such file or directory".to_owned())),
    );
    assert!(s.text().contains("cannot be read"), "{}", s.text());
    s.keys("Esc");
    assert!(s.model.modals.is_empty());
    // The export of a tool needs no columns.
    s.keys(": r e g i s t e r . i m Enter a . c s v Enter");
    send(&mut s, seen("ciso-assistant"));
    s.keys("c");
    assert!(s.text().contains("the columns of this tool are known"), "{}", s.text());
    s.keys("Enter");
    assert!(matches!(s.asked.last(), Some(Effect::Job(Job::Preview(i))) if i.columns.is_none()));
    // Where no field is left nothing can come of it.
    send(&mut s, seen("risk"));
    s.keys("j x j j j x Enter");
    assert!(s.text().contains("no column has a field yet"), "{}", s.text());
}

#[test]
fn a_store_that_is_read_only_says_why() {
    let mut s = Screen::register(SMALL);
    s.model.standing = super::Standing::Barred("ada has it open".into());
    s.keys("n");
    assert!(
        s.text().contains("nothing can be changed: ada has it open"),
        "{}",
        s.text()
    );
    assert!(s.text().contains("read-only"), "{}", s.text());
}

#[test]
fn a_key_is_answered_in_one_frame_where_that_is_no_wait_and_else_what_is_typed_shows_first() {
    for (total, at_once) in [(100_000, true), (1_000_000, false)] {
        let mut s = Screen::register(SMALL);
        for list in &mut s.model.lists {
            list.total = total;
        }
        s.keys("/ o u t a");
        let text = s.text();
        assert!(text.contains("/ outa"), "{text}");
        assert_eq!(s.model.hungry.is_none(), at_once, "{text}");
        if !at_once {
            assert!(text.contains("R-0004"), "{text}");
            s.send(Msg::Turn);
        }
        let text = s.text();
        assert!(text.contains("R-0002") && !text.contains("R-0004"), "{text}");
    }

    // Fields take more than words: these are too many for one frame.
    let mut s = Screen::begun(SMALL);
    s.load(&[], 14_000);
    s.keys("g f / t i t l e : n o n s e n s");
    while s.model.is_hungry().is_some() {
        s.send(Msg::Turn);
    }
    s.keys("e");
    let text = s.text();
    assert!(text.contains("/ title:nonsense") && text.contains("of 14"), "{text}");
    assert!(s.model.is_hungry().is_some(), "{text}");
    while s.model.is_hungry().is_some() {
        s.send(Msg::Turn);
    }
    assert!(s.text().contains("0 of 14"), "{}", s.text());
}

#[test]
fn the_palette_speaks_the_language_of_filters() {
    let mut s = Screen::register(SMALL);
    s.keys("g a : r i s k s space t r e a t m e n t : m i t i g a t e Enter");
    let text = s.text();
    assert!(
        text.contains("/treatment:mitigate") && text.contains("1/2 of 4"),
        "{text}"
    );
    s.keys(": t a g : p c i Enter");
    assert!(s.text().contains("1/1 of 4"), "{}", s.text());
    s.keys(": n o n s e n s e : x");
    assert!(s.text().contains("at character 1: no field 'nonsense'"), "{}", s.text());
}

/// What a filter found in one register says nothing of another, which may have fewer records.
#[test]
fn the_palette_asks_one_register_after_another_for_the_same() {
    let mut s = Screen::register(SMALL);
    let said = |s: &mut Screen, keys: &str| {
        s.keys(keys);
        let text = s.text();
        text.lines().find(|l| l.contains(" /r")).unwrap_or_default().to_owned()
    };
    let risks = said(&mut s, ": r i s k s space r");
    let assets = said(&mut s, "C-u a s s e t s space r");
    s.keys("Esc");
    assert_eq!(said(&mut s, ": a s s e t s space r"), assets);
    assert_eq!(said(&mut s, "C-u r i s k s space r"), risks);
    assert!(!risks.is_empty() && risks != assets, "{risks:?} {assets:?}");
}

#[test]
fn every_place_is_drawn_at_every_size_and_in_ascii() {
    let places = [
        "",
        "0",
        "5",
        "Enter",
        "Enter a G",
        "g h",
        "g l",
        "p",
        "space",
        "c",
        "g",
        ":",
        "?",
        "/ x",
        "o",
        "@",
        "n",
        "e",
        "c o",
        "* c t",
        "d d",
        "Enter Tab Tab Enter",
    ];
    for size in [
        (1, 1),
        (20, 3),
        (59, 16),
        (60, 16),
        (61, 40),
        (100, 17),
        (160, 50),
        (255, 90),
    ] {
        for keys in places {
            let mut s = Screen::register(USUAL);
            s.model.theme.ascii = true;
            if !keys.is_empty() {
                s.keys(keys);
            }
            s.size = size;
            s.send(Msg::Resize(size.0, size.1));
            let text = s.text();
            // What people wrote stays as it is; what we draw is ASCII.
            let ours: String = text.chars().filter(|c| !"␛支付".contains(*c)).collect();
            assert!(ours.is_ascii(), "{size:?} {keys}: {text}");
            s.keys("Down PgDn Up");
            s.text();
        }
    }
}

/// A part of what is counted would say that nothing is late and everything is missing.
#[test]
fn today_says_no_number_before_all_is_counted() {
    const WORST: screen::Row = (
        "F-9999",
        "in-fix",
        &[
            ("title", "Back door"),
            ("severity", "critical"),
            ("fix_by", "2026-11-01"),
        ],
    );
    let mut s = Screen::begun(USUAL);
    s.load(&[WORST], 6_000);
    let text = s.text();
    assert!(text.contains("working out"), "{text}");
    let told = [" overdue", "missing", " %", "Missing:", "Nothing is due"];
    assert!(told.iter().all(|word| !text.contains(word)), "{text}");
    while s.text().contains("working out") {
        s.send(Msg::Turn);
    }
    let text = s.text();
    assert!(text.contains(" overdue") && text.contains(" missing"), "{text}");
    // what was there first is not what one looks at
    let cursor = text.lines().find(|l| l.starts_with('▌'));
    assert!(cursor.is_some_and(|l| l.contains("F-9999")), "{text}");
}

/// What shows is looked up, however much there is: the same work over 400 late things as over 1,600.
#[test]
fn today_and_gaps_look_up_what_shows() {
    let work = |many: u64| {
        let mut s = Screen::with_findings(USUAL, many);
        let steps = [
            "0",
            "c d C-u - 5 d Enter",
            "!",
            "l l j",
            "G",
            "Esc",
            "m",
            "m",
            "Tab",
            "Tab",
            "Tab",
        ];
        steps.map(|keys| {
            let ((), seen) = trace::reads(|| {
                s.keys(keys);
                s.text();
            });
            seen.len()
        })
    };
    let (few, many) = (work(400), work(1_600));
    assert_eq!(few, many);
    assert!(few.iter().all(|n| *n < 40 * 10), "{few:?}");
}

#[test]
fn the_plain_screen_is_heard() {
    for (keys, focus) in [
        ("", "R-0002"),
        ("j j", "R-0004"),
        ("Enter", "Owner"),
        ("c t", "5 of 5"),
        ("?", "search"),
        ("space", ""),
    ] {
        let mut s = Screen::register(SMALL);
        s.model.theme.plain = true;
        if !keys.is_empty() {
            s.keys(keys);
        }
        let text = s.text();
        let picture = |c: char| matches!(c, '\u{2500}'..='\u{259f}' | '\u{2800}'..='\u{28ff}');
        assert!(!text.contains(picture), "{keys}: {text}");
        let (lines, cursor) = text
            .rsplit_once("\ncursor ")
            .unwrap_or_else(|| panic!("no focus after '{keys}': {text}"));
        let y: usize = cursor.split_once(',').unwrap().1.parse().unwrap();
        assert!(
            lines.lines().nth(y).unwrap().contains(focus),
            "{keys}: {cursor} of\n{lines}"
        );
    }
    let mut s = Screen::register(USUAL);
    s.model.theme.plain = true;
    assert!(
        s.text().contains(", state "),
        "labels stand before values: {}",
        s.text()
    );
}

/// What others commit, and what time brings about, is told where nothing answers the last key.
#[test]
fn what_others_commit_does_not_push_a_refusal_aside() {
    let mut s = Screen::with_findings(USUAL, 3);
    s.keys("0 c d C-u - 5 d Enter");
    let mut other = s.commits.last().cloned().unwrap();
    other.changes.clear();
    for told in [false, true] {
        other.seq += 1;
        if !told {
            s.model.refuse("this may not be");
        }
        s.send(Msg::Worker(Box::new(Answer::Followed(vec![other.clone()]))));
        let text = s.text();
        assert_eq!(text.contains("this may not be"), !told, "{text}");
        assert_eq!(
            text.contains(&format!("#{} {} by", other.seq, other.action)),
            told,
            "{text}"
        );
        s.keys("j");
    }
}
