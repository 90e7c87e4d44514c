//! A moment in the past as a person types it: a day, a time, a commit.

use crate::error::{Error, Result};
use crate::ledger::Ledger;
use crate::model::calendar;
use crate::model::state::State;
use crate::model::world::World;
use crate::session::Session;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use std::str::FromStr;

/// A moment of the ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// After this commit.
    Commit(u64),
    /// At this time, milliseconds since 1970, UTC; a day means its end, where the person is.
    Time(i64),
}

impl When {
    /// Reads `2026-03-31`, `2026-03-31T12:00:00Z`, `30d ago`, `-30d`, `yesterday` or `#4121`.
    ///
    /// # Errors
    /// It is none of these.
    pub fn parse(text: &str, today: i32, now: i64, zone: &TimeZone) -> Result<Self> {
        let t = text.trim();
        let unknown = || {
            Error::failed(format!("'{t}' is no moment"))
                .hint("a day (2026-03-31, 30d ago), a time (2026-03-31T12:00:00Z) or a commit (#4121)")
        };
        if let Some(number) = t.strip_prefix('#') {
            return number.parse().map(Self::Commit).map_err(|_| unknown());
        }
        if let Some(day) = Self::day(t, today) {
            let end = Date::from_str(&calendar::show(day))
                .and_then(|d| d.tomorrow())
                .and_then(|d| d.to_zoned(zone.clone()));
            return end
                .map(|z| Self::Time(z.timestamp().as_millisecond() - 1))
                .map_err(|_| unknown());
        }
        calendar::parse_time(t, today, now).map(Self::Time).ok_or_else(unknown)
    }

    /// Reads a day: `2026-03-31`, `30d ago`, `-30d`, `yesterday`.
    pub fn day(text: &str, today: i32) -> Option<i32> {
        let t = text.trim();
        let back = t.strip_suffix("ago").map(|s| format!("-{}", s.trim().replace(' ', "")));
        back.and_then(|b| calendar::parse_day(&b, today))
            .or_else(|| calendar::parse_day(t, today).filter(|_| !t.contains([':', 'T'])))
    }

    /// The time, if it is one.
    pub fn time(self) -> Option<i64> {
        match self {
            Self::Time(ms) => Some(ms),
            Self::Commit(_) => None,
        }
    }

    /// The records as they were.
    ///
    /// # Errors
    /// There is no such commit, or the journal cannot be read.
    pub fn state(self, ledger: &Ledger) -> Result<State> {
        match self {
            Self::Time(ms) => Ok(ledger.as_of(ms)?),
            Self::Commit(seq) if seq > ledger.seq() => {
                Err(Error::nothing(format!("there is no commit #{seq}")).hint(format!("the last is #{}", ledger.seq())))
            }
            Self::Commit(seq) => Ok(ledger.as_of_seq(seq)?),
        }
    }
}

/// Everything as it is, or as it was at a moment that a person named.
pub struct Seen<'s> {
    session: &'s Session,
    /// The records of that moment, and its time.
    then: Option<(State, i64)>,
}

impl<'s> Seen<'s> {
    /// Reads the moment as a person types it, if one is named, and says on standard error which commit that is.
    ///
    /// # Errors
    /// It is no moment, nothing was there yet, or the journal cannot be read.
    pub fn of(session: &'s Session, as_of: Option<&str>) -> Result<Self> {
        let then = as_of.map(|text| Self::read(session, text)).transpose()?;
        Ok(Self { session, then })
    }

    fn read(session: &Session, text: &str) -> Result<(State, i64)> {
        let when = When::parse(text, session.today, session.now, &TimeZone::system())?;
        let state = when.state(&session.ledger)?;
        if state.seq == 0 {
            return Err(Error::nothing("nothing was there yet at that time"));
        }
        eprintln!("as of commit {}, {}", state.seq, calendar::show_moment(state.time));
        let now = state.time.max(when.time().unwrap_or(state.time)).min(session.now);
        Ok((state, now))
    }

    /// The world then; relative dates and what is late are seen from that day too.
    pub fn world(&self) -> World<'_> {
        let w = self.session.world();
        match &self.then {
            Some((state, now)) => World {
                state,
                now: *now,
                today: calendar::day_of_time(*now),
                ..w
            },
            None => w,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_means_its_end_where_the_person_is() {
        // 2026-11-22 is day 20779.
        let at = |t: &str| When::parse(t, 20_779, 20_779 * 86_400_000, &TimeZone::UTC);
        let end = |day: i64| When::Time((day + 1) * 86_400_000 - 1);
        assert_eq!(at("2026-11-22").unwrap(), end(20_779));
        assert_eq!(at("30d ago").unwrap(), end(20_749));
        assert_eq!(at("-30d").unwrap(), end(20_749));
        assert_eq!(at("2 weeks ago").unwrap(), end(20_765));
        let east = TimeZone::fixed(jiff::tz::offset(2));
        let local = When::parse("2026-11-22", 20_779, 0, &east).unwrap();
        assert_eq!(local, When::Time(20_780 * 86_400_000 - 7_200_000 - 1));
    }

    #[test]
    fn a_time_and_a_commit_mean_themselves() {
        let at = |t: &str| When::parse(t, 20_779, 0, &TimeZone::UTC);
        assert_eq!(at("#4121").unwrap(), When::Commit(4121));
        assert_eq!(
            at("2026-11-22T12:00:00Z").unwrap(),
            When::Time(20_779 * 86_400_000 + 43_200_000)
        );
        for bad in ["", "#", "#x", "soon", "12"] {
            assert_eq!(at(bad).unwrap_err().kind.status(), 2, "{bad}");
        }
    }
}
