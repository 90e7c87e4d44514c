//! A framework is adopted: it becomes rows of the statement of applicability.

use super::asked::Picked;
use super::job::Effect;
use super::modal::Modal;
use super::picker::{Choice, Picker};
use super::{Model, able};
use crate::model::framework::{APPLICABILITY, Framework};

/// Offers the frameworks, each with how much of it is adopted.
pub(crate) fn adopt(m: &mut Model) -> Vec<Effect> {
    let w = m.world();
    let choice = |f: &Framework| Choice {
        note: format!(
            "{} of {} controls have their row",
            f.adopted(&w).count(),
            f.controls.len()
        ),
        ..Choice::new(&f.id, &f.name)
    };
    let choices = w.catalogue.frameworks.iter().map(choice).collect();
    let picker = Picker::new("Adopt which framework", choices);
    m.modals.push(Modal::Pick(Box::new(picker), Picked::Framework));
    Vec::new()
}

pub(crate) fn can_adopt(m: &Model) -> Result<(), String> {
    let ix = m
        .catalogue
        .index_of(APPLICABILITY)
        .ok_or("nothing here says what applies")?;
    able::can_write(m)?;
    m.may_create(ix)
}

impl Model {
    /// Adopts the framework that was chosen.
    pub(crate) fn adopt_framework(&mut self, id: &str) -> Vec<Effect> {
        let w = self.world();
        let Some(framework) = w.catalogue.framework(id) else {
            return Vec::new();
        };
        let (draft, name) = (framework.adopt(&w), framework.name.clone());
        if draft.edits.is_empty() {
            self.refuse(format!("every control of {name} has its row already"));
            return Vec::new();
        }
        self.commit(draft, false)
    }
}
