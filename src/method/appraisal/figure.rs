//! The figures that the registers declare, by the kind of the record and the name of the value.

use super::fields::{organisation, plan as on_plan, risk as of_risk_field};
use super::risk::{self, Appraisal, View, appraise};
use super::terms::Prices;
use super::{asset, control, read, suggestion};
use crate::method::economics::Return;
use crate::model::completeness;
use crate::model::kind::Kind;
use crate::model::record::{Id, Record};
use crate::model::value::Value;
use crate::model::world::World;
use std::collections::BTreeSet;

/// Works out a figure of a record; none where what it follows from is not there.
pub fn figure(w: &World, kind: &Kind, record: &Record, name: &str) -> Option<Value> {
    match kind.name.as_str() {
        "risk" => of_risk(w, record, name),
        "control" => of_control(w, record, name),
        "asset" => of_asset(w, record, name),
        "treatment-plan" => of_plan(w, record, name),
        "method" => Some(Value::Num(completeness::completeness(w).share())),
        "organisation" => Some(money(w, total(w, loss_view(name)?))),
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
    match name {
        "loss_events" => Some(read::figure(appraise(w, record).ok()?.moments(View::Current).events)),
        _ => {
            let level = suggestion::of(w, record)?.level(name)?;
            Some(Value::Text(level.id.clone()))
        }
    }
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
    let cost = || control::yearly_cost(record, &Prices::of(w));
    match name {
        "effective" => Some(read::figure(control::working(record, control::Stand::Now).effective())),
        "yearly_cost" => cost().map(|c| money(w, c)),
        "loss_avoided" => avoided(w, record).map(|a| money(w, a)),
        "net_benefit" | "rosi" => {
            let earned = Return {
                reduction: avoided(w, record)?,
                cost: cost().unwrap_or(0.0),
            };
            match name {
                "rosi" => earned.rosi().map(read::figure),
                _ => Some(money(w, earned.net_benefit())),
            }
        }
        _ => None,
    }
}

/// By how much a control lowers the expected loss of a year, given all others: what would come on top without it, or for
/// one that is not in force, what it would take away. None if none of its risks has figures.
pub fn avoided(w: &World, record: &Record) -> Option<f64> {
    let risks = read::ids(record, super::fields::control::EFFECTS).filter_map(|id| w.find(id));
    let open = risks.filter(|r| is_open(w, r));
    let each = open.filter_map(|r| Some(on_risk(&appraise(w, r).ok()?, record)));
    each.reduce(|a, b| a + b)
}

/// The same on one risk.
pub fn on_risk(risk: &Appraisal, control: &Record) -> f64 {
    let now = risk::acting(&risk.controls, View::Current);
    let id = control.id.as_str();
    match control::working(control, control::Stand::Now).effective() > 0.0 {
        true => {
            let others: Vec<_> = now.iter().filter(|a| a.control != id).copied().collect();
            risk.loss_with(&others) - risk.loss_with(&now)
        }
        false => {
            let with = risk::acting_with(&risk.controls, |c| c.record.id == control.id);
            risk.loss_with(&now) - risk.loss_with(&with)
        }
    }
}

fn of_plan(w: &World, record: &Record, name: &str) -> Option<Value> {
    let ids: BTreeSet<&Id> = read::ids(record, on_plan::CONTROLS).collect();
    let controls = || ids.iter().filter_map(|id| w.find(id)).filter(|c| !c.is_retired());
    match name {
        "yearly_cost" => {
            let prices = Prices::of(w);
            let costs = controls().filter_map(|c| control::yearly_cost(c, &prices));
            costs.reduce(|a, b| a + b).map(|c| money(w, c))
        }
        "loss_avoided" => {
            let risks: BTreeSet<&Id> = controls()
                .flat_map(|c| read::ids(c, super::fields::control::EFFECTS))
                .collect();
            let open = risks.into_iter().filter_map(|id| w.find(id)).filter(|r| is_open(w, r));
            let each = open.filter_map(|r| {
                let a = appraise(w, r).ok()?;
                let now = risk::acting(&a.controls, View::Current);
                let then = risk::acting_with(&a.controls, |c| ids.contains(&c.record.id));
                Some(a.loss_with(&now) - a.loss_with(&then))
            });
            each.reduce(|a, b| a + b).map(|a| money(w, a))
        }
        _ => None,
    }
}

/// Whether a risk counts in sums: it can still happen.
pub fn is_open(w: &World, risk: &Record) -> bool {
    !risk.is_retired() && w.kind(&risk.id).is_some_and(|k| w.is_open(k, risk))
}

/// Whether the current level of a risk is above what the organisation bears without a decision.
pub fn is_above(w: &World, kind: &Kind, risk: &Record) -> bool {
    let Some(scale) = w.scale(kind, Some(risk), "current_level") else {
        return false;
    };
    let level = w.value(kind, risk, "current_level");
    let level = level
        .as_deref()
        .and_then(Value::as_text)
        .and_then(|l| scale.position(l));
    let appetite = w
        .organisation()
        .and_then(|o| scale.position(o.text(organisation::APPETITE)));
    level.zip(appetite).is_some_and(|(level, appetite)| level > appetite)
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

/// The expected loss of a year over all risks that can still happen.
fn total(w: &World, view: View) -> f64 {
    let open = w.live("risk").filter(|r| is_open(w, r));
    open.filter_map(|r| Some(appraise(w, r).ok()?.moments(view).mean)).sum()
}
