//! Fuzzy words over ids and titles: what a line is, whether a word is in it and how well it fits.

use super::corpus::Corpus;
use crate::model::record::Record;
use fuzzy_matcher::FuzzyMatcher;
use fuzzy_matcher::skim::SkimMatcherV2;

/// Lower case, character by character, so that places stay the same.
pub(super) fn fold(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    fold_into(&mut out, text);
    out
}

pub(super) fn lower(c: char) -> char {
    if c.is_ascii() {
        c.to_ascii_lowercase()
    } else {
        c.to_lowercase().next().unwrap_or(c)
    }
}

/// Adds a text in lower case.
fn fold_into(out: &mut String, text: &str) {
    if text.is_ascii() {
        let start = out.len();
        out.push_str(text);
        out[start..].make_ascii_lowercase();
    } else {
        out.extend(text.chars().map(lower));
    }
}

/// Adds what words look at: id and title, folded.
pub(super) fn line_into(out: &mut String, rec: &Record) {
    fold_into(out, rec.id.as_str());
    out.push(' ');
    fold_into(out, rec.title());
}

/// What words look at.
pub(super) fn line(rec: &Record) -> String {
    let mut out = String::with_capacity(64);
    line_into(&mut out, rec);
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
    end_within(line, word).is_some()
}

/// Behind which byte of a line the letters of a word, each taken where it comes first, end; both folded.
fn end_within(line: &str, word: &str) -> Option<usize> {
    let mut end = 0;
    if word.is_ascii() {
        let line = line.as_bytes();
        for letter in word.bytes() {
            end += memchr::memchr(letter, &line[end..])? + 1;
        }
    } else {
        for letter in word.chars() {
            end += line[end..].find(letter)? + letter.len_utf8();
        }
    }
    Some(end)
}

/// Whether a text is one letter or digit that has a bit of its own in a bag.
fn is_letter(text: &str) -> bool {
    matches!(text.as_bytes(), [b] if b.is_ascii_alphanumeric())
}

/// The letters of a text as bits: 26 letters, 10 digits, the rest folded together. Never loses a match.
pub(super) fn bag(text: &str) -> u64 {
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

/// Scores lines.
pub(super) struct Scorer(SkimMatcherV2);

impl Scorer {
    pub fn new() -> Self {
        Self(matcher())
    }

    /// How well words fit a folded line: the sum of their scores.
    pub fn score(&self, line: &str, words: &Words) -> i64 {
        let each = words.folded.iter().filter_map(|w| {
            // what the matcher keeps of one line would change the score of the next: a short one empties it
            self.0.fuzzy_match("a", "a");
            self.0.fuzzy_match(line, w)
        });
        each.sum()
    }
}

/// Fuzzy words that must all be within a line.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Words {
    folded: Vec<String>,
    bag: u64,
    /// Whether the letters alone decide: one letter is there, or it is not.
    letter: bool,
}

impl Words {
    /// Takes words as they are written.
    pub fn new<'t>(words: impl IntoIterator<Item = &'t str>) -> Self {
        let folded: Vec<String> = words.into_iter().map(fold).filter(|w| !w.is_empty()).collect();
        Self {
            bag: folded.iter().fold(0, |m, w| m | bag(w)),
            letter: matches!(folded.as_slice(), [w] if is_letter(w)),
            folded,
        }
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.folded.is_empty()
    }

    /// Whether all are within the line at a place.
    pub(super) fn are_in(&self, corpus: &Corpus, place: usize) -> bool {
        corpus.bag(place) & self.bag == self.bag && (self.letter || self.end(corpus.line(place)).is_some())
    }

    /// Behind which byte of a folded line the last of them ends, each letter taken where it comes first; nothing if they
    /// are not all within it.
    pub(super) fn end(&self, line: &str) -> Option<usize> {
        let mut ends = self.folded.iter().map(|w| end_within(line, w));
        ends.try_fold(0, |_, end| end)
    }

    /// As a bag the one letter that the last of them has gained at its end since `before`; nothing if anything else is
    /// different.
    pub(super) fn letter_behind(&self, before: &Self) -> Option<u64> {
        let (last, rest) = self.folded.split_last()?;
        let (was, others) = before.folded.split_last()?;
        let more = last.strip_prefix(was.as_str()).filter(|_| rest == others)?;
        is_letter(more).then(|| bag(more))
    }

    /// How they stand in a folded line: as the one that stands worst.
    pub(super) fn class(&self, line: &str) -> usize {
        self.folded.iter().map(|w| class(line, w)).max().unwrap_or(0)
    }

    /// Whether whatever fits these fits those words too, whose lines are then all that need be looked at.
    pub(super) fn narrow(&self, wider: &Self) -> bool {
        let within = |w: &String| self.folded.iter().any(|own| is_within(own, w));
        wider.folded.iter().all(within)
    }
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

/// The class of what stands scattered.
pub(super) const SCATTERED: usize = 2;

/// How a word stands in a line, both folded. 0: at the start of a word; 1: in one piece; 2: scattered. What stands
/// scattered still does when the word has grown at its end.
pub(super) fn class(line: &str, word: &str) -> usize {
    let (line, word) = (line.as_bytes(), word.as_bytes());
    let Some(&first) = word.first() else { return 0 };
    match memchr::memchr_iter(first, line).find(|&i| line[i..].starts_with(word)) {
        None => SCATTERED,
        Some(0) => 0,
        Some(i) if !line[i - 1].is_ascii_alphanumeric() => 0,
        Some(_) => 1,
    }
}
