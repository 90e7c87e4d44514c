//! What a person sees and does: pure update and view. It must not know a terminal, a file, a clock or a thread.

pub mod app;
pub mod form;
pub mod input;
pub mod key;
pub mod look;
pub mod picker;
pub mod text;
