//! What is got ready between two keys for the next one. The lines that words leave over lie far apart in memory, and each
//! look at one waits for it; what the next letter will ask of them is therefore worked out while nobody types.

use super::corpus::Corpus;
use super::fuzzy::{SCATTERED, Words, bag};

/// What there is to know of a row before the next letter comes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Next {
    /// The letters of its line behind the words, each taken where it comes first.
    pub letters: u64,
    /// Whether the words stand scattered, as longer ones then do too.
    pub scattered: bool,
}

impl Next {
    /// Of a row in which all words are.
    pub fn of(corpus: &Corpus, words: &Words, row: u32) -> Self {
        let line = corpus.line(row as usize);
        let rest = words.end(line).and_then(|end| line.get(end..));
        Self {
            letters: rest.map_or(0, bag),
            scattered: words.class(line) == SCATTERED,
        }
    }
}
