//! What the screen keeps for the next session: where one is, and what showed there. The first is a text that any version
//! can read; the second is shown again only if everything on which it depends is as it was.

use crate::config;
use crate::ledger;
use crate::model::change::Actor;
use crate::session::{self, kept};
use crate::term::caps::Caps;
use crate::ui::job::Job;
use crate::ui::keymap::Source;
use crate::ui::still::{self, Still};
use crate::ui::theme::Theme;
use crate::ui::{Model, Msg};
use crate::worker::Place;
use ratatui::buffer::Buffer;
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
    /// Where one left, until one is there again.
    left: Option<Vec<u8>>,
    /// What showed there, until it hangs.
    still: Option<Still>,
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
    /// Finds where one left and, if it is still so, what showed there, unless one wants to begin anew. No more of the
    /// program is needed for it than this theme.
    pub fn find(folder: &Path, place: &Place, looks: (&Caps, &[Source]), theme: &Theme, fresh: bool) -> Self {
        let mut keep = Self {
            session: kept::place(folder, "session", &place.folder),
            glance: kept::place(folder, "glance", &place.folder),
            left: None,
            still: None,
            said: String::new(),
            due: None,
            views: folder.join(config::VIEWS),
            surroundings: surroundings(place, looks),
            person: None,
        };
        if fresh {
            return keep;
        }
        keep.left = kept::read(&keep.session, LONGEST).ok().flatten();
        if let Some(left) = &keep.left {
            keep.said = String::from_utf8_lossy(left).into_owned();
            keep.still = keep.showed(&place.folder, theme);
        }
        keep
    }

    /// What showed when one left, if everything on which it depends is as it was.
    fn showed(&self, store: &Path, theme: &Theme) -> Option<Still> {
        let bytes = kept::read(&self.glance, still::LONGEST).ok().flatten()?;
        let rest = bytes.strip_prefix(&ledger::tip(store)?.bytes())?;
        Still::read(rest.strip_prefix(&self.stamp(theme))?)
    }

    /// What is to be painted before anything else.
    pub fn first(&self) -> Option<Buffer> {
        self.still.as_ref()?.buffer(session::clock().1)
    }

    /// Goes where one left, and shows what showed there.
    pub fn begin(&mut self, model: &mut Model) {
        let Some(left) = self.left.take() else { return };
        let (now, today) = session::clock();
        model.update(Msg::Clock(now, today));
        model.resume(&left);
        if let Some(still) = self.still.take() {
            model.hang(still);
        }
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
            bytes: [&self.stamp(model.theme())[..], &shown].concat(),
        })
    }

    /// Notes who sits here when the store is open.
    pub fn meet(&mut self, model: &Model) {
        self.person = Some(model.actor().clone());
    }

    /// What a glance depends on beside the journal.
    fn stamp(&self, theme: &Theme) -> [u8; 32] {
        let shared = Path::new(config::SYSTEM).join(config::VIEWS);
        let views = [&self.views, &shared].map(|path| kept::read(path, LONGEST).ok().flatten());
        let now = format!("{theme:?} {views:?}");
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
