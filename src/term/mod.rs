//! The terminal: bytes in, bytes out, signals, and the loop that drives an [`App`]. The only room that knows crossterm.

mod band;
mod moves;
mod pen;
pub mod screen;
mod settle;

pub use crate::ui::app::{App, Command, Deed, Event, Mouse};
