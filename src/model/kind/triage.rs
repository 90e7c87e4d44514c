//! How the records of a kind are decided one after the other: which of them wait, and the key of each decision. And
//! what a move makes beside it.

use super::super::change::Edit;
use super::super::record::{Id, Record};
use super::super::value::{Link, Value};
use super::super::world::World;
use super::{FieldType, Filter, Kind, TITLE};
use serde::Deserialize;
use std::sync::Arc;

/// The longest title that is made, in characters: the bound of a title in all registers.
const TITLE_MOST: usize = 120;

/// How records are decided.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Triage {
    /// The records that wait for a decision.
    pub queue: Filter,
    /// What stands above them; empty: "Triage of findings".
    #[serde(default)]
    pub heading: String,
    /// The decisions, in the order in which they are offered.
    pub decisions: Vec<Decision>,
}

/// One decision.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Decision {
    /// A word in kebab case; with the kind's name it is the action: `finding.decide-accept`.
    pub name: String,
    /// Its key.
    pub key: char,
    /// A word or two for the footer.
    pub label: String,
    /// The same for a footer with room.
    #[serde(default)]
    pub long: Option<String>,
    /// The transitions that come to it; the first that can be made is made.
    pub moves: Vec<String>,
    /// One line of doc.
    pub help: String,
}

/// A record that comes into being with a move.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Makes {
    /// Its kind.
    pub kind: String,
    /// Its link field to what was moved.
    pub link: String,
    /// Its title; `{what}` is what was moved, or how many.
    pub title: String,
    /// The text field that takes the reason.
    #[serde(default)]
    pub reason: Option<String>,
}

impl Makes {
    /// The record that comes into being when these are moved.
    pub fn edit(&self, w: &World, of: &Kind, moved: &[Arc<Record>], reason: Option<&str>) -> Option<Edit> {
        let ix = w.catalogue.index_of(&self.kind)?;
        let made = w.kind_at(ix);
        let link = made.field(&self.link)?;
        let what = match moved {
            [one] => format!("{} {}", one.id, one.title()),
            many => format!("{} {}", many.len(), of.titles.to_lowercase()),
        };
        let title: String = self.title.replace("{what}", &what).chars().take(TITLE_MOST).collect();
        let ids = || moved.iter().map(|r| r.id.clone());
        let to = match link.kind {
            FieldType::Link => Value::Link(ids().next()?),
            _ => {
                let mut ids: Vec<Id> = ids().collect();
                ids.sort();
                let link = |to| Link {
                    to,
                    attributes: Vec::new(),
                };
                Value::Links(ids.into_iter().map(link).collect())
            }
        };
        let edit = Edit::new(ix)
            .with(TITLE, Some(Value::Text(title)))
            .with(link.tag, Some(to));
        let why = self.reason.as_ref().and_then(|name| made.field(name)).zip(reason);
        Some(match why {
            Some((field, text)) => edit.with(field.tag, Some(Value::Text(text.to_owned()))),
            None => edit,
        })
    }
}
