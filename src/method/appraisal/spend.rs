//! What is spent on one risk, beside what it would cost: the advice of Gordon and Loeb, which never blocks anything.

use super::fields::{control as on_control, organisation};
use super::risk::{self, Appraisal, View};
use super::terms::Prices;
use super::{control, is_open, read};
use crate::method::economics::{Breach, Optimum, advice, share_of_loss};
use crate::method::quant::tree::Factor;
use crate::method::treatment::attribution::{Emphasis, Spent, emphasis};
use crate::method::treatment::combination::factors;
use crate::method::treatment::effect::Status;
use crate::model::record::{Id, Record};
use crate::model::world::World;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// What a control costs a year, and the part of it that is spent on one risk.
#[derive(Debug, Clone, Copy)]
pub struct Part<'a> {
    /// The control.
    pub control: &'a Arc<Record>,
    /// What it costs a year.
    pub cost: f64,
    /// The part for this risk, 0 to 1.
    pub share: f64,
}

/// What is spent on a risk a year.
#[derive(Debug, Clone)]
pub struct Spend<'a> {
    /// By the controls that are in force or planned for it and cost something.
    pub parts: Vec<Part<'a>>,
    /// The expected loss of a year without any control.
    pub loss: f64,
}

/// Whether anything of a control is in place, so that it costs.
pub fn is_in_force(control: &Record) -> bool {
    Status::find(control.state()).is_some_and(Status::is_in_force)
}

impl<'a> Spend<'a> {
    /// On a risk, by the controls in force and those that are planned for it.
    pub fn on(w: &World<'a>, risk: &Id, a: &Appraisal<'a>) -> Self {
        let prices = Prices::of(w);
        let counted = a
            .controls
            .iter()
            .filter(|c| c.planned.is_some() || is_in_force(c.record));
        let parts = counted.filter_map(|c| {
            Some(Part {
                control: c.record,
                cost: control::yearly_cost(c.record, &prices).filter(|cost| *cost > 0.0)?,
                share: share(w, c.record, risk),
            })
        });
        Self {
            parts: parts.collect(),
            loss: a.moments(View::Inherent).mean,
        }
    }

    /// All of it.
    pub fn total(&self) -> f64 {
        self.parts.iter().map(|p| p.cost * p.share).sum()
    }

    /// It as a part of the expected loss; none without a loss.
    pub fn share(&self) -> Option<f64> {
        share_of_loss(self.total(), self.loss)
    }

    /// What is to be thought of it, in a line; none where nothing is spent or lost.
    pub fn advice(&self, risk: &Id, a: &Appraisal) -> Option<String> {
        if self.parts.is_empty() {
            return None;
        }
        let mut said = advice(risk.as_str(), self.total(), self.loss)?;
        if Best::of(a).is_some_and(|b| b.second.is_beyond_help(b.succeeds, b.loss)) {
            said.push_str(BEYOND_HELP);
        }
        Some(said)
    }
}

const BEYOND_HELP: &str = "; so many attempts succeed that money changes little: the best sum is 0 (Gordon and Loeb, class II), and the most vulnerable need not get the most";

/// With what the best sum to spend on a risk follows from the model of Gordon and Loeb.
#[derive(Debug, Clone, Copy)]
pub struct Best {
    /// The share of attempts that succeed without controls, 0 to 1.
    pub succeeds: f64,
    /// What a year would cost if all of them did.
    pub loss: f64,
    /// How the share falls with money, by class I.
    pub first: Breach,
    /// By class II.
    pub second: Breach,
}

impl Best {
    /// For a risk; none if it is not known what share of attempts succeeds, or the method does not say what money does.
    pub fn of(a: &Appraisal) -> Option<Self> {
        let alpha = a.terms.method?.quantities.productivity?;
        let given = a.tree.frequency_factors().ok()?;
        let succeeds = given.iter().find(|(factor, _)| *factor == Factor::Vulnerability)?;
        let succeeds = succeeds.1.mean_as_probability();
        let loss = a.moments(View::Inherent).mean / succeeds;
        loss.is_finite().then_some(Self {
            succeeds,
            loss,
            first: Breach::First { alpha, beta: 1.0 },
            second: Breach::Second { alpha },
        })
    }

    /// What each class says, with the word for it.
    pub fn classes(&self) -> [(&'static str, Optimum); 2] {
        let of = |class: Breach| class.optimum(self.succeeds, self.loss);
        [("class I", of(self.first)), ("class II", of(self.second))]
    }
}

/// What a control takes away from each of its risks if it is the only one.
#[derive(Default)]
struct Taken {
    by_risk: HashMap<Id, f64>,
    all: f64,
}

impl Taken {
    fn of(w: &World, control: &Record) -> Self {
        let mut taken = Self::default();
        let risks = read::ids(control, on_control::EFFECTS).filter_map(|id| w.find(id));
        for r in risks.filter(|r| is_open(w, r)) {
            if let Some(amount) = alone(w, control, r) {
                taken.by_risk.insert(r.id.clone(), amount);
                taken.all += amount;
            }
        }
        taken
    }
}

/// By control, once somebody has asked: each of a control's risks asks for all of them.
type Known = Mutex<HashMap<Id, Arc<Taken>>>;

/// Which part of what a control costs falls on a risk: as much as it takes away from it alone, in all that it takes away
/// from its risks alone; equal parts where it takes nothing away.
fn share(w: &World, control: &Record, risk: &Id) -> f64 {
    let kept = w.once(|_| Known::default());
    let known = || kept.lock().unwrap_or_else(PoisonError::into_inner);
    let found = known().get(&control.id).map(Arc::clone);
    let taken = found.unwrap_or_else(|| {
        let taken = Arc::new(Taken::of(w, control));
        known().insert(control.id.clone(), Arc::clone(&taken));
        taken
    });
    match taken.all > 0.0 {
        true => taken.by_risk.get(risk).copied().unwrap_or(0.0) / taken.all,
        false => 1.0 / taken.by_risk.len().max(1) as f64,
    }
}

/// What a control would take away from the expected loss of a risk if it were in place and the only one.
fn alone(w: &World, control: &Record, risk: &Record) -> Option<f64> {
    let bare = risk::without_controls(w, risk).ok()?;
    let effect = control::on(w, control, &risk.id)?;
    let acting = [control::acting(control, effect, control::Stand::InPlace)];
    let f = factors(&acting, &bare.terms.policy());
    let with = bare.scenario.scaled(f.frequency, f.primary).moments().mean;
    Some(bare.scenario.moments().mean - with)
}

/// How far prevention comes first among the controls in force, in money and in number.
pub fn prevention(w: &World) -> Emphasis {
    let prices = Prices::of(w);
    let in_force = w.live("control").filter(|c| is_in_force(c));
    emphasis(in_force.map(|c| Spent {
        mechanism: control::mechanism(c),
        annual_cost: control::yearly_cost(c, &prices).unwrap_or(0.0),
    }))
}

/// The share of protection in the reduction of loss that the organisation aims at, 0 to 1.
pub fn prevention_target(w: &World) -> Option<f64> {
    read::number(w.organisation()?.get(organisation::PREVENTION_TARGET))
}
