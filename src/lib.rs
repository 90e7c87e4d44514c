//! `isms` runs an information security management system from a terminal. This is the map of the house.
//!
//! ```text
//! main ─► cli ─► front ─► term ─► ui      fronts: a command, a screen
//!          │       └─► worker             the thread that owns the ledger while a screen is open
//!          ├──► exchange                  files in and out: parse → plan → one draft
//!          ├──► simulation                years drawn on the threads of this machine (parallel)
//!          └──► session                   the store that is meant, and who sits at the keyboard
//!                  │
//!               ledger ─► store           one door for a change; engines behind two ports
//!                  │
//!                method                   pure: what is worked out: what is due, what is missing, what waits
//!                  │
//!                model                    pure: kinds, records, changes, rules, queries
//! ```
//!
//! - What an organisation keeps is data: `data/registers/*.toml` names the kinds with their fields, states and rules,
//!   `data/methods/*.toml` the scales and matrices. [`model`] is the engine that reads them; it names no kind.
//! - There is one door for a change. The screen, the command line and an importer all make a
//!   [`model::change::Draft`]; [`model::door`] says whether it may pass, [`ledger`] seals what passes.
//! - The journal is the truth ([`ledger::format`] is its form on one page), sled holds what follows from it.
//! - `model`, `method` and `ui` are pure: no file, clock, environment, thread or terminal. [`term`] is the only room that knows
//!   crossterm; [`store`] knows bytes and sequence numbers, never risks.

pub mod cli;
pub mod config;
pub mod error;
pub mod exchange;
pub mod front;
pub mod ledger;
pub mod method;
pub mod model;
pub mod parallel;
pub mod session;
pub mod simulation;
pub mod store;
pub mod term;
pub mod ui;
pub mod worker;
