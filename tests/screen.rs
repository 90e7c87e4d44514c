//! Whatever the frames, what the terminal shows is what was painted, and it costs few bytes.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test stops where it fails")]

use isms::session::Session;
use isms::term::screen::{Depth, Screen};
use isms::ui::job::{Answer, Opened};
use isms::ui::key::Key;
use isms::ui::theme::Theme;
use isms::ui::{Model, Msg};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Color, Modifier, Style};
use std::num::NonZeroU16;
use std::process::Command;
use std::sync::Arc;

/// Numbers that look random and are the same in every run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % sides
    }

    fn row_of(&mut self, length: u16) -> u16 {
        self.roll(usize::from(length)) as u16
    }
}

/// A list of records, a head, a foot, and now and then a popup over it.
struct List {
    width: u16,
    height: u16,
    offset: usize,
    row: u16,
    words: usize,
    popup: Option<Rect>,
    cursor: Option<(u16, u16)>,
    preview: bool,
}

const TITLES: [&str; 8] = [
    "Card data exposed by a stolen laptop",
    "Payment outage longer than 4 hours",
    "風險登記冊 的一個 很長的 標題",
    "خطر فقدان البيانات الشخصية",
    "Cafe\u{301} re\u{301}sume\u{301} with marks of their own",
    "日本語 mixed with latin 🔥 and fire ✓",
    "ключ 키 관리 Schlüssel",
    "",
];

impl List {
    fn new(width: u16, height: u16) -> Self {
        Self {
            width,
            height,
            offset: 0,
            row: 3,
            words: 8,
            popup: None,
            cursor: None,
            preview: false,
        }
    }

    fn put(&self, buffer: &mut Buffer, x: u16, y: u16, text: &str, style: Style) {
        if x < self.width && y < self.height {
            buffer.set_stringn(x, y, text, usize::from(self.width - x), style);
        }
    }

    fn paint(&self) -> Buffer {
        let mut buffer = Buffer::empty(Rect::new(0, 0, self.width, self.height));
        let b = &mut buffer;
        let (plain, dim) = (Style::new(), Style::new().fg(Color::DarkGray));
        self.put(
            b,
            0,
            0,
            "isms ─ Meridian Pay      0 Today  1 Establish  2 Implement",
            plain.bold(),
        );
        let place = format!("{} of 10000 · ↓ current", self.offset + usize::from(self.row));
        self.put(b, self.width.saturating_sub(30), 1, &format!("{place:>30}"), dim);
        self.put(
            b,
            2,
            2,
            "ID      Risk                                          Owner    Inherent  Current",
            dim,
        );
        let last = self.height.saturating_sub(if self.preview { 6 } else { 1 });
        for y in 3..last {
            let record = self.offset + usize::from(y);
            let level = record * 31 % 25;
            let heat = [
                Color::Green,
                Color::Yellow,
                Color::Rgb(200, 80, 10),
                Color::Indexed(160),
            ][level / 7];
            let due = record * 5 % 4;
            if y == self.row {
                self.put(b, 0, y, "▌", plain.fg(Color::Cyan));
            }
            let id = if y == self.row { plain.bold() } else { plain };
            self.put(b, 2, y, &format!("R-{record:04}"), id);
            self.put(b, 10, y, TITLES[record * 7 / 3 % self.words], plain);
            self.put(b, 56, y, ["ada", "bo", "cem", "dana"][record % 4], plain);
            self.put(b, 65, y, &format!("▇▇ {level:>2}"), plain.fg(heat));
            self.put(b, 75, y, &format!("▇  {:>2}", level / 2), plain.fg(Color::Green));
            self.put(b, 85, y, ["treating", "open", "accepted"][record % 3], plain);
            let late = if due == 1 { plain.fg(Color::Red) } else { plain };
            self.put(b, 96, y, ["in 3 days", "2 days late", "", "in 2 weeks"][due], late);
        }
        for y in last..self.height.saturating_sub(1) {
            self.put(b, 0, y, "│", dim);
            self.put(
                b,
                2,
                y,
                TITLES[(self.offset + usize::from(self.row + y)) % 8],
                plain.italic(),
            );
        }
        self.put(
            b,
            0,
            self.height.saturating_sub(1),
            "/ filter  Enter open  e edit  n new  x select",
            dim,
        );
        if let Some(popup) = self.popup {
            self.pop(b, popup);
        }
        buffer
    }

    fn pop(&self, buffer: &mut Buffer, popup: Rect) {
        let popup = popup.intersection(buffer.area);
        for (x, y) in popup.positions().map(|at| (at.x, at.y)) {
            buffer[(x, y)].reset();
            let edge = x == popup.left() || x + 1 == popup.right();
            buffer[(x, y)]
                .set_symbol(if edge { "│" } else { " " })
                .set_bg(Color::Indexed(236));
        }
        for y in popup.rows().map(|row| row.y) {
            let style = Style::new()
                .bg(Color::Blue)
                .add_modifier(Modifier::REVERSED | Modifier::DIM);
            self.put(buffer, popup.left() + 1, y, "選 pick", style);
        }
    }

    /// Changes the list as a person might, or worse.
    fn stir(&mut self, dice: &mut Dice) {
        match dice.roll(16) {
            0..=3 => self.offset += 1 + dice.roll(3),
            4..=6 => self.offset = self.offset.saturating_sub(1 + dice.roll(3)),
            7 => self.offset += 30,
            8..=9 => self.row = 3 + dice.row_of(self.height),
            10 => self.popup = None,
            11 => {
                let (x, y) = (dice.row_of(self.width), dice.row_of(self.height));
                self.popup = Some(Rect::new(x, y, 1 + dice.row_of(40), 1 + dice.row_of(12)));
            }
            12 => self.words = 1 + dice.roll(TITLES.len()),
            13 => {
                self.cursor = (dice.roll(2) == 0).then(|| (dice.row_of(self.width), dice.row_of(self.height)));
            }
            14 => self.preview = !self.preview,
            _ => {}
        }
    }
}

/// What can be seen of a cell.
#[derive(Debug, PartialEq)]
struct Seen {
    symbol: String,
    fg: vt100::Color,
    bg: vt100::Color,
    /// Bold, dim, italic, underlined, reversed.
    marks: [bool; 5],
}

impl Seen {
    /// A blank shows no letter: its colour and weight cannot be seen.
    fn of(symbol: &str, fg: vt100::Color, bg: vt100::Color, mut marks: [bool; 5]) -> Self {
        let blank = symbol == " " || symbol.is_empty();
        if blank {
            marks[..3].fill(false);
        }
        let hidden = blank && !marks[3] && !marks[4];
        let fg = if hidden { vt100::Color::Default } else { fg };
        Self {
            symbol: if blank { " " } else { symbol }.to_owned(),
            fg,
            bg,
            marks,
        }
    }
}

fn colour(colour: Color) -> vt100::Color {
    match colour {
        Color::Reset => vt100::Color::Default,
        Color::Red => vt100::Color::Idx(1),
        Color::Green => vt100::Color::Idx(2),
        Color::Yellow => vt100::Color::Idx(3),
        Color::Blue => vt100::Color::Idx(4),
        Color::Cyan => vt100::Color::Idx(6),
        Color::DarkGray => vt100::Color::Idx(8),
        Color::Indexed(index) => vt100::Color::Idx(index),
        Color::Rgb(r, g, b) => vt100::Color::Rgb(r, g, b),
        other => panic!("no test paints {other}"),
    }
}

fn size(length: u16) -> NonZeroU16 {
    NonZeroU16::new(length).unwrap()
}

/// A screen with an emulator behind it.
struct Bench {
    screen: Screen<Vec<u8>>,
    terminal: vt100::Parser,
    frame: usize,
}

impl Bench {
    fn new(width: u16, height: u16) -> Self {
        let terminal = vt100::Parser::new(size(height), size(width), 0);
        Self {
            screen: Screen::new(Vec::new(), Depth::True),
            terminal,
            frame: 0,
        }
    }

    /// Shows a frame, holds the emulator against it, and returns the bytes it took.
    fn show(&mut self, painted: &Buffer, cursor: Option<(u16, u16)>) -> usize {
        let count = self.screen.present(painted, cursor).unwrap();
        let sent = std::mem::take(self.screen.writer());
        assert_eq!(count, sent.len());
        self.terminal.process(&sent);
        self.frame += 1;
        for at in painted.area.positions() {
            self.compare(painted, at.x, at.y, &sent);
        }
        assert_eq!(self.terminal.screen().hide_cursor(), cursor.is_none());
        if let Some((x, y)) = cursor {
            assert_eq!(self.terminal.screen().cursor_position(), (y, x));
        }
        count
    }

    fn list(&mut self, list: &List) -> usize {
        self.show(&list.paint(), list.cursor)
    }

    fn compare(&self, painted: &Buffer, x: u16, y: u16, sent: &[u8]) {
        let got = self.terminal.screen().cell(y, x).unwrap();
        if got.is_wide_continuation() {
            return;
        }
        let cell = &painted[(x, y)];
        let cut = unicode_width::UnicodeWidthStr::width(cell.symbol()) == 2 && !got.is_wide();
        if cut {
            // A wide glyph gives way to what is painted over its right half, and to the edge.
            let over = (x + 1 < painted.area.width).then(|| &painted[(x + 1, y)]);
            let stands = over.is_none_or(|over| {
                over.symbol() != " " || over.bg != Color::Reset || over.modifier != Modifier::empty()
            });
            assert!(stands, "frame {}: the glyph at {x},{y} was cut by nothing", self.frame);
        }
        let symbol = if cut { " " } else { cell.symbol() };
        let marks = [
            Modifier::BOLD,
            Modifier::DIM,
            Modifier::ITALIC,
            Modifier::UNDERLINED,
            Modifier::REVERSED,
        ];
        let want = Seen::of(
            symbol,
            colour(cell.fg),
            colour(cell.bg),
            marks.map(|mark| cell.modifier.contains(mark)),
        );
        let marks = [got.bold(), got.dim(), got.italic(), got.underline(), got.inverse()];
        let have = Seen::of(got.contents(), got.fgcolor(), got.bgcolor(), marks);
        assert_eq!(
            have,
            want,
            "frame {} cell {x},{y} after {:?}",
            self.frame,
            String::from_utf8_lossy(sent)
        );
    }
}

#[test]
fn what_the_terminal_shows_is_what_was_painted() {
    for (seed, (width, height)) in [(120, 40), (80, 24), (61, 17), (121, 33)].into_iter().enumerate() {
        let mut dice = Dice(seed as u64 + 42);
        let mut list = List::new(width, height);
        let mut bench = Bench::new(width, height);
        for frame in 0..240 {
            list.stir(&mut dice);
            if frame % 60 == 59 {
                (list.width, list.height) = (20 + dice.row_of(110), 5 + dice.row_of(40));
                bench
                    .terminal
                    .screen_mut()
                    .set_size(size(list.height), size(list.width));
                bench.screen.redraw();
            }
            list.cursor = list.cursor.filter(|(x, y)| *x < list.width && *y < list.height);
            bench.list(&list);
            assert_eq!(
                bench.screen.present(&list.paint(), list.cursor).unwrap(),
                0,
                "the same frame again is no byte"
            );
        }
        assert!(bench.screen.bands() > 25, "bands are used: {}", bench.screen.bands());
    }
}

/// The screen of the demonstration, its registers switched faster than anybody reads, lists scrolled in between: no row
/// of another register stays behind, whatever came together in one frame.
#[test]
fn registers_switched_fast_leave_no_row_behind() {
    const KEYS: [&str; 24] = [
        "l", "l", "l", "h", "Tab", "S-Tab", "1", "2", "3", "4", "5", "6", "0", "j", "j", "k", "C-d", "C-u", "G", "g g",
        "PgDn", "p", "Enter", "Esc",
    ];
    let session = Session::demo(None).unwrap();
    let loaded = || {
        Answer::Loaded(Box::new(Opened {
            catalogue: Arc::clone(session.ledger.catalogue()),
            state: session.ledger.snapshot(),
            actor: session.actor().ok().cloned(),
            login: "ada".into(),
            barred: None,
            demonstration: true,
            notes: Vec::new(),
        }))
    };
    for (seed, (width, height)) in [(120, 40), (80, 24), (200, 50)].into_iter().enumerate() {
        let mut model = Model::new(Arc::clone(session.ledger.catalogue()), Theme::built_in("dark"), &[]).unwrap();
        model.update(Msg::Clock(session.now, session.today));
        model.update(Msg::Resize(width, height));
        model.update(Msg::Worker(Box::new(loaded())));
        let mut dice = Dice(seed as u64 + 99);
        let mut bench = Bench::new(width, height);
        for _ in 0..80 {
            // What comes together is drawn once.
            for _ in 0..=dice.roll(4) {
                for key in Key::sequence(KEYS[dice.roll(KEYS.len())]).unwrap() {
                    model.update(Msg::Key(key));
                }
                if dice.roll(2) == 0 {
                    model.update(Msg::Turn);
                }
            }
            let mut painted = Buffer::empty(Rect::new(0, 0, width, height));
            let cursor = model.view(&mut painted);
            bench.show(&painted, cursor);
        }
        // Beside a list of registers no row is moved as a whole.
        let bands = bench.screen.bands();
        assert!(bands > 1 || width >= 160, "bands are used: {bands}");
    }
}

/// Frames without any sense: every cell may be anything, and whole rows wander.
#[test]
fn noise_comes_out_right() {
    const GLYPHS: [&str; 12] = [" ", " ", " ", "a", "b", "│", "風", "險", "🔥", "é", "e\u{301}", "▇"];
    const INKS: [Color; 4] = [Color::Reset, Color::Reset, Color::Blue, Color::Indexed(200)];
    const MARKS: [Modifier; 6] = [
        Modifier::empty(),
        Modifier::empty(),
        Modifier::BOLD,
        Modifier::UNDERLINED,
        Modifier::REVERSED,
        Modifier::DIM,
    ];
    let (width, height) = (23, 9);
    let mut dice = Dice(7);
    let mut bench = Bench::new(width, height);
    let mut painted = Buffer::empty(Rect::new(0, 0, width, height));
    for _ in 0..1500 {
        for _ in 0..dice.roll(30) {
            let (from, y) = (dice.row_of(width), dice.row_of(height));
            let style = Style::new()
                .fg(INKS[dice.roll(4)])
                .bg(INKS[dice.roll(4)])
                .add_modifier(MARKS[dice.roll(6)]);
            for x in from..width.min(from + 1 + dice.row_of(9)) {
                painted[(x, y)].reset();
                painted.set_stringn(x, y, GLYPHS[dice.roll(12)], usize::from(width - x), style);
            }
        }
        let rows = usize::from(width) * (1 + dice.roll(3));
        match dice.roll(6) {
            0 => painted.content.rotate_left(rows),
            1 => painted.content.rotate_right(rows),
            _ => {}
        }
        bench.show(&painted, None);
    }
    assert!(bench.screen.bands() > 20, "bands are used: {}", bench.screen.bands());
}

/// tmux has an emulator of its own: what it shows after many frames is what was painted last.
#[test]
fn another_emulator_agrees() {
    let folder = tempfile::tempdir().unwrap();
    let tmux = |arguments: &[&str]| {
        Command::new("tmux")
            .arg("-S")
            .arg(folder.path().join("socket"))
            .args(["-f", "/dev/null", "-u"])
            .args(arguments)
            .output()
    };
    if !tmux(&["-V"]).is_ok_and(|output| output.status.success()) {
        eprintln!("SKIPPED: another emulator: tmux is not here");
        return;
    }
    for seed in 0..2 {
        let mut dice = Dice(seed);
        let mut list = List::new(120, 40);
        let mut screen = Screen::new(Vec::new(), Depth::C256);
        for _ in 0..200 {
            list.stir(&mut dice);
            screen.present(&list.paint(), list.cursor).unwrap();
        }
        list.popup = None;
        screen.present(&list.paint(), None).unwrap();
        let frames = folder.path().join("frames");
        std::fs::write(&frames, screen.writer()).unwrap();
        let script = format!("stty raw; cat {}; tmux wait-for -S done; sleep 60", frames.display());
        tmux(&["new-session", "-d", "-x", "120", "-y", "40", &script]).unwrap();
        tmux(&["wait-for", "done"]).unwrap();
        let want = rows(&list.paint());
        let mut have = Vec::new();
        for _ in 0..2000 {
            let output = tmux(&["capture-pane", "-p"]).unwrap().stdout;
            have = String::from_utf8(output)
                .unwrap()
                .lines()
                .map(|line| line.trim_end().to_owned())
                .collect();
            if have == want {
                break;
            }
            std::thread::sleep(std::time::Duration::from_millis(5));
        }
        tmux(&["kill-server"]).unwrap();
        let wrong: Vec<_> = have.iter().zip(&want).filter(|(have, want)| have != want).collect();
        assert!(
            wrong.is_empty() && have.len() == want.len(),
            "seed {seed}: {} rows, {wrong:#?}",
            have.len()
        );
    }
}

/// Reads the rows of a buffer as text, without what a wide glyph covers.
fn rows(painted: &Buffer) -> Vec<String> {
    let mut rows = Vec::new();
    for y in 0..painted.area.height {
        let (mut row, mut x) = (String::new(), 0);
        while x < painted.area.width {
            let symbol = painted[(x, y)].symbol();
            row.push_str(symbol);
            x += unicode_width::UnicodeWidthStr::width(symbol).max(1) as u16;
        }
        rows.push(row.trim_end().to_owned());
    }
    rows
}

#[test]
fn a_row_down_and_a_row_scrolled_cost_little() {
    let mut bench = Bench::new(120, 40);
    let mut list = List::new(120, 40);
    list.words = 2;
    let first = bench.list(&list);
    let (mut down, mut scrolled, mut back) = (0, 0, 0);
    for row in 4..39 {
        list.row = row;
        down = down.max(bench.list(&list));
    }
    list.row = 38;
    bench.list(&list);
    assert_eq!(bench.screen.bands(), 0, "a mark that moves scrolls nothing");
    for _ in 0..40 {
        list.offset += 1;
        scrolled = scrolled.max(bench.list(&list));
    }
    assert_eq!(bench.screen.bands(), 40, "a list that scrolls is a band");
    list.row = 3;
    bench.list(&list);
    for _ in 0..30 {
        list.offset -= 1;
        back = back.max(bench.list(&list));
    }
    list.offset += 35;
    let page = bench.list(&list);
    println!("bytes: first {first}, row down {down}, row scrolled {scrolled}, back {back}, page {page}");
    assert!(down <= 90, "a row down took {down} bytes");
    assert!(scrolled <= 430, "a row scrolled took {scrolled} bytes");
    assert!(back <= 430, "a row scrolled back took {back} bytes");
    assert!(page <= 4500, "a page took {page} bytes");
}

#[test]
fn a_planted_defect_is_seen() {
    let mut bench = Bench::new(80, 24);
    let mut list = List::new(80, 24);
    bench.list(&list);
    // A row is lost behind the screen's back, as a wrong band would lose it.
    bench.terminal.process(b"\x1b[5;20r\x1b[20H\n\x1b[r");
    list.row += 1;
    let caught = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| bench.list(&list)));
    assert!(caught.is_err(), "the comparison did not see that a row is gone");
    bench.screen.redraw();
    bench.list(&list);
}

/// Counts its writes.
struct Writes(Vec<Vec<u8>>);

impl std::io::Write for Writes {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.push(bytes.to_vec());
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_frame_is_one_bracketed_write_and_asks_nothing() {
    let mut screen = Screen::new(Writes(Vec::new()), Depth::C16);
    let mut list = List::new(120, 40);
    for offset in [0, 1, 2, 30] {
        list.offset = offset;
        screen.present(&list.paint(), None).unwrap();
        screen.present(&list.paint(), None).unwrap();
    }
    let writes = &screen.writer().0;
    assert_eq!(writes.len(), 4);
    for write in writes {
        assert!(write.starts_with(b"\x1b[?2026h") && write.ends_with(b"\x1b[?2026l"));
        let text = String::from_utf8_lossy(write);
        for asked in ["\x1b[6n", "\x1b[c", "\x1b[0c", "\x1b[>c", "\x1b[?u", "\x1b]"] {
            assert!(!text.contains(asked), "{asked:?}");
        }
        assert!(
            !text.contains("8;5;") && !text.contains("8;2;"),
            "16 colours are enough: {text:?}"
        );
    }
}

#[test]
fn without_colour_the_marks_stay() {
    let mut screen = Screen::new(Vec::new(), Depth::None);
    let mut buffer = Buffer::empty(Rect::new(0, 0, 9, 1));
    buffer.set_string(0, 0, "ab", Style::new().fg(Color::Red).bg(Color::Rgb(1, 2, 3)).bold());
    buffer.set_string(2, 0, "cd", Style::new().fg(Color::Red).reversed());
    screen.present(&buffer, None).unwrap();
    let sent = String::from_utf8(std::mem::take(screen.writer())).unwrap();
    assert!(sent.contains("\x1b[1mab\x1b[;7mcd"), "{sent:?}");
}

#[test]
fn a_cursor_that_moves_costs_only_its_move() {
    let mut screen = Screen::new(Vec::new(), Depth::True);
    let buffer = Buffer::empty(Rect::new(0, 0, 20, 5));
    screen.present(&buffer, Some((3, 2))).unwrap();
    screen.writer().clear();
    assert_eq!(screen.present(&buffer, Some((3, 2))).unwrap(), 0);
    screen.present(&buffer, Some((4, 2))).unwrap();
    assert_eq!(std::mem::take(screen.writer()), b"\x1b[C");
    screen.present(&buffer, None).unwrap();
    assert_eq!(std::mem::take(screen.writer()), b"\x1b[?25l");
}
