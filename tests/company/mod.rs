//! The demonstration company as a place for stories: somebody does something, and it is done or refused in words.
#![allow(dead_code, reason = "each test file uses its own part")]
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test stops where it fails"
)]

use isms::exchange::demo;
use isms::ledger::{CommitError, Ledger};
use isms::model::builtin;
use isms::model::change::{Actor, Draft, Edit, Refusal};
use isms::model::codec;
use isms::model::record::{Id, Record};
use isms::model::value::Value;
use isms::model::world::World;
use std::sync::Arc;

/// The day on which the company is opened.
pub const TODAY: i32 = 20_779;
/// The moment.
pub const NOW: i64 = TODAY as i64 * 86_400_000 + 43_200_000;

/// The demonstration company, and the time of the next commit.
pub struct Company {
    pub ledger: Ledger,
    pub clock: i64,
}

impl Company {
    pub fn open() -> Self {
        let mut ledger = Ledger::memory(Arc::new(builtin::catalogue().unwrap()));
        demo::replay(&mut ledger, TODAY, &mut |_| {}).unwrap();
        Self { ledger, clock: NOW }
    }

    /// The company as somebody sees it on that day.
    pub fn world<'a>(&'a self, me: &'a Id) -> World<'a> {
        World {
            catalogue: self.ledger.catalogue(),
            state: self.ledger.state(),
            today: TODAY,
            now: NOW,
            me,
        }
    }

    pub fn get(&self, id: &str) -> Arc<Record> {
        let state = self.ledger.state();
        Arc::clone(state.find(self.ledger.catalogue(), &Id::from(id)).unwrap())
    }

    pub fn value(&self, id: &str, field: &str) -> Option<Value> {
        let kind = self.ledger.catalogue().kind(id.split('-').next().unwrap()).unwrap();
        self.get(id).get(kind.field(field).unwrap().tag).cloned()
    }

    /// Somebody makes a move, or edits (`""`), with values as a person would type them. What is refused, in words.
    pub fn act(&mut self, who: &str, id: &str, name: &str, set: &[(&str, &str)]) -> Result<(), String> {
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

    /// The same, refused with these words.
    #[track_caller]
    pub fn refused(&mut self, who: &str, id: &str, name: &str, set: &[(&str, &str)], why: &str) {
        let said = self.act(who, id, name, set).unwrap_err();
        assert!(said.contains(why), "{said}");
    }
}
