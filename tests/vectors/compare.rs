//! What is worked out beside what is expected.

use serde_json::Value;

/// How far a number may be from what is expected.
pub struct Tolerance {
    rel: f64,
    abs: f64,
}

impl Tolerance {
    /// As a case says it: `rel_tol`, `abs_tol` or both, of which the wider holds. One part in 10^9 where it says nothing.
    pub fn of(case: &Value) -> Self {
        let said = |key: &str| case.get(key).and_then(Value::as_f64);
        let (rel, abs) = (said("rel_tol"), said("abs_tol"));
        Self {
            rel: rel.unwrap_or(if abs.is_none() { 1e-9 } else { 0.0 }),
            abs: abs.unwrap_or(0.0),
        }
    }

    fn holds(&self, got: f64, want: f64) -> bool {
        (got - want).abs() <= self.abs.max(self.rel * want.abs())
    }
}

/// Whether nothing is said of what is expected, but only its form.
pub fn is_open(expect: &Value) -> bool {
    match expect {
        Value::Null => true,
        Value::Array(all) => !all.is_empty() && all.iter().all(is_open),
        Value::Object(all) => !all.is_empty() && all.values().all(is_open),
        _ => false,
    }
}

/// Where and how something differs. With `open`, a `null` in what is expected may be anything that is there.
pub fn differences(got: &Value, want: &Value, within: &Tolerance, open: bool) -> Vec<String> {
    let mut found = Vec::new();
    walk(
        "expect",
        got,
        want,
        &|got, want| match (got, want) {
            (_, Value::Null) if open => true,
            // a whole number that is worked out with fractions may be off by their rounding
            (Value::Number(g), Value::Number(w)) if g.is_f64() || w.is_f64() => match (g.as_f64(), w.as_f64()) {
                (Some(g), Some(w)) => within.holds(g, w),
                _ => false,
            },
            (got, want) => got == want,
        },
        &mut found,
    );
    found
}

fn walk(at: &str, got: &Value, want: &Value, same: &dyn Fn(&Value, &Value) -> bool, found: &mut Vec<String>) {
    match (got, want) {
        (Value::Object(got), Value::Object(want)) => {
            for (key, want) in want {
                let at = format!("{at}.{key}");
                match got.get(key) {
                    Some(got) => walk(&at, got, want, same, found),
                    None => found.push(format!("{at}: missing")),
                }
            }
        }
        (Value::Array(got), Value::Array(want)) if got.len() == want.len() => {
            for (i, (got, want)) in got.iter().zip(want).enumerate() {
                walk(&format!("{at}.{i}"), got, want, same, found);
            }
        }
        _ if same(got, want) => {}
        _ => found.push(format!("{at}: {got} where {want} is expected")),
    }
}

/// Every value with the way to it, for people.
pub fn leaves(at: &str, value: &Value, out: &mut Vec<String>) {
    match value {
        Value::Object(all) if !all.is_empty() => all.iter().for_each(|(k, v)| leaves(&format!("{at}.{k}"), v, out)),
        Value::Array(all) if all.iter().any(|v| v.is_object() || v.is_array()) => {
            all.iter()
                .enumerate()
                .for_each(|(i, v)| leaves(&format!("{at}.{i}"), v, out));
        }
        leaf => out.push(format!("{at} = {leaf}")),
    }
}
