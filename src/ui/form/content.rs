//! What a form holds of a field while it is being edited: the text as typed, or entries (links, rows) whose cells are
//! texts as typed. Between this and values stand only the codecs.

use super::{Form, file};
use crate::model::codec;
use crate::model::kind::{Field, FieldType, Kind, Level, Need, Tag};
use crate::model::record::{Id, Record};
use crate::model::value::{Link, Row, Value};
use crate::model::world::World;
use serde::{Deserialize, Serialize};

/// What is typed for a field: a text that the codec of its type reads (for a link the id), or for links and rows
/// entries.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Content {
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub text: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub entries: Vec<Entry>,
}

/// One of several links, or one row.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Entry {
    /// The id linked to, or the number of the row; empty for a row that was not saved yet.
    pub to: String,
    /// Attributes or cells as typed; those that are empty are left out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub cells: Vec<(Tag, String)>,
}

/// Where the form is: what the codecs want to know.
#[derive(Clone, Copy)]
pub(super) struct Place<'a, 'r> {
    pub w: World<'a>,
    pub kind: &'a Kind,
    /// The record as it would be if it were saved now.
    pub record: &'r Record,
}

impl Content {
    /// A text as typed.
    pub fn text(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            entries: Vec::new(),
        }
    }

    /// Links or rows.
    pub fn entries(entries: Vec<Entry>) -> Self {
        Self {
            text: String::new(),
            entries,
        }
    }

    /// Whether nothing is typed.
    pub fn is_empty(&self) -> bool {
        self.text.is_empty() && self.entries.is_empty()
    }

    /// What a form shows of a stored value at first.
    pub fn of(w: &World, kind: &Kind, record: Option<&Record>, field: &Field, value: Option<&Value>) -> Self {
        let cells = |values: &[(Tag, Value)]| {
            let text = |f: &Field, v| codec::edit_text(w, kind, record, f, v);
            let sub = |tag: Tag| field.fields.iter().find(|f| f.tag == tag);
            let known = values.iter().filter_map(|(tag, v)| Some((*tag, text(sub(*tag)?, v))));
            known.filter(|(_, text)| !text.is_empty()).collect()
        };
        match value {
            None => Self::default(),
            Some(Value::Links(links)) => Self::entries(
                links
                    .iter()
                    .map(|l| Entry {
                        to: l.to.to_string(),
                        cells: cells(&l.attributes),
                    })
                    .collect(),
            ),
            Some(Value::Rows(rows)) => Self::entries(
                rows.iter()
                    .map(|r| Entry {
                        to: r.id.to_string(),
                        cells: cells(&r.cells),
                    })
                    .collect(),
            ),
            Some(v) => Self::text(codec::edit_text(w, kind, record, field, v)),
        }
    }

    /// The value that is meant. Ids of records that the same draft creates stay as they are.
    ///
    /// # Errors
    /// What would be understood instead.
    pub fn value(&self, p: Place, field: &Field) -> Result<Option<Value>, String> {
        match field.kind {
            FieldType::Link if self.text.starts_with("new:") => Ok(Some(Value::Link(Id::from(self.text.as_str())))),
            FieldType::File if file::path(field, &self.text).is_some() => Err(file::ENTER.to_owned()),
            FieldType::Rows => {
                // Numbers of rows that were taken away are not given again.
                let stored = p.w.find(&p.record.id).and_then(|r| r.get(field.tag));
                let stored = stored.map(Value::as_rows).unwrap_or_default().iter().map(|r| r.id);
                let typed = self.entries.iter().filter_map(|e| e.to.parse().ok());
                let mut next: u32 = stored.chain(typed).max().unwrap_or(0);
                let mut rows = Vec::with_capacity(self.entries.len());
                for entry in &self.entries {
                    let id = entry.to.parse().unwrap_or_else(|_| {
                        next = next.saturating_add(1);
                        next
                    });
                    rows.push(Row {
                        id,
                        cells: entry.values(p, field)?,
                    });
                }
                Ok((!rows.is_empty()).then_some(Value::Rows(rows)))
            }
            FieldType::Links => {
                let mut links = Vec::with_capacity(self.entries.len());
                for entry in &self.entries {
                    links.push(Link {
                        to: Id::from(entry.to.as_str()),
                        attributes: entry.values(p, field)?,
                    });
                }
                links.sort_by(|a, b| a.to.cmp(&b.to));
                links.dedup_by(|a, b| a.to == b.to);
                Ok((!links.is_empty()).then_some(Value::Links(links)))
            }
            _ => codec::parse(&p.w, p.kind, Some(p.record), field, &self.text).map_err(|e| e.to_string()),
        }
    }

    /// One line for people: labels of choices and levels, titles of links.
    pub fn shown(&self, p: Place, field: &Field, created: &[Form]) -> String {
        let mut names = self.entries.iter().map(|e| match field.kind {
            FieldType::Links => named(&p.w, &e.to, created),
            _ => e.name(field),
        });
        match (field.kind, self.entries.len()) {
            (_, 1) => names.next().unwrap_or_default(),
            (_, n) if n > 1 => format!("{n}: {}", names.collect::<Vec<_>>().join(", ")),
            _ if self.text.is_empty() => String::new(),
            (FieldType::Link, _) => named(&p.w, &self.text, created),
            _ => match self.value(p, field) {
                Ok(Some(v)) => readable(p, field, &v),
                _ => self.text.clone(),
            },
        }
    }
}

impl Entry {
    /// What is typed in a cell.
    pub fn cell(&self, tag: Tag) -> &str {
        self.cells.iter().find(|(t, _)| *t == tag).map_or("", |(_, text)| text)
    }

    /// Sets what is typed in a cell.
    pub fn set(&mut self, tag: Tag, text: &str) {
        self.cells.retain(|(t, _)| *t != tag);
        if !text.is_empty() {
            self.cells.push((tag, text.to_owned()));
            self.cells.sort_by_key(|(t, _)| *t);
        }
    }

    fn values(&self, p: Place, field: &Field) -> Result<Vec<(Tag, Value)>, String> {
        let mut values = Vec::new();
        for f in &field.fields {
            let content = Content::text(self.cell(f.tag));
            match content.value(p, f).map_err(|e| format!("{}: {e}", f.label))? {
                Some(v) => values.push((f.tag, v)),
                None if f.required == Need::Save => return Err(format!("{} is needed", f.label)),
                None => {}
            }
        }
        values.sort_by_key(|(tag, _)| *tag);
        Ok(values)
    }

    /// A row in one word: its first cell that says something.
    fn name(&self, field: &Field) -> String {
        let first = field.fields.iter().map(|f| self.cell(f.tag)).find(|t| !t.is_empty());
        first.unwrap_or("(empty)").to_owned()
    }
}

/// A value for people. Cells of rows are no fields of the kind, so the codec's view of the kind does not know them.
pub(super) fn readable(p: Place, field: &Field, v: &Value) -> String {
    let own = p
        .kind
        .field(&field.name)
        .is_some_and(|f| f.tag == field.tag && f.kind == field.kind);
    match v {
        _ if own => codec::show(&p.w, p.kind, Some(p.record), &field.name, v),
        Value::Text(t) => match (field.choice(t), level(p, field, t)) {
            (Some(c), _) => c.label.clone(),
            (_, Some((_, l))) => l.name.clone(),
            _ => t.clone(),
        },
        v => codec::edit_text(&p.w, p.kind, Some(p.record), field, v),
    }
}

/// The level of a scale field that a stored text names, and its place, lowest 0.
pub(super) fn level<'a>(p: Place<'a, '_>, field: &Field, stored: &str) -> Option<(usize, &'a Level)> {
    let scale = p.w.field_scale(p.kind, Some(p.record), field)?;
    let place = scale.position(stored)?;
    Some((place, scale.levels.get(place)?))
}

/// An id with its title; of a record that the form creates, `new` with its title.
pub(super) fn named(w: &World, id: &str, created: &[Form]) -> String {
    let id = Id::from(id);
    if let Some(form) = id.as_local().and_then(|n| created.get(n)) {
        return format!("new {}: {}", form.kind, form.name());
    }
    match w.find(&id) {
        Some(r) => format!("{id} {}", r.title()),
        None => id.to_string(),
    }
}
