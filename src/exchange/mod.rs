//! Files of other tools and our own, in and out: one file a format. Parse to a [`plan::Plan`], which shows all that an
//! import would do before it does anything; the plan's draft goes through the one door like everything else.

pub mod ciso_assistant;
pub mod csv;
pub mod demo;
mod error;
pub mod folder;
pub mod json;
mod notes;
pub mod past;
pub mod plan;
pub mod planner;
pub mod table;

pub use error::Error;
pub use plan::Plan;

use crate::model::change::Actor;
use crate::model::world::World;
use past::Past;
use std::io::Read;
use std::path::Path;

/// The word for the exports of CISO Assistant, where otherwise a kind is named.
pub const CISO_ASSISTANT: &str = "ciso-assistant";

/// Reads a file, or standard input for `-`, but never more than the limit: its name without the folder, and its bytes.
///
/// # Errors
/// It cannot be read, or is too large.
pub fn read(path: &Path) -> Result<(String, Vec<u8>), Error> {
    let name = path
        .file_name()
        .unwrap_or(path.as_os_str())
        .to_string_lossy()
        .into_owned();
    let failed = |e: std::io::Error| Error::file(&path.display().to_string(), format!("cannot be read: {e}"));
    let limit = table::FILE as u64 + 1;
    let mut bytes = Vec::new();
    let read = match path == Path::new("-") {
        true => std::io::stdin().lock().take(limit).read_to_end(&mut bytes),
        false => std::fs::File::open(path).and_then(|f| f.take(limit).read_to_end(&mut bytes)),
    };
    read.map_err(failed)?;
    if bytes.len() > table::FILE {
        return Err(Error::file(
            &name,
            format!("it is larger than the limit of {} MiB", table::FILE >> 20),
        ));
    }
    Ok((name, bytes))
}

/// Plans the import of a file as `what`: a kind of record, or [`CISO_ASSISTANT`].
///
/// # Errors
/// There is no such kind, or the file as a whole cannot be taken.
pub fn plan(
    w: &World,
    what: &str,
    file: &str,
    bytes: &[u8],
    past: &mut dyn Past,
    actor: &Actor,
) -> Result<Plan, Error> {
    if what == CISO_ASSISTANT {
        return ciso_assistant::plan(w, file, bytes, past, actor);
    }
    match w.catalogue.index_of(what) {
        Some(kind) => csv::plan(w, kind, file, bytes, past, actor),
        None => Err(Error::file(
            file,
            format!("there is no register '{what}' to import into"),
        )),
    }
}
