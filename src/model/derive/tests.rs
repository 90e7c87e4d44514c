//! Derived values over a small world: an objective, its metric and the measurements of it.

use crate::model::calendar;
use crate::model::codec;
use crate::model::kind::{Catalogue, STATE};
use crate::model::query::Query;
use crate::model::record::{Id, Record};
use crate::model::state::State;
use crate::model::value::Value;
use crate::model::world::World;
use std::sync::Arc;

const TODAY: i32 = 20_779;

const HEADER: &str = r#"
fields = [
  { tag = 1, name = "state", label = "State", type = "line", readonly = true, help = "h" },
  { tag = 2, name = "title", label = "Title", type = "line", help = "h" },
]
"#;

const PERSON: &str = r#"
name = "person"
plural = "persons"
title = "Person"
titles = "People"
prefix = "P"
stage = "establish"
screen = 1
order = 1
help = "h"
columns = []
[rights]
"#;

const METRIC: &str = r#"
name = "metric"
plural = "metrics"
title = "Metric"
titles = "Metrics"
prefix = "M"
stage = "monitor"
screen = 3
order = 1
help = "h"
columns = []
sort = ["-band", "id"]
[rights]
[[fields]]
tag = 40
name = "direction"
label = "Direction"
type = "choice"
choices = [{ id = "higher-is-better", label = "Higher" }, { id = "lower-is-better", label = "Lower" }]
help = "h"
[[fields]]
tag = 41
name = "amber"
label = "Amber"
type = "decimal"
help = "h"
[[fields]]
tag = 42
name = "red"
label = "Red"
type = "decimal"
help = "h"
[[fields]]
tag = 43
name = "margin"
label = "Margin"
type = "decimal"
help = "h"
[[fields]]
tag = 44
name = "every"
label = "Every"
type = "integer"
help = "h"
[[fields]]
tag = 45
name = "first"
label = "First"
type = "date"
help = "h"
[[derived]]
name = "band"
label = "Band"
help = "h"
from = "band"
kind = "measurement"
field = "metric"
date = "date"
value = "value"
direction = "direction"
amber = "amber"
red = "red"
hysteresis = "margin"
[[derived]]
name = "current"
label = "Value"
help = "h"
from = "latest"
kind = "measurement"
field = "metric"
date = "date"
value = "value"
[[derived]]
name = "high"
label = "High ones"
help = "h"
from = "count"
kind = "measurement"
field = "metric"
where = "value>5"
[[derived]]
name = "next"
label = "Next"
help = "h"
due = "measure"
from = "lapse"
kind = "measurement"
field = "metric"
date = "date"
where = "value>0"
months = "every"
since = "first"
"#;

const MEASUREMENT: &str = r#"
name = "measurement"
plural = "measurements"
title = "Measurement"
titles = "Measurements"
prefix = "MV"
stage = "monitor"
screen = 3
order = 2
within = "metric"
help = "h"
columns = []
[rights]
[[fields]]
tag = 40
name = "metric"
label = "Metric"
type = "link"
target = ["metric"]
help = "h"
[[fields]]
tag = 41
name = "date"
label = "Date"
type = "date"
help = "h"
[[fields]]
tag = 42
name = "value"
label = "Value"
type = "decimal"
help = "h"
"#;

const OBJECTIVE: &str = r#"
name = "objective"
plural = "objectives"
title = "Objective"
titles = "Objectives"
prefix = "O"
stage = "establish"
screen = 1
order = 2
help = "h"
columns = []
[rights]
[[fields]]
tag = 40
name = "metric"
label = "Metric"
type = "link"
target = ["metric"]
help = "h"
[[fields]]
tag = 41
name = "baseline"
label = "Baseline"
type = "decimal"
help = "h"
[[fields]]
tag = 42
name = "target"
label = "Target"
type = "decimal"
help = "h"
[[fields]]
tag = 43
name = "since"
label = "Since"
type = "date"
help = "h"
[[fields]]
tag = 44
name = "until"
label = "Until"
type = "date"
help = "h"
[[derived]]
name = "current"
label = "Value"
help = "h"
from = "of"
link = "metric"
value = "current"
[[derived]]
name = "band"
label = "Band"
help = "h"
from = "of"
link = "metric"
value = "band"
[[derived]]
name = "attainment"
label = "Attainment"
help = "h"
from = "attainment"
value = "current"
baseline = "baseline"
target = "target"
[[derived]]
name = "pace"
label = "Pace"
help = "h"
from = "pace"
attainment = "attainment"
since = "since"
until = "until"
band = "band"
[[derived]]
name = "validity"
label = "Validity"
help = "h"
from = "validity"
until = "until"
"#;

struct House {
    catalogue: Catalogue,
    state: State,
    me: Id,
}

fn files() -> Vec<(&'static str, &'static str)> {
    vec![
        ("_header", HEADER),
        ("person", PERSON),
        ("metric", METRIC),
        ("measurement", MEASUREMENT),
        ("objective", OBJECTIVE),
    ]
}

impl House {
    /// A metric that is better the lower it is, and an objective to bring it down to 0.
    fn new() -> Self {
        let catalogue = Catalogue::read(&files(), &[]).unwrap();
        let mut house = Self {
            state: State::empty(&catalogue),
            catalogue,
            me: Id::from("P-0001"),
        };
        let bounds = [("amber", "5"), ("red", "10"), ("margin", "1"), ("every", "1")];
        let first = [("direction", "lower-is-better"), ("first", "2026-10-31")];
        house.put("M-0001", &[&bounds[..], &first[..]].concat());
        let days = [("since", "2026-01-01"), ("until", "2026-12-31")];
        let way = [("metric", "M-0001"), ("baseline", "10"), ("target", "0")];
        house.put("O-0001", &[&days[..], &way[..]].concat());
        house
    }

    fn put(&mut self, id: &str, values: &[(&str, &str)]) {
        let id = Id::from(id);
        let ix = self.catalogue.kind_of(&id).unwrap();
        let mut record = Record::new(id);
        record.set(STATE, Some(Value::Text("active".into())));
        for (name, text) in values {
            let w = self.world();
            let kind = w.kind_at(ix);
            let field = kind.field(name).unwrap();
            record.set(field.tag, codec::parse(&w, kind, None, field, text).unwrap());
        }
        self.state.put(ix, Arc::new(record));
    }

    fn measure(&mut self, n: usize, day: &str, value: &str) {
        let of = [("metric", "M-0001"), ("date", day), ("value", value)];
        self.put(&format!("MV-{n:04}"), &of);
    }

    fn world(&self) -> World<'_> {
        World {
            catalogue: &self.catalogue,
            state: &self.state,
            today: TODAY,
            now: i64::from(TODAY) * calendar::DAY_MS,
            me: &self.me,
        }
    }

    fn cell(&self, id: &str, name: &str) -> String {
        let w = self.world();
        let id = Id::from(id);
        codec::cell(&w, w.kind(&id).unwrap(), w.find(&id).unwrap(), name)
    }

    fn plain(&self, id: &str, name: &str) -> String {
        let w = self.world();
        let id = Id::from(id);
        codec::plain(&w, w.kind(&id).unwrap(), w.find(&id).unwrap(), name)
    }

    fn finds(&self, kind: &str, query: &str) -> Vec<String> {
        let w = self.world();
        let ix = self.catalogue.index_of(kind).unwrap();
        let q = Query::parse(query, &self.catalogue, Some(w.kind_at(ix))).unwrap_or_else(|e| panic!("{query}: {e}"));
        q.select(&w, ix).iter().map(|r| r.id.to_string()).collect()
    }
}

#[test]
fn what_is_linked_is_counted_and_the_latest_taken() {
    let mut house = House::new();
    assert_eq!(
        (house.cell("M-0001", "current"), house.cell("M-0001", "high")),
        (String::new(), "0".into())
    );
    assert_eq!(house.cell("M-0001", "band"), "");
    // they count in the order of their days, whatever their ids
    house.measure(1, "2026-11-20", "3.5");
    house.measure(2, "2026-09-20", "12");
    house.measure(3, "2026-10-20", "9.5");
    assert_eq!(house.cell("M-0001", "current"), "3.5");
    assert_eq!(house.cell("M-0001", "high"), "2");
    assert_eq!(house.cell("M-0001", "band"), "green");
    assert_eq!(house.cell("O-0001", "current"), "3.5");
    house.measure(1, "2026-11-20", "9.2");
    assert_eq!(
        house.cell("M-0001", "band"),
        "red",
        "not yet past the bound by the margin"
    );
    house.measure(1, "2026-11-20", "8.9");
    assert_eq!(house.cell("O-0001", "band"), "amber");
}

#[test]
fn something_lapses_so_many_months_after_the_latest() {
    let mut house = House::new();
    let due = |h: &House| {
        let w = h.world();
        let r = w.find(&Id::from("M-0001")).unwrap();
        w.due(w.kind(&r.id).unwrap(), r)
            .map(|due| (calendar::show(due.day), due.word.to_string()))
    };
    assert_eq!(
        due(&house),
        Some(("2026-11-30".into(), "measure".into())),
        "from the first day"
    );
    assert_eq!(house.finds("metric", "due<30d"), ["M-0001"]);
    house.measure(1, "2026-09-30", "3");
    assert_eq!(due(&house), Some(("2026-10-30".into(), "measure".into())));
    assert_eq!(house.finds("metric", "is:overdue next<today next:2026-10"), ["M-0001"]);
    assert_eq!(house.cell("M-0001", "next"), "23 days late");
    assert_eq!(house.plain("M-0001", "next"), "2026-10-30");
    house.measure(2, "2026-11-21", "0");
    assert_eq!(
        due(&house),
        Some(("2026-10-30".into(), "measure".into())),
        "0 does not count"
    );
    house.measure(3, "2026-11-21", "2");
    assert_eq!(house.finds("metric", "is:overdue"), Vec::<String>::new());
}

#[test]
fn an_objective_is_in_time_or_not() {
    let mut house = House::new();
    // 89 % of the time has passed
    for (value, attainment, pace) in [
        ("0", "100%", "met"),
        ("1", "90%", "on track"),
        ("4", "60%", "at risk"),
        ("12", "-20%", "at risk"),
    ] {
        house.measure(1, "2026-11-20", value);
        assert_eq!(house.cell("O-0001", "attainment"), attainment, "{value}");
        assert_eq!(house.cell("O-0001", "pace"), pace, "{value}");
    }
    house.measure(1, "2026-10-20", "12");
    house.measure(2, "2026-11-20", "9.5");
    assert_eq!(house.cell("O-0001", "pace"), "at risk");
    let past = [
        ("metric", "M-0001"),
        ("baseline", "10"),
        ("target", "0"),
        ("until", "2026-11-21"),
    ];
    house.put("O-0001", &past);
    assert_eq!(house.cell("O-0001", "pace"), "missed");
}

#[test]
fn what_is_red_is_never_on_track() {
    let mut house = House::new();
    let way = [
        ("metric", "M-0001"),
        ("baseline", "100"),
        ("target", "10"),
        ("since", "2026-01-01"),
    ];
    house.put("O-0001", &[&way[..], &[("until", "2026-12-31")]].concat());
    house.measure(1, "2026-11-20", "11");
    assert_eq!(house.cell("O-0001", "attainment"), "99%");
    assert_eq!(house.cell("O-0001", "pace"), "at risk");
}

#[test]
fn what_holds_until_a_day_expires_after_it() {
    let mut house = House::new();
    for (until, word) in [
        ("2026-11-21", "expired"),
        ("2026-11-22", "expiring"),
        ("2026-12-22", "expiring"),
        ("2026-12-23", "valid"),
    ] {
        house.put("O-0001", &[("until", until)]);
        assert_eq!(house.plain("O-0001", "validity"), word, "{until}");
        assert_eq!(house.finds("objective", &format!("validity:{word}")), ["O-0001"]);
    }
    house.put("O-0001", &[]);
    assert_eq!(house.plain("O-0001", "validity"), "");
}

#[test]
fn computed_words_are_asked_for_and_ordered() {
    let mut house = House::new();
    house.measure(1, "2026-11-20", "12");
    let other = [("direction", "higher-is-better"), ("amber", "5"), ("red", "2")];
    house.put("M-0002", &other);
    house.put("M-0003", &other);
    house.put(
        "MV-0009",
        &[("metric", "M-0002"), ("date", "2026-11-20"), ("value", "7")],
    );
    house.put(
        "MV-0010",
        &[("metric", "M-0003"), ("date", "2026-11-20"), ("value", "4")],
    );
    house.put("M-0004", &other);
    assert_eq!(
        house.finds("metric", ""),
        ["M-0001", "M-0003", "M-0002", "M-0004"],
        "the worst first"
    );
    assert_eq!(house.finds("metric", "band:red"), ["M-0001"]);
    assert_eq!(house.finds("metric", "band>=amber"), ["M-0001", "M-0003"]);
    assert_eq!(house.finds("metric", "-band:* "), ["M-0004"]);
    assert_eq!(house.finds("metric", "current>6"), ["M-0001", "M-0002"]);
    assert_eq!(house.finds("objective", "band:r attainment<50%"), ["O-0001"]);
    assert_eq!(house.finds("objective", "pace:at-risk"), ["O-0001"]);
    let kind = house.catalogue.kind("metric");
    let wrong = Query::parse("band:blue", &house.catalogue, kind).unwrap_err();
    assert_eq!(wrong.message, "'blue' is not one of green, amber, red");
}

#[test]
fn a_file_that_derives_from_what_is_not_there_is_refused() {
    let read = |file: &str, from: &str, to: &str| {
        let mut all = files();
        let place = all.iter().position(|(n, _)| *n == file).unwrap();
        let changed = all[place].1.replacen(from, to, 1);
        assert_ne!(changed, all[place].1, "{from}");
        all[place].1 = &changed;
        Catalogue::read(&all, &[]).unwrap_err().to_string()
    };
    for (file, from, to, says) in [
        (
            "metric",
            "where = \"value>5\"",
            "where = \"worth>5\"",
            "no field 'worth'",
        ),
        (
            "metric",
            "where = \"value>5\"",
            "where = \"is:gap\"",
            "cannot ask for gaps",
        ),
        ("metric", "months = \"every\"", "months = \"first\"", "is a date"),
        (
            "metric",
            "kind = \"measurement\"",
            "kind = \"value\"",
            "'value' is no kind",
        ),
        ("metric", "field = \"metric\"", "field = \"owner\"", "no field 'owner'"),
        (
            "objective",
            "value = \"band\"",
            "value = \"colour\"",
            "metric has no 'colour'",
        ),
        (
            "objective",
            "value = \"current\"\nbase",
            "value = \"attainment\"\nbase",
            "follows from itself",
        ),
        (
            "measurement",
            "within = \"metric\"",
            "within = \"gauge\"",
            "is within 'gauge'",
        ),
    ] {
        let said = read(file, from, to);
        assert!(said.contains(says), "{to}: {said}");
    }
}
