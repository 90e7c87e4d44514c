//! What people owe a record, done from its menu: at once where nothing is left to say, else in a form.

use super::job::Effect;
use super::{Model, able};
use crate::method::duty;
use crate::model::calendar;
use crate::model::change::{Draft, Edit};
use crate::model::kind::{Duty, Kind, KindIx, Tag};
use crate::model::record::Record;
use crate::model::value::Value;
use std::sync::Arc;

impl Model {
    /// Whether the duty of this number can be done for what is selected.
    pub(crate) fn may_do(&self, ix: KindIx, n: usize) -> Result<(), String> {
        able::can_write(self)?;
        let (kind, records) = (&self.catalogue.kinds[ix], self.some_targets());
        if records.is_empty() {
            return Err("there is no record here".into());
        }
        for r in &records {
            if self.catalogue.kind_of(&r.id) != Some(ix) {
                return Err(format!("this is for {}", kind.titles.to_lowercase()));
            }
            self.proof(kind, r, &kind.duties[n])?;
        }
        Ok(())
    }

    /// The record by which the person who looks does a duty, or may enter that somebody else did.
    fn proof(&self, kind: &Kind, record: &Record, owed: &Duty) -> Result<Edit, String> {
        let w = self.world();
        let me = &self.actor.person;
        let all = duty::owed(&w, kind, record, owed);
        if all.is_empty() {
            duty::proof(&w, kind, record, owed, None)?;
            return Err(format!("nobody owes this to {} now", record.id));
        }
        let whom = duty::for_whom(&w, kind, record, owed, me).filter(|p| all.iter().any(|o| o.person == *p));
        let edit = duty::proof(&w, kind, record, owed, whom.as_ref())?;
        match duty::may_make(&w, &self.actor, owed, &edit) {
            Err(_) if whom.is_none() && duty::for_whom(&w, kind, record, owed, me).as_ref() == Some(me) => {
                Err(format!("you do not owe this to {}, or have done it", record.id))
            }
            Err(why) => Err(why),
            Ok(()) => Ok(edit),
        }
    }

    /// Until when the person who looks owes it, or how many others do.
    pub(crate) fn owed_words(&self, ix: KindIx, n: usize) -> String {
        let (w, kind) = (self.world(), &self.catalogue.kinds[ix]);
        let Some(record) = self.targets().into_iter().next() else {
            return String::new();
        };
        let all = duty::owed(&w, kind, &record, &kind.duties[n]);
        match all.iter().find(|o| o.person == self.actor.person) {
            Some(mine) => format!("by {}", calendar::show(mine.day)),
            None => match all.len() {
                1 => "one person owes it".into(),
                n => format!("{n} people owe it"),
            },
        }
    }

    /// Does the duty of this number for what is selected.
    pub(crate) fn open_duty(&mut self, ix: KindIx, n: usize) -> Vec<Effect> {
        let catalogue = Arc::clone(&self.catalogue);
        let kind = &catalogue.kinds[ix];
        let owed = &kind.duties[n];
        let mut draft = Draft::new(&format!("{}.{}", kind.name, owed.name));
        for r in self.targets() {
            match self.proof(kind, &r, owed) {
                Ok(edit) => draft.edits.push(edit),
                Err(why) => {
                    self.refuse(why);
                    return Vec::new();
                }
            }
        }
        let whole = draft.edits.iter().all(|e| duty::is_whole(&self.world(), owed, e));
        match (draft.edits.as_slice(), whole) {
            (_, true) => self.commit(draft, false),
            ([one], false) => {
                let set: Vec<(Tag, Value)> = one.set.iter().filter_map(|(t, v)| Some((*t, v.clone()?))).collect();
                let made = catalogue.index_of(&owed.makes);
                made.map_or_else(Vec::new, |made| self.open_new(made, set))
            }
            _ => {
                self.refuse("more is to be said about each of them: do it one by one");
                Vec::new()
            }
        }
    }
}
