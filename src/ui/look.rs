//! How parts of the screen ask for their looks: styles by role and glyphs by name, and the one way to put a text
//! that may come from outside into the buffer. It must not know which theme there is.

use super::text;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};

/// Styles and glyphs, whatever the theme.
pub trait Look {
    /// The style of a role (`text`, `muted`, `error`, `level3`, ...); an unknown role looks like text.
    fn style(&self, role: &str) -> Style;

    /// Whether only ASCII may be drawn.
    fn ascii(&self) -> bool;

    /// One of two glyphs: the first, or the second where only ASCII may be drawn.
    fn glyph(&self, fine: &'static str, plain: &'static str) -> &'static str {
        if self.ascii() { plain } else { fine }
    }
}

/// Puts a text into the first line of an area, cut at a grapheme with `more` at its end if it is too long, and returns
/// the column behind it.
pub fn put(buffer: &mut Buffer, area: Rect, text: &str, style: Style, more: &str) -> u16 {
    let area = area.intersection(buffer.area);
    if area.is_empty() {
        return area.x;
    }
    let clean = text::clean(text);
    let fitting = text::fit(&clean, usize::from(area.width), more);
    // a faint rule below it does not make a word faint
    let alone = Style {
        sub_modifier: Modifier::all(),
        ..Style::default()
    };
    let style = alone.patch(style);
    if !fitting.is_ascii() {
        return buffer
            .set_stringn(area.x, area.y, fitting, usize::from(area.width), style)
            .0;
    }
    // A cell a character, nothing to be looked up: most of a frame is this.
    let mut x = area.x;
    for letter in fitting.chars() {
        if let Some(cell) = buffer.cell_mut((x, area.y)) {
            cell.set_char(letter).set_style(style);
        }
        x += 1;
    }
    x
}

/// An area without its first `left` columns.
pub fn from_column(area: Rect, left: u16) -> Rect {
    let left = left.min(area.width);
    Rect::new(area.x + left, area.y, area.width - left, area.height)
}

/// One line of an area; empty where the area has no such line.
pub fn row(area: Rect, y: u16) -> Rect {
    let height = u16::from(y < area.height);
    Rect::new(area.x, area.y + y.min(area.height), area.width, height)
}

/// Looks for tests: no colours, roles as modifiers, so that snapshots hold text only.
#[cfg(test)]
pub mod plain {
    use super::Look;
    use ratatui::buffer::Buffer;
    use ratatui::style::Style;

    /// Plain looks.
    pub struct Plain {
        /// Whether only ASCII may be drawn.
        pub ascii: bool,
    }

    impl Look for Plain {
        fn style(&self, _: &str) -> Style {
            Style::default()
        }
        fn ascii(&self) -> bool {
            self.ascii
        }
    }

    /// The text of a buffer, lines without trailing blanks; `cursor` is shown as a line of its own below.
    pub fn text(buffer: &Buffer, cursor: Option<(u16, u16)>) -> String {
        let mut lines: Vec<String> = (0..buffer.area.height)
            .map(|y| {
                let mut line = String::new();
                let mut skip = 0;
                for x in 0..buffer.area.width {
                    let symbol = buffer[(x, y)].symbol();
                    if skip == 0 {
                        line.push_str(symbol);
                        skip = unicode_width::UnicodeWidthStr::width(symbol).max(1);
                    }
                    skip -= 1;
                }
                line.trim_end().to_string()
            })
            .collect();
        if let Some((x, y)) = cursor {
            lines.push(format!("cursor {x},{y}"));
        }
        lines.join("\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_cut_between_graphemes_with_its_mark() {
        let mut buffer = Buffer::empty(Rect::new(0, 0, 8, 2));
        put(&mut buffer, Rect::new(0, 0, 6, 1), "漢字漢字", Style::default(), "…");
        put(&mut buffer, Rect::new(0, 1, 8, 1), "fits", Style::default(), "…");
        assert_eq!(plain::text(&buffer, None), "漢字…\nfits");
        put(&mut buffer, Rect::new(20, 9, 6, 1), "outside", Style::default(), "…");
    }
}
