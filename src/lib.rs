//! `isms` runs an information security management system from a terminal.

pub mod exchange;
pub mod ledger;
pub mod model;
pub mod store;
pub mod term;
pub mod ui;
