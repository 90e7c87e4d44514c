//! What is on the terminal, and the fewest bytes to what should be: one write a frame, no byte when nothing changed.
//!
//! A frame is bracketed by synchronised output (mode 2026) and never asks the terminal anything.

use super::band;
use super::moves::{self, Place};
use super::pen::Pen;
use super::settle::{COVERED, doubtful, settle};
use ratatui::buffer::{Buffer, Cell};
use std::io::{self, Write};

pub use super::pen::Depth;

/// Begins a frame that the terminal shows in one go.
const BEGIN: &[u8] = b"\x1b[?2026h";
/// Ends it.
const END: &[u8] = b"\x1b[?2026l";
/// Plain style, no scroll region, nothing on the screen.
const CLEAR: &[u8] = b"\x1b[m\x1b[r\x1b[H\x1b[2J";
/// Erases to the end of the row.
const ERASE: &[u8] = b"\x1b[K";
/// Hides the cursor.
const HIDE: &[u8] = b"\x1b[?25l";
/// Shows the cursor.
const SHOW: &[u8] = b"\x1b[?25h";
/// So many changed blanks at the end of a row are sooner erased than written.
const TAIL: usize = 4;
/// So many blanks amid a row are sooner erased than written.
const HOLE: usize = 11;

/// A terminal's screen that knows what it shows.
pub struct Screen<W> {
    out: W,
    depth: Depth,
    shown: Buffer,
    wanted: Buffer,
    known: bool,
    pen: Pen,
    place: Place,
    visible: Option<bool>,
    bytes: Vec<u8>,
    bands: usize,
}

impl<W: Write> Screen<W> {
    /// Makes a screen of which nothing is known: the first frame clears it.
    pub fn new(out: W, depth: Depth) -> Self {
        Self {
            out,
            depth,
            shown: Buffer::default(),
            wanted: Buffer::default(),
            known: false,
            pen: Pen::PLAIN,
            place: Place::Unknown,
            visible: None,
            bytes: Vec::with_capacity(1 << 14),
            bands: 0,
        }
    }

    /// Forgets what the terminal shows, so that the next frame clears and paints everything.
    pub fn redraw(&mut self) {
        self.known = false;
        self.visible = None;
    }

    /// Returns the writer that the frames go to.
    pub fn writer(&mut self) -> &mut W {
        &mut self.out
    }

    /// Returns how many frames have scrolled a band so far.
    pub fn bands(&self) -> usize {
        self.bands
    }

    /// Brings the terminal to what `next` shows, with the cursor at a column and row or hidden, and returns the bytes sent.
    ///
    /// # Errors
    /// Those of the writer; the next frame then paints everything.
    pub fn present(&mut self, next: &Buffer, cursor: Option<(u16, u16)>) -> io::Result<usize> {
        if self.shown.area != next.area {
            self.shown = Buffer::empty(next.area);
            self.wanted = Buffer::empty(next.area);
            self.redraw();
        }
        settle(next, &mut self.wanted, self.depth);
        self.bytes.clear();
        let painted = !self.known || self.shown.content != self.wanted.content;
        if painted {
            self.bytes.extend_from_slice(BEGIN);
            self.paint();
        }
        self.cursor(cursor.filter(|(x, y)| *x < next.area.width && *y < next.area.height));
        if painted {
            self.bytes.extend_from_slice(END);
            std::mem::swap(&mut self.shown, &mut self.wanted);
        }
        if self.bytes.is_empty() {
            return Ok(0);
        }
        self.known = false;
        self.out.write_all(&self.bytes)?;
        self.out.flush()?;
        self.known = true;
        Ok(self.bytes.len())
    }

    /// Writes every cell that differs, after moving the band that scrolled.
    fn paint(&mut self) {
        if !self.known {
            self.bytes.extend_from_slice(CLEAR);
            self.pen = Pen::PLAIN;
            self.place = Place::At(0, 0);
            self.shown.content.fill(Cell::EMPTY);
        } else if let Some(found) = band::find(&self.shown, &self.wanted) {
            self.bands += 1;
            self.ink(Pen::PLAIN);
            moves::scroll(&mut self.bytes, found.top, found.bottom, found.by);
            self.place = Place::Unknown;
            band::shift(&mut self.shown, found);
        }
        for y in 0..self.wanted.area.height {
            self.row(y);
        }
        // Some terminals fill new lines with the ground of the pen.
        if !self.pen.erases() {
            self.ink(Pen::PLAIN);
        }
    }

    /// Writes what differs in one row.
    fn row(&mut self, y: u16) {
        let width = usize::from(self.wanted.area.width);
        let start = usize::from(y) * width;
        let shown = &self.shown.content[start..start + width];
        let wanted = &self.wanted.content[start..start + width];
        if shown == wanted {
            return;
        }
        let differs: Vec<bool> = shown.iter().zip(wanted).map(|(a, b)| a != b).collect();
        let empty: Vec<bool> = wanted
            .iter()
            .map(|cell| cell.symbol() == " " && Pen::settled(cell).erases())
            .collect();
        let end = differs.iter().rposition(|differs| *differs).map_or(0, |last| last + 1);
        let tail = empty.iter().rposition(|empty| !empty).map_or(0, |last| last + 1);

        let mut x = 0;
        while x < end {
            if !differs[x] || self.wanted.content[start + x].symbol() == COVERED {
                x += 1;
                continue;
            }
            if x >= tail && end - x >= TAIL {
                self.approach(x, y);
                self.blank_ink();
                self.bytes.extend_from_slice(ERASE);
                return;
            }
            let hole = empty[x..end].iter().position(|empty| !empty).unwrap_or(end - x);
            if hole >= HOLE {
                let changed = differs[x..x + hole]
                    .iter()
                    .rposition(|differs| *differs)
                    .map_or(0, |last| last + 1);
                if changed >= HOLE {
                    self.approach(x, y);
                    self.blank_ink();
                    moves::erase(&mut self.bytes, changed as u16);
                    x += changed;
                    continue;
                }
            }
            self.approach(x, y);
            x += self.glyph(x, y);
        }
    }

    /// Writes the glyph of a cell at the cursor and returns how many columns it takes.
    fn glyph(&mut self, x: usize, y: u16) -> usize {
        let width = usize::from(self.wanted.area.width);
        let at = usize::from(y) * width + x;
        let columns = match self.wanted.content.get(at + 1) {
            Some(next) if x + 1 < width && next.symbol() == COVERED => 2,
            _ => 1,
        };
        let pen = Pen::settled(&self.wanted.content[at]);
        if self.wanted.content[at].symbol() != " " || !pen.blank_alike(self.pen) {
            self.ink(pen);
        }
        let symbol = self.wanted.content[at].symbol();
        let doubtful = doubtful(symbol);
        if doubtful && columns == 2 && x + 2 < width {
            // A terminal that takes it for a narrow one must not leave an old cell beside it.
            self.bytes.extend_from_slice(b"  \x08\x08");
        }
        self.bytes.extend_from_slice(symbol.as_bytes());
        self.place = match x + columns {
            _ if doubtful => Place::Unknown,
            after if after >= width => Place::Edge(y),
            after => Place::At(after as u16, y),
        };
        columns
    }

    /// Moves the cursor to a cell, over a short gap by writing again what stands there.
    fn approach(&mut self, x: usize, y: u16) {
        if let Place::At(column, row) = self.place
            && row == y
            && usize::from(column) < x
            && x - usize::from(column) <= 7
        {
            let width = usize::from(self.wanted.area.width);
            let row = &self.wanted.content[usize::from(y) * width..(usize::from(y) + 1) * width];
            let gap = &row[usize::from(column)..x];
            let target = Pen::settled(&row[x]);
            let fits = |pen: Pen| {
                gap.iter().map(Pen::settled).zip(gap).all(|(own, cell)| {
                    (own == pen || (cell.symbol() == " " && own.blank_alike(pen)))
                        && cell.symbol() != COVERED
                        && !doubtful(cell.symbol())
                })
            };
            let mut leap = Vec::with_capacity(12);
            moves::go(&mut leap, self.place, x as u16, y);
            let cost: usize = gap.iter().map(|cell| cell.symbol().len()).sum();
            if cost <= leap.len()
                && let Some(pen) = [self.pen, target].into_iter().find(|pen| fits(*pen))
            {
                self.pen.change(pen, &mut self.bytes);
                self.pen = pen;
                gap.iter()
                    .for_each(|cell| self.bytes.extend_from_slice(cell.symbol().as_bytes()));
                self.place = Place::At(x as u16, y);
                return;
            }
        }
        moves::go(&mut self.bytes, self.place, x as u16, y);
        self.place = Place::At(x as u16, y);
    }

    /// Changes the style of what is written next.
    fn ink(&mut self, pen: Pen) {
        self.pen.change(pen, &mut self.bytes);
        self.pen = pen;
    }

    /// Makes sure that an erasure leaves the terminal's own background.
    fn blank_ink(&mut self) {
        if !self.pen.erases() {
            self.ink(Pen::PLAIN);
        }
    }

    /// Puts the cursor where it belongs and shows or hides it, if it is not so already.
    fn cursor(&mut self, cursor: Option<(u16, u16)>) {
        if let Some((x, y)) = cursor {
            moves::go(&mut self.bytes, self.place, x, y);
            self.place = Place::At(x, y);
        }
        if self.visible != Some(cursor.is_some()) {
            self.visible = Some(cursor.is_some());
            self.bytes.extend_from_slice(if cursor.is_some() { SHOW } else { HIDE });
        }
    }
}
