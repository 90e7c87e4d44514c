//! What a record says in one place: the field types, and the fields of a kind with their choices.

use super::Tag;
use serde::{Deserialize, Serialize};

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

impl Field {
    /// A field of no kind, which is not stored: a name, a label and a type.
    pub(crate) fn plain(name: &str, label: &str, kind: FieldType, help: &str) -> Self {
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
