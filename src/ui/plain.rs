//! The plain screen, for those who hear it: no lines and blocks, a record as one sentence of labels and values, one
//! thing at a time, and the cursor of the terminal on what has the focus, where a screen reader begins to read.

use super::cell;
use super::look::{Look, from_column, put, row};
use super::{Model, list::List, text};
use crate::model::record::Record;
use crate::model::world::World;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

/// The mark of what has the focus, as it is drawn.
const MARK: &str = "▌";

/// Replaces what only eyes can use, and returns where the focus is, unless a text cursor shows it.
pub(crate) fn finish(buffer: &mut Buffer, cursor: Option<(u16, u16)>) -> Option<(u16, u16)> {
    let area = buffer.area;
    // The first lines mark the screen and the register that are open.
    let marked = |y: &u16| (area.left()..area.right()).find(|x| buffer[(*x, *y)].symbol() == MARK);
    let focus = (2..area.bottom()).rev().find_map(|y| marked(&y).map(|x| (x, y)));
    for c in &mut buffer.content {
        let heard = match c.symbol().chars().next() {
            Some('▌') => Some('>'),
            Some('✓') => Some('x'),
            Some('•') => Some('*'),
            Some('↑' | '▲') => Some('^'),
            Some('↓' | '▼') => Some('v'),
            Some('‹') => Some('<'),
            Some('›') => Some('>'),
            // Lines, blocks and dots that make a picture.
            Some('\u{2500}'..='\u{259f}' | '\u{2800}'..='\u{28ff}') => Some(' '),
            _ => None,
        };
        if let Some(heard) = heard {
            c.set_char(heard);
        }
    }
    cursor.or_else(|| focus.map(|(x, y)| ((x + 2).min(area.right().saturating_sub(1)), y)))
}

impl Model {
    /// A register as sentences, a record a line.
    pub(crate) fn draw_sentences(&self, list: &List, body: Rect, buffer: &mut Buffer) {
        let look = &self.theme;
        let w = self.world();
        let shown = list.rows.range(list.cursor.top, usize::from(body.height));
        for (y, r) in shown.enumerate() {
            let line = row(body, y as u16);
            let here = list.cursor.top + y == list.cursor.at;
            if here {
                put(buffer, line, MARK, look.style("cursor"), "");
            }
            let mut words = self.sentence(&w, list, r);
            if list.marked.contains(&r.id) {
                words.insert_str(0, "selected, ");
            }
            let role = if here { "selected" } else { "text" };
            put(buffer, from_column(line, 2), &words, look.style(role), "…");
        }
    }

    /// `R-0007 Payment outage, state treating, due in 3 days, current 15, owner bo`.
    fn sentence(&self, w: &World<'_>, list: &List, r: &Record) -> String {
        let kind = w.kind_at(list.kind);
        let mut words = format!("{} {}", r.id, text::clean(r.title()));
        // A line ends somewhere: what says most is heard first.
        let told = self.columns_of(list);
        let mut columns: Vec<_> = told.columns.iter().collect();
        columns.sort_by_key(|c| c.rank);
        for column in columns {
            if column.field == "id" || column.field == "title" {
                continue;
            }
            let value = cell::cell(w, kind, r, &column.field, usize::MAX, true);
            let value = text::clean(value.text.trim()).into_owned();
            if !value.is_empty() {
                let label = self.heading_of(kind, &column.field).to_lowercase();
                words.push_str(&format!(", {label} {value}"));
            }
        }
        words
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_go_and_the_focus_is_found() {
        let mut buffer = Buffer::with_lines([
            "isms ─ X ▌1 Here",
            "▌Risks",
            "┌─ Box ─┐",
            "▌ R-0001 風 ▇▇ 20 ▲",
            "  ✓ done",
        ]);
        let cursor = finish(&mut buffer, None);
        assert_eq!(cursor, Some((2, 3)));
        let lines: Vec<String> = super::super::look::plain::text(&buffer, None)
            .lines()
            .map(str::to_owned)
            .collect();
        assert_eq!(
            lines,
            [
                "isms   X >1 Here",
                ">Risks",
                "   Box",
                "> R-0001 風    20 ^",
                "  x done"
            ]
        );
        assert_eq!(
            finish(&mut buffer, Some((9, 4))),
            Some((9, 4)),
            "where one types comes first"
        );
    }
}
