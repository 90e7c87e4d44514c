//! The three-way merge of one field.

use super::kind::Field;
use super::value::Value;

/// Two people changed the same thing in different ways.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Clash;

/// Merges what two people made of a value.
///
/// # Errors
/// Both changed it, differently.
pub fn merge(
    _field: &Field,
    base: Option<&Value>,
    theirs: Option<&Value>,
    mine: Option<&Value>,
) -> Result<Option<Value>, Clash> {
    if base == theirs || theirs == mine {
        Ok(mine.cloned())
    } else if base == mine {
        Ok(theirs.cloned())
    } else {
        Err(Clash)
    }
}
