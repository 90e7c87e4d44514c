//! The form of the file: JSON with what is of value, what leans on what, what may happen and what is done against it.
//!
//! ```text
//! {
//!   "assets":   { "A-0001": { "title": "Order service", "type": "process", "own": { "c": 2, "i": 3, "a": 4 }, "rate": 9000 } },
//!   "edges":    [ { "support": "A-0003", "dependent": "A-0001", "strength": "full", "weight": 1.0 } ],
//!   "risks":    { "R-0001": { "title": "..", "asset": "A-0004", "layers": [7], "cia": ["i", "a"],
//!                 "lef": { "tef": { "pert": [1, 2, 6] }, "vulnerability": 0.25 }, "primary": { "pert": [20000, 60000, 250000] },
//!                 "secondary_probability": 0.2, "secondary": { "lognormal_ci90": [50000, 800000] } } },
//!   "controls": { "C-0001": { "title": "..", "mechanism": "protection", "domain": "system", "party": "technical", "layers": [7],
//!                 "status": "implemented", "coverage": 0.9, "design": 0.7, "operation": 0.9, "capex": 0, "opex": 18000, "life": 1,
//!                 "effects": { "R-0001": { "lef": 0.6 } } } },
//!   "method":   { "rho": 0.5, "floor": 0.01, "discount_rate": 0.05, "key_threshold": 4, "heat_target": 0.6 }
//! }
//! ```
//!
//! It may stand under the name `common` of an object that holds other things besides. A factor is a number or one of
//! `constant`, `uniform`, `triangular`, `pert` (shape 4), `lognormal_ci90` and `normal_ci90` (both from the ends of a 90 %
//! interval); an own loss may be `outage_hours`, which the rate of the asset turns into money.

use crate::exchange::Error;
use crate::exchange::limits::FILE;
use crate::model::value::Range;
use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, Error as _, MapAccess, Visitor};
use std::collections::BTreeMap;
use std::fmt;

/// What the file says of one organisation.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Organisation {
    /// By id.
    pub assets: BTreeMap<String, Asset>,
    /// What leans on what.
    #[serde(default)]
    pub edges: Vec<Edge>,
    /// By id.
    pub risks: BTreeMap<String, Risk>,
    /// By id.
    pub controls: BTreeMap<String, Control>,
    /// How it judges.
    #[serde(default)]
    pub method: Method,
}

/// Something of value.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Asset {
    /// Its title.
    pub title: String,
    /// What sort of thing it is.
    #[serde(rename = "type")]
    pub kind: String,
    /// Its own levels.
    pub own: Levels,
    /// What an hour without it costs by itself.
    #[serde(default)]
    pub rate: f64,
}

/// A level for each property, 0 none to 4 very high.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub struct Levels {
    /// Confidentiality.
    pub c: u8,
    /// Integrity.
    pub i: u8,
    /// Availability.
    pub a: u8,
}

/// An asset leans on another.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Edge {
    /// What is leaned on.
    pub support: String,
    /// What leans on it.
    pub dependent: String,
    /// How levels are handed on.
    pub strength: Strengths,
    /// Which part of the outage cost of the other falls due, 0 to 1.
    #[serde(default = "whole")]
    pub weight: f64,
}

fn whole() -> f64 {
    1.0
}

/// How a level is handed on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Strength {
    /// As it is.
    Full,
    /// One less.
    Partial,
    /// Not at all.
    None,
}

/// A strength for confidentiality, integrity and availability: one word for all, or one for each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Strengths(pub [Strength; 3]);

/// What may happen.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Risk {
    /// Its title.
    pub title: String,
    /// To which asset.
    pub asset: String,
    /// At which layers, 1 to 7.
    #[serde(default)]
    pub layers: Vec<u8>,
    /// Which properties it hurts: c, i, a.
    #[serde(default)]
    pub cia: Vec<String>,
    /// How often.
    pub lef: Frequency,
    /// What it costs the organisation itself.
    pub primary: Primary,
    /// In what share of losses others react.
    #[serde(default)]
    pub secondary_probability: Option<Factor>,
    /// What that costs.
    #[serde(default)]
    pub secondary: Option<Factor>,
}

/// Losses a year, or the factors from which they follow.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Frequency {
    /// Losses a year.
    pub rate: Option<Factor>,
    /// Attempts a year.
    pub tef: Option<Factor>,
    /// Contacts a year.
    pub contact_frequency: Option<Factor>,
    /// The share of contacts that become attempts.
    pub probability_of_action: Option<Factor>,
    /// The share of attempts that become losses.
    pub vulnerability: Option<Factor>,
}

/// A number or a distribution.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Factor(pub Range);

impl fmt::Display for Factor {
    /// As a person would type it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Range::Constant(x) => write!(f, "{x}"),
            Range::Uniform(a, b) => write!(f, "uniform({a}, {b})"),
            Range::Triangular(a, m, b) => write!(f, "triangular({a}, {m}, {b})"),
            Range::Pert(a, m, b) => write!(f, "pert({a}, {m}, {b})"),
            Range::Lognormal(a, b) => write!(f, "lognormal({a}, {b})"),
            Range::Normal(a, b) => write!(f, "normal({a}, {b})"),
        }
    }
}

/// An own loss.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Primary {
    /// Money.
    Money(Factor),
    /// Hours for which the asset stands still.
    OutageHours(Factor),
}

/// What is done against risks.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Control {
    /// Its title.
    pub title: String,
    /// Its main way of working.
    pub mechanism: String,
    /// Its domain of security.
    pub domain: String,
    /// To which system of work it belongs.
    pub party: String,
    /// At which layers it works, 1 to 7.
    #[serde(default)]
    pub layers: Vec<u8>,
    /// How far it has come.
    pub status: String,
    /// The part of what it should protect on which it is installed, 0 to 1.
    pub coverage: f64,
    /// How well it is made, 0 to 1.
    pub design: f64,
    /// How reliably it is run, 0 to 1.
    pub operation: f64,
    /// What it costs once.
    #[serde(default)]
    pub capex: f64,
    /// What it costs a year.
    #[serde(default)]
    pub opex: f64,
    /// The years over which its price is spread.
    #[serde(default = "whole")]
    pub life: f64,
    /// What it takes away of which risk, by id.
    #[serde(default)]
    pub effects: BTreeMap<String, Effect>,
}

/// What a control takes away of a risk when it works fully, all 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Effect {
    /// Of the frequency.
    pub lef: Option<f64>,
    /// The part of the own loss that grows with time.
    pub time_share: Option<f64>,
    /// The time with the control as a share of that without.
    pub duration_ratio: Option<f64>,
    /// Of the own loss, by restoration.
    pub share: Option<f64>,
}

/// How the organisation judges. What is not given is as the program has it.
#[derive(Debug, Clone, Copy, PartialEq, Default, Deserialize)]
pub struct Method {
    /// How far controls of one group do the same thing twice, 0 to 1.
    pub rho: Option<f64>,
    /// Below which no factor falls, 0 to 1.
    pub floor: Option<f64>,
    /// Interest, 0 to 1.
    pub discount_rate: Option<f64>,
    /// The level from which an asset is key.
    pub key_threshold: Option<u8>,
    /// The coverage aimed at, 0 to 1.
    pub heat_target: Option<f64>,
}

/// A distribution, or hours of outage, by its name.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Named {
    Constant(f64),
    Uniform(f64, f64),
    Triangular(f64, f64, f64),
    Pert(f64, f64, f64),
    LognormalCi90(f64, f64),
    NormalCi90(f64, f64),
    OutageHours(Factor),
}

impl Named {
    fn primary(self) -> Primary {
        Primary::Money(Factor(match self {
            Self::Constant(x) => Range::Constant(x),
            Self::Uniform(a, b) => Range::Uniform(a, b),
            Self::Triangular(a, m, b) => Range::Triangular(a, m, b),
            Self::Pert(a, m, b) => Range::Pert(a, m, b),
            Self::LognormalCi90(a, b) => Range::Lognormal(a, b),
            Self::NormalCi90(a, b) => Range::Normal(a, b),
            Self::OutageHours(hours) => return Primary::OutageHours(hours),
        }))
    }
}

/// Reads a number, or an object with one distribution.
struct Either;

impl<'de> Visitor<'de> for Either {
    type Value = Primary;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("a number, or a distribution such as {\"pert\": [1, 2, 6]}")
    }

    fn visit_f64<E: serde::de::Error>(self, x: f64) -> Result<Primary, E> {
        Ok(Primary::Money(Factor(Range::Constant(x))))
    }

    fn visit_u64<E: serde::de::Error>(self, x: u64) -> Result<Primary, E> {
        self.visit_f64(x as f64)
    }

    fn visit_i64<E: serde::de::Error>(self, x: i64) -> Result<Primary, E> {
        self.visit_f64(x as f64)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Primary, A::Error> {
        Named::deserialize(MapAccessDeserializer::new(map)).map(Named::primary)
    }
}

impl<'de> Deserialize<'de> for Primary {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        d.deserialize_any(Either)
    }
}

impl<'de> Deserialize<'de> for Factor {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        match d.deserialize_any(Either)? {
            Primary::Money(factor) => Ok(factor),
            Primary::OutageHours(_) => Err(D::Error::custom("hours of outage are an own loss only")),
        }
    }
}

/// Reads one strength for all, or an object of one for each.
struct OneOrThree;

#[derive(Deserialize)]
struct Three {
    c: Strength,
    i: Strength,
    a: Strength,
}

impl<'de> Visitor<'de> for OneOrThree {
    type Value = Strengths;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("full, partial or none, or an object of one for c, i and a")
    }

    fn visit_str<E: serde::de::Error>(self, word: &str) -> Result<Strengths, E> {
        let one = Strength::deserialize(serde::de::value::StrDeserializer::new(word))?;
        Ok(Strengths([one; 3]))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Strengths, A::Error> {
        let three = Three::deserialize(MapAccessDeserializer::new(map))?;
        Ok(Strengths([three.c, three.i, three.a]))
    }
}

impl<'de> Deserialize<'de> for Strengths {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        d.deserialize_any(OneOrThree)
    }
}

/// The organisation, as it is or under the name `common`.
#[derive(Deserialize)]
struct Under {
    common: Organisation,
}

/// Reads a file.
///
/// # Errors
/// Names the file and the line: it is too large, no JSON, or not of this form.
pub fn read(file: &str, bytes: &[u8]) -> Result<Organisation, Error> {
    if bytes.len() > FILE {
        let what = format!("the file holds {} bytes; the limit is {FILE}", bytes.len());
        return Err(Error::file(file, what));
    }
    let text = std::str::from_utf8(bytes).map_err(|_| Error::file(file, "this is no UTF-8"))?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let wrong = |e: serde_json::Error| {
        let said = e.to_string();
        let said = said.split(" at line ").next().unwrap_or_default();
        Error::at(file, e.line().max(1), said)
    };
    match text.contains("\"common\"") {
        true => serde_json::from_str::<Under>(text).map(|u| u.common),
        false => serde_json::from_str(text),
    }
    .map_err(wrong)
}
