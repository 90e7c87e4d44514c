//! What opens above a field: the picker, the long text, the table of entries with the sheet of one of them, the form
//! of a record that comes into being with this one, and the question before leaving.

use super::Form;
use super::content::{Content, Entry, named};
use super::sheet::{Cell, Context, Sheet, Step, options, tags_of};
use crate::model::change::Actor;
use crate::model::kind::{Field, FieldType, Kind, KindIx, Need};
use crate::model::record::Id;
use crate::model::rights::{self, Verb};
use crate::ui::input::Typed;
use crate::ui::key::{Code, Key};
use crate::ui::picker::{Choice, Picked, Picker};
use serde::{Deserialize, Serialize};

/// Forms within forms end here.
const DEEPEST: u8 = 3;

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

    fn back_to(&mut self, table: Option<usize>) {
        self.layer = table.map(|cursor| Box::new(Layer::Table { cursor }));
    }

    fn entries(&self) -> &[Entry] {
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
            (Code::Esc, _) | (Code::Char('c' | 'g'), true) => return Step::Still,
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

    /// What the picker gave.
    fn taken(&mut self, ids: Vec<String>, table: Option<usize>, c: &mut Context) -> Step {
        let Some(field) = self.field(c.place.kind, self.focus) else {
            return Step::Ignored;
        };
        match field.kind {
            FieldType::Links => {
                let old = self.entries().to_vec();
                let kept = |id: &str| old.iter().find(|e| e.to == id).cloned();
                let fresh = |id: String| Entry {
                    to: id,
                    cells: Vec::new(),
                };
                let mut entries: Vec<Entry> = ids
                    .into_iter()
                    .map(|id| kept(&id).unwrap_or_else(|| fresh(id)))
                    .collect();
                // In the order in which they are stored; those that are not there yet come last.
                entries.sort_by_key(|e| (e.to.starts_with("new:"), Id::from(e.to.as_str())));
                self.set(Content::entries(entries));
                if !field.fields.is_empty() {
                    self.back_to(Some(table.unwrap_or(0)));
                    return Step::Changed;
                }
            }
            FieldType::Tags => self.set(Content::text(ids.join(", "))),
            _ => self.set(Content::text(ids.into_iter().next().unwrap_or_default())),
        }
        match self.forward() {
            Step::Still => Step::Changed,
            step => step,
        }
    }

    /// Opens the list of what the focused field can hold.
    pub(super) fn open_picker(&mut self, c: &Context, typed: &str, table: Option<usize>) {
        let Some(field) = self.field(c.place.kind, self.focus) else {
            return;
        };
        let text = self.input.text().to_owned();
        let differ = self.cells.get(self.focus).is_some_and(|cell| cell.now.is_none());
        let clears = field.required != Need::Save && (differ || !text.is_empty());
        let none = || clears.then(|| Choice::new("", "(nothing)"));
        let picker = match field.kind {
            FieldType::Link | FieldType::Links => {
                let linked: Vec<String> = match field.kind {
                    FieldType::Links => self.entries().iter().map(|e| e.to.clone()).collect(),
                    _ => Some(text.clone()).filter(|t| !t.is_empty()).into_iter().collect(),
                };
                let mut choices = link_choices(c, field, &linked);
                if field.kind == FieldType::Link {
                    choices.extend(none());
                }
                let mut picker = Picker::new(&field.label, choices);
                for (_, kind) in creatable(c, field) {
                    picker = picker.creating(&format!("create new {}", kind.title.to_lowercase()));
                }
                if field.kind == FieldType::Links {
                    picker.several(linked)
                } else {
                    picker.at(&text)
                }
            }
            FieldType::Tags => {
                let choices = options(c.place, field)
                    .iter()
                    .map(|(id, label)| Choice::new(id, label))
                    .collect();
                Picker::new(&field.label, choices).several(tags_of(&Content::text(text), field, c.place))
            }
            FieldType::Scale => {
                let scale = c.place.w.field_scale(c.place.kind, Some(c.place.record), field);
                let levels = scale.map(|s| s.levels.as_slice()).unwrap_or_default();
                let choices = levels.iter().enumerate().map(|(i, l)| Choice {
                    head: (i + 1).to_string(),
                    note: l.help.clone(),
                    role: l.role.clone().unwrap_or_default(),
                    ..Choice::new(&l.id, &l.name)
                });
                Picker::new(&field.label, choices.chain(none()).collect()).at(&text)
            }
            _ => {
                let choices = field.choices.iter().map(|o| Choice::new(&o.id, &o.label));
                Picker::new(&field.label, choices.chain(none()).collect()).at(&text)
            }
        };
        let picker = if typed.is_empty() { picker } else { picker.typing(typed) };
        self.layer = Some(Box::new(Layer::Pick {
            picker: Box::new(picker),
            table,
        }));
    }

    /// Begins a record that comes into being with this one.
    fn create(&mut self, which: usize, typed: &str, table: Option<usize>, c: &mut Context) -> Step {
        let w = &c.place.w;
        let field = self.field(c.place.kind, self.focus);
        let target = field.and_then(|f| creatable(c, f).get(which).map(|(ix, _)| *ix));
        let Some(kind) = target else {
            self.back_to(table);
            return Step::Still;
        };
        c.created.push(Form::small(w, kind, typed, c.depth + 1));
        self.layer = Some(Box::new(Layer::Create {
            index: c.created.len() - 1,
            fresh: true,
            table,
        }));
        Step::Changed
    }

    /// A key for the form of a record to be created.
    fn nested(&mut self, index: usize, fresh: bool, table: Option<usize>, key: Key, c: &mut Context) -> Step {
        let w = c.place.w;
        let Some(form) = c.created.get_mut(index) else {
            self.back_to(table);
            return Step::Still;
        };
        let step = form.step(key, &w);
        match step {
            Step::Accept if form.refuses(&w) => {}
            Step::Accept => return self.take_created(index, table, c),
            Step::Leave => {
                // Nothing links to it yet, and only the last one may go: places are ids.
                if fresh && index + 1 == c.created.len() {
                    c.created.pop();
                }
                self.back_to(table);
                return Step::Changed;
            }
            step => {
                self.layer = Some(Box::new(Layer::Create { index, fresh, table }));
                return step;
            }
        }
        self.layer = Some(Box::new(Layer::Create { index, fresh, table }));
        Step::Still
    }

    fn take_created(&mut self, index: usize, table: Option<usize>, c: &mut Context) -> Step {
        let id = Id::local(index).to_string();
        let Some(field) = self.field(c.place.kind, self.focus) else {
            return Step::Ignored;
        };
        if field.kind == FieldType::Links {
            let mut ids: Vec<String> = self.entries().iter().map(|e| e.to.clone()).collect();
            if !ids.contains(&id) {
                ids.push(id);
            }
            return self.taken(ids, table, c);
        }
        self.taken(vec![id], table, c)
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
    fn of_entry(field: &Field, entry: Option<&Entry>) -> Self {
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
        self.changed(entries, at)
    }
}

/// The kinds of which a record may come into being with this one, to be linked.
fn creatable<'a>(c: &Context<'a, '_>, field: &Field) -> Vec<(KindIx, &'a Kind)> {
    let w = &c.place.w;
    if c.depth >= DEEPEST {
        return Vec::new();
    }
    let me = Actor {
        person: w.me.clone(),
        by: w.me.clone(),
    };
    let kinds = field.target.iter().filter_map(|t| w.catalogue.index_of(t));
    let allowed = kinds.filter(|ix| rights::may(w, &me, Verb::Create(*ix)).is_ok());
    allowed.map(|ix| (ix, w.kind_at(ix))).collect()
}

/// What a link can lead to: those that are linked and those that are created with it, then the live ones.
fn link_choices(c: &Context, field: &Field, linked: &[String]) -> Vec<Choice> {
    let w = &c.place.w;
    let targets: Vec<usize> = match field.target.as_slice() {
        [] => (0..w.catalogue.kinds.len()).collect(),
        some => some.iter().filter_map(|t| w.catalogue.index_of(t)).collect(),
    };
    let mut choices = Vec::new();
    for (n, form) in c.created.iter().enumerate() {
        let fits = w.catalogue.index_of(&form.kind).is_some_and(|k| targets.contains(&k));
        if fits {
            choices.push(Choice {
                head: "new".to_owned(),
                ..Choice::new(Id::local(n).as_str(), &form.name())
            });
        }
    }
    for &k in &targets {
        let kind = w.kind_at(k);
        let note = if targets.len() > 1 {
            kind.title.to_lowercase()
        } else {
            String::new()
        };
        for r in w.state.live(k).filter(|r| r.id != c.place.record.id) {
            let id = r.id.as_str();
            choices.push(Choice {
                head: id.to_owned(),
                note: note.clone(),
                ..Choice::new(id, r.title())
            });
        }
    }
    for id in linked.iter().filter(|id| !id.starts_with("new:")) {
        if !choices.iter().any(|choice| choice.id == *id) {
            let label = named(w, id, &[]);
            let label = label.strip_prefix(id.as_str()).unwrap_or_default().trim();
            let note = "retired".to_owned();
            choices.push(Choice {
                head: id.clone(),
                note,
                ..Choice::new(id, label)
            });
        }
    }
    choices
}
