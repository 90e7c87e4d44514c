//! What must hold for a method before anything is judged by it: the shape of its matrices, that they do not fall where
//! likelihood or impact rises (I10), bands without holes, decisions that grow with the level, a tolerance curve that
//! falls (I11).

use super::super::grid::check_grid;
use super::{Level, Method, Quantities, Scale};

type Wrong = Result<(), String>;

/// The looks that a risk level may have.
const ROLES: [&str; 5] = ["level0", "level1", "level2", "level3", "level4"];
/// The longest short form of a level, in characters.
const SHORT: usize = 4;

/// Says what is wrong with a method.
pub(in crate::model::kind) fn check_method(m: &Method) -> Wrong {
    check_id(&m.id)?;
    if m.version < 1 {
        return Err("the version 0 is not there: the first is 1".to_string());
    }
    let step = match &m.overall {
        Some(_) => &["initiation", "adverse"][..],
        None => &[],
    };
    let needed = || ["likelihood", "impact", "level"].iter().chain(step);
    for id in needed() {
        let scale = m.scale(id).ok_or(format!("the scale '{id}' is missing"))?;
        check_scale(scale).map_err(|e| format!("scale '{id}': {e}"))?;
    }
    for (n, s) in m.scales.iter().enumerate() {
        if !needed().any(|id| *id == s.id) {
            return Err(format!("the scale '{}' is none that a method has", s.id));
        }
        if m.scales[..n].iter().any(|o| o.id == s.id) {
            return Err(format!("the scale '{}' is there twice", s.id));
        }
    }
    let names = |scale: &str| -> Vec<String> { m.levels(scale).iter().map(|l| l.name.clone()).collect() };
    let axes = (names("likelihood").len(), names("impact").len());
    check_shape(&m.grid, ("likelihood", "impact"), axes, names("level").len())?;
    check_grid(&m.grid).map_err(|e| e.to_string())?;
    if let Some(overall) = &m.overall {
        let axes = (names("initiation").len(), names("adverse").len());
        check_shape(overall, ("initiation", "adverse"), axes, names("likelihood").len())
            .and_then(|()| check_grid(overall).map_err(|e| e.to_string()))
            .map_err(|e| format!("overall: {e}"))?;
    }
    check_decisions(m)?;
    check_quantities(&m.quantities).map_err(|e| format!("quantities: {e}"))
}

/// The number of rows and cells, and whether every cell is a level; from 1 and from the lowest.
fn check_shape(grid: &[Vec<usize>], (rows, columns): (&str, &str), (l, i): (usize, usize), levels: usize) -> Wrong {
    if grid.len() != l {
        return Err(format!(
            "grid: {} rows, expected {l}, one for each level of '{rows}'",
            grid.len()
        ));
    }
    for (y, row) in grid.iter().enumerate() {
        if row.len() < i {
            return Err(format!(
                "grid: the cell at row {}, column {} is empty: give each of the {i} levels of '{columns}' one",
                y + 1,
                row.len() + 1
            ));
        }
        if row.len() > i {
            return Err(format!(
                "grid: row {} has {} cells, expected {i}, one for each level of '{columns}'",
                y + 1,
                row.len()
            ));
        }
        if let Some(x) = row.iter().position(|v| *v >= levels) {
            return Err(format!(
                "grid: row {}, column {} is {}, expected 0 (the lowest) to {}",
                y + 1,
                x + 1,
                row[x],
                levels.saturating_sub(1)
            ));
        }
    }
    Ok(())
}

fn check_id(id: &str) -> Wrong {
    let fine = !id.is_empty()
        && id
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    match fine {
        true => Ok(()),
        false => Err(format!("the id '{id}' may have only small letters, digits and '-'")),
    }
}

/// Levels with words of their own, and bands that follow one another.
fn check_scale(s: &Scale) -> Wrong {
    if s.levels.is_empty() {
        return Err("it has no levels".to_string());
    }
    for (n, l) in s.levels.iter().enumerate() {
        check_id(&l.id)?;
        if let Some(short) = l.short.as_ref().filter(|t| t.is_empty() || t.chars().count() > SHORT) {
            return Err(format!("'{}': short '{short}' must have 1 to {SHORT} characters", l.id));
        }
        if s.levels[..n].iter().any(|o| o.id == l.id) {
            return Err(format!("the level '{}' is there twice", l.id));
        }
    }
    if s.levels.iter().any(|l| l.from.is_some() || l.to.is_some()) {
        check_bands(&s.levels)?;
    }
    Ok(())
}

/// Every band begins where the one below it ends; the lowest at 0, the highest has no end.
fn check_bands(levels: &[Level]) -> Wrong {
    let last = levels.len() - 1;
    let mut end = 0.0;
    for (n, l) in levels.iter().enumerate() {
        if l.from != Some(end) {
            let is = l.from.map_or("missing".to_string(), |f| f.to_string());
            return Err(format!(
                "'{}': from is {is}, expected {end}, where the band below ends",
                l.id
            ));
        }
        match (l.to, n == last) {
            (Some(to), true) => {
                return Err(format!("'{}': to is {to}, expected none: the highest has no end", l.id));
            }
            (None, false) => return Err(format!("'{}': to is missing", l.id)),
            (Some(to), false) if to <= end || !to.is_finite() => {
                return Err(format!("'{}': to is {to}, expected more than {end}", l.id));
            }
            (to, _) => end = to.unwrap_or(end),
        }
    }
    Ok(())
}

/// Risk levels have a look, letters and a decision, which gets no milder as they rise; appetite and tolerance are levels.
fn check_decisions(m: &Method) -> Wrong {
    let levels = m.levels("level");
    for (n, l) in levels.iter().enumerate() {
        let at = format!("scale 'level': '{}'", l.id);
        if !l.role.as_deref().is_some_and(|r| ROLES.contains(&r)) {
            return Err(format!(
                "{at}: role is missing or unknown; expected {}",
                ROLES.join(", ")
            ));
        }
        let letters = l.short.as_ref();
        let Some(letters) = letters else {
            return Err(format!("{at}: short is missing: colour is never the only sign"));
        };
        if levels[..n].iter().any(|o| o.short.as_ref() == Some(letters)) {
            return Err(format!("{at}: short '{letters}' is that of another level"));
        }
        let Some(decided) = l.decision else {
            return Err(format!(
                "{at}: decision is missing; expected accept, tolerate, treat or stop"
            ));
        };
        if let Some(below) = n
            .checked_sub(1)
            .and_then(|n| levels[n].decision)
            .filter(|b| *b > decided)
        {
            return Err(format!(
                "{at}: decision '{}' is milder than '{}' at the level below",
                decided.word(),
                below.word()
            ));
        }
    }
    for (what, id) in [("appetite", &m.appetite), ("tolerance", &m.tolerance)] {
        if !id.is_empty() && !levels.iter().any(|l| l.id == *id) {
            let all: Vec<&str> = levels.iter().map(|l| l.id.as_str()).collect();
            return Err(format!("{what} '{id}' is no level; expected {}", all.join(", ")));
        }
    }
    match (m.appetite(), m.tolerance()) {
        (Some(a), Some(t)) if t < a => Err("the tolerance lies below the appetite".to_string()),
        _ => Ok(()),
    }
}

fn check_quantities(q: &Quantities) -> Wrong {
    let share = |v: f64| (0.0..=1.0).contains(&v);
    for (what, v) in [("overlap", q.overlap), ("floor", q.floor)] {
        if !share(v) {
            return Err(format!("{what} is {v}, expected 0 to 1"));
        }
    }
    for (what, v) in [("low", q.shape.low), ("medium", q.shape.medium), ("high", q.shape.high)] {
        if !(v > 0.0 && v.is_finite()) {
            return Err(format!("shape: {what} is {v}, expected more than 0"));
        }
    }
    if !(q.driver_cv >= 0.0 && q.driver_cv.is_finite()) {
        return Err(format!("driver_cv is {}, expected 0 or more", q.driver_cv));
    }
    if let Some(a) = q.productivity.filter(|a| !(*a > 0.0 && a.is_finite())) {
        return Err(format!("productivity is {a}, expected more than 0"));
    }
    if q.years == 0 || q.review_months == 0 {
        return Err("years and review_months must be 1 or more".to_string());
    }
    if q.loss_limit.is_some_and(|l| !(l >= 0.0 && l.is_finite())) {
        return Err("loss_limit must be 0 or more".to_string());
    }
    for (n, p) in q.tolerance.iter().enumerate() {
        let at = format!("tolerance: point {}", n + 1);
        if !share(p.probability) {
            return Err(format!("{at}: probability is {}, expected 0 to 1", p.probability));
        }
        let Some(before) = n.checked_sub(1).map(|n| q.tolerance[n]) else {
            continue;
        };
        if p.loss <= before.loss || p.probability > before.probability {
            return Err(format!(
                "{at}: a larger loss must come later and not be tolerated more often"
            ));
        }
    }
    Ok(())
}
