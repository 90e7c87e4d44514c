//! A small company, and a model over it with a ledger that lives in the test.

use crate::model::builtin;
use crate::model::calendar;
use crate::model::change::{Actor, Commit};
use crate::model::codec;
use crate::model::door;
use crate::model::kind::{Catalogue, STATE};
use crate::model::record::{Id, Meta, Record, Stamp};
use crate::model::state::State;
use crate::model::value::Value;
use crate::model::world::World;
use crate::ui::job::{Answer, Effect, Job, Opened, Revision};
use crate::ui::key::Key;
use crate::ui::theme::Theme;
use crate::ui::{Model, Msg};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use std::sync::Arc;

/// 1 December 2026, and nine in the morning of it.
pub const TODAY: i32 = 20_788;
/// The moment.
pub const NOW: i64 = TODAY as i64 * calendar::DAY_MS + 9 * 3_600_000;

/// A company small enough to know by heart: every record as its id, state and fields.
pub type Row = (&'static str, &'static str, &'static [(&'static str, &'static str)]);
const RECORDS: &[Row] = &[
    (
        "ORG-0001",
        "",
        &[("title", "Meridian Pay"), ("currency", "EUR"), ("appetite", "medium")],
    ),
    (
        "P-0001",
        "",
        &[
            ("title", "Ada Okafor"),
            ("login", "ada"),
            ("permissions", "ciso analyst"),
        ],
    ),
    (
        "P-0002",
        "",
        &[
            ("title", "Bo Lindqvist"),
            ("login", "ada"),
            ("permissions", "risk-owner"),
        ],
    ),
    ("A-0001", "", &[("title", "Payment switch"), ("owner", "P-0002")]),
    ("A-0002", "", &[("title", "Card vault 支付"), ("owner", "P-0001")]),
    ("C-0001", "", &[("title", "Second data centre"), ("owner", "P-0002")]),
    (
        "R-0001",
        "treating",
        &[
            ("title", "Card data exposed by a stolen laptop"),
            ("owner", "P-0001"),
            ("assets", "A-0002"),
            ("inherent_likelihood", "very-likely"),
            ("inherent_impact", "catastrophic"),
            ("current_likelihood", "likely"),
            ("current_impact", "serious"),
            ("target_likelihood", "unlikely"),
            ("target_impact", "serious"),
            ("treatment", "mitigate"),
            ("treat_by", "2026-12-04"),
            ("tags", "pci"),
        ],
    ),
    (
        "R-0002",
        "evaluated",
        &[
            ("title", "Payment outage longer than 4 hours"),
            ("owner", "P-0002"),
            ("assets", "A-0001|A-0002"),
            ("inherent_likelihood", "almost-certain"),
            ("inherent_impact", "catastrophic"),
            ("current_likelihood", "very-likely"),
            ("current_impact", "critical"),
            ("treatment", "mitigate"),
            ("treat_by", "2026-11-29"),
            ("planned_controls", "C-0001"),
        ],
    ),
    (
        "R-0003",
        "identified",
        &[
            ("title", "Supplier \u{1b}[31mgoes\u{1b}[0m out\u{202e} of business"),
            ("owner", "P-0001"),
        ],
    ),
    (
        "R-0004",
        "accepted",
        &[
            ("title", "Office flooded"),
            ("owner", "P-0002"),
            ("current_likelihood", "unlikely"),
            ("current_impact", "minor"),
            ("treatment", "accept"),
        ],
    ),
];

fn put(state: &mut State, catalogue: &Catalogue, id: &str, stage: &str, fields: &[(&str, &str)]) {
    let id = Id::from(id);
    let ix = catalogue.kind_of(&id).unwrap();
    let kind = &catalogue.kinds[ix];
    let mut r = Record::new(id);
    let w = World {
        catalogue,
        state,
        today: TODAY,
        now: NOW,
        me: &Id::from("P-0001"),
    };
    for (name, text) in fields {
        let f = kind.field(name).unwrap_or_else(|| panic!("{name}"));
        let value = match f.kind {
            // As an import may leave it: with what a codec would refuse to read from a hand.
            crate::model::kind::FieldType::Line => Some(Value::Text((*text).to_owned())),
            _ => codec::parse(&w, kind, Some(&r), f, text).unwrap_or_else(|e| panic!("{name}: {e}")),
        };
        r.set(f.tag, value);
    }
    let stage = if stage.is_empty() { kind.first_state() } else { stage };
    r.set(STATE, Some(Value::Text(stage.to_owned())));
    let stamp = Stamp {
        seq: 1,
        time: NOW - 40 * calendar::DAY_MS,
        actor: Id::from("P-0001"),
        by: Id::from("P-0001"),
    };
    r.meta = Some(Arc::new(Meta {
        created: stamp.clone(),
        changed: stamp,
        entered: Vec::new(),
        versions: 1,
    }));
    state.put(ix, Arc::new(r));
}

/// A model over the small world, with a ledger of its own that lives in this test.
pub struct Screen {
    pub model: Model,
    pub asked: Vec<Effect>,
    pub size: (u16, u16),
    pub seq: u64,
    pub commits: Vec<Commit>,
}

impl Screen {
    pub fn new(size: (u16, u16)) -> Self {
        Self::with(size, &[], 0)
    }

    /// With so many findings, which are late and of which nearly everything is missing.
    pub fn with_findings(size: (u16, u16), many: u64) -> Self {
        Self::with(size, &[], many)
    }

    /// With more records than the small company has, and so many findings.
    pub fn with(size: (u16, u16), more: &[Row], many: u64) -> Self {
        let mut s = Self::begun(size);
        s.load(more, many);
        while s.model.known().is_some_and(|a| a.pending() > 0) {
            s.send(Msg::Turn);
        }
        s
    }

    /// Before anything is loaded.
    pub fn begun(size: (u16, u16)) -> Self {
        let catalogue = Arc::new(builtin::catalogue().unwrap());
        let model = Model::new(catalogue, Theme::built_in("terminal"), &[]).unwrap();
        let mut s = Self {
            model,
            asked: Vec::new(),
            size,
            seq: 41,
            commits: Vec::new(),
        };
        s.send(Msg::Clock(NOW, TODAY));
        s.send(Msg::Resize(size.0, size.1));
        s
    }

    /// The store is open, with so many findings; what follows from its records is still to be worked out.
    pub fn load(&mut self, more: &[Row], many: u64) {
        let catalogue = Arc::clone(&self.model.catalogue);
        let mut state = State::empty(&catalogue);
        for (id, stage, fields) in RECORDS.iter().chain(more) {
            put(&mut state, &catalogue, id, stage, fields);
        }
        for n in 1..=many {
            let id = format!("F-{n:04}");
            let fields = [("title", "TLS 1.0 is offered"), ("fix_by", "2026-11-20")];
            put(&mut state, &catalogue, &id, "in-fix", &fields);
        }
        (state.seq, state.time) = (41, NOW - calendar::DAY_MS);
        let ada = Id::from("P-0001");
        self.send(Msg::Worker(Box::new(Answer::Loaded(Box::new(Opened {
            catalogue,
            state: Arc::new(state),
            actor: Some(Actor {
                person: ada.clone(),
                by: ada,
            }),
            login: "ada".into(),
            barred: None,
            demonstration: false,
            notes: Vec::new(),
        })))));
    }

    pub fn send(&mut self, msg: Msg) {
        let effects = self.model.update(msg);
        for e in effects {
            match e {
                Effect::Job(Job::Commit { token, draft, actor }) => {
                    let answer = match door::admit(&self.model.world(), &actor, &draft) {
                        Ok(mut changes) => {
                            self.seq += 1;
                            let stamp = Stamp {
                                seq: self.seq,
                                time: NOW,
                                actor: actor.person.clone(),
                                by: actor.by.clone(),
                            };
                            for c in &mut changes {
                                let mut after = Record::clone(&c.after);
                                let created = after.meta.as_ref().map_or(stamp.clone(), |m| m.created.clone());
                                after.meta = Some(Arc::new(Meta {
                                    created,
                                    changed: stamp.clone(),
                                    entered: Vec::new(),
                                    versions: 2,
                                }));
                                c.after = Arc::new(after);
                            }
                            let (action, reason) = (draft.action.clone(), draft.reason.clone());
                            let commit = Commit {
                                seq: self.seq,
                                time: NOW,
                                actor,
                                action,
                                reason,
                                undoes: None,
                                changes,
                            };
                            self.commits.insert(0, commit.clone());
                            Answer::Committed { token, commit }
                        }
                        Err(refusal) => Answer::Refused { token, refusal },
                    };
                    self.send(Msg::Worker(Box::new(answer)));
                }
                Effect::Job(Job::History(id)) => {
                    let all = self
                        .commits
                        .iter()
                        .flat_map(|c| c.changes.iter().map(move |change| (c, change)));
                    let own = all.filter(|(_, change)| change.id == id);
                    let revisions = own.map(|(c, change)| Revision {
                        seq: c.seq,
                        time: c.time,
                        actor: c.actor.clone(),
                        action: c.action.clone(),
                        reason: c.reason.clone(),
                        undoes: c.undoes,
                        before: change.before.clone(),
                        after: change.after.clone(),
                    });
                    let answer = Answer::History(id.clone(), revisions.collect());
                    self.send(Msg::Worker(Box::new(answer)));
                }
                Effect::Job(Job::Log { before, .. }) => {
                    let commits = self.commits.clone();
                    self.send(Msg::Worker(Box::new(Answer::Log {
                        before,
                        commits,
                        more: false,
                    })));
                }
                other => self.asked.push(other),
            }
        }
    }

    /// Presses keys, such as `1 j / c a r d Enter`.
    pub fn keys(&mut self, keys: &str) -> &mut Self {
        for key in Key::sequence(keys).unwrap() {
            self.send(Msg::Key(key));
        }
        self
    }

    /// The screen as text.
    pub fn text(&self) -> String {
        let mut buffer = Buffer::empty(Rect::new(0, 0, self.size.0, self.size.1));
        let cursor = self.model.view(&mut buffer);
        crate::ui::look::plain::text(&buffer, cursor)
    }

    /// On the register of risks.
    pub fn register(size: (u16, u16)) -> Self {
        let mut s = Self::new(size);
        s.keys("g r");
        s
    }
}
