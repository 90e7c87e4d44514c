//! The reason that a transition asks for: a field of no kind, typed and checked like any other.

use crate::model::kind::{Ask, Field, FieldType, Need};
use std::sync::LazyLock;

/// Names that no field of a kind can have.
const OPTIONAL: &str = "reason?";
const REQUIRED: &str = "reason!";

static MAY: LazyLock<Field> = LazyLock::new(|| make(OPTIONAL, Need::No));
static MUST: LazyLock<Field> = LazyLock::new(|| make(REQUIRED, Need::Save));

fn make(name: &str, required: Need) -> Field {
    let help = "Why, in one line. It stays in the history for ever.";
    Field {
        required,
        max: Some(500.0),
        readonly: false,
        ..Field::plain(name, "Reason", FieldType::Line, help)
    }
}

/// The name of the reason's field, if one is asked for.
pub(super) fn name(ask: Ask) -> Option<&'static str> {
    match ask {
        Ask::No => None,
        Ask::Optional => Some(OPTIONAL),
        Ask::Required => Some(REQUIRED),
    }
}

/// The reason's field, if that is what the name means.
pub(super) fn field(name: &str) -> Option<&'static Field> {
    match name {
        OPTIONAL => Some(&MAY),
        REQUIRED => Some(&MUST),
        _ => None,
    }
}
