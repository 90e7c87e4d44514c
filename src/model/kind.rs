//! What a kind of record is, read from `data/registers/*.toml`: its names and place, its fields, columns, states,
//! transitions, rights and rules. Nothing here knows a particular kind: a new register is one more file.

use super::rules::Rules;
use serde::Deserialize;
use std::collections::BTreeMap;

/// A field's number in the stored form. Given by hand, never reused.
///
/// 1 to 31 are the header that all kinds share, 32 to 999 a kind's own fields, 1000 and above fields that an
/// organisation adopted for itself.
pub type Tag = u16;

/// The tag under which a record's state is stored.
pub const STATE: Tag = 1;
/// The tag of the title, which every kind has.
pub const TITLE: Tag = 2;
/// The state that every kind has without naming it: put away, kept for ever.
pub const RETIRED: &str = "retired";

/// The seven stages of the lifecycle (ISO/IEC 27001:2005, 0.2: "establish, implement, operate, monitor, review,
/// maintain and improve"), on six screens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    /// Context, scope, policy, risk assessment.
    Establish,
    /// Controls and treatment plans are put in place.
    Implement,
    /// The controls are operated: findings, incidents, changes.
    Run,
    /// Measured and checked.
    Monitor,
    /// Audited and reviewed by management.
    Review,
    /// Kept current.
    Maintain,
    /// Corrected and made better.
    Improve,
}

/// One kind of record, as its file describes it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Kind {
    /// English singular in kebab case: the word of the command line and of JSON.
    pub name: String,
    /// English plural in kebab case.
    pub plural: String,
    /// Singular as a person reads it.
    pub title: String,
    /// Plural as a person reads it.
    pub titles: String,
    /// What ids begin with: `R` for `R-0001`.
    pub prefix: String,
    /// The stage of the lifecycle to which the kind belongs.
    pub stage: Stage,
    /// The screen that shows it, 1 to 6.
    pub screen: u8,
    /// Its place in the strip of that screen.
    pub order: u16,
    /// The clauses of ISO/IEC 27001:2022 that it serves.
    #[serde(default)]
    pub clause: String,
    /// The key after `g` that goes to this register, or from a record to its records of this kind.
    #[serde(default)]
    pub go: Option<char>,
    /// One or two sentences: what is kept here, and why.
    pub help: String,
    /// At most one record of this kind exists.
    #[serde(default)]
    pub single: bool,
    /// Header fields (by name) that this kind does not have.
    #[serde(default)]
    pub without: Vec<String>,
    /// Who may create, edit and retire.
    pub rights: Rights,
    /// Header fields first, then the kind's own.
    #[serde(default)]
    pub fields: Vec<Field>,
    /// Values that are computed, never stored.
    #[serde(default)]
    pub derived: Vec<Derived>,
    /// The columns of the list.
    pub columns: Vec<Column>,
    /// Default order of the list: field names, `-` in front for descending.
    #[serde(default)]
    pub sort: Vec<String>,
    /// The states; the first is where a new record starts. Empty in the file: `active`.
    #[serde(default)]
    pub states: Vec<StateDef>,
    /// The moves between states.
    #[serde(default)]
    pub transitions: Vec<Transition>,
    /// Rules with their moment.
    #[serde(default)]
    pub rules: Vec<Rule>,
}

/// Who may do what to the records of a kind. Each entry is a permission (`analyst`), `owner` (of the record),
/// `owner-of:FIELD` (of a record that the link field FIELD names), `self:FIELD` (the person in that link field),
/// `self` (the record is this person) or `anyone`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rights {
    /// May create.
    #[serde(default)]
    pub create: Vec<String>,
    /// May edit.
    #[serde(default)]
    pub edit: Vec<String>,
    /// May retire.
    #[serde(default)]
    pub retire: Vec<String>,
}

/// The closed set of field types. Each has one form, one CSV and JSON shape, one order, one diff and one merge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FieldType {
    /// One line of text.
    Line,
    /// Text of many lines.
    Text,
    /// Yes or no.
    Bool,
    /// A whole number.
    Integer,
    /// A number.
    Decimal,
    /// A share, stored 0..1, shown as %.
    Percent,
    /// An amount in minor units with its ISO 4217 currency.
    Money,
    /// A level of a scale of the method in force; an unknown label is kept as given.
    Scale,
    /// One of the choices that the field names.
    Choice,
    /// A day.
    Date,
    /// A moment, UTC.
    Time,
    /// Hours.
    Duration,
    /// A distribution: constant, uniform, triangular, PERT, lognormal or normal.
    Range,
    /// A set of words; closed if the field names choices.
    Tags,
    /// A link to one record.
    Link,
    /// Links to many records, each with the attributes that the field names.
    Links,
    /// Rows with an id of their own: tasks, items.
    Rows,
    /// A file kept beside the store, by its SHA-256.
    File,
}

/// When the absence of a value matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Need {
    /// Never.
    #[default]
    No,
    /// Saving without it is refused.
    Save,
    /// It is listed as a gap.
    Gap,
}

/// One field.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Field {
    /// Its number in the stored form.
    pub tag: Tag,
    /// Its name in snake case: command line, query, CSV, JSON.
    pub name: String,
    /// Its name as a person reads it.
    pub label: String,
    /// Its type.
    #[serde(rename = "type")]
    pub kind: FieldType,
    /// What belongs here, with units and range.
    pub help: String,
    /// The key after `c` that changes it in the list.
    #[serde(default)]
    pub key: Option<char>,
    /// Other names under which imports know it.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// Whether it must be there.
    #[serde(default)]
    pub required: Need,
    /// The value of a new record, as a person would type it.
    #[serde(default)]
    pub default: Option<String>,
    /// The choices of a choice, or of closed tags.
    #[serde(default)]
    pub choices: Vec<Choice>,
    /// For a scale: which of the method's scales (`likelihood`, `impact`, `level`) or a plain scale by id.
    #[serde(default)]
    pub scale: Option<String>,
    /// For links: the kinds that may be named, by name. Empty: any.
    #[serde(default)]
    pub target: Vec<String>,
    /// For links: how the other end names this link ("Risks on this asset").
    #[serde(default)]
    pub inverse: Option<String>,
    /// For links with attributes and for rows: the fields of each.
    #[serde(default)]
    pub fields: Vec<Field>,
    /// Smallest number, or fewest characters.
    #[serde(default)]
    pub min: Option<f64>,
    /// Largest number, or most characters.
    #[serde(default)]
    pub max: Option<f64>,
    /// The calendar shows this date as something to do: the words for it ("review").
    #[serde(default)]
    pub due: Option<String>,
    /// Only the program writes it.
    #[serde(default)]
    pub readonly: bool,
    /// Which group of the form it stands in; empty continues the group above.
    #[serde(default)]
    pub group: Option<String>,
}

/// One choice of a choice field.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Choice {
    /// What is stored.
    pub id: String,
    /// What a person reads.
    pub label: String,
    /// Other words that mean it.
    #[serde(default)]
    pub aliases: Vec<String>,
}

/// A value worked out from others, never stored.
#[derive(Debug, Clone, Deserialize)]
pub struct Derived {
    /// Its name in snake case; queries, columns and JSON know it like a field.
    pub name: String,
    /// Its name as a person reads it.
    pub label: String,
    /// One line: what it says.
    pub help: String,
    /// How it is worked out.
    #[serde(flatten)]
    pub from: Derivation,
}

/// The ways of working out a value.
#[derive(Debug, Clone, Deserialize)]
#[serde(tag = "from", rename_all = "kebab-case")]
pub enum Derivation {
    /// The cell of the method's matrix at two scale fields of the record.
    Matrix {
        /// Name of the likelihood field.
        likelihood: String,
        /// Name of the impact field.
        impact: String,
    },
    /// The largest of several scale or integer fields.
    Max {
        /// Names of the fields.
        of: Vec<String>,
    },
    /// How many records link here through a field of a kind.
    Count {
        /// The linking kind.
        kind: String,
        /// Its link field.
        field: String,
    },
    /// The earliest of the record's own dates that are marked `due`, and of its open rows' dates.
    Due,
}

/// One column of a list.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Column {
    /// A field or derived value, or `id`, `state`, `changed`.
    pub field: String,
    /// Heading, if not the field's label.
    #[serde(default)]
    pub label: Option<String>,
    /// Width in cells (the least, if it grows).
    pub width: u16,
    /// The column takes what is left.
    #[serde(default)]
    pub grow: bool,
    /// Columns with a high rank fold away first; 0 never does.
    #[serde(default)]
    pub rank: u8,
}

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
    /// Where it ends.
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
    /// What the person reads; `{id}`, `{title}` and `{field_name}` are filled in. Names the remedy.
    pub message: String,
}

/// A scale: ordered levels, lowest first.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scale {
    /// `likelihood`, `impact`, `level` inside a method, or a plain name (`cia`).
    pub id: String,
    /// What a person reads.
    pub name: String,
    /// Levels from the lowest.
    pub levels: Vec<Level>,
}

/// One level of a scale.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Level {
    /// What is stored and typed, kebab case.
    pub id: String,
    /// What a person reads.
    pub name: String,
    /// At most 4 characters, for narrow columns.
    #[serde(default)]
    pub short: Option<String>,
    /// Other words that mean it, for imports.
    #[serde(default)]
    pub aliases: Vec<String>,
    /// What it means.
    #[serde(default)]
    pub help: String,
    /// For likelihood: from this rate per year (inclusive).
    #[serde(default)]
    pub from: Option<f64>,
    /// For likelihood: to this rate per year (exclusive).
    #[serde(default)]
    pub to: Option<f64>,
    /// For risk levels: the theme's role for it (`level0` .. `level4`, calm to alarming).
    #[serde(default)]
    pub role: Option<String>,
    /// For risk levels: `accept`, `tolerate`, `treat` or `stop`.
    #[serde(default)]
    pub decision: Option<String>,
}

/// A method of assessment: its scales and its matrix, `data/methods/*.toml`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Method {
    /// What a record's `method` field stores.
    pub id: String,
    /// What a person reads.
    pub name: String,
    /// Where it comes from (standard and section).
    pub source: String,
    /// The scales `likelihood`, `impact` and `level`.
    pub scales: Vec<Scale>,
    /// Risk level (index into the scale `level`) by likelihood (rows, lowest first) and impact (columns, lowest first).
    pub grid: Vec<Vec<usize>>,
}

impl Method {
    /// The scale with this id.
    pub fn scale(&self, id: &str) -> Option<&Scale> {
        self.scales.iter().find(|s| s.id == id)
    }

    /// The risk level at a likelihood and an impact, both as stored ids; `None` if either is not on the scale.
    pub fn level(&self, likelihood: &str, impact: &str) -> Option<&Level> {
        let l = self.scale("likelihood")?.position(likelihood)?;
        let i = self.scale("impact")?.position(impact)?;
        self.scale("level")?.levels.get(*self.grid.get(l)?.get(i)?)
    }
}

impl Scale {
    /// The place of a stored level, lowest 0.
    pub fn position(&self, id: &str) -> Option<usize> {
        self.levels.iter().position(|l| l.id == id)
    }

    /// The level that a word means: id, name, short form or alias, without regard to case.
    pub fn find(&self, word: &str) -> Option<&Level> {
        let w = word.trim().to_lowercase();
        self.levels.iter().find(|l| {
            l.id == w
                || l.name.to_lowercase() == w
                || l.short.as_ref().is_some_and(|s| s.to_lowercase() == w)
                || l.aliases.iter().any(|a| a.to_lowercase() == w)
        })
    }
}

impl Field {
    /// The choice that a word means: id, label or alias, without regard to case.
    pub fn choice(&self, word: &str) -> Option<&Choice> {
        let w = word.trim().to_lowercase();
        self.choices
            .iter()
            .find(|c| c.id == w || c.label.to_lowercase() == w || c.aliases.iter().any(|a| a.to_lowercase() == w))
    }

    /// Whether it holds links, one or many.
    pub fn is_link(&self) -> bool {
        matches!(self.kind, FieldType::Link | FieldType::Links)
    }
}

impl Kind {
    /// The field with this name.
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.fields.iter().find(|f| f.name == name)
    }

    /// The field with this tag.
    pub fn field_by_tag(&self, tag: Tag) -> Option<&Field> {
        self.fields.iter().find(|f| f.tag == tag)
    }

    /// The derived value with this name.
    pub fn derivation(&self, name: &str) -> Option<&Derived> {
        self.derived.iter().find(|d| d.name == name)
    }

    /// The state with this id.
    pub fn state(&self, id: &str) -> Option<&StateDef> {
        self.states.iter().find(|s| s.id == id)
    }

    /// The state of a new record.
    pub fn first_state(&self) -> &str {
        self.states.first().map_or("active", |s| s.id.as_str())
    }

    /// The transitions that may start in a state.
    pub fn moves_from<'a>(&'a self, state: &'a str) -> impl Iterator<Item = &'a Transition> + 'a {
        self.transitions
            .iter()
            .filter(move |t| t.to != state && t.from.iter().any(|f| f == state || (f == "*" && state != RETIRED)))
    }

    /// The label that stands for a field, derived value or built-in column.
    pub fn label<'a>(&'a self, name: &'a str) -> &'a str {
        match name {
            "id" => "ID",
            "state" => "State",
            "changed" => "Changed",
            "created" => "Created",
            _ => self
                .field(name)
                .map(|f| f.label.as_str())
                .or_else(|| self.derivation(name).map(|d| d.label.as_str()))
                .unwrap_or(name),
        }
    }
}

/// Place of a kind in the catalogue.
pub type KindIx = usize;

/// All kinds, methods and plain scales that the program knows.
#[derive(Debug, Clone)]
pub struct Catalogue {
    /// The kinds, in the order of screens and strips.
    pub kinds: Vec<Kind>,
    /// The methods of assessment.
    pub methods: Vec<Method>,
    /// Scales that belong to no method (`cia`, ...).
    pub scales: Vec<Scale>,
    words: BTreeMap<String, KindIx>,
    prefixes: BTreeMap<String, KindIx>,
    rules: Rules,
}

/// A mistake in a data file: which file, and what is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file}: {what}")]
pub struct DataError {
    /// The file, as it is named in `data/`.
    pub file: String,
    /// What is wrong, and what was expected.
    pub what: String,
}

/// What `data/registers/_header.toml` holds.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Header {
    fields: Vec<Field>,
}

/// What `data/methods/_scales.toml` holds.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Scales {
    scales: Vec<Scale>,
}

/// A file of `data/`: its name and its text.
pub type DataFile<'a> = (&'a str, &'a str);

impl Catalogue {
    /// Reads the kinds and methods.
    ///
    /// A register named `_header` holds the fields that all kinds share, a method file named `_scales` the scales
    /// that belong to no method.
    ///
    /// # Errors
    /// Names the file, and for a mistake of form its line.
    pub fn read(registers: &[DataFile], methods: &[DataFile]) -> Result<Self, DataError> {
        let mut header = Vec::new();
        let mut kinds: Vec<(String, Kind)> = Vec::new();
        for (name, text) in registers {
            if name.starts_with("_header") {
                header = parse::<Header>(name, text)?.fields;
            } else {
                kinds.push(((*name).to_string(), parse(name, text)?));
            }
        }
        let (mut scales, mut all) = (Vec::new(), Vec::new());
        for (name, text) in methods {
            if name.starts_with("_scales") {
                scales = parse::<Scales>(name, text)?.scales;
            } else {
                let m: Method = parse(name, text)?;
                check_method(&m).map_err(|what| DataError {
                    file: (*name).to_string(),
                    what,
                })?;
                all.push(m);
            }
        }
        for (_, k) in &mut kinds {
            complete(k, &header);
        }
        kinds.sort_by_key(|(_, k)| (k.screen, k.order));
        let mut c = Self {
            kinds: Vec::new(),
            methods: all,
            scales,
            words: BTreeMap::new(),
            prefixes: BTreeMap::new(),
            rules: Rules::default(),
        };
        let files: Vec<String> = kinds.iter().map(|(f, _)| f.clone()).collect();
        c.kinds = kinds.into_iter().map(|(_, k)| k).collect();
        c.index().map_err(|(i, what)| DataError {
            file: files[i].clone(),
            what,
        })?;
        for (i, file) in files.iter().enumerate() {
            c.check_kind(&c.kinds[i]).map_err(|what| DataError {
                file: file.clone(),
                what,
            })?;
        }
        Ok(c)
    }

    fn index(&mut self) -> Result<(), (usize, String)> {
        for (i, k) in self.kinds.iter().enumerate() {
            for word in [&k.name, &k.plural] {
                if self.words.insert(word.clone(), i).is_some_and(|old| old != i) {
                    return Err((i, format!("the word '{word}' already names another kind")));
                }
            }
            if self.prefixes.insert(k.prefix.to_uppercase(), i).is_some() {
                return Err((i, format!("the prefix '{}' already belongs to another kind", k.prefix)));
            }
        }
        Ok(())
    }

    fn check_kind(&self, k: &Kind) -> Result<(), String> {
        let mut tags: BTreeMap<Tag, &str> = BTreeMap::new();
        let mut names: BTreeMap<&str, ()> = BTreeMap::new();
        for f in &k.fields {
            if let Some(other) = tags.insert(f.tag, &f.name) {
                return Err(format!("fields '{other}' and '{}' share the tag {}", f.name, f.tag));
            }
            if names.insert(&f.name, ()).is_some() {
                return Err(format!("two fields are named '{}'", f.name));
            }
            for t in &f.target {
                if self.kind(t).is_none() {
                    return Err(format!("field '{}' links to '{t}', which is no kind", f.name));
                }
            }
        }
        let known = |n: &str| {
            matches!(n, "id" | "state" | "changed" | "created") || k.field(n).is_some() || k.derivation(n).is_some()
        };
        for c in &k.columns {
            if !known(&c.field) {
                return Err(format!("column '{}' is no field", c.field));
            }
        }
        for t in &k.transitions {
            for s in t.from.iter().chain([&t.to]) {
                if s != "*" && k.state(s).is_none() {
                    return Err(format!(
                        "transition '{}' names the state '{s}', which is not there",
                        t.name
                    ));
                }
            }
            for a in &t.asks {
                if k.field(a).is_none() {
                    return Err(format!("transition '{}' asks for '{a}', which is no field", t.name));
                }
            }
        }
        Ok(())
    }

    /// The rules of all kinds, their queries read.
    pub fn rules(&self) -> &Rules {
        &self.rules
    }

    /// The kind that a word means: singular, plural, prefix, or their titles, without regard to case.
    pub fn kind(&self, word: &str) -> Option<&Kind> {
        self.index_of(word).map(|i| &self.kinds[i])
    }

    /// Place of the kind that a word means.
    pub fn index_of(&self, word: &str) -> Option<KindIx> {
        let w = word.trim().to_lowercase().replace([' ', '_'], "-");
        self.words
            .get(&w)
            .or_else(|| self.prefixes.get(&w.trim_end_matches('-').to_uppercase()))
            .copied()
    }

    /// Place of the kind to which an id belongs.
    pub fn kind_of(&self, id: &super::record::Id) -> Option<KindIx> {
        self.prefixes.get(id.prefix()).copied()
    }

    /// The method with this id.
    pub fn method(&self, id: &str) -> Option<&Method> {
        self.methods.iter().find(|m| m.id == id)
    }

    /// A plain scale.
    pub fn scale(&self, id: &str) -> Option<&Scale> {
        self.scales.iter().find(|s| s.id == id)
    }
}

fn parse<T: serde::de::DeserializeOwned>(file: &str, text: &str) -> Result<T, DataError> {
    toml::from_str(text).map_err(|e| DataError {
        file: file.to_string(),
        what: e.to_string().trim_end().to_string(),
    })
}

/// Adds what every kind has: the header's fields, the states `active` and `retired`, and the moves between them.
fn complete(k: &mut Kind, header: &[Field]) {
    let mut own: Vec<Field> = std::mem::take(&mut k.fields);
    // The header's first group opens the form, its other groups close it; a field described anew keeps its place.
    let mut shared: Vec<Field> = Vec::new();
    let first = header
        .iter()
        .skip(1)
        .position(|h| h.group.is_some())
        .map_or(header.len(), |n| n + 1);
    let mut opening = 0;
    for (n, h) in header.iter().enumerate() {
        if k.without.contains(&h.name) {
            continue;
        }
        let field = own
            .iter()
            .position(|f| f.name == h.name)
            .map_or_else(|| h.clone(), |i| own.remove(i));
        shared.push(field);
        if n < first {
            opening = shared.len();
        }
    }
    let closing = shared.split_off(opening);
    k.fields = shared;
    k.fields.append(&mut own);
    k.fields.extend(closing);
    if k.states.is_empty() {
        k.states.push(StateDef {
            id: "active".into(),
            class: Class::Open,
            help: "In use.".into(),
        });
    }
    if k.state(RETIRED).is_none() {
        k.states.push(StateDef {
            id: RETIRED.into(),
            class: Class::Closed,
            help: "Put away; kept for ever.".into(),
        });
    }
    if !k.transitions.iter().any(|t| t.to == RETIRED) {
        k.transitions.push(Transition {
            name: "retire".into(),
            label: "Retire".into(),
            from: vec!["*".into()],
            to: RETIRED.into(),
            who: k.rights.retire.clone(),
            separate: vec![],
            asks: vec![],
            reason: Ask::Required,
            signoff: false,
            key: None,
            help: "Puts the record away; it stays in history and its id is never used again.".into(),
        });
    }
    if !k.transitions.iter().any(|t| t.from.iter().any(|f| f == RETIRED)) {
        k.transitions.push(Transition {
            name: "restore".into(),
            label: "Restore".into(),
            from: vec![RETIRED.into()],
            to: k.first_state().to_string(),
            who: k.rights.retire.clone(),
            separate: vec![],
            asks: vec![],
            reason: Ask::Required,
            signoff: false,
            key: None,
            help: "Brings a retired record back to where new records begin.".into(),
        });
    }
}

fn check_method(m: &Method) -> Result<(), String> {
    let n = |id: &str| {
        m.scale(id)
            .map(|s| s.levels.len())
            .ok_or(format!("the scale '{id}' is missing"))
    };
    let (l, i, r) = (n("likelihood")?, n("impact")?, n("level")?);
    if m.grid.len() != l || m.grid.iter().any(|row| row.len() != i) {
        return Err(format!(
            "the grid must have {l} rows (likelihood) of {i} cells (impact)"
        ));
    }
    for (y, row) in m.grid.iter().enumerate() {
        for (x, &v) in row.iter().enumerate() {
            if v >= r {
                return Err(format!("grid row {y}, cell {x}: level {v} is not on the scale 'level'"));
            }
            let falls = (x > 0 && row[x - 1] > v) || (y > 0 && m.grid[y - 1][x] > v);
            if falls {
                return Err(format!(
                    "grid row {y}, cell {x}: a risk may not fall as likelihood or impact rises"
                ));
            }
        }
    }
    Ok(())
}
