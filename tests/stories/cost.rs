//! What a large register costs on a slow line: bytes for each key, one write a frame, and none when nothing happens.

use crate::support::{Home, Tty};
use crate::{WIDE, quit};
use std::fmt::Write;

/// A store with 10,000 risks.
fn large() -> Home {
    let home = Home::new();
    home.ok(&["init", "--name", "Harbour Bank"]);
    let mut csv = "title;treatment;owner;current_likelihood;current_impact\n".to_owned();
    let levels = ["1", "2", "3", "4", "5"];
    for n in 0..10_000usize {
        let (likely, bad) = (levels[n % 5], levels[n / 5 % 5]);
        let treatment = ["mitigate", "avoid", "share", "accept"][n % 4];
        writeln!(
            csv,
            "Scenario number {n} of many, of a length as they have;{treatment};P-0001;{likely};{bad}"
        )
        .unwrap();
    }
    std::fs::write(home.path().join("big.csv"), csv).unwrap();
    home.ok(&["import", "risk", "big.csv"]);
    home
}

/// Bytes, frames and reads that a key costs, once `there` holds.
fn cost(tty: &mut Tty, key: &str, there: impl Fn(&vt100::Screen) -> bool) -> (usize, usize, usize) {
    tty.take_raw();
    tty.keys(key).until(&format!("what {key:?} does"), there);
    // The frame is over when its end has come.
    let mut all = Vec::new();
    let mut reads = 0;
    while !all.ends_with(b"\x1b[?2026l") {
        let (raw, n) = tty.take_raw();
        all.extend(raw);
        reads += n;
        tty.until("the end of the frame", |_| true);
    }
    let frames = String::from_utf8_lossy(&all).matches("\x1b[?2026h").count();
    (all.len(), frames, reads)
}

/// The place in the list, such as `7/10000`.
fn at(n: usize) -> impl Fn(&vt100::Screen) -> bool {
    let place = format!(" {n}/10000");
    move |s| s.contents().contains(&place)
}

#[test]
fn a_key_in_a_long_list_costs_little() {
    let home = large();
    let mut tty = home.screen(&[], WIDE, &[]);
    tty.sees("live").keys("gr").until("the list", at(1));
    // The first key after opening also takes away what the footer said meanwhile.
    tty.keys("j").until("the second row", at(2));
    let mut last = 2;
    let (mut moved, mut scrolled) = (Vec::new(), Vec::new());
    let top = |t: &Tty| t.with(|s, _| s.rows(0, 120).nth(3)).unwrap();
    while scrolled.len() < 12 {
        let before = top(&tty).chars().skip(2).collect::<String>();
        let (bytes, frames, _) = cost(&mut tty, "j", at(last + 1));
        assert_eq!(frames, 1, "a key is one frame");
        last += 1;
        match top(&tty).chars().skip(2).collect::<String>() == before {
            true => moved.push(bytes),
            false => scrolled.push(bytes),
        }
    }
    println!("a row down: {moved:?}; a row scrolled: {scrolled:?}");
    assert!(
        moved.len() > 20 && moved.iter().all(|n| *n <= 90),
        "a row down: {moved:?}"
    );
    assert!(scrolled.iter().all(|n| *n <= 430), "a row scrolled: {scrolled:?}");

    // A key that does nothing twice: the second says the same as the first, and so costs nothing.
    tty.keys("gg").until("the top", at(1));
    tty.keys("Z").sees("Z does nothing here").keys("Z");
    let before = tty.total();
    // What comes next on the line shows that the key was heard, and what it cost.
    let (bytes, frames, _) = cost(&mut tty, "j", at(2));
    assert_eq!(
        (tty.total() - before, frames),
        (bytes, 1),
        "a key without an effect is no byte"
    );
    quit(tty);
}
