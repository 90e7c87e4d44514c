//! A column of fields that are being edited: of a record, of a row, or of what a transition asks. It knows the keys,
//! the focus and what is open above it; who owns it decides what accepting means.

use super::content::{Content, Place, level};
use super::layer::Layer;
use super::{Form, groups, reason};
use crate::model::kind::{Field, FieldType, Kind, Need, STATE, Tag};
use crate::model::record::Record;
use crate::model::world::World;
use crate::ui::cell::{look_of, role_of_tone};
use crate::ui::input::Input;
use crate::ui::key::{Code, Key};
use serde::{Deserialize, Serialize};

/// What a key came to.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// The key means nothing here.
    Ignored,
    /// Something looks different, nothing else.
    Still,
    /// What is typed is different.
    Changed,
    /// The person wants to keep what is typed.
    Accept,
    /// The person wants to go away.
    Leave,
    /// A long text is wanted in the person's editor: the field's name and its text.
    Editor(String, String),
    /// The matrix is wanted, on which the field under the cursor is chosen together with another.
    Matrix(Tag),
    /// The file of this path is to be kept.
    Keep(String),
    /// The paths that begin like this are wanted.
    Complete(String),
}

/// What the keys need to know beside the sheet.
pub(super) struct Context<'a, 'c> {
    pub place: Place<'a, 'c>,
    /// Forms of the records that come into being with this one.
    pub created: &'c mut Vec<Form>,
    /// How deep this form is nested in others.
    pub depth: u8,
}

/// One field of a sheet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Cell {
    /// The field's name.
    pub name: String,
    /// What was there at first; `None` if the records differ.
    pub origin: Option<Content>,
    /// What is there now; `None` leaves the records as they differ.
    pub now: Option<Content>,
    /// What is asked for here must be given, whatever the field says elsewhere.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub needed: bool,
    /// What the door said about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub told: Option<String>,
    /// What somebody else wrote meanwhile, until the person has chosen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub theirs: Option<Content>,
}

impl Cell {
    pub fn new(name: &str, origin: Option<Content>) -> Self {
        Self {
            name: name.to_owned(),
            now: origin.clone(),
            origin,
            needed: false,
            told: None,
            theirs: None,
        }
    }

    /// Whether it cannot be left empty.
    pub fn must(&self, field: &Field) -> bool {
        self.needed || field.required == Need::Save
    }

    /// Whether the person changed it.
    pub fn touched(&self) -> bool {
        self.now != self.origin
    }

    /// What is there now, or nothing.
    pub fn content(&self) -> Content {
        self.now.clone().unwrap_or_default()
    }

    fn text(&self) -> &str {
        self.now.as_ref().map_or("", |c| c.text.as_str())
    }
}

/// A column of fields.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Sheet {
    /// The field whose rows or links these cells belong to; `None`: the fields of the kind itself.
    pub of: Option<String>,
    pub cells: Vec<Cell>,
    /// The focused cell; one behind the last is the line that saves.
    pub focus: usize,
    /// A short sheet: Enter in the last field accepts.
    pub brisk: bool,
    /// The text of the focused cell, if it is typed.
    pub input: Input,
    /// What is open above the focused cell.
    #[serde(default, skip_serializing_if = "Layer::passing")]
    pub layer: Option<Box<Layer>>,
    /// `C-x` came just before.
    #[serde(skip)]
    pub prefix: bool,
    /// Width and height of the long text when it was last drawn.
    #[serde(skip)]
    pub size: std::cell::Cell<(u16, u16)>,
    /// The first line drawn last.
    #[serde(skip)]
    pub top: std::cell::Cell<u16>,
    /// What the path that is typed could become.
    #[serde(skip)]
    pub offers: Vec<String>,
}

impl Sheet {
    pub fn new(of: Option<&str>, cells: Vec<Cell>, brisk: bool) -> Self {
        let mut sheet = Self {
            of: of.map(str::to_owned),
            cells,
            focus: 0,
            brisk,
            input: Input::default(),
            layer: None,
            prefix: false,
            size: std::cell::Cell::new((60, 10)),
            top: std::cell::Cell::new(0),
            offers: Vec::new(),
        };
        sheet.load();
        sheet
    }

    /// The sheet of a record: all fields that a hand may write.
    pub fn of_record(w: &World, kind: &Kind, record: Option<&Record>) -> Self {
        let fields = groups(kind).into_iter().flat_map(|(_, fields)| fields);
        // A scale that the method does not have is not asked for.
        let asked =
            |f: &&Field| writable(f) && (w.is_asked(kind, record, f) || record.is_some_and(|r| r.get(f.tag).is_some()));
        let cells = fields.filter(asked).map(|f| {
            let value = record.and_then(|r| r.get(f.tag));
            let mut content = Content::of(w, kind, record, f, value);
            if record.is_none() && content.is_empty() {
                content.text = f.default.clone().unwrap_or_default();
            }
            Cell::new(&f.name, Some(content))
        });
        Self::new(None, cells.collect(), false)
    }

    /// The field of a cell.
    pub fn field<'a>(&self, kind: &'a Kind, i: usize) -> Option<&'a Field> {
        let name = self.cells.get(i)?.name.as_str();
        match &self.of {
            Some(of) => kind.field(of)?.fields.iter().find(|f| f.name == name),
            None => kind.field(name).or_else(|| reason::field(name)),
        }
    }

    /// Whether the person changed anything.
    pub fn touched(&self) -> bool {
        self.cells.iter().any(Cell::touched)
    }

    /// What stands in the way of accepting, by cell: what was not understood, what is missing, what is not decided.
    pub fn problems(&self, p: Place) -> Vec<(usize, String)> {
        let mut problems = Vec::new();
        for (i, cell) in self.cells.iter().enumerate() {
            let Some(field) = self.field(p.kind, i) else { continue };
            if cell.theirs.is_some() {
                problems.push((i, "changed by somebody else: m keeps yours, t takes theirs".to_owned()));
                continue;
            }
            let Some(now) = &cell.now else { continue };
            match now.value(p, field) {
                Err(message) if cell.touched() => problems.push((i, message)),
                Ok(None) if cell.must(field) => problems.push((i, format!("{} is needed", field.label))),
                _ => {}
            }
        }
        problems
    }

    /// Writes problems beside their fields and goes to the first; whether there was any.
    pub fn show_problems(&mut self, p: Place) -> bool {
        let problems = self.problems(p);
        let first = problems.first().map(|(i, _)| *i);
        for (i, message) in problems {
            self.cells[i].told = Some(message);
        }
        if let Some(first) = first {
            self.layer = None;
            self.go(first);
        }
        first.is_some()
    }

    /// Puts the focus on a cell, or on the line that saves.
    pub fn go(&mut self, to: usize) {
        self.offers.clear();
        self.focus = to.min(self.cells.len());
        self.load();
    }

    /// Makes the input hold the text of the focused cell.
    pub fn load(&mut self) {
        let text = self.cells.get(self.focus).map_or("", Cell::text).to_owned();
        self.input.set(&text);
    }

    /// Gives the focused cell another content.
    pub fn set(&mut self, content: Content) {
        if let Some(cell) = self.cells.get_mut(self.focus) {
            cell.now = Some(content);
            cell.told = None;
        }
        self.load();
    }

    /// Takes over what the input holds.
    pub fn keep(&mut self) -> Step {
        if let Some(cell) = self.cells.get_mut(self.focus) {
            cell.now = Some(Content::text(self.input.text()));
            cell.told = None;
        }
        Step::Changed
    }

    /// On to the next field; in a short sheet the last one accepts.
    pub fn forward(&mut self) -> Step {
        if self.brisk && self.focus + 1 >= self.cells.len() {
            return Step::Accept;
        }
        self.go(self.focus + 1);
        Step::Still
    }

    /// Takes in a key.
    pub fn update(&mut self, key: Key, c: &mut Context) -> Step {
        if let Some(layer) = self.layer.take() {
            return self.update_layer(*layer, key, c);
        }
        if std::mem::take(&mut self.prefix) {
            return if key == Key::ctrl('e') {
                self.outside(c.place.kind)
            } else {
                Step::Still
            };
        }
        match (key.code, key.ctrl) {
            (Code::Char('s'), true) => Step::Accept,
            (Code::Char('x'), true) => {
                self.prefix = true;
                Step::Still
            }
            (Code::Esc, _) | (Code::Char('c' | 'g'), true) => {
                if !self.touched() {
                    return Step::Leave;
                }
                self.layer = Some(Box::new(Layer::Ask));
                Step::Still
            }
            (Code::Tab, false) if self.path(c.place.kind).is_some() => {
                self.path(c.place.kind).map_or(Step::Still, Step::Complete)
            }
            (Code::Up | Code::BackTab, false) | (Code::Char('p'), true) => self.focused(self.focus.saturating_sub(1)),
            (Code::Down | Code::Tab, false) | (Code::Char('n'), true) => self.focused(self.focus + 1),
            (Code::PageUp, _) => self.focused(self.leap(c.place.kind, false)),
            (Code::PageDown, _) => self.focused(self.leap(c.place.kind, true)),
            _ => self.update_cell(key, c),
        }
    }

    fn focused(&mut self, to: usize) -> Step {
        self.go(to);
        Step::Still
    }

    /// The first field of the next group, or of this or the one before.
    fn leap(&self, kind: &Kind, down: bool) -> usize {
        let groups = groups(kind);
        let group = |i: usize| {
            let name = self.cells.get(i).map(|cell| cell.name.as_str());
            groups
                .iter()
                .position(|(_, fields)| fields.iter().any(|f| Some(f.name.as_str()) == name))
        };
        let starts: Vec<usize> = (0..self.cells.len())
            .filter(|i| *i == 0 || group(*i) != group(i - 1))
            .collect();
        if down {
            starts.into_iter().find(|i| *i > self.focus).unwrap_or(self.cells.len())
        } else {
            starts.into_iter().rfind(|i| *i < self.focus).unwrap_or(0)
        }
    }

    /// Takes in a pasted text.
    pub fn paste(&mut self, text: &str, c: &mut Context) -> Step {
        if let Some(layer) = self.layer.take() {
            return self.paste_layer(*layer, text, c);
        }
        let Some(field) = self.field(c.place.kind, self.focus) else {
            return Step::Ignored;
        };
        match field.kind {
            _ if self.undecided() => Step::Ignored,
            FieldType::Text => {
                self.layer = Some(Box::new(Layer::Lines));
                self.input.paste_lines(text);
                self.keep()
            }
            FieldType::Link | FieldType::Links => {
                self.open_picker(c, text.trim(), None);
                Step::Still
            }
            FieldType::Rows | FieldType::Bool => Step::Ignored,
            _ => {
                if field.kind == FieldType::File && self.input.text().starts_with('{') {
                    self.input.set("");
                }
                self.input.paste(text);
                self.keep()
            }
        }
    }

    /// Asks for the person's editor, if the focused field is a long text.
    pub fn outside(&mut self, kind: &Kind) -> Step {
        match self.field(kind, self.focus) {
            Some(f) if f.kind == FieldType::Text => Step::Editor(f.name.clone(), self.input.text().to_owned()),
            _ => Step::Still,
        }
    }

    /// Takes over a long text from the person's editor.
    pub fn set_text(&mut self, text: &str, kind: &Kind) -> Step {
        if let Some(Layer::Row { sheet, .. }) = self.layer.as_deref_mut() {
            return sheet.set_text(text, kind);
        }
        if self.field(kind, self.focus).is_none_or(|f| f.kind != FieldType::Text) {
            return Step::Ignored;
        }
        // Editors end a file with a line break that nobody typed.
        let own = self.input.text().ends_with('\n');
        let text = if own {
            text
        } else {
            text.strip_suffix('\n').unwrap_or(text)
        };
        let place = self.input.cursor();
        self.input.set(text);
        self.input.place(place);
        self.keep()
    }
}

/// Whether a hand may write a field here.
pub(super) fn writable(field: &Field) -> bool {
    field.tag != STATE && !field.readonly
}

/// The theme's role for a stored level or choice, if it has one.
pub(super) fn role(p: Place, field: &Field, stored: &str) -> Option<&'static str> {
    let choice = || field.choices.iter().find(|c| c.id == stored)?.tone;
    match level(p, field, stored) {
        Some((_, level)) => look_of(level),
        None => choice().map(role_of_tone),
    }
}
