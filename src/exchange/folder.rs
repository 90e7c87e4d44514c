//! Everything in a folder, and back: one file a register, in JSON with a record a line or as CSV, a list of them with
//! their hashes, and the kept files that the records name, each under its own hash in `files/`.
//! What comes back into an empty store is the same to the byte when it is written again. The history stays in the
//! ledger: a folder holds the records as they are, and tells when and by whom each was made and last changed.

use super::Error;
use crate::ledger::{RESTORE, record_of};
use crate::model::change::{Actor, Draft, Edit, Origin, Target};
use crate::model::codec;
use crate::model::kind::own::{self, DEFINITION};
use crate::model::kind::{Catalogue, Kind, KindIx, STATE, TITLE};
use crate::model::record::{Id, Record};
use crate::model::stated;
use crate::model::value::Value;
use crate::model::world::World;
use crate::store::files::Files;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

mod csv;
mod files;

/// The largest file of a register that is read, in bytes: 1 GiB, more than one commit takes.
const LIMIT: u64 = 1 << 30;

/// The file that lists the others.
const LIST: &str = "export.json";
/// What its first field says.
const FORMAT: &str = "isms export 1";

/// In which form the registers are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Form {
    /// An array of objects, one a line.
    #[default]
    Json,
    /// A table with a header.
    Csv,
}

impl Form {
    /// What the names of its files end with.
    fn ending(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Csv => "csv",
        }
    }

    fn other(self) -> Self {
        match self {
            Self::Json => Self::Csv,
            Self::Csv => Self::Json,
        }
    }
}

/// What the list says of the folder.
#[derive(Serialize, Deserialize)]
struct List {
    format: String,
    #[serde(default)]
    form: Form,
    /// By kind name.
    files: BTreeMap<String, Entry>,
}

/// One file.
#[derive(Serialize, Deserialize)]
struct Entry {
    file: String,
    records: usize,
    sha256: String,
}

fn hex(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|b| format!("{b:02x}")).collect()
}

/// What was written.
#[derive(Debug, Default)]
pub struct Exported {
    /// How many records.
    pub records: usize,
    /// How many files that they name.
    pub files: usize,
    /// Files that could not be written, because they are missing or damaged in the store; each named.
    pub missing: Vec<String>,
}

/// Writes every register into a folder, which is made if it is not there, and the files that the records name.
///
/// # Errors
/// The folder holds something else, or cannot be written.
pub fn export(w: &World, kept: &Files, folder: &Path, form: Form) -> Result<Exported, Error> {
    let name = folder.display().to_string();
    let failed = |e: std::io::Error| Error::file(&name, format!("cannot be written: {e}"));
    fs::create_dir_all(folder).map_err(failed)?;
    let other = fs::read_dir(folder).map_err(failed)?.next().is_some() && !folder.join(LIST).is_file();
    if other {
        return Err(Error::file(
            &name,
            "there is something else in this folder; name a new or empty one",
        ));
    }
    let mut list = List {
        format: FORMAT.to_string(),
        form,
        files: BTreeMap::new(),
    };
    let mut done = files::export(w, kept, folder)?;
    for (ix, kind) in w.catalogue.kinds.iter().enumerate() {
        let records: Vec<(&Record, Map<String, Json>)> = w.state.all(ix).map(|r| (&**r, object(kind, r))).collect();
        let text = match form {
            Form::Csv => csv::write(kind, &records),
            Form::Json => lines(&records),
        };
        let file = format!("{}.{}", kind.plural, form.ending());
        fs::write(folder.join(&file), &text).map_err(failed)?;
        done.records += records.len();
        let entry = Entry {
            file,
            records: records.len(),
            sha256: hex(text.as_bytes()),
        };
        list.files.insert(kind.name.clone(), entry);
    }
    // Last, so that a folder that was cut short is not taken for a whole one.
    let text = serde_json::to_string_pretty(&list).map_err(|e| Error::file(LIST, e.to_string()))?;
    fs::write(folder.join(LIST), text + "\n").map_err(failed)?;
    // What an earlier export wrote in the other form would be taken for this one by people.
    for kind in &w.catalogue.kinds {
        let old = folder.join(format!("{}.{}", kind.plural, form.other().ending()));
        match fs::remove_file(old) {
            Err(e) if e.kind() != std::io::ErrorKind::NotFound => return Err(failed(e)),
            _ => {}
        }
    }
    Ok(done)
}

/// A record as it stands in an export.
fn object(kind: &Kind, record: &Record) -> Map<String, Json> {
    let mut map = Map::new();
    map.insert("id".to_string(), Json::String(record.id.to_string()));
    map.extend(codec::record_json(kind, record));
    if let Some(told) = stated::told(record) {
        map.shift_remove(stated::NAME);
        map.insert(stated::NAME.to_string(), told.json());
    }
    map
}

/// An array with an object a line, so that `grep` and `diff` work on it.
fn lines(records: &[(&Record, Map<String, Json>)]) -> String {
    let mut text = String::from("[");
    for (n, (_, map)) in records.iter().enumerate() {
        text.push_str(if n == 0 { "\n" } else { ",\n" });
        text.push_str(&serde_json::to_string(map).unwrap_or_default());
    }
    text.push_str(if records.is_empty() { "]\n" } else { "\n]\n" });
    text
}

/// The records of a folder.
#[derive(Debug)]
pub struct Records {
    name: String,
    folder: PathBuf,
    /// The kinds, with those that it defines itself.
    pub catalogue: Arc<Catalogue>,
    all: Vec<(KindIx, Record)>,
    /// What the person should know.
    pub notes: Vec<String>,
}

/// Reads a folder that [`export`] wrote: the definitions first, because the other records may be of their kinds.
///
/// # Errors
/// Names the file, the line and the record: it is no such folder, a file is missing, was changed, or holds what this
/// program does not know.
pub fn read(catalogue: &Arc<Catalogue>, folder: &Path) -> Result<Records, Error> {
    let name = folder.display().to_string();
    let bytes = fs::read(folder.join(LIST)).map_err(|_| {
        Error::file(
            &name,
            format!("there is no {LIST} in it; expected what 'isms export --all' wrote"),
        )
    })?;
    let list: List = serde_json::from_slice(&bytes).map_err(|e| Error::at(LIST, e.line(), e.to_string()))?;
    if list.format != FORMAT {
        return Err(Error::file(
            LIST,
            format!("the format is '{}'; this program reads '{FORMAT}'", list.format),
        ));
    }
    let mut all = Vec::new();
    let catalogue = &defined(catalogue, folder, &list)?;
    for (word, entry) in &list.files {
        let Some(ix) = catalogue.index_of(word) else {
            return Err(Error::file(
                LIST,
                format!("'{word}' is no kind that this program knows"),
            ));
        };
        let file = format!("{}.{}", catalogue.kinds[ix].plural, list.form.ending());
        let records = register(catalogue, ix, &folder.join(&file), &file, (list.form, &entry.sha256))?;
        if records.len() != entry.records {
            let what = format!("it holds {} records, the list says {}", records.len(), entry.records);
            return Err(Error::file(&file, what));
        }
        all.extend(records.into_iter().map(|r| (ix, r)));
    }
    // In the order of the kinds, so that the same records make the same commit.
    all.sort_by_key(|(ix, _)| *ix);
    let records = Records {
        name,
        folder: folder.to_path_buf(),
        catalogue: Arc::clone(catalogue),
        notes: strange(catalogue, &all),
        all,
    };
    records.check_files()?;
    Ok(records)
}

/// The kinds with the definitions of a folder.
fn defined(catalogue: &Arc<Catalogue>, folder: &Path, list: &List) -> Result<Arc<Catalogue>, Error> {
    let (Some(ix), Some(entry)) = (catalogue.index_of(DEFINITION), list.files.get(DEFINITION)) else {
        return Ok(Arc::clone(catalogue));
    };
    let kind = &catalogue.kinds[ix];
    let file = format!("{}.{}", kind.plural, list.form.ending());
    let records = register(catalogue, ix, &folder.join(&file), &file, (list.form, &entry.sha256))?;
    let more: Vec<_> = records.iter().filter_map(|r| own::definition(kind, r)).collect();
    if more.is_empty() {
        return Ok(Arc::clone(catalogue));
    }
    let (all, wrong) = catalogue.and(more);
    match wrong.into_iter().next() {
        Some(e) => Err(Error::file(&file, format!("the definition {e}"))),
        None => Ok(Arc::new(all)),
    }
}

fn register(
    catalogue: &Catalogue,
    ix: KindIx,
    path: &Path,
    file: &str,
    (form, sha256): (Form, &str),
) -> Result<Vec<Record>, Error> {
    let size = fs::metadata(path)
        .map_err(|e| Error::file(file, format!("cannot be read: {e}")))?
        .len();
    if size > LIMIT {
        return Err(Error::file(
            file,
            format!("the file holds {size} bytes; the limit is {LIMIT}"),
        ));
    }
    let bytes = fs::read(path).map_err(|e| Error::file(file, format!("cannot be read: {e}")))?;
    if hex(&bytes) != sha256 {
        let what = format!("it is not the file that was written: its SHA-256 is not that of {LIST}");
        return Err(Error::file(file, what));
    }
    let rows: Vec<(usize, Map<String, Json>)> = match form {
        Form::Json => serde_json::from_slice::<Vec<_>>(&bytes)
            .map_err(|e| Error::at(file, e.line(), e.to_string()))?
            .into_iter()
            .enumerate()
            .map(|(n, row)| (n + 2, row))
            .collect(),
        Form::Csv => {
            let text = std::str::from_utf8(&bytes).map_err(|_| Error::file(file, "this is not UTF-8"))?;
            csv::read(&catalogue.kinds[ix], text).map_err(|(line, what)| Error::at(file, line, what))?
        }
    };
    let mut out = Vec::with_capacity(rows.len());
    for (line, mut row) in rows {
        let id = match row.shift_remove("id") {
            Some(Json::String(id)) if catalogue.kind_of(&Id::from(id.as_str())) == Some(ix) => Id::from(id),
            _ => {
                let what = format!("the record has no id of a {}", catalogue.kinds[ix].name);
                return Err(Error::at(file, line, what));
            }
        };
        out.push(record_of(catalogue, &id, row));
    }
    Ok(out)
}

/// What stands beside the fields of some records, for the person: it is kept as it is.
fn strange(catalogue: &Catalogue, all: &[(KindIx, Record)]) -> Vec<String> {
    let mut names: BTreeMap<(KindIx, &str), usize> = BTreeMap::new();
    for (ix, record) in all {
        for (name, _) in record.unknown.iter().filter(|(name, _)| name != stated::NAME) {
            *names.entry((*ix, name)).or_default() += 1;
        }
    }
    let told = |((ix, name), n): ((KindIx, &str), usize)| {
        let kind = &catalogue.kinds[ix];
        let of = if n == 1 {
            format!("one {}", kind.name)
        } else {
            format!("{n} {}", kind.plural)
        };
        format!("'{name}' of {of} does not fit a field that this program knows; it is kept as it is")
    };
    names.into_iter().map(told).collect()
}

impl Records {
    /// How many there are of each kind.
    pub fn counts(&self) -> Vec<(KindIx, usize)> {
        let mut counts: BTreeMap<KindIx, usize> = BTreeMap::new();
        for (ix, _) in &self.all {
            *counts.entry(*ix).or_default() += 1;
        }
        counts.into_iter().collect()
    }

    /// Their ids.
    pub fn ids(&self) -> impl Iterator<Item = &Id> {
        self.all.iter().map(|(_, r)| &r.id)
    }

    /// The one commit that brings them back, with their ids and states. They may come only where their ids are free.
    pub fn draft(&self) -> Draft {
        let mut draft = Draft::new(RESTORE);
        draft.origin = Origin::Restore;
        draft.reason = Some(format!("from the folder {}", self.name));
        for (ix, record) in &self.all {
            let set = record.values.iter().map(|(tag, v)| (*tag, Some(v.clone()))).collect();
            let target = Target::NewWithId(*ix, record.id.clone());
            draft.edits.push(Edit {
                target,
                set,
                transition: None,
                base: None,
                unknown: record.unknown.clone(),
            });
        }
        draft
    }

    /// The person of this login as whom they come into an empty store. If none of them is an administrator with it,
    /// one is added, and noted.
    pub fn keeper(&mut self, catalogue: &Catalogue, login: &str) -> Option<Actor> {
        let ix = catalogue.index_of("person")?;
        let kind = &catalogue.kinds[ix];
        let (name, may) = (kind.field("login")?.tag, kind.field("permissions")?.tag);
        let people = || self.all.iter().filter(|(k, _)| *k == ix).map(|(_, r)| r);
        let admin = |r: &&Record| r.get(may).is_some_and(|v| v.as_tags().iter().any(|t| t == "admin"));
        let fits = |r: &&Record| r.text(name) == login && r.state() == kind.first_state();
        let actor = |id: &Id| Actor {
            person: id.clone(),
            by: id.clone(),
        };
        if let Some(r) = people().filter(admin).find(fits) {
            return Some(actor(&r.id));
        }
        let next = 1 + people().filter_map(|r| r.id.number()).max().unwrap_or(0);
        let mut me = Record::new(Id::numbered(&kind.prefix, next));
        for (tag, value) in [
            (STATE, Value::Text(kind.first_state().to_string())),
            (TITLE, Value::Text(login.to_string())),
            (name, Value::Text(login.to_string())),
            (may, Value::Tags(vec!["admin".to_string()])),
        ] {
            me.set(tag, Some(value));
        }
        self.notes.push(format!(
            "nobody in the folder is an administrator with the login '{login}': you were added as {}",
            me.id
        ));
        let actor = actor(&me.id);
        self.all.push((ix, me));
        Some(actor)
    }
}
