//! The program as its people meet it: the real binary in a real pseudo-terminal, one story after the other.
//!
//! Each story can fail for one reason only: the program does not do what the person in it relies on. What else a
//! screen shows, and how, is for the tests of `ui`.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test stops where it fails"
)]

#[path = "../support/mod.rs"]
mod support;

mod audit;
mod back;
mod cost;
mod criteria;
mod exception;
mod far;
mod hostile;
mod import;
mod joiner;
mod line;
mod newcomer;
mod numbers;
mod officer;
mod operator;
mod overnight;
mod paper;
mod people;
mod refusals;
mod triage;

use support::{Home, Tty};

/// The size that the byte figures hold for.
const WIDE: (u16, u16) = (120, 40);
/// The smallest size that everything must work in.
const SMALL: (u16, u16) = (80, 24);

/// A home with the store of an organisation, and some risks in it.
fn begun(risks: &[&str]) -> Home {
    let home = Home::new();
    home.ok(&["init", "--name", "Harbour Bank", "--currency", "EUR"]);
    for title in risks {
        home.ok(&["add", "risk", &format!("title={title}")]);
    }
    home
}

/// People of the login of these tests, after the administrator: P-0002, P-0003 and so on.
fn cast(home: &Home, people: &[(&str, &str)]) {
    let me: serde_json::Value = serde_json::from_str(&home.ok(&["show", "P-0001", "--json"])).unwrap();
    let login = format!("login={}", me["login"].as_str().unwrap());
    for (name, permissions) in people {
        let (title, permissions) = (format!("title={name}"), format!("permissions={permissions}"));
        home.ok(&["add", "person", &title, &login, &permissions]);
    }
}

/// The screen of a store for one of its people.
fn play(home: &Home, name: &str) -> Tty {
    let mut tty = home.screen(&["--as", name], WIDE, &[]);
    tty.sees("live").sees(name);
    tty
}

/// The same on another day, such as `+85d`.
fn play_on(home: &Home, name: &str, day: &str) -> Tty {
    let mut tty = home.screen(&["--as", name], WIDE, &[("ISMS_CLOCK", day)]);
    tty.sees("live").sees(name);
    tty
}

/// Runs a command line on another day; what it printed, whatever its status.
fn on(home: &Home, day: &str, arguments: &[&str]) -> (i32, String) {
    let out = home.command(arguments).env("ISMS_CLOCK", day).output().unwrap();
    let said = [out.stdout, out.stderr].concat();
    (out.status.code().unwrap(), String::from_utf8_lossy(&said).into_owned())
}

/// The records of a kind that a query finds, as JSON.
fn records(home: &Home, kind: &str, query: &str) -> Vec<serde_json::Value> {
    let out = home.run(&["list", kind, "--query", query, "--json"]);
    serde_json::from_slice(&out.stdout).unwrap()
}

/// How many records of a kind a query finds.
fn count(home: &Home, kind: &str, query: &str) -> usize {
    records(home, kind, query).len()
}

/// The open screen on a store.
fn open(home: &Home, size: (u16, u16)) -> Tty {
    let mut tty = home.screen(&[], size, &[]);
    tty.sees("live");
    tty
}

/// Ends the screen in order.
#[track_caller]
fn quit(mut tty: Tty) {
    tty.keys("Q");
    assert_eq!(tty.exits(), 0);
    given_back(&mut tty);
}

/// Holds the terminal against one that nobody has touched.
#[track_caller]
fn given_back(tty: &mut Tty) {
    tty.until("the terminal given back", |screen| {
        !screen.alternate_screen() && !screen.hide_cursor() && !screen.bracketed_paste()
    });
}

/// The line of the screen on which the mark of the cursor stands; of a small form, which lies below what it is about.
fn here(screen: &vt100::Screen) -> String {
    let (_, width) = screen.size();
    let marked = screen.rows(0, width.get()).filter(|row| {
        let row = row.trim_start();
        row.starts_with('▌') || row.starts_with("> ")
    });
    marked.last().unwrap_or_default()
}

/// Goes down in a form to the field of this label.
#[track_caller]
fn to_field(tty: &mut Tty, label: &str) {
    // What was typed before may still be on its way: a field is another where its label is.
    let named = |screen: &vt100::Screen| {
        let row = here(screen);
        let row = row.trim_start_matches([' ', '▌', '>', '•']);
        row.split("  ").next().unwrap_or_default().to_owned()
    };
    loop {
        let now = tty.with(|screen, _| named(screen));
        if now.starts_with(label) {
            return;
        }
        tty.keys("\x1b[B");
        tty.until(&format!("the field {label}, on from '{now}'"), |s| named(s) != now);
    }
}
