//! One small organisation through every rule: levels, losses without and with controls, prevention, costs.

use super::Compute;
use super::assets::levels_json;
use super::cases::Cases;
use super::read::{self, Names};
use super::treatment::{mechanism, parts_json, status};
use isms::exchange::e2e::form::{self, Factor, Organisation, Primary, Strength};
use isms::method::assets::levels::{self, Dependency};
use isms::method::assets::outage::{self, Weighed};
use isms::method::economics;
use isms::method::quant::scenario::Scenario;
use isms::method::quant::tree::Tree;
use isms::method::treatment::attribution::{self, Parts, Spent};
use isms::method::treatment::combination::{self, Acting, Expected, Group, Policy};
use isms::method::treatment::effect::{Effect, Status, Working};
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// The kinds of this subject.
pub const KINDS: &[(&str, Compute)] = &[
    ("levels", levels),
    ("inherent", inherent),
    ("current", current),
    ("target", target),
    ("control_failed", control_failed),
    ("prevention", prevention),
    ("costs", costs),
    ("marginal", marginal),
];

/// The organisation with what a case says otherwise of its controls.
struct House {
    all: Organisation,
    status: BTreeMap<String, Status>,
    failed: BTreeSet<String>,
}

/// What is worked out of the assets, in the order of their ids.
struct Worth {
    derived: Vec<[levels::Derived; 3]>,
    rates: Vec<f64>,
}

impl House {
    fn of(case: &Value, cases: &Cases) -> Result<Self, String> {
        let text = cases.common(case)?.to_string();
        let all = form::read("common", text.as_bytes()).map_err(|e| e.to_string())?;
        let mut house = Self {
            status: BTreeMap::new(),
            failed: BTreeSet::new(),
            all,
        };
        for (id, control) in &house.all.controls {
            house.status.insert(id.clone(), status(&control.status)?);
        }
        let said = |way: &str| {
            case.pointer(way)
                .and_then(Value::as_object)
                .cloned()
                .unwrap_or_default()
        };
        for (id, word) in said("/input/status") {
            let word = word.as_str().unwrap_or_default();
            let known = house.status.get_mut(&id).ok_or_else(|| format!("there is no {id}"))?;
            *known = status(word)?;
        }
        let failed = said("/input/health")
            .into_iter()
            .filter(|(_, health)| health == "failed");
        house.failed = failed.map(|(id, _)| id).collect();
        Ok(house)
    }

    fn assets(&self) -> Names<'_> {
        Names::of(self.all.assets.keys().map(String::as_str))
    }

    fn worth(&self) -> Result<Worth, String> {
        let names = self.assets();
        let own: Vec<[u8; 3]> = self.all.assets.values().map(|a| [a.own.c, a.own.i, a.own.a]).collect();
        let rates: Vec<f64> = self.all.assets.values().map(|a| a.rate).collect();
        let (mut dependencies, mut weighed) = (Vec::new(), Vec::new());
        for edge in &self.all.edges {
            let (support, dependent) = (names.place(&edge.support)?, names.place(&edge.dependent)?);
            dependencies.push(Dependency {
                support,
                dependent,
                strength: edge.strength.0.map(|s| match s {
                    Strength::Full => levels::Strength::Full,
                    Strength::Partial => levels::Strength::Partial,
                    Strength::None => levels::Strength::None,
                }),
            });
            weighed.push(Weighed {
                support,
                dependent,
                weight: edge.weight,
            });
        }
        Ok(Worth {
            derived: levels::derive(&own, &dependencies),
            rates: outage::rates(&rates, &weighed),
        })
    }

    fn policy(&self) -> Policy {
        let given = Policy::default();
        Policy {
            overlap: self.all.method.rho.unwrap_or(given.overlap),
            floor: self.all.method.floor.unwrap_or(given.floor),
        }
    }

    /// The expected loss of each risk in its parts, without controls.
    fn expected(&self) -> Result<BTreeMap<&str, Expected>, String> {
        let (names, worth) = (self.assets(), self.worth()?);
        let mut all = BTreeMap::new();
        for (id, risk) in &self.all.risks {
            let range = |f: Option<Factor>| f.map(|f| f.0);
            let tree = Tree {
                event_frequency: range(risk.lef.rate),
                threat_frequency: range(risk.lef.tef),
                contact_frequency: range(risk.lef.contact_frequency),
                probability_of_action: range(risk.lef.probability_of_action),
                vulnerability: range(risk.lef.vulnerability),
                primary: match risk.primary {
                    Primary::Money(factor) => vec![(factor.0, 1.0)],
                    Primary::OutageHours(hours) => vec![(hours.0, worth.rates[names.place(&risk.asset)?])],
                },
                secondary_probability: range(risk.secondary_probability),
                secondary: risk.secondary.iter().map(|f| (f.0, 1.0)).collect(),
                ..Tree::default()
            };
            let scenario = tree.scenario(Scenario::key_of(id)).map_err(|e| format!("{id}: {e}"))?;
            let moments = scenario.moments();
            let expected = Expected {
                rate: moments.events,
                primary: moments.primary,
                secondary: moments.secondary,
            };
            all.insert(id.as_str(), expected);
        }
        Ok(all)
    }

    fn effective(&self, id: &str) -> f64 {
        let control = &self.all.controls[id];
        let working = Working {
            coverage: control.coverage,
            design: control.design,
            operation: control.operation,
            status: self.status[id],
            failed: self.failed.contains(id),
        };
        working.effective()
    }

    /// The controls on a risk.
    fn acting(&self, risk: &str) -> Result<Vec<Acting<'_>>, String> {
        let mut all = Vec::new();
        for (id, control) in &self.all.controls {
            let Some(effect) = control.effects.get(risk) else {
                continue;
            };
            let mechanism = mechanism(&control.mechanism)?;
            all.push(Acting {
                control: id,
                mechanism,
                group: Group::Like {
                    mechanism,
                    layers: control.layers.iter().fold(0, |bits, l| bits | 1 << (l - 1)),
                    domain: &control.domain,
                },
                effective: self.effective(id),
                effect: Effect {
                    lef: effect.lef.unwrap_or(0.0),
                    time_share: effect.time_share.unwrap_or(0.0),
                    duration_ratio: effect.duration_ratio.unwrap_or(1.0),
                    share: effect.share.unwrap_or(0.0),
                    answered: true,
                },
            });
        }
        Ok(all)
    }

    /// The expected loss of each risk.
    fn losses(&self) -> Result<BTreeMap<&str, f64>, String> {
        let mut all = BTreeMap::new();
        for (id, expected) in self.expected()? {
            let factors = combination::factors(&self.acting(id)?, &self.policy());
            all.insert(id, expected.ale(factors.frequency, factors.primary));
        }
        Ok(all)
    }

    fn total(&self) -> Result<f64, String> {
        Ok(self.losses()?.values().sum())
    }

    fn annual_cost(&self, id: &str) -> Result<f64, String> {
        let c = &self.all.controls[id];
        let rate = self
            .all
            .method
            .discount_rate
            .ok_or("`method.discount_rate` is missing")?;
        economics::annual_cost(c.capex, c.opex, rate, c.life).ok_or_else(|| format!("{id} has a price and no life"))
    }

    /// Every risk in its parts, with what controls leave of it.
    fn told(&self, controls: bool) -> Result<Value, String> {
        let (mut risks, mut total) = (Map::new(), 0.0);
        for (id, expected) in self.expected()? {
            let acting = if controls { self.acting(id)? } else { Vec::new() };
            let factors = combination::factors(&acting, &self.policy());
            let ale = expected.ale(factors.frequency, factors.primary);
            total += ale;
            let risk = json!({
                "lambda": expected.rate * factors.frequency,
                "primary_mean": expected.primary * factors.primary,
                "secondary_mean": expected.secondary,
                "frequency_factor": factors.frequency,
                "primary_factor": factors.primary,
                "ale": ale,
            });
            risks.insert(id.to_string(), risk);
        }
        Ok(json!({ "risks": risks, "total": total }))
    }
}

fn levels(case: &Value, cases: &Cases) -> Result<Value, String> {
    let house = House::of(case, cases)?;
    let (names, worth) = (house.assets(), house.worth()?);
    let is_key = |i: &usize| {
        let levels = worth.derived[*i].map(|d| d.level);
        levels::is_key(&levels, worth.rates[*i], house.all.method.key_threshold, None)
    };
    let key: Vec<&str> = (0..names.all().len()).filter(is_key).map(|i| names.all()[i]).collect();
    Ok(json!({
        "derived": names.object(|i| levels_json(&worth.derived[i])),
        "key_assets": key,
        "outage_rate": names.object(|i| json!(worth.rates[i])),
    }))
}

fn inherent(case: &Value, cases: &Cases) -> Result<Value, String> {
    House::of(case, cases)?.told(false)
}

fn current(case: &Value, cases: &Cases) -> Result<Value, String> {
    House::of(case, cases)?.told(true)
}

/// The same with plans done: the case says what their controls have become.
fn target(case: &Value, cases: &Cases) -> Result<Value, String> {
    read::object(case, "input.status")?;
    current(case, cases)
}

/// The same with controls that failed, and the risks whose assessment no longer holds for that.
fn control_failed(case: &Value, cases: &Cases) -> Result<Value, String> {
    read::object(case, "input.health")?;
    let house = House::of(case, cases)?;
    let losses = house.losses()?;
    let works_on = |risk: &str| {
        house
            .failed
            .iter()
            .any(|id| house.all.controls[id].effects.contains_key(risk))
    };
    let stale: Vec<&str> = losses.keys().copied().filter(|risk| works_on(risk)).collect();
    let of_stale: f64 = stale.iter().map(|risk| losses[risk]).sum();
    let mut all = house.told(true)?;
    all["staleness_index"] = json!(of_stale / house.total()?);
    all["stale"] = json!(stale);
    Ok(all)
}

fn prevention(case: &Value, cases: &Cases) -> Result<Value, String> {
    let house = House::of(case, cases)?;
    let (mut parts, mut sum) = (Map::new(), Parts::default());
    for (id, expected) in house.expected()? {
        let of_risk = attribution::reduction(&expected, &house.acting(id)?, &house.policy());
        sum.add(&of_risk);
        parts.insert(id.to_string(), parts_json(&of_risk));
    }
    let mut spent = Vec::new();
    for (id, control) in &house.all.controls {
        if house.status[id].is_in_force() {
            spent.push(Spent {
                mechanism: mechanism(&control.mechanism)?,
                annual_cost: house.annual_cost(id)?,
            });
        }
    }
    let emphasis = attribution::emphasis(spent);
    Ok(json!({
        "ratio": sum.prevention_ratio(),
        "parts": parts,
        "spend": parts_json(&emphasis.spend),
        "spend_ratio": emphasis.spend_ratio,
        "count_ratio": emphasis.count_ratio,
    }))
}

fn costs(case: &Value, cases: &Cases) -> Result<Value, String> {
    let house = House::of(case, cases)?;
    let cost = |id: &String| Ok((id.clone(), json!(house.annual_cost(id)?)));
    house.all.controls.keys().map(cost).collect()
}

/// What each control is worth given all the others as they stand: what is in force, by what would come on top without
/// it; what is planned, by what it would take away once it is in place.
fn marginal(case: &Value, cases: &Cases) -> Result<Value, String> {
    let mut house = House::of(case, cases)?;
    let mut all = Map::new();
    for id in house.all.controls.keys().cloned().collect::<Vec<_>>() {
        let stands = house.status[&id];
        let mut total = |status: Status| {
            house.status.insert(id.clone(), status);
            house.total()
        };
        let with = total(if stands.is_in_force() {
            stands
        } else {
            Status::Implemented
        })?;
        let reduction = total(Status::Planned)? - with;
        total(stands)?;
        let annual_cost = house.annual_cost(&id)?;
        all.insert(id, json!({ "reduction": reduction, "annual_cost": annual_cost }));
    }
    Ok(Value::Object(all))
}
