//! How the figures of a control or a treatment plan came to be.

use super::super::control::{Stand, working, yearly_cost};
use super::super::fields::{control as field, plan};
use super::super::risk::appraise;
use super::super::terms::Prices;
use super::super::{avoided, is_open, on_risk, read};
use super::{Step, given, money, named, percent};
use crate::model::record::{Id, Record};
use crate::model::world::World;

type Told = (String, Vec<Step>);

/// How a figure of a control came to be.
pub fn of(w: &World, record: &Record, name: &str) -> Option<Told> {
    match name {
        "effective" => Some(effective(w, record)),
        "yearly_cost" => cost(w, record),
        "loss_avoided" => worth(w, record),
        "net_benefit" | "rosi" => {
            let mut from = Vec::new();
            if let Some((note, steps)) = worth(w, record) {
                let value = money(w, avoided(w, record).unwrap_or(0.0));
                from.push(Step::new("Avoids a year", value).note(note).from(steps));
            }
            if let Some((note, steps)) = cost(w, record) {
                let value = money(w, yearly_cost(record, &Prices::of(w)).unwrap_or(0.0));
                from.push(Step::new("Cost a year", value).note(note).from(steps));
            }
            let rule = match name {
                "rosi" => "(what it avoids − what it costs) ÷ what it costs",
                _ => "what it avoids − what it costs",
            };
            Some((rule.into(), from))
        }
        _ => None,
    }
}

fn effective(w: &World, record: &Record) -> Told {
    let Some(kind) = w.kind(&record.id) else {
        return (String::new(), Vec::new());
    };
    let shares = ["coverage", "design", "operation"].map(|name| {
        let step = given(w, kind, record, name);
        match step.value.is_empty() {
            true => Step {
                value: "100 %".into(),
                ..step
            }
            .note("not given: counts in full"),
            false => step,
        }
    });
    let now = working(record, Stand::Now);
    let state = Step::new("State", record.state())
        .by(&record.id)
        .note(format!("counts {}", percent(now.status.factor())));
    let health = now.failed.then(|| {
        Step::new("Health", "failed")
            .by(&record.id)
            .note("a control that failed its test counts nothing until it passes")
    });
    let rule = "coverage × design × operation × what the state counts".to_owned();
    (rule, shares.into_iter().chain([state]).chain(health).collect())
}

fn cost(w: &World, record: &Record) -> Option<Told> {
    let kind = w.kind(&record.id)?;
    let prices = Prices::of(w);
    let fields = ["capex", "build_days", "life_years", "opex", "run_days"];
    let mut from: Vec<Step> = fields
        .iter()
        .map(|name| given(w, kind, record, name))
        .filter(|s| !s.value.is_empty())
        .collect();
    from.push(Step::new("Interest", percent(prices.interest)));
    if record.get(field::BUILD_DAYS).is_some() || record.get(field::RUN_DAYS).is_some() {
        from.push(Step::new("A day of work", money(w, prices.day)));
    }
    let rule = "price × r(1+r)ⁿ ÷ ((1+r)ⁿ − 1), over its life of n years at interest r, and what it costs to run";
    Some((rule.to_owned(), from))
}

fn worth(w: &World, record: &Record) -> Option<Told> {
    let risks = read::ids(record, field::EFFECTS).filter_map(|id| w.find(id));
    let from: Vec<Step> = risks
        .filter(|r| is_open(w, r))
        .filter_map(|r| {
            let on = on_risk(&appraise(w, r).ok()?, record);
            let mut step = named(r);
            step.value = money(w, on);
            Some(step)
        })
        .collect();
    let rule = match working(record, Stand::Now).effective() > 0.0 {
        true => "on each risk, the expected loss without it − with it, given all other controls",
        false => "it does not work now: what it would take away from each risk if it were in place, given all others",
    };
    (!from.is_empty()).then(|| (rule.to_owned(), from))
}

/// How a figure of a treatment plan came to be.
pub fn of_plan(w: &World, record: &Record, name: &str) -> Option<Told> {
    let controls: Vec<_> = read::ids(record, plan::CONTROLS)
        .filter_map(|id: &Id| w.find(id))
        .filter(|c| !c.is_retired())
        .collect();
    let prices = Prices::of(w);
    match name {
        "yearly_cost" => {
            let from = controls.iter().filter_map(|c| {
                let mut step = named(c);
                step.value = money(w, yearly_cost(c, &prices)?);
                Some(step)
            });
            Some(("the sum over its controls".into(), from.collect()))
        }
        "loss_avoided" => {
            let from = controls.iter().filter_map(|c| {
                let (note, steps) = worth(w, c)?;
                let mut step = named(c).note(note).from(steps);
                step.value = money(w, avoided(w, c)?);
                Some(step)
            });
            let rule =
                "the expected loss now − with all its controls in place; together they take away less than one by one";
            Some((rule.into(), from.collect()))
        }
        _ => None,
    }
}
