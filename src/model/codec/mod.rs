//! What values mean: each field type has one text for people, one text for editing and CSV that reads back to the
//! same value, one JSON shape and one order. Nothing here knows a particular kind, a file or a screen.

mod bytes;
mod direct;
mod json;
mod links;
mod many;
mod money;
mod number;
mod order;
mod parse;
mod range;
mod show;

pub use direct::{Content, Said};
pub use json::{Mistake, from_json, hex, record_from_json, record_json, to_json};
pub use links::{find, name};
pub use money::{minor_digits, money_text};
pub use order::{CLOSED, Key, Order, Sorting, compare, key, order, sort};
pub use parse::{parse, taken_for};
pub use show::{cell, cell_of, edit_text, figure, level, part, plain, plain_of, show, show_file, show_long};

pub(in crate::model) use links::same;
pub(in crate::model) use number::hours;
pub(crate) use number::{group, significant};
pub(in crate::model) use parse::{joined, yes};
pub(in crate::model) use range::mean;

use crate::model::value::Value;
use std::fmt;

/// What parts that something does not fit from what would be understood.
pub(crate) const EXPECTED: &str = "; expected ";

/// A number as people write it, for comparing.
pub(in crate::model) fn number(text: &str) -> Option<f64> {
    number::Written::read(text).and_then(|n| n.float())
}

/// An amount in major units, with its currency if one is named, for comparing.
pub(in crate::model) fn amount(text: &str) -> Option<(f64, Option<[u8; 3]>)> {
    const OPEN: [u8; 3] = [0; 3];
    match money::parse(text, OPEN) {
        Ok(Value::Money(minor, currency)) => {
            Some((money::major(minor, currency), (currency != OPEN).then_some(currency)))
        }
        _ => number(text).map(|n| (n, None)),
    }
}

/// What an amount is compared by: its major units.
pub(crate) fn major(minor: i64, currency: [u8; 3]) -> f64 {
    money::major(minor, currency)
}

/// A text that could not be read, and what would have been.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expected {
    /// What was given.
    pub got: String,
    /// What would be understood, with an example or the choices.
    pub expected: String,
}

impl Expected {
    /// For a text, with what would be understood.
    pub fn new(got: impl Into<String>, expected: impl Into<String>) -> Self {
        Self {
            got: got.into(),
            expected: expected.into(),
        }
    }
}

impl fmt::Display for Expected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut got: String = self.got.chars().take(40).collect();
        if got.len() < self.got.len() {
            got.push('…');
        }
        write!(f, "'{got}' does not fit{EXPECTED}{}", self.expected)
    }
}

impl std::error::Error for Expected {}

#[cfg(test)]
mod tests;
