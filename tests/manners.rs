//! What a program brings along besides its work: completions that a shell can read, a manual that `man` can show, and
//! a doctor that says what is not right with this terminal and how to mend it.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on says where")]

mod support;

use serde_json::Value as Json;
use std::io::Write;
use std::process::{Command, Stdio};
use support::{Home, skip};

/// What a command says that is given a text.
fn fed(program: &str, arguments: &[&str], text: &str) -> Option<String> {
    let mut child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .ok()?;
    child.stdin.take()?.write_all(text.as_bytes()).ok()?;
    let out = child.wait_with_output().ok()?;
    let words = String::from_utf8_lossy(&out.stderr);
    assert!(out.status.success() && words.is_empty(), "{program}: {words}");
    Some(String::from_utf8(out.stdout).unwrap())
}

#[test]
fn a_shell_completes_commands_and_kinds() {
    let home = Home::new();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let text = home.ok(&["completions", shell]);
        assert!(text.contains("applicability") && text.contains("export"), "{shell}");
    }
    let script = home.ok(&["completions", "bash"])
        + "\nCOMP_WORDS=(isms list treat); COMP_CWORD=2; _isms isms treat list; echo \"${COMPREPLY[@]}\"\n";
    match fed("bash", &["-s"], &script) {
        Some(said) => assert_eq!(said.trim(), "treatment-plan"),
        None => skip("completions", "bash is not here"),
    }
}

#[test]
fn the_manual_is_one_that_man_can_show() {
    let home = Home::new();
    let page = home.ok(&["man"]);
    assert!(page.contains(".TH isms 1") && page.contains("EXIT STATUS"));
    let dir = home.path().join("man1");
    home.ok(&["man", "--dir", dir.to_str().unwrap()]);
    let list = std::fs::read_to_string(dir.join("isms-list.1")).unwrap();
    assert!(list.contains("query"), "{list}");
    assert!(dir.join("isms-define-adopt.1").exists());
    match fed("man", &["--warnings", "-l", "-"], &page) {
        Some(text) => assert!(text.contains("isms export"), "{text}"),
        None => skip("the manual as pages", "man is not here"),
    }
}

/// What the doctor says, by name.
fn findings(home: &Home, environment: &[(&str, &str)]) -> (i32, Json) {
    let mut command = home.command(&["doctor", "--json"]);
    let out = command.envs(environment.iter().copied()).output().unwrap();
    let json: Json = serde_json::from_slice(&out.stdout).unwrap();
    (out.status.code().unwrap(), json)
}

fn is<'a>(json: &'a Json, name: &str) -> (&'a str, &'a str) {
    let found = json.as_array().unwrap().iter().find(|f| f["name"] == name);
    let found = found.unwrap_or_else(|| panic!("nothing of {name}: {json:#}"));
    (found["is"].as_str().unwrap(), found["text"].as_str().unwrap())
}

#[test]
fn the_doctor_says_what_to_mend() {
    let home = Home::new();
    let (status, well) = findings(&home, &[("TERM", "xterm-256color"), ("COLORTERM", "truecolor")]);
    assert_eq!((status, is(&well, "colours")), (0, ("good", "24 bits")));
    let (status, dumb) = findings(&home, &[("TERM", "dumb"), ("LC_ALL", "C")]);
    assert_eq!(
        (status, is(&dumb, "TERM").0, is(&dumb, "characters").0),
        (1, "mend", "hint")
    );
    // Over SSH the promise of 24 bits gets lost on the way.
    let (_, far) = findings(
        &home,
        &[
            ("TERM", "xterm-256color"),
            ("COLORTERM", ""),
            ("SSH_CONNECTION", "a b c d"),
        ],
    );
    assert_eq!((is(&far, "colours").0, is(&far, "reached").1), ("hint", "SSH"));
    // Whoever knows better says so, once and for all.
    let config = home.path().join(".config/isms");
    std::fs::create_dir_all(&config).unwrap();
    std::fs::write(config.join("config.toml"), "color = \"truecolor\"\neditor = \"cat\"\n").unwrap();
    let (_, said) = findings(&home, &[("TERM", "xterm-256color"), ("COLORTERM", "")]);
    assert_eq!(
        (is(&said, "colours"), is(&said, "editor")),
        (("good", "24 bits"), ("good", "cat"))
    );
    // A line in keys.toml that nobody can follow, a theme that is none, a store that others can read.
    home.ok(&["init", "--name", "Meridian Pay"]);
    std::fs::write(config.join("keys.toml"), "[everywhere]\n\"f\" = \"list.fliter\"\n").unwrap();
    std::fs::write(config.join("config.toml"), "theme = \"drak\"\n").unwrap();
    let (_, store) = findings(&home, &[]);
    let path = std::path::PathBuf::from(is(&store, "folder").1);
    std::fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    let (status, sick) = findings(&home, &[]);
    assert_eq!(status, 1);
    assert!(is(&sick, "keys.toml").1.contains("list.fliter"), "{sick:#}");
    for name in ["keys.toml", "theme", "permissions"] {
        assert_eq!(is(&sick, name).0, "mend", "{sick:#}");
    }
}

#[test]
fn a_font_without_braille_gets_blocks() {
    let home = Home::new();
    let config = home.path().join(".config/isms");
    std::fs::create_dir_all(&config).unwrap();
    std::fs::write(config.join("config.toml"), "braille = false\n").unwrap();
    let (_, said) = findings(&home, &[]);
    assert!(is(&said, "characters").1.contains("but braille"), "{said:#}");
    let mut tty = home.screen(&["--demo"], (100, 40), &[]);
    tty.sees("expected a year").misses("working out").keys("$");
    tty.sees("▀▀ loss of a year").sees("100,000 years");
    let dots = |c: char| ('\u{2800}'..='\u{28ff}').contains(&c);
    assert!(!tty.with(|s, _| s.contents().contains(dots)));
}

#[test]
fn a_theme_for_a_dark_ground_says_so_on_a_light_one() {
    let home = Home::begun();
    let config = home.path().join(".config/isms");
    std::fs::create_dir_all(&config).unwrap();
    std::fs::write(config.join("config.toml"), "theme = \"contrast\"\n").unwrap();
    for (ground, verdict) in [("0;15", "mend"), ("15;0", "good")] {
        let around = [("TERM", "xterm-256color"), ("COLORFGBG", ground)];
        let (_, found) = findings(&home, &around);
        assert_eq!(is(&found, "theme").0, verdict, "{ground}");
        let mut tty = home.screen(&[], (100, 30), &around);
        match verdict {
            "mend" => tty.sees("'contrast' is made for a dark ground"),
            _ => tty.sees("live").misses("is made for a dark ground"),
        };
        tty.keys("Q");
        assert_eq!(tty.exits(), 0);
    }
}

#[test]
fn the_doctor_waits_only_so_long_for_a_terminal() {
    let home = Home::new();
    let mut tty = home.screen(&["doctor", "--ask"], (100, 40), &[]);
    // This terminal is a pipe with a memory: it answers nothing, which is waited for only so long.
    tty.sees("none within a second").sees("time zone");
    assert_eq!(tty.exits(), 0);
}
