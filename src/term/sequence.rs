//! What a terminal sends for keys and mouse: one sequence at a time, of whichever terminal.

use super::decode::Input;
use crate::ui::app::{Deed, Mouse};
use crate::ui::key::{Code, Key};

/// What the first bytes of the input are.
pub(super) enum Step {
    /// So many bytes, which mean this or nothing.
    Done(usize, Option<Input>),
    /// So many bytes begin a paste.
    Paste(usize),
    /// More bytes are needed to know.
    Wait,
}

/// Reads what the bytes begin with.
pub(super) fn first(bytes: &[u8]) -> Step {
    let key = |count, key: Key| Step::Done(count, Some(Input::Key(key)));
    match bytes {
        [] | [0x1b] => Step::Wait,
        [0x1b, rest @ ..] => match rest {
            [b'[', rest @ ..] => control(rest),
            [b'O', rest @ ..] => application(rest),
            [b']' | b'P' | b'_' | b'^' | b'X', ..] => string(bytes),
            // Esc Esc: the first stands for itself, the second may begin something.
            [0x1b, ..] => key(1, Key::new(Code::Esc)),
            _ => match first(rest) {
                Step::Done(count, Some(Input::Key(plain))) => key(count + 1, Key { alt: true, ..plain }),
                Step::Done(count, _) => Step::Done(count + 1, None),
                other => other,
            },
        },
        [byte @ 0..=0x1f, ..] => key(1, control_key(*byte)),
        [b' '..=b'~', ..] => key(1, Key::char(char::from(bytes[0]))),
        [0x7f, ..] => key(1, Key::new(Code::Backspace)),
        _ => letter(bytes),
    }
}

/// Reads one control character.
fn control_key(byte: u8) -> Key {
    match byte {
        b'\r' => Key::new(Code::Enter),
        b'\t' => Key::new(Code::Tab),
        0x08 => Key::new(Code::Backspace),
        0 => Key::ctrl(' '),
        1..=0x1a => Key::ctrl(char::from(byte - 1 + b'a')),
        _ => Key::ctrl(char::from(byte + 0x40)),
    }
}

/// Reads one character of UTF-8 that is longer than a byte; what is none means nothing.
fn letter(bytes: &[u8]) -> Step {
    let length = match bytes[0] {
        0xc2..=0xdf => 2,
        0xe0..=0xef => 3,
        0xf0..=0xf4 => 4,
        _ => return Step::Done(1, None),
    };
    let bytes = &bytes[..length.min(bytes.len())];
    match std::str::from_utf8(bytes) {
        Ok(text) => {
            let c = text.chars().next().filter(|c| !c.is_control());
            Step::Done(bytes.len(), c.map(|c| Input::Key(Key::char(c))))
        }
        Err(error) if error.error_len().is_none() => Step::Wait,
        Err(_) => Step::Done(1, None),
    }
}

/// Reads what follows `ESC O`.
fn application(rest: &[u8]) -> Step {
    let Some(byte) = rest.first() else { return Step::Wait };
    let key = match byte {
        b'A'..=b'H' | b'P'..=b'S' => named(*byte),
        b'a'..=b'd' => named(byte.to_ascii_uppercase()).map(|key| Key { ctrl: true, ..key }),
        b'I' => Some(Key::new(Code::Tab)),
        b'M' => Some(Key::new(Code::Enter)),
        // The keypad in its application mode.
        b'j'..=b'y' => Some(Key::char(char::from(byte - b'j' + b'*'))),
        b'X' => Some(Key::char('=')),
        // `M-O` and another key; the other key still counts.
        0..=0x1f => return Step::Done(2, Some(Input::Key(Key::alt('O')))),
        _ => None,
    };
    Step::Done(3, key.map(Input::Key))
}

/// Skips a string of the terminal (an answer to a question somebody else asked).
fn string(bytes: &[u8]) -> Step {
    match bytes.iter().skip(2).position(|byte| matches!(byte, 0x07 | 0x9c | 0x1b)) {
        Some(at) if bytes[at + 2] != 0x1b => Step::Done(at + 3, None),
        Some(at) => match bytes.get(at + 3) {
            Some(b'\\') => Step::Done(at + 4, None),
            Some(_) => Step::Done(at + 2, None),
            None => Step::Wait,
        },
        None => Step::Wait,
    }
}

/// Reads what follows `ESC [`.
fn control(rest: &[u8]) -> Step {
    // The Linux console has a second bracket for F1 to F5.
    if let [b'[', more @ ..] = rest {
        return match more {
            [] => Step::Wait,
            [byte @ b'A'..=b'E', ..] => Step::Done(4, Some(Input::Key(Key::new(Code::F(byte - b'A' + 1))))),
            _ => Step::Done(3, None),
        };
    }
    // rxvt ends the keys with Shift in `$`; in the answer to a question about a mode it stands before the end.
    let dollar = |at: usize| rest[at] == b'$' && rest[..at].iter().all(u8::is_ascii_digit);
    let length = (0..rest.len()).find(|at| !matches!(rest[*at], b' '..=b'?') || dollar(*at));
    let Some(length) = length else { return Step::Wait };
    let (body, last) = (&rest[..length], rest[length]);
    let whole = length + 3;
    if !matches!(last, b'@'..=b'~' | b'$') {
        // Something else began amid the sequence: leave it to be read.
        return Step::Done(whole - 1, None);
    }
    let text = std::str::from_utf8(body).unwrap_or_default();
    let number = |at: usize| -> Option<u32> {
        text.split(';')
            .nth(at)
            .and_then(|part| part.split(':').next())
            .and_then(|part| part.parse().ok())
    };
    if let Some(mouse) = text.strip_prefix('<') {
        return Step::Done(whole, self::mouse(mouse, last));
    }
    if last == b'M' && body.is_empty() {
        // The old report of the mouse: three bytes that are 32 more than they say.
        return match rest[length + 1..] {
            [button, x, y, ..] => {
                let text = format!(
                    "{};{};{}",
                    button.wrapping_sub(32),
                    x.saturating_sub(32),
                    y.saturating_sub(32)
                );
                Step::Done(whole + 3, self::mouse(&text, last))
            }
            _ => Step::Wait,
        };
    }
    let key = match (last, number(0)) {
        (b'~', Some(200)) => return Step::Paste(whole),
        (b'~', Some(27)) => number(2).and_then(coded),
        (b'~' | b'^' | b'$' | b'@', Some(code)) => numbered(code),
        (b'u', Some(code)) => coded(code),
        (b'Z', _) => Some(Key::new(Code::BackTab)),
        // Other first numbers would be answers to questions, such as where the cursor is.
        (b'A'..=b'H' | b'P'..=b'S', first) if body.is_empty() || first == Some(1) => named(last),
        (b'a'..=b'd', None) if body.is_empty() => {
            named(last.to_ascii_uppercase()).map(|key| Key { shift: true, ..key })
        }
        _ => None,
    };
    let held = number(1).unwrap_or(1).saturating_sub(1);
    let key = key.map(|key| {
        Key {
            shift: key.shift || held & 1 != 0 || matches!(last, b'$' | b'@'),
            alt: held & 0b1010 != 0,
            ctrl: held & 4 != 0 || matches!(last, b'^' | b'@'),
            ..key
        }
        .normal()
    });
    Step::Done(whole, key.map(Input::Key))
}

/// Names the key of a final letter.
fn named(letter: u8) -> Option<Key> {
    Some(Key::new(match letter {
        b'A' => Code::Up,
        b'B' => Code::Down,
        b'C' => Code::Right,
        b'D' => Code::Left,
        b'F' => Code::End,
        b'H' => Code::Home,
        b'P'..=b'S' => Code::F(letter - b'P' + 1),
        _ => return None,
    }))
}

/// Names the key of a number before `~`.
fn numbered(number: u32) -> Option<Key> {
    Some(Key::new(match number {
        1 | 7 => Code::Home,
        2 => Code::Insert,
        3 => Code::Delete,
        4 | 8 => Code::End,
        5 => Code::PageUp,
        6 => Code::PageDown,
        11..=15 => Code::F(number as u8 - 10),
        17..=21 => Code::F(number as u8 - 11),
        23..=26 => Code::F(number as u8 - 12),
        28 | 29 => Code::F(number as u8 - 13),
        31..=34 => Code::F(number as u8 - 14),
        _ => return None,
    }))
}

/// Names the key of a code point, as terminals say it that tell all keys apart.
fn coded(number: u32) -> Option<Key> {
    match number {
        9 => Some(Key::new(Code::Tab)),
        13 | 57414 => Some(Key::new(Code::Enter)),
        27 => Some(Key::new(Code::Esc)),
        8 | 127 => Some(Key::new(Code::Backspace)),
        // The private use area is for keys without a character.
        0xe000..=0xf8ff => None,
        _ => char::from_u32(number).filter(|c| !c.is_control()).map(Key::char),
    }
}

/// Reads a report of the mouse: button, column and row from 1.
fn mouse(text: &str, last: u8) -> Option<Input> {
    let mut numbers = text.split(';').map(|part| part.parse::<u16>().ok());
    let (button, x, y) = (numbers.next()??, numbers.next()??, numbers.next()??);
    let deed = match button & !0b1_1100 {
        0 if last == b'M' => Deed::Press,
        64 => Deed::WheelUp,
        65 => Deed::WheelDown,
        _ => return None,
    };
    Some(Input::Mouse(Mouse {
        deed,
        x: x.checked_sub(1)?,
        y: y.checked_sub(1)?,
    }))
}
