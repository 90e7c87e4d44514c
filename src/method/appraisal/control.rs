//! Controls as the methods see them: how well each works, what it costs, and what it does to a risk.

use super::fields::{control as field, effect};
use super::terms::Prices;
use super::{indicator, read};
use crate::method::economics::Outlay;
use crate::method::treatment::Mechanism;
use crate::method::treatment::combination::{Acting, Group};
use crate::method::treatment::effect::{Effect, Status, Working};
use crate::model::kind::Tag;
use crate::model::record::{Id, Record};
use crate::model::value::Value;
use crate::model::world::World;

/// How a control stands: as it is, or as if it were in place and worked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stand {
    /// As its state and its last test say.
    Now,
    /// As it shall be when what is planned is done.
    InPlace,
}

/// What makes up how well a control works. What is not given counts in full.
pub fn working(record: &Record, stand: Stand) -> Working {
    let share = |tag: Tag| read::number(record.get(tag)).unwrap_or(1.0);
    let now = Working {
        coverage: share(field::COVERAGE),
        design: share(field::DESIGN),
        operation: share(field::OPERATION),
        status: Status::find(record.state()).unwrap_or(Status::Retired),
        failed: record.text(field::HEALTH) == "failed",
    };
    match stand {
        Stand::Now => now,
        Stand::InPlace => Working {
            status: Status::Implemented,
            failed: false,
            ..now
        },
    }
}

/// The part of its full effect that it has now, 0 to 1, as indicators move it.
pub fn effective(w: &World, record: &Record) -> f64 {
    let moved = indicator::on_control(w, &record.id).factor();
    (working(record, Stand::Now).effective() * moved).min(1.0)
}

/// Its main way of working; a control that names none counts as a protection.
pub fn mechanism(record: &Record) -> Mechanism {
    Mechanism::find(record.text(field::MECHANISM)).unwrap_or(Mechanism::Protection)
}

/// With which other controls it overlaps: those that share its word, else those that work in the same way at the same
/// place.
fn group(record: &Record) -> Group<'_> {
    match record.text(field::GROUP).trim() {
        "" => Group::Like {
            mechanism: mechanism(record),
            layers: layers(record),
            domain: record.text(field::DOMAIN),
        },
        word => Group::Named(word),
    }
}

/// Its OSI layers, a bit each: layer 1 is bit 0.
fn layers(record: &Record) -> u8 {
    let tags = record.get(field::LAYERS).map(Value::as_tags).unwrap_or_default();
    let bit = |t: &String| {
        t.parse::<u8>()
            .ok()
            .filter(|n| (1..=7).contains(n))
            .map(|n| 1 << (n - 1))
    };
    tags.iter().filter_map(bit).fold(0, |all, b: u8| all | b)
}

/// Its full effect on a risk; none if it does not name the risk.
///
/// One share says it all in most cases: of the frequency for a protection or a detection, of the primary loss for a
/// recovery. Where the frequency has a share of its own, the other is of the primary loss.
pub fn on(w: &World, record: &Record, risk: &Id) -> Option<Effect> {
    let Some(Value::Links(links)) = record.get(field::EFFECTS) else {
        return None;
    };
    let link = links.iter().find(|l| l.to == *risk)?;
    let of = |tag| read::number(read::attribute(&link.attributes, tag));
    let mechanism = mechanism(record);
    let (lef, share) = match (of(effect::LEF), of(effect::SHARE)) {
        (Some(lef), share) => (lef, share.unwrap_or(0.0)),
        (None, Some(share)) if mechanism == Mechanism::Recovery => (0.0, share),
        (None, share) => (share.unwrap_or(0.0), 0.0),
    };
    Some(Effect {
        lef,
        share,
        time_share: of(effect::TIME_SHARE).unwrap_or(0.0),
        duration_ratio: of(effect::DURATION_RATIO).unwrap_or(1.0),
        answered: mechanism != Mechanism::Detection || is_answered(w, record),
    })
}

/// What it costs to build and to run, with the days of work; none if no cost is given. Without a life the price is spread
/// over one year.
pub fn outlay(record: &Record, prices: &Prices) -> Option<Outlay> {
    let build = prices.money_and_days(record, field::CAPEX, field::BUILD_DAYS);
    let run = prices.money_and_days(record, field::OPEX, field::RUN_DAYS);
    if build.is_none() && run.is_none() {
        return None;
    }
    Some(Outlay {
        capex: build.unwrap_or(0.0),
        opex: run.unwrap_or(0.0),
        life: life(record).unwrap_or(1.0),
    })
}

/// The years over which its price is spread, if they are given.
pub fn life(record: &Record) -> Option<f64> {
    read::number(record.get(field::LIFE)).filter(|y| *y > 0.0)
}

/// What it costs a year; none if no cost is given.
pub fn yearly_cost(record: &Record, prices: &Prices) -> Option<f64> {
    outlay(record, prices)?.yearly(prices.interest)
}

/// Whether anybody or anything that is there acts on what it notices.
fn is_answered(w: &World, record: &Record) -> bool {
    read::ids(record, field::RESPONSE).any(|id| w.find(id).is_some_and(|r| !r.is_retired()))
}

/// The control as it stands towards one risk.
pub fn acting<'a>(record: &'a Record, effect: Effect, stand: Stand) -> Acting<'a> {
    Acting {
        control: record.id.as_str(),
        mechanism: mechanism(record),
        group: group(record),
        effective: working(record, stand).effective(),
        effect,
    }
}
