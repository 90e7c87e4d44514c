//! The clocks that the law starts for an incident, drawn up from what the obligations say: who must be told, by when.
//! A clock that waits for an earlier report runs once that is answered; what a person has written stays.

use super::calendar;
use super::kind::{Field, Kind, Tag};
use super::record::{Id, Record};
use super::value::{Row, Value};
use super::world::World;
use std::sync::Arc;

const HOUR: f64 = 3_600_000.0;

/// The obligations with clocks that an incident may concern: those that name one of its assets, and those that name
/// none and so hold for all.
pub fn concern<'a>(w: &World<'a>, incident: &Record) -> Vec<&'a Arc<Record>> {
    let (Some(kind), Some(law)) = (w.kind(&incident.id), w.catalogue.kind("obligation")) else {
        return Vec::new();
    };
    let hit = kind.field("assets").and_then(|f| incident.get(f.tag));
    let hit: Vec<&Id> = hit.map(|v| v.ids().collect()).unwrap_or_default();
    let (Some(clocks), Some(assets)) = (law.field("clocks"), law.field("assets")) else {
        return Vec::new();
    };
    let concerns = |r: &&Arc<Record>| {
        let named = r
            .get(assets.tag)
            .map(|v| v.ids().collect::<Vec<_>>())
            .unwrap_or_default();
        r.get(clocks.tag).is_some() && (named.is_empty() || named.iter().any(|id| hit.contains(id)))
    };
    w.live("obligation").filter(concerns).collect()
}

/// The clocks of an incident with those that are not there yet, and with the ends that have become known.
pub fn fill(w: &World, incident: &Record, field: &Field) -> Option<Value> {
    let mut rows: Vec<Row> = incident.get(field.tag).map(Value::as_rows).unwrap_or_default().to_vec();
    let law = w.catalogue.kind("obligation")?;
    for obligation in concern(w, incident) {
        let of = |row: &Row| matches!(cell(field, row, "obligation"), Some(Value::Link(id)) if *id == obligation.id);
        let stages = obligation.get(law.field("clocks")?.tag)?.as_rows();
        if !rows.iter().any(of) {
            for stage in stages {
                let id = rows.iter().map(|r| r.id).max().unwrap_or(0) + 1;
                rows.push(drawn(law, obligation, field, stage, id));
            }
        }
        let places: Vec<usize> = (0..rows.len()).filter(|i| of(&rows[*i])).collect();
        // a person may have struck some: ends are set only where each still stands for its stage
        if places.len() != stages.len() {
            continue;
        }
        let mut before = None;
        for (place, stage) in places.iter().zip(stages) {
            let answered = cell(field, &rows[*place], "answered_at").and_then(time);
            if cell(field, &rows[*place], "until").is_none()
                && let Some(end) = end(w, law, incident, stage, before)
            {
                put(field, &mut rows[*place], "until", Value::Time(end));
                put(field, &mut rows[*place], "due", Value::Date(calendar::day_of_time(end)));
            }
            before = answered;
        }
    }
    (!rows.is_empty()).then_some(Value::Rows(rows))
}

/// A clock as it stands before its end is known.
fn drawn(law: &Kind, obligation: &Record, field: &Field, stage: &Row, id: u32) -> Row {
    let text = |name: &str| {
        let value = law.field(name).and_then(|f| obligation.get(f.tag));
        value.and_then(Value::as_text).unwrap_or_default()
    };
    let said = |name: &str| of_law(law, stage, name).and_then(Value::as_text).unwrap_or_default();
    let mut row = Row { id, cells: Vec::new() };
    let names = [text("instrument"), said("to")];
    let names: Vec<&str> = names.into_iter().filter(|n| !n.is_empty()).collect();
    let clock: String = match names.is_empty() {
        true => obligation.title().chars().take(60).collect(),
        false => names.join(", ").chars().take(60).collect(),
    };
    put(field, &mut row, "clock", Value::Text(clock));
    let words = said("stage").to_lowercase();
    let stages = field.fields.iter().find(|f| f.name == "stage");
    let meant = stages.and_then(|f| {
        let inside = || f.choices.iter().find(|c| words.contains(&c.label.to_lowercase()));
        f.choice(&words).or_else(inside)
    });
    if let Some(choice) = meant {
        put(field, &mut row, "stage", Value::Text(choice.id.clone()));
    }
    put(field, &mut row, "done", Value::Bool(false));
    put(field, &mut row, "obligation", Value::Link(obligation.id.clone()));
    row
}

/// When a stage ends, if the moment from which it runs is known. `before` is when the stage before was answered.
fn end(w: &World, law: &Kind, incident: &Record, stage: &Row, before: Option<i64>) -> Option<i64> {
    let kind = w.kind(&incident.id)?;
    let at = |name: &str| kind.field(name).and_then(|f| incident.get(f.tag)).and_then(time);
    let number = |name: &str| match of_law(law, stage, name) {
        Some(Value::Num(n)) => Some(*n),
        Some(Value::Int(n)) => Some(*n as f64),
        _ => None,
    };
    let from = match of_law(law, stage, "from").and_then(Value::as_text) {
        Some("previous") => before?,
        Some("occurred") => at("occurred_at")?,
        Some("closed") => at("recovered_at")?,
        Some("classified") => at("declared_at").unwrap_or(w.now),
        _ => at("aware_at")?,
    };
    let end = match (number("hours"), number("months")) {
        (Some(hours), _) => from + (hours * HOUR) as i64,
        (None, Some(months)) => {
            let day = calendar::add_months(calendar::day_of_time(from), months as i32);
            i64::from(day) * calendar::DAY_MS + from.rem_euclid(calendar::DAY_MS)
        }
        (None, None) => return None,
    };
    let most = number("at_most")
        .zip(at("aware_at"))
        .map(|(hours, aware)| aware + (hours * HOUR) as i64);
    Some(most.map_or(end, |most| end.min(most)))
}

fn time(value: &Value) -> Option<i64> {
    match value {
        Value::Time(ms) => Some(*ms),
        _ => None,
    }
}

fn tag(field: &Field, name: &str) -> Option<Tag> {
    field.fields.iter().find(|f| f.name == name).map(|f| f.tag)
}

fn cell<'a>(field: &Field, row: &'a Row, name: &str) -> Option<&'a Value> {
    let tag = tag(field, name)?;
    row.cells.iter().find(|(t, _)| *t == tag).map(|(_, v)| v)
}

fn of_law<'a>(law: &Kind, stage: &'a Row, name: &str) -> Option<&'a Value> {
    cell(law.field("clocks")?, stage, name)
}

fn put(field: &Field, row: &mut Row, name: &str, value: Value) {
    if let Some(tag) = tag(field, name) {
        row.cells.retain(|(t, _)| *t != tag);
        row.cells.push((tag, value));
        row.cells.sort_by_key(|(t, _)| *t);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test stops where it fails")]
    use super::*;
    use crate::model::builtin;
    use crate::model::calendar::{parse_time, show_time};
    use crate::model::codec;
    use crate::model::state::State;

    /// CLOCK-1: 24 and 72 hours from becoming aware; the last one a month after the notification was sent.
    #[test]
    fn clocks_are_drawn_up_and_run_on_when_answered() {
        let catalogue = builtin::catalogue().unwrap();
        let (law, kind) = (
            catalogue.kind("obligation").unwrap(),
            catalogue.kind("incident").unwrap(),
        );
        let mut state = State::empty(&catalogue);
        let me = Id::from("P-0001");
        let parsed = |state: &State, kind: &Kind, name: &str, text: &str| {
            let now = 1_769_900_000_000;
            let (today, me) = (calendar::day_of_time(now), &me);
            let w = World {
                catalogue: &catalogue,
                state,
                today,
                now,
                me,
            };
            codec::parse(&w, kind, None, kind.field(name).unwrap(), text).unwrap()
        };
        let stages = r#"[{"id":1,"stage":"Early warning","hours":24,"from":"aware","to":"CSIRT"},
            {"id":2,"stage":"Notification","hours":72,"from":"aware","to":"CSIRT"},
            {"id":3,"stage":"Final report","months":1,"from":"previous","to":"CSIRT"}]"#;
        let mut duty = Record::new(Id::from("L-0001"));
        for (name, text) in [("title", "Report"), ("instrument", "NIS2"), ("clocks", stages)] {
            duty.set(law.field(name).unwrap().tag, parsed(&state, law, name, text));
        }
        state.put(catalogue.index_of("obligation").unwrap(), Arc::new(duty));
        let mut incident = Record::new(Id::from("I-0001"));
        let aware = kind.field("aware_at").unwrap().tag;
        incident.set(aware, parsed(&state, kind, "aware_at", "2026-01-30T22:15:00Z"));
        let field = kind.field("clocks").unwrap();
        let ends = |incident: &Record| {
            let now = parse_time("2026-01-31T09:00:00Z", 0, 0).unwrap();
            let (today, me) = (calendar::day_of_time(now), &me);
            let w = World {
                catalogue: &catalogue,
                state: &state,
                today,
                now,
                me,
            };
            let rows = fill(&w, incident, field).unwrap();
            let end = |r: &Row| {
                cell(field, r, "until")
                    .and_then(time)
                    .map(show_time)
                    .unwrap_or_default()
            };
            (rows.as_rows().iter().map(end).collect::<Vec<_>>(), rows)
        };
        let (first, rows) = ends(&incident);
        assert_eq!(first, ["2026-01-31T22:15:00Z", "2026-02-02T22:15:00Z", ""]);
        let mut rows = rows.as_rows().to_vec();
        let sent = parse_time("2026-01-31T09:00:00Z", 0, 0).unwrap();
        put(field, &mut rows[1], "answered_at", Value::Time(sent));
        incident.set(field.tag, Some(Value::Rows(rows)));
        assert_eq!(ends(&incident).0[2], "2026-02-28T09:00:00Z");
        // what a person struck does not come back
        let mut rows = ends(&incident).1.as_rows().to_vec();
        rows.remove(0);
        incident.set(field.tag, Some(Value::Rows(rows)));
        assert_eq!(ends(&incident).0.len(), 2);
    }
}
