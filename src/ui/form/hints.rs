//! Which keys are of use in a form now, for the line of hints.

use super::layer::Layer;
use super::sheet::Sheet;
use crate::model::kind::{FieldType, Kind};

impl Sheet {
    /// The keys that are of use now; `save` says what it is to save the form.
    pub(super) fn hints<'a>(&self, kind: &Kind, save: &'a str) -> Vec<(&'static str, &'a str)> {
        match self.layer.as_deref() {
            Some(Layer::Ask) => return vec![("s", "save"), ("d", "discard"), ("Esc", "keep editing")],
            Some(Layer::Lines) => return vec![("Esc", "done"), ("C-x C-e", "in $EDITOR"), ("C-s", save)],
            Some(Layer::Pick { .. }) => {
                let several = self
                    .field(kind, self.focus)
                    .is_some_and(|f| matches!(f.kind, FieldType::Links | FieldType::Tags));
                return match several {
                    true => vec![("Tab", "mark"), ("Enter", "take"), ("Esc", "back")],
                    false => vec![("Enter", "take"), ("Esc", "back")],
                };
            }
            Some(Layer::Table { .. }) => {
                let mut hints: Vec<(&str, &str)> = vec![("a", "add"), ("Enter", "edit"), ("d", "delete")];
                if self.field(kind, self.focus).is_some_and(|f| f.kind == FieldType::Rows) {
                    hints.extend([("J K", "move")]);
                }
                hints.extend([("Esc", "done"), ("C-s", save)]);
                return hints;
            }
            Some(Layer::Row { sheet, .. }) => return sheet.hints(kind, save),
            _ => {}
        }
        let own: &[(&str, &str)] = match self.field(kind, self.focus).map(|f| (f.kind, f.choices.is_empty())) {
            _ if self.cells.get(self.focus).is_some_and(|c| c.theirs.is_some()) => &[("m", "mine"), ("t", "theirs")],
            Some((FieldType::Text, _)) => &[("Enter", "write"), ("C-x C-e", "in $EDITOR")],
            Some((FieldType::Scale, _)) if self.is_axis(kind) => &[("Enter", "choose"), ("M", "on the matrix")],
            Some((FieldType::Choice | FieldType::Scale, _)) => &[("Enter", "choose"), ("Left Right", "step")],
            Some((FieldType::Tags, false)) => &[("Enter", "choose")],
            Some((FieldType::Link | FieldType::Links, _)) => &[("Enter", "choose")],
            Some((FieldType::Rows, _)) => &[("Enter", "open")],
            Some((FieldType::Bool, _)) => &[("space", "switch")],
            Some((FieldType::File, _)) => &[("Enter", "bring in"), ("Tab", "complete")],
            None => &[("Enter", "accept")],
            _ => &[],
        };
        let accept = if self.of.is_some() { "take" } else { save };
        let mut hints: Vec<(&str, &str)> = own.to_vec();
        hints.extend([("C-s", accept), ("Up Down", "move")]);
        if !self.brisk {
            hints.push(("PgDn", "next group"));
        }
        hints.push(("Esc", "leave"));
        hints
    }
}
