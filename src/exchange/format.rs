//! Which format a file has: told by what is in it, and by its name where that leaves it open.

use super::{Error, csv, json, xlsx};
use crate::model::calendar;
use crate::model::kind::KindIx;
use crate::model::record::Record;
use crate::model::world::World;
use std::io::Write;
use std::path::Path;
use std::sync::Arc;

/// Where an export comes from, for those who find it later.
#[derive(Debug, Clone, Default)]
pub struct About {
    /// The organisation.
    pub organisation: String,
    /// What was asked for; empty: all that is not retired.
    pub query: String,
    /// When.
    pub written: String,
    /// Up to which commit.
    pub commit: String,
}

impl About {
    /// Of what is seen of a store.
    pub fn new(w: &World, query: &str) -> Self {
        Self {
            organisation: w.organisation().map(|o| o.title().to_string()).unwrap_or_default(),
            query: query.to_string(),
            written: calendar::show_minute(w.now),
            commit: w.state.seq.to_string(),
        }
    }
}

/// The formats of a register.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Text in columns: comma, semicolon, tab or bar separated.
    Csv,
    /// An array of objects.
    Json,
    /// A spreadsheet.
    Xlsx,
}

impl Format {
    /// The format that a name ends in.
    pub fn named(path: &Path) -> Option<Self> {
        match path.extension()?.to_str()?.to_lowercase().as_str() {
            "csv" | "tsv" | "txt" => Some(Self::Csv),
            "json" => Some(Self::Json),
            "xlsx" | "xlsm" => Some(Self::Xlsx),
            _ => None,
        }
    }

    /// The format of a file.
    ///
    /// # Errors
    /// It is one that is not read; says what to do.
    pub fn of(file: &str, bytes: &[u8]) -> Result<Self, Error> {
        let other = |what: &str| Err(Error::file(file, what));
        if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06") {
            return Ok(Self::Xlsx);
        }
        if bytes.starts_with(b"\xd0\xcf\x11\xe0") {
            return other("this is a spreadsheet of the old kind, or a locked one; save it as XLSX without a password");
        }
        if bytes.starts_with(b"\x1f\x8b") {
            return other("this file is packed; unpack it first");
        }
        if bytes.starts_with(b"%PDF") {
            return other("this is a PDF; expected CSV, XLSX or JSON");
        }
        let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes).trim_ascii_start();
        Ok(match Self::named(Path::new(file)) {
            Some(Self::Json) => Self::Json,
            Some(Self::Csv) => Self::Csv,
            _ if text.starts_with(b"[") || text.starts_with(b"{") => Self::Json,
            _ => Self::Csv,
        })
    }
}

/// Why an export did not come about.
#[derive(Debug, thiserror::Error)]
pub enum Unwritten {
    /// The format cannot hold it.
    #[error(transparent)]
    Format(#[from] Error),
    /// It cannot be written.
    #[error(transparent)]
    Io(#[from] std::io::Error),
}

/// Writes records in a format.
///
/// # Errors
/// A spreadsheet cannot hold them, or they cannot be written.
pub fn export(
    w: &World,
    kind: KindIx,
    records: &[Arc<Record>],
    (format, about): (Format, &About),
    out: &mut dyn Write,
) -> Result<(), Unwritten> {
    match format {
        Format::Csv => csv::write(w, kind, records, out)?,
        Format::Json => json::write(w, kind, records, out)?,
        Format::Xlsx => out.write_all(&xlsx::export(w, kind, records, about)?)?,
    }
    Ok(())
}

/// Writes a file as a whole or not at all: one that is there already is replaced if `over`, else refused.
///
/// # Errors
/// It cannot be written, or is there already.
pub fn save(
    path: &Path,
    over: bool,
    fill: impl FnOnce(&mut dyn Write) -> Result<(), Unwritten>,
) -> Result<(), Unwritten> {
    let name = path.display().to_string();
    if !over && path.exists() {
        return Err(Error::file(&name, "there is such a file already; name another").into());
    }
    let failed = |e: std::io::Error| Unwritten::Format(Error::file(&name, format!("cannot be written: {e}")));
    let folder = path
        .parent()
        .filter(|p| !p.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    let mut file = tempfile::Builder::new()
        .prefix(".isms-export-")
        .tempfile_in(folder)
        .map_err(failed)?;
    fill(&mut file).map_err(|e| match e {
        Unwritten::Io(e) => failed(e),
        other => other,
    })?;
    let done = match over {
        true => file.persist(path),
        false => file.persist_noclobber(path),
    };
    done.map(drop).map_err(|e| failed(e.error))
}
