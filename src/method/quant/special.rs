//! Special functions: the normal distribution, the regularised incomplete beta and gamma functions, and their
//! inverses. `erf`, `erfc` and `lgamma` come from libm; formulas are numbered as in the Digital Library of
//! Mathematical Functions (DLMF, <https://dlmf.nist.gov>).

use libm::{erfc, lgamma};
use std::f64::consts::{PI, SQRT_2};

/// The 95 % quantile of the standard normal: half the width of a 90 % interval in standard deviations.
pub const Z95: f64 = 1.644_853_626_951_472_2;

/// Steps after which a continued fraction or a search ends; none of them comes near it.
const STEPS: usize = 10_000;

/// The density of the standard normal.
pub fn normal_density(z: f64) -> f64 {
    (-0.5 * z * z).exp() / (2.0 * PI).sqrt()
}

/// The chance that a standard normal is at most `z`.
pub fn normal_cdf(z: f64) -> f64 {
    0.5 * erfc(-z / SQRT_2)
}

/// The value that a standard normal stays below with the chance `p`; infinite at 0 and 1. Acklam's rational
/// approximation, then one step of Halley's method: exact to the last digits.
pub fn normal_quantile(p: f64) -> f64 {
    const A: [f64; 6] = [
        -3.969_683_028_665_376e1,
        2.209_460_984_245_205e2,
        -2.759_285_104_469_687e2,
        1.383_577_518_672_69e2,
        -3.066_479_806_614_716e1,
        2.506_628_277_459_239,
    ];
    const B: [f64; 6] = [
        -5.447_609_879_822_406e1,
        1.615_858_368_580_409e2,
        -1.556_989_798_598_866e2,
        6.680_131_188_771_972e1,
        -1.328_068_155_288_572e1,
        1.0,
    ];
    const C: [f64; 6] = [
        -7.784_894_002_430_293e-3,
        -3.223_964_580_411_365e-1,
        -2.400_758_277_161_838,
        -2.549_732_539_343_734,
        4.374_664_141_464_968,
        2.938_163_982_698_783,
    ];
    const D: [f64; 5] = [
        7.784_695_709_041_462e-3,
        3.224_671_290_700_398e-1,
        2.445_134_137_142_996,
        3.754_408_661_907_416,
        1.0,
    ];
    if p <= 0.0 {
        return f64::NEG_INFINITY;
    }
    if p >= 1.0 {
        return f64::INFINITY;
    }
    if p > 0.5 {
        return -normal_quantile(1.0 - p);
    }
    let polynomial = |c: &[f64], x: f64| c.iter().fold(0.0, |sum, c| sum * x + c);
    let z = if p < 0.024_25 {
        let t = (-2.0 * p.ln()).sqrt();
        polynomial(&C, t) / polynomial(&D, t)
    } else {
        let x = p - 0.5;
        x * polynomial(&A, x * x) / polynomial(&B, x * x)
    };
    let step = (normal_cdf(z) - p) / normal_density(z);
    z - step / (1.0 + 0.5 * z * step)
}

/// The logarithm of the beta function (DLMF 5.12.1).
pub fn ln_beta(a: f64, b: f64) -> f64 {
    lgamma(a) + lgamma(b) - lgamma(a + b)
}

/// The regularised incomplete beta function I_x(a, b) for `a`, `b` above 0: the chance that a beta variable is at most
/// `x` (continued fraction DLMF 8.17.22, by the method of Lentz).
pub fn beta_cdf(a: f64, b: f64, x: f64) -> f64 {
    if x <= 0.0 {
        return 0.0;
    }
    if x >= 1.0 {
        return 1.0;
    }
    if x > (a + 1.0) / (a + b + 2.0) {
        return 1.0 - beta_cdf(b, a, 1.0 - x);
    }
    let front = (a * x.ln() + b * (-x).ln_1p() - ln_beta(a, b)).exp() / a;
    let term = |m: usize| {
        let k = (m / 2) as f64;
        if m.is_multiple_of(2) {
            k * (b - k) * x / ((a + 2.0 * k - 1.0) * (a + 2.0 * k))
        } else {
            -(a + k) * (a + b + k) * x / ((a + 2.0 * k) * (a + 2.0 * k + 1.0))
        }
    };
    (front / fraction(1.0, |m| (term(m), 1.0))).clamp(0.0, 1.0)
}

/// The value of `first + a1/(b1 + a2/(b2 + ...))`, where `next(m)` is the m-th pair (a, b).
fn fraction(first: f64, next: impl Fn(usize) -> (f64, f64)) -> f64 {
    let away = |v: f64| if v.abs() < 1e-300 { 1e-300 } else { v };
    let (mut value, mut c, mut d) = (away(first), away(first), 0.0);
    for m in 1..STEPS {
        let (a, b) = next(m);
        d = 1.0 / away(b + a * d);
        c = away(b + a / c);
        value *= c * d;
        if (c * d - 1.0).abs() < 1e-16 {
            break;
        }
    }
    value
}

/// The value that a beta variable stays below with the chance `p`.
pub fn beta_quantile(a: f64, b: f64, p: f64) -> f64 {
    if p <= 0.0 {
        return 0.0;
    }
    if p >= 1.0 {
        return 1.0;
    }
    let shape = ln_beta(a, b);
    let density = |x: f64| ((a - 1.0) * x.ln() + (b - 1.0) * (-x).ln_1p() - shape).exp();
    invert(p, (0.0, 1.0), a / (a + b), |x| beta_cdf(a, b, x), density)
}

/// The regularised lower incomplete gamma function P(a, x) for `a` above 0: the chance that a gamma variable of that
/// shape is at most `x` (series DLMF 8.7.1).
pub fn gamma_cdf(a: f64, x: f64) -> f64 {
    if x <= 0.0 {
        return 0.0;
    }
    if x == f64::INFINITY {
        return 1.0;
    }
    if x >= a + 1.0 {
        return 1.0 - upper_fraction(a, x);
    }
    let (mut term, mut sum) = (1.0 / a, 1.0 / a);
    for k in 1..STEPS {
        term *= x / (a + k as f64);
        sum += term;
        if term < sum * 1e-17 {
            break;
        }
    }
    (sum * (a * x.ln() - x - lgamma(a)).exp()).clamp(0.0, 1.0)
}

/// The chance that a gamma variable of shape `a` lies above `x`, as [`gamma_cdf`] but exact where it is small.
pub fn gamma_above(a: f64, x: f64) -> f64 {
    if x == f64::INFINITY {
        0.0
    } else if x >= a + 1.0 {
        upper_fraction(a, x)
    } else {
        1.0 - gamma_cdf(a, x)
    }
}

/// The upper incomplete gamma function for `x` of at least `a + 1` (continued fraction DLMF 8.9.2).
fn upper_fraction(a: f64, x: f64) -> f64 {
    let front = (a * x.ln() - x - lgamma(a)).exp();
    let pair = |m: usize| {
        let k = m as f64;
        (k * (a - k), x + 1.0 - a + 2.0 * k)
    };
    (front / fraction(x + 1.0 - a, pair)).clamp(0.0, 1.0)
}

/// The value that a gamma variable of shape `a` and scale 1 stays below with the chance `p`; infinite at 1.
pub fn gamma_quantile(a: f64, p: f64) -> f64 {
    if p <= 0.0 {
        return 0.0;
    }
    if p >= 1.0 {
        return f64::INFINITY;
    }
    let shape = lgamma(a);
    let density = |x: f64| ((a - 1.0) * x.ln() - x - shape).exp();
    let mut top = a + 1.0;
    while gamma_cdf(a, top) < p && top < 1e12 {
        top *= 2.0;
    }
    invert(p, (0.0, top), a.min(top), |x| gamma_cdf(a, x), density)
}

/// Where a rising function reaches `p`: Newton's method kept inside the bounds by bisection.
pub fn invert(
    p: f64,
    (mut low, mut high): (f64, f64),
    start: f64,
    cdf: impl Fn(f64) -> f64,
    density: impl Fn(f64) -> f64,
) -> f64 {
    let mut x = start;
    for _ in 0..400 {
        let miss = cdf(x) - p;
        if miss == 0.0 {
            return x;
        }
        if miss > 0.0 {
            high = x;
        } else {
            low = x;
        }
        let step = x - miss / density(x);
        // a quantile near 0 is sought by its order of magnitude
        let middle = if low > 0.0 && high / low > 4.0 {
            (low * high).sqrt()
        } else if low == 0.0 && high < 1e-3 {
            high * 1e-3
        } else {
            f64::midpoint(low, high)
        };
        let next = if step > low && step < high { step } else { middle };
        if (next - x).abs() <= 1e-15 * x.abs() || high - low <= f64::MIN_POSITIVE {
            return next;
        }
        x = next;
    }
    x
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(got: f64, want: f64, relative: f64) {
        assert!((got - want).abs() <= relative * want.abs(), "{got} instead of {want}");
    }

    /// Reference values: mpmath with 30 digits.
    #[test]
    fn they_agree_with_thirty_digits() {
        close(normal_quantile(0.95), Z95, 1e-15);
        close(normal_quantile(1e-12), -7.034_483_825_301_132, 1e-14);
        close(normal_cdf(-3.0), 1.349_898_031_630_094_5e-3, 1e-14);
        close(beta_cdf(1.8, 4.2, 0.3), 0.548_230_304_261_905, 1e-13);
        close(beta_cdf(0.5, 30.0, 1e-3), 0.192_762_693_840_462_88, 1e-13);
        close(gamma_cdf(0.5, 0.1), 0.345_279_153_981_422_97, 1e-13);
        close(gamma_above(4.0, 30.0), 4.661_032_000_779_291e-10, 1e-13);
        close(gamma_cdf(2600.0, 2550.0), 0.163_446_793_550_134_34, 1e-11);
    }

    #[test]
    fn an_inverse_leads_back() {
        for p in [1e-9, 1e-3, 0.05, 0.5, 0.95, 0.999_999] {
            close(normal_cdf(normal_quantile(p)), p, 1e-13);
            for (a, b) in [(1.0, 5.0), (5.0, 1.0), (1.8, 4.2), (0.5, 2.0), (9.0, 1.3)] {
                close(beta_cdf(a, b, beta_quantile(a, b, p)), p, 1e-11);
            }
            for a in [0.25, 1.0, 4.0, 300.0] {
                close(gamma_cdf(a, gamma_quantile(a, p)), p, 1e-10);
            }
        }
        assert_eq!((beta_quantile(2.0, 3.0, 0.0), beta_quantile(2.0, 3.0, 1.0)), (0.0, 1.0));
        assert_eq!(
            (gamma_quantile(2.0, 0.0), gamma_quantile(2.0, 1.0)),
            (0.0, f64::INFINITY)
        );
    }
}
