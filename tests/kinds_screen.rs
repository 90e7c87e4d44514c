//! Every kind, without naming one, in the screen and on the command line: its register, a new record by the form, the record, an edit, a move
//! from the menu, its history, the day before, and undo. A new file in `data/registers` is tested by being there.
//!
//! What a record needs is found out beforehand on a ledger in memory, so that the screen is asked for what is allowed.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test stops where it fails"
)]

mod support;

use isms::ledger::{CommitError, Ledger};
use isms::model::builtin;
use isms::model::change::{Actor, Commit, Draft, Edit, Origin, Refusal};
use isms::model::codec;
use isms::model::kind::{Ask, Field, FieldType, Kind, KindIx, Need, RETIRED, TITLE, Transition};
use isms::model::record::Id;
use isms::model::value::Value;
use isms::model::world::World;
use std::sync::Arc;
use support::{Home, Tty};

/// Large enough for a record with all its fields.
const SIZE: (u16, u16) = (140, 60);

/// A field of one's own.
const OWN: &str = "extends = \"finding\"\nfields = [{ tag = 1000, name = \"own\", label = \"Own\", type = \"line\", help = \"Own.\" }]";

/// A trial of everything on a ledger in memory.
struct Trial {
    ledger: Ledger,
    me: Actor,
    now: i64,
    today: i32,
}

/// What is typed into a field.
type Typed = (Field, String);

/// What the screen is asked to do with one kind.
struct Plan {
    kind: Kind,
    id: Id,
    /// Beside the title, in the form of a new record; nothing if the record is there already.
    create: Option<Vec<Typed>>,
    /// A move from the first state, and what it asks for.
    moves: Option<(Transition, Vec<Typed>)>,
}

impl Trial {
    fn new() -> Self {
        let person = Id::from("P-0001");
        let me = Actor {
            person: person.clone(),
            by: person,
        };
        let (now, today) = isms::session::clock();
        let ledger = Ledger::memory(Arc::new(builtin::catalogue().unwrap()));
        let mut trial = Self { ledger, me, now, today };
        let text = |t: &str| Some(Value::Text(t.into()));
        let people = trial.kind("person").1.field("permissions").unwrap().tag;
        let admin = Some(Value::Tags(vec!["admin".into()]));
        let mut init = Draft::new("init");
        init.origin = Origin::Init;
        init.edits = vec![
            Edit::new(trial.kind("organisation").0).with(TITLE, text("Harbour Bank")),
            Edit::new(trial.kind("person").0)
                .with(TITLE, text("me"))
                .with(people, admin),
        ];
        trial.commit(&init).unwrap();
        let mut other = Draft::new("record.create");
        other.edits = vec![Edit::new(trial.kind("person").0).with(TITLE, text("Bo"))];
        trial.commit(&other).unwrap();
        trial
    }

    fn kind(&self, name: &str) -> (KindIx, Kind) {
        let ix = self.ledger.catalogue().index_of(name).unwrap();
        (ix, self.ledger.catalogue().kinds[ix].clone())
    }

    fn world<T>(&self, f: impl FnOnce(&World) -> T) -> T {
        f(&World {
            catalogue: self.ledger.catalogue(),
            state: self.ledger.state(),
            today: self.today,
            now: self.now,
            me: &self.me.person,
        })
    }

    fn commit(&mut self, draft: &Draft) -> Result<Commit, CommitError> {
        self.now += 1_000;
        self.ledger.commit(draft, &self.me, self.now, self.today)
    }

    /// What a person could type into a field; nothing if that takes more than typing.
    fn typed(&self, kind: &Kind, f: &Field) -> Option<String> {
        let number = |wish: f64| wish.clamp(f.min.unwrap_or(f64::MIN), f.max.unwrap_or(f64::MAX));
        Some(match f.kind {
            FieldType::Line if f.max.is_some_and(|m| m < 4.0) => "EUR"[..number(3.0) as usize].into(),
            // A text that is read by the program, not by people.
            FieldType::Text if kind.name == "definition" && f.name == "text" => OWN.into(),
            FieldType::Line | FieldType::Text => "some words".into(),
            FieldType::Tags if f.choices.is_empty() => "some".into(),
            FieldType::Tags | FieldType::Choice => f.choices.first()?.id.clone(),
            FieldType::Bool => "yes".into(),
            FieldType::Integer => (number(5.0) as i64).to_string(),
            FieldType::Decimal | FieldType::Range => number(0.5).to_string(),
            FieldType::Duration => "5".into(),
            FieldType::Percent => "50%".into(),
            FieldType::Money => "12k EUR".into(),
            FieldType::Date => "today".into(),
            FieldType::Time => "2026-01-31T12:00:00Z".into(),
            FieldType::Scale => self.world(|w| w.field_scale(kind, None, f).map(|s| s.levels[0].id.clone()))?,
            FieldType::Link | FieldType::Links => {
                // Somebody else, where it is a person: some things are not done alone.
                let of = |t: &String| {
                    let (ix, _) = self.kind(t);
                    self.ledger.state().live(ix).last().map(|r| r.id.to_string())
                };
                f.target.iter().rev().find_map(of)?
            }
            FieldType::Rows | FieldType::File => return None,
        })
    }

    fn set(&self, kind: &Kind, typed: &[Typed], mut edit: Edit) -> Edit {
        for (f, text) in typed {
            let value = self.world(|w| codec::parse(w, kind, None, f, text));
            edit = edit.with(f.tag, value.unwrap_or_else(|e| panic!("{}.{}: {e}", kind.name, f.name)));
        }
        edit
    }

    /// Makes a record; what the door misses is given. The records that it cannot be without are made first.
    fn create(&mut self, ix: KindIx, kind: &Kind) -> (Id, Vec<Typed>) {
        let bare = |f: &&Field| f.required == Need::Save && f.tag != TITLE && f.default.is_none();
        let mut wanted: Vec<Field> = kind.fields.iter().filter(bare).cloned().collect();
        loop {
            let typed: Vec<Typed> = wanted
                .iter()
                .map(|f| match self.typed(kind, f) {
                    Some(text) => (f.clone(), text),
                    None => panic!("{}.{} cannot be typed", kind.name, f.name),
                })
                .collect();
            let title = Some(Value::Text(title(kind)));
            let mut draft = Draft::new("record.create");
            draft.edits = vec![self.set(kind, &typed, Edit::new(ix).with(TITLE, title))];
            match self.commit(&draft) {
                Ok(commit) => return (commit.changes[0].id.clone(), typed),
                Err(CommitError::Refused(Refusal::Problems(problems))) => {
                    let missing = problems
                        .iter()
                        .filter_map(|p| kind.field_by_tag(p.field?))
                        .find(|f| !wanted.iter().any(|w| w.tag == f.tag));
                    let Some(f) = missing else {
                        panic!("{}: {problems:?}", kind.name)
                    };
                    wanted.push(f.clone());
                }
                Err(e) => panic!("{}: {e:?}", kind.name),
            }
        }
    }

    /// A move that the screen can make from the first state, and take back.
    fn movable(&mut self, kind: &Kind, id: &Id) -> Option<(Transition, Vec<Typed>)> {
        let record = Arc::clone(self.ledger.state().find(self.ledger.catalogue(), id)?);
        let mut all: Vec<Transition> = kind.moves_from(record.state()).cloned().collect();
        all.retain(|t| !t.signoff && t.separate.is_empty() && t.key.is_some());
        // To put a record away is the last that one wants.
        all.sort_by_key(|t| (t.to == RETIRED, t.stays(), t.asks.len()));
        for t in all {
            let fields = t.asks.iter().filter_map(|name| kind.field(name));
            let fields: Vec<&Field> = fields.filter(|f| record.get(f.tag).is_none()).collect();
            let typed: Option<Vec<Typed>> = fields
                .iter()
                .map(|f| Some(((*f).clone(), self.typed(kind, f)?)))
                .collect();
            let Some(typed) = typed else { continue };
            let mut draft = Draft::new(&t.name);
            draft.reason = Some("because".into());
            draft.edits = vec![self.set(kind, &typed, Edit::of(&record)).moving(&t.name)];
            if self.commit(&draft).is_ok() {
                let undo = self.ledger.undo(&self.me).unwrap();
                self.commit(&undo).unwrap();
                return Some((t, typed));
            }
        }
        None
    }

    /// What to do with each kind, those first that others need.
    fn plans(&mut self) -> Vec<Plan> {
        let all: Vec<(KindIx, Kind)> = self.ledger.catalogue().kinds.iter().cloned().enumerate().collect();
        let mut order: Vec<(KindIx, Kind)> = Vec::new();
        while order.len() < all.len() {
            let done = |name: &String| order.iter().any(|(_, k)| k.name == *name);
            let ready = all.iter().find(|(_, k)| {
                let needs = k.fields.iter().filter(|f| f.is_link() && f.required == Need::Save);
                let needs = needs.filter(|f| !f.target.iter().any(|t| done(t) || *t == k.name));
                !done(&k.name) && needs.count() == 0
            });
            order.push(ready.expect("kinds need each other in a ring").clone());
        }
        order
            .into_iter()
            .map(|(ix, kind)| {
                let first = self.ledger.state().live(ix).next().map(|r| r.id.clone());
                let (id, create) = match first.filter(|_| kind.single) {
                    Some(id) => (id, None),
                    None => {
                        let (id, typed) = self.create(ix, &kind);
                        (id, Some(typed))
                    }
                };
                let moves = self.movable(&kind, &id);
                Plan {
                    kind,
                    id,
                    create,
                    moves,
                }
            })
            .collect()
    }
}

fn title(kind: &Kind) -> String {
    format!("A {} of the screen", kind.title.to_lowercase())
}

/// The line of the screen on which the mark of the cursor stands.
fn here(screen: &vt100::Screen) -> String {
    let (_, width) = screen.size();
    // A small form lies below what it is about.
    let marked = screen
        .rows(0, width.get())
        .filter(|row| row.trim_start().starts_with('▌'))
        .last();
    marked.unwrap_or_default().trim_start_matches([' ', '▌']).to_owned()
}

/// Types a line into the focused field, and waits for it: a frame that is still to come is not to be taken for the next
/// field.
fn write(tty: &mut Tty, text: &str) {
    tty.keys(text);
    tty.until(&format!("'{text}' typed"), |s| here(s).contains(text.trim()));
}

/// Types values into the form that is open, going down to each field; where a move asks for a link first, that is
/// searched at once.
fn fill(tty: &mut Tty, typed: &[Typed], moves: bool) {
    for (i, (f, text)) in typed.iter().enumerate() {
        let open = moves && i == 0 && f.is_link();
        if !open {
            to_field(tty, &f.label);
        }
        match f.kind {
            FieldType::Choice | FieldType::Link | FieldType::Links | FieldType::Tags
                if f.is_link() || !f.choices.is_empty() =>
            {
                let several = matches!(f.kind, FieldType::Links | FieldType::Tags);
                if !open {
                    tty.keys("\r");
                }
                tty.sees("Enter take").keys(text).sees(&format!("/ {text}"));
                tty.keys(if several { "\t\r" } else { "\r" }).misses("Enter take");
                if f.kind == FieldType::Links && !f.fields.is_empty() {
                    tty.keys("\x1b").misses("a add");
                }
            }
            FieldType::Scale => {
                let before = tty.with(|s, _| here(s));
                tty.keys("\x1b[C").until("another level", |s| here(s) != before);
            }
            FieldType::Bool => drop(tty.keys("y")),
            FieldType::Text => {
                tty.paste(text).sees("Esc done");
                tty.keys("\x1b").misses("Esc done");
            }
            _ => {
                tty.keys("\x15");
                write(tty, text);
            }
        }
    }
}

/// Goes down in a form to the field of this label.
fn to_field(tty: &mut Tty, label: &str) {
    loop {
        let now = tty.with(|screen, _| here(screen));
        if now.starts_with(label) {
            return;
        }
        tty.keys("\x1b[B");
        tty.until(&format!("the field {label}, on from '{now}'"), |s| here(s) != now);
    }
}

/// Does with one kind what its plan says; `seq` is the last commit before and after.
fn walk(tty: &mut Tty, plan: &Plan, seq: &mut u64) {
    let (kind, id) = (&plan.kind, plan.id.as_str());
    let saved = |tty: &mut Tty, seq: &mut u64| {
        *seq += 1;
        tty.sees(&format!("#{seq} "));
    };
    // From a record, the key of a register leads to the linked ones; so away from the last one first.
    tty.keys("0").sees("▌0 Today");
    // The register, and a new record in it.
    if let Some(typed) = &plan.create {
        match kind.go {
            Some(key) => tty.keys(&format!("g{key}")).sees(&kind.titles).keys("n"),
            None => tty.keys(&format!(":new.{}", kind.name)).sees("Makes a new").keys("\r"),
        };
        tty.sees(&format!("New {}", kind.title.to_lowercase()));
        to_field(tty, &kind.field("title").unwrap().label);
        tty.keys("\x15");
        write(tty, &title(kind));
        fill(tty, typed, false);
        tty.keys("\x13");
        saved(tty, seq);
    }
    // The record.
    tty.keys(&format!(":{id}")).sees(&format!("▌ {id}"));
    tty.keys("\r").sees("Esc back");
    // An edit.
    tty.keys("e").sees(&format!("Edit {id}"));
    to_field(tty, &kind.field("title").unwrap().label);
    tty.keys(" again\x13");
    saved(tty, seq);
    // A move from the menu.
    if let Some((t, typed)) = &plan.moves {
        tty.keys(" ").sees(&t.label);
        tty.keys(&t.key.unwrap().to_string());
        let asks = !t.asks.is_empty() || t.reason != Ask::No;
        if asks {
            tty.sees(&format!("{} {id}", t.label));
            fill(tty, typed, true);
            if t.reason == Ask::Required {
                to_field(tty, "Reason");
                tty.keys("because");
            }
            tty.keys("\x13");
        }
        saved(tty, seq);
    }
    // Its history, and the day before.
    tty.keys("gh").sees("History").sees("again");
    if let Some((t, _)) = &plan.moves {
        tty.sees(&format!("{}.{}", kind.name, t.name));
    }
    tty.keys("\x1b").misses("History");
    tty.keys("@")
        .sees("Look at everything")
        .keys("yesterday\r")
        .sees(&format!("there is no {id}"));
    tty.keys("@@").misses(&format!("there is no {id}"));
    // And back.
    tty.keys("u").sees("took back");
    saved(tty, seq);
}

#[test]
fn every_kind_lives_in_the_screen() {
    let plans = Trial::new().plans();
    let home = Home::new();
    home.ok(&["init", "--name", "Harbour Bank"]);
    home.ok(&["add", "person", "title=Bo"]);
    let mut tty = home.screen(&[], SIZE, &[]);
    tty.sees("live");
    let mut seq = 2;
    for plan in &plans {
        println!("{}", plan.kind.name);
        walk(&mut tty, plan, &mut seq);
    }
    tty.keys("Q");
    assert_eq!(tty.exits(), 0);
    // What the screen did is what is there.
    for plan in &plans {
        let all = home.ok(&["show", plan.id.as_str(), "--json"]);
        let record: serde_json::Value = serde_json::from_str(&all).unwrap();
        let what = &plan.kind.name;
        if plan.create.is_some() {
            let again = if plan.moves.is_some() { " again" } else { "" };
            assert_eq!(record["title"], format!("{}{again}", title(&plan.kind)), "{what}");
        }
        assert_eq!(record["state"], plan.kind.first_state(), "{what}");
        for (f, _) in plan.create.iter().flatten() {
            assert!(!record[&f.name].is_null(), "{what}.{}", f.name);
        }
    }
    let moved = plans
        .iter()
        .filter(|p| p.moves.as_ref().is_some_and(|(t, _)| t.to != RETIRED))
        .count();
    println!("{} kinds, {moved} moved, {seq} commits", plans.len());
    assert!(home.ok(&["verify"]).ends_with("ok\n"));
}

#[test]
fn every_kind_lives_on_the_command_line() {
    let plans = Trial::new().plans();
    let home = Home::new();
    home.ok(&["init", "--name", "Harbour Bank"]);
    home.ok(&["add", "person", "title=Bo"]);
    let run = |first: &[&str], typed: &[Typed]| {
        let values: Vec<String> = typed.iter().map(|(f, text)| format!("{}={text}", f.name)).collect();
        let line: Vec<&str> = first.iter().copied().chain(values.iter().map(String::as_str)).collect();
        home.ok(&line)
    };
    for plan in &plans {
        let (kind, id) = (&plan.kind, plan.id.as_str());
        let (name, named) = (&kind.name, format!("title={}", title(kind)));
        if let Some(typed) = &plan.create {
            assert!(run(&["add", name, &named], typed).trim().ends_with(id), "{name}");
        }
        home.ok(&["set", id, &format!("{named} again"), "--reason", "spelling"]);
        if let Some((t, typed)) = &plan.moves {
            run(&["move", id, &t.name, "--reason", "because"], typed);
        }
        let log = home.ok(&["log", id]);
        assert!(log.contains("again") && log.contains("spelling"), "{name}: {log}");
        if let Some((t, _)) = &plan.moves {
            assert!(log.contains(&t.name) && log.contains("because"), "{name}: {log}");
        }
        // The day before it was not there.
        let then = home.run(&["show", id, "--as-of", "yesterday"]);
        assert_eq!(then.status.code(), Some(1), "{name}");
        home.ok(&["undo"]);
        let shown: serde_json::Value = serde_json::from_str(&home.ok(&["show", id, "--json"])).unwrap();
        assert_eq!(shown["state"], kind.first_state(), "{name}");
        let again = if plan.moves.is_some() { " again" } else { "" };
        if plan.create.is_some() {
            assert_eq!(shown["title"], format!("{}{again}", title(kind)), "{name}");
        }
        let csv = home.ok(&["export", name]);
        assert!(csv.contains(id), "{name}: {csv}");
    }
    // Everything comes back elsewhere as it is here.
    home.ok(&["export", "--all", "out"]);
    let store = home.path().join("again").display().to_string();
    home.ok(&["--store", &store, "import", "out"]);
    home.ok(&["--store", &store, "export", "--all", "back"]);
    for kind in plans.iter().map(|p| &p.kind) {
        let file = format!("{}.json", kind.plural);
        let read = |folder: &str| std::fs::read_to_string(home.path().join(folder).join(&file)).unwrap();
        assert_eq!(read("out"), read("back"), "{file}");
    }
}
