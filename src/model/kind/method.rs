//! Methods of assessment: ordered scales, the matrix over them and the criteria that go with it, read from
//! `data/methods/*.toml` and from what an organisation adopts for itself.

mod check;
#[cfg(test)]
mod tests;
mod text;

pub(super) use check::check_method;

use super::Tone;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A scale: ordered levels, lowest first.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Scale {
    /// `likelihood`, `impact`, `level` inside a method (`initiation` and `adverse` where it has two steps), or a plain
    /// name (`cia`).
    pub id: String,
    /// What a person reads.
    pub name: String,
    /// Levels from the lowest.
    pub levels: Vec<Level>,
}

/// One level of a scale.
#[derive(Debug, Clone, Default, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Level {
    /// What is stored and typed, kebab case.
    pub id: String,
    /// What a person reads.
    pub name: String,
    /// At most 4 characters, for narrow columns. Risk levels need one: colour is never their only sign.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub short: Option<String>,
    /// Other words that mean it, for imports.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<String>,
    /// From here (inclusive): for likelihood losses a year, for impact money a loss, in the organisation's currency.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<f64>,
    /// To here (exclusive), as `from`; the highest level has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<f64>,
    /// For a scale of 0 to 100: from this value to this (both inclusive), and the point that stands for all of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub points: Option<[u8; 3]>,
    /// For risk levels: the theme's role for it (`level0` .. `level4`, calm to alarming).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    /// For a scale whose levels are good or bad, and are no risk levels: how good it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tone: Option<Tone>,
    /// For risk levels: what is decided there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decision: Option<Decided>,
    /// What it means.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub help: String,
    /// For impact: what it means in one form of loss, by the form's id (`reputation`).
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub forms: BTreeMap<String, String>,
}

/// What is done about a risk at a level, the mildest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Decided {
    /// It is borne.
    Accept,
    /// It is borne for a time, with an exception that has an end.
    Tolerate,
    /// It is treated.
    Treat,
    /// What gives rise to it is stopped until it is treated.
    Stop,
}

impl Decided {
    /// In a word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Accept => "accept",
            Self::Tolerate => "tolerate",
            Self::Treat => "treat",
            Self::Stop => "stop",
        }
    }
}

/// A point of the tolerance curve: a loss of a year that may be exceeded with at most this probability.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Tolerated {
    /// Loss of a year, in the organisation's currency.
    pub loss: f64,
    /// Probability a year with which it may be exceeded, 0 to 1.
    pub probability: f64,
}

/// How peaked a PERT range is, by how much is known about it (domain 3b).
#[derive(Debug, Clone, Copy, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Shape {
    /// A guess.
    pub low: f64,
    /// Some data.
    pub medium: f64,
    /// Measured.
    pub high: f64,
}

/// What the quantitative side of a method works with.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub struct Quantities {
    /// The expected loss of a year over all risks that is borne, in the organisation's currency.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub loss_limit: Option<f64>,
    /// The tolerance curve, by rising loss.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tolerance: Vec<Tolerated>,
    /// Years that a simulation draws.
    pub years: u32,
    /// How peaked a PERT range is by strength of knowledge.
    pub shape: Shape,
    /// How much controls of one redundancy group do the same work, 0 to 1.
    pub overlap: f64,
    /// The share of a factor that controls leave at least, 0 to 1.
    pub floor: f64,
    /// How much what drives several risks together varies from year to year: the coefficient of variation of the gamma
    /// multiplier on how often each of them happens.
    pub driver_cv: f64,
    /// How much one unit of money, a year, lowers the share of attempts that succeed: α of Gordon and Loeb (2002),
    /// above 0. Without it nothing is said of the best sum, but only of the most.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub productivity: Option<f64>,
    /// From this level of the scale `cia` an asset is a key asset, where the organisation names none.
    pub key_threshold: String,
    /// Months after which an assessment is made again, where the record names none.
    pub review_months: u32,
}

impl Default for Quantities {
    fn default() -> Self {
        Self {
            loss_limit: None,
            tolerance: Vec::new(),
            years: 100_000,
            shape: Shape {
                low: 2.0,
                medium: 4.0,
                high: 8.0,
            },
            overlap: 0.5,
            floor: 0.01,
            driver_cv: 0.5,
            productivity: None,
            key_threshold: "high".into(),
            review_months: 12,
        }
    }
}

/// A method of assessment: its scales and its matrix, `data/methods/*.toml`. Risks that were judged by it must be read
/// for ever, so its levels and cells never change: a later version is another method that follows it.
#[derive(Debug, Clone, PartialEq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Method {
    /// What a record's `method` field stores, kebab case.
    pub id: String,
    /// What a person reads.
    pub name: String,
    /// Where it comes from (standard and section).
    pub source: String,
    /// Which version it is, from 1.
    #[serde(default = "first", skip_serializing_if = "is_first")]
    pub version: u32,
    /// The method of which it is a later version.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub follows: String,
    /// Other words that mean it, for imports.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<String>,
    /// What who uses it must know.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
    /// The highest level that is borne without a decision; by default the highest whose decision is `accept`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub appetite: String,
    /// The highest level that may be borne for a time; by default the highest whose decision is `tolerate`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub tolerance: String,
    /// Risk level (index into the scale `level`) by likelihood (rows, lowest first) and impact (columns, lowest first).
    pub grid: Vec<Vec<usize>>,
    /// What the quantitative side works with.
    #[serde(default)]
    pub quantities: Quantities,
    /// For a method that judges likelihood in two steps: the overall likelihood by that of the event (rows, the scale
    /// `initiation`) and that of harm following from it (columns, the scale `adverse`), lowest first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub overall: Option<Vec<Vec<usize>>>,
    /// The scales `likelihood`, `impact` and `level`; with two steps `initiation` and `adverse` too.
    pub scales: Vec<Scale>,
    /// The definition by which the organisation adopted it.
    #[serde(skip)]
    pub definition: Option<String>,
    /// That definition was put away: what was judged by it is read, nothing is judged by it any more.
    #[serde(skip)]
    pub retired: bool,
}

fn first() -> u32 {
    1
}

fn is_first(version: &u32) -> bool {
    *version == 1
}

impl Method {
    /// The scale with this id.
    pub fn scale(&self, id: &str) -> Option<&Scale> {
        self.scales.iter().find(|s| s.id == id)
    }

    /// The name, with the version from the second on.
    pub fn title(&self) -> String {
        match self.version {
            1 => self.name.clone(),
            n => format!("{} v{n}", self.name),
        }
    }

    /// The levels of one of its scales; none if it has no such scale.
    pub fn levels(&self, scale: &str) -> &[Level] {
        self.scale(scale).map_or(&[], |s| &s.levels)
    }

    /// The risk level at a likelihood and an impact, both as stored ids; `None` if either is not on the scale.
    pub fn level(&self, likelihood: &str, impact: &str) -> Option<&Level> {
        self.scale("level")?.levels.get(self.place(likelihood, impact)?)
    }

    /// The place of that level on its scale, lowest 0.
    pub fn place(&self, likelihood: &str, impact: &str) -> Option<usize> {
        let l = self.scale("likelihood")?.position(likelihood)?;
        let i = self.scale("impact")?.position(impact)?;
        self.at(l, i)
    }

    /// The place of the risk level in a cell of the matrix, all counted from the lowest, 0.
    pub fn at(&self, likelihood: usize, impact: usize) -> Option<usize> {
        self.grid.get(likelihood)?.get(impact).copied()
    }

    /// The overall likelihood of a method of two steps, from the likelihood that the event comes about and the
    /// likelihood that harm follows, as stored ids; `None` if the method has one step or either is not on its scale.
    pub fn overall(&self, initiation: &str, adverse: &str) -> Option<&Level> {
        let row = self
            .overall
            .as_ref()?
            .get(self.scale("initiation")?.position(initiation)?)?;
        let place = row.get(self.scale("adverse")?.position(adverse)?)?;
        self.scale("likelihood")?.levels.get(*place)
    }

    /// The place of the highest level that is borne without a decision; `None` if every level asks for one.
    pub fn appetite(&self) -> Option<usize> {
        self.bound(&self.appetite, Decided::Accept)
    }

    /// The place of the highest level that may be borne for a time.
    pub fn tolerance(&self) -> Option<usize> {
        self.bound(&self.tolerance, Decided::Tolerate)
    }

    fn bound(&self, named: &str, decided: Decided) -> Option<usize> {
        let scale = self.scale("level")?;
        match named.is_empty() {
            false => scale.position(named),
            true => scale
                .levels
                .iter()
                .rposition(|l| l.decision.is_some_and(|d| d <= decided)),
        }
    }

    /// Whether risks that were judged by one of the two have the same result by the other, and mean the same: names,
    /// looks and explanations may differ, levels, cells, bands, decisions and quantities may not.
    pub fn judges_as(&self, other: &Self) -> bool {
        self.judgement() == other.judgement()
    }

    fn judgement(&self) -> Self {
        let mut bare = self.clone();
        let words = [&mut bare.name, &mut bare.source, &mut bare.note, &mut bare.follows];
        words.into_iter().for_each(String::clear);
        bare.aliases.clear();
        (bare.definition, bare.retired) = (None, false);
        for s in &mut bare.scales {
            s.name.clear();
            for l in &mut s.levels {
                *l = Level {
                    id: std::mem::take(&mut l.id),
                    from: l.from,
                    to: l.to,
                    points: l.points,
                    decision: l.decision,
                    ..Level::default()
                };
            }
        }
        bare
    }
}

impl Scale {
    /// The place of a stored level, lowest 0.
    pub fn position(&self, id: &str) -> Option<usize> {
        self.levels.iter().position(|l| l.id == id)
    }

    /// The level that holds a value of 0 to 100.
    fn at(&self, value: u8) -> Option<&Level> {
        let holds = |l: &&Level| l.points.is_some_and(|[from, to, _]| (from..=to).contains(&value));
        self.levels.iter().find(holds)
    }

    /// The level that a word means: id, name, short form or alias, without regard to case; on a scale of 0 to 100 also
    /// the value.
    pub fn find(&self, word: &str) -> Option<&Level> {
        let w = word.trim().to_lowercase();
        if let Ok(value) = w.parse::<u8>()
            && let Some(level) = self.at(value)
        {
            return Some(level);
        }
        self.levels.iter().find(|l| {
            l.id == w
                || l.name.to_lowercase() == w
                || l.short.as_ref().is_some_and(|s| s.to_lowercase() == w)
                || l.aliases.iter().any(|a| a.to_lowercase() == w)
        })
    }
}

impl Level {
    /// The few letters that stand for it where there is little room.
    pub fn letters(&self) -> &str {
        self.short.as_deref().unwrap_or(&self.name)
    }
}
