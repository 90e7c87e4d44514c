//! A query in a register file, read once together with the catalogue.

use super::super::query::Query;
use super::super::record::Record;
use super::super::world::World;
use super::{Catalogue, Kind};
use serde::Deserialize;

/// A query with the text from which it was read. The empty one holds for every record.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(from = "String")]
pub struct Filter {
    /// As the file has it.
    pub text: String,
    query: Query,
}

impl From<String> for Filter {
    fn from(text: String) -> Self {
        Self {
            text,
            query: Query::default(),
        }
    }
}

impl Filter {
    /// The filter with its query read, for the records of a kind.
    ///
    /// # Errors
    /// Names the character, or that it asks for gaps, which would ask for itself.
    pub(super) fn read(&self, catalogue: &Catalogue, kind: &Kind) -> Result<Self, String> {
        let text = &self.text;
        let query = Query::parse(text, catalogue, Some(kind))
            .map_err(|e| format!("'{text}', character {}: {}", e.at + 1, e.message))?;
        if query.asks_gaps() {
            return Err(format!("'{text}' cannot ask for gaps"));
        }
        let text = text.clone();
        Ok(Self { text, query })
    }

    /// Whether a record, retired or not, is what it asks for.
    pub fn holds(&self, w: &World, kind: &Kind, record: &Record) -> bool {
        self.query.holds(w, kind, record)
    }

    /// Whether it asks for nothing.
    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// The names that the query asks for.
    pub(super) fn names(&self) -> Vec<&str> {
        self.query.names()
    }
}
