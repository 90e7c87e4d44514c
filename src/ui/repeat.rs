//! The last change, done again on other records: the same value, what was added to a list and taken from it, the same
//! transition with its reason.

use super::editing::Waiting;
use super::job::Effect;
use super::{Model, able};
use crate::model::change::{Commit, Draft, Edit, Target};
use crate::model::kind::{Field, FieldType, Kind, KindIx, TITLE, Tag};
use crate::model::record::{Id, Record};
use crate::model::value::{Link, Value};

/// What of a draft can be done again, once it has passed.
#[derive(Debug, Clone)]
pub(crate) struct Redo {
    /// The first of its records: what happened to it is what is done again.
    first: Id,
    tags: Vec<Tag>,
    action: String,
    transition: Option<String>,
    reason: Option<String>,
}

/// What happened to one field.
#[derive(Debug, Clone, PartialEq)]
enum Again {
    /// It got this value, or none.
    Value(Option<Value>),
    /// These were added to it, those taken away.
    Links(Vec<Link>, Vec<Id>),
    /// As with links.
    Tags(Vec<String>, Vec<String>),
}

/// A change that can be done again on other records.
#[derive(Debug, Clone)]
pub(crate) struct Last {
    kind: KindIx,
    action: String,
    set: Vec<(Tag, Again)>,
    transition: Option<String>,
    reason: Option<String>,
    /// What it did, in a word or two.
    words: String,
}

fn links(value: Option<&Value>) -> &[Link] {
    match value {
        Some(Value::Links(all)) => all,
        _ => &[],
    }
}

impl Again {
    fn of(before: Option<&Value>, after: Option<&Value>) -> Self {
        match (before, after) {
            (before, Some(Value::Links(now))) => {
                let was = links(before);
                let gone = was.iter().filter(|l| !now.iter().any(|n| n.to == l.to));
                let gone = gone.map(|l| l.to.clone()).collect();
                Self::Links(now.iter().filter(|l| !was.contains(l)).cloned().collect(), gone)
            }
            (before, Some(Value::Tags(now))) => {
                let was = before.map_or(&[][..], Value::as_tags);
                let gone = was.iter().filter(|t| !now.contains(t)).cloned().collect();
                Self::Tags(now.iter().filter(|t| !was.contains(t)).cloned().collect(), gone)
            }
            (_, after) => Self::Value(after.cloned()),
        }
    }

    /// What a field holds once it was done.
    fn on(&self, now: Option<&Value>) -> Option<Value> {
        match self {
            Self::Value(value) => value.clone(),
            Self::Links(add, gone) => {
                let mut all = links(now).to_vec();
                all.retain(|l| !gone.contains(&l.to) && !add.iter().any(|a| a.to == l.to));
                all.extend(add.iter().cloned());
                all.sort_by(|a, b| a.to.cmp(&b.to));
                (!all.is_empty()).then_some(Value::Links(all))
            }
            Self::Tags(add, gone) => {
                let mut all = now.map_or(&[][..], Value::as_tags).to_vec();
                all.retain(|t| !gone.contains(t));
                all.extend(add.iter().cloned());
                all.sort();
                all.dedup();
                (!all.is_empty()).then_some(Value::Tags(all))
            }
        }
    }
}

pub(crate) fn can_repeat(m: &Model) -> Result<(), String> {
    able::can_write(m)?;
    able::on_record(m)?;
    let last = m
        .last
        .as_ref()
        .ok_or("nothing was changed yet that could be done again")?;
    let kind = m
        .catalogue
        .kinds
        .get(last.kind)
        .ok_or("the register of the last change is gone")?;
    for r in m.targets() {
        let here = m.world().kind(&r.id).ok_or("there is no record here")?;
        if here.name != kind.name
            && (last.transition.is_some() || !last.set.iter().all(|(t, _)| shared(kind, here, *t)))
        {
            let (was, is) = (kind.titles.to_lowercase(), here.titles.to_lowercase());
            return Err(format!(
                "the last change ({}) was made to {was}; these are {is}",
                last.words
            ));
        }
    }
    Ok(())
}

/// Whether a field is the same in two kinds.
fn shared(one: &Kind, other: &Kind, tag: Tag) -> bool {
    let same = |a: &Field, b: &Field| a.name == b.name && a.kind == b.kind;
    one.field_by_tag(tag)
        .zip(other.field_by_tag(tag))
        .is_some_and(|(a, b)| same(a, b))
}

/// Does the last change again, to what is selected or else here, as one commit.
pub(crate) fn repeat(m: &mut Model) -> Vec<Effect> {
    let Some(last) = m.last.clone() else { return Vec::new() };
    let mut draft = Model::draft_of(&last.action, last.reason.clone());
    let records = m.targets();
    for r in &records {
        let mut edit = Edit::of(r);
        edit.set = last
            .set
            .iter()
            .map(|(tag, again)| (*tag, again.on(r.get(*tag))))
            .collect();
        edit.transition.clone_from(&last.transition);
        draft.edits.push(edit);
    }
    let kind = &m.catalogue.kinds[last.kind];
    let moved = last
        .transition
        .and_then(|name| kind.transitions.iter().find(|t| t.name == name));
    if let Some(makes) = moved.and_then(|t| t.makes.as_ref()) {
        draft
            .edits
            .extend(makes.edit(&m.world(), kind, &records, last.reason.as_deref()));
    }
    let waiting = Waiting {
        again: true,
        ..Waiting::default()
    };
    m.send(draft, waiting)
}

impl Model {
    /// What the key that repeats would do, in a word or two.
    pub(crate) fn repeats(&self) -> String {
        match &self.last {
            Some(last) => format!("again: {}", last.words),
            None => "repeat".to_owned(),
        }
    }

    /// What of a draft can be done again elsewhere: the same fields or transition for every record that was there.
    pub(crate) fn repeatable(&self, draft: &Draft) -> Option<Redo> {
        let old = |e: &&Edit| matches!(e.target, Target::Old(_));
        let first = draft.edits.iter().find(old)?;
        let Target::Old(id) = &first.target else { return None };
        let kind = self.world().kind(id)?;
        let tags = |e: &Edit| e.set.iter().map(|(tag, _)| *tag).collect::<Vec<Tag>>();
        let same = |e: &Edit| tags(e) == tags(first) && e.transition == first.transition;
        // Titles are a record's own, rows are told apart by their numbers.
        let own = |tag: &Tag| *tag == TITLE || kind.field_by_tag(*tag).is_none_or(|f| f.kind == FieldType::Rows);
        let fits = draft.edits.iter().filter(old).all(same) && !tags(first).iter().any(own);
        fits.then(|| Redo {
            first: id.clone(),
            tags: tags(first),
            action: draft.action.clone(),
            transition: first.transition.clone(),
            reason: draft.reason.clone(),
        })
    }

    /// Remembers what a commit did as what can be done again; what came into being with it is linked to by then.
    pub(crate) fn remember(&mut self, redo: Redo, commit: &Commit) {
        let Some(change) = commit.changes.iter().find(|c| c.id == redo.first) else {
            return;
        };
        let Some(kind) = self.catalogue.kind_of(&redo.first) else {
            return;
        };
        let get = |r: Option<&Record>, tag: Tag| r.and_then(|r| r.get(tag)).cloned();
        let of = |tag: &Tag| {
            let before = get(change.before.as_deref(), *tag);
            (*tag, Again::of(before.as_ref(), change.after.get(*tag)))
        };
        let set = redo.tags.iter().map(of).collect();
        let label = |name: &String| {
            let found = self.catalogue.kinds[kind].transitions.iter().find(|t| t.name == *name);
            found.map(|t| t.label.to_lowercase())
        };
        let words = redo
            .transition
            .as_ref()
            .and_then(label)
            .unwrap_or_else(|| self.deed(commit));
        self.last = Some(Last {
            kind,
            action: redo.action,
            set,
            transition: redo.transition,
            reason: redo.reason,
            words,
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_added_and_taken_away_is_done_again_and_the_rest_stays() {
        let links = |ids: &[&str]| {
            let link = |id: &&str| Link {
                to: Id::from(*id),
                attributes: Vec::new(),
            };
            Value::Links(ids.iter().map(link).collect())
        };
        let again = Again::of(Some(&links(&["A-0001", "A-0002"])), Some(&links(&["A-0002", "A-0003"])));
        assert_eq!(
            again.on(Some(&links(&["A-0001", "A-0009"]))),
            Some(links(&["A-0003", "A-0009"]))
        );
        assert_eq!(again.on(None), Some(links(&["A-0003"])));
        let tags = |all: &[&str]| Value::Tags(all.iter().map(|t| (*t).to_owned()).collect());
        let again = Again::of(Some(&tags(&["pci"])), Some(&tags(&["cloud"])));
        assert_eq!(again.on(Some(&tags(&["old", "pci"]))), Some(tags(&["cloud", "old"])));
        let again = Again::of(None, Some(&Value::Text("transfer".into())));
        assert_eq!(
            again.on(Some(&Value::Text("avoid".into()))),
            Some(Value::Text("transfer".into()))
        );
        assert_eq!(Again::of(Some(&Value::Int(1)), None).on(Some(&Value::Int(2))), None);
    }
}
