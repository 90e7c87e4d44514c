//! Simulation: a scenario's years, one after the other, each the sum of its events (a compound sum, never one frequency
//! times one magnitude). Losses are whole minor units, so that sums are exact and no order changes them.
//!
//! A scenario has a stream of its own (seed and key), cut into blocks of [`BLOCK`] years: whoever has several threads
//! gives each some blocks or some scenarios; the figures are equal to the bit, and more years only add to fewer.
//! A changed frequency or loss meets the same random numbers: what differs is the change.

use super::count::poisson;
use super::dist::Dist;
use super::scenario::{Frequency, Scenario};
use super::stream::Stream;
use super::table::{BITS, Table};
use thiserror::Error;

/// Years that are drawn together: 2 to the power of 12.
pub const BLOCK: usize = 4096;

/// Years if nobody says how many.
pub const YEARS: usize = 100_000;

/// Events that a run may draw.
pub const MOST_EVENTS: f64 = 5e8;

/// What drives several risks at once: in some years it makes all of them more frequent, in others less.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Driver {
    /// Names its stream of random numbers.
    pub key: u64,
    /// How much it varies: the coefficient of variation of a gamma multiplier with mean 1.
    pub cv: f64,
}

/// A run: what all scenarios of it have in common.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Run {
    /// Years to simulate.
    pub years: usize,
    /// With another seed come other random numbers.
    pub seed: u64,
    /// Minor units in a major unit of the currency: 100 for cents.
    pub minor: f64,
}

impl Run {
    /// A run of [`YEARS`] years in cents.
    pub fn new(seed: u64) -> Self {
        Self {
            years: YEARS,
            seed,
            minor: 100.0,
        }
    }

    /// How many blocks it has.
    pub fn blocks(&self) -> usize {
        self.years.div_ceil(BLOCK)
    }
}

/// A scenario that is too much to draw.
#[derive(Debug, Clone, Copy, PartialEq, Error)]
#[error(
    "{events:.0} events a year over {years} years are too many to draw one by one: take fewer years or the exact path"
)]
pub struct TooMany {
    /// Expected events a year.
    pub events: f64,
    /// Years of the run.
    pub years: usize,
}

/// A scenario made ready for a run.
#[derive(Debug, Clone)]
pub struct Sampler {
    run: Run,
    stream: Stream,
    count: Count,
    primary: Vec<Table>,
    /// The chance of a secondary loss, and its parts.
    follows: f64,
    secondary: Vec<Table>,
    /// Streams and multipliers of what drives it.
    drivers: Vec<(Stream, Table)>,
}

#[derive(Debug, Clone)]
enum Count {
    /// The same rate every year.
    Steady(f64),
    /// A rate of its own every year: what is certain of it, times the rest.
    Varying(f64, Vec<Table>),
    Trials(u32, f64),
}

impl Sampler {
    /// Makes a scenario ready. `drivers` are those that it follows; they multiply its rate. An occasion's chance is
    /// never driven above 1, and a fixed number of certain events by nothing.
    pub fn new(scenario: &Scenario, run: &Run, drivers: &[Driver]) -> Result<Self, TooMany> {
        let occasions = match scenario.frequency {
            Frequency::Poisson(_) => scenario.frequency.mean(),
            Frequency::Trials { count, .. } => f64::from(count),
        };
        if occasions.is_nan() || occasions * run.years as f64 > MOST_EVENTS {
            return Err(TooMany {
                events: occasions,
                years: run.years,
            });
        }
        let tables = |parts: &[Dist]| -> Vec<Table> {
            let costly = parts.iter().filter(|d| **d != Dist::Constant(0.0));
            costly.map(|d| Table::new(d, run.minor)).collect()
        };
        let count = match &scenario.frequency {
            Frequency::Poisson(rate) => match rate.uncertain().next() {
                None => Count::Steady(rate.mean()),
                Some(_) => Count::Varying(
                    rate.certain_part(),
                    rate.uncertain().map(|d| Table::new(d, 1.0)).collect(),
                ),
            },
            Frequency::Trials { count, chance } => Count::Trials(*count, *chance),
        };
        let driver = |d: &Driver| {
            let shape = 1.0 / (d.cv * d.cv);
            let gamma = Dist::Gamma {
                shape,
                scale: 1.0 / shape,
            };
            (Stream::new(run.seed, d.key), Table::new(&gamma, 1.0))
        };
        Ok(Self {
            run: *run,
            stream: Stream::new(run.seed, scenario.key),
            count,
            primary: tables(&scenario.primary),
            follows: scenario.secondary_chance(),
            secondary: tables(scenario.secondary_loss()),
            drivers: drivers.iter().filter(|d| d.cv > 0.0).map(driver).collect(),
        })
    }

    /// The losses of all years of the run in minor units. `go_on` hears after every block which share is done, and
    /// stops the run by `false`.
    pub fn years(&self, mut go_on: impl FnMut(f64) -> bool) -> Option<Vec<i64>> {
        let mut years = vec![0; self.run.years];
        self.add_to(&mut years, &mut go_on).then_some(years)
    }

    /// Adds the losses of all years to `years`, as [`Self::years`]; whether it came to the end.
    pub fn add_to(&self, years: &mut [i64], go_on: &mut dyn FnMut(f64) -> bool) -> bool {
        let blocks = self.run.blocks() as f64;
        years.chunks_mut(BLOCK).enumerate().all(|(block, part)| {
            self.fill(block, part);
            go_on((block + 1) as f64 / blocks)
        })
    }

    /// One frequency times one loss in every year, as some tools work years out: the right mean and a wrong spread. For
    /// comparison only.
    pub fn products(&self) -> Vec<i64> {
        let product = |year: usize| {
            let mut s = self.stream.part(year as u64);
            let events = match &self.count {
                Count::Steady(rate) => *rate,
                Count::Varying(rate, factors) => rate * drawn(factors, &mut s),
                Count::Trials(count, chance) => f64::from(*count) * chance,
            };
            whole(events * self.event(&mut s))
        };
        (0..self.run.years).map(product).collect()
    }

    /// Adds the losses of the years of a block, counted from 0, to `years`, which holds the years of that block (fewer
    /// in the last one).
    pub fn fill(&self, block: usize, years: &mut [i64]) {
        if years.len() == BLOCK {
            self.fill_whole(block, years);
            return;
        }
        // a block is always drawn whole: its first years do not depend on how many are wanted
        let mut whole = vec![0; BLOCK];
        self.fill_whole(block, &mut whole);
        for (year, loss) in years.iter_mut().zip(whole) {
            *year = year.saturating_add(loss);
        }
    }

    fn fill_whole(&self, block: usize, years: &mut [i64]) {
        let stream = self.stream.part(block as u64);
        match &self.count {
            Count::Steady(rate) if self.drivers.is_empty() => self.steady(stream, *rate, years),
            Count::Steady(rate) => self.varying(stream, block, *rate, &[], years),
            Count::Varying(rate, factors) => self.varying(stream, block, *rate, factors, years),
            Count::Trials(count, chance) => self.trials(stream, block, (*count, *chance), years),
        }
    }

    /// The events of all years at once, each in a year of its own.
    fn steady(&self, mut stream: Stream, rate: f64, years: &mut [i64]) {
        let events = poisson(rate * BLOCK as f64, stream.unit());
        if let ([primary], []) = (&self.primary[..], &self.secondary[..]) {
            for _ in 0..events {
                let bits = stream.bits();
                add(years, bits, primary.draw(bits >> 12));
            }
            return;
        }
        for _ in 0..events {
            let bits = stream.bits();
            let loss = self.event(&mut stream);
            add(years, bits, loss);
        }
    }

    /// Year by year, each with a rate of its own.
    fn varying(&self, stream: Stream, block: usize, rate: f64, factors: &[Table], years: &mut [i64]) {
        for (y, year) in years.iter_mut().enumerate() {
            let mut s = stream.part(y as u64);
            let rate = drawn(factors, &mut s) * rate * self.driven(block, y);
            let events = poisson(rate, s.unit());
            let sum = (0..events).map(|_| whole(self.event(&mut s)));
            *year = sum.fold(*year, i64::saturating_add);
        }
    }

    fn trials(&self, stream: Stream, block: usize, (count, chance): (u32, f64), years: &mut [i64]) {
        for (y, year) in years.iter_mut().enumerate() {
            let mut s = stream.part(y as u64);
            let chance = if self.drivers.is_empty() || chance >= 1.0 {
                chance
            } else {
                chance * self.driven(block, y)
            };
            for _ in 0..count {
                if s.unit() < chance {
                    *year = year.saturating_add(whole(self.event(&mut s)));
                } else {
                    s.skip(self.draws());
                }
            }
        }
    }

    /// By what the drivers multiply the rate in a year.
    fn driven(&self, block: usize, year: usize) -> f64 {
        let at = (block * BLOCK + year) as u64;
        let draw = |(s, t): &(Stream, Table)| t.draw(s.part(at).bits() >> (64 - BITS));
        self.drivers.iter().map(draw).product()
    }

    /// The loss of one event in minor units. It takes the same number of draws whatever happens, so that what comes
    /// after it does not move.
    fn event(&self, stream: &mut Stream) -> f64 {
        let mut draw = |t: &Table| t.draw(stream.bits() >> (64 - BITS));
        let mut loss: f64 = self.primary.iter().map(&mut draw).sum();
        if !self.secondary.is_empty() {
            if stream.unit() < self.follows {
                loss += self
                    .secondary
                    .iter()
                    .map(|t| t.draw(stream.bits() >> (64 - BITS)))
                    .sum::<f64>();
            } else {
                stream.skip(self.secondary.len() as u64);
            }
        }
        loss
    }

    /// How many draws an event takes.
    fn draws(&self) -> u64 {
        (self.primary.len() + self.secondary.len()) as u64 + u64::from(!self.secondary.is_empty())
    }
}

/// The product of a draw from each table.
fn drawn(tables: &[Table], stream: &mut Stream) -> f64 {
    tables.iter().map(|t| t.draw(stream.bits() >> (64 - BITS))).product()
}

/// Adds a loss to the year that the lowest bits name.
#[inline]
fn add(years: &mut [i64], bits: u64, loss: f64) {
    if let Some(year) = years.get_mut(bits as usize & (BLOCK - 1)) {
        *year = year.saturating_add(whole(loss));
    }
}

/// A loss as a whole number: below 2^52 the sum with 2^52 has no fraction, and its bits are the number.
#[inline]
fn whole(loss: f64) -> i64 {
    const ROUND: f64 = (1u64 << 52) as f64;
    ((loss + ROUND).to_bits() & ((1 << 52) - 1)) as i64
}

#[cfg(test)]
mod tests;
