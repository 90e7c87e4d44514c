//! Keys of the one order as bytes that compare as the keys do, so that many records are sorted without looking at them
//! again.

use super::order::Key;
use crate::model::record::Id;

/// Where there is no value, which comes last either way. No number has these bytes.
const NONE: [u8; 2] = [0xff, 0xff];
/// Before a text, behind every number and id.
const TEXT: [u8; 2] = [0xff, 0xfe];
/// Before an id, behind every number.
const ID: [u8; 2] = [0xff, 0xfd];

/// Writes a key; inverted if it descends.
pub(super) fn write(key: Option<&Key>, descending: bool, out: &mut Vec<u8>) {
    let start = out.len();
    match key {
        None => return out.extend(NONE),
        Some(Key::Number(n)) => {
            let bits = n.to_bits();
            let ordered = if bits >> 63 == 0 { bits | 1 << 63 } else { !bits };
            out.extend(ordered.to_be_bytes());
        }
        Some(Key::Text(t)) => {
            out.extend(TEXT);
            write_text(t.as_bytes(), out);
        }
        Some(Key::Id(id)) => {
            out.extend(ID);
            write_id(id, out);
        }
    }
    if descending {
        for b in &mut out[start..] {
            *b = !*b;
        }
    }
}

/// Ends with a byte that is below every other; a zero byte within the text is told from it by what follows.
fn write_text(text: &[u8], out: &mut Vec<u8>) {
    for &b in text {
        out.push(b);
        if b == 0 {
            out.push(1);
        }
    }
    out.extend([0, 0]);
}

/// Ids by prefix, then number, then text; those without a number by the numbers within them.
pub(super) fn write_id(id: &Id, out: &mut Vec<u8>) {
    write_text(id.prefix().as_bytes(), out);
    match id.number() {
        None => {
            out.push(1);
            write_natural(id.as_str().as_bytes(), out);
        }
        Some(n) => {
            out.push(2);
            out.extend(n.to_be_bytes());
        }
    }
    write_text(id.as_str().as_bytes(), out);
}

/// Digits that stand together count as a number: how many there are comes before them.
fn write_natural(mut text: &[u8], out: &mut Vec<u8>) {
    while let Some((&first, rest)) = text.split_first() {
        if !first.is_ascii_digit() {
            write_text(&[first], out);
            // a text goes on: the end of this byte's own text is taken back
            out.truncate(out.len() - 2);
            text = rest;
            continue;
        }
        let digits = text.iter().take_while(|b| b.is_ascii_digit()).count();
        let zeros = text[..digits].iter().take_while(|b| **b == b'0').count();
        let number = &text[zeros..digits];
        out.push(b'0');
        out.extend(u32::try_from(number.len()).unwrap_or(u32::MAX).to_be_bytes());
        out.extend(number);
        text = &text[digits..];
    }
    out.extend([0, 0]);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::codec::compare;
    use proptest::prelude::*;

    fn key() -> impl Strategy<Value = Option<Key>> {
        let text = "[a-c\\x00é]{0,4}".prop_map(Key::Text);
        let number = prop_oneof![
            any::<f64>().prop_filter("not a number", |n| !n.is_nan()),
            (-3i32..3).prop_map(f64::from)
        ];
        let id = "(R|SA|S)-([0-9]{0,3}|[a-b.0-9]{0,6})".prop_map(|t| Key::Id(Id::from(t)));
        prop_oneof![
            Just(None),
            text.prop_map(Some),
            number.prop_map(|n| Some(Key::Number(n))),
            id.prop_map(Some)
        ]
    }

    proptest! {
        #[test]
        fn bytes_compare_as_the_keys_do(a in key(), b in key(), down: bool, tail_a: u8, tail_b: u8) {
            let of = |k: &Option<Key>, tail: u8| {
                let mut out = Vec::new();
                write(k.as_ref(), down, &mut out);
                out.push(tail);
                out
            };
            let want = compare(a.as_ref(), b.as_ref(), down).then(tail_a.cmp(&tail_b));
            prop_assert_eq!(of(&a, tail_a).cmp(&of(&b, tail_b)), want);
        }
    }
}
