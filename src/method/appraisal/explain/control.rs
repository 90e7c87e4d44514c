//! How the figures of a control or a treatment plan came to be.

use super::super::control::{Stand, life, working, yearly_cost};
use super::super::fields::control as field;
use super::super::indicator::on_control;
use super::super::is_open;
use super::super::read;
use super::super::risk::appraise;
use super::super::terms::Prices;
use super::super::worth::{Worth, avoided, controls_of, on_risk, own_price};
use super::{Step, given, money, named, number, percent};
use crate::model::kind::Kind;
use crate::model::record::Record;
use crate::model::world::World;

type Told = (String, Vec<Step>);

/// How a figure of a control came to be.
pub fn of(w: &World, record: &Record, name: &str) -> Option<Told> {
    match name {
        "effective" => Some(effective(w, record)),
        "moved" => super::indicator::of(&on_control(w, &record.id)),
        "suggested_operation" => super::evidence::operation(w, record),
        "yearly_cost" => cost(w, record),
        "loss_avoided" => worth(w, record),
        _ => earned(
            w,
            &Worth::of_control(w, record),
            name,
            || worth(w, record),
            || cost(w, record),
        ),
    }
}

/// Why a figure of a control or a plan comes to nothing, although it is known what it brings.
pub fn lacks(w: &World, kind: &Kind, record: &Record, name: &str) -> Option<&'static str> {
    let worth = match kind.name.as_str() {
        "control" => Worth::of_control(w, record),
        "treatment-plan" => Worth::of_plan(w, record),
        _ => return None,
    };
    worth.lacks(name)
}

/// What follows from what something brings and what it costs.
fn earned(
    w: &World,
    all: &Worth,
    name: &str,
    brings: impl FnOnce() -> Option<Told>,
    costs: impl FnOnce() -> Option<Told>,
) -> Option<Told> {
    let rule = match name {
        "net_benefit" => "what it avoids − what it costs",
        "rosi" => "(what it avoids − what it costs) ÷ what it costs",
        "benefit_cost" => "what it avoids ÷ what it costs",
        "npv" => {
            "(what it avoids − what it costs to run) × ((1+r)ⁿ − 1) ÷ r(1+r)ⁿ − price: each year's money at its end, at \
             interest r over n years"
        }
        "payback_years" => "price ÷ (what it avoids − what it costs to run), without interest",
        _ => return None,
    };
    let told = |label: &str, value: Option<f64>, told: Option<Told>| {
        let (note, steps) = told?;
        Some(Step::new(label, money(w, value.unwrap_or(0.0))).note(note).from(steps))
    };
    let mut from = Vec::new();
    from.extend(told("Avoids a year", all.reduction, brings()));
    from.extend(told("Cost a year", all.cost(), costs()));
    if name == "npv" {
        from.push(
            Step::new("Years", number(all.life())).note(match all.outlays.as_slice() {
                [_] => "its life; one year where none is given",
                _ => "the longest life of its controls; what lives shorter is bought again at the same price",
            }),
        );
    }
    Some((rule.into(), from))
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
    let moved = super::indicator::step(&on_control(w, &record.id));
    (
        rule,
        shares.into_iter().chain([state]).chain(health).chain(moved).collect(),
    )
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
    if life(record).is_none() {
        from.push(Step::new("Life, years", "1").note("not given: its price falls on one year"));
    }
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
    match name {
        "yearly_cost" => cost_of_plan(w, record),
        "loss_avoided" => worth_of_plan(w, record),
        _ => earned(
            w,
            &Worth::of_plan(w, record),
            name,
            || worth_of_plan(w, record),
            || cost_of_plan(w, record),
        ),
    }
}

fn cost_of_plan(w: &World, record: &Record) -> Option<Told> {
    let (prices, controls) = (Prices::of(w), controls_of(w, record));
    let each = controls.iter().filter_map(|c| {
        let mut step = named(c);
        step.value = money(w, yearly_cost(c, &prices)?);
        Some(step)
    });
    let mut from: Vec<Step> = each.collect();
    if let (Some(own), Some(kind)) = (own_price(record, &controls, &prices), w.kind(&record.id)) {
        let yearly = own.yearly(prices.interest).unwrap_or(0.0);
        let given = ["cost", "people_days"].map(|name| given(w, kind, record, name));
        let note = format!(
            "none of its controls has a price, so that its own counts: {} over {} years",
            money(w, own.capex),
            number(own.life)
        );
        let step = Step::new("The plan itself", money(w, yearly)).by(&record.id).note(note);
        from.push(step.from(given.into_iter().filter(|s| !s.value.is_empty())));
    }
    Some(("the sum over what is paid for".into(), from))
}

fn worth_of_plan(w: &World, record: &Record) -> Option<Told> {
    let controls = controls_of(w, record);
    let from = controls.iter().filter_map(|c| {
        let (note, steps) = worth(w, c)?;
        let mut step = named(c).note(note).from(steps);
        step.value = money(w, avoided(w, c)?);
        Some(step)
    });
    let rule = "the expected loss without its controls − with all of them in place; together they take away less than \
                one by one";
    Some((rule.into(), from.collect()))
}
