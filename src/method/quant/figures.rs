//! What is read from simulated years: mean, spread and tail with their standard errors. Losses come in minor units and
//! leave in the currency's major unit.

/// The chances at which value at risk is told: 90, 95 and 99 %.
pub const LEVELS: [f64; 3] = [0.90, 0.95, 0.99];

/// Figures of simulated years.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Figures {
    /// Simulated years.
    pub years: usize,
    /// Mean loss of a year: the annualised loss expectancy.
    pub mean: f64,
    /// Standard deviation of the loss of a year.
    pub sd: f64,
    /// Share of years without loss.
    pub p_zero: f64,
    /// Value at risk at [`LEVELS`]: what the loss does not exceed with that chance.
    pub var: [f64; 3],
    /// Tail value at risk at [`LEVELS`]: the mean of the worst years.
    pub tvar: [f64; 3],
}

impl Figures {
    /// Figures of years in minor units, of which `minor` make a major one.
    pub fn of(losses: &[i64], minor: f64) -> Self {
        let mut tally = Tally::new(losses.len(), minor);
        losses.chunks(FIRST).for_each(|part| tally.take(part));
        tally.figures().unwrap_or_else(|| {
            // the first years were no likeness of the others: keep all that have a loss
            let mut tally = Tally::new(losses.len(), minor);
            tally.from = Some(1);
            tally.take(losses);
            tally.figures().unwrap_or_default()
        })
    }

    /// The standard error of the mean: a mean further than four of them from the exact one is a mistake.
    pub fn standard_error(&self) -> f64 {
        if self.years == 0 {
            0.0
        } else {
            self.sd / (self.years as f64).sqrt()
        }
    }
}

/// Years from which is guessed where the worst begin.
const FIRST: usize = 4096;

/// Which share of the first years may fall below the guess: so much less than the lowest of [`LEVELS`] that it hardly
/// ever is too high.
const GUESS: f64 = 0.88;

/// Figures on the way: years are looked at once, part by part, and only the worst are kept.
#[derive(Debug, Clone)]
pub struct Tally {
    minor: f64,
    /// Years in all.
    years: usize,
    zeros: usize,
    /// The sums of the upper and of the lower halves of all losses: exact.
    halves: [u64; 2],
    squares: [f64; 4],
    /// The least loss that is kept; guessed from the first part.
    from: Option<i64>,
    /// Losses that are kept, and room for one more part.
    top: Vec<i64>,
    kept: usize,
}

impl Tally {
    /// A tally of so many years in minor units, of which `minor` make a major one.
    pub fn new(years: usize, minor: f64) -> Self {
        Self {
            minor,
            years,
            zeros: 0,
            halves: [0; 2],
            squares: [0.0; 4],
            from: None,
            top: vec![],
            kept: 0,
        }
    }

    /// Begins anew, with the room that there is.
    pub fn clear(&mut self) {
        let top = std::mem::take(&mut self.top);
        *self = Self {
            top,
            ..Self::new(self.years, self.minor)
        };
    }

    /// Takes the next years.
    pub fn take(&mut self, losses: &[i64]) {
        let from = *self.from.get_or_insert_with(|| {
            let mut first = losses.to_vec();
            let at = (GUESS * first.len() as f64) as usize;
            if first.is_empty() {
                1
            } else {
                *first.select_nth_unstable(at).1
            }
            .max(1)
        });
        if self.top.len() < self.kept + losses.len() {
            self.top.resize(self.kept + losses.len(), 0);
        }
        let (mut halves, mut zeros) = ([0; 2], 0);
        for loss in losses {
            halves[0] += *loss as u64 >> 32;
            halves[1] += *loss as u64 & 0xffff_ffff;
            zeros += u64::from(*loss == 0);
        }
        for (sum, half) in self.halves.iter_mut().zip(halves) {
            *sum += half;
        }
        self.zeros += zeros as usize;
        // four sums at once, in an order that never changes
        let mut squares = self.squares;
        let (fours, rest) = losses.as_chunks::<4>();
        for four in fours {
            for (square, loss) in squares.iter_mut().zip(four) {
                let value = *loss as f64;
                *square += value * value;
            }
        }
        squares[0] += rest.iter().map(|v| (*v as f64).powi(2)).sum::<f64>();
        self.squares = squares;
        let top = &mut self.top[self.kept..];
        let mut kept = 0;
        for loss in losses {
            top[kept] = *loss;
            kept += usize::from(*loss >= from);
        }
        self.kept += kept;
    }

    /// The figures of all years; `None` if too few were kept, because the first part was no likeness of the others.
    pub fn figures(&mut self) -> Option<Figures> {
        let n = self.years;
        if n == 0 {
            return Some(Figures::default());
        }
        let worst = n + 1 - rank(LEVELS[0], n);
        if self.kept < worst && self.kept + self.zeros < n && self.from != Some(1) {
            return None;
        }
        let sum = (u128::from(self.halves[0]) << 32) + u128::from(self.halves[1]);
        let mean = sum as f64 / n as f64;
        let square = self.squares.iter().sum::<f64>() / n as f64;
        let (var, tvar) = tail(&mut self.top[..self.kept], n);
        Some(Figures {
            years: n,
            mean: mean / self.minor,
            sd: (square - mean * mean).max(0.0).sqrt() / self.minor,
            p_zero: self.zeros as f64 / n as f64,
            var: var.map(|v| v / self.minor),
            tvar: tvar.map(|v| v / self.minor),
        })
    }
}

/// The place, counted from 1, of the quantile at `p` among `n` rising values: ceil(p n).
pub(super) fn rank(p: f64, n: usize) -> usize {
    // a product such as 0.95 x 1000 must not pass a whole number by rounding
    ((p * n as f64 - 1e-9).ceil().max(1.0) as usize).min(n)
}

/// Value and tail value at risk at [`LEVELS`] from the largest of `n` values; what is not among them is 0 or lower than
/// the first of them.
fn tail(mut top: &mut [i64], n: usize) -> ([f64; 3], [f64; 3]) {
    let (mut var, mut tvar) = ([0.0; 3], [0.0; 3]);
    for (i, level) in LEVELS.into_iter().enumerate() {
        let k = rank(level, n);
        let beyond = n - k;
        if beyond < top.len() {
            let at = top.len() - beyond - 1;
            top.select_nth_unstable(at);
            var[i] = top[at] as f64;
            top = &mut top[at..];
        }
        let worst = top.len().saturating_sub(beyond);
        let sum: i128 = top[worst..].iter().map(|v| i128::from(*v)).sum();
        tvar[i] = tail_mean(sum, var[i], k, level, n);
    }
    (var, tvar)
}

/// (E[S; S > VaR] + VaR (F(VaR) - p)) / (1 - p), where `sum` adds up the values after the k-th, which is the VaR.
pub(super) fn tail_mean(sum: i128, var: f64, k: usize, p: f64, n: usize) -> f64 {
    let share = p * n as f64;
    ((sum as f64 + var * (k as f64 - share)) / (n as f64 - share)).max(var)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::method::quant::curve::Curve;
    use crate::method::quant::stream::Stream;

    fn random(n: usize, zeros: f64, seed: u64) -> Vec<i64> {
        let mut s = Stream::new(seed, 1);
        let draw = |_| {
            let (u, v) = (s.unit(), s.unit());
            if u < zeros {
                0
            } else {
                (1e3 / (1.0 - v).powf(0.8)) as i64
            }
        };
        (0..n).map(draw).collect()
    }

    #[test]
    fn they_are_those_of_the_sorted_years() {
        for (n, zeros) in [
            (1, 0.0),
            (7, 0.5),
            (1_000, 0.0),
            (5_000, 0.6),
            (5_000, 0.93),
            (5_003, 0.995),
            (50, 1.0),
        ] {
            let losses = random(n, zeros, n as u64);
            let f = Figures::of(&losses, 100.0);
            let curve = Curve::of(losses.clone(), 100.0);
            for (i, p) in LEVELS.into_iter().enumerate() {
                assert_eq!(f.var[i], curve.quantile(p), "{n} {zeros} {p}");
                assert!(
                    (f.tvar[i] - curve.tail_mean(p)).abs() <= 1e-9 * f.tvar[i],
                    "{n} {zeros} {p}"
                );
            }
            let mean = losses.iter().sum::<i64>() as f64 / n as f64;
            let variance = losses.iter().map(|v| (*v as f64 - mean).powi(2)).sum::<f64>() / n as f64;
            assert!((f.mean - mean / 100.0).abs() < 1e-9 * mean.max(1.0));
            assert!((f.sd - variance.sqrt() / 100.0).abs() <= 1e-6 * f.sd);
            assert_eq!(f.p_zero, losses.iter().filter(|v| **v == 0).count() as f64 / n as f64);
        }
        assert_eq!(Figures::of(&[], 1.0), Figures::default());
    }

    #[test]
    fn first_years_that_mislead_are_noticed() {
        let mut losses = vec![1_000_000; FIRST];
        losses.extend((1..=20_000).rev());
        let mut tally = Tally::new(losses.len(), 1.0);
        losses.chunks(FIRST).for_each(|part| tally.take(part));
        assert_eq!(tally.figures(), Some(Figures::of(&losses, 1.0)));
        losses.extend((1..=40_000).rev());
        let mut tally = Tally::new(losses.len(), 1.0);
        losses.chunks(FIRST).for_each(|part| tally.take(part));
        assert_eq!(tally.figures(), None);
        assert_eq!(Figures::of(&losses, 1.0).var[0], Curve::of(losses, 1.0).quantile(0.9));
    }

    #[test]
    fn ranks_do_not_pass_whole_numbers_by_rounding() {
        assert_eq!(
            [rank(0.95, 1000), rank(0.99, 100_000), rank(0.9, 10), rank(0.5, 3)],
            [950, 99_000, 9, 2]
        );
        assert_eq!((rank(0.0, 5), rank(1.0, 5)), (1, 5));
    }
}
