//! The loss of a year as an exact distribution, and what is read from it.

/// The loss of a year: the chance of at most each of many rising amounts, fine where losses are small and coarser where
/// they are large. The chance of no loss stands apart and is exact, as is the mean.
#[derive(Debug, Clone, PartialEq)]
pub struct Annual {
    /// The chance of a year without loss.
    zero: f64,
    /// The expected loss, by its closed formula.
    mean: f64,
    /// The second moment, summed over the grid.
    square: f64,
    /// Rising amounts in the currency's major unit.
    amounts: Vec<f64>,
    /// The chance of at most each amount.
    below: Vec<f64>,
    /// What losses of at most each amount add to the mean.
    part: Vec<f64>,
    /// Whether only these amounts occur; else losses are even between them.
    whole: bool,
}

/// Chances of the whole multiples of a step, from 0 on.
pub(super) struct Grid {
    pub step: f64,
    pub cells: Vec<f64>,
}

impl Annual {
    /// Never a loss.
    pub(super) fn never() -> Self {
        Self::new(1.0, 0.0, true)
    }

    /// Nothing but the chance of no loss, and the mean.
    pub(super) fn new(zero: f64, mean: f64, whole: bool) -> Self {
        Self {
            zero,
            mean,
            square: 0.0,
            amounts: vec![0.0],
            below: vec![zero],
            part: vec![0.0],
            whole,
        }
    }

    /// Adds what a grid knows beyond the last amount so far: each cell stands around its multiple of the step.
    pub(super) fn extend(&mut self, grid: &Grid) {
        let mut sum = 0.0;
        for (k, chance) in grid.cells.iter().enumerate() {
            sum += chance;
            let around = k as f64 * grid.step;
            let (last, known) = (self.reach(), self.known());
            let edge = if self.whole { around } else { around + 0.5 * grid.step };
            if edge <= last {
                continue;
            }
            let (below, from) = (sum.clamp(known, 1.0), around - 0.5 * grid.step);
            // of a cell that is known in part, what is left
            let amount = if self.whole || from >= last || k == 0 {
                around
            } else {
                f64::midpoint(last, edge)
            };
            let mass = below - known;
            self.part.push(self.part.last().unwrap_or(&0.0) + mass * amount);
            self.square += mass * amount * amount;
            self.amounts.push(edge);
            self.below.push(below);
        }
    }

    /// The largest amount so far.
    pub(super) fn reach(&self) -> f64 {
        self.amounts.last().copied().unwrap_or(0.0)
    }

    /// The chance of at most the largest amount so far.
    pub(super) fn known(&self) -> f64 {
        self.below.last().copied().unwrap_or(self.zero)
    }

    /// The chance of a year without loss.
    pub fn p_zero(&self) -> f64 {
        self.zero
    }

    /// The expected loss, summed over the grid: a check of the grid against the closed formula.
    pub fn mean(&self) -> f64 {
        self.part.last().copied().unwrap_or(0.0)
    }

    /// The standard deviation, summed over the grid.
    pub fn sd(&self) -> f64 {
        (self.square - self.mean().powi(2)).max(0.0).sqrt()
    }

    /// The chance of at most `x`.
    pub fn cdf(&self, x: f64) -> f64 {
        if x < 0.0 {
            return 0.0;
        }
        // amounts are multiples of a step: one that equals them but for rounding counts
        let x = if self.whole { x * (1.0 + 1e-12) } else { x };
        let next = self.amounts.partition_point(|a| *a <= x);
        if next == self.amounts.len() {
            return if x > self.reach() { 1.0 } else { self.known() };
        }
        let before = self.below[next - 1];
        if self.whole {
            before
        } else {
            before + (self.below[next] - before) * self.share(next, x)
        }
    }

    /// LEC: the chance of more than `x`.
    pub fn exceed(&self, x: f64) -> f64 {
        (1.0 - self.cdf(x)).max(0.0)
    }

    /// How far `x` lies between an amount and the one before.
    fn share(&self, next: usize, x: f64) -> f64 {
        let low = self.amounts[next - 1];
        ((x - low) / (self.amounts[next] - low)).clamp(0.0, 1.0)
    }

    /// VaR: the smallest amount that is not exceeded with the chance `p` of 0..1.
    pub fn quantile(&self, p: f64) -> f64 {
        let at = self.below.partition_point(|b| *b < p).min(self.below.len() - 1);
        if at == 0 || self.whole {
            return self.amounts[at];
        }
        let (low, high) = (self.below[at - 1], self.below[at]);
        let share = if high > low {
            ((p - low) / (high - low)).clamp(0.0, 1.0)
        } else {
            1.0
        };
        self.amounts[at - 1] + (self.amounts[at] - self.amounts[at - 1]) * share
    }

    /// TVaR: the mean of the worst years, of the share 1 - `p` of all: (E[S; S > VaR] + VaR (F(VaR) - p)) / (1 - p).
    pub fn tail_mean(&self, p: f64) -> f64 {
        let var = self.quantile(p);
        if p >= 1.0 {
            return var;
        }
        let next = self.amounts.partition_point(|a| *a <= var);
        let mut within = self.part[next - 1];
        if next < self.part.len() && !self.whole {
            within += (self.part[next] - within) * self.share(next, var);
        }
        let beyond = (self.mean - within).max(0.0);
        ((beyond + var * (self.cdf(var) - p).max(0.0)) / (1.0 - p)).max(var)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(step: f64, cells: &[f64], zero: f64, whole: bool) -> Annual {
        let mean = cells.iter().enumerate().map(|(k, p)| k as f64 * step * p).sum();
        let mut a = Annual::new(zero, mean, whole);
        a.extend(&Grid {
            step,
            cells: cells.to_vec(),
        });
        a
    }

    #[test]
    fn whole_steps_are_read_as_they_are() {
        let a = of(10.0, &[0.5, 0.3, 0.15, 0.05], 0.5, true);
        assert!((a.mean() - 7.5).abs() < 1e-12 && a.p_zero() == 0.5);
        let quantiles = [0.5, 0.6, 0.8, 0.94, 0.96].map(|p| a.quantile(p));
        assert_eq!(quantiles, [0.0, 10.0, 10.0, 20.0, 30.0]);
        let beyond = [0.0, 9.9, 10.0, 30.0].map(|x| (a.exceed(x) * 100.0).round());
        assert_eq!(beyond, [50.0, 50.0, 20.0, 0.0]);
        // the worst 10 %: half of them 20, half 30
        assert!((a.tail_mean(0.9) - 25.0).abs() < 1e-12);
        assert!((a.tail_mean(0.25) - 10.0).abs() < 1e-12);
    }

    #[test]
    fn losses_are_even_between_amounts() {
        // even over 0..4, in cells around 0, 1, 2, 3 and 4, and a year in five without loss
        let a = of(1.0, &[0.3, 0.2, 0.2, 0.2, 0.1], 0.2, false);
        assert!((a.quantile(0.5) - 1.5).abs() < 1e-12 && (a.cdf(1.5) - 0.5).abs() < 1e-12);
        assert!((a.cdf(0.25) - 0.25).abs() < 1e-12);
        assert!((a.tail_mean(0.5) - 2.8).abs() < 1e-12);
        assert_eq!(a.quantile(0.1), 0.0);
    }

    #[test]
    fn a_coarser_grid_goes_on_where_the_finer_one_ends() {
        let fine = of(1.0, &[0.1; 10], 0.1, false);
        let mut both = of(1.0, &[0.1; 6], 0.1, false);
        let known = both.reach();
        both.extend(&Grid {
            step: 2.0,
            cells: vec![0.15, 0.2, 0.2, 0.2, 0.2, 0.05],
        });
        assert_eq!((known, both.reach()), (5.5, 11.0));
        for p in [0.2, 0.55, 0.65, 0.85] {
            assert!((both.quantile(p) - fine.quantile(p)).abs() < 0.51, "{p}");
        }
        assert!((both.mean() - fine.mean()).abs() < 0.2 && both.known() == 1.0);
    }

    #[test]
    fn never_a_loss() {
        let a = Annual::never();
        assert_eq!(
            (a.mean(), a.sd(), a.quantile(0.99), a.tail_mean(0.99)),
            (0.0, 0.0, 0.0, 0.0)
        );
        assert_eq!((a.exceed(0.0), a.exceed(5.0), a.p_zero()), (0.0, 0.0, 1.0));
    }
}
