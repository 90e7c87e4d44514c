//! What is worked out from what the organisation knows: what is due, what is missing, what waits. Pure like
//! [`model`](crate::model): no file, clock, environment, thread or terminal.

pub mod agenda;
pub mod appraisal;
pub mod assets;
pub mod checklist;
pub mod choosing;
pub mod duty;
pub mod economics;
pub mod heat;
pub mod indicators;
pub mod mapping;
pub mod qualitative;
pub mod quant;
pub mod treatment;

use crate::model::builtin;
use crate::model::kind::{Catalogue, DataError, Kind};
use crate::model::record::Record;
use crate::model::world::World;

/// The kinds, methods, scales and frameworks that the program brings along, with the figures that it works out.
///
/// # Errors
/// Names the file that is wrong; the tests make sure that none is.
pub fn catalogue() -> Result<Catalogue, DataError> {
    let mut catalogue = builtin::catalogue()?;
    catalogue.figures = appraisal::figure;
    catalogue.owed = owed;
    Ok(catalogue)
}

/// What people owe a record first, and by which day.
fn owed<'k>(w: &World, kind: &'k Kind, record: &Record) -> Option<(i32, &'k str)> {
    let duties = kind.duties.iter().filter_map(|duty| {
        let first = duty::owed(w, kind, record, duty).into_iter().next()?;
        Some((first.day, duty.label.as_str()))
    });
    let handed = agenda::handed_over(w, kind, record).map(|day| (day, "hand over"));
    duties.chain(handed).min_by_key(|(day, _)| *day)
}
