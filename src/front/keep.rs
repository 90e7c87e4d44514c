//! What the screen keeps for the next session: where one is, and what showed there. The first is a text that any version
//! can read; the second is shown again only if everything on which it depends is as it was.

use crate::config;
use crate::ledger;
use crate::model::change::Actor;
use crate::session::{self, kept};
use crate::term::caps::Caps;
use crate::ui::job::Job;
use crate::ui::keymap::Source;
use crate::ui::{Model, Msg, glance};
use crate::worker::Place;
use sha2::{Digest, Sha256};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// So long after the last key it is kept where one is, in milliseconds.
const QUIET: i64 = 3_000;
/// More than this is not read of where one left.
const LONGEST: u64 = 1 << 20;

/// Keeps where one is, and what shows.
pub(super) struct Keep {
    session: PathBuf,
    glance: PathBuf,
    /// What the file of the session says.
    said: String,
    /// When the files are brought up to date, milliseconds since 1970, UTC.
    due: Option<i64>,
    /// The columns and views that the person chose.
    views: PathBuf,
    /// What does not change while the program runs, but from one session to the next.
    surroundings: Sha256,
    /// Who sat down, once that is known.
    person: Option<Actor>,
}

impl Keep {
    /// Goes where one left, and shows what showed there if it is still so, unless one wants to begin anew.
    pub fn begin(model: &mut Model, folder: &Path, place: &Place, looks: (&Caps, &[Source]), fresh: bool) -> Self {
        let mut keep = Self {
            session: kept::place(folder, "session", &place.folder),
            glance: kept::place(folder, "glance", &place.folder),
            said: String::new(),
            due: None,
            views: folder.join(config::VIEWS),
            surroundings: surroundings(place, looks),
            person: None,
        };
        if fresh {
            return keep;
        }
        let Ok(Some(bytes)) = kept::read(&keep.session, LONGEST) else {
            return keep;
        };
        let (now, today) = session::clock();
        model.update(Msg::Clock(now, today));
        model.resume(&bytes);
        keep.said = String::from_utf8(bytes).unwrap_or_default();
        if let Ok(Some(bytes)) = kept::read(&keep.glance, glance::LONGEST)
            && let Some(tip) = ledger::tip(&place.folder)
            && let Some(rest) = bytes.strip_prefix(&tip.bytes())
            && let Some(rest) = rest.strip_prefix(&keep.stamp(model))
        {
            model.hang(rest);
        }
        keep
    }

    /// Notes that a key came: what is shown changes.
    pub fn touch(&mut self, now: i64) {
        self.due = Some(now + QUIET);
    }

    /// When the files are to be brought up to date.
    pub fn due(&self) -> Option<i64> {
        self.due
    }

    /// Brings the file of the session up to date, and has what shows kept by whoever owns the store. Nothing depends on
    /// either: where they cannot be written, the next session begins on Today, or waits for the store.
    pub fn save(&mut self, model: &mut Model) -> Option<Job> {
        self.due = None;
        let now = model.leave();
        if now != self.said && kept::write(&self.session, now.as_bytes()).is_ok() {
            self.said = now;
        }
        // Whoever comes next begins as who they are, not as whom one acted last.
        if self.person.as_ref() != Some(model.actor()) {
            return None;
        }
        let (seq, shown) = model.glance()?;
        Some(Job::Remember {
            seq,
            path: self.glance.clone(),
            bytes: [&self.stamp(model)[..], &shown].concat(),
        })
    }

    /// Notes who sits here when the store is open.
    pub fn meet(&mut self, model: &Model) {
        self.person = Some(model.actor().clone());
    }

    /// What a glance depends on beside the journal.
    fn stamp(&self, model: &Model) -> [u8; 32] {
        let shared = Path::new(config::SYSTEM).join(config::VIEWS);
        let views = [&self.views, &shared].map(|path| kept::read(path, LONGEST).ok().flatten());
        let now = format!("{:?} {views:?}", model.theme());
        self.surroundings
            .clone()
            .chain_update(now)
            .chain_update(&self.said)
            .finalize()
            .into()
    }
}

/// The program, the person and the terminal.
fn surroundings(place: &Place, (caps, keys): (&Caps, &[Source])) -> Sha256 {
    let program = std::env::current_exe().and_then(|p| p.metadata());
    let program = program.map(|m| (m.len(), m.mtime(), m.mtime_nsec(), m.ino())).ok();
    let person = (session::login(), &place.acting);
    let text = format!(
        "{} {program:?} {person:?} {} {keys:?}",
        env!("CARGO_PKG_VERSION"),
        caps.unicode
    );
    Sha256::new().chain_update(text)
}
