//! What is measured against what was wanted: bands with hysteresis, the share of the way to a target, and whether that
//! is in time.

use super::super::kind::{DIRECTIONS, Derivation, Filter, Kind};
use super::super::record::Record;
use super::super::value::Value;
use super::super::world::World;
use super::{begun, linked};

/// The bands, best first.
const BANDS: [&str; 3] = ["green", "amber", "red"];

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

/// The bounds between bands, in a measure that is worse the higher it is.
struct Bounds {
    amber: f64,
    red: f64,
    /// By how much a bound must be passed back.
    back: f64,
}

impl Bounds {
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
    let sign = match record.text(kind.field(direction)?.tag) {
        d if d == DIRECTIONS[0] => -1.0,
        d if d == DIRECTIONS[1] => 1.0,
        _ => return None,
    };
    let (amber, red) = (of(kind, record, amber), of(kind, record, red));
    let bounds = Bounds {
        // with one bound only there are two bands
        amber: sign * amber.or(red)?,
        red: red.map_or(f64::INFINITY, |r| sign * r),
        back: of(kind, record, hysteresis).unwrap_or(0.0).abs(),
    };
    let none = Filter::default();
    let mut values: Vec<_> = linked::records(w, record, other, field, &none)
        .filter_map(|(k, r)| {
            let day = r.get(k.field(date)?.tag)?.as_date()?;
            Some((day, &r.id, number(&*w.value(k, r, value)?)?))
        })
        .collect();
    values.sort_by(|a, b| (a.0, a.1).cmp(&(b.0, b.1)));
    let mut band = 0;
    let all = values.iter().map(|(day, _, value)| {
        band = bounds.next(band, sign * value);
        Point {
            day: *day,
            value: *value,
            band,
        }
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

#[cfg(test)]
mod tests {
    use super::*;

    /// Cases of `tests/vectors/bands.json`: worse at once, better only past the bound by the hysteresis.
    #[test]
    fn bands_get_worse_at_once_and_better_late() {
        let file: serde_json::Value = serde_json::from_str(include_str!("../../../tests/vectors/bands.json")).unwrap();
        for case in file["cases"].as_array().unwrap() {
            let n = |name: &str| case[name].as_f64().unwrap();
            let sign = if case["direction"] == "higher_is_worse" {
                1.0
            } else {
                -1.0
            };
            let bounds = Bounds {
                amber: sign * n("amber_at"),
                red: sign * n("red_at"),
                back: n("hysteresis"),
            };
            let mut band = 0;
            let all = case["x"].as_array().unwrap().iter().map(|x| {
                band = bounds.next(band, sign * x.as_f64().unwrap());
                BANDS[band]
            });
            let got: Vec<&str> = all.collect();
            let want: Vec<&str> = case["status"]
                .as_array()
                .unwrap()
                .iter()
                .map(|s| s.as_str().unwrap())
                .collect();
            assert_eq!(got, want, "{}", case["id"]);
        }
    }
}
