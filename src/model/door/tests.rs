//! The door over a small world: who may, what merges, what is refused and in which words.

use super::super::change::{Actor, Changed, Draft, Edit, Origin, Refusal, Target};
use super::super::kind::{Catalogue, STATE, TITLE};
use super::super::record::{Id, Meta, Record, Stamp};
use super::super::state::State;
use super::super::value::{Link, Value};
use super::super::world::World;
use super::admit;
use std::sync::Arc;

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
columns = [{ field = "id", width = 6 }]
rights = { create = [], edit = ["self"], retire = [] }
fields = [{ tag = 40, name = "permissions", label = "Permissions", type = "tags", help = "What." }]
"#;

const ROLE: &str = r#"
name = "role"
plural = "roles"
title = "Role"
titles = "Roles"
prefix = "RO"
stage = "establish"
screen = 1
order = 2
help = "Posts."
columns = [{ field = "id", width = 6 }]
fields = [{ tag = 40, name = "holders", label = "Holders", type = "links", target = ["person"], help = "Who." }]
[rights]
"#;

const PLAN: &str = r#"
name = "plan"
plural = "plans"
title = "Plan"
titles = "Plans"
prefix = "TP"
stage = "implement"
screen = 2
order = 1
help = "Plans."
columns = [{ field = "id", width = 6 }]
rights = { create = ["analyst"], edit = ["analyst", "owner"], retire = ["analyst"] }
fields = [
  { tag = 40, name = "cost", label = "Cost", type = "integer", help = "How much.", min = 0 },
  { tag = 41, name = "roles", label = "Roles", type = "links", target = ["role"], help = "Which." },
  { tag = 42, name = "grade", label = "Grade", type = "choice", help = "Which.", choices = [{ id = "a", label = "A" }] },
]
states = [{ id = "draft", class = "open" }, { id = "approved", class = "open" }, { id = "done", class = "closed" }]
[[transitions]]
name = "approve"
label = "Approve"
from = ["draft"]
to = "approved"
who = ["owner"]
separate = ["author"]
asks = ["cost"]
signoff = true
help = "Approves."
[[transitions]]
name = "reject"
label = "Reject"
from = ["approved"]
to = "draft"
who = ["owner"]
reason = "required"
help = "Back."
"#;

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
required = "save"
max = 120
[[fields]]
tag = 4
name = "owner"
label = "Owner"
type = "link"
target = ["person", "role"]
help = "Owner."
"#;

fn catalogue() -> Catalogue {
    let files = [("_header", HEADER), ("person", PERSON), ("role", ROLE), ("plan", PLAN)];
    Catalogue::read(&files, &[]).unwrap()
}

fn text(s: &str) -> Option<Value> {
    Some(Value::Text(s.into()))
}

struct House {
    catalogue: Catalogue,
    state: State,
    seq: u64,
}

impl House {
    /// Ada is an administrator, Bo an analyst, Cy owns things, Di only looks; RO-0001 is held by Cy.
    fn new() -> Self {
        let catalogue = catalogue();
        let mut house = Self {
            state: State::empty(&catalogue),
            catalogue,
            seq: 0,
        };
        for (n, name, permission) in [
            (1, "Ada", "admin"),
            (2, "Bo", "analyst"),
            (3, "Cy", "viewer"),
            (4, "Di", "viewer"),
        ] {
            house.seed(
                &format!("P-{n:04}"),
                "active",
                "P-0001",
                vec![
                    (TITLE, Value::Text(name.into())),
                    (40, Value::Tags(vec![permission.into()])),
                ],
            );
        }
        let cy = Link {
            to: Id::from("P-0003"),
            attributes: vec![],
        };
        house.seed(
            "RO-0001",
            "active",
            "P-0001",
            vec![(TITLE, Value::Text("Head".into())), (40, Value::Links(vec![cy]))],
        );
        house
    }

    fn seed(&mut self, id: &str, state: &str, by: &str, values: Vec<(u16, Value)>) {
        let mut r = Record::new(Id::from(id));
        r.set(STATE, text(state));
        for (t, v) in values {
            r.set(t, Some(v));
        }
        self.keep(
            by,
            &[Changed {
                id: r.id.clone(),
                before: None,
                after: Arc::new(r),
            }],
        );
    }

    fn keep(&mut self, by: &str, changes: &[Changed]) {
        self.seq += 1;
        self.state.seq = self.seq;
        let stamp = Stamp {
            seq: self.seq,
            time: 0,
            actor: Id::from(by),
            by: Id::from(by),
        };
        for c in changes {
            let mut r = Record::clone(&c.after);
            let created = c
                .before
                .as_ref()
                .and_then(|b| b.meta.as_ref())
                .map_or(stamp.clone(), |m| m.created.clone());
            let entered = vec![(r.state().to_string(), stamp.clone())];
            r.meta = Some(Arc::new(Meta {
                created,
                changed: stamp.clone(),
                entered,
                versions: 1,
            }));
            let kind = self.catalogue.kind_of(&r.id).unwrap();
            self.state.put(kind, Arc::new(r));
        }
    }

    fn admit(&self, by: &str, draft: &Draft) -> Result<Vec<Changed>, Refusal> {
        let me = Id::from(by);
        let w = World {
            catalogue: &self.catalogue,
            state: &self.state,
            today: 20_000,
            now: 0,
            me: &me,
        };
        admit(
            &w,
            &Actor {
                person: me.clone(),
                by: me.clone(),
            },
            draft,
        )
    }

    fn done(&mut self, by: &str, draft: &Draft) -> Vec<Changed> {
        let changes = self.admit(by, draft).unwrap();
        self.keep(by, &changes);
        changes
    }

    fn get(&self, id: &str) -> Arc<Record> {
        let id = Id::from(id);
        Arc::clone(self.state.find(&self.catalogue, &id).unwrap())
    }

    fn plan(&self) -> usize {
        self.catalogue.index_of("plan").unwrap()
    }

    /// A plan by Bo, owned by the post that Cy holds.
    fn with_plan() -> Self {
        let mut house = Self::new();
        let mut draft = Draft::new("plan.create");
        let owner = Some(Value::Link(Id::from("RO-0001")));
        draft
            .edits
            .push(Edit::new(house.plan()).with(TITLE, text("Patch")).with(4, owner));
        house.done("P-0002", &draft);
        house
    }

    fn edit(&self, id: &str, tag: u16, value: Option<Value>) -> Draft {
        let mut draft = Draft::new("plan.edit");
        draft.edits.push(Edit::of(&self.get(id)).with(tag, value));
        draft
    }

    fn step(&self, id: &str, transition: &str) -> Draft {
        let mut draft = Draft::new(&format!("plan.{transition}"));
        draft.edits.push(Edit::of(&self.get(id)).moving(transition));
        draft
    }
}

#[track_caller]
fn words(result: Result<Vec<Changed>, Refusal>) -> String {
    match result {
        Err(Refusal::Problems(p)) => p
            .iter()
            .map(|p| format!("{}: {}", p.rule, p.message))
            .collect::<Vec<_>>()
            .join("; "),
        Err(Refusal::Conflicts(c)) => format!("conflict in {:?}", c.iter().map(|c| c.field).collect::<Vec<_>>()),
        Err(Refusal::Nothing) => "nothing".into(),
        Ok(c) => panic!("let through: {c:?}"),
    }
}

#[test]
fn rights_are_denied_by_default_and_say_who_may() {
    let house = House::with_plan();
    let said = words(house.admit("P-0004", &house.edit("TP-0001", TITLE, text("Mine"))));
    assert_eq!(
        said,
        "rights: Di (P-0004) may not edit TP-0001: that needs analyst, the owner or admin"
    );
    // The owner by a post may, an administrator may.
    for by in ["P-0003", "P-0001"] {
        assert!(house.admit(by, &house.edit("TP-0001", TITLE, text("Mine"))).is_ok());
    }
}

#[test]
fn a_post_that_was_put_away_gives_its_holder_no_rights() {
    let mut house = House::with_plan();
    let mut draft = house.step("RO-0001", "retire");
    draft.reason = Some("no longer needed".into());
    house.done("P-0001", &draft);
    let said = words(house.admit("P-0003", &house.edit("TP-0001", TITLE, text("Mine"))));
    assert!(said.contains("Cy (P-0003) may not edit TP-0001"), "{said}");
}

#[test]
fn a_move_asks_for_its_fields_and_starts_only_where_it_may() {
    let mut house = House::with_plan();
    assert_eq!(
        words(house.admit("P-0003", &house.step("TP-0001", "approve"))),
        "asked: Cost is needed for 'Approve' of TP-0001"
    );
    let mut draft = house.step("TP-0001", "approve");
    draft.edits[0].set.push((40, Some(Value::Int(5))));
    house.done("P-0003", &draft);
    assert_eq!(house.get("TP-0001").state(), "approved");
    let said = words(house.admit("P-0003", &house.step("TP-0001", "approve")));
    assert_eq!(
        said,
        "state: TP-0001 is approved: 'Approve' starts from draft; possible now: reject, retire"
    );
    assert!(words(house.admit("P-0003", &house.step("TP-0001", "reject"))).contains("a reason is needed"));
}

#[test]
fn nobody_approves_their_own_work_not_even_an_administrator() {
    let mut house = House::new();
    let mut draft = Draft::new("plan.create");
    draft.edits.push(
        Edit::new(house.plan())
            .with(TITLE, text("Mine"))
            .with(40, Some(Value::Int(1))),
    );
    house.done("P-0001", &draft);
    let said = words(house.admit("P-0001", &house.step("TP-0001", "approve")));
    assert_eq!(
        said,
        "I2: Ada (P-0001) created TP-0001 and may not choose 'Approve' for it"
    );
}

#[test]
fn alone_one_may_approve_ones_own_work_with_a_reason() {
    let mut house = House::new();
    for id in ["P-0002", "P-0003", "P-0004"] {
        let mut draft = house.step(id, "retire");
        draft.reason = Some("left".into());
        house.done("P-0001", &draft);
    }
    let mut draft = Draft::new("plan.create");
    draft.edits.push(
        Edit::new(house.plan())
            .with(TITLE, text("Mine"))
            .with(40, Some(Value::Int(1))),
    );
    house.done("P-0001", &draft);
    let mut draft = house.step("TP-0001", "approve");
    assert!(words(house.admit("P-0001", &draft)).contains("give a reason"));
    draft.reason = Some("I am alone".into());
    assert!(house.admit("P-0001", &draft).is_ok());
}

#[test]
fn different_fields_merge_and_the_same_field_is_a_conflict() {
    let mut house = House::with_plan();
    let (mine, same) = (
        house.edit("TP-0001", 40, Some(Value::Int(7))),
        house.edit("TP-0001", TITLE, text("Mine")),
    );
    house.done("P-0002", &house.edit("TP-0001", TITLE, text("Theirs")));
    let merged = house.admit("P-0002", &mine).unwrap();
    assert_eq!(merged[0].after.title(), "Theirs");
    assert_eq!(merged[0].after.get(40), Some(&Value::Int(7)));
    assert_eq!(words(house.admit("P-0002", &same)), "conflict in [2]");
}

#[test]
fn values_must_fit_and_links_must_lead_somewhere() {
    let house = House::with_plan();
    for (tag, value, want) in [
        (40, Value::Text("x".into()), "not a integer"),
        (40, Value::Int(-1), "less than 0"),
        (42, Value::Text("b".into()), "none of a"),
        (TITLE, Value::Text("a\nb".into()), "one line"),
        (TITLE, Value::Text("x".repeat(121)), "more than 120"),
        (
            41,
            Value::Links(vec![Link {
                to: Id::from("RO-0009"),
                attributes: vec![],
            }]),
            "there is no RO-0009",
        ),
        (
            41,
            Value::Links(vec![Link {
                to: Id::from("P-0001"),
                attributes: vec![],
            }]),
            "not a role",
        ),
        (4, Value::Link(Id::from("TP-0001")), "cannot link to itself"),
        (STATE, Value::Text("done".into()), "use a transition"),
        (99, Value::Int(1), "no field 99"),
    ] {
        let said = words(house.admit("P-0002", &house.edit("TP-0001", tag, Some(value))));
        assert!(said.contains(want), "{said} should say {want}");
    }
    assert!(words(house.admit("P-0002", &house.edit("TP-0001", TITLE, None))).contains("has no title"));
    assert_eq!(
        words(house.admit("P-0002", &house.edit("TP-0001", TITLE, text("Patch")))),
        "nothing"
    );
}

#[test]
fn records_of_one_draft_may_name_each_other() {
    let house = House::new();
    let role = house.catalogue.index_of("role").unwrap();
    let mut draft = Draft::new("plan.create");
    let link = Link {
        to: Id::local(1),
        attributes: vec![],
    };
    draft.edits.push(
        Edit::new(house.plan())
            .with(TITLE, text("One"))
            .with(41, Some(Value::Links(vec![link]))),
    );
    draft.edits.push(Edit::new(role).with(TITLE, text("New post")));
    let changes = house.admit("P-0001", &draft).unwrap();
    let ids: Vec<&str> = changes.iter().map(|c| c.id.as_str()).collect();
    assert_eq!(ids, ["TP-0001", "RO-0002"]);
    assert_eq!(
        changes[0].after.links().map(|(_, id)| id.as_str()).collect::<Vec<_>>(),
        ["RO-0002"]
    );
}

#[test]
fn undo_does_not_take_back_a_sign_off() {
    let mut house = House::with_plan();
    let mut draft = house.step("TP-0001", "approve");
    draft.edits[0].set.push((40, Some(Value::Int(5))));
    house.done("P-0003", &draft);
    let mut undo = house.edit("TP-0001", STATE, text("draft"));
    undo.origin = Origin::Undo(1);
    assert!(words(house.admit("P-0003", &undo)).contains("move it back with a reason"));
}

#[test]
fn an_export_comes_back_with_its_ids_for_an_administrator_only() {
    let mut house = House::new();
    let mut draft = Draft::new("import.restore");
    draft.origin = Origin::Restore;
    let id = Id::from("TP-0042");
    let mut edit = Edit::new(house.plan())
        .with(TITLE, text("Old"))
        .with(STATE, text("done"));
    edit.target = Target::NewWithId(house.plan(), id);
    draft.edits.push(edit);
    assert!(words(house.admit("P-0002", &draft)).contains("only an administrator"));
    assert_eq!(house.admit("P-0001", &draft).unwrap()[0].after.state(), "done");
    draft.edits[0].target = Target::NewWithId(house.plan(), Id::from("P-0001"));
    assert!(words(house.admit("P-0001", &draft)).contains("is not the id of a plan"));
    house.seed("TP-0042", "draft", "P-0001", vec![]);
    draft.edits[0].target = Target::NewWithId(house.plan(), Id::from("TP-0042"));
    assert!(words(house.admit("P-0001", &draft)).contains("ids are never used twice"));
}

#[test]
fn what_is_retired_is_not_edited_and_can_be_restored() {
    let mut house = House::with_plan();
    let mut draft = house.step("TP-0001", "retire");
    draft.reason = Some("no longer needed".into());
    house.done("P-0002", &draft);
    assert!(words(house.admit("P-0002", &house.edit("TP-0001", 40, Some(Value::Int(1))))).contains("restore it"));
    let mut draft = house.step("TP-0001", "restore");
    draft.reason = Some("needed after all".into());
    assert_eq!(house.done("P-0002", &draft)[0].after.state(), "draft");
}

#[test]
fn a_trigger_that_cannot_fire_is_refused_with_its_kind_and_what_is_wrong() {
    for (row, why) in [
        ("within = 1", "name its fields, or give 'when' and what it 'says'"),
        ("when = 'cost>1'", "name its fields, or give 'when' and what it 'says'"),
        ("fields = ['price']", "plan has no field 'price'"),
        ("when = 'price>1'\nsays = 'is dear'", "'price>1', character 1"),
        ("fields = ['cost']\nreach = [['over:roles']]", "'over:roles' is no step"),
        (
            "fields = ['cost']\nreach = [['in:role.plans']]",
            "'in:role.plans' is no step",
        ),
        ("fields = ['cost']\nmoves = 'burn'", "plan has no transition 'burn'"),
        (
            "fields = ['cost']\nmakes = { kind = 'role', link = 'holders', title = 'x' }",
            "'holders' of role does not lead to a plan",
        ),
    ] {
        let plan = format!("{PLAN}[[triggers]]\n{row}\n");
        let files = [("_header", HEADER), ("person", PERSON), ("role", ROLE), ("plan", &plan)];
        let said = Catalogue::read(&files, &[]).unwrap_err().to_string();
        assert!(
            said.contains("plan") && said.contains("trigger") && said.contains(why),
            "{row}: {said}"
        );
    }
}
