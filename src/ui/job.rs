//! What the screen asks of the worker that owns the ledger, and what the worker answers. Plain data: it must not know
//! how either is done.

use crate::exchange::Detail;
use crate::method::appraisal::annual::{Outcome, Plan};
use crate::model::change::{Actor, Commit, Draft, Refusal};
use crate::model::kind::Catalogue;
use crate::model::record::{Id, Record};
use crate::model::state::State;
use crate::model::value::FileRef;
use crate::ui::app::Command;
use std::path::PathBuf;
use std::sync::Arc;

/// What the model wants done.
#[derive(Debug)]
pub enum Effect {
    /// By the terminal.
    Term(Command),
    /// By the worker.
    Job(Job),
    /// Draw years, and of no others any more; nothing: none at all. Answered by [`Answer::Drawing`] and
    /// [`Answer::Drawn`] with the same token.
    Draw(u64, Option<Box<Plan>>),
    /// Read the settings and keymaps again; answered by [`crate::ui::Model::reload`].
    Reload,
    /// Keep this as the person's views and columns.
    Views(String),
}

/// Work on the ledger. Jobs are done one after the other, in the order in which they were asked for.
#[derive(Debug)]
pub enum Job {
    /// Let a draft through the one door; answered by [`Answer::Committed`] or [`Answer::Refused`] with the same token.
    Commit {
        /// Comes back with the answer.
        token: u64,
        /// What is to change.
        draft: Draft,
        /// In whose name.
        actor: Actor,
    },
    /// Take the last commit of a person back.
    Undo(Actor),
    /// Take the last undo of a person back.
    Redo(Actor),
    /// Read all versions of a record, newest first.
    History(Id),
    /// Read commits before this one (or the newest), newest first.
    Log {
        /// Only commits with a smaller number.
        before: Option<u64>,
        /// At most so many.
        limit: usize,
    },
    /// Build the state as it was at a moment, milliseconds since 1970, UTC.
    AsOf(i64),
    /// Look into a file: its columns, its first rows, and what it is likely about; answered by [`Answer::Seen`].
    Look(Look),
    /// Read a file and say what an import would do.
    Preview(Import),
    /// Write records into a file; answered by [`Answer::Exported`].
    Export(Export),
    /// Import a file: one commit.
    Import(Import, Actor),
    /// Say what the files of the configuration propose: own registers and fields.
    Proposals,
    /// Adopt what this file proposes: one commit, and then [`Answer::Adopted`].
    Adopt(String, Actor),
    /// Keep the bytes of a file, as its path was typed; answered by [`Answer::Kept`].
    Keep(String),
    /// Find the paths that begin like this; answered by [`Answer::Completed`].
    Complete(String),
    /// Write a text to a new file of this path; answered by [`Answer::Written`].
    Write(String, String),
    /// Say which of these files are there; answered by [`Answer::Present`].
    Present(Vec<FileRef>),
    /// Somebody is about to change something: be ready for it. Answered by nothing.
    Ready,
    /// Take up what somebody else has committed since, if this is a second screen; answered by [`Answer::Followed`], or
    /// not at all if there is nothing.
    Follow,
    /// Commit what time has brought about, while this person has the store open; answered by [`Answer::Followed`], or not
    /// at all if there is nothing.
    Pass(Actor),
    /// Keep what shows for the next session, in this file, if it is so at the last commit. Nobody waits for it.
    Remember {
        /// The commit at which it is so.
        seq: u64,
        /// The file.
        path: PathBuf,
        /// What shows, and what it depends on beside the journal.
        bytes: Vec<u8>,
    },
    /// Make a store where there is none, with this organisation.
    Create(Birth),
    /// Open the scratch copy of the demonstration company.
    Demonstrate,
}

/// What to look into.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Look {
    /// The file, as it was typed.
    pub path: String,
    /// The kind's name, or that of a tool; without it the columns tell.
    pub kind: Option<String>,
    /// The sheet of a spreadsheet; without it the first.
    pub sheet: Option<String>,
}

/// What was seen of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// The file, as it was typed.
    pub path: String,
    /// Its name without the folder.
    pub file: String,
    /// The kind's name, or that of a tool; empty if the columns do not tell.
    pub kind: String,
    /// The columns told the kind.
    pub found: bool,
    /// The sheets of a spreadsheet.
    pub sheets: Vec<String>,
    /// Which of them was looked at.
    pub sheet: Option<String>,
    /// The heads of its columns.
    pub header: Vec<String>,
    /// Its first rows.
    pub rows: Vec<Vec<String>>,
    /// How many rows there are.
    pub count: usize,
    /// Which field each column is, by name; none: it is left out.
    pub columns: Vec<Option<String>>,
}

/// What to import.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Import {
    /// The kind's name, or `ciso-assistant` for what that tool exports.
    pub kind: String,
    /// The file, as it was typed.
    pub path: String,
    /// Which field each column is, by name; without it the heads say so.
    pub columns: Option<Vec<Option<String>>>,
    /// The sheet of a spreadsheet; without it the first.
    pub sheet: Option<String>,
}

/// What an import says before and after.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// What comes in, in one sentence.
    pub summary: String,
    /// What does not, and what else one should know.
    pub details: Vec<Detail>,
}

/// What to export.
#[derive(Debug, Clone)]
pub struct Export {
    /// The kind's name.
    pub kind: String,
    /// The filter by which they were found, for whoever reads the file later.
    pub query: String,
    /// The file, as it was typed; its name says the format.
    pub path: String,
    /// The records, in their order.
    pub records: Vec<Arc<Record>>,
}

/// What Enter starts once something was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Begin {
    /// The import whose effect was read.
    Import(Import),
    /// The adoption of what a file proposes.
    Adopt(String),
}

/// An own register, or fields, that a file of the configuration proposes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Offer {
    /// The file.
    pub path: String,
    /// The word by which it is named.
    pub name: String,
    /// How it stands to the ledger: `proposed`, `changed`, `adopted`, `retired`, `wrong`.
    pub stand: String,
    /// What adopting would do, or what is wrong.
    pub lines: Vec<String>,
    /// Whether there is something to adopt.
    pub open: bool,
}

/// A new organisation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Birth {
    /// Its name.
    pub name: String,
    /// ISO 4217 code.
    pub currency: String,
    /// ISO 3166-1 alpha-2 code; may be empty.
    pub country: String,
}

/// What the worker says.
#[derive(Debug)]
pub enum Answer {
    /// A store is open: everything in it, and how it stands.
    Loaded(Box<Opened>),
    /// There is no store where one was looked for.
    Missing {
        /// Where, for the person to see.
        place: String,
    },
    /// How far a long work is.
    Progress {
        /// What is done: "reading the journal".
        what: String,
        /// How much of it is done.
        done: u64,
        /// How much there is; 0: not known.
        of: u64,
    },
    /// A commit is durable.
    Committed {
        /// Of the job; 0 if no draft of the screen was behind it.
        token: u64,
        /// What was committed.
        commit: Commit,
    },
    /// Somebody else, or time, committed this, the oldest first.
    Followed(Vec<Commit>),
    /// A draft was not let through; nothing has changed.
    Refused {
        /// Of the job.
        token: u64,
        /// Why.
        refusal: Refusal,
    },
    /// A job failed, in words for the person. `token` as above.
    Failed {
        /// Of the job; 0 for others.
        token: u64,
        /// What happened and what to do.
        why: String,
    },
    /// The versions of a record, newest first.
    History(Id, Vec<Revision>),
    /// Commits, newest first; fewer than asked for: these are the first ones.
    Log {
        /// As asked.
        before: Option<u64>,
        /// The commits.
        commits: Vec<Commit>,
        /// Whether there are older ones.
        more: bool,
    },
    /// The state as it was at a moment.
    AsOf(i64, Box<State>),
    /// What was seen of a file, or why it cannot be read.
    Seen(Result<Seen, String>),
    /// What an import would do.
    Preview {
        /// What was asked.
        import: Import,
        /// What it says.
        told: Told,
        /// How many records would be created or changed.
        changes: usize,
    },
    /// What the files of the configuration propose.
    Proposals(Vec<Offer>),
    /// Other kinds hold from now on: a definition was adopted, changed or put away.
    Adopted {
        /// The kinds.
        catalogue: Arc<Catalogue>,
        /// The records under them.
        state: Arc<State>,
    },
    /// An import is done (its commit came before): what it says.
    Imported(Told),
    /// A file is written: what is in it.
    Exported(String),
    /// What became of a file that was to be kept.
    Kept {
        /// As it was asked for.
        path: String,
        /// What names it now, or why it was not kept.
        result: Result<FileRef, String>,
    },
    /// The paths that begin like one, in order; folders end with `/`.
    Completed {
        /// As it was asked for.
        path: String,
        /// The paths, written as it is.
        offers: Vec<String>,
    },
    /// In words what was written where, or why not.
    Written(Result<String, String>),
    /// How far a drawing of years is.
    Drawing {
        /// Of the effect.
        token: u64,
        /// 0 to 1.
        done: f64,
    },
    /// Years were drawn.
    Drawn {
        /// Of the effect.
        token: u64,
        /// What came of them, or why they cannot be drawn.
        result: Result<Box<Outcome>, String>,
        /// No more of them are to come.
        last: bool,
    },
    /// Whether files are there, by their SHA-256.
    Present(Vec<([u8; 32], bool)>),
    /// The draft that was found when the program started.
    Draft(Vec<u8>),
}

/// An open store.
#[derive(Debug)]
pub struct Opened {
    /// The kinds.
    pub catalogue: Arc<Catalogue>,
    /// The records.
    pub state: Arc<State>,
    /// Who sits here; `None` if the login belongs to no person.
    pub actor: Option<Actor>,
    /// The login, for the message if it belongs to nobody.
    pub login: String,
    /// Why nothing can be written; `None` if it can.
    pub barred: Option<String>,
    /// Nothing is kept: it is the demonstration.
    pub demonstration: bool,
    /// What opening had to say ("rebuilt the state from the journal").
    pub notes: Vec<String>,
}

/// A version of a record.
#[derive(Debug, Clone, PartialEq)]
pub struct Revision {
    /// The commit.
    pub seq: u64,
    /// Its time, milliseconds since 1970, UTC.
    pub time: i64,
    /// In whose name.
    pub actor: Actor,
    /// The action.
    pub action: String,
    /// Why.
    pub reason: Option<String>,
    /// The commit that it takes back.
    pub undoes: Option<u64>,
    /// What the record was; `None` if it was created.
    pub before: Option<Arc<Record>>,
    /// What it became.
    pub after: Arc<Record>,
}
