//! Which names a file has: whether it is of the form at all, and what in it is not read.

use serde_json::Value as Json;
use std::collections::BTreeSet;

/// The names that are read in the members of each section, and those of the method.
const NAMES: [(&str, &[&str]); 5] = [
    ("assets", &["title", "type", "own", "rate"]),
    ("edges", &["support", "dependent", "strength", "weight"]),
    (
        "risks",
        &[
            "title",
            "asset",
            "layers",
            "cia",
            "lef",
            "primary",
            "secondary_probability",
            "secondary",
        ],
    ),
    (
        "controls",
        &[
            "title",
            "mechanism",
            "domain",
            "party",
            "layers",
            "status",
            "coverage",
            "design",
            "operation",
            "capex",
            "opex",
            "life",
            "effects",
        ],
    ),
    (
        "method",
        &["rho", "floor", "discount_rate", "key_threshold", "heat_target"],
    ),
];

/// The names in a file of which nothing is read, each once: `controls.colour`.
pub(super) fn unknown(text: &str) -> BTreeSet<String> {
    let all: Json = serde_json::from_str(text.trim_start_matches('\u{feff}')).unwrap_or_default();
    let sections = all.get("common").unwrap_or(&all).as_object();
    let mut found = BTreeSet::new();
    for (section, members) in sections.into_iter().flatten() {
        let Some((_, known)) = NAMES.iter().find(|(name, _)| name == section) else {
            found.insert(section.clone());
            continue;
        };
        let members: Vec<&Json> = match members {
            Json::Object(all) if section != "method" => all.values().collect(),
            Json::Array(all) => all.iter().collect(),
            other => vec![other],
        };
        let names = members.into_iter().filter_map(Json::as_object).flat_map(|m| m.keys());
        let strange = names.filter(|name| !known.contains(&name.as_str()));
        found.extend(strange.map(|name| format!("{section}.{name}")));
    }
    found
}

/// Whether a file is of this form, as far as its sections tell: an object with assets, risks and controls.
pub fn is(bytes: &[u8]) -> bool {
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes).trim_ascii_start();
    if !text.starts_with(b"{") {
        return false;
    }
    let Ok(all) = serde_json::from_slice::<Json>(text) else {
        return false;
    };
    let all = all.get("common").unwrap_or(&all);
    ["assets", "risks", "controls"]
        .iter()
        .all(|s| all.get(s).is_some_and(Json::is_object))
}
