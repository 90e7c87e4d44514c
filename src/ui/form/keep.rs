//! What the door said, shown where it belongs; and a form as bytes, so that what is typed survives a lost connection,
//! half-typed text included.

use super::content::Content;
use super::layer::Layer;
use super::{Form, Purpose, Sent, draft, reason};
use crate::model::change::{Conflict, Problem, Refusal};
use crate::model::kind::Kind;
use crate::model::record::Record;
use crate::model::world::World;
use std::sync::Arc;

impl Form {
    /// Shows why the door refused the last draft: beside the fields, at the first of which the form then stands.
    pub fn mark(&mut self, refusal: &Refusal, w: &World) {
        match refusal {
            Refusal::Nothing => self.note = Some("Nothing was changed.".to_owned()),
            Refusal::Problems(problems) => self.mark_problems(problems, w),
            Refusal::Conflicts(conflicts) => self.mark_conflicts(conflicts, w),
        }
    }

    fn mark_problems(&mut self, problems: &[Problem], w: &World) {
        let Some(kind) = self.kind_of(w) else { return };
        let several = self.records.len() > 1;
        let mut first: Option<usize> = None;
        let mut notes: Vec<String> = Vec::new();
        self.sheet.layer = None;
        for p in problems {
            let id = p.id.as_ref().filter(|id| several && !p.message.contains(id.as_str()));
            let message = id.map_or_else(|| p.message.clone(), |id| format!("{id}: {}", p.message));
            match self.sent.get(p.edit) {
                Some(Sent::Created(n)) => {
                    self.mark_created(*n, p, w);
                    continue;
                }
                Some(Sent::Within(n)) => {
                    // It does not say in which of the forms within: at least it is said where the way leads.
                    self.mark_created(
                        *n,
                        &Problem {
                            field: None,
                            ..p.clone()
                        },
                        w,
                    );
                    continue;
                }
                _ => {}
            }
            let field = p.field.and_then(|tag| kind.field_by_tag(tag));
            let is_reason = p.field.is_none() && p.rule == "reason";
            let place = self.sheet.cells.iter().position(|c| match field {
                Some(f) => c.name == f.name,
                None => is_reason && reason::field(&c.name).is_some(),
            });
            match place {
                Some(i) => {
                    self.sheet.cells[i].told.get_or_insert(message);
                    first = Some(first.map_or(i, |f| f.min(i)));
                }
                None if notes.contains(&message) => {}
                None => notes.push(message),
            }
        }
        self.note = (!notes.is_empty()).then(|| notes.join("\n"));
        if let Some(i) = first.filter(|_| self.sheet.layer.is_none()) {
            self.sheet.go(i);
        }
    }

    /// A problem of a record that comes into being with this one: its form opens again at that field.
    fn mark_created(&mut self, n: usize, problem: &Problem, w: &World) {
        let id = crate::model::record::Id::local(n).to_string();
        let links = |c: &Content| c.text == id || c.entries.iter().any(|e| e.to == id);
        let place = self.sheet.cells.iter().position(|c| c.now.as_ref().is_some_and(links));
        let Some(form) = self.created.get_mut(n) else { return };
        form.sent.clear();
        form.mark_problems(std::slice::from_ref(problem), w);
        if let (Some(i), None) = (place, &self.sheet.layer) {
            self.sheet.go(i);
            self.sheet.layer = Some(Box::new(Layer::Create {
                index: n,
                fresh: false,
                table: None,
            }));
        }
    }

    /// Fields that others changed meanwhile: the rest moves on to what is there now, these ask for mine or theirs.
    fn mark_conflicts(&mut self, conflicts: &[Conflict], w: &World) {
        let Some(kind) = self.kind_of(w) else { return };
        if let [one] = self.bases.as_slice() {
            let mut now = w.find(&one.id).map_or_else(|| Record::clone(one), |r| Record::clone(r));
            for c in conflicts.iter().filter(|c| c.id == one.id) {
                now.set(c.field, c.theirs.clone());
            }
            let fields: Vec<u16> = conflicts.iter().map(|c| c.field).collect();
            self.move_on(w, kind, &[Arc::new(now)], &|tag| fields.contains(&tag));
        } else {
            let ids: Vec<String> = conflicts.iter().map(|c| c.id.to_string()).collect();
            let all: Vec<Arc<Record>> = self
                .bases
                .iter()
                .map(|r| Arc::clone(w.find(&r.id).unwrap_or(r)))
                .collect();
            self.note = Some(format!(
                "{} changed meanwhile: look at them, then save again to write yours over it, or Esc",
                ids.join(", ")
            ));
            self.take_bases(&all);
            return;
        }
        if let Some(i) = self.sheet.cells.iter().position(|c| c.theirs.is_some()) {
            self.sheet.layer = None;
            self.sheet.go(i);
        } else {
            self.sheet.load();
        }
    }

    fn take_bases(&mut self, records: &[Arc<Record>]) {
        let seen = |r: &Arc<Record>| (r.id.clone(), r.meta.as_ref().map_or(0, |m| m.changed.seq));
        self.records = records.iter().map(seen).collect();
        self.bases = records.to_vec();
    }

    /// Makes newer versions the ones that this form starts from. What the person did not touch follows them; what both
    /// touched, if `asks` says so for its tag, is put to the person.
    fn move_on(&mut self, w: &World, kind: &Kind, records: &[Arc<Record>], asks: &dyn Fn(u16) -> bool) {
        for i in 0..self.sheet.cells.len() {
            let Some(field) = self.sheet.field(kind, i).filter(|f| f.tag != 0) else {
                continue;
            };
            let theirs = draft::common(w, kind, records, field);
            let cell = &mut self.sheet.cells[i];
            if !cell.touched() {
                cell.now.clone_from(&theirs);
                cell.theirs = None;
            } else if asks(field.tag) && cell.origin != theirs && cell.now != theirs {
                cell.theirs.clone_from(&theirs);
            }
            cell.origin = theirs;
        }
        self.take_bases(records);
    }

    /// Everything typed, as bytes that [`Form::from_bytes`] reads: JSON, one line.
    pub fn to_bytes(&self) -> Vec<u8> {
        // Serialising plain data into memory does not fail; an empty draft is refused when it is read.
        serde_json::to_vec(self).unwrap_or_default()
    }

    /// A form as it was when its bytes were made. If its records have changed since, what was not touched follows them,
    /// and what was touched on both sides asks.
    ///
    /// # Errors
    /// Says why there is no such form: the bytes are none, or the records or the kind are not there.
    pub fn from_bytes(bytes: &[u8], w: &World) -> Result<Self, String> {
        let mut form: Self = serde_json::from_slice(bytes).map_err(|e| format!("the draft cannot be read: {e}"))?;
        form.revive(w)?;
        Ok(form)
    }

    fn revive(&mut self, w: &World) -> Result<(), String> {
        let kind = self
            .kind_of(w)
            .ok_or_else(|| format!("the draft is for a '{}', which is not known", self.kind))?;
        if let (Purpose::Move(name), None) = (&self.purpose, self.transition(kind)) {
            return Err(format!("the draft is for the transition '{name}', which is not known"));
        }
        let mut records = Vec::with_capacity(self.records.len());
        let mut moved = false;
        for (id, seq) in &self.records {
            let record = w
                .find(id)
                .ok_or_else(|| format!("the draft is for {id}, which is not there"))?;
            moved |= record.meta.as_ref().map_or(0, |m| m.changed.seq) != *seq;
            records.push(Arc::clone(record));
        }
        let known: Vec<bool> = (0..self.sheet.cells.len())
            .map(|i| self.sheet.field(kind, i).is_some())
            .collect();
        let mut known = known.into_iter();
        self.sheet.cells.retain(|_| known.next().unwrap_or(false));
        self.bases.clone_from(&records);
        if moved {
            self.move_on(w, kind, &records, &|_| true);
        }
        self.sheet.revive(self.created.len());
        for form in &mut self.created {
            form.revive(w)?;
        }
        Ok(())
    }
}

impl super::sheet::Sheet {
    /// Mends what only a foreign hand can have broken: places that are not there, an input that is of another text.
    fn revive(&mut self, created: usize) {
        self.size.set((60, 10));
        self.focus = self.focus.min(self.cells.len());
        let text = self.cells.get(self.focus).map(|c| c.content().text).unwrap_or_default();
        if self.input.text() == text {
            self.input.mend();
        } else {
            self.input.set(&text);
        }
        match self.layer.as_deref_mut() {
            Some(Layer::Row { sheet, .. }) => sheet.revive(created),
            Some(Layer::Create { index, .. }) if *index >= created => self.layer = None,
            _ => {}
        }
    }
}
