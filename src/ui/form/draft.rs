//! From what is typed to the draft for the door: one edit for each record, those that come into being first.

use super::content::{Content, Entry, Place};
use super::{Form, Purpose, Sent, reason};
use crate::model::change::{Draft, Edit};
use crate::model::kind::{Field, FieldType, Kind};
use crate::model::record::{Id, Record};
use crate::model::value::Value;
use crate::model::world::World;
use std::collections::BTreeMap;
use std::sync::Arc;

/// What several records have in common in a field: of links and tags those that all have, of anything else the value
/// if it is the same; `None` if it differs.
pub(super) fn common(w: &World, kind: &Kind, records: &[Arc<Record>], field: &Field) -> Option<Content> {
    let of = |r: &Arc<Record>| Content::of(w, kind, Some(r), field, r.get(field.tag));
    let (first, rest) = records.split_first()?;
    let mut all = of(first);
    match field.kind {
        FieldType::Links => {
            for r in rest {
                let other = of(r);
                all.entries.retain(|e| other.entries.iter().any(|o| o.to == e.to));
            }
            Some(all)
        }
        FieldType::Tags => {
            let mut tags = first.get(field.tag).map_or(&[][..], Value::as_tags).to_vec();
            for r in rest {
                let other = r.get(field.tag).map_or(&[][..], Value::as_tags);
                tags.retain(|t| other.contains(t));
            }
            let tags = Value::Tags(tags);
            Some(Content::of(w, kind, Some(first), field, Some(&tags)))
        }
        // Rows of several records are only ever added to.
        FieldType::Rows if !rest.is_empty() => Some(Content::default()),
        _ => rest.iter().all(|r| of(r) == all).then_some(all),
    }
}

impl Form {
    /// The draft. Nothing may stand in its way ([`Form::refuses`]).
    pub(super) fn draft(&mut self, w: &World) -> Draft {
        let action = match &self.purpose {
            Purpose::New => "record.create".to_owned(),
            Purpose::Edit | Purpose::Change => "record.edit".to_owned(),
            Purpose::Move(name) => format!("{}.{name}", self.kind),
        };
        let mut draft = Draft::new(&action);
        let cells = self.sheet.cells.iter().filter(|c| reason::field(&c.name).is_some());
        let reasons = cells.map(|c| c.content().text.trim().to_owned());
        draft.reason = reasons.into_iter().find(|r| !r.is_empty());
        self.sent.clear();
        let mut sent = Vec::new();
        self.edits(w, &mut draft.edits, &mut sent);
        self.sent = sent;
        // What the move makes beside it is said last, so that the places of the others stay.
        if let Some(kind) = self.kind_of(w)
            && let Some(makes) = self.transition(kind).and_then(|t| t.makes.as_ref())
        {
            draft
                .edits
                .extend(makes.edit(w, kind, &self.bases, draft.reason.as_deref()));
        }
        draft
    }

    /// Adds the edits of this form: first those of the records that come into being with it and are linked to.
    fn edits(&self, w: &World, out: &mut Vec<Edit>, sent: &mut Vec<Sent>) {
        let Some(ix) = w.catalogue.index_of(&self.kind) else {
            return;
        };
        let kind = w.kind_at(ix);
        let mut places: BTreeMap<usize, usize> = BTreeMap::new();
        for (n, form) in self.created.iter().enumerate() {
            if self.names(&Id::local(n)) {
                form.edits(w, out, &mut Vec::new());
                places.insert(n, out.len() - 1);
                sent.resize(out.len() - 1, Sent::Within(n));
                sent.push(Sent::Created(n));
            }
        }
        let record = self.scratch(w);
        let place = Place {
            w: *w,
            kind,
            record: &record,
        };
        let settle = |v: Value| resolve(v, &places);
        if self.purpose == Purpose::New {
            let mut edit = Edit::new(ix);
            for (i, cell) in self.sheet.cells.iter().enumerate() {
                let Some(field) = self.sheet.field(kind, i) else {
                    continue;
                };
                match cell.content().value(place, field) {
                    Ok(Some(v)) => edit = edit.with(field.tag, Some(settle(v))),
                    // A default that was taken away must be said, or the door puts it back.
                    Ok(None) if field.default.is_some() => edit = edit.with(field.tag, None),
                    _ => {}
                }
            }
            out.push(edit);
        }
        for base in &self.bases {
            let mut edit = Edit::of(base);
            for (i, cell) in self.sheet.cells.iter().enumerate().filter(|(_, c)| c.touched()) {
                let Some(field) = self.sheet.field(kind, i).filter(|f| f.tag != 0) else {
                    continue;
                };
                let content = self.for_record(w, kind, base, field, cell.origin.as_ref(), cell.content());
                let place = Place { record: base, ..place };
                let Ok(value) = content.value(place, field) else {
                    continue;
                };
                let value = value.map(settle);
                if value.as_ref() != base.get(field.tag) {
                    edit = edit.with(field.tag, value);
                }
            }
            if let Purpose::Move(name) = &self.purpose {
                edit = edit.moving(name);
            }
            if !edit.set.is_empty() || edit.transition.is_some() {
                out.push(edit);
            }
        }
        sent.resize(out.len(), Sent::Own);
    }

    /// What is typed, for one of several records: what was added is added, what was taken away is taken away, and
    /// what only this record has stays.
    fn for_record(
        &self,
        w: &World,
        kind: &Kind,
        base: &Arc<Record>,
        field: &Field,
        origin: Option<&Content>,
        now: Content,
    ) -> Content {
        if self.bases.len() < 2 {
            return now;
        }
        let own = Content::of(w, kind, Some(base), field, base.get(field.tag));
        let before = origin.cloned().unwrap_or_default();
        match field.kind {
            FieldType::Links | FieldType::Rows => {
                let gone = |e: &Entry| {
                    before.entries.iter().any(|b| b.to == e.to) && !now.entries.iter().any(|n| n.to == e.to)
                };
                let mut entries: Vec<Entry> = own.entries.into_iter().filter(|e| !gone(e)).collect();
                for e in now.entries {
                    match entries.iter_mut().find(|o| !e.to.is_empty() && o.to == e.to) {
                        // What all had and nobody touched stays as each record has it.
                        Some(o) if !before.entries.contains(&e) => *o = e,
                        Some(_) => {}
                        None => entries.push(e),
                    }
                }
                Content::entries(entries)
            }
            FieldType::Tags => {
                let record = Record::new(base.id.clone());
                let place = Place {
                    w: *w,
                    kind,
                    record: &record,
                };
                let words = |c: &Content| super::keys::tags_of(c, field, place);
                let (before, now) = (words(&before), words(&now));
                let mut tags = words(&own);
                tags.retain(|t| !before.contains(t) || now.contains(t));
                tags.extend(now.into_iter().filter(|t| !before.contains(t)));
                tags.sort();
                tags.dedup();
                Content::of(w, kind, Some(base), field, Some(&Value::Tags(tags)))
            }
            _ => now,
        }
    }

    /// Whether anything typed here links to an id.
    fn names(&self, id: &Id) -> bool {
        let id = id.as_str();
        self.sheet.cells.iter().filter_map(|c| c.now.as_ref()).any(|c| {
            c.text == id
                || c.entries
                    .iter()
                    .any(|e| e.to == id || e.cells.iter().any(|(_, text)| text == id))
        })
    }
}

/// Puts the places in the draft for the local ids of a form.
fn resolve(value: Value, places: &BTreeMap<usize, usize>) -> Value {
    let id = |id: Id| match id.as_local().and_then(|n| places.get(&n)) {
        Some(n) => Id::local(*n),
        None => id,
    };
    match value {
        Value::Link(to) => Value::Link(id(to)),
        Value::Links(mut links) => {
            for link in &mut links {
                link.to = id(link.to.clone());
            }
            Value::Links(links)
        }
        Value::Rows(mut rows) => {
            for (_, cell) in rows.iter_mut().flat_map(|r| r.cells.iter_mut()) {
                *cell = resolve(cell.clone(), places);
            }
            Value::Rows(rows)
        }
        other => other,
    }
}
