//! All kinds and methods together: read from their files, checked, and found by the words that people use.

use super::super::framework::Framework;
use super::super::record::Id;
use super::super::rules::Rules;
use super::method::check_method;
use super::own::Definition;
use super::{
    Ask, Choice, Class, Derivation, Derived, Field, Figures, Kind, Method, Offer, Owing, RETIRED, STAYS, Scale,
    StateDef, Tag, Transition,
};
use crate::parallel;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::Arc;

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
    /// What organisations are held against.
    pub frameworks: Vec<Framework>,
    pub(super) words: BTreeMap<String, KindIx>,
    pub(super) prefixes: BTreeMap<String, KindIx>,
    pub(super) rules: Rules,
    /// Works out the figures that kinds declare.
    pub figures: Figures,
    /// Says by when people owe a record something.
    pub owed: Owing,
    /// The fields that all kinds share.
    pub(super) header: Vec<Field>,
    /// The kinds of the program, if definitions of the organisation lie over them.
    pub(super) below: Option<Arc<Catalogue>>,
    /// The definitions that lie over them, in the order of their ids.
    pub(super) own: Vec<Definition>,
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

/// A word as names are spelt.
fn spelt(word: &str) -> String {
    word.trim().to_lowercase().replace([' ', '_'], "-")
}

impl Catalogue {
    /// Reads the kinds and methods.
    ///
    /// A register named `_header` holds the fields that all kinds share, a method file named `_scales` the scales
    /// that belong to no method.
    ///
    /// # Errors
    /// Names the file, and for a mistake of form its line.
    pub fn read(registers: &[DataFile], methods: &[DataFile]) -> Result<Self, DataError> {
        let (heads, registers): (Vec<DataFile>, Vec<DataFile>) =
            registers.iter().partition(|(name, _)| name.starts_with("_header"));
        let mut header = Vec::new();
        for (name, text) in heads {
            header = parse::<Header>(name, text)?.fields;
        }
        // Half of what a start reads: the first screen waits for it.
        let one = |(name, text): &DataFile| Ok(((*name).to_string(), parse(name, text)?));
        let read = parallel::shares(&registers, 8, |share| {
            share.iter().map(one).collect::<Result<Vec<_>, _>>()
        });
        let mut kinds: Vec<(String, Kind)> = Vec::new();
        for share in read {
            kinds.extend(share?);
        }
        let (mut scales, mut all) = (Vec::new(), Vec::new());
        for (name, text) in methods {
            if name.starts_with("_scales") {
                scales = parse::<Scales>(name, text)?.scales;
            } else if !name.starts_with('_') {
                all.push(((*name).to_string(), parse::<Method>(name, text)?));
            }
        }
        for (_, k) in &mut kinds {
            complete(k, &header);
        }
        kinds.sort_by_key(|(_, k)| (k.screen, k.order));
        let mut c = Self {
            kinds: Vec::new(),
            methods: Vec::new(),
            scales,
            frameworks: Vec::new(),
            words: BTreeMap::new(),
            prefixes: BTreeMap::new(),
            rules: Rules::default(),
            figures: |_, _, _, _| None,
            owed: |_, _, _| None,
            header,
            below: None,
            own: Vec::new(),
        };
        let files: Vec<String> = kinds.iter().map(|(f, _)| f.clone()).collect();
        c.kinds = kinds.into_iter().map(|(_, k)| k).collect();
        for (file, method) in all {
            c.add_method(method).map_err(|what| DataError { file, what })?;
        }
        c.offer();
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
        c.read_filters().map_err(|(i, what)| DataError {
            file: files[i].clone(),
            what,
        })?;
        c.rules = Rules::read(&c).map_err(|what| DataError {
            file: "registers".to_string(),
            what,
        })?;
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
        // What people read over a register names it too, unless another kind has that name.
        for (i, k) in self.kinds.iter().enumerate() {
            for title in [&k.title, &k.titles] {
                self.words.entry(spelt(title)).or_insert(i);
            }
        }
        Ok(())
    }

    pub(super) fn check_kind(&self, k: &Kind) -> Result<(), String> {
        let mut tags: BTreeMap<Tag, &str> = BTreeMap::new();
        let mut names: BTreeMap<&str, ()> = BTreeMap::new();
        for f in &k.fields {
            if let Some(other) = tags.insert(f.tag, &f.name) {
                return Err(format!("fields '{other}' and '{}' share the tag {}", f.name, f.tag));
            }
            if names.insert(&f.name, ()).is_some() {
                return Err(format!("two fields are named '{}'", f.name));
            }
            for s in &f.due_in {
                if k.state(s).is_none() {
                    return Err(format!(
                        "field '{}' is due in the state '{s}', which is not there",
                        f.name
                    ));
                }
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
                if s != "*" && s != "=" && k.state(s).is_none() {
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
        self.check_words(k)
    }

    /// Adds a method behind the others.
    pub(super) fn add_method(&mut self, m: Method) -> Result<(), String> {
        check_method(&m)?;
        if self.method(&m.id).is_some() {
            return Err(format!("the id '{}' already names another method", m.id));
        }
        let forms = self.kinds.iter().find_map(|k| k.field("loss_forms"));
        for l in m.levels("impact") {
            let strange = l
                .forms
                .keys()
                .find(|f| forms.is_some_and(|known| known.choice(f).is_none()));
            if let Some(form) = strange {
                let all: Vec<&str> = forms.iter().flat_map(|f| &f.choices).map(|c| c.id.as_str()).collect();
                return Err(format!(
                    "'{}': '{form}' is no form of loss; expected {}",
                    l.id,
                    all.join(", ")
                ));
            }
        }
        let (threshold, cia) = (&m.quantities.key_threshold, self.scale("cia"));
        if cia.is_some_and(|s| s.position(threshold).is_none()) {
            return Err(format!("key_threshold '{threshold}' is no level of the scale 'cia'"));
        }
        self.methods.push(m);
        Ok(())
    }

    /// Fills in the choices of the fields that offer what is known.
    pub(super) fn offer(&mut self) {
        let known = self.methods.iter().filter(|m| !m.retired);
        let methods: Vec<Choice> = known
            .map(|m| Choice {
                id: m.id.clone(),
                label: m.title(),
                aliases: m.aliases.clone(),
                tone: None,
            })
            .collect();
        for f in self.kinds.iter_mut().flat_map(|k| &mut k.fields) {
            match f.offers {
                Some(Offer::Methods) => f.choices.clone_from(&methods),
                None => {}
            }
        }
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
        if let Some(ix) = self.words.get(word) {
            return Some(*ix);
        }
        let w = spelt(word);
        self.words
            .get(&w)
            .or_else(|| self.prefixes.get(&w.trim_end_matches('-').to_uppercase()))
            .copied()
    }

    /// Place of the kind to which an id belongs.
    pub fn kind_of(&self, id: &Id) -> Option<KindIx> {
        self.prefixes.get(id.prefix()).copied()
    }

    /// The method with this id.
    pub fn method(&self, id: &str) -> Option<&Method> {
        self.methods.iter().find(|m| m.id == id)
    }

    /// The framework that a word means: its id or a part of its name, without regard to case.
    pub fn framework(&self, word: &str) -> Option<&Framework> {
        let w = word.trim().to_lowercase();
        let named = |f: &&Framework| !w.is_empty() && f.name.to_lowercase().contains(&w);
        self.frameworks
            .iter()
            .find(|f| f.id.to_lowercase() == w)
            .or_else(|| self.frameworks.iter().find(named))
    }

    /// A plain scale.
    pub fn scale(&self, id: &str) -> Option<&Scale> {
        self.scales.iter().find(|s| s.id == id)
    }
}

/// Reads a file of `data/`: TOML, or JSON, as which the program embeds what it reads at every start.
///
/// # Errors
/// Names the file, and for a mistake of form its line.
pub fn parse<T: serde::de::DeserializeOwned>(file: &str, text: &str) -> Result<T, DataError> {
    let read = match text.starts_with('{') {
        true => serde_json::from_str(text).map_err(|e| e.to_string()),
        false => toml::from_str(text).map_err(|e| e.to_string()),
    };
    read.map_err(|what| DataError {
        file: file.to_string(),
        what: what.trim_end().to_string(),
    })
}

/// Says what a figure is like.
fn shape(d: &mut Derived) {
    if let Derivation::Figure { kind, scale, .. } = &d.from {
        d.shape = Some(Box::new(Field {
            scale: scale.clone(),
            ..Field::plain(&d.name, &d.label, *kind, &d.help)
        }));
    }
}

/// Adds what every kind has: the header's fields, the states `active` and `retired`, and the moves between them.
pub(super) fn complete(k: &mut Kind, header: &[Field]) {
    let mut own: Vec<Field> = std::mem::take(&mut k.fields);
    // The header's first group opens the form, its other groups close it; a field described anew keeps its place.
    let mut shared: Vec<Field> = Vec::new();
    let first = header
        .iter()
        .skip(1)
        .position(|h| h.group.is_some())
        .map_or(header.len(), |n| n + 1);
    let mut opening = 0;
    // A series goes with its date.
    let gone = |h: &Field| {
        let series = |f: &&Field| f.series.as_ref() == Some(&h.name) && k.without.contains(&f.name);
        k.without.contains(&h.name) || header.iter().any(|f| series(&f))
    };
    for (n, h) in header.iter().enumerate() {
        if gone(h) {
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
    k.derived.iter_mut().for_each(shape);
    let closing = shared.split_off(opening);
    k.fields = shared;
    k.fields.append(&mut own);
    k.fields.extend(closing);
    if k.states.is_empty() {
        k.states.push(StateDef {
            id: "active".into(),
            class: Class::Open,
            tone: None,
            help: "In use.".into(),
        });
    }
    if k.state(RETIRED).is_none() {
        k.states.push(StateDef {
            id: RETIRED.into(),
            class: Class::Closed,
            tone: None,
            help: "Put away; kept for ever.".into(),
        });
    }
    if k.field("next_review").is_some() && !k.transitions.iter().any(|t| t.name == "reviewed") {
        k.transitions.push(reviewed(k));
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
            sets: BTreeMap::new(),
            lacks: String::new(),
            fills: BTreeMap::new(),
            makes: None,
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
            sets: BTreeMap::new(),
            lacks: String::new(),
            fills: BTreeMap::new(),
            makes: None,
            reason: Ask::Required,
            signoff: false,
            key: None,
            help: "Brings a retired record back to where new records begin.".into(),
        });
    }
}

/// The move by which a review is done: the record stays, and its next review comes a while later.
fn reviewed(k: &Kind) -> Transition {
    let mut who = vec!["owner".to_string()];
    who.extend(k.rights.edit.iter().filter(|w| *w != "owner").cloned());
    let open = k.states.iter().filter(|s| s.class == Class::Open);
    let (name, every) = ("next_review", "months:review_every_months");
    let every = if k.field("review_every_months").is_some() {
        every
    } else {
        "+12m"
    };
    Transition {
        name: "reviewed".into(),
        label: "Reviewed".into(),
        from: open.map(|s| s.id.clone()).collect(),
        to: STAYS.into(),
        who,
        separate: vec![],
        asks: vec![],
        sets: BTreeMap::from([(name.to_string(), every.to_string())]),
        lacks: String::new(),
        fills: BTreeMap::new(),
        makes: None,
        reason: Ask::Optional,
        signoff: false,
        key: Some('R'),
        help: "Somebody has looked at it again; the day of the next review follows.".into(),
    }
}
