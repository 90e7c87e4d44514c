//! What was changed since a day: register by register, record by record, what is different now, who did it and why.

use super::line::Stop;
use super::look::Look;
use super::spot::{Layer, Of};
use super::tree::{Fold, Grow, Head, Row, record_words};
use super::{Model, text};
use crate::model::calendar;
use crate::model::change::{Changed, Commit};
use crate::model::kind::KindIx;
use crate::model::merge;
use crate::model::record::Id;
use crate::ui::job::Effect;
use std::collections::BTreeMap;

/// The commits of a record with what each did to it, the newest first.
type Steps<'a> = Vec<(&'a Commit, &'a Changed)>;

impl Model {
    /// The commits since the beginning of a day that are read, up to the moment that is looked at, the newest first.
    fn commits_since(&self, day: i32) -> impl Iterator<Item = &Commit> {
        let first = (self.midnight)(day);
        let last = self.past.as_ref().map_or(i64::MAX, |p| p.time);
        self.log
            .commits
            .iter()
            .filter(move |c| (first..=last).contains(&c.time))
    }

    /// What was changed, by register and record.
    fn changed_since(&self, day: i32) -> BTreeMap<KindIx, BTreeMap<&Id, Steps<'_>>> {
        let mut out: BTreeMap<KindIx, BTreeMap<&Id, Steps>> = BTreeMap::new();
        for commit in self.commits_since(day) {
            for change in &commit.changes {
                if let Some(ix) = self.catalogue.kind_of(&change.id) {
                    out.entry(ix)
                        .or_default()
                        .entry(&change.id)
                        .or_default()
                        .push((commit, change));
                }
            }
        }
        out
    }

    pub(crate) fn grow_since(&self, day: i32, grow: &mut Grow) {
        for (ix, records) in self.changed_since(day) {
            let kind = &self.catalogue.kinds[ix];
            let is_new = |steps: &Steps| steps.last().is_some_and(|(_, c)| c.before.is_none());
            let new = records.values().filter(|s| is_new(s)).count();
            let mut head = Row::default().and(kind.titles.clone(), "heading");
            if records.len() > new {
                head = head.and(format!("{} changed", records.len() - new), "text");
            }
            if new > 0 {
                head = head.and(format!("{new} new"), "ok");
            }
            grow.add(&kind.name, head, Fold::Shut, |grow| {
                for (id, steps) in records {
                    self.grow_changed(ix, id, &steps, grow);
                }
            });
        }
    }

    /// One record: what is different in all, and below it every step.
    fn grow_changed(&self, ix: KindIx, id: &Id, steps: &Steps, grow: &mut Grow) {
        let w = self.world();
        let kind = w.kind_at(ix);
        let (Some((_, last)), Some((_, first))) = (steps.first(), steps.last()) else {
            return;
        };
        let diff = merge::diff(&w, kind, first.before.as_deref(), &last.after);
        let (what, role) = match first.before {
            None => ("new".to_owned(), "ok"),
            Some(_) if diff.is_empty() => ("as it was".to_owned(), "muted"),
            Some(_) => {
                let labels: Vec<String> = diff.iter().map(|d| d.label.to_lowercase()).collect();
                (labels.join(", "), "changed")
            }
        };
        let mut who: Vec<String> = steps.iter().map(|(c, _)| self.who(&c.actor)).collect();
        who.sort();
        who.dedup();
        let wide = self.size.0 >= 100;
        let made = record_words(id, last.after.title())
            .end(if wide { 34 } else { 20 }, text::clean(&what).into_owned(), role)
            .end(if wide { 22 } else { 14 }, who.join(", "), "text");
        grow.add(id.as_str(), made, Fold::Shut, |grow| {
            let arrow = self.theme.glyph("→", "->");
            for (commit, change) in steps {
                let mut made = Row::default()
                    .and(format!("#{}", commit.seq), "id")
                    .and(calendar::show_minute(commit.time), "text")
                    .and(self.who(&commit.actor), "text")
                    .and(commit.action.clone(), "action");
                if let Some(reason) = &commit.reason {
                    made = made.and(format!("\"{}\"", text::clean(reason)), "text");
                }
                grow.add(
                    &commit.seq.to_string(),
                    made.to(Stop::Link(id.clone())),
                    Fold::Shut,
                    |grow| {
                        for d in merge::diff(&w, kind, change.before.as_deref(), &change.after) {
                            let made = Row::default()
                                .and(text::clean(&d.label).into_owned(), "muted")
                                .and(super::past::one_line(&d.before), "muted")
                                .and(arrow, "muted")
                                .and(super::past::one_line(&d.after), "changed");
                            grow.leaf(&d.label, made.to(Stop::Link(id.clone())));
                        }
                    },
                );
            }
        });
    }

    pub(crate) fn since_head(&self, day: i32) -> Head {
        let until = match &self.past {
            Some(past) => format!(" until {}", calendar::show(past.day)),
            None => String::new(),
        };
        let first = vec![(format!("Changes since {}{until}", calendar::show(day)), "heading")];
        let changed = self.changed_since(day);
        let mut people: Vec<&Id> = self.commits_since(day).map(|c| &c.actor.person).collect();
        people.sort();
        people.dedup();
        let many = |n: usize, one: &str, many: &str| format!("{n} {}", if n == 1 { one } else { many });
        let mut second = vec![
            (
                many(changed.values().map(BTreeMap::len).sum(), "record", "records"),
                "text",
            ),
            (many(self.commits_since(day).count(), "change", "changes"), "text"),
            (many(people.len(), "person", "people"), "text"),
        ];
        if self.log.asked {
            second.push(("reading".to_owned(), "warn"));
        }
        (first, second)
    }

    /// Asks for older commits as long as they are later than the day.
    pub(crate) fn read_since(&mut self) -> Vec<Effect> {
        let Some(Layer::Tree { of: Of::Since(day), .. }) = self.spot.layers.last() else {
            return Vec::new();
        };
        let first = (self.midnight)(*day);
        if self.log.commits.last().is_some_and(|c| c.time < first) {
            return Vec::new();
        }
        self.more_log()
    }
}
