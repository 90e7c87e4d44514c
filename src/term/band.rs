//! The scroll band: which full-width rows moved together, so that the terminal can move them itself.

use ratatui::buffer::{Buffer, Cell};

/// A band of rows that moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Band {
    /// First row of the band.
    pub(super) top: u16,
    /// Row after the last.
    pub(super) bottom: u16,
    /// By how many rows the content went up; negative if it went down.
    pub(super) by: i32,
}

/// Fewer bytes than this are sooner written again than saved: the move of the band itself costs about as much.
const WORTH: i64 = 30;

/// What a move of the cursor costs, with a change of style now and then.
const MOVE: i64 = 6;

/// Mixes what a row shows, glyphs and styles, into one number. Two rows with one number cost bytes, never a wrong cell.
fn hash(row: &[Cell]) -> u64 {
    let mix = |state: u64, value: u64| (state.rotate_left(5) ^ value).wrapping_mul(0x517c_c1b7_2722_0a95);
    row.iter().fold(0, |state, cell| {
        let symbol = cell
            .symbol()
            .bytes()
            .fold(0xff, |text: u64, byte| text.wrapping_mul(0x101) ^ u64::from(byte));
        let state = mix(state, symbol ^ u64::from(cell.modifier.bits()) << 48);
        mix(state, tone(cell.fg) << 32 ^ tone(cell.bg))
    })
}

/// Gives a settled colour a number.
fn tone(colour: ratatui::style::Color) -> u64 {
    use ratatui::style::Color;
    match colour {
        Color::Indexed(index) => 1 + u64::from(index),
        Color::Rgb(r, g, b) => u64::from(u32::from_be_bytes([1, r, g, b])),
        _ => 0,
    }
}

/// Estimates the bytes that turn one row into another, or an empty row into it: a byte a cell, and some for every move.
fn apart(row: &[Cell], other: Option<&[Cell]>) -> i64 {
    let (mut bytes, mut within) = (0, false);
    for (x, cell) in row.iter().enumerate() {
        let differs = other.map_or(&Cell::EMPTY, |other| &other[x]) != cell;
        bytes += i64::from(differs) + if differs && !within { MOVE } else { 0 };
        within = differs;
    }
    bytes
}

/// Finds the band whose move saves most, if any saves enough. Both buffers have the same area and settled cells.
pub(super) fn find(shown: &Buffer, wanted: &Buffer) -> Option<Band> {
    let width = usize::from(wanted.area.width);
    let height = usize::from(wanted.area.height);
    if width == 0 {
        return None;
    }
    let old: Vec<&[Cell]> = shown.content.chunks_exact(width).collect();
    let new: Vec<&[Cell]> = wanted.content.chunks_exact(width).collect();
    let before: Vec<u64> = old.iter().map(|row| hash(row)).collect();
    let after: Vec<u64> = new.iter().map(|row| hash(row)).collect();
    if before.iter().zip(&after).filter(|(a, b)| a != b).count() < 3 {
        return None;
    }

    // The longest run of rows that stand elsewhere: first row, row after the last, shift, and how many of them moved.
    let mut best: Option<(usize, usize, i32, usize)> = None;
    for distance in 1..=(height as i32 * 3 / 4) {
        for by in [distance, -distance] {
            let (mut start, mut moved) = (None, 0);
            for y in 0..height {
                if came_from(y, by, height).is_some_and(|source| after[y] == before[source]) {
                    let first = *start.get_or_insert(y);
                    moved += usize::from(after[y] != before[y]);
                    if best.is_none_or(|best| moved > best.3) {
                        best = Some((first, y + 1, by, moved));
                    }
                } else {
                    (start, moved) = (None, 0);
                }
            }
        }
    }
    let (mut first, mut last, by, _) = best?;

    // Rows beside the run that nearly moved (the one that loses the mark, the one that gains it) go along.
    let nearer = |y: usize| {
        came_from(y, by, height).is_some_and(|source| apart(new[y], Some(old[source])) < apart(new[y], Some(old[y])))
    };
    while first > 0 && nearer(first - 1) {
        first -= 1;
    }
    while last < height && nearer(last) {
        last += 1;
    }

    let (top, bottom) = if by > 0 {
        (first, last + by as usize)
    } else {
        (first.checked_sub(by.unsigned_abs() as usize)?, last)
    };
    let saved: i64 = (top..bottom.min(height))
        .map(|y| {
            let source = came_from(y, by, height).filter(|source| (top..bottom).contains(source));
            apart(new[y], Some(old[y])) - apart(new[y], source.map(|source| old[source]))
        })
        .sum();
    (saved > WORTH && bottom <= height).then_some(Band {
        top: top as u16,
        bottom: bottom as u16,
        by,
    })
}

/// Returns the row whose content stands at `y` after a shift, if it is on the screen.
fn came_from(y: usize, by: i32, height: usize) -> Option<usize> {
    usize::try_from(y as i32 + by).ok().filter(|source| *source < height)
}

/// Does to the buffer what the terminal does when it scrolls the band.
pub(super) fn shift(shown: &mut Buffer, band: Band) {
    let width = usize::from(shown.area.width);
    let count = band.by.unsigned_abs() as usize * width;
    let cells = &mut shown.content[usize::from(band.top) * width..usize::from(band.bottom) * width];
    let count = count.min(cells.len());
    if band.by > 0 {
        cells.rotate_left(count);
        let rest = cells.len() - count;
        cells[rest..].fill(Cell::EMPTY);
    } else {
        cells.rotate_right(count);
        cells[..count].fill(Cell::EMPTY);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ratatui::layout::Rect;
    use ratatui::style::{Color, Style};

    /// A head, rows from `offset` on with a mark at `mark`, and a foot.
    fn list(offset: usize, mark: u16) -> Buffer {
        let mut buffer = Buffer::empty(Rect::new(0, 0, 60, 20));
        buffer.set_string(0, 0, "head", Style::new());
        for y in 2..19 {
            let record = offset + usize::from(y);
            buffer.set_string(
                2,
                y,
                format!("R-{record:04} some title of the record {record}"),
                Style::new(),
            );
        }
        buffer.set_string(0, mark, "▌", Style::new().fg(Color::Indexed(4)));
        buffer.set_string(0, 19, format!("{} of 900", offset + usize::from(mark)), Style::new());
        buffer
    }

    #[test]
    fn a_list_that_scrolls_is_one_band_with_the_marked_row() {
        assert_eq!(
            find(&list(0, 18), &list(1, 18)),
            Some(Band {
                top: 2,
                bottom: 19,
                by: 1
            })
        );
        assert_eq!(
            find(&list(9, 2), &list(8, 2)),
            Some(Band {
                top: 2,
                bottom: 19,
                by: -1
            })
        );
        assert_eq!(
            find(&list(9, 10), &list(11, 10)),
            Some(Band {
                top: 2,
                bottom: 19,
                by: 2
            })
        );
    }

    #[test]
    fn a_mark_that_moves_is_no_band() {
        assert_eq!(find(&list(0, 8), &list(0, 9)), None);
        assert_eq!(find(&list(0, 8), &list(0, 8)), None);
        assert_eq!(find(&list(0, 8), &list(500, 8)), None);
    }

    #[test]
    fn a_row_of_another_style_did_not_move() {
        let mut coloured = list(1, 18);
        for y in 2..19 {
            coloured.set_style(Rect::new(0, y, 60, 1), Style::new().bg(Color::Indexed(y as u8)));
        }
        assert_eq!(find(&list(0, 18), &coloured), None);
    }

    #[test]
    fn shifting_blanks_what_is_uncovered() {
        let mut buffer = list(0, 18);
        shift(
            &mut buffer,
            Band {
                top: 2,
                bottom: 19,
                by: 2,
            },
        );
        let row = |buffer: &Buffer, y: u16| (0..60).map(|x| buffer[(x, y)].symbol().to_owned()).collect::<String>();
        assert!(row(&buffer, 2).contains("R-0004"));
        assert!(row(&buffer, 16).contains("R-0018"));
        assert_eq!(row(&buffer, 17).trim(), "");
        assert_eq!(row(&buffer, 18).trim(), "");
        assert!(row(&buffer, 19).contains("of 900"));
        shift(
            &mut buffer,
            Band {
                top: 2,
                bottom: 19,
                by: -40,
            },
        );
        assert_eq!(row(&buffer, 2).trim(), "");
    }
}
