//! Criteria that change take the ground from assessments; a mapping or a reason gives it back.

use super::*;
use crate::model::builtin;
use crate::model::change::{Actor, Changed, Refusal};
use crate::model::door::admit;
use crate::model::kind::{Catalogue, STATE};
use crate::model::record::Id;
use crate::model::state::State;
use crate::model::value::Link;

const TODAY: i32 = 20_779;

struct House {
    catalogue: Catalogue,
    state: State,
    me: Id,
}

impl House {
    /// Criteria in force by the 5x5, a second version by the 3x3 that is approved, and risks.
    fn new() -> Self {
        let catalogue = builtin::catalogue().unwrap();
        let mut h = Self {
            state: State::empty(&catalogue),
            catalogue,
            me: Id::from("P-0001"),
        };
        h.put("P-0001", &[("state", "active"), ("title", "Ada")]);
        h.give(
            "P-0001",
            "permissions",
            Value::Tags(vec!["analyst".into(), "ciso".into()]),
        );
        h.put(
            "ME-0001",
            &[("state", "in-force"), ("model", "iso27005-5x5"), ("title", "First")],
        );
        h.put(
            "ME-0002",
            &[("state", "approved"), ("model", "matrix-3x3"), ("title", "Second")],
        );
        h.give("ME-0002", "version", Value::Int(2));
        for (id, state, method) in [
            ("R-0001", "treating", ""),
            ("R-0003", "treating", "ebios-4x4"),
            ("R-0004", "closed", ""),
        ] {
            let l = if method.is_empty() { "very-likely" } else { "certain" };
            h.put(
                id,
                &[
                    ("state", state),
                    ("current_likelihood", l),
                    ("current_impact", "critical"),
                    ("method", method),
                    ("title", "Outage"),
                ],
            );
        }
        h.put("R-0002", &[("state", "identified"), ("title", "Theft")]);
        h
    }

    fn put(&mut self, id: &str, texts: &[(&str, &str)]) {
        let id = Id::from(id);
        let ix = self.catalogue.kind_of(&id).unwrap();
        let mut r = Record::new(id);
        for (name, text) in texts.iter().filter(|(_, t)| !t.is_empty()) {
            let tag = if *name == "state" {
                STATE
            } else {
                self.catalogue.kinds[ix].field(name).unwrap().tag
            };
            r.set(tag, Some(Value::Text((*text).to_owned())));
        }
        self.state.put(ix, Arc::new(r));
    }

    fn give(&mut self, id: &str, name: &str, value: Value) {
        let mut r = self.get(id).as_ref().clone();
        let ix = self.catalogue.kind_of(&r.id).unwrap();
        r.set(self.tag(id, name), Some(value));
        self.state.put(ix, Arc::new(r));
    }

    fn get(&self, id: &str) -> Arc<Record> {
        Arc::clone(self.state.find(&self.catalogue, &Id::from(id)).unwrap())
    }

    fn tag(&self, id: &str, name: &str) -> u16 {
        let ix = self.catalogue.kind_of(&Id::from(id)).unwrap();
        self.catalogue.kinds[ix].field(name).unwrap().tag
    }

    fn world(&self) -> World<'_> {
        World {
            catalogue: &self.catalogue,
            state: &self.state,
            today: TODAY,
            now: 0,
            me: &self.me,
        }
    }

    /// Lets a draft through the door and applies it.
    fn commit(&mut self, draft: &Draft) -> Result<Vec<Changed>, Refusal> {
        let actor = Actor {
            person: self.me.clone(),
            by: self.me.clone(),
        };
        let changes = admit(&self.world(), &actor, draft)?;
        let seq = self.state.seq + 1;
        self.state.apply(&self.catalogue.clone(), seq, 0, &changes);
        Ok(changes)
    }

    fn edit(&self, id: &str, sets: &[(&str, &str)]) -> Edit {
        let mut edit = Edit::of(&self.get(id));
        for (name, text) in sets {
            let value = (!text.is_empty()).then(|| Value::Text((*text).to_owned()));
            edit.set.push((self.tag(id, name), value));
        }
        edit
    }

    fn set(&mut self, id: &str, sets: &[(&str, &str)]) -> Result<Vec<Changed>, Refusal> {
        let mut draft = Draft::new("risk.set");
        draft.edits.push(self.edit(id, sets));
        self.commit(&draft)
    }

    /// The second version is put in force in the place of the first.
    fn enforce(&mut self) -> Vec<Changed> {
        let mut draft = Draft::new("method.enforce");
        draft.reason = Some("the board".into());
        draft.edits.push(Edit::of(&self.get("ME-0002")).moving("enforce"));
        draft.edits.push(Edit::of(&self.get("ME-0001")).moving("supersede"));
        self.commit(&draft).unwrap()
    }

    fn said(&self, id: &str, name: &str) -> String {
        let r = self.get(id);
        let kind = self.world().kind(&r.id).unwrap();
        crate::model::codec::cell(&self.world(), kind, &r, name)
    }
}

#[test]
fn new_criteria_mark_what_was_judged_by_the_old_and_keep_its_result() {
    let mut h = House::new();
    assert_eq!(h.said("R-0001", "current_level"), "High");
    let changes = h.enforce();
    let ids: Vec<&str> = changes.iter().map(|c| c.id.as_str()).collect();
    assert_eq!(ids, ["ME-0002", "ME-0001", "R-0001", "R-0003"]);
    for (name, said) in [
        ("stale_reasons", "method v2"),
        ("method", "ISO/IEC 27005 5x5"),
        ("current_level", "High"),
    ] {
        assert_eq!(h.said("R-0001", name), said, "{name}");
    }
    let by = h
        .get("R-0001")
        .get(h.tag("R-0001", "reassess_by"))
        .and_then(Value::as_date);
    assert_eq!(by, Some(TODAY + 90));
    // one with a method of its own keeps it; what is closed or not judged is left alone
    assert_eq!(h.said("R-0003", "method"), "EBIOS RM 4x4");
    assert!(h.said("R-0002", "stale_reasons").is_empty() && h.said("R-0004", "stale_reasons").is_empty());
}

#[test]
fn criteria_of_a_scope_concern_what_is_in_it() {
    let mut h = House::new();
    h.put("SC-0001", &[("state", "active"), ("title", "Payments")]);
    let scope = Value::Links(vec![Link {
        to: Id::from("SC-0001"),
        attributes: Vec::new(),
    }]);
    h.give("ME-0002", "scopes", scope.clone());
    h.give("R-0003", "scopes", scope);
    let mut draft = Draft::new("method.enforce");
    draft.edits.push(Edit::of(&h.get("ME-0002")).moving("enforce"));
    let changes = h.commit(&draft).unwrap();
    let ids: Vec<&str> = changes.iter().map(|c| c.id.as_str()).collect();
    assert_eq!(ids, ["ME-0002", "R-0003"]);
}

#[test]
fn a_mapping_brings_records_to_the_method_in_force() {
    let mut h = House::new();
    h.enforce();
    let w = h.world();
    let pairs = wanted(&w);
    let ids: Vec<_> = pairs
        .iter()
        .map(|(o, n, count)| (o.id.as_str(), n.id.as_str(), *count))
        .collect();
    assert_eq!(ids, [("iso27005-5x5", "matrix-3x3", 1), ("ebios-4x4", "matrix-3x3", 1)]);
    let (old, new, _) = pairs[0];
    let mut mapping = Mapping::new(old, new);
    assert_eq!(
        mapping.table,
        Table {
            likelihood: vec![0, 1, 1, 2, 2],
            impact: vec![0, 1, 1, 2, 2]
        }
    );
    assert!(read_pairs("critical=moderate", "impact", &mut mapping).is_ok());
    assert!(
        read_pairs("critical=huge", "impact", &mut mapping)
            .unwrap_err()
            .contains("'huge' is no impact of 3x3, multiplied")
    );
    assert!(
        read_pairs("critical", "impact", &mut mapping)
            .unwrap_err()
            .contains("expected old=new")
    );
    let records = mapping.records(&w);
    assert_eq!(records.len(), 1);
    let current = &mapping.preview(&w, &records[0])[1];
    assert_eq!((current.before, current.after), (Some(3), Some(4)));
    let draft = mapping.draft(&w, &records);
    h.commit(&draft).unwrap();
    for (name, said) in [
        ("method", ""),
        ("current_level", "6"),
        ("stale_reasons", ""),
        ("reassess_by", ""),
    ] {
        assert_eq!(h.said("R-0001", name), said, "{name}");
    }
    let id = Id::from("R-0001");
    assert_eq!(
        h.world()
            .method(h.world().kind(&id).unwrap(), Some(&h.get("R-0001")))
            .unwrap()
            .id,
        "matrix-3x3"
    );
    assert_eq!(wanted(&h.world()).len(), 1);
}

#[test]
fn judging_again_or_saying_why_it_holds_takes_the_mark_off() {
    let mut h = House::new();
    h.enforce();
    h.set("R-0001", &[("current_impact", "serious")]).unwrap();
    assert!(h.said("R-0001", "stale_reasons").is_empty() && !h.said("R-0001", "assessed_at").is_empty());
    let mut confirm = Draft::new("risk.confirm");
    confirm.reason = Some("the levels mean the same".into());
    confirm.edits.push(Edit::of(&h.get("R-0003")).moving("confirm"));
    h.commit(&confirm).unwrap();
    assert!(h.said("R-0003", "stale_reasons").is_empty() && h.said("R-0003", "reassess_by").is_empty());
    assert_eq!(h.get("R-0003").state(), "treating");
}

#[test]
fn the_first_of_two_steps_gives_the_likelihood() {
    let mut h = House::new();
    h.set(
        "R-0002",
        &[
            ("method", "nist-800-30"),
            ("current_initiation", "low"),
            ("current_adverse", "high"),
        ],
    )
    .unwrap();
    h.set("R-0002", &[("current_impact", "moderate")]).unwrap();
    assert_eq!(
        (
            h.said("R-0002", "current_likelihood").as_str(),
            h.said("R-0002", "current_level").as_str()
        ),
        ("Moderate", "Moderate")
    );
    // both are stated and do not agree
    let both = h.set(
        "R-0002",
        &[("current_initiation", "high"), ("current_likelihood", "very-low")],
    );
    let Err(Refusal::Problems(p)) = both else {
        panic!("{both:?}")
    };
    assert!(p[0].message.contains("state the one or the others"), "{}", p[0].message);
    // a likelihood alone takes the place of the steps
    h.set("R-0002", &[("current_likelihood", "high")]).unwrap();
    assert!(h.said("R-0002", "current_initiation").is_empty() && h.said("R-0002", "current_adverse").is_empty());
}
