//! From what a view painted to what will be sent: every cell safe, within its row, and in colours the terminal has.

use super::pen::{Depth, Pen};
use ratatui::buffer::{Buffer, Cell, CellWidth};
use ratatui::style::{Color, Modifier};

/// The symbol of a cell that is covered by the wide glyph before it.
pub(super) const COVERED: &str = "";

/// What stands for a glyph that must not be sent.
const REFUSED: &str = "?";

/// Joins emoji into one; terminals do not agree on the width of what comes out.
const JOINER: char = '\u{200d}';

/// Says whether a terminal could obey this character instead of showing it, or show it nowhere.
fn obeyed(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}'
            | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e007f}')
}

/// Says whether terminals may disagree on how many columns this glyph takes.
pub(super) fn doubtful(symbol: &str) -> bool {
    let mut chars = symbol.chars();
    match (chars.next(), chars.next()) {
        (Some(c), None) => match u32::from(c) {
            0..0x1100 => false,
            // Emoji outside the scripts, and the replacement character.
            0x2300..=0x2bff => symbol.cell_width() > 1,
            0xfffd | 0x1f000..=0x1ffff => true,
            _ => false,
        },
        (Some(_), Some(_)) => true,
        _ => false,
    }
}

/// Says whether a cell shows something of its own, over the right half of a wide glyph before it.
fn stands_over(cell: &Cell, lead: &Cell) -> bool {
    let lines = Modifier::REVERSED | Modifier::UNDERLINED;
    !matches!(cell.symbol(), " " | COVERED)
        || (cell.bg != Color::Reset && cell.bg != lead.bg)
        || !(cell.modifier & lines).difference(lead.modifier).is_empty()
}

/// Copies `painted` to `settled`, which has the same area.
pub(super) fn settle(painted: &Buffer, settled: &mut Buffer, depth: Depth) {
    let width = usize::from(painted.area.width).max(1);
    for (from, to) in painted
        .content
        .chunks_exact(width)
        .zip(settled.content.chunks_exact_mut(width))
    {
        let mut x = 0;
        while x < width {
            x += glyph(from, to, x, depth);
        }
    }
}

/// Settles the glyph at a column of a row and returns how many columns it takes.
fn glyph(from: &[Cell], to: &mut [Cell], x: usize, depth: Depth) -> usize {
    let cell = &from[x];
    let symbol = cell.symbol();
    let target = &mut to[x];
    // Nearly every cell: one printable byte.
    if let [b' '..=b'~'] = symbol.as_bytes() {
        if target.symbol() != symbol {
            target.set_symbol(symbol);
        }
        Pen::of(cell, depth).settle(target);
        return 1;
    }
    let joined = symbol.contains(JOINER);
    let refused = symbol.chars().any(obeyed) && !joined;
    let mut first = [0; 4];
    let shown = match symbol.chars().next() {
        _ if refused => REFUSED,
        // Of joined emoji the first is shown: terminals that do not join would take the columns of all.
        Some(c) if joined && !obeyed(c) => c.encode_utf8(&mut first),
        _ if joined => REFUSED,
        _ => symbol,
    };
    let columns = usize::from(shown.cell_width());
    let fits = match columns {
        1 => true,
        2 => from.get(x + 1).is_some_and(|next| !stands_over(next, cell)),
        _ => false,
    };
    let replaced = match columns {
        // A covered cell without the glyph that covers it, or a mark without a letter.
        0 if symbol.is_empty() => " ",
        0 | 3.. => REFUSED,
        _ if fits => shown,
        _ => " ",
    };
    target.set_symbol(replaced);
    let pen = Pen::of(target_style(target, cell), depth);
    pen.settle(target);
    if fits && columns == 2 {
        let covered = &mut to[x + 1];
        covered.set_symbol(COVERED);
        pen.settle(covered);
        return 2;
    }
    1
}

/// Puts the painted style on the cell whose symbol is already settled, so that a blank is judged as a blank.
fn target_style<'a>(target: &'a mut Cell, painted: &Cell) -> &'a Cell {
    (target.fg, target.bg, target.modifier) = (painted.fg, painted.bg, painted.modifier);
    target
}

#[cfg(test)]
mod tests {
    use super::*;
    use ratatui::layout::Rect;
    use ratatui::style::Style;

    fn row<T>(paint: impl Fn(&mut Buffer) -> T) -> Vec<String> {
        let mut painted = Buffer::empty(Rect::new(0, 0, 6, 1));
        paint(&mut painted);
        let mut settled = painted.clone();
        settle(&painted, &mut settled, Depth::True);
        settled.content.iter().map(|cell| cell.symbol().to_owned()).collect()
    }

    #[test]
    fn wide_glyphs_cover_the_next_cell() {
        assert_eq!(
            row(|b| b.set_string(0, 0, "a风b", Style::new())),
            ["a", "风", "", "b", " ", " "]
        );
    }

    #[test]
    fn a_popup_cuts_the_wide_glyph_it_covers() {
        let cut = |b: &mut Buffer| {
            b.set_string(0, 0, "风险风", Style::new());
            b[(3, 0)].set_symbol("│");
        };
        assert_eq!(row(cut), ["风", "", " ", "│", "风", ""]);
        let ground = |b: &mut Buffer| {
            b.set_string(0, 0, "风险风", Style::new());
            b[(3, 0)].set_bg(Color::Blue);
        };
        assert_eq!(row(ground), ["风", "", " ", " ", "风", ""]);
        let right = |b: &mut Buffer| {
            b.set_string(0, 0, "风险风", Style::new());
            b[(2, 0)].set_symbol("│");
        };
        assert_eq!(row(right), ["风", "", "│", " ", "风", ""]);
        let edge = |b: &mut Buffer| {
            b[(5, 0)].set_symbol("风");
        };
        assert_eq!(row(edge), [" ", " ", " ", " ", " ", " "]);
    }

    #[test]
    fn nothing_that_a_terminal_would_obey_is_sent() {
        for evil in [
            "\u{1b}",
            "\u{7}",
            "\u{9b}",
            "\u{7f}",
            "a\u{202e}",
            "\u{200b}",
            "\u{feff}",
            "x\u{2066}",
            "\u{e0041}",
            "\u{0}",
            "\u{301}",
            "\u{85}",
            "\u{2028}",
        ] {
            let shown = row(|b| {
                b[(1, 0)].set_symbol(evil);
            });
            assert_eq!(shown, [" ", "?", " ", " ", " ", " "], "{evil:?}");
        }
        assert_eq!(
            row(|b| b.set_string(0, 0, "e\u{301}👩\u{200d}💻x", Style::new())),
            ["e\u{301}", "👩", "", "x", " ", " "]
        );
    }
}
