//! `isms keys`: the keys of the screen, made from the table of actions and the maps in force.

use super::{Context, out};
use crate::config::{self, Folders};
use crate::error::{Error, Result};
use crate::model::kind::Catalogue;
use crate::session;
use crate::ui::action::{Actions, Group};
use crate::ui::keymap::{self, Keymap};
use clap::Args;
use std::io::Write;

/// List the keys of the screen, your own keys.toml included.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  isms keys\n  isms keys undo\n  isms keys --markdown          the built-in keys, as in the README"
)]
pub struct Keys {
    /// Only actions with this word
    word: Option<String>,
    /// The built-in keys as a table in Markdown
    #[arg(long, conflicts_with = "word")]
    markdown: bool,
}

impl Keys {
    pub(super) fn run(self, context: &Context, out: &mut dyn Write) -> Result<u8> {
        if self.markdown {
            let catalogue = session::catalogue()?;
            let text = keymap::keys_markdown(&catalogue).map_err(Error::failed)?;
            out.write_all(text.as_bytes())?;
            return Ok(0);
        }
        let catalogue = context.catalogue()?;
        let actions = Actions::of(&catalogue);
        let map = in_force(&actions, &catalogue)?;
        let word = self.word.unwrap_or_default().to_lowercase();
        let mut rows = Vec::new();
        for group in Group::ALL {
            for (n, a) in actions.rows.iter().enumerate().filter(|(_, a)| a.group == group) {
                let keys = map.all_keys_of(n);
                let fits = a.name.contains(&word) || a.doc.to_lowercase().contains(&word);
                if !keys.is_empty() && fits {
                    rows.push(vec![keys.join("  "), a.name.clone(), a.doc.clone()]);
                }
            }
        }
        if rows.is_empty() {
            return Err(Error::nothing(format!("no action with a key has the word '{word}'")));
        }
        out::glossary(out, context.look, &["Keys", "Action", "What it does"], &rows)?;
        let before = Keymap::of(&actions, &catalogue).map_err(|e| Error::failed(e.join("; ")))?;
        let lost: Vec<&str> = map
            .lost(&before)
            .iter()
            .map(|n| actions.rows[*n].name.as_str())
            .collect();
        if !lost.is_empty() && word.is_empty() {
            writeln!(
                out,
                "\nWithout a key by your keys.toml: {}. The palette does them.",
                lost.join(", ")
            )?;
        }
        Ok(0)
    }
}

/// The built-in map with the person's own over it.
///
/// # Errors
/// Everything that is wrong in a file, by file.
pub fn in_force(actions: &Actions, catalogue: &Catalogue) -> Result<Keymap> {
    let files = match Folders::find() {
        Ok(folders) => config::keys(&folders)?,
        Err(_) => Vec::new(),
    };
    let own: Vec<_> = files
        .into_iter()
        .map(|(path, text)| (path.display().to_string(), text))
        .collect();
    let (map, wrong) = Keymap::with(actions, catalogue, &own).map_err(Error::failed)?;
    if !wrong.is_empty() {
        let mut e = Error::failed("keys.toml cannot be used as it is");
        e.details = wrong.iter().flat_map(|w| w.lines()).map(str::to_string).collect();
        return Err(e.hint("isms keys --markdown shows the names of all actions"));
    }
    Ok(map)
}
