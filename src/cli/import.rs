//! `isms import`: files of other tools, tables and own exports; what a file says is shown before it is done.

use super::{Context, add, restore};
use crate::error::{Error, Result};
use crate::exchange::past::Journal;
use crate::exchange::{self, How, Plan};
use crate::ledger::Access;
use crate::model::change::Actor;
use crate::model::world::World;
use crate::session::Session;
use crate::ui::text::clean;
use clap::Args;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Bring a file in: one commit, one undo.
///
/// Columns are matched by name and alias; what is not used or not taken is listed. A second import of the same file
/// changes nothing, and what was edited here since the first stays. Status 1 if rows were refused.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  isms import risk risks.csv --dry-run\n  isms import ciso-assistant risk-assessment.xlsx\n  \
                        isms import simplerisk risks.csv\n  \
                        isms import e2e organisation.json\n  \
                        isms import backup/             what 'isms export --all backup' wrote"
)]
pub struct Import {
    /// A kind of record, ciso-assistant, simplerisk or e2e (one organisation in numbers); or the folder of an own export
    #[arg(value_name = "KIND|TOOL|DIR")]
    what: String,
    /// The file, CSV, XLSX or JSON; - is standard input
    file: Option<PathBuf>,
    /// The sheet of a spreadsheet [default: the first]
    #[arg(long, value_name = "NAME")]
    sheet: Option<String>,
    /// Only list what it would do
    #[arg(long)]
    dry_run: bool,
    /// Why, for the history
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
}

impl Import {
    pub(super) fn run(self, context: &Context, out: &mut dyn Write) -> Result<u8> {
        if self.file.is_none() && Path::new(&self.what).is_dir() {
            return restore::run(Path::new(&self.what), self.dry_run, self.reason, context, out);
        }
        let access = if self.dry_run { Access::Read } else { Access::Write };
        let mut session = context.open(access)?;
        let mut plan = self.plan(&session)?;
        let name = self.file.as_deref().and_then(Path::file_name).unwrap_or_default();
        tell(out, &session.world(), &name.to_string_lossy(), &plan)?;
        let refused = u8::from(!plan.refused.is_empty());
        if plan.draft.edits.is_empty() {
            writeln!(out, "nothing to change")?;
            return Ok(refused);
        }
        if self.dry_run {
            writeln!(out, "nothing was changed: this was a dry run")?;
            return Ok(refused);
        }
        if self.reason.is_some() {
            plan.draft.reason = self.reason;
        }
        add::write(&mut session, &plan.draft, out)?;
        Ok(refused)
    }

    fn plan(&self, session: &Session) -> Result<Plan> {
        let w = session.world();
        let actor: &Actor = session.actor()?;
        let mut past = Journal(&session.ledger);
        let Some(file) = &self.file else {
            return Err(Error::failed("which file?").hint(format!("isms import {} FILE", self.what)));
        };
        let (name, bytes) = exchange::read(file)?;
        let tools = [exchange::CISO_ASSISTANT, exchange::SIMPLERISK, exchange::E2E];
        let what = match tools.into_iter().find(|t| *t == self.what) {
            Some(tool) => tool,
            None => w.kind_at(add::kind(w.catalogue, &self.what)?).name.as_str(),
        };
        let how = How {
            what,
            sheet: self.sheet.as_deref(),
            columns: None,
        };
        Ok(exchange::plan(&w, &how, &name, &bytes, &mut past, actor)?)
    }
}

impl From<exchange::Error> for Error {
    fn from(e: exchange::Error) -> Self {
        Self::failed(e.to_string())
    }
}

/// What an import would do, and everything that it would not.
fn tell(out: &mut dyn Write, w: &World, file: &str, plan: &Plan) -> Result<()> {
    let mut parts: Vec<String> = Vec::new();
    for (ix, n) in &plan.created {
        let kind = w.kind_at(*ix);
        parts.push(format!("{n} new {}", if *n == 1 { &kind.name } else { &kind.plural }));
    }
    if plan.updated > 0 {
        parts.push(format!("{} changed", plan.updated));
    }
    if plan.unchanged > 0 {
        parts.push(format!("{} as they are here", plan.unchanged));
    }
    if !plan.refused.is_empty() {
        parts.push(format!("{} refused", plan.left_out));
    }
    writeln!(
        out,
        "{}",
        if parts.is_empty() {
            "nothing in it".to_string()
        } else {
            parts.join(", ")
        }
    )?;
    for column in &plan.unused {
        writeln!(out, "column not used: {}", clean(column))?;
    }
    for r in &plan.refused {
        let mut place = format!("{}, line {}", clean(file), r.line);
        if !r.column.is_empty() {
            place.push_str(&format!(", column {}", clean(&r.column)));
        }
        writeln!(out, "refused: {place}: {}", clean(&r.told()))?;
    }
    for c in &plan.clashes {
        writeln!(
            out,
            "kept as it is here: line {}, {} {}: the file says '{}', here it was changed to '{}'",
            c.line,
            c.id,
            clean(&c.field),
            clean(&c.file),
            clean(&c.here)
        )?;
    }
    for note in &plan.notes {
        writeln!(out, "note: {}", clean(note))?;
    }
    Ok(())
}
