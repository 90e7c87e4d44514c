//! Days that fall due, and days that come again.

use super::Compute;
use super::cases::Cases;
use super::read;
use isms::method::agenda::Bucket;
use isms::model::calendar;
use serde_json::{Value, json};

/// The kinds of this subject.
pub const KINDS: &[(&str, Compute)] = &[("due", due), ("recurrence", recurrence)];

fn day(text: &str) -> Result<i32, String> {
    calendar::parse_day(text, 0).ok_or_else(|| format!("'{text}' is no day"))
}

/// The ids of each bucket, in the order in which they are given.
fn due(case: &Value, _: &Cases) -> Result<Value, String> {
    let today = day(read::word(case, "input.today")?)?;
    let mut ids: [Vec<&str>; 4] = Default::default();
    for item in read::list(case, "input.items")? {
        let (Some(id), Some(on)) = (item[0].as_str(), item[1].as_str()) else {
            return Err("an item is no pair of words".to_string());
        };
        let bucket = Bucket::of(day(on)?, today);
        let place = Bucket::ALL.iter().position(|b| *b == bucket);
        ids[place.unwrap_or_default()].push(id);
    }
    let [overdue, today, soon, later] = ids;
    Ok(json!({ "overdue": overdue, "today": today, "soon": soon, "later": later }))
}

/// The days of a series, its start first.
fn recurrence(case: &Value, _: &Cases) -> Result<Value, String> {
    let start = day(read::word(case, "input.start")?)?;
    let months = i32::try_from(read::count(case, "input.every_months")?).map_err(|e| e.to_string())?;
    let next = |after: &i32| Some(calendar::next_in_series(start, months, *after));
    let days = std::iter::successors(Some(start), next).take(read::count(case, "input.count")?);
    Ok(days.map(|d| json!(calendar::show(d))).collect())
}
