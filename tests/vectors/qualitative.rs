//! Matrices, scales, bands, scores and ranks.

use super::Compute;
use super::cases::Cases;
use super::read::{self, Names};
use isms::method::qualitative::{self, Band};
use isms::model::builtin;
use isms::model::kind::{Level, Method, check_grid};
use serde_json::{Map, Value, json};
use std::sync::LazyLock;

/// The kinds of this subject.
pub const KINDS: &[(&str, Compute)] = &[
    ("matrix", matrix),
    ("matrix_index", matrix_index),
    ("matrix_validation", matrix_validation),
    ("scale", scale),
    ("two_step", two_step),
    ("sum_0_8", sum_0_8),
    ("rank", rank),
    ("freq_to_level", freq_to_level),
    ("residual_level", residual_level),
];

/// The matrices that the program brings along, by the ids of the cases that show their grids.
const GRIDS: [(&str, &str); 5] = [
    ("I27005-A", "iso27005-5x5"),
    ("MX-3x3-mult", "matrix-3x3"),
    ("MX-4x4-five-levels", "matrix-4x4"),
    ("MX-4x4-ebios", "ebios-4x4"),
    ("MX-6x6", "matrix-6x6"),
];

/// The tables of NIST SP 800-30, by the ids of the cases that show them.
const TABLES: [&str; 2] = ["N30-I2", "N30-G5"];

/// Whether a case shows a grid that the program does not bring along. It has no input but its answer: all that can be
/// said of it is that it would be taken as a grid of an organisation.
pub fn is_only_checked(case: &Value) -> bool {
    let word = |key| read::word(case, key).unwrap_or_default();
    match word("kind") {
        "matrix" => !TABLES.contains(&word("id")),
        "matrix_index" => GRIDS.iter().all(|(id, _)| *id != word("id")),
        _ => false,
    }
}

static ALL: LazyLock<Vec<Method>> = LazyLock::new(|| builtin::catalogue().map(|c| c.methods).unwrap_or_default());

fn method(id: &str) -> Result<&'static Method, String> {
    let found = ALL.iter().find(|m| m.id == id);
    found.ok_or_else(|| format!("the program has no method '{id}'"))
}

fn nist() -> Result<&'static Method, String> {
    method("nist-800-30")
}

fn levels(method: &'static Method, scale: &str) -> Result<&'static [Level], String> {
    let found = method.scale(scale).map(|s| s.levels.as_slice());
    found.ok_or_else(|| format!("{} has no scale '{scale}'", method.id))
}

fn short(level: &Level) -> &str {
    level.short.as_deref().unwrap_or(&level.name)
}

/// A table of NIST SP 800-30: rows by their names, columns from the lowest.
fn matrix(case: &Value, _: &Cases) -> Result<Value, String> {
    type Cell = fn(&'static Method, &str, &str) -> Option<&'static Level>;
    let (columns, cell): (_, Cell) = match read::word(case, "id")? {
        "N30-I2" => ("impact", Method::level),
        "N30-G5" => ("adverse", Method::overall),
        _ => return named_grid(case),
    };
    let nist = nist()?;
    let mut rows = Map::new();
    for row in levels(nist, "likelihood")? {
        let cells = levels(nist, columns)?.iter();
        let cells: Option<Vec<&str>> = cells.map(|c| cell(nist, &row.id, &c.id).map(short)).collect();
        rows.insert(short(row).to_string(), json!(cells.ok_or("a cell is empty")?));
    }
    Ok(Value::Object(rows))
}

/// A grid of names that the program does not bring along, loaded like one of an organisation: it must pass the check.
fn named_grid(case: &Value) -> Result<Value, String> {
    let order = levels(nist()?, "level")?;
    let place = |name: &str| order.iter().position(|l| short(l) == name);
    let rows = read::object(case, "expect")?;
    let mut grid: Vec<(Option<usize>, Vec<Option<usize>>)> = Vec::new();
    for name in rows.keys() {
        let cells = read::words(case, &format!("expect.{name}"))?;
        grid.push((place(name), cells.into_iter().map(place).collect()));
    }
    grid.sort();
    let cells: Vec<Vec<Option<usize>>> = grid.iter().map(|(_, cells)| cells.clone()).collect();
    check_grid(&cells).map_err(|e| e.to_string())?;
    let name = |at: &Option<usize>| at.map(|i| short(&order[i]));
    let rows = grid.iter().map(|(row, cells)| {
        let cells: Vec<Option<&str>> = cells.iter().map(name).collect();
        (name(row).unwrap_or_default().to_string(), json!(cells))
    });
    Ok(Value::Object(rows.collect()))
}

/// The cells of a list of rows; what is no whole number is an empty cell.
fn cells(grid: &Value) -> Result<Vec<Vec<Option<usize>>>, String> {
    let cell = |v: &Value| v.as_u64().and_then(|n| usize::try_from(n).ok());
    let row = |row: &Value| row.as_array().map(|cells| cells.iter().map(cell).collect());
    let rows = grid.as_array().and_then(|rows| rows.iter().map(row).collect());
    rows.ok_or_else(|| "the grid is no list of rows".to_string())
}

/// A grid of places. One that the program does not bring along is loaded like one of an organisation.
fn matrix_index(case: &Value, _: &Cases) -> Result<Value, String> {
    let id = read::word(case, "id")?;
    let Some((_, name)) = GRIDS.iter().find(|(case, _)| *case == id) else {
        let grid = cells(read::at(case, "expect")?)?;
        check_grid(&grid).map_err(|e| e.to_string())?;
        return Ok(json!(grid));
    };
    let method = method(name)?;
    let mut rows = Vec::new();
    for l in levels(method, "likelihood")? {
        let row = levels(method, "impact")?.iter().map(|i| method.place(&l.id, &i.id));
        rows.push(row.collect::<Option<Vec<usize>>>().ok_or("a cell is empty")?);
    }
    Ok(json!(rows))
}

fn matrix_validation(case: &Value, _: &Cases) -> Result<Value, String> {
    let fault = check_grid(&cells(read::at(case, "input")?)?).err();
    Ok(json!({ "valid": fault.is_none(), "error": fault.map(|f| f.to_string()) }))
}

/// The bins of NIST SP 800-30: values of 0 to 100 with their points, or times a year in the words of Table G-3.
fn scale(case: &Value, _: &Cases) -> Result<Value, String> {
    let rows = levels(nist()?, "likelihood")?.iter().map(|l| {
        let [from, to, point] = l.points.ok_or_else(|| format!("{} has no points", l.id))?;
        let per_year = l.help.trim_end_matches('.');
        Ok(json!({ "level": short(l), "from": from, "to": to, "point": point, "per_year": per_year }))
    });
    match read::word(case, "id")? {
        "N30-SCALE" | "N30-G3" => rows.collect(),
        other => Err(format!("the program has no scale '{other}'")),
    }
}

fn two_step(case: &Value, _: &Cases) -> Result<Value, String> {
    let nist = nist()?;
    let find = |scale: &str, name: &str| -> Result<&str, String> {
        let word = read::word(case, &format!("input.{name}"))?;
        let level = nist.scale(scale).and_then(|s| s.find(word));
        level
            .map(|l| l.id.as_str())
            .ok_or_else(|| format!("'{word}' is no level of {scale}"))
    };
    let likelihood = nist.overall(find("likelihood", "initiation")?, find("adverse", "adverse")?);
    let likelihood = likelihood.ok_or("no overall likelihood")?;
    let risk = nist.level(&likelihood.id, find("impact", "impact")?);
    Ok(json!({ "overall_likelihood": short(likelihood), "risk": risk.map(short) }))
}

/// Rows of asset values, columns of threat and, within it, of ease.
fn sum_0_8(_: &Value, _: &Cases) -> Result<Value, String> {
    let columns: Vec<(u8, u8)> = (0..3)
        .flat_map(|threat| (0..3).map(move |ease| (threat, ease)))
        .collect();
    let row = |asset: u8| {
        let sums = columns
            .iter()
            .map(|(threat, ease)| qualitative::score(asset, *threat, *ease));
        sums.collect::<Option<Vec<u8>>>()
    };
    let rows = (0..5).map(row).collect::<Option<Vec<_>>>();
    rows.map(|r| json!(r)).ok_or_else(|| "off the scale".to_string())
}

fn rank(case: &Value, _: &Cases) -> Result<Value, String> {
    let threats = read::object(case, "input")?;
    let names = Names::of(threats.keys().map(String::as_str));
    let mut measures = Vec::new();
    for name in threats.keys() {
        let factors = read::nums(case, &format!("input.{name}"))?;
        measures.push(factors.iter().product::<f64>());
    }
    let ranks = qualitative::ranks(&measures);
    Ok(json!({
        "measure": names.object(|i| json!(measures[i])),
        "rank": names.object(|i| json!(ranks[i])),
    }))
}

fn freq_to_level(case: &Value, _: &Cases) -> Result<Value, String> {
    let bands = Band::above(&read::nums(case, "input.bounds")?);
    let rates = read::nums(case, "input.rates")?;
    let levels = rates.iter().map(|r| qualitative::level_of(&bands, *r));
    Ok(json!({ "level_index": levels.collect::<Option<Vec<_>>>().ok_or("no bounds")? }))
}

fn residual_level(case: &Value, _: &Cases) -> Result<Value, String> {
    let bands = Band::between(&read::nums(case, "input.bounds")?);
    let level = read::count(case, "input.level_index")?;
    let found = qualitative::residual(&bands, level, read::num(case, "input.factor")?).ok_or("no such level")?;
    Ok(json!({ "midpoint": found.midpoint, "rate": found.value, "level_index": found.level }))
}
