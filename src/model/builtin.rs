//! The kinds, methods, frameworks and scales that the program brings along, and the demonstration company: the files of
//! `data/`, embedded as they stand. A new register, method or framework is one more file there, and nothing else.

use super::framework::Framework;
use super::kind::{Catalogue, DataError, DataFile};
use super::view::Views;
use crate::parallel;

// Made by `data/build.rs` from the folders of `data/`: one list of files each, in the order of their names.
include!(concat!(env!("OUT_DIR"), "/data.rs"));

/// A method of one's own with everything that can be said in one, to begin from.
pub const METHOD_EXAMPLE: &str = include_str!("../../data/methods/_example.toml");

/// Reads the embedded kinds, methods, scales and frameworks.
///
/// # Errors
/// Names the file and what is wrong with it; the tests make sure that nothing is.
pub fn catalogue() -> Result<Catalogue, DataError> {
    let mut catalogue = Catalogue::read(REGISTERS, METHODS)?;
    let read = parallel::shares(FRAMEWORKS, 1, |share| {
        let read = share.iter().copied().map(Framework::read);
        read.collect::<Result<Vec<_>, _>>()
    });
    for share in read {
        catalogue.frameworks.extend(share?);
    }
    Ok(catalogue)
}

/// Reads the views that the program brings along.
pub fn views() -> Views {
    // The tests read them, so that nothing is left out here.
    Views::read(include_str!("../../data/views.toml")).unwrap_or_default()
}
