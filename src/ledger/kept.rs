//! Reads every kept file of a store and holds it against every record that names one or ever named one.

use super::chain::{Chain, Group};
use super::verify::{BAD, Report};
use crate::store::disk::Real;
use crate::store::files::{self, FileError, Files};
use crate::store::{Log, hex, unhex};
use memchr::memmem::Finder;
use std::collections::{HashMap, HashSet};
use std::io;
use std::path::Path;
use std::sync::Arc;

/// Where a file is named first, and how large it is said to be.
pub(super) struct Named {
    pub what: String,
    pub size: u64,
}

/// Every file that was ever named.
pub(super) type AllNamed = HashMap<files::Hash, Named>;

/// Takes up the files that a group names.
pub(super) fn collect(group: &Group<'_>, named: &mut AllNamed) {
    let about_a_file = Finder::new("\"sha256\"");
    for line in group.lines.iter().filter(|l| about_a_file.find(l.bytes).is_some()) {
        let Ok(json) = serde_json::from_slice(line.bytes) else {
            continue;
        };
        references(&json, &mut |name, hash, size| {
            let what = format!("'{name}' ({}, commit {})", line.entry.id, group.head.seq);
            named.entry(hash).or_insert(Named { what, size });
        });
    }
}

/// Reads every kept file, and looks for every one that a record names or ever named.
pub(super) fn check(report: &mut Report, folder: &Path, log: &dyn Log) {
    let mut named = AllNamed::new();
    // As far as the chain is good; what is behind it was named already.
    Chain::default().walk(log, &mut |_, group| collect(&group, &mut named));
    let all = Files::new(Arc::new(Real), folder);
    let listing = match all.list() {
        Ok(l) => l,
        Err(e) => return report.at_least(BAD, e.to_string()),
    };
    let (mut extra, mut bytes) = (0, 0);
    for hash in &listing.kept {
        let about = named.get(hash);
        extra += u64::from(about.is_none());
        let place = files::place_of(Path::new(files::FOLDER), hash);
        let who = about.map(|n| format!(", {}", n.what)).unwrap_or_default();
        match all.read(hash, &mut io::sink()) {
            Ok(size) if about.is_some_and(|n| n.size != size) => {
                let said = about.map_or(0, |n| n.size);
                report.at_least(
                    BAD,
                    format!("{}{who}: {size} bytes, the record says {said}", place.display()),
                );
            }
            Ok(size) => bytes += size,
            Err(FileError::Differs) => report.at_least(
                BAD,
                format!("{}{who}: its bytes have another SHA-256 than its name", place.display()),
            ),
            Err(e) => report.at_least(BAD, format!("{}{who}: {e}", place.display())),
        }
    }
    let there: HashSet<_> = listing.kept.iter().collect();
    let mut missing: Vec<String> = named
        .iter()
        .filter(|(hash, _)| !there.contains(hash))
        .map(|(hash, n)| format!("file missing: {}, SHA-256 {}", n.what, hex(hash)))
        .collect();
    missing.sort();
    for line in missing {
        report.at_least(BAD, line);
    }
    if !named.is_empty() || !listing.kept.is_empty() {
        report.say(format!("files:   {} kept, {bytes} bytes", listing.kept.len()));
    }
    if extra > 0 {
        report.say(format!("note: {extra} of them are named by no record"));
    }
    for name in &listing.begun {
        report.say(format!("note: {}/{name} was begun and never finished", files::FOLDER));
    }
    for name in &listing.strange {
        report.say(format!("note: {}/{name} is not part of the store", files::FOLDER));
    }
}

/// Finds what names a file in the content of a record, at any depth: `{"name":...,"sha256":...,"size":...}`.
fn references(json: &serde_json::Value, each: &mut dyn FnMut(&str, files::Hash, u64)) {
    use serde_json::Value as Json;
    match json {
        Json::Object(map) => {
            let hash = map.get("sha256").and_then(Json::as_str).and_then(unhex);
            let size = map.get("size").and_then(Json::as_u64);
            if let (Some(hash), Some(size), Some(name)) = (hash, size, map.get("name").and_then(Json::as_str)) {
                each(name, hash, size);
            }
            map.values().for_each(|v| references(v, each));
        }
        Json::Array(all) => all.iter().for_each(|v| references(v, each)),
        _ => {}
    }
}
