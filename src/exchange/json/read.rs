//! An array of objects as a table: the names are the heads, and what stands under them is the text that a CSV would
//! have; lists and objects stay JSON. Where each object begins is found first, so that depth and size are known before
//! anything is built.

use super::super::Error;
use super::super::limits::{COLUMNS, DEPTH, FILE, LINE};
use super::super::table::{Builder, Table, guard};
use serde_json::{Map, Value as Json};
use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;

/// Reads a file.
///
/// # Errors
/// Names the file and the line: it is too large or too deep, no JSON, or no array of objects.
pub fn read(file: &str, bytes: &[u8]) -> Result<Table, Error> {
    if bytes.len() > FILE {
        let what = format!("the file holds {} bytes; the limit is {FILE}", bytes.len());
        return Err(Error::file(file, what));
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let parts = parts(file, bytes)?;
    let mut header: Vec<String> = Vec::new();
    let mut at: HashMap<String, usize> = HashMap::new();
    for (line, part) in &parts {
        for name in object(file, *line, &bytes[part.clone()])?
            .into_iter()
            .map(|(name, _)| name)
        {
            if !at.contains_key(&name) {
                if header.len() == COLUMNS {
                    return Err(Error::at(
                        file,
                        *line,
                        format!("there are more than {COLUMNS} names, the limit"),
                    ));
                }
                at.insert(name.clone(), header.len());
                header.push(name);
            }
        }
    }
    if parts.is_empty() {
        return Err(Error::file(file, "the file is empty; expected an array of objects"));
    }
    let mut table = Builder::new(file, header.iter().map(|h| h.trim().to_string()).collect(), FILE)?;
    let mut cells = vec![Cow::Borrowed(""); header.len()];
    for (line, part) in &parts {
        cells.fill(Cow::Borrowed(""));
        for (name, value) in object(file, *line, &bytes[part.clone()])? {
            if let Some(n) = at.get(&name) {
                let text = text(value);
                cells[*n] = Cow::Owned(guard(&text).into_owned());
            }
        }
        table.row(*line, &cells)?;
    }
    Ok(table.done())
}

/// One of the objects.
fn object(file: &str, line: usize, bytes: &[u8]) -> Result<Map<String, Json>, Error> {
    match serde_json::from_slice(bytes) {
        Ok(Json::Object(map)) => Ok(map),
        Ok(_) => Err(Error::at(file, line, "expected an object: {\"title\": \"...\"}")),
        Err(e) => Err(Error::at(
            file,
            line + e.line().saturating_sub(1),
            format!("this is no JSON: {e}"),
        )),
    }
}

/// A value as a CSV would have it.
fn text(value: Json) -> String {
    match value {
        Json::Null => String::new(),
        Json::String(t) => t,
        Json::Bool(true) => "yes".to_string(),
        Json::Bool(false) => "no".to_string(),
        Json::Array(all) if all.is_empty() => String::new(),
        other => other.to_string(),
    }
}

/// Where each part of the array stands, with the line on which it begins.
fn parts(file: &str, bytes: &[u8]) -> Result<Vec<(usize, Range<usize>)>, Error> {
    let mut out = Vec::new();
    let (mut line, mut depth) = (1, 0);
    let mut begin: Option<(usize, usize)> = None;
    let mut at = 0;
    let wrong = |line: usize, what: &str| Err(Error::at(file, line, what.to_string()));
    while let Some(b) = bytes.get(at) {
        let here = at;
        at += 1;
        match b {
            b'\n' => line += 1,
            b' ' | b'\t' | b'\r' => {}
            _ if depth == 0 && (*b != b'[' || begin.is_some() || !out.is_empty()) => {
                return wrong(line, "expected an array of objects: [{\"title\": \"...\"}]");
            }
            b'[' | b'{' => {
                depth += 1;
                if depth > DEPTH {
                    return wrong(line, &format!("it is nested deeper than {DEPTH} levels, the limit"));
                }
                if depth == 2 && begin.is_none() {
                    begin = Some((line, here));
                }
            }
            b']' | b'}' => {
                depth -= 1;
                if depth == 0 {
                    out.extend(begin.take().map(|(line, from)| (line, from..here)));
                    if !bytes[at..].trim_ascii().is_empty() {
                        return wrong(line, "something follows after the array");
                    }
                    return Ok(out);
                }
            }
            b',' if depth == 1 => match begin.take() {
                Some((line, from)) => out.push((line, from..here)),
                None => return wrong(line, "expected an object before the comma"),
            },
            _ => {
                if depth == 1 && begin.is_none() {
                    begin = Some((line, here));
                }
                if *b == b'"' {
                    at = string(bytes, at);
                }
            }
        }
        if let Some((line, from)) = begin.filter(|(_, from)| at - from > LINE) {
            return wrong(
                line,
                &format!("the object holds more than {LINE} bytes, the limit: {}", at - from),
            );
        }
    }
    wrong(line, "the array is never closed")
}

/// Where a string ends that began before this place.
fn string(bytes: &[u8], mut at: usize) -> usize {
    while let Some(b) = bytes.get(at) {
        at += 1;
        match b {
            b'"' => return at,
            b'\\' => at += 1,
            _ => {}
        }
    }
    bytes.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(text: &str) -> Vec<Vec<String>> {
        let table = read("t.json", text.as_bytes()).unwrap();
        let cells = |r: Vec<super::super::super::table::Cell>| r.into_iter().map(|c| c.text.into_owned()).collect();
        std::iter::once(table.header.clone())
            .chain(table.rows().map(cells))
            .collect()
    }

    fn wrong(text: &str) -> String {
        read("t.json", text.as_bytes()).unwrap_err().to_string()
    }

    #[test]
    fn objects_are_rows_and_their_names_the_heads() {
        let text = "[\n{\"a\": \"=x, \\\"y\\\"\", \"b\": null},\n\n {\"b\": 1.5, \"c\": true, \"a\": [\"q\"]}\n]\n";
        assert_eq!(
            rows(text),
            [
                vec!["a", "b", "c"],
                vec!["=x, \"y\"", "", ""],
                vec!["[\"q\"]", "1.5", "yes"]
            ]
        );
        let table = read("t.json", text.as_bytes()).unwrap();
        let lines: Vec<usize> = table.rows().map(|r| r[0].line).collect();
        assert_eq!(lines, [2, 4]);
    }

    #[test]
    fn what_is_no_array_of_objects_is_refused_by_line() {
        assert!(wrong("").contains("never closed"));
        assert!(wrong("[]").contains("empty"));
        assert!(wrong("{}").contains("line 1: expected an array"));
        assert!(wrong("[\n1]").contains("line 2: expected an object"));
        assert!(wrong("[\n{\"a\":1},\n{\"a\":}]").contains("line 3: this is no JSON"));
        assert!(wrong("[{\"a\":1}] x").contains("follows"));
        assert!(wrong("[{\"a\":1},,{}]").contains("before the comma"));
        assert!(wrong("[{\"a\":\"\\").contains("never closed"));
        let deep = |n: usize| format!("[{{\"a\":{}1{}}}]", "[".repeat(n), "]".repeat(n));
        assert_eq!(rows(&deep(DEPTH - 2)).len(), 2, "at the limit");
        assert!(wrong(&deep(DEPTH - 1)).contains("deeper than 64"));
        assert!(wrong(&format!("[{{\"a\":\"{}\"}}]", "x".repeat(LINE))).contains("object holds more"));
    }
}
