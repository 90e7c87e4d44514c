//! What a person types, or a CSV cell holds, as a value. Forgiving in form, exact in meaning; what it refuses, it
//! refuses with an example.

use super::number::{self, Written};
use super::{Expected, json, links, many, money, range};
use crate::model::calendar;
use crate::model::kind::{Field, FieldType, Kind, STATE, TITLE};
use crate::model::record::Record;
use crate::model::value::{Range, Value};
use crate::model::world::World;

/// Most characters of a title.
const TITLE_MAX: f64 = 120.0;

/// Reads a text for a field of a record (or of a new one). A blank text clears.
///
/// # Errors
/// Says what would be understood: the form with an example, the choices, the limits, or records with a similar title.
pub fn parse(
    w: &World,
    kind: &Kind,
    rec: Option<&Record>,
    field: &Field,
    text: &str,
) -> Result<Option<Value>, Expected> {
    if text.trim().is_empty() {
        return Ok(None);
    }
    let value = if field.tag == STATE && field.name == "state" {
        state(kind, text)?
    } else {
        typed(w, kind, rec, field, text)?
    };
    Ok((!value.is_empty()).then_some(value))
}

fn typed(w: &World, kind: &Kind, rec: Option<&Record>, field: &Field, text: &str) -> Result<Value, Expected> {
    let t = text.trim();
    let expected = |what: &str| Expected::new(text, what);
    let value = match field.kind {
        FieldType::Line => Value::Text(line(field, t)?),
        FieldType::Text => {
            let clean = text.replace("\r\n", "\n").replace('\r', "\n");
            let clean = clean.trim_end().trim_start_matches('\n');
            length(field, clean, field.max)?;
            Value::Text(clean.to_string())
        }
        FieldType::Bool => Value::Bool(yes(t).ok_or_else(|| expected("yes or no"))?),
        FieldType::Integer => {
            let n = Written::read(t).and_then(|n| n.units(0));
            Value::Int(n.ok_or_else(|| expected("a whole number such as 12 or 1,200"))?)
        }
        FieldType::Decimal => {
            let n = Written::read(t).and_then(|n| n.float());
            Value::Num(n.ok_or_else(|| expected("a number such as 12, 0.5 or 1.5M"))?)
        }
        FieldType::Percent => {
            let n = Written::read(t).and_then(|n| n.float());
            Value::Num(n.ok_or_else(|| expected("a share such as 5% or 0.05"))?)
        }
        FieldType::Duration => {
            let n = number::hours(t);
            Value::Num(n.ok_or_else(|| expected("a duration such as 4h, 4h 30m or 2d"))?)
        }
        FieldType::Money => money::parse(t, w.currency())?,
        FieldType::Range => Value::Range(range::read(t).map_err(expected)?.into()),
        FieldType::Scale => {
            let label = line(field, t)?;
            let level = w.field_scale(kind, rec, field).and_then(|s| s.find(&label));
            Value::Text(level.map_or(label, |l| l.id.clone()))
        }
        FieldType::Choice => Value::Text(choice(field, t)?),
        FieldType::Date => {
            let day = calendar::parse_day(t, w.today);
            Value::Date(day.ok_or_else(|| expected(&format!("a date such as {}", calendar::HINT)))?)
        }
        FieldType::Time => {
            let ms = calendar::parse_time(t, w.today, w.now);
            Value::Time(ms.ok_or_else(|| expected("a time such as 2026-12-01T08:30:00Z or 2026-12-01 08:30 (UTC)"))?)
        }
        FieldType::Tags => Value::Tags(many::tags(field, t)?),
        FieldType::Link => Value::Link(links::find(w, &field.target, t)?),
        FieldType::Links => Value::Links(many::links(w, kind, field, t)?),
        FieldType::Rows => Value::Rows(many::rows(w, kind, rec, field, t)?),
        FieldType::File => json::from_json(field, &many::json_of(t, FILE_HINT)?)?,
    };
    limits(field, &value, text)?;
    Ok(value)
}

const FILE_HINT: &str = "@PATH, the file itself; or {\"name\":...,\"sha256\":...,\"size\":...}";

fn state(kind: &Kind, text: &str) -> Result<Value, Expected> {
    let wanted = joined(text);
    match kind.states.iter().find(|s| joined(&s.id) == wanted) {
        Some(s) => Ok(Value::Text(s.id.clone())),
        None => {
            let all: Vec<&str> = kind.states.iter().map(|s| s.id.as_str()).collect();
            Err(Expected::new(text, format!("a state: {}", all.join(", "))))
        }
    }
}

/// One line: no line breaks, no control characters, not too long.
fn line(field: &Field, t: &str) -> Result<String, Expected> {
    if t.contains(|c: char| c.is_control() || c == '\u{2028}' || c == '\u{2029}') {
        return Err(Expected::new(
            t,
            "one line without line breaks, tabs or control characters",
        ));
    }
    let max = field
        .max
        .or((field.tag == TITLE && field.name == "title").then_some(TITLE_MAX));
    if !matches!(field.kind, FieldType::Scale) {
        length(field, t, max)?;
    }
    Ok(t.to_string())
}

fn length(field: &Field, t: &str, max: Option<f64>) -> Result<(), Expected> {
    let n = t.chars().count() as f64;
    let (min, max) = (field.min.unwrap_or(0.0), max.unwrap_or(f64::INFINITY));
    if (min..=max).contains(&n) {
        return Ok(());
    }
    let wanted = match (min == max, n < min) {
        (true, _) => format!("{max} characters"),
        (_, true) => format!("at least {min} characters"),
        (_, false) => format!("at most {max} characters, these are {n}"),
    };
    Err(Expected::new(t, wanted))
}

pub(super) fn limits(field: &Field, value: &Value, text: &str) -> Result<(), Expected> {
    let share = field.kind == FieldType::Percent;
    let low = field.min.or(share.then_some(0.0));
    let high = field.max.or(share.then_some(1.0));
    let numbers: Vec<f64> = match value {
        Value::Int(n) => vec![*n as f64],
        Value::Num(n) => vec![*n],
        Value::Money(minor, currency) => vec![money::major(*minor, *currency)],
        Value::Range(r) => match **r {
            Range::Constant(v) => vec![v],
            Range::Uniform(a, b) | Range::Lognormal(a, b) | Range::Normal(a, b) => vec![a, b],
            Range::Triangular(a, _, b) | Range::Pert(a, _, b) => vec![a, b],
        },
        _ => return Ok(()),
    };
    let fits = |n: &f64| low.is_none_or(|l| *n >= l) && high.is_none_or(|h| *n <= h);
    if numbers.iter().all(fits) {
        return Ok(());
    }
    let n = |v: f64| if share { number::percent(v) } else { number::float(v) };
    let wanted = match (low, high) {
        (Some(l), Some(h)) => format!("{} to {}", n(l), n(h)),
        (Some(l), None) => format!("at least {}", n(l)),
        (None, Some(h)) => format!("at most {}", n(h)),
        (None, None) => return Ok(()),
    };
    Err(Expected::new(text, wanted))
}

/// What people and programs write for yes and no.
pub(in crate::model) fn yes(t: &str) -> Option<bool> {
    match t.to_lowercase().as_str() {
        "yes" | "y" | "true" | "t" | "1" | "x" | "on" | "✓" | "✔" | "☑" | "oui" | "ja" => Some(true),
        "no" | "n" | "false" | "f" | "0" | "off" | "✗" | "✘" | "☐" | "non" | "nein" => Some(false),
        _ => None,
    }
}

/// Lower case with every blank, hyphen and underline taken for the same.
pub(in crate::model) fn joined(t: &str) -> String {
    t.trim().to_lowercase().replace([' ', '_'], "-")
}

pub(super) fn choice(field: &Field, t: &str) -> Result<String, Expected> {
    let wanted = joined(t);
    let found = field.choice(t).or_else(|| {
        field.choices.iter().find(|c| {
            joined(&c.id) == wanted || joined(&c.label) == wanted || c.aliases.iter().any(|a| joined(a) == wanted)
        })
    });
    found.map(|c| c.id.clone()).ok_or_else(|| {
        let all: Vec<&str> = field.choices.iter().map(|c| c.id.as_str()).collect();
        Expected::new(t, all.join(", "))
    })
}

/// What a text was taken for, as a person reads it, where it is another word for a choice or a level and not its own
/// name, id or short form: "Likely" for "possible".
pub fn taken_for<'a>(
    w: &World<'a>,
    kind: &Kind,
    rec: Option<&Record>,
    field: &'a Field,
    text: &str,
) -> Option<&'a str> {
    let word = joined(text);
    let own = |names: &[&str]| names.iter().any(|name| joined(name) == word);
    match field.kind {
        FieldType::Choice => {
            let id = choice(field, text).ok()?;
            let c = field.choices.iter().find(|c| c.id == id)?;
            (!own(&[&c.id, &c.label])).then_some(c.label.as_str())
        }
        FieldType::Scale => {
            let level = w.field_scale(kind, rec, field)?.find(text)?;
            let named = own(&[&level.id, &level.name, level.letters()]) || word.parse::<u8>().is_ok();
            (!named).then_some(level.name.as_str())
        }
        _ => None,
    }
}
