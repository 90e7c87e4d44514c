//! What a record holds many of: rows and links, as lines.

use super::line::Line;
use super::look::Look;
use super::picker::wide;
use super::{Model, text};
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

/// Brings what stands far to the right of titles near to the longest of them.
pub(crate) fn draw_near(lines: &mut [Line], far: u16) {
    let ends = |line: &Line| match line.spans.as_slice() {
        [.., (x, title, _), (at, ..)] if *at == far => Some(x + wide(title)),
        _ => None,
    };
    let near = lines
        .iter()
        .filter_map(ends)
        .max()
        .map_or(far, |end| (end + 2).min(far));
    for line in lines.iter_mut().filter(|l| ends(l).is_some()) {
        if let Some(last) = line.spans.last_mut() {
            last.0 = near;
        }
    }
}

impl Model {
    /// A row as one text: its cells in their order, without labels where they say themselves what they are. What is
    /// done has its mark in front, what is late says so.
    pub(crate) fn row_words(&self, w: &World, kind: &Kind, r: &Record, f: &Field, row: &Row) -> String {
        let mut parts: Vec<String> = Vec::new();
        let mut mark = String::new();
        let (mut late, mut is_done) = (None, false);
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
                    let open = cell.name == "until" && !is_done && *ms < w.now;
                    late = open.then(|| calendar::show_left(*ms - w.now)).or(late);
                    format!("{label} {}", calendar::show_moment(*ms))
                }
                (Value::Date(day), _) => {
                    if cell.due.is_some() && *day < w.today {
                        late = Some(calendar::show_relative(*day, w.today));
                    }
                    calendar::show(*day)
                }
                (Value::Text(id), FieldType::Choice) => cell.choice(id).map_or_else(|| id.clone(), |c| c.label.clone()),
                (_, FieldType::Line | FieldType::Text) => codec::edit_text(w, kind, Some(r), cell, value),
                _ => format!("{label} {}", codec::part(w, kind, Some(r), cell, value)),
            });
        }
        parts.extend(late.filter(|_| !is_done));
        let parts: Vec<String> = parts.iter().map(|p| text::clean(p).into_owned()).collect();
        format!("{mark}{}", parts.join(self.theme.glyph(" · ", " - ")))
    }
}
