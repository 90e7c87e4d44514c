//! Questions and choices, and what comes of their answers.

use super::input::Input;
use super::job::{Begin, Effect, Job, Offer, Told};
use super::line::{self, Line};
use super::list::SLICE;
use super::look::Look;
use super::modal::{Modal, Question, Sheet};
use super::picker::Picker;
use super::spot::{Layer, Of};
use super::theme::Theme;
use super::{Model, Past, Weight};
use crate::model::calendar;
use crate::model::kind::KindIx;
use crate::model::record::Id;
use crate::model::rights;
use std::sync::Arc;

/// From so many records on, what is typed does not wait for all that it finds.
const LARGE: usize = 2_000;

/// What a question for a line of text is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Asked {
    /// The day to look at.
    AsOf,
    /// The day from which changes are shown.
    Since,
    /// The file to export the list into.
    Export,
    /// The file that takes what was too long to copy.
    CopyTo,
    /// The name of the new organisation, then its currency, then its country.
    Name,
    Currency(String),
    Country(String, String),
    /// The name under which what the list shows is kept as a view.
    SaveView,
    /// Another name for a view of a register.
    RenameView(KindIx, String),
}

impl Asked {
    /// Whether a path is asked for, which Tab completes.
    pub(crate) fn is_path(&self) -> bool {
        *self == Self::Export
    }
}

/// What a choice is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Picked {
    /// The column to sort by.
    Sort,
    /// The person to act as.
    Person,
    /// The theme.
    Theme,
    /// The framework to show as a tree.
    Tree,
    /// The register into which a file comes.
    Import,
    /// The field of a column of that file.
    ImportField,
    /// The sheet of that file.
    Sheet,
    /// The framework to adopt.
    Framework,
    /// The long text to edit.
    Text,
    /// The kind and field by which a new record is linked with this one.
    Linked(Id),
    /// How to begin where there is no store.
    Start,
    /// Whether to go on with the draft that was found.
    Draft,
    /// Which proposal to look at.
    Proposal(Vec<Offer>),
    /// Which view of a register to show, rename or delete.
    View(KindIx),
    RenameView(KindIx),
    DeleteView(KindIx),
}

pub(crate) fn ask(m: &mut Model, heading: &str, help: &str, what: Asked) -> Vec<Effect> {
    ask_with(m, heading, help, "", what)
}

/// Asks with an answer proposed.
pub(crate) fn ask_with(m: &mut Model, heading: &str, help: &str, answer: &str, what: Asked) -> Vec<Effect> {
    let input = Input::new(answer);
    let q = Question {
        heading: heading.to_owned(),
        help: help.to_owned(),
        input,
        wrong: None,
        what,
    };
    m.modals.push(Modal::Ask(Box::new(q)));
    Vec::new()
}

impl Model {
    /// The answer to a question, or what is wrong with it.
    pub(crate) fn answered(&mut self, what: Asked, text: &str) -> Result<Vec<Effect>, String> {
        let day = |m: &Self| {
            calendar::parse_day(text, m.today).ok_or_else(|| format!("'{text}' is no day; write {}", calendar::HINT))
        };
        let past = |m: &Self| match day(m)? {
            to_come if to_come > m.today => Err(format!(
                "{} is still to come; -{text} goes back",
                calendar::show(to_come)
            )),
            day => Ok(day),
        };
        match what {
            Asked::AsOf => {
                let day = past(self)?;
                // The end of that day; today's is now.
                let end = (self.midnight)(day.saturating_add(1)) - 1;
                self.say(Weight::Plain, format!("looking back to {}", calendar::show(day)));
                Ok(vec![Effect::Job(Job::AsOf(end.min(self.now)))])
            }
            Asked::Since => {
                let day = past(self)?;
                Ok(self.open_tree(Of::Since(day)))
            }
            Asked::SaveView => self.save_view(text),
            Asked::RenameView(ix, from) => self.rename_view(ix, &from, text),
            Asked::Export => self.export_to(text),
            Asked::CopyTo => self.copy_to(text),
            Asked::Name | Asked::Currency(_) | Asked::Country(..) => self.born(what, text),
        }
    }

    /// A question was left without an answer.
    pub(crate) fn unasked(&mut self, what: Asked) -> Vec<Effect> {
        match what {
            Asked::Name | Asked::Currency(_) | Asked::Country(..) => self.open_start(),
            _ => {}
        }
        Vec::new()
    }

    /// What was chosen.
    pub(crate) fn chosen(&mut self, what: Picked, ids: Vec<String>) -> Vec<Effect> {
        let Some(id) = ids.into_iter().next() else {
            return Vec::new();
        };
        match what {
            Picked::Sort => {
                let down = self
                    .list()
                    .map(|l| self.order_of(l))
                    .is_some_and(|(name, down)| name == id && !down);
                self.sort_by(id, down);
            }
            Picked::Person => {
                self.actor.person = Id::from(id.as_str());
                let name = rights::person_name(&self.world(), &self.actor.person);
                self.fresh_all();
                self.say(Weight::Plain, format!("acting as {name}; both names are recorded"));
            }
            Picked::Theme => {
                let chosen = Theme::built_in(&id);
                self.theme = Theme {
                    ascii: self.theme.ascii,
                    plain: self.theme.plain,
                    sixteen: self.theme.sixteen,
                    mono: self.theme.mono,
                    ..chosen
                };
            }
            Picked::Import => return self.import_into(id),
            Picked::ImportField => self.import_field(id),
            Picked::Sheet => return self.import_sheet(id),
            Picked::Framework => return self.adopt_framework(&id),
            Picked::Tree => return self.open_tree(Of::Framework(id)),
            Picked::Text => return self.edit_text(&id),
            Picked::Linked(to) => return self.open_linked(&id, &to),
            Picked::Start => return self.start(&id),
            Picked::Draft => return self.take_draft(&id),
            Picked::View(_) | Picked::RenameView(_) | Picked::DeleteView(_) => return self.view_chosen(&what, &id),
            Picked::Proposal(offers) => {
                if let Some(o) = offers.into_iter().find(|o| o.path == id) {
                    let enter = o.open.then(|| ("adopts it".to_owned(), Begin::Adopt(o.path)));
                    let mut lines = o.lines;
                    if lines.is_empty() {
                        lines.push(format!("It is {} as it is.", o.stand));
                    }
                    let lines = lines.iter().flat_map(|l| self.told_line("", l, "text"));
                    self.read(&format!("Adopt '{}'", o.name), lines.collect(), enter);
                }
            }
        }
        Vec::new()
    }

    /// Starts what was looked at.
    pub(crate) fn begin(&mut self, begin: Begin) -> Vec<Effect> {
        let actor = self.actor.clone();
        match begin {
            Begin::Import(import) => {
                self.say(Weight::Plain, "importing");
                vec![Effect::Job(Job::Import(import, actor))]
            }
            Begin::Adopt(path) => {
                self.say(Weight::Plain, "adopting");
                vec![Effect::Job(Job::Adopt(path, actor))]
            }
        }
    }

    /// Shows what the files of the configuration propose.
    pub(crate) fn offer(&mut self, offers: Vec<Offer>) {
        self.message = None;
        if offers.is_empty() {
            let text = "no file in registers/, fields/ or methods/ of your configuration proposes anything";
            self.say(Weight::Plain, text);
            return;
        }
        let choices = offers.iter().map(|o| super::picker::Choice {
            note: o.lines.first().cloned().unwrap_or_default(),
            head: o.stand.clone(),
            ..super::picker::Choice::new(&o.path, &o.name)
        });
        let picker = Picker::new("Own registers and fields", choices.collect());
        self.modals
            .push(Modal::Pick(Box::new(picker), Picked::Proposal(offers)));
    }

    /// A text to read in a frame, broken to its width below its sign.
    fn told_line(&self, sign: &'static str, text: &str, role: &'static str) -> Vec<Line> {
        let width = usize::from(self.size.0.saturating_sub(3));
        line::hanging(1, sign, text, role, width)
    }

    /// Shows what an import says: first what does not come in.
    pub(crate) fn read_told(&mut self, heading: &str, told: Told, enter: Option<(String, Begin)>) {
        let look = &self.theme;
        let (lost, note) = (look.glyph("✗", "!"), look.glyph("·", "-"));
        let mut lines = self.told_line("", &told.summary, "text");
        for d in &told.details {
            lines.extend(match d.lost {
                true => self.told_line(lost, &d.text, "warn"),
                false => self.told_line(note, &d.text, "muted"),
            });
        }
        self.read(heading, lines, enter);
    }

    /// Shows lines to read.
    fn read(&mut self, heading: &str, lines: Vec<Line>, enter: Option<(String, Begin)>) {
        let sheet = Sheet {
            heading: heading.to_owned(),
            lines,
            top: 0,
            enter,
        };
        self.modals.push(Modal::Read(Box::new(sheet)));
    }

    pub(crate) fn ask_name(&mut self) -> Vec<Effect> {
        ask(
            self,
            "The organisation's name",
            "As people know it: Meridian Pay. Esc goes back.",
            Asked::Name,
        )
    }

    pub(crate) fn ask_more(&mut self, heading: &str, help: &str, what: Asked) {
        ask(self, heading, help, what);
    }

    /// Filters the list that is shown.
    pub(crate) fn filter_by(&mut self, text: String) {
        if let Some(Layer::Tree { query, .. }) = self.spot.layers.last_mut() {
            *query = text;
            self.plant();
            return;
        }
        let Some(ix) = self.filtered().map(|l| l.kind) else {
            return;
        };
        let mut list = std::mem::take(&mut self.lists[ix]);
        let cleared = text.is_empty();
        if cleared {
            // What was found stays under the cursor among all the others.
            list.query = text;
        } else {
            list.filter(&self.world(), text);
        }
        let large = list.total > LARGE && !cleared;
        // One frame has what is typed and what it finds, where a slice may be enough; else what is typed shows first, and
        // the answer comes with the next turns.
        let page = self.page();
        let found = large && list.total <= SLICE && list.work(&self.world(), page) && list.rows.is_done();
        self.lists[ix] = list;
        match (large, found) {
            (false, _) => self.find(ix),
            (true, false) => self.wait_for(ix),
            (true, true) => drop(self.hungry.take_if(|(waiting, _)| *waiting == ix)),
        }
    }

    /// Goes on with a list in the next turns.
    pub(crate) fn wait_for(&mut self, ix: KindIx) {
        self.turn += 1;
        self.hungry = Some((ix, self.turn));
    }

    /// A number if a filter was typed whose rows are still to be found, or if something is still to be worked out,
    /// another one each time.
    pub fn is_hungry(&self) -> Option<i64> {
        let working = self.known().is_some_and(|a| a.pending() > 0);
        let unprepared = || self.list().is_some_and(|l| !l.rows.is_done() || !l.rows.is_prepared());
        let digs = match self.modals.last() {
            Some(Modal::Palette(p)) => p.dig.is_pending(),
            _ => false,
        };
        self.hungry
            .map(|(_, turn)| turn)
            .or_else(|| (digs || working || unprepared()).then_some(self.turn))
    }

    /// Finds the rows of the filter that was typed last.
    pub(crate) fn feed(&mut self) {
        if let Some((ix, _)) = self.hungry {
            let page = self.page();
            let mut list = std::mem::take(&mut self.lists[ix]);
            list.answer(&self.world(), page);
            let done = list.rows.is_done();
            self.lists[ix] = list;
            self.dirty = true;
            if done {
                self.hungry = None;
            }
        }
    }

    /// A turn without a key: goes on with the list that is waited for, then with what is to be worked out, then gets
    /// ready for what may be typed.
    pub(crate) fn take_turn(&mut self) {
        let turn = self.turn;
        self.go_on();
        // a turn that was had is not asked for again
        if self.turn == turn {
            self.turn += 1;
        }
    }

    fn go_on(&mut self) {
        // What shows is brought to its end even if another list is waited for since.
        let shown = self.list().filter(|l| !l.rows.is_done()).map(|l| l.kind);
        if let Some(ix) = self.hungry.map(|(ix, _)| ix).or(shown) {
            let page = self.page();
            let mut list = std::mem::take(&mut self.lists[ix]);
            self.dirty |= list.work(&self.world(), page);
            let done = list.rows.is_done();
            self.lists[ix] = list;
            match done {
                true => self.hungry = None,
                false => self.wait_for(ix),
            }
            return;
        }
        if let Some(Modal::Palette(mut p)) = self
            .modals
            .pop_if(|m| matches!(m, Modal::Palette(p) if p.dig.is_pending()))
        {
            self.dig(&mut p);
            self.modals.push(Modal::Palette(p));
            return;
        }
        let typing = matches!(self.modals.last(), Some(Modal::Filter(_)));
        let working = self.known().is_some_and(|a| a.pending() > 0);
        let unprepared = self.list().is_some_and(|l| !l.rows.is_prepared());
        if unprepared && (typing || !working) {
            if let Some(list) = self.list_mut() {
                list.rows.prepare(SLICE);
            }
            return;
        }
        self.work_on();
    }

    pub(crate) fn sort_by(&mut self, name: String, down: bool) {
        if let Some(list) = self.list_mut() {
            list.sort = Some((name, down));
            let ix = list.kind;
            self.find(ix);
        }
    }

    /// Shows the past.
    pub(crate) fn look_back(&mut self, time: i64, state: crate::model::state::State) {
        let day = self.day_of(time);
        self.past = Some(Past {
            day,
            time,
            state: Arc::new(state),
            known: None,
        });
        self.message = None;
        self.fresh();
    }
}
