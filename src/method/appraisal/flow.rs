//! What flows along the links of a whole register: the levels that assets hand on to what they lean on, and the money of
//! an outage. Made once for a state of the ledger; after that a row of a tree asks for its own figures only.

use super::asset::{Dependants, own, thresholds};
use super::fields::asset as field;
use super::read;
use crate::method::assets::levels::{self, Dependency, Derived, Strength};
use crate::method::assets::outage::{self, Weighed};
use crate::model::codec;
use crate::model::kind::{Kind, Scale};
use crate::model::record::Id;
use crate::model::world::World;
use std::collections::HashMap;

/// The register of assets, each with what leans on it.
#[derive(Debug)]
pub struct Flow {
    ids: Vec<Id>,
    places: HashMap<Id, usize>,
    dependencies: Vec<Dependency>,
    weights: Vec<Weighed>,
    /// Where the links of each asset to what leans on it begin; one more than there are assets.
    starts: Vec<usize>,
    derived: Vec<[Derived; 3]>,
    /// What an hour without each costs by itself, in the currency's major unit.
    rates: Vec<f64>,
    /// From which level and from which cost of an hour on an asset is key.
    key: (Option<u8>, Option<f64>),
}

/// What an outage comes to along one way through a tree.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Part {
    /// Which part of the one end stands still without the other, 0 to 1.
    pub share: f64,
    /// What an hour of that costs, in the currency's major unit.
    pub cost: f64,
    /// Whether this is the way along which it counts; a stronger one counts in its place.
    pub counts: bool,
}

impl Flow {
    /// What flows along the links of the records of a kind; none where nothing does.
    pub fn of(w: &World, kind: &Kind) -> Option<Self> {
        if kind.name != "asset" {
            return None;
        }
        let all = Dependants::of(w, w.live(&kind.name).map(|r| &r.id));
        let owned: Vec<[u8; 3]> = all.assets.iter().map(|a| own(w, a)).collect();
        let derived = levels::derive(&owned, &all.levels);
        let rate = |a: &&_| read::money(a, field::OUTAGE_RATE).unwrap_or(0.0);
        let ids: Vec<Id> = all.assets.iter().map(|a| a.id.clone()).collect();
        let mut starts = vec![0; ids.len() + 1];
        for d in &all.levels {
            starts[d.support + 1] += 1;
        }
        for i in 0..ids.len() {
            starts[i + 1] += starts[i];
        }
        Some(Self {
            places: ids.iter().cloned().enumerate().map(|(n, id)| (id, n)).collect(),
            rates: all.assets.iter().map(|a| rate(&a.as_ref())).collect(),
            dependencies: all.levels,
            weights: all.weights,
            key: thresholds(w),
            starts,
            derived,
            ids,
        })
    }

    fn place(&self, id: &Id) -> Option<usize> {
        self.places.get(id).copied()
    }

    /// The levels of a record in confidentiality, integrity and availability, and whether each is inherited.
    pub fn levels(&self, id: &Id) -> Option<[(u8, bool); 3]> {
        let derived = self.derived.get(self.place(id)?)?;
        Some(derived.map(|d| (d.level, d.from.is_some())))
    }

    /// The way by which a record has a level, nearest first, up to the record whose own it is.
    fn way(&self, place: usize, property: usize) -> Vec<(&Id, Strength)> {
        let way = levels::reason(&self.derived, &self.dependencies, place, property).into_iter();
        way.filter_map(|n| self.dependencies.get(n))
            .filter_map(|d| Some((self.ids.get(d.dependent)?, d.strength[property])))
            .collect()
    }

    /// What an hour without a record costs with everything that leans on it, each once along its strongest path.
    pub fn outage(&self, id: &Id) -> f64 {
        let reach = self
            .place(id)
            .and_then(|p| outage::reach(self.ids.len(), &self.weights, p));
        let parts = reach.unwrap_or_default();
        parts.iter().zip(&self.rates).map(|(part, rate)| part * rate).sum()
    }

    /// Whether a record is key, of which an hour without it costs so much.
    pub fn is_key(&self, id: &Id, outage: f64) -> bool {
        let levels = self.levels(id).unwrap_or_default().map(|(level, _)| level);
        levels::is_key(&levels, outage, self.key.0, self.key.1)
    }

    /// The part of what leans on a record that stands still without it; 0 where no link leads there.
    fn weight(&self, support: usize, dependent: usize) -> f64 {
        let links = self.starts.get(support).zip(self.starts.get(support + 1));
        let links = links.and_then(|(from, to)| self.weights.get(*from..*to));
        let weights = links.into_iter().flatten().filter(|w| w.dependent == dependent);
        weights.map(|w| w.weight).fold(0.0, f64::max)
    }

    /// What an outage comes to along a way of at least two records. Upwards, from a record to what leans on it: what the
    /// last one loses by itself in an hour without the first. Downwards: what an hour without the last one costs, by
    /// itself and through those before it with all that leans on the first.
    pub fn along(&self, way: &[Id], up: bool) -> Option<Part> {
        let places: Vec<usize> = way.iter().map(|id| self.place(id)).collect::<Option<_>>()?;
        let (first, last) = (*places.first()?, *places.last()?);
        let mut part = Part {
            share: 1.0,
            cost: if up { 0.0 } else { self.outage(way.first()?) },
            counts: true,
        };
        for pair in places.windows(2) {
            let (support, dependent) = if up { (pair[0], pair[1]) } else { (pair[1], pair[0]) };
            let weight = self.weight(support, dependent);
            part.share *= weight;
            part.cost = part.cost * weight + self.rates[pair[1]];
        }
        if up {
            part.cost = part.share * self.rates[last];
        }
        // nothing is stronger than the whole
        if part.share < 1.0 && places.len() > 1 {
            let (from, to) = if up { (first, last) } else { (last, first) };
            let reach = outage::reach(self.ids.len(), &self.weights, from)?;
            part.counts = part.share >= reach[to] * (1.0 - 1e-12);
        }
        (places.len() > 1).then_some(part)
    }

    /// Why a record has its levels: "Confidentiality 2 of its own; Availability 4 from A-0003 via A-0007 (full)".
    pub fn why(&self, kind: &Kind, scale: &Scale, id: &Id) -> String {
        let (Some(place), Some(levels)) = (self.place(id), self.levels(id)) else {
            return String::new();
        };
        let names = ["confidentiality", "integrity", "availability"];
        let mut reasons: Vec<(String, Vec<String>)> = Vec::new();
        for (property, name) in names.iter().enumerate() {
            let level = scale.levels.get(usize::from(levels[property].0));
            let told = format!("{} {}", kind.label(name), level.map_or("", |l| l.letters()));
            let reason = self.reason(place, property);
            match reasons.iter_mut().find(|(r, _)| *r == reason) {
                Some((_, all)) => all.push(told),
                None => reasons.push((reason, vec![told])),
            }
        }
        let told = reasons
            .into_iter()
            .map(|(reason, all)| format!("{} {reason}", all.join(", ")));
        told.collect::<Vec<_>>().join("; ")
    }

    fn reason(&self, place: usize, property: usize) -> String {
        let way = self.way(place, property);
        let Some(((from, _), between)) = way.split_last() else {
            return "of its own".to_owned();
        };
        let via = match between {
            [] => String::new(),
            [(one, _)] => format!(" via {one}"),
            [(one, _), more @ ..] => format!(" via {one} and {} more", more.len()),
        };
        let strength = match way.iter().filter(|(_, s)| *s == Strength::Partial).count() {
            0 => "full".to_owned(),
            1 => "partial".to_owned(),
            n => format!("partial {n} times"),
        };
        format!("from {from}{via} ({strength})")
    }

    /// From whom a record inherits the highest of its levels that are not its own: "A-0003 via A-0007 (full)".
    pub fn inherits(&self, id: &Id) -> String {
        let found = self.place(id).and_then(|p| Some((p, self.derived.get(p)?)));
        let Some((place, derived)) = found else {
            return String::new();
        };
        let inherited = (0..derived.len()).rev().filter(|p| derived[*p].from.is_some());
        match inherited.max_by_key(|p| derived[*p].level) {
            Some(property) => self.reason(place, property).trim_start_matches("from ").to_owned(),
            None => String::new(),
        }
    }

    /// Why a record is key, of which an hour without it costs so much; empty if it is not.
    pub fn why_key(&self, w: &World, scale: &Scale, id: &Id, outage: f64) -> String {
        let highest = self.levels(id).unwrap_or_default().iter().map(|(l, _)| *l).max();
        let level = self.key.0.filter(|t| highest >= Some(*t));
        let level = level.and_then(|t| scale.levels.get(usize::from(t)));
        let rate = self.key.1.filter(|t| outage >= *t);
        let reasons = level.map(|l| format!("worth from {}", l.letters())).into_iter();
        let reasons = reasons.chain(rate.map(|t| format!("an hour from {}", money(w, t))));
        match reasons.collect::<Vec<_>>().join(", ") {
            all if all.is_empty() => all,
            all => format!("Key: {all}."),
        }
    }
}

/// An amount of the currency's major unit, as it is read.
pub fn money(w: &World, major: f64) -> String {
    codec::figure(&read::amount(major, w.currency()))
}
