//! `isms gaps`: what an auditor will ask for and is not there. `isms stages`: how far each stage is.

use super::due::remedy;
use super::when::Seen;
use super::{Context, out};
use crate::error::{Error, Result};
use crate::ledger::Access;
use crate::method::agenda::{Agenda, Gap, Lack, Next, Remedy, STAGES};
use crate::method::checklist::Answer;
use crate::model::calendar;
use crate::model::kind::Stage;
use crate::model::world::World;
use clap::Args;
use serde_json::{Value, json};
use std::io::Write;

/// List what is missing: documented information, rules that do not hold, records that lead to no risk.
///
/// Each with what mends it. Status 1 if something is missing.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  isms gaps\n  isms gaps --stage establish\n  \
                        isms gaps --json | jq -r '.[] | select(.rule == \"orphan\") | .id'")]
pub struct Gaps {
    /// For programs: a JSON array of objects
    #[arg(long)]
    json: bool,
    /// Only of this stage: establish, implement, run, monitor, review, maintain or improve
    #[arg(long, value_name = "STAGE")]
    stage: Option<String>,
    /// As it was: a day, a time or a commit
    #[arg(long, value_name = "WHEN", allow_hyphen_values = true)]
    as_of: Option<String>,
}

/// Show how far each stage of the lifecycle is, and what is to be done next there.
///
/// Complete is the share of a stage's records without a gap and with nothing overdue, and of the items of the
/// certification checklist that are met.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  isms stages\n  isms stages --json")]
pub struct Stages {
    /// For programs: a JSON array of objects
    #[arg(long)]
    json: bool,
}

/// The stage that a word means.
fn stage(word: &str) -> Result<Stage> {
    let w = word.trim().to_lowercase();
    let found = STAGES
        .iter()
        .find(|(_, name)| !w.is_empty() && name.to_lowercase().starts_with(&w));
    found.map(|(s, _)| *s).ok_or_else(|| {
        let names: Vec<String> = STAGES.iter().map(|(_, name)| name.to_lowercase()).collect();
        Error::failed(format!("'{word}' is no stage")).hint(names.join(", "))
    })
}

impl Gaps {
    pub(super) fn run(self, context: &Context, out: &mut dyn Write) -> Result<u8> {
        let only = self.stage.as_deref().map(stage).transpose()?;
        let session = context.open(Access::Read)?;
        let seen = Seen::of(&session, self.as_of.as_deref())?;
        let w = seen.world();
        let agenda = Agenda::build(&w);
        let (mut rows, mut objects) = (Vec::new(), Vec::new());
        for (stage, name) in STAGES.iter().filter(|(s, _)| only.is_none_or(|o| o == *s)) {
            for lack in agenda.lacks(*stage) {
                rows.push(lack_row(&w, name, &lack));
                objects.push(lack_object(&w, name, &lack));
            }
            for gap in agenda.stage_gaps(*stage) {
                rows.push(gap_row(&w, name, &gap));
                objects.push(gap_object(&w, name, &gap));
            }
        }
        if self.json {
            out::json(out, &Value::Array(objects))?;
        } else if rows.is_empty() {
            eprintln!("nothing is missing");
        } else {
            out::plain_table(
                out,
                context.look,
                &["Stage", "ID", "What is missing", "Mend by"],
                2,
                &rows,
            )?;
            eprintln!("{} gaps", rows.len());
        }
        Ok(u8::from(!rows.is_empty()))
    }
}

fn lack_row(w: &World, stage: &str, lack: &Lack) -> Vec<String> {
    let kind = &w.kind_at(lack.item.kind).name;
    let mend = match lack.answer {
        Answer::Missing => format!("create or approve {kind}"),
        Answer::Outdated => format!("review {kind}"),
        Answer::Unproved | Answer::Met => format!("evidence of {kind}"),
    };
    vec![stage.to_string(), lack.item.clause.clone(), lack.sentence(w), mend]
}

fn lack_object(w: &World, stage: &str, lack: &Lack) -> Value {
    json!({
        "stage": stage.to_lowercase(),
        "item": lack.item.id,
        "clause": lack.item.clause,
        "message": lack.sentence(w),
        "remedy": match lack.answer {
            Answer::Missing => json!({ "create": w.kind_at(lack.item.kind).name }),
            _ => Value::Null,
        },
    })
}

/// A sentence without the id that stands beside it.
fn bare<'a>(id: &str, sentence: &'a str) -> &'a str {
    sentence
        .strip_prefix(id)
        .map_or(sentence, |s| s.trim_start_matches([' ', ':']))
}

fn gap_row(w: &World, stage: &str, gap: &Gap) -> Vec<String> {
    let label = |name: &str| w.kind(&gap.id).map_or(String::new(), |k| k.label(name).to_lowercase());
    let mend = match &gap.remedy {
        Remedy::Field(name) => label(name),
        Remedy::Move(name) | Remedy::Duty(name) => name.clone(),
        Remedy::Create(kind) => format!("new {kind}"),
        Remedy::Open => String::new(),
    };
    let id = gap.id.to_string();
    let sentence = bare(&id, &gap.message).to_string();
    vec![stage.to_string(), id, sentence, mend]
}

fn gap_object(w: &World, stage: &str, gap: &Gap) -> Value {
    json!({
        "stage": stage.to_lowercase(),
        "id": gap.id.as_str(),
        "kind": w.kind(&gap.id).map(|k| k.name.as_str()),
        "rule": gap.rule,
        "message": gap.message,
        "remedy": remedy(&gap.remedy),
    })
}

impl Stages {
    pub(super) fn run(self, context: &Context, out: &mut dyn Write) -> Result<u8> {
        let session = context.open(Access::Read)?;
        let w = session.world();
        let agenda = Agenda::build(&w);
        let all = STAGES.iter().map(|(stage, name)| (name, agenda.progress(&w, *stage)));
        if self.json {
            let objects = all.map(|(name, p)| {
                json!({
                    "stage": name.to_lowercase(),
                    "records": p.records,
                    "open": p.open,
                    "overdue": p.late,
                    "gaps": p.gaps,
                    "complete": p.complete,
                    "next": p.next.as_ref().map(|n| words(&w, n)),
                })
            });
            out::json(out, &Value::Array(objects.collect()))?;
            return Ok(0);
        }
        let row = |(name, p): (&&str, crate::method::agenda::Progress)| {
            vec![
                (*name).to_string(),
                format!("{} %", p.complete),
                p.records.to_string(),
                p.open.to_string(),
                p.late.to_string(),
                p.gaps.to_string(),
                p.next.as_ref().map(|n| words(&w, n)).unwrap_or_default(),
            ]
        };
        let rows: Vec<Vec<String>> = all.map(row).collect();
        let heads = ["Stage", "Complete", "Records", "Open", "Overdue", "Gaps", "Next"];
        out::plain_table(out, context.look, &heads, 6, &rows)?;
        Ok(0)
    }
}

/// What is to be done next, in a few words.
fn words(w: &World, next: &Next) -> String {
    match next {
        Next::Due(d) => format!("{} {} {}", d.id, d.word, calendar::show_relative(d.day, w.today)),
        Next::Lack(l) => l.sentence(w),
        Next::Gap(g) => g.message.clone(),
    }
}
