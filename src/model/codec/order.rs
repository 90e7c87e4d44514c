//! One order for each type: numbers by size, texts without regard to case, levels and choices by their place, dates by
//! day, links by title. What is empty comes last, whichever way a list is sorted.

use super::range::mean;
use super::{bytes, links, money};
use crate::model::derive::{self, Axes};
use crate::model::kind::{Field, FieldType, Kind, Method, Scale, Tag};
use crate::model::record::{Id, Record};
use crate::model::trace;
use crate::model::value::Value;
use crate::model::world::World;
use crate::parallel;
use std::borrow::Cow;
use std::cmp::Ordering;
use std::sync::Arc;

/// What a value is ordered by.
#[derive(Debug, Clone, PartialEq)]
pub enum Key {
    /// Numbers, dates, times, places of levels (as a share of their scale) and choices.
    Number(f64),
    /// An id.
    Id(Id),
    /// A text in lower case.
    Text(String),
}

impl Key {
    /// The order of two keys; different sorts of keys stand numbers first, texts last.
    pub fn order(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Number(a), Self::Number(b)) => a.total_cmp(b),
            (Self::Id(a), Self::Id(b)) => a.cmp(b),
            (Self::Text(a), Self::Text(b)) => a.cmp(b),
            (a, b) => a.place().cmp(&b.place()),
        }
    }

    /// Whether two keys are of the same sort.
    pub fn alike(&self, other: &Self) -> bool {
        self.place() == other.place()
    }

    fn place(&self) -> u8 {
        match self {
            Self::Number(_) => 0,
            Self::Id(_) => 1,
            Self::Text(_) => 2,
        }
    }
}

/// Orders what is still to be done before what is closed; only in a kind's own `sort`.
pub const CLOSED: &str = "closed";

/// How records of a kind are ordered by one name: what need not be looked up again for each of them.
struct Way<'k, 'a> {
    kind: &'k Kind,
    name: &'k str,
    field: Option<&'k Field>,
    /// Along which fields, where the name is a cell of the matrix.
    matrix: Option<Axes>,
    own_method: Option<Tag>,
    /// The method of those that name none of their own; `None` where it depends on their scope.
    method: Option<Option<&'a Method>>,
    /// The computed words under the name.
    words: &'static [&'static str],
}

impl<'k, 'a> Way<'k, 'a> {
    fn new(w: &World<'a>, kind: &'k Kind, name: &'k str) -> Self {
        let tag = |name: &str| kind.field(name).map(|f| f.tag);
        let matrix = kind.derivation(name).and_then(|d| Axes::of(kind, &d.from));
        Self {
            kind,
            name,
            field: kind.field(name),
            matrix,
            own_method: tag("method"),
            method: (!w.has_scoped_criteria()).then(|| w.method(kind, None)),
            words: derive::words_of(w.catalogue, kind, name),
        }
    }

    fn method(&self, w: &World<'a>, rec: &Record) -> Option<&'a Method> {
        match (self.own_method.is_some_and(|t| !rec.text(t).is_empty()), self.method) {
            (false, Some(method)) => method,
            _ => w.method(self.kind, Some(rec)),
        }
    }

    fn key(&self, w: &World<'a>, rec: &Record) -> Option<Key> {
        let number = |n: usize| Some(Key::Number(n as f64));
        // a level stands by its share of the scale, so that methods of different size mix
        let share = |place: usize, s: &Scale| Key::Number((place + 1) as f64 / s.levels.len() as f64);
        if self.name == "id" {
            return Some(Key::Id(rec.id.clone()));
        }
        if self.name == CLOSED {
            return number(usize::from(!w.is_open(self.kind, rec)));
        }
        if let Some(axes) = &self.matrix {
            let method = self.method(w, rec)?;
            let place = axes.level(method, rec)?;
            return method.scale("level").map(|s| share(place, s));
        }
        let value = match self.field {
            Some(f) => Cow::Borrowed(rec.get(f.tag)?),
            None => w.value(self.kind, rec, self.name)?,
        };
        let t = match value.as_ref() {
            Value::Text(t) => t,
            Value::Link(id) => return Some(Key::Text(links::name(w, id).to_lowercase())),
            v => return plain(v),
        };
        // computed words stand from the best to the worst
        let all = self.words;
        if let Some(place) = all.iter().position(|w| w == t) {
            return number(place);
        }
        if self.name == "state" {
            let states = &self.kind.states;
            return number(states.iter().position(|s| s.id == *t).unwrap_or(states.len()));
        }
        let scale = match self.field {
            Some(f) if f.kind == FieldType::Choice => {
                return number(f.choices.iter().position(|c| c.id == *t).unwrap_or(f.choices.len()));
            }
            Some(f) if f.kind == FieldType::Scale => {
                let id = f.scale.as_deref()?;
                let of_method = self.method(w, rec).and_then(|m| m.scale(id));
                of_method.or_else(|| w.catalogue.scale(id))
            }
            Some(_) => None,
            None => w.scale(self.kind, Some(rec), self.name),
        };
        // labels that the scale does not know follow the levels
        match scale.and_then(|s| s.position(t).map(|p| share(p, s))) {
            Some(key) => Some(key),
            None => Some(Key::Text(t.to_lowercase())),
        }
    }
}

/// What a record is ordered by under a name: a field, a derived value, `id`, `state`, `changed` or `created`.
pub fn key(w: &World, kind: &Kind, name: &str, rec: &Record) -> Option<Key> {
    Way::new(w, kind, name).key(w, rec)
}

/// The key of a value that needs no field to be understood.
pub(crate) fn plain(v: &Value) -> Option<Key> {
    Some(match v {
        Value::Text(t) => Key::Text(t.to_lowercase()),
        Value::Bool(b) => Key::Number(f64::from(u8::from(*b))),
        Value::Int(n) => Key::Number(*n as f64),
        Value::Num(n) => Key::Number(*n),
        Value::Money(minor, currency) => Key::Number(money::major(*minor, *currency)),
        Value::Date(d) => Key::Number(f64::from(*d)),
        Value::Time(t) => Key::Number(*t as f64),
        Value::Range(r) => Key::Number(mean(r)),
        Value::Tags(t) => Key::Text(t.join(" ").to_lowercase()),
        Value::Link(id) => Key::Id(id.clone()),
        Value::Links(l) => Key::Id(l.first()?.to.clone()),
        Value::Rows(r) => Key::Number(r.len() as f64),
        Value::File(f) => Key::Text(f.name.to_lowercase()),
    })
}

/// The order of two records by one name; what is empty comes last.
pub fn order(w: &World, kind: &Kind, name: &str, a: &Record, b: &Record) -> Ordering {
    compare(key(w, kind, name, a).as_ref(), key(w, kind, name, b).as_ref(), false)
}

/// The order of two keys, reversed if `descending`; what is empty comes last either way.
pub fn compare(a: Option<&Key>, b: Option<&Key>, descending: bool) -> Ordering {
    match (a, b) {
        (Some(a), Some(b)) if descending => b.order(a),
        (Some(a), Some(b)) => a.order(b),
        (a, b) => a.is_none().cmp(&b.is_none()),
    }
}

/// An order of records by several names, `-` in front for descending; the id decides between equals.
pub struct Order<'k, 'a> {
    ways: Vec<(Way<'k, 'a>, bool)>,
}

impl<'k, 'a> Order<'k, 'a> {
    /// Looks up once what is needed for every record.
    pub fn new(w: &World<'a>, kind: &'k Kind, by: &'k [String]) -> Self {
        let names = by
            .iter()
            .map(|n| n.strip_prefix('-').map_or((n.as_str(), false), |n| (n, true)));
        Self {
            ways: names.map(|(n, down)| (Way::new(w, kind, n), down)).collect(),
        }
    }

    /// The order of two records.
    pub fn compare(&self, w: &World<'a>, a: &Record, b: &Record) -> Ordering {
        let each = self.ways.iter();
        each.map(|(way, down)| compare(way.key(w, a).as_ref(), way.key(w, b).as_ref(), *down))
            .find(|o| o.is_ne())
            .unwrap_or_else(|| a.id.cmp(&b.id))
    }

    /// Writes what a record is ordered by as bytes that compare as the records do.
    pub fn write(&self, w: &World<'a>, rec: &Record, out: &mut Vec<u8>) {
        for (way, down) in &self.ways {
            bytes::write(way.key(w, rec).as_ref(), *down, out);
        }
        bytes::write_id(&rec.id, out);
    }
}

/// Sorts records by several names, `-` in front for descending; the id decides between equals. Keys are made once.
pub fn sort(w: &World, kind: &Kind, by: &[String], records: &mut Vec<Arc<Record>>) {
    let order = Order::new(w, kind, by);
    // The keys of a share one behind the other, and where each ends.
    let write = |share: &[Arc<Record>]| {
        let mut keys = Vec::new();
        let ends = share.iter().map(|r| {
            order.write(w, r, &mut keys);
            keys.len()
        });
        let ends: Vec<usize> = ends.collect();
        (keys, ends)
    };
    let shares = match trace::is_heard() {
        true => vec![write(records)],
        false => parallel::shares(records, SHARE, write),
    };
    let mut sorting = Sorting::default();
    for (keys, ends) in shares {
        let mut start = 0;
        for end in ends {
            sorting.push(|out| out.extend_from_slice(&keys[start..end]));
            start = end;
        }
    }
    let places = sorting.finish();
    let mut all: Vec<Option<Arc<Record>>> = records.drain(..).map(Some).collect();
    records.extend(places.into_iter().filter_map(|i| all[i as usize].take()));
}

/// Keys as bytes, gathered to be sorted. May be filled in several goes.
#[derive(Debug, Clone, Default)]
pub struct Sorting {
    text: Vec<u8>,
    /// The first bytes of a key, where the rest begins, and the place of what it stands for.
    keys: Vec<(u128, usize, u32)>,
    /// How many are sorted already, in runs.
    sorted: usize,
}

/// At least so many records are worth another thread.
const SHARE: usize = 500;
/// So many keys are sorted in one go while there are more to come.
const RUN: usize = 32_768;
/// So many bytes of a key are compared first.
const HEAD: usize = 16;

impl Sorting {
    /// Takes in the key of the next thing.
    pub fn push(&mut self, write: impl FnOnce(&mut Vec<u8>)) {
        let (start, place) = (self.text.len(), self.keys.len());
        write(&mut self.text);
        let mut head = [0; HEAD];
        let n = (self.text.len() - start).min(HEAD);
        head[..n].copy_from_slice(&self.text[start..start + n]);
        // what is in the head need not be kept twice
        self.text.drain(start..start + n);
        // the end of a key is known by the beginning of the next: all keys are pushed in the order of their texts
        self.keys.push((
            u128::from_be_bytes(head),
            start,
            u32::try_from(place).unwrap_or(u32::MAX),
        ));
        if self.keys.len() - self.sorted >= RUN {
            self.sort_run();
        }
    }

    fn sort_run(&mut self) {
        let text = &self.text;
        self.keys[self.sorted..].sort_unstable_by(|a, b| Self::order(text, a, b));
        self.sorted = self.keys.len();
    }

    /// Keys end where they differ from every other, so the texts behind them do no harm.
    fn order(text: &[u8], a: &(u128, usize, u32), b: &(u128, usize, u32)) -> Ordering {
        a.0.cmp(&b.0)
            .then_with(|| text[a.1..].cmp(&text[b.1..]))
            .then_with(|| a.2.cmp(&b.2))
    }

    /// The places in order.
    pub fn finish(mut self) -> Vec<u32> {
        self.sort_run();
        let text = std::mem::take(&mut self.text);
        // finds the runs and merges them
        self.keys.sort_by(|a, b| Self::order(&text, a, b));
        self.keys.into_iter().map(|(_, _, place)| place).collect()
    }
}
