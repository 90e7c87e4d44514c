//! `isms methods`: the methods of assessment that are known, which is in force for whom, and the way from one to another.

use super::{Context, add, out, refusal};
use crate::error::{Error, Result};
use crate::ledger::Access;
use crate::method::mapping::{self, Mapping};
use crate::model::builtin;
use crate::model::codec;
use crate::model::door;
use crate::model::kind::{Column, Level, Method, Scale};
use crate::model::record::Record;
use crate::model::world::World;
use clap::{Args, Subcommand};
use std::io::Write;
use std::sync::Arc;

/// List the methods of assessment, show one, or bring what was judged by one to another.
///
/// A method of your own is a file in methods/ of the configuration: isms define adopt takes it into the ledger.
#[derive(Debug, Args)]
#[command(
    args_conflicts_with_subcommands = true,
    after_help = "Examples:\n  isms methods\n  isms methods iso27005-5x5\n  isms methods --example > house.toml && isms define adopt house.toml\n  \
                  isms methods map iso27005-5x5 house --likelihood almost-certain=often --dry-run"
)]
pub struct Methods {
    /// The method: its id, or a part of its name
    method: Option<String>,
    /// Print a method of one's own with everything that can be said in one
    #[arg(long, conflicts_with = "method")]
    example: bool,
    #[command(subcommand)]
    action: Option<Action>,
}

#[derive(Debug, Subcommand)]
enum Action {
    Map(Map),
}

/// Bring the records that were judged by one method to another, in one commit.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  isms methods map ebios-4x4 house --impact critical=major --dry-run")]
pub struct Map {
    /// By which they were judged
    old: String,
    /// By which they shall be judged [default: the one in force]
    new: Option<String>,
    /// Levels of likelihood that become others than by their position: old=new,old=new
    #[arg(long, value_name = "PAIRS", default_value = "", hide_default_value = true)]
    likelihood: String,
    /// Levels of impact that become others than by their position
    #[arg(long, value_name = "PAIRS", default_value = "", hide_default_value = true)]
    impact: String,
    /// Show what would move, and change nothing
    #[arg(long)]
    dry_run: bool,
    /// Why, for the history
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
}

impl Methods {
    pub(super) fn run(self, context: &Context, out: &mut dyn Write) -> Result<u8> {
        if let Some(Action::Map(map)) = self.action {
            return map.run(context, out);
        }
        if self.example {
            out.write_all(builtin::METHOD_EXAMPLE.as_bytes())?;
            return Ok(0);
        }
        let session = context.open(Access::Read)?;
        let w = session.world();
        match &self.method {
            Some(word) => one(&w, find(&w, word)?, context, out),
            None => list(&w, context, out),
        }
    }
}

impl Map {
    fn run(self, context: &Context, out: &mut dyn Write) -> Result<u8> {
        let access = if self.dry_run { Access::Read } else { Access::Write };
        let mut session = context.open(access)?;
        let w = session.world();
        let old = find(&w, &self.old)?;
        let new = match &self.new {
            Some(word) => find(&w, word)?,
            None => w
                .catalogue
                .kind("risk")
                .and_then(|k| w.method(k, None))
                .ok_or_else(|| Error::failed("no method is in force"))?,
        };
        if old.id == new.id {
            return Err(
                Error::failed(format!("{} is both the old and the new method", old.title()))
                    .hint("name two: isms methods lists them"),
            );
        }
        let mut mapping = Mapping::new(old, new);
        for (scale, pairs) in [("likelihood", &self.likelihood), ("impact", &self.impact)] {
            mapping::read_pairs(pairs, scale, &mut mapping).map_err(|e| Error::failed(format!("--{scale}: {e}")))?;
        }
        let records = mapping.records(&w);
        if records.is_empty() {
            return Err(Error::nothing(format!("no open record is judged by {}", old.title())));
        }
        preview(&w, &mapping, &records, context, out)?;
        let mut draft = mapping.draft(&w, &records);
        draft.reason = self.reason;
        if self.dry_run {
            if let Err(refusal) = door::admit(&w, session.actor()?, &draft) {
                return Err(refusal::refused(&w, &draft, refusal));
            }
            writeln!(out, "nothing was changed: this was a dry run")?;
            return Ok(0);
        }
        add::write(&mut session, &draft, out)
    }
}

/// The method that a word means.
fn find<'a>(w: &World<'a>, word: &str) -> Result<&'a Method> {
    let low = word.trim().to_lowercase();
    let all = &w.catalogue.methods;
    let by_id = all.iter().find(|m| m.id == low || m.aliases.contains(&low));
    let named: Vec<&Method> = all.iter().filter(|m| m.title().to_lowercase().contains(&low)).collect();
    match (by_id, named.as_slice()) {
        (Some(m), _) => Ok(m),
        (None, [one]) => Ok(one),
        _ => {
            let ids: Vec<&str> = all.iter().map(|m| m.id.as_str()).collect();
            Err(Error::failed(format!("'{word}' is no method")).hint(format!("the methods are {}", ids.join(", "))))
        }
    }
}

fn list(w: &World, context: &Context, out: &mut dyn Write) -> Result<u8> {
    let row = |m: &Method| {
        let size = format!("{}x{}", m.levels("likelihood").len(), m.levels("impact").len());
        vec![
            m.id.clone(),
            m.title(),
            if m.overall.is_some() {
                format!("{size}, two steps")
            } else {
                size
            },
            m.levels("level").len().to_string(),
            in_force(w, m),
        ]
    };
    let rows: Vec<Vec<String>> = w.catalogue.methods.iter().map(row).collect();
    out::glossary(
        out,
        context.look,
        &["Id", "Method", "Size", "Levels", "In force"],
        &rows,
    )?;
    for (old, new, n) in mapping::wanted(w) {
        writeln!(
            out,
            "\n{n} were judged by {}, and {} is in force: isms methods map {} {}",
            old.title(),
            new.title(),
            old.id,
            new.id
        )?;
    }
    Ok(0)
}

/// For whom a method is in force, in words.
fn in_force(w: &World, m: &Method) -> String {
    let whole = w
        .catalogue
        .kind("risk")
        .and_then(|k| w.method(k, None))
        .is_some_and(|i| i.id == m.id);
    let mut parts: Vec<String> = whole.then(|| "the organisation".to_string()).into_iter().collect();
    if let Some(kind) = w.catalogue.kind("method") {
        let model = kind.field("model").map(|f| f.tag);
        let of = |r: &&Arc<Record>| r.state() == "in-force" && model.is_some_and(|t| r.text(t) == m.id);
        for r in w.live("method").filter(of) {
            let scopes = codec::cell(w, kind, r, "scopes");
            parts.push(if scopes.is_empty() {
                r.id.to_string()
            } else {
                format!("{scopes} ({})", r.id)
            });
        }
    }
    if m.retired {
        parts.push("put away".to_string());
    }
    parts.join(", ")
}

/// A method with its matrix, its scales and its criteria.
fn one(w: &World, m: &Method, context: &Context, out: &mut dyn Write) -> Result<u8> {
    let look = context.look;
    writeln!(out, "{}", look.strong(&m.title()))?;
    writeln!(out, "{}", m.source)?;
    if !m.note.is_empty() {
        writeln!(out, "{}", m.note)?;
    }
    if let Some(overall) = &m.overall {
        writeln!(out)?;
        matrix(out, context, (m, "initiation", "adverse", "likelihood"), overall)?;
    }
    writeln!(out)?;
    matrix(out, context, (m, "likelihood", "impact", "level"), &m.grid)?;
    for s in &m.scales {
        writeln!(out)?;
        let rows: Vec<Vec<String>> = s.levels.iter().rev().map(|l| level(s, l)).collect();
        out::glossary(out, look, &["Id", &s.name, "", "", "What it means"], &rows)?;
    }
    let name = |place: Option<usize>| {
        let level = place.and_then(|p| m.levels("level").get(p));
        level.map_or("none", |l| l.name.as_str()).to_owned()
    };
    let force = in_force(w, m);
    writeln!(
        out,
        "\nappetite {}, tolerance {}; in force for {}",
        name(m.appetite()),
        name(m.tolerance()),
        if force.is_empty() { "nobody" } else { &force }
    )?;
    Ok(0)
}

/// A level: its words, its band and what is decided.
fn level(s: &Scale, l: &Level) -> Vec<String> {
    let band = match (l.from, l.to) {
        (Some(from), Some(to)) => format!("{from} to {to}"),
        (Some(from), None) => format!("from {from}"),
        _ => String::new(),
    };
    let unit = if band.is_empty() || s.id == "impact" {
        ""
    } else {
        " a year"
    };
    let decision = l.decision.map_or("", |d| d.word());
    vec![
        l.id.clone(),
        l.name.clone(),
        l.short.clone().unwrap_or_default(),
        if decision.is_empty() {
            format!("{band}{unit}")
        } else {
            decision.to_owned()
        },
        l.help.clone(),
    ]
}

/// A matrix as a table of names, the highest row first.
fn matrix(
    out: &mut dyn Write,
    context: &Context,
    (m, rows, columns, cells): (&Method, &str, &str, &str),
    grid: &[Vec<usize>],
) -> Result<()> {
    let name = |scale: &str, n: usize| m.levels(scale).get(n).map_or(String::new(), |l| l.name.clone());
    let axis = m.scale(rows).map_or("", |s| &s.name).to_owned();
    let heads: Vec<String> = std::iter::once(axis)
        .chain((0..m.levels(columns).len()).map(|n| name(columns, n)))
        .collect();
    let table: Vec<Vec<String>> = grid
        .iter()
        .enumerate()
        .rev()
        .map(|(y, row)| {
            std::iter::once(name(rows, y))
                .chain(row.iter().map(|v| name(cells, *v)))
                .collect()
        })
        .collect();
    let column = |_: &String| Column {
        field: String::new(),
        label: None,
        width: 4,
        grow: false,
        rank: 0,
    };
    let shape: Vec<Column> = heads.iter().map(column).collect();
    out::table(out, context.look, &shape, &heads, &table)
}

/// The table of levels, and every record with its levels before and after.
fn preview(
    w: &World,
    mapping: &Mapping,
    records: &[Arc<Record>],
    context: &Context,
    out: &mut dyn Write,
) -> Result<()> {
    let arrow = context.look.arrow();
    let name = |m: &Method, scale: &str, n: usize| m.levels(scale).get(n).map_or("-", |l| l.name.as_str()).to_owned();
    for scale in mapping::SCALES {
        let column = mapping.table.scale(scale).iter().enumerate();
        let pairs = column.map(|(from, to)| {
            format!(
                "{} {arrow} {}",
                name(mapping.old, scale, from),
                name(mapping.new, scale, *to)
            )
        });
        writeln!(out, "{scale}: {}", pairs.collect::<Vec<_>>().join(", "))?;
    }
    let mut rows = Vec::new();
    let mut moved = 0;
    for r in records {
        let views = mapping.preview(w, r);
        moved += usize::from(mapping::moves(mapping, &views));
        let words = views.iter().map(|v| {
            let side = |m: &Method, at: Option<usize>| at.map_or("-".to_owned(), |n| name(m, "level", n));
            let (before, after) = (side(mapping.old, v.before), side(mapping.new, v.after));
            let label = w.kind(&r.id).map_or("", |k| k.label(&v.view)).to_lowercase();
            if before == after {
                format!("{label} {after}")
            } else {
                format!("{label} {before} {arrow} {after}")
            }
        });
        rows.push(vec![
            r.id.to_string(),
            r.title().to_owned(),
            words.collect::<Vec<_>>().join(", "),
        ]);
    }
    writeln!(out)?;
    out::glossary(out, context.look, &["Id", "Record", "Level before and after"], &rows)?;
    writeln!(out, "\n{moved} of {} move to another level", records.len())?;
    Ok(())
}
