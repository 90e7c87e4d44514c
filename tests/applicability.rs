//! The statement of applicability: a framework is adopted in one commit, a decision needs its reason, an approval is
//! another's and stands until it is taken back with a reason (ISO/IEC 27001, 6.1.3 d).
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops where it fails")]

use isms::ledger::{CommitError, Ledger};
use isms::model::builtin;
use isms::model::change::{Actor, Draft, Edit, Origin, Refusal, Target};
use isms::model::codec;
use isms::model::kind::{TITLE, Tag};
use isms::model::record::Id;
use isms::model::value::Value;
use isms::model::world::World;
use std::sync::Arc;

const TODAY: i32 = 20_779;

struct House {
    ledger: Ledger,
    clock: i64,
}

impl House {
    /// Ada decides over all, Bo is an analyst, Cy has no say.
    fn new() -> Self {
        let ledger = Ledger::memory(Arc::new(builtin::catalogue().unwrap()));
        let clock = i64::from(TODAY) * 86_400_000;
        let mut house = Self { ledger, clock };
        let mut init = Draft::new("init");
        init.origin = Origin::Init;
        for (name, permission) in [("Ada", "ciso"), ("Bo", "analyst"), ("Cy", "control-owner")] {
            let person = house.ledger.catalogue().index_of("person").unwrap();
            let permissions = house.ledger.catalogue().kinds[person].field("permissions").unwrap().tag;
            let edit = Edit::new(person).with(TITLE, Some(Value::Text(name.into())));
            init.edits
                .push(edit.with(permissions, Some(Value::Tags(vec![permission.into()]))));
        }
        let organisation = house.ledger.catalogue().index_of("organisation").unwrap();
        init.edits
            .push(Edit::new(organisation).with(TITLE, Some(Value::Text("Sample".into()))));
        house.commit("P-0001", &init).unwrap();
        house
    }

    fn commit(&mut self, who: &str, draft: &Draft) -> Result<usize, Vec<String>> {
        self.clock += 60_000;
        let actor = Actor {
            person: Id::from(who),
            by: Id::from(who),
        };
        match self.ledger.commit(draft, &actor, self.clock, TODAY) {
            Ok(commit) => Ok(commit.changes.len()),
            Err(CommitError::Refused(Refusal::Problems(all))) => Err(all.into_iter().map(|p| p.message).collect()),
            Err(e) => panic!("{e:?}"),
        }
    }

    fn tag(&self, kind: &str, field: &str) -> Tag {
        self.ledger.catalogue().kind(kind).unwrap().field(field).unwrap().tag
    }

    /// Adopts a framework; how many rows came of it.
    fn adopt(&mut self, who: &str) -> Result<usize, Vec<String>> {
        let catalogue = Arc::clone(self.ledger.catalogue());
        let me = Id::from(who);
        let w = World {
            catalogue: &catalogue,
            state: self.ledger.state(),
            today: TODAY,
            now: self.clock,
            me: &me,
        };
        let draft = catalogue.framework("27001").unwrap().adopt(&w);
        match draft.edits.is_empty() {
            true => Ok(0),
            false => self.commit(who, &draft),
        }
    }

    /// Sets fields of the row of a control as a person would type them, and moves it.
    fn row(
        &mut self,
        who: &str,
        control: &str,
        set: &[(&str, &str)],
        step: Option<&str>,
        reason: Option<&str>,
    ) -> Result<usize, Vec<String>> {
        let catalogue = Arc::clone(self.ledger.catalogue());
        let me = Id::from(who);
        let id = catalogue.framework("27001").unwrap().row_id(control);
        let kind = catalogue.kind("applicability").unwrap();
        let mut edit = Edit::new(0);
        {
            let w = World {
                catalogue: &catalogue,
                state: self.ledger.state(),
                today: TODAY,
                now: self.clock,
                me: &me,
            };
            for (name, text) in set {
                let field = kind.field(name).unwrap();
                let value = codec::parse(&w, kind, w.find(&id).map(|r| &**r), field, text).unwrap();
                edit = edit.with(field.tag, value);
            }
        }
        edit.target = Target::Old(id);
        edit.transition = step.map(str::to_string);
        let mut draft = Draft::new("record.edit");
        draft.reason = reason.map(str::to_string);
        draft.edits.push(edit);
        self.commit(who, &draft)
    }
}

#[test]
fn a_framework_is_adopted_once() {
    let mut house = House::new();
    let said = house.adopt("P-0003").unwrap_err();
    assert!(said[0].starts_with("Cy (P-0003) may not create"), "{}", said[0]);
    assert_eq!(house.adopt("P-0002"), Ok(93));
    assert_eq!(house.adopt("P-0001"), Ok(0));
    let mechanism = house.tag("applicability", "mechanism");
    let ix = house.ledger.catalogue().index_of("applicability").unwrap();
    let row = house.ledger.state().get(ix, &Id::from("SA-27001-A.8.13")).unwrap();
    assert_eq!((row.title(), row.state()), ("Back up", "open"));
    assert_eq!(row.get(mechanism), Some(&Value::Tags(vec!["recovery".into()])));
}

/// The three messages of the vector SOA-1.
#[test]
fn a_decision_needs_its_reason() {
    let mut house = House::new();
    house.adopt("P-0002").unwrap();
    let bo = "P-0002";
    let said = house.row(bo, "A.8.13", &[("applicable", "yes")], Some("decide"), None);
    assert_eq!(
        said,
        Err(vec!["A.8.13: say why it applies (risk, law or contract).".into()])
    );
    let said = house.row(bo, "A.7.4", &[("applicable", "no")], Some("decide"), None);
    assert_eq!(said, Err(vec!["A.7.4: say why it is left out.".into()]));
    let set = [
        ("applicable", "yes"),
        ("justification", "R-0001"),
        ("implementation", "implemented"),
    ];
    let said = house.row(bo, "A.5.1", &set, Some("decide"), None);
    let expected = "A.5.1: marked implemented but no control in the register carries it.";
    assert_eq!(said, Err(vec![expected.into()]));
}

#[test]
fn an_approval_is_anothers_and_stands() {
    let mut house = House::new();
    house.adopt("P-0002").unwrap();
    let set = [
        ("applicable", "yes"),
        ("reasons", "risk"),
        ("implementation", "planned"),
    ];
    house.row("P-0002", "A.8.13", &set, Some("decide"), None).unwrap();
    let said = house.row("P-0002", "A.8.13", &[], Some("approve"), None).unwrap_err();
    assert!(said[0].contains("may not choose 'Approve'"), "{said:?}");
    house.row("P-0001", "A.8.13", &[], Some("approve"), None).unwrap();
    // What was approved is not changed in passing, but it may get an owner, a tag, a note.
    let said = house
        .row("P-0002", "A.8.13", &[("applicable", "no")], None, None)
        .unwrap_err();
    assert_eq!(
        said,
        ["SA-27001-A.8.13 is approved and stands as it is (not Applies): reopen it with a reason, then change it."]
    );
    house.row("P-0002", "A.8.13", &[("notes", "seen")], None, None).unwrap();
    let said = house.row("P-0002", "A.8.13", &[], Some("reopen"), None).unwrap_err();
    assert!(said[0].contains("a reason is needed"), "{said:?}");
    house
        .row("P-0002", "A.8.13", &[], Some("reopen"), Some("the plan has changed"))
        .unwrap();
    house
        .row("P-0002", "A.8.13", &[("reasons", "law")], None, None)
        .unwrap();
}
