//! `isms add`: one new record.

use super::fields::{self, Assignment};
use super::{Context, refusal};
use crate::error::{Error, Result};
use crate::ledger::Access;
use crate::model::change::{Commit, Draft, Edit};
use crate::model::kind::{Catalogue, KindIx};
use crate::session::Session;
use crate::ui::text::clean;
use clap::Args;
use std::io::Write;

/// Add a record.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  isms add risk title='Payment outage longer than 4 hours' assets=A-0003 owner=me\n  \
                        isms add person title='Bo Lind' login=bo permissions=analyst\n  \
                        isms add evidence title='Restore test' file=@restore-test.pdf"
)]
pub struct Add {
    /// The kind: risk, asset, control, ... (isms kinds lists them)
    kind: String,
    /// Its values; names, labels and aliases of fields are known
    #[arg(value_name = "FIELD=VALUE")]
    fields: Vec<Assignment>,
    /// Why, for the history
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
}

impl Add {
    pub(super) fn run(self, context: &Context, out: &mut dyn Write) -> Result<u8> {
        let mut session = context.open(Access::Write)?;
        let ix = kind(session.ledger.catalogue(), &self.kind)?;
        let mut given = self.fields;
        fields::bring(&session, &session.ledger.catalogue().kinds[ix], &mut given)?;
        let w = session.world();
        let mut edit = Edit::new(ix);
        edit.set = fields::read(&w, w.kind_at(ix), None, &given)?;
        let mut draft = Draft::new("record.create");
        draft.reason = self.reason;
        draft.edits.push(edit);
        write(&mut session, &draft, out)
    }
}

/// The kind that a word means.
///
/// # Errors
/// There is none; the kinds are named.
pub fn kind(catalogue: &Catalogue, word: &str) -> Result<KindIx> {
    catalogue.index_of(word).ok_or_else(|| {
        let names: Vec<&str> = catalogue.kinds.iter().map(|k| k.name.as_str()).collect();
        let near = names
            .iter()
            .map(|n| (fields::distance(n, &word.to_lowercase()), n))
            .min();
        let e = Error::failed(format!("'{word}' is no kind of record"));
        match near {
            Some((far, name)) if far <= 2 => e.hint(format!("did you mean '{name}'?")),
            _ => e.hint(format!("the kinds are {}", names.join(", "))),
        }
    })
}

/// Commits a draft and says so: `commit 12: R-0085`.
///
/// # Errors
/// It was refused, or the ledger could not take it.
pub fn write(session: &mut Session, draft: &Draft, out: &mut dyn Write) -> Result<u8> {
    if let Some(words) = session.pass()?.and_then(|c| c.reason) {
        eprintln!("note: time: {}", clean(&words));
    }
    match session.commit(draft) {
        Ok(commit) => {
            say(&commit, out)?;
            Ok(0)
        }
        Err(not) => Err(refusal::error(session, draft, not)),
    }
}

/// Names a commit and what it created.
///
/// # Errors
/// The output cannot be written.
pub fn say(commit: &Commit, out: &mut dyn Write) -> Result<()> {
    let new: Vec<&str> = commit
        .changes
        .iter()
        .filter(|c| c.before.is_none())
        .map(|c| c.id.as_str())
        .collect();
    match new.as_slice() {
        [] => writeln!(out, "commit {}", commit.seq)?,
        ids if ids.len() <= 20 => writeln!(out, "commit {}: {}", commit.seq, ids.join(" "))?,
        ids => writeln!(out, "commit {}: {} new records", commit.seq, ids.len())?,
    }
    out.flush()?;
    Ok(())
}
