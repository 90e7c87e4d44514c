//! What a screen does with files beside the store: looks into one that is to come in, writes what is to go out, and
//! offers paths while one is typed.

use crate::error::Error;
use crate::exchange::past::Journal;
use crate::exchange::{self, About, Format, How, Plan, mapping};
use crate::session::Session;
use crate::ui::job::{Export, Import, Look, Seen, Told};
use crate::ui::text::clean;
use std::path::{Path, PathBuf};

/// As many paths are offered at most.
const OFFERS: usize = 200;
/// So many rows of a file are shown before it comes in.
const ROWS: usize = 3;
/// So many characters of a cell are shown.
const SHOWN: usize = 200;

/// What a plan says, made harmless for the screen.
pub(super) fn told(plan: &Plan, summary: String) -> Told {
    let mut details = plan.details();
    for d in &mut details {
        d.text = clean(&d.text).into_owned();
    }
    Told {
        summary: clean(&summary).into_owned(),
        details,
    }
}

/// What an import would do.
pub(super) fn plan(s: &Session, import: &Import) -> crate::error::Result<Plan> {
    let (name, bytes) = exchange::read(&at_home(&import.path))?;
    let w = s.world();
    let mut past = Journal(&s.ledger);
    let how = How {
        columns: import.columns.as_deref(),
        sheet: import.sheet.as_deref(),
        ..How::new(&import.kind)
    };
    Ok(exchange::plan(&w, &how, &name, &bytes, &mut past, s.actor()?)?)
}

/// What is in a file, and which field each of its columns is likely to be.
pub(super) fn look(s: &Session, look: &Look) -> crate::error::Result<Seen> {
    let (name, bytes) = exchange::read(&at_home(&look.path))?;
    let w = s.world();
    let seen = exchange::look(&w, &name, &bytes, look.sheet.as_deref(), ROWS)?;
    let kind = look.kind.clone().or(seen.what.clone()).unwrap_or_default();
    let columns = match w.catalogue.kind(&kind) {
        Some(k) => {
            let columns = mapping::propose(k, &seen.header);
            columns.iter().map(|c| c.name(k).map(str::to_string)).collect()
        }
        None => vec![None; seen.header.len()],
    };
    // Whoever draws them cleans them.
    let shown = |all: Vec<String>| all.iter().map(|t| t.chars().take(SHOWN).collect()).collect();
    Ok(Seen {
        path: look.path.clone(),
        file: name,
        found: seen.what.as_ref() == Some(&kind),
        kind,
        sheet: look.sheet.clone().or_else(|| seen.sheets.first().cloned()),
        sheets: seen.sheets,
        columns,
        count: seen.count,
        header: shown(seen.header),
        rows: seen.rows.into_iter().map(shown).collect(),
    })
}

/// Writes records into a file that is not there yet; what was written.
pub(super) fn write(s: &Session, export: &Export) -> crate::error::Result<String> {
    let (w, path) = (s.world(), at_home(&export.path));
    let named = (w.catalogue.index_of(&export.kind)).zip(Format::named(&path));
    let Some((ix, format)) = named else {
        let what = format!("'{}' does not say a format: .csv, .xlsx or .json", export.path);
        return Err(Error::failed(what));
    };
    let about = About::new(&w, &export.query);
    exchange::save(&path, false, |out| {
        exchange::export(&w, ix, &export.records, (format, &about), out)
    })?;
    let (k, n) = (w.kind_at(ix), export.records.len());
    let what = if n == 1 { &k.title } else { &k.titles }.to_lowercase();
    Ok(clean(&format!("{n} {what} in {}", export.path)).into_owned())
}

/// Writes a text to a new file that only the person can read, and says so.
pub(super) fn write_text(path: &Path, text: &str) -> Result<String, String> {
    use std::io::Write;
    use std::os::unix::fs::OpenOptionsExt;
    let mut options = std::fs::OpenOptions::new();
    let file = options.write(true).create_new(true).mode(0o600).open(path);
    let written = file.and_then(|mut f| f.write_all(text.as_bytes()));
    match written {
        Ok(()) => Ok(format!("wrote {} bytes to {}", text.len(), path.display())),
        Err(e) => Err(format!("{} cannot be written: {e}", path.display())),
    }
}

/// A path as the shell would read it: `~` is the home folder.
pub(super) fn at_home(path: &str) -> PathBuf {
    match (path.strip_prefix("~/"), std::env::var_os("HOME")) {
        (Some(rest), Some(home)) => Path::new(&home).join(rest),
        _ => PathBuf::from(path),
    }
}

/// The paths that begin like the one that is typed, written as it is; hidden ones only if their dot is typed.
pub(super) fn offers(typed: &str) -> Vec<String> {
    let (above, begun) = typed
        .rsplit_once('/')
        .map_or(("", typed), |(a, b)| (&typed[..=a.len()], b));
    let folder = match above {
        "" => PathBuf::from("."),
        above => at_home(above),
    };
    let mut all: Vec<String> = std::fs::read_dir(folder)
        .into_iter()
        .flatten()
        .filter_map(|e| {
            let path = e.ok()?.path();
            let name = path.file_name()?.to_str()?;
            let wanted = name.starts_with(begun) && (begun.starts_with('.') || !name.starts_with('.'));
            let slash = if path.is_dir() { "/" } else { "" };
            wanted.then(|| format!("{above}{name}{slash}"))
        })
        .collect();
    all.sort();
    all.truncate(OFFERS);
    all
}
