//! `isms kinds`: what can be kept, field by field; made from the same data as the forms.

use super::{Context, add, out};
use crate::error::Result;
use crate::model::derive;
use crate::model::kind::{Catalogue, Derived, Field, FieldType, Kind, Need};
use crate::model::world::DEFAULT_METHOD;
use clap::Args;
use std::io::Write;

/// List the kinds of records, or the fields, states and moves of one.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  isms kinds\n  isms kinds risk\n  isms kinds --clauses")]
pub struct Kinds {
    /// The kind
    kind: Option<String>,
    /// For every clause of ISO/IEC 27001 the kinds and fields that answer it
    #[arg(long, conflicts_with = "kind")]
    clauses: bool,
}

impl Kinds {
    pub(super) fn run(self, context: &Context, out: &mut dyn Write) -> Result<u8> {
        let catalogue = context.catalogue()?;
        if self.clauses {
            return clauses(&catalogue, context, out);
        }
        let Some(word) = &self.kind else {
            let rows: Vec<Vec<String>> = catalogue
                .kinds
                .iter()
                .map(|k| vec![k.name.clone(), format!("{}-", k.prefix), k.help.clone()])
                .collect();
            out::glossary(out, context.look, &["Kind", "Ids", "What it holds"], &rows)?;
            return Ok(0);
        };
        let kind = &catalogue.kinds[add::kind(&catalogue, word)?];
        out::glossary(
            out,
            context.look,
            &["Kind", "What it holds"],
            &[vec![kind.name.clone(), kind.help.clone()]],
        )?;
        writeln!(out)?;
        let rows: Vec<Vec<String>> = kind
            .fields
            .iter()
            .filter(|f| !f.readonly)
            .map(|f| vec![f.name.clone(), shape(f), help(&catalogue, f)])
            .collect();
        out::glossary(out, context.look, &["Field", "Type", "What belongs here"], &rows)?;
        if !kind.derived.is_empty() {
            writeln!(out)?;
            let head = ["Worked out", "What it says"];
            out::glossary(out, context.look, &head, &derived(kind))?;
        }
        writeln!(out)?;
        out::glossary(
            out,
            context.look,
            &["Move", "From where to where, and what it does"],
            &moves(kind),
        )?;
        if !kind.duties.is_empty() {
            writeln!(out)?;
            let rows: Vec<Vec<String>> = kind
                .duties
                .iter()
                .map(|d| vec![d.name.clone(), format!("{} Kept as: {}.", d.help, d.makes)])
                .collect();
            out::glossary(out, context.look, &["Owed", "By whom, and what it makes"], &rows)?;
        }
        Ok(0)
    }
}

/// The clauses of all frameworks that have some, each with the kinds and fields that answer it.
fn clauses(catalogue: &Catalogue, context: &Context, out: &mut dyn Write) -> Result<u8> {
    for framework in catalogue.frameworks.iter().filter(|f| !f.clauses.is_empty()) {
        let mut rows = Vec::new();
        for (clause, answers) in framework.answers(catalogue) {
            let mut first = Some((clause.id.clone(), clause.title.clone()));
            for a in answers {
                let (id, title) = first.take().unwrap_or_default();
                let fields: Vec<&str> = a.fields.iter().map(|f| f.name.as_str()).collect();
                rows.push(vec![id, title, a.kind.name.clone(), fields.join(", ")]);
            }
            if let Some((id, title)) = first {
                rows.push(vec![id, title, "-".to_string(), String::new()]);
            }
        }
        out::glossary(out, context.look, &["Clause", &framework.name, "Kind", "Fields"], &rows)?;
    }
    Ok(0)
}

/// The type of a field, with what it may hold.
fn shape(f: &Field) -> String {
    let name = match f.kind {
        FieldType::Line => "line",
        FieldType::Text => "text",
        FieldType::Bool => "yes/no",
        FieldType::Integer => "whole number",
        FieldType::Decimal => "number",
        FieldType::Percent => "percent",
        FieldType::Money => "money",
        FieldType::Scale => "scale",
        FieldType::Choice => "choice",
        FieldType::Date => "date",
        FieldType::Time => "time",
        FieldType::Duration => "duration",
        FieldType::Range => "range",
        FieldType::Tags => "tags",
        FieldType::Link => "link",
        FieldType::Links => "links",
        FieldType::Rows => "rows",
        FieldType::File => "file",
    };
    match f.is_link() && !f.target.is_empty() {
        true => format!("{name} to {}", f.target.join(", ")),
        false => name.to_string(),
    }
}

fn help(catalogue: &Catalogue, f: &Field) -> String {
    let mut text = f.help.clone();
    let of_method = |id| catalogue.method(DEFAULT_METHOD).and_then(|m| m.scale(id));
    let scale = f
        .scale
        .as_deref()
        .and_then(|id| of_method(id).or_else(|| catalogue.scale(id)));
    let levels = scale.iter().flat_map(|s| &s.levels).map(|l| l.id.as_str());
    let words: Vec<&str> = f.choices.iter().map(|c| c.id.as_str()).chain(levels).collect();
    if !words.is_empty() && words.len() <= 12 {
        text.push_str(&format!(" One of: {}.", words.join(", ")));
    }
    if f.required == Need::Save {
        text.push_str(" Required.");
    }
    text
}

/// What is worked out, with the words that it may come to.
fn derived(kind: &Kind) -> Vec<Vec<String>> {
    let row = |d: &Derived| {
        let words = derive::words(&d.from).join(", ");
        let help = match words.is_empty() {
            true => d.help.clone(),
            false => format!("{} One of: {words}.", d.help),
        };
        vec![d.name.clone(), help]
    };
    kind.derived.iter().map(row).collect()
}

fn moves(kind: &Kind) -> Vec<Vec<String>> {
    kind.transitions
        .iter()
        .map(|t| {
            let from: Vec<&str> = t
                .from
                .iter()
                .map(|f| if f == "*" { "any" } else { f.as_str() })
                .collect();
            let mut help = t.help.clone();
            if !t.asks.is_empty() {
                help.push_str(&format!(" Asks for {}.", t.asks.join(", ")));
            }
            if !t.sets.is_empty() {
                let names: Vec<&str> = t.sets.keys().map(String::as_str).collect();
                help.push_str(&format!(" Sets {}.", names.join(", ")));
            }
            let to = if t.stays() { "stays" } else { t.to.as_str() };
            vec![t.name.clone(), format!("{} > {to}. {help}", from.join(", "))]
        })
        .collect()
}
