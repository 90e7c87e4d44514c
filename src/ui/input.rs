//! A text being typed: one line with the readline keys, and the same text in many lines. The cursor stands between
//! graphemes, never inside one. It must not know what the text is for.

use super::key::{Code, Key};
use super::look::{Look, put};
use super::text::{clean, width as cells};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use serde::{Deserialize, Serialize};
use unicode_segmentation::{GraphemeCursor, UnicodeSegmentation};

/// What a key did to the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Typed {
    /// The key is none of this text's; nothing happened.
    Not,
    /// The cursor moved, or could not.
    Moved,
    /// The text is another now.
    Changed,
}

/// A text, the cursor in it, and what was last cut out.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Input {
    text: String,
    /// Byte at which the cursor stands; always at the edge of a grapheme.
    at: usize,
    /// What the last cut took out, for `C-y`.
    #[serde(default)]
    cut: String,
}

impl Input {
    /// A text with the cursor at its end.
    pub fn new(text: &str) -> Self {
        let mut input = Self::default();
        input.set(text);
        input
    }

    /// The text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether nothing is typed.
    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// The byte at which the cursor stands.
    pub fn cursor(&self) -> usize {
        self.at
    }

    /// Replaces the text, the cursor at its end; what was cut stays for `C-y`.
    pub fn set(&mut self, text: &str) {
        text.clone_into(&mut self.text);
        self.at = self.text.len();
    }

    /// Puts the cursor at a byte, or at the next edge of a grapheme.
    pub fn place(&mut self, at: usize) {
        self.at = at.min(self.text.len());
        while !self.text.is_char_boundary(self.at) {
            self.at += 1;
        }
        let mut cursor = GraphemeCursor::new(self.at, self.text.len(), true);
        if !cursor.is_boundary(&self.text, 0).unwrap_or(true) {
            self.at = self.next(self.at);
        }
    }

    /// Moves a cursor that stands where none can: what comes back from a draft may be damaged.
    pub fn mend(&mut self) {
        self.place(self.at);
    }

    /// Takes in a key of a one-line text.
    pub fn update(&mut self, key: Key) -> Typed {
        let before = self.text.len();
        match (key.code, key.ctrl, key.alt) {
            (Code::Char(c), false, false) => self.insert(c.encode_utf8(&mut [0; 4])),
            (Code::Char('a'), true, false) | (Code::Home, ..) => self.at = self.line().start,
            (Code::Char('e'), true, false) | (Code::End, ..) => self.at = self.line().end,
            (Code::Char('b'), false, true) | (Code::Left, true, _) | (Code::Left, _, true) => {
                self.at = self.word_left()
            }
            (Code::Char('f'), false, true) | (Code::Right, true, _) | (Code::Right, _, true) => {
                self.at = self.word_right();
            }
            (Code::Char('b'), true, false) | (Code::Left, ..) => self.at = self.previous(self.at),
            (Code::Char('f'), true, false) | (Code::Right, ..) => self.at = self.next(self.at),
            (Code::Char('w'), true, false) => self.take(self.blank_left(), self.at),
            (Code::Backspace, _, true) | (Code::Backspace, true, _) => self.take(self.word_left(), self.at),
            (Code::Char('d'), false, true) => self.take(self.at, self.word_right()),
            (Code::Char('u'), true, false) => self.take(self.line().start, self.at),
            (Code::Char('k'), true, false) => {
                let end = self.line().end;
                // At the end of a line the break itself goes, as in every editor with this key.
                self.take(self.at, if end == self.at { self.next(end) } else { end });
            }
            (Code::Char('h'), true, false) | (Code::Backspace, ..) => self.remove(self.previous(self.at), self.at),
            (Code::Char('d'), true, false) | (Code::Delete, ..) => self.remove(self.at, self.next(self.at)),
            (Code::Char('y'), true, false) => {
                let cut = std::mem::take(&mut self.cut);
                self.insert(&cut);
                self.cut = cut;
            }
            _ => return Typed::Not,
        }
        if self.text.len() == before {
            Typed::Moved
        } else {
            Typed::Changed
        }
    }

    /// Takes in a key of a text of many lines, `width` cells wide; the cursor goes up and down by the lines seen.
    pub fn update_lines(&mut self, key: Key, width: u16, height: u16) -> Typed {
        let page = isize::try_from(height.max(2) - 1).unwrap_or(1);
        match (key.code, key.ctrl) {
            (Code::Enter, _) | (Code::Char('j' | 'm'), true) => {
                self.insert("\n");
                return Typed::Changed;
            }
            (Code::Up, _) | (Code::Char('p'), true) => self.climb(-1, width),
            (Code::Down, _) | (Code::Char('n'), true) => self.climb(1, width),
            (Code::PageUp, _) => self.climb(-page, width),
            (Code::PageDown, _) => self.climb(page, width),
            (Code::Home, true) => self.at = 0,
            (Code::End, true) => self.at = self.text.len(),
            _ => return self.update(key),
        }
        Typed::Moved
    }

    /// Takes in a pasted text into one line: line breaks and tabs become blanks.
    pub fn paste(&mut self, text: &str) {
        let joined = text
            .split(['\n', '\r', '\t'])
            .filter(|part| !part.is_empty())
            .collect::<Vec<_>>()
            .join(" ");
        self.insert(&joined);
    }

    /// Takes in a pasted text with its lines.
    pub fn paste_lines(&mut self, text: &str) {
        self.insert(&text.replace("\r\n", "\n").replace('\r', "\n"));
    }

    /// Draws one line, moved sideways so that the cursor shows, and returns where the cursor is.
    pub fn view(&self, area: Rect, buffer: &mut Buffer, look: &dyn Look) -> (u16, u16) {
        let wanted = usize::from(area.width.max(1));
        let widths: Vec<usize> = self.text.graphemes(true).map(|g| cells(&clean(g))).collect();
        let before = self.text[..self.at].graphemes(true).count();
        // The first grapheme drawn: the cursor keeps its place in the last cells.
        let (mut first, mut column) = (0, widths[..before].iter().sum::<usize>());
        while column >= wanted && first < before {
            column -= widths[first];
            first += 1;
        }
        let rest: String = self.text.graphemes(true).skip(first).collect();
        put(buffer, area, &rest, look.style("input"), "");
        let x = area.x.saturating_add(u16::try_from(column).unwrap_or(0));
        (x.min(area.right().saturating_sub(1)), area.y)
    }

    /// Draws many lines, broken at `area.width`, moved so that the cursor shows, and returns where the cursor is.
    pub fn view_lines(&self, area: Rect, buffer: &mut Buffer, look: &dyn Look) -> (u16, u16) {
        let rows = wrap(&self.text, area.width);
        let (row, column) = self.spot(&rows);
        let height = usize::from(area.height.max(1));
        // Pages of half a screen, so that writing on does not repaint everything at each line.
        let half = (height / 2).max(1);
        let top = if row < height {
            0
        } else {
            (row - height) / half * half + half
        };
        for (y, line) in rows.iter().skip(top).take(height).enumerate() {
            let line_area = Rect::new(area.x, area.y + y as u16, area.width, 1);
            put(buffer, line_area, &self.text[line.clone()], look.style("input"), "");
        }
        let x = area.x + u16::try_from(column).unwrap_or(0).min(area.width.saturating_sub(1));
        (x, area.y + u16::try_from(row - top).unwrap_or(0))
    }

    /// The line and the column of the cursor among wrapped lines.
    fn spot(&self, rows: &[std::ops::Range<usize>]) -> (usize, usize) {
        let row = rows.iter().rposition(|r| r.start <= self.at).unwrap_or(0);
        let start = rows.get(row).map_or(0, |r| r.start);
        (row, cells(&clean(&self.text[start..self.at])))
    }

    /// Moves the cursor by lines as they are seen.
    fn climb(&mut self, by: isize, width: u16) {
        let rows = wrap(&self.text, width);
        let (row, column) = self.spot(&rows);
        let to = row.saturating_add_signed(by).min(rows.len() - 1);
        if to == row {
            self.at = if by < 0 { 0 } else { self.text.len() };
            return;
        }
        let line = rows[to].clone();
        let (mut at, mut x) = (line.start, 0);
        for g in self.text[line.clone()].graphemes(true) {
            let w = cells(&clean(g));
            if x + w > column {
                break;
            }
            (at, x) = (at + g.len(), x + w);
        }
        // The end of a line that was broken for width is the start of the next one: stay on this one.
        if at == line.end && rows.get(to + 1).is_some_and(|next| next.start == at) {
            at = self.previous(at).max(line.start);
        }
        self.at = at;
    }

    /// Puts a text in at the cursor.
    fn insert(&mut self, text: &str) {
        self.text.insert_str(self.at, text);
        self.place(self.at + text.len());
    }

    fn remove(&mut self, from: usize, to: usize) {
        self.text.replace_range(from..to, "");
        self.place(from);
    }

    /// Removes and remembers.
    fn take(&mut self, from: usize, to: usize) {
        if from < to {
            self.text[from..to].clone_into(&mut self.cut);
            self.remove(from, to);
        }
    }

    fn previous(&self, at: usize) -> usize {
        let mut cursor = GraphemeCursor::new(at, self.text.len(), true);
        cursor.prev_boundary(&self.text, 0).ok().flatten().unwrap_or(0)
    }

    fn next(&self, at: usize) -> usize {
        let mut cursor = GraphemeCursor::new(at, self.text.len(), true);
        let next = cursor.next_boundary(&self.text, 0).ok().flatten();
        next.unwrap_or(self.text.len())
    }

    /// The line in which the cursor stands, without its break.
    fn line(&self) -> std::ops::Range<usize> {
        let start = self.text[..self.at].rfind('\n').map_or(0, |i| i + 1);
        let end = self.text[self.at..].find('\n').map_or(self.text.len(), |i| self.at + i);
        start..end
    }

    /// Start of the word before the cursor; a word is letters and digits.
    fn word_left(&self) -> usize {
        self.back(|c| !c.is_alphanumeric(), char::is_alphanumeric)
    }

    /// Start of what stands between blanks before the cursor.
    fn blank_left(&self) -> usize {
        self.back(char::is_whitespace, |c| !c.is_whitespace())
    }

    fn back(&self, gap: impl Fn(char) -> bool, word: impl Fn(char) -> bool) -> usize {
        let head = self.text[..self.at].trim_end_matches(gap);
        let mut at = head.trim_end_matches(word).len();
        let mut cursor = GraphemeCursor::new(at, self.text.len(), true);
        if !cursor.is_boundary(&self.text, 0).unwrap_or(true) {
            at = self.previous(at);
        }
        at
    }

    /// End of the word behind the cursor.
    fn word_right(&self) -> usize {
        let tail = self.text[self.at..].trim_start_matches(|c: char| !c.is_alphanumeric());
        let end = self.text.len() - tail.trim_start_matches(char::is_alphanumeric).len();
        let mut cursor = GraphemeCursor::new(end, self.text.len(), true);
        if cursor.is_boundary(&self.text, 0).unwrap_or(true) {
            end
        } else {
            self.next(end)
        }
    }
}

/// The bytes of each line as it is seen: broken at line breaks and, after a blank where there is one, at the width.
pub fn wrap(text: &str, width: u16) -> Vec<std::ops::Range<usize>> {
    let width = usize::from(width.max(2));
    let mut rows = Vec::new();
    let mut start = 0;
    for line in text.split('\n') {
        let (mut from, mut x, mut blank) = (start, 0, None);
        for (i, g) in line.grapheme_indices(true) {
            let (at, w) = (start + i, cells(&clean(g)));
            // A blank may hang over the edge: no line begins with the blank that parted it from the one above.
            if x + w > width && g != " " {
                let cut = blank.filter(|b| *b > from).unwrap_or(at);
                rows.push(from..cut);
                x = cells(&clean(&text[cut..at]));
                (from, blank) = (cut, None);
            }
            x += w;
            if g == " " {
                blank = Some(at + 1);
            }
        }
        rows.push(from..start + line.len());
        start += line.len() + 1;
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::look::plain::{Plain, text};
    use proptest::prelude::*;

    /// A text with `|` at the cursor.
    fn at(marked: &str) -> Input {
        let mut input = Input::new(&marked.replacen('|', "", 1));
        input.place(marked.find('|').unwrap());
        input
    }

    fn marked(input: &Input) -> String {
        format!("{}|{}", &input.text[..input.at], &input.text[input.at..])
    }

    #[test]
    fn readline_keys() {
        for (before, keys, after) in [
            ("ab|", "c", "abc|"),
            ("one two|", "C-a", "|one two"),
            ("|one two", "C-e", "one two|"),
            ("one two|", "Home", "|one two"),
            ("|one two", "End", "one two|"),
            ("one two|", "C-b C-b", "one t|wo"),
            ("one| two", "C-f", "one |two"),
            ("one two|", "Left Right Left", "one tw|o"),
            ("one two.three|", "M-b", "one two.|three"),
            ("one two.three|", "C-Left C-Left", "one |two.three"),
            ("|one two", "M-f", "one| two"),
            ("one| two", "C-Right", "one two|"),
            ("one two.three|", "C-w", "one |"),
            ("one two  |", "C-w", "one |"),
            ("one two.three|", "M-Backspace", "one two.|"),
            ("one| two", "M-d", "one|"),
            ("one t|wo", "C-u", "|wo"),
            ("one t|wo", "C-k", "one t|"),
            ("ab|c", "C-h", "a|c"),
            ("ab|c", "Backspace", "a|c"),
            ("a|bc", "C-d", "a|c"),
            ("a|bc", "Del", "a|c"),
            ("|", "Backspace Del C-w C-u C-k Left Right", "|"),
            ("one two|", "C-w C-y C-y", "one twotwo|"),
            ("one t|wo", "C-u C-e C-y", "woone t|"),
            // A cut that takes nothing forgets nothing.
            ("one|", "C-u C-u C-y", "one|"),
            // A grapheme goes as a whole, and the cursor is never inside one.
            ("e\u{301}|", "Backspace", "|"),
            ("|e\u{301}x", "Right", "e\u{301}|x"),
            ("|\u{301}", "e", "e\u{301}|"),
            ("漢字|", "Left", "漢|字"),
            ("👩\u{200d}💻|", "C-b", "|👩\u{200d}💻"),
        ] {
            let mut input = at(before);
            for key in Key::sequence(keys).unwrap() {
                input.update(key);
            }
            assert_eq!(marked(&input), after, "{before} {keys}");
        }
    }

    #[test]
    fn keys_of_others_are_left_alone() {
        for key in ["Tab", "Enter", "Up", "Esc", "C-s", "F1", "M-x"] {
            assert_eq!(Input::new("a").update(key.parse().unwrap()), Typed::Not, "{key}");
        }
        assert_eq!(Input::new("a").update(Key::ctrl('a')), Typed::Moved);
        assert_eq!(Input::new("a").update(Key::char('b')), Typed::Changed);
    }

    #[test]
    fn a_paste_joins_lines_or_keeps_them() {
        let mut input = at("<|>");
        input.paste("one\r\ntwo\tthree\n");
        assert_eq!(marked(&input), "<one two three|>");
        let mut input = at("<|>");
        input.paste_lines("one\r\ntwo\rthree\n");
        assert_eq!(marked(&input), "<one\ntwo\nthree\n|>");
    }

    #[test]
    fn a_cursor_that_stands_where_none_can_is_mended() {
        for (text, at, mended) in [
            ("e\u{301}x", 1, 3),
            ("漢字", 1, 3),
            ("ab", 99, 2),
            ("", 7, 0),
            ("ab", 1, 1),
        ] {
            let mut input: Input = serde_json::from_value(serde_json::json!({ "text": text, "at": at })).unwrap();
            input.mend();
            assert_eq!(input.cursor(), mended, "{text:?} {at}");
            input.update(Key::char('!'));
            assert!(input.text().contains('!'));
        }
    }

    #[test]
    fn lines_have_keys_of_their_own() {
        for (before, keys, after) in [
            ("ab|", "Enter c", "ab\nc|"),
            ("one\ntw|o", "Up", "on|e\ntwo"),
            ("on|e\ntwo", "Down", "one\ntw|o"),
            ("longer|\nab\nlonger", "Down", "longer\nab|\nlonger"),
            ("one\n|two", "Backspace", "one|two"),
            ("one\ntw|o", "C-a C-k", "one\n|"),
            ("one|\ntwo", "C-k", "one|two"),
            ("one\ntwo|", "C-Home", "|one\ntwo"),
            ("o|ne\ntwo", "C-End", "one\ntwo|"),
            ("o|ne", "Up", "|one"),
            ("o|ne", "Down", "one|"),
            // Broken at the width of ten: the cursor follows what is seen.
            ("one two three fo|ur", "Up", "one two| three four"),
        ] {
            let mut input = at(before);
            for key in Key::sequence(keys).unwrap() {
                input.update_lines(key, 10, 5);
            }
            assert_eq!(marked(&input), after, "{before:?} {keys}");
        }
    }

    #[test]
    fn lines_break_after_blanks() {
        let rows = |text: &str, width| {
            wrap(text, width)
                .into_iter()
                .map(|r| text[r].to_string())
                .collect::<Vec<_>>()
        };
        assert_eq!(rows("one two three", 8), ["one two ", "three"]);
        assert_eq!(rows("aaaa bbbb", 4), ["aaaa ", "bbbb"]);
        assert_eq!(rows("abcdefgh", 3), ["abc", "def", "gh"]);
        assert_eq!(rows("漢字漢", 4), ["漢字", "漢"]);
        assert_eq!(rows("a\n\nb\n", 4), ["a", "", "b", ""]);
        assert_eq!(rows("", 4), [""]);
    }

    #[test]
    fn a_long_line_moves_sideways_so_that_the_cursor_shows() {
        let look = Plain { ascii: false };
        let shot = |input: &Input| {
            let mut buffer = Buffer::empty(Rect::new(0, 0, 8, 1));
            let cursor = input.view(buffer.area, &mut buffer, &look);
            text(&buffer, Some(cursor))
        };
        assert_eq!(shot(&at("abc|")), "abc\ncursor 3,0");
        assert_eq!(shot(&at("abcdefghij|")), "defghij\ncursor 7,0");
        assert_eq!(shot(&at("|abcdefghij")), "abcdefgh\ncursor 0,0");
        assert_eq!(shot(&at("漢字漢字漢|")), "漢字漢\ncursor 6,0");
        assert_eq!(shot(&at("a\u{1b}b|")), "a␛b\ncursor 3,0");
    }

    proptest! {
        #[test]
        fn random_keys_keep_the_cursor_at_an_edge(
            text in "[a-c \n\u{301}漢👩\u{200d}💻\u{1b}]{0,12}",
            keys in prop::collection::vec(0..26_usize, 0..40),
            width in 0..9_u16,
        ) {
            let words = "a space C-a C-e C-w C-u C-k M-b M-f C-h C-d Home End Left Right Up Down C-y Enter PgUp PgDn \
                         M-d M-Backspace C-Home C-End \u{301}";
            let all = Key::sequence(words).unwrap();
            let mut input = Input::new(&text);
            let look = Plain { ascii: true };
            let mut buffer = Buffer::empty(Rect::new(0, 0, width, 3));
            for key in keys {
                input.update_lines(all[key % all.len()], width, 3);
                let mut edges: Vec<usize> = input.text.grapheme_indices(true).map(|(i, _)| i).collect();
                edges.push(input.text.len());
                prop_assert!(edges.contains(&input.at), "{:?}", input);
                input.view(buffer.area, &mut buffer, &look);
                input.view_lines(buffer.area, &mut buffer, &look);
            }
            let rows = wrap(&input.text, width);
            let covered: usize = rows.iter().map(ExactSizeIterator::len).sum();
            prop_assert_eq!(covered, input.text.replace('\n', "").len());
        }
    }
}
