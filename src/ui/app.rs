//! What a screen owes to whoever drives it: events in, commands out, a view into a buffer. No terminal, no clock, no thread.
//!
//! The driver hands over every event that waits, then asks once for a view. The time is an argument of every event.

use super::key::Key;
use ratatui::buffer::Buffer;

/// Something that happened and that the application should know, one at a time.
#[derive(Debug, Clone, PartialEq)]
pub enum Event<M> {
    /// A key was pressed.
    Key(Key),
    /// The mouse did something; comes only after [`Command::Mouse`] has switched it on.
    Mouse(Mouse),
    /// A text was pasted; lines are parted by `\n`; it may hold any character.
    Paste(String),
    /// The window has another size now, in columns and rows.
    Resize(u16, u16),
    /// A worker has something to say.
    Message(M),
    /// The time that [`App::wake`] asked for has come.
    Tick,
    /// The configuration should be read again (SIGUSR1).
    Reload,
    /// The program runs again after it was suspended; the screen is repainted anyway.
    Resumed,
    /// The editor asked for by [`Command::Edit`] has ended.
    Edited {
        /// The name given with the command.
        name: String,
        /// The new text, nothing if it did not change, or why there is none (the text given is still the one that holds).
        result: Result<Option<String>, String>,
    },
    /// The copy asked for by [`Command::Copy`] was sent, in words how; or why it could not be.
    Copied(Result<String, String>),
    /// A command could not be followed; in words, for the person.
    Refused(String),
}

/// What the mouse did, and at which cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mouse {
    /// What it did.
    pub deed: Deed,
    /// Column, from 0.
    pub x: u16,
    /// Row, from 0.
    pub y: u16,
}

/// The deeds of a mouse that the screen knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deed {
    /// The left button went down.
    Press,
    /// The wheel turned towards the top.
    WheelUp,
    /// The wheel turned towards the bottom.
    WheelDown,
}

/// What the application wants from the terminal and the process.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// End the screen with this exit status.
    Quit(u8),
    /// Give the terminal back and stop until continued (`C-z`).
    Suspend,
    /// Paint every cell again (`C-l`).
    Redraw,
    /// Hand a text over to the person's editor; answered by [`Event::Edited`].
    Edit {
        /// Comes back with the answer, and is the stem of the file's name, such as `R-0001-description`.
        name: String,
        /// The text to start from.
        text: String,
    },
    /// Put a text on the person's clipboard; answered by [`Event::Copied`].
    Copy(String),
    /// Switch the reports of the mouse on or off.
    Mouse(bool),
    /// Keep these bytes as the draft that must survive a lost connection, or forget it.
    Draft(Option<Vec<u8>>),
}

/// A full-screen application, as the terminal's loop sees it.
pub trait App {
    /// What workers send.
    type Message: Send + 'static;

    /// Takes in one event and says what is wanted; `now` is in milliseconds since 1970 UTC.
    fn update(&mut self, event: Event<Self::Message>, now: i64) -> Vec<Command>;

    /// Paints the whole buffer, which comes empty, and returns where the text cursor is, in column and row, if it shows.
    fn view(&mut self, buffer: &mut Buffer, now: i64) -> Option<(u16, u16)>;

    /// Says whether anything has changed since the last view; asked after all waiting events were handed over.
    fn stale(&self) -> bool {
        true
    }

    /// Says when [`Event::Tick`] is wanted, in milliseconds since 1970 UTC; asked before every wait.
    fn wake(&self) -> Option<i64> {
        None
    }
}
