//! One record in full: what is missing, its fields in their groups, what links to it, and what was changed last.

use super::line::{Line, Stop, wrap};
use super::look::Look;
use super::past::Extent;
use super::picker::wide;
use super::{Model, cell, record_rows, spark, text};
use crate::model::calendar;
use crate::model::codec;
use crate::model::derive;
use crate::model::kind::{Derived, Field, FieldType, Kind, Moment, Need};
use crate::model::record::{Id, Record};
use crate::model::rules;
use crate::model::value::{FileRef, Value};
use crate::model::world::World;
use crate::ui::form::groups;
use std::collections::BTreeMap;
use std::sync::Arc;

/// How many of the last changes show.
const CHANGES: usize = 5;
/// The column of values.
const VALUES: u16 = 24;
/// The state of what has no states of its own.
const ACTIVE: &str = "active";
/// Lines are not longer, however wide the window is: the eye would lose them.
const MEASURE: u16 = 124;
/// From this width on a record and its last changes stand beside each other.
const BESIDE: u16 = 160;

/// What a record says, and of which moment and width: asked several times for each frame, and some of its figures are
/// worked out of all records.
#[derive(Debug, Default)]
pub(crate) struct Told {
    of: Option<Shown>,
    lines: Vec<Line>,
    hidden: usize,
}

/// The record, whether all fields show, the width, the commit, the day, the minute.
type Shown = (Id, bool, u16, u64, i32, i64);

/// The column at which the states of linked records stand at most.
fn states_at(room: usize) -> u16 {
    let room = u16::try_from(room).unwrap_or(u16::MAX);
    room.saturating_sub(record_rows::STATES).max(20) + VALUES
}

impl Model {
    /// The lines of a record; `all` shows its empty fields too.
    pub(crate) fn record_lines(&self, id: &Id, all: bool, width: u16) -> Vec<Line> {
        let (mut out, hidden) = self.about_lines(id, all, width);
        if self.world().find(id).is_none() {
            return out;
        }
        if self.beside().is_none() {
            self.change_lines(id, width, &mut out);
        }
        if hidden > 0 {
            let key = self.key_of("record.fields");
            out.push(Line::default());
            let words = match hidden {
                1 => format!("1 empty field is not shown; {key} shows it"),
                n => format!("{n} empty fields are not shown; {key} shows them"),
            };
            out.push(Line::of(2, words, "muted").aside());
        }
        out
    }

    /// In a wide window the last changes stand beside the record, from this column on.
    pub(crate) fn beside(&self) -> Option<u16> {
        (self.size.0 >= BESIDE && !self.theme.plain).then_some(MEASURE.min(self.size.0 * 3 / 5))
    }

    /// The last changes of a record, for beside it.
    pub(crate) fn lines_beside(&self, id: &Id, width: u16) -> Vec<Line> {
        let mut out = Vec::new();
        self.change_lines(id, width, &mut out);
        out.split_off(1)
    }

    /// The lines of a record that is looked at beside or below its list; where there is little room, without headings.
    pub(crate) fn preview_lines(&self, id: &Id, width: u16, short: bool) -> Vec<Line> {
        let mut lines = self.about_lines(id, false, width).0;
        let heading = |l: &Line| l.spans.first().is_some_and(|s| s.2 == "heading");
        match short {
            true => lines.retain(|l| !l.spans.is_empty() && !heading(l)),
            false if lines.first().is_some_and(heading) => drop(lines.remove(0)),
            false => {}
        }
        lines
    }

    /// What is missing, the fields and who links here; and how many fields are empty and not shown.
    fn about_lines(&self, id: &Id, all: bool, width: u16) -> (Vec<Line>, usize) {
        let w = self.world();
        let of = Some((id.clone(), all, width, w.state.seq, w.today, w.now / 60_000));
        let mut told = self.told.borrow_mut();
        if told.of != of {
            let (lines, hidden) = self.work_out_lines(id, all, width);
            *told = Told { of, lines, hidden };
        }
        (told.lines.clone(), told.hidden)
    }

    fn work_out_lines(&self, id: &Id, all: bool, width: u16) -> (Vec<Line>, usize) {
        let width = width.min(MEASURE);
        let w = self.world();
        let (Some(record), Some(ix)) = (w.find(id), self.catalogue.kind_of(id)) else {
            return (vec![Line::of(2, format!("there is no {id}"), "muted")], 0);
        };
        let kind = w.kind_at(ix);
        let mut out = Vec::new();
        let room = usize::from(width.saturating_sub(VALUES + 4));
        // What the rules have to say comes first: it is why one is here.
        if w.is_open(kind, record) {
            let mark = self.theme.glyph("!", "!");
            for p in rules::check(&w, ix, record, Moment::Gap, None, None) {
                if p.rule == "required" {
                    continue;
                }
                for (i, text) in wrap(&p.message, usize::from(width.saturating_sub(6)))
                    .into_iter()
                    .enumerate()
                {
                    let stop = p.field.map_or(Stop::None, Stop::Field);
                    out.push(
                        Line::of(2, if i == 0 { mark } else { "" }, "warn")
                            .and(4, text, "warn")
                            .to(stop),
                    );
                }
            }
        }
        let mut hidden = 0;
        for (group, fields) in groups(kind) {
            let mut lines = Vec::new();
            for f in fields
                .into_iter()
                .filter(|f| !matches!(f.name.as_str(), "title" | "state"))
            {
                let value = record.get(f.tag);
                let needed = f.required != Need::No && w.is_open(kind, record);
                // what the method does not ask for is not empty
                if value.is_none() && !w.is_asked(kind, Some(record), f) {
                    continue;
                }
                if value.is_none() && (f.readonly || !all) && !needed {
                    hidden += usize::from(!f.readonly);
                    continue;
                }
                self.field_lines(&w, kind, record, f, value, all, room, &mut lines);
            }
            if group == "Assessment" || kind.derived.iter().any(|d| belongs(kind, &d.name, group)) {
                for d in kind.derived.iter().filter(|d| belongs(kind, &d.name, group)) {
                    let c = cell::cell(&w, kind, record, &d.name, 30, self.theme.ascii);
                    if c.text.is_empty() {
                        continue;
                    }
                    let due = d.due.as_ref().and_then(|_| w.value(kind, record, &d.name)?.as_date());
                    let said = match due {
                        Some(day) => format!("{}  {}", calendar::show(day), c.text),
                        None => text::clean(&c.text).into_owned(),
                    };
                    for (i, part) in wrap(&said, room).into_iter().enumerate() {
                        let line = if i == 0 {
                            Line::of(2, d.label.clone(), "muted")
                        } else {
                            Line::default()
                        };
                        lines.push(line.and(VALUES, part, c.role));
                    }
                    let course = derive::course(&w, kind, record, &d.from);
                    lines.extend(spark::lines(&course, VALUES, room, self.theme.ascii));
                }
            }
            if !lines.is_empty() {
                if !out.is_empty() {
                    out.push(Line::default());
                }
                out.push(Line::of(2, group.to_owned(), "heading"));
                out.append(&mut lines);
            }
        }
        self.inbound_lines(&w, id, all, room, &mut out);
        record_rows::draw_near(&mut out, states_at(room));
        (out, hidden)
    }

    #[expect(clippy::too_many_arguments, reason = "all of it is needed for one field")]
    fn field_lines(
        &self,
        w: &World,
        kind: &Kind,
        r: &Record,
        f: &Field,
        value: Option<&Value>,
        all: bool,
        room: usize,
        out: &mut Vec<Line>,
    ) {
        let label = || Line::of(2, f.label.clone(), "muted");
        let stop = if f.readonly { Stop::None } else { Stop::Field(f.tag) };
        let Some(value) = value else {
            let missing = f.required != Need::No && w.is_open(kind, r);
            let (words, role) = if missing {
                ("missing", "warn")
            } else {
                (self.theme.glyph("–", "-"), "muted")
            };
            out.push(label().and(VALUES, words, role).to(stop));
            return;
        };
        match value {
            Value::Link(id) => out.push(self.link_line(w, label(), id, String::new(), room)),
            Value::Links(links) => {
                let shown = record_rows::shown(links.len(), all);
                for (i, link) in links.iter().take(shown).enumerate() {
                    let line = if i == 0 { label() } else { Line::default() };
                    let attributes: Vec<String> = link
                        .attributes
                        .iter()
                        .filter_map(|(tag, v)| {
                            let a = f.fields.iter().find(|a| a.tag == *tag)?;
                            let shown = codec::edit_text(w, kind, Some(r), a, v);
                            Some(format!("{} {shown}", a.label.to_lowercase()))
                        })
                        .collect();
                    out.push(self.link_line(w, line, &link.to, attributes.join(", "), room));
                }
                if shown < links.len() {
                    let words = format!(
                        "and {} more; {} shows them",
                        links.len() - shown,
                        self.key_of("record.fields")
                    );
                    out.push(Line::of(VALUES, words, "muted").aside());
                }
            }
            Value::Rows(rows) => {
                let dot = self.theme.glyph(" · ", " - ");
                for (n, cells) in rows.iter().enumerate() {
                    let (words, due) = self.row_words(w, kind, r, f, cells);
                    for (i, part) in wrap(&words, room).into_iter().enumerate() {
                        let line = if n + i == 0 { label() } else { Line::default() };
                        // What goes on stands a little further in.
                        let at = if i == 0 { VALUES } else { VALUES + 2 };
                        let line = match due
                            .as_ref()
                            .and_then(|(words, role)| Some((part.strip_suffix(words)?, role)))
                        {
                            Some((rest, role)) => {
                                let rest = rest.strip_suffix(dot).unwrap_or(rest);
                                let pressing = part[rest.len()..].trim_start().to_owned();
                                line.and(at, rest.to_owned(), "text")
                                    .and(at + wide(rest) + 1, pressing, role)
                            }
                            None => line.and(at, part, "text"),
                        };
                        out.push(line.to(stop.clone()));
                    }
                }
            }
            Value::File(file) => self.file_lines(file, label(), room, stop, out),
            _ => {
                let c = cell::cell(w, kind, r, &f.name, 30, self.theme.ascii);
                let short = matches!(f.kind, FieldType::Scale | FieldType::Choice) || cell::falls_due(w, kind, r, f);
                let text = if short && f.kind == FieldType::Date {
                    let day = value.as_date().map(calendar::show).unwrap_or_default();
                    format!("{day}  {}", c.text)
                } else if short {
                    c.text
                } else {
                    codec::show_long(w, kind, Some(r), &f.name, value)
                };
                for (i, part) in wrap(&text, room).into_iter().enumerate() {
                    let line = if i == 0 { label() } else { Line::default() };
                    out.push(
                        line.and(VALUES, part, if short { c.role } else { "text" })
                            .to(stop.clone()),
                    );
                }
            }
        }
    }

    /// A kept file: name and size, whether it is there, and its hash.
    fn file_lines(&self, file: &FileRef, line: Line, room: usize, stop: Stop, out: &mut Vec<Line>) {
        let there = self.there.get(&file.sha256);
        let kept = if there == Some(&true) { "  kept" } else { "" };
        let shown = format!("{}{kept}", codec::show_file(file));
        for (i, part) in wrap(&text::clean(&shown), room).into_iter().enumerate() {
            let line = if i == 0 { line.clone() } else { Line::default() };
            out.push(line.and(VALUES, part, "text").to(stop.clone()));
        }
        if there == Some(&false) {
            let why = "missing: its bytes are not in the store";
            out.push(Line::default().and(VALUES, why, "error").to(stop.clone()));
        }
        let hash = codec::hex(&file.sha256);
        let halves = if room < 73 {
            vec![&hash[..32], &hash[32..]]
        } else {
            vec![hash.as_str()]
        };
        for (i, part) in halves.into_iter().enumerate() {
            let head = if i == 0 { "SHA-256" } else { "" };
            let text = format!("{head:8}{part}");
            out.push(Line::default().and(VALUES, text, "muted").to(stop.clone()));
        }
    }

    /// A record that is linked: id, title, state, and what is said about the link.
    fn link_line(&self, w: &World, line: Line, id: &Id, note: String, room: usize) -> Line {
        let (title, state, role) = match (w.find(id), w.kind(id)) {
            (Some(r), Some(k)) => {
                let s = cell::state(k, r);
                // What is simply there need not be said on every line.
                let state = if s.text == ACTIVE { String::new() } else { s.text };
                (text::clean(r.title()).into_owned(), state, s.role)
            }
            _ => ("is not there".to_owned(), String::new(), "warn"),
        };
        let title = if note.is_empty() {
            title
        } else {
            format!("{title} ({note})")
        };
        let role = if role == "text" { "muted" } else { role };
        let line = line
            .and(VALUES, id.to_string(), "id")
            .and(VALUES + (wide(id.as_str()) + 1).max(8), title, "text");
        let line = match state.is_empty() {
            true => line,
            false => line.and(states_at(room), state, role),
        };
        line.to(Stop::Link(id.clone()))
    }

    /// Who links here, by kind and field.
    fn inbound_lines(&self, w: &World, id: &Id, all: bool, room: usize, out: &mut Vec<Line>) {
        let mut by: BTreeMap<(usize, u16), Vec<Id>> = BTreeMap::new();
        for (from, tag) in w.state.inbound(id) {
            if let Some(ix) = self.catalogue.kind_of(from)
                && w.find(from).is_some_and(|r| !r.is_retired())
            {
                by.entry((ix, tag)).or_default().push(from.clone());
            }
        }
        // What is said in the same words stands under one heading, register by register.
        type Part<'a> = (&'a Kind, Vec<Id>);
        let mut groups: Vec<(String, Vec<Part<'_>>)> = Vec::new();
        for ((ix, tag), ids) in by {
            let kind = w.kind_at(ix);
            let words = kind.field_by_tag(tag).and_then(|f| f.inverse.clone());
            let words = words.unwrap_or_else(|| kind.titles.clone());
            match groups.iter_mut().find(|(same, _)| *same == words) {
                Some((_, parts)) => parts.push((kind, ids)),
                None => groups.push((words, vec![(kind, ids)])),
            }
        }
        for (words, parts) in &groups {
            let count: usize = parts.iter().map(|(_, ids)| ids.len()).sum();
            out.push(Line::default());
            out.push(Line::of(2, format!("{words} {count}"), "heading"));
            self.inbound_parts(w, id, words, parts, (all, room), out);
        }
    }

    fn inbound_parts(
        &self,
        w: &World,
        id: &Id,
        words: &str,
        parts: &[(&Kind, Vec<Id>)],
        (all, room): (bool, usize),
        out: &mut Vec<Line>,
    ) {
        for (kind, ids) in parts {
            let shown = record_rows::shown(ids.len(), all);
            for (n, from) in ids.iter().take(shown).enumerate() {
                let first = if n == 0 && kind.titles != *words {
                    Line::of(2, kind.titles.clone(), "muted")
                } else {
                    Line::default()
                };
                let mut line = self.link_line(w, first, from, String::new(), room);
                let told = within(w, kind, from, id);
                if let Some(title) = line.spans.iter_mut().find(|s| s.2 == "text" && !told.is_empty()) {
                    title.1 = format!("{told}  {}", title.1).into();
                }
                out.push(line);
            }
            if shown < ids.len() {
                let words = format!(
                    "and {} more; {} shows them",
                    ids.len() - shown,
                    self.key_of("record.fields")
                );
                out.push(Line::of(VALUES, words, "muted").aside());
            }
        }
    }

    /// The last changes, or that they are being read.
    fn change_lines(&self, id: &Id, width: u16, out: &mut Vec<Line>) {
        out.push(Line::default());
        let key = self.key_of("go.history");
        out.push(Line::of(2, "Last changes", "heading").and(VALUES, format!("{key} shows all"), "muted"));
        match self.versions(id) {
            None => out.push(Line::of(2, "reading", "muted")),
            Some(revisions) => {
                for r in revisions.into_iter().take(CHANGES) {
                    out.append(&mut self.revision_lines(r, Extent::Glance, width));
                }
            }
        }
    }

    /// What stands in the two lines above a record: id and title, and how it is.
    pub(crate) fn record_head(&self, r: &Arc<Record>) -> (String, Vec<(String, &'static str)>) {
        let w = self.world();
        let title = text::clean(r.title()).into_owned();
        let Some(kind) = w.kind(&r.id) else {
            return (title, Vec::new());
        };
        let mut parts = vec![(kind.title.clone(), "muted")];
        let s = cell::state(kind, r);
        parts.push((s.text, if s.role == "muted" { "muted" } else { "action" }));
        if let Some(due) = w.due(kind, r) {
            let d = cell::due(&w, kind, r, due.day, due.time);
            parts.push((format!("{} {}", due.word.to_lowercase(), d.text), d.role));
        }
        let owner = codec::cell(&w, kind, r, "owner");
        if !owner.is_empty() {
            parts.push((text::clean(&owner).into_owned(), "text"));
        }
        (title, parts)
    }
}

/// What says most of a record that belongs to another, looked at from one that it names: what it belongs to and its
/// columns that never fold away, less what names the one where one is.
fn within(w: &World, kind: &Kind, id: &Id, here: &Id) -> String {
    let Some((r, whole)) = w.find(id).zip(kind.within.as_ref()) else {
        return String::new();
    };
    let belongs = |name: &str| kind.field(name).is_some_and(|f| f.target.contains(whole));
    let told = kind
        .columns
        .iter()
        .filter(|c| (c.rank == 0 || belongs(&c.field)) && !matches!(c.field.as_str(), "id" | "title" | "state"));
    let cells = told.map(|c| match w.value(kind, r, &c.field).as_deref() {
        Some(Value::Date(day)) => calendar::show(*day),
        Some(Value::Time(ms)) => calendar::show_minute(*ms),
        Some(value) if value.ids().any(|named| named == here) => String::new(),
        _ => text::clean(&codec::cell(w, kind, r, &c.field)).into_owned(),
    });
    cells.filter(|c| !c.is_empty()).collect::<Vec<_>>().join(", ")
}

/// Whether a derived value is shown with this group: below the fields that it is made of, else in the last own group.
fn belongs(kind: &Kind, name: &str, group: &str) -> bool {
    use crate::model::kind::Derivation as D;
    let Some(d) = kind.derivation(name) else { return false };
    let own = || kind.fields.iter().find(|f| f.tag > 31).map(|f| f.name.as_str());
    let of = match &d.from {
        // who links here is listed below, and what is due stands above
        D::Count { .. } | D::Late { .. } | D::Due => return false,
        // what comes from the same records as a band stands with it
        D::Latest { kind: other, field, .. } | D::Lapse { kind: other, field, .. } => {
            let same = |b: &&Derived| matches!(&b.from, D::Band { kind, field: f, .. } if kind == other && f == field);
            let band = kind.derived.iter().find(same).map_or(&d.from, |b| &b.from);
            derive::sources(kind, band)
                .first()
                .copied()
                .or_else(own)
                .unwrap_or_default()
        }
        from => derive::sources(kind, from)
            .first()
            .copied()
            .or_else(own)
            .unwrap_or_default(),
    };
    groups(kind)
        .iter()
        .any(|(g, fields)| *g == group && fields.iter().any(|f| f.name == of))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::builtin;

    /// A label stands in its column with a blank behind it; one of two lines would move what is beside it.
    #[test]
    fn every_label_fits_beside_its_value() {
        for kind in &builtin::catalogue().expect("the kinds").kinds {
            let fields = kind.fields.iter().map(|f| &f.label);
            for label in fields.chain(kind.derived.iter().map(|d| &d.label)) {
                assert!(wide(label) <= VALUES - 3, "{}: {label}", kind.name);
            }
        }
    }
}
