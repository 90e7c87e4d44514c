//! The loss that is tolerated: with which chance a year's loss may exceed an amount. Between its points the chance is
//! interpolated in the logarithm of the amount; outside it stays as at the ends.

use thiserror::Error;

/// A tolerance curve: amounts in the currency's major unit with the chance at which they may be exceeded.
#[derive(Debug, Clone, PartialEq)]
pub struct Tolerance {
    points: Vec<(f64, f64)>,
}

/// Why points are no tolerance curve; points are counted from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum NoTolerance {
    /// There is no point.
    #[error("at least one point is needed")]
    Empty,
    /// An amount is not above 0.
    #[error("point {0}: the amount must be above 0")]
    Amount(usize),
    /// A chance is not within 0..1.
    #[error("point {0}: the chance must be within 0..1")]
    Chance(usize),
    /// Amounts do not rise.
    #[error("point {0}: amounts must rise")]
    NotRising(usize),
    /// A larger loss is tolerated more often than a smaller one.
    #[error("point {0}: the chance must not rise with the amount")]
    NotFalling(usize),
}

/// Where a loss exceedance curve lies furthest above what is tolerated.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Breach {
    /// The amount.
    pub amount: f64,
    /// The chance with which it is exceeded.
    pub chance: f64,
    /// The chance that is tolerated there.
    pub tolerated: f64,
}

/// Amounts at which a curve is looked at, evenly in their logarithm.
const LOOKS: usize = 512;

impl Tolerance {
    /// A curve of (amount, chance), with rising amounts and chances that do not rise.
    pub fn new(points: Vec<(f64, f64)>) -> Result<Self, NoTolerance> {
        if points.is_empty() {
            return Err(NoTolerance::Empty);
        }
        for (i, (amount, chance)) in points.iter().enumerate() {
            if !(*amount > 0.0 && amount.is_finite()) {
                return Err(NoTolerance::Amount(i + 1));
            }
            if !(0.0..=1.0).contains(chance) {
                return Err(NoTolerance::Chance(i + 1));
            }
        }
        for (i, pair) in points.windows(2).enumerate() {
            if pair[1].0 <= pair[0].0 {
                return Err(NoTolerance::NotRising(i + 2));
            }
            if pair[1].1 > pair[0].1 {
                return Err(NoTolerance::NotFalling(i + 2));
            }
        }
        Ok(Self { points })
    }

    /// Its points.
    pub fn points(&self) -> &[(f64, f64)] {
        &self.points
    }

    /// The chance with which a loss may exceed `x`.
    pub fn at(&self, x: f64) -> f64 {
        let next = self.points.partition_point(|p| p.0 < x);
        match (next.checked_sub(1).map(|i| self.points[i]), self.points.get(next)) {
            (None, Some(p)) => p.1,
            (Some((x0, p0)), Some((x1, p1))) => p0 + (p1 - p0) * (x / x0).log10() / (x1 / x0).log10(),
            (Some(p), None) => p.1,
            (None, None) => 1.0,
        }
    }

    /// Where a curve (the chance of more than an amount) lies furthest above this one, looked at from the lowest point
    /// to the largest loss; `None` if nowhere.
    pub fn breach(&self, exceed: impl Fn(f64) -> f64, largest: f64) -> Option<Breach> {
        let lowest = self.points[0].0;
        let reach = (largest / lowest).max(1.0).ln();
        let even = (0..=LOOKS).map(|i| lowest * (reach * i as f64 / LOOKS as f64).exp());
        let looks = self.points.iter().map(|p| p.0).chain(even).chain([0.0]);
        let at = |amount: f64| Breach {
            amount,
            chance: exceed(amount),
            tolerated: self.at(amount),
        };
        let width = |b: &Breach| b.chance - b.tolerated;
        looks
            .map(at)
            .filter(|b| width(b) > 0.0)
            .max_by(|a, b| width(a).total_cmp(&width(b)).then(b.amount.total_cmp(&a.amount)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn curve() -> Tolerance {
        Tolerance::new(vec![(1e4, 0.5), (1e5, 0.2), (1e6, 0.05), (1e7, 0.01)]).unwrap()
    }

    #[test]
    fn between_its_points_it_is_straight_in_the_logarithm_and_outside_flat() {
        let got = [5e3, 1e4, 31_622.776_601_683_792, 1e5, 5e5, 2e7].map(|x| curve().at(x));
        let want = [0.5, 0.5, 0.35, 0.2, 0.095_154_499_349_597_19, 0.01];
        assert!(got.iter().zip(want).all(|(g, w)| (g - w).abs() < 1e-12), "{got:?}");
    }

    #[test]
    fn the_widest_breach_is_named() {
        // as tolerated up to 100,000, then one in ten up to a million
        let step = |x: f64| {
            if x < 1e5 {
                0.1
            } else if x < 1e6 {
                0.15
            } else {
                0.0
            }
        };
        let b = curve().breach(step, 1e6).unwrap();
        assert!(b.amount > 9.8e5 && b.amount < 1e6 && b.chance == 0.15, "{b:?}");
        assert!((b.tolerated - 0.05).abs() < 3e-3);
        assert_eq!(curve().breach(|_| 0.005, 1e9), None);
        // more often than tolerated already below the first point
        assert_eq!(
            curve()
                .breach(|x| if x < 5e3 { 0.9 } else { 0.0 }, 5e3)
                .map(|b| b.amount),
            Some(0.0)
        );
    }

    #[test]
    fn points_that_are_no_curve_are_named() {
        let of = |points: &[(f64, f64)]| Tolerance::new(points.to_vec()).unwrap_err().to_string();
        assert_eq!(of(&[]), "at least one point is needed");
        assert_eq!(of(&[(0.0, 0.5)]), "point 1: the amount must be above 0");
        assert_eq!(of(&[(1.0, 0.5), (2.0, 1.2)]), "point 2: the chance must be within 0..1");
        assert_eq!(of(&[(2.0, 0.5), (2.0, 0.2)]), "point 2: amounts must rise");
        assert_eq!(
            of(&[(1.0, 0.5), (2.0, 0.6)]),
            "point 2: the chance must not rise with the amount"
        );
    }
}
