//! Values of records as the methods want them.

use crate::model::codec;
use crate::model::kind::Tag;
use crate::model::record::{Id, Record};
use crate::model::value::{Range, Value};

/// A distribution.
pub fn range(record: &Record, tag: Tag) -> Option<Range> {
    match record.get(tag)? {
        Value::Range(r) => Some(**r),
        _ => None,
    }
}

/// A number: a decimal, a share.
pub fn number(value: Option<&Value>) -> Option<f64> {
    match value? {
        Value::Num(n) => Some(*n),
        Value::Int(n) => Some(*n as f64),
        _ => None,
    }
}

/// An amount in the currency's major unit.
pub fn money(record: &Record, tag: Tag) -> Option<f64> {
    match record.get(tag)? {
        Value::Money(minor, currency) => Some(codec::major(*minor, *currency)),
        _ => None,
    }
}

/// The ids of a link field.
pub fn ids(record: &Record, tag: Tag) -> impl Iterator<Item = &Id> {
    record.get(tag).into_iter().flat_map(Value::ids)
}

/// An attribute of a link.
pub fn attribute(attributes: &[(Tag, Value)], tag: Tag) -> Option<&Value> {
    attributes.iter().find(|(t, _)| *t == tag).map(|(_, v)| v)
}

/// An amount in the currency's minor units, of one in its major unit.
pub fn amount(major: f64, currency: [u8; 3]) -> Value {
    let minor = 10f64.powi(i32::try_from(codec::minor_digits(currency)).unwrap_or(2));
    // `as` saturates: what is larger than any amount stays the largest amount
    Value::Money((major * minor).round() as i64, currency)
}

/// A figure that is no amount, to six digits: what follows is noise of the arithmetic.
pub fn figure(v: f64) -> Value {
    Value::Num(codec::significant(v, 6))
}
