//! Today: what needs a person now, the worst first: what is late, what is due today and in the next days, what waits
//! for a decision that this person may make, and what is missing, stage by stage. Each with the key that does it.

use super::action::Run;
use super::list::Cursor;
use super::spot::{Layer, Of};
use super::{Model, text};
use crate::method::agenda::{At, Bucket, Due, Gap, Next, Remedy, SOON, STAGES, Source, View, Wait};
use crate::model::calendar;
use crate::model::change::{Draft, Edit};
use crate::model::kind::{Field, FieldType, Kind, KindIx, Stage, Tag};
use crate::model::record::Id;
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

/// One thing to do, in words.
#[derive(Debug, Clone)]
pub(crate) struct Item {
    pub press: Press,
    pub id: Id,
    pub day: Option<i32>,
    /// The moment, where it is due to the minute: milliseconds since 1970, UTC.
    pub time: Option<i64>,
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
    /// What is due on a record, by its place there. It is put into words where it shows.
    Due(Press, Id, u16),
    /// A sign-off that waits, the same.
    Wait(Wait),
    /// So many more that are not listed.
    More(usize),
    /// What is missing in a stage: how much, and the first of it.
    Missing(Stage, usize, String),
    /// The registers of the stage that is looked at.
    Screen(u8, String),
}

impl Row {
    fn due(press: Press, (id, place): At) -> Self {
        Self::Due(press, id.clone(), place)
    }

    /// The record that it is about.
    pub fn record(&self) -> Option<&Id> {
        match self {
            Self::Due(_, id, _) | Self::Wait(Wait { id, .. }) => Some(id),
            _ => None,
        }
    }

    /// Whether it is about the same thing.
    fn is_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Due(_, a, i), Self::Due(_, b, j)) => (a, i) == (b, j),
            (Self::Wait(a), Self::Wait(b)) => (&a.id, a.transition) == (&b.id, b.transition),
            _ => false,
        }
    }
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
    /// Whether the rows are all that there are: while they come, the first is not yet the one that is looked at.
    whole: bool,
}

impl Today {
    /// The row under the cursor.
    pub fn row(&self) -> Option<&Row> {
        self.rows.get(self.cursor.at)
    }

    /// Whether a row is a heading.
    pub fn is_heading(&self, at: usize) -> bool {
        matches!(self.rows.get(at), Some(Row::Heading(..)))
    }

    /// The stage that is looked at.
    pub fn stage(&self) -> Option<Stage> {
        self.stage.and_then(|n| STAGES.get(n)).map(|(s, _)| *s)
    }
}

/// Puts the first of so many things under a heading.
fn under(rows: &mut Vec<Row>, press: Press, n: usize, things: impl Iterator<Item = Row>) {
    if n == 0 {
        return;
    }
    rows.push(Row::Heading(press, n));
    rows.extend(things.take(MANY));
    if n > MANY {
        rows.push(Row::More(n - MANY));
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
        let (rows, counted) = (self.rows_of_today(), self.is_counted());
        let agenda = &mut self.today_list;
        let top = (0..=agenda.cursor.at).all(|at| at == agenda.cursor.at || agenda.is_heading(at));
        let was_whole = std::mem::replace(&mut agenda.whole, counted);
        let waits = top && !was_whole;
        if waits {
            agenda.cursor.at = 0;
        }
        // The cursor stays on its thing; where that is done, on what has taken its place.
        let kept = agenda.row().filter(|_| !waits);
        let same = kept.and_then(|kept| rows.iter().position(|r| r.is_same(kept)));
        agenda.rows = rows;
        if let Some(at) = same {
            agenda.cursor.at = at;
        }
        // The cursor begins on something that can be opened.
        if agenda.is_heading(agenda.cursor.at) && agenda.cursor.at + 1 < agenda.rows.len() && same.is_none() {
            agenda.cursor.at += 1;
        }
    }

    fn rows_of_today(&self) -> Vec<Row> {
        let w = self.world();
        let mut rows = Vec::new();
        let Some(agenda) = self.known().filter(|_| w.state.seq > 0) else {
            return rows;
        };
        let view = View {
            stage: self.today_list.stage(),
            mine: self.today_list.mine,
        };
        if let Some(s) = view.stage {
            let kinds = self
                .catalogue
                .kinds
                .iter()
                .filter(|k| k.stage == s && k.within.is_none());
            let titles: Vec<String> = kinds.map(|k| k.titles.to_lowercase()).collect();
            rows.push(Row::Screen(screen_of(s), titles.join(", ")));
        }
        let bucket = |rows: &mut Vec<Row>, press: Press, bucket: Bucket| {
            let things = agenda.bucket(view, bucket).map(|at| Row::due(press, at));
            under(rows, press, agenda.bucket_count(view, bucket), things);
        };
        bucket(&mut rows, Press::Late, Bucket::Late);
        bucket(&mut rows, Press::Now, Bucket::Today);
        let (waiting, named) = agenda.named(view.stage);
        under(&mut rows, Press::Decision, waiting, named.map(Row::Wait));
        bucket(&mut rows, Press::Soon, Bucket::Soon);
        let (first, last) = (w.today + SOON + 1, w.today + AHEAD);
        let later = agenda.between(view, first, last).map(|at| Row::due(Press::Later, at));
        under(&mut rows, Press::Later, agenda.between_count(view, first, last), later);
        let mut missing = Vec::new();
        let stages = STAGES.iter().filter(|_| self.is_counted());
        for (s, _) in stages.filter(|(s, _)| view.stage.is_none_or(|t| t == *s)) {
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

    /// A row in words, if it is a thing to do.
    pub(crate) fn item(&self, row: &Row) -> Option<Item> {
        match row {
            Row::Due(press, id, place) => self.item_of_due(&self.known()?.due((id, *place))?, *press),
            Row::Wait(wait) => self.item_of_wait(wait),
            _ => None,
        }
    }

    fn item_of_due(&self, d: &Due, press: Press) -> Option<Item> {
        let w = self.world();
        let ix = self.catalogue.kind_of(&d.id)?;
        let (keys, action) = self.remedy(ix, &d.remedy);
        let tick = self.actions.place("row.tick").filter(|_| done(&w, d).is_some());
        let (keys, action) = match tick {
            Some(place) => (self.writing("row.tick"), Some(place)),
            None => (keys, action),
        };
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
            _ => causes(&w, w.kind_at(ix), d).unwrap_or_else(|| d.word.clone()),
        };
        Some(Item {
            press,
            id: d.id.clone(),
            day: Some(d.day),
            time: d.time,
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
            time: None,
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

    /// The key of an action that changes something; none where nothing can be changed and it would be refused.
    pub(crate) fn writing(&self, action: &str) -> String {
        match super::able::can_write(self) {
            Ok(()) => self.key_of(action),
            Err(_) => String::new(),
        }
    }

    /// The key that does what a remedy says, if it can be done, and its action.
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
        if *remedy != Remedy::Open && super::able::can_write(self).is_err() {
            return (String::new(), Some(place));
        }
        let contexts = [kind.name.as_str(), "today", super::keymap::EVERYWHERE];
        let keys = self.keymap.keys_of(&contexts, place);
        (keys.unwrap_or_else(|| self.key_of("row.do")), Some(place))
    }

    /// What is to be done next in a stage, in a few words: on which record and when, and what where there is room.
    pub(crate) fn next_words(&self, next: &Next, room: usize) -> String {
        let w = self.world();
        match next {
            Next::Due(d) => {
                let when = format!("{} {}", d.id, calendar::show_relative(d.day, w.today));
                match text::width(&d.word) + 1 + text::width(&when) > room {
                    true => when,
                    false => format!("{} {when}", d.word),
                }
            }
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

    /// The field by which a new record of a kind would be linked with one, with the name of the kind before it.
    fn link_between(&self, made: KindIx, with: &Id) -> Option<String> {
        let name = &self.catalogue.kinds[self.catalogue.kind_of(with)?].name;
        let kind = &self.catalogue.kinds[made];
        let links = |f: &&Field| f.is_link() && !f.readonly && f.target.contains(name);
        kind.fields
            .iter()
            .find(links)
            .map(|f| format!("{} {}", kind.name, f.name))
    }

    /// What mends the gap or does what is due under the cursor.
    fn asked_here(&self) -> Option<usize> {
        match self.spot.layers.last() {
            Some(Layer::Tree { of: Of::Gaps(_), .. }) => self.worded(self.row()?).action,
            None if self.spot.screen == 0 => self.item(self.today_list.row()?).and_then(|i| i.action),
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

/// What has come about for which something is to be looked at again: the first of it, and how much more.
fn causes(w: &World, kind: &Kind, d: &Due) -> Option<String> {
    kind.field("reassess_by").filter(|f| d.source == Source::Field(f.tag))?;
    let all = w.find(&d.id)?.get(kind.field("stale_reasons")?.tag)?.as_tags();
    let first = text::clean(all.first()?).into_owned();
    Some(match all.len() {
        1 => first,
        n => format!("{first} +{}", n - 1),
    })
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

/// The rows of the record in which the one that is due is done, and the field that holds them.
fn done(w: &World, d: &Due) -> Option<(Tag, Value)> {
    let Source::Row(tag, id, _) = &d.source else {
        return None;
    };
    let field = w.kind(&d.id)?.field_by_tag(*tag)?;
    let done = field
        .fields
        .iter()
        .find(|f| f.name == "done" && f.kind == FieldType::Bool)?
        .tag;
    let mut rows = w.find(&d.id)?.get(*tag)?.as_rows().to_vec();
    let row = rows.iter_mut().find(|r| r.id == *id)?;
    row.cells.retain(|(t, _)| *t != done);
    row.cells.push((done, Value::Bool(true)));
    // a report has its moment
    let moment = field.fields.iter().find(|f| f.name == "answered_at").map(|f| f.tag);
    if let Some(tag) = moment.filter(|tag| row.cells.iter().all(|(t, _)| t != tag)) {
        row.cells.push((tag, Value::Time(w.now)));
    }
    row.cells.sort_by_key(|(tag, _)| *tag);
    Some((*tag, Value::Rows(rows)))
}

/// What is ticked off with the row under the cursor.
fn ticked(m: &Model) -> Option<Edit> {
    let at = match m.today_list.row() {
        Some(Row::Due(_, id, place)) if m.spot.screen == 0 && m.spot.layers.is_empty() => (id, *place),
        _ => return None,
    };
    let w = m.world();
    let (tag, rows) = done(&w, &m.known()?.due(at)?)?;
    Some(Edit::of(w.find(at.0)?).with(tag, Some(rows)))
}

/// Whether the row under the cursor is a task or a report that can be ticked off.
pub(crate) fn ticks(m: &Model) -> Result<(), String> {
    if !m.is_loading() {
        super::able::can_write(m)?;
    }
    ticked(m)
        .map(|_| ())
        .ok_or_else(|| "this is no task: the key at its end does it".to_owned())?;
    super::able::can_edit(m)
}

/// Ticks off the task under the cursor.
pub(crate) fn tick(m: &mut Model) -> Vec<Effect> {
    let Some(edit) = ticked(m) else { return Vec::new() };
    let mut draft = Draft::new("row.tick");
    draft.edits.push(edit);
    m.commit(draft, false)
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
    let Some(place) = m.asked_here() else { return Vec::new() };
    let run = m.actions.rows.get(place).map(|a| a.run);
    match (run, m.current()) {
        (Some(Run::New(made)), Some(from)) => match m.link_between(made, &from.id) {
            Some(field) => m.open_linked(&field, &from.id),
            None => m.run(place),
        },
        _ => m.run(place),
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
        Some(Row::Due(..) | Row::Wait(_) | Row::Missing(..) | Row::Screen(..))
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
