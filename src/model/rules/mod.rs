//! The rules of the kinds: what is refused on saving, what a transition waits for, and what is listed as a gap. A
//! rule is a pair of queries in a kind's file, or the name of a coded one where a query does not reach.

mod checks;

pub use checks::{vacancy, void_since};

use super::calendar;
use super::change::{Actor, Problem};
use super::codec;
use super::kind::{Catalogue, Kind, KindIx, Moment, Need, Rule, Tag};
use super::query::Query;
use super::record::{Id, Record};
use super::rights;
use super::value::Value;
use super::world::World;
use std::sync::Arc;

/// The rules of all kinds with their queries read once.
#[derive(Debug, Clone, Default)]
pub struct Rules {
    /// By kind, in the order of its file: `when` and `must`, where there are any.
    queries: Vec<Vec<(Option<Query>, Option<Query>)>>,
}

impl Rules {
    /// Reads the queries of all rules.
    ///
    /// # Errors
    /// Names the kind, the rule and the character.
    pub fn read(catalogue: &Catalogue) -> Result<Self, String> {
        let read = |k: &Kind, r: &Rule, text: &str| {
            if text.is_empty() {
                return Ok(None);
            }
            let say = |e: super::query::QueryError| {
                format!(
                    "{}: rule {}: '{text}', character {}: {}",
                    k.name,
                    r.id,
                    e.at + 1,
                    e.message
                )
            };
            let query = Query::parse(text, catalogue, Some(k)).map_err(say)?;
            if query.asks_gaps() {
                return Err(format!("{}: rule {}: a rule cannot ask for gaps", k.name, r.id));
            }
            Ok(Some(query))
        };
        let of_kind = |k: &Kind| -> Result<Vec<_>, String> {
            k.rules
                .iter()
                .map(|r| {
                    if r.must.is_empty() == r.check.is_none() {
                        return Err(format!("{}: rule {}: give either 'must' or 'check'", k.name, r.id));
                    }
                    if let Some(name) = r.check.as_deref().filter(|n| !checks::known(n)) {
                        return Err(format!("{}: rule {}: there is no check '{name}'", k.name, r.id));
                    }
                    Ok((read(k, r, &r.when)?, read(k, r, &r.must)?))
                })
                .collect()
        };
        Ok(Self {
            queries: catalogue.kinds.iter().map(of_kind).collect::<Result<_, _>>()?,
        })
    }
}

/// Whether a rule of a kind follows links from record to record when one is saved, round to where it began.
pub fn looks_around(kind: &Kind) -> bool {
    let follows = |r: &Rule| r.check.as_deref().is_some_and(|c| checks::CIRCLES.contains(&c));
    kind.rules.iter().any(|r| r.moment == Moment::Save && follows(r))
}

/// What the rules of one moment say about a record as it would be.
///
/// `transition` names the move, for [`Moment::Transition`]; `actor` is who acts, `None` when gaps are listed.
pub fn check(
    w: &World,
    ix: KindIx,
    record: &Record,
    moment: Moment,
    transition: Option<&str>,
    actor: Option<&Actor>,
) -> Vec<Problem> {
    let kind = w.kind_at(ix);
    let mut found = Vec::new();
    let need = match moment {
        Moment::Save => Need::Save,
        Moment::Gap => Need::Gap,
        Moment::Transition => Need::No,
    };
    for f in kind
        .fields
        .iter()
        .filter(|f| need != Need::No && f.required == need && record.get(f.tag).is_none())
    {
        found.push(problem(
            &record.id,
            Some(f.tag),
            "required",
            format!("{} has no {}", record.id, f.label.to_lowercase()),
        ));
    }
    let rules = w.catalogue.rules();
    for (n, rule) in kind.rules.iter().enumerate().filter(|(_, r)| r.moment == moment) {
        let applies = rule.on.is_empty() || transition.is_some_and(|t| rule.on.iter().any(|o| o == t));
        let Some((when, must)) = rules.queries.get(ix).and_then(|q| q.get(n)).filter(|_| applies) else {
            continue;
        };
        if when.as_ref().is_some_and(|q| !q.holds(w, kind, record)) {
            continue;
        }
        let said = match (must, &rule.check) {
            (Some(q), _) => (!q.holds(w, kind, record)).then(String::new),
            (None, Some(name)) => checks::run(name, w, kind, record, actor),
            (None, None) => None,
        };
        if let Some(detail) = said {
            let tag = rule.field.as_deref().and_then(|f| kind.field(f)).map(|f| f.tag);
            found.push(problem(
                &record.id,
                tag,
                &rule.id,
                fill(w, kind, record, &rule.message, &detail),
            ));
        }
    }
    if moment == Moment::Gap {
        found.extend(own_work(w, kind, record));
    }
    found
}

/// What an auditor will ask for and is not there: every rule of moment gap over every live record.
pub fn gaps(w: &World) -> Vec<Problem> {
    let mut found = Vec::new();
    for ix in 0..w.catalogue.kinds.len() {
        for record in w.state.live(ix) {
            found.extend(check(w, ix, record, Moment::Gap, None, None));
        }
    }
    found
}

/// Sign-offs in which somebody judged their own work: alone in the organisation, or acting as another person.
fn own_work(w: &World, kind: &Kind, record: &Record) -> Vec<Problem> {
    let mut found = Vec::new();
    for t in kind
        .transitions
        .iter()
        .filter(|t| !t.separate.is_empty() && (t.stays() || t.to == record.state()))
    {
        let Some(stamp) = rights::last_entry(record, &t.mark()) else {
            continue;
        };
        let mut hands = vec![&stamp.actor];
        if stamp.by != stamp.actor {
            hands.push(&stamp.by);
        }
        for hand in hands {
            let actor = Actor {
                person: hand.clone(),
                by: hand.clone(),
            };
            if let Some(why) = rights::judged(w, kind, record, t, &actor) {
                let name = rights::person_name(w, hand);
                let message = format!("{name} {why} and also made '{}' of it", t.label.to_lowercase());
                found.push(problem(&record.id, None, "I2", message));
                break;
            }
        }
    }
    found
}

fn problem(id: &Id, field: Option<Tag>, rule: &str, message: String) -> Problem {
    Problem {
        edit: 0,
        id: Some(id.clone()),
        field,
        rule: rule.to_string(),
        message,
    }
}

/// Fills `{id}`, `{title}`, `{detail}` and `{field_name}` into a rule's message.
pub(super) fn fill(w: &World, kind: &Kind, record: &Record, message: &str, detail: &str) -> String {
    let mut out = String::with_capacity(message.len() + 32);
    let mut rest = message;
    while let Some(open) = rest.find('{') {
        out.push_str(&rest[..open]);
        let Some(close) = rest[open..].find('}') else { break };
        match &rest[open + 1..open + close] {
            "id" => out.push_str(record.id.as_str()),
            "title" => out.push_str(record.title()),
            "detail" => out.push_str(detail),
            // a sentence names the day, whatever a list makes of it
            name => match w.value(kind, record, name).as_deref() {
                Some(Value::Date(day)) => out.push_str(&calendar::show(*day)),
                _ => out.push_str(&codec::cell(w, kind, record, name)),
            },
        }
        rest = &rest[open + close + 1..];
    }
    out.push_str(rest);
    out
}

/// The records of a kind for which a gap is listed, with the first sentence of each.
pub fn gaps_of(w: &World, ix: KindIx) -> Vec<(Arc<Record>, Problem)> {
    let first = |r: &Arc<Record>| {
        check(w, ix, r, Moment::Gap, None, None)
            .into_iter()
            .next()
            .map(|p| (Arc::clone(r), p))
    };
    w.state.live(ix).filter_map(first).collect()
}
