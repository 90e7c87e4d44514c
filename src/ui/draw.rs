//! The frame: the line of screens, the strip of registers, headings, list and footer, and what lies over them. It only
//! reads the model.

use super::action::SCREENS;
use super::form::Form;
use super::instrument::Draws;
use super::look::{Look, from_column, put, row};
use super::picker::wide;
use super::spot::Layer;
use super::tree::Head;
use super::{Model, Standing, line, text};
use crate::model::calendar;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

/// The smallest window in which anything is drawn.
pub(crate) const SMALLEST: (u16, u16) = (60, 16);

/// Empties an area.
pub(crate) fn blank(buffer: &mut Buffer, area: Rect) {
    let area = area.intersection(buffer.area);
    for y in area.top()..area.bottom() {
        for x in area.left()..area.right() {
            buffer[(x, y)].reset();
        }
    }
}

impl Model {
    /// Paints the whole buffer, which comes empty, and returns where the text cursor is, if it shows.
    pub fn view(&self, buffer: &mut Buffer) -> Option<(u16, u16)> {
        self.clicks.borrow_mut().clear();
        let mut cursor = match self.lesson() {
            0 => self.draw(buffer),
            rows => self.draw_above(rows, buffer),
        };
        if self.theme.plain {
            cursor = super::plain::finish(buffer, cursor);
        }
        if self.theme.ascii {
            // Titles and names are as people wrote them, whatever this terminal can show.
            for cell in buffer.content.iter_mut().filter(|c| !c.symbol().is_ascii()) {
                let plain = super::text::plain(cell.symbol());
                cell.set_char(plain);
            }
        }
        cursor
    }

    /// Paints the screen into all but the last rows, where the tutorial speaks.
    fn draw_above(&self, rows: u16, buffer: &mut Buffer) -> Option<(u16, u16)> {
        let full = buffer.area;
        let mut above = Buffer::empty(Rect {
            height: full.height.saturating_sub(rows),
            ..full
        });
        let cursor = self.draw(&mut above);
        let count = above.content.len();
        buffer.content[..count].clone_from_slice(&above.content);
        self.draw_step(full, buffer);
        cursor
    }

    fn draw(&self, buffer: &mut Buffer) -> Option<(u16, u16)> {
        let full = buffer.area;
        if full.width < SMALLEST.0 || full.height < SMALLEST.1 {
            let needed = format!("{}x{} is needed", SMALLEST.0, SMALLEST.1);
            let whole = format!("{}x{} is too small: {needed}", full.width, full.height);
            let words = [whole, needed.clone()].into_iter().find(|t| wide(t) <= full.width);
            let words = words.unwrap_or_else(|| format!("{}x{}", SMALLEST.0, SMALLEST.1));
            put(buffer, row(full, full.height / 2), &words, self.theme.style("warn"), "");
            return None;
        }
        self.draw_top(row(full, 0), buffer);
        let body = Rect {
            y: 3,
            height: full.height - 4,
            ..full
        };
        let hung = self.hung();
        match self.spot.layers.last() {
            _ if hung.is_some() => hung.into_iter().for_each(|g| self.draw_glance(g, buffer)),
            Some(layer) => self.draw_layer(layer, body, buffer),
            None if self.spot.screen == 0 => {
                self.draw_lifecycle(full, buffer);
                let top = self.today_top();
                let below = Rect {
                    y: top,
                    height: full.height - 1 - top,
                    ..full
                };
                self.draw_today(below, buffer);
            }
            None => match self.instrument().map(|i| i.draws) {
                Some(Draws::HeatMap) => self.draw_heat(body, buffer),
                None => self.draw_register(body, buffer),
            },
        }
        let footer = row(full, full.height - 1);
        if hung.is_none() {
            self.draw_footer(footer, buffer);
        }
        self.draw_panel(buffer);
        if self.theme.plain && !self.modals.is_empty() {
            blank(
                buffer,
                Rect {
                    y: 2,
                    height: full.height - 2,
                    ..full
                },
            );
        }
        let cursor = self.modals.last().and_then(|m| self.draw_modal(m, buffer));
        self.draw_message(buffer);
        cursor
    }

    /// The columns at which the screens stand in the first line: first cell, one behind the last, number.
    fn screens(&self, width: u16) -> Vec<(u16, u16, usize)> {
        let name = wide(&self.name()).min(if width < 110 { 16 } else { 24 });
        let mut x = 7 + name + 2;
        let mut out = Vec::new();
        for (n, screen) in SCREENS.iter().enumerate() {
            let here = n == usize::from(self.spot.screen);
            let length = if width >= 110 || here {
                2 + screen.len() as u16
            } else {
                1
            };
            out.push((x, x + length, n));
            x += length + 2;
        }
        out
    }

    /// The screen whose name stands at a column of the first line.
    pub(crate) fn screen_at(&self, x: u16) -> Option<u8> {
        let hit = self
            .screens(self.size.0)
            .into_iter()
            .find(|(from, to, _)| (*from..*to).contains(&x))?;
        u8::try_from(hit.2).ok()
    }

    pub(crate) fn name(&self) -> String {
        if let Some(glance) = self.hung().filter(|_| self.is_loading()) {
            return glance.still.who.0.clone();
        }
        match self.world().organisation() {
            Some(o) => text::clean(o.title()).into_owned(),
            None if self.is_loading() => self.theme.glyph("…", "~").to_owned(),
            None => "no organisation".to_owned(),
        }
    }

    /// The name of the person who sits here.
    pub(crate) fn person(&self) -> String {
        if let Some(glance) = self.hung().filter(|_| self.is_loading()) {
            return glance.still.who.1.clone();
        }
        let person = self.world().find(&self.actor.person).cloned();
        person.map(|p| text::clean(p.title()).into_owned()).unwrap_or_default()
    }

    fn draw_top(&self, line: Rect, buffer: &mut Buffer) {
        let look = &self.theme;
        let more = look.glyph("…", "~");
        put(buffer, line, "isms", look.style("title"), "");
        put(
            buffer,
            from_column(line, 5),
            look.glyph("─", "-"),
            look.style("muted"),
            "",
        );
        let screens = self.screens(line.width);
        let name = Rect {
            width: screens.first().map_or(0, |s| s.0).saturating_sub(9),
            ..from_column(line, 7)
        };
        put(buffer, name, &self.name(), look.style("heading"), more);
        let mut end = 0;
        for (x, to, n) in screens {
            let here = n == usize::from(self.spot.screen);
            if here {
                put(
                    buffer,
                    from_column(line, x - 1),
                    look.glyph("▌", ">"),
                    look.style("cursor"),
                    "",
                );
            }
            let words = if to - x > 1 {
                format!("{n} {}", SCREENS[n])
            } else {
                n.to_string()
            };
            put(
                buffer,
                from_column(line, x),
                &words,
                look.style(if here { "selected" } else { "text" }),
                "",
            );
            end = to;
        }
        // On the right: who, which commit, and whether it is live.
        let (standing, role) = self.standing_words();
        let who = self.person();
        let room = usize::from(line.width.saturating_sub(end + 2));
        let seq = match self.hung().filter(|_| self.is_loading()) {
            Some(glance) => format!("#{}", glance.still.seq),
            None => format!("#{}", self.world().state.seq),
        };
        let dot = look.glyph(" · ", " - ");
        let first = who.split_whitespace().next().unwrap_or_default().to_owned();
        let tries = [
            vec![who, seq.clone(), standing.clone()],
            vec![first, seq.clone(), standing.clone()],
            vec![seq, standing.clone()],
            vec![standing],
        ];
        for parts in tries {
            let parts: Vec<String> = parts.into_iter().filter(|p| !p.is_empty()).collect();
            let length = text::width(&parts.join(dot));
            if length > room && parts.len() > 1 {
                continue;
            }
            let mut x = line.width.saturating_sub((length as u16).min(line.width));
            for (i, part) in parts.iter().enumerate() {
                let last = i + 1 == parts.len();
                if i > 0 {
                    x = put(buffer, from_column(line, x), dot, look.style("muted"), "");
                }
                x = put(
                    buffer,
                    from_column(line, x),
                    part,
                    look.style(if last { role } else { "muted" }),
                    more,
                );
            }
            break;
        }
    }

    fn standing_words(&self) -> (String, &'static str) {
        if let Some(past) = &self.past {
            return (format!("as of {}", calendar::show(past.day)), "warn");
        }
        match &self.standing {
            Standing::Loading(_, _, 0) => ("loading".into(), "warn"),
            Standing::Loading(_, done, of) => (format!("loading {} %", (done * 100 / of).min(100)), "warn"),
            Standing::None => ("no store".into(), "warn"),
            Standing::Live => ("live".into(), "ok"),
            Standing::Barred(_) => ("read-only".into(), "warn"),
            Standing::Demonstration => ("demo".into(), "warn"),
        }
    }

    /// What stands in the two lines above what lies over the list: what it is, and more about it.
    pub(crate) fn layer_head(&self, layer: &Layer) -> Head {
        match layer {
            Layer::Record { id, .. } | Layer::History { id, .. } => {
                let record = self.world().find(id).cloned();
                let (title, mut parts) = record.map(|r| self.record_head(&r)).unwrap_or_default();
                if matches!(layer, Layer::History { .. }) {
                    parts.insert(0, ("History".into(), "action"));
                }
                (vec![(id.to_string(), "id"), (title, "heading")], parts)
            }
            Layer::Log { .. } => {
                let first = vec![("All changes".to_owned(), "heading")];
                (first, vec![("newest first".to_owned(), "muted")])
            }
            Layer::Years { of, .. } => self.years_head(of.as_ref()),
            Layer::Tree { of, .. } => self.tree_head(of),
        }
    }

    fn draw_layer(&self, layer: &Layer, body: Rect, buffer: &mut Buffer) {
        let full = buffer.area;
        let ((first, second), length) = (self.layer_head(layer), self.length());
        let note = format!("{}/{length}", (layer.cursor().at + 1).min(length));
        let room = Rect {
            width: full.width.saturating_sub(wide(&note) + 2),
            ..row(full, 1)
        };
        self.draw_parts(first, "  ", room, buffer);
        self.draw_parts(second, self.theme.glyph(" · ", " - "), row(full, 2), buffer);
        let muted = self.theme.style("muted");
        put(buffer, from_column(row(full, 1), room.width + 1), &note, muted, "");
        if let Layer::Tree { of, .. } = layer {
            let columns = self.tree_columns(of);
            let ends: u16 = columns.iter().map(|(width, _)| width + 1).sum();
            let mut x = self.tree_width().saturating_sub(ends);
            let heading = self.theme.style("heading");
            for (width, label) in columns {
                let at = from_column(row(full, 2), x);
                let at = Rect {
                    width: width.min(at.width),
                    ..at
                };
                put(buffer, at, &label, heading, self.theme.glyph("…", "~"));
                x += width + 1;
            }
            return self.draw_tree(body, buffer);
        }
        let cursor = layer.cursor();
        if let Layer::Years { .. } = layer {
            return self.draw_years(body, cursor, buffer);
        }
        let mut area = body;
        if let (Layer::Record { id, .. }, Some(x)) = (layer, self.beside()) {
            area.width = x;
            let right = from_column(body, x);
            line::draw(&self.lines_beside(id, right.width), 0, None, right, buffer, &self.theme);
        }
        let lines = self.lines();
        line::draw(&lines, cursor.top, Some(cursor.at), area, buffer, &self.theme);
        self.mark_found(&lines, cursor.top, area, buffer);
    }

    /// Texts in a line with something between them.
    pub(crate) fn draw_parts(
        &self,
        parts: Vec<(String, &'static str)>,
        between: &str,
        line: Rect,
        buffer: &mut Buffer,
    ) {
        let look = &self.theme;
        let mut x = 2;
        for (i, (words, role)) in parts.iter().enumerate() {
            if i > 0 {
                x = put(buffer, from_column(line, x), between, look.style("muted"), "") - line.x;
            }
            x = put(
                buffer,
                from_column(line, x),
                words,
                look.style(role),
                look.glyph("…", "~"),
            ) - line.x;
        }
    }

    pub(crate) fn draw_form(&self, form: &Form, whole: bool, buffer: &mut Buffer) -> Option<(u16, u16)> {
        let full = buffer.area;
        let look = &self.theme;
        // What is asked of one record leaves the list in view.
        let height = if whole {
            full.height - 2
        } else {
            let most = (full.height / 2).clamp(10, 16);
            let wanted = form.height(full.width.saturating_sub(2), &self.world(), look);
            most.min(wanted.saturating_add(1)).max(8)
        };
        let area = Rect::new(0, full.height - 1 - height, full.width, height);
        blank(buffer, area);
        rule(row(area, 0), buffer, look);
        let inside = Rect {
            x: 1,
            y: area.y + 1,
            width: full.width.saturating_sub(2),
            height: height - 1,
        };
        let cursor = form.view(inside, buffer, &self.world(), look);
        let line = row(full, full.height - 1);
        blank(buffer, line);
        let hints = form.hints(&self.world());
        let hints = hints.into_iter().map(|(keys, words)| (keys.to_owned(), words));
        self.draw_hints(from_column(line, 1), hints, buffer);
        cursor
    }
}

/// A line across.
pub(crate) fn rule(line: Rect, buffer: &mut Buffer, look: &dyn Look) {
    let dashes = look.glyph("─", "-").repeat(usize::from(line.width));
    put(buffer, line, &dashes, look.style("border"), "");
}
