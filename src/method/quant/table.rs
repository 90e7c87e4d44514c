//! A distribution made ready for drawing: a table of its quantiles, the same for every kind of distribution. 1024 cells
//! of equal chance; the outermost are cut again and again into 64, so that the rare draws are as fine as the usual
//! ones. Within a cell values are even; every cell keeps its mean, and the table that of the distribution.

use super::dist::Dist;
use super::special::{ln_beta, normal_quantile};
use std::sync::LazyLock;

/// Cells of equal chance: 2 to the power of 10.
const MAIN: usize = 1024;

/// Cells into which an outermost cell is cut: 2 to the power of 6.
const RARE: usize = 64;

/// How often the lowest and the highest cell are cut.
const LOWER: usize = 2;
const UPPER: usize = 4;

const CELLS: usize = MAIN + (LOWER + UPPER) * RARE;

/// Random bits of one draw.
pub const BITS: u32 = 52;

/// The most that a draw gives: far beyond any loss, small enough for sums of whole numbers.
const MOST: f64 = (1u64 << 51) as f64;

/// A chance, counted from the end that it is nearer to.
#[derive(Debug, Clone, Copy)]
enum Chance {
    Below(f64),
    Above(f64),
}

/// The lower end, the middle and the upper end of a cell.
type Knots = [Chance; 3];

/// The knots of all cells, and their standard normal quantiles: the same for every table.
struct Grid {
    knots: Vec<Knots>,
    normal: Vec<[f64; 3]>,
}

static GRID: LazyLock<Grid> = LazyLock::new(|| {
    let chance = |p: f64| {
        if p <= 0.5 {
            Chance::Below(p)
        } else {
            Chance::Above(1.0 - p)
        }
    };
    let even = |many: usize| (0..many).map(move |j| [0.0, 0.5, 1.0].map(|x| (j as f64 + x) / many as f64));
    let mut knots: Vec<Knots> = even(MAIN).map(|cell| cell.map(chance)).collect();
    let mut width = 1.0 / MAIN as f64;
    for _ in 0..LOWER {
        knots.extend(even(RARE).map(|cell| cell.map(|p| Chance::Below(p * width))));
        width /= RARE as f64;
    }
    width = 1.0 / MAIN as f64;
    for _ in 0..UPPER {
        knots.extend(even(RARE).map(|cell| cell.map(|p| Chance::Above((1.0 - p) * width))));
        width /= RARE as f64;
    }
    let z = |c: &Chance| match c {
        Chance::Below(p) => normal_quantile(*p),
        Chance::Above(p) => -normal_quantile(*p),
    };
    let normal = knots
        .iter()
        .map(|cell| [z(&cell[0]), z(&cell[1]), z(&cell[2])])
        .collect();
    Grid { knots, normal }
});

/// A cell: what is added to the width times 1..2.
#[derive(Debug, Clone, Copy, Default)]
struct Cell {
    base: f64,
    width: f64,
}

/// A table of quantiles.
#[derive(Debug, Clone)]
pub struct Table(Box<[Cell; CELLS]>);

impl Table {
    /// The table of a distribution, its values multiplied by `unit`.
    pub fn new(dist: &Dist, unit: f64) -> Self {
        let d = dist.scaled(unit);
        let mut cells = Box::new([Cell::default(); CELLS]);
        let values = values(&d);
        let mut mean = 0.0;
        for (i, [low, middle, high]) in values.into_iter().enumerate() {
            let (inside, width) = if high.is_finite() {
                ((low + 4.0 * middle + high) / 6.0, high - low)
            } else {
                // the middle is then the mean of all beyond
                (middle, 2.0 * (middle - low))
            };
            let low = (inside - width / 2.0).max(0.0);
            cells[i] = Cell {
                base: low,
                width: 2.0 * (inside - low),
            };
            mean += inside * chance_of(i);
        }
        let right = if mean > 0.0 { d.mean() / mean } else { 0.0 };
        for c in cells.iter_mut() {
            let low = (c.base * right).min(MOST);
            let width = (c.width * right).min(MOST - low);
            // the fraction that a draw is made of lies within 1..2
            *c = Cell {
                base: low - width,
                width,
            };
        }
        Self(cells)
    }

    /// The value at 52 random bits.
    #[inline]
    pub fn draw(&self, bits: u64) -> f64 {
        let cell = (bits >> (BITS - 10)) as usize & (MAIN - 1);
        if cell == 0 || cell == MAIN - 1 {
            return self.rare(bits, cell == 0);
        }
        self.value(cell, bits << 10)
    }

    /// The value within a cell, by bits of which 52 count.
    #[inline]
    fn value(&self, cell: usize, bits: u64) -> f64 {
        let one = 1.0f64.to_bits();
        let fraction = f64::from_bits(one | (bits & ((1 << BITS) - 1)));
        let Cell { base, width } = self.0[cell];
        base + width * fraction
    }

    /// The value of a draw from an outermost cell.
    #[cold]
    fn rare(&self, mut bits: u64, lowest: bool) -> f64 {
        let (first, levels, outer) = if lowest {
            (MAIN, LOWER, 0)
        } else {
            (MAIN + LOWER * RARE, UPPER, RARE - 1)
        };
        bits <<= 10;
        for level in 0..levels {
            let cell = (bits >> (BITS - 6)) as usize & (RARE - 1);
            bits <<= 6;
            if cell != outer || level + 1 == levels {
                return self.value(first + level * RARE + cell, bits);
            }
        }
        self.value(first, bits)
    }
}

/// The chance of a cell; 0 where a finer cut takes its place.
fn chance_of(cell: usize) -> f64 {
    const FINER: f64 = 1.0 / RARE as f64;
    if cell < MAIN {
        return if cell == 0 || cell == MAIN - 1 {
            0.0
        } else {
            1.0 / MAIN as f64
        };
    }
    let (level, place) = ((cell - MAIN) / RARE, (cell - MAIN) % RARE);
    let (depth, levels, outer) = if level < LOWER {
        (level, LOWER, 0)
    } else {
        (level - LOWER, UPPER, RARE - 1)
    };
    if place == outer && depth + 1 < levels {
        0.0
    } else {
        FINER.powi(depth as i32 + 1) / MAIN as f64
    }
}

/// The quantiles at the knots of all cells. Where a distribution has no end the last is infinite, and the one before it
/// the mean of the cell.
fn values(d: &Dist) -> Vec<[f64; 3]> {
    match *d {
        Dist::Lognormal { mu, sigma } => at_knots(|i, k| (mu + sigma * GRID.normal[i][k]).exp(), d),
        Dist::Beta { min, max, alpha, beta } => {
            let curve = BetaCurve::new(alpha, beta);
            let mut panel = 0;
            at_knots(
                |i, k| min + (max - min) * curve.quantile(GRID.knots[i][k], &mut panel),
                d,
            )
        }
        _ => {
            let value = |i: usize, k: usize| match GRID.knots[i][k] {
                Chance::Below(p) => d.quantile(p),
                Chance::Above(p) => d.quantile_above(p),
            };
            at_knots(value, d)
        }
    }
}

/// A value for each knot of each cell; a cell begins where the one before it ends.
fn at_knots(mut value: impl FnMut(usize, usize) -> f64, d: &Dist) -> Vec<[f64; 3]> {
    let mut out: Vec<[f64; 3]> = Vec::with_capacity(CELLS);
    for i in 0..CELLS {
        let first = i == 0 || i >= MAIN && (i - MAIN).is_multiple_of(RARE);
        let low = match out.last() {
            Some(before) if !first => before[2],
            _ => value(i, 0),
        };
        out.push([low, value(i, 1), value(i, 2)]);
    }
    end(&mut out, d);
    out
}

/// The mean of the last cell of a distribution without end: its quantile at 1/e of the cell's chance, as if it fell off
/// exponentially.
fn end(values: &mut [[f64; 3]], d: &Dist) {
    if d.max().is_finite() {
        return;
    }
    for (i, v) in values.iter_mut().enumerate() {
        if v[2].is_infinite() {
            let chance = match GRID.knots[i][0] {
                Chance::Below(p) => 1.0 - p,
                Chance::Above(p) => p,
            };
            v[1] = d.quantile_above(chance / std::f64::consts::E);
        }
    }
}

/// Panels of [`BetaCurve`].
const PANELS: usize = 192;

/// Chances below this are near an end.
const NEAR: f64 = 0.02;

/// The distribution function of a beta variable at fixed places, dense towards both ends, by which quantiles are found
/// a hundred times faster than by inverting it: within a panel the cubic that has its ends and slopes.
struct BetaCurve {
    alpha: f64,
    beta: f64,
    x: Vec<f64>,
    density: Vec<f64>,
    below: Vec<f64>,
    above: Vec<f64>,
}

impl BetaCurve {
    fn new(alpha: f64, beta: f64) -> Self {
        let x: Vec<f64> = (0..=PANELS)
            .map(|i| (std::f64::consts::FRAC_PI_2 * i as f64 / PANELS as f64).sin().powi(2))
            .collect();
        let shape = ln_beta(alpha, beta);
        let density = |x: f64| ((alpha - 1.0) * x.ln() + (beta - 1.0) * (-x).ln_1p() - shape).exp();
        let masses: Vec<f64> = x
            .windows(2)
            .map(|p| {
                let (middle, half) = (f64::midpoint(p[0], p[1]), (p[1] - p[0]) / 2.0);
                let at = |(x, w): &(f64, f64)| w * half * density(middle + half * x);
                super::rate::GAUSS.iter().map(at).sum()
            })
            .collect();
        let all: f64 = masses.iter().sum();
        let mut below = vec![0.0; PANELS + 1];
        let mut above = vec![0.0; PANELS + 1];
        for i in 0..PANELS {
            below[i + 1] = below[i] + masses[i] / all;
            above[PANELS - 1 - i] = above[PANELS - i] + masses[PANELS - 1 - i] / all;
        }
        Self {
            alpha,
            beta,
            density: x.iter().map(|x| density(*x)).collect(),
            x,
            below,
            above,
        }
    }

    /// The quantile; `panel` is where the last one was found, as the next lies near it.
    fn quantile(&self, chance: Chance, panel: &mut usize) -> f64 {
        let begins_after = |i: usize| match chance {
            Chance::Below(p) => self.below[i] > p,
            Chance::Above(p) => self.above[i] <= p,
        };
        let mut i = *panel;
        while i > 0 && begins_after(i) {
            i -= 1;
        }
        while i + 1 < PANELS && !begins_after(i + 1) {
            i += 1;
        }
        *panel = i;
        // which part of the panel lies below
        let part = match chance {
            Chance::Below(p) => (p - self.below[i]) / (self.below[i + 1] - self.below[i]),
            Chance::Above(p) => (self.above[i] - p) / (self.above[i] - self.above[i + 1]),
        };
        let t = part.clamp(0.0, 1.0);
        let (low, high) = (self.x[i], self.x[i + 1]);
        // at the ends the distribution function is a power, near them almost: there its logarithm is looked up
        if i == 0 {
            return high * t.powf(1.0 / self.alpha);
        }
        if i + 1 == PANELS {
            return 1.0 - (1.0 - low) * (1.0 - t).powf(1.0 / self.beta);
        }
        match chance {
            Chance::Below(p) if p < NEAR => {
                let knot = |i: usize| (self.below[i], self.x[i], self.density[i]);
                return power(p, knot(i), knot(i + 1)).clamp(low, high);
            }
            Chance::Above(p) if p < NEAR => {
                let knot = |i: usize| (self.above[i], 1.0 - self.x[i], self.density[i]);
                return 1.0 - power(p, knot(i + 1), knot(i)).clamp(1.0 - high, 1.0 - low);
            }
            _ => {}
        }
        let mass = self.below[i + 1] - self.below[i];
        let (from, to) = (mass / self.density[i], mass / self.density[i + 1]);
        cubic(t, (low, from), (high, to)).clamp(low, high)
    }
}

/// The cubic over 0..1 with these values and slopes at both ends.
fn cubic(t: f64, (low, from): (f64, f64), (high, to): (f64, f64)) -> f64 {
    let width = high - low;
    low + t * (from + t * (3.0 * width - 2.0 * from - to + t * (from + to - 2.0 * width)))
}

/// The place at chance `p` between two knots (chance, place, density), by the cubic of their logarithms.
fn power(p: f64, low: (f64, f64, f64), high: (f64, f64, f64)) -> f64 {
    let width = (high.0 / low.0).ln();
    let slope = |(chance, place, density): (f64, f64, f64)| width * chance / (place * density);
    let t = (p / low.0).ln() / width;
    cubic(t, (low.1.ln(), slope(low)), (high.1.ln(), slope(high))).exp()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all() -> Vec<Dist> {
        [
            Dist::lognormal(1e4, 1e5),
            Dist::lognormal(1.0, 3e3),
            Dist::pert(1e4, 2e4, 6e4, 4.0),
            Dist::pert(0.0, 0.0, 10.0, 4.0),
            Dist::pert(0.0, 10.0, 10.0, 8.0),
            Dist::pert(1.0, 1.5, 90.0, 2.0),
            Dist::triangular(10.0, 20.0, 60.0),
            Dist::uniform(3.0, 4.0),
            Dist::normal(20.0, 80.0),
            Dist::normal(-20.0, 30.0),
            Ok(Dist::Gamma {
                shape: 4.0,
                scale: 0.25,
            }),
            Ok(Dist::Constant(7.0)),
        ]
        .into_iter()
        .map(Result::unwrap)
        .collect()
    }

    /// Draws at the middle of many equal chances, and of the rare ones between.
    fn at(p: f64) -> u64 {
        (p * (1u64 << BITS) as f64) as u64
    }

    #[test]
    fn draws_are_the_quantiles() {
        for d in all() {
            let t = Table::new(&d, 1.0);
            for p in [
                1e-5,
                1e-3,
                0.013,
                0.25,
                0.5,
                0.77,
                0.95,
                0.99,
                0.9995,
                1.0 - 1e-6,
                1.0 - 1e-8,
            ] {
                let (got, want) = (t.draw(at(p)), d.quantile(p));
                // the cells beside the outermost are the widest
                let near = if (2e-3..=0.998).contains(&p) { 1e-3 } else { 2e-2 };
                assert!(
                    (got - want).abs() <= near * want + 1e-3 * d.sd(),
                    "{d:?} {p}: {got} {want}"
                );
            }
        }
    }

    #[test]
    fn mean_and_spread_are_kept() {
        for d in all() {
            let t = Table::new(&d, 1.0);
            let (mut mean, mut square) = (0.0, 0.0);
            for (i, c) in t.0.iter().enumerate() {
                let middle = c.base + 1.5 * c.width;
                mean += middle * chance_of(i);
                square += (middle * middle + c.width * c.width / 12.0) * chance_of(i);
            }
            assert!((mean / d.mean() - 1.0).abs() < 1e-12, "{d:?}: {mean}");
            assert!(
                (square / d.second_moment() - 1.0).abs() < 2e-2,
                "{d:?}: {square} {}",
                d.second_moment()
            );
        }
    }

    #[test]
    fn all_draws_rise_and_stay_in_bounds() {
        for d in all() {
            let t = Table::new(&d, 100.0);
            let (lowest, highest) = (t.draw(0), t.draw((1 << BITS) - 1));
            assert!(lowest >= 0.0 && highest.is_finite(), "{d:?}");
            assert!(highest <= d.max() * 100.0 * 1.001, "{d:?}: {highest}");
            assert!(lowest >= d.min() * 99.9, "{d:?}: {lowest}");
        }
        let far = Table::new(&Dist::lognormal_of(0.0, 9.0), 1e9);
        assert!(far.draw((1 << BITS) - 1) <= MOST);
        assert_eq!(Table::new(&Dist::Constant(0.0), 100.0).draw(at(0.5)), 0.0);
    }

    #[test]
    fn the_chances_of_all_cells_add_up() {
        let sum: f64 = (0..CELLS).map(chance_of).sum();
        assert!((sum - 1.0).abs() < 1e-15);
    }

    #[test]
    fn the_quick_beta_is_the_exact_one() {
        for (a, b) in [(1.8, 4.2), (1.0, 5.0), (9.0, 1.0), (3.0, 3.0), (1.02, 8.98)] {
            let (curve, mut panel) = (BetaCurve::new(a, b), 0);
            for p in [1e-6, 1e-3, 0.1, 0.4, 0.5, 0.8, 0.99, 0.999_999] {
                let want = super::super::special::beta_quantile(a, b, p);
                let chance = if p > 0.5 {
                    Chance::Above(1.0 - p)
                } else {
                    Chance::Below(p)
                };
                let got = curve.quantile(chance, &mut panel);
                assert!((got - want).abs() < 1e-7, "{a} {b} {p}: {got} {want}");
            }
        }
    }
}
