//! Imports on the real ledger: its history is what tells an edit made here from one made in the file.

use crate::desk::{RISKS, TODAY};
use isms::exchange::past::Journal;
use isms::exchange::{How, Plan};
use isms::ledger::Ledger;
use isms::model::change::{Actor, Draft, Edit, Origin};
use isms::model::kind::STATE;
use isms::model::record::Id;
use isms::model::value::Value;
use isms::model::world::World;
use isms::model::{builtin, codec};
use std::sync::Arc;

struct Office {
    ledger: Ledger,
    me: Actor,
    now: i64,
}

impl Office {
    fn new() -> Self {
        let ledger = Ledger::memory(Arc::new(builtin::catalogue().unwrap()));
        let me = Id::from("P-0001");
        let me = Actor {
            person: me.clone(),
            by: me,
        };
        let mut office = Self { ledger, me, now: 1_000 };
        let mut draft = Draft::new("store.init");
        draft.origin = Origin::Init;
        for (word, values) in [
            ("organisation", vec![("title", "Harbour Clinic")]),
            (
                "person",
                vec![
                    ("title", "Ada"),
                    ("login", "ada"),
                    ("permissions", "admin ciso analyst"),
                ],
            ),
        ] {
            let w = office.world();
            let ix = w.catalogue.index_of(word).unwrap();
            let mut edit = Edit::new(ix);
            for (name, text) in values {
                let f = w.kind_at(ix).field(name).unwrap();
                edit.set
                    .push((f.tag, codec::parse(&w, w.kind_at(ix), None, f, text).unwrap()));
            }
            draft.edits.push(edit);
        }
        office.commit(&draft);
        office
    }

    fn world(&self) -> World<'_> {
        World {
            catalogue: self.ledger.catalogue(),
            state: self.ledger.state(),
            today: TODAY,
            now: self.now,
            me: &self.me.person,
        }
    }

    fn commit(&mut self, draft: &Draft) {
        self.now += 1_000;
        self.ledger.commit(draft, &self.me, self.now, TODAY).unwrap();
    }

    fn plan(&self, what: &str, bytes: &[u8]) -> Plan {
        let mut past = Journal(&self.ledger);
        isms::exchange::plan(&self.world(), &How::new(what), "file.csv", bytes, &mut past, &self.me).unwrap()
    }

    fn import(&mut self, what: &str, bytes: &[u8]) -> Plan {
        let plan = self.plan(what, bytes);
        self.commit(&plan.draft);
        plan
    }

    fn live(&self, kind: &str) -> usize {
        self.world().live(kind).count()
    }
}

#[test]
fn the_journal_tells_an_import_from_an_edit() {
    let mut office = Office::new();
    office.import("ciso-assistant", RISKS);
    assert_eq!(
        (office.live("risk"), office.live("asset"), office.live("control")),
        (56, 20, 20)
    );
    let id = Id::from("R-0002");
    let treatment = office.world().kind(&id).unwrap().field("treatment").unwrap().tag;
    let mut draft = Draft::new("record.edit");
    let record = Arc::clone(office.world().find(&id).unwrap());
    draft
        .edits
        .push(Edit::of(&record).with(treatment, Some(Value::Text("avoid".into()))));
    office.commit(&draft);
    assert!(
        office.plan("ciso-assistant", RISKS).is_empty(),
        "what was edited here stays"
    );

    // another field of the same record changes in the file, and the edit here is still an edit
    let text = String::from_utf8(RISKS.to_vec()).unwrap();
    let newer = text.replace(
        "Stolen laptop exposes patient letters;;",
        "Stolen laptop exposes patient letters;Twice in May;",
    );
    let plan = office.import("ciso-assistant", newer.as_bytes());
    assert_eq!((plan.updated, plan.clashes.len()), (1, 0));
    assert_eq!(office.world().find(&id).unwrap().text(treatment), "avoid");
    assert!(office.plan("ciso-assistant", newer.as_bytes()).is_empty());
}

#[test]
fn an_import_is_one_undo_and_one_redo() {
    let mut office = Office::new();
    office.import("ciso-assistant", RISKS);
    let undo = office.ledger.undo(&office.me).unwrap();
    office.commit(&undo);
    assert_eq!(
        (office.live("risk"), office.live("asset"), office.live("control")),
        (0, 0, 0)
    );
    let again = office.plan("ciso-assistant", RISKS);
    assert_eq!(
        again.created.iter().map(|(_, n)| n).sum::<usize>(),
        96,
        "it can be made again"
    );
    let redo = office.ledger.redo(&office.me).unwrap();
    office.commit(&redo);
    assert_eq!(
        (office.live("risk"), office.live("asset"), office.live("control")),
        (56, 20, 20)
    );
    assert!(
        office.plan("ciso-assistant", RISKS).is_empty(),
        "and then it is there already"
    );
    assert!(office.world().live("risk").all(|r| r.get(STATE).is_some()));
}

#[test]
fn ten_thousand_rows_come_twice_and_then_changed() {
    let mut office = Office::new();
    let mut text = String::from("ref_id,title,threat,current_likelihood,current_impact,tags\n");
    for i in 0..10_000 {
        text.push_str(&format!("X{i},Risk number {i},spark {},likely,critical,a b\n", i % 7));
    }
    let mut took = Vec::new();
    for (file, updated) in [
        (text.clone(), 0),
        (text.clone(), 0),
        (text.replace("spark", "arson"), 10_000),
    ] {
        let began = std::time::Instant::now();
        let plan = office.plan("risk", file.as_bytes());
        took.push(began.elapsed());
        assert_eq!(plan.updated, updated);
        if !plan.is_empty() {
            office.commit(&plan.draft);
        }
    }
    println!(
        "planned 10,000 rows: new {:?}, again {:?}, all changed {:?}",
        took[0], took[1], took[2]
    );
    assert_eq!(office.live("risk"), 10_000);
}
