//! Signals: what the process does when the line drops, when it is told to end, and when it is stopped and goes on.
//!
//! The draft comes before the terminal, which may be gone, and nothing here waits longer than a moment.

use super::draft::Slot;
use super::modes;
use nix::unistd::{Pid, getpgid, getpgrp, getppid, getsid};
use rustix::process::{Signal, getpid, kill_current_process_group, kill_process};
use signal_hook::consts::{SIGCONT, SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGTSTP, SIGUSR1, SIGWINCH};
use signal_hook::iterator::Signals;
use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Duration;

/// So long the end waits for what hangs.
const MOMENT: Duration = Duration::from_millis(500);

/// Whether an editor has the terminal: keys that make signals are then meant for it.
static EDITING: AtomicBool = AtomicBool::new(false);

/// How often the process has gone on after a stop.
static RESUMED: (Mutex<u64>, Condvar) = (Mutex::new(0), Condvar::new());

/// What the loop must know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Told {
    /// The window has another size.
    Resized,
    /// Somebody wants the process to stop for a while.
    Suspend,
    /// The process goes on; how often it has so far.
    Resumed(u64),
    /// The configuration should be read again.
    Reload,
}

/// Starts the thread that takes the signals; it ends with the process.
///
/// # Errors
/// Those of taking a signal and of starting a thread.
pub(super) fn watch(draft: Option<Slot>, mut tell: impl FnMut(Told) + Send + 'static) -> io::Result<()> {
    let mut signals = Signals::new([SIGHUP, SIGTERM, SIGINT, SIGQUIT, SIGTSTP, SIGCONT, SIGUSR1, SIGWINCH])?;
    let take = move || {
        for signal in signals.forever() {
            let editing = EDITING.load(Ordering::SeqCst);
            match signal {
                SIGINT | SIGQUIT if editing => {}
                SIGHUP | SIGTERM | SIGINT | SIGQUIT => end(draft.as_ref(), 128 + signal),
                // The editor has stopped itself; the shell waits for all of the job to stop.
                SIGTSTP if editing => drop(kill_process(getpid(), Signal::STOP)),
                SIGTSTP => tell(Told::Suspend),
                SIGCONT => {
                    let count = {
                        let mut count = RESUMED.0.lock().unwrap_or_else(PoisonError::into_inner);
                        *count += 1;
                        *count
                    };
                    RESUMED.1.notify_all();
                    if !editing {
                        tell(Told::Resumed(count));
                    }
                }
                SIGUSR1 => tell(Told::Reload),
                _ => tell(Told::Resized),
            }
        }
    };
    std::thread::Builder::new()
        .name("signals".to_owned())
        .spawn(take)
        .map(drop)
}

/// Ends the process after the line dropped, or as if it had.
pub(super) fn lost(draft: Option<&Slot>) {
    end(draft, 129);
}

/// Ends the process as it was told to: the draft is saved first, then the terminal, if it is still there, is given back.
fn end(draft: Option<&Slot>, status: i32) {
    hurry(status);
    save(draft);
    modes::leave_for_good(MOMENT / 2);
    std::process::exit(status);
}

fn save(draft: Option<&Slot>) {
    if let Some(draft) = draft {
        // There is nobody left to tell.
        let _ = draft.save_within(MOMENT);
    }
}

/// Sees to it that the process ends even if saving or a terminal that takes nothing hangs.
fn hurry(status: i32) {
    let _ = std::thread::Builder::new().spawn(move || {
        std::thread::sleep(4 * MOMENT);
        std::process::exit(status);
    });
}

/// Says that an editor has the terminal, until it is dropped.
pub(super) struct Editing;

impl Editing {
    pub(super) fn begin() -> Self {
        EDITING.store(true, Ordering::SeqCst);
        Self
    }
}

impl Drop for Editing {
    fn drop(&mut self) {
        EDITING.store(false, Ordering::SeqCst);
    }
}

/// Stops the process and its group until somebody lets it go on; returns how often it has gone on so far.
///
/// # Errors
/// Those of sending the signal.
pub(super) fn stop() -> io::Result<u64> {
    let before = *RESUMED.0.lock().unwrap_or_else(PoisonError::into_inner);
    kill_current_process_group(Signal::STOP)?;
    // The stop takes hold at some moment about here; only the signal to go on says that it is over.
    let mut count = RESUMED.0.lock().unwrap_or_else(PoisonError::into_inner);
    while *count == before {
        count = RESUMED.1.wait(count).unwrap_or_else(PoisonError::into_inner);
    }
    Ok(*count)
}

/// Says whether no parent in the session could continue this group: started by sshd, tmux or a login without a shell.
///
/// Sessions and groups that lie outside a container have the number 0 in it, which is why rustix, whose numbers are
/// never 0, is not asked here.
pub(super) fn orphaned() -> bool {
    let Ok(session) = getsid(None) else { return true };
    let group = getpgrp();
    let mut process = Some(getppid());
    // A wrapper in the same group is stopped along with it: its own parent must do.
    for _ in 0..32 {
        let Some(parent) = process.filter(|p| p.as_raw() > 0) else {
            return true;
        };
        if getsid(Some(parent)) != Ok(session) {
            return true;
        }
        if getpgid(Some(parent)) != Ok(group) {
            return false;
        }
        process = parent_of(parent);
    }
    true
}

/// Returns the parent of a process; nothing where the system does not say.
fn parent_of(process: Pid) -> Option<Pid> {
    let text = std::fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    // The name in brackets may hold blanks and brackets; state and parent follow the last one.
    let parent = text.rsplit(')').next()?.split_whitespace().nth(1)?;
    Some(Pid::from_raw(parent.parse().ok()?))
}
