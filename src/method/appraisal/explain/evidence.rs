//! How it came to be what incidents and tests tell.

use super::super::evidence::{Prior, Seen, cost, reliability};
use super::super::fields::risk as field;
use super::{Step, given, money, named, number, percent};
use crate::method::indicators::RateBelief;
use crate::model::calendar;
use crate::model::record::Record;
use crate::model::world::World;

type Told = (String, Vec<Step>);

/// How often a risk happens, before and after the incidents that were seen.
pub fn rate(w: &World, record: &Record, name: &str) -> Option<Told> {
    let seen = Seen::of(w, record)?;
    let kind = w.kind(&record.id)?;
    let belief = |b: &RateBelief| format!("gamma distribution, α {}, β {}", number(b.alpha), number(b.beta));
    let (from, sources): (_, &[&str]) = match seen.prior {
        Prior::Known(..) => ("from what is known", &["known_events", "known_years"]),
        Prior::Interval(..) if seen.field == field::ATTEMPTS => ("with the same 90 % interval", &["attempts"]),
        Prior::Interval(..) if seen.field == field::CONTACTS => ("with the same 90 % interval", &["contact_frequency"]),
        Prior::Interval(..) => ("with the same 90 % interval", &["frequency"]),
    };
    let before = Step::new("Believed before", number(seen.before.mean()))
        .note(format!("{}, {from}", belief(&seen.before)))
        .from(sources.iter().map(|name| given(w, kind, record, name)));
    if name == "rate_before" {
        return Some(("the mean of what is believed".into(), vec![before]));
    }
    let since = calendar::show_minute(seen.since);
    let shown = |years: f64| number((years * 1e3).round() / 1e3);
    let incidents = Step::new("Incidents", seen.incidents.len().to_string())
        .note(format!("declared since {since}"))
        .from(seen.incidents.iter().map(|r| {
            let mut step = named(r);
            step.value = r.state().to_owned();
            step
        }));
    let years = Step::new("Years", shown(seen.years)).note(format!("since {since}"));
    let becomes = Step::new("Becomes a loss, of it", percent(seen.becomes)).note(format!(
        "the share that succeeds × what controls leave of how often: the incidents came about with controls in force, \
         so that {} years count as {}",
        shown(seen.years),
        shown(seen.becomes * seen.years)
    ));
    let [low, high] = [0.05, 0.95].map(|p| number(seen.after.quantile(p)));
    let after = Step::new("To be believed now", number(seen.after.mean())).note(format!(
        "{}; with 90 % from {low} to {high}; with {} at least one in the next year",
        belief(&seen.after),
        percent(seen.after.chance_of_event())
    ));
    let rule =
        "(α + incidents) ÷ (β + years × what becomes a loss): a gamma belief of the rate, updated by a Poisson count";
    Some((rule.into(), vec![before, incidents, years, becomes, after]))
}

/// What closed incidents have cost, beside what one is believed to cost.
pub fn losses(w: &World, record: &Record) -> Option<Told> {
    let kind = w.kind(&record.id)?;
    let mut from: Vec<Step> = cost(w, &record.id)
        .into_iter()
        .map(|(r, lost)| Step {
            value: money(w, lost),
            ..named(r)
        })
        .collect();
    let believed = ["primary_loss", "secondary_probability", "secondary_loss"];
    from.extend(
        believed
            .iter()
            .map(|name| given(w, kind, record, name).note("as believed"))
            .filter(|s| !s.value.is_empty()),
    );
    Some((
        "the mean of what its closed incidents have cost, all forms of loss together".into(),
        from,
    ))
}

/// How reliably a control is run, as its tests show.
pub fn operation(w: &World, record: &Record) -> Option<Told> {
    let kind = w.kind(&record.id)?;
    let belief = reliability(record)?;
    let [low, high] = [0.05, 0.95].map(|p| percent(belief.quantile(p)));
    let from = ["tests_passed", "tests_failed", "operation"].map(|name| given(w, kind, record, name));
    let from = from.into_iter().filter(|s| !s.value.is_empty());
    let rule = format!(
        "(1 + passed) ÷ (2 + passed + failed): a beta belief that knew nothing before its tests; with 90 % from {low} to {high}"
    );
    Some((rule, from.collect()))
}
