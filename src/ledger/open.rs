//! Opening: what the journal says, what was acknowledged, and what is materialised are held against each other before
//! anybody reads or writes. The journal is the truth; nothing of it is ever healed away.

use super::agree::{follow, load, rebuild};
use super::chain::{Bad, Chain, End};
use super::defined::Defined;
use super::fold::{self, Fold};
use super::keeper::{Keeper, Marking};
use super::progress::Progress;
use super::stored;
use super::{Ledger, Standing};
use crate::model::kind::Catalogue;
use crate::model::state::State;
use crate::store::mark::{Known, Mark, Seen};
use crate::store::memory::MemoryState;
use crate::store::{Head, Log, Materialised, StoreError, hex};
use std::sync::Arc;

/// Where what is materialised comes from.
pub trait States {
    /// Opens what is there, or makes an empty one.
    ///
    /// # Errors
    /// It cannot be opened.
    fn open(&mut self) -> Result<Box<dyn Materialised>, StoreError>;

    /// Puts what is there out of the way and makes an empty one. Also says where the old one went.
    ///
    /// # Errors
    /// It cannot be made.
    fn replace(&mut self) -> Result<(Box<dyn Materialised>, String), StoreError>;

    /// Throws away what was put out of the way, because nothing was wrong with it.
    fn discard(&mut self, old: &str);
}

/// States in memory: what is there is a clone of the one given.
pub struct InMemory(pub MemoryState);

impl States for InMemory {
    fn open(&mut self) -> Result<Box<dyn Materialised>, StoreError> {
        Ok(Box::new(self.0.clone()))
    }

    fn replace(&mut self) -> Result<(Box<dyn Materialised>, String), StoreError> {
        self.0 = MemoryState::default();
        Ok((Box::new(self.0.clone()), "nowhere".into()))
    }

    fn discard(&mut self, _old: &str) {}
}

/// A commit that was acknowledged, and who says so.
struct Witness {
    head: Head,
    name: &'static str,
    /// The seal that the journal has at that place.
    found: Option<[u8; 32]>,
}

/// Opens for reading only: folds the journal, writes nothing. If it is stopped, nothing is in the ledger.
pub fn reading(
    catalogue: Arc<Catalogue>,
    log: Box<dyn Log>,
    mark: Option<&Mark>,
    why: &str,
    progress: &mut Progress<'_>,
) -> Ledger {
    progress.expect(log.size());
    // Before the journal is read: what is acknowledged meanwhile must not look like a loss.
    let seen = mark.map_or(Ok(Seen::Nothing), Mark::read);
    let mut witnesses = Vec::new();
    if let Ok(Seen::Known(Known { head, .. })) = seen {
        witnesses.push(Witness {
            head,
            name: "state/head",
            found: None,
        });
    }
    let whole = fold::whole_telling(log.as_ref(), &catalogue, progress, &mut |head| {
        note(&mut witnesses, head);
    });
    if progress.is_stopped() {
        return stopped(catalogue, log);
    }
    let damage = damage(log.as_ref(), &whole.chain, &whole.end, &witnesses);
    let standing = Standing {
        writable: false,
        why: Some(damage.clone().unwrap_or_else(|| why.to_string())),
        damaged: damage.is_some(),
        notes: whole.kinds.notes,
    };
    Ledger::new(
        whole.kinds.catalogue,
        log,
        whole.chain,
        whole.state,
        Keeper::new(Box::new(whole.index), None),
        standing,
    )
}

/// Opens for writing. What stands in the way of writing is in the standing of the ledger, not an error. If it is stopped,
/// nothing was changed, and nothing is in the ledger.
pub fn writing(
    catalogue: Arc<Catalogue>,
    log: Box<dyn Log>,
    states: &mut dyn States,
    mark: Option<Mark>,
    progress: &mut Progress<'_>,
) -> Ledger {
    // Once for the journal and once for the state, which has about the same size.
    progress.expect(log.size().saturating_mul(2));
    let mut notes = Vec::new();
    let mut log = log;
    let mut engine = Opened::of(states.open());
    let mut witnesses = Vec::new();
    if let Some(head) = engine.head() {
        witnesses.push(Witness {
            head,
            name: "the state",
            found: None,
        });
    }
    let mut known = None;
    match mark.as_ref().map_or(Ok(Seen::Nothing), Mark::read) {
        Ok(Seen::Known(k)) => {
            known = Some(k);
            witnesses.push(Witness {
                head: k.head,
                name: "state/head",
                found: None,
            });
        }
        Ok(Seen::Nothing) => {}
        Ok(Seen::Damaged) => notes.push("state/head was damaged; it is written anew".into()),
        Err(e) => notes.push(format!("{e}; it is written anew")),
    }

    if let (Opened::Usable(_, head), Some(k)) = (&engine, known)
        && head.map_or(0, |h| h.seq) < k.flushed
    {
        let at = head.map_or(0, |h| h.seq);
        engine = Opened::Useless(format!(
            "it was durable up to commit {} and is at commit {at}",
            k.flushed
        ));
    }

    // One walk through the journal: everything is checked, and what the state has missed is folded.
    let from = engine.usable().and_then(|(_, head)| head).map_or(0, |h| h.seq);
    let mut chain = Chain::default();
    let mut tail = Fold::default();
    let mut defined = Defined::over(&catalogue);
    let mut trouble = None;
    let mut end = chain.walk_telling(log.as_ref(), progress, &mut |_, group| {
        note(&mut witnesses, group.head);
        defined.see(&group);
        if let (Some((e, _)), true, None) = (engine.usable(), group.head.seq > from, &trouble) {
            let mut ahead = None;
            let mut prior = |id: &str| {
                let (seq, meta, state) = fold::prior(e, id).filter(|_| from > 0)?;
                ahead = ahead.or((seq > from).then_some(seq));
                Some((meta, state))
            };
            let wrong = tail.group(&group, defined.catalogue(), &mut prior).err();
            // A large commit is applied in parts.
            trouble = wrong.or_else(|| Some(format!("it holds a part of commit {} and not the whole", ahead?)));
        }
    });
    if progress.is_stopped() {
        return stopped(catalogue, log);
    }
    if let Some(damage) = damage(log.as_ref(), &chain, &end, &witnesses) {
        return damaged(catalogue, log, damage, notes);
    }
    if let End::Torn(bad) = &end {
        match log.set_aside(bad.at, &bad.seq.to_string()) {
            Ok(name) => notes.push(format!(
                "commit {} was begun and never finished (nobody was told that it was); its bytes are kept in {name}",
                bad.seq
            )),
            Err(e) => {
                let why = format!("the unfinished commit {} cannot be set aside: {e}", bad.seq);
                return damaged(catalogue, log, why, notes);
            }
        }
        end = End::Whole;
    }
    debug_assert_eq!(end, End::Whole);

    // The state: let it follow, and hold it against the digest; what does not agree is made anew.
    let kinds = defined.kinds();
    notes.extend(kinds.notes);
    let catalogue = kinds.catalogue;
    let layout = stored::layout(&catalogue);
    engine = engine.under(layout);
    let tail = match trouble {
        None => tail.finish(&catalogue),
        Some(why) => Err(why),
    };
    let tail = tail.map_err(StoreError::Damaged);
    if let Opened::Usable(e, _) = &mut engine
        && let Err(e) = tail.and_then(|t| follow(e.as_mut(), &t, layout))
    {
        engine = Opened::failed(&e);
    }
    let marking = mark.map(|mark| Marking {
        mark,
        known,
        head: Head {
            seq: chain.seq,
            seal: chain.seal,
        },
        kept: true,
    });
    if let Opened::Usable(e, _) = engine {
        let loaded = load(e.as_ref(), &catalogue, &chain, log.size(), progress);
        if progress.is_stopped() {
            return stopped(catalogue, log);
        }
        match loaded {
            Ok(state) => return ready(catalogue, log, (chain, state), Keeper::new(e, marking), notes),
            Err(why) => engine = Opened::Useless(why),
        }
    }
    let whole = fold::whole(log.as_ref(), &catalogue, &mut |_| ());
    if whole.end != End::Whole || whole.chain.seq != chain.seq {
        let what = match whole.end {
            End::Bad(b) | End::Torn(b) => describe(log.as_ref(), &b),
            End::Whole => "the journal changed while it was read".into(),
        };
        return damaged(catalogue, log, what, notes);
    }
    let made = match &engine {
        Opened::NoRoom(why) => Err(why.clone()),
        Opened::Stale(_) | Opened::Useless(_) | Opened::Usable(..) => rebuild(states, log.as_ref(), &catalogue, layout),
    };
    if let Opened::Useless(why) = &engine {
        notes.push(match &made {
            Ok((_, old)) => {
                format!("the state did not agree with the journal ({why}) and was made anew; the old one is {old}")
            }
            Err(_) => format!("the state did not agree with the journal ({why})"),
        });
    }
    if let (Opened::Stale(_), Ok((_, old))) = (&engine, &made) {
        states.discard(old);
    }
    // What was durable of the old state says nothing of a new one.
    let anew = |kept| {
        marking.map(|m| Marking {
            known: m.known.map(|k| Known { flushed: 0, ..k }),
            kept,
            ..m
        })
    };
    let keeper = match made {
        Ok((e, _)) => Keeper::new(e, anew(true)),
        Err(why) => {
            notes.push(format!(
                "the state is kept in memory only, the journal has everything: {why}"
            ));
            Keeper::new(Box::new(whole.index), anew(false))
        }
    };
    ready(catalogue, log, (chain, whole.state), keeper, notes)
}

fn ready(
    catalogue: Arc<Catalogue>,
    log: Box<dyn Log>,
    (chain, state): (Chain, State),
    keeper: Keeper,
    notes: Vec<String>,
) -> Ledger {
    let standing = Standing {
        writable: true,
        why: None,
        damaged: false,
        notes,
    };
    Ledger::new(catalogue, log, chain, state, keeper, standing)
}

/// Read-only, with what the good part of the journal says.
fn damaged(catalogue: Arc<Catalogue>, log: Box<dyn Log>, why: String, notes: Vec<String>) -> Ledger {
    let whole = fold::whole(log.as_ref(), &catalogue, &mut |_| ());
    let standing = Standing {
        writable: false,
        why: Some(why),
        damaged: true,
        notes,
    };
    Ledger::new(
        whole.kinds.catalogue,
        log,
        whole.chain,
        whole.state,
        Keeper::new(Box::new(whole.index), None),
        standing,
    )
}

/// Nobody waits for it any more.
fn stopped(catalogue: Arc<Catalogue>, log: Box<dyn Log>) -> Ledger {
    let state = State::empty(&catalogue);
    let standing = Standing {
        writable: false,
        why: Some("opening was stopped".into()),
        damaged: false,
        notes: Vec::new(),
    };
    let keeper = Keeper::new(Box::new(MemoryState::default()), None);
    Ledger::new(catalogue, log, Chain::default(), state, keeper, standing)
}

/// What opening the state gave.
enum Opened {
    /// It can be used, and this is how far it is.
    Usable(Box<dyn Materialised>, Option<Head>),
    /// It was made by another version of the program or under other kinds; its head still counts.
    Stale(Option<Head>),
    /// It cannot be read, or does not agree.
    Useless(String),
    /// The disk is full or read-only: nothing is wrong with the state.
    NoRoom(String),
}

impl Opened {
    fn of(opened: Result<Box<dyn Materialised>, StoreError>) -> Self {
        let engine = match opened {
            Ok(e) => e,
            Err(e) => return Self::failed(&e),
        };
        match engine.head() {
            Ok(head) => Self::Usable(engine, head),
            Err(e) => Self::Useless(e.to_string()),
        }
    }

    /// The same, once it is known under which layout it would be read.
    fn under(self, layout: u64) -> Self {
        match self {
            Self::Usable(engine, Some(head)) => match engine.layout() {
                Ok(l) if l == layout => Self::Usable(engine, Some(head)),
                Ok(_) => Self::Stale(Some(head)),
                Err(e) => Self::Useless(e.to_string()),
            },
            other => other,
        }
    }

    fn failed(e: &StoreError) -> Self {
        if e.is_surroundings() {
            Self::NoRoom(e.to_string())
        } else {
            Self::Useless(e.to_string())
        }
    }

    fn head(&self) -> Option<Head> {
        match self {
            Self::Usable(_, head) | Self::Stale(head) => *head,
            _ => None,
        }
    }

    fn usable(&self) -> Option<(&dyn Materialised, Option<Head>)> {
        match self {
            Self::Usable(e, head) => Some((e.as_ref(), *head)),
            _ => None,
        }
    }
}

/// Notes the seal that the journal has where a witness knows one.
fn note(witnesses: &mut [Witness], head: Head) {
    for w in witnesses.iter_mut().filter(|w| w.head.seq == head.seq) {
        w.found = Some(head.seal);
    }
}

/// The sentence for damage, if there is any: a bad line, or an acknowledged commit that is not there.
fn damage(log: &dyn Log, chain: &Chain, end: &End, witnesses: &[Witness]) -> Option<String> {
    if let End::Bad(bad) = end {
        return Some(describe(log, bad));
    }
    for w in witnesses {
        let (seq, who) = (w.head.seq, w.name);
        if seq > chain.seq {
            return Some(match end {
                End::Torn(bad) => format!(
                    "{}; yet {who} knows that commit {seq} was acknowledged",
                    describe(log, bad)
                ),
                _ => format!(
                    "acknowledged commits are gone: {who} knows commit {seq}, the journal ends with commit {}",
                    chain.seq
                ),
            });
        }
        if w.found.is_some_and(|found| found != w.head.seal) {
            let found = w.found.unwrap_or_default();
            return Some(format!(
                "acknowledged commits are gone: {who} knows commit {seq} by the seal {}, in the journal it has {}",
                &hex(&w.head.seal)[..16],
                &hex(&found)[..16]
            ));
        }
    }
    None
}

/// A bad entry for people.
pub fn describe(log: &dyn Log, bad: &Bad) -> String {
    format!("{}, commit {}: {}", log.place(bad.at), bad.seq, bad.what)
}
