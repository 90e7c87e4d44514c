//! A register as comma separated values without loss: texts as they are, everything else as JSON, formulas defused as
//! in every table, and what has no field of its own in a last column. Read strictly, as it was written.

use super::super::table::{guard, unguard, write_row};
use crate::model::kind::{Field, FieldType, Kind, STATE, one};
use crate::model::record::Record;
use crate::model::stated;
use serde_json::{Map, Value as Json};

/// The column of what the kind has no field for.
const KEPT: &str = "(kept)";
/// What parts the words of a list.
const BAR: &str = " | ";

/// Whether the JSON of a field is always a text.
fn is_text(field: &Field) -> bool {
    use FieldType as T;
    matches!(
        field.kind,
        T::Line | T::Text | T::Choice | T::Scale | T::Money | T::Date | T::Time | T::Link
    )
}

/// A row as it stands in a JSON line, with the line on which it begins.
type Object = (usize, Map<String, Json>);
/// A line and what is wrong with it.
type Wrong = (usize, String);

fn fields(kind: &Kind) -> impl Iterator<Item = &Field> {
    kind.fields.iter().filter(|f| f.tag != STATE)
}

fn heads(kind: &Kind) -> Vec<&str> {
    let own = fields(kind).map(|f| f.name.as_str());
    ["id", "state"]
        .into_iter()
        .chain(own)
        .chain([stated::NAME, KEPT])
        .collect()
}

/// The text of a register; each record with what stands in its JSON line.
pub(super) fn write(kind: &Kind, records: &[(&Record, Map<String, Json>)]) -> String {
    let mut out = String::new();
    write_row(&mut out, heads(kind));
    for (record, map) in records {
        let mut map = map.clone();
        let mut cells = Vec::with_capacity(kind.fields.len() + 4);
        for name in ["id", "state"] {
            let text = map.shift_remove(name);
            cells.push(text.and_then(|j| j.as_str().map(owned)).unwrap_or_default());
        }
        for f in fields(kind) {
            // What does not fit its field is kept beside it.
            let json = record.get(f.tag).and_then(|_| map.shift_remove(&f.name));
            cells.push(json.map(|j| cell(f, &j)).unwrap_or_default());
        }
        let said = map.shift_remove(stated::NAME);
        cells.push(said.map(|j| j.to_string()).unwrap_or_default());
        cells.push(match map.is_empty() {
            true => String::new(),
            false => Json::Object(map).to_string(),
        });
        write_row(&mut out, cells.iter().map(String::as_str));
    }
    out
}

fn owned(text: &str) -> String {
    guard(text).into_owned()
}

fn cell(field: &Field, json: &Json) -> String {
    match json {
        Json::String(text) => owned(text),
        Json::Array(all) => owned(&words(all).unwrap_or_else(|| json.to_string())),
        Json::Bool(_) | Json::Number(_) => json.to_string(),
        other => {
            debug_assert!(!is_text(field));
            owned(&other.to_string())
        }
    }
}

/// A list of plain words with bars between them, if it can be told apart again.
fn words(all: &[Json]) -> Option<String> {
    let plain = |w: &&str| !w.is_empty() && w.trim() == *w && !w.contains('|') && !w.starts_with(['[', '{']);
    let texts: Vec<&str> = all
        .iter()
        .map(|j| j.as_str().filter(|w| plain(w)))
        .collect::<Option<_>>()?;
    (!texts.is_empty()).then(|| texts.join(BAR))
}

/// The JSON of a cell.
fn json(field: &Field, text: &str) -> serde_json::Result<Json> {
    let list = matches!(field.kind, FieldType::Tags | FieldType::Links) && !text.starts_with(['[', '{']);
    if is_text(field) {
        Ok(Json::String(text.to_string()))
    } else if list {
        Ok(text.split(BAR).map(Json::from).collect())
    } else {
        serde_json::from_str(text)
    }
}

/// The rows of a register, each as it stands in a JSON line, with the line on which it begins.
///
/// # Errors
/// The line and what is wrong with it.
pub(super) fn read(kind: &Kind, text: &str) -> Result<Vec<Object>, Wrong> {
    let mut rows = split(text)?.into_iter();
    let heads = rows.next().map(|(_, row)| row).unwrap_or_default();
    // Who wrote it may have known fewer fields than the definitions that it brings along.
    let known = |h: &&String| ["id", "state", stated::NAME, KEPT].contains(&h.as_str()) || kind.field(h).is_some();
    if heads.first().is_none_or(|h| h != "id") {
        return Err((
            1,
            format!("this is no table of {}: it does not begin with 'id'", kind.plural),
        ));
    }
    if let Some(strange) = heads.iter().find(|h| !known(h)) {
        return Err((1, format!("{} has no field '{strange}'", one(&kind.name))));
    }
    let mut out = Vec::new();
    for (line, row) in rows {
        let object = object(kind, &heads, row).map_err(|what| (line, what))?;
        out.push((line, object));
    }
    Ok(out)
}

fn object(kind: &Kind, heads: &[String], row: Vec<String>) -> Result<Map<String, Json>, String> {
    if row.len() != heads.len() {
        return Err(format!("the row has {} cells, the header {}", row.len(), heads.len()));
    }
    let mut map = Map::new();
    let mut said = None;
    for (head, text) in heads.iter().zip(row).filter(|(_, text)| !text.is_empty()) {
        let wrong = |e: serde_json::Error| format!("column '{head}': {e}");
        match (head.as_str(), kind.field(head)) {
            ("id" | "state", _) => drop(map.insert(head.clone(), Json::String(text))),
            (stated::NAME, _) => said = Some(serde_json::from_str(&text).map_err(wrong)?),
            (KEPT, _) => map.extend(serde_json::from_str::<Map<String, Json>>(&text).map_err(wrong)?),
            (_, Some(field)) => drop(map.insert(head.clone(), json(field, &text).map_err(wrong)?)),
            (_, None) => {}
        }
    }
    // As in an object of its own: last.
    map.extend(said.map(|said| (stated::NAME.to_string(), said)));
    Ok(map)
}

/// Cuts text into rows with their lines: commas, quotes as in RFC 4180, a line feed behind every row, nothing else.
fn split(text: &str) -> Result<Vec<(usize, Vec<String>)>, Wrong> {
    let (mut rows, mut row, mut line) = (Vec::new(), Vec::new(), 1);
    let (mut began, mut rest) = (line, text);
    while !rest.is_empty() {
        let cell;
        if let Some(quoted) = rest.strip_prefix('"') {
            let mut whole = String::new();
            let mut from = quoted;
            loop {
                let end = from.find('"').ok_or((began, "a quote is never closed".to_string()))?;
                whole.push_str(&from[..end]);
                from = &from[end + 1..];
                match from.strip_prefix('"') {
                    Some(more) => {
                        whole.push('"');
                        from = more;
                    }
                    None => break,
                }
            }
            (cell, rest) = (whole, from);
        } else {
            let end = rest.find([',', '\n']).unwrap_or(rest.len());
            (cell, rest) = (rest[..end].to_string(), &rest[end..]);
        }
        line += cell.matches('\n').count();
        row.push(unguard(&cell).into_owned());
        match rest.as_bytes().first() {
            Some(b',') => {
                rest = &rest[1..];
                // A comma at the very end opens one more cell.
                if rest.is_empty() {
                    return Err((line, "the last row is cut short".to_string()));
                }
            }
            Some(b'\n') => {
                rest = &rest[1..];
                rows.push((began, std::mem::take(&mut row)));
                line += 1;
                began = line;
            }
            Some(_) => return Err((line, "something stands behind a closing quote".to_string())),
            None => return Err((line, "the last row is cut short".to_string())),
        }
    }
    Ok(rows)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_written_table_is_read_again(
            rows in proptest::collection::vec(proptest::collection::vec("[ a'=,;|\"\n\r\té-]{0,6}", 3..4), 1..4),
        ) {
            let mut text = String::new();
            for row in &rows {
                let cells: Vec<String> = row.iter().map(|c| owned(c)).collect();
                write_row(&mut text, cells.iter().map(String::as_str));
            }
            let back: Vec<Vec<String>> = split(&text).unwrap().into_iter().map(|(_, row)| row).collect();
            prop_assert_eq!(back, rows);
        }

        #[test]
        fn words_with_bars_come_back_or_are_written_as_json(all in proptest::collection::vec("[ a|\\[{=']{0,4}", 1..4)) {
            let list: Vec<Json> = all.iter().map(|w| Json::from(w.as_str())).collect();
            if let Some(text) = words(&list) {
                prop_assert!(!text.starts_with(['[', '{']), "{text}");
                prop_assert_eq!(text.split(BAR).collect::<Vec<_>>(), all);
            }
        }
    }

    #[test]
    fn what_was_not_written_so_is_refused_with_its_line() {
        for (text, line, says) in [
            ("a,b\n\"c\nd", 2, "never closed"),
            ("a,b\n\"c\"d,e\n", 2, "behind a closing quote"),
            ("a,b\nc,", 2, "cut short"),
            ("a,b\nc,d", 2, "cut short"),
        ] {
            let (at, said) = split(text).unwrap_err();
            assert!(at == line && said.contains(says), "{text:?}: {at} {said}");
        }
    }
}
