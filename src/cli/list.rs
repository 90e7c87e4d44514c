//! `isms list`: the records of a kind.

use super::when::Then;
use super::{Context, add, out};
use crate::error::{Error, Result};
use crate::exchange::{csv, json};
use crate::ledger::Access;
use crate::model::codec;
use crate::model::kind::KindIx;
use crate::model::query::{Query, QueryError};
use crate::model::record::Record;
use crate::model::world::World;
use clap::Args;
use std::io::Write;
use std::sync::Arc;

/// List the records of a kind.
///
/// For people a table; with --json an array of objects with every field by name; with --csv a table of all values.
/// Status 1 if there are none.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  isms list risk\n  isms list finding -q 'is:open owner:me due<30d'\n  \
                        isms list control -q 'iso -is:closed' --json | jq '.[].title'\n  \
                        isms list risk --as-of 2026-03-31     as it was at the end of that day\n\n\
                        A query is words (fuzzy) and field:value, field>=n, due<30d, owner:me, -not, is:open, \
                        asset:A-0003, \"exact words\"."
)]
pub struct List {
    /// The kind: risk, risks or R
    kind: String,
    /// Only what this query finds
    #[arg(short, long, value_name = "QUERY", allow_hyphen_values = true)]
    query: Option<String>,
    /// As it was: a day, a time or a commit
    #[arg(long, value_name = "WHEN", allow_hyphen_values = true)]
    as_of: Option<String>,
    /// For programs: a JSON array of objects
    #[arg(long, conflicts_with = "csv")]
    json: bool,
    /// For spreadsheets: every field a column
    #[arg(long)]
    csv: bool,
}

impl List {
    pub(super) fn run(self, context: &Context, out: &mut dyn Write) -> Result<u8> {
        let session = context.open(Access::Read)?;
        let mut w = session.world();
        let past;
        if let Some(text) = &self.as_of {
            past = Then::read(text, &session)?;
            w = past.seen(w);
        }
        let ix = add::kind(w.catalogue, &self.kind)?;
        let records = select(&w, ix, self.query.as_deref())?;
        let kind = w.kind_at(ix);
        if self.json {
            out.write_all(json::export(&w, ix, &records).as_bytes())?;
        } else if self.csv {
            out.write_all(csv::export(&w, ix, &records).as_bytes())?;
        } else if !records.is_empty() {
            let heads: Vec<String> = kind
                .columns
                .iter()
                .map(|c| c.label.clone().unwrap_or_else(|| kind.label(&c.field).to_string()))
                .collect();
            let row = |r: &Arc<Record>| {
                kind.columns
                    .iter()
                    .map(|c| codec::cell(&w, kind, r, &c.field))
                    .collect()
            };
            let rows: Vec<Vec<String>> = records.iter().map(row).collect();
            out::table(out, context.look, &kind.columns, &heads, &rows)?;
        }
        if records.is_empty() {
            let found = if self.query.is_some() {
                "are found by this query"
            } else if self.as_of.is_some() {
                "were there yet"
            } else {
                "are there yet"
            };
            eprintln!("no {} {found}", kind.plural);
            return Ok(1);
        }
        Ok(0)
    }
}

/// The records of a kind that a query finds, in its order; without one, all that are not retired.
///
/// # Errors
/// The query cannot be read; the place is marked.
pub fn select(w: &World, ix: KindIx, query: Option<&str>) -> Result<Vec<Arc<Record>>> {
    let text = query.unwrap_or("");
    let query = Query::parse(text, w.catalogue, Some(w.kind_at(ix))).map_err(|e| misread(text, &e))?;
    Ok(query.select(w, ix))
}

/// A query that cannot be read, with a mark under the character.
fn misread(text: &str, e: &QueryError) -> Error {
    // Each character is one cell here, whatever it is, so that the mark stands under the right one.
    let shown: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let before: String = shown.chars().take(e.at).collect();
    Error::failed(format!("the query cannot be read: {}", e.message))
        .detail(shown)
        .detail(format!("{}^", " ".repeat(crate::ui::text::width(&before))))
}
