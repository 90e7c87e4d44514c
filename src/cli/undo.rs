//! `isms undo` and `isms redo`: the inverse of a commit, as a new one.

use super::{Context, add};
use crate::error::Result;
use crate::ledger::Access;
use crate::model::change::Draft;
use crate::session::Session;
use clap::Args;
use std::io::Write;

/// Take back your last commit, by a new one; history stays.
///
/// Status 1 if there is nothing to take back, 4 if somebody has changed the same field since. A sign-off is taken back
/// by a move only. A record that was created is retired.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  isms undo --reason 'wrong owner'")]
pub struct Undo {
    /// Why, for the history
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
}

/// Do again what you took back last.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  isms undo && isms redo")]
pub struct Redo {
    /// Why, for the history
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
}

impl Undo {
    pub(super) fn run(self, context: &Context, out: &mut dyn Write) -> Result<u8> {
        let mut session = context.open(Access::Write)?;
        let draft = session.ledger.undo(session.actor()?)?;
        back(&mut session, draft, self.reason, out)
    }
}

impl Redo {
    pub(super) fn run(self, context: &Context, out: &mut dyn Write) -> Result<u8> {
        let mut session = context.open(Access::Write)?;
        let draft = session.ledger.redo(session.actor()?)?;
        back(&mut session, draft, self.reason, out)
    }
}

fn back(session: &mut Session, mut draft: Draft, reason: Option<String>, out: &mut dyn Write) -> Result<u8> {
    if reason.is_some() {
        draft.reason = reason;
    }
    add::write(session, &draft, out)
}
