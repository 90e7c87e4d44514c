//! `isms log`: what was done, by whom, when and why; of the whole store or of one record.

use super::out::Look;
use super::{Context, out, set, show};
use crate::error::Result;
use crate::ledger::{Access, Revision};
use crate::model::calendar;
use crate::model::change::{Actor, Changed, Commit};
use crate::model::codec;
use crate::model::kind::{Kind, Tag};
use crate::model::record::Record;
use crate::model::world::World;
use crate::session::Session;
use crate::ui::text::clean;
use clap::Args;
use serde_json::{Map, Value as Json, json};
use std::collections::BTreeSet;
use std::io::Write;

/// How many commits are read at a time.
const PAGE: usize = 200;

/// Show what was done, newest first: all commits, or the history of one record.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  isms log -n 20\n  isms log R-0012\n  isms log --json | jq '.[0]'")]
pub struct Log {
    /// Only the history of this record
    id: Option<String>,
    /// At most so many
    #[arg(short = 'n', long, value_name = "N")]
    limit: Option<usize>,
    /// For programs: a JSON array of objects with the values before and after
    #[arg(long)]
    json: bool,
}

impl Log {
    pub(super) fn run(self, context: &Context, out: &mut dyn Write) -> Result<u8> {
        let session = context.open(Access::Read)?;
        let limit = self.limit.unwrap_or(usize::MAX);
        match &self.id {
            Some(word) => {
                let w = session.world();
                let id = &set::record(&w, word)?.id;
                let mut history = session.ledger.history(id)?;
                history.truncate(limit);
                of_record(out, context.look, &w, &history, self.json)
            }
            None => of_store(out, context.look, &session, limit, self.json),
        }
    }
}

fn of_record(out: &mut dyn Write, look: Look, w: &World, history: &[Revision], as_json: bool) -> Result<u8> {
    if as_json {
        let all = history.iter().map(|r| {
            let changes = [change(w, r.before.as_deref(), &r.after)];
            object(
                r.seq,
                r.time,
                &r.actor,
                &r.action,
                r.reason.as_deref(),
                r.undoes,
                changes.into(),
            )
        });
        out::json(out, &Json::Array(all.collect()))?;
        return Ok(0);
    }
    for r in history {
        writeln!(out, "{}", show::headline(look, w, r))?;
        if let Some(kind) = w.kind(&r.after.id) {
            show::details(out, look, w, kind, r, "    ")?;
        }
    }
    Ok(0)
}

fn of_store(out: &mut dyn Write, look: Look, session: &Session, limit: usize, as_json: bool) -> Result<u8> {
    let w = session.world();
    let (mut before, mut left, mut first) = (None, limit, true);
    if as_json {
        write!(out, "[")?;
    }
    while left > 0 {
        let page = session.ledger.commits(before, left.min(PAGE))?;
        let Some(last) = page.last() else { break };
        before = Some(last.seq);
        left -= page.len();
        for c in &page {
            if as_json {
                let changes: Vec<Json> = c
                    .changes
                    .iter()
                    .map(|x| change(&w, x.before.as_deref(), &x.after))
                    .collect();
                let all = object(
                    c.seq,
                    c.time,
                    &c.actor,
                    &c.action,
                    c.reason.as_deref(),
                    c.undoes,
                    changes,
                );
                write!(out, "{}{all}", if first { "\n" } else { ",\n" })?;
                first = false;
            } else {
                writeln!(out, "{}", line(look, &w, c))?;
            }
        }
    }
    if as_json {
        writeln!(out, "\n]")?;
    }
    Ok(0)
}

/// A commit in a line.
fn line(look: Look, w: &World, c: &Commit) -> String {
    let mut text = format!(
        "{}  {}  {}  {}",
        look.strong(&format!("#{}", c.seq)),
        calendar::show_moment(c.time),
        who(w, &c.actor),
        clean(&c.action)
    );
    if let Some(n) = c.undoes {
        text.push_str(&format!(" of #{n}"));
    }
    text.push_str("  ");
    text.push_str(&touched(&c.changes));
    if let Some(reason) = reason(c.reason.as_deref(), &c.action, c.undoes) {
        text.push_str(&format!("  \"{}\"", clean(reason)));
    }
    text
}

/// The reason, unless it only says what the line says already.
pub fn reason<'a>(reason: Option<&'a str>, action: &str, undoes: Option<u64>) -> Option<&'a str> {
    let known = undoes.map(|n| format!("{action} of commit {n}"));
    reason.filter(|r| known.is_none_or(|k| !r.starts_with(&k)))
}

/// Which records a commit touched: up to three by id, with the title if it is one.
fn touched(changes: &[Changed]) -> String {
    match changes {
        [one] => format!("{} {}", one.id, clean(one.after.title())),
        some => {
            let ids: Vec<&str> = some.iter().take(3).map(|c| c.id.as_str()).collect();
            match some.len().saturating_sub(3) {
                0 => ids.join(" "),
                n => format!("{} and {n} more", ids.join(" ")),
            }
        }
    }
}

/// Who did it; and who sat at the keyboard, if that was another.
pub fn who(w: &World, actor: &Actor) -> String {
    let name = codec::name(w, &actor.person);
    match actor.by == actor.person {
        true => clean(&name).into_owned(),
        false => format!("{} (by {})", clean(&name), clean(&codec::name(w, &actor.by))),
    }
}

/// A commit for programs.
fn object(
    seq: u64,
    time: i64,
    actor: &Actor,
    action: &str,
    reason: Option<&str>,
    undoes: Option<u64>,
    changes: Vec<Json>,
) -> Json {
    json!({
        "commit": seq,
        "time": calendar::show_time(time),
        "actor": actor.person.as_str(),
        "by": actor.by.as_str(),
        "action": action,
        "reason": reason,
        "undoes": undoes,
        "changes": changes,
    })
}

/// What happened to one record, for programs: each field that changed, before and after.
pub fn change(w: &World, before: Option<&Record>, after: &Record) -> Json {
    let Some(kind) = w.kind(&after.id) else {
        return json!({"id": after.id.as_str()});
    };
    let tags: BTreeSet<Tag> = before
        .iter()
        .flat_map(|r| &r.values)
        .chain(&after.values)
        .map(|(t, _)| *t)
        .collect();
    let mut fields = Map::new();
    for tag in tags {
        let (old, new) = (before.and_then(|r| r.get(tag)), after.get(tag));
        if old != new {
            let name = kind
                .field_by_tag(tag)
                .map_or_else(|| format!("#{tag}"), |f| f.name.clone());
            let (old, new) = (value(kind, before, &name), value(kind, Some(after), &name));
            fields.insert(name, json!({"before": old, "after": new}));
        }
    }
    json!({"id": after.id.as_str(), "created": before.is_none(), "fields": fields})
}

fn value(kind: &Kind, record: Option<&Record>, name: &str) -> Json {
    record
        .and_then(|r| codec::record_json(kind, r).remove(name))
        .unwrap_or(Json::Null)
}
