//! Every kind, without naming one: created, every field set and cleared, every transition made from every state by
//! somebody who may and refused to somebody who may not, undone, seen as of before, and read back from its text and
//! its JSON. A new file in `data/registers` is tested by being there.
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test stops where it fails"
)]

use isms::ledger::{CommitError, Ledger};
use isms::model::builtin;
use isms::model::change::{Actor, Commit, Draft, Edit, Origin, Refusal, Target};
use isms::model::codec;
use isms::model::kind::{Catalogue, Field, FieldType, Kind, KindIx, Need, RETIRED, STATE, TITLE, Transition};
use isms::model::record::{Id, Record};
use isms::model::value::{Link, Range, Row, Value};
use isms::model::world::World;
use std::sync::Arc;

const TODAY: i32 = 20_779;
const NOW: i64 = TODAY as i64 * 86_400_000;

/// A ledger in memory with one record of each kind to link to, two administrators and one who only looks.
struct House {
    ledger: Ledger,
    author: Actor,
    judge: Actor,
    viewer: Actor,
    clock: i64,
    /// Definitions made so far: each adds another field.
    defined: std::cell::Cell<u16>,
}

fn actor(id: &str) -> Actor {
    Actor {
        person: Id::from(id),
        by: Id::from(id),
    }
}

impl House {
    fn new() -> Self {
        let catalogue = Arc::new(builtin::catalogue().unwrap());
        let ledger = Ledger::memory(catalogue);
        let (author, judge, viewer) = (actor("P-0001"), actor("P-0002"), actor("P-0003"));
        let mut house = Self {
            ledger,
            author,
            judge,
            viewer,
            clock: NOW,
            defined: std::cell::Cell::default(),
        };
        let mut init = Draft::new("init");
        init.origin = Origin::Init;
        for (name, permission) in [("Ada", "admin"), ("Bo", "admin"), ("Vi", "viewer"), ("Cy", "viewer")] {
            let tag = house
                .catalogue()
                .kind("person")
                .unwrap()
                .field("permissions")
                .unwrap()
                .tag;
            let person = Edit::new(house.ix("person"))
                .with(TITLE, Some(Value::Text(name.into())))
                .with(tag, Some(Value::Tags(vec![permission.into()])));
            init.edits.push(person);
        }
        let organisation = Edit::new(house.ix("organisation")).with(TITLE, Some(Value::Text("Sample".into())));
        init.edits.push(organisation);
        house.commit(&house.author.clone(), &init);
        // Whoever judges may accept every level of risk.
        let role = house.kind("role").clone();
        let authority = role.field("authority").unwrap();
        let top = house.world(|w| {
            w.field_scale(&role, None, authority)
                .unwrap()
                .levels
                .last()
                .unwrap()
                .id
                .clone()
        });
        let mut draft = Draft::new("role.create");
        let holder = Link {
            to: house.judge.person.clone(),
            attributes: vec![],
        };
        draft.edits.push(
            Edit::new(house.ix("role"))
                .with(TITLE, Some(Value::Text("Board".into())))
                .with(role.field("holders").unwrap().tag, Some(Value::Links(vec![holder])))
                .with(authority.tag, Some(Value::Text(top))),
        );
        house.commit(&house.author.clone(), &draft);
        // What cannot be without a link comes after what it links to.
        let (later, first): (Vec<Kind>, Vec<Kind>) = house.catalogue().kinds.iter().cloned().partition(needs_link);
        for kinds in [first, later] {
            let mut draft = Draft::new("record.create");
            for k in kinds
                .iter()
                .filter(|k| !k.single && k.name != "person" && k.name != "role")
            {
                for which in ["A", "Another"] {
                    let edit = house.new_record(k, &format!("{which} {} to link to", k.title));
                    draft.edits.push(edit);
                }
            }
            house.commit(&house.author.clone(), &draft);
        }
        house
    }

    /// A new record of a kind with a title and whatever it cannot be saved without.
    fn new_record(&self, kind: &Kind, title: &str) -> Edit {
        let mut edit = Edit::new(self.ix(&kind.name)).with(TITLE, Some(Value::Text(title.into())));
        for f in kind
            .fields
            .iter()
            .filter(|f| f.tag != TITLE && f.required == Need::Save)
        {
            edit = edit.with(f.tag, Some(self.sample(kind, f)));
        }
        // What its id is made of must differ.
        for f in kind.id_from.iter().filter_map(|n| kind.field(n)) {
            let value = match f.kind {
                FieldType::Line => Value::Text(title.chars().take(f.max.map_or(64, |m| m as usize)).collect()),
                _ => self.sample(kind, f),
            };
            edit.set.retain(|(tag, _)| *tag != f.tag);
            edit = edit.with(f.tag, Some(value));
        }
        edit
    }

    fn catalogue(&self) -> Arc<Catalogue> {
        Arc::clone(self.ledger.catalogue())
    }

    fn ix(&self, kind: &str) -> KindIx {
        self.ledger.catalogue().index_of(kind).unwrap()
    }

    fn kind(&self, name: &str) -> &Kind {
        self.ledger.catalogue().kind(name).unwrap()
    }

    fn world<T>(&self, f: impl FnOnce(&World) -> T) -> T {
        let catalogue = self.catalogue();
        f(&World {
            catalogue: &catalogue,
            state: self.ledger.state(),
            today: TODAY,
            now: NOW,
            me: &self.author.person,
        })
    }

    fn get(&self, id: &Id) -> Arc<Record> {
        Arc::clone(self.ledger.state().find(self.ledger.catalogue(), id).unwrap())
    }

    #[track_caller]
    fn commit(&mut self, actor: &Actor, draft: &Draft) -> Commit {
        self.clock += 1000;
        self.ledger
            .commit(draft, actor, self.clock, TODAY)
            .unwrap_or_else(|e| panic!("{}: {e:?}", draft.action))
    }

    /// Commits a draft; where a rule wants another value in a field, gives it one.
    fn fulfil(&mut self, actor: &Actor, draft: &Draft, depth: usize) -> Result<Commit, CommitError> {
        self.clock += 1000;
        let (now, record) = (self.clock, draft.edits[0].base.clone().unwrap());
        let error = match self.ledger.commit(draft, actor, now, TODAY) {
            Err(e) if depth > 0 => e,
            other => return other,
        };
        let CommitError::Refused(Refusal::Problems(problems)) = &error else {
            return Err(error);
        };
        let kind = self.catalogue().kinds[self.catalogue().kind_of(&record.id).unwrap()].clone();
        let Some(field) = problems.iter().find_map(|p| kind.field_by_tag(p.field?)) else {
            return Err(error);
        };
        let choices = field.choices.iter().map(|c| Some(Value::Text(c.id.clone())));
        let no = (field.kind == FieldType::Bool).then_some(Some(Value::Bool(false)));
        for value in choices.chain(no).chain([None]) {
            let mut other = draft.clone();
            other.edits[0].set.push((field.tag, value));
            if let Ok(commit) = self.fulfil(actor, &other, depth - 1) {
                return Ok(commit);
            }
        }
        Err(error)
    }

    fn refused(&mut self, actor: &Actor, draft: &Draft) -> String {
        self.clock += 1000;
        match self.ledger.commit(draft, actor, self.clock, TODAY) {
            Err(CommitError::Refused(Refusal::Problems(p))) => {
                p.iter().map(|p| p.message.clone()).collect::<Vec<_>>().join("; ")
            }
            other => panic!("{} should be refused: {other:?}", draft.action),
        }
    }

    /// A value for a field, of the form that its type asks for.
    fn sample(&self, kind: &Kind, field: &Field) -> Value {
        let number = |wish: f64| wish.clamp(field.min.unwrap_or(f64::MIN), field.max.unwrap_or(f64::MAX));
        let target = || {
            let person = field.target.iter().find(|t| *t == "person");
            let name = person.or(field.target.first()).map_or("risk", String::as_str);
            // Somebody who does nothing in these tests, and of everything else one of two, so that neighbouring
            // fields do not name the same (a control that requires what it excludes is refused).
            let mut all = self.ledger.state().live(self.ix(name));
            let one = match name {
                "person" => all.nth(3),
                "role" => all.next(),
                _ => all.nth(usize::from(field.tag % 2)),
            };
            one.unwrap_or_else(|| panic!("no {name} to link to")).id.clone()
        };
        let cells = |of: &[Field]| of.iter().map(|f| (f.tag, self.sample(kind, f))).collect::<Vec<_>>();
        match field.kind {
            FieldType::Line if field.max.is_some_and(|m| m < 20.0) => Value::Text("EUR"[..number(3.0) as usize].into()),
            FieldType::Line => Value::Text("“Zwölf” 风险, a=b; 'c'".into()),
            FieldType::Text if kind.name == "definition" && field.name == "text" => {
                let n = self.defined.get();
                self.defined.set(n + 1);
                Value::Text(format!(
                    "extends = \"finding\"\n[[fields]]\ntag = {}\nname = \"own_{n}\"\nlabel = \"Own\"\n\
                     type = \"line\"\nhelp = \"An own field.\"",
                    1000 + n
                ))
            }
            FieldType::Text => Value::Text("first line\nsecond | \"quoted\", third".into()),
            FieldType::Bool => Value::Bool(true),
            FieldType::Integer => Value::Int(number(3.0) as i64),
            FieldType::Decimal => Value::Num(number(2.5)),
            FieldType::Percent => Value::Num(number(0.4)),
            FieldType::Duration => Value::Num(number(1.5)),
            FieldType::Money => Value::Money(123_456, self.world(|w| w.currency())),
            FieldType::Scale => {
                // what the method in force does not ask for is kept as well
                let catalogue = self.catalogue();
                let of_method = |id: &String| catalogue.methods.iter().find_map(|m| m.scale(id));
                let other = field.scale.as_ref().and_then(of_method).map(|s| s.levels[0].id.clone());
                let scale = self.world(|w| w.field_scale(kind, None, field).map(|s| s.levels[0].id.clone()));
                let scale = scale.or(other);
                Value::Text(scale.unwrap_or_else(|| panic!("{}.{} has no scale", kind.name, field.name)))
            }
            FieldType::Choice => Value::Text(field.choices.first().unwrap().id.clone()),
            // What falls due lies ahead, everything else has happened.
            FieldType::Date => Value::Date(if field.due.is_some() { TODAY + 30 } else { TODAY - 30 }),
            FieldType::Time => Value::Time(NOW + 60_000),
            FieldType::Range => Value::Range(Range::Pert(number(0.1), number(0.2), number(0.9)).into()),
            FieldType::Tags => Value::Tags(
                field
                    .choices
                    .first()
                    .map_or(vec!["alpha".into(), "beta".into()], |c| vec![c.id.clone()]),
            ),
            FieldType::Link => Value::Link(target()),
            FieldType::Links => Value::Links(vec![Link {
                to: target(),
                attributes: cells(&field.fields),
            }]),
            // What is told apart by a choice has a row for each: the inputs of a review.
            FieldType::Rows => {
                let choices = field.fields.first().map(|f| f.choices.as_slice()).unwrap_or_default();
                let rows = (0..choices.len().max(1)).map(|n| {
                    let mut cells = cells(&field.fields);
                    if let Some(choice) = choices.get(n) {
                        cells[0].1 = Value::Text(choice.id.clone());
                    }
                    Row {
                        id: n as u32 + 1,
                        cells,
                    }
                });
                Value::Rows(rows.collect())
            }
            FieldType::File => Value::File(self.ledger.keep("a.pdf", &mut &b"abc"[..]).unwrap().into()),
        }
    }

    /// The next free id of a kind.
    fn next(&self, ix: KindIx) -> Id {
        Id::numbered(&self.catalogue().kinds[ix].prefix, self.ledger.state().next_number(ix))
    }

    /// A record of a kind in a state, full of values.
    fn full(&mut self, ix: KindIx, state: &str) -> Id {
        let kind = self.catalogue().kinds[ix].clone();
        let id = self.next(ix);
        let mut edit = Edit::new(ix).with(STATE, Some(Value::Text(state.into())));
        edit.target = Target::NewWithId(ix, id.clone());
        for f in writable(&kind).filter(|f| !INSTEAD.contains(&f.name.as_str())) {
            edit = edit.with(f.tag, Some(self.sample(&kind, f)));
        }
        let mut draft = Draft::new("import.restore");
        draft.origin = Origin::Restore;
        draft.edits.push(edit);
        self.commit(&self.author.clone(), &draft);
        id
    }

    /// What is accepted rests on an exception that holds.
    fn excuse(&mut self, id: &Id) {
        let ix = self.ix("exception");
        let kind = self.catalogue().kinds[ix].clone();
        let name = self.catalogue().kinds[self.catalogue().kind_of(id).unwrap()]
            .name
            .clone();
        let Some(link) = kind
            .fields
            .iter()
            .find(|f| f.kind == FieldType::Links && f.target == [name.clone()])
        else {
            return;
        };
        let to = Link {
            to: id.clone(),
            attributes: vec![],
        };
        let mut edit = Edit::new(ix)
            .with(STATE, Some(Value::Text("approved".into())))
            .with(TITLE, Some(Value::Text("For a while".into())))
            .with(link.tag, Some(Value::Links(vec![to])))
            .with(kind.field("expires").unwrap().tag, Some(Value::Date(TODAY + 30)));
        edit.target = Target::NewWithId(ix, self.next(ix));
        let mut draft = Draft::new("import.restore");
        draft.origin = Origin::Restore;
        draft.edits.push(edit);
        self.commit(&self.author.clone(), &draft);
    }

    fn moving(&self, id: &Id, t: &Transition) -> Draft {
        let kind = &self.catalogue().kinds[self.catalogue().kind_of(id).unwrap()];
        let mut draft = Draft::new(&format!("{}.{}", kind.name, t.name));
        draft.reason = Some("because".into());
        draft.edits.push(Edit::of(&self.get(id)).moving(&t.name));
        draft
    }
}

/// Whether a record of this kind cannot be saved without a link.
fn needs_link(kind: &Kind) -> bool {
    kind.fields.iter().any(|f| f.is_link() && f.required == Need::Save)
}

/// Fields that say in part what 'frequency' says: both together are refused.
const INSTEAD: [&str; 6] = [
    "contact_frequency",
    "action_probability",
    "attempts",
    "capability",
    "resistance",
    "success",
];

fn writable(kind: &Kind) -> impl Iterator<Item = &Field> {
    kind.fields.iter().filter(|f| f.tag != STATE && !f.readonly)
}

fn kinds(house: &House) -> Vec<(KindIx, Kind)> {
    house.catalogue().kinds.iter().cloned().enumerate().collect()
}

#[test]
fn every_field_is_set_read_back_and_cleared() {
    let mut house = House::new();
    let mut fields = 0;
    for (ix, kind) in kinds(&house) {
        let first = house.ledger.state().live(ix).next().map(|r| r.id.clone());
        let id = match first {
            Some(id) if kind.single => id,
            _ => {
                let mut draft = Draft::new("record.create");
                draft.edits.push(house.new_record(&kind, "New"));
                house.commit(&house.author.clone(), &draft).changes[0].id.clone()
            }
        };
        // What an id is made of stays as it is.
        for f in writable(&kind).filter(|f| !kind.id_from.contains(&f.name)) {
            fields += 1;
            // A definition only grows, so its text stays.
            let stays = house
                .get(&id)
                .get(f.tag)
                .filter(|_| kind.name == "definition" && f.name == "text")
                .cloned();
            let value = stays.unwrap_or_else(|| house.sample(&kind, f));
            let mut draft = Draft::new("record.edit");
            draft
                .edits
                .push(Edit::of(&house.get(&id)).with(f.tag, Some(value.clone())));
            let before = house.get(&id);
            if before.get(f.tag) != Some(&value) {
                house.commit(&house.author.clone(), &draft);
            }
            let record = house.get(&id);
            let what = format!("{}.{}", kind.name, f.name);
            assert_eq!(record.get(f.tag), Some(&value), "{what}");
            house.world(|w| {
                let text = codec::edit_text(w, &kind, Some(&record), f, &value);
                let back = codec::parse(w, &kind, Some(&record), f, &text);
                assert_eq!(back.ok().flatten().as_ref(), Some(&value), "{what} as text: {text}");
                let json = codec::to_json(&kind, f, &value);
                assert_eq!(
                    codec::from_json(f, &json).ok().as_ref(),
                    Some(&value),
                    "{what} as JSON: {json}"
                );
                assert!(
                    !codec::cell(w, &kind, &record, &f.name).is_empty(),
                    "{what} shows nothing"
                );
            });
            if f.required != Need::Save {
                let mut draft = Draft::new("record.edit");
                draft.edits.push(Edit::of(&house.get(&id)).with(f.tag, None));
                house.commit(&house.author.clone(), &draft);
                assert_eq!(house.get(&id).get(f.tag), None, "{what} cleared");
                // Undo brings it back, and the day before shows it without.
                let undo = house
                    .ledger
                    .undo(&house.author)
                    .unwrap_or_else(|e| panic!("{what}: {e:?}"));
                house.commit(&house.author.clone(), &undo);
                assert_eq!(house.get(&id).get(f.tag), Some(&value), "{what} undone");
                let then = house.ledger.as_of_seq(house.ledger.seq() - 1).unwrap();
                assert_eq!(then.get(ix, &id).unwrap().get(f.tag), None, "{what} as of before");
            }
            if INSTEAD.contains(&f.name.as_str()) {
                let mut draft = Draft::new("record.edit");
                draft.edits.push(Edit::of(&house.get(&id)).with(f.tag, None));
                house.commit(&house.author.clone(), &draft);
            }
        }
        let history = house.ledger.history(&id).unwrap();
        assert!(
            history.len() >= writable(&kind).count(),
            "{} has {} versions",
            kind.name,
            history.len()
        );
        assert_eq!(history[0].after.values, house.get(&id).values);
    }
    println!("{fields} fields of {} kinds", house.catalogue().kinds.len());
    assert!(fields > 100);
}

#[test]
fn every_transition_is_made_where_it_may_and_refused_where_not() {
    let mut house = House::new();
    let (mut made, mut refused) = (0, 0);
    for (ix, kind) in kinds(&house).into_iter().filter(|(_, k)| !k.single) {
        for t in &kind.transitions {
            for state in kind.states.iter().map(|s| s.id.clone()) {
                let what = format!("{}.{} from {state}", kind.name, t.name);
                let allowed = kind.moves_from(&state).any(|m| m.name == t.name);
                if !allowed {
                    let id = house.full(ix, &state);
                    let draft = house.moving(&id, t);
                    let said = house.refused(&house.judge.clone(), &draft);
                    assert!(said.contains("starts from"), "{what}: {said}");
                    refused += 1;
                    continue;
                }
                let id = house.full(ix, &state);
                house.excuse(&id);
                if !t.who.iter().any(|w| w == "anyone" || w == "viewer") {
                    let draft = house.moving(&id, t);
                    let said = house.refused(&house.viewer.clone(), &draft);
                    assert!(said.contains("Vi (P-0003) may not"), "{what}: {said}");
                    refused += 1;
                }
                let mut draft = house.moving(&id, t);
                // A move that only asks changes nothing unless it is answered anew.
                if t.stays() && t.sets.is_empty() {
                    let asked = t.asks.iter().filter_map(|name| kind.field(name));
                    let dates = asked.filter(|f| f.kind == FieldType::Date);
                    let anew = dates.map(|f| (f.tag, Some(Value::Date(TODAY + 9))));
                    draft.edits[0].set.extend(anew);
                }
                let judge = house.judge.clone();
                // What takes figures has nothing to take where nobody works any out.
                if !t.lacks.is_empty() {
                    let said = house.refused(&judge, &draft);
                    assert!(said.contains(&t.lacks), "{what}: {said}");
                    refused += 1;
                    continue;
                }
                if let Err(e) = house.fulfil(&judge, &draft, 2) {
                    panic!("{what}: {e:?}");
                }
                let now = house.clock;
                assert_eq!(house.get(&id).state(), t.end(&state), "{what}");
                made += 1;
                let undo = house
                    .ledger
                    .undo(&judge)
                    .map(|d| house.ledger.commit(&d, &judge, now + 1, TODAY));
                // Undo neither takes a sign-off back nor makes one again.
                let signed = !t.stays() && kind.transitions.iter().any(|t| t.signoff && t.to == state);
                if t.signoff || signed {
                    assert!(!matches!(undo, Ok(Ok(_))), "{what}: a sign-off was undone");
                    assert_eq!(house.get(&id).state(), t.end(&state), "{what}");
                } else {
                    assert!(matches!(undo, Ok(Ok(_))), "{what}: not undone: {undo:?}");
                    assert_eq!(house.get(&id).state(), state, "{what} undone");
                }
            }
        }
    }
    println!("{made} transitions made, {refused} refused");
    assert!(made > 30 && refused > 60);
}

#[test]
fn what_a_transition_asks_for_must_be_there() {
    let mut house = House::new();
    let mut asked = 0;
    for (ix, kind) in kinds(&house).into_iter().filter(|(_, k)| !k.single) {
        for t in kind.transitions.iter().filter(|t| !t.asks.is_empty()) {
            let state = kind
                .states
                .iter()
                .find(|s| kind.moves_from(&s.id).any(|m| m.name == t.name))
                .unwrap();
            for name in &t.asks {
                let id = house.full(ix, &state.id.clone());
                let mut draft = house.moving(&id, t);
                let field = kind.field(name).unwrap();
                draft.edits[0].set.push((field.tag, None));
                let said = house.refused(&house.judge.clone(), &draft);
                assert!(
                    said.contains(&format!("{} is needed", field.label)),
                    "{}.{}: {said}",
                    kind.name,
                    t.name
                );
                asked += 1;
            }
        }
    }
    assert!(asked > 5, "{asked}");
}

#[test]
fn what_is_retired_leaves_the_lists_and_comes_back() {
    let mut house = House::new();
    for (ix, kind) in kinds(&house).into_iter().filter(|(_, k)| !k.single) {
        let retire = kind.transitions.iter().find(|t| t.to == RETIRED).unwrap();
        let state = kind
            .states
            .iter()
            .find(|s| kind.moves_from(&s.id).any(|m| m.to == RETIRED))
            .unwrap();
        let id = house.full(ix, &state.id.clone());
        let live = |h: &House| h.ledger.state().live(ix).any(|r| r.id == id);
        assert!(live(&house));
        let draft = house.moving(&id, retire);
        house
            .fulfil(&house.judge.clone(), &draft, 2)
            .unwrap_or_else(|e| panic!("{}: {e:?}", kind.name));
        assert!(!live(&house), "{}", kind.name);
        assert!(house.ledger.state().get(ix, &id).is_some());
        assert_ne!(house.next(ix), id, "ids never return");
    }
}
