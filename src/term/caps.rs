//! What the terminal can do, worked out from the environment and flags alone: nothing is asked, nothing is read here.

use super::pen::Depth;

/// What the person wants of colours (`--color`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Colour {
    /// As the environment says.
    #[default]
    Auto,
    /// Colours, as many as the terminal has, whatever `NO_COLOR` says.
    Always,
    /// No colour.
    Never,
    /// Just so many.
    Exactly(Depth),
}

/// What the command line says about the terminal.
#[derive(Debug, Clone, Copy, Default)]
pub struct Flags {
    /// `--color`.
    pub colour: Colour,
    /// `--ascii`.
    pub ascii: bool,
    /// That its font lacks the dots of braille.
    pub blocks: bool,
}

/// What the terminal can do and where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caps {
    /// How many colours it shows.
    pub depth: Depth,
    /// Whether it shows more than ASCII.
    pub unicode: bool,
    /// Whether its font has the dots of braille.
    pub braille: bool,
    /// Whether tmux is in between.
    pub tmux: bool,
    /// Whether GNU screen is in between.
    pub screen: bool,
    /// Whether the person is at the other end of SSH.
    pub ssh: bool,
    /// Whether its ground is light, as far as it says so by itself.
    pub light: bool,
    /// The person's editor, as a shell command.
    pub editor: String,
}

impl Caps {
    /// Works out the capabilities; `get` looks up a variable of the environment.
    pub fn detect(get: impl Fn(&str) -> Option<String>, flags: Flags) -> Self {
        let set = |name: &str| get(name).filter(|value| !value.is_empty());
        let term = set("TERM").unwrap_or_default();
        let tmux = set("TMUX").is_some();
        let screen = !tmux && (set("STY").is_some() || term.starts_with("screen"));
        let found = depth_of(&term, &set("COLORTERM").unwrap_or_default());
        // Where colours are demanded, a terminal that is not known to have any gets the 16 that nearly all have.
        let some = if found == Depth::None { Depth::C16 } else { found };
        // GNU screen drops 24-bit colours and passes on the variable that promises them.
        let (found, some) = match screen {
            true if found == Depth::True => (Depth::C256, Depth::C256),
            _ => (found, some),
        };
        let depth = match flags.colour {
            Colour::Exactly(depth) => depth,
            Colour::Always => some,
            Colour::Never => Depth::None,
            Colour::Auto if set("NO_COLOR").is_some() => Depth::None,
            Colour::Auto if set("CLICOLOR_FORCE").is_some_and(|value| value != "0") => some,
            Colour::Auto if set("CLICOLOR").is_some_and(|value| value == "0") => Depth::None,
            Colour::Auto => found,
        };
        let locale = ["LC_ALL", "LC_CTYPE", "LANG"]
            .into_iter()
            .find_map(set)
            .unwrap_or_default()
            .to_ascii_lowercase();
        let unicode = !flags.ascii && term != "linux" && (locale.contains("utf-8") || locale.contains("utf8"));
        Self {
            depth,
            unicode,
            braille: unicode && !flags.blocks,
            tmux,
            screen,
            ssh: ["SSH_CONNECTION", "SSH_TTY", "SSH_CLIENT"]
                .into_iter()
                .any(|name| set(name).is_some()),
            // What a multiplexer was begun in need not be what shows it now.
            light: !tmux && !screen && set("COLORFGBG").is_some_and(|value| is_light(&value)),
            editor: ["VISUAL", "EDITOR"]
                .into_iter()
                .find_map(set)
                .unwrap_or_else(|| "vi".to_owned()),
        }
    }
}

/// Whether the ground that `COLORFGBG` names, the last of the palette colours in it, is white or its duller twin.
fn is_light(colours: &str) -> bool {
    matches!(colours.rsplit(';').next(), Some("7" | "15"))
}

/// Works out how many colours a terminal has from its name and from what `COLORTERM` promises.
fn depth_of(term: &str, promise: &str) -> Depth {
    const TRUE: [&str; 8] = [
        "kitty",
        "ghostty",
        "foot",
        "alacritty",
        "wezterm",
        "contour",
        "rio",
        "konsole",
    ];
    const MONO: [&str; 8] = ["dumb", "vt52", "vt100", "vt102", "vt220", "vt320", "vt420", "ansi-m"];
    if matches!(promise, "truecolor" | "24bit")
        || term.ends_with("-direct")
        || TRUE.iter().any(|name| term.contains(name))
    {
        Depth::True
    } else if term.contains("256color") {
        Depth::C256
    } else if term.is_empty() || MONO.contains(&term) || term.ends_with("-mono") || term.ends_with("-m") {
        Depth::None
    } else {
        Depth::C16
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn caps(environment: &[(&str, &str)], flags: Flags) -> Caps {
        Caps::detect(
            |name| {
                environment
                    .iter()
                    .find(|(key, _)| *key == name)
                    .map(|(_, value)| (*value).to_owned())
            },
            flags,
        )
    }

    #[test]
    fn the_flag_wins_then_no_color_then_the_others() {
        let x = ("TERM", "xterm-256color");
        for (colour, environment, depth) in [
            (Colour::Auto, vec![x], Depth::C256),
            (Colour::Auto, vec![x, ("COLORTERM", "truecolor")], Depth::True),
            (
                Colour::Auto,
                vec![x, ("COLORTERM", "truecolor"), ("NO_COLOR", "1")],
                Depth::None,
            ),
            (Colour::Auto, vec![x, ("NO_COLOR", "")], Depth::C256),
            (
                Colour::Auto,
                vec![x, ("NO_COLOR", "1"), ("CLICOLOR_FORCE", "1")],
                Depth::None,
            ),
            (Colour::Auto, vec![x, ("CLICOLOR", "0")], Depth::None),
            (
                Colour::Auto,
                vec![x, ("CLICOLOR", "0"), ("CLICOLOR_FORCE", "1")],
                Depth::C256,
            ),
            (
                Colour::Auto,
                vec![x, ("CLICOLOR", "0"), ("CLICOLOR_FORCE", "0")],
                Depth::None,
            ),
            (
                Colour::Auto,
                vec![("TERM", "vt100"), ("CLICOLOR_FORCE", "1")],
                Depth::C16,
            ),
            (Colour::Always, vec![x, ("NO_COLOR", "1")], Depth::C256),
            (Colour::Always, vec![], Depth::C16),
            (Colour::Never, vec![x, ("CLICOLOR_FORCE", "1")], Depth::None),
            (Colour::Exactly(Depth::C16), vec![x, ("COLORTERM", "24bit")], Depth::C16),
            (
                Colour::Exactly(Depth::True),
                vec![("TERM", "linux"), ("NO_COLOR", "1")],
                Depth::True,
            ),
        ] {
            assert_eq!(
                caps(
                    &environment,
                    Flags {
                        colour,
                        ..Flags::default()
                    }
                )
                .depth,
                depth,
                "{colour:?} {environment:?}"
            );
        }
    }

    #[test]
    fn the_name_of_the_terminal_gives_its_colours() {
        for (term, depth) in [
            ("xterm", Depth::C16),
            ("xterm-256color", Depth::C256),
            ("xterm-direct", Depth::True),
            ("xterm-kitty", Depth::True),
            ("xterm-ghostty", Depth::True),
            ("foot", Depth::True),
            ("tmux-256color", Depth::C256),
            ("screen", Depth::C16),
            ("screen.xterm-256color", Depth::C256),
            ("linux", Depth::C16),
            ("rxvt-unicode-256color", Depth::C256),
            ("vt100", Depth::None),
            ("dumb", Depth::None),
            ("", Depth::None),
            ("something-new", Depth::C16),
        ] {
            assert_eq!(caps(&[("TERM", term)], Flags::default()).depth, depth, "{term}");
        }
        let screen = caps(
            &[("TERM", "screen-256color"), ("STY", "1.x"), ("COLORTERM", "truecolor")],
            Flags::default(),
        );
        assert_eq!((screen.depth, screen.screen, screen.tmux), (Depth::C256, true, false));
        let tmux = caps(
            &[
                ("TERM", "screen-256color"),
                ("TMUX", "/tmp/x"),
                ("COLORTERM", "truecolor"),
            ],
            Flags::default(),
        );
        assert_eq!((tmux.depth, tmux.screen, tmux.tmux), (Depth::True, false, true));
    }

    #[test]
    fn the_locale_says_whether_more_than_ascii_shows() {
        for (environment, ascii, unicode) in [
            (vec![("LANG", "de_DE.UTF-8")], false, true),
            (vec![("LANG", "C.utf8")], false, true),
            (vec![("LANG", "de_DE.UTF-8")], true, false),
            (vec![("LANG", "C")], false, false),
            (vec![], false, false),
            (vec![("LANG", "en_GB.UTF-8"), ("LC_ALL", "C")], false, false),
            (vec![("LANG", "en_GB.UTF-8"), ("LC_ALL", "")], false, true),
            (vec![("LANG", "C"), ("LC_CTYPE", "en_GB.UTF-8")], false, true),
            (vec![("LANG", "zh_CN.GB18030")], false, false),
            (vec![("LANG", "en_GB.UTF-8"), ("TERM", "linux")], false, false),
        ] {
            let found = caps(
                &environment,
                Flags {
                    ascii,
                    ..Flags::default()
                },
            )
            .unicode;
            assert_eq!(found, unicode, "{environment:?}, --ascii {ascii}");
        }
    }

    #[test]
    fn a_light_ground_is_known_where_the_terminal_names_it() {
        for (environment, light) in [
            (vec![("COLORFGBG", "0;15")], true),
            (vec![("COLORFGBG", "0;default;7")], true),
            (vec![("COLORFGBG", "15;0")], false),
            (vec![("COLORFGBG", "7;8")], false),
            (vec![("COLORFGBG", "default;default")], false),
            (vec![("COLORFGBG", "0;15"), ("TMUX", "/tmp/x")], false),
            (vec![], false),
        ] {
            assert_eq!(caps(&environment, Flags::default()).light, light, "{environment:?}");
        }
    }

    #[test]
    fn the_editor_and_the_way_here_are_found() {
        let found = caps(
            &[("EDITOR", "nano"), ("VISUAL", "vim -f"), ("SSH_TTY", "/dev/pts/1")],
            Flags::default(),
        );
        assert_eq!((found.editor.as_str(), found.ssh), ("vim -f", true));
        let found = caps(&[("EDITOR", "nano"), ("VISUAL", "")], Flags::default());
        assert_eq!((found.editor.as_str(), found.ssh), ("nano", false));
        assert_eq!(caps(&[], Flags::default()).editor, "vi");
    }
}
