//! The screen at the terminal: the pure model, the terminal's loop and the worker, put together. The only place that
//! knows all three.

mod draws;
mod keep;

use crate::config;
use crate::error::{Error, Result};
use crate::session::{self, kept};
use crate::term::{self, App, Command, Event};
use crate::ui::job::{Answer, Effect, Job};
use crate::ui::theme::Theme;
use crate::ui::{Model, Msg};
use crate::worker::{self, Place};
use draws::Draws;
use keep::Keep;
use ratatui::buffer::Buffer;
use std::cell::Cell;
use std::mem::ManuallyDrop;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

/// So often a second screen looks whether the first has committed something, in milliseconds.
const LOOK: i64 = 3_000;

/// Reads the name of the theme and the keymaps, each with its file.
pub type Reread = fn() -> Result<(Option<String>, Vec<crate::ui::keymap::Source>)>;

/// How the screen begins.
#[derive(Debug, Clone)]
pub struct Start {
    /// What is opened.
    pub place: Place,
    /// What the terminal can do.
    pub caps: term::caps::Caps,
    /// The name of the theme, if the person has chosen one.
    pub theme: Option<String>,
    /// The keymaps that lie over the built-in one, each with its file, lowest first.
    pub keys: Vec<crate::ui::keymap::Source>,
    /// Whether the screen is heard rather than seen.
    pub plain: bool,
    /// Reads the name of the theme and the keymaps again.
    pub reread: Reread,
    /// Whether the mouse is on from the beginning.
    pub mouse: bool,
    /// The folder of the screen's own files: the draft, those of the editor, and where one left.
    pub folder: PathBuf,
    /// Begin on Today, wherever one left.
    pub fresh: bool,
}

/// The application that the terminal drives.
struct Front {
    /// Never freed: the process ends with it, and a million records would take seconds.
    model: ManuallyDrop<Model>,
    jobs: Sender<Job>,
    draws: Draws,
    /// The draft that an earlier session left, until the store is open.
    left: Option<Vec<u8>>,
    /// Where views are kept.
    folder: PathBuf,
    mouse: bool,
    keep: Option<Keep>,
    /// The store is open, or will never be.
    settled: Arc<AtomicBool>,
    /// What the terminal can do, and how settings are read again.
    caps: term::caps::Caps,
    reread: Reread,
    /// When a second screen looks again whether the first has committed something; nothing if this is no second screen.
    look: Option<i64>,
    /// Up to which day, days since 1970, the worker was asked for what time brings about; nothing where nothing can be
    /// changed.
    passed: Option<i32>,
    /// Held until the first frame is drawn: reading the store would only be in its way.
    held: Cell<Option<Sender<()>>>,
}

impl App for Front {
    type Message = Answer;

    fn update(&mut self, event: Event<Answer>, now: i64) -> Vec<Command> {
        let now = now.saturating_add(session::ahead());
        let today = session::day(now);
        let mut effects = self.model.update(Msg::Clock(now, today));
        let opened = matches!(&event, Event::Message(Answer::Loaded(_)));
        let ends = matches!(
            &event,
            Event::Message(Answer::Loaded(_) | Answer::Missing { .. } | Answer::Failed { .. })
        );
        if ends {
            self.settled.store(true, Ordering::Relaxed);
        }
        match (&event, &mut self.keep) {
            (Event::Key(_) | Event::Mouse(_), Some(keep)) => keep.touch(now),
            (Event::Tick, Some(keep)) if keep.due().is_some_and(|due| due <= now) => {
                effects.extend(keep.save(&mut self.model).map(Effect::Job));
            }
            _ => {}
        }
        // A second screen looks with every key, and every few seconds.
        let looks = matches!(&event, Event::Key(_) | Event::Resumed)
            || matches!(&event, Event::Tick) && self.look.is_some_and(|at| at <= now);
        if looks && self.look.is_some() {
            self.look = Some(now + LOOK);
            effects.push(Effect::Job(Job::Follow));
        }
        if let Event::Message(Answer::Loaded(opened)) = &event {
            let second = opened.barred.is_some() && !opened.demonstration;
            self.look = second.then_some(now + LOOK);
            let writes = opened.barred.is_none() && opened.actor.is_some();
            self.passed = writes.then_some(i32::MIN);
        }
        if let (Event::Tick, true) = (&event, self.passes()) {
            self.passed = Some(today);
            effects.push(Effect::Job(Job::Pass(self.model.actor().clone())));
        }
        let msg = match event {
            Event::Key(key) => Msg::Key(key),
            Event::Mouse(mouse) => Msg::Mouse(mouse),
            Event::Paste(text) => Msg::Paste(text),
            Event::Resize(w, h) => Msg::Resize(w, h),
            Event::Message(answer) => Msg::Worker(Box::new(answer)),
            Event::Edited { name, result } => Msg::Edited(name, result),
            Event::Copied(how) => Msg::Copied(how),
            Event::Refused(why) => Msg::Refused(why),
            Event::Tick => Msg::Turn,
            Event::Reload => Msg::Action("session.reload"),
            // The day may have changed, which the clock has said already.
            Event::Resumed => Msg::Clock(now, today),
        };
        effects.extend(self.model.update(msg));
        if let (true, Some(keep)) = (opened, &mut self.keep) {
            keep.meet(&self.model);
        }
        if opened && let Some(bytes) = self.left.take() {
            effects.extend(self.model.update(Msg::Worker(Box::new(Answer::Draft(bytes)))));
        }
        let mut commands = Vec::new();
        if std::mem::take(&mut self.mouse) {
            effects.extend(self.model.update(Msg::Action("session.mouse")));
        }
        for effect in effects {
            match effect {
                Effect::Term(command) => {
                    if let (Command::Quit(_), Some(keep)) = (&command, &mut self.keep)
                        && let Some(job) = keep.save(&mut self.model)
                    {
                        // The last that is asked of whoever owns the store.
                        let _ = self.jobs.send(job);
                    }
                    commands.push(command);
                }
                Effect::Reload => {
                    let read = (self.reread)().map_err(|e| e.message);
                    let read =
                        read.map(|(name, keys)| (theme(name.as_deref(), &self.caps, self.model.theme().plain), keys));
                    self.model.reload(read);
                }
                Effect::Views(text) => {
                    let path = self.folder.join(config::VIEWS);
                    if let Err(e) = kept::write(&path, text.as_bytes()) {
                        let why = format!("the views cannot be kept in {}: {e}", path.display());
                        self.model.update(Msg::Refused(why));
                    }
                }
                Effect::Draw(token, plan) => self.draws.ask(token, plan),
                Effect::Job(job) => {
                    if self.jobs.send(job).is_err() {
                        let why =
                            "the part that keeps the store has stopped; nothing more is saved: quit and begin again";
                        self.model.update(Msg::Refused(why.into()));
                    }
                }
            }
        }
        commands
    }

    fn view(&mut self, buffer: &mut Buffer, _now: i64) -> Option<(u16, u16)> {
        self.model.seen();
        self.model.view(buffer)
    }

    fn stale(&self) -> bool {
        self.model.is_dirty()
    }

    fn wake(&self) -> Option<i64> {
        drop(self.held.take());
        // A moment long past: as soon as nothing else waits.
        if let Some(turn) = self.model.is_hungry() {
            return Some(turn);
        }
        // As soon as what showed first is there.
        if self.passes() {
            return Some(i64::from(self.model.today()));
        }
        // Days turn at midnight here, and legal clocks run out: a screen that is left open shows it.
        let midnight = session::midnight(self.model.today() + 1);
        let due = self.keep.as_ref().and_then(Keep::due).unwrap_or(midnight);
        let look = self.look.unwrap_or(midnight);
        let ran_out = self.model.next_moment().unwrap_or(midnight);
        Some(
            due.min(look)
                .min(ran_out)
                .min(midnight)
                .saturating_sub(session::ahead()),
        )
    }
}

impl Front {
    /// Whether time is to bring about what it does.
    fn passes(&self) -> bool {
        self.passed.is_some_and(|day| day < self.model.today())
    }
}

/// The theme of a name, as this terminal can show it; without one the default for its ground.
fn theme(name: Option<&str>, caps: &term::caps::Caps, plain: bool) -> Theme {
    let usual = if caps.light { "light" } else { "terminal" };
    let mut theme = Theme::built_in(name.unwrap_or(usual));
    theme.ascii = !caps.unicode;
    theme.blocks = !caps.braille;
    theme.plain = plain;
    theme.mono = caps.depth == term::Depth::None;
    theme.sixteen = caps.depth == term::Depth::C16;
    theme
}

/// Shows the screen until it is left, and returns the exit status.
///
/// # Errors
/// The terminal fails, or the program's own data is wrong.
pub fn run(start: Start) -> Result<u8> {
    let failed = |e: std::io::Error| Error::failed(format!("the terminal failed: {e}"));
    let theme = theme(start.theme.as_deref(), &start.caps, start.plain);
    std::fs::create_dir_all(&start.folder)
        .map_err(|e| Error::failed(format!("cannot make {}: {e}", start.folder.display())))?;
    // Nothing of the demonstration is kept, so its forms are not either.
    let draft = (!start.place.demo).then(|| kept::place(&start.folder, "draft", &start.place.folder));
    let mut keep = (!start.place.demo).then(|| {
        let looks = (&start.caps, &start.keys[..]);
        Keep::find(&start.folder, &start.place, looks, &theme, start.fresh)
    });
    let left = draft.as_deref().and_then(|path| term::draft::left(path).ok().flatten());
    let mut stage = term::Stage::enter(term::Options {
        caps: start.caps.clone(),
        draft,
        folder: start.folder.clone(),
        hushed: crate::store::guard::THREAD,
    })
    .map_err(failed)?;
    // What showed last needs neither kinds nor keys, so nobody waits for these.
    if let Some(first) = keep.as_ref().and_then(Keep::first) {
        stage.show(&first).map_err(failed)?;
    }
    let mut model = model(&start, theme)?;
    if let Some(keep) = &mut keep {
        keep.begin(&mut model);
    }
    let (jobs, todo) = channel();
    let place = start.place.clone();
    let helper = Arc::new(Mutex::new(None));
    let slot = Arc::clone(&helper);
    let mouse = start.mouse;
    let settled = Arc::new(AtomicBool::new(false));
    let open = Arc::clone(&settled);
    let folder = start.folder.clone();
    let (caps, reread) = (start.caps.clone(), start.reread);
    let status = stage.run(move |post: term::Post<Answer>| {
        let (held, go) = channel::<()>();
        let told = post.clone();
        let draws = Draws::begin(move |answer| told.send(answer));
        let handle = thread::spawn(move || {
            let _ = go.recv();
            worker::work(&place, &todo, |answer| post.send(answer));
        });
        *slot.lock().unwrap_or_else(PoisonError::into_inner) = Some(handle);
        Front {
            model: ManuallyDrop::new(model),
            jobs,
            draws,
            left,
            folder,
            mouse,
            keep,
            settled: open,
            caps,
            reread,
            look: None,
            passed: None,
            held: Cell::new(Some(held)),
        }
    });
    // The store is closed when the worker has nobody left to ask it. While it is still being read there is nothing to
    // close, and nobody waits for it.
    let handle = helper.lock().unwrap_or_else(PoisonError::into_inner).take();
    if let Some(handle) = handle.filter(|_| settled.load(Ordering::Relaxed)) {
        let _ = handle.join();
    }
    status.map_err(failed)
}

/// The screen's model with the person's keys and views, before it knows any store.
fn model(start: &Start, theme: Theme) -> Result<Model> {
    let mistake = |e: String| Error::failed(format!("a mistake in isms itself: {e}"));
    let pale = (start.caps.light && !theme.suits(true)).then(|| theme.name.clone());
    let mut model = Model::new(session::catalogue()?, theme, &start.keys).map_err(mistake)?;
    model.live_by(session::midnight);
    if let Some(name) = pale {
        let why = "is made for a dark ground, and this terminal says that it has a light one";
        model.update(Msg::Refused(format!(
            "the theme '{name}' {why}: theme = \"light\" in config.toml suits it"
        )));
    }
    match config::shared_views(Path::new(config::SYSTEM)) {
        Ok(shared) => model.share(shared),
        // Nobody but an administrator can mend it: everybody else goes on without.
        Err(e) => drop(model.update(Msg::Refused(e.message))),
    }
    if let Some((path, text)) = config::views(&start.folder)? {
        let wrong = model.like(&text).err();
        if let Some(why) = wrong {
            let aside = config::put_aside(&path);
            model.update(Msg::Refused(format!("{}: {why}; {aside}", path.display())));
        }
    }
    Ok(model)
}
