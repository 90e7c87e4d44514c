//! What was seen since people last said what they believe: incidents that tell how often a risk happens and what it
//! costs, tests that tell how reliably a control is run. A proposal beside what people said, which they take or leave.

use super::fields::{control as on_control, incident, losses, risk as field};
use super::risk::{self, View, without_controls};
use super::terms::Terms;
use super::{read, risk::controls};
use crate::method::indicators::{RateBelief, Reliability};
use crate::method::quant::dist::Dist;
use crate::method::quant::tree::{Counting, Factor};
use crate::method::treatment::combination::factors;
use crate::model::calendar;
use crate::model::codec;
use crate::model::kind::Tag;
use crate::model::record::{Id, Record};
use crate::model::value::{Range, Value};
use crate::model::world::World;
use std::sync::Arc;

/// Milliseconds in a year of 365.25 days.
const YEAR: f64 = 365.25 * calendar::DAY_MS as f64;
/// So many years without an incident are worth a proposal.
const QUIET: f64 = 1.0;
/// States of an incident in which it is not, or not yet, known to be one.
const NOT_DECLARED: [&str; 3] = ["reported", "triaged", "not-incident"];
/// The quantiles between which a belief of 90 % lies.
const NINETY: [f64; 2] = [0.05, 0.95];

/// From what it is known how often something happens, before incidents are counted.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Prior {
    /// From the 90 % interval of the range that is given.
    Interval(f64, f64),
    /// From so many events in so many years.
    Known(f64, f64),
}

impl Prior {
    fn belief(self) -> Option<RateBelief> {
        match self {
            Self::Interval(low, high) => RateBelief::of_interval(low, high),
            Self::Known(events, years) => RateBelief::of_events(events, years),
        }
    }
}

/// How often a risk happens, before and after the incidents that were seen.
#[derive(Debug, Clone)]
pub struct Seen<'a> {
    /// The field that is believed: losses a year, or where those follow from others, attempts or contacts.
    pub field: Tag,
    /// From what.
    pub prior: Prior,
    /// What was believed of it.
    pub before: RateBelief,
    /// What is to be believed now.
    pub after: RateBelief,
    /// The incidents that were declared since, by their ids.
    pub incidents: Vec<&'a Arc<Record>>,
    /// Since when, milliseconds since 1970, UTC.
    pub since: i64,
    /// How many years that is.
    pub years: f64,
    /// Which part of what the field counts becomes a loss with the controls in force, 0 to 1.
    pub becomes: f64,
}

impl<'a> Seen<'a> {
    /// For a risk; none if nothing is believed, if that has no room for doubt, or if nothing was seen.
    ///
    /// Incidents happen with controls in force: where these leave a part f of how often it happens, n incidents in t years
    /// are n events in f t years without them (gamma-Poisson, exposure f t).
    pub fn of(w: &World<'a>, risk: &Record) -> Option<Self> {
        if matches!(risk.text(field::COUNTING), "bernoulli" | "fixed") {
            return None;
        }
        let number = |tag| read::number(risk.get(tag));
        let (field, given) = [field::FREQUENCY, field::ATTEMPTS, field::CONTACTS]
            .into_iter()
            .find_map(|tag| Some((tag, Some(read::range(risk, tag)?))))
            .unwrap_or((field::FREQUENCY, None));
        let known = number(field::KNOWN_EVENTS).zip(number(field::KNOWN_YEARS));
        if known.is_none() && given.is_none() {
            return None;
        }
        let since = match risk.get(field::SEEN_SINCE) {
            Some(Value::Time(ms)) => *ms,
            _ => risk.meta.as_ref()?.created.time,
        };
        // up to noon: a figure is the same from morning to evening
        let noon = i64::from(w.today) * calendar::DAY_MS + calendar::DAY_MS / 2;
        let years = (noon - since).max(0) as f64 / YEAR;
        let declared = linked(w, &risk.id).filter(|r| !NOT_DECLARED.contains(&r.state()));
        let incidents: Vec<_> = declared
            .filter(|r| when(r).is_some_and(|t| t > since && t <= w.now))
            .collect();
        // asked first: most risks are silent, and a belief takes a while to be fitted
        let silent = incidents.is_empty() && years < QUIET;
        if silent && given.is_some() {
            return None;
        }
        let terms = Terms::of(w, risk);
        let prior = match known {
            Some((events, years)) => Prior::Known(events, years),
            None => {
                let dist = Dist::of(&given?, terms.shape(risk.text(field::KNOWLEDGE))).ok()?;
                let [low, high] = NINETY.map(|p| dist.quantile(p));
                Prior::Interval(low, high)
            }
        };
        let before = prior.belief()?;
        let left = factors(&risk::acting(&controls(w, risk), View::Current), &terms.policy()).frequency;
        let becomes = left * succeeds(w, risk, field)?;
        Some(Self {
            field,
            prior,
            before,
            after: before.seen(incidents.len() as f64, becomes * years),
            incidents,
            since,
            years,
            becomes,
        })
    }

    /// What is to be believed now as a range: its 90 % interval.
    pub fn range(&self) -> Range {
        let [low, high] = NINETY.map(|p| codec::significant(self.after.quantile(p), 4));
        Range::Lognormal(low, high)
    }

    /// One of its figures by its name.
    pub fn figure(&self, name: &str) -> Option<Value> {
        let range = |of: Tag| (self.field == of).then(|| Value::Range(Box::new(self.range())));
        match name {
            "rate_before" => Some(read::figure(self.before.mean())),
            "rate_after" => Some(read::figure(self.after.mean())),
            "suggested_frequency" => range(field::FREQUENCY),
            "suggested_attempts" => range(field::ATTEMPTS),
            "suggested_contacts" => range(field::CONTACTS),
            _ => None,
        }
    }
}

/// Which part of what a field counts becomes a loss, before controls; none if that is not given.
fn succeeds(w: &World, risk: &Record, of: Tag) -> Option<f64> {
    if of == field::FREQUENCY {
        return Some(1.0);
    }
    let tree = without_controls(w, risk).ok()?.tree;
    let all = tree.frequency_factors().ok()?;
    let rest = all
        .iter()
        .filter(|(f, _)| matches!(f, Factor::Vulnerability | Factor::ProbabilityOfAction));
    let counted = tree.counting == Counting::Poisson;
    counted.then(|| rest.map(|(_, dist)| dist.mean_as_probability()).product())
}

/// The incidents in which a risk became real.
fn linked<'a>(w: &World<'a>, risk: &Id) -> impl Iterator<Item = &'a Arc<Record>> {
    let ids = w.state.inbound(risk);
    let ids: Vec<&'a Id> = ids
        .filter(|(id, tag)| *tag == incident::RISKS && id.prefix() == "I")
        .map(|(id, _)| id)
        .collect();
    ids.into_iter().filter_map(|id| w.find(id)).filter(|r| !r.is_retired())
}

/// When an incident came to be known as one.
fn when(record: &Record) -> Option<i64> {
    let time = |tag| match record.get(tag) {
        Some(Value::Time(ms)) => Some(*ms),
        _ => None,
    };
    [incident::DECLARED, incident::AWARE, incident::OCCURRED]
        .into_iter()
        .find_map(time)
}

/// What the closed incidents of a risk have cost, each with its sum in the currency's major unit.
pub fn cost<'a>(w: &World<'a>, risk: &Id) -> Vec<(&'a Arc<Record>, f64)> {
    let closed = linked(w, risk).filter(|r| r.state() == "closed");
    closed.filter_map(|r| Some((r, lost(r)?))).collect()
}

/// What an incident has cost; none if nothing is said of it.
fn lost(record: &Record) -> Option<f64> {
    let rows = record.get(incident::LOSSES).map(Value::as_rows)?;
    let amounts = rows
        .iter()
        .filter_map(|row| match read::attribute(&row.cells, losses::AMOUNT) {
            Some(Value::Money(minor, currency)) => Some(codec::major(*minor, *currency)),
            _ => None,
        });
    amounts.reduce(|a, b| a + b)
}

/// The mean of what closed incidents have cost; none if nothing is said of any.
pub fn mean_cost(w: &World, risk: &Id) -> Option<f64> {
    let all = cost(w, risk);
    (!all.is_empty()).then(|| all.iter().map(|(_, lost)| lost).sum::<f64>() / all.len() as f64)
}

/// How reliably a control is run, as its tests show; none without any.
pub fn reliability(control: &Record) -> Option<Reliability> {
    let count = |tag| read::number(control.get(tag)).unwrap_or(0.0).max(0.0);
    let (passed, failed) = (count(on_control::TESTS_PASSED), count(on_control::TESTS_FAILED));
    (passed + failed > 0.0).then(|| Reliability::UNKNOWN.tested(passed, failed))
}
