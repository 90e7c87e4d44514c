//! `isms set`: values of records that are there.

use super::fields::{self, Assignment};
use super::{Context, add};
use crate::error::{Error, Result};
use crate::ledger::Access;
use crate::model::change::{Draft, Edit};
use crate::model::record::{Id, Record};
use crate::model::world::World;
use clap::Args;
use std::io::Write;
use std::sync::Arc;

/// Change values of one or several records, in one commit.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  isms set R-0012 owner=ada treat_by=30d\n  isms set R-7,R-9 treatment=mitigate tags+=pci\n  \
                        isms set R-0012 notes=            clears the notes"
)]
pub struct Set {
    /// The records
    #[arg(value_name = "ID[,ID...]")]
    ids: String,
    /// Their new values; field= clears, field+=value adds to tags and links, field=@path keeps a file
    #[arg(value_name = "FIELD=VALUE", required = true)]
    fields: Vec<Assignment>,
    /// Why, for the history
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
}

impl Set {
    pub(super) fn run(self, context: &Context, out: &mut dyn Write) -> Result<u8> {
        let mut session = context.open(Access::Write)?;
        let w = session.world();
        let mut draft = Draft::new("record.edit");
        draft.reason = self.reason;
        let mut given = self.fields;
        for record in records(&w, &self.ids)? {
            let Some(kind) = w.kind(&record.id) else { continue };
            let mut edit = Edit::of(record);
            fields::bring(&session, kind, &mut given)?;
            edit.set = fields::read(&w, kind, Some(record), &given)?;
            draft.edits.push(edit);
        }
        add::write(&mut session, &draft, out)
    }
}

/// The records of a list of ids, each once.
///
/// # Errors
/// A word is no id, or there is no such record.
pub fn records<'w>(w: &World<'w>, ids: &str) -> Result<Vec<&'w Arc<Record>>> {
    let mut found: Vec<&Arc<Record>> = Vec::new();
    for word in ids.split([',', ' ']).filter(|s| !s.is_empty()) {
        let r = record(w, word)?;
        if !found.iter().any(|f| f.id == r.id) {
            found.push(r);
        }
    }
    match found.is_empty() {
        true => Err(Error::failed("no record is named").hint("give ids such as R-0012, parted by commas")),
        false => Ok(found),
    }
}

/// The record of an id as a person types it.
///
/// # Errors
/// It is no id (status 2), or there is no such record (status 1).
pub fn record<'w>(w: &World<'w>, word: &str) -> Result<&'w Arc<Record>> {
    let id = id(word)?;
    w.find(&id).ok_or_else(|| match w.kind(&id) {
        Some(k) => Error::nothing(format!("there is no {} {id}", k.name)).hint(format!("isms list {}", k.name)),
        None => {
            let all: Vec<String> = w
                .catalogue
                .kinds
                .iter()
                .map(|k| format!("{}- {}", k.prefix, k.name))
                .collect();
            Error::nothing(format!("no kind of record has ids like {id}")).hint(all.join(", "))
        }
    })
}

/// An id as a person types it.
///
/// # Errors
/// It has not the form of one.
pub fn id(word: &str) -> Result<Id> {
    Id::typed(word).ok_or_else(|| Error::failed(format!("'{word}' is no id")).hint("ids look like R-0012; r12 will do"))
}
