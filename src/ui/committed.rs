//! What the one door said: a commit is applied and told in words, a refusal goes to the form that asked.

use super::form::Form;
use super::job::{Effect, Job};
use super::look::Look;
use super::modal::Modal;
use super::spot::Layer;
use super::{Model, Weight};
use crate::method::mapping;
use crate::model::change::{Changed, Commit, Refusal, TIME};
use crate::model::kind::STATE;
#[cfg(test)]
use crate::model::record::{Id, Record};
use std::sync::Arc;

/// So many fields that changed are named.
const MANY: usize = 3;

impl Model {
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
            effects.extend(self.look_for_files(id));
        }
        if !self.log.commits.is_empty() {
            self.log.commits.insert(0, commit.clone());
        }
        let waiting = self.waiting.remove(&token).unwrap_or_default();
        if waiting.form && matches!(self.modals.last(), Some(Modal::Form(..))) {
            self.modals.pop();
        }
        // Its method is known once the kinds of the store are told anew.
        self.matrix = waiting.matrix.or(self.matrix.take());
        if let Some(redo) = waiting.redo {
            self.remember(redo, &commit);
        }
        self.fresh_after(&commit);
        let words = self.words_of(&commit, waiting.again);
        self.say(Weight::Good, words);
        self.show_again(&commit);
        self.after_criteria(&commit);
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

    /// Somebody else committed something: it is applied, and said in a few words.
    pub(crate) fn followed(&mut self, commits: &[Commit]) -> Vec<Effect> {
        let catalogue = Arc::clone(&self.catalogue);
        let mut effects = Vec::new();
        for commit in commits {
            Arc::make_mut(&mut self.state).apply(&catalogue, commit.seq, commit.time, &commit.changes);
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
            self.fresh_after(commit);
        }
        // What answers the last key is not pushed aside, and by what time does not even a greeting: the number of the
        // commit and the log say the rest.
        let busy = !self.modals.is_empty() || !self.pending.keys.is_empty();
        let aside = |last: &&Commit| match &self.message {
            _ if last.action == TIME && busy => false,
            Some(m) => m.weight == Weight::Plain && last.action != TIME,
            None => true,
        };
        if let Some(last) = commits.last().filter(aside) {
            let words = match (last.action.as_str(), &last.reason) {
                (TIME, Some(causes)) => {
                    let causes = super::text::clean(causes).replace("->", self.theme.glyph("→", "->"));
                    format!("#{} {TIME}: {causes}", last.seq)
                }
                _ => format!("#{} {} by {}", last.seq, last.action, self.who(&last.actor)),
            };
            self.say(Weight::Plain, words);
        }
        effects
    }

    /// A commit in one line: what was done to which records, and how to take it back.
    fn words_of(&self, c: &Commit, again: bool) -> String {
        let w = self.world();
        // What came into being with a move is told after it.
        let old: Vec<_> = c.changes.iter().filter(|x| x.before.is_some()).collect();
        let new: Vec<_> = c.changes.iter().filter(|x| x.before.is_none()).collect();
        let (told, made) = match (old.is_empty(), new.as_slice()) {
            (false, [one]) => (old, format!("; new {}", one.id)),
            (false, []) => (old, String::new()),
            (true, _) => (new, String::new()),
            (false, many) => (old, format!("; {} new", many.len())),
        };
        let named = |x: &Changed| format!("{} {}", x.id, super::text::clean(x.after.title()));
        let what = match told.as_slice() {
            [] => "nothing".to_owned(),
            [one] => named(one),
            many => {
                let kinds: std::collections::BTreeSet<_> =
                    many.iter().filter_map(|c| w.catalogue.kind_of(&c.id)).collect();
                match kinds.first() {
                    Some(ix) if kinds.len() == 1 => format!("{} {}", many.len(), w.kind_at(*ix).titles.to_lowercase()),
                    // what came along was flagged, and not moved as well
                    _ => format!("{} and {} more", named(many[0]), many.len() - 1),
                }
            }
        };
        let did = match (c.undoes, c.action.as_str()) {
            (Some(n), "redo") => format!("did again what #{n} took back"),
            (Some(n), _) => format!("took back #{n}"),
            (None, _) if again => format!("again {}", self.deed(c)),
            (None, _) => self.deed(c),
        };
        let undo = self.key_of("history.undo");
        let redo = self.key_of("history.redo");
        let back = match c.undoes {
            Some(_) if c.action == "undo" => format!("{redo} does it again"),
            _ => format!("{undo} takes it back"),
        };
        let deed = match c.undoes {
            Some(_) => format!(": {}", self.deed(c)),
            None => String::new(),
        };
        format!("#{} {did}, {what}{made}{deed}. {back}", c.seq)
    }

    /// What was taken back, or done again after that, is what one wants to see.
    fn show_again(&mut self, c: &Commit) {
        let page = self.page();
        if let (Some(_), Some(first)) = (c.undoes, c.changes.iter().find(|x| x.before.is_some()))
            && let Some(list) = self.list_mut()
        {
            list.go_to(&first.id, page);
        }
    }

    /// What a commit did, in a few words: the state that was entered, the move that was made where one stands, or the
    /// fields that changed.
    pub(crate) fn deed(&self, c: &Commit) -> String {
        let w = self.world();
        let first = c.changes.iter().find(|x| x.before.is_some()).or(c.changes.first());
        let Some(first) = first else {
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
        let named = c.action.strip_prefix(&format!("{}.", kind.name));
        if let Some(t) = kind.transitions.iter().find(|t| Some(t.name.as_str()) == named) {
            return t.label.to_lowercase();
        }
        if let (mapping::MAP, Some(reason)) = (c.action.as_str(), &c.reason) {
            return format!("mapped {}", super::text::clean(reason));
        }
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
            many => {
                let shown = if many.len() > MANY { MANY - 1 } else { many.len() };
                let labels: Vec<String> = many.iter().take(shown).map(|d| d.label.to_lowercase()).collect();
                match many.len() - shown {
                    0 => labels.join(", "),
                    more => format!("{} and {more} more", labels.join(", ")),
                }
            }
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
