//! Keys that hold together what one does: the trail, selections, copies, pastes, own keymaps, the mouse.

use super::screen::Screen;
use super::{Msg, SMALL, USUAL};
use crate::ui::app::{Command, Deed, Mouse};
use crate::ui::job::{Effect, Job};
use crate::ui::key::Key;
use crate::ui::theme::Theme;

fn copied(s: &Screen) -> String {
    match s.asked.last() {
        Some(Effect::Term(Command::Copy(text))) => text.clone(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_trail_keeps_filters_and_cursors() {
    let mut s = Screen::register(SMALL);
    s.keys("/ o w n e r : b o Enter j");
    assert!(s.text().contains("▌ R-0004"), "{}", s.text());
    s.keys("g a");
    assert!(s.text().contains("A-0001"), "{}", s.text());
    // Somebody else's filter on the way does not change what was.
    s.keys("<");
    assert!(
        s.text().contains("/owner:bo") && s.text().contains("▌ R-0004"),
        "{}",
        s.text()
    );
    // Before the filter there was none.
    s.keys("<");
    assert!(
        !s.text().contains("/owner:bo") && s.text().contains("R-0001"),
        "{}",
        s.text()
    );
    s.keys("> >");
    assert!(s.text().contains("A-0001"), "{}", s.text());
    // There and back again.
    s.keys("-");
    assert!(s.text().contains("/owner:bo"), "{}", s.text());
    s.keys("-");
    assert!(s.text().contains("A-0001"), "{}", s.text());
    s.keys("> <");
    assert!(s.text().contains("/owner:bo"), "{}", s.text());
}

#[test]
fn the_others_are_selected_in_one_key() {
    let mut s = Screen::register(SMALL);
    s.keys("x I");
    assert!(s.text().contains("3 selected"), "{}", s.text());
    s.keys("I");
    assert!(s.text().contains("1 selected"), "{}", s.text());
}

#[test]
fn what_was_added_is_added_again_elsewhere() {
    let mut s = Screen::register(USUAL);
    s.keys("G c a A - 0 0 0 1 Tab Enter");
    let assets = |s: &Screen, id: &str| {
        let w = s.model.world();
        let r = w.find(&id.into()).unwrap();
        crate::model::codec::cell(&w, w.kind(&r.id).unwrap(), r, "assets")
    };
    let text = s.text();
    s.keys("k .");
    assert_eq!(s.seq, 43, "{text}\n{}", s.text());
    assert!(s.text().contains("again assets"), "{}", s.text());
    assert!(!assets(&s, "R-0004").is_empty());
    // Of another register it is not.
    s.keys("g a .");
    assert!(s.text().contains("was made to risks; these are assets"), "{}", s.text());
}

#[test]
fn rows_are_copied_as_tables() {
    let mut s = Screen::register(SMALL);
    s.keys("y m");
    assert!(copied(&s).starts_with("## R-0002 Payment outage longer than 4 hours\n\n- **State**: evaluated"));
    s.keys("x x y m");
    let table = copied(&s);
    assert!(table.starts_with("| ID | Risk | "), "{table}");
    assert_eq!(
        (table.lines().count(), table.contains("| R-0001 | Card data")),
        (4, true),
        "{table}"
    );
    s.keys("y c");
    let csv = copied(&s);
    assert!(csv.starts_with("id,") && csv.contains("Payment outage"), "{csv}");
}

#[test]
fn what_is_too_long_to_copy_is_offered_as_a_file() {
    let mut s = Screen::register(SMALL);
    s.keys("y y");
    s.send(Msg::Copied(Err("it is long".into())));
    assert!(
        s.text().contains("it is long") && s.model.modals.is_empty(),
        "{}",
        s.text()
    );
    let text = "x".repeat(80_000);
    let mut long = s.model.record("R-0003").unwrap().as_ref().clone();
    long.set(9, Some(crate::model::value::Value::Text(text)));
    let ix = s.model.catalogue.kind_of(&long.id).unwrap();
    std::sync::Arc::make_mut(&mut s.model.state).put(ix, std::sync::Arc::new(long));
    s.model.fresh_all();
    s.keys("* y c");
    assert!(copied(&s).len() > 80_000);
    s.send(Msg::Copied(Err("too many".into())));
    assert!(s.text().contains("isms-2026-12-01.csv"), "{}", s.text());
    s.keys("Enter");
    match s.asked.last() {
        Some(Effect::Job(Job::Write(path, text))) => {
            assert_eq!((path.as_str(), text.len() > 80_000), ("isms-2026-12-01.csv", true));
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_paste_is_never_a_command() {
    let mut s = Screen::register(SMALL);
    s.send(Msg::Paste("ddnQ".into()));
    assert!(
        s.text().contains("left out") && s.model.modals.is_empty(),
        "{}",
        s.text()
    );
    s.keys("/");
    s.send(Msg::Paste("out\nage".into()));
    assert!(s.text().contains("/ out age"), "{}", s.text());
    s.keys("C-u");
    s.send(Msg::Paste("y".repeat(1 << 20)));
    assert!(s.text().contains("only the first 10000 characters"), "{}", s.text());
    s.keys("Esc ?");
    assert!(s.text().contains("Help"), "{}", s.text());
}

#[test]
fn the_configuration_is_read_again_and_mistakes_leave_it_as_it_was() {
    let mut s = Screen::register(SMALL);
    s.keys(": s e s s i o n . r e l Enter");
    assert!(matches!(s.asked.last(), Some(Effect::Reload)), "{:?}", s.asked.last());
    let own = |s: &mut Screen, text: &str| {
        let keys = vec![("/x/keys.toml".to_owned(), text.to_owned())];
        s.model.reload(Ok((Theme::built_in("terminal"), keys)));
    };
    own(
        &mut s,
        "[list]\n\"J\" = \"move.down\"\n\"/\" = \"\"\n\"f\" = \"list.filter\"\n[langmap]\n\"о\" = \"j\"",
    );
    assert!(s.text().contains("were read again"), "{}", s.text());
    s.keys("k");
    // What shows a key reads the map.
    assert!(
        s.text().contains("f filter") && !s.text().contains("/ filter"),
        "{}",
        s.text()
    );
    s.keys("о");
    assert!(s.text().contains("2/4"), "{}", s.text());
    s.keys("f o");
    assert!(s.text().contains("/ o"), "{}", s.text());
    s.keys("Esc");
    own(&mut s, "[list]\n\"J\" = \"move.dwn\"");
    let text = s.text();
    assert!(
        text.contains("/x/keys.toml, line 2") && text.contains("mean 'move.down'"),
        "{text}"
    );
    s.keys("J");
    assert!(!s.text().contains("does nothing"), "{}", s.text());
}

#[test]
fn the_mouse_does_what_keys_do() {
    let mut s = Screen::register(SMALL);
    s.keys(": s e s s i o n . m o u Enter");
    let text = s.text();
    let place = |text: &str, what: &str| {
        let (y, line) = text
            .lines()
            .enumerate()
            .filter(|(_, l)| l.contains(what))
            .last()
            .unwrap();
        let x = line[..line.find(what).unwrap()].chars().count();
        (u16::try_from(x).unwrap(), u16::try_from(y).unwrap())
    };
    let press = |s: &mut Screen, (x, y): (u16, u16)| {
        s.send(Msg::Mouse(Mouse {
            deed: Deed::Press,
            x,
            y,
        }));
    };
    // A row, and once more to open it.
    let row = place(&text, "R-0003");
    press(&mut s, row);
    press(&mut s, row);
    assert!(s.text().contains("R-0003  Supplier"), "{}", s.text());
    // The footer and the strip.
    let back = place(&s.text(), "Esc back");
    press(&mut s, back);
    let strip = place(&s.text(), "Assets 2");
    press(&mut s, strip);
    assert!(s.text().contains("▌Assets 2"), "{}", s.text());
    // The wheel moves, here and in a choice.
    s.send(Msg::Mouse(Mouse {
        deed: Deed::WheelDown,
        x: 5,
        y: 5,
    }));
    assert!(s.text().contains("2/2"), "{}", s.text());
    // What follows a key.
    s.send(Msg::Key(Key::char('g')));
    let risks = place(&s.text(), "risks");
    press(&mut s, risks);
    assert!(s.text().contains("▌Risks 4"), "{}", s.text());
}
