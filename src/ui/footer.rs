//! The last lines of the screen: the filter that is kept, the keys of use here, and messages.

use super::draw::blank;
use super::look::{Look, from_column, put, row};
use super::picker::wide;
use super::spot::Layer;
use super::{Model, Weight, line, text};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

impl Model {
    /// The footer: the filter if one is kept, and the keys of use here.
    pub(crate) fn draw_footer(&self, line: Rect, buffer: &mut Buffer) {
        let look = &self.theme;
        let mut x = 1;
        if let Some(Layer::Tree { query, .. }) = self.spot.layers.last()
            && !query.is_empty()
        {
            let words = format!("/{}", text::clean(query));
            let room = Rect {
                width: line.width / 2,
                ..from_column(line, x)
            };
            x = put(buffer, room, &words, look.style("action"), look.glyph("…", "~")) + 2;
        }
        if let Some(list) = self.list() {
            if let Some(only) = &list.only {
                x = put(
                    buffer,
                    from_column(line, x),
                    &only.words,
                    look.style("action"),
                    look.glyph("…", "~"),
                ) + 2;
            }
            if !list.query.is_empty() {
                let words = format!("/{}", text::clean(&list.query));
                let room = Rect {
                    width: line.width / 2,
                    ..from_column(line, x)
                };
                x = put(buffer, room, &words, look.style("action"), look.glyph("…", "~")) + 2;
            }
        }
        let names: &[&str] = match self.spot.layers.last() {
            Some(Layer::Record { .. }) => &[
                "go.back",
                "go.open",
                "record.edit",
                "go.links",
                "go.history",
                "record.fields",
                "history.undo",
                "palette.open",
                "help.open",
            ],
            Some(Layer::Tree { .. }) => &[
                "go.back",
                "go.open",
                "row.do",
                "tree.unfold",
                "tree.fold",
                "list.filter",
                "go.links",
                "palette.open",
                "help.open",
            ],
            Some(_) => &["go.back", "go.open", "palette.open", "help.open"],
            None if self.spot.screen == 0 => &[
                "go.open",
                "row.do",
                "register.next",
                "today.mine",
                "go.gaps",
                "history.undo",
                "palette.open",
                "help.open",
            ],
            None if self.list().is_some_and(|l| !l.marked.is_empty()) => &[
                "select.toggle",
                "select.range",
                "select.all",
                "record.repeat",
                "go.back",
                "palette.open",
                "help.open",
            ],
            None => &[
                "list.filter",
                "go.open",
                "record.edit",
                "record.new",
                "select.toggle",
                "history.undo",
                "palette.open",
                "help.open",
            ],
        };
        let mut hints: Vec<(String, String)> = Vec::new();
        for name in names {
            let Some(a) = self.actions.get(name) else { continue };
            if self.enabled(a).is_ok() {
                let brief = match *name {
                    "register.next" => "next stage",
                    _ => &a.brief,
                };
                hints.push((self.key_of(name), brief.to_owned()));
            }
        }
        if self.current().is_some() {
            // The menu of the record is no action of its own: it is what may follow `space`.
            let selecting = self.list().is_some_and(|l| !l.marked.is_empty());
            let palette = self.key_of("palette.open");
            let before = hints.iter().position(|(key, _)| *key == palette).unwrap_or(hints.len());
            // What is selected is there to be changed: the keys of its fields follow `c`.
            let before = if selecting { 0 } else { before };
            hints.insert(before, ("space".into(), "actions".into()));
            if selecting {
                hints.insert(0, ("c".into(), "change a field".into()));
            }
        }
        self.draw_hints(from_column(line, x), hints.into_iter(), buffer);
    }

    pub(crate) fn draw_hints(&self, line: Rect, hints: impl Iterator<Item = (String, String)>, buffer: &mut Buffer) {
        let look = &self.theme;
        let hints: Vec<(String, String)> = hints.collect();
        let length = |h: &(String, String)| wide(&h.0) + wide(&h.1) + 3;
        // The last one, which is help, always has its place.
        let last = hints.last().map_or(0, length);
        let mut x = line.x;
        for (i, hint) in hints.iter().enumerate() {
            let reserved = if i + 1 == hints.len() { 0 } else { last };
            if x + length(hint) + reserved > line.right() + 2 {
                continue;
            }
            let at = |x: u16| Rect {
                x,
                width: line.right().saturating_sub(x),
                ..line
            };
            x = put(buffer, at(x), &hint.0, look.style("key"), "") + 1;
            x = put(buffer, at(x), &hint.1, look.style("text"), "") + 2;
        }
    }

    /// A message, over the last lines until the next key.
    pub(crate) fn draw_message(&self, buffer: &mut Buffer) {
        let Some(m) = &self.message else { return };
        let look = &self.theme;
        let full = buffer.area;
        let (mark, role) = match m.weight {
            Weight::Good => (look.glyph("✓", "+"), "ok"),
            Weight::Plain => (look.glyph("›", "-"), "text"),
            Weight::Bad => ("!", "error"),
        };
        let lines = line::wrap(&m.text, usize::from(full.width.saturating_sub(4)));
        let height = (lines.len().min(6)) as u16;
        let area = Rect::new(0, full.height - height, full.width, height);
        blank(buffer, area);
        for (y, text) in lines.iter().take(6).enumerate() {
            let line = row(area, y as u16);
            if y == 0 {
                put(buffer, from_column(line, 1), mark, look.style(role), "");
            }
            put(
                buffer,
                from_column(line, 3),
                text,
                look.style(if role == "ok" { "text" } else { role }),
                "",
            );
        }
    }
}
