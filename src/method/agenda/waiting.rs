//! What waits for whom.

use super::Agenda;
use super::item::Wait;
use crate::model::change::Actor;
use crate::model::rights::Reach;
use crate::model::world::World;

/// What waits for a person.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Waiting {
    /// Sign-offs in whose rule the person is named: as the owner, by a post, by a permission. The heaviest first.
    pub named: Vec<Wait>,
    /// How many more the person could give only because an administrator may do everything.
    pub as_admin: usize,
}

impl Agenda {
    /// What waits for a sign-off of an actor.
    pub fn waiting_for(&self, w: &World, actor: &Actor) -> Waiting {
        let mut found = Waiting::default();
        let reach = Reach::of(w, actor);
        for wait in self.waits() {
            let (kind, Some(record)) = (w.kind_at(wait.kind), w.find(&wait.id)) else {
                continue;
            };
            let Some(t) = kind.transitions.get(wait.transition) else {
                continue;
            };
            match reach.may_move(w, kind, record, t) {
                Some(true) => found.named.push(wait),
                Some(false) => found.as_admin += 1,
                None => {}
            }
        }
        found
    }
}
