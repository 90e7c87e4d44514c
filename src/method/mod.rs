//! What is worked out from what the organisation knows: what is due, what is missing, what waits. Pure like
//! [`model`](crate::model): no file, clock, environment, thread or terminal.

pub mod agenda;
pub mod assets;
pub mod checklist;
pub mod duty;
pub mod economics;
pub mod indicators;
pub mod qualitative;
pub mod quant;
pub mod treatment;
