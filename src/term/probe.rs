//! Asks the terminal what it is and knows. Only `isms doctor` does: the screen starts without a question, because an
//! answer may take a round trip over the line, or never come.

use rustix::event::{PollFd, PollFlags, poll};
use std::io::{self, Read, Write};
use std::time::{Duration, Instant};

/// What the terminal answered.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Answers {
    /// Its name and version, if it tells them (XTVERSION).
    pub name: Option<String>,
    /// Whether it knows synchronised output, mode 2026 (DECRQM).
    pub synchronised: Option<bool>,
    /// Its background, 16 bits a colour, if it tells it (OSC 11).
    pub background: Option<(u16, u16, u16)>,
    /// How long the answers took.
    pub took: Option<Duration>,
}

/// The questions, and last one that every terminal answers: what comes before its answer is all there will be.
const QUESTIONS: &[u8] = b"\x1b[>q\x1b[?2026$p\x1b]11;?\x1b\\\x1b[c";

/// Asks, and waits at most so long. Both ends of the process must be a terminal.
///
/// # Errors
/// Those of the terminal; it is given back in any case.
pub fn ask(patience: Duration) -> io::Result<Answers> {
    crossterm::terminal::enable_raw_mode()?;
    let asked = exchange(patience);
    crossterm::terminal::disable_raw_mode()?;
    let (bytes, took) = asked?;
    let mut answers = read(&bytes);
    answers.took = took;
    Ok(answers)
}

/// Sends the questions and collects what comes until the last is answered.
fn exchange(patience: Duration) -> io::Result<(Vec<u8>, Option<Duration>)> {
    let begin = Instant::now();
    let mut out = io::stdout();
    out.write_all(QUESTIONS)?;
    out.flush()?;
    let input = io::stdin();
    let mut bytes = Vec::new();
    loop {
        let left = patience.saturating_sub(begin.elapsed());
        let limit = rustix::event::Timespec {
            tv_sec: i64::try_from(left.as_secs()).unwrap_or(i64::MAX),
            tv_nsec: i64::from(left.subsec_nanos()),
        };
        let ready = poll(&mut [PollFd::new(&input, PollFlags::IN)], Some(&limit))?;
        if ready == 0 || left.is_zero() {
            return Ok((bytes, None));
        }
        let mut chunk = [0; 512];
        let n = input.lock().read(&mut chunk)?;
        bytes.extend_from_slice(&chunk[..n]);
        if n == 0 || ends(&bytes) {
            return Ok((bytes, Some(begin.elapsed())));
        }
    }
}

/// Whether the answer to the last question is there: `ESC [ ? ... c`.
fn ends(bytes: &[u8]) -> bool {
    let text = String::from_utf8_lossy(bytes);
    let last = text.rsplit_once("\x1b[?").and_then(|(_, tail)| tail.strip_suffix('c'));
    last.is_some_and(|numbers| numbers.chars().all(|c| c.is_ascii_digit() || c == ';'))
}

/// Reads the answers.
fn read(bytes: &[u8]) -> Answers {
    let text = String::from_utf8_lossy(bytes);
    let between = |from: &str, to: &[&str]| {
        let rest = text.split_once(from)?.1;
        let end = to.iter().filter_map(|t| rest.find(t)).min()?;
        Some(rest[..end].to_owned())
    };
    const END: &[&str] = &["\x1b\\", "\x07"];
    let synchronised = between("\x1b[?2026;", &["$y"]).map(|n| matches!(n.as_str(), "1" | "2" | "3"));
    let background = between("\x1b]11;rgb:", END).and_then(|colour| {
        let parts: Vec<u16> = colour
            .split('/')
            .filter_map(|p| u16::from_str_radix(p, 16).ok())
            .collect();
        <[u16; 3]>::try_from(parts).ok().map(|[r, g, b]| (r, g, b))
    });
    Answers {
        name: between("\x1bP>|", END).filter(|n| !n.is_empty()),
        synchronised,
        background,
        took: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_read() {
        let bytes = b"\x1bP>|XTerm(390)\x1b\\\x1b[?2026;2$y\x1b]11;rgb:1e1e/2222/ffff\x07\x1b[?64;1;22c";
        assert!(ends(bytes) && !ends(&bytes[..bytes.len() - 1]));
        let got = read(bytes);
        assert_eq!(got.name.as_deref(), Some("XTerm(390)"));
        assert_eq!(
            (got.synchronised, got.background),
            (Some(true), Some((0x1e1e, 0x2222, 0xffff)))
        );
        let old = read(b"\x1b[?1;2c");
        assert_eq!(old, Answers::default());
        assert_eq!(read(b"\x1b[?2026;0$y").synchronised, Some(false));
        assert!(ends(b"\x1b[?1;2c") && !ends(b"") && !ends(b"abc"));
    }
}
