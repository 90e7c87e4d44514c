//! Fuzzy words over ids and titles. What a word costs is its scoring, so cheap tests come first: a set of letters, then
//! the order of letters in one packed text, then a score for the best of what is left.

use crate::model::record::Record;
use fuzzy_matcher::FuzzyMatcher;
use fuzzy_matcher::skim::SkimMatcherV2;
use std::cmp::Reverse;

/// How many candidates of a search are scored; the rest follow by class in the order of rows.
const BUDGET: usize = 2048;

/// Lower case, character by character, so that places stay the same.
pub(super) fn fold(text: &str) -> String {
    text.chars().map(lower).collect()
}

fn lower(c: char) -> char {
    if c.is_ascii() {
        c.to_ascii_lowercase()
    } else {
        c.to_lowercase().next().unwrap_or(c)
    }
}

/// What words look at: id and title, folded.
pub(super) fn line(rec: &Record) -> String {
    let (id, title) = (rec.id.as_str(), rec.title());
    let mut out = String::with_capacity(id.len() + title.len() + 1);
    out.extend(id.chars().map(lower));
    out.push(' ');
    out.extend(title.chars().map(lower));
    out
}

/// Whether a text holds a part, which is in lower case.
pub(super) fn contains(text: &str, part: &str) -> bool {
    if !text.is_ascii() || !part.is_ascii() {
        return text.to_lowercase().contains(part);
    }
    let (t, p) = (text.as_bytes(), part.as_bytes());
    let Some(&first) = p.first() else { return true };
    let Some(last) = t.len().checked_sub(p.len()) else {
        return false;
    };
    let upper = first.to_ascii_uppercase();
    let mut starts = t[..=last]
        .iter()
        .enumerate()
        .filter(|(_, b)| **b == first || **b == upper);
    starts.any(|(i, _)| t[i..i + p.len()].eq_ignore_ascii_case(p))
}

/// Whether a text begins with a part, which is in lower case.
pub(super) fn begins(text: &str, part: &str) -> bool {
    let mut chars = text.chars().flat_map(char::to_lowercase);
    part.chars().all(|c| chars.next() == Some(c))
}

/// Whether the letters of a word stand in a line in this order; both folded.
pub(super) fn is_within(line: &str, word: &str) -> bool {
    if word.is_ascii() {
        let mut rest = line.bytes();
        word.bytes().all(|b| rest.any(|l| l == b))
    } else {
        let mut rest = line.chars();
        word.chars().all(|c| rest.any(|l| l == c))
    }
}

/// The letters of a text as bits: 26 letters, 10 digits, the rest folded together. Never loses a match.
fn bag(text: &str) -> u64 {
    text.bytes().fold(0, |m, b| {
        m | match b {
            b'a'..=b'z' => 1 << (b - b'a'),
            b'0'..=b'9' => 1 << (26 + b - b'0'),
            _ => 1 << (36 + (b & 15)),
        }
    })
}

fn matcher() -> SkimMatcherV2 {
    SkimMatcherV2::default().respect_case()
}

/// The sum of the words' scores on a line; both folded.
pub(super) fn score(line: &str, words: &[&str]) -> i64 {
    let skim = matcher();
    words.iter().filter_map(|w| skim.fuzzy_match(line, w)).sum()
}

/// Where a word matched in a text, as places of characters: in one piece if it is there, at the start of a word if
/// there is a choice, else the letters of the best fuzzy match. Nothing if it does not match.
pub fn positions(text: &str, word: &str) -> Vec<usize> {
    let (t, w): (Vec<char>, Vec<char>) = (text.chars().map(lower).collect(), word.chars().map(lower).collect());
    if w.is_empty() || w.len() > t.len() {
        return Vec::new();
    }
    let mut places = (0..=t.len() - w.len()).filter(|i| t[*i..].starts_with(&w)).peekable();
    if let Some(&first) = places.peek() {
        let at = places
            .find(|i| *i == 0 || !t[*i - 1].is_alphanumeric())
            .unwrap_or(first);
        return (at..at + w.len()).collect();
    }
    let (t, w): (String, String) = (t.into_iter().collect(), w.into_iter().collect());
    matcher()
        .fuzzy_indices(&t, &w)
        .map(|(_, places)| places)
        .unwrap_or_default()
}

/// Lines to be searched, packed; rows are known by their place.
#[derive(Debug, Clone, Default)]
pub struct Corpus {
    text: String,
    ends: Vec<usize>,
    bags: Vec<u64>,
}

impl Corpus {
    /// Packs lines, in the order in which equals shall stand.
    pub fn new<'t>(lines: impl Iterator<Item = &'t str>) -> Self {
        let mut c = Self::default();
        for l in lines {
            c.push(&fold(l));
        }
        c
    }

    /// Packs the ids and titles of records.
    pub fn of<'r>(records: impl Iterator<Item = &'r Record>) -> Self {
        let mut c = Self::default();
        for r in records {
            c.push(&line(r));
        }
        c
    }

    fn push(&mut self, folded: &str) {
        self.text.push_str(folded);
        self.ends.push(self.text.len());
        self.bags.push(bag(folded));
    }

    /// How many lines there are.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there is no line.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    fn line(&self, row: usize) -> &str {
        let start = if row == 0 { 0 } else { self.ends[row - 1] };
        &self.text[start..self.ends[row]]
    }

    /// The rows among those given that match all words, in their order.
    pub fn narrow(&self, words: &[&str], among: impl Iterator<Item = usize>) -> Vec<usize> {
        let words: Vec<String> = words.iter().map(|w| fold(w)).collect();
        let wanted = words.iter().fold(0, |m, w| m | bag(w));
        among
            .filter(|&i| {
                self.bags[i] & wanted == wanted && {
                    let line = self.line(i);
                    words.iter().all(|w| is_within(line, w))
                }
            })
            .collect()
    }

    /// Puts matching rows in order: the best fit first, equals in their given order. Only the most promising are
    /// scored (a word at the start of a word, then in one piece, then the rest), so that a key never waits.
    pub fn rank(&self, words: &[&str], rows: Vec<usize>) -> Vec<usize> {
        if words.is_empty() || rows.len() < 2 {
            return rows;
        }
        let words: Vec<String> = words.iter().map(|w| fold(w)).collect();
        let mut classes: [Vec<usize>; 3] = Default::default();
        for i in rows {
            let line = self.line(i);
            let class = words.iter().map(|w| class(line, w)).max().unwrap_or(2);
            classes[class].push(i);
        }
        let mut order: Vec<usize> = classes.concat();
        let rest = order.split_off(order.len().min(BUDGET));
        let skim = matcher();
        let score = |i: usize| -> i64 { words.iter().filter_map(|w| skim.fuzzy_match(self.line(i), w)).sum() };
        let mut scored: Vec<(Reverse<i64>, usize, usize)> = order
            .iter()
            .enumerate()
            .map(|(place, &i)| (Reverse(score(i)), i, place))
            .collect();
        scored.sort_unstable();
        scored.into_iter().map(|(_, i, _)| i).chain(rest).collect()
    }
}

/// 0: at the start of a word; 1: in one piece; 2: scattered.
fn class(line: &str, word: &str) -> usize {
    match line.find(word) {
        None => 2,
        Some(0) => 0,
        Some(i) if !line.as_bytes()[i - 1].is_ascii_alphanumeric() => 0,
        Some(_) => 1,
    }
}
