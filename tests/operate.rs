//! Stories of what is run, told on the demonstration company: what is refused, in which words.
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test stops where it fails"
)]

use isms::exchange::demo;
use isms::ledger::{CommitError, Ledger};
use isms::model::builtin;
use isms::model::calendar;
use isms::model::change::{Actor, Draft, Edit, Refusal};
use isms::model::codec;
use isms::model::record::{Id, Record};
use isms::model::value::Value;
use isms::model::world::World;
use std::sync::Arc;

const TODAY: i32 = 20_779;
const NOW: i64 = TODAY as i64 * 86_400_000 + 43_200_000;

struct Company {
    ledger: Ledger,
    clock: i64,
}

impl Company {
    fn open() -> Self {
        let mut ledger = Ledger::memory(Arc::new(builtin::catalogue().unwrap()));
        demo::replay(&mut ledger, TODAY, &mut |_| {}).unwrap();
        Self { ledger, clock: NOW }
    }

    fn get(&self, id: &str) -> Arc<Record> {
        let state = self.ledger.state();
        Arc::clone(state.find(self.ledger.catalogue(), &Id::from(id)).unwrap())
    }

    fn value(&self, id: &str, field: &str) -> Option<Value> {
        let kind = self.ledger.catalogue().kind(id.split('-').next().unwrap()).unwrap();
        self.get(id).get(kind.field(field).unwrap().tag).cloned()
    }

    /// Somebody makes a move, or edits (`""`), with values as a person would type them. What is refused, in words.
    fn act(&mut self, who: &str, id: &str, name: &str, set: &[(&str, &str)]) -> Result<(), String> {
        let me = Id::from(who);
        let record = self.get(id);
        let catalogue = Arc::clone(self.ledger.catalogue());
        let kind = catalogue.kind(id.split('-').next().unwrap()).unwrap();
        let w = World {
            catalogue: &catalogue,
            state: self.ledger.state(),
            today: TODAY,
            now: self.clock,
            me: &me,
        };
        let mut edit = Edit::of(&record);
        if !name.is_empty() {
            edit = edit.moving(name);
        }
        for (field, text) in set {
            let field = kind.field(field).unwrap();
            edit = edit.with(field.tag, codec::parse(&w, kind, Some(&record), field, text).unwrap());
        }
        let mut draft = Draft::new(&format!("{}.{name}", kind.name));
        draft.reason = Some("because".into());
        draft.edits.push(edit);
        let actor = Actor {
            person: me.clone(),
            by: me,
        };
        self.clock += 1000;
        match self.ledger.commit(&draft, &actor, self.clock, TODAY) {
            Ok(_) => Ok(()),
            Err(CommitError::Refused(Refusal::Problems(p))) => {
                Err(p.into_iter().map(|p| p.message).collect::<Vec<_>>().join(" | "))
            }
            Err(other) => panic!("{id} {name}: {other:?}"),
        }
    }

    #[track_caller]
    fn refused(&mut self, who: &str, id: &str, name: &str, set: &[(&str, &str)], why: &str) {
        let said = self.act(who, id, name, set).unwrap_err();
        assert!(said.contains(why), "{said}");
    }
}

#[test]
fn a_clock_of_the_law_is_answered_and_never_reset() {
    let mut c = Company::open();
    let why = "the moment of becoming aware would change";
    c.refused("P-0004", "I-0008", "", &[("aware_at", "2026-11-22 08:00")], why);
    // what is not declared yet may still be corrected
    let reported = c.value("I-0007", "aware_at").unwrap();
    let Value::Time(at) = reported else { panic!() };
    let later = calendar::show_minute(at + 600_000);
    c.act("P-0004", "I-0007", "", &[("aware_at", &later)]).unwrap();
    c.refused(
        "P-0004",
        "I-0007",
        "",
        &[("occurred_at", "2030-01-01")],
        "before it happened",
    );
    c.act("P-0010", "I-0008", "eradicate", &[]).unwrap();
    c.act("P-0010", "I-0008", "recover", &[]).unwrap();
    let lessons = [("lessons", "Old branches are searched too.")];
    c.refused("P-0001", "I-0008", "close", &lessons, "(early warning) is not answered");
}

#[test]
fn no_process_is_its_own_prerequisite() {
    let mut c = Company::open();
    let why = "BC-0002 → BC-0005 → BC-0002";
    c.refused("P-0001", "BC-0002", "", &[("prerequisites", "BC-0005")], why);
    c.refused("P-0001", "BC-0002", "", &[("rto", "9")], "lasting harm begins after");
}

#[test]
fn an_exercise_that_took_too_long_has_failed() {
    let mut c = Company::open();
    c.act("P-0002", "EX-0010", "run", &[("restored_in", "3")]).unwrap();
    let result = [("result", "It came back.")];
    c.refused("P-0001", "EX-0010", "pass", &result, "it has failed");
    c.act("P-0001", "EX-0010", "fail", &result).unwrap();
}

#[test]
fn only_a_test_writes_the_health_of_a_control() {
    let mut c = Company::open();
    c.refused("P-0001", "C-0025", "", &[("health", "ok")], "the program writes it");
    c.act("P-0001", "C-0025", "pass", &[("test_by", "90d")]).unwrap();
    assert_eq!(c.value("C-0025", "health"), Some(Value::Text("ok".into())));
    assert_eq!(c.value("C-0025", "tested_on"), Some(Value::Date(TODAY)));
}
