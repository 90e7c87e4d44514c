//! How the figures of all risks together came to be.

use super::super::control::{self, yearly_cost};
use super::super::risk::{View, appraise};
use super::super::spend::is_in_force;
use super::super::terms::Prices;
use super::super::{is_open, reduction};
use super::{Step, money, named, spend};
use crate::method::treatment::Mechanism;
use crate::model::world::World;

type Told = (String, Vec<Step>);

/// How a figure of the organisation came to be.
pub fn of(w: &World, name: &str) -> Told {
    match name {
        "control_cost" => ("the sum over all controls in force".into(), costs(w)),
        "prevention_ratio" => spend::ratio(w, &reduction(w)),
        "prevention_spend" => {
            let rule = "what protections in force cost a year ÷ what all controls in force cost";
            (rule.into(), costs(w))
        }
        "prevention_count" => (
            "how many controls in force are protections ÷ how many there are".into(),
            counts(w),
        ),
        _ => losses(
            w,
            View::find(name.strip_suffix("_loss").unwrap_or_default()).unwrap_or(View::Current),
        ),
    }
}

/// What the controls in force cost, the dearest first.
fn costs(w: &World) -> Vec<Step> {
    let prices = Prices::of(w);
    let in_force = w.live("control").filter(|c| is_in_force(c));
    dearest(
        w,
        in_force.filter_map(|c| {
            let cost = yearly_cost(c, &prices)?;
            Some((cost, named(c).note(control::mechanism(c).id())))
        }),
    )
}

fn counts(w: &World) -> Vec<Step> {
    let of = |m: Mechanism| {
        let all = w
            .live("control")
            .filter(|c| is_in_force(c) && control::mechanism(c) == m);
        Step::new(m.id(), all.count().to_string())
    };
    Mechanism::ALL.map(of).into()
}

fn losses(w: &World, view: View) -> Told {
    let open = w.live("risk").filter(|r| is_open(w, r));
    let each = open.filter_map(|r| Some((appraise(w, r).ok()?.moments(view).mean, named(r))));
    let rule = "the sum over all risks that can still happen and have figures; means add up whatever moves together";
    (rule.into(), dearest(w, each))
}

/// Steps with their amounts, the largest first.
fn dearest(w: &World, each: impl Iterator<Item = (f64, Step)>) -> Vec<Step> {
    let mut all: Vec<(f64, Step)> = each.collect();
    all.sort_by(|a, b| b.0.total_cmp(&a.0));
    let valued = all.into_iter().map(|(amount, step)| Step {
        value: money(w, amount),
        ..step
    });
    valued.collect()
}
