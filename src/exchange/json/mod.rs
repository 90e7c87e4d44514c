//! Registers as JSON: an array of objects with `id` and every field by name, absent ones as null. Nothing is lost.

mod read;

pub use read::read;

use crate::model::codec;
use crate::model::derive;
use crate::model::kind::{Kind, KindIx};
use crate::model::record::Record;
use crate::model::world::World;
use serde_json::{Map, Value as Json};
use std::io::{self, Write};
use std::sync::Arc;

/// As many bytes are written at once.
const CHUNK: usize = 1 << 16;

/// One record: its id, its state, every field and every derived value by name.
pub fn object(w: &World, kind: &Kind, record: &Record) -> Map<String, Json> {
    let held = codec::record_json(kind, record);
    let mut out = Map::new();
    out.insert("id".into(), Json::String(record.id.to_string()));
    out.insert("state".into(), Json::String(record.state().to_string()));
    for f in &kind.fields {
        out.entry(f.name.clone())
            .or_insert_with(|| held.get(&f.name).cloned().unwrap_or(Json::Null));
    }
    for d in &kind.derived {
        let value = w.value(kind, record, &d.name);
        let there = derive::origin(w.catalogue, kind, &d.name).and_then(|(k, n)| Some((k, k.shape(n)?)));
        let there = d.shape.as_deref().map(|f| (kind, f)).or(there);
        let json = match (&value, there) {
            (Some(v), Some((k, f))) => codec::to_json(k, f, v),
            (Some(v), None) => plain(v),
            (None, _) => Json::Null,
        };
        out.insert(d.name.clone(), json);
    }
    for (name, value) in held {
        out.entry(name).or_insert(value);
    }
    if let Some(meta) = &record.meta {
        let time = |ms| Json::String(crate::model::calendar::show_time(ms));
        out.insert("created".into(), time(meta.created.time));
        out.insert("changed".into(), time(meta.changed.time));
    }
    out
}

/// A derived value: a level, a number or a date.
fn plain(value: &crate::model::value::Value) -> Json {
    use crate::model::value::Value as V;
    match value {
        V::Text(t) => Json::String(t.clone()),
        V::Int(n) => Json::from(*n),
        V::Num(n) => Json::from(*n),
        V::Date(d) => Json::String(crate::model::calendar::show(*d)),
        V::Time(t) => Json::String(crate::model::calendar::show_time(*t)),
        _ => Json::Null,
    }
}

/// Writes records as an array, one object a line, so that `grep` and `diff` work on it.
///
/// # Errors
/// They cannot be written.
pub fn write(w: &World, kind: KindIx, records: &[Arc<Record>], out: &mut dyn Write) -> io::Result<()> {
    let k = w.kind_at(kind);
    if records.is_empty() {
        return out.write_all(b"[]\n");
    }
    let mut text = Vec::new();
    for (i, r) in records.iter().enumerate() {
        text.extend_from_slice(if i == 0 { b"[\n" } else { b",\n" });
        serde_json::to_writer(&mut text, &object(w, k, r))?;
        if text.len() > CHUNK {
            out.write_all(&text)?;
            text.clear();
        }
    }
    text.extend_from_slice(b"\n]\n");
    out.write_all(&text)
}
