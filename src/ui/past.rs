//! What was: the versions of a record with who changed what, when and why, and the log of all commits.

use super::job::{Effect, Job, Revision};
use super::line::{self, Line, Stop};
use super::look::Look;
use super::{Model, text};
use crate::model::calendar;
use crate::model::change::{Actor, Commit};
use crate::model::merge;
use crate::model::record::Id;
use crate::model::stated;

/// How many commits are read at once.
const BATCH: usize = 200;
/// The column in which values stand.
const VALUES: u16 = 27;
/// So many lines of a value that was changed show at most, where its record shows its last changes.
const LONG: usize = 4;
/// The last column up to which titles stand in the log.
const TITLES: u16 = 132;
/// How many changed records of a commit show in the log.
const SHOWN: usize = 6;

/// How much of a version is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Extent {
    /// What fits among others: long values are cut.
    Glance,
    /// All of it, with a blank line below.
    Whole,
}

impl Model {
    /// The lines of all versions of a record.
    pub(crate) fn history_lines(&self, id: &Id) -> Vec<Line> {
        match self.versions(id) {
            None => vec![Line::of(2, "reading", "muted")],
            Some(all) if all.is_empty() => vec![Line::of(2, "no version is recorded", "muted")],
            Some(all) => all
                .into_iter()
                .flat_map(|r| self.revision_lines(r, Extent::Whole, self.size.0))
                .collect(),
        }
    }

    /// The versions of a record up to the moment that is looked at, the newest first; none while they are read.
    pub(crate) fn versions(&self, id: &Id) -> Option<Vec<&Revision>> {
        let until = self.world().state.seq;
        let all = self.histories.get(id)?.iter();
        Some(all.filter(|r| r.seq <= until).collect())
    }

    /// One version: who, when, what; every field before and after.
    pub(crate) fn revision_lines(&self, r: &Revision, extent: Extent, width: u16) -> Vec<Line> {
        let w = self.world();
        let mut out = vec![self.head(r.seq, r.time, &r.actor, &r.action, r.undoes, width)];
        out.extend(reason_lines(r.reason.as_deref(), width));
        if let (None, Some(said)) = (&r.before, stated::of(&r.after)) {
            let width = usize::from(width).saturating_sub(8).max(20);
            let lines = line::wrap(&said.words(&w), width);
            out.extend(lines.into_iter().map(|l| Line::of(4, l, "muted")));
        }
        if let Some(kind) = w.kind(&r.after.id) {
            let (arrow, none) = (self.theme.glyph("→", "->"), self.theme.glyph("–", "-"));
            for d in merge::diff(&w, kind, r.before.as_deref(), &r.after) {
                let (before, after) = (one_line(&d.before), one_line(&d.after));
                let entries: Vec<&str> = d.after.lines().collect();
                let listed = before.is_empty() && entries.iter().all(|e| entry_role(e).is_some());
                let said: Vec<(String, &str)> = match (before.is_empty(), after.is_empty()) {
                    (true, _) if listed => {
                        let entry = |e: &&str| (one_line(e), entry_role(e).unwrap_or("ok"));
                        entries.iter().map(entry).collect()
                    }
                    (true, _) => vec![(after, "ok")],
                    (_, true) => vec![(format!("{before} {arrow} {none}"), "warn")],
                    _ => vec![(format!("{before} {arrow} {after}"), "changed")],
                };
                let width = usize::from(width.saturating_sub(VALUES + 2));
                let wrapped = said.iter().flat_map(|(words, role)| {
                    let lines = line::wrap(words, width).into_iter();
                    lines.map(move |l| (l, *role))
                });
                let mut lines: Vec<(String, &str)> = wrapped.collect();
                if extent == Extent::Glance && lines.len() > LONG {
                    lines.truncate(LONG);
                    lines
                        .iter_mut()
                        .skip(LONG - 1)
                        .for_each(|last| last.0.push_str(self.theme.glyph("…", "~")));
                }
                for (i, (part, role)) in lines.into_iter().enumerate() {
                    let line = match i {
                        0 => Line::of(4, text::clean(&d.label).into_owned(), "muted"),
                        _ => Line::default(),
                    };
                    out.push(line.and(VALUES, part, role));
                }
            }
        }
        if extent == Extent::Whole {
            out.push(Line::default());
        }
        out
    }

    fn head(&self, seq: u64, time: i64, actor: &Actor, action: &str, undoes: Option<u64>, width: u16) -> Line {
        let ago = ago(self.day_of(time), self.today);
        let mut what = action.to_owned();
        if let Some(n) = undoes {
            what = format!("{what} (takes back #{n})");
        }
        let line = Line::of(2, format!("#{seq}"), "id").and(10, calendar::show_minute(time), "text");
        if width < 100 {
            return line.and(28, self.who(actor), "text").and(52, what, "action");
        }
        line.and(28, ago, "muted")
            .and(44, self.who(actor), "text")
            .and(68, what, "action")
    }

    /// The name of who did something, and of who sat at the keyboard if that was another.
    pub(crate) fn who(&self, actor: &Actor) -> String {
        let w = self.world();
        let name = |id: &Id| {
            w.find(id)
                .map_or_else(|| id.to_string(), |r| text::clean(r.title()).into_owned())
        };
        if actor.person == actor.by {
            name(&actor.person)
        } else {
            format!("{} (by {})", name(&actor.person), name(&actor.by))
        }
    }

    /// The lines of the log.
    pub(crate) fn log_lines(&self) -> Vec<Line> {
        let mut out = Vec::new();
        let last = self.past.as_ref().map_or(i64::MAX, |p| p.time);
        for c in self.log.commits.iter().filter(|c| c.time <= last) {
            self.commit_lines(c, &mut out);
        }
        if self.log.asked {
            out.push(Line::of(2, "reading", "muted"));
        } else if out.is_empty() {
            out.push(Line::of(2, "nothing was changed", "muted"));
        }
        out
    }

    fn commit_lines(&self, c: &Commit, out: &mut Vec<Line>) {
        let w = self.world();
        let mut head = self.head(c.seq, c.time, &c.actor, &c.action, c.undoes, self.size.0);
        if let [one] = c.changes.as_slice() {
            head = head.to(Stop::Link(one.id.clone()));
        }
        out.push(head);
        let stop = out.last().map(|l| l.stop.clone()).unwrap_or_default();
        out.extend(reason_lines(c.reason.as_deref(), self.size.0).map(|l| l.to(stop.clone())));
        for change in c.changes.iter().take(SHOWN) {
            let what = match (&change.before, w.kind(&change.id)) {
                (None, _) => "new".to_owned(),
                (Some(before), Some(kind)) => {
                    let labels = merge::diff(&w, kind, Some(before), &change.after);
                    labels
                        .iter()
                        .map(|d| d.label.to_lowercase())
                        .collect::<Vec<_>>()
                        .join(", ")
                }
                _ => String::new(),
            };
            let line = Line::of(4, change.id.to_string(), "id")
                .and(12, text::clean(change.after.title()).into_owned(), "text")
                .and((self.size.0 * 3 / 5).clamp(54, TITLES), what, "muted")
                .to(Stop::Link(change.id.clone()));
            out.push(line);
        }
        if c.changes.len() > SHOWN {
            out.push(Line::of(4, format!("and {} more", c.changes.len() - SHOWN), "muted"));
        }
    }

    /// Asks for the next part of the log, unless it is being read or is there to the end.
    pub(crate) fn more_log(&mut self) -> Vec<Effect> {
        let first = self.log.commits.is_empty();
        if self.log.asked || !(first || self.log.more) {
            return Vec::new();
        }
        self.log.asked = true;
        vec![Effect::Job(Job::Log {
            before: self.log.commits.last().map(|c| c.seq),
            limit: BATCH,
        })]
    }
}

/// Why it was done, as it was said.
fn reason_lines(reason: Option<&str>, width: u16) -> impl Iterator<Item = Line> {
    let width = usize::from(width).saturating_sub(8).max(20);
    let lines = reason
        .map(|r| line::wrap(&format!("\"{r}\""), width))
        .unwrap_or_default();
    lines.into_iter().map(|l| Line::of(4, l, "text"))
}

/// How long ago a day was, in words.
pub(crate) fn ago(day: i32, today: i32) -> String {
    calendar::show_relative(day, today).replace(" late", " ago")
}

/// How an entry of a list looks that came, went, or has changed inside.
fn entry_role(entry: &str) -> Option<&'static str> {
    match entry.chars().next()? {
        '+' => Some("ok"),
        '−' => Some("warn"),
        '±' => Some("changed"),
        _ => None,
    }
}

/// A value of several lines on one.
pub(crate) fn one_line(text: &str) -> String {
    let mut out = String::new();
    for part in text.lines().map(str::trim).filter(|l| !l.is_empty()) {
        // A sentence has its end; entries are parted.
        match out.chars().next_back() {
            None => {}
            Some('.' | '!' | '?' | ':' | ';' | ',') => out.push(' '),
            Some(_) => out.push_str("; "),
        }
        out.push_str(part);
    }
    text::clean(&out).into_owned()
}
