//! What a person types, or a CSV cell holds, as a value. Forgiving in form, exact in meaning; what it refuses, it
//! refuses with an example.

use super::number::{self, Written};
use super::{Expected, json, links, money};
use crate::model::calendar;
use crate::model::kind::{Field, FieldType, Kind, STATE, TITLE, Tag};
use crate::model::record::Record;
use crate::model::value::{Link, Range, Row, Value};
use crate::model::world::World;

/// Attributes of a link, or cells of a row.
type Cells = Vec<(Tag, Value)>;

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
        FieldType::Range => Value::Range(number::range(t).map_err(expected)?),
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
        FieldType::Tags => Value::Tags(tags(field, t)?),
        FieldType::Link => Value::Link(links::find(w, &field.target, t)?),
        FieldType::Links => Value::Links(many(w, kind, field, t)?),
        FieldType::Rows => Value::Rows(rows(w, kind, rec, field, t)?),
        FieldType::File => json::from_json(field, &json_of(t, FILE_HINT)?)?,
    };
    limits(field, &value, text)?;
    Ok(value)
}

const FILE_HINT: &str = "{\"name\":...,\"sha256\":...,\"size\":...}; to add a file, name its path";

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

fn limits(field: &Field, value: &Value, text: &str) -> Result<(), Expected> {
    let share = field.kind == FieldType::Percent;
    let low = field.min.or(share.then_some(0.0));
    let high = field.max.or(share.then_some(1.0));
    let numbers: Vec<f64> = match value {
        Value::Int(n) => vec![*n as f64],
        Value::Num(n) => vec![*n],
        Value::Money(minor, currency) => vec![money::major(*minor, *currency)],
        Value::Range(r) => match *r {
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

fn choice(field: &Field, t: &str) -> Result<String, Expected> {
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

/// Words parted by blanks, commas or semicolons; a word with blanks stands in quotes. Sorted, each once.
fn tags(field: &Field, t: &str) -> Result<Vec<String>, Expected> {
    if t.contains(|c: char| c.is_control() && !c.is_whitespace()) {
        return Err(Expected::new(
            t,
            "words without control characters, parted by blanks or commas",
        ));
    }
    let closed = |words: Vec<String>| -> Result<Vec<String>, Expected> {
        if field.choices.is_empty() {
            return Ok(words);
        }
        words.iter().map(|w| choice(field, w)).collect()
    };
    let by_comma = || split_words(t, |c| c == ',' || c == ';' || c == '|' || c == '\n');
    // labels of choices may hold blanks: first with commas alone
    let mut words = match by_comma().and_then(closed) {
        Ok(w) if !field.choices.is_empty() => w,
        _ => closed(split_words(t, |c| {
            c.is_whitespace() || c == ',' || c == ';' || c == '|'
        })?)?,
    };
    words.sort();
    words.dedup();
    Ok(words)
}

fn split_words(t: &str, parts: impl Fn(char) -> bool) -> Result<Vec<String>, Expected> {
    let mut words: Vec<String> = Vec::new();
    let mut chars = t.chars().peekable();
    let mut word = String::new();
    while let Some(c) = chars.next() {
        if c == '"' && word.trim().is_empty() {
            word.clear();
            loop {
                match chars.next() {
                    Some('"') if chars.peek() == Some(&'"') => {
                        chars.next();
                        word.push('"');
                    }
                    Some('"') => break,
                    Some(c) => word.push(c),
                    None => return Err(Expected::new(t, "a second quote to close the first")),
                }
            }
            words.push(std::mem::take(&mut word));
        } else if parts(c) {
            words.push(std::mem::take(&mut word));
        } else {
            word.push(c);
        }
    }
    words.push(word);
    Ok(words
        .iter()
        .map(|w| w.trim().to_string())
        .filter(|w| !w.is_empty())
        .collect())
}

fn json_of(t: &str, expected: &str) -> Result<serde_json::Value, Expected> {
    serde_json::from_str(t).map_err(|_| Expected::new(t, expected))
}

/// Links parted by `|`, semicolons, line breaks, or commas; with attributes as JSON.
fn many(w: &World, kind: &Kind, field: &Field, t: &str) -> Result<Vec<Link>, Expected> {
    let one = |word: &str| {
        links::find(w, &field.target, word).map(|to| Link {
            to,
            attributes: Vec::new(),
        })
    };
    if t.starts_with('[') {
        let hint = "JSON: [{\"to\":\"R-0001\"}]";
        let serde_json::Value::Array(items) = json_of(t, hint)? else {
            return Err(Expected::new(t, hint));
        };
        let mut links = Vec::new();
        for item in items {
            let serde_json::Value::Object(mut map) = item else {
                links.push(one(item.as_str().ok_or_else(|| Expected::new(t, hint))?)?);
                continue;
            };
            let to = map.shift_remove("to");
            let mut link = one(to
                .as_ref()
                .and_then(|v| v.as_str())
                .ok_or_else(|| Expected::new(t, hint))?)?;
            link.attributes = cells(w, kind, &field.fields, map)?;
            links.push(link);
        }
        return Ok(sorted(links));
    }
    let mut links = Vec::new();
    for part in t.split(['|', '\n', ';']).map(str::trim).filter(|p| !p.is_empty()) {
        match one(part) {
            Ok(link) => links.push(link),
            Err(e) => {
                // a title may hold commas and blanks, so they part only where the whole is no title
                let by = |mark: &dyn Fn(char) -> bool| -> Result<Vec<Link>, Expected> {
                    part.split(mark)
                        .map(str::trim)
                        .filter(|p| !p.is_empty())
                        .map(one)
                        .collect()
                };
                let commas = part.contains(',').then(|| by(&|c| c == ','));
                let all = match commas {
                    Some(Ok(all)) => all,
                    Some(Err(inner)) => by(&|c| c == ',' || c.is_whitespace()).map_err(|_| inner)?,
                    None => by(&|c| c.is_whitespace()).map_err(|_| e)?,
                };
                links.extend(all);
            }
        }
    }
    Ok(sorted(links))
}

/// Sorted by id, each once; of two to the same record the first counts.
pub(super) fn sorted(mut links: Vec<Link>) -> Vec<Link> {
    links.sort_by(|a, b| a.to.cmp(&b.to));
    links.dedup_by(|b, a| a.to == b.to);
    links
}

/// Attributes or cells from JSON; texts are read as a person would type them.
fn cells(
    w: &World,
    kind: &Kind,
    fields: &[Field],
    map: serde_json::Map<String, serde_json::Value>,
) -> Result<Cells, Expected> {
    let mut out = Vec::new();
    for (name, j) in map {
        let Some(f) = fields.iter().find(|f| f.name == name) else {
            let known: Vec<&str> = fields.iter().map(|f| f.name.as_str()).collect();
            return Err(Expected::new(name, known.join(", ")));
        };
        let value = match &j {
            serde_json::Value::Null => None,
            serde_json::Value::String(s) => parse(w, kind, None, f, s)?,
            other => {
                let v = json::from_json(f, other)?;
                for id in v.ids() {
                    links::find(w, &f.target, id.as_str())?;
                }
                limits(f, &v, &other.to_string())?;
                Some(v)
            }
        };
        out.extend(value.map(|v| (f.tag, v)));
    }
    out.sort_by_key(|(tag, _)| *tag);
    Ok(out)
}

/// Rows as JSON, or one a line with cells parted by semicolons in the order of the fields. A row without an id gets
/// the next one.
fn rows(w: &World, kind: &Kind, rec: Option<&Record>, field: &Field, t: &str) -> Result<Vec<Row>, Expected> {
    let mut rows: Vec<(Option<u32>, Cells)> = Vec::new();
    if t.starts_with('[') {
        let hint = "JSON: [{\"id\":1, ...}]";
        let serde_json::Value::Array(items) = json_of(t, hint)? else {
            return Err(Expected::new(t, hint));
        };
        for item in items {
            let serde_json::Value::Object(mut map) = item else {
                return Err(Expected::new(t, hint));
            };
            let id = match map.shift_remove("id") {
                None | Some(serde_json::Value::Null) => None,
                Some(j) => {
                    let n = j.as_u64().and_then(|n| u32::try_from(n).ok()).filter(|n| *n > 0);
                    Some(n.ok_or_else(|| Expected::new(j.to_string(), "the number of a row, from 1"))?)
                }
            };
            rows.push((id, cells(w, kind, &field.fields, map)?));
        }
    } else {
        for l in t.lines().map(str::trim).filter(|l| !l.is_empty()) {
            let mut row = Vec::new();
            let parts: Vec<&str> = l.splitn(field.fields.len().max(1), ';').collect();
            for (f, part) in field.fields.iter().zip(parts) {
                row.extend(parse(w, kind, None, f, part)?.map(|v| (f.tag, v)));
            }
            row.sort_by_key(|(tag, _)| *tag);
            rows.push((None, row));
        }
    }
    let there = rec
        .and_then(|r| r.get(field.tag))
        .map(Value::as_rows)
        .unwrap_or_default();
    let mut next = there
        .iter()
        .map(|r| r.id)
        .chain(rows.iter().filter_map(|r| r.0))
        .max()
        .unwrap_or(0);
    let mut out: Vec<Row> = Vec::new();
    for (id, cells) in rows {
        let id = id.unwrap_or_else(|| {
            next += 1;
            next
        });
        if out.iter().any(|r| r.id == id) {
            return Err(Expected::new(t, format!("each row once; two have the id {id}")));
        }
        out.push(Row { id, cells });
    }
    Ok(out)
}
