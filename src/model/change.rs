//! What somebody wants to change (a draft), and what a commit has changed. The screen, the command line, an importer
//! and the socket all make drafts; `door` says whether one may pass; the ledger seals it.

use super::kind::{KindIx, Tag};
use super::record::{Id, Record};
use super::value::Value;
use std::sync::Arc;

/// The action of what time brings about, and who sits at the keyboard then: nobody.
pub const TIME: &str = "time";

/// In whose name something is done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// The person whose permissions count.
    pub person: Id,
    /// The person who sits at the keyboard: the one that the operating system's user maps to. The same as `person`
    /// unless `--as` was used; [`TIME`] where nobody did it.
    pub by: Id,
}

impl Actor {
    /// Time, while this person has the store open.
    pub fn at_the_time(&self) -> Self {
        Self {
            person: self.person.clone(),
            by: Id::from(TIME),
        }
    }
}

/// Where a draft comes from, and so what it may do that a hand may not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// A person, in the screen or on the command line.
    Hand,
    /// A foreign file; the name of its format and its file name.
    Import(String),
    /// The inverse of a commit: may set states, except where a sign-off stands in the way.
    Undo(u64),
    /// The inverse of an undo.
    Redo(u64),
    /// An own export coming back: may set ids and states and name records that come later in the same draft.
    /// Administrators only.
    Restore,
    /// The first commit of a store: makes the organisation and its administrator.
    Init,
    /// Time itself: what has come about by the triggers of the kinds since this day, days since 1970. Nobody did it, and
    /// such a draft has no edits.
    Time(i32),
}

/// One intent: a form, a bulk edit, an import. It becomes one commit and one undo.
#[derive(Debug, Clone)]
pub struct Draft {
    /// The action, as it is named everywhere: `risk.accept`, `record.edit`, `import`.
    pub action: String,
    /// Where it comes from.
    pub origin: Origin,
    /// Why, in the person's words.
    pub reason: Option<String>,
    /// What is to change.
    pub edits: Vec<Edit>,
}

/// Which record an edit concerns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// One that is there.
    Old(Id),
    /// A new one of this kind. The `n`-th edit of a draft is known to its other edits as [`Id::local`]`(n)`.
    New(KindIx),
    /// A new one with this id (only [`Origin::Restore`] and the demonstration).
    NewWithId(KindIx, Id),
}

/// What is to change in one record: values, and at most one transition.
#[derive(Debug, Clone)]
pub struct Edit {
    /// The record.
    pub target: Target,
    /// Values to set, or with `None` to clear.
    pub set: Vec<(Tag, Option<Value>)>,
    /// The transition to make, by name.
    pub transition: Option<String>,
    /// The record as the person saw it. If it has changed since, different fields merge and the same field is a
    /// conflict. `None`: as it is now.
    pub base: Option<Arc<Record>>,
    /// Values under names that this program does not know (only [`Origin::Restore`]): name and JSON text.
    pub unknown: Vec<(String, String)>,
}

impl Edit {
    /// An edit of a record that is there, against the version that the person saw.
    pub fn of(record: &Arc<Record>) -> Self {
        Self {
            target: Target::Old(record.id.clone()),
            set: Vec::new(),
            transition: None,
            base: Some(Arc::clone(record)),
            unknown: Vec::new(),
        }
    }

    /// A new record.
    pub fn new(kind: KindIx) -> Self {
        Self {
            target: Target::New(kind),
            set: Vec::new(),
            transition: None,
            base: None,
            unknown: Vec::new(),
        }
    }

    /// With this value.
    #[must_use]
    pub fn with(mut self, tag: Tag, value: Option<Value>) -> Self {
        self.set.push((tag, value));
        self
    }

    /// With this transition.
    #[must_use]
    pub fn moving(mut self, transition: &str) -> Self {
        self.transition = Some(transition.to_string());
        self
    }
}

impl Draft {
    /// A draft by hand.
    pub fn new(action: &str) -> Self {
        Self {
            action: action.to_string(),
            origin: Origin::Hand,
            reason: None,
            edits: Vec::new(),
        }
    }
}

/// What a commit did to one record.
#[derive(Debug, Clone, PartialEq)]
pub struct Changed {
    /// The record.
    pub id: Id,
    /// What it was; `None` if it was created.
    pub before: Option<Arc<Record>>,
    /// What it is.
    pub after: Arc<Record>,
}

/// A commit, as the program shows it.
#[derive(Debug, Clone, PartialEq)]
pub struct Commit {
    /// Its place in the order of all commits, from 1.
    pub seq: u64,
    /// Milliseconds since 1970, UTC.
    pub time: i64,
    /// In whose name.
    pub actor: Actor,
    /// The action.
    pub action: String,
    /// Why.
    pub reason: Option<String>,
    /// The commit that it takes back, if it is an undo or a redo.
    pub undoes: Option<u64>,
    /// What it changed.
    pub changes: Vec<Changed>,
}

/// Why a draft was not let through, or what a record lacks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Which edit of the draft, counted from 0.
    pub edit: usize,
    /// Which record; `None` if it is new.
    pub id: Option<Id>,
    /// Which field.
    pub field: Option<Tag>,
    /// Which rule ("I2", "rights", "conflict", "required", ...).
    pub rule: String,
    /// The sentence for the person: what, to which thing, what to do.
    pub message: String,
}

/// A field that two people changed.
#[derive(Debug, Clone, PartialEq)]
pub struct Conflict {
    /// The record.
    pub id: Id,
    /// The field.
    pub field: Tag,
    /// What both started from.
    pub base: Option<Value>,
    /// What is there now.
    pub theirs: Option<Value>,
    /// What the draft wants.
    pub mine: Option<Value>,
}

/// The door said no.
#[derive(Debug, Clone, PartialEq)]
pub enum Refusal {
    /// Rights, rules, states or values stand in the way.
    Problems(Vec<Problem>),
    /// Somebody else changed the same fields since.
    Conflicts(Vec<Conflict>),
    /// The draft changes nothing.
    Nothing,
}
