//! What a kind of record is, read from `data/registers/*.toml`: its names and place, its fields, columns, states,
//! transitions, rights and rules. Nothing here knows a particular kind: a new register is one more file.

mod catalogue;
mod check;
mod derived;
mod field;
mod filter;
mod grid;
mod life;
mod method;
pub mod own;
mod triage;
mod trigger;

pub use catalogue::{Catalogue, DataError, DataFile, KindIx, parse};
pub use derived::{Derivation, Derived, Figures};
pub use field::{Choice, Field, FieldType, Need, Offer, Tone};
pub use filter::Filter;
pub use grid::{GridFault, check_grid};
pub use life::{Ask, Class, Moment, Rule, StateDef, Transition};
pub use method::{Decided, Level, Method, Quantities, Scale, Shape, Tolerated};
pub use triage::{Decision, Makes, Triage};
pub use trigger::{Step, Trigger};

use super::record::Record;
use super::world::World;
use serde::Deserialize;
use std::collections::BTreeMap;

/// A field's number in the stored form. Given by hand, never reused.
///
/// 1 to 31 are the header that all kinds share, 32 to 999 a kind's own fields, 1000 and above fields that an
/// organisation adopted for itself.
pub type Tag = u16;

/// The tag under which a record's state is stored.
pub const STATE: Tag = 1;
/// The tag of the title, which every kind has.
pub const TITLE: Tag = 2;
/// The state that every kind has without naming it: put away, kept for ever.
pub const RETIRED: &str = "retired";
/// The end of a transition after which a record stands where it stood.
pub const STAYS: &str = "=";

/// The choices of a field that says in which direction a metric gets better.
pub const DIRECTIONS: [&str; 2] = ["higher-is-better", "lower-is-better"];

/// The seven stages of the lifecycle (ISO/IEC 27001:2005, 0.2: "establish, implement, operate, monitor, review,
/// maintain and improve"), on six screens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    /// Context, scope, policy, risk assessment.
    Establish,
    /// Controls and treatment plans are put in place.
    Implement,
    /// The controls are operated: findings, incidents, changes.
    Run,
    /// Measured and checked.
    Monitor,
    /// Audited and reviewed by management.
    Review,
    /// Kept current.
    Maintain,
    /// Corrected and made better.
    Improve,
}

/// One kind of record, as its file describes it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Kind {
    /// English singular in kebab case: the word of the command line and of JSON.
    pub name: String,
    /// English plural in kebab case.
    pub plural: String,
    /// Singular as a person reads it.
    pub title: String,
    /// Plural as a person reads it.
    pub titles: String,
    /// What ids begin with: `R` for `R-0001`.
    pub prefix: String,
    /// The stage of the lifecycle to which the kind belongs.
    pub stage: Stage,
    /// The screen that shows it, 1 to 6.
    pub screen: u8,
    /// Its place in the strip of that screen.
    pub order: u16,
    /// The clauses of ISO/IEC 27001:2022 that it serves.
    #[serde(default)]
    pub clause: String,
    /// The key after `g` that goes to this register, or from a record to its records of this kind.
    #[serde(default)]
    pub go: Option<char>,
    /// One or two sentences: what is kept here, and why.
    pub help: String,
    /// At most one record of this kind exists.
    #[serde(default)]
    pub single: bool,
    /// What grows without end is a register of its own that is looked at from another: the name of that kind. It has
    /// no place in the strip of its screen.
    #[serde(default)]
    pub within: Option<String>,
    /// Ids are not numbered but made of the prefix and these fields: `SA-27001-A.5.1`.
    #[serde(default)]
    pub id_from: Vec<String>,
    /// The link field along which the records make a tree, from a record to what stands above it.
    #[serde(default)]
    pub tree: Option<String>,
    /// Why its records need not lead to a risk, and no way to a risk leads over them: "people". Empty: they do.
    #[serde(default)]
    pub apart: String,
    /// Kinds of which a link is enough: a record that names one of these belongs to the whole without a risk.
    #[serde(default)]
    pub belongs: Vec<String>,
    /// What a record of this kind weighs among what is late: fields or derived values with levels, choices (the last
    /// is the heaviest) or yes, of the record, or with `LINK.NAME` of the records that it names. The heaviest counts.
    #[serde(default)]
    pub weigh: Vec<String>,
    /// Header fields (by name) that this kind does not have.
    #[serde(default)]
    pub without: Vec<String>,
    /// Who may create, edit and retire.
    pub rights: Rights,
    /// Header fields first, then the kind's own.
    #[serde(default)]
    pub fields: Vec<Field>,
    /// Values that are computed, never stored.
    #[serde(default)]
    pub derived: Vec<Derived>,
    /// The columns of the list.
    pub columns: Vec<Column>,
    /// Default order of the list: field names, `-` in front for descending; `closed` puts what is open first.
    #[serde(default)]
    pub sort: Vec<String>,
    /// The states; the first is where a new record starts. Empty in the file: `active`.
    #[serde(default)]
    pub states: Vec<StateDef>,
    /// The moves between states.
    #[serde(default)]
    pub transitions: Vec<Transition>,
    /// How its records are decided one after the other, at one key each.
    #[serde(default)]
    pub triage: Option<Triage>,
    /// What every one of certain people owes a record of this kind: to read a document, to take a training.
    #[serde(default)]
    pub duties: Vec<Duty>,
    /// Which changes take the ground from assessments.
    #[serde(default)]
    pub triggers: Vec<Trigger>,
    /// Rules with their moment.
    #[serde(default)]
    pub rules: Vec<Rule>,
    /// A register of the organisation's own whose definition was put away: it is read, nothing is added to it.
    #[serde(skip)]
    pub retired: bool,
}

/// Who may do what to the records of a kind. Each entry is a permission (`analyst`), `owner` (of the record),
/// `owner-of:FIELD` (of a record that the link field FIELD names), `self:FIELD` (the person in that link field),
/// `self` (the record is this person) or `anyone`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rights {
    /// May create.
    #[serde(default)]
    pub create: Vec<String>,
    /// May edit.
    #[serde(default)]
    pub edit: Vec<String>,
    /// May retire.
    #[serde(default)]
    pub retire: Vec<String>,
}

/// What each of certain people owes a record: another record, that links to both.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Duty {
    /// A verb in kebab case; with the kind's name it is the action: `document.acknowledge`.
    pub name: String,
    /// What a person reads: "Read and acknowledge".
    pub label: String,
    /// The link field of this record that names those who owe: persons, and roles for all who hold or deputise them.
    pub who: String,
    /// It is owed while this query holds.
    #[serde(default)]
    pub when: Filter,
    /// The kind of record by which it is done.
    pub makes: String,
    /// The link field of that kind to this record.
    pub link: String,
    /// The link field of that kind to the person.
    pub person: String,
    /// Fields of that kind that must equal a field of this record, and are filled from it: a version.
    #[serde(default)]
    pub copies: BTreeMap<String, String>,
    /// Other fields that are filled in: as in [`Transition::sets`].
    #[serde(default)]
    pub sets: BTreeMap<String, String>,
    /// Only records for which this query holds count as done.
    #[serde(default)]
    pub done: Filter,
    /// The date field of that kind; with `every` it says when it is owed again.
    #[serde(default)]
    pub date: String,
    /// The integer field of this record with the months after which it is owed again. Empty: once.
    #[serde(default)]
    pub every: String,
    /// The date field of this record from which the time to do it runs. Empty: the day of creation.
    #[serde(default)]
    pub since: String,
    /// Days within which it is to be done.
    pub within: i32,
    /// Its key in the menu of the record.
    #[serde(default)]
    pub key: Option<char>,
    /// One line of doc.
    pub help: String,
}

/// Says by which day, days since 1970, people are to do the first of what they owe a record, by a duty of its kind or
/// because nobody answers for what it owns, and what that is. Who they are is known in `method` alone.
pub type Owing = for<'k> fn(&World, &'k Kind, &Record) -> Option<(i32, &'k str)>;

/// One column of a list.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Column {
    /// A field or derived value, or `id`, `state`, `changed`.
    pub field: String,
    /// Heading, if not the field's label.
    #[serde(default)]
    pub label: Option<String>,
    /// Width in cells (the least, if it grows).
    pub width: u16,
    /// The column takes what is left.
    #[serde(default)]
    pub grow: bool,
    /// Columns with a high rank fold away first; 0 never does.
    #[serde(default)]
    pub rank: u8,
}

/// A word with its article: "a risk", "an asset".
pub fn one(word: &str) -> String {
    let article = if word.starts_with(['a', 'e', 'i', 'o']) {
        "an"
    } else {
        "a"
    };
    format!("{article} {word}")
}

impl Kind {
    /// The field with this name.
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|f| f.name == name)
    }

    /// The field with this tag.
    pub fn field_by_tag(&self, tag: Tag) -> Option<&Field> {
        self.fields.iter().find(|f| f.tag == tag)
    }

    /// The derived value with this name.
    pub fn derivation(&self, name: &str) -> Option<&Derived> {
        self.derived.iter().find(|d| d.name == name)
    }

    /// The field of this name, or what a figure of this name is like.
    pub fn shape(&self, name: &str) -> Option<&Field> {
        self.field(name).or_else(|| self.derivation(name)?.shape.as_deref())
    }

    /// The state with this id.
    pub fn state(&self, id: &str) -> Option<&StateDef> {
        self.states.iter().find(|s| s.id == id)
    }

    /// The state of a new record.
    pub fn first_state(&self) -> &str {
        self.states.first().map_or("active", |s| s.id.as_str())
    }

    /// The transitions that may start in a state.
    pub fn moves_from<'a>(&'a self, state: &'a str) -> impl Iterator<Item = &'a Transition> + 'a {
        self.transitions
            .iter()
            .filter(move |t| t.to != state && t.from.iter().any(|f| f == state || (f == "*" && state != RETIRED)))
    }

    /// The label that stands for a field, derived value or built-in column.
    pub fn label<'a>(&'a self, name: &'a str) -> &'a str {
        match name {
            "id" => "ID",
            "state" => "State",
            "changed" => "Changed",
            "created" => "Created",
            _ => self
                .field(name)
                .map(|f| f.label.as_str())
                .or_else(|| self.derivation(name).map(|d| d.label.as_str()))
                .unwrap_or(name),
        }
    }
}
