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
        for &row in &chunk[..packed] {
            if step.words.are_in(corpus, row as usize) {
                step.rows.push(row);
                step.best.see(corpus, &step.words, row);
            }
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
