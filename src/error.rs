//! What went wrong, told to a person: what happened, to which thing, and what to do. The kind of an error gives the
//! exit status.

use crate::ui::text::clean;
use std::fmt;
use std::process::ExitCode;

/// What an error means for whoever called the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A check failed, or nothing was found: status 1.
    Check,
    /// The command was not understood or could not be followed: status 2.
    Failed,
    /// Another process has the store: status 3.
    Busy,
    /// Somebody else changed the same: status 4.
    Conflict,
    /// Whoever read the output has gone: nothing is said, status 0.
    Pipe,
}

impl Kind {
    /// The exit status.
    pub fn status(self) -> u8 {
        match self {
            Self::Pipe => 0,
            Self::Check => 1,
            Self::Failed => 2,
            Self::Busy => 3,
            Self::Conflict => 4,
        }
    }
}

/// An error as the person reads it. All texts are cleaned when they are shown, not before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error {
    /// What it means.
    pub kind: Kind,
    /// What happened, to which thing: one sentence without a full stop.
    pub message: String,
    /// Further lines, one a thing that is wrong.
    pub details: Vec<String>,
    /// What to do.
    pub hints: Vec<String>,
}

/// What a command returns.
pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    /// An error of any kind.
    pub fn new(kind: Kind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
            details: Vec::new(),
            hints: Vec::new(),
        }
    }

    /// The command could not be followed.
    pub fn failed(message: impl Into<String>) -> Self {
        Self::new(Kind::Failed, message)
    }

    /// There is nothing of what was asked for.
    pub fn nothing(message: impl Into<String>) -> Self {
        Self::new(Kind::Check, message)
    }

    /// With one more line.
    #[must_use]
    pub fn detail(mut self, line: impl Into<String>) -> Self {
        self.details.push(line.into());
        self
    }

    /// With something to do about it.
    #[must_use]
    pub fn hint(mut self, text: impl Into<String>) -> Self {
        self.hints.push(text.into());
        self
    }

    /// The lines that the person reads, without a control character among them; with colours if asked for.
    pub fn render(&self, colour: bool) -> String {
        let (red, cyan, off) = if colour {
            ("\x1b[1;31m", "\x1b[1;36m", "\x1b[0m")
        } else {
            ("", "", "")
        };
        let mut out = format!("{red}error:{off} {}\n", clean(&self.message));
        for d in &self.details {
            out.push_str(&format!("  {}\n", clean(d)));
        }
        for h in &self.hints {
            out.push_str(&format!("{cyan}hint:{off} {}\n", clean(h)));
        }
        out
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&clean(&self.message))
    }
}

impl std::error::Error for Error {}

impl From<Error> for ExitCode {
    fn from(e: Error) -> Self {
        Self::from(e.kind.status())
    }
}

/// Writing to standard output.
impl From<std::io::Error> for Error {
    fn from(e: std::io::Error) -> Self {
        if e.kind() == std::io::ErrorKind::BrokenPipe {
            return Self::new(Kind::Pipe, "");
        }
        Self::failed(format!("cannot write the output: {e}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_is_a_sentence_with_its_details_and_what_to_do() {
        let e = Error::failed("R-0001 cannot be closed")
            .detail("I7: it has no \x1b[31mowner")
            .hint("set R-0001 owner=...");
        assert_eq!(
            e.render(false),
            "error: R-0001 cannot be closed\n  I7: it has no ␛[31mowner\nhint: set R-0001 owner=...\n"
        );
        assert!(e.render(true).starts_with("\x1b[1;31merror:\x1b[0m R-0001"));
    }

    #[test]
    fn who_stops_reading_is_no_error() {
        let e = Error::from(std::io::Error::from(std::io::ErrorKind::BrokenPipe));
        assert_eq!((e.kind, e.kind.status()), (Kind::Pipe, 0));
    }
}
