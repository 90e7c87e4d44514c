//! What the registers say today in a few words, for a management review (ISO/IEC 27001:2022, 9.3.2): how much there
//! is, how much is open, late and new since the review before, and how it divides.

use super::codec;
use super::kind::{Derivation, Field, FieldType, Kind};
use super::query::Query;
use super::record::Record;
use super::value::{Row, Value};
use super::world::World;
use std::sync::Arc;

/// A year, milliseconds: what is new where there was no review before.
const YEAR: i64 = 365 * 86_400_000;

/// The registers behind each input, and which of their records.
const INPUTS: &[(&str, &[(&str, &str)])] = &[
    ("actions", &[("management-review", "")]),
    ("context", &[("context-issue", "")]),
    ("needs", &[("interested-party", ""), ("obligation", "")]),
    (
        "nonconformities",
        &[("corrective-action", "sort:nonconformity"), ("finding", "")],
    ),
    ("measurements", &[("metric", "")]),
    ("audits", &[("audit", "")]),
    ("objectives", &[("objective", "")]),
    ("feedback", &[("communication", "")]),
    ("risks", &[("risk", ""), ("treatment-plan", ""), ("exception", "")]),
    ("improvement", &[("corrective-action", "sort:opportunity|lesson")]),
];

/// Derived values and fields by which the records of a register are told apart, first come first; else their states.
const PARTS: [&str; 4] = ["current_level", "pace", "band", "validity"];

/// Fills in what the registers say today beside each input of a review. What a person has written stays; an input of
/// which no register says anything gets no row.
pub fn fill(w: &World, review: &Record, field: &Field) -> Option<Value> {
    let cell = |name: &str| field.fields.iter().find(|f| f.name == name);
    let (input, figures) = (cell("input")?, cell("figures")?);
    let mut rows: Vec<Row> = review.get(field.tag).map(Value::as_rows).unwrap_or_default().to_vec();
    for choice in &input.choices {
        let text = figures_of(w, review, &choice.id);
        let named = |r: &&mut Row| {
            r.cells
                .iter()
                .any(|(t, v)| *t == input.tag && v.as_text() == Some(&choice.id))
        };
        let at = rows.iter_mut().find(named);
        let row = match at {
            Some(row) => row,
            None if text.is_empty() => continue,
            None => {
                let id = rows.iter().map(|r| r.id).max().unwrap_or(0) + 1;
                let cells = vec![(input.tag, Value::Text(choice.id.clone()))];
                rows.push(Row { id, cells });
                let Some(row) = rows.last_mut() else { continue };
                row
            }
        };
        row.cells.retain(|(t, _)| *t != figures.tag);
        if !text.is_empty() {
            row.cells.push((figures.tag, Value::Text(text)));
            row.cells.sort_by_key(|(t, _)| *t);
        }
    }
    let place = |r: &Row| {
        let cell = r.cells.iter().find(|(t, _)| *t == input.tag);
        let id = cell.and_then(|(_, v)| v.as_text()).unwrap_or_default();
        input.choices.iter().position(|c| c.id == id)
    };
    rows.sort_by_key(place);
    (!rows.is_empty()).then_some(Value::Rows(rows))
}

/// "42 risks: 40 open, 1 late, 3 new; 1 high, 10 medium; 18 treatment plans: ...", or nothing where nothing is.
fn figures_of(w: &World, review: &Record, input: &str) -> String {
    let Some((_, registers)) = INPUTS.iter().find(|(id, _)| *id == input) else {
        return String::new();
    };
    let since = before(w, review);
    let of = |(name, filter): &(&str, &str)| {
        let kind = w.catalogue.kind(name)?;
        let query = Query::parse(filter, w.catalogue, Some(kind)).ok()?;
        let fits = |r: &&Arc<Record>| r.id != review.id && query.holds(w, kind, r);
        let all: Vec<&Arc<Record>> = w.live(name).filter(fits).collect();
        match all.is_empty() {
            true => None,
            false => Some(figures(w, kind, &all, since)),
        }
    };
    registers.iter().filter_map(of).collect::<Vec<_>>().join("; ")
}

/// When the review before was held, milliseconds; else a year ago.
fn before(w: &World, review: &Record) -> i64 {
    let Some(kind) = w.kind(&review.id) else {
        return w.now - YEAR;
    };
    let held = |r: &&Arc<Record>| r.id != review.id && r.state() != kind.first_state();
    let day = |r: &Arc<Record>| {
        let tag = kind.field("date")?.tag;
        r.get(tag).and_then(Value::as_date)
    };
    let last = w.live(&kind.name).filter(held).filter_map(day).max();
    last.map_or(w.now - YEAR, |d| i64::from(d) * 86_400_000)
}

/// The figures of some records of a kind.
pub fn figures(w: &World, kind: &Kind, all: &[&Arc<Record>], since: i64) -> String {
    let name = match all.len() {
        1 => kind.title.to_lowercase(),
        _ => kind.plural.replace('-', " "),
    };
    let mut said = format!("{} {name}", all.len());
    let mut parts = Vec::new();
    let mut add = |n: usize, word: &str| {
        if n > 0 {
            parts.push(format!("{n} {word}"));
        }
    };
    if let Some((steps, done)) = steps(kind, all) {
        add(steps, "actions");
        add(done, "done");
    } else {
        add(all.iter().filter(|r| w.is_open(kind, r)).count(), "open");
    }
    let late = |r: &&&Arc<Record>| w.due(kind, r).is_some_and(|due| due.is_late(w));
    add(all.iter().filter(late).count(), "late");
    let new = |r: &&&Arc<Record>| r.meta.as_ref().is_some_and(|m| m.created.time >= since);
    let fresh = all.iter().filter(new).count();
    if fresh < all.len() {
        add(fresh, "new");
    }
    for (n, word) in divided(w, kind, all) {
        add(n, &word);
    }
    if !parts.is_empty() {
        said = format!("{said}: {}", parts.join(", "));
    }
    said
}

/// How many steps the records have that people agreed on together, and how many of them are done.
fn steps(kind: &Kind, all: &[&Arc<Record>]) -> Option<(usize, usize)> {
    let field = kind
        .field("actions")
        .filter(|f| kind.name == "management-review" && f.kind == FieldType::Rows)?;
    let done = field.fields.iter().find(|f| f.name == "done")?.tag;
    let rows = all
        .iter()
        .flat_map(|r| r.get(field.tag).map(Value::as_rows).unwrap_or_default());
    let rows: Vec<&Row> = rows.collect();
    let ready = rows
        .iter()
        .filter(|r| r.cells.contains(&(done, Value::Bool(true))))
        .count();
    Some((rows.len(), ready))
}

/// The open records by level, pace, band or validity, the commonest first; none where the kind knows no such thing.
fn divided(w: &World, kind: &Kind, all: &[&Arc<Record>]) -> Vec<(usize, String)> {
    let found = PARTS.iter().find(|p| kind.derivation(p).is_some());
    let by_type = || {
        let wanted = |d: &&super::kind::Derived| matches!(d.from, Derivation::Band { .. } | Derivation::Pace { .. });
        kind.derived.iter().find(wanted).map(|d| d.name.as_str())
    };
    let Some(name) = found.copied().or_else(by_type) else {
        return Vec::new();
    };
    let mut counts: Vec<(usize, String)> = Vec::new();
    for record in all.iter().filter(|r| w.is_open(kind, r)) {
        let word = codec::cell(w, kind, record, name).to_lowercase();
        match counts.iter_mut().find(|(_, w)| *w == word) {
            Some((n, _)) => *n += 1,
            None if !word.is_empty() => counts.push((1, word)),
            None => {}
        }
    }
    counts.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
    counts
}
