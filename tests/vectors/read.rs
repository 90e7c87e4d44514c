//! What a case says, with an error that names what is missing.

use serde_json::{Map, Value};

/// The value at a way of keys: `input.rate`.
pub fn at<'a>(value: &'a Value, way: &str) -> Result<&'a Value, String> {
    let mut here = value;
    for key in way.split('.') {
        here = here.get(key).ok_or_else(|| format!("`{way}` is missing"))?;
    }
    Ok(here)
}

pub fn num(value: &Value, way: &str) -> Result<f64, String> {
    at(value, way)?.as_f64().ok_or_else(|| format!("`{way}` is no number"))
}

/// The number at a way, or what stands for it where nothing is said.
pub fn num_or(value: &Value, way: &str, otherwise: f64) -> Result<f64, String> {
    match at(value, way) {
        Ok(_) => num(value, way),
        Err(_) => Ok(otherwise),
    }
}

pub fn word<'a>(value: &'a Value, way: &str) -> Result<&'a str, String> {
    at(value, way)?.as_str().ok_or_else(|| format!("`{way}` is no word"))
}

pub fn list<'a>(value: &'a Value, way: &str) -> Result<&'a [Value], String> {
    let list = at(value, way)?.as_array().map(Vec::as_slice);
    list.ok_or_else(|| format!("`{way}` is no list"))
}

pub fn object<'a>(value: &'a Value, way: &str) -> Result<&'a Map<String, Value>, String> {
    at(value, way)?
        .as_object()
        .ok_or_else(|| format!("`{way}` is no object"))
}

pub fn nums(value: &Value, way: &str) -> Result<Vec<f64>, String> {
    let all = list(value, way)?.iter().map(Value::as_f64);
    all.collect::<Option<_>>()
        .ok_or_else(|| format!("`{way}` is no list of numbers"))
}

pub fn words<'a>(value: &'a Value, way: &str) -> Result<Vec<&'a str>, String> {
    let all = list(value, way)?.iter().map(Value::as_str);
    all.collect::<Option<_>>()
        .ok_or_else(|| format!("`{way}` is no list of words"))
}

/// A whole number of at least 0.
pub fn count(value: &Value, way: &str) -> Result<usize, String> {
    let n = at(value, way)?.as_u64().and_then(|n| usize::try_from(n).ok());
    n.ok_or_else(|| format!("`{way}` is no whole number"))
}

/// The names of nodes in their order, each with its place.
pub struct Names<'a>(Vec<&'a str>);

impl<'a> Names<'a> {
    pub fn of(all: impl IntoIterator<Item = &'a str>) -> Self {
        let mut names: Vec<&str> = Vec::new();
        for name in all {
            if !names.contains(&name) {
                names.push(name);
            }
        }
        Self(names)
    }

    pub fn place(&self, name: &str) -> Result<usize, String> {
        let place = self.0.iter().position(|n| *n == name);
        place.ok_or_else(|| format!("'{name}' is not there"))
    }

    pub fn all(&self) -> &[&'a str] {
        &self.0
    }

    /// A value for each name.
    pub fn object(&self, value: impl Fn(usize) -> Value) -> Value {
        let all = self.0.iter().enumerate();
        Value::Object(all.map(|(i, n)| ((*n).to_string(), value(i))).collect())
    }
}
