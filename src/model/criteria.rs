//! Which criteria are in force for whom: the register `method` says by which method risks are judged, for a scope or
//! for the whole organisation.

use super::kind::{Kind, Tag};
use super::record::{Id, Record};
use super::value::Value;
use super::world::World;
use std::sync::Arc;

/// The state of criteria by which risks are judged.
const IN_FORCE: &str = "in-force";
/// So far up a tree of scopes is looked; it may be a ring.
const DEEP: usize = 32;

fn tag(kind: &Kind, name: &str) -> Option<Tag> {
    kind.field(name).map(|f| f.tag)
}

fn links(record: &Record, tag: Option<Tag>) -> impl Iterator<Item = &Id> {
    tag.and_then(|t| record.get(t)).into_iter().flat_map(|v| v.ids())
}

impl<'a> World<'a> {
    fn all_in_force(&self) -> impl Iterator<Item = &'a Arc<Record>> + use<'a> {
        self.live("method").filter(|r| r.state() == IN_FORCE)
    }

    /// Whether some scope has criteria of its own: only then it matters in which a record is.
    pub fn has_scoped_criteria(&self) -> bool {
        let scopes = self.catalogue.kind("method").and_then(|k| tag(k, "scopes"));
        self.all_in_force().any(|r| links(r, scopes).next().is_some())
    }

    /// The criteria in force for a record: those of its scope or of one above it, else those of the organisation; of
    /// several the latest version.
    pub fn criteria(&self, kind: &Kind, record: Option<&Record>) -> Option<&'a Arc<Record>> {
        let of = self.catalogue.kind("method")?;
        let (scopes, version) = (tag(of, "scopes"), tag(of, "version"));
        let later = |r: &&Arc<Record>| {
            let version = match version.and_then(|t| r.get(t)) {
                Some(Value::Int(n)) => *n,
                _ => 0,
            };
            (version, r.id.clone())
        };
        for scope in record.into_iter().flat_map(|r| links(r, tag(kind, "scopes"))) {
            let mut at = Some(scope.clone());
            for _ in 0..DEEP {
                let Some(here) = at.take() else { break };
                let meant = self.all_in_force().filter(|r| links(r, scopes).any(|s| *s == here));
                if let Some(found) = meant.max_by_key(later) {
                    return Some(found);
                }
                let parent = self.kind(&here).and_then(|k| tag(k, "parent"));
                at = self.find(&here).and_then(|r| links(r, parent).next().cloned());
            }
        }
        let whole = self.all_in_force().filter(|r| links(r, scopes).next().is_none());
        whole.max_by_key(later)
    }

    /// A level that bounds what is borne (`appetite`, `tolerance`) for a record, as its place on the scale of its method:
    /// as its criteria say, else as the organisation says, else as the method itself does.
    pub fn bound(&self, kind: &Kind, record: Option<&Record>, name: &str) -> Option<usize> {
        let method = self.method(kind, record)?;
        let scale = method.scale("level")?;
        let said = |r: &Arc<Record>| {
            let field = self.kind(&r.id)?.field(name)?;
            scale.position(r.text(field.tag))
        };
        let own = self.criteria(kind, record).and_then(said);
        own.or_else(|| self.organisation().and_then(said))
            .or_else(|| match name {
                "appetite" => method.appetite(),
                _ => method.tolerance(),
            })
    }

    /// Whether the current level of a record lies above what is borne for it without a decision, its appetite.
    pub fn is_above(&self, kind: &Kind, record: &Record) -> bool {
        let level = || {
            let scale = self.scale(kind, Some(record), "current_level")?;
            scale.position(self.value(kind, record, "current_level")?.as_text()?)
        };
        let appetite = || self.bound(kind, Some(record), "appetite");
        level()
            .zip(appetite())
            .is_some_and(|(level, appetite)| level > appetite)
    }
}

#[cfg(test)]
mod tests {
    use crate::model::builtin;
    use crate::model::kind::STATE;
    use crate::model::record::{Id, Record};
    use crate::model::state::State;
    use crate::model::value::{Link, Value};
    use crate::model::world::World;
    use std::sync::Arc;

    /// A record of a kind with texts and links by field name.
    fn made(
        w: &crate::model::kind::Catalogue,
        id: &str,
        texts: &[(&str, &str)],
        links: &[(&str, &str)],
    ) -> (usize, Arc<Record>) {
        let id = Id::from(id);
        let ix = w.kind_of(&id).unwrap();
        let tag = |name: &str| {
            if name == "state" {
                STATE
            } else {
                w.kinds[ix].field(name).unwrap().tag
            }
        };
        let mut r = Record::new(id);
        for (name, text) in texts {
            r.set(tag(name), Some(Value::Text((*text).to_owned())));
        }
        for (name, to) in links {
            let to = Id::from(*to);
            let many = Value::Links(vec![Link {
                to: to.clone(),
                attributes: Vec::new(),
            }]);
            r.set(tag(name), Some(if *name == "parent" { Value::Link(to) } else { many }));
        }
        (ix, Arc::new(r))
    }

    /// What a scope bears goes before what the organisation bears, also where risks are counted.
    #[test]
    fn a_risk_lies_above_the_appetite_of_its_own_scope() {
        let c = builtin::catalogue().unwrap();
        let me = Id::from("P-0001");
        let judged = [
            ("state", "identified"),
            ("current_likelihood", "likely"),
            ("current_impact", "important"),
        ];
        let mut all = vec![
            made(
                &c,
                "ORG-0001",
                &[("state", "active"), ("method", "ebios-4x4"), ("appetite", "medium")],
                &[],
            ),
            made(&c, "SC-0001", &[("state", "active")], &[]),
            made(
                &c,
                "ME-0001",
                &[("state", "in-force"), ("model", "ebios-4x4"), ("appetite", "low")],
                &[("scopes", "SC-0001")],
            ),
        ];
        all.push(made(&c, "R-0001", &judged, &[]));
        all.push(made(&c, "R-0002", &judged, &[("scopes", "SC-0001")]));
        all.push(made(&c, "R-0003", &[("state", "identified")], &[("scopes", "SC-0001")]));
        let state = State::of(&c, all);
        let w = World {
            catalogue: &c,
            state: &state,
            today: 0,
            now: 0,
            me: &me,
        };
        let risk = c.kind("risk").unwrap();
        let above = |id: &str| w.is_above(risk, w.find(&Id::from(id)).unwrap());
        assert_eq!(
            (above("R-0001"), above("R-0002"), above("R-0003")),
            (false, true, false)
        );
    }

    #[test]
    fn a_record_is_judged_by_its_own_method_then_by_that_of_its_scope_then_by_the_organisations() {
        let c = builtin::catalogue().unwrap();
        let me = Id::from("P-0001");
        let all = vec![
            made(
                &c,
                "ORG-0001",
                &[("state", "active"), ("method", "matrix-3x3"), ("appetite", "low")],
                &[],
            ),
            made(&c, "SC-0001", &[("state", "active")], &[]),
            made(&c, "SC-0002", &[("state", "active")], &[("parent", "SC-0001")]),
            made(
                &c,
                "ME-0001",
                &[("state", "in-force"), ("model", "ebios-4x4"), ("appetite", "medium")],
                &[("scopes", "SC-0001")],
            ),
            made(&c, "ME-0002", &[("state", "draft"), ("model", "nist-800-30")], &[]),
            made(
                &c,
                "R-0001",
                &[("state", "identified"), ("method", "matrix-4x4")],
                &[("scopes", "SC-0002")],
            ),
            made(&c, "R-0002", &[("state", "identified")], &[("scopes", "SC-0002")]),
            made(&c, "R-0003", &[("state", "identified")], &[]),
        ];
        let mut state = State::of(&c, all);
        let risk = c.kind("risk").unwrap();
        let ask = |state: &State, id: &str| {
            let w = World {
                catalogue: &c,
                state,
                today: 0,
                now: 0,
                me: &me,
            };
            let r = w.find(&Id::from(id)).unwrap();
            let bound = w.bound(risk, Some(r), "appetite");
            (w.method(risk, Some(r)).unwrap().id.clone(), bound.unwrap())
        };
        let at = |m: &str, n| (m.to_owned(), n);
        // own, of the scope above, of the organisation
        assert_eq!(ask(&state, "R-0001").0, "matrix-4x4");
        assert_eq!(ask(&state, "R-0002"), at("ebios-4x4", 1));
        assert_eq!(ask(&state, "R-0003"), at("matrix-3x3", 1));
        // criteria for the whole organisation go before what it names itself
        let (ix, r) = made(&c, "ME-0002", &[("state", "in-force"), ("model", "nist-800-30")], &[]);
        state.put(ix, r);
        assert_eq!(ask(&state, "R-0003"), at("nist-800-30", 1));
        assert_eq!(ask(&state, "R-0002").0, "ebios-4x4");
    }
}
