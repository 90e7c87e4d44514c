//! What the agenda costs at 100,000 records over all kinds, 40 obligations among them: all of it from nothing, and
//! following one commit, which has to fit into a frame together with everything else.

use isms::method::agenda::{Agenda, STAGES, View};
use isms::model::builtin;
use isms::model::change::{Actor, Changed};
use isms::model::kind::{Catalogue, Class, Field, FieldType, Kind, STATE};
use isms::model::record::{Id, Meta, Record, Stamp};
use isms::model::state::State;
use isms::model::value::{Link, Row, Value};
use isms::model::world::World;
use std::sync::{Arc, OnceLock};

fn main() {
    divan::main();
}

const TODAY: i32 = 20_779;
const ALL: u64 = 100_000;

/// How many records of the kinds that are few; the others share what is left.
const FEW: [(&str, u64); 22] = [
    ("organisation", 1),
    ("scope", 20),
    ("role", 120),
    ("person", 600),
    ("method", 2),
    ("context-issue", 60),
    ("interested-party", 40),
    ("obligation", 40),
    ("objective", 40),
    ("threat", 120),
    ("applicability", 93),
    ("document", 200),
    ("training", 30),
    ("metric", 100),
    ("audit", 40),
    ("management-review", 10),
    ("continuity-process", 100),
    ("definition", 0),
    ("control", 2_000),
    ("supplier", 400),
    ("risk", 4_000),
    ("communication", 200),
];

struct Dice(u64);

impl Dice {
    fn roll(&mut self, below: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % below.max(1)
    }
}

struct House {
    catalogue: Catalogue,
    state: State,
    many: Vec<u64>,
    me: Id,
}

fn text(t: &str) -> Value {
    Value::Text(t.to_string())
}

impl House {
    fn new() -> Self {
        let Ok(catalogue) = builtin::catalogue() else {
            std::process::abort()
        };
        let few = |k: &Kind| FEW.iter().find(|(name, _)| *name == k.name).map(|(_, n)| *n);
        let rest = catalogue.kinds.iter().filter(|k| few(k).is_none()).count() as u64;
        let left = ALL - FEW.iter().map(|(_, n)| n).sum::<u64>();
        let many = catalogue.kinds.iter().map(|k| few(k).unwrap_or(left / rest.max(1)));
        let mut house = Self {
            state: State::empty(&catalogue),
            many: many.collect(),
            me: Id::from("P-0001"),
            catalogue,
        };
        let mut dice = Dice(7);
        for ix in 0..house.many.len() {
            for n in 1..=house.many[ix] {
                let record = house.record(&mut dice, ix, n);
                house.state.put(ix, Arc::new(record));
            }
        }
        house
    }

    fn record(&self, dice: &mut Dice, ix: usize, n: u64) -> Record {
        let kind = &self.catalogue.kinds[ix];
        let mut record = Record::new(Id::numbered(&kind.prefix, n));
        for f in &kind.fields {
            if dice.roll(10) < 7
                && let Some(v) = self.value(dice, f)
            {
                record.set(f.tag, Some(v));
            }
        }
        let open: Vec<&str> = kind
            .states
            .iter()
            .filter(|s| s.class == Class::Open)
            .map(|s| s.id.as_str())
            .collect();
        let state = match dice.roll(3) {
            0 => open[dice.roll(open.len() as u64) as usize],
            _ => kind.first_state(),
        };
        record.set(STATE, Some(text(state)));
        let stamp = Stamp {
            seq: 1,
            time: i64::from(TODAY - 300) * 86_400_000,
            actor: self.me.clone(),
            by: self.me.clone(),
        };
        record.meta = Some(Arc::new(Meta {
            created: stamp.clone(),
            changed: stamp,
            entered: vec![],
            versions: 1,
        }));
        record
    }

    fn id(&self, dice: &mut Dice, kinds: &[String]) -> Option<Id> {
        let ix = self
            .catalogue
            .index_of(kinds.get(dice.roll(kinds.len() as u64) as usize)?)?;
        let many = self.many[ix];
        (many > 0).then(|| Id::numbered(&self.catalogue.kinds[ix].prefix, 1 + dice.roll(many)))
    }

    fn value(&self, dice: &mut Dice, f: &Field) -> Option<Value> {
        let n = dice.roll(5);
        Some(match f.kind {
            FieldType::Line if f.name == "currency" => text("EUR"),
            FieldType::Line | FieldType::Text => text("some words about it"),
            FieldType::Bool => Value::Bool(n > 2),
            FieldType::Integer => Value::Int(12),
            FieldType::Decimal | FieldType::Percent | FieldType::Duration => Value::Num(n as f64 / 4.0),
            FieldType::Money => Value::Money(n as i64 * 100, *b"EUR"),
            FieldType::Scale => text(["low", "high", "likely", "serious", "critical"][n as usize]),
            FieldType::Choice => text(&f.choices.get(dice.roll(f.choices.len() as u64) as usize)?.id),
            FieldType::Date => Value::Date(TODAY - 40 + dice.roll(400) as i32),
            FieldType::Time => Value::Time(i64::from(TODAY - 40 + dice.roll(400) as i32) * 86_400_000),
            FieldType::Tags => Value::Tags(vec![f.choices.first().map_or("tag".to_string(), |c| c.id.clone())]),
            FieldType::Link => Value::Link(self.id(dice, &f.target)?),
            FieldType::Links => {
                let mut ids: Vec<Id> = (0..n.min(3)).filter_map(|_| self.id(dice, &f.target)).collect();
                ids.sort();
                ids.dedup();
                let to = |to| Link { to, attributes: vec![] };
                Value::Links(ids.into_iter().map(to).collect())
            }
            FieldType::Rows => {
                let row = |id| Row {
                    id,
                    cells: f
                        .fields
                        .iter()
                        .filter_map(|c| Some((c.tag, self.value(&mut Dice(u64::from(id)), c)?)))
                        .collect(),
                };
                Value::Rows((1..=n as u32 / 2).map(row).collect())
            }
            FieldType::Range | FieldType::File => return None,
        })
    }

    fn world(&self) -> World<'_> {
        World {
            catalogue: &self.catalogue,
            state: &self.state,
            today: TODAY,
            now: i64::from(TODAY) * 86_400_000,
            me: &self.me,
        }
    }
}

fn house() -> &'static (House, Agenda) {
    static HOUSE: OnceLock<(House, Agenda)> = OnceLock::new();
    HOUSE.get_or_init(|| {
        let house = House::new();
        let mut agenda = Agenda::build(&house.world());
        let me = Actor {
            person: house.me.clone(),
            by: house.me.clone(),
        };
        agenda.sit(&house.world(), &me);
        while !agenda.work(&house.world(), 512) {}
        (house, agenda)
    })
}

/// Everything from nothing.
#[divan::bench(sample_count = 3, sample_size = 1)]
fn build(bencher: divan::Bencher) {
    let (house, _) = house();
    bencher.bench_local(|| Agenda::build(&house.world()));
}

/// Following a commit that changes the date, the state and the links of one record: at most a slice of work at once.
#[divan::bench(args = ["F-0007", "R-0007", "A-0007", "C-0007", "D-0007", "E-0007", "M-0007", "L-0007", "P-0007", "RO-0007"],
               sample_count = 40, sample_size = 1)]
fn update(bencher: divan::Bencher, id: &str) {
    let (house, agenda) = house();
    let (id, mut state, mut agenda, mut dice) = (Id::from(id), house.state.clone(), agenda.clone(), Dice(3));
    let ix = house.catalogue.kind_of(&id).unwrap_or_default();
    bencher.bench_local(|| {
        let before = state.get(ix, &id).cloned();
        let after = Arc::new(house.record(&mut dice, ix, 7));
        state.put(ix, Arc::clone(&after));
        let changes = [Changed {
            id: id.clone(),
            before,
            after,
        }];
        let w = World {
            state: &state,
            ..house.world()
        };
        agenda.update(&w, &changes);
    });
}

/// What a screen asks after a commit: the stages, the first of what is late, what waits for somebody.
#[divan::bench(sample_count = 20)]
fn look(bencher: divan::Bencher) {
    let (house, agenda) = house();
    let w = house.world();
    let actor = Actor {
        person: house.me.clone(),
        by: house.me.clone(),
    };
    bencher.bench_local(|| {
        let stages = STAGES.iter().map(|(s, _)| agenda.progress(&w, *s).gaps).sum::<usize>();
        let late = agenda
            .late(View::default())
            .take(300)
            .filter_map(|at| agenda.due(at))
            .map(|d| d.whose.len())
            .sum::<usize>();
        (stages, late, agenda.waiting_for(&w, &actor).named.len())
    });
}

/// The day turns.
#[divan::bench(sample_count = 5, sample_size = 1)]
fn turn(bencher: divan::Bencher) {
    let (house, agenda) = house();
    let w = World {
        today: TODAY + 1,
        ..house.world()
    };
    bencher
        .with_inputs(|| agenda.clone())
        .bench_local_values(|mut agenda| agenda.turn(&w));
}
