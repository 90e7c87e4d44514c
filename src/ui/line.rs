//! Lines of text with roles, for everything that is read rather than listed: a record, its history, help. A line may
//! lead somewhere.

use super::look::{Look, put};
use super::{picker, text};
use crate::model::kind::{KindIx, Tag};
use crate::model::record::Id;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use std::borrow::Cow;
use unicode_segmentation::UnicodeSegmentation;

/// What Enter on a line means.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) enum Stop {
    /// Nothing.
    #[default]
    None,
    /// A record.
    Link(Id),
    /// A field of the record that is shown.
    Field(Tag),
    /// A register.
    Register(KindIx),
}

/// One line: texts with their roles from left to right, each at a column.
#[derive(Debug, Clone, Default)]
pub(crate) struct Line {
    pub spans: Vec<(u16, Cow<'static, str>, &'static str)>,
    pub stop: Stop,
    /// It is about the screen, not about what stands on it: who looks for words does not mean it.
    pub aside: bool,
}

impl Line {
    /// A line of one text.
    pub fn of(x: u16, text: impl Into<Cow<'static, str>>, role: &'static str) -> Self {
        Self {
            spans: vec![(x, text.into(), role)],
            ..Self::default()
        }
    }

    /// With another text at a column.
    #[must_use]
    pub fn and(mut self, x: u16, text: impl Into<Cow<'static, str>>, role: &'static str) -> Self {
        self.spans.push((x, text.into(), role));
        self
    }

    /// About the screen itself.
    #[must_use]
    pub fn aside(mut self) -> Self {
        self.aside = true;
        self
    }

    /// Leading somewhere.
    #[must_use]
    pub fn to(mut self, stop: Stop) -> Self {
        self.stop = stop;
        self
    }

    /// Whether it stands above others: a heading, or the number of a commit.
    pub fn begins_section(&self) -> bool {
        matches!(self.spans.first(), Some((2, _, "heading" | "id")))
    }
}

/// Draws lines from `top`; `at` is the line under the cursor.
pub(crate) fn draw(lines: &[Line], top: usize, at: Option<usize>, area: Rect, buffer: &mut Buffer, look: &dyn Look) {
    for (y, (n, line)) in lines
        .iter()
        .enumerate()
        .skip(top)
        .take(usize::from(area.height))
        .enumerate()
    {
        let y = area.y + y as u16;
        if at == Some(n) {
            put(
                buffer,
                Rect::new(area.x, y, 1, 1),
                look.glyph("▌", ">"),
                look.style("cursor"),
                "",
            );
        }
        for (i, (x, text, role)) in line.spans.iter().enumerate() {
            let x = area.x.saturating_add(*x);
            let end = line.spans.get(i + 1).map_or(area.right(), |(next, ..)| {
                // A blank parts it from what follows.
                (area.x + next.saturating_sub(1)).min(area.right())
            });
            if x < end {
                put(
                    buffer,
                    Rect::new(x, y, end - x, 1),
                    text,
                    look.style(role),
                    look.glyph("…", "~"),
                );
            }
        }
    }
}

/// A text broken into lines of a width, at blanks where there are some; each line is cleaned.
pub(crate) fn wrap(text: &str, width: usize) -> Vec<String> {
    let width = width.max(4);
    let mut out = Vec::new();
    for line in text.lines() {
        let line = text::clean(line);
        let (mut now, mut used) = (String::new(), 0);
        for word in line.split_inclusive(' ') {
            let w = text::width(word.trim_end());
            if used + w > width && used > 0 {
                out.push(std::mem::take(&mut now).trim_end().to_owned());
                used = 0;
            }
            if w <= width {
                now.push_str(word);
                used += text::width(word);
                continue;
            }
            // A word longer than a line is cut between graphemes.
            for g in word.graphemes(true) {
                if used + text::width(g) > width {
                    out.push(std::mem::take(&mut now));
                    used = 0;
                }
                now.push_str(g);
                used += text::width(g);
            }
        }
        out.push(now.trim_end().to_owned());
    }
    if out.is_empty() {
        out.push(String::new());
    }
    out
}

/// A text broken to the columns up to `end`; if there is a sign, it stands at column `x` and all lines behind it.
pub(crate) fn hanging(x: u16, sign: &'static str, text: &str, role: &'static str, end: usize) -> Vec<Line> {
    let from = match sign {
        "" => x,
        sign => x + picker::wide(sign) + 1,
    };
    let mut lines: Vec<Line> = wrap(text, end.saturating_sub(usize::from(from)))
        .into_iter()
        .map(|text| Line::of(from, text, role))
        .collect();
    if let Some(first) = lines.first_mut().filter(|_| !sign.is_empty()) {
        first.spans.insert(0, (x, sign.into(), role));
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_broken_at_blanks_and_never_wider_than_asked() {
        assert_eq!(wrap("one two three", 8), ["one two", "three"]);
        assert_eq!(wrap("a\n\nb", 8), ["a", "", "b"]);
        assert_eq!(wrap("are lost, as said", 9), ["are lost,", "as said"]);
        assert_eq!(wrap("supercalifragilistic", 8), ["supercal", "ifragili", "stic"]);
        assert_eq!(wrap("支付中断支付中断", 8), ["支付中断", "支付中断"]);
        assert_eq!(wrap("a\u{1b}[2J", 20), ["a␛[2J"]);
        assert_eq!(wrap("", 8), [""]);
    }
}
