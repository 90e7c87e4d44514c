//! What is seen, turned into rates and probabilities.

use super::Compute;
use super::cases::Cases;
use super::read;
use isms::method::indicators::{self, RateBelief, Reliability};
use isms::model::derive::{BANDS, Bounds};
use serde_json::{Value, json};

/// The kinds of this subject.
pub const KINDS: &[(&str, Compute)] = &[
    ("gamma_poisson", gamma_poisson),
    ("beta_binomial", beta_binomial),
    ("ewma", ewma),
    ("kri_bands", kri_bands),
    ("kri_adjust", kri_adjust),
    ("epss_to_rate", epss_to_rate),
    ("epss_group", epss_group),
    ("rule_of_three", rule_of_three),
];

fn input(case: &Value, name: &str) -> Result<f64, String> {
    read::num(case, &format!("input.{name}"))
}

fn gamma_poisson(case: &Value, _: &Cases) -> Result<Value, String> {
    let prior = RateBelief {
        alpha: input(case, "prior_alpha")?,
        beta: input(case, "prior_beta_years")?,
    };
    let belief = prior.seen(input(case, "events")?, input(case, "years")?);
    Ok(json!({
        "alpha": belief.alpha,
        "beta": belief.beta,
        "mean": belief.mean(),
        "sd": belief.sd(),
        "p05": belief.quantile(0.05),
        "p95": belief.quantile(0.95),
        "prob_at_least_one_next_year": belief.chance_of_event(),
    }))
}

fn beta_binomial(case: &Value, _: &Cases) -> Result<Value, String> {
    let prior = Reliability {
        a: input(case, "prior_a")?,
        b: input(case, "prior_b")?,
    };
    let passed = input(case, "passed")?;
    let belief = prior.tested(passed, input(case, "sampled")? - passed);
    Ok(json!({
        "a": belief.a,
        "b": belief.b,
        "mean": belief.mean(),
        "p05": belief.quantile(0.05),
        "p95": belief.quantile(0.95),
    }))
}

fn ewma(case: &Value, _: &Cases) -> Result<Value, String> {
    let values = read::nums(case, "input.x")?;
    Ok(json!({ "s": indicators::smoothed(&values, input(case, "alpha")?) }))
}

fn kri_bands(case: &Value, _: &Cases) -> Result<Value, String> {
    let higher_is_worse = match read::word(case, "input.direction")? {
        "higher_is_worse" => true,
        "lower_is_worse" => false,
        other => return Err(format!("'{other}' is no direction")),
    };
    let bound = |name: &str| read::at(case, name).is_ok().then(|| read::num(case, name)).transpose();
    let (amber, red) = (bound("input.amber_at")?, bound("input.red_at")?);
    let hysteresis = read::num_or(case, "input.hysteresis", 0.0)?;
    let bounds = Bounds::new(higher_is_worse, amber, red, hysteresis).ok_or("no bound is given")?;
    let bands = bounds.bands(read::nums(case, "input.x")?);
    Ok(json!({ "status": bands.map(|b| BANDS[b]).collect::<Vec<_>>() }))
}

fn kri_adjust(case: &Value, _: &Cases) -> Result<Value, String> {
    let multipliers = read::nums(case, "input.multipliers")?;
    Ok(json!({ "lambda": indicators::adjusted(input(case, "lambda")?, multipliers) }))
}

fn epss_to_rate(case: &Value, _: &Cases) -> Result<Value, String> {
    Ok(json!({ "rate_per_year": indicators::exploits([input(case, "epss")?]).rate }))
}

fn epss_group(case: &Value, _: &Cases) -> Result<Value, String> {
    let all = indicators::exploits(read::nums(case, "input.epss")?);
    Ok(json!({ "p_any_30d": all.any, "rate_per_year": all.rate }))
}

fn rule_of_three(case: &Value, _: &Cases) -> Result<Value, String> {
    Ok(json!({ "upper": indicators::rule_of_three(input(case, "years")?) }))
}
