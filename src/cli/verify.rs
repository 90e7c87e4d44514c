//! `isms verify`: every byte of the journal, and every record of a copy of the state. It never heals.

use super::Context;
use crate::error::Result;
use crate::ledger;
use crate::session::{self, Session};
use crate::ui::text::clean;
use clap::Args;
use std::io::Write;

/// Check the whole store and change nothing.
///
/// Status 0 if all is well, 1 if something is wrong (the first bad entry is named), 2 if it cannot be told, 3 if
/// another process has the store.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  isms verify --store /srv/isms && echo sound")]
pub struct Verify {
    /// Also fail if the journal does not reach to this commit; what can be made anew from the journal is then no
    /// failure. For tests of power cuts.
    #[arg(long, value_name = "N", hide = true, allow_hyphen_values = true)]
    acked: Option<i64>,
}

impl Verify {
    pub(super) fn run(self, context: &Context, out: &mut dyn Write) -> Result<u8> {
        let catalogue = session::catalogue()?;
        let acked = self.acked.map(|n| n.max(0).unsigned_abs());
        let scratch = context.flags.demo.then(tempfile::tempdir).transpose()?;
        let folder = match &scratch {
            None => context.folder()?,
            Some(dir) => {
                let folder = dir.path().join("store");
                Session::demo_store(&folder)?;
                folder
            }
        };
        let report = ledger::verify_acked(&folder, &catalogue, acked);
        for line in &report.lines {
            writeln!(out, "{}", clean(line))?;
        }
        Ok(report.status)
    }
}
