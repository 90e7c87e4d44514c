//! How a figure came to be: the formula, what it was worked out from, and the records that say so. One tree for the
//! screen, the command line and a report.

mod asset;
mod continuity;
mod control;
mod evidence;
mod indicator;
mod looked;
mod risk;
mod spend;
mod total;

use crate::model::codec;
use crate::model::derive;
use crate::model::kind::{Derivation, Derived, Kind};
use crate::model::record::{Id, Record};
use crate::model::value::Value;
use crate::model::world::World;

/// One step: what it is called, what it comes to, and what that follows from.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Step {
    /// What it is called.
    pub label: String,
    /// What it comes to, as a person reads it.
    pub value: String,
    /// The formula or the rule, with its source; or a remark.
    pub note: String,
    /// The record that says so.
    pub record: Option<Id>,
    /// What it follows from.
    pub from: Vec<Step>,
}

impl Step {
    /// A step.
    pub fn new(label: impl Into<String>, value: impl Into<String>) -> Self {
        Self {
            label: label.into(),
            value: value.into(),
            ..Self::default()
        }
    }

    /// With a formula, a rule or a remark.
    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.note = note.into();
        self
    }

    /// Said by a record.
    #[must_use]
    pub fn by(mut self, id: &Id) -> Self {
        self.record = Some(id.clone());
        self
    }

    /// Following from other steps.
    #[must_use]
    pub fn from(mut self, steps: impl IntoIterator<Item = Self>) -> Self {
        self.from.extend(steps);
        self
    }
}

/// How each value of a record that is worked out came to be; what comes to nothing is left out.
pub fn all(w: &World, kind: &Kind, record: &Record) -> Vec<(String, Step)> {
    let told = kind
        .derived
        .iter()
        .filter_map(|d| Some((d.name.clone(), step(w, kind, record, d)?)));
    told.collect()
}

/// How a value of a record came to be, by its name; none if it comes to nothing or is no value that is worked out.
pub fn explain(w: &World, kind: &Kind, record: &Record, name: &str) -> Option<Step> {
    step(w, kind, record, kind.derivation(name)?)
}

fn step(w: &World, kind: &Kind, record: &Record, derived: &Derived) -> Option<Step> {
    let Some(value) = w.value(kind, record, &derived.name) else {
        let why = control::lacks(w, kind, record, &derived.name)?;
        return Some(Step::new(derived.label.clone(), "n/a").note(why));
    };
    let shown = codec::show(w, kind, Some(record), &derived.name, &value);
    let step = Step::new(derived.label.clone(), shown).note(derived.help.clone());
    let told = match (&derived.from, kind.name.as_str()) {
        (Derivation::Figure { .. }, "risk") => risk::of(w, record, &derived.name),
        (Derivation::Figure { .. }, "control") => control::of(w, record, &derived.name),
        (Derivation::Figure { .. }, "treatment-plan") => control::of_plan(w, record, &derived.name),
        (Derivation::Figure { .. }, "asset") => asset::of(w, record, &derived.name),
        (Derivation::Figure { .. }, "continuity-process") => continuity::of(w, record),
        (Derivation::Figure { .. }, "method" | "scope") => Some(looked::of(w, record)),
        (Derivation::Figure { .. }, "organisation") => Some(total::of(w, &derived.name)),
        _ => None,
    };
    Some(match told {
        Some((note, from)) => step.note(note).from(from),
        None => step.from(sources(w, kind, record, derived)),
    })
}

/// The fields of the record from which a plain derived value follows.
fn sources(w: &World, kind: &Kind, record: &Record, derived: &Derived) -> Vec<Step> {
    let method = matches!(derived.from, Derivation::Matrix { .. }).then(|| w.method(kind, Some(record)));
    let method = method
        .flatten()
        .map(|m| Step::new("Method", m.name.clone()).note(m.source.clone()));
    derive::sources(kind, &derived.from)
        .into_iter()
        .filter_map(|name| Some(given(w, kind, record, name)).filter(|s| !s.value.is_empty()))
        .chain(method)
        .collect()
}

/// A field as the record gives it.
fn given(w: &World, kind: &Kind, record: &Record, name: &str) -> Step {
    let value = w.value(kind, record, name);
    let text = value
        .map(|v| codec::show(w, kind, Some(record), name, &v))
        .unwrap_or_default();
    Step::new(kind.label(name), text).by(&record.id)
}

/// An amount of money as it is read.
fn money(w: &World, major: f64) -> String {
    let value = super::read::amount(major, w.currency());
    codec::figure(&value)
}

/// A number to three digits.
fn number(v: f64) -> String {
    codec::figure(&Value::Num(v))
}

/// A share in percent.
fn percent(v: f64) -> String {
    format!("{} %", codec::figure(&Value::Num(v * 100.0)))
}

/// A record as the label of a step.
fn named(record: &Record) -> Step {
    Step::new(format!("{} {}", record.id, record.title()), "").by(&record.id)
}
