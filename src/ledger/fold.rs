//! What follows from commits: the records as they are after them, and the rows of the index. One path for a new commit,
//! for the tail that the state missed, and for making everything anew.

use super::chain::{Chain, End, Group, Line};
use super::content;
use super::defined::{Defined, Kinds};
use super::format::Hash;
use super::progress::Progress;
use super::stored::{CommitRow, Stored, VersionRow, next_meta};
use crate::model::kind::{Catalogue, STATE};
use crate::model::record::{Id, Meta, Record};
use crate::model::state::State;
use crate::parallel;
use crate::store::memory::MemoryState;
use crate::store::{Batch, Head, Log, Materialised, Position};
use std::borrow::Cow;
use std::collections::HashMap;
use std::collections::hash_map::Entry as Slot;
use std::sync::Arc;

/// As many lines are read before those that were read are let go.
const ROUND: usize = 10_000;
/// At least as many lines are worth another thread.
const SHARE: usize = 500;

/// Commits, folded.
#[derive(Default)]
pub struct Fold {
    records: Vec<(Id, Option<Folded>)>,
    /// Where each stands among them.
    places: HashMap<Id, usize>,
    batch: Batch,
}

/// The last version of a record, not yet decoded.
struct Folded {
    line: Box<[u8]>,
    leaf: Hash,
    seq: u64,
    state: String,
    meta: Arc<Meta>,
}

/// What was folded, decoded: records that are there, and ids of those that are gone.
pub struct Outcome {
    /// Each touched record, `None` if it is gone.
    pub records: Vec<(Id, Option<Stored>)>,
    /// The rows of the index; its records are empty.
    pub rows: Batch,
}

impl Fold {
    /// Folds in the next commit, under the kinds in force with it. `prior` gives meta and state of a record as they
    /// were before the first commit that was folded.
    ///
    /// # Errors
    /// A line cannot be read, though it is the line that was sealed.
    pub fn group(
        &mut self,
        group: &Group<'_>,
        catalogue: &Catalogue,
        prior: &mut dyn FnMut(&str) -> Option<(Meta, String)>,
    ) -> Result<(), String> {
        self.lines(group, &group.lines, catalogue, prior)?;
        self.commit(group)
    }

    /// Folds in the row of a commit of which all lines are folded.
    ///
    /// # Errors
    /// It does not go into the stored form.
    pub fn commit(&mut self, group: &Group<'_>) -> Result<(), String> {
        let row = row(group)?.bytes().map_err(|e| e.to_string())?;
        self.batch.commits.push((group.head.seq, row));
        self.batch.head = Some(group.head);
        Ok(())
    }

    /// Folds in some lines of a commit, as [`Self::group`] does with all.
    ///
    /// # Errors
    /// A line cannot be read, though it is the line that was sealed.
    pub fn lines(
        &mut self,
        group: &Group<'_>,
        lines: &[Line<'_>],
        catalogue: &Catalogue,
        prior: &mut dyn FnMut(&str) -> Option<(Meta, String)>,
    ) -> Result<(), String> {
        let seq = group.head.seq;
        let stamp = row(group)?.stamp(seq);
        let stays = stays(catalogue, &group.sealed.action);
        let mark = |id: &str| {
            let (prefix, mark) = stays.as_ref()?;
            (id.split('-').next() == Some(*prefix)).then_some(mark.as_str())
        };
        // What needs nothing but the line is done on all processors.
        let read = parallel::shares(lines, SHARE, |share| {
            let glance = |line| Seen::of(line, group.at, mark(line.entry.id));
            share.iter().map(glance).collect::<Vec<_>>()
        });
        // What one commit makes in the same state, it makes at the same time and by the same hand.
        let mut made: Option<(String, Arc<Meta>)> = None;
        for (line, seen) in lines.iter().zip(read.into_iter().flatten()) {
            let Seen { state, copy, row } = seen?;
            let name = line.entry.id;
            self.batch.versions.push((name.as_bytes().to_vec(), seq, row));
            let end = self.records.len();
            let (before, place) = match self.places.entry(line.id.clone()) {
                Slot::Occupied(known) => (None, *known.get()),
                Slot::Vacant(free) => {
                    self.records.push((line.id.clone(), None));
                    free.insert(end);
                    let before = if line.gone { None } else { prior(name) };
                    (before, end)
                }
            };
            let slot = &mut self.records[place].1;
            let (leaf, mark) = (line.entry.leaf, mark(name));
            match slot {
                _ if line.gone => *slot = None,
                Some(f) => {
                    f.meta = Arc::new(next_meta(Some(&f.meta), &stamp, &state, &f.state, mark));
                    (f.line, f.leaf, f.seq, f.state) = (copy, leaf, seq, state);
                }
                None => {
                    let meta = match (before, &made) {
                        (Some((meta, had)), _) => Arc::new(next_meta(Some(&meta), &stamp, &state, &had, mark)),
                        (None, Some((same, meta))) if *same == state => Arc::clone(meta),
                        (None, _) => {
                            let meta = Arc::new(next_meta(None, &stamp, &state, "", mark));
                            made = Some((state.clone(), Arc::clone(&meta)));
                            meta
                        }
                    };
                    *slot = Some(Folded {
                        line: copy,
                        leaf,
                        seq,
                        meta,
                        state,
                    });
                }
            }
        }
        Ok(())
    }

    /// Decodes the records as they are after the last commit, by the kinds in force then.
    ///
    /// # Errors
    /// A line cannot be read, though it is the line that was sealed.
    pub fn finish(self, catalogue: &Catalogue) -> Result<Outcome, String> {
        let mut folded = self.records;
        folded.sort_by(|a, b| a.0.cmp(&b.0));
        let mut records = Vec::with_capacity(folded.len());
        let mut rest = folded.into_iter();
        let one = |id: &Id, f: &Folded| content::read_record(catalogue, id, &f.line);
        loop {
            let round: Vec<(Id, Option<Folded>)> = rest.by_ref().take(ROUND).collect();
            if round.is_empty() {
                break;
            }
            let read = parallel::shares(&round, SHARE, |share| {
                let read = share.iter().map(|(id, f)| f.as_ref().map_or(Ok(None), |f| one(id, f)));
                read.collect::<Result<Vec<_>, String>>()
            });
            let mut read = read.into_iter().collect::<Result<Vec<_>, _>>()?.into_iter().flatten();
            for (id, folded) in round {
                let stored = folded.zip(read.next().flatten()).map(|(f, r)| Stored {
                    leaf: f.leaf,
                    seq: f.seq,
                    meta: f.meta,
                    values: r.values,
                    unknown: r.unknown,
                });
                records.push((id, stored));
            }
        }
        Ok(Outcome {
            records,
            rows: self.batch,
        })
    }
}

/// What is needed of a content line at once.
struct Seen {
    /// The state of the record after it.
    state: String,
    /// The line, to be decoded when it is the last of its record.
    copy: Box<[u8]>,
    /// Its row of the index.
    row: Vec<u8>,
}

impl Seen {
    fn of(line: &Line<'_>, group: Position, mark: Option<&str>) -> Result<Self, String> {
        let state = match line.gone {
            true => Cow::default(),
            false => content::state(line.entry.id, line.bytes)?,
        };
        let version = VersionRow {
            at: group.0 + line.offset as u64,
            len: u32::try_from(line.bytes.len()).map_err(|e| e.to_string())?,
            state: state.into_owned(),
            gone: line.gone,
            mark: mark.map(str::to_string),
        };
        let copy = match line.gone {
            true => Box::default(),
            false => line.bytes.into(),
        };
        let row = version.bytes().map_err(|e| e.to_string())?;
        Ok(Self {
            state: version.state,
            copy,
            row,
        })
    }
}

/// The row of a commit.
fn row(group: &Group<'_>) -> Result<CommitRow, String> {
    Ok(CommitRow {
        at: group.at.0,
        len: u32::try_from(group.len).map_err(|e| e.to_string())?,
        time: group.time,
        actor: Id::from(group.sealed.actor.as_ref()),
        by: Id::from(group.sealed.by.as_ref()),
        undoes: group.sealed.undoes,
    })
}

impl Outcome {
    /// As batches of at most `size` records, one after the other; only the last names the head. An error is a record
    /// that does not go into the stored form.
    pub fn batches(&self, size: usize) -> impl Iterator<Item = Result<Batch, String>> + '_ {
        let bytes = |s: &Option<Stored>| s.as_ref().map(Stored::bytes).transpose().map_err(|e| e.to_string());
        let records = move |part: &[(Id, Option<Stored>)]| -> Result<Vec<_>, String> {
            let one = |(id, s): &(Id, Option<Stored>)| Ok((id.as_str().as_bytes().to_vec(), bytes(s)?));
            part.iter().map(one).collect()
        };
        let rows = &self.rows;
        // What fits into one goes into one.
        let fits = self.records.len() + rows.versions.len() + rows.commits.len() <= size;
        let whole = fits.then(|| {
            Ok(Batch {
                records: records(&self.records)?,
                ..rows.clone()
            })
        });
        let parts = self.records.chunks(size).map(move |part| {
            Ok(Batch {
                records: records(part)?,
                ..Batch::default()
            })
        });
        let versions = rows.versions.chunks(size).map(|part| {
            Ok(Batch {
                versions: part.to_vec(),
                ..Batch::default()
            })
        });
        let commits = rows.commits.chunks(size).map(|part| {
            Ok(Batch {
                commits: part.to_vec(),
                ..Batch::default()
            })
        });
        let last = Ok(Batch {
            head: rows.head,
            ..Batch::default()
        });
        let many = (!fits).then(|| parts.chain(versions).chain(commits).chain(std::iter::once(last)));
        whole.into_iter().chain(many.into_iter().flatten())
    }
}

/// A whole log folded in memory, as far as it is good.
pub struct Whole {
    /// How far.
    pub chain: Chain,
    /// How it ends.
    pub end: End,
    /// The index; it holds no records.
    pub index: MemoryState,
    /// The records.
    pub state: State,
    /// The kinds in force at the end.
    pub kinds: Kinds,
}

/// Folds a whole log in memory, and hands out the head of every commit that fits.
pub fn whole(log: &dyn Log, catalogue: &Arc<Catalogue>, seen: &mut dyn FnMut(Head)) -> Whole {
    whole_telling(log, catalogue, &mut Progress::new(&mut |_, _| true), seen)
}

/// The same, and tells how far it is. What it found is worth nothing if it was stopped.
pub fn whole_telling(
    log: &dyn Log,
    catalogue: &Arc<Catalogue>,
    progress: &mut Progress<'_>,
    seen: &mut dyn FnMut(Head),
) -> Whole {
    let mut chain = Chain::default();
    let mut fold = Fold::default();
    let mut defined = Defined::over(catalogue);
    let mut trouble = None;
    let mut end = chain.walk_telling(log, progress, &mut |_, group| {
        seen(group.head);
        defined.see(&group);
        if trouble.is_none() {
            trouble = fold
                .group(&group, defined.catalogue(), &mut |_| None)
                .err()
                .map(|what| (group.head, group.at, what));
        }
    });
    let kinds = defined.kinds();
    let catalogue = &kinds.catalogue;
    let done = fold.finish(catalogue).map(|Outcome { records, rows }| {
        let there = records.into_iter().filter_map(|(id, stored)| {
            let kind = catalogue.kind_of(&id)?;
            Some((kind, Arc::new(stored?.into_record(id))))
        });
        parallel::both(|| State::of(catalogue, there.collect()), || MemoryState::of(rows))
    });
    if let Some((head, at, what)) = trouble {
        end = unreadable(head, at, what);
    } else if let Err(what) = &done {
        let head = Head {
            seq: chain.seq,
            seal: chain.seal,
        };
        end = unreadable(head, chain.end, what.clone());
    }
    let (mut state, index) = done.unwrap_or_else(|_| (State::empty(catalogue), MemoryState::default()));
    (state.seq, state.time) = (chain.seq, chain.time);
    Whole {
        chain,
        end,
        index,
        state,
        kinds,
    }
}

fn unreadable(head: Head, at: Position, what: String) -> End {
    End::Bad(super::chain::Bad {
        seq: head.seq,
        at,
        what,
        newer: false,
    })
}

/// The prefix of the kind and the mark of a transition that enters no state, if that is what an action was.
fn stays<'c>(catalogue: &'c Catalogue, action: &str) -> Option<(&'c str, String)> {
    let (kind, name) = action.split_once('.')?;
    let kind = catalogue.kinds.iter().find(|k| k.name == kind)?;
    let t = kind.transitions.iter().find(|t| t.name == name && t.stays())?;
    Some((&kind.prefix, t.mark()))
}

/// The commit that made a record what it is, its meta and its state, out of what is materialised.
pub fn prior(engine: &dyn Materialised, id: &str) -> Option<(u64, Meta, String)> {
    let bytes = engine.record(id.as_bytes()).ok()??;
    let stored = Stored::read(&bytes).ok()?;
    let record = Record {
        id: Id::from(id),
        values: stored.values,
        unknown: Vec::new(),
        meta: None,
    };
    let state = record
        .get(STATE)
        .and_then(|v| v.as_text())
        .unwrap_or_default()
        .to_string();
    Some((stored.seq, Arc::unwrap_or_clone(stored.meta), state))
}
