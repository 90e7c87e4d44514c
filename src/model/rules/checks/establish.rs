//! Coded rules of the registers of Establish: what is signed off stands, the statement of applicability, obligations
//! and their clocks, the criteria in force.

use super::{Case, Check};
use crate::model::completeness::{self, Within};
use crate::model::kind::{Class, TITLE};
use crate::model::record::{Id, Record};
use crate::model::value::Value;
use std::collections::BTreeSet;
use std::sync::Arc;

/// The rules of this file by name.
pub(super) const CHECKS: &[(&str, Check)] = &[
    ("settled", settled),
    ("needs-decided", needs_decided),
    ("clock-one-time", clock_one_time),
    ("duty-met-by-control", duty_met_by_control),
    ("jurisdiction-known", jurisdiction_known),
    ("control-in-force", control_in_force),
    ("obligation-holds", obligation_holds),
    ("tolerance-falls", tolerance_falls),
    ("one-method-in-force", one_method_in_force),
    ("method-of-organisation", method_of_organisation),
    ("can-no-longer-happen", can_no_longer_happen),
    ("only-recovery", only_recovery),
    ("climate-looked-at", climate_looked_at),
    ("properties-looked-at", properties_looked_at),
    ("places-looked-at", places_looked_at),
];

/// The states in which a control counts: it works, at least in part.
const IN_FORCE: [&str; 2] = ["partial", "implemented"];

/// What was signed off is changed while it stays where it is: the title or one of the kind's own fields. What keeps a
/// record findable (owner, tags, scopes, review, notes) may still change.
fn settled(c: &Case) -> Option<String> {
    let before = c.w.find(&c.record.id).filter(|b| b.state() == c.record.state())?;
    let stands = |tag: u16| tag == TITLE || tag >= 32;
    let changed: Vec<&str> = c
        .kind
        .fields
        .iter()
        .filter(|f| stands(f.tag) && !f.readonly && before.get(f.tag) != c.record.get(f.tag))
        .map(|f| f.label.as_str())
        .collect();
    (!changed.is_empty()).then(|| format!("not {}", changed.join(", ")))
}

/// 4.2: a need about which nobody has decided, or a no without a reason.
fn needs_decided(c: &Case) -> Option<String> {
    let field = c.kind.field("needs")?;
    let tag = |name: &str| field.fields.iter().find(|f| f.name == name).map(|f| f.tag);
    let (need, taken, reason) = (tag("need")?, tag("taken_on")?, tag("reason")?);
    c.record.get(field.tag)?.as_rows().iter().find_map(|row| {
        let cell = |tag| row.cells.iter().find(|(t, _)| *t == tag).map(|(_, v)| v);
        let words = cell(need).and_then(Value::as_text).unwrap_or("a need");
        match cell(taken) {
            None => Some(format!("nobody has decided on '{words}'")),
            Some(Value::Bool(false)) if cell(reason).is_none() => Some(format!("'{words}' is not taken on")),
            Some(_) => None,
        }
    })
}

/// A clock runs hours or months.
fn clock_one_time(c: &Case) -> Option<String> {
    let field = c.kind.field("clocks")?;
    let tag = |name: &str| field.fields.iter().find(|f| f.name == name).map(|f| f.tag);
    let (stage, hours, months) = (tag("stage")?, tag("hours")?, tag("months")?);
    c.record.get(field.tag)?.as_rows().iter().find_map(|row| {
        let cell = |tag| row.cells.iter().find(|(t, _)| *t == tag).map(|(_, v)| v);
        let words = cell(stage).and_then(Value::as_text).unwrap_or_default();
        match (cell(hours).is_some(), cell(months).is_some()) {
            (true, true) => Some(format!("'{words}' has both")),
            (false, false) => Some(format!("'{words}' has neither")),
            _ => None,
        }
    })
}

/// A.5.31: no control that is in force meets a mandatory duty.
fn duty_met_by_control(c: &Case) -> Option<String> {
    let linked: Vec<&Id> = c.get("controls").map(|v| v.ids().collect()).unwrap_or_default();
    match linked.iter().any(|id| in_force(c, id)) {
        true => None,
        false if linked.is_empty() => Some("no control meets it".to_string()),
        false => Some("none of its controls is in force".to_string()),
    }
}

/// The obligation holds in a jurisdiction that the organisation does not name.
fn jurisdiction_known(c: &Case) -> Option<String> {
    let place = c.get("jurisdiction")?.as_text()?.trim().to_lowercase();
    let ours = c.w.live("organisation").next()?;
    let named = c.of(ours, "jurisdictions")?.as_tags();
    (!named.contains(&place)).then(|| format!("'{place}'"))
}

/// I11: a larger loss is tolerated no more often than a smaller one.
fn tolerance_falls(c: &Case) -> Option<String> {
    let field = c.kind.field("tolerated")?;
    let tag = |name: &str| field.fields.iter().find(|f| f.name == name).map(|f| f.tag);
    let (loss, probability) = (tag("loss")?, tag("probability")?);
    let points: Vec<(i64, f64)> = (c.record.get(field.tag)?.as_rows().iter())
        .filter_map(|row| {
            let cell = |tag| row.cells.iter().find(|(t, _)| *t == tag).map(|(_, v)| v);
            match (cell(loss)?, cell(probability)?) {
                (Value::Money(minor, _), Value::Num(p)) => Some((*minor, *p)),
                _ => None,
            }
        })
        .collect();
    if points.iter().any(|(loss, _)| *loss <= 0) {
        return Some("a loss of 0 is no point of the curve".to_owned());
    }
    let wrong = points.windows(2).position(|p| p[1].0 <= p[0].0 || p[1].1 > p[0].1)?;
    Some(format!(
        "the curve of losses that are borne does not fall at point {}",
        wrong + 2
    ))
}

/// I6: nothing in force carries what is marked as implemented.
fn control_in_force(c: &Case) -> Option<String> {
    let carried = c.get("controls").is_some_and(|v| v.ids().any(|id| in_force(c, id)));
    (!carried).then(String::new)
}

/// I12: a mandatory obligation that is met by this control still holds.
fn obligation_holds(c: &Case) -> Option<String> {
    let kind = c.w.catalogue.kind("obligation")?;
    let (controls, mandatory) = (kind.field("controls")?.tag, kind.field("mandatory")?.tag);
    let rests = |r: &Record| {
        r.get(mandatory) == Some(&Value::Bool(true))
            && c.w.is_open(kind, r)
            && r.get(controls).is_some_and(|v| v.ids().any(|id| *id == c.record.id))
    };
    let held = c.w.live("obligation").find(|r| rests(r))?;
    Some(format!("{} {}", held.id, held.title()))
}

/// Two sets of criteria are in force for the same scope.
fn one_method_in_force(c: &Case) -> Option<String> {
    let scopes = |r: &Record| -> BTreeSet<Id> {
        let value = c.of(r, "scopes");
        value.map(|v| v.ids().cloned().collect()).unwrap_or_default()
    };
    let mine = scopes(c.record);
    let other = c.w.live("method").find(|r| {
        let theirs = scopes(r);
        let meet = (mine.is_empty() && theirs.is_empty()) || !mine.is_disjoint(&theirs);
        r.id != c.record.id && r.state() == "in-force" && meet
    })?;
    Some(other.id.to_string())
}

/// The organisation names another method than the criteria in force do.
fn method_of_organisation(c: &Case) -> Option<String> {
    let ours = c.w.live("organisation").next()?;
    let used = c.of(ours, "method")?.as_text()?;
    (used != c.get("model")?.as_text()?).then(|| format!("the organisation names {used}"))
}

/// A risk is closed whose assets are in use and whose threats are active.
fn can_no_longer_happen(c: &Case) -> Option<String> {
    let all_gone = |field: &str| {
        let ids: Vec<&Id> = c.get(field).map(|v| v.ids().collect()).unwrap_or_default();
        !ids.is_empty() && ids.iter().all(|id| c.w.find(id).is_none_or(|r| !open(c, r)))
    };
    if all_gone("assets") || all_gone("known_threats") {
        return None;
    }
    let threat = c
        .get("known_threats")?
        .ids()
        .find(|id| c.w.find(id).is_some_and(|r| open(c, r)))?;
    Some(format!("{threat} is active"))
}

/// 4.1, amendment of 2024: nobody has looked at climate change.
fn climate_looked_at(c: &Case) -> Option<String> {
    let topic = c.w.catalogue.kind("context-issue")?.field("topic")?.tag;
    let looked = c.w.live("context-issue").any(|r| r.text(topic) == "climate");
    (!looked).then(String::new)
}

/// 6.1.2: a property of an asset for which no risk tells how it is lost, and which is not left out with a reason.
fn properties_looked_at(c: &Case) -> Option<String> {
    let lacks = completeness::properties(c.w, c.record);
    (!lacks.is_empty()).then(|| completeness::named(c.w, &lacks))
}

/// 6.1.3: a risk lies above the appetite, and whatever works against it, now or as planned, only brings things back.
fn only_recovery(c: &Case) -> Option<String> {
    let ids = ["controls", "planned_controls"].map(|f| c.get(f));
    let ids: BTreeSet<&Id> = ids.into_iter().flatten().flat_map(Value::ids).collect();
    let live = ids.into_iter().filter_map(|id| c.w.find(id));
    let live: Vec<&Arc<Record>> = live.filter(|r| !r.is_retired()).collect();
    let recovers = |r: &&Arc<Record>| c.of(r, "mechanism").and_then(Value::as_text) == Some("recovery");
    let only = !live.is_empty() && live.iter().all(recovers) && c.w.is_above(c.kind, c.record);
    only.then(|| {
        let ids: Vec<&str> = live.iter().map(|r| r.id.as_str()).collect();
        ids.join(", ")
    })
}

/// 6.1.2: layers and domains at which nobody has looked.
fn places_looked_at(c: &Case) -> Option<String> {
    let lacks = completeness::places(c.w, &Within::default());
    (!lacks.is_empty()).then(|| lacks.join(", "))
}

fn open(c: &Case, record: &Record) -> bool {
    c.w.kind(&record.id)
        .and_then(|k| k.state(record.state()))
        .is_some_and(|s| s.class == Class::Open)
}

fn in_force(c: &Case, control: &Id) -> bool {
    c.w.find(control).is_some_and(|r| IN_FORCE.contains(&r.state()))
}
