//! Bytes from the keyboard to keys, mouse and pastes. It takes any bytes, in any pieces, and never fails.

use super::sequence::{Step, first};
use crate::ui::app::Mouse;
use crate::ui::key::{Code, Key};

/// A paste that is longer is cut here.
const MOST: usize = 1 << 20;

/// No sequence of a terminal is longer; what is, is noise.
const LONGEST: usize = 256;

/// What ends a paste.
const PASTED: &[u8] = b"\x1b[201~";

/// What the person did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Input {
    /// Pressed a key.
    Key(Key),
    /// Moved a wheel or pressed a button.
    Mouse(Mouse),
    /// Pasted a text.
    Paste(String),
    /// What was pasted was longer than is taken in; the text came before.
    Overlong,
}

/// Keeps what has come of a sequence that is not complete.
#[derive(Default)]
pub(super) struct Decoder {
    pending: Vec<u8>,
    paste: Option<Vec<u8>>,
    /// Something of the paste was left out.
    cut: bool,
}

impl Decoder {
    /// Takes bytes in and appends what they mean.
    pub(super) fn feed(&mut self, bytes: &[u8], out: &mut Vec<Input>) {
        for byte in bytes {
            match &mut self.paste {
                Some(text) => {
                    text.push(*byte);
                    if text.ends_with(PASTED) {
                        text.truncate(text.len() - PASTED.len());
                        self.end_paste(out);
                    } else if text.len() > MOST + PASTED.len() {
                        // The end must still be found, so that the rest is not taken for keys.
                        text.drain(MOST..MOST + 1);
                        self.cut = true;
                    }
                }
                None => {
                    self.pending.push(*byte);
                    self.advance(out);
                }
            }
        }
    }

    /// Says whether something has come that is not complete: a lone Esc, or the begin of a sequence.
    pub(super) fn pending(&self) -> bool {
        !self.pending.is_empty()
    }

    /// Says whether a paste has begun and not ended.
    pub(super) fn pasting(&self) -> bool {
        self.paste.is_some()
    }

    /// Takes it that nothing more will come: what is there is what was meant.
    pub(super) fn settle(&mut self, out: &mut Vec<Input>) {
        if self.paste.is_some() {
            self.end_paste(out);
        }
        let pending = std::mem::take(&mut self.pending);
        match pending.as_slice() {
            [0x1b] => out.push(Input::Key(Key::new(Code::Esc))),
            [0x1b, byte @ b' '..=b'~'] => out.push(Input::Key(Key::alt(char::from(*byte)))),
            // A torn sequence means nothing.
            _ => {}
        }
    }

    fn end_paste(&mut self, out: &mut Vec<Input>) {
        let mut bytes = self.paste.take().unwrap_or_default();
        bytes.truncate(MOST);
        let text = String::from_utf8_lossy(&bytes)
            .replace("\r\n", "\n")
            .replace('\r', "\n");
        out.push(Input::Paste(text));
        if std::mem::take(&mut self.cut) {
            out.push(Input::Overlong);
        }
    }

    fn advance(&mut self, out: &mut Vec<Input>) {
        while !self.pending.is_empty() && self.paste.is_none() {
            match first(&self.pending) {
                Step::Done(count, input) => {
                    self.pending.drain(..count.clamp(1, self.pending.len()));
                    out.extend(input);
                }
                Step::Paste(count) => {
                    self.pending.drain(..count.min(self.pending.len()));
                    self.paste = Some(std::mem::take(&mut self.pending));
                }
                Step::Wait if self.pending.len() > LONGEST => self.pending.clear(),
                Step::Wait => return,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Feeds bytes in one piece and settles; names what comes out.
    fn read(bytes: &[u8]) -> Vec<String> {
        let mut out = Vec::new();
        let mut decoder = Decoder::default();
        decoder.feed(bytes, &mut out);
        decoder.settle(&mut out);
        out.iter().map(say).collect()
    }

    fn say(input: &Input) -> String {
        match input {
            Input::Key(key) => key.to_string(),
            Input::Mouse(mouse) => format!("{:?} {},{}", mouse.deed, mouse.x, mouse.y),
            Input::Paste(text) => format!("paste {text:?}"),
            Input::Overlong => "overlong".to_owned(),
        }
    }

    #[test]
    fn bytes_mean_keys() {
        for (bytes, keys) in [
            (&b"jG -~"[..], "j G space - ~"),
            (b"\r\t\x7f\x08", "Enter Tab Backspace Backspace"),
            (b"\x01\x0a\x1a\x00\x1c\x1f", "C-a C-j C-z C-space C-\\ C-_"),
            (b"\x1b", "Esc"),
            (b"\x1b\x1b", "Esc Esc"),
            (b"\x1b\x1b[A", "Esc Up"),
            (b"\x1bf\x1b\x7f\x1b\x06", "M-f M-Backspace C-M-f"),
            (b"\x1b[", "M-["),
            (b"\x1bO", "M-O"),
            (b"\x1b]", "M-]"),
            (b"\x1b[A\x1b[B\x1b[C\x1b[D\x1b[H\x1b[F", "Up Down Right Left Home End"),
            (b"\x1bOA\x1bOP\x1bOS\x1bOa\x1bOM\x1bOk", "Up F1 F4 C-Up Enter +"),
            (
                b"\x1b[1~\x1b[3~\x1b[4~\x1b[5~\x1b[6~\x1b[2~",
                "Home Del End PgUp PgDn Ins",
            ),
            (b"\x1b[11~\x1b[15~\x1b[17~\x1b[24~\x1b[[A\x1b[[E", "F1 F5 F6 F12 F1 F5"),
            (
                b"\x1b[1;5A\x1b[1;2B\x1b[1;3C\x1b[3;5~\x1b[5;2~",
                "C-Up S-Down M-Right C-Del S-PgUp",
            ),
            (b"\x1b[3^\x1b[3$\x1b[3@\x1b[a", "C-Del S-Del C-S-Del S-Up"),
            (
                b"\x1b[Z\x1b[1;2P\x1b[27;5;105~\x1b[105;5u\x1b[27u",
                "S-Tab S-F1 C-i C-i Esc",
            ),
            (b"\x1b[9;2u\x1b[97;2u\x1b[13;3u", "S-Tab A M-Enter"),
            ("é風🔥\u{1b}ß".as_bytes(), "é 風 🔥 M-ß"),
            (b"\x1b[I\x1b[O", ""),
            (b"\x1b[12;40R\x1b[?62;c", ""),
            (b"\x1b]11;rgb:0/0/0\x07j\x1bP1$r\x1b\\k", "j k"),
            (b"\xff\xfe\x80j\xc3(\xe2\x82k", "j ( k"),
            ("\u{9b}A".as_bytes(), "A"),
            (b"\x1b[1\x1b[B", "Down"),
            (b"\x1b[1;9\rj", "Enter j"),
        ] {
            assert_eq!(read(bytes).join(" "), keys, "{:?}", String::from_utf8_lossy(bytes));
        }
    }

    #[test]
    fn the_mouse_is_read_in_both_forms() {
        assert_eq!(
            read(b"\x1b[<0;5;7M\x1b[<0;5;7m\x1b[<64;1;1M\x1b[<65;1;2M"),
            ["Press 4,6", "WheelUp 0,0", "WheelDown 0,1"]
        );
        assert_eq!(read(b"\x1b[M !\"j"), ["Press 0,1", "j"]);
        assert!(read(b"\x1b[<0;0;0M\x1b[<;;M\x1b[<99999;1;1M\x1b[<35;4;4M").is_empty());
    }

    #[test]
    fn a_paste_is_one_text_and_nothing_in_it_is_a_key() {
        assert_eq!(
            read(b"a\x1b[200~one\r\ntwo\rthree \x1b[A q\x03\x1b[201~b"),
            ["a", "paste \"one\\ntwo\\nthree \\u{1b}[A q\\u{3}\"", "b"]
        );
        assert_eq!(read(b"\x1b[200~torn"), ["paste \"torn\""]);
        assert!(read(b"\x1b[201~").is_empty());
        let mut long = b"\x1b[200~".to_vec();
        long.extend(std::iter::repeat_n(b'x', MOST + 5000));
        long.extend_from_slice(b"\x1b[201~j");
        let mut out = Vec::new();
        Decoder::default().feed(&long, &mut out);
        assert!(matches!(&out[..], [Input::Paste(text), Input::Overlong, Input::Key(_)] if text.len() == MOST));
    }

    #[test]
    fn the_answer_to_a_question_is_no_key() {
        for answer in [
            "\x1b[?2026;2$y",
            "\x1b[4;1$y",
            "\x1b[?64;1;22c",
            "\x1b]11;rgb:0/0/0\x07",
            "\x1bP>|XTerm\x1b\\",
        ] {
            assert_eq!(read(format!("{answer}j").as_bytes()), read(b"j"), "{answer:?}");
        }
        // rxvt ends a key with Shift in the same character.
        assert_ne!(read(b"\x1b[7$"), read(b""));
    }

    #[test]
    fn pieces_do_not_matter() {
        let bytes = "j\u{1b}[1;5A\u{1b}OP風\u{1b}[<0;5;7M\u{1b}[200~é\u{1b}[201~\u{1b}[M !\"k".as_bytes();
        let whole = read(bytes);
        for cut in 0..bytes.len() {
            let mut out = Vec::new();
            let mut decoder = Decoder::default();
            decoder.feed(&bytes[..cut], &mut out);
            decoder.feed(&bytes[cut..], &mut out);
            assert_eq!(out.iter().map(say).collect::<Vec<_>>(), whole, "cut at {cut}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_are_taken(pieces in proptest::collection::vec(
            proptest::prop_oneof![
                proptest::collection::vec(proptest::num::u8::ANY, 0..6),
                proptest::sample::select(vec![b"\x1b[".to_vec(), b"\x1b]52;".to_vec(), b"\x1b[<0;9999;9999M".to_vec(), b"\x1bP".to_vec(), b"\x1b[M".to_vec(), b"\xc3".to_vec()]),
            ], 0..80)) {
            let mut decoder = Decoder::default();
            let mut out = Vec::new();
            for piece in &pieces {
                decoder.feed(piece, &mut out);
                assert!(decoder.pending.len() <= LONGEST + 1);
            }
            decoder.settle(&mut out);
            assert!(!decoder.pending() && !decoder.pasting());
            // Whatever came, the next key is heard.
            out.clear();
            decoder.feed(b"q", &mut out);
            assert_eq!(out, [Input::Key(Key::char('q'))]);
        }
    }
}
