//! Own registers, fields and methods: what the files of the configuration propose, how that differs from what the ledger holds,
//! and the draft by which an administrator adopts it.

use crate::config::{self, Folders};
use crate::error::{Error, Result};
use crate::model::change::{Draft, Edit};
use crate::model::kind::own::{self, Content, DEFINITION, Definition};
use crate::model::kind::{Field, Kind};
use crate::model::record::Record;
use crate::model::value::Value;
use crate::model::world::World;
use sha2::{Digest, Sha256};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The action by which a definition comes into the ledger.
pub const ADOPT: &str = "definition.adopt";

/// How a proposal stands to the ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stand {
    /// The ledger does not have it.
    Proposed,
    /// The ledger has another text.
    Changed,
    /// The ledger has it as it is.
    Adopted,
    /// The ledger has it, put away.
    Retired,
    /// It cannot be adopted as it is.
    Wrong,
}

impl Stand {
    /// In a word.
    pub fn word(self) -> &'static str {
        match self {
            Self::Proposed => "proposed",
            Self::Changed => "changed",
            Self::Adopted => "adopted",
            Self::Retired => "retired",
            Self::Wrong => "wrong",
        }
    }
}

/// A file that proposes a register, fields or a method.
#[derive(Debug, Clone)]
pub struct Proposal {
    /// The file.
    pub path: PathBuf,
    /// The word by which it is named: that of the file without `.toml`.
    pub name: String,
    /// Its text.
    pub text: String,
    /// How it stands to the ledger.
    pub stand: Stand,
    /// What adopting would do, or what is wrong, line by line.
    pub lines: Vec<String>,
    /// The definition that it would become a version of.
    pub record: Option<Arc<Record>>,
}

impl Proposal {
    /// Whether there is something to adopt.
    pub fn is_open(&self) -> bool {
        matches!(self.stand, Stand::Proposed | Stand::Changed)
    }
}

/// What the files of the configuration propose.
///
/// # Errors
/// A file cannot be read.
pub fn proposals(w: &World) -> Result<Vec<Proposal>> {
    // Without a home there are no settings either.
    let files = Folders::find().map_or_else(|_| Ok(Vec::new()), |folders| config::proposals(&folders))?;
    Ok(files.into_iter().map(|(path, text)| proposal(w, path, text)).collect())
}

/// How one text stands to the ledger.
pub fn proposal(w: &World, path: PathBuf, text: String) -> Proposal {
    let stem = path.file_stem().unwrap_or(path.as_os_str());
    let name = stem.to_string_lossy().into_owned();
    let source = path.display().to_string();
    let mut p = Proposal {
        path,
        name,
        text,
        stand: Stand::Proposed,
        lines: Vec::new(),
        record: None,
    };
    let content = match Content::read(&source, &p.text) {
        Ok(content) => content,
        Err(e) => return wrong(p, e.to_string()),
    };
    p.record = find(w, &content, &p.name);
    let before = p.record.as_ref().map(|r| text_of(w, r));
    // A form leaves no blank lines at the end.
    if before.map(str::trim_end) == Some(p.text.trim_end()) {
        let retired = p.record.as_ref().is_some_and(|r| r.is_retired());
        p.stand = if retired { Stand::Retired } else { Stand::Adopted };
        return p;
    }
    let old = before.and_then(|t| Content::read(&source, t).ok());
    if old.is_some() {
        p.stand = Stand::Changed;
    }
    // Judged as the door will judge it; an id behind all others stands for a new one.
    let id = p
        .record
        .as_ref()
        .map_or_else(|| format!("DF-{}", u32::MAX), |r| r.id.to_string());
    if let Some(Err(why)) = old.as_ref().map(|o| own::may_become(w, o, &content)) {
        return wrong(p, format!("{source}: {why}"));
    }
    let tried = Definition {
        source: id.clone(),
        text: p.text.clone(),
        retired: false,
    };
    if let Some(e) = w.catalogue.and(vec![tried]).1.into_iter().next() {
        let said = if e.source == id {
            format!("{source}, {}", e.place())
        } else {
            format!("{source} does not go with {e}")
        };
        return wrong(p, said);
    }
    p.lines = told(&content, old.as_ref());
    p
}

fn wrong(mut p: Proposal, why: String) -> Proposal {
    (p.stand, p.lines) = (Stand::Wrong, vec![why]);
    p
}

/// What adopting does, line by line.
fn told(new: &Content, old: Option<&Content>) -> Vec<String> {
    let mut lines = Vec::new();
    match (new, old) {
        (Content::Register(k), None) => {
            lines.push(format!(
                "a new register '{}' on screen {}, with ids like {}-0001",
                k.titles, k.screen, k.prefix
            ));
            lines.push(k.help.clone());
        }
        (Content::Fields(x), None) => lines.push(format!("fields of your own for the register {}", x.extends)),
        (Content::Method(m), None) => {
            let count = |scale| m.levels(scale).len();
            lines.push(format!(
                "a new method '{}': likelihood {} by impact {}, {} levels of risk",
                m.title(),
                count("likelihood"),
                count("impact"),
                count("level")
            ));
            lines.push(m.source.clone());
        }
        (_, Some(_)) => lines.push(format!("a new version of the {} {}", new.word(), new.register())),
    }
    let known = |f: &Field| old.is_some_and(|o| o.fields().iter().any(|g| g.tag == f.tag));
    for f in new.fields().iter().filter(|f| !known(f)) {
        let kind = own::type_name(f.kind);
        lines.push(format!("field {} ({kind}): {}", f.name, f.help));
    }
    let states = |c: &Content| -> Vec<String> {
        match c {
            Content::Register(k) => k.states.iter().map(|s| s.id.clone()).collect(),
            Content::Fields(_) | Content::Method(_) => Vec::new(),
        }
    };
    let had = old.map(states).unwrap_or_default();
    let fresh: Vec<String> = states(new).into_iter().filter(|s| !had.contains(s)).collect();
    if !fresh.is_empty() {
        lines.push(format!("states {}", fresh.join(", ")));
    }
    lines
}

/// The kind of definitions.
fn kind<'w>(w: &World<'w>) -> Result<&'w Kind> {
    let found = w.catalogue.kind(DEFINITION);
    found.ok_or_else(|| Error::failed("this program knows no definitions"))
}

/// A value of a definition as text.
fn value<'r>(w: &World, record: &'r Record, field: &str) -> &'r str {
    let tag = w.catalogue.kind(DEFINITION).and_then(|k| k.field(field)).map(|f| f.tag);
    tag.map_or("", |t| record.text(t))
}

/// The text of a definition.
pub fn text_of<'r>(w: &World, record: &'r Record) -> &'r str {
    value(w, record, "text")
}

/// The definition of the same register, or of the same fields by name.
fn find(w: &World, content: &Content, name: &str) -> Option<Arc<Record>> {
    let ix = w.catalogue.index_of(DEFINITION)?;
    let title = content.name().unwrap_or_else(|| name.to_string());
    let same = |r: &&Arc<Record>| {
        value(w, r, "defines") == content.word()
            && value(w, r, "register") == content.register()
            && (!matches!(content, Content::Fields(_)) || r.title() == title)
    };
    w.state.all(ix).find(same).cloned()
}

/// The definition that a word means: id, name, or the register that it makes.
///
/// # Errors
/// There is none, or no single one.
pub fn adopted(w: &World, word: &str) -> Result<Arc<Record>> {
    let Some(ix) = w.catalogue.index_of(DEFINITION) else {
        return Err(kind(w)
            .err()
            .unwrap_or_else(|| Error::nothing("there are no definitions")));
    };
    let low = word.to_lowercase();
    let id = crate::model::record::Id::typed(word);
    let means = |r: &&Arc<Record>| {
        id.as_ref() == Some(&r.id) || r.title().to_lowercase() == low || value(w, r, "register") == low
    };
    let found: Vec<_> = w.state.all(ix).filter(means).collect();
    match found.as_slice() {
        [one] => Ok(Arc::clone(one)),
        [] => Err(Error::nothing(format!("no definition is named '{word}'")).hint("isms define lists them")),
        many => {
            let ids: Vec<String> = many.iter().map(|r| format!("{} {}", r.id, r.title())).collect();
            Err(Error::failed(format!("'{word}' may be {}", ids.join(" or "))).hint("name it by its id"))
        }
    }
}

/// The draft that adopts a proposal.
///
/// # Errors
/// There is nothing to adopt, or it is wrong.
pub fn draft(w: &World, p: &Proposal) -> Result<Draft> {
    let source = p.path.display();
    match p.stand {
        Stand::Wrong => return Err(Error::failed(p.lines.join("; "))),
        Stand::Adopted => {
            return Err(Error::failed(format!(
                "{source} is adopted as it is: nothing would change"
            )));
        }
        Stand::Retired => {
            let id = p.record.as_ref().map(|r| r.id.to_string()).unwrap_or_default();
            return Err(Error::failed(format!("{source} was adopted and put away"))
                .hint(format!("isms move {id} active --reason '...' takes it up again")));
        }
        Stand::Proposed | Stand::Changed => {}
    }
    let kind = kind(w)?;
    let mut edit = match &p.record {
        Some(record) => Edit::of(record),
        None => Edit::new(w.catalogue.index_of(DEFINITION).unwrap_or_default()),
    };
    if p.record.is_none() {
        edit.set
            .push((crate::model::kind::TITLE, Some(Value::Text(p.name.clone()))));
    }
    if let Some(f) = kind.field("text") {
        edit.set.push((f.tag, Some(Value::Text(p.text.clone()))));
    }
    let mut draft = Draft::new(ADOPT);
    draft.reason = Some(format!(
        "from {}",
        p.path.file_name().unwrap_or_default().to_string_lossy()
    ));
    draft.edits.push(edit);
    Ok(draft)
}

/// What a person is told of proposals that are not adopted, once for each text and store: what was told is remembered
/// in a file beside the drafts of the screen.
pub fn untold(w: &World, store: &Path) -> Vec<String> {
    let Ok(folders) = Folders::find() else {
        return Vec::new();
    };
    let Ok(all) = proposals(w) else { return Vec::new() };
    let memory = folders.state.join("proposals");
    let told = std::fs::read_to_string(&memory).unwrap_or_default();
    let mut said = told.clone();
    let mut notes = Vec::new();
    for p in all.iter().filter(|p| p.is_open() || p.stand == Stand::Wrong) {
        let mut digest = Sha256::new();
        digest.update(store.as_os_str().as_encoded_bytes());
        digest.update([0]);
        digest.update(p.path.as_os_str().as_encoded_bytes());
        digest.update([0]);
        digest.update(&p.text);
        let mark: String = digest.finalize().iter().take(16).map(|b| format!("{b:02x}")).collect();
        if told.lines().any(|l| l == mark) {
            continue;
        }
        said.push_str(&mark);
        said.push('\n');
        notes.push(match p.stand {
            Stand::Wrong => p.lines.join("; "),
            _ => format!(
                "{} proposes {}; it holds once an administrator adopts it: isms define adopt {}",
                p.path.display(),
                p.lines.first().map_or("fields", String::as_str),
                p.name
            ),
        });
    }
    if said != told {
        // Who cannot remember says it again.
        let _ = std::fs::create_dir_all(&folders.state).and_then(|()| std::fs::write(&memory, said));
    }
    notes
}
