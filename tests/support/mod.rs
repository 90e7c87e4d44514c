//! The harness of the whole-program tests: the real binary, on real folders, in a real pseudo-terminal.
//!
//! Rules: the test, not the developer's shell, decides the environment; a test waits for what it wants to see, never
//! for time; on failure the screen is printed.
#![allow(dead_code, reason = "each test file uses its own part")]
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test stops where it fails"
)]

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};
use rustix::process::{Pid, Signal, kill_process};
use rustix::termios::{OptionalActions, SpecialCodeIndex, tcgetattr, tcsetattr};
use std::fs::OpenOptions;
use std::io::{Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// How long a test waits for what must come. Only a failing test ever waits that long.
const PATIENCE: Duration = Duration::from_secs(30);

/// The program under test.
pub const ISMS: &str = env!("CARGO_BIN_EXE_isms");

/// A home of its own, with nothing in it, that goes away with the test.
pub struct Home {
    dir: tempfile::TempDir,
}

impl Home {
    pub fn new() -> Self {
        Self {
            dir: tempfile::tempdir().expect("a temporary folder"),
        }
    }

    /// A home with the store of a clinic in the Netherlands, in which nothing is yet.
    pub fn begun() -> Self {
        let home = Self::new();
        let clinic = ["--name", "Harbour Clinic", "--currency", "EUR", "--country", "NL"];
        home.ok(&[&["init"], clinic.as_slice()].concat());
        home
    }

    pub fn path(&self) -> &Path {
        self.dir.path()
    }

    /// Where a store named in a test lies.
    pub fn store(&self) -> PathBuf {
        self.dir.path().join("store")
    }

    /// What a program in this home is told.
    pub fn environment(&self) -> Vec<(String, String)> {
        let home = self.dir.path().display().to_string();
        [
            ("HOME", home.as_str()),
            ("PATH", "/usr/local/bin:/usr/bin:/bin"),
            ("LANG", "C.UTF-8"),
            ("USER", "tester"),
            ("LOGNAME", "tester"),
            ("TZ", "UTC"),
            ("ISMS_STORE", self.store().display().to_string().as_str()),
        ]
        .iter()
        .map(|(k, v)| ((*k).to_string(), (*v).to_string()))
        .collect()
    }

    /// A command line in this home.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut c = Command::new(ISMS);
        c.env_clear()
            .envs(self.environment())
            .args(arguments)
            .current_dir(self.path());
        c
    }

    /// Runs a command line to its end.
    pub fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().expect("the program starts")
    }

    /// Runs a command line that must succeed; what it printed.
    #[track_caller]
    pub fn ok(&self, arguments: &[&str]) -> String {
        let out = self.run(arguments);
        assert!(
            out.status.success(),
            "isms {} ended with {}:\n{}{}",
            arguments.join(" "),
            out.status,
            String::from_utf8_lossy(&out.stdout),
            String::from_utf8_lossy(&out.stderr)
        );
        String::from_utf8_lossy(&out.stdout).into_owned()
    }

    /// What a command line prints as JSON, whatever its status.
    #[track_caller]
    pub fn json(&self, arguments: &[&str]) -> serde_json::Value {
        serde_json::from_slice(&self.run(arguments).stdout).expect("JSON")
    }

    /// The screen in this home, from the beginning, wherever an earlier one was left.
    pub fn screen(&self, arguments: &[&str], size: (u16, u16), environment: &[(&str, &str)]) -> Tty {
        self.screen_again(&[&["--fresh"], arguments].concat(), size, environment)
    }

    /// The screen in this home, where it was left.
    pub fn screen_again(&self, arguments: &[&str], size: (u16, u16), environment: &[(&str, &str)]) -> Tty {
        let mut all = self.environment();
        all.push(("TERM".into(), "xterm-256color".into()));
        for (k, v) in environment {
            all.retain(|(known, _)| known != k);
            all.push(((*k).into(), (*v).into()));
        }
        Tty::spawn(arguments, size, &all, self.path())
    }

    /// The screen at the other end of a line on which every byte takes so long, each way.
    pub fn far(&self, lag: Duration, arguments: &[&str], size: (u16, u16), environment: &[(&str, &str)]) -> Tty {
        let mut tty = self.screen(arguments, size, environment);
        tty.lengthen(lag);
        tty
    }
}

impl Default for Home {
    fn default() -> Self {
        Self::new()
    }
}

/// What the program asked of the terminal beside the screen.
#[derive(Default)]
pub struct Seen {
    pub clipboard: Vec<String>,
}

impl vt100::Callbacks for Seen {
    fn copy_to_clipboard(&mut self, _: &mut vt100::Screen, _ty: &[u8], data: &[u8]) {
        self.clipboard.push(String::from_utf8_lossy(data).into());
    }
}

struct Shared {
    vt: vt100::Parser<Seen>,
    /// Of a frame that has not ended.
    begun: Vec<u8>,
    raw: Vec<u8>,
    reads: usize,
    total: usize,
    /// Nothing more will come.
    over: bool,
}

fn cells(n: u16) -> std::num::NonZeroU16 {
    std::num::NonZeroU16::new(n).expect("a screen has cells")
}

/// Where a part begins in bytes for the last time.
fn last(bytes: &[u8], part: &[u8]) -> Option<usize> {
    bytes.windows(part.len()).rposition(|w| w == part)
}

/// A way on which what is sent arrives whole, in order, and late.
struct Line<T>(std::sync::mpsc::Sender<(Instant, T)>);

impl<T: Send + 'static> Line<T> {
    fn new(mut arrives: impl FnMut(T) + Send + 'static) -> Self {
        let (send, receive) = std::sync::mpsc::channel::<(Instant, T)>();
        std::thread::spawn(move || {
            for (when, what) in receive {
                std::thread::sleep(when.saturating_duration_since(Instant::now()));
                arrives(what);
            }
        });
        Self(send)
    }

    fn send(&self, lag: Duration, what: T) {
        let _ = self.0.send((Instant::now() + lag, what));
    }
}

/// Writes to the terminal, after a while.
struct Late(Line<Vec<u8>>, Duration);

impl Write for Late {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.send(self.1, bytes.to_vec());
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// The program in a pseudo-terminal, seen through an emulator.
pub struct Tty {
    shared: Arc<Mutex<Shared>>,
    writer: Option<Box<dyn Write + Send>>,
    master: Option<Box<dyn MasterPty + Send>>,
    down: Arc<AtomicBool>,
    /// Nothing is read of what the program sends.
    held: Arc<AtomicBool>,
    /// How long what the program sends is on its way, in milliseconds.
    lag: Arc<AtomicU64>,
    child: Box<dyn Child + Send + Sync>,
    pid: Pid,
}

impl Tty {
    fn spawn(arguments: &[&str], size: (u16, u16), environment: &[(String, String)], cwd: &Path) -> Self {
        Self::start(ISMS, arguments, size, environment, cwd)
    }

    /// Starts any program in a pseudo-terminal.
    pub fn start(
        program: &str,
        arguments: &[&str],
        (cols, rows): (u16, u16),
        environment: &[(String, String)],
        cwd: &Path,
    ) -> Self {
        let pair = native_pty_system()
            .openpty(PtySize {
                rows,
                cols,
                pixel_width: 0,
                pixel_height: 0,
            })
            .expect("a pseudo-terminal");
        let mut cmd = CommandBuilder::new(program);
        cmd.env_clear();
        cmd.cwd(cwd);
        cmd.args(arguments);
        for (k, v) in environment {
            cmd.env(k, v);
        }
        let child = pair.slave.spawn_command(cmd).expect("the program starts");
        drop(pair.slave);
        let pid = child
            .process_id()
            .and_then(|p| Pid::from_raw(p as i32))
            .expect("a process id");
        let mut reader = pair.master.try_clone_reader().expect("a reader");
        let vt = vt100::Parser::new_with_callbacks(cells(rows), cells(cols), 0, Seen::default());
        let shared = Arc::new(Mutex::new(Shared {
            vt,
            begun: vec![],
            raw: vec![],
            reads: 0,
            total: 0,
            over: false,
        }));
        let sink = Arc::clone(&shared);
        let down = Arc::new(AtomicBool::new(false));
        let line = Arc::clone(&down);
        let lag = Arc::new(AtomicU64::new(0));
        let late = Arc::clone(&lag);
        let held = Arc::new(AtomicBool::new(false));
        let hold = Arc::clone(&held);
        std::thread::spawn(move || {
            // Nothing is the end of it all.
            let arrives = move |bytes: &[u8]| {
                let mut s = sink.lock().expect("the screen");
                // As a terminal does that knows synchronised output: a frame shows when all of it is there.
                s.begun.extend_from_slice(bytes);
                let shows = match (last(&s.begun, b"\x1b[?2026h"), last(&s.begun, b"\x1b[?2026l")) {
                    (Some(begins), ends) if !bytes.is_empty() && ends.is_none_or(|e| e < begins) => begins,
                    _ => s.begun.len(),
                };
                let shown: Vec<u8> = s.begun.drain(..shows).collect();
                s.vt.process(&shown);
                s.raw.extend_from_slice(bytes);
                s.reads += usize::from(!bytes.is_empty());
                s.total += bytes.len();
                s.over = bytes.is_empty();
            };
            let mut buffer = [0u8; 65536];
            let slow = arrives.clone();
            let slow = Line::new(move |bytes: Vec<u8>| slow(&bytes));
            while let Ok(n) = reader.read(&mut buffer) {
                if n == 0 || line.load(Ordering::SeqCst) {
                    break;
                }
                while hold.load(Ordering::SeqCst) {
                    std::thread::sleep(Duration::from_millis(3));
                }
                match late.load(Ordering::SeqCst) {
                    0 => arrives(&buffer[..n]),
                    ms => slow.send(Duration::from_millis(ms), buffer[..n].to_vec()),
                }
            }
            match late.load(Ordering::SeqCst) {
                0 => arrives(&[]),
                ms => slow.send(Duration::from_millis(ms), Vec::new()),
            }
        });
        let writer = Some(pair.master.take_writer().expect("a writer"));
        Self {
            shared,
            writer,
            master: Some(pair.master),
            down,
            held,
            lag,
            child,
            pid,
        }
    }

    /// Reads nothing until released: what the program sends piles up in the terminal, and then it has to wait.
    pub fn hold(&mut self) -> &mut Self {
        self.held.store(true, Ordering::SeqCst);
        self
    }

    /// Reads again.
    pub fn release(&mut self) -> &mut Self {
        self.held.store(false, Ordering::SeqCst);
        self
    }

    /// From here on everything is on its way for so long, in both directions.
    fn lengthen(&mut self, lag: Duration) {
        let mut writer = self.writer.take().expect("the line is up");
        let line = Line::new(move |bytes: Vec<u8>| {
            let _ = writer.write_all(&bytes).and_then(|()| writer.flush());
        });
        self.writer = Some(Box::new(Late(line, lag)));
        let ms = u64::try_from(lag.as_millis()).expect("a lag is short");
        self.lag.store(ms, Ordering::SeqCst);
    }

    /// Types text as it is; `\r` is Enter, `\x1b` Esc.
    pub fn keys(&mut self, text: &str) -> &mut Self {
        let w = self.writer.as_mut().expect("the line is up");
        w.write_all(text.as_bytes())
            .and_then(|()| w.flush())
            .expect("the terminal takes keys");
        self
    }

    /// Pastes text, bracketed.
    pub fn paste(&mut self, text: &str) -> &mut Self {
        self.keys(&format!("\x1b[200~{text}\x1b[201~"))
    }

    /// Waits until `f` holds for the screen; fails with the screen otherwise.
    #[track_caller]
    pub fn until(&mut self, what: &str, f: impl Fn(&vt100::Screen) -> bool) -> &mut Self {
        let end = Instant::now() + PATIENCE;
        loop {
            let (there, over, text) = {
                let s = self.shared.lock().expect("the screen");
                (f(s.vt.screen()), s.over, s.vt.screen().contents())
            };
            if there {
                return self;
            }
            assert!(
                !over,
                "the program ended before {what}; the screen:\n{text}\nits last bytes: {}",
                self.last_bytes()
            );
            assert!(Instant::now() < end, "never saw {what}; the screen:\n{text}");
            std::thread::sleep(Duration::from_millis(3));
        }
    }

    /// What came last, as it came: the screen alone forgets what a panic said before it scrolled.
    fn last_bytes(&self) -> String {
        let s = self.shared.lock().expect("the screen");
        let from = s.raw.len().saturating_sub(4000);
        String::from_utf8_lossy(&s.raw[from..]).escape_debug().to_string()
    }

    /// Waits until a text is on the screen.
    #[track_caller]
    pub fn sees(&mut self, text: &str) -> &mut Self {
        self.until(&format!("'{text}'"), |s| s.contents().contains(text))
    }

    /// Waits until a text is gone.
    #[track_caller]
    pub fn misses(&mut self, text: &str) -> &mut Self {
        self.until(&format!("the end of '{text}'"), |s| !s.contents().contains(text))
    }

    /// The screen as text.
    pub fn text(&self) -> String {
        self.shared.lock().expect("the screen").vt.screen().contents()
    }

    /// Looks at the emulator.
    pub fn with<T>(&self, f: impl FnOnce(&vt100::Screen, &Seen) -> T) -> T {
        let s = self.shared.lock().expect("the screen");
        f(s.vt.screen(), s.vt.callbacks())
    }

    /// Bytes and reads since the last call.
    pub fn take_raw(&mut self) -> (Vec<u8>, usize) {
        let mut s = self.shared.lock().expect("the screen");
        (std::mem::take(&mut s.raw), std::mem::take(&mut s.reads))
    }

    /// All bytes that ever came.
    pub fn total(&self) -> usize {
        self.shared.lock().expect("the screen").total
    }

    pub fn resize(&mut self, cols: u16, rows: u16) -> &mut Self {
        self.shared
            .lock()
            .expect("the screen")
            .vt
            .screen_mut()
            .set_size(cells(rows), cells(cols));
        let size = PtySize {
            rows,
            cols,
            pixel_width: 0,
            pixel_height: 0,
        };
        self.master
            .as_ref()
            .expect("the line is up")
            .resize(size)
            .expect("a new size");
        self
    }

    pub fn signal(&mut self, signal: Signal) -> &mut Self {
        kill_process(self.pid, signal).expect("the program is there");
        self
    }

    /// What a dropped SSH connection looks like to the program: every end of the line on this side is closed.
    pub fn hang_up(&mut self) -> &mut Self {
        let name = self.master.as_ref().and_then(|m| m.tty_name()).expect("the line is up");
        let far = OpenOptions::new()
            .read(true)
            .write(true)
            .custom_flags(0o400) // O_NOCTTY
            .open(name)
            .expect("the far end");
        // The writer would type an end of file, if there were a key for it.
        let mut modes = tcgetattr(&far).expect("the modes");
        modes.special_codes[SpecialCodeIndex::VEOF] = 0;
        tcsetattr(&far, OptionalActions::Now, &modes).expect("the modes");
        self.writer = None;
        self.master = None;
        // The reader has the last end and waits: a byte wakes it.
        self.down.store(true, Ordering::SeqCst);
        (&far).write_all(b"\0").expect("the far end takes a byte");
        self
    }

    /// The state letter of the process: S sleeps, T is stopped, R runs.
    pub fn state(&self) -> char {
        std::fs::read_to_string(format!("/proc/{}/stat", self.pid.as_raw_nonzero()))
            .ok()
            .and_then(|s| s.rsplit(')').next().and_then(|r| r.trim().chars().next()))
            .unwrap_or('-')
    }

    /// Waits for the end of the program; its exit status.
    #[track_caller]
    pub fn exits(&mut self) -> u32 {
        let end = Instant::now() + PATIENCE;
        let mut status = None;
        loop {
            if let (None, Ok(Some(s))) = (status, self.child.try_wait()) {
                status = Some(s.exit_code());
            }
            // Its last words are still on their way when it is gone.
            if let Some(status) = status
                && self.shared.lock().expect("the screen").over
            {
                return status;
            }
            assert!(Instant::now() < end, "still running; the screen:\n{}", self.text());
            std::thread::sleep(Duration::from_millis(3));
        }
    }
}

impl Drop for Tty {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Says aloud that something could not be tried here, so that a report counts it.
pub fn skip(what: &str, why: &str) {
    eprintln!("SKIPPED: {what}: {why}");
}
