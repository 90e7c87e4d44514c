//! What a change was, for people.

use super::codec;
use super::kind::{Kind, STATE, Tag};
use super::record::{Id, Record};
use super::value::{Row, Value};
use super::world::World;

/// What a change did to one field, for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldDiff {
    /// The field.
    pub tag: Tag,
    /// Its name as a person reads it.
    pub label: String,
    /// What it was; nothing if it was empty. Of a long text the lines that went; of links, tags and rows nothing.
    pub before: String,
    /// What it is. Of a long text the lines that came; of links and tags what came and went: `+A-0003 −A-0004`, one a
    /// line where they are more than words.
    pub after: String,
}

impl std::fmt::Display for FieldDiff {
    /// One line: `Owner: Ada → Bo`, `Assets: +A-0003 −A-0004`, `Description: (empty) → A laptop is left on a train.`
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let line = |t: &str| t.split_whitespace().collect::<Vec<_>>().join(" ");
        let (before, after) = (line(&self.before), line(&self.after));
        match (before.is_empty(), after.is_empty()) {
            (true, _) => write!(f, "{}: {after}", self.label),
            (false, true) => write!(f, "{}: {before} → (empty)", self.label),
            (false, false) => write!(f, "{}: {before} → {after}", self.label),
        }
    }
}

/// What has changed between two versions of a record, in the order of its fields; against `None` everything is new.
pub fn diff(w: &World, kind: &Kind, before: Option<&Record>, after: &Record) -> Vec<FieldDiff> {
    let mut out = Vec::new();
    let state = (STATE, "state", "State");
    let fields = kind.fields.iter().filter(|f| f.tag != STATE);
    let all = std::iter::once(state).chain(fields.map(|f| (f.tag, f.name.as_str(), f.label.as_str())));
    for (tag, name, label) in all {
        let (old, new) = (before.and_then(|r| r.get(tag)), after.get(tag));
        if old == new {
            continue;
        }
        let (b, a) = sides(w, kind, before, after, name, old, new);
        out.push(FieldDiff {
            tag,
            label: label.to_string(),
            before: b,
            after: a,
        });
    }
    out
}

fn sides(
    w: &World,
    kind: &Kind,
    before: Option<&Record>,
    after: &Record,
    name: &str,
    old: Option<&Value>,
    new: Option<&Value>,
) -> (String, String) {
    let show = |rec: Option<&Record>, v: Option<&Value>| {
        v.map_or_else(String::new, |v| codec::show_long(w, kind, rec, name, v))
    };
    match (old, new) {
        (Some(Value::Links(_)) | None, Some(Value::Links(_))) | (Some(Value::Links(_)), None) => {
            let links = |v: Option<&Value>| match v {
                Some(Value::Links(l)) => l.clone(),
                _ => Vec::new(),
            };
            (
                String::new(),
                plus_minus(&links(old), &links(new), |l| l.to.clone(), |id: &Id| id.to_string()),
            )
        }
        (Some(Value::Tags(_)) | None, Some(Value::Tags(_))) | (Some(Value::Tags(_)), None) => {
            let tags = |v: Option<&Value>| v.map(Value::as_tags).unwrap_or_default().to_vec();
            let text = |tag: &String| codec::show_long(w, kind, Some(after), name, &Value::Tags(vec![tag.clone()]));
            (String::new(), plus_minus(&tags(old), &tags(new), Clone::clone, text))
        }
        (Some(Value::Rows(_)) | None, Some(Value::Rows(_))) | (Some(Value::Rows(_)), None) => {
            let rows = |v: Option<&Value>| v.map(Value::as_rows).unwrap_or_default().to_vec();
            let text = |r: &Row| codec::show_long(w, kind, Some(after), name, &Value::Rows(vec![r.clone()]));
            let (old, new) = (rows(old), rows(new));
            let name_of = |id: &u32| {
                let row = new.iter().chain(&old).find(|r| r.id == *id);
                row.map_or_else(|| id.to_string(), text)
            };
            (String::new(), plus_minus(&old, &new, |r| r.id, name_of))
        }
        (Some(Value::Text(b)), Some(Value::Text(a))) if b.contains('\n') || a.contains('\n') => lines(b, a),
        (old, new) => (show(before, old), show(Some(after), new)),
    }
}

/// `+` what came, `−` what went, `±` what has changed inside.
fn plus_minus<T: PartialEq, K: PartialEq>(
    old: &[T],
    new: &[T],
    key: impl Fn(&T) -> K,
    show: impl Fn(&K) -> String,
) -> String {
    let find = |all: &[T], k: &K| all.iter().position(|t| key(t) == *k);
    let mut out: Vec<String> = Vec::new();
    for t in new {
        let k = key(t);
        match find(old, &k) {
            None => out.push(format!("+{}", show(&k))),
            Some(i) if old[i] != *t => out.push(format!("±{}", show(&k))),
            Some(_) => {}
        }
    }
    for t in old {
        let k = key(t);
        if find(new, &k).is_none() {
            out.push(format!("−{}", show(&k)));
        }
    }
    if out.is_empty() {
        return "in another order".to_string();
    }
    // what is more than a word is not told apart by blanks
    out.join(if out.iter().any(|t| t.contains(' ')) { "\n" } else { " " })
}

/// The lines that went and the lines that came: what is left when equal lines at both ends are taken off.
fn lines(before: &str, after: &str) -> (String, String) {
    let (b, a): (Vec<&str>, Vec<&str>) = (before.lines().collect(), after.lines().collect());
    let head = b.iter().zip(&a).take_while(|(x, y)| x == y).count();
    let tail = b[head..]
        .iter()
        .rev()
        .zip(a[head..].iter().rev())
        .take_while(|(x, y)| x == y)
        .count();
    (b[head..b.len() - tail].join("\n"), a[head..a.len() - tail].join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::sample::Sample;

    #[test]
    fn a_change_in_words() {
        let mut s = Sample::new();
        let old = s.get("R-0001");
        s.add(
            "R-0001",
            &[
                ("title", "Card data exposed by a stolen laptop"),
                ("description", "A laptop is left on a bus.\nNobody \"encrypts\" it."),
                ("owner", "P-0002"),
                ("assets", "A-0001|A-0002"),
                ("treatment", "share"),
                ("current_likelihood", "likely"),
                ("current_impact", "grave"),
                ("score", "20"),
                ("cost", "12k"),
                ("tags", "pci, mobile, new"),
                ("next_review", "2026-11-20"),
                ("critical", "yes"),
                ("state", "treating"),
            ],
        );
        let new = s.get("R-0001");
        let kind = s.catalogue.kind("risk").unwrap();
        let lines: Vec<String> = diff(&s.world(), kind, Some(&old), &new)
            .iter()
            .map(ToString::to_string)
            .collect();
        assert_eq!(
            lines,
            [
                "State: identified → treating",
                "Description: A laptop is left on a train. → A laptop is left on a bus.",
                "Owner: P-0001 Ada Berg → P-0002 Bo Chen",
                "Tags: +new",
                "Assets: +A-0002 −A-0003",
                "Treatment: Mitigate → Share it",
                "Target likelihood: Rare → (empty)",
            ]
        );
        assert!(diff(&s.world(), kind, Some(&new), &new).is_empty());
        let made = diff(&s.world(), kind, None, &s.get("R-0003"));
        assert_eq!(made.len(), 4);
        assert_eq!(made[1].to_string(), "Title: Key person leaves");
    }
}
