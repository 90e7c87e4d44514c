//! Reads every byte of a store and says what it is worth. Heals nothing, writes nothing.

use super::chain::{Chain, End};
use super::defined::Defined;
use super::folder::{self, DATABASE, JOURNAL, STATE};
use super::open::describe;
use super::stored::{self, Stored, VersionRow};
use super::{content, format, kept};
use crate::model::kind::Catalogue;
use crate::model::record::Id;
use crate::store::disk::{Disk, Real};
use crate::store::files;
use crate::store::journal::{self, Journal};
use crate::store::lock::{self, Lock, NoLock};
use crate::store::mark::{self, Mark, Seen};
use crate::store::sled::SledState;
use crate::store::{Head, Log, Materialised, hex};
use std::collections::HashMap;
use std::fs;
use std::io;
use std::path::Path;
use std::sync::Arc;

/// Everything fits.
const OK: u8 = 0;
/// Something is damaged or gone; it is named.
pub(super) const BAD: u8 = 1;
/// Nothing can be said.
const UNKNOWN: u8 = 2;
/// Another process writes.
const BUSY: u8 = 3;

/// What verifying found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Report {
    /// For people, in order.
    pub lines: Vec<String>,
    /// 0: everything fits. 1: damaged or lost, named in `lines`. 2: cannot tell. 3: another process writes.
    pub status: u8,
    /// The last commit that fits.
    pub seq: u64,
}

impl Report {
    pub(super) fn say(&mut self, line: impl Into<String>) {
        self.lines.push(line.into());
    }

    pub(super) fn at_least(&mut self, status: u8, line: impl Into<String>) {
        if self.status == OK {
            self.status = status;
        }
        self.lines.push(line.into());
    }
}

/// Reads every byte of a store.
pub fn verify(folder: &Path, catalogue: &Catalogue) -> Report {
    verify_acked(folder, catalogue, None)
}

/// As [`verify`], and fails if the journal does not reach to commit `acked`. What can be made anew from the journal is
/// then no failure: after a power cut only the journal was promised.
pub fn verify_acked(folder: &Path, catalogue: &Catalogue, acked: Option<u64>) -> Report {
    let mut report = Report::default();
    if !folder::is_store(folder) {
        report.at_least(UNKNOWN, format!("there is no store in {}", folder.display()));
        return report;
    }
    let held = match Lock::peek(folder) {
        Ok(l) => l,
        Err(NoLock::Held(holder)) => {
            report.at_least(BUSY, format!("the store is open: {holder}; close it to verify it"));
            return report;
        }
        Err(NoLock::Failed(e)) => {
            report.at_least(UNKNOWN, e.to_string());
            return report;
        }
    };
    let disk: Arc<dyn Disk> = Arc::new(Real);
    let log = match Journal::open(Arc::clone(&disk), &folder.join(JOURNAL), false) {
        Ok(j) => j,
        Err(e) => {
            report.at_least(BAD, format!("the journal cannot be opened: {e}"));
            return report;
        }
    };
    let soft = if acked.is_some() { OK } else { BAD };
    let marked = match Mark::new(disk, &folder.join(STATE)).read() {
        Ok(Seen::Known(known)) => Some(known),
        Ok(Seen::Nothing) => None,
        Ok(Seen::Damaged) => {
            report.at_least(soft, "state/head is damaged; it is written anew at the next opening");
            None
        }
        Err(e) => {
            report.at_least(soft, e.to_string());
            None
        }
    };
    let mut seals = HashMap::new();
    let mut chain = Chain::default();
    let base = Arc::new(catalogue.clone());
    let mut defined = Defined::over(&base);
    let end = chain.walk(&log, &mut |_, group| {
        seals.insert(group.head.seq, group.head.seal);
        defined.see(&group);
    });
    let kinds = defined.kinds();
    report.seq = chain.seq;
    let head = marked.map(|k| k.head);
    journal_lines(&mut report, &log, &chain, &end, head);
    if let Some(head) = head {
        witness(&mut report, "state/head", head, &chain, &seals);
    }
    strays(&mut report, folder);
    kept::check(&mut report, folder, &log);
    let said = Said {
        log: &log,
        chain: &chain,
        seals: &seals,
        flushed: marked.map_or(0, |k| k.flushed),
        soft,
    };
    state(&mut report, folder, &kinds.catalogue, &said);
    for note in kinds.notes {
        report.say(format!("note: {note}"));
    }
    if let Some(n) = acked.filter(|n| *n > chain.seq) {
        report.status = BAD;
        let what = format!(
            "LOST: commit {n} was acknowledged, the journal ends with commit {}",
            chain.seq
        );
        report.lines.insert(0, what);
    }
    if let Err(why) = lock::private(folder) {
        report.say(format!("note: {why}"));
    }
    report.say("no outside anchor: a rewrite of the whole would not be seen");
    report.say(match report.status {
        OK => "ok",
        BAD => "BAD",
        _ => "cannot tell",
    });
    drop(held);
    report
}

fn journal_lines(report: &mut Report, log: &dyn Log, chain: &Chain, end: &End, marked: Option<Head>) {
    match end {
        End::Whole => {}
        End::Bad(bad) if bad.newer => report.at_least(UNKNOWN, describe(log, bad)),
        End::Bad(bad) => report.at_least(BAD, format!("first bad entry: {}", describe(log, bad))),
        End::Torn(bad) if marked.is_some_and(|h| h.seq >= bad.seq) => {
            report.at_least(
                BAD,
                format!("first bad entry: {}; it was acknowledged", describe(log, bad)),
            );
        }
        End::Torn(bad) => report.say(format!(
            "note: commit {} was begun and never acknowledged; it is set aside at the next opening ({})",
            bad.seq,
            log.place(bad.at)
        )),
    }
    report.say(format!(
        "journal: {} commits, {} content lines, {} records, {} bytes",
        chain.seq,
        chain.versions,
        chain.records(),
        size(log)
    ));
    report.say(format!("head:    {}", hex(&chain.seal)));
    report.say(format!("digest:  {}", hex(&chain.digest.0)));
}

fn size(log: &dyn Log) -> u64 {
    let mut n = 0;
    // What cannot be read was named already.
    let _ = log.scan(crate::store::Position(0), &mut |p| n += p.bytes.len() as u64);
    n
}

/// Holds an acknowledged head against the journal.
fn witness(report: &mut Report, who: &str, head: Head, chain: &Chain, seals: &HashMap<u64, format::Hash>) {
    if head.seq > chain.seq {
        report.at_least(
            BAD,
            format!(
                "acknowledged commits are gone: {who} knows commit {}, the journal ends with commit {}",
                head.seq, chain.seq
            ),
        );
    } else if seals.get(&head.seq).is_some_and(|s| *s != head.seal) {
        report.at_least(
            BAD,
            format!(
                "acknowledged commits are gone: {who} knows another commit {} than the journal",
                head.seq
            ),
        );
    }
}

/// Files that do not belong there.
fn strays(report: &mut Report, folder: &Path) {
    let list = |f: &Path| Real.list(f).unwrap_or_default();
    for name in list(&folder.join(JOURNAL)) {
        if journal::number(&name).is_none() && !name.starts_with("tail.") {
            report.at_least(BAD, format!("journal/{name} does not belong there"));
        }
    }
    for name in list(folder) {
        let known =
            [JOURNAL, STATE, files::FOLDER, lock::NAME].contains(&name.as_str()) || name.starts_with("state.bad.");
        if !known {
            report.say(format!("note: {name} is not part of the store"));
        }
    }
    for name in list(&folder.join(STATE)) {
        if ![DATABASE, mark::NAME].contains(&name.as_str()) {
            report.say(format!("note: {STATE}/{name} is not part of the store"));
        }
    }
}

/// What the journal and the mark said, to hold the state against.
struct Said<'a> {
    log: &'a dyn Log,
    chain: &'a Chain,
    seals: &'a HashMap<u64, format::Hash>,
    /// The commit up to which the state was made durable.
    flushed: u64,
    /// What a bad state comes to.
    soft: u8,
}

/// Reads every record and every row of the index of a copy of the state.
fn state(report: &mut Report, folder: &Path, catalogue: &Catalogue, said: &Said<'_>) {
    const ANEW: &str = "it is made anew from the journal at the next opening";
    let database = folder.join(STATE).join(DATABASE);
    if !database.exists() {
        match said.flushed {
            0 if said.chain.seq == 0 => {}
            0 => report.say(format!("state:   none; {ANEW}")),
            n => report.at_least(
                said.soft,
                format!("state: gone, it was durable up to commit {n}; {ANEW}"),
            ),
        }
        return;
    }
    let copied = tempfile::Builder::new()
        .prefix("isms-verify-")
        .tempdir()
        .and_then(|dir| {
            copy(&database, &dir.path().join(DATABASE))?;
            Ok(dir)
        });
    let dir = match copied {
        Ok(d) => d,
        Err(e) => {
            report.at_least(UNKNOWN, format!("the state cannot be copied to be read: {e}"));
            return;
        }
    };
    let read = SledState::open(&dir.path().join(DATABASE)).and_then(|engine| {
        let head = engine.head()?;
        Ok((head, engine.layout()?, engine))
    });
    let (head, engine) = match read {
        Ok((Some(_), layout, _)) if layout != stored::layout(catalogue) => {
            report.say(format!(
                "state:   made by another version of isms or before a definition was adopted; {ANEW}"
            ));
            return;
        }
        Ok((head, _, engine)) => (head, engine),
        Err(e) => {
            report.at_least(said.soft, format!("state: {e}; {ANEW}"));
            return;
        }
    };
    if let Some(head) = head {
        witness(report, "the state", head, said.chain, said.seals);
    }
    let at = head.map_or(0, |h| h.seq);
    match compare(&engine, catalogue, said.log, said.chain, at) {
        Ok(_) if at < said.flushed => report.at_least(
            said.soft,
            format!(
                "state: it was durable up to commit {} and is at commit {at}; {ANEW}",
                said.flushed
            ),
        ),
        Ok(n) => {
            report.say(format!("state:   {n} records at commit {at}"));
            match said.chain.seq.saturating_sub(at) {
                0 => {}
                n => report.say(format!(
                    "note: the state is {n} commits behind; it follows at the next opening"
                )),
            }
        }
        Err(why) => report.at_least(said.soft, format!("state: {why}; {ANEW}")),
    }
}

/// How many records of a state at commit `at` are as the journal has them: all, or an error.
fn compare(
    engine: &dyn Materialised,
    catalogue: &Catalogue,
    log: &dyn Log,
    chain: &Chain,
    at: u64,
) -> Result<u64, String> {
    let text = |e: crate::store::StoreError| e.to_string();
    let mut expected = HashMap::new();
    let (mut digest, mut versions) = (None, 0);
    let mut upto = Chain::default();
    upto.walk(log, &mut |c, group| {
        if group.head.seq > at {
            return;
        }
        for line in &group.lines {
            expected.insert(
                line.entry.id.to_owned(),
                (line.entry.leaf, group.at.0 + line.offset as u64, line.bytes.len()),
            );
        }
        versions = c.versions;
        digest = (group.head.seq == at).then_some(c.digest);
    });
    let (mut n, mut trouble, mut sum) = (0u64, None, format::Digest::default());
    engine
        .scan(&mut |id, bytes| {
            n += 1;
            let mut one = || -> Result<(), String> {
                let name = std::str::from_utf8(id).map_err(|_| "an id is not UTF-8".to_string())?;
                let stored = Stored::read(bytes).map_err(|e| format!("{name}: {e}"))?;
                let (leaf, place, len) = expected.get(name).ok_or(format!("{name} is not in the journal"))?;
                if *leaf != stored.leaf {
                    return Err(format!("{name} is not as the journal has it"));
                }
                sum.add(name, leaf);
                let line = log.read_at(crate::store::Position(*place), *len).map_err(text)?;
                let id = Id::from(name);
                let there = content::read_record(catalogue, &id, &line)?.ok_or(format!("{name} is gone"))?;
                let (values, unknown) = (stored.values, stored.unknown);
                if (values, unknown) != (there.values, there.unknown) {
                    return Err(format!("{name} does not hold what the journal says"));
                }
                for (seq, row) in engine.versions(name.as_bytes()).map_err(text)? {
                    let row = VersionRow::read(&row).map_err(|e| format!("version {seq} of {name}: {e}"))?;
                    let line = log
                        .read_at(crate::store::Position(row.at), row.len as usize)
                        .map_err(text)?;
                    if content::read(&line)?.id != name {
                        return Err(format!("the index of {name} does not lead to its version {seq}"));
                    }
                }
                Ok(())
            };
            if trouble.is_none() {
                trouble = one().err();
            }
        })
        .map_err(text)?;
    if let Some(why) = trouble {
        return Err(why);
    }
    let lost = |what: &str| Err(format!("{what} at commit {at}"));
    if (1..=chain.seq).contains(&at) {
        if digest != Some(sum) {
            return lost("its records do not have the digest that was sealed");
        }
        if engine.count().map_err(text)? != (versions, at) {
            return lost("its index is not complete");
        }
    }
    Ok(n)
}

fn copy(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}
