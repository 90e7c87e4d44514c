//! Where one is: a screen, the register of it, and what lies over that. Places are plain data: the trail keeps them.

use super::list::{Cursor, Only};
use crate::model::kind::{KindIx, Stage};
use crate::model::record::Id;
use std::collections::BTreeSet;

/// What lies over the list.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Layer {
    /// A record; whether its empty fields show.
    Record { id: Id, cursor: Cursor, all: bool },
    /// The versions of a record.
    History { id: Id, cursor: Cursor },
    /// All commits.
    Log { cursor: Cursor },
    /// What a year may cost: of one risk, or of all together.
    Years { of: Option<Id>, cursor: Cursor },
    /// Rows that unfold; the paths of those that are unfolded, and what the rows are filtered by.
    Tree {
        of: Of,
        cursor: Cursor,
        open: BTreeSet<String>,
        query: String,
    },
}

/// What a tree shows.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Of {
    /// What a record leads to and what leads to it.
    Links(Id),
    /// The records of a kind, along its own link.
    Kind(Along),
    /// What was changed since a day, by register and record.
    Since(i32),
    /// What an auditor will ask for and is not there, of one stage or of all.
    Gaps(Option<Stage>),
    /// The clauses and controls of a framework, by its id, and what serves them.
    Framework(String),
    /// How the figures of a record came to be.
    Explain(Id),
}

/// Which way the tree of a kind goes along its link.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Along {
    pub kind: KindIx,
    /// Only what hangs together with this record, both ways.
    pub around: Option<Id>,
    /// From a record to what it names, and not to what names it.
    pub up: bool,
}

impl Along {
    /// The whole tree of a kind.
    pub fn of(kind: KindIx, up: bool) -> Self {
        let around = None;
        Self { kind, around, up }
    }
}

impl Layer {
    /// A tree with the cursor on its first row and everything folded.
    pub fn tree(of: Of) -> Self {
        Self::Tree {
            of,
            cursor: Cursor::default(),
            open: BTreeSet::new(),
            query: String::new(),
        }
    }

    /// The cursor on its lines.
    pub fn cursor(&self) -> Cursor {
        match self {
            Self::Record { cursor, .. }
            | Self::History { cursor, .. }
            | Self::Log { cursor }
            | Self::Years { cursor, .. }
            | Self::Tree { cursor, .. } => *cursor,
        }
    }

    /// The same, to move.
    pub fn cursor_mut(&mut self) -> &mut Cursor {
        match self {
            Self::Record { cursor, .. }
            | Self::History { cursor, .. }
            | Self::Log { cursor }
            | Self::Years { cursor, .. }
            | Self::Tree { cursor, .. } => cursor,
        }
    }

    /// Whether it is drawn as a tree.
    pub fn is_tree(&self) -> bool {
        matches!(self, Self::Tree { .. })
    }

    /// The place whose keys hold in it.
    pub fn context(&self) -> &'static str {
        match self {
            Self::Record { .. } => "record",
            Self::History { .. } => "history",
            Self::Log { .. } => "log",
            Self::Years { .. } => "years",
            Self::Tree { of: Of::Gaps(_), .. } => "gaps",
            Self::Tree {
                of: Of::Framework(_), ..
            } => "framework",
            Self::Tree { .. } => "tree",
        }
    }

    /// The one record that it is about.
    pub fn about(&self) -> Option<&Id> {
        match self {
            Self::Record { id, .. }
            | Self::History { id, .. }
            | Self::Tree {
                of: Of::Links(id) | Of::Explain(id),
                ..
            } => Some(id),
            Self::Tree {
                of: Of::Kind(along), ..
            } => along.around.as_ref(),
            Self::Years { of, .. } => of.as_ref(),
            Self::Log { .. } | Self::Tree { .. } => None,
        }
    }
}

/// A place: a screen, the register of it, and what lies over that.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Spot {
    pub screen: u8,
    /// The register shown on each screen, as the place among the screen's registers.
    pub tabs: [usize; 7],
    /// The register that is shown instead, because it has no place of its own on the strip.
    pub within: Option<KindIx>,
    pub layers: Vec<Layer>,
    /// The list as it was when one left; nothing where one is.
    pub seen: Option<Seen>,
}

/// How a list was asked for, and where the cursor stood.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Seen {
    pub kind: KindIx,
    pub query: String,
    pub only: Option<Only>,
    pub sort: Option<(String, bool)>,
    pub at: Option<Id>,
}
