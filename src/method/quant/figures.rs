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

/// Room for working out figures, kept from one scenario to the next.
#[derive(Debug, Clone, Default)]
pub struct Room {
    counts: Vec<u32>,
    top: Vec<i64>,
}

/// Amounts fall into groups by their binary order of magnitude and six further bits.
const FINE: u32 = 6;

impl Figures {
    /// Figures of years in minor units, of which `minor` make a major one.
    pub fn of(losses: &[i64], minor: f64, room: &mut Room) -> Self {
        let n = losses.len();
        if n == 0 {
            return Self::default();
        }
        room.counts.clear();
        room.counts.resize(group(f64::from_bits(1086 << 52)) + 1, 0);
        let (mut sum, mut squares) = (0i128, [0.0; 4]);
        for four in losses.chunks(4) {
            for (loss, square) in four.iter().zip(&mut squares) {
                let value = *loss as f64;
                sum += i128::from(*loss);
                *square += value * value;
                room.counts[group(value)] += 1;
            }
        }
        let zeros = room.counts[0] as usize;
        let mean = sum as f64 / n as f64;
        let square = squares.iter().sum::<f64>() / n as f64;
        // the worst years from the lowest level on, and perhaps some more of the same group
        let (mut above, mut first) = (0, room.counts.len());
        while first > 1 && above < n - rank(LEVELS[0], n) + 1 {
            first -= 1;
            above += room.counts[first] as usize;
        }
        let from = edge(first);
        room.top.resize(n, 0);
        let mut kept = 0;
        for loss in losses {
            room.top[kept] = *loss;
            kept += usize::from(*loss as f64 >= from);
        }
        let (var, tvar) = tail(&mut room.top[..kept], n);
        Self {
            years: n,
            mean: mean / minor,
            sd: (square - mean * mean).max(0.0).sqrt() / minor,
            p_zero: zeros as f64 / n as f64,
            var: var.map(|v| v / minor),
            tvar: tvar.map(|v| v / minor),
        }
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

/// The group of an amount; 0 has one of its own.
#[inline]
fn group(value: f64) -> usize {
    const ONE: u64 = 1.0f64.to_bits() >> (52 - FINE);
    ((value.to_bits() >> (52 - FINE)) + 1).saturating_sub(ONE) as usize
}

/// The least amount of a group.
fn edge(group: usize) -> f64 {
    const ONE: u64 = 1.0f64.to_bits() >> (52 - FINE);
    if group == 0 {
        0.0
    } else {
        f64::from_bits((group as u64 - 1 + ONE) << (52 - FINE))
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
        let mut room = Room::default();
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
            let f = Figures::of(&losses, 100.0, &mut room);
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
        assert_eq!(Figures::of(&[], 1.0, &mut room), Figures::default());
    }

    #[test]
    fn groups_rise_and_begin_at_their_edge() {
        for v in [0.0, 1.0, 2.0, 63.0, 64.0, 1e3, 1e9, 9e18] {
            assert!(edge(group(v)) <= v && (v == 0.0 || edge(group(v) + 1) > v), "{v}");
        }
        assert_eq!((group(0.0), group(1.0)), (0, 1));
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
