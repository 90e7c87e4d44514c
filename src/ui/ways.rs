//! The ways to go on with a query that is being typed: Tab shows them with the first put in, Tab and the arrows change
//! between them, Enter takes the one that stands there, Esc gives back what was typed. It must not know where the query is
//! typed, nor how the ways were found.

use super::input::Input;
use super::key::{Code, Key};
use super::look::{Look, from_column, put, row};
use super::picker::wide;
use super::text;
use crate::model::query::Completion;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

/// Several ways, and what was typed before one of them was put in.
#[derive(Debug, Clone)]
pub(crate) struct Ways {
    typed: Input,
    all: Vec<Completion>,
    at: usize,
}

impl Ways {
    /// Puts the first of some ways into a text, and stays open if there are others.
    fn begin(input: &mut Input, all: Vec<Completion>) -> Option<Self> {
        let ways = Self {
            typed: input.clone(),
            all,
            at: 0,
        };
        ways.put_in(input);
        (ways.all.len() > 1).then_some(ways)
    }

    fn put_in(&self, input: &mut Input) {
        let Some(way) = self.all.get(self.at) else { return };
        let part = |from: usize, to: usize| self.typed.text().chars().skip(from).take(to.saturating_sub(from));
        let before: String = part(0, way.from).chain(way.text.chars()).collect();
        let whole: String = before.chars().chain(part(way.to, usize::MAX)).collect();
        input.set(&whole);
        input.place(before.len());
    }

    fn turn(&mut self, by: isize, input: &mut Input) {
        let n = self.all.len();
        self.at = (self.at + n).saturating_add_signed(by) % n.max(1);
        self.put_in(input);
    }

    /// How many lines they take.
    pub fn height(&self) -> u16 {
        u16::try_from(self.all.len()).unwrap_or(u16::MAX)
    }

    /// Draws them, a line each.
    pub fn draw(&self, area: Rect, buffer: &mut Buffer, look: &dyn Look) {
        let texts = self
            .all
            .iter()
            .map(|w| wide(&w.text))
            .max()
            .unwrap_or(0)
            .min(area.width / 2);
        let rows = usize::from(area.height);
        let top = (self.at + 1).saturating_sub(rows);
        let more = look.glyph("…", "~");
        for (y, (n, way)) in self.all.iter().enumerate().skip(top).take(rows).enumerate() {
            let line = row(area, y as u16);
            let here = n == self.at;
            if here {
                put(buffer, line, look.glyph("▌", ">"), look.style("cursor"), "");
            }
            let place = Rect {
                width: texts.min(line.width.saturating_sub(2)),
                ..from_column(line, 2)
            };
            put(
                buffer,
                place,
                &way.text,
                look.style(if here { "selected" } else { "text" }),
                more,
            );
            put(
                buffer,
                from_column(line, texts + 4),
                &text::clean(&way.note),
                look.style("muted"),
                more,
            );
        }
    }
}

/// Takes in a key if it is meant for the ways to go on with a text, and says whether it was. `find` gives them for a text
/// and a cursor, which is counted in characters.
pub(crate) fn turn(
    ways: &mut Option<Ways>,
    input: &mut Input,
    key: Key,
    find: impl FnOnce(&str, usize) -> Vec<Completion>,
) -> bool {
    match (key.code, key.ctrl, ways.as_mut()) {
        (Code::Tab, _, None) => {
            let before = input.text().get(..input.cursor()).unwrap_or_default();
            *ways = Ways::begin(input, find(input.text(), before.chars().count()));
        }
        (Code::Tab | Code::Down, _, Some(w)) | (Code::Char('n'), true, Some(w)) => w.turn(1, input),
        (Code::BackTab | Code::Up, _, Some(w)) | (Code::Char('p'), true, Some(w)) => w.turn(-1, input),
        (Code::Enter, _, Some(_)) => *ways = None,
        (Code::Esc, _, Some(w)) => {
            *input = w.typed.clone();
            *ways = None;
        }
        _ => {
            *ways = None;
            return false;
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ways_are_shown_changed_taken_and_left() {
        let way = |text: &str| Completion {
            from: 4,
            to: 6,
            text: text.to_owned(),
            note: String::new(),
        };
        // What stands behind the cursor stays.
        let mut input = Input::new("pay tr is:open");
        input.place(6);
        let mut ways = None;
        let mut keys = |keys: &str, input: &mut Input| {
            let mut mine = true;
            for key in Key::sequence(keys).unwrap() {
                mine = turn(&mut ways, input, key, |text, at| {
                    assert_eq!((text, at), ("pay tr is:open", 6));
                    vec![way("treatment:"), way("treat_by:")]
                });
            }
            (mine, ways.is_some())
        };
        assert_eq!(keys("Tab", &mut input), (true, true));
        assert_eq!((input.text(), input.cursor()), ("pay treatment: is:open", 14));
        keys("Tab", &mut input);
        assert_eq!(input.text(), "pay treat_by: is:open");
        keys("Down Down Up S-Tab", &mut input);
        assert_eq!(input.text(), "pay treat_by: is:open");
        assert_eq!(keys("Esc", &mut input), (true, false));
        assert_eq!((input.text(), input.cursor()), ("pay tr is:open", 6));
        assert_eq!(keys("Tab Enter", &mut input), (true, false));
        assert_eq!(input.text(), "pay treatment: is:open");
        // Whatever else is pressed is meant for the text, with the way that stands there.
        assert_eq!(keys("Enter", &mut input), (false, false));
    }

    #[test]
    fn one_way_is_taken_at_once_and_none_changes_nothing() {
        let mut input = Input::new("tre");
        let mut ways = None;
        let one = |text: &str, _: usize| match text {
            "tre" => vec![Completion {
                from: 0,
                to: 3,
                text: "treatment:".to_owned(),
                note: String::new(),
            }],
            _ => Vec::new(),
        };
        assert!(turn(&mut ways, &mut input, Key::sequence("Tab").unwrap()[0], one));
        assert!(ways.is_none());
        assert_eq!(input.text(), "treatment:");
        assert!(turn(&mut ways, &mut input, Key::sequence("Tab").unwrap()[0], one));
        assert_eq!(input.text(), "treatment:");
    }
}
