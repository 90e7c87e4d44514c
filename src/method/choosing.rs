//! How another method comes into force: the record that says by which one is judged, and the draft by which it says
//! another. What stands approved is not rewritten: it gets a next version.

use crate::model::change::{Draft, Edit};
use crate::model::derive::Axes;
use crate::model::kind::{Kind, Method, Offer, STATE};
use crate::model::record::Record;
use crate::model::value::Value;
use crate::model::world::World;
use std::sync::Arc;

/// The action by which a method is chosen.
pub const CHOOSE: &str = "method.choose";

/// A draft by which a method is chosen.
#[derive(Debug, Clone)]
pub struct Choice {
    /// What it does, in words: "choose it in ME-0002".
    pub words: String,
    /// The draft.
    pub draft: Draft,
}

/// How a method comes to be chosen: by the record that is named, if others are judged by what it says; else by the
/// criteria in force for the organisation, else by the organisation itself. None where nobody can say so.
pub fn choose(w: &World, named: Option<&Arc<Record>>, method: &Method) -> Option<Choice> {
    let judged = w
        .catalogue
        .kinds
        .iter()
        .find(|k| k.field("method").is_some() && is_judged(k));
    let says = |r: &&Arc<Record>| w.kind(&r.id).is_some_and(chooses);
    let named = named.and_then(|r| w.find(&r.id)).filter(says);
    let record = named
        .or_else(|| w.criteria(judged?, None))
        .or_else(|| w.organisation())?;
    let (ix, kind) = (w.catalogue.kind_of(&record.id)?, w.kind(&record.id)?);
    let chosen = (field(kind)?.tag, Some(Value::Text(method.id.clone())));
    let version = kind.field("version").map(|f| f.tag);
    let settled = record.state() != kind.first_state();
    let (words, edit) = match version.filter(|_| settled) {
        None => {
            let mut edit = Edit::of(record);
            edit.set.push(chosen);
            (format!("choose it in {}", record.id), edit)
        }
        Some(version) => {
            let next = match record.get(version) {
                Some(Value::Int(n)) => n + 1,
                _ => 2,
            };
            let mut edit = Edit::new(ix);
            let kept = record.values.iter().filter(|(tag, _)| {
                let writes = kind.field_by_tag(*tag).is_some_and(|f| !f.readonly);
                writes && ![STATE, chosen.0, version].contains(tag)
            });
            edit.set.extend(kept.map(|(tag, v)| (*tag, Some(v.clone()))));
            edit.set.extend([chosen, (version, Some(Value::Int(next)))]);
            (format!("draft version {next} of {} with it", record.id), edit)
        }
    };
    let mut draft = Draft::new(CHOOSE);
    draft.edits.push(edit);
    Some(Choice { words, draft })
}

/// Whether records of a kind say by which method others are judged.
pub fn chooses(kind: &Kind) -> bool {
    !is_judged(kind) && field(kind).is_some()
}

fn is_judged(kind: &Kind) -> bool {
    !Axes::all(kind).is_empty()
}

fn field(kind: &Kind) -> Option<&crate::model::kind::Field> {
    kind.fields.iter().find(|f| f.offers == Some(Offer::Methods))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::builtin;
    use crate::model::change::Target;
    use crate::model::record::Id;
    use crate::model::state::State;

    #[test]
    fn what_stands_gets_a_next_version_and_a_draft_is_written_on() {
        let c = builtin::catalogue().unwrap();
        let method = c.method("matrix-3x3").unwrap();
        let made = |id: &str, fields: &[(&str, Value)]| {
            let id = Id::from(id);
            let ix = c.kind_of(&id).unwrap();
            let mut r = Record::new(id);
            for (name, value) in fields {
                let tag = match *name {
                    "state" => STATE,
                    name => c.kinds[ix].field(name).unwrap().tag,
                };
                r.set(tag, Some(value.clone()));
            }
            (ix, Arc::new(r))
        };
        let text = |t: &str| Value::Text(t.to_owned());
        let ours = made("ORG-0001", &[("state", text("active")), ("title", text("Us"))]);
        let criteria = |id: &str, state: &str| {
            made(
                id,
                &[
                    ("state", text(state)),
                    ("title", text("Criteria")),
                    ("version", Value::Int(3)),
                    ("effective_on", Value::Date(7)),
                    ("appetite", text("low")),
                ],
            )
        };
        let me = Id::from("P-0001");
        let ask = |records: Vec<(usize, Arc<Record>)>, named: Option<&str>| {
            let state = State::of(&c, records);
            let w = World {
                catalogue: &c,
                state: &state,
                today: 0,
                now: 0,
                me: &me,
            };
            let named = named.and_then(|id| w.find(&Id::from(id)));
            let choice = choose(&w, named, method).unwrap();
            let edit = choice.draft.edits[0].clone();
            (choice.words, edit.target, edit.set)
        };
        let (words, target, set) = ask(vec![ours.clone()], None);
        assert_eq!((words.as_str(), set.len()), ("choose it in ORG-0001", 1));
        assert_eq!(target, Target::Old(Id::from("ORG-0001")));
        let both = vec![ours, criteria("ME-0001", "in-force"), criteria("ME-0002", "draft")];
        assert_eq!(ask(both.clone(), Some("ME-0002")).0, "choose it in ME-0002");
        // the organisation has criteria in force: they are meant where nothing is named
        let (words, target, set) = ask(both, None);
        assert_eq!(words, "draft version 4 of ME-0001 with it");
        assert!(matches!(target, Target::New(..)), "{target:?}");
        let kind = c.kind("method").unwrap();
        let tag = |name: &str| kind.field(name).unwrap().tag;
        let of = |name: &str| set.iter().find(|(t, _)| *t == tag(name)).and_then(|(_, v)| v.clone());
        assert_eq!(of("model"), Some(text("matrix-3x3")));
        assert_eq!(
            (of("version"), of("appetite")),
            (Some(Value::Int(4)), Some(text("low")))
        );
        assert_eq!(of("effective_on"), None, "what a move writes is not copied");
    }
}
