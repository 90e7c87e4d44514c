//! What a move writes by itself, and what a duty fills in: the small language of `sets` in the register files.

use super::calendar;
use super::clocks;
use super::codec;
use super::kind::{Field, FieldType, Kind, Tag};
use super::record::Record;
use super::summary;
use super::value::{Link, Value};
use super::world::World;
use std::borrow::Cow;
use std::collections::BTreeMap;

/// Months between two days of a series, where the record does not say.
const YEAR: i32 = 12;

/// One expression of `sets`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Said<'a> {
    /// `today`
    Today,
    /// `now`
    Now,
    /// `me`
    Me,
    /// `+1`
    Adds(i32),
    /// `copy:FIELD`
    Copy(&'a str),
    /// `figure:NAME`
    Figure(&'a str),
    /// `clear`
    Clear,
    /// `summary`
    Summary,
    /// `clocks`
    Clocks,
    /// `months:FIELD`
    Months(&'a str),
    /// `of:LINK.FIELD`
    Of(&'a str, &'a str),
    /// `by:FIELD=a|b|c`
    By(&'a str, &'a str),
    /// A value as typed.
    Typed(&'a str),
}

impl<'a> Said<'a> {
    /// Reads an expression for a field of this type.
    pub fn read(text: &'a str, of: FieldType) -> Self {
        let number = matches!(of, FieldType::Integer | FieldType::Decimal);
        match text {
            "today" => Self::Today,
            "now" => Self::Now,
            "me" => Self::Me,
            "clear" => Self::Clear,
            "summary" if of == FieldType::Rows => Self::Summary,
            "clocks" if of == FieldType::Rows => Self::Clocks,
            _ => {
                let adds = text.strip_prefix('+').filter(|_| number).and_then(|n| n.parse().ok());
                let copy = text.strip_prefix("copy:").map(Self::Copy);
                let pair = |prefix: &str, sign: char| text.strip_prefix(prefix).and_then(|t| t.split_once(sign));
                copy.or_else(|| text.strip_prefix("figure:").map(Self::Figure))
                    .or_else(|| text.strip_prefix("months:").map(Self::Months))
                    .or_else(|| pair("of:", '.').map(|(link, name)| Self::Of(link, name)))
                    .or_else(|| pair("by:", '=').map(|(name, all)| Self::By(name, all)))
                    .or_else(|| adds.map(Self::Adds))
                    .unwrap_or(Self::Typed(text))
            }
        }
    }

    /// Why it cannot be written into a field of a kind.
    pub fn misfit(self, kind: &Kind, field: &Field) -> Option<String> {
        use FieldType as T;
        let needs = |ok: bool, what: &str| (!ok).then(|| format!("'{}' is no {what}", field.name));
        let other = |name: &str, of: T| match kind.field(name) {
            Some(f) if f.kind == of => None,
            Some(f) => Some(format!("'{}' is of another type than is needed", f.name)),
            None => Some(format!("there is no field '{name}'")),
        };
        match self {
            Self::Today => needs(matches!(field.kind, T::Date | T::Time), "date"),
            Self::Now => needs(matches!(field.kind, T::Date | T::Time), "time"),
            Self::Me => needs(
                field.is_link() && field.target.iter().any(|t| t == "person"),
                "link to a person",
            ),
            Self::Copy(name) => other(name, field.kind),
            Self::Figure(name) => match kind.derivation(name).and_then(|d| d.shape.as_deref()) {
                Some(shape) if shape.kind == field.kind => None,
                Some(_) => Some(format!("'{name}' is of another type than is needed")),
                None => Some(format!("there is no figure '{name}'")),
            },
            Self::Months(name) => needs(field.kind == T::Date, "date").or_else(|| other(name, T::Integer)),
            Self::Of(link, _) => other(link, T::Link),
            Self::By(name, _) => other(name, T::Scale),
            Self::Typed(t) if field.kind == T::Choice && field.choice(t).is_none() => {
                Some(format!("'{t}' is no choice of '{}'", field.name))
            }
            Self::Summary => {
                let has = |name: &str| field.fields.iter().any(|f| f.name == name);
                needs(has("input") && has("figures"), "list of inputs with figures")
            }
            Self::Clocks => {
                let has = |name: &str| field.fields.iter().any(|f| f.name == name);
                needs(has("until") && has("obligation"), "list of clocks")
            }
            Self::Typed(_) | Self::Clear | Self::Adds(_) => None,
        }
    }
}

/// Works out what is written into a record as it is, all of it from the values before. Not yet held against the
/// bounds of the fields.
///
/// # Errors
/// Names the field, and what does not fit.
pub fn values(
    w: &World,
    kind: &Kind,
    record: &Record,
    sets: &BTreeMap<String, String>,
) -> Result<Vec<(Tag, Option<Value>)>, String> {
    let mut out = Vec::new();
    for (name, text) in sets {
        let Some(field) = kind.field(name) else {
            return Err(format!("{} has no field '{name}'", kind.title));
        };
        let said = Said::read(text, field.kind);
        if let (Said::Months(every), Some(series)) = (said, series(kind, field)) {
            let (start, next) = next(w, kind, record, field, every);
            out.push((series.tag, Some(Value::Date(start))));
            out.push((field.tag, Some(Value::Date(next))));
            continue;
        }
        let value = value(w, kind, record, field, said)?;
        if let Some(series) = series(kind, field) {
            out.push((series.tag, value.clone()));
        }
        out.push((field.tag, value));
    }
    Ok(out)
}

/// Works out what is filled in where a record says nothing, each from what is known by then.
///
/// # Errors
/// Names the field, and what does not fit.
pub fn fill(
    w: &World,
    kind: &Kind,
    record: &Record,
    fills: &BTreeMap<String, String>,
) -> Result<Vec<(Tag, Option<Value>)>, String> {
    let (mut filled, mut out) = (record.clone(), Vec::new());
    // What is filled in may be what another follows from, whatever their names.
    for _ in 0..fills.len() {
        for (name, text) in fills {
            let Some(field) = kind.field(name).filter(|f| filled.get(f.tag).is_none()) else {
                continue;
            };
            if let Some(value) = value(w, kind, &filled, field, Said::read(text, field.kind))? {
                filled.set(field.tag, Some(value.clone()));
                out.push((field.tag, Some(value)));
            }
        }
    }
    Ok(out)
}

/// Whether a move takes a figure that was worked out into a field.
pub fn takes_figures(kind: &Kind, sets: &BTreeMap<String, String>) -> bool {
    sets.iter().any(|(name, text)| {
        let field = kind.field(name);
        field.is_some_and(|f| matches!(Said::read(text, f.kind), Said::Figure(_)))
    })
}

/// The figures that a move takes which come to something, each with the field that it takes it into; none if it takes no
/// figure at all.
pub fn taken<'k>(
    w: &World,
    kind: &'k Kind,
    record: &Record,
    sets: &BTreeMap<String, String>,
) -> Option<Vec<(&'k Field, Value)>> {
    let figures: Vec<(&Field, &str)> = sets
        .iter()
        .filter_map(|(name, text)| {
            let field = kind.field(name)?;
            match Said::read(text, field.kind) {
                Said::Figure(figure) => Some((field, figure)),
                _ => None,
            }
        })
        .collect();
    let value = |(field, name): &(&'k Field, &str)| Some((*field, w.value(kind, record, name)?.into_owned()));
    (!figures.is_empty()).then(|| figures.iter().filter_map(value).collect())
}

/// The field that keeps the first day of a date's series.
pub fn series<'k>(kind: &'k Kind, field: &Field) -> Option<&'k Field> {
    kind.field(field.series.as_deref()?)
}

fn value(w: &World, kind: &Kind, record: &Record, field: &Field, said: Said) -> Result<Option<Value>, String> {
    Ok(match said {
        Said::Today | Said::Now if field.kind == FieldType::Time => Some(Value::Time(w.now)),
        Said::Today | Said::Now => Some(Value::Date(w.today)),
        Said::Me if field.kind == FieldType::Links => Some(Value::Links(vec![Link {
            to: w.me.clone(),
            attributes: Vec::new(),
        }])),
        Said::Me => Some(Value::Link(w.me.clone())),
        Said::Clear => None,
        Said::Summary => summary::fill(w, record, field),
        Said::Clocks => clocks::fill(w, record, field),
        Said::Adds(n) => match record.get(field.tag) {
            Some(Value::Num(x)) => Some(Value::Num(x + f64::from(n))),
            Some(Value::Int(x)) => Some(Value::Int(x.saturating_add(i64::from(n)))),
            _ if field.kind == FieldType::Decimal => Some(Value::Num(f64::from(n))),
            _ => Some(Value::Int(i64::from(n))),
        },
        // what comes to nothing takes nothing away
        Said::Figure(name) => {
            let figure = w.value(kind, record, name).map(Cow::into_owned);
            figure.or_else(|| record.get(field.tag).cloned())
        }
        Said::Copy(name) => kind.field(name).and_then(|f| record.get(f.tag)).cloned(),
        // What another kind calls so may be of another type: then there is nothing to take over.
        Said::Of(link, name) => {
            let id = match kind.field(link).and_then(|f| record.get(f.tag)) {
                Some(Value::Link(id)) => Some(id),
                _ => None,
            };
            let other = id.and_then(|id| Some((w.kind(id)?, w.find(id)?)));
            other.and_then(|(k, r)| {
                let f = k.field(name).filter(|f| f.kind == field.kind)?;
                r.get(f.tag).cloned()
            })
        }
        Said::By(name, all) => match codec::level(w, kind, record, name).and_then(|(n, _)| all.split('|').nth(n)) {
            Some(text) => {
                codec::parse(w, kind, Some(record), field, text).map_err(|e| format!("{}: {e}", field.label))?
            }
            None => None,
        },
        Said::Months(every) => Some(Value::Date(next(w, kind, record, field, every).1)),
        Said::Typed(text) => {
            codec::parse(w, kind, Some(record), field, text).map_err(|e| format!("{}: {e}", field.label))?
        }
    })
}

/// The first day of a date's series and the next day in it. What is done before its day counts for that day if it is
/// nearer than half the time between two; else it was done besides, and the series begins anew with today.
fn next(w: &World, kind: &Kind, record: &Record, field: &Field, every: &str) -> (i32, i32) {
    let date = |f: &Field| record.get(f.tag).and_then(Value::as_date);
    let months = match kind.field(every).and_then(|f| record.get(f.tag)) {
        Some(Value::Int(n)) => i32::try_from(*n).unwrap_or(YEAR).max(1),
        // where it is judged by a method, that says when it is judged again
        _ => match kind.field("method").and_then(|_| w.method(kind, Some(record))) {
            Some(method) => i32::try_from(method.quantities.review_months).unwrap_or(YEAR),
            None => YEAR,
        },
    };
    let fresh = (w.today, calendar::add_months(w.today, months));
    let Some(now) = date(field) else { return fresh };
    let start = series(kind, field).and_then(date).unwrap_or(now);
    if now <= w.today {
        // a series never begins after its own day
        let start = start.min(now);
        return (start, calendar::next_in_series(start, months, w.today));
    }
    let far = i64::from(now) - i64::from(w.today);
    if far * 2 > i64::from(fresh.1 - w.today) {
        return fresh;
    }
    let start = start.min(now);
    (start, calendar::next_in_series(start, months, now))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::sample::{Sample, TODAY};

    fn set(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs
            .iter()
            .map(|(a, b)| ((*a).to_string(), (*b).to_string()))
            .collect()
    }

    #[test]
    fn every_expression_writes_what_it_says() {
        let mut s = Sample::empty();
        s.add("P-0001", &[("title", "Ada Berg")]);
        s.add(
            "TH-0001",
            &[("title", "T"), ("integer", "4"), ("date", "2026-01-31"), ("line", "x")],
        );
        let (w, r) = (s.world(), s.get("TH-0001"));
        let kind = s.catalogue.kind("thing").unwrap();
        let run = |field: &str, text: &str| {
            let found = values(&w, kind, &r, &set(&[(field, text)])).unwrap();
            found.into_iter().next().unwrap().1
        };
        assert_eq!(run("date", "today"), Some(Value::Date(TODAY)));
        assert_eq!(run("time", "now"), Some(Value::Time(w.now)));
        assert_eq!(run("owner", "me"), Some(Value::Link(s.me.clone())));
        assert_eq!(run("integer", "+1"), Some(Value::Int(5)));
        assert_eq!(run("decimal", "+1"), Some(Value::Num(1.0)));
        assert_eq!(run("title", "copy:line"), Some(Value::Text("x".into())));
        assert_eq!(run("line", "clear"), None);
        assert_eq!(run("date", "+12m"), Some(Value::Date(calendar::add_months(TODAY, 12))));
        assert_eq!(run("choice", "First"), Some(Value::Text("one".into())));
        assert_eq!(run("integer", "7"), Some(Value::Int(7)));
        // four months from the 31st of January: the last day of September has passed, that of January comes
        let next = calendar::parse_day("2027-01-31", TODAY).unwrap();
        assert_eq!(run("date", "months:integer"), Some(Value::Date(next)));
    }

    #[test]
    fn what_is_empty_is_filled_from_other_records_and_levels() {
        let mut s = Sample::empty();
        s.add("P-0001", &[("title", "Ada Berg")]);
        s.add("A-0001", &[("title", "Above"), ("owner", "P-0001")]);
        s.add("TH-0002", &[("title", "T"), ("link", "A-0001")]);
        let (w, r) = (s.world(), s.get("TH-0002"));
        let kind = s.catalogue.kind("thing").unwrap();
        let tag = |name: &str| kind.field(name).unwrap().tag;
        let fills = set(&[
            ("owner", "of:link.owner"),
            ("text", "of:link.title"),
            ("title", "of:link.title"),
        ]);
        let got = fill(&w, kind, &r, &fills).unwrap();
        // The title is there, and a text is no line.
        assert_eq!(got, [(tag("owner"), Some(Value::Link("P-0001".into())))]);
    }

    #[test]
    fn all_is_worked_out_from_the_values_before() {
        let mut s = Sample::empty();
        s.add("TH-0001", &[("title", "T"), ("integer", "4"), ("decimal", "1.5")]);
        let kind = s.catalogue.kind("thing").unwrap();
        let sets = set(&[("decimal", "+1"), ("integer", "+1"), ("text", "copy:line")]);
        let got = values(&s.world(), kind, &s.get("TH-0001"), &sets).unwrap();
        let of = |name: &str| {
            got.iter()
                .find(|(t, _)| *t == kind.field(name).unwrap().tag)
                .unwrap()
                .1
                .clone()
        };
        assert_eq!(of("integer"), Some(Value::Int(5)));
        assert_eq!(of("decimal"), Some(Value::Num(2.5)));
        assert_eq!(of("text"), None);
    }

    #[test]
    fn what_is_done_early_counts_for_its_day_or_begins_anew() {
        let mut s = Sample::empty();
        let kind = s.catalogue.kind("thing").unwrap().clone();
        let day = |text: &str| Some(Value::Date(calendar::parse_day(text, TODAY).unwrap()));
        for (date, want) in [
            ("2026-11-22", day("2027-11-22")),
            ("2026-12-31", day("2027-12-31")),
            ("2027-10-31", day("2027-11-22")),
            ("2024-02-29", day("2027-02-28")),
        ] {
            s.add("TH-0001", &[("title", "T"), ("date", date)]);
            let got = values(
                &s.world(),
                &kind,
                &s.get("TH-0001"),
                &set(&[("date", "months:integer")]),
            )
            .unwrap();
            assert_eq!(got[0].1, want, "{date}");
        }
    }

    #[test]
    fn an_expression_that_does_not_fit_is_named() {
        let s = Sample::empty();
        let kind = s.catalogue.kind("thing").unwrap();
        for (field, text) in [
            ("line", "today"),
            ("link", "me"),
            ("date", "months:line"),
            ("date", "copy:integer"),
            ("choice", "third"),
        ] {
            let f = kind.field(field).unwrap();
            assert!(Said::read(text, f.kind).misfit(kind, f).is_some(), "{field} = {text}");
        }
    }
}
