//! `isms files`: what is kept beside the ledger.

use super::when::When;
use super::{Context, attach, out, set};
use crate::error::{Error, Result};
use crate::ledger::{Access, files_of};
use crate::model::value::{FileRef, Value};
use crate::session;
use crate::store::hex;
use crate::ui::text::clean;
use clap::{Args, Subcommand};
use std::io::Write;
use std::path::{Path, PathBuf};

/// List the files that records name, or write one back.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  isms files list\n  isms files get E-0001\n  isms files get E-0001 --out - | less")]
pub struct Files {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    List(List),
    Get(Get),
}

/// List the files that records name: record, name, size, SHA-256, and whether they are there.
#[derive(Debug, Args)]
struct List {
    /// For programs: a JSON array
    #[arg(long)]
    json: bool,
}

/// Write the file of a record back, checked against its SHA-256.
///
/// Without --out it gets the name that it had, in this folder; nothing is overwritten.
#[derive(Debug, Args)]
struct Get {
    /// The record
    id: String,
    /// Where to; - is standard output
    #[arg(long, value_name = "PATH")]
    out: Option<PathBuf>,
    /// The field, where the record has several for files
    #[arg(long, value_name = "NAME")]
    field: Option<String>,
    /// As it was: a day, a time or a commit
    #[arg(long, value_name = "WHEN", allow_hyphen_values = true)]
    as_of: Option<String>,
}

impl Files {
    pub(super) fn run(self, context: &Context, out: &mut dyn Write) -> Result<u8> {
        match self.what {
            What::List(c) => c.run(context, out),
            What::Get(c) => c.run(context, out),
        }
    }
}

impl List {
    fn run(&self, context: &Context, out: &mut dyn Write) -> Result<u8> {
        let session = context.open(Access::Read)?;
        let w = session.world();
        let records = (0..w.catalogue.kinds.len()).flat_map(|ix| w.state.all(ix));
        let all: Vec<_> = records.flat_map(|r| files_of(r).map(move |f| (r, f))).collect();
        let missing = all.iter().filter(|(_, f)| !session.ledger.has_file(f)).count();
        if self.json {
            let rows = all.iter().map(|(r, f)| {
                serde_json::json!({
                    "id": r.id.as_str(), "name": f.name, "size": f.size, "sha256": hex(&f.sha256),
                    "there": session.ledger.has_file(f),
                })
            });
            out::json(out, &rows.collect())?;
        } else {
            for (r, f) in &all {
                let there = if session.ledger.has_file(f) { "" } else { "  missing" };
                writeln!(
                    out,
                    "{}  {}  {:>11}  {}{there}",
                    r.id,
                    hex(&f.sha256),
                    f.size,
                    clean(&f.name)
                )?;
            }
        }
        Ok(u8::from(missing > 0 || all.is_empty()))
    }
}

impl Get {
    fn run(&self, context: &Context, out: &mut dyn Write) -> Result<u8> {
        let session = context.open(Access::Read)?;
        let mut w = session.world();
        let past;
        if let Some(text) = &self.as_of {
            let when = When::parse(text, session.today, session.now, &jiff::tz::TimeZone::system())?;
            past = when.state(&session.ledger)?;
            w.state = &past;
        }
        let record = set::record(&w, &self.id)?;
        let Some(kind) = w.kind(&record.id) else { return Ok(1) };
        let field = attach::field(w.catalogue, kind, self.field.as_deref())?;
        let Some(Value::File(file)) = record.get(field.tag) else {
            return Err(Error::nothing(format!("{} has no file", record.id))
                .hint(format!("isms attach {} PATH keeps one", record.id)));
        };
        match &self.out {
            Some(path) if path.as_os_str() == "-" => {
                session
                    .ledger
                    .read_file(file, out)
                    .map_err(|e| session::named(file, &e))?;
            }
            Some(path) => session.take_out(file, path)?,
            None => {
                let path = own_name(file)?;
                session.take_out(file, Path::new(&path))?;
                writeln!(out, "{}", clean(&path))?;
            }
        }
        Ok(0)
    }
}

/// The name under which a file is written here: its own, if that leads nowhere else and shows what it is.
fn own_name(file: &FileRef) -> Result<String> {
    let name = &file.name;
    let plain = !name.is_empty() && !name.starts_with('.') && !name.contains('/') && clean(name) == name.as_str();
    match plain {
        true => Ok(name.clone()),
        false => Err(Error::failed(format!("'{name}' is no name for a file here")).hint("give one with --out")),
    }
}
