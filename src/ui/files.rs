//! Kept files, as far as the screen knows of them: whether they are there, and what became of a path in a form.

use super::Model;
use super::form::Outcome;
use super::job::{Effect, Job};
use super::modal::Modal;
use crate::model::record::Id;
use crate::model::value::FileRef;

impl Model {
    /// Asks whether the files of a record are there, as far as it is not known.
    pub(crate) fn look_for_files(&self, id: &Id) -> Option<Effect> {
        let record = self.world().find(id)?;
        let files = record.values.iter().flat_map(|(_, v)| v.files());
        let unknown: Vec<FileRef> = files.filter(|f| !self.there.contains_key(&f.sha256)).cloned().collect();
        (!unknown.is_empty()).then_some(Effect::Job(Job::Present(unknown)))
    }

    /// Gives the form on top what it waits for.
    pub(crate) fn with_form(
        &mut self,
        act: impl FnOnce(&mut super::form::Form, &crate::model::world::World) -> Outcome,
    ) -> Vec<Effect> {
        if !matches!(self.modals.last(), Some(Modal::Form(..))) {
            return Vec::new();
        }
        let Some(Modal::Form(mut form, full)) = self.modals.pop() else {
            return Vec::new();
        };
        let outcome = act(&mut form, &self.world());
        match self.form_outcome(&mut form, outcome) {
            Some(effects) => {
                self.modals.push(Modal::Form(form, full));
                effects
            }
            None => Vec::new(),
        }
    }
}
