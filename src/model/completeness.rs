//! Whether the assessment of risks is complete, of the organisation or of a scope: every key asset has a scenario or a
//! reasoned exclusion for each property that it may lose, and every layer and every domain was looked at.

use super::kind::{Field, Kind, Tag};
use super::record::{Id, Record};
use super::value::Value;
use super::world::World;
use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;

/// The rows by which something is left out with a reason: of an asset a property, of the organisation or a scope a layer
/// or domain.
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

/// What an assessment is about: some scopes with all their parts, or the whole organisation.
#[derive(Debug, Clone, Default)]
pub struct Within {
    /// Nothing for the whole organisation.
    scopes: Option<BTreeSet<Id>>,
}

impl Within {
    /// These scopes with their parts; of none it is the whole organisation.
    pub fn of<'i>(w: &World, scopes: impl IntoIterator<Item = &'i Id>) -> Self {
        let parent = w.catalogue.kind("scope").and_then(|k| k.field("parent")).map(|f| f.tag);
        let mut next: Vec<Id> = scopes.into_iter().cloned().collect();
        let mut found = BTreeSet::new();
        while let Some(id) = next.pop() {
            let parts = w.state.inbound(&id).filter(|(_, tag)| Some(*tag) == parent);
            next.extend(parts.map(|(part, _)| part.clone()).filter(|p| !found.contains(p)));
            found.insert(id);
        }
        Self {
            scopes: (!found.is_empty()).then_some(found),
        }
    }

    /// Whether a record belongs to it; one that names no scope belongs to the whole, and so to every part.
    fn holds(&self, kind: &Kind, record: &Record) -> bool {
        let Some(scopes) = &self.scopes else { return true };
        let value = kind.field("scopes").and_then(|f| record.get(f.tag));
        let mut named = value.into_iter().flat_map(Value::ids).peekable();
        named.peek().is_none() || named.any(|id| scopes.contains(id))
    }

    /// Those who may say what is left out: the organisation, and the scopes.
    fn sayers<'a>(&self, w: &World<'a>) -> Vec<&'a Record> {
        let scopes = self.scopes.iter().flatten().filter_map(|id| w.find(id));
        w.organisation().into_iter().chain(scopes).map(AsRef::as_ref).collect()
    }
}

/// How far the assessment has come, where these assets are key.
pub fn completeness(w: &World, within: &Within, key: &HashSet<Id>) -> Completeness {
    let mut done = Completeness::default();
    let held = |r: &&Arc<Record>| w.kind(&r.id).is_some_and(|k| within.holds(k, r));
    for asset in w.live("asset").filter(held).filter(|a| key.contains(&a.id)) {
        done.all += choices(w, "properties").len();
        let lacks = properties(w, asset).into_iter();
        done.missing
            .extend(lacks.map(|p| Missing::Property(asset.id.clone(), p)));
    }
    done.all += choices(w, "layers").len() + choices(w, "domain").len();
    done.missing.extend(places(w, within).into_iter().map(Missing::Place));
    done
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
pub fn places(w: &World, within: &Within) -> Vec<String> {
    let Some(risk) = w.catalogue.kind("risk") else {
        return Vec::new();
    };
    let said = within.sayers(w).into_iter();
    let left: BTreeSet<&str> = said
        .filter_map(|o| Some(left_out(w.kind(&o.id)?, o)))
        .flatten()
        .collect();
    // by field: the choices that nothing names so far, and how a person reads them
    let mut lacks: Vec<(Tag, Vec<(&str, String)>)> = Vec::new();
    for (name, word) in [("layers", "layer"), ("domain", "domain")] {
        let Some(field) = risk.field(name) else { continue };
        let stand = field
            .choices
            .iter()
            .filter(|c| !left.contains(format!("{word}-{}", c.id).as_str()));
        let words = stand.map(|c| (c.id.as_str(), format!("{word} {}", c.label.to_lowercase())));
        lacks.push((field.tag, words.collect()));
    }
    for r in w.live("risk").filter(|r| within.holds(risk, r)) {
        for (tag, lacks) in &mut lacks {
            if let Some(value) = r.get(*tag) {
                let named = |id: &str| value.as_text() == Some(id) || value.as_tags().iter().any(|t| t == id);
                lacks.retain(|(id, _)| !named(id));
            }
        }
        // most registers have named them all long before their end
        if lacks.iter().all(|(_, lacks)| lacks.is_empty()) {
            break;
        }
    }
    lacks
        .into_iter()
        .flat_map(|(_, lacks)| lacks)
        .map(|(_, words)| words)
        .collect()
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

/// What an assessment is about that a record tells of: a scope of itself, criteria of the scopes that they are for.
pub fn within(w: &World, record: &Record) -> Within {
    let Some(kind) = w.kind(&record.id) else {
        return Within::default();
    };
    match kind.name.as_str() {
        "scope" => Within::of(w, [&record.id]),
        _ => {
            let value = kind.field("scopes").and_then(|f| record.get(f.tag));
            Within::of(w, value.into_iter().flat_map(Value::ids))
        }
    }
}
