//! What a record holds many of: rows and links, as lines.

use super::line::{Line, Stop};
use super::look::Look;
use super::picker::wide;
use super::{Model, cell, text};
use crate::model::calendar;
use crate::model::codec;
use crate::model::kind::{Field, FieldType, Kind};
use crate::model::record::Record;
use crate::model::value::{Row, Value};
use crate::model::world::World;

/// From so many links on only the first show, unless all is asked for.
const MANY: usize = 9;
/// How many show then.
const FIRST: usize = 6;

/// How many of so many links show.
pub(crate) fn shown(len: usize, all: bool) -> usize {
    if all || len < MANY { len } else { FIRST }
}

/// So many columns are kept for the state of what is linked.
pub(crate) const STATES: u16 = 12;

/// Brings the states of linked records, which stand far to the right, near to the longest title, which gets all that
/// the states leave.
pub(crate) fn draw_near(lines: &mut [Line], far: u16) {
    let parts = |line: &Line| match line.spans.as_slice() {
        [.., (x, title, _), (at, state, _)] if *at == far && matches!(line.stop, Stop::Link(_)) => {
            Some((x + wide(title), wide(state)))
        }
        _ => None,
    };
    let linked = || lines.iter().filter_map(parts);
    let (Some(end), Some(state)) = (linked().map(|p| p.0).max(), linked().map(|p| p.1).max()) else {
        return;
    };
    let near = (end + 2).min(far + STATES.saturating_sub(state));
    for line in lines.iter_mut().filter(|l| parts(l).is_some()) {
        if let Some(last) = line.spans.last_mut() {
            last.0 = near;
        }
    }
}

impl Model {
    /// A row as one text: its cells in their order, without labels where they say themselves what they are. What is
    /// done has its mark in front; what is late or due within days says so at its end, which is told with its look.
    pub(crate) fn row_words(
        &self,
        w: &World,
        kind: &Kind,
        r: &Record,
        f: &Field,
        row: &Row,
    ) -> (String, Option<(String, &'static str)>) {
        let mut parts: Vec<String> = Vec::new();
        let mut mark = String::new();
        let (mut due, mut is_done) = (None, false);
        let open = w.is_open(kind, r);
        let said = |day: i32| {
            let moment = |v: &Value| matches!(v, Value::Time(ms) if calendar::day_of_time(*ms) == day);
            row.cells.iter().any(|(_, v)| moment(v))
        };
        for cell in &f.fields {
            let value = row.cells.iter().find(|(tag, _)| *tag == cell.tag).map(|(_, v)| v);
            if cell.name == "done" {
                let done = value.is_some_and(|v| !matches!(v, Value::Bool(false)));
                mark = match done {
                    true => format!("{} ", self.theme.glyph("✓", "x")),
                    false => format!("{} ", self.theme.glyph("○", "o")),
                };
                is_done = done;
            }
            let Some(value) = value else { continue };
            let label = cell.label.to_lowercase();
            parts.push(match (value, cell.kind) {
                (Value::Bool(_), _) if cell.name == "done" => continue,
                (Value::Bool(yes), _) if *yes => label,
                (Value::Bool(_), _) => format!("not {label}"),
                (Value::Link(id), _) => w.find(id).map_or_else(|| id.to_string(), |r| r.title().to_owned()),
                // a moment says its day
                (Value::Date(day), _) if cell.due.is_some() && said(*day) => continue,
                (Value::Time(ms), _) => {
                    if cell.name == "until" && (*ms < w.now || open) {
                        let day = calendar::day_of_time(*ms);
                        let left = match *ms < w.now || day == w.today {
                            true => calendar::show_left(*ms - w.now),
                            false => calendar::show_relative(day, w.today),
                        };
                        due = pressing(day, *ms < w.now, w.today, left).or(due);
                    }
                    format!("{label} {}", calendar::show_moment(*ms))
                }
                (Value::Date(day), _) => {
                    if cell.due.is_some() && (*day < w.today || open) {
                        let left = calendar::show_relative(*day, w.today);
                        due = pressing(*day, *day < w.today, w.today, left).or(due);
                    }
                    calendar::show(*day)
                }
                (Value::Text(id), FieldType::Choice) => cell.choice(id).map_or_else(|| id.clone(), |c| c.label.clone()),
                (_, FieldType::Line | FieldType::Text) => codec::edit_text(w, kind, Some(r), cell, value),
                _ => format!("{label} {}", codec::part(w, kind, Some(r), cell, value)),
            });
        }
        let due = due.filter(|_| !is_done);
        parts.extend(due.iter().map(|(words, _)| words.clone()));
        let parts: Vec<String> = parts.iter().map(|p| text::clean(p).into_owned()).collect();
        (format!("{mark}{}", parts.join(self.theme.glyph(" · ", " - "))), due)
    }
}

/// What is late, or due within a week, in words with their look.
fn pressing(day: i32, late: bool, today: i32, left: String) -> Option<(String, &'static str)> {
    match late {
        true => Some((left, "error")),
        false => (day - today <= cell::SOON).then_some((left, "warn")),
    }
}
