//! A register as it is drawn: headings, rows, and the preview below.

use super::action::SCREENS;
use super::cell;
use super::draw::rule;
use super::instrument::Tab;
use super::list::List;
use super::look::{Look, from_column, put, row};
use super::picker::wide;
use super::place::Placed;
use super::{Model, Standing, line, text};
use crate::model::framework::APPLICABILITY;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

/// From so many columns on the registers stand beside the list.
const WIDE: u16 = 160;
/// The columns that they take there.
const SIDE: u16 = 30;

impl Model {
    pub(crate) fn draw_register(&self, body: Rect, buffer: &mut Buffer) {
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
        // As much as the last row needs, so that what stands before does not move with the cursor.
        let digits = |n: usize| n.checked_ilog10().unwrap_or(0);
        let slack = digits(list.total).saturating_sub(digits(list.cursor.at + 1));
        let room = wide(&note) + 2 + u16::try_from(slack).unwrap_or(0);
        let head = Rect {
            width: strip.width.saturating_sub(room),
            ..strip
        };
        // In a wide window the registers stand beside the list, and what the register is for above it.
        let side = self.side();
        if self.triaging().is_some() {
            self.draw_triage(head, buffer);
            if side > 0 {
                self.draw_side(Rect { width: side, ..body }, buffer, Tab::Register(list.kind));
            }
        } else if side > 0 {
            self.draw_side(Rect { width: side, ..body }, buffer, Tab::Register(list.kind));
            let kind = &self.catalogue.kinds[list.kind];
            let more = look.glyph("…", "~");
            let at = from_column(head, side + 2);
            let told = text::fit_sentences(&kind.help, usize::from(at.width), more);
            put(buffer, at, &told, look.style("muted"), more);
        } else {
            self.draw_strip(head, buffer, Tab::Register(list.kind));
        }
        put(
            buffer,
            from_column(strip, strip.width.saturating_sub(wide(&note))),
            &note,
            look.style("muted"),
            "",
        );
        let body = from_column(body, side);
        let beside = self.preview_width();
        if beside > 0 {
            let area = from_column(body, body.width - beside);
            self.draw_beside(list, area, buffer);
        }
        let body = Rect {
            width: body.width - beside,
            ..body
        };
        let preview = self.preview_height();
        let rows = Rect {
            height: body.height - preview,
            ..body
        };
        let heading = Rect {
            width: body.width,
            ..from_column(row(full, 2), side)
        };
        self.draw_list(list, heading, rows, buffer);
        if preview > 0 {
            let below = Rect {
                y: rows.bottom(),
                height: preview,
                ..body
            };
            self.draw_preview(list, below, buffer);
        }
    }

    /// The columns that the registers take beside the list. Where a preview stands on its other side they would leave
    /// less of it than a narrower window shows.
    pub(crate) fn side(&self) -> u16 {
        match self.list().is_some() || self.is_instrument() {
            true if self.size.0 - self.preview_width() >= WIDE && !self.theme.plain => SIDE,
            _ => 0,
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
        parts.extend(self.view_name(list).map(str::to_owned));
        if !list.marked.is_empty() {
            parts.push(format!("{} selected", list.marked.len()));
        }
        let place = if list.rows.is_empty() { 0 } else { list.cursor.at + 1 };
        parts.push(match list.rows.len() == list.total {
            true => format!("{place}/{}", list.total),
            false => format!("{place}/{} of {}", list.rows.len(), list.total),
        });
        if list.is_partial() {
            parts.push("more to come".to_owned());
        }
        parts.push(format!("{arrow} {}", self.heading_of(kind, &name).to_lowercase()));
        parts.join(dot)
    }

    fn draw_list(&self, list: &List, heading: Rect, body: Rect, buffer: &mut Buffer) {
        let look = &self.theme;
        let more = look.glyph("…", "~");
        let w = self.world();
        let kind = w.kind_at(list.kind);
        let wanted = self.columns_of(list);
        let placed = self.place_columns(list, &wanted, 2, body.width.saturating_sub(3));
        for p in placed.iter().filter(|_| !look.plain) {
            let label = self.heading_of(kind, &p.column.field);
            let at = Rect {
                width: p.width,
                ..from_column(heading, p.x)
            };
            let start = if cell::is_number(&self.catalogue, kind, &p.column.field) {
                p.width.saturating_sub(wide(label))
            } else {
                0
            };
            put(buffer, from_column(at, start), label, look.style("heading"), more);
        }
        if list.rows.is_empty() {
            let words = match (list.query.is_empty() && list.only.is_none(), &self.standing) {
                (_, Standing::Loading(..)) => "loading".to_owned(),
                (true, _) if kind.name == APPLICABILITY => {
                    let open = self.key_of("palette.open");
                    format!("Nothing is stated yet. {open} adopt a framework makes a row for each control.")
                }
                (true, _) if let Err(why) = super::able::can_write(self) => {
                    format!("No {} yet; {why}", kind.titles.to_lowercase())
                }
                (true, _) => {
                    let (new, import) = (self.key_of("record.new"), self.key_of("palette.open"));
                    format!(
                        "No {} yet. {new} makes one; {import} import reads a file.",
                        kind.titles.to_lowercase()
                    )
                }
                (false, _) if self.triaging().is_some() && list.query.is_empty() => {
                    format!("Everything is decided. {} leaves the triage.", self.key_of("go.back"))
                }
                (false, _) => format!("Nothing fits. {} clears the filter.", self.key_of("go.back")),
            };
            let room = usize::from(body.width.saturating_sub(3));
            for (y, words) in super::line::wrap(&words, room).iter().enumerate() {
                let at = from_column(row(body, 1 + y as u16), 2);
                put(buffer, at, words, look.style("muted"), more);
            }
            return;
        }
        if look.plain {
            return self.draw_sentences(list, body, buffer);
        }
        let shown = list.rows.range(list.cursor.top, usize::from(body.height));
        let late = self.known();
        for (y, r) in shown.enumerate() {
            let line = row(body, y as u16);
            let here = list.cursor.top + y == list.cursor.at;
            if here {
                put(buffer, line, look.glyph("▌", ">"), look.style("cursor"), "");
            }
            // One of those that the line of registers counts, whether or not the column shows what is late on it.
            let sign = match list.marked.contains(&r.id) {
                true => Some((look.glyph("✓", "x"), "marked")),
                false => late.filter(|agenda| agenda.is_late(&r.id)).map(|_| ("!", "error")),
            };
            if let Some((sign, role)) = sign {
                put(buffer, from_column(line, 1), sign, look.style(role), "");
            }
            for p in &placed {
                let c = cell::cell(&w, kind, r, &p.column.field, usize::from(p.width), self.theme.ascii);
                let role = if here && p.column.field == "id" {
                    "selected"
                } else {
                    c.role
                };
                let shown = text::clean(&c.text);
                let number = cell::is_number(&self.catalogue, kind, &p.column.field);
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

    /// The record under the cursor beside the list, where the window is wide enough for both.
    fn draw_beside(&self, list: &List, area: Rect, buffer: &mut Buffer) {
        let look = &self.theme;
        // From the line of the headings on.
        let area = Rect {
            y: area.y - 1,
            height: area.height + 1,
            ..area
        };
        for y in 0..area.height {
            put(buffer, row(area, y), look.glyph("│", "|"), look.style("border"), "");
        }
        let inside = from_column(area, 1);
        let Some(r) = list.current() else { return };
        let (title, parts) = self.record_head(r);
        let x = put(
            buffer,
            from_column(row(inside, 0), 2),
            r.id.as_str(),
            look.style("id"),
            "",
        );
        let more = look.glyph("…", "~");
        put(
            buffer,
            from_column(row(inside, 0), x - inside.x + 2),
            &title,
            look.style("heading"),
            more,
        );
        // The kind is known from the list.
        let parts = parts.into_iter().skip(1).collect();
        self.draw_parts(parts, look.glyph(" · ", " - "), row(inside, 1), buffer);
        let lines = self.preview_lines(&r.id, inside.width, false);
        let below = Rect {
            y: inside.y + 3,
            height: inside.height.saturating_sub(3),
            ..inside
        };
        line::draw(&lines, 0, None, below, buffer, look);
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
            from_column(row(area, 0), x - area.x),
            &format!("{title} "),
            look.style("heading"),
            look.glyph("…", "~"),
        );
        let lines = self.preview_lines(&r.id, area.width, area.height < 18);
        let inside = Rect {
            y: area.y + 1,
            height: area.height - 1,
            ..area
        };
        line::draw(&lines, 0, None, inside, buffer, look);
    }
}
