//! What an asset is worth with everything that leans on it: inherited levels, the money of an outage, whether it is key.

use super::fields::{asset as field, organisation, supports};
use super::read;
use crate::method::assets::levels::{self, Dependency, Derived, Strength};
use crate::method::assets::outage::{self, Weighed};
use crate::model::completeness::{self, Completeness, Within};
use crate::model::record::{Id, Record};
use crate::model::value::Value;
use crate::model::world::World;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// Assets and everything that leans on them, as numbers from 0: the assets themselves come first.
pub struct Dependants<'a> {
    /// The records.
    pub assets: Vec<&'a Arc<Record>>,
    /// By what levels are handed on, sorted by what is leaned on.
    pub(super) levels: Vec<Dependency>,
    /// Which part of an outage they carry, in the same order.
    pub(super) weights: Vec<Weighed>,
}

impl<'a> Dependants<'a> {
    /// Follows what these assets support, and on from there. What is retired is left out.
    pub fn of<'i>(w: &World<'a>, start: impl Iterator<Item = &'i Id>) -> Self {
        let mut all = Self {
            assets: Vec::new(),
            levels: Vec::new(),
            weights: Vec::new(),
        };
        let mut places: HashMap<Id, usize> = HashMap::new();
        let live = |id: &Id| w.find(id).filter(|r| !r.is_retired());
        for asset in start.filter_map(live) {
            if !places.contains_key(&asset.id) {
                places.insert(asset.id.clone(), all.assets.len());
                all.assets.push(asset);
            }
        }
        let mut next = 0;
        while let Some(asset) = all.assets.get(next).copied() {
            let links = match asset.get(field::SUPPORTS) {
                Some(Value::Links(links)) => links.as_slice(),
                _ => &[],
            };
            for link in links {
                let dependent = match places.get(&link.to) {
                    Some(place) => *place,
                    None => {
                        let Some(record) = live(&link.to) else { continue };
                        places.insert(link.to.clone(), all.assets.len());
                        all.assets.push(record);
                        all.assets.len() - 1
                    }
                };
                let attribute = |tag| read::attribute(&link.attributes, tag);
                let strength = |tag| {
                    let word = attribute(tag).and_then(Value::as_text);
                    word.and_then(Strength::find).unwrap_or(Strength::Full)
                };
                all.levels.push(Dependency {
                    support: next,
                    dependent,
                    strength: supports::STRENGTH.map(strength),
                });
                all.weights.push(Weighed {
                    support: next,
                    dependent,
                    weight: read::number(attribute(supports::WEIGHT)).unwrap_or(1.0),
                });
            }
            next += 1;
        }
        all
    }

    /// The levels of all of them.
    pub fn derive(&self, w: &World) -> Vec<[Derived; 3]> {
        let own: Vec<[u8; 3]> = self.assets.iter().map(|a| own(w, a)).collect();
        levels::derive(&own, &self.levels)
    }

    /// The way by which the first of them has a level: the assets from which it is handed on, nearest first.
    pub fn way(&self, derived: &[[Derived; 3]], property: usize) -> Vec<(&'a Arc<Record>, Strength)> {
        let way = levels::reason(derived, &self.levels, 0, property);
        let step = |place: usize| {
            let d = self.levels.get(place)?;
            Some((*self.assets.get(d.dependent)?, d.strength[property]))
        };
        way.into_iter().filter_map(step).collect()
    }
}

/// The own levels of an asset, lowest 0; what is not valued counts as nothing.
pub fn own(w: &World, asset: &Record) -> [u8; 3] {
    let scale = w.catalogue.scale("cia");
    [field::CONFIDENTIALITY, field::INTEGRITY, field::AVAILABILITY].map(|tag| {
        let place = scale.and_then(|s| s.position(asset.text(tag)));
        place.and_then(|p| u8::try_from(p).ok()).unwrap_or(0)
    })
}

/// The levels of an asset, own or inherited.
pub fn levels(w: &World, asset: &Record) -> [u8; 3] {
    let all = Dependants::of(w, std::iter::once(&asset.id)).derive(w);
    all.first().map_or([0; 3], |d| d.map(|d| d.level))
}

/// What an hour without some assets costs.
#[derive(Debug, Clone, Default)]
pub struct Outage<'a> {
    /// In the currency's major unit.
    pub rate: f64,
    /// What stands still, with the part of it that does, 0 to 1, and what an hour of it costs by itself.
    pub parts: Vec<(&'a Arc<Record>, f64, f64)>,
}

/// What an hour without these assets costs: their own rates and those of everything that leans on them, each once along
/// its strongest path.
pub fn outage<'a, 'i>(w: &World<'a>, assets: impl Iterator<Item = &'i Id>) -> Outage<'a> {
    let ids: Vec<&Id> = assets.collect();
    let all = Dependants::of(w, ids.iter().copied());
    let n = all.assets.len();
    let first = ids.iter().filter(|id| all.assets.iter().any(|a| a.id == ***id)).count();
    // one more node stands below all that fail at once
    let mut edges = all.weights.clone();
    edges.extend((0..first.min(n)).map(|dependent| Weighed {
        support: n,
        dependent,
        weight: 1.0,
    }));
    let reach = outage::reach(n + 1, &edges, n).unwrap_or_default();
    let parts: Vec<_> = all
        .assets
        .iter()
        .zip(reach)
        .map(|(asset, part)| (*asset, part, read::money(asset, field::OUTAGE_RATE).unwrap_or(0.0)))
        .filter(|(_, part, rate)| part * rate > 0.0)
        .collect();
    Outage {
        rate: parts.iter().map(|(_, part, rate)| part * rate).sum(),
        parts,
    }
}

/// From which level and from which cost of an hour on an asset is key.
pub fn thresholds(w: &World) -> (Option<u8>, Option<f64>) {
    let organisation = w.organisation();
    let named = organisation
        .map(|o| o.text(organisation::KEY_THRESHOLD))
        .filter(|t| !t.is_empty());
    let of_method = || {
        let method = w.method(w.catalogue.kind("asset")?, None)?;
        Some(method.quantities.key_threshold.as_str())
    };
    let level = named
        .or_else(of_method)
        .and_then(|t| w.catalogue.scale("cia")?.position(t));
    let rate = organisation.and_then(|o| read::money(o, organisation::KEY_OUTAGE_RATE));
    (level.and_then(|p| u8::try_from(p).ok()), rate)
}

/// The key assets.
pub struct Keys(pub HashSet<Id>);

impl Keys {
    /// Which they are: what they are worth, with what they inherit, or an hour without them reaches what the organisation
    /// calls key. All are worked out in one go, which is less than one after the other, and once for each commit.
    pub fn of(w: &World) -> Arc<Self> {
        w.once(|w| {
            let (level, rate) = thresholds(w);
            let all = Dependants::of(w, w.live("asset").map(|r| &r.id));
            let own = all
                .assets
                .iter()
                .map(|a| read::money(a, field::OUTAGE_RATE).unwrap_or(0.0));
            let outages = match rate {
                Some(_) => outage::rates(&own.collect::<Vec<_>>(), &all.weights),
                None => vec![0.0; all.assets.len()],
            };
            let worth = all.derive(w).into_iter().zip(outages);
            let key = all.assets.iter().zip(worth).filter(|(_, (derived, outage))| {
                let levels = derived.map(|d| d.level);
                levels::is_key(&levels, *outage, level, rate)
            });
            Self(key.map(|(asset, _)| asset.id.clone()).collect())
        })
    }
}

/// How far an assessment has come.
pub fn completeness(w: &World, within: &Within) -> Completeness {
    completeness::completeness(w, within, &Keys::of(w).0)
}

/// Whether an asset is key.
pub fn is_key(w: &World, asset: &Record) -> bool {
    let (level, rate) = thresholds(w);
    let outage = rate.map_or(0.0, |_| outage(w, std::iter::once(&asset.id)).rate);
    levels::is_key(&levels(w, asset), outage, level, rate)
}
