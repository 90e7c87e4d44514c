//! What a key means in a field, by the field's type.

use super::content::{Content, Place};
use super::layer::Layer;
use super::sheet::{Context, Sheet, Step};
use crate::model::derive::Axes;
use crate::model::kind::{Field, FieldType, Kind, Tag};
use crate::model::record::Id;
use crate::model::value::Value;
use crate::ui::input::Typed;
use crate::ui::key::{Code, Key};

impl Sheet {
    pub(super) fn undecided(&self) -> bool {
        self.cells.get(self.focus).is_some_and(|c| c.theirs.is_some())
    }

    pub(super) fn update_cell(&mut self, key: Key, c: &mut Context) -> Step {
        let Some(field) = self.field(c.place.kind, self.focus) else {
            return if key.code == Code::Enter {
                Step::Accept
            } else {
                Step::Ignored
            };
        };
        if self.undecided() {
            return self.decide(key);
        }
        if let (Some('M'), true) = (key.typed(), self.is_axis(c.place.kind)) {
            return Step::Matrix(field.tag);
        }
        match field.kind {
            FieldType::Choice | FieldType::Scale => self.closed(key, field, c),
            FieldType::Tags if !field.choices.is_empty() => self.closed(key, field, c),
            FieldType::Bool => self.toggle(key),
            FieldType::File => self.file(key, c.place.kind),
            FieldType::Link | FieldType::Links => self.link(key, field, c),
            FieldType::Rows => match (key.code, key.typed()) {
                (Code::Enter, _) | (_, Some(_)) => {
                    self.layer = Some(Box::new(Layer::Table { cursor: 0 }));
                    Step::Still
                }
                _ => Step::Ignored,
            },
            FieldType::Text => {
                if key == Key::ctrl('e') {
                    return self.outside(c.place.kind);
                }
                let typed = key.code != Code::Enter && self.input.update(key) == Typed::Changed;
                if !typed && key.code != Code::Enter {
                    return Step::Ignored;
                }
                self.layer = Some(Box::new(Layer::Lines));
                if typed { self.keep() } else { Step::Still }
            }
            _ if key.code == Code::Enter => self.forward(),
            _ => match self.input.update(key) {
                Typed::Not => Step::Ignored,
                Typed::Moved => self.clear_differing(key),
                Typed::Changed => self.keep(),
            },
        }
    }

    /// Whether the focused field is an axis of a matrix, and the other one is here too.
    pub(super) fn is_axis(&self, kind: &Kind) -> bool {
        let tags: Vec<Tag> = (0..self.cells.len())
            .filter_map(|i| Some(self.field(kind, i)?.tag))
            .collect();
        let here = self.field(kind, self.focus).map(|f| f.tag);
        let both = |a: &Axes| tags.contains(&a.likelihood) && tags.contains(&a.impact);
        let mut all = Axes::all(kind).into_iter().filter(|(_, a)| both(a));
        all.any(|(_, a)| here == Some(a.likelihood) || here == Some(a.impact))
    }

    /// Where records differ, nothing is shown; deleting there means: nothing for all of them.
    fn clear_differing(&mut self, key: Key) -> Step {
        let differs = self.cells.get(self.focus).is_some_and(|c| c.now.is_none());
        if differs && matches!(key.code, Code::Backspace | Code::Delete) {
            self.keep()
        } else {
            Step::Still
        }
    }

    /// Mine or theirs.
    fn decide(&mut self, key: Key) -> Step {
        let Some(cell) = self.cells.get_mut(self.focus) else {
            return Step::Ignored;
        };
        match key.typed() {
            Some('m') => cell.theirs = None,
            Some('t') => cell.now = cell.theirs.take(),
            _ => return Step::Ignored,
        }
        cell.told = None;
        self.load();
        Step::Changed
    }

    /// Keys of choices, scales and closed tags.
    fn closed(&mut self, key: Key, field: &Field, c: &mut Context) -> Step {
        let options = options(c.place, field);
        let tags = field.kind == FieldType::Tags;
        match (key.code, key.typed()) {
            (Code::Enter | Code::Char(' '), _) => {
                self.open_picker(c, "", None);
                Step::Still
            }
            (Code::Left | Code::Right, _) if !tags && !options.is_empty() => {
                let last = options.len() - 1;
                let here = options.iter().position(|(id, _)| *id == self.input.text());
                let to = match (here, key.code) {
                    (Some(i), Code::Left) => i.saturating_sub(1),
                    (Some(i), _) => (i + 1).min(last),
                    (None, Code::Left) => last,
                    (None, _) => 0,
                };
                self.set(Content::text(options[to].0.as_str()));
                Step::Changed
            }
            (Code::Backspace | Code::Delete, _) => {
                self.set(Content::default());
                Step::Changed
            }
            (_, Some(letter)) => {
                let begins = |text: &str| text.to_lowercase().starts_with(&letter.to_lowercase().to_string());
                let mut fitting = options.iter().filter(|(id, label)| begins(label) || begins(id));
                let only = match (fitting.next(), fitting.next()) {
                    (Some(one), None) => Some(one),
                    // The number of a level, lowest 1.
                    (None, _) => letter
                        .to_digit(10)
                        .and_then(|n| options.get((n as usize).checked_sub(1)?)),
                    _ => None,
                };
                match only {
                    Some((id, _)) if tags => {
                        let id = id.clone();
                        self.toggle_tag(&id, field, c.place);
                    }
                    Some((id, _)) => self.set(Content::text(id.as_str())),
                    None => {
                        self.open_picker(c, &letter.to_string(), None);
                        return Step::Still;
                    }
                }
                Step::Changed
            }
            _ => Step::Ignored,
        }
    }

    fn toggle_tag(&mut self, id: &str, field: &Field, p: Place) {
        let mut tags = tags_of(&Content::text(self.input.text()), field, p);
        match tags.iter().position(|t| t == id) {
            Some(i) => {
                tags.remove(i);
            }
            None => tags.push(id.to_owned()),
        }
        self.set(Content::text(tags.join(", ")));
    }

    fn toggle(&mut self, key: Key) -> Step {
        let yes = self.input.text() == "yes";
        let to = match (key.code, key.typed()) {
            (Code::Enter, _) => return self.forward(),
            (Code::Backspace | Code::Delete, _) => "",
            (Code::Left | Code::Right, _) | (_, Some(' ')) => {
                if yes {
                    "no"
                } else {
                    "yes"
                }
            }
            (_, Some('y' | 'Y')) => "yes",
            (_, Some('n' | 'N')) => "no",
            _ => return Step::Ignored,
        };
        self.set(Content::text(to));
        Step::Changed
    }

    fn link(&mut self, key: Key, field: &Field, c: &mut Context) -> Step {
        let entries = self
            .cells
            .get(self.focus)
            .map(|cell| cell.content().entries)
            .unwrap_or_default();
        let new = Id::from(self.input.text()).as_local().filter(|n| *n < c.created.len());
        if let (Code::Enter, Some(index)) = (key.code, new) {
            self.layer = Some(Box::new(Layer::Create {
                index,
                fresh: false,
                table: None,
            }));
            return Step::Still;
        }
        match (key.code, key.typed()) {
            (Code::Enter | Code::Char(' '), _) if !field.fields.is_empty() && !entries.is_empty() => {
                self.layer = Some(Box::new(Layer::Table { cursor: 0 }));
                Step::Still
            }
            (Code::Enter | Code::Char(' '), _) => {
                self.open_picker(c, "", None);
                Step::Still
            }
            (Code::Backspace | Code::Delete, _) => {
                let mut content = Content::entries(entries);
                content.entries.pop();
                self.set(content);
                Step::Changed
            }
            (_, Some(letter)) => {
                self.open_picker(c, &letter.to_string(), None);
                Step::Still
            }
            _ => Step::Ignored,
        }
    }
}

/// What a choice, a scale or closed tags offer: ids and labels.
pub(super) fn options(p: Place, field: &Field) -> Vec<(String, String)> {
    if field.kind == FieldType::Scale {
        let scale = p.w.field_scale(p.kind, Some(p.record), field);
        let levels = scale.map(|s| s.levels.as_slice()).unwrap_or_default();
        return levels.iter().map(|l| (l.id.clone(), l.name.clone())).collect();
    }
    field.choices.iter().map(|c| (c.id.clone(), c.label.clone())).collect()
}

/// The words of tags as typed.
pub(super) fn tags_of(content: &Content, field: &Field, p: Place) -> Vec<String> {
    match content.value(p, field) {
        Ok(Some(Value::Tags(tags))) => tags,
        _ => Vec::new(),
    }
}
