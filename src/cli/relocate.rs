//! `isms move`: the transition that leads to a state.

use super::fields::{self, Assignment};
use super::{Context, add, set};
use crate::error::{Error, Result};
use crate::ledger::Access;
use crate::model::change::{Draft, Edit};
use crate::model::kind::{Ask, Kind, Transition, one};
use crate::model::record::Record;
use clap::Args;
use std::io::Write;

/// Move one or several records to another state, in one commit.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  isms move R-0012 analysed\n  \
                        isms move X-0003 renew expires=2027-06-30 --reason 'the firmware is late'\n  \
                        isms move A-0003 retired --reason 'sold'")]
pub struct Move {
    /// The records
    #[arg(value_name = "ID[,ID...]")]
    ids: String,
    /// The state to reach, or the name of the transition
    state: String,
    /// What the transition asks for
    #[arg(value_name = "FIELD=VALUE")]
    fields: Vec<Assignment>,
    /// Why, for the history; some transitions ask for it
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
}

impl Move {
    pub(super) fn run(self, context: &Context, out: &mut dyn Write) -> Result<u8> {
        let mut session = context.open(Access::Write)?;
        let w = session.world();
        let mut draft = Draft::new("");
        let mut given = self.fields;
        for record in set::records(&w, &self.ids)? {
            let Some(kind) = w.kind(&record.id) else { continue };
            let t = transition(kind, record, &self.state)?;
            let mut edit = Edit::of(record).moving(&t.name);
            fields::bring(&session, kind, &mut given)?;
            edit.set = fields::read(&w, kind, Some(record), &given)?;
            missing(kind, record, t, &edit, self.reason.as_deref())?;
            let action = format!("{}.{}", kind.name, t.name);
            match draft.action.as_str() {
                "" => draft.action = action,
                other if other == action => {}
                _ => draft.action = "record.move".to_string(),
            }
            draft.edits.push(edit);
        }
        draft.reason = self.reason;
        add::write(&mut session, &draft, out)
    }
}

/// The transition of this name, or the one that leads from here to this state.
fn transition<'k>(kind: &'k Kind, record: &'k Record, word: &str) -> Result<&'k Transition> {
    let w = word.trim().to_lowercase().replace([' ', '_'], "-");
    let possible: Vec<&Transition> = kind.moves_from(record.state()).collect();
    if let Some(t) = possible
        .iter()
        .find(|t| t.name == w || t.label.to_lowercase() == word.trim().to_lowercase())
    {
        return Ok(t);
    }
    let there: Vec<&&Transition> = possible.iter().filter(|t| t.to == w).collect();
    match there.as_slice() {
        [one] => Ok(one),
        [] => {
            let known = kind.state(&w).is_some() || kind.transitions.iter().any(|t| t.name == w);
            let message = if record.state() == w {
                format!("{} is {w} already", record.id)
            } else if known {
                format!(
                    "{} is {}: nothing leads from there to '{word}'",
                    record.id,
                    record.state()
                )
            } else {
                format!("{} has no state or transition '{word}'", one(&kind.name))
            };
            let ways: Vec<String> = possible.iter().map(|t| format!("{} ({})", t.name, leads(t))).collect();
            let ways = if ways.is_empty() {
                "nothing".to_string()
            } else {
                ways.join(", ")
            };
            Err(Error::failed(message).hint(format!("possible now: {ways}")))
        }
        several => {
            let names: Vec<&str> = several.iter().map(|t| t.name.as_str()).collect();
            Err(Error::failed(format!("several transitions lead {} to {w}", record.id))
                .hint(format!("give the one you mean: {}", names.join(", "))))
        }
    }
}

/// Where a transition leads, in words.
fn leads(t: &Transition) -> String {
    if t.stays() {
        "stays".to_string()
    } else {
        format!("to {}", t.to)
    }
}

/// What the transition asks for and is not given, all of it at once and with the words to give it.
fn missing(kind: &Kind, record: &Record, t: &Transition, edit: &Edit, reason: Option<&str>) -> Result<()> {
    let given = |tag| match edit.set.iter().find(|(x, _)| *x == tag) {
        Some((_, v)) => v.is_some(),
        None => record.get(tag).is_some(),
    };
    let asked = t
        .asks
        .iter()
        .filter_map(|name| kind.field(name))
        .filter(|f| !given(f.tag));
    let mut lines: Vec<String> = asked.map(|f| format!("{}: {}", f.name, f.help)).collect();
    let mut words: Vec<String> = t
        .asks
        .iter()
        .filter_map(|n| kind.field(n))
        .filter(|f| !given(f.tag))
        .map(|f| format!("{}=...", f.name))
        .collect();
    if t.reason == Ask::Required && reason.is_none_or(|r| r.trim().is_empty()) {
        lines.push("a reason".to_string());
        words.push("--reason '...'".to_string());
    }
    if lines.is_empty() {
        return Ok(());
    }
    let mut e = Error::failed(format!("to {} {} this is asked for", t.label.to_lowercase(), record.id));
    e.details = lines;
    Err(e.hint(format!("isms move {} {} {}", record.id, t.name, words.join(" "))))
}
