//! The three-way decision over one field, and what it needs: when two values are the same, and how links are named.

use crate::model::change::Edit;
use crate::model::kind::{Field, FieldType, Kind};
use crate::model::merge;
use crate::model::record::{Id, Record};
use crate::model::value::{Link, Value};
use std::collections::HashMap;

/// Words are found again without regard to case and to blanks around them.
pub fn fold(word: &str) -> String {
    word.trim().to_lowercase()
}

/// Whether a record is known under an id of another object of the same tool: the same short id in two assessments does
/// not make two risks one.
pub fn strangers(kind: &Kind, record: &Record, keys: &[String]) -> bool {
    let Some(tag) = kind.field("aliases").map(|f| f.tag) else {
        return false;
    };
    let mine: Vec<&String> = keys.iter().filter(|k| is_unique(k)).collect();
    let theirs: Vec<&String> = match record.get(tag) {
        Some(v) => v.as_tags().iter().filter(|k| is_unique(k)).collect(),
        None => Vec::new(),
    };
    !mine.is_empty() && !theirs.is_empty() && !mine.iter().any(|k| theirs.contains(k))
}

/// Whether a foreign id is unique everywhere (a UUID).
fn is_unique(key: &str) -> bool {
    key.len() == 36
        && key.chars().filter(|c| *c == '-').count() == 4
        && key.chars().all(|c| c == '-' || c.is_ascii_hexdigit())
}

/// Tags, sorted, each once.
pub fn tags(words: impl Iterator<Item = String>) -> Value {
    let mut all: Vec<String> = words.collect();
    all.sort();
    all.dedup();
    Value::Tags(all)
}

/// Links by id, with the attributes that the same links have already.
pub fn links(mut ids: Vec<Id>, ours: Option<&Value>) -> Vec<Link> {
    ids.sort();
    ids.dedup();
    let known = |id: &Id| match ours {
        Some(Value::Links(l)) => l.iter().find(|l| l.to == *id).map(|l| l.attributes.clone()),
        _ => None,
    };
    ids.into_iter()
        .map(|to| Link {
            attributes: known(&to).unwrap_or_default(),
            to,
        })
        .collect()
}

/// Whether two values are the same to a person: nothing and an empty one are, and so are both kinds of line end and
/// the blanks that reading a cell takes off.
pub fn same(a: Option<&Value>, b: Option<&Value>) -> bool {
    let plain = |t: &str| t.replace("\r\n", "\n").trim_end().trim_start_matches('\n').to_string();
    match (a.filter(|v| !v.is_empty()), b.filter(|v| !v.is_empty())) {
        (Some(Value::Text(a)), Some(Value::Text(b))) => a == b || plain(a) == plain(b),
        (a, b) => a == b,
    }
}

/// Three ways: what was imported last, what stands here, what the file says. `Ok(None)` leaves the field alone.
pub fn decide(
    field: &Field,
    base: Option<&Record>,
    here: Option<&Value>,
    file: Option<&Value>,
) -> Result<Option<Option<Value>>, ()> {
    let Some(base) = base else {
        // Never imported: an empty cell clears nothing, a list adds, another value is taken.
        let Some(file) = file else { return Ok(None) };
        return match (field.kind, here) {
            (FieldType::Tags | FieldType::Links | FieldType::Rows, Some(_)) => Ok(Some(
                merge::merge(field, None, here, Some(file)).unwrap_or(Some(file.clone())),
            )),
            _ => Ok(Some(Some(file.clone()))),
        };
    };
    let base = base.get(field.tag);
    if same(base, file) {
        return Ok(None);
    }
    merge::merge(field, base, here, file).map(Some).map_err(|_| ())
}

/// Lets local ids name their place in a draft: `at` says where what they name stands now. A link to what fell out falls
/// out.
pub fn renumber(edit: &mut Edit, at: &HashMap<usize, usize>) {
    let real = |id: &Id| match id.as_local() {
        Some(i) => at.get(&i).map(|n| Id::local(*n)),
        None => Some(id.clone()),
    };
    for (_, value) in &mut edit.set {
        match value {
            Some(Value::Link(id)) if id.as_local().is_some() => *value = real(id).map(Value::Link),
            Some(Value::Links(l)) if l.iter().any(|l| l.to.as_local().is_some()) => {
                l.retain_mut(|l| {
                    let to = real(&l.to);
                    to.map(|to| l.to = to).is_some()
                });
                if l.is_empty() {
                    *value = None;
                }
            }
            _ => {}
        }
    }
}
