//! Frameworks as data (`data/frameworks/*.toml`): groups, clauses and controls under ids that are facts and titles of
//! our own; and their adoption, which makes a row of the statement of applicability for each control.

use super::change::{Draft, Edit};
use super::kind::{self, Catalogue, DataError, DataFile, Field, FieldType, Kind, TITLE};
use super::record::Id;
use super::value::Value;
use super::world::World;
use serde::Deserialize;
use std::collections::BTreeSet;

/// The kind whose records say which controls apply.
pub const APPLICABILITY: &str = "applicability";

/// A framework: what an organisation is held against.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Framework {
    /// A short id that goes into the ids of applicability records: `27001`.
    pub id: String,
    /// Its name: `ISO/IEC 27001:2022`.
    pub name: String,
    /// What it is about.
    pub title: String,
    /// The headings, in the order of the text.
    #[serde(default)]
    pub groups: Vec<Item>,
    /// What is required of every organisation, whatever its risks.
    #[serde(default)]
    pub clauses: Vec<Item>,
    /// What is chosen by risk, law or contract, and stated as applicable or not.
    #[serde(default)]
    pub controls: Vec<Item>,
}

/// One heading, clause or control of a framework.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Item {
    /// Its id in the framework: `A.8.13`. Fit for an OSCAL token, or the number of a clause.
    pub id: String,
    /// Its title, 1 to 120 characters, in our own words where the text is under copyright.
    pub title: String,
    /// The framework's own text, where that may be shipped.
    #[serde(default)]
    pub text: String,
    /// For controls: the part of the framework in which it stands.
    #[serde(default)]
    pub theme: String,
    /// For controls: preventive, detective, corrective, as commonly cited.
    #[serde(default)]
    pub iso_type: Vec<String>,
    /// For controls: how it works, as a proposal.
    #[serde(default)]
    pub mechanism: Vec<String>,
    /// For controls: which system of work it belongs to, as a proposal.
    #[serde(default)]
    pub party: String,
    /// For controls: which field of security runs it, as a proposal.
    #[serde(default)]
    pub domain: String,
    /// For controls: the layers of the OSI model at which it works, 1 to 7, as a proposal.
    #[serde(default)]
    pub layers: Vec<u8>,
    /// For controls: the properties that it guards: C, I, A.
    #[serde(default)]
    pub cia: Vec<String>,
}

/// What an item of a framework is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// A heading.
    Group,
    /// A clause: it applies to every organisation.
    Clause,
    /// A control: it may apply or not.
    Control,
}

/// One line of a framework's tree.
#[derive(Debug, Clone, Copy)]
pub struct Row<'f> {
    /// How far it is indented, from 0.
    pub depth: usize,
    /// What it is.
    pub part: Part,
    /// The item.
    pub item: &'f Item,
}

impl Framework {
    /// Reads a framework and checks that its ids are different and that each has a heading above it.
    ///
    /// # Errors
    /// Names the file and what is wrong with it.
    pub fn read((file, text): DataFile) -> Result<Self, DataError> {
        let wrong = |what: String| DataError {
            file: file.to_string(),
            what,
        };
        let f: Self = kind::parse(file, text)?;
        let mut ids = BTreeSet::new();
        for (part, item) in f.items() {
            if !ids.insert(item.id.as_str()) {
                return Err(wrong(format!("'{}' is there twice", item.id)));
            }
            let length = item.title.chars().count();
            if length == 0 || length > 120 {
                return Err(wrong(format!("the title of '{}' has {length} characters", item.id)));
            }
            if part != Part::Group && f.parent(&item.id).is_none() {
                return Err(wrong(format!("'{}' stands under no group", item.id)));
            }
        }
        Ok(f)
    }

    /// The heading under which an item stands; `None` at the top.
    pub fn parent(&self, id: &str) -> Option<&Item> {
        let above = |g: &&Item| id.strip_prefix(&g.id).is_some_and(|rest| rest.starts_with(['.', '-']));
        self.groups.iter().filter(above).max_by_key(|g| g.id.len())
    }

    /// What stands directly under a heading, or with `None` at the top, in the order of the text.
    pub fn children<'f>(&'f self, id: Option<&'f str>) -> impl Iterator<Item = (Part, &'f Item)> {
        self.items()
            .filter(move |(_, item)| self.parent(&item.id).map(|p| p.id.as_str()) == id)
    }

    /// The whole as an indented list.
    pub fn rows(&self) -> Vec<Row<'_>> {
        let mut rows = Vec::new();
        self.walk(None, 0, &mut rows);
        rows
    }

    fn walk<'f>(&'f self, id: Option<&'f str>, depth: usize, rows: &mut Vec<Row<'f>>) {
        for (part, item) in self.children(id) {
            rows.push(Row { depth, part, item });
            if part == Part::Group {
                self.walk(Some(&item.id), depth + 1, rows);
            }
        }
    }

    /// The control with this id.
    pub fn control(&self, id: &str) -> Option<&Item> {
        self.controls.iter().find(|c| c.id == id)
    }

    /// The id of the applicability record of a control.
    pub fn row_id(&self, control: &str) -> Id {
        Id::from(format!("SA-{}-{control}", self.id))
    }

    /// The controls for which there is an applicability record, retired or not.
    pub fn adopted<'f>(&'f self, w: &'f World<'f>) -> impl Iterator<Item = &'f Item> {
        self.controls.iter().filter(|c| w.find(&self.row_id(&c.id)).is_some())
    }

    /// One commit that makes an applicability record for each control that has none yet. It has no edits if all are
    /// there.
    pub fn adopt(&self, w: &World) -> Draft {
        let mut draft = Draft::new("framework.adopt");
        draft.reason = Some(format!("Adopts {}.", self.name));
        let Some(ix) = w.catalogue.index_of(APPLICABILITY) else {
            return draft;
        };
        let kind = w.kind_at(ix);
        for c in self.controls.iter().filter(|c| w.find(&self.row_id(&c.id)).is_none()) {
            let mut edit = Edit::new(ix).with(TITLE, Some(Value::Text(c.title.clone())));
            let layers: Vec<String> = c.layers.iter().map(u8::to_string).collect();
            let one = [
                ("framework", &self.id),
                ("reference", &c.id),
                ("theme", &c.theme),
                ("party", &c.party),
                ("domain", &c.domain),
                ("wording", &c.text),
            ];
            let many = [("mechanism", &c.mechanism), ("layers", &layers)];
            let of = |name: &str, kinds: &[FieldType]| kind.field(name).filter(|f: &&Field| kinds.contains(&f.kind));
            for (name, text) in one.into_iter().filter(|(_, t)| !t.is_empty()) {
                if let Some(f) = of(name, &[FieldType::Line, FieldType::Text, FieldType::Choice]) {
                    edit = edit.with(f.tag, Some(Value::Text(text.clone())));
                }
            }
            for (name, words) in many.into_iter().filter(|(_, w)| !w.is_empty()) {
                if let Some(f) = of(name, &[FieldType::Tags]) {
                    edit = edit.with(f.tag, Some(Value::Tags(words.clone())));
                }
            }
            draft.edits.push(edit);
        }
        draft
    }

    fn items(&self) -> impl Iterator<Item = (Part, &Item)> {
        let groups = self.groups.iter().map(|i| (Part::Group, i));
        let clauses = self.clauses.iter().map(|i| (Part::Clause, i));
        groups
            .chain(clauses)
            .chain(self.controls.iter().map(|i| (Part::Control, i)))
    }
}

/// Where a clause is answered: a kind, and its fields that answer this clause by themselves.
#[derive(Debug, Clone)]
pub struct Answer<'c> {
    /// The kind.
    pub kind: &'c Kind,
    /// Fields of the kind that name the clause.
    pub fields: Vec<&'c Field>,
}

impl Framework {
    /// Which kinds and fields answer each clause, in the order of the clauses. `9.2` in a register's file answers 9.2.1
    /// and 9.2.2 as well.
    pub fn answers<'c>(&'c self, catalogue: &'c Catalogue) -> Vec<(&'c Item, Vec<Answer<'c>>)> {
        let names = |list: &str, clause: &str| {
            let answers = |word: &str| {
                clause
                    .strip_prefix(word)
                    .is_some_and(|r| r.is_empty() || r.starts_with('.'))
            };
            list.split_whitespace().any(answers)
        };
        let of = |clause: &'c Item| {
            let answer = |kind: &'c Kind| {
                let fields: Vec<&Field> = kind.fields.iter().filter(|f| names(&f.clause, &clause.id)).collect();
                (names(&kind.clause, &clause.id) || !fields.is_empty()).then_some(Answer { kind, fields })
            };
            (clause, catalogue.kinds.iter().filter_map(answer).collect())
        };
        self.clauses.iter().map(of).collect()
    }
}
