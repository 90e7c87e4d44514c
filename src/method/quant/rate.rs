//! How often: events a year as a product of independent factors, each of which may be uncertain. An uncertain rate is
//! drawn once for every year, so that the count of events is a mixed Poisson.

use super::dist::Dist;

/// Nodes that stand for an uncertain rate where a formula needs its whole distribution.
const NODES: usize = 72;

/// Where chance is cut to sum over it: finer towards the rare ends, above all the upper.
const PANELS: [f64; 13] = [
    0.0,
    1e-3,
    1e-2,
    0.1,
    0.5,
    0.9,
    0.99,
    0.999,
    0.999_9,
    0.999_99,
    0.999_999,
    0.999_999_9,
    0.999_999_99,
];

/// Abscissas and weights of Gauss and Legendre's rule with five points on -1..1 (DLMF table 3.5.3).
pub(super) const GAUSS: [(f64, f64); 5] = [
    (-0.906_179_845_938_664, 0.236_926_885_056_189_1),
    (-0.538_469_310_105_683_1, 0.478_628_670_499_366_5),
    (0.0, 0.568_888_888_888_888_9),
    (0.538_469_310_105_683_1, 0.478_628_670_499_366_5),
    (0.906_179_845_938_664, 0.236_926_885_056_189_1),
];

/// Events a year.
#[derive(Debug, Clone, PartialEq)]
pub struct Rate {
    /// Independent factors, multiplied.
    pub factors: Vec<Dist>,
    /// What they are multiplied by: what controls leave of the frequency.
    pub scale: f64,
}

impl Rate {
    /// A rate that is known: `events` a year.
    pub fn certain(events: f64) -> Self {
        Self {
            factors: vec![],
            scale: events,
        }
    }

    /// A rate of one uncertain factor.
    pub fn of(factor: Dist) -> Self {
        Self {
            factors: vec![factor],
            scale: 1.0,
        }
    }

    /// The expected events a year.
    pub fn mean(&self) -> f64 {
        self.factors.iter().map(Dist::mean).product::<f64>() * self.scale
    }

    /// The variance of the rate from year to year.
    pub fn variance(&self) -> f64 {
        let square = self.factors.iter().map(Dist::second_moment).product::<f64>() * self.scale.powi(2);
        if self.uncertain().next().is_none() {
            0.0
        } else {
            (square - self.mean().powi(2)).max(0.0)
        }
    }

    /// The factors that are not constant.
    pub fn uncertain(&self) -> impl Iterator<Item = &Dist> {
        self.factors.iter().filter(|d| !matches!(d, Dist::Constant(_)))
    }

    /// The product of all that is certain in it.
    pub fn certain_part(&self) -> f64 {
        let constant = |d: &Dist| if let Dist::Constant(v) = d { *v } else { 1.0 };
        self.factors.iter().map(constant).product::<f64>() * self.scale
    }

    /// Rates with their weights, which add up to 1, that stand for the distribution; the mean is exact.
    pub fn nodes(&self) -> Vec<(f64, f64)> {
        let uncertain: Vec<&Dist> = self.uncertain().collect();
        let mut nodes = vec![(self.certain_part(), 1.0)];
        for d in &uncertain {
            let each = nodes_of(d);
            nodes = nodes
                .iter()
                .flat_map(|(rate, weight)| each.iter().map(move |(v, w)| (rate * v, weight * w)))
                .collect();
            nodes = thinned(nodes);
        }
        if !uncertain.is_empty() {
            stretch(&mut nodes, self.mean(), self.variance());
        }
        nodes
    }
}

/// Nodes of one factor.
fn nodes_of(d: &Dist) -> Vec<(f64, f64)> {
    let mut out = Vec::with_capacity(NODES);
    for panel in PANELS.windows(2) {
        let (middle, half) = (f64::midpoint(panel[0], panel[1]), (panel[1] - panel[0]) / 2.0);
        out.extend(GAUSS.map(|(x, w)| (d.quantile(middle + half * x), w * half)));
    }
    let last = PANELS[PANELS.len() - 1];
    let rest = (d.mean() - d.mean_below(d.quantile(last))) / (1.0 - last);
    out.push((rest.max(0.0), 1.0 - last));
    out
}

/// At most [`NODES`] of them: neighbours become one, the likely ones last.
fn thinned(mut nodes: Vec<(f64, f64)>) -> Vec<(f64, f64)> {
    if nodes.len() <= NODES {
        return nodes;
    }
    nodes.sort_by(|a, b| a.0.total_cmp(&b.0));
    let each = nodes.iter().map(|n| n.1.sqrt()).sum::<f64>() / (NODES - 1) as f64;
    let mut out: Vec<(f64, f64)> = Vec::with_capacity(NODES);
    let (mut so_far, mut group) = (0.0, usize::MAX);
    for (rate, weight) in nodes {
        so_far += weight.sqrt();
        let its = (so_far / each) as usize;
        match out.last_mut() {
            Some(last) if its == group => {
                let sum = last.1 + weight;
                *last = (last.0 + (rate - last.0) * weight / sum, sum);
            }
            _ => out.push((rate, weight)),
        }
        group = its;
    }
    out
}

/// Draws nodes away from their mean until mean and variance are as wanted.
fn stretch(nodes: &mut [(f64, f64)], mean: f64, variance: f64) {
    let now: f64 = nodes.iter().map(|n| n.0 * n.1).sum();
    let spread: f64 = nodes.iter().map(|n| (n.0 - now).powi(2) * n.1).sum();
    let by = if spread > 0.0 { (variance / spread).sqrt() } else { 1.0 };
    for n in nodes {
        n.0 = (mean + (n.0 - now) * by).max(0.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nodes_have_the_moments_of_the_rate() {
        let tef = Dist::pert(1.0, 5.0, 20.0, 4.0).unwrap();
        let vulnerability = Dist::pert(0.1, 0.3, 0.6, 4.0).unwrap();
        for rate in [
            Rate::certain(3.0),
            Rate::of(tef),
            Rate::of(Dist::lognormal(0.1, 4.0).unwrap()),
            Rate {
                factors: vec![
                    tef,
                    Dist::uniform(0.2, 0.9).unwrap(),
                    vulnerability,
                    Dist::Constant(2.0),
                ],
                scale: 0.5,
            },
        ] {
            let nodes = rate.nodes();
            let weight: f64 = nodes.iter().map(|n| n.1).sum();
            let mean: f64 = nodes.iter().map(|n| n.0 * n.1).sum();
            let variance: f64 = nodes.iter().map(|n| (n.0 - mean).powi(2) * n.1).sum();
            assert!(nodes.len() <= NODES && (weight - 1.0).abs() < 1e-12);
            assert!((mean / rate.mean() - 1.0).abs() < 1e-9, "{rate:?}");
            assert!((variance - rate.variance()).abs() <= 1e-6 * rate.variance(), "{rate:?}");
        }
    }

    #[test]
    fn the_chance_of_no_event_agrees_with_the_negative_binomial() {
        let rate = Rate::of(Dist::Gamma {
            shape: 2.0,
            scale: 0.75,
        });
        let none: f64 = rate.nodes().iter().map(|(l, w)| w * (-l).exp()).sum();
        assert!((none - 1.75f64.powi(-2)).abs() < 1e-5, "{none}");
    }
}
