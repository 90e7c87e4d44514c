//! The figures that the registers declare, by the kind of the record and the name of the value.

use super::evidence::Seen;
use super::fields::{organisation, risk as of_risk_field};
use super::indicator::{self, Movers, Moves};
use super::risk::{View, appraise};
use super::spend::{self, Spend};
use super::suggestion::{self, Suggestion};
use super::terms::Prices;
use super::worth::Worth;
use super::{asset, continuity, control, evidence, read};
use crate::method::treatment::Mechanism;
use crate::method::treatment::attribution::Parts;
use crate::model::completeness;
use crate::model::kind::Kind;
use crate::model::record::Record;
use crate::model::value::Value;
use crate::model::world::World;
use std::sync::Arc;

/// Works out a figure of a record; none where what it follows from is not there.
pub fn figure(w: &World, kind: &Kind, record: &Record, name: &str) -> Option<Value> {
    match kind.name.as_str() {
        "risk" => of_risk(w, record, name),
        "control" => of_control(w, record, name),
        "asset" => of_asset(w, record, name),
        "treatment-plan" => Worth::of_plan(w, record).figure(w, name),
        "method" | "scope" => {
            let within = completeness::within(w, record);
            Some(Value::Num(asset::completeness(w, &within).share()))
        }
        "continuity-process" => Some(read::figure(continuity::back(w, &record.id)?.hours)),
        "organisation" => of_organisation(w, name),
        _ => None,
    }
}

fn money(w: &World, major: f64) -> Value {
    read::amount(major, w.currency())
}

/// The view of an expected loss, by its name.
fn loss_view(name: &str) -> Option<View> {
    View::find(name.strip_suffix("_loss")?)
}

fn of_risk(w: &World, record: &Record, name: &str) -> Option<Value> {
    if let Some(view) = loss_view(name) {
        return Some(money(w, appraise(w, record).ok()?.moments(view).mean));
    }
    let worked = || appraise(w, record).ok();
    if let Some(mechanism) = name.strip_prefix("avoided_by_").and_then(Mechanism::find) {
        let part = worked()?.attribution(View::Current).of(mechanism);
        return (part > 0.0).then(|| money(w, part));
    }
    match name {
        "rate_before" | "rate_after" | "suggested_frequency" | "suggested_attempts" | "suggested_contacts" => {
            Seen::of(w, record)?.figure(name)
        }
        "moved_frequency" => moved(indicator::on_risk(w, &record.id, Moves::Frequency)),
        "moved_loss" => moved(indicator::on_risk(w, &record.id, Moves::Loss)),
        "loss_seen" => evidence::mean_cost(w, &record.id).map(|m| money(w, m)),
        "loss_events" => Some(read::figure(worked()?.moments(View::Current).events)),
        "prevention_ratio" => {
            let ratio = worked()?.attribution(View::Current).prevention_ratio()?;
            Some(read::figure(ratio))
        }
        "spend" | "spend_share" | "spend_advice" => {
            let a = worked()?;
            let spend = Spend::on(w, &record.id, &a);
            match name {
                "spend" => (!spend.parts.is_empty()).then(|| money(w, spend.total())),
                "spend_share" => spend.share().filter(|s| *s > 0.0).map(read::figure),
                _ => spend.advice(&record.id, &a).map(Value::Text),
            }
        }
        _ => {
            let level = suggestion::of(w, record, Suggestion::view(name))?.level(name)?;
            Some(Value::Text(level.id.clone()))
        }
    }
}

/// By what indicators multiply something, if any does.
fn moved(by: Movers) -> Option<Value> {
    (!by.0.is_empty()).then(|| read::figure(by.factor()))
}

fn of_asset(w: &World, record: &Record, name: &str) -> Option<Value> {
    let own = std::iter::once(&record.id);
    let level = |pick: fn([u8; 3]) -> u8| {
        let scale = w.catalogue.scale("cia")?;
        let level = scale.levels.get(usize::from(pick(asset::levels(w, record))))?;
        Some(Value::Text(level.id.clone()))
    };
    match name {
        "derived_confidentiality" => level(|[c, ..]| c),
        "derived_integrity" => level(|[_, i, _]| i),
        "derived_availability" => level(|[.., a]| a),
        "worth" => level(|all| all.into_iter().max().unwrap_or(0)),
        "outage_total" => Some(asset::outage(w, own).rate)
            .filter(|r| *r > 0.0)
            .map(|r| money(w, r)),
        "key_asset" => asset::is_key(w, record).then_some(Value::Bool(true)),
        _ => None,
    }
}

fn of_control(w: &World, record: &Record, name: &str) -> Option<Value> {
    match name {
        "effective" => Some(read::figure(control::effective(w, record))),
        "yearly_cost" => control::yearly_cost(record, &Prices::of(w)).map(|c| money(w, c)),
        "moved" => moved(indicator::on_control(w, &record.id)),
        "suggested_operation" => evidence::reliability(record).map(|r| read::figure(r.mean())),
        _ => Worth::of_control(w, record).figure(w, name),
    }
}

fn of_organisation(w: &World, name: &str) -> Option<Value> {
    if let Some(view) = loss_view(name) {
        return Some(money(w, Sums::of(w).losses[view as usize]));
    }
    match name {
        "control_cost" => Some(money(w, spend::prevention(w).spend.total())),
        "prevention_ratio" => reduction(w).prevention_ratio().map(read::figure),
        "prevention_spend" => spend::prevention(w).spend_ratio.map(read::figure),
        "prevention_count" => spend::prevention(w).count_ratio.map(read::figure),
        _ => None,
    }
}

/// What all risks that can still happen bring together.
#[derive(Default)]
struct Sums {
    /// The expected loss of a year in each view ([`View::ALL`]).
    losses: [f64; 3],
    reduction: Parts,
}

impl Sums {
    fn of(w: &World) -> Arc<Self> {
        w.once(|w| {
            let mut sums = Self::default();
            let open = w.live("risk").filter(|r| is_open(w, r));
            for a in open.filter_map(|r| appraise(w, r).ok()) {
                for view in View::ALL {
                    sums.losses[view as usize] += a.moments(view).mean;
                }
                sums.reduction.add(&a.attribution(View::Current));
            }
            sums
        })
    }
}

/// What each mechanism takes away from the expected loss of all risks that can still happen.
pub fn reduction(w: &World) -> Parts {
    Sums::of(w).reduction
}

/// Whether a risk counts in sums: it can still happen.
pub fn is_open(w: &World, risk: &Record) -> bool {
    !risk.is_retired() && w.kind(&risk.id).is_some_and(|k| w.is_open(k, risk))
}

/// The expected loss of a year over all risks that is borne, in minor units: what the organisation says, else its method.
pub fn loss_limit(w: &World) -> Option<i64> {
    let minor = |value: Value| match value {
        Value::Money(minor, _) => Some(minor),
        _ => None,
    };
    let own = w
        .organisation()
        .and_then(|o| minor(o.get(organisation::LOSS_LIMIT)?.clone()));
    let of_method = || {
        let method = w.method(w.catalogue.kind("risk")?, None)?;
        minor(money(w, method.quantities.loss_limit?))
    };
    own.or_else(of_method)
}

/// Whether the assessment of a risk no longer holds.
pub fn is_stale(risk: &Record) -> bool {
    risk.get(of_risk_field::STALE).is_some()
}
