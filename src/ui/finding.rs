//! Finding words in what is read: a record, its history, the log. The cursor goes to the first line that holds them while
//! they are typed, Down and Up go to the next and the one before, Enter stays there, Esc goes back.

use super::Model;
use super::input::{Input, Typed};
use super::job::Effect;
use super::key::{Code, Key};
use super::line::Line;
use super::look::{Look, put, row};
use super::modal::Modal;
use super::picker::wide;
use super::spot::Layer;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

/// Words that are being looked for.
#[derive(Debug, Default)]
pub(crate) struct Finding {
    input: Input,
    /// The line on which one began.
    from: usize,
}

impl Finding {
    /// Takes in a pasted text.
    pub fn paste(&mut self, text: &str) {
        self.input.paste(text);
    }
}

pub(crate) fn find(m: &mut Model) -> Vec<Effect> {
    let from = m.spot.layers.last().map_or(0, |l| l.cursor().at);
    m.modals.push(Modal::Find(Finding {
        from,
        ..Finding::default()
    }));
    Vec::new()
}

pub(crate) fn can(m: &Model) -> Result<(), String> {
    match m.spot.layers.last() {
        Some(layer) if !layer.is_tree() => Ok(()),
        _ => Err("this works in a record, its history and the log".into()),
    }
}

/// The lines that hold all words, without regard to case.
fn holding(lines: &[Line], text: &str) -> Vec<usize> {
    let text = text.to_lowercase();
    let words: Vec<&str> = text.split_whitespace().collect();
    if words.is_empty() {
        return Vec::new();
    }
    let holds = |l: &Line| {
        let all = l.spans.iter().map(|(_, t, _)| t.to_lowercase());
        let all = all.collect::<Vec<_>>().join(" ");
        words.iter().all(|w| all.contains(w))
    };
    (0..lines.len())
        .filter(|i| !lines[*i].aside && holds(&lines[*i]))
        .collect()
}

impl Model {
    /// Takes in a key, and says whether one is still looking.
    pub(crate) fn find_key(&mut self, f: &mut Finding, key: Key) -> bool {
        match (key.code, key.ctrl) {
            (Code::Enter, _) => {
                if f.input.is_empty() {
                    // The same words again.
                    f.input.set(&self.sought);
                    self.look_on(f, true);
                } else {
                    f.input.text().clone_into(&mut self.sought);
                }
                return false;
            }
            (Code::Esc, _) | (Code::Char('c' | 'g'), true) => {
                self.stand_on(f.from);
                return false;
            }
            (Code::Down, _) | (Code::Char('n'), true) => self.look_on(f, true),
            (Code::Up, _) | (Code::Char('p'), true) => self.look_on(f, false),
            _ => {
                if f.input.update(key) == Typed::Changed {
                    self.look_for(f);
                }
            }
        }
        true
    }

    /// Goes to the first line from where one began that holds what is typed, or else the first of all.
    pub(crate) fn look_for(&mut self, f: &Finding) {
        let found = holding(&self.lines(), f.input.text());
        let next = found.iter().find(|i| **i >= f.from).or(found.first());
        self.stand_on(next.copied().unwrap_or(f.from));
    }

    /// Goes to the next line, or the one before, that holds what is typed; from the last to the first.
    fn look_on(&mut self, f: &Finding, on: bool) {
        let at = self.spot.layers.last().map_or(0, |l| l.cursor().at);
        let found = holding(&self.lines(), f.input.text());
        let next = match on {
            true => found.iter().find(|i| **i > at).or(found.first()),
            false => found.iter().rev().find(|i| **i < at).or(found.last()),
        };
        match next {
            Some(next) => self.stand_on(*next),
            None if f.input.is_empty() => {}
            None => self.refuse(format!("nothing here holds '{}'", f.input.text())),
        }
    }

    /// Marks the words that are looked for in the lines that hold them, from line `top` on.
    pub(crate) fn mark_found(&self, lines: &[Line], top: usize, area: Rect, buffer: &mut Buffer) {
        let Some(Modal::Find(f)) = self.modals.last() else {
            return;
        };
        let text = f.input.text().to_lowercase();
        let style = self.theme.style("marked");
        for i in holding(lines, &text).into_iter().skip_while(|i| *i < top) {
            let y = u16::try_from(i - top).unwrap_or(u16::MAX);
            if y >= area.height {
                break;
            }
            let line = row(area, y);
            let cells: Vec<(u16, String)> = (line.left()..line.right())
                .map(|x| (x, buffer[(x, line.y)].symbol().to_lowercase()))
                .collect();
            let shown: String = cells.iter().map(|(_, symbol)| symbol.as_str()).collect();
            for (from, word) in text.split_whitespace().flat_map(|w| shown.match_indices(w)) {
                let mut at = 0;
                for (x, symbol) in &cells {
                    if (from..from + word.len()).contains(&at) {
                        buffer[(*x, line.y)].set_style(style);
                    }
                    at += symbol.len();
                }
            }
        }
    }

    fn stand_on(&mut self, at: usize) {
        let (len, page) = (self.length(), self.page());
        if let Some(cursor) = self.spot.layers.last_mut().map(Layer::cursor_mut) {
            cursor.to(at, len, page);
        }
    }

    /// Draws what is typed and how many lines hold it, and returns where the cursor is.
    pub(crate) fn draw_find(&self, f: &Finding, buffer: &mut Buffer) -> (u16, u16) {
        let look = &self.theme;
        let full = buffer.area;
        let line = row(full, full.height.saturating_sub(1));
        super::draw::blank(buffer, line);
        let x = put(buffer, line, "/ ", look.style("key"), "");
        let at = self.spot.layers.last().map_or(0, |l| l.cursor().at);
        let found = holding(&self.lines(), f.input.text());
        let (note, role) = match (found.iter().position(|i| *i == at), f.input.is_empty()) {
            (Some(n), _) => (format!("{} of {}  Down next  Esc back", n + 1, found.len()), "muted"),
            (None, true) if self.sought.is_empty() => ("words to find  Esc back".to_owned(), "muted"),
            (None, true) => (format!("Enter finds '{}' again  Esc back", self.sought), "muted"),
            (None, false) => ("nothing here holds it".to_owned(), "warn"),
        };
        let room = (full.width / 2).min(wide(&note) + 2);
        let typed = Rect::new(x, line.y, full.width.saturating_sub(x + room), 1);
        let cursor = f.input.view(typed, buffer, look);
        let at = full.width.saturating_sub(room.saturating_sub(1));
        let at = Rect::new(at, line.y, full.width - at, 1);
        put(buffer, at, &note, look.style(role), look.glyph("…", "~"));
        cursor
    }
}
