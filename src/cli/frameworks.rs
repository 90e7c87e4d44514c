//! `isms frameworks`: what an organisation can be held against, and the statement of applicability made from it.

use super::{Context, add, out, refusal};
use crate::error::{Error, Result};
use crate::ledger::Access;
use crate::model::door;
use crate::model::framework::{APPLICABILITY, Framework, Part, Row};
use crate::model::kind::Catalogue;
use crate::model::rights::{self, Verb};
use crate::session;
use clap::{Args, Subcommand};
use std::io::Write;

/// List the frameworks, show one, or make the rows of a statement of applicability from it.
#[derive(Debug, Args)]
#[command(
    args_conflicts_with_subcommands = true,
    after_help = "Examples:\n  isms frameworks\n  isms frameworks 27001\n  isms frameworks adopt 27001 --dry-run"
)]
pub struct Frameworks {
    /// The framework: 27001, csf2, or a part of its name
    framework: Option<String>,
    #[command(subcommand)]
    action: Option<Action>,
}

#[derive(Debug, Subcommand)]
enum Action {
    Adopt(Adopt),
}

/// Make an applicability record for every control that has none yet, in one commit.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  isms frameworks adopt 27001")]
pub struct Adopt {
    /// The framework: 27001, csf2, or a part of its name
    framework: String,
    /// Say what it would make, and change nothing
    #[arg(long)]
    dry_run: bool,
    /// Why, for the history
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
}

impl Frameworks {
    pub(super) fn run(self, context: &Context, out: &mut dyn Write) -> Result<u8> {
        match (self.action, self.framework) {
            (Some(Action::Adopt(adopt)), _) => adopt.run(context, out),
            (None, Some(word)) => tree(find(session::catalogue()?.as_ref(), &word)?, context, out),
            (None, None) => list(context, out),
        }
    }
}

impl Adopt {
    fn run(self, context: &Context, out: &mut dyn Write) -> Result<u8> {
        let access = if self.dry_run { Access::Read } else { Access::Write };
        let mut session = context.open(access)?;
        let w = session.world();
        let framework = find(w.catalogue, &self.framework)?;
        let mut draft = framework.adopt(&w);
        if draft.edits.is_empty() {
            writeln!(out, "{}: every control has its row already", framework.name)?;
            return Ok(0);
        }
        // One sentence about who may, not one for each row.
        if let Some(ix) = w.catalogue.index_of(APPLICABILITY) {
            rights::may(&w, session.actor()?, Verb::Create(ix)).map_err(Error::failed)?;
        }
        if self.dry_run {
            if let Err(refusal) = door::admit(&w, session.actor()?, &draft) {
                return Err(refusal::refused(&w, &draft, refusal));
            }
            writeln!(out, "{}: {} rows would be made", framework.name, draft.edits.len())?;
            return Ok(0);
        }
        if self.reason.is_some() {
            draft.reason = self.reason;
        }
        add::write(&mut session, &draft, out)
    }
}

/// The framework that a word means.
///
/// # Errors
/// There is none; all are named.
fn find<'c>(catalogue: &'c Catalogue, word: &str) -> Result<&'c Framework> {
    catalogue.framework(word).ok_or_else(|| {
        let all: Vec<&str> = catalogue.frameworks.iter().map(|f| f.id.as_str()).collect();
        Error::failed(format!("'{word}' is no framework")).hint(format!("the frameworks are {}", all.join(", ")))
    })
}

/// All frameworks with their sizes, and how much of each is adopted in this store.
fn list(context: &Context, out: &mut dyn Write) -> Result<u8> {
    let session = context.open(Access::Read)?;
    let w = session.world();
    let row = |f: &Framework| {
        vec![
            f.id.clone(),
            f.name.clone(),
            f.clauses.len().to_string(),
            f.controls.len().to_string(),
            f.adopted(&w).count().to_string(),
            f.title.clone(),
        ]
    };
    let rows: Vec<Vec<String>> = w.catalogue.frameworks.iter().map(row).collect();
    let heads = ["Id", "Framework", "Clauses", "Controls", "Adopted", "What it is about"];
    out::glossary(out, context.look, &heads, &rows)?;
    Ok(0)
}

/// One framework as an indented list.
fn tree(framework: &Framework, context: &Context, out: &mut dyn Write) -> Result<u8> {
    let row = |r: Row| {
        let what = match r.part {
            Part::Group => "",
            Part::Clause => "clause",
            Part::Control => "control",
        };
        vec![
            format!("{}{}", "  ".repeat(r.depth), r.item.id),
            what.to_string(),
            r.item.title.clone(),
        ]
    };
    let rows: Vec<Vec<String>> = framework.rows().into_iter().map(row).collect();
    out::glossary(out, context.look, &["Id", "", &framework.name], &rows)?;
    Ok(0)
}
