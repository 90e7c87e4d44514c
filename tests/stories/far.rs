//! Between the person and the program: a line of 300 ms each way, tmux, GNU screen, a terminal that reads slowly, a
//! window that is dragged about, noise.

use crate::support::{Home, Tty, skip};
use crate::{SMALL, begun, given_back, open, quit, records};
use std::process::{Command, Output};
use std::time::Duration;

const FAR: Duration = Duration::from_millis(300);

#[test]
fn an_operator_on_a_long_line_types_ahead() {
    let home = begun(&["Water in the cellar", "Fire in the attic", "Thieves in the night"]);
    home.ok(&["set", "R-0002", "treat_by=2 days ago", "owner=me"]);
    let mut tty = home.far(FAR, &[], SMALL, &[("NO_COLOR", "1")]);
    tty.sees("live").sees("Fire in the attic").sees("late");
    // Who knows the way does not wait for the echo: a register, a filter, a field, a choice, in one breath.
    tty.take_raw();
    tty.keys("gr/wat\rctavo\r").sees("Avoid").sees("1 of 3");
    let (raw, writes) = tty.take_raw();
    // Keys that wait together are one frame; the answers of the store may each take one more.
    assert!(
        writes <= 12 && raw.len() < 12_000,
        "{writes} writes, {} bytes",
        raw.len()
    );
    tty.keys("u").sees("#7").keys("\x1b").sees("Thieves in the night");
    tty.keys("n")
        .sees("New risk")
        .keys("Ice on the cable\x13")
        .sees("Ice on the cable")
        .sees("#8");
    // Of the line nothing but the lag is felt: quitting asks nothing back.
    tty.keys("Q");
    assert_eq!(tty.exits(), 0);
    given_back(&mut tty);
    assert_eq!(records(&home, "risk", "title:Ice").len(), 1);
    assert_eq!(records(&home, "risk", "treatment:avoid").len(), 0);
}

#[test]
fn a_line_that_drops_far_away_loses_nothing_that_arrived() {
    let home = begun(&["Water in the cellar"]);
    let mut tty = home.far(FAR, &[], SMALL, &[]);
    tty.sees("live").keys("gr").sees("Risks 1").keys("n").sees("New risk");
    tty.keys("Ice on the ca").sees("Ice on the ca");
    tty.hang_up();
    assert_eq!(tty.exits(), 129);
    let mut tty = open(&home, SMALL);
    tty.sees("was kept").keys("\r").sees("Ice on the ca").keys("ble\x13");
    tty.sees("#3").sees("Ice on the cable");
    quit(tty);
}

/// A terminal within a terminal: what it shows, and what it is told.
struct Inner<'a> {
    home: &'a Home,
    name: &'static str,
}

impl Inner<'_> {
    fn run(&self, arguments: &[&str]) -> Option<Output> {
        let folder = self.home.path().join("inner");
        let _ = std::fs::create_dir_all(&folder);
        let private = <std::fs::Permissions as std::os::unix::fs::PermissionsExt>::from_mode(0o700);
        let _ = std::fs::set_permissions(&folder, private);
        let mut command = Command::new(self.name);
        command
            .env_clear()
            .envs(self.home.environment())
            .env("TERM", "xterm-256color");
        match self.name {
            "tmux" => {
                command
                    .arg("-S")
                    .arg(folder.join("socket"))
                    .args(["-f", "/dev/null", "-u"]);
            }
            _ => {
                command.env("SCREENDIR", &folder).args(["-c", "/dev/null", "-U"]);
            }
        }
        command.args(arguments).output().ok()
    }
}

/// The story within: what is typed arrives, the screen is whole, a copy finds its way, and the terminal comes back.
fn within(home: &Home, tty: &mut Tty) {
    tty.sees("live").keys("gr").sees("Risks 40").sees("Risk number 1 ");
    // Up and down over the edge: the band that scrolls is the inner terminal's.
    tty.keys(&"j".repeat(35))
        .sees("36/40")
        .keys(&"k".repeat(35))
        .sees(" 1/40");
    for n in 1..10 {
        tty.sees(&format!("Risk number {n} "));
    }
    tty.keys("yi").sees("Copied 6 characters");
    tty.keys("ctavo").sees("1 of 4").keys("\r").sees("Avoid");
    tty.keys("Q");
    tty.sees("back in the shell");
    assert_eq!(records(home, "risk", "treatment:avoid").len(), 1);
}

fn forty() -> Home {
    let home = begun(&[]);
    let rows: String = (1..=40).map(|n| format!("Risk number {n} of many\n")).collect();
    std::fs::write(home.path().join("forty.csv"), format!("title\n{rows}")).unwrap();
    home.ok(&["import", "risk", "forty.csv"]);
    home
}

#[test]
fn inside_tmux_everything_is_as_outside() {
    let home = forty();
    let inner = Inner {
        home: &home,
        name: "tmux",
    };
    if inner.run(&["-V"]).is_none_or(|o| !o.status.success()) {
        return skip("inside tmux", "tmux is not here");
    }
    let mut all = home.environment();
    all.push(("TERM".into(), "xterm-256color".into()));
    let socket = home.path().join("inner/socket").display().to_string();
    let shell = format!("{}; echo back in the shell; read x", crate::support::ISMS);
    let arguments = ["-S", &socket, "-f", "/dev/null", "-u", "new-session", &shell];
    let mut tty = Tty::start("tmux", &arguments, SMALL, &all, home.path());
    within(&home, &mut tty);
    // GNU screen has no second screen to leave, as it comes; tmux has.
    tty.misses("Risk number");
    let buffer = inner.run(&["show-buffer"]).unwrap().stdout;
    assert_eq!(String::from_utf8_lossy(&buffer), "R-0001");
    inner.run(&["kill-server"]);
}

#[test]
fn inside_gnu_screen_everything_is_as_outside() {
    let home = forty();
    let inner = Inner {
        home: &home,
        name: "screen",
    };
    if inner.run(&["-v"]).is_none() {
        return skip("inside GNU screen", "screen is not here");
    }
    let mut all = home.environment();
    all.push(("TERM".into(), "xterm-256color".into()));
    all.push(("SCREENDIR".into(), home.path().join("inner").display().to_string()));
    let shell = format!("{}; echo back in the shell; read x", crate::support::ISMS);
    let arguments = ["-c", "/dev/null", "-U", "sh", "-c", &shell];
    let mut tty = Tty::start("screen", &arguments, SMALL, &all, home.path());
    within(&home, &mut tty);
    inner.run(&["-X", "quit"]);
}

#[test]
fn a_window_dragged_about_comes_to_rest_as_it_was() {
    let home = begun(&["Water in the cellar", "Fire in the attic"]);
    let mut tty = open(&home, SMALL);
    tty.keys("gr")
        .sees("Risks 2")
        .keys("e")
        .sees("Edit R-0001")
        .keys(" again")
        .sees("cellar again");
    let mut seed = 7u32;
    let mut roll = |most: u32| {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        u16::try_from(1 + (seed >> 8) % most).unwrap()
    };
    for n in 0..400 {
        let (w, h) = match n % 5 {
            0 => (1, 1),
            1 => (500, 200),
            _ => (roll(250), roll(80)),
        };
        tty.resize(w, h);
    }
    tty.resize(80, 24)
        .sees("Edit R-0001")
        .sees("cellar again")
        .keys(" and again")
        .sees("again and again");
    tty.keys("\x13").sees("#4").sees("Water in the cellar again and again");
    quit(tty);
}

#[test]
fn a_line_that_takes_nothing_for_a_while_is_caught_up_with() {
    let home = forty();
    let mut tty = open(&home, SMALL);
    tty.keys("gr").sees("Risks 40");
    // Nothing is read while a thousand keys come in: they do not queue up as a thousand frames.
    tty.take_raw();
    tty.hold();
    tty.keys(&"jjjjkkkk".repeat(125)).keys("G");
    tty.release().sees("40/40").sees("Risk number 40 ");
    let (raw, _) = tty.take_raw();
    assert!(raw.len() < 60_000, "{} bytes for one place", raw.len());
    quit(tty);
}

#[test]
fn noise_on_the_line_is_survived() {
    let home = begun(&["Water in the cellar"]);
    let mut tty = open(&home, SMALL);
    tty.keys("gr").sees("Risks 1");
    let noise =
        "\x1b]52;c;eA==\x07\x1b[<0;9999;9999M\x1bP+q\x1b\\\x1b[200~d\x1b[201~\x1b[1;2;3;4;5x\x1b[?2026;2$y\u{9c}";
    tty.keys(&noise.repeat(50)).keys("/cell").sees("/ cell");
    tty.keys("\r").misses("Enter keeps");
    quit(tty);
    assert_eq!(records(&home, "risk", "").len(), 1);
}

#[test]
fn a_terminal_that_cannot_draw_is_told_what_works() {
    let home = begun(&["Water in the cellar"]);
    let mut tty = home.screen(&[], SMALL, &[("TERM", "dumb")]);
    tty.sees("isms list risk");
    assert_eq!(tty.exits(), 2);
    let text = tty.text();
    assert!(!text.contains('\u{1b}'), "{text}");
}
