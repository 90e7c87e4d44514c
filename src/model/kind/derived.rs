//! What follows from a record and is never stored: the ways of working it out.

use super::{Field, FieldType, Filter, Kind};
use crate::model::record::Record;
use crate::model::value::Value;
use crate::model::world::World;
use serde::Deserialize;

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
