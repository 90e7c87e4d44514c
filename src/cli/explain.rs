//! `isms explain`: how the figures of a record came to be.

use super::when::Seen;
use super::{Context, out, set};
use crate::error::{Error, Result};
use crate::ledger::Access;
use crate::method::appraisal::explain::{self, Step};
use crate::model::calendar;
use crate::ui::text::{clean, width};
use clap::Args;
use serde_json::{Value, json};
use std::io::Write;

/// Show how the figures of a record came to be: formula, inputs, and the records that say so.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  isms explain R-0007\n  isms explain R-0007 current_loss\n  \
                        isms explain ORG-0001 current_loss --json"
)]
pub struct Explain {
    /// The record
    id: String,
    /// Only this figure
    #[arg(value_name = "FIGURE")]
    name: Option<String>,
    /// For programs: a JSON array of steps within steps
    #[arg(long)]
    json: bool,
    /// As it was: a day, a time or a commit
    #[arg(long, value_name = "WHEN", allow_hyphen_values = true)]
    as_of: Option<String>,
}

impl Explain {
    pub(super) fn run(self, context: &Context, out: &mut dyn Write) -> Result<u8> {
        let session = context.open(Access::Read)?;
        let seen = Seen::of(&session, self.as_of.as_deref())?;
        let w = seen.world();
        let record = set::record(&w, &self.id)?;
        let Some(kind) = w.kind(&record.id) else { return Ok(1) };
        let mut all = explain::all(&w, kind, record);
        if let Some(name) = &self.name {
            let name = name.replace('-', "_");
            if kind.derivation(&name).is_none() {
                let known: Vec<&str> = all.iter().map(|(n, _)| n.as_str()).collect();
                let error = Error::failed(format!("'{name}' is no figure of a {}", kind.name));
                return Err(error.hint(format!("worked out of it are {}", known.join(", "))));
            }
            all.retain(|(n, _)| *n == name);
        }
        if all.is_empty() {
            return Err(
                Error::nothing(format!("nothing is worked out of {}", record.id)).hint(format!(
                    "isms show {} tells what is given and what is missing",
                    record.id
                )),
            );
        }
        if self.json {
            let figures: Vec<Value> = all.iter().map(|(name, step)| json(Some(name), step)).collect();
            let told = json!({"id": record.id.as_str(), "as_of": calendar::show(w.today), "figures": figures});
            out::json(out, &told)?;
            return Ok(0);
        }
        let title = clean(record.title()).into_owned();
        writeln!(out, "{}  {}", context.look.strong(record.id.as_str()), title)?;
        for (_, step) in &all {
            writeln!(out)?;
            print(context, out, step, 0)?;
        }
        Ok(0)
    }
}

fn json(name: Option<&str>, step: &Step) -> Value {
    let from: Vec<Value> = step.from.iter().map(|s| json(None, s)).collect();
    let mut told = serde_json::Map::new();
    told.extend(name.map(|n| ("name".to_owned(), n.into())));
    told.insert("label".into(), step.label.clone().into());
    told.insert("value".into(), step.value.clone().into());
    told.insert("note".into(), step.note.clone().into());
    told.extend(step.record.as_ref().map(|id| ("record".to_owned(), id.as_str().into())));
    told.insert("from".into(), from.into());
    told.into()
}

/// Steps below each other, each further in than what follows from it.
fn print(context: &Context, out: &mut dyn Write, step: &Step, depth: usize) -> Result<()> {
    const VALUES: usize = 48;
    let label = clean(&step.label).into_owned();
    let pad = VALUES.saturating_sub(2 * depth + width(&label)).max(2);
    let line = format!("{}{label}{}{}", "  ".repeat(depth), " ".repeat(pad), clean(&step.value));
    writeln!(out, "{}", line.trim_end())?;
    if !step.note.is_empty() {
        let note = format!("{}  {}", "  ".repeat(depth), clean(&step.note));
        writeln!(out, "{}", context.look.faint(&note))?;
    }
    for below in &step.from {
        print(context, out, below, depth + 1)?;
    }
    Ok(())
}
