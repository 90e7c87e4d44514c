//! What is switched on in the terminal, and how it is given back: one list, whoever gives it back and why.

use std::fs::File;
use std::io::{self, Write};
use std::os::fd::AsFd;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError, TryLockError};
use std::time::{Duration, Instant};

/// What is sent on entering, in this order, and what undoes it on leaving, in the opposite order.
const MODES: [(&str, &str); 6] = [
    // The cursor goes to a cleared last row, for terminals that have no second screen to leave.
    ("\x1b[?1049h", "\x1b[999H\x1b[2K\x1b[?1049l"),
    ("\x1b[?2004h", "\x1b[?2004l"),
    ("", "\x1b[?1006l\x1b[?1000l"),
    ("", "\x1b[?25h"),
    ("", "\x1b[m\x1b[r"),
    ("", "\x1b[?2026l"),
];

/// Switches the reports of buttons and wheel on and off.
const MOUSE: [&str; 2] = ["\x1b[?1006l\x1b[?1000l", "\x1b[?1000h\x1b[?1006h"];

/// Whether the terminal is ours now.
static ENTERED: AtomicBool = AtomicBool::new(false);

/// Whoever holds this writes to the terminal; who ends the process keeps it for good.
static WRITING: Mutex<()> = Mutex::new(());

/// The terminal as a writer: unbuffered, a write at a time.
pub(super) struct Terminal(File);

impl Terminal {
    /// Takes the terminal at the standard output.
    ///
    /// # Errors
    /// Those of duplicating a descriptor.
    pub(super) fn new() -> io::Result<Self> {
        Ok(Self(io::stdout().as_fd().try_clone_to_owned()?.into()))
    }
}

impl Write for Terminal {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let _writing = writing();
        loop {
            match self.0.write(bytes) {
                // Another program on this terminal may have made it non-blocking.
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    let mut watched = [rustix::event::PollFd::new(&self.0, rustix::event::PollFlags::OUT)];
                    match rustix::event::poll(&mut watched, None) {
                        Ok(_) | Err(rustix::io::Errno::INTR) => {}
                        Err(error) => return Err(error.into()),
                    }
                }
                result => return result,
            }
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn writing() -> MutexGuard<'static, ()> {
    WRITING.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Takes the terminal over: raw, second screen, bracketed paste. Does nothing if it is ours already.
///
/// # Errors
/// Those of the terminal; it is then given back.
pub(super) fn enter() -> io::Result<()> {
    if ENTERED.swap(true, Ordering::SeqCst) {
        return Ok(());
    }
    let entered = crossterm::terminal::enable_raw_mode().and_then(|()| {
        let on: String = MODES.iter().map(|(on, _)| *on).collect();
        Terminal::new()?.write_all(on.as_bytes())
    });
    if entered.is_err() {
        leave();
    }
    entered
}

/// Gives the terminal back as it was. Does nothing if it is not ours; errors are of no use any more.
pub(super) fn leave() {
    if ENTERED.load(Ordering::SeqCst) {
        let _writing = writing();
        restore();
    }
}

/// Gives the terminal back and keeps everyone from writing to it; waits only so long for a write that hangs.
pub(super) fn leave_for_good(limit: Duration) {
    let end = Instant::now() + limit;
    let guard = loop {
        match WRITING.try_lock() {
            Ok(guard) => break Some(guard),
            Err(TryLockError::Poisoned(guard)) => break Some(guard.into_inner()),
            Err(TryLockError::WouldBlock) if Instant::now() > end => break None,
            Err(TryLockError::WouldBlock) => std::thread::sleep(Duration::from_millis(2)),
        }
    };
    restore();
    std::mem::forget(guard);
}

fn restore() {
    if !ENTERED.swap(false, Ordering::SeqCst) {
        return;
    }
    // A terminal that has hung up refuses both. First what cannot hang.
    let _ = crossterm::terminal::disable_raw_mode();
    let off: String = MODES.iter().rev().map(|(_, off)| *off).collect();
    if let Ok(descriptor) = io::stdout().as_fd().try_clone_to_owned() {
        let _ = File::from(descriptor).write_all(off.as_bytes());
    }
}

/// Switches the reports of the mouse on or off.
///
/// # Errors
/// Those of the terminal.
pub(super) fn mouse(on: bool) -> io::Result<()> {
    Terminal::new()?.write_all(MOUSE[usize::from(on)].as_bytes())
}

/// Returns columns and rows of the terminal; 80 and 24 if it does not say, and no more than anyone can read.
pub(super) fn size() -> (u16, u16) {
    match crossterm::terminal::size() {
        Ok((width, height)) if width > 0 && height > 0 => (width.min(1000), height.min(500)),
        _ => (80, 24),
    }
}

/// Gives the terminal back when it goes out of scope.
pub(super) struct Guard;

impl Drop for Guard {
    fn drop(&mut self) {
        leave();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_is_switched_on_is_switched_off() {
        let off: String = MODES.iter().map(|(_, off)| *off).collect();
        for on in MODES
            .iter()
            .map(|(on, _)| *on)
            .chain([MOUSE[1]])
            .flat_map(|on| on.split_inclusive('h'))
        {
            assert!(off.contains(&on.replace('h', "l")), "{on:?} stays on");
        }
    }
}
