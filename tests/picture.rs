//! Draws the pictures of the README from the real program on the demonstration:
//!
//!     cargo test --release --test picture -- --ignored

#![allow(clippy::expect_used, reason = "a test stops where it fails")]

mod support;

use std::fmt::Write;
use support::{Home, Tty};

const CELL: (usize, usize) = (9, 19);
const INK: &str = "#d4d4d4";
const PAPER: &str = "#1e1e1e";
const BASE: [&str; 16] = [
    "#3b3b3b", "#e06c75", "#98c379", "#e5c07b", "#61afef", "#c678dd", "#56b6c2", "#cccccc", "#7f848e", "#f44747",
    "#b5cea8", "#f5d76e", "#7fc1ff", "#d7a0ff", "#7fdbca", "#ffffff",
];

fn colour(c: vt100::Color, default: &str) -> String {
    match c {
        vt100::Color::Default => default.to_string(),
        vt100::Color::Rgb(r, g, b) => format!("#{r:02x}{g:02x}{b:02x}"),
        vt100::Color::Idx(i @ 0..=15) => BASE[usize::from(i)].to_string(),
        vt100::Color::Idx(i @ 16..=231) => {
            let part = |n: u8| if n == 0 { 0 } else { 55 + 40 * u16::from(n) };
            let i = i - 16;
            format!("#{:02x}{:02x}{:02x}", part(i / 36), part(i / 6 % 6), part(i % 6))
        }
        vt100::Color::Idx(i) => {
            let grey = 8 + 10 * u16::from(i - 232);
            format!("#{grey:02x}{grey:02x}{grey:02x}")
        }
    }
}

/// The screen as SVG: one rectangle and one text for each run of cells of one look.
fn svg(screen: &vt100::Screen) -> String {
    let (rows, cols) = screen.size();
    let (rows, cols) = (rows.get(), cols.get());
    let (w, h) = (usize::from(cols) * CELL.0, usize::from(rows) * CELL.1);
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {w} {h}\" width=\"{w}\" height=\"{h}\" \
         font-family=\"ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace\" font-size=\"15\">\n\
         <rect width=\"{w}\" height=\"{h}\" rx=\"6\" fill=\"{PAPER}\"/>\n"
    );
    for y in 0..rows {
        let mut x = 0;
        while x < cols {
            let look = |x: u16| {
                screen.cell(y, x).map(|c| {
                    let (mut ink, mut paper) = (colour(c.fgcolor(), INK), colour(c.bgcolor(), PAPER));
                    if c.inverse() {
                        std::mem::swap(&mut ink, &mut paper);
                    }
                    (ink, paper, c.bold(), c.dim(), c.underline())
                })
            };
            let Some(first) = look(x) else { break };
            let start = x;
            let mut text = String::new();
            while x < cols && look(x).as_ref() == Some(&first) {
                let cell = screen.cell(y, x).map(vt100::Cell::contents).unwrap_or_default();
                let wide = screen.cell(y, x).is_some_and(vt100::Cell::is_wide_continuation);
                if !wide {
                    text.push_str(if cell.is_empty() { " " } else { cell });
                }
                x += 1;
            }
            let (ink, paper, bold, dim, under) = first;
            let (left, top, wide) = (
                usize::from(start) * CELL.0,
                usize::from(y) * CELL.1,
                usize::from(x - start) * CELL.0,
            );
            if paper != PAPER {
                let _ = writeln!(
                    out,
                    "<rect x=\"{left}\" y=\"{top}\" width=\"{wide}\" height=\"{}\" fill=\"{paper}\"/>",
                    CELL.1
                );
            }
            let mut style = String::new();
            if bold {
                style.push_str(" font-weight=\"bold\"");
            }
            if dim {
                style.push_str(" opacity=\"0.6\"");
            }
            if under {
                style.push_str(" text-decoration=\"underline\"");
            }
            // Word by word, so that columns stand where they stand even in a font that is not of one width.
            let mut at = left;
            for word in text.split_inclusive(' ') {
                let cells = unicode_width::UnicodeWidthStr::width(word) * CELL.0;
                let bare = word.trim_end();
                if !bare.is_empty() {
                    let escaped = bare.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
                    let wide = unicode_width::UnicodeWidthStr::width(bare) * CELL.0;
                    let _ = writeln!(
                        out,
                        "<text x=\"{at}\" y=\"{}\" textLength=\"{wide}\" lengthAdjust=\"spacingAndGlyphs\" \
                         fill=\"{ink}\"{style}>{escaped}</text>",
                        top + 14
                    );
                }
                at += cells;
            }
        }
    }
    out.push_str("</svg>\n");
    out
}

fn keep(tty: &Tty, name: &str) {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/pictures")
        .join(name);
    std::fs::create_dir_all(path.parent().expect("a folder")).expect("the folder of pictures");
    std::fs::write(path, tty.with(|screen, _| svg(screen))).expect("a picture");
}

#[test]
#[ignore = "writes the pictures of the README"]
fn pictures_of_the_readme() {
    let home = Home::new();
    let mut tty = home.screen(&["--demo"], (120, 34), &[("COLORTERM", "truecolor")]);
    tty.sees("Overdue").misses("working out");
    keep(&tty, "today.svg");
    tty.keys("gr").sees("R-0001");
    keep(&tty, "risks.svg");
}
