//! What an hour without an asset costs: its own rate, and that of everything that leans on it, each counted once along
//! the strongest path (the product of the weights on it). And availability of what is made of parts.

use super::Edges;
use std::cmp::Ordering;
use std::collections::BinaryHeap;

/// Hours in a year of 365 days.
pub const HOURS_PER_YEAR: f64 = 8760.0;

/// An asset leans on another with a weight.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Weighed {
    /// What is leaned on.
    pub support: usize,
    /// What leans on it.
    pub dependent: usize,
    /// Which part of what leans on it stands still without it, 0 to 1.
    pub weight: f64,
}

/// A node on the strongest path so far; the strongest comes first, of two the lower number.
struct Reached {
    strength: f64,
    node: usize,
}

impl Ord for Reached {
    fn cmp(&self, other: &Self) -> Ordering {
        let by = self.strength.total_cmp(&other.strength);
        by.then(other.node.cmp(&self.node))
    }
}

impl PartialOrd for Reached {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Reached {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Reached {}

/// Strongest paths from one node after another, without a new start of the memory for each.
struct Paths<'a> {
    edges: Edges,
    all: &'a [Weighed],
    /// Where an edge leads to.
    ahead: fn(&Weighed) -> usize,
    strength: Vec<f64>,
    touched: Vec<usize>,
    heap: BinaryHeap<Reached>,
}

impl<'a> Paths<'a> {
    fn new(nodes: usize, all: &'a [Weighed], from: fn(&Weighed) -> usize, ahead: fn(&Weighed) -> usize) -> Self {
        let ends: Vec<(usize, usize)> = all.iter().map(|w| (from(w), ahead(w))).collect();
        Self {
            edges: Edges::by(nodes, &ends),
            all,
            ahead,
            strength: vec![0.0; nodes],
            touched: Vec::new(),
            heap: BinaryHeap::new(),
        }
    }

    /// Fills `strength` and `touched` with what is reached from a node.
    fn from(&mut self, node: usize) {
        for t in self.touched.drain(..) {
            self.strength[t] = 0.0;
        }
        self.strength[node] = 1.0;
        self.touched.push(node);
        self.heap.push(Reached { strength: 1.0, node });
        while let Some(Reached { strength, node }) = self.heap.pop() {
            if strength < self.strength[node] {
                continue;
            }
            for place in self.edges.of(node) {
                let edge = &self.all[*place];
                let (node, strength) = ((self.ahead)(edge), strength * edge.weight);
                if strength > self.strength[node] {
                    if self.strength[node] == 0.0 {
                        self.touched.push(node);
                    }
                    self.strength[node] = strength;
                    self.heap.push(Reached { strength, node });
                }
            }
        }
    }
}

/// How strongly the loss of one asset reaches each: 1 for itself, 0 where it does not reach. None if there is no such
/// asset.
pub fn reach(assets: usize, edges: &[Weighed], asset: usize) -> Option<Vec<f64>> {
    if asset >= assets {
        return None;
    }
    let mut paths = Paths::new(assets, edges, |w| w.support, |w| w.dependent);
    paths.from(asset);
    Some(paths.strength)
}

/// What an hour without each asset costs, from what an hour of each costs by itself. Only assets with a cost of their
/// own are followed, down to what they lean on.
pub fn rates(own: &[f64], edges: &[Weighed]) -> Vec<f64> {
    let mut paths = Paths::new(own.len(), edges, |w| w.dependent, |w| w.support);
    let mut all = vec![0.0; own.len()];
    for (asset, rate) in own.iter().enumerate().filter(|(_, rate)| **rate > 0.0) {
        paths.from(asset);
        for t in &paths.touched {
            all[*t] += rate * paths.strength[*t];
        }
    }
    all
}

/// The availability of parts that are all needed, each 0 to 1.
pub fn in_series(parts: impl IntoIterator<Item = f64>) -> f64 {
    parts.into_iter().product()
}

/// The availability of parts of which one is enough, each 0 to 1. Of no part nothing is available.
pub fn in_parallel(parts: impl IntoIterator<Item = f64>) -> f64 {
    let down: f64 = parts.into_iter().map(|a| 1.0 - a).product();
    1.0 - down
}

/// The hours of a year for which something with this availability is down.
pub fn hours_down(availability: f64) -> f64 {
    (1.0 - availability) * HOURS_PER_YEAR
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edge(support: usize, dependent: usize, weight: f64) -> Weighed {
        Weighed {
            support,
            dependent,
            weight,
        }
    }

    #[test]
    fn each_counts_once_along_the_strongest_path() {
        let edges = [
            edge(0, 1, 0.9),
            edge(1, 2, 0.5),
            edge(0, 2, 0.4),
            edge(2, 0, 1.0),
            edge(3, 0, 0.0),
        ];
        let own = [1.0, 10.0, 100.0, 1000.0];
        let all = rates(&own, &edges);
        assert!((all[0] - (1.0 + 9.0 + 45.0)).abs() < 1e-12, "{all:?}");
        assert_eq!(all[3], 1000.0, "a weight of nothing carries nothing");
        for (asset, rate) in all.iter().enumerate() {
            let reach = reach(4, &edges, asset).unwrap();
            let sum: f64 = reach.iter().zip(own).map(|(s, o)| s * o).sum();
            assert!((sum - rate).abs() < 1e-12, "asset {asset}");
        }
        assert_eq!(reach(4, &edges, 4), None);
    }

    #[test]
    fn parts_that_are_needed_and_parts_that_stand_in() {
        assert_eq!((in_series([]), in_parallel([])), (1.0, 0.0));
        assert_eq!(in_parallel([0.5, 0.5]), 0.75);
        assert_eq!(hours_down(0.0), 8760.0);
    }
}
