//! Whether a value may stand in a field: its type, its bounds, its choices.

use super::super::kind::{Field, FieldType};
use super::super::value::Value;

/// Whether a value is of its field's type.
pub(super) fn form(field: &Field, value: &Value) -> Result<(), String> {
    use FieldType as T;
    let good = match (field.kind, value) {
        (T::Line | T::Text | T::Scale | T::Choice, Value::Text(_))
        | (T::Bool, Value::Bool(_))
        | (T::Integer, Value::Int(_))
        | (T::Money, Value::Money(..))
        | (T::Date, Value::Date(_))
        | (T::Time, Value::Time(_))
        | (T::Range, Value::Range(_))
        | (T::Tags, Value::Tags(_))
        | (T::Link, Value::Link(_))
        | (T::Links, Value::Links(_))
        | (T::Rows, Value::Rows(_))
        | (T::File, Value::File(_)) => true,
        (T::Decimal | T::Percent | T::Duration, Value::Num(n)) => n.is_finite(),
        _ => false,
    };
    match good {
        true => Ok(()),
        false => Err(format!("{}: this is not a {:?}", field.label, field.kind).to_lowercase()),
    }
}

/// Whether a value is of its field's type, and within its bounds and choices.
pub(super) fn fits(field: &Field, value: &Value) -> Result<(), String> {
    use FieldType as T;
    form(field, value)?;
    let size = match value {
        Value::Text(t) if matches!(field.kind, T::Line | T::Text) => Some((t.chars().count() as f64, "characters")),
        Value::Int(n) => Some((*n as f64, "")),
        Value::Num(n) => Some((*n, "")),
        _ => None,
    };
    if let Some((n, unit)) = size {
        let space = if unit.is_empty() { "" } else { " " };
        if let Some(max) = field.max.filter(|m| n > *m) {
            return Err(format!("{}: {n}{space}{unit} is more than {max}", field.label));
        }
        if let Some(min) = field.min.filter(|m| n < *m) {
            return Err(format!("{}: {n}{space}{unit} is less than {min}", field.label));
        }
    }
    match value {
        Value::Text(t) if field.kind == T::Line && t.contains(['\n', '\r']) => {
            Err(format!("{}: one line only", field.label))
        }
        Value::Text(t) if field.kind == T::Choice && !field.choices.is_empty() && field.choice(t).is_none() => {
            let ids: Vec<&str> = field.choices.iter().map(|c| c.id.as_str()).collect();
            Err(format!("{}: '{t}' is none of {}", field.label, ids.join(", ")))
        }
        Value::Tags(tags) if !field.choices.is_empty() => {
            match tags.iter().find(|t| !field.choices.iter().any(|c| c.id == **t)) {
                Some(t) => Err(format!("{}: '{t}' is not one of its words", field.label)),
                None => Ok(()),
            }
        }
        _ => Ok(()),
    }
}
