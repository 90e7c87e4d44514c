//! The records among all registers that fit what is typed in the palette, found in slices: the small registers first.

use super::Model;
use super::list::SLICE;
use super::palette::{Item, Palette};
use crate::model::kind::KindIx;
use crate::model::query::{Filter, Query};
use crate::model::record::Id;
use fuzzy_matcher::FuzzyMatcher;
use fuzzy_matcher::skim::SkimMatcherV2;
use std::cmp::Reverse;

/// How many records it shows at most.
const RECORDS: usize = 50;
/// How many of a register are compared with those of others.
const OF_ONE: usize = 200;
/// So many slices are done before the next key has its turn: where there is little, what is typed finds at once.
const AT_ONCE: usize = 2;

/// A search through all registers.
#[derive(Debug, Default)]
pub(crate) struct Dig {
    /// The commit at which the rows stood as they do, and the day.
    stamp: Option<(u64, i32)>,
    /// A filter for each kind.
    filters: Vec<Filter>,
    /// The kinds that were not searched to the end yet, the largest first.
    rest: Vec<KindIx>,
    /// The register and filter that what is typed means, with its query or what is wrong with it.
    asked: Option<(KindIx, String, Result<Query, String>)>,
    promise: Filter,
    promised: bool,
    /// How many slices were done since the last key.
    slices: usize,
    /// The best so far.
    pub best: Vec<(i64, Id)>,
}

impl Dig {
    /// Whether something may still be found.
    pub fn is_pending(&self) -> bool {
        !self.rest.is_empty() || !self.promised
    }
}

impl Model {
    /// Asks for the records that fit what is typed, and finds them if that is soon done.
    pub(crate) fn ask_records(&mut self, p: &mut Palette) {
        let w = self.world();
        let stamp = Some((w.state.seq, w.today));
        let typed = p.input.text().trim().to_owned();
        let kinds = self.catalogue.kinds.len();
        let mut rest: Vec<KindIx> = (0..kinds).filter(|&ix| w.state.all(ix).len() > 0).collect();
        rest.sort_by_key(|&ix| Reverse(w.state.all(ix).len()));
        let asked = p.found_filter().map(|(ix, text)| {
            let query = Query::parse(&text, w.catalogue, Some(w.kind_at(ix)));
            (
                ix,
                text,
                query.map_err(|e| format!("at character {}: {}", e.at + 1, e.message)),
            )
        });
        let d = &mut p.dig;
        if d.stamp != stamp || d.filters.len() != kinds {
            d.filters = vec![Filter::default(); kinds];
            d.promise = Filter::default();
            d.stamp = stamp;
        }
        let query = Query::of_words(&typed);
        for f in &mut d.filters {
            f.ask(&query, None, true);
        }
        d.rest = if typed.is_empty() { Vec::new() } else { rest };
        if typed.is_empty() {
            d.best.clear();
        }
        // what it found in one register says nothing of the rows of another
        let register = |asked: &Option<(KindIx, _, _)>| asked.as_ref().map(|(ix, ..)| *ix);
        if register(&d.asked) != register(&asked) {
            d.promise = Filter::default();
        }
        d.promised = !matches!(&asked, Some((.., Ok(_))));
        if let Some((_, _, Ok(query))) = &asked {
            d.promise.ask(query, None, false);
        }
        d.asked = asked;
        d.slices = 0;
        for _ in 0..AT_ONCE {
            self.dig(p);
        }
    }

    /// A slice of the search. What was found shows when that is all, and before only now and then.
    pub(crate) fn dig(&mut self, p: &mut Palette) {
        if !p.dig.is_pending() {
            return;
        }
        let page = self.page();
        let mut lists = std::mem::take(&mut self.lists);
        let w = self.world();
        let d = &mut p.dig;
        let mut spent = 0;
        while spent < SLICE {
            let promise = d.asked.as_ref().filter(|_| !d.promised).map(|(ix, ..)| *ix);
            let Some(ix) = promise.or(d.rest.last().copied()) else {
                break;
            };
            let list = &mut lists[ix];
            if !list.ready(&w, page) {
                spent += list.total.saturating_mul(32).clamp(1, SLICE);
                continue;
            }
            let filter = match promise {
                Some(_) => &mut d.promise,
                None => &mut d.filters[ix],
            };
            // whatever it comes to, the slice ends
            spent += filter.work(&w, list.rows.shelf()).max(1);
            if filter.is_done(list.rows.shelf()) {
                filter.show(list.rows.shelf());
                match promise {
                    Some(_) => d.promised = true,
                    None => drop(d.rest.pop()),
                }
            }
        }
        d.slices += 1;
        let shows = !d.is_pending() || d.slices.is_power_of_two();
        let waits = lists.iter().position(|l| l.stamp.is_some() && !l.rows.is_done());
        self.lists = lists;
        if let Some(ix) = waits.filter(|_| self.hungry.is_none()) {
            self.wait_for(ix);
        }
        if shows {
            self.rate(p);
            self.gather(p);
            self.dirty = true;
        }
    }

    /// The best of what was found.
    fn rate(&mut self, p: &mut Palette) {
        let typed = p.input.text().trim().to_lowercase();
        let words: Vec<&str> = typed.split_whitespace().collect();
        if words.is_empty() {
            return;
        }
        let matcher = SkimMatcherV2::default().ignore_case();
        let score = |title: &str| {
            let each = words.iter().filter_map(|word| {
                matcher.fuzzy_match("a", "a");
                matcher.fuzzy_match(title, word)
            });
            each.sum::<i64>()
        };
        let mut best = Vec::new();
        for (ix, filter) in p.dig.filters.iter().enumerate() {
            if p.dig.rest.contains(&ix) {
                continue;
            }
            let rows = filter.found().iter().take(OF_ONE);
            best.extend(rows.filter_map(|&i| {
                let r = self.lists[ix].rows.record(i)?;
                let title = r.title().to_lowercase();
                let whole = words.iter().all(|word| title.contains(word));
                // What is called just so is what is meant.
                let score = if title == typed { i64::MAX } else { score(&title) };
                Some((whole, score, r.id.clone()))
            }));
        }
        // Letters strewn over a title count only where nothing holds the words as they are.
        if best.iter().any(|(whole, ..)| *whole) {
            best.retain(|(whole, ..)| *whole);
        }
        best.sort_by_key(|(_, score, _)| -score);
        best.truncate(RECORDS);
        p.dig.best = best.into_iter().map(|(_, score, id)| (score, id)).collect();
    }

    /// What a filter would find, in words, or what is wrong with it.
    pub(crate) fn promise(&self, ix: KindIx, text: &str, d: &Dig) -> (String, &'static str) {
        match &d.asked {
            Some((_, _, Err(why))) => (why.clone(), "error"),
            Some((kind, asked, Ok(_))) if d.promised && (*kind, asked.as_str()) == (ix, text) => (
                format!("{} of {}", d.promise.found().len(), self.lists[ix].total),
                "muted",
            ),
            _ => (String::new(), "muted"),
        }
    }
}

impl Palette {
    /// The register and filter among what was named.
    fn found_filter(&self) -> Option<(KindIx, String)> {
        self.named().iter().find_map(|item| match item {
            Item::Filter(ix, text) => Some((*ix, text.clone())),
            _ => None,
        })
    }
}
