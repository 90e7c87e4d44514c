//! How the figures of a record came to be: each unfolds into its formula, what it was worked out from, and the records
//! that say so, which open from there.

use super::line::Stop;
use super::look::Look;
use super::spot::Of;
use super::tree::{Fold, Grow, Head, Row};
use super::{Model, text};
use crate::method::appraisal::explain::{self, Step};
use crate::model::calendar;
use crate::model::record::{Id, Record};
use crate::ui::job::Effect;
use std::sync::Arc;

/// The column at which values stand.
const VALUES: usize = 46;
/// From so many columns on values begin further to the right.
const WIDE: (u16, usize) = (100, 64);

/// The record whose figures are meant: the one under the cursor, else the organisation.
fn meant(m: &Model) -> Option<Arc<Record>> {
    m.current().or_else(|| m.world().organisation().cloned())
}

/// Whether the record that is meant has figures.
pub(crate) fn can(m: &Model) -> Result<(), String> {
    let Some(record) = meant(m) else {
        return Err("there is no record here".into());
    };
    let w = m.world();
    // Asked with every frame: the first that comes to something is enough, and those of the organisation, for which all
    // records are looked at, are always there.
    let has = w.kind(&record.id).is_some_and(|kind| {
        let mut all = kind.derived.iter();
        (kind.single && !kind.derived.is_empty()) || all.any(|d| w.value(kind, &record, &d.name).is_some())
    });
    match has {
        true => Ok(()),
        false => Err(format!("nothing is worked out of {}", record.id)),
    }
}

/// Shows how the figures of the record under the cursor came to be; elsewhere those of the organisation.
pub(crate) fn show(m: &mut Model) -> Vec<Effect> {
    match meant(m) {
        Some(record) => m.open_tree(Of::Explain(record.id.clone())),
        None => Vec::new(),
    }
}

impl Model {
    /// The rows of how figures came to be.
    pub(crate) fn grow_explain(&self, id: &Id, grow: &mut Grow) {
        let w = self.world();
        let (Some(record), Some(kind)) = (w.find(id), w.kind(id)) else {
            return;
        };
        let more = self.theme.glyph("…", "~");
        let at = (if self.size.0 >= WIDE.0 { WIDE.1 } else { VALUES }, more);
        for (name, step) in explain::all(&w, kind, record) {
            grow_step(&name, &step, id, at, grow);
        }
    }

    pub(crate) fn explain_head(&self, id: &Id) -> Head {
        let w = self.world();
        let title = w
            .find(id)
            .map(|r| text::clean(r.title()).into_owned())
            .unwrap_or_default();
        (
            vec![(id.to_string(), "id"), (title, "heading")],
            vec![
                ("how its figures came to be".into(), "muted"),
                (format!("as of {}", calendar::show(w.today)), "muted"),
            ],
        )
    }
}

fn grow_step(name: &str, step: &Step, about: &Id, at: (usize, &str), grow: &mut Grow) {
    let label = text::clean(&step.label).into_owned();
    let (values, more) = at;
    let room = values.saturating_sub(2 * grow.depth());
    let shown = text::fit(&label, room.saturating_sub(1), more);
    let pad = room.saturating_sub(text::width(&shown));
    // The figures stand out, what they were worked out from does not.
    let (name_role, value_role) = match grow.depth() {
        0 => ("heading", "selected"),
        _ => ("text", "text"),
    };
    let mut made = Row::default()
        .and(format!("{shown}{}", " ".repeat(pad)), name_role)
        .and(text::clean(&step.value).into_owned(), value_role);
    made.note = match step.note.is_empty() {
        true => format!("{label}: {}", text::clean(&step.value)),
        false => format!("{label}: {}", step.note),
    };
    // what the record itself says is before one's eyes already
    if let Some(id) = step.record.as_ref().filter(|id| *id != about) {
        made = made.to(Stop::Link(id.clone()));
    }
    let fold = if step.from.is_empty() { Fold::Leaf } else { Fold::Shut };
    grow.add(name, made, fold, |grow| {
        for (i, below) in step.from.iter().enumerate() {
            grow_step(&i.to_string(), below, about, at, grow);
        }
    });
}
