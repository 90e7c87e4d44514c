//! The thread that owns the ledger. The screen asks for jobs, one after the other, and gets answers in its own time:
//! it stays live while a file is read or a commit goes to the disk.

mod files;

use crate::error::{Error, Kind};
use crate::ledger::{self, Access, CommitError};
use crate::model::change::{Actor, Draft};
use crate::model::value::FileRef;
use crate::session::define::{self, Proposal};
use crate::session::{self, NotDone, Session, kept};
use crate::ui::job::{Answer, Birth, Job, Offer, Opened, Revision};
use crate::ui::text::clean;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::Receiver;
use std::time::{Duration, Instant};

/// How far opening is is told so often: over a slow line every word of it takes the room of an answer.
const BREATH: Duration = Duration::from_millis(100);

/// What the worker opens when it begins.
#[derive(Debug, Clone)]
pub struct Place {
    /// The folder of the store.
    pub folder: PathBuf,
    /// Open it although other users of this host may reach it.
    pub insecure: bool,
    /// The person as whom to act.
    pub acting: Option<String>,
    /// Open the demonstration instead.
    pub demo: bool,
}

/// Opens the store and does jobs until nobody can ask for any, which is the end of the process. `tell` says whether
/// somebody still listens.
pub fn work(place: &Place, jobs: &Receiver<Job>, mut tell: impl FnMut(Answer) -> bool) {
    let mut session = open(place, &mut tell);
    let mut kinds = session.as_ref().map(|s| Arc::clone(s.ledger.catalogue()));
    while let Ok(job) = jobs.recv() {
        let opens = matches!(job, Job::Create(_) | Job::Demonstrate);
        let answer = match job {
            Job::Create(birth) => Some(create(place, &birth, &mut session)),
            Job::Demonstrate => Some(demonstrate(place, &mut session)),
            Job::Ready => {
                if let Some(s) = &mut session {
                    s.ledger.part();
                }
                None
            }
            Job::Follow => session.as_mut().and_then(|s| follow(place, s)),
            Job::Pass(actor) => session.as_mut().and_then(|s| pass(s, 0, &actor)),
            Job::Remember { seq, path, bytes } => {
                remember(place, session.as_ref(), seq, &path, &bytes);
                None
            }
            job => session.as_mut().map(|s| ask(s, job, &mut tell)),
        };
        if answer.is_some_and(|answer| !tell(answer)) {
            break;
        }
        // A definition was adopted, changed or put away; whoever opens a store is told its kinds anyway.
        if let Some(s) = &session {
            let now = s.ledger.catalogue();
            let known = kinds.as_ref().is_some_and(|k| Arc::ptr_eq(k, now));
            if !known && !opens {
                let (catalogue, state) = (Arc::clone(now), s.ledger.snapshot());
                tell(Answer::Adopted { catalogue, state });
            }
            if !known {
                kinds = Some(Arc::clone(now));
            }
        }
    }
    if let Some(s) = &mut session {
        s.ledger.ends_the_process();
    }
}

fn failed(token: u64, e: &Error) -> Answer {
    Answer::Failed { token, why: words(e) }
}

/// An error as one sentence or two.
fn words(e: &Error) -> String {
    let mut parts = vec![e.message.clone()];
    parts.extend(e.details.iter().cloned());
    parts.extend(e.hints.iter().cloned());
    clean(&parts.join("; ")).into_owned()
}

/// Opens what is there; a store that somebody else has open is read.
fn open(place: &Place, tell: &mut impl FnMut(Answer) -> bool) -> Option<Session> {
    let what = if place.demo {
        "making the demonstration"
    } else {
        "opening"
    };
    tell(Answer::Progress {
        what: what.into(),
        done: 0,
        of: 0,
    });
    let acting = place.acting.as_deref();
    if !place.demo && !has_store(&place.folder) {
        tell(Answer::Missing {
            place: clean(&place.folder.display().to_string()).into_owned(),
        });
        return None;
    }
    let mut busy = None;
    let mut open = |access| {
        let mut told: Option<Instant> = None;
        // Whoever has left does not wait for the rest.
        let mut far = |done, of| {
            if told.is_some_and(|at| at.elapsed() < BREATH) {
                return true;
            }
            told = Some(Instant::now());
            let what = "reading and checking the journal".into();
            tell(Answer::Progress { what, done, of })
        };
        Session::open_telling(&place.folder, access, place.insecure, acting, &mut far)
    };
    let opened = match place.demo {
        true => Session::demo(acting),
        false => match open(Access::Write) {
            Err(e) if e.kind == Kind::Busy => {
                busy = Some(words(&e));
                open(Access::Read)
            }
            other => other,
        },
    };
    match opened {
        Ok(session) => {
            tell(loaded(&session, &place.folder, busy));
            Some(session)
        }
        Err(e) => {
            tell(failed(0, &e));
            None
        }
    }
}

/// Whether there is anything in a folder that a store could be.
fn has_store(folder: &Path) -> bool {
    std::fs::read_dir(folder).is_ok_and(|mut d| d.next().is_some())
}

fn loaded(s: &Session, place: &Path, busy: Option<String>) -> Answer {
    let standing = s.ledger.standing();
    let barred = match (busy, standing.writable) {
        (Some(why), _) => Some(why),
        (None, true) => None,
        (None, false) => Some(standing.why.clone().unwrap_or_else(|| "it is open for reading".into())),
    };
    let mut notes = standing.notes.clone();
    if !s.demo {
        notes.extend(define::untold(&s.world(), place).iter().map(|n| clean(n).into_owned()));
    }
    Answer::Loaded(Box::new(Opened {
        catalogue: Arc::clone(s.ledger.catalogue()),
        state: s.ledger.snapshot(),
        actor: s.actor().ok().cloned(),
        login: session::login(),
        barred,
        demonstration: s.demo,
        notes,
    }))
}

fn create(place: &Place, birth: &Birth, session: &mut Option<Session>) -> Answer {
    let country = (!birth.country.is_empty()).then_some(birth.country.as_str());
    let made = session::first(&birth.name, &birth.currency, country).and_then(|draft| {
        let (s, done) = Session::create(&place.folder, &draft)?;
        Ok((s, done))
    });
    match made {
        Ok((mut s, Ok(_))) => {
            // Who sits here is known only now that there are people.
            let answer = match s.identify(place.acting.as_deref()) {
                Ok(()) => loaded(&s, &place.folder, None),
                Err(e) => failed(0, &e),
            };
            *session = Some(s);
            answer
        }
        Ok((_, Err(NotDone::Refused(refusal)))) => Answer::Refused { token: 0, refusal },
        Ok((_, Err(NotDone::Error(e)))) | Err(e) => failed(0, &e),
    }
}

fn demonstrate(place: &Place, session: &mut Option<Session>) -> Answer {
    match Session::demo(place.acting.as_deref()) {
        Ok(s) => {
            let answer = loaded(&s, &place.folder, None);
            *session = Some(s);
            answer
        }
        Err(e) => failed(0, &e),
    }
}

/// Does a job on an open store.
fn ask(s: &mut Session, job: Job, tell: &mut impl FnMut(Answer) -> bool) -> Answer {
    match job {
        Job::Commit { token, draft, actor } => commit(s, token, &draft, &actor, tell),
        Job::Undo(actor) => match s.ledger.undo(&actor) {
            Ok(draft) => commit(s, 0, &draft, &actor, tell),
            Err(e) => failed(0, &e.into()),
        },
        Job::Redo(actor) => match s.ledger.redo(&actor) {
            Ok(draft) => commit(s, 0, &draft, &actor, tell),
            Err(e) => failed(0, &e.into()),
        },
        Job::History(id) => match s.ledger.history(&id) {
            Ok(all) => Answer::History(id, all.into_iter().map(revision).collect()),
            Err(e) => failed(0, &e.into()),
        },
        Job::Log { before, limit } => match s.ledger.commits(before, limit) {
            Ok(commits) => {
                let more = commits.len() == limit;
                Answer::Log { before, commits, more }
            }
            Err(e) => failed(0, &e.into()),
        },
        Job::AsOf(time) => match s.ledger.as_of(time) {
            Ok(state) => Answer::AsOf(time, Box::new(state)),
            Err(e) => failed(0, &e.into()),
        },
        Job::Look(what) => Answer::Seen(files::look(s, &what).map_err(|e| words(&e))),
        Job::Preview(import) => match files::plan(s, &import) {
            Ok(plan) => Answer::Preview {
                import,
                changes: plan.draft.edits.len(),
                told: files::told(&plan, plan.summary(&s.world())),
            },
            Err(e) => failed(0, &e),
        },
        Job::Import(import, actor) => match files::plan(s, &import) {
            Ok(plan) => {
                let summary = plan.summary(&s.world());
                match commit(s, 0, &plan.draft, &actor, tell) {
                    done @ Answer::Committed { .. } => {
                        tell(done);
                        Answer::Imported(files::told(&plan, summary))
                    }
                    other => other,
                }
            }
            Err(e) => failed(0, &e),
        },
        Job::Export(export) => match files::write(s, &export) {
            Ok(text) => Answer::Exported(text),
            Err(e) => failed(0, &e),
        },
        Job::Keep(path) => {
            let kept = s.keep(&files::at_home(&path)).map_err(|e| words(&e));
            Answer::Kept { path, result: kept }
        }
        Job::Write(path, text) => Answer::Written(files::write_text(&files::at_home(&path), &text)),
        Job::Complete(path) => {
            let offers = files::offers(&path);
            Answer::Completed { path, offers }
        }
        Job::Present(files) => {
            let there = |f: &FileRef| (f.sha256, s.ledger.has_file(f));
            Answer::Present(files.iter().map(there).collect())
        }
        Job::Proposals => match define::proposals(&s.world()) {
            Ok(all) => Answer::Proposals(all.iter().map(offer).collect()),
            Err(e) => failed(0, &e),
        },
        Job::Adopt(path, actor) => match adoption(s, &path) {
            Ok(draft) => commit(s, 0, &draft, &actor, tell),
            Err(e) => failed(0, &e),
        },
        // They need no open store and are done elsewhere.
        Job::Create(_) | Job::Demonstrate | Job::Remember { .. } | Job::Follow | Job::Pass(_) | Job::Ready => {
            Answer::Failed {
                token: 0,
                why: "there is a store already".into(),
            }
        }
    }
}

/// Takes up what somebody else has committed since, or opens the store anew for reading if that is what it takes.
fn follow(place: &Place, s: &mut Session) -> Option<Answer> {
    if s.demo || s.ledger.standing().writable || s.ledger.standing().damaged {
        return None;
    }
    match s.ledger.follow(&place.folder) {
        Ok(commits) => (!commits.is_empty()).then_some(Answer::Followed(commits)),
        Err(ledger::Anew) => {
            let why = s.ledger.standing().why.clone();
            let opened = Session::open(&place.folder, Access::Read, place.insecure, place.acting.as_deref());
            // What was shown is still so; the next look may see more.
            *s = opened.ok()?;
            Some(loaded(s, &place.folder, why.filter(|_| !s.ledger.standing().damaged)))
        }
    }
}

/// Keeps what showed beside the end of the journal: whoever finds the same end knows that it is still so. Nothing
/// depends on it: where it cannot be written, the next session has to wait for the store.
fn remember(place: &Place, session: Option<&Session>, seq: u64, path: &Path, bytes: &[u8]) {
    let so = |s: &Session| s.ledger.seq() == seq && s.ledger.standing().writable && !s.demo;
    if !session.is_some_and(so) {
        return;
    }
    if let Some(tip) = ledger::tip(&place.folder) {
        let _ = kept::write(path, &[&tip.bytes()[..], bytes].concat());
    }
}

/// Commits what time has brought about.
fn pass(s: &mut Session, token: u64, actor: &Actor) -> Option<Answer> {
    match session::pass(&mut s.ledger, actor) {
        Ok(commit) => commit.map(|c| Answer::Followed(vec![c])),
        Err(e) => Some(failed(token, &e.into())),
    }
}

fn commit(s: &mut Session, token: u64, draft: &Draft, actor: &Actor, tell: &mut impl FnMut(Answer) -> bool) -> Answer {
    match pass(s, token, actor) {
        Some(failed @ Answer::Failed { .. }) => return failed,
        Some(passed) => drop(tell(passed)),
        None => {}
    }
    let (now, today) = session::clock();
    match s.ledger.commit(draft, actor, now, today) {
        Ok(commit) => Answer::Committed { token, commit },
        Err(CommitError::Refused(refusal)) => Answer::Refused { token, refusal },
        Err(e) => failed(token, &e.into()),
    }
}

/// A proposal as the screen shows it.
fn offer(p: &Proposal) -> Offer {
    Offer {
        path: p.path.display().to_string(),
        name: clean(&p.name).into_owned(),
        stand: p.stand.word().to_owned(),
        lines: p.lines.iter().map(|l| clean(l).into_owned()).collect(),
        open: p.is_open(),
    }
}

/// The draft that adopts what a file proposes now.
fn adoption(s: &Session, path: &str) -> crate::error::Result<Draft> {
    let w = s.world();
    let found = define::proposals(&w)?
        .into_iter()
        .find(|p| p.path.display().to_string() == path);
    let found = found.ok_or_else(|| Error::failed(format!("{path} is not there any more")))?;
    define::draft(&w, &found)
}

fn revision(r: ledger::Revision) -> Revision {
    Revision {
        seq: r.seq,
        time: r.time,
        actor: r.actor,
        action: r.action,
        reason: r.reason,
        undoes: r.undoes,
        before: r.before,
        after: r.after,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::change::Edit;
    use crate::model::kind::TITLE;
    use crate::model::record::Id;
    use crate::model::value::Value;
    use crate::ui::job::{Export, Import};
    use std::sync::mpsc::{Sender, channel};
    use std::time::Duration;

    /// A worker on a folder, what it is asked, and what it says.
    struct Desk {
        jobs: Sender<Job>,
        answers: Receiver<Answer>,
        thread: std::thread::JoinHandle<()>,
    }

    impl Desk {
        fn at(folder: &Path) -> Self {
            let (jobs, todo) = channel();
            let (say, answers) = channel();
            let place = Place {
                folder: folder.to_path_buf(),
                insecure: false,
                acting: None,
                demo: false,
            };
            let thread = std::thread::spawn(move || work(&place, &todo, |a| say.send(a).is_ok()));
            Self { jobs, answers, thread }
        }

        /// The next answer that is no progress.
        fn next(&self) -> Answer {
            loop {
                match self.answers.recv_timeout(Duration::from_secs(60)).unwrap() {
                    Answer::Progress { .. } => {}
                    other => return other,
                }
            }
        }

        fn ask(&self, job: Job) -> Answer {
            self.jobs.send(job).unwrap();
            self.next()
        }

        fn close(self) {
            drop(self.jobs);
            self.thread.join().unwrap();
        }
    }

    #[test]
    fn a_store_is_made_filled_changed_and_looked_back_at() {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join("store");
        let csv = home.path().join("risks.csv");
        std::fs::write(&csv, "title,treatment\nLaptop stolen,mitigate\nOffice flooded,accept\n").unwrap();
        let desk = Desk::at(&folder);
        assert!(matches!(desk.next(), Answer::Missing { .. }));
        let birth = Birth {
            name: "Acme".into(),
            currency: "EUR".into(),
            country: "PT".into(),
        };
        let Answer::Loaded(opened) = desk.ask(Job::Create(birth)) else {
            panic!("not made")
        };
        let actor = opened.actor.clone().unwrap();
        assert_eq!((opened.barred, opened.state.seq), (None, 1));

        let import = Import {
            kind: "risk".into(),
            path: csv.display().to_string(),
            columns: None,
            sheet: None,
        };
        let Answer::Preview { changes, .. } = desk.ask(Job::Preview(import.clone())) else {
            panic!("no preview")
        };
        assert_eq!(changes, 2);
        let Answer::Committed { commit, .. } = desk.ask(Job::Import(import, actor.clone())) else {
            panic!("no import")
        };
        assert!(matches!(desk.next(), Answer::Imported(_)));
        let imported = commit.time;
        // What shows goes into a file in the format of its name, once.
        let records: Vec<_> = commit.changes.iter().map(|c| Arc::clone(&c.after)).collect();
        for (name, begins) in [("out.csv", "id,state"), ("out.json", "[\n{"), ("out.xlsx", "PK")] {
            let path = home.path().join(name);
            let export = Export {
                kind: "risk".into(),
                query: String::new(),
                path: path.display().to_string(),
                records: records.clone(),
            };
            let Answer::Exported(text) = desk.ask(Job::Export(export.clone())) else {
                panic!("no {name}")
            };
            assert!(text.starts_with("2 risks in"), "{text}");
            assert!(std::fs::read(&path).unwrap().starts_with(begins.as_bytes()), "{name}");
            assert!(
                matches!(desk.ask(Job::Export(export)), Answer::Failed { .. }),
                "never over another"
            );
        }
        // The next commit must not fall into the same millisecond: a moment shows everything up to its end.
        while session::clock().0 <= imported {
            std::thread::yield_now();
        }

        let risk = Id::from("R-0001");
        let record = commit.changes.iter().find(|c| c.id == risk).unwrap().after.clone();
        let mut draft = Draft::new("record.edit");
        draft
            .edits
            .push(Edit::of(&record).with(TITLE, Some(Value::Text("Laptop lost".into()))));
        let commit = |draft: &Draft| Job::Commit {
            token: 7,
            draft: draft.clone(),
            actor: actor.clone(),
        };
        let answer = desk.ask(commit(&draft));
        assert!(matches!(answer, Answer::Committed { token: 7, .. }), "{answer:?}");
        draft.edits[0].set[0].1 = None;
        assert!(matches!(desk.ask(commit(&draft)), Answer::Refused { token: 7, .. }));

        let Answer::Committed { token: 0, commit } = desk.ask(Job::Undo(actor.clone())) else {
            panic!("no undo")
        };
        assert_eq!(commit.undoes, Some(3));
        assert!(matches!(desk.ask(Job::Redo(actor)), Answer::Committed { .. }));
        let Answer::History(_, all) = desk.ask(Job::History(risk)) else {
            panic!("no history")
        };
        assert_eq!(all.iter().map(|r| r.seq).collect::<Vec<_>>(), [5, 4, 3, 2]);
        let Answer::Log { commits, more, .. } = desk.ask(Job::Log {
            before: Some(4),
            limit: 2,
        }) else {
            panic!("no log")
        };
        assert_eq!((commits.len(), more), (2, true));
        let Answer::AsOf(_, state) = desk.ask(Job::AsOf(imported)) else {
            panic!("no past")
        };
        assert_eq!(state.seq, 2);

        // A second screen reads, and says who has the store.
        let other = Desk::at(&folder);
        let Answer::Loaded(opened) = other.next() else {
            panic!("not read")
        };
        assert!(opened.barred.is_some());
        other.close();
        desk.close();
        let again = Desk::at(&folder);
        let Answer::Loaded(opened) = again.next() else {
            panic!("not opened again")
        };
        assert_eq!((opened.barred, opened.state.seq), (None, 5));
        again.close();
    }

    #[test]
    fn a_file_that_is_not_there_is_named() {
        let home = tempfile::tempdir().unwrap();
        let (folder, nowhere) = (home.path().join("store"), home.path().join("nowhere.csv"));
        let desk = Desk::at(&folder);
        desk.next();
        desk.ask(Job::Create(Birth {
            name: "Acme".into(),
            currency: "EUR".into(),
            country: String::new(),
        }));
        let import = Import {
            kind: "risk".into(),
            path: nowhere.display().to_string(),
            columns: None,
            sheet: None,
        };
        let Answer::Failed { why, .. } = desk.ask(Job::Preview(import)) else {
            panic!("read what is not there")
        };
        assert!(why.contains("nowhere.csv"), "{why}");
        desk.close();
    }
}
