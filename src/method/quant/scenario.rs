//! A scenario ready to be worked out: how often, and what one event costs. Everything that a closed formula gives is
//! here, exact; the rest of a year's loss is for `exact` and `simulate`.

use super::dist::Dist;
use super::rate::Rate;
use super::stream;

/// How many events a year has.
#[derive(Debug, Clone, PartialEq)]
pub enum Frequency {
    /// Events come independently at a rate, which may itself differ from year to year.
    Poisson(Rate),
    /// A fixed number of occasions a year, each of which becomes an event with the same chance.
    Trials {
        /// Occasions a year.
        count: u32,
        /// The chance of each, 0..1.
        chance: f64,
    },
}

impl Frequency {
    /// At most one event a year, with this chance (Bernoulli).
    pub fn once(chance: f64) -> Self {
        Self::Trials { count: 1, chance }
    }

    /// The same number of events every year.
    pub fn fixed(count: u32) -> Self {
        Self::Trials { count, chance: 1.0 }
    }

    /// Expected events a year.
    pub fn mean(&self) -> f64 {
        match self {
            Self::Poisson(rate) => rate.mean(),
            Self::Trials { count, chance } => f64::from(*count) * chance,
        }
    }

    /// The same, rarer (or more often) by a factor of at least 0. An occasion never becomes more than certain.
    #[must_use]
    pub fn scaled(&self, by: f64) -> Self {
        match self {
            Self::Poisson(rate) => Self::Poisson(Rate {
                factors: rate.factors.clone(),
                scale: rate.scale * by,
            }),
            Self::Trials { count, chance } => Self::Trials {
                count: *count,
                chance: (chance * by).min(1.0),
            },
        }
    }
}

/// What may follow an event: others react to it.
#[derive(Debug, Clone, PartialEq)]
pub struct Secondary {
    /// The chance that it follows. What counts is its mean: every event decides for itself.
    pub chance: Dist,
    /// What it costs then: parts that are added, in the currency's major unit.
    pub loss: Vec<Dist>,
}

/// A scenario.
#[derive(Debug, Clone, PartialEq)]
pub struct Scenario {
    /// Names its stream of random numbers: the same for the same risk, whatever else is in the register.
    pub key: u64,
    /// How often.
    pub frequency: Frequency,
    /// What every event costs: parts that are added, in the currency's major unit.
    pub primary: Vec<Dist>,
    /// What may follow.
    pub secondary: Option<Secondary>,
}

/// What closed formulas give of a scenario. Money in the currency's major unit, a year.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Moments {
    /// Expected events.
    pub events: f64,
    /// Expected primary loss of one event.
    pub primary: f64,
    /// Expected secondary loss of one event, whether it follows or not.
    pub secondary: f64,
    /// Variance of the loss of one event.
    pub event_variance: f64,
    /// Annualised loss expectancy: the expected loss of a year.
    pub mean: f64,
    /// Variance of the loss of a year.
    pub variance: f64,
}

impl Moments {
    /// Expected loss of one event.
    pub fn event(&self) -> f64 {
        self.primary + self.secondary
    }

    /// Standard deviation of the loss of a year.
    pub fn sd(&self) -> f64 {
        self.variance.sqrt()
    }
}

impl Scenario {
    /// The same with what controls leave of it: of its frequency, and of the primary loss of an event.
    #[must_use]
    pub fn scaled(&self, frequency: f64, primary: f64) -> Self {
        Self {
            key: self.key,
            frequency: self.frequency.scaled(frequency),
            primary: self.primary.iter().map(|d| d.scaled(primary)).collect(),
            secondary: self.secondary.clone(),
        }
    }

    /// The key of the scenario of this name (the id of a record).
    pub fn key_of(name: &str) -> u64 {
        stream::hash(name)
    }

    /// The chance that a secondary loss follows an event.
    pub fn secondary_chance(&self) -> f64 {
        self.secondary.as_ref().map_or(0.0, |s| s.chance.mean_as_probability())
    }

    /// The parts of a secondary loss.
    pub fn secondary_loss(&self) -> &[Dist] {
        self.secondary.as_ref().map_or(&[], |s| &s.loss)
    }

    /// The chance that an event costs nothing.
    pub fn event_is_free(&self) -> f64 {
        let nothing = |parts: &[Dist]| f64::from(parts.iter().all(|d| *d == Dist::Constant(0.0)));
        let follows = self.secondary_chance();
        nothing(&self.primary) * (1.0 - follows + follows * nothing(self.secondary_loss()))
    }

    /// What closed formulas give: E[S] = E[N] E[X], Var[S] = E[N] Var[X] + Var[N] E[X]^2.
    pub fn moments(&self) -> Moments {
        let sum = |parts: &[Dist], f: fn(&Dist) -> f64| parts.iter().map(f).sum::<f64>();
        let follows = self.secondary_chance();
        let primary = sum(&self.primary, Dist::mean);
        let reaction = sum(self.secondary_loss(), Dist::mean);
        let secondary = follows * reaction;
        let event_variance = sum(&self.primary, Dist::variance)
            + follows * sum(self.secondary_loss(), Dist::variance)
            + follows * (1.0 - follows) * reaction.powi(2);
        let event = primary + secondary;
        let events = self.frequency.mean();
        let count_variance = match &self.frequency {
            Frequency::Poisson(rate) => events + rate.variance(),
            Frequency::Trials { chance, .. } => events * (1.0 - chance),
        };
        Moments {
            events,
            primary,
            secondary,
            event_variance,
            mean: events * event,
            variance: events * event_variance + count_variance * event.powi(2),
        }
    }

    /// The chance of a year without loss. It needs the whole distribution of an uncertain rate, the moments do not.
    pub fn p_zero(&self) -> f64 {
        let costs = 1.0 - self.event_is_free();
        match &self.frequency {
            Frequency::Poisson(rate) => rate.nodes().iter().map(|(l, w)| w * (-l * costs).exp()).sum(),
            Frequency::Trials { count, chance } => (1.0 - chance * costs).powf(f64::from(*count)),
        }
    }

    /// The standard deviation of one frequency times one loss, both drawn once a year: how some tools work a year out.
    /// It has the mean of the compound sum and another spread; for comparison only.
    pub fn product_sd(&self) -> f64 {
        let m = self.moments();
        let square = match &self.frequency {
            Frequency::Poisson(rate) => rate.variance() + rate.mean().powi(2),
            Frequency::Trials { .. } => m.events.powi(2),
        };
        (square * (m.event_variance + m.event().powi(2)) - m.mean.powi(2))
            .max(0.0)
            .sqrt()
    }

    /// The chance of at least one event above `x` in a year (occurrence exceedance), of an event that exceeds it with
    /// the chance `above`.
    pub fn occurrence(&self, above: f64) -> f64 {
        match &self.frequency {
            Frequency::Poisson(rate) => rate.nodes().iter().map(|(l, w)| -w * (-l * above).exp_m1()).sum(),
            Frequency::Trials { count, chance } => 1.0 - (1.0 - chance * above).powf(f64::from(*count)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cp8() -> Scenario {
        Scenario {
            key: Scenario::key_of("R-0001"),
            frequency: Frequency::Poisson(Rate {
                factors: vec![Dist::Constant(6.0), Dist::Constant(0.25)],
                scale: 1.0,
            }),
            primary: vec![Dist::pert(2e4, 5e4, 1.5e5, 4.0).unwrap()],
            secondary: Some(Secondary {
                chance: Dist::Constant(0.2),
                loss: vec![Dist::lognormal(1e5, 1e6).unwrap()],
            }),
        }
    }

    fn close(got: f64, want: f64) {
        assert!((got - want).abs() <= 1e-9 * want.abs(), "{got} instead of {want}");
    }

    #[test]
    fn the_worked_scenario_has_its_moments() {
        let m = cp8().moments();
        close(m.mean, 213_700.384_808_371_9);
        close(m.sd(), 318_371.335_918_645_26);
        close(cp8().p_zero(), 0.223_130_160_148_431_32);
        close(m.event(), 142_466.923_205_581_26);
        close(m.events * m.primary, 92_500.0);
        close(m.events * m.secondary, 121_200.384_808_371_89);
    }

    #[test]
    fn controls_scale_the_frequency_and_the_primary_loss_alone() {
        let m = cp8().scaled(0.5, 0.1).moments();
        close(m.events, 0.75);
        close(m.events * m.primary, 4_625.0);
        close(m.events * m.secondary, 60_600.192_404_185_9);
        let f = Frequency::once(0.4).scaled(5.0);
        assert_eq!(f, Frequency::once(1.0));
        close(Frequency::fixed(3).scaled(0.5).mean(), 1.5);
    }

    #[test]
    fn events_without_loss_leave_the_year_at_zero() {
        let mut s = cp8();
        s.primary = vec![Dist::Constant(0.0)];
        close(s.p_zero(), (-0.3f64).exp());
        s.secondary = None;
        let m = s.moments();
        assert_eq!((s.p_zero(), m.mean, m.variance), (1.0, 0.0, 0.0));
        s.frequency = Frequency::Poisson(Rate::certain(0.0));
        assert_eq!((s.moments().events, s.p_zero()), (0.0, 1.0));
    }

    #[test]
    fn occasions_have_the_moments_of_a_binomial() {
        let s = Scenario {
            frequency: Frequency::once(0.1),
            secondary: None,
            primary: vec![Dist::lognormal(5e5, 2e6).unwrap()],
            ..cp8()
        };
        let m = s.moments();
        close(m.mean, 109_285.166_008_124_58);
        close(m.sd(), 361_521.664_028_483_5);
        close(s.p_zero(), 0.9);
        let three = Scenario {
            frequency: Frequency::fixed(3),
            primary: vec![Dist::Constant(7.0)],
            ..s
        };
        let m = three.moments();
        assert_eq!((m.mean, m.variance, three.p_zero()), (21.0, 0.0, 0.0));
    }

    #[test]
    fn some_event_above_an_amount() {
        let s = Scenario {
            frequency: Frequency::Poisson(Rate::certain(3.0)),
            ..cp8()
        };
        let d = Dist::lognormal(1e4, 1e5).unwrap();
        close(s.occurrence(d.above(1e5)), 0.139_292_023_574_942_08);
    }
}
