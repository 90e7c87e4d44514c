//! The first screen of the next session: what a list or Today showed, kept as it was painted and shown again while the
//! store is being read, if whoever keeps it knows that nothing has changed. The cursor moves in it, a page up and down;
//! then the real screen takes its place, and whatever is the same stays as it is.

use super::draw::SMALLEST;
use super::list::Cursor;
use super::look::{Look, from_column, put, row};
use super::spot::Spot;
use super::{Model, Standing};
use bincode::Options;
use ratatui::buffer::{Buffer, Cell};
use ratatui::layout::Rect;
use ratatui::style::{Color, Modifier};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

impl Glance {
    /// How many rows show at once.
    pub(crate) fn page(&self) -> usize {
        usize::from(self.body.1).max(1)
    }

    /// The line in which they begin.
    pub(crate) fn top(&self) -> u16 {
        self.body.0
    }
}

/// A glance takes at most so many bytes.
pub const LONGEST: u64 = 4 << 20;

/// A row as it was painted: the symbols one after the other, the length of each, and the looks of runs of them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Strip {
    text: String,
    lengths: Vec<u8>,
    looks: Vec<(u16, u16)>,
}

/// How cells look: foreground, background, attributes.
type Paint = (String, String, u16);

/// What was painted, as bytes hold it.
#[derive(Debug, Serialize, Deserialize)]
struct Kept {
    size: (u16, u16),
    asked: String,
    at: (usize, usize),
    len: usize,
    body: (u16, u16, u16),
    who: (String, String),
    seq: u64,
    day: i32,
    paints: Vec<Paint>,
    /// The screen, the page above it and the page below, and the row of the cursor as it is without it.
    rows: [Vec<Strip>; 4],
}

/// A screen as it was painted.
#[derive(Debug, Clone)]
pub(crate) struct Glance {
    size: (u16, u16),
    /// The place, and what was asked of it.
    spot: Spot,
    asked: String,
    /// The cursor when it was painted, and now.
    painted: Cursor,
    pub cursor: Cursor,
    /// How many rows there are.
    pub len: usize,
    /// The first line and the number of rows, and the column in which they begin.
    body: (u16, u16, u16),
    /// The names of the organisation and of the person.
    pub who: (String, String),
    pub seq: u64,
    day: i32,
    screen: Vec<Vec<Cell>>,
    above: Vec<Vec<Cell>>,
    below: Vec<Vec<Cell>>,
    /// The row of the cursor without the cursor.
    bare: Vec<Cell>,
}

fn opts() -> impl Options {
    bincode::DefaultOptions::new()
        .with_limit(LONGEST)
        .reject_trailing_bytes()
}

/// The rows of a buffer.
fn rows(buffer: &Buffer) -> Vec<Vec<Cell>> {
    let width = usize::from(buffer.area.width).max(1);
    buffer.content.chunks(width).map(<[Cell]>::to_vec).collect()
}

fn pack(rows: &[Vec<Cell>], paints: &mut Vec<Paint>) -> Vec<Strip> {
    let mut place = |cell: &Cell| {
        let paint = (cell.fg.to_string(), cell.bg.to_string(), cell.modifier.bits());
        let at = paints.iter().position(|p| *p == paint).unwrap_or_else(|| {
            paints.push(paint);
            paints.len() - 1
        });
        u16::try_from(at).unwrap_or(0)
    };
    let strip = |cells: &Vec<Cell>| {
        let mut looks: Vec<(u16, u16)> = Vec::new();
        let mut last: Option<&Cell> = None;
        for cell in cells {
            let same = |l: &&Cell| (l.fg, l.bg, l.modifier) == (cell.fg, cell.bg, cell.modifier);
            match (last.filter(same), looks.last_mut()) {
                (Some(_), Some(run)) => run.0 += 1,
                _ => looks.push((1, place(cell))),
            }
            last = Some(cell);
        }
        Strip {
            text: cells.iter().map(Cell::symbol).collect(),
            lengths: cells
                .iter()
                .map(|c| u8::try_from(c.symbol().len()).unwrap_or(0))
                .collect(),
            looks,
        }
    };
    rows.iter().map(strip).collect()
}

fn unpack(strips: &[Strip], paints: &[(Color, Color, Modifier)], width: usize) -> Option<Vec<Vec<Cell>>> {
    let row = |strip: &Strip| {
        let mut cells = Vec::with_capacity(width);
        let (mut at, mut looks) = (0, strip.looks.iter());
        let (mut left, mut paint) = (0, None);
        for length in &strip.lengths {
            while left == 0 {
                let (n, look) = looks.next()?;
                (left, paint) = (*n, paints.get(usize::from(*look)));
            }
            left -= 1;
            let end = at + usize::from(*length);
            let symbol = strip.text.get(at..end)?;
            if symbol.chars().any(char::is_control) {
                return None;
            }
            at = end;
            let mut cell = Cell::default();
            cell.set_symbol(symbol);
            (cell.fg, cell.bg, cell.modifier) = *paint?;
            cells.push(cell);
        }
        (cells.len() == width).then_some(cells)
    };
    strips.iter().map(row).collect()
}

impl Model {
    /// What is asked of the list that shows, beside its cursor: another question needs another answer.
    fn asked(&self) -> String {
        match self.list() {
            Some(l) => format!("{:?} {:?} {}", l.query, l.sort, l.retired),
            None => format!("{:?} {}", self.today_list.stage, self.today_list.mine),
        }
    }

    /// The cursor of the list or of Today, and how many rows it has.
    fn rows_here(&self) -> (Cursor, usize) {
        match self.list() {
            Some(l) => (l.cursor, l.rows.len()),
            None => (self.today_list.cursor, self.today_list.rows.len()),
        }
    }

    fn stand_at(&mut self, to: Cursor) {
        match self.list_mut() {
            Some(l) => l.cursor = to,
            None => self.today_list.cursor = to,
        }
    }

    /// Whether what shows is a list or Today, and all of it, as it is now.
    fn is_settled(&self) -> bool {
        self.hungry.is_none() && self.known().is_some_and(|a| a.pending() == 0)
    }

    /// What shows, as bytes for [`Model::hang`], and the commit at which it is so; nothing if it is no list and not
    /// Today, or not all of it is known yet.
    pub fn glance(&mut self) -> Option<(u64, Vec<u8>)> {
        let plain = self.modals.is_empty() && self.spot.layers.is_empty() && self.pending.keys.is_empty();
        let whole = self
            .list()
            .is_none_or(|l| l.only.is_none() && l.marked.is_empty() && l.wrong.is_none());
        let here = self.standing == Standing::Live && self.past.is_none() && self.glance.is_none();
        let large = self.size.0 >= SMALLEST.0 && self.size.1 >= SMALLEST.1;
        if !(plain && whole && here && large && self.is_settled()) {
            return None;
        }
        let message = self.message.take();
        let (at, len) = self.rows_here();
        let page = self.page();
        let screen = self.painted(at);
        let end = (at.top + page).min(len);
        // The row of the cursor without it, the page above and the page below, if their columns stand where these do.
        let other = if at.at + 1 < end {
            at.at + 1
        } else {
            at.at.max(at.top + 1) - 1
        };
        let top = usize::from(self.body_top());
        let bare = self
            .painted(Cursor { at: other, ..at })
            .get(top + at.at - at.top)
            .cloned();
        let mut part = |from: usize, n: usize| {
            let rows = self.painted(Cursor { at: at.at, top: from });
            let same = screen.get(1..top).map(|h| &h[1..]) == rows.get(1..top).map(|h| &h[1..]);
            let part = rows.get(top..top + n).filter(|_| same && n > 0);
            part.map(<[_]>::to_vec).unwrap_or_default()
        };
        let before = at.top.min(page);
        let above = part(at.top - before, before);
        let below = part(end, len.saturating_sub(end).min(page));
        self.stand_at(at);
        self.message = message;
        let mut paints = Vec::new();
        let w = self.world();
        let kept = Kept {
            size: self.size,
            asked: self.asked(),
            at: (at.at, at.top),
            len,
            body: (self.body_top(), u16::try_from(page).ok()?, self.side()),
            who: (self.name(), self.person()),
            seq: w.state.seq,
            day: w.today,
            rows: [&screen, &above, &below, &vec![bare?]].map(|rows| pack(rows, &mut paints)),
            paints,
        };
        let body = opts().serialize(&kept).ok()?;
        let sum: [u8; 32] = Sha256::digest(&body).into();
        Some((kept.seq, [&sum[..], &body].concat()))
    }

    /// The screen with the cursor somewhere.
    fn painted(&mut self, at: Cursor) -> Vec<Vec<Cell>> {
        self.stand_at(at);
        let mut buffer = Buffer::empty(Rect::new(0, 0, self.size.0, self.size.1));
        self.view(&mut buffer);
        rows(&buffer)
    }

    /// Shows what was painted until the store is read, and says whether these bytes are such a thing and belong here.
    pub fn hang(&mut self, bytes: &[u8]) -> bool {
        self.glance = self.understood(bytes);
        self.dirty |= self.glance.is_some();
        self.glance.is_some()
    }

    fn understood(&self, bytes: &[u8]) -> Option<Glance> {
        let (sum, body) = bytes.split_at_checked(32)?;
        if Sha256::digest(body)[..] != *sum {
            return None;
        }
        let kept: Kept = opts().deserialize(body).ok()?;
        let (width, height) = (usize::from(kept.size.0), usize::from(kept.size.1));
        let colour = |c: &str| c.parse::<Color>().ok();
        let paint = |p: &Paint| Some((colour(&p.0)?, colour(&p.1)?, Modifier::from_bits(p.2)?));
        let paints: Vec<_> = kept.paints.iter().map(paint).collect::<Option<_>>()?;
        let [screen, above, below, bare] = &kept.rows;
        let rows = |strips| unpack(strips, &paints, width);
        let cursor = Cursor {
            at: kept.at.0,
            top: kept.at.1,
        };
        let (top, page, _) = kept.body;
        let (first, shown) = (cursor.top, cursor.at.checked_sub(cursor.top)?);
        let fits = screen.len() == height
            && usize::from(top) + usize::from(page) <= height
            && shown < usize::from(page).max(1)
            && above.len() <= first
            && kept.asked == self.asked()
            && self.spot.layers.is_empty()
            && kept.day == self.today
            && self.is_loading();
        let glance = Glance {
            size: kept.size,
            spot: self.spot.clone(),
            asked: kept.asked,
            painted: cursor,
            cursor,
            len: kept.len,
            body: kept.body,
            who: kept.who,
            seq: kept.seq,
            day: kept.day,
            screen: rows(screen)?,
            above: rows(above)?,
            below: rows(below)?,
            bare: rows(bare)?.pop()?,
        };
        fits.then_some(glance)
    }

    /// What was painted, if it is what should show here and now.
    pub(crate) fn hung(&self) -> Option<&Glance> {
        let here = |g: &Glance| g.size == self.size && g.day == self.today && g.spot == self.spot;
        let fits = |g: &&Glance| here(g) && g.asked == self.asked();
        self.glance.as_ref().filter(fits)
    }

    /// Takes down what was painted, once the real screen can take its place: the cursor stays where it is.
    pub(crate) fn take_down(&mut self, at_once: bool) {
        if self.glance.is_none() || self.is_loading() {
            return;
        }
        let same = |g: &Glance| g.seq == self.state.seq && g.day == self.today;
        let real = self.glance.as_ref().is_some_and(same) && self.hung().is_some();
        if real && !at_once && !self.is_settled() {
            return;
        }
        if let Some(glance) = self.glance.take().filter(|_| real) {
            let (_, len) = self.rows_here();
            let (mut cursor, page) = (glance.cursor, self.page());
            cursor.to(cursor.at, len, page);
            self.stand_at(cursor);
        }
        self.dirty = true;
    }

    /// Draws what was painted, with the cursor where it is now. The first line is drawn anew: it says how far reading is.
    pub(crate) fn draw_glance(&self, glance: &Glance, buffer: &mut Buffer) {
        let full = buffer.area;
        let (top, page, left) = (usize::from(glance.body.0), usize::from(glance.body.1), glance.body.2);
        let moved = glance.cursor != glance.painted;
        let muted = self.theme.style("muted");
        for (y, cells) in glance.screen.iter().enumerate().skip(1) {
            lay(buffer, y, 0, cells);
            if !(top..top + page).contains(&y) || !moved {
                continue;
            }
            let n = glance.cursor.top + y - top;
            let line = from_column(row(full, y as u16), left);
            match glance.row(n, page) {
                Some(cells) => lay(buffer, y, left, &glance.marked(n, cells)),
                None => {
                    super::draw::blank(buffer, line);
                    if n < glance.len {
                        put(buffer, from_column(line, 2), self.theme.glyph("…", "..."), muted, "");
                    }
                }
            }
        }
        if glance.cursor.at != glance.painted.at && self.spot.screen > 0 {
            glance.count(buffer);
        }
        let below = top + page;
        let height = usize::from(full.height);
        if !moved || below + 1 >= height {
            return;
        }
        // What lies below the list was about another row.
        let area = Rect {
            y: below as u16,
            height: (height - 1 - below) as u16,
            ..from_column(full, left)
        };
        if glance.cursor.at != glance.painted.at && self.spot.screen > 0 {
            super::draw::blank(buffer, area);
            put(buffer, from_column(row(area, 1), 2), "loading", muted, "");
        }
    }
}

/// Lays the cells of a row into a buffer, from a column on.
fn lay(buffer: &mut Buffer, y: usize, from: u16, cells: &[Cell]) {
    for (x, cell) in (0u16..).zip(cells).skip(usize::from(from)) {
        if let Some(at) = buffer.cell_mut((x, y as u16)) {
            at.clone_from(cell);
        }
    }
}

impl Glance {
    /// A row of the list as it was painted, if it was.
    fn row(&self, n: usize, page: usize) -> Option<&Vec<Cell>> {
        let (first, top) = (self.painted.top, usize::from(self.body.0));
        if n < first {
            let from_end = first - n;
            return self.above.get(self.above.len().checked_sub(from_end)?);
        }
        match n - first {
            n if n < page => self.screen.get(top + n),
            n => self.below.get(n - page),
        }
    }

    /// Says in the line of the register which row it is on which the cursor stands.
    fn count(&self, buffer: &mut Buffer) {
        let (old, new) = (format!("{}/", self.painted.at + 1), format!("{}/", self.cursor.at + 1));
        let Some(cells) = self.screen.get(1) else { return };
        let says = |at: &usize| {
            let here = cells[*at..].iter().map(Cell::symbol);
            here.take(old.len()).collect::<String>() == old
        };
        let Some(at) = (0..cells.len().saturating_sub(old.len())).rev().find(says) else {
            return;
        };
        // It ends where it ended.
        let end = at + old.len();
        let begin = end.saturating_sub(new.len());
        let style = cells[at].style();
        let blanks = " ".repeat(end - begin.min(at));
        buffer.set_string(begin.min(at) as u16, 1, blanks, style);
        buffer.set_string(begin as u16, 1, new, style);
    }

    /// A row with the cursor on it, or without: what differs in the row where the cursor was painted differs here.
    fn marked(&self, n: usize, cells: &[Cell]) -> Vec<Cell> {
        if n == self.painted.at {
            return if n == self.cursor.at {
                cells.to_vec()
            } else {
                self.bare.clone()
            };
        }
        let place = usize::from(self.body.0) + self.painted.at.saturating_sub(self.painted.top);
        let with = self.screen.get(place).map(Vec::as_slice).unwrap_or_default();
        let mut cells = cells.to_vec();
        if n == self.cursor.at {
            for ((cell, with), bare) in cells.iter_mut().zip(with).zip(&self.bare) {
                if with.symbol() != bare.symbol() {
                    cell.clone_from(with);
                } else if (cell.fg, cell.bg, cell.modifier) == (bare.fg, bare.bg, bare.modifier) {
                    (cell.fg, cell.bg, cell.modifier) = (with.fg, with.bg, with.modifier);
                }
            }
        }
        cells
    }
}
