//! SimpleRisk's exports of its risks, the combined one and the plain one, told by their heads. Columns are found by
//! name, wherever they stand; what has no field here is kept in the notes and listed.

use super::Error;
use super::past::Past;
use super::plan::{Cell, Item, Plan, Want};
use super::planner::{Planner, fold, tags};
use super::table::{Cell as Given, Row, Table};
use crate::model::calendar;
use crate::model::change::Actor;
use crate::model::kind::{Kind, KindIx, Method, TITLE};
use crate::model::value::Value;
use crate::model::world::World;
use std::borrow::Cow;
use std::collections::HashSet;

/// Most characters of a title.
const TITLE_MAX: usize = 120;
/// The method whose five levels are those of SimpleRisk, if the organisation's has not five.
const METHOD: &str = "iso27005-5x5";

/// Where a column goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Goes {
    /// The id by which it is found again.
    Key,
    Title,
    /// To a field, as one would type it.
    To(&'static str),
    /// The day of a moment.
    Day(&'static str),
    /// Names of records of a kind, which are made if they are not there.
    Names(&'static str, &'static str),
    /// A person by the full name.
    Owner,
    Tags,
    Status,
    Strategy,
    /// One of five levels of a scale, from the lowest.
    Level(&'static str, &'static str, [&'static str; 5]),
    /// Has no field here.
    Notes,
}

/// The columns that have a place, by their English heads.
const COLUMNS: &[(&str, Goes)] = &[
    ("Risk ID", Goes::Key),
    ("Status", Goes::Status),
    ("Subject", Goes::Title),
    ("Risk Source", Goes::To("threat")),
    ("Owner", Goes::Owner),
    ("Risk Assessment", Goes::To("description")),
    ("Submission Date", Goes::Day("assessed_at")),
    ("Affected Assets", Goes::Names("assets", "asset")),
    (
        "Classic-Likelihood",
        Goes::Level(
            "inherent_likelihood",
            "likelihood",
            ["remote", "unlikely", "credible", "likely", "almost certain"],
        ),
    ),
    (
        "Classic-Impact",
        Goes::Level(
            "inherent_impact",
            "impact",
            ["insignificant", "minor", "moderate", "major", "extreme/catastrophic"],
        ),
    ),
    ("Planning Strategy", Goes::Strategy),
    ("Planned Mitigation Date", Goes::Day("treat_by")),
    ("Next Review Date", Goes::Day("next_review")),
    ("Tags", Goes::Tags),
];

/// Whether this is an export of SimpleRisk: nobody else names these three.
pub fn is(table: &Table) -> bool {
    ["Risk ID", "Subject", "Risk Scoring Method"]
        .iter()
        .all(|head| table.column(head).is_some())
}

/// Plans the import of such a file as risks.
///
/// # Errors
/// It is no export of SimpleRisk.
pub fn plan(w: &World, table: &Table, past: &mut dyn Past, actor: &Actor) -> Result<Plan, Error> {
    if table.column("Subject").is_none() || table.column("Risk ID").is_none() {
        let what = "this is no export of SimpleRisk: it has no columns 'Risk ID' and 'Subject'; for another register \
                    use 'isms import KIND FILE'";
        return Err(Error::at(&table.file, 1, what));
    }
    let Some(kind) = w.catalogue.index_of("risk") else {
        return Err(Error::file(&table.file, "there is no register of risks to import into"));
    };
    let goes = |head: &String| {
        let found = COLUMNS.iter().find(|(name, _)| head.eq_ignore_ascii_case(name));
        found.map_or(Goes::Notes, |(_, goes)| *goes)
    };
    let five = |m: &&Method| {
        let five = |name| m.scale(name).is_some_and(|s| s.levels.len() == 5);
        five("likelihood") && five("impact")
    };
    let own = w.method(w.kind_at(kind), None).filter(five);
    let mut reader = Reader {
        w,
        kind,
        table,
        columns: table.header.iter().map(goes).collect(),
        method: own.or_else(|| w.catalogue.method(METHOD)),
        named: own.is_none(),
        planner: Planner::new(w, past, super::SIMPLERISK, &table.file),
    };
    reader.name_assets();
    if let (Some(method), true) = (reader.method, reader.named) {
        let text = format!(
            "the five levels are those of {}: each risk gets this method",
            method.name
        );
        reader.planner.tell(text);
    }
    for row in table.rows() {
        reader.row(row);
    }
    Ok(reader.planner.finish(actor))
}

struct Reader<'a, 'p, 't> {
    w: &'a World<'a>,
    kind: KindIx,
    table: &'t Table,
    columns: Vec<Goes>,
    method: Option<&'a Method>,
    /// The method is not the organisation's: each risk names it.
    named: bool,
    planner: Planner<'a, 'p, 't>,
}

/// The names in a list: quoted and parted by commas, as the tool writes them, or by bars or lines. A list without quotes
/// is one name with its commas.
fn list(text: &str) -> Vec<String> {
    let parts: Vec<&str> = match text.trim() {
        t if t.starts_with('"') => t.trim_matches('"').split("\",\"").collect(),
        t => t.split(['|', '\n']).collect(),
    };
    let mut seen = HashSet::new();
    let names = parts.into_iter().map(|n| n.trim().replace("\"\"", "\""));
    names.filter(|n| !n.is_empty() && seen.insert(fold(n))).collect()
}

/// A name as a title: on one line, and not too long.
fn short(name: &str) -> String {
    let line: String = name
        .trim()
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    match line.chars().count() > TITLE_MAX {
        true => line.chars().take(TITLE_MAX - 1).chain(['…']).collect(),
        false => line,
    }
}

impl<'t> Reader<'_, '_, 't> {
    fn of(&self) -> &Kind {
        self.w.kind_at(self.kind)
    }

    /// Assets that the rows name are made too, in the order in which they come.
    fn name_assets(&mut self) {
        let mut seen = HashSet::new();
        let columns = self.columns.clone();
        for row in self.table.rows() {
            for (cell, goes) in row.iter().zip(&columns) {
                let Goes::Names(_, word) = goes else { continue };
                let Some(kind) = self.w.catalogue.index_of(word) else {
                    continue;
                };
                for name in list(&cell.text).iter().map(|n| short(n)) {
                    if seen.insert(fold(&name)) {
                        let mut item = Item::new(cell.line, kind);
                        (item.named, item.title) = (true, name.into());
                        self.planner.add(item);
                    }
                }
            }
        }
    }

    fn row(&mut self, row: Row<'t>) {
        let (line, width) = (row.first().map_or(0, |c| c.line), row.len());
        let mut item = Item::new(line, self.kind);
        if let Some(extra) = row.iter().skip(self.columns.len()).find(|c| !c.text.is_empty()) {
            let why = format!("the row has {width} cells, the header {}", self.columns.len());
            return self.planner.refuse(line, "", &extra.text, &why);
        }
        if let (Some(method), true) = (self.method, self.named) {
            let id = method.id.clone();
            self.to(
                &mut item,
                "method",
                "method",
                line,
                id.clone(),
                Want::Value(Some(Value::Text(id))),
            );
        }
        let heads = self.table.header.iter();
        for ((cell, head), goes) in row.iter().zip(heads).zip(self.columns.clone()) {
            let text = cell.text.trim().to_string();
            self.cell(&mut item, head, cell, text, goes);
        }
        self.planner.add(item);
    }

    /// A value for a field by its name.
    fn to(&self, item: &mut Item<'t>, name: &str, head: &'t str, line: usize, text: String, want: Want) {
        if let Some(field) = self.of().field(name) {
            item.cells.push(Cell {
                tag: field.tag,
                column: head,
                line,
                text: text.into(),
                want,
                guess: true,
            });
        }
    }

    /// What has no place goes to the notes and is listed.
    fn keep(&mut self, item: &mut Item<'t>, head: &str, cell: &Given, why: &str) {
        item.kept.push((head.to_string(), cell.text.trim().to_string()));
        self.planner
            .note(cell.line, format!("column '{head}' {why}; kept in the notes"));
    }

    fn cell(&mut self, item: &mut Item<'t>, head: &'t str, cell: &Given<'t>, text: String, goes: Goes) {
        let line = cell.line;
        match goes {
            Goes::Key => item.keys.extend((!text.is_empty()).then_some(text)),
            Goes::Title => {
                item.title = Cow::Owned(short(&text));
                if item.title != text {
                    item.keys.push(text);
                    self.keep(item, head, cell, "is longer than a title");
                }
                let title = item.title.to_string();
                self.to(item, "title", head, line, title, Want::Text);
                // A title that does not fit refuses its row.
                item.cells
                    .iter_mut()
                    .filter(|c| c.tag == TITLE)
                    .for_each(|c| c.guess = false);
            }
            Goes::To(name) => self.to(item, name, head, line, text, Want::Text),
            Goes::Day(name) => {
                let day = text.split([' ', 'T']).next().unwrap_or_default();
                // SimpleRisk writes a day that is not set as zeros.
                let set = !day.starts_with("0000");
                match calendar::parse_day(day, self.w.today).filter(|_| set) {
                    Some(day) => self.to(item, name, head, line, text, Want::Value(Some(Value::Date(day)))),
                    None if set && !text.is_empty() => self.keep(item, head, cell, "holds no day"),
                    None => self.to(item, name, head, line, text, Want::Value(None)),
                }
            }
            Goes::Names(name, _) => {
                let names = list(&text).iter().map(|n| short(n)).collect();
                self.to(item, name, head, line, text, Want::Names(names));
            }
            Goes::Owner => {
                let names = list(&text);
                self.to(item, "owner", head, line, text, Want::Names(names));
            }
            Goes::Tags => {
                let words = text.split(['|', ',']).map(|t| t.trim().to_string());
                let words = tags(words.filter(|t| !t.is_empty()));
                self.to(item, "tags", head, line, text, Want::Value(Some(words)));
            }
            Goes::Status => self.status(item, head, cell, &text),
            Goes::Strategy => {
                let known = match text.to_lowercase().as_str() {
                    "accept" => Some("accept"),
                    "mitigate" => Some("mitigate"),
                    "transfer" => Some("share"),
                    "avoid" => Some("avoid"),
                    _ => None,
                };
                let value = known.map(|t| Value::Text(t.to_string()));
                if known.is_none() && !text.is_empty() {
                    self.keep(item, head, cell, &format!("says '{text}', which is no treatment here"));
                }
                self.to(item, "treatment", head, line, text, Want::Value(value));
            }
            Goes::Level(name, scale, words) => {
                let place = words.iter().position(|word| *word == text.to_lowercase());
                let level = place.and_then(|n| self.method?.scale(scale)?.levels.get(n));
                match level.map(|l| Value::Text(l.id.clone())) {
                    None if !text.is_empty() => {
                        self.keep(item, head, cell, "names a level that is not SimpleRisk's own")
                    }
                    value => self.to(item, name, head, line, text, Want::Value(value)),
                }
            }
            Goes::Notes if text.is_empty() => {}
            Goes::Notes => self.keep(item, head, cell, "has no field here"),
        }
    }

    /// How far it is: what takes a decision here is kept as it was said.
    fn status(&mut self, item: &mut Item<'t>, head: &str, cell: &Given<'t>, text: &str) {
        let state = match text.to_lowercase().as_str() {
            "" => return,
            "new" | "untreated" | "reopened" => "identified",
            "mitigation planned" => "treating",
            "mgmt reviewed" => "evaluated",
            "treated" => "monitored",
            "closed" => "closed",
            _ => return self.keep(item, head, cell, "names a status of one's own"),
        };
        item.state = Some(state.to_string());
        item.foreign = true;
        let plain = matches!(text.to_lowercase().as_str(), "new" | "closed");
        if !plain {
            self.keep(item, head, cell, &format!("says '{text}', which is taken for {state}"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_quoted_and_parted_by_commas() {
        assert_eq!(list("\"tills\",\"web shop, old\""), ["tills", "web shop, old"]);
        assert_eq!(list("tills"), ["tills"]);
        assert_eq!(list("a|b|A"), ["a", "b"]);
        assert!(list("").is_empty());
        assert_eq!(short(&"x".repeat(130)).chars().count(), TITLE_MAX);
    }
}
