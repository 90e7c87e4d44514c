//! What two people changed in one field, brought together.

pub use super::diff::{FieldDiff, diff};

use super::kind::{Field, FieldType, Tag};
use super::value::{Link, Row, Value};

/// Two people changed the same thing in different ways.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Clash;

/// Brings two changes of one field together: tags, links and rows merge inside, everything else must have been changed
/// on one side only, or to the same on both.
///
/// # Errors
/// Both sides changed the same thing differently: a person must decide.
pub fn merge(
    field: &Field,
    base: Option<&Value>,
    theirs: Option<&Value>,
    mine: Option<&Value>,
) -> Result<Option<Value>, Clash> {
    if theirs == mine || mine == base {
        return Ok(theirs.cloned());
    }
    if theirs == base {
        return Ok(mine.cloned());
    }
    let merged = match field.kind {
        FieldType::Tags => {
            let tags = |v: Option<&Value>| v.map(Value::as_tags).unwrap_or_default().to_vec();
            let mut all = keyed(&tags(base), &tags(theirs), &tags(mine), Clone::clone, |_, t, _| {
                Ok(t.clone())
            })?;
            all.sort();
            all.dedup();
            Value::Tags(all)
        }
        FieldType::Links => {
            let links = |v: Option<&Value>| match v {
                Some(Value::Links(l)) => l.clone(),
                _ => Vec::new(),
            };
            let inside = |b: Option<&Link>, t: &Link, m: &Link| {
                Ok(Link {
                    to: t.to.clone(),
                    attributes: cells(b.map(|l| l.attributes.as_slice()), &t.attributes, &m.attributes)?,
                })
            };
            let mut all = keyed(&links(base), &links(theirs), &links(mine), |l| l.to.clone(), inside)?;
            all.sort_by(|a, b| a.to.cmp(&b.to));
            Value::Links(all)
        }
        FieldType::Rows => Value::Rows(rows(base, theirs, mine)?),
        _ => return Err(Clash),
    };
    Ok((!merged.is_empty()).then_some(merged))
}

/// Merges members by key: added on either side stays, removed on either side goes, changed on one side wins, changed
/// on both merges inside; removed on one side and changed on the other is a conflict.
fn keyed<T: Clone + PartialEq, K: PartialEq>(
    base: &[T],
    theirs: &[T],
    mine: &[T],
    key: impl Fn(&T) -> K,
    inside: impl Fn(Option<&T>, &T, &T) -> Result<T, Clash>,
) -> Result<Vec<T>, Clash> {
    let find = |all: &[T], k: &K| all.iter().find(|t| key(t) == *k).cloned();
    let mut out = Vec::new();
    for t in theirs {
        let k = key(t);
        match (find(base, &k), find(mine, &k)) {
            (_, Some(m)) if m == *t => out.push(m),
            (Some(b), Some(m)) if b == *t => out.push(m),
            (Some(b), Some(m)) if b == m => out.push(t.clone()),
            (b, Some(m)) => out.push(inside(b.as_ref(), t, &m)?),
            (Some(b), None) if b == *t => {}
            (Some(_), None) => return Err(Clash),
            (None, None) => out.push(t.clone()),
        }
    }
    for m in mine {
        let k = key(m);
        if find(theirs, &k).is_some() {
            continue;
        }
        match find(base, &k) {
            Some(b) if b == *m => {}
            Some(_) => return Err(Clash),
            None => out.push(m.clone()),
        }
    }
    Ok(out)
}

type Cells = Vec<(Tag, Value)>;

/// Merges attributes or cells: each may have been changed on one side.
fn cells(base: Option<&[(Tag, Value)]>, theirs: &[(Tag, Value)], mine: &[(Tag, Value)]) -> Result<Cells, Clash> {
    let base = base.unwrap_or_default();
    let get = |all: &[(Tag, Value)], tag: Tag| all.iter().find(|(t, _)| *t == tag).map(|(_, v)| v.clone());
    let mut tags: Vec<Tag> = base.iter().chain(theirs).chain(mine).map(|(t, _)| *t).collect();
    tags.sort_unstable();
    tags.dedup();
    let mut out = Cells::new();
    for tag in tags {
        let (b, t, m) = (get(base, tag), get(theirs, tag), get(mine, tag));
        let v = if t == m || m == b {
            t
        } else if t == b {
            m
        } else {
            return Err(Clash);
        };
        out.extend(v.map(|v| (tag, v)));
    }
    Ok(out)
}

/// Merges rows by id. Two new rows under one id are two rows: mine gets the next free id. The order is theirs, unless
/// only mine has changed it.
fn rows(base: Option<&Value>, theirs: Option<&Value>, mine: Option<&Value>) -> Result<Vec<Row>, Clash> {
    let rows = |v: Option<&Value>| v.map(Value::as_rows).unwrap_or_default().to_vec();
    let (base, theirs, mut mine) = (rows(base), rows(theirs), rows(mine));
    let has = |all: &[Row], id: u32| all.iter().any(|r| r.id == id);
    let mut next = base.iter().chain(&theirs).chain(&mine).map(|r| r.id).max().unwrap_or(0);
    for m in &mut mine {
        let clash = theirs.iter().any(|t| t.id == m.id && t.cells != m.cells);
        if clash && !has(&base, m.id) {
            next += 1;
            m.id = next;
        }
    }
    let inside = |b: Option<&Row>, t: &Row, m: &Row| {
        Ok(Row {
            id: t.id,
            cells: cells(b.map(|r| r.cells.as_slice()), &t.cells, &m.cells)?,
        })
    };
    let mut out = keyed(&base, &theirs, &mine, |r| r.id, inside)?;
    let sequence =
        |all: &[Row], among: &[Row]| -> Vec<u32> { all.iter().map(|r| r.id).filter(|id| has(among, *id)).collect() };
    if sequence(&theirs, &base) == sequence(&base, &theirs) && sequence(&mine, &base) != sequence(&base, &mine) {
        out.sort_by_key(|r| mine.iter().position(|m| m.id == r.id).unwrap_or(usize::MAX));
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::codec;
    use crate::model::sample::Sample;
    use proptest::prelude::*;

    fn read(s: &Sample, name: &str, text: &str) -> Option<Value> {
        let kind = s.catalogue.kind("thing").unwrap();
        codec::parse(&s.world(), kind, None, kind.field(name).unwrap(), text).unwrap()
    }

    #[test]
    fn what_merges_and_what_does_not() {
        let s = Sample::new();
        let kind = s.catalogue.kind("thing").unwrap();
        for (name, base, theirs, mine, want) in [
            ("line", "a", "a", "b", Some("b")),
            ("line", "a", "b", "a", Some("b")),
            ("line", "a", "b", "b", Some("b")),
            ("line", "a", "b", "c", None),
            ("line", "a", "", "a", Some("")),
            ("words", "a b", "a b c", "b", Some("b c")),
            ("words", "a", "", "a b", Some("b")),
            ("words", "", "x", "y", Some("x y")),
            ("links", "a1", "a1 a2", "a1 a3", Some("a1 a2 a3")),
            ("links", "a1 a2", "a1", "a2", Some("")),
            (
                "effects",
                r#"[{"to":"A-0001","share":0.1}]"#,
                r#"[{"to":"A-0001","share":0.2}]"#,
                r#"[{"to":"A-0001","share":0.1,"why":"x"}]"#,
                Some(r#"[{"to":"A-0001","share":0.2,"why":"x"}]"#),
            ),
            (
                "effects",
                r#"[{"to":"A-0001","share":0.1}]"#,
                r#"[{"to":"A-0001","share":0.2}]"#,
                r#"[{"to":"A-0001","share":0.3}]"#,
                None,
            ),
            (
                "effects",
                r#"[{"to":"A-0001","share":0.1}]"#,
                "",
                r#"[{"to":"A-0001","share":0.3}]"#,
                None,
            ),
            (
                "rows",
                r#"[{"id":1,"what":"a"},{"id":2,"what":"b"}]"#,
                r#"[{"id":1,"what":"a","done":true},{"id":2,"what":"b"},{"id":3,"what":"c"}]"#,
                r#"[{"id":1,"what":"A"},{"id":3,"what":"d"}]"#,
                Some(r#"[{"id":1,"what":"A","done":true},{"id":3,"what":"c"},{"id":4,"what":"d"}]"#),
            ),
            (
                "rows",
                r#"[{"id":1,"what":"a"},{"id":2,"what":"b"}]"#,
                r#"[{"id":1,"what":"x"},{"id":2,"what":"b"}]"#,
                r#"[{"id":2,"what":"b"},{"id":1,"what":"a"}]"#,
                Some(r#"[{"id":2,"what":"b"},{"id":1,"what":"x"}]"#),
            ),
        ] {
            let [base, theirs, mine] = [base, theirs, mine].map(|t| read(&s, name, t));
            let got = merge(kind.field(name).unwrap(), base.as_ref(), theirs.as_ref(), mine.as_ref());
            let want = want.map(|t| read(&s, name, t)).ok_or(Clash);
            assert_eq!(got, want, "{name}: {base:?} {theirs:?} {mine:?}");
        }
    }

    fn tags() -> impl Strategy<Value = Option<Value>> {
        prop::collection::btree_set("[a-d]", 0..4)
            .prop_map(|t| Value::Tags(t.into_iter().collect()))
            .prop_map(|v| (!v.is_empty()).then_some(v))
    }

    fn any_rows() -> impl Strategy<Value = Option<Value>> {
        prop::collection::btree_map(1u32..5, "[ab]", 0..4)
            .prop_map(|m| {
                let row = |(id, t)| Row {
                    id,
                    cells: vec![(1, Value::Text(t))],
                };
                Value::Rows(m.into_iter().map(row).collect())
            })
            .prop_map(|v| (!v.is_empty()).then_some(v))
    }

    proptest! {
        #[test]
        fn laws((x, y, z) in prop_oneof![
            (tags(), tags(), tags()).prop_map(|t| (("words", t.0), t.1, t.2)),
            (any_rows(), any_rows(), any_rows()).prop_map(|t| (("rows", t.0), t.1, t.2)),
        ]) {
            let s = Sample::empty();
            let kind = s.catalogue.kind("thing").unwrap();
            let (name, x) = x;
            let f = kind.field(name).unwrap();
            let (x, y, z) = (x.as_ref(), y.as_ref(), z.as_ref());
            prop_assert_eq!(merge(f, x, x, y), Ok(y.cloned()));
            prop_assert_eq!(merge(f, x, y, x), Ok(y.cloned()));
            prop_assert_eq!(merge(f, x, y, y), Ok(y.cloned()));
            let (one, other) = (merge(f, x, y, z), merge(f, x, z, y));
            prop_assert_eq!(one.is_err(), other.is_err());
            if name == "words" {
                prop_assert_eq!(&one, &other, "sets merge alike from both sides");
                let tags = |v: Option<&Value>| v.map(Value::as_tags).unwrap_or_default().to_vec();
                let merged = tags(one.unwrap().as_ref());
                for t in tags(y).iter().chain(&tags(z)) {
                    let kept = tags(x).contains(t) && !(tags(y).contains(t) && tags(z).contains(t));
                    prop_assert_eq!(merged.contains(t), !kept);
                }
            }
        }
    }
}
