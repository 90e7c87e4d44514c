//! A matrix as it is drawn: rows of likelihood from the highest down, columns of impact, a cell for each pair, and the
//! line up to which is accepted. Colour, letters and the line say the same. It knows no records.

use super::look::{Look, put};
use super::text::width;
use super::theme::Theme;
use crate::model::kind::{Level, Method};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};

/// The narrowest and the widest cell.
const CELL: (u16, u16) = (3, 14);
/// The highest cell.
const HIGHEST: u16 = 3;
/// Names of this width may be cut in narrower cells; from `READ` cells on they can be read then.
const CUT: usize = 13;
const READ: usize = 8;
/// The widest column of names beside the rows.
const NAMES: u16 = 16;

/// A matrix to be drawn.
pub(crate) struct Matrix<'a> {
    pub look: &'a Theme,
    /// The levels of the rows, from the lowest.
    pub rows: &'a [Level],
    /// The levels of the columns, from the lowest.
    pub columns: &'a [Level],
    /// The levels of the cells.
    pub levels: &'a [Level],
    /// The level of each cell by row and column, from the lowest.
    pub grid: &'a [Vec<usize>],
    /// The highest level that is accepted.
    pub appetite: Option<usize>,
    /// The cell under the cursor.
    pub cursor: Option<(usize, usize)>,
    /// A cell that is marked: what holds now.
    pub marked: Option<(usize, usize)>,
}

/// Where the parts of a matrix stand.
struct Plan {
    names: u16,
    cell: (u16, u16),
    /// Blank lines between rows.
    gap: u16,
}

impl<'a> Matrix<'a> {
    /// The matrix of a method, its second where there are two.
    pub fn of(look: &'a Theme, m: &'a Method) -> Self {
        Self {
            look,
            rows: m.levels("likelihood"),
            columns: m.levels("impact"),
            levels: m.levels("level"),
            grid: &m.grid,
            appetite: m.appetite(),
            cursor: None,
            marked: None,
        }
    }

    /// The first matrix of a method with two.
    pub fn first_step(look: &'a Theme, m: &'a Method) -> Option<Self> {
        Some(Self {
            rows: m.levels("initiation"),
            columns: m.levels("adverse"),
            levels: m.levels("likelihood"),
            grid: m.overall.as_ref()?,
            appetite: None,
            ..Self::of(look, m)
        })
    }

    fn plan(&self, area: Rect) -> Plan {
        let longest = |levels: &[Level], of: fn(&Level) -> &str| levels.iter().map(|l| width(of(l))).max().unwrap_or(0);
        let fits = |n: usize| u16::try_from(n).unwrap_or(u16::MAX);
        let count = fits(self.columns.len()).max(1);
        let short = fits(longest(self.rows, |l| l.letters()));
        let full = fits(longest(self.rows, |l| &l.name)).min(NAMES);
        let cell = |names: u16| (area.width.saturating_sub(names + 1) / count).saturating_sub(1);
        // Names, as long as the cells have room for more than a number.
        let names = if cell(full) >= 7 { full } else { short };
        let rows = fits(self.rows.len()).max(1);
        let room = area.height.saturating_sub(1) / rows;
        let gap = u16::from(room > 1);
        Plan {
            names,
            cell: (
                cell(names).clamp(CELL.0, CELL.1),
                (room - gap.min(room)).clamp(1, HIGHEST),
            ),
            gap,
        }
    }

    /// So many columns it takes to name all rows and columns in full.
    pub fn named_width(&self) -> u16 {
        let longest = |levels: &[Level], most: u16| {
            let all = levels.iter().map(|l| width(&l.name)).max().unwrap_or(0);
            u16::try_from(all).unwrap_or(u16::MAX).min(most)
        };
        let (names, cell) = (longest(self.rows, NAMES), longest(self.columns, CELL.1));
        names + 1 + self.columns.len() as u16 * (cell + 1)
    }

    /// Whether rows and columns have their names in an area, cut where they must be, or all of them their letters.
    pub fn names(&self, area: Rect) -> (bool, bool) {
        let p = self.plan(area);
        let wide = usize::from(p.cell.0);
        let columns = wide >= READ && self.columns.iter().all(|l| width(&l.name) <= wide.max(CUT));
        (self.rows.iter().all(|l| name_of(l, p.names) == l.name), columns)
    }

    /// The columns and lines that it takes of an area.
    pub fn size(&self, area: Rect) -> (u16, u16) {
        let p = self.plan(area);
        let (columns, rows) = (self.columns.len() as u16, self.rows.len() as u16);
        (p.names + 1 + columns * (p.cell.0 + 1), rows * (p.cell.1 + p.gap) + 1)
    }

    /// Draws it into an area; `words` says what stands in a cell beside the letters of its level.
    pub fn draw(&self, area: Rect, buffer: &mut Buffer, words: &dyn Fn(usize, usize) -> String) {
        let look = self.look;
        let p = self.plan(area);
        let (wide, high) = p.cell;
        let below = |y: usize| self.rows.len().saturating_sub(y + 1) as u16;
        for (y, level) in self.rows.iter().enumerate() {
            let top = area.y + below(y) * (high + p.gap);
            let here = self.cursor.is_some_and(|c| c.0 == y);
            let name = name_of(level, p.names);
            let at = Rect::new(area.x, top + high / 2, p.names, 1);
            put(
                buffer,
                at,
                name,
                look.style(if here { "selected" } else { "text" }),
                look.glyph("…", "~"),
            );
            for x in 0..self.columns.len() {
                let left = area.x + p.names + 1 + x as u16 * (wide + 1);
                let cell = Rect::new(left, top, wide, high).intersection(area);
                self.draw_cell(cell, (y, x), buffer, &words(y, x));
                self.draw_line(cell, (y, x), p.gap, area, buffer);
            }
        }
        let foot = area.y + self.rows.len() as u16 * (high + p.gap);
        let (_, named) = self.names(area);
        for (x, level) in self.columns.iter().enumerate() {
            let here = self.cursor.is_some_and(|c| c.1 == x);
            let name = if named { &level.name } else { level.letters() };
            let start = wide.saturating_sub(width(name) as u16) / 2;
            let left = area.x + p.names + 1 + x as u16 * (wide + 1);
            // Nothing stands to the right of the last.
            let room = wide - start + u16::from(x + 1 == self.columns.len());
            let at = Rect::new(left + start, foot, room, 1).intersection(area);
            put(
                buffer,
                at,
                name,
                look.style(if here { "selected" } else { "text" }),
                look.glyph("…", "~"),
            );
        }
    }

    fn level(&self, (y, x): (usize, usize)) -> Option<usize> {
        self.grid.get(y)?.get(x).copied()
    }

    fn draw_cell(&self, cell: Rect, at: (usize, usize), buffer: &mut Buffer, words: &str) {
        let Some(level) = self.level(at).and_then(|n| self.levels.get(n)) else {
            return;
        };
        let here = self.cursor == Some(at);
        let style = self.fill(level.role.as_deref().unwrap_or("text"), here);
        for y in cell.top()..cell.bottom() {
            for x in cell.left()..cell.right() {
                buffer[(x, y)].set_symbol(" ").set_style(style);
            }
        }
        let line = Rect::new(cell.x, cell.y + cell.height / 2, cell.width, 1.min(cell.height));
        let framed = here || self.marked == Some(at);
        let room = usize::from(cell.width.saturating_sub(if framed { 2 } else { 0 }));
        let letters = level.letters();
        // The letters say what the colour does, so they go last.
        let forms = [format!("{letters} {words}"), format!("{letters}{words}")];
        let text = match forms.into_iter().find(|text| width(text) <= room) {
            _ if words.is_empty() => letters.to_owned(),
            Some(text) => text,
            None => words.to_owned(),
        };
        let start = cell.width.saturating_sub(width(&text) as u16) / 2;
        let inside = Rect::new(line.x + start, line.y, line.width.saturating_sub(start), line.height);
        put(buffer, inside, &text, style.add_modifier(Modifier::BOLD), "");
        let ends = match (here, self.marked == Some(at)) {
            (true, _) => ("[", "]"),
            (false, true) => ("(", ")"),
            (false, false) => return,
        };
        let role = if here { self.look.style("cursor") } else { style };
        put(buffer, line, ends.0, role, "");
        put(
            buffer,
            Rect::new(line.right().saturating_sub(1), line.y, 1, line.height),
            ends.1,
            role,
            "",
        );
    }

    /// A cell is filled with the colour of its level; the one under the cursor is hollow, and so are all where there is
    /// no colour.
    fn fill(&self, role: &str, here: bool) -> Style {
        let style = self.look.style(role);
        match here {
            true => style.add_modifier(Modifier::BOLD),
            false if self.look.mono => style,
            false => self.look.filled(role),
        }
    }

    /// The line around what is accepted: to the right of a cell and above it, where the next one no longer is.
    fn draw_line(&self, cell: Rect, (y, x): (usize, usize), gap: u16, area: Rect, buffer: &mut Buffer) {
        let look = self.look;
        let Some(appetite) = self.appetite else { return };
        let within = |at| self.level(at).is_some_and(|n| n <= appetite);
        let beyond = |at| self.level(at).is_some_and(|n| n > appetite);
        if !within((y, x)) {
            return;
        }
        let style = look.style("heading");
        let mut draw = |x: u16, y: u16, glyph: &str| {
            let at = Rect::new(x, y, 1, 1).intersection(area);
            put(buffer, at, glyph, style, "");
        };
        let corner = beyond((y, x + 1)) || beyond((y + 1, x + 1));
        if beyond((y, x + 1)) {
            for line in cell.top()..cell.bottom() {
                draw(cell.right(), line, look.glyph("┃", "|"));
            }
            // the line goes on where the row above is bounded at the same place
            if gap > 0 && cell.y > area.y && !beyond((y + 1, x)) && y + 1 < self.rows.len() {
                draw(cell.right(), cell.y - 1, look.glyph("┃", "|"));
            }
        }
        if gap > 0 && cell.y > area.y && beyond((y + 1, x)) {
            for column in cell.left()..cell.right() {
                draw(column, cell.y - 1, look.glyph("━", "="));
            }
            if corner {
                let glyph = if beyond((y, x + 1)) { ("┓", "+") } else { ("━", "=") };
                draw(cell.right(), cell.y - 1, look.glyph(glyph.0, glyph.1));
            }
        }
    }
}

/// The name of a level, or its letters where the name does not fit.
fn name_of(level: &Level, room: u16) -> &str {
    match width(&level.name) <= usize::from(room) {
        true => &level.name,
        false => level.letters(),
    }
}
