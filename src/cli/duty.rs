//! `isms do`: what people owe a record, done: a document acknowledged, a training taken.

use super::fields::{self, Assignment};
use super::{Context, add, set};
use crate::error::{Error, Result};
use crate::ledger::Access;
use crate::method::duty;
use crate::model::change::Draft;
use crate::model::kind::{Duty, Kind};
use crate::model::rights;
use crate::model::value::Value;
use clap::Args;
use std::io::Write;

/// Do what is owed to one or several records: acknowledge a document, take a training.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  isms do D-0001 acknowledge\n  \
                        isms do TR-0002 take person=P-0004 passed=yes")]
pub struct Do {
    /// The records
    #[arg(value_name = "ID[,ID...]")]
    ids: String,
    /// What is owed (isms kinds KIND lists it)
    duty: String,
    /// What is to stand in the record that this makes; the person, if it is not you
    #[arg(value_name = "FIELD=VALUE")]
    fields: Vec<Assignment>,
    /// Why, for the history
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
}

impl Do {
    pub(super) fn run(self, context: &Context, out: &mut dyn Write) -> Result<u8> {
        let mut session = context.open(Access::Write)?;
        let w = session.world();
        let mut draft = Draft::new("");
        for record in set::records(&w, &self.ids)? {
            let Some(kind) = w.kind(&record.id) else { continue };
            let owed = find(kind, &self.duty)?;
            let Some(made) = w.catalogue.kind(&owed.makes) else {
                continue;
            };
            let given = fields::read(&w, made, None, &self.fields)?;
            let person = duty::for_whom(&w, kind, record, owed, w.me);
            let mut edit = duty::proof(&w, kind, record, owed, person.as_ref()).map_err(Error::failed)?;
            edit.set.retain(|(tag, _)| !given.iter().any(|(t, _)| t == tag));
            edit.set.extend(given);
            let who = made.field(&owed.person);
            if let Some(f) = who.filter(|f| !edit.set.iter().any(|(t, v)| *t == f.tag && v.is_some())) {
                return Err(Error::failed(format!("several people owe this to {}", record.id))
                    .hint(format!("isms do {} {} {}=PERSON", record.id, owed.name, f.name)));
            }
            let named = who
                .and_then(|f| edit.set.iter().find(|(t, _)| *t == f.tag))
                .and_then(|(_, v)| v.as_ref());
            let all = duty::owed(&w, kind, record, owed);
            for id in named.into_iter().flat_map(Value::ids) {
                if !all.iter().any(|o| o.person == *id) {
                    let name = rights::person_name(&w, id);
                    let label = owed.label.to_lowercase();
                    return Err(
                        Error::failed(format!("{name} does not owe this to {}: {label}", record.id))
                            .hint("it is done already, or they are not among those who owe it"),
                    );
                }
            }
            let action = format!("{}.{}", kind.name, owed.name);
            match draft.action.as_str() {
                "" => draft.action = action,
                other if other == action => {}
                _ => draft.action = "record.create".to_string(),
            }
            draft.edits.push(edit);
        }
        draft.reason = self.reason;
        add::write(&mut session, &draft, out)
    }
}

/// The duty of a kind that a word means.
fn find<'k>(kind: &'k Kind, word: &str) -> Result<&'k Duty> {
    let w = word.trim().to_lowercase();
    let found = kind.duties.iter().find(|d| d.name == w || d.label.to_lowercase() == w);
    found.ok_or_else(|| {
        let all: Vec<&str> = kind.duties.iter().map(|d| d.name.as_str()).collect();
        let e = Error::failed(format!("nobody owes '{word}' to a {}", kind.title.to_lowercase()));
        match (all.is_empty(), kind.transitions.iter().any(|t| t.name == w)) {
            (_, true) => e.hint(format!("that is a move: isms move ID {w}")),
            (true, _) => e.hint("isms kinds lists what is kept, and what is owed to it"),
            (false, _) => e.hint(format!("people owe it: {}", all.join(", "))),
        }
    })
}
