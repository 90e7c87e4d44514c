//! Where things are kept and how the person likes them: the XDG folders and the layers built in, system, user,
//! environment, flags, of which the later wins. Flags are laid over by `cli`.

use crate::error::{Error, Result};
use crate::model::builtin;
use crate::model::view::Views;
use etcetera::base_strategy::{BaseStrategy, Xdg};
use serde::Deserialize;
use std::path::{Path, PathBuf};

/// Whether to use colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub enum Colour {
    /// On a terminal, unless the environment asks for none.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
    /// Always, and 16 of them on the screen.
    #[serde(rename = "16")]
    #[value(name = "16")]
    C16,
    /// Always, and 256 of them on the screen.
    #[serde(rename = "256")]
    #[value(name = "256")]
    C256,
    /// Always, and all of them on the screen, whatever has come through of what the terminal promises.
    Truecolor,
}

impl Colour {
    /// Whether it says yes or no by itself.
    fn decided(self) -> Option<bool> {
        match self {
            Self::Auto => None,
            Self::Never => Some(false),
            Self::Always | Self::C16 | Self::C256 | Self::Truecolor => Some(true),
        }
    }
}

/// The folders of this person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Folders {
    /// The store that is meant where none is named: `$XDG_DATA_HOME/isms`.
    pub store: PathBuf,
    /// `config.toml`, `keys.toml` and themes: `$XDG_CONFIG_HOME/isms`.
    pub config: PathBuf,
    /// Drafts and what the screen remembers: `$XDG_STATE_HOME/isms`.
    pub state: PathBuf,
}

impl Folders {
    /// Finds them in the environment.
    ///
    /// # Errors
    /// No home folder is known.
    pub fn find() -> Result<Self> {
        let xdg = Xdg::new().map_err(|_| {
            Error::failed("no home folder is known for this user").hint("set HOME, or name the store with --store DIR")
        })?;
        let state = xdg.state_dir().unwrap_or_else(|| xdg.data_dir());
        Ok(Self {
            store: xdg.data_dir().join("isms"),
            config: xdg.config_dir().join("isms"),
            state: state.join("isms"),
        })
    }
}

/// How the person likes it. Every key may stand in `config.toml`; none has to.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Config {
    /// The store that is meant where none is named.
    pub store: Option<PathBuf>,
    /// The theme, by name.
    pub theme: Option<String>,
    /// Whether to use colours.
    pub color: Option<Colour>,
    /// Draw with ASCII only. Not said: where the locale is not UTF-8.
    pub ascii: Option<bool>,
    /// Draw curves in dots of braille, which some fonts lack; `false` draws them in blocks.
    pub braille: Option<bool>,
    /// Whether the screen is heard rather than seen: no pictures, a record a sentence.
    pub plain: Option<bool>,
    /// Whether the screen listens to the mouse.
    pub mouse: Option<bool>,
    /// The command that edits long texts. Not said: `$VISUAL`, `$EDITOR`.
    pub editor: Option<String>,
}

/// Where the administrator of the host keeps settings for everybody.
pub const SYSTEM: &str = "/etc/xdg/isms";

impl Config {
    /// Reads the layers under the environment and the flags: system, then user.
    ///
    /// # Errors
    /// Names the file, the line and what was expected.
    pub fn read(folders: &Folders) -> Result<Self> {
        let mut all = Self::default();
        for folder in [Path::new(SYSTEM), &folders.config] {
            let path = folder.join("config.toml");
            if let Some(text) = read_text(&path)? {
                all = all.under(Self::parse(&path, &text)?);
            }
        }
        Ok(all)
    }

    /// Reads one file.
    fn parse(path: &Path, text: &str) -> Result<Self> {
        let mut read: Self = toml::from_str(text).map_err(|e| bad(path, text, &e))?;
        // As a shell would have it.
        if let (Some(store), Ok(home)) = (&read.store, etcetera::home_dir())
            && let Ok(rest) = store.strip_prefix("~")
        {
            read.store = Some(home.join(rest));
        }
        Ok(read)
    }

    /// This, where the layer above says nothing.
    fn under(self, above: Self) -> Self {
        Self {
            store: above.store.or(self.store),
            theme: above.theme.or(self.theme),
            color: above.color.or(self.color),
            ascii: above.ascii.or(self.ascii),
            braille: above.braille.or(self.braille),
            plain: above.plain.or(self.plain),
            mouse: above.mouse.or(self.mouse),
            editor: above.editor.or(self.editor),
        }
    }
}

/// The texts of all key maps that lie over the built-in one, lowest first, each with its file.
///
/// # Errors
/// A file is there and cannot be read.
pub fn keys(folders: &Folders) -> Result<Vec<(PathBuf, String)>> {
    let mut found = Vec::new();
    for folder in [Path::new(SYSTEM), &folders.config] {
        let path = folder.join("keys.toml");
        if let Some(text) = read_text(&path)? {
            found.push((path, text));
        }
    }
    Ok(found)
}

/// The files that propose own registers (`registers/*.toml`) and fields (`fields/*.toml`) beside the other settings,
/// each with its text. They hold once an administrator has adopted them into a store.
///
/// # Errors
/// A file is there and cannot be read.
pub fn proposals(folders: &Folders) -> Result<Vec<(PathBuf, String)>> {
    let mut found = Vec::new();
    let places = ["registers", "fields", "methods"]
        .into_iter()
        .flat_map(|sort| [Path::new(SYSTEM).join(sort), folders.config.join(sort)]);
    for folder in places {
        let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
        let mut paths: Vec<PathBuf> = entries.map(|e| e.path()).collect();
        paths.retain(|p| p.extension().is_some_and(|e| e == "toml"));
        paths.sort();
        for path in paths {
            if let Some(text) = read_text(&path)? {
                found.push((path, text));
            }
        }
    }
    Ok(found)
}

/// The file of a person's views and columns in the folder of the state.
pub const VIEWS: &str = "views.toml";

/// The views and columns that a person kept, with the file that holds them; nothing if there are none.
///
/// # Errors
/// The file is there and cannot be read.
pub fn views(state: &Path) -> Result<Option<(PathBuf, String)>> {
    let path = state.join(VIEWS);
    Ok(read_text(&path)?.map(|text| (path, text)))
}

/// The views and columns that everybody here has: those of the program, and over them those that the administrator of the
/// host keeps in a folder, [`SYSTEM`].
///
/// # Errors
/// The file is there and cannot be read, or names what no view has.
pub fn shared_views(system: &Path) -> Result<Views> {
    let path = system.join(VIEWS);
    match read_text(&path)? {
        None => Ok(builtin::views()),
        Some(text) => {
            let wrong = |e: String| Error::failed(format!("{} cannot be read: {e}", path.display()));
            Ok(Views::read(&text).map_err(wrong)?.over(builtin::views()))
        }
    }
}

/// Puts a file that cannot be read out of the way, so that what comes after does not overwrite it; says what was done.
pub fn put_aside(path: &Path) -> String {
    let aside = path.with_extension("wrong");
    match std::fs::rename(path, &aside) {
        Ok(()) => format!("it is {} now", aside.display()),
        Err(e) => format!("it cannot be put aside: {e}"),
    }
}

/// The text of a file, or nothing if there is no such file.
fn read_text(path: &Path) -> Result<Option<String>> {
    match std::fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(e)
            if matches!(
                e.kind(),
                std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory
            ) =>
        {
            Ok(None)
        }
        Err(e) => Err(Error::failed(format!("cannot read {}: {e}", path.display()))),
    }
}

/// A mistake in a file of settings: its line, the text there, and what was expected.
fn bad(path: &Path, text: &str, e: &toml::de::Error) -> Error {
    let at = e.span().map_or(0, |s| s.start.min(text.len()));
    let before = text.get(..at).unwrap_or("");
    let number = before.matches('\n').count() + 1;
    let line = text.lines().nth(number - 1).unwrap_or("").trim();
    Error::failed(format!("{}, line {number}: {}", path.display(), e.message()))
        .detail(line)
        .hint("correct the line, or take it out: every key has a default")
}

/// Whether to use colours on a stream: the flag, else `NO_COLOR`, `CLICOLOR_FORCE` and `CLICOLOR`, else the settings,
/// else whether a person is likely to see it.
pub fn colour(flag: Option<Colour>, set: Option<Colour>, terminal: bool, env: impl Fn(&str) -> Option<String>) -> bool {
    let given = |name: &str| env(name).filter(|v| !v.is_empty());
    if let Some(decided) = flag.and_then(Colour::decided) {
        return decided;
    }
    if given("NO_COLOR").is_some() {
        return false;
    }
    if given("CLICOLOR_FORCE").is_some_and(|v| v != "0") {
        return true;
    }
    if given("CLICOLOR").as_deref() == Some("0") {
        return false;
    }
    let decided = flag.or(set).and_then(Colour::decided);
    decided.unwrap_or(terminal && given("TERM").as_deref() != Some("dumb"))
}

/// Whether the locale cannot show more than ASCII.
pub fn ascii_locale(env: impl Fn(&str) -> Option<String>) -> bool {
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"]
        .iter()
        .find_map(|n| env(n).filter(|v| !v.is_empty()))
        .unwrap_or_default()
        .to_lowercase();
    !(locale.contains("utf-8") || locale.contains("utf8"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_layer_above_wins_where_it_speaks() {
        let path = Path::new("config.toml");
        let below = Config::parse(path, "theme = \"light\"\nmouse = true\n").unwrap();
        let above = Config::parse(path, "theme = \"contrast\"\ncolor = \"never\"\n").unwrap();
        let all = below.under(above);
        assert_eq!(all.theme.as_deref(), Some("contrast"));
        assert_eq!((all.mouse, all.color), (Some(true), Some(Colour::Never)));
    }

    #[test]
    fn so_many_colours_are_asked_for_by_their_number() {
        for (word, want) in [
            ("16", Colour::C16),
            ("256", Colour::C256),
            ("truecolor", Colour::Truecolor),
        ] {
            let read = Config::parse(Path::new("config.toml"), &format!("color = \"{word}\"")).unwrap();
            assert_eq!(read.color, Some(want));
            assert_eq!(<Colour as clap::ValueEnum>::from_str(word, false), Ok(want));
        }
    }

    #[test]
    fn views_for_everybody_lie_over_those_of_the_program() {
        let home = tempfile::tempdir().unwrap();
        assert_eq!(shared_views(home.path()).unwrap(), builtin::views());
        let text = "columns.risk = ['id', 'title']\n[[view]]\nname = 'board'\nkind = 'risk'\nquery = 'current_level>=high'\n\
                    [[view]]\nname = 'mine'\nquery = 'is:mine'\n";
        std::fs::write(home.path().join(VIEWS), text).unwrap();
        let all = shared_views(home.path()).unwrap();
        let names: Vec<&str> = all.all.iter().map(|v| v.name.as_str()).collect();
        assert_eq!(names[..2], ["board", "mine"]);
        assert_eq!(names.iter().filter(|n| **n == "mine").count(), 1);
        assert_eq!((all.all.len(), all.columns.len()), (builtin::views().all.len() + 1, 1));
        std::fs::write(home.path().join(VIEWS), "[[view]]\nnme = 'board'\n").unwrap();
        let e = shared_views(home.path()).unwrap_err();
        assert!(
            e.message.contains("views.toml") && e.message.contains("nme"),
            "{}",
            e.message
        );
    }

    #[test]
    fn a_bad_setting_names_file_line_and_key() {
        let e = Config::parse(Path::new("/x/config.toml"), "mouse = true\ncolour = \"never\"\n").unwrap_err();
        assert!(
            e.message.starts_with("/x/config.toml, line 2: unknown field `colour`"),
            "{}",
            e.message
        );
        let e = Config::parse(Path::new("/x/config.toml"), "\nmouse = \"yes\"").unwrap_err();
        assert!(e.message.contains("line 2"), "{}", e.message);
        assert_eq!(e.details, ["mouse = \"yes\""]);
    }

    #[test]
    fn colours_follow_flag_then_environment_then_settings() {
        let env = |pairs: &'static [(&str, &str)]| {
            move |name: &str| pairs.iter().find(|(n, _)| *n == name).map(|(_, v)| v.to_string())
        };
        assert!(colour(None, None, true, env(&[])));
        assert!(!colour(None, None, false, env(&[])));
        assert!(!colour(None, None, true, env(&[("TERM", "dumb")])));
        assert!(!colour(None, Some(Colour::Always), true, env(&[("NO_COLOR", "1")])));
        assert!(colour(Some(Colour::Always), None, false, env(&[("NO_COLOR", "1")])));
        assert!(!colour(
            Some(Colour::Never),
            Some(Colour::Always),
            true,
            env(&[("CLICOLOR_FORCE", "1")])
        ));
        assert!(colour(
            None,
            Some(Colour::Never),
            false,
            env(&[("CLICOLOR_FORCE", "1")])
        ));
        assert!(!colour(Some(Colour::Auto), Some(Colour::Always), false, env(&[])));
        assert!(colour(None, Some(Colour::C16), false, env(&[])));
    }

    #[test]
    fn outside_utf_8_there_is_only_ascii() {
        let env = |name: &str| (name == "LC_CTYPE").then(|| "de_DE.UTF-8".to_string());
        assert!(!ascii_locale(env));
        assert!(ascii_locale(|_| None));
        assert!(ascii_locale(|n| match n {
            "LC_ALL" => Some("C".into()),
            _ => Some("en_GB.UTF-8".into()),
        }));
    }
}
