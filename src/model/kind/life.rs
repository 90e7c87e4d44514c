//! How a record lives: its states, the moves between them, and the rules that speak when one is made.

use super::{Makes, STAYS, Tone};
use serde::Deserialize;
use std::collections::BTreeMap;

/// Whether work is still to be done on a record in this state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Class {
    /// Somebody still has to do something.
    Open,
    /// Done, or put away.
    Closed,
}

/// One state.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StateDef {
    /// What is stored and typed.
    pub id: String,
    /// Open or closed.
    pub class: Class,
    /// Whether it is a good or a bad one to be in. Without it, what is closed is quiet.
    #[serde(default)]
    pub tone: Option<Tone>,
    /// One line: what it means.
    #[serde(default)]
    pub help: String,
}

/// Whether a move asks for a reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ask {
    /// Not asked.
    #[default]
    No,
    /// May be given.
    Optional,
    /// Must be given.
    Required,
}

/// A move from some states to another.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Transition {
    /// A verb in kebab case; with the kind's name it is the action: `risk.accept`.
    pub name: String,
    /// What a person reads: "Accept".
    pub label: String,
    /// Where it may start; `*` is every state but retired.
    pub from: Vec<String>,
    /// Where it ends; `=` stays where it is.
    pub to: String,
    /// Who may, as in [`Rights`].
    pub who: Vec<String>,
    /// Whose work this judges, and who therefore may not: `author` (who created the record), `move:NAME` (who last
    /// made that transition), or a link field to persons or roles.
    #[serde(default)]
    pub separate: Vec<String>,
    /// Fields that are asked for when it is made.
    #[serde(default)]
    pub asks: Vec<String>,
    /// Fields that it writes, readonly ones too: `today`, `now`, `me`, `+1` (adds), `copy:FIELD`,
    /// `figure:NAME` (what is worked out under that name, where it comes to something), `clear`,
    /// `summary` (what the registers say, for the inputs of a review), `clocks` (the clocks of the law for an incident), `months:FIELD` (the next day of the date's own series, so many months apart as the integer field says, later
    /// than today; where it is empty as the method says by which it is judged, else 12), `+12m` (so long after today), or a value as typed.
    #[serde(default)]
    pub sets: BTreeMap<String, String>,
    /// What is said where it takes figures and none of them comes to anything.
    #[serde(default)]
    pub lacks: String,
    /// Fields that it fills in where nothing is said: as `sets`, and `of:LINK.FIELD` (what the linked record says)
    /// or `by:FIELD=a|b|c` (by the level of a scale field, the lowest first). What it also asks for is proposed so.
    #[serde(default)]
    pub fills: BTreeMap<String, String>,
    /// A record of another kind that comes into being with it in the screen.
    #[serde(default)]
    pub makes: Option<Makes>,
    /// Whether a reason is asked for.
    #[serde(default)]
    pub reason: Ask,
    /// An approval, acceptance or verification: undone only by a transition back, never by undo.
    #[serde(default)]
    pub signoff: bool,
    /// Its key in the menu of the record.
    #[serde(default)]
    pub key: Option<char>,
    /// One line of doc.
    pub help: String,
}

/// When a rule speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Moment {
    /// Saving is refused.
    Save,
    /// The move is refused until it holds.
    Transition,
    /// It is listed, never refused.
    Gap,
}

/// A rule about the records of a kind.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// Its name, shown with the message ("I7").
    pub id: String,
    /// When it speaks.
    pub moment: Moment,
    /// For moment `transition`: the names of the transitions that ask for it. Empty: all.
    #[serde(default)]
    pub on: Vec<String>,
    /// It concerns records for which this query holds. Empty: all.
    #[serde(default)]
    pub when: String,
    /// This query must hold for them (or `check` names a coded rule).
    #[serde(default)]
    pub must: String,
    /// A rule that needs arithmetic or a walk over links, by name in `model/rules.rs`.
    #[serde(default)]
    pub check: Option<String>,
    /// The field that the message is shown beside.
    #[serde(default)]
    pub field: Option<String>,
    /// What mends it where no field does: a transition, or `new KIND`.
    #[serde(default)]
    pub mend: Option<String>,
    /// What the person reads; `{id}`, `{title}` and `{field_name}` are filled in. Names the remedy.
    pub message: String,
}

impl Transition {
    /// Whether the record stands after it where it stood before.
    pub fn stays(&self) -> bool {
        self.to == STAYS
    }

    /// The state in which a record stands after it.
    pub fn end<'a>(&'a self, state: &'a str) -> &'a str {
        if self.stays() { state } else { &self.to }
    }

    /// Under what it is remembered who made it last: the state that it enters, or its own name where it enters none.
    pub fn mark(&self) -> String {
        if self.stays() {
            format!("={}", self.name)
        } else {
            self.to.clone()
        }
    }
}
