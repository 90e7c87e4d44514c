//! Today: what needs a person now, the worst first: what is due, by dates and states, and what waits for a decision
//! that this person may make. Above it the lifecycle, stage by stage.

use super::line::wrap;
use super::list::Cursor;
use super::look::{Look, from_column, put, row};
use super::update::progress;
use super::{Model, Standing, text};
use crate::model::calendar;
use crate::model::codec;
use crate::model::kind::{Ask, Class, Kind, Stage, Transition};
use crate::model::record::{Id, Record};
use crate::model::rights::{self, Verb};
use crate::model::value::Value;
use crate::model::world::World;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

/// How far ahead a day counts as soon.
const SOON: i32 = 14;
/// How far ahead things are listed at all.
const AHEAD: i32 = 90;

/// How pressing something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Press {
    Late,
    Now,
    Decision,
    Soon,
    Later,
}

impl Press {
    fn title(self) -> &'static str {
        match self {
            Self::Late => "Late",
            Self::Now => "Today",
            Self::Decision => "Waits for your decision",
            Self::Soon => "In the next 14 days",
            Self::Later => "Later, up to 90 days",
        }
    }
}

/// One thing to do.
#[derive(Debug, Clone)]
pub(crate) struct Item {
    pub press: Press,
    pub id: Id,
    pub day: Option<i32>,
    /// What is to be done: "treatment".
    pub what: String,
    /// Whose it is.
    pub owner: String,
    /// Whether it is mine.
    pub mine: bool,
    /// The key that does it.
    pub keys: String,
}

/// One line of the screen.
#[derive(Debug, Clone)]
pub(crate) enum Row {
    Heading(Press, usize),
    Item(usize),
}

/// Everything to do.
#[derive(Debug, Default)]
pub(crate) struct Agenda {
    pub items: Vec<Item>,
    pub rows: Vec<Row>,
    pub cursor: Cursor,
    /// Only what is mine.
    pub mine: bool,
}

impl Agenda {
    /// The record of the row under the cursor.
    pub fn current(&self) -> Option<&Id> {
        match self.rows.get(self.cursor.at)? {
            Row::Item(i) => self.items.get(*i).map(|i| &i.id),
            Row::Heading(..) => None,
        }
    }

    /// Groups the items under their headings.
    pub fn arrange(&mut self) {
        self.rows.clear();
        let mut last = None;
        for (i, item) in self.items.iter().enumerate().filter(|(_, i)| i.mine || !self.mine) {
            if last != Some(item.press) {
                last = Some(item.press);
                let n = self
                    .items
                    .iter()
                    .filter(|o| o.press == item.press && (o.mine || !self.mine))
                    .count();
                self.rows.push(Row::Heading(item.press, n));
            }
            self.rows.push(Row::Item(i));
        }
        // The cursor begins on something that can be opened.
        if self.cursor.at == 0 && self.rows.len() > 1 {
            self.cursor.at = 1;
        }
    }
}

impl Model {
    /// Finds what is to be done.
    pub(crate) fn plan(&self) -> Vec<Item> {
        let w = self.world();
        let mut items = Vec::new();
        for (ix, kind) in self.catalogue.kinds.iter().enumerate() {
            let signs: Vec<&Transition> = kind.transitions.iter().filter(|t| t.signoff).collect();
            for r in w.state.live(ix) {
                let owner = || owner(&w, kind, r);
                if let Some((day, word)) = w.due(kind, r).filter(|(day, _)| day - w.today <= AHEAD) {
                    let press = match day - w.today {
                        ..0 => Press::Late,
                        0 => Press::Now,
                        1..=SOON => Press::Soon,
                        _ => Press::Later,
                    };
                    let (owner, mine) = owner();
                    let keys = self.key_for(kind, word);
                    items.push(Item {
                        press,
                        id: r.id.clone(),
                        day: Some(day),
                        what: word.to_owned(),
                        owner,
                        mine,
                        keys,
                    });
                }
                for t in &signs {
                    // Where only a sign-off leads on, somebody is being waited for: other ways lead back, and ask for
                    // a reason, or end it.
                    let waits = !kind.moves_from(r.state()).any(|m| {
                        let open = kind.state(&m.to).is_some_and(|s| s.class == Class::Open);
                        open && !m.signoff && m.reason != Ask::Required
                    });
                    let from = t.from.iter().any(|f| f == r.state());
                    if from && waits && rights::may(&w, &self.actor, Verb::Move(r, t)).is_ok() {
                        let (owner, _) = owner();
                        let keys = t.key.map(|k| format!("space {k}")).unwrap_or_default();
                        let what = t.label.to_lowercase();
                        items.push(Item {
                            press: Press::Decision,
                            id: r.id.clone(),
                            day: None,
                            what,
                            owner,
                            mine: true,
                            keys,
                        });
                    }
                }
            }
        }
        items.sort_by(|a, b| (a.press, a.day, &a.id).cmp(&(b.press, b.day, &b.id)));
        items
    }

    /// The key that changes the date behind a due word.
    fn key_for(&self, kind: &Kind, word: &str) -> String {
        let field = kind.fields.iter().find(|f| f.due.as_deref() == Some(word));
        field
            .and_then(|f| f.key)
            .map_or_else(|| self.key_of("record.edit"), |k| format!("c {k}"))
    }

    /// Draws the stages of the lifecycle with their counts.
    pub(crate) fn draw_lifecycle(&self, area: Rect, buffer: &mut Buffer) {
        const STAGES: [(Stage, &str); 7] = [
            (Stage::Establish, "Establish"),
            (Stage::Implement, "Implement"),
            (Stage::Run, "Run"),
            (Stage::Monitor, "Monitor"),
            (Stage::Review, "Review"),
            (Stage::Maintain, "Maintain"),
            (Stage::Improve, "Improve"),
        ];
        let look = &self.theme;
        let mut x = area.x;
        for (i, (stage, name)) in STAGES.iter().enumerate() {
            let (mut live, mut late, mut any) = (0, 0, false);
            for (ix, _) in self
                .catalogue
                .kinds
                .iter()
                .enumerate()
                .filter(|(_, k)| k.stage == *stage)
            {
                any = true;
                live += self.counts[ix].live;
                late += self.counts[ix].late;
            }
            if !any {
                continue;
            }
            if i > 0 {
                x = put(
                    buffer,
                    from_column(area, x),
                    look.glyph(" → ", " > "),
                    look.style("muted"),
                    "",
                );
            }
            x = put(buffer, from_column(area, x), name, look.style("text"), "");
            x = put(
                buffer,
                from_column(area, x),
                &format!(" {live}"),
                look.style("muted"),
                "",
            );
            if late > 0 {
                x = put(
                    buffer,
                    from_column(area, x + 1),
                    &format!("!{late}"),
                    look.style("error"),
                    "",
                );
            }
        }
        let mine = if self.agenda.mine { "yours only" } else { "everyone's" };
        let todo = self.agenda.rows.iter().filter(|r| matches!(r, Row::Item(_))).count();
        let note = format!("{todo} to do, {mine}");
        let at = area.width.saturating_sub(note.len() as u16 + 1);
        if at > x + 1 {
            put(buffer, from_column(area, at), &note, look.style("muted"), "");
        }
    }

    /// Draws what is to be done.
    pub(crate) fn draw_today(&self, area: Rect, buffer: &mut Buffer) {
        let look = &self.theme;
        let more = look.glyph("…", "~");
        if self.agenda.rows.is_empty() {
            let what = match &self.standing {
                Standing::Loading(what, done, of) => progress(what, *done, *of),
                Standing::None => "Nothing here yet.".to_owned(),
                Standing::Barred(why) if self.state.seq == 0 => why.clone(),
                _ => "Nothing is due in the next 90 days, and nothing waits for your decision.".to_owned(),
            };
            let lines = wrap(&what, usize::from(area.width.saturating_sub(4)));
            for (y, line) in lines.iter().take(8).enumerate() {
                let at = from_column(row(area, 1 + y as u16), 2);
                put(buffer, at, line, look.style("text"), more);
            }
            let keys = format!(
                "{} goes to the registers   {} finds anything",
                self.key_of("screen.establish"),
                self.key_of("palette.open")
            );
            let below = row(area, 2 + lines.len().min(8) as u16);
            put(buffer, from_column(below, 2), &keys, look.style("muted"), more);
            return;
        }
        let w = self.world();
        let small = area.width < 100;
        let owner = if small { 0 } else { 18 };
        let (when_width, what_width, keys_width) = (14, if small { 14 } else { 18 }, 8);
        let c = &self.agenda.cursor;
        for (y, (n, r)) in self
            .agenda
            .rows
            .iter()
            .enumerate()
            .skip(c.top)
            .take(usize::from(area.height))
            .enumerate()
        {
            let line = row(area, y as u16);
            let here = n == c.at;
            if here {
                put(buffer, line, look.glyph("▌", ">"), look.style("cursor"), "");
            }
            let body = from_column(line, 2);
            match r {
                Row::Heading(press, n) => {
                    put(
                        buffer,
                        body,
                        &format!("{} {n}", press.title()),
                        look.style("heading"),
                        more,
                    );
                }
                Row::Item(i) => {
                    let Some(item) = self.agenda.items.get(*i) else {
                        continue;
                    };
                    let title = w
                        .find(&item.id)
                        .map(|r| text::clean(r.title()).into_owned())
                        .unwrap_or_default();
                    let (when, role) = match (item.day, item.press) {
                        (Some(day), Press::Late) => (calendar::show_relative(day, w.today), "error"),
                        (Some(day), Press::Now | Press::Soon) => (calendar::show_relative(day, w.today), "warn"),
                        (Some(day), _) => (calendar::show_relative(day, w.today), "text"),
                        (None, _) => ("waits".to_owned(), "action"),
                    };
                    let mut x = 0;
                    let mut cell = |text: &str, width: u16, role: &str| {
                        let at = from_column(body, x);
                        put(
                            buffer,
                            Rect {
                                width: width.min(at.width),
                                ..at
                            },
                            text,
                            look.style(role),
                            more,
                        );
                        x += width + 1;
                    };
                    cell(&when, when_width, role);
                    cell(item.id.as_str(), 7, if here { "selected" } else { "id" });
                    let rest = when_width + 1 + 8 + what_width + 1 + keys_width + if owner > 0 { owner + 1 } else { 0 };
                    cell(&title, body.width.saturating_sub(rest + 1), "text");
                    cell(&item.what, what_width, "text");
                    if owner > 0 {
                        cell(&item.owner, owner, if item.mine { "text" } else { "muted" });
                    }
                    cell(&item.keys, keys_width, "key");
                }
            }
        }
    }
}

/// Who owns a record, by name, and whether that is me.
fn owner(w: &World, kind: &Kind, r: &Record) -> (String, bool) {
    let Some(Value::Link(id)) = kind.field("owner").and_then(|f| r.get(f.tag)) else {
        return (String::new(), false);
    };
    let name = codec::cell(w, kind, r, "owner");
    (text::clean(&name).into_owned(), w.is_person(id, w.me))
}
