//! Colours and attributes: how deep the terminal's colours go, and the shortest sequence from one style to the next.

use ratatui::buffer::Cell;
use ratatui::style::{Color, Modifier};

/// How many colours the terminal shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Depth {
    /// 24 bits.
    True,
    /// The 256 of xterm.
    C256,
    /// The 16 that the person has chosen for the terminal.
    C16,
    /// No colour at all; bold, dim, underline and reverse stay.
    None,
}

/// Red, green and blue of the first 16 colours of xterm; terminals differ, but not by much.
const BASE: [[u8; 3]; 16] = [
    [0, 0, 0],
    [205, 0, 0],
    [0, 205, 0],
    [205, 205, 0],
    [0, 0, 238],
    [205, 0, 205],
    [0, 205, 205],
    [229, 229, 229],
    [127, 127, 127],
    [255, 0, 0],
    [0, 255, 0],
    [255, 255, 0],
    [92, 92, 255],
    [255, 0, 255],
    [0, 255, 255],
    [255, 255, 255],
];

/// The six steps of a side of xterm's colour cube.
const STEPS: [u8; 6] = [0, 95, 135, 175, 215, 255];

impl Depth {
    /// Brings a colour to what this depth can show: only `Reset`, `Indexed` and, in [`Depth::True`], `Rgb` come out.
    pub fn colour(self, colour: Color) -> Color {
        let index = match colour {
            Color::Reset => return Color::Reset,
            _ if self == Self::None => return Color::Reset,
            Color::Rgb(r, g, b) => {
                return match self {
                    Self::True => colour,
                    Self::C256 => Color::Indexed(nearest_256([r, g, b])),
                    _ => Color::Indexed(nearest_16([r, g, b])),
                };
            }
            Color::Indexed(index) => index,
            Color::Black => 0,
            Color::Red => 1,
            Color::Green => 2,
            Color::Yellow => 3,
            Color::Blue => 4,
            Color::Magenta => 5,
            Color::Cyan => 6,
            Color::Gray => 7,
            Color::DarkGray => 8,
            Color::LightRed => 9,
            Color::LightGreen => 10,
            Color::LightYellow => 11,
            Color::LightBlue => 12,
            Color::LightMagenta => 13,
            Color::LightCyan => 14,
            Color::White => 15,
        };
        Color::Indexed(if self == Self::C16 && index > 15 {
            nearest_16(rgb(index))
        } else {
            index
        })
    }
}

/// Returns red, green and blue of one of the 256 colours.
fn rgb(index: u8) -> [u8; 3] {
    match index {
        0..=15 => BASE[usize::from(index)],
        16..=231 => {
            let cube = usize::from(index) - 16;
            [STEPS[cube / 36], STEPS[cube / 6 % 6], STEPS[cube % 6]]
        }
        232.. => [8 + 10 * (index - 232); 3],
    }
}

/// Measures how different two colours look; green weighs most, as in the eye.
fn distance(a: [u8; 3], b: [u8; 3]) -> u32 {
    [2, 4, 3]
        .iter()
        .zip(a.iter().zip(b))
        .map(|(weight, (a, b))| weight * u32::from(a.abs_diff(b)).pow(2))
        .sum()
}

/// Returns the nearest of the cube and the greys; the first 16 are the person's own and are left out.
fn nearest_256(colour: [u8; 3]) -> u8 {
    (16..=255)
        .min_by_key(|index| distance(rgb(*index), colour))
        .unwrap_or(16)
}

/// Returns the nearest of the first 16. A hue stays a hue: by distance alone soft red and soft green would both be grey.
fn nearest_16(colour: [u8; 3]) -> u8 {
    let [r, g, b] = colour.map(i32::from);
    let (least, most) = (r.min(g).min(b), r.max(g).max(b));
    let chroma = most - least;
    if chroma < 48 {
        let greys = [0, 7, 8, 15].into_iter();
        return greys.min_by_key(|index| distance(rgb(*index), colour)).unwrap_or(7);
    }
    // Degrees, red is 0.
    let hue = match most {
        m if m == r => 60 * (g - b) / chroma,
        m if m == g => 120 + 60 * (b - r) / chroma,
        _ => 240 + 60 * (r - g) / chroma,
    };
    let base = match hue.rem_euclid(360) {
        25..70 => 3,
        70..165 => 2,
        165..200 => 6,
        200..260 => 4,
        260..330 => 5,
        _ => 1,
    };
    // Blue that is not bright cannot be read on black.
    base + if least + most >= 256 { 8 } else { 0 }
}

/// The attributes that are sent; blinking and hiding are not.
const SENT: Modifier = Modifier::BOLD
    .union(Modifier::DIM)
    .union(Modifier::ITALIC)
    .union(Modifier::UNDERLINED)
    .union(Modifier::REVERSED)
    .union(Modifier::CROSSED_OUT);

/// The attributes that show on a blank.
const LINES: Modifier = Modifier::UNDERLINED
    .union(Modifier::REVERSED)
    .union(Modifier::CROSSED_OUT);

/// The style with which the terminal writes what comes next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Pen {
    fg: Color,
    bg: Color,
    modifier: Modifier,
}

impl Pen {
    /// What `\x1b[m` gives.
    pub(super) const PLAIN: Self = Self {
        fg: Color::Reset,
        bg: Color::Reset,
        modifier: Modifier::empty(),
    };

    /// Reads the style of a cell as this depth shows it; what cannot be seen on a blank is left out.
    pub(super) fn of(cell: &Cell, depth: Depth) -> Self {
        let mut pen = Self {
            fg: depth.colour(cell.fg),
            bg: depth.colour(cell.bg),
            modifier: cell.modifier.intersection(SENT),
        };
        if cell.symbol() == " " {
            pen.modifier &= LINES;
            if pen.modifier.is_empty() {
                pen.fg = Color::Reset;
            }
        }
        pen
    }

    /// Reads the style of a cell that already went through [`Pen::of`].
    pub(super) const fn settled(cell: &Cell) -> Self {
        Self {
            fg: cell.fg,
            bg: cell.bg,
            modifier: cell.modifier,
        }
    }

    /// Puts this style on a cell.
    pub(super) const fn settle(self, cell: &mut Cell) {
        cell.fg = self.fg;
        cell.bg = self.bg;
        cell.modifier = self.modifier;
    }

    /// Says whether erasing with this pen leaves nothing but the terminal's own background.
    pub(super) fn erases(self) -> bool {
        self.bg == Color::Reset && !self.modifier.intersects(LINES)
    }

    /// Says whether a blank written in `self` looks as one written in `other`.
    pub(super) fn blank_alike(self, other: Self) -> bool {
        self == other || (self.erases() && other.erases())
    }

    /// Appends the shortest sequence that turns this pen into `to`; nothing if they are the same.
    pub(super) fn change(self, to: Self, out: &mut Vec<u8>) {
        if self == to {
            return;
        }
        if to == Self::PLAIN {
            out.extend_from_slice(b"\x1b[m");
            return;
        }
        let mut step = Vec::with_capacity(24);
        let gone = self.modifier - to.modifier;
        let mut new = to.modifier - self.modifier;
        if gone.intersects(Modifier::BOLD | Modifier::DIM) {
            number(&mut step, 22);
            // 22 ends both, so that the one that stays must be said again.
            new |= to.modifier & (Modifier::BOLD | Modifier::DIM);
        }
        for (modifier, off) in [
            (Modifier::ITALIC, 23),
            (Modifier::UNDERLINED, 24),
            (Modifier::REVERSED, 27),
            (Modifier::CROSSED_OUT, 29),
        ] {
            if gone.contains(modifier) {
                number(&mut step, off);
            }
        }
        attributes(&mut step, new);
        if self.fg != to.fg {
            colour(&mut step, to.fg, 30);
        }
        if self.bg != to.bg {
            colour(&mut step, to.bg, 40);
        }
        let mut whole = Vec::with_capacity(24);
        // An empty first number is a zero: `\x1b[;1m` resets and makes bold.
        whole.push(b';');
        attributes(&mut whole, to.modifier);
        for (value, base) in [(to.fg, 30), (to.bg, 40)] {
            if value != Color::Reset {
                colour(&mut whole, value, base);
            }
        }
        out.extend_from_slice(b"\x1b[");
        out.extend_from_slice(if whole.len() <= step.len() { &whole } else { &step });
        // Every number was followed by its separator: the last one is the end.
        if let Some(last) = out.last_mut() {
            *last = b'm';
        }
    }
}

/// Appends a number and its separator.
fn number(out: &mut Vec<u8>, value: u8) {
    super::moves::decimal(out, u16::from(value));
    out.push(b';');
}

/// Appends what switches attributes on.
fn attributes(out: &mut Vec<u8>, modifier: Modifier) {
    for (bit, on) in [
        (Modifier::BOLD, 1),
        (Modifier::DIM, 2),
        (Modifier::ITALIC, 3),
        (Modifier::UNDERLINED, 4),
        (Modifier::REVERSED, 7),
        (Modifier::CROSSED_OUT, 9),
    ] {
        if modifier.contains(bit) {
            number(out, on);
        }
    }
}

/// Appends a colour; `base` is 30 for the letter and 40 for the ground.
fn colour(out: &mut Vec<u8>, colour: Color, base: u8) {
    match colour {
        Color::Indexed(index @ 0..=7) => number(out, base + index),
        Color::Indexed(index @ 8..=15) => number(out, base + 60 + index - 8),
        Color::Indexed(index) => [base + 8, 5, index].into_iter().for_each(|value| number(out, value)),
        Color::Rgb(r, g, b) => [base + 8, 2, r, g, b].into_iter().for_each(|value| number(out, value)),
        _ => number(out, base + 9),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pen(fg: Color, bg: Color, modifier: Modifier) -> Pen {
        Pen { fg, bg, modifier }
    }

    fn bytes(from: Pen, to: Pen) -> String {
        let mut out = Vec::new();
        from.change(to, &mut out);
        String::from_utf8(out).unwrap().replace('\x1b', "^")
    }

    #[test]
    fn colours_come_down_to_the_depth() {
        for (depth, colour, shown) in [
            (Depth::True, Color::Rgb(1, 2, 3), Color::Rgb(1, 2, 3)),
            (Depth::True, Color::Red, Color::Indexed(1)),
            (Depth::C256, Color::Rgb(255, 0, 0), Color::Indexed(196)),
            (Depth::C256, Color::Rgb(8, 8, 8), Color::Indexed(232)),
            (Depth::C256, Color::Rgb(95, 135, 175), Color::Indexed(67)),
            (Depth::C256, Color::Indexed(200), Color::Indexed(200)),
            (Depth::C16, Color::Rgb(250, 10, 5), Color::Indexed(1)),
            (Depth::C16, Color::Rgb(255, 100, 90), Color::Indexed(9)),
            (Depth::C16, Color::Indexed(232), Color::Indexed(0)),
            (Depth::C16, Color::Indexed(21), Color::Indexed(4)),
            (Depth::C16, Color::DarkGray, Color::Indexed(8)),
            (Depth::None, Color::Rgb(250, 10, 5), Color::Reset),
            (Depth::None, Color::Red, Color::Reset),
            (Depth::C16, Color::Reset, Color::Reset),
        ] {
            assert_eq!(depth.colour(colour), shown, "{depth:?} {colour:?}");
        }
    }

    #[test]
    fn a_change_of_style_is_said_as_shortly_as_possible() {
        let (none, bold) = (Modifier::empty(), Modifier::BOLD);
        let red = pen(Color::Indexed(1), Color::Reset, none);
        for (from, to, said) in [
            (Pen::PLAIN, Pen::PLAIN, ""),
            (Pen::PLAIN, red, "^[31m"),
            (red, Pen::PLAIN, "^[m"),
            (red, pen(Color::Indexed(12), Color::Reset, none), "^[94m"),
            (
                Pen::PLAIN,
                pen(Color::Indexed(1), Color::Indexed(8), bold),
                "^[1;31;100m",
            ),
            (
                Pen::PLAIN,
                pen(Color::Indexed(99), Color::Rgb(1, 20, 255), none),
                "^[38;5;99;48;2;1;20;255m",
            ),
            (pen(Color::Indexed(1), Color::Reset, bold), red, "^[22m"),
            (
                pen(Color::Indexed(1), Color::Reset, bold),
                pen(Color::Reset, Color::Reset, bold),
                "^[;1m",
            ),
            (
                pen(Color::Reset, Color::Indexed(200), bold),
                pen(Color::Reset, Color::Indexed(200), Modifier::DIM),
                "^[22;2m",
            ),
            (
                pen(Color::Reset, Color::Indexed(4), Modifier::UNDERLINED),
                pen(Color::Reset, Color::Indexed(4), none),
                "^[24m",
            ),
        ] {
            assert_eq!(bytes(from, to), said, "{from:?} to {to:?}");
        }
    }

    #[test]
    fn what_a_blank_does_not_show_is_not_part_of_its_style() {
        let mut cell = Cell::default();
        cell.set_fg(Color::Red);
        cell.modifier = bold_blinking();
        assert_eq!(Pen::of(&cell, Depth::True), Pen::PLAIN);
        cell.set_symbol("x");
        assert_eq!(
            Pen::of(&cell, Depth::True),
            pen(Color::Indexed(1), Color::Reset, Modifier::BOLD)
        );
        cell.set_symbol(" ").modifier |= Modifier::REVERSED;
        assert_eq!(
            Pen::of(&cell, Depth::True),
            pen(Color::Indexed(1), Color::Reset, Modifier::REVERSED)
        );
    }

    fn bold_blinking() -> Modifier {
        Modifier::BOLD | Modifier::SLOW_BLINK
    }
}
