//! Sets, links and rows as people write them, and their JSON in a CSV cell.

use super::links::find;
use super::{Expected, json, parse};
use crate::model::kind::{Field, Kind, Tag};
use crate::model::record::Record;
use crate::model::value::{Link, Row, Value};
use crate::model::world::World;

/// Attributes of a link, or cells of a row.
type Cells = Vec<(Tag, Value)>;

/// Words parted by blanks, commas or semicolons; a word with blanks stands in quotes. Sorted, each once.
pub(super) fn tags(field: &Field, t: &str) -> Result<Vec<String>, Expected> {
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
        words.iter().map(|w| parse::choice(field, w)).collect()
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

pub(super) fn json_of(t: &str, expected: &str) -> Result<serde_json::Value, Expected> {
    serde_json::from_str(t).map_err(|_| Expected::new(t, expected))
}

/// Links parted by `|`, semicolons, line breaks, or commas; with attributes as JSON.
pub(super) fn links(w: &World, kind: &Kind, field: &Field, t: &str) -> Result<Vec<Link>, Expected> {
    let one = |word: &str| {
        find(w, &field.target, word).map(|to| Link {
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
            serde_json::Value::String(s) => parse::parse(w, kind, None, f, s)?,
            other => {
                let v = json::from_json(f, other)?;
                for id in v.ids() {
                    find(w, &f.target, id.as_str())?;
                }
                parse::limits(f, &v, &other.to_string())?;
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
pub(super) fn rows(w: &World, kind: &Kind, rec: Option<&Record>, field: &Field, t: &str) -> Result<Vec<Row>, Expected> {
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
                row.extend(parse::parse(w, kind, None, f, part)?.map(|v| (f.tag, v)));
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
