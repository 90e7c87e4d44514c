//! Stories of what is run, told on the demonstration company: what is refused, in which words.
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test stops where it fails"
)]

mod company;

use company::{Company, NOW, TODAY};
use isms::method::agenda::Agenda;
use isms::method::appraisal::asset;
use isms::model::calendar;
use isms::model::kind::Derivation;
use isms::model::query::Query;
use isms::model::record::{Id, Record};
use isms::model::value::Value;
use isms::model::world::World;
use std::collections::HashSet;
use std::sync::Arc;

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

#[test]
fn the_key_assets_of_all_are_those_that_each_says_of_itself() {
    let c = Company::open();
    let catalogue = isms::method::catalogue().unwrap();
    let me = Id::from("P-0001");
    let w = World {
        catalogue: &catalogue,
        state: c.ledger.state(),
        today: TODAY,
        now: NOW,
        me: &me,
    };
    let kind = catalogue.kind("asset").unwrap();
    let says = |a: &&Arc<Record>| w.value(kind, a, "key_asset").is_some_and(|v| *v == Value::Bool(true));
    let each: HashSet<Id> = w.live("asset").filter(says).map(|a| a.id.clone()).collect();
    assert!(each.len() > 10 && each.len() < w.live("asset").count());
    assert_eq!(asset::Keys::of(&w).0, each);
}

/// Figures go by days: who looks in the evening finds those of the morning.
#[test]
fn the_figures_of_a_risk_do_not_move_within_a_day() {
    let c = Company::open();
    let catalogue = isms::method::catalogue().unwrap();
    let me = Id::from("P-0001");
    let morning = World {
        catalogue: &catalogue,
        state: c.ledger.state(),
        today: TODAY,
        now: NOW,
        me: &me,
    };
    let evening = World {
        now: NOW + 4 * 3_600_000,
        ..morning
    };
    let kind = catalogue.kind("risk").unwrap();
    let mut seen = 0;
    for risk in morning.live("risk") {
        for figure in &kind.derived {
            let value = |w: &World| w.value(kind, risk, &figure.name).map(|v| v.into_owned());
            assert_eq!(value(&morning), value(&evening), "{} {}", risk.id, figure.name);
            seen += usize::from(figure.name == "rate_after" && value(&morning).is_some());
        }
    }
    assert!(seen > 0, "no risk learns from incidents");
}

/// Late is late everywhere: what the agenda counts so has a day that says so in its register, and is found there.
#[test]
fn what_is_late_on_the_agenda_is_overdue_in_its_register() {
    let c = Company::open();
    let me = Id::from("P-0001");
    let catalogue = isms::method::catalogue().unwrap();
    let noon = World {
        catalogue: &catalogue,
        ..c.world(&me)
    };
    // A legal clock runs out within the day.
    for w in [
        noon,
        World {
            now: noon.now + 9 * 3_600_000,
            ..noon
        },
    ] {
        let agenda = Agenda::build(&w);
        let mut late = 0;
        for (ix, kind) in w.catalogue.kinds.iter().enumerate() {
            if !kind.derived.iter().any(|d| matches!(d.from, Derivation::Due)) {
                continue;
            }
            let overdue = Query::parse("is:overdue", w.catalogue, Some(kind)).unwrap();
            for record in w.live(&kind.name) {
                let known = agenda.is_late(&record.id);
                let due = w.due(kind, record).is_some_and(|due| due.is_late(&w));
                assert_eq!(known, due, "{} {:?}", record.id, w.due(kind, record));
                assert_eq!(known, overdue.holds(&w, kind, record), "{}", record.id);
                late += usize::from(known);
            }
            assert!(agenda.count(ix).late <= late);
        }
        assert!(late > 10, "{late}");
    }
}
