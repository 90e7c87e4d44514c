//! The thread that draws years for the screen: the last that was asked for, a few years first, so that there is something
//! to see, and then all of them.

use crate::method::appraisal::annual::Plan;
use crate::parallel;
use crate::simulation;
use crate::ui::job::Answer;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

/// So many years are drawn first.
const FIRST: usize = 5_000;
/// So often it is told how far it is, in shares of the whole.
const TOLD: f64 = 0.05;

type Asked = (u64, Box<Plan>);

/// Whoever has years drawn.
pub(super) struct Draws {
    asked: Sender<Asked>,
    /// What is asked for now: what was asked before nobody waits for.
    token: Arc<AtomicU64>,
}

impl Draws {
    /// Begins the thread; `tell` says whether somebody still listens.
    pub fn begin(tell: impl Fn(Answer) -> bool + Send + Sync + 'static) -> Self {
        let (asked, todo) = channel();
        let token = Arc::new(AtomicU64::new(0));
        let now = Arc::clone(&token);
        thread::spawn(move || work(&todo, &now, &tell));
        Self { asked, token }
    }

    /// Draws a plan, or nothing any more.
    pub fn ask(&self, token: u64, plan: Option<Box<Plan>>) {
        self.token.store(token, Ordering::Relaxed);
        if let Some(plan) = plan {
            // without the thread nothing is drawn, and everything else goes on
            let _ = self.asked.send((token, plan));
        }
    }
}

fn work(todo: &Receiver<Asked>, now: &AtomicU64, tell: &(impl Fn(Answer) -> bool + Sync)) {
    while let Ok((token, plan)) = todo.recv() {
        let wanted = || now.load(Ordering::Relaxed) == token;
        for years in [FIRST.min(plan.run.years), plan.run.years] {
            let mut plan = plan.clone();
            let whole = plan.run.years;
            plan.run.years = years;
            // the first look is to come at once
            plan.transformed &= years == whole;
            let told = AtomicU32::new(0);
            let far = |done: f64| {
                let step = (done / TOLD) as u32;
                if years == whole && told.fetch_max(step, Ordering::Relaxed) < step {
                    tell(Answer::Drawing { token, done });
                }
                wanted()
            };
            let result = simulation::run(&plan, parallel::threads(), &far).map_err(|e| e.to_string());
            let result = match result {
                Ok(Some(outcome)) => Ok(Box::new(outcome)),
                Ok(None) => break,
                Err(why) => Err(why),
            };
            let last = years == whole || result.is_err();
            if !wanted() || !tell(Answer::Drawn { token, result, last }) || last {
                break;
            }
        }
    }
}
