//! A list under an input: choose one, mark several, or make something new. It must not know what the choices are.

use super::input::{Input, Typed};
use super::key::{Code, Key};
use super::look::{Look, from_column, put, row};
use crate::model::query::Search;
use fuzzy_matcher::FuzzyMatcher;
use fuzzy_matcher::skim::SkimMatcherV2;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use std::cell::Cell;
use std::collections::HashSet;

/// As many choices show as a rule.
const LINES: u16 = 12;

/// One choice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// What comes back when it is taken.
    pub id: String,
    /// What stands in a narrow column before the label; may be empty.
    pub head: String,
    /// What a person reads and searches.
    pub label: String,
    /// What is said about it, muted; not searched.
    pub note: String,
    /// The theme's role in which the label is drawn; empty: as text.
    pub role: String,
}

impl Choice {
    /// A choice whose label says all.
    pub fn new(id: &str, label: &str) -> Self {
        Self {
            id: id.to_owned(),
            head: String::new(),
            label: label.to_owned(),
            note: String::new(),
            role: String::new(),
        }
    }
}

impl Choice {
    /// What it is known by: what stands before the label, or else the id.
    fn name(&self) -> &str {
        match self.head.as_str() {
            "" => &self.id,
            head => head,
        }
    }

    /// Whether a word is its name, perhaps in a shorter way.
    fn is_named(&self, word: &str) -> bool {
        if self.head.eq_ignore_ascii_case(word) || self.id.eq_ignore_ascii_case(word) {
            return true;
        }
        let digits = word.trim_start_matches(|c: char| c.is_alphabetic() || c == '-');
        let number = !digits.is_empty() && digits.bytes().all(|c| c.is_ascii_digit());
        number && self.head.ends_with(digits) && same_number(&self.head.to_lowercase(), &word.to_lowercase(), digits)
    }
}

/// What came of a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Picked {
    /// Nothing yet.
    Open,
    /// The person went back.
    Back,
    /// The ids taken, in the order of the list; one unless several may be marked.
    Taken(Vec<String>),
    /// Something new is wanted: which of the last lines, counted from 0, and what was typed so far.
    Create(usize, String),
}

/// The list, what is typed, and where the cursor is.
pub struct Picker {
    /// What is asked for.
    pub heading: String,
    input: Input,
    choices: Vec<Choice>,
    /// Places in `choices` that match, best first.
    found: Vec<usize>,
    cursor: usize,
    several: bool,
    marked: HashSet<String>,
    /// Whether a mark was set or taken away since it opened.
    touched: bool,
    create: Vec<String>,
    top: Cell<usize>,
    matcher: SkimMatcherV2,
    /// What the choices are searched by, from the first letter on.
    search: Option<Search>,
}

impl std::fmt::Debug for Picker {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Picker")
            .field("heading", &self.heading)
            .field("input", &self.input)
            .field("found", &self.found.len())
            .field("cursor", &self.cursor)
            .field("marked", &self.marked)
            .finish_non_exhaustive()
    }
}

impl Picker {
    /// Whether more than one can be taken.
    pub fn takes_several(&self) -> bool {
        self.several
    }

    /// A list from which one is taken.
    pub fn new(heading: &str, choices: Vec<Choice>) -> Self {
        let found = (0..choices.len()).collect();
        Self {
            heading: heading.to_owned(),
            input: Input::default(),
            choices,
            found,
            cursor: 0,
            several: false,
            marked: HashSet::new(),
            touched: false,
            create: Vec::new(),
            top: Cell::new(0),
            matcher: SkimMatcherV2::default().ignore_case(),
            search: None,
        }
    }

    /// Lets several be taken; those marked come first.
    #[must_use]
    pub fn several(mut self, marked: impl IntoIterator<Item = String>) -> Self {
        self.several = true;
        self.marked = marked.into_iter().collect();
        let marked = &self.marked;
        self.choices.sort_by_key(|c| !marked.contains(&c.id));
        self.search = None;
        self
    }

    /// Adds a last line that makes something new: its words, such as `create new control`. May be said again.
    #[must_use]
    pub fn creating(mut self, words: &str) -> Self {
        self.create.push(words.to_owned());
        self
    }

    /// Puts the cursor on a choice, if there is one of that id.
    #[must_use]
    pub fn at(mut self, id: &str) -> Self {
        if id.is_empty() {
            return self;
        }
        if let Some(i) = self.found.iter().position(|&i| self.choices[i].id == id) {
            self.cursor = i;
        }
        self
    }

    /// Starts with something typed.
    #[must_use]
    pub fn typing(mut self, text: &str) -> Self {
        self.input.set(text);
        self.find();
        self
    }

    /// What is typed.
    pub fn typed(&self) -> &str {
        self.input.text()
    }

    /// The choice under the cursor; `None` on the line that makes something new, or if nothing matches.
    pub fn current(&self) -> Option<&Choice> {
        self.found.get(self.cursor).map(|&i| &self.choices[i])
    }

    /// Takes in a pasted text.
    pub fn paste(&mut self, text: &str) {
        self.input.paste(text);
        self.find();
    }

    /// Takes in a key.
    pub fn update(&mut self, key: Key) -> Picked {
        let last = (self.found.len() + self.create.len()).saturating_sub(1);
        match (key.code, key.ctrl) {
            (Code::Esc, _) | (Code::Char('g' | 'c'), true) => return Picked::Back,
            (Code::Up, _) | (Code::Char('p'), true) => self.cursor = self.cursor.saturating_sub(1),
            (Code::Down, _) | (Code::Char('n'), true) => self.cursor = (self.cursor + 1).min(last),
            (Code::PageUp, _) => self.cursor = self.cursor.saturating_sub(8),
            (Code::PageDown, _) => self.cursor = (self.cursor + 8).min(last),
            (Code::Tab, _) if self.several => {
                self.mark_and_on();
            }
            (Code::BackTab, _) if self.several => {
                self.mark();
                self.cursor = self.cursor.saturating_sub(1);
            }
            (Code::Tab, _) => self.cursor = (self.cursor + 1).min(last),
            (Code::BackTab, _) => self.cursor = self.cursor.saturating_sub(1),
            // A leading blank finds nothing, so it may mark; behind a word it parts words.
            (Code::Char(' '), false) if self.several && self.input.is_empty() => {
                self.mark_and_on();
            }
            (Code::Enter, _) => return self.enter(),
            _ => {
                if self.input.update(key) == Typed::Changed {
                    self.find();
                }
            }
        }
        Picked::Open
    }

    fn enter(&mut self) -> Picked {
        if let Some(new) = self.cursor.checked_sub(self.found.len()) {
            return match new < self.create.len() {
                true => Picked::Create(new, self.input.text().trim().to_owned()),
                false if self.several && self.touched => self.taken(),
                false => Picked::Open,
            };
        }
        if !self.several {
            return Picked::Taken(self.current().map(|c| c.id.clone()).into_iter().collect());
        }
        // Whoever searched and marked nothing wants the one that was found.
        let as_it_was = self.input.is_empty() && self.cursor == 0 && !self.marked.is_empty();
        if !self.touched
            && !as_it_was
            && let Some(id) = self.current().map(|c| c.id.clone())
        {
            self.marked.insert(id);
        }
        self.taken()
    }

    fn taken(&self) -> Picked {
        let ids = self.choices.iter().map(|c| &c.id);
        Picked::Taken(ids.filter(|id| self.marked.contains(*id)).cloned().collect())
    }

    /// Marks and goes on, but never onto a line that makes something new: the next key may be Enter.
    fn mark_and_on(&mut self) {
        self.mark();
        if self.cursor + 1 < self.found.len() {
            self.cursor += 1;
        }
    }

    fn mark(&mut self) {
        if let Some(id) = self.current().map(|c| c.id.clone()) {
            self.touched = true;
            if !self.marked.remove(&id) {
                self.marked.insert(id);
            }
        }
    }

    /// Finds what holds every word typed, best first; equal ones keep the order of the list. Of very many only the most
    /// promising are compared.
    fn find(&mut self) {
        let typed = self.input.text();
        let words: Vec<&str> = typed.split_whitespace().collect();
        self.cursor = 0;
        if words.is_empty() {
            self.found = (0..self.choices.len()).collect();
            return;
        }
        let search = self.search.get_or_insert_with(|| {
            let lines = self.choices.iter().map(|c| format!("{} {}", c.name(), c.label));
            Search::new(lines.collect::<Vec<_>>().iter().map(String::as_str))
        });
        let (all, mut best) = search.find(typed);
        // Whoever types a number means it, however little else promises.
        let named = |i: &u32| words.iter().any(|w| self.choices[*i as usize].is_named(w));
        best.extend(all.iter().copied().filter(named));
        best.sort_unstable();
        best.dedup();
        let score = |i: u32| -> i64 {
            let each = words.iter().filter_map(|w| self.score(&self.choices[i as usize], w));
            each.sum()
        };
        let mut scored: Vec<(i64, u32)> = best.iter().map(|&i| (-score(i), i)).collect();
        scored.sort_unstable();
        let mut taken = best.into_iter().peekable();
        let rest = all.into_iter().filter(|i| taken.next_if_eq(i).is_none());
        let places = scored.into_iter().map(|(_, i)| i).chain(rest);
        self.found = places.map(|i| i as usize).collect();
    }

    /// How well a word fits: an exact or leading id before a leading label before the start of a word before anything.
    fn score(&self, choice: &Choice, word: &str) -> Option<i64> {
        if choice.is_named(word) {
            return Some(100_000);
        }
        let small = word.to_lowercase();
        let label = choice.label.to_lowercase();
        if label.starts_with(&small) {
            return Some(50_000);
        }
        if label
            .split(|c: char| !c.is_alphanumeric())
            .any(|w| w.starts_with(&small))
        {
            return Some(20_000);
        }
        if choice.head.to_lowercase().contains(&small) {
            return Some(10_000);
        }
        // What the matcher keeps of one text would change the score of the next: a short one empties it.
        self.matcher.fuzzy_match("a", "a");
        self.matcher.fuzzy_match(&choice.label, word)
    }

    /// How many lines it would like to have, its heading and frame included.
    pub fn height(&self) -> u16 {
        self.height_within(0)
    }

    /// The same in a window of so many lines, of which it may have a third.
    pub fn height_within(&self, window: u16) -> u16 {
        let lines = u16::try_from(self.choices.len() + self.create.len()).unwrap_or(u16::MAX);
        lines.clamp(1, LINES.max(window / 3)) + 3
    }

    /// Draws the list into an area and returns where the cursor is.
    pub fn view(&self, area: Rect, buffer: &mut Buffer, look: &dyn Look) -> Option<(u16, u16)> {
        let inside = frame(area, buffer, look, &self.heading);
        if inside.height < 2 {
            return None;
        }
        let prompt = put(buffer, row(inside, 0), "/ ", look.style("muted"), "");
        let count = if self.several {
            format!(
                "{} marked, {} of {}",
                self.marked.len(),
                self.found.len(),
                self.choices.len()
            )
        } else {
            format!("{} of {}", self.found.len(), self.choices.len())
        };
        let room = inside.right().saturating_sub(count.len() as u16);
        let mut input = Rect::new(prompt, inside.y, inside.right().saturating_sub(prompt), 1);
        if room > prompt + 12 {
            put(
                buffer,
                Rect::new(room, inside.y, count.len() as u16, 1),
                &count,
                look.style("muted"),
                "",
            );
            input.width = room - prompt - 1;
        }
        let cursor = self.input.view(input, buffer, look);
        self.rows(
            Rect::new(inside.x, inside.y + 1, inside.width, inside.height - 1),
            buffer,
            look,
        );
        Some(cursor)
    }

    fn rows(&self, area: Rect, buffer: &mut Buffer, look: &dyn Look) {
        let height = usize::from(area.height);
        let lines = self.found.len() + self.create.len();
        let top = self
            .top
            .get()
            .min(self.cursor)
            .max((self.cursor + 1).saturating_sub(height));
        let top = top.min(lines.saturating_sub(height));
        self.top.set(top);
        if lines == 0 {
            put(buffer, row(area, 0), "  nothing matches", look.style("muted"), "");
        }
        let visible = || self.found.iter().skip(top).take(height).map(|&i| &self.choices[i]);
        let heads = visible().map(|c| wide(&c.head)).max().unwrap_or(0).min(12);
        let labels = visible().map(|c| wide(&c.label)).max().unwrap_or(0);
        for y in 0..height.min(lines.saturating_sub(top)) {
            let line = row(area, y as u16);
            let here = top + y == self.cursor;
            if here {
                put(buffer, line, look.glyph("▌", ">"), look.style("cursor"), "");
            }
            let text = from_column(line, 2);
            match self.found.get(top + y).map(|&i| &self.choices[i]) {
                Some(choice) => self.line(choice, text, (heads, labels), here, buffer, look),
                None => {
                    let new = (top + y).saturating_sub(self.found.len());
                    let words = self.create.get(new).map_or("", String::as_str);
                    let typed = self.input.text().trim();
                    let words = if typed.is_empty() {
                        format!("+ {words}")
                    } else {
                        format!("+ {words} '{typed}'")
                    };
                    let role = if here { "selected" } else { "action" };
                    put(buffer, text, &words, look.style(role), look.glyph("…", "~"));
                }
            }
        }
    }

    fn line(
        &self,
        choice: &Choice,
        mut area: Rect,
        (heads, labels): (u16, u16),
        here: bool,
        buffer: &mut Buffer,
        look: &dyn Look,
    ) {
        let more = look.glyph("…", "~");
        if self.several {
            let mark = if self.marked.contains(&choice.id) { "[x]" } else { "[ ]" };
            put(buffer, area, mark, look.style("text"), "");
            area = from_column(area, 4);
        }
        if heads > 0 {
            let head = Rect {
                width: heads.min(area.width),
                ..area
            };
            put(buffer, head, &choice.head, look.style("id"), more);
            area = from_column(area, heads + 1);
        }
        let role = if !choice.role.is_empty() {
            &choice.role
        } else if here {
            "selected"
        } else {
            "text"
        };
        let x = put(buffer, area, &choice.label, look.style(role), more);
        let note = labels.saturating_add(2);
        if !choice.note.is_empty() && x < area.right() && note + 6 < area.width {
            put(buffer, from_column(area, note), &choice.note, look.style("muted"), more);
        }
    }
}

/// Whether `word` (its digits given) names the id `head` in a shorter way: `r7`, `R-7` and `7` for `r-0007`.
fn same_number(head: &str, word: &str, digits: &str) -> bool {
    let Some((prefix, number)) = head.split_once('-') else {
        return false;
    };
    let letters = word[..word.len() - digits.len()].trim_end_matches('-');
    (letters.is_empty() || letters == prefix) && number.parse::<u64>().ok().is_some_and(|n| digits.parse() == Ok(n))
}

/// Cells that a text takes, at most the largest `u16`.
pub(crate) fn wide(text: &str) -> u16 {
    let width = super::text::width(&super::text::clean(text));
    u16::try_from(width).unwrap_or(u16::MAX)
}

/// Clears an area, draws a frame with a heading round it, and returns what is inside.
pub(crate) fn frame(area: Rect, buffer: &mut Buffer, look: &dyn Look, heading: &str) -> Rect {
    let area = area.intersection(buffer.area);
    if area.width < 4 || area.height < 3 {
        return Rect::new(area.x, area.y, 0, 0);
    }
    let style = look.style("border");
    for y in area.top()..area.bottom() {
        for x in area.left()..area.right() {
            let edge = |first: u16, last: u16, at: u16| (at == first, at + 1 == last);
            let symbol = match (edge(area.y, area.bottom(), y), edge(area.x, area.right(), x)) {
                ((true, _), (true, _)) => look.glyph("┌", "+"),
                ((true, _), (_, true)) => look.glyph("┐", "+"),
                ((_, true), (true, _)) => look.glyph("└", "+"),
                ((_, true), (_, true)) => look.glyph("┘", "+"),
                ((true, _), _) | ((_, true), _) => look.glyph("─", "-"),
                (_, (true, _) | (_, true)) => look.glyph("│", "|"),
                _ => " ",
            };
            buffer[(x, y)].reset();
            // What is inside is written later, in styles that may leave the colour alone.
            if symbol != " " {
                buffer[(x, y)].set_symbol(symbol).set_style(style);
            }
        }
    }
    if !heading.is_empty() {
        let heading = format!(" {heading} ");
        let room = Rect::new(area.x + 2, area.y, area.width - 4, 1);
        for x in room.left()..room.right().min(room.x + wide(&heading)) {
            buffer[(x, room.y)].reset();
        }
        put(buffer, room, &heading, look.style("heading"), look.glyph("…", "~"));
    }
    Rect::new(area.x + 1, area.y + 1, area.width - 2, area.height - 2)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::look::plain::{Plain, text};

    fn assets() -> Vec<Choice> {
        [
            ("A-0003", "Web shop"),
            ("A-0007", "Warehouse scanner"),
            ("A-0012", "Card database"),
            ("A-0013", "漢字 server"),
        ]
        .map(|(id, label)| Choice {
            head: id.into(),
            note: "asset".into(),
            ..Choice::new(id, label)
        })
        .to_vec()
    }

    fn press(picker: &mut Picker, keys: &str) -> Picked {
        let mut last = Picked::Open;
        for key in Key::sequence(keys).unwrap() {
            last = picker.update(key);
        }
        last
    }

    fn taken(ids: &[&str]) -> Picked {
        Picked::Taken(ids.iter().map(|s| (*s).to_string()).collect())
    }

    #[test]
    fn one_is_found_by_id_by_word_and_by_letters() {
        for (keys, id) in [
            ("Enter", "A-0003"),
            ("Down Enter", "A-0007"),
            ("7 Enter", "A-0007"),
            ("a 1 2 Enter", "A-0012"),
            ("A - 3 Enter", "A-0003"),
            ("s h o Enter", "A-0003"),
            ("c d b Enter", "A-0012"),
            ("d a t space c a r d Enter", "A-0012"),
            ("Down Down Down Down Down Enter", "A-0013"),
        ] {
            let mut picker = Picker::new("Asset", assets());
            assert_eq!(press(&mut picker, keys), taken(&[id]), "{keys}");
        }
        assert_eq!(press(&mut Picker::new("Asset", assets()), "z z z Enter"), Picked::Open);
        assert_eq!(press(&mut Picker::new("Asset", assets()), "Esc"), Picked::Back);
    }

    #[test]
    fn several_are_marked() {
        let several = || Picker::new("Assets", assets()).several(["A-0012".to_string()]);
        for (keys, ids) in [
            // Nothing done: nothing changed.
            ("Enter", vec!["A-0012"]),
            ("space Enter", vec![]),
            ("Down space space Enter", vec!["A-0012", "A-0003", "A-0007"]),
            ("w e b Enter", vec!["A-0012", "A-0003"]),
            ("w e b Tab Enter", vec!["A-0012", "A-0003"]),
            ("w a Tab C-u s h Tab Enter", vec!["A-0012", "A-0003", "A-0007"]),
        ] {
            assert_eq!(press(&mut several(), keys), taken(&ids), "{keys}");
        }
    }

    #[test]
    fn a_number_is_found_among_very_many() {
        let choice = |n: usize| Choice {
            head: format!("R-{n:04}"),
            ..Choice::new(&format!("R-{n:04}"), &format!("77 of {n}"))
        };
        let mut picker = Picker::new("Risk", (1..=5_000).map(choice).collect());
        assert_eq!(press(&mut picker, "7 7 Enter"), taken(&["R-0077"]));
        assert_eq!(picker.found.len(), 5_000);
        assert_eq!(press(&mut picker, "7 Enter"), taken(&["R-0777"]));
        assert_eq!(
            press(&mut picker, "Backspace Backspace Backspace r 4 9 9 9 Enter"),
            taken(&["R-4999"])
        );
    }

    #[test]
    fn something_new_comes_last() {
        let new = || {
            let picker = Picker::new("Assets", assets()).creating("create new asset");
            picker.creating("create new group")
        };
        assert_eq!(press(&mut new(), "z z Enter"), Picked::Create(0, "zz".into()));
        assert_eq!(
            press(&mut new(), "w e b Down Down Enter"),
            Picked::Create(1, "web".into())
        );
        assert_eq!(press(&mut new(), "w e b Enter"), taken(&["A-0003"]));
    }

    #[test]
    fn it_is_drawn() {
        let mut picker = Picker::new("Assets", assets())
            .several(["A-0012".to_string()])
            .creating("create new asset");
        let mut buffer = Buffer::empty(Rect::new(0, 0, 48, 9));
        let area = buffer.area;
        let cursor = picker.view(area, &mut buffer, &Plain { ascii: false });
        insta::assert_snapshot!("picker", text(&buffer, cursor));
        press(&mut picker, "w e");
        let cursor = picker.view(area, &mut buffer, &Plain { ascii: true });
        insta::assert_snapshot!("picker_typed_ascii", text(&buffer, cursor));
    }

    #[test]
    fn a_long_list_draws_only_what_shows() {
        let many = (1..=10_000)
            .map(|n| Choice::new(&format!("R-{n:04}"), &format!("Risk {n}")))
            .collect();
        let mut picker = Picker::new("Risk", many);
        let mut buffer = Buffer::empty(Rect::new(0, 0, 20, 7));
        for _ in 0..30 {
            press(&mut picker, "PgDn");
        }
        let area = buffer.area;
        picker.view(area, &mut buffer, &Plain { ascii: true });
        insta::assert_snapshot!("picker_long", text(&buffer, None));
    }
}
