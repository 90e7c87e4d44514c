//! Calls into code that may panic or hang: on a thread of their own, with a limit, and without a message on the screen.

use std::cell::Cell;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Once;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

/// The name of threads whose panics are caught and reported as errors. A panic hook leaves these threads alone.
pub const THREAD: &str = "isms-state";

thread_local! {
    /// This thread is inside [`caught`].
    static CAUGHT: Cell<bool> = const { Cell::new(false) };
}

/// Keeps panics of threads called [`THREAD`] off the screen; those of others go to the hook that was there before.
pub fn hush() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let before = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if thread::current().name() != Some(THREAD) && !CAUGHT.get() {
                before(info);
            }
        }));
    });
}

/// Runs something under guard and hands back what it returned.
///
/// # Errors
/// It panicked (with its words) or took too long; in that case its thread goes on, and what it holds stays held.
pub fn guarded<T: Send + 'static>(limit: Duration, f: impl FnOnce() -> T + Send + 'static) -> Result<T, String> {
    hush();
    let (send, receive) = mpsc::sync_channel(1);
    let spawned = thread::Builder::new().name(THREAD.into()).spawn(move || {
        let done = panic::catch_unwind(AssertUnwindSafe(f)).map_err(|p| words(p.as_ref()));
        // Nobody may be waiting any more.
        let _ = send.send(done);
    });
    spawned.map_err(|e| e.to_string())?;
    match receive.recv_timeout(limit) {
        Ok(done) => done,
        Err(_) => Err(format!("it did not answer within {} s", limit.as_secs())),
    }
}

/// Runs something on this thread and turns its panic into an error with its words.
///
/// # Errors
/// It panicked.
pub fn caught<T>(f: impl FnOnce() -> T) -> Result<T, String> {
    hush();
    let before = CAUGHT.replace(true);
    let done = panic::catch_unwind(AssertUnwindSafe(f));
    CAUGHT.set(before);
    done.map_err(|p| words(p.as_ref()))
}

/// The words of a panic.
pub fn words(payload: &(dyn std::any::Any + Send)) -> String {
    let text = payload
        .downcast_ref::<&str>()
        .map(|s| (*s).to_string())
        .or_else(|| payload.downcast_ref::<String>().cloned());
    format!("panic: {}", text.unwrap_or_else(|| "without words".into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_and_a_hang_come_back_as_errors() {
        assert_eq!(guarded(Duration::from_secs(5), || 7), Ok(7));
        let e = guarded(Duration::from_secs(5), || -> u8 { panic!("no luck") }).unwrap_err();
        assert_eq!(e, "panic: no luck");
        let (_keep, never) = mpsc::channel::<()>();
        let e = guarded(Duration::from_millis(1), move || never.recv().is_ok()).unwrap_err();
        assert!(e.contains("did not answer"), "{e}");
    }
}
