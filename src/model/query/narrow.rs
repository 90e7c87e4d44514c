//! Rows that fuzzy words leave over, key by key: what the last key left is all that the next one looks at, and taking a
//! letter back finds what was there before it.

use super::corpus::{Best, Corpus};
use super::fuzzy::Words;

/// So many rows are tested before it is asked whether there is time for more.
const CHUNK: usize = 4096;

/// What words left.
#[derive(Debug, Clone)]
struct Step {
    words: Words,
    rows: Vec<u32>,
    /// How many bytes of its line the last word reaches to, by row, for as many rows as that is known of.
    ends: Vec<u32>,
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
}

impl Narrow {
    /// Asks for other words. What a search that has not ended had found is dropped.
    pub fn ask(&mut self, words: Words) {
        while self.steps.last().is_some_and(|s| !words.narrow(&s.words)) {
            self.steps.pop();
        }
        let known = words.is_empty() || self.steps.last().is_some_and(|s| s.words == words);
        self.job = (!known).then(|| Job {
            step: Step {
                words: words.clone(),
                rows: Vec::new(),
                ends: Vec::new(),
                best: Best::default(),
            },
            at: 0,
        });
        self.words = words;
    }

    /// Forgets what was found, since the rows are others now, and begins again.
    pub fn forget(&mut self) {
        self.steps.clear();
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
        // Where the last step ended in a line, only what was typed since need be looked for.
        let last = self.steps.last();
        let grown = last.and_then(|s| Some((step.words.grown_from(&s.words)?, s.ends.as_slice())));
        for (&row, at) in chunk[..packed].iter().zip(job.at..) {
            let place = row as usize;
            let known = grown.and_then(|(more, ends)| Some((more, *ends.get(at)?)));
            let end = match known {
                Some((more, end)) => step.words.go_on(corpus, place, more, end).map(Some),
                None if step.words.is_letter() => step.words.are_in(corpus, place).then_some(None),
                None => step.words.reach(corpus, place).map(Some),
            };
            let Some(end) = end else { continue };
            step.rows.push(row);
            step.ends.extend(end);
            step.best.see(corpus, &step.words, row);
        }
        job.at += packed;
        let ended = job.at == rows.len();
        if ended && whole {
            self.steps.push(job.step);
        } else {
            self.job = Some(job);
        }
        (packed, ended || packed < CHUNK)
    }

    /// Whether everything was found.
    pub fn is_done(&self) -> bool {
        self.job.is_none()
    }

    /// Finds out for some more rows, for the key that may come, how far a single letter reaches, of which it was enough to
    /// know that it is there. Says for how many.
    pub fn prepare(&mut self, corpus: &Corpus) -> usize {
        let Some(Step { words, rows, ends, .. }) = self.steps.last_mut() else {
            return 0;
        };
        let more = &rows[ends.len()..rows.len().min(ends.len() + CHUNK)];
        ends.extend(more.iter().map(|&row| words.reach(corpus, row as usize).unwrap_or(0)));
        more.len()
    }

    /// Whether there is nothing to prepare.
    pub fn is_prepared(&self) -> bool {
        let ready = |s: &Step| s.ends.len() == s.rows.len();
        self.job.is_some() || self.steps.last().is_none_or(ready)
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
                while prepares && !narrow.is_prepared() {
                    prop_assert!(narrow.prepare(&corpus) > 0);
                }
            }
        }
    }
}
