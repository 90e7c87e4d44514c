//! `isms verify`: every byte of the journal, and every record of a copy of the state. It never heals.

use super::Context;
use crate::error::Result;
use crate::ledger;
use crate::session;
use crate::ui::text::clean;
use clap::Args;
use std::io::Write;

/// Check the whole store and change nothing.
///
/// Status 0 if all is well, 1 if something is wrong (the first bad entry is named), 2 if it cannot be told, 3 if
/// another process has the store.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  isms verify --store /srv/isms && echo sound")]
pub struct Verify {}

impl Verify {
    pub(super) fn run(self, context: &Context, out: &mut dyn Write) -> Result<u8> {
        let catalogue = session::catalogue()?;
        let report = ledger::verify(&context.folder()?, &catalogue);
        for line in &report.lines {
            writeln!(out, "{}", clean(line))?;
        }
        Ok(report.status)
    }
}
