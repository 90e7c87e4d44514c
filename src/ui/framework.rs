//! A framework as a tree: its clauses with the registers that answer them, what they hold and what is missing there;
//! its controls with the row of the statement of applicability of each.

use super::hierarchy::Ends;
use super::line::Stop;
use super::picker::{Choice, Picker};
use super::spot::Of;
use super::tree::{Fold, Grow, Head, Row};
use super::{Model, text};
use crate::model::framework::{Answer, Framework, Item, Part};
use crate::model::kind::KindIx;
use crate::model::world::World;
use crate::ui::asked::Picked;
use crate::ui::job::Effect;
use crate::ui::modal::Modal;
use std::collections::BTreeSet;

/// The widths of the columns of a clause: how many records, how many gaps.
const NUMBERS: [u16; 2] = [14, 12];

/// Shows the framework, or asks which if there are several.
pub(crate) fn show(m: &mut Model) -> Vec<Effect> {
    let frameworks = &m.catalogue.frameworks;
    if let [one] = frameworks.as_slice() {
        let id = one.id.clone();
        return m.open_tree(Of::Framework(id));
    }
    let choices = frameworks.iter().map(|f| Choice {
        note: f.title.clone(),
        ..Choice::new(&f.id, &f.name)
    });
    let picker = Picker::new("Framework", choices.collect());
    m.modals.push(Modal::Pick(Box::new(picker), Picked::Tree));
    Vec::new()
}

pub(crate) fn are_there(m: &Model) -> Result<(), String> {
    super::able::is_open(m)?;
    match m.catalogue.frameworks.is_empty() {
        false => Ok(()),
        true => Err("there is no framework".into()),
    }
}

impl Model {
    pub(crate) fn grow_framework(&self, id: &str, grow: &mut Grow) {
        let w = self.world();
        let Some(framework) = self.catalogue.frameworks.iter().find(|f| f.id == *id) else {
            return;
        };
        let answers = framework.answers(&self.catalogue);
        self.grow_items(&w, framework, &answers, None, grow);
    }

    fn grow_items(
        &self,
        w: &World,
        framework: &Framework,
        answers: &[(&Item, Vec<Answer>)],
        above: Option<&str>,
        grow: &mut Grow,
    ) {
        for (part, item) in framework.children(above) {
            match part {
                Part::Group => {
                    let made = self.group_row(w, framework, answers, item);
                    grow.add(&item.id, made, Fold::Shut, |grow| {
                        self.grow_items(w, framework, answers, Some(&item.id), grow);
                    });
                }
                Part::Clause => {
                    let by = answers.iter().find(|(i, _)| i.id == item.id);
                    self.grow_clause(item, by.map_or(&[], |(_, by)| by.as_slice()), grow);
                }
                Part::Control => grow.leaf(&item.id, self.control_row(w, framework, item)),
            }
        }
    }

    fn heading(item: &Item, role: &'static str) -> Row {
        Row::default()
            .and(item.id.clone(), "id")
            .and(text::clean(&item.title).into_owned(), role)
    }

    /// A heading: what the clauses below it hold and miss, or how many controls below it apply and are in place.
    fn group_row(&self, w: &World, framework: &Framework, answers: &[(&Item, Vec<Answer>)], item: &Item) -> Row {
        let made = Self::heading(item, "heading");
        let below = |i: &Item| framework.parent(&i.id).is_some_and(|g| g.id == item.id);
        let controls: Vec<&Item> = framework.controls.iter().filter(|c| below(c)).collect();
        if !controls.is_empty() {
            let rows = controls.iter().filter_map(|c| w.find(&framework.row_id(&c.id)));
            let decided = rows.filter(|r| !r.is_retired()).count();
            return made.and(format!("{decided} of {}", controls.len()), "muted");
        }
        let under = answers.iter().filter(|(i, _)| below(i));
        let kinds: BTreeSet<KindIx> = under.flat_map(|(_, by)| self.kinds_of(by)).collect();
        self.numbered(made, &kinds)
    }

    fn kinds_of(&self, by: &[Answer]) -> BTreeSet<KindIx> {
        by.iter()
            .filter_map(|a| self.catalogue.index_of(&a.kind.name))
            .collect()
    }

    /// A row with how many records some registers hold, and how many gaps there are in them.
    fn numbered(&self, made: Row, kinds: &BTreeSet<KindIx>) -> Row {
        let live: usize = kinds.iter().map(|ix| self.counts[*ix].live).sum();
        let gaps: usize = match self.known() {
            Some(agenda) => kinds.iter().map(|ix| agenda.count(*ix).gaps).sum(),
            None => 0,
        };
        let (held, role) = match live {
            0 => ("nothing yet".to_owned(), "warn"),
            1 => ("   1 record".to_owned(), "text"),
            n => (format!("{n:>4} records"), "text"),
        };
        let (missing, gap) = match gaps {
            0 => (String::new(), "muted"),
            1 => ("  1 gap".to_owned(), "warn"),
            n => (format!("{n:>3} gaps"), "warn"),
        };
        made.end(NUMBERS[0], held, role).end(NUMBERS[1], missing, gap)
    }

    /// A clause, and below it the registers that answer it.
    fn grow_clause(&self, item: &Item, by: &[Answer], grow: &mut Grow) {
        let mut made = self.numbered(Self::heading(item, "text"), &self.kinds_of(by));
        if by.is_empty() {
            made.end = vec![(NUMBERS[0] + NUMBERS[1] + 1, "no register answers it".into(), "warn")];
        }
        let fold = if by.is_empty() { Fold::Leaf } else { Fold::Shut };
        grow.add(&item.id, made, fold, |grow| {
            for answer in by {
                let Some(ix) = self.catalogue.index_of(&answer.kind.name) else {
                    continue;
                };
                let labels: Vec<&str> = answer.fields.iter().map(|f| f.label.as_str()).collect();
                let row = Row::default()
                    .and(answer.kind.titles.clone(), "text")
                    .and(labels.join(", "), "muted")
                    .to(Stop::Register(ix));
                grow.leaf(&answer.kind.name, self.numbered(row, &BTreeSet::from([ix])));
            }
        });
    }

    /// A control, and how its row of the statement of applicability stands.
    fn control_row(&self, w: &World, framework: &Framework, item: &Item) -> Row {
        let made = Self::heading(item, "text");
        let id = framework.row_id(&item.id);
        match (w.find(&id).filter(|r| !r.is_retired()), self.catalogue.kind_of(&id)) {
            (Some(r), Some(ix)) => self.with_columns(w, ix, r, Ends::Less, made).to(Stop::Link(id)),
            _ => made.end(14, "not stated", "warn"),
        }
    }

    pub(crate) fn framework_head(&self, id: &str) -> Head {
        let w = self.world();
        let Some(f) = self.catalogue.frameworks.iter().find(|f| f.id == *id) else {
            return Default::default();
        };
        let stated = f.adopted(&w).count();
        let mut second = vec![
            (format!("{} clauses", f.clauses.len()), "text"),
            (format!("{stated} of {} controls stated", f.controls.len()), "text"),
        ];
        if stated < f.controls.len() {
            let key = self.key_of("framework.adopt");
            second.push((format!("{key} adopts it"), "action"));
        }
        let first = vec![(f.name.clone(), "heading"), (f.title.clone(), "muted")];
        (first, second)
    }
}
