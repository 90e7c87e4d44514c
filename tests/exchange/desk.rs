//! A ledger in a few lines, so that the tests see every step: commits go through the real door, and every version is
//! kept.

use isms::exchange::past::{Past, Version};
use isms::exchange::{self, About, CISO_ASSISTANT, Format, How, Plan};
use isms::model::change::{Actor, Draft, Edit, Origin, Refusal};
use isms::model::kind::{Catalogue, STATE};
use isms::model::record::{Id, Meta, Record, Stamp};
use isms::model::state::State;
use isms::model::world::World;
use isms::model::{builtin, codec, door};
use isms::store::files::Files;
use std::collections::BTreeMap;
use std::sync::Arc;

pub const RISKS: &[u8] = include_bytes!("../samples/ciso-assistant-risks.csv");

pub const SHEETS: &[u8] = include_bytes!("../samples/ciso-assistant-risks.xlsx");

pub const SCENARIOS: &[u8] = include_bytes!("../samples/ciso-assistant-all-scenarios.csv");

pub const CONTROLS: &[u8] = include_bytes!("../samples/ciso-assistant-applied-controls.csv");

pub const ASSETS: &[u8] = include_bytes!("../samples/ciso-assistant-assets.csv");

pub const SIMPLERISK_FILE: &[u8] = include_bytes!("../samples/simplerisk-combined.csv");

pub const TODAY: i32 = 20_779; // 2026-11-22

/// A ledger in a few lines: commits go through the real door, and every version is kept.
pub struct Desk {
    pub catalogue: Catalogue,
    pub state: State,
    pub history: BTreeMap<Id, Vec<Version>>,
    pub me: Id,
    pub files: Files,
}

impl Past for Desk {
    fn history(&mut self, id: &Id) -> Vec<Version> {
        self.history.get(id).cloned().unwrap_or_default()
    }
}

pub struct Memory(pub BTreeMap<Id, Vec<Version>>);

impl Past for Memory {
    fn history(&mut self, id: &Id) -> Vec<Version> {
        self.0.get(id).cloned().unwrap_or_default()
    }
}

impl Desk {
    pub fn new() -> Self {
        let catalogue = builtin::catalogue().unwrap();
        let state = State::empty(&catalogue);
        let mut desk = Self {
            catalogue,
            state,
            history: BTreeMap::new(),
            me: Id::from("P-0001"),
            files: Files::scratch(),
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

    pub fn actor(&self) -> Actor {
        Actor {
            person: self.me.clone(),
            by: self.me.clone(),
        }
    }

    pub fn world(&self) -> World<'_> {
        World {
            catalogue: &self.catalogue,
            state: &self.state,
            today: TODAY,
            now: i64::from(TODAY) * 86_400_000,
            me: &self.me,
        }
    }

    pub fn edit_of(&self, kind: &str, values: &[(&str, &str)]) -> Edit {
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

    pub fn commit(&mut self, draft: &Draft) -> Result<usize, Refusal> {
        self.commit_undoing(draft, None)
    }

    pub fn commit_undoing(&mut self, draft: &Draft, undoes: Option<u64>) -> Result<usize, Refusal> {
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

    pub fn plan(&self, what: &str, file: &str, bytes: &[u8]) -> Result<Plan, exchange::Error> {
        let mut past = Memory(self.history.clone());
        exchange::plan(&self.world(), &How::new(what), file, bytes, &mut past, &self.actor())
    }

    /// A list of records in a format.
    pub fn export(&self, kind: &str, records: &[Arc<Record>], format: Format) -> Vec<u8> {
        let w = self.world();
        let ix = self.catalogue.index_of(kind).unwrap();
        let mut out = Vec::new();
        exchange::export(&w, ix, records, (format, &About::new(&w, "")), &mut out).unwrap();
        out
    }

    /// All of a kind as CSV.
    pub fn to_csv(&self, kind: &str) -> String {
        String::from_utf8(self.export(kind, &self.all(kind), Format::Csv)).unwrap()
    }

    pub fn plan_ciso(&self, bytes: &[u8]) -> Plan {
        self.plan(CISO_ASSISTANT, "file.csv", bytes).unwrap()
    }

    pub fn plan_csv(&self, kind: &str, text: &[u8]) -> Plan {
        self.plan(kind, "file.csv", text).unwrap()
    }

    pub fn ciso(&mut self, bytes: &[u8]) -> Plan {
        let plan = self.plan_ciso(bytes);
        self.run(&plan);
        plan
    }

    pub fn csv(&mut self, kind: &str, text: &str) -> Plan {
        let plan = self.plan_csv(kind, text.as_bytes());
        self.run(&plan);
        plan
    }

    /// Commits a plan, which the door must let through as a whole.
    pub fn run(&mut self, plan: &Plan) {
        if !plan.draft.edits.is_empty() {
            self.commit(&plan.draft).unwrap();
        }
    }

    pub fn all(&self, kind: &str) -> Vec<Arc<Record>> {
        self.world().live(kind).cloned().collect()
    }

    pub fn titled(&self, kind: &str, title: &str) -> Arc<Record> {
        self.all(kind)
            .into_iter()
            .find(|r| r.title() == title)
            .unwrap_or_else(|| panic!("no {kind} '{title}'"))
    }

    pub fn get(&self, record: &Record, field: &str) -> String {
        let w = self.world();
        codec::plain(&w, w.kind(&record.id).unwrap(), record, field)
    }

    pub fn set(&mut self, id: &Id, field: &str, text: &str) {
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
    pub fn undo(&mut self) {
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

pub fn created(desk: &Desk, plan: &Plan) -> Vec<(String, usize)> {
    plan.created
        .iter()
        .map(|(k, n)| (desk.catalogue.kinds[*k].name.clone(), *n))
        .collect()
}
