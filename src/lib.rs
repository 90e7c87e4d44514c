//! `isms` runs an information security management system from a terminal.

pub mod model;
pub mod term;
pub mod ui;
