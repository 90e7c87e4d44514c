//! `isms man`: the manual, made from the same definitions as `--help`, the keys and the files of settings.

use super::Context;
use crate::error::{Error, Result};
use crate::session;
use crate::ui::action::{Actions, Group};
use crate::ui::keymap::Keymap;
use clap::{Args, Command};
use clap_mangen::Man;
use clap_mangen::roff::{Roff, bold, roman};
use std::io::Write;
use std::path::{Path, PathBuf};

/// Print the manual page, or write one page a command into a folder.
#[derive(Debug, Args)]
#[command(
    name = "man",
    after_help = "Examples:\n  isms man | man -l -\n  isms man --dir ~/.local/share/man/man1"
)]
pub struct Manual {
    /// Write isms.1 and a page for each command into this folder
    #[arg(long, value_name = "DIR")]
    dir: Option<PathBuf>,
}

impl Manual {
    pub(super) fn run(self, _: &Context, out: &mut dyn Write) -> Result<u8> {
        let all = super::command();
        let Some(dir) = self.dir else {
            out.write_all(&whole(&all)?)?;
            return Ok(0);
        };
        let wrong = |path: &Path, e: std::io::Error| Error::failed(format!("cannot write {}: {e}", path.display()));
        std::fs::create_dir_all(&dir).map_err(|e| wrong(&dir, e))?;
        let mut pages = vec![("isms.1".to_owned(), whole(&all)?)];
        for command in all.get_subcommands().filter(|c| !c.is_hide_set()) {
            one(command, "isms", &mut pages)?;
        }
        for (name, bytes) in &pages {
            let path = dir.join(name);
            std::fs::write(&path, bytes).map_err(|e| wrong(&path, e))?;
        }
        writeln!(out, "{} pages in {}", pages.len(), dir.display())?;
        Ok(0)
    }
}

/// The page of one command, and those of the commands within it.
fn one(command: &Command, above: &str, pages: &mut Vec<(String, Vec<u8>)>) -> Result<()> {
    let name = format!("{above}-{}", command.get_name());
    let spoken = name.replace('-', " ");
    let page = command
        .clone()
        .name(name.clone())
        .bin_name(spoken)
        .disable_help_flag(true);
    let mut text = Vec::new();
    Man::new(page).render(&mut text)?;
    for below in command.get_subcommands() {
        one(below, &name, pages)?;
    }
    pages.push((format!("{name}.1"), text));
    Ok(())
}

/// The page of the program: its commands, keys, files and exit statuses.
fn whole(all: &Command) -> Result<Vec<u8>> {
    let man = Man::new(all.clone());
    let mut text = Vec::new();
    man.render_title(&mut text)?;
    man.render_name_section(&mut text)?;
    man.render_synopsis_section(&mut text)?;
    man.render_description_section(&mut text)?;
    man.render_options_section(&mut text)?;
    let mut roff = Roff::new();
    roff.control("SH", ["COMMANDS"]);
    for command in all.get_subcommands().filter(|c| !c.is_hide_set()) {
        describe(&mut roff, command, "isms");
    }
    keys(&mut roff)?;
    roff.control("SH", ["FILES"]);
    for (name, what) in FILES {
        item(&mut roff, name, what);
    }
    roff.control("SH", ["ENVIRONMENT"]);
    for (name, what) in ENVIRONMENT {
        item(&mut roff, name, what);
    }
    roff.control("SH", ["EXIT STATUS"]);
    for (name, what) in STATUSES {
        item(&mut roff, name, what);
    }
    roff.to_writer(&mut text)?;
    Ok(text)
}

fn item(roff: &mut Roff, name: &str, what: &str) {
    roff.control("TP", []);
    roff.text([bold(name)]);
    roff.text([roman(what)]);
}

fn describe(roff: &mut Roff, command: &Command, above: &str) {
    let name = format!("{above} {}", command.get_name());
    if command.has_subcommands() {
        command.get_subcommands().for_each(|c| describe(roff, c, &name));
        return;
    }
    let about = command.get_about().map(ToString::to_string).unwrap_or_default();
    let usage = command.clone().bin_name(name).render_usage().to_string();
    let usage = usage.trim_start_matches("Usage: ").replace('\n', " ");
    item(roff, &usage, &about);
}

/// The keys of the screen, as the program brings them along.
fn keys(roff: &mut Roff) -> Result<()> {
    let catalogue = session::catalogue()?;
    let actions = Actions::of(&catalogue);
    let map = Keymap::of(&actions, &catalogue).map_err(|e| Error::failed(e.join("; ")))?;
    roff.control("SH", ["KEYS"]);
    roff.text([roman(
        "Every key can be changed in keys.toml; isms keys lists them as they are in force.",
    )]);
    // What belongs to a register is many lines; the screen shows it where it applies.
    let fixed = [
        Group::Move,
        Group::Go,
        Group::List,
        Group::Record,
        Group::Time,
        Group::Program,
    ];
    for group in fixed {
        let rows = actions.rows.iter().enumerate().filter(|(_, a)| a.group == group);
        let rows: Vec<(String, &str)> = rows
            .filter(|(_, a)| !matches!(a.run, crate::ui::action::Run::Go(_) | crate::ui::action::Run::New(_)))
            .map(|(n, a)| (map.all_keys_of(n).join(", "), a.doc.as_str()))
            .filter(|(keys, _)| !keys.is_empty())
            .collect();
        if rows.is_empty() {
            continue;
        }
        roff.control("SS", [group.title()]);
        for (keys, doc) in rows {
            item(roff, &keys, doc);
        }
    }
    Ok(())
}

const FILES: &[(&str, &str)] = &[
    (
        "$XDG_DATA_HOME/isms",
        "The store, where none is named: journal, state and kept files.",
    ),
    (
        "$XDG_CONFIG_HOME/isms/config.toml",
        "Settings: store, theme, color, ascii, braille, plain, mouse, editor.",
    ),
    (
        "$XDG_CONFIG_HOME/isms/keys.toml",
        "Keys that lie over the built-in ones.",
    ),
    (
        "$XDG_CONFIG_HOME/isms/registers, fields",
        "Own registers and fields that an administrator may adopt with isms define adopt.",
    ),
    (
        "$XDG_STATE_HOME/isms",
        "Drafts of forms, and what the screen remembers.",
    ),
    (
        "/etc/xdg/isms",
        "The same settings for everybody on this host, and views.toml: views and columns that everybody has.",
    ),
];

const ENVIRONMENT: &[(&str, &str)] = &[
    ("ISMS_STORE", "The folder of the store."),
    ("ISMS_AS", "The person as whom to act."),
    ("VISUAL, EDITOR", "The editor of long texts."),
    (
        "NO_COLOR, CLICOLOR, CLICOLOR_FORCE, COLORTERM",
        "Whether there are colours, and how many.",
    ),
    (
        "LC_ALL, LC_CTYPE, LANG",
        "Outside UTF-8 everything is drawn with ASCII.",
    ),
];

const STATUSES: &[(&str, &str)] = &[
    ("0", "Done."),
    ("1", "A check failed, or nothing was found."),
    ("2", "Wrong usage, or an error."),
    ("3", "Another process has the store."),
    ("4", "Somebody else changed the same."),
    (
        "129, 130, 143",
        "The line dropped; interrupted; told to end. What was being typed is kept.",
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_has_every_command_and_is_no_shell_of_one() {
        let all = super::super::command();
        let text = String::from_utf8(whole(&all).unwrap()).unwrap();
        for c in all.get_subcommands().filter(|c| !c.is_hide_set()) {
            assert!(text.contains(&format!("isms {}", c.get_name())), "{}", c.get_name());
        }
        for section in ["COMMANDS", "KEYS", "FILES", "ENVIRONMENT", "EXIT STATUS"] {
            assert!(text.contains(section), "{section}");
        }
        assert!(text.contains("Moves one row down."));
    }
}
