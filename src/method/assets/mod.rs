//! What assets are worth through what leans on them: inherited levels, the money of an outage, availability, and the
//! time to recover. Assets are numbers from 0, so that a whole register is worked out at once.

pub mod levels;
pub mod outage;
pub mod recovery;

/// Which edges leave a node, and which reach it, without looking for them.
#[derive(Debug)]
struct Edges {
    /// Where the edges of a node begin in `order`; one more than there are nodes.
    starts: Vec<usize>,
    /// The places of the edges, by node, in the order in which they were given.
    order: Vec<usize>,
}

impl Edges {
    /// Sorts edges by the node on one side. An edge from or to what is no node is left out.
    fn by(nodes: usize, ends: &[(usize, usize)]) -> Self {
        let real = |(from, to): (usize, usize)| from < nodes && to < nodes;
        let mut starts = vec![0; nodes + 1];
        for (from, _) in ends.iter().filter(|e| real(**e)) {
            starts[from + 1] += 1;
        }
        for i in 0..nodes {
            starts[i + 1] += starts[i];
        }
        let mut next = starts.clone();
        let mut order = vec![0; starts[nodes]];
        for (place, (from, _)) in ends.iter().enumerate().filter(|(_, e)| real(**e)) {
            order[next[*from]] = place;
            next[*from] += 1;
        }
        Self { starts, order }
    }

    /// The places of the edges of a node.
    fn of(&self, node: usize) -> &[usize] {
        &self.order[self.starts[node]..self.starts[node + 1]]
    }
}
