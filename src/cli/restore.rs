//! `isms import DIR`: a folder that `isms export --all` wrote, into a place where no store is yet, or where its ids are
//! free.

use super::{Context, add, refusal};
use crate::error::{Error, Result};
use crate::exchange::folder::{self, Records};
use crate::ledger::Access;
use crate::model::change::{Actor, Draft};
use crate::model::door;
use crate::model::kind::Catalogue;
use crate::model::state::State;
use crate::model::world::World;
use crate::session::{self, NotDone, Session};
use crate::ui::text::clean;
use std::io::Write;
use std::path::Path;
use std::sync::Arc;

/// Brings a folder back.
pub fn run(from: &Path, dry_run: bool, reason: Option<String>, context: &Context, out: &mut dyn Write) -> Result<u8> {
    let into = context.folder()?;
    let fresh = !context.flags.demo && !into.join("journal").exists();
    if !fresh {
        let access = if dry_run { Access::Read } else { Access::Write };
        let mut session = context.open(access)?;
        let records = folder::read(session.ledger.catalogue(), from)?;
        let draft = draft(&records, reason);
        tell(out, &records.catalogue, &records)?;
        refuse_taken(&session, &records)?;
        if dry_run {
            let actor = session.actor()?.clone();
            let mut w = session.world();
            w.catalogue = &records.catalogue;
            door::admit(&w, &actor, &draft).map_err(|r| refusal::error(&session, &draft, NotDone::Refused(r)))?;
            writeln!(out, "nothing was changed: this was a dry run")?;
        } else {
            records.keep(&session.ledger)?;
            add::write(&mut session, &draft, out)?;
        }
        return Ok(0);
    }
    let mut records = folder::read(&session::catalogue()?, from)?;
    let catalogue = Arc::clone(&records.catalogue);
    let Some(actor) = records.keeper(&catalogue, &session::login()) else {
        return Err(Error::failed("there is no register of people to come back to"));
    };
    let draft = draft(&records, reason);
    tell(out, &catalogue, &records)?;
    check(&catalogue, &draft, &actor)?;
    if dry_run {
        writeln!(out, "nothing was changed: this was a dry run")?;
        return Ok(0);
    }
    let (session, done) = Session::create_as(&into, &draft, actor, |ledger| Ok(records.keep(ledger)?))?;
    let commit = done.map_err(|not| refusal::error(&session, &draft, not))?;
    add::say(&commit, out)?;
    writeln!(out, "the store is {}", clean(&into.display().to_string()))?;
    Ok(0)
}

fn draft(records: &Records, reason: Option<String>) -> Draft {
    let mut draft = records.draft();
    if reason.is_some() {
        draft.reason = reason;
    }
    draft
}

/// Asks the door before a store is made, so that none is made for nothing.
fn check(catalogue: &Catalogue, draft: &Draft, actor: &Actor) -> Result<()> {
    let state = State::empty(catalogue);
    let (now, today) = session::clock();
    let w = World {
        catalogue,
        state: &state,
        today,
        now,
        me: &actor.person,
    };
    match door::admit(&w, actor, draft) {
        Ok(_) => Ok(()),
        Err(r) => Err(refusal::refused(&w, draft, r)),
    }
}

fn refuse_taken(session: &Session, records: &Records) -> Result<()> {
    let w = session.world();
    let mut taken = records.ids().filter(|id| w.find(id).is_some());
    let Some(first) = taken.next() else { return Ok(()) };
    let more = match taken.count() {
        0 => String::new(),
        n => format!(", and so are {n} more"),
    };
    Err(Error::failed(format!(
        "{first} is already in this store{more}; a folder comes back only where its ids are free"
    ))
    .hint("bring it back into a new store: isms --store NEW import DIR"))
}

fn tell(out: &mut dyn Write, catalogue: &Catalogue, records: &Records) -> Result<()> {
    let of = |(ix, n): &(usize, usize)| {
        let kind = &catalogue.kinds[*ix];
        format!("{n} {}", if *n == 1 { &kind.name } else { &kind.plural })
    };
    let parts: Vec<String> = records.counts().iter().map(of).collect();
    writeln!(
        out,
        "{}",
        if parts.is_empty() {
            "nothing in it".to_string()
        } else {
            parts.join(", ")
        }
    )?;
    for note in &records.notes {
        writeln!(out, "note: {}", clean(note))?;
    }
    Ok(())
}
