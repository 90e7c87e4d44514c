//! The registers of a screen, in a line above the list, or below each other beside it where the window is wide.

use super::Model;
use super::instrument::{self, Tab};
use super::look::{Look, from_column, put, row};
use super::mouse::Does;
use super::picker::wide;
use crate::model::kind::KindIx;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

/// A register or an instrument in the line: its name and count, and what is late.
struct Cell {
    entry: Tab,
    words: String,
    late: String,
}

impl Cell {
    /// The columns that it takes, those that part it from the next included.
    fn width(&self) -> u16 {
        wide(&self.words) + wide(&self.late) + if self.late.is_empty() { 2 } else { 3 }
    }
}

/// Which of them show, so that the one at `at` does, with its neighbours if there is room: the first, and one behind
/// the last.
fn window(widths: &[u16], at: usize, room: u16) -> (usize, usize) {
    let sum = |from: usize, to: usize| widths[from..to].iter().sum::<u16>();
    if widths.is_empty() || sum(0, widths.len()) <= room {
        return (0, widths.len());
    }
    let (mut from, mut to) = (at, at + 1);
    loop {
        // To the right first: that is where one goes.
        if to < widths.len() && sum(from, to + 1) <= room && (to <= at + 1 || from == 0 || sum(from - 1, to) > room) {
            to += 1;
        } else if from > 0 && sum(from - 1, to) <= room {
            from -= 1;
        } else {
            return (from, to);
        }
    }
}

impl Model {
    /// How many records of a hidden part of the line are late, in words.
    fn hidden_late(&self, cells: &[Cell]) -> String {
        match cells.iter().map(|c| self.late_of(c.entry)).sum::<usize>() {
            0 => String::new(),
            late => format!("!{late} "),
        }
    }

    /// Draws what stands at an end of the line for a hidden part of it; returns where it ends.
    fn draw_hidden(&self, line: Rect, words: &str, buffer: &mut Buffer) -> u16 {
        let (count, late) = words.split_at(words.find('!').unwrap_or(words.len()));
        let x = put(buffer, line, count, self.theme.style("muted"), "");
        put(
            buffer,
            from_column(line, x - line.x),
            late,
            self.theme.style("error"),
            "",
        )
    }

    /// How many records of an entry are late; an instrument has none of its own.
    fn late_of(&self, entry: Tab) -> usize {
        match entry {
            Tab::Register(ix) => self.counts[ix].late,
            Tab::Instrument(_) => 0,
        }
    }

    /// The strip of registers and instruments, moved so that the one that is shown is in it; what is hidden on either side is told as
    /// a number, and how much of it is late.
    pub(crate) fn draw_strip(&self, line: Rect, buffer: &mut Buffer, shown: Tab) {
        let look = &self.theme;
        let home = self.home_tab(shown);
        let mut cells: Vec<Cell> = Vec::new();
        for entry in self.tabs_of(self.spot.screen) {
            let late = match self.late_of(entry) {
                0 => String::new(),
                late => format!("!{late}"),
            };
            let words = match (entry, shown) {
                (Tab::Instrument(n), _) => instrument::all().get(n).map_or("", |i| &i.title).to_owned(),
                (Tab::Register(ix), Tab::Register(inner)) if entry == home && ix != inner => {
                    let (outer, within) = (&self.catalogue.kinds[ix].titles, &self.catalogue.kinds[inner].titles);
                    let into = look.glyph("›", ">");
                    format!("{outer} {into} {within} {}", self.counts[inner].live)
                }
                (Tab::Register(ix), _) => match &self.catalogue.kinds[ix] {
                    kind if kind.single || self.is_loading() => kind.titles.clone(),
                    kind => format!("{} {}", kind.titles, self.counts[ix].live),
                },
            };
            cells.push(Cell { entry, words, late });
        }
        let at = cells.iter().position(|c| c.entry == home).unwrap_or(0);
        let widths: Vec<u16> = cells.iter().map(Cell::width).collect();
        // A number and what is late may stand at either end.
        let most = line.width.saturating_sub(1);
        let (mut from, mut to) = window(&widths, at, most);
        let ends = |from: usize, to: usize| {
            let (before, behind) = (&cells[..from], &cells[to..]);
            let left = match before.len() {
                0 => String::new(),
                n => format!("{}{n} {}", look.glyph("‹", "<"), self.hidden_late(before)),
            };
            let right = match behind.len() {
                0 => String::new(),
                n => format!(" {}{n} {}", look.glyph("›", ">"), self.hidden_late(behind))
                    .trim_end()
                    .to_owned(),
            };
            (left, right)
        };
        let (mut left, mut right) = ends(from, to);
        let mut room = most;
        while wide(&left) + wide(&right) + widths[from..to].iter().sum::<u16>() > most && to - from > 1 {
            room = room.saturating_sub(1);
            (from, to) = window(&widths, at, room);
            (left, right) = ends(from, to);
        }
        let mut x = self.draw_hidden(line, &left, buffer) - line.x + 1;
        for cell in &cells[from..to] {
            let here = cell.entry == home;
            if here {
                let mark = look.glyph("▌", ">");
                put(buffer, from_column(line, x - 1), mark, look.style("cursor"), "");
            }
            let role = if here { "selected" } else { "text" };
            self.clickable(line.y, line.x + x, line.x + x + cell.width(), Does::Go(cell.entry));
            x = put(
                buffer,
                from_column(line, x),
                &cell.words,
                look.style(role),
                look.glyph("…", "~"),
            ) - line.x;
            if !cell.late.is_empty() {
                x = put(buffer, from_column(line, x + 1), &cell.late, look.style("error"), "") - line.x;
            }
            x += 2;
        }
        self.draw_hidden(from_column(line, x - 1), &right, buffer);
    }

    /// The registers and instruments of the screen one below the other.
    pub(crate) fn draw_side(&self, area: Rect, buffer: &mut Buffer, shown: Tab) {
        let look = &self.theme;
        let home = self.home_tab(shown);
        let mut entries = self.tabs_of(self.spot.screen);
        if let Some(at) = entries.iter().position(|e| *e == home).filter(|_| home != shown) {
            entries.insert(at + 1, shown);
        }
        let at = entries.iter().position(|e| *e == shown).unwrap_or(0);
        let top = (at + 1).saturating_sub(usize::from(area.height));
        for (y, &entry) in entries.iter().skip(top).take(usize::from(area.height)).enumerate() {
            let line = row(area, y as u16);
            self.clickable(line.y, line.x, line.right(), Does::Go(entry));
            if entry == shown {
                put(buffer, line, look.glyph("▌", ">"), look.style("cursor"), "");
            }
            let role = if entry == shown { "selected" } else { "text" };
            let (title, inner, live) = match entry {
                Tab::Register(ix) => {
                    let kind = &self.catalogue.kinds[ix];
                    let live = (!kind.single).then_some(self.counts[ix].live);
                    (&kind.titles, u16::from(kind.within.is_some()) * 2, live)
                }
                Tab::Instrument(n) => match instrument::all().get(n) {
                    Some(i) => (&i.title, 0, None),
                    None => continue,
                },
            };
            let live = live.map(|n| n.to_string());
            let counted = live.as_deref().map_or(0, wide);
            let name = Rect {
                width: 21u16.saturating_sub(inner + counted),
                ..from_column(line, 1 + inner)
            };
            put(buffer, name, title, look.style(role), look.glyph("…", "~"));
            if let Some(live) = live {
                let start = 23u16.saturating_sub(wide(&live));
                put(buffer, from_column(line, start), &live, look.style("muted"), "");
            }
            let late = self.late_of(entry);
            if late > 0 {
                put(
                    buffer,
                    from_column(line, 24),
                    &format!("!{late}"),
                    look.style("error"),
                    "",
                );
            }
        }
    }

    fn home_tab(&self, shown: Tab) -> Tab {
        match shown {
            Tab::Register(ix) => Tab::Register(self.home_of(ix)),
            Tab::Instrument(_) => shown,
        }
    }

    /// The register on the strip that stands for one: itself, or the one within which it is.
    pub(crate) fn home_of(&self, ix: KindIx) -> KindIx {
        let home = self.catalogue.kinds[ix].within.as_deref();
        home.and_then(|k| self.catalogue.index_of(k)).unwrap_or(ix)
    }
}

#[cfg(test)]
mod tests {
    use super::window;

    #[test]
    fn the_one_that_is_meant_always_shows_and_its_neighbours_if_they_can() {
        let widths = [10; 8];
        assert_eq!(window(&widths, 0, 80), (0, 8));
        assert_eq!(window(&widths, 0, 35), (0, 3));
        assert_eq!(window(&widths, 3, 35), (2, 5));
        assert_eq!(window(&widths, 7, 35), (5, 8));
        assert_eq!(window(&widths, 7, 5), (7, 8));
        assert_eq!(window(&[], 0, 5), (0, 0));
    }
}
