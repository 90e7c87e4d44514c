//! Distributions of one factor: calibrated from what a person gave, with moments, distribution function and quantile
//! in closed form (domain: PERT mean (a + l m + b)/(l + 2); lognormal and normal from a 90 % interval).

use super::special::{
    Z95, beta_cdf, beta_quantile, gamma_above, gamma_cdf, gamma_quantile, normal_cdf, normal_density, normal_quantile,
};
use crate::model::value::Range;
use thiserror::Error;

/// How sharply a PERT peaks if nobody says: the classic weight of the most likely value.
pub const PERT_SHAPE: f64 = 4.0;

/// What is wrong with the numbers of a distribution.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Unsound {
    /// A number is NaN or infinite.
    #[error("must be a finite number")]
    NotFinite,
    /// The largest lies below the smallest.
    #[error("max below min")]
    MaxBelowMin,
    /// The most likely lies below the smallest.
    #[error("mode below min")]
    ModeBelowMin,
    /// The most likely lies above the largest.
    #[error("mode above max")]
    ModeAboveMax,
    /// A lognormal has nothing at or below 0.
    #[error("lower bound must be > 0")]
    LowNotPositive,
    /// A 90 % interval without width, or the wrong way round.
    #[error("upper must exceed lower")]
    HighNotAboveLow,
    /// All of a normal lies below 0, where it is cut.
    #[error("upper bound must be > 0")]
    AllBelowZero,
    /// The weight of the most likely value is not above 0.
    #[error("shape must be > 0")]
    Shape,
}

/// A distribution of a factor, in the unit of the factor.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Dist {
    /// Always the same.
    Constant(f64),
    /// Everything between two bounds alike.
    Uniform {
        /// The smallest.
        min: f64,
        /// The largest.
        max: f64,
    },
    /// Rising to the most likely value and falling from it, in straight lines.
    Triangular {
        /// The smallest.
        min: f64,
        /// The most likely.
        mode: f64,
        /// The largest.
        max: f64,
    },
    /// A beta distribution stretched over two bounds: what a PERT is.
    Beta {
        /// The smallest.
        min: f64,
        /// The largest.
        max: f64,
        /// First shape, at least 1 for a PERT.
        alpha: f64,
        /// Second shape, at least 1 for a PERT.
        beta: f64,
    },
    /// The logarithm is normal.
    Lognormal {
        /// Mean of the logarithm.
        mu: f64,
        /// Standard deviation of the logarithm, above 0.
        sigma: f64,
    },
    /// A normal of which only what lies above 0 is taken.
    Normal {
        /// Mean before the cut.
        mean: f64,
        /// Standard deviation before the cut, above 0.
        sd: f64,
    },
    /// A gamma distribution: a rate learnt from events, a driver that several risks share.
    Gamma {
        /// Shape, above 0.
        shape: f64,
        /// Scale, above 0.
        scale: f64,
    },
}

impl Dist {
    /// The distribution that a person gave; `shape` is the weight of the most likely value of a PERT ([`PERT_SHAPE`]).
    pub fn of(range: &Range, shape: f64) -> Result<Self, Unsound> {
        match *range {
            Range::Constant(v) => v.is_finite().then_some(Self::Constant(v)).ok_or(Unsound::NotFinite),
            Range::Uniform(min, max) => Self::uniform(min, max),
            Range::Triangular(min, mode, max) => Self::triangular(min, mode, max),
            Range::Pert(min, mode, max) => Self::pert(min, mode, max, shape),
            Range::Lognormal(p05, p95) => Self::lognormal(p05, p95),
            Range::Normal(p05, p95) => Self::normal(p05, p95),
        }
    }

    /// Uniform between two bounds.
    pub fn uniform(min: f64, max: f64) -> Result<Self, Unsound> {
        finite(&[min, max])?;
        if max < min {
            return Err(Unsound::MaxBelowMin);
        }
        Ok(if min == max {
            Self::Constant(min)
        } else {
            Self::Uniform { min, max }
        })
    }

    /// Triangular from the smallest, the most likely and the largest.
    pub fn triangular(min: f64, mode: f64, max: f64) -> Result<Self, Unsound> {
        rising(min, mode, max)?;
        Ok(if min == max {
            Self::Constant(min)
        } else {
            Self::Triangular { min, mode, max }
        })
    }

    /// PERT from the smallest, the most likely and the largest.
    pub fn pert(min: f64, mode: f64, max: f64, shape: f64) -> Result<Self, Unsound> {
        rising(min, mode, max)?;
        if !(shape.is_finite() && shape > 0.0) {
            return Err(Unsound::Shape);
        }
        Ok(if min == max {
            Self::Constant(min)
        } else {
            Self::Beta {
                min,
                max,
                alpha: 1.0 + shape * (mode - min) / (max - min),
                beta: 1.0 + shape * (max - mode) / (max - min),
            }
        })
    }

    /// Lognormal from its 5 % and 95 % quantiles.
    pub fn lognormal(p05: f64, p95: f64) -> Result<Self, Unsound> {
        finite(&[p05, p95])?;
        if p05 <= 0.0 {
            return Err(Unsound::LowNotPositive);
        }
        if p95 <= p05 {
            return Err(Unsound::HighNotAboveLow);
        }
        Ok(Self::lognormal_of(
            f64::midpoint(p05.ln(), p95.ln()),
            (p95.ln() - p05.ln()) / (2.0 * Z95),
        ))
    }

    /// Lognormal from mean and standard deviation of the logarithm; without spread it is a constant.
    pub fn lognormal_of(mu: f64, sigma: f64) -> Self {
        if sigma > 0.0 {
            Self::Lognormal { mu, sigma }
        } else {
            Self::Constant(mu.exp())
        }
    }

    /// Normal from its 5 % and 95 % quantiles before it is cut at 0.
    pub fn normal(p05: f64, p95: f64) -> Result<Self, Unsound> {
        finite(&[p05, p95])?;
        if p95 <= p05 {
            return Err(Unsound::HighNotAboveLow);
        }
        if p95 <= 0.0 {
            return Err(Unsound::AllBelowZero);
        }
        Ok(Self::normal_of(f64::midpoint(p05, p95), (p95 - p05) / (2.0 * Z95)))
    }

    /// Normal from its mean and standard deviation before it is cut at 0; without spread it is a constant.
    pub fn normal_of(mean: f64, sd: f64) -> Self {
        if sd > 0.0 {
            Self::Normal { mean, sd }
        } else {
            Self::Constant(mean.max(0.0))
        }
    }

    /// The same, every value multiplied by a factor of at least 0.
    #[must_use]
    pub fn scaled(self, by: f64) -> Self {
        if by == 0.0 {
            return Self::Constant(0.0);
        }
        match self {
            Self::Constant(v) => Self::Constant(v * by),
            Self::Uniform { min, max } => Self::Uniform {
                min: min * by,
                max: max * by,
            },
            Self::Triangular { min, mode, max } => Self::Triangular {
                min: min * by,
                mode: mode * by,
                max: max * by,
            },
            Self::Beta { min, max, alpha, beta } => Self::Beta {
                min: min * by,
                max: max * by,
                alpha,
                beta,
            },
            Self::Lognormal { mu, sigma } => Self::Lognormal {
                mu: mu + by.ln(),
                sigma,
            },
            Self::Normal { mean, sd } => Self::Normal {
                mean: mean * by,
                sd: sd * by,
            },
            Self::Gamma { shape, scale } => Self::Gamma {
                shape,
                scale: scale * by,
            },
        }
    }

    /// The smallest value.
    pub fn min(&self) -> f64 {
        match *self {
            Self::Constant(v) => v,
            Self::Uniform { min, .. } | Self::Triangular { min, .. } | Self::Beta { min, .. } => min,
            Self::Lognormal { .. } | Self::Normal { .. } | Self::Gamma { .. } => 0.0,
        }
    }

    /// The largest value; infinite where there is none.
    pub fn max(&self) -> f64 {
        match *self {
            Self::Constant(v) => v,
            Self::Uniform { max, .. } | Self::Triangular { max, .. } | Self::Beta { max, .. } => max,
            Self::Lognormal { .. } | Self::Normal { .. } | Self::Gamma { .. } => f64::INFINITY,
        }
    }

    /// The expected value.
    pub fn mean(&self) -> f64 {
        match *self {
            Self::Constant(v) => v,
            Self::Uniform { min, max } => f64::midpoint(min, max),
            Self::Triangular { min, mode, max } => (min + mode + max) / 3.0,
            Self::Beta { min, max, alpha, beta } => min + (max - min) * alpha / (alpha + beta),
            Self::Lognormal { mu, sigma } => (mu + sigma * sigma / 2.0).exp(),
            Self::Normal { mean, sd } => mean + sd * cut(mean / sd).0,
            Self::Gamma { shape, scale } => shape * scale,
        }
    }

    /// The variance.
    pub fn variance(&self) -> f64 {
        match *self {
            Self::Constant(_) => 0.0,
            Self::Uniform { min, max } => (max - min).powi(2) / 12.0,
            Self::Triangular { min, mode, max } => ((max - min).powi(2) + (mode - min) * (mode - max)) / 18.0,
            Self::Beta { min, max, alpha, beta } => {
                let sum = alpha + beta;
                (max - min).powi(2) * alpha * beta / (sum * sum * (sum + 1.0))
            }
            Self::Lognormal { sigma, .. } => (sigma * sigma).exp_m1() * self.mean().powi(2),
            Self::Normal { mean, sd } => {
                let (hazard, z) = cut(mean / sd);
                (sd * sd * (1.0 - hazard * (z + hazard))).max(0.0)
            }
            Self::Gamma { shape, scale } => shape * scale * scale,
        }
    }

    /// The standard deviation.
    pub fn sd(&self) -> f64 {
        self.variance().sqrt()
    }

    /// The expected square.
    pub fn second_moment(&self) -> f64 {
        self.mean().powi(2) + self.variance()
    }

    /// The chance of at most `x`.
    pub fn cdf(&self, x: f64) -> f64 {
        match *self {
            Self::Constant(v) => f64::from(x >= v),
            Self::Uniform { min, max } => ((x - min) / (max - min)).clamp(0.0, 1.0),
            Self::Triangular { min, mode, max } => {
                if x <= min {
                    0.0
                } else if x >= max {
                    1.0
                } else if x < mode {
                    (x - min).powi(2) / ((max - min) * (mode - min))
                } else {
                    1.0 - (max - x).powi(2) / ((max - min) * (max - mode))
                }
            }
            Self::Beta { min, max, alpha, beta } => beta_cdf(alpha, beta, (x - min) / (max - min)),
            Self::Lognormal { mu, sigma } if x > 0.0 => normal_cdf((x.ln() - mu) / sigma),
            Self::Normal { .. } if x > 0.0 => 1.0 - self.above(x),
            Self::Gamma { shape, scale } if x > 0.0 => gamma_cdf(shape, x / scale),
            Self::Lognormal { .. } | Self::Normal { .. } | Self::Gamma { .. } => 0.0,
        }
    }

    /// The chance of more than `x`: exact where it is small.
    pub fn above(&self, x: f64) -> f64 {
        match *self {
            Self::Beta { min, max, alpha, beta } => beta_cdf(beta, alpha, (max - x) / (max - min)),
            Self::Lognormal { mu, sigma } if x > 0.0 => normal_cdf((mu - x.ln()) / sigma),
            Self::Normal { mean, sd } if x > 0.0 => (normal_cdf((mean - x) / sd) / normal_cdf(mean / sd)).min(1.0),
            Self::Gamma { shape, scale } if x > 0.0 => gamma_above(shape, x / scale),
            Self::Triangular { min, mode, max } if x >= mode && x < max => {
                (max - x).powi(2) / ((max - min) * (max - mode))
            }
            _ => 1.0 - self.cdf(x),
        }
    }

    /// The smallest value that is not exceeded with the chance `p` of 0..1; infinite where there is none.
    pub fn quantile(&self, p: f64) -> f64 {
        let p = p.clamp(0.0, 1.0);
        match *self {
            Self::Constant(v) => v,
            Self::Uniform { min, max } => min + (max - min) * p,
            Self::Triangular { min, mode, max } => {
                if p * (max - min) <= mode - min {
                    min + (p * (max - min) * (mode - min)).sqrt()
                } else {
                    max - ((1.0 - p) * (max - min) * (max - mode)).sqrt()
                }
            }
            Self::Beta { min, max, alpha, beta } => min + (max - min) * beta_quantile(alpha, beta, p),
            Self::Lognormal { mu, sigma } => (mu + sigma * normal_quantile(p)).exp(),
            Self::Normal { mean, sd } => (mean - sd * normal_quantile((1.0 - p) * normal_cdf(mean / sd))).max(0.0),
            Self::Gamma { shape, scale } => scale * gamma_quantile(shape, p),
        }
    }

    /// The smallest value that is exceeded with at most the chance `tail`, exact for small tails.
    pub fn quantile_above(&self, tail: f64) -> f64 {
        match *self {
            Self::Lognormal { mu, sigma } => (mu - sigma * normal_quantile(tail)).exp(),
            Self::Normal { mean, sd } => (mean - sd * normal_quantile(tail * normal_cdf(mean / sd))).max(0.0),
            _ => self.quantile(1.0 - tail),
        }
    }

    /// What values up to `x` add to the mean: E[X; X <= x].
    pub fn mean_below(&self, x: f64) -> f64 {
        match *self {
            Self::Constant(v) => v * f64::from(x >= v),
            Self::Uniform { min, max } => {
                let x = x.clamp(min, max);
                (x * x - min * min) / (2.0 * (max - min))
            }
            Self::Triangular { min, mode, max } => {
                let (x, width) = (x.clamp(min, max), max - min);
                // integrals of x f(x): t^2/2 - min t over the rise, max t - t^2/2 over the fall, times t
                let rise = |t: f64| {
                    if mode > min {
                        (t.powi(3) / 3.0 - min * t * t / 2.0 + min.powi(3) / 6.0) * 2.0 / (width * (mode - min))
                    } else {
                        0.0
                    }
                };
                let fall = |t: f64| (max * t * t / 2.0 - t.powi(3) / 3.0) * 2.0 / (width * (max - mode));
                if x <= mode {
                    rise(x)
                } else {
                    rise(mode) + fall(x) - fall(mode)
                }
            }
            Self::Beta { min, max, alpha, beta } => {
                let u = (x - min) / (max - min);
                min * beta_cdf(alpha, beta, u) + (max - min) * alpha / (alpha + beta) * beta_cdf(alpha + 1.0, beta, u)
            }
            Self::Lognormal { mu, sigma } if x > 0.0 => self.mean() * normal_cdf((x.ln() - mu) / sigma - sigma),
            Self::Normal { mean, sd } if x > 0.0 => {
                let (a, b) = (-mean / sd, (x - mean) / sd);
                let mass = normal_cdf(b) - normal_cdf(a);
                (mean * mass + sd * (normal_density(a) - normal_density(b))) / normal_cdf(-a)
            }
            Self::Gamma { shape, scale } if x > 0.0 => shape * scale * gamma_cdf(shape + 1.0, x / scale),
            Self::Lognormal { .. } | Self::Normal { .. } | Self::Gamma { .. } => 0.0,
        }
    }

    /// The expected value of what lies above 1 cut to 1: for a probability given by a distribution without an end.
    pub fn mean_as_probability(&self) -> f64 {
        if self.max() <= 1.0 {
            self.mean()
        } else {
            (self.mean_below(1.0) + self.above(1.0)).clamp(0.0, 1.0)
        }
    }
}

/// For a normal cut `z` standard deviations below its mean: by how much the cut lifts the mean, in standard
/// deviations, and `z`.
fn cut(z: f64) -> (f64, f64) {
    (normal_density(z) / normal_cdf(z), z)
}

fn finite(all: &[f64]) -> Result<(), Unsound> {
    all.iter()
        .all(|v| v.is_finite())
        .then_some(())
        .ok_or(Unsound::NotFinite)
}

fn rising(min: f64, mode: f64, max: f64) -> Result<(), Unsound> {
    finite(&[min, mode, max])?;
    if max < min {
        Err(Unsound::MaxBelowMin)
    } else if mode < min {
        Err(Unsound::ModeBelowMin)
    } else if mode > max {
        Err(Unsound::ModeAboveMax)
    } else {
        Ok(())
    }
}

#[cfg(test)]
mod tests;
