//! `isms init`: an empty store with its organisation and its administrator.

use super::{Context, add, refusal};
use crate::error::{Error, Result};
use crate::session::{self, Session};
use clap::Args;
use std::io::Write;

/// Begin a store: the organisation, and you as its administrator.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  isms init --name 'Meridian Pay' --currency EUR --country PT")]
pub struct Init {
    /// The name of the organisation
    #[arg(long, value_name = "NAME", default_value = "My organisation")]
    name: String,
    /// The currency of all its money, ISO 4217
    #[arg(long, value_name = "CODE", default_value = "EUR")]
    currency: String,
    /// The country of its seat, ISO 3166
    #[arg(long, value_name = "CODE")]
    country: Option<String>,
}

impl Init {
    pub(super) fn run(self, context: &Context, out: &mut dyn Write) -> Result<u8> {
        if context.flags.demo {
            return Err(Error::failed("the demonstration company is there already").hint("isms init without --demo"));
        }
        let folder = context.folder()?;
        let draft = session::first(&self.name, &self.currency, self.country.as_deref())?;
        let (session, done) = Session::create(&folder, &draft)?;
        let commit = done.map_err(|not| refusal::error(&session, &draft, not))?;
        add::say(&commit, out)?;
        writeln!(
            out,
            "the store is {}",
            crate::ui::text::clean(&folder.display().to_string())
        )?;
        Ok(0)
    }
}
