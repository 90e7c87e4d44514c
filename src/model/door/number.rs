//! Every edit gets its id: the next number of its kind, or what the kind makes of a record's own values.

use super::super::change::{Edit, Origin, Target};
use super::super::kind::{Field, KindIx, Tag};
use super::super::naming;
use super::super::record::{Id, Record};
use super::super::value::Value;
use super::Door;
use std::collections::BTreeMap;

impl Door<'_> {
    /// Gives every edit its id.
    pub(super) fn number(&mut self) {
        let mut next: BTreeMap<KindIx, u64> = BTreeMap::new();
        let draft = self.draft;
        for (i, edit) in draft.edits.iter().enumerate() {
            let found = match &edit.target {
                Target::Old(id) => self.old(i, id),
                Target::New(kind) if !self.w.kind_at(*kind).id_from.is_empty() => self.made(i, edit, *kind),
                Target::New(kind) => {
                    let n = next.entry(*kind).or_insert_with(|| self.w.state.next_number(*kind));
                    let id = Id::numbered(&self.w.kind_at(*kind).prefix, *n);
                    *n += 1;
                    Some((id, *kind))
                }
                Target::NewWithId(kind, id) => self.given(i, edit, *kind, id),
            };
            self.ids.push(found);
        }
    }

    fn old(&mut self, i: usize, id: &Id) -> Option<(Id, KindIx)> {
        let w = self.w;
        let kind = w.catalogue.kind_of(id).filter(|k| w.state.get(*k, id).is_some());
        if kind.is_none() {
            self.refuse(i, Some(id), None, "unknown", format!("there is no {id}"));
        }
        kind.map(|k| (id.clone(), k))
    }

    /// The id that a kind makes of the values of an edit.
    fn named(&mut self, i: usize, edit: &Edit, kind: KindIx) -> Option<Id> {
        let of = self.w.kind_at(kind);
        let defaults: Vec<(Tag, Value)> = of
            .id_from
            .iter()
            .filter_map(|n| of.field(n))
            .filter_map(|f| Some((f.tag, Value::Text(f.default.clone()?))))
            .collect();
        let value = |tag: Tag| match edit.set.iter().rev().find(|(t, _)| *t == tag) {
            Some((_, v)) => v.as_ref(),
            None => defaults.iter().find(|(t, _)| *t == tag).map(|(_, v)| v),
        };
        match naming::made(of, value) {
            Ok(id) => Some(id),
            Err((tag, message)) => {
                self.refuse(i, None, Some(tag), "id", message);
                None
            }
        }
    }

    fn made(&mut self, i: usize, edit: &Edit, kind: KindIx) -> Option<(Id, KindIx)> {
        let id = self.named(i, edit, kind)?;
        let of = self.w.kind_at(kind);
        let tag = of.id_from.last().and_then(|n| of.field(n)).map(|f| f.tag);
        let taken = match self.w.state.get(kind, &id) {
            Some(r) if r.is_retired() => Some(format!("{id} is already there, but retired: restore it")),
            Some(_) => Some(format!("{id} is already there: edit it instead")),
            None if self.ids.iter().flatten().any(|(other, _)| *other == id) => Some(format!(
                "{id} would be made twice: its {} must differ",
                of.id_from.join(" or ")
            )),
            None => None,
        };
        match taken {
            Some(message) => {
                self.refuse(i, Some(&id), tag, "id", message);
                None
            }
            None => Some((id, kind)),
        }
    }

    fn given(&mut self, i: usize, edit: &Edit, kind: KindIx, id: &Id) -> Option<(Id, KindIx)> {
        let of = self.w.kind_at(kind);
        let message = if self.w.state.get(kind, id).is_some() {
            format!("{id} is already there; ids are never used twice")
        } else if self.w.catalogue.kind_of(id) != Some(kind) {
            format!("{id} is not the id of a {}", of.name)
        } else {
            if !of.id_from.is_empty() && !matches!(self.draft.origin, Origin::Restore) {
                let made = self.named(i, edit, kind)?;
                if made != *id {
                    let message = format!("{id} would be {made} by its {}", of.id_from.join(" and "));
                    self.refuse(i, Some(id), None, "id", message);
                    return None;
                }
            }
            return Some((id.clone(), kind));
        };
        self.refuse(i, Some(id), None, "id", message);
        None
    }

    /// Whether a value may be written without the record's id becoming untrue.
    pub(super) fn keeps_id(&mut self, i: usize, edit: &Edit, field: &Field, now: &Record, to: Option<&Value>) -> bool {
        let old = matches!(edit.target, Target::Old(_));
        let part = self.w.kind(&now.id).is_some_and(|k| k.id_from.contains(&field.name));
        if !old || !part || now.get(field.tag) == to {
            return true;
        }
        let (id, label) = (&now.id, &field.label);
        let message = format!("{label} is part of the id {id} and does not change; retire it and make another");
        self.refuse(i, Some(id), Some(field.tag), "id", message);
        false
    }
}
