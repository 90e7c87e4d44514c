//! What can be done here and now, and why not: the conditions of the table of actions.

use super::spot::Layer;
use super::{Model, Standing};
use crate::model::calendar;
use crate::model::kind::own::DEFINITION;
use crate::model::kind::{Kind, KindIx, Transition, one};
use crate::model::record::Record;
use crate::model::rights::{self, Bar, Verb};
use crate::model::sets;

type Able = Result<(), String>;

/// Why a transition cannot be made: as a sentence of its own, and beside what names record, state and transition.
pub(crate) struct Barred {
    pub why: String,
    pub brief: String,
}

impl From<String> for Barred {
    fn from(why: String) -> Self {
        let brief = why.clone();
        Self { why, brief }
    }
}

pub(crate) fn on_list(m: &Model) -> Able {
    m.list()
        .map(|_| ())
        .ok_or_else(|| "this works in the list of a register".into())
}

pub(crate) fn can_filter(m: &Model) -> Able {
    if m.spot.layers.last().is_some_and(Layer::is_tree) {
        return Ok(());
    }
    m.filtered()
        .map(|_| ())
        .ok_or_else(|| "this works in the list of a register".into())
}

pub(crate) fn on_row(m: &Model) -> Able {
    on_list(m)?;
    on_record(m)
}

pub(crate) fn on_record(m: &Model) -> Able {
    m.current().map(|_| ()).ok_or_else(|| "there is no record here".into())
}

pub(crate) fn in_record(m: &Model) -> Able {
    match m.spot.layers.last() {
        Some(Layer::Record { .. }) => Ok(()),
        _ => Err("this works in an open record".into()),
    }
}

pub(crate) fn is_open(m: &Model) -> Able {
    match &m.standing {
        Standing::Loading(..) => Err("still loading".into()),
        Standing::None => Err("there is no store yet".into()),
        _ => Ok(()),
    }
}

pub(crate) fn is_past(m: &Model) -> Able {
    if m.past.is_some() {
        Ok(())
    } else {
        Err("this is now".into())
    }
}

pub(crate) fn can_write(m: &Model) -> Able {
    is_open(m)?;
    if let Some(past) = &m.past {
        let back = m.key_of("asof.now");
        return Err(format!(
            "this is {}; the past cannot be changed; {back} goes back to now",
            calendar::show(past.day)
        ));
    }
    match &m.standing {
        Standing::Barred(why) => Err(format!("nothing can be changed: {why}")),
        _ => Ok(()),
    }
}

pub(crate) fn can_create(m: &Model) -> Able {
    let ix = m
        .list()
        .map(|l| l.kind)
        .or_else(|| m.current_kind())
        .ok_or("there is no register here")?;
    m.may_create(ix)
}

pub(crate) fn can_edit(m: &Model) -> Able {
    can_write(m)?;
    let record = m.current().ok_or("there is no record here")?;
    rights::may(&m.world(), &m.actor, Verb::Edit(&record))
}

pub(crate) fn can_adopt(m: &Model) -> Able {
    match m.catalogue.index_of(DEFINITION) {
        Some(ix) => m.may_create(ix),
        None => Err("this program knows no definitions".into()),
    }
}

pub(crate) fn in_today(m: &Model) -> Able {
    if m.spot.screen == 0 && m.spot.layers.is_empty() {
        Ok(())
    } else {
        Err("this works on Today".into())
    }
}

impl Model {
    pub(crate) fn may_create(&self, ix: KindIx) -> Result<(), String> {
        can_write(self)?;
        let kind = &self.catalogue.kinds[ix];
        if kind.single && self.world().state.live(ix).next().is_some() {
            return Err(format!("there is only one {}", kind.title.to_lowercase()));
        }
        rights::may(&self.world(), &self.actor, Verb::Create(ix))
    }

    pub(crate) fn may_change(&self, n: usize) -> Result<(), String> {
        can_write(self)?;
        let record = self.current().ok_or("there is no record here")?;
        let ix = self.catalogue.kind_of(&record.id).ok_or("there is no record here")?;
        let name = self.actions.changes.get(n).map_or("", String::as_str);
        let kind = &self.catalogue.kinds[ix];
        if kind.field(name).is_none_or(|f| f.readonly) {
            return Err(format!("{} has no such field", one(&kind.title.to_lowercase())));
        }
        rights::may(&self.world(), &self.actor, Verb::Edit(&record))
    }

    pub(crate) fn may_move(&self, ix: KindIx, n: usize) -> Result<(), String> {
        self.movable(ix, n).map_err(|barred| barred.why)
    }

    /// Whether what is selected can make a transition.
    pub(crate) fn movable(&self, ix: KindIx, n: usize) -> Result<(), Barred> {
        can_write(self)?;
        let kind = &self.catalogue.kinds[ix];
        let t = &kind.transitions[n];
        let records = self.some_targets();
        if records.is_empty() {
            return Err("there is no record here".to_owned().into());
        }
        for r in &records {
            if self.catalogue.kind_of(&r.id) != Some(ix) {
                return Err(format!("this is for {}", kind.titles.to_lowercase()).into());
            }
            let barred = self.barred(kind, r, t);
            // Of several records the one that bars it is named.
            barred.map_err(|b| if records.len() > 1 { b.why.into() } else { b })?;
        }
        Ok(())
    }

    /// Whether a record can make a transition of its kind.
    fn barred(&self, kind: &Kind, r: &Record, t: &Transition) -> Result<(), Barred> {
        let w = self.world();
        if !kind.moves_from(r.state()).any(|m| m.name == t.name) {
            if r.state() == t.to {
                return Err(Barred {
                    why: format!("{} is {} already", r.id, r.state()),
                    brief: "already".to_owned(),
                });
            }
            let from = t.from.join(", ");
            return Err(Barred {
                why: format!("{} is {}; '{}' starts from {from}", r.id, r.state(), t.label),
                brief: format!("from {from}"),
            });
        }
        rights::may(&w, &self.actor, Verb::Move(r, t)).map_err(|why| {
            let brief = match rights::bar(&w, &self.actor, kind, r, t) {
                Some(Bar::Needs(need)) => format!("needs {need}"),
                Some(Bar::Own(own)) => format!(
                    "needs another person: {} {own}",
                    rights::person_name(&w, &self.actor.person)
                ),
                None => why.clone(),
            };
            Barred { why, brief }
        })?;
        if sets::taken(&w, kind, r, &t.sets).is_some_and(|all| all.is_empty()) {
            return Err(Barred {
                why: format!("{}: {}", r.id, t.lacks),
                brief: t.lacks.clone(),
            });
        }
        Ok(())
    }
}
