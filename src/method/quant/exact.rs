//! The exact path: the loss of a year by Fourier transform on a rounding grid, for one scenario or the independent sum
//! of several. fX\[k\] = F((k + 1/2) h) - F((k - 1/2) h); the spectrum of the year is that of the count of events at
//! the spectrum of one event. What the grid leaves out weighs less than [`TAIL`].

use super::annual::Annual;
use super::dist::Dist;
use super::fft::{Complex, Fft};
use super::scenario::{Frequency, Scenario};

/// The chance of a loss beyond the end of the grid.
pub const TAIL: f64 = 1e-9;

/// Cells of the grid by which the end is found, and bounds for the real one, as powers of two.
const ROUGH: u32 = 13;
const FINE: std::ops::RangeInclusive<u32> = 13..=18;

/// How many cells the mean of one event is cut into.
const PER_EVENT: f64 = 256.0;

/// The loss of a year of all these scenarios together, if they are independent.
pub fn annual(scenarios: &[Scenario]) -> Annual {
    let costly: Vec<&Scenario> = scenarios.iter().filter(|s| s.moments().mean > 0.0).collect();
    if costly.is_empty() {
        return Annual::never();
    }
    let (mut mean, mut variance, mut top) = (0.0, 0.0, 0.0);
    for s in &costly {
        let m = s.moments();
        mean += m.mean;
        variance += m.variance;
        top = f64::max(top, largest(s, m.events));
    }
    let far = mean + 40.0 * variance.sqrt() + 4.0 * top;
    if let Some(step) = lattice(&costly) {
        let bits = bits_for(far / step).clamp(2, *FINE.end());
        return on_grid(&costly, step, bits, true);
    }
    let rough = on_grid(&costly, far / f64::from(1u32 << ROUGH), ROUGH, false);
    let end = rough.quantile(1.0 - TAIL / 20.0).min(far);
    let end = end + 2.0 * far / f64::from(1u32 << ROUGH);
    let bits = bits_for(end / finest(&costly, mean)).clamp(*FINE.start(), *FINE.end());
    on_grid(&costly, end / f64::from(1u32 << bits), bits, false)
}

/// The loss of one event, as if it came for certain once a year.
pub fn event(scenario: &Scenario) -> Annual {
    annual(&[Scenario {
        frequency: Frequency::fixed(1),
        ..scenario.clone()
    }])
}

fn bits_for(cells: f64) -> u32 {
    cells.max(1.0).log2().ceil().min(30.0) as u32
}

/// What hardly any event of a year exceeds.
fn largest(s: &Scenario, events: f64) -> f64 {
    let tail = (TAIL / 10.0 / events.max(1e-6)).min(0.01);
    let end = |d: &Dist| {
        if d.max().is_finite() {
            d.max()
        } else {
            d.quantile_above(tail)
        }
    };
    let all = s.primary.iter().chain(s.secondary_loss());
    all.map(end).sum()
}

/// The step if all losses are the same constant: then a year is a whole number of them.
fn lattice(scenarios: &[&Scenario]) -> Option<f64> {
    let mut step = None;
    for s in scenarios {
        let parts = s.primary.iter().filter(|d| **d != Dist::Constant(0.0));
        for d in parts.chain(s.secondary_loss()) {
            match (d, step) {
                (Dist::Constant(c), None) => step = Some(*c),
                (Dist::Constant(c), Some(s)) if *c == s => {}
                _ => return None,
            }
        }
    }
    step.filter(|s| *s > 0.0)
}

/// How fine the grid should be: a part of the smallest loss that matters.
fn finest(scenarios: &[&Scenario], mean: f64) -> f64 {
    let matter = scenarios.iter().filter(|s| s.moments().mean >= 0.01 * mean);
    let parts = matter.flat_map(|s| s.primary.iter().chain(s.secondary_loss()));
    let means = parts.map(Dist::mean).filter(|m| *m > 0.0);
    means.fold(mean, f64::min) / PER_EVENT
}

fn on_grid(scenarios: &[&Scenario], step: f64, bits: u32, whole: bool) -> Annual {
    let fft = Fft::new(bits);
    let mut year = vec![Complex::real(1.0); (1 << bits) / 2 + 1];
    let mut zero = 1.0;
    for s in scenarios {
        zero *= s.moments().p_zero;
        let event = event_spectrum(&fft, s, step, 1 << bits);
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
    Annual::new(step, fft.numbers(&year), zero, whole)
}

fn event_spectrum(fft: &Fft, s: &Scenario, step: f64, cells: usize) -> Vec<Complex> {
    let product = |parts: &[Dist]| {
        let mut all = vec![Complex::real(1.0); cells / 2 + 1];
        for d in parts.iter().filter(|d| **d != Dist::Constant(0.0)) {
            for (a, b) in all.iter_mut().zip(fft.spectrum(&cut(d, step, cells))) {
                *a = *a * b;
            }
        }
        all
    };
    let mut event = product(&s.primary);
    let follows = s.secondary_chance();
    if follows > 0.0 {
        for (e, x) in event.iter_mut().zip(product(s.secondary_loss())) {
            *e = *e * (Complex::real(1.0 - follows) + x.times(follows));
        }
    }
    event
}

/// A distribution cut into cells around whole steps. A constant is split between its neighbours, so that its mean
/// stays; what lies beyond the grid falls into the last cell.
fn cut(d: &Dist, step: f64, cells: usize) -> Vec<f64> {
    let last = cells - 1;
    let place = |x: f64| ((x / step) as usize).min(last);
    if let Dist::Constant(v) = d {
        let k = place(*v);
        let upper = if k == last { 0.0 } else { v / step - k as f64 };
        let mut out = vec![0.0; k + 1];
        out[k] = 1.0 - upper;
        if upper > 0.0 {
            out.push(upper);
        }
        return out;
    }
    let first = place(d.min());
    let mut out = vec![0.0; first];
    let mut below = 0.0;
    for k in first..cells {
        let edge = (k as f64 + 0.5) * step;
        let up_to = if k == last || edge >= d.max() { 1.0 } else { d.cdf(edge) };
        out.push((up_to - below).max(0.0));
        if up_to >= 1.0 {
            break;
        }
        below = up_to;
    }
    out
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
            assert!((a.cells().0[k] - want).abs() < 1e-5, "{k}");
        }
    }
}
