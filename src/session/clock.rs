//! What time it is. In builds with debug assertions `ISMS_CLOCK` sets the clock to another moment, or ahead by so many
//! days, for stories that take months.

use crate::model::calendar;
use jiff::Timestamp;
use jiff::tz::TimeZone;

/// Milliseconds by which the clock is set ahead of the system's; 0 in a release build.
pub fn ahead() -> i64 {
    #[cfg(debug_assertions)]
    {
        use std::sync::OnceLock;
        static AHEAD: OnceLock<i64> = OnceLock::new();
        *AHEAD.get_or_init(|| {
            let text = std::env::var("ISMS_CLOCK").unwrap_or_default();
            set(&text, Timestamp::now().as_millisecond()).unwrap_or_default()
        })
    }
    #[cfg(not(debug_assertions))]
    0
}

/// By how many milliseconds a clock is set from now: `+400d`, `-3d`, or a moment as RFC 3339.
#[cfg(debug_assertions)]
fn set(text: &str, now: i64) -> Option<i64> {
    let days = text.strip_suffix('d').and_then(|n| n.parse::<i64>().ok());
    if let Some(days) = days.filter(|_| text.starts_with(['+', '-'])) {
        return days.checked_mul(calendar::DAY_MS);
    }
    text.parse::<Timestamp>().ok().map(|t| t.as_millisecond() - now)
}

/// Now, in milliseconds since 1970 UTC, and today, in days since 1970 where the person is.
pub fn clock() -> (i64, i32) {
    let now = Timestamp::now().as_millisecond() + ahead();
    (now, day(now))
}

/// The day, where the person is, of a moment in milliseconds since 1970 UTC.
pub fn day(now: i64) -> i32 {
    let moment = Timestamp::from_millisecond(now).unwrap_or_default();
    calendar::day_of(moment.to_zoned(TimeZone::system()).date())
}

/// The name of the time zone in which days begin and end here.
pub fn zone() -> String {
    TimeZone::system()
        .iana_name()
        .unwrap_or("fixed, without a name")
        .to_owned()
}

/// The moment at which a day begins where the person is, in milliseconds since 1970 UTC.
pub fn midnight(day: i32) -> i64 {
    let start = calendar::date(day).to_zoned(TimeZone::system());
    start.map_or(i64::from(day) * calendar::DAY_MS, |z| z.timestamp().as_millisecond())
}

#[cfg(all(test, debug_assertions))]
mod tests {
    use super::*;

    #[test]
    fn a_clock_is_set_ahead_or_to_a_moment() {
        let now = 1_795_336_200_000;
        assert_eq!(set("+400d", now), Some(400 * calendar::DAY_MS));
        assert_eq!(set("-3d", now), Some(-3 * calendar::DAY_MS));
        assert_eq!(set("2026-11-22T09:30:00Z", now), Some(3_600_000));
        for text in ["", "400d", "soon", "+d"] {
            assert_eq!(set(text, now), None, "{text}");
        }
    }
}
