//! `isms due`: what is to be done, by day, the worst first.

use super::when::Seen;
use super::{Context, add, out};
use crate::error::Result;
use crate::ledger::Access;
use crate::method::agenda::{Agenda, Bucket, Due as Item, Remedy, View, Wait};
use crate::model::calendar;
use crate::model::kind::{Column, KindIx};
use crate::model::record::Id;
use crate::model::rights::hands;
use crate::model::world::World;
use clap::Args;
use serde_json::{Value, json};
use std::io::Write;

/// List what is due: overdue, today and in the next 14 days, and what waits for your decision.
///
/// Reviews, tasks, ends of contracts, exceptions and evidence, exercises, trainings, documents to read, legal clocks.
/// Overdue things stand by what they weigh, then by age. Status 1 if something is overdue.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  isms due\n  isms due --mine --all\n  isms due --kind finding --json\n  \
                        isms due > /dev/null || mail -s 'overdue' ada"
)]
pub struct Due {
    /// For programs: a JSON array of objects
    #[arg(long)]
    json: bool,
    /// What is due later, too
    #[arg(long)]
    all: bool,
    /// Only what is yours, or of a post that you hold
    #[arg(long)]
    mine: bool,
    /// Only on records of this kind
    #[arg(long, value_name = "KIND")]
    kind: Option<String>,
    /// As it was: a day, a time or a commit
    #[arg(long, value_name = "WHEN", allow_hyphen_values = true)]
    as_of: Option<String>,
}

impl Due {
    pub(super) fn run(self, context: &Context, out: &mut dyn Write) -> Result<u8> {
        let session = context.open(Access::Read)?;
        let seen = Seen::of(&session, self.as_of.as_deref())?;
        let w = seen.world();
        let only = self.kind.as_deref().map(|k| add::kind(w.catalogue, k)).transpose()?;
        let agenda = Agenda::build(&w);
        let mine = hands(&w, w.me);
        let wanted = |id: &Id| only.is_none_or(|ix| w.catalogue.kind_of(id) == Some(ix));
        let shown = |d: &Item| wanted(&d.id) && (!self.mine || d.whose.iter().any(|id| mine.contains(id)));
        let buckets = Bucket::ALL.iter().filter(|b| self.all || **b != Bucket::Later);
        let due: Vec<(Bucket, Item)> = buckets
            .flat_map(|b| {
                agenda
                    .bucket(View::default(), *b)
                    .filter_map(|at| agenda.due(at))
                    .filter(shown)
                    .map(|d| (*b, d))
            })
            .collect();
        // whoever only reads waits for nothing
        let named = session.actor().map(|a| agenda.waiting_for(&w, a).named);
        let waits: Vec<Wait> = named
            .unwrap_or_default()
            .into_iter()
            .filter(|wait| wanted(&wait.id))
            .collect();
        if self.json {
            let due = due.iter().map(|(b, d)| object(&w, *b, d));
            let all: Vec<Value> = due.chain(waits.iter().map(|wait| wait_object(&w, wait))).collect();
            out::json(out, &Value::Array(all))?;
        } else {
            let rows = due.iter().map(|(_, d)| row(&w, d));
            let rows: Vec<Vec<String>> = rows.chain(waits.iter().filter_map(|wait| wait_row(&w, wait))).collect();
            print(context, out, &rows)?;
            let count = |b: Bucket| due.iter().filter(|(of, _)| *of == b).count();
            let mut words = vec![
                format!("{} overdue", count(Bucket::Late)),
                format!("{} today", count(Bucket::Today)),
                format!("{} in the next 14 days", count(Bucket::Soon)),
            ];
            if self.all {
                words.push(format!("{} later", count(Bucket::Later)));
            }
            words.push(format!("{} waiting for your decision", waits.len()));
            eprintln!("{}", words.join(", "));
        }
        Ok(u8::from(due.iter().any(|(b, _)| *b == Bucket::Late)))
    }
}

fn print(context: &Context, out: &mut dyn Write, rows: &[Vec<String>]) -> Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    let heads = ["When", "Day", "ID", "Title", "What", "Who"].map(String::from);
    let columns = [(14, 0), (10, 2), (6, 0), (16, 0), (10, 0), (8, 3)];
    let columns: Vec<Column> = columns
        .iter()
        .enumerate()
        .map(|(i, (width, rank))| Column {
            field: String::new(),
            label: None,
            width: *width,
            grow: i == 3,
            rank: *rank,
        })
        .collect();
    out::table(out, context.look, &columns, &heads, rows)
}

fn title(w: &World, id: &Id) -> String {
    w.find(id).map(|r| r.title().to_string()).unwrap_or_default()
}

/// The first of some people or posts by name, and how many more.
fn names(w: &World, ids: &[Id]) -> String {
    match ids {
        [] => String::new(),
        [one] => title(w, one),
        [one, rest @ ..] => format!("{} +{}", title(w, one), rest.len()),
    }
}

fn row(w: &World, d: &Item) -> Vec<String> {
    let day = match d.time {
        Some(ms) => calendar::show_moment(ms),
        None => calendar::show(d.day),
    };
    vec![
        calendar::show_relative(d.day, w.today),
        day,
        d.id.to_string(),
        title(w, &d.id),
        d.word.clone(),
        names(w, &d.whose),
    ]
}

fn wait_row(w: &World, wait: &Wait) -> Option<Vec<String>> {
    let t = w.kind_at(wait.kind).transitions.get(wait.transition)?;
    Some(vec![
        "waits".to_string(),
        String::new(),
        wait.id.to_string(),
        title(w, &wait.id),
        t.label.to_lowercase(),
        title(w, w.me),
    ])
}

fn kind(w: &World, ix: Option<KindIx>) -> String {
    ix.map(|ix| w.kind_at(ix).name.clone()).unwrap_or_default()
}

fn object(w: &World, bucket: Bucket, d: &Item) -> Value {
    json!({
        "id": d.id.as_str(),
        "kind": kind(w, w.catalogue.kind_of(&d.id)),
        "title": title(w, &d.id),
        "bucket": bucket.name(),
        "due": calendar::show(d.day),
        "time": d.time.map(calendar::show_time),
        "days": i64::from(d.day) - i64::from(w.today),
        "what": d.word,
        "whose": d.whose.iter().map(Id::as_str).collect::<Vec<_>>(),
        "weight": d.weight,
        "remedy": remedy(&d.remedy),
    })
}

fn wait_object(w: &World, wait: &Wait) -> Value {
    let t = w.kind_at(wait.kind).transitions.get(wait.transition);
    json!({
        "id": wait.id.as_str(),
        "kind": kind(w, Some(wait.kind)),
        "title": title(w, &wait.id),
        "bucket": "waits",
        "what": t.map(|t| t.label.to_lowercase()),
        "whose": [w.me.as_str()],
        "weight": wait.weight,
        "remedy": t.map(|t| json!({ "move": t.name })),
    })
}

/// What mends it, for programs.
pub(super) fn remedy(r: &Remedy) -> Value {
    match r {
        Remedy::Field(name) => json!({ "set": name }),
        Remedy::Move(name) => json!({ "move": name }),
        Remedy::Duty(name) => json!({ "duty": name }),
        Remedy::Create(kind) => json!({ "create": kind }),
        Remedy::Open => Value::Null,
    }
}
