//! Marks: a letter stands for a place, in this session and the next ones. Which letters are taken shows while one is
//! asked for.

use super::Model;
use super::job::Effect;
use super::key::{Code, Key};
use super::look::{Look, from_column, put, row};
use super::modal::{Modal, bottom};
use super::mouse::Does;
use super::resume::Mark;
use super::{Weight, text};
use ratatui::buffer::Buffer;

/// What is done with the letter that is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Letter {
    /// The place is marked with it.
    Set,
    /// One goes to the place that it marks.
    Go,
}

pub(crate) fn set(m: &mut Model) -> Vec<Effect> {
    m.modals.push(Modal::Letter(Letter::Set));
    Vec::new()
}

pub(crate) fn go(m: &mut Model) -> Vec<Effect> {
    m.modals.push(Modal::Letter(Letter::Go));
    Vec::new()
}

impl Model {
    /// Takes in the letter, or leaves everything as it is.
    pub(crate) fn letter_key(&mut self, what: Letter, key: Key) -> Vec<Effect> {
        let typed = key.typed().filter(|c| c.is_alphanumeric());
        let Some(letter) = typed else {
            let leaves = matches!((key.code, key.ctrl), (Code::Esc, _) | (Code::Char('c' | 'g'), true));
            if !leaves {
                self.refuse(format!("{key} marks nothing; a letter or a digit does"));
            }
            return Vec::new();
        };
        match (what, self.marks.get(&letter)) {
            (Letter::Set, _) => {
                let mark = self.mark_here();
                let words = self.mark_words(&mark).unwrap_or_default();
                self.marks.insert(letter, mark);
                let go = self.key_of("mark.go");
                self.say(Weight::Good, format!("{go} {letter} comes back here: {words}"));
                Vec::new()
            }
            (Letter::Go, None) => {
                let set = self.key_of("mark.set");
                self.refuse(format!(
                    "{letter} marks no place; {set} {letter} marks the one where you are"
                ));
                Vec::new()
            }
            (Letter::Go, Some(mark)) => {
                let mark = mark.clone();
                self.see_mark(mark).unwrap_or_else(|gone| {
                    self.refuse(format!("{gone} is not there any more"));
                    Vec::new()
                })
            }
        }
    }

    /// A place that is marked in words, or what of it is not there any more.
    fn mark_words(&self, mark: &Mark) -> Result<String, String> {
        let (spot, ix) = self.marked(mark)?;
        if let Some(layer) = spot.layers.last() {
            let (first, second) = self.layer_head(layer);
            let first = first.into_iter().map(|(words, _)| words);
            // What a version or a link is of says the first line; that it is one, the second.
            let more = second
                .into_iter()
                .filter(|(_, role)| *role == "action")
                .map(|(words, _)| words);
            return Ok(first.chain(more).collect::<Vec<_>>().join("  "));
        }
        let Some(ix) = ix else {
            return Ok(super::action::SCREENS[usize::from(spot.screen)].to_owned());
        };
        let (titles, query) = (&self.catalogue.kinds[ix].titles, self.marked_query(mark).trim());
        Ok(match query {
            "" => titles.clone(),
            query => format!("{titles} /{}", text::clean(query)),
        })
    }

    /// Draws what is asked, and the letters that are taken.
    pub(crate) fn draw_letter(&self, what: Letter, buffer: &mut Buffer) {
        let look = &self.theme;
        let more = look.glyph("…", "~");
        let (heading, none) = match what {
            Letter::Set => ("Mark this place: a letter", "No letter is taken yet."),
            Letter::Go => ("Go to a mark: its letter", "No place is marked yet."),
        };
        let lines = u16::try_from(self.marks.len().max(1)).unwrap_or(u16::MAX);
        let inside = bottom(buffer, look, heading, lines);
        if self.marks.is_empty() {
            put(buffer, from_column(inside, 1), none, look.style("muted"), more);
        }
        for (y, (letter, mark)) in self.marks.iter().take(usize::from(inside.height)).enumerate() {
            let line = from_column(row(inside, y as u16), 1);
            self.clickable(line.y, line.x, line.right(), Does::Keys(letter.to_string()));
            put(buffer, line, &letter.to_string(), look.style("key"), "");
            let (words, role) = match self.mark_words(mark) {
                Ok(words) => (words, "text"),
                Err(gone) => (format!("{gone} is not there any more"), "muted"),
            };
            put(buffer, from_column(line, 3), &words, look.style(role), more);
        }
    }
}
