//! Copying records: as text, id, link, Markdown or CSV. What is too long for the clipboard is offered as a file, never
//! cut.

use super::app::Command;
use super::asked::Asked;
use super::job::{Effect, Job};
use super::{Model, Weight, cell, text};
use crate::exchange::csv as comma;
use crate::model::calendar;
use crate::model::codec;
use crate::model::kind::{Kind, KindIx, STATE, TITLE};
use crate::model::record::Record;
use std::sync::Arc;

/// From so many bytes on a copy that was refused is offered as a file.
const LONG: usize = 70_000;

/// A text on its way to the clipboard.
#[derive(Debug, Clone)]
pub(crate) struct Copying {
    text: String,
    /// What a file of it ends with.
    ending: &'static str,
}

fn send(m: &mut Model, text: String, ending: &'static str) -> Vec<Effect> {
    m.copying = (text.len() >= LONG).then(|| Copying {
        text: text.clone(),
        ending,
    });
    vec![Effect::Term(Command::Copy(text))]
}

/// The fields of a record as label and value, those that are empty left out.
fn lines<'k>(m: &Model, kind: &'k Kind, r: &Record) -> Vec<(&'k str, String)> {
    let w = m.world();
    let fields = kind.fields.iter().filter(|f| f.tag != TITLE && f.tag != STATE);
    let value = |v| move |name: &str| codec::show_long(&w, kind, Some(r), name, v);
    fields
        .filter_map(|f| Some((f.label.as_str(), value(r.get(f.tag)?)(&f.name))))
        .collect()
}

/// The record as lines of label and value.
pub(crate) fn record(m: &mut Model) -> Vec<Effect> {
    let mut out = String::new();
    for r in m.targets() {
        let Some(kind) = m.world().kind(&r.id) else { continue };
        out.push_str(&format!("{} {}\nState: {}\n", r.id, r.title(), r.state()));
        for (label, value) in lines(m, kind, &r) {
            out.push_str(&format!("{label}: {value}\n"));
        }
        out.push('\n');
    }
    let out = out.trim_end().to_owned();
    send(m, out, "txt")
}

pub(crate) fn id(m: &mut Model) -> Vec<Effect> {
    let ids: Vec<String> = m.targets().iter().map(|r| r.id.to_string()).collect();
    send(m, ids.join("\n"), "txt")
}

pub(crate) fn link(m: &mut Model) -> Vec<Effect> {
    let links: Vec<String> = m.targets().iter().map(|r| format!("{} {}", r.id, r.title())).collect();
    send(m, links.join("\n"), "txt")
}

/// A text as one cell of a table in Markdown.
fn plain(value: &str) -> String {
    let line = value.split_whitespace().collect::<Vec<_>>().join(" ");
    text::clean(&line).replace('|', "\\|")
}

/// One record with its fields, several as a table of the columns that the list shows.
pub(crate) fn markdown(m: &mut Model) -> Vec<Effect> {
    let records = m.targets();
    let out = match records.as_slice() {
        [one] => match m.world().kind(&one.id) {
            Some(kind) => {
                let mut out = format!("## {} {}\n\n- **State**: {}\n", one.id, plain(one.title()), one.state());
                for (label, value) in lines(m, kind, one) {
                    out.push_str(&format!("- **{label}**: {}\n", plain(&value)));
                }
                out
            }
            None => String::new(),
        },
        many => table(m, many),
    };
    send(m, out, "md")
}

fn table(m: &Model, records: &[Arc<Record>]) -> String {
    let (w, Some(list)) = (m.world(), m.list()) else {
        return String::new();
    };
    let kind = w.kind_at(list.kind);
    let names: Vec<String> = m.columns_of(list).columns.iter().map(|c| c.field.clone()).collect();
    let heads: Vec<&str> = names.iter().map(|n| m.heading_of(kind, n)).collect();
    let mut out = format!("| {} |\n|{}\n", heads.join(" | "), "---|".repeat(heads.len()));
    for r in records {
        let show = |name: &String| plain(&cell::cell(&w, kind, r, name, usize::from(u16::MAX), true).text);
        let cells: Vec<String> = names.iter().map(show).collect();
        out.push_str(&format!("| {} |\n", cells.join(" | ")));
    }
    out
}

/// All fields, in the form in which they are exported; of one register.
pub(crate) fn csv(m: &mut Model) -> Vec<Effect> {
    let records = m.targets();
    let kinds: std::collections::BTreeSet<KindIx> = records.iter().filter_map(|r| m.catalogue.kind_of(&r.id)).collect();
    match kinds.first() {
        Some(ix) if kinds.len() == 1 => {
            let mut out = Vec::new();
            match comma::write(&m.world(), *ix, &records, &mut out) {
                Ok(()) => send(m, String::from_utf8_lossy(&out).into_owned(), "csv"),
                Err(e) => {
                    m.refuse(e.to_string());
                    Vec::new()
                }
            }
        }
        _ => {
            m.refuse("rows of several registers have no columns in common");
            Vec::new()
        }
    }
}

impl Model {
    /// What became of a copy; what was too long is offered as a file.
    pub(crate) fn copied(&mut self, how: Result<String, String>) -> Vec<Effect> {
        let copying = self.copying.take();
        match (how, copying) {
            (Ok(how), _) => self.say(Weight::Good, how),
            (Err(why), None) => self.refuse(why),
            (Err(why), Some(copying)) => {
                let name = format!("isms-{}.{}", calendar::show(self.today), copying.ending);
                let help = format!("{why}. The path of a new file; Esc copies nothing.");
                self.copying = Some(copying);
                return super::asked::ask_with(self, "Write it to which file", &help, &name, Asked::CopyTo);
            }
        }
        Vec::new()
    }

    /// Writes what could not be copied to a file.
    pub(crate) fn copy_to(&mut self, path: &str) -> Result<Vec<Effect>, String> {
        if path.is_empty() {
            return Err("name a file".into());
        }
        let text = self.copying.take().map(|c| c.text).unwrap_or_default();
        Ok(vec![Effect::Job(Job::Write(path.to_owned(), text))])
    }
}
