//! A table into a register: columns by their heads or as the person says, rows by id, then foreign id, then exact title.

use super::mapping::{self, Column};
use super::past::{self, Past};
use super::plan::{Cell, Item, Plan, Want};
use super::planner::Planner;
use super::table::{Row, Table};
use super::{Error, ciso_assistant, simplerisk};
use crate::model::change::Actor;
use crate::model::kind::{Field, FieldType, Kind, KindIx};
use crate::model::record::Id;
use crate::model::world::World;
use crate::model::{calendar, codec};
use serde_json::Value as Json;
use std::borrow::Cow;

/// Plans the import of a table into a register. `columns` says which field each column is, by name as
/// [`Column::name`] has it; without it they are matched by field name, label or alias, without regard to case, blanks
/// and underlines.
///
/// # Errors
/// If the table as a whole cannot be taken; rows that do not fit are named in the plan instead.
pub fn plan(
    w: &World,
    kind: KindIx,
    table: &Table,
    columns: Option<&[Option<String>]>,
    past: &mut dyn Past,
    actor: &Actor,
) -> Result<Plan, Error> {
    let k = w.kind_at(kind);
    let mut columns = match columns {
        Some(names) => names.iter().map(|n| Column::named(k, n.as_deref())).collect(),
        None => mapping::propose(k, &table.header),
    };
    columns.resize(table.header.len(), Column::Unused);
    if !columns.iter().any(|c| matches!(c, Column::Id | Column::Field { .. })) {
        let names: Vec<&str> = k.fields.iter().map(|f| f.name.as_str()).take(8).collect();
        let what = format!(
            "no column is known of a {}; expected some of {}",
            k.name,
            names.join(", ")
        );
        return Err(Error::at(&table.file, 1, what));
    }
    let origin = origin(w, table, &columns, past);
    let mut planner = Planner::new(w, past, "csv", &table.file);
    for (head, column) in table.header.iter().zip(&columns) {
        if *column == Column::Unused {
            planner.unused(head);
        }
    }
    for (is, tool, word) in [
        (ciso_assistant::is(table), "CISO Assistant", super::CISO_ASSISTANT),
        (simplerisk::is(table), "SimpleRisk", super::SIMPLERISK),
    ] {
        if is {
            planner.tell(format!(
                "this is an export of {tool}: 'import {word}' understands more of it"
            ));
        }
    }
    if origin == From::Elsewhere {
        planner.tell("this is an export of another store: its ids are kept as foreign ids".to_string());
    }
    let reader = Reader {
        w,
        kind,
        table,
        columns: &columns,
        origin,
    };
    for row in table.rows() {
        reader.row(row, &mut planner);
    }
    Ok(planner.finish(actor))
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

/// An own export says when its records were changed: this store knows one of them at that moment, or it is another's.
fn origin(w: &World, table: &Table, columns: &[Column], past: &mut dyn Past) -> From {
    let at = |c: &Column| columns.iter().position(|d| d == c);
    let (Some(id), Some(changed)) = (at(&Column::Id), at(&Column::Changed)) else {
        return From::Outside;
    };
    let mut any = false;
    let mut here = |row: Row| {
        let text = |at: usize| row.get(at).map(|c| c.text.trim()).unwrap_or_default();
        let id = text(id);
        any |= !id.is_empty();
        let time = calendar::parse_time(text(changed), w.today, w.now);
        let record = w.find(&Id::from(id));
        record.zip(time).is_some_and(|(r, t)| past::knows(past, r, t))
    };
    let found = table.rows().any(&mut here);
    if any && !found { From::Elsewhere } else { From::Here }
}

/// Reads the rows of one table.
struct Reader<'a, 't> {
    w: &'a World<'a>,
    kind: KindIx,
    table: &'t Table,
    columns: &'a [Column],
    origin: From,
}

impl<'a, 't> Reader<'a, 't> {
    fn row(&self, row: Row<'t>, planner: &mut Planner<'_, '_, 't>) {
        let k = self.w.kind_at(self.kind);
        let (line, width) = (row.first().map_or(0, |c| c.line), row.len());
        let mut item = Item::new(line, self.kind);
        if let Some(extra) = row.iter().skip(self.columns.len()).find(|c| !c.text.is_empty()) {
            let why = format!("the row has {width} cells, the header {}", self.columns.len());
            return planner.refuse(line, "", &extra.text, &why);
        }
        let heads = self.table.header.iter();
        for ((cell, column), head) in row.into_iter().zip(self.columns).zip(heads) {
            let text = trimmed(cell.text.clone());
            match column {
                Column::Id if !text.is_empty() => self.id(&mut item, &text),
                Column::Changed => item.changed = calendar::parse_time(&text, self.w.today, self.w.now),
                Column::State if !text.is_empty() => {
                    match k.states.iter().find(|s| mapping::head(&s.id) == mapping::head(&text)) {
                        Some(s) => item.state = Some(s.id.clone()),
                        None => item.kept.push((head.clone(), text.into_owned())),
                    }
                }
                Column::Field { nth, guess } => {
                    let field = &k.fields[*nth];
                    if field.name == "title" {
                        item.title = text.clone();
                    }
                    let mut given = cell.text;
                    let want = match text.starts_with(['[', '{']) {
                        false if field.is_link() => Want::Names(names(&text)),
                        false => Want::Text,
                        true => self.listed(field, &mut given),
                    };
                    if field.name == "aliases" {
                        item.keys.extend(keys(self.w, k, field, given.trim()));
                        continue;
                    }
                    if let Some(why) = unknown_id(self.w, &want).filter(|_| self.origin != From::Elsewhere) {
                        return planner.refuse(cell.line, head, &text, &why);
                    }
                    // Two dashes mean nothing in many exports; only a text may hold them.
                    let unset = text == "--" && !matches!(field.kind, FieldType::Line | FieldType::Text);
                    let text = if unset { Cow::Borrowed("") } else { given };
                    // Several columns may hold tags: they add up.
                    match item.cells.iter_mut().find(|c| c.tag == field.tag) {
                        Some(sum) => sum.text = format!("{}, {text}", sum.text).into(),
                        None => item.cells.push(Cell {
                            tag: field.tag,
                            column: head,
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

    /// A list or an object of JSON: what it means for the field, and the text that it is for a field of text.
    fn listed(&self, field: &Field, text: &mut Cow<'t, str>) -> Want {
        let Ok(json) = serde_json::from_str::<Json>(text) else {
            return Want::Text;
        };
        let words: Option<Vec<&str>> = json.as_array().and_then(|all| all.iter().map(Json::as_str).collect());
        match (field.kind, words) {
            (FieldType::Link | FieldType::Links, Some(words)) => {
                Want::Names(words.into_iter().map(str::to_string).collect())
            }
            (FieldType::Tags, Some(words)) => {
                let quoted: Vec<String> = words
                    .iter()
                    .map(|w| format!("\"{}\"", w.replace('"', "\"\"")))
                    .collect();
                *text = quoted.join(", ").into();
                Want::Text
            }
            (FieldType::Range, _) => codec::from_json(field, &json).map_or(Want::Text, |v| Want::Value(Some(v))),
            _ => Want::Text,
        }
    }

    /// Other tools have ids that look like ours; only what is written as we write it, and is there or comes from an
    /// own export, is one. The rest is kept, and found again by it.
    fn id(&self, item: &mut Item<'t>, text: &str) {
        let ours = |id: &Id| id.as_str() == text && self.w.catalogue.kind_of(id) == Some(self.kind);
        match Id::typed(text)
            .filter(ours)
            .filter(|id| self.origin == From::Here || self.w.find(id).is_some())
        {
            Some(id) => item.id = Some(id),
            None => item.keys.push(text.to_string()),
        }
    }
}

/// Without the blanks around it.
fn trimmed(text: Cow<'_, str>) -> Cow<'_, str> {
    match text {
        Cow::Borrowed(t) => Cow::Borrowed(t.trim()),
        Cow::Owned(t) => Cow::Owned(t.trim().to_string()),
    }
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
