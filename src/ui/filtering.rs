//! The filter while it is typed, in the last line: what it finds shows at once, Tab says how it may go on.

use super::input::{Input, Typed};
use super::key::{Code, Key};
use super::look::{Look, put, row};
use super::picker::{frame, wide};
use super::ways::{self, Ways};
use super::{Model, hierarchy};
use crate::model::kind::KindIx;
use crate::model::query::{self, Completion};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

/// A filter that is being typed.
#[derive(Debug, Default)]
pub(crate) struct Typing {
    input: Input,
    ways: Option<Ways>,
}

impl Typing {
    /// With what was typed before.
    pub fn new(before: &str) -> Self {
        Self {
            input: Input::new(before),
            ways: None,
        }
    }

    /// What is typed.
    pub fn text(&self) -> &str {
        self.input.text()
    }

    /// Takes in a pasted text.
    pub fn paste(&mut self, text: &str) {
        self.ways = None;
        self.input.paste(text);
    }
}

impl Model {
    /// The ways to go on with a query for a register.
    pub(crate) fn ways_of(&self, ix: KindIx, text: &str, cursor: usize) -> Vec<Completion> {
        let w = self.world();
        query::complete(text, cursor, w.catalogue, Some(w.kind_at(ix)), &w)
    }

    /// The register of which the filter here asks for records: of a list, of what draws one, or of its tree.
    fn filters(&self) -> Option<KindIx> {
        let tree = || hierarchy::along_here(self).map(|along| along.kind);
        self.filtered().map(|l| l.kind).or_else(tree)
    }

    /// At which character the filter here is wrong, and why.
    fn filter_wrong(&self) -> Option<(usize, String)> {
        match self.filtered() {
            Some(list) => list.wrong.clone(),
            None => self.tree_wrong(),
        }
    }

    /// Takes in a key, and says whether there is still something to type.
    pub(crate) fn filter_key(&mut self, typing: &mut Typing, key: Key) -> bool {
        let before = typing.text().to_owned();
        let find = |text: &str, at: usize| {
            self.filters()
                .map_or_else(Vec::new, |kind| self.ways_of(kind, text, at))
        };
        if ways::turn(&mut typing.ways, &mut typing.input, key, find) {
            if typing.text() != before {
                self.filter_by(typing.text().to_owned());
            }
            return true;
        }
        match (key.code, key.ctrl) {
            (Code::Enter, _) => {
                self.feed();
                if let Some(before) = self.unfiltered.take() {
                    self.leave_step(before);
                }
                if let Some((_, why)) = self.filter_wrong() {
                    self.refuse(format!("{why}; only what stands before it filters"));
                }
                return false;
            }
            (Code::Esc, _) | (Code::Char('c' | 'g'), true) => {
                self.filter_by(String::new());
                return false;
            }
            (Code::Down, _) | (Code::Char('n'), true) => {
                self.feed();
                super::moving::down(self);
            }
            (Code::Up, _) | (Code::Char('p'), true) => {
                self.feed();
                super::moving::up(self);
            }
            _ => {
                if typing.input.update(key) == Typed::Changed {
                    self.filter_by(typing.text().to_owned());
                }
            }
        }
        true
    }

    /// Draws what is typed, what is wrong with it and how it may go on, and returns where the cursor is.
    pub(crate) fn draw_filter(&self, typing: &Typing, buffer: &mut Buffer) -> (u16, u16) {
        let look = &self.theme;
        let full = buffer.area;
        let line = row(full, full.height.saturating_sub(1));
        super::draw::blank(buffer, line);
        let x = put(buffer, line, "/ ", look.style("key"), "");
        let wrong = self.filter_wrong();
        let (note, role) = match (&typing.ways, &wrong) {
            (Some(_), _) => ("Tab next  Enter takes it  Esc back".to_owned(), "muted"),
            // where one still types nothing is wrong yet
            (None, Some((at, why))) if *at >= typing.text().chars().count() => (why.clone(), "muted"),
            (None, Some((_, why))) => (why.clone(), "error"),
            (None, None) if self.filters().is_some() => ("Tab completes  Enter keeps  Esc clears".to_owned(), "muted"),
            (None, None) => ("Enter keeps it  Esc clears".to_owned(), "muted"),
        };
        let room = (full.width / 2).min(wide(&note) + 2);
        let cursor = typing.input.view(
            Rect::new(x, line.y, full.width.saturating_sub(x + room), 1),
            buffer,
            look,
        );
        // The mistake is marked where it is, as long as the line is not moved sideways.
        if let Some((at, _)) = wrong.filter(|_| typing.ways.is_none()) {
            let before: String = typing.text().chars().take(at).collect();
            let rest = typing.text().chars().skip(at);
            let word: String = rest.take_while(|c| !c.is_whitespace()).collect();
            let (spot, end) = (x + wide(&before), full.width.saturating_sub(room));
            let marked = Rect::new(spot, line.y, wide(&word).max(1), 1);
            buffer.set_style(marked.intersection(Rect::new(0, line.y, end, 1)), look.style("error"));
        }
        let at = full.width.saturating_sub(room.saturating_sub(1));
        put(
            buffer,
            Rect::new(at, line.y, full.width - at, 1),
            &note,
            look.style(role),
            look.glyph("…", "~"),
        );
        if let Some(ways) = &typing.ways {
            let height = (ways.height() + 2).min(full.height.saturating_sub(4));
            let area = Rect::new(0, full.height.saturating_sub(height + 1), full.width, height);
            let inside = frame(area, buffer, look, "");
            ways.draw(inside, buffer, look);
        }
        cursor
    }
}
