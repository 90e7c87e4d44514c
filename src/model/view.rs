//! Views: how a person looks at a register. A view is a filter with its order and columns under a name; beside the views
//! each register may have columns of the person's own. What is kept is one TOML text; where it lies is not known here.

use super::kind::{Catalogue, Column, Derivation, FieldType, Kind};
use super::query::Query;
use super::world::World;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The narrowest and the widest column that can be asked for, in cells.
pub const WIDTHS: (u16, u16) = (3, 99);

/// A column that somebody asked for: its field, and its width in cells if that was said too. Written `owner` or `owner:20`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Shown {
    /// A field or derived value, or `id`, `state`, `changed`, `created`.
    pub field: String,
    /// Cells; `None`: as wide as such values are.
    pub width: Option<u16>,
}

impl Shown {
    /// A column as wide as its values are.
    pub fn new(field: &str) -> Self {
        Self {
            field: field.to_owned(),
            width: None,
        }
    }
}

impl TryFrom<String> for Shown {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let Some((field, width)) = text.split_once(':') else {
            return Ok(Self::new(text.trim()));
        };
        let (least, most) = WIDTHS;
        match width.trim().parse::<u16>().ok().filter(|w| (least..=most).contains(w)) {
            Some(width) => Ok(Self {
                field: field.trim().to_owned(),
                width: Some(width),
            }),
            None => Err(format!(
                "'{text}': '{width}' is no width; write {least} to {most} cells, as in owner:20"
            )),
        }
    }
}

impl From<Shown> for String {
    fn from(shown: Shown) -> Self {
        match shown.width {
            Some(width) => format!("{}:{width}", shown.field),
            None => shown.field,
        }
    }
}

/// A filter with its order and columns, under a name.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct View {
    /// What a person calls it.
    pub name: String,
    /// The name of its kind; empty only for views that everybody has: every kind that the query fits.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub kind: String,
    /// The filter.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub query: String,
    /// The column of its order, `-` in front for the largest first; empty: as the kind says.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub sort: String,
    /// Its columns; empty: those of the register.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub columns: Vec<Shown>,
}

impl View {
    /// Whether it can be shown for a kind.
    fn fits(&self, w: &World, kind: &Kind) -> bool {
        if !self.kind.is_empty() {
            return self.kind == kind.name;
        }
        // What asks for late records is of use only where something falls due.
        let due = || kind.fields.iter().any(|f| f.due.is_some()) || kind.derived.iter().any(|d| d.due.is_some());
        let asks = |word: &str| self.query.contains(word);
        (!(asks("overdue") || asks("due<")) || due()) && Query::parse(&self.query, w.catalogue, Some(kind)).is_ok()
    }
}

/// All views of a person, and the columns of the registers.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Views {
    /// The columns of each register that the person has chosen, by the name of the kind.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub columns: BTreeMap<String, Vec<Shown>>,
    /// The views, in the order in which they were made.
    #[serde(rename = "view", skip_serializing_if = "Vec::is_empty")]
    pub all: Vec<View>,
}

impl Views {
    /// Reads what was kept.
    ///
    /// # Errors
    /// Says where the text is wrong and what was expected.
    pub fn read(text: &str) -> Result<Self, String> {
        toml::from_str(text).map_err(|e| e.to_string().trim_end().to_owned())
    }

    /// The text to keep.
    pub fn text(&self) -> String {
        // Strings, numbers and lists of them: nothing that TOML cannot say.
        toml::to_string(self).unwrap_or_default()
    }

    /// These, and below them those of others that no view or register of these names.
    #[must_use]
    pub fn over(mut self, below: Self) -> Self {
        for view in below.all {
            if !self.all.iter().any(|v| v.kind == view.kind && v.name == view.name) {
                self.all.push(view);
            }
        }
        for (kind, columns) in below.columns {
            self.columns.entry(kind).or_insert(columns);
        }
        self
    }

    /// The columns that somebody chose for a register: the person, or else who keeps those for everybody.
    pub fn columns_of<'a>(&'a self, shipped: &'a Self, kind: &Kind) -> Option<&'a [Shown]> {
        let chosen = self.columns.get(&kind.name).or_else(|| shipped.columns.get(&kind.name));
        chosen.map(Vec::as_slice)
    }

    /// The views of a kind, the person's own first, then those that the program brings along and that fit.
    pub fn of<'a>(&'a self, shipped: &'a Self, w: &World, kind: &Kind) -> Vec<&'a View> {
        let mut found: Vec<&View> = self.all.iter().filter(|v| v.kind == kind.name).collect();
        for view in &shipped.all {
            if !found.iter().any(|v| v.name == view.name) && view.fits(w, kind) {
                found.push(view);
            }
        }
        found
    }

    /// The view of a kind by its name or the beginning of it.
    ///
    /// # Errors
    /// Names the views that there are.
    pub fn find<'a>(&'a self, shipped: &'a Self, w: &World, kind: &Kind, name: &str) -> Result<&'a View, String> {
        let all = self.of(shipped, w, kind);
        let near: Vec<&&View> = all.iter().filter(|v| v.name.starts_with(name)).collect();
        let exact = all.iter().find(|v| v.name == name);
        match (exact, near.as_slice()) {
            (Some(view), _) => Ok(view),
            (None, [one]) => Ok(one),
            _ => {
                let names: Vec<&str> = all.iter().map(|v| v.name.as_str()).collect();
                let there = match names.as_slice() {
                    [] => "there are none".to_owned(),
                    _ => format!("there are {}", names.join(", ")),
                };
                Err(format!("no view '{name}' of {}; {there}", kind.titles.to_lowercase()))
            }
        }
    }

    /// Keeps a view, in place of one of the same name.
    pub fn keep(&mut self, view: View) {
        match self.all.iter_mut().find(|v| v.kind == view.kind && v.name == view.name) {
            Some(old) => *old = view,
            None => self.all.push(view),
        }
    }

    /// Gives a view another name.
    ///
    /// # Errors
    /// There is one of that name already.
    pub fn rename(&mut self, kind: &str, from: &str, to: &str) -> Result<(), String> {
        if from != to && self.all.iter().any(|v| v.kind == kind && v.name == to) {
            return Err(format!("there is a view '{to}' already"));
        }
        if let Some(view) = self.all.iter_mut().find(|v| v.kind == kind && v.name == from) {
            to.clone_into(&mut view.name);
        }
        Ok(())
    }

    /// Deletes a view.
    pub fn delete(&mut self, kind: &str, name: &str) {
        self.all.retain(|v| v.kind != kind || v.name != name);
    }
}

/// Everything that can be a column of a kind: those of its list first, then its other fields and derived values.
pub fn possible(kind: &Kind) -> Vec<&str> {
    let mut all: Vec<&str> = kind.columns.iter().map(|c| c.field.as_str()).collect();
    let own = kind.fields.iter().map(|f| f.name.as_str());
    let derived = kind.derived.iter().map(|d| d.name.as_str());
    for name in own.chain(derived).chain(["id", "state", "changed", "created"]) {
        if !all.contains(&name) {
            all.push(name);
        }
    }
    all
}

/// The columns that somebody asked for; what the kind does not know is left out. Later ones fold away first.
pub fn columns(c: &Catalogue, kind: &Kind, shown: &[Shown]) -> Vec<Column> {
    let known = possible(kind);
    let mut out: Vec<Column> = Vec::new();
    for s in shown.iter().filter(|s| known.contains(&s.field.as_str())) {
        let place = u8::try_from(out.len()).unwrap_or(u8::MAX);
        let own = kind.columns.iter().find(|c| c.field == s.field);
        let least = own.map_or_else(|| natural(c, kind, &s.field), |c| c.width);
        out.push(Column {
            field: s.field.clone(),
            label: own.and_then(|c| c.label.clone()),
            width: s.width.unwrap_or(least),
            grow: s.width.is_none() && own.map_or(s.field == "title", |c| c.grow),
            rank: place,
        });
    }
    out
}

/// The columns that a text names: `id,title:40,owner`, labels and the beginnings of names included.
///
/// # Errors
/// Names what is no column, and what there is.
pub fn named(kind: &Kind, text: &str) -> Result<Vec<Shown>, String> {
    let known = possible(kind);
    let mut out = Vec::new();
    for part in text.split(',').map(str::trim).filter(|p| !p.is_empty()) {
        let mut shown = Shown::try_from(part.to_owned())?;
        let word = shown.field.to_lowercase();
        let exact = known
            .iter()
            .find(|n| **n == word || kind.label(n).to_lowercase() == word);
        let near: Vec<&&str> = known
            .iter()
            .filter(|n| n.starts_with(&word.replace('-', "_")))
            .collect();
        shown.field = match (exact, near.as_slice()) {
            (Some(name), _) => (*name).to_owned(),
            (None, [one]) => (**one).to_owned(),
            _ => {
                return Err(format!(
                    "'{}' is no column of {}; there are {}",
                    shown.field,
                    kind.titles.to_lowercase(),
                    known.join(", ")
                ));
            }
        };
        out.push(shown);
    }
    match out.is_empty() {
        true => Err("name at least one column, as in --columns id,title,owner".to_owned()),
        false => Ok(out),
    }
}

/// How many cells the values of a column take as a rule; never fewer than its heading needs.
pub fn natural(c: &Catalogue, kind: &Kind, name: &str) -> u16 {
    use FieldType as T;
    let cells = |text: &str| text.chars().count();
    let own = kind.columns.iter().find(|c| c.field == name);
    let levels = |id: &str| {
        let methods = c.methods.iter().filter_map(|m| m.scale(id)).chain(c.scale(id));
        let longest = methods.flat_map(|s| s.levels.iter()).map(|l| cells(&l.name)).max();
        longest.map_or(8, |n| n.min(14) + 5)
    };
    let width = match (name, kind.shape(name)) {
        ("state", _) => kind.states.iter().map(|s| cells(&s.id)).max().unwrap_or(8),
        ("changed" | "created", _) => 13,
        (_, Some(f)) => match f.kind {
            T::Link => 24,
            T::Links => 26,
            T::Date if f.due.is_some() => 14,
            T::Date => 10,
            T::Time => 16,
            T::Choice => f.choices.iter().map(|c| cells(&c.label)).max().unwrap_or(8).min(22),
            T::Scale => f.scale.as_deref().map_or(8, levels),
            T::Money | T::Range => 14,
            T::Bool | T::Integer | T::Decimal | T::Percent | T::Duration => 6,
            T::Tags => 18,
            T::Line | T::Text => 28,
            T::Rows | T::File => 24,
        },
        (_, None) => {
            let words = super::derive::words_of(c, kind, name);
            let longest = words.iter().map(|w| cells(w) + 2).max().unwrap_or_default();
            let day = kind.derivation(name).is_some_and(|d| d.due.is_some()) || name == "due";
            let level = kind
                .derivation(name)
                .is_some_and(|d| matches!(d.from, Derivation::Matrix { .. } | Derivation::Max { .. }));
            match (longest, day, level) {
                (0, true, _) => 14,
                // One look for all of them side by side: the short names.
                (0, _, true) if own.is_some() => 6,
                (0, _, true) => levels("level"),
                (longest, ..) => longest,
            }
        }
    };
    let heading = own.and_then(|c| c.label.as_deref()).unwrap_or_else(|| kind.label(name));
    let width = width.max(cells(heading)).max(own.map_or(4, |c| usize::from(c.width)));
    u16::try_from(width).unwrap_or(u16::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::builtin;

    #[test]
    fn what_is_kept_is_read_again() {
        let mut views = Views::default();
        views.keep(View {
            name: "mine \"late\"".into(),
            kind: "risk".into(),
            query: "is:mine is:overdue -tag:pci".into(),
            sort: "-current_level".into(),
            columns: vec![
                Shown::new("id"),
                Shown {
                    field: "owner".into(),
                    width: Some(20),
                },
            ],
        });
        views.columns.insert("asset".into(), vec![Shown::new("title")]);
        assert_eq!(Views::read(&views.text()), Ok(views.clone()));
        views.rename("risk", "mine \"late\"", "late").unwrap();
        assert_eq!(views.all[0].name, "late");
        views.delete("risk", "late");
        assert!(views.all.is_empty());
        assert!(Views::read("[[view]]\nname = 'x'\nkind = 'risk'\ncolour = 'red'").is_err());
        assert!(
            Views::read("[columns]\nrisk = ['owner:0']")
                .unwrap_err()
                .contains("no width")
        );
    }

    #[test]
    fn columns_are_named_by_name_label_or_beginning() {
        let c = builtin::catalogue().unwrap();
        let kind = c.kind("risk").unwrap();
        let found = named(kind, "id, Owner:20 ,treat_by").unwrap();
        assert_eq!(found.len(), 3);
        assert_eq!(found[1].width, Some(20));
        let placed = columns(&c, kind, &found);
        assert_eq!(placed[1].width, 20);
        assert!(
            named(kind, "nonsense")
                .unwrap_err()
                .contains("is no column of risks; there are id, title")
        );
        assert!(named(kind, " ,").is_err());
        assert!(named(kind, "id:1000").is_err());
    }

    #[test]
    fn every_kind_knows_how_wide_its_columns_are() {
        let c = builtin::catalogue().unwrap();
        for kind in &c.kinds {
            for name in possible(kind) {
                let width = natural(&c, kind, name);
                assert!((3..=40).contains(&width), "{} {name} {width}", kind.name);
            }
        }
    }
}
