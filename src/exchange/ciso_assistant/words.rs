//! What the words of CISO Assistant mean here: levels, status, money, objectives.

use super::Goes;
use super::row::{Reader, set};
use crate::exchange::plan::{Item, Want};
use crate::exchange::table::Cell as Given;
use crate::model::value::Value;

impl<'t> Reader<'_, '_, 't> {
    /// A level that the file gives beside likelihood and impact: the matrix works it out here, so it is kept only
    /// where it says something else.
    pub(super) fn level(
        &mut self,
        item: &mut Item<'t>,
        row: &[Given<'t>],
        head: &'t str,
        cell: &Given<'t>,
        of: (&str, &str),
    ) {
        let Some(said) = set(&cell.text) else { return };
        let label = |name: &str| {
            let at = self
                .columns
                .iter()
                .position(|g| matches!(g, Some(Goes::To(n)) if *n == name))?;
            set(&row.get(at)?.text)
        };
        let worked_out = self.method.and_then(|(m, _)| {
            let l = m.scale("likelihood")?.find(label(of.0)?)?;
            let i = m.scale("impact")?.find(label(of.1)?)?;
            let level = m.level(&l.id, &i.id)?;
            Some((
                level.name.clone(),
                m.scale("level")?.find(said).is_some_and(|s| s.id == level.id),
            ))
        });
        match worked_out {
            Some((_, true)) => {}
            Some((level, false)) => {
                let why = format!("says '{said}' where the matrix gives {level}");
                self.keep(item, head, cell, &why);
            }
            None => self.keep(item, head, cell, "gives a level without a known likelihood and impact"),
        }
    }

    pub(super) fn status(&mut self, item: &mut Item<'t>, head: &'t str, cell: &Given<'t>, text: &str) {
        let state = match text {
            "" => return,
            "to_do" => "planned",
            "in_progress" => "in-progress",
            "active" => "implemented",
            "on_hold" => {
                self.keep(item, head, cell, "says 'on_hold', which is taken for in progress");
                "in-progress"
            }
            "degraded" => {
                let health = Want::Value(Some(Value::Text("degraded".to_string())));
                self.to(item, "health", head, cell, text, health);
                "implemented"
            }
            "deprecated" => return self.keep(item, head, cell, "says 'deprecated': retire it here if it is gone"),
            _ => return self.keep(item, head, cell, "names a status that is not known here"),
        };
        item.state = Some(state.to_string());
        item.foreign = true;
    }

    /// Amounts are in the currency of their row; one that is not the organisation's is kept as it was given.
    pub(super) fn money(
        &mut self,
        item: &mut Item<'t>,
        row: &[Given<'t>],
        name: &str,
        head: &'t str,
        cell: &Given<'_>,
    ) {
        let Some(amount) = set(&cell.text) else {
            return self.to(item, name, head, cell, "", Want::Text);
        };
        let at = self.columns.iter().position(|g| matches!(g, Some(Goes::Currency)));
        let given = at.and_then(|i| set(&row.get(i)?.text)).unwrap_or_default();
        let own = String::from_utf8_lossy(&self.w.currency()).to_string();
        match code(given) {
            Some(code) if code != own => {
                let other = Given {
                    text: format!("{amount} {given}").into(),
                    line: cell.line,
                };
                self.keep(
                    item,
                    head,
                    &other,
                    &format!("is in {code}, the organisation's currency is {own}"),
                );
            }
            None if !given.is_empty() => {
                self.keep(item, head, cell, &format!("is in '{given}', which is not known here"))
            }
            _ => self.to(item, name, head, cell, &format!("{amount} {own}"), Want::Text),
        }
    }

    /// `confidentiality: 3,integrity: 2`, on the scale 0 to 4.
    pub(super) fn objectives(&mut self, item: &mut Item<'t>, head: &'t str, cell: &Given<'t>, text: &str) {
        let scale = self.w.catalogue.scale("cia");
        for part in text.split([',', '|', '\n']).map(str::trim).filter(|p| !p.is_empty()) {
            let (name, value) = part.split_once(':').map_or((part, ""), |(n, v)| (n.trim(), v.trim()));
            let place = value.parse::<usize>().ok();
            let level = place.and_then(|n| scale?.levels.get(n)).map(|l| l.id.clone());
            match (name.to_lowercase().as_str(), level) {
                (name @ ("confidentiality" | "integrity" | "availability"), Some(level)) => {
                    self.to(item, name, head, cell, part, Want::Value(Some(Value::Text(level))));
                    self.planner
                        .note(cell.line, format!("column '{head}' is taken for levels 0 to 4"));
                }
                _ => {
                    let other = Given {
                        text: part.to_string().into(),
                        line: cell.line,
                    };
                    self.keep(item, head, &other, "holds more than levels 0 to 4 of c, i and a");
                }
            }
        }
    }
}

/// The ISO 4217 code that a sign or code means.
pub(super) fn code(text: &str) -> Option<String> {
    match text {
        "€" => Some("EUR".to_string()),
        "$" => Some("USD".to_string()),
        "£" => Some("GBP".to_string()),
        t if t.len() == 3 && t.chars().all(|c| c.is_ascii_alphabetic()) => Some(t.to_uppercase()),
        _ => None,
    }
}
