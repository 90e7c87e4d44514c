//! `isms completions`: what a shell completes, made from the definition by which the arguments are read and from the
//! kinds in force.

use super::Context;
use crate::error::Result;
use clap::Args;
use clap::builder::PossibleValuesParser;
use clap_complete::Shell;
use std::io::Write;

/// Print completions for a shell.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  isms completions bash > ~/.local/share/bash-completion/completions/isms\n  \
                  isms completions zsh > ~/.local/share/zsh/site-functions/_isms\n  \
                  isms completions fish > ~/.config/fish/completions/isms.fish"
)]
pub struct Completions {
    /// bash, zsh, fish, elvish or powershell
    #[arg(hide_possible_values = true)]
    shell: Shell,
}

impl Completions {
    pub(super) fn run(self, context: &Context, out: &mut dyn Write) -> Result<u8> {
        let kinds: Vec<String> = context.catalogue()?.kinds.iter().map(|k| k.name.clone()).collect();
        let mut all = super::command();
        let takers: Vec<String> = all.get_subcommands().map(|c| c.get_name().to_owned()).collect();
        for name in takers {
            let values = PossibleValuesParser::new(kinds.clone());
            all = all.mut_subcommand(name, |c| {
                c.mut_args(|a| match a.get_id() == "kind" {
                    true => a.value_parser(values.clone()),
                    false => a,
                })
            });
        }
        // The generator panics on a writer that fails, as a pipe may.
        let mut text = Vec::new();
        clap_complete::generate(self.shell, &mut all, "isms", &mut text);
        out.write_all(&text)?;
        Ok(0)
    }
}
