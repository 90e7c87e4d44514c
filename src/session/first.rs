//! What a new store begins with.

use super::{catalogue, clock, who};
use crate::error::{Error, Result};
use crate::model::change::{Draft, Edit, Origin};
use crate::model::codec;
use crate::model::record::Id;
use crate::model::state::State;
use crate::model::world::World;

/// How countries are named.
const CODES: &str = "two letters as in ISO 3166: PT, LV, GB";

/// The first draft of a store: the organisation, and this user as its administrator.
///
/// # Errors
/// A value does not fit.
pub fn first(name: &str, currency: &str, country: Option<&str>) -> Result<Draft> {
    let catalogue = catalogue()?;
    let state = State::empty(&catalogue);
    let (now, today) = clock();
    let w = World {
        catalogue: &catalogue,
        state: &state,
        today,
        now,
        me: &Id::from(""),
    };
    let login = who::login();
    let full = who::full_name(&login).unwrap_or_else(|| login.clone());
    let currency = currency.trim().to_uppercase();
    if currency.len() != 3 || !currency.bytes().all(|b| b.is_ascii_uppercase()) {
        return Err(
            Error::failed(format!("'{currency}' is no currency")).hint("three letters as in ISO 4217: EUR, USD")
        );
    }
    let country = country.map(|c| c.trim().to_uppercase()).unwrap_or_default();
    if !country.is_empty() && (country.len() != 2 || !country.bytes().all(|b| b.is_ascii_uppercase())) {
        return Err(Error::failed(format!("'{country}' is no country")).hint(CODES));
    }
    let jurisdiction = country.to_lowercase();
    let mut draft = Draft::new("store.init");
    draft.origin = Origin::Init;
    for (kind, values) in [
        (
            "organisation",
            vec![
                ("title", name),
                ("currency", &currency),
                ("country", &country),
                ("jurisdictions", &jurisdiction),
            ],
        ),
        (
            "person",
            vec![("title", full.as_str()), ("login", &login), ("permissions", "admin")],
        ),
    ] {
        let Some(ix) = catalogue.index_of(kind) else { continue };
        let kind = &catalogue.kinds[ix];
        let mut edit = Edit::new(ix);
        for (name, text) in values {
            let Some(field) = kind.field(name) else { continue };
            let value = codec::parse(&w, kind, None, field, text).map_err(|e| match name {
                // It follows from the country, and knows all of them.
                "jurisdictions" => Error::failed(format!("'{country}' is no country")).hint(CODES),
                _ => Error::failed(format!("{}: {e}", field.label.to_lowercase())),
            })?;
            if value.is_some() {
                edit.set.push((field.tag, value));
            }
        }
        draft.edits.push(edit);
    }
    Ok(draft)
}
