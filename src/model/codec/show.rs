//! Values as text: for people, for a column, and for editing and CSV.

use super::json::hex;
use super::{json, links, money, number, range};
use crate::model::calendar;
use crate::model::derive;
use crate::model::kind::{Derivation, Field, FieldType, Kind, Level};
use crate::model::record::Record;
use crate::model::value::{FileRef, Row, Value};
use crate::model::world::World;

/// The value as a person reads it on a line or, for a long text, on several: labels of choices and levels, ids of
/// links.
pub fn show(w: &World, kind: &Kind, rec: Option<&Record>, name: &str, v: &Value) -> String {
    let shape = kind.shape(name);
    if shape.is_none() {
        if let Some((of, there)) = derive::origin(w.catalogue, kind, name) {
            return show(w, of, None, there, v);
        }
        if !derive::words_of(w.catalogue, kind, name).is_empty() {
            return v.as_text().map(derive::said).unwrap_or_default();
        }
        if let (Value::Num(n), true) = (v, derive::is_share(w.catalogue, kind, name)) {
            return number::percent((n * 100.0).round() / 100.0);
        }
    }
    match v {
        Value::Text(t) if name != "state" => label(w, kind, rec, name, t),
        other if kind.field(name).is_none() => of(w, kind, rec, shape, &rounded(other)),
        other => of(w, kind, rec, shape, other),
    }
}

/// A number or an amount that was worked out, as it is read; nothing of another value.
pub fn figure(v: &Value) -> String {
    match rounded(v) {
        Value::Num(n) => number::float(n),
        Value::Money(minor, currency) => amount(minor, currency),
        _ => String::new(),
    }
}

/// A cell of a row or what a link says of itself, in words.
pub fn part(w: &World, kind: &Kind, rec: Option<&Record>, field: &Field, v: &Value) -> String {
    of(w, kind, rec, Some(field), v)
}

/// An amount as it is read, without cents where there are none: `12,000 EUR`.
fn amount(minor: i64, currency: [u8; 3]) -> String {
    let text = number::group(&money::amount(minor, currency));
    let whole = text
        .split_once('.')
        .filter(|(_, cents)| cents.bytes().all(|c| c == b'0'));
    let shown = whole.map_or(text.as_str(), |(whole, _)| whole);
    format!("{shown} {}", money::code(currency))
}

/// A figure as it is read: what is worked out from estimates says no more than three digits, amounts no cents.
fn rounded(v: &Value) -> Value {
    match v {
        Value::Num(n) => Value::Num(number::significant(*n, 3)),
        Value::Money(minor, currency) => {
            let unit = 10i64.pow(money::minor_digits(*currency));
            match minor.abs() >= 100 * unit {
                true => Value::Money((minor + minor.signum() * unit / 2) / unit * unit, *currency),
                false => v.clone(),
            }
        }
        other => other.clone(),
    }
}

/// The value in full: links with their titles, rows, links and what explains itself one a line, a file with its whole
/// SHA-256.
pub fn show_long(w: &World, kind: &Kind, rec: Option<&Record>, name: &str, v: &Value) -> String {
    let field = kind.field(name);
    let titled = |id: &crate::model::record::Id| match w.find(id) {
        Some(r) => format!("{id} {}", r.title()),
        None => id.to_string(),
    };
    let attributes = |cells: &[(u16, Value)]| -> Vec<String> {
        let fields = field.map(|f| f.fields.as_slice()).unwrap_or_default();
        fields
            .iter()
            .filter_map(|f| cells.iter().find(|(t, _)| *t == f.tag).map(|(_, v)| (f, v)))
            .map(|(f, v)| {
                let text = match v {
                    Value::Link(id) => titled(id),
                    v => of(w, kind, rec, Some(f), v),
                };
                format!("{}: {text}", f.label)
            })
            .collect()
    };
    match v {
        Value::Link(id) => titled(id),
        Value::Links(all) => {
            let lines: Vec<String> = all
                .iter()
                .map(|l| match attributes(&l.attributes) {
                    a if a.is_empty() => titled(&l.to),
                    a => format!("{} ({})", titled(&l.to), a.join(", ")),
                })
                .collect();
            lines.join("\n")
        }
        Value::Rows(rows) => {
            let lines: Vec<String> = rows.iter().map(|r| attributes(&r.cells).join(", ")).collect();
            lines.join("\n")
        }
        Value::File(f) => format!("{}\nSHA-256 {}", show_file(f), hex(&f.sha256)),
        // Choices that say what they mean need a line each.
        Value::Tags(tags) if field.is_some_and(|f| f.choices.iter().any(|c| c.label.contains(": "))) => {
            let lines: Vec<String> = tags
                .iter()
                .map(|t| of(w, kind, rec, field, &Value::Tags(vec![t.clone()])))
                .collect();
            lines.join("\n")
        }
        other => show(w, kind, rec, name, other),
    }
}

/// One line for a column: a field, a derived value, `id`, `state`, `changed` or `created`; titles of links, the
/// distance of a due date. Nothing where there is no value. Not cleaned for a terminal.
pub fn cell(w: &World, kind: &Kind, rec: &Record, name: &str) -> String {
    w.value(kind, rec, name)
        .map_or_else(String::new, |v| cell_of(w, kind, rec, name, &v))
}

/// The same of a value that is known already: some take long to work out.
pub fn cell_of(w: &World, kind: &Kind, rec: &Record, name: &str, v: &Value) -> String {
    let due = || {
        let derived = kind.derivation(name);
        derived.is_some_and(|d| d.due.is_some() || matches!(d.from, Derivation::Due))
    };
    match v {
        Value::Link(id) => links::name(w, id),
        Value::Links(all) => match all.as_slice() {
            [one] => links::name(w, &one.to),
            several => several.iter().map(|l| l.to.as_str()).collect::<Vec<_>>().join(" "),
        },
        Value::Date(d) if due() => calendar::show_relative(*d, w.today),
        Value::Text(t) if name == "id" || name == "state" => t.clone(),
        // What a choice is called, without what it means.
        Value::Tags(tags) if let Some(f) = kind.shape(name).filter(|f| !f.choices.is_empty()) => {
            let called = |t: &String| {
                let label = f.choice(t).map_or(t.as_str(), |c| c.label.as_str());
                label.split_once(": ").map_or(label, |(name, _)| name).to_owned()
            };
            tags.iter().map(called).collect::<Vec<_>>().join(", ")
        }
        v => one_line(show(w, kind, Some(rec), name, v)),
    }
}

/// A column as CSV and scripts want it: the editing text, also of derived values.
pub fn plain(w: &World, kind: &Kind, rec: &Record, name: &str) -> String {
    w.value(kind, rec, name)
        .map_or_else(String::new, |v| plain_of(w, kind, rec, name, &v))
}

/// The same of a value that was looked up already.
pub fn plain_of(w: &World, kind: &Kind, rec: &Record, name: &str, v: &Value) -> String {
    match kind.shape(name) {
        Some(f) => edit_text(w, kind, Some(rec), f, v),
        None => match (v, derive::origin(w.catalogue, kind, name)) {
            (v, Some((of, there))) if of.field(there).is_some() => match of.field(there) {
                Some(f) => edit_text(w, of, None, f, v),
                None => String::new(),
            },
            (Value::Text(t), _) => t.clone(),
            (v @ Value::Num(_), _) if derive::is_share(w.catalogue, kind, name) => show(w, kind, Some(rec), name, v),
            (v, _) => of(w, kind, Some(rec), None, v),
        },
    }
}

/// The level that a scale field or a derived value of a record stands at, and its place, lowest 0.
pub fn level<'a>(w: &World<'a>, kind: &Kind, rec: &Record, name: &str) -> Option<(usize, &'a Level)> {
    let scale = w.scale(kind, Some(rec), name)?;
    let v = w.value(kind, rec, name)?;
    let place = scale.position(v.as_text()?)?;
    scale.levels.get(place).map(|l| (place, l))
}

/// The text that `parse` reads back to the same value: what a form starts from, and the CSV cell.
pub fn edit_text(_w: &World, kind: &Kind, _rec: Option<&Record>, field: &Field, v: &Value) -> String {
    match v {
        Value::Text(t) => t.clone(),
        Value::Money(minor, currency) => money::money_text(*minor, *currency),
        Value::Time(ms) => calendar::show_time(*ms),
        Value::Link(id) => id.to_string(),
        Value::Links(all) if all.iter().all(|l| l.attributes.is_empty()) => {
            all.iter().map(|l| l.to.as_str()).collect::<Vec<_>>().join("|")
        }
        Value::Links(_) | Value::Rows(_) | Value::File(_) => json::to_json(kind, field, v).to_string(),
        v => basic(Some(field), v),
    }
}

fn of(w: &World, kind: &Kind, rec: Option<&Record>, field: Option<&Field>, v: &Value) -> String {
    match v {
        Value::Text(t) => field.map_or_else(|| t.clone(), |f| label_in(w, kind, rec, f, t)),
        Value::Money(minor, currency) => amount(*minor, *currency),
        Value::Time(ms) => calendar::show_minute(*ms),
        Value::Link(id) => id.to_string(),
        Value::Links(all) => all.iter().map(|l| l.to.as_str()).collect::<Vec<_>>().join(", "),
        Value::Rows(rows) => count(field, rows),
        Value::File(f) => show_file(f),
        Value::Tags(tags) => {
            let words: Vec<&str> = tags
                .iter()
                .map(|t| field.and_then(|f| f.choice(t)).map_or(t.as_str(), |c| c.label.as_str()))
                .collect();
            words.join(", ")
        }
        v => basic(field, v),
    }
}

/// The types whose text for people and for editing is the same.
fn basic(field: Option<&Field>, v: &Value) -> String {
    match v {
        Value::Bool(true) => "yes".to_string(),
        Value::Bool(false) => "no".to_string(),
        Value::Int(n) => n.to_string(),
        Value::Num(n) => match field.map(|f| f.kind) {
            Some(FieldType::Percent) => number::percent(*n),
            Some(FieldType::Duration) => number::show_hours(*n),
            _ => number::float(*n),
        },
        Value::Date(d) => calendar::show(*d),
        Value::Range(r) => range::show(r),
        Value::Tags(tags) => {
            let quote = |t: &String| {
                if t.contains(|c: char| c.is_whitespace() || ",;|\"".contains(c)) {
                    format!("\"{}\"", t.replace('"', "\"\""))
                } else {
                    t.clone()
                }
            };
            tags.iter().map(quote).collect::<Vec<_>>().join(", ")
        }
        _ => String::new(),
    }
}

fn label(w: &World, kind: &Kind, rec: Option<&Record>, name: &str, stored: &str) -> String {
    if let Some(f) = kind.shape(name) {
        return label_in(w, kind, rec, f, stored);
    }
    let scale = w.scale(kind, rec, name);
    let level = scale.and_then(|s| s.position(stored).and_then(|p| s.levels.get(p)));
    level.map_or_else(|| stored.to_string(), |l| l.name.clone())
}

fn label_in(w: &World, kind: &Kind, rec: Option<&Record>, f: &Field, stored: &str) -> String {
    let found = match f.kind {
        FieldType::Choice => f.choices.iter().find(|c| c.id == stored).map(|c| &c.label),
        FieldType::Scale => w
            .field_scale(kind, rec, f)
            .and_then(|s| s.levels.iter().find(|l| l.id == stored))
            .map(|l| &l.name),
        _ => None,
    };
    found.map_or_else(|| stored.to_string(), Clone::clone)
}

/// Rows in a few words: how many are done, if they can be done, else how many there are.
fn count(field: Option<&Field>, rows: &[Row]) -> String {
    let n = rows.len();
    match field.and_then(|f| f.fields.iter().find(|c| c.name == "done")) {
        Some(done) => {
            let ready = rows
                .iter()
                .filter(|r| r.cells.contains(&(done.tag, Value::Bool(true))))
                .count();
            format!("{ready} of {n} done")
        }
        None if n == 1 => "1 row".to_string(),
        None => format!("{n} rows"),
    }
}

/// A file on one line: name, size and the first digits of its SHA-256.
pub fn show_file(f: &FileRef) -> String {
    let size = match f.size {
        0..=9_999 => format!("{} bytes", f.size),
        10_000..=9_999_999 => format!("{} kB", f.size / 1000),
        _ => format!("{} MB", f.size / 1_000_000),
    };
    // Two files may have the same name and size.
    format!("{} ({size}, {})", f.name, hex(&f.sha256[..4]))
}

fn one_line(text: String) -> String {
    if text.contains('\n') {
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    } else {
        text
    }
}
