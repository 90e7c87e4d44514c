//! What a key costs in the filter of a list of 100,000 risks, and what opening, sorting, packing, following and checking
//! them costs.

use isms::model::builtin;
use isms::model::change::Changed;
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

const ROWS: u64 = 100_000;

struct House {
    catalogue: Catalogue,
    state: State,
    me: Id,
    risk: KindIx,
}

fn text_of(t: impl Into<String>) -> Value {
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
        house.put("ORG-0001", vec![("title", text_of("Sample"))]);
        for p in 1..=20 {
            house.put(&format!("P-{p:04}"), vec![("title", text_of(format!("Person {p}")))]);
        }
        for a in 1..=200 {
            house.put(
                &format!("A-{a:04}"),
                vec![("title", text_of(format!("Server {a} in Oslo")))],
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
            let i = (n * 7919 % 100_003) as usize;
            let assets = Value::Links(vec![Link {
                to: Id::numbered("A", 1 + n % 200),
                attributes: vec![],
            }]);
            let title = format!("{} the {} at site {}", what[i % 7], whose[i / 7 % 5], i % 97);
            let fields = vec![
                ("title", text_of(title)),
                ("owner", Value::Link(Id::numbered("P", 1 + n % 20))),
                ("current_likelihood", text_of(likely[i % 5])),
                ("current_impact", text_of(bad[i / 5 % 5])),
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
        record.set(STATE, Some(text_of(kind.first_state())));
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
    before.prepare(usize::MAX);
    let short: String = text.chars().take(text.chars().count() - 1).collect();
    let (short, query) = (house.query(&short), house.query(text));
    // a field cut short by one letter may be the same query, which would cost nothing
    if short != query {
        before.ask(&short, None, true);
        before.answer(&w);
    }
    bencher.with_inputs(|| before.clone()).bench_local_refs(|list| {
        list.ask(&query, None, true);
        list.answer(&w);
    });
}

/// The key that takes the last letter back.
#[divan::bench(args = ["ph", "phbeos"])]
fn backspace(bencher: divan::Bencher, text: &str) {
    let house = House::new();
    let w = house.world();
    let mut before = List::of(&w, house.risk);
    for n in 1..=text.len() {
        before.ask(&house.query(&text[..n]), None, true);
        before.answer(&w);
    }
    let query = house.query(&text[..text.len() - 1]);
    bencher.with_inputs(|| before.clone()).bench_local_refs(|list| {
        list.ask(&query, None, true);
        list.answer(&w);
    });
}

/// A selection from nothing, sorted.
#[divan::bench(args = ["", "is:open", "phish"])]
fn select(bencher: divan::Bencher, text: &str) {
    let house = House::new();
    let w = house.world();
    let query = house.query(text);
    bencher.bench_local(|| query.select(&w, house.risk));
}

/// Opening the list.
#[divan::bench]
fn open(bencher: divan::Bencher) {
    let house = House::new();
    let w = house.world();
    bencher.bench_local(|| List::of(&w, house.risk));
}

/// Packing the list for words.
#[divan::bench]
fn pack(bencher: divan::Bencher) {
    let house = House::new();
    let list = List::of(&house.world(), house.risk);
    bencher
        .with_inputs(|| list.clone())
        .bench_local_refs(|list| list.prepare(usize::MAX));
}

/// Sorting the list by another column.
#[divan::bench(args = ["title", "-current_level", "owner"])]
fn sort(bencher: divan::Bencher, by: &str) {
    let house = House::new();
    let w = house.world();
    let list = List::of(&w, house.risk);
    bencher.with_inputs(|| list.clone()).bench_local_refs(|list| {
        list.sort(&[by.to_string()]);
        list.finish(&w);
    });
}

/// Following a commit that moves one row of a list that is filtered.
#[divan::bench(args = ["", "phi", "owner:me p", "is:overdue"])]
fn follow(bencher: divan::Bencher, text: &str) {
    let mut house = House::new();
    let mut before = List::of(&house.world(), house.risk);
    before.ask(&house.query(text), None, true);
    before.answer(&house.world());
    let id = Id::from("R-0077");
    let Some(old) = house.state.get(house.risk, &id).cloned() else {
        return;
    };
    let mut new = Record::clone(&old);
    let impact = house.catalogue.kinds[house.risk].field("current_impact").map(|f| f.tag);
    new.set(impact.unwrap_or_default(), Some(text_of("catastrophic")));
    let new = Arc::new(new);
    house.state.put(house.risk, Arc::clone(&new));
    let changes = [Changed {
        id,
        before: Some(old),
        after: new,
    }];
    let w = house.world();
    bencher.with_inputs(|| before.clone()).bench_local_refs(|list| {
        list.follow(&w, &changes);
        list.answer(&w);
    });
}

/// Every rule of every record.
#[divan::bench(sample_count = 5)]
fn gaps(bencher: divan::Bencher) {
    let house = House::new();
    let w = house.world();
    bencher.bench_local(|| isms::model::rules::gaps(&w));
}
