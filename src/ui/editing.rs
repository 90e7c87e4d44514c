//! Changing things: forms are opened, drafts are sent to the one door, and what it says comes back.

use super::app::Command;
use super::doing;
use super::form::{Form, Outcome};
use super::job::{Effect, Job};
use super::modal::Modal;
use super::{Layer, Model, Weight};
use crate::model::change::{Commit, Draft, Edit, Refusal, Target};
use crate::model::kind::{KindIx, RETIRED, STATE, TITLE, Tag};
use crate::model::record::Id;
#[cfg(test)]
use crate::model::record::Record;
use crate::model::rights::{self, Verb};
use crate::model::value::{Link, Value};
use std::sync::Arc;

/// A change that can be done again on other records.
#[derive(Debug, Clone)]
pub(crate) struct Last {
    pub kind: KindIx,
    pub action: String,
    pub set: Vec<(Tag, Option<Value>)>,
    pub transition: Option<String>,
    pub reason: Option<String>,
}

/// What waits for the answer to a draft.
#[derive(Debug, Clone, Default)]
pub(crate) struct Waiting {
    /// The form on top sent it.
    pub form: bool,
    pub last: Option<Last>,
}

impl Model {
    pub(crate) fn may_create(&self, ix: KindIx) -> Result<(), String> {
        doing::can_write(self)?;
        let kind = &self.catalogue.kinds[ix];
        if kind.single && self.world().state.live(ix).next().is_some() {
            return Err(format!("there is only one {}", kind.title.to_lowercase()));
        }
        rights::may(&self.world(), &self.actor, Verb::Create(ix))
    }

    pub(crate) fn may_change(&self, n: usize) -> Result<(), String> {
        doing::can_write(self)?;
        let record = self.current().ok_or("there is no record here")?;
        let ix = self.catalogue.kind_of(&record.id).ok_or("there is no record here")?;
        let name = self.actions.changes.get(n).map_or("", String::as_str);
        let kind = &self.catalogue.kinds[ix];
        if kind.field(name).is_none_or(|f| f.readonly) {
            return Err(format!("a {} has no such field", kind.title.to_lowercase()));
        }
        rights::may(&self.world(), &self.actor, Verb::Edit(&record))
    }

    pub(crate) fn may_move(&self, ix: KindIx, n: usize) -> Result<(), String> {
        doing::can_write(self)?;
        let kind = &self.catalogue.kinds[ix];
        let t = &kind.transitions[n];
        let records = self.targets();
        if records.is_empty() {
            return Err("there is no record here".into());
        }
        for r in &records {
            if self.catalogue.kind_of(&r.id) != Some(ix) {
                return Err(format!("this is for {}", kind.titles.to_lowercase()));
            }
            if !t
                .from
                .iter()
                .any(|f| f == r.state() || (f == "*" && r.state() != RETIRED))
            {
                let from: Vec<&str> = t.from.iter().map(String::as_str).collect();
                return Err(format!(
                    "{} is {}; '{}' starts from {}",
                    r.id,
                    r.state(),
                    t.label,
                    from.join(", ")
                ));
            }
            rights::may(&self.world(), &self.actor, Verb::Move(r, t))?;
        }
        Ok(())
    }

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
        if let Err(why) = doing::can_edit(self) {
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

    fn push_form(&mut self, form: Form, full: bool) -> Vec<Effect> {
        self.modals.push(Modal::Form(Box::new(form), full));
        Vec::new()
    }

    /// What a key in a form came to. `None`: the form is done with.
    pub(crate) fn form_outcome(&mut self, form: &mut Form, outcome: Outcome) -> Option<Vec<Effect>> {
        Some(match outcome {
            Outcome::Ignored | Outcome::Still | Outcome::Changed => Vec::new(),
            Outcome::Leave => return None,
            Outcome::Save(draft) => {
                if self.waiting.values().any(|w| w.form) {
                    self.refuse("it is being saved");
                    return Some(Vec::new());
                }
                let _ = form;
                self.commit(draft, true)
            }
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
        if let Err(why) = doing::can_write(self) {
            self.refuse(why);
            return Vec::new();
        }
        self.token += 1;
        let last = self.repeatable(&draft);
        self.waiting.insert(self.token, Waiting { form, last });
        vec![Effect::Job(Job::Commit {
            token: self.token,
            draft,
            actor: self.actor.clone(),
        })]
    }

    /// What of a draft can be done again elsewhere: the same values or transition for every record.
    fn repeatable(&self, draft: &Draft) -> Option<Last> {
        let first = draft.edits.first()?;
        let Target::Old(id) = &first.target else { return None };
        let same =
            |e: &Edit| matches!(e.target, Target::Old(_)) && e.set == first.set && e.transition == first.transition;
        let titled = first.set.iter().any(|(tag, _)| *tag == TITLE);
        (draft.edits.iter().all(same) && !titled).then(|| Last {
            kind: self.catalogue.kind_of(id).unwrap_or(usize::MAX),
            action: draft.action.clone(),
            set: first.set.clone(),
            transition: first.transition.clone(),
            reason: draft.reason.clone(),
        })
    }

    /// Does one change to all that is selected, as one commit.
    pub(crate) fn change_all(
        &mut self,
        action: &str,
        set: &[(Tag, Option<Value>)],
        transition: Option<&str>,
        reason: Option<String>,
    ) -> Vec<Effect> {
        let records = self.targets();
        let kind = self.last.as_ref().map(|l| l.kind);
        if records.iter().any(|r| self.catalogue.kind_of(&r.id) != kind) {
            self.refuse("the last change was made to records of another register");
            return Vec::new();
        }
        let mut draft = Self::draft_of(action, reason);
        for r in &records {
            let mut edit = Edit::of(r);
            edit.set = set.to_vec();
            edit.transition = transition.map(str::to_owned);
            draft.edits.push(edit);
        }
        self.commit(draft, false)
    }

    /// A commit is durable: it is applied, and said.
    pub(crate) fn committed(&mut self, token: u64, commit: Commit) -> Vec<Effect> {
        let catalogue = Arc::clone(&self.catalogue);
        Arc::make_mut(&mut self.state).apply(&catalogue, commit.seq, commit.time, &commit.changes);
        let mut effects = Vec::new();
        for c in &commit.changes {
            self.histories.remove(&c.id);
        }
        if let Some(Layer::Record { id, .. } | Layer::History { id, .. }) = self.spot.layers.last()
            && commit.changes.iter().any(|c| c.id == *id)
        {
            effects.push(Effect::Job(Job::History(id.clone())));
        }
        if !self.log.commits.is_empty() {
            self.log.commits.insert(0, commit.clone());
        }
        let waiting = self.waiting.remove(&token).unwrap_or_default();
        if waiting.form && matches!(self.modals.last(), Some(Modal::Form(..))) {
            self.modals.pop();
        }
        if waiting.last.is_some() {
            self.last = waiting.last;
        }
        self.fresh_after(&commit);
        let words = self.words_of(&commit);
        self.say(Weight::Good, words);
        // What was just made is what one wants to see.
        if let [only] = commit.changes.as_slice()
            && only.before.is_none()
            && let Some(list) = self
                .list()
                .map(|l| l.kind)
                .filter(|k| Some(*k) == self.catalogue.kind_of(&only.id))
        {
            let page = self.page();
            self.lists[list].go_to(&only.id, page);
        }
        effects
    }

    /// A commit in one line: what was done to which records, and how to take it back.
    fn words_of(&self, c: &Commit) -> String {
        let w = self.world();
        let what = match c.changes.as_slice() {
            [] => "nothing".to_owned(),
            [one] => format!("{} {}", one.id, super::text::clean(one.after.title())),
            many => {
                let kinds: std::collections::BTreeSet<_> =
                    many.iter().filter_map(|c| w.catalogue.kind_of(&c.id)).collect();
                match kinds.first() {
                    Some(ix) if kinds.len() == 1 => format!("{} {}", many.len(), w.kind_at(*ix).titles.to_lowercase()),
                    _ => format!("{} records", many.len()),
                }
            }
        };
        let did = match (c.undoes, c.action.as_str()) {
            (Some(n), "redo") => format!("did again what #{n} took back: {}", self.deed(c)),
            (Some(n), _) => format!("took back #{n}: {}", self.deed(c)),
            (None, _) => self.deed(c),
        };
        let undo = self.key_of("history.undo");
        let redo = self.key_of("history.redo");
        let back = match c.undoes {
            Some(_) if c.action == "undo" => format!("{redo} does it again"),
            _ => format!("{undo} takes it back"),
        };
        format!("#{} {did}, {what}. {back}", c.seq)
    }

    /// What a commit did, in a word or two: the state that was entered, or the fields that changed.
    fn deed(&self, c: &Commit) -> String {
        let w = self.world();
        let Some(first) = c.changes.first() else {
            return c.action.clone();
        };
        let Some(before) = &first.before else {
            return "new".to_owned();
        };
        if before.state() != first.after.state() {
            return format!("now {}", first.after.state());
        }
        let Some(kind) = w.kind(&first.id) else {
            return c.action.clone();
        };
        let diff = crate::model::merge::diff(&w, kind, Some(before), &first.after);
        match diff.as_slice() {
            [one] if one.after.len() < 40 && !one.after.contains('\n') && one.tag != STATE => {
                let after = if one.after.is_empty() {
                    "cleared".to_owned()
                } else {
                    super::text::clean(&one.after).into_owned()
                };
                format!("{} {} {after}", one.label.to_lowercase(), self.arrow())
            }
            many => many
                .iter()
                .map(|d| d.label.to_lowercase())
                .collect::<Vec<_>>()
                .join(", "),
        }
    }

    fn arrow(&self) -> &'static str {
        use super::look::Look;
        self.theme.glyph("→", "->")
    }

    /// The door said no: the form shows it beside its fields, else it is a message.
    pub(crate) fn not_let(&mut self, token: u64, refusal: &Refusal) {
        let waiting = self.waiting.remove(&token).unwrap_or_default();
        if waiting.form
            && matches!(self.modals.last(), Some(Modal::Form(..)))
            && let Some(Modal::Form(mut form, full)) = self.modals.pop()
        {
            form.mark(refusal, &self.world());
            self.modals.push(Modal::Form(form, full));
            return;
        }
        let text = self.words_of_refusal(refusal);
        self.refuse(text);
    }

    pub(crate) fn words_of_refusal(&self, refusal: &Refusal) -> String {
        let some = |mut all: Vec<String>| {
            all.dedup();
            let n = all.len();
            all.truncate(3);
            let more = if n > 3 {
                format!(" And {} more.", n - 3)
            } else {
                String::new()
            };
            format!("{}{more}", all.join(" "))
        };
        match refusal {
            Refusal::Nothing => "nothing was changed: it is already so".to_owned(),
            Refusal::Problems(all) => some(all.iter().map(|p| p.message.clone()).collect()),
            Refusal::Conflicts(all) => some(
                all.iter()
                    .map(|c| {
                        let kind = self.world().kind(&c.id);
                        let label = kind
                            .and_then(|k| k.field_by_tag(c.field))
                            .map_or("a field", |f| &f.label);
                        format!("{}: '{label}' was changed by somebody else meanwhile.", c.id)
                    })
                    .collect(),
            ),
        }
    }

    /// What a kept draft is about.
    pub(crate) fn name_draft(&self, bytes: &[u8]) -> String {
        match Form::from_bytes(bytes, &self.world()) {
            Ok(form) => format!("'{}'", form.title(&self.world())),
            Err(_) => "the draft of a form".to_owned(),
        }
    }

    /// Goes on with a kept draft, or does away with it; otherwise it waits.
    pub(crate) fn take_draft(&mut self, choice: &str) -> Vec<Effect> {
        let form = match (choice, &self.found) {
            ("take", Some(bytes)) => Form::from_bytes(bytes, &self.world()),
            ("drop", _) => {
                self.found = None;
                return Vec::new();
            }
            _ => return Vec::new(),
        };
        match form {
            Ok(form) => {
                self.found = None;
                self.push_form(form, true)
            }
            Err(why) => {
                self.refuse(why);
                Vec::new()
            }
        }
    }

    /// The record under an id, if it is there.
    #[cfg(test)]
    pub(crate) fn record(&self, id: &str) -> Option<Arc<Record>> {
        self.world().find(&Id::from(id)).cloned()
    }
}
