//! Cursor moves: the shortest way from where the terminal's cursor is to where the next glyph goes.

/// What is known of the terminal's cursor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// Nothing: only an absolute move is safe.
    Unknown,
    /// The row, and that the last column was just written: terminals differ in what comes next.
    Edge(u16),
    /// Column and row, from 0.
    At(u16, u16),
}

/// Appends a number in decimal.
pub(super) fn decimal(out: &mut Vec<u8>, value: u16) {
    if value >= 10 {
        decimal(out, value / 10);
    }
    out.push(b'0' + (value % 10) as u8);
}

/// Appends `\x1b[`, the number unless it is 1, and the letter.
fn control(out: &mut Vec<u8>, value: u16, letter: u8) {
    out.extend_from_slice(b"\x1b[");
    if value != 1 {
        decimal(out, value);
    }
    out.push(letter);
}

/// Appends the absolute move to a column and row, from 0.
fn absolute(out: &mut Vec<u8>, x: u16, y: u16) {
    out.extend_from_slice(b"\x1b[");
    if x > 0 || y > 0 {
        decimal(out, y + 1);
    }
    if x > 0 {
        out.push(b';');
        decimal(out, x + 1);
    }
    out.push(b'H');
}

/// Appends the moves along a row that start at column `from`.
fn along(out: &mut Vec<u8>, from: u16, to: u16) {
    if to > from {
        let mut column = Vec::with_capacity(8);
        control(&mut column, to + 1, b'G');
        let mut forward = Vec::with_capacity(8);
        control(&mut forward, to - from, b'C');
        out.extend_from_slice(if column.len() < forward.len() {
            &column
        } else {
            &forward
        });
    } else if to == 0 && from > 0 {
        out.push(b'\r');
    } else if from - to <= 3 {
        out.extend(std::iter::repeat_n(b'\x08', usize::from(from - to)));
    } else {
        let mut column = Vec::with_capacity(8);
        control(&mut column, to + 1, b'G');
        let mut back = Vec::with_capacity(8);
        control(&mut back, from - to, b'D');
        out.extend_from_slice(if column.len() < back.len() { &column } else { &back });
    }
}

/// Appends the shortest move from `from` to a column and row, from 0; nothing if it is there already.
///
/// Line feeds are used for going down: the terminal must be raw and without a scroll region.
pub(super) fn go(out: &mut Vec<u8>, from: Place, x: u16, y: u16) {
    if from == Place::At(x, y) {
        return;
    }
    let mut best = Vec::with_capacity(12);
    absolute(&mut best, x, y);
    let mut offer = |way: Vec<u8>| {
        if way.len() < best.len() {
            best = way;
        }
    };
    let (row, column) = match from {
        Place::Unknown => (u16::MAX, None),
        Place::Edge(row) => (row, None),
        Place::At(column, row) => (row, Some(column)),
    };
    if row <= y && y - row <= 6 {
        let down = std::iter::repeat_n(b'\n', usize::from(y - row));
        if let Some(column) = column {
            let mut way: Vec<u8> = down.clone().collect();
            along(&mut way, column, x);
            offer(way);
        }
        let mut way = vec![b'\r'];
        way.extend(down);
        along(&mut way, 0, x);
        offer(way);
    }
    out.extend_from_slice(&best);
}

/// Appends the erasure of `count` cells from the cursor on, which stays where it is.
pub(super) fn erase(out: &mut Vec<u8>, count: u16) {
    control(out, count, b'X');
}

/// Appends the scroll of rows `top..bottom` by `by` rows, upwards if it is positive. The cursor's place is unknown after it.
///
/// Line feed at the foot and reverse index at the head are what every terminal knows; the Linux console has no SU and SD.
pub(super) fn scroll(out: &mut Vec<u8>, top: u16, bottom: u16, by: i32) {
    out.extend_from_slice(b"\x1b[");
    decimal(out, top + 1);
    out.push(b';');
    decimal(out, bottom);
    out.push(b'r');
    let count = by.unsigned_abs() as usize;
    if by > 0 && count <= 3 {
        absolute(out, 0, bottom - 1);
        out.extend(std::iter::repeat_n(b'\n', count));
    } else if by < 0 && count == 1 {
        absolute(out, 0, top);
        out.extend_from_slice(b"\x1bM");
    } else {
        absolute(out, 0, top);
        control(out, count as u16, if by > 0 { b'M' } else { b'L' });
    }
    out.extend_from_slice(b"\x1b[r");
}

#[cfg(test)]
mod tests {
    use super::*;

    fn way(from: Place, x: u16, y: u16) -> String {
        let mut out = Vec::new();
        go(&mut out, from, x, y);
        String::from_utf8(out)
            .unwrap()
            .escape_debug()
            .to_string()
            .replace("\\u{1b}", "^")
            .replace("\\u{8}", "<")
    }

    #[test]
    fn the_shortest_move_is_taken() {
        for (from, x, y, said) in [
            (Place::At(3, 3), 3, 3, ""),
            (Place::Unknown, 0, 0, "^[H"),
            (Place::Unknown, 0, 11, "^[12H"),
            (Place::Unknown, 5, 0, "^[1;6H"),
            (Place::At(1, 4), 2, 4, "^[C"),
            (Place::At(1, 4), 20, 4, "^[19C"),
            (Place::At(1, 4), 8, 4, "^[7C"),
            (Place::At(95, 4), 2, 4, "^[3G"),
            (Place::At(95, 4), 0, 4, "\\r"),
            (Place::At(9, 4), 7, 4, "<<"),
            (Place::At(9, 4), 9, 5, "\\n"),
            (Place::At(9, 4), 0, 6, "\\n\\n\\r"),
            (Place::At(9, 4), 1, 5, "\\n^[8D"),
            (Place::At(9, 4), 9, 3, "^[4;10H"),
            (Place::Edge(4), 0, 5, "\\r\\n"),
            (Place::Edge(4), 119, 4, "\\r^[119C"),
            (Place::At(9, 4), 9, 30, "^[31;10H"),
        ] {
            assert_eq!(way(from, x, y), said, "{from:?} to {x},{y}");
        }
    }

    #[test]
    fn a_band_scrolls_with_what_every_terminal_knows() {
        let said = |top, bottom, by| {
            let mut out = Vec::new();
            scroll(&mut out, top, bottom, by);
            String::from_utf8(out)
                .unwrap()
                .escape_debug()
                .to_string()
                .replace("\\u{1b}", "^")
        };
        assert_eq!(said(4, 39, 1), "^[5;39r^[39H\\n^[r");
        assert_eq!(said(4, 39, -1), "^[5;39r^[5H^M^[r");
        assert_eq!(said(4, 39, 17), "^[5;39r^[5H^[17M^[r");
        assert_eq!(said(0, 24, -2), "^[1;24r^[H^[2L^[r");
    }
}
