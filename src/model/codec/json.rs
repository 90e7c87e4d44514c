//! Values as JSON: the content of the journal, of `--json` and of exports. Exact both ways.

use super::{Expected, many, money, range};
use crate::model::calendar;
use crate::model::kind::{Field, FieldType, Kind, STATE, Tag};
use crate::model::record::{Id, Record};
use crate::model::value::{FileRef, Link, Range, Row, Value};
use serde_json::{Map, Value as Json, json};
use std::fmt;

/// A record's content that could not be read: in which field, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistake {
    /// The field's name.
    pub field: String,
    /// What was there and what was expected.
    pub what: Expected,
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "field '{}': {}", self.field, self.what)
    }
}

impl std::error::Error for Mistake {}

/// The JSON of a value of a field.
pub fn to_json(_kind: &Kind, field: &Field, v: &Value) -> Json {
    shape(Some(field), v)
}

fn shape(field: Option<&Field>, v: &Value) -> Json {
    match v {
        Value::Text(t) => json!(t),
        Value::Bool(b) => json!(b),
        Value::Int(n) => json!(n),
        Value::Num(n) => json!(n),
        Value::Money(minor, currency) => json!(money::money_text(*minor, *currency)),
        Value::Date(d) => json!(calendar::show(*d)),
        Value::Time(ms) => json!(calendar::show_time(*ms)),
        Value::Range(r) => match **r {
            Range::Constant(v) => json!({"shape": "constant", "value": v}),
            Range::Uniform(a, b) => json!({"shape": "uniform", "min": a, "max": b}),
            Range::Triangular(a, m, b) => json!({"shape": "triangular", "min": a, "mode": m, "max": b}),
            Range::Pert(a, m, b) => json!({"shape": "pert", "min": a, "mode": m, "max": b}),
            Range::Lognormal(a, b) => json!({"shape": "lognormal", "p05": a, "p95": b}),
            Range::Normal(a, b) => json!({"shape": "normal", "p05": a, "p95": b}),
        },
        Value::Tags(t) => json!(t),
        Value::Link(id) => json!(id.as_str()),
        Value::Links(all) => {
            let fields = field.map(|f| f.fields.as_slice()).unwrap_or_default();
            all.iter()
                .map(|l| {
                    if fields.is_empty() && l.attributes.is_empty() {
                        return json!(l.to.as_str());
                    }
                    let mut map = Map::new();
                    map.insert("to".to_string(), json!(l.to.as_str()));
                    put_cells(&mut map, fields, &l.attributes);
                    Json::Object(map)
                })
                .collect()
        }
        Value::Rows(rows) => {
            let fields = field.map(|f| f.fields.as_slice()).unwrap_or_default();
            rows.iter()
                .map(|r| {
                    let mut map = Map::new();
                    map.insert("id".to_string(), json!(r.id));
                    put_cells(&mut map, fields, &r.cells);
                    Json::Object(map)
                })
                .collect()
        }
        Value::File(f) => json!({"name": f.name, "sha256": hex(&f.sha256), "size": f.size}),
    }
}

fn put_cells(map: &mut Map<String, Json>, fields: &[Field], cells: &[(Tag, Value)]) {
    for (tag, v) in cells {
        let field = fields.iter().find(|f| f.tag == *tag);
        let name = field.map_or_else(|| format!("#{tag}"), |f| f.name.clone());
        map.insert(name, shape(field, v));
    }
}

/// The value of a field from its JSON.
///
/// # Errors
/// Says what was there and which shape was expected. Links are not looked up.
pub fn from_json(field: &Field, j: &Json) -> Result<Value, Expected> {
    let bad = |what: &str| Expected::new(j.to_string(), what);
    let text = || j.as_str().ok_or_else(|| bad("a text in quotes"));
    let float = || j.as_f64().filter(|n| n.is_finite()).ok_or_else(|| bad("a number"));
    Ok(match field.kind {
        FieldType::Line
        | FieldType::Text
        | FieldType::Choice
        | FieldType::Scale
        | FieldType::Money
        | FieldType::Date
        | FieldType::Time
        | FieldType::Link => worded(field.kind, text()?).map_err(bad)?,
        FieldType::Bool => Value::Bool(j.as_bool().ok_or_else(|| bad("true or false"))?),
        FieldType::Integer => {
            let whole = j
                .as_f64()
                .filter(|n| n.fract() == 0.0 && n.abs() < 9e15)
                .map(|n| n as i64);
            Value::Int(j.as_i64().or(whole).ok_or_else(|| bad("a whole number"))?)
        }
        FieldType::Decimal | FieldType::Percent | FieldType::Duration => Value::Num(float()?),
        FieldType::Range => Value::Range(distribution(j).map(Box::new).ok_or_else(|| {
            bad("a distribution such as {\"shape\":\"pert\",\"min\":1,\"mode\":5,\"max\":20}, sound in its order")
        })?),
        FieldType::Tags => {
            let words = j.as_array().ok_or_else(|| bad("a list of texts"))?.iter();
            let tags = words.map(|t| t.as_str().map(String::from).ok_or_else(|| bad("a list of texts")));
            tagged(tags.collect::<Result<_, _>>()?)
        }
        FieldType::Links => {
            let hint = "a list of ids, or of {\"to\": id, ...}";
            let mut links = Vec::new();
            for item in j.as_array().ok_or_else(|| bad(hint))? {
                let (to, attributes) = match item {
                    Json::String(to) => (to.as_str(), Vec::new()),
                    Json::Object(map) => {
                        let to = map.get("to").and_then(Json::as_str).ok_or_else(|| bad(hint))?;
                        (to, cells(&field.fields, map, "to")?)
                    }
                    _ => return Err(bad(hint)),
                };
                links.push(Link {
                    to: id(to).ok_or_else(|| bad(hint))?,
                    attributes,
                });
            }
            Value::Links(many::sorted(links))
        }
        FieldType::Rows => {
            let hint = "a list of {\"id\": number, ...}, each number once";
            let mut rows: Vec<Row> = Vec::new();
            for item in j.as_array().ok_or_else(|| bad(hint))? {
                let map = item.as_object().ok_or_else(|| bad(hint))?;
                let id = map.get("id").and_then(Json::as_u64).and_then(|n| u32::try_from(n).ok());
                let id = id
                    .filter(|n| rows.iter().all(|r| r.id != *n))
                    .ok_or_else(|| bad(hint))?;
                let cells = cells(&field.fields, map, "id")?;
                rows.push(Row { id, cells });
            }
            Value::Rows(rows)
        }
        FieldType::File => {
            let read = || {
                Some(FileRef {
                    name: j.get("name")?.as_str()?.to_string(),
                    sha256: unhex(j.get("sha256")?.as_str()?)?,
                    size: j.get("size")?.as_u64()?,
                })
            };
            Value::File(
                read()
                    .map(Box::new)
                    .ok_or_else(|| bad("{\"name\":...,\"sha256\":...,\"size\":...}"))?,
            )
        }
    })
}

/// The value of a field that stands in JSON as a text.
///
/// # Errors
/// Which text was expected; one at all, if the type is none of these.
pub(super) fn worded(kind: FieldType, text: &str) -> Result<Value, &'static str> {
    match kind {
        FieldType::Line | FieldType::Text | FieldType::Choice | FieldType::Scale => Ok(Value::Text(text.to_owned())),
        FieldType::Money => money::sealed(text).ok_or("an amount such as \"12000.00 EUR\""),
        FieldType::Date => match text.parse::<jiff::civil::Date>() {
            Ok(day) => Ok(Value::Date(calendar::day_of(day))),
            Err(_) => Err("a date such as \"2026-12-01\""),
        },
        FieldType::Time => match text.parse::<jiff::Timestamp>() {
            Ok(time) => Ok(Value::Time(time.as_millisecond())),
            Err(_) => Err("a time such as \"2026-12-01T08:30:00Z\""),
        },
        FieldType::Link => id(text).map(Value::Link).ok_or("an id"),
        _ => Err("no text"),
    }
}

fn cells(fields: &[Field], map: &Map<String, Json>, but: &str) -> Result<Vec<(Tag, Value)>, Expected> {
    let mut out = Vec::new();
    for (name, j) in map.iter().filter(|(n, j)| *n != but && !j.is_null()) {
        let Some(f) = fields.iter().find(|f| f.name == *name) else {
            let known: Vec<&str> = fields.iter().map(|f| f.name.as_str()).collect();
            return Err(Expected::new(name, known.join(", ")));
        };
        out.push((f.tag, from_json(f, j)?));
    }
    out.sort_by_key(|(tag, _)| *tag);
    Ok(out)
}

/// The value of tags: each once, in their order.
pub(super) fn tagged(mut tags: Vec<String>) -> Value {
    tags.sort();
    tags.dedup();
    Value::Tags(tags)
}

pub(super) fn id(text: &str) -> Option<Id> {
    (!text.trim().is_empty() && text.len() <= 200).then(|| Id::from(text))
}

fn distribution(j: &Json) -> Option<Range> {
    let n = |name: &str| j.get(name)?.as_f64();
    let r = match j.get("shape")?.as_str()? {
        "constant" => Range::Constant(n("value")?),
        "uniform" => Range::Uniform(n("min")?, n("max")?),
        "triangular" => Range::Triangular(n("min")?, n("mode")?, n("max")?),
        "pert" => Range::Pert(n("min")?, n("mode")?, n("max")?),
        "lognormal" => Range::Lognormal(n("p05")?, n("p95")?),
        "normal" => Range::Normal(n("p05")?, n("p95")?),
        _ => return None,
    };
    range::unsound(&r).is_none().then_some(r)
}

/// Bytes as lower-case hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

fn unhex(text: &str) -> Option<[u8; 32]> {
    let t = text.as_bytes();
    if t.len() != 64 {
        return None;
    }
    let mut out = [0; 32];
    for (i, o) in out.iter_mut().enumerate() {
        let digit = |b: u8| char::from(b).to_digit(16).and_then(|d| u8::try_from(d).ok());
        *o = digit(t[2 * i])? << 4 | digit(t[2 * i + 1])?;
    }
    Some(out)
}

/// The content of a record by field name, in the order of the kind's fields: the state, every value that is there,
/// and what this program does not know, as it was.
pub fn record_json(kind: &Kind, rec: &Record) -> Map<String, Json> {
    let mut map = Map::new();
    if let Some(s) = rec.get(STATE) {
        map.insert("state".to_string(), shape(None, s));
    }
    for f in kind.fields.iter().filter(|f| f.tag != STATE) {
        if let Some(v) = rec.get(f.tag) {
            map.insert(f.name.clone(), to_json(kind, f, v));
        }
    }
    for (tag, v) in &rec.values {
        if *tag != STATE && kind.field_by_tag(*tag).is_none() {
            map.insert(format!("#{tag}"), shape(None, v));
        }
    }
    for (name, text) in &rec.unknown {
        if !map.contains_key(name) {
            let kept = serde_json::from_str(text).unwrap_or_else(|_| json!(text));
            map.insert(name.clone(), kept);
        }
    }
    map
}

/// A record from its content. Names that this program does not know are kept, also where they stand inside a row or a
/// link: then the whole field is kept as it is.
///
/// # Errors
/// Names the field whose JSON has not the shape of its type.
pub fn record_from_json(kind: &Kind, id: Id, map: &Map<String, Json>) -> Result<Record, Mistake> {
    let mut rec = Record::new(id);
    for (name, j) in map.iter().filter(|(_, j)| !j.is_null()) {
        let mistake = |what| Mistake {
            field: name.clone(),
            what,
        };
        if name == "state" {
            let state = j
                .as_str()
                .ok_or_else(|| mistake(Expected::new(j.to_string(), "the name of a state")))?;
            rec.set(STATE, Some(Value::Text(state.to_string())));
            continue;
        }
        match kind.field(name).filter(|f| f.tag != STATE && knows(f, j)) {
            Some(f) => {
                let v = from_json(f, j).map_err(mistake)?;
                rec.set(f.tag, (!v.is_empty()).then_some(v));
            }
            None => rec.unknown.push((name.clone(), j.to_string())),
        }
    }
    Ok(rec)
}

/// Whether the names inside a field's rows or links are all known.
pub(super) fn knows(field: &Field, j: &Json) -> bool {
    let own = match field.kind {
        FieldType::Links => "to",
        FieldType::Rows => "id",
        _ => return true,
    };
    let inner = |map: &Map<String, Json>| {
        map.iter()
            .all(|(n, v)| n == own || v.is_null() || field.fields.iter().any(|f| f.name == *n && knows(f, v)))
    };
    j.as_array()
        .is_none_or(|items| items.iter().filter_map(Json::as_object).all(inner))
}
