//! A risk in numbers: its factor tree, the controls on it, and its expected loss without controls, now, and when what is
//! planned is done.

use super::control::{self, Stand};
use super::fields::{control as on_control, plan, risk as field};
use super::indicator::{self, Movers, Moves};
use super::terms::Terms;
use super::{asset, read};
use crate::method::quant::scenario::{Moments, Scenario};
use crate::method::quant::tree::{Counting, Factor, Fault, Tree};
use crate::method::treatment::attribution::{Parts, reduction};
use crate::method::treatment::combination::{Acting, Expected, Factors, factors};
use crate::method::treatment::effect::Effect;
use crate::model::kind::Tag;
use crate::model::record::{Id, Record};
use crate::model::world::World;
use std::collections::BTreeSet;
use std::sync::Arc;

/// One of the three views of a risk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum View {
    /// Without any control.
    Inherent,
    /// With the controls in force.
    Current,
    /// With the controls in force, and those that are planned for it as if they were in place.
    Target,
}

impl View {
    /// All of them, from the worst.
    pub const ALL: [Self; 3] = [Self::Inherent, Self::Current, Self::Target];

    /// In a word: `inherent`, `current`, `target`.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Inherent => "inherent",
            Self::Current => "current",
            Self::Target => "target",
        }
    }

    /// The view that a word means.
    pub fn find(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|v| v.word() == word)
    }
}

/// A control on a risk.
#[derive(Debug, Clone)]
pub struct On<'a> {
    /// The control.
    pub record: &'a Arc<Record>,
    /// What it does to the risk when it works fully.
    pub effect: Effect,
    /// How it comes to be planned for the risk, if it is.
    pub planned: Option<Planned<'a>>,
    /// By what indicators multiply how well it works.
    pub moved: f64,
}

/// How a control comes to be planned for a risk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Planned<'a> {
    /// A plan that may begin, or is being carried out, puts it in place or mends it.
    Approved(&'a Id),
    /// The risk names it as planned; no plan that may begin does.
    Named,
}

/// The states of a treatment plan from which on it counts.
const APPROVED: [&str; 4] = ["approved", "running", "done", "verified"];

/// The controls that work on a risk or shall, in the order of their ids.
pub fn controls<'a>(w: &World<'a>, risk: &'a Record) -> Vec<On<'a>> {
    let inbound = |prefix: &str, tag: Tag| {
        let all: Vec<&'a Id> = w
            .state
            .inbound(&risk.id)
            .filter(|(id, t)| *t == tag && id.prefix() == prefix)
            .map(|(id, _)| id)
            .collect();
        all.into_iter().filter_map(|id| w.find(id)).filter(|r| !r.is_retired())
    };
    let mut on_it = inbound("C", on_control::EFFECTS).peekable();
    // Asked first: most risks of a large register have none.
    if on_it.peek().is_none() {
        return Vec::new();
    }
    let named: BTreeSet<&Id> = read::ids(risk, field::PLANNED).collect();
    let plans: Vec<&'a Arc<Record>> = inbound("TP", plan::RISKS)
        .filter(|p| APPROVED.contains(&p.state()))
        .collect();
    let planned = |id: &Id| {
        let by = plans.iter().find(|p| read::ids(p, plan::CONTROLS).any(|c| c == id));
        match by {
            Some(p) => Some(Planned::Approved(&p.id)),
            None => named.contains(id).then_some(Planned::Named),
        }
    };
    on_it
        .filter_map(|record| {
            Some(On {
                record,
                effect: control::on(w, record, &risk.id)?,
                planned: planned(&record.id),
                moved: indicator::on_control(w, &record.id).factor(),
            })
        })
        .collect()
}

/// The controls as they stand in a view.
pub fn acting<'a>(all: &[On<'a>], view: View) -> Vec<Acting<'a>> {
    match view {
        View::Inherent => Vec::new(),
        View::Current => acting_with(all, |_| false),
        View::Target => acting_with(all, |c| c.planned.is_some()),
    }
}

/// The controls as they stand now, some of them as if they were in place.
pub fn acting_with<'a>(all: &[On<'a>], in_place: impl Fn(&On<'a>) -> bool) -> Vec<Acting<'a>> {
    let stand = |c: &On<'a>| match in_place(c) {
        true => Stand::InPlace,
        false => Stand::Now,
    };
    let acting = |c: &On<'a>| {
        let stand = stand(c);
        let mut acting = control::acting(c.record, c.effect, stand);
        if stand == Stand::Now {
            acting.effective = (acting.effective * c.moved).min(1.0);
        }
        acting
    };
    all.iter().map(acting).collect()
}

/// A risk in numbers.
#[derive(Debug, Clone)]
pub struct Appraisal<'a> {
    /// What it was worked out with.
    pub terms: Terms<'a>,
    /// The factors as they were given.
    pub tree: Tree,
    /// What moves how often it happens, and what one costs.
    pub movers: [Movers<'a>; 2],
    /// Without any control, as indicators move it.
    pub scenario: Scenario,
    /// Whether an outage is part of the loss.
    pub outage: bool,
    /// What works on it or shall.
    pub controls: Vec<On<'a>>,
}

/// Why a risk has no figures.
#[derive(Debug, Clone, PartialEq)]
pub enum Nothing {
    /// Nobody has given any of its factors.
    NotGiven,
    /// The factors do not make a scenario.
    Fault(Fault),
}

impl std::fmt::Display for Nothing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::NotGiven => f.write_str("it has no figures: give how often it happens and what it costs"),
            Self::Fault(fault) => fault.fmt(f),
        }
    }
}

/// Works a risk out.
///
/// # Errors
/// Why it has no figures.
pub fn appraise<'a>(w: &World<'a>, risk: &'a Record) -> Result<Appraisal<'a>, Nothing> {
    // who has no figures is not asked for controls
    let without = without_controls(w, risk)?;
    Ok(Appraisal {
        controls: controls(w, risk),
        ..without
    })
}

/// The same as if nothing worked on it.
///
/// # Errors
/// Why it has no figures.
pub fn without_controls<'a>(w: &World<'a>, risk: &Record) -> Result<Appraisal<'a>, Nothing> {
    let range = |tag| read::range(risk, tag);
    let frequency = [
        field::FREQUENCY,
        field::ATTEMPTS,
        field::CONTACTS,
        field::ACTION,
        field::SUCCESS,
        field::CAPABILITY,
        field::RESISTANCE,
    ];
    let loss = [field::OUTAGE_HOURS, field::PRIMARY, field::SECONDARY];
    if frequency.iter().chain(&loss).all(|t| risk.get(*t).is_none()) {
        return Err(Nothing::NotGiven);
    }
    let terms = Terms::of(w, risk);
    let hours = range(field::OUTAGE_HOURS);
    let outage_rate = match hours {
        Some(_) => asset::outage(w, read::ids(risk, field::ASSETS)).rate,
        None => 0.0,
    };
    let primary = range(field::PRIMARY).map(|r| (r, 1.0));
    let tree = Tree {
        event_frequency: range(field::FREQUENCY),
        threat_frequency: range(field::ATTEMPTS),
        contact_frequency: range(field::CONTACTS),
        probability_of_action: range(field::ACTION),
        vulnerability: range(field::SUCCESS),
        capability: range(field::CAPABILITY),
        resistance: range(field::RESISTANCE),
        counting: match risk.text(field::COUNTING) {
            "bernoulli" => Counting::Once,
            "fixed" => Counting::Fixed,
            _ => Counting::Poisson,
        },
        primary: hours.map(|r| (r, outage_rate)).into_iter().chain(primary).collect(),
        secondary_probability: range(field::OTHERS_REACT),
        secondary: range(field::SECONDARY).map(|r| (r, 1.0)).into_iter().collect(),
        shape: terms.shape(risk.text(field::KNOWLEDGE)),
    };
    let key = Scenario::key_of(risk.id.as_str());
    let movers = [Moves::Frequency, Moves::Loss].map(|f| indicator::on_risk(w, &risk.id, f));
    let [frequency, loss] = movers.each_ref().map(Movers::factor);
    let scenario = tree.scenario(key).map_err(Nothing::Fault)?.scaled(frequency, loss);
    Ok(Appraisal {
        terms,
        tree,
        movers,
        scenario,
        outage: hours.is_some(),
        controls: Vec::new(),
    })
}

impl<'a> Appraisal<'a> {
    /// What the controls leave of it in a view.
    pub fn factors(&self, view: View) -> Factors<'a> {
        factors(&acting(&self.controls, view), &self.terms.policy())
    }

    /// The scenario in a view.
    pub fn in_view(&self, view: View) -> Scenario {
        let f = self.factors(view);
        self.scenario.scaled(f.frequency, f.primary)
    }

    /// What closed formulas say of it in a view.
    pub fn moments(&self, view: View) -> Moments {
        self.in_view(view).moments()
    }

    /// By what indicators multiply a factor.
    pub fn moved(&self, factor: Moves) -> f64 {
        self.movers[factor as usize].factor()
    }

    /// The field in which a factor of its tree stands.
    pub fn field(&self, factor: Factor) -> Tag {
        match factor {
            // an outage is the first part of the own loss
            Factor::Primary(0) if self.outage => field::OUTAGE_HOURS,
            other => field_of(other),
        }
    }

    /// What each mechanism takes away from the expected loss of a year, in a view.
    pub fn attribution(&self, view: View) -> Parts {
        let m = self.scenario.moments();
        let expected = Expected {
            rate: m.events,
            primary: m.primary,
            secondary: m.secondary,
        };
        reduction(&expected, &acting(&self.controls, view), &self.terms.policy())
    }

    /// The expected loss of a year with these controls.
    pub fn loss_with(&self, acting: &[Acting<'_>]) -> f64 {
        let f = factors(acting, &self.terms.policy());
        self.scenario.scaled(f.frequency, f.primary).moments().mean
    }
}

/// The field in which a factor stands.
pub fn field_of(factor: Factor) -> Tag {
    match factor {
        Factor::EventFrequency => field::FREQUENCY,
        Factor::ThreatFrequency => field::ATTEMPTS,
        Factor::ContactFrequency => field::CONTACTS,
        Factor::ProbabilityOfAction => field::ACTION,
        Factor::Vulnerability => field::SUCCESS,
        Factor::Capability => field::CAPABILITY,
        Factor::Resistance => field::RESISTANCE,
        Factor::Primary(_) => field::PRIMARY,
        Factor::SecondaryProbability => field::OTHERS_REACT,
        Factor::Secondary(_) => field::SECONDARY,
    }
}
