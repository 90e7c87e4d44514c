//! The course of what is measured, as a row of bars: each value as high as it lies between the least and the greatest,
//! with a letter below it for its band, so that no colour is needed.

use super::line::Line;
use crate::model::calendar;
use crate::model::derive::Point;

/// Lines in height.
const HIGH: usize = 3;
/// Steps in a cell.
const BLOCKS: [&str; 9] = [" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"];
/// The same without blocks.
const ASCII: [&str; 9] = [" ", ".", ".", ":", ":", "|", "|", "#", "#"];
/// Role and letter of each band.
const BANDS: [(&str, &str); 3] = [("ok", "·"), ("warn", "a"), ("error", "r")];

/// The bars of the latest values that fit into `room` cells from column `x` on, the letters of their bands, and from
/// when to when they are. Nothing for fewer than two values.
pub(crate) fn lines(course: &[Point], x: u16, room: usize, ascii: bool) -> Vec<Line> {
    let course = &course[course.len().saturating_sub((room / 2).max(2))..];
    let [first, .., last] = course else { return Vec::new() };
    let low = course.iter().map(|p| p.value).fold(f64::INFINITY, f64::min);
    let high = course.iter().map(|p| p.value).fold(f64::NEG_INFINITY, f64::max);
    let steps = (HIGH * 8 - 1) as f64;
    // The least still shows; where all are the same, all are in the middle.
    let step = |p: &Point| match high - low {
        span if span > 0.0 => 1 + ((p.value - low) / span * steps).round() as usize,
        _ => HIGH * 4,
    };
    let role = |p: &Point| BANDS.get(p.band).map_or("muted", |b| b.0);
    let bars = if ascii { &ASCII } else { &BLOCKS };
    let row = |cell: &dyn Fn(&Point) -> &'static str| {
        let mut line = Line::default();
        for (n, p) in course.iter().enumerate() {
            line = line.and(x + 2 * n as u16, cell(p), role(p));
        }
        line
    };
    let mut out: Vec<Line> = (0..HIGH)
        .rev()
        .map(|r| row(&|p: &Point| bars[step(p).saturating_sub(r * 8).min(8)]))
        .collect();
    out.push(row(&|p: &Point| match BANDS.get(p.band) {
        Some((_, "·")) if ascii => ".",
        Some((_, letter)) => letter,
        None => " ",
    }));
    let dash = if ascii { "-" } else { "–" };
    let words = format!(
        "{} {dash} {}, least {low}, greatest {high}",
        calendar::show(first.day),
        calendar::show(last.day)
    );
    out.push(Line::default().and(x, words, "muted"));
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(values: &[(f64, usize)], room: usize, ascii: bool) -> Vec<String> {
        let point = |(n, (value, band)): (usize, &(f64, usize))| Point {
            day: 20_000 + 30 * n as i32,
            value: *value,
            band: *band,
        };
        let course: Vec<Point> = values.iter().enumerate().map(point).collect();
        let text = |l: &Line| {
            let all: Vec<&str> = l.spans.iter().map(|(_, t, _)| t.as_ref()).collect();
            all.join(" ")
        };
        lines(&course, 0, room, ascii).iter().map(text).collect()
    }

    #[test]
    fn the_least_shows_and_the_greatest_fills() {
        let values = [(4.0, 0), (1.0, 0), (2.5, 1), (4.0, 2)];
        let all = drawn(&values, 40, false);
        assert_eq!(all[0], "█     █");
        assert_eq!(all[1], "█   ▅ █");
        assert_eq!(all[2], "█ ▁ █ █");
        assert_eq!(all[3], "· · a r");
        assert_eq!(all[4], "2024-10-04 – 2025-01-02, least 1, greatest 4");
        assert!(drawn(&values, 40, true).iter().all(|l| l.is_ascii()));
    }

    #[test]
    fn what_does_not_fit_is_the_oldest() {
        let all = drawn(&[(9.0, 0), (1.0, 0), (2.0, 1), (3.0, 2)], 6, false);
        assert_eq!(all[3], "· a r");
        assert!(all[4].starts_with("2024-11-03"), "{}", all[4]);
        assert!(drawn(&[(1.0, 0)], 40, false).is_empty());
        assert_eq!(drawn(&[(1.0, 0), (1.0, 0)], 40, false)[1], "▄ ▄");
    }
}
