//! `isms export`: a register for other tools, or everything.

use super::{Context, add, list};
use crate::error::{Error, Result};
use crate::exchange::{self, About, Format, Unwritten, folder};
use crate::ledger::Access;
use crate::ui::text::clean;
use clap::Args;
use std::io::{IsTerminal, Write};
use std::path::PathBuf;

/// Write a register to standard output, or everything to a folder.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  isms export risk > risks.csv\n  isms export finding -q 'is:open' --json > open.json\n  isms export control --out controls.xlsx\n  \
                        isms export --all out\n  isms export --all tables --csv"
)]
pub struct Export {
    /// The kind
    #[arg(required_unless_present = "all")]
    kind: Option<String>,
    /// Only what this query finds
    #[arg(short, long, value_name = "QUERY", allow_hyphen_values = true)]
    query: Option<String>,
    /// As CSV; a register is, unless the format or a file name says otherwise
    #[arg(long)]
    csv: bool,
    /// As a JSON array of objects; everything is, unless --csv is given
    #[arg(long, conflicts_with = "csv")]
    json: bool,
    /// As a spreadsheet
    #[arg(long, conflicts_with_all = ["csv", "json", "all"])]
    xlsx: bool,
    /// Into this file, as its name ends (.csv, .json, .xlsx); one that is there is replaced
    #[arg(short, long, value_name = "FILE", conflicts_with = "all")]
    out: Option<PathBuf>,
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
        let named = self.out.as_deref().and_then(Format::named);
        let format = match (self.xlsx, self.json, self.csv) {
            (true, ..) => Format::Xlsx,
            (_, true, _) => Format::Json,
            (_, _, true) => Format::Csv,
            _ => named.unwrap_or(Format::Csv),
        };
        let about = About::new(&w, self.query.as_deref().unwrap_or_default());
        let fill = |out: &mut dyn Write| exchange::export(&w, ix, &records, (format, &about), out);
        match &self.out {
            Some(path) => {
                exchange::save(path, true, fill)?;
                let (n, place) = (records.len(), clean(&path.display().to_string()).into_owned());
                writeln!(
                    out,
                    "{n} {} in {place}",
                    if n == 1 {
                        &w.kind_at(ix).name
                    } else {
                        &w.kind_at(ix).plural
                    }
                )?;
            }
            None if format == Format::Xlsx && std::io::stdout().is_terminal() => {
                return Err(
                    Error::failed("a spreadsheet is nothing to read here").hint("name a file: --out risks.xlsx")
                );
            }
            None => fill(out)?,
        }
        if records.is_empty() {
            eprintln!("no {} in it", w.kind_at(ix).plural);
            return Ok(1);
        }
        Ok(0)
    }
}

impl From<Unwritten> for Error {
    fn from(e: Unwritten) -> Self {
        match e {
            Unwritten::Format(e) => e.into(),
            Unwritten::Io(e) => e.into(),
        }
    }
}
