//! A screen as it was painted, as bytes that outlive the program. It needs nothing but itself to be painted again: no
//! kinds, no keys, no store.

use super::list::Cursor;
use bincode::Options;
use ratatui::buffer::{Buffer, Cell};
use ratatui::layout::Rect;
use ratatui::style::{Color, Modifier};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// A still takes at most so many bytes.
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
#[derive(Debug, Clone, PartialEq)]
pub struct Still {
    pub(crate) size: (u16, u16),
    /// What was asked of the place that showed.
    pub(crate) asked: String,
    /// Where the cursor stood.
    pub(crate) cursor: Cursor,
    /// How many rows there are.
    pub(crate) len: usize,
    /// The first line and the number of rows, and the column in which they begin.
    pub(crate) body: (u16, u16, u16),
    /// The names of the organisation and of the person.
    pub(crate) who: (String, String),
    pub(crate) seq: u64,
    pub(crate) day: i32,
    /// The screen; its first line as it is while the store is being read.
    pub(crate) screen: Vec<Vec<Cell>>,
    pub(crate) above: Vec<Vec<Cell>>,
    pub(crate) below: Vec<Vec<Cell>>,
    /// The row of the cursor without the cursor.
    pub(crate) bare: Vec<Cell>,
}

fn opts() -> impl Options {
    bincode::DefaultOptions::new()
        .with_limit(LONGEST)
        .reject_trailing_bytes()
}

/// The rows of a buffer.
pub(crate) fn rows(buffer: &Buffer) -> Vec<Vec<Cell>> {
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

impl Still {
    /// Reads what [`Still::bytes`] wrote; nothing where a byte of it is another.
    pub fn read(bytes: &[u8]) -> Option<Self> {
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
        let (at, top) = kept.at;
        let (first, page, _) = kept.body;
        let fits = screen.len() == height
            && usize::from(first) + usize::from(page) <= height
            && at.checked_sub(top)? < usize::from(page).max(1)
            && above.len() <= top;
        let still = Self {
            size: kept.size,
            asked: kept.asked,
            cursor: Cursor { at, top },
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
        fits.then_some(still)
    }

    /// As bytes; nothing where that would be too many.
    pub(crate) fn bytes(&self) -> Option<Vec<u8>> {
        let mut paints = Vec::new();
        let bare = std::slice::from_ref(&self.bare);
        let kept = Kept {
            size: self.size,
            asked: self.asked.clone(),
            at: (self.cursor.at, self.cursor.top),
            len: self.len,
            body: self.body,
            who: self.who.clone(),
            seq: self.seq,
            day: self.day,
            rows: [&self.screen, &self.above, &self.below, bare].map(|rows| pack(rows, &mut paints)),
            paints,
        };
        let body = opts().serialize(&kept).ok()?;
        let sum: [u8; 32] = Sha256::digest(&body).into();
        Some([&sum[..], &body].concat())
    }

    /// The whole screen to be painted on this day, days since 1970; nothing on any other than its own.
    pub fn buffer(&self, today: i32) -> Option<Buffer> {
        let (width, height) = self.size;
        (self.day == today).then(|| Buffer {
            area: Rect::new(0, 0, width, height),
            content: self.screen.concat(),
        })
    }
}
