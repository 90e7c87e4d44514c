//! What the cells of a row mean as values of the record that it is about.

use super::Planner;
use super::find::Place;
use super::three::links;
use crate::exchange::plan::{Cell, Item, Want};
use crate::model::codec;
use crate::model::kind::{Field, FieldType, Kind, Tag};
use crate::model::record::{Id, Record};
use crate::model::value::{Link, Value};

/// So many cells of one row are named that do not fit: who mends a file wants to know all at once, and a strange file
/// shall not fill the memory.
const FAULTS: usize = 8;

/// Why a cell has no value.
enum Strange {
    /// It names records that are not there.
    Unknown(Vec<String>),
    /// It does not fit its field.
    Unfit(codec::Expected),
}

impl Planner<'_, '_, '_> {
    /// What a cell means as a value.
    fn value(&mut self, kind: &Kind, field: &Field, cell: &Cell<'_>, seen: &Record) -> Result<Option<Value>, Strange> {
        let names = match &cell.want {
            Want::Value(v) => return Ok(v.clone().filter(|v| !v.is_empty())),
            Want::Text => {
                let value = codec::parse(self.w, kind, Some(seen), field, &cell.text);
                let value = value.map_err(Strange::Unfit)?;
                if let (Some(Value::Text(t)), Some(scale)) = (&value, self.w.field_scale(kind, Some(seen), field))
                    && scale.position(t).is_none()
                {
                    let text = format!("column '{}': '{t}' is not on the scale; kept as it is", cell.column);
                    self.note(cell.line, text);
                }
                if let Some(label) = codec::taken_for(self.w, kind, Some(seen), field, &cell.text) {
                    let text = format!("column '{}': '{}' is taken as {label}", cell.column, cell.text.trim());
                    self.note(cell.line, text);
                }
                return Ok(value.filter(|v| !v.is_empty()));
            }
            Want::Items(items) => return Ok(self.linked(field, items)),
            Want::Names(names) => names,
        };
        let (mut ids, mut unknown) = (Vec::new(), Vec::new());
        for name in names {
            if let Some(id) = self.resolve(field, name) {
                ids.push(id);
                continue;
            }
            let parts: Vec<&str> = name
                .split([',', ';'])
                .map(str::trim)
                .filter(|p| !p.is_empty())
                .collect();
            let found: Vec<Id> = parts.iter().filter_map(|p| self.resolve(field, p)).collect();
            if found.len() == parts.len() {
                ids.extend(found);
            } else {
                unknown.push(name.clone());
            }
        }
        if !unknown.is_empty() || (field.kind == FieldType::Link && ids.len() > 1) {
            return Err(Strange::Unknown(unknown));
        }
        Ok(match field.kind {
            FieldType::Link => ids.into_iter().next().map(Value::Link),
            _ if ids.is_empty() => None,
            _ => Some(Value::Links(links(ids, seen.get(field.tag)))),
        })
    }

    /// Links to the records of other items; what was left out is not linked to.
    fn linked(&self, field: &Field, items: &[(usize, Vec<(Tag, Value)>)]) -> Option<Value> {
        let mut all: Vec<Link> = Vec::new();
        for (item, attributes) in items {
            let to = match self.places.get(*item) {
                Some(Place::Old(record)) => record.id.clone(),
                Some(Place::New) => Id::local(*item),
                _ => continue,
            };
            let attributes = attributes.clone();
            all.push(Link { to, attributes });
        }
        all.sort_by(|a, b| a.to.cmp(&b.to));
        match field.kind {
            FieldType::Link => all.into_iter().next().map(|l| Value::Link(l.to)),
            _ => (!all.is_empty()).then_some(Value::Links(all)),
        }
    }

    /// The values of a row that can be read; the rest goes to the notes. `None` if the row is refused for it.
    pub(super) fn values(
        &mut self,
        item: &Item<'_>,
        record: Option<&Record>,
        kept: &mut Vec<(String, String)>,
    ) -> Option<Vec<(usize, Option<Value>)>> {
        let kind = self.w.kind_at(item.kind);
        let mut seen = record.cloned().unwrap_or_else(|| Record::new(Id::local(0)));
        // Scales are read by the method that the row itself names.
        if let Some(method) = kind.field("method")
            && let Some(cell) = item.cells.iter().find(|c| c.tag == method.tag)
            && let Ok(v @ Some(_)) = self.value(kind, method, cell, &seen)
        {
            seen.set(method.tag, v);
        }
        let mut out = Vec::new();
        let mut faults = 0;
        for (n, cell) in item.cells.iter().enumerate() {
            let Some(field) = kind.field_by_tag(cell.tag) else {
                continue;
            };
            let why = match self.value(kind, field, cell, &seen) {
                Ok(v) => {
                    out.push((n, v));
                    continue;
                }
                Err(Strange::Unfit(e)) if !cell.guess => {
                    let why = format!("does not fit{}{}", codec::EXPECTED, e.expected);
                    match faults {
                        0 => self.refuse(cell.line, cell.column, &cell.text, &why),
                        _ => self.fault(cell.line, cell.column, &cell.text, &why),
                    }
                    faults += 1;
                    if faults == FAULTS {
                        break;
                    }
                    continue;
                }
                Err(Strange::Unfit(e)) => e.to_string(),
                Err(Strange::Unknown(names)) if names.is_empty() => "one record only fits here".to_string(),
                Err(Strange::Unknown(names)) => {
                    let targets = if field.target.is_empty() {
                        "record".to_string()
                    } else {
                        field.target.join(" or ")
                    };
                    format!("no {targets} is called '{}'", names.join("', '"))
                }
            };
            kept.push((cell.column.to_string(), cell.text.to_string()));
            self.note(cell.line, format!("column '{}': {why}; kept in the notes", cell.column));
        }
        (faults == 0).then_some(out)
    }
}
