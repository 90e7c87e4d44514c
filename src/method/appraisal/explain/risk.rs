//! How the figures of a risk came to be.

use super::super::asset;
use super::super::fields::risk as field;
use super::super::indicator::{Moves, on_risk};
use super::super::risk::{Appraisal, On, Planned, View, acting, appraise, field_of};
use super::super::suggestion::{self, Suggestion};
use super::{Step, evidence, given, indicator, money, named, number, percent, spend};
use crate::method::qualitative::Residual;
use crate::method::quant::tree::{Counting, Factor};
use crate::method::treatment::Mechanism;
use crate::method::treatment::combination::{Channel, factors};
use crate::model::record::Record;
use crate::model::world::World;

type Told = (String, Vec<Step>);

/// How a figure of a risk came to be: the rule, and what it follows from.
pub fn of(w: &World, record: &Record, name: &str) -> Option<Told> {
    if let Some(view) = View::find(name.strip_suffix("_loss").unwrap_or_default()) {
        return Some(loss(w, record, &appraise(w, record).ok()?, view));
    }
    if let Some(mechanism) = name.strip_prefix("avoided_by_").and_then(Mechanism::find) {
        return Some(spend::avoided_by(w, &appraise(w, record).ok()?, mechanism));
    }
    match name {
        "rate_before" | "rate_after" | "suggested_frequency" | "suggested_attempts" | "suggested_contacts" => {
            evidence::rate(w, record, name)
        }
        "moved_frequency" => indicator::of(&on_risk(w, &record.id, Moves::Frequency)),
        "moved_loss" => indicator::of(&on_risk(w, &record.id, Moves::Loss)),
        "loss_seen" => evidence::losses(w, record),
        "prevention_ratio" => Some(spend::prevention(w, &appraise(w, record).ok()?)),
        "spend" | "spend_share" | "spend_advice" => Some(spend::of(w, record, &appraise(w, record).ok()?)),
        "loss_events" => {
            let a = appraise(w, record).ok()?;
            Some((
                "what would happen without controls, times what they leave of it".into(),
                vec![frequency(w, record, &a), left(w, &a, View::Current, Channel::Frequency)],
            ))
        }
        _ => suggested(w, record, name),
    }
}

fn loss(w: &World, record: &Record, a: &Appraisal, view: View) -> Told {
    let m = a.moments(view);
    let mut how_often = Step::new("Losses a year", number(m.events))
        .note("without controls, times what they leave of it")
        .from([frequency(w, record, a)]);
    let mut own = Step::new("Own loss of one", money(w, m.primary))
        .note("the mean of its parts, times what controls leave of it")
        .from(parts(w, record, a))
        .from(indicator::step(&a.movers[Moves::Loss as usize]));
    if view != View::Inherent {
        how_often = how_often.from([left(w, a, view, Channel::Frequency)]);
        own = own.from([left(w, a, view, Channel::Primary)]);
    }
    let mut from = vec![how_often, own];
    if m.secondary > 0.0 {
        from.push(
            Step::new("Reaction of others, of one", money(w, m.secondary))
                .note(
                    "how often others react, times what that costs; controls lower it only by how often a loss happens",
                )
                .from([
                    mean(w, record, a, Factor::SecondaryProbability, 1.0),
                    mean(w, record, a, Factor::Secondary(0), 1.0),
                ]),
        );
    }
    from.push(terms(w, a));
    let rule = "losses a year × (own loss of one + reaction of others): the mean of a compound sum, E[S] = E[N] E[X]";
    (rule.into(), from)
}

/// With which numbers it was worked out.
fn terms(w: &World, a: &Appraisal) -> Step {
    let policy = a.terms.policy();
    let name = a.terms.method.map_or("the usual", |m| m.name.as_str());
    Step::new("Method", name).note(format!(
        "PERT shape {}, overlap of like controls {}, nothing below {} of what there was; money in {}",
        number(a.tree.shape),
        number(policy.overlap),
        percent(policy.floor),
        String::from_utf8_lossy(&w.currency()),
    ))
}

/// How often it would happen without controls, from the factors that are given.
fn frequency(w: &World, record: &Record, a: &Appraisal) -> Step {
    let expected = a.moments(View::Inherent).events;
    let counted = match a.tree.counting {
        Counting::Poisson => "any number of losses a year (Poisson)",
        Counting::Once => "once a year or not (Bernoulli)",
        Counting::Fixed => "exactly so many a year",
    };
    let step = Step::new("Without controls, a year", number(expected)).note(counted);
    let given = a.tree.frequency_factors().unwrap_or_default();
    let step = step.from(given.iter().map(|(factor, dist)| {
        match factor {
            Factor::Vulnerability if a.tree.vulnerability.is_none() => {
                Step::new("Succeeds, share", percent(dist.mean_as_probability()))
                    .note("the chance that the capability is above the resistance")
                    .from([
                        mean(w, record, a, Factor::Capability, 1.0),
                        mean(w, record, a, Factor::Resistance, 1.0),
                    ])
            }
            factor => mean(w, record, a, *factor, 1.0),
        }
    }));
    step.from(indicator::step(&a.movers[Moves::Frequency as usize]))
}

/// A factor as the record gives it, with its mean.
fn mean(w: &World, record: &Record, a: &Appraisal, factor: Factor, unit: f64) -> Step {
    let Some(kind) = w.kind(&record.id) else {
        return Step::default();
    };
    let tag = field_of(factor);
    let name = kind.field_by_tag(tag).map_or("", |f| f.name.as_str());
    let step = given(w, kind, record, name);
    let Some(range) = super::super::read::range(record, tag) else {
        return step;
    };
    let dist = crate::method::quant::dist::Dist::of(&range, a.tree.shape);
    match dist {
        Ok(d) => step.note(format!("mean {}", number(d.mean() * unit))),
        Err(why) => step.note(why.to_string()),
    }
}

/// The parts of the own loss.
fn parts(w: &World, record: &Record, a: &Appraisal) -> Vec<Step> {
    let mut all = Vec::new();
    if record.get(field::OUTAGE_HOURS).is_some() {
        let outage = asset::outage(w, super::super::read::ids(record, field::ASSETS));
        let rate = Step::new("An hour without its assets", money(w, outage.rate))
            .note("their own cost and that of everything that leans on them, each once along its strongest path")
            .from(super::asset::parts(w, &outage));
        let Some(kind) = w.kind(&record.id) else { return all };
        let hours = given(w, kind, record, "outage_hours").note("times what an hour costs");
        all.push(hours.from([rate]));
    }
    if record.get(field::PRIMARY).is_some() {
        all.push(mean(w, record, a, Factor::Primary(0), 1.0));
    }
    all
}

/// What controls leave on a channel, line by line.
fn left(w: &World, a: &Appraisal, view: View, channel: Channel) -> Step {
    let f = factors(&acting(&a.controls, view), &a.terms.policy());
    let (label, whole) = match channel {
        Channel::Frequency => ("Controls leave of how often", f.frequency),
        Channel::Primary => ("Controls leave of the own loss", f.primary),
    };
    let mut groups = Vec::new();
    for (i, group) in f.groups.iter().enumerate().filter(|(_, g)| g.channel == channel) {
        let lines: Vec<Step> = f
            .lines
            .iter()
            .filter(|l| l.group == i && l.channel == channel)
            .filter_map(|l| {
                let on = a.controls.iter().find(|c| c.record.id.as_str() == l.control)?;
                Some(line(w, on, view, l.effective, l.factor, l.note))
            })
            .collect();
        match lines.as_slice() {
            [_] => groups.extend(lines),
            _ => groups.push(
                Step::new("Alike", percent(group.factor))
                    .note("they do in part the same: (1 − overlap) × independent + overlap × the best of them")
                    .from(lines),
            ),
        }
    }
    let step = Step::new(label, percent(whole));
    match groups.is_empty() {
        true => step.note("no control works on it"),
        false => step.note("the product of what each leaves").from(groups),
    }
}

fn line(w: &World, on: &On, view: View, effective: f64, factor: f64, note: Option<&str>) -> Step {
    let why = match (view, on.planned) {
        (View::Target, Some(Planned::Approved(plan))) => format!(", as planned in {plan}"),
        (View::Target, Some(Planned::Named)) => ", as planned; no plan that may begin puts it in place".to_owned(),
        _ => String::new(),
    };
    let mut step = named(on.record);
    step.value = percent(factor);
    step.note = match note {
        Some(note) => note.to_owned(),
        None => format!("works by {} of its full effect{why}", percent(effective)),
    };
    step.from(
        super::control::of(w, on.record, "effective")
            .map(|(_, from)| from)
            .unwrap_or_default(),
    )
}

fn suggested(w: &World, record: &Record, name: &str) -> Option<Told> {
    let s = suggestion::of(w, record, Suggestion::view(name))?;
    let kind = w.kind(&record.id)?;
    let part = |label: &str, inherent: &str, r: Option<Residual>| {
        let step = Step::new(label, "").from([given(w, kind, record, inherent)]);
        match r {
            Some(r) => step.note(format!(
                "the middle of its band, {}, times what controls leave: {}",
                number(r.midpoint),
                number(r.value)
            )),
            None => step.note("the levels have no bands, so it stays as it is"),
        }
    };
    let likelihood = || part("Likelihood", "inherent_likelihood", s.likelihood);
    let impact = || part("Impact", "inherent_impact", s.impact);
    let rule = "the level whose band holds the geometric middle of the inherent band times what controls leave of it";
    Some(match name.trim_start_matches("target_") {
        "suggested_likelihood" => (rule.into(), vec![likelihood()]),
        "suggested_impact" => (rule.into(), vec![impact()]),
        _ => ("the cell of the matrix at both".into(), vec![likelihood(), impact()]),
    })
}
