//! Links as people write them: by id, by title, by login, or `me`.

use super::Expected;
use crate::model::kind::{Kind, KindIx};
use crate::model::record::{Id, Record};
use crate::model::value::Value;
use crate::model::world::World;
use std::sync::Arc;

/// Fields by whose exact value a record may be named besides id and title.
const NAMES: [&str; 2] = ["login", "aliases"];

/// What a list shows for a link: the title of the record, else its id.
pub fn name(w: &World, id: &Id) -> String {
    match w.find(id).map(|r| r.title()).filter(|t| !t.is_empty()) {
        Some(t) => t.to_string(),
        None => id.to_string(),
    }
}

/// The record of one of the kinds (empty: any) that a text names: an id in any form, an exact title without regard to
/// case, a login or foreign id, `me`, or an id followed by its title. Ids of the same draft (`new:2`) pass.
///
/// # Errors
/// Lists records with a similar title, or those among which it cannot choose.
pub fn find(w: &World, targets: &[String], text: &str) -> Result<Id, Expected> {
    let t = text.trim();
    let kinds: Vec<KindIx> = match targets {
        [] => (0..w.catalogue.kinds.len()).collect(),
        some => some.iter().filter_map(|n| w.catalogue.index_of(n)).collect(),
    };
    let fits = |id: &Id| w.catalogue.kind_of(id).is_some_and(|k| kinds.contains(&k));
    if t.strip_prefix("new:").is_some_and(|n| n.parse::<usize>().is_ok()) {
        return Ok(Id::from(t));
    }
    if t.eq_ignore_ascii_case("me") && fits(w.me) {
        return Ok(w.me.clone());
    }
    let by_id = |word: &str| Id::typed(word).filter(|id| fits(id) && w.find(id).is_some());
    if let Some(id) = by_id(t) {
        return Ok(id);
    }
    let exact = matching(w, &kinds, |_, r| same(r.title(), t));
    let found = if exact.is_empty() {
        matching(w, &kinds, |k, r| named(k, r, t))
    } else {
        exact
    };
    match found.as_slice() {
        [one] => return Ok(one.id.clone()),
        [] => {}
        several => {
            let ids = list(several);
            return Err(Expected::new(text, format!("one of {ids}: give the id")));
        }
    }
    if let Some((word, title)) = t.split_once(' ')
        && let Some(id) = by_id(word).filter(|id| w.find(id).is_some_and(|r| same(r.title(), title.trim())))
    {
        return Ok(id);
    }
    let what = words(w, &kinds);
    let near = near(w, &kinds, t);
    let hint = match (Id::typed(t).filter(|id| w.find(id).is_some()), near.is_empty()) {
        (Some(id), _) => format!("; {id} is of another kind"),
        (None, true) => String::new(),
        (None, false) => format!("; near: {}", list(&near)),
    };
    Err(Expected::new(text, format!("{what}, by id or exact title{hint}")))
}

/// The live records that fit, or where there are none the retired ones.
fn matching<'a>(w: &World<'a>, kinds: &[KindIx], fits: impl Fn(&Kind, &Record) -> bool) -> Vec<&'a Arc<Record>> {
    let mut all: Vec<&Arc<Record>> = Vec::new();
    for &k in kinds {
        let kind = w.kind_at(k);
        all.extend(w.state.all(k).filter(|r| fits(kind, r)));
    }
    if all.iter().any(|r| !r.is_retired()) {
        all.retain(|r| !r.is_retired());
    }
    all
}

fn named(kind: &Kind, r: &Record, text: &str) -> bool {
    NAMES.iter().filter_map(|n| kind.field(n)).any(|f| match r.get(f.tag) {
        Some(Value::Text(t)) => same(t, text),
        Some(Value::Tags(tags)) => tags.iter().any(|t| same(t, text)),
        _ => false,
    })
}

/// Whether two texts are the same without regard to case.
pub(in crate::model) fn same(a: &str, b: &str) -> bool {
    let fold = |s: &str| -> Vec<char> { s.chars().flat_map(char::to_lowercase).collect() };
    a.eq_ignore_ascii_case(b) || (!a.is_ascii() && !b.is_ascii() && fold(a) == fold(b))
}

fn words(w: &World, kinds: &[KindIx]) -> String {
    if kinds.len() == w.catalogue.kinds.len() {
        return "a record".to_string();
    }
    let all: Vec<String> = kinds.iter().map(|&k| w.kind_at(k).title.to_lowercase()).collect();
    let article = match all.first().and_then(|t| t.chars().next()) {
        Some(c) if "aeiou".contains(c) => "an",
        _ => "a",
    };
    format!("{article} {}", all.join(" or "))
}

fn near<'a>(w: &World<'a>, kinds: &[KindIx], text: &str) -> Vec<&'a Arc<Record>> {
    use fuzzy_matcher::FuzzyMatcher;
    let skim = fuzzy_matcher::skim::SkimMatcherV2::default().ignore_case();
    let mut all: Vec<(i64, &Arc<Record>)> = Vec::new();
    if text.chars().count() > 120 {
        return Vec::new();
    }
    for &k in kinds {
        all.extend(
            w.state
                .live(k)
                .filter_map(|r| skim.fuzzy_match(r.title(), text).map(|s| (s, r))),
        );
    }
    all.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.id.cmp(&b.1.id)));
    all.into_iter().take(3).map(|(_, r)| r).collect()
}

fn list(records: &[&Arc<Record>]) -> String {
    let some: Vec<String> = records
        .iter()
        .take(5)
        .map(|r| format!("{} {}", r.id, r.title()))
        .collect();
    some.join(", ")
}
