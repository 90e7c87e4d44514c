//! What is told below the fields of a sheet: what is wrong with it, what the chosen level means, the help of the focused
//! field.

use super::content::{Content, Place, level};
use super::layer::Layer;
use super::sheet::Sheet;
use super::view::Scene;
use crate::model::kind::{Field, FieldType, Need};
use crate::ui::input::wrap;
use crate::ui::look::{from_column, put, row};
use crate::ui::picker::wide;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

/// Lines of it, the rule above them included.
pub(super) const USUAL: u16 = 3;

impl Sheet {
    /// The help of the focused field, and before it what has to be known first: texts and their roles.
    pub(super) fn told(&self, s: &Scene, note: Option<&str>, width: u16) -> Vec<(String, &'static str)> {
        let mut told: Vec<(String, &str)> = Vec::new();
        if matches!(self.layer.as_deref(), Some(Layer::Ask)) {
            told.push(("Leave with changes?".to_owned(), "warn"));
        }
        told.extend(note.into_iter().flat_map(str::lines).map(|n| (n.to_owned(), "error")));
        if let Some(field) = self.field(s.place.kind, self.focus) {
            let (aside, role) = self.aside(self.focus, field, true, s);
            let asked = self.cells.get(self.focus).is_some_and(|c| c.theirs.is_some());
            // What stands whole beside the field is not said again.
            let typed = wide(self.input.text()) + 4;
            let beside = width.saturating_sub(self.column(width, s) + typed);
            let whole = field.kind != FieldType::Text && wide(&aside) <= beside;
            if role == "error" && !asked && !whole {
                told.push((aside, role));
            }
            if !self.offers.is_empty() {
                told.push((self.offers.join("  "), "text"));
            }
            let cell = self.cells.get(self.focus);
            let scale = role_help(s.place, field, cell.map(|c| c.content()));
            told.extend(scale.map(|help| (help, "muted")));
            let gap = field.required == Need::Gap && cell.is_none_or(|c| c.content().is_empty());
            let gap = if gap { " Empty, it is listed as a gap." } else { "" };
            told.push((format!("{}{gap}", field.help), "muted"));
        }
        told
    }

    /// Lines for the help below: a few, so that the form does not move under the focus; more only where there is room
    /// that no field needs, or something is wrong.
    pub(super) fn help_height(&self, told: &[(String, &str)], area: Rect, wanted: u16) -> u16 {
        let usual = if area.height > 14 || wanted + USUAL <= area.height {
            USUAL
        } else {
            USUAL - 1
        };
        let free = area.height.saturating_sub(wanted);
        let all = lines_of(told.iter().map(|(text, _)| text.as_str()), area.width);
        // A line more says the end of what is a little longer.
        let end = if area.height > 14 { usual + 1 } else { usual };
        usual
            .max(all.min(free.max(end)))
            .max(needed(told, area.width).min((area.height / 2).max(free)))
            .min(area.height.saturating_sub(1))
    }

    /// Draws it, and how many fields follow that do not show.
    pub(super) fn below(&self, told: &[(String, &str)], follow: usize, area: Rect, buffer: &mut Buffer, s: &Scene) {
        let rule = s.look.glyph("─", "-").repeat(usize::from(area.width));
        put(buffer, row(area, 0), &rule, s.look.style("border"), "");
        if follow > 0 {
            let words = format!(" {} {follow} more ", s.look.glyph("↓", "v"));
            let at = area.width.saturating_sub(wide(&words) + 2);
            put(buffer, from_column(row(area, 0), at), &words, s.look.style("muted"), "");
        }
        let mut y = 1;
        for (text, role) in told {
            for line in wrap(text, area.width.saturating_sub(2)) {
                let place = from_column(row(area, y), 2);
                put(
                    buffer,
                    place,
                    text[line].trim_end(),
                    s.look.style(role),
                    s.look.glyph("…", "~"),
                );
                y += 1;
            }
        }
    }
}

/// How many lines of this width texts take, the rule above them included.
fn lines_of<'t>(texts: impl Iterator<Item = &'t str>, width: u16) -> u16 {
    let lines: usize = texts.map(|text| wrap(text, width.saturating_sub(2)).len()).sum();
    u16::try_from(lines).unwrap_or(u16::MAX).saturating_add(1)
}

/// How many lines what is told must have where something is wrong: that, and two more, so that it does not push away what
/// would be right.
pub(super) fn needed(told: &[(String, &str)], width: u16) -> u16 {
    let wrong = told.iter().filter(|(_, role)| *role != "muted");
    match lines_of(wrong.map(|(text, _)| text.as_str()), width) {
        1 => 0,
        wrong => lines_of(told.iter().map(|(text, _)| text.as_str()), width).min(wrong.saturating_add(2)),
    }
}

/// What the chosen level means.
fn role_help(p: Place, field: &Field, content: Option<Content>) -> Option<String> {
    let (_, level) = level(p, field, &content?.text)?;
    (!level.help.is_empty()).then(|| format!("{}: {}", level.name, level.help))
}
