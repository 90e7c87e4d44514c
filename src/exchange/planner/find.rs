//! Which record a row is about, and which one a name means.

use super::three::{fold, strangers};
use super::{Planner, past};
use crate::exchange::plan::Item;
use crate::model::kind::{Field, KindIx};
use crate::model::record::{Id, Record};
use crate::model::value::Value;
use crate::model::world::World;
use crate::model::{codec, naming};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// The records of a kind by title and by foreign id.
#[derive(Default)]
pub struct Index {
    titles: HashMap<String, Namesakes>,
    keys: HashMap<String, Namesakes>,
    people: HashMap<String, Namesakes>,
}

/// The records that one word names, by id.
#[derive(Default)]
struct Namesakes {
    ids: Vec<Id>,
    /// So many of the first are known to be taken: of thousands with one title, each row takes the next.
    taken: usize,
}

impl Namesakes {
    /// The next from a place on that no row has taken, and its place.
    fn free(&mut self, from: usize, taken: &HashSet<Id>) -> Option<(usize, Id)> {
        let is_taken = |id: &Id| taken.contains(id);
        self.taken += self.ids[self.taken..].iter().take_while(|id| is_taken(id)).count();
        let from = from.max(self.taken);
        let mut rest = self.ids.iter().enumerate().skip(from);
        rest.find(|(_, id)| !is_taken(id)).map(|(at, id)| (at, id.clone()))
    }
}

impl Index {
    fn of(w: &World, kind: KindIx) -> Self {
        let mut index = Self::default();
        let tag = |name: &str| w.kind_at(kind).field(name).map(|f| f.tag);
        let (aliases, login, contact) = (tag("aliases"), tag("login"), tag("contact"));
        for r in w.state.all(kind) {
            let put = |words: &mut HashMap<String, Namesakes>, word: &str| {
                words.entry(fold(word)).or_default().ids.push(r.id.clone());
            };
            put(&mut index.titles, r.title());
            // People are named by login and by address in other tools.
            let login = login.map(|t| r.text(t)).filter(|l| !l.is_empty());
            let contact = contact.map_or("", |t| r.text(t)).split([',', ';', ' ']);
            for word in login.into_iter().chain(contact.filter(|word| word.contains('@'))) {
                put(&mut index.people, word);
            }
            for key in aliases.and_then(|t| r.get(t)).map(Value::as_tags).unwrap_or_default() {
                put(&mut index.keys, key);
            }
        }
        index
    }
}

/// Where an item goes.
#[derive(Clone)]
pub enum Place {
    /// A record that is there.
    Old(Arc<Record>),
    /// A new one.
    New,
    /// Left alone, because it was retired here or its row was refused.
    None,
}

impl Planner<'_, '_, '_> {
    /// Finds the record of every item.
    pub(super) fn place(&mut self, items: &[Item<'_>]) {
        let described: HashSet<(KindIx, String)> = items
            .iter()
            .filter(|i| !i.named)
            .map(|i| (i.kind, fold(&i.title)))
            .collect();
        for (i, item) in items.iter().enumerate() {
            let place = match item.named {
                true => self.find_named(item, &described),
                false => self.find(item),
            };
            if matches!(place, Place::New) {
                let words = item.keys.iter().map(String::as_str).chain([item.title.as_ref()]);
                for word in words.filter(|w| !w.is_empty()) {
                    self.fresh.entry((item.kind, fold(word))).or_insert(i);
                }
            }
            if let Place::Old(record) = &place {
                self.taken.insert(record.id.clone());
            }
            self.places.push(place);
        }
    }

    /// What is only named is made if it is not there and no other row says more about it.
    fn find_named(&mut self, item: &Item<'_>, described: &HashSet<(KindIx, String)>) -> Place {
        let key = (item.kind, fold(&item.title));
        let known = self.fresh.contains_key(&key) || described.contains(&key);
        if known || self.named(item.kind, &item.title).is_some() {
            Place::None
        } else {
            Place::New
        }
    }

    /// By id, then by foreign id, then by exact title; a record serves one row only.
    fn find(&mut self, item: &Item<'_>) -> Place {
        let kind = self.w.kind_at(item.kind);
        if let Some(id) = &item.id {
            let record = self.w.state.get(item.kind, id);
            let certain = match (record, item.changed) {
                (Some(r), Some(t)) => past::knows(self.past, r, t),
                _ => false,
            };
            if !certain && self.index(item.kind).keys.contains_key(&fold(id.as_str())) {
                // Another store, or another tool with ids like ours: known here under an id of its own.
                let mut other = item.clone();
                other.keys.extend(other.id.take().map(String::from));
                return self.find(&other);
            }
            return match record {
                Some(_) if self.taken.contains(id) => {
                    self.refuse(
                        item.line,
                        "id",
                        id.as_str(),
                        "an earlier row of the file is about the same record",
                    );
                    Place::None
                }
                Some(r) => self.unless_retired(item, r).unwrap_or(Place::None),
                None => {
                    let why = format!("there is no {id}; leave the cell empty to create a {}", kind.name);
                    self.refuse(item.line, "id", id.as_str(), &why);
                    Place::None
                }
            };
        }
        if let Some(record) = self.made(item) {
            return self.unless_retired(item, &record).unwrap_or(Place::None);
        }
        let mut retired = None;
        let words = item.keys.iter().map(|k| (true, k.as_str()));
        for (by_key, word) in words.chain([(false, item.title.as_ref())]) {
            let mut from = 0;
            while let Some((at, id)) = self.free(item.kind, by_key, word, from) {
                from = at + 1;
                let Some(record) = self.w.state.get(item.kind, &id).cloned() else {
                    continue;
                };
                if (!by_key && record.title() != item.title) || strangers(kind, &record, &item.keys) {
                    continue;
                }
                match self.unless_retired(item, &record) {
                    Some(place @ Place::Old(_)) => return place,
                    Some(place) => retired = Some(place),
                    None => {}
                }
            }
        }
        if retired.is_none() && item.title.is_empty() {
            self.refuse(item.line, kind.label("title"), "", "a new record needs a title");
            return Place::None;
        }
        retired.unwrap_or(Place::New)
    }

    /// The record that is there under the id that the kind makes of what the row says.
    fn made(&self, item: &Item<'_>) -> Option<Arc<Record>> {
        let kind = self.w.kind_at(item.kind);
        if kind.id_from.is_empty() {
            return None;
        }
        let values: Vec<(u16, Value)> = item
            .cells
            .iter()
            .filter_map(|c| {
                let field = kind.field_by_tag(c.tag).filter(|f| kind.id_from.contains(&f.name))?;
                let value = codec::parse(self.w, kind, None, field, &c.text).ok()??;
                Some((c.tag, value))
            })
            .collect();
        let get = |tag| values.iter().find(|(t, _)| *t == tag).map(|(_, v)| v);
        let id = naming::made(kind, get).ok()?;
        let found = self.w.state.get(item.kind, &id).filter(|_| !self.taken.contains(&id));
        found.cloned()
    }

    /// A record for its row; one that was retired here stays so, and one that an undone import had made is no match.
    fn unless_retired(&mut self, item: &Item<'_>, record: &Arc<Record>) -> Option<Place> {
        if !record.is_retired() {
            return Some(Place::Old(Arc::clone(record)));
        }
        if past::taken_back(&self.past.history(&record.id)) {
            return None;
        }
        self.note(
            item.line,
            format!("{} {} is retired here and stays so", record.id, record.title()),
        );
        Some(Place::None)
    }

    fn index(&mut self, kind: KindIx) -> &mut Index {
        self.index.entry(kind).or_insert_with(|| Index::of(self.w, kind))
    }

    /// The next record that a foreign id or a title names and no row has taken, from a place on, and its place.
    fn free(&mut self, kind: KindIx, by_key: bool, word: &str, from: usize) -> Option<(usize, Id)> {
        let index = self.index.entry(kind).or_insert_with(|| Index::of(self.w, kind));
        let words = if by_key { &mut index.keys } else { &mut index.titles };
        words.get_mut(&fold(word))?.free(from, &self.taken)
    }

    /// The live record of a kind that a word names: its title, a foreign id, a login or an address.
    fn named(&mut self, kind: KindIx, word: &str) -> Option<Id> {
        let state = self.w.state;
        let key = fold(word);
        let index = self.index(kind);
        let maps = [&index.titles, &index.keys, &index.people];
        let live = |id: &&Id| state.get(kind, id).is_some_and(|r| !r.is_retired());
        let first = |m: &HashMap<String, Namesakes>| m.get(&key)?.ids.iter().find(live).cloned();
        maps.into_iter().filter_map(first).min()
    }

    /// The record that a word in a link cell means.
    pub(super) fn resolve(&mut self, field: &Field, word: &str) -> Option<Id> {
        if let Some(id) = Id::typed(word).filter(|id| self.w.find(id).is_some()) {
            return Some(id);
        }
        let w = self.w;
        let kinds: Vec<KindIx> = match field.target.is_empty() {
            true => (0..w.catalogue.kinds.len()).collect(),
            false => field.target.iter().filter_map(|t| w.catalogue.index_of(t)).collect(),
        };
        kinds.iter().find_map(|k| {
            self.named(*k, word)
                .or_else(|| self.fresh.get(&(*k, fold(word))).map(|i| Id::local(*i)))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_row_takes_the_next_of_one_name_and_looks_at_none_twice() {
        let id = |n| Id::numbered("R", n);
        let mut all = Namesakes {
            ids: (1..=5).map(id).collect(),
            taken: 0,
        };
        let mut taken = HashSet::from([id(1), id(2), id(4)]);
        assert_eq!(all.free(0, &taken), Some((2, id(3))));
        assert_eq!(all.free(3, &taken), Some((4, id(5))), "the third did not fit");
        assert_eq!(all.taken, 2);
        taken.insert(id(3));
        assert_eq!(all.free(0, &taken), Some((4, id(5))));
        assert_eq!(all.taken, 4);
        taken.insert(id(5));
        assert_eq!(all.free(0, &taken), None);
    }
}
