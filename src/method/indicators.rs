//! What is seen, turned into rates and probabilities: events of past years, tests of a control, the state of a metric,
//! the forecast of an exploit. Rates are events a year, probabilities 0 to 1.

use super::quant::special::{beta_quantile, gamma_quantile};

/// The days of which EPSS forecasts an exploit.
const EPSS_DAYS: f64 = 30.0;
/// Days in a year.
const YEAR_DAYS: f64 = 365.0;
/// How far indicators may move a rate, down and up.
pub const LEAST_MOVE: f64 = 0.1;
/// See [`LEAST_MOVE`].
pub const LARGEST_MOVE: f64 = 10.0;
/// As what none seen counts.
const UNSEEN_EVENTS: f64 = 0.5;
/// The chance of no event that the rule of three leaves.
const UNSEEN: f64 = 0.05;

/// What is believed of a rate: a gamma distribution, which events seen over time make sharper.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RateBelief {
    /// Its shape, above 0: events, seen or imagined.
    pub alpha: f64,
    /// Its rate, above 0: the years of these.
    pub beta: f64,
}

impl RateBelief {
    /// From a range that holds the rate with 90 %: its 5 % and 95 % quantile, above 0 and one below the other. None
    /// otherwise.
    pub fn of_interval(p05: f64, p95: f64) -> Option<Self> {
        if !(p05 > 0.0 && p05 < p95 && p95.is_finite()) {
            return None;
        }
        // the ratio of the two depends on the shape alone, and falls as it grows
        let ratio = |ln_alpha: f64| {
            let alpha = ln_alpha.exp();
            gamma_quantile(alpha, 0.95) / gamma_quantile(alpha, 0.05)
        };
        let (mut low, mut high) = (0.01_f64.ln(), 1e6_f64.ln());
        for _ in 0..80 {
            let middle = f64::midpoint(low, high);
            match ratio(middle) > p95 / p05 {
                true => low = middle,
                false => high = middle,
            }
        }
        let alpha = f64::midpoint(low, high).exp();
        Some(Self {
            alpha,
            beta: gamma_quantile(alpha, 0.95) / p95,
        })
    }

    /// From events known in so many years, above 0. None seen says less than never: half a one counts (Jeffreys' prior).
    pub fn of_events(events: f64, years: f64) -> Option<Self> {
        (years > 0.0 && events >= 0.0).then_some(Self {
            alpha: if events > 0.0 { events } else { UNSEEN_EVENTS },
            beta: years,
        })
    }

    /// After so many more events in so many more years.
    #[must_use]
    pub fn seen(self, events: f64, years: f64) -> Self {
        Self {
            alpha: self.alpha + events,
            beta: self.beta + years,
        }
    }

    /// The rate to be expected.
    pub fn mean(&self) -> f64 {
        self.alpha / self.beta
    }

    /// Its standard deviation.
    pub fn sd(&self) -> f64 {
        self.alpha.sqrt() / self.beta
    }

    /// The rate that is not exceeded with this probability.
    pub fn quantile(&self, p: f64) -> f64 {
        gamma_quantile(self.alpha, p) / self.beta
    }

    /// The probability of at least one event in the next year: 1 − (β / (β + 1))^α.
    pub fn chance_of_event(&self) -> f64 {
        -(-self.alpha * (1.0 / self.beta).ln_1p()).exp_m1()
    }
}

/// What is believed of how reliably a control is run: a beta distribution, which tests make sharper.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Reliability {
    /// Passed tests, seen or imagined, above 0.
    pub a: f64,
    /// Failed ones.
    pub b: f64,
}

impl Reliability {
    /// Before any test: everything is as likely.
    pub const UNKNOWN: Self = Self { a: 1.0, b: 1.0 };

    /// After so many more tests.
    #[must_use]
    pub fn tested(self, passed: f64, failed: f64) -> Self {
        Self {
            a: self.a + passed,
            b: self.b + failed,
        }
    }

    /// The share of tests to be expected to pass.
    pub fn mean(&self) -> f64 {
        self.a / (self.a + self.b)
    }

    /// The share that is not exceeded with this probability.
    pub fn quantile(&self, p: f64) -> f64 {
        beta_quantile(self.a, self.b, p)
    }
}

/// The upper 95 % bound of a rate when nothing happened in so many years: −ln 0.05 / t, about three by the years. None
/// where no time has passed.
pub fn rule_of_three(years: f64) -> Option<f64> {
    (years > 0.0).then(|| -UNSEEN.ln() / years)
}

/// A course smoothed: each value weighs as much as said (0 to 1), all before it the rest. The first stands as it is.
pub fn smoothed(values: &[f64], weight: f64) -> Vec<f64> {
    let mut last = None;
    let next = |x: &f64| {
        let s = last.map_or(*x, |s| weight * x + (1.0 - weight) * s);
        last = Some(s);
        s
    };
    values.iter().map(next).collect()
}

/// A rate with the multipliers of the states of its metrics, which together move it by no more than ten times either
/// way.
pub fn adjusted(rate: f64, multipliers: impl IntoIterator<Item = f64>) -> f64 {
    let moved: f64 = multipliers.into_iter().product();
    rate * moved.clamp(LEAST_MOVE, LARGEST_MOVE)
}

/// What weaknesses come to, each with its probability to be exploited within 30 days (EPSS).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Exploits {
    /// The probability that any is exploited within 30 days: 1 − Π(1 − p).
    pub any: f64,
    /// How often that is a year: −ln(1 − p) × 365 / 30. None for a certainty, which has no rate.
    pub rate: Option<f64>,
}

/// What one or several weaknesses come to, as if independent.
pub fn exploits(epss: impl IntoIterator<Item = f64>) -> Exploits {
    let spared: f64 = epss.into_iter().map(|p| (-p).ln_1p()).sum();
    let rate = -spared * YEAR_DAYS / EPSS_DAYS;
    Exploits {
        any: -spared.exp_m1(),
        rate: rate.is_finite().then_some(rate),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_belief_holds_the_interval_that_it_came_from() {
        for (low, high) in [(0.1, 2.0), (0.9, 1.1), (1e-3, 0.5)] {
            let belief = RateBelief::of_interval(low, high).unwrap();
            let off = (belief.quantile(0.05) / low - 1.0).abs() + (belief.quantile(0.95) / high - 1.0).abs();
            assert!(off < 1e-9, "{low}..{high}: {belief:?}");
        }
        assert_eq!(RateBelief::of_interval(0.0, 1.0), None);
        assert_eq!(RateBelief::of_interval(1.0, 1.0), None);
    }

    #[test]
    fn events_that_are_known_are_a_belief() {
        let belief = RateBelief::of_events(3.0, 4.0).unwrap();
        assert_eq!((belief.mean(), belief.seen(1.0, 4.0).mean()), (0.75, 0.5));
        assert_eq!(RateBelief::of_events(0.0, 1.0).unwrap().mean(), 0.5);
        assert_eq!(RateBelief::of_events(1.0, 0.0), None);
    }

    #[test]
    fn indicators_move_a_rate_ten_times_at_most() {
        assert_eq!(adjusted(0.02, []), 0.02);
        assert_eq!(adjusted(0.02, [5.0, 5.0]), 0.2);
        assert_eq!(adjusted(2.0, [0.01]), 0.2);
    }

    #[test]
    fn a_certainty_has_no_rate() {
        let sure = exploits([0.5, 1.0]);
        assert_eq!((sure.any, sure.rate), (1.0, None));
        let none = exploits([]);
        assert_eq!((none.any, none.rate), (0.0, Some(0.0)));
        assert_eq!(rule_of_three(0.0), None);
    }
}
