//! What an auditor asks to see, as questions to the registers: `data/checklists/*.toml`. An item is met if a record of
//! its kind answers: it is there and approved (`where`), it is current, and it is evidenced.

use crate::model::builtin;
use crate::model::kind::{self, Catalogue, DataError, DataFile, Kind, KindIx, Stage};
use crate::model::query::Query;
use crate::model::record::Record;
use crate::model::world::World;
use serde::Deserialize;

/// A list of what is asked for.
#[derive(Debug, Clone)]
pub struct Checklist {
    /// Its name in lower case.
    pub id: String,
    /// As a person reads it.
    pub title: String,
    /// What is asked for, in order.
    pub items: Vec<Item>,
}

/// One thing that is asked for.
#[derive(Debug, Clone)]
pub struct Item {
    /// Its name in kebab case.
    pub id: String,
    /// What is asked for, as a person reads it.
    pub title: String,
    /// The clause of ISO/IEC 27001:2022 that asks for it.
    pub clause: String,
    /// The stage in which it is made.
    pub stage: Stage,
    /// The kind of record that answers.
    pub kind: KindIx,
    approved: Query,
    current: Query,
    evidence: Query,
}

/// How far a record answers to an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Answer {
    /// No record is there and approved.
    Missing,
    /// One is, but it is past its day.
    Outdated,
    /// One is and is current, but nothing shows that it is so.
    Unproved,
    /// Current, approved and evidenced.
    Met,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    id: String,
    title: String,
    items: Vec<Row>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    id: String,
    title: String,
    clause: String,
    stage: Stage,
    kind: String,
    /// It is there and approved.
    #[serde(rename = "where")]
    approved: String,
    /// It is current.
    #[serde(default = "not_overdue")]
    current: String,
    /// It is evidenced. Empty: the record is the evidence.
    #[serde(default)]
    evidence: String,
}

fn not_overdue() -> String {
    "-is:overdue".to_string()
}

impl Checklist {
    /// Reads a checklist against the kinds.
    ///
    /// # Errors
    /// Names the file, the item and what is wrong with it.
    pub fn read((file, text): DataFile, catalogue: &Catalogue) -> Result<Self, DataError> {
        let wrong = |what: String| DataError {
            file: file.to_string(),
            what,
        };
        let parsed: File = kind::parse(file, text)?;
        let mut items: Vec<Item> = Vec::new();
        for row in parsed.items {
            let kind = catalogue
                .index_of(&row.kind)
                .ok_or_else(|| wrong(format!("item '{}' asks '{}', which is no kind", row.id, row.kind)))?;
            let query = |text: &str| {
                Query::parse(text, catalogue, Some(&catalogue.kinds[kind]))
                    .map_err(|e| wrong(format!("item '{}': '{text}', {e}", row.id)))
            };
            let (approved, current, evidence) = (query(&row.approved)?, query(&row.current)?, query(&row.evidence)?);
            if [&approved, &current, &evidence].iter().any(|q| q.asks_gaps()) {
                return Err(wrong(format!("item '{}' cannot ask for gaps", row.id)));
            }
            if items.iter().any(|i| i.id == row.id) {
                return Err(wrong(format!("two items are named '{}'", row.id)));
            }
            items.push(Item {
                id: row.id,
                title: row.title,
                clause: row.clause,
                stage: row.stage,
                kind,
                approved,
                current,
                evidence,
            });
        }
        Ok(Self {
            id: parsed.id,
            title: parsed.title,
            items,
        })
    }

    /// The checklists that the program brings along, as far as the kinds are there of which they ask.
    pub fn built_in(catalogue: &Catalogue) -> Vec<Self> {
        let read = |file: &DataFile| Self::read(*file, catalogue).ok();
        builtin::CHECKLISTS.iter().filter_map(read).collect()
    }
}

impl Item {
    /// How far a record of its kind answers.
    pub fn answer(&self, w: &World, kind: &Kind, record: &Record) -> Answer {
        if record.is_retired() || !self.approved.holds(w, kind, record) {
            Answer::Missing
        } else if !self.current.holds(w, kind, record) {
            Answer::Outdated
        } else if !self.evidence.holds(w, kind, record) {
            Answer::Unproved
        } else {
            Answer::Met
        }
    }

    /// What is wrong, in a sentence.
    pub fn sentence(&self, kind: &Kind, answer: Answer) -> String {
        let titles = kind.titles.to_lowercase();
        let what = match answer {
            Answer::Missing => format!("nothing among the {titles} answers to it yet"),
            Answer::Outdated => format!("what answers to it among the {titles} is past its day"),
            Answer::Unproved => format!("nothing shows it: link evidence to one of the {titles}"),
            Answer::Met => "current, approved and evidenced".to_string(),
        };
        format!("{}: {what}", self.title)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test stops where it fails")]
    use super::*;

    #[test]
    fn every_item_asks_a_kind_that_is_there() {
        let catalogue = builtin::catalogue().unwrap();
        for file in builtin::CHECKLISTS {
            let read = Checklist::read(*file, &catalogue);
            assert!(read.is_ok(), "{read:?}");
        }
        let all = Checklist::built_in(&catalogue);
        assert_eq!(all.iter().find(|c| c.id == "certification").unwrap().items.len(), 16);
    }

    #[test]
    fn a_mistake_names_its_item() {
        let catalogue = builtin::catalogue().unwrap();
        let with = |kind: &str, query: &str| {
            let item =
                format!("id = 'i'\ntitle = 'I'\nclause = '4'\nstage = 'run'\nkind = '{kind}'\nwhere = '{query}'");
            let text = format!("id = 'c'\ntitle = 'C'\n[[items]]\n{item}");
            Checklist::read(("c.toml", &text), &catalogue).unwrap_err().to_string()
        };
        assert_eq!(with("dragon", ""), "c.toml: item 'i' asks 'dragon', which is no kind");
        assert!(
            with("risk", "flies:yes").contains("item 'i': 'flies:yes'"),
            "{}",
            with("risk", "flies:yes")
        );
        assert!(with("risk", "is:gap").contains("cannot ask for gaps"));
    }
}
