//! Inherited levels, the money of an outage, availability, times to recover.

use super::Compute;
use super::cases::Cases;
use super::read::{self, Names};
use isms::method::assets::levels::{self, Dependency, Derived, Strength};
use isms::method::assets::outage::{self, Weighed};
use isms::method::assets::recovery;
use serde_json::{Value, json};

/// The kinds of this subject.
pub const KINDS: &[(&str, Compute)] = &[
    ("level_inheritance", level_inheritance),
    ("outage_rate", outage_rate),
    ("availability", availability),
    ("rto_rule", rto_rule),
    ("rto_chain", rto_chain),
];

const PROPERTIES: [&str; 3] = ["c", "i", "a"];

/// Levels of an object `{ c, i, a }`.
pub fn levels_of(value: &Value) -> Result<[u8; 3], String> {
    let mut all = [0; 3];
    for (level, name) in all.iter_mut().zip(PROPERTIES) {
        *level = u8::try_from(read::count(value, name)?).map_err(|e| e.to_string())?;
    }
    Ok(all)
}

pub fn levels_json(derived: &[Derived; 3]) -> Value {
    json!({ "c": derived[0].level, "i": derived[1].level, "a": derived[2].level })
}

/// A dependency of `{ support, dependent, strength }`, the strength one word or one for each property.
pub fn dependency(edge: &Value, names: &Names) -> Result<Dependency, String> {
    let said = read::at(edge, "strength")?;
    let mut strength = [Strength::None; 3];
    for (s, name) in strength.iter_mut().zip(PROPERTIES) {
        let word = match said.as_str() {
            Some(word) => word,
            None => read::word(said, name)?,
        };
        *s = Strength::find(word).ok_or_else(|| format!("'{word}' is no strength"))?;
    }
    Ok(Dependency {
        support: names.place(read::word(edge, "support")?)?,
        dependent: names.place(read::word(edge, "dependent")?)?,
        strength,
    })
}

fn level_inheritance(case: &Value, _: &Cases) -> Result<Value, String> {
    let assets = read::object(case, "input.assets")?;
    let names = Names::of(assets.keys().map(String::as_str));
    let own: Vec<[u8; 3]> = assets.values().map(levels_of).collect::<Result<_, _>>()?;
    let edges = read::list(case, "input.edges")?;
    let edges: Vec<Dependency> = edges.iter().map(|e| dependency(e, &names)).collect::<Result<_, _>>()?;
    let derived = levels::derive(&own, &edges);
    Ok(names.object(|i| levels_json(&derived[i])))
}

/// An edge of `{ support, dependent, weight }`, the weight under some name.
pub fn weighed(edge: &Value, weight: &str, names: &Names) -> Result<Weighed, String> {
    Ok(Weighed {
        support: names.place(read::word(edge, "support")?)?,
        dependent: names.place(read::word(edge, "dependent")?)?,
        weight: read::num_or(edge, weight, 1.0)?,
    })
}

fn outage_rate(case: &Value, _: &Cases) -> Result<Value, String> {
    let rates = read::object(case, "input.own_rate_per_hour")?;
    let names = Names::of(rates.keys().map(String::as_str));
    let own = rates.values().map(Value::as_f64).collect::<Option<Vec<f64>>>();
    let own = own.ok_or("a rate is no number")?;
    let edges = read::list(case, "input.edges")?.iter();
    let edges: Vec<Weighed> = edges
        .map(|e| weighed(e, "strength", &names))
        .collect::<Result<_, _>>()?;
    let asset = names.place(read::word(case, "input.asset")?)?;
    let strength = outage::reach(own.len(), &edges, asset).ok_or("no such asset")?;
    Ok(json!({
        "rate_per_hour": outage::rates(&own, &edges)[asset],
        "path_strength": names.object(|i| json!(strength[i])),
    }))
}

fn availability(case: &Value, _: &Cases) -> Result<Value, String> {
    let parts = |way: &str| read::at(case, way).is_ok().then(|| read::nums(case, way)).transpose();
    let series = outage::in_series(parts("input.series")?.unwrap_or_default());
    let parallel = parts("input.parallel_pair")?.map_or(1.0, outage::in_parallel);
    let total = outage::in_series([series, parallel]);
    Ok(json!({
        "series": series,
        "parallel": parallel,
        "total": total,
        "hours_down_per_year": outage::hours_down(total),
    }))
}

fn rto_rule(case: &Value, _: &Cases) -> Result<Value, String> {
    let hours = read::object(case, "input.rto_hours")?;
    let edges = read::list(case, "input.edges")?;
    let ends: Vec<&str> = edges
        .iter()
        .filter_map(Value::as_array)
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    let names = Names::of(hours.keys().map(String::as_str).chain(ends.iter().copied()));
    let objectives: Vec<Option<f64>> = names.all().iter().map(|n| hours.get(*n)?.as_f64()).collect();
    let mut pairs = Vec::new();
    for pair in ends.chunks_exact(2) {
        pairs.push((names.place(pair[0])?, names.place(pair[1])?));
    }
    let late = recovery::late(&objectives, &pairs);
    let violations = late.iter().map(|l| {
        let (support, dependent) = (names.all()[l.support], names.all()[l.dependent]);
        json!([support, dependent, l.support_hours, l.dependent_hours])
    });
    Ok(json!({ "violations": violations.collect::<Vec<_>>() }))
}

fn rto_chain(case: &Value, _: &Cases) -> Result<Value, String> {
    let restore = read::object(case, "input.restore_hours")?;
    let names = Names::of(restore.keys().map(String::as_str));
    let hours = restore.values().map(Value::as_f64).collect::<Option<Vec<f64>>>();
    let mut needs = Vec::new();
    for part in read::object(case, "input.chain_needed")?.keys() {
        for need in read::words(case, &format!("input.chain_needed.{part}"))? {
            needs.push((names.place(part)?, names.place(need)?));
        }
    }
    let service = names.place(read::word(case, "input.service")?)?;
    let name = |circle: Vec<usize>| {
        let names: Vec<&str> = circle.iter().map(|i| names.all()[*i]).collect();
        format!("needs itself: {}", names.join(" -> "))
    };
    let ready = recovery::ready(&hours.ok_or("hours are no number")?, &needs).map_err(name)?;
    Ok(json!({
        "earliest_ready_hours": ready.hours[service],
        "meets_rto": ready.hours[service] <= read::num(case, "input.rto_hours")?,
    }))
}
