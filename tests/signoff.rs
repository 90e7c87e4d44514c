//! An approval, acceptance or verification is taken back only by a move back with a reason. Over every kind, without
//! naming one: the ways back, and what undo says. `tests/kinds.rs` makes every sign-off and tries to undo it.
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test stops where it fails"
)]

use isms::model::builtin;
use isms::model::kind::{Ask, Class, Kind, RETIRED, Transition};
use std::collections::BTreeSet;

fn kinds() -> Vec<Kind> {
    builtin::catalogue().unwrap().kinds
}

/// The sign-offs of all kinds that enter a state.
fn signoffs(kinds: &[Kind]) -> Vec<(&Kind, &Transition)> {
    let of = |k| -> Vec<(&Kind, &Transition)> {
        let k: &Kind = k;
        k.transitions
            .iter()
            .filter(|t| t.signoff && !t.stays())
            .map(|t| (k, t))
            .collect()
    };
    kinds.iter().flat_map(of).collect()
}

/// Whether a state lies before a sign-off: it comes earlier in the life of the record, which is the order of the file.
fn back(kind: &Kind, state: &str, t: &Transition) -> bool {
    let place = |s: &str| kind.states.iter().position(|d| d.id == s);
    place(state) < place(&t.to)
}

#[test]
fn a_move_that_takes_a_sign_off_back_asks_for_a_reason() {
    let kinds = kinds();
    let (mut ways, mut wrong) = (0, Vec::new());
    for (kind, t) in signoffs(&kinds) {
        for m in kind.moves_from(&t.to).filter(|m| !m.stays() && back(kind, &m.to, t)) {
            ways += 1;
            if m.reason != Ask::Required {
                wrong.push(format!(
                    "{}: '{}' takes '{}' back without a reason",
                    kind.name, m.name, t.name
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(ways > 10, "{ways}");
}

#[test]
fn what_was_signed_off_is_never_stuck() {
    let kinds = kinds();
    let mut stuck = Vec::new();
    for (kind, t) in signoffs(&kinds) {
        // An end that is meant to be one is left by retiring only.
        let closed = kind.state(&t.to).is_some_and(|s| s.class == Class::Closed);
        let mut seen: BTreeSet<&str> = BTreeSet::new();
        let mut todo = vec![t.to.as_str()];
        while let Some(state) = todo.pop() {
            if seen.insert(state) {
                todo.extend(
                    kind.transitions
                        .iter()
                        .filter(|m| !m.stays() && m.from.iter().any(|f| f == state || (f == "*" && state != RETIRED)))
                        .map(|m| m.to.as_str()),
                );
            }
        }
        let away = seen.iter().any(|s| back(kind, s, t));
        if !away && !closed {
            stuck.push(format!(
                "{}: from {} nothing leads back to before '{}'",
                kind.name, t.to, t.name
            ));
        }
    }
    assert!(stuck.is_empty(), "{stuck:#?}");
}
