//! Keys as the keymap names them: `j`, `C-d`, `S-Tab`, `Esc`, `space`, `PgDn`, `M-f`. It must not know how a terminal encodes them.

use std::fmt;
use std::str::FromStr;

/// Names a key without its modifiers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Code {
    /// A character as typed: `G` is the capital, not shift and `g`.
    Char(char),
    /// Enter or Return.
    Enter,
    /// Escape.
    Esc,
    /// Tab.
    Tab,
    /// Tab with shift.
    BackTab,
    /// Backspace.
    Backspace,
    /// Delete.
    Delete,
    /// Insert.
    Insert,
    /// Arrow up.
    Up,
    /// Arrow down.
    Down,
    /// Arrow left.
    Left,
    /// Arrow right.
    Right,
    /// Home.
    Home,
    /// End.
    End,
    /// Page up.
    PageUp,
    /// Page down.
    PageDown,
    /// Function key, 1 to 24.
    F(u8),
}

/// One key press with its modifiers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key {
    /// The key itself.
    pub code: Code,
    /// Whether control was held.
    pub ctrl: bool,
    /// Whether alt was held (or Esc came just before).
    pub alt: bool,
    /// Whether shift was held; never set for characters and [`Code::BackTab`], which say it themselves.
    pub shift: bool,
}

/// The words for the keys that are no characters; the first word of a code is the one that is written.
const WORDS: &[(&str, Code)] = &[
    ("Enter", Code::Enter),
    ("Return", Code::Enter),
    ("CR", Code::Enter),
    ("Esc", Code::Esc),
    ("Escape", Code::Esc),
    ("Tab", Code::Tab),
    ("S-Tab", Code::BackTab),
    ("BackTab", Code::BackTab),
    ("Backspace", Code::Backspace),
    ("BS", Code::Backspace),
    ("Del", Code::Delete),
    ("Delete", Code::Delete),
    ("Ins", Code::Insert),
    ("Insert", Code::Insert),
    ("Up", Code::Up),
    ("Down", Code::Down),
    ("Left", Code::Left),
    ("Right", Code::Right),
    ("Home", Code::Home),
    ("End", Code::End),
    ("PgUp", Code::PageUp),
    ("PageUp", Code::PageUp),
    ("PgDn", Code::PageDown),
    ("PageDown", Code::PageDown),
    ("space", Code::Char(' ')),
];

impl Key {
    /// Makes a key without modifiers.
    pub const fn new(code: Code) -> Self {
        Self {
            code,
            ctrl: false,
            alt: false,
            shift: false,
        }
    }

    /// Makes the key of a character.
    pub const fn char(c: char) -> Self {
        Self::new(Code::Char(c))
    }

    /// Makes the key of a character with control held.
    pub const fn ctrl(c: char) -> Self {
        Self {
            code: Code::Char(c),
            ctrl: true,
            alt: false,
            shift: false,
        }
    }

    /// Makes the key of a character with alt held.
    pub const fn alt(c: char) -> Self {
        Self {
            code: Code::Char(c),
            ctrl: false,
            alt: true,
            shift: false,
        }
    }

    /// Returns the character that this key types into a text, if it types one.
    pub const fn typed(&self) -> Option<char> {
        match self.code {
            Code::Char(c) if !self.ctrl && !self.alt => Some(c),
            _ => None,
        }
    }

    /// Brings the several ways of saying the same key to one: `S-Tab` is [`Code::BackTab`], `C-D` is `C-d`, `S-g` is `G`.
    pub fn normal(mut self) -> Self {
        match self.code {
            Code::Tab if self.shift => (self.code, self.shift) = (Code::BackTab, false),
            Code::BackTab => self.shift = false,
            Code::Char(c) => {
                self.code = Code::Char(match c {
                    c if self.ctrl => c.to_ascii_lowercase(),
                    c if self.shift => c.to_ascii_uppercase(),
                    c => c,
                });
                self.shift = false;
            }
            _ => {}
        }
        self
    }

    /// Reads keys parted by blanks, such as `g g` or `c o`; at least one.
    ///
    /// # Errors
    /// Names the first word that is no key.
    pub fn sequence(text: &str) -> Result<Vec<Self>, String> {
        let keys: Vec<Self> = text.split_whitespace().map(str::parse).collect::<Result<_, _>>()?;
        if keys.is_empty() {
            Err("no key is named".to_owned())
        } else {
            Ok(keys)
        }
    }
}

impl From<char> for Key {
    fn from(c: char) -> Self {
        Self::char(c)
    }
}

impl FromStr for Key {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let unknown = || {
            format!(
                "`{text}` is no key; write a character, `C-d`, `M-f`, `S-Tab`, `Esc`, `Enter`, `space`, `PgDn`, `F1`"
            )
        };
        let mut key = Self::new(Code::Esc);
        let mut rest = text;
        loop {
            let mut chars = rest.chars();
            let modifier = match (chars.next(), chars.next(), chars.next()) {
                (Some(modifier), Some('-'), Some(_)) => modifier,
                _ => break,
            };
            match modifier {
                'C' => key.ctrl = true,
                'M' | 'A' => key.alt = true,
                'S' => key.shift = true,
                _ => return Err(unknown()),
            }
            rest = rest.get(2..).ok_or_else(unknown)?;
        }
        let mut chars = rest.chars();
        key.code = match (chars.next(), chars.next()) {
            (Some(c), None) if !c.is_control() && !c.is_whitespace() => Code::Char(c),
            _ => match WORDS.iter().find(|(word, _)| word.eq_ignore_ascii_case(rest)) {
                Some((_, code)) => *code,
                None => match rest.strip_prefix(['F', 'f']).and_then(|number| number.parse().ok()) {
                    Some(number @ 1..=24) => Code::F(number),
                    _ => return Err(unknown()),
                },
            },
        };
        Ok(key.normal())
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (held, prefix) in [(self.ctrl, "C-"), (self.alt, "M-"), (self.shift, "S-")] {
            if held {
                f.write_str(prefix)?;
            }
        }
        match WORDS.iter().find(|(_, code)| *code == self.code) {
            Some((word, _)) => f.write_str(word),
            None => match self.code {
                Code::Char(c) => write!(f, "{c}"),
                Code::F(number) => write!(f, "F{number}"),
                // Every other code has its word above.
                _ => Ok(()),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_read_and_written_alike() {
        for word in [
            "j",
            "G",
            "-",
            "C-d",
            "C--",
            "M-f",
            "C-M-x",
            "S-Tab",
            "Tab",
            "Esc",
            "Enter",
            "space",
            "C-space",
            "PgDn",
            "PgUp",
            "Up",
            "S-Up",
            "C-Left",
            "M-S-Down",
            "F1",
            "F12",
            "Del",
            "Ins",
            "Home",
            "End",
            "Backspace",
            "M-Backspace",
            "/",
            "é",
            "@",
        ] {
            let key: Key = word.parse().unwrap();
            assert_eq!(key.to_string(), word);
        }
    }

    #[test]
    fn other_spellings_mean_the_same() {
        for (word, same) in [
            ("C-D", "C-d"),
            ("S-g", "G"),
            ("BackTab", "S-Tab"),
            ("pagedown", "PgDn"),
            ("ESC", "Esc"),
            ("A-f", "M-f"),
            ("delete", "Del"),
            ("CR", "Enter"),
            ("Space", "space"),
        ] {
            assert_eq!(word.parse::<Key>(), same.parse::<Key>(), "{word}");
        }
    }

    #[test]
    fn what_is_no_key_is_refused_by_name() {
        for word in ["", "jj", "X-d", "C-", "F0", "F25", " ", "\u{1b}", "é-d", "C-nowhere"] {
            let error = word.parse::<Key>().unwrap_err();
            assert!(error.contains(&format!("`{word}`")), "{error}");
        }
        assert!(Key::sequence("  ").is_err());
    }

    #[test]
    fn sequences_are_parted_by_blanks() {
        assert_eq!(Key::sequence("g g").unwrap(), [Key::char('g'), Key::char('g')]);
        assert_eq!(Key::sequence("C-w  space").unwrap(), [Key::ctrl('w'), Key::char(' ')]);
    }
}
