//! Distributions as people write them: `5k..80k`, `1..5..20`, `uniform(1,5)`.

use super::number::{Written, float};
use crate::model::value::Range;

/// The mistake in a distribution, in words; `None` if it is sound.
pub(super) fn unsound(r: &Range) -> Option<&'static str> {
    let finite = |all: &[f64]| all.iter().all(|v| v.is_finite());
    match *r {
        Range::Constant(v) => (!finite(&[v])).then_some("a number"),
        Range::Uniform(a, b) => (!finite(&[a, b]) || a > b).then_some("the smaller number first, as in uniform(1,5)"),
        Range::Triangular(a, m, b) | Range::Pert(a, m, b) => (!finite(&[a, m, b]) || a > m || m > b)
            .then_some("least, most likely and most in this order, as in 1..5..20"),
        Range::Lognormal(a, b) => (!finite(&[a, b]) || a <= 0.0 || a >= b)
            .then_some("two rising numbers above 0, as in 5k..80k, or uniform(0,5)"),
        Range::Normal(a, b) => (!finite(&[a, b]) || a >= b).then_some("the smaller number first, as in normal(1,5)"),
    }
}

/// The distribution that a text means.
pub(super) fn read(text: &str) -> Result<Range, &'static str> {
    const HINT: &str = "5k..80k (90 % of cases), 1..5..20 (least, likely, most), uniform(1,5), triangular(1,2,3), pert(1,2,3), normal(1,5) or one number";
    let t = text.trim();
    let number = |s: &str| Written::read(s).and_then(|w| w.float()).ok_or(HINT);
    let r = if let Some((name, rest)) = t.split_once('(') {
        let inner = rest.trim_end().strip_suffix(')').ok_or(HINT)?;
        let mark = if inner.contains(';') { ';' } else { ',' };
        let n = inner.split(mark).map(number).collect::<Result<Vec<f64>, _>>()?;
        match (name.trim().to_lowercase().as_str(), n.as_slice()) {
            ("constant", [v]) => Range::Constant(*v),
            ("uniform", [a, b]) => Range::Uniform(*a, *b),
            ("triangular" | "triangle", [a, m, b]) => Range::Triangular(*a, *m, *b),
            ("pert", [a, m, b]) => Range::Pert(*a, *m, *b),
            ("lognormal", [a, b]) => Range::Lognormal(*a, *b),
            ("normal", [a, b]) => Range::Normal(*a, *b),
            _ => return Err(HINT),
        }
    } else {
        let t = t.replace('…', "..");
        let parts: Vec<&str> = if t.contains("..") {
            t.split("..").collect()
        } else {
            t.split(" to ").collect()
        };
        match parts
            .iter()
            .map(|p| number(p))
            .collect::<Result<Vec<f64>, _>>()?
            .as_slice()
        {
            [v] => Range::Constant(*v),
            [a, b] => Range::Lognormal(*a, *b),
            [a, m, b] => Range::Pert(*a, *m, *b),
            _ => return Err(HINT),
        }
    };
    unsound(&r).map_or(Ok(r), Err)
}

/// A distribution as text that reads back to the same.
pub(super) fn show(r: &Range) -> String {
    match *r {
        Range::Constant(v) => short(v),
        Range::Uniform(a, b) => format!("uniform({}, {})", short(a), short(b)),
        Range::Triangular(a, m, b) => format!("triangular({}, {}, {})", short(a), short(m), short(b)),
        Range::Pert(a, m, b) => format!("{}..{}..{}", short(a), short(m), short(b)),
        Range::Lognormal(a, b) => format!("{}..{}", short(a), short(b)),
        Range::Normal(a, b) => format!("normal({}, {})", short(a), short(b)),
    }
}

/// A number with `k` or `M` where that is shorter and the same; never a fraction of one of them.
fn short(v: f64) -> String {
    let full = float(v);
    let found = [(6, "M"), (3, "k")].iter().find_map(|(e, unit)| {
        let of = 10f64.powi(*e);
        let t = format!("{}{unit}", float(v / of));
        (v.abs() >= of && t.len() < full.len() && Written::read(&t).and_then(|w| w.float()) == Some(v)).then_some(t)
    });
    found.unwrap_or(full)
}

/// The middle of a distribution, by which it is ordered and compared: its mean.
pub(in crate::model) fn mean(r: &Range) -> f64 {
    match *r {
        Range::Constant(v) => v,
        Range::Uniform(a, b) | Range::Normal(a, b) => (a + b) / 2.0,
        Range::Triangular(a, m, b) => (a + m + b) / 3.0,
        Range::Pert(a, m, b) => (a + 4.0 * m + b) / 6.0,
        Range::Lognormal(a, b) => {
            // 1.644854 is the 95 % quantile of the standard normal
            let sigma = (b.ln() - a.ln()) / (2.0 * 1.644_853_626_951_472_2);
            f64::midpoint(a.ln(), b.ln()).exp() * (sigma * sigma / 2.0).exp()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distributions_read_and_show() {
        for (text, want, shown) in [
            ("5k..80k", Range::Lognormal(5e3, 8e4), "5k..80k"),
            ("5k to 80k", Range::Lognormal(5e3, 8e4), "5k..80k"),
            ("1..5..20", Range::Pert(1.0, 5.0, 20.0), "1..5..20"),
            ("uniform(1,5)", Range::Uniform(1.0, 5.0), "uniform(1, 5)"),
            (
                "Triangular(1, 2, 3)",
                Range::Triangular(1.0, 2.0, 3.0),
                "triangular(1, 2, 3)",
            ),
            ("normal(1; 5)", Range::Normal(1.0, 5.0), "normal(1, 5)"),
            ("7", Range::Constant(7.0), "7"),
            ("1.5M", Range::Constant(1.5e6), "1.5M"),
            ("0.8M", Range::Constant(8e5), "800k"),
            ("1%..5%", Range::Lognormal(0.01, 0.05), "0.01..0.05"),
        ] {
            assert_eq!(read(text), Ok(want), "{text:?}");
            assert_eq!(show(&want), shown);
            assert_eq!(read(shown), Ok(want));
        }
        for text in [
            "",
            "0..5",
            "80k..5k",
            "3..2..1",
            "uniform(5,1)",
            "pert(1,2)",
            "a..b",
            "1..2..3..4",
        ] {
            assert!(read(text).is_err(), "{text:?}");
        }
    }
}
