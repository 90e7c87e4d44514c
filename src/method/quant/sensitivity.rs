//! Which factor moves the result: the annualised loss expectancy with one factor at its 10 % and at its 90 % quantile,
//! all others at their means. As the loss is a product of independent factors this is exact, and a bar of a tornado
//! chart.

use super::dist::Dist;
use super::tree::{Factor, Fault, Tree};
use crate::model::value::Range;

/// How far one factor moves the expected loss of a year, in the currency's major unit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Swing {
    /// The factor.
    pub factor: Factor,
    /// The expected loss with the factor at its 10 % quantile.
    pub low: f64,
    /// The expected loss with the factor at its 90 % quantile.
    pub high: f64,
}

impl Swing {
    /// How far it moves the loss.
    pub fn width(&self) -> f64 {
        (self.high - self.low).abs()
    }
}

/// The swings of all factors that are uncertain, the widest first. `frequency` and `primary` are what controls leave.
pub fn swings(tree: &Tree, frequency: f64, primary: f64) -> Result<Vec<Swing>, Fault> {
    let loss = |t: &Tree| -> Result<f64, Fault> { Ok(t.scenario(0)?.scaled(frequency, primary).moments().mean) };
    loss(tree)?;
    let mut out = Vec::new();
    for (factor, range) in tree.given() {
        let Ok(d) = Dist::of(&range, tree.shape) else { continue };
        if matches!(d, Dist::Constant(_)) {
            continue;
        }
        let at = |p: f64| loss(&tree.with(factor, Range::Constant(d.quantile(p))));
        let (low, high) = (at(0.1)?, at(0.9)?);
        out.push(Swing { factor, low, high });
    }
    out.sort_by(|a, b| b.width().total_cmp(&a.width()));
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use Range::{Constant, Lognormal, Pert, Uniform};

    #[test]
    fn the_widest_factor_comes_first() {
        let tree = Tree {
            threat_frequency: Some(Uniform(1.0, 3.0)),
            capability: Some(Uniform(0.0, 100.0)),
            resistance: Some(Constant(75.0)),
            primary: vec![(Pert(10.0, 20.0, 60.0), 1.0), (Constant(5.0), 3.0)],
            secondary_probability: Some(Uniform(0.1, 0.3)),
            secondary: vec![(Lognormal(1e2, 1e3), 1.0)],
            ..Tree::default()
        };
        let all = swings(&tree, 0.5, 1.0).unwrap();
        let order: Vec<Factor> = all.iter().map(|s| s.factor).collect();
        use Factor::{Capability, Primary, Secondary, SecondaryProbability, ThreatFrequency};
        assert_eq!(
            order,
            [
                Capability,
                Secondary(0),
                ThreatFrequency,
                SecondaryProbability,
                Primary(0)
            ]
        );
        let tef = all[2];
        let event = 25.0 + 15.0 + 0.2 * 404.001_282_694_572_6;
        assert!((tef.low - 1.2 * 0.25 * 0.5 * event).abs() < 1e-9 && (tef.high - 2.8 * 0.125 * event).abs() < 1e-9);
        // the threat always wins or always loses
        assert_eq!(all[0].low, 0.0);
    }

    #[test]
    fn a_tree_that_is_no_scenario_has_none() {
        assert_eq!(
            swings(&Tree::default(), 1.0, 1.0),
            Err(Fault::Missing(Factor::EventFrequency))
        );
    }
}
