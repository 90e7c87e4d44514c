//! What is measured against what was wanted: bands with hysteresis, the share of the way to a target, and whether that
//! is in time.

use super::super::kind::{DIRECTIONS, Derivation, Filter, Kind};
use super::super::record::Record;
use super::super::value::Value;
use super::super::world::World;
use super::{begun, linked};

/// The bands, best first.
pub const BANDS: [&str; 3] = ["green", "amber", "red"];

/// The number in a value; amounts in major units.
fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Int(n) => Some(*n as f64),
        Value::Num(n) => Some(*n),
        Value::Money(minor, currency) => Some(super::super::codec::major(*minor, *currency)),
        _ => None,
    }
}

fn of(kind: &Kind, record: &Record, name: &str) -> Option<f64> {
    number(record.get(kind.field(name)?.tag)?)
}

/// The bounds between the bands of a measure.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bounds {
    /// 1 where a measure is worse the higher it is, -1 where it is better; `amber` and `red` are times this.
    sign: f64,
    amber: f64,
    red: f64,
    /// By how much a bound must be passed back.
    back: f64,
}

impl Bounds {
    /// From where a measure is amber and red, and by how much it must pass a bound back to be better again. None
    /// without any bound; with one only there are two bands.
    pub fn new(higher_is_worse: bool, amber: Option<f64>, red: Option<f64>, hysteresis: f64) -> Option<Self> {
        let sign = if higher_is_worse { 1.0 } else { -1.0 };
        Some(Self {
            sign,
            amber: sign * amber.or(red)?,
            red: red.map_or(f64::INFINITY, |r| sign * r),
            back: hysteresis.abs(),
        })
    }

    /// The band in which each value of a course stands after those before it: 0 green, 1 amber, 2 red.
    pub fn bands(self, values: impl IntoIterator<Item = f64>) -> impl Iterator<Item = usize> {
        let mut band = 0;
        values.into_iter().map(move |x| {
            band = self.next(band, self.sign * x);
            band
        })
    }

    /// The band after one more value: worse at once, better only past the bound by `back`.
    fn next(&self, band: usize, x: f64) -> usize {
        let worse = usize::from(x >= self.amber).max(2 * usize::from(x >= self.red));
        let held = usize::from(x >= self.amber - self.back).max(2 * usize::from(x >= self.red - self.back));
        worse.max(band.min(held))
    }
}

/// One value of a course.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    /// Its day.
    pub day: i32,
    /// The number.
    pub value: f64,
    /// The band in which it stands after those before it: 0 green, 1 amber, 2 red.
    pub band: usize,
}

/// The values that a band is worked out from, in their order, each with its own band.
pub fn course(w: &World, kind: &Kind, record: &Record, from: &Derivation) -> Vec<Point> {
    points(w, kind, record, from).unwrap_or_default()
}

fn points(w: &World, kind: &Kind, record: &Record, from: &Derivation) -> Option<Vec<Point>> {
    let Derivation::Band {
        kind: other,
        field,
        date,
        value,
        direction,
        amber,
        red,
        hysteresis,
    } = from
    else {
        return None;
    };
    let direction = record.text(kind.field(direction)?.tag);
    let higher_is_worse = direction == DIRECTIONS[1];
    if !higher_is_worse && direction != DIRECTIONS[0] {
        return None;
    }
    let (amber, red) = (of(kind, record, amber), of(kind, record, red));
    let back = of(kind, record, hysteresis).unwrap_or(0.0);
    let bounds = Bounds::new(higher_is_worse, amber, red, back)?;
    let none = Filter::default();
    let mut values: Vec<_> = linked::records(w, record, other, field, &none)
        .filter_map(|(k, r)| {
            let day = r.get(k.field(date)?.tag)?.as_date()?;
            Some((day, &r.id, number(&*w.value(k, r, value)?)?))
        })
        .collect();
    values.sort_by(|a, b| (a.0, a.1).cmp(&(b.0, b.1)));
    let bands = bounds.bands(values.iter().map(|(_, _, value)| *value));
    let all = values.iter().zip(bands).map(|((day, _, value), band)| Point {
        day: *day,
        value: *value,
        band,
    });
    Some(all.collect())
}

/// The band in which the values of the linked records have ended.
pub(super) fn band(w: &World, kind: &Kind, record: &Record, from: &Derivation) -> Option<&'static str> {
    let last = points(w, kind, record, from)?.pop()?;
    BANDS.get(last.band).copied()
}

/// The share of the way from the baseline to the target.
pub(super) fn attainment(w: &World, kind: &Kind, record: &Record, from: &Derivation) -> Option<f64> {
    let Derivation::Attainment {
        value,
        baseline,
        target,
    } = from
    else {
        return None;
    };
    let now = number(&*w.value(kind, record, value)?)?;
    let start = of(kind, record, baseline).unwrap_or(0.0);
    let way = of(kind, record, target)? - start;
    let share = (now - start) / way;
    // Not "-0 %" at the very beginning.
    share.is_finite().then_some(share + 0.0)
}

/// Whether an attainment is in time.
pub(super) fn pace(w: &World, kind: &Kind, record: &Record, from: &Derivation) -> Option<&'static str> {
    let Derivation::Pace {
        attainment,
        since,
        until,
        band,
    } = from
    else {
        return None;
    };
    let word = |name: &str| w.value(kind, record, name);
    let share = word(attainment).as_deref().and_then(number);
    let red = !band.is_empty() && word(band).as_deref().and_then(Value::as_text) == Some("red");
    let until = record.get(kind.field(until)?.tag).and_then(Value::as_date);
    if share.is_some_and(|s| s >= 1.0) {
        return Some(if red { "at-risk" } else { "met" });
    }
    let until = until?;
    if w.today > until {
        return Some("missed");
    }
    let (share, begun) = (share?, begun(w, kind, record, since)?);
    let passed = f64::from(w.today.saturating_sub(begun).max(0)) / f64::from(until.saturating_sub(begun).max(1));
    Some(if red || share + 1e-9 < passed {
        "at-risk"
    } else {
        "on-track"
    })
}
