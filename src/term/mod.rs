//! The terminal: bytes in, bytes out, signals, and the loop that drives an [`App`]. The only room that knows crossterm.

mod band;
pub mod caps;
mod clipboard;
mod decode;
pub mod draft;
mod editor;
mod input;
mod modes;
mod moves;
mod pen;
pub mod probe;
mod run;
pub mod screen;
mod sequence;
mod settle;
mod signals;

pub use crate::ui::app::{App, Command, Deed, Event, Mouse};
pub use pen::Depth;
pub use run::{Options, Post, Stage};
