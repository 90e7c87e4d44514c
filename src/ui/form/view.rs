//! How a form looks: a heading, one field a line under the headings of its groups, what is understood or wrong beside
//! it, the help of the focused field below, and what is open above it.

use super::content::{Content, Place, level, readable};
use super::layer::Layer;
use super::sheet::{Sheet, role};
use super::{Form, Purpose, groups};
use crate::model::codec;
use crate::model::kind::{Derivation, Field, FieldType, Kind, Need};
use crate::model::world::World;
use crate::ui::input::wrap;
use crate::ui::look::{Look, from_column, put, row};
use crate::ui::picker::{frame, wide};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

/// Lines of a long text that show while it is closed.
const SHOWN: usize = 3;
/// Widest column of labels.
const LABELS: u16 = 22;

/// What stands on a line of the form.
enum Line<'a> {
    /// The name of a group.
    Heading(&'a str),
    /// A cell, and how many lines it takes.
    Cell(usize, &'a Field, u16),
    /// A value that follows from others: its name and label.
    Derived(&'a str, &'a str),
    /// The line that saves.
    Save,
}

impl Line<'_> {
    fn height(&self) -> u16 {
        match self {
            Self::Cell(_, _, height) => *height,
            _ => 1,
        }
    }
}

/// What the drawing of a sheet needs to know.
struct Scene<'a, 'r> {
    place: Place<'a, 'r>,
    created: &'r [Form],
    look: &'r dyn Look,
    /// Words on the line that saves.
    save: &'static str,
    /// The records differ where nothing is shown.
    several: bool,
}

impl Form {
    /// Draws the form and returns where the text cursor is.
    pub fn view(&self, area: Rect, buffer: &mut Buffer, w: &World, look: &dyn Look) -> Option<(u16, u16)> {
        let area = area.intersection(buffer.area);
        let kind = self.kind_of(w)?;
        if area.height < 4 || area.width < 20 {
            return None;
        }
        // A record that comes into being takes the whole place; its heading says what for.
        if let Some(Layer::Create { index, .. }) = self.sheet.layer.as_deref() {
            if let Some(form) = self.created.get(*index) {
                let field = self.sheet.field(kind, self.sheet.focus).map_or("", |f| &f.label);
                let line = format!("{} {} {field}", self.title(w), look.glyph("›", ">"));
                put(buffer, row(area, 0), &line, look.style("muted"), look.glyph("…", "~"));
                let below = Rect {
                    y: area.y + 1,
                    height: area.height - 1,
                    ..area
                };
                return form.view(below, buffer, w, look);
            }
        }
        let record = self.scratch(w);
        let scene = Scene {
            place: Place {
                w: *w,
                kind,
                record: &record,
            },
            created: &self.created,
            look,
            save: match self.purpose {
                Purpose::New if self.depth > 0 => "Take",
                Purpose::New => "Create",
                Purpose::Edit | Purpose::Change => "Save",
                Purpose::Move(_) => "Do it",
            },
            several: self.records.len() > 1,
        };
        self.heading(row(area, 0), buffer, &scene);
        let body = Rect {
            y: area.y + 1,
            height: area.height - 1,
            ..area
        };
        self.sheet.view(body, buffer, &scene, self.note.as_deref())
    }

    fn heading(&self, line: Rect, buffer: &mut Buffer, s: &Scene) {
        let more = s.look.glyph("…", "~");
        let state = match (&self.purpose, self.transition(s.place.kind), self.bases.as_slice()) {
            (Purpose::New, ..) => s.place.kind.first_state().to_owned(),
            (Purpose::Move(_), Some(t), [one]) => format!("{} {} {}", one.state(), s.look.glyph("→", "->"), t.to),
            (Purpose::Move(_), Some(t), _) => format!("{} {}", s.look.glyph("→", "->"), t.to),
            (_, _, [one]) => one.state().to_owned(),
            _ => String::new(),
        };
        let changed = if self.sheet.touched() { "changed  " } else { "" };
        let right = format!("{changed}{state}");
        let start = line.right().saturating_sub(wide(&right)).max(line.x);
        let title = Rect {
            width: (start - line.x).saturating_sub(2),
            ..line
        };
        put(buffer, title, &self.title(&s.place.w), s.look.style("title"), more);
        put(
            buffer,
            from_column(line, start - line.x),
            &right,
            s.look.style("muted"),
            more,
        );
    }
}

impl Sheet {
    fn view(&self, area: Rect, buffer: &mut Buffer, s: &Scene, note: Option<&str>) -> Option<(u16, u16)> {
        match self.layer.as_deref() {
            Some(Layer::Lines) => return self.view_lines(area, buffer, s),
            Some(Layer::Table { cursor }) => return self.view_table(*cursor, area, buffer, s),
            Some(Layer::Row { entry, sheet }) => return self.view_row(*entry, sheet, area, buffer, s),
            _ => {}
        }
        let help = if area.height > 14 { 3 } else { 2 }.min(area.height - 1);
        let body = Rect {
            height: area.height - help,
            ..area
        };
        let below = Rect {
            y: body.bottom(),
            height: help,
            ..area
        };
        let labels = (0..self.cells.len())
            .filter_map(|i| self.field(s.place.kind, i))
            .map(|f| wide(&f.label));
        let column = (labels.max().unwrap_or(0).min(LABELS) + 5).min(body.width / 3);
        let lines = self.lines(body.width - column, s);
        let top = self.scroll(&lines, body.height);
        let (mut y, mut cursor, mut focus) = (0, None, row(body, 0));
        for line in &lines {
            let height = line.height();
            if y + height > top && y < top + body.height {
                let first = y.saturating_sub(top);
                let hidden = top.saturating_sub(y);
                let place = Rect {
                    y: body.y + first,
                    height: (height - hidden).min(body.height - first),
                    ..body
                };
                let here = self.view_line(line, place, hidden, column, buffer, s);
                if here.is_some() {
                    cursor = here;
                }
                if matches!(line, Line::Cell(i, ..) if *i == self.focus) {
                    focus = from_column(
                        Rect {
                            height: 1,
                            y: place.bottom() - 1,
                            ..place
                        },
                        column,
                    );
                }
            }
            y += height;
        }
        self.below(below, buffer, s, note);
        match self.layer.as_deref() {
            Some(Layer::Pick { picker, .. }) => {
                let width = focus.width.max(area.width.min(44));
                let x = area.right() - width;
                let wanted = picker.height();
                let under = area.bottom().saturating_sub(focus.y + 1);
                let over = focus.y.saturating_sub(area.y);
                let place = if under >= wanted.min(8) || under >= over {
                    Rect::new(x, focus.y + 1, width, wanted.min(under))
                } else {
                    let height = wanted.min(over);
                    Rect::new(x, focus.y - height, width, height)
                };
                picker.view(place, buffer, s.look)
            }
            Some(Layer::Ask) => None,
            _ => cursor,
        }
    }

    /// The lines in their order, with the headings of groups and the values that follow from what stands above them.
    fn lines<'a>(&self, width: u16, s: &Scene<'a, '_>) -> Vec<Line<'a>> {
        let kind = s.place.kind;
        let grouped = self.of.is_none() && !self.brisk;
        let mut lines = Vec::new();
        let mut heading = None;
        let of_group = |name: &str| {
            let found = groups(kind)
                .into_iter()
                .find(|(_, fields)| fields.iter().any(|f| f.name == name));
            found.map(|(group, _)| group)
        };
        for i in 0..self.cells.len() {
            let Some(field) = self.field(kind, i) else { continue };
            let group = if grouped { of_group(&field.name) } else { None };
            if group != heading {
                heading = group;
                lines.extend(group.filter(|g| !g.is_empty()).map(Line::Heading));
            }
            lines.push(Line::Cell(i, field, self.height(i, field, width)));
            for d in kind.derived.iter().filter(|_| self.of.is_none()) {
                if self.follows(d.from.clone(), i) {
                    lines.push(Line::Derived(&d.name, &d.label));
                }
            }
        }
        lines.push(Line::Save);
        lines
    }

    /// Whether the cell is the last of those from which a value follows.
    fn follows(&self, from: Derivation, i: usize) -> bool {
        let names = match from {
            Derivation::Matrix { likelihood, impact } => vec![likelihood, impact],
            Derivation::Max { of } => of,
            _ => return false,
        };
        let places: Option<Vec<usize>> = names
            .iter()
            .map(|n| self.cells.iter().position(|c| c.name == *n))
            .collect();
        places.is_some_and(|p| p.iter().max() == Some(&i))
    }

    fn height(&self, i: usize, field: &Field, width: u16) -> u16 {
        let cell = &self.cells[i];
        match field.kind {
            _ if cell.theirs.is_some() => 3,
            FieldType::Text => wrap(&cell.content().text, width).len().clamp(1, SHOWN) as u16,
            _ => 1,
        }
    }

    /// The first line to draw, so that the focus shows with a line round it.
    fn scroll(&self, lines: &[Line], height: u16) -> u16 {
        let (mut y, mut from, mut to) = (0, 0, 0);
        for line in lines {
            let end = y + line.height();
            let here = match line {
                Line::Cell(i, ..) => *i == self.focus,
                Line::Save => self.focus == self.cells.len(),
                _ => false,
            };
            if here {
                (from, to) = (y, end);
            }
            y = end;
        }
        let last = y.saturating_sub(height);
        let to = (to + 1).min(y);
        // A heading above the first field shows with it.
        let from = from.saturating_sub(1);
        let top = self.top.get().min(from).max(to.saturating_sub(height)).min(last);
        self.top.set(top);
        top
    }

    fn view_line(
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
            Line::Derived(name, label_text) => {
                put(buffer, label, label_text, look.style("muted"), more);
                let (shown, role) = derived(s.place, name);
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
                    let role = if focused { "selected" } else { "label" };
                    let x = put(buffer, label, &field.label, look.style(role), more);
                    if field.required == Need::Save {
                        put(buffer, Rect { x, width: 2, ..label }, " *", look.style("warning"), "");
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
    fn aside(&self, i: usize, field: &Field, focused: bool, s: &Scene) -> (String, &'static str) {
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

    /// The help of the focused field, or what has to be known first.
    fn below(&self, area: Rect, buffer: &mut Buffer, s: &Scene, note: Option<&str>) {
        let (look, more) = (s.look, s.look.glyph("…", "~"));
        let rule = look.glyph("─", "-").repeat(usize::from(area.width));
        put(buffer, row(area, 0), &rule, look.style("border"), "");
        let mut lines: Vec<(String, &str)> = Vec::new();
        if matches!(self.layer.as_deref(), Some(Layer::Ask)) {
            lines.push((
                "Leave with changes?  s save   d discard   Esc keep editing".to_owned(),
                "warning",
            ));
        }
        lines.extend(note.map(|n| (n.to_owned(), "error")));
        if let Some(field) = self.field(s.place.kind, self.focus) {
            let (aside, role) = self.aside(self.focus, field, true, s);
            if role == "error" {
                lines.push((aside, role));
            }
            let scale = role_help(s.place, field, self.cells.get(self.focus).map(|c| c.content()));
            lines.extend(scale.map(|help| (help, "muted")));
            lines.push((field.help.clone(), "muted"));
        }
        let mut y = 1;
        for (text, role) in lines {
            for line in wrap(&text, area.width.saturating_sub(2)) {
                put(
                    buffer,
                    from_column(row(area, y), 2),
                    &text[line],
                    look.style(role),
                    more,
                );
                y += 1;
            }
        }
    }

    fn view_lines(&self, area: Rect, buffer: &mut Buffer, s: &Scene) -> Option<(u16, u16)> {
        let label = self.field(s.place.kind, self.focus).map_or("", |f| &f.label);
        let inside = frame(area, buffer, s.look, label);
        let inside = Rect {
            x: inside.x + 1,
            width: inside.width.saturating_sub(2),
            ..inside
        };
        self.size.set((inside.width, inside.height));
        (!inside.is_empty()).then(|| self.input.view_lines(inside, buffer, s.look))
    }

    /// The entries of a field as a table.
    fn view_table(&self, cursor: usize, area: Rect, buffer: &mut Buffer, s: &Scene) -> Option<(u16, u16)> {
        let field = self.field(s.place.kind, self.focus)?;
        let (look, more) = (s.look, s.look.glyph("…", "~"));
        let content = self.cells.get(self.focus)?.content();
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
                cells.insert(0, super::content::named(&s.place.w, &e.to, s.created));
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

    fn view_row(
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
            Some((_, e)) if field.kind == FieldType::Links => super::content::named(&s.place.w, &e.to, s.created),
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

    /// The keys that are of use now.
    pub(super) fn hints(&self, kind: &Kind) -> Vec<(&'static str, &'static str)> {
        match self.layer.as_deref() {
            Some(Layer::Ask) => return vec![("s", "save"), ("d", "discard"), ("Esc", "keep editing")],
            Some(Layer::Lines) => return vec![("Esc", "done"), ("C-x C-e", "in $EDITOR"), ("C-s", "save")],
            Some(Layer::Pick { .. }) => {
                let several = self
                    .field(kind, self.focus)
                    .is_some_and(|f| matches!(f.kind, FieldType::Links | FieldType::Tags));
                return match several {
                    true => vec![("Tab", "mark"), ("Enter", "take"), ("Esc", "back")],
                    false => vec![("Enter", "take"), ("Esc", "back")],
                };
            }
            Some(Layer::Table { .. }) => {
                let mut hints = vec![("a", "add"), ("Enter", "edit"), ("d", "delete")];
                if self.field(kind, self.focus).is_some_and(|f| f.kind == FieldType::Rows) {
                    hints.extend([("J K", "move")]);
                }
                hints.push(("Esc", "done"));
                return hints;
            }
            Some(Layer::Row { sheet, .. }) => return sheet.hints(kind),
            _ => {}
        }
        let own: &[(&str, &str)] = match self.field(kind, self.focus).map(|f| (f.kind, f.choices.is_empty())) {
            _ if self.cells.get(self.focus).is_some_and(|c| c.theirs.is_some()) => &[("m", "mine"), ("t", "theirs")],
            Some((FieldType::Text, _)) => &[("Enter", "write"), ("C-x C-e", "in $EDITOR")],
            Some((FieldType::Choice | FieldType::Scale, _)) => &[("Enter", "choose"), ("Left Right", "step")],
            Some((FieldType::Tags, false)) => &[("Enter", "choose")],
            Some((FieldType::Link | FieldType::Links, _)) => &[("Enter", "choose")],
            Some((FieldType::Rows, _)) => &[("Enter", "open")],
            Some((FieldType::Bool, _)) => &[("space", "switch")],
            None => &[("Enter", "accept")],
            _ => &[],
        };
        let accept = if self.of.is_some() { "take" } else { "save" };
        own.iter()
            .copied()
            .chain([("C-s", accept), ("Up Down", "move"), ("Esc", "leave")])
            .collect()
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

/// What the chosen level means.
fn role_help(p: Place, field: &Field, content: Option<Content>) -> Option<String> {
    let (_, level) = level(p, field, &content?.text)?;
    (!level.help.is_empty()).then(|| format!("{}: {}", level.name, level.help))
}

/// A derived value for people, and its role.
fn derived(p: Place, name: &str) -> (String, String) {
    let Some(v) = p.w.value(p.kind, p.record, name) else {
        return ("·".to_owned(), "muted".to_owned());
    };
    let level = codec::level(&p.w, p.kind, p.record, name);
    let role = level
        .and_then(|(_, l)| l.role.clone())
        .unwrap_or_else(|| "muted".to_owned());
    (codec::show(&p.w, p.kind, Some(p.record), name, &v), role)
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
