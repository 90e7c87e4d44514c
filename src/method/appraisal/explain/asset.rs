//! How the figures of an asset came to be.

use super::super::asset::{Dependants, Outage, outage, thresholds};
use super::{Step, given, money, named, percent};
use crate::method::assets::levels::Strength;
use crate::model::record::Record;
use crate::model::world::World;

type Told = (String, Vec<Step>);

/// How a figure of an asset came to be.
pub fn of(w: &World, record: &Record, name: &str) -> Option<Told> {
    match name {
        "derived_confidentiality" => Some(level(w, record, 0)),
        "derived_integrity" => Some(level(w, record, 1)),
        "derived_availability" => Some(level(w, record, 2)),
        "worth" => {
            let each = PROPERTIES.iter().enumerate().map(|(i, (label, _))| {
                let (note, from) = level(w, record, i);
                Step::new(*label, level_name(w, own_level(w, record, i)))
                    .note(note)
                    .from(from)
            });
            Some(("the highest of the three".into(), each.collect()))
        }
        "outage_total" => {
            let all = outage(w, std::iter::once(&record.id));
            Some((
                "its own cost of an hour and that of everything that leans on it, each once along its strongest path"
                    .into(),
                parts(w, &all),
            ))
        }
        "key_asset" => {
            let (level, rate) = thresholds(w);
            let mut from = Vec::new();
            from.extend(level.map(|l| Step::new("Key from", level_name(w, l))));
            from.extend(rate.map(|r| Step::new("or costing an hour", money(w, r))));
            Some((
                "its worth in all or the cost of an hour without it reaches what the organisation calls key".into(),
                from,
            ))
        }
        _ => None,
    }
}

const PROPERTIES: [(&str, &str); 3] = [
    ("Confidentiality", "confidentiality"),
    ("Integrity", "integrity"),
    ("Availability", "availability"),
];

fn own_level(w: &World, record: &Record, property: usize) -> u8 {
    super::super::asset::levels(w, record)[property]
}

fn level_name(w: &World, level: u8) -> String {
    let scale = w.catalogue.scale("cia");
    let level = scale.and_then(|s| s.levels.get(usize::from(level)));
    level.map(|l| l.name.clone()).unwrap_or_default()
}

/// The own level, and the way by which a higher one is handed on.
fn level(w: &World, record: &Record, property: usize) -> Told {
    let Some(kind) = w.kind(&record.id) else {
        return (String::new(), Vec::new());
    };
    let all = Dependants::of(w, std::iter::once(&record.id));
    let derived = all.derive(w);
    let name = PROPERTIES[property].1;
    let mut from = vec![given(w, kind, record, name).note("its own")];
    let way = all.way(&derived, property);
    for (asset, strength) in &way {
        let words = match strength {
            Strength::Full => "leans on it fully: hands its level on",
            Strength::Partial => "leans on it in part: hands on one level less",
            Strength::None => "does not lean on it in this",
        };
        let mut step = named(asset).note(words);
        step.value = given(w, kind, asset, name).value;
        from.push(step);
    }
    let rule = match way.is_empty() {
        true => "its own; nothing that leans on it asks for more",
        false => "the highest that what leans on it hands on, nearest first, up to the asset whose own it is",
    };
    (rule.to_owned(), from)
}

/// What stands still with an outage, and what that costs.
pub fn parts(w: &World, outage: &Outage) -> Vec<Step> {
    let step = |(asset, part, rate): &(&std::sync::Arc<Record>, f64, f64)| {
        let mut step = named(asset).note(format!("{} of {} an hour", percent(*part), money(w, *rate)));
        step.value = money(w, part * rate);
        step
    };
    outage.parts.iter().map(step).collect()
}
