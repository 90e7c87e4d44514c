//! Registers, fields and methods that an organisation thought of for itself. Their definitions are records of the ledger, so
//! that everybody reads the same; here they are read, checked, and laid over the kinds that the program brings along.

use super::catalogue::complete;
use super::{Catalogue, Column, Field, FieldType, Kind, KindIx, Method, Need, Offer, Rule, STATE, Tag};
use crate::model::record::{Id, Record};
use crate::model::rules::Rules;
use crate::model::world::World;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

/// The kind whose records are definitions.
pub const DEFINITION: &str = "definition";
/// The first tag of fields that are added to a register of the program.
pub const OWN: Tag = 1000;
/// The first tag of a register's own fields; those below are the header's.
const FIRST: Tag = 32;

/// A definition: where it stands, and its text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Definition {
    /// Its id in the ledger, or the file that proposes it.
    pub source: String,
    /// The TOML, as given.
    pub text: String,
    /// It was put away: what was kept with it is read, nothing new is made with it.
    pub retired: bool,
}

/// What is wrong with a definition.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DefinitionError {
    /// Its id in the ledger, or its file.
    pub source: String,
    /// The line of its text, from 1.
    pub line: usize,
    /// The field that the mistake concerns, if it is one.
    pub field: Option<String>,
    /// What is wrong, and what was expected.
    pub what: String,
}

impl fmt::Display for DefinitionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, {}", self.source, self.place())
    }
}

impl std::error::Error for DefinitionError {}

impl DefinitionError {
    /// Line, field and mistake, without the source.
    pub fn place(&self) -> String {
        match &self.field {
            Some(field) if !self.what.contains(&format!("'{field}'")) => {
                format!("line {}, field '{field}': {}", self.line, self.what)
            }
            _ => format!("line {}: {}", self.line, self.what),
        }
    }
}

/// Fields for a register that is there.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Extension {
    /// The register to which they are added.
    pub extends: String,
    /// A word by which they are found again; the name of the file if it is not given.
    #[serde(default)]
    pub name: String,
    /// The fields, with tags from [`OWN`].
    pub fields: Vec<Field>,
    /// Columns for the list; without a rank they fold away before those of the register.
    #[serde(default)]
    pub columns: Vec<Column>,
    /// Rules about these fields.
    #[serde(default)]
    pub rules: Vec<Rule>,
}

/// What a definition says.
#[derive(Debug, Clone)]
pub enum Content {
    /// A whole register.
    Register(Box<Kind>),
    /// Fields for a register that is there.
    Fields(Extension),
    /// A method of assessment.
    Method(Box<Method>),
}

impl Content {
    /// Reads a text.
    ///
    /// # Errors
    /// The line, and what was expected.
    pub fn read(source: &str, text: &str) -> Result<Self, DefinitionError> {
        let wrong = |e: toml::de::Error| {
            let at = e.span().map_or(0, |s| s.start.min(text.len()));
            let line = text.get(..at).unwrap_or("").matches('\n').count() + 1;
            let what = e.message().trim_end().replace('\n', ", ");
            let field = block(text, line);
            DefinitionError {
                source: source.to_string(),
                line,
                field,
                what,
            }
        };
        let empty = |(grid, row, column): (&str, usize, usize)| {
            let at = if grid == "grid" { "grid" } else { "overall: grid" };
            let what = "is empty: give it the place of its level, 0 for the lowest";
            placed(
                source,
                text,
                format!("{at}: the cell at row {row}, column {column} {what}"),
            )
        };
        let table: toml::Table = match toml::from_str(text) {
            Ok(table) => table,
            Err(e) => return Err(written_empty(text, &e).map_or_else(|| wrong(e), empty)),
        };
        if let Some(cell) = cell_without_level(&table) {
            return Err(empty(cell));
        }
        Ok(if table.contains_key("extends") {
            Self::Fields(toml::from_str(text).map_err(wrong)?)
        } else if table.contains_key("grid") {
            Self::Method(toml::from_str(text).map_err(wrong)?)
        } else {
            Self::Register(toml::from_str(text).map_err(wrong)?)
        })
    }

    /// The name of the register that it makes or extends, or the id of the method.
    pub fn register(&self) -> &str {
        match self {
            Self::Register(k) => &k.name,
            Self::Fields(x) => &x.extends,
            Self::Method(m) => &m.id,
        }
    }

    /// `register`, `fields` or `method`.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Register(_) => "register",
            Self::Fields(_) => "fields",
            Self::Method(_) => "method",
        }
    }

    /// What it is named by itself; fields without a name are named by their file.
    pub fn name(&self) -> Option<String> {
        match self {
            Self::Register(k) => Some(k.titles.clone()),
            Self::Fields(x) => (!x.name.is_empty()).then(|| x.name.clone()),
            Self::Method(m) => Some(m.title()),
        }
    }

    /// Its fields.
    pub fn fields(&self) -> &[Field] {
        match self {
            Self::Register(k) => &k.fields,
            Self::Fields(x) => &x.fields,
            Self::Method(_) => &[],
        }
    }

    /// Says why this may not become `later`: what is in the journal must be read for ever, so a definition only grows.
    ///
    /// # Errors
    /// What was taken away or changed, and what to do instead.
    pub fn grows(&self, later: &Self) -> Result<(), String> {
        let (was, is) = (self.register(), later.register());
        if was != is || self.word() != later.word() {
            return Err(format!(
                "it defines the {} '{is}', before it was the {} '{was}': adopt it as a definition of its own",
                later.word(),
                self.word()
            ));
        }
        if let (Self::Register(old), Self::Register(new)) = (self, later) {
            if old.prefix != new.prefix {
                return Err(format!(
                    "the prefix is '{}', before it was '{}': ids never change",
                    new.prefix, old.prefix
                ));
            }
            if let Some(s) = old.states.iter().find(|s| new.state(&s.id).is_none()) {
                return Err(format!(
                    "the state '{}' is gone: records are or were in it, so keep it",
                    s.id
                ));
            }
        }
        if let (Self::Method(old), Self::Method(new)) = (self, later)
            && !old.judges_as(new)
        {
            return Err(format!(
                "the method '{}' was used to judge, so its levels, cells, bands, decisions and quantities stand: give \
                 the new version an id of its own, with follows = \"{}\" and version = {}",
                old.id,
                old.id,
                old.version + 1
            ));
        }
        keeps(self.fields(), later.fields())
    }
}

/// Whether every field is still there, with its name and its type.
fn keeps(old: &[Field], new: &[Field]) -> Result<(), String> {
    for was in old {
        let tag = was.tag;
        let Some(is) = new.iter().find(|f| f.tag == tag) else {
            return Err(format!(
                "the field '{}' (tag {tag}) is gone: values are kept under it, so leave it, with readonly = true",
                was.name
            ));
        };
        if is.name != was.name {
            return Err(format!(
                "the field '{}' has the tag {tag}, which is that of '{}': give it a new tag; a label may change",
                is.name, was.name
            ));
        }
        if is.kind != was.kind {
            return Err(format!(
                "the field '{}' is now of type {}, before it was {}: a type never changes, add another field",
                is.name,
                type_name(is.kind),
                type_name(was.kind)
            ));
        }
        keeps(&was.fields, &is.fields)?;
    }
    Ok(())
}

/// The type of a field, in a word.
pub fn type_name(kind: FieldType) -> String {
    format!("{kind:?}").to_lowercase()
}

/// The matrices of a method.
const GRIDS: [&str; 2] = ["grid", "overall"];

/// The first cell of a matrix that is left blank: its matrix, row and column, from 1.
fn cell_without_level(table: &toml::Table) -> Option<(&'static str, usize, usize)> {
    GRIDS.into_iter().find_map(|name| {
        let rows = table.get(name)?.as_array()?.iter().filter_map(toml::Value::as_array);
        let mut cells = rows
            .enumerate()
            .flat_map(|(y, row)| row.iter().enumerate().map(move |(x, c)| (y, x, c)));
        let (y, x, _) = cells.find(|(.., c)| c.as_str().is_some_and(|t| t.trim().is_empty()))?;
        Some((name, y + 1, x + 1))
    })
}

/// The cell between two commas of a row of a matrix, where that is what a mistake speaks of.
fn written_empty(text: &str, e: &toml::de::Error) -> Option<(&'static str, usize, usize)> {
    let at = e.span()?.start.min(text.len());
    let line = text.get(..at)?.matches('\n').count();
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    let cells = lines.get(line)?.strip_prefix('[')?.trim_end_matches([',', ']', ' ']);
    let column = cells.split(',').position(|c| c.trim().is_empty())?;
    let head = (0..line).rev().find(|n| !lines[*n].starts_with('['))?;
    let name = GRIDS.into_iter().find(|name| lines[head].starts_with(name))?;
    Some((name, line - head, column + 1))
}

/// The name in the `[[fields]]` block around a line.
fn block(text: &str, line: usize) -> Option<String> {
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    let at = line.min(lines.len());
    let start = (0..at).rev().find(|n| lines[*n].starts_with("[["))?;
    let field = lines[start].replace(' ', "");
    if !field.starts_with("[[fields") {
        return None;
    }
    let body = lines.iter().skip(start + 1).take_while(|l| !l.starts_with("[["));
    body.filter_map(|l| l.strip_prefix("name")?.trim_start().strip_prefix('='))
        .map(|v| v.trim().trim_matches('"').to_string())
        .next()
}

/// The line of a row of a matrix of which a mistake speaks.
fn grid_line(text: &str, what: &str) -> Option<usize> {
    let row: usize = what.split_once("row ")?.1.split([',', ' ']).next()?.parse().ok()?;
    let name = if what.starts_with("overall:") {
        "overall"
    } else {
        "grid"
    };
    let lines = || text.lines().enumerate();
    let (head, _) = lines().find(|(_, l)| l.trim_start().starts_with(name))?;
    let rows = lines()
        .skip_while(|(n, _)| *n <= head)
        .take_while(|(_, l)| !l.trim().starts_with(']'));
    let found = rows.filter(|(_, l)| l.trim().starts_with('[')).nth(row.checked_sub(1)?);
    Some(found.map_or(head, |(n, _)| n))
}

/// A mistake with its place: the row of the matrix that it names, or the first line that says, in quotes, what the
/// mistake quotes.
pub fn placed(source: &str, text: &str, what: String) -> DefinitionError {
    let quoted = what.split('\'').skip(1).step_by(2).filter(|w| !w.is_empty());
    let line = grid_line(text, &what)
        .or_else(|| {
            quoted
                .filter_map(|w| text.lines().position(|l| l.contains(&format!("\"{w}\""))))
                .next()
        })
        .unwrap_or(0)
        + 1;
    DefinitionError {
        source: source.to_string(),
        line,
        field: block(text, line),
        what,
    }
}

/// A record that names a method, as its own or as what is in force.
pub fn user_of(w: &World, method: &str) -> Option<Id> {
    let names = |k: &Kind| {
        k.fields
            .iter()
            .find(|f| f.offers == Some(Offer::Methods))
            .map(|f| f.tag)
    };
    let kinds = w.catalogue.kinds.iter().enumerate();
    let all = kinds.filter_map(|(ix, k)| Some((ix, names(k)?)));
    all.flat_map(|(ix, tag)| w.state.all(ix).map(move |r| (r, tag)))
        .find(|(r, tag)| r.text(*tag) == method)
        .map(|(r, _)| r.id.clone())
}

/// Says why a definition may not get this text: as [`Content::grows`], but a method by which nobody judged yet may.
///
/// # Errors
/// What was taken away or changed, and what to do instead.
pub fn may_become(w: &World, old: &Content, new: &Content) -> Result<(), String> {
    let unused = |m: &Method| user_of(w, &m.id).is_none();
    match (old, new) {
        (Content::Method(m), Content::Method(n)) if m.id == n.id && unused(m) => Ok(()),
        _ => old.grows(new),
    }
}

/// The definition in a record.
pub fn definition(kind: &Kind, record: &Record) -> Option<Definition> {
    Some(Definition {
        source: record.id.to_string(),
        text: record.text(kind.field("text")?.tag).to_string(),
        retired: record.is_retired(),
    })
}

impl Catalogue {
    /// The kinds that the program brings along.
    pub fn base(&self) -> Arc<Self> {
        self.below.clone().unwrap_or_else(|| Arc::new(self.clone()))
    }

    /// The kinds of the program with these definitions over them, in their order: what is adopted later stands behind.
    ///
    /// # Errors
    /// The first mistake, with source, line and field.
    pub fn with(&self, all: &[Definition]) -> Result<Self, DefinitionError> {
        let base = self.base();
        let mut c = Self::clone(&base);
        c.below = Some(base);
        c.own = all.to_vec();
        let mut read = Vec::with_capacity(all.len());
        for d in all {
            read.push((d, Content::read(&d.source, &d.text)?));
        }
        for (d, content) in &read {
            if let Content::Method(m) = content {
                let mut m = Method::clone(m);
                (m.definition, m.retired) = (Some(d.source.clone()), d.retired);
                c.add_method(m).map_err(|what| placed(&d.source, &d.text, what))?;
            }
        }
        for (d, content) in &read {
            if let Content::Register(kind) = content {
                c.add(Kind::clone(kind), d.retired)
                    .map_err(|what| placed(&d.source, &d.text, what))?;
            }
        }
        for (d, content) in &read {
            if let Content::Register(kind) = content {
                let kind = c.kind(&kind.name);
                kind.map_or(Ok(()), |k| c.check_kind(k))
                    .map_err(|what| placed(&d.source, &d.text, what))?;
            }
        }
        for (d, content) in &read {
            if let Content::Fields(x) = content {
                c.lay_over(x, d.retired)
                    .map_err(|what| placed(&d.source, &d.text, what))?;
            }
        }
        c.offer();
        // Of several definitions of a kind the last that says the words is meant.
        let blamed = |kind: &str, what: String| {
            let of_kind = || read.iter().rev().filter(|(_, r)| r.register() == kind);
            let said = |text: &str| what.split('\'').skip(1).step_by(2).any(|w| text.contains(w));
            let found = of_kind().find(|(d, _)| said(&d.text)).or_else(|| of_kind().next());
            let (source, text) = found.map_or(("", ""), |(d, _)| (&d.source, &d.text));
            placed(source, text, what)
        };
        if let Err((ix, what)) = c.read_filters() {
            return Err(blamed(&c.kinds[ix].name, what));
        }
        // What is wrong with a rule begins with the name of its kind.
        match Rules::read(&c) {
            Ok(rules) => c.rules = rules,
            Err(what) => return Err(blamed(what.split(':').next().unwrap_or_default(), what.clone())),
        }
        Ok(c)
    }

    /// The definitions that lie over the kinds of the program, in the order of their ids.
    pub fn adopted(&self) -> &[Definition] {
        &self.own
    }

    /// The kinds in force with more definitions, or other versions of those that are there; what is wrong with them.
    pub fn and(&self, more: Vec<Definition>) -> (Self, Vec<DefinitionError>) {
        let all = self.own.iter().cloned().chain(more);
        let all: BTreeMap<Id, Definition> = all.map(|d| (Id::from(d.source.as_str()), d)).collect();
        let all: Vec<Definition> = all.into_values().filter(|d| !d.text.is_empty()).collect();
        self.with_what_fits(&all)
    }

    /// The same as [`Catalogue::with`], without the definitions that this program cannot read; what is wrong with them.
    pub fn with_what_fits(&self, all: &[Definition]) -> (Self, Vec<DefinitionError>) {
        let (mut left, mut wrong) = (all.to_vec(), Vec::new());
        loop {
            match self.with(&left) {
                Ok(c) => return (c, wrong),
                Err(e) => {
                    let n = left.len();
                    left.retain(|d| d.source != e.source);
                    if left.len() == n {
                        left.clear();
                    }
                    wrong.push(e);
                }
            }
        }
    }

    /// Adds a register behind the others.
    fn add(&mut self, mut kind: Kind, retired: bool) -> Result<(), String> {
        let word = |w: &str| {
            !w.is_empty()
                && w.bytes()
                    .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
        };
        for (what, text) in [("name", &kind.name), ("plural", &kind.plural)] {
            if !word(text) {
                return Err(format!(
                    "the {what} '{text}' may have only small letters, digits and '-'"
                ));
            }
        }
        let prefix = &kind.prefix;
        if !(1..=6).contains(&prefix.len()) || !prefix.bytes().all(|b| b.is_ascii_uppercase()) {
            return Err(format!("the prefix '{prefix}' must be one to six capital letters"));
        }
        if !(1..=6).contains(&kind.screen) {
            return Err(format!("the screen {} is not there; expected 1 to 6", kind.screen));
        }
        for f in &kind.fields {
            let shared = self.header.iter().find(|h| h.name == f.name);
            match shared {
                Some(h) if h.tag != f.tag || h.kind != f.kind => {
                    return Err(format!(
                        "the field '{}' is one that all registers have: its tag is {}, its type {}",
                        f.name,
                        h.tag,
                        type_name(h.kind)
                    ));
                }
                None if !(FIRST..OWN).contains(&f.tag) => {
                    return Err(format!(
                        "the field '{}' has the tag {}; expected {FIRST} to {}",
                        f.name,
                        f.tag,
                        OWN - 1
                    ));
                }
                _ => {}
            }
            checked(f)?;
        }
        complete(&mut kind, &self.header);
        let ix: KindIx = self.kinds.len();
        for word in [&kind.name, &kind.plural] {
            if self.words.get(word).is_some_and(|old| *old != ix) {
                return Err(format!("the word '{word}' already names another kind"));
            }
            self.words.insert(word.clone(), ix);
        }
        if self.prefixes.insert(kind.prefix.clone(), ix).is_some() {
            return Err(format!("the prefix '{}' already belongs to another kind", kind.prefix));
        }
        if retired {
            kind.retired = true;
            kind.rules.clear();
            kind.duties.clear();
            kind.fields.iter_mut().for_each(rest);
        }
        self.kinds.push(kind);
        Ok(())
    }

    /// Adds fields to a register that is there.
    fn lay_over(&mut self, own: &Extension, retired: bool) -> Result<(), String> {
        let Some(ix) = self
            .index_of(&own.extends)
            .filter(|i| self.kinds[*i].name == own.extends)
        else {
            return Err(format!("it extends '{}', which is no kind", own.extends));
        };
        if own.extends == DEFINITION {
            return Err(format!("'{DEFINITION}' itself cannot be extended"));
        }
        let mut kind = self.kinds[ix].clone();
        for f in &own.fields {
            if f.tag < OWN {
                return Err(format!(
                    "the field '{}' has the tag {}; own tags begin at {OWN}",
                    f.name, f.tag
                ));
            }
            checked(f)?;
            let mut f = f.clone();
            if retired {
                f.readonly = true;
                rest(&mut f);
            }
            kind.fields.push(f);
        }
        if !retired {
            // Where no rank is given they give way before the register's own.
            let last = kind.columns.iter().map(|c| c.rank).max().unwrap_or(0);
            kind.columns.extend(own.columns.iter().map(|c| Column {
                rank: if c.rank == 0 { last.saturating_add(1) } else { c.rank },
                ..c.clone()
            }));
            kind.rules.extend(own.rules.iter().cloned());
        }
        self.check_kind(&kind)?;
        self.kinds[ix] = kind;
        Ok(())
    }
}

/// A field of something that was put away asks for nothing.
fn rest(f: &mut Field) {
    if f.tag != STATE {
        (f.required, f.due) = (Need::No, None);
    }
}

/// What can be seen of a field by itself.
fn checked(f: &Field) -> Result<(), String> {
    let word = |w: &str| {
        w.starts_with(|c: char| c.is_ascii_lowercase())
            && w.bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
    };
    if !word(&f.name) {
        return Err(format!(
            "the field '{}' has a name that is no word: small letters, digits and '_', beginning with a letter",
            f.name
        ));
    }
    if ["id", "changed", "created", "stated"].contains(&f.name.as_str()) {
        return Err(format!(
            "the field '{}' has a name that every record has already",
            f.name
        ));
    }
    if f.kind == FieldType::Choice && f.choices.is_empty() && f.offers.is_none() {
        return Err(format!("the field '{}' is a choice and has no choices", f.name));
    }
    if matches!(f.kind, FieldType::Rows) && f.fields.is_empty() {
        return Err(format!("the field '{}' has rows and no fields for them", f.name));
    }
    for (n, sub) in f.fields.iter().enumerate() {
        if let Some(other) = f.fields[..n].iter().find(|o| o.tag == sub.tag || o.name == sub.name) {
            return Err(format!(
                "the fields '{}' and '{}' of '{}' share a tag or a name",
                other.name, sub.name, f.name
            ));
        }
    }
    f.fields.iter().try_for_each(checked)
}

#[cfg(test)]
mod tests;
