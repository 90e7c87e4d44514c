//! `isms tick`: what the passing of time brings about, for a timer.

use super::{Context, add, out};
use crate::error::{Error, Result};
use crate::ledger::Access;
use crate::model::calendar;
use crate::model::change::{Actor, Changed};
use crate::model::record::Id;
use crate::model::tick::{Cause, Tick as Passed};
use crate::model::value::Value;
use crate::model::world::World;
use crate::session;
use crate::ui::text::clean;
use clap::Args;
use serde_json::{Value as Json, json};
use std::io::Write;

/// Bring about what time does: what has expired or come up for review, and what rests on it.
///
/// The screen does the same when it opens and at midnight, and every command that changes something does it first. A
/// timer is for stores at which nobody looks every day: once a day, after midnight. Nothing comes about twice.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  isms tick\n  isms tick --dry-run\n  isms tick --as-of 30d --json\n  \
                        isms tick > /dev/null || mail -s 'isms tick' ada"
)]
pub struct Tick {
    /// Say what it would do, and change nothing
    #[arg(long)]
    dry_run: bool,
    /// Say what it will have done by a day to come, and change nothing
    #[arg(long, value_name = "DAY")]
    as_of: Option<String>,
    /// For programs: a JSON object
    #[arg(long)]
    json: bool,
}

impl Tick {
    pub(super) fn run(self, context: &Context, out: &mut dyn Write) -> Result<u8> {
        let looks = self.dry_run || self.as_of.is_some();
        let mut session = context.open(if looks { Access::Read } else { Access::Write })?;
        let mut w = session.world();
        if let Some(text) = &self.as_of {
            w.today = calendar::parse_day(text, w.today)
                .filter(|day| *day >= w.today)
                .ok_or_else(|| {
                    Error::failed(format!("'{text}' is no day to come"))
                        .hint("a day such as 2027-03-31, 30d, friday; isms changes tells what has been")
                })?;
            w.now = session::midnight(w.today);
        }
        let reader = Actor {
            person: w.me.clone(),
            by: w.me.clone(),
        };
        let (since, today) = (session::day(w.state.time), w.today);
        let passed = Passed::of(&w, since, &reader);
        let text = passed.as_ref().map(|p| told(&w, p, context.look.arrow()));
        let causes = passed.as_ref().map(|p| objects(&w, p)).unwrap_or_default();
        let commit = match looks {
            true => None,
            false => session.pass()?,
        };
        if self.json {
            let told = json!({
                "since": calendar::show(since),
                "day": calendar::show(today),
                "commit": commit.map(|c| c.seq),
                "causes": causes,
            });
            out::json(out, &told)?;
            return Ok(0);
        }
        match text {
            Some(text) => out.write_all(text.as_bytes())?,
            None => eprintln!("nothing has come about since {}", calendar::show(since)),
        }
        commit.map_or(Ok(()), |c| add::say(&c, out))?;
        Ok(0)
    }
}

/// Each cause with what comes of it, as a person reads it.
fn told(w: &World, passed: &Passed, arrow: &str) -> String {
    let mut text = String::new();
    for (cause, done) in worked(passed) {
        let title = w.find(&cause.id).map(|r| clean(r.title())).unwrap_or_default();
        text.push_str(&format!("{} {title}: {}\n", cause.id, clean(&cause.says)));
        for c in done {
            text.push_str(&format!("  {}  {}\n", c.id, what(w, c, arrow).join(", ")));
        }
    }
    text
}

/// The causes of which something comes, with the changes.
fn worked(passed: &Passed) -> impl Iterator<Item = (&Cause, Vec<&Changed>)> {
    let with = |cause: &'_ Cause| -> Vec<&Changed> {
        let ids: Vec<&Id> = cause.touched(&passed.changes).collect();
        passed.changes.iter().filter(|c| ids.contains(&&c.id)).collect()
    };
    let all = passed.causes.iter().map(move |cause| (cause, with(cause)));
    all.filter(|(_, done)| !done.is_empty())
}

/// What becomes of a record, in a few words.
fn what(w: &World, c: &Changed, arrow: &str) -> Vec<String> {
    let Some(before) = &c.before else {
        return vec![format!("new: {}", clean(c.after.title()))];
    };
    let moved = (before.state() != c.after.state()).then(|| format!("{} {arrow} {}", before.state(), c.after.state()));
    let again = again(w, c).map(|day| format!("to be looked at again by {}", calendar::show(day)));
    moved.into_iter().chain(again).collect()
}

/// The day by which a record is to be looked at again, if that is new.
fn again(w: &World, c: &Changed) -> Option<i32> {
    let kind = w.kind(&c.id)?;
    let reasons = kind.field("stale_reasons")?.tag;
    let before = c.before.as_ref().and_then(|b| b.get(reasons));
    let marked = c.after.get(reasons).filter(|now| Some(*now) != before);
    marked
        .and_then(|_| c.after.get(kind.field("reassess_by")?.tag))
        .and_then(Value::as_date)
}

/// Each cause with what comes of it, for programs.
fn objects(w: &World, passed: &Passed) -> Vec<Json> {
    let record = |c: &Changed| {
        json!({
            "id": c.id.as_str(),
            "new": c.before.is_none(),
            "state": c.after.state(),
            "again_by": again(w, c).map(calendar::show),
        })
    };
    let one = |(cause, done): (&Cause, Vec<&Changed>)| {
        json!({
            "id": cause.id.as_str(),
            "says": cause.says,
            "records": done.into_iter().map(record).collect::<Vec<_>>(),
        })
    };
    worked(passed).map(one).collect()
}
