//! What a link says of itself is asked for where the link comes into being: how much a control takes away of a risk, how
//! far a metric moves it. Nothing else would say that it was forgotten, but a figure that does not change.

use super::layer::Layer;
use super::sheet::Sheet;
use super::{Form, Purpose};
use crate::model::kind::{Field, FieldType, Kind};
use crate::model::world::World;

impl Form {
    /// Asks for what the links of a new record say of themselves, once; whether there is anything to ask.
    pub(super) fn asks(&mut self, w: &World) -> bool {
        if self.purpose != Purpose::New || std::mem::replace(&mut self.asked, true) {
            return false;
        }
        self.kind_of(w).is_some_and(|kind| self.sheet.ask_before_save(kind))
    }
}

impl Sheet {
    /// Opens the sheet of the first link from a place on that says nothing of itself, if it has something to say; else
    /// the table.
    pub(super) fn ask_of(&mut self, field: &Field, from: usize) {
        let entries = self.entries();
        let bare = (from..entries.len()).find(|i| says(field) && entries[*i].cells.is_empty());
        match bare.map(|i| (i, Self::of_entry(field, entries.get(i)))) {
            Some((i, sheet)) => self.layer = Some(Box::new(Layer::Row { entry: Some(i), sheet })),
            None => self.back_to(Some(from.saturating_sub(1))),
        }
    }

    /// Asks of the links that were there from the beginning, as in a record that is made for another, and of which
    /// nothing is said yet; whether there are any.
    fn ask_before_save(&mut self, kind: &Kind) -> bool {
        let bare = |i: &usize| {
            let cell = &self.cells[*i];
            let given = !cell.touched() && cell.content().entries.iter().any(|e| e.cells.is_empty());
            given && self.field(kind, *i).is_some_and(says)
        };
        let place = (0..self.cells.len()).find(bare);
        let Some((place, field)) = place.and_then(|i| Some((i, self.field(kind, i)?))) else {
            return false;
        };
        self.go(place);
        self.ask_of(field, 0);
        true
    }
}

/// Whether a link of this field has something to say of itself that nothing answers beforehand.
fn says(field: &Field) -> bool {
    let open = |f: &Field| !f.readonly && f.default.is_none();
    field.kind == FieldType::Links && field.fields.iter().any(open)
}
