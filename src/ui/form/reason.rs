//! The reason that a transition asks for: a field of no kind, typed and checked like any other.

use crate::model::kind::{Ask, Field, FieldType, Need};
use std::sync::LazyLock;

/// Names that no field of a kind can have.
const OPTIONAL: &str = "reason?";
const REQUIRED: &str = "reason!";

static MAY: LazyLock<Field> = LazyLock::new(|| make(OPTIONAL, Need::No));
static MUST: LazyLock<Field> = LazyLock::new(|| make(REQUIRED, Need::Save));

fn make(name: &str, required: Need) -> Field {
    Field {
        tag: 0,
        name: name.to_owned(),
        label: "Reason".to_owned(),
        kind: FieldType::Line,
        help: "Why, in one line. It stays in the history for ever.".to_owned(),
        clause: String::new(),
        key: None,
        aliases: Vec::new(),
        required,
        default: None,
        choices: Vec::new(),
        offers: None,
        scale: None,
        target: Vec::new(),
        inverse: None,
        fields: Vec::new(),
        min: None,
        max: Some(500.0),
        due: None,
        series: None,
        due_in: vec![],
        readonly: false,
        group: None,
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
