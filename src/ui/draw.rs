//! The frame: the line of screens, the strip of registers, headings, list and footer, and what lies over them. It only
//! reads the model.

use super::action::SCREENS;
use super::cell::{self, Placed};
use super::form::Form;
use super::list::List;
use super::look::{Look, from_column, put, row};
use super::picker::wide;
use super::{Layer, Model, Standing, Weight, line, text};
use crate::model::calendar;
use crate::model::kind::KindIx;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

/// The smallest window in which anything is drawn.
const SMALLEST: (u16, u16) = (60, 16);

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
        let full = buffer.area;
        if full.width < SMALLEST.0 || full.height < SMALLEST.1 {
            let words = format!(
                "{}x{} is too small: {}x{} is needed",
                full.width, full.height, SMALLEST.0, SMALLEST.1
            );
            put(buffer, row(full, full.height / 2), &words, self.theme.style("warn"), "");
            return None;
        }
        self.draw_top(row(full, 0), buffer);
        let body = Rect {
            y: 3,
            height: full.height - 4,
            ..full
        };
        match self.spot.layers.last() {
            Some(layer) => self.draw_layer(layer, body, buffer),
            None if self.spot.screen == 0 => {
                self.draw_lifecycle(row(full, 1), buffer);
                self.draw_today(body, buffer);
            }
            None => self.draw_register(body, buffer),
        }
        let footer = row(full, full.height - 1);
        self.draw_footer(footer, buffer);
        self.draw_panel(buffer);
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

    fn name(&self) -> String {
        match self.world().organisation() {
            Some(o) => text::clean(o.title()).into_owned(),
            None => "no organisation".to_owned(),
        }
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
        let w = self.world();
        let who = w
            .find(&self.actor.person)
            .map(|p| text::clean(p.title()).into_owned())
            .unwrap_or_default();
        let room = usize::from(line.width.saturating_sub(end + 2));
        let seq = format!("#{}", w.state.seq);
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
            Standing::Loading(..) => ("loading".into(), "warn"),
            Standing::None => ("no store".into(), "warn"),
            Standing::Live => ("live".into(), "ok"),
            Standing::Barred(_) => ("read-only".into(), "warn"),
            Standing::Demonstration => ("demo".into(), "warn"),
        }
    }

    /// The strip of registers, moved so that the one that is shown is in it.
    fn draw_strip(&self, line: Rect, buffer: &mut Buffer, shown: Option<KindIx>) {
        let look = &self.theme;
        let registers = self.registers(self.spot.screen);
        let cells: Vec<(KindIx, String, String)> = registers
            .iter()
            .map(|&ix| {
                let c = self.counts[ix];
                let late = if c.late > 0 {
                    format!("!{}", c.late)
                } else {
                    String::new()
                };
                let kind = &self.catalogue.kinds[ix];
                (
                    ix,
                    if kind.single {
                        kind.titles.clone()
                    } else {
                        format!("{} {}", kind.titles, c.live)
                    },
                    late,
                )
            })
            .collect();
        let width = |c: &(KindIx, String, String)| wide(&c.1) + wide(&c.2) + if c.2.is_empty() { 2 } else { 3 };
        let at = cells.iter().position(|c| Some(c.0) == shown).unwrap_or(0);
        let mut first = 0;
        while first < at && cells[first..=at].iter().map(width).sum::<u16>() + 2 > line.width {
            first += 1;
        }
        let mut x = 1;
        if first > 0 {
            put(buffer, line, look.glyph("‹", "<"), look.style("muted"), "");
            x = 2;
        }
        for cell in &cells[first.min(cells.len())..] {
            if x + width(cell) > line.width + 2 {
                put(
                    buffer,
                    from_column(line, line.width.saturating_sub(1)),
                    look.glyph("›", ">"),
                    look.style("muted"),
                    "",
                );
                break;
            }
            let here = Some(cell.0) == shown;
            if here {
                put(
                    buffer,
                    from_column(line, x - 1),
                    look.glyph("▌", ">"),
                    look.style("cursor"),
                    "",
                );
            }
            x = put(
                buffer,
                from_column(line, x),
                &cell.1,
                look.style(if here { "selected" } else { "text" }),
                "",
            );
            if !cell.2.is_empty() {
                x = put(buffer, from_column(line, x + 1), &cell.2, look.style("error"), "");
            }
            x += 2;
        }
    }

    fn draw_register(&self, body: Rect, buffer: &mut Buffer) {
        let look = &self.theme;
        let full = buffer.area;
        let strip = row(full, 1);
        let Some(list) = self.list() else {
            let screen = SCREENS.get(usize::from(self.spot.screen)).copied().unwrap_or_default();
            let words = format!("{screen} has no registers in this version; they come with later ones.");
            put(
                buffer,
                from_column(row(body, 1), 2),
                &words,
                look.style("muted"),
                look.glyph("…", "~"),
            );
            return;
        };
        let note = self.list_note(list);
        let room = wide(&note) + 2;
        self.draw_strip(
            Rect {
                width: strip.width.saturating_sub(room),
                ..strip
            },
            buffer,
            Some(list.kind),
        );
        put(
            buffer,
            from_column(strip, strip.width.saturating_sub(room - 2)),
            &note,
            look.style("muted"),
            "",
        );
        let preview = self.preview_height();
        let rows = Rect {
            height: body.height - preview,
            ..body
        };
        self.draw_list(list, row(full, 2), rows, buffer);
        if preview > 0 {
            let below = Rect {
                y: rows.bottom(),
                height: preview,
                ..body
            };
            self.draw_preview(list, below, buffer);
        }
    }

    /// How many rows there are of how many, what is selected, and the order.
    fn list_note(&self, list: &List) -> String {
        let kind = &self.catalogue.kinds[list.kind];
        let (name, down) = self.order_of(list);
        let arrow = if down {
            self.theme.glyph("↓", "v")
        } else {
            self.theme.glyph("↑", "^")
        };
        let dot = self.theme.glyph(" · ", " - ");
        let mut parts = Vec::new();
        if !list.marked.is_empty() {
            parts.push(format!("{} selected", list.marked.len()));
        }
        let place = if list.rows.is_empty() { 0 } else { list.cursor.at + 1 };
        parts.push(match list.rows.len() == list.total {
            true => format!("{place}/{}", list.total),
            false => format!("{place}/{} of {}", list.rows.len(), list.total),
        });
        parts.push(format!("{arrow} {}", self.heading_of(kind, &name).to_lowercase()));
        parts.join(dot)
    }

    fn draw_list(&self, list: &List, heading: Rect, body: Rect, buffer: &mut Buffer) {
        let look = &self.theme;
        let more = look.glyph("…", "~");
        let w = self.world();
        let kind = w.kind_at(list.kind);
        let placed = cell::place(&kind.columns, 2, body.width.saturating_sub(3));
        for p in &placed {
            let label = self.heading_of(kind, &p.column.field);
            let at = Rect {
                width: p.width,
                ..from_column(heading, p.x)
            };
            let start = if cell::is_number(kind, &p.column.field) {
                p.width.saturating_sub(wide(label))
            } else {
                0
            };
            put(buffer, from_column(at, start), label, look.style("heading"), more);
        }
        if list.rows.is_empty() {
            let words = match (list.query.is_empty() && list.only.is_none(), &self.standing) {
                (_, Standing::Loading(..)) => "loading".to_owned(),
                (true, _) => {
                    let (new, import) = (self.key_of("record.new"), self.key_of("palette.open"));
                    format!(
                        "No {} yet. {new} makes one; {import} import reads a file.",
                        kind.titles.to_lowercase()
                    )
                }
                (false, _) => format!("Nothing fits. {} clears the filter.", self.key_of("go.back")),
            };
            put(buffer, from_column(row(body, 1), 2), &words, look.style("muted"), more);
            return;
        }
        for (y, (n, r)) in list
            .rows
            .iter()
            .enumerate()
            .skip(list.cursor.top)
            .take(usize::from(body.height))
            .enumerate()
        {
            let line = row(body, y as u16);
            let here = n == list.cursor.at;
            if here {
                put(buffer, line, look.glyph("▌", ">"), look.style("cursor"), "");
            }
            if list.marked.contains(&r.id) {
                put(
                    buffer,
                    from_column(line, 1),
                    look.glyph("✓", "x"),
                    look.style("marked"),
                    "",
                );
            }
            for p in &placed {
                let c = cell::cell(&w, kind, r, &p.column.field, usize::from(p.width), self.theme.ascii);
                let role = if here && p.column.field == "id" {
                    "selected"
                } else {
                    c.role
                };
                let shown = text::clean(&c.text);
                let number = cell::is_number(kind, &p.column.field);
                let Placed { x, width, .. } = *p;
                let start = if number { width.saturating_sub(wide(&shown)) } else { 0 };
                let at = Rect {
                    width: width - start,
                    ..from_column(line, x + start)
                };
                put(buffer, at, &shown, look.style(role), more);
            }
        }
    }

    fn draw_preview(&self, list: &List, area: Rect, buffer: &mut Buffer) {
        let look = &self.theme;
        rule(row(area, 0), buffer, look);
        let Some(r) = list.current() else { return };
        let (title, _) = self.record_head(r);
        let x = put(
            buffer,
            from_column(row(area, 0), 2),
            &format!(" {} ", r.id),
            look.style("id"),
            "",
        );
        put(
            buffer,
            from_column(row(area, 0), x),
            &format!("{title} "),
            look.style("heading"),
            look.glyph("…", "~"),
        );
        let lines = self.record_lines(&r.id, false, area.width);
        let inside = Rect {
            y: area.y + 1,
            height: area.height - 1,
            ..area
        };
        line::draw(&lines, 0, None, inside, buffer, look);
    }

    fn draw_layer(&self, layer: &Layer, body: Rect, buffer: &mut Buffer) {
        let look = &self.theme;
        let full = buffer.area;
        let more = look.glyph("…", "~");
        let (head, second, cursor) = match layer {
            Layer::Record { id, cursor, .. } | Layer::History { id, cursor } => {
                let record = self.world().find(id).cloned();
                let (title, parts) = record.map(|r| self.record_head(&r)).unwrap_or_default();
                let x = put(buffer, from_column(row(full, 1), 2), id.as_str(), look.style("id"), "");
                put(
                    buffer,
                    from_column(row(full, 1), x + 2),
                    &title,
                    look.style("heading"),
                    more,
                );
                let what = if matches!(layer, Layer::History { .. }) {
                    Some("History")
                } else {
                    None
                };
                (what.unwrap_or(""), parts, cursor)
            }
            Layer::Log { cursor, since } => {
                let words = match since {
                    Some(day) => format!("Changes since {}", calendar::show(*day)),
                    None => "All changes".to_owned(),
                };
                put(
                    buffer,
                    from_column(row(full, 1), 2),
                    &words,
                    look.style("heading"),
                    more,
                );
                ("newest first", Vec::new(), cursor)
            }
        };
        let mut x = 2;
        let line = row(full, 2);
        if !head.is_empty() {
            x = put(buffer, from_column(line, x), head, look.style("action"), "") + 2;
        }
        for (i, (words, role)) in second.iter().enumerate() {
            if i > 0 {
                x = put(
                    buffer,
                    from_column(line, x),
                    look.glyph(" · ", " - "),
                    look.style("muted"),
                    "",
                );
            }
            x = put(buffer, from_column(line, x), words, look.style(role), more);
        }
        let lines = self.lines();
        line::draw(&lines, cursor.top, Some(cursor.at), body, buffer, look);
        let note = format!("{}/{}", cursor.at + 1, lines.len());
        put(
            buffer,
            from_column(row(full, 1), full.width.saturating_sub(wide(&note) + 1)),
            &note,
            look.style("muted"),
            "",
        );
    }

    pub(crate) fn draw_form(&self, form: &Form, whole: bool, buffer: &mut Buffer) -> Option<(u16, u16)> {
        let full = buffer.area;
        let look = &self.theme;
        // What is asked of one record leaves the list in view.
        let height = if whole {
            full.height - 2
        } else {
            (full.height / 2).clamp(10, 16)
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
        self.draw_hints(
            from_column(line, 1),
            hints.iter().map(|(k, d)| ((*k).to_owned(), (*d).to_owned())),
            buffer,
        );
        cursor
    }

    /// The footer: the filter if one is kept, and the keys of use here.
    fn draw_footer(&self, line: Rect, buffer: &mut Buffer) {
        let look = &self.theme;
        let mut x = 1;
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
                "go.history",
                "record.fields",
                "history.undo",
                "palette.open",
                "help.open",
            ],
            Some(_) => &["go.back", "go.open", "palette.open", "help.open"],
            None if self.spot.screen == 0 => &[
                "go.open",
                "today.mine",
                "record.edit",
                "history.undo",
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
                hints.push((self.key_of(name), a.brief.clone()));
            }
        }
        if self.current().is_some() {
            // The menu of the record is no action of its own: it is what may follow `space`.
            let palette = self.key_of("palette.open");
            let before = hints.iter().position(|(key, _)| *key == palette).unwrap_or(hints.len());
            hints.insert(before, ("space".into(), "actions".into()));
        }
        self.draw_hints(from_column(line, x), hints.into_iter(), buffer);
    }

    fn draw_hints(&self, line: Rect, hints: impl Iterator<Item = (String, String)>, buffer: &mut Buffer) {
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
    fn draw_message(&self, buffer: &mut Buffer) {
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

/// A line across.
fn rule(line: Rect, buffer: &mut Buffer, look: &dyn Look) {
    let dashes = look.glyph("─", "-").repeat(usize::from(line.width));
    put(buffer, line, &dashes, look.style("border"), "");
}
