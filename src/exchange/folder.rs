//! Everything in a folder, and back: one JSON file a register, one record a line, a list of them with their hashes, and
//! the kept files that the records name, each under its own hash in `files/`.
//! What comes back into an empty store is the same to the byte when it is written again. The history stays in the
//! ledger: a folder holds the records as they are.

use super::Error;
use super::table;
use crate::model::change::{Actor, Draft, Edit, Origin, Target};
use crate::model::codec;
use crate::model::kind::own::{self, DEFINITION};
use crate::model::kind::{Catalogue, KindIx, STATE, TITLE};
use crate::model::record::{Id, Record};
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

mod files;

/// The file that lists the others.
const LIST: &str = "export.json";
/// What its first field says.
const FORMAT: &str = "isms export 1";

/// What the list says of the folder.
#[derive(Serialize, Deserialize)]
struct List {
    format: String,
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
pub fn export(w: &World, kept: &Files, folder: &Path) -> Result<Exported, Error> {
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
        files: BTreeMap::new(),
    };
    let mut done = files::export(w, kept, folder)?;
    for (ix, kind) in w.catalogue.kinds.iter().enumerate() {
        let lines: Vec<String> = w.state.all(ix).map(|r| line(w, ix, r)).collect();
        let text = if lines.is_empty() {
            "[]\n".to_string()
        } else {
            format!("[\n{}\n]\n", lines.join(",\n"))
        };
        let file = format!("{}.json", kind.plural);
        fs::write(folder.join(&file), &text).map_err(failed)?;
        done.records += lines.len();
        let entry = Entry {
            file,
            records: lines.len(),
            sha256: hex(text.as_bytes()),
        };
        list.files.insert(kind.name.clone(), entry);
    }
    // Last, so that a folder that was cut short is not taken for a whole one.
    let text = serde_json::to_string_pretty(&list).map_err(|e| Error::file(LIST, e.to_string()))?;
    fs::write(folder.join(LIST), text + "\n").map_err(failed)?;
    Ok(done)
}

fn line(w: &World, kind: KindIx, record: &Record) -> String {
    let mut map = Map::new();
    map.insert("id".to_string(), Json::String(record.id.to_string()));
    map.extend(codec::record_json(w.kind_at(kind), record));
    Json::Object(map).to_string()
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
        let file = format!("{}.json", catalogue.kinds[ix].plural);
        let records = register(catalogue, ix, &folder.join(&file), &file, &entry.sha256)?;
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
        all,
        notes: Vec::new(),
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
    let file = format!("{}.json", kind.plural);
    let records = register(catalogue, ix, &folder.join(&file), &file, &entry.sha256)?;
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

fn register(catalogue: &Catalogue, ix: KindIx, path: &Path, file: &str, sha256: &str) -> Result<Vec<Record>, Error> {
    let kind = &catalogue.kinds[ix];
    let size = fs::metadata(path)
        .map_err(|e| Error::file(file, format!("cannot be read: {e}")))?
        .len();
    if size > table::FILE as u64 {
        return Err(Error::file(
            file,
            format!("the file holds {size} bytes; the limit is {}", table::FILE),
        ));
    }
    let bytes = fs::read(path).map_err(|e| Error::file(file, format!("cannot be read: {e}")))?;
    if hex(&bytes) != sha256 {
        let what = format!("it is not the file that was written: its SHA-256 is not that of {LIST}");
        return Err(Error::file(file, what));
    }
    let rows: Vec<Map<String, Json>> =
        serde_json::from_slice(&bytes).map_err(|e| Error::at(file, e.line(), e.to_string()))?;
    let mut out = Vec::with_capacity(rows.len());
    for (n, mut row) in rows.into_iter().enumerate() {
        let wrong = |what: String| Error::at(file, n + 2, what);
        let id = match row.shift_remove("id") {
            Some(Json::String(id)) => Id::from(id),
            _ => return Err(wrong("the record has no id".to_string())),
        };
        let read = codec::record_from_json(kind, id.clone(), &row).map_err(|e| wrong(format!("{id}: {e}")))?;
        if let Some((field, _)) = read.unknown.first() {
            return Err(wrong(format!(
                "{id} has '{field}', which this program does not know; use a newer one"
            )));
        }
        out.push(read);
    }
    Ok(out)
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
        let mut draft = Draft::new("import");
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
