//! How it came to be what mechanisms take away from a risk, and what is spent on it.

use super::super::control;
use super::super::risk::{Appraisal, View};
use super::super::spend::{Best, Spend};
use super::{Step, money, named, percent};
use crate::method::economics::LARGEST_SHARE;
use crate::method::treatment::Mechanism;
use crate::method::treatment::attribution::Parts;
use crate::model::record::Record;
use crate::model::world::World;

type Told = (String, Vec<Step>);

/// What a mechanism takes away from the expected loss.
pub fn avoided_by(w: &World, a: &Appraisal, mechanism: Mechanism) -> Told {
    let losses = [View::Inherent, View::Current].map(|v| {
        let label = format!("Loss, {}", if v == View::Inherent { "inherent" } else { "now" });
        Step::new(label, money(w, a.moments(v).mean))
    });
    let of_it = a.controls.iter().filter(|c| control::mechanism(c.record) == mechanism);
    let controls = of_it.map(|c| {
        let mut step = named(c.record);
        step.value = percent(control::effective(w, c.record));
        step.note("the part of its full effect that it has now")
    });
    let rule = "what all controls take away × ln f of these ÷ Σ ln f of the three, where f is what they leave of the \
                expected loss if they stand alone";
    (rule.into(), losses.into_iter().chain(controls).collect())
}

/// The share of protection in what controls take away.
pub fn prevention(w: &World, a: &Appraisal) -> Told {
    ratio(w, &a.attribution(View::Current))
}

/// The share of protection in all.
pub(super) fn ratio(w: &World, parts: &Parts) -> Told {
    let step = |m: &Mechanism| Step::new(format!("Avoided by {}", m.id()), money(w, parts.of(*m)));
    let rule = "what protection avoids ÷ what protection, detection and recovery avoid";
    (rule.into(), Mechanism::ALL.iter().map(step).collect())
}

/// What is spent on a risk, and what is to be thought of it.
pub fn of(w: &World, record: &Record, a: &Appraisal) -> Told {
    let spend = Spend::on(w, &record.id, a);
    let parts = spend.parts.iter().map(|p| {
        let mut step = named(p.control);
        step.value = money(w, p.cost * p.share);
        step.note(format!(
            "{} of {} a year: by what it takes away from each of its risks alone",
            percent(p.share),
            money(w, p.cost)
        ))
    });
    let mut from: Vec<Step> = parts.collect();
    from.push(
        Step::new("Loss, inherent", money(w, spend.loss)).note("the expected loss of a year without any control"),
    );
    from.push(
        Step::new("The most that pays", money(w, spend.loss * LARGEST_SHARE)).note(
            "the expected loss ÷ e: by the model of Gordon and Loeb (2002) no best sum lies above it; an advice only",
        ),
    );
    if let Some(best) = Best::of(a) {
        let succeeds = format!("{} of attempts succeed without controls", percent(best.succeeds));
        from.extend(
            best.classes()
                .map(|(class, o)| Step::new(format!("Best sum, {class}"), money(w, o.spend)).note(succeeds.clone())),
        );
    }
    let rule = "the cost a year of the controls in force and of those planned for it, by its share in what each does, \
                beside its expected loss";
    (rule.into(), from)
}
