//! What takes the ground from assessments: a change of some fields of a record, and the ways from there to the risks that
//! rest on it.

use super::{Catalogue, FieldType, Kind, Tag};
use serde::Deserialize;

/// A trigger of a kind.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Trigger {
    /// The fields whose change counts; `state` is one.
    pub fields: Vec<String>,
    /// For choices and states: only a change to one of these counts. Empty: every change.
    #[serde(default)]
    pub to: Vec<String>,
    /// For numbers: only a rise by at least so much counts.
    #[serde(default)]
    pub rises: Option<f64>,
    /// The ways to what rests on it, each a walk of steps: `out:FIELD` to what a link names, `in:KIND.FIELD` to what links
    /// here; with `*` behind it as often as it goes, where one stands included.
    pub reach: Vec<Vec<String>>,
    /// Days within which the assessment is made again.
    pub within: i32,
}

/// One step of a way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step<'t> {
    /// To what a link field of the record names.
    Out(&'t str),
    /// To the records of a kind that link here through a field.
    In(&'t str, &'t str),
}

impl Trigger {
    /// A step in parts, and whether it is gone as often as it goes.
    pub fn step(text: &str) -> Option<(Step<'_>, bool)> {
        let (text, again) = text.strip_suffix('*').map_or((text, false), |t| (t, true));
        let step = match text.split_once(':')? {
            ("out", field) => Step::Out(field),
            ("in", rest) => {
                let (kind, field) = rest.split_once('.')?;
                Step::In(kind, field)
            }
            _ => return None,
        };
        Some((step, again))
    }

    /// What is wrong with it.
    pub(super) fn check(&self, c: &Catalogue, kind: &Kind) -> Result<(), String> {
        for name in &self.fields {
            kind.field(name).ok_or(format!("{} has no field '{name}'", kind.name))?;
        }
        for text in self.reach.iter().flatten() {
            let wrong = || format!("'{text}' is no step: write out:FIELD or in:KIND.FIELD");
            if let (Step::In(other, field), _) = Self::step(text).ok_or_else(wrong)? {
                let there = c.kind(other).and_then(|k| k.field(field));
                there.filter(|f| f.is_link()).ok_or_else(wrong)?;
            }
        }
        Ok(())
    }

    /// The tags of its fields, with their labels.
    pub fn tags<'k>(&self, kind: &'k Kind) -> impl Iterator<Item = (Tag, &'k str, FieldType)> {
        let fields = self.fields.iter().filter_map(|name| kind.field(name));
        fields.map(|f| (f.tag, f.label.as_str(), f.kind))
    }
}
