//! The terminal's loop with a tiny application in a real pseudo-terminal: whatever happens, nothing typed is lost and
//! the terminal is given back.
//!
//! The application is this very test program, started again: see [`child`].
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops where it fails")]

mod support;

use isms::term::caps::{Caps, Flags};
use isms::term::{App, Command, Event, Options, Post, Stage, draft};
use isms::ui::key::{Code, Key};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use rustix::process::Signal;
use std::path::{Path, PathBuf};
use support::Tty;

/// Shows what was typed and what came of it.
struct Echo {
    typed: String,
    note: String,
    width: u16,
    fresh: bool,
    alarm: Option<i64>,
    views: usize,
    post: Post<String>,
}

impl App for Echo {
    type Message = String;

    fn update(&mut self, event: Event<String>, now: i64) -> Vec<Command> {
        self.fresh = true;
        match event {
            Event::Key(key) if key == Key::ctrl('q') => return vec![Command::Quit(7)],
            Event::Key(key) if key == Key::ctrl('z') => return vec![Command::Suspend],
            Event::Key(key) if key == Key::ctrl('l') => return vec![Command::Redraw],
            Event::Key(key) if key == Key::ctrl('y') => return vec![Command::Copy(self.typed.clone())],
            Event::Key(key) if key == Key::ctrl('t') => return vec![Command::Mouse(true)],
            Event::Key(key) if key == Key::ctrl('p') => panic!("as it was told to"),
            Event::Key(key) if key == Key::ctrl('n') => self.fresh = false,
            Event::Key(key) if key == Key::ctrl('e') => {
                return vec![Command::Edit {
                    name: "text".into(),
                    text: self.typed.clone(),
                }];
            }
            Event::Key(key) if key == Key::ctrl('w') => {
                let post = self.post.clone();
                std::thread::spawn(move || post.send("worked".to_owned()));
            }
            Event::Key(key) if key == Key::ctrl('k') => self.alarm = Some(now + 30),
            Event::Key(key) if key == Key::ctrl('d') => {
                let hushed = std::thread::Builder::new().name("hushed".to_owned());
                let hushed = hushed.spawn(|| panic!("it is told elsewhere")).unwrap();
                let worker = std::thread::spawn(|| panic!("a worker fell"));
                assert!(hushed.join().is_err() && worker.join().is_err());
            }
            Event::Key(key) => match (key.typed(), key.code) {
                (Some(c), _) => self.typed.push(c),
                (_, Code::Backspace) => drop(self.typed.pop()),
                _ => self.note = key.to_string(),
            },
            Event::Paste(text) => self.note = format!("{text:?}"),
            Event::Resize(width, height) => {
                self.width = width;
                self.note = format!("{width}x{height}");
            }
            Event::Message(text) => self.note = text,
            Event::Edited { result, .. } => match result {
                Ok(Some(text)) => self.typed = text,
                other => self.note = format!("{other:?}"),
            },
            other => self.note = format!("{other:?}"),
        }
        vec![Command::Draft(Some(self.typed.clone().into_bytes()))]
    }

    fn view(&mut self, buffer: &mut Buffer, _: i64) -> Option<(u16, u16)> {
        self.fresh = false;
        self.views += 1;
        let style = Style::new();
        for (y, line) in [&self.typed, &self.note, &format!("{} views", self.views)]
            .into_iter()
            .enumerate()
        {
            if y < usize::from(buffer.area.height) {
                buffer.set_stringn(0, y as u16, line, usize::from(buffer.area.width), style);
            }
        }
        Some((self.typed.len() as u16, 0))
    }

    fn stale(&self) -> bool {
        self.fresh
    }

    fn wake(&self) -> Option<i64> {
        self.alarm
    }
}

/// Is the application when the tests below start it in a terminal of its own; does nothing otherwise.
#[test]
fn child() {
    let Ok(folder) = std::env::var("TERMINAL_CHILD") else {
        return;
    };
    let folder = PathBuf::from(folder);
    let options = Options {
        caps: Caps::detect(|name| std::env::var(name).ok(), Flags::default()),
        draft: Some(folder.join("draft")),
        folder: folder.clone(),
        hushed: "hushed",
    };
    let made = |post| Echo {
        typed: String::new(),
        note: String::new(),
        width: 0,
        fresh: true,
        alarm: None,
        views: 0,
        post,
    };
    let mut stage = Stage::enter(options).unwrap();
    let mut first = Buffer::empty(Rect::new(0, 0, 60, 12));
    match std::env::var("TERMINAL_FIRST").as_deref() {
        Ok("fails") => {
            first.set_string(0, 3, "not long", Style::new());
            stage.show(&first).unwrap();
            drop(stage);
            println!("it could not begin");
            std::process::exit(3);
        }
        Ok(shown) => {
            first.set_string(0, 3, shown, Style::new());
            stage.show(&first).unwrap();
            // The application is made when somebody has seen it, and typed something.
            let seen = folder.join("seen");
            while !seen.exists() {
                std::thread::sleep(std::time::Duration::from_millis(2));
            }
        }
        Err(_) => {}
    }
    let status = stage.run(made).unwrap();
    std::process::exit(status.into());
}

fn start(folder: &Path, environment: &[(&str, &str)], shell: Option<&str>) -> Tty {
    let own = std::env::current_exe().unwrap().display().to_string();
    let mut all: Vec<(String, String)> = [
        ("PATH", "/usr/bin:/bin"),
        ("TERM", "xterm-256color"),
        ("LANG", "C.UTF-8"),
    ]
    .iter()
    .chain(environment)
    .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
    .collect();
    all.push(("TERMINAL_CHILD".to_owned(), folder.display().to_string()));
    let arguments = ["child", "--exact", "--nocapture", "--test-threads=1"];
    match shell {
        Some(script) => {
            let script = script.replace("PROGRAM", &format!("{own} {}", arguments.join(" ")));
            Tty::start("/bin/sh", &["-c", &script], (60, 12), &all, folder)
        }
        None => Tty::start(&own, &arguments, (60, 12), &all, folder),
    }
}

/// Holds the terminal against one that nobody has touched.
fn given_back(tty: &mut Tty) {
    tty.until("the terminal given back", |screen| {
        !screen.alternate_screen() && !screen.hide_cursor() && !screen.bracketed_paste()
    });
    let mouse = tty.with(|screen, _| screen.mouse_protocol_mode());
    assert_eq!(mouse, vt100::MouseProtocolMode::None);
}

#[test]
fn what_is_shown_before_the_application_is_there_gives_way_to_it_and_nothing_typed_is_lost() {
    let folder = tempfile::tempdir().unwrap();
    let mut tty = start(folder.path(), &[("TERMINAL_FIRST", "as it was")], None);
    tty.sees("as it was").keys("early");
    std::fs::write(folder.path().join("seen"), "").unwrap();
    tty.sees("early");
    tty.until("the first picture gone", |screen| {
        !screen.contents().contains("as it was")
    });
    tty.keys("\x11");
    assert_eq!(tty.exits(), 7);
    given_back(&mut tty);
}

#[test]
fn an_application_that_cannot_be_made_gives_the_terminal_back() {
    let folder = tempfile::tempdir().unwrap();
    let mut tty = start(folder.path(), &[("TERMINAL_FIRST", "fails")], None);
    tty.sees("it could not begin");
    assert_eq!(tty.exits(), 3);
    given_back(&mut tty);
}

fn draft_of(folder: &Path) -> Option<String> {
    draft::left(&folder.join("draft"))
        .unwrap()
        .map(|bytes| String::from_utf8(bytes).unwrap())
}

#[test]
fn keys_come_in_and_the_terminal_is_given_back() {
    let folder = tempfile::tempdir().unwrap();
    let mut tty = start(folder.path(), &[], None);
    tty.sees("60x12").keys("hällo 風").sees("hällo 風");
    tty.until("the second screen", |screen| {
        screen.alternate_screen() && screen.bracketed_paste()
    });
    tty.keys("\x1b[1;5A").sees("C-Up").keys("\x1b").sees("Esc");
    tty.paste("one\r\ntwo").sees("\"one\\ntwo\"");
    tty.keys("\x17").sees("worked").keys("\x14");
    tty.until("the mouse", |screen| {
        screen.mouse_protocol_mode() != vt100::MouseProtocolMode::None
    });
    tty.keys("\x1b[<0;5;7M").sees("Press").keys("\x11");
    assert_eq!(tty.exits(), 7);
    given_back(&mut tty);
    assert_eq!(draft_of(folder.path()).as_deref(), Some("hällo 風"));
}

#[test]
fn a_frame_is_one_write_and_what_changes_nothing_is_none() {
    let folder = tempfile::tempdir().unwrap();
    let mut tty = start(folder.path(), &[], None);
    tty.sees("60x12").keys("ab").sees("ab");
    tty.take_raw();
    // Fifty keys at once are few frames; the last one shows them all.
    tty.keys(&"x".repeat(50)).sees(&"x".repeat(50));
    let (_, reads) = tty.take_raw();
    assert!(reads < 25, "{reads} writes for keys that came at once");
    tty.keys("\x0e\x0e\x0e").keys("y").sees("xy");
    let (raw, _) = tty.take_raw();
    let frames = String::from_utf8_lossy(&raw).matches("\x1b[?2026h").count();
    assert!(frames <= 2, "{frames} frames for one change");
}

#[test]
fn a_window_may_have_any_size() {
    let folder = tempfile::tempdir().unwrap();
    let mut tty = start(folder.path(), &[], None);
    tty.sees("60x12").resize(100, 30).sees("100x30");
    tty.resize(1, 1)
        .resize(41, 9)
        .sees("41x9")
        .keys("still here")
        .sees("still here");
}

#[test]
fn to_be_told_to_end_saves_the_draft_and_gives_back() {
    for (signal, status) in [(Signal::TERM, 143), (Signal::INT, 130), (Signal::QUIT, 131)] {
        let folder = tempfile::tempdir().unwrap();
        let mut tty = start(folder.path(), &[], None);
        tty.sees("60x12").keys("half a sen").sees("half a sen");
        tty.signal(signal);
        assert_eq!(tty.exits(), status);
        given_back(&mut tty);
        assert_eq!(draft_of(folder.path()).as_deref(), Some("half a sen"));
    }
}

#[test]
fn a_lost_line_saves_the_draft_and_leaves_nobody_behind() {
    let folder = tempfile::tempdir().unwrap();
    let mut tty = start(folder.path(), &[], None);
    tty.sees("60x12").keys("half a sen").sees("half a sen").hang_up();
    assert_eq!(tty.exits(), 129);
    assert_eq!(draft_of(folder.path()).as_deref(), Some("half a sen"));

    let folder = tempfile::tempdir().unwrap();
    let mut tty = start(folder.path(), &[], None);
    tty.sees("60x12").keys("again").sees("again");
    tty.signal(Signal::HUP);
    assert_eq!(tty.exits(), 129);
    given_back(&mut tty);
    assert_eq!(draft_of(folder.path()).as_deref(), Some("again"));
}

#[test]
fn a_hang_up_that_sends_no_signal_ends_it_too() {
    let folder = tempfile::tempdir().unwrap();
    let mut tty = start(folder.path(), &[], Some("trap '' HUP; setsid -w PROGRAM; exit $?"));
    tty.sees("60x12").keys("kept").sees("kept").hang_up();
    assert_eq!(tty.exits(), 129);
    assert_eq!(draft_of(folder.path()).as_deref(), Some("kept"));
}

#[test]
fn it_stops_for_the_shell_and_comes_back() {
    let folder = tempfile::tempdir().unwrap();
    let mut tty = start(
        folder.path(),
        &[],
        Some("set -m; PROGRAM; echo the shell has it; read line; fg >/dev/null"),
    );
    tty.sees("60x12")
        .keys("before")
        .sees("before")
        .keys("\x1a")
        .sees("the shell has it");
    given_back(&mut tty);
    tty.resize(70, 15).keys("on\n").sees("before").sees("Resumed");
    tty.until("the second screen", |screen| {
        screen.alternate_screen() && screen.bracketed_paste()
    });
    tty.keys(" after").sees("before after").keys("\x11");
    tty.exits();
    given_back(&mut tty);
}

#[test]
fn without_a_shell_it_does_not_stop() {
    let folder = tempfile::tempdir().unwrap();
    let mut tty = start(folder.path(), &[], None);
    tty.sees("60x12")
        .keys("\x1a")
        .sees("There is no shell")
        .keys("x")
        .sees("x");
    assert_ne!(tty.state(), 'T');
}

#[test]
fn in_a_container_it_does_not_stop_either() {
    // Seen from within a namespace of its own, the session of the program has the number 0.
    const APART: [&str; 3] = ["-rpf", "--kill-child", "--"];
    let probe = std::process::Command::new("unshare").args(APART).arg("true").output();
    if !probe.is_ok_and(|o| o.status.success()) {
        return support::skip("a container", "unshare makes no namespace here");
    }
    let folder = tempfile::tempdir().unwrap();
    let script = format!("exec unshare {} PROGRAM", APART.join(" "));
    let mut tty = start(folder.path(), &[], Some(&script));
    tty.sees("60x12")
        .keys("\x1a")
        .sees("There is no shell")
        .keys("x")
        .sees("x");
}

#[test]
fn the_editor_has_the_terminal_for_itself() {
    let folder = tempfile::tempdir().unwrap();
    let editor = folder.path().join("editor");
    let script = "#!/bin/sh\nprintf 'editing: '; cat \"$1\"; echo; read line; printf '%s' \"$line\" > \"$1\"\n";
    std::fs::write(&editor, script).unwrap();
    let command = format!("sh {}", editor.display());
    let mut tty = start(folder.path(), &[("EDITOR", &command)], None);
    tty.sees("60x12")
        .keys("old")
        .sees("old")
        .keys("\x05")
        .sees("editing: old");
    given_back(&mut tty);
    tty.keys("a new line\r")
        .sees("a new line")
        .until("the second screen", vt100::Screen::alternate_screen);
    tty.misses("editing").keys("!").sees("a new line!").keys("\x11");
    assert_eq!(tty.exits(), 7);
    let left: Vec<_> = folder
        .path()
        .read_dir()
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    assert_eq!(left.len(), 2, "only the editor and the draft are left: {left:?}");
}

#[test]
fn a_copy_reaches_the_terminals_clipboard() {
    let folder = tempfile::tempdir().unwrap();
    let mut tty = start(folder.path(), &[], None);
    tty.sees("60x12")
        .keys("R-0001")
        .sees("R-0001")
        .keys("\x19")
        .sees("Copied 6 characters");
    assert_eq!(tty.with(|_, seen| seen.clipboard.clone()), ["Ui0wMDAx"]);
}

#[test]
fn a_panic_gives_the_terminal_back_before_it_says_why() {
    let folder = tempfile::tempdir().unwrap();
    let mut tty = start(folder.path(), &[], None);
    tty.sees("60x12").resize(60, 40).sees("60x40").keys("half").sees("half");
    tty.take_raw();
    tty.keys("\x10").sees("as it was told to");
    assert_eq!(tty.exits(), 101);
    given_back(&mut tty);
    let said = String::from_utf8_lossy(&tty.take_raw().0).into_owned();
    let (left, why) = (
        said.find("\x1b[?1049l").unwrap(),
        said.find("as it was told to").unwrap(),
    );
    assert!(left < why, "{said:?}");
    assert_eq!(draft_of(folder.path()).as_deref(), Some("half"));
}

#[test]
fn a_worker_that_falls_is_heard_of_in_the_end() {
    let folder = tempfile::tempdir().unwrap();
    let mut tty = start(folder.path(), &[], None);
    tty.sees("60x12").keys("\x04").keys("alive").sees("alive");
    tty.keys("\x11").sees("a worker fell");
    assert_eq!(tty.exits(), 7);
    assert!(!tty.text().contains("elsewhere"));
}

#[test]
fn noise_from_the_line_harms_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let mut tty = start(folder.path(), &[], None);
    tty.sees("60x12");
    let mut seed = 7u64;
    let mut noise = String::new();
    while noise.len() < 20_000 {
        seed = seed
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        noise.push_str(
            [
                "\x1b[",
                "\x1b]52;",
                "\x1b[<0;0;0M",
                "\x1bP",
                "é",
                "\x1b[M",
                "j",
                "\x1b[999999999999A",
            ][(seed >> 33) as usize % 8],
        );
    }
    tty.keys(&noise);
    // The end of any string, so that what follows is heard.
    tty.keys("\x07\x1b\\\x1b[200~there\x1b[201~")
        .sees("\"there\"")
        .keys("\x11");
    assert_eq!(tty.exits(), 7);
}

#[test]
fn a_signal_has_the_configuration_read_again() {
    let folder = tempfile::tempdir().unwrap();
    let mut tty = start(folder.path(), &[], None);
    tty.sees("60x12").signal(Signal::USR1).sees("Reload");
    tty.keys("x").sees("x").keys("\x0c").sees("x");
}

#[test]
fn a_time_that_was_asked_for_comes_once() {
    let folder = tempfile::tempdir().unwrap();
    let mut tty = start(folder.path(), &[], None);
    tty.sees("60x12").keys("\x0b").sees("Tick");
    tty.take_raw();
    // The alarm still stands in the past: it must not ring again.
    tty.keys("x").sees("x");
    let (raw, _) = tty.take_raw();
    assert_eq!(String::from_utf8_lossy(&raw).matches("\x1b[?2026h").count(), 1);
}
