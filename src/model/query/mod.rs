//! The one language in which records are asked for: `/` and `:` on the screen, `--query` on the command line, `when`
//! and `must` of rules.
//!
//! | a term | holds for records |
//! |---|---|
//! | `phish` | whose id and title hold these letters in this order (fuzzy); several words must all match |
//! | `"card data"` | with this phrase in any text |
//! | `title:laptop` | with this in a text; `=` asks for the whole text |
//! | `treatment:mitigate` `state:treat` | with this choice, level or state, or one that begins so |
//! | `owner:ada` `owner:me` `assets:A-0003` | linked to it, by id, a part of its title, a login, or me (also through a post) |
//! | `asset:A-0003` | linked to this asset by any field, in either direction |
//! | `score>=12` `cost<10k` `current_level>=high` | where a number, amount, share, duration or level compares so |
//! | `due<30d` `due:overdue` `next_review:2026-12` | where a day compares so; `<30d` is within 30 days, late ones included |
//! | `target_level<=@current_level` | where two fields compare so |
//! | `owner:none` `cost:*` | without, with a value |
//! | `tag:pci\|iso` | with either |
//! | `is:open` `closed` `overdue` `retired` `mine` `vacant` `above` `gap` `all` | in this condition; `vacant` is owned by nobody who is there, `above` lies above the appetite |
//! | `kind:risk` `id:R-7` | of this kind, with this id |
//! | `-term` `!term` | for which the term does not hold |
//!
//! Names may be cut short where that is clear, and labels and aliases are names too. Retired records are shown only
//! if they are asked for (`is:retired`, `is:all`, `state:retired`, an id).

mod ahead;
mod complete;
mod corpus;
mod eval;
mod filter;
mod fuzzy;
mod lex;
mod list;
mod names;
mod narrow;
mod operand;
mod reach;
mod search;
mod shelf;

pub use complete::{Completion, complete};
pub use corpus::Corpus;
pub use filter::Filter;
pub use fuzzy::{Words, positions};
pub use list::List;
pub use search::Search;
pub use shelf::Shelf;

use super::codec;
use super::kind::{Catalogue, Kind, KindIx, RETIRED};
use super::record::Record;
use super::world::World;
use eval::Run;
use lex::{Op, Said};
use names::Subject;
use operand::{Operand, What};
use std::fmt;
use std::sync::Arc;

/// What is wrong with a query, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueryError {
    /// The character (not byte) at which it is wrong, from 0.
    pub at: usize,
    /// What is wrong there, and what would be right.
    pub message: String,
}

impl QueryError {
    fn new(at: usize, message: impl Into<String>) -> Self {
        Self {
            at,
            message: message.into(),
        }
    }
}

impl fmt::Display for QueryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "character {}: {}", self.at + 1, self.message)
    }
}

impl std::error::Error for QueryError {}

/// A query that was read. The empty query holds for every record.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Query {
    terms: Vec<Term>,
}

#[derive(Debug, Clone, PartialEq)]
struct Term {
    negated: bool,
    test: Test,
}

impl Term {
    /// Whether it is a word that takes part in the ranking.
    fn is_word(&self) -> bool {
        !self.negated && matches!(self.test, Test::Word(_))
    }
}

#[derive(Debug, Clone, PartialEq)]
enum Test {
    /// Folded for comparing.
    Word(String),
    Phrase(String),
    Is(Vec<Flag>),
    Kind(Vec<KindIx>),
    Field(String, Vec<Operand>),
    Kin(KindIx, Vec<Operand>),
}

/// What may stand behind `is:`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Flag {
    Open,
    Closed,
    Overdue,
    Retired,
    Mine,
    Vacant,
    Above,
    Gap,
    All,
}

const FLAGS: [(&str, Flag); 9] = [
    ("open", Flag::Open),
    ("closed", Flag::Closed),
    ("overdue", Flag::Overdue),
    ("retired", Flag::Retired),
    ("mine", Flag::Mine),
    ("vacant", Flag::Vacant),
    ("above", Flag::Above),
    ("gap", Flag::Gap),
    ("all", Flag::All),
];

impl Query {
    /// Reads a query, for the records of a kind or, without one, of all kinds.
    ///
    /// # Errors
    /// Points at the character and says what would be right there.
    pub fn parse(text: &str, catalogue: &Catalogue, kind: Option<&Kind>) -> Result<Self, QueryError> {
        let mut terms = Vec::new();
        for token in lex::cut(text)? {
            let mut negated = token.negated;
            let test = match token.said {
                Said::Word(w) => Test::Word(fuzzy::fold(&w)),
                Said::Phrase(p) => Test::Phrase(p.to_lowercase()),
                Said::Field { name, op, values } => {
                    let at = token.at + usize::from(token.negated);
                    // `!=` is `-` and `=`: then its alternatives mean "none of these"
                    negated ^= op == Op::Not;
                    let op = if op == Op::Not { Op::Is } else { op };
                    field(catalogue, kind, &name, at, op, &values)?
                }
            };
            terms.push(Term { negated, test });
        }
        Ok(Self { terms })
    }

    /// Reads a query while it is typed: what stands before the first mistake still asks, and the mistake is told.
    pub fn typed(text: &str, catalogue: &Catalogue, kind: Option<&Kind>) -> (Self, Option<QueryError>) {
        match Self::parse(text, catalogue, kind) {
            Ok(query) => (query, None),
            Err(wrong) => {
                let before: String = text.chars().take(wrong.at).collect();
                (Self::parse(&before, catalogue, kind).unwrap_or_default(), Some(wrong))
            }
        }
    }

    /// A query for words alone, whatever is written in them.
    pub fn of_words(text: &str) -> Self {
        let words = text.split_whitespace().map(|w| Term {
            negated: false,
            test: Test::Word(fuzzy::fold(w)),
        });
        Self { terms: words.collect() }
    }

    /// Whether a record is what the query asks for, retired or not.
    pub fn holds(&self, w: &World, kind: &Kind, record: &Record) -> bool {
        self.terms.is_empty() || Run::new(w).all(self, kind, record)
    }

    /// Whether a record is to be listed: the query holds, and if the record is retired it asks for such.
    pub fn matches(&self, w: &World, kind: &Kind, record: &Record) -> bool {
        (!record.is_retired() || self.shows_retired()) && self.holds(w, kind, record)
    }

    /// How well the fuzzy words fit a record for which the query holds; 0 if there are no words.
    pub fn score(&self, w: &World, kind: &Kind, record: &Record) -> Option<i64> {
        let words = Words::new(self.words());
        self.matches(w, kind, record)
            .then(|| fuzzy::Scorer::new().score(&fuzzy::line(record), &words))
    }

    /// The records of a kind that are to be listed: the best fit first if there are fuzzy words, else in the kind's
    /// own order.
    pub fn select(&self, w: &World, ix: KindIx) -> Vec<Arc<Record>> {
        let kind = w.kind_at(ix);
        let mut found: Vec<Arc<Record>> = self.find(w, ix).into_iter().cloned().collect();
        codec::sort(w, kind, &kind.sort, &mut found);
        let words = self.words();
        if words.is_empty() {
            return found;
        }
        let corpus = Corpus::of(found.iter().map(Arc::as_ref));
        let ranked = corpus.find(&Words::new(words));
        ranked.into_iter().map(|i| Arc::clone(&found[i as usize])).collect()
    }

    /// The records of a kind that are to be listed, by their ids.
    pub fn find<'a>(&self, w: &World<'a>, ix: KindIx) -> Vec<&'a Arc<Record>> {
        let (kind, run) = (w.kind_at(ix), Run::new(w));
        let hidden = !self.shows_retired();
        let all = w.state.all(ix).filter(|r| !(hidden && r.is_retired()));
        all.filter(|r| run.all(self, kind, r)).collect()
    }

    /// The fuzzy words, folded; give each to [`positions`] to mark what it matched.
    pub fn words(&self) -> Vec<&str> {
        self.terms.iter().filter(|t| t.is_word()).map(Term::text).collect()
    }

    /// Whether it asks for nothing.
    pub fn is_empty(&self) -> bool {
        self.terms.is_empty()
    }

    /// Whether it asks for retired records.
    pub fn shows_retired(&self) -> bool {
        let value = |o: &Operand, f: &dyn Fn(&operand::Readings) -> bool| match &o.what {
            What::Value(r) => f(r),
            _ => false,
        };
        self.terms.iter().filter(|t| !t.negated).any(|t| match &t.test {
            Test::Is(flags) => flags.iter().any(|f| matches!(f, Flag::Retired | Flag::All)),
            Test::Field(name, o) if name == "state" => o.iter().any(|o| value(o, &|r| r.joined == RETIRED)),
            Test::Field(name, o) if name == "id" => o.iter().any(|o| value(o, &|r| r.id.is_some())),
            _ => false,
        })
    }

    /// The fields and derived values that it asks for; `due` where it asks for what is overdue.
    pub(in crate::model) fn names(&self) -> Vec<&str> {
        let mut all = Vec::new();
        for t in &self.terms {
            match &t.test {
                Test::Field(name, operands) => {
                    all.push(name.as_str());
                    all.extend(operands.iter().filter_map(|o| match &o.what {
                        What::Field(other) => Some(other.as_str()),
                        _ => None,
                    }));
                }
                Test::Is(flags) if flags.contains(&Flag::Overdue) => all.push("due"),
                _ => {}
            }
        }
        all
    }

    /// Whether it asks for gaps, which rules may not: they would ask for themselves.
    pub fn asks_gaps(&self) -> bool {
        let gap = |t: &Term| matches!(&t.test, Test::Is(flags) if flags.contains(&Flag::Gap));
        self.terms.iter().any(gap)
    }
}

impl Term {
    fn text(&self) -> &str {
        match &self.test {
            Test::Word(w) | Test::Phrase(w) => w,
            _ => "",
        }
    }
}

fn field(
    c: &Catalogue,
    kind: Option<&Kind>,
    name: &str,
    at: usize,
    op: Op,
    values: &[lex::Piece],
) -> Result<Test, QueryError> {
    let subject = names::find(c, kind, name, at)?;
    let plain = |what: &str| {
        let message = format!("'{name}' has no order: use {name}:{what}");
        if op.orders() {
            Err(QueryError::new(at, message))
        } else {
            Ok(())
        }
    };
    match subject {
        Subject::Flag => {
            plain("open")?;
            let flag = |p: &lex::Piece| {
                let word = p.text.to_lowercase();
                let found = FLAGS.iter().find(|(n, _)| *n == word);
                found.map(|(_, f)| *f).ok_or_else(|| {
                    let all: Vec<&str> = FLAGS.iter().map(|(n, _)| *n).collect();
                    QueryError::new(p.at, format!("is:{word} is unknown; there are {}", all.join(", ")))
                })
            };
            Ok(Test::Is(values.iter().map(flag).collect::<Result<_, _>>()?))
        }
        Subject::Kind => {
            plain("risk")?;
            let kind = |p: &lex::Piece| {
                c.index_of(&p.text).ok_or_else(|| {
                    let near = names::nearest(&p.text.to_lowercase(), c.kinds.iter().map(|k| k.name.as_str()));
                    let hint = near.map_or_else(String::new, |n| format!("; did you mean {n}?"));
                    QueryError::new(p.at, format!("no kind '{}'{hint}", p.text))
                })
            };
            Ok(Test::Kind(values.iter().map(kind).collect::<Result<_, _>>()?))
        }
        Subject::Kin(ix) => {
            plain("A-0001")?;
            let read = |p: &lex::Piece| operand::read(c, None, "", op, p);
            Ok(Test::Kin(ix, values.iter().map(read).collect::<Result<_, _>>()?))
        }
        Subject::Field(name) => {
            let read = |p: &lex::Piece| operand::read(c, kind, &name, op, p);
            let operands = values.iter().map(read).collect::<Result<_, _>>()?;
            Ok(Test::Field(name, operands))
        }
    }
}

#[cfg(test)]
mod tests;
