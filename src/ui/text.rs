//! Text from outside on its way to people: shown, never obeyed. Everything that a terminal would act on instead of
//! drawing (control characters, escape sequences, text direction) or would draw as nothing comes out visible.

use std::borrow::Cow;
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

/// Makes a text harmless and whole on one line: C0 controls become their pictures (`␛`, `␊`), other characters that
/// act or do not show become their number (`<U+202E>`).
pub fn clean(text: &str) -> Cow<'_, str> {
    let Some(first) = text.find(acts) else {
        return Cow::Borrowed(text);
    };
    let mut out = String::with_capacity(text.len() + 16);
    out.push_str(&text[..first]);
    for c in text[first..].chars() {
        match c {
            '\t' => out.push(' '),
            '\0'..='\x1f' => out.extend(char::from_u32(0x2400 + c as u32)),
            '\x7f' => out.push('\u{2421}'),
            // They only choose between glyphs, and terminals disagree about the width that follows.
            '\u{fe00}'..='\u{fe0f}' => {}
            c if acts(c) => out.push_str(&format!("<U+{:04X}>", c as u32)),
            c => out.push(c),
        }
    }
    Cow::Owned(out)
}

/// The lines of a text of many lines, each made harmless; `\r\n` parts like `\n`.
pub fn lines(text: &str) -> impl Iterator<Item = Cow<'_, str>> {
    text.lines().map(clean)
}

/// How many cells a text takes; text that was not cleaned may take others.
pub fn width(text: &str) -> usize {
    UnicodeWidthStr::width(text)
}

/// The text in at most `cells` cells; what does not fit is cut between graphemes and `mark` says so.
pub fn fit<'a>(text: &'a str, cells: usize, mark: &str) -> Cow<'a, str> {
    if width(text) <= cells {
        return Cow::Borrowed(text);
    }
    let room = cells.saturating_sub(width(mark));
    let (mut used, mut end) = (0, 0);
    for (at, g) in text.grapheme_indices(true) {
        used += width(g);
        if used > room {
            break;
        }
        end = at + g.len();
    }
    let mark = if width(mark) <= cells { mark } else { "" };
    Cow::Owned(format!("{}{mark}", &text[..end]))
}

/// The sentences that fit into `cells` cells; of a first one that does not, the words that do, and `mark`.
pub fn fit_sentences<'a>(text: &'a str, cells: usize, mark: &str) -> Cow<'a, str> {
    if width(text) <= cells {
        return Cow::Borrowed(text);
    }
    let fitting = fit(text, cells, "");
    if let Some(end) = fitting.rfind(". ") {
        return Cow::Borrowed(&text[..=end]);
    }
    let fitting = fit(text, cells.saturating_sub(width(mark)), "");
    match fitting.rsplit_once(' ') {
        Some((words, _)) => Cow::Owned(format!("{}{mark}", words.trim_end_matches([',', ':', ';']))),
        None => fit(text, cells, mark),
    }
}

/// Whether a terminal would act on a character, or show nothing for it.
fn acts(c: char) -> bool {
    matches!(c,
        '\0'..='\x1f' | '\x7f'..='\u{9f}'       // C0, DEL, C1
        | '\u{ad}' | '\u{34f}' | '\u{61c}'      // soft hyphen, grapheme joiner, Arabic letter mark
        | '\u{115f}' | '\u{1160}' | '\u{3164}' | '\u{ffa0}' // Hangul fillers
        | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}'               // zero width, marks of direction
        | '\u{2028}'..='\u{202e}'               // separators, embeddings and overrides
        | '\u{2060}'..='\u{206f}'               // joiners, isolates, deprecated format characters
        | '\u{fe00}'..='\u{fe0f}'               // variation selectors
        | '\u{feff}' | '\u{fff0}'..='\u{fffb}'
        | '\u{1d173}'..='\u{1d17a}'
        | '\u{e0000}'..='\u{e0fff}'             // tags
    )
}

/// The letters of Latin-1 and Latin Extended-A, U+00C0 to U+017F, without their accents.
const LETTERS: &str = "AAAAAAACEEEEIIIIDNOOOOOxOUUUUYTsaaaaaaaceeeeiiiidnooooo/ouuuuyty\
    AaAaAaCcCcCcCcDdDdEeEeEeEeEeGgGgGgGgHhHhIiIiIiIiIiIiJjKkkLlLlLlL\
    lLlNnNnNnnNnOoOoOoOoRrRrRrSsSsSsSsTtTtTtUuUuUuUuUuUuWwYyYZzZzZzs";

/// What stands for a grapheme where only ASCII can be shown: the nearest character, or a question mark.
pub fn plain(grapheme: &str) -> char {
    match grapheme.chars().next() {
        Some(c) if c.is_ascii() => c,
        Some('\u{2010}'..='\u{2015}' | '−') => '-',
        Some('‘' | '’' | '‚') => '\'',
        Some('“' | '”' | '„' | '«' | '»') => '"',
        Some('…') => '~',
        Some('·' | '•') => '-',
        Some('×') => 'x',
        Some('÷') => '/',
        Some('±') => '+',
        Some('α') => 'a',
        Some('β') => 'b',
        Some('Σ') => 'S',
        Some('ⁿ') => 'n',
        Some('\u{a0}' | '\u{2000}'..='\u{200a}') => ' ',
        Some(c @ '\u{c0}'..='\u{17f}') => {
            let place = (c as usize).saturating_sub(0xc0);
            LETTERS.as_bytes().get(place).map_or('?', |b| char::from(*b))
        }
        _ => '?',
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_is_not_ascii_has_something_that_stands_for_it() {
        let all = ["a", "–", "’", "…", "e\u{301}", "é", "風", "\u{a0}", "×", "β", "ⁿ"];
        assert_eq!(all.map(plain), ['a', '-', '\'', '~', 'e', 'e', '?', ' ', 'x', 'b', 'n']);
    }

    #[test]
    fn whole_sentences_stay_or_whole_words() {
        let text = "What is in force, and who wrote it. One record each. More.";
        let all = [80, 57, 40, 34, 20, 19, 3].map(|cells| fit_sentences(text, cells, "…"));
        assert_eq!(
            all,
            [
                text,
                "What is in force, and who wrote it. One record each.",
                "What is in force, and who wrote it.",
                "What is in force, and who wrote…",
                "What is in force…",
                "What is in force…",
                "Wh…"
            ]
        );
    }

    #[test]
    fn ordinary_text_is_left_alone() {
        for t in [
            "",
            "Kartendaten ausgespäht",
            "支付中断",
            "a <b> & c",
            "naïve — “quoted”",
        ] {
            assert!(matches!(clean(t), Cow::Borrowed(s) if s == t));
        }
    }

    #[test]
    fn what_acts_is_shown() {
        assert_eq!(clean("\x1b[31mred\x1b[0m"), "␛[31mred␛[0m");
        assert_eq!(clean("a\nb\r\tc\x7f"), "a␊b␍ c␡");
        assert_eq!(clean("\u{9b}2J"), "<U+009B>2J");
        assert_eq!(clean("txt\u{202e}exe"), "txt<U+202E>exe");
        assert_eq!(clean("ad\u{200b}min\u{feff}"), "ad<U+200B>min<U+FEFF>");
        assert_eq!(clean("\u{26a0}\u{fe0f}!"), "\u{26a0}!");
    }

    #[test]
    fn what_does_not_fit_is_cut_between_graphemes() {
        assert_eq!(fit("abcdef", 6, "…"), "abcdef");
        assert_eq!(fit("abcdef", 5, "…"), "abcd…");
        assert_eq!(fit("支付中断", 5, "…"), "支付…");
        assert_eq!(fit("e\u{301}e\u{301}e\u{301}", 2, "…"), "e\u{301}…");
        assert_eq!(fit("abc", 0, "…"), "");
    }

    proptest! {
        #[test]
        fn nothing_that_acts_is_left(text in any::<String>()) {
            let once = clean(&text).into_owned();
            prop_assert!(!once.chars().any(acts));
            prop_assert!(!once.chars().any(char::is_control));
            prop_assert_eq!(clean(&once).into_owned(), once);
        }

        #[test]
        fn fitted_text_fits(text in "\\PC{0,20}", cells in 0usize..20) {
            prop_assert!(width(&fit(&text, cells, "…")) <= cells);
        }
    }
}
