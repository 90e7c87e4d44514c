//! The loss of a year as an exact distribution on a grid, and what is read from it.

/// The loss of a year: chances on a grid of amounts. The chance of no loss stands apart and is exact.
#[derive(Debug, Clone, PartialEq)]
pub struct Annual {
    /// The width of a cell, in the currency's major unit; 0 if there is never a loss.
    step: f64,
    /// The chance of a year without loss.
    zero: f64,
    /// The chance of each cell; cell k stands around the amount k x step.
    cells: Vec<f64>,
    /// The chance of at most the upper end of each cell.
    below: Vec<f64>,
    /// Whether amounts are whole steps; else each cell is spread over its width.
    whole: bool,
}

impl Annual {
    /// A distribution from the chances of its cells. `whole`: only whole steps occur.
    pub(super) fn new(step: f64, mut cells: Vec<f64>, zero: f64, whole: bool) -> Self {
        for c in &mut cells {
            *c = c.max(0.0);
        }
        if let Some(first) = cells.first_mut() {
            *first = if whole { zero } else { first.max(zero) };
        }
        let mut sum = 0.0;
        let below = cells.iter().map(|c| {
            sum += c;
            f64::min(sum, 1.0)
        });
        Self {
            step,
            zero,
            below: below.collect(),
            cells,
            whole,
        }
    }

    /// Never a loss.
    pub(super) fn never() -> Self {
        Self::new(0.0, vec![1.0], 1.0, true)
    }

    /// The chance of a year without loss.
    pub fn p_zero(&self) -> f64 {
        self.zero
    }

    /// The chance of each whole step, from 0 on, and the step.
    pub fn cells(&self) -> (&[f64], f64) {
        (&self.cells, self.step)
    }

    /// The expected loss, summed over the grid.
    pub fn mean(&self) -> f64 {
        let sum = self.cells.iter().enumerate().map(|(k, p)| k as f64 * p).sum::<f64>();
        sum * self.step
    }

    /// The standard deviation, summed over the grid.
    pub fn sd(&self) -> f64 {
        let mean = self.mean() / self.step.max(f64::MIN_POSITIVE);
        let square = |(k, p): (usize, &f64)| (k as f64 - mean).powi(2) * p;
        self.cells.iter().enumerate().map(square).sum::<f64>().sqrt() * self.step
    }

    /// The chance of at most `x`.
    pub fn cdf(&self, x: f64) -> f64 {
        if x < 0.0 {
            return 0.0;
        }
        if x == 0.0 || self.step == 0.0 {
            return self.zero;
        }
        let at = x / self.step + if self.whole { 1e-9 } else { 0.5 };
        let k = at as usize;
        if k >= self.cells.len() {
            return 1.0;
        }
        if self.whole {
            return self.below[k];
        }
        let (from, cell) = self.cell(k);
        from + cell * self.share(k, x)
    }

    /// LEC: the chance of more than `x`.
    pub fn exceed(&self, x: f64) -> f64 {
        (1.0 - self.cdf(x)).max(0.0)
    }

    /// What lies below a cell, and what is spread over it.
    fn cell(&self, k: usize) -> (f64, f64) {
        if k == 0 {
            (self.zero, (self.below[0] - self.zero).max(0.0))
        } else {
            (self.below[k - 1], self.below[k] - self.below[k - 1])
        }
    }

    /// The lower end of a cell, and its width.
    fn span(&self, k: usize) -> (f64, f64) {
        if k == 0 {
            (0.0, 0.5 * self.step)
        } else {
            ((k as f64 - 0.5) * self.step, self.step)
        }
    }

    /// Which part of a cell lies below `x`.
    fn share(&self, k: usize, x: f64) -> f64 {
        let (from, width) = self.span(k);
        ((x - from) / width).clamp(0.0, 1.0)
    }

    /// VaR: the smallest amount that is not exceeded with the chance `p` of 0..1.
    pub fn quantile(&self, p: f64) -> f64 {
        if p <= self.zero {
            return 0.0;
        }
        let k = self.below.partition_point(|b| *b < p).min(self.cells.len() - 1);
        if self.whole {
            return k as f64 * self.step;
        }
        let ((from, cell), (low, width)) = (self.cell(k), self.span(k));
        let share = if cell > 0.0 {
            ((p - from) / cell).clamp(0.0, 1.0)
        } else {
            1.0
        };
        low + width * share
    }

    /// TVaR: the mean of the worst years, of the share 1 - `p` of all: (E[S; S > VaR] + VaR (F(VaR) - p)) / (1 - p).
    pub fn tail_mean(&self, p: f64) -> f64 {
        let var = self.quantile(p);
        if p >= 1.0 {
            return var;
        }
        let first = self.below.partition_point(|b| *b < p).min(self.cells.len() - 1);
        let amount = |(k, c): (usize, &f64)| k as f64 * self.step * c;
        let beyond = self.cells.iter().enumerate().skip(first + 1).map(amount).sum::<f64>();
        let (at, within) = if self.whole || var == 0.0 {
            (self.cdf(var), 0.0)
        } else {
            // the upper part of the cell in which VaR lies
            let (from, width) = self.span(first);
            let above = self.below[first] - p;
            (p, above.max(0.0) * f64::midpoint(var, from + width))
        };
        ((beyond + within + var * (at - p)) / (1.0 - p)).max(var)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_steps_are_read_as_they_are() {
        let a = Annual::new(10.0, vec![0.5, 0.3, 0.15, 0.05], 0.5, true);
        assert_eq!((a.mean(), a.p_zero()), (7.5, 0.5));
        assert_eq!(
            [0.5, 0.6, 0.8, 0.95, 0.96].map(|p| a.quantile(p)),
            [0.0, 10.0, 10.0, 20.0, 30.0]
        );
        assert_eq!(
            [0.0, 9.9, 10.0, 30.0].map(|x| (a.exceed(x) * 100.0).round()),
            [50.0, 50.0, 20.0, 0.0]
        );
        // the worst 10 %: half of them 20, half 30
        assert!((a.tail_mean(0.9) - 25.0).abs() < 1e-12);
        assert!((a.tail_mean(0.25) - 10.0).abs() < 1e-12);
    }

    #[test]
    fn cells_are_spread_over_their_width() {
        // even over 0..4, in cells around 0, 1, 2, 3 and 4, and a year in five without loss
        let cell = 0.2;
        let a = Annual::new(1.0, vec![0.2 + cell / 2.0, cell, cell, cell, cell / 2.0], 0.2, false);
        assert!((a.quantile(0.5) - 1.5).abs() < 1e-12 && (a.cdf(1.5) - 0.5).abs() < 1e-12);
        assert!((a.cdf(0.25) - 0.25).abs() < 1e-12);
        assert!((a.tail_mean(0.5) - 2.75).abs() < 0.13);
        assert_eq!(a.quantile(0.1), 0.0);
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
