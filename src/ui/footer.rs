//! The last lines of the screen: the filter that is kept, the keys of use here, and messages.

use super::action::Run;
use super::draw::blank;
use super::look::{Look, from_column, put, row};
use super::modal::Modal;
use super::mouse::Does;
use super::picker::wide;
use super::spot::{Layer, Of};
use super::{Model, Weight, line, text};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

impl Model {
    /// The footer: the filter if one is kept, and the keys of use here.
    pub(crate) fn draw_footer(&self, line: Rect, buffer: &mut Buffer) {
        let look = &self.theme;
        let mut x = 1;
        // What takes the keys says which; those of the place below it would be typed.
        if let Some(hints) = self.hints_over() {
            return self.draw_hints(from_column(line, x), hints.into_iter(), buffer);
        }
        if let Some(Layer::Tree { query, .. }) = self.spot.layers.last()
            && !query.is_empty()
        {
            let words = format!("/{}", text::clean(query));
            let room = Rect {
                width: line.width / 2,
                ..from_column(line, x)
            };
            x = put(buffer, room, &words, look.style("action"), look.glyph("…", "~")) + 2;
        }
        if let Some(list) = self.list() {
            if let Some(only) = list.only.as_ref().filter(|_| self.triaging().is_none()) {
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
        let (line, hints) = (from_column(line, x), self.hints());
        if self.mouse {
            for (x, key, words) in placed(line, hints.clone()) {
                self.clickable(line.y, x, x + wide(&key) + wide(&words) + 1, Does::Keys(key));
            }
        }
        self.draw_hints(line, hints.into_iter(), buffer);
    }

    /// The keys of what lies over the place, unless that has a footer of its own.
    fn hints_over(&self) -> Option<Vec<(String, String)>> {
        let own = |keys: &[(&str, &str)]| keys.iter().map(|(k, w)| ((*k).to_owned(), (*w).to_owned())).collect();
        let (take, back) = (("Enter", "take"), ("Esc", "back"));
        match self.modals.last() {
            None if self.pending.keys.is_empty() => None,
            None if self.pending.at.is_none() => Some(own(&[("Up Down", "walk"), back])),
            None => Some(own(&[("Up Down", "walk"), ("Enter", "do it"), back])),
            Some(Modal::Ask(q)) if q.what.is_path() => Some(own(&[take, ("Tab", "complete"), back])),
            Some(Modal::Import(d)) if d.is_path() => Some(own(&[("Enter", "look"), ("Tab", "complete"), back])),
            Some(Modal::Palette(_)) => Some(own(&[take, ("Up Down", "walk"), ("Tab", "complete"), back])),
            Some(Modal::Pick(p, _)) if p.takes_several() => Some(own(&[("Tab", "mark"), take, back])),
            Some(Modal::Ask(_) | Modal::Pick(..)) => Some(own(&[take, back])),
            Some(Modal::Letter(_)) => Some(own(&[back])),
            Some(Modal::Read(sheet)) => {
                let enter = sheet.enter.as_ref().map(|(words, _)| ("Enter", words.as_str()));
                let keys: Vec<_> = enter.into_iter().chain([("Up Down", "scroll"), back]).collect();
                Some(own(&keys))
            }
            Some(
                Modal::Filter(_)
                | Modal::Find(_)
                | Modal::Help(_)
                | Modal::Columns(_)
                | Modal::Judge(_)
                | Modal::Grid(_)
                | Modal::Remap(_)
                | Modal::Import(_)
                | Modal::Form(..),
            ) => None,
        }
    }

    /// What is of use here: keys and words.
    pub(crate) fn hints(&self) -> Vec<(String, String)> {
        let names: &[&str] = match self.spot.layers.last() {
            Some(Layer::Record { .. }) => &[
                "go.back",
                "go.open",
                "record.edit",
                "go.links",
                "list.tree",
                "go.history",
                "record.fields",
                "history.undo",
                "palette.open",
                "help.open",
            ],
            Some(Layer::Tree { of: Of::Kind(_), .. }) => &[
                "go.back",
                "go.open",
                "go.explain",
                "tree.unfold",
                "tree.turn",
                "list.filter",
                "palette.open",
                "help.open",
            ],
            Some(Layer::Tree { .. }) => &[
                "go.back",
                "go.open",
                "row.do",
                "tree.unfold",
                "tree.fold",
                "list.filter",
                "go.links",
                "palette.open",
                "help.open",
            ],
            Some(_) => &["go.back", "go.open", "text.find", "palette.open", "help.open"],
            None if self.spot.screen == 0 => &[
                "go.open",
                "row.do",
                "register.next",
                "today.mine",
                "go.gaps",
                "history.undo",
                "palette.open",
                "help.open",
            ],
            None if self.is_instrument() => &[
                "go.open",
                "list.filter",
                "matrix.view",
                "matrix.both",
                "matrix.method",
                "palette.open",
                "help.open",
            ],
            None if self.triaging().is_some() => &["record.repeat", "go.back", "history.undo", "help.open"],
            None if self.list().is_some_and(|l| !l.marked.is_empty()) => &[
                "select.toggle",
                "go.back",
                "select.range",
                "select.all",
                "record.repeat",
                "palette.open",
                "help.open",
            ],
            None if self.list().is_some_and(|l| !l.query.is_empty() || l.only.is_some()) => &[
                "go.back",
                "list.filter",
                "go.open",
                "record.edit",
                "select.toggle",
                "select.all",
                "view.open",
                "palette.open",
                "help.open",
            ],
            None => &[
                "list.filter",
                "go.open",
                "record.edit",
                "record.new",
                "select.toggle",
                "list.tree",
                "history.undo",
                "palette.open",
                "help.open",
            ],
        };
        let selecting = self.spot.layers.is_empty() && self.list().is_some_and(|l| !l.marked.is_empty());
        let mut hints: Vec<(String, String)> = Vec::new();
        for name in names {
            let Some(a) = self.actions.get(name) else { continue };
            if self.enabled(a).is_ok() {
                let brief = match *name {
                    "register.next" if self.spot.screen == 0 => "next stage".to_owned(),
                    "record.repeat" => self.repeats(),
                    "go.back" if selecting => "deselect".to_owned(),
                    "go.back" if self.spot.layers.is_empty() && self.triaging().is_none() => "clear filter".to_owned(),
                    _ => a.brief.clone(),
                };
                hints.push((self.key_of(name), brief));
            }
        }
        if self.triaging().is_some() {
            hints.splice(0..0, self.decisions());
            return hints;
        }
        if self.past.is_some() {
            // Nothing is done there, and the way back is what one looks for.
            hints.retain(|(key, _)| *key != self.key_of("select.toggle"));
            hints.insert(0, (self.key_of("asof.now"), "back to now".into()));
            return hints;
        }
        if self.current().is_some() {
            // The menu of the record is no action of its own: it is what may follow `space`.
            let palette = self.key_of("palette.open");
            let before = hints.iter().position(|(key, _)| *key == palette).unwrap_or(hints.len());
            // A record is moved on more often than looked at from all sides.
            let before = match self.spot.layers.last() {
                Some(Layer::Record { .. }) => before.min(3),
                _ => before,
            };
            // What is selected is there to be changed: the keys of its fields follow `c`.
            let before = if selecting { 0 } else { before };
            if let Some(key) = self.leader(|run| matches!(run, Run::Move(..) | Run::Duty(..))) {
                hints.insert(before, (key, "actions".into()));
            }
            if selecting && let Some(key) = self.leader(|run| matches!(run, Run::Change(_))) {
                hints.insert(0, (key, "change a field".into()));
            }
        }
        hints
    }

    /// The key that begins those of a sort of action here.
    fn leader(&self, sort: fn(&Run) -> bool) -> Option<String> {
        let contexts = self.contexts();
        let mut bound = self.keymap.following(&contexts, &[]).into_iter();
        let first =
            bound.find(|b| b.keys.len() > 1 && self.actions.rows.get(b.action).is_some_and(|a| sort(&a.run)))?;
        first.keys.first().map(ToString::to_string)
    }

    pub(crate) fn draw_hints(&self, line: Rect, hints: impl Iterator<Item = (String, String)>, buffer: &mut Buffer) {
        let look = &self.theme;
        for (x, key, words) in placed(line, hints.collect()) {
            let at = |x: u16| Rect {
                x,
                width: line.right().saturating_sub(x),
                ..line
            };
            let x = put(buffer, at(x), &key, look.style("key"), "") + 1;
            put(buffer, at(x), &words, look.style("text"), "");
        }
    }

    /// A message, over the last lines until the next key.
    pub(crate) fn draw_message(&self, buffer: &mut Buffer) {
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
        // Where one decides one after the other, the keys stay in sight.
        let up = u16::from(m.weight == Weight::Good && self.triaging().is_some() && self.modals.is_empty());
        let area = Rect::new(0, full.height - height - up, full.width, height);
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

/// Where hints stand in a line: those that do not fit are left out, the last one, which is help, never is.
pub(crate) fn placed(line: Rect, hints: Vec<(String, String)>) -> Vec<(u16, String, String)> {
    let length = |h: &(String, String)| wide(&h.0) + wide(&h.1) + 3;
    let last = hints.last().map_or(0, length);
    let (mut x, count) = (line.x, hints.len());
    let mut out = Vec::new();
    for (i, hint) in hints.into_iter().enumerate() {
        let reserved = if i + 1 == count { 0 } else { last };
        let room = length(&hint);
        if x + room + reserved <= line.right() + 2 {
            out.push((x, hint.0, hint.1));
            x += room;
        }
    }
    out
}
