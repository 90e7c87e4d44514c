//! Draws years on the threads of this machine. The figures are the same to the bit for any number of them.

use crate::method::appraisal::annual::{Drawn, Outcome, Plan};
use crate::method::appraisal::risk::View;
use crate::method::quant::figures::LEVELS;
use crate::method::quant::portfolio::{Member, Portfolio};
use crate::method::quant::simulate::TooMany;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;

/// The place of 95 % among the levels.
const NINETY_FIVE: usize = 1;

/// Draws the years of a plan; `go_on` is told how far it is, 0 to 1, and says whether anybody still waits.
///
/// # Errors
/// A scenario has too many events to draw one by one.
pub fn run(plan: &Plan, threads: usize, go_on: &(dyn Fn(f64) -> bool + Sync)) -> Result<Option<Outcome>, TooMany> {
    let together = plan.of.is_none() && plan.parts.iter().any(|p| !p.drivers.is_empty());
    let passes = View::ALL.len() + usize::from(together) + usize::from(plan.of.is_none());
    let all = Pass {
        plan,
        threads: threads.max(1),
        go_on,
        of: (passes * plan.parts.len()).max(1),
        done: AtomicUsize::new(0),
    };
    let mut views = Vec::with_capacity(View::ALL.len());
    let mut tail = Vec::new();
    let mut comonotone = [0.0; LEVELS.len()];
    for view in View::ALL {
        let members: Vec<Member> = plan.parts.iter().map(|p| p.member(view, false)).collect();
        let Some(sum) = all.draw(&members)? else {
            return Ok(None);
        };
        if view == View::Current {
            comonotone = sum.comonotone();
            if plan.of.is_none() {
                let adds = sum.tail_parts(&members, NINETY_FIVE)?;
                let named = plan
                    .parts
                    .iter()
                    .zip(adds)
                    .map(|(p, adds)| (p.id.clone(), p.title.clone(), adds));
                tail = named.collect();
                tail.sort_by(|a: &(_, _, f64), b| b.2.total_cmp(&a.2));
                all.done.fetch_add(plan.parts.len(), Ordering::Relaxed);
            }
        }
        let (figures, curve) = (sum.figures(), sum.curve());
        let breach = plan
            .tolerance
            .as_ref()
            .and_then(|t| t.breach(|x| curve.exceed(x), curve.largest()));
        // A transform is done in one go: whoever has left in the meantime does not wait for the next.
        if plan.transformed && !go_on(all.share()) {
            return Ok(None);
        }
        views.push(Drawn {
            exact: plan.exact(view),
            figures,
            curve,
            breach,
            transformed: plan.transform(view),
        });
    }
    let together = match together {
        true => {
            let members: Vec<Member> = plan.parts.iter().map(|p| p.member(View::Current, true)).collect();
            let Some(sum) = all.draw(&members)? else {
                return Ok(None);
            };
            Some(sum.figures())
        }
        false => None,
    };
    let Ok(views) = <[Drawn; 3]>::try_from(views) else {
        return Ok(None);
    };
    Ok(Some(Outcome {
        plan: plan.clone(),
        views,
        together,
        comonotone,
        tail,
    }))
}

/// What all draws of a plan share.
struct Pass<'a> {
    plan: &'a Plan,
    threads: usize,
    go_on: &'a (dyn Fn(f64) -> bool + Sync),
    /// How many members there are in all draws.
    of: usize,
    done: AtomicUsize,
}

impl Pass<'_> {
    /// How much of the work is done, 0 to 1.
    fn share(&self) -> f64 {
        self.done.load(Ordering::Relaxed) as f64 / self.of as f64
    }

    /// The sum of members; `None` if nobody waits any more.
    fn draw(&self, members: &[Member]) -> Result<Option<Portfolio>, TooMany> {
        let next = AtomicUsize::new(0);
        let stopped = AtomicBool::new(false);
        let share = || -> Result<Portfolio, TooMany> {
            let mut sum = Portfolio::new(self.plan.run);
            while let Some(member) = members.get(next.fetch_add(1, Ordering::Relaxed)) {
                let done = self.done.fetch_add(1, Ordering::Relaxed);
                if stopped.load(Ordering::Relaxed) || !(self.go_on)(done as f64 / self.of as f64) {
                    stopped.store(true, Ordering::Relaxed);
                    break;
                }
                sum.add(member)?;
            }
            Ok(sum)
        };
        let helpers = self.threads.min(members.len()).saturating_sub(1);
        let sum = thread::scope(|scope| {
            let others: Vec<_> = (0..helpers).map(|_| scope.spawn(share)).collect();
            let mut sum = share()?;
            for other in others {
                match other.join() {
                    Ok(part) => sum.merge(&part?),
                    // whoever panicked has told so; what is left is not the whole
                    Err(_) => stopped.store(true, Ordering::Relaxed),
                }
            }
            Ok(sum)
        })?;
        Ok((!stopped.load(Ordering::Relaxed)).then_some(sum))
    }
}
