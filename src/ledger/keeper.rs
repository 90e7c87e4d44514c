//! The thread that brings acknowledged commits into what is materialised, behind the acknowledgement. If it fails, the
//! journal still has everything: whoever asks learns that this copy does not follow any more.

use crate::store::disk::DiskFile;
use crate::store::guard;
use crate::store::mark::{self, Known, Mark};
use crate::store::{Batch, Head, Materialised};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

/// How many commits, or parts of a large one, may wait.
const QUEUE: usize = 32;
/// After this much quiet what was applied is brought towards the disk.
const QUIET: Duration = Duration::from_millis(500);
/// How long closing waits for one step: for a part that is applied, or for all of it to reach the disk.
const PATIENCE: Duration = Duration::from_secs(2);

enum Job {
    Apply(Batch),
    Reached(SyncSender<()>),
    Close(SyncSender<()>),
}

struct Shared {
    engine: Mutex<Option<Box<dyn Materialised>>>,
    failed: Mutex<Option<String>>,
    /// How many batches were applied.
    applied: AtomicU64,
}

/// Where acknowledged heads are marked, and what is so on opening.
pub struct Marking {
    /// The place.
    pub mark: Mark,
    /// What stands there, as far as it holds for this engine.
    pub known: Option<Known>,
    /// The last commit.
    pub head: Head,
    /// The engine keeps what it is told to flush.
    pub kept: bool,
}

/// What is materialised, and the thread that writes it.
pub struct Keeper {
    jobs: Option<SyncSender<Job>>,
    shared: Arc<Shared>,
}

/// What is materialised, up to date, for reading.
pub struct View<'a>(MutexGuard<'a, Option<Box<dyn Materialised>>>);

impl View<'_> {
    /// The engine; `None` once it was closed.
    pub fn engine(&self) -> Option<&dyn Materialised> {
        self.0.as_deref()
    }
}

fn locked<T>(m: &Mutex<T>) -> MutexGuard<'_, T> {
    m.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Keeper {
    /// Takes an engine and, if acknowledged heads are to be marked, the place for that.
    pub fn new(engine: Box<dyn Materialised>, marking: Option<Marking>) -> Self {
        let shared = Arc::new(Shared {
            engine: Mutex::new(Some(engine)),
            failed: Mutex::new(None),
            applied: AtomicU64::new(0),
        });
        let (send, receive) = sync_channel(QUEUE);
        let theirs = Arc::clone(&shared);
        guard::hush();
        let spawned = thread::Builder::new()
            .name(guard::THREAD.into())
            .spawn(move || work(&theirs, &receive, marking));
        if let Err(e) = &spawned {
            *locked(&shared.failed) = Some(format!("no thread for the state: {e}"));
        }
        Self {
            jobs: spawned.is_ok().then_some(send),
            shared,
        }
    }

    /// Hands over what a commit changed.
    pub fn apply(&self, batch: Batch) {
        if let Some(jobs) = &self.jobs {
            // The thread is gone only after a failure, which is on record.
            let _ = jobs.send(Job::Apply(batch));
        }
    }

    /// Why this copy does not follow any more.
    pub fn failed(&self) -> Option<String> {
        locked(&self.shared.failed).clone()
    }

    /// Waits until everything handed over is applied, and lets read.
    ///
    /// # Errors
    /// This copy does not follow any more, and why.
    pub fn view(&self) -> Result<View<'_>, String> {
        let (send, receive) = sync_channel(1);
        if let Some(jobs) = &self.jobs
            && jobs.send(Job::Reached(send)).is_ok()
        {
            // An error means that the thread ended, which is on record.
            let _ = receive.recv();
        }
        match self.failed() {
            Some(why) => Err(why),
            None => Ok(View(locked(&self.shared.engine))),
        }
    }

    /// Applies what is left, makes it durable and lets go of the engine. Waits for that as long as it gets on: what is
    /// left out after a large import would have to be made anew at the next opening. Where it is stuck for 2 s, the
    /// journal has everything.
    pub fn close(&mut self) {
        let Some(jobs) = self.jobs.take() else { return };
        let (send, receive) = sync_channel(1);
        if jobs.send(Job::Close(send)).is_err() {
            return;
        }
        let mut before = None;
        while receive.recv_timeout(PATIENCE) == Err(RecvTimeoutError::Timeout) {
            let applied = Some(self.shared.applied.load(Ordering::Relaxed));
            if applied == before {
                return;
            }
            before = applied;
        }
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        self.close();
    }
}

/// Writes the mark. A second witness: where it cannot be written, the first still speaks.
struct Marker {
    marking: Marking,
    file: Option<Box<dyn DiskFile>>,
    flushed: u64,
}

impl Marker {
    fn new(marking: Marking) -> Self {
        let flushed = marking.known.map_or(0, |k| k.flushed);
        let mut marker = Self {
            marking,
            file: None,
            flushed,
        };
        marker.write(false);
        marker
    }

    fn write(&mut self, durable: bool) {
        let known = Known {
            head: self.marking.head,
            flushed: self.flushed,
        };
        if known.head.seq == 0 || self.marking.known == Some(known) {
            return;
        }
        if self.file.is_none() {
            self.file = self.marking.mark.writer().ok();
        }
        if let Some(f) = &self.file
            && f.write_at(&mark::text(known), 0).is_ok()
        {
            self.marking.known = Some(known);
            if durable {
                let _ = f.sync();
            }
        }
    }
}

fn work(shared: &Shared, jobs: &Receiver<Job>, marking: Option<Marking>) {
    let mut marker = marking.map(Marker::new);
    let mut dirty = false;
    let attempt = |what: &mut dyn FnMut(&mut dyn Materialised) -> Result<(), String>| {
        if locked(&shared.failed).is_some() {
            return;
        }
        let mut engine = locked(&shared.engine);
        let Some(engine) = engine.as_deref_mut() else { return };
        let done = catch_unwind(AssertUnwindSafe(|| what(engine))).unwrap_or_else(|p| Err(guard::words(p.as_ref())));
        if let Err(why) = done {
            *locked(&shared.failed) = Some(why);
        }
    };
    loop {
        let next = if dirty {
            jobs.recv_timeout(QUIET)
        } else {
            jobs.recv().map_err(|_| RecvTimeoutError::Disconnected)
        };
        match next {
            Ok(Job::Apply(batch)) => {
                attempt(&mut |e| e.apply(&batch).map_err(|e| e.to_string()));
                shared.applied.fetch_add(1, Ordering::Relaxed);
                if let (Some(head), Some(m)) = (batch.head, &mut marker) {
                    m.marking.head = head;
                    m.write(false);
                }
                dirty = true;
            }
            Ok(Job::Reached(done)) => {
                let _ = done.send(());
            }
            Err(RecvTimeoutError::Timeout) => {
                attempt(&mut |e| e.flush(false).map_err(|e| e.to_string()));
                dirty = false;
            }
            Ok(Job::Close(done)) => {
                attempt(&mut |e| e.flush(true).map_err(|e| e.to_string()));
                if let Some(m) = &mut marker {
                    if m.marking.kept && locked(&shared.failed).is_none() {
                        m.flushed = m.marking.head.seq;
                    }
                    m.write(true);
                }
                let engine = locked(&shared.engine).take();
                if engine.as_ref().is_some_and(|e| !e.is_kept()) {
                    // Nobody need wait until memory is given back.
                    let _ = done.send(());
                }
                // Whatever dropping does, what it holds was flushed above.
                let _ = catch_unwind(AssertUnwindSafe(|| drop(engine)));
                let _ = done.send(());
                return;
            }
            Err(RecvTimeoutError::Disconnected) => return,
        }
    }
}
