//! The Open FAIR factor tree as a person fills it in: a node or its children, never both; every factor a range.
//!
//! ```text
//! events a year ── threat events a year ── contacts a year
//!              │                        └─ probability of action
//!              └── vulnerability ── capability
//!                                └─ resistance
//! loss of an event ── primary: parts, added
//!                  └─ secondary: probability x parts, added
//! ```

use super::dist::{Dist, Unsound};
use super::rate::Rate;
use super::scenario::{Frequency, Scenario, Secondary};
use super::vulnerability::vulnerability;
use crate::model::value::Range;
use std::fmt;
use thiserror::Error;

/// A node of the tree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Factor {
    /// Loss event frequency: events a year; a chance if there is at most one.
    EventFrequency,
    /// Threat event frequency: attempts a year.
    ThreatFrequency,
    /// Contact frequency: how often a threat comes near, a year.
    ContactFrequency,
    /// Probability of action, 0..1: how often a contact becomes an attempt.
    ProbabilityOfAction,
    /// Vulnerability, 0..1: how often an attempt becomes an event.
    Vulnerability,
    /// What the threat can do, on the scale of the resistance.
    Capability,
    /// What the controls withstand, on the scale of the capability.
    Resistance,
    /// A part of the primary loss, counted from 0.
    Primary(usize),
    /// The chance that a secondary loss follows, 0..1.
    SecondaryProbability,
    /// A part of the secondary loss, counted from 0.
    Secondary(usize),
}

impl fmt::Display for Factor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::EventFrequency => "loss event frequency",
            Self::ThreatFrequency => "threat event frequency",
            Self::ContactFrequency => "contact frequency",
            Self::ProbabilityOfAction => "probability of action",
            Self::Vulnerability => "vulnerability",
            Self::Capability => "threat capability",
            Self::Resistance => "resistance strength",
            Self::Primary(_) => "primary loss",
            Self::SecondaryProbability => "secondary loss probability",
            Self::Secondary(_) => "secondary loss",
        })
    }
}

/// Why a tree is no scenario.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Fault {
    /// The numbers of a factor are no distribution.
    #[error("{0}: {1}")]
    Unsound(Factor, Unsound),
    /// A factor has values below 0.
    #[error("{0}: must not be below 0")]
    Negative(Factor),
    /// A probability reaches beyond 0..1.
    #[error("{0}: must be within 0..1")]
    NoProbability(Factor),
    /// A node and one of its children are both given.
    #[error("{0} and {1} are both given: keep the one or the other")]
    Both(Factor, Factor),
    /// A factor is needed and is not there.
    #[error("{0} is missing")]
    Missing(Factor),
    /// A fixed count must be one whole number.
    #[error("{0}: a fixed number of events must be one whole number")]
    NoCount(Factor),
}

/// How events are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Counting {
    /// Any number, independently: Poisson.
    #[default]
    Poisson,
    /// At most one a year: the frequency is a chance (Bernoulli).
    Once,
    /// The same number every year.
    Fixed,
}

/// The tree. What is `None` or empty was not given.
#[derive(Debug, Clone, PartialEq)]
pub struct Tree {
    /// Events a year.
    pub event_frequency: Option<Range>,
    /// Attempts a year.
    pub threat_frequency: Option<Range>,
    /// Contacts a year.
    pub contact_frequency: Option<Range>,
    /// Attempts per contact, 0..1.
    pub probability_of_action: Option<Range>,
    /// Events per attempt, 0..1.
    pub vulnerability: Option<Range>,
    /// What the threat can do.
    pub capability: Option<Range>,
    /// What the controls withstand.
    pub resistance: Option<Range>,
    /// How events are counted.
    pub counting: Counting,
    /// Parts of the primary loss: the range, and what one unit of it costs (1, or money per hour of an outage).
    pub primary: Vec<(Range, f64)>,
    /// The chance that a secondary loss follows; certain if not given.
    pub secondary_probability: Option<Range>,
    /// Parts of the secondary loss, as the primary ones.
    pub secondary: Vec<(Range, f64)>,
    /// How sharply PERTs peak: 2, 4 or 8 for low, medium or high confidence.
    pub shape: f64,
}

impl Default for Tree {
    fn default() -> Self {
        Self {
            event_frequency: None,
            threat_frequency: None,
            contact_frequency: None,
            probability_of_action: None,
            vulnerability: None,
            capability: None,
            resistance: None,
            counting: Counting::default(),
            primary: vec![],
            secondary_probability: None,
            secondary: vec![],
            shape: super::dist::PERT_SHAPE,
        }
    }
}

/// The factors of a frequency in the order in which they are multiplied, each with its place in the tree.
pub type Factors = Vec<(Factor, Dist)>;

impl Tree {
    /// The tree as a scenario whose random numbers are those of `key`.
    pub fn scenario(&self, key: u64) -> Result<Scenario, Fault> {
        let factors = self.frequency_factors()?;
        let frequency = self.frequency(&factors)?;
        let secondary = self.parts(&self.secondary, Factor::Secondary)?;
        let chance = match &self.secondary_probability {
            Some(r) => self.probability(Factor::SecondaryProbability, r)?,
            None => Dist::Constant(1.0),
        };
        let primary = self.parts(&self.primary, Factor::Primary)?;
        if primary.is_empty() && secondary.is_empty() {
            return Err(Fault::Missing(Factor::Primary(0)));
        }
        if secondary.is_empty() && self.secondary_probability.is_some_and(|r| r != Range::Constant(0.0)) {
            return Err(Fault::Missing(Factor::Secondary(0)));
        }
        Ok(Scenario {
            key,
            frequency,
            primary,
            secondary: (!secondary.is_empty()).then_some(Secondary {
                chance,
                loss: secondary,
            }),
        })
    }

    /// The factors whose product is the frequency. A vulnerability from capability and resistance is a constant.
    pub fn frequency_factors(&self) -> Result<Factors, Fault> {
        use Factor::{
            Capability, ContactFrequency, EventFrequency, ProbabilityOfAction, Resistance, ThreatFrequency,
            Vulnerability,
        };
        let given = self.given();
        let is_given = |f: Factor| given.iter().any(|(g, _)| *g == f);
        for (parent, children) in [
            (
                EventFrequency,
                &[
                    ThreatFrequency,
                    ContactFrequency,
                    ProbabilityOfAction,
                    Vulnerability,
                    Capability,
                    Resistance,
                ] as &[Factor],
            ),
            (ThreatFrequency, &[ContactFrequency, ProbabilityOfAction]),
            (Vulnerability, &[Capability, Resistance]),
        ] {
            if let (true, Some(child)) = (is_given(parent), children.iter().find(|c| is_given(**c))) {
                return Err(Fault::Both(parent, *child));
            }
        }
        if let Some(r) = &self.event_frequency {
            return Ok(vec![(EventFrequency, self.amount(EventFrequency, r)?)]);
        }
        let mut out = Factors::new();
        match (
            &self.threat_frequency,
            &self.contact_frequency,
            &self.probability_of_action,
        ) {
            (Some(r), ..) => out.push((ThreatFrequency, self.amount(ThreatFrequency, r)?)),
            (None, Some(contacts), Some(action)) => {
                out.push((ContactFrequency, self.amount(ContactFrequency, contacts)?));
                out.push((ProbabilityOfAction, self.probability(ProbabilityOfAction, action)?));
            }
            (None, Some(_), None) => return Err(Fault::Missing(ProbabilityOfAction)),
            (None, None, Some(_)) => return Err(Fault::Missing(ContactFrequency)),
            (None, None, None) if is_given(Vulnerability) || is_given(Capability) || is_given(Resistance) => {
                return Err(Fault::Missing(ThreatFrequency));
            }
            (None, None, None) => return Err(Fault::Missing(EventFrequency)),
        }
        match (&self.vulnerability, &self.capability, &self.resistance) {
            (Some(r), ..) => out.push((Vulnerability, self.probability(Vulnerability, r)?)),
            (None, Some(c), Some(r)) => {
                let (c, r) = (self.dist(Capability, c)?, self.dist(Resistance, r)?);
                out.push((Vulnerability, Dist::Constant(vulnerability(&c, &r))));
            }
            (None, Some(_), None) => return Err(Fault::Missing(Resistance)),
            (None, None, Some(_)) => return Err(Fault::Missing(Capability)),
            (None, None, None) => return Err(Fault::Missing(Vulnerability)),
        }
        Ok(out)
    }

    /// The factors that were given.
    pub fn given(&self) -> Vec<(Factor, Range)> {
        let nodes = [
            (Factor::EventFrequency, self.event_frequency),
            (Factor::ThreatFrequency, self.threat_frequency),
            (Factor::ContactFrequency, self.contact_frequency),
            (Factor::ProbabilityOfAction, self.probability_of_action),
            (Factor::Vulnerability, self.vulnerability),
            (Factor::Capability, self.capability),
            (Factor::Resistance, self.resistance),
            (Factor::SecondaryProbability, self.secondary_probability),
        ];
        let parts = |parts: &[(Range, f64)], place: fn(usize) -> Factor| -> Vec<(Factor, Range)> {
            parts.iter().enumerate().map(|(i, (r, _))| (place(i), *r)).collect()
        };
        let nodes = nodes.into_iter().filter_map(|(f, r)| Some((f, r?)));
        nodes
            .chain(parts(&self.primary, Factor::Primary))
            .chain(parts(&self.secondary, Factor::Secondary))
            .collect()
    }

    /// The same with another range for one factor.
    #[must_use]
    pub fn with(&self, factor: Factor, range: Range) -> Self {
        let mut t = self.clone();
        match factor {
            Factor::EventFrequency => t.event_frequency = Some(range),
            Factor::ThreatFrequency => t.threat_frequency = Some(range),
            Factor::ContactFrequency => t.contact_frequency = Some(range),
            Factor::ProbabilityOfAction => t.probability_of_action = Some(range),
            Factor::Vulnerability => t.vulnerability = Some(range),
            Factor::Capability => t.capability = Some(range),
            Factor::Resistance => t.resistance = Some(range),
            Factor::SecondaryProbability => t.secondary_probability = Some(range),
            Factor::Primary(i) => t.primary.iter_mut().skip(i).take(1).for_each(|p| p.0 = range),
            Factor::Secondary(i) => t.secondary.iter_mut().skip(i).take(1).for_each(|p| p.0 = range),
        }
        t
    }

    fn frequency(&self, factors: &Factors) -> Result<Frequency, Fault> {
        let top = factors.first().map_or(Factor::EventFrequency, |(f, _)| *f);
        let dists: Vec<Dist> = factors.iter().map(|(_, d)| *d).collect();
        Ok(match self.counting {
            Counting::Poisson => Frequency::Poisson(Rate {
                factors: dists,
                scale: 1.0,
            }),
            Counting::Once => {
                if dists.iter().map(most).product::<f64>() > 1.0 {
                    return Err(Fault::NoProbability(top));
                }
                Frequency::once(dists.iter().map(Dist::mean_as_probability).product())
            }
            Counting::Fixed => match dists[..] {
                [Dist::Constant(n)] if n.fract() == 0.0 && n <= f64::from(u32::MAX) => Frequency::fixed(n as u32),
                _ => return Err(Fault::NoCount(top)),
            },
        })
    }

    fn parts(&self, parts: &[(Range, f64)], place: fn(usize) -> Factor) -> Result<Vec<Dist>, Fault> {
        let part = |(i, (range, price)): (usize, &(Range, f64))| {
            if !price.is_finite() {
                return Err(Fault::Unsound(place(i), Unsound::NotFinite));
            }
            if *price < 0.0 {
                return Err(Fault::Negative(place(i)));
            }
            Ok(self.amount(place(i), range)?.scaled(*price))
        };
        parts.iter().enumerate().map(part).collect()
    }

    fn dist(&self, factor: Factor, range: &Range) -> Result<Dist, Fault> {
        Dist::of(range, self.shape).map_err(|e| Fault::Unsound(factor, e))
    }

    /// A factor that cannot be below 0.
    fn amount(&self, factor: Factor, range: &Range) -> Result<Dist, Fault> {
        let d = self.dist(factor, range)?;
        if d.min() < 0.0 {
            Err(Fault::Negative(factor))
        } else {
            Ok(d)
        }
    }

    /// A factor within 0..1.
    fn probability(&self, factor: Factor, range: &Range) -> Result<Dist, Fault> {
        let d = self.amount(factor, range)?;
        if most(&d) > 1.0 {
            Err(Fault::NoProbability(factor))
        } else {
            Ok(d)
        }
    }
}

/// The most that a probability may reach: its 95 % quantile if it has no end (lognormal, normal), as its rare values
/// above 1 come from the form of the curve and not from a person.
fn most(d: &Dist) -> f64 {
    if d.max().is_finite() { d.max() } else { d.quantile(0.95) }
}

#[cfg(test)]
mod tests;
