//! Rows that fuzzy words leave over, key by key: what the last key left is all that the next one looks at, and taking a
//! letter back finds what was there before it.

use super::ahead::Next;
use super::corpus::{Best, Corpus};
use super::fuzzy::Words;

/// So many rows are tested before it is asked whether there is time for more.
const CHUNK: usize = 4096;

/// What words left.
#[derive(Debug, Clone)]
struct Step {
    words: Words,
    rows: Vec<u32>,
    best: Best,
}

/// A search that goes on.
#[derive(Debug, Clone)]
struct Job {
    step: Step,
    /// How many rows of the last step, or of all, were looked at.
    at: usize,
}

/// The words of a search and what each key left.
#[derive(Debug, Clone, Default)]
pub(super) struct Narrow {
    words: Words,
    steps: Vec<Step>,
    job: Option<Job>,
    /// What is ready of the rows of the last step, as far as there was time.
    ahead: Vec<Next>,
}

impl Narrow {
    /// Asks for other words. What a search that has not ended had found is dropped.
    pub fn ask(&mut self, words: Words) {
        while self.steps.last().is_some_and(|s| !words.narrow(&s.words)) {
            self.steps.pop();
            self.ahead.clear();
        }
        if words.is_empty() {
            self.ahead = Vec::new();
        }
        let known = words.is_empty() || self.steps.last().is_some_and(|s| s.words == words);
        self.job = (!known).then(|| Job {
            step: Step {
                words: words.clone(),
                rows: Vec::new(),
                best: Best::default(),
            },
            at: 0,
        });
        self.words = words;
    }

    /// Forgets what was found, since the rows are others now, and begins again.
    pub fn forget(&mut self) {
        self.steps.clear();
        self.ahead.clear();
        let words = std::mem::take(&mut self.words);
        self.ask(words);
    }

    /// The words that are asked for.
    pub fn words(&self) -> &Words {
        &self.words
    }

    /// Goes on among `base`, of which more rows come later unless it is `whole`; rows that are not packed yet wait.
    /// Says how many rows it looked at, and whether it has to wait for more of them or has ended.
    pub fn work(&mut self, corpus: &Corpus, base: &[u32], whole: bool) -> (usize, bool) {
        let Some(mut job) = self.job.take() else {
            return (0, true);
        };
        let (rows, whole) = match self.steps.last() {
            Some(step) => (step.rows.as_slice(), true),
            None => (base, whole),
        };
        let chunk = &rows[job.at..rows.len().min(job.at + CHUNK)];
        let packed = chunk.partition_point(|&i| (i as usize) < corpus.len());
        let step = &mut job.step;
        // What is ready tells of one more letter without a look at the line.
        let letter = self.steps.last().and_then(|s| step.words.letter_behind(&s.words));
        for (&row, at) in chunk[..packed].iter().zip(job.at..) {
            let ready = letter.and_then(|letter| Some((letter, self.ahead.get(at)?)));
            let fits = match ready {
                Some((letter, next)) => next.letters & letter != 0,
                None => step.words.are_in(corpus, row as usize),
            };
            if !fits {
                continue;
            }
            step.rows.push(row);
            match ready {
                Some((_, next)) if next.scattered => step.best.see_scattered(row),
                _ => step.best.see(corpus, &step.words, row),
            }
        }
        job.at += packed;
        let ended = job.at == rows.len();
        if ended && whole {
            self.steps.push(job.step);
            self.ahead.clear();
        } else {
            self.job = Some(job);
        }
        (packed, ended || packed < CHUNK)
    }

    /// Whether everything was found.
    pub fn is_done(&self) -> bool {
        self.job.is_none()
    }

    /// Gets some more rows ready for the letter that may come, and says how many.
    pub fn prepare(&mut self, corpus: &Corpus) -> usize {
        let Some(Step { words, rows, .. }) = self.steps.last() else {
            return 0;
        };
        let more = rows[self.ahead.len()..].iter().take(CHUNK);
        let count = more.len();
        self.ahead.extend(more.map(|&row| Next::of(corpus, words, row)));
        count
    }

    /// Whether there is nothing to get ready.
    pub fn is_prepared(&self) -> bool {
        self.job.is_some() || self.steps.last().is_none_or(|s| s.rows.len() == self.ahead.len())
    }

    /// The most promising of what was found, which are worth being scored.
    pub fn best(&self) -> Vec<u32> {
        self.steps
            .last()
            .map_or_else(Vec::new, |s| s.best.promising().collect())
    }

    /// What was found so far: the best fit first if `ranked`, else in the order of rows. Nothing without words.
    pub fn found(&self, corpus: &Corpus, ranked: bool) -> Vec<u32> {
        let step = match &self.job {
            Some(job) => Some(&job.step),
            None => self.steps.last(),
        };
        match step {
            Some(s) if ranked => s.best.rank(corpus, &s.words, &s.rows),
            Some(s) => s.rows.clone(),
            None => Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// Typed letter by letter, taken back or gone on with, prepared for in between or not: what is left is what a
        /// look at every line finds.
        #[test]
        fn keys_leave_what_a_fresh_search_finds(
            lines in prop::collection::vec("[a-c é]{0,8}", 0..40),
            keys in prop::collection::vec(("[a-cé <]", any::<bool>()), 0..12),
        ) {
            let corpus = Corpus::new(lines.iter().map(String::as_str));
            let base: Vec<u32> = (0..u32::try_from(lines.len()).unwrap()).collect();
            let (mut typed, mut narrow) = (String::new(), Narrow::default());
            for (key, prepares) in keys {
                match key.as_str() {
                    "<" => drop(typed.pop()),
                    key => typed.push_str(key),
                }
                let words = Words::new(typed.split_whitespace());
                narrow.ask(words.clone());
                while !narrow.is_done() {
                    narrow.work(&corpus, &base, true);
                }
                let fresh: Vec<u32> = base.iter().copied().filter(|&i| words.are_in(&corpus, i as usize)).collect();
                prop_assert_eq!(narrow.found(&corpus, false), if words.is_empty() { Vec::new() } else { fresh }, "{}", typed);
                if !words.is_empty() {
                    prop_assert_eq!(narrow.found(&corpus, true), corpus.find(&words), "{}", typed);
                }
                while prepares && !narrow.is_prepared() {
                    prop_assert!(narrow.prepare(&corpus) > 0);
                }
            }
        }
    }
}
