//! Files of other tools and our own, in and out. Every table comes in the same way, whatever its format: parse to a
//! [`plan::Plan`], which shows all that an import would do before it does anything; the plan's draft goes through the
//! one door like everything else.

pub mod ciso_assistant;
pub mod csv;
pub mod demo;
pub mod e2e;
mod error;
pub mod folder;
pub mod format;
pub mod json;
pub mod limits;
pub mod mapping;
mod notes;
pub mod past;
pub mod plan;
pub mod planner;
mod register;
pub mod simplerisk;
pub mod table;
pub mod xlsx;

pub use error::Error;
pub use format::{About, Format, Unwritten, export, save};
pub use plan::{Detail, Plan};

use crate::model::change::Actor;
use crate::model::world::World;
use limits::FILE;
use past::Past;
use std::io::Read;
use std::path::Path;
use table::Table;

/// The word for the exports of CISO Assistant, where otherwise a kind is named.
pub const CISO_ASSISTANT: &str = "ciso-assistant";
/// The word for the exports of SimpleRisk, where otherwise a kind is named.
pub const SIMPLERISK: &str = "simplerisk";
/// The word for a file with one organisation in numbers, where otherwise a kind is named.
pub const E2E: &str = "e2e";

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
    let failed = |e: std::io::Error| {
        let what = match e.kind() {
            std::io::ErrorKind::NotFound => "cannot be read: there is no such file".to_owned(),
            _ => format!("cannot be read: {e}"),
        };
        Error::file(&path.display().to_string(), what)
    };
    let limit = FILE as u64 + 1;
    let mut bytes = Vec::new();
    let read = match path == Path::new("-") {
        true => std::io::stdin().lock().take(limit).read_to_end(&mut bytes),
        false => std::fs::File::open(path).and_then(|f| f.take(limit).read_to_end(&mut bytes)),
    };
    read.map_err(failed)?;
    if bytes.len() > FILE {
        let what = format!("it is larger than the limit of {} MiB", FILE >> 20);
        return Err(Error::file(&name, what));
    }
    Ok((name, bytes))
}

/// How a file is to be taken.
#[derive(Debug, Clone, Copy)]
pub struct How<'a> {
    /// A kind of record, [`CISO_ASSISTANT`], [`SIMPLERISK`] or [`E2E`].
    pub what: &'a str,
    /// The sheet, where there are several; the first of them if none is named.
    pub sheet: Option<&'a str>,
    /// What each column is, by name as [`mapping::Column::name`] has it; without it the heads say so. For kinds only.
    pub columns: Option<&'a [Option<String>]>,
}

impl<'a> How<'a> {
    /// As the heads say, from the first sheet.
    pub fn new(what: &'a str) -> Self {
        Self {
            what,
            sheet: None,
            columns: None,
        }
    }
}

/// The table that a file holds: text, JSON or a spreadsheet, told apart by what is in it.
///
/// # Errors
/// Names the file, and the place in it where there is one: it is too large, damaged or none of the three.
pub fn table(file: &str, bytes: &[u8], sheet: Option<&str>) -> Result<Table, Error> {
    match Format::of(file, bytes)? {
        Format::Xlsx => xlsx::read(file, bytes, sheet),
        other => {
            if let Some(sheet) = sheet {
                return Err(Error::file(
                    file,
                    format!("there is no sheet '{sheet}': it is no spreadsheet"),
                ));
            }
            match other {
                Format::Json => json::read(file, bytes),
                _ => Table::read(file, bytes),
            }
        }
    }
}

/// Plans the import of a file.
///
/// # Errors
/// There is no such kind, or the file as a whole cannot be taken.
pub fn plan(w: &World, how: &How, file: &str, bytes: &[u8], past: &mut dyn Past, actor: &Actor) -> Result<Plan, Error> {
    if how.what == E2E {
        return e2e::plan(w, file, bytes, past, actor);
    }
    let table = table(file, bytes, how.sheet)?;
    if how.what == CISO_ASSISTANT {
        return ciso_assistant::plan(w, &table, past, actor);
    }
    if how.what == SIMPLERISK {
        return simplerisk::plan(w, &table, past, actor);
    }
    match w.catalogue.index_of(how.what) {
        Some(kind) => register::plan(w, kind, &table, how.columns, past, actor),
        None => {
            let what = format!("there is no register '{}' to import into", how.what);
            Err(Error::file(file, what))
        }
    }
}

/// What is seen of a file before anything is planned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Look {
    /// A kind of record, [`CISO_ASSISTANT`], [`SIMPLERISK`] or [`E2E`]: what the heads speak of.
    pub what: Option<String>,
    /// The heads of the columns.
    pub header: Vec<String>,
    /// The first rows.
    pub rows: Vec<Vec<String>>,
    /// How many rows there are.
    pub count: usize,
    /// The sheets of a spreadsheet, the one that was looked at among them.
    pub sheets: Vec<String>,
}

/// Looks at a file: its heads, its first rows, and what it is likely about.
///
/// # Errors
/// As [`table`].
pub fn look(w: &World, file: &str, bytes: &[u8], sheet: Option<&str>, rows: usize) -> Result<Look, Error> {
    if e2e::is(bytes) {
        return e2e::look(file, bytes);
    }
    let sheets = match Format::of(file, bytes)? {
        Format::Xlsx => xlsx::sheets(file, bytes)?,
        _ => Vec::new(),
    };
    let table = table(file, bytes, sheet)?;
    let what = if ciso_assistant::is(&table) {
        Some(CISO_ASSISTANT.to_string())
    } else if simplerisk::is(&table) {
        Some(SIMPLERISK.to_string())
    } else {
        mapping::guess(w, &table.header).map(|ix| w.kind_at(ix).name.clone())
    };
    let texts = |row: table::Row| row.into_iter().map(|c| c.text.into_owned()).collect();
    Ok(Look {
        what,
        rows: table.rows().take(rows).map(texts).collect(),
        count: table.len(),
        header: table.header,
        sheets,
    })
}
