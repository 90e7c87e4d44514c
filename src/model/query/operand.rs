//! One value of a query, read in every way that a field could ask for: the type of the field picks the reading.

use super::QueryError;
use super::lex::{Op, Piece};
use super::names::{self, Subject};
use crate::model::calendar;
use crate::model::codec;
use crate::model::derive;
use crate::model::kind::{Catalogue, Class, Derivation, Field, FieldType, Kind, KindIx, Tag};
use crate::model::record::Id;

/// A value and the operator in front of it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Operand {
    pub op: Op,
    pub what: What,
}

/// What stands behind the operator.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum What {
    /// `*`
    Any,
    /// `none`
    None,
    /// `@other_field`
    Field(String),
    /// A value.
    Value(Box<Readings>),
}

/// A value in all its readings.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Readings {
    /// In lower case.
    pub text: String,
    /// As `joined` folds it, for choices, states and tags.
    pub joined: String,
    pub me: bool,
    pub id: Option<Id>,
    pub yes: Option<bool>,
    pub number: Option<f64>,
    pub hours: Option<f64>,
    /// In major units, with the currency if it was given.
    pub money: Option<(f64, Option<[u8; 3]>)>,
    pub days: Option<Days>,
}

/// Days that a text means.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Days {
    /// From and to, both included.
    Span(i32, i32),
    /// So many days from today.
    Offset(i32),
    /// Depends on today in some other way (`3m`, `friday`).
    Text(String),
    /// Before today, and still open.
    Overdue,
}

impl Days {
    fn read(text: &str) -> Option<Self> {
        if text == "overdue" || text == "late" {
            return Some(Self::Overdue);
        }
        let digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
        let first = |y: &str, m: i8| jiff::civil::Date::new(y.parse().ok()?, m, 1).ok();
        match text.split_once('-') {
            None if text.len() == 4 && digits(text) => {
                let from = first(text, 1)?;
                return Some(Self::Span(
                    calendar::day_of(from),
                    calendar::day_of(from.last_of_year()),
                ));
            }
            Some((y, m)) if y.len() == 4 && (1..=2).contains(&m.len()) && digits(y) && digits(m) => {
                let from = first(y, m.parse().ok()?)?;
                return Some(Self::Span(
                    calendar::day_of(from),
                    calendar::day_of(from.last_of_month()),
                ));
            }
            _ => {}
        }
        // what a text means on three days tells how it depends on today
        let [a, b, c] = [10_000, 10_001, 17_777].map(|today| calendar::parse_day(text, today).map(|d| (d, d - today)));
        let (a, b, c) = (a?, b?, c?);
        Some(if a.0 == b.0 && b.0 == c.0 {
            Self::Span(a.0, a.0)
        } else if a.1 == b.1 && b.1 == c.1 {
            Self::Offset(a.1)
        } else {
            Self::Text(text.to_string())
        })
    }

    /// From and to, on a day.
    pub(super) fn on(&self, today: i32) -> Option<(i32, i32)> {
        match self {
            Self::Span(a, b) => Some((*a, *b)),
            Self::Offset(n) => Some((today + n, today + n)),
            Self::Text(t) => calendar::parse_day(t, today).map(|d| (d, d)),
            Self::Overdue => None,
        }
    }
}

/// How the value under a name is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Nature {
    /// `id`
    Id,
    /// `state`
    State,
    /// A day: dates, times, `due`.
    Day,
    /// A level, of a field or derived.
    Level,
    /// A number that is derived.
    Count,
    /// One of the computed words; ordered from the best to the worst.
    Word,
    /// As its field's type says.
    Field,
}

/// Where the value under a name is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum At {
    /// In the field of this number (of the kind's fields), under this tag.
    Field(usize, Tag),
    /// In the earliest of its due dates.
    Due,
    /// Worked out.
    Other,
}

/// A name, looked up in a kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    pub nature: Nature,
    pub at: At,
    derived: Option<usize>,
    /// The kind and the field from which a derived value comes as it is.
    origin: Option<(KindIx, usize)>,
}

impl Place {
    pub(super) fn field<'k>(self, c: &'k Catalogue, kind: &'k Kind) -> Option<&'k Field> {
        match (self.at, self.origin) {
            (At::Field(i, _), _) => kind.fields.get(i),
            (_, Some((ix, i))) => c.kinds.get(ix)?.fields.get(i),
            _ => kind.derived.get(self.derived?)?.shape.as_deref(),
        }
    }

    pub(super) fn derivation(self, kind: &Kind) -> Option<&Derivation> {
        kind.derived.get(self.derived?).map(|d| &d.from)
    }
}

fn nature(f: &Field) -> Nature {
    match f.kind {
        FieldType::Date | FieldType::Time => Nature::Day,
        FieldType::Scale => Nature::Level,
        _ => Nature::Field,
    }
}

/// Looks a name up; `None` if the kind has no such name.
pub(super) fn place(c: &Catalogue, kind: &Kind, name: &str) -> Option<Place> {
    let of = |nature, at| {
        Some(Place {
            nature,
            at,
            derived: None,
            origin: None,
        })
    };
    match name {
        "id" => return of(Nature::Id, At::Other),
        "state" => return of(Nature::State, At::Other),
        "changed" | "created" => return of(Nature::Day, At::Other),
        _ => {}
    }
    if let Some(i) = kind.fields.iter().position(|f| f.name == name) {
        let f = &kind.fields[i];
        return of(nature(f), At::Field(i, f.tag));
    }
    let derived = kind.derived.iter().position(|d| d.name == name);
    let mut origin = None;
    let shape = derived.and_then(|i| kind.derived[i].shape.as_deref());
    let (nature, at) = match derived.map(|i| &kind.derived[i].from) {
        Some(Derivation::Figure { .. }) => (nature(shape?), At::Other),
        Some(Derivation::Matrix { .. } | Derivation::Max { .. }) => (Nature::Level, At::Other),
        Some(Derivation::Due) => (Nature::Day, At::Due),
        Some(Derivation::Lapse { .. }) => (Nature::Day, At::Other),
        Some(Derivation::Count { .. } | Derivation::Late { .. } | Derivation::Attainment { .. }) => {
            (Nature::Count, At::Other)
        }
        Some(Derivation::Validity { .. } | Derivation::Band { .. } | Derivation::Pace { .. }) => {
            (Nature::Word, At::Other)
        }
        Some(Derivation::Latest { .. } | Derivation::Of { .. }) => {
            let (other, name) = derive::origin(c, kind, name)?;
            let ix = c.index_of(&other.name)?;
            let there = place(c, other, name)?;
            origin = match there.at {
                At::Field(i, _) => Some((ix, i)),
                _ => there.origin,
            };
            // a state or an id of another kind is compared as a word
            let word = matches!(there.nature, Nature::State | Nature::Id);
            (if word { Nature::Word } else { there.nature }, At::Other)
        }
        None if name == "due" => (Nature::Day, At::Due),
        None => return None,
    };
    Some(Place {
        nature,
        at,
        derived,
        origin,
    })
}

/// Reads a value, and if the kind is known holds it against the field's type.
pub(super) fn read(
    c: &Catalogue,
    kind: Option<&Kind>,
    name: &str,
    op: Op,
    piece: &Piece,
) -> Result<Operand, QueryError> {
    let text = piece.text.trim();
    let lower = text.to_lowercase();
    if !piece.quoted {
        match lower.as_str() {
            "*" => return plain(op, What::Any, piece),
            "none" if !is_level_none(c, kind, name) => return plain(op, What::None, piece),
            _ => {}
        }
        if let Some(other) = text.strip_prefix('@') {
            return match names::find(c, kind, other, piece.at + 1)? {
                Subject::Field(other) => Ok(Operand {
                    op,
                    what: What::Field(other),
                }),
                _ => Err(QueryError::new(piece.at, format!("no field '{other}' to compare with"))),
            };
        }
    }
    let readings = Readings {
        joined: codec::joined(text),
        me: lower == "me" && !piece.quoted,
        id: Id::typed(text).filter(|id| c.kind_of(id).is_some()),
        yes: codec::yes(text),
        number: codec::number(text),
        hours: codec::hours(text),
        money: codec::amount(text),
        days: Days::read(&lower),
        text: lower,
    };
    if let Some(kind) = kind
        && let Some(place) = place(c, kind, name)
        && let Some(message) = misfit(c, kind, place, name, op, &readings)
    {
        return Err(QueryError::new(piece.at, message));
    }
    Ok(Operand {
        op,
        what: What::Value(Box::new(readings)),
    })
}

fn plain(op: Op, what: What, piece: &Piece) -> Result<Operand, QueryError> {
    if op.orders() {
        let message = format!("'{}' has no size: use : or =", piece.text);
        return Err(QueryError::new(piece.at, message));
    }
    Ok(Operand { op, what })
}

/// On some scales `none` is a level; `field:none` then means the level, and `-field:*` that there is no value.
fn is_level_none(c: &Catalogue, kind: Option<&Kind>, name: &str) -> bool {
    scales(c, kind, name).iter().any(|s| s.position("none").is_some())
}

/// Why a value does not fit the field, in words.
fn misfit(c: &Catalogue, kind: &Kind, place: Place, name: &str, op: Op, r: &Readings) -> Option<String> {
    let t = &r.text;
    let lacks = |ok: bool, what: &str| (!ok).then(|| format!("'{t}' is not {what}"));
    let no_order = |what: &str| {
        op.orders()
            .then(|| format!("'{name}' is {what} and has no order: use : or ="))
    };
    match place.nature {
        Nature::Id => no_order("an id"),
        Nature::State => {
            let known = class_of(&r.joined).is_some() || kind.states.iter().any(|s| s.id.starts_with(&r.joined));
            let all: Vec<&str> = kind.states.iter().map(|s| s.id.as_str()).collect();
            no_order("a state").or_else(|| lacks(known, &format!("a state: {}", all.join(", "))))
        }
        Nature::Day => match &r.days {
            None => Some(format!("'{t}' is not a day: {}, overdue", calendar::HINT)),
            Some(Days::Overdue) if op.orders() => Some("'overdue' has no size: use :".to_string()),
            Some(_) => None,
        },
        Nature::Level if op.orders() && r.number.is_none() => {
            let scales = scales(c, Some(kind), name);
            let known = scales.iter().any(|s| s.find(t).is_some());
            let names: Vec<&str> = scales
                .first()
                .map(|s| s.levels.iter().map(|l| l.id.as_str()).collect())?;
            lacks(known, &format!("a level: {}", names.join(", ")))
        }
        Nature::Level => None,
        Nature::Count => lacks(r.number.is_some(), "a number"),
        Nature::Word => {
            let all = derive::words_of(c, kind, name);
            let known = match op.orders() {
                true => all.contains(&r.joined.as_str()),
                false => all.iter().any(|w| w.starts_with(&r.joined)),
            };
            lacks(known || all.is_empty(), &format!("one of {}", all.join(", ")))
        }
        Nature::Field => match place.field(c, kind)?.kind {
            FieldType::Line | FieldType::Text => no_order("a text"),
            FieldType::File => no_order("a file"),
            FieldType::Link => no_order("a link"),
            FieldType::Choice => {
                let f = place.field(c, kind)?;
                let known = !choices(f, r).is_empty();
                let all: Vec<&str> = f.choices.iter().map(|c| c.id.as_str()).collect();
                no_order("a choice")
                    .or_else(|| lacks(known || f.choices.is_empty(), &format!("one of {}", all.join(", "))))
            }
            FieldType::Bool => no_order("yes or no").or_else(|| lacks(r.yes.is_some(), "yes or no")),
            FieldType::Integer | FieldType::Decimal | FieldType::Range => lacks(r.number.is_some(), "a number"),
            FieldType::Percent => lacks(r.number.is_some(), "a share such as 40% or 0.4"),
            FieldType::Money => lacks(r.money.is_some(), "an amount such as 12k or 12k EUR (in quotes)"),
            FieldType::Duration => lacks(r.hours.is_some(), "a duration such as 4h or 2d"),
            FieldType::Tags | FieldType::Links | FieldType::Rows if op.orders() => {
                lacks(r.number.is_some(), "a number to count them by")
            }
            _ => None,
        },
    }
}

/// The class of states that a word means, so that `state:open` works for every kind.
pub(super) fn class_of(word: &str) -> Option<Class> {
    match word {
        "open" => Some(Class::Open),
        "closed" => Some(Class::Closed),
        _ => None,
    }
}

/// The scales on which a name's levels may stand: one a method, or a plain one.
pub(super) fn scales<'c>(c: &'c Catalogue, kind: Option<&Kind>, name: &str) -> Vec<&'c crate::model::kind::Scale> {
    let Some(kind) = kind else { return Vec::new() };
    let id = match kind.shape(name) {
        Some(f) => f.scale.as_deref().unwrap_or_default(),
        None => match kind.derivation(name).map(|d| &d.from) {
            Some(Derivation::Matrix { .. }) => "level",
            Some(Derivation::Max { of }) => {
                return of.first().map(|n| scales(c, Some(kind), n)).unwrap_or_default();
            }
            Some(Derivation::Latest { .. } | Derivation::Of { .. }) => {
                let there = derive::origin(c, kind, name);
                return there.map(|(k, n)| scales(c, Some(k), n)).unwrap_or_default();
            }
            _ => return Vec::new(),
        },
    };
    let methods = c.methods.iter().filter_map(|m| m.scale(id));
    methods.chain(c.scale(id)).collect()
}

/// The choices that a value means: exactly one, else those that begin with it.
pub(super) fn choices<'f>(f: &'f Field, r: &Readings) -> Vec<&'f str> {
    let exact = |w: &str| codec::joined(w) == r.joined;
    let found = f
        .choices
        .iter()
        .find(|c| exact(&c.id) || exact(&c.label) || c.aliases.iter().any(|a| exact(a)));
    if let Some(c) = found {
        return vec![c.id.as_str()];
    }
    let begins = |w: &str| codec::joined(w).starts_with(&r.joined);
    let all = f.choices.iter().filter(|c| begins(&c.id) || begins(&c.label));
    all.map(|c| c.id.as_str()).collect()
}
