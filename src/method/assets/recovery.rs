//! Times to recover: what supports something must be back before it, and a service is back when the longest chain of
//! what it needs is. What needs itself is never back: the circle is named.

use super::Edges;

/// A support that is to be back later than what leans on it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Late {
    /// What is leaned on.
    pub support: usize,
    /// What leans on it.
    pub dependent: usize,
    /// The recovery time objective of the support, in hours.
    pub support_hours: f64,
    /// That of what leans on it, in hours.
    pub dependent_hours: f64,
}

/// The pairs (support, dependent) whose support has the longer recovery time objective, in hours. Where either has
/// none, nothing is said.
pub fn late(objectives: &[Option<f64>], pairs: &[(usize, usize)]) -> Vec<Late> {
    let hours = |i: usize| objectives.get(i).copied().flatten();
    let compared = pairs.iter().filter_map(|(support, dependent)| {
        let (support_hours, dependent_hours) = (hours(*support)?, hours(*dependent)?);
        (support_hours > dependent_hours).then_some(Late {
            support: *support,
            dependent: *dependent,
            support_hours,
            dependent_hours,
        })
    });
    compared.collect()
}

/// When each part is ready.
#[derive(Debug, Clone, PartialEq)]
pub struct Ready {
    /// Hours from the loss of everything until each is ready, if all that can be done at once is done at once.
    pub hours: Vec<f64>,
    /// For which of its needs each waits longest; none where it needs nothing.
    pub waits_for: Vec<Option<usize>>,
}

impl Ready {
    /// The longest chain of a part, itself first.
    pub fn chain(&self, part: usize) -> Vec<usize> {
        std::iter::successors(Some(part), |p| self.waits_for.get(*p).copied().flatten()).collect()
    }
}

/// Where a circle may be broken off.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Seen {
    Not,
    /// On the way from the part where the walk began.
    Open,
    Done,
}

/// When each part is ready: its own hours to restore, after the last of what it needs, `(part, need)`.
///
/// # Errors
/// The parts of a circle in the order in which each needs the next; the last needs the first.
pub fn ready(restore: &[f64], needs: &[(usize, usize)]) -> Result<Ready, Vec<usize>> {
    let edges = Edges::by(restore.len(), needs);
    let mut all = Ready {
        hours: restore.to_vec(),
        waits_for: vec![None; restore.len()],
    };
    let mut seen = vec![Seen::Not; restore.len()];
    for start in 0..restore.len() {
        if seen[start] == Seen::Done {
            continue;
        }
        // Each step: a part and how many of its needs are looked at. Not recursion: chains may be long.
        let mut way = vec![(start, 0)];
        seen[start] = Seen::Open;
        while let Some((part, looked)) = way.last_mut() {
            let part = *part;
            let Some(place) = edges.of(part).get(*looked) else {
                seen[part] = Seen::Done;
                way.pop();
                let needed = edges.of(part).iter().map(|p| needs[*p].1);
                let mut last: Option<usize> = None;
                for need in needed {
                    if last.is_none_or(|l| all.hours[need] > all.hours[l]) {
                        last = Some(need);
                    }
                }
                all.waits_for[part] = last;
                all.hours[part] += last.map_or(0.0, |l| all.hours[l]);
                continue;
            };
            *looked += 1;
            let need = needs[*place].1;
            match seen[need] {
                Seen::Done => {}
                Seen::Not => {
                    seen[need] = Seen::Open;
                    way.push((need, 0));
                }
                Seen::Open => {
                    let begins = way.iter().position(|(p, _)| *p == need).unwrap_or(0);
                    return Err(way[begins..].iter().map(|(p, _)| *p).collect());
                }
            }
        }
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_chain_counts_and_is_named() {
        // 0 needs 1 and 2, 1 needs 2, 3 stands alone
        let all = ready(&[1.0, 3.0, 2.0, 7.0], &[(0, 1), (0, 2), (1, 2)]).unwrap();
        assert_eq!(all.hours, [6.0, 5.0, 2.0, 7.0]);
        assert_eq!(all.chain(0), [0, 1, 2]);
        assert_eq!(all.chain(3), [3]);
    }

    #[test]
    fn a_circle_is_named() {
        let needs = [(0, 1), (1, 2), (2, 3), (3, 1)];
        assert_eq!(ready(&[1.0; 4], &needs), Err(vec![1, 2, 3]));
        assert_eq!(ready(&[1.0], &[(0, 0)]), Err(vec![0]));
    }

    #[test]
    fn a_support_may_not_be_later() {
        let hours = [Some(4.0), Some(8.0), None];
        let found = late(&hours, &[(1, 0), (0, 1), (2, 0), (0, 2)]);
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].support, found[0].dependent), (1, 0));
    }
}
