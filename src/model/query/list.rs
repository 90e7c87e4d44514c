//! A list of records that is sorted and filtered as somebody types, and follows commits.

use super::Query;
use super::filter::Filter;
use super::shelf::{Ordered, Shelf};
use crate::model::change::Changed;
use crate::model::kind::KindIx;
use crate::model::record::{Id, Record};
use crate::model::world::World;
use std::collections::BTreeSet;
use std::sync::Arc;

/// The records of a kind, and what a query leaves of them.
#[derive(Debug, Clone, Default)]
pub struct List {
    shelf: Shelf,
    filter: Filter,
}

impl List {
    /// All records of a kind in the kind's own order.
    pub fn of(w: &World, ix: KindIx) -> Self {
        let mut list = Self::default();
        list.fill(w, ix, &w.kind_at(ix).sort);
        list.ask(&Query::default(), None, true);
        list.finish(w);
        list
    }

    /// Takes in the records of a kind, to be ordered by these names, `-` in front for descending.
    pub fn fill(&mut self, w: &World, ix: KindIx, by: &[String]) {
        self.shelf.fill(w, ix, by);
        self.filter.forget();
    }

    /// Orders the same records by other names.
    pub fn sort(&mut self, by: &[String]) {
        self.shelf.sort(by);
    }

    /// Asks for the records that are to be listed for a query: of certain ones only, if they are given; the best fit
    /// first if `ranked`. What shows stays as it is until there is an answer.
    pub fn ask(&mut self, query: &Query, only: Option<&Arc<BTreeSet<Id>>>, ranked: bool) {
        self.filter.ask(query, only, ranked);
    }

    /// Goes on for so long as it takes to test `budget` rows, and says whether all is found and shows. What was found
    /// in part shows with [`Self::show`].
    pub fn work(&mut self, w: &World, budget: usize) -> bool {
        let mut spent = 0;
        while !self.is_done() && spent < budget {
            // what is asked for comes before the order
            spent += match self.filter.is_done(&self.shelf) {
                false => self.filter.work(w, &mut self.shelf),
                true => match self.shelf.order(w) {
                    Ordered::Part(cost) => cost,
                    // what shows are places of rows that stand elsewhere now
                    Ordered::Same(places) => {
                        self.filter.arrange(&places);
                        self.answer(w);
                        places.len()
                    }
                    Ordered::Other => {
                        self.filter.forget();
                        self.answer(w);
                        self.shelf.rows().len()
                    }
                },
            };
        }
        if self.is_done() {
            self.filter.show(&self.shelf);
        }
        self.is_done()
    }

    /// Shows what was found so far.
    pub fn show(&mut self) {
        self.filter.show(&self.shelf);
    }

    /// Goes on until everything was found.
    pub fn finish(&mut self, w: &World) {
        while !self.work(w, usize::MAX) {}
    }

    /// Goes on until what was asked for was found among the rows as they stand, in whatever order.
    pub fn answer(&mut self, w: &World) {
        while !self.filter.is_done(&self.shelf) {
            self.filter.work(w, &mut self.shelf);
        }
        self.filter.show(&self.shelf);
    }

    /// Whether everything was found and is in order.
    pub fn is_done(&self) -> bool {
        self.shelf.is_ordered() && self.filter.is_done(&self.shelf)
    }

    /// Gets ready for letters that may come: packs rows, and sees how far a letter reaches in them. Does so for as long
    /// as it takes to test `budget` rows, and says whether all is ready.
    pub fn prepare(&mut self, budget: usize) -> bool {
        let mut spent = 0;
        while !self.is_prepared() && spent < budget {
            spent += match self.shelf.is_packed() {
                true => self.filter.prepare(&self.shelf),
                false => self.shelf.pack(),
            };
        }
        self.is_prepared()
    }

    /// Whether all is ready for what may be typed next.
    pub fn is_prepared(&self) -> bool {
        self.shelf.is_packed() && self.filter.is_prepared()
    }

    /// Follows a commit: only what it touched moves, unless it touched what the order or a term looks at.
    pub fn follow(&mut self, w: &World, changes: &[Changed]) {
        let what = self.shelf.follow(w, changes);
        self.filter.follow(w, &self.shelf, changes, &what);
        self.answer(w);
    }

    /// How many rows show.
    pub fn len(&self) -> usize {
        self.filter.found().len()
    }

    /// Whether no row shows.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The record in a row that shows.
    pub fn get(&self, row: usize) -> Option<&Arc<Record>> {
        self.shelf.rows().get(*self.filter.found().get(row)? as usize)
    }

    /// The record at a place of the shelf, whether it shows or not.
    pub fn record(&self, place: u32) -> Option<&Arc<Record>> {
        self.shelf.rows().get(place as usize)
    }

    /// The records that show, in their order.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<Record>> {
        let found = self.filter.found().iter();
        found.filter_map(|&i| self.shelf.rows().get(i as usize))
    }

    /// Some records that show, from a row on.
    pub fn range(&self, from: usize, count: usize) -> impl Iterator<Item = &Arc<Record>> {
        let found = self.filter.found().get(from..).unwrap_or_default();
        let found = found.iter().take(count);
        found.filter_map(|&i| self.shelf.rows().get(i as usize))
    }

    /// The row in which a record shows.
    pub fn place(&self, w: &World, record: &Record) -> Option<usize> {
        self.filter.place(self.shelf.place(w, record)?)
    }

    /// How many records of the kind are not retired.
    pub fn live(&self) -> usize {
        self.shelf.live()
    }

    /// The records to be searched for something else.
    pub fn shelf(&mut self) -> &mut Shelf {
        &mut self.shelf
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::codec;
    use crate::model::sample::Sample;
    use proptest::prelude::*;
    use std::cmp::Reverse;

    const TERMS: [&str; 20] = [
        "",
        "l",
        "la",
        "lap",
        "lapt",
        "ta",
        "e o",
        "r-00",
        "owner:me",
        "owner:berg",
        "owner:bo",
        "score>=8",
        "is:open",
        "-lap",
        "is:all",
        "\"train\"",
        "asset:card",
        "current_level>=low",
        "due<30d",
        "会",
    ];
    const TITLES: [&str; 6] = ["Laptop lost", "Plan la", "Ada Berg", "Bota", "会计系统", "Zulu talon"];
    const ORDERS: [&[&str]; 5] = [
        &["closed", "-current_level", "id"],
        &["title"],
        &["-score"],
        &["owner"],
        &["-id"],
    ];

    #[derive(Debug, Clone)]
    enum Deed {
        Ask(usize, usize, bool),
        Only(bool),
        Sort(usize),
        /// Some of the work, as much as this tests.
        Work(usize),
        /// Rows with these numbers are written anew, as one commit: number, title, score, owner, state.
        Commit(Vec<(u8, usize, u8, bool, bool)>),
        Rename(bool, usize),
    }

    fn deed() -> impl Strategy<Value = Deed> {
        let row = (1u8..30, 0..TITLES.len(), 0u8..20, any::<bool>(), any::<bool>());
        prop_oneof![
            4 => (0..TERMS.len(), 0..TERMS.len(), any::<bool>()).prop_map(|(a, b, r)| Deed::Ask(a, b, r)),
            1 => any::<bool>().prop_map(Deed::Only),
            1 => (0..ORDERS.len()).prop_map(Deed::Sort),
            3 => (0usize..60).prop_map(Deed::Work),
            4 => prop::collection::vec(row, 1..4).prop_map(Deed::Commit),
            1 => (any::<bool>(), 0..TITLES.len()).prop_map(|(p, t)| Deed::Rename(p, t)),
        ]
    }

    fn put(s: &mut Sample, id: &str, fields: &[(&str, &str)]) -> Changed {
        let id_ = Id::from(id);
        let before = s.state.find(&s.catalogue, &id_).cloned();
        s.add(id, fields);
        Changed {
            id: id_,
            before,
            after: s.get(id),
        }
    }

    /// What ought to show, found without any of the means of this folder's lists.
    fn plain(s: &Sample, query: &Query, only: Option<&BTreeSet<Id>>, by: &[String], ranked: bool) -> Vec<Id> {
        let w = s.world();
        let ix = s.catalogue.index_of("risk").unwrap();
        let kind = w.kind_at(ix);
        let mut found: Vec<&Arc<Record>> = s.state.all(ix).filter(|r| query.matches(&w, kind, r)).collect();
        found.retain(|r| only.is_none_or(|ids| ids.contains(&r.id)));
        let key = |name: &str, r: &Record| codec::key(&w, kind, name, r);
        found.sort_by(|a, b| {
            let each = by
                .iter()
                .map(|n| n.strip_prefix('-').map_or((n.as_str(), false), |n| (n, true)));
            let mut each = each.map(|(n, down)| codec::compare(key(n, a).as_ref(), key(n, b).as_ref(), down));
            each.find(|o| o.is_ne()).unwrap_or_else(|| a.id.cmp(&b.id))
        });
        if ranked && !query.words().is_empty() {
            found.sort_by_key(|r| Reverse(query.score(&w, kind, r)));
        }
        found.into_iter().map(|r| r.id.clone()).collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(400))]
        #[test]
        fn a_list_is_what_a_fresh_look_finds(deeds in prop::collection::vec(deed(), 1..25)) {
            let mut s = Sample::new();
            let ix = s.catalogue.index_of("risk").unwrap();
            let read = |s: &Sample, t: &str| Query::parse(t, &s.catalogue, Some(&s.catalogue.kinds[ix])).unwrap();
            let own = s.catalogue.kinds[ix].sort.clone();
            let mut by = own.clone();
            let (mut query, mut ranked, mut only) = (Query::default(), true, None);
            let mut list = List::default();
            list.fill(&s.world(), ix, &by);
            list.ask(&query, None, true);
            for deed in deeds {
                match &deed {
                    Deed::Ask(a, b, rank) => {
                        query = read(&s, &format!("{} {}", TERMS[*a], TERMS[*b]));
                        ranked = *rank;
                        list.ask(&query, only.as_ref(), ranked);
                    }
                    Deed::Only(some) => {
                        let ids: BTreeSet<Id> = ["R-0001", "R-0003", "R-0007"].map(Id::from).into();
                        only = some.then(|| Arc::new(ids));
                        list.ask(&query, only.as_ref(), ranked);
                    }
                    Deed::Sort(n) => {
                        by = ORDERS[*n].iter().map(|n| (*n).to_string()).collect();
                        list.sort(&by);
                    }
                    // the rest is done with what comes next, or not at all
                    Deed::Work(budget) => {
                        list.work(&s.world(), *budget);
                        continue;
                    }
                    Deed::Commit(rows) => {
                        let changes: Vec<Changed> = rows.iter().map(|(n, title, score, me, retired)| {
                            let (id, score) = (format!("R-{n:04}"), score.to_string());
                            let mut fields = vec![("title", TITLES[*title]), ("score", &score)];
                            fields.push(("owner", if *me { "P-0001" } else { "P-0002" }));
                            fields.extend(retired.then_some(("state", "retired")));
                            put(&mut s, &id, &fields)
                        }).collect();
                        list.follow(&s.world(), &changes);
                    }
                    Deed::Rename(first, title) => {
                        let id = if *first { "P-0001" } else { "P-0002" };
                        let change = put(&mut s, id, &[("title", TITLES[*title])]);
                        list.follow(&s.world(), &[change]);
                    }
                }
                let w = s.world();
                // what is found in between is a part, and never something that is not there
                list.work(&w, 1);
                prop_assert!(list.iter().count() == list.len());
                list.finish(&w);
                let got: Vec<Id> = list.iter().map(|r| r.id.clone()).collect();
                prop_assert_eq!(&got, &plain(&s, &query, only.as_deref(), &by, ranked), "{:?}", deed);
                if by == own && ranked && only.is_none() {
                    let fresh: Vec<Id> = query.select(&w, ix).iter().map(|r| r.id.clone()).collect();
                    prop_assert_eq!(&got, &fresh);
                }
                for (i, id) in got.iter().enumerate() {
                    prop_assert_eq!(list.place(&w, w.find(id).unwrap()), Some(i));
                }
                prop_assert_eq!(list.live(), s.state.live(ix).count());
                prop_assert_eq!(list.live(), s.state.count_live(ix));
            }
        }
    }
}
