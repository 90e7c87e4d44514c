//! A field that holds a file: its path is typed, the worker keeps the bytes, and what was kept is the value.

use super::content::Content;
use super::layer::Layer;
use super::sheet::{Sheet, Step};
use super::{Form, Outcome};
use crate::model::codec;
use crate::model::kind::{Field, FieldType, Kind};
use crate::model::value::{FileRef, Value};
use crate::model::world::World;
use crate::ui::input::Typed;
use crate::ui::key::{Code, Key};

/// What is to be done with a path that is typed.
pub(super) const ENTER: &str = "Enter brings the file in";

/// The path that is typed in a field for a file, if it is not kept yet.
pub(super) fn path<'a>(field: &Field, text: &'a str) -> Option<&'a str> {
    let text = text.trim();
    // What is kept stands there as the codec writes it.
    (field.kind == FieldType::File && !text.is_empty() && !text.starts_with('{')).then_some(text)
}

/// Whether the text of a field is typed in its place: a path is, a file that is kept is not.
pub(super) fn typed(field: &Field, text: &str) -> bool {
    field.kind == FieldType::File && !text.starts_with('{')
}

impl Sheet {
    /// The path in the focused field, if one is typed there.
    pub(super) fn path(&self, kind: &Kind) -> Option<String> {
        let field = self.field(kind, self.focus)?;
        path(field, self.input.text()).map(str::to_owned)
    }

    /// A key in a field for a file.
    pub(super) fn file(&mut self, key: Key, kind: &Kind) -> Step {
        let kept = self.input.text().starts_with('{');
        self.offers.clear();
        match (key.code, key.typed()) {
            (Code::Enter, _) => match self.path(kind) {
                Some(path) => Step::Keep(path),
                None => self.forward(),
            },
            (Code::Backspace | Code::Delete, _) if kept => {
                self.set(Content::default());
                Step::Changed
            }
            _ => {
                if kept && key.typed().is_some() {
                    self.input.set("");
                }
                match self.input.update(key) {
                    Typed::Not => Step::Ignored,
                    Typed::Moved => Step::Still,
                    Typed::Changed => self.keep(),
                }
            }
        }
    }

    /// The first cell with a path that is not kept yet.
    fn pending(&self, kind: &Kind) -> Option<String> {
        (0..self.cells.len()).find_map(|i| {
            let text = self.cells[i].content().text;
            path(self.field(kind, i)?, &text).map(str::to_owned)
        })
    }

    /// Puts what was kept, or why it was not, to every cell with this path.
    fn take_kept(&mut self, kind: &Kind, typed: &str, result: &Result<FileRef, String>) {
        for i in 0..self.cells.len() {
            let Some(field) = self.field(kind, i).cloned() else {
                continue;
            };
            let text = self.cells[i].content().text;
            if path(&field, &text) != Some(typed) {
                continue;
            }
            match result {
                Ok(file) => {
                    let text = codec::to_json(kind, &field, &Value::File(file.clone().into())).to_string();
                    self.cells[i].now = Some(Content::text(text));
                    self.cells[i].told = None;
                }
                Err(why) => {
                    self.cells[i].told = Some(why.clone());
                    self.focus = i;
                }
            }
        }
        self.load();
        if let Some(Layer::Row { sheet, .. }) = self.layer.as_deref_mut() {
            sheet.take_kept(kind, typed, result);
        }
    }

    /// Goes on with the path as far as all that begin like it are the same.
    fn take_offers(&mut self, kind: &Kind, typed: &str, offers: &[String]) -> Step {
        if let Some(Layer::Row { sheet, .. }) = self.layer.as_deref_mut() {
            return sheet.take_offers(kind, typed, offers);
        }
        if self.path(kind).as_deref() != Some(typed) {
            return Step::Still;
        }
        let mut common = offers.first().cloned().unwrap_or_default();
        for o in offers {
            let same = common.char_indices().zip(o.chars()).take_while(|((_, a), b)| a == b);
            let len = same.map(|((at, c), _)| at + c.len_utf8()).last().unwrap_or(0);
            common.truncate(len);
        }
        if offers.len() == 1 && common == typed && !typed.ends_with('/') {
            return Step::Keep(common);
        }
        self.offers = if offers.len() > 1 { offers.to_vec() } else { Vec::new() };
        if offers.is_empty() {
            self.offers = vec!["nothing begins like this".to_owned()];
        }
        if common.len() <= typed.len() {
            return Step::Still;
        }
        self.input.set(&common);
        self.keep()
    }
}

impl Form {
    /// Takes what became of a path that [`Outcome::Keep`] gave away. If the form was to be saved, it goes on with that.
    pub fn kept(&mut self, path: &str, result: &Result<FileRef, String>, w: &World) -> Outcome {
        let save = std::mem::take(&mut self.saving);
        self.put_kept(path, result, w);
        match result {
            Err(_) => Outcome::Changed,
            Ok(_) if save => self.outcome(Step::Accept, w),
            Ok(_) if self.sheet.layer.is_none() => match self.sheet.forward() {
                Step::Accept => self.outcome(Step::Accept, w),
                _ => Outcome::Changed,
            },
            Ok(_) => Outcome::Changed,
        }
    }

    fn put_kept(&mut self, path: &str, result: &Result<FileRef, String>, w: &World) {
        if let Some(kind) = self.kind_of(w) {
            self.sheet.take_kept(kind, path, result);
        }
        for form in &mut self.created {
            form.put_kept(path, result, w);
        }
    }

    /// Takes the paths that begin like the one that [`Outcome::Complete`] gave away.
    pub fn completed(&mut self, path: &str, offers: &[String], w: &World) -> Outcome {
        let step = self.offered(path, offers, w);
        self.outcome(step, w)
    }

    fn offered(&mut self, path: &str, offers: &[String], w: &World) -> Step {
        if let Some(Layer::Create { index, .. }) = self.sheet.layer.as_deref()
            && let Some(form) = self.created.get_mut(*index)
        {
            return form.offered(path, offers, w);
        }
        match self.kind_of(w) {
            Some(kind) => self.sheet.take_offers(kind, path, offers),
            None => Step::Ignored,
        }
    }

    /// The first file that has to be kept before this can be saved.
    pub(super) fn pending(&self, w: &World) -> Option<String> {
        self.sheet.pending(self.kind_of(w)?)
    }
}
