//! What controls make of an inherent likelihood and impact, those in force and those that are planned: a proposal beside
//! what the assessor says.

use super::fields::risk as field;
use super::indicator::{self, Moves};
use super::risk::{self, View};
use super::terms::Terms;
use crate::method::qualitative::{Band, Residual, residual};
use crate::method::treatment::combination::{Channel, factors};
use crate::model::kind::{Level, Method};
use crate::model::record::Record;
use crate::model::world::World;

/// A proposal for the likelihood and impact of a view.
#[derive(Debug, Clone, Copy)]
pub struct Suggestion<'a> {
    method: &'a Method,
    /// How the likelihood came to be; none where its scale has no bands.
    pub likelihood: Option<Residual>,
    /// How the impact came to be.
    pub impact: Option<Residual>,
    /// The places on the scales.
    places: (usize, usize),
}

/// What controls make of the inherent levels of a risk; none where those are not judged, no control works on it, or the
/// method has no bands for what they lower.
pub fn of<'a>(w: &World<'a>, record: &Record, view: View) -> Option<Suggestion<'a>> {
    let controls = risk::controls(w, record);
    if controls.is_empty() {
        return None;
    }
    let terms = Terms::of(w, record);
    let method = terms.method?;
    let place = |scale: &str, tag| method.scale(scale)?.position(record.text(tag));
    let likelihood = place("likelihood", field::INHERENT_LIKELIHOOD)?;
    let impact = place("impact", field::INHERENT_IMPACT)?;
    let left = factors(&risk::acting(&controls, view), &terms.policy());
    let [of_likelihood, of_impact] = ["likelihood", "impact"].map(|scale| bands(method, scale));
    let shows = |channel: Channel| match channel {
        Channel::Frequency => of_likelihood.is_some(),
        Channel::Primary => of_impact.is_some(),
    };
    if !left.lines.iter().any(|l| shows(l.channel)) {
        return None;
    }
    let after = |bands: &Option<Vec<Band>>, place: usize, factor: f64| residual(bands.as_ref()?, place, factor);
    let moved = |factor| indicator::on_risk(w, &record.id, factor).factor();
    let l = after(&of_likelihood, likelihood, left.frequency * moved(Moves::Frequency));
    let i = after(&of_impact, impact, left.primary * moved(Moves::Loss));
    Some(Suggestion {
        method,
        likelihood: l,
        impact: i,
        places: (l.map_or(likelihood, |r| r.level), i.map_or(impact, |r| r.level)),
    })
}

/// The bands of a scale; none if a level has none.
fn bands(method: &Method, scale: &str) -> Option<Vec<Band>> {
    let levels = method.scale(scale)?.levels.iter();
    levels
        .map(|l| {
            Some(Band {
                from: l.from?,
                to: l.to,
            })
        })
        .collect()
}

impl<'a> Suggestion<'a> {
    /// Which view a figure of this name proposes.
    pub fn view(name: &str) -> View {
        match name.starts_with("target_") {
            true => View::Target,
            false => View::Current,
        }
    }

    /// The places of likelihood and impact on their scales, lowest 0.
    pub fn places(&self) -> (usize, usize) {
        self.places
    }

    /// The level under the name of a figure.
    pub fn level(&self, name: &str) -> Option<&'a Level> {
        let at = |scale: &str, place: usize| self.method.scale(scale)?.levels.get(place);
        let (likelihood, impact) = self.places;
        match name.trim_start_matches("target_") {
            "suggested_likelihood" => at("likelihood", likelihood),
            "suggested_impact" => at("impact", impact),
            "suggested_level" => at("level", *self.method.grid.get(likelihood)?.get(impact)?),
            _ => None,
        }
    }
}
