//! A form made from a kind: a new record, a record to edit, one field of several records, or what a transition asks.
//! Keys in, a draft for the door out. It must not know a particular kind, a terminal or the ledger.

mod ask;
mod choose;
mod content;
mod draft;
mod file;
mod groups;
mod hints;
mod keep;
mod keys;
mod layer;
mod line;
mod reason;
mod sheet;
mod table;
#[cfg(test)]
mod tests;
mod told;
mod view;

pub use groups::groups;

use crate::model::change::{Actor, Draft};
use crate::model::kind::{Ask, Field, FieldType, Kind, KindIx, Need, TITLE, Tag, Transition};
use crate::model::record::{Id, Record};
use crate::model::rights;
use crate::model::sets;
use crate::model::value::Value;
use crate::model::world::World;
use crate::ui::key::Key;
use content::{Content, Place};
use layer::Layer;
use serde::{Deserialize, Serialize};
use sheet::{Cell, Context, Sheet, Step};
use std::sync::Arc;

/// What a key came to, for whoever owns the form.
#[derive(Debug, Clone)]
pub enum Outcome {
    /// The key means nothing here; nothing happened.
    Ignored,
    /// Something looks different, but nothing else is typed.
    Still,
    /// Something else is typed: the draft ([`Form::to_bytes`]) should be kept.
    Changed,
    /// This is to be committed. The form stays until it was; a refusal goes to [`Form::mark`].
    Save(Draft),
    /// The form is done with; what was typed may be forgotten.
    Leave,
    /// A long text is wanted in the person's editor; the answer goes to [`Form::set_text`].
    Editor {
        /// Names the record and the field, fit for a file's name.
        name: String,
        /// The text to start from.
        text: String,
    },
    /// The matrix is wanted on which the field of this tag is an axis; the answer goes to [`Form::put`].
    Matrix(Tag),
    /// The file of this path is to be kept; the answer goes to [`Form::kept`].
    Keep(String),
    /// The paths that begin like this are wanted; the answer goes to [`Form::completed`].
    Complete(String),
}

/// What a form is for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Purpose {
    /// A new record.
    New,
    /// A record as a whole.
    Edit,
    /// One field, of one or more records.
    Change,
    /// A transition, of one or more records, by its name.
    Move(String),
}

/// Which form an edit of a draft came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sent {
    /// This one.
    Own,
    /// That of a record that comes into being with it.
    Created(usize),
    /// One still further within that.
    Within(usize),
}

/// A form.
#[derive(Debug, Serialize, Deserialize)]
pub struct Form {
    purpose: Purpose,
    /// The kind's name.
    kind: String,
    /// The records with the commits that last changed them, as the person saw them; none for a new one.
    records: Vec<(Id, u64)>,
    sheet: Sheet,
    /// Forms of the records that come into being with this one; their places are their local ids.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    created: Vec<Form>,
    /// How deep it is nested in others.
    #[serde(default)]
    depth: u8,
    /// What the door said that belongs to no field.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    note: Option<String>,
    /// The records as the person saw them.
    #[serde(skip)]
    bases: Vec<Arc<Record>>,
    /// What the edits of the last draft were about.
    #[serde(skip)]
    sent: Vec<Sent>,
    /// It is to be saved as soon as its files are kept.
    #[serde(skip)]
    saving: bool,
    /// What the links say of themselves with which it began was asked for.
    #[serde(skip)]
    asked: bool,
}

impl Form {
    fn make(purpose: Purpose, kind: &Kind, records: &[Arc<Record>], sheet: Sheet) -> Self {
        let seen = |r: &Arc<Record>| (r.id.clone(), r.meta.as_ref().map_or(0, |m| m.changed.seq));
        Self {
            purpose,
            kind: kind.name.clone(),
            records: records.iter().map(seen).collect(),
            sheet,
            created: Vec::new(),
            depth: 0,
            note: None,
            bases: records.to_vec(),
            sent: Vec::new(),
            saving: false,
            asked: false,
        }
    }

    /// A form for a new record, with some values given: those of the place from which it was asked for.
    pub fn new(w: &World, kind: KindIx, preset: &[(Tag, Value)]) -> Self {
        let k = w.kind_at(kind);
        let mut sheet = Sheet::of_record(w, k, None);
        for (tag, value) in preset {
            let field = k.field_by_tag(*tag);
            let cell = field.and_then(|f| sheet.cells.iter_mut().find(|c| c.name == f.name));
            if let (Some(field), Some(cell)) = (field, cell) {
                *cell = Cell::new(&field.name, Some(Content::of(w, k, None, field, Some(value))));
            }
        }
        sheet.load();
        Self::make(Purpose::New, k, &[], sheet)
    }

    /// A form for a record that is there.
    pub fn edit(w: &World, record: &Arc<Record>) -> Option<Self> {
        let kind = w.kind(&record.id)?;
        let sheet = Sheet::of_record(w, kind, Some(record));
        Some(Self::make(Purpose::Edit, kind, std::slice::from_ref(record), sheet))
    }

    /// One field of one or more records of a kind, changed on the spot. `None` if there is no such field for a hand.
    pub fn change(w: &World, records: &[Arc<Record>], field: &str) -> Option<Self> {
        let kind = w.kind(&records.first()?.id)?;
        let f = kind.field(field).filter(|f| sheet::writable(f))?;
        let cell = Cell::new(field, draft::common(w, kind, records, f));
        let sheet = Sheet::new(None, vec![cell], true);
        let mut form = Self::make(Purpose::Change, kind, records, sheet);
        form.begin(w);
        Some(form)
    }

    /// What a transition of one or more records of a kind asks. `None` if the kind has no such transition.
    pub fn moving(w: &World, records: &[Arc<Record>], transition: &str) -> Option<Self> {
        let kind = w.kind(&records.first()?.id)?;
        let t = kind.transitions.iter().find(|t| t.name == transition)?;
        // What would be filled in is proposed where it is asked for, and asked for where it cannot be filled in.
        let fill = |r: &Arc<Record>| sets::fill(w, kind, r, &t.fills).unwrap_or_default();
        let filled: Vec<_> = records.iter().map(fill).collect();
        let lacks = |f: &&Field| {
            let lack = |(r, all): (&Arc<Record>, &Vec<(Tag, _)>)| {
                r.get(f.tag).is_none() && !all.iter().any(|(tag, _)| *tag == f.tag)
            };
            !t.asks.contains(&f.name) && records.iter().zip(&filled).any(lack)
        };
        let asked = t.asks.iter().filter_map(|name| kind.field(name));
        let missing = t.fills.keys().filter_map(|name| kind.field(name)).filter(lacks);
        let mut cells: Vec<Cell> = asked
            .chain(missing)
            .map(|f| {
                let mut cell = Cell {
                    needed: true,
                    ..Cell::new(&f.name, draft::common(w, kind, records, f))
                };
                let proposed = filled.first().and_then(|all| all.iter().find(|(tag, _)| *tag == f.tag));
                if let Some((_, value)) = proposed.filter(|_| cell.content().is_empty()) {
                    cell.now = Some(Content::of(w, kind, records.first().map(|r| &**r), f, value.as_ref()));
                }
                cell
            })
            .collect();
        // Whoever is alone may judge their own work, but must say why.
        let me = Actor {
            person: w.me.clone(),
            by: w.me.clone(),
        };
        let own = records.iter().any(|r| rights::judged(w, kind, r, t, &me).is_some());
        let reason = reason::name(if own { Ask::Required } else { t.reason });
        cells.extend(reason.map(|name| Cell::new(name, Some(Content::default()))));
        let sheet = Sheet::new(None, cells, true);
        let mut form = Self::make(Purpose::Move(transition.to_owned()), kind, records, sheet);
        // What is asked for first is found at once, not after one more key.
        let first = form.sheet.field(kind, 0).is_some_and(Field::is_link);
        if first && form.sheet.cells.first().is_some_and(|c| c.content().is_empty()) {
            form.begin(w);
        }
        Some(form)
    }

    /// A small form for a record that comes into being with another: its title and what it cannot be without.
    fn small(w: &World, kind: KindIx, title: &str, depth: u8) -> Self {
        let mut form = Self::new(w, kind, &[]);
        let k = w.kind_at(kind);
        form.depth = depth;
        form.sheet.brisk = true;
        form.sheet.cells.retain(|c| {
            let field = k.field(&c.name);
            field.is_some_and(|f| f.tag == TITLE || f.required == Need::Save)
        });
        if let Some(cell) = form
            .sheet
            .cells
            .iter_mut()
            .find(|c| k.field(&c.name).is_some_and(|f| f.tag == TITLE))
        {
            *cell = Cell::new(&cell.name, Some(Content::text(title)));
        }
        form.sheet.go(0);
        form
    }

    /// Whether there is nothing to ask: [`Form::save`] may follow at once.
    pub fn is_trivial(&self) -> bool {
        self.sheet.cells.is_empty()
    }

    /// Opens what the only field is changed with.
    fn begin(&mut self, w: &World) {
        use crate::model::kind::FieldType as T;
        let field = w.catalogue.kind(&self.kind).and_then(|k| self.sheet.field(k, 0));
        let opens = field.is_some_and(|f| match f.kind {
            T::Choice | T::Scale | T::Link | T::Links | T::Rows | T::Text => true,
            T::Tags => !f.choices.is_empty(),
            _ => false,
        });
        if opens {
            self.step(Key::new(crate::ui::key::Code::Enter), w);
        }
    }

    /// The kind of its record.
    pub(crate) fn kind_of<'a>(&self, w: &World<'a>) -> Option<&'a Kind> {
        w.catalogue.kind(&self.kind)
    }

    fn transition<'a>(&self, kind: &'a Kind) -> Option<&'a Transition> {
        match &self.purpose {
            Purpose::Move(name) => kind.transitions.iter().find(|t| t.name == *name),
            _ => None,
        }
    }

    /// The record as it would be if it were saved now; of several, the first.
    pub(crate) fn scratch(&self, w: &World) -> Record {
        use crate::model::kind::FieldType::Scale;
        let new = || Record::new(Id::from("new"));
        let mut record = self.bases.first().map_or_else(new, |r| Record::clone(r));
        let Some(kind) = self.kind_of(w) else { return record };
        // The method decides how a scale is read, so the other fields come first.
        for scales in [false, true] {
            for (i, cell) in self.sheet.cells.iter().enumerate() {
                let Some(field) = self.sheet.field(kind, i).filter(|f| f.tag != 0) else {
                    continue;
                };
                if (field.kind == Scale) != scales || (self.purpose != Purpose::New && !cell.touched()) {
                    continue;
                }
                let place = Place {
                    w: *w,
                    kind,
                    record: &record,
                };
                if let Some(Ok(value)) = cell.now.as_ref().map(|now| now.value(place, field)) {
                    record.set(field.tag, value);
                }
            }
        }
        record
    }

    /// Takes in a key, for whoever owns this form.
    fn step(&mut self, key: Key, w: &World) -> Step {
        self.within(w, |sheet, context| sheet.update(key, context))
    }

    fn pasted(&mut self, text: &str, w: &World) -> Step {
        self.within(w, |sheet, context| sheet.paste(text, context))
    }

    fn within(&mut self, w: &World, act: impl FnOnce(&mut Sheet, &mut Context) -> Step) -> Step {
        let record = self.scratch(w);
        let Some(kind) = self.kind_of(w) else {
            return Step::Ignored;
        };
        let place = Place {
            w: *w,
            kind,
            record: &record,
        };
        let mut context = Context {
            place,
            created: &mut self.created,
            depth: self.depth,
        };
        act(&mut self.sheet, &mut context)
    }

    /// Shows what stands in the way of accepting; whether anything does.
    fn refuses(&mut self, w: &World) -> bool {
        let record = self.scratch(w);
        let Some(kind) = self.kind_of(w) else { return true };
        self.sheet.show_problems(Place {
            w: *w,
            kind,
            record: &record,
        })
    }

    /// Takes in a key.
    pub fn update(&mut self, key: Key, w: &World) -> Outcome {
        let step = self.step(key, w);
        self.outcome(step, w)
    }

    /// Takes over values that were chosen elsewhere; what the form does not ask for is left out.
    pub fn put(&mut self, values: &[(Tag, Option<Value>)], w: &World) -> Outcome {
        let record = self.scratch(w);
        let Some(kind) = self.kind_of(w) else {
            return Outcome::Ignored;
        };
        for (tag, value) in values {
            let field = kind.field_by_tag(*tag);
            let cell = field.and_then(|f| self.sheet.cells.iter_mut().find(|c| c.name == f.name));
            if let (Some(field), Some(cell)) = (field, cell) {
                cell.now = Some(Content::of(w, kind, Some(&record), field, value.as_ref()));
                cell.told = None;
            }
        }
        self.sheet.load();
        self.outcome(Step::Changed, w)
    }

    /// Whether a pasted text keeps its lines here.
    pub fn takes_lines(&self, w: &World) -> bool {
        match self.sheet.layer.as_deref() {
            Some(Layer::Lines) => true,
            Some(Layer::Create { index, .. }) => self.created.get(*index).is_some_and(|f| f.takes_lines(w)),
            Some(_) => false,
            None => {
                let field = self
                    .kind_of(w)
                    .and_then(|kind| self.sheet.field(kind, self.sheet.focus));
                field.is_some_and(|f| f.kind == FieldType::Text)
            }
        }
    }

    /// Whether everything that is asked for is there already, and nothing is left to say.
    pub fn is_answered(&self) -> bool {
        let given = |c: &Cell| reason::field(&c.name).is_none() && !c.touched() && !c.content().is_empty();
        self.sheet.cells.iter().all(given)
    }

    /// Takes in a pasted text.
    pub fn paste(&mut self, text: &str, w: &World) -> Outcome {
        let step = self.pasted(text, w);
        self.outcome(step, w)
    }

    /// Takes over the long text that [`Outcome::Editor`] gave away.
    pub fn set_text(&mut self, text: &str, w: &World) -> Outcome {
        let step = self.set_inner(text, w);
        self.outcome(step, w)
    }

    fn set_inner(&mut self, text: &str, w: &World) -> Step {
        if let Some(Layer::Create { index, .. }) = self.sheet.layer.as_deref()
            && let Some(form) = self.created.get_mut(*index)
        {
            return form.set_inner(text, w);
        }
        match self.kind_of(w) {
            Some(kind) => self.sheet.set_text(text, kind),
            None => Step::Ignored,
        }
    }

    fn outcome(&mut self, step: Step, w: &World) -> Outcome {
        match step {
            Step::Ignored => Outcome::Ignored,
            Step::Still => Outcome::Still,
            Step::Changed => {
                self.note = None;
                Outcome::Changed
            }
            Step::Accept => match self.pending(w) {
                Some(path) => {
                    self.saving = true;
                    Outcome::Keep(path)
                }
                None => self.save(w),
            },
            Step::Keep(path) => Outcome::Keep(path),
            Step::Matrix(tag) => Outcome::Matrix(tag),
            Step::Complete(path) => Outcome::Complete(path),
            Step::Leave => Outcome::Leave,
            Step::Editor(field, text) => {
                let id = self
                    .records
                    .first()
                    .map_or(format!("new-{}", self.kind), |(id, _)| id.to_string());
                Outcome::Editor {
                    name: format!("{id}-{field}"),
                    text,
                }
            }
        }
    }

    /// What there is to commit, or the problems shown beside the fields.
    pub fn save(&mut self, w: &World) -> Outcome {
        if self.refuses(w) || self.asks(w) {
            return Outcome::Still;
        }
        let draft = self.draft(w);
        if draft.edits.is_empty() {
            // Nothing was changed: there is nothing to say to the door.
            return Outcome::Leave;
        }
        Outcome::Save(draft)
    }

    /// What the form is about, in one line: `Edit R-0007 Payment outage`, `New risk`, `Accept 12 risks`.
    pub fn title(&self, w: &World) -> String {
        let Some(kind) = self.kind_of(w) else {
            return self.kind.clone();
        };
        let what = match self.records.as_slice() {
            [] => kind.title.to_lowercase(),
            [(id, _)] => match w.find(id) {
                Some(r) => format!("{id} {}", r.title()),
                None => id.to_string(),
            },
            many => format!("{} {}", many.len(), kind.titles.to_lowercase()),
        };
        match (&self.purpose, self.transition(kind)) {
            (Purpose::New, _) => format!("New {what}"),
            (Purpose::Change, _) => {
                let field = self.sheet.field(kind, 0).map_or("", |f| &f.label);
                format!("{field}: {what}")
            }
            (Purpose::Move(_), Some(t)) => format!("{} {what}", t.label),
            _ => format!("Edit {what}"),
        }
    }

    /// The title that is typed, for the list of links.
    fn name(&self) -> String {
        let title = self.sheet.cells.iter().find(|c| c.name == "title");
        match title.map(|c| c.content().text).filter(|t| !t.is_empty()) {
            Some(title) => title,
            None => "(no title)".to_owned(),
        }
    }

    /// The keys that are of use now, and the words for them.
    pub fn hints(&self, w: &World) -> Vec<(&'static str, String)> {
        if let Some(Layer::Create { index, .. }) = self.sheet.layer.as_deref()
            && let Some(form) = self.created.get(*index)
        {
            return form.hints(w);
        }
        let Some(kind) = self.kind_of(w) else { return Vec::new() };
        let save = self.save_word(kind).to_lowercase();
        let all = self.sheet.hints(kind, &save).into_iter();
        all.map(|(keys, words)| (keys, words.to_owned())).collect()
    }
}
