//! The cell of a matrix in which a record stands: one place for lists, queries, orders and maps.

use crate::model::kind::{Derivation, Kind, Method, Tag};
use crate::model::record::Record;

/// The fields along which a level is read from a matrix.
#[derive(Debug, Clone, Copy)]
pub struct Axes {
    /// The field of the likelihood.
    pub likelihood: Tag,
    /// The field of the impact.
    pub impact: Tag,
    /// The fields of the first step of a method with two: initiation and adverse impact.
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

    /// The place of the likelihood on its scale: as it is stated, else as the first step gives it.
    pub fn likelihood(&self, m: &Method, r: &Record) -> Option<usize> {
        let stated = r.text(self.likelihood);
        if !stated.is_empty() {
            return m.scale("likelihood")?.position(stated);
        }
        let (initiation, adverse) = self.step?;
        let overall = m.overall(r.text(initiation), r.text(adverse))?;
        m.scale("likelihood")?.position(&overall.id)
    }

    /// The cell: places of likelihood and impact, lowest 0. `None` if one of them is not judged or not on its scale.
    pub fn cell(&self, m: &Method, r: &Record) -> Option<(usize, usize)> {
        let impact = m.scale("impact")?.position(r.text(self.impact))?;
        Some((self.likelihood(m, r)?, impact))
    }

    /// The place of the level in that cell on the scale `level`, lowest 0.
    pub fn level(&self, m: &Method, r: &Record) -> Option<usize> {
        let (likelihood, impact) = self.cell(m, r)?;
        m.at(likelihood, impact)
    }

    /// Whether anything is judged, on its scale or not.
    pub fn is_judged(&self, r: &Record) -> bool {
        let (i, a) = self.step.unwrap_or((self.impact, self.impact));
        [self.likelihood, self.impact, i, a].iter().any(|t| r.get(*t).is_some())
    }
}
