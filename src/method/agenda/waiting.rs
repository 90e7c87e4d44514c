//! What waits for whom.

use super::Agenda;
use super::item::Wait;
use crate::model::change::Actor;
use crate::model::record::Id;
use crate::model::rights::{self, Verb};
use crate::model::world::World;
use std::collections::BTreeSet;

/// What waits for a person.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Waiting {
    /// Sign-offs in whose rule the person is named: as the owner, by a post, by a permission. The heaviest first.
    pub named: Vec<Wait>,
    /// How many more the person could give only because an administrator may do everything.
    pub as_admin: usize,
}

/// All owners that mean a person: the person, and the posts that they hold or deputise.
pub fn hands(w: &World, person: &Id) -> BTreeSet<Id> {
    let posts = w.live("role").filter(|post| w.is_person(&post.id, person));
    posts.map(|post| post.id.clone()).chain([person.clone()]).collect()
}

impl Agenda {
    /// What waits for a sign-off of an actor.
    pub fn waiting_for(&self, w: &World, actor: &Actor) -> Waiting {
        let mut found = Waiting::default();
        let admin = rights::has(w, &actor.person, "admin");
        for wait in self.waits() {
            let (kind, Some(record)) = (w.kind_at(wait.kind), w.find(&wait.id)) else {
                continue;
            };
            let Some(t) = kind.transitions.get(wait.transition) else {
                continue;
            };
            let named = rights::is_named(w, actor, &t.who, record);
            if (named || admin) && rights::may(w, actor, Verb::Move(record, t)).is_ok() {
                if named {
                    found.named.push(wait);
                } else {
                    found.as_admin += 1;
                }
            }
        }
        found
    }
}
