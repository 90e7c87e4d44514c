//! What time brings about by itself: a draft of no edits, and what would come of it.

use super::change::{Actor, Changed, Draft, Origin, TIME};
use super::door::{admit, cause};
use super::world::World;

pub use super::door::cause::Cause;

/// What comes about because days have passed.
#[derive(Debug)]
pub struct Tick {
    /// What has come about, kind by kind, by id.
    pub causes: Vec<Cause>,
    /// What comes of it.
    pub changes: Vec<Changed>,
    /// The draft that brings it into the ledger.
    pub draft: Draft,
}

impl Tick {
    /// What time brings about from a day (days since 1970) to that of the world, in the name of an actor; nothing if
    /// nothing comes of it.
    ///
    /// Everything up to that day must have been brought into the ledger: it is the day of the last commit where each
    /// commit is made after a tick.
    pub fn of(w: &World, since: i32, actor: &Actor) -> Option<Self> {
        let causes = match w.state.seq {
            0 => Vec::new(),
            _ => cause::of_time(w, since),
        };
        if causes.is_empty() {
            return None;
        }
        let mut draft = Draft {
            action: TIME.to_owned(),
            origin: Origin::Time(since),
            reason: None,
            edits: Vec::new(),
        };
        let changes = admit(w, actor, &draft).ok()?;
        draft.reason = Some(cause::in_words(&causes, &changes));
        Some(Self { causes, changes, draft })
    }
}
