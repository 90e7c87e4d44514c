//! How many events: the number that a Poisson variable stays below with a given chance. From one random number comes
//! one count, and a rate that rises never lowers it: before and after a control the same years are compared.

use super::special::{gamma_above, normal_quantile};
use libm::lgamma;

/// Up to this rate counts are tried from 0 on.
const SMALL: f64 = 16.0;

/// From this rate on the expansion alone is right to less than one in a million.
const LARGE: f64 = 1e6;

/// The smallest count that a Poisson variable of this rate does not exceed with the chance `p` of 0..1 (both ends
/// excluded).
pub fn poisson(rate: f64, p: f64) -> u64 {
    if rate <= 0.0 {
        return 0;
    }
    if p <= 1.0 - rate {
        // e to the power of -rate is more than that
        return 0;
    }
    if rate < SMALL {
        let mut chance = (-rate).exp();
        let (mut count, mut sum) = (0, chance);
        // the sum stops rising before it reaches a chance that is 1 but for rounding
        while sum < p && count < 200 {
            count += 1;
            chance *= rate / count as f64;
            sum += chance;
        }
        return count;
    }
    // Cornish and Fisher's expansion lands beside the place, the exact sum finds it
    let z = normal_quantile(p);
    let start = (rate + rate.sqrt() * z + (z * z - 1.0) / 6.0).floor().max(0.0);
    if rate > LARGE {
        return start as u64;
    }
    let mut count = start;
    let mut sum = at_most(count, rate);
    let mut chance = (-rate + count * rate.ln() - lgamma(count + 1.0)).exp();
    if sum < p {
        while sum < p && chance > 0.0 {
            count += 1.0;
            chance *= rate / count;
            sum += chance;
        }
    } else {
        while count > 0.0 && sum - chance >= p {
            sum -= chance;
            chance *= count / rate;
            count -= 1.0;
        }
    }
    count as u64
}

/// The chance of at most `count` (DLMF 8.4.10: the upper incomplete gamma function).
fn at_most(count: f64, rate: f64) -> f64 {
    gamma_above(count + 1.0, rate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_have_the_chances_of_poisson() {
        for rate in [0.01, 0.7, 5.0, 15.9, 16.1, 300.0, 2_600.0] {
            const MANY: usize = 20_000;
            let counts = (0..MANY).map(|i| poisson(rate, (i as f64 + 0.5) / MANY as f64) as f64);
            let (sum, square) = counts.fold((0.0, 0.0), |(s, q), n| (s + n, q + n * n));
            let mean = sum / MANY as f64;
            let variance = square / MANY as f64 - mean * mean;
            assert!((mean / rate - 1.0).abs() < 2e-3, "{rate}: {mean}");
            assert!((variance / rate - 1.0).abs() < 5e-3, "{rate}: {variance}");
        }
    }

    #[test]
    fn a_count_rises_with_the_rate_and_the_chance() {
        for p in [1e-12, 0.01, 0.5, 0.9, 1.0 - 1e-12] {
            let mut last = 0;
            for step in 0..400 {
                let n = poisson(f64::from(step) * 0.25, p);
                assert!(n >= last, "{p} {step}");
                last = n;
            }
        }
        assert_eq!(poisson(0.0, 0.999), 0);
        assert!(poisson(1e7, 0.5).abs_diff(10_000_000) < 2);
        assert_eq!((poisson(2.0, 0.135), poisson(2.0, 0.136)), (0, 1));
    }
}
