//! From one method to another on the screen: which level becomes which, and every record that would move, before
//! anything is written.

use super::job::Effect;
use super::key::{Code, Key};
use super::look::{Look, from_column, put, row};
use super::modal::{Modal, bottom};
use super::{Model, able, text};
use crate::method::choosing::{self, Choice};
use crate::method::mapping::{self, Mapping, Moved, SCALES, Table};
use crate::model::change::Commit;
use crate::model::kind::Method;
use crate::model::record::{Id, Record};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use std::sync::Arc;

/// The keys that it knows.
const KEYS: [(&str, &str); 6] = [
    ("Enter", "map them all"),
    ("j k", "level"),
    ("h l", "becomes another"),
    ("Tab", "other methods"),
    ("PgDn PgUp", "records"),
    ("Esc", "back"),
];
/// The columns of the table of levels.
const TABLE: u16 = 36;
/// Where the levels of a record begin, behind its id, and how wide a column of them is: named in full from `ROOMY` on.
const LEVELS: u16 = 8;
const NARROW: u16 = 6;
const WIDE: u16 = 10;
const ROOMY: u16 = 64;

/// A mapping that is looked at.
pub(crate) struct Remap {
    old: String,
    new: String,
    table: Table,
    /// The line of the table: first the levels of likelihood, then those of impact.
    at: usize,
    /// The first record that shows.
    top: usize,
    /// What it concerns, those that move first.
    records: Vec<(Arc<Record>, Vec<Moved>)>,
    moving: usize,
    /// The new method is not in force yet, and this is how it comes to be.
    choice: Option<Choice>,
}

pub(crate) fn can(m: &Model) -> Result<(), String> {
    able::can_write(m)?;
    match mapping::wanted(&m.world()).is_empty() {
        false => Ok(()),
        true => Err("nothing to bring over: all are judged by the method in force already".into()),
    }
}

/// Opens the mapping of what was judged by another method than the one in force.
pub(crate) fn open(m: &mut Model) -> Vec<Effect> {
    if let Some(remap) = m.remap_after(None) {
        m.modals.push(Modal::Remap(Box::new(remap)));
    }
    Vec::new()
}

impl Remap {
    fn mapping<'a>(&self, m: &'a Model) -> Option<Mapping<'a>> {
        Some(Mapping {
            old: m.catalogue.method(&self.old)?,
            new: m.catalogue.method(&self.new)?,
            table: self.table.clone(),
        })
    }

    /// The scale and the level on it that a line of the table means.
    fn line(&self, at: usize) -> (&'static str, usize) {
        match at.checked_sub(self.table.likelihood.len()) {
            None => (SCALES[0], at),
            Some(n) => (SCALES[1], n),
        }
    }

    fn lines(&self) -> usize {
        self.table.likelihood.len() + self.table.impact.len()
    }

    fn turn(&mut self, m: &Model, by: isize) {
        let (scale, level) = self.line(self.at);
        let last = m
            .catalogue
            .method(&self.new)
            .map_or(0, |new| new.levels(scale).len().saturating_sub(1));
        if let Some(cell) = self.table.scale_mut(scale).get_mut(level) {
            *cell = cell.saturating_add_signed(by).min(last);
        }
        self.look(m);
    }

    /// Works out what would move.
    fn look(&mut self, m: &Model) {
        let w = m.world();
        let Some(mapping) = self.mapping(m) else { return };
        let records = mapping.records(&w).into_iter().map(|r| {
            let moved = mapping.preview(&w, &r);
            (r, moved)
        });
        let (mut moving, stay): (Vec<_>, Vec<_>) = records.partition(|(_, v)| mapping::moves(&mapping, v));
        let count = moving.len();
        moving.extend(stay);
        (self.records, self.moving) = (moving, count);
        self.top = self.top.min(self.records.len().saturating_sub(1));
    }
}

impl Model {
    /// The first mapping that is wanted, or the one after this.
    fn remap_after(&self, last: Option<&Remap>) -> Option<Remap> {
        let w = self.world();
        let pairs = mapping::wanted(&w);
        let here = last.and_then(|l| pairs.iter().position(|(o, n, _)| o.id == l.old && n.id == l.new));
        let (old, new, _) = *pairs.get(here.map_or(0, |n| (n + 1) % pairs.len()))?;
        Some(self.remap_of(old, new, None))
    }

    fn remap_of(&self, old: &Method, new: &Method, choice: Option<Choice>) -> Remap {
        let mut remap = Remap {
            old: old.id.clone(),
            new: new.id.clone(),
            table: Table::of(old, new),
            at: 0,
            top: 0,
            records: Vec::new(),
            moving: 0,
            choice,
        };
        remap.look(self);
        remap
    }

    /// A matrix was saved: offers to choose it, and shows every record that it would move.
    pub(crate) fn offer_matrix(&mut self) {
        let Some((old, new, here)) = self.matrix.take() else {
            return;
        };
        let w = self.world();
        let (Some(old), Some(new)) = (self.catalogue.method(&old), self.catalogue.method(&new)) else {
            return;
        };
        let here = here.and_then(|id| w.find(&id));
        if let Some(choice) = choosing::choose(&w, here, new) {
            let remap = self.remap_of(old, new, Some(choice));
            self.show_remap(remap);
        }
    }

    /// Other criteria are in force by what was done here: offers to map what was judged by those before.
    pub(crate) fn after_criteria(&mut self, commit: &Commit) {
        let chooses = |id: &Id| {
            let kind = self.catalogue.kind_of(id).map(|ix| &self.catalogue.kinds[ix]);
            kind.is_some_and(choosing::chooses)
        };
        let forward = commit.undoes.is_none() && commit.changes.iter().any(|c| chooses(&c.id));
        if forward
            && self.modals.is_empty()
            && let Some(remap) = self.remap_after(None)
        {
            self.show_remap(remap);
        }
    }

    /// Its keys stand where the message of the commit before it would.
    fn show_remap(&mut self, remap: Remap) {
        self.message = None;
        self.modals.push(Modal::Remap(Box::new(remap)));
    }

    /// Takes in a key; nothing to do with it any more: `None`.
    pub(crate) fn remap_key(&mut self, r: &mut Remap, key: Key) -> Option<Vec<Effect>> {
        match (key.code, key.ctrl) {
            (Code::Esc, _) | (Code::Char('q'), false) | (Code::Char('c' | 'g'), true) => return Some(Vec::new()),
            (Code::Enter, _) => {
                return Some(match &r.choice {
                    Some(choice) => self.commit(choice.draft.clone(), false),
                    None => self.remap(r),
                });
            }
            (Code::Down | Code::Char('j'), false) => r.at = (r.at + 1).min(r.lines().saturating_sub(1)),
            (Code::Up | Code::Char('k'), false) => r.at = r.at.saturating_sub(1),
            (Code::Left | Code::Char('h'), false) => r.turn(self, -1),
            (Code::Right | Code::Char('l'), false) => r.turn(self, 1),
            (Code::PageDown, _) => r.top = (r.top + 10).min(r.records.len().saturating_sub(1)),
            (Code::PageUp, _) => r.top = r.top.saturating_sub(10),
            (Code::Tab, _) if r.choice.is_none() => {
                if let Some(next) = self.remap_after(Some(r)) {
                    *r = next;
                }
            }
            _ => {}
        }
        None
    }

    fn remap(&mut self, r: &Remap) -> Vec<Effect> {
        let w = self.world();
        let Some(mapping) = r.mapping(self) else {
            return Vec::new();
        };
        let records: Vec<Arc<Record>> = r.records.iter().map(|(r, _)| Arc::clone(r)).collect();
        let mut draft = mapping.draft(&w, &records);
        draft.reason = Some(format!("from {} to {}", mapping.old.title(), mapping.new.title()));
        self.commit(draft, false)
    }

    pub(crate) fn draw_remap(&self, r: &Remap, buffer: &mut Buffer) {
        let look = &self.theme;
        let full = buffer.area;
        let more = look.glyph("…", "~");
        let Some(mapping) = r.mapping(self) else { return };
        let arrow = look.glyph("→", "->");
        let heading = format!("{} {arrow} {}", mapping.old.title(), mapping.new.title());
        let inside = bottom(buffer, look, &heading, full.height.saturating_sub(4).min(32));
        let left = Rect {
            width: TABLE.min(inside.width),
            ..inside
        };
        let name = |m: &Method, scale: &str, n: usize| m.levels(scale).get(n).map_or(String::new(), |l| l.name.clone());
        let mut y = 0;
        // Where there is little room the cursor stays in view.
        let hidden = (r.at + 4).saturating_sub(usize::from(inside.height));
        for at in hidden..r.lines() {
            let (scale, level) = r.line(at);
            if level == 0 || at == hidden {
                let label = mapping.old.scale(scale).map_or("", |s| s.name.as_str());
                put(buffer, from_column(row(left, y), 1), label, look.style("heading"), more);
                y += 1;
            }
            let line = row(left, y);
            let here = at == r.at;
            if here {
                put(buffer, line, look.glyph("▌", ">"), look.style("cursor"), "");
            }
            let style = look.style(if here { "selected" } else { "text" });
            let from = Rect {
                width: 16,
                ..from_column(line, 2)
            };
            put(buffer, from, &name(mapping.old, scale, level), style, more);
            let to = r.table.scale(scale).get(level).copied().unwrap_or(0);
            let words = format!("{arrow} {}", name(mapping.new, scale, to));
            put(buffer, from_column(line, 19), &words, style, more);
            y += 1;
        }
        let right = from_column(inside, TABLE + 1);
        let would = if r.choice.is_some() { "would move" } else { "move" };
        let told = format!("{} of {} {would} to another level", r.moving, r.records.len());
        put(buffer, row(right, 0), &told, look.style("warn"), more);
        let step = if right.width >= ROOMY { WIDE } else { NARROW };
        if let Some((record, moved)) = r.records.first()
            && let Some(kind) = self.world().kind(&record.id)
        {
            for (n, v) in moved.iter().enumerate() {
                let at = Rect {
                    width: step - 1,
                    ..from_column(row(right, 1), LEVELS + step * n as u16)
                };
                put(
                    buffer,
                    at.intersection(right),
                    kind.label(&v.view),
                    look.style("muted"),
                    more,
                );
            }
        }
        let room = usize::from(right.height.saturating_sub(2));
        for (n, (record, moved)) in r.records.iter().skip(r.top).take(room).enumerate() {
            self.draw_moved(&mapping, (record, moved), step, row(right, 2 + n as u16), buffer);
        }
        let foot = row(full, full.height.saturating_sub(1));
        super::draw::blank(buffer, foot);
        let hints = KEYS.iter().filter(|(k, _)| r.choice.is_none() || *k != "Tab");
        let hints = hints.map(|(k, d)| {
            let words = match &r.choice {
                Some(choice) if *k == "Enter" => choice.words.clone(),
                Some(_) if *k == "Esc" => "not now".to_owned(),
                _ => (*d).to_owned(),
            };
            ((*k).to_owned(), words)
        });
        self.draw_hints(from_column(foot, 1), hints, buffer);
    }

    /// A record with each of its levels before and after, in columns of so many cells.
    fn draw_moved(
        &self,
        mapping: &Mapping,
        (record, moved): (&Record, &[Moved]),
        step: u16,
        line: Rect,
        buffer: &mut Buffer,
    ) {
        let look = &self.theme;
        let id: &Id = &record.id;
        put(buffer, line, id.as_str(), look.style("id"), "");
        for (n, v) in moved.iter().enumerate() {
            let level = |m: &'_ Method, at: Option<usize>| {
                let level = at.and_then(|n| m.levels("level").get(n));
                level.map_or(("-".to_owned(), "muted"), |l| {
                    (l.letters().to_owned(), super::cell::role_of(l))
                })
            };
            let (before, after) = (level(mapping.old, v.before), level(mapping.new, v.after));
            let x = LEVELS + step * n as u16;
            let mut x = put(buffer, from_column(line, x), &before.0, look.style(before.1), "") - line.x;
            if before.0 != after.0 {
                x = put(
                    buffer,
                    from_column(line, x),
                    look.glyph("→", ">"),
                    look.style("muted"),
                    "",
                ) - line.x;
                put(buffer, from_column(line, x), &after.0, look.style(after.1), "");
            }
        }
        put(
            buffer,
            from_column(line, LEVELS + step * moved.len() as u16),
            &text::clean(record.title()),
            look.style("text"),
            look.glyph("…", "~"),
        );
    }
}
