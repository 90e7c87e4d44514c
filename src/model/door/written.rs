//! What the program writes at the door: ids made of values, what moves set, series of days, and who may create only
//! what concerns themselves.

use super::super::calendar;
use super::super::change::{Actor, Changed, Draft, Edit, Refusal, Target};
use super::super::kind::{Catalogue, KindIx, STATE, TITLE};
use super::super::record::{Id, Record};
use super::super::state::State;
use super::super::value::Value;
use super::super::world::World;
use super::admit;
use std::sync::Arc;

const TODAY: i32 = 20_779;

const HEADER: &str = r#"
[[fields]]
tag = 1
name = "state"
label = "State"
type = "line"
help = "State."
readonly = true
[[fields]]
tag = 2
name = "title"
label = "Title"
type = "line"
help = "Title."
[[fields]]
tag = 4
name = "owner"
label = "Owner"
type = "link"
target = ["person"]
help = "Owner."
[[fields]]
tag = 7
name = "review_every_months"
label = "Review every"
type = "integer"
help = "Months."
[[fields]]
tag = 8
name = "next_review"
label = "Next review"
type = "date"
due = "review"
series = "review_from"
help = "Day."
[[fields]]
tag = 12
name = "review_from"
label = "Reviewed from"
type = "date"
readonly = true
help = "Day."
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
help = "People."
columns = []
without = ["next_review", "review_from", "review_every_months"]
fields = [{ tag = 40, name = "permissions", label = "Permissions", type = "tags", help = "What." }]
[rights]
"#;

const RULE: &str = r#"
name = "rule"
plural = "rules"
title = "Rule"
titles = "Rules"
prefix = "RU"
stage = "establish"
screen = 1
order = 2
help = "Rules."
columns = []
id_from = ["book", "reference"]
rights = { create = ["analyst"], edit = ["analyst"], retire = ["analyst"] }
fields = [
  { tag = 40, name = "book", label = "Book", type = "line", help = "Which." },
  { tag = 41, name = "reference", label = "Reference", type = "line", help = "Which." },
  { tag = 42, name = "version", label = "Version", type = "integer", max = 9, help = "Which." },
  { tag = 43, name = "valid", label = "Valid", type = "integer", readonly = true, help = "Which." },
  { tag = 44, name = "signed", label = "Signed by", type = "link", target = ["person"], readonly = true, help = "Who." },
]
states = [{ id = "draft", class = "open" }, { id = "valid", class = "open" }]
[[transitions]]
name = "enact"
label = "Enact"
from = ["draft"]
to = "valid"
who = ["analyst"]
sets = { valid = "copy:version", signed = "me" }
help = "Enacts."
[[transitions]]
name = "raise"
label = "Raise"
from = ["*"]
to = "="
who = ["analyst"]
sets = { version = "+1" }
help = "Raises."
"#;

const NOTE: &str = r#"
name = "note"
plural = "notes"
title = "Note"
titles = "Notes"
prefix = "N"
stage = "maintain"
screen = 5
order = 1
help = "Notes."
columns = []
without = ["next_review", "review_from", "review_every_months"]
rights = { create = ["self:person", "analyst"] }
fields = [{ tag = 40, name = "person", label = "Person", type = "link", target = ["person"], help = "Who." }]
"#;

struct House {
    catalogue: Catalogue,
    state: State,
}

impl House {
    /// Ada is an analyst, Bo only looks.
    fn new() -> Self {
        let files = [("_header", HEADER), ("person", PERSON), ("rule", RULE), ("note", NOTE)];
        let catalogue = Catalogue::read(&files, &[]).unwrap();
        let mut house = Self {
            state: State::empty(&catalogue),
            catalogue,
        };
        house.state.seq = 1;
        for (id, name, may) in [("P-0001", "Ada", "analyst"), ("P-0002", "Bo", "viewer")] {
            let mut r = Record::new(Id::from(id));
            r.set(STATE, Some(Value::Text("active".into())));
            r.set(TITLE, Some(Value::Text(name.into())));
            r.set(40, Some(Value::Tags(vec![may.into()])));
            house.state.put(house.ix("person"), Arc::new(r));
        }
        house
    }

    fn ix(&self, kind: &str) -> KindIx {
        self.catalogue.index_of(kind).unwrap()
    }

    fn try_as(&mut self, by: &str, edits: Vec<Edit>) -> Result<Vec<Changed>, String> {
        let me = Id::from(by);
        let mut draft = Draft::new("a.test");
        draft.edits = edits;
        let actor = Actor {
            person: me.clone(),
            by: me.clone(),
        };
        let w = World {
            catalogue: &self.catalogue,
            state: &self.state,
            today: TODAY,
            now: i64::from(TODAY) * calendar::DAY_MS,
            me: &me,
        };
        let changes = admit(&w, &actor, &draft).map_err(|e| match e {
            Refusal::Problems(p) => p.into_iter().map(|p| p.message).collect::<Vec<_>>().join("; "),
            other => format!("{other:?}"),
        })?;
        for c in &changes {
            let kind = self.catalogue.kind_of(&c.id).unwrap();
            self.state.put(kind, Arc::clone(&c.after));
        }
        Ok(changes)
    }

    fn rule(&mut self, book: &str, reference: &str) -> Result<Id, String> {
        let mut edit = Edit::new(self.ix("rule")).with(TITLE, text("A rule"));
        for (tag, t) in [(40, book), (41, reference)] {
            if !t.is_empty() {
                edit = edit.with(tag, text(t));
            }
        }
        Ok(self.try_as("P-0001", vec![edit])?[0].id.clone())
    }

    fn get(&self, id: &str) -> Arc<Record> {
        Arc::clone(self.state.find(&self.catalogue, &Id::from(id)).unwrap())
    }

    fn step(&mut self, id: &str, name: &str) -> Result<Arc<Record>, String> {
        let edit = Edit::of(&self.get(id)).moving(name);
        self.try_as("P-0001", vec![edit])?;
        Ok(self.get(id))
    }

    fn set(&mut self, id: &str, tag: u16, value: Option<Value>) -> Result<Arc<Record>, String> {
        let edit = Edit::of(&self.get(id)).with(tag, value);
        self.try_as("P-0001", vec![edit])?;
        Ok(self.get(id))
    }
}

fn text(t: &str) -> Option<Value> {
    Some(Value::Text(t.into()))
}

fn day(text: &str) -> Option<Value> {
    calendar::parse_day(text, TODAY).map(Value::Date)
}

#[test]
fn an_id_is_made_of_the_fields_that_the_kind_names() {
    let mut house = House::new();
    assert_eq!(house.rule("27001", "A.5.1"), Ok(Id::from("RU-27001-A.5.1")));
    assert_eq!(house.rule("27001", "a.5.10"), Ok(Id::from("RU-27001-A.5.10")));
    assert_eq!(
        house.rule("27001", ""),
        Err("the id of a rule is made of its reference: fill it in".into())
    );
    assert_eq!(
        house.rule("27001", "A.5.1"),
        Err("RU-27001-A.5.1 is already there: edit it instead".into())
    );
    let twin = |h: &House| Edit::new(h.ix("rule")).with(40, text("x")).with(41, text("y"));
    let both = vec![twin(&house), twin(&house)];
    let said = house.try_as("P-0001", both).unwrap_err();
    assert_eq!(said, "RU-X-Y would be made twice: its book or reference must differ");
    let said = house.set("RU-27001-A.5.1", 41, text("A.5.2")).unwrap_err();
    assert!(said.starts_with("Reference is part of the id RU-27001-A.5.1"), "{said}");
    assert!(house.set("RU-27001-A.5.1", TITLE, text("Policies")).is_ok());
    let mut other = twin(&house);
    other.target = Target::NewWithId(house.ix("rule"), Id::from("RU-X-Z"));
    let said = house.try_as("P-0001", vec![other]).unwrap_err();
    assert_eq!(said, "RU-X-Z would be RU-X-Y by its book and reference");
}

#[test]
fn a_move_writes_what_it_sets_and_may_stay_where_it_is() {
    let mut house = House::new();
    let id = house.rule("a", "b").unwrap().to_string();
    for _ in 0..3 {
        assert_eq!(house.step(&id, "raise").unwrap().state(), "draft");
    }
    let enacted = house.step(&id, "enact").unwrap();
    assert_eq!(enacted.state(), "valid");
    assert_eq!(enacted.get(43), Some(&Value::Int(3)));
    assert_eq!(enacted.get(44), Some(&Value::Link(Id::from("P-0001"))));
    let raised = house.step(&id, "raise").unwrap();
    assert_eq!(
        (raised.get(42), raised.get(43)),
        (Some(&Value::Int(4)), Some(&Value::Int(3)))
    );
    assert_eq!(raised.state(), "valid");
    assert!(
        house
            .set(&id, 43, Some(Value::Int(9)))
            .unwrap_err()
            .contains("the program writes it")
    );
    house.set(&id, 42, Some(Value::Int(9))).unwrap();
    assert_eq!(house.step(&id, "raise").unwrap_err(), "Version: 10 is more than 9");
}

#[test]
fn a_review_comes_again_without_drift() {
    let mut house = House::new();
    let id = house.rule("a", "b").unwrap().to_string();
    house.set(&id, 7, Some(Value::Int(3))).unwrap();
    let set = house.set(&id, 8, day("2026-08-31")).unwrap();
    assert_eq!(set.get(12), day("2026-08-31").as_ref());
    let reviewed = house.step(&id, "reviewed").unwrap();
    assert_eq!(reviewed.state(), "draft");
    // the 30th of November, and from there the last day of February, not the 28th for ever
    assert_eq!(reviewed.get(8), day("2026-11-30").as_ref());
    assert_eq!(reviewed.get(12), day("2026-08-31").as_ref());
    assert_eq!(house.step(&id, "reviewed").unwrap().get(8), day("2027-02-28").as_ref());
    let cleared = house.set(&id, 8, None).unwrap();
    assert_eq!((cleared.get(8), cleared.get(12)), (None, None));
    assert_eq!(house.step(&id, "reviewed").unwrap().get(8), day("2027-02-22").as_ref());
    let people = house.catalogue.kind("person").unwrap();
    assert!(
        people.transitions.iter().all(|t| t.name != "reviewed"),
        "nothing to review there"
    );
}

#[test]
fn who_may_create_for_themselves_creates_nothing_for_others() {
    let mut house = House::new();
    let note = |h: &House, of: &str| {
        let edit = Edit::new(h.ix("note")).with(TITLE, text("Read"));
        vec![edit.with(40, Some(Value::Link(Id::from(of))))]
    };
    let (own, other) = (note(&house, "P-0002"), note(&house, "P-0001"));
    assert!(house.try_as("P-0002", own.clone()).is_ok());
    let said = house.try_as("P-0002", other).unwrap_err();
    assert_eq!(
        said,
        "Bo (P-0002) may not create this note: that needs whoever is its 'Person', analyst or admin"
    );
    assert!(house.try_as("P-0001", own).is_ok(), "an analyst may for others");
}

#[test]
fn a_file_that_names_what_is_not_there_is_refused() {
    let read = |text: &str, from: &str, to: &str| {
        let changed = text.replace(from, to);
        assert_ne!(changed, text, "{from}");
        let files = [("_header", HEADER), ("person", PERSON), ("rule", &changed)];
        Catalogue::read(&files, &[]).unwrap_err().to_string()
    };
    for (from, to, says) in [
        ("copy:version", "copy:edition", "there is no field 'edition'"),
        (
            "signed = \"me\"",
            "version = \"me\"",
            "'version' is no link to a person",
        ),
        (
            "[\"book\", \"reference\"]",
            "[\"shelf\"]",
            "id_from: rule has no field 'shelf'",
        ),
        ("to = \"=\"", "to = \"else\"", "the state 'else', which is not there"),
        ("sets = { version = \"+1\" }", "", "stays and neither asks nor sets"),
        (
            "who = [\"analyst\"]\nsets = { version",
            "who = [\"self:boss\"]\nsets = { version",
            "no field 'boss'",
        ),
    ] {
        let said = read(RULE, from, to);
        assert!(said.contains(says), "{to}: {said}");
    }
}
