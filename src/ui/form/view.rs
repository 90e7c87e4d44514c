//! How a form looks: a heading, one field a line under the headings of its groups, what is understood or wrong beside
//! it, the help of the focused field below, and what is open above it.

use super::content::Place;
use super::layer::Layer;
use super::sheet::Sheet;
use super::told::{USUAL, needed};
use super::{Form, Purpose, groups};
use crate::model::derive;
use crate::model::kind::{Derivation, Derived, Field, FieldType, Kind, STATE};
use crate::model::world::World;
use crate::ui::draw::blank;
use crate::ui::input::wrap;
use crate::ui::look::{Look, from_column, put, row};
use crate::ui::picker::{frame, wide};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

/// Lines of a long text that show while it is closed.
pub(super) const SHOWN: usize = 3;
/// Widest column of labels.
const LABELS: u16 = 22;

/// What stands on a line of the form.
pub(super) enum Line<'a> {
    /// The name of a group.
    Heading(&'a str),
    /// A cell, and how many lines it takes.
    Cell(usize, &'a Field, u16),
    /// A value that follows from others, or that only the program writes: its name and label.
    Fixed(&'a str, &'a str),
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
pub(super) struct Scene<'a, 'r> {
    pub place: Place<'a, 'r>,
    pub created: &'r [Form],
    pub look: &'r dyn Look,
    /// Words on the line that saves.
    pub save: &'a str,
    /// There are several records, which may differ.
    pub several: bool,
    /// What differs from what is stored is marked.
    pub marks: bool,
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
        if let Some(Layer::Create { index, .. }) = self.sheet.layer.as_deref()
            && let Some(form) = self.created.get(*index)
        {
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
        let record = self.scratch(w);
        let scene = self.scene(
            Place {
                w: *w,
                kind,
                record: &record,
            },
            look,
        );
        self.heading(row(area, 0), buffer, &scene);
        let body = Rect {
            y: area.y + 1,
            height: area.height - 1,
            ..area
        };
        self.sheet.view(body, buffer, &scene, self.note.as_deref())
    }

    /// What it is to save it: the word on its button.
    pub(super) fn save_word<'k>(&self, kind: &'k Kind) -> &'k str {
        match self.purpose {
            Purpose::New if self.depth > 0 => "Take",
            Purpose::New => "Create",
            Purpose::Edit | Purpose::Change => "Save",
            Purpose::Move(_) => self.transition(kind).map_or("Save", |t| &t.label),
        }
    }

    fn scene<'a, 'r>(&'r self, place: Place<'a, 'r>, look: &'r dyn Look) -> Scene<'a, 'r> {
        Scene {
            place,
            created: &self.created,
            look,
            save: self.save_word(place.kind),
            several: self.records.len() > 1,
            marks: self.purpose != Purpose::New,
        }
    }

    /// How many lines it would like to have, for a form that does not take the whole screen.
    pub fn height(&self, width: u16, w: &World, look: &dyn Look) -> u16 {
        if let Some(Layer::Create { index, .. }) = self.sheet.layer.as_deref() {
            return 1 + self.created.get(*index).map_or(0, |form| form.height(width, w, look));
        }
        let Some(kind) = self.kind_of(w) else { return 0 };
        let record = self.scratch(w);
        1 + self.sheet.wanted(
            width,
            &self.scene(
                Place {
                    w: *w,
                    kind,
                    record: &record,
                },
                look,
            ),
            self.note.as_deref(),
        )
    }

    fn heading(&self, line: Rect, buffer: &mut Buffer, s: &Scene) {
        let more = s.look.glyph("…", "~");
        let state = match (&self.purpose, self.transition(s.place.kind), self.bases.as_slice()) {
            (Purpose::New, ..) => s.place.kind.first_state().to_owned(),
            (Purpose::Move(_), Some(t), [one]) if t.stays() => one.state().to_owned(),
            (Purpose::Move(_), Some(t), _) if t.stays() => String::new(),
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
    pub(super) fn view(&self, area: Rect, buffer: &mut Buffer, s: &Scene, note: Option<&str>) -> Option<(u16, u16)> {
        match self.layer.as_deref() {
            Some(Layer::Lines) => return self.view_lines(area, buffer, s),
            Some(Layer::Table { cursor }) => return self.view_table(*cursor, area, buffer, s),
            Some(Layer::Row { entry, sheet }) => return self.view_row(*entry, sheet, area, buffer, s),
            _ => {}
        }
        let lines = self.lines(area.width, s);
        let wanted: u16 = lines.iter().map(Line::height).sum();
        let told = self.told(s, note, area.width);
        let help = self.help_height(&told, area, wanted);
        let body = Rect {
            height: area.height - help,
            ..area
        };
        let below = Rect {
            y: body.bottom(),
            height: help,
            ..area
        };
        let column = self.column(body.width, s);
        let top = self.scroll(&lines, body.height);
        let (mut y, mut cursor, mut focus, mut more) = (0, None, row(body, 0), 0);
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
                // While one chooses nothing is saved, and half a button would look broken.
                let picking = matches!(self.layer.as_deref(), Some(Layer::Pick { .. }));
                if !(picking && matches!(line, Line::Save)) {
                    cursor = self.view_line(line, place, hidden, column, buffer, s).or(cursor);
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
            more += usize::from(matches!(line, Line::Cell(..)) && y > top + body.height);
        }
        let Some(Layer::Pick { picker, .. }) = self.layer.as_deref() else {
            self.below(&told, more, below, buffer, s);
            return match self.layer.as_deref() {
                Some(Layer::Ask) => None,
                _ => cursor,
            };
        };
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
        // Half of it beside the choices would be of no use.
        if place.bottom() <= below.y {
            self.below(&told, more, below, buffer, s);
        }
        // What it cuts through does not touch its frame.
        blank(
            buffer,
            Rect {
                x: place.x.saturating_sub(1).max(area.x),
                width: 1,
                ..place
            },
        );
        picker.view(place, buffer, s.look)
    }

    /// Where the values begin.
    pub(super) fn column(&self, width: u16, s: &Scene) -> u16 {
        let kind = s.place.kind;
        let fields = (0..self.cells.len()).filter_map(|i| self.field(kind, i));
        let follows = |d: &&Derived| (0..self.cells.len()).any(|i| self.follows(kind, &d.from, i));
        let derived = kind.derived.iter().filter(|_| self.of.is_none()).filter(follows);
        let fixed = |f: &&Field| f.readonly && s.place.record.get(f.tag).is_some();
        let fixed = kind
            .fields
            .iter()
            .filter(|_| self.of.is_none() && !self.brisk)
            .filter(fixed);
        let labels = fields.chain(fixed).map(|f| &f.label).chain(derived.map(|d| &d.label));
        let label = labels.map(|l| wide(l)).max().unwrap_or(0);
        (label.min(LABELS) + 5).min(width / 3)
    }

    /// How many lines it would like to have on a width, with what was said of all of it.
    pub(super) fn wanted(&self, width: u16, s: &Scene, note: Option<&str>) -> u16 {
        let own: u16 = self.lines(width, s).iter().map(Line::height).sum();
        match self.layer.as_deref() {
            Some(Layer::Lines) => 12,
            Some(Layer::Pick { picker, .. }) => (self.focus as u16 + 1 + picker.height()).max(own + 3),
            Some(Layer::Table { .. }) => {
                self.cells
                    .get(self.focus)
                    .map_or(0, |c| c.content().entries.len() as u16)
                    .min(12)
                    + 4
            }
            Some(Layer::Row { sheet, .. }) => sheet.wanted(width.saturating_sub(2), s, None) + 2,
            _ => own + USUAL.max(needed(&self.told(s, note, width), width)),
        }
    }

    /// The lines in their order, with the headings of groups, what only the program writes, and the values that follow
    /// from what stands above them.
    fn lines<'a>(&self, width: u16, s: &Scene<'a, '_>) -> Vec<Line<'a>> {
        let kind = s.place.kind;
        let width = width - self.column(width, s);
        let mut lines = Vec::new();
        let grouped = match self.of {
            None if !self.brisk => groups(kind),
            _ => Vec::new(),
        };
        for (heading, fields) in &grouped {
            let before = lines.len();
            for field in fields {
                match self.cells.iter().position(|c| c.name == field.name) {
                    Some(i) => self.push(i, width, s, &mut lines),
                    None if field.tag != STATE && s.place.record.get(field.tag).is_some() => {
                        lines.push(Line::Fixed(&field.name, &field.label));
                    }
                    None => {}
                }
            }
            if lines.len() > before && !heading.is_empty() {
                lines.insert(before, Line::Heading(heading));
            }
        }
        if grouped.is_empty() {
            (0..self.cells.len()).for_each(|i| self.push(i, width, s, &mut lines));
        }
        lines.push(Line::Save);
        lines
    }

    fn push<'a>(&self, i: usize, width: u16, s: &Scene<'a, '_>, lines: &mut Vec<Line<'a>>) {
        let kind = s.place.kind;
        let Some(field) = self.field(kind, i) else { return };
        lines.push(Line::Cell(i, field, self.height(i, field, width)));
        let derived = kind
            .derived
            .iter()
            .filter(|d| self.of.is_none() && self.follows(kind, &d.from, i))
            // a figure shows as soon as there is one
            .filter(|d| d.shape.is_none() || s.place.w.value(kind, s.place.record, &d.name).is_some());
        lines.extend(derived.map(|d| Line::Fixed(&d.name, &d.label)));
    }

    /// Whether the cell is the last of those from which a value follows.
    fn follows(&self, kind: &Kind, from: &Derivation, i: usize) -> bool {
        // what falls due is said by the dates themselves
        let names = match from {
            Derivation::Due => return false,
            from => derive::sources(kind, from),
        };
        if names.is_empty() {
            return false;
        }
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
}
