//! A query cut into terms. Knows quotes, `-` and operators, but no field.

use super::QueryError;

/// How a value is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Op {
    /// `:`, whatever "has" means for the type.
    Has,
    /// `=`
    Is,
    /// `!=`
    Not,
    /// `<`
    Less,
    /// `<=`
    Most,
    /// `>`
    More,
    /// `>=`
    Least,
}

impl Op {
    /// Whether it asks for an order.
    pub(super) fn orders(self) -> bool {
        matches!(self, Self::Less | Self::Most | Self::More | Self::Least)
    }

    /// Whether an order satisfies it.
    pub(super) fn holds(self, o: std::cmp::Ordering) -> bool {
        match self {
            Self::Has | Self::Is => o.is_eq(),
            Self::Not => o.is_ne(),
            Self::Less => o.is_lt(),
            Self::Most => o.is_le(),
            Self::More => o.is_gt(),
            Self::Least => o.is_ge(),
        }
    }
}

/// The operators as they are written, the longer first.
const OPS: [(&str, Op); 9] = [
    ("<=", Op::Most),
    (">=", Op::Least),
    ("!=", Op::Not),
    ("≤", Op::Most),
    ("≥", Op::Least),
    ("<", Op::Less),
    (">", Op::More),
    ("=", Op::Is),
    (":", Op::Has),
];

/// One alternative of a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Piece {
    /// Where it begins, in characters.
    pub at: usize,
    /// Its text, without quotes.
    pub text: String,
    /// Whether it was quoted: then `*`, `none`, `me` and `@` are plain text.
    pub quoted: bool,
}

/// What a term says, before fields are looked up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Said {
    Word(String),
    Phrase(String),
    Field { name: String, op: Op, values: Vec<Piece> },
}

/// A term and where it begins, in characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Token {
    pub at: usize,
    pub negated: bool,
    pub said: Said,
}

/// An operator at the start of some characters, and how many it takes.
pub(super) fn op_at(chars: &[char]) -> Option<(Op, usize)> {
    OPS.iter().find_map(|(text, op)| {
        let n = text.chars().count();
        (chars.len() >= n && text.chars().eq(chars[..n].iter().copied())).then_some((*op, n))
    })
}

/// Whether a character in front of a term turns it round.
pub(super) fn is_not(c: char) -> bool {
    matches!(c, '-' | '!')
}

/// How many characters at the start could be the name of a field.
pub(super) fn name_len(chars: &[char]) -> usize {
    if !chars.first().is_some_and(|c| c.is_alphabetic()) {
        return 0;
    }
    chars
        .iter()
        .take_while(|c| c.is_alphanumeric() || **c == '_' || **c == '-')
        .count()
}

/// Cuts a query into terms.
pub(super) fn cut(text: &str) -> Result<Vec<Token>, QueryError> {
    let chars: Vec<char> = text.chars().collect();
    let mut out = Vec::new();
    let mut i = 0;
    while i < chars.len() {
        if chars[i].is_whitespace() {
            i += 1;
            continue;
        }
        let at = i;
        let negated = is_not(chars[i]);
        if negated {
            i += 1;
            if chars.get(i).is_none_or(|c| c.is_whitespace()) {
                continue;
            }
        }
        let name = name_len(&chars[i..]);
        let said = if chars[i] == '"' {
            let (phrase, end) = quoted(&chars, i)?;
            i = end;
            Said::Phrase(phrase)
        } else if let Some((op, n)) = op_at(&chars[i + name..]).filter(|_| name > 0) {
            let word: String = chars[i..i + name].iter().collect();
            i += name + n;
            let (op, n) = match op_at(&chars[i..]) {
                // `due:<30d` is `due<30d`
                Some((inner, n)) if op == Op::Has => (inner, n),
                _ => (op, 0),
            };
            i += n;
            let (values, end) = alternatives(&chars, i, &word)?;
            i = end;
            Said::Field { name: word, op, values }
        } else {
            let start = i;
            while i < chars.len() && !chars[i].is_whitespace() {
                i += 1;
            }
            Said::Word(chars[start..i].iter().collect())
        };
        if said != Said::Phrase(String::new()) {
            out.push(Token { at, negated, said });
        }
    }
    Ok(out)
}

fn quoted(chars: &[char], open: usize) -> Result<(String, usize), QueryError> {
    let rest = &chars[open + 1..];
    match rest.iter().position(|c| *c == '"') {
        Some(n) => Ok((rest[..n].iter().collect(), open + n + 2)),
        None => Err(QueryError::new(open, "the quote is not closed: add a second \"")),
    }
}

fn alternatives(chars: &[char], start: usize, name: &str) -> Result<(Vec<Piece>, usize), QueryError> {
    let mut values = Vec::new();
    let mut i = start;
    loop {
        let at = i;
        let (mut text, mut has_quote) = (String::new(), false);
        while i < chars.len() && !chars[i].is_whitespace() && chars[i] != '|' {
            if chars[i] == '"' {
                let (part, end) = quoted(chars, i)?;
                text.push_str(&part);
                (i, has_quote) = (end, true);
            } else {
                text.push(chars[i]);
                i += 1;
            }
        }
        if text.trim().is_empty() {
            return Err(QueryError::new(at, format!("a value is missing for '{name}'")));
        }
        values.push(Piece {
            at,
            text,
            quoted: has_quote,
        });
        if chars.get(i) != Some(&'|') {
            return Ok((values, i));
        }
        i += 1;
    }
}
