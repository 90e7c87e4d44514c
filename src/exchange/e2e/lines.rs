//! On which line what stands: for messages that name it.

use std::collections::HashMap;

/// The lines on which sections and their members begin.
pub(super) struct Lines(HashMap<(String, String), usize>);

impl Lines {
    /// Walks through a text, which is to be JSON.
    pub(super) fn of(text: &str) -> Self {
        let mut found = HashMap::new();
        let (mut line, mut depth, mut base, mut at, mut member) = (1, 0_usize, 0, 0, 0_usize);
        let mut section = String::new();
        let bytes = text.as_bytes();
        while let Some(b) = bytes.get(at) {
            at += 1;
            match b {
                b'\n' => line += 1,
                b'{' | b'[' => {
                    depth += 1;
                    if depth == base + 3 && *b == b'{' {
                        found.entry((section.clone(), member.to_string())).or_insert(line);
                        member += 1;
                    }
                }
                b'}' | b']' => depth = depth.saturating_sub(1),
                b'"' => {
                    let word = string(text, at);
                    at += word.len() + 1;
                    let is_key = text.get(at..).is_some_and(|rest| rest.trim_start().starts_with(':'));
                    match (is_key, depth.checked_sub(base)) {
                        (true, Some(1)) if word == "common" => base = 1,
                        (true, Some(1)) => {
                            section = word.to_string();
                            member = 0;
                            found.entry((section.clone(), String::new())).or_insert(line);
                        }
                        (true, Some(2)) => {
                            found.entry((section.clone(), word.to_string())).or_insert(line);
                        }
                        _ => {}
                    }
                }
                _ => {}
            }
        }
        Self(found)
    }

    /// The line of a member of a section, by its name or its number from 0; the first line if it is not found.
    pub(super) fn of_member(&self, section: &str, member: &str) -> usize {
        let key = (section.to_string(), member.to_string());
        self.0.get(&key).copied().unwrap_or(1)
    }

    /// The line of a section.
    pub(super) fn of_section(&self, section: &str) -> usize {
        self.of_member(section, "")
    }
}

/// The string that begins at a place, up to the quote that ends it.
fn string(text: &str, from: usize) -> &str {
    let bytes = text.as_bytes();
    let mut at = from;
    while let Some(b) = bytes.get(at) {
        match b {
            b'"' => break,
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
    text.get(from..at.min(text.len())).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_are_found_by_name_and_by_number() {
        let text = "{ \"note\": \"a \\\"common\\\": 1\",\n\"common\": {\n\"assets\": {\n\"A-1\": { \"own\": { \"c\": 1 } },\n\
                    \"A-2\": {}\n},\n\"edges\": [\n{ \"support\": \"A-1\" },\n{} ] } }";
        let lines = Lines::of(text);
        let of = |section: &str, member: &str| lines.of_member(section, member);
        assert_eq!((of("assets", "A-1"), of("assets", "A-2")), (4, 5));
        assert_eq!(
            (of("edges", "0"), of("edges", "1"), lines.of_section("edges")),
            (8, 9, 7)
        );
        assert_eq!(of("risks", "R-1"), 1);
        assert!(Lines::of("\"\\").0.is_empty());
    }
}
