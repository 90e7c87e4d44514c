//! Numbers as people write them: thousands separators, `12k`, `5%`, `1.5M EUR`, `4h 30m`. Exact wherever
//! the stored form is exact: the point is moved in the text, never by arithmetic on floats.

/// A number as it was written: digits with an optional point, and the power of ten that its suffix means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Written {
    /// `-?[0-9]+(.[0-9]+)?`
    plain: String,
    exponent: i32,
}

impl Written {
    /// Reads a number with separators and a suffix such as `k`, `M`, `bn` or `%`.
    pub(super) fn read(text: &str) -> Option<Self> {
        let t = text.trim();
        let end = t
            .char_indices()
            .find(|(i, c)| c.is_alphabetic() && !is_exponent(t, *i) || *c == '%')
            .map_or(t.len(), |(i, _)| i);
        let (number, suffix) = (t[..end].trim(), t[end..].trim());
        let exponent = match suffix {
            "" => 0,
            "%" => -2,
            "k" | "K" | "thousand" => 3,
            "m" | "M" | "mn" | "mio" | "million" => 6,
            "b" | "bn" | "B" | "billion" | "mrd" => 9,
            _ => return None,
        };
        let (number, power) = match number.split_once(['e', 'E']) {
            Some((n, e)) => (n, e.parse::<i32>().ok().filter(|e| e.abs() <= 400)?),
            None => (number, 0),
        };
        Some(Self {
            plain: plain(number)?,
            exponent: exponent + power,
        })
    }

    /// The number as the nearest float; `None` if it has none.
    pub(super) fn float(&self) -> Option<f64> {
        let v: f64 = format!("{}e{}", self.plain, self.exponent).parse().ok()?;
        v.is_finite().then_some(if v == 0.0 { 0.0 } else { v })
    }

    /// The number in units of ten to the power of `-digits`; `None` if it does not come out even, or is too large.
    pub(super) fn units(&self, digits: i32) -> Option<i64> {
        let (whole, part) = self.plain.split_once('.').unwrap_or((&self.plain, ""));
        let part = part.trim_end_matches('0');
        let mut n: i128 = format!("{whole}{part}").parse().ok()?;
        let shift = self.exponent + digits - i32::try_from(part.len()).ok()?;
        if n == 0 {
            return Some(0);
        }
        for _ in 0..shift.unsigned_abs() {
            if shift > 0 {
                n = n.checked_mul(10)?;
            } else if n % 10 == 0 {
                n /= 10;
            } else {
                return None;
            }
        }
        i64::try_from(n).ok()
    }

    /// Whether it was written with `%`.
    pub(super) fn is_percent(text: &str) -> bool {
        text.trim_end().ends_with('%')
    }
}

fn is_exponent(t: &str, i: usize) -> bool {
    let (before, after) = (&t.as_bytes()[..i], &t.as_bytes()[i + 1..]);
    matches!(t.as_bytes()[i], b'e' | b'E')
        && before.last().is_some_and(u8::is_ascii_digit)
        && match after {
            [b'+' | b'-', d, ..] => d.is_ascii_digit(),
            [d, ..] => d.is_ascii_digit(),
            [] => false,
        }
}

/// Digits without separators and with a point. A comma or point in front of groups of exactly three digits parts
/// thousands, except a single point: `1.200` is one and a fifth, `1,200` is twelve hundred, `1,5` is one and a half.
fn plain(number: &str) -> Option<String> {
    let (sign, t) = match number.strip_prefix(['-', '−']) {
        Some(rest) => ("-", rest.trim_start()),
        None => ("", number.strip_prefix('+').unwrap_or(number)),
    };
    let blank = |c: char| c == ' ' || c == '\u{a0}' || c == '\u{202f}' || c == '\'' || c == '’' || c == '_';
    if !t
        .chars()
        .all(|c| c.is_ascii_digit() || blank(c) || c == ',' || c == '.')
    {
        return None;
    }
    let (commas, points) = (t.matches(',').count(), t.matches('.').count());
    let point = match (commas, points) {
        (0, 0) => None,
        (0, 1) => Some('.'),
        (1, 0) if grouped(t, ',') => None,
        (1, 0) => Some(','),
        (_, 0) | (0, _) => None,
        (_, 1) if t.rfind('.') > t.rfind(',') => Some('.'),
        (1, _) if t.rfind(',') > t.rfind('.') => Some(','),
        _ => return None,
    };
    let (whole, part) = match point.and_then(|p| t.rsplit_once(p)) {
        Some((w, p)) => (w, p),
        None => (t, ""),
    };
    if !part.chars().all(|c| c.is_ascii_digit()) {
        return None;
    }
    let mut groups = whole.split(|c| blank(c) || c == ',' || c == '.');
    let mut digits = groups.next()?.to_string();
    let mut parted = false;
    for g in groups {
        parted = true;
        if g.len() != 3 {
            return None;
        }
        digits.push_str(g);
    }
    if digits.is_empty() && (part.is_empty() || parted) {
        return None;
    }
    if digits.is_empty() {
        digits.push('0');
    }
    Some(if part.is_empty() {
        format!("{sign}{digits}")
    } else {
        format!("{sign}{digits}.{part}")
    })
}

/// Whether `1,200` means twelve hundred: one to three digits that do not start with 0, then three.
fn grouped(t: &str, mark: char) -> bool {
    t.split_once(mark)
        .is_some_and(|(a, b)| (1..=3).contains(&a.len()) && !a.starts_with('0') && b.len() == 3)
}

/// The shortest text that is this number, without exponent unless it is very large or small.
pub(super) fn float(v: f64) -> String {
    let size = v.abs();
    if v == 0.0 || (1e-7..1e16).contains(&size) {
        format!("{v}")
    } else {
        format!("{v:e}")
    }
}

/// A share as percent: the point is moved in the text, so that `7%` stays `7%`.
pub(super) fn percent(v: f64) -> String {
    let text = format!("{v:e}");
    let moved = text
        .split_once('e')
        .and_then(|(n, e)| e.parse::<i32>().ok().map(|e| format!("{n}e{}", e + 2)))
        .and_then(|t| t.parse::<f64>().ok())
        .map(float)
        .filter(|t| Written::read(&format!("{t}%")).and_then(|w| w.float()) == Some(v));
    moved.map_or_else(|| float(v), |t| format!("{t}%"))
}

/// A number with so many significant digits.
pub(crate) fn significant(v: f64, digits: usize) -> f64 {
    format!("{v:.*e}", digits.saturating_sub(1)).parse().unwrap_or(v)
}

/// Groups the digits in front of the point by three: `12000.50` becomes `12,000.50`.
pub(crate) fn group(plain: &str) -> String {
    let (sign, t) = match plain.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", plain),
    };
    let (whole, part) = t.split_once('.').map_or((t, None), |(w, p)| (w, Some(p)));
    if !whole.bytes().all(|b| b.is_ascii_digit()) {
        return plain.to_string();
    }
    let mut out = sign.to_string();
    for (i, c) in whole.chars().enumerate() {
        if i > 0 && (whole.len() - i) % 3 == 0 {
            out.push(',');
        }
        out.push(c);
    }
    if let Some(p) = part {
        out.push('.');
        out.push_str(p);
    }
    out
}

/// Hours from `4h`, `4h 30m`, `2d`, `1w`, `90 min`, `4:30`; a bare number is hours.
pub(in crate::model) fn hours(text: &str) -> Option<f64> {
    let t = text.trim().to_lowercase();
    if let Some((h, m)) = t.split_once(':') {
        let minutes = m.parse::<u8>().ok().filter(|m| *m < 60)?;
        return Some(f64::from(h.parse::<u32>().ok()?) + f64::from(minutes) / 60.0);
    }
    let mut rest = t.as_str();
    let mut sum: Option<f64> = None;
    while !rest.is_empty() {
        let start = rest
            .char_indices()
            .find(|(i, c)| c.is_alphabetic() && !is_exponent(rest, *i))
            .map_or(rest.len(), |(i, _)| i);
        let end = rest[start..]
            .find(|c: char| !c.is_alphabetic())
            .map_or(rest.len(), |i| start + i);
        let n = Written::read(&rest[..start])?.float()?;
        let unit = match &rest[start..end] {
            "" if sum.is_none() => n,
            "h" | "hr" | "hrs" | "hour" | "hours" => n,
            "m" | "min" | "mins" | "minute" | "minutes" => n / 60.0,
            "s" | "sec" | "second" | "seconds" => n / 3600.0,
            "d" | "day" | "days" => n * 24.0,
            "w" | "wk" | "week" | "weeks" => n * 168.0,
            _ => return None,
        };
        sum = Some(sum.unwrap_or(0.0) + unit);
        rest = rest[end..].trim_start_matches([' ', ',']);
    }
    sum.filter(|s| s.is_finite())
}

/// Hours as text that reads back to the same: `4h 30m`, from two days on `3d 4h`, else `0.3333333333333333h`.
pub(super) fn show_hours(v: f64) -> String {
    let exact = || format!("{}h", float(v));
    let minutes = (v * 60.0).round();
    if !(0.0..6e8).contains(&minutes) || minutes == 0.0 {
        return exact();
    }
    let mut left = minutes as u64;
    let mut out: Vec<String> = Vec::new();
    for (unit, size) in [("d", 1440), ("h", 60), ("m", 1)] {
        let n = left / size;
        if n == 0 || (unit == "d" && n < 2) {
            continue;
        }
        out.push(format!("{n}{unit}"));
        left %= size;
    }
    let nice = out.join(" ");
    if hours(&nice) == Some(v) { nice } else { exact() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_type_as_a_number() {
        for (text, want) in [
            ("12", Some(12.0)),
            ("-12.5", Some(-12.5)),
            ("+3", Some(3.0)),
            ("1,200", Some(1200.0)),
            ("1.200", Some(1.2)),
            ("1,5", Some(1.5)),
            ("0,500", Some(0.5)),
            ("1,200.50", Some(1200.5)),
            ("1.200,50", Some(1200.5)),
            ("1.200.000", Some(1_200_000.0)),
            ("1 200 000", Some(1_200_000.0)),
            ("1'200", Some(1200.0)),
            ("1_000", Some(1000.0)),
            ("12k", Some(12_000.0)),
            ("1.5M", Some(1_500_000.0)),
            ("2 bn", Some(2e9)),
            ("5%", Some(0.05)),
            ("7 %", Some(0.07)),
            (".5", Some(0.5)),
            ("1e-9", Some(1e-9)),
            ("1e400", None),
            ("1,200,50", None),
            ("1.2.3", None),
            ("12x", None),
            ("", None),
            ("-", None),
            ("NaN", None),
            ("inf", None),
            ("1 2", None),
        ] {
            assert_eq!(Written::read(text).and_then(|w| w.float()), want, "{text:?}");
        }
    }

    #[test]
    fn minor_units_are_exact_or_refused() {
        let units = |t: &str, d| Written::read(t).and_then(|w| w.units(d));
        assert_eq!(units("1,200.50", 2), Some(120_050));
        assert_eq!(units("12k", 0), Some(12_000));
        assert_eq!(units("0.1", 2), Some(10));
        assert_eq!(units("1.5k", 3), Some(1_500_000));
        assert_eq!(units("0.005", 2), None);
        assert_eq!(units("1.10", 1), Some(11));
        assert_eq!(units("92233720368547758.07", 2), Some(i64::MAX));
        assert_eq!(units("92233720368547758.08", 2), None);
    }

    #[test]
    fn hours_read_and_show() {
        for (text, want, shown) in [
            ("4h", 4.0, "4h"),
            ("4", 4.0, "4h"),
            ("4h 30m", 4.5, "4h 30m"),
            ("4h30m", 4.5, "4h 30m"),
            ("2d", 48.0, "2d"),
            ("1d 4h", 28.0, "28h"),
            ("1w", 168.0, "7d"),
            ("90 min", 1.5, "1h 30m"),
            ("4:30", 4.5, "4h 30m"),
            ("0", 0.0, "0h"),
            ("0.001h", 0.001, "0.001h"),
        ] {
            assert_eq!(hours(text), Some(want), "{text:?}");
            assert_eq!(show_hours(want), shown);
        }
        for text in ["", "h", "4x", "4 5", "4h 5"] {
            assert_eq!(hours(text), None, "{text:?}");
        }
    }

    #[test]
    fn shares_and_groups() {
        assert_eq!(percent(0.07), "7%");
        assert_eq!(percent(0.0), "0%");
        assert_eq!(percent(1.0), "100%");
        assert_eq!(percent(0.1234), "12.34%");
        assert_eq!(group("-1234567.5"), "-1,234,567.5");
        assert_eq!(group("123"), "123");
    }
}
