//! `isms attach`: a file for a record.

use super::{Context, add, set};
use crate::error::{Error, Result};
use crate::ledger::Access;
use crate::model::change::{Draft, Edit};
use crate::model::kind::{Catalogue, Field, FieldType, Kind, one};
use crate::model::value::Value;
use clap::Args;
use std::io::Write;
use std::path::PathBuf;

/// Keep a file beside the store and let a record name it.
///
/// The file is kept under the SHA-256 of its bytes, at most 256 MiB; the same file twice is kept once. What the record
/// named before stays in the store and in its history.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  isms attach E-0001 restore-test.pdf\n  isms set E-0001 file=@restore-test.pdf     the same\n  \
                        isms files get E-0001                      writes it back, checked"
)]
pub struct Attach {
    /// The record
    id: String,
    /// The file
    path: PathBuf,
    /// The field, where the record has several for files
    #[arg(long, value_name = "NAME")]
    field: Option<String>,
    /// Why, for the history
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
}

impl Attach {
    pub(super) fn run(self, context: &Context, out: &mut dyn Write) -> Result<u8> {
        let mut session = context.open(Access::Write)?;
        let w = session.world();
        let record = set::record(&w, &self.id)?;
        let Some(kind) = w.kind(&record.id) else { return Ok(1) };
        let field = field(w.catalogue, kind, self.field.as_deref())?;
        let file = session.keep(&self.path)?;
        let mut draft = Draft::new("record.edit");
        draft.reason = self.reason;
        draft
            .edits
            .push(Edit::of(record).with(field.tag, Some(Value::File(file.into()))));
        add::write(&mut session, &draft, out)
    }
}

/// The field of a kind that holds a file: the one that is named, or the only one.
///
/// # Errors
/// There is none, or there are several.
pub fn field<'k>(catalogue: &Catalogue, kind: &'k Kind, name: Option<&str>) -> Result<&'k Field> {
    let holds = |f: &&Field| f.kind == FieldType::File && !f.readonly;
    let all: Vec<&Field> = kind.fields.iter().filter(holds).collect();
    let names = || all.iter().map(|f| f.name.as_str()).collect::<Vec<_>>().join(", ");
    match (name, all.as_slice()) {
        (_, []) => {
            let with = catalogue.kinds.iter().filter(|k| k.fields.iter().any(|f| holds(&f)));
            let with: Vec<&str> = with.map(|k| k.name.as_str()).collect();
            Err(Error::failed(format!("{} holds no file", one(&kind.name)))
                .hint(format!("these do: {}", with.join(", "))))
        }
        (None, [one]) => Ok(one),
        (None, _) => Err(Error::failed(format!("{} holds several files", one(&kind.name)))
            .hint(format!("say which with --field: {}", names()))),
        (Some(word), _) => all.iter().find(|f| f.name == word).copied().ok_or_else(|| {
            Error::failed(format!("'{word}' of {} holds no file", one(&kind.name)))
                .hint(format!("these do: {}", names()))
        }),
    }
}
