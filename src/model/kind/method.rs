//! Methods of assessment: ordered scales and the matrix over them, read from `data/methods/*.toml`.

use super::grid::check_grid;
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
    /// For a scale of 0 to 100: from this value to this (both inclusive), and the point that stands for all of them.
    #[serde(default)]
    pub points: Option<[u8; 3]>,
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
    /// For a method that judges likelihood in two steps: the overall likelihood by that of the event (rows) and that
    /// of harm following from it (columns, the scale `adverse`), lowest first.
    #[serde(default)]
    pub overall: Option<Vec<Vec<usize>>>,
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

    /// The overall likelihood of a method of two steps, from the likelihood that the event comes about and the
    /// likelihood that harm follows, as stored ids; `None` if the method has one step or either is not on its scale.
    pub fn overall(&self, initiation: &str, adverse: &str) -> Option<&Level> {
        let likelihood = self.scale("likelihood")?;
        let row = self.overall.as_ref()?.get(likelihood.position(initiation)?)?;
        let place = row.get(self.scale("adverse")?.position(adverse)?)?;
        likelihood.levels.get(*place)
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
        if let Some((x, v)) = row.iter().enumerate().find(|(_, v)| **v >= r) {
            let (row, column) = (y + 1, x + 1);
            return Err(format!(
                "grid row {row}, column {column}: level {v} is not on the scale 'level'"
            ));
        }
    }
    check_grid(&m.grid).map_err(|e| e.to_string())?;
    check_overall(m)
}

/// The same of the grid by which a method of two steps judges likelihood.
fn check_overall(m: &Method) -> Result<(), String> {
    let Some(grid) = &m.overall else {
        return Ok(());
    };
    let likelihood = m.scale("likelihood").map_or(0, |s| s.levels.len());
    let adverse = m.scale("adverse").ok_or("the scale 'adverse' is missing")?.levels.len();
    if grid.len() != likelihood || grid.iter().any(|row| row.len() != adverse) {
        return Err(format!(
            "the grid 'overall' must have {likelihood} rows (likelihood) of {adverse} cells (adverse)"
        ));
    }
    if let Some(v) = grid.iter().flatten().find(|v| **v >= likelihood) {
        return Err(format!("the grid 'overall': {v} is not on the scale 'likelihood'"));
    }
    check_grid(grid).map_err(|e| format!("the grid 'overall': {e}"))
}
