//! What stands on the agenda: what is due, what waits for a sign-off, what is missing, and what mends it.

use crate::model::kind::{KindIx, Tag};
use crate::model::record::Id;
use std::collections::HashSet;
use std::hash::Hash;
use std::sync::Arc;

/// How much something weighs where nothing says: the middle.
pub const PLAIN: u8 = 2;
/// Days ahead that count as soon (DUE-1).
pub const SOON: i32 = 14;

/// When something is due, seen from today.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Bucket {
    /// Its day has passed, or its moment.
    Late,
    /// Its day is today, and its moment is still to come.
    Today,
    /// Its day is one of the next [`SOON`].
    Soon,
    /// Its day comes after these.
    Later,
}

impl Bucket {
    /// All of them, the most pressing first.
    pub const ALL: [Self; 4] = [Self::Late, Self::Today, Self::Soon, Self::Later];

    /// The bucket of a day on which nothing is due to the hour.
    pub fn of(day: i32, today: i32) -> Self {
        match i64::from(day) - i64::from(today) {
            ..0 => Self::Late,
            0 => Self::Today,
            n if n <= i64::from(SOON) => Self::Soon,
            _ => Self::Later,
        }
    }

    /// Its name in lower case: `late`, `today`, `soon`, `later`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Late => "late",
            Self::Today => "today",
            Self::Soon => "soon",
            Self::Later => "later",
        }
    }
}

/// What makes something due.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Source {
    /// A date or moment of the record: its field.
    Field(Tag),
    /// A date or moment in an open row: its field, the row's id and the cell's tag.
    Row(Tag, u32, Tag),
    /// A derived date: its name.
    Derived(String),
    /// What people owe the record: the duty's name.
    Duty(String),
    /// What it owns while nobody is there to answer.
    Handover,
}

/// Something that is to be done by a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    /// The record.
    pub id: Id,
    /// The day, days since 1970.
    pub day: i32,
    /// The moment, milliseconds since 1970, where it is due to the hour: a legal clock.
    pub time: Option<i64>,
    /// What is to be done, in a word or two: "review".
    pub word: String,
    /// What makes it due.
    pub source: Source,
    /// Whose it is: the owner of the record, or those who owe it.
    pub whose: Vec<Id>,
    /// How much it weighs, 1 (least) to 4 (most).
    pub weight: u8,
    /// What does it.
    pub remedy: Remedy,
}

/// When something is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct When {
    /// The day, days since 1970.
    pub day: i32,
    /// The moment, milliseconds since 1970, where it is due to the hour.
    pub time: Option<i64>,
}

impl When {
    /// Whether its moment is before now or, where it has none, its day before today.
    pub fn is_late(self, today: i32, now: i64) -> bool {
        self.time.map_or(self.day < today, |time| time < now)
    }
}

/// Something that is to be done, without the record and the day: what is to be done on thousands of records is kept
/// once. The names are those of [`Due`].
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Task {
    pub word: String,
    pub source: Source,
    pub whose: Vec<Id>,
    pub remedy: Remedy,
}

/// Something that only a sign-off leads on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wait {
    /// The record.
    pub id: Id,
    /// Place of its kind in the catalogue.
    pub kind: KindIx,
    /// Place of the transition among those of the kind.
    pub transition: usize,
    /// How much it weighs, 1 (least) to 4 (most).
    pub weight: u8,
}

/// Something that is missing in a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gap {
    /// The record.
    pub id: Id,
    /// The rule that says so: `I1`, `required`, `orphan`.
    pub rule: String,
    /// What is wrong, in a sentence.
    pub message: String,
    /// What mends it.
    pub remedy: Remedy,
}

/// Stands for the id of the record in the sentence of [`Missing`]; no sentence has it by itself.
const HERE: char = '\u{1a}';

/// Something that is missing, without the record in which it is: what thousands of records lack is kept once.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Missing {
    rule: String,
    message: String,
    remedy: Remedy,
}

impl Missing {
    /// What is missing in any record of which the same is said.
    pub fn of(gap: Gap) -> Self {
        let mut here = [0; 4];
        let message = gap.message.replace(HERE, "\u{fffd}");
        Self {
            rule: gap.rule,
            message: message.replace(gap.id.as_str(), HERE.encode_utf8(&mut here)),
            remedy: gap.remedy,
        }
    }

    /// What is missing in this record.
    pub fn on(&self, id: &Id) -> Gap {
        Gap {
            id: id.clone(),
            rule: self.rule.clone(),
            message: self.message.replace(HERE, id.as_str()),
            remedy: self.remedy.clone(),
        }
    }
}

/// What a person does about it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Remedy {
    /// Fill in or change this field.
    Field(String),
    /// Make this transition.
    Move(String),
    /// Do what this duty of the kind asks for.
    Duty(String),
    /// Create a record of this kind.
    Create(String),
    /// Look at it and decide.
    Open,
}

/// What is known of a record besides its days, and of all records of which the same is known.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Facts {
    /// Place of its kind in the catalogue.
    pub kind: KindIx,
    /// Whether something is still to be done on it.
    pub open: bool,
    /// How much it weighs, 1 (least) to 4 (most).
    pub weight: u8,
    /// What is due on it, the earliest first.
    pub tasks: Vec<Task>,
    /// Sign-offs for which it waits: places among the transitions of its kind.
    pub waits: Vec<usize>,
    /// What is missing in it, but for links to a risk.
    pub gaps: Vec<Missing>,
    /// How far it answers to the items of checklists that ask its kind: place of the item, and the answer.
    pub answers: Vec<(usize, crate::method::checklist::Answer)>,
}

impl Facts {
    /// The sign-offs for which the record with this id waits.
    pub fn waits_of(&self, id: &Id) -> Vec<Wait> {
        let wait = |transition: &usize| Wait {
            id: id.clone(),
            kind: self.kind,
            transition: *transition,
            weight: self.weight,
        };
        self.waits.iter().map(wait).collect()
    }
}

/// What is known of one record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Known {
    pub facts: Arc<Facts>,
    /// When each of its tasks is due.
    pub days: Box<[When]>,
}

impl Known {
    /// What is due on the record, which has this id, at a place among its tasks.
    pub fn due(&self, id: &Id, place: usize) -> Option<Due> {
        let (task, when) = (self.facts.tasks.get(place)?, self.days.get(place)?);
        Some(Due {
            id: id.clone(),
            day: when.day,
            time: when.time,
            word: task.word.clone(),
            source: task.source.clone(),
            whose: task.whose.clone(),
            weight: self.facts.weight,
            remedy: task.remedy.clone(),
        })
    }
}

/// What is the same for many records, kept once.
#[derive(Debug, Clone, Default)]
pub(super) struct Alike {
    facts: HashSet<Arc<Facts>>,
    missing: HashSet<Arc<Missing>>,
}

impl Alike {
    /// The same facts, shared with other records.
    pub fn facts(&mut self, facts: Facts) -> Arc<Facts> {
        share(&mut self.facts, facts)
    }

    /// What is missing, shared with other records.
    pub fn missing(&mut self, missing: Missing) -> Arc<Missing> {
        share(&mut self.missing, missing)
    }
}

/// The same as one that is known.
pub(super) fn share<T: Eq + Hash>(known: &mut HashSet<Arc<T>>, one: T) -> Arc<T> {
    if let Some(same) = known.get(&one) {
        return Arc::clone(same);
    }
    // What nobody has any more goes when room would have to be made for more.
    if known.len() == known.capacity() {
        known.retain(|kept| Arc::strong_count(kept) > 1);
    }
    let one = Arc::new(one);
    known.insert(Arc::clone(&one));
    one
}
