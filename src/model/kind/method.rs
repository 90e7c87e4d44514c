//! Methods of assessment: ordered scales and the matrix over them, read from `data/methods/*.toml`.

use serde::Deserialize;

/// A scale: ordered levels, lowest first.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scale {
    /// `likelihood`, `impact`, `level` inside a method, or a plain name (`cia`).
    pub id: String,
    /// What a person reads.
    pub name: String,
    /// Levels from the lowest.
    pub levels: Vec<Level>,
}

/// One level of a scale.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Level {
    /// What is stored and typed, kebab case.
    pub id: String,
    /// What a person reads.
    pub name: String,
    /// At most 4 characters, for narrow columns.
    #[serde(default)]
    pub short: Option<String>,
    /// Other words that mean it, for imports.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// What it means.
    #[serde(default)]
    pub help: String,
    /// For likelihood: from this rate per year (inclusive).
    #[serde(default)]
    pub from: Option<f64>,
    /// For likelihood: to this rate per year (exclusive).
    #[serde(default)]
    pub to: Option<f64>,
    /// For risk levels: the theme's role for it (`level0` .. `level4`, calm to alarming).
    #[serde(default)]
    pub role: Option<String>,
    /// For risk levels: `accept`, `tolerate`, `treat` or `stop`.
    #[serde(default)]
    pub decision: Option<String>,
}

/// A method of assessment: its scales and its matrix, `data/methods/*.toml`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Method {
    /// What a record's `method` field stores.
    pub id: String,
    /// What a person reads.
    pub name: String,
    /// Where it comes from (standard and section).
    pub source: String,
    /// The scales `likelihood`, `impact` and `level`.
    pub scales: Vec<Scale>,
    /// Risk level (index into the scale `level`) by likelihood (rows, lowest first) and impact (columns, lowest first).
    pub grid: Vec<Vec<usize>>,
}

impl Method {
    /// The scale with this id.
    pub fn scale(&self, id: &str) -> Option<&Scale> {
        self.scales.iter().find(|s| s.id == id)
    }

    /// The risk level at a likelihood and an impact, both as stored ids; `None` if either is not on the scale.
    pub fn level(&self, likelihood: &str, impact: &str) -> Option<&Level> {
        self.scale("level")?.levels.get(self.place(likelihood, impact)?)
    }

    /// The place of that level on its scale, lowest 0.
    pub fn place(&self, likelihood: &str, impact: &str) -> Option<usize> {
        let l = self.scale("likelihood")?.position(likelihood)?;
        let i = self.scale("impact")?.position(impact)?;
        self.grid.get(l)?.get(i).copied()
    }
}

impl Scale {
    /// The place of a stored level, lowest 0.
    pub fn position(&self, id: &str) -> Option<usize> {
        self.levels.iter().position(|l| l.id == id)
    }

    /// The level that a word means: id, name, short form or alias, without regard to case.
    pub fn find(&self, word: &str) -> Option<&Level> {
        let w = word.trim().to_lowercase();
        self.levels.iter().find(|l| {
            l.id == w
                || l.name.to_lowercase() == w
                || l.short.as_ref().is_some_and(|s| s.to_lowercase() == w)
                || l.aliases.iter().any(|a| a.to_lowercase() == w)
        })
    }
}

/// Says what is wrong with a method's matrix: its shape, or a risk that falls where likelihood or impact rises (I10).
pub(super) fn check_method(m: &Method) -> Result<(), String> {
    let n = |id: &str| {
        m.scale(id)
            .map(|s| s.levels.len())
            .ok_or(format!("the scale '{id}' is missing"))
    };
    let (l, i, r) = (n("likelihood")?, n("impact")?, n("level")?);
    if m.grid.len() != l || m.grid.iter().any(|row| row.len() != i) {
        return Err(format!(
            "the grid must have {l} rows (likelihood) of {i} cells (impact)"
        ));
    }
    for (y, row) in m.grid.iter().enumerate() {
        for (x, &v) in row.iter().enumerate() {
            if v >= r {
                return Err(format!("grid row {y}, cell {x}: level {v} is not on the scale 'level'"));
            }
            let falls = (x > 0 && row[x - 1] > v) || (y > 0 && m.grid[y - 1][x] > v);
            if falls {
                return Err(format!(
                    "grid row {y}, cell {x}: a risk may not fall as likelihood or impact rises"
                ));
            }
        }
    }
    Ok(())
}
