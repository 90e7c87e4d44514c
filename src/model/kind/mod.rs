//! What a kind of record is, read from `data/registers/*.toml`: its names and place, its fields, columns, states,
//! transitions, rights and rules. Nothing here knows a particular kind: a new register is one more file.

mod catalogue;
mod check;
mod filter;
mod grid;
mod method;
pub mod own;
mod triage;
mod trigger;

pub use catalogue::{Catalogue, DataError, DataFile, KindIx, parse};
pub use filter::Filter;
pub use grid::{GridFault, check_grid};
pub use method::{Decided, Level, Method, Quantities, Scale, Shape, Tolerated};
pub use triage::{Decision, Makes, Triage};
pub use trigger::{Step, Trigger};

use super::record::Record;
use super::value::Value;
use super::world::World;
use serde::{Deserialize, Serialize};
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

/// The closed set of field types. Each has one form, one CSV and JSON shape, one order, one diff and one merge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FieldType {
    /// One line of text.
    Line,
    /// Text of many lines.
    Text,
    /// Yes or no.
    Bool,
    /// A whole number.
    Integer,
    /// A number.
    Decimal,
    /// A share, stored 0..1, shown as %.
    Percent,
    /// An amount in minor units with its ISO 4217 currency.
    Money,
    /// A level of a scale of the method in force; an unknown label is kept as given.
    Scale,
    /// One of the choices that the field names.
    Choice,
    /// A day.
    Date,
    /// A moment, UTC.
    Time,
    /// Hours.
    Duration,
    /// A distribution: constant, uniform, triangular, PERT, lognormal or normal.
    Range,
    /// A set of words; closed if the field names choices.
    Tags,
    /// A link to one record.
    Link,
    /// Links to many records, each with the attributes that the field names.
    Links,
    /// Rows with an id of their own: tasks, items.
    Rows,
    /// A file kept beside the store, by its SHA-256.
    File,
}

/// When the absence of a value matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Need {
    /// Never.
    #[default]
    No,
    /// Saving without it is refused.
    Save,
    /// It is listed as a gap.
    Gap,
}

/// One field.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Field {
    /// Its number in the stored form.
    pub tag: Tag,
    /// Its name in snake case: command line, query, CSV, JSON.
    pub name: String,
    /// Its name as a person reads it.
    pub label: String,
    /// Its type.
    #[serde(rename = "type")]
    pub kind: FieldType,
    /// What belongs here, with units and range.
    pub help: String,
    /// The clauses of ISO/IEC 27001:2022 that it answers, if it answers one by itself.
    #[serde(default)]
    pub clause: String,
    /// The key after `c` that changes it in the list.
    #[serde(default)]
    pub key: Option<char>,
    /// Other names under which imports know it.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// Whether it must be there.
    #[serde(default)]
    pub required: Need,
    /// The value of a new record, as a person would type it.
    #[serde(default)]
    pub default: Option<String>,
    /// The choices of a choice, or of closed tags.
    #[serde(default)]
    pub choices: Vec<Choice>,
    /// The choices are not named here but are all that is known of a sort: `methods`.
    #[serde(default)]
    pub offers: Option<Offer>,
    /// For a scale: which of the method's scales (`likelihood`, `impact`, `level`) or a plain scale by id.
    #[serde(default)]
    pub scale: Option<String>,
    /// For links: the kinds that may be named, by name. Empty: any.
    #[serde(default)]
    pub target: Vec<String>,
    /// For links: how the other end names this link ("Risks on this asset").
    #[serde(default)]
    pub inverse: Option<String>,
    /// For links with attributes and for rows: the fields of each.
    #[serde(default)]
    pub fields: Vec<Field>,
    /// Smallest number, or fewest characters.
    #[serde(default)]
    pub min: Option<f64>,
    /// Largest number, or most characters.
    #[serde(default)]
    pub max: Option<f64>,
    /// The calendar shows this date as something to do: the words for it ("review").
    #[serde(default)]
    pub due: Option<String>,
    /// The states in which that date is something to do. Empty: all that are open.
    #[serde(default)]
    pub due_in: Vec<String>,
    /// For a date that recurs: the readonly date field that keeps the first day of the series, so that the end of a
    /// month stays the end of a month.
    #[serde(default)]
    pub series: Option<String>,
    /// Only the program writes it.
    #[serde(default)]
    pub readonly: bool,
    /// Which group of the form it stands in; empty continues the group above.
    #[serde(default)]
    pub group: Option<String>,
}

/// A sort of things that a choice field offers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Offer {
    /// The methods of assessment, those that the organisation adopted included.
    Methods,
}

/// How good it is what a word says; screens colour by it, and never by colour alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Tone {
    /// As it should be.
    Good,
    /// Somebody should look.
    Warn,
    /// Somebody must act.
    Bad,
}

/// One choice of a choice field.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Choice {
    /// What is stored.
    pub id: String,
    /// What a person reads.
    pub label: String,
    /// Other words that mean it.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// How good it is, where that is to be seen.
    #[serde(default)]
    pub tone: Option<Tone>,
}

/// A value worked out from others, never stored.
#[derive(Debug, Clone, Deserialize)]
pub struct Derived {
    /// Its name in snake case; queries, columns and JSON know it like a field.
    pub name: String,
    /// Its name as a person reads it.
    pub label: String,
    /// One line: what it says.
    pub help: String,
    /// The calendar shows this derived date as something to do: the words for it ("exercise").
    #[serde(default)]
    pub due: Option<String>,
    /// How it is worked out.
    #[serde(flatten)]
    pub from: Derivation,
    /// What a figure is like, in the shape of a field, so that it is shown, compared and ordered as one.
    #[serde(skip)]
    pub shape: Option<Box<Field>>,
}

/// The ways of working out a value.
#[derive(Debug, Clone, Deserialize)]
#[serde(tag = "from", rename_all = "kebab-case")]
pub enum Derivation {
    /// The cell of the method's matrix at two scale fields of the record.
    Matrix {
        /// Name of the likelihood field.
        likelihood: String,
        /// Name of the impact field.
        impact: String,
        /// Names of the two fields of the first step of a method with two, initiation and adverse impact, from which
        /// the likelihood follows where they are given.
        #[serde(default)]
        step: Option<(String, String)>,
    },
    /// The largest of several scale or integer fields.
    Max {
        /// Names of the fields.
        of: Vec<String>,
    },
    /// How many records link here through a field of a kind.
    Count {
        /// The linking kind.
        kind: String,
        /// Its link field.
        field: String,
        /// A link field of its own: what it names counts as well, once.
        #[serde(default)]
        also: Option<String>,
        /// Only those for which this query holds. Empty: all that are not retired.
        #[serde(default, rename = "where")]
        filter: Filter,
    },
    /// A value of the latest record that links here through a field of a kind.
    Latest {
        /// The linking kind.
        kind: String,
        /// Its link field.
        field: String,
        /// Its date by which the latest is found.
        date: String,
        /// Its field whose value is taken.
        value: String,
        /// Only those for which this query holds.
        #[serde(default, rename = "where")]
        filter: Filter,
    },
    /// A value of the record that a link field names.
    Of {
        /// The link field of this record.
        link: String,
        /// The field or derived value of the other.
        value: String,
    },
    /// `valid`, `expiring` or `expired`, by a date until which something holds.
    Validity {
        /// The date field.
        until: String,
        /// Days before the end at which it is `expiring`.
        #[serde(default = "thirty")]
        soon: i32,
    },
    /// The day on which something is due again: so many months after the latest linked record, or after a date of
    /// this record where there is none.
    Lapse {
        /// The linking kind.
        kind: String,
        /// Its link field.
        field: String,
        /// Its date.
        date: String,
        /// Only those for which this query holds.
        #[serde(default, rename = "where")]
        filter: Filter,
        /// The integer field of this record with the months between two.
        months: String,
        /// The date field of this record from which the first is counted. Empty: the day of creation.
        #[serde(default)]
        since: String,
    },
    /// `green`, `amber` or `red`: the values of the linked records in their order against three bounds, with
    /// hysteresis: worse at once, better only past the bound by so much (domain 3h).
    Band {
        /// The linking kind.
        kind: String,
        /// Its link field.
        field: String,
        /// Its date.
        date: String,
        /// Its value.
        value: String,
        /// The choice field of this record: `higher-is-better` or `lower-is-better`.
        direction: String,
        /// The decimal field with the bound beyond which it is no longer green.
        amber: String,
        /// The decimal field with the bound beyond which it is red.
        red: String,
        /// The decimal field by which a bound must be passed back.
        hysteresis: String,
    },
    /// The share of the way from a baseline to a target that a value has gone, 0..1 and beyond.
    Attainment {
        /// The value: a field or derived value of this record.
        value: String,
        /// The decimal field with the value at the beginning.
        baseline: String,
        /// The decimal field with the value that is wanted.
        target: String,
    },
    /// `on-track`, `at-risk`, `missed` or `met`: an attainment against the time that has passed, and the band of what
    /// is measured: what is red is never on track.
    Pace {
        /// The derived attainment of this record.
        attainment: String,
        /// The date field at which time begins. Empty: the day of creation.
        #[serde(default)]
        since: String,
        /// The date field by which the target is to be reached.
        until: String,
        /// A derived band, of this record or by `Of` of its metric. Empty: none.
        #[serde(default)]
        band: String,
    },
    /// The earliest of the record's own dates that are marked `due`, and of its open rows' dates.
    Due,
    /// How many open rows of a field have a day behind them by which they were due.
    Late {
        /// The field of rows.
        of: String,
    },
    /// A figure that the methods work out ([`Figures`]): an expected loss, an inherited level, what a control is worth.
    Figure {
        /// The type of its value, as of a field.
        #[serde(rename = "type")]
        kind: FieldType,
        /// For a scale: as in [`Field`].
        #[serde(default)]
        scale: Option<String>,
        /// The fields of the record below which it stands; it may follow from others too.
        of: Vec<String>,
    },
}

/// Works out the figures that kinds declare ([`Derivation::Figure`]), by the name of the kind and of the value. What
/// they are is known in `method` alone, which looks at the records as everything does.
pub type Figures = fn(&World, &Kind, &Record, &str) -> Option<Value>;

fn thirty() -> i32 {
    30
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

/// Whether work is still to be done on a record in this state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Class {
    /// Somebody still has to do something.
    Open,
    /// Done, or put away.
    Closed,
}

/// One state.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StateDef {
    /// What is stored and typed.
    pub id: String,
    /// Open or closed.
    pub class: Class,
    /// Whether it is a good or a bad one to be in. Without it, what is closed is quiet.
    #[serde(default)]
    pub tone: Option<Tone>,
    /// One line: what it means.
    #[serde(default)]
    pub help: String,
}

/// Whether a move asks for a reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ask {
    /// Not asked.
    #[default]
    No,
    /// May be given.
    Optional,
    /// Must be given.
    Required,
}

/// A move from some states to another.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Transition {
    /// A verb in kebab case; with the kind's name it is the action: `risk.accept`.
    pub name: String,
    /// What a person reads: "Accept".
    pub label: String,
    /// Where it may start; `*` is every state but retired.
    pub from: Vec<String>,
    /// Where it ends; `=` stays where it is.
    pub to: String,
    /// Who may, as in [`Rights`].
    pub who: Vec<String>,
    /// Whose work this judges, and who therefore may not: `author` (who created the record), `move:NAME` (who last
    /// made that transition), or a link field to persons or roles.
    #[serde(default)]
    pub separate: Vec<String>,
    /// Fields that are asked for when it is made.
    #[serde(default)]
    pub asks: Vec<String>,
    /// Fields that it writes, readonly ones too: `today`, `now`, `me`, `+1` (adds), `copy:FIELD`,
    /// `figure:NAME` (what is worked out under that name, where it comes to something), `clear`,
    /// `summary` (what the registers say, for the inputs of a review), `clocks` (the clocks of the law for an incident), `months:FIELD` (the next day of the date's own series, so many months apart as the integer field says, later
    /// than today; where it is empty as the method says by which it is judged, else 12), `+12m` (so long after today), or a value as typed.
    #[serde(default)]
    pub sets: BTreeMap<String, String>,
    /// What is said where it takes figures and none of them comes to anything.
    #[serde(default)]
    pub lacks: String,
    /// Fields that it fills in where nothing is said: as `sets`, and `of:LINK.FIELD` (what the linked record says)
    /// or `by:FIELD=a|b|c` (by the level of a scale field, the lowest first). What it also asks for is proposed so.
    #[serde(default)]
    pub fills: BTreeMap<String, String>,
    /// A record of another kind that comes into being with it in the screen.
    #[serde(default)]
    pub makes: Option<Makes>,
    /// Whether a reason is asked for.
    #[serde(default)]
    pub reason: Ask,
    /// An approval, acceptance or verification: undone only by a transition back, never by undo.
    #[serde(default)]
    pub signoff: bool,
    /// Its key in the menu of the record.
    #[serde(default)]
    pub key: Option<char>,
    /// One line of doc.
    pub help: String,
}

/// When a rule speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Moment {
    /// Saving is refused.
    Save,
    /// The move is refused until it holds.
    Transition,
    /// It is listed, never refused.
    Gap,
}

/// A rule about the records of a kind.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// Its name, shown with the message ("I7").
    pub id: String,
    /// When it speaks.
    pub moment: Moment,
    /// For moment `transition`: the names of the transitions that ask for it. Empty: all.
    #[serde(default)]
    pub on: Vec<String>,
    /// It concerns records for which this query holds. Empty: all.
    #[serde(default)]
    pub when: String,
    /// This query must hold for them (or `check` names a coded rule).
    #[serde(default)]
    pub must: String,
    /// A rule that needs arithmetic or a walk over links, by name in `model/rules.rs`.
    #[serde(default)]
    pub check: Option<String>,
    /// The field that the message is shown beside.
    #[serde(default)]
    pub field: Option<String>,
    /// What mends it where no field does: a transition, or `new KIND`.
    #[serde(default)]
    pub mend: Option<String>,
    /// What the person reads; `{id}`, `{title}` and `{field_name}` are filled in. Names the remedy.
    pub message: String,
}

impl Transition {
    /// Whether the record stands after it where it stood before.
    pub fn stays(&self) -> bool {
        self.to == STAYS
    }

    /// The state in which a record stands after it.
    pub fn end<'a>(&'a self, state: &'a str) -> &'a str {
        if self.stays() { state } else { &self.to }
    }

    /// Under what it is remembered who made it last: the state that it enters, or its own name where it enters none.
    pub fn mark(&self) -> String {
        if self.stays() {
            format!("={}", self.name)
        } else {
            self.to.clone()
        }
    }
}

impl Field {
    /// A field that is not stored: a name, a label and a type.
    fn plain(name: &str, label: &str, kind: FieldType, help: &str) -> Self {
        Self {
            tag: 0,
            name: name.to_owned(),
            label: label.to_owned(),
            kind,
            help: help.to_owned(),
            clause: String::new(),
            key: None,
            aliases: Vec::new(),
            required: Need::No,
            default: None,
            choices: Vec::new(),
            offers: None,
            scale: None,
            target: Vec::new(),
            inverse: None,
            fields: Vec::new(),
            min: None,
            max: None,
            due: None,
            due_in: Vec::new(),
            series: None,
            readonly: true,
            group: None,
        }
    }

    /// The choice that a word means: id, label or alias, without regard to case.
    pub fn choice(&self, word: &str) -> Option<&Choice> {
        let w = word.trim().to_lowercase();
        self.choices
            .iter()
            .find(|c| c.id == w || c.label.to_lowercase() == w || c.aliases.iter().any(|a| a.to_lowercase() == w))
    }

    /// Whether it holds links, one or many.
    pub fn is_link(&self) -> bool {
        matches!(self.kind, FieldType::Link | FieldType::Links)
    }
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
