#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test stops where it fails")]

use super::*;
use crate::model::builtin;
use crate::model::change::Actor;
use crate::model::kind::{Catalogue, Field, FieldType, RETIRED, STATE};
use crate::model::record::{Meta, Record, Stamp};
use crate::model::state::State;
use crate::model::value::{Link, Range, Row, Value};
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
    /// Milliseconds since its day began.
    hour: i64,
}

impl House {
    fn new() -> Self {
        Self {
            state: State::empty(&CATALOGUE),
            today: TODAY,
            hour: 0,
        }
    }

    fn world(&self) -> World<'_> {
        World {
            catalogue: &CATALOGUE,
            state: &self.state,
            today: self.today,
            now: i64::from(self.today) * 86_400_000 + self.hour,
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
            FieldType::Time => Value::Time((i64::from(TODAY) + [-3, -1, 0, 1, 20][n]) * 86_400_000 + 40_000_000),
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

/// What waits for each person is what the rights say.
fn waits_by_rights(a: &Agenda, w: &World) {
    use crate::model::rights::{self, Verb};
    for p in w.live("person") {
        let actor = Actor {
            person: p.id.clone(),
            by: p.id.clone(),
        };
        let may = |wait: &Wait| {
            let t = &w.kind_at(wait.kind).transitions[wait.transition];
            rights::may(w, &actor, Verb::Move(w.find(&wait.id).unwrap(), t)).is_ok()
        };
        let found = a.waiting_for(w, &actor);
        assert_eq!(
            found.named.len() + found.as_admin,
            a.waits().filter(may).count(),
            "{}",
            p.id
        );
        assert!(found.named.iter().all(may));
    }
}

/// What was kept up for whom looks is what asking every record anew would find.
fn seat_is_kept_up(a: &Agenda, w: &World, actor: &Actor) {
    let mut anew = a.clone();
    anew.seat = None;
    assert_eq!(a.waiting_for(w, actor), anew.waiting_for(w, actor));
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
    assert_eq!(a.totals(), b.totals());
}

/// What would be worked out from nothing for whom looks.
fn anew(w: &World, actor: &Actor) -> Agenda {
    let mut agenda = Agenda::begin(w);
    agenda.sit(w, actor);
    while !agenda.work(w, SLICE) {}
    agenda
}

/// What is looked at by stage and by whose it is is what all of it holds of that.
fn views_are_parts(a: &Agenda, w: &World, actor: &Actor) {
    let hands = crate::model::rights::hands(w, &actor.person);
    let stages = STAGES.iter().map(|(s, _)| Some(*s)).chain([None]);
    for view in stages.flat_map(|stage| [false, true].map(|mine| View { stage, mine })) {
        let here = |d: &Due| {
            let stage = view.stage.is_none_or(|s| w.kind(&d.id).unwrap().stage == s);
            stage && (!view.mine || d.whose.iter().any(|id| hands.contains(id)))
        };
        for bucket in Bucket::ALL {
            let dues = |view| a.bucket(view, bucket).map(|at| a.due(at).unwrap()).collect::<Vec<_>>();
            let all: Vec<Due> = dues(View::default()).into_iter().filter(here).collect();
            let part = dues(view);
            assert_eq!(part, all);
            assert_eq!(a.bucket_count(view, bucket), all.len());
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 6, failure_persistence: None, ..ProptestConfig::default() })]
    /// After any commits, on any day, what was kept up is what would be worked out from nothing.
    #[test]
    fn keeping_up_is_working_out_anew(seed: u64, days in prop::collection::vec(0i32..40, 0..3)) {
        let (mut house, mut dice) = (House::new(), Dice(seed));
        for _ in 0..80 {
            let record = dice.record(&house, true);
            house.place(record);
        }
        let me = Actor { person: Id::from("P-0001"), by: Id::from("P-0001") };
        let mut kept = anew(&house.world(), &me);
        for day in 0..=days.len() {
            for _ in 0..12 {
                let n = 1 + dice.roll(3);
                let changes: Vec<Changed> = (0..n).map(|_| { let r = dice.record(&house, false); house.place(r) }).collect();
                kept.update(&house.world(), &changes);
                // what depends on it may come later
                if dice.roll(2) == 0 {
                    kept.sit(&house.world(), &me);
                    while !kept.work(&house.world(), 7) {}
                    views_are_parts(&kept, &house.world(), &me);
                    seat_is_kept_up(&kept, &house.world(), &me);
                    waits_by_rights(&kept, &house.world());
                    same(&kept, &anew(&house.world(), &me), &house.world());
                }
            }
            if let Some(later) = days.get(day) {
                house.today += later;
                house.hour = dice.roll(24) as i64 * 3_600_000;
                kept.turn(&house.world());
            }
            kept.sit(&house.world(), &me);
            while !kept.work(&house.world(), 50) {}
            same(&kept, &anew(&house.world(), &me), &house.world());
        }
    }
}

fn date(text: &str) -> Value {
    Value::Date(crate::model::calendar::parse_day(text, TODAY).unwrap())
}

fn ids<'a>(all: impl Iterator<Item = At<'a>>) -> Vec<&'a str> {
    all.map(|(id, _)| id.as_str()).collect()
}

/// DUE-1: yesterday is late, the fourteenth day from today is soon, the fifteenth is later.
#[test]
fn days_fall_into_their_buckets() {
    let mut house = House::new();
    for (id, day) in [
        ("D-0001", "2026-11-21"),
        ("D-0002", "2026-11-22"),
        ("D-0003", "2026-12-06"),
        ("D-0004", "2026-12-07"),
    ] {
        house.put(id, "in-force", &[("next_review", date(day))]);
    }
    let mut agenda = Agenda::build(&house.world());
    let of = |a: &Agenda| Bucket::ALL.map(|b| ids(a.bucket(View::default(), b)).join(" "));
    assert_eq!(of(&agenda), ["D-0001", "D-0002", "D-0003", "D-0004"]);
    // the next day
    house.today += 1;
    agenda.turn(&house.world());
    assert_eq!(of(&agenda), ["D-0001 D-0002", "", "D-0003 D-0004", ""]);
    // and back, as after a look at the past
    house.today -= 1;
    agenda.turn(&house.world());
    assert_eq!(of(&agenda), ["D-0001", "D-0002", "D-0003", "D-0004"]);
}

/// DUE-2: a day that comes every month from the end of January stays at the end of the month.
#[test]
fn recurrences_do_not_drift() {
    use crate::model::calendar::{next_in_series, show};
    let Value::Date(start) = date("2026-01-31") else {
        unreachable!()
    };
    let days: Vec<i32> = std::iter::successors(Some(start), |day| Some(next_in_series(start, 1, *day)))
        .take(4)
        .collect();
    let days: Vec<String> = days.into_iter().map(show).collect();
    assert_eq!(days, ["2026-01-31", "2026-02-28", "2026-03-31", "2026-04-30"]);
}

/// CLOCK-1: the clocks of NIS2 and GDPR stand on the agenda to the minute, until they are answered.
#[test]
fn legal_clocks_run_to_the_minute() {
    use crate::model::calendar::{add_months, day_of_time, parse_time, show_time};
    const DAY: i64 = 86_400_000;
    let at = |text: &str| parse_time(text, TODAY, 0).unwrap();
    let (aware, sent) = (at("2026-01-30T22:15:00Z"), at("2026-01-31T09:00:00Z"));
    let month = i64::from(add_months(day_of_time(sent), 1)) * DAY + sent.rem_euclid(DAY);
    let kind = CATALOGUE.kind("incident").unwrap();
    let clocks = kind.field("clocks").unwrap();
    let tag = |name: &str| clocks.fields.iter().find(|f| f.name == name).unwrap().tag;
    let rows = |done: u32| {
        let all = [aware + DAY, aware + 3 * DAY, month, aware + 3 * DAY];
        let row = |(id, until): (u32, i64)| Row {
            id,
            cells: vec![
                (tag("until"), Value::Time(until)),
                (tag("done"), Value::Bool(id <= done)),
            ],
        };
        Value::Rows((1..).zip(all).map(row).collect())
    };
    let mut house = House::new();
    house.today = day_of_time(aware) + 2;
    let change = house.put("I-0001", "declared", &[("clocks", rows(0))]);
    let mut agenda = Agenda::build(&house.world());
    let moments = |a: &Agenda| {
        let known = a.of(&Id::from("I-0001")).unwrap();
        known
            .days
            .iter()
            .map(|d| show_time(d.time.unwrap()))
            .collect::<Vec<_>>()
    };
    let (notification, last) = ("2026-02-02T22:15:00Z", "2026-02-28T09:00:00Z");
    assert_eq!(
        moments(&agenda),
        ["2026-01-31T22:15:00Z", notification, notification, last]
    );
    assert_eq!(ids(agenda.late(View::default())), ["I-0001"]);
    // Two more run out this evening: they are today's until then, and late a moment after.
    let of = |a: &Agenda, b: Bucket| a.bucket_count(View::default(), b);
    house.today += 1;
    agenda.turn(&house.world());
    assert_eq!((of(&agenda, Bucket::Late), of(&agenda, Bucket::Today)), (1, 2));
    let next = agenda.next_moment().unwrap();
    assert_eq!(next, at(notification) + 1);
    for (hour, late) in [(next - 1, 1), (next, 3), (next - 1, 1)] {
        house.hour = hour - i64::from(house.today) * DAY;
        agenda.turn(&house.world());
        assert_eq!(
            (of(&agenda, Bucket::Late), of(&agenda, Bucket::Today)),
            (late, 3 - late)
        );
        assert_eq!(agenda.lists, Agenda::build(&house.world()).lists);
    }
    (house.today, house.hour) = (house.today - 1, 0);
    agenda.turn(&house.world());
    let answered = house.put("I-0001", "declared", &[("clocks", rows(1))]);
    assert_eq!(answered.before, Some(change.after));
    agenda.update(&house.world(), &[answered]);
    assert_eq!(moments(&agenda), [notification, notification, last]);
    assert_eq!(agenda.late_count(View::default()), 0);
}

/// What weighs more stands above what is older.
#[test]
fn the_worst_stands_first() {
    let mut house = House::new();
    house.put("D-0001", "in-force", &[("next_review", date("2025-11-22"))]);
    house.put("D-0002", "in-force", &[("next_review", date("2025-11-21"))]);
    for (id, severity, day) in [
        ("F-0001", "critical", "2026-11-21"),
        ("F-0002", "low", "2026-01-01"),
        ("F-0003", "critical", "2026-11-20"),
    ] {
        house.put(id, "in-fix", &[("severity", text(severity)), ("fix_by", date(day))]);
    }
    let agenda = Agenda::build(&house.world());
    let all = ids(agenda.late(View::default()));
    assert_eq!(all, ["F-0003", "F-0001", "D-0002", "D-0001", "F-0002"]);
}

/// Every record reaches a risk over at most two links, and no way leads over posts.
/// What is taken from figures is no answer to a date: there may be none.
#[test]
fn a_stale_risk_is_looked_at_again_in_any_state() {
    let mut house = House::new();
    for (id, state) in [("R-0001", "analysed"), ("R-0002", "identified")] {
        house.put(
            id,
            state,
            &[("title", text(id)), ("reassess_by", Value::Date(TODAY + 7))],
        );
    }
    let agenda = Agenda::build(&house.world());
    let asked = agenda
        .bucket(View::default(), Bucket::Soon)
        .filter_map(|at| agenda.due(at));
    let remedies: Vec<Remedy> = asked.map(|d| d.remedy).collect();
    assert_eq!(
        remedies,
        [Remedy::Move("confirm".into()), Remedy::Field("reassess_by".into())]
    );
}

#[test]
fn orphans_are_told_with_the_reason() {
    let mut house = House::new();
    house.put("RO-0001", "", &[]);
    house.put(
        "R-0001",
        "",
        &[("owner", link("RO-0001")), ("assets", links(&["A-0001"]))],
    );
    house.put("A-0001", "", &[]);
    house.put("A-0002", "", &[("owner", link("RO-0001"))]);
    house.put("F-0001", "", &[("asset", link("A-0001"))]);
    house.put("F-0002", "", &[("asset", link("A-0002"))]);
    house.put("F-0003", "", &[]);
    let mut agenda = Agenda::build(&house.world());
    let why = |a: &Agenda, id: &str| {
        let id = Id::from(id);
        let found = a.gaps_of(&id).find(|g| g.rule == "orphan");
        found.map(|g| (g.message, g.remedy))
    };
    for id in ["R-0001", "A-0001", "F-0001", "RO-0001"] {
        assert_eq!(why(&agenda, id), None, "{id}");
    }
    let (message, remedy) = why(&agenda, "F-0002").unwrap();
    assert_eq!(
        message,
        "F-0002 is linked only with assets, and so with no risk over at most two links"
    );
    assert_eq!(remedy, Remedy::Field("risk".to_string()));
    assert!(
        why(&agenda, "A-0002")
            .unwrap()
            .0
            .contains("linked only with findings, roles")
    );
    assert!(why(&agenda, "F-0003").unwrap().0.contains("is linked with nothing"));
    house.put("D-0001", "", &[]);
    house.put("E-0001", "", &[]);
    let more = Agenda::build(&house.world());
    let field = |name: &str| Remedy::Field(name.to_string());
    assert_eq!(why(&more, "D-0001").unwrap().1, field("governs"));
    assert_eq!(why(&more, "E-0001").unwrap().1, field("covers"));
    // a risk two links away makes all the difference, and its end takes it back
    let near = house.put("R-0002", "", &[("assets", links(&["A-0002"]))]);
    agenda.update(&house.world(), &[near]);
    assert_eq!((why(&agenda, "A-0002"), why(&agenda, "F-0002")), (None, None));
    let gone = house.put("R-0002", RETIRED, &[("assets", links(&["A-0002"]))]);
    agenda.update(&house.world(), &[gone]);
    assert!(why(&agenda, "F-0002").is_some());
}

/// Whether an action had its effect is one question, whichever way it is answered.
#[test]
fn answers_to_one_question_wait_once() {
    let mut house = House::new();
    house.put("CA-0001", "done", &[]);
    let agenda = Agenda::build(&house.world());
    let waits: Vec<Wait> = agenda.waits().collect();
    let named = |w: &Wait| house.world().kind_at(w.kind).transitions[w.transition].name.clone();
    assert_eq!(waits.iter().map(named).collect::<Vec<_>>(), ["confirm"]);
}

/// What somebody may sign off only as an administrator is counted apart.
#[test]
fn a_sign_off_waits_for_whom_the_rule_names() {
    use crate::model::change::Actor;
    let mut house = House::new();
    let admin = Value::Tags(vec!["admin".to_string()]);
    let owner = Value::Tags(vec!["risk-owner".to_string()]);
    house.put("P-0001", "", &[("permissions", admin)]);
    house.put("P-0002", "", &[("permissions", owner)]);
    house.put("RO-0001", "", &[("holders", links(&["P-0003"]))]);
    house.put("P-0003", "", &[]);
    house.put("R-0001", "", &[("owner", link("RO-0001"))]);
    house.put("TP-0001", "proposed", &[("risks", links(&["R-0001"]))]);
    for id in ["RO-0001", "R-0001", "TP-0001"] {
        let mut record = (**house.world().find(&Id::from(id)).unwrap()).clone();
        let made = Stamp {
            seq: 1,
            time: 0,
            actor: Id::from("P-0009"),
            by: Id::from("P-0009"),
        };
        record.meta = Some(Arc::new(Meta {
            created: made.clone(),
            changed: made,
            entered: vec![],
            versions: 1,
        }));
        house.place(record);
    }
    let agenda = Agenda::build(&house.world());
    let of = |person: &str| {
        let actor = Actor {
            person: Id::from(person),
            by: Id::from(person),
        };
        let found = agenda.waiting_for(&house.world(), &actor);
        (found.named.len(), found.as_admin)
    };
    assert_eq!(of("P-0001"), (0, 1), "the administrator");
    assert_eq!(of("P-0003"), (1, 0), "who holds the post that owns the risk");
    assert_eq!(
        crate::model::rights::hands(&house.world(), &Id::from("P-0003")),
        BTreeSet::from([Id::from("P-0003"), Id::from("RO-0001")])
    );
}

/// A reader owes an acknowledgement of the version in force, and the next version is owed anew.
#[test]
fn what_somebody_owned_who_has_left_is_handed_over_within_days() {
    let mut h = House::new();
    let left = |day| [("left", Value::Date(TODAY + day))];
    h.put("P-0002", "left", &left(-2));
    h.put("P-0003", "", &[]);
    h.put("RO-0001", "", &[("holders", links(&["P-0002"]))]);
    h.put("RO-0002", "", &[("holders", links(&["P-0002", "P-0003"]))]);
    h.put("R-0001", "", &[("owner", link("P-0002"))]);
    h.put("R-0002", "closed", &[("owner", link("P-0002"))]);
    h.put("A-0001", "", &[("owner", link("RO-0001"))]);
    h.put("A-0002", "", &[("owner", link("RO-0001"))]);
    h.put("A-0003", "", &[("owner", link("RO-0002"))]);
    let mut a = Agenda::build(&h.world());
    let handed = |a: &Agenda| {
        let all = a.bucket(View::default(), Bucket::Soon).filter_map(|at| a.due(at));
        let all = all.filter(|d| d.source == Source::Handover);
        let mut all: Vec<_> = all
            .map(|d| (d.id.to_string(), d.word, d.day - TODAY, d.remedy))
            .collect();
        all.sort_by(|a, b| a.0.cmp(&b.0));
        all
    };
    let row = |id: &str, word: &str, remedy| (id.to_owned(), word.to_owned(), 3, remedy);
    let holders = Remedy::Field("holders".to_owned());
    let person = row("P-0002", "hand over 1 record", Remedy::Open);
    assert_eq!(
        handed(&a),
        [person.clone(), row("RO-0001", "hand over 2 records", holders)]
    );
    // one holder answers for all that the post owns
    let filled = h.put("RO-0001", "", &[("holders", links(&["P-0003"]))]);
    a.update(&h.world(), &[filled]);
    while !a.work(&h.world(), SLICE) {}
    assert_eq!(handed(&a), [person]);
    let given = h.put("R-0001", "", &[("owner", link("P-0003"))]);
    a.update(&h.world(), &[given]);
    while !a.work(&h.world(), SLICE) {}
    assert_eq!(handed(&a), []);
}

#[test]
fn a_metric_moves_the_totals_with_its_value() {
    let mut h = House::new();
    let number = |n: f64| Value::Range(Box::new(Range::Constant(n)));
    h.put(
        "R-0001",
        "",
        &[("frequency", number(2.0)), ("primary_loss", number(100.0))],
    );
    let watched = Link {
        to: Id::from("R-0001"),
        attributes: vec![(2, Value::Num(1.5)), (3, Value::Num(3.0))],
    };
    let bounds = [("amber", 5.0), ("red", 10.0)].map(|(name, n)| (name, Value::Num(n)));
    let watches = [
        ("risks", Value::Links(vec![watched])),
        ("direction", text("lower-is-better")),
    ];
    h.put("M-0001", "", &[bounds.as_slice(), watches.as_slice()].concat());
    let mut a = Agenda::build(&h.world());
    let currency = h.world().currency();
    let minor = |major: f64| match crate::method::appraisal::amount(major, currency) {
        Value::Money(minor, _) => minor,
        _ => 0,
    };
    assert_eq!(a.totals().views, [minor(200.0); 3]);
    for (id, value, loss) in [
        ("MV-0001", 6.0, 300.0),
        ("MV-0002", 12.0, 600.0),
        ("MV-0003", 1.0, 200.0),
    ] {
        let measured = [
            ("metric", link("M-0001")),
            ("value", Value::Num(value)),
            ("date", Value::Date(TODAY)),
        ];
        let came = h.put(id, "", &measured);
        a.update(&h.world(), &[came]);
        while !a.work(&h.world(), SLICE) {}
        assert_eq!(a.totals().views, [minor(loss); 3], "{id}");
    }
}

#[test]
fn the_totals_follow_at_once() {
    let mut h = House::new();
    let range = |n: f64| Value::Range(Box::new(Range::Constant(n)));
    let mut on = Vec::new();
    for n in 1..=300 {
        let id = Id::numbered("R", n);
        h.put(
            id.as_str(),
            "",
            &[("frequency", range(2.0)), ("primary_loss", range(100.0))],
        );
        let attributes = vec![(1, Value::Num(0.5))];
        on.push(Link { to: id, attributes });
    }
    let works = |design: f64| {
        let whole = ["coverage", "operation"].map(|name| (name, Value::Num(1.0)));
        let more = [
            ("design", Value::Num(design)),
            ("mechanism", text("protection")),
            ("effects", Value::Links(on.clone())),
        ];
        [whole.as_slice(), more.as_slice()].concat()
    };
    for n in 1..=40 {
        h.put(Id::numbered("C", n).as_str(), "implemented", &works(0.1));
    }
    let mut a = Agenda::build(&h.world());
    let before = *a.totals();
    let change = h.put("C-0001", "implemented", &works(0.9));
    a.update(&h.world(), &[change]);
    let whole = Agenda::build(&h.world());
    assert_eq!(a.totals(), whole.totals());
    assert_ne!(a.totals(), &before);
    while !a.work(&h.world(), SLICE) {}
    same(&a, &whole, &h.world());
}

#[test]
fn a_version_is_acknowledged_once() {
    let mut house = House::new();
    house.put("P-0001", "", &[]);
    house.put("P-0002", "left", &[]);
    house.put("RO-0001", "", &[("holders", links(&["P-0001", "P-0002"]))]);
    let version = |house: &mut House, n: i64| {
        let values = [
            ("in_force_version", Value::Int(n)),
            ("readers", links(&["RO-0001"])),
            ("effective", date("2026-11-20")),
        ];
        house.put("D-0001", "in-force", &values)
    };
    version(&mut house, 1);
    let mut agenda = Agenda::build(&house.world());
    let owed = |a: &Agenda| {
        let id = Id::from("D-0001");
        let due = (0..).map_while(|place| a.due((&id, place)));
        due.map(|d| (d.day - TODAY, d.whose)).collect::<Vec<_>>()
    };
    assert_eq!(owed(&agenda), [(12, vec![Id::from("P-0001")])]);
    let read = [
        ("document", link("D-0001")),
        ("person", link("P-0001")),
        ("version", Value::Int(1)),
    ];
    let read = house.put("AK-0001", "", &read);
    agenda.update(&house.world(), &[read]);
    assert_eq!(owed(&agenda), []);
    let next = version(&mut house, 2);
    agenda.update(&house.world(), &[next]);
    assert_eq!(owed(&agenda).len(), 1);
}

/// A house of so many findings that all belong to one post and one asset.
fn hub(findings: u64) -> House {
    let mut house = House::new();
    house.put("P-0001", "", &[]);
    house.put("P-0002", "", &[]);
    house.put("RO-0001", "", &[("holders", links(&["P-0001"]))]);
    house.put("R-0001", "", &[("assets", links(&["A-0001"]))]);
    house.put("A-0001", "", &[]);
    for n in 1..=findings {
        let id = Id::numbered("F", n);
        house.put(
            id.as_str(),
            "",
            &[("owner", link("RO-0001")), ("asset", link("A-0001"))],
        );
    }
    house
}

/// What a commit costs, in things worked out: it does not grow with what there is.
#[test]
fn a_commit_costs_what_it_touches() {
    for findings in [100, 1000] {
        let mut house = hub(findings);
        let mut agenda = Agenda::build(&house.world());
        let mut cost = |house: &mut House, id: &str, values: &[(&str, Value)]| {
            let before = agenda.worked();
            let change = house.put(id, "", values);
            agenda.update(&house.world(), &[change]);
            while !agenda.work(&house.world(), SLICE) {}
            same(&agenda, &Agenda::build(&house.world()), &house.world());
            agenda.worked() - before
        };
        let finding = [
            ("owner", link("RO-0001")),
            ("asset", link("A-0001")),
            ("fix_by", date("2026-11-01")),
        ];
        let one = cost(&mut house, "F-0007", &finding);
        assert!(one <= 12, "a finding among {findings}: {one}");
        // a post that owns them all gets another holder: it is still held
        let post = cost(&mut house, "RO-0001", &[("holders", links(&["P-0002"]))]);
        assert!(post <= 12, "the post of {findings}: {post}");
        // nobody holds it any more: now each of them has a gap
        let vacant = cost(&mut house, "RO-0001", &[]);
        assert!(vacant > findings, "vacant: {vacant}");
    }
}

/// What follows from a commit to very many records comes in slices.
#[test]
fn a_hub_does_not_stall_the_screen() {
    let mut house = hub(2000);
    let mut agenda = Agenda::build(&house.world());
    let before = agenda.worked();
    let change = house.put("RO-0001", "", &[]);
    agenda.update(&house.world(), &[change]);
    assert!(agenda.worked() - before <= SLICE as u64);
    assert!(agenda.pending() > 1000);
    // the post itself has its gap at once
    assert!(agenda.gaps_of(&Id::from("RO-0001")).next().is_some());
    while !agenda.work(&house.world(), SLICE) {}
    same(&agenda, &Agenda::build(&house.world()), &house.world());
}
