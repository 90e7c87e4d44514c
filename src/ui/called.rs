//! What a text in the palette means: an action or register that is called just so, a register with a filter behind its
//! name; how it may go on; and what was asked for before.

use super::Model;
use super::action::{Action, Run};
use super::palette::{Item, Palette};
use crate::model::kind::KindIx;
use crate::model::query::Completion;

/// What makes a text a filter.
const ASKS: [char; 4] = [':', '<', '>', '='];
/// So many words the name of a register has at most, and some more.
const NAME: usize = 6;
/// So many entries are kept to be called back.
const SAID: usize = 50;

impl Model {
    /// The actions that are called just so: the register of this title, or what is done by these words.
    pub(crate) fn called(&self, typed: &str) -> Vec<Item> {
        let is = |a: &Action| match a.run {
            Run::Go(ix) => {
                let kind = &self.catalogue.kinds[ix];
                [&kind.titles, &kind.title, &kind.plural]
                    .into_iter()
                    .any(|t| t.to_lowercase() == typed)
            }
            _ => a.name == typed || a.brief.to_lowercase() == typed,
        };
        let mut all: Vec<usize> = (0..self.actions.rows.len())
            .filter(|n| is(&self.actions.rows[*n]))
            .collect();
        all.sort_by_key(|n| !matches!(self.actions.rows[*n].run, Run::Go(_)));
        all.into_iter().map(Item::Action).collect()
    }

    /// The register whose name a text begins with, and the character at which what is behind it begins. The longest
    /// name counts: `training records` is another register than `training`.
    fn register_in(&self, text: &str) -> Option<(KindIx, usize)> {
        let blanks = text
            .char_indices()
            .filter(|(_, c)| *c == ' ')
            .map(|(i, _)| i)
            .take(NAME);
        let ends: Vec<usize> = blanks.collect();
        let found = |end: usize| self.catalogue.index_of(text.get(..end)?.trim()).map(|ix| (ix, end + 1));
        let (ix, from) = ends.into_iter().rev().find_map(found)?;
        Some((ix, text.get(..from)?.chars().count()))
    }

    /// The register and filter that a typed text means: `risks owner:me`, or `owner:me` for the register one is in.
    pub(crate) fn asked_for(&self, typed: &str) -> Option<Item> {
        if let Some((ix, from)) = self.register_in(typed) {
            let rest: String = typed.chars().skip(from).collect();
            return Some(Item::Filter(ix, rest.trim().to_owned()));
        }
        let ix = self.list().map(|l| l.kind).filter(|_| typed.contains(ASKS))?;
        Some(Item::Filter(ix, typed.to_owned()))
    }

    /// The ways to go on with what is typed: with the filter behind the name of a register, or with the name of what
    /// is under the cursor.
    pub(crate) fn goes_on(&self, p: &Palette, text: &str, at: usize) -> Vec<Completion> {
        let all = text.chars().count();
        if let Some((ix, from)) = self.register_in(text).filter(|(_, from)| at >= *from) {
            let rest: String = text.chars().skip(from).collect();
            let ways = self.ways_of(ix, &rest, at - from).into_iter();
            return ways
                .map(|w| Completion {
                    from: w.from + from,
                    to: w.to + from,
                    ..w
                })
                .collect();
        }
        let asks = self.list().map(|l| l.kind).filter(|_| text.contains(ASKS));
        if let Some(ix) = asks {
            return self.ways_of(ix, text, at);
        }
        let name = match p.found.get(p.at) {
            Some(Item::Action(n)) => self.actions.rows.get(*n).map(|a| match a.run {
                Run::Go(ix) => format!("{} ", self.catalogue.kinds[ix].titles.to_lowercase()),
                _ => a.name.clone(),
            }),
            Some(Item::Record(id)) => Some(id.to_string()),
            Some(Item::Filter(..) | Item::View(..)) | None => None,
        };
        let whole = |text| Completion {
            from: 0,
            to: all,
            text,
            note: String::new(),
        };
        name.map(whole).into_iter().collect()
    }

    /// Calls back what was asked for before what stands there, unless something else is being typed.
    pub(crate) fn call_back(&self, p: &mut Palette) -> bool {
        let before = self.said.iter().rev().nth(p.back);
        let Some(before) = before.filter(|_| p.back > 0 || p.input.is_empty()) else {
            return false;
        };
        p.input.set(before);
        p.back += 1;
        true
    }

    /// Keeps what was asked for, so that it can be called back.
    pub(crate) fn keep_said(&mut self, text: &str) {
        let text = text.trim();
        if text.is_empty() {
            return;
        }
        self.said.retain(|t| t != text);
        self.said.push(text.to_owned());
        let over = self.said.len().saturating_sub(SAID);
        self.said.drain(..over);
    }
}
