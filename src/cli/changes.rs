//! `isms changes`: what is different since a day, register by register and record by record, with who did it and why.
//! The screen shows the same under `D`.

use super::out::Look;
use super::when::When;
use super::{Context, add, log, out, set, show};
use crate::error::{Error, Result};
use crate::ledger::{Access, Revision};
use crate::model::change::{Changed, Commit};
use crate::model::kind::KindIx;
use crate::model::merge;
use crate::model::record::Id;
use crate::model::world::World;
use crate::session::{self, Session};
use crate::ui::text::clean;
use clap::Args;
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;
use std::io::Write;

/// How many commits are read at a time.
const PAGE: usize = 200;

/// Show what has changed since a day: by register and record, who and why, field by field.
///
/// The day begins where you are; times are in UTC. Status 1 if nothing has changed.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  isms changes --since 2026-11-01\n  isms changes --since '30d ago' risk\n  \
                        isms changes --since monday R-0012 --json"
)]
pub struct Changes {
    /// Only this register, or this record
    #[arg(value_name = "KIND|ID")]
    of: Option<String>,
    /// The first day: 2026-11-01, 30d ago, yesterday
    #[arg(long, value_name = "DAY", allow_hyphen_values = true)]
    since: String,
    /// For programs: a JSON array with an object for each record
    #[arg(long)]
    json: bool,
}

/// What is looked at.
enum Of {
    All,
    Kind(KindIx),
    Record(Id),
}

/// The commits of a record with what each did to it, the newest first.
type Steps<'a> = Vec<(&'a Commit, &'a Changed)>;

impl Changes {
    pub(super) fn run(self, context: &Context, out: &mut dyn Write) -> Result<u8> {
        let session = context.open(Access::Read)?;
        let w = session.world();
        let of = match &self.of {
            None => Of::All,
            Some(word) => match w.catalogue.index_of(word) {
                Some(ix) => Of::Kind(ix),
                None if word.contains(|c: char| c.is_ascii_digit()) => Of::Record(set::record(&w, word)?.id.clone()),
                None => Of::Kind(add::kind(w.catalogue, word)?),
            },
        };
        let day = When::day(&self.since, session.today).ok_or_else(|| {
            Error::failed(format!("'{}' is no day", self.since)).hint("2026-11-01, 30d ago, yesterday, monday")
        })?;
        let commits = read(&session, session::midnight(day))?;
        let mut found: BTreeMap<KindIx, BTreeMap<&Id, Steps>> = BTreeMap::new();
        for commit in &commits {
            for change in &commit.changes {
                let Some(ix) = w.catalogue.kind_of(&change.id) else {
                    continue;
                };
                let wanted = match &of {
                    Of::All => true,
                    Of::Kind(only) => *only == ix,
                    Of::Record(only) => *only == change.id,
                };
                if wanted {
                    let steps = found.entry(ix).or_default().entry(&change.id).or_default();
                    steps.push((commit, change));
                }
            }
        }
        if self.json {
            let all = found.iter().flat_map(|(ix, records)| {
                let w = &w;
                records.iter().filter_map(move |(id, steps)| object(w, *ix, id, steps))
            });
            out::json(out, &Json::Array(all.collect()))?;
        } else {
            for (n, (ix, records)) in found.iter().enumerate() {
                if n > 0 {
                    writeln!(out)?;
                }
                register(out, context.look, &w, *ix, records)?;
            }
        }
        if found.is_empty() {
            eprintln!("nothing has changed since {}", crate::model::calendar::show(day));
            return Ok(1);
        }
        Ok(0)
    }
}

/// The commits since a moment, the newest first.
fn read(session: &Session, first: i64) -> Result<Vec<Commit>> {
    let mut all: Vec<Commit> = Vec::new();
    let mut before = None;
    loop {
        let page = session.ledger.commits(before, PAGE)?;
        let Some(last) = page.last() else { return Ok(all) };
        before = Some(last.seq);
        let over = last.time < first;
        all.extend(page.into_iter().filter(|c| c.time >= first));
        if over {
            return Ok(all);
        }
    }
}

/// One register: how much, then each record with its steps.
fn register(out: &mut dyn Write, look: Look, w: &World, ix: KindIx, records: &BTreeMap<&Id, Steps>) -> Result<()> {
    let kind = w.kind_at(ix);
    let new = records.values().filter(|s| is_new(s)).count();
    let mut parts = Vec::new();
    if records.len() > new {
        parts.push(format!("{} changed", records.len() - new));
    }
    if new > 0 {
        parts.push(format!("{new} new"));
    }
    writeln!(out, "{}  {}", look.strong(&kind.titles), parts.join(", "))?;
    for (id, steps) in records {
        let Some((_, last)) = steps.first() else { continue };
        let what = match steps.last().and_then(|(_, c)| c.before.as_deref()) {
            None => "new".to_string(),
            Some(before) => {
                let diff = merge::diff(w, kind, Some(before), &last.after);
                let labels: Vec<String> = diff.iter().map(|d| d.label.to_lowercase()).collect();
                if labels.is_empty() {
                    "as it was".to_string()
                } else {
                    labels.join(", ")
                }
            }
        };
        writeln!(
            out,
            "  {}  {}  {}",
            look.strong(id.as_str()),
            clean(last.after.title()),
            look.faint(&clean(&what))
        )?;
        for (commit, change) in steps {
            let step = revision(commit, change);
            writeln!(out, "    {}", show::headline(look, w, &step))?;
            if step.before.is_some() {
                show::details(out, look, w, kind, &step, "      ")?;
            }
        }
    }
    Ok(())
}

fn is_new(steps: &Steps) -> bool {
    steps.last().is_some_and(|(_, c)| c.before.is_none())
}

fn revision(commit: &Commit, change: &Changed) -> Revision {
    Revision {
        seq: commit.seq,
        time: commit.time,
        actor: commit.actor.clone(),
        action: commit.action.clone(),
        reason: commit.reason.clone(),
        command: None,
        undoes: commit.undoes,
        before: change.before.clone(),
        after: change.after.clone(),
    }
}

/// One record for programs: what is different in all, and every step, the newest first.
fn object(w: &World, ix: KindIx, id: &Id, steps: &Steps) -> Option<Json> {
    let ((_, last), (_, first)) = (steps.first()?, steps.last()?);
    let net = log::change(w, first.before.as_deref(), &last.after);
    let each = steps.iter().map(|(commit, change)| {
        let did = log::change(w, change.before.as_deref(), &change.after);
        json!({
            "commit": commit.seq,
            "time": crate::model::calendar::show_time(commit.time),
            "actor": commit.actor.person.as_str(),
            "by": commit.actor.by.as_str(),
            "action": commit.action,
            "reason": commit.reason,
            "undoes": commit.undoes,
            "fields": did["fields"],
        })
    });
    Some(json!({
        "kind": w.kind_at(ix).name,
        "id": id.as_str(),
        "title": last.after.title(),
        "created": first.before.is_none(),
        "fields": net["fields"],
        "steps": each.collect::<Vec<_>>(),
    }))
}
