//! What each cell looked at, kept small: 100,000 records bring 300,000 cells and a million looks.
//!
//! Almost every cell looks at its own record, which three bits say. What else it looks at is in most registers the same
//! for thousands: the organisation, a kind. Such a list is kept once, with the cells that have it, and whoever is looked
//! at knows the lists in which it stands.

use super::cells::{Aspect, Cell, Slot};
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

/// What a cell looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Seen {
    Record(Slot),
    Inbound(Slot),
    Kind(u32),
    Vacancy(Slot),
    Near(Slot),
}

impl Seen {
    /// Its bit, if it is the record itself.
    fn own(self, slot: Slot) -> u32 {
        match self {
            Self::Record(s) if s == slot => 1,
            Self::Inbound(s) if s == slot => 2,
            Self::Near(s) if s == slot => 4,
            _ => 0,
        }
    }

    /// The place of the record whose own cells may have looked.
    fn slot(self) -> Option<Slot> {
        match self {
            Self::Record(s) | Self::Inbound(s) | Self::Near(s) => Some(s),
            Self::Kind(_) | Self::Vacancy(_) => None,
        }
    }
}

/// How many bits say what a cell saw of its own record; above them stands the place of its list.
const BITS: u32 = 3;
const OWN: u32 = (1 << BITS) - 1;
/// As many aspects are there.
const ASPECTS: u32 = 6;

/// A few numbers: mostly one.
#[derive(Debug, Clone, Default)]
enum Few {
    #[default]
    None,
    One(u32),
    #[allow(
        clippy::box_collection,
        reason = "there are many of these, and most are one number: the set must not make them larger"
    )]
    Many(Box<BTreeSet<u32>>),
}

impl Few {
    fn insert(&mut self, n: u32) {
        *self = match std::mem::take(self) {
            Self::None => Self::One(n),
            Self::One(one) => Self::Many(Box::new([one, n].into())),
            Self::Many(mut all) => {
                all.insert(n);
                Self::Many(all)
            }
        };
    }

    /// Takes one out, and says whether none is left.
    fn remove(&mut self, n: u32) -> bool {
        match self {
            Self::One(one) if *one == n => *self = Self::None,
            Self::Many(all) => {
                all.remove(&n);
                if all.is_empty() {
                    *self = Self::None;
                }
            }
            _ => {}
        }
        matches!(self, Self::None)
    }

    fn iter(&self) -> impl Iterator<Item = u32> + '_ {
        let (one, many) = match self {
            Self::None => (None, None),
            Self::One(n) => (Some(*n), None),
            Self::Many(all) => (None, Some(all)),
        };
        one.into_iter()
            .chain(many.into_iter().flat_map(|all| all.iter().copied()))
    }
}

/// A list of looks, and the cells that have it.
#[derive(Debug, Clone)]
struct List {
    seen: Arc<[Seen]>,
    cells: Few,
}

/// What each cell looked at.
#[derive(Debug, Clone, Default)]
pub(super) struct Looks {
    /// By place and aspect: the bits of its own record, and the place of its list, counted from 1.
    of: Vec<[u32; ASPECTS as usize]>,
    lists: Vec<Option<List>>,
    free: Vec<u32>,
    known: HashMap<Arc<[Seen]>, u32>,
    /// The lists in which something stands.
    readers: HashMap<Seen, Few>,
}

impl Looks {
    /// Makes room for one more record.
    pub fn push(&mut self) {
        self.of.push([0; ASPECTS as usize]);
    }

    /// The cells that had looked at something.
    pub fn readers(&self, seen: Seen) -> Vec<Cell> {
        let mut cells = Vec::new();
        if let Some((slot, of)) = seen.slot().and_then(|s| Some((s, self.of.get(s as usize)?))) {
            let own = Aspect::ALL
                .into_iter()
                .filter(|a| of[*a as usize] & seen.own(slot) != 0);
            cells.extend(own.map(|aspect| (slot, aspect)));
        }
        let lists = self.readers.get(&seen).into_iter().flat_map(Few::iter);
        let lists = lists.filter_map(|n| self.lists.get(n as usize)?.as_ref());
        cells.extend(lists.flat_map(|list| list.cells.iter()).map(cell));
        cells
    }

    /// Remembers what a cell looked at, instead of what it had looked at before.
    pub fn remember(&mut self, (slot, aspect): Cell, mut seen: Vec<Seen>) {
        let own = seen.iter().fold(0, |bits, s| bits | s.own(slot));
        seen.retain(|s| s.own(slot) == 0);
        seen.sort_unstable();
        seen.dedup();
        let me = slot * ASPECTS + aspect as u32;
        let Some(kept) = self.of.get(slot as usize).map(|of| of[aspect as usize]) else {
            return;
        };
        let old = kept >> BITS;
        let same = match self.list(old) {
            Some(list) => *list.seen == *seen,
            None => seen.is_empty(),
        };
        let new = match (same, seen.is_empty()) {
            (true, _) => old,
            (false, true) => 0,
            (false, false) => self.join(&seen, me),
        };
        if new != old {
            self.leave(old, me);
        }
        self.of[slot as usize][aspect as usize] = new << BITS | own & OWN;
    }

    fn list(&self, place: u32) -> Option<&List> {
        self.lists.get(place.checked_sub(1)? as usize)?.as_ref()
    }

    /// Puts a cell to those that have a list; says where that is, counted from 1.
    fn join(&mut self, seen: &[Seen], me: u32) -> u32 {
        let n = match self.known.get(seen) {
            Some(n) => *n,
            None => {
                let seen: Arc<[Seen]> = seen.into();
                let n = self.free.pop().unwrap_or_else(|| {
                    self.lists.push(None);
                    u32::try_from(self.lists.len() - 1).unwrap_or(u32::MAX)
                });
                for s in seen.iter() {
                    self.readers.entry(*s).or_default().insert(n);
                }
                self.known.insert(Arc::clone(&seen), n);
                let cells = Few::None;
                self.lists[n as usize] = Some(List { seen, cells });
                n
            }
        };
        if let Some(list) = &mut self.lists[n as usize] {
            list.cells.insert(me);
        }
        n + 1
    }

    /// Takes a cell from those that have a list, and forgets a list that nobody has.
    fn leave(&mut self, place: u32, me: u32) {
        let Some(n) = place.checked_sub(1) else { return };
        let Some(slot) = self.lists.get_mut(n as usize) else {
            return;
        };
        let Some(list) = slot.take_if(|list| list.cells.remove(me)) else {
            return;
        };
        self.free.push(n);
        self.known.remove(&list.seen);
        for s in list.seen.iter() {
            if self.readers.get_mut(s).is_some_and(|lists| lists.remove(n)) {
                self.readers.remove(s);
            }
        }
    }
}

/// A cell from its number.
fn cell(n: u32) -> Cell {
    (n / ASPECTS, Aspect::ALL[(n % ASPECTS) as usize])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_look_wakes_who_looked_and_nobody_else() {
        let mut looks = Looks::default();
        (0..4).for_each(|_| looks.push());
        let facts = |slot| (slot, Aspect::Facts);
        let common = |slot| vec![Seen::Record(slot), Seen::Kind(7), Seen::Record(3), Seen::Kind(7)];
        for slot in 0..3 {
            looks.remember(facts(slot), common(slot));
        }
        looks.remember((1, Aspect::Near), vec![Seen::Record(1), Seen::Inbound(1)]);
        assert_eq!(looks.lists.len(), 1, "one list for all");
        assert_eq!(looks.readers(Seen::Record(3)), [facts(0), facts(1), facts(2)]);
        assert_eq!(looks.readers(Seen::Kind(7)), [facts(0), facts(1), facts(2)]);
        assert_eq!(looks.readers(Seen::Record(1)), [(1, Aspect::Near), facts(1)]);
        assert_eq!(looks.readers(Seen::Inbound(1)), [(1, Aspect::Near)]);
        assert_eq!(looks.readers(Seen::Near(1)), []);

        // one looks elsewhere, one looks at nothing but itself, and the last forgets too
        looks.remember(facts(1), vec![Seen::Near(2), Seen::Record(1)]);
        looks.remember(facts(0), vec![Seen::Record(0)]);
        assert_eq!(looks.readers(Seen::Kind(7)), [facts(2)]);
        assert_eq!(looks.readers(Seen::Near(2)), [facts(1)]);
        assert_eq!(looks.readers(Seen::Record(0)), [facts(0)]);
        looks.remember(facts(2), Vec::new());
        assert_eq!(looks.readers(Seen::Kind(7)), []);
        looks.remember(facts(1), Vec::new());
        assert!(looks.readers.is_empty() && looks.known.is_empty());
        looks.remember(facts(0), common(0));
        assert_eq!(looks.lists.iter().flatten().count(), 1);
        assert_eq!(looks.lists.len(), 2, "places are used again");
    }
}
