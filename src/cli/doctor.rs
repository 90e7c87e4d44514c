//! `isms doctor`: what this terminal can do, where things lie and how they stand, and how to mend what is not right.
//! It changes nothing.

use super::{Context, out, var};
use crate::config::{self, Folders};
use crate::error::Result;
use crate::session;
use crate::store::{lock, place};
use crate::term::caps::Caps;
use crate::term::{Depth, probe};
use crate::ui::text::clean;
use crate::ui::theme::Theme;
use clap::Args;
use serde_json::json;
use std::io::{IsTerminal, Write};
use std::path::Path;
use std::time::Duration;

/// Say what the terminal can do, where everything lies, and how to mend what is not right.
///
/// Status 1 if something should be mended.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  isms doctor\n  isms doctor --ask       also asks the terminal itself\n  isms doctor --json"
)]
pub struct Doctor {
    /// Ask the terminal what it is and knows; a silent one is waited for a second
    #[arg(long)]
    ask: bool,
    /// As JSON
    #[arg(long)]
    json: bool,
}

/// So long an answer of the terminal is waited for.
const PATIENCE: Duration = Duration::from_secs(1);
/// With less room on its disk a store is in danger.
const LITTLE: u64 = 64 << 20;

/// How something stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mark {
    Good,
    /// It works, and could be better.
    Hint,
    /// It should be mended.
    Bad,
}

impl Mark {
    fn word(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Hint => "hint",
            Self::Bad => "mend",
        }
    }
}

/// One thing that was looked at.
struct Finding {
    part: &'static str,
    name: &'static str,
    mark: Mark,
    text: String,
    remedy: Option<String>,
}

/// What was found, in order.
#[derive(Default)]
struct Findings {
    part: &'static str,
    all: Vec<Finding>,
}

impl Findings {
    fn part(&mut self, part: &'static str) {
        self.part = part;
    }

    fn add(&mut self, mark: Mark, name: &'static str, text: impl Into<String>, remedy: Option<&str>) {
        self.all.push(Finding {
            part: self.part,
            name,
            mark,
            text: clean(&text.into()).into_owned(),
            remedy: remedy.map(str::to_owned),
        });
    }

    fn good(&mut self, name: &'static str, text: impl Into<String>) {
        self.add(Mark::Good, name, text, None);
    }

    fn hint(&mut self, name: &'static str, text: impl Into<String>, remedy: &str) {
        self.add(Mark::Hint, name, text, Some(remedy));
    }

    fn bad(&mut self, name: &'static str, text: impl Into<String>, remedy: &str) {
        self.add(Mark::Bad, name, text, Some(remedy));
    }
}

impl Doctor {
    pub(super) fn run(self, context: &Context, out: &mut dyn Write) -> Result<u8> {
        let mut found = Findings::default();
        found.part("Terminal");
        terminal(context, &mut found);
        if self.ask {
            asked(context, &mut found);
        }
        found.part("Settings");
        settings(context, &mut found);
        if !context.flags.demo {
            found.part("Store");
            store(context, &mut found);
        }
        let bad = found.all.iter().any(|f| f.mark == Mark::Bad);
        match self.json {
            true => {
                let rows = found.all.iter().map(|f| {
                    json!({"part": f.part, "name": f.name, "is": f.mark.word(), "text": f.text, "remedy": f.remedy})
                });
                out::json(out, &rows.collect())?;
            }
            false => print(out, context.look, &found.all)?,
        }
        Ok(u8::from(bad))
    }
}

fn print(out: &mut dyn Write, look: super::Look, all: &[Finding]) -> Result<()> {
    let wide = all.iter().map(|f| f.name.len()).max().unwrap_or(0);
    let mut part = "";
    for f in all {
        if f.part != part {
            let gap = if part.is_empty() { "" } else { "\n" };
            writeln!(out, "{gap}{}", look.strong(f.part))?;
            part = f.part;
        }
        let mark = match (f.mark, look.ascii) {
            (Mark::Good, false) => "✓",
            (Mark::Good, true) => "+",
            (Mark::Hint, _) => "-",
            (Mark::Bad, _) => "!",
        };
        let mut front = format!("  {mark} {:wide$}  ", f.name);
        let indent = wide + 6;
        for line in look.prose(&f.text, indent) {
            writeln!(out, "{front}{line}")?;
            front = " ".repeat(indent);
        }
        for line in f.remedy.iter().flat_map(|r| look.prose(r, indent)) {
            writeln!(out, "{front}{}", look.faint(&line))?;
        }
    }
    Ok(())
}

fn terminal(context: &Context, found: &mut Findings) {
    let term = var("TERM").unwrap_or_default();
    let caps = context.caps();
    match term.as_str() {
        "" => found.bad(
            "TERM",
            "not set",
            "set it to what the terminal is: export TERM=xterm-256color",
        ),
        "dumb" => found.bad(
            "TERM",
            "dumb: the screen cannot be drawn",
            "use the commands, or another terminal",
        ),
        other => found.good("TERM", other),
    }
    colours(&term, &caps, found);
    match (caps.unicode, term == "linux") {
        (true, _) if caps.braille => found.good("characters", "all of Unicode"),
        (true, _) => found.good("characters", "all of Unicode but braille, as config.toml says"),
        (false, true) => found.good("characters", "ASCII, because the Linux console has few glyphs"),
        (false, false) => {
            let named = ["LC_ALL", "LC_CTYPE", "LANG"]
                .into_iter()
                .find_map(|n| var(n).filter(|v| !v.is_empty()));
            found.hint(
                "characters",
                format!("ASCII, because the locale is {}", named.as_deref().unwrap_or("not set")),
                "with a UTF-8 locale there are lines and blocks: export LANG=C.UTF-8 (over SSH: SendEnv LANG LC_*)",
            );
        }
    }
    match (
        std::io::stdin().is_terminal(),
        rustix::termios::tcgetwinsize(std::io::stdout()),
    ) {
        (true, Ok(s)) if s.ws_col == 0 || s.ws_row == 0 => {
            found.hint(
                "window",
                "the terminal does not tell its size; 80x24 is taken",
                "stty rows 24 cols 80 tells it",
            );
        }
        (true, Ok(s)) if s.ws_col < 60 || s.ws_row < 16 => found.bad(
            "window",
            format!("{}x{}", s.ws_col, s.ws_row),
            "the screen needs 60x16; 80x24 is comfortable",
        ),
        (true, Ok(s)) => found.good("window", format!("{}x{}", s.ws_col, s.ws_row)),
        _ => found.hint(
            "window",
            "not at a terminal now",
            "commands work; the screen needs a terminal",
        ),
    }
    let way = match (caps.tmux, caps.screen, caps.ssh) {
        (true, _, true) => "tmux, over SSH",
        (true, _, false) => "tmux",
        (_, true, true) => "GNU screen, over SSH",
        (_, true, false) => "GNU screen",
        (_, _, true) => "SSH",
        _ => "directly",
    };
    found.good("reached", way);
    clipboard(&caps, found);
    let name = caps.editor.split_whitespace().next().unwrap_or_default().to_owned();
    let name = context
        .config
        .editor
        .as_deref()
        .and_then(|e| e.split_whitespace().next())
        .map_or(name, str::to_owned);
    match on_path(&name) {
        true => found.good("editor", name),
        false => found.hint(
            "editor",
            format!("{name} is not found"),
            "export EDITOR=nano, or editor = \"...\" in config.toml",
        ),
    }
}

fn colours(term: &str, caps: &Caps, found: &mut Findings) {
    let set = |name: &str| var(name).is_some_and(|v| !v.is_empty());
    let text = match caps.depth {
        Depth::None => "none: bold, underlined and reversed text, and letters, say the same",
        Depth::C16 => "16, those of the terminal's own palette",
        Depth::C256 => "256",
        Depth::True => "24 bits",
    };
    match caps.depth {
        Depth::None if set("NO_COLOR") => found.good("colours", format!("{text} (NO_COLOR is set)")),
        Depth::C16 if !term.contains("linux") => found.hint(
            "colours",
            text,
            "if the terminal has more: export TERM=xterm-256color (in tmux: set -g default-terminal tmux-256color)",
        ),
        Depth::C256 if caps.ssh && !set("COLORTERM") => found.hint(
            "colours",
            text,
            "if the terminal has 24 bits: color = \"truecolor\" in config.toml, or let COLORTERM through SSH (SendEnv here, AcceptEnv at the server)",
        ),
        _ => found.good("colours", text),
    }
}

/// What a copied text has to pass on its way to the person's clipboard.
fn clipboard(caps: &Caps, found: &mut Findings) {
    if caps.tmux {
        let shown = std::process::Command::new("tmux")
            .args(["show", "-gv", "set-clipboard"])
            .output();
        let set = shown
            .map(|o| String::from_utf8_lossy(&o.stdout).trim().to_owned())
            .unwrap_or_default();
        return match set.as_str() {
            "on" | "external" => found.good("clipboard", format!("through tmux (set-clipboard {set})")),
            _ => found.hint(
                "clipboard",
                "into tmux's own buffer only",
                "to reach the terminal's: tmux set -g set-clipboard on",
            ),
        };
    }
    if caps.screen {
        return found.good("clipboard", "by OSC 52, passed through GNU screen in pieces");
    }
    found.good(
        "clipboard",
        "by OSC 52, up to 74 KB; some terminals ask for leave, a few refuse silently",
    );
}

fn on_path(name: &str) -> bool {
    if name.contains('/') {
        return Path::new(name).exists();
    }
    var("PATH")
        .unwrap_or_default()
        .split(':')
        .any(|dir| Path::new(dir).join(name).is_file())
}

/// What the terminal itself says.
fn asked(context: &Context, found: &mut Findings) {
    if !std::io::stdin().is_terminal() || !std::io::stdout().is_terminal() {
        return found.hint("answers", "not asked", "there is no terminal at both ends");
    }
    match probe::ask(PATIENCE) {
        Ok(a) => {
            let Some(took) = a.took else {
                return found.hint(
                    "answers",
                    "none within a second",
                    "nothing needs them; a slow line may be why",
                );
            };
            found.good("answers", format!("within {} ms", took.as_millis()));
            found.good("name", a.name.unwrap_or_else(|| "it does not tell".into()));
            match a.synchronised {
                Some(true) => found.good("frames", "synchronised (mode 2026): nothing flickers"),
                _ => found.good("frames", "not synchronised; they are small, so it hardly shows"),
            }
            if let Some((r, g, b)) = a.background {
                // Rec. 709 luma says whether a light or a dark theme reads well.
                let luma = 0.2126 * f64::from(r) + 0.7152 * f64::from(g) + 0.0722 * f64::from(b);
                let (light, is) = (luma > 32767.0, if luma > 32767.0 { "light" } else { "dark" });
                let chosen = context.config.theme.as_deref();
                if let Some(name) = chosen.filter(|name| !Theme::built_in(name).suits(light)) {
                    let why = format!("{is}: the theme {name} is hard to read on it");
                    return found.bad("background", why, &format!("theme = \"{is}\" in config.toml"));
                }
                let suits = match light {
                    true => "the theme light suits it; the default's yellow may be hard to read on it",
                    false => "the themes dark and contrast suit it",
                };
                found.good("background", format!("{is}: {suits}"));
            }
        }
        Err(e) => found.hint(
            "answers",
            format!("the terminal could not be asked: {e}"),
            "the screen does not ask",
        ),
    }
}

fn settings(context: &Context, found: &mut Findings) {
    let Ok(folders) = Folders::find() else {
        return found.bad(
            "home",
            "no home folder is known",
            "set HOME, or XDG_CONFIG_HOME and XDG_STATE_HOME",
        );
    };
    // What is wrong in config.toml was told before any command ran.
    let config = folders.config.join("config.toml");
    let is = if config.exists() {
        "read"
    } else {
        "not there: everything has a default"
    };
    found.good("config.toml", format!("{} ({is})", config.display()));
    let catalogue = context.catalogue();
    let keys = catalogue
        .as_ref()
        .map_err(Clone::clone)
        .and_then(|c| super::in_force(&crate::ui::action::Actions::of(c), c).map(drop));
    match keys {
        Ok(()) => {
            let own = config::keys(&folders).map_or(0, |k| k.len());
            let path = folders.config.join("keys.toml");
            let is = if own == 0 {
                "not there: the built-in keys"
            } else {
                "read"
            };
            found.good("keys.toml", format!("{} ({is})", path.display()));
        }
        Err(e) => found.bad(
            "keys.toml",
            format!("{}: {}", e.message, e.details.join("; ")),
            "correct or remove the line",
        ),
    }
    if let Err(e) = config::shared_views(std::path::Path::new(config::SYSTEM)) {
        found.bad(
            "views.toml",
            e.message,
            "an administrator of this host corrects or removes the line",
        );
    }
    let known: Vec<&str> = crate::ui::theme::BUILT_IN.iter().map(|(name, _)| *name).collect();
    match &context.config.theme {
        Some(theme) if context.caps().light && !Theme::built_in(theme).suits(true) => found.bad(
            "theme",
            format!("{theme} is made for a dark ground, and COLORFGBG names a light one"),
            "theme = \"light\" in config.toml",
        ),
        Some(theme) if known.contains(&theme.as_str()) => found.good("theme", theme),
        Some(theme) => found.bad(
            "theme",
            format!("there is no theme '{theme}'"),
            &format!("one of {}", known.join(", ")),
        ),
        None if context.caps().light => found.good("theme", "light, because COLORFGBG names a light ground"),
        None => found.good(
            "theme",
            format!("{}, the default; also {}", known[0], known[1..].join(", ")),
        ),
    }
    match std::fs::create_dir_all(&folders.state).and_then(|()| tempfile::tempfile_in(&folders.state)) {
        Ok(_) => found.good("drafts", folders.state.display().to_string()),
        Err(e) => found.bad(
            "drafts",
            format!("{} cannot be written: {e}", folders.state.display()),
            "what is being typed would not outlive a lost connection; set XDG_STATE_HOME or free the folder",
        ),
    }
    found.good("time zone", session::zone());
}

fn store(context: &Context, found: &mut Findings) {
    let Ok(folder) = context.folder() else {
        return found.bad("folder", "no folder is known", "isms --store DIR, or set HOME");
    };
    let there = folder.join("journal").is_dir() || folder.join("state").is_dir();
    if !there {
        return found.hint(
            "folder",
            format!("{} holds no store yet", folder.display()),
            "isms init makes one",
        );
    }
    found.good("folder", folder.display().to_string());
    match lock::private(&folder) {
        Ok(()) => found.good("permissions", "only you may read and write it"),
        Err(why) => found.bad("permissions", why, "or, where that is meant: --insecure-permissions"),
    }
    match place::network(&folder) {
        Some(name) => found.bad(
            "disk",
            format!("{name}: locks and writing through to the disk cannot be relied on"),
            "keep the store on a disk of the host; it opens for reading only here",
        ),
        None => match place::room(&folder) {
            Some(room) if room.free < LITTLE => found.bad(
                "disk",
                format!("{} MiB free", room.free >> 20),
                "a commit needs room; nothing is lost without it, but nothing is taken either",
            ),
            Some(room) => found.good("disk", format!("local, {} MiB free", room.free >> 20)),
            None => found.good("disk", "local"),
        },
    }
    match lock::Lock::peek(&folder) {
        Ok(_) => found.good("open", "by nobody"),
        Err(lock::NoLock::Held(holder)) => found.good("open", format!("by {holder}; a second screen reads")),
        Err(lock::NoLock::Failed(e)) => found.bad("open", e.to_string(), "isms verify tells more"),
    }
    found.good("journal", "isms verify reads every byte of it");
}
