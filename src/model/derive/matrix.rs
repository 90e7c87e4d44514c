//! The cell of a matrix in which a record stands: one place for lists, queries, orders and maps.

use crate::model::kind::{Derivation, Kind, Method, Tag};
use crate::model::record::Record;

/// The fields along which a level is read from a matrix.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Axes {
    /// The field of the likelihood.
    pub likelihood: Tag,
    /// The field of the impact.
    pub impact: Tag,
    /// The fields of the first step of a method with two, initiation and adverse impact, from which the likelihood
    /// follows where they are given.
    pub step: Option<(Tag, Tag)>,
}

impl Axes {
    /// Those of a derivation, if it is read from a matrix.
    pub fn of(kind: &Kind, from: &Derivation) -> Option<Self> {
        let Derivation::Matrix {
            likelihood,
            impact,
            step,
        } = from
        else {
            return None;
        };
        let tag = |name: &str| kind.field(name).map(|f| f.tag);
        Some(Self {
            likelihood: tag(likelihood)?,
            impact: tag(impact)?,
            step: step.as_ref().and_then(|(i, a)| tag(i).zip(tag(a))),
        })
    }

    /// All of a kind, in the order of its derived values: of a risk inherent, current and target.
    pub fn all(kind: &Kind) -> Vec<(&str, Self)> {
        let axes = |d: &'_ crate::model::kind::Derived| Self::of(kind, &d.from);
        kind.derived
            .iter()
            .filter_map(|d| Some((d.name.as_str(), axes(d)?)))
            .collect()
    }

    /// The cell: places of likelihood and impact, lowest 0. `None` if one of them is not judged or not on its scale.
    pub fn cell(&self, m: &Method, r: &Record) -> Option<(usize, usize)> {
        let likelihood = m.scale("likelihood")?.position(r.text(self.likelihood))?;
        let impact = m.scale("impact")?.position(r.text(self.impact))?;
        Some((likelihood, impact))
    }

    /// The place of the level in that cell on the scale `level`, lowest 0.
    pub fn level(&self, m: &Method, r: &Record) -> Option<usize> {
        let (likelihood, impact) = self.cell(m, r)?;
        m.at(likelihood, impact)
    }

    /// Whether anything is judged, on its scale or not.
    pub fn is_judged(&self, r: &Record) -> bool {
        r.get(self.likelihood).is_some() || r.get(self.impact).is_some()
    }
}
