//! One line of a form: the label, the value as typed or as understood, and what is to be said beside it.

use super::content::{Content, readable};
use super::file;
use super::sheet::{Sheet, role};
use super::view::{Line, SHOWN, Scene};
use crate::model::codec;
use crate::model::kind::{Field, FieldType};
use crate::ui::cell::look_of;
use crate::ui::input::wrap;
use crate::ui::look::{from_column, put, row};
use crate::ui::picker::wide;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

/// What stands where records differ.
const DIFFER: &str = "(they differ)";

/// A cell on its line.
#[derive(Clone, Copy)]
struct Spot<'a> {
    i: usize,
    field: &'a Field,
    focused: bool,
}

impl Sheet {
    /// Draws a line whose first `hidden` lines are above the area, and returns where the cursor is if it is here.
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
        let text = row(from_column(area, 2), 0);
        let label = Rect {
            width: column.saturating_sub(3),
            ..text
        };
        let value = from_column(area, column);
        match line {
            Line::Heading(name) => {
                let end = put(buffer, text, name, look.style("heading"), more);
                let rest = from_column(text, end + 1 - text.x);
                let rule = look.glyph("─", "-").repeat(usize::from(rest.width));
                put(buffer, rest, &rule, look.style("border"), "");
                None
            }
            Line::Fixed(name, words) => {
                put(buffer, label, words, look.style("muted"), more);
                let (shown, role) = fixed(s, name);
                put(buffer, row(value, 0), &shown, look.style(role), more);
                None
            }
            Line::Save => {
                let role = if focused { "selected" } else { "action" };
                put(buffer, text, &format!("[ {} ]", s.save), look.style(role), "");
                focused.then_some((text.x, text.y))
            }
            Line::Cell(i, field, _) => {
                let spot = Spot { i: *i, field, focused };
                if hidden == 0 {
                    self.view_label(spot, label, buffer, s);
                }
                if self.cells[*i].theirs.is_some() {
                    self.view_conflict(spot, value, buffer, s);
                    None
                } else if field.kind == FieldType::Text && !self.cells[*i].content().text.is_empty() {
                    self.view_long(spot, value, hidden, buffer, s)
                } else if focused && (typed(field) || file::typed(field, self.input.text())) {
                    self.view_typed(spot, row(value, 0), buffer, s)
                } else {
                    self.view_value(spot, row(value, 0), buffer, s)
                }
            }
        }
    }

    /// The label of a cell, whether it must be given, and whether it is another than what is stored.
    fn view_label(&self, spot: Spot, label: Rect, buffer: &mut Buffer, s: &Scene) {
        let cell = &self.cells[spot.i];
        if s.marks && cell.touched() {
            let mark = Rect {
                x: label.x.saturating_sub(1),
                width: 1,
                ..label
            };
            put(buffer, mark, s.look.glyph("•", "+"), s.look.style("changed"), "");
        }
        let role = if spot.focused { "selected" } else { "text" };
        let x = put(
            buffer,
            label,
            &spot.field.label,
            s.look.style(role),
            s.look.glyph("…", "~"),
        );
        if cell.must(spot.field) {
            put(buffer, Rect { x, width: 2, ..label }, " *", s.look.style("warn"), "");
        }
    }

    /// The first lines of a long text.
    fn view_long(&self, spot: Spot, area: Rect, hidden: u16, buffer: &mut Buffer, s: &Scene) -> Option<(u16, u16)> {
        let (look, more) = (s.look, s.look.glyph("…", "~"));
        let text = self.cells[spot.i].content().text;
        let rows = wrap(&text, area.width);
        for (n, line) in rows.iter().enumerate().take(SHOWN).skip(usize::from(hidden)) {
            let mut place = row(area, n as u16 - hidden);
            let rest = n + 1 == SHOWN && rows.len() > SHOWN;
            let shown = text[line.clone()].trim_end();
            let (shown, tail) = match rest {
                true => (format!("{shown}{more}"), format!(" {} lines", rows.len())),
                false => (shown.to_owned(), String::new()),
            };
            place.width = place.width.saturating_sub(wide(&tail));
            let x = put(buffer, place, &shown, look.style("text"), more);
            put(
                buffer,
                Rect {
                    x,
                    width: area.right() - x,
                    ..place
                },
                &tail,
                look.style("muted"),
                "",
            );
        }
        let (told, role) = self.aside(spot.i, spot.field, spot.focused, s);
        if role == "error" {
            let first = row(area, 0);
            let told = brief(&told, first.width / 2);
            let width = wide(told).min(first.width / 2);
            let place = from_column(first, first.width - width);
            put(buffer, place, told, look.style(role), more);
        }
        spot.focused.then_some((area.x, area.y))
    }

    /// The text that is being typed, and what was understood of it.
    fn view_typed(&self, spot: Spot, area: Rect, buffer: &mut Buffer, s: &Scene) -> Option<(u16, u16)> {
        let (look, more) = (s.look, s.look.glyph("…", "~"));
        let (aside, role) = self.aside(spot.i, spot.field, true, s);
        let aside = brief(&aside, area.width.saturating_sub(wide(self.input.text()) + 4));
        let width = if aside.is_empty() {
            area.width
        } else {
            let room = area.width.saturating_sub(wide(aside).min(area.width / 2) + 2);
            (wide(self.input.text()) + 3).max(10).min(room.max(area.width / 3))
        };
        let cursor = self.input.view(Rect { width, ..area }, buffer, look);
        put(
            buffer,
            from_column(area, width.saturating_add(1)),
            aside,
            look.style(role),
            more,
        );
        if self.cells[spot.i].now.is_none() && aside.is_empty() {
            put(buffer, from_column(area, 1), DIFFER, look.style("muted"), more);
        }
        Some(cursor)
    }

    /// A value as it was understood, or the text that was not.
    fn view_value(&self, spot: Spot, area: Rect, buffer: &mut Buffer, s: &Scene) -> Option<(u16, u16)> {
        let (look, more) = (s.look, s.look.glyph("…", "~"));
        let cell = &self.cells[spot.i];
        let content = cell.content();
        let shown = content.shown(s.place, spot.field, s.created);
        let level = role(s.place, spot.field, &content.text);
        let (shown, role) = match &cell.now {
            None => (DIFFER.to_owned(), "muted"),
            Some(_) if !shown.is_empty() => (shown, level.unwrap_or("text")),
            Some(_) if s.several && has_entries(spot.field) => ("(none in common)".to_owned(), "muted"),
            Some(_) => (look.glyph("·", "-").to_owned(), "muted"),
        };
        let (aside, aside_role) = self.aside(spot.i, spot.field, spot.focused, s);
        let aside = brief(&aside, area.width.saturating_sub(wide(&shown) + 2));
        let room = match wide(aside) {
            0 => area.width,
            width => area.width.saturating_sub(width.min(area.width / 2) + 2),
        };
        let x = put(buffer, Rect { width: room, ..area }, &shown, look.style(role), more);
        put(
            buffer,
            from_column(area, (x - area.x) + 2),
            aside,
            look.style(aside_role),
            more,
        );
        spot.focused.then_some((area.x, area.y))
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
            Err(_) if file::path(field, &now.text).is_some() && focused => {
                (format!("{}, Tab completes", file::ENTER), "muted")
            }
            Err(message) => (format!("{wrong}{message}"), "error"),
            Ok(Some(v)) if focused && typed(field) && field.kind != FieldType::Line => {
                let understood = readable(s.place, field, &v);
                if understood == now.text.trim() {
                    return Default::default();
                }
                (format!("{} {understood}", s.look.glyph("→", "->")), "muted")
            }
            _ => Default::default(),
        }
    }

    /// Mine and theirs, until the person has chosen.
    fn view_conflict(&self, spot: Spot, area: Rect, buffer: &mut Buffer, s: &Scene) {
        let cell = &self.cells[spot.i];
        let say = |content: &Content| match content.shown(s.place, spot.field, s.created) {
            text if text.is_empty() => "(nothing)".to_owned(),
            text => text,
        };
        let theirs = cell.theirs.as_ref().map(say).unwrap_or_default();
        let (look, more) = (s.look, s.look.glyph("…", "~"));
        let asked = "changed by somebody else meanwhile; which one holds?";
        put(buffer, row(area, 0), asked, look.style("error"), more);
        for (y, key, whose, text) in [(1, "m", "mine", say(&cell.content())), (2, "t", "theirs", theirs)] {
            let line = row(area, y);
            put(buffer, line, key, look.style("key"), "");
            put(buffer, from_column(line, 3), whose, look.style("muted"), more);
            put(buffer, from_column(line, 11), &text, look.style("text"), more);
        }
    }
}

/// What is wrong as far as there is room for it: what would be right stands below the form.
fn brief(told: &str, room: u16) -> &str {
    match told.split_once(codec::EXPECTED) {
        Some((brief, _)) if wide(told) > room => brief,
        _ => told,
    }
}

/// Whether a field holds entries, not one text.
fn has_entries(field: &Field) -> bool {
    matches!(field.kind, FieldType::Links | FieldType::Rows)
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
fn fixed(s: &Scene, name: &str) -> (String, &'static str) {
    let p = s.place;
    let Some(v) = p.w.value(p.kind, p.record, name) else {
        return (s.look.glyph("·", "-").to_owned(), "muted");
    };
    let level = codec::level(&p.w, p.kind, p.record, name);
    let role = level.and_then(|(_, l)| look_of(l)).unwrap_or("muted");
    (codec::show(&p.w, p.kind, Some(p.record), name, &v), role)
}
