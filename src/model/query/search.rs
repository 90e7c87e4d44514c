//! Lines of any sort that are searched as somebody types, by the means of the lists.

use super::corpus::Corpus;
use super::fuzzy::Words;
use super::narrow::Narrow;

/// Lines, and which of them hold what is typed.
#[derive(Debug, Clone, Default)]
pub struct Search {
    corpus: Corpus,
    narrow: Narrow,
    all: Vec<u32>,
}

impl Search {
    /// Packs lines, in the order in which equals shall stand.
    pub fn new<'t>(lines: impl Iterator<Item = &'t str>) -> Self {
        let corpus = Corpus::new(lines);
        let count = u32::try_from(corpus.len()).unwrap_or(u32::MAX);
        Self {
            corpus,
            narrow: Narrow::default(),
            all: (0..count).collect(),
        }
    }

    /// The lines that hold all words of a text, in their order, and the most promising of them, which are worth being
    /// scored: those in which the words stand at the start of words, then in one piece, then others.
    pub fn find(&mut self, text: &str) -> (Vec<u32>, Vec<u32>) {
        let words = Words::new(text.split_whitespace());
        if words.is_empty() {
            return (self.all.clone(), Vec::new());
        }
        self.narrow.ask(words);
        while !self.narrow.is_done() {
            self.narrow.work(&self.corpus, &self.all, true);
        }
        (self.narrow.found(&self.corpus, false), self.narrow.best())
    }
}
