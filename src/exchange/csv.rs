//! Registers as comma separated values: any spreadsheet in, matched by the names of its columns; any list out, so that
//! it comes back to the same values.

use super::past::{self, Past};
use super::plan::{Cell, Item, Plan, Want};
use super::planner::Planner;
use super::table::{self, Table};
use super::{Error, ciso_assistant, table::guard};
use crate::model::change::Actor;
use crate::model::kind::{Field, FieldType, Kind, KindIx, STATE, TITLE};
use crate::model::record::{Id, Record};
use crate::model::world::World;
use crate::model::{calendar, codec};
use std::collections::BTreeMap;
use std::sync::Arc;

/// What a column of a file is.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Column {
    Id,
    State,
    /// When the record was last changed, in own exports.
    Changed,
    /// The `n`-th field of the kind; whether the head is only an alias of it.
    Field(usize, bool),
    /// Of an own export, and worked out anew here.
    Derived,
    Unused,
}

/// Plans the import of a file into a register. Columns are matched by field name, label or alias, without regard to
/// case, blanks and underlines; rows by id, then foreign id, then exact title.
///
/// # Errors
/// If the file as a whole cannot be read; rows that do not fit are named in the plan instead.
pub fn plan(
    w: &World,
    kind: KindIx,
    file: &str,
    bytes: &[u8],
    past: &mut dyn Past,
    actor: &Actor,
) -> Result<Plan, Error> {
    let table = Table::read(file, bytes)?;
    let k = w.kind_at(kind);
    let columns = columns(k, &table.header);
    if !columns.iter().any(|c| matches!(c, Column::Id | Column::Field(..))) {
        let names: Vec<&str> = k.fields.iter().map(|f| f.name.as_str()).take(8).collect();
        let what = format!(
            "no column is known of a {}; expected some of {}",
            k.name,
            names.join(", ")
        );
        return Err(Error::at(file, 1, what));
    }
    let origin = origin(w, &table, &columns, past);
    let mut planner = Planner::new(w, past, "csv", file);
    for (head, column) in table.header.iter().zip(&columns) {
        if *column == Column::Unused {
            planner.unused(head);
        }
    }
    if ciso_assistant::is(&table) {
        let hint = "this is an export of CISO Assistant: 'import ciso-assistant' understands more of it";
        planner.tell(hint.to_string());
    }
    if origin == From::Elsewhere {
        planner.tell("this is an export of another store: its ids are kept as foreign ids".to_string());
    }
    for row in &table.rows {
        read_row(w, kind, &table, &columns, origin, row, &mut planner);
    }
    Ok(planner.finish(actor))
}

/// A head without regard to case, blanks, underlines and signs.
fn head(text: &str) -> String {
    text.chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}

/// What each column is. A name wins over a label, a label over an alias, a left column over a right one.
fn columns(kind: &Kind, header: &[String]) -> Vec<Column> {
    let mut out = vec![Column::Unused; header.len()];
    let heads: Vec<String> = header.iter().map(|h| head(h)).collect();
    let own = heads.iter().any(|h| h == "id");
    let by: [fn(&Field) -> Vec<&str>; 3] = [
        |f| vec![&f.name],
        |f| vec![&f.label],
        |f| f.aliases.iter().map(String::as_str).collect(),
    ];
    let mut filled: BTreeMap<usize, ()> = BTreeMap::new();
    for (rank, names) in by.iter().enumerate() {
        for (i, h) in heads.iter().enumerate().filter(|(_, h)| !h.is_empty()) {
            if out[i] != Column::Unused {
                continue;
            }
            out[i] = match h.as_str() {
                "id" => Column::Id,
                "changed" if own => Column::Changed,
                h if own && (h == "created" || kind.derived.iter().any(|d| head(&d.name) == h)) => Column::Derived,
                h => {
                    let found = kind.fields.iter().position(|f| names(f).iter().any(|n| head(n) == h));
                    let several = |n: usize| kind.fields[n].kind == FieldType::Tags;
                    match found {
                        Some(n) if filled.contains_key(&n) && !several(n) => Column::Unused,
                        Some(n) => {
                            filled.insert(n, ());
                            match kind.fields[n].tag {
                                STATE => Column::State,
                                tag => Column::Field(n, rank == 2 && tag != TITLE),
                            }
                        }
                        None => Column::Unused,
                    }
                }
            };
        }
    }
    out
}

/// Where a file comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum From {
    /// A spreadsheet or another tool.
    Outside,
    /// An export of this store.
    Here,
    /// An export of another store: it has ids too, but no record here was ever like one of them.
    Elsewhere,
}

fn origin(w: &World, table: &Table, columns: &[Column], past: &mut dyn Past) -> From {
    let at = |c: &Column| columns.iter().position(|d| d == c);
    let (Some(id), Some(changed)) = (at(&Column::Id), at(&Column::Changed)) else {
        return From::Outside;
    };
    let text = |row: &table::Row, at: usize| row.get(at).map(|c| c.text.trim().to_string()).unwrap_or_default();
    let mut any = false;
    let mut here = |row: &table::Row| {
        let id = text(row, id);
        any |= !id.is_empty();
        let time = calendar::parse_time(&text(row, changed), w.today, w.now);
        let record = w.find(&Id::from(id));
        record.zip(time).is_some_and(|(r, t)| past::knows(past, r, t))
    };
    let found = table.rows.iter().any(&mut here);
    if any && !found { From::Elsewhere } else { From::Here }
}

fn read_row(
    w: &World,
    kind: KindIx,
    table: &Table,
    columns: &[Column],
    origin: From,
    row: &table::Row,
    planner: &mut Planner,
) {
    let k = w.kind_at(kind);
    let line = row.first().map_or(0, |c| c.line);
    let mut item = Item::new(line, kind);
    if let Some(extra) = row.iter().skip(columns.len()).find(|c| !c.text.is_empty()) {
        let why = format!("the row has {} cells, the header {}", row.len(), columns.len());
        return planner.refuse(line, "", &extra.text, &why);
    }
    for (i, (cell, column)) in row.iter().zip(columns).enumerate() {
        let text = cell.text.trim();
        match column {
            Column::Id if !text.is_empty() => {
                // Other tools have ids that look like ours; only what is written as we write it, and is there or
                // comes from an own export, is one. The rest is kept, and found again by it.
                let id = Id::typed(text).filter(|id| id.as_str() == text && w.catalogue.kind_of(id) == Some(kind));
                match id.filter(|id| origin == From::Here || w.find(id).is_some()) {
                    Some(id) => item.id = Some(id),
                    None => item.keys.push(text.to_string()),
                }
            }
            Column::Changed => item.changed = calendar::parse_time(text, w.today, w.now),
            Column::State if !text.is_empty() => {
                let known = k.states.iter().find(|s| head(&s.id) == head(text));
                match known {
                    Some(s) => item.state = Some(s.id.clone()),
                    None => item.kept.push((table.header[i].clone(), text.to_string())),
                }
            }
            Column::Field(n, guess) => {
                let field = &k.fields[*n];
                let head = &table.header[i];
                if field.name == "aliases" {
                    item.keys.extend(keys(w, k, field, text));
                    continue;
                }
                if field.name == "title" {
                    item.title = text.to_string();
                }
                let want = match field.is_link() && !text.starts_with(['[', '{']) {
                    true => Want::Names(names(text)),
                    false => Want::Text,
                };
                if let Some(why) = unknown_id(w, &want).filter(|_| origin != From::Elsewhere) {
                    return planner.refuse(cell.line, head, text, &why);
                }
                // Two dashes mean nothing in many exports; only a text may hold them.
                let unset = text == "--" && !matches!(field.kind, FieldType::Line | FieldType::Text);
                let (column, text) = (head.clone(), if unset { String::new() } else { cell.text.clone() });
                // Several columns may hold tags: they add up.
                match item.cells.iter_mut().find(|c| c.tag == field.tag) {
                    Some(sum) => sum.text = format!("{}, {text}", sum.text),
                    None => item.cells.push(Cell {
                        tag: field.tag,
                        column,
                        line: cell.line,
                        text,
                        want,
                        guess: *guess,
                    }),
                }
            }
            _ => {}
        }
    }
    planner.add(item);
}

fn keys(w: &World, kind: &Kind, field: &Field, text: &str) -> Vec<String> {
    match codec::parse(w, kind, None, field, text) {
        Ok(Some(v)) => v.as_tags().to_vec(),
        _ => Vec::new(),
    }
}

/// The names in a link cell.
fn names(text: &str) -> Vec<String> {
    text.split(['|', '\n'])
        .map(|n| n.trim().to_string())
        .filter(|n| !n.is_empty())
        .collect()
}

/// What looks like an id must be there.
fn unknown_id(w: &World, want: &Want) -> Option<String> {
    let Want::Names(names) = want else { return None };
    let missing = |n: &&String| {
        n.contains('-') && Id::typed(n).is_some_and(|id| w.catalogue.kind_of(&id).is_some() && w.find(&id).is_none())
    };
    names.iter().find(missing).map(|n| format!("there is no {n}"))
}

/// Heads of the columns of an export: what identifies, every field by name, what is worked out, when it was changed.
pub fn header(kind: &Kind) -> Vec<&str> {
    let fields = kind.fields.iter().filter(|f| f.tag != STATE).map(|f| f.name.as_str());
    let derived = kind.derived.iter().map(|d| d.name.as_str());
    ["id", "state"]
        .into_iter()
        .chain(fields)
        .chain(derived)
        .chain(["changed"])
        .collect()
}

/// Records as CSV. Formulas are defused with an apostrophe, which an import takes away again.
pub fn export(w: &World, kind: KindIx, records: &[Arc<Record>]) -> String {
    let k = w.kind_at(kind);
    let heads = header(k);
    let mut out = String::new();
    table::write_row(&mut out, heads.iter().copied());
    for r in records {
        let cells: Vec<String> = heads.iter().map(|h| cell(w, k, r, h)).collect();
        table::write_row(&mut out, cells.iter().map(String::as_str));
    }
    out
}

fn cell(w: &World, kind: &Kind, r: &Record, head: &str) -> String {
    if let ("changed", Some(meta)) = (head, &r.meta) {
        // To the millisecond: an import asks for the version of that moment.
        return calendar::show_time(meta.changed.time);
    }
    let text = codec::plain(w, kind, r, head);
    let number = matches!(
        kind.field(head).map(|f| f.kind),
        Some(FieldType::Integer | FieldType::Decimal | FieldType::Percent | FieldType::Money | FieldType::Duration)
    );
    if number { text } else { guard(&text) }
}
