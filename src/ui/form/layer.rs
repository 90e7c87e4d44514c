//! What opens above a field: the picker, the long text, the table of entries with the sheet of one of them, the form
//! of a record that comes into being with this one, and the question before leaving.

use super::content::{Content, Entry};
use super::sheet::{Cell, Context, Sheet, Step};
use crate::model::kind::{Field, FieldType};
use crate::ui::input::Typed;
use crate::ui::key::{Code, Key};
use crate::ui::picker::{Picked, Picker};
use serde::{Deserialize, Serialize};

/// What is open above the focused cell of a sheet.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Layer {
    /// The list of choices; `table` is where the table below it stood. Not kept in a draft.
    #[serde(skip)]
    Pick { picker: Box<Picker>, table: Option<usize> },
    /// The long text, in the sheet's input.
    Lines,
    /// The entries of links or rows.
    Table { cursor: usize },
    /// One entry, new if it has no place yet, above the table.
    Row { entry: Option<usize>, sheet: Sheet },
    /// The form of a record to be created, by its place among them.
    Create {
        index: usize,
        fresh: bool,
        table: Option<usize>,
    },
    /// Keep or discard? Not kept in a draft.
    #[serde(skip)]
    Ask,
}

impl Layer {
    /// Whether a draft has nothing of it to keep.
    pub fn passing(layer: &Option<Box<Self>>) -> bool {
        matches!(layer.as_deref(), None | Some(Self::Pick { .. } | Self::Ask))
    }
}

impl Sheet {
    pub(super) fn update_layer(&mut self, layer: Layer, key: Key, c: &mut Context) -> Step {
        match layer {
            Layer::Ask => self.answer(key),
            Layer::Lines => self.write(key, c),
            Layer::Pick { mut picker, table } => match picker.update(key) {
                Picked::Open => self.open(Layer::Pick { picker, table }),
                Picked::Back if self.brisk && self.cells.len() == 1 && !self.touched() => Step::Leave,
                Picked::Back => {
                    self.back_to(table);
                    Step::Still
                }
                Picked::Taken(ids) => self.taken(ids, table, c),
                Picked::Create(which, typed) => self.create(which, &typed, table, c),
            },
            Layer::Table { cursor } => self.table(cursor, key, c),
            Layer::Row { entry, mut sheet } => match sheet.update(key, c) {
                Step::Accept => self.take_row(entry, sheet, c),
                Step::Leave => {
                    let last = self.entries().len().saturating_sub(1);
                    self.back_to(Some(entry.unwrap_or(last)));
                    Step::Still
                }
                step => {
                    self.layer = Some(Box::new(Layer::Row { entry, sheet }));
                    step
                }
            },
            Layer::Create { index, fresh, table } => self.nested(index, fresh, table, key, c),
        }
    }

    pub(super) fn paste_layer(&mut self, layer: Layer, text: &str, c: &mut Context) -> Step {
        let mut step = Step::Still;
        let layer = match layer {
            Layer::Pick { mut picker, table } => {
                picker.paste(text);
                Layer::Pick { picker, table }
            }
            Layer::Lines => {
                self.input.paste_lines(text);
                step = self.keep();
                Layer::Lines
            }
            Layer::Row { entry, mut sheet } => {
                step = sheet.paste(text, c);
                Layer::Row { entry, sheet }
            }
            Layer::Create { index, fresh, table } => {
                if let Some(form) = c.created.get_mut(index) {
                    step = form.pasted(text, &c.place.w);
                }
                Layer::Create { index, fresh, table }
            }
            other => {
                step = Step::Ignored;
                other
            }
        };
        self.layer = Some(Box::new(layer));
        step
    }

    fn open(&mut self, layer: Layer) -> Step {
        self.layer = Some(Box::new(layer));
        Step::Still
    }

    pub(super) fn back_to(&mut self, table: Option<usize>) {
        self.layer = table.map(|cursor| Box::new(Layer::Table { cursor }));
    }

    pub(super) fn entries(&self) -> &[Entry] {
        let now = self.cells.get(self.focus).and_then(|c| c.now.as_ref());
        now.map_or(&[], |c| c.entries.as_slice())
    }

    /// Keep, discard or go on.
    fn answer(&mut self, key: Key) -> Step {
        match (key.code, key.typed()) {
            (_, Some('s' | 'y')) => Step::Accept,
            (_, Some('d' | 'n')) => Step::Leave,
            (Code::Esc | Code::Enter, _) | (_, Some('k' | 'c' | 'q')) => Step::Still,
            _ => self.open(Layer::Ask),
        }
    }

    /// The long text.
    fn write(&mut self, key: Key, c: &mut Context) -> Step {
        if std::mem::take(&mut self.prefix) {
            self.layer = Some(Box::new(Layer::Lines));
            return if key == Key::ctrl('e') {
                self.outside(c.place.kind)
            } else {
                Step::Still
            };
        }
        match (key.code, key.ctrl) {
            (Code::Esc, _) | (Code::Char('c' | 'g'), true) => {
                // Where it is all that is asked, who has written nothing leaves.
                let nothing = self.brisk && self.cells.len() == 1 && !self.touched();
                return if nothing { Step::Leave } else { Step::Still };
            }
            (Code::Char('s'), true) => return Step::Accept,
            (Code::Tab | Code::BackTab, _) => {
                let to = if key.code == Code::Tab {
                    self.focus + 1
                } else {
                    self.focus.saturating_sub(1)
                };
                self.go(to);
                return Step::Still;
            }
            (Code::Char('x'), true) => {
                self.prefix = true;
                return self.open(Layer::Lines);
            }
            _ => {}
        }
        let (width, height) = self.size.get();
        let typed = self.input.update_lines(key, width, height);
        self.layer = Some(Box::new(Layer::Lines));
        match typed {
            Typed::Changed => self.keep(),
            Typed::Moved => Step::Still,
            Typed::Not => Step::Ignored,
        }
    }

    /// The entries of links with attributes, or of rows.
    fn table(&mut self, cursor: usize, key: Key, c: &mut Context) -> Step {
        let Some(field) = self.field(c.place.kind, self.focus) else {
            return Step::Ignored;
        };
        let mut entries = self.entries().to_vec();
        let last = entries.len().saturating_sub(1);
        let cursor = cursor.min(last);
        let rows = field.kind == FieldType::Rows;
        let mut to = cursor;
        match (key.code, key.typed()) {
            _ if key == Key::ctrl('s') => return Step::Accept,
            (Code::Esc | Code::Tab | Code::BackTab, _) | (_, Some('q')) => return Step::Still,
            (Code::Up, _) | (_, Some('k')) => to = cursor.saturating_sub(1),
            (Code::Down, _) | (_, Some('j')) => to = (cursor + 1).min(last),
            (Code::Home, _) | (_, Some('g')) => to = 0,
            (Code::End, _) | (_, Some('G')) => to = last,
            (Code::Enter, _) | (_, Some('a' | 'n' | '+')) => {
                let adds = key.code != Code::Enter || entries.is_empty();
                return match (adds, rows) {
                    (true, true) => self.open(Layer::Row {
                        entry: None,
                        sheet: Self::of_entry(field, None),
                    }),
                    (true, false) => {
                        self.open_picker(c, "", Some(cursor));
                        Step::Still
                    }
                    (false, _) => {
                        let sheet = Self::of_entry(field, entries.get(cursor));
                        self.open(Layer::Row {
                            entry: Some(cursor),
                            sheet,
                        })
                    }
                };
            }
            (_, Some('K' | 'J')) if rows && entries.len() > 1 => {
                to = if key.typed() == Some('K') {
                    cursor.saturating_sub(1)
                } else {
                    (cursor + 1).min(last)
                };
                entries.swap(cursor, to);
                return self.changed(entries, to);
            }
            (_, Some('d')) | (Code::Delete, _) if !entries.is_empty() => {
                entries.remove(cursor);
                return self.changed(entries, cursor);
            }
            (_, Some(' ')) => {
                let tick = field.fields.iter().find(|f| f.kind == FieldType::Bool);
                if let (Some(f), Some(entry)) = (tick, entries.get_mut(cursor)) {
                    let to = if entry.cell(f.tag) == "yes" { "no" } else { "yes" };
                    entry.set(f.tag, to);
                    return self.changed(entries, cursor);
                }
            }
            _ => {
                self.back_to(Some(cursor));
                return Step::Ignored;
            }
        }
        self.back_to(Some(to));
        Step::Still
    }

    fn changed(&mut self, entries: Vec<Entry>, cursor: usize) -> Step {
        self.set(Content::entries(entries));
        self.back_to(Some(cursor));
        Step::Changed
    }

    /// The sheet of an entry, new if there is none.
    pub(super) fn of_entry(field: &Field, entry: Option<&Entry>) -> Self {
        let cells = field.fields.iter().filter(|f| !f.readonly).map(|f| {
            let text = match entry {
                Some(e) => e.cell(f.tag),
                None => f.default.as_deref().unwrap_or_default(),
            };
            Cell::new(&f.name, Some(Content::text(text)))
        });
        Self::new(Some(&field.name), cells.collect(), true)
    }

    /// Puts an edited entry back into the table.
    fn take_row(&mut self, place: Option<usize>, mut sheet: Self, c: &mut Context) -> Step {
        if sheet.show_problems(c.place) {
            return self.open(Layer::Row { entry: place, sheet });
        }
        let Some(field) = self.field(c.place.kind, self.focus) else {
            return Step::Ignored;
        };
        let mut entries = self.entries().to_vec();
        let mut entry = place.and_then(|i| entries.get(i).cloned()).unwrap_or_default();
        let was_bare = entry.cells.is_empty();
        for cell in &sheet.cells {
            if let Some(f) = field.fields.iter().find(|f| f.name == cell.name) {
                entry.set(f.tag, &cell.content().text);
            }
        }
        let at = match place {
            Some(i) if i < entries.len() => {
                entries[i] = entry;
                i
            }
            _ => {
                entries.push(entry);
                entries.len() - 1
            }
        };
        let step = self.changed(entries, at);
        if was_bare {
            self.ask_of(field, at + 1);
        }
        step
    }
}
