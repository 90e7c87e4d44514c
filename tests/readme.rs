//! The README says what the program says: its tables of keys and commands are the program's own.
//!
//! `ISMS_UPDATE=1 cargo test --test readme` writes them.
#![allow(clippy::expect_used, clippy::panic, reason = "a test stops where it fails")]

mod support;

use support::Home;

#[test]
fn tables_are_the_programs_own() {
    let home = Home::new();
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/README.md");
    let old = std::fs::read_to_string(path).expect("the README");
    let mut new = old.clone();
    for (mark, arguments) in [
        ("commands", ["commands", "--markdown"]),
        ("keys", ["keys", "--markdown"]),
    ] {
        let (open, close) = (format!("<!-- {mark} -->\n"), format!("<!-- /{mark} -->"));
        let (head, rest) = new.split_once(&open).expect("the opening mark");
        let (_, tail) = rest.split_once(&close).expect("the closing mark");
        new = format!("{head}{open}{}\n{close}{tail}", home.ok(&arguments).trim_end());
    }
    if std::env::var_os("ISMS_UPDATE").is_some() {
        std::fs::write(path, &new).expect("the README is written");
    } else {
        assert!(
            old == new,
            "the README is behind the program: ISMS_UPDATE=1 cargo test --test readme"
        );
    }
}
