//! What controls do to risks: how well each works, by how much those that work on one risk lower its frequency and its
//! loss together, and which share of that is prevention. Plain numbers in and out.

pub mod attribution;
pub mod combination;
pub mod effect;

/// The way in which a control mainly works.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mechanism {
    /// It keeps the event from happening.
    Protection,
    /// It notices the event, so that somebody ends it.
    Detection,
    /// It brings back what the event took.
    Recovery,
}

impl Mechanism {
    /// All of them, in the order of an event.
    pub const ALL: [Self; 3] = [Self::Protection, Self::Detection, Self::Recovery];

    /// The stored word.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Protection => "protection",
            Self::Detection => "detection",
            Self::Recovery => "recovery",
        }
    }

    /// The mechanism that a stored word means.
    pub fn find(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|m| m.id() == id)
    }
}
