//! `isms export`: a register for other tools, or everything.

use super::{Context, add, list};
use crate::error::{Error, Result};
use crate::exchange::{csv, folder, json};
use crate::ledger::Access;
use crate::ui::text::clean;
use clap::Args;
use std::io::Write;
use std::path::PathBuf;

/// Write a register to standard output, or everything to a folder.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  isms export risk > risks.csv\n  isms export finding -q 'is:open' --json > open.json\n  \
                        isms export --all out\n  isms export --all tables --csv"
)]
pub struct Export {
    /// The kind
    #[arg(required_unless_present = "all")]
    kind: Option<String>,
    /// Only what this query finds
    #[arg(short, long, value_name = "QUERY", allow_hyphen_values = true)]
    query: Option<String>,
    /// As CSV; a register is, unless --json is given
    #[arg(long, conflicts_with = "json")]
    csv: bool,
    /// As a JSON array of objects; everything is, unless --csv is given
    #[arg(long)]
    json: bool,
    /// Everything, into this folder: what 'isms import DIR' reads back
    #[arg(long, value_name = "DIR", conflicts_with_all = ["kind", "query"])]
    all: Option<PathBuf>,
}

impl Export {
    pub(super) fn run(self, context: &Context, out: &mut dyn Write) -> Result<u8> {
        let session = context.open(Access::Read)?;
        let w = session.world();
        if let Some(dir) = &self.all {
            let form = if self.csv {
                folder::Form::Csv
            } else {
                folder::Form::Json
            };
            let done = folder::export(&w, session.ledger.files(), dir, form)?;
            let dir = clean(&dir.display().to_string()).into_owned();
            let files = match done.files {
                0 => String::new(),
                1 => " and 1 file".to_string(),
                n => format!(" and {n} files"),
            };
            writeln!(out, "{} records{files} in {dir}", done.records)?;
            for what in &done.missing {
                writeln!(out, "missing: {}", clean(what))?;
            }
            return Ok(u8::from(!done.missing.is_empty()));
        }
        let Some(word) = &self.kind else {
            return Err(Error::failed("which kind?").hint("isms export risk > risks.csv"));
        };
        let ix = add::kind(w.catalogue, word)?;
        let records = list::select(&w, ix, self.query.as_deref())?;
        let text = if self.json {
            json::export(&w, ix, &records)
        } else {
            csv::export(&w, ix, &records)
        };
        out.write_all(text.as_bytes())?;
        if records.is_empty() {
            eprintln!("no {} in it", w.kind_at(ix).plural);
            return Ok(1);
        }
        Ok(0)
    }
}
