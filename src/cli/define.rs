//! `isms define`: registers and fields of one's own; a file proposes, an administrator adopts it into the ledger.

use super::{Context, add, out};
use crate::error::{Error, Result};
use crate::ledger::Access;
use crate::model::codec;
use crate::model::world::World;
use crate::session::define::{self, Proposal, Stand};
use crate::ui::text::clean;
use clap::{Args, Subcommand};
use std::io::Write;
use std::path::{Path, PathBuf};

/// List your own registers, fields and methods, adopt one, or show one.
///
/// Files in the configuration propose (registers/*.toml a whole register, fields/*.toml fields for one that is there,
/// methods/*.toml a method of assessment);
/// what an administrator adopts is kept in the ledger and holds for everybody, without the file.
#[derive(Debug, Args)]
#[command(
    args_conflicts_with_subcommands = true,
    after_help = "Examples:\n  isms define                            what is proposed, and what is adopted\n  \
                  isms define adopt vehicle --dry-run    what adopting registers/vehicle.toml would do\n  \
                  isms define adopt ./vehicle.toml\n  isms define show vehicle > vehicle.toml"
)]
pub struct Define {
    #[command(subcommand)]
    what: Option<What>,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Adopt a proposal, or its new version; administrators only
    Adopt {
        /// A file, or the name of a proposal in the configuration
        #[arg(value_name = "FILE|NAME")]
        name: String,
        /// Only say what it would do
        #[arg(long)]
        dry_run: bool,
        /// Why, for the history
        #[arg(long, value_name = "TEXT")]
        reason: Option<String>,
    },
    /// Print the text of an adopted definition
    Show {
        /// Its id, its name or its register
        name: String,
    },
}

impl Define {
    pub(super) fn run(self, context: &Context, out: &mut dyn Write) -> Result<u8> {
        match self.what {
            None => list(context, out),
            Some(What::Show { name }) => {
                let session = context.open_silently(Access::Read)?;
                let w = session.world();
                let record = define::adopted(&w, &name)?;
                let text = define::text_of(&w, &record);
                out.write_all(text.as_bytes())?;
                if !text.ends_with('\n') {
                    writeln!(out)?;
                }
                Ok(0)
            }
            Some(What::Adopt { name, dry_run, reason }) => adopt(context, &name, dry_run, reason, out),
        }
    }
}

fn list(context: &Context, out: &mut dyn Write) -> Result<u8> {
    let session = context.open_silently(Access::Read)?;
    let w = session.world();
    let proposals = define::proposals(&w)?;
    let mut rows = Vec::new();
    for p in &proposals {
        rows.push(vec![
            p.stand.word().to_string(),
            clean(&p.name).into_owned(),
            clean(&p.path.display().to_string()).into_owned(),
        ]);
    }
    if let Some(ix) = w.catalogue.index_of(crate::model::kind::own::DEFINITION) {
        let kind = w.kind_at(ix);
        for r in w.state.all(ix) {
            if proposals
                .iter()
                .any(|p| p.record.as_ref().is_some_and(|o| o.id == r.id))
            {
                continue;
            }
            let register = codec::cell(&w, kind, r, "register");
            let what = codec::cell(&w, kind, r, "defines").to_lowercase();
            let word = if r.is_retired() { Stand::Retired } else { Stand::Adopted };
            let about = format!("{} {what} {register}, no file here", r.id);
            rows.push(vec![
                word.word().to_string(),
                clean(r.title()).into_owned(),
                clean(&about).into_owned(),
            ]);
        }
    }
    if rows.is_empty() {
        eprintln!(
            "nothing is adopted, and no file in registers/, fields/ or methods/ of the configuration proposes anything"
        );
        return Ok(1);
    }
    out::glossary(out, context.look, &["Stands", "Name", "Where"], &rows)?;
    for p in &proposals {
        for (n, line) in p.lines.iter().enumerate() {
            let head = if n == 0 {
                format!("\n{}: ", clean(&p.name))
            } else {
                "  ".to_string()
            };
            writeln!(out, "{head}{}", clean(line))?;
        }
    }
    if let Some(p) = proposals.iter().find(|p| p.is_open()) {
        writeln!(
            out,
            "\nan administrator adopts it: isms define adopt {}",
            clean(&p.name)
        )?;
    }
    Ok(0)
}

fn adopt(context: &Context, name: &str, dry_run: bool, reason: Option<String>, out: &mut dyn Write) -> Result<u8> {
    let access = if dry_run { Access::Read } else { Access::Write };
    let mut session = context.open_silently(access)?;
    let w = session.world();
    let proposal = meant(&w, name)?;
    let mut draft = define::draft(&w, &proposal)?;
    for line in &proposal.lines {
        writeln!(out, "{}", clean(line))?;
    }
    if dry_run {
        let actor = session.actor()?.clone();
        crate::model::door::admit(&w, &actor, &draft).map_err(|r| super::refusal::refused(&w, &draft, r))?;
        writeln!(out, "nothing was changed: this was a dry run")?;
        return Ok(0);
    }
    if reason.is_some() {
        draft.reason = reason;
    }
    add::write(&mut session, &draft, out)
}

/// The proposal that a word means: a file, or the name of one in the configuration.
fn meant(w: &World, name: &str) -> Result<Proposal> {
    let path = Path::new(name);
    if path.is_file() {
        let text = std::fs::read_to_string(path).map_err(|e| Error::failed(format!("cannot read {name}: {e}")))?;
        return Ok(define::proposal(w, PathBuf::from(name), text));
    }
    let mut found: Vec<Proposal> = define::proposals(w)?.into_iter().filter(|p| p.name == name).collect();
    match found.len() {
        1 => Ok(found.remove(0)),
        0 => Err(Error::nothing(format!(
            "there is no file '{name}', and no proposal of this name in the configuration"
        ))
        .hint("isms define lists the proposals")),
        _ => {
            let all: Vec<String> = found.iter().map(|p| p.path.display().to_string()).collect();
            Err(Error::failed(format!("'{name}' may be {}", all.join(" or "))).hint("name the file"))
        }
    }
}
