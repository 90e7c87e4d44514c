//! Links at the door: local ids become real ones, and every new link leads to a record that it may name.

use super::super::change::Origin;
use super::super::kind::Field;
use super::super::record::{Id, Record};
use super::super::value::Value;
use super::Door;
use std::collections::BTreeMap;
use std::sync::Arc;

impl Door<'_> {
    /// Local ids become real ones; links are sorted and each there once.
    pub(super) fn settle(&self, value: Value) -> Value {
        let real = |id: Id| match id.as_local().and_then(|n| self.ids.get(n)) {
            Some(Some((real, _))) => real.clone(),
            _ => id,
        };
        match value {
            Value::Link(id) => Value::Link(real(id)),
            Value::Links(mut links) => {
                for l in &mut links {
                    l.to = real(l.to.clone());
                }
                links.sort_by(|a, b| a.to.cmp(&b.to));
                links.dedup_by(|a, b| a.to == b.to);
                Value::Links(links)
            }
            Value::Rows(mut rows) => {
                for row in &mut rows {
                    for (_, v) in &mut row.cells {
                        if let Value::Link(id) = v {
                            *v = Value::Link(real(id.clone()));
                        }
                    }
                }
                Value::Rows(rows)
            }
            Value::Tags(mut tags) => {
                tags.sort();
                tags.dedup();
                Value::Tags(tags)
            }
            other => other,
        }
    }

    /// New links must lead to records that are there, of a kind that the field names, and not to the record itself.
    pub(super) fn links(&mut self, now: &BTreeMap<Id, Arc<Record>>) {
        let mut found = Vec::new();
        for (i, edit) in self.draft.edits.iter().enumerate() {
            let Some((id, ix)) = &self.ids[i] else { continue };
            let (kind, Some(after)) = (self.w.kind_at(*ix), now.get(id)) else {
                continue;
            };
            for (tag, _) in &edit.set {
                let (Some(field), Some(value)) = (kind.field_by_tag(*tag), after.get(*tag)) else {
                    continue;
                };
                let before = self.w.state.get(*ix, id).and_then(|r| r.get(*tag));
                for to in value.ids() {
                    if before.is_some_and(|b| b.ids().any(|x| x == to)) {
                        continue;
                    }
                    if let Err(message) = self.leads(field, id, to, now) {
                        found.push((i, id.clone(), *tag, message));
                    }
                }
            }
        }
        for (i, id, tag, message) in found {
            self.refuse(i, Some(&id), Some(tag), "link", message);
        }
    }

    fn leads(&self, field: &Field, from: &Id, to: &Id, now: &BTreeMap<Id, Arc<Record>>) -> Result<(), String> {
        let label = &field.label;
        if from == to {
            return Err(format!("{label}: {from} cannot link to itself"));
        }
        let Some(target) = now.get(to).or_else(|| self.w.find(to)) else {
            return Err(format!("{label}: there is no {to}"));
        };
        let targets: Vec<&String> = if field.is_link() {
            field.target.iter().collect()
        } else {
            field.fields.iter().flat_map(|f| &f.target).collect()
        };
        let fits = targets.is_empty() || self.w.kind(to).is_some_and(|k| targets.iter().any(|t| **t == k.name));
        let back = matches!(self.draft.origin, Origin::Restore);
        // What a field may name could have been narrowed since.
        if !fits && !back {
            let names: Vec<&str> = targets.iter().map(|t| t.as_str()).collect();
            return Err(format!("{label}: {to} is not a {}", names.join(" or ")));
        }
        if target.is_retired() && !back && !matches!(self.draft.origin, Origin::Undo(_) | Origin::Redo(_)) {
            return Err(format!("{label}: {to} is retired"));
        }
        Ok(())
    }
}
