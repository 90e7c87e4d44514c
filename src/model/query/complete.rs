//! What could be written next in a query: names of fields, then their values.

use super::lex::{is_not, name_len, op_at};
use super::names::{self, Subject};
use super::operand::scales;
use super::{FLAGS, fuzzy};
use crate::model::derive;
use crate::model::kind::{Catalogue, FieldType, Kind};
use crate::model::world::World;

/// Most completions that are offered.
const MOST: usize = 12;

/// One way to go on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Completion {
    /// From which character of the text, from 0.
    pub from: usize,
    /// Up to which character (not included) it replaces.
    pub to: usize,
    /// What is written there instead.
    pub text: String,
    /// What it means.
    pub note: String,
}

/// The ways to go on at a cursor (in characters), best first.
pub fn complete(text: &str, cursor: usize, c: &Catalogue, kind: Option<&Kind>, w: &World) -> Vec<Completion> {
    let chars: Vec<char> = text.chars().collect();
    let to = cursor.min(chars.len());
    let mut start = to;
    while start > 0 && !chars[start - 1].is_whitespace() {
        start -= 1;
    }
    start += usize::from(start < to && chars.get(start).copied().is_some_and(is_not));
    let term = &chars[start..to];
    let name = name_len(term);
    let (found, from): (Vec<(String, String)>, usize) = match op_at(&term[name..]).filter(|_| name > 0) {
        None if name < term.len() || term.is_empty() => return Vec::new(),
        None => (fields(c, kind, &word(term)), start),
        Some((_, n)) => {
            let values = &term[name + n..];
            let skip = values.iter().rposition(|v| "|<>=:".contains(*v)).map_or(0, |i| i + 1);
            let written = word(&values[skip..]);
            let from = start + name + n + skip;
            match names::find(c, kind, &word(&term[..name]), 0) {
                Ok(subject) => (values_of(c, kind, &subject, &written, w), from),
                Err(_) => return Vec::new(),
            }
        }
    };
    let complete = |(text, note)| Completion { from, to, text, note };
    found.into_iter().take(MOST).map(complete).collect()
}

fn word(chars: &[char]) -> String {
    chars.iter().collect::<String>().to_lowercase()
}

fn fields(c: &Catalogue, kind: Option<&Kind>, written: &str) -> Vec<(String, String)> {
    let kinds: Vec<&Kind> = kind.map_or_else(|| c.kinds.iter().collect(), |k| vec![k]);
    let mut all: Vec<(String, String)> = Vec::new();
    for k in kinds {
        for n in names::names_of(k) {
            if !all.iter().any(|(a, _)| a == n) {
                all.push((n.to_string(), k.label(n).to_string()));
            }
        }
    }
    all.push(("is".to_string(), "Open, closed, overdue ...".to_string()));
    if kind.is_none() {
        all.push(("kind".to_string(), "Kind of record".to_string()));
    }
    let fits = |(n, label): &(String, String)| n.starts_with(written) || fuzzy::begins(label, written);
    let mut found: Vec<(String, String)> = all.into_iter().filter(fits).collect();
    found.sort_by_key(|(n, _)| !n.starts_with(written));
    for (n, _) in &mut found {
        n.push(':');
    }
    found
}

fn values_of(c: &Catalogue, kind: Option<&Kind>, subject: &Subject, written: &str, w: &World) -> Vec<(String, String)> {
    let pair = |a: &str, b: &str| (a.to_string(), b.to_string());
    let mut all: Vec<(String, String)> = Vec::new();
    match subject {
        Subject::Flag => all.extend(FLAGS.iter().map(|(n, _)| pair(n, ""))),
        Subject::Kind => all.extend(c.kinds.iter().map(|k| pair(&k.name, &k.title))),
        Subject::Kin(ix) => return records(&[*ix], written, w),
        Subject::Field(name) => {
            let owner = kind.or_else(|| c.kinds.iter().find(|k| names::names_of(k).any(|n| n == name)));
            let Some(k) = owner else { return all };
            let there = derive::origin(c, k, name);
            let field = k.shape(name).or_else(|| there.and_then(|(k, n)| k.shape(n)));
            let words = derive::words_of(c, k, name);
            if !words.is_empty() {
                all.extend(words.iter().map(|w| pair(w, &derive::said(w))));
            } else if name == "state" {
                all.extend(k.states.iter().map(|s| pair(&s.id, &s.help)));
            } else if let Some(s) = scales(c, Some(k), name).first() {
                all.extend(s.levels.iter().rev().map(|l| pair(&l.id, &l.name)));
            } else if let Some(f) = field {
                all.extend(f.choices.iter().map(|c| pair(&c.id, &c.label)));
                match f.kind {
                    FieldType::Bool => all.extend([pair("yes", ""), pair("no", "")]),
                    FieldType::Date => {
                        let days = [
                            ("overdue", "before today"),
                            ("today", ""),
                            ("30d", "in 30 days"),
                            ("friday", ""),
                        ];
                        all.extend(days.map(|(a, b)| pair(a, b)));
                    }
                    FieldType::Link | FieldType::Links => {
                        if "me".starts_with(written) && f.target.iter().any(|t| t == "person") {
                            all.push(pair("me", ""));
                        }
                        let kinds: Vec<usize> = f.target.iter().filter_map(|t| c.index_of(t)).collect();
                        all.extend(records(&kinds, written, w));
                        return all;
                    }
                    _ => {}
                }
            } else if (names::VIRTUAL.contains(&name.as_str()) && name != "id") || is_day(k, name) {
                all.extend([
                    pair("overdue", "before today"),
                    pair("today", ""),
                    pair("30d", "in 30 days"),
                ]);
            }
        }
    }
    all.retain(|(a, b)| a.starts_with(written) || fuzzy::begins(b, written));
    all
}

/// Whether a derived value is a day.
fn is_day(kind: &Kind, name: &str) -> bool {
    use crate::model::kind::Derivation::{Due, Lapse};
    matches!(kind.derivation(name).map(|d| &d.from), Some(Due | Lapse { .. }))
}

/// Records whose id or title holds what is written.
fn records(kinds: &[usize], written: &str, w: &World) -> Vec<(String, String)> {
    let all = kinds.iter().flat_map(|k| w.state.live(*k));
    all.filter(|r| fuzzy::contains(r.id.as_str(), written) || fuzzy::contains(r.title(), written))
        .map(|r| (r.id.to_string(), r.title().to_string()))
        .take(MOST)
        .collect()
}
