//! `isms show`: one record, whole.

use super::out::Look;
use super::when::Seen;
use super::{Context, out, set};
use crate::error::Result;
use crate::exchange::json;
use crate::ledger::{Access, Revision};
use crate::model::calendar;
use crate::model::codec;
use crate::model::kind::{FieldType, Kind, STATE};
use crate::model::merge;
use crate::model::record::Record;
use crate::model::stated;
use crate::model::world::World;
use crate::session::Session;
use crate::ui::text::{clean, lines, width};
use clap::Args;
use std::io::Write;

/// How many of the last changes are shown.
const LAST: usize = 5;

/// Show a record: its values, its links both ways, its last changes.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  isms show R-0012\n  isms show r12 --json\n  \
                        isms show R-0012 --as-of 2026-03-31     as it was at the end of that day\n  \
                        isms show R-0012 --as-of '30d ago'\n  isms show R-0012 --as-of '#4121'        after that commit")]
pub struct Show {
    /// The record
    id: String,
    /// For programs: a JSON object with every field by name
    #[arg(long)]
    json: bool,
    /// As it was: a day, a time or a commit
    #[arg(long, value_name = "WHEN", allow_hyphen_values = true)]
    as_of: Option<String>,
}

impl Show {
    pub(super) fn run(self, context: &Context, out: &mut dyn Write) -> Result<u8> {
        let session = context.open(Access::Read)?;
        let seen = Seen::of(&session, self.as_of.as_deref())?;
        let w = seen.world();
        let record = set::record(&w, &self.id)?;
        let Some(kind) = w.kind(&record.id) else { return Ok(1) };
        if self.json {
            let mut all = json::object(&w, kind, record);
            let linked: Vec<_> = inbound(&w, record)
                .iter()
                .map(|i| serde_json::json!({"id": i.from.id.as_str(), "field": i.name, "title": i.from.title()}))
                .collect();
            all.insert("linked_from".into(), linked.into());
            out::json(out, &all.into())?;
            return Ok(0);
        }
        print(out, context.look, &session, &w, kind, record)?;
        let mut history = session.ledger.history(&record.id)?;
        history.retain(|r| r.seq <= w.state.seq);
        changes(out, context.look, &w, kind, &history)?;
        Ok(0)
    }
}

/// A record that links here.
struct Inbound<'w> {
    from: &'w Record,
    /// The name of its field.
    name: &'w str,
    /// How this end names the link.
    label: String,
}

/// Who links to a record, by the words for it.
fn inbound<'w>(w: &World<'w>, record: &Record) -> Vec<Inbound<'w>> {
    let mut all: Vec<Inbound> = Vec::new();
    for (from, tag) in w.state.inbound(&record.id) {
        let (Some(from), Some(kind)) = (w.find(from), w.kind(from)) else {
            continue;
        };
        let Some(f) = kind.field_by_tag(tag) else { continue };
        let label = f
            .inverse
            .clone()
            .unwrap_or_else(|| format!("{}: {}", kind.titles, f.label));
        all.push(Inbound {
            from,
            name: &f.name,
            label,
        });
    }
    all.sort_by(|a, b| (&a.label, &a.from.id).cmp(&(&b.label, &b.from.id)));
    all
}

/// Values by group, then the links that lead here.
fn print(out: &mut dyn Write, look: Look, session: &Session, w: &World, kind: &Kind, record: &Record) -> Result<()> {
    writeln!(
        out,
        "{}  {}",
        look.strong(record.id.as_str()),
        look.strong(&clean(record.title()))
    )?;
    let mut about = vec![kind.title.to_lowercase(), clean(record.state()).into_owned()];
    if let Some(m) = &record.meta {
        let who = codec::name(w, &m.changed.actor);
        about.push(format!(
            "changed {} by {}",
            calendar::show_moment(m.changed.time),
            clean(&who)
        ));
    }
    writeln!(out, "{}", look.faint(&about.join(" - ")))?;
    if let Some(said) = stated::of(record) {
        writeln!(out, "{}", look.faint(&clean(&said.words(w))))?;
    }
    let fields = kind.fields.iter().filter(|f| f.tag != STATE && f.name != "title");
    let shown: Vec<(Option<&str>, &str, String)> = grouped(fields, record)
        .map(|(group, f, v)| {
            let mut text = codec::show_long(w, kind, Some(record), &f.name, v);
            if v.files().any(|f| !session.ledger.has_file(f)) {
                text.push_str("\nmissing: its bytes are not in the store; isms verify tells more");
            }
            (group, f.label.as_str(), text)
        })
        .collect();
    let derived: Vec<(&str, String)> = kind
        .derived
        .iter()
        .map(|d| (d.label.as_str(), codec::cell(w, kind, record, &d.name)))
        .filter(|(_, text)| !text.is_empty() && text != "0")
        .collect();
    let incoming = inbound(w, record);
    let labels = shown.iter().map(|s| s.1).chain(derived.iter().map(|d| d.0));
    let column = labels.map(width).max().unwrap_or(0) + 2;
    let line = |out: &mut dyn Write, label: &str, text: &str| -> Result<()> {
        for (n, part) in lines(text).enumerate() {
            let label = if n == 0 { label } else { "" };
            let gap = " ".repeat(column.saturating_sub(width(label)));
            writeln!(out, "  {}{gap}{part}", look.faint(label))?;
        }
        Ok(())
    };
    let mut last = None;
    for (group, label, text) in &shown {
        if *group != last {
            writeln!(out, "\n{}", look.strong(group.unwrap_or("")))?;
            last = *group;
        }
        line(out, label, text)?;
    }
    if !derived.is_empty() {
        writeln!(out, "\n{}", look.strong("Worked out"))?;
        for (label, text) in &derived {
            line(out, label, text)?;
        }
    }
    let mut last = "";
    for i in &incoming {
        if i.label != last {
            writeln!(out, "\n{}", look.strong(&clean(&i.label)))?;
            last = &i.label;
        }
        writeln!(out, "  {}  {}", i.from.id, clean(i.from.title()))?;
    }
    Ok(())
}

/// The fields that have a value, each with the group under which it stands.
fn grouped<'a>(
    fields: impl Iterator<Item = &'a crate::model::kind::Field>,
    record: &'a Record,
) -> impl Iterator<
    Item = (
        Option<&'a str>,
        &'a crate::model::kind::Field,
        &'a crate::model::value::Value,
    ),
> {
    let mut group = None;
    let all: Vec<_> = fields
        .filter_map(|f| {
            group = f.group.as_deref().or(group);
            let empty = f.kind == FieldType::Tags && record.get(f.tag).is_some_and(|v| v.is_empty());
            Some((group, f, record.get(f.tag).filter(|_| !empty)?))
        })
        .collect();
    all.into_iter()
}

/// The last changes, newest first.
fn changes(out: &mut dyn Write, look: Look, w: &World, kind: &Kind, history: &[Revision]) -> Result<()> {
    writeln!(out, "\n{}", look.strong("Last changes"))?;
    for r in history.iter().take(LAST) {
        writeln!(out, "  {}", headline(look, w, r))?;
        // What it was created with stands above, or in the log.
        if r.before.is_some() {
            details(out, look, w, kind, r, "      ")?;
        }
    }
    if history.len() > LAST {
        let id = &history[0].after.id;
        writeln!(
            out,
            "  {}",
            look.faint(&format!("and {} more: isms log {id}", history.len() - LAST))
        )?;
    }
    Ok(())
}

/// One change in a line: commit, time, person, action, reason.
pub fn headline(look: Look, w: &World, r: &Revision) -> String {
    let mut text = format!(
        "{}  {}  {}  {}",
        look.strong(&format!("#{}", r.seq)),
        calendar::show_moment(r.time),
        super::log::who(w, &r.actor),
        clean(&r.action)
    );
    if let Some(n) = r.undoes {
        text.push_str(&format!(" of #{n}"));
    }
    if let Some(reason) = super::log::reason(r.reason.as_deref(), &r.action, r.undoes) {
        text.push_str(&format!("  \"{}\"", clean(reason)));
    }
    text
}

/// What a change did, field by field.
pub fn details(out: &mut dyn Write, look: Look, w: &World, kind: &Kind, r: &Revision, indent: &str) -> Result<()> {
    if let (None, Some(said)) = (&r.before, stated::of(&r.after)) {
        writeln!(out, "{indent}{}", look.faint(&clean(&said.words(w))))?;
    }
    let short = |text: &str| {
        let one: Vec<String> = lines(text).map(|l| l.into_owned()).collect();
        let mut text = one.join(" / ");
        if look.ascii {
            text = text.replace('\u{2212}', "-");
        }
        if text.is_empty() {
            "-".to_string()
        } else {
            crate::ui::text::fit(&text, 60, look.cut()).into_owned()
        }
    };
    for d in merge::diff(w, kind, r.before.as_deref(), &r.after) {
        // Of links, tags and rows the change is told as a whole.
        let change = match d.before.is_empty() {
            false => format!("{} {} {}", short(&d.before), look.arrow(), short(&d.after)),
            true => short(&d.after),
        };
        writeln!(out, "{indent}{} {change}", look.faint(&format!("{}:", clean(&d.label))))?;
    }
    Ok(())
}
