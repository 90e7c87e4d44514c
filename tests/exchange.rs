//! Files in and out: real exports of other tools, our own CSV and JSON, and what happens when they come twice.
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test stops where it fails"
)]

use isms::exchange::past::{Past, Version};
use isms::exchange::{Plan, ciso_assistant, csv, folder, json};
use isms::ledger::Ledger;
use isms::model::builtin;
use isms::model::change::{Actor, Draft, Edit, Origin, Refusal, Target};
use isms::model::codec;
use isms::model::door;
use isms::model::kind::{Catalogue, Field, FieldType, STATE, TITLE};
use isms::model::record::{Id, Meta, Record, Stamp};
use isms::model::state::State;
use isms::model::value::{FileRef, Link, Row, Value};
use isms::model::world::World;
use std::collections::BTreeMap;
use std::sync::Arc;

const RISKS: &[u8] = include_bytes!("samples/ciso-assistant-risks.csv");
const SCENARIOS: &[u8] = include_bytes!("samples/ciso-assistant-all-scenarios.csv");
const CONTROLS: &[u8] = include_bytes!("samples/ciso-assistant-applied-controls.csv");
const ASSETS: &[u8] = include_bytes!("samples/ciso-assistant-assets.csv");
const SIMPLERISK: &[u8] = include_bytes!("samples/simplerisk-combined.csv");

const TODAY: i32 = 20_779; // 2026-11-22

/// A ledger in a few lines: commits go through the real door, and every version is kept.
struct Desk {
    catalogue: Catalogue,
    state: State,
    history: BTreeMap<Id, Vec<Version>>,
    me: Id,
}

impl Past for Desk {
    fn history(&mut self, id: &Id) -> Vec<Version> {
        self.history.get(id).cloned().unwrap_or_default()
    }
}

struct Memory(BTreeMap<Id, Vec<Version>>);

impl Past for Memory {
    fn history(&mut self, id: &Id) -> Vec<Version> {
        self.0.get(id).cloned().unwrap_or_default()
    }
}

impl Desk {
    fn new() -> Self {
        let catalogue = builtin::catalogue().unwrap();
        let state = State::empty(&catalogue);
        let mut desk = Self {
            catalogue,
            state,
            history: BTreeMap::new(),
            me: Id::from("P-0001"),
        };
        let mut draft = Draft::new("store.init");
        draft.origin = Origin::Init;
        for (kind, values) in [
            ("organisation", vec![("title", "Harbour Clinic"), ("currency", "EUR")]),
            (
                "person",
                vec![
                    ("title", "Ada"),
                    ("login", "ada"),
                    ("permissions", "admin, ciso, analyst"),
                ],
            ),
        ] {
            draft.edits.push(desk.edit_of(kind, &values));
        }
        desk.commit(&draft).unwrap();
        desk
    }

    fn actor(&self) -> Actor {
        Actor {
            person: self.me.clone(),
            by: self.me.clone(),
        }
    }

    fn world(&self) -> World<'_> {
        World {
            catalogue: &self.catalogue,
            state: &self.state,
            today: TODAY,
            now: i64::from(TODAY) * 86_400_000,
            me: &self.me,
        }
    }

    fn edit_of(&self, kind: &str, values: &[(&str, &str)]) -> Edit {
        let w = self.world();
        let ix = self.catalogue.index_of(kind).unwrap();
        let k = w.kind_at(ix);
        let mut edit = Edit::new(ix);
        for (name, text) in values {
            let field = k.field(name).unwrap();
            edit.set
                .push((field.tag, codec::parse(&w, k, None, field, text).unwrap()));
        }
        edit
    }

    fn commit(&mut self, draft: &Draft) -> Result<usize, Refusal> {
        self.commit_undoing(draft, None)
    }

    fn commit_undoing(&mut self, draft: &Draft, undoes: Option<u64>) -> Result<usize, Refusal> {
        let mut changes = door::admit(&self.world(), &self.actor(), draft)?;
        let seq = self.state.seq + 1;
        let time = seq as i64 * 1000;
        let stamp = Stamp {
            seq,
            time,
            actor: self.me.clone(),
            by: self.me.clone(),
        };
        for c in &mut changes {
            let old = c.before.as_ref().and_then(|b| b.meta.clone());
            let mut r = Record::clone(&c.after);
            r.meta = Some(Arc::new(Meta {
                created: old.as_ref().map_or(stamp.clone(), |m| m.created.clone()),
                changed: stamp.clone(),
                entered: vec![(r.state().to_string(), stamp.clone())],
                versions: old.as_ref().map_or(1, |m| m.versions + 1),
            }));
            c.after = Arc::new(r);
            let version = Version {
                seq,
                time,
                import: matches!(draft.origin, Origin::Import(_)),
                undoes,
                before: c.before.clone(),
                after: Arc::clone(&c.after),
            };
            self.history.entry(c.id.clone()).or_default().insert(0, version);
        }
        let catalogue = self.catalogue.clone();
        self.state.apply(&catalogue, seq, time, &changes);
        Ok(changes.len())
    }

    fn plan_ciso(&self, bytes: &[u8]) -> Plan {
        let mut past = Memory(self.history.clone());
        ciso_assistant::plan(&self.world(), "file.csv", bytes, &mut past, &self.actor()).unwrap()
    }

    fn plan_csv(&self, kind: &str, text: &[u8]) -> Plan {
        let mut past = Memory(self.history.clone());
        let ix = self.catalogue.index_of(kind).unwrap();
        csv::plan(&self.world(), ix, "file.csv", text, &mut past, &self.actor()).unwrap()
    }

    fn ciso(&mut self, bytes: &[u8]) -> Plan {
        let plan = self.plan_ciso(bytes);
        self.run(&plan);
        plan
    }

    fn csv(&mut self, kind: &str, text: &str) -> Plan {
        let plan = self.plan_csv(kind, text.as_bytes());
        self.run(&plan);
        plan
    }

    /// Commits a plan, which the door must let through as a whole.
    fn run(&mut self, plan: &Plan) {
        if !plan.draft.edits.is_empty() {
            self.commit(&plan.draft).unwrap();
        }
    }

    fn all(&self, kind: &str) -> Vec<Arc<Record>> {
        self.world().live(kind).cloned().collect()
    }

    fn titled(&self, kind: &str, title: &str) -> Arc<Record> {
        self.all(kind)
            .into_iter()
            .find(|r| r.title() == title)
            .unwrap_or_else(|| panic!("no {kind} '{title}'"))
    }

    fn get(&self, record: &Record, field: &str) -> String {
        let w = self.world();
        codec::plain(&w, w.kind(&record.id).unwrap(), record, field)
    }

    fn set(&mut self, id: &Id, field: &str, text: &str) {
        let edit = {
            let w = self.world();
            let (kind, record) = (w.kind(id).unwrap(), w.find(id).unwrap());
            let f = kind.field(field).unwrap();
            Edit::of(record).with(f.tag, codec::parse(&w, kind, Some(record), f, text).unwrap())
        };
        let mut draft = Draft::new("record.edit");
        draft.edits.push(edit);
        self.commit(&draft).unwrap();
    }

    /// Takes the last commit back, as the ledger does.
    fn undo(&mut self) {
        let seq = self.state.seq;
        let mut draft = Draft::new("undo");
        draft.origin = Origin::Undo(seq);
        draft.reason = Some("undo".into());
        for (id, versions) in &self.history {
            let Some(v) = versions.first().filter(|v| v.seq == seq) else {
                continue;
            };
            let now = self.world().find(id).unwrap();
            let mut edit = Edit::of(now);
            match &v.before {
                None => edit.transition = Some("retire".into()),
                Some(before) => {
                    for (tag, _) in before.values.iter().chain(&now.values).filter(|(t, _)| *t != STATE) {
                        edit.set.push((*tag, before.get(*tag).cloned()));
                    }
                }
            }
            draft.edits.push(edit);
        }
        self.commit_undoing(&draft, Some(seq)).unwrap();
    }
}

fn created(desk: &Desk, plan: &Plan) -> Vec<(String, usize)> {
    plan.created
        .iter()
        .map(|(k, n)| (desk.catalogue.kinds[*k].name.clone(), *n))
        .collect()
}

#[test]
fn the_risk_assessment_comes_in_whole() {
    let mut desk = Desk::new();
    let plan = desk.ciso(RISKS);
    assert!(plan.refused.is_empty(), "{:?}", plan.refused);
    let mut counts = created(&desk, &plan);
    counts.sort();
    assert_eq!(
        counts,
        [("asset".into(), 20), ("control".into(), 20), ("risk".into(), 56)]
    );
    assert_eq!(
        (
            desk.all("risk").len(),
            desk.all("asset").len(),
            desk.all("control").len()
        ),
        (56, 20, 20)
    );

    let r = desk.titled("risk", "Ransomware encrypts the patient record system");
    let at = |f: &str| desk.get(&r, f);
    assert_eq!(at("aliases"), "R.01");
    assert_eq!(
        (at("method").as_str(), at("inherent_likelihood").as_str()),
        ("ebios-4x4", "very-likely")
    );
    assert_eq!(
        (at("current_impact").as_str(), at("target_likelihood").as_str()),
        ("significant", "unlikely")
    );
    assert_eq!(
        (at("inherent_level").as_str(), at("current_level").as_str()),
        ("medium", "low")
    );
    assert_eq!(
        (at("treatment").as_str(), at("strength_of_knowledge").as_str()),
        ("", "medium"),
        "open is undecided"
    );
    assert!(at("description").ends_with("treatment stops.\nBackups may be reached too."));
    assert_eq!(at("assets").split('|').count(), 3);
    assert_eq!(at("controls").split('|').count(), 2);

    let shared = desk.titled("risk", "Uplink cut by building works");
    assert_eq!(desk.get(&shared, "treatment"), "share", "transfer is share");
    let unset = desk.titled("risk", "Lab results delayed by interface failure");
    assert_eq!(
        (
            desk.get(&unset, "current_likelihood"),
            desk.get(&unset, "current_level")
        ),
        (String::new(), String::new())
    );
    let formula = desk.titled("risk", "Medical device runs unsupported system");
    assert!(
        desk.get(&formula, "description")
            .starts_with("=HYPERLINK(\"http://example.org\""),
        "the escape is undone"
    );
    for title in [
        "Storage array, site A",
        "Billing, claims and payments",
        "供应商门户",
        "Research data set “Côte d’Azur”",
    ] {
        desk.titled("asset", title);
    }
    for title in [
        "Endpoint detection, response and isolation",
        "Vulnerability scanning; weekly",
        "Offline backups, tested quarterly",
    ] {
        desk.titled("control", title);
    }
    assert!(
        desk.plan_ciso(RISKS).draft.edits.is_empty(),
        "a second import changes nothing"
    );
    assert_eq!(desk.plan_ciso(RISKS).unchanged, 56);
}

/// Every cell of a file is found again: as a value or its label, a title of what it links to, a state, a tag, or in
/// the notes.
fn nothing_lost(desk: &Desk, kind: &str, bytes: &[u8], lists: char) {
    let table = isms::exchange::table::Table::read("f", bytes).unwrap();
    let title = table.column("name").unwrap();
    let w = desk.world();
    for row in &table.rows {
        let record = desk.titled(kind, &row[title].text);
        let k = w.kind(&record.id).unwrap();
        let mut held: Vec<String> = Vec::new();
        for name in k
            .fields
            .iter()
            .map(|f| &f.name)
            .chain(k.derived.iter().map(|d| &d.name))
        {
            if let Some(v) = w.value(k, &record, name) {
                held.push(codec::show(&w, k, Some(&record), name, &v).to_lowercase());
                held.push(codec::plain(&w, k, &record, name).to_lowercase());
                held.extend(v.ids().map(|id| w.find(id).unwrap().title().to_lowercase()));
                held.extend(v.as_tags().iter().map(|t| t.to_lowercase()));
            }
        }
        let notes = desk.get(&record, "notes").to_lowercase();
        for (head, cell) in table.header.iter().zip(row) {
            let known = |text: &str| {
                let t = text.trim().to_lowercase();
                let t = match (head.as_str(), t.as_str()) {
                    ("treatment", "open") => return true, // no treatment is decided
                    ("treatment", "transfer") => "share",
                    ("status", "active") => "implemented",
                    ("status", "to_do") => "planned",
                    ("status", "in_progress") => "in-progress",
                    ("type", "pr") => "primary",
                    ("type", "sp") => "supporting",
                    ("cost_currency", "€") => "eur",
                    ("priority", n) => return held.contains(&format!("p{n}")),
                    (h, n) if h.starts_with("cost_") && h.ends_with("fixed") => {
                        return held.contains(&format!("{n}.00 eur"));
                    }
                    (_, "" | "--") => return true,
                    (_, t) => t,
                };
                held.iter().any(|h| h == t) || notes.contains(t)
            };
            let parts = |c: char| c == lists;
            let whole = known(&cell.text) || cell.text.split(parts).all(known);
            let by_commas = || {
                let joined = cell.text.replace(", ", "\u{1}");
                joined.split(',').all(|p| known(&p.replace('\u{1}', ", ")))
            };
            assert!(
                whole || by_commas(),
                "{head} of '{}' is lost: {:?}\nheld: {held:?}",
                record.title(),
                cell.text
            );
        }
    }
}

#[test]
fn nothing_of_the_four_files_is_lost() {
    for order in [[0, 1, 2, 3], [3, 2, 1, 0], [2, 0, 3, 1]] {
        let mut desk = Desk::new();
        let files = [
            ("risk", RISKS, ','),
            ("risk", SCENARIOS, '|'),
            ("control", CONTROLS, '|'),
            ("asset", ASSETS, '|'),
        ];
        for i in order {
            let plan = desk.ciso(files[i].1);
            assert!(
                plan.refused.is_empty() && plan.clashes.is_empty(),
                "{:?} {:?}",
                plan.refused,
                plan.clashes
            );
        }
        assert_eq!(
            (
                desk.all("risk").len(),
                desk.all("asset").len(),
                desk.all("control").len()
            ),
            (56, 20, 20),
            "{order:?}"
        );
        for (kind, bytes, lists) in files {
            nothing_lost(&desk, kind, bytes, lists);
            assert!(
                desk.plan_ciso(bytes).draft.edits.is_empty(),
                "a second import of {kind} changes nothing: {order:?}"
            );
        }
    }
}

#[test]
fn controls_and_assets_bring_their_own_fields() {
    let mut desk = Desk::new();
    desk.ciso(CONTROLS);
    desk.ciso(ASSETS);
    let c = desk.titled("control", "Multi-factor authentication");
    let at = |f: &str| desk.get(&c, f);
    assert_eq!(
        (c.state(), at("category").as_str(), at("csf_function").as_str()),
        ("implemented", "technical", "protect")
    );
    assert_eq!(
        (at("capex").as_str(), at("opex").as_str(), at("priority").as_str()),
        ("54000.00 EUR", "15000.00 EUR", "p4")
    );
    assert_eq!(
        (
            at("build_days").as_str(),
            at("life_years").as_str(),
            at("effort").as_str()
        ),
        ("29", "3", "l")
    );
    assert!(at("aliases").contains("AC-01") && at("aliases").contains("1d05e445-c76a-4a71-9d22-dc4abfe49eb6"));
    assert!(at("notes").contains("folder: Harbour Clinic"));
    assert_eq!(desk.titled("control", "Second internet uplink").state(), "planned");
    let a = desk.titled("asset", "供应商门户");
    assert_eq!(desk.get(&a, "tags"), "supporting");
}

#[test]
fn objectives_parents_and_costs_in_other_money() {
    let mut desk = Desk::new();
    let assets = "internal_id;name;ref_id;type;asset_class;security_objectives;parent_assets;labels\n\
                  ;Portal;A1;PR;Process;confidentiality: 3,integrity: 2,proof: 1;;web|shop\n\
                  ;Host;A2;SP;;availability: 9;Portal;\n";
    let plan = desk.ciso(assets.as_bytes());
    assert_eq!(created(&desk, &plan), [("asset".into(), 2)]);
    let portal = desk.titled("asset", "Portal");
    let at = |f: &str| desk.get(&portal, f);
    assert_eq!(
        (
            at("confidentiality").as_str(),
            at("integrity").as_str(),
            at("type").as_str()
        ),
        ("high", "medium", "process")
    );
    assert_eq!(
        (at("tags").as_str(), at("notes").as_str()),
        ("primary, shop, web", "security_objectives: proof: 1")
    );
    let host = desk.titled("asset", "Host");
    assert_eq!(
        (desk.get(&host, "supports"), desk.get(&host, "notes")),
        (portal.id.to_string(), "security_objectives: availability: 9".into())
    );
    let controls = "name,category,csf_function,effort,status,cost_currency,cost_build_fixed\nFence,physical,protect,XS,degraded,$,900\n";
    desk.ciso(controls.as_bytes());
    let fence = desk.titled("control", "Fence");
    assert_eq!(
        (
            fence.state(),
            desk.get(&fence, "health").as_str(),
            desk.get(&fence, "capex").as_str()
        ),
        ("implemented", "degraded", "")
    );
    assert!(desk.get(&fence, "notes").contains("cost_build_fixed: 900 $"));
}

#[test]
fn labels_that_no_method_knows_and_levels_that_differ_are_listed() {
    let mut desk = Desk::new();
    let text = "ref_id;assets;threats;name;description;current_impact;current_proba;current_risk;treatment;strength_of_knowledge\n\
                1;;a,b;One;;CRITICAL;likely;High;cancelled;--\n\
                2;;;Two;;Colossal;Very likely;Low;nonsense;Low\n\
                3;;;Three;;Important;Unlikely;low;avoid;Low\n";
    let plan = desk.ciso(text.as_bytes());
    let notes = plan.notes.join("\n");
    assert!(notes.contains("'Colossal' is not on the scale"), "{notes}");
    assert!(notes.contains("'High' where the matrix gives Medium"), "{notes}");
    let one = desk.titled("risk", "One");
    assert_eq!(
        (desk.get(&one, "current_impact"), desk.get(&one, "threat")),
        ("critical".into(), "a, b".into())
    );
    assert!(
        desk.get(&one, "notes").contains("treatment: cancelled")
            && desk.get(&one, "notes").contains("current_risk: High")
    );
    let two = desk.titled("risk", "Two");
    assert_eq!(desk.get(&two, "current_impact"), "Colossal", "kept as it is given");
    assert!(desk.get(&two, "notes").contains("treatment: nonsense"));
}

#[test]
fn an_import_never_reverts_what_was_edited_here() {
    let mut desk = Desk::new();
    let csv = |impact: &str, threat: &str| {
        format!("ref_id,title,threat,current_impact,tags\nX1,Fire,{threat},{impact},a b\n")
    };
    desk.csv("risk", &csv("minor", "spark"));
    let id = desk.titled("risk", "Fire").id.clone();
    desk.set(&id, "threat", "arson");
    desk.set(&id, "tags", "b c");
    assert!(
        desk.plan_csv("risk", csv("minor", "spark").as_bytes())
            .draft
            .edits
            .is_empty(),
        "the same file again"
    );
    // the file moves on in another field: taken; the edit here stays
    let plan = desk.csv("risk", &csv("serious", "spark"));
    assert_eq!((plan.updated, plan.clashes.len()), (1, 0));
    assert_eq!(
        (
            desk.get(desk.world().find(&id).unwrap(), "current_impact"),
            desk.get(desk.world().find(&id).unwrap(), "threat")
        ),
        ("serious".into(), "arson".into())
    );
    assert!(
        desk.plan_csv("risk", csv("serious", "spark").as_bytes())
            .draft
            .edits
            .is_empty(),
        "and again"
    );
    // both changed it: ours stays and it is listed
    let plan = desk.csv("risk", &csv("serious", "cigarette"));
    assert_eq!(plan.updated, 0);
    assert_eq!(
        (plan.clashes[0].file.as_str(), plan.clashes[0].here.as_str()),
        ("cigarette", "arson")
    );
    // what the file takes away goes, if nobody touched it here
    let plan = desk.csv("risk", "ref_id,title,current_impact\nX1,Fire,\n");
    assert_eq!(plan.updated, 1);
    assert_eq!(desk.get(desk.world().find(&id).unwrap(), "current_impact"), "");
}

#[test]
fn an_undone_import_can_be_made_again() {
    let mut desk = Desk::new();
    let text = "ref_id,title,threat\nX1,Fire,spark\nX2,Flood,rain\n";
    desk.csv("risk", text);
    desk.undo();
    assert!(desk.all("risk").is_empty());
    let plan = desk.csv("risk", text);
    assert_eq!(
        created(&desk, &plan),
        [("risk".into(), 2)],
        "what was taken back is made anew"
    );
    desk.csv("risk", &text.replace("spark", "arson"));
    desk.undo();
    let plan = desk.csv("risk", &text.replace("spark", "arson"));
    assert_eq!(plan.updated, 1, "an undone change is made again");
    // what a person retired stays so
    let id = desk.titled("risk", "Flood").id.clone();
    let mut draft = Draft::new("risk.retire");
    draft.reason = Some("gone".into());
    draft
        .edits
        .push(Edit::of(desk.world().find(&id).unwrap()).moving("retire"));
    desk.commit(&draft).unwrap();
    let plan = desk.csv("risk", text);
    assert!(
        plan.created.is_empty() && plan.notes[0].contains("is retired here"),
        "{:?}",
        plan.notes
    );
}

#[test]
fn rows_that_do_not_fit_are_named_and_the_rest_lands() {
    let mut desk = Desk::new();
    let text = "ID,Name,Next Review,Treatment,assets,colour,Changed\n\
                ,\"Two\nlines\",2026-12-01,mitigate,,red\n\
                ,Good one,2026-12-01,Transfer,,red\n\
                ,Bad date,31/31/2026,,,\n\
                R-0099,No such,,,,\n\
                ,,2026-12-01,,,\n\
                ,Bad link,,,A-0077,\n\
                ,Bad choice,,banana,,\n\
                ,Too,many,,,,,cells\n\
                ,Unknown asset,,,The moon,\n";
    let plan = desk.csv("risk", text);
    assert_eq!(created(&desk, &plan), [("risk".into(), 2)]);
    assert_eq!(plan.unused, ["colour"]);
    let refused: Vec<(usize, &str, &str)> = plan
        .refused
        .iter()
        .map(|r| (r.line, r.column.as_str(), r.value.as_str()))
        .collect();
    let wanted = [
        (2, "Name", "Two\nlines"),
        (5, "Next Review", "31/31/2026"),
        (6, "id", "R-0099"),
        (7, "Risk", ""),
        (8, "assets", "A-0077"),
        (9, "Treatment", "banana"),
        (10, "", "cells"),
    ];
    assert_eq!(refused, wanted, "{:#?}", plan.refused);
    assert!(plan.refused.iter().all(|r| !r.why.is_empty()));
    assert_eq!(desk.get(&desk.titled("risk", "Good one"), "treatment"), "share");
    let lost = desk.titled("risk", "Unknown asset");
    assert_eq!(
        desk.get(&lost, "notes"),
        "assets: The moon",
        "a name that nobody knows is kept"
    );
}

#[test]
fn a_file_as_a_whole_is_refused_by_name() {
    let desk = Desk::new();
    let mut past = Memory(BTreeMap::new());
    let ix = desk.catalogue.index_of("risk").unwrap();
    let mut says = |bytes: &[u8]| {
        csv::plan(&desk.world(), ix, "my.csv", bytes, &mut past, &desk.actor())
            .unwrap_err()
            .to_string()
    };
    assert!(says(b"colour,shape\nred,round\n").contains("my.csv, line 1: no column is known of a risk"));
    assert!(says(b"PK\x03\x04").contains("save it as CSV"));
    let mut past = Memory(BTreeMap::new());
    let e = ciso_assistant::plan(&desk.world(), "my.csv", b"a,b\n1,2\n", &mut past, &desk.actor()).unwrap_err();
    assert!(e.to_string().contains("none of CISO Assistant's exports"));
}

#[test]
fn who_may_not_create_imports_nothing() {
    let mut desk = Desk::new();
    desk.csv("person", "title,login,permissions\nRex,rex,viewer\n");
    desk.me = desk.titled("person", "Rex").id.clone();
    let plan = desk.plan_csv("risk", b"title\nFire\n");
    assert!(plan.draft.edits.is_empty());
    assert!(plan.refused[0].why.contains("may not create"), "{:?}", plan.refused);
}

#[test]
fn another_tools_register_comes_in_by_its_aliases() {
    let mut desk = Desk::new();
    let plan = desk.plan_csv("risk", SIMPLERISK);
    desk.run(&plan);
    assert_eq!(desk.all("risk").len(), 20, "{:?}", plan.refused);
    let r = desk.titled("risk", "Phishing leads to stolen mailbox");
    assert!(desk.get(&r, "aliases").contains("LEG-000"));
    assert!(desk.get(&r, "notes").contains("Owner: Ada Okafor"));
    assert!(plan.unused.contains(&"DREAD-Discoverability".to_string()));
    // ids that look like ours are theirs
    let text = "ID,Title\nR-0001,Not ours\nR-900,Not ours either\n";
    let mut other = Desk::new();
    other.csv("risk", text);
    let r = other.titled("risk", "Not ours either");
    assert_eq!((r.id.as_str(), other.get(&r, "aliases").as_str()), ("R-0002", "R-900"));
    assert!(other.plan_csv("risk", text.as_bytes()).draft.edits.is_empty());
    let again = desk.plan_csv("risk", SIMPLERISK);
    assert!(again.draft.edits.is_empty(), "{:?}", again.draft.edits.first());
}

#[test]
fn an_own_export_comes_back_unchanged_and_knows_its_moment() {
    let mut desk = Desk::new();
    for bytes in [CONTROLS, ASSETS, RISKS, SCENARIOS] {
        desk.ciso(bytes);
    }
    let tricky = desk.titled("risk", "Website defaced").id.clone();
    desk.set(&tricky, "description", "'tis\n=1+1\n'=2\n  -x\n\"q\", ; |\ttab");
    for kind in ["risk", "asset", "control", "person", "organisation"] {
        let ix = desk.catalogue.index_of(kind).unwrap();
        let text = csv::export(&desk.world(), ix, &desk.all(kind));
        let plan = desk.plan_csv(kind, text.as_bytes());
        assert!(
            plan.draft.edits.is_empty(),
            "{kind}: {:?} {:?}",
            plan.draft.edits.first(),
            plan.clashes
        );
        assert!(
            plan.refused.is_empty() && plan.unused.is_empty() && plan.notes.is_empty(),
            "{kind}: {plan:?}"
        );
        let parsed: serde_json::Value =
            serde_json::from_str(&json::export(&desk.world(), ix, &desk.all(kind))).unwrap();
        assert_eq!(parsed.as_array().unwrap().len(), desk.all(kind).len());
    }
    // an export taken, then an edit here, then the export edited in a spreadsheet: both count
    let ix = desk.catalogue.index_of("asset").unwrap();
    let asset = desk.titled("asset", "Payroll").id.clone();
    let text = csv::export(&desk.world(), ix, &desk.all("asset"));
    desk.set(&asset, "location", "Lisbon");
    let edited = text.replace("Payroll,", "Payroll run,");
    let plan = desk.csv("asset", &edited);
    assert_eq!((plan.updated, plan.clashes.len()), (1, 0));
    let r = desk.titled("asset", "Payroll run");
    assert_eq!(desk.get(&r, "location"), "Lisbon", "not reverted");
    assert_eq!(r.text(TITLE), "Payroll run");
}

#[test]
fn the_demonstration_replays_through_the_door() {
    let catalogue = Arc::new(builtin::catalogue().unwrap());
    for today in [TODAY, TODAY + 100, TODAY + 465] {
        let mut ledger = Ledger::memory(Arc::clone(&catalogue));
        let mut told = Vec::new();
        let began = std::time::Instant::now();
        isms::exchange::demo::replay(&mut ledger, today, &mut |share| told.push(share)).unwrap();
        println!("replayed {} commits in {:?}", ledger.seq(), began.elapsed());
        assert!(told.is_sorted() && told.last() == Some(&1.0));
        let count = |kind: &str| ledger.state().all(catalogue.index_of(kind).unwrap()).len();
        assert_eq!(
            (count("asset"), count("risk"), count("control"), count("finding")),
            (60, 40, 50, 500)
        );
        assert!(
            ledger.state().time <= i64::from(today + 1) * 86_400_000,
            "nothing lies in the future"
        );
    }
}

/// Every file of a folder by name.
fn folder_bytes(folder: &std::path::Path) -> BTreeMap<String, Vec<u8>> {
    let entry = |e: std::io::Result<std::fs::DirEntry>| {
        let e = e.unwrap();
        (
            e.file_name().to_string_lossy().into_owned(),
            std::fs::read(e.path()).unwrap(),
        )
    };
    std::fs::read_dir(folder).unwrap().map(entry).collect()
}

fn seen<'a>(ledger: &'a Ledger, me: &'a Id) -> World<'a> {
    World {
        catalogue: ledger.catalogue(),
        state: ledger.state(),
        today: TODAY,
        now: 0,
        me,
    }
}

#[test]
fn everything_comes_back_to_the_byte() {
    let catalogue = Arc::new(builtin::catalogue().unwrap());
    let (first, second) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let mut ledger = Ledger::memory(Arc::clone(&catalogue));
    isms::exchange::demo::replay(&mut ledger, TODAY, &mut |_| {}).unwrap();
    let me = Id::from("P-0001");
    let n = folder::export(&seen(&ledger, &me), first.path()).unwrap();

    let mut records = folder::read(&catalogue, first.path()).unwrap();
    assert_eq!(records.counts().iter().map(|(_, n)| n).sum::<usize>(), n);
    let actor = records.keeper(&catalogue, "ada").unwrap();
    assert_eq!((&actor.person, records.notes.len()), (&me, 0));
    let mut other = Ledger::memory(Arc::clone(&catalogue));
    other.commit(&records.draft(), &actor, 1_000, TODAY).unwrap();
    folder::export(&seen(&other, &me), second.path()).unwrap();
    assert_eq!(folder_bytes(first.path()), folder_bytes(second.path()));

    // where the ids are taken it is refused, and so is who is no administrator there
    let again = other.commit(&records.draft(), &actor, 2_000, TODAY).unwrap_err();
    assert!(format!("{again:?}").contains("is already there"));
    // a login that nobody has becomes one more person
    let mut stranger = folder::read(&catalogue, first.path()).unwrap();
    let actor = stranger.keeper(&catalogue, "somebody").unwrap();
    assert_eq!(stranger.notes.len(), 1);
    let mut third = Ledger::memory(Arc::clone(&catalogue));
    third.commit(&stranger.draft(), &actor, 1_000, TODAY).unwrap();
    assert_eq!(
        third.state().find(&catalogue, &actor.person).unwrap().title(),
        "somebody"
    );
}

#[test]
fn a_folder_that_was_touched_is_named() {
    let catalogue = Arc::new(builtin::catalogue().unwrap());
    let folder = tempfile::tempdir().unwrap();
    let says = |catalogue| folder::read(catalogue, folder.path()).unwrap_err().to_string();
    assert!(says(&catalogue).contains("there is no export.json"));
    let desk = Desk::new();
    folder::export(&desk.world(), folder.path()).unwrap();
    folder::export(&desk.world(), folder.path()).expect("an earlier export is replaced");
    let file = format!("{}.json", catalogue.kind("person").unwrap().plural);
    let people = folder.path().join(&file);
    let text = std::fs::read_to_string(&people).unwrap();
    std::fs::write(&people, text.replace("Ada", "Eve")).unwrap();
    assert!(says(&catalogue).contains(&file) && says(&catalogue).contains("SHA-256"));
    std::fs::remove_file(&people).unwrap();
    assert!(says(&catalogue).contains(&format!("{file}: cannot be read")));
    std::fs::remove_file(folder.path().join("export.json")).unwrap();
    let e = folder::export(&desk.world(), folder.path()).unwrap_err();
    assert!(e.to_string().contains("something else"));
}

/// Whatever the bytes, a file is taken or refused; nothing panics, and what is planned passes the door.
#[test]
fn no_file_is_too_strange() {
    use proptest::prelude::*;
    let desk = Desk::new();
    let cell = "[ '=,;|\"\n\r\tabR0-9-]{0,8}";
    let heads = [
        "ref_id",
        "name",
        "treatment",
        "assets",
        "current_proba",
        "status",
        "notes",
        "id",
        "tags",
        "owner",
        "x",
    ];
    let row = proptest::collection::vec(cell, 0..12);
    let text = (
        proptest::sample::subsequence(heads.to_vec(), 1..heads.len()),
        proptest::collection::vec(row, 0..6),
    );
    proptest!(ProptestConfig::with_cases(300), |((heads, rows) in text, raw in proptest::collection::vec(any::<u8>(), 0..200))| {
        let lines: Vec<String> = rows.iter().map(|r| r.join(";")).collect();
        let file = format!("{}\n{}", heads.join(";"), lines.join("\n"));
        for bytes in [file.as_bytes(), &raw] {
            for what in ["risk", "control", "ciso-assistant"] {
                let mut past = Memory(BTreeMap::new());
                let w = desk.world();
                if let Ok(plan) = isms::exchange::plan(&w, what, "f", bytes, &mut past, &desk.actor()) {
                    if !plan.draft.edits.is_empty() {
                        prop_assert!(door::admit(&w, &desk.actor(), &plan.draft).is_ok());
                    }
                }
            }
        }
    });
}

/// A value of the type of a field, a tricky one; `n` varies it.
fn sample(desk: &Desk, field: &Field, n: usize) -> Value {
    let text = ["'=1+1", "  -x", "@a", "naïve, \"quoted\"; 供应商|x", "+", "'tis"][n % 6];
    let target = |k: usize| {
        let word = field
            .target
            .get(k % field.target.len().max(1))
            .map_or("person", String::as_str);
        Id::numbered(&desk.catalogue.kind(word).unwrap().prefix, 1 + (k % 2) as u64)
    };
    let cells = |desk: &Desk| -> Vec<(u16, Value)> {
        let mut all: Vec<(u16, Value)> = field.fields.iter().map(|f| (f.tag, sample(desk, f, n))).collect();
        all.sort_by_key(|(t, _)| *t);
        all
    };
    let number = field.min.unwrap_or(0.25).max(0.25).min(field.max.unwrap_or(40.0));
    match field.kind {
        FieldType::Line if field.max.is_some_and(|m| m < 30.0) => {
            Value::Text("EUR".chars().take(field.max.unwrap() as usize).collect())
        }
        FieldType::Line => Value::Text(format!("{}{n}", text.trim())),
        FieldType::Text => Value::Text(format!("{text}\n=second\n\n'-third {n}")),
        FieldType::Bool => Value::Bool(n % 2 == 0),
        FieldType::Integer => Value::Int(field.min.unwrap_or(-3.0) as i64),
        FieldType::Decimal | FieldType::Percent | FieldType::Duration => Value::Num(number),
        FieldType::Money => Value::Money(123_456 + n as i64, *b"EUR"),
        FieldType::Scale => Value::Text(format!("label {n}, unknown")),
        FieldType::Choice if field.choices.is_empty() => Value::Text("ebios-4x4".into()),
        FieldType::Choice => Value::Text(field.choices[n % field.choices.len()].id.clone()),
        FieldType::Date => Value::Date(TODAY - n as i32),
        FieldType::Time => Value::Time(i64::from(TODAY) * 86_400_000 + 3_723_004 + n as i64),
        FieldType::Range => Value::Range(isms::model::value::Range::Pert(number * 0.5, number * 0.75, number)),
        FieldType::Tags if field.choices.is_empty() => {
            Value::Tags(vec!["=x".into(), "two words".into(), "zürich".into()])
        }
        FieldType::Tags => Value::Tags(vec![field.choices[n % field.choices.len()].id.clone()]),
        FieldType::Link => Value::Link(target(n)),
        FieldType::Links => {
            let mut links: Vec<Link> = (0..2)
                .map(|k| Link {
                    to: target(k),
                    attributes: cells(desk),
                })
                .collect();
            links.sort_by(|a, b| a.to.cmp(&b.to));
            links.dedup_by(|a, b| a.to == b.to);
            Value::Links(links)
        }
        FieldType::Rows => Value::Rows((1..3).map(|id| Row { id, cells: cells(desk) }).collect()),
        FieldType::File => Value::File(FileRef {
            name: "=a.pdf".into(),
            sha256: [n as u8; 32],
            size: 9,
        }),
    }
}

#[test]
fn every_field_of_every_kind_survives_both_ways() {
    let mut desk = Desk::new();
    let mut draft = Draft::new("import");
    draft.origin = Origin::Restore;
    for (ix, kind) in desk.catalogue.kinds.iter().enumerate() {
        for n in 0..if kind.single { 0 } else { 3 } {
            // P-0001 is there already
            let number = n as u64 + 1 + u64::from(kind.name == "person");
            let mut edit = Edit::new(ix);
            edit.target = Target::NewWithId(ix, Id::numbered(&kind.prefix, number));
            edit.set
                .push((STATE, Some(Value::Text(kind.states[n % kind.states.len()].id.clone()))));
            for f in kind.fields.iter().filter(|f| f.tag != STATE) {
                let own = |v: &Value| v.ids().any(|id| *id == Id::numbered(&kind.prefix, number));
                let v = sample(&desk, f, n);
                edit.set.push((f.tag, (!own(&v)).then_some(v)));
            }
            draft.edits.push(edit);
        }
    }
    desk.commit(&draft).unwrap();
    for (ix, kind) in desk.catalogue.kinds.iter().enumerate() {
        let text = csv::export(&desk.world(), ix, &desk.all(&kind.name));
        let plan = desk.plan_csv(&kind.name, text.as_bytes());
        assert!(
            plan.draft.edits.is_empty(),
            "{}: {:?}",
            kind.name,
            plan.draft.edits.first()
        );
        assert!(
            plan.refused.is_empty() && plan.clashes.is_empty() && plan.unused.is_empty(),
            "{}: {plan:?}",
            kind.name
        );
    }
    let (first, second) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    folder::export(&desk.world(), first.path()).unwrap();
    let catalogue = Arc::new(desk.catalogue.clone());
    let mut records = folder::read(&catalogue, first.path()).unwrap();
    let actor = records.keeper(&catalogue, "ada").unwrap();
    let mut ledger = Ledger::memory(Arc::clone(&catalogue));
    ledger.commit(&records.draft(), &actor, 1_000, TODAY).unwrap();
    folder::export(&seen(&ledger, &actor.person), second.path()).unwrap();
    assert_eq!(folder_bytes(first.path()), folder_bytes(second.path()));
}
