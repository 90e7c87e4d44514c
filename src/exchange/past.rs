//! What was imported last, folded from the history of a record: the base of the three-way merge. Nothing is stored
//! for it; the journal knows.

use crate::ledger::Ledger;
use crate::model::record::{Id, Record};
use std::collections::BTreeMap;
use std::sync::Arc;

/// One version of a record, as far as imports need it.
#[derive(Debug, Clone)]
pub struct Version {
    /// The commit.
    pub seq: u64,
    /// Milliseconds since 1970, UTC.
    pub time: i64,
    /// Whether it brought a file in.
    pub import: bool,
    /// The commit that it takes back.
    pub undoes: Option<u64>,
    /// The record before.
    pub before: Option<Arc<Record>>,
    /// The record after.
    pub after: Arc<Record>,
}

/// Where the history of a record comes from.
pub trait Past {
    /// The versions of a record, newest first; empty if nothing is known.
    fn history(&mut self, id: &Id) -> Vec<Version>;
}

/// The past that the ledger knows.
pub struct Journal<'a>(pub &'a Ledger);

impl Past for Journal<'_> {
    fn history(&mut self, id: &Id) -> Vec<Version> {
        let mut all: Vec<Version> = Vec::new();
        for t in self.0.trace(id).unwrap_or_default() {
            let before = all.last().map(|v| Arc::clone(&v.after));
            let import = t.command.is_some_and(|c| c.starts_with("import "));
            let (seq, time, undoes, after) = (t.seq, t.time, t.undoes, t.after);
            all.push(Version {
                seq,
                time,
                import,
                undoes,
                before,
                after,
            });
        }
        all.reverse();
        all
    }
}

/// A past that knows nothing: every import is the first.
pub struct Never;

impl Past for Never {
    fn history(&mut self, _: &Id) -> Vec<Version> {
        Vec::new()
    }
}

fn is_import(v: &Version) -> bool {
    v.import && v.undoes.is_none()
}

/// What the file said last about a record, field by field. `None`: it never came from a file, and no own export at the
/// time `changed` is known.
///
/// The first import of a record counts as a whole, a later one with the fields that it changed: what was edited here in
/// between is no word of the file. An undone import never was.
pub fn base(history: &[Version], changed: Option<i64>) -> Option<Record> {
    if let Some(v) = changed.and_then(|t| history.iter().find(|v| v.time == t)) {
        return Some(Record::clone(&v.after));
    }
    let mut base: Option<Record> = None;
    // What the base was before each commit that moved it, for undo and redo.
    let mut earlier: BTreeMap<u64, Option<Record>> = BTreeMap::new();
    for v in history.iter().rev() {
        if let Some(was) = v.undoes.and_then(|n| earlier.get(&n).cloned()) {
            earlier.insert(v.seq, std::mem::replace(&mut base, was));
        } else if is_import(v) {
            earlier.insert(v.seq, base.clone());
            match &mut base {
                None => base = Some(Record::clone(&v.after)),
                Some(b) => absorb(b, v),
            }
        }
    }
    base
}

/// Whether a record has a version of this moment: an export that says so is one of this record.
pub fn knows(past: &mut dyn Past, record: &Record, changed: i64) -> bool {
    record.meta.as_ref().is_some_and(|m| m.changed.time == changed)
        || past.history(&record.id).iter().any(|v| v.time == changed)
}

/// Takes over the fields that a version changed.
fn absorb(base: &mut Record, v: &Version) {
    let before = |tag| v.before.as_ref().and_then(|r| r.get(tag));
    for (tag, value) in &v.after.values {
        if before(*tag) != Some(value) {
            base.set(*tag, Some(value.clone()));
        }
    }
    for (tag, _) in v.before.iter().flat_map(|r| &r.values) {
        if v.after.get(*tag).is_none() {
            base.set(*tag, None);
        }
    }
}

/// Whether a retired record is so because the import that made it was undone.
pub fn taken_back(history: &[Version]) -> bool {
    let Some(first) = history.last().filter(|v| is_import(v)) else {
        return false;
    };
    history.first().is_some_and(|v| v.undoes == Some(first.seq))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::kind::TITLE;
    use crate::model::value::Value;

    fn history(steps: &[(&str, Option<u64>, &str)]) -> Vec<Version> {
        let mut all: Vec<Version> = Vec::new();
        for (n, (action, undoes, title)) in steps.iter().enumerate() {
            let mut after = Record::new(Id::from("R-0001"));
            after.set(TITLE, Some(Value::Text((*title).to_string())));
            let before = all.last().map(|v| Arc::clone(&v.after));
            let (seq, import) = (n as u64 + 1, *action == "import");
            all.push(Version {
                seq,
                time: n as i64,
                import,
                undoes: *undoes,
                before,
                after: Arc::new(after),
            });
        }
        all.reverse();
        all
    }

    fn title(steps: &[(&str, Option<u64>, &str)]) -> Option<String> {
        base(&history(steps), None).map(|r| r.title().to_string())
    }

    #[test]
    fn the_base_is_what_the_file_said_not_what_was_edited_since() {
        assert_eq!(title(&[("record.edit", None, "A")]), None);
        assert_eq!(
            title(&[("import", None, "A"), ("record.edit", None, "B")]).as_deref(),
            Some("A")
        );
        let kept = [("import", None, "A"), ("record.edit", None, "B"), ("import", None, "B")];
        assert_eq!(
            title(&kept).as_deref(),
            Some("A"),
            "the second import did not touch the title"
        );
        assert_eq!(
            title(&[("import", None, "A"), ("import", None, "C")]).as_deref(),
            Some("C")
        );
    }

    #[test]
    fn an_undone_import_never_was_until_it_is_redone() {
        let mut steps = vec![("import", None, "A"), ("import", None, "B"), ("undo", Some(2), "A")];
        assert_eq!(title(&steps).as_deref(), Some("A"));
        steps.push(("redo", Some(3), "B"));
        assert_eq!(title(&steps).as_deref(), Some("B"));
        assert!(taken_back(&history(&[("import", None, "A"), ("undo", Some(1), "A")])));
        assert!(!taken_back(&history(&[
            ("import", None, "A"),
            ("record.edit", None, "A")
        ])));
    }

    #[test]
    fn an_own_export_names_its_moment() {
        let h = history(&[("record.create", None, "A"), ("record.edit", None, "B")]);
        assert_eq!(base(&h, Some(0)).map(|r| r.title().to_string()).as_deref(), Some("A"));
    }
}
