//! The first screen of the next session: what a list or Today showed, kept as it was painted and shown again while the
//! store is being read, if whoever keeps it knows that nothing has changed. The cursor moves in it, a page up and down;
//! then the real screen takes its place, and whatever is the same stays as it is.

use super::draw::SMALLEST;
use super::list::Cursor;
use super::look::{Look, from_column, put, row};
use super::spot::Spot;
use super::still::{self, Still};
use super::{Model, Standing};
use ratatui::buffer::{Buffer, Cell};
use ratatui::layout::Rect;

/// A screen as it was painted, and where one is in it.
#[derive(Debug, Clone)]
pub(crate) struct Glance {
    pub still: Still,
    /// The place that it shows.
    spot: Spot,
    /// The cursor now.
    pub cursor: Cursor,
}

impl Glance {
    /// How many rows show at once.
    pub(crate) fn page(&self) -> usize {
        usize::from(self.still.body.1).max(1)
    }

    /// The line in which they begin.
    pub(crate) fn top(&self) -> u16 {
        self.still.body.0
    }
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
        let mut screen = self.painted(at);
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
        // It is shown while the store is being read, and its first line says so.
        let standing = std::mem::replace(&mut self.standing, Standing::Loading(String::new(), 0, 0));
        if let (Some(first), Some(reading)) = (screen.first_mut(), self.painted(at).into_iter().next()) {
            *first = reading;
        }
        self.standing = standing;
        self.message = message;
        let who = (self.name(), self.person());
        let w = self.world();
        let still = Still {
            size: self.size,
            asked: self.asked(),
            cursor: at,
            len,
            body: (self.body_top(), u16::try_from(page).ok()?, self.side()),
            who,
            seq: w.state.seq,
            day: w.today,
            screen,
            above,
            below,
            bare: bare?,
        };
        Some((still.seq, still.bytes()?))
    }

    /// The screen with the cursor somewhere.
    fn painted(&mut self, at: Cursor) -> Vec<Vec<Cell>> {
        self.stand_at(at);
        let mut buffer = Buffer::empty(Rect::new(0, 0, self.size.0, self.size.1));
        self.view(&mut buffer);
        still::rows(&buffer)
    }

    /// Shows what was painted until the store is read, and says whether it belongs here.
    pub fn hang(&mut self, still: Still) -> bool {
        let fits =
            still.asked == self.asked() && self.spot.layers.is_empty() && still.day == self.today && self.is_loading();
        self.glance = fits.then(|| Glance {
            cursor: still.cursor,
            spot: self.spot.clone(),
            still,
        });
        self.dirty |= fits;
        fits
    }

    /// What was painted, if it is what should show here and now.
    pub(crate) fn hung(&self) -> Option<&Glance> {
        let here = |g: &Glance| g.still.size == self.size && g.still.day == self.today && g.spot == self.spot;
        let fits = |g: &&Glance| here(g) && g.still.asked == self.asked();
        self.glance.as_ref().filter(fits)
    }

    /// Takes down what was painted, once the real screen can take its place: the cursor stays where it is.
    pub(crate) fn take_down(&mut self, at_once: bool) {
        if self.glance.is_none() || self.is_loading() {
            return;
        }
        let same = |g: &Glance| g.still.seq == self.state.seq && g.still.day == self.today;
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
        let (full, still) = (buffer.area, &glance.still);
        let (top, page, left) = (usize::from(still.body.0), usize::from(still.body.1), still.body.2);
        let moved = glance.cursor != still.cursor;
        let muted = self.theme.style("muted");
        for (y, cells) in still.screen.iter().enumerate().skip(1) {
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
                    if n < still.len {
                        put(buffer, from_column(line, 2), self.theme.glyph("…", "..."), muted, "");
                    }
                }
            }
        }
        if glance.cursor.at != still.cursor.at && self.spot.screen > 0 {
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
        if glance.cursor.at != still.cursor.at && self.spot.screen > 0 {
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
        let (first, top) = (self.still.cursor.top, usize::from(self.still.body.0));
        if n < first {
            let from_end = first - n;
            return self.still.above.get(self.still.above.len().checked_sub(from_end)?);
        }
        match n - first {
            n if n < page => self.still.screen.get(top + n),
            n => self.still.below.get(n - page),
        }
    }

    /// Says in the line of the register which row it is on which the cursor stands.
    fn count(&self, buffer: &mut Buffer) {
        let (old, new) = (
            format!("{}/", self.still.cursor.at + 1),
            format!("{}/", self.cursor.at + 1),
        );
        let Some(cells) = self.still.screen.get(1) else { return };
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
        if n == self.still.cursor.at {
            return if n == self.cursor.at {
                cells.to_vec()
            } else {
                self.still.bare.clone()
            };
        }
        let place = usize::from(self.still.body.0) + self.still.cursor.at.saturating_sub(self.still.cursor.top);
        let with = self.still.screen.get(place).map(Vec::as_slice).unwrap_or_default();
        let mut cells = cells.to_vec();
        if n == self.cursor.at {
            for ((cell, with), bare) in cells.iter_mut().zip(with).zip(&self.still.bare) {
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
