//! The exact path: the loss of a year by Fourier transform on a grid, for one scenario or the independent sum of
//! several. The spectrum of the year is that of the count of events at the spectrum of one event.
//!
//! Losses between two steps go to both, so that every event keeps its mean. What exceeds a grid never comes back below,
//! and what the transform wraps around is damped away (Grübel and Hermesdorf, "Computation of compound distributions I:
//! aliasing errors and exponential tilting", ASTIN Bulletin 29, 1999). Grids follow each other, each 32 times wider
//! and coarser, until what they leave out weighs less than [`TAIL`]: a heavy tail does not blur small losses.

use super::annual::{Annual, Grid};
use super::dist::Dist;
use super::fft::{Complex, Fft};
use super::scenario::{Frequency, Scenario};

/// The chance of a loss beyond the last grid.
pub const TAIL: f64 = 1e-9;

/// Cells of a grid, as powers of two: as few as do, as many as may be. The upper half is room for what would wrap around.
const LEAST_BITS: u32 = 16;
const MOST_BITS: u32 = 20;

/// How much is damped over the length of the transform, as an exponent.
const DAMPING: f64 = 24.0;

/// How many cells the smallest loss that matters is cut into.
const PER_EVENT: f64 = 256.0;

/// How much wider the next grid is, and how many there may be.
const WIDER: f64 = 32.0;
const GRIDS: usize = 8;

/// How many standard deviations above the mean most of a sum of many events ends.
const BULK: f64 = 8.0;

/// How many steps a standard deviation must span for the splitting between steps to be undone.
const SMOOTH: f64 = 2.0;

/// The loss of a year of all these scenarios together, if they are independent.
pub fn annual(scenarios: &[Scenario]) -> Annual {
    let costly: Vec<&Scenario> = scenarios.iter().filter(|s| s.moments().mean > 0.0).collect();
    if costly.is_empty() {
        return Annual::never();
    }
    let moments: Vec<_> = costly.iter().map(|s| s.moments()).collect();
    let mean: f64 = moments.iter().map(|m| m.mean).sum();
    let spread = moments.iter().map(|m| m.variance).sum::<f64>().sqrt();
    let zero = costly.iter().map(|s| s.p_zero()).product();
    let same = lattice(&costly).filter(|step| mean + 40.0 * spread < step * f64::from(1u32 << (LEAST_BITS - 1)));
    let mut year = Annual::new(zero, mean, same.is_some());
    if let Some(step) = same {
        year.extend(&Transform::new(LEAST_BITS).grid(&costly, step));
        return year;
    }
    let matter: Vec<&Dist> = costly
        .iter()
        .filter(|s| s.moments().mean >= 0.01 * mean)
        .flat_map(|s| s.primary.iter().chain(s.secondary_loss()))
        .collect();
    let bulk = mean + BULK * spread;
    let narrow = matter
        .iter()
        .map(|d| d.sd())
        .filter(|sd| *sd > 0.0)
        .fold(bulk, f64::min);
    let bits = ((2.0 * SMOOTH * bulk / narrow).log2().ceil() as u32 + 1).clamp(LEAST_BITS, MOST_BITS);
    let transform = Transform::new(bits);
    let usual = matter
        .iter()
        .map(|d| d.mean().min(d.quantile(0.5)))
        .filter(|m| *m > 0.0);
    let mut step = usual.fold(mean, f64::min) / PER_EVENT;
    let whole_bulk = bulk / transform.used as f64;
    for _ in 0..GRIDS {
        year.extend(&transform.grid(&costly, step));
        if year.known() > 1.0 - TAIL {
            break;
        }
        // one of the grids ends where most of the loss does
        let next = step * WIDER;
        step = if step < whole_bulk { next.min(whole_bulk) } else { next };
    }
    year
}

/// The loss of one event, as if it came for certain once a year.
pub fn event(scenario: &Scenario) -> Annual {
    annual(&[Scenario {
        frequency: Frequency::fixed(1),
        ..scenario.clone()
    }])
}

/// The step if all losses are the same constant: then a year is a whole number of them.
fn lattice(scenarios: &[&Scenario]) -> Option<f64> {
    let mut step = None;
    for s in scenarios {
        let all = s.primary.iter().chain(s.secondary_loss());
        for d in all.filter(|d| **d != Dist::Constant(0.0)) {
            match (d, step) {
                (Dist::Constant(c), None) => step = Some(*c),
                (Dist::Constant(c), Some(s)) if *c == s => {}
                _ => return None,
            }
        }
    }
    step
}

/// Grids of one length.
struct Transform {
    fft: Fft,
    /// Cells that count.
    used: usize,
    /// What is left of each cell after damping.
    damped: Vec<f64>,
}

impl Transform {
    fn new(bits: u32) -> Self {
        let used = 1 << (bits - 1);
        let left = |k: usize| (-DAMPING * k as f64 / (2 * used) as f64).exp();
        Self {
            fft: Fft::new(bits),
            used,
            damped: (0..=used).map(left).collect(),
        }
    }

    /// The chances of the steps of a grid.
    fn grid(&self, scenarios: &[&Scenario], step: f64) -> Grid {
        let mut year = vec![Complex::real(1.0); self.used + 1];
        for s in scenarios {
            let event = self.event(s, step);
            match &s.frequency {
                Frequency::Poisson(rate) => {
                    let nodes = rate.nodes();
                    for (y, x) in year.iter_mut().zip(event) {
                        let less = x - Complex::real(1.0);
                        let of = |(rate, weight): &(f64, f64)| less.times(*rate).exp().times(*weight);
                        *y = *y * nodes.iter().map(of).fold(Complex::default(), |a, b| a + b);
                    }
                }
                Frequency::Trials { count, chance } => {
                    for (y, x) in year.iter_mut().zip(event) {
                        *y = *y * (Complex::real(1.0 - chance) + x.times(*chance)).power(*count);
                    }
                }
            }
        }
        let mut cells = self.fft.numbers(&year);
        cells.truncate(self.used);
        for (c, left) in cells.iter_mut().zip(&self.damped) {
            *c /= left;
        }
        Grid { step, cells }
    }

    /// The spectrum of one event.
    fn event(&self, s: &Scenario, step: f64) -> Vec<Complex> {
        let mut event = self.sum(&s.primary, step);
        let follows = s.secondary_chance();
        if follows > 0.0 {
            for (e, x) in event.iter_mut().zip(self.sum(s.secondary_loss(), step)) {
                *e = *e * (Complex::real(1.0 - follows) + x.times(follows));
            }
        }
        event
    }

    /// The spectrum of a sum of parts.
    fn sum(&self, parts: &[Dist], step: f64) -> Vec<Complex> {
        let mut all = vec![Complex::real(1.0); self.used + 1];
        for d in parts.iter().filter(|d| **d != Dist::Constant(0.0)) {
            let mut cells = cut(d, step, self.used);
            for (c, left) in cells.iter_mut().zip(&self.damped) {
                *c *= left;
            }
            for (a, b) in all.iter_mut().zip(self.fft.spectrum(&cells)) {
                *a = *a * b;
            }
        }
        all
    }
}

/// The chances of whole steps, `used` of them and the next: what lies between two is split so that its mean stays. What
/// lies beyond is left out.
fn cut(d: &Dist, step: f64, used: usize) -> Vec<f64> {
    let first = (d.min() / step).min(used as f64) as usize;
    let mut out = vec![0.0; first + 1];
    let low = first as f64 * step;
    let (mut below, mut part) = if d.min() < low {
        (d.cdf(low), d.mean_below(low))
    } else {
        (0.0, 0.0)
    };
    for k in first..used {
        let edge = (k + 1) as f64 * step;
        let ends = edge >= d.max();
        let (to, with) = if ends {
            (1.0, d.mean())
        } else {
            (d.cdf(edge), d.mean_below(edge))
        };
        let mass = (to - below).max(0.0);
        let upper = ((with - part) / step - k as f64 * mass).clamp(0.0, mass);
        out[k] += mass - upper;
        out.push(upper);
        if ends {
            break;
        }
        (below, part) = (to, with);
    }
    if d.sd() >= SMOOTH * step {
        sharpen(&mut out);
    }
    out
}

/// Splitting between two steps widens a distribution by a sixth of a squared step. Each cell but that of no loss takes
/// as much back from its neighbours.
fn sharpen(cells: &mut Vec<f64>) {
    cells.push(0.0);
    let was = cells.clone();
    for k in 1..was.len() - 1 {
        cells[k - 1] -= was[k] / 12.0;
        cells[k] += was[k] / 6.0;
        cells[k + 1] -= was[k] / 12.0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::method::quant::panjer::{Class, aggregate};
    use crate::method::quant::rate::Rate;
    use crate::method::quant::scenario::Secondary;

    fn poisson(rate: f64, d: Dist) -> Scenario {
        Scenario {
            key: 1,
            frequency: Frequency::Poisson(Rate::certain(rate)),
            primary: vec![d],
            secondary: None,
        }
    }

    fn near(got: f64, want: f64, relative: f64) {
        assert!((got - want).abs() <= relative * want.abs(), "{got} instead of {want}");
    }

    #[test]
    fn compound_poisson_of_lognormals() {
        let a = annual(&[poisson(3.0, Dist::lognormal(1e4, 1e5).unwrap())]);
        near(a.mean(), 121_200.384_808_371_73, 1e-5);
        near(a.sd(), 89_397.652_615_751_78, 1e-5);
        near(a.p_zero(), 0.049_787_068_367_863_97, 1e-12);
        for (p, want) in [
            (0.5, 104_506.0),
            (0.9, 240_412.0),
            (0.99, 400_786.0),
            (0.995, 447_594.0),
        ] {
            near(a.quantile(p), want, 5e-5);
        }
        for (p, want) in [(0.9, 311_004.621_880_771_77), (0.99, 469_277.206_874_241_4)] {
            near(a.tail_mean(p), want, 5e-5);
        }
        near(a.exceed(4e5), 0.010_116_787_101_523_639, 5e-5);
    }

    #[test]
    fn a_rare_event_leaves_most_quantiles_at_zero() {
        let a = annual(&[poisson(0.1, Dist::lognormal(1e6, 1e7).unwrap())]);
        assert_eq!(a.quantile(0.9), 0.0);
        near(a.tail_mean(0.9), 4_040_012.578_660_622, 5e-5);
        near(a.quantile(0.99), 8_097_700.0, 5e-5);
    }

    #[test]
    fn the_whole_tree_and_the_sum_of_risks() {
        let s = Scenario {
            frequency: Frequency::Poisson(Rate::certain(1.5)),
            secondary: Some(Secondary {
                chance: Dist::Constant(0.2),
                loss: vec![Dist::lognormal(1e5, 1e6).unwrap()],
            }),
            ..poisson(1.5, Dist::pert(2e4, 5e4, 1.5e5, 4.0).unwrap())
        };
        let a = annual(std::slice::from_ref(&s));
        for (p, want) in [(0.5, 95_280.0), (0.9, 598_370.0), (0.99, 1_486_690.0)] {
            near(a.quantile(p), want, 2e-4);
        }
        near(event(&s).mean(), s.moments().event(), 1e-5);
        let both = annual(&[
            poisson(3.0, Dist::lognormal(1e4, 1e5).unwrap()),
            poisson(0.8, Dist::pert(1e4, 4e4, 2e5, 4.0).unwrap()),
        ]);
        near(both.quantile(0.95), 373_052.0, 2e-4);
        near(both.p_zero(), 0.022_370_771_856_165_63, 1e-12);
    }

    #[test]
    fn one_constant_loss_counts_events() {
        let a = annual(&[poisson(2.0, Dist::Constant(1e4))]);
        assert_eq!([0.5, 0.9, 0.95, 0.99].map(|p| a.quantile(p)), [2e4, 4e4, 5e4, 6e4]);
        near(a.mean(), 2e4, 1e-9);
        assert_eq!(annual(&[poisson(0.0, Dist::Constant(5.0))]), Annual::never());
        let fixed = Scenario {
            frequency: Frequency::fixed(3),
            ..poisson(0.0, Dist::Constant(7.0))
        };
        assert_eq!(annual(&[fixed]).quantile(0.5), 21.0);
    }

    #[test]
    fn it_agrees_with_the_recursion_of_panjer_for_an_uncertain_rate() {
        let rate = Rate::of(Dist::Gamma {
            shape: 2.0,
            scale: 0.75,
        });
        let s = Scenario {
            frequency: Frequency::Poisson(rate),
            ..poisson(0.0, Dist::Constant(100.0))
        };
        let a = annual(&[s]);
        let want = aggregate(Class::mixed_poisson(2.0, 1.5), &[0.0, 1.0], 12).unwrap();
        for (k, want) in want.iter().enumerate() {
            let below = if k == 0 { 0.0 } else { a.cdf(k as f64 * 100.0 - 50.0) };
            assert!((a.cdf(k as f64 * 100.0) - below - want).abs() < 1e-5, "{k}");
        }
    }

    /// Wide ranges: answers from rounding grids of 2^23 cells with steps of 2 and 50 (numpy).
    #[test]
    fn a_heavy_tail_does_not_blur_small_losses() {
        let a = annual(&[poisson(1.0, Dist::lognormal(1e3, 1e6).unwrap())]);
        let m = poisson(1.0, Dist::lognormal(1e3, 1e6).unwrap()).moments();
        near(a.mean(), m.mean, 1e-4);
        for (p, want) in [
            (0.5, 11_865.23),
            (0.9, 493_341.43),
            (0.99, 4_357_762.3),
            (0.9999, 78_198_749.3),
        ] {
            near(a.quantile(p), want, 2e-5);
        }
        for (p, want) in [(0.9, 2_363_307.0), (0.99, 11_986_850.0), (0.9999, 151_406_450.0)] {
            near(a.tail_mean(p), want, 1e-4);
        }
        near(a.exceed(1e5), 0.269_900_9, 1e-5);
    }

    /// Sums of many events and of narrow ones, near a normal distribution with the skewness of the sum.
    #[test]
    fn many_events_keep_their_spread() {
        for (rate, d) in [
            (500.0, Dist::uniform(0.0, 100.0).unwrap()),
            (5_000.0, Dist::lognormal(1e4, 1e5).unwrap()),
            (2_000.0, Dist::lognormal(900.0, 1_100.0).unwrap()),
        ] {
            let s = poisson(rate, d);
            let (a, m) = (annual(std::slice::from_ref(&s)), s.moments());
            near(a.mean(), m.mean, 1e-6);
            near(a.sd(), m.sd(), 1e-4);
            near(a.quantile(0.5), m.mean, 1e-3);
        }
    }
}
