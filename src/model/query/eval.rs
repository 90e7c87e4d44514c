//! Whether a record is what a query asks for.

use super::fuzzy;
use super::lex::Op;
use super::operand::{At, Days, Nature, Operand, Place, Readings, What, choices, class_of, place};
use super::{Flag, Query, Term, Test};
use crate::model::calendar;
use crate::model::codec;
use crate::model::derive::{self, Axes};
use crate::model::kind::{Field, FieldType, Kind, KindIx, Method, Scale};
use crate::model::record::{Id, Record};
use crate::model::rules;
use crate::model::value::Value;
use crate::model::world::World;
use std::borrow::Cow;
use std::cell::{OnceCell, RefCell};
use std::cmp::Ordering;
use std::collections::HashMap;

/// Which levels of a scale an operand means, as bits by place, and the place by which it is ordered.
type Levels = (u64, Option<usize>);

/// What something was worked out for, by its address during the run.
type Address = usize;

fn address<T: ?Sized>(of: &T) -> Address {
    std::ptr::from_ref(of).cast::<()>() as Address
}

/// One run of a query over records: what need not be worked out again for each of them.
pub(super) struct Run<'w, 'a> {
    w: &'w World<'a>,
    method: OnceCell<Option<Option<&'a Method>>>,
    /// By name and kind.
    places: RefCell<Vec<(Address, Address, Option<Place>)>>,
    /// By scale and operand.
    levels: RefCell<Vec<(Address, Address, Levels)>>,
    /// By operand: which linked records it means.
    linked: RefCell<HashMap<(Address, Id), bool>>,
}

impl<'w, 'a> Run<'w, 'a> {
    pub(super) fn new(w: &'w World<'a>) -> Self {
        Self {
            w,
            method: OnceCell::new(),
            places: RefCell::default(),
            levels: RefCell::default(),
            linked: RefCell::default(),
        }
    }

    /// Whether a term holds.
    pub(super) fn holds(&self, t: &Term, kind: &Kind, rec: &Record) -> bool {
        self.term(t, kind, rec) != t.negated
    }

    /// Whether all terms hold.
    pub(super) fn all(&self, q: &Query, kind: &Kind, rec: &Record) -> bool {
        q.terms.iter().all(|t| self.holds(t, kind, rec))
    }

    fn term(&self, t: &Term, kind: &Kind, rec: &Record) -> bool {
        match &t.test {
            Test::Word(w) if t.negated => fuzzy::contains(rec.id.as_str(), w) || fuzzy::contains(rec.title(), w),
            Test::Word(w) => fuzzy::is_within(&fuzzy::line(rec), w),
            Test::Phrase(p) => phrase(kind, rec, p),
            Test::Is(flags) => flags.iter().any(|f| self.flag(*f, kind, rec)),
            Test::Kind(kinds) => kinds.iter().any(|k| self.w.catalogue.kinds[*k].name == kind.name),
            Test::Kin(ix, operands) => operands.iter().any(|o| self.kin(*ix, o, rec)),
            Test::Field(name, operands) => match self.place(kind, name) {
                Some(p) => operands.iter().any(|o| self.field(p, name, o, kind, rec)),
                None => false,
            },
        }
    }

    fn flag(&self, flag: Flag, kind: &Kind, rec: &Record) -> bool {
        let w = self.w;
        match flag {
            Flag::All => true,
            Flag::Open => w.is_open(kind, rec),
            Flag::Closed => !w.is_open(kind, rec),
            Flag::Retired => rec.is_retired(),
            Flag::Overdue => crate::model::world::due_of(w, kind, rec).is_some_and(|due| due.is_late(w)),
            Flag::Mine => {
                let owner = kind.field("owner").and_then(|f| rec.get(f.tag));
                owner.is_some_and(|v| v.ids().any(|id| w.is_person(id, w.me)))
            }
            Flag::Vacant => {
                let owner = kind.field("owner").and_then(|f| rec.get(f.tag));
                owner.is_some_and(|v| v.ids().any(|id| rules::vacancy(w, id).is_some()))
            }
            Flag::Above => w.is_above(kind, rec),
            Flag::Gap => w.catalogue.kind_of(&rec.id).is_some_and(|ix| {
                let gaps = rules::check(w, ix, rec, crate::model::kind::Moment::Gap, None, None);
                !gaps.is_empty()
            }),
        }
    }

    /// Links between the record and the records of a kind, in either direction. Retired ones count only by their id.
    fn kin(&self, ix: KindIx, o: &Operand, rec: &Record) -> bool {
        let w = self.w;
        let of_kind = |id: &Id| w.catalogue.kind_of(id) == Some(ix);
        let outward = rec.links().map(|(_, id)| id);
        let inward = w.state.inbound(&rec.id).map(|(id, _)| id);
        let mut all = outward.chain(inward).filter(|id| of_kind(id));
        let live = |id: &Id| w.find(id).is_some_and(|r| !r.is_retired());
        match &o.what {
            What::Any => all.any(live),
            What::None => !all.any(live),
            What::Field(_) => false,
            What::Value(r) => all.any(|id| self.linked(id, o, r)),
        }
    }

    fn place(&self, kind: &Kind, name: &str) -> Option<Place> {
        let key = (address(name), address(kind));
        let mut seen = self.places.borrow_mut();
        if let Some((_, _, found)) = seen.iter().find(|(n, k, _)| (*n, *k) == key) {
            return *found;
        }
        let found = place(self.w.catalogue, kind, name);
        seen.push((key.0, key.1, found));
        found
    }

    fn field(&self, p: Place, name: &str, o: &Operand, kind: &Kind, rec: &Record) -> bool {
        match &o.what {
            What::Any => self.value(p, name, kind, rec).is_some(),
            What::None => self.value(p, name, kind, rec).is_none(),
            What::Field(other) => {
                let (a, b) = (
                    codec::key(self.w, kind, name, rec),
                    codec::key(self.w, kind, other, rec),
                );
                match (a, b) {
                    (Some(a), Some(b)) if a.alike(&b) => o.op.holds(a.order(&b)),
                    _ => false,
                }
            }
            What::Value(r) if p.nature == Nature::Id => id_is(&rec.id, r),
            What::Value(r) if p.nature == Nature::Level => self.level(p, name, o, r, kind, rec),
            What::Value(r) => {
                let value = self.value(p, name, kind, rec);
                value.is_some_and(|v| match (p.nature, v.as_ref()) {
                    (Nature::Word, Value::Text(t)) => word(derive::words_of(self.w.catalogue, kind, name), t, o.op, r),
                    (_, v) => self.fits(p, v, o, r, kind, rec),
                })
            }
        }
    }

    fn fits(&self, p: Place, v: &Value, o: &Operand, r: &Readings, kind: &Kind, rec: &Record) -> bool {
        match (p.nature, v) {
            (Nature::State, Value::Text(s)) => {
                let exact = kind.state(&r.joined).is_some();
                match class_of(&r.joined).filter(|_| !exact) {
                    Some(class) => kind.state(s).is_some_and(|s| s.class == class),
                    None => *s == r.joined || (!exact && o.op == Op::Has && s.starts_with(&r.joined)),
                }
            }
            (Nature::Day, Value::Date(d)) => self.day(*d, o.op, r, kind, rec),
            (Nature::Day, Value::Time(t)) => self.day(calendar::day_of_time(*t), o.op, r, kind, rec),
            (Nature::Field, v) => p.field(self.w.catalogue, kind).is_some_and(|f| self.typed(f, v, o, r)),
            (_, Value::Int(n)) => number(*n as f64, r.number, o.op),
            (_, Value::Num(n)) => number(*n, r.number, o.op),
            _ => false,
        }
    }

    fn day(&self, day: i32, op: Op, r: &Readings, kind: &Kind, rec: &Record) -> bool {
        let Some(days) = &r.days else { return false };
        if *days == Days::Overdue {
            return day < self.w.today && self.w.is_open(kind, rec);
        }
        let Some((from, to)) = days.on(self.w.today) else {
            return false;
        };
        op.holds(match op {
            Op::Has | Op::Is if (from..=to).contains(&day) => Ordering::Equal,
            Op::Least | Op::Less => day.cmp(&from),
            _ => day.cmp(&to),
        })
    }

    /// Levels are compared by their place; a label that the scale does not know is compared as text.
    fn level(&self, p: Place, name: &str, o: &Operand, r: &Readings, kind: &Kind, rec: &Record) -> bool {
        if let Some(axes) = p.derivation(kind).and_then(|d| Axes::of(kind, d)) {
            let Some(method) = self.method(kind, rec) else {
                return false;
            };
            let at = axes.level(method, rec);
            let scale = method.scale("level");
            return at.zip(scale).is_some_and(|(at, scale)| self.stands(at, scale, o, r));
        }
        let Some(value) = self.value(p, name, kind, rec) else {
            return false;
        };
        let stored = value.as_text().unwrap_or_default();
        let scale = self.scale(p, name, kind, rec);
        match scale.and_then(|s| s.position(stored).map(|at| (at, s))) {
            Some((at, scale)) => self.stands(at, scale, o, r),
            None => !o.op.orders() && fuzzy::begins(stored, &r.text),
        }
    }

    fn stands(&self, place: usize, scale: &Scale, o: &Operand, r: &Readings) -> bool {
        let (mask, at) = self.levels(scale, o, r);
        if o.op.orders() {
            return at.is_some_and(|at| o.op.holds(place.cmp(&at)));
        }
        place < 64 && mask & (1 << place) != 0
    }

    fn levels(&self, scale: &Scale, o: &Operand, r: &Readings) -> Levels {
        let key = (address(scale), address(o));
        let mut seen = self.levels.borrow_mut();
        if let Some((_, _, found)) = seen.iter().find(|(s, o, _)| (*s, *o) == key) {
            return *found;
        }
        let number = || {
            r.number
                .filter(|n| n.fract() == 0.0 && *n >= 1.0)
                .map(|n| n as usize - 1)
        };
        let exact = scale.find(&r.text).and_then(|l| scale.position(&l.id));
        let at = exact.or_else(number);
        let mask = match at {
            Some(at) if at < 64 => 1 << at,
            _ => scale.levels.iter().enumerate().take(64).fold(0, |m, (i, l)| {
                let begins = l.id.starts_with(&r.joined) || fuzzy::begins(&l.name, &r.text);
                if begins && o.op == Op::Has { m | 1 << i } else { m }
            }),
        };
        seen.push((key.0, key.1, (mask, at)));
        (mask, at)
    }

    fn typed(&self, f: &Field, v: &Value, o: &Operand, r: &Readings) -> bool {
        match v {
            Value::Text(t) if f.kind == FieldType::Choice => match choices(f, r).as_slice() {
                [] => o.op == Op::Has && fuzzy::begins(t, &r.text),
                [one] if o.op != Op::Has => t == one,
                several => several.contains(&t.as_str()),
            },
            Value::Text(t) => text(t, o.op, r),
            Value::Bool(b) => r.yes == Some(*b),
            Value::Int(n) => number(*n as f64, r.number, o.op),
            Value::Num(n) if f.kind == FieldType::Duration => number(*n, r.hours, o.op),
            Value::Num(n) => number(*n, r.number, o.op),
            Value::Money(minor, currency) => r.money.is_some_and(|(wanted, named)| {
                named.is_none_or(|c| c == *currency) && number(codec::major(*minor, *currency), Some(wanted), o.op)
            }),
            Value::Range(range) => number(codec::mean(range), r.number, o.op),
            Value::Tags(t) if o.op.orders() => number(t.len() as f64, r.number, o.op),
            Value::Links(l) if o.op.orders() => number(l.len() as f64, r.number, o.op),
            Value::Rows(l) if o.op.orders() => number(l.len() as f64, r.number, o.op),
            Value::Tags(tags) => {
                let ids = choices(f, r);
                tags.iter()
                    .any(|t| codec::joined(t) == r.joined || ids.contains(&t.as_str()))
            }
            Value::Link(id) => self.linked(id, o, r),
            Value::Links(all) => all.iter().any(|l| self.linked(&l.to, o, r)),
            Value::Rows(rows) => rows.iter().flat_map(|row| &row.cells).any(|(_, v)| match v {
                Value::Text(t) => fuzzy::contains(t, &r.text),
                Value::Link(id) => self.linked(id, o, r),
                _ => false,
            }),
            Value::File(file) => text(&file.name, o.op, r),
            Value::Date(_) | Value::Time(_) => false,
        }
    }

    /// Whether a value means a linked record: by id; else it is `me`, a login, or (not for `=`) a part of its title.
    fn linked(&self, id: &Id, o: &Operand, r: &Readings) -> bool {
        if let Some(wanted) = &r.id {
            return wanted == id;
        }
        let key = (address(o), id.clone());
        if let Some(known) = self.linked.borrow().get(&key) {
            return *known;
        }
        let found = self.means(id, o.op, r);
        self.linked.borrow_mut().insert(key, found);
        found
    }

    fn means(&self, id: &Id, op: Op, r: &Readings) -> bool {
        let w = self.w;
        if r.me {
            return w.is_person(id, w.me);
        }
        let Some(rec) = w.find(id) else { return false };
        if text(rec.title(), op, r) {
            return true;
        }
        let login = w.kind(id).and_then(|k| k.field("login"));
        login.is_some_and(|f| codec::same(rec.text(f.tag), &r.text))
    }

    fn value<'r>(&self, p: Place, name: &str, kind: &Kind, rec: &'r Record) -> Option<Cow<'r, Value>> {
        match p.at {
            At::Field(_, tag) => rec.get(tag).map(Cow::Borrowed),
            At::Due => crate::model::world::due_of(self.w, kind, rec).map(|due| Cow::Owned(Value::Date(due.day))),
            At::Other => self.w.value(kind, rec, name),
        }
    }

    fn method(&self, kind: &Kind, rec: &Record) -> Option<&'a Method> {
        let own = kind.field("method").map(|f| rec.text(f.tag)).filter(|m| !m.is_empty());
        // where scopes have criteria of their own it matters in which one is
        let shared = || (!self.w.has_scoped_criteria()).then(|| self.w.method(kind, None));
        match (own, self.method.get_or_init(shared)) {
            (None, Some(method)) => *method,
            _ => self.w.method(kind, Some(rec)),
        }
    }

    fn scale(&self, p: Place, name: &str, kind: &Kind, rec: &Record) -> Option<&'a Scale> {
        let Some(f) = p.field(self.w.catalogue, kind) else {
            return self.w.scale(kind, Some(rec), name);
        };
        let id = f.scale.as_deref()?;
        let of_method = self.method(kind, rec).and_then(|m| m.scale(id));
        of_method.or_else(|| self.w.catalogue.scale(id))
    }
}

fn id_is(id: &Id, r: &Readings) -> bool {
    let digits = r.text.trim_start_matches(|c: char| !c.is_ascii_digit());
    let beginning = r.id.is_none() || digits.starts_with('0');
    r.id.as_ref() == Some(id) || (beginning && fuzzy::begins(id.as_str(), &r.text))
}

/// A computed word; those of one sort are ordered from the best to the worst.
fn word(all: &[&str], t: &str, op: Op, r: &Readings) -> bool {
    let place = |w: &str| all.iter().position(|x| *x == w);
    if op.orders() {
        let both = place(t).zip(place(&r.joined));
        return both.is_some_and(|(a, b)| op.holds(a.cmp(&b)));
    }
    let exact = place(&r.joined).is_some();
    t == r.joined || (!exact && op == Op::Has && t.starts_with(&r.joined))
}

fn text(t: &str, op: Op, r: &Readings) -> bool {
    match op {
        Op::Has => fuzzy::contains(t, &r.text),
        Op::Is | Op::Not => codec::same(t, &r.text),
        _ => false,
    }
}

fn number(v: f64, wanted: Option<f64>, op: Op) -> bool {
    let Some(n) = wanted else { return false };
    let same = (v - n).abs() <= 1e-9 * n.abs().max(1.0);
    op.holds(if same { Ordering::Equal } else { v.total_cmp(&n) })
}

/// Whether a phrase stands in the id or any text of a record.
fn phrase(kind: &Kind, rec: &Record, phrase: &str) -> bool {
    fn inside(v: &Value, phrase: &str) -> bool {
        match v {
            Value::Text(t) => fuzzy::contains(t, phrase),
            Value::Tags(tags) => tags.iter().any(|t| fuzzy::contains(t, phrase)),
            Value::Rows(rows) => rows.iter().flat_map(|r| &r.cells).any(|(_, v)| inside(v, phrase)),
            Value::File(f) => fuzzy::contains(&f.name, phrase),
            _ => false,
        }
    }
    let is_text = |tag| {
        kind.field_by_tag(tag)
            .is_some_and(|f| !matches!(f.kind, FieldType::Choice | FieldType::Scale))
    };
    fuzzy::contains(rec.id.as_str(), phrase)
        || rec
            .values
            .iter()
            .any(|(tag, v)| *tag != crate::model::kind::STATE && is_text(*tag) && inside(v, phrase))
}
