//! The lists of the agenda, kept in their order, so that a screen reads the first rows and counts without sorting.

use super::cells::Slot;
use super::item::{Bucket, Due, Gap, SOON, Wait};
use super::{Agenda, Count};
use crate::method::checklist::Answer;
use crate::model::kind::{Catalogue, KindIx, Stage};
use crate::model::record::Id;
use std::cmp::Reverse;
use std::collections::BTreeSet;

/// A thing that is due, by its record and its place there.
type Key = (Id, u16);

#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Lists {
    stages: Vec<Stage>,
    late: BTreeSet<(Reverse<u8>, i32, Key)>,
    coming: BTreeSet<(i32, Reverse<u8>, Key)>,
    waits: BTreeSet<(Reverse<u8>, Id)>,
    /// Records with gaps.
    gaps: BTreeSet<(Stage, Reverse<u8>, KindIx, Id)>,
    pub counts: Vec<Count>,
    /// By item of the checklists: how many records answer so far: missing, outdated, unproved, met.
    pub answers: Vec<[usize; 4]>,
}

impl Lists {
    pub fn new(catalogue: &Catalogue, items: usize) -> Self {
        Self {
            stages: catalogue.kinds.iter().map(|k| k.stage).collect(),
            counts: vec![Count::default(); catalogue.kinds.len()],
            answers: vec![[0; 4]; items],
            ..Self::default()
        }
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
        let (Some(facts), Some(id)) = (&self.facts[slot as usize], self.cells.id(slot)) else {
            return;
        };
        let lists = &mut self.lists;
        let heavy = Reverse(facts.weight);
        let mut late = false;
        for (n, d) in facts.due.iter().enumerate() {
            let key = (id.clone(), u16::try_from(n).unwrap_or(u16::MAX));
            if d.day < self.today {
                late = true;
                set(&mut lists.late, (heavy, d.day, key), on);
            } else {
                set(&mut lists.coming, (d.day, heavy, key), on);
            }
        }
        if !facts.waits.is_empty() {
            set(&mut lists.waits, (heavy, id.clone()), on);
        }
        let gaps = facts.gaps.len() + usize::from(self.orphans[slot as usize].is_some());
        if gaps > 0 {
            let stage = lists.stages[facts.kind];
            set(&mut lists.gaps, (stage, heavy, facts.kind, id.clone()), on);
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

    /// Moves to another day.
    pub(super) fn relist(&mut self, today: i32) {
        let passed = self.lists.coming.range(..(today, Reverse(u8::MAX), (Id::from(""), 0)));
        let mut moved: BTreeSet<Slot> = passed.filter_map(|(_, _, key)| self.cells.known(&key.0)).collect();
        let again = self.lists.late.iter().filter(|(_, day, _)| *day >= today);
        moved.extend(again.filter_map(|(_, _, key)| self.cells.known(&key.0)));
        for slot in &moved {
            self.unlist(*slot);
        }
        self.today = today;
        for slot in moved {
            self.list(slot);
        }
    }

    fn due(&self, (id, n): &Key) -> Option<&Due> {
        self.of(id)?.due.get(usize::from(*n))
    }

    /// What is late, the worst first.
    pub fn late(&self) -> impl DoubleEndedIterator<Item = &Due> {
        self.lists.late.iter().filter_map(|(_, _, key)| self.due(key))
    }

    /// What is due in these days, from the first to the last, today or later.
    pub fn between(&self, first: i32, last: i32) -> impl DoubleEndedIterator<Item = &Due> {
        let from = (first.max(self.today), Reverse(u8::MAX), (Id::from(""), 0));
        let to = (last.saturating_add(1).max(from.0), Reverse(u8::MAX), (Id::from(""), 0));
        let range = self.lists.coming.range(from..to);
        range.filter_map(|(_, _, key)| self.due(key))
    }

    /// What is due in a bucket, the worst first if late, else by day.
    pub fn bucket(&self, bucket: Bucket) -> Box<dyn Iterator<Item = &Due> + '_> {
        let today = self.today;
        match bucket {
            Bucket::Late => Box::new(self.late()),
            Bucket::Today => Box::new(self.between(today, today)),
            Bucket::Soon => Box::new(self.between(today + 1, today + SOON)),
            Bucket::Later => Box::new(self.between(today + SOON + 1, i32::MAX)),
        }
    }

    /// How many things are late.
    pub fn late_count(&self) -> usize {
        self.lists.late.len()
    }

    /// What waits for a sign-off, whoever may give it, the heaviest first.
    pub fn waits(&self) -> impl Iterator<Item = Wait> + '_ {
        self.lists
            .waits
            .iter()
            .filter_map(|(_, id)| Some((id, self.of(id)?)))
            .flat_map(|(id, f)| f.waits_of(id))
    }

    /// What is missing in records: by stage, in each the heaviest first.
    pub fn record_gaps(&self) -> impl Iterator<Item = &Gap> {
        self.lists.gaps.iter().flat_map(|(_, _, _, id)| self.gaps_of(id))
    }

    /// What is missing in the records of a stage, the heaviest first.
    pub fn stage_gaps(&self, stage: Stage) -> impl Iterator<Item = &Gap> {
        let from = (stage, Reverse(u8::MAX), 0, Id::from(""));
        let range = self.lists.gaps.range(from..).take_while(move |(s, ..)| *s == stage);
        range.flat_map(|(_, _, _, id)| self.gaps_of(id))
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
