//! What all risks together are expected to cost, kept up with each commit: only the risks that a commit touched, or whose
//! figures looked at what it touched, are worked out again.

use super::Agenda;
use super::cells::{Aspect, Slot};
use crate::method::appraisal;
use crate::method::appraisal::risk::{View, appraise};
use crate::model::kind::Kind;
use crate::model::record::Record;
use crate::model::trace;
use crate::model::value::Value;
use crate::model::world::World;
use std::collections::HashMap;

/// What one risk brings to the totals. Money in the currency's minor units, so that sums are exact however often one
/// comes and goes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Loss {
    /// The expected loss of a year in each view, if it has figures.
    pub views: Option<[i64; 3]>,
    /// Whether its level is above what the organisation bears without a decision.
    pub above: bool,
    /// Whether its assessment no longer holds.
    pub stale: bool,
}

/// Sums over the risks that can still happen.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Totals {
    /// How many there are.
    pub open: usize,
    /// How many of them have figures.
    pub figures: usize,
    /// The expected loss of a year in each view ([`View::ALL`]), minor units.
    pub views: [i64; 3],
    /// How many are above what the organisation bears without a decision.
    pub above: usize,
    /// How many are stale.
    pub stale: usize,
    /// The current expected loss of those that are stale, minor units.
    pub stale_loss: i64,
}

impl Totals {
    /// The share of the current expected loss that rests on stale assessments, 0 to 1; none without figures.
    pub fn staleness(&self) -> Option<f64> {
        let now = self.views[View::Current as usize];
        (now > 0).then(|| self.stale_loss as f64 / now as f64)
    }

    fn count(&mut self, loss: &Loss, by: i64) {
        let step = |n: &mut usize| *n = n.saturating_add_signed(isize::try_from(by).unwrap_or(0));
        step(&mut self.open);
        if let Some(views) = loss.views {
            step(&mut self.figures);
            for (sum, view) in self.views.iter_mut().zip(views) {
                *sum += by * view;
            }
        }
        if loss.above {
            step(&mut self.above);
        }
        if loss.stale {
            step(&mut self.stale);
            self.stale_loss += by * loss.views.map_or(0, |v| v[View::Current as usize]);
        }
    }
}

/// What each risk brings, and the sums.
#[derive(Debug, Clone, Default)]
pub(super) struct Losses {
    each: HashMap<Slot, Loss>,
    totals: Totals,
}

fn of(w: &World, kind: &Kind, record: &Record) -> Loss {
    let minor = |value| match value {
        Value::Money(minor, _) => minor,
        _ => 0,
    };
    let money = |major| minor(appraisal::amount(major, w.currency()));
    Loss {
        views: appraise(w, record)
            .ok()
            .map(|a| View::ALL.map(|v| money(a.moments(v).mean))),
        above: w.is_above(kind, record),
        stale: appraisal::is_stale(record),
    }
}

impl Agenda {
    /// What all risks that can still happen are expected to cost.
    pub fn totals(&self) -> &Totals {
        &self.losses.totals
    }

    pub(super) fn work_loss(&mut self, w: &World, slot: Slot) {
        let Some(id) = self.cells.id(slot).cloned() else { return };
        if w.kind(&id).is_none_or(|kind| kind.name != "risk") {
            return;
        }
        let (loss, reads) = trace::reads(|| {
            let (kind, record) = (w.kind(&id)?, w.find(&id)?);
            appraisal::is_open(w, record).then(|| of(w, kind, record))
        });
        let seen = self.cells.learn(reads);
        self.cells.remember((slot, Aspect::Loss), seen);
        let losses = &mut self.losses;
        let old = match loss {
            Some(new) => losses.each.insert(slot, new),
            None => losses.each.remove(&slot),
        };
        if let Some(old) = old {
            losses.totals.count(&old, -1);
        }
        if let Some(new) = loss {
            losses.totals.count(&new, 1);
        }
    }
}
