use super::*;

fn all() -> Vec<Dist> {
    [
        Dist::uniform(2.0, 9.0),
        Dist::triangular(10.0, 20.0, 60.0),
        Dist::triangular(0.0, 0.0, 3.0),
        Dist::triangular(0.0, 3.0, 3.0),
        Dist::pert(10.0, 20.0, 60.0, 4.0),
        Dist::pert(0.0, 0.0, 10.0, 2.0),
        Dist::pert(0.0, 10.0, 10.0, 8.0),
        Dist::lognormal(1e4, 1e5),
        Dist::normal(20.0, 80.0),
        Dist::normal(-5.0, 5.0),
        Ok(Dist::Gamma { shape: 2.5, scale: 3.0 }),
    ]
    .into_iter()
    .map(Result::unwrap)
    .collect()
}

/// The mean by summing the middles of 200,000 slices of chance.
fn summed(f: impl Fn(f64) -> f64) -> f64 {
    const SLICES: usize = 2_000;
    (0..SLICES).map(|i| f((i as f64 + 0.5) / SLICES as f64)).sum::<f64>() / SLICES as f64
}

#[test]
fn moments_agree_with_the_quantiles() {
    for d in all() {
        let mean = summed(|p| d.quantile(p));
        let square = summed(|p| d.quantile(p).powi(2));
        assert!((mean / d.mean() - 1.0).abs() < 2e-3, "{d:?}: {mean} {}", d.mean());
        assert!((square / d.second_moment() - 1.0).abs() < 1e-2, "{d:?}");
    }
}

#[test]
fn quantiles_and_distribution_function_are_inverse() {
    for d in all() {
        for p in [1e-6, 0.01, 0.05, 0.5, 0.9, 0.99, 0.999_999] {
            let x = d.quantile(p);
            assert!((d.cdf(x) - p).abs() < 1e-9, "{d:?} {p}: {}", d.cdf(x));
            assert!((d.above(x) - (1.0 - p)).abs() < 1e-9, "{d:?} {p}");
        }
        assert!((d.quantile_above(1e-3) / d.quantile(0.999) - 1.0).abs() < 1e-9);
        assert!(d.quantile(0.0) >= d.min() && d.quantile(1.0) == d.max(), "{d:?}");
    }
}

#[test]
fn what_lies_below_adds_up_to_the_mean() {
    for d in all() {
        assert!((d.mean_below(1e12) / d.mean() - 1.0).abs() < 1e-9, "{d:?}");
        assert!(d.mean_below(d.min()).abs() < 1e-9 * d.mean(), "{d:?}");
        // the slope of the part below x is x times the density
        for p in [0.1, 0.5, 0.9] {
            let (x, h) = (d.quantile(p), d.sd() * 1e-4);
            let slope = d.mean_below(x + h) - d.mean_below(x - h);
            let mass = d.cdf(x + h) - d.cdf(x - h);
            assert!((slope / (x * mass) - 1.0).abs() < 1e-5, "{d:?} {p}");
        }
    }
}

#[test]
fn scaling_scales_every_value() {
    for d in all() {
        let twice = d.scaled(2.5);
        assert!((twice.mean() / d.mean() - 2.5).abs() < 1e-12);
        assert!((twice.quantile(0.9) / d.quantile(0.9) - 2.5).abs() < 1e-9);
        assert_eq!(d.scaled(0.0), Dist::Constant(0.0));
    }
}

#[test]
fn unsound_numbers_are_named() {
    use Unsound::{
        AllBelowZero, HighNotAboveLow, LowNotPositive, MaxBelowMin, ModeAboveMax, ModeBelowMin, NotFinite, Shape,
    };
    for (range, want) in [
        (Range::Pert(5.0, 4.0, 6.0), ModeBelowMin),
        (Range::Pert(6.0, 6.0, 5.0), MaxBelowMin),
        (Range::Triangular(1.0, 7.0, 6.0), ModeAboveMax),
        (Range::Uniform(2.0, 1.0), MaxBelowMin),
        (Range::Lognormal(0.0, 10.0), LowNotPositive),
        (Range::Lognormal(10.0, 10.0), HighNotAboveLow),
        (Range::Normal(3.0, 3.0), HighNotAboveLow),
        (Range::Normal(-3.0, -1.0), AllBelowZero),
        (Range::Constant(f64::NAN), NotFinite),
    ] {
        assert_eq!(Dist::of(&range, PERT_SHAPE), Err(want), "{range:?}");
    }
    assert_eq!(Dist::of(&Range::Pert(1.0, 2.0, 3.0), 0.0), Err(Shape));
    assert_eq!(Dist::of(&Range::Pert(5.0, 5.0, 5.0), 4.0), Ok(Dist::Constant(5.0)));
    assert_eq!(Dist::lognormal_of(0.0, 0.0), Dist::Constant(1.0));
}

#[test]
fn a_probability_without_an_end_is_cut_to_one() {
    let d = Dist::lognormal(0.5, 2.0).unwrap();
    let want = summed(|p| d.quantile(p).min(1.0));
    assert!((d.mean_as_probability() - want).abs() < 1e-4);
    assert_eq!(
        Dist::uniform(0.2, 0.4).unwrap().mean_as_probability(),
        0.300_000_000_000_000_04
    );
}
