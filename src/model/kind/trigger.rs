//! What takes the ground from assessments, and what else follows of itself: a change of some fields of a record, or that
//! something comes to hold of it, be it by a change or because a day has come; and the ways from there to what rests on
//! it.

use super::{Catalogue, Derivation, FieldType, Filter, Kind, Makes, Tag};
use serde::Deserialize;

/// A trigger of a kind. What takes long to tell apart, a change and the passing of time, is the same to it: it looks at
/// the world before and at the world after.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Trigger {
    /// The fields and derived values whose change counts; `state` is one. Empty: it counts when `when` comes to hold.
    #[serde(default)]
    pub fields: Vec<String>,
    /// For which records it counts, as they are after the change or on the day.
    #[serde(default)]
    pub when: Filter,
    /// For numbers: only a rise by at least so much counts.
    #[serde(default)]
    pub rises: Option<f64>,
    /// A record that is added counts as well.
    #[serde(default)]
    pub added: bool,
    /// What it has to say, with `{field}` filled in: "ended on {expires}". Empty: what has changed.
    #[serde(default)]
    pub says: String,
    /// The ways to what rests on it, each a walk of steps: `out:FIELD` to what a link names, `in:KIND.FIELD` to what links
    /// here; with `*` behind it as often as it goes, where one stands included. A way without steps stays at the record.
    #[serde(default)]
    pub reach: Vec<Vec<String>>,
    /// Days within which it is looked at again.
    #[serde(default)]
    pub within: i32,
    /// The transition that the record makes by itself, from where it can be made.
    #[serde(default)]
    pub moves: Option<String>,
    /// A record of another kind that comes into being with it.
    #[serde(default)]
    pub makes: Option<Makes>,
    /// From where derived values come that it looks at: the kinds that link here, and their link fields.
    #[serde(skip)]
    pub(super) watched: Vec<(String, String)>,
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
            let known = kind.field(name).is_some() || kind.derivation(name).is_some();
            known
                .then_some(())
                .ok_or(format!("{} has no field '{name}'", kind.name))?;
        }
        if self.fields.is_empty() && (self.when.is_empty() || self.says.is_empty()) {
            return Err("name its fields, or give 'when' and what it 'says' when that comes to hold".to_owned());
        }
        for text in self.reach.iter().flatten() {
            let wrong = || format!("'{text}' is no step: write out:FIELD or in:KIND.FIELD");
            if let (Step::In(other, field), _) = Self::step(text).ok_or_else(wrong)? {
                let there = c.kind(other).and_then(|k| k.field(field));
                there.filter(|f| f.is_link()).ok_or_else(wrong)?;
            }
        }
        if let Some(name) = self
            .moves
            .as_ref()
            .filter(|m| !kind.transitions.iter().any(|t| t.name == **m))
        {
            return Err(format!("{} has no transition '{name}'", kind.name));
        }
        Ok(())
    }

    /// Reads its filter, and from where the derived values come at which it looks.
    pub(super) fn read(&mut self, c: &Catalogue, kind: &Kind) -> Result<(), String> {
        self.when = self.when.read(c, kind)?;
        let names = self
            .when
            .names()
            .into_iter()
            .chain(self.fields.iter().map(String::as_str));
        let from = |name: &str| match &kind.derivation(name)?.from {
            Derivation::Count { kind, field, .. }
            | Derivation::Latest { kind, field, .. }
            | Derivation::Lapse { kind, field, .. }
            | Derivation::Band { kind, field, .. } => Some((kind.clone(), field.clone())),
            _ => None,
        };
        self.watched = names.filter_map(from).collect();
        Ok(())
    }

    /// Whether something may come about by it in a record to which another, of this kind, links through this field.
    pub fn watches(&self, kind: &str, field: &str) -> bool {
        self.watched.iter().any(|(k, f)| k == kind && f == field)
    }

    /// Whether something may come about by it although nobody changes anything.
    pub fn is_timed(&self, kind: &Kind) -> bool {
        self.fields.is_empty() || self.fields.iter().any(|name| kind.field(name).is_none())
    }

    /// Its fields and derived values: name, tag where it is stored, label and type.
    pub fn values<'k>(&'k self, kind: &'k Kind) -> impl Iterator<Item = (&'k str, &'k str, Option<(Tag, FieldType)>)> {
        self.fields.iter().map(|name| {
            let stored = kind.field(name).map(|f| (f.tag, f.kind));
            (name.as_str(), kind.label(name), stored)
        })
    }
}
