//! The screen at the terminal: the pure model, the terminal's loop and the worker, put together. The only place that
//! knows all three.

use crate::error::{Error, Result};
use crate::session;
use crate::term::{self, App, Command, Event};
use crate::ui::job::{Answer, Effect, Job};
use crate::ui::theme::Theme;
use crate::ui::{Model, Msg};
use crate::worker::{self, Place};
use ratatui::buffer::Buffer;
use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

/// How the screen begins.
#[derive(Debug, Clone)]
pub struct Start {
    /// What is opened.
    pub place: Place,
    /// What the terminal can do.
    pub caps: term::caps::Caps,
    /// The name of the theme, if the person has chosen one.
    pub theme: Option<String>,
    /// The keymaps that lie over the built-in one, as texts, lowest first.
    pub keys: Vec<String>,
    /// Whether the mouse is on from the beginning.
    pub mouse: bool,
    /// The folder of the screen's own files: the draft and those of the editor.
    pub folder: PathBuf,
}

/// The application that the terminal drives.
struct Front {
    model: Model,
    jobs: Sender<Job>,
    /// The draft that an earlier session left, until the store is open.
    left: Option<Vec<u8>>,
    mouse: bool,
}

impl App for Front {
    type Message = Answer;

    fn update(&mut self, event: Event<Answer>, now: i64) -> Vec<Command> {
        let now = now.saturating_add(session::ahead());
        let today = session::day(now);
        let mut effects = self.model.update(Msg::Clock(now, today));
        let opened = matches!(&event, Event::Message(Answer::Loaded(_)));
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
            // The day may have changed, which the clock has said already.
            Event::Reload | Event::Resumed => Msg::Clock(now, today),
        };
        effects.extend(self.model.update(msg));
        if opened && let Some(bytes) = self.left.take() {
            effects.extend(self.model.update(Msg::Worker(Box::new(Answer::Draft(bytes)))));
        }
        let mut commands = Vec::new();
        if std::mem::take(&mut self.mouse) {
            effects.extend(self.model.update(Msg::Action("session.mouse")));
        }
        for effect in effects {
            match effect {
                Effect::Term(command) => commands.push(command),
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
        // A moment long past: as soon as nothing else waits.
        if let Some(turn) = self.model.is_hungry() {
            return Some(turn);
        }
        // Days turn at midnight here; a screen that is left open shows the new one.
        Some(session::midnight(self.model.today() + 1).saturating_sub(session::ahead()))
    }
}

/// The name of the file that holds the draft of a store: a form begun in one store is not offered in another.
fn draft_name(store: &Path) -> String {
    let whole = std::path::absolute(store).unwrap_or_else(|_| store.to_path_buf());
    let digest = Sha256::digest(whole.as_os_str().as_encoded_bytes());
    let short: String = digest.iter().take(6).map(|b| format!("{b:02x}")).collect();
    format!("draft-{short}.json")
}

/// Shows the screen until it is left, and returns the exit status.
///
/// # Errors
/// The terminal fails, or the program's own data is wrong.
pub fn run(start: Start) -> Result<u8> {
    let catalogue = session::catalogue()?;
    let mut theme = Theme::built_in(start.theme.as_deref().unwrap_or_default());
    theme.ascii = !start.caps.unicode;
    theme.mono = start.caps.depth == term::Depth::None;
    let mistake = |e: String| Error::failed(format!("a mistake in isms itself: {e}"));
    let model = Model::new(catalogue, theme, &start.keys).map_err(mistake)?;
    std::fs::create_dir_all(&start.folder)
        .map_err(|e| Error::failed(format!("cannot make {}: {e}", start.folder.display())))?;
    // Nothing of the demonstration is kept, so its forms are not either.
    let draft = (!start.place.demo).then(|| start.folder.join(draft_name(&start.place.folder)));
    let left = draft.as_deref().and_then(|path| term::draft::left(path).ok().flatten());
    let options = term::Options {
        caps: start.caps.clone(),
        draft,
        folder: start.folder.clone(),
        hushed: crate::store::guard::THREAD,
    };
    let (jobs, todo) = channel();
    let place = start.place.clone();
    let helper = Arc::new(Mutex::new(None));
    let slot = Arc::clone(&helper);
    let mouse = start.mouse;
    let status = term::run(options, move |post: term::Post<Answer>| {
        let handle = thread::spawn(move || worker::work(&place, &todo, |answer| post.send(answer)));
        *slot.lock().unwrap_or_else(PoisonError::into_inner) = Some(handle);
        Front {
            model,
            jobs,
            left,
            mouse,
        }
    });
    // The store is closed when the worker has nobody left to ask it.
    let handle = helper.lock().unwrap_or_else(PoisonError::into_inner).take();
    if let Some(handle) = handle {
        let _ = handle.join();
    }
    status.map_err(|e| Error::failed(format!("the terminal failed: {e}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_store_has_a_draft_of_its_own() {
        let one = draft_name(Path::new("/srv/isms"));
        assert_eq!(one, draft_name(Path::new("/srv/isms")));
        assert_ne!(one, draft_name(Path::new("/srv/other")));
    }
}
