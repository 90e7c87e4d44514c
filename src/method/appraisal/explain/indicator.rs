//! What indicators moved, and by how much.

use super::super::indicator::Movers;
use super::{Step, named, number};
use crate::method::indicators::{LARGEST_MOVE, LEAST_MOVE};

type Told = (String, Vec<Step>);

/// The metrics that move something together.
pub fn of(movers: &Movers) -> Option<Told> {
    let from: Vec<Step> = movers
        .0
        .iter()
        .map(|m| {
            let mut step = named(m.metric);
            step.value = number(m.by);
            step.note(m.band)
        })
        .collect();
    let rule = format!("the product of what each says in its band, kept within {LEAST_MOVE} and {LARGEST_MOVE}");
    (!from.is_empty()).then_some((rule, from))
}

/// The same as a step of something else.
pub fn step(movers: &Movers) -> Option<Step> {
    let (note, from) = of(movers)?;
    Some(
        Step::new("Times what indicators say", number(movers.factor()))
            .note(note)
            .from(from),
    )
}
