//! Changing things: forms are opened, drafts are sent to the one door, and what it says comes back.

use super::able;
use super::app::Command;
use super::form::{Form, Outcome};
use super::job::{Effect, Job};
use super::modal::Modal;
use super::repeat::Redo;
use super::{Model, Weight};
use crate::model::change::{Draft, Edit};
use crate::model::kind::{KindIx, Tag};
use crate::model::record::Id;
use crate::model::value::{Link, Value};

/// What waits for the answer to a draft.
#[derive(Debug, Clone, Default)]
pub(crate) struct Waiting {
    /// The form on top sent it.
    pub form: bool,
    /// What of it could be done again.
    pub redo: Option<Redo>,
    /// It is one that is done again.
    pub again: bool,
    /// A matrix was saved: from which method to which, and the record under which it was edited.
    pub matrix: Option<(String, String, Option<Id>)>,
}

impl Model {
    /// A form for a new record with some values given.
    pub(crate) fn open_new(&mut self, ix: KindIx, preset: Vec<(Tag, Value)>) -> Vec<Effect> {
        let form = Form::new(&self.world(), ix, &preset);
        self.push_form(form, true)
    }

    /// A form for a new record of a kind that links to this one: `kind field`.
    pub(crate) fn open_linked(&mut self, choice: &str, to: &Id) -> Vec<Effect> {
        let Some((ix, field)) = choice
            .split_once(' ')
            .and_then(|(kind, field)| Some((self.catalogue.index_of(kind)?, field.to_owned())))
        else {
            return Vec::new();
        };
        if let Err(why) = self.may_create(ix) {
            self.refuse(why);
            return Vec::new();
        }
        let Some(f) = self.catalogue.kinds[ix].field(&field) else {
            return Vec::new();
        };
        let value = match f.kind {
            crate::model::kind::FieldType::Link => Value::Link(to.clone()),
            _ => Value::Links(vec![Link {
                to: to.clone(),
                attributes: Vec::new(),
            }]),
        };
        let preset = vec![(f.tag, value)];
        self.open_new(ix, preset)
    }

    pub(crate) fn open_edit(&mut self) -> Vec<Effect> {
        let targets = self.targets();
        match targets.as_slice() {
            [one] => match Form::edit(&self.world(), one) {
                Some(form) => self.push_form(form, true),
                None => Vec::new(),
            },
            many => {
                let n = many.len();
                self.refuse(format!(
                    "{n} records are selected; c and a field's key changes that field of all of them"
                ));
                Vec::new()
            }
        }
    }

    /// Changes the field of this number in the table of actions.
    pub(crate) fn open_change(&mut self, n: usize) -> Vec<Effect> {
        let name = self.actions.changes.get(n).cloned().unwrap_or_default();
        self.open_change_named(&name)
    }

    /// Changes a field of the open record.
    pub(crate) fn open_change_of(&mut self, tag: Tag) -> Vec<Effect> {
        let Some(kind) = self.current_kind() else {
            return Vec::new();
        };
        let Some(name) = self.catalogue.kinds[kind].field_by_tag(tag).map(|f| f.name.clone()) else {
            return Vec::new();
        };
        if let Err(why) = able::can_edit(self) {
            self.refuse(why);
            return Vec::new();
        }
        self.open_change_named(&name)
    }

    fn open_change_named(&mut self, name: &str) -> Vec<Effect> {
        let targets = self.targets();
        match Form::change(&self.world(), &targets, name) {
            Some(form) => self.push_form(form, false),
            None => {
                self.refuse("this field cannot be changed here");
                Vec::new()
            }
        }
    }

    /// Asks what a transition asks for, or makes it at once if it asks for nothing.
    pub(crate) fn open_move(&mut self, ix: KindIx, n: usize) -> Vec<Effect> {
        let name = self.catalogue.kinds[ix].transitions[n].name.clone();
        let targets = self.targets();
        let Some(mut form) = Form::moving(&self.world(), &targets, &name) else {
            return Vec::new();
        };
        if !form.is_trivial() {
            return self.push_form(form, false);
        }
        match form.save(&self.world()) {
            Outcome::Save(draft) => self.commit(draft, false),
            _ => Vec::new(),
        }
    }

    pub(crate) fn push_form(&mut self, form: Form, full: bool) -> Vec<Effect> {
        self.modals.push(Modal::Form(Box::new(form), full));
        Vec::new()
    }

    /// What a key in a form came to. `None`: the form is done with.
    pub(crate) fn form_outcome(&mut self, form: &mut Form, outcome: Outcome) -> Option<Vec<Effect>> {
        Some(match outcome {
            Outcome::Ignored | Outcome::Still | Outcome::Changed | Outcome::Matrix(_) => Vec::new(),
            Outcome::Leave => return None,
            Outcome::Save(draft) => {
                if self.waiting.values().any(|w| w.form) {
                    self.refuse("it is being saved");
                    return Some(Vec::new());
                }
                let _ = form;
                self.commit(draft, true)
            }
            Outcome::Keep(path) => vec![Effect::Job(Job::Keep(path))],
            Outcome::Complete(path) => vec![Effect::Job(Job::Complete(path))],
            Outcome::Editor { name, text } => vec![Effect::Term(Command::Edit { name, text })],
        })
    }

    /// Edits a long text of the current record in the person's editor.
    pub(crate) fn edit_text(&mut self, field: &str) -> Vec<Effect> {
        let Some(record) = self.current() else {
            return Vec::new();
        };
        let Some(f) = self.world().kind(&record.id).and_then(|k| k.field(field)) else {
            return Vec::new();
        };
        let text = record.text(f.tag).to_owned();
        vec![Effect::Term(Command::Edit {
            name: format!("{}-{field}", record.id),
            text,
        })]
    }

    /// The editor has ended: the text goes to the form that asked, or to the record.
    pub(crate) fn edited(&mut self, name: &str, result: Result<Option<String>, String>) -> Vec<Effect> {
        let text = match result {
            Ok(Some(text)) => text,
            Ok(None) => {
                self.say(Weight::Plain, "the text is as it was");
                return Vec::new();
            }
            Err(why) => {
                self.refuse(why);
                return Vec::new();
            }
        };
        if matches!(self.modals.last(), Some(Modal::Form(..)))
            && let Some(Modal::Form(mut form, full)) = self.modals.pop()
        {
            let outcome = form.set_text(text.trim_end_matches('\n'), &self.world());
            let effects = self.form_outcome(&mut form, outcome);
            self.modals.push(Modal::Form(form, full));
            return effects.unwrap_or_default();
        }
        // The prefix and the number have one hyphen between them; the field's name has none.
        let Some((id, field)) = name.rsplit_once('-').map(|(id, f)| (Id::from(id), f.to_owned())) else {
            return Vec::new();
        };
        let w = self.world();
        let (Some(record), Some(kind)) = (w.find(&id), w.kind(&id)) else {
            return Vec::new();
        };
        let Some(f) = kind.field(&field) else { return Vec::new() };
        let text = text.trim_end_matches('\n');
        let value = (!text.is_empty()).then(|| Value::Text(text.to_owned()));
        let mut draft = Draft::new("record.edit");
        draft.edits.push(Edit::of(record).with(f.tag, value));
        self.commit(draft, false)
    }

    /// Sends a draft to the door.
    pub(crate) fn commit(&mut self, draft: Draft, form: bool) -> Vec<Effect> {
        let waiting = Waiting {
            form,
            redo: self.repeatable(&draft),
            ..Waiting::default()
        };
        self.send(draft, waiting)
    }

    /// Sends a draft to the door; what waits for the answer is told with it.
    pub(crate) fn send(&mut self, draft: Draft, waiting: Waiting) -> Vec<Effect> {
        if let Err(why) = able::can_write(self) {
            self.refuse(why);
            return Vec::new();
        }
        self.token += 1;
        self.waiting.insert(self.token, waiting);
        vec![Effect::Job(Job::Commit {
            token: self.token,
            draft,
            actor: self.actor.clone(),
        })]
    }
}
