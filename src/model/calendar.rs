//! Days: what a person means by `friday`, `30d` or `01.12.2026`, how far away a day is in words, and adding months
//! without drift. A day is an `i32`, days since 1970-01-01. Today comes in as an argument.

use jiff::Timestamp;
use jiff::civil::{Date, Weekday};

/// Milliseconds in a day.
pub const DAY_MS: i64 = 86_400_000;

const EPOCH: Date = Date::constant(1970, 1, 1);
const FIRST: Date = Date::constant(1, 1, 1);
const LAST: Date = Date::constant(9999, 12, 31);

/// What [`parse_day`] understands of days that have been, in a few words.
pub const PAST_HINT: &str = "2026-06-30, 30.06.2026, 30 Jun 2026, yesterday, -30d, -2w, 3 months ago";
/// What [`parse_day`] understands, in a few words for an error.
pub const HINT: &str = "2026-12-01, 01.12.2026, 1 Dec 2026, today, friday, 30d, -2w, in 3 months";

/// The calendar date of a day; days outside the years 1 to 9999 come to the nearest end.
pub fn date(day: i32) -> Date {
    if day < day_of(FIRST) {
        return FIRST;
    }
    EPOCH
        .checked_add(jiff::Span::new().days(day.min(day_of(LAST))))
        .unwrap_or(LAST)
}

/// The day of a calendar date.
pub fn day_of(date: Date) -> i32 {
    i32::try_from(date.duration_since(EPOCH).as_hours() / 24).unwrap_or_default()
}

/// The day as `2026-12-01`.
pub fn show(day: i32) -> String {
    date(day).to_string()
}

/// A moment (milliseconds since 1970) as RFC 3339 in UTC: `2026-12-01T08:30:00Z`.
pub fn show_time(ms: i64) -> String {
    Timestamp::from_millisecond(ms).map_or_else(|_| ms.to_string(), |t| t.to_string())
}

/// A moment for people, in UTC to the minute: `2026-12-01 08:30`.
pub fn show_minute(ms: i64) -> String {
    show_time(ms)
        .chars()
        .take(16)
        .map(|c| if c == 'T' { ' ' } else { c })
        .collect()
}

/// The same, with its zone: `2026-12-01 08:30 UTC`.
pub fn show_moment(ms: i64) -> String {
    format!("{} UTC", show_minute(ms))
}

/// The day, in UTC, of a moment.
pub fn day_of_time(ms: i64) -> i32 {
    i32::try_from(ms.div_euclid(DAY_MS)).unwrap_or(if ms < 0 { i32::MIN } else { i32::MAX })
}

/// A moment from RFC 3339, `2026-12-01 08:30` (UTC), or a day as [`parse_day`] knows it (its first moment, UTC).
pub fn parse_time(text: &str, today: i32, now: i64) -> Option<i64> {
    let t = text.trim();
    if t.eq_ignore_ascii_case("now") {
        return Some(now);
    }
    if let Ok(stamp) = t.parse::<Timestamp>() {
        return Some(stamp.as_millisecond());
    }
    if t.contains(':') {
        let civil: jiff::civil::DateTime = t.trim_end_matches(['Z', 'z']).trim_end().parse().ok()?;
        let stamp = civil.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp();
        return Some(stamp.as_millisecond());
    }
    parse_day(t, today).map(|d| i64::from(d) * DAY_MS)
}

/// A day some months later (or earlier); the 31st becomes the last day of a shorter month.
pub fn add_months(day: i32, months: i32) -> i32 {
    let d = date(day);
    let count = i32::from(d.year()) * 12 + i32::from(d.month()) - 1 + months;
    let (year, month) = (count.div_euclid(12), count.rem_euclid(12) + 1);
    let first = i16::try_from(year)
        .ok()
        .zip(i8::try_from(month).ok())
        .and_then(|(y, m)| Date::new(y, m, 1).ok());
    match first {
        Some(f) => day_of(f) + i32::from(d.day().min(f.days_in_month())) - 1,
        None => day_of(if months < 0 { FIRST } else { LAST }),
    }
}

/// The first day after `after` in the series that starts on `start` and comes every `months` (at least 1) months.
/// Every member is counted from the start, so that a 31st does not wander to the 28th.
pub fn next_in_series(start: i32, months: i32, after: i32) -> i32 {
    let months = months.max(1);
    if after < start {
        return start;
    }
    let (a, b) = (date(start), date(after));
    let apart = (i32::from(b.year()) - i32::from(a.year())) * 12 + i32::from(b.month()) - i32::from(a.month());
    let mut n = (apart / months - 1).max(1);
    while add_months(start, n.saturating_mul(months)) <= after {
        n += 1;
    }
    add_months(start, n * months)
}

/// How much time is left, in milliseconds, to the minute: `in 2h 5m`, `40 min late`.
pub fn show_left(ms: i64) -> String {
    let minutes = ms.unsigned_abs() / 60_000;
    let long = match minutes {
        0..60 => format!("{minutes} min"),
        60..600 => format!("{}h {}m", minutes / 60, minutes % 60),
        _ => format!("{}h", minutes / 60),
    };
    if ms < 0 {
        format!("{long} late")
    } else {
        format!("in {long}")
    }
}

/// How far away a day is: `today`, `tomorrow`, `in 3 days`, `2 days late`, `in 4 months`.
pub fn show_relative(day: i32, today: i32) -> String {
    let far = i64::from(day) - i64::from(today);
    let n = far.abs();
    let (count, unit) = match n {
        0 => return "today".to_string(),
        1 if far > 0 => return "tomorrow".to_string(),
        1..=60 => (n, "day"),
        61..=729 => ((n * 2 + 30) / 61, "month"),
        _ => ((n * 4 + 730) / 1461, "year"),
    };
    let s = if count == 1 { "" } else { "s" };
    if far > 0 {
        format!("in {count} {unit}{s}")
    } else {
        format!("{count} {unit}{s} late")
    }
}

/// The day that a person means. Understands ISO dates, `01.12.2026`, `1 Dec 2026`, `Dec 1`, `13/12/2026` (refused where
/// day and month could be exchanged), `today`, `friday` (the next one), `30d`, `-2w`, `in 3 months`, `2 days ago`,
/// `next week`, `end of month`. A date with a time gives its date.
pub fn parse_day(text: &str, today: i32) -> Option<i32> {
    let t = text.trim().to_lowercase();
    if t.is_empty() || t.len() > 40 {
        return None;
    }
    named(&t, today)
        .or_else(|| relative(&t, today))
        .or_else(|| numeric(&t, today))
        .or_else(|| with_month_name(&t, today))
}

fn named(t: &str, today: i32) -> Option<i32> {
    let d = date(today);
    let t = t.replace(['-', '_'], " ");
    Some(match t.as_str() {
        "today" | "now" => today,
        "tomorrow" | "tmr" => today + 1,
        "yesterday" => today - 1,
        "next week" => today + 7,
        "last week" => today - 7,
        "next month" => add_months(today, 1),
        "last month" => add_months(today, -1),
        "next year" => add_months(today, 12),
        "last year" => add_months(today, -12),
        "eom" | "end of month" | "month end" => day_of(d.last_of_month()),
        "eoy" | "end of year" | "year end" => day_of(d.last_of_year()),
        "eoq" | "end of quarter" | "quarter end" => {
            let last = add_months(day_of(d.first_of_month()), i32::from(2 - (d.month() - 1) % 3));
            day_of(date(last).last_of_month())
        }
        other => {
            let (back, name) = match other.strip_prefix("last ") {
                Some(n) => (true, n),
                None => (false, other.strip_prefix("next ").unwrap_or(other)),
            };
            let wanted = weekday(name)?.to_monday_zero_offset();
            let gap = i32::from((wanted - d.weekday().to_monday_zero_offset()).rem_euclid(7));
            match (back, gap) {
                (false, 0) => today + 7,
                (false, g) => today + g,
                (true, 0) => today - 7,
                (true, g) => today + g - 7,
            }
        }
    })
}

fn weekday(name: &str) -> Option<Weekday> {
    use Weekday::{Friday, Monday, Saturday, Sunday, Thursday, Tuesday, Wednesday};
    let days = [
        ("monday", Monday),
        ("tuesday", Tuesday),
        ("wednesday", Wednesday),
        ("thursday", Thursday),
        ("friday", Friday),
        ("saturday", Saturday),
        ("sunday", Sunday),
    ];
    let found = days.iter().find(|(n, _)| name.len() >= 3 && n.starts_with(name));
    found.map(|(_, d)| *d).or((name == "thurs").then_some(Thursday))
}

/// `30d`, `+2w`, `-3m`, `in 3 months`, `2 days ago`.
fn relative(t: &str, today: i32) -> Option<i32> {
    let (t, ago) = match t.strip_suffix("ago") {
        Some(rest) => (rest.trim(), true),
        None => (t.strip_prefix("in ").unwrap_or(t).trim(), false),
    };
    let (t, minus) = match t.strip_prefix('-') {
        Some(rest) => (rest, true),
        None => (t.strip_prefix('+').unwrap_or(t), false),
    };
    let end = t.find(|c: char| !c.is_ascii_digit())?;
    let unit = t[end..].trim();
    let n: i32 = match (&t[..end], unit) {
        ("", _) => {
            let rest = t.strip_prefix("an ").or_else(|| t.strip_prefix("a "))?;
            return relative(&format!("{}1 {rest}", if minus || ago { "-" } else { "" }), today);
        }
        (digits, _) => digits.parse().ok().filter(|n| *n <= 40_000)?,
    };
    let n = if minus != ago { -n } else { n };
    let day = match unit {
        "d" | "day" | "days" => today + n,
        "w" | "week" | "weeks" => today + n * 7,
        "m" | "mo" | "month" | "months" => add_months(today, n),
        "q" | "quarter" | "quarters" => add_months(today, n * 3),
        "y" | "yr" | "year" | "years" => add_months(today, n * 12),
        _ => return None,
    };
    Some(day)
}

/// Dates of digits: `2026-12-01`, `2026/12/1`, `20261201`, `01.12.2026`, `1.12.26`, `13/12/2026`.
fn numeric(t: &str, today: i32) -> Option<i32> {
    let t = match t.split_once(['t', ' ']) {
        Some((day, time)) if time.contains(':') => day,
        _ => t,
    };
    if t.len() == 8 && t.bytes().all(|b| b.is_ascii_digit()) {
        return ymd(&t[..4], &t[4..6], &t[6..]);
    }
    let mark = t.chars().find(|c| "-./".contains(*c))?;
    let parts: Vec<&str> = t.split(mark).map(str::trim).collect();
    let digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
    if !parts.iter().all(|p| digits(p)) {
        return None;
    }
    match (parts.as_slice(), mark) {
        ([y, m, d], _) if y.len() == 4 => ymd(y, m, d),
        ([d, m, y], '.') if !y.is_empty() => ymd(&century(y)?, m, d),
        ([d, m, ""] | [d, m], '.') => coming(m.parse().ok()?, d.parse().ok()?, today),
        ([a, b, y], _) => {
            let (a, b): (u8, u8) = (a.parse().ok()?, b.parse().ok()?);
            let (m, d) = match (a > 12, b > 12) {
                (true, false) => (b, a),
                (false, true) => (a, b),
                (false, false) if a == b => (a, b),
                _ => return None,
            };
            ymd(&century(y)?, &m.to_string(), &d.to_string())
        }
        _ => None,
    }
}

/// `1 dec 2026`, `1-dec-26`, `december 1, 2026`, `1 dec`.
fn with_month_name(t: &str, today: i32) -> Option<i32> {
    let words: Vec<&str> = t
        .split(|c: char| " ,.-/".contains(c))
        .filter(|w| !w.is_empty() && *w != "of")
        .collect();
    let (month, at) = words.iter().enumerate().find_map(|(i, w)| month(w).map(|m| (m, i)))?;
    let ordinal = |w: &str| -> Option<i8> {
        w.trim_end_matches(|c: char| c.is_ascii_alphabetic())
            .parse()
            .ok()
            .filter(|_| ["", "st", "nd", "rd", "th"].contains(&w.trim_start_matches(|c: char| c.is_ascii_digit())))
    };
    match (words.as_slice(), at) {
        ([d, _, y], 1) | ([_, d, y], 0) => {
            let year: i16 = century(y)?.parse().ok()?;
            Date::new(year, month, ordinal(d)?).ok().map(day_of)
        }
        ([y, _, d], _) if y.len() == 4 && at == 1 => Date::new(y.parse().ok()?, month, ordinal(d)?).ok().map(day_of),
        ([d, _], 1) | ([_, d], 0) => coming(month, ordinal(d)?, today),
        _ => None,
    }
}

fn month(word: &str) -> Option<i8> {
    const NAMES: [&str; 12] = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];
    let word = if word == "sept" { "sep" } else { word };
    let i = NAMES.iter().position(|n| word.len() >= 3 && n.starts_with(word))?;
    i8::try_from(i + 1).ok()
}

/// A year of four digits; two digits are of this century.
fn century(year: &str) -> Option<String> {
    match year.len() {
        4 => Some(year.to_string()),
        2 => Some(format!("20{year}")),
        _ => None,
    }
}

fn ymd(y: &str, m: &str, d: &str) -> Option<i32> {
    let date = Date::new(y.parse().ok()?, m.parse().ok()?, d.parse().ok()?).ok()?;
    (date >= FIRST).then(|| day_of(date))
}

/// The next such day of the year, today included.
fn coming(month: i8, day: i8, today: i32) -> Option<i32> {
    let year = date(today).year();
    (year..year.saturating_add(9))
        .filter_map(|y| Date::new(y, month, day).ok())
        .map(day_of)
        .find(|d| *d >= today)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(y: i16, m: i8, d: i8) -> i32 {
        day_of(Date::new(y, m, d).unwrap())
    }

    #[test]
    fn what_people_type_as_a_day() {
        let today = day(2026, 11, 22); // a Sunday
        for (text, want) in [
            ("2026-12-01", Some((2026, 12, 1))),
            (" 2026-12-1 ", Some((2026, 12, 1))),
            ("2026/12/01", Some((2026, 12, 1))),
            ("20261201", Some((2026, 12, 1))),
            ("2026-12-01T23:59:00Z", Some((2026, 12, 1))),
            ("2026-12-01 08:00", Some((2026, 12, 1))),
            ("01.12.2026", Some((2026, 12, 1))),
            ("1.12.26", Some((2026, 12, 1))),
            ("1.12.", Some((2026, 12, 1))),
            ("21.11.", Some((2027, 11, 21))),
            ("1 Dec 2026", Some((2026, 12, 1))),
            ("1-Dec-2026", Some((2026, 12, 1))),
            ("Dec 1, 2026", Some((2026, 12, 1))),
            ("December 1st 2026", Some((2026, 12, 1))),
            ("1st of december 2026", Some((2026, 12, 1))),
            ("1 dec", Some((2026, 12, 1))),
            ("1 nov", Some((2027, 11, 1))),
            ("13/12/2026", Some((2026, 12, 13))),
            ("12/13/2026", Some((2026, 12, 13))),
            ("01/02/2026", None),
            ("today", Some((2026, 11, 22))),
            ("Tomorrow", Some((2026, 11, 23))),
            ("friday", Some((2026, 11, 27))),
            ("fri", Some((2026, 11, 27))),
            ("sunday", Some((2026, 11, 29))),
            ("last friday", Some((2026, 11, 20))),
            ("next monday", Some((2026, 11, 23))),
            ("30d", Some((2026, 12, 22))),
            ("+2w", Some((2026, 12, 6))),
            ("-3d", Some((2026, 11, 19))),
            ("3m", Some((2027, 2, 22))),
            ("1y", Some((2027, 11, 22))),
            ("in 3 months", Some((2027, 2, 22))),
            ("in a week", Some((2026, 11, 29))),
            ("2 days ago", Some((2026, 11, 20))),
            ("next month", Some((2026, 12, 22))),
            ("end of month", Some((2026, 11, 30))),
            ("eoq", Some((2026, 12, 31))),
            ("eoy", Some((2026, 12, 31))),
            ("2026-13-01", None),
            ("2026-02-30", None),
            ("30", None),
            ("soon", None),
            ("d", None),
            ("99999999999d", None),
            ("", None),
        ] {
            let want = want.map(|(y, m, d)| day(y, m, d));
            assert_eq!(parse_day(text, today), want, "{text:?}");
        }
    }

    #[test]
    fn months_are_clamped_and_do_not_drift() {
        let start = day(2026, 1, 31);
        assert_eq!(add_months(start, 1), day(2026, 2, 28));
        assert_eq!(add_months(start, 2), day(2026, 3, 31));
        assert_eq!(add_months(start, -2), day(2025, 11, 30));
        assert_eq!(add_months(day(2024, 2, 29), 12), day(2025, 2, 28));
        assert_eq!(next_in_series(start, 1, day(2026, 2, 28)), day(2026, 3, 31));
        assert_eq!(next_in_series(start, 6, start), day(2026, 7, 31));
        assert_eq!(next_in_series(start, 12, day(2030, 6, 1)), day(2031, 1, 31));
        assert_eq!(next_in_series(start, 12, day(2020, 6, 1)), start);
    }

    #[test]
    fn days_come_back() {
        for d in [-719_162, -1, 0, 1, 20_779, 2_932_896] {
            assert_eq!(day_of(date(d)), d);
        }
        assert_eq!(show(i32::MAX), "9999-12-31");
        assert_eq!(show(i32::MIN), "0001-01-01");
        assert_eq!(show(20_779), "2026-11-22");
    }

    #[test]
    fn how_far_away() {
        for (far, want) in [
            (0, "today"),
            (1, "tomorrow"),
            (3, "in 3 days"),
            (-1, "1 day late"),
            (-2, "2 days late"),
            (60, "in 60 days"),
            (61, "in 2 months"),
            (365, "in 12 months"),
            (-400, "13 months late"),
            (731, "in 2 years"),
        ] {
            assert_eq!(show_relative(20_000 + far, 20_000), want, "{far}");
        }
    }

    #[test]
    fn moments() {
        let ms = 1_795_336_200_000;
        assert_eq!(show_time(ms), "2026-11-22T08:30:00Z");
        assert_eq!(show_minute(ms), "2026-11-22 08:30");
        assert_eq!(day_of_time(ms), 20_779);
        for text in ["2026-11-22T08:30:00Z", "2026-11-22 08:30", "2026-11-22T09:30:00+01:00"] {
            assert_eq!(parse_time(text, 0, 0), Some(ms), "{text}");
        }
        assert_eq!(parse_time("now", 0, 7), Some(7));
        assert_eq!(parse_time("2026-11-22", 0, 0), Some(20_779 * DAY_MS));
        assert_eq!(parse_time("noon", 0, 0), None);
    }
}
