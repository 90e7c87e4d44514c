//! `isms backup`, `isms restore` and `isms compact`: the store as one file, back again, and smaller.

use super::Context;
use crate::error::{Error, Kind, Result};
use crate::ledger::{self, BackedUp, BackupError, OpenError, Options};
use crate::session;
use crate::store::hex;
use crate::ui::text::clean;
use clap::Args;
use std::io::Write;
use std::path::PathBuf;

/// Write the whole store, history and files, into one file that is read back before it counts.
///
/// Works while the program runs: the file holds all up to the last commit. It is a plain tar, readable by its owner
/// only. Status 1 if a file that a record names is missing in the store.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  isms backup /media/usb/isms-$(date +%F).tar")]
pub struct Backup {
    /// The file, which must not be there yet
    file: PathBuf,
}

/// Make the store that a backup holds, in an empty or a new folder.
///
/// Every byte is verified before the first one is written; a damaged backup leaves nothing behind.
#[derive(Debug, Args)]
#[command(
    after_help = "Example:\n  isms restore isms-2026-11-22.tar --store /srv/isms && isms verify --store /srv/isms"
)]
pub struct Restore {
    /// What 'isms backup' wrote
    file: PathBuf,
}

/// Make the working copy of the records small again; the journal and the files stay as they are.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  isms compact")]
pub struct Compact {}

impl Backup {
    pub(super) fn run(self, context: &Context, out: &mut dyn Write) -> Result<u8> {
        let done = ledger::backup(&kept(context)?, &self.file)?;
        let file = self.file.display().to_string();
        writeln!(out, "{} in {}", told(&done), clean(&file))?;
        missing(&done, out)
    }
}

impl Restore {
    pub(super) fn run(self, context: &Context, out: &mut dyn Write) -> Result<u8> {
        let store = kept(context)?;
        let done = ledger::restore(&self.file, &store, session::catalogue()?)?;
        writeln!(
            out,
            "{}; the store is {}",
            told(&done),
            clean(&store.display().to_string())
        )?;
        missing(&done, out)
    }
}

impl Compact {
    pub(super) fn run(self, context: &Context, out: &mut dyn Write) -> Result<u8> {
        let insecure_permissions = context.flags.insecure_permissions;
        let done = ledger::compact(&kept(context)?, session::catalogue()?, Options { insecure_permissions })?;
        writeln!(out, "state:   {} bytes before, {} now", done.before, done.after)?;
        writeln!(out, "journal: {} bytes, as they were", done.journal)?;
        for (name, bytes) in &done.aside {
            writeln!(out, "aside:   {}, {bytes} bytes; kept until you remove it", clean(name))?;
        }
        Ok(0)
    }
}

/// The folder of the store; the demonstration has none.
fn kept(context: &Context) -> Result<PathBuf> {
    match context.flags.demo {
        true => Err(Error::failed("of the demonstration nothing is kept").hint("isms init makes a store of your own")),
        false => context.folder(),
    }
}

fn told(done: &BackedUp) -> String {
    let files = match done.files {
        0 => String::new(),
        1 => " and 1 file".to_string(),
        n => format!(" and {n} files"),
    };
    let (seq, seal) = (done.head.seq, &hex(&done.head.seal)[..16]);
    format!("{seq} commits{files}, {} bytes, head {seal}", done.bytes)
}

fn missing(done: &BackedUp, out: &mut dyn Write) -> Result<u8> {
    for what in &done.missing {
        writeln!(out, "missing: {}", clean(what))?;
    }
    Ok(u8::from(!done.missing.is_empty()))
}

impl From<BackupError> for Error {
    fn from(e: BackupError) -> Self {
        match e {
            BackupError::Open(e @ OpenError::Busy(_)) => Self::new(Kind::Busy, e.to_string()),
            BackupError::Open(e) => e.into(),
            other => Self::failed(other.to_string()),
        }
    }
}
