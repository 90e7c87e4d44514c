//! How far each stage of the lifecycle is, and what is to be done next there.

use super::Agenda;
use super::item::{Due, Gap};
use super::listing::{At, View};
use crate::method::checklist::{Answer, Item};
use crate::model::kind::Stage;
use crate::model::world::World;

/// The stages in their order, with their names.
pub const STAGES: [(Stage, &str); 7] = [
    (Stage::Establish, "Establish"),
    (Stage::Implement, "Implement"),
    (Stage::Run, "Run"),
    (Stage::Monitor, "Monitor"),
    (Stage::Review, "Review"),
    (Stage::Maintain, "Maintain"),
    (Stage::Improve, "Improve"),
];

/// How far a stage is.
#[derive(Debug, Clone, PartialEq)]
pub struct Progress<'a> {
    /// The stage.
    pub stage: Stage,
    /// Its records that are not retired.
    pub records: usize,
    /// Those on which something is still to be done.
    pub open: usize,
    /// Those on which something is late.
    pub late: usize,
    /// Gaps in its records, and items of the checklist that are not met.
    pub gaps: usize,
    /// The share of its records and items that are in order, 0 to 100, rounded down.
    pub complete: u8,
    /// What is to be done next.
    pub next: Option<Next<'a>>,
}

/// What is to be done next in a stage.
#[derive(Debug, Clone, PartialEq)]
pub enum Next<'a> {
    /// The worst of what is late, or the next that is due.
    Due(Due),
    /// The first item of the checklist that is not met.
    Lack(Lack<'a>),
    /// The first gap in a record.
    Gap(Gap),
}

/// An item of a checklist that is not met.
#[derive(Debug, Clone, Copy)]
pub struct Lack<'a> {
    /// The item.
    pub item: &'a Item,
    /// How far it is answered.
    pub answer: Answer,
}

impl PartialEq for Lack<'_> {
    fn eq(&self, other: &Self) -> bool {
        (&self.item.id, self.answer) == (&other.item.id, other.answer)
    }
}

impl Lack<'_> {
    /// What is wrong, in a sentence.
    pub fn sentence(&self, w: &World) -> String {
        self.item.sentence(w.kind_at(self.item.kind), self.answer)
    }
}

impl Agenda {
    /// The items of the checklists, and how far each is answered.
    pub fn checklist(&self) -> impl Iterator<Item = Lack<'_>> {
        let answer = |(i, item)| Lack {
            item,
            answer: self.answer(i),
        };
        self.items.iter().enumerate().map(answer)
    }

    /// The items of a stage that are not met.
    pub fn lacks(&self, stage: Stage) -> impl Iterator<Item = Lack<'_>> {
        self.checklist()
            .filter(move |l| l.item.stage == stage && l.answer != Answer::Met)
    }

    /// How far a stage is.
    pub fn progress(&self, w: &World, stage: Stage) -> Progress<'_> {
        let mut p = Progress {
            stage,
            records: 0,
            open: 0,
            late: 0,
            gaps: self.lacks(stage).count(),
            complete: 100,
            next: None,
        };
        let items = self.items.iter().filter(|i| i.stage == stage).count();
        let mut sound = items - p.gaps;
        for (ix, _) in w.catalogue.kinds.iter().enumerate().filter(|(_, k)| k.stage == stage) {
            let c = self.count(ix);
            p.records += c.live;
            p.open += c.open;
            p.late += c.late;
            p.gaps += c.gaps;
            sound += c.sound;
        }
        if let Some(share) = (sound * 100).checked_div(p.records + items) {
            p.complete = u8::try_from(share).unwrap_or(100);
        }
        p.next = self.next(&p);
        p
    }

    fn next(&self, p: &Progress) -> Option<Next<'_>> {
        let view = View {
            stage: Some(p.stage),
            mine: false,
        };
        let due = |at: Option<At<'_>>| self.due(at?).map(Next::Due);
        let late = || due(self.late(view).next());
        let lack = || self.lacks(p.stage).next().map(Next::Lack);
        let gap = || self.stage_gaps(p.stage).next().map(Next::Gap);
        let coming = || due(self.between(view, self.today(), i32::MAX).next());
        (p.late > 0)
            .then(late)
            .flatten()
            .or_else(lack)
            .or_else(gap)
            .or_else(|| (p.open > 0).then(coming).flatten())
    }
}
