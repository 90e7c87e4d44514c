//! The terminal: bytes in, bytes out, signals, and the loop that drives an [`App`]. The only room that knows crossterm.

pub use crate::ui::app::{App, Command, Deed, Event, Mouse};
