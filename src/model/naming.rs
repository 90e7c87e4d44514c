//! Ids that are made of a record's own fields: `SA-27001-A.5.1`.

use super::kind::{Kind, Tag};
use super::record::Id;
use super::value::Value;

/// The id that a record of a kind gets by its values, where the kind makes ids so.
///
/// # Errors
/// The field of which nothing can be made, in words for the person.
pub fn made<'v>(kind: &Kind, get: impl Fn(Tag) -> Option<&'v Value>) -> Result<Id, (Tag, String)> {
    let mut text = kind.prefix.clone();
    for name in &kind.id_from {
        let Some(field) = kind.field(name) else { continue };
        let part = match get(field.tag) {
            Some(Value::Text(t)) => plain(t),
            Some(Value::Int(n)) => n.to_string(),
            Some(Value::Link(id)) => plain(id.as_str()),
            _ => String::new(),
        };
        if part.is_empty() {
            let title = kind.title.to_lowercase();
            let message = format!(
                "the id of a {title} is made of its {}: fill it in",
                field.label.to_lowercase()
            );
            return Err((field.tag, message));
        }
        text.push('-');
        text.push_str(&part);
    }
    match text.len() {
        0..=64 => Ok(Id::from(text)),
        n => {
            let tag = kind.id_from.last().and_then(|n| kind.field(n)).map_or(0, |f| f.tag);
            Err((
                tag,
                format!("the id '{text}' would have {n} characters; 64 is the most: shorten it"),
            ))
        }
    }
}

/// A text as a part of an id: upper case, and a hyphen for all that no id holds.
fn plain(text: &str) -> String {
    let mut out = String::new();
    for c in text.trim().chars() {
        if c.is_ascii_alphanumeric() || "._".contains(c) {
            out.push(c.to_ascii_uppercase());
        } else if !out.is_empty() && !out.ends_with('-') {
            out.push('-');
        }
    }
    out.trim_end_matches('-').to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_becomes_a_part_of_an_id() {
        for (text, want) in [
            ("A.5.1", "A.5.1"),
            (" a.8.12 ", "A.8.12"),
            ("clause 4.1 (a)", "CLAUSE-4.1-A"),
            ("网络", ""),
            ("--", ""),
        ] {
            assert_eq!(plain(text), want, "{text}");
        }
    }
}
