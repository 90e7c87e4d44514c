//! Triage: one key decides, `.` decides alike, and undo goes through all of it.

use super::screen::{Row, Screen};
use super::{Msg, SMALL, USUAL};
use crate::model::record::Id;
use crate::ui::job::{Answer, Effect, Job};

/// Findings as a scanner leaves them: on the payment switch of Bo, of which Ada may decide none but by analysis.
const FINDINGS: &[Row] = &[
    (
        "F-0001",
        "new",
        &[
            ("title", "Old TLS on the switch"),
            ("asset", "A-0001"),
            ("severity", "high"),
        ],
    ),
    (
        "F-0002",
        "new",
        &[
            ("title", "Default password"),
            ("asset", "A-0001"),
            ("severity", "critical"),
        ],
    ),
    (
        "F-0003",
        "new",
        &[
            ("title", "Banner tells the version"),
            ("asset", "A-0001"),
            ("severity", "low"),
        ],
    ),
    (
        "F-0004",
        "new",
        &[("title", "Weak cipher"), ("asset", "A-0001"), ("severity", "medium")],
    ),
    (
        "F-0005",
        "new",
        &[
            ("title", "Default password, again"),
            ("asset", "A-0001"),
            ("severity", "critical"),
        ],
    ),
    ("F-0006", "new", &[("title", "Unused port"), ("severity", "low")]),
    (
        "F-0007",
        "triaged",
        &[("title", "Seen before"), ("owner", "P-0002"), ("priority", "p3")],
    ),
];

fn triage(size: (u16, u16)) -> Screen {
    let mut s = Screen::with(size, FINDINGS, 0);
    s.keys("g f t");
    s
}

fn state(s: &Screen, id: &str) -> String {
    s.model.record(id).unwrap().state().to_owned()
}

fn field(s: &Screen, id: &str, name: &str) -> String {
    let w = s.model.world();
    let r = w.find(&Id::from(id)).unwrap();
    crate::model::codec::cell(&w, w.kind(&r.id).unwrap(), r, name)
}

#[test]
fn it_looks_as_it_should() {
    for size in [SMALL, USUAL] {
        let mut s = triage(size);
        insta::assert_snapshot!(format!("triage_{}x{}", size.0, size.1), s.text());
        s.keys("t h a n d e d space o n Enter");
        insta::assert_snapshot!(format!("triage_went_on_{}x{}", size.0, size.1), s.text());
        s.keys("m");
        insta::assert_snapshot!(format!("triage_asks_{}x{}", size.0, size.1), s.text());
    }
}

#[test]
fn one_key_decides_and_moves_on() {
    let mut s = triage(USUAL);
    assert!(s.text().contains("0 of 6"), "{}", s.text());
    // The worst is first; it is handed on with a reason of one line.
    assert!(s.text().contains("▌ F-0002"), "{}", s.text());
    s.keys("t t h e space v e n d o r Enter");
    assert_eq!(state(&s, "F-0002"), "triaged");
    assert_eq!(
        (field(&s, "F-0002", "answer"), field(&s, "F-0002", "priority")),
        ("Transfer".into(), "P1".into())
    );
    assert!(
        field(&s, "F-0002", "owner").contains("Bo"),
        "{}",
        field(&s, "F-0002", "owner")
    );
    assert!(
        s.text().contains("1 of 6") && s.text().contains("▌ F-0005"),
        "{}",
        s.text()
    );
    // The same again, and what it is stands in the footer.
    assert!(s.text().contains("again: transfer"), "{}", s.text());
    s.keys(".");
    assert_eq!(state(&s, "F-0005"), "triaged");
    assert_eq!(s.commits[0].reason.as_deref(), Some("the vendor"));
    assert!(s.text().contains("again now triaged, F-0005"), "{}", s.text());
    // Under a risk that is found by a few letters.
    s.keys("m o u t a g e Enter");
    assert_eq!(
        (
            state(&s, "F-0001").as_str(),
            field(&s, "F-0001", "risk").starts_with("Payment outage")
        ),
        ("triaged", true)
    );
    // Without deciding.
    s.keys("j k");
    assert_eq!(state(&s, "F-0004"), "new");
}

#[test]
fn the_next_below_comes_up_wherever_the_decided_one_goes() {
    let mut s = triage(USUAL);
    // Its priority sorts it above those that still wait.
    s.keys("j j");
    assert!(s.text().contains("▌ F-0001"), "{}", s.text());
    s.keys("t x Enter");
    assert!(
        s.text().contains("1 of 6") && s.text().contains("▌ F-0004"),
        "{}",
        s.text()
    );
    // Of the last one the one before.
    s.keys("G");
    assert!(s.text().contains("▌ F-0006"), "{}", s.text());
    s.keys("p x Enter");
    assert!(s.text().contains("▌ F-0003"), "{}", s.text());
    // All that is selected leaves at once.
    s.keys("g g x x k . ");
    assert!(s.text().contains("▌ F-0004"), "{}", s.text());
}

#[test]
fn what_is_accepted_asks_for_an_exception() {
    let mut s = triage(USUAL);
    s.keys("a t o o space d e a r Enter");
    let changes = &s.commits[0].changes;
    assert_eq!(changes.len(), 2, "{}", s.text());
    assert_eq!(field(&s, "X-0001", "findings"), "Default password");
    assert_eq!(field(&s, "X-0001", "reason"), "too dear");
    assert!(field(&s, "X-0001", "title").starts_with("Accept F-0002"));
    assert_eq!(field(&s, "F-0002", "answer"), "Accept");
    // The same again asks for one more, for all that is selected.
    s.keys("x x .");
    assert_eq!(s.commits[0].changes.len(), 3, "{}", s.text());
    assert_eq!(field(&s, "X-0002", "title"), "Accept 2 findings");
}

#[test]
fn a_false_one_is_settled_by_whoever_may() {
    let mut s = triage(USUAL);
    // Ada is the security officer: it is closed.
    s.keys("p n o t space o u r s Enter");
    assert_eq!(state(&s, "F-0002"), "false-positive", "{}", s.text());
}

#[test]
fn duplicates_name_what_is_kept_and_snoozed_ones_come_back() {
    let mut s = triage(USUAL);
    s.keys("j d F - 0 0 0 2 Enter Enter");
    assert_eq!(state(&s, "F-0005"), "duplicate", "{}", s.text());
    s.keys("g g s");
    assert!(
        s.text().contains("7d") || s.text().contains("2026-12-08"),
        "{}",
        s.text()
    );
    s.keys("Enter");
    assert_eq!(
        (
            state(&s, "F-0002").as_str(),
            field(&s, "F-0002", "snoozed_until").as_str()
        ),
        ("new", "2026-12-08")
    );
    assert!(
        s.text().contains("2 of 6") && !s.text().contains("▌ F-0002"),
        "{}",
        s.text()
    );
}

#[test]
fn what_cannot_be_filled_in_is_asked_for() {
    let mut s = triage(USUAL);
    // No asset, so nobody who would mend it.
    s.keys("G v");
    assert!(s.text().contains("Owner"), "{}", s.text());
}

#[test]
fn undo_brings_it_back_under_the_cursor() {
    let mut s = triage(USUAL);
    s.keys("t x Enter");
    let mut back = s.commits[0].clone();
    (back.seq, back.undoes, back.action) = (43, Some(42), "undo".into());
    for c in &mut back.changes {
        let (before, after) = (c.after.clone(), c.before.clone().unwrap());
        (c.before, c.after) = (Some(before), after);
    }
    s.keys("j j u");
    assert!(matches!(s.asked.last(), Some(Effect::Job(Job::Undo(_)))));
    s.send(Msg::Worker(Box::new(Answer::Committed { token: 0, commit: back })));
    assert!(
        s.text().contains("0 of 6") && s.text().contains("▌ F-0002"),
        "{}",
        s.text()
    );
}

#[test]
fn it_is_left_as_it_was_found() {
    let mut s = triage(SMALL);
    s.keys("t x Enter Esc");
    assert!(s.text().contains("1 of 6 decided; 5 still wait"), "{}", s.text());
    s.keys("j");
    assert!(s.text().contains("/7 ·"), "{}", s.text());
    assert!(!s.model.preview);
    // Elsewhere its keys mean what they always do.
    s.keys("g r a");
    assert!(s.text().contains("a does nothing here"), "{}", s.text());
    s.keys("g a t");
    assert!(s.text().contains("assets are not triaged"), "{}", s.text());
}
