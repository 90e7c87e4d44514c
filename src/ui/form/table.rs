//! The entries of links or rows as a table, and the sheet of one of them.

use super::content::{Content, named};
use super::layer::Layer;
use super::sheet::Sheet;
use super::view::Scene;
use crate::model::kind::Field;
use crate::model::kind::FieldType;
use crate::ui::look::{put, row};
use crate::ui::picker::{frame, wide};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

impl Sheet {
    /// The entries of a field as a table.
    pub(super) fn view_table(&self, cursor: usize, area: Rect, buffer: &mut Buffer, s: &Scene) -> Option<(u16, u16)> {
        let field = self.field(s.place.kind, self.focus)?;
        let (look, more) = (s.look, s.look.glyph("…", "~"));
        let content = self.cells.get(self.focus)?.content();
        let cursor = cursor.min(content.entries.len().saturating_sub(1));
        let inside = frame(
            area,
            buffer,
            look,
            &format!("{} ({})", field.label, content.entries.len()),
        );
        if inside.height < 2 {
            return None;
        }
        let links = field.kind == FieldType::Links;
        let mut rows: Vec<Vec<String>> = vec![field.fields.iter().map(|f| f.label.clone()).collect()];
        if links {
            rows[0].insert(0, "Record".to_owned());
        }
        for e in &content.entries {
            let cell = |f: &Field| Content::text(e.cell(f.tag)).shown(s.place, f, s.created);
            let mut cells: Vec<String> = field.fields.iter().map(cell).collect();
            if links {
                cells.insert(0, named(&s.place.w, &e.to, s.created));
            }
            rows.push(cells);
        }
        let text = Rect {
            x: inside.x + 2,
            width: inside.width - 2,
            ..inside
        };
        let widths = columns(&rows, text.width);
        let height = usize::from(inside.height - 1);
        let top = (cursor + 1).saturating_sub(height);
        for (n, cells) in rows.iter().enumerate() {
            let y = match n {
                0 => 0,
                n if n > top && n <= top + height => (n - top) as u16,
                _ => continue,
            };
            let mut x = text.x;
            for (cell, width) in cells.iter().zip(&widths) {
                let role = if n == 0 { "muted" } else { "text" };
                put(
                    buffer,
                    Rect::new(x, inside.y + y, *width, 1),
                    cell,
                    look.style(role),
                    more,
                );
                x += width + 2;
            }
        }
        if content.entries.is_empty() {
            put(buffer, row(text, 1), "none yet; a adds one", look.style("muted"), more);
            return Some((text.x, text.y + 1));
        }
        let y = inside.y + 1 + (cursor - top) as u16;
        put(
            buffer,
            Rect::new(inside.x, y, 1, 1),
            look.glyph("▌", ">"),
            look.style("cursor"),
            "",
        );
        Some((text.x, y))
    }

    pub(super) fn view_row(
        &self,
        entry: Option<usize>,
        sheet: &Self,
        area: Rect,
        buffer: &mut Buffer,
        s: &Scene,
    ) -> Option<(u16, u16)> {
        let field = self.field(s.place.kind, self.focus)?;
        let entries = self.cells.get(self.focus)?.content().entries;
        let name = match entry.and_then(|i| Some((i, entries.get(i)?))) {
            Some((_, e)) if field.kind == FieldType::Links => named(&s.place.w, &e.to, s.created),
            Some((i, _)) => format!("{} of {}", i + 1, entries.len()),
            None => "new".to_owned(),
        };
        let inside = frame(area, buffer, s.look, &format!("{}: {name}", field.label));
        if inside.height < 3 {
            return None;
        }
        if let Some(Layer::Create { index, .. }) = sheet.layer.as_deref() {
            return s.created.get(*index)?.view(inside, buffer, &s.place.w, s.look);
        }
        let scene = Scene {
            save: "Take",
            created: s.created,
            look: s.look,
            ..*s
        };
        sheet.view(inside, buffer, &scene, None)
    }
}

/// Widths of columns so that they fit: the widest gives first.
fn columns(rows: &[Vec<String>], width: u16) -> Vec<u16> {
    let n = rows.first().map_or(0, Vec::len);
    let mut widths: Vec<u16> = (0..n)
        .map(|i| {
            rows.iter()
                .filter_map(|r| r.get(i))
                .map(|c| wide(c))
                .max()
                .unwrap_or(0)
                .max(3)
        })
        .collect();
    let gaps = (n.saturating_sub(1) * 2) as u16;
    while widths.iter().sum::<u16>() + gaps > width {
        match widths.iter_mut().max() {
            Some(most) if *most > 3 => *most -= 1,
            _ => break,
        }
    }
    widths
}
