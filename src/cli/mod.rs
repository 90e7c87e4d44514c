//! The command line: the same actions, rules and messages as the screen, for scripts and for people without one.
//! One file a subcommand; each drafts what it wants and hands it to the ledger, or asks and prints.

mod add;
mod assess;
mod attach;
mod backup;
mod changes;
mod commands;
mod completions;
mod define;
mod doctor;
mod due;
mod duty;
mod explain;
mod export;
mod fields;
mod files;
mod frameworks;
mod gaps;
mod import;
mod init;
mod keys;
mod kinds;
mod list;
mod log;
mod man;
mod methods;
mod out;
mod refusal;
mod relocate;
mod restore;
mod set;
mod show;
mod simulate;
mod tick;
mod undo;
mod verify;
mod when;

use crate::config::{self, Colour, Config, Folders};
use crate::error::{Error, Kind, Result};
use crate::ledger;
use crate::ledger::Access;
use crate::model::kind::Catalogue;
use crate::session::{self, Session, define as proposals};
use crate::term::Depth;
use crate::term::caps::{self, Caps};
use crate::ui::text::clean;
use clap::builder::{OsStringValueParser, TypedValueParser};
use clap::{Args, CommandFactory, Parser, Subcommand};
use std::io::{IsTerminal, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

pub use keys::in_force;
pub use out::Look;

/// Run an information security management system from a terminal.
///
/// Without a subcommand the screen opens. A store is a folder with a ledger that keeps every change for ever.
#[derive(Debug, Parser)]
#[command(
    name = "isms",
    version,
    max_term_width = 100,
    disable_help_subcommand = true,
    after_help = "Examples:\n  isms --demo                       look around in a demonstration company; nothing is kept\n  \
                  isms init --name 'Meridian Pay'  begin a store of your own\n  \
                  isms list risk -q 'is:open due<30d'\n\n\
                  Exit statuses: 0 done, 1 a check failed or nothing found, 2 usage or error, 3 store busy, 4 conflict."
)]
pub struct Cli {
    #[command(flatten)]
    flags: Flags,
    /// Begin on Today, not where you left
    #[arg(long)]
    fresh: bool,
    /// A screen for screen readers: no pictures, a record a sentence, the cursor on what has the focus
    #[arg(long)]
    plain: bool,
    #[command(subcommand)]
    command: Option<Command>,
}

/// Flags that every subcommand knows.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Everywhere")]
pub struct Flags {
    /// The folder of the store; or ISMS_STORE [default: isms in the XDG data folder]
    #[arg(long, global = true, env = "ISMS_STORE", value_name = "DIR", hide_env = true,
          value_parser = OsStringValueParser::new().map(PathBuf::from))]
    pub store: Option<PathBuf>,
    /// Use a scratch copy of the demonstration company; nothing is kept
    #[arg(long, global = true)]
    pub demo: bool,
    /// Act as another person of the same login, by id, name or login; or ISMS_AS
    #[arg(long = "as", global = true, env = "ISMS_AS", value_name = "PERSON", hide_env = true)]
    pub acting: Option<String>,
    /// Colours: auto, always, never, or so many of them: 16, 256, truecolor [default: auto]
    #[arg(long, global = true, value_enum, value_name = "WHEN", hide_possible_values = true)]
    pub color: Option<Colour>,
    /// Draw with ASCII only
    #[arg(long, global = true)]
    pub ascii: bool,
    /// Open the store although other users of this host may read or write it
    #[arg(long, global = true)]
    pub insecure_permissions: bool,
}

#[derive(Debug, Subcommand)]
enum Command {
    Init(init::Init),
    List(list::List),
    Due(due::Due),
    Gaps(gaps::Gaps),
    Stages(gaps::Stages),
    Show(show::Show),
    Assess(assess::Assess),
    Simulate(simulate::Simulate),
    Explain(explain::Explain),
    Add(add::Add),
    Set(set::Set),
    Move(relocate::Move),
    Do(duty::Do),
    Attach(attach::Attach),
    Files(files::Files),
    Log(log::Log),
    Changes(changes::Changes),
    Tick(tick::Tick),
    Undo(undo::Undo),
    Redo(undo::Redo),
    Import(import::Import),
    Export(export::Export),
    Backup(backup::Backup),
    Restore(backup::Restore),
    Compact(backup::Compact),
    Verify(verify::Verify),
    Kinds(kinds::Kinds),
    Define(define::Define),
    Methods(methods::Methods),
    Frameworks(frameworks::Frameworks),
    Keys(keys::Keys),
    Commands(commands::Commands),
    Doctor(doctor::Doctor),
    Completions(completions::Completions),
    Man(man::Manual),
}

/// What a command is given: the flags, the settings and how its output looks.
pub struct Context {
    /// The flags.
    pub flags: Flags,
    /// The settings.
    pub config: Config,
    /// How output looks.
    pub look: Look,
}

impl Context {
    /// Opens the store, or with `--demo` a scratch copy of the demonstration company.
    ///
    /// # Errors
    /// There is no store, it is busy or cannot be opened, or there is nobody as whom to act.
    pub fn open(&self, access: Access) -> Result<Session> {
        let session = self.open_silently(access)?;
        for note in proposals::untold(&session.world(), &self.folder()?) {
            eprintln!("note: {}", clean(&note));
        }
        Ok(session)
    }

    /// The same, without a word of what the configuration proposes.
    fn open_silently(&self, access: Access) -> Result<Session> {
        let acting = self.acting();
        if self.flags.demo {
            let session = Session::demo(acting)?;
            eprintln!("note: a scratch copy of the demonstration company; nothing is kept");
            return Ok(session);
        }
        let mut session = Session::open(&self.folder()?, access, self.flags.insecure_permissions, acting)?;
        session.ledger.ends_the_process();
        let standing = session.ledger.standing();
        let why = standing.why.as_ref().filter(|_| standing.damaged);
        for (word, text) in standing
            .notes
            .iter()
            .map(|n| ("note", n))
            .chain(why.map(|w| ("warning", w)))
        {
            eprintln!("{word}: {}", clean(text));
        }
        Ok(session)
    }

    /// The kinds in force: those of the program, and what the store that is meant has adopted, if there is one.
    ///
    /// # Errors
    /// No folder is known.
    pub fn catalogue(&self) -> Result<Arc<Catalogue>> {
        let base = session::catalogue()?;
        if self.flags.demo {
            return Ok(base);
        }
        Ok(ledger::kinds_of(&self.folder()?, &base).unwrap_or(base))
    }

    /// What the terminal can do, as the flags, the settings and the environment say.
    pub fn caps(&self) -> Caps {
        let colour = match self.flags.color.or(self.config.color) {
            Some(Colour::Always) => caps::Colour::Always,
            Some(Colour::Never) => caps::Colour::Never,
            Some(Colour::C16) => caps::Colour::Exactly(Depth::C16),
            Some(Colour::C256) => caps::Colour::Exactly(Depth::C256),
            Some(Colour::Truecolor) => caps::Colour::Exactly(Depth::True),
            Some(Colour::Auto) | None => caps::Colour::Auto,
        };
        let flags = caps::Flags {
            colour,
            ascii: self.look.ascii,
            blocks: self.config.braille == Some(false),
        };
        let mut caps = Caps::detect(var, flags);
        if let Some(editor) = &self.config.editor {
            caps.editor.clone_from(editor);
        }
        caps
    }

    /// As whom somebody wants to act.
    fn acting(&self) -> Option<&str> {
        self.flags.acting.as_deref().filter(|who| !who.trim().is_empty())
    }

    /// The folder of the store that is meant: flag or environment, settings, XDG.
    ///
    /// # Errors
    /// None is named and no home folder is known.
    pub fn folder(&self) -> Result<PathBuf> {
        // An empty variable of the environment names nothing.
        let given = self.flags.store.as_ref().filter(|dir| !dir.as_os_str().is_empty());
        match given.or(self.config.store.as_ref()) {
            Some(dir) => Ok(dir.clone()),
            None => Ok(Folders::find()?.store),
        }
    }
}

/// Runs the program on the arguments of the process.
pub fn main() -> ExitCode {
    // Nobody else on this host is to read what is written from here on, whatever the shell says.
    rustix::process::umask(rustix::fs::Mode::from_raw_mode(0o077));
    std::panic::set_hook(Box::new(|info| {
        let place = info
            .location()
            .map(|l| format!(" at {}:{}", l.file(), l.line()))
            .unwrap_or_default();
        let payload = info.payload();
        let text = payload.downcast_ref::<&str>().copied();
        let text = text.or_else(|| payload.downcast_ref::<String>().map(String::as_str));
        let what = text.unwrap_or("no message");
        eprint!("{}", mistake(what, &place).render(false));
    }));
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(e) => {
            // Help and version come this way too, and are no errors.
            let _ = e.print();
            return ExitCode::from(u8::try_from(e.exit_code()).unwrap_or(2));
        }
    };
    let flag = cli.flags.color;
    std::panic::catch_unwind(|| run(cli)).map_or(ExitCode::from(Kind::Failed.status()), |done| match done {
        Ok(status) => ExitCode::from(status),
        Err(e) => {
            if e.kind != Kind::Pipe {
                let colour = config::colour(flag, None, std::io::stderr().is_terminal(), var);
                let _ = std::io::stderr().write_all(e.render(colour).as_bytes());
            }
            e.into()
        }
    })
}

/// A fault of the program itself.
fn mistake(what: &str, place: &str) -> Error {
    Error::failed(format!("a mistake in isms itself: {what}{place}"))
        .hint("what was acknowledged with 'commit N' is kept; please report this with the command that led to it")
}

fn run(cli: Cli) -> Result<u8> {
    let config = match Folders::find() {
        Ok(folders) => Config::read(&folders)?,
        Err(_) => Config::default(),
    };
    let look = Look::of(&cli.flags, &config);
    let context = Context {
        flags: cli.flags,
        config,
        look,
    };
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    let done = match cli.command {
        None => screen(&context, cli.fresh, cli.plain),
        Some(Command::Init(c)) => c.run(&context, &mut out),
        Some(Command::List(c)) => c.run(&context, &mut out),
        Some(Command::Due(c)) => c.run(&context, &mut out),
        Some(Command::Gaps(c)) => c.run(&context, &mut out),
        Some(Command::Assess(c)) => c.run(&context, &mut out),
        Some(Command::Simulate(c)) => c.run(&context, &mut out),
        Some(Command::Explain(c)) => c.run(&context, &mut out),
        Some(Command::Stages(c)) => c.run(&context, &mut out),
        Some(Command::Show(c)) => c.run(&context, &mut out),
        Some(Command::Add(c)) => c.run(&context, &mut out),
        Some(Command::Set(c)) => c.run(&context, &mut out),
        Some(Command::Move(c)) => c.run(&context, &mut out),
        Some(Command::Do(c)) => c.run(&context, &mut out),
        Some(Command::Attach(c)) => c.run(&context, &mut out),
        Some(Command::Files(c)) => c.run(&context, &mut out),
        Some(Command::Log(c)) => c.run(&context, &mut out),
        Some(Command::Changes(c)) => c.run(&context, &mut out),
        Some(Command::Tick(c)) => c.run(&context, &mut out),
        Some(Command::Undo(c)) => c.run(&context, &mut out),
        Some(Command::Redo(c)) => c.run(&context, &mut out),
        Some(Command::Import(c)) => c.run(&context, &mut out),
        Some(Command::Export(c)) => c.run(&context, &mut out),
        Some(Command::Backup(c)) => c.run(&context, &mut out),
        Some(Command::Restore(c)) => c.run(&context, &mut out),
        Some(Command::Compact(c)) => c.run(&context, &mut out),
        Some(Command::Verify(c)) => c.run(&context, &mut out),
        Some(Command::Kinds(c)) => c.run(&context, &mut out),
        Some(Command::Define(c)) => c.run(&context, &mut out),
        Some(Command::Methods(c)) => c.run(&context, &mut out),
        Some(Command::Frameworks(c)) => c.run(&context, &mut out),
        Some(Command::Keys(c)) => c.run(&context, &mut out),
        Some(Command::Commands(c)) => c.run(&context, &mut out),
        Some(Command::Doctor(c)) => c.run(&context, &mut out),
        Some(Command::Completions(c)) => c.run(&context, &mut out),
        Some(Command::Man(c)) => c.run(&context, &mut out),
    };
    // What was printed before an error is still wanted.
    match (done, out.flush()) {
        (Err(e), _) => Err(e),
        (Ok(_), Err(e)) => Err(e.into()),
        (Ok(status), Ok(())) => Ok(status),
    }
}

fn screen(context: &Context, fresh: bool, plain: bool) -> Result<u8> {
    let dumb = var("TERM").is_none_or(|t| t.is_empty() || t == "dumb");
    if dumb || !std::io::stdin().is_terminal() || !std::io::stdout().is_terminal() {
        return Err(
            Error::failed("the screen needs a terminal, and this is none that can draw")
                .hint("the same can be done by command: isms list risk, isms show R-0001, isms --help"),
        );
    }
    let folders = Folders::find()?;
    let caps = context.caps();
    crate::front::run(crate::front::Start {
        place: crate::worker::Place {
            folder: context.folder()?,
            insecure: context.flags.insecure_permissions,
            acting: context.acting().map(str::to_string),
            demo: context.flags.demo,
        },
        caps,
        theme: context.config.theme.clone(),
        keys: config::keys(&folders)?
            .into_iter()
            .map(|(path, text)| (path.display().to_string(), text))
            .collect(),
        plain: plain || context.config.plain.unwrap_or(false),
        reread,
        mouse: context.config.mouse.unwrap_or(false),
        folder: folders.state,
        fresh,
    })
}

/// The name of the theme and the keymaps, as they are now.
fn reread() -> Result<(Option<String>, Vec<crate::ui::keymap::Source>)> {
    let folders = Folders::find()?;
    let theme = Config::read(&folders)?.theme;
    Ok((
        theme,
        config::keys(&folders)?
            .into_iter()
            .map(|(path, text)| (path.display().to_string(), text))
            .collect(),
    ))
}

/// A variable of the environment, if it is text.
fn var(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// The whole command line, for completions, the manual and tests.
pub fn command() -> clap::Command {
    Cli::command()
}
