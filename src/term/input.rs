//! The thread that reads the keyboard. It waits without a timer, and it ends when the terminal is gone.
//!
//! crossterm's own reader is not used: it spins when the terminal vanishes, tears Esc sequences that come in two pieces,
//! and cannot be stopped while an editor has the terminal.

use super::decode::{Decoder, Input};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use std::fs::File;
use std::os::fd::AsFd;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// So long a lone Esc waits for the rest of a sequence: a slow link may part them.
const ESCAPE: Duration = Duration::from_millis(40);

/// So long a paste waits for its end, before the keyboard is taken for live again.
const PASTE: Duration = Duration::from_secs(5);

/// Whoever holds this keeps the keyboard for itself; the thread reads only while it holds it.
#[derive(Clone, Default)]
pub(super) struct Gate(Arc<Mutex<()>>);

impl Gate {
    /// Keeps the thread from reading until the guard is dropped.
    pub(super) fn close(&self) -> MutexGuard<'_, ()> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What the thread has to say.
pub(super) enum Heard {
    /// The person did this.
    Input(Input),
    /// The terminal is gone.
    Lost,
}

/// Starts the thread; it ends when `tell` says that nobody listens any more, or after it has told that the terminal is gone.
///
/// # Errors
/// Those of starting a thread.
pub(super) fn listen(
    terminal: File,
    gate: Gate,
    mut tell: impl FnMut(Heard) -> bool + Send + 'static,
) -> std::io::Result<()> {
    let read = move || {
        let mut decoder = Decoder::default();
        let mut heard = Vec::new();
        let mut bytes = [0; 4096];
        loop {
            let patience = match (decoder.pasting(), decoder.pending()) {
                (true, _) => Some(PASTE),
                (_, true) => Some(ESCAPE),
                _ => None,
            };
            match step(&terminal, &gate, patience, &mut bytes) {
                Got::Nothing => {}
                Got::Silence => decoder.settle(&mut heard),
                Got::Lost => {
                    tell(Heard::Lost);
                    return;
                }
                Got::Bytes(count) => decoder.feed(&bytes[..count], &mut heard),
            }
            if !heard.drain(..).all(|input| tell(Heard::Input(input))) {
                return;
            }
        }
    };
    std::thread::Builder::new()
        .name("keyboard".to_owned())
        .spawn(read)
        .map(drop)
}

/// What came of one wait.
enum Got {
    Nothing,
    Silence,
    Lost,
    Bytes(usize),
}

/// Waits for bytes and reads them, unless somebody else has the keyboard by then.
fn step(terminal: &File, gate: &Gate, patience: Option<Duration>, bytes: &mut [u8]) -> Got {
    let wait = |patience: Option<Duration>| {
        let mut watched = [PollFd::from_borrowed_fd(terminal.as_fd(), PollFlags::IN)];
        let limit = patience.and_then(|patience| Timespec::try_from(patience).ok());
        poll(&mut watched, limit.as_ref()).map(|_| watched[0].revents())
    };
    match wait(patience) {
        Ok(found) if found.is_empty() => return Got::Silence,
        Ok(_) => {}
        Err(rustix::io::Errno::INTR) => return Got::Nothing,
        Err(_) => return Got::Lost,
    }
    let _reading = gate.close();
    // Between the wait and the gate an editor may have taken the bytes.
    match wait(Some(Duration::ZERO)) {
        Ok(found) if found.is_empty() => return Got::Nothing,
        _ => {}
    }
    match rustix::io::read(terminal, bytes) {
        Ok(0) => Got::Lost,
        Ok(count) => Got::Bytes(count),
        Err(rustix::io::Errno::INTR | rustix::io::Errno::AGAIN) => Got::Nothing,
        Err(_) => Got::Lost,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::key::{Code, Key};
    use std::io::Write;
    use std::sync::mpsc;

    fn pipe() -> (File, File) {
        let (reader, writer) = std::io::pipe().unwrap();
        (
            File::from(std::os::fd::OwnedFd::from(reader)),
            File::from(std::os::fd::OwnedFd::from(writer)),
        )
    }

    #[test]
    fn keys_are_heard_until_the_terminal_is_gone() {
        let (reader, mut writer) = pipe();
        let (tell, told) = mpsc::channel();
        listen(reader, Gate::default(), move |heard| tell.send(heard).is_ok()).unwrap();
        let hear = || told.recv_timeout(Duration::from_secs(20)).unwrap();
        writer.write_all(b"j").unwrap();
        assert!(matches!(hear(), Heard::Input(Input::Key(key)) if key == Key::char('j')));
        writer.write_all(b"\x1b").unwrap();
        assert!(matches!(hear(), Heard::Input(Input::Key(key)) if key == Key::new(Code::Esc)));
        drop(writer);
        assert!(matches!(hear(), Heard::Lost));
    }

    #[test]
    fn nothing_is_read_while_the_gate_is_closed() {
        let (reader, mut writer) = pipe();
        let mut editor = reader.try_clone().unwrap();
        let (tell, told) = mpsc::channel();
        let gate = Gate::default();
        let closed = gate.close();
        listen(reader, gate.clone(), move |heard| tell.send(heard).is_ok()).unwrap();
        writer.write_all(b"to the editor").unwrap();
        let mut bytes = [0; 13];
        std::io::Read::read_exact(&mut editor, &mut bytes).unwrap();
        assert_eq!(&bytes, b"to the editor");
        drop(closed);
        writer.write_all(b"k").unwrap();
        let heard = told.recv_timeout(Duration::from_secs(20)).unwrap();
        assert!(matches!(heard, Heard::Input(Input::Key(key)) if key == Key::char('k')));
    }
}
