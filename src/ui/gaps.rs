//! Gaps: what an auditor will ask for and is not there, stage by stage: documented information that is missing, and in
//! every record what its rules, its owner or its links lack. Each with its sentence and the key that mends it.

use super::line::Stop;
use super::spot::Of;
use super::tree::{Fold, Grow, Head, Later, Row};
use super::{Model, text};
use crate::method::agenda::{Agenda, STAGES};
use crate::method::checklist::Answer;
use crate::model::kind::{KindIx, Stage};
use crate::model::record::Id;
use crate::model::world::World;

/// How many records of a register are listed.
const MANY: usize = 300;

impl Model {
    /// The rows of the gaps.
    pub(crate) fn grow_gaps(&self, only: Option<Stage>, grow: &mut Grow) {
        let Some(agenda) = self.known() else { return };
        let w = self.world();
        for (stage, name) in STAGES.iter().filter(|(s, _)| only.is_none_or(|o| o == *s)) {
            let p = agenda.progress(&w, *stage);
            if p.gaps == 0 {
                continue;
            }
            let mut head = Row::default()
                .and(*name, "heading")
                .and(format!("{} missing,", p.gaps), "warn")
                .and(format!("{} % complete", p.complete), "muted");
            head.note = p
                .next
                .as_ref()
                .map(|n| format!("Next: {}", self.next_words(n, usize::MAX)))
                .unwrap_or_default();
            grow.add(name, head, Fold::Shut, |grow| {
                self.grow_lacks(&w, *stage, grow);
                let kinds = self.catalogue.kinds.iter().enumerate();
                for (ix, _) in kinds.filter(|(ix, k)| k.stage == *stage && agenda.count(*ix).gaps > 0) {
                    self.grow_register(agenda, ix, grow);
                }
            });
        }
    }

    /// The documented information that is not there.
    fn grow_lacks(&self, w: &World, stage: Stage, grow: &mut Grow) {
        let Some(agenda) = self.known() else { return };
        let lacks: Vec<_> = agenda.lacks(stage).collect();
        if lacks.is_empty() {
            return;
        }
        let head = Row::default()
            .and("Documented information", "text")
            .and(lacks.len().to_string(), "warn");
        grow.add("documented", head, Fold::Shut, |grow| {
            for lack in lacks {
                let kind = w.kind_at(lack.item.kind);
                let name = match lack.answer {
                    Answer::Missing if agenda.count(lack.item.kind).live == 0 => format!("new.{}", kind.name),
                    _ => format!("go.{}", kind.plural),
                };
                let action = self.actions.place(&name);
                let keys = action.and_then(|a| self.keymap.all_keys_of(a).first().cloned());
                let sentence = lack.sentence(w);
                let mut made = Row::default()
                    .and(text::clean(&sentence).into_owned(), "text")
                    .end(8, keys.unwrap_or_else(|| self.writing("row.do")), "key")
                    .to(Stop::Register(lack.item.kind));
                made.action = action;
                made.note = format!("{sentence}. ISO/IEC 27001, {}.", lack.item.clause);
                grow.leaf(&lack.item.id, made);
            }
        });
    }

    /// The gaps in the records of a register, those of one record below each other.
    fn grow_register(&self, agenda: &Agenda, ix: KindIx, grow: &mut Grow) {
        let kind = &self.catalogue.kinds[ix];
        let count = agenda.count(ix).gaps;
        let mut head = Row::default()
            .and(kind.titles.clone(), "text")
            .and(count.to_string(), "warn")
            .to(Stop::Register(ix));
        head.note.clone_from(&kind.help);
        grow.add(&kind.name, head, Fold::Shut, |grow| {
            let gaps = agenda
                .kind_gaps(ix)
                .flat_map(|(id, n)| (0..n).map(move |place| (id, place)));
            for (id, place) in gaps.take(MANY) {
                let mut made = Row::default().to(Stop::Link(id.clone()));
                made.later = Later::Gap(place);
                grow.leaf(&format!("{id} {place}"), made);
            }
            if count > MANY {
                grow.leaf(
                    "more",
                    Row::default().and(format!("and {} more", count - MANY), "muted"),
                );
            }
        });
    }

    /// The row of a gap in words.
    pub(crate) fn gap_row(&self, bare: &Row, id: &Id, place: usize) -> Row {
        let mut made = bare.clone();
        let Some(gap) = self.known().and_then(|agenda| agenda.gaps_of(id).nth(place)) else {
            return made;
        };
        // The id stands in its own place: once, and not again in the sentence.
        let sentence = text::clean(&gap.message).into_owned();
        let words = sentence
            .strip_prefix(id.as_str())
            .map_or(sentence.as_str(), |s| s.trim_start_matches([' ', ':']));
        let shown = match place {
            0 => id.to_string(),
            _ => " ".repeat(id.as_str().len()),
        };
        let (keys, action) = self.mends(&gap);
        let w = self.world();
        let title = w.find(id).map(|r| text::clean(r.title())).unwrap_or_default();
        made.note = format!("{id}  {title}\n{sentence}");
        made.action = action;
        made.and(shown, "id").and(words.to_owned(), "text").end(8, keys, "key")
    }

    pub(crate) fn gaps_head(&self, only: Option<Stage>) -> Head {
        let w = self.world();
        let name = STAGES.iter().find(|(s, _)| Some(*s) == only).map(|(_, n)| *n);
        let first = match name {
            Some(name) => format!("Gaps of {name}"),
            None => "Gaps".to_owned(),
        };
        let mut second = vec![("what an auditor will ask for".to_owned(), "muted")];
        if let Some(agenda) = self.known() {
            let met = agenda.checklist().filter(|l| l.answer == Answer::Met).count();
            let all = agenda.checklist().count();
            let stages = STAGES.iter().filter(|(s, _)| only.is_none_or(|o| o == *s));
            let gaps: usize = stages.map(|(s, _)| agenda.progress(&w, *s).gaps).sum();
            second.insert(0, (format!("{gaps} in all"), "warn"));
            if only.is_none() {
                second.insert(1, (format!("{met} of {all} documents in order"), "text"));
            }
        }
        (vec![(first, "heading")], second)
    }

    /// What is said where there are no gaps.
    pub(crate) fn no_gaps(of: &Of) -> String {
        match of {
            Of::Gaps(Some(_)) => "Nothing is missing in this stage.".to_owned(),
            _ => "Nothing is missing.".to_owned(),
        }
    }
}
