//! Rules of what is run: clocks of the law, records of training, prerequisites of continuity.

use super::{Case, Check};
use crate::model::calendar;
use crate::model::clocks;
use crate::model::codec;
use crate::model::kind::{Field, Tag};
use crate::model::record::{Id, Record};
use crate::model::rights;
use crate::model::value::{Row, Value};
use std::collections::BTreeSet;

pub(super) const CHECKS: &[(&str, Check)] = &[
    ("clock-reset", clock_reset),
    ("clocks-open", clocks_open),
    ("clocks-missed", clocks_missed),
    ("clocks-unset", clocks_unset),
    ("own-record", own_record),
    ("below-mark", below_mark),
    ("prerequisite-cycle", prerequisite_cycle),
    ("slower-prerequisite", slower_prerequisite),
    ("controls-tested", controls_tested),
    ("effect-unsaid", effect_unsaid),
];

/// The rows of a field, with what is needed to read their cells by name.
struct Rows<'a> {
    field: &'a Field,
    rows: &'a [Row],
}

impl<'a> Rows<'a> {
    fn of(field: &'a Field, record: &'a Record) -> Self {
        let rows = record.get(field.tag).map(Value::as_rows).unwrap_or_default();
        Self { field, rows }
    }

    fn tag(&self, name: &str) -> Option<Tag> {
        self.field.fields.iter().find(|f| f.name == name).map(|f| f.tag)
    }

    fn cell(&self, row: &'a Row, name: &str) -> Option<&'a Value> {
        let tag = self.tag(name)?;
        row.cells.iter().find(|(t, _)| *t == tag).map(|(_, v)| v)
    }

    fn word(&self, row: &'a Row, name: &str) -> &'a str {
        self.cell(row, name).and_then(Value::as_text).unwrap_or_default()
    }

    /// "NIS2, national CSIRT (early warning)".
    fn clock(&self, row: &'a Row) -> String {
        let name = self.word(row, "clock");
        match self.word(row, "stage") {
            "" => name.to_string(),
            stage => format!("{name} ({})", stage.replace('-', " ")),
        }
    }

    fn open(&self) -> impl Iterator<Item = &'a Row> {
        let rows = self.rows;
        rows.iter().filter(|r| self.cell(r, "done") != Some(&Value::Bool(true)))
    }
}

/// Once an incident is declared, the moment of becoming aware and the ends of its clocks stay as they are.
fn clock_reset(c: &Case) -> Option<String> {
    let before = c.w.find(&c.record.id)?;
    before.get(c.kind.field("declared_at")?.tag)?;
    let aware = c.kind.field("aware_at")?;
    if before.get(aware.tag) != c.record.get(aware.tag) {
        return Some("the moment of becoming aware would change".to_string());
    }
    let field = c.kind.field("clocks")?;
    let (then, now) = (Rows::of(field, before), Rows::of(field, c.record));
    now.rows.iter().find_map(|row| {
        let old = then.rows.iter().find(|r| r.id == row.id)?;
        let moved = ["until", "due"]
            .iter()
            .any(|n| then.cell(old, n).is_some() && then.cell(old, n) != now.cell(row, n));
        moved.then(|| format!("the end of the clock {} would change", then.clock(old)))
    })
}

/// A clock of the law is not answered.
fn clocks_open(c: &Case) -> Option<String> {
    let rows = Rows::of(c.kind.field("clocks")?, c.record);
    let row = rows.open().next()?;
    Some(format!("the clock {} is not answered", rows.clock(row)))
}

/// Obligations start clocks for it, but none is drawn up and nobody has asked for them.
fn clocks_unset(c: &Case) -> Option<String> {
    if c.get("clocks").is_some() || c.get("clocks_set").is_some() {
        return None;
    }
    let law = c.w.catalogue.kind("obligation")?.field("instrument")?;
    let mut names: Vec<String> = Vec::new();
    for obligation in clocks::concern(c.w, c.record) {
        let name = obligation.get(law.tag).and_then(Value::as_text);
        let name = name.map_or_else(|| obligation.id.to_string(), str::to_string);
        if !names.contains(&name) {
            names.push(name);
        }
    }
    (!names.is_empty()).then(|| names.join(", "))
}

/// A clock of the law has run out and is not answered.
fn clocks_missed(c: &Case) -> Option<String> {
    let rows = Rows::of(c.kind.field("clocks")?, c.record);
    rows.open().find_map(|row| {
        let (late, end) = match (rows.cell(row, "until"), rows.cell(row, "due")) {
            (Some(Value::Time(end)), _) => (*end < c.w.now, calendar::show_minute(*end)),
            (_, Some(Value::Date(day))) => (*day < c.w.today, calendar::show(*day)),
            _ => return None,
        };
        late.then(|| format!("the clock {} ran out {end}", rows.clock(row)))
    })
}

/// Nobody enters that they themselves have taken a training.
fn own_record(c: &Case) -> Option<String> {
    let actor = c.actor?;
    let Value::Link(person) = c.get("person")? else {
        return None;
    };
    (*person == actor.person).then(|| rights::person_name(c.w, person))
}

/// A record says passed with a score below the mark of its training.
fn below_mark(c: &Case) -> Option<String> {
    if c.get("passed") != Some(&Value::Bool(true)) {
        return None;
    }
    let (Value::Num(score), Value::Link(training)) = (c.get("score")?, c.get("training")?) else {
        return None;
    };
    let training = c.w.find(training)?;
    let Value::Num(mark) = c.of(training, "pass_mark")? else {
        return None;
    };
    let kind = c.w.kind(&training.id)?;
    (score < mark).then(|| codec::cell(c.w, kind, training, "pass_mark").to_string())
}

/// I8: no process is its own prerequisite; the cycle by name, ending where it began.
fn prerequisite_cycle(c: &Case) -> Option<String> {
    let mut seen: BTreeSet<Id> = BTreeSet::new();
    let mut paths: Vec<Vec<Id>> = c.get("prerequisites")?.ids().map(|id| vec![id.clone()]).collect();
    while let Some(path) = paths.pop() {
        let last = path.last()?;
        if *last == c.record.id {
            let names: Vec<&str> = path.iter().map(Id::as_str).collect();
            return Some(format!("{} → {}", c.record.id, names.join(" → ")));
        }
        if seen.insert(last.clone())
            && let Some(next) = c.w.find(last).and_then(|r| c.of(r, "prerequisites"))
        {
            paths.extend(
                next.ids()
                    .map(|id| [path.as_slice(), std::slice::from_ref(id)].concat()),
            );
        }
    }
    None
}

/// I9: what a process needs first is to be back no later than the process itself.
fn slower_prerequisite(c: &Case) -> Option<String> {
    let Value::Num(mine) = c.get("rto")? else { return None };
    c.get("prerequisites")?.ids().find_map(|id| {
        let other = c.w.find(id).filter(|r| !r.is_retired())?;
        let Value::Num(theirs) = c.of(other, "rto")? else {
            return None;
        };
        let words = codec::cell(c.w, c.w.kind(id)?, other, "rto").to_string();
        (theirs > mine).then(|| format!("{id} {}, which it needs first, only within {words}", other.title()))
    })
}

/// A link by which a control works on a risk says nothing of how much.
fn effect_unsaid(c: &Case) -> Option<String> {
    let Value::Links(effects) = c.get("effects")? else {
        return None;
    };
    let bare = effects.iter().find(|l| l.attributes.is_empty())?;
    let risk = c.w.find(&bare.to).filter(|r| !r.is_retired())?;
    Some(format!("{} {}", bare.to, risk.title()))
}

/// A control that a finished plan has put in place has not passed a test since.
fn controls_tested(c: &Case) -> Option<String> {
    let done = calendar::day_of_time(rights::last_entry(c.record, "done")?.time);
    c.get("controls")?.ids().find_map(|id| {
        let control = c.w.find(id).filter(|r| !r.is_retired())?;
        if c.of(control, "health").and_then(Value::as_text) != Some("ok") {
            return Some(format!("{id} {} has not passed its last test", control.title()));
        }
        let tested = c.of(control, "tested_on").and_then(Value::as_date);
        let since = tested.is_some_and(|day| day >= done);
        (!since).then(|| format!("{id} {} has not been tested since the plan was done", control.title()))
    })
}
