//! Why the door did not let a draft through, as the command line tells it.

use crate::error::{Error, Kind};
use crate::model::change::{Conflict, Draft, Problem, Refusal, Target};
use crate::model::codec;
use crate::model::record::Id;
use crate::model::value::Value;
use crate::model::world::World;
use crate::session::{NotDone, Session};

/// Tells it: every problem with its record, field and rule.
pub fn error(session: &Session, draft: &Draft, not: NotDone) -> Error {
    match not {
        NotDone::Error(e) => e,
        NotDone::Refused(refusal) => refused(&session.world(), draft, refusal),
    }
}

/// The same, for a refusal by itself.
pub fn refused(w: &World, draft: &Draft, refusal: Refusal) -> Error {
    match refusal {
        Refusal::Nothing => Error::failed("nothing would change"),
        Refusal::Problems(all) => {
            let lines: Vec<String> = all.iter().map(|p| problem(w, draft, p)).collect();
            told(Kind::Failed, "things stand in the way", lines)
        }
        Refusal::Conflicts(all) => {
            let lines: Vec<String> = all.iter().map(|c| conflict(w, c)).collect();
            told(Kind::Conflict, "values were changed by somebody else", lines)
                .hint("look at it with isms log ID, then decide anew")
        }
    }
}

/// One thing is the message itself, several stand below it.
fn told(kind: Kind, many: &str, mut lines: Vec<String>) -> Error {
    if lines.len() == 1 {
        return Error::new(kind, lines.remove(0));
    }
    let message = format!("{} {many}", lines.len());
    Error {
        details: lines,
        ..Error::new(kind, message)
    }
}

fn problem(w: &World, draft: &Draft, p: &Problem) -> String {
    let kind = match (&p.id, draft.edits.get(p.edit).map(|e| &e.target)) {
        (Some(id), _) => w.kind(id),
        (None, Some(Target::New(ix) | Target::NewWithId(ix, _))) => Some(w.kind_at(*ix)),
        (None, _) => None,
    };
    let there = p.id.as_ref().filter(|id| w.find(id).is_some());
    let mut line = String::new();
    match (there, kind) {
        // Most sentences name the record themselves.
        (Some(id), _) if p.message.contains(id.as_str()) => {}
        (Some(id), _) => line.push_str(id.as_str()),
        (None, Some(k)) if p.field.is_some() => line.push_str(&format!("new {}", k.name)),
        (None, _) => {}
    }
    if let Some(f) = p.field.and_then(|tag| kind?.field_by_tag(tag)) {
        line = format!("{line} {}", f.name).trim_start().to_string();
    }
    if !line.is_empty() {
        line.push_str(": ");
    }
    format!("{line}{} [{}]", p.message, p.rule)
}

fn conflict(w: &World, c: &Conflict) -> String {
    let Some((kind, field)) = w.kind(&c.id).and_then(|k| Some((k, k.field_by_tag(c.field)?))) else {
        return c.id.to_string();
    };
    let record = w.find(&c.id).map(|r| r.as_ref());
    let show = |v: &Option<Value>| match v {
        Some(v) => format!("'{}'", codec::show(w, kind, record, &field.name, v)),
        None => "empty".to_string(),
    };
    let id: &Id = &c.id;
    format!(
        "{id} {}: was {}, is now {}, wanted {}",
        field.name,
        show(&c.base),
        show(&c.theirs),
        show(&c.mine)
    )
}
