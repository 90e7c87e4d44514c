//! The themes, measured: everything can be read on the grounds it is made for, at every depth of colour.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test stops where it fails"
)]

use isms::term::screen::Depth;
use isms::ui::look::Look;
use isms::ui::theme::{BUILT_IN, ROLES, Theme};
use ratatui::style::Color;

/// Red, green and blue of one of the colours 16 to 255, as xterm has them.
fn seen(c: Color) -> Color {
    const STEPS: [u8; 6] = [0, 95, 135, 175, 215, 255];
    match c {
        Color::Indexed(n @ 16..=231) => {
            let n = usize::from(n) - 16;
            Color::Rgb(STEPS[n / 36], STEPS[n / 6 % 6], STEPS[n % 6])
        }
        Color::Indexed(n @ 232..) => {
            let grey = 8 + 10 * (n - 232);
            Color::Rgb(grey, grey, grey)
        }
        other => other,
    }
}

/// Relative luminance, as WCAG 2 has it.
fn luminance(c: Color) -> f64 {
    let Color::Rgb(r, g, b) = c else {
        panic!("{c:?} has no luminance")
    };
    let part = |v: u8| match f64::from(v) / 255.0 {
        v if v <= 0.03928 => v / 12.92,
        v => ((v + 0.055) / 1.055).powf(2.4),
    };
    0.2126 * part(r) + 0.7152 * part(g) + 0.0722 * part(b)
}

/// Contrast as WCAG 2 has it, 1 to 21.
fn contrast(a: Color, b: Color) -> f64 {
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

#[test]
fn everything_can_be_read_on_the_grounds_it_is_made_for() {
    assert!((contrast(Color::Rgb(0, 0, 0), Color::Rgb(255, 255, 255)) - 21.0).abs() < 0.001);
    for (name, text) in BUILT_IN.iter().filter(|(name, _)| *name != "terminal") {
        let theme = Theme::read(name, text).unwrap();
        assert!(theme.grounds.len() > 1, "{name}");
        for (role, ground) in ROLES.iter().flat_map(|r| theme.grounds.iter().map(move |g| (r, *g))) {
            let least = match (*role, *name) {
                // Rules and frames are no text.
                ("border", _) => 2.4,
                (_, "contrast") => 7.0,
                _ => 4.5,
            };
            let style = theme.style(role);
            let fg = style.fg.unwrap_or_else(|| panic!("{name} {role} has no colour"));
            let ground = style.bg.unwrap_or(ground);
            for depth in [Depth::True, Depth::C256] {
                let fg = seen(depth.colour(fg));
                let found = contrast(fg, ground);
                assert!(found >= least, "{name} {role} {depth:?}: {found:.1} on {ground:?}");
            }
        }
    }
}

#[test]
fn sixteen_colours_keep_the_hue_and_never_the_ground() {
    let index = |theme: &Theme, role: &str| match Depth::C16.colour(theme.style(role).fg.unwrap_or_default()) {
        Color::Indexed(n) => Some(n),
        _ => None,
    };
    for (name, text) in BUILT_IN {
        let mut theme = Theme::read(name, text).unwrap();
        theme.sixteen = true;
        // What a light or dark ground is made of.
        let lost: &[u8] = match (*name, theme.grounds.first()) {
            ("terminal", _) => &[0, 7, 8, 15],
            // yellow and green too are hardly seen on white
            (_, Some(g)) if luminance(*g) > 0.5 => &[0, 2, 3, 7, 8, 10, 11, 15],
            _ => &[0, 7, 8, 15],
        };
        for role in ROLES {
            assert!(index(&theme, role).is_none_or(|n| !lost.contains(&n)), "{name} {role}");
        }
        for role in ["error", "warn", "ok", "marked", "id", "level1", "level4"] {
            assert!(
                ![0, 7, 8, 15].contains(&index(&theme, role).unwrap()),
                "{name} {role} has no hue"
            );
        }
        assert_ne!(index(&theme, "error"), index(&theme, "ok"), "{name}");
        assert_ne!(index(&theme, "error"), index(&theme, "warn"), "{name}");
        assert_ne!(index(&theme, "level2"), index(&theme, "level3"), "{name}");
    }
}
