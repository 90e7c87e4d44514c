//! A loss that comes at most once a year, in closed form: with a chance, and then from one distribution.

use super::dist::Dist;

/// At most one event a year.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Once {
    /// The chance that it comes, 0..1.
    pub chance: f64,
    /// What it costs then.
    pub loss: Dist,
}

impl Once {
    /// The chance of a loss of more than `x`.
    pub fn exceed(&self, x: f64) -> f64 {
        self.chance * self.loss.above(x)
    }

    /// Value at risk: the smallest loss that is not exceeded with the chance `p`.
    pub fn quantile(&self, p: f64) -> f64 {
        if p <= 1.0 - self.chance || self.chance <= 0.0 {
            0.0
        } else {
            self.loss.quantile_above(((1.0 - p) / self.chance).min(1.0))
        }
    }

    /// Tail value at risk: the mean of the worst years, of the share 1 - `p` of all.
    pub fn tail_mean(&self, p: f64) -> f64 {
        let var = self.quantile(p);
        if p >= 1.0 {
            return var;
        }
        // what lies above VaR, and of VaR itself what fills the share up
        let above = self.chance * (self.loss.mean() - self.loss.mean_below(var));
        let rest = var * (1.0 - p - self.exceed(var));
        ((above + rest) / (1.0 - p)).max(var)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_loss_is_the_median_where_half_of_the_events_are_within() {
        let loss = Dist::lognormal(5e5, 2e6).unwrap();
        let once = Once { chance: 0.1, loss };
        assert!((once.quantile(0.95) / 1e6 - 1.0).abs() < 1e-12);
        assert_eq!((once.quantile(0.5), once.quantile(0.9)), (0.0, 0.0));
        for (p, want) in [(0.5, 218_570.332_016_249_16), (0.95, 1_449_710.985_272_867_1)] {
            assert!((once.tail_mean(p) / want - 1.0).abs() < 1e-12, "{p}");
        }
        assert!((once.exceed(1e6) - 0.05).abs() < 1e-15);
    }

    #[test]
    fn it_never_comes_or_always_costs_the_same() {
        let never = Once {
            chance: 0.0,
            loss: Dist::Constant(5.0),
        };
        assert_eq!(
            (never.quantile(0.99), never.tail_mean(0.99), never.exceed(0.0)),
            (0.0, 0.0, 0.0)
        );
        let same = Once {
            chance: 0.5,
            loss: Dist::Constant(5.0),
        };
        assert_eq!(
            (same.quantile(0.4), same.quantile(0.6), same.tail_mean(0.6)),
            (0.0, 5.0, 5.0)
        );
        assert!((same.tail_mean(0.25) - 2.5 / 0.75).abs() < 1e-12);
    }
}
