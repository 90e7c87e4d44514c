//! Registers as comma separated values: any list out, so that it comes back to the same values.

use super::table::{guard, write_row};
use crate::model::calendar;
use crate::model::codec;
use crate::model::kind::{Derived, Field, FieldType, Kind, KindIx, STATE, Tag};
use crate::model::record::Record;
use crate::model::value::Value;
use crate::model::world::World;
use crate::parallel;
use std::borrow::Cow;
use std::io::{self, Write};
use std::sync::Arc;

/// As many rows are made before they are written.
const ROUND: usize = 4_000;
/// At least as many are worth another thread.
const SHARE: usize = 500;

/// A column of an export.
#[derive(Debug, Clone, Copy)]
pub(super) enum Column<'k> {
    Id,
    State,
    Field(&'k Field),
    /// Worked out.
    Derived(&'k Derived),
    /// When it was last changed.
    Changed,
}

impl<'k> Column<'k> {
    /// Its head.
    pub fn head(&self) -> &'k str {
        match *self {
            Self::Id => "id",
            Self::State => "state",
            Self::Field(f) => &f.name,
            Self::Derived(d) => &d.name,
            Self::Changed => "changed",
        }
    }

    /// What stands in it, formulas defused; `value` is that of its field.
    pub fn cell<'r>(&self, w: &World, kind: &Kind, r: &'r Record, value: Option<&'r Value>) -> Cow<'r, str> {
        let text = match *self {
            Self::Id => return Cow::Owned(r.id.to_string()),
            Self::State => return Cow::Borrowed(r.state()),
            Self::Field(f) => match value {
                None => return Cow::Borrowed(""),
                Some(v) => match v.as_text() {
                    Some(text) => return guard(text),
                    None => codec::edit_text(w, kind, Some(r), f, v),
                },
            },
            Self::Derived(d) => match (w.derived(kind, r, d), &d.shape) {
                (None, _) => return Cow::Borrowed(""),
                (Some(v), Some(shape)) => codec::edit_text(w, kind, Some(r), shape, &v),
                (Some(v), None) => codec::plain_of(w, kind, r, &d.name, &v),
            },
            // To the millisecond: an import asks for the version of that moment.
            Self::Changed => r
                .meta
                .as_ref()
                .map(|m| calendar::show_time(m.changed.time))
                .unwrap_or_default(),
        };
        let number = match self {
            Self::Field(f) => is_number(f),
            Self::Derived(d) => d.shape.as_deref().is_some_and(is_number),
            _ => false,
        };
        if number {
            return Cow::Owned(text);
        }
        match guard(&text) {
            Cow::Owned(guarded) => Cow::Owned(guarded),
            Cow::Borrowed(_) => Cow::Owned(text),
        }
    }
}

/// Whether a minus sign is one.
fn is_number(f: &Field) -> bool {
    use FieldType as T;
    matches!(f.kind, T::Integer | T::Decimal | T::Percent | T::Money | T::Duration)
}

/// The columns of an export: what identifies, every field by name, what is worked out, when it was changed.
pub(super) fn columns(kind: &Kind) -> impl Iterator<Item = Column<'_>> {
    let fields = kind.fields.iter().filter(|f| f.tag != STATE).map(Column::Field);
    let derived = kind.derived.iter().map(Column::Derived);
    [Column::Id, Column::State]
        .into_iter()
        .chain(fields)
        .chain(derived)
        .chain([Column::Changed])
}

/// Writes records as CSV. Formulas are defused with an apostrophe, which an import takes away again.
///
/// # Errors
/// They cannot be written.
pub fn write(w: &World, kind: KindIx, records: &[Arc<Record>], out: &mut dyn Write) -> io::Result<()> {
    let columns: Vec<Column> = columns(w.kind_at(kind)).collect();
    let mut text = String::new();
    write_row(&mut text, columns.iter().map(Column::head));
    out.write_all(text.as_bytes())?;
    for round in records.chunks(ROUND) {
        for part in parallel::shares(round, SHARE, |part| rows(w, kind, &columns, part)) {
            out.write_all(part.as_bytes())?;
        }
    }
    Ok(())
}

/// Some rows.
fn rows(w: &World, kind: KindIx, columns: &[Column], records: &[Arc<Record>]) -> String {
    let k = w.kind_at(kind);
    // Values stand by their tags: one walk finds those of all columns.
    let mut places: Vec<(Tag, usize)> = columns
        .iter()
        .enumerate()
        .filter_map(|(at, c)| match c {
            Column::Field(f) => Some((f.tag, at)),
            _ => None,
        })
        .collect();
    places.sort_unstable();
    let mut text = String::new();
    let mut found: Vec<Option<&Value>> = vec![None; columns.len()];
    for r in records {
        let mut values = r.values.iter().peekable();
        for (tag, at) in &places {
            while values.next_if(|v| v.0 < *tag).is_some() {}
            found[*at] = values.next_if(|v| v.0 == *tag).map(|v| &v.1);
        }
        let cells = columns.iter().zip(&found);
        write_row(&mut text, cells.map(|(c, value)| c.cell(w, k, r, *value)));
    }
    text
}
