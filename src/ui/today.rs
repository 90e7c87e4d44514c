//! Today: what needs a person now, the worst first: what is late, what is due today and in the next days, what waits
//! for a decision that this person may make, and what is missing, stage by stage. Each with the key that does it.

use super::list::Cursor;
use super::spot::{Layer, Of};
use super::{Model, text};
use crate::method::agenda::{Bucket, Due, Gap, Next, Remedy, SOON, STAGES, Source, Wait};
use crate::model::calendar;
use crate::model::kind::{FieldType, Kind, KindIx, Stage};
use crate::model::record::Id;
use crate::model::rights;
use crate::model::value::Value;
use crate::model::world::World;
use crate::ui::job::Effect;

/// How far ahead things are listed.
const AHEAD: i32 = 90;
/// How many rows of a heading show at most; how many more there are is said.
const MANY: usize = 300;

/// Under which heading something stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Press {
    Late,
    Now,
    Decision,
    Soon,
    Later,
    Missing,
}

impl Press {
    pub fn title(self) -> &'static str {
        match self {
            Self::Late => "Overdue",
            Self::Now => "Today",
            Self::Decision => "Waits for your decision",
            Self::Soon => "In the next 14 days",
            Self::Later => "Later, up to 90 days",
            Self::Missing => "Missing: what an auditor will ask for",
        }
    }
}

/// One thing to do.
#[derive(Debug, Clone)]
pub(crate) struct Item {
    pub press: Press,
    pub id: Id,
    pub day: Option<i32>,
    /// The part of the record that is meant, where it is a row of it.
    pub part: Option<String>,
    /// What is to be done: "treatment".
    pub what: String,
    /// Whose it is, by name.
    pub owner: String,
    /// Whether it is mine.
    pub mine: bool,
    /// The key that does it.
    pub keys: String,
    /// The action that does it, where there is one.
    pub action: Option<usize>,
}

/// One line of the screen.
#[derive(Debug, Clone)]
pub(crate) enum Row {
    Heading(Press, usize),
    Item(Box<Item>),
    /// So many more that are not listed.
    More(usize),
    /// What is missing in a stage: how much, and the first of it.
    Missing(Stage, usize, String),
    /// The registers of the stage that is looked at.
    Screen(u8, String),
}

/// What is listed, and how it is looked at.
#[derive(Debug, Default)]
pub(crate) struct Today {
    pub rows: Vec<Row>,
    pub cursor: Cursor,
    /// Only what is mine.
    pub mine: bool,
    /// Only this stage: its place in the lifecycle.
    pub stage: Option<usize>,
}

impl Today {
    /// The row under the cursor.
    pub fn row(&self) -> Option<&Row> {
        self.rows.get(self.cursor.at)
    }

    /// What is to be done under the cursor.
    pub fn item(&self) -> Option<&Item> {
        match self.row()? {
            Row::Item(item) => Some(item),
            _ => None,
        }
    }

    /// The stage that is looked at.
    pub fn stage(&self) -> Option<Stage> {
        self.stage.and_then(|n| STAGES.get(n)).map(|(s, _)| *s)
    }
}

/// Puts so many items under a heading. Only what is shown is put into words: there may be thousands.
fn under(rows: &mut Vec<Row>, press: Press, n: usize, items: impl Iterator<Item = Item>) {
    let items: Vec<Item> = items.take(MANY).collect();
    if items.is_empty() {
        return;
    }
    rows.push(Row::Heading(press, n));
    let more = n.saturating_sub(items.len());
    rows.extend(items.into_iter().map(|i| Row::Item(Box::new(i))));
    if more > 0 {
        rows.push(Row::More(more));
    }
}

/// The screen that shows most of a stage.
pub(crate) fn screen_of(stage: Stage) -> u8 {
    match stage {
        Stage::Establish => 1,
        Stage::Implement => 2,
        Stage::Run | Stage::Monitor => 3,
        Stage::Review => 4,
        Stage::Maintain => 5,
        Stage::Improve => 6,
    }
}

impl Model {
    /// Puts what is known under its headings.
    pub(crate) fn arrange(&mut self) {
        let rows = self.rows_of_today();
        let agenda = &mut self.today_list;
        let before = agenda.row().map(|r| match r {
            Row::Item(i) => Some((i.id.clone(), i.what.clone())),
            _ => None,
        });
        // The cursor stays on its thing; where that is done, on what has taken its place.
        let same = before.flatten().and_then(|(id, what)| {
            let is = |r: &Row| matches!(r, Row::Item(i) if i.id == id && i.what == what);
            rows.iter().position(is)
        });
        agenda.rows = rows;
        if let Some(at) = same {
            agenda.cursor.at = at;
        }
        // The cursor begins on something that can be opened.
        let heading = |at: usize| matches!(agenda.rows.get(at), Some(Row::Heading(..)));
        if heading(agenda.cursor.at) && agenda.cursor.at + 1 < agenda.rows.len() && same.is_none() {
            agenda.cursor.at += 1;
        }
    }

    fn rows_of_today(&self) -> Vec<Row> {
        let w = self.world();
        let mut rows = Vec::new();
        let Some(agenda) = self.known().filter(|_| w.state.seq > 0) else {
            return rows;
        };
        let stage = self.today_list.stage();
        let here = |ix: KindIx| stage.is_none_or(|s| self.catalogue.kinds[ix].stage == s);
        if let Some(s) = stage {
            let kinds = self
                .catalogue
                .kinds
                .iter()
                .filter(|k| k.stage == s && k.within.is_none());
            let titles: Vec<String> = kinds.map(|k| k.titles.to_lowercase()).collect();
            rows.push(Row::Screen(screen_of(s), titles.join(", ")));
        }
        let today = w.today;
        let hands = rights::hands(&w, w.me);
        let only = self.today_list.mine;
        let wanted = |d: &&Due| {
            let mine = !only || d.whose.iter().any(|id| hands.contains(id));
            mine && (stage.is_none() || self.catalogue.kind_of(&d.id).is_some_and(here))
        };
        let due = |rows: &mut Vec<Row>, press: Press, all: &mut dyn Iterator<Item = &Due>| {
            let all: Vec<&Due> = all.filter(wanted).collect();
            let items = all.iter().filter_map(|d| self.item_of_due(d, press));
            under(rows, press, all.len(), items);
        };
        due(&mut rows, Press::Late, &mut agenda.late());
        due(&mut rows, Press::Now, &mut agenda.bucket(Bucket::Today));
        let mut waiting = agenda.waiting_for(&w, &self.actor).named;
        waiting.retain(|wait| here(wait.kind));
        let items = waiting.iter().filter_map(|wait| self.item_of_wait(wait));
        under(&mut rows, Press::Decision, waiting.len(), items);
        due(&mut rows, Press::Soon, &mut agenda.bucket(Bucket::Soon));
        let later = &mut agenda.between(today + SOON + 1, today + AHEAD);
        due(&mut rows, Press::Later, later);
        let mut missing = Vec::new();
        for (s, _) in STAGES.iter().filter(|(s, _)| stage.is_none_or(|t| t == *s)) {
            let progress = agenda.progress(&w, *s);
            if progress.gaps > 0 {
                let first = agenda.lacks(*s).next().map(|l| l.sentence(&w));
                let first = first.or_else(|| agenda.stage_gaps(*s).next().map(|g| g.message.clone()));
                missing.push(Row::Missing(*s, progress.gaps, first.unwrap_or_default()));
            }
        }
        if !missing.is_empty() {
            let all = |r: &Row| match r {
                Row::Missing(_, n, _) => *n,
                _ => 0,
            };
            rows.push(Row::Heading(Press::Missing, missing.iter().map(all).sum()));
            rows.extend(missing);
        }
        rows
    }

    fn item_of_due(&self, d: &Due, press: Press) -> Option<Item> {
        let w = self.world();
        let ix = self.catalogue.kind_of(&d.id)?;
        let (keys, action) = self.remedy(ix, &d.remedy);
        let mine = d.whose.iter().any(|id| w.is_person(id, w.me));
        let duty = match &d.source {
            Source::Duty(name) => w.kind_at(ix).duties.iter().find(|t| t.name == *name),
            _ => None,
        };
        let what = match duty {
            Some(t) if mine => {
                let version = t
                    .copies
                    .values()
                    .next()
                    .and_then(|f| version(&w, w.kind_at(ix), &d.id, f));
                format!("{}{}", t.label, version.unwrap_or_default())
            }
            _ => d.word.clone(),
        };
        Some(Item {
            press,
            id: d.id.clone(),
            day: Some(d.day),
            part: part(&w, w.kind_at(ix), d),
            what,
            owner: self.names(&w, &d.whose),
            mine,
            keys,
            action,
        })
    }

    fn item_of_wait(&self, wait: &Wait) -> Option<Item> {
        let w = self.world();
        let t = w.kind_at(wait.kind).transitions.get(wait.transition)?;
        let (keys, action) = self.remedy(wait.kind, &Remedy::Move(t.name.clone()));
        let owner = w.kind_at(wait.kind).field("owner");
        let whose: Vec<Id> = owner
            .and_then(|f| w.find(&wait.id)?.get(f.tag))
            .map(|v| v.ids().cloned().collect())
            .unwrap_or_default();
        Some(Item {
            press: Press::Decision,
            id: wait.id.clone(),
            day: None,
            part: None,
            what: t.label.to_lowercase(),
            owner: self.names(&w, &whose),
            mine: true,
            keys,
            action,
        })
    }

    /// The first of some people or posts, and how many more.
    fn names(&self, w: &World, ids: &[Id]) -> String {
        let mine = ids.iter().find(|id| w.is_person(id, w.me));
        let first = mine.or_else(|| ids.first());
        let name = first.map(|id| {
            w.find(id)
                .map_or_else(|| id.to_string(), |r| text::clean(r.title()).into_owned())
        });
        match (name, ids.len()) {
            (Some(name), 1) => name,
            (Some(name), n) => format!("{name} +{}", n - 1),
            (None, _) => String::new(),
        }
    }

    /// The key that does what a remedy says, and its action.
    pub(crate) fn remedy(&self, ix: KindIx, remedy: &Remedy) -> (String, Option<usize>) {
        let kind = &self.catalogue.kinds[ix];
        let place = match remedy {
            Remedy::Field(name) if kind.field(name).is_some_and(|f| f.key.is_some() && !f.readonly) => {
                self.actions.place(&format!("change.{}", name.replace('_', "-")))
            }
            Remedy::Field(_) => self.actions.place("record.edit"),
            Remedy::Move(name) | Remedy::Duty(name) => self.actions.place(&format!("{}.{name}", kind.name)),
            Remedy::Create(name) => self.actions.place(&format!("new.{name}")),
            Remedy::Open => self.actions.place("go.open"),
        };
        let Some(place) = place else {
            return (self.key_of("go.open"), None);
        };
        let contexts = [kind.name.as_str(), "today", super::keymap::EVERYWHERE];
        let keys = self.keymap.keys_of(&contexts, place);
        (keys.unwrap_or_else(|| self.key_of("row.do")), Some(place))
    }

    /// What is to be done next in a stage, in a few words.
    pub(crate) fn next_words(&self, next: &Next) -> String {
        let w = self.world();
        match next {
            Next::Due(d) => format!("{} {} {}", d.word, d.id, calendar::show_relative(d.day, w.today)),
            Next::Lack(l) => l.sentence(&w),
            Next::Gap(g) => g.message.clone(),
        }
    }

    /// Moves to the next stage of the lifecycle, or the one before; past the ends all are looked at.
    pub(crate) fn next_stage(&mut self, by: isize) {
        let n = STAGES.len() + 1;
        let at = self.today_list.stage.map_or(0, |s| s + 1);
        let at = (at + n).saturating_add_signed(by) % n;
        self.today_list.stage = at.checked_sub(1);
        self.today_list.cursor = Cursor::default();
        self.arrange();
    }

    /// What mends the gap or does what is due under the cursor.
    fn asked_here(&self) -> Option<usize> {
        match self.spot.layers.last() {
            Some(Layer::Tree { of: Of::Gaps(_), .. }) => self.row().and_then(|r| r.action),
            None if self.spot.screen == 0 => self.today_list.item().and_then(|i| i.action),
            _ => None,
        }
    }

    /// The action that mends a gap, and its key.
    pub(crate) fn mends(&self, gap: &Gap) -> (String, Option<usize>) {
        match self.catalogue.kind_of(&gap.id) {
            Some(ix) => self.remedy(ix, &gap.remedy),
            None => (String::new(), None),
        }
    }
}

/// The first line of text in the row that is due: the task.
fn part(w: &World, kind: &Kind, d: &Due) -> Option<String> {
    let Source::Row(tag, id, _) = &d.source else {
        return None;
    };
    let field = kind.field_by_tag(*tag)?;
    let row = w.find(&d.id)?.get(*tag)?.as_rows().iter().find(|r| r.id == *id)?;
    let line = field.fields.iter().find(|f| f.kind == FieldType::Line)?.tag;
    let value = row.cells.iter().find(|(t, _)| *t == line).map(|(_, v)| v)?;
    match value {
        Value::Text(text) => Some(text::clean(text).into_owned()),
        _ => None,
    }
}

/// The version that a duty is about, as ` v3`.
fn version(w: &World, kind: &Kind, id: &Id, field: &str) -> Option<String> {
    let value = crate::model::codec::cell(w, kind, w.find(id)?, field);
    (!value.is_empty()).then(|| format!(" v{value}"))
}

/// Whether the row under the cursor asks for something.
pub(crate) fn asks(m: &Model) -> Result<(), String> {
    let Some(place) = m.asked_here() else {
        return Err("nothing is asked for here".into());
    };
    m.actions.rows.get(place).map_or(Ok(()), |a| m.enabled(a))
}

/// Does what the row under the cursor asks for.
pub(crate) fn do_it(m: &mut Model) -> Vec<Effect> {
    match m.asked_here() {
        Some(place) => m.run(place),
        None => Vec::new(),
    }
}

/// Opens the row of Today that is no record: a register, or what is missing.
pub(crate) fn open_row(m: &mut Model) -> Option<Vec<Effect>> {
    match m.today_list.row()? {
        Row::Screen(n, _) => {
            let n = *n;
            Some(super::going::screen(m, n))
        }
        Row::Missing(stage, ..) => {
            let stage = *stage;
            Some(m.open_tree(Of::Gaps(Some(stage))))
        }
        _ => None,
    }
}

/// Whether Enter leads somewhere from here.
pub(crate) fn leads(m: &Model) -> bool {
    matches!(
        m.today_list.row(),
        Some(Row::Item(_) | Row::Missing(..) | Row::Screen(..))
    )
}

/// Shows the gaps: of the stage that is looked at on Today, else all.
pub(crate) fn gaps(m: &mut Model) -> Vec<Effect> {
    let stage = match m.today_list.row() {
        Some(Row::Missing(stage, ..)) if m.spot.screen == 0 && m.spot.layers.is_empty() => Some(*stage),
        _ if m.spot.screen == 0 => m.today_list.stage(),
        _ => None,
    };
    m.open_tree(Of::Gaps(stage))
}
