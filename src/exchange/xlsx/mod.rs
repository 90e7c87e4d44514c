//! Registers as spreadsheets (XLSX): any sheet in, read as the table that a CSV of it would be; any list out, with days
//! as days and numbers as numbers. What comes in is an archive that somebody packed: it is measured before it is read.

mod check;
mod read;
mod write;

pub use read::{read, sheets};
pub use write::export;

/// The days between 1899-12-30, from which spreadsheets count, and 1970-01-01.
const EPOCH: i32 = 25_569;
/// The first serial day that all spreadsheets agree on: 1900-03-01.
const FIRST: i32 = 61;
