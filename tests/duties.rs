//! What people owe: a document in force is read by everybody whom it names, once for each version; a training is taken
//! again when its time has come. Over the registers of the program and a ledger in memory.
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test stops where it fails"
)]

use isms::ledger::{CommitError, Ledger};
use isms::method::duty;
use isms::model::builtin;
use isms::model::calendar;
use isms::model::change::{Actor, Draft, Edit, Origin, Refusal, Target};
use isms::model::codec;
use isms::model::kind::{Kind, STATE};
use isms::model::record::Id;
use isms::model::value::Value;
use isms::model::world::World;
use std::sync::Arc;

const TODAY: i32 = 20_779;

struct House {
    ledger: Ledger,
    today: i32,
}

fn actor(id: &str) -> Actor {
    Actor {
        person: Id::from(id),
        by: Id::from(id),
    }
}

impl House {
    /// Ada administers, Bo and Cy only look and make up the staff, Di trains.
    fn new() -> Self {
        let mut house = Self {
            ledger: Ledger::memory(Arc::new(builtin::catalogue().unwrap())),
            today: TODAY,
        };
        for (id, name, may) in [
            ("P-0001", "Ada", "admin"),
            ("P-0002", "Bo", "viewer"),
            ("P-0003", "Cy", "viewer"),
            ("P-0004", "Di", "analyst"),
        ] {
            house.put(id, "active", &[("title", name), ("permissions", may)]);
        }
        house.put("ORG-0001", "active", &[("title", "Sample")]);
        house.put(
            "RO-0001",
            "active",
            &[("title", "Staff"), ("holders", "P-0002"), ("deputy", "P-0003")],
        );
        house
    }

    fn now(&self) -> i64 {
        i64::from(self.today) * calendar::DAY_MS + self.ledger.seq() as i64
    }

    fn world<T>(&self, f: impl FnOnce(&World) -> T) -> T {
        let me = Id::from("P-0001");
        f(&World {
            catalogue: self.ledger.catalogue(),
            state: self.ledger.state(),
            today: self.today,
            now: self.now(),
            me: &me,
        })
    }

    /// Brings a record in as it is.
    fn put(&mut self, id: &str, state: &str, values: &[(&str, &str)]) {
        let edit = self.world(|w| {
            let id = Id::from(id);
            let ix = w.catalogue.kind_of(&id).unwrap();
            let mut edit = Edit::new(ix).with(STATE, Some(Value::Text(state.into())));
            edit.target = Target::NewWithId(ix, id);
            for (name, text) in values {
                let field = w.kind_at(ix).field(name).unwrap();
                let value = codec::parse(w, w.kind_at(ix), None, field, text).unwrap();
                edit = edit.with(field.tag, value);
            }
            edit
        });
        let mut draft = Draft::new("import");
        draft.origin = if self.ledger.seq() == 0 {
            Origin::Init
        } else {
            Origin::Restore
        };
        draft.edits.push(edit);
        self.commit("P-0001", &draft).unwrap();
    }

    fn commit(&mut self, by: &str, draft: &Draft) -> Result<(), String> {
        let (now, today) = (self.now(), self.today);
        match self.ledger.commit(draft, &actor(by), now, today) {
            Ok(_) => Ok(()),
            Err(CommitError::Refused(Refusal::Problems(p))) => {
                Err(p.into_iter().map(|p| p.message).collect::<Vec<_>>().join("; "))
            }
            Err(e) => panic!("{e:?}"),
        }
    }

    /// Who owes the first duty of a record, and by when.
    fn owed(&self, id: &str) -> Vec<(String, String)> {
        self.of(id, |w, kind, record| {
            let all = duty::owed(w, kind, record, &kind.duties[0]);
            all.iter()
                .map(|o| (o.person.to_string(), calendar::show(o.day)))
                .collect()
        })
    }

    fn of<T>(&self, id: &str, f: impl FnOnce(&World, &Kind, &isms::model::record::Record) -> T) -> T {
        self.world(|w| {
            let id = Id::from(id);
            f(w, w.kind(&id).unwrap(), w.find(&id).unwrap())
        })
    }

    /// The draft by which somebody does the first duty of a record, for a person; and whether it says all.
    fn proof(&self, id: &str, person: Option<&str>) -> Result<(Draft, bool), String> {
        self.of(id, |w, kind, record| {
            let (owed, person) = (&kind.duties[0], person.map(Id::from));
            let edit = duty::proof(w, kind, record, owed, person.as_ref())?;
            let whole = duty::is_whole(w, owed, &edit);
            let mut draft = Draft::new(&format!("{}.{}", kind.name, owed.name));
            draft.edits.push(edit);
            Ok((draft, whole))
        })
    }
}

fn both(day: &str) -> Vec<(String, String)> {
    vec![("P-0002".into(), day.into()), ("P-0003".into(), day.into())]
}

#[test]
fn a_document_in_force_is_acknowledged_by_each_reader_once_for_each_version() {
    let mut house = House::new();
    let document = [("title", "Acceptable use"), ("version", "1"), ("readers", "RO-0001")];
    house.put("D-0001", "draft", &document);
    assert!(house.owed("D-0001").is_empty(), "nothing is in force yet");
    assert!(
        house
            .proof("D-0001", Some("P-0002"))
            .unwrap_err()
            .contains("is not owed now")
    );

    let force = [("in_force_version", "1"), ("effective", "2026-11-22")];
    house.put("D-0002", "in-force", &[&document[..], &force[..]].concat());
    let owed = house.owed("D-0002");
    assert_eq!(owed, both(&owed[0].1), "by the post, holder and deputy");
    let (draft, whole) = house.proof("D-0002", Some("P-0002")).unwrap();
    assert!(whole, "one key is enough");
    let said = house.commit("P-0003", &draft).unwrap_err();
    assert!(
        said.contains("Cy (P-0003) may not create this acknowledgement"),
        "{said}"
    );
    house.commit("P-0002", &draft).unwrap();
    assert_eq!(house.owed("D-0002").len(), 1, "Cy still owes it");
    house
        .commit("P-0003", &house.proof("D-0002", Some("P-0003")).unwrap().0)
        .unwrap();
    assert!(house.owed("D-0002").is_empty());

    // the next version is read anew
    let tag = house.world(|w| {
        w.catalogue
            .kind("document")
            .unwrap()
            .field("in_force_version")
            .unwrap()
            .tag
    });
    let id = Id::from("D-0002");
    let base = Arc::clone(house.ledger.state().find(house.ledger.catalogue(), &id).unwrap());
    let mut draft = Draft::new("import");
    draft.origin = Origin::Import("a test".into());
    draft.edits.push(Edit::of(&base).with(tag, Some(Value::Int(2))));
    house.commit("P-0001", &draft).unwrap();
    assert_eq!(house.owed("D-0002").len(), 2);
}

#[test]
fn a_training_is_taken_again_when_its_time_has_come() {
    let mut house = House::new();
    let values = [("title", "Awareness"), ("audience", "RO-0001"), ("every_months", "12")];
    house.put("TR-0001", "active", &values);
    let owed = house.owed("TR-0001");
    assert_eq!(owed.len(), 2);
    assert_eq!(
        house.of("TR-0001", |w, k, r| duty::for_whom(
            w,
            k,
            r,
            &k.duties[0],
            &Id::from("P-0004")
        )),
        None,
        "of several somebody must say who"
    );
    assert!(!house.proof("TR-0001", None).unwrap().1, "who took it is to be said");
    let draft = house.proof("TR-0001", Some("P-0002")).unwrap().0;
    assert!(house.commit("P-0002", &draft).is_err(), "not by who took it");
    house.commit("P-0004", &draft).unwrap();
    let later = calendar::show(calendar::add_months(TODAY, 12));
    assert!(
        house.owed("TR-0001").contains(&("P-0002".into(), later)),
        "and again after a year"
    );
}
