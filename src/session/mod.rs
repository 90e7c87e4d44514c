//! A store opened for somebody: which folder, which ledger, which person, which day. With `cli`, the only place that
//! asks the clock and the operating system who is there.

mod clock;
pub mod define;
mod files;
mod first;
pub mod kept;
mod who;

pub use clock::{ahead, clock, day, midnight, zone};

use crate::error::{Error, Kind, Result};
use crate::exchange::demo;
use crate::ledger::{self, Access, CommitError, HistoryError, Ledger, NoUndo, OpenError, Options};
use crate::method;
use crate::model::change::{Actor, Commit, Draft, Refusal};
use crate::model::kind::Catalogue;
use crate::model::record::Id;
use crate::model::world::World;
use std::path::Path;
use std::sync::{Arc, OnceLock};
use who::{field, people, person, player};

pub use files::named;
pub use first::first;
pub use who::login;

/// An open store, and who works in it.
pub struct Session {
    /// The ledger.
    pub ledger: Ledger,
    /// Milliseconds since 1970, UTC, when the session began.
    pub now: i64,
    /// The day on which it began, where the person is: days since 1970.
    pub today: i32,
    /// Whether it is the demonstration, of which nothing is kept.
    pub demo: bool,
    actor: Result<Actor>,
    me: Id,
}

/// Why a commit did not come about.
#[derive(Debug)]
pub enum NotDone {
    /// Nobody is known in whose name, or the ledger could not take it.
    Error(Error),
    /// The door said no.
    Refused(Refusal),
}

impl Session {
    /// Opens the store in a folder; `acting` is the person as whom somebody wants to act.
    ///
    /// # Errors
    /// There is no store, it is busy or cannot be opened, or there is nobody as whom to act.
    pub fn open(folder: &Path, access: Access, insecure: bool, acting: Option<&str>) -> Result<Self> {
        Self::open_telling(folder, access, insecure, acting, &mut |_, _| true)
    }

    /// The same, and tells how far that is: what is done, of how much. What is told says whether to go on.
    ///
    /// # Errors
    /// As [`Session::open`], or it was not to go on.
    pub fn open_telling(
        folder: &Path,
        access: Access,
        insecure: bool,
        acting: Option<&str>,
        tell: &mut dyn FnMut(u64, u64) -> bool,
    ) -> Result<Self> {
        let options = Options {
            insecure_permissions: insecure,
        };
        let ledger = ledger::open_telling(folder, access, catalogue()?, options, tell)?;
        Self::on(ledger, false, acting)
    }

    /// Makes a store in a folder where none is, with its first commit.
    ///
    /// # Errors
    /// There is a store already, it cannot be made, or a value of the draft does not fit.
    pub fn create(folder: &Path, draft: &Draft) -> Result<(Self, std::result::Result<Commit, NotDone>)> {
        let me = Id::numbered("P", 1);
        let first = Actor {
            person: me.clone(),
            by: me,
        };
        Self::create_as(folder, draft, first, |_| Ok(()))
    }

    /// The same, by a person whom the draft brings along; `before` keeps the files that it names.
    ///
    /// # Errors
    /// There is a store already, it cannot be made, or `before` fails; the store has no commit then, and can be begun
    /// again.
    pub fn create_as(
        folder: &Path,
        draft: &Draft,
        actor: Actor,
        before: impl FnOnce(&Ledger) -> Result<()>,
    ) -> Result<(Self, std::result::Result<Commit, NotDone>)> {
        let ledger = match ledger::create(folder, catalogue()?) {
            // A store that was made, but whose first commit never came, is as good as none.
            Err(taken @ OpenError::Taken(_)) => match ledger::open(folder, Access::Write, catalogue()?) {
                Ok(ledger) if ledger.seq() == 0 && ledger.standing().writable => ledger,
                Err(busy @ OpenError::Busy(_)) => return Err(busy.into()),
                _ => return Err(taken.into()),
            },
            made => made?,
        };
        before(&ledger)?;
        let mut session = Self::on(ledger, false, None)?;
        // The administrator comes into being with this commit, and makes it.
        session.me = actor.person.clone();
        session.actor = Ok(actor);
        let done = session.commit(draft);
        Ok((session, done))
    }

    /// A session in the demonstration company.
    ///
    /// # Errors
    /// There is nobody as whom to act.
    pub fn demo(acting: Option<&str>) -> Result<Self> {
        let mut ledger = Ledger::memory(catalogue()?);
        demo::replay(&mut ledger, clock().1, &mut |_| {})?;
        Self::on(ledger, true, acting)
    }

    /// Writes the demonstration company into a folder as a store, for those who look at the store itself.
    ///
    /// # Errors
    /// The disk does not let us.
    pub fn demo_store(folder: &Path) -> Result<()> {
        let mut ledger = ledger::create(folder, catalogue()?)?;
        demo::replay(&mut ledger, clock().1, &mut |_| {})?;
        ledger.close();
        Ok(())
    }

    /// A session on a ledger that is open.
    fn on(ledger: Ledger, demo: bool, acting: Option<&str>) -> Result<Self> {
        let (now, today) = clock();
        let mut session = Self {
            ledger,
            now,
            today,
            demo,
            actor: Err(Error::failed("")),
            me: Id::from(""),
        };
        session.actor = session.find_actor(acting);
        match &session.actor {
            Ok(actor) => session.me = actor.person.clone(),
            // Who asks to act as somebody is told when that cannot be; who only reads needs to be nobody.
            Err(e) if acting.is_some() => return Err(e.clone()),
            Err(_) => {}
        }
        Ok(session)
    }

    /// Finds out anew who sits here: the first commit of a store makes its first person.
    ///
    /// # Errors
    /// There is nobody as whom to act.
    pub fn identify(&mut self, acting: Option<&str>) -> Result<()> {
        let actor = self.find_actor(acting)?;
        self.me = actor.person.clone();
        self.actor = Ok(actor);
        Ok(())
    }

    /// The records as the person sees them.
    pub fn world(&self) -> World<'_> {
        World {
            catalogue: self.ledger.catalogue(),
            state: self.ledger.state(),
            today: self.today,
            now: self.now,
            me: &self.me,
        }
    }

    /// In whose name changes are made.
    ///
    /// # Errors
    /// The user of the operating system is no person of this store.
    pub fn actor(&self) -> Result<&Actor> {
        self.actor.as_ref().map_err(Clone::clone)
    }

    /// Commits a draft, after what time has brought about; when it returns, the commit is durable.
    ///
    /// # Errors
    /// Nobody is known in whose name, the door refuses it, or the ledger cannot take it.
    pub fn commit(&mut self, draft: &Draft) -> std::result::Result<Commit, NotDone> {
        self.pass().map_err(NotDone::Error)?;
        let actor = self.actor().map_err(NotDone::Error)?.clone();
        let (now, today) = clock();
        self.ledger.commit(draft, &actor, now, today).map_err(|e| match e {
            CommitError::Refused(r) => NotDone::Refused(r),
            other => NotDone::Error(other.into()),
        })
    }

    /// Commits what time has brought about; nothing if nothing has come about.
    ///
    /// # Errors
    /// Nobody is known in whose name, or the ledger cannot take it.
    pub fn pass(&mut self) -> Result<Option<Commit>> {
        let actor = self.actor()?.clone();
        Ok(pass(&mut self.ledger, &actor)?)
    }

    /// Who sits at the keyboard, and as whom.
    fn find_actor(&self, acting: Option<&str>) -> Result<Actor> {
        let w = self.world();
        if self.demo {
            let by = player(&w).ok_or_else(|| Error::failed("nobody works in the demonstration company"))?;
            let person = acting.map_or(Ok(by), |word| person(&w, word))?;
            return Ok(Actor {
                person: person.id.clone(),
                by: by.id.clone(),
            });
        }
        let login = login();
        let by = people(&w).find(|p| field(&w, p, "login") == login).ok_or_else(|| {
            Error::failed(format!("the login '{login}' belongs to nobody in this store: you may read, not change"))
                .hint(format!(
                    "an administrator of the store adds you: isms add person title='Your Name' login={login} permissions=analyst"
                ))
        })?;
        let person = match acting {
            None => by,
            Some(word) => person(&w, word)?,
        };
        let theirs = field(&w, person, "login");
        if theirs != login {
            return Err(Error::failed(format!(
                "{} {} has the login '{theirs}', you are '{login}': nobody acts as a person of another login",
                person.id,
                person.title()
            )));
        }
        Ok(Actor {
            person: person.id.clone(),
            by: by.id.clone(),
        })
    }
}

/// Commits what time has brought about since the day of the last commit, where the person is; nothing if nothing has come
/// about.
///
/// # Errors
/// The ledger or the disk does not take it.
pub fn pass(ledger: &mut Ledger, actor: &Actor) -> std::result::Result<Option<Commit>, CommitError> {
    let (now, today) = clock();
    ledger.pass(day(ledger.state().time), actor, now, today)
}

/// The kinds, methods and scales that the program brings along; the definitions that an organisation adopted come with
/// its ledger. They are read once.
///
/// # Errors
/// A file that is embedded is wrong.
pub fn catalogue() -> Result<Arc<Catalogue>> {
    static ALL: OnceLock<Arc<Catalogue>> = OnceLock::new();
    if let Some(all) = ALL.get() {
        return Ok(Arc::clone(all));
    }
    let all = method::catalogue().map_err(|e| Error::failed(format!("a mistake in isms itself: {e}")))?;
    Ok(Arc::clone(ALL.get_or_init(|| Arc::new(all))))
}

impl From<OpenError> for Error {
    fn from(e: OpenError) -> Self {
        match &e {
            OpenError::NoStore(folder) => Self::failed(format!("there is no store in {}", folder.display()))
                .hint("isms init makes one; isms --demo shows a demonstration, of which nothing is kept"),
            OpenError::Busy(_) => Self::new(Kind::Busy, e.to_string()),
            _ => Self::failed(e.to_string()),
        }
    }
}

impl From<CommitError> for Error {
    fn from(e: CommitError) -> Self {
        let hint = matches!(e, CommitError::ReadOnly(_)).then_some("isms verify tells how the store is");
        let error = Self::failed(e.to_string());
        hint.into_iter().fold(error, Self::hint)
    }
}

impl From<NoUndo> for Error {
    fn from(e: NoUndo) -> Self {
        match e {
            NoUndo::Nothing(_) => Self::nothing(e.to_string()).hint("isms log shows what was done"),
            NoUndo::Refused(why) => Self::failed(why),
            NoUndo::Unreadable(e) => e.into(),
        }
    }
}

impl From<HistoryError> for Error {
    fn from(e: HistoryError) -> Self {
        Self::failed(e.to_string()).hint("isms verify tells how the store is")
    }
}
