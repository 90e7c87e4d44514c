//! The loss exceedance curve as a picture: how often a year's loss is more than an amount, beside how often it may be.
//! Amounts go to the right by their order of magnitude, chances upwards. Where more is lost than is tolerated the gap is
//! filled, and its widest place marked, so that it is seen without colour too.

use super::look::{Look, put, row};
use crate::method::quant::curve::Curve;
use crate::method::quant::tolerance::{Breach, Tolerance};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

/// By what the curve is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ink {
    /// Eight dots a cell.
    Braille,
    /// Half blocks: two a cell.
    Blocks,
    /// One ASCII character a cell.
    Ascii,
}

impl Ink {
    /// Dots of a cell, across and down.
    fn dots(self) -> (usize, usize) {
        match self {
            Self::Braille => (2, 4),
            Self::Blocks => (1, 2),
            Self::Ascii => (1, 1),
        }
    }
}

/// What is drawn.
pub struct Plot<'a> {
    /// The chance that a year's loss is more than an amount.
    pub exceed: &'a dyn Fn(f64) -> f64,
    /// The chance with which it may be.
    pub tolerance: Option<&'a Tolerance>,
    /// Where the one lies furthest above the other.
    pub breach: Option<Breach>,
    /// The smallest and the largest amount, both above 0.
    pub reach: (f64, f64),
}

/// Amounts that show a curve: from the lowest hundredth of the years with a loss to the highest thousandth of all, and
/// the points of the tolerance curve near them, widened to round amounts.
pub fn reach(curve: &Curve, tolerance: Option<&Tolerance>) -> (f64, f64) {
    let none = 1.0 - curve.exceed(0.0);
    let low = curve.quantile(none + (1.0 - none) * 0.01);
    let high = curve.quantile(0.999).max(curve.largest() / 10.0);
    let (mut low, mut high) = if high > 0.0 {
        (low.max(high / 1e6), high)
    } else {
        (1e3, 1e6)
    };
    for (amount, _) in tolerance.map_or(&[] as &[_], Tolerance::points) {
        if (low / 30.0..=high * 30.0).contains(amount) {
            (low, high) = (low.min(*amount), high.max(*amount));
        }
    }
    let (low, high) = (round(low, f64::floor), round(high, f64::ceil));
    if high > low { (low, high) } else { (low, low * 10.0) }
}

/// The next power of ten.
fn round(amount: f64, to: fn(f64) -> f64) -> f64 {
    // 10,000 is its own power, whatever the logarithm of it rounds to
    let power = amount.log10();
    let near = power.round();
    10f64.powf(if (power - near).abs() < 1e-9 { near } else { to(power) })
}

/// An amount in few letters: 20k, 1.5M, 3bn.
pub fn amount(x: f64) -> String {
    let (size, unit) = match x {
        x if x >= 1e9 => (1e9, "bn"),
        x if x >= 1e6 => (1e6, "M"),
        x if x >= 1e3 => (1e3, "k"),
        _ => (1.0, ""),
    };
    format!("{}{unit}", digits(x / size))
}

/// A chance in few letters: 12 %, 2.5 %, 0.03 %.
pub fn percent(p: f64) -> String {
    format!("{} %", digits(p * 100.0))
}

/// A number by its first two digits, or its whole part where that is longer.
fn digits(x: f64) -> String {
    if x == 0.0 || x >= 9.95 {
        return format!("{x:.0}");
    }
    let places = (1.0 - x.log10().floor()).clamp(0.0, 4.0) as usize;
    let text = format!("{x:.places$}");
    text.trim_end_matches('0').trim_end_matches('.').to_string()
}

/// Columns of the chances at the left.
const LEFT: u16 = 6;

/// Rows above the picture for its legend, and below it for the amounts.
const ABOVE: u16 = 1;
const BELOW: u16 = 2;

/// Draws a curve into an area; nothing where there is no room for it.
pub fn draw(buffer: &mut Buffer, area: Rect, look: &dyn Look, ink: Ink, plot: &Plot) {
    let area = area.intersection(buffer.area);
    if area.width < LEFT + 10 || area.height < ABOVE + BELOW + 3 {
        return;
    }
    let ink = if look.ascii() { Ink::Ascii } else { ink };
    let field = Rect::new(
        area.x + LEFT,
        area.y + ABOVE,
        area.width - LEFT,
        area.height - ABOVE - BELOW,
    );
    let top = top(plot);
    legend(buffer, row(area, 0), look, ink, plot);
    chances(buffer, area, field, look, top);
    amounts(buffer, field, look, plot.reach);
    let canvas = Canvas::new(field, ink, plot, top);
    canvas.put(buffer, field, look, ink);
    if let Some(b) = plot.breach {
        let x = (share(b.amount, plot.reach) * f64::from(field.width)) as u16;
        let y = ((1.0 - b.chance / top) * f64::from(field.height)).max(0.0) as u16;
        let at = Rect::new(
            field.x + x.min(field.width - 1),
            field.y + y.min(field.height - 1),
            1,
            1,
        );
        put(buffer, at, look.glyph("×", "X"), look.style("error"), "");
    }
}

/// How far an amount lies on the way from the smallest to the largest.
fn share(x: f64, (low, high): (f64, f64)) -> f64 {
    ((x / low).ln() / (high / low).ln()).clamp(0.0, 1.0)
}

/// Chances at which a picture may end: what is left below them divides into round parts.
const TOPS: [f64; 16] = [
    0.001, 0.002, 0.003, 0.005, 0.01, 0.02, 0.03, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1.0,
];

/// The highest chance of the picture: the next round one above both curves.
fn top(plot: &Plot) -> f64 {
    let most = (plot.exceed)(plot.reach.0).max(plot.tolerance.map_or(0.0, |t| t.at(plot.reach.0)));
    TOPS.into_iter().find(|s| most <= *s).unwrap_or(1.0)
}

fn legend(buffer: &mut Buffer, line: Rect, look: &dyn Look, ink: Ink, plot: &Plot) {
    let (curve, tolerated) = match ink {
        Ink::Braille => ("⠒⠒", "⠒ ⠒"),
        Ink::Blocks => ("▀▀", "╌╌"),
        Ink::Ascii => ("**", "--"),
    };
    let more = look.glyph("…", "~");
    let mut at = line;
    let mut say = |buffer: &mut Buffer, text: &str, role: &str| {
        let end = put(buffer, at, text, look.style(role), more);
        at = Rect::new(end, line.y, line.right().saturating_sub(end), 1);
    };
    // where room is short what is wrong is said alone
    let wide = line.width >= 64 || plot.breach.is_none();
    if wide {
        say(buffer, curve, "title");
        say(buffer, " loss of a year", "text");
    }
    if wide && plot.tolerance.is_some() {
        say(buffer, &format!("  {tolerated} tolerated"), "muted");
    }
    if let Some(b) = plot.breach {
        if wide {
            say(buffer, "  ", "text");
        }
        let mark = look.glyph("×", "X");
        let words = format!(
            "{mark} {} above {}, {} tolerated",
            percent(b.chance),
            amount(b.amount),
            percent(b.tolerated)
        );
        say(buffer, &words, "error");
    }
}

/// The chances at the left, at rows of which each stands for a round part of the highest.
fn chances(buffer: &mut Buffer, area: Rect, field: Rect, look: &dyn Look, top: f64) {
    let first = digits(top * 100.0).chars().find(|c| ('1'..='9').contains(c));
    let parts = match (field.height, first) {
        (0..8, _) => 2,
        (_, Some('3' | '6')) => 3,
        (_, Some('2' | '4' | '8')) => 4,
        _ => 5,
    };
    let bar = look.glyph("│", "|");
    for y in 0..field.height {
        let line = Rect::new(field.x - 1, field.y + y, 1, 1);
        put(buffer, line, bar, look.style("border"), "");
    }
    for part in 1..=parts {
        let share = f64::from(part) / f64::from(parts);
        // The row in which the curve has this chance.
        let y = ((1.0 - share) * f64::from(field.height)) as u16;
        let text = percent(top * share);
        let line = Rect::new(area.x, field.y + y.min(field.height - 1), LEFT - 1, 1);
        put(buffer, line, &format!("{text:>5}"), look.style("muted"), "");
        put(
            buffer,
            Rect::new(field.x - 1, line.y, 1, 1),
            look.glyph("┤", "+"),
            look.style("border"),
            "",
        );
    }
}

/// The amounts below, at powers of ten, and at 2 and 5 times them where there is room.
fn amounts(buffer: &mut Buffer, field: Rect, look: &dyn Look, reach: (f64, f64)) {
    let axis = Rect::new(field.x - 1, field.bottom(), field.width + 1, 1);
    let line = format!(
        "{}{}",
        look.glyph("└", "+"),
        look.glyph("─", "-").repeat(usize::from(field.width))
    );
    put(buffer, axis, &line, look.style("border"), "");
    let (first, last) = (reach.0.log10().floor() as i32, reach.1.log10().ceil() as i32);
    let decade = f64::from(field.width) / (reach.1 / reach.0).log10();
    let steps: &[f64] = if decade >= 24.0 { &[1.0, 2.0, 5.0] } else { &[1.0] };
    let mut free = 0;
    for power in first..=last {
        for x in steps.iter().map(|s| s * 10f64.powi(power)) {
            if x < reach.0 * 0.999 || x > reach.1 * 1.001 {
                continue;
            }
            let text = amount(x);
            let (at, wide) = (
                (share(x, reach) * f64::from(field.width - 1)).round() as u16,
                text.len() as u16,
            );
            // the last one stands left of its mark if there is no room to its right
            let from = at.saturating_sub(wide / 2).min(field.width.saturating_sub(wide));
            if from < free {
                continue;
            }
            let mark = Rect::new(field.x + at, axis.y, 1, 1);
            put(buffer, mark, look.glyph("┬", "+"), look.style("border"), "");
            put(
                buffer,
                Rect::new(field.x + from, axis.y + 1, wide, 1),
                &text,
                look.style("muted"),
                "",
            );
            free = from + wide + 2;
        }
    }
}

/// Dots of both curves and of the gap between them.
struct Canvas {
    across: usize,
    curve: Vec<bool>,
    tolerated: Vec<bool>,
    gap: Vec<bool>,
}

impl Canvas {
    fn new(field: Rect, ink: Ink, plot: &Plot, top: f64) -> Self {
        let (dx, dy) = ink.dots();
        let (across, down) = (usize::from(field.width) * dx, usize::from(field.height) * dy);
        let mut canvas = Self {
            across,
            curve: vec![false; across * down],
            tolerated: vec![false; across * down],
            gap: vec![false; across * down],
        };
        let ratio = plot.reach.1 / plot.reach.0;
        let place = |p: f64| (((1.0 - p / top) * down as f64) as usize).min(down - 1);
        let (mut last, mut last_tolerated) = (None, None);
        for x in 0..across {
            let amount = plot.reach.0 * ratio.powf((x as f64 + 0.5) / across as f64);
            let chance = (plot.exceed)(amount);
            let y = place(chance);
            if chance > 0.0 {
                canvas.column(x, last.unwrap_or(y), y);
                last = Some(y);
            }
            let Some(tolerance) = plot.tolerance else { continue };
            let may = tolerance.at(amount);
            let limit = place(may);
            // dashes as long as the gaps between them
            if x / dx % 2 == 0 {
                let from = last_tolerated.unwrap_or(limit).min(limit);
                (from..=limit).for_each(|y| canvas.tolerated[y * across + x] = true);
            }
            last_tolerated = Some(limit);
            if chance > may {
                let sparse = |y: &usize| ink != Ink::Braille || (x % 2 == 0 && (y + x / 2 * 2).is_multiple_of(4));
                // Half a block of hatch between two dashes would be read as one of them.
                let end = if ink == Ink::Blocks { limit / dy * dy } else { limit };
                let between = (y + 1..end).filter(sparse);
                between.for_each(|y| canvas.gap[y * across + x] = true);
            }
        }
        canvas
    }

    /// A piece of the curve: from where it was to where it is.
    fn column(&mut self, x: usize, from: usize, to: usize) {
        for y in from.min(to) + usize::from(from < to)..=from.max(to) {
            self.curve[y * self.across + x] = true;
        }
    }

    fn put(&self, buffer: &mut Buffer, field: Rect, look: &dyn Look, ink: Ink) {
        for y in 0..field.height {
            for x in 0..field.width {
                let at = |dots: &[bool]| self.bits(dots, usize::from(x), usize::from(y), ink);
                let (curve, tolerated, gap) = (at(&self.curve), at(&self.tolerated), at(&self.gap));
                let role = match (curve, tolerated, gap) {
                    (0, 0, 0) => continue,
                    (0, 0, _) => "level4",
                    (0, ..) => "muted",
                    _ => "title",
                };
                let glyph = match ink {
                    Ink::Braille => char::from_u32(0x2800 + (curve | tolerated | gap)).unwrap_or(' '),
                    Ink::Blocks if curve > 0 => [' ', '▀', '▄', '█'][curve as usize & 3],
                    Ink::Blocks if tolerated > 0 => '╌',
                    Ink::Blocks => '░',
                    Ink::Ascii if curve > 0 => '*',
                    Ink::Ascii if tolerated > 0 => '-',
                    Ink::Ascii => ':',
                };
                let cell = Rect::new(field.x + x, field.y + y, 1, 1);
                put(buffer, cell, glyph.encode_utf8(&mut [0; 4]), look.style(role), "");
            }
        }
    }

    /// The dots of a cell as the bits of its glyph.
    fn bits(&self, dots: &[bool], x: usize, y: usize, ink: Ink) -> u32 {
        /// The bits of braille: the columns of a cell, from the top.
        const BRAILLE: [[u32; 4]; 2] = [[0x01, 0x02, 0x04, 0x40], [0x08, 0x10, 0x20, 0x80]];
        let (dx, dy) = ink.dots();
        let mut bits = 0;
        for i in 0..dx {
            for j in 0..dy {
                if dots[(y * dy + j) * self.across + x * dx + i] {
                    bits |= match ink {
                        Ink::Braille => BRAILLE[i][j],
                        Ink::Blocks | Ink::Ascii => 1 << j,
                    };
                }
            }
        }
        bits
    }
}

#[cfg(test)]
mod tests {
    use super::super::look::plain::{Plain, text};
    use super::*;

    /// A year in two with a loss, half of them above 100,000.
    fn exceed(x: f64) -> f64 {
        0.5 / (1.0 + (x / 1e5).powf(1.4))
    }

    fn picture(width: u16, height: u16, ink: Ink, ascii: bool) -> String {
        let tolerance = Tolerance::new(vec![(1e4, 0.6), (1e5, 0.2), (1e6, 0.05), (1e7, 0.01)]).unwrap();
        let area = Rect::new(0, 0, width, height);
        let mut buffer = Buffer::empty(area);
        let plot = Plot {
            exceed: &exceed,
            tolerance: Some(&tolerance),
            breach: tolerance.breach(exceed, 1e7),
            reach: (1e3, 1e7),
        };
        draw(&mut buffer, area, &Plain { ascii }, ink, &plot);
        text(&buffer, None)
    }

    #[test]
    fn a_small_window_shows_the_curve_and_what_is_wrong() {
        insta::assert_snapshot!("plot_braille_40", picture(40, 10, Ink::Braille, false));
        insta::assert_snapshot!("plot_blocks_40", picture(40, 10, Ink::Blocks, false));
        insta::assert_snapshot!("plot_ascii_40", picture(40, 10, Ink::Braille, true));
    }

    #[test]
    fn a_large_window_shows_more_amounts() {
        insta::assert_snapshot!("plot_braille_100", picture(100, 30, Ink::Braille, false));
        insta::assert_snapshot!("plot_blocks_100", picture(100, 30, Ink::Blocks, false));
    }

    #[test]
    fn without_room_nothing_is_drawn() {
        assert_eq!(picture(12, 10, Ink::Braille, false).trim(), "");
        assert_eq!(picture(40, 4, Ink::Ascii, true).trim(), "");
    }

    #[test]
    fn amounts_and_chances_are_short() {
        let amounts = [5.0, 950.0, 1e3, 2.5e4, 1e6, 1.55e6, 3e9].map(amount);
        assert_eq!(amounts, ["5", "950", "1k", "25k", "1M", "1.6M", "3bn"]);
        let chances = [1.0, 0.123, 0.025, 0.000_3, 0.0].map(percent);
        assert_eq!(chances, ["100 %", "12 %", "2.5 %", "0.03 %", "0 %"]);
    }

    #[test]
    fn the_reach_is_round_and_holds_the_years_and_the_points_near_them() {
        let tolerance = Tolerance::new(vec![(5e3, 0.5), (4e6, 0.01), (1e12, 0.0)]).unwrap();
        let losses: Vec<i64> = (0..2_000).map(|i| if i < 1_000 { 0 } else { i * 2_000 }).collect();
        let curve = Curve::of(losses, 100.0);
        assert_eq!(reach(&curve, None), (1e4, 1e5));
        assert_eq!(reach(&curve, Some(&tolerance)), (1e3, 1e5));
        assert_eq!(reach(&Curve::of(vec![0; 10], 100.0), None), (1e3, 1e6));
    }
}
