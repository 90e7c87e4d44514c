//! Levels of confidentiality, integrity and availability: what an asset has of its own, and what it inherits from the
//! assets that lean on it (the maximum principle). A full dependency hands the level on, a partial one a level less.
//! Dependencies may form a circle: levels are handed on from the highest down, so that each is reached once.

use super::Edges;

/// How a dependency hands a level on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Strength {
    /// Not at all.
    None,
    /// One level less.
    Partial,
    /// As it is.
    Full,
}

impl Strength {
    /// The strength that a word means.
    pub fn find(word: &str) -> Option<Self> {
        match word {
            "none" => Some(Self::None),
            "partial" => Some(Self::Partial),
            "full" => Some(Self::Full),
            _ => None,
        }
    }

    fn hand(self, level: u8) -> u8 {
        match self {
            Self::None => 0,
            Self::Partial => level.saturating_sub(1),
            Self::Full => level,
        }
    }
}

/// An asset leans on another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dependency {
    /// What is leaned on.
    pub support: usize,
    /// What leans on it.
    pub dependent: usize,
    /// For confidentiality, integrity and availability.
    pub strength: [Strength; 3],
}

/// A level and where it comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Derived {
    /// The level, 0 for none.
    pub level: u8,
    /// The place of the dependency that handed it on; none where it is the asset's own. From dependent to dependent
    /// this leads to the asset whose own level it is.
    pub from: Option<usize>,
}

/// The levels of every asset, own or inherited, whichever is higher, for confidentiality, integrity and availability.
pub fn derive(own: &[[u8; 3]], dependencies: &[Dependency]) -> Vec<[Derived; 3]> {
    let ends: Vec<(usize, usize)> = dependencies.iter().map(|d| (d.dependent, d.support)).collect();
    let edges = Edges::by(own.len(), &ends);
    let mut all: Vec<[Derived; 3]> = own
        .iter()
        .map(|levels| levels.map(|level| Derived { level, from: None }))
        .collect();
    for property in 0..3 {
        let highest = own.iter().map(|l| usize::from(l[property])).max().unwrap_or(0);
        let mut waiting: Vec<Vec<usize>> = vec![Vec::new(); highest + 1];
        for (asset, levels) in own.iter().enumerate() {
            waiting[usize::from(levels[property])].push(asset);
        }
        for level in (1..=highest).rev() {
            let mut next = 0;
            while let Some(asset) = waiting[level].get(next).copied() {
                next += 1;
                let mine = all[asset][property].level;
                if usize::from(mine) != level {
                    continue; // a higher one has come since
                }
                for place in edges.of(asset) {
                    let d = &dependencies[*place];
                    let handed = d.strength[property].hand(mine);
                    let there = &mut all[d.support][property];
                    if handed > there.level {
                        *there = Derived {
                            level: handed,
                            from: Some(*place),
                        };
                        waiting[usize::from(handed)].push(d.support);
                    }
                }
            }
        }
    }
    all
}

/// The dependencies through which an asset has a level, nearest first, up to the asset whose own it is.
pub fn reason(derived: &[[Derived; 3]], dependencies: &[Dependency], asset: usize, property: usize) -> Vec<usize> {
    let mut at = asset;
    let mut way = Vec::new();
    while let Some(place) = derived.get(at).and_then(|d| d.get(property)).and_then(|d| d.from) {
        way.push(place);
        at = dependencies[place].dependent;
    }
    way
}

/// Whether an asset is key: its highest level or the cost of an hour without it reaches a threshold. Without a
/// threshold nothing reaches it. A cost is a sum, of which the last digits hang on its order: they decide nothing.
pub fn is_key(levels: &[u8], outage: f64, level: Option<u8>, rate: Option<f64>) -> bool {
    let highest = levels.iter().max().copied().unwrap_or(0);
    level.is_some_and(|t| highest >= t) || rate.is_some_and(|t| outage >= t * (1.0 - 1e-12))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edge(support: usize, dependent: usize, strength: Strength) -> Dependency {
        Dependency {
            support,
            dependent,
            strength: [strength; 3],
        }
    }

    #[test]
    fn a_circle_comes_to_rest_and_every_level_has_a_reason() {
        let edges = [
            edge(1, 0, Strength::Full),
            edge(2, 1, Strength::Partial),
            edge(0, 2, Strength::Full),
            edge(3, 2, Strength::Full),
        ];
        let own = [[4, 0, 0], [0, 0, 0], [0, 2, 0], [3, 0, 0]];
        let all = derive(&own, &edges);
        let levels = |p: usize| all.iter().map(|d| d[p].level).collect::<Vec<_>>();
        assert_eq!(levels(0), [4, 4, 3, 3]);
        assert_eq!(levels(1), [2, 2, 2, 2]);
        assert_eq!(levels(2), [0, 0, 0, 0]);
        assert_eq!(reason(&all, &edges, 2, 0), [1, 0], "from 0 through 1");
        assert_eq!(reason(&all, &edges, 3, 0), [0; 0], "its own is as high");
        assert_eq!(reason(&all, &edges, 1, 1), [0, 2]);
    }

    #[test]
    fn what_names_no_asset_is_left_out() {
        let all = derive(&[[1, 1, 1]], &[edge(0, 7, Strength::Full), edge(7, 0, Strength::Full)]);
        assert_eq!(all[0][0].level, 1);
        assert!(derive(&[], &[]).is_empty());
    }

    #[test]
    fn key_is_what_reaches_either_threshold() {
        assert!(is_key(&[1, 4, 0], 0.0, Some(4), None));
        assert!(is_key(&[0, 0, 0], 9000.0, Some(4), Some(9000.0)));
        assert!(!is_key(&[3, 3, 3], 8999.0, Some(4), Some(9000.0)));
        assert!(!is_key(&[4, 4, 4], 1e9, None, None));
    }
}
