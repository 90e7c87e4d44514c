#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test stops where it fails")]

use super::*;
use crate::model::builtin;
use crate::model::kind::{Catalogue, Field, FieldType, RETIRED, STATE};
use crate::model::record::{Meta, Record, Stamp};
use crate::model::state::State;
use crate::model::value::{Link, Row, Value};
use proptest::prelude::*;
use std::collections::BTreeSet;
use std::sync::{Arc, LazyLock};

static CATALOGUE: LazyLock<Catalogue> = LazyLock::new(|| builtin::catalogue().unwrap());
static ME: LazyLock<Id> = LazyLock::new(|| Id::from("P-0001"));

const TODAY: i32 = 20_779;

/// Records to try things on.
struct House {
    state: State,
    today: i32,
}

impl House {
    fn new() -> Self {
        Self {
            state: State::empty(&CATALOGUE),
            today: TODAY,
        }
    }

    fn world(&self) -> World<'_> {
        World {
            catalogue: &CATALOGUE,
            state: &self.state,
            today: self.today,
            now: i64::from(self.today) * 86_400_000,
            me: &ME,
        }
    }

    /// Puts a record with these values, of which links are ids and dates are days from today.
    fn put(&mut self, id: &str, state: &str, values: &[(&str, Value)]) -> Changed {
        let id = Id::from(id);
        let kind = &CATALOGUE.kinds[CATALOGUE.kind_of(&id).unwrap()];
        let mut record = Record::new(id);
        for (name, value) in values {
            let field = kind
                .field(name)
                .unwrap_or_else(|| panic!("{} has no {name}", kind.name));
            record.set(field.tag, Some(value.clone()));
        }
        let state = if state.is_empty() { kind.first_state() } else { state };
        record.set(STATE, Some(Value::Text(state.to_string())));
        self.place(record)
    }

    fn place(&mut self, record: Record) -> Changed {
        let ix = CATALOGUE.kind_of(&record.id).unwrap();
        let after = Arc::new(record);
        let before = self.state.get(ix, &after.id).cloned();
        self.state.put(ix, Arc::clone(&after));
        Changed {
            id: after.id.clone(),
            before,
            after,
        }
    }
}

fn text(t: &str) -> Value {
    Value::Text(t.to_string())
}

fn link(id: &str) -> Value {
    Value::Link(Id::from(id))
}

fn links(ids: &[&str]) -> Value {
    let to = |id: &&str| Link {
        to: Id::from(*id),
        attributes: vec![],
    };
    Value::Links(ids.iter().map(to).collect())
}

/// Numbers that look random and come again.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, below: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % below.max(1)
    }

    fn id(&mut self, kinds: &[String]) -> Id {
        let kind = match kinds.is_empty() {
            true => &CATALOGUE.kinds[self.roll(CATALOGUE.kinds.len())],
            false => CATALOGUE.kind(&kinds[self.roll(kinds.len())]).unwrap(),
        };
        let many = if kind.single { 1 } else { 4 };
        Id::numbered(&kind.prefix, 1 + self.roll(many) as u64)
    }

    fn value(&mut self, f: &Field) -> Option<Value> {
        let n = self.roll(5);
        Some(match f.kind {
            FieldType::Line | FieldType::Text if f.name == "currency" => text("EUR"),
            FieldType::Line | FieldType::Text => text(["a", "b", "iso27005-5x5", "", "x y"][n]),
            FieldType::Bool => Value::Bool(n > 2),
            FieldType::Integer => Value::Int(n as i64 * 4 + 1),
            FieldType::Decimal | FieldType::Percent | FieldType::Duration => Value::Num(n as f64 / 4.0),
            FieldType::Money => Value::Money(n as i64 * 100, if n == 0 { *b"USD" } else { *b"EUR" }),
            FieldType::Scale | FieldType::Choice => match f.choices.is_empty() {
                true => text(["low", "high", "likely", "serious", "P1"][n]),
                false => text(&f.choices[self.roll(f.choices.len())].id),
            },
            FieldType::Date => Value::Date(TODAY + [-400, -3, 0, 5, 60][n]),
            FieldType::Time => Value::Time((i64::from(TODAY) + [-3, -1, 0, 1, 20][n]) * 86_400_000),
            FieldType::Tags => Value::Tags(vec![match f.choices.get(n) {
                Some(c) => c.id.clone(),
                None => "admin".to_string(),
            }]),
            FieldType::Link => Value::Link(self.id(&f.target)),
            FieldType::Links => {
                let ids: BTreeSet<Id> = (0..n).map(|_| self.id(&f.target)).collect();
                let to = |to| Link { to, attributes: vec![] };
                Value::Links(ids.into_iter().map(to).collect())
            }
            FieldType::Rows => Value::Rows(
                (1..=n as u32)
                    .map(|id| Row {
                        id,
                        cells: f.fields.iter().filter_map(|c| Some((c.tag, self.value(c)?))).collect(),
                    })
                    .collect(),
            ),
            FieldType::Range | FieldType::File => return None,
        })
    }

    fn stamp(&mut self) -> Stamp {
        let actor = self.id(&["person".to_string()]);
        Stamp {
            seq: 1,
            time: i64::from(TODAY - self.roll(400) as i32) * 86_400_000,
            by: if self.roll(4) == 0 { ME.clone() } else { actor.clone() },
            actor,
        }
    }

    /// A record as it might be after a commit: a few fields of what was there are other.
    fn record(&mut self, house: &House, fresh: bool) -> Record {
        let id = self.id(&[]);
        let ix = CATALOGUE.kind_of(&id).unwrap();
        let kind = &CATALOGUE.kinds[ix];
        let mut record = house
            .state
            .get(ix, &id)
            .map_or_else(|| Record::new(id), |r| (**r).clone());
        let most = if fresh { kind.fields.len() } else { 3 };
        for _ in 0..most {
            let f = &kind.fields[self.roll(kind.fields.len())];
            if f.tag != STATE {
                let value = self.value(f).filter(|v| !v.is_empty() && self.0 & 0x700_0000 != 0);
                record.set(f.tag, value);
            }
        }
        if record.get(STATE).is_none() || self.roll(3) == 0 {
            let state = &kind.states[self.roll(kind.states.len())];
            // few are put away
            if state.id != RETIRED || self.roll(4) == 0 {
                record.set(STATE, Some(text(&state.id)));
            }
        }
        if record.get(STATE).is_none() {
            record.set(STATE, Some(text(kind.first_state())));
        }
        let created = record.meta.as_ref().map_or_else(|| self.stamp(), |m| m.created.clone());
        record.meta = Some(Arc::new(Meta {
            created,
            changed: self.stamp(),
            entered: vec![(record.state().to_string(), self.stamp())],
            versions: 1,
        }));
        record
    }
}

/// Two agendas say the same.
fn same(a: &Agenda, b: &Agenda, w: &World) {
    for ix in 0..w.catalogue.kinds.len() {
        for r in w.state.all(ix) {
            assert_eq!(a.of(&r.id), b.of(&r.id), "{}", r.id);
            assert!(a.gaps_of(&r.id).eq(b.gaps_of(&r.id)), "{}", r.id);
        }
    }
    assert_eq!(a.lists, b.lists);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, failure_persistence: None, ..ProptestConfig::default() })]
    /// After any commits, on any day, what was kept up is what would be worked out from nothing.
    #[test]
    fn keeping_up_is_working_out_anew(seed: u64, days in prop::collection::vec(0i32..40, 0..3)) {
        let (mut house, mut dice) = (House::new(), Dice(seed));
        for _ in 0..80 {
            let record = dice.record(&house, true);
            house.place(record);
        }
        let mut kept = Agenda::build(&house.world());
        for day in 0..=days.len() {
            for _ in 0..12 {
                let n = 1 + dice.roll(3);
                let changes: Vec<Changed> = (0..n).map(|_| { let r = dice.record(&house, false); house.place(r) }).collect();
                kept.update(&house.world(), &changes);
                // what depends on it may come later
                if dice.roll(2) == 0 {
                    while !kept.work(&house.world(), 7) {}
                    same(&kept, &Agenda::build(&house.world()), &house.world());
                }
            }
            if let Some(later) = days.get(day) {
                house.today += later;
                kept.turn(&house.world());
            }
            while !kept.work(&house.world(), 50) {}
            same(&kept, &Agenda::build(&house.world()), &house.world());
        }
    }
}
