//! What an import would do, before it does anything: what the rows say, and the plan that comes of it.

use crate::model::change::Draft;
use crate::model::codec;
use crate::model::kind::{KindIx, Tag};
use crate::model::record::Id;
use crate::model::value::Value;
use crate::model::world::World;
use std::borrow::Cow;
use std::collections::HashSet;

/// A row or a cell that was not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refused {
    /// Line of the file, from 1.
    pub line: usize,
    /// Head of the column; empty if the row as a whole is meant.
    pub column: String,
    /// What stood there, cut where it is long.
    pub value: String,
    /// Why it was not taken, and what was expected.
    pub why: String,
}

impl Refused {
    /// The value with why it was not taken: "'1.2' does not fit; ...", "'C-0001': C-0002 cannot be so, ...".
    pub fn told(&self) -> String {
        let (value, why) = (&self.value, &self.why);
        match why.chars().next().is_some_and(char::is_uppercase) {
            _ if value.is_empty() => why.clone(),
            true => format!("'{value}': {why}"),
            false => format!("'{value}' {why}"),
        }
    }
}

/// A field that was changed here and in the file since the last import. The value here stays.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Clash {
    /// Line of the file.
    pub line: usize,
    /// The record.
    pub id: Id,
    /// The label of the field.
    pub field: String,
    /// What the file says, cut where it is long.
    pub file: String,
    /// What stands here, and stays; cut where it is long.
    pub here: String,
}

/// What a person should know of a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Detail {
    /// Something that the file says does not come in.
    pub lost: bool,
    /// One line.
    pub text: String,
}

/// All that an import would do, before it does anything.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The one commit.
    pub draft: Draft,
    /// How many records of which kind would be created.
    pub created: Vec<(KindIx, usize)>,
    /// How many records would be changed.
    pub updated: usize,
    /// How many rows say what is there already.
    pub unchanged: usize,
    /// Columns of which nothing was used.
    pub unused: Vec<String>,
    /// What was not taken of rows that were left out, and why.
    pub refused: Vec<Refused>,
    /// How many rows were left out; of one several cells may not fit.
    pub left_out: usize,
    /// Fields changed on both sides, kept as they are here.
    pub clashes: Vec<Clash>,
    /// What else the person should know: unknown labels, what is kept in notes, levels that differ.
    pub notes: Vec<String>,
}

/// What one row says about one record.
#[derive(Debug, Clone)]
pub struct Item<'t> {
    /// Line of the file.
    pub line: usize,
    /// The kind of record.
    pub kind: KindIx,
    /// Its own id, if the file names it.
    pub id: Option<Id>,
    /// Foreign ids under which it is found again.
    pub keys: Vec<String>,
    /// Its title; empty if the file has no column for it.
    pub title: Cow<'t, str>,
    /// When the record was last changed as the file was written, for own exports.
    pub changed: Option<i64>,
    /// The state that the file names.
    pub state: Option<String>,
    /// The state may be taken over as it is where nobody moved the record here: the file of another tool, in which
    /// nobody could be asked what our moves ask for.
    pub foreign: bool,
    /// Its fields.
    pub cells: Vec<Cell<'t>>,
    /// What has no field of its own: label and value, kept as lines of the notes.
    pub kept: Vec<(String, String)>,
    /// It was only named by another row: it is made if it is not there, and never counted as unchanged.
    pub named: bool,
}

/// What a file says about one field.
#[derive(Debug, Clone)]
pub struct Cell<'t> {
    /// The field.
    pub tag: Tag,
    /// Head of the column.
    pub column: &'t str,
    /// Line of the file.
    pub line: usize,
    /// What stands there.
    pub text: Cow<'t, str>,
    /// How it is read.
    pub want: Want,
    /// The column is only a guess at the field (an alias, another tool): what does not fit is kept in the notes
    /// instead of refusing the row.
    pub guess: bool,
}

/// How a cell is read.
#[derive(Debug, Clone)]
pub enum Want {
    /// As a person would type it; which scale holds depends on the record.
    Text,
    /// It is this value, or none.
    Value(Option<Value>),
    /// Links to records by id, foreign id or title.
    Names(Vec<String>),
    /// Links to the records of other items of the same file, by their places in it, with their attributes.
    Items(Vec<(usize, Vec<(Tag, Value)>)>),
}

impl Item<'_> {
    /// An empty one.
    pub fn new(line: usize, kind: KindIx) -> Self {
        Self {
            line,
            kind,
            id: None,
            keys: Vec::new(),
            title: Cow::Borrowed(""),
            changed: None,
            state: None,
            foreign: false,
            cells: Vec::new(),
            kept: Vec::new(),
            named: false,
        }
    }
}

impl Plan {
    /// Whether there is nothing to commit.
    pub fn is_empty(&self) -> bool {
        self.draft.edits.is_empty()
    }

    /// The plan in one sentence: what would be created, changed and left out.
    pub fn summary(&self, w: &World) -> String {
        let named = |(kind, n): &(KindIx, usize)| {
            let k = w.kind_at(*kind);
            format!("{n} {}", if *n == 1 { &k.title } else { &k.titles }.to_lowercase())
        };
        let mut parts = Vec::new();
        if !self.created.is_empty() {
            let all: Vec<String> = self.created.iter().map(named).collect();
            parts.push(format!("{} new", all.join(", ")));
        }
        let rows = |n: usize| {
            if n == 1 {
                "1 row".to_string()
            } else {
                format!("{n} rows")
            }
        };
        if self.updated > 0 {
            parts.push(format!("{} changed", self.updated));
        }
        if self.unchanged > 0 {
            parts.push(format!("{} unchanged", self.unchanged));
        }
        if !self.refused.is_empty() {
            parts.push(format!("{} left out", rows(self.left_out)));
        }
        if parts.is_empty() {
            "nothing to import".to_string()
        } else {
            parts.join("; ")
        }
    }

    /// All that a person should see before and after: rows left out, values kept, columns not used, notes. Each as it
    /// came from the file: to be cleaned before it reaches a terminal.
    pub fn details(&self) -> Vec<Detail> {
        let detail = |lost: bool, text: String| Detail { lost, text };
        let mut out = Vec::new();
        let mut told = HashSet::new();
        for r in &self.refused {
            // What would be right is said once of a column.
            let why = match r.why.split_once(codec::EXPECTED) {
                Some((brief, _)) if !told.insert((&r.column, &r.why)) => brief,
                _ => &r.why,
            };
            let column = match r.column.as_str() {
                "" => String::new(),
                column => format!(", column '{column}'"),
            };
            let value = match r.value.as_str() {
                "" => String::new(),
                value => format!(", '{}'", short(value)),
            };
            out.push(detail(true, format!("line {}{column}{value}: {why}", r.line)));
        }
        for c in &self.clashes {
            let (file, here) = (short(&c.file), short(&c.here));
            let text = format!(
                "line {}: {} {} was changed here and in the file: '{here}' stays, the file says '{file}'",
                c.line, c.id, c.field
            );
            out.push(detail(true, text));
        }
        if !self.unused.is_empty() {
            out.push(detail(false, format!("columns not used: {}", self.unused.join(", "))));
        }
        out.extend(self.notes.iter().map(|note| detail(false, note.clone())));
        out
    }
}

/// A value not too long to be shown.
pub fn shown(text: &str) -> String {
    match text.char_indices().nth(80) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_string(),
    }
}

/// A value on one line and not too long.
fn short(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(60) {
        Some((at, _)) => format!("{}…", &line[..at]),
        None => line,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_lost_comes_first_and_what_would_be_right_is_said_once_of_a_column() {
        let refused = |line, column: &str, value: &str| Refused {
            line,
            column: column.into(),
            value: value.into(),
            why: "does not fit; expected a date such as 2026-12-01".into(),
        };
        let plan = Plan {
            draft: Draft::new("risk.import"),
            created: Vec::new(),
            updated: 0,
            unchanged: 0,
            unused: vec!["Color".into()],
            refused: vec![
                refused(3, "Due", "soonish"),
                refused(4, "Due", "31.02.2027"),
                refused(5, "Seen", "once"),
            ],
            left_out: 3,
            clashes: Vec::new(),
            notes: vec!["levels differ".into()],
        };
        let said: Vec<(bool, String)> = plan.details().into_iter().map(|d| (d.lost, d.text)).collect();
        let said: Vec<(bool, &str)> = said.iter().map(|(lost, text)| (*lost, text.as_str())).collect();
        assert_eq!(
            said,
            [
                (
                    true,
                    "line 3, column 'Due', 'soonish': does not fit; expected a date such as 2026-12-01"
                ),
                (true, "line 4, column 'Due', '31.02.2027': does not fit"),
                (
                    true,
                    "line 5, column 'Seen', 'once': does not fit; expected a date such as 2026-12-01"
                ),
                (false, "columns not used: Color"),
                (false, "levels differ"),
            ]
        );
    }
}
