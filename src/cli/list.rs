//! `isms list`: the records of a kind.

use super::when::Seen;
use super::{Context, add, out};
use crate::config::{self, Folders};
use crate::error::{Error, Result};
use crate::exchange::{csv, json};
use crate::ledger::Access;
use crate::model::codec;
use crate::model::kind::KindIx;
use crate::model::query::{Query, QueryError};
use crate::model::record::Record;
use crate::model::view::{self, Shown, Views};
use crate::model::world::World;
use clap::Args;
use std::io::Write;
use std::path::Path;
use std::sync::Arc;

/// List the records of a kind.
///
/// For people a table; with --json an array of objects with every field by name; with --csv a table of all values.
/// Status 1 if there are none.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  isms list risk\n  isms list finding -q 'is:open owner:me due<30d'\n  \
                        isms list control -q 'iso -is:closed' --json | jq '.[].title'\n  \
                        isms list risk --view 'above appetite' --columns id,title,owner,current_level\n\
                        \x20 isms list risk --as-of 2026-03-31     as it was at the end of that day\n\n\
                        A query is words (fuzzy) and field:value, field>=n, due<30d, owner:me, -not, is:open, \
                        asset:A-0003, \"exact words\"."
)]
pub struct List {
    /// The kind: risk, risks or R
    kind: String,
    /// Only what this query finds
    #[arg(short, long, value_name = "QUERY", allow_hyphen_values = true)]
    query: Option<String>,
    /// A view: its filter and order; see the views of a register with V in the screen
    #[arg(long, value_name = "NAME")]
    view: Option<String>,
    /// The order: a field, with - in front for the largest first
    #[arg(long, value_name = "FIELD", allow_hyphen_values = true)]
    sort: Option<String>,
    /// The columns of the table, in this order: id,title,owner:20
    #[arg(long, value_name = "NAMES", conflicts_with_all = ["json", "csv"])]
    columns: Option<String>,
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
        let seen = Seen::of(&session, self.as_of.as_deref())?;
        let w = seen.world();
        let ix = add::kind(w.catalogue, &self.kind)?;
        let kind = w.kind_at(ix);
        let (views, shipped) = (views()?, config::shared_views(Path::new(config::SYSTEM))?);
        let wrong = |why: String| Error::failed(why);
        let mut query = self.query.clone().unwrap_or_default();
        let chosen = views.columns_of(&shipped, kind).map(<[Shown]>::to_vec);
        let (mut sort, mut shown) = (self.sort.clone(), chosen);
        if let Some(name) = &self.view {
            let view = views.find(&shipped, &w, kind, name).map_err(wrong)?;
            query = format!("{} {query}", view.query).trim().to_owned();
            sort = sort.or_else(|| Some(view.sort.clone()).filter(|s| !s.is_empty()));
            shown = Some(view.columns.clone()).filter(|c| !c.is_empty()).or(shown);
        }
        if let Some(text) = &self.columns {
            shown = Some(view::named(kind, text).map_err(wrong)?);
        }
        let mut records = select(&w, ix, Some(&query))?;
        if let Some(by) = sort {
            let name = by.trim_start_matches('-');
            if !view::possible(kind).contains(&name) {
                let known = view::possible(kind).join(", ");
                return Err(wrong(format!(
                    "'{name}' is no field of {}; there are {known}",
                    kind.titles.to_lowercase()
                )));
            }
            codec::sort(&w, kind, &[by], &mut records);
        }
        let own = shown
            .map(|shown| view::columns(w.catalogue, kind, &shown))
            .filter(|c| !c.is_empty());
        let columns = own.as_ref().unwrap_or(&kind.columns);
        if self.json {
            json::write(&w, ix, &records, out)?;
        } else if self.csv {
            csv::write(&w, ix, &records, out)?;
        } else if !records.is_empty() {
            let heads: Vec<String> = columns
                .iter()
                .map(|c| c.label.clone().unwrap_or_else(|| kind.label(&c.field).to_string()))
                .collect();
            let row = |r: &Arc<Record>| columns.iter().map(|c| codec::cell(&w, kind, r, &c.field)).collect();
            let rows: Vec<Vec<String>> = records.iter().map(row).collect();
            out::table(out, context.look, columns, &heads, &rows)?;
        }
        if records.is_empty() {
            let found = if self.query.is_some() || self.view.is_some() {
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

/// The views and columns that the person has kept in the screen.
fn views() -> Result<Views> {
    match config::views(&Folders::find()?.state)? {
        Some((path, text)) => {
            Views::read(&text).map_err(|why| Error::failed(format!("{} cannot be read: {why}", path.display())))
        }
        None => Ok(Views::default()),
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
