//! What follows when somebody judges a record anew: of a method with two steps the first gives the likelihood, and an
//! assessment that had lost its ground stands again.

use super::Door;
use crate::model::change::{Edit, Origin};
use crate::model::derive::Axes;
use crate::model::kind::{Kind, Tag};
use crate::model::record::Record;
use crate::model::value::Value;

impl Door<'_> {
    /// Writes what follows from the judgements of an edit.
    pub(super) fn judged(&mut self, i: usize, edit: &Edit, kind: &Kind, after: &mut Record) {
        if !matches!(self.draft.origin, Origin::Hand | Origin::Import(_)) {
            return;
        }
        let set = |tag: Tag| edit.set.iter().any(|(t, _)| *t == tag);
        let all: Vec<Axes> = Axes::all(kind).into_iter().map(|(_, axes)| axes).collect();
        for axes in &all {
            if let Some((initiation, adverse)) = axes.step
                && (set(initiation) || set(adverse) || set(axes.likelihood))
            {
                self.first_step(i, kind, after, axes, set(axes.likelihood));
            }
        }
        let judges = |a: &Axes| {
            let step = a.step.is_some_and(|(x, y)| set(x) || set(y));
            step || set(a.likelihood) || set(a.impact)
        };
        let own = kind.field("method").is_some_and(|f| set(f.tag));
        if own || all.iter().any(judges) {
            self.stands_again(edit, kind, after);
        }
    }

    /// The likelihood of two steps: as the first gives it. Where both are stated they must agree; a likelihood alone
    /// takes the place of the steps that gave another.
    fn first_step(&mut self, i: usize, kind: &Kind, after: &mut Record, axes: &Axes, stated: bool) {
        let Some((initiation, adverse)) = axes.step else { return };
        let Some(method) = self.w.method(kind, Some(after)) else {
            return;
        };
        let Some(given) = method.overall(after.text(initiation), after.text(adverse)) else {
            return;
        };
        let own = after.text(axes.likelihood).to_owned();
        let touched = |tag: Tag| {
            self.draft
                .edits
                .get(i)
                .is_some_and(|e| e.set.iter().any(|(t, _)| *t == tag))
        };
        match stated && own != given.id {
            false => after.set(axes.likelihood, Some(Value::Text(given.id.clone()))),
            true if touched(initiation) || touched(adverse) => {
                let label = |tag| kind.field_by_tag(tag).map_or("", |f| f.label.as_str());
                let message = format!(
                    "{} is '{own}', but '{}' and '{}' give '{}' by {}: state the one or the others",
                    label(axes.likelihood),
                    label(initiation),
                    label(adverse),
                    given.id,
                    method.title()
                );
                self.refuse(i, Some(&after.id.clone()), Some(axes.likelihood), "step", message);
            }
            true => {
                after.set(initiation, None);
                after.set(adverse, None);
            }
        }
    }

    /// Takes the marks off an assessment that was made again.
    fn stands_again(&self, edit: &Edit, kind: &Kind, after: &mut Record) {
        let tag = |name: &str| kind.field(name).map(|f| f.tag);
        let Some(reasons) = tag("stale_reasons").filter(|t| after.get(*t).is_some()) else {
            return;
        };
        after.set(reasons, None);
        if let Some(by) = tag("reassess_by") {
            after.set(by, None);
        }
        if let Some(at) = tag("assessed_at").filter(|t| !edit.set.iter().any(|(s, _)| s == t)) {
            after.set(at, Some(Value::Date(self.w.today)));
        }
    }
}
