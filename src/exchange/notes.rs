//! What an import has no field for is kept in the notes of the record, one `label: value` each; further lines of a
//! value are indented. A later import finds its own lines again and leaves everything else there alone.

/// One note as it stands in the text.
fn block(label: &str, value: &str) -> String {
    let label = label.trim().trim_end_matches(['?', ':', ' ']);
    let mut lines = value.trim_end().lines();
    let mut out = format!("{label}: {}", lines.next().unwrap_or_default());
    for l in lines {
        out.push_str("\n  ");
        out.push_str(l);
    }
    out
}

/// Whether a text holds a block as whole lines, and where.
fn find(text: &str, block: &str) -> Option<usize> {
    let mut from = 0;
    while let Some(at) = text[from..].find(block).map(|i| i + from) {
        let end = at + block.len();
        let begins = at == 0 || text[..at].ends_with('\n');
        let ends = text[end..].is_empty() || (text[end..].starts_with('\n') && !text[end..].starts_with("\n  "));
        if begins && ends {
            return Some(at);
        }
        from = at + text[at..].chars().next().map_or(1, char::len_utf8);
    }
    None
}

/// The block under a label, if the text has one.
fn labelled(text: &str, label: &str) -> Option<String> {
    let head = block(label, "");
    let head = head.trim_end();
    let mut lines = text.lines().skip_while(|l| !l.starts_with(head));
    let mut out = lines.next()?.to_string();
    for l in lines.take_while(|l| l.starts_with("  ")) {
        out.push('\n');
        out.push_str(l);
    }
    Some(out)
}

/// Whether a text keeps this.
pub fn holds(text: &str, (label, value): &(String, String)) -> bool {
    find(text, &block(label, value)).is_some()
}

/// The notes with what a file keeps there: a line that the last import wrote (`base`) and that still stands is
/// replaced, one that a person took out stays out, a new one is added at the end.
pub fn merge(here: &str, base: Option<&str>, kept: &[(String, String)]) -> String {
    let mut text = here.to_string();
    for (label, value) in kept.iter().filter(|(_, v)| !v.trim().is_empty()) {
        let new = block(label, value);
        if find(&text, &new).is_some() || base.is_some_and(|b| find(b, &new).is_some()) {
            continue;
        }
        let old = base
            .and_then(|b| labelled(b, label))
            .filter(|old| find(&text, old).is_some());
        match old.and_then(|old| find(&text, &old).map(|at| (at, old.len()))) {
            Some((at, len)) => text.replace_range(at..at + len, &new),
            None => {
                if !text.is_empty() && !text.ends_with('\n') {
                    text.push('\n');
                }
                text.push_str(&new);
            }
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs
            .iter()
            .map(|(a, b)| ((*a).to_string(), (*b).to_string()))
            .collect()
    }

    #[test]
    fn lines_are_added_once() {
        let k = kept(&[("folder", "Clinic"), ("seen", "two\nlines"), ("none", "")]);
        let once = merge("", None, &k);
        assert_eq!(once, "folder: Clinic\nseen: two\n  lines");
        assert_eq!(merge(&once, None, &k), once);
        assert_eq!(merge("mine", None, &k[..1]), "mine\nfolder: Clinic");
    }

    #[test]
    fn a_changed_line_replaces_its_own_and_nothing_else() {
        let base = "folder: Clinic\nseen: a\n  b";
        let here = format!("{base}\nwritten by hand");
        let out = merge(&here, Some(base), &kept(&[("folder", "Harbour"), ("seen", "c")]));
        assert_eq!(out, "folder: Harbour\nseen: c\nwritten by hand");
        assert_eq!(
            merge("by hand", Some(base), &kept(&[("folder", "Clinic")])),
            "by hand",
            "taken out stays out"
        );
    }
}
