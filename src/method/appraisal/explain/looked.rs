//! How far an assessment has come, and at what nobody has looked.

use super::{Step, named};
use crate::method::appraisal::asset;
use crate::model::completeness::{self, Missing};
use crate::model::record::Record;
use crate::model::world::World;

/// So much of what is missing is listed.
const MANY: usize = 500;

/// What was looked at, by the scope or the criteria of a record, and what is missing, each with the record to which a
/// risk or a reason is owed.
pub fn of(w: &World, record: &Record) -> (String, Vec<Step>) {
    let done = asset::completeness(w, &completeness::within(w, record));
    let mut from = vec![Step::new(
        "Looked at",
        format!("{} of {}", done.all - done.missing.len(), done.all),
    )];
    let owed = done.missing.iter().take(MANY).map(|m| match m {
        Missing::Property(asset, property) => {
            let mut step = match w.find(asset) {
                Some(asset) => named(asset),
                None => Step::new(asset.as_str(), ""),
            };
            step.value = format!("no risk for {}", completeness::named(w, std::slice::from_ref(property)));
            step.note("a key asset: write a risk for it, or say in 'Left out' why there is none")
        }
        Missing::Place(place) => {
            let step = Step::new(place.clone(), "no risk")
                .note("write a risk in it, or say in 'Left out' of the organisation or the scope why there is none");
            match w.organisation() {
                Some(ours) => step.by(&ours.id),
                None => step,
            }
        }
    });
    from.extend(owed);
    if done.missing.len() > MANY {
        from.push(Step::new(format!("and {} more", done.missing.len() - MANY), ""));
    }
    let rule = "each key asset by confidentiality, integrity and availability, each layer and each domain: a risk, or a \
                reason why there is none";
    (rule.to_owned(), from)
}
