//! Which mechanism earns what: the loss that controls take away, shared out to protection, detection and recovery.
//!
//! The share of a mechanism is ln fₘ / Σ ln f, where fₘ is the factor on the expected loss when only its controls are
//! in force. For factors that are multiplied these are the plain logarithmic shares; they sum to the reduction.

use super::Mechanism;
use super::combination::{Acting, Expected, Policy, factors};

/// A number for each mechanism.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Parts {
    /// Of protection.
    pub protection: f64,
    /// Of detection.
    pub detection: f64,
    /// Of recovery.
    pub recovery: f64,
}

impl Parts {
    /// The part of a mechanism.
    pub const fn of(&self, mechanism: Mechanism) -> f64 {
        match mechanism {
            Mechanism::Protection => self.protection,
            Mechanism::Detection => self.detection,
            Mechanism::Recovery => self.recovery,
        }
    }

    /// All parts together.
    pub fn total(&self) -> f64 {
        self.protection + self.detection + self.recovery
    }

    /// The share of protection in all; none where there is nothing to share.
    pub fn prevention_ratio(&self) -> Option<f64> {
        let total = self.total();
        (total > 0.0).then(|| self.protection / total)
    }

    /// The same of every mechanism.
    pub fn each(f: impl Fn(Mechanism) -> f64) -> Self {
        Self {
            protection: f(Mechanism::Protection),
            detection: f(Mechanism::Detection),
            recovery: f(Mechanism::Recovery),
        }
    }

    /// Adds the parts of one more risk or control.
    pub fn add(&mut self, other: &Self) {
        *self = Self::each(|m| self.of(m) + other.of(m));
    }
}

/// Shares a reduction of loss out by the factors that each mechanism would leave alone, 0 to 1. Mechanisms that alone
/// would take everything away share it in equal parts.
pub fn attribute(reduction: f64, solo: &Parts) -> Parts {
    let perfect = Mechanism::ALL.iter().filter(|m| solo.of(**m) <= 0.0).count();
    let weight = |m: Mechanism| match (solo.of(m), perfect) {
        (f, 0) => f.ln(),
        (f, _) => f64::from(u8::from(f <= 0.0)),
    };
    let all: f64 = Mechanism::ALL.into_iter().map(weight).sum();
    match all == 0.0 {
        true => Parts::default(),
        // a part of nothing is 0, not -0
        false => Parts::each(|m| reduction * (weight(m) / all) + 0.0),
    }
}

/// The reduction of the expected loss of one risk by the controls on it, shared out to the mechanisms.
pub fn reduction(expected: &Expected, acting: &[Acting<'_>], policy: &Policy) -> Parts {
    let ale = |all: &[Acting<'_>]| {
        let f = factors(all, policy);
        expected.ale(f.frequency, f.primary)
    };
    let inherent = expected.ale(1.0, 1.0);
    if inherent <= 0.0 {
        return Parts::default();
    }
    let solo = Parts::each(|m| {
        let only: Vec<Acting<'_>> = acting.iter().filter(|a| a.mechanism == m).copied().collect();
        ale(&only) / inherent
    });
    attribute(inherent - ale(acting), &solo)
}

/// A control in what is spent on it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Spent {
    /// Its main way of working.
    pub mechanism: Mechanism,
    /// What it costs a year.
    pub annual_cost: f64,
}

/// How far prevention comes first among controls in force, in money and in number.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Emphasis {
    /// What is spent a year on each mechanism.
    pub spend: Parts,
    /// The share of protection in it; none where nothing is spent.
    pub spend_ratio: Option<f64>,
    /// The share of protection in the number of controls; none where there is no control.
    pub count_ratio: Option<f64>,
}

/// How far prevention comes first among these controls, which are to be those in force.
pub fn emphasis(controls: impl IntoIterator<Item = Spent>) -> Emphasis {
    let (mut spend, mut count) = (Parts::default(), Parts::default());
    for c in controls {
        spend.add(&Parts::each(|m| if m == c.mechanism { c.annual_cost } else { 0.0 }));
        count.add(&Parts::each(|m| f64::from(u8::from(m == c.mechanism))));
    }
    Emphasis {
        spend,
        spend_ratio: spend.prevention_ratio(),
        count_ratio: count.prevention_ratio(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_take_everything_away_alone_takes_the_reduction() {
        let solo = |protection, detection, recovery| Parts {
            protection,
            detection,
            recovery,
        };
        assert_eq!(attribute(100.0, &solo(0.0, 0.5, 1.0)), solo(100.0, 0.0, 0.0));
        assert_eq!(attribute(100.0, &solo(0.0, 0.0, 0.1)), solo(50.0, 50.0, 0.0));
        assert_eq!(attribute(0.0, &solo(1.0, 1.0, 1.0)).prevention_ratio(), None);
    }

    #[test]
    fn without_controls_nothing_is_said_of_prevention() {
        let e = emphasis([]);
        assert_eq!((e.spend_ratio, e.count_ratio), (None, None));
        let free = Spent {
            mechanism: Mechanism::Recovery,
            annual_cost: 0.0,
        };
        assert_eq!(
            (emphasis([free]).spend_ratio, emphasis([free]).count_ratio),
            (None, Some(0.0))
        );
    }
}
