//! The loss exceedance curve of simulated years: any quantile with its interval, any exceedance, the worst years.

use super::figures::{rank, tail_mean};

/// Simulated years in the order of their loss.
#[derive(Debug, Clone, PartialEq)]
pub struct Curve {
    /// Losses in minor units, rising.
    sorted: Vec<i64>,
    minor: f64,
}

/// A quantile by order statistics cannot be told from so few years: this many at least must lie beyond it.
const BEYOND: f64 = 10.0;

impl Curve {
    /// The curve of years in minor units, of which `minor` make a major one.
    pub fn of(losses: Vec<i64>, minor: f64) -> Self {
        Self {
            sorted: sorted(losses),
            minor,
        }
    }

    /// How many years.
    pub fn years(&self) -> usize {
        self.sorted.len()
    }

    fn value(&self, rank: usize) -> f64 {
        let at = rank.clamp(1, self.sorted.len().max(1)) - 1;
        self.sorted.get(at).map_or(0.0, |v| *v as f64 / self.minor)
    }

    /// The smallest loss that is not exceeded with the chance `p` of 0..1: the value of rank ceil(p n).
    pub fn quantile(&self, p: f64) -> f64 {
        self.value(rank(p, self.sorted.len()))
    }

    /// Whether there are years enough to tell the quantile at `p`: 1,000 for 99 %.
    pub fn can_tell(&self, p: f64) -> bool {
        self.sorted.len() as f64 * (1.0 - p) >= BEYOND - 1e-9
    }

    /// Between which losses the true quantile lies with 95 % confidence: order statistics at n p -+ 1.96 sqrt(n p q).
    /// `None` if there are too few years.
    pub fn interval(&self, p: f64) -> Option<(f64, f64)> {
        let n = self.sorted.len() as f64;
        let spread = 1.96 * (n * p * (1.0 - p)).sqrt();
        let place = |k: f64| self.value(k.max(1.0) as usize);
        self.can_tell(p)
            .then(|| (place((n * p - spread).floor()), place((n * p + spread).ceil())))
    }

    /// The mean of the worst years, of the share 1 - `p` of all.
    pub fn tail_mean(&self, p: f64) -> f64 {
        let n = self.sorted.len();
        if n == 0 || p >= 1.0 {
            return self.quantile(p);
        }
        let k = rank(p, n);
        let sum = self.sorted[k..].iter().map(|v| i128::from(*v)).sum();
        tail_mean(sum, self.sorted[k - 1] as f64, k, p, n) / self.minor
    }

    /// The share of years with a loss of more than `x`.
    pub fn exceed(&self, x: f64) -> f64 {
        let limit = x * self.minor;
        let within = self.sorted.partition_point(|v| *v as f64 <= limit);
        (self.sorted.len() - within) as f64 / self.sorted.len().max(1) as f64
    }

    /// The largest loss of all years.
    pub fn largest(&self) -> f64 {
        self.value(self.sorted.len())
    }

    /// The smallest loss of the years that have one.
    pub fn smallest(&self) -> Option<f64> {
        let first = self.sorted.partition_point(|v| *v <= 0);
        self.sorted.get(first).map(|v| *v as f64 / self.minor)
    }
}

/// From so many on sorting by digits takes less time than by comparing.
const MANY: usize = 4_000;
/// Bits of a digit.
const DIGIT: u32 = 11;

/// Sorts amounts; many of them by their digits, from the lowest to the highest that any has (Knuth, The Art of Computer
/// Programming 3, 5.2.5): the curve is drawn anew after each edit, and comparing would be half of the work.
fn sorted(mut amounts: Vec<i64>) -> Vec<i64> {
    let (least, most) = amounts.iter().fold((0, 0), |(a, b), v| (a.min(*v), b.max(*v)));
    if amounts.len() < MANY || least < 0 {
        amounts.sort_unstable();
        return amounts;
    }
    let mut other = vec![0; amounts.len()];
    for shift in (0..i64::BITS - most.leading_zeros()).step_by(DIGIT as usize) {
        let digit = |v: i64| (v >> shift) as usize & ((1 << DIGIT) - 1);
        let mut places = [0; 1 << DIGIT];
        for v in &amounts {
            places[digit(*v)] += 1;
        }
        let mut before = 0;
        for place in &mut places {
            before += std::mem::replace(place, before);
        }
        for v in &amounts {
            let place = &mut places[digit(*v)];
            other[*place] = *v;
            *place += 1;
        }
        std::mem::swap(&mut amounts, &mut other);
    }
    amounts
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig { cases: 32, ..ProptestConfig::default() })]
        #[test]
        fn sorting_by_digits_is_sorting(
            few in prop::collection::vec(prop_oneof![Just(0), 0..5_000_i64, any::<i64>()], 0..40),
            many in prop::collection::vec(prop_oneof![Just(0), 0..5_000_i64, 0..i64::MAX], MANY..MANY + 9),
        ) {
            for amounts in [few, many] {
                let mut want = amounts.clone();
                want.sort_unstable();
                prop_assert_eq!(sorted(amounts), want);
            }
        }
    }

    #[test]
    fn a_curve_of_a_hundred_years() {
        let c = Curve::of((1..=100).rev().map(|v| v * 100).collect(), 100.0);
        assert_eq!(
            (c.quantile(0.5), c.quantile(0.95), c.quantile(1.0), c.quantile(0.0)),
            (50.0, 95.0, 100.0, 1.0)
        );
        assert!((c.tail_mean(0.95) - 98.0).abs() < 1e-12);
        // the worst 5.5 years: 100 to 96, and half of 95
        assert!((c.tail_mean(0.945) - (490.0 + 47.5) / 5.5).abs() < 1e-12);
        assert_eq!([0.0, 99.5, 50.0, 100.0].map(|x| c.exceed(x)), [1.0, 0.01, 0.5, 0.0]);
        assert_eq!((c.largest(), c.smallest()), (100.0, Some(1.0)));
    }

    #[test]
    fn intervals_are_order_statistics_and_refuse_too_few_years() {
        let c = Curve::of((1..=1_000).collect(), 1.0);
        assert_eq!(c.interval(0.5), Some((469.0, 531.0)));
        assert!(c.interval(0.99).is_some_and(|(a, b)| a == 983.0 && b == 997.0));
        let few = Curve::of((1..=999).collect(), 1.0);
        assert!(few.can_tell(0.95) && !few.can_tell(0.99) && few.interval(0.99).is_none());
    }

    #[test]
    fn no_years_have_no_loss() {
        let c = Curve::of(vec![], 100.0);
        assert_eq!(
            (c.quantile(0.9), c.tail_mean(0.9), c.exceed(0.0), c.largest()),
            (0.0, 0.0, 0.0, 0.0)
        );
        assert_eq!(c.smallest(), None);
    }
}
