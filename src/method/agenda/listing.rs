//! The lists of the agenda, kept in their order, so that a screen reads the first rows and counts without sorting.

use super::cells::Slot;
use super::item::{Bucket, Due, Gap, Known, SOON, Task, Wait};
use super::{Agenda, Count};
use crate::method::checklist::Answer;
use crate::model::kind::{Catalogue, KindIx, Stage};
use crate::model::record::Id;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};

/// What is looked at of the lists; by default all of it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct View {
    /// Only this stage.
    pub stage: Option<Stage>,
    /// Only what whoever looks ([`Agenda::sit`]) has to do, themselves or by a post.
    pub mine: bool,
}

/// A record, and a place among what is due on it.
pub type At<'a> = (&'a Id, u16);

/// A thing that is due: how soon, how heavy, its record and its place there.
type Late = (Reverse<u8>, i32, Id, u16);
type Coming = (i32, Reverse<u8>, Id, u16);

/// What is due on the records of a kind.
#[derive(Debug, Clone, Default, PartialEq)]
struct Shelf {
    late: BTreeSet<Late>,
    coming: BTreeSet<Coming>,
    /// How many things come on a day.
    days: BTreeMap<i32, usize>,
}

#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Lists {
    stages: Vec<Stage>,
    /// Whoever looks, and their posts.
    hands: BTreeSet<Id>,
    /// By kind: what others have to do, and what whoever looks has to.
    due: Vec<[Shelf; 2]>,
    /// What is due to the hour: legal clocks.
    moments: BTreeSet<(i64, Id)>,
    waits: BTreeSet<(Reverse<u8>, Id)>,
    /// By kind: records with gaps and how many, the heaviest first.
    gaps: Vec<BTreeSet<(Reverse<u8>, Id, usize)>>,
    pub counts: Vec<Count>,
    /// By item of the checklists: how many records answer so far: missing, outdated, unproved, met.
    pub answers: Vec<[usize; 4]>,
}

impl Lists {
    pub fn new(catalogue: &Catalogue, items: usize) -> Self {
        let n = catalogue.kinds.len();
        Self {
            stages: catalogue.kinds.iter().map(|k| k.stage).collect(),
            due: vec![Default::default(); n],
            gaps: vec![BTreeSet::new(); n],
            counts: vec![Count::default(); n],
            answers: vec![[0; 4]; items],
            ..Self::default()
        }
    }

    /// Whether a kind belongs to what is looked at.
    pub fn is_of(&self, kind: KindIx, stage: Option<Stage>) -> bool {
        stage.is_none_or(|s| self.stages.get(kind) == Some(&s))
    }

    fn kinds_of(&self, stage: Option<Stage>) -> impl Iterator<Item = KindIx> {
        (0..self.due.len()).filter(move |ix| self.is_of(*ix, stage))
    }

    fn shelves(&self, view: View) -> impl Iterator<Item = &Shelf> {
        let shown = move |ix: KindIx| &self.due[ix][usize::from(view.mine)..];
        self.kinds_of(view.stage).flat_map(shown)
    }
}

impl Agenda {
    /// Takes what a record brings off all lists.
    pub(super) fn unlist(&mut self, slot: Slot) {
        self.enter(slot, false);
    }

    /// Puts what a record brings on all lists.
    pub(super) fn list(&mut self, slot: Slot) {
        self.enter(slot, true);
    }

    fn enter(&mut self, slot: Slot, on: bool) {
        let (Some(Known { facts, days }), Some(id)) = (&self.known[slot as usize], self.cells.id(slot)) else {
            return;
        };
        let lists = &mut self.lists;
        let heavy = Reverse(facts.weight);
        let mut late = false;
        for (place, (task, when)) in (0..).zip(facts.tasks.iter().zip(days)) {
            let mine = task.whose.iter().any(|id| lists.hands.contains(id));
            let shelf = &mut lists.due[facts.kind][usize::from(mine)];
            if let Some(time) = when.time {
                set(&mut lists.moments, (time, id.clone()), on);
            }
            if when.is_late(self.today, self.now) {
                late = true;
                set(&mut shelf.late, (heavy, when.day, id.clone(), place), on);
            } else {
                // A moment has its day in UTC, today is the day here: what is to come is never before it.
                let day = when.day.max(self.today);
                set(&mut shelf.coming, (day, heavy, id.clone(), place), on);
                let things = shelf.days.entry(day).or_default();
                step(things, 1, on);
                if *things == 0 {
                    shelf.days.remove(&day);
                }
            }
        }
        if !facts.waits.is_empty() {
            set(&mut lists.waits, (heavy, id.clone()), on);
        }
        let gaps = facts.gaps.len() + usize::from(self.orphans[slot as usize].is_some());
        if gaps > 0 {
            set(&mut lists.gaps[facts.kind], (heavy, id.clone(), gaps), on);
        }
        let count = &mut lists.counts[facts.kind];
        step(&mut count.live, 1, on);
        step(&mut count.open, usize::from(facts.open), on);
        step(&mut count.late, usize::from(late), on);
        step(&mut count.gaps, gaps, on);
        step(&mut count.sound, usize::from(!late && gaps == 0), on);
        for (item, answer) in &facts.answers {
            step(&mut lists.answers[*item][*answer as usize], 1, on);
        }
    }

    /// Moves to another moment.
    pub(super) fn relist(&mut self, today: i32, now: i64) {
        let mut moved: BTreeSet<Slot> = BTreeSet::new();
        for shelf in self.lists.due.iter().flatten() {
            let passed = shelf.coming.iter().take_while(|(day, ..)| *day < today);
            moved.extend(passed.filter_map(|(.., id, _)| self.cells.known(id)));
            if today < self.today {
                let again = shelf.late.iter().filter(|(_, day, ..)| *day >= today);
                moved.extend(again.filter_map(|(.., id, _)| self.cells.known(id)));
            }
        }
        let at = |time: i64| (time, Id::from(""));
        let ran = self.lists.moments.range(at(self.now.min(now))..at(self.now.max(now)));
        moved.extend(ran.filter_map(|(_, id)| self.cells.known(id)));
        self.move_all(&moved, |agenda| (agenda.today, agenda.now) = (today, now));
    }

    /// The next moment at which something that is due to the hour is late.
    pub fn next_moment(&self) -> Option<i64> {
        let next = self.lists.moments.range((self.now, Id::from(""))..).next();
        next.map(|(time, _)| time.saturating_add(1))
    }

    /// Takes note of whose hands look.
    pub(super) fn hand(&mut self, hands: BTreeSet<Id>) {
        let changed: BTreeSet<&Id> = self.lists.hands.symmetric_difference(&hands).collect();
        if changed.is_empty() {
            return;
        }
        let named = |task: &Task| task.whose.iter().any(|id| changed.contains(id));
        let moved: BTreeSet<Slot> = (0..)
            .zip(&self.known)
            .filter(|(_, known)| known.as_ref().is_some_and(|k| k.facts.tasks.iter().any(named)))
            .map(|(slot, _)| slot)
            .collect();
        self.move_all(&moved, |agenda| agenda.lists.hands = hands);
    }

    fn move_all(&mut self, slots: &BTreeSet<Slot>, change: impl FnOnce(&mut Self)) {
        for slot in slots {
            self.unlist(*slot);
        }
        change(self);
        for slot in slots {
            self.list(*slot);
        }
    }

    /// What is due at a place on a record.
    pub fn due(&self, (id, place): At) -> Option<Due> {
        self.of(id)?.due(id, usize::from(place))
    }

    /// What is late, the worst first, as [`Agenda::due`] finds it.
    pub fn late(&self, view: View) -> impl Iterator<Item = At<'_>> {
        merge(self.lists.shelves(view).map(|s| s.late.iter())).map(|(.., id, place)| (id, *place))
    }

    /// How many things are late.
    pub fn late_count(&self, view: View) -> usize {
        self.lists.shelves(view).map(|s| s.late.len()).sum()
    }

    /// What is due in these days, from the first to the last, today or later, and not late.
    pub fn between(&self, view: View, first: i32, last: i32) -> impl Iterator<Item = At<'_>> {
        let at = |day: i32| (day, Reverse(u8::MAX), Id::from(""), 0);
        let from = at(first);
        let ranges = self.lists.shelves(view).map(move |s| s.coming.range(&from..));
        let all = merge(ranges).take_while(move |(day, ..)| *day <= last);
        all.map(|(.., id, place)| (id, *place))
    }

    /// How many things are due in these days.
    pub fn between_count(&self, view: View, first: i32, last: i32) -> usize {
        let days = |s: &Shelf| s.days.range(first..=last.max(first)).map(|(_, n)| n).sum::<usize>();
        self.lists.shelves(view).map(days).sum()
    }

    /// The days of a bucket that are not past.
    fn days_of(&self, bucket: Bucket) -> (i32, i32) {
        let today = self.today;
        match bucket {
            Bucket::Late | Bucket::Today => (today, today),
            Bucket::Soon => (today + 1, today + SOON),
            Bucket::Later => (today + SOON + 1, i32::MAX),
        }
    }

    /// What is due in a bucket, the worst first if late, else by day.
    pub fn bucket(&self, view: View, bucket: Bucket) -> Box<dyn Iterator<Item = At<'_>> + '_> {
        let (first, last) = self.days_of(bucket);
        match bucket {
            Bucket::Late => Box::new(self.late(view)),
            _ => Box::new(self.between(view, first, last)),
        }
    }

    /// How many things are due in a bucket.
    pub fn bucket_count(&self, view: View, bucket: Bucket) -> usize {
        let (first, last) = self.days_of(bucket);
        match bucket {
            Bucket::Late => self.late_count(view),
            _ => self.between_count(view, first, last),
        }
    }

    /// What waits for a sign-off, whoever may give it, the heaviest first.
    pub fn waits(&self) -> impl Iterator<Item = Wait> + '_ {
        self.lists
            .waits
            .iter()
            .filter_map(|(_, id)| Some((id, self.of(id)?)))
            .flat_map(|(id, known)| known.facts.waits_of(id))
    }

    /// The records of a kind in which something is missing and how much, the heaviest first.
    pub fn kind_gaps(&self, kind: KindIx) -> impl Iterator<Item = (&Id, usize)> {
        let records = self.lists.gaps.get(kind).into_iter().flatten();
        records.map(|(_, id, n)| (id, *n))
    }

    /// What is missing in the records of a stage, the heaviest first.
    pub fn stage_gaps(&self, stage: Stage) -> impl Iterator<Item = Gap> {
        let kinds = self.lists.kinds_of(Some(stage));
        let records = kinds.map(|ix| self.lists.gaps[ix].iter().map(move |(heavy, id, _)| (*heavy, ix, id)));
        merge(records).flat_map(|(.., id)| self.gaps_of(id))
    }

    /// How the records of a kind stand.
    pub fn count(&self, kind: KindIx) -> Count {
        self.lists.counts.get(kind).copied().unwrap_or_default()
    }

    /// How far an item of the checklists is answered: by the best of its records.
    pub fn answer(&self, item: usize) -> Answer {
        let best = self.lists.answers.get(item).map_or([0; 4], |a| *a);
        [Answer::Met, Answer::Unproved, Answer::Outdated]
            .into_iter()
            .find(|a| best[*a as usize] > 0)
            .unwrap_or(Answer::Missing)
    }
}

/// What stands on several lists, each in its order, in the order of them all. Of each list only as much is read as
/// comes to its turn.
pub(super) fn merge<T: Ord, I: Iterator<Item = T>>(lists: impl Iterator<Item = I>) -> impl Iterator<Item = T> {
    let mut lists: Vec<I> = lists.collect();
    let first = |(n, list): (usize, &mut I)| list.next().map(|one| Reverse((one, n)));
    let mut heads: BinaryHeap<Reverse<(T, usize)>> = lists.iter_mut().enumerate().filter_map(first).collect();
    std::iter::from_fn(move || {
        let Reverse((one, n)) = heads.pop()?;
        heads.extend(lists[n].next().map(|next| Reverse((next, n))));
        Some(one)
    })
}

fn set<T: Ord>(all: &mut BTreeSet<T>, one: T, on: bool) {
    if on {
        all.insert(one);
    } else {
        all.remove(&one);
    }
}

fn step(n: &mut usize, by: usize, up: bool) {
    *n = if up { *n + by } else { n.saturating_sub(by) };
}
