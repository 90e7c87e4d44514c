//! Themes: a role gives a style, and the glyphs have an ASCII twin. A theme is a TOML file; the roles are fixed here,
//! so that a file can name none that nobody draws. It must not know how many colours the terminal has: whoever
//! writes the bytes brings colours down to that.

use super::look::Look;
use ratatui::style::{Color, Modifier, Style};
use serde::Deserialize;
use std::collections::BTreeMap;

/// The roles that a theme may give a style.
pub const ROLES: &[&str] = &[
    "text", "title", "heading", "muted", "border", "id", "key", "link", "action", "cursor", "selected", "marked",
    "input", "warn", "error", "ok", "changed", "level0", "level1", "level2", "level3", "level4",
];

/// The themes that the program brings along, the default first: name and text.
pub const BUILT_IN: &[(&str, &str)] = &[
    ("terminal", include_str!("../../themes/terminal.toml")),
    ("dark", include_str!("../../themes/dark.toml")),
    ("light", include_str!("../../themes/light.toml")),
    ("contrast", include_str!("../../themes/contrast.toml")),
    ("blind", include_str!("../../themes/blind.toml")),
];

/// Those of the sixteen colours on which the ground of a dark terminal is hardly read: red and blue.
const DEEP: [u8; 2] = [1, 4];
/// The deepest and the lightest of the sixteen.
const BLACK: u8 = 0;
const WHITE: u8 = 15;

/// Styles by role.
#[derive(Debug, Clone, Default)]
pub struct Theme {
    /// Its name.
    pub name: String,
    /// One line: for whom it is.
    pub help: String,
    pub(crate) styles: BTreeMap<String, (Style, Modifier)>,
    /// Styles where there are only 16 colours, if they are others.
    pub(crate) coarse: BTreeMap<String, Style>,
    /// The grounds between which it is made to be read; none: whatever ground the terminal has.
    pub grounds: Vec<Color>,
    /// Whether only ASCII may be drawn.
    pub ascii: bool,
    /// Whether curves are drawn in blocks, for fonts without braille.
    pub blocks: bool,
    /// Whether it is heard rather than seen: no pictures, one thing at a time.
    pub plain: bool,
    /// Whether there are only 16 colours.
    pub sixteen: bool,
    /// Whether there is no colour; roles then differ by bold, dim, underline and reverse.
    pub mono: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    help: String,
    #[serde(default)]
    grounds: Vec<String>,
    #[serde(default)]
    colours: BTreeMap<String, String>,
    /// What stands for a colour where there are only 16; `none` is the ink of the terminal.
    #[serde(default)]
    sixteen: BTreeMap<String, String>,
    roles: BTreeMap<String, Role>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Role {
    #[serde(default)]
    fg: Option<String>,
    #[serde(default)]
    bg: Option<String>,
    /// Attributes that are always there.
    #[serde(default)]
    is: Vec<String>,
    /// Attributes added where there is no colour.
    #[serde(default)]
    mono: Vec<String>,
}

impl Theme {
    /// Reads a theme.
    ///
    /// # Errors
    /// Names the theme and the role, colour or attribute that is not known.
    pub fn read(name: &str, text: &str) -> Result<Self, String> {
        let file: File = toml::from_str(text).map_err(|e| format!("theme '{name}': {e}"))?;
        let (mut styles, mut coarse) = (BTreeMap::new(), BTreeMap::new());
        for (role, r) in &file.roles {
            if !ROLES.contains(&role.as_str()) {
                let known = ROLES.join(", ");
                return Err(format!("theme '{name}': '{role}' is no role; roles are {known}"));
            }
            let colour = |c: &Option<String>| {
                c.as_ref().map_or(Ok(None), |c| {
                    let c = file.colours.get(c).unwrap_or(c);
                    let wrong = || format!("theme '{name}', role '{role}': '{c}' is no colour; write red, bright-red, 0 to 255 or #rrggbb");
                    colour(c).map(Some).ok_or_else(wrong)
                })
            };
            let attributes = |list: &[String]| {
                list.iter().try_fold(Modifier::empty(), |all, word| {
                    let wrong = || {
                        format!(
                            "theme '{name}', role '{role}': '{word}' is none of bold, dim, italic, underline, reverse"
                        )
                    };
                    Ok::<_, String>(all | attribute(word).ok_or_else(wrong)?)
                })
            };
            let mut style = Style {
                fg: colour(&r.fg)?,
                bg: colour(&r.bg)?,
                ..Style::default()
            };
            style = style.add_modifier(attributes(&r.is)?);
            let mono = attributes(&r.mono)?;
            match r.fg.as_ref().and_then(|name| file.sixteen.get(name)) {
                // without its colour a role differs as it does where there is none
                Some(few) if few == "none" => {
                    let inked = Style { fg: None, ..style };
                    coarse.insert(role.clone(), inked.add_modifier(mono));
                }
                Some(few) => {
                    let fg = colour(&Some(few.clone()))?;
                    coarse.insert(role.clone(), Style { fg, ..style });
                }
                None => {}
            }
            styles.insert(role.clone(), (style, mono));
        }
        let ground = |g: &String| colour(g).ok_or_else(|| format!("theme '{name}': the ground '{g}' is no colour"));
        Ok(Self {
            name: name.to_owned(),
            help: file.help,
            styles,
            coarse,
            grounds: file.grounds.iter().map(ground).collect::<Result<_, _>>()?,
            ascii: false,
            blocks: false,
            plain: false,
            sixteen: false,
            mono: false,
        })
    }

    /// A theme that the program brings along; the default one for an unknown name.
    pub fn built_in(name: &str) -> Self {
        let (name, text) = BUILT_IN.iter().find(|(n, _)| *n == name).unwrap_or(&BUILT_IN[0]);
        // The tests read them all.
        Self::read(name, text).unwrap_or_default()
    }
}

impl Theme {
    /// Whether it is made to be read on a light ground, or on a dark one.
    pub fn suits(&self, light: bool) -> bool {
        // Rec. 709 luma, as far as it matters here.
        let is_light = |ground: &Color| match ground {
            Color::Rgb(r, g, b) => 2 * u32::from(*r) + 7 * u32::from(*g) + u32::from(*b) > 1_275,
            _ => light,
        };
        self.grounds.is_empty() || self.grounds.iter().any(|ground| is_light(ground) == light)
    }

    /// The style of letters on a ground of the colour of a role: they are cut out of it, but out of none of the sixteen,
    /// since the ground of the terminal may be as light or as deep as they are. What has no colour has no ground.
    pub fn filled(&self, role: &str) -> Style {
        // What steps back as a letter is no darker or lighter as a ground: terminals do not agree which.
        let style = self.style(role).remove_modifier(Modifier::DIM);
        match style.fg {
            Some(Color::Indexed(n @ 0..16)) => Style {
                fg: Some(Color::Indexed(if DEEP.contains(&n) { WHITE } else { BLACK })),
                bg: style.fg,
                ..style
            },
            None => style,
            _ => style.add_modifier(Modifier::REVERSED),
        }
    }
}

impl Look for Theme {
    fn style(&self, role: &str) -> Style {
        let Some((style, mono)) = self.styles.get(role) else {
            return Style::default();
        };
        if self.mono {
            Style {
                fg: None,
                bg: None,
                ..*style
            }
            .add_modifier(*mono)
        } else {
            *self.coarse.get(role).filter(|_| self.sixteen).unwrap_or(style)
        }
    }

    fn ascii(&self) -> bool {
        self.ascii
    }
}

fn attribute(word: &str) -> Option<Modifier> {
    Some(match word {
        "bold" => Modifier::BOLD,
        "dim" => Modifier::DIM,
        "italic" => Modifier::ITALIC,
        "underline" => Modifier::UNDERLINED,
        "reverse" => Modifier::REVERSED,
        _ => return None,
    })
}

fn colour(word: &str) -> Option<Color> {
    const NAMES: [&str; 16] = [
        "black",
        "red",
        "green",
        "yellow",
        "blue",
        "magenta",
        "cyan",
        "white",
        "bright-black",
        "bright-red",
        "bright-green",
        "bright-yellow",
        "bright-blue",
        "bright-magenta",
        "bright-cyan",
        "bright-white",
    ];
    if let Some(i) = NAMES.iter().position(|n| *n == word) {
        return u8::try_from(i).ok().map(Color::Indexed);
    }
    if let Ok(n) = word.parse::<u8>() {
        return Some(Color::Indexed(n));
    }
    let hex = word.strip_prefix('#').filter(|h| h.len() == 6)?;
    let n = u32::from_str_radix(hex, 16).ok()?.to_be_bytes();
    Some(Color::Rgb(n[1], n[2], n[3]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_theme_gives_every_role_that_stands_out() {
        for (name, text) in BUILT_IN {
            let mut theme = Theme::read(name, text).unwrap();
            assert!(theme.help.ends_with('.'), "{name}");
            for mono in [false, true] {
                theme.mono = mono;
                for role in [
                    "heading", "muted", "id", "key", "cursor", "selected", "warn", "error", "level4", "marked",
                ] {
                    assert_ne!(theme.style(role), Style::default(), "{name} {role} mono {mono}");
                }
                if mono {
                    assert!(
                        ROLES
                            .iter()
                            .all(|r| theme.style(r).fg.is_none() && theme.style(r).bg.is_none())
                    );
                }
            }
        }
    }

    #[test]
    fn letters_are_read_on_the_ground_of_a_level() {
        let mut theme = Theme::built_in("terminal");
        let high = theme.filled("level3");
        assert_eq!((high.fg, high.bg), (Some(Color::Indexed(15)), Some(Color::Indexed(1))));
        assert!(!high.add_modifier.contains(Modifier::REVERSED));
        let low = theme.filled("level0");
        assert!(!low.add_modifier.intersects(Modifier::REVERSED | Modifier::DIM) && low.bg.is_none());
        let middle = theme.filled("level2");
        assert_eq!(
            (middle.fg, middle.bg),
            (Some(Color::Indexed(0)), Some(Color::Indexed(3)))
        );
        // At 16 colours the other themes have the same red.
        theme = Theme::built_in("dark");
        assert!(theme.filled("level3").add_modifier.contains(Modifier::REVERSED));
        theme.sixteen = true;
        assert_eq!(theme.filled("level3").fg, Some(Color::Indexed(15)));
    }

    #[test]
    fn a_theme_knows_its_ground() {
        let suits = |name: &str| [true, false].map(|light| Theme::built_in(name).suits(light));
        assert_eq!(suits("terminal"), [true, true]);
        assert_eq!(suits("light"), [true, false]);
        for dark in ["dark", "contrast", "blind"] {
            assert_eq!(suits(dark), [false, true], "{dark}");
        }
    }

    #[test]
    fn mistakes_are_named() {
        for (text, word) in [
            ("help='x.'\n[roles]\nhat = {}", "'hat' is no role"),
            ("help='x.'\n[roles]\ntext = { fg = 'rot' }", "'rot' is no colour"),
            ("help='x.'\n[roles]\ntext = { is = ['loud'] }", "'loud' is none of"),
        ] {
            let error = Theme::read("mine", text).unwrap_err();
            assert!(error.contains(word) && error.contains("mine"), "{error}");
        }
    }
}
