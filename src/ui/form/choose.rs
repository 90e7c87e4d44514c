//! Choosing what a field holds from a list, and beginning a record that is not there yet.

use super::Form;
use super::content::{Content, Entry, named};
use super::keys::{options, tags_of};
use super::layer::Layer;
use super::sheet::{Context, Sheet, Step};
use crate::model::change::Actor;
use crate::model::kind::{Field, FieldType, Kind, KindIx, Need};
use crate::model::record::Id;
use crate::model::rights::{self, Verb};
use crate::ui::cell::{look_of, role_of_tone};
use crate::ui::key::Key;
use crate::ui::picker::{Choice, Picker};

/// Forms within forms end here.
const DEEPEST: u8 = 3;

impl Sheet {
    /// What the picker gave.
    pub(super) fn taken(&mut self, ids: Vec<String>, table: Option<usize>, c: &mut Context) -> Step {
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
                let added = entries.iter().position(|e| !old.iter().any(|o| o.to == e.to));
                self.set(Content::entries(entries));
                if !field.fields.is_empty() {
                    match added {
                        Some(first) => self.ask_of(field, first),
                        None => self.back_to(Some(table.unwrap_or(0))),
                    }
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
                    role: look_of(l).unwrap_or_default().to_owned(),
                    ..Choice::new(&l.id, &l.name)
                });
                Picker::new(&field.label, choices.chain(none()).collect()).at(&text)
            }
            _ => {
                let choices = field.choices.iter().map(|o| Choice {
                    role: o.tone.map_or("", role_of_tone).to_owned(),
                    ..Choice::new(&o.id, &o.label)
                });
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
    pub(super) fn create(&mut self, which: usize, typed: &str, table: Option<usize>, c: &mut Context) -> Step {
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
    pub(super) fn nested(
        &mut self,
        index: usize,
        fresh: bool,
        table: Option<usize>,
        key: Key,
        c: &mut Context,
    ) -> Step {
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
