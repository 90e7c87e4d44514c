//! What happens to the model: keys, pastes, sizes, the day, and what the worker says.

use super::app::Command;
use super::instrument::Tab;
use super::job::{Answer, Begin, Effect, Job, Opened};
use super::key::{Code, Key};
use super::list::List;
use super::modal::Modal;
use super::spot::Layer;
use super::theme::Theme;
use super::{Ahead, Count, Log, Model, Msg, Standing, Weight, keymap};
use crate::model::change::Commit;
use crate::model::codec;
use crate::model::kind::{Kind, KindIx};
use std::sync::Arc;

impl Model {
    /// Takes in a message and says what is to be done.
    pub fn update(&mut self, msg: Msg) -> Vec<Effect> {
        if matches!(msg, Msg::Key(_) | Msg::Paste(_) | Msg::Mouse(_) | Msg::Action(_)) {
            self.take_down(true);
        }
        if matches!(msg, Msg::Turn) {
            self.take_turn();
            self.take_down(false);
            return Vec::new();
        }
        let mut effects = match msg {
            Msg::Turn => Vec::new(),
            Msg::Clock(now, today) => {
                let ran_out = self.next_moment().is_some_and(|at| at <= now);
                let other = today != self.today || ran_out;
                (self.now, self.today) = (now, today);
                if other {
                    self.dirty = true;
                    self.fresh_all();
                }
                return Vec::new();
            }
            Msg::Key(key) if self.waits_for_store() && self.outer(key).is_none() => {
                self.behind(key);
                Vec::new()
            }
            Msg::Paste(text) if self.waits_for_store() => {
                self.ahead.push(Ahead::Paste(text));
                Vec::new()
            }
            Msg::Key(key) if self.waiting.values().any(|w| w.form) => {
                self.ahead.push(Ahead::Key(key));
                Vec::new()
            }
            Msg::Key(key) => {
                self.message = None;
                self.leaving = false;
                if !matches!(self.modals.last(), Some(Modal::Filter(_))) {
                    self.feed();
                }
                if let Some(action) = self.outer(key) {
                    self.run(action)
                } else if !self.modals.is_empty() {
                    self.modal_key(key)
                } else if let Some(action) = self.resolve(key) {
                    self.run(action)
                } else {
                    Vec::new()
                }
            }
            Msg::Paste(text) => {
                self.message = None;
                if self.modals.is_empty() {
                    self.refuse("what was pasted was left out: there is nothing to paste into here");
                } else {
                    self.modal_paste(&text);
                }
                Vec::new()
            }
            Msg::Resize(w, h) => {
                self.window = (w, h);
                self.fit();
                Vec::new()
            }
            Msg::Mouse(mouse) => self.click(mouse),
            Msg::Action(name) => self.run_named(name),
            Msg::Worker(answer) => self.answer(*answer),
            Msg::Edited(name, result) => self.edited(&name, result),
            Msg::Copied(how) => self.copied(how),
            Msg::Refused(why) => {
                self.refuse(why);
                Vec::new()
            }
        };
        self.take_down(false);
        self.dirty = true;
        effects.extend(self.ask_for_years());
        let asked = matches!(self.modals.last(), Some(Modal::Form(..)));
        if asked && !self.ready && !self.is_loading() {
            self.ready = true;
            effects.push(Effect::Job(Job::Ready));
        }
        // What is typed in a form is kept outside as soon as it changes.
        let draft = self.draft();
        if draft != self.kept {
            self.kept.clone_from(&draft);
            effects.push(Effect::Term(Command::Draft(draft)));
        }
        effects
    }

    /// Takes the size of the window, less what the tutorial needs.
    pub(crate) fn fit(&mut self) {
        let (w, h) = self.window;
        self.size = (w, h.saturating_sub(self.lesson()));
        self.settle();
    }

    /// Whether something was asked for that has to wait until the store is read.
    fn waits_for_store(&self) -> bool {
        self.is_loading() && !self.ahead.is_empty()
    }

    /// Keeps an action until the store is read. What is typed after it waits behind it.
    pub(crate) fn wait_for_store(&mut self, action: &str) {
        self.ahead.push(Ahead::Action(action.to_owned()));
        self.say(
            Weight::Plain,
            "waits for the store, which is still being read and checked; Esc forgets it",
        );
    }

    /// A key behind what waits for the store.
    fn behind(&mut self, key: Key) {
        match (key.code, key.ctrl) {
            (Code::Esc, _) | (Code::Char('c' | 'g'), true) => {
                self.forget_ahead();
                self.say(Weight::Plain, "what waited for the store is forgotten");
            }
            _ => self.ahead.push(Ahead::Key(key)),
        }
    }

    /// Its time has come.
    fn take_ahead(&mut self) -> Vec<Effect> {
        let mut effects = Vec::new();
        for typed in std::mem::take(&mut self.ahead) {
            effects.extend(match typed {
                Ahead::Key(key) => self.update(Msg::Key(key)),
                Ahead::Paste(text) => self.update(Msg::Paste(text)),
                Ahead::Action(name) => self.run_named(&name),
            });
        }
        effects
    }

    /// What was typed ahead was meant for a change that did not come about.
    fn forget_ahead(&mut self) {
        self.ahead.clear();
        self.leaving = false;
    }

    fn answer(&mut self, answer: Answer) -> Vec<Effect> {
        match answer {
            Answer::Loaded(opened) => {
                let mut effects = self.loaded(*opened);
                effects.extend(self.take_ahead());
                return effects;
            }
            Answer::Missing { place } => {
                self.forget_ahead();
                self.standing = Standing::None;
                self.open_start();
                self.say(Weight::Plain, format!("there is no store at {place} yet"));
            }
            Answer::Progress { what, done, of } => match &self.standing {
                Standing::Loading(..) => self.standing = Standing::Loading(what, done, of),
                _ => self.say(Weight::Plain, progress(&what, done, of)),
            },
            Answer::Committed { token, commit } => {
                let mut effects = self.committed(token, commit);
                effects.extend(self.take_ahead());
                if self.leaving && self.waiting.is_empty() {
                    effects.push(Effect::Term(Command::Quit(0)));
                }
                return effects;
            }
            Answer::Followed(commits) => return self.followed(&commits),
            Answer::Refused { token, refusal } => {
                self.forget_ahead();
                self.not_let(token, &refusal);
            }
            Answer::Failed { token, why } => {
                self.forget_ahead();
                self.waiting.remove(&token);
                self.log.asked = false;
                if let Standing::Loading(..) = self.standing {
                    self.standing = Standing::Barred(why.clone());
                }
                self.refuse(why);
            }
            Answer::History(id, revisions) => drop(self.histories.insert(id, revisions)),
            Answer::Log { before, commits, more } => {
                if before.is_none() {
                    self.log.commits.clear();
                }
                self.log.commits.extend(commits);
                (self.log.more, self.log.asked) = (more, false);
                self.plant();
                return self.read_since();
            }
            Answer::AsOf(time, state) => self.look_back(time, *state),
            Answer::Preview { import, told, changes } => {
                self.message = None;
                let enter = (changes > 0).then(|| (format!("imports it: {changes} records"), Begin::Import(import)));
                self.read_told("What the import would do", told, enter);
            }
            Answer::Seen(result) => return self.import_seen(result),
            Answer::Kept { path, result } => {
                if let Ok(file) = &result {
                    self.there.insert(file.sha256, true);
                }
                return self.with_form(|form, w| form.kept(&path, &result, w));
            }
            Answer::Exported(text) => self.say(Weight::Good, text),
            Answer::Completed { path, offers } if self.import_completed(&path, &offers) => {}
            Answer::Completed { path, offers } if self.completed(&path, &offers) => {}
            Answer::Completed { path, offers } => return self.with_form(|form, w| form.completed(&path, &offers, w)),
            Answer::Written(Ok(how)) => self.say(Weight::Good, how),
            Answer::Written(Err(why)) => self.refuse(why),
            Answer::Present(all) => self.there.extend(all),
            Answer::Drawing { token, done } => self.years_drawing(token, done),
            Answer::Drawn { token, result, last } => self.years_drawn(token, result, last),
            Answer::Proposals(offers) => self.offer(offers),
            Answer::Adopted { catalogue, state } => {
                self.adopt(catalogue);
                self.state = state;
                self.fresh_all();
                self.offer_matrix();
            }
            Answer::Imported(told) => {
                self.modals.retain(|m| !matches!(m, Modal::Import(_)));
                self.read_told("Imported", told, None);
            }
            // Where nothing can be saved it waits for a better day.
            Answer::Draft(bytes) if super::able::can_write(self).is_err() => self.found = Some(bytes),
            Answer::Draft(bytes) => self.offer_draft(bytes),
        }
        Vec::new()
    }

    /// A store is open.
    fn loaded(&mut self, o: Opened) -> Vec<Effect> {
        if !Arc::ptr_eq(&o.catalogue, &self.catalogue) {
            self.adopt(o.catalogue);
        }
        self.state = o.state;
        self.past = None;
        self.histories.clear();
        self.there.clear();
        self.log = Log::default();
        self.modals.retain(|m| !matches!(m, Modal::Pick(..) | Modal::Ask(_)));
        let born = self.standing == Standing::None;
        self.standing = match (o.demonstration, o.barred) {
            (true, _) => Standing::Demonstration,
            (false, Some(why)) => Standing::Barred(why),
            (false, None) => Standing::Live,
        };
        match o.actor {
            Some(actor) => self.actor = actor,
            None => {
                self.standing = match std::mem::replace(&mut self.standing, Standing::Live) {
                    Standing::Live => Standing::Barred(format!(
                        "no person here has the login '{}'; an administrator can add it",
                        o.login
                    )),
                    other => other,
                };
            }
        }
        self.fresh_all();
        match &self.standing {
            Standing::Demonstration => {
                let key = self.key_of("help.tutorial");
                let round = format!("A demonstration, of which nothing is kept. {key} shows you round in two minutes.");
                self.say(Weight::Plain, round);
            }
            Standing::Barred(why) => {
                let why = format!("nothing can be changed: {why}");
                self.refuse(why);
            }
            Standing::Live if born => {
                let (gaps, tour) = (self.key_of("go.gaps"), self.key_of("screen.establish"));
                let words = format!("The store is there. {tour} shows the first registers, {gaps} what comes next.");
                self.say(Weight::Good, words);
            }
            _ => {}
        }
        if !o.notes.is_empty() {
            self.say(Weight::Plain, o.notes.join("; "));
        }
        let effects = self.come_back();
        if std::mem::take(&mut self.import_next) {
            return self.run_named("register.import");
        }
        effects
    }

    /// Takes other looks and keymaps, or says what is wrong with them and keeps what there is.
    pub fn reload(&mut self, read: Result<(Theme, Vec<keymap::Source>), String>) {
        let done = read.and_then(|(theme, keys)| {
            let (map, wrong) = keymap::Keymap::with(&self.actions, &self.catalogue, &keys)?;
            if !wrong.is_empty() {
                return Err(keymap::mistakes(&wrong));
            }
            (self.keymap, self.keys, self.theme) = (map, keys, theme);
            Ok(())
        });
        match done {
            Ok(()) => self.say(Weight::Good, "settings and keys were read again"),
            Err(why) => self.refuse(format!("nothing was changed: {why}")),
        }
        self.dirty = true;
    }

    /// Takes other kinds: those of a store with registers of its own.
    fn adopt(&mut self, catalogue: Arc<crate::model::kind::Catalogue>) {
        self.actions = Arc::new(super::action::Actions::of(&catalogue));
        // The map that the program brings along was right when it began; only keys of kinds differ.
        if let Ok((map, _)) = keymap::Keymap::with(&self.actions, &catalogue, &self.keys) {
            self.keymap = map;
        }
        // A register that comes to a screen must not push another one under its name.
        let shown: Vec<Option<Tab>> = (0..self.spot.tabs.len())
            .map(|n| {
                let all = self.tabs_of(u8::try_from(n).unwrap_or(0));
                all.get(self.spot.tabs[n].min(all.len().saturating_sub(1))).copied()
            })
            .collect();
        let n = catalogue.kinds.len();
        self.lists.truncate(n);
        for ix in 0..n {
            let same = self.catalogue.kinds.get(ix).map(|k| &k.name) == Some(&catalogue.kinds[ix].name);
            match self.lists.get_mut(ix) {
                Some(_) if same => {}
                Some(list) => *list = List::new(ix),
                None => self.lists.push(List::new(ix)),
            }
        }
        self.counts = vec![Count::default(); n];
        self.catalogue = catalogue;
        for (n, entry) in shown.into_iter().enumerate() {
            let all = self.tabs_of(u8::try_from(n).unwrap_or(0));
            if let Some(at) = entry.and_then(|entry| all.iter().position(|e| *e == entry)) {
                self.spot.tabs[n] = at;
            }
        }
    }

    /// Finds the rows of a list anew.
    pub(crate) fn find(&mut self, ix: KindIx) {
        // Before anything is loaded nothing is found, and the cursor stays where it is to stand.
        if self.is_loading() {
            return;
        }
        self.queue(ix);
        let page = self.page();
        let goal = self.goal(ix);
        let mut list = std::mem::take(&mut self.lists[ix]);
        list.find(&self.world(), page);
        if let Some(id) = goal {
            list.go_to(&id, page);
        }
        let done = list.rows.is_done();
        self.lists[ix] = list;
        match (done, self.hungry) {
            (false, _) => self.wait_for(ix),
            (true, Some((waiting, _))) if waiting == ix => self.hungry = None,
            (true, _) => {}
        }
    }

    /// Whether the store is still being read.
    pub(crate) fn is_loading(&self) -> bool {
        matches!(self.standing, Standing::Loading(..))
    }

    fn stamp(&self) -> (u64, i32) {
        let w = self.world();
        (w.state.seq, w.today)
    }

    /// Makes what is shown follow the records.
    pub(crate) fn fresh(&mut self) {
        let stamp = self.stamp();
        if let Some(ix) = self.followed_register()
            && self.lists[ix].stamp != Some(stamp)
        {
            self.find(ix);
        }
        if self.counted != Some(stamp) {
            self.counted = Some(stamp);
            self.follow(None);
        }
        self.plant();
        self.settle();
    }

    /// Makes everything follow, whatever was known before.
    pub(crate) fn fresh_all(&mut self) {
        self.counted = None;
        for list in &mut self.lists {
            list.stamp = None;
        }
        self.fresh();
    }

    /// Makes what is shown follow a commit.
    pub(crate) fn fresh_after(&mut self, commit: &Commit) {
        if self.past.is_some() || commit.changes.is_empty() {
            return;
        }
        self.counted = Some(self.stamp());
        self.follow(Some(&commit.changes));
        // Lists that stood as the records did before follow row by row; others are found anew when they are shown.
        let (page, before) = (self.page(), (commit.seq.saturating_sub(1), self.today));
        let next = self.comes_up(&commit.changes);
        let mut lists = std::mem::take(&mut self.lists);
        for list in lists.iter_mut().filter(|l| l.stamp == Some(before)) {
            list.follow(&self.world(), &commit.changes, page);
        }
        let late = lists.iter().position(|l| !l.rows.is_done());
        self.lists = lists;
        self.queue_after(&commit.changes, next.as_ref());
        if let Some(ix) = late {
            self.wait_for(ix);
        }
        self.fresh();
    }

    /// Keeps every cursor in view.
    pub(crate) fn settle(&mut self) {
        if self.is_loading() {
            return;
        }
        let page = self.page();
        if let Some(ix) = self.register() {
            let list = &mut self.lists[ix];
            let (at, len) = (list.cursor.at, list.rows.len());
            list.cursor.to(at, len, page);
        }
        let (at, len) = (self.today_list.cursor.at, self.today_list.rows.len());
        self.today_list.cursor.to(at, len, page);
        if !self.spot.layers.is_empty() {
            let len = self.length();
            if let Some(cursor) = self.spot.layers.last_mut().map(Layer::cursor_mut) {
                cursor.to(cursor.at, len, page);
            }
        }
    }

    /// The first key of an action here, as a word; the action's name if it has none.
    pub(crate) fn key_of(&self, name: &str) -> String {
        let place = self.actions.place(name);
        place
            .and_then(|p| {
                self.keymap
                    .keys_of(&self.contexts(), p)
                    .or_else(|| self.keymap.all_keys_of(p).first().cloned())
            })
            .unwrap_or_else(|| name.to_owned())
    }

    /// Whether a key, pressed after the key of a question, answers it as an action of its own (`@ @`).
    pub(crate) fn is_again(&self, key: super::key::Key, name: &str) -> bool {
        let twice = super::keymap::words(&[key, key]);
        self.actions
            .place(name)
            .is_some_and(|p| self.keymap.all_keys_of(p).contains(&twice))
    }

    /// By which column a list is sorted, and whether from the largest.
    pub(crate) fn order_of(&self, list: &List) -> (String, bool) {
        if let Some(order) = &list.sort {
            return order.clone();
        }
        let mut names = self.catalogue.kinds[list.kind].sort.iter();
        let by = names.find(|n| *n != codec::CLOSED).map_or("id", String::as_str);
        match by.strip_prefix('-') {
            Some(name) => (name.to_owned(), true),
            None => (by.to_owned(), false),
        }
    }

    /// The heading of a column.
    pub(crate) fn heading_of<'a>(&self, kind: &'a Kind, name: &'a str) -> &'a str {
        let column = kind.columns.iter().find(|c| c.field == name);
        column
            .and_then(|c| c.label.as_deref())
            .unwrap_or_else(|| kind.label(name))
    }
}

/// How far a long work is, in words.
pub(crate) fn progress(what: &str, done: u64, of: u64) -> String {
    match of {
        0 if done == 0 => what.to_owned(),
        0 => format!("{what}: {done}"),
        _ => format!("{what}: {} %", (done * 100 / of.max(1)).min(100)),
    }
}
