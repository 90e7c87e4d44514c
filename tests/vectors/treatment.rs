//! What controls do, alone and together.

use super::Compute;
use super::cases::Cases;
use super::read;
use isms::method::treatment::Mechanism;
use isms::method::treatment::attribution::{self, Parts, Spent};
use isms::method::treatment::combination::{self, Policy};
use isms::method::treatment::effect::{self, Status, Working};
use serde_json::{Value, json};

/// The kinds of this subject.
pub const KINDS: &[(&str, Compute)] = &[
    ("combine", combine),
    ("floor", floor),
    ("effectiveness", effectiveness),
    ("detection_magnitude", detection_magnitude),
    ("attribution", attribution),
    ("prevention_metrics", prevention_metrics),
];

fn factor(case: &Value) -> Result<f64, String> {
    let groups = read::list(case, "input.groups")?.iter();
    let groups: Vec<Vec<f64>> = groups
        .map(|g| g.as_array().and_then(|g| g.iter().map(Value::as_f64).collect()))
        .collect::<Option<_>>()
        .ok_or("`input.groups` are no lists of numbers")?;
    let overlap = read::num(case, "input.overlap")?;
    Ok(combination::factor(groups.iter().map(Vec::as_slice), overlap))
}

fn combine(case: &Value, _: &Cases) -> Result<Value, String> {
    let factor = factor(case)?;
    Ok(json!({ "factor": factor, "reduction": 1.0 - factor }))
}

fn floor(case: &Value, _: &Cases) -> Result<Value, String> {
    let floor = read::num_or(case, "input.floor", Policy::default().floor)?;
    let factor = combination::floored(factor(case)?, floor);
    Ok(json!({ "factor": factor, "reduction": 1.0 - factor }))
}

/// A status as the cases write it, `in_progress` with a line.
pub fn status(word: &str) -> Result<Status, String> {
    Status::find(&word.replace('_', "-")).ok_or_else(|| format!("'{word}' is no status"))
}

pub fn mechanism(word: &str) -> Result<Mechanism, String> {
    Mechanism::find(word).ok_or_else(|| format!("'{word}' is no mechanism"))
}

/// How well the control at a way works.
pub fn working(control: &Value) -> Result<Working, String> {
    Ok(Working {
        coverage: read::num(control, "coverage")?,
        design: read::num(control, "design")?,
        operation: read::num(control, "operation")?,
        status: status(read::word(control, "status")?)?,
        failed: control.get("health").is_some_and(|h| h == "failed"),
    })
}

fn effectiveness(case: &Value, _: &Cases) -> Result<Value, String> {
    Ok(json!({ "effective": working(read::at(case, "input")?)?.effective() }))
}

fn detection_magnitude(case: &Value, _: &Cases) -> Result<Value, String> {
    let n = |name: &str| read::num(case, &format!("input.{name}"));
    let factor = effect::detection_magnitude(n("time_dependent_share")?, n("duration_ratio")?, n("effect")?);
    Ok(json!({ "magnitude_factor": factor }))
}

pub fn parts_json(parts: &Parts) -> Value {
    json!({ "protection": parts.protection, "detection": parts.detection, "recovery": parts.recovery })
}

fn attribution(case: &Value, _: &Cases) -> Result<Value, String> {
    let n = |name: &str| read::num(case, &format!("input.{name}"));
    let solo = Parts {
        protection: n("factor_protection")?,
        detection: n("factor_detection")?,
        recovery: n("factor_recovery")?,
    };
    let left: f64 = Mechanism::ALL.into_iter().map(|m| solo.of(m)).product();
    let reduction = n("ale")? * (1.0 - left);
    let parts = attribution::attribute(reduction, &solo);
    let mut all = parts_json(&parts);
    all["reduction"] = json!(reduction);
    all["prevention_ratio"] = json!(parts.prevention_ratio());
    Ok(all)
}

fn prevention_metrics(case: &Value, _: &Cases) -> Result<Value, String> {
    let mut all = Vec::new();
    for control in read::list(case, "input.controls")? {
        if status(read::word(control, "status")?)?.is_in_force() {
            all.push(Spent {
                mechanism: mechanism(read::word(control, "mechanism")?)?,
                annual_cost: read::num(control, "annual_cost")?,
            });
        }
    }
    let emphasis = attribution::emphasis(all);
    Ok(json!({ "spend_ratio": emphasis.spend_ratio, "count_ratio": emphasis.count_ratio }))
}
