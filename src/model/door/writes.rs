//! What the program writes by itself when a draft passes: what a move sets, and the first day of a date's series.

use super::super::change::{Edit, Origin};
use super::super::kind::{Kind, Transition};
use super::super::record::Record;
use super::super::rights;
use super::super::sets;
use super::super::world::World;
use super::Door;
use super::fits;

impl Door<'_> {
    /// Fills in what a transition fills where nothing is said.
    pub(super) fn fill(&mut self, i: usize, kind: &Kind, after: &mut Record, t: &Transition) {
        let w = World {
            me: &self.actor.person,
            ..*self.w
        };
        // What is asked for is proposed by who asks, and never made up here.
        let mut fills = t.fills.clone();
        fills.retain(|name, _| !t.asks.contains(name));
        match sets::fill(&w, kind, after, &fills) {
            Ok(filled) => filled.into_iter().for_each(|(tag, value)| after.set(tag, value)),
            Err(message) => self.refuse(i, Some(&after.id.clone()), None, "fills", message),
        }
    }

    /// Writes what a transition sets, readonly fields too.
    pub(super) fn write(&mut self, i: usize, kind: &Kind, after: &mut Record, t: &Transition) {
        if t.sets.is_empty() {
            return;
        }
        let id = after.id.clone();
        let w = World {
            me: &self.actor.person,
            ..*self.w
        };
        if sets::taken(&w, kind, after, &t.sets).is_some_and(|all| all.is_empty()) {
            return self.refuse(i, Some(&id), None, "sets", format!("{id}: {}", t.lacks));
        }
        let written = match sets::values(&w, kind, after, &t.sets) {
            Ok(written) => written,
            Err(message) => return self.refuse(i, Some(&id), None, "sets", message),
        };
        for (tag, value) in written {
            let value = value.filter(|v| !v.is_empty());
            let field = kind.field_by_tag(tag);
            if let (Some(field), Some(v)) = (field, &value)
                && let Err(message) = fits(field, v)
            {
                self.refuse(i, Some(&id), Some(tag), "type", message);
                continue;
            }
            after.set(tag, value);
        }
    }

    /// A date that is set begins its series anew.
    pub(super) fn series(&self, edit: &Edit, kind: &Kind, after: &mut Record) {
        if matches!(self.draft.origin, Origin::Undo(_) | Origin::Redo(_) | Origin::Restore) {
            return;
        }
        for (tag, _) in &edit.set {
            if let Some(field) = kind.field_by_tag(*tag)
                && let Some(series) = sets::series(kind, field)
            {
                let day = after.get(*tag).cloned();
                after.set(series.tag, day);
            }
        }
    }

    /// Whoever may create only what concerns themselves (`self:FIELD`) creates nothing about others.
    pub(super) fn about_self(&mut self, i: usize, kind: &Kind, after: &Record) {
        if matches!(self.draft.origin, Origin::Init | Origin::Restore) {
            return;
        }
        if let Err(message) = rights::may_create(self.w, self.actor, kind, after) {
            self.refuse(i, None, None, "rights", message);
        }
    }
}
