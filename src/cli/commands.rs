//! `isms commands`: all subcommands in short, made from the definition by which they are read.

use super::{Context, out};
use crate::error::Result;
use clap::{Arg, Args, Command};
use std::io::Write;

/// List all commands with their arguments.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  isms commands\n  isms commands --markdown      as in the README")]
pub struct Commands {
    /// As a table in Markdown
    #[arg(long)]
    markdown: bool,
}

impl Commands {
    pub(super) fn run(self, context: &Context, out: &mut dyn Write) -> Result<u8> {
        let all = super::command();
        let rows = all.get_subcommands().filter(|c| !c.is_hide_set()).flat_map(|c| {
            let one = |c: &Command, above: &str| {
                let about = c.get_about().map(ToString::to_string).unwrap_or_default();
                vec![usage(c, above), about.trim_end_matches('.').to_string()]
            };
            let below = c.get_subcommands().map(|b| one(b, c.get_name()));
            match c.has_subcommands() {
                true => below.collect::<Vec<_>>(),
                false => vec![one(c, "")],
            }
        });
        if self.markdown {
            writeln!(out, "| command | does |\n|---|---|")?;
            for row in rows {
                writeln!(out, "| `{}` | {} |", row[0].replace('|', "\\|"), row[1])?;
            }
            return Ok(0);
        }
        out::glossary(
            out,
            context.look,
            &["Command", "What it does"],
            &rows.collect::<Vec<_>>(),
        )?;
        Ok(0)
    }
}

/// `isms list KIND [--query QUERY] [--json] [--csv]`
fn usage(command: &Command, above: &str) -> String {
    let mut words = vec!["isms".to_string()];
    words.extend((!above.is_empty()).then(|| above.to_string()));
    words.push(command.get_name().to_string());
    let own = |a: &&Arg| !a.is_global_set() && !a.is_hide_set() && a.get_id() != "help";
    let value = |a: &Arg| {
        let names: Vec<&str> = a
            .get_value_names()
            .unwrap_or_default()
            .iter()
            .map(|n| n.as_str())
            .collect();
        names.join(" ")
    };
    for a in command.get_positionals().filter(own) {
        let many = a.get_num_args().is_some_and(|n| n.max_values() > 1);
        let text = format!("{}{}", value(a), if many { " ..." } else { "" });
        words.push(if a.is_required_set() { text } else { format!("[{text}]") });
    }
    for a in command.get_opts().filter(own) {
        let name = a.get_long().unwrap_or_default();
        match a.get_action().takes_values() {
            true => words.push(format!("[--{name} {}]", value(a))),
            false => words.push(format!("[--{name}]")),
        }
    }
    words.join(" ")
}
