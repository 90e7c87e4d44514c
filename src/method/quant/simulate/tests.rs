use super::*;
use crate::method::quant::curve::Curve;
use crate::method::quant::exact::annual;
use crate::method::quant::figures::Figures;
use crate::method::quant::rate::Rate;
use crate::method::quant::scenario::Secondary;

fn run(years: usize) -> Run {
    Run {
        years,
        seed: 42,
        minor: 100.0,
    }
}

fn scenario(frequency: Frequency, primary: Dist) -> Scenario {
    Scenario {
        key: Scenario::key_of("R-0007"),
        frequency,
        primary: vec![primary],
        secondary: None,
    }
}

fn poisson_of(rate: f64, d: Dist) -> Scenario {
    scenario(Frequency::Poisson(Rate::certain(rate)), d)
}

/// One scenario of every way of counting and every depth of the tree.
fn all() -> Vec<Scenario> {
    let lognormal = Dist::lognormal(1e4, 1e5).unwrap();
    let pert = |a, m, b| Dist::pert(a, m, b, 4.0).unwrap();
    let uncertain = Rate {
        factors: vec![pert(1.0, 5.0, 20.0), pert(0.1, 0.3, 0.6)],
        scale: 0.5,
    };
    let mut whole = scenario(Frequency::Poisson(uncertain), pert(2e4, 5e4, 1.5e5));
    whole.primary.push(Dist::uniform(0.0, 1e4).unwrap());
    whole.secondary = Some(Secondary {
        chance: Dist::Constant(0.2),
        loss: vec![Dist::lognormal(1e5, 1e6).unwrap()],
    });
    vec![
        poisson_of(3.0, lognormal),
        poisson_of(0.1, Dist::lognormal(1e6, 1e7).unwrap()),
        poisson_of(0.8, pert(1e4, 4e4, 2e5)),
        poisson_of(2.0, Dist::Constant(1e4)),
        poisson_of(40.0, Dist::normal(20.0, 80.0).unwrap()),
        scenario(Frequency::once(0.1), Dist::lognormal(5e5, 2e6).unwrap()),
        scenario(Frequency::fixed(3), Dist::triangular(10.0, 20.0, 60.0).unwrap()),
        scenario(Frequency::fixed(4).scaled(0.5), lognormal),
        Scenario {
            frequency: Frequency::Poisson(Rate::certain(1.5)),
            ..whole.clone()
        },
        whole,
    ]
}

fn years(s: &Scenario, run: &Run) -> Vec<i64> {
    Sampler::new(s, run, &[]).unwrap().years(|_| true).unwrap()
}

#[test]
fn means_lie_within_four_standard_errors_of_the_exact_ones() {
    for s in all() {
        let f = Figures::of(&years(&s, &run(30_000)), 100.0);
        let m = s.moments();
        assert!(
            (f.mean - m.mean).abs() <= 4.0 * f.standard_error() + 1e-9,
            "{s:?}: {f:?} {}",
            m.mean
        );
        let p_zero = s.p_zero();
        let zero_error = (p_zero * (1.0 - p_zero) / 30_000.0).sqrt();
        assert!(
            (f.p_zero - p_zero).abs() <= 4.0 * zero_error + 1e-5,
            "{s:?}: {} {}",
            f.p_zero,
            p_zero
        );
        assert!(
            (f.sd / m.sd() - 1.0).abs() < 0.1 || m.sd() == 0.0,
            "{s:?}: {} {}",
            f.sd,
            m.sd()
        );
    }
}

#[test]
fn quantiles_agree_with_the_exact_path() {
    for s in all() {
        let exact = annual(std::slice::from_ref(&s));
        let curve = Curve::of(years(&s, &run(30_000)), 100.0);
        for p in [0.5, 0.9, 0.95, 0.99] {
            // three times the interval of 95 % around the simulated one
            let (low, high) = curve.interval(p).unwrap();
            let (got, want) = (curve.quantile(p), exact.quantile(p));
            let room = 2.0 * (high - low) + 1e-3 * want + 0.02;
            assert!(want >= low - room && want <= high + room, "{s:?} {p}: {got} {want}");
        }
    }
}

#[test]
fn any_split_over_threads_is_equal_to_the_bit() {
    for s in all() {
        let run = run(10_000);
        let sampler = Sampler::new(&s, &run, &[Driver { key: 3, cv: 0.4 }]).unwrap();
        let want = sampler.years(|_| true).unwrap();
        for threads in [2, 8] {
            let mut got = vec![0; run.years];
            std::thread::scope(|scope| {
                let mut blocks: Vec<_> = got.chunks_mut(BLOCK).enumerate().collect();
                while !blocks.is_empty() {
                    let mine = blocks.split_off(blocks.len().saturating_sub(run.blocks().div_ceil(threads)));
                    scope.spawn(|| mine.into_iter().for_each(|(b, part)| sampler.fill(b, part)));
                }
            });
            assert_eq!(got, want);
        }
    }
}

#[test]
fn more_years_begin_with_the_same_and_another_seed_or_key_with_others() {
    let s = &all()[0];
    let (few, many) = (years(s, &run(5_000)), years(s, &run(9_000)));
    assert_eq!(few, many[..5_000]);
    let other = Run { seed: 43, ..run(5_000) };
    assert_ne!(few, years(s, &other));
    assert_ne!(few, years(&Scenario { key: 8, ..s.clone() }, &run(5_000)));
}

/// Figures that must not change: with them would change what people have written down.
#[test]
fn the_years_are_these() {
    let sums: Vec<i64> = all().iter().map(|s| years(s, &run(1_000)).iter().sum()).collect();
    assert_eq!(
        sums,
        [
            12_149_765_624,
            35_490_269_349,
            4_943_694_445,
            1_949_000_000,
            197_615_183,
            9_979_736_784,
            8_976_133,
            8_319_680_138,
            20_367_340_544,
            14_913_683_776
        ]
    );
}

#[test]
fn a_control_is_compared_on_the_same_years() {
    for s in all() {
        let run = run(5_000);
        let (before, after) = (years(&s, &run), years(&s.scaled(0.6, 0.7), &run));
        // no year gets worse by more than what rounds
        let worse = before.iter().zip(&after).filter(|(b, a)| **a > **b + 4).count();
        assert!(worse == 0, "{s:?}: {worse}");
    }
}

#[test]
fn products_have_the_mean_of_the_sum_and_the_spread_of_a_product() {
    for s in all() {
        let products = Sampler::new(&s, &run(30_000), &[]).unwrap().products();
        let f = Figures::of(&products, 100.0);
        assert!(
            (f.mean - s.moments().mean).abs() <= 4.0 * f.standard_error() + 0.01,
            "{s:?}: {f:?}"
        );
        assert!(
            (f.sd - s.product_sd()).abs() <= 0.06 * s.product_sd() + 0.01,
            "{s:?}: {f:?} {}",
            s.product_sd()
        );
    }
}

#[test]
fn a_run_can_be_followed_and_stopped() {
    let sampler = Sampler::new(&all()[0], &run(3 * BLOCK), &[]).unwrap();
    let mut seen = vec![];
    assert!(
        sampler
            .years(|share| {
                seen.push(share);
                seen.len() < 2
            })
            .is_none()
    );
    assert_eq!(seen, [1.0 / 3.0, 2.0 / 3.0]);
}

#[test]
fn nothing_comes_of_nothing_and_too_much_is_refused() {
    let d = Dist::lognormal(1e4, 1e5).unwrap();
    assert!(years(&poisson_of(0.0, d), &run(100)).iter().all(|v| *v == 0));
    assert!(
        years(&poisson_of(5.0, Dist::Constant(0.0)), &run(100))
            .iter()
            .all(|v| *v == 0)
    );
    let much = Sampler::new(&poisson_of(1e4, d), &run(100_000), &[]).unwrap_err();
    assert!(
        much.to_string().contains("take fewer years or the exact path"),
        "{much}"
    );
    assert!(Sampler::new(&poisson_of(f64::NAN, d), &run(1), &[]).is_err());
}

#[test]
fn losses_are_rounded_to_whole_minor_units() {
    assert_eq!(
        [0.0, 0.49, 0.51, 1e3, 2_251_799_813_685_248.0].map(whole),
        [0, 0, 1, 1_000, 1 << 51]
    );
}
