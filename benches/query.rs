//! What a key costs in the filter of a list of 10,000 risks, and what selecting, packing and checking them costs.

use isms::model::builtin;
use isms::model::kind::{Catalogue, KindIx, STATE};
use isms::model::query::{List, Query};
use isms::model::record::{Id, Record};
use isms::model::state::State;
use isms::model::value::{Link, Value};
use isms::model::world::World;
use std::sync::Arc;

fn main() {
    divan::main();
}

const ROWS: u64 = 10_000;

struct House {
    catalogue: Catalogue,
    state: State,
    me: Id,
    risk: KindIx,
}

fn text(t: impl Into<String>) -> Value {
    Value::Text(t.into())
}

impl House {
    fn new() -> Self {
        let Ok(catalogue) = builtin::catalogue() else {
            std::process::abort()
        };
        let mut house = Self {
            state: State::empty(&catalogue),
            me: Id::from("P-0001"),
            risk: catalogue.index_of("risk").unwrap_or_default(),
            catalogue,
        };
        house.put("ORG-0001", vec![("title", text("Sample"))]);
        for p in 1..=20 {
            house.put(&format!("P-{p:04}"), vec![("title", text(format!("Person {p}")))]);
        }
        for a in 1..=200 {
            house.put(
                &format!("A-{a:04}"),
                vec![("title", text(format!("Server {a} in Oslo")))],
            );
        }
        let what = [
            "Phishing of",
            "Outage of",
            "Theft of",
            "Loss of",
            "Unpatched",
            "Misuse of",
            "Ransomware on",
        ];
        let whose = [
            "payment gateway",
            "back office staff",
            "customer records",
            "laptop fleet",
            "log archives",
        ];
        let likely = ["unlikely", "rather-unlikely", "likely", "very-likely", "almost-certain"];
        let bad = ["minor", "significant", "serious", "critical", "catastrophic"];
        for n in 1..=ROWS {
            let i = (n * 7919 % 10_007) as usize;
            let assets = Value::Links(vec![Link {
                to: Id::numbered("A", 1 + n % 200),
                attributes: vec![],
            }]);
            let title = format!("{} the {} at site {}", what[i % 7], whose[i / 7 % 5], i % 97);
            let fields = vec![
                ("title", text(title)),
                ("owner", Value::Link(Id::numbered("P", 1 + n % 20))),
                ("current_likelihood", text(likely[i % 5])),
                ("current_impact", text(bad[i / 5 % 5])),
                ("treat_by", Value::Date(20_700 + (i % 400) as i32)),
                ("assets", assets),
            ];
            house.put(&format!("R-{n:04}"), fields);
        }
        house
    }

    fn put(&mut self, id: &str, fields: Vec<(&str, Value)>) {
        let id = Id::from(id);
        let Some(ix) = self.catalogue.kind_of(&id) else { return };
        let kind = &self.catalogue.kinds[ix];
        let mut record = Record::new(id);
        for (name, v) in fields {
            if let Some(f) = kind.field(name) {
                record.set(f.tag, Some(v));
            }
        }
        record.set(STATE, Some(text(kind.first_state())));
        self.state.put(ix, Arc::new(record));
    }

    fn world(&self) -> World<'_> {
        World {
            catalogue: &self.catalogue,
            state: &self.state,
            today: 20_779,
            now: 20_779 * 86_400_000,
            me: &self.me,
        }
    }

    fn query(&self, text: &str) -> Query {
        let kind = &self.catalogue.kinds[self.risk];
        Query::parse(text, &self.catalogue, Some(kind)).unwrap_or_default()
    }
}

/// The last key of a query typed letter by letter.
#[divan::bench(args = [
    "p", "ph", "phi", "phbeos", "owner:me", "owner:me p", "current_level>=high", "due<30d", "asset:A-0003",
    "-asset:oslo", "title:payment", "\"payment\"", "current_level<=@inherent_level", "is:overdue",
])]
fn key(bencher: divan::Bencher, text: &str) {
    let house = House::new();
    let w = house.world();
    let mut before = List::of(&w, house.risk);
    let short: String = text.chars().take(text.chars().count() - 1).collect();
    let (short, query) = (house.query(&short), house.query(text));
    // a field cut short by one letter may be the same query, which would cost nothing
    if short != query {
        before.filter(&w, &short);
    }
    bencher
        .with_inputs(|| before.clone())
        .bench_local_values(|mut list| list.filter(&w, &query));
}

/// A selection from nothing, sorted.
#[divan::bench(args = ["", "is:open", "phish"])]
fn select(bencher: divan::Bencher, text: &str) {
    let house = House::new();
    let w = house.world();
    let query = house.query(text);
    bencher.bench_local(|| query.select(&w, house.risk));
}

/// Packing the list anew, as after a commit.
#[divan::bench]
fn pack(bencher: divan::Bencher) {
    let house = House::new();
    let rows: Vec<Arc<Record>> = house.state.live(house.risk).cloned().collect();
    bencher.with_inputs(|| rows.clone()).bench_local_values(List::new);
}

/// Every rule of every record.
#[divan::bench(sample_count = 5)]
fn gaps(bencher: divan::Bencher) {
    let house = House::new();
    let w = house.world();
    bencher.bench_local(|| isms::model::rules::gaps(&w));
}
