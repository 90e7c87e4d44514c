//! What indicators move: a metric that turns amber or red multiplies a factor of the risks and controls that it watches.

use super::fields::{metric, moves};
use super::read;
use crate::method::indicators::adjusted;
use crate::model::kind::Tag;
use crate::model::record::{Id, Record};
use crate::model::value::{Link, Value};
use crate::model::world::World;
use std::sync::Arc;

/// A factor of a risk that an indicator may move.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moves {
    /// How often it happens; also where the metric does not say.
    Frequency,
    /// What one costs the organisation itself.
    Loss,
}

/// A metric that moves something.
#[derive(Debug, Clone)]
pub struct Mover<'a> {
    /// The metric.
    pub metric: &'a Arc<Record>,
    /// `amber` or `red`.
    pub band: &'static str,
    /// By what it multiplies.
    pub by: f64,
}

/// The metrics that move one thing.
#[derive(Debug, Clone, Default)]
pub struct Movers<'a>(pub Vec<Mover<'a>>);

impl Movers<'_> {
    /// By what they multiply together: ten times either way at most.
    pub fn factor(&self) -> f64 {
        adjusted(1.0, self.0.iter().map(|m| m.by))
    }
}

/// What moves a factor of a risk.
pub fn on_risk<'a>(w: &World<'a>, risk: &Id, factor: Moves) -> Movers<'a> {
    let meant = |link: &Link| {
        let word = read::attribute(&link.attributes, moves::FACTOR).and_then(Value::as_text);
        (word == Some("loss")) == (factor == Moves::Loss)
    };
    on(w, risk, metric::RISKS, meant)
}

/// What moves how well a control works.
pub fn on_control<'a>(w: &World<'a>, control: &Id) -> Movers<'a> {
    on(w, control, metric::CONTROLS, |_| true)
}

fn on<'a>(w: &World<'a>, id: &Id, tag: Tag, meant: impl Fn(&Link) -> bool) -> Movers<'a> {
    let metrics: Vec<&'a Id> = w
        .state
        .inbound(id)
        .filter(|(from, t)| *t == tag && from.prefix() == "M")
        .map(|(from, _)| from)
        .collect();
    let mover = |from: &'a Id| {
        let metric = w.find(from).filter(|m| !m.is_retired())?;
        let Some(Value::Links(links)) = metric.get(tag) else {
            return None;
        };
        let link = links.iter().find(|l| l.to == *id).filter(|l| meant(l))?;
        let band = w.value(w.kind(from)?, metric, "band")?;
        let (band, tag) = match band.as_text()? {
            "amber" => ("amber", moves::AMBER),
            "red" => ("red", moves::RED),
            _ => return None,
        };
        let by = read::number(read::attribute(&link.attributes, tag))?;
        Some(Mover { metric, band, by })
    };
    Movers(metrics.into_iter().filter_map(mover).collect())
}
