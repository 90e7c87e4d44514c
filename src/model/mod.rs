//! What an organisation knows: kinds as data, records, changes, rules and queries. Pure: no file, clock,
//! environment, thread or terminal. Time comes in as an argument.

pub mod builtin;
pub mod calendar;
pub mod change;
pub mod clocks;
pub mod codec;
pub mod completeness;
pub mod criteria;
pub mod derive;
pub mod diff;
pub mod door;
pub mod framework;
pub mod kind;
pub mod memo;
pub mod merge;
pub mod naming;
pub mod query;
pub mod record;
pub mod rights;
pub mod rules;
#[cfg(test)]
pub mod sample;
pub mod sets;
pub mod state;
pub mod stated;
pub mod summary;
pub mod tick;
pub mod trace;
pub mod value;
pub mod view;
pub mod world;
