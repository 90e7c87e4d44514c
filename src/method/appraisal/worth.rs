//! What a control, or the controls of a plan together, cost and bring: in a year and over their life.

use super::fields::{control as on_control, plan as field};
use super::risk::{self, Appraisal, View, appraise};
use super::terms::Prices;
use super::{control, is_open, read};
use crate::method::economics::{Investment, Outlay, Return};
use crate::model::record::{Id, Record};
use crate::model::value::Value;
use crate::model::world::World;
use std::collections::BTreeSet;
use std::sync::Arc;

/// Why a figure comes to nothing where a person would look for it.
pub const FREE: &str = "it costs nothing, so that there is nothing to divide by";
/// See [`FREE`].
pub const NO_COST: &str = "no cost is given";
/// See [`FREE`].
pub const NEVER: &str = "never: each year it costs as much to run as it brings, or more";

/// What something costs and brings.
#[derive(Debug, Clone, PartialEq)]
pub struct Worth {
    /// By how much it lowers the expected loss of a year; none if none of its risks has figures.
    pub reduction: Option<f64>,
    /// What is paid for it; empty if no cost is given.
    pub outlays: Vec<Outlay>,
    /// The yearly rate at which money of later years counts less, 0 to 1.
    pub rate: f64,
}

impl Worth {
    /// Of a control, given all others.
    pub fn of_control(w: &World, record: &Record) -> Self {
        let prices = Prices::of(w);
        Self {
            reduction: avoided(w, record),
            outlays: control::outlay(record, &prices).into_iter().collect(),
            rate: prices.interest,
        }
    }

    /// Of the controls of a plan together.
    pub fn of_plan(w: &World, record: &Record) -> Self {
        let prices = Prices::of(w);
        let all = controls_of(w, record);
        let mut outlays: Vec<Outlay> = all.iter().filter_map(|c| control::outlay(c, &prices)).collect();
        outlays.extend(own_price(record, &all, &prices));
        Self {
            reduction: avoided_by(w, &all),
            outlays,
            rate: prices.interest,
        }
    }

    /// What it costs a year; none if no cost is given.
    pub fn cost(&self) -> Option<f64> {
        let yearly = self.outlays.iter().map(|o| o.yearly(self.rate));
        yearly.sum::<Option<f64>>().filter(|_| !self.outlays.is_empty())
    }

    /// The years over which it is looked at: the longest life of what is paid for.
    pub fn life(&self) -> f64 {
        self.outlays.iter().map(|o| o.life).fold(0.0, f64::max)
    }

    /// What it brings against what it costs, a year.
    pub fn earned(&self) -> Option<Return> {
        Some(Return {
            reduction: self.reduction?,
            cost: self.cost().unwrap_or(0.0),
        })
    }

    fn present_value(&self) -> Option<f64> {
        let years = self.life();
        Investment::together(&self.outlays, self.reduction?, self.rate, years)?.net_present_value(self.rate, years)
    }

    fn payback(&self) -> Option<f64> {
        let sum = |of: fn(&Outlay) -> f64| self.outlays.iter().map(of).sum();
        let all = Investment {
            capex: sum(|o| o.capex),
            opex: sum(|o| o.opex),
            benefit: self.reduction?,
        };
        all.payback_years().filter(|_| !self.outlays.is_empty())
    }

    /// One of its figures by its name; none where it comes to nothing.
    pub fn figure(&self, w: &World, name: &str) -> Option<Value> {
        let money = |major: f64| read::amount(major, w.currency());
        match name {
            "yearly_cost" => self.cost().map(money),
            "loss_avoided" => self.reduction.map(money),
            "net_benefit" => Some(money(self.earned()?.net_benefit())),
            "rosi" => self.earned()?.rosi().map(read::figure),
            "benefit_cost" => self.earned()?.benefit_cost().map(read::figure),
            "npv" => self.present_value().map(money),
            "payback_years" => self.payback().map(read::figure),
            _ => None,
        }
    }

    /// Why one of its figures comes to nothing although it is known what it brings.
    pub fn lacks(&self, name: &str) -> Option<&'static str> {
        self.reduction?;
        match name {
            "rosi" | "benefit_cost" if self.cost() == Some(0.0) => Some(FREE),
            "rosi" | "benefit_cost" | "npv" | "payback_years" if self.outlays.is_empty() => Some(NO_COST),
            "payback_years" if self.payback().is_none() => Some(NEVER),
            _ => None,
        }
    }
}

/// The controls of a plan that are not put away, in the order of their ids.
pub fn controls_of<'a>(w: &World<'a>, plan: &Record) -> Vec<&'a Arc<Record>> {
    let ids: BTreeSet<&Id> = read::ids(plan, field::CONTROLS).collect();
    let found = ids.into_iter().filter_map(|id| w.find(id));
    found.filter(|c| !c.is_retired()).collect()
}

/// What a plan itself says it costs. It counts where none of its controls has a price to build: else it would be paid
/// twice. It is spread over the longest of their lives, without any over one year.
pub fn own_price(plan: &Record, controls: &[&Arc<Record>], prices: &Prices) -> Option<Outlay> {
    let priced = |c: &&Arc<Record>| control::outlay(c, prices).is_some_and(|o| o.capex > 0.0);
    if controls.iter().any(priced) {
        return None;
    }
    let lives = controls.iter().filter_map(|c| control::life(c));
    Some(Outlay {
        capex: prices.money_and_days(plan, field::COST, field::PEOPLE_DAYS)?,
        opex: 0.0,
        life: lives.reduce(f64::max).unwrap_or(1.0),
    })
}

/// By how much a control lowers the expected loss of a year, given all others: what would come on top without it, or for
/// one that is not in force, what it would take away. None if none of its risks has figures.
pub fn avoided(w: &World, record: &Record) -> Option<f64> {
    let risks = read::ids(record, on_control::EFFECTS).filter_map(|id| w.find(id));
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

/// By how much controls lower the expected loss of a year of all risks on which they work: from what it is without any of
/// them, whichever are in force by now, to what it is once all are in place. What they cost is that of all as well.
fn avoided_by(w: &World, controls: &[&Arc<Record>]) -> Option<f64> {
    let risks: BTreeSet<&Id> = controls
        .iter()
        .flat_map(|c| read::ids(c, on_control::EFFECTS))
        .collect();
    let open = risks.into_iter().filter_map(|id| w.find(id)).filter(|r| is_open(w, r));
    let each = open.filter_map(|r| {
        let a = appraise(w, r).ok()?;
        let mut without = risk::acting(&a.controls, View::Current);
        without.retain(|acting| !controls.iter().any(|p| p.id.as_str() == acting.control));
        let with = risk::acting_with(&a.controls, |c| controls.iter().any(|p| p.id == c.record.id));
        Some(a.loss_with(&without) - a.loss_with(&with))
    });
    each.reduce(|a, b| a + b)
}
