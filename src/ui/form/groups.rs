//! In which order and under which headings the fields of a kind stand.

use crate::model::kind::{Field, Kind};

/// The first tag that is a kind's own; those below are the header that all kinds share.
const OWN: u16 = 32;

/// The groups of a kind with their fields: the first group opens, the kind's own follow, and the other groups of the
/// header close. A field that names no group continues the one above it.
pub fn groups(kind: &Kind) -> Vec<(&str, Vec<&Field>)> {
    let mut groups: Vec<(&str, Vec<&Field>)> = Vec::new();
    let mut current = "";
    for field in &kind.fields {
        current = field.group.as_deref().unwrap_or(current);
        match groups.iter_mut().find(|(name, _)| *name == current) {
            Some((_, fields)) => fields.push(field),
            None => groups.push((current, vec![field])),
        }
    }
    for (_, fields) in &mut groups {
        // The header's fields, also those that the kind describes anew, keep their places.
        fields.sort_by_key(|f| if f.tag < OWN { f.tag } else { OWN });
    }
    let opening = groups.first().map(|(name, _)| *name);
    groups.sort_by_key(|(name, fields)| match fields.iter().any(|f| f.tag >= OWN) {
        _ if Some(*name) == opening => 0,
        true => 1,
        false => 2,
    });
    groups
}
