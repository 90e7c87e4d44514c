//! The computed words: which there are, best first, how they are read, and how grave they are.

use super::super::kind::{Derivation, Tone};

/// The words that a derivation gives, best first; none if it gives values of another sort.
pub fn words(from: &Derivation) -> &'static [&'static str] {
    match from {
        Derivation::Validity { .. } => &["valid", "expiring", "expired"],
        Derivation::Band { .. } => &["green", "amber", "red"],
        Derivation::Pace { .. } => &["met", "on-track", "at-risk", "missed"],
        _ => &[],
    }
}

/// How grave one of these words is.
pub fn tone(word: &str) -> Tone {
    match word {
        "expired" | "red" | "missed" => Tone::Bad,
        "expiring" | "amber" | "at-risk" => Tone::Warn,
        _ => Tone::Good,
    }
}

/// The word as a person reads it: `at risk`.
pub fn said(word: &str) -> String {
    word.replace('-', " ")
}

/// Whether something holds on a day, if it holds up to and including another.
pub(super) fn validity(until: i32, soon: i32, today: i32) -> &'static str {
    match i64::from(until) - i64::from(today) {
        ..0 => "expired",
        left if left <= i64::from(soon) => "expiring",
        _ => "valid",
    }
}
