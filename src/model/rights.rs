//! Who may do what: one function decides, deny by default. Screens only hide what it refuses.

use super::change::Actor;
use super::kind::{Class, Kind, KindIx, Transition};
use super::record::{Id, Record, Stamp};
use super::value::Value;
use super::world::World;
use std::collections::BTreeSet;

/// What somebody wants to do.
#[derive(Debug, Clone, Copy)]
pub enum Verb<'a> {
    /// Create a record of a kind.
    Create(KindIx),
    /// Edit a record.
    Edit(&'a Record),
    /// Make a transition of a record. Rights and separation of duties only: `door` asks for the rest.
    Move(&'a Record, &'a Transition),
}

/// Says whether an actor may do something.
///
/// # Errors
/// The sentence for the person: who may not do what to which thing, and who may.
pub fn may(w: &World, actor: &Actor, verb: Verb) -> Result<(), String> {
    let name = person_name(w, &actor.person);
    if !is_active(w, &actor.person) {
        return Err(format!(
            "{name} is not an active person here; an administrator can add or restore the record"
        ));
    }
    match verb {
        Verb::Create(ix) => {
            let kind = w.kind_at(ix);
            if kind.retired {
                return Err(format!(
                    "the definition of {} was put away: restore it before you add to them",
                    kind.plural
                ));
            }
            // What somebody may create about themselves is looked at when it is filled in.
            if kind.rights.create.iter().any(|e| e.starts_with("self:")) {
                return Ok(());
            }
            allow(w, actor, kind, &kind.rights.create, None)
                .map_err(|need| format!("{name} may not create {}: that needs {need}", kind.plural))
        }
        Verb::Edit(record) => {
            let Some(kind) = w.kind(&record.id) else {
                return Err(format!("{} is of no known kind", record.id));
            };
            allow(w, actor, kind, &kind.rights.edit, Some(record))
                .map_err(|need| format!("{name} may not edit {}: that needs {need}", record.id))
        }
        Verb::Move(record, t) => {
            let Some(kind) = w.kind(&record.id) else {
                return Err(format!("{} is of no known kind", record.id));
            };
            // A label is not always a verb: "Still holds", "Back to work".
            let (act, id) = (&t.label, &record.id);
            bar(w, actor, kind, record, t).map_or(Ok(()), |bar| {
                Err(match bar {
                    Bar::Needs(need) => format!("{name} may not choose '{act}' for {id}: that needs {need}"),
                    Bar::Own(why) => format!("{name} {why} and may not choose '{act}' for it"),
                })
            })
        }
    }
}

/// What keeps an active person from a transition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Bar {
    /// The rights that it takes, in words.
    Needs(String),
    /// It would judge their own work: "created R-0007".
    Own(String),
}

/// What keeps an actor from making a transition of a record. `None` if nothing does but that they are no active person.
pub fn bar(w: &World, actor: &Actor, kind: &Kind, record: &Record, t: &Transition) -> Option<Bar> {
    match allow(w, actor, kind, &t.who, Some(record)) {
        Err(need) => Some(Bar::Needs(need)),
        Ok(()) => judged(w, kind, record, t, actor)
            .filter(|_| alone(w).is_none())
            .map(Bar::Own),
    }
}

/// Says whether an actor may create a record as it is filled in.
///
/// # Errors
/// The sentence for the person: who may not create it, and who may.
pub fn may_create(w: &World, actor: &Actor, kind: &Kind, record: &Record) -> Result<(), String> {
    if !kind.rights.create.iter().any(|e| e.starts_with("self:")) {
        return Ok(());
    }
    let name = person_name(w, &actor.person);
    allow(w, actor, kind, &kind.rights.create, Some(record)).map_err(|need| {
        format!(
            "{name} may not create this {}: that needs {need}",
            kind.title.to_lowercase()
        )
    })
}

/// Why an actor would judge their own work by a transition: "created R-0007". `None` if they would not.
pub fn judged(w: &World, kind: &Kind, record: &Record, t: &Transition, actor: &Actor) -> Option<String> {
    for source in &t.separate {
        let meta = record.meta.as_deref();
        if source == "author" {
            if meta.is_none_or(|m| m.created.actor == actor.person) {
                return Some(format!("created {}", record.id));
            }
        } else if let Some(name) = source.strip_prefix("move:") {
            let entered = kind
                .transitions
                .iter()
                .find(|t| t.name == name)
                .and_then(|t| last_entry(record, &t.mark()));
            if entered.is_some_and(|s| s.actor == actor.person) {
                return Some(format!("made '{name}' of {}", record.id));
            }
        } else if let Some(f) = kind.field(source) {
            let ids = record.get(f.tag).map(Value::ids);
            if ids.is_some_and(|mut i| i.any(|id| w.is_person(id, &actor.person))) {
                return Some(format!("is '{}' of {}", f.label, record.id));
            }
        }
    }
    None
}

/// Who last moved a record into a state, or made a transition that leads into none ([`Transition::mark`]).
pub fn last_entry<'r>(record: &'r Record, state: &str) -> Option<&'r Stamp> {
    record
        .meta
        .as_ref()?
        .entered
        .iter()
        .find(|(s, _)| s == state)
        .map(|(_, stamp)| stamp)
}

/// The only active person, in an organisation of one.
pub fn alone(w: &World) -> Option<Id> {
    let mut active = w.live("person").filter(|p| is_active(w, &p.id));
    match (active.next(), active.next()) {
        (Some(one), None) => Some(one.id.clone()),
        _ => None,
    }
}

/// Whether this is a person whose record is there and in an open state.
pub fn is_active(w: &World, person: &Id) -> bool {
    let (Some(record), Some(kind)) = (w.find(person), w.kind(person)) else {
        return false;
    };
    kind.name == "person" && kind.state(record.state()).is_none_or(|s| s.class == Class::Open)
}

/// Whether a person holds a permission.
pub fn has(w: &World, person: &Id, permission: &str) -> bool {
    let Some(field) = w.catalogue.kind("person").and_then(|k| k.field("permissions")) else {
        return false;
    };
    let holds = |r: &std::sync::Arc<Record>| {
        r.get(field.tag)
            .map(Value::as_tags)
            .unwrap_or_default()
            .iter()
            .any(|p| p == permission)
    };
    w.find(person).is_some_and(holds)
}

/// Whether one of the entries of a rights list covers the actor; an administrator is covered by all.
///
/// # Errors
/// The list in words.
fn allow(w: &World, actor: &Actor, kind: &Kind, who: &[String], record: Option<&Record>) -> Result<(), String> {
    if has(w, &actor.person, "admin") || covers(w, actor, kind, who, record) {
        return Ok(());
    }
    Err(in_words(w, kind, who))
}

/// Whether one of the entries of a rights list covers the actor.
fn covers(w: &World, actor: &Actor, kind: &Kind, who: &[String], record: Option<&Record>) -> bool {
    let person = &actor.person;
    let means = |owner: &Id| w.is_person(owner, person);
    let holds = |permission: &str| has(w, person, permission);
    who.iter().any(|e| covered(w, person, kind, e, record, &means, &holds))
}

/// Whether an entry of a rights list covers a person. `means` says whether an owner means them, `holds` whether they
/// hold a permission.
fn covered(
    w: &World,
    person: &Id,
    kind: &Kind,
    entry: &str,
    record: Option<&Record>,
    means: &dyn Fn(&Id) -> bool,
    holds: &dyn Fn(&str) -> bool,
) -> bool {
    let owns = |of: &Kind, r: &Record, field: &str| {
        let value = of.field(field).and_then(|f| r.get(f.tag));
        value.is_some_and(|v| v.ids().any(means))
    };
    match (entry, record) {
        ("anyone", _) => true,
        ("owner", Some(r)) => owns(kind, r, "owner"),
        ("self", Some(r)) => r.id == *person,
        (e, Some(r)) if e.starts_with("self:") => owns(kind, r, &e[5..]),
        (e, Some(r)) if e.starts_with("owner-of:") => {
            let ids = kind.field(&e[9..]).and_then(|f| r.get(f.tag)).map(Value::ids);
            ids.is_some_and(|mut ids| {
                ids.any(|id| match (w.find(id), w.kind(id)) {
                    (Some(linked), Some(of)) => owns(of, linked, "owner"),
                    _ => false,
                })
            })
        }
        (permission, _) => holds(permission),
    }
}

/// All owners that mean a person: the person, and the posts that they hold or deputise.
pub fn hands(w: &World, person: &Id) -> BTreeSet<Id> {
    let posts = w.live("role").filter(|post| w.is_person(&post.id, person));
    posts.map(|post| post.id.clone()).chain([person.clone()]).collect()
}

/// What is known of an actor once, to ask of many records whether they may be moved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reach {
    actor: Actor,
    active: bool,
    admin: bool,
    alone: bool,
    hands: BTreeSet<Id>,
    permissions: Vec<String>,
}

impl Reach {
    /// What an actor reaches.
    pub fn of(w: &World, actor: &Actor) -> Self {
        let person = &actor.person;
        let field = w.catalogue.kind("person").and_then(|k| k.field("permissions"));
        let held = field.zip(w.find(person)).and_then(|(f, p)| p.get(f.tag));
        Self {
            actor: actor.clone(),
            active: is_active(w, person),
            admin: has(w, person, "admin"),
            alone: alone(w).is_some(),
            hands: hands(w, person),
            permissions: held.map(|v| v.as_tags().to_vec()).unwrap_or_default(),
        }
    }

    /// Whether the actor may make a transition, as [`may`] says; and if so, whether its rule names them in some other
    /// way than that an administrator may do everything.
    pub fn may_move(&self, w: &World, kind: &Kind, record: &Record, t: &Transition) -> Option<bool> {
        let means = |owner: &Id| self.hands.contains(owner);
        let holds = |permission: &str| self.permissions.iter().any(|p| p == permission);
        let person = &self.actor.person;
        let named = t
            .who
            .iter()
            .any(|e| covered(w, person, kind, e, Some(record), &means, &holds));
        let may = self.active && (named || self.admin);
        (may && (self.alone || judged(w, kind, record, t, &self.actor).is_none())).then_some(named)
    }
}

/// A rights list as a person reads it: "the owner, security officer or administrator".
fn in_words(w: &World, kind: &Kind, who: &[String]) -> String {
    let label = |name: &str| kind.field(name).map_or_else(|| name.to_owned(), |f| f.label.clone());
    let word = |e: &str| match e.split_once(':') {
        Some(("self", field)) => format!("whoever is its '{}'", label(field)),
        Some(("owner-of", field)) => format!("the owner of its {}", label(field).to_lowercase()),
        _ if e == "owner" => "the owner".to_owned(),
        _ if e == "self" => "the person themselves".to_owned(),
        _ => permission_name(w, e),
    };
    let mut words: Vec<String> = who.iter().map(|e| word(e)).collect();
    words.push(permission_name(w, "admin"));
    words.dedup();
    let last = words.pop().unwrap_or_default();
    if words.is_empty() {
        last
    } else {
        format!("{} or {last}", words.join(", "))
    }
}

/// A permission by its label, without what it is for: "risk owner".
fn permission_name(w: &World, permission: &str) -> String {
    let field = w.catalogue.kind("person").and_then(|k| k.field("permissions"));
    let choice = field.and_then(|f| f.choices.iter().find(|c| c.id == permission));
    let label = choice.map_or(permission, |c| &c.label);
    label.split(':').next().unwrap_or(label).to_lowercase()
}

/// "Ada Lind (P-0001)".
pub fn person_name(w: &World, id: &Id) -> String {
    match w.find(id) {
        Some(p) if !p.title().is_empty() => format!("{} ({id})", p.title()),
        _ => id.to_string(),
    }
}
