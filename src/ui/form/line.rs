//! One line of a form: the label, the value as typed or as understood, and what is to be said beside it.

use super::content::{Content, Place, level, readable};
use super::sheet::{Sheet, role};
use super::view::{Line, SHOWN, Scene};
use crate::model::codec;
use crate::model::kind::{Field, FieldType};
use crate::ui::input::wrap;
use crate::ui::look::{from_column, put, row};
use crate::ui::picker::wide;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

impl Sheet {
    pub(super) fn view_line(
        &self,
        line: &Line,
        area: Rect,
        hidden: u16,
        column: u16,
        buffer: &mut Buffer,
        s: &Scene,
    ) -> Option<(u16, u16)> {
        let look = s.look;
        let more = look.glyph("…", "~");
        let focused = match line {
            Line::Cell(i, ..) => *i == self.focus,
            Line::Save => self.focus == self.cells.len(),
            _ => false,
        };
        if focused {
            put(buffer, row(area, 0), look.glyph("▌", ">"), look.style("cursor"), "");
        }
        let text = from_column(area, 2);
        let label = Rect {
            width: column.saturating_sub(3),
            height: 1,
            ..text
        };
        let value = from_column(area, column);
        match line {
            Line::Heading(name) => {
                let end = put(buffer, row(text, 0), name, look.style("heading"), more);
                let rule = look
                    .glyph("─", "-")
                    .repeat(usize::from(text.right().saturating_sub(end + 1)));
                put(
                    buffer,
                    from_column(row(text, 0), end + 1 - text.x),
                    &rule,
                    look.style("border"),
                    "",
                );
                None
            }
            Line::Fixed(name, label_text) => {
                put(buffer, label, label_text, look.style("muted"), more);
                let (shown, role) = fixed(s.place, name);
                put(buffer, row(value, 0), &shown, look.style(&role), more);
                None
            }
            Line::Save => {
                let role = if focused { "selected" } else { "action" };
                put(buffer, text, &format!("[ {} ]", s.save), look.style(role), "");
                focused.then_some((text.x, text.y))
            }
            Line::Cell(i, field, _) => {
                if hidden == 0 {
                    if s.marks && self.cells[*i].touched() {
                        let mark = Rect {
                            x: area.x + 1,
                            width: 1,
                            height: 1,
                            ..area
                        };
                        put(buffer, mark, look.glyph("•", "+"), look.style("changed"), "");
                    }
                    let role = if focused { "selected" } else { "text" };
                    let x = put(buffer, label, &field.label, look.style(role), more);
                    if self.cells[*i].must(field) {
                        put(buffer, Rect { x, width: 2, ..label }, " *", look.style("warn"), "");
                    }
                }
                self.view_cell(*i, field, focused, value, hidden, buffer, s)
            }
        }
    }

    #[allow(clippy::too_many_arguments)]
    fn view_cell(
        &self,
        i: usize,
        field: &Field,
        focused: bool,
        area: Rect,
        hidden: u16,
        buffer: &mut Buffer,
        s: &Scene,
    ) -> Option<(u16, u16)> {
        let (look, more) = (s.look, s.look.glyph("…", "~"));
        let cell = &self.cells[i];
        let content = cell.content();
        let (aside, aside_role) = self.aside(i, field, focused, s);
        let first = row(area, 0);
        if cell.theirs.is_some() {
            return self.view_conflict(i, field, focused, area, buffer, s);
        }
        if field.kind == FieldType::Text && !content.text.is_empty() {
            let rows = wrap(&content.text, area.width);
            for y in 0..area.height {
                let n = usize::from(y + hidden);
                let Some(line) = rows.get(n) else { break };
                let last = n + 1 == SHOWN && rows.len() > SHOWN;
                let text = content.text[line.clone()].trim_end();
                let tail = format!(" {more} {} lines", rows.len());
                let room = if last {
                    area.width.saturating_sub(wide(&tail))
                } else {
                    area.width
                };
                let x = put(
                    buffer,
                    Rect {
                        width: room,
                        ..row(area, y)
                    },
                    text,
                    look.style("text"),
                    more,
                );
                if last {
                    put(
                        buffer,
                        Rect {
                            x,
                            width: area.right() - x,
                            ..row(area, y)
                        },
                        &tail,
                        look.style("muted"),
                        "",
                    );
                }
            }
            return focused.then_some((first.x, first.y));
        }
        if focused && typed(field) {
            let aside_width = wide(&aside);
            let wanted = wide(self.input.text()) + 3;
            let width = match aside_width {
                0 => first.width,
                _ => wanted.max(10).min(
                    first
                        .width
                        .saturating_sub(aside_width.min(first.width / 2) + 2)
                        .max(first.width / 3),
                ),
            };
            let cursor = self.input.view(Rect { width, ..first }, buffer, look);
            let rest = from_column(first, width.saturating_add(1));
            put(buffer, rest, &aside, look.style(aside_role), more);
            if cell.now.is_none() && self.input.is_empty() && aside.is_empty() {
                put(
                    buffer,
                    from_column(first, 1),
                    "(they differ)",
                    look.style("muted"),
                    more,
                );
            }
            return Some(cursor);
        }
        let shown = content.shown(s.place, field, s.created);
        let role = match (cell.now.is_none(), shown.is_empty()) {
            (true, _) | (_, true) => "muted",
            _ if field.kind == FieldType::Scale => role(s.place, field, &content.text).unwrap_or("text"),
            _ => "text",
        };
        let shown = match (cell.now.is_none(), shown.is_empty()) {
            (true, _) => "(they differ)".to_owned(),
            (_, true) if s.several && matches!(field.kind, FieldType::Links | FieldType::Rows) => {
                "(none in common)".to_owned()
            }
            (_, true) => look.glyph("·", "-").to_owned(),
            _ => shown,
        };
        let room = if aside.is_empty() {
            first.width
        } else {
            first.width.saturating_sub(wide(&aside).min(first.width / 2) + 2)
        };
        let x = put(buffer, Rect { width: room, ..first }, &shown, look.style(role), more);
        let rest = from_column(first, (x - first.x) + 2);
        put(buffer, rest, &aside, look.style(aside_role), more);
        focused.then_some((first.x, first.y))
    }

    /// What stands beside a value: what is wrong with it, or what was understood while it is typed.
    pub(super) fn aside(&self, i: usize, field: &Field, focused: bool, s: &Scene) -> (String, &'static str) {
        let cell = &self.cells[i];
        let wrong = s.look.glyph("✗ ", "! ");
        if let Some(told) = &cell.told {
            return (format!("{wrong}{told}"), "error");
        }
        let Some(now) = cell.now.as_ref().filter(|_| cell.touched()) else {
            return Default::default();
        };
        match now.value(s.place, field) {
            Err(message) => (format!("{wrong}{message}"), "error"),
            Ok(Some(v)) if focused && typed(field) => {
                let shown = readable(s.place, field, &v);
                let same = shown == now.text.trim() || matches!(field.kind, FieldType::Line);
                let unknown = field.kind == FieldType::Scale && level(s.place, field, &now.text).is_none();
                match (same, unknown) {
                    (false, _) => (format!("{} {shown}", s.look.glyph("→", "->")), "muted"),
                    _ => Default::default(),
                }
            }
            _ => Default::default(),
        }
    }

    /// Mine and theirs, until the person has chosen.
    fn view_conflict(
        &self,
        i: usize,
        field: &Field,
        focused: bool,
        area: Rect,
        buffer: &mut Buffer,
        s: &Scene,
    ) -> Option<(u16, u16)> {
        let (look, more) = (s.look, s.look.glyph("…", "~"));
        let cell = &self.cells[i];
        let none = |text: String| if text.is_empty() { "(nothing)".to_owned() } else { text };
        let say = |content: &Content| none(content.shown(s.place, field, s.created));
        let theirs = cell.theirs.as_ref().map(say).unwrap_or_default();
        let lines = [
            (
                "changed by somebody else meanwhile; which one holds?".to_owned(),
                "error",
            ),
            (format!("m  mine    {}", say(&cell.content())), "text"),
            (format!("t  theirs  {theirs}"), "text"),
        ];
        for (y, (text, role)) in lines.iter().enumerate() {
            put(buffer, row(area, y as u16), text, look.style(role), more);
        }
        focused.then_some((area.x, area.y))
    }
}

/// Whether a field's text is typed in its place.
fn typed(field: &Field) -> bool {
    use FieldType as T;
    match field.kind {
        T::Tags => field.choices.is_empty(),
        T::Choice | T::Scale | T::Bool | T::Link | T::Links | T::Rows | T::File | T::Text => false,
        _ => true,
    }
}

/// A value that is not typed, for people, and its role.
fn fixed(p: Place, name: &str) -> (String, String) {
    let Some(v) = p.w.value(p.kind, p.record, name) else {
        return ("·".to_owned(), "muted".to_owned());
    };
    let level = codec::level(&p.w, p.kind, p.record, name);
    let role = level
        .and_then(|(_, l)| l.role.clone())
        .unwrap_or_else(|| "muted".to_owned());
    (codec::show(&p.w, p.kind, Some(p.record), name, &v), role)
}
