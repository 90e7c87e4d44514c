//! What controls cost and bring.

use super::Compute;
use super::cases::Cases;
use super::read;
use isms::method::economics::{self, Breach, Investment, Return};
use serde_json::{Value, json};

/// The kinds of this subject.
pub const KINDS: &[(&str, Compute)] = &[
    ("ale", ale),
    ("rosi", rosi),
    ("rosi_cn", rosi_cn),
    ("annualised_cost", annualised_cost),
    ("npv", npv),
    ("gordon_loeb", gordon_loeb),
    ("gordon_loeb_bound", gordon_loeb_bound),
];

fn input(case: &Value, name: &str) -> Result<f64, String> {
    read::num(case, &format!("input.{name}"))
}

/// The single loss: given, or of a value and an exposure.
fn single(case: &Value) -> Result<f64, String> {
    match read::at(case, "input.sle") {
        Ok(_) => input(case, "sle"),
        Err(_) => Ok(economics::single_loss(
            input(case, "asset_value")?,
            input(case, "exposure_factor")?,
        )),
    }
}

fn ale(case: &Value, _: &Cases) -> Result<Value, String> {
    let single = single(case)?;
    Ok(json!({ "sle": single, "ale": economics::annual_loss(single, input(case, "aro")?) }))
}

fn returns(case: &Value, ale: f64) -> Result<Value, String> {
    let all = Return {
        reduction: ale * input(case, "mitigation")?,
        cost: input(case, "annual_cost")?,
    };
    Ok(json!({
        "loss_reduction": all.reduction,
        "net_benefit": all.net_benefit(),
        "rosi": all.rosi(),
        "benefit_cost": all.benefit_cost(),
        "residual_ale": ale - all.reduction,
    }))
}

fn rosi(case: &Value, _: &Cases) -> Result<Value, String> {
    returns(case, input(case, "ale")?)
}

fn rosi_cn(case: &Value, _: &Cases) -> Result<Value, String> {
    let single = single(case)?;
    let ale = economics::annual_loss(single, input(case, "aro")?);
    let mut all = returns(case, ale)?;
    all["sle"] = json!(single);
    all["ale"] = json!(ale);
    Ok(all)
}

fn annualised_cost(case: &Value, _: &Cases) -> Result<Value, String> {
    let (rate, years) = (input(case, "rate")?, input(case, "life_years")?);
    let cost = economics::annual_cost(input(case, "capex")?, input(case, "opex_per_year")?, rate, years);
    Ok(json!({ "crf": economics::capital_recovery(rate, years), "annual_cost": cost }))
}

fn npv(case: &Value, _: &Cases) -> Result<Value, String> {
    let all = Investment {
        capex: input(case, "capex")?,
        opex: input(case, "opex_per_year")?,
        benefit: input(case, "benefit_per_year")?,
    };
    Ok(json!({
        "npv": all.net_present_value(input(case, "rate")?, input(case, "years")?),
        "payback_years": all.payback_years(),
    }))
}

fn gordon_loeb(case: &Value, _: &Cases) -> Result<Value, String> {
    let alpha = input(case, "alpha")?;
    let class = match read::word(case, "input.class")? {
        "I" => Breach::First {
            alpha,
            beta: input(case, "beta")?,
        },
        "II" => Breach::Second { alpha },
        other => return Err(format!("'{other}' is no class")),
    };
    let best = class.optimum(input(case, "v")?, input(case, "loss")?);
    Ok(json!({
        "z_star": best.spend,
        "breach_prob_after": best.breach,
        "enbis": best.net_benefit,
        "expected_loss_before": best.expected_loss,
        "bound_1_over_e": best.bound(),
        "ratio_z_to_vL": best.share(),
        "within_bound": best.is_within_bound(),
    }))
}

fn gordon_loeb_bound(case: &Value, _: &Cases) -> Result<Value, String> {
    let expected = economics::annual_loss(
        input(case, "asset_value")?,
        input(case, "threat_probability")? * input(case, "vulnerability")?,
    );
    Ok(json!({ "expected_loss": expected, "bound_1_over_e": expected * economics::LARGEST_SHARE }))
}
