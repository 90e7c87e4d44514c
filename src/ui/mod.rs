//! What a person sees and does: pure update and view. It must not know a terminal, a file, a clock or a thread.
//!
//! A key goes through the keymap to an action of the one table; the action changes the model and asks for effects;
//! what the worker answers comes back as a message; the view paints a buffer from the model alone.

mod able;
pub mod action;
mod adopting;
pub mod app;
mod asked;
mod called;
pub mod cell;
mod columns;
mod committed;
mod copy;
mod dig;
mod doing;
mod draw;
mod duty;
mod editing;
mod explain;
mod exporting;
mod files;
mod filtering;
mod finding;
mod flows;
mod follow;
mod footer;
pub mod form;
mod framework;
mod gaps;
mod glance;
mod going;
mod grid;
mod heatmap;
mod help;
mod hierarchy;
mod import;
pub mod input;
pub mod instrument;
pub mod job;
mod judge;
pub mod key;
pub mod keymap;
mod lifecycle;
mod line;
mod links;
pub mod list;
pub mod look;
mod marks;
mod matrix;
mod modal;
mod mouse;
mod moving;
mod palette;
mod panel;
mod past;
pub mod picker;
mod place;
mod plain;
pub mod plot;
mod record;
mod record_rows;
mod register;
mod remap;
mod repeat;
mod resume;
mod since;
mod spark;
mod spot;
mod start;
pub mod still;
mod strip;
pub mod text;
pub mod theme;
mod today;
mod tree;
mod triage;
mod tutorial;
mod update;
mod views;
mod ways;
mod widths;
mod years;

#[cfg(test)]
mod tests;

use crate::model::calendar;
use crate::model::change::{Actor, Draft};
use crate::model::kind::{Catalogue, Kind, KindIx};
use crate::model::record::{Id, Record};
use crate::model::state::State;
use crate::model::view::Views;
use crate::model::world::World;
use action::Actions;
use app::Mouse;
use instrument::Tab;
use job::{Answer, Revision};
use key::Key;
use keymap::Keymap;
use list::List;
use spot::{Layer, Spot};
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use theme::Theme;

/// What happens to the model.
#[derive(Debug)]
pub enum Msg {
    /// A key.
    Key(Key),
    /// A pasted text.
    Paste(String),
    /// The window has this many columns and rows.
    Resize(u16, u16),
    /// The mouse did something.
    Mouse(Mouse),
    /// It is this moment (milliseconds since 1970, UTC), and here this day (days since 1970).
    Clock(i64, i32),
    /// There is time: what was put off may be done.
    Turn,
    /// This action is wanted.
    Action(&'static str),
    /// The worker has something to say.
    Worker(Box<Answer>),
    /// The editor has ended, as in [`app::Event::Edited`].
    Edited(String, Result<Option<String>, String>),
    /// A copy was sent, or why not.
    Copied(Result<String, String>),
    /// A command could not be followed.
    Refused(String),
}

/// What was typed before its time.
#[derive(Debug)]
pub(crate) enum Ahead {
    Key(Key),
    Paste(String),
    /// An action, by name: the keymap may be another when its time has come.
    Action(String),
}

/// How much a message matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Weight {
    Good,
    Plain,
    Bad,
}

/// A message, which stays until the next key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Message {
    pub weight: Weight,
    pub text: String,
}

/// The log as far as it was read.
#[derive(Debug, Default)]
pub(crate) struct Log {
    pub commits: Vec<crate::model::change::Commit>,
    pub more: bool,
    pub asked: bool,
}

/// Everything as it was.
#[derive(Debug)]
pub(crate) struct Past {
    pub day: i32,
    pub time: i64,
    pub state: Arc<State>,
    /// What was due, missing and waiting then.
    pub known: Option<follow::Known>,
}

/// How many records of a kind there are, and how many are late.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Count {
    pub live: usize,
    pub open: usize,
    pub late: usize,
}

/// What stands in the corner: what holds for the whole session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Standing {
    /// Still reading; what and how far.
    Loading(String, u64, u64),
    /// There is no store yet.
    None,
    /// Open for writing.
    Live,
    /// Open, but nothing can be written: why.
    Barred(String),
    /// The demonstration, of which nothing is kept.
    Demonstration,
}

/// The whole screen: what it knows, where it is, and what is being asked.
pub struct Model {
    pub(crate) catalogue: Arc<Catalogue>,
    pub(crate) actions: Arc<Actions>,
    pub(crate) keymap: Keymap,
    /// The keymaps of the person, lowest first.
    pub(crate) keys: Vec<keymap::Source>,
    pub(crate) theme: Theme,
    pub(crate) size: (u16, u16),
    pub(crate) now: i64,
    pub(crate) today: i32,
    /// The moment at which a day begins where the person is, milliseconds since 1970, UTC.
    pub(crate) midnight: fn(i32) -> i64,
    pub(crate) state: Arc<State>,
    pub(crate) past: Option<Past>,
    pub(crate) actor: Actor,
    pub(crate) standing: Standing,
    pub(crate) spot: Spot,
    /// The rows of a tree, where the topmost layer is one.
    pub(crate) rows: Vec<tree::Row>,
    pub(crate) trail: Vec<Spot>,
    pub(crate) walked: usize,
    /// The step of the trail from which one came here.
    pub(crate) left: Option<usize>,
    /// The list as it was before it is filtered anew.
    pub(crate) unfiltered: Option<spot::Seen>,
    /// What was to be copied last, until it is known whether it was.
    pub(crate) copying: Option<copy::Copying>,
    pub(crate) lists: Vec<List>,
    pub(crate) counts: Vec<Count>,
    pub(crate) known: Option<follow::Known>,
    pub(crate) today_list: today::Today,
    pub(crate) triage: Option<triage::Triage>,
    pub(crate) preview: bool,
    /// How the heat map is looked at.
    pub(crate) heat: heatmap::Gaze,
    pub(crate) tutorial: Option<tutorial::Tutorial>,
    /// The whole window; `size` is what the tutorial leaves of it.
    pub(crate) window: (u16, u16),
    /// The person's views and columns.
    pub(crate) views: Views,
    /// The views and columns that everybody here has.
    pub(crate) shipped: Views,
    pub(crate) mouse: bool,
    /// How wide columns would like to be, as far as it was measured.
    pub(crate) widths: std::cell::RefCell<widths::Widths>,
    /// What was worked out of a register for its tree.
    pub(crate) grown: std::cell::RefCell<Option<flows::Grown>>,
    pub(crate) told: std::cell::RefCell<record::Told>,
    /// What a click does where, as it was drawn last.
    pub(crate) clicks: std::cell::RefCell<Vec<mouse::Spot>>,
    pub(crate) modals: Vec<modal::Modal>,
    pub(crate) pending: panel::Pending,
    pub(crate) message: Option<Message>,
    pub(crate) histories: HashMap<Id, Vec<Revision>>,
    /// The years that are looked at.
    pub(crate) years: years::Years,
    /// Whether files that records name are there, as far as it was asked.
    pub(crate) there: HashMap<[u8; 32], bool>,
    pub(crate) log: Log,
    pub(crate) last: Option<repeat::Last>,
    pub(crate) waiting: HashMap<u64, editing::Waiting>,
    /// A matrix that was saved and is not chosen yet, as in [`editing::Waiting`].
    pub(crate) matrix: Option<(String, String, Option<Id>)>,
    /// The ledger was told that a change may come.
    pub(crate) ready: bool,
    /// The places that letters mark.
    pub(crate) marks: BTreeMap<char, resume::Mark>,
    /// The words that were looked for last in what is read.
    pub(crate) sought: String,
    /// What was asked for in the palette, the latest last.
    pub(crate) said: Vec<String>,
    /// What came while a form was being saved, or behind what waits for the store: it is meant for what comes after.
    pub(crate) ahead: Vec<Ahead>,
    /// The person wants to leave as soon as nothing is being written any more.
    pub(crate) leaving: bool,
    pub(crate) token: u64,
    pub(crate) dirty: bool,
    pub(crate) found: Option<Vec<u8>>,
    pub(crate) kept: Option<Vec<u8>>,
    pub(crate) counted: Option<(u64, i32)>,
    pub(crate) import_next: bool,
    pub(crate) hungry: Option<(KindIx, i64)>,
    pub(crate) turn: i64,
    /// Where one left, until the store is open.
    pub(crate) resume: Option<resume::Resume>,
    /// What shows while the store is being read.
    pub(crate) glance: Option<glance::Glance>,
}

impl Model {
    /// A screen over these kinds, before anything is loaded. `keys` are the keymaps over the built-in one; what is
    /// wrong with them is shown as the first message.
    ///
    /// # Errors
    /// What is wrong with the keymap that the program brings along.
    pub fn new(catalogue: Arc<Catalogue>, theme: Theme, keys: &[keymap::Source]) -> Result<Self, String> {
        let actions = Arc::new(Actions::of(&catalogue));
        let (keymap, wrong) = Keymap::with(&actions, &catalogue, keys)?;
        let nobody = Id::from("P-0000");
        let n = catalogue.kinds.len();
        Ok(Self {
            lists: (0..n).map(List::new).collect(),
            counts: vec![Count::default(); n],
            state: Arc::new(State::empty(&catalogue)),
            catalogue,
            actions,
            keymap,
            keys: keys.to_vec(),
            theme,
            size: (80, 24),
            now: 0,
            today: 0,
            midnight: |day| i64::from(day) * calendar::DAY_MS,
            past: None,
            actor: Actor {
                person: nobody.clone(),
                by: nobody,
            },
            standing: Standing::Loading("opening".into(), 0, 0),
            spot: Spot::default(),
            rows: Vec::new(),
            trail: vec![Spot::default()],
            walked: 0,
            left: None,
            unfiltered: None,
            copying: None,
            known: None,
            today_list: today::Today::default(),
            triage: None,
            preview: false,
            heat: heatmap::Gaze::default(),
            tutorial: None,
            window: (80, 24),
            views: Views::default(),
            shipped: crate::model::builtin::views(),
            mouse: false,
            modals: Vec::new(),
            pending: panel::Pending::default(),
            message: (!wrong.is_empty()).then(|| Message {
                weight: Weight::Bad,
                text: keymap::mistakes(&wrong),
            }),
            widths: std::cell::RefCell::default(),
            grown: std::cell::RefCell::default(),
            told: std::cell::RefCell::default(),
            clicks: std::cell::RefCell::default(),
            histories: HashMap::new(),
            years: years::Years::default(),
            there: HashMap::new(),
            log: Log::default(),
            last: None,
            waiting: HashMap::new(),
            matrix: None,
            ready: false,
            marks: BTreeMap::new(),
            sought: String::new(),
            said: Vec::new(),
            ahead: Vec::new(),
            leaving: false,
            token: 0,
            dirty: true,
            found: None,
            kept: None,
            counted: None,
            import_next: false,
            hungry: None,
            turn: 0,
            resume: None,
            glance: None,
        })
    }

    /// Says when days begin where the person is; without it they begin as in UTC.
    pub fn live_by(&mut self, midnight: fn(i32) -> i64) {
        self.midnight = midnight;
    }

    /// The day of a moment where the person is.
    pub(crate) fn day_of(&self, time: i64) -> i32 {
        let day = calendar::day_of_time(time);
        // No place is a day or more from UTC.
        let begun = |day: i32| (self.midnight)(day) <= time;
        match (begun(day), begun(day.saturating_add(1))) {
            (false, _) => day.saturating_sub(1),
            (true, true) => day.saturating_add(1),
            (true, false) => day,
        }
    }

    /// The world that is looked at: now, or as it was.
    pub(crate) fn world(&self) -> World<'_> {
        match &self.past {
            Some(p) => World {
                catalogue: &self.catalogue,
                state: &p.state,
                today: p.day,
                now: p.time,
                me: &self.actor.person,
            },
            None => World {
                catalogue: &self.catalogue,
                state: &self.state,
                today: self.today,
                now: self.now,
                me: &self.actor.person,
            },
        }
    }

    /// The registers of a screen, in the order of its strip.
    pub(crate) fn registers(&self, screen: u8) -> Vec<KindIx> {
        let on = |k: &Kind| k.screen == screen && k.within.is_none() && !k.retired;
        let mut all: Vec<KindIx> = (0..self.catalogue.kinds.len())
            .filter(|&i| on(&self.catalogue.kinds[i]))
            .collect();
        // Registers of the organisation's own stand behind the others in the catalogue, but where they want to here.
        all.sort_by_key(|&i| self.catalogue.kinds[i].order);
        all
    }

    /// The register that the screen shows below everything else; none on Today, and where an instrument shows.
    pub(crate) fn register(&self) -> Option<KindIx> {
        match self.tab()? {
            Tab::Register(ix) => Some(ix),
            Tab::Instrument(_) => None,
        }
    }

    /// The list that is shown and not covered.
    pub(crate) fn list(&self) -> Option<&List> {
        self.spot
            .layers
            .is_empty()
            .then(|| self.register())
            .flatten()
            .map(|ix| &self.lists[ix])
    }

    /// The same, to change.
    pub(crate) fn list_mut(&mut self) -> Option<&mut List> {
        let ix = self.spot.layers.is_empty().then(|| self.register()).flatten()?;
        self.lists.get_mut(ix)
    }

    /// The record that actions mean: the open one, or the one under the cursor.
    pub(crate) fn current(&self) -> Option<Arc<Record>> {
        let w = self.world();
        match self.spot.layers.last() {
            Some(Layer::Record { id, .. } | Layer::History { id, .. }) => w.find(id).cloned(),
            Some(Layer::Log { .. }) => None,
            Some(Layer::Years { of: Some(id), .. }) => w.find(id).cloned(),
            Some(Layer::Years { .. }) => match self.stop() {
                line::Stop::Link(id) => w.find(&id).cloned(),
                _ => None,
            },
            Some(_) => self.row().and_then(|r| r.record()).and_then(|id| w.find(id).cloned()),
            None if self.spot.screen == 0 => self.today_list.row()?.record().and_then(|id| w.find(id).cloned()),
            None => self.list()?.current().cloned(),
        }
    }

    /// The records that a change means: the selected ones, else the current one.
    pub(crate) fn targets(&self) -> Vec<Arc<Record>> {
        if let Some(list) = self.list().filter(|l| !l.marked.is_empty()) {
            let w = self.world();
            return list.marked.iter().filter_map(|id| w.find(id).cloned()).collect();
        }
        self.current().into_iter().collect()
    }

    /// The first of the records that a change means: enough to say what can be done, however many are selected.
    pub(crate) fn some_targets(&self) -> Vec<Arc<Record>> {
        const SOME: usize = 500;
        if let Some(list) = self.list().filter(|l| !l.marked.is_empty()) {
            let w = self.world();
            return list
                .marked
                .iter()
                .take(SOME)
                .filter_map(|id| w.find(id).cloned())
                .collect();
        }
        self.current().into_iter().collect()
    }

    /// The kind of the current record, or else of the list.
    pub(crate) fn current_kind(&self) -> Option<KindIx> {
        self.current()
            .and_then(|r| self.catalogue.kind_of(&r.id))
            .or_else(|| self.list().map(|l| l.kind))
    }

    /// The places whose keys hold here, the most particular first.
    pub(crate) fn contexts(&self) -> Vec<&str> {
        let mut out = Vec::new();
        if let Some(t) = self.triaging() {
            out.extend([t.place.as_str(), triage::PLACE]);
        }
        if let Some(ix) = self.current_kind() {
            out.push(self.catalogue.kinds[ix].name.as_str());
        }
        match self.spot.layers.last() {
            Some(Layer::Record { .. }) => out.push("record"),
            Some(Layer::History { .. }) => out.push("history"),
            Some(Layer::Log { .. }) => out.push("log"),
            Some(Layer::Years { .. }) => out.push("years"),
            Some(layer) => out.extend([layer.context(), "tree"]),
            None if self.spot.screen == 0 => out.push("today"),
            None if self.is_instrument() => out.extend(self.instrument().map(|i| i.name.as_str())),
            None => out.push("list"),
        }
        out.push(keymap::EVERYWHERE);
        out
    }

    /// Whether anything has changed since it was last seen.
    pub fn is_dirty(&self) -> bool {
        self.dirty
    }

    /// What there is has been seen.
    pub fn seen(&mut self) {
        self.dirty = false;
    }

    /// Who sits here.
    pub fn actor(&self) -> &Actor {
        &self.actor
    }

    /// How it looks.
    pub fn theme(&self) -> &Theme {
        &self.theme
    }

    /// The day on which it is shown: days since 1970.
    pub fn today(&self) -> i32 {
        self.today
    }

    /// What must survive a lost connection, as bytes that [`Answer::Draft`] brings back: the open form, or else what
    /// was found at the start and still waits.
    pub fn draft(&self) -> Option<Vec<u8>> {
        let form = self.modals.iter().rev().find_map(modal::Modal::draft);
        form.or_else(|| self.found.clone())
    }

    pub(crate) fn say(&mut self, weight: Weight, text: impl Into<String>) {
        self.message = Some(Message {
            weight,
            text: text.into(),
        });
    }

    pub(crate) fn refuse(&mut self, why: impl Into<String>) {
        self.say(Weight::Bad, why);
    }

    /// A draft by hand with this action.
    pub(crate) fn draft_of(action: &str, reason: Option<String>) -> Draft {
        Draft {
            reason: reason.filter(|r| !r.trim().is_empty()),
            ..Draft::new(action)
        }
    }
}
