//! Brings what is materialised in step with the journal, and holds it against the digest that was sealed.

use super::chain::Chain;
use super::defined::Defined;
use super::fold::{Fold, Outcome};
use super::format::Digest;
use super::open::States;
use super::progress::Progress;
use super::stored::Reader;
use crate::model::kind::Catalogue;
use crate::model::record::Id;
use crate::model::state::State;
use crate::store::{Log, Materialised, StoreError};
use std::sync::Arc;

/// Records in one transaction when much is to be applied.
const CHUNK: usize = 2_000;

/// Applies what the state has missed.
pub(super) fn follow(engine: &mut dyn Materialised, tail: &Outcome, layout: u64) -> Result<(), StoreError> {
    if engine.layout()? != layout {
        engine.set_layout(layout)?;
    }
    if tail.rows.head.is_none() {
        return Ok(());
    }
    for batch in tail.batches(CHUNK) {
        engine.apply(&batch.map_err(StoreError::Damaged)?)?;
    }
    Ok(())
}

/// Reads all records and holds them against the digest, and the index against what was counted. `size` is what that
/// counts for in the progress.
pub(super) fn load(
    engine: &dyn Materialised,
    catalogue: &Catalogue,
    chain: &Chain,
    size: u64,
    progress: &mut Progress<'_>,
) -> Result<State, String> {
    let share = size / (chain.records() as u64).max(1);
    let mut all = Vec::with_capacity(chain.records());
    let mut reader = Reader::default();
    let mut digest = Digest::default();
    let mut trouble = None;
    let scanned = engine.scan(&mut |id, bytes| {
        if trouble.is_some() {
            return;
        }
        if progress.step(share).is_err() {
            trouble = Some("reading was stopped".into());
            return;
        }
        let Ok(text) = std::str::from_utf8(id) else {
            trouble = Some("an id is not UTF-8".to_string());
            return;
        };
        let id = chain.id(text).unwrap_or_else(|| Id::from(text));
        match reader.read(id, bytes) {
            Ok((leaf, record)) => {
                digest.add(text, &leaf);
                if let Some(kind) = catalogue.kind_of(&record.id) {
                    all.push((kind, Arc::new(record)));
                }
            }
            Err(e) => trouble = Some(format!("{text}: {e}")),
        }
    });
    scanned.map_err(|e| e.to_string())?;
    if let Some(why) = trouble {
        return Err(why);
    }
    if digest != chain.digest {
        return Err("its records do not have the digest that was sealed".into());
    }
    let (versions, commits) = engine.count().map_err(|e| e.to_string())?;
    if (versions, commits) != (chain.versions, chain.seq) {
        return Err(format!(
            "its index has {versions} versions and {commits} commits, the journal {} and {}",
            chain.versions, chain.seq
        ));
    }
    let mut state = State::of(catalogue, all);
    (state.seq, state.time) = (chain.seq, chain.time);
    Ok(state)
}

/// Makes the state anew from the whole journal.
pub(super) fn rebuild(
    states: &mut dyn States,
    log: &dyn Log,
    catalogue: &Arc<Catalogue>,
    layout: u64,
) -> Result<(Box<dyn Materialised>, String), String> {
    let (mut engine, old) = states.replace().map_err(|e| e.to_string())?;
    let mut fold = Fold::default();
    let mut defined = Defined::over(catalogue);
    let mut trouble = None;
    Chain::default().walk(log, &mut |_, group| {
        defined.see(&group);
        trouble = trouble
            .take()
            .or_else(|| fold.group(&group, defined.catalogue(), &mut |_| None).err());
    });
    if let Some(why) = trouble {
        return Err(why);
    }
    follow(engine.as_mut(), &fold.finish(catalogue)?, layout).map_err(|e| e.to_string())?;
    Ok((engine, old))
}
