//! `isms` runs an information security management system from a terminal.

pub mod cli;
pub mod config;
pub mod error;
pub mod exchange;
pub mod front;
pub mod ledger;
pub mod model;
pub mod session;
pub mod store;
pub mod term;
pub mod ui;
pub mod worker;
