//! All risks together: their years added, year by year. Sums of whole minor units do not depend on their order, so that
//! threads may share the scenarios out among them and one edited risk is taken out and put in again.

use super::curve::Curve;
use super::figures::{Figures, LEVELS, Tally};
use super::scenario::{Frequency, Scenario};
use super::simulate::{BLOCK, Driver, Run, Sampler, TooMany};

/// One scenario of a portfolio, with what drives it and others.
#[derive(Debug, Clone, PartialEq)]
pub struct Member {
    /// The scenario.
    pub scenario: Scenario,
    /// What makes it more or less frequent together with others.
    pub drivers: Vec<Driver>,
}

/// The years of all scenarios added so far.
#[derive(Debug, Clone)]
pub struct Portfolio {
    run: Run,
    total: Vec<i64>,
    /// Sums of the single values at risk in minor units.
    comonotone: [i64; 3],
    tally: Tally,
}

impl Portfolio {
    /// An empty portfolio.
    pub fn new(run: Run) -> Self {
        Self {
            run,
            total: vec![0; run.years],
            comonotone: [0; 3],
            tally: Tally::new(run.years, run.minor),
        }
    }

    /// The run that all its scenarios have in common.
    pub fn run(&self) -> &Run {
        &self.run
    }

    /// Simulates a member and adds its years. Returns its own figures.
    pub fn add(&mut self, member: &Member) -> Result<Figures, TooMany> {
        self.put(member, 1)
    }

    /// Takes the years of a member out again.
    pub fn remove(&mut self, member: &Member) -> Result<Figures, TooMany> {
        self.put(member, -1)
    }

    /// Puts one member in the place of another: the same figures as if all had been simulated anew. If the new one is
    /// too much to draw nothing changes.
    pub fn replace(&mut self, old: &Member, new: &Member) -> Result<Figures, TooMany> {
        let figures = self.add(new)?;
        self.remove(old)?;
        Ok(figures)
    }

    fn put(&mut self, member: &Member, sign: i64) -> Result<Figures, TooMany> {
        let sampler = Sampler::new(&member.scenario, &self.run, &member.drivers)?;
        self.tally.clear();
        let mut drawn = [0; BLOCK];
        for (block, total) in self.total.chunks_mut(BLOCK).enumerate() {
            let years = &mut drawn[..total.len()];
            years.fill(0);
            sampler.fill(block, years);
            self.tally.take(years);
            for (total, loss) in total.iter_mut().zip(years) {
                *total += sign * *loss;
            }
        }
        let all = || sampler.years(|_| true).unwrap_or_default();
        let figures = self.tally.figures();
        let figures = figures.unwrap_or_else(|| Figures::of(&all(), self.run.minor));
        for (sum, var) in self.comonotone.iter_mut().zip(figures.var) {
            *sum += sign * (var * self.run.minor).round() as i64;
        }
        Ok(figures)
    }

    /// Adds what another portfolio of the same run holds; the order does not matter.
    pub fn merge(&mut self, other: &Self) {
        for (total, more) in self.total.iter_mut().zip(&other.total) {
            *total += more;
        }
        for (sum, more) in self.comonotone.iter_mut().zip(other.comonotone) {
            *sum += more;
        }
    }

    /// The figures of all together.
    pub fn figures(&self) -> Figures {
        Figures::of(&self.total, self.run.minor)
    }

    /// The curve of all together.
    pub fn curve(&self) -> Curve {
        Curve::of(self.total.clone(), self.run.minor)
    }

    /// The losses of all together, year by year, in minor units.
    pub fn years(&self) -> &[i64] {
        &self.total
    }

    /// The sums of the values at risk of all members at [`LEVELS`]: what the total would reach if the worst years of
    /// all fell together. An upper line, not a forecast.
    pub fn comonotone(&self) -> [f64; 3] {
        self.comonotone.map(|v| v as f64 / self.run.minor)
    }

    /// What each member adds, on average, to the years in which the total reaches its value at risk at one of
    /// [`LEVELS`]: E[S_i | S >= VaR]. Over all members it adds up to the mean of the total in those years.
    pub fn tail_parts(&self, members: &[Member], level: usize) -> Result<Vec<f64>, TooMany> {
        let limit = (self.figures().var[level.min(LEVELS.len() - 1)] * self.run.minor).round() as i64;
        let worst: Vec<usize> = (0..self.total.len()).filter(|y| self.total[*y] >= limit).collect();
        let mut parts = Vec::with_capacity(members.len());
        for member in members {
            let sampler = Sampler::new(&member.scenario, &self.run, &member.drivers)?;
            let years = sampler.years(|_| true).unwrap_or_default();
            let sum: i128 = worst.iter().map(|y| i128::from(years[*y])).sum();
            parts.push(sum as f64 / worst.len().max(1) as f64 / self.run.minor);
        }
        Ok(parts)
    }
}

/// How much the loss of all together spreads, by closed formulas.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Spread {
    /// Expected loss of a year of all together.
    pub mean: f64,
    /// Variance if nothing drove them together.
    pub independent: f64,
    /// Variance with what drives them.
    pub shared: f64,
}

/// The spread of a portfolio. A driver with coefficient of variation c multiplies expected squares by 1 + c^2: two
/// members that share it have the covariance c^2 E\[Si\] E\[Sj\].
pub fn spread(members: &[Member]) -> Spread {
    let moments: Vec<_> = members.iter().map(|m| m.scenario.moments()).collect();
    let mut out = Spread {
        mean: moments.iter().map(|m| m.mean).sum(),
        independent: moments.iter().map(|m| m.variance).sum(),
        shared: 0.0,
    };
    out.shared = out.independent;
    for (i, a) in members.iter().enumerate() {
        let alone = match &a.scenario.frequency {
            Frequency::Poisson(rate) => rate.variance() + rate.mean().powi(2),
            Frequency::Trials { count, chance } => {
                f64::from(*count) * f64::from(count.saturating_sub(1)) * chance.powi(2)
            }
        };
        out.shared += common(a, a) * alone * moments[i].event().powi(2);
        for j in i + 1..members.len() {
            out.shared += 2.0 * common(a, &members[j]) * moments[i].mean * moments[j].mean;
        }
    }
    out
}

/// The covariance of the multipliers of two members: of all drivers that they share.
pub fn common(a: &Member, b: &Member) -> f64 {
    let shared = a.drivers.iter().filter(|d| b.drivers.iter().any(|o| o.key == d.key));
    shared.map(|d| 1.0 + d.cv * d.cv).product::<f64>() - 1.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::method::quant::dist::Dist;
    use crate::method::quant::rate::Rate;
    use crate::method::quant::scenario::Secondary;

    const RUN: Run = Run {
        years: 20_000,
        seed: 11,
        minor: 100.0,
    };

    fn members(drivers: &[Driver]) -> Vec<Member> {
        let of = |n: u32, rate: Rate, loss: Dist| Member {
            scenario: Scenario {
                key: Scenario::key_of(&format!("R-{n:04}")),
                frequency: Frequency::Poisson(rate),
                primary: vec![loss],
                secondary: None,
            },
            drivers: drivers.to_vec(),
        };
        let mut all = vec![
            of(1, Rate::certain(3.0), Dist::lognormal(1e4, 1e5).unwrap()),
            of(2, Rate::certain(0.8), Dist::pert(1e4, 4e4, 2e5, 4.0).unwrap()),
            of(
                3,
                Rate::of(Dist::pert(0.1, 0.5, 2.0, 4.0).unwrap()),
                Dist::Constant(3e4),
            ),
        ];
        all[2].scenario.secondary = Some(Secondary {
            chance: Dist::Constant(0.3),
            loss: vec![Dist::uniform(1e4, 5e4).unwrap()],
        });
        all
    }

    fn all_of(members: &[Member]) -> Portfolio {
        let mut p = Portfolio::new(RUN);
        for m in members {
            p.add(m).unwrap();
        }
        p
    }

    #[test]
    fn threads_order_and_edits_give_the_same_figures_to_the_bit() {
        let members = members(&[Driver { key: 5, cv: 0.5 }]);
        let mut want = all_of(&members);
        for threads in [2, 8] {
            let parts: Vec<Portfolio> = std::thread::scope(|s| {
                let run = |t: usize| {
                    let mine = members.iter().skip(t).step_by(threads).cloned().collect::<Vec<_>>();
                    s.spawn(move || all_of(&mine))
                };
                let running: Vec<_> = (0..threads).map(run).collect();
                running.into_iter().map(|r| r.join().unwrap()).collect()
            });
            let mut got = Portfolio::new(RUN);
            for p in parts.iter().rev() {
                got.merge(p);
            }
            assert_eq!(got.years(), want.years());
            assert_eq!(got.comonotone(), want.comonotone());
        }
        let mut edited = members.clone();
        edited[1].scenario = edited[1].scenario.scaled(0.3, 0.5);
        let figures = want.replace(&members[1], &edited[1]).unwrap();
        let mut anew = Portfolio::new(RUN);
        anew.add(&edited[0]).unwrap();
        assert_eq!(anew.add(&edited[1]).unwrap(), figures);
        anew.add(&edited[2]).unwrap();
        assert_eq!(anew.years(), want.years());
        assert_eq!((anew.figures(), anew.comonotone()), (want.figures(), want.comonotone()));
    }

    #[test]
    fn too_much_to_draw_changes_nothing() {
        let members = members(&[]);
        let mut p = all_of(&members);
        let before = p.clone();
        let much = Member {
            scenario: members[0].scenario.scaled(1e6, 1.0),
            drivers: vec![],
        };
        let said = p.replace(&members[0], &much).unwrap_err().to_string();
        assert_eq!(
            said,
            "3000000 events a year over 20000 years are too many to draw one by one: take fewer years or the exact path"
        );
        assert_eq!((p.years(), p.comonotone()), (before.years(), before.comonotone()));
    }

    #[test]
    fn what_drives_them_together_widens_the_total() {
        let apart = spread(&members(&[]));
        let driven = members(&[Driver { key: 5, cv: 0.5 }]);
        let together = spread(&driven);
        assert_eq!((apart.shared, apart.mean), (apart.independent, together.mean));
        for (spread, members) in [(apart, members(&[])), (together, driven)] {
            let f = all_of(&members).figures();
            assert!((f.mean - spread.mean).abs() < 4.0 * f.standard_error(), "{f:?}");
            assert!(
                (f.sd / spread.shared.sqrt() - 1.0).abs() < 0.03,
                "{} {}",
                f.sd,
                spread.shared.sqrt()
            );
        }
    }

    #[test]
    fn the_parts_of_the_tail_add_up() {
        let members = members(&[]);
        let p = all_of(&members);
        let parts = p.tail_parts(&members, 1).unwrap();
        let limit = p.figures().var[1];
        let worst: Vec<f64> = p
            .years()
            .iter()
            .map(|v| *v as f64 / 100.0)
            .filter(|v| *v >= limit)
            .collect();
        let mean = worst.iter().sum::<f64>() / worst.len() as f64;
        assert!((parts.iter().sum::<f64>() / mean - 1.0).abs() < 1e-12);
        assert!(parts[0] > parts[1] && parts[1] > parts[2], "{parts:?}");
    }
}
