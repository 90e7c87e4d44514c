//! `field=value` on the command line: which field, which value, and everything that is wrong at once.

use crate::error::{Error, Result};
use crate::model::codec;
use crate::model::derive;
use crate::model::kind::{Field, FieldType, Kind, Offer, STATE, Tag, one};
use crate::model::record::{Id, Record};
use crate::model::value::Value;
use crate::model::world::World;
use crate::session::Session;
use std::path::Path;

/// One `field=value`, `field=` or `field+=value`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assignment {
    name: String,
    value: String,
    /// Adds to a set instead of replacing it.
    adds: bool,
}

impl std::str::FromStr for Assignment {
    type Err = String;

    fn from_str(text: &str) -> std::result::Result<Self, String> {
        let (name, value) = text
            .split_once('=')
            .ok_or_else(|| format!("'{text}' has no '='; expected field=value, or field= to clear it"))?;
        let (name, adds) = name.strip_suffix('+').map_or((name, false), |n| (n, true));
        if name.trim().is_empty() {
            return Err(format!("'{text}' names no field; expected field=value"));
        }
        Ok(Self {
            name: name.trim().to_string(),
            value: value.to_string(),
            adds,
        })
    }
}

/// Keeps the files that assignments bring as `field=@path`, and lets them name what was kept. The kind says which
/// fields hold files; an `@` anywhere else is text.
///
/// # Errors
/// A file cannot be read or kept: it is named. Nothing was committed.
pub fn bring(session: &Session, kind: &Kind, given: &mut [Assignment]) -> Result<()> {
    for a in given {
        let Ok(f) = field(kind, &a.name) else { continue };
        if f.kind != FieldType::File {
            continue;
        }
        if let Some(path) = a.value.trim().strip_prefix('@') {
            let kept = session.keep(Path::new(path))?;
            a.value = codec::to_json(kind, f, &Value::File(kept.into())).to_string();
        }
    }
    Ok(())
}

/// What the assignments set in a record, or in a new one of this kind.
///
/// # Errors
/// Lists every field that is not there and every value that does not fit.
pub fn read(
    w: &World,
    kind: &Kind,
    record: Option<&Record>,
    given: &[Assignment],
) -> Result<Vec<(Tag, Option<Value>)>> {
    let (mut set, mut wrong, mut hints) = (Vec::new(), Vec::new(), Vec::new());
    let judged = judged(w, kind, record, given);
    let record = judged.as_ref().or(record);
    for a in given {
        let field = match field(kind, &a.name) {
            Ok(f) => f,
            Err(e) => {
                wrong.push(e.message);
                hints.extend(e.hints);
                continue;
            }
        };
        if set.iter().any(|(tag, _)| *tag == field.tag) {
            wrong.push(format!("{} is given twice", field.name));
            continue;
        }
        match codec::parse(w, kind, record, field, &a.value) {
            Ok(value) if a.adds => match join(record.and_then(|r| r.get(field.tag)), value) {
                Ok(value) => set.push((field.tag, value)),
                Err(()) => wrong.push(format!("{}: += adds to tags and links only", field.name)),
            },
            Ok(value) => set.push((field.tag, value)),
            Err(e) => wrong.push(format!("{}: {e}", field.name)),
        }
    }
    match wrong.len() {
        0 => Ok(set),
        1 => Err(Error {
            hints,
            ..Error::failed(wrong.remove(0))
        }),
        n => Err(Error {
            details: wrong,
            hints,
            ..Error::failed(format!("{n} values do not fit"))
        }),
    }
}

/// The record with the method that is given with it, which decides how levels are read; `None` if none is.
fn judged(w: &World, kind: &Kind, record: Option<&Record>, given: &[Assignment]) -> Option<Record> {
    let method = |a: &Assignment| field(kind, &a.name).ok().filter(|f| f.offers == Some(Offer::Methods));
    let (field, a) = given.iter().find_map(|a| Some((method(a)?, a)))?;
    let value = codec::parse(w, kind, record, field, &a.value).ok()?;
    let mut judged = record.cloned().unwrap_or_else(|| Record::new(Id::from("new")));
    judged.set(field.tag, value);
    Some(judged)
}

/// Both sets in one.
fn join(old: Option<&Value>, new: Option<Value>) -> std::result::Result<Option<Value>, ()> {
    Ok(Some(match (old, new) {
        (_, None) => return Ok(old.cloned()),
        (None, Some(v @ (Value::Tags(_) | Value::Links(_)))) => v,
        (Some(Value::Tags(a)), Some(Value::Tags(b))) => {
            let mut all: Vec<String> = a.iter().cloned().chain(b).collect();
            all.sort();
            all.dedup();
            Value::Tags(all)
        }
        (Some(Value::Links(a)), Some(Value::Links(b))) => {
            // What is given anew wins: it may bring other attributes.
            let kept = a.iter().filter(|l| !b.iter().any(|n| n.to == l.to)).cloned();
            let mut all: Vec<_> = kept.chain(b.iter().cloned()).collect();
            all.sort_by(|x, y| x.to.cmp(&y.to));
            Value::Links(all)
        }
        _ => return Err(()),
    }))
}

/// The field that a word means: name, label or alias.
///
/// # Errors
/// There is none, or it does not change by typing.
pub fn field<'k>(kind: &'k Kind, word: &str) -> Result<&'k Field> {
    let plain = |s: &str| s.trim().to_lowercase().replace(['-', ' '], "_");
    let w = plain(word);
    let found = kind
        .field(&w)
        .or_else(|| kind.fields.iter().find(|f| plain(&f.label) == w))
        .or_else(|| kind.fields.iter().find(|f| f.aliases.iter().any(|a| plain(a) == w)));
    match found {
        Some(f) if f.tag == STATE => {
            Err(Error::failed("the state does not change by typing").hint("isms move ID STATE"))
        }
        Some(f) => Ok(f),
        None if kind.derivation(&w).is_some() => {
            let e = Error::failed(format!("'{w}' is worked out, not typed"));
            let from = sources(kind, &w);
            Err(if from.is_empty() {
                e
            } else {
                e.hint(format!("it follows from {}", from.join(", ")))
            })
        }
        None => {
            let e = Error::failed(format!("{} has no field '{word}'", one(&kind.name)));
            Err(match near(kind, &w) {
                Some(name) => e.hint(format!("did you mean '{name}'?")),
                None => e.hint(format!("isms kinds {} lists its fields", kind.name)),
            })
        }
    }
}

/// The fields from which a value is worked out.
fn sources<'k>(kind: &'k Kind, name: &str) -> Vec<&'k str> {
    kind.derivation(name)
        .map(|d| derive::sources(kind, &d.from))
        .unwrap_or_default()
}

/// The field whose name is most like a word, if one is; of several the one that begins like it.
fn near<'k>(kind: &'k Kind, word: &str) -> Option<&'k str> {
    let names = kind.fields.iter().filter(|f| !f.readonly).map(|f| f.name.as_str());
    let alike = |n: &str| n.chars().zip(word.chars()).take_while(|(a, b)| a == b).count();
    let (far, _, name) = names
        .map(|n| (distance(n, word), std::cmp::Reverse(alike(n)), n))
        .min()?;
    (far <= 2 + word.len() / 6).then_some(name)
}

/// How many letters have to change to make one word of the other.
pub fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut last = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let here = (last + usize::from(x != *y)).min(row[j] + 1).min(row[j + 1] + 1);
            last = std::mem::replace(&mut row[j + 1], here);
        }
    }
    row[b.len()]
}
