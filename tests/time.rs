//! What time brings about by itself, and what follows of itself when something comes to hold: each row of the triggers
//! in `data/registers` that no figure of a risk is about, over a ledger in memory.
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test stops where it fails"
)]

use isms::ledger::{Ledger, NoUndo};
use isms::model::builtin;
use isms::model::calendar::{DAY_MS, day_of_time, show};
use isms::model::change::{Actor, Commit, Draft, Edit, Origin, Target};
use isms::model::codec;
use isms::model::kind::{Field, FieldType};
use isms::model::record::{Id, Record};
use isms::model::value::{Link, Value};
use isms::model::world::World;
use std::sync::Arc;

/// The day on which everything begins.
const DAY: i32 = 20_779;
/// An administrator who is the security officer too.
const ME: &str = "P-0001";
const PERSON: (&str, &[(&str, &str)]) = (ME, &[("title", "Ada"), ("permissions", "admin analyst ciso")]);
const JUDGED: [(&str, &str); 2] = [("current_likelihood", "likely"), ("current_impact", "critical")];

struct House {
    ledger: Ledger,
}

fn actor() -> Actor {
    let me = Id::from(ME);
    Actor {
        person: me.clone(),
        by: me,
    }
}

/// A day of the story as it is typed.
fn on(day: i32) -> String {
    show(DAY + day)
}

impl House {
    /// An organisation with a person and these records, in the states that they name.
    fn of(records: &[(&str, &[(&str, &str)])]) -> Self {
        let mut house = Self {
            ledger: Ledger::memory(Arc::new(builtin::catalogue().unwrap())),
        };
        let mut draft = Draft::new("store.init");
        draft.origin = Origin::Init;
        for (id, values) in [PERSON].iter().chain(records) {
            let ix = house.ledger.catalogue().kind_of(&Id::from(*id)).unwrap();
            let mut edit = Edit::new(ix);
            edit.target = Target::NewWithId(ix, Id::from(*id));
            edit.set = house.values(id, values);
            draft.edits.push(edit);
        }
        house
            .ledger
            .commit(&draft, &actor(), i64::from(DAY) * DAY_MS, DAY)
            .unwrap();
        house
    }

    fn values(&self, id: &str, values: &[(&str, &str)]) -> Vec<(u16, Option<Value>)> {
        let catalogue = self.ledger.catalogue();
        let kind = &catalogue.kinds[catalogue.kind_of(&Id::from(id)).unwrap()];
        let me = Id::from(ME);
        let w = World {
            catalogue,
            state: self.ledger.state(),
            today: DAY,
            now: 0,
            me: &me,
        };
        let read = |f: &Field, text: &str| match f.kind {
            FieldType::Link => Some(Value::Link(Id::from(text))),
            FieldType::Links => {
                let link = |id| Link {
                    to: Id::from(id),
                    attributes: Vec::new(),
                };
                Some(Value::Links(text.split(' ').map(link).collect()))
            }
            _ if f.name == "state" => Some(Value::Text(text.to_owned())),
            _ => codec::parse(&w, kind, None, f, text).unwrap(),
        };
        let field = |name: &str| kind.field(name).unwrap_or_else(|| panic!("{id}: {name}"));
        values
            .iter()
            .map(|(name, text)| (field(name).tag, read(field(name), text)))
            .collect()
    }

    fn commit(&mut self, day: i32, action: &str, edits: Vec<Edit>) -> Commit {
        let mut draft = Draft::new(action);
        draft.reason = Some("because".to_owned());
        draft.edits = edits;
        self.pass(day);
        let now = i64::from(DAY + day) * DAY_MS + 3_600_000;
        self.ledger.commit(&draft, &actor(), now, DAY + day).unwrap()
    }

    /// Values are changed by hand on a day of the story.
    fn set(&mut self, day: i32, id: &str, values: &[(&str, &str)]) -> Commit {
        let mut edit = Edit::of(&self.get(id));
        edit.set = self.values(id, values);
        self.commit(day, "record.edit", vec![edit])
    }

    /// A move is made by hand.
    fn moves(&mut self, day: i32, id: &str, name: &str) -> Commit {
        let edit = Edit::of(&self.get(id)).moving(name);
        self.commit(day, name, vec![edit])
    }

    /// A record is added by hand.
    fn add(&mut self, day: i32, id: &str, values: &[(&str, &str)]) -> Commit {
        let mut edit = Edit::new(self.ledger.catalogue().kind_of(&Id::from(id)).unwrap());
        edit.set = self.values(id, values);
        self.commit(day, "record.create", vec![edit])
    }

    /// Days pass up to one of the story.
    fn pass(&mut self, day: i32) -> Option<Commit> {
        let since = day_of_time(self.ledger.state().time);
        let now = i64::from(DAY + day) * DAY_MS + 1_800_000;
        self.ledger.pass(since, &actor(), now, DAY + day).unwrap()
    }

    /// The causes that days have brought, in words.
    fn brought(&mut self, day: i32) -> String {
        self.pass(day).and_then(|c| c.reason).unwrap_or_default()
    }

    fn get(&self, id: &str) -> Arc<Record> {
        let state = self.ledger.state();
        Arc::clone(state.find(self.ledger.catalogue(), &Id::from(id)).unwrap())
    }

    fn value(&self, id: &str, field: &str) -> Option<Value> {
        let catalogue = self.ledger.catalogue();
        let kind = &catalogue.kinds[catalogue.kind_of(&Id::from(id)).unwrap()];
        self.get(id).get(kind.field(field).unwrap().tag).cloned()
    }

    fn state(&self, id: &str) -> String {
        self.get(id).state().to_owned()
    }

    /// Why a record is to be looked at again, and by which day of the story.
    fn mark(&self, id: &str) -> (String, Option<i32>) {
        let reasons = self.value(id, "stale_reasons").map(|v| v.as_tags().join("; "));
        let by = self.value(id, "reassess_by").and_then(|v| v.as_date());
        (reasons.unwrap_or_default(), by.map(|day| day - DAY))
    }
}

/// A mark as [`House::mark`] gives it.
fn marked(why: &str, by: i32) -> (String, Option<i32>) {
    (why.to_owned(), Some(by))
}

fn unmarked() -> (String, Option<i32>) {
    (String::new(), None)
}

#[test]
fn an_exception_that_ends_takes_its_risk_out_of_acceptance_and_the_ground_from_it_once() {
    let risk = [&JUDGED[..], &[("title", "Theft"), ("state", "accepted")]].concat();
    let (five, long) = (on(5), on(200));
    let mut h = House::of(&[
        ("R-0001", &risk),
        ("R-0002", &risk),
        (
            "SA-27001-A.5.1",
            &[
                ("title", "A"),
                ("framework", "27001"),
                ("reference", "A.5.1"),
                ("state", "decided"),
            ],
        ),
        (
            "X-0001",
            &[
                ("title", "Borne"),
                ("state", "active"),
                ("risks", "R-0001 R-0002"),
                ("controls", "SA-27001-A.5.1"),
                ("expires", &five),
            ],
        ),
        (
            "X-0002",
            &[
                ("title", "Borne longer"),
                ("state", "approved"),
                ("risks", "R-0002"),
                ("expires", &long),
            ],
        ),
    ]);
    assert!(h.pass(5).is_none(), "it holds on its last day");
    let commit = h.pass(6).unwrap();
    let said = commit.reason.unwrap();
    assert!(
        said.contains(&format!("X-0001 ended on {five} -> R-0001, R-0002, SA-27001-A.5.1")),
        "{said}"
    );
    assert!(said.ends_with("R-0001 is accepted by no exception any more"), "{said}");
    assert_eq!(
        (
            commit.action.as_str(),
            commit.actor.person.as_str(),
            commit.actor.by.as_str()
        ),
        ("time", ME, "time")
    );
    let why = format!("X-0001 ended on {five}");
    for id in ["R-0001", "R-0002", "SA-27001-A.5.1"] {
        assert_eq!(h.mark(id), marked(&why, 6), "{id}");
    }
    assert_eq!(
        (h.state("R-0001"), h.state("R-0002")),
        ("analysed".into(), "accepted".into())
    );
    assert_eq!(
        h.state("X-0001"),
        "active",
        "whether it is renewed or ended, a person says"
    );
    // once is enough, also after somebody has said that it still holds
    assert!(h.pass(6).is_none());
    h.moves(7, "R-0001", "confirm");
    h.moves(7, "SA-27001-A.5.1", "confirm");
    assert!(h.pass(8).is_none() && h.pass(100).is_none());
    assert_eq!((h.mark("R-0001"), h.mark("SA-27001-A.5.1")), (unmarked(), unmarked()));
    // another end is another cause
    assert!(h.brought(201).starts_with(&format!("X-0002 ended on {long} -> R-0002")));
    assert_eq!((h.mark("R-0002").1, h.state("R-0002")), (Some(6), "analysed".into()));
}

#[test]
fn an_exception_that_is_given_up_by_hand_does_the_same_in_that_commit() {
    let risk = [&JUDGED[..], &[("title", "Theft"), ("state", "accepted")]].concat();
    let long = on(200);
    let exception = [
        ("title", "Borne"),
        ("state", "active"),
        ("risks", "R-0001"),
        ("expires", long.as_str()),
    ];
    let mut h = House::of(&[("R-0001", &risk), ("X-0001", &exception)]);
    let commit = h.moves(3, "X-0001", "end");
    assert_eq!(commit.changes.len(), 2);
    assert_eq!(
        (h.state("R-0001"), h.mark("R-0001")),
        ("analysed".into(), marked("X-0001 is ended", 3))
    );
    // a risk that nothing bore before is a gap, and stays where it is when something else of it changes
    let mut h = House::of(&[("R-0001", &risk)]);
    h.set(1, "R-0001", &[("notes", "looked at")]);
    assert_eq!(h.state("R-0001"), "accepted");
    assert!(h.pass(2).is_none());
}

#[test]
fn evidence_that_stops_counting_flags_what_it_covers_and_the_requirements_that_are_met_by_that() {
    let five = on(5);
    let row = |reference: &'static str| {
        [
            ("title", "A"),
            ("framework", "27001"),
            ("reference", reference),
            ("state", "approved"),
        ]
    };
    let met = [&row("A.8.13")[..], &[("controls", "C-0001")]].concat();
    let shown = [&row("A.5.1")[..], &[("evidence", "E-0001")]].concat();
    let mut h = House::of(&[
        ("C-0001", &[("title", "Backup")]),
        ("SA-27001-A.8.13", &met),
        ("SA-27001-A.5.1", &shown),
        ("SA-27001-A.5.2", &row("A.5.2")),
        (
            "E-0001",
            &[("title", "Restore test"), ("covers", "C-0001"), ("valid_until", &five)],
        ),
    ]);
    assert!(h.pass(5).is_none());
    let said = h.brought(6);
    assert_eq!(
        said,
        format!("E-0001 stopped counting on {five} -> SA-27001-A.5.1, SA-27001-A.8.13")
    );
    let why = format!("E-0001 stopped counting on {five}");
    assert_eq!(h.mark("SA-27001-A.8.13"), marked(&why, 6));
    assert_eq!(h.mark("SA-27001-A.5.1"), marked(&why, 6));
    assert_eq!(h.mark("SA-27001-A.5.2"), unmarked());
    assert_eq!(
        h.state("SA-27001-A.8.13"),
        "approved",
        "the signature stands until a person decides anew"
    );
    h.moves(7, "SA-27001-A.8.13", "reopen");
    h.set(
        7,
        "SA-27001-A.8.13",
        &[("applicable", "yes"), ("justification", "we want it")],
    );
    h.moves(7, "SA-27001-A.8.13", "decide");
    assert_eq!(h.mark("SA-27001-A.8.13"), unmarked(), "who decides anew has looked");
}

#[test]
fn a_document_comes_under_review_on_its_day() {
    let five = on(5);
    let document = |state| [("title", "Policy"), ("state", state), ("next_review", five.as_str())];
    let mut h = House::of(&[("D-0001", &document("in-force")), ("D-0002", &document("draft"))]);
    assert!(h.pass(4).is_none());
    assert_eq!(h.brought(5), format!("D-0001 came up for review on {five}"));
    assert_eq!(
        (h.state("D-0001"), h.state("D-0002")),
        ("under-review".into(), "draft".into())
    );
}

#[test]
fn a_contract_that_ends_within_sixty_days_takes_the_ground_from_the_risks_on_its_assets() {
    let risk = [("title", "Outage"), ("assets", "A-0001"), ("state", "analysed")];
    let risk = [&JUDGED[..], &risk[..]].concat();
    let end = on(100);
    let supplier = [
        ("title", "Cloud"),
        ("state", "active"),
        ("assets", "A-0001"),
        ("contract_until", end.as_str()),
    ];
    let mut h = House::of(&[
        ("A-0001", &[("title", "Portal")]),
        ("R-0001", &risk),
        ("S-0001", &supplier),
    ]);
    assert!(h.pass(39).is_none());
    let why = format!("S-0001 has a contract until {end}");
    assert_eq!(h.brought(40), format!("{why} -> R-0001"));
    assert_eq!(h.mark("R-0001"), marked(&why, 54));
    // what is typed in late is late at once
    h.moves(41, "R-0001", "confirm");
    h.set(42, "S-0001", &[("contract_until", &on(400))]);
    h.set(43, "S-0001", &[("contract_until", &on(90))]);
    assert_eq!(
        h.mark("R-0001"),
        marked(&format!("S-0001 has a contract until {}", on(90)), 57)
    );
}

#[test]
fn a_metric_that_turns_amber_or_red_tells_its_owner_and_what_it_watches() {
    let treated = [&JUDGED[..], &[("title", "Late"), ("controls", "C-0001")]].concat();
    let watched = [&JUDGED[..], &[("title", "Lost")]].concat();
    let metric = [
        ("title", "Days to mend"),
        ("amber", "10"),
        ("red", "20"),
        ("risks", "R-0001"),
        ("controls", "C-0001"),
    ];
    let mut h = House::of(&[
        ("C-0001", &[("title", "Patching")]),
        ("R-0001", &watched),
        ("R-0002", &treated),
        ("M-0001", &metric),
    ]);
    let measure = |h: &mut House, day: i32, value: &str| {
        let values = [
            ("title", "v"),
            ("metric", "M-0001"),
            ("date", &on(day)),
            ("value", value),
        ];
        h.add(day, "MV-0001", &values);
    };
    measure(&mut h, 0, "5");
    assert_eq!(h.mark("M-0001"), unmarked());
    measure(&mut h, 1, "12");
    for id in ["M-0001", "R-0001", "R-0002"] {
        assert_eq!(h.mark(id), marked("M-0001 is amber", 31), "{id}");
    }
    measure(&mut h, 2, "25");
    for id in ["M-0001", "R-0001", "R-0002"] {
        assert_eq!(h.mark(id), marked("M-0001 is amber; M-0001 is red", 9), "{id}");
    }
    h.moves(3, "M-0001", "answer");
    measure(&mut h, 4, "30");
    measure(&mut h, 5, "15");
    assert_eq!(
        h.mark("M-0001"),
        unmarked(),
        "it is red as it was, and amber for the better"
    );
    measure(&mut h, 6, "1");
    measure(&mut h, 7, "25");
    assert_eq!(
        h.mark("M-0001"),
        marked("M-0001 is red", 14),
        "by the shorter of the two"
    );
}

#[test]
fn who_leaves_has_left_on_the_day_after_but_an_administrator_is_moved_by_hand() {
    let last = on(5);
    let leaves = |permissions| [("title", "Bo"), ("permissions", permissions), ("left", last.as_str())];
    let mut h = House::of(&[("P-0002", &leaves("analyst")), ("P-0003", &leaves("admin"))]);
    assert!(h.pass(5).is_none());
    assert_eq!(h.brought(6), format!("P-0002 left on {last}"));
    assert_eq!((h.state("P-0002"), h.state("P-0003")), ("left".into(), "active".into()));
}

#[test]
fn a_duty_that_is_added_or_changes_flags_the_rows_that_answer_to_it() {
    let day = on(50);
    let row = |reference: &'static str| {
        [
            ("title", "A"),
            ("framework", "27001"),
            ("reference", reference),
            ("state", "approved"),
        ]
    };
    let by_control = [&row("A.8.1")[..], &[("controls", "C-0001")]].concat();
    let by_duty = [&row("A.8.2")[..], &[("obligations", "L-0001")]].concat();
    let mut h = House::of(&[
        ("C-0001", &[("title", "Log")]),
        ("L-0001", &[("title", "Keep logs"), ("changes_on", &day)]),
        ("SA-27001-A.8.1", &by_control),
        ("SA-27001-A.8.2", &by_duty),
    ]);
    h.add(1, "L-0002", &[("title", "Keep them longer"), ("controls", "C-0001")]);
    assert_eq!(h.mark("SA-27001-A.8.1"), marked("L-0002 was added", 15));
    h.set(2, "L-0001", &[("duty", "For two years.")]);
    assert_eq!(h.mark("SA-27001-A.8.2"), marked("L-0001 what it asks changed", 16));
    // on the day of a change of the law the duty itself is looked at too
    assert_eq!(h.brought(49), "");
    let why = format!("L-0001 changed on {day}");
    assert_eq!(h.brought(50), format!("{why} -> L-0001, SA-27001-A.8.2"));
    assert_eq!(h.mark("L-0001"), marked(&why, 64));
    h.moves(51, "L-0001", "confirm");
    assert_eq!(h.mark("L-0001"), unmarked());
    assert_eq!(h.value("L-0001", "checked_on"), Some(Value::Date(DAY + 51)));
}

#[test]
fn an_asset_that_is_worth_more_has_the_processes_looked_at_that_stand_on_what_it_leans_on() {
    let mut h = House::of(&[
        ("A-0001", &[("title", "Ledger"), ("availability", "medium")]),
        ("A-0002", &[("title", "Database"), ("supports", "A-0001")]),
        ("BC-0001", &[("title", "Payments"), ("assets", "A-0002")]),
        ("BC-0002", &[("title", "Salaries")]),
    ]);
    h.set(1, "A-0001", &[("availability", "high")]);
    assert_eq!(h.mark("BC-0001"), marked("A-0001 availability changed", 15));
    assert_eq!(h.mark("BC-0002"), unmarked());
    h.moves(2, "BC-0001", "confirm");
    assert_eq!(h.mark("BC-0001"), unmarked());
}

#[test]
fn a_control_that_fails_flags_the_requirements_and_duties_that_it_meets() {
    let row = [
        ("title", "A"),
        ("framework", "27001"),
        ("reference", "A.8.13"),
        ("state", "approved"),
        ("controls", "C-0001"),
    ];
    let mut h = House::of(&[
        (
            "C-0001",
            &[("title", "Backup"), ("state", "implemented"), ("health", "ok")],
        ),
        ("SA-27001-A.8.13", &row),
        ("L-0001", &[("title", "Back up"), ("controls", "C-0001")]),
    ]);
    let mut fails = Edit::of(&h.get("C-0001")).moving("fail");
    fails.set = h.values("C-0001", &[("test_by", &on(90))]);
    h.commit(1, "control.fail", vec![fails]);
    for id in ["SA-27001-A.8.13", "L-0001"] {
        assert_eq!(h.mark(id), marked("C-0001 is failed", 8), "{id}");
    }
}

#[test]
fn a_report_to_the_law_that_was_missed_drafts_a_corrective_action_and_so_does_the_next() {
    let clocks = format!(
        r#"[{{"id":1,"clock":"NIS2, CSIRT","due":"{}","done":false}},{{"id":2,"clock":"GDPR","due":"{}","done":false}},
            {{"id":3,"clock":"Bank","due":"{}","done":true}}]"#,
        on(2),
        on(9),
        on(2)
    );
    let incident = [
        ("title", "Break-in"),
        ("state", "declared"),
        ("clocks", clocks.as_str()),
    ];
    let mut h = House::of(&[("I-0001", &incident)]);
    assert!(h.pass(2).is_none());
    assert_eq!(h.brought(3), "I-0001 missed a report that the law asks for -> CA-0001");
    assert_eq!(h.state("CA-0001"), "open");
    assert_eq!(
        h.get("CA-0001").title(),
        "A report that the law asks for was not sent in time: I-0001 Break-in"
    );
    assert_eq!(
        h.value("CA-0001", "statement").unwrap().as_text(),
        Some("I-0001 missed a report that the law asks for")
    );
    assert!(
        h.value("CA-0001", "sources")
            .unwrap()
            .ids()
            .any(|id| id.as_str() == "I-0001")
    );
    assert!(h.pass(9).is_none());
    assert_eq!(h.brought(10), "I-0001 missed a report that the law asks for -> CA-0002");
    assert!(h.pass(60).is_none());
}

#[test]
fn a_month_that_nobody_looked_brings_each_cause_once_in_one_commit() {
    let risk = [&JUDGED[..], &[("title", "Theft"), ("state", "accepted")]].concat();
    let (three, nine) = (on(3), on(9));
    let mut h = House::of(&[
        ("R-0001", &risk),
        (
            "X-0001",
            &[
                ("title", "Borne"),
                ("state", "active"),
                ("risks", "R-0001"),
                ("expires", &nine),
            ],
        ),
        (
            "D-0001",
            &[("title", "Policy"), ("state", "in-force"), ("next_review", &three)],
        ),
        (
            "E-0001",
            &[("title", "Old log"), ("covers", "R-0001"), ("valid_until", &three)],
        ),
        ("E-0002", &[("title", "Covers nothing"), ("valid_until", &three)]),
    ]);
    let before = h.ledger.seq();
    let said = h.brought(30);
    assert_eq!(h.ledger.seq(), before + 1);
    let causes: Vec<&str> = said.split("; ").collect();
    assert_eq!(
        causes,
        [
            &format!("E-0001 stopped counting on {three} -> R-0001"),
            &format!("X-0001 ended on {nine} -> R-0001"),
            "R-0001 is accepted by no exception any more",
            &format!("D-0001 came up for review on {three}"),
        ]
    );
    assert_eq!(h.mark("R-0001").1, Some(30));
    assert!(h.pass(30).is_none() && h.pass(31).is_none());
    // a clock that was set back brings nothing, and nothing twice when it is right again
    assert!(h.pass(2).is_none() && h.pass(32).is_none());
}

#[test]
fn undo_takes_back_what_a_person_did_and_passes_over_what_time_did() {
    let five = on(5);
    let document = [
        ("title", "Policy"),
        ("state", "in-force"),
        ("next_review", five.as_str()),
    ];
    let mut h = House::of(&[("R-0001", &[("title", "Theft")]), ("D-0001", &document)]);
    h.set(1, "R-0001", &[("notes", "one")]);
    h.pass(5).unwrap();
    let undo = h.ledger.undo(&actor()).unwrap();
    assert!(
        undo.edits.iter().all(|e| e.target == Target::Old(Id::from("R-0001"))),
        "{undo:?}"
    );
    let now = i64::from(DAY + 5) * DAY_MS + 4_000_000;
    h.ledger.commit(&undo, &actor(), now, DAY + 5).unwrap();
    assert_eq!(
        (h.value("R-0001", "notes"), h.state("D-0001")),
        (None, "under-review".into())
    );
    // nor does it stand between an undo and its redo
    let mut h = House::of(&[("R-0001", &[("title", "Theft")]), ("D-0001", &document)]);
    h.set(1, "R-0001", &[("notes", "one")]);
    let undo = h.ledger.undo(&actor()).unwrap();
    let now = i64::from(DAY + 1) * DAY_MS + 4_000_000;
    h.ledger.commit(&undo, &actor(), now, DAY + 1).unwrap();
    h.pass(5).unwrap();
    assert!(h.ledger.redo(&actor()).is_ok());
    // where only time did something there is nothing to take back
    let mut h = House::of(&[("D-0001", &document)]);
    h.pass(5).unwrap();
    assert!(matches!(h.ledger.undo(&actor()), Err(NoUndo::Refused(why)) if why.contains("the first commit")));
}
