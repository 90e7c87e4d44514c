//! Values worked out from others, never stored: levels, counts, what the linked records say, and the computed words
//! (`expired`, `red`, `at-risk`) that no record can be set to.

mod linked;
mod matrix;
mod measure;
mod words;

pub use matrix::Axes;
pub use measure::{BANDS, Bounds, Point, course};
pub use words::{said, tone, words};

use super::calendar;
use super::kind::{Catalogue, Derivation, Derived, Kind};
use super::record::Record;
use super::value::Value;
use super::world::{self, World, due_of};
use std::borrow::Cow;

/// Works out a derived value of a record.
pub(super) fn derive(w: &World, kind: &Kind, record: &Record, derived: &Derived) -> Option<Value> {
    let from = &derived.from;
    use Derivation as D;
    let text = |word: &str| Value::Text(word.to_string());
    match from {
        D::Matrix { .. } => {
            let method = w.method(kind, Some(record))?;
            let place = Axes::of(kind, from)?.level(method, record)?;
            method.levels("level").get(place).map(|l| text(&l.id))
        }
        D::Max { of } => largest(w, kind, record, of),
        D::Count {
            kind: linking,
            field,
            also,
            filter,
        } => {
            let own = also.as_ref().and_then(|name| record.get(kind.field(name)?.tag));
            let n = linked::count(w, record, (linking, field), own, filter);
            Some(Value::Int(n as i64))
        }
        D::Latest {
            kind,
            field,
            date,
            value,
            filter,
        } => {
            let (of, latest) = linked::latest(w, record, kind, field, date, filter)?;
            w.value(of, latest, value).map(Cow::into_owned)
        }
        D::Of { link, value } => {
            let id = record.get(kind.field(link)?.tag)?.ids().next()?.clone();
            let other = w.find(&id)?;
            w.value(w.kind(&id)?, other, value).map(Cow::into_owned)
        }
        // What is over lapses no more.
        D::Validity { .. } if !w.is_open(kind, record) => None,
        D::Validity { until, soon } => {
            let field = kind.field(until)?;
            // What is only asked for does not hold yet.
            let here = field.due_in.is_empty() || field.due_in.iter().any(|s| s == record.state());
            let until = record.get(field.tag).filter(|_| here)?.as_date()?;
            Some(text(words::validity(until, *soon, w.today)))
        }
        D::Lapse { .. } => lapse(w, kind, record, from).map(Value::Date),
        D::Band { .. } => measure::band(w, kind, record, from).map(text),
        D::Attainment { .. } => measure::attainment(w, kind, record, from).map(Value::Num),
        D::Pace { .. } => measure::pace(w, kind, record, from).map(text),
        D::Due => due_of(w, kind, record).map(|due| Value::Date(due.day)),
        D::Late { of } => {
            let field = kind.field(of)?;
            let late = world::due_rows(field, record.get(field.tag)?).filter(|due| due.day < w.today);
            Some(Value::Int(late.count() as i64))
        }
        D::Figure { .. } => (w.catalogue.figures)(w, kind, record, &derived.name),
    }
}

/// The largest of several scale or integer fields.
fn largest(w: &World, kind: &Kind, record: &Record, of: &[String]) -> Option<Value> {
    let scale = w.scale(kind, Some(record), of.first()?);
    let place = |v: &Value| match v {
        Value::Text(t) => scale.and_then(|s| s.position(t)).map(|p| p as i64),
        Value::Int(i) => Some(*i),
        _ => None,
    };
    let all = of.iter().filter_map(|n| w.value(kind, record, n));
    all.max_by(|a, b| place(a).cmp(&place(b))).map(Cow::into_owned)
}

/// The day on which something is due again.
pub(super) fn lapse(w: &World, kind: &Kind, record: &Record, from: &Derivation) -> Option<i32> {
    let Derivation::Lapse {
        kind: of,
        field,
        date,
        filter,
        months,
        since,
    } = from
    else {
        return None;
    };
    let Some(Value::Int(months)) = record.get(kind.field(months)?.tag) else {
        return None;
    };
    let last = linked::latest(w, record, of, field, date, filter)
        .and_then(|(of, r)| r.get(of.field(date)?.tag)?.as_date())
        .or_else(|| begun(w, kind, record, since))?;
    Some(calendar::add_months(last, i32::try_from(*months).ok()?))
}

/// The day from which time counts for a record: a date of it, or without a name of one the day of its creation.
pub(super) fn begun(w: &World, kind: &Kind, record: &Record, since: &str) -> Option<i32> {
    if !since.is_empty() {
        return record.get(kind.field(since)?.tag)?.as_date();
    }
    Some(
        record
            .meta
            .as_ref()
            .map_or(w.today, |m| calendar::day_of_time(m.created.time)),
    )
}

/// The computed words under a derived name, best first; none if it has values of another sort.
pub fn words_of(c: &Catalogue, kind: &Kind, name: &str) -> &'static [&'static str] {
    let Some(d) = kind.derivation(name) else { return &[] };
    match words(&d.from) {
        [] => {
            let there = origin(c, kind, name).and_then(|(k, n)| k.derivation(n));
            there.map(|d| words(&d.from)).unwrap_or_default()
        }
        own => own,
    }
}

/// The fields of the record itself from which a derived value follows, besides what is linked.
pub fn sources<'k>(kind: &'k Kind, from: &'k Derivation) -> Vec<&'k str> {
    use Derivation as D;
    let all: Vec<&str> = match from {
        D::Matrix { likelihood, impact, .. } => vec![likelihood, impact],
        D::Max { of } => of.iter().map(String::as_str).collect(),
        D::Of { link, .. } => vec![link],
        D::Validity { until, .. } => vec![until],
        D::Lapse { months, since, .. } => vec![since, months],
        D::Band {
            direction,
            amber,
            red,
            hysteresis,
            ..
        } => vec![direction, amber, red, hysteresis],
        D::Attainment {
            value,
            baseline,
            target,
        } => vec![value, baseline, target],
        D::Pace { since, until, .. } => vec![since, until],
        D::Due => {
            let due = kind.fields.iter().filter(|f| f.due.is_some());
            due.map(|f| f.name.as_str()).collect()
        }
        D::Figure { of, .. } => of.iter().map(String::as_str).collect(),
        D::Count { also, .. } => also.iter().map(String::as_str).collect(),
        D::Latest { .. } | D::Late { .. } => vec![],
    };
    all.into_iter().filter(|n| kind.field(n).is_some()).collect()
}

/// Whether the value under a derived name is a share, read in percent.
pub fn is_share(c: &Catalogue, kind: &Kind, name: &str) -> bool {
    let share = |k: &Kind, n: &str| matches!(k.derivation(n).map(|d| &d.from), Some(Derivation::Attainment { .. }));
    share(kind, name) || origin(c, kind, name).is_some_and(|(k, n)| share(k, n))
}

/// Where the value under a derived name comes from, if it is a value of another kind: that kind and its name for it.
pub fn origin<'c>(c: &'c Catalogue, kind: &Kind, name: &str) -> Option<(&'c Kind, &'c str)> {
    let (mut kind, mut name) = step(c, kind, name)?;
    // the catalogue lets none follow from itself
    while let Some(next) = step(c, kind, name) {
        (kind, name) = next;
    }
    Some((kind, name))
}

fn step<'c>(c: &'c Catalogue, kind: &Kind, name: &str) -> Option<(&'c Kind, &'c str)> {
    let (of, value) = match &kind.derivation(name)?.from {
        Derivation::Latest { kind, value, .. } => (c.kind(kind)?, value),
        Derivation::Of { link, value } => {
            let field = kind.field(link)?;
            (c.kind(field.target.first()?)?, value)
        }
        _ => return None,
    };
    let own = of.fields.iter().map(|f| f.name.as_str());
    let all = own.chain(of.derived.iter().map(|d| d.name.as_str()));
    let name = all.chain(["id", "state", "changed", "created"]).find(|n| n == value)?;
    Some((of, name))
}

#[cfg(test)]
mod tests;
