//! Lines to be searched, packed: the letters of each as bits beside one text in lower case.

use super::fuzzy::{self, SCATTERED, Scorer, Words, bag, fold};
use crate::model::record::Record;
use std::cmp::Reverse;

/// How many candidates of a search are scored; the rest follow in the order of rows.
const BUDGET: usize = 512;

/// Lines in their order.
#[derive(Debug, Clone, Default)]
pub struct Corpus {
    text: String,
    /// Where each line stands in the text: start and length.
    spans: Vec<(usize, u32)>,
    bags: Vec<u64>,
    /// How many bytes of the text belong to no line any more.
    waste: usize,
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
            c.push_record(r);
        }
        c
    }

    /// Adds the line of a record.
    pub(super) fn push_record(&mut self, rec: &Record) {
        let start = self.text.len();
        fuzzy::line_into(&mut self.text, rec);
        let length = u32::try_from(self.text.len() - start).unwrap_or(u32::MAX);
        self.spans.push((start, length));
        self.bags.push(bag(&self.text[start..]));
    }

    /// Adds a line that is folded.
    pub(super) fn push(&mut self, folded: &str) {
        let packed = self.pack(folded);
        self.spans.push(packed.0);
        self.bags.push(packed.1);
    }

    fn pack(&mut self, folded: &str) -> ((usize, u32), u64) {
        let start = self.text.len();
        self.text.push_str(folded);
        // no title has so many bytes
        ((start, u32::try_from(folded.len()).unwrap_or(u32::MAX)), bag(folded))
    }

    /// How many lines there are.
    pub fn len(&self) -> usize {
        self.spans.len()
    }

    /// Whether there is no line.
    pub fn is_empty(&self) -> bool {
        self.spans.is_empty()
    }

    /// The line at a place, folded.
    pub(super) fn line(&self, place: usize) -> &str {
        let (start, length) = self.spans[place];
        &self.text[start..start + length as usize]
    }

    /// The letters of the line at a place.
    pub(super) fn bag(&self, place: usize) -> u64 {
        self.bags[place]
    }

    /// Puts another line at a place.
    pub(super) fn replace(&mut self, place: usize, folded: &str) {
        self.waste += self.spans[place].1 as usize;
        let packed = self.pack(folded);
        (self.spans[place], self.bags[place]) = packed;
        self.tidy();
    }

    /// Takes lines away and puts others in, as [`Splice`] says.
    pub(super) fn splice(&mut self, splice: &Splice, lines: impl Iterator<Item = String>) {
        self.waste += splice.gone.iter().map(|&i| self.spans[i].1 as usize).sum::<usize>();
        let (spans, bags) = lines.map(|l| self.pack(&l)).unzip::<_, _, Vec<_>, Vec<_>>();
        splice.apply(&mut self.spans, spans.into_iter());
        splice.apply(&mut self.bags, bags.into_iter());
        self.tidy();
    }

    /// Puts the lines in another order: at each place stands what stood at the place given for it.
    pub(super) fn arrange(&mut self, places: &[u32]) {
        self.spans = places.iter().map(|&i| self.spans[i as usize]).collect();
        self.bags = places.iter().map(|&i| self.bags[i as usize]).collect();
        self.compact();
    }

    fn tidy(&mut self) {
        if self.waste > 65_536 && self.waste > self.text.len() / 2 {
            self.compact();
        }
    }

    fn compact(&mut self) {
        let mut text = String::with_capacity(self.text.len() - self.waste);
        for (start, length) in &mut self.spans {
            let from = std::mem::replace(start, text.len());
            text.push_str(&self.text[from..from + *length as usize]);
        }
        (self.text, self.waste) = (text, 0);
    }

    /// The places of the lines that hold all words, the best fit first.
    pub fn find(&self, words: &Words) -> Vec<u32> {
        let count = u32::try_from(self.len()).unwrap_or(u32::MAX);
        let rows: Vec<u32> = (0..count).filter(|&i| words.are_in(self, i as usize)).collect();
        let mut best = Best::default();
        for &i in &rows {
            best.see(self, words, i);
        }
        best.rank(self, words, &rows)
    }
}

/// The most promising rows of a search: those in which the words stand at the start of words, then in one piece, then
/// the rest, in the order of rows and no more than are scored.
#[derive(Debug, Clone, Default)]
pub(super) struct Best {
    classes: [Vec<u32>; 3],
}

impl Best {
    /// Takes in the next row that fits.
    pub fn see(&mut self, corpus: &Corpus, words: &Words, row: u32) {
        if self.classes[0].len() >= BUDGET {
            return;
        }
        self.put(words.class(corpus.line(row as usize)), row);
    }

    /// The same for a row in which the words stand scattered.
    pub fn see_scattered(&mut self, row: u32) {
        if self.classes[0].len() < BUDGET {
            self.put(SCATTERED, row);
        }
    }

    fn put(&mut self, class: usize, row: u32) {
        let class = &mut self.classes[class];
        if class.len() < BUDGET {
            class.push(row);
        }
    }

    /// Those that are scored, by class.
    pub fn promising(&self) -> impl Iterator<Item = u32> {
        self.classes.iter().flatten().copied().take(BUDGET)
    }

    /// All rows that fit, given in their order: the best fit first, equals in the order of rows. What promises least
    /// is not scored, so that a key never waits, and follows in the order of rows.
    pub fn rank(&self, corpus: &Corpus, words: &Words, rows: &[u32]) -> Vec<u32> {
        let scorer = Scorer::new();
        let mut scored: Vec<(Reverse<i64>, u32)> = self
            .promising()
            .map(|i| (Reverse(scorer.score(corpus.line(i as usize), words)), i))
            .collect();
        let mut taken: Vec<u32> = scored.iter().map(|(_, i)| *i).collect();
        taken.sort_unstable();
        scored.sort_unstable();
        let mut out: Vec<u32> = Vec::with_capacity(rows.len());
        out.extend(scored.into_iter().map(|(_, i)| i));
        let mut taken = taken.into_iter().peekable();
        out.extend(rows.iter().copied().filter(|i| taken.next_if_eq(i).is_none()));
        out
    }
}

/// What is taken out of a column of rows and what is put in, both at places of before, ascending.
#[derive(Debug, Clone, Default)]
pub(super) struct Splice {
    /// The places that are taken out.
    pub gone: Vec<usize>,
    /// The places before which something is put in; the number of rows is the end.
    pub come: Vec<usize>,
}

impl Splice {
    /// Does it to one column.
    pub fn apply<T>(&self, column: &mut Vec<T>, new: impl Iterator<Item = T>) {
        let old = std::mem::take(column);
        column.reserve_exact((old.len() + self.come.len()).saturating_sub(self.gone.len()));
        let mut gone = self.gone.iter().copied().peekable();
        let mut come = self.come.iter().copied().zip(new).peekable();
        let end = old.len();
        for (i, item) in old.into_iter().enumerate() {
            while let Some((_, new)) = come.next_if(|(at, _)| *at <= i) {
                column.push(new);
            }
            if gone.next_if_eq(&i).is_none() {
                column.push(item);
            }
        }
        column.extend(come.filter(|(at, _)| *at <= end).map(|(_, new)| new));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn lines_are_taken_out_and_put_in() {
        let mut c = Corpus::new(["Abc", "d", "e"].into_iter());
        let splice = Splice {
            gone: vec![0, 2],
            come: vec![1, 3, 3],
        };
        c.splice(&splice, ["x".into(), "y".into(), "z".into()].into_iter());
        let lines = |c: &Corpus| (0..c.len()).map(|i| c.line(i).to_owned()).collect::<Vec<_>>();
        assert_eq!(lines(&c), ["x", "d", "y", "z"]);
        c.replace(1, "delta");
        c.arrange(&[3, 2, 1, 0]);
        assert_eq!(lines(&c), ["z", "y", "delta", "x"]);
        assert_eq!((c.waste, c.text.len()), (0, 8));
        assert_eq!(c.find(&Words::new(["lt"])), [2]);
    }

    proptest! {
        /// What is found is what a plain look at every line finds, and the first of it has the best score of all.
        #[test]
        fn nothing_is_lost(lines in prop::collection::vec("[a-c é]{0,8}", 0..40), word in "[a-cé]{1,3}") {
            let c = Corpus::new(lines.iter().map(String::as_str));
            let words = Words::new([word.as_str()]);
            let found = c.find(&words);
            let mut sorted = found.clone();
            sorted.sort_unstable();
            let plain = (0..c.len()).map(|i| (i, c.line(i))).filter(|(_, l)| {
                let mut rest = l.chars();
                word.chars().all(|c| rest.any(|l| l == c))
            });
            let plain: Vec<u32> = plain.map(|(i, _)| u32::try_from(i).unwrap()).collect();
            prop_assert_eq!(&sorted, &plain);
            let scorer = Scorer::new();
            let score = |i: u32| (Reverse(scorer.score(c.line(i as usize), &words)), i);
            let mut best = plain;
            best.sort_by_key(|&i| score(i));
            prop_assert_eq!(found, best);
        }
    }
}
