//! A record as the content of a line, and back. What the program does not know, or what does not fit the field it
//! stands under, is kept as it is and written back.

use super::format::{self, Content, FIELD_LIMIT, Glance, Hash, RECORD_LIMIT};
use crate::model::codec::{self, Said, record_from_json, record_json};
use crate::model::kind::{Catalogue, Kind, STATE};
use crate::model::record::{Id, Record};
use crate::model::value::Value;
use memchr::memchr2;
use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, Visitor};
use serde_json::Value as Json;
use std::borrow::Cow;
use std::fmt;

/// The name under which the state stands.
const STATE_NAME: &str = "state";

/// A record, or a field of it, is larger than the limits allow.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.sentence())]
pub struct TooLarge {
    /// The record.
    pub id: Id,
    /// The field, by name; `None` if it is the record as a whole.
    pub field: Option<String>,
    /// Its bytes.
    pub size: usize,
    /// How many it may have.
    pub limit: usize,
}

impl TooLarge {
    fn sentence(&self) -> String {
        let what = match &self.field {
            Some(f) => format!("the field '{f}' of {}", self.id),
            None => format!("{} as a whole", self.id),
        };
        format!(
            "{what} has {} KiB; at most {} KiB are kept: shorten it, or keep the text in a file and name that",
            self.size.div_ceil(1024),
            self.limit / 1024
        )
    }
}

/// The content of a line: the record by field name, as JSON on one line.
///
/// # Errors
/// A field or the record is too large.
pub fn text(catalogue: &Catalogue, record: &Record) -> Result<String, TooLarge> {
    let mut out = String::from("{");
    let mut put = |name: &str, json: &str| {
        if json.len() > FIELD_LIMIT {
            let (id, field) = (record.id.clone(), Some(name.to_string()));
            return Err(TooLarge {
                id,
                field,
                size: json.len(),
                limit: FIELD_LIMIT,
            });
        }
        if out.len() > 1 {
            out.push(',');
        }
        out.push_str(&Json::from(name).to_string());
        out.push(':');
        out.push_str(json);
        Ok(())
    };
    match catalogue.kind_of(&record.id) {
        Some(k) => {
            for (name, json) in record_json(&catalogue.kinds[k], record) {
                put(&name, &json.to_string())?;
            }
        }
        None => {
            put(STATE_NAME, &Json::from(record.state()).to_string())?;
            for (name, json) in &record.unknown {
                put(name, json)?;
            }
        }
    }
    out.push('}');
    if out.len() > RECORD_LIMIT {
        return Err(TooLarge {
            id: record.id.clone(),
            field: None,
            size: out.len(),
            limit: RECORD_LIMIT,
        });
    }
    Ok(out)
}

/// A record from the content of a line; its meta is the caller's to add.
pub fn record(catalogue: &Catalogue, id: &Id, mut content: serde_json::Map<String, Json>) -> Record {
    let Some(kind) = catalogue.kind_of(id).map(|k| &catalogue.kinds[k]) else {
        let mut record = Record::new(id.clone());
        for (name, json) in content {
            match (name.as_str(), &json) {
                (STATE_NAME, Json::String(state)) => record.set(STATE, Some(Value::Text(state.clone()))),
                _ => record.unknown.push((name, json.to_string())),
            }
        }
        return record;
    };
    let mut misfits = Vec::new();
    loop {
        match record_from_json(kind, id.clone(), &content) {
            Ok(mut record) => {
                record.unknown.extend(misfits);
                return record;
            }
            Err(mistake) => match content.shift_remove(&mistake.field) {
                Some(json) => misfits.push((mistake.field, json.to_string())),
                // It names a field that is not there: nothing can be told apart any more.
                None => {
                    let mut record = Record::new(id.clone());
                    record
                        .unknown
                        .extend(content.into_iter().map(|(n, j)| (n, j.to_string())));
                    return record;
                }
            },
        }
    }
}

/// A record that was read by another kind, read by those in force now.
pub fn anew(catalogue: &Catalogue, was: &Kind, old: &Record) -> Record {
    let content = record_json(was, old);
    let mut record = record(catalogue, &old.id, content);
    record.meta.clone_from(&old.meta);
    record
}

/// Reads a content line.
///
/// # Errors
/// What is wrong with its form.
pub fn read(line: &[u8]) -> Result<Content, String> {
    serde_json::from_slice(line).map_err(|e| format!("a content line cannot be read: {e}"))
}

/// The state that a record has in its content line.
///
/// # Errors
/// What is wrong with its form.
pub fn state<'a>(id: &str, line: &'a [u8]) -> Result<Cow<'a, str>, String> {
    if let Some(state) = state_in_front(id, line) {
        return Ok(state.into());
    }
    let glance: Glance<'a> =
        serde_json::from_slice(line).map_err(|e| format!("the content line of {id} cannot be read: {e}"))?;
    Ok(glance.content.map(|c| c.state).unwrap_or_default())
}

/// The same where it stands in front, as this program writes it: then nothing behind it need be read.
fn state_in_front<'a>(id: &str, line: &'a [u8]) -> Option<&'a str> {
    // One text without the quote in front, and what is behind it; none with an escape in it, if it `is_plain`.
    fn text(from: &[u8], is_plain: bool) -> Option<(&[u8], &[u8])> {
        let mut end = 0;
        loop {
            end += memchr2(b'"', b'\\', from.get(end..)?)?;
            match from[end] {
                b'"' => return Some((&from[..end], &from[end + 1..])),
                _ if is_plain => return None,
                _ => end += 2,
            }
        }
    }
    let behind = line.strip_prefix(b"{\"id\":\"")?.strip_prefix(id.as_bytes())?;
    let (_, mut rest) = text(behind.strip_prefix(b"\",\"salt\":\"")?, true)?;
    for name in [&b",\"reason\":\""[..], b",\"command\":\""] {
        if let Some(said) = rest.strip_prefix(name) {
            (_, rest) = text(said, false)?;
        }
    }
    let (state, _) = text(rest.strip_prefix(b",\"content\":{\"state\":\"")?, true)?;
    std::str::from_utf8(state).ok()
}

/// Reads a content line as the record that it holds, which is this one; `None` for a tombstone.
///
/// # Errors
/// What is wrong with its form.
pub fn read_record(catalogue: &Catalogue, id: &Id, line: &[u8]) -> Result<Option<Record>, String> {
    if let Some(record) = directly(catalogue, id, line) {
        return Ok(Some(record));
    }
    let c = read(line)?;
    let id = Id::from(c.id);
    Ok((!c.tombstone).then(|| record(catalogue, &id, c.content)))
}

/// The record that a content line holds, if everything in it fits: the one that the careful way makes of it.
fn directly(catalogue: &Catalogue, id: &Id, line: &[u8]) -> Option<Record> {
    let kind = &catalogue.kinds[catalogue.kind_of(id)?];
    let mut from = serde_json::Deserializer::from_slice(line);
    let record = Direct { kind, id }.deserialize(&mut from).ok()?;
    from.end().is_ok().then_some(record)
}

struct Direct<'c> {
    kind: &'c Kind,
    id: &'c Id,
}

impl<'de> DeserializeSeed<'de> for Direct<'_> {
    type Value = Record;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Record, D::Error> {
        from.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Direct<'_> {
    type Value = Record;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a content line")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Record, A::Error> {
        let Self { kind, id } = self;
        let other = || A::Error::custom("not as content lines are written");
        let (mut last, mut record) = (None, None);
        while let Some(part) = map.next_key_seed(Said(Part::of))? {
            // Each name once, in the order of the format.
            if last >= Some(part) {
                return Err(other());
            }
            last = Some(part);
            match part {
                Part::Id => map.next_value_seed(Said(|text: &str| (text == id.as_str()).then_some(())))?,
                Part::Salt | Part::Reason | Part::Command => map.next_value_seed(Said(|_: &str| Some(())))?,
                Part::Content => {
                    let id = id.clone();
                    record = Some(map.next_value_seed(codec::Content { kind, id })?);
                }
            }
        }
        record.ok_or_else(other)
    }
}

/// A part of a content line that is no tombstone.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Part {
    Id,
    Salt,
    Reason,
    Command,
    Content,
}

impl Part {
    fn of(name: &str) -> Option<Self> {
        Some(match name {
            "id" => Self::Id,
            "salt" => Self::Salt,
            "reason" => Self::Reason,
            "command" => Self::Command,
            "content" => Self::Content,
            _ => return None,
        })
    }
}

/// A content line with a fresh salt, and its hash.
///
/// # Errors
/// There is no randomness, or a limit is passed.
pub fn line(
    catalogue: &Catalogue,
    record: &Record,
    reason: Option<&str>,
    command: Option<&str>,
) -> Result<Result<(String, Hash), TooLarge>, getrandom::Error> {
    let mut salt = [0; 32];
    getrandom::fill(&mut salt)?;
    Ok(text(catalogue, record).map(|content| {
        let line = format::content_line(record.id.as_str(), &salt, reason, command, &content);
        let leaf = format::sha256(line.as_bytes());
        (line, leaf)
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Both ways of asking a line for its state agree, and the short one is taken where the program wrote the line.
    #[test]
    fn the_state_of_a_line_is_the_same_in_front_and_in_all_of_it() {
        let salt = [7; 32];
        let careful = |line: &str| {
            let glance: Glance<'_> = serde_json::from_str(line).unwrap();
            glance.content.map(|c| c.state).unwrap_or_default().into_owned()
        };
        let texts = [
            None,
            Some("why"),
            Some("a \"quote\", a \\ and ,\"content\":{\"state\":\"x\""),
            Some("ends \\"),
        ];
        for (reason, command) in texts.iter().flat_map(|r| texts.iter().map(move |c| (*r, *c))) {
            for content in [
                "{\"state\":\"open\",\"title\":\"state\"}",
                "{\"state\":\"\"}",
                "{\"state\":\"offen – ja\"}",
            ] {
                let line = format::content_line("R-0001", &salt, reason, command, content);
                assert_eq!(
                    state_in_front("R-0001", line.as_bytes()),
                    Some(careful(&line).as_str()),
                    "{line}"
                );
            }
            // What it does not know it leaves to the other.
            for content in [
                "{}",
                "{\"title\":\"x\",\"state\":\"open\"}",
                "{\"state\":\"o\\u0070en\"}",
            ] {
                let line = format::content_line("R-0001", &salt, reason, command, content);
                assert_eq!(state_in_front("R-0001", line.as_bytes()), None, "{line}");
                assert_eq!(state("R-0001", line.as_bytes()).unwrap(), careful(&line), "{line}");
            }
        }
        let line = format::content_line("R-0001", &salt, None, None, "{\"state\":\"open\"}");
        for end in 0..line.len() {
            let short = state_in_front("R-0001", &line.as_bytes()[..end]);
            assert!(short.is_none_or(|s| s == "open"), "cut at {end}");
        }
        assert!(state("R-0001", b"{\"id\":\"R-0001\",\"salt\":3").is_err());
    }
}
