//! Coded rules of what is reviewed, maintained and improved: acceptances and their authority, documents, audits,
//! reviews and corrective actions.

use super::{Case, Check};
use crate::model::calendar;
use crate::model::kind::{Field, FieldType, Scale};
use crate::model::record::{Id, Record};
use crate::model::rights;
use crate::model::value::{Row, Value};
use std::collections::BTreeSet;
use std::sync::Arc;

pub(super) const CHECKS: &[(&str, Check)] = &[
    ("acceptance-authority", acceptance_authority),
    ("live-exception", live_exception),
    ("renewal-limit", renewal_limit),
    ("approved-text", approved_text),
    ("tasks-done", tasks_done),
    ("tasks-named", tasks_named),
    ("doer-judges", doer_judges),
    ("auditor-independent", auditor_independent),
    ("all-asked", all_asked),
    ("nonconformities-handled", nonconformities_handled),
    ("open-majors", open_majors),
    ("inputs-complete", inputs_complete),
    ("frozen-inputs", frozen_inputs),
];

/// The states of an exception in which it holds, until its end.
const HOLDING: [&str; 2] = ["approved", "active"];

/// I3: whoever accepts a risk, or approves an exception, holds a post whose authority reaches every level at stake.
fn acceptance_authority(c: &Case) -> Option<String> {
    let actor = c.actor?;
    let best = authority(c, &actor.person);
    for (id, share, name) in levels(c) {
        match &best {
            Some((reach, _)) if reach + 1e-9 >= share => {}
            Some((_, words)) => return Some(format!("{words}; {id} is {name}")),
            None => {
                let who = rights::person_name(c.w, &actor.person);
                return Some(format!(
                    "{who} holds no post with authority to accept risk; {id} is {name}"
                ));
            }
        }
    }
    None
}

/// A level as its place on its scale, 0 to 1, so that levels of several methods compare; and its name.
fn place(scale: &Scale, id: &str) -> Option<(f64, String)> {
    let at = scale.position(id)?;
    let name = scale.find(id).map_or(id, |l| l.name.as_str());
    Some(((at + 1) as f64 / scale.levels.len() as f64, name.to_string()))
}

/// The levels that are at stake: the record's own, and those of the risks that it names.
fn levels(c: &Case) -> Vec<(Id, f64, String)> {
    let level = |record: &Record, name: &str| {
        let kind = c.w.kind(&record.id)?;
        let value = c.w.value(kind, record, name)?;
        let scale = c.w.scale(kind, Some(record), name)?;
        let (share, word) = place(scale, value.as_text()?)?;
        Some((record.id.clone(), share, word))
    };
    let own = ["level", "current_level"].iter().filter_map(|n| level(c.record, n));
    let risks = c.get("risks").into_iter().flat_map(Value::ids);
    let named = risks
        .filter_map(|id| c.w.find(id))
        .filter_map(|r| level(r, "current_level"));
    own.chain(named).collect()
}

/// How far the posts of a person reach, 0 to 1, and the post that reaches farthest in words.
fn authority(c: &Case, person: &Id) -> Option<(f64, String)> {
    let w = c.w;
    let mut best: Option<(f64, String)> = None;
    for post in w.live("role").filter(|p| w.is_person(&p.id, person)) {
        let reach = || {
            let kind = w.kind(&post.id)?;
            let level = post.text(kind.field("authority")?.tag);
            place(w.scale(kind, Some(post), "authority")?, level)
        };
        if let Some((share, name)) = reach().filter(|(s, _)| best.as_ref().is_none_or(|(b, _)| s > b)) {
            best = Some((share, format!("{} may accept up to {name}", post.id)));
        }
    }
    best
}

/// What is accepted rests on an exception that holds today.
fn live_exception(c: &Case) -> Option<String> {
    let w = c.w;
    let kind = w.catalogue.kind("exception")?;
    let tags = ["risks", "findings"].map(|n| kind.field(n).map(|f| f.tag));
    let expires = kind.field("expires")?.tag;
    let mut all: Vec<&Arc<Record>> = w
        .state
        .inbound(&c.record.id)
        .filter(|(_, tag)| tags.contains(&Some(*tag)))
        .filter_map(|(id, _)| w.find(id))
        .filter(|r| !r.is_retired() && w.kind(&r.id).is_some_and(|k| k.name == kind.name))
        .collect();
    let end = |r: &Record| r.get(expires).and_then(Value::as_date).unwrap_or(i32::MIN);
    all.sort_by_key(|r| (HOLDING.contains(&r.state()), end(r)));
    let Some(best) = all.last() else {
        return Some("no exception names it".to_string());
    };
    match HOLDING.contains(&best.state()) {
        true if end(best) >= w.today => None,
        true => Some(format!("{} ended on {}", best.id, calendar::show(end(best)))),
        false => Some(format!("{} is {}", best.id, best.state())),
    }
}

/// From the third time an exception is put off by the security officer only.
fn renewal_limit(c: &Case) -> Option<String> {
    let Value::Int(n @ 3..) = c.get("renewals")? else {
        return None;
    };
    let person = &c.actor?.person;
    let may = ["ciso", "admin"].iter().any(|p| rights::has(c.w, person, p));
    (!may).then(|| format!("would be renewed for the {n}. time"))
}

/// What was handed in, approved or put in force is not changed behind the back of its approver.
fn approved_text(c: &Case) -> Option<String> {
    let stored = c.w.find(&c.record.id)?;
    if [stored.state(), c.record.state()].contains(&"draft") {
        return None;
    }
    let content = ["title", "version", "body", "file", "location"];
    let changed = content.iter().filter_map(|n| c.kind.field(n)).any(|f| {
        // The first text of what was kept elsewhere changes nothing that was approved.
        let before = stored.get(f.tag);
        before.is_some() && before != c.record.get(f.tag)
    });
    changed.then(|| stored.state().replace('-', " "))
}

/// The tasks of a plan, or the actions of whatever else has steps.
struct Steps<'a> {
    field: &'a Field,
    rows: &'a [Row],
}

impl<'a> Steps<'a> {
    fn of(c: &'a Case) -> Option<Self> {
        let field = ["tasks", "actions"].iter().find_map(|n| c.kind.field(n))?;
        let rows = c.record.get(field.tag).map(Value::as_rows).unwrap_or_default();
        Some(Self { field, rows })
    }

    fn cell(&self, row: &'a Row, name: &str) -> Option<&'a Value> {
        let tag = self.field.fields.iter().find(|f| f.name == name)?.tag;
        row.cells.iter().find(|(t, _)| *t == tag).map(|(_, v)| v)
    }

    /// "2 of 5 actions", for those of which something holds.
    fn count(&self, is: impl Fn(&'a Row) -> bool) -> Option<String> {
        let n = self.rows.iter().filter(|r| is(r)).count();
        (n > 0).then(|| format!("{n} of {} {}", self.rows.len(), self.field.name))
    }
}

/// A plan has steps that are not done.
fn tasks_done(c: &Case) -> Option<String> {
    let steps = Steps::of(c)?;
    steps.count(|r| steps.cell(r, "done") != Some(&Value::Bool(true)))
}

/// Steps that nobody does, or that have no day.
fn tasks_named(c: &Case) -> Option<String> {
    let steps = Steps::of(c)?;
    let bare = steps.count(|r| steps.cell(r, "who").is_none() || steps.cell(r, "due").is_none())?;
    Some(format!("{bare} without a person or a day"))
}

/// I2: whoever did a step does not judge whether all of them had effect.
fn doer_judges(c: &Case) -> Option<String> {
    let actor = c.actor.filter(|_| rights::alone(c.w).is_none())?;
    let steps = Steps::of(c)?;
    let mine = |r: &&Row| matches!(steps.cell(r, "who"), Some(Value::Link(id)) if *id == actor.person);
    let row = steps.rows.iter().find(mine)?;
    let what = steps.cell(row, "what").and_then(Value::as_text).unwrap_or_default();
    Some(format!("{} did '{what}'", rights::person_name(c.w, &actor.person)))
}

/// I2: an auditor owns or holds something of what is audited.
fn auditor_independent(c: &Case) -> Option<String> {
    let w = c.w;
    if rights::alone(w).is_some() {
        return None;
    }
    let ids = |name: &str| c.get(name).into_iter().flat_map(Value::ids);
    let audited: Vec<&Id> = ids("audited").chain(ids("scopes")).collect();
    for auditor in ids("lead").chain(ids("team")) {
        let name = rights::person_name(w, auditor);
        for id in &audited {
            let Some(record) = w.find(id) else { continue };
            if w.is_person(id, auditor) {
                return Some(format!("{name} holds {id} {}", record.title()));
            }
            let owner = c.of(record, "owner");
            if owner.is_some_and(|v| v.ids().any(|o| w.is_person(o, auditor))) {
                return Some(format!("{name} owns {id} {}", record.title()));
            }
        }
    }
    None
}

/// The lines of an audit's checklist: reference and result.
fn items(c: &Case) -> Vec<(String, String)> {
    let Some(field) = c.kind.field("items").filter(|f| f.kind == FieldType::Rows) else {
        return Vec::new();
    };
    let text = |row: &Row, name: &str| {
        let tag = field.fields.iter().find(|f| f.name == name).map(|f| f.tag);
        let cell = row.cells.iter().find(|(t, _)| Some(*t) == tag);
        cell.and_then(|(_, v)| v.as_text()).unwrap_or_default().to_string()
    };
    let rows = c.record.get(field.tag).map(Value::as_rows).unwrap_or_default();
    rows.iter().map(|r| (text(r, "ref"), text(r, "result"))).collect()
}

/// An audit has nothing on its checklist, or a line without a result.
fn all_asked(c: &Case) -> Option<String> {
    let all = items(c);
    if all.is_empty() {
        return Some("its checklist is empty".to_string());
    }
    let open: Vec<&str> = all
        .iter()
        .filter(|(_, result)| result.is_empty())
        .map(|(r, _)| r.as_str())
        .collect();
    (!open.is_empty()).then(|| format!("{} has no result", open.join(", ")))
}

/// The corrective actions that answer a line of an audit's checklist.
fn answers<'a>(c: &'a Case, reference: &'a str) -> impl Iterator<Item = &'a Arc<Record>> {
    let kind = c.w.catalogue.kind("corrective-action");
    let field = |name: &str| kind.and_then(|k| k.field(name)).map(|f| f.tag);
    let (sources, items) = (field("sources"), field("items"));
    let names = move |r: &&Arc<Record>| {
        let tags = items.and_then(|t| r.get(t)).map(Value::as_tags).unwrap_or_default();
        tags.iter().any(|t| t.eq_ignore_ascii_case(reference.trim()))
    };
    c.w.state
        .inbound(&c.record.id)
        .filter(move |(_, tag)| Some(*tag) == sources)
        .filter_map(|(id, _)| c.w.find(id))
        .filter(|r| !r.is_retired() && c.w.kind(&r.id).map(|k| &k.name) == c.w.catalogue.kind("CA").map(|k| &k.name))
        .filter(names)
}

/// A nonconformity of an audit has no corrective action.
fn nonconformities_handled(c: &Case) -> Option<String> {
    let bare: BTreeSet<String> = items(c)
        .into_iter()
        .filter(|(r, result)| result.ends_with("-nc") && answers(c, r).next().is_none())
        .map(|(r, _)| r)
        .collect();
    let bare: Vec<String> = bare.into_iter().collect();
    (!bare.is_empty()).then(|| format!("the nonconformity at {} has no corrective action", bare.join(", ")))
}

/// I19: a major nonconformity of an audit that is not put right.
fn open_majors(c: &Case) -> Option<String> {
    items(c).into_iter().find_map(|(r, result)| {
        let open = answers(c, &r).find(|a| !["done", "effective"].contains(&a.state()))?;
        (result == "major-nc").then(|| {
            format!(
                "the major nonconformity at {r} is open, {} is {}",
                open.id,
                open.state()
            )
        })
    })
}

/// The inputs of a management review on which neither a register nor a person says anything.
fn inputs_complete(c: &Case) -> Option<String> {
    let field = c.kind.field("inputs")?;
    let input = field.fields.iter().find(|f| f.name == "input")?;
    let said: Vec<u16> = field
        .fields
        .iter()
        .filter(|f| f.tag != input.tag)
        .map(|f| f.tag)
        .collect();
    let rows = c.record.get(field.tag).map(Value::as_rows).unwrap_or_default();
    let there = |choice: &str| {
        rows.iter().any(|r| {
            let names = r
                .cells
                .iter()
                .any(|(t, v)| *t == input.tag && v.as_text() == Some(choice));
            names && r.cells.iter().any(|(t, _)| said.contains(t))
        })
    };
    let missing = input.choices.iter().filter(|i| !there(&i.id));
    let missing: Vec<String> = missing.map(|i| i.label.to_lowercase()).collect();
    (!missing.is_empty()).then(|| missing.join(", "))
}

/// The inputs of a management review do not change once it was held.
fn frozen_inputs(c: &Case) -> Option<String> {
    let stored = c.w.find(&c.record.id)?;
    if [stored.state(), c.record.state()].contains(&c.kind.first_state()) {
        return None;
    }
    let tag = c.kind.field("inputs")?.tag;
    (stored.get(tag) != c.record.get(tag)).then(String::new)
}
