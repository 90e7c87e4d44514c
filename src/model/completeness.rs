//! Whether the assessment of risks is complete: every key asset has a scenario or a reasoned exclusion for each property
//! that it may lose, and every layer and every domain was looked at.

use super::kind::{Field, Kind};
use super::record::{Id, Record};
use super::value::Value;
use super::world::World;
use std::collections::BTreeSet;

/// The rows by which something is left out with a reason: of an asset a property, of the organisation a layer or domain.
const LEFT_OUT: &str = "left_out";

/// Something at which nobody has looked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Missing {
    /// A key asset without a scenario for a property, by the id of the choice.
    Property(Id, String),
    /// A layer or a domain without a risk, as a person reads it.
    Place(String),
}

/// How far an assessment has come.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Completeness {
    /// How many pairs of key asset and property, layers and domains there are.
    pub all: usize,
    /// Those at which nobody has looked.
    pub missing: Vec<Missing>,
}

impl Completeness {
    /// The share that was looked at, 0 to 1; of nothing it is all.
    pub fn share(&self) -> f64 {
        match self.all {
            0 => 1.0,
            all => (all - self.missing.len()) as f64 / all as f64,
        }
    }
}

/// How far the assessment of the organisation has come.
pub fn completeness(w: &World) -> Completeness {
    let mut done = Completeness::default();
    for asset in w.live("asset").filter(|a| is_key(w, a)) {
        done.all += choices(w, "properties").len();
        let lacks = properties(w, asset).into_iter();
        done.missing
            .extend(lacks.map(|p| Missing::Property(asset.id.clone(), p)));
    }
    done.all += choices(w, "layers").len() + choices(w, "domain").len();
    done.missing.extend(places(w).into_iter().map(Missing::Place));
    done
}

/// Whether an asset is a key asset: what it is worth, with what it inherits, or its outage reaches what the organisation
/// calls key.
fn is_key(w: &World, asset: &Record) -> bool {
    let kind = w.kind(&asset.id);
    let value = kind.and_then(|k| w.value(k, asset, "key_asset"));
    value.is_some_and(|v| *v == Value::Bool(true))
}

/// The choices of a field of risks: id and label.
fn choices<'a>(w: &World<'a>, field: &str) -> Vec<(&'a str, &'a str)> {
    let field = w.catalogue.kind("risk").and_then(|k| k.field(field));
    let choices = field.into_iter().flat_map(|f| &f.choices);
    choices.map(|c| (c.id.as_str(), c.label.as_str())).collect()
}

/// The words that a record leaves out with a reason.
fn left_out<'r>(kind: &Kind, record: &'r Record) -> BTreeSet<&'r str> {
    let field = kind.field(LEFT_OUT);
    let tag = |name: &str| {
        field
            .and_then(|f| f.fields.iter().find(|c| c.name == name))
            .map(|f: &Field| f.tag)
    };
    let (what, reason) = (tag("what"), tag("reason"));
    let rows = field
        .and_then(|f| record.get(f.tag))
        .map(Value::as_rows)
        .unwrap_or_default();
    let reasoned = rows
        .iter()
        .filter(|row| row.cells.iter().any(|(t, _)| Some(*t) == reason));
    let whats = reasoned.flat_map(|row| row.cells.iter().filter(|(t, _)| Some(*t) == what));
    whats.filter_map(|(_, v)| v.as_text()).collect()
}

/// The properties of an asset for which no risk tells how it is lost, and which are not left out with a reason.
pub fn properties(w: &World, asset: &Record) -> Vec<String> {
    let (Some(kind), Some(risk)) = (w.kind(&asset.id), w.catalogue.kind("risk")) else {
        return Vec::new();
    };
    let (Some(assets), Some(hurts)) = (risk.field("assets"), risk.field("properties")) else {
        return Vec::new();
    };
    let mut seen = left_out(kind, asset);
    let linked = w.state.inbound(&asset.id).filter(|(_, tag)| *tag == assets.tag);
    let risks = linked.filter_map(|(id, _)| w.find(id)).filter(|r| !r.is_retired());
    let hurt = risks.filter_map(|r| r.get(hurts.tag)).flat_map(Value::as_tags);
    seen.extend(hurt.map(String::as_str));
    let all = choices(w, "properties").into_iter();
    all.filter(|(id, _)| !seen.contains(id))
        .map(|(id, _)| id.to_owned())
        .collect()
}

/// The layers and domains in which no risk is, and which are not left out with a reason, as a person reads them.
pub fn places(w: &World) -> Vec<String> {
    let Some(risk) = w.catalogue.kind("risk") else {
        return Vec::new();
    };
    let ours = w.organisation();
    let left: BTreeSet<&str> = ours.and_then(|o| Some(left_out(w.kind(&o.id)?, o))).unwrap_or_default();
    let mut seen: BTreeSet<(&str, String)> = BTreeSet::new();
    for r in w.live("risk") {
        for field in ["layers", "domain"] {
            let value = risk.field(field).and_then(|f| r.get(f.tag));
            let words = value.map(Value::as_tags).unwrap_or_default().iter().map(String::as_str);
            seen.extend(
                words
                    .chain(value.and_then(Value::as_text))
                    .map(|t| (field, t.to_owned())),
            );
        }
    }
    let mut missing = Vec::new();
    for (field, word) in [("layers", "layer"), ("domain", "domain")] {
        for (id, label) in choices(w, field) {
            let stands = seen.contains(&(field, id.to_owned())) || left.contains(format!("{word}-{id}").as_str());
            if !stands {
                missing.push(format!("{word} {}", label.to_lowercase()));
            }
        }
    }
    missing
}

/// Properties in words: "confidentiality, availability".
pub fn named(w: &World, properties: &[String]) -> String {
    let all = choices(w, "properties");
    let name = |id: &String| {
        all.iter()
            .find(|(c, _)| c == id)
            .map_or(id.clone(), |(_, l)| l.to_lowercase())
    };
    properties.iter().map(name).collect::<Vec<_>>().join(", ")
}
