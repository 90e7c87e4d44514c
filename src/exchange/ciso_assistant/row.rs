//! One row of a CISO Assistant export as an item of the plan.

use super::Goes;
use super::lists::{self, Known, Parted};
use super::words::code;
use crate::exchange::Plan;
use crate::exchange::plan::{Cell, Item, Want};
use crate::exchange::planner::{Planner, fold};
use crate::exchange::table::{Cell as Given, Row, Table};
use crate::model::change::Actor;
use crate::model::kind::{Field, KindIx, Method, TITLE};
use crate::model::value::Value;
use crate::model::world::World;
use std::collections::{BTreeMap, HashSet};

/// Most characters of a title.
const TITLE_MAX: usize = 120;

/// Reads the rows of one file.
pub struct Reader<'a, 'p, 't> {
    pub(super) w: &'a World<'a>,
    pub(super) kind: KindIx,
    /// What parts the names of lists.
    pub(super) parted: Parted,
    pub(super) table: &'t Table,
    pub(super) columns: &'t [Option<Goes>],
    /// The method whose labels the file uses, and whether that is the organisation's.
    pub(super) method: Option<(&'a Method, bool)>,
    /// Titles that are there, folded, by kind.
    pub(super) known: BTreeMap<&'static str, Known>,
    pub(super) planner: Planner<'a, 'p, 't>,
}

/// `--` (the apostrophe before it is gone already) and nothing at all mean that nothing is set.
pub(super) fn set(text: &str) -> Option<&str> {
    let t = text.trim();
    (!matches!(t, "" | "--")).then_some(t)
}

impl<'a, 'p, 't> Reader<'a, 'p, 't> {
    /// For the rows of a table, whose columns go where `columns` says.
    pub fn new(
        w: &'a World<'a>,
        kind: KindIx,
        parted: Parted,
        table: &'t Table,
        columns: &'t [Option<Goes>],
        planner: Planner<'a, 'p, 't>,
    ) -> Self {
        let mut reader = Self {
            w,
            kind,
            parted,
            table,
            columns,
            method: None,
            known: BTreeMap::new(),
            planner,
        };
        reader.method = reader.find_method();
        for word in ["asset", "control"] {
            let own = match parted {
                Parted::Blanks => reader.with_commas(word),
                _ => Vec::new(),
            };
            let live = w.live(word).map(|r| r.title());
            let known = Known::new(live.chain(own.iter().map(String::as_str)));
            reader.known.insert(word, known);
        }
        reader
    }

    /// Names with commas in them, as the lists of the file let them be told.
    fn with_commas(&mut self, of: &str) -> Vec<String> {
        let names = |goes: &Option<Goes>| matches!(goes, Some(Goes::Names(_, word)) if *word == of);
        let listed = |row: Row<'t>| {
            let cells = row.into_iter().zip(self.columns).filter(|(_, goes)| names(goes));
            cells
                .filter_map(|(c, _)| set(&c.text).map(str::to_string))
                .collect::<Vec<_>>()
        };
        let cells: Vec<String> = self.table.rows().flat_map(listed).collect();
        let found = lists::with_commas(cells.iter().map(String::as_str));
        for name in &found {
            self.planner
                .tell(format!("'{name}' is taken for one name, not for several"));
        }
        found
    }

    /// Reads all rows and makes the plan.
    pub fn read(mut self, actor: &Actor) -> Plan {
        self.name_others();
        if let Some((method, false)) = self.method {
            let text = format!("the labels are those of {}: each risk gets this method", method.name);
            self.planner.tell(text);
        }
        for row in self.table.rows() {
            if let Some(item) = self.row(&row) {
                self.planner.add(item);
            }
        }
        self.planner.finish(actor)
    }

    /// The method whose scales know the labels of the file: the organisation's if it does, else the one that knows
    /// the most of them.
    fn find_method(&self) -> Option<(&'a Method, bool)> {
        let kind = self.w.kind_at(self.kind);
        let mut labels: Vec<(usize, &str, HashSet<String>)> = Vec::new();
        for (i, goes) in self.columns.iter().enumerate() {
            let Some(Goes::To(name)) = goes else { continue };
            let scale = kind.field(name).and_then(|f| f.scale.as_deref());
            labels.extend(
                scale
                    .filter(|s| matches!(*s, "likelihood" | "impact"))
                    .map(|s| (i, s, HashSet::new())),
            );
        }
        for row in self.table.rows() {
            for (i, _, words) in &mut labels {
                let word = row.get(*i).and_then(|c| set(&c.text));
                if let Some(word) = word.filter(|word| !words.contains(*word)) {
                    words.insert(word.to_string());
                }
            }
        }
        let total: usize = labels.iter().map(|(.., l)| l.len()).sum();
        let knows = |m: &Method| -> usize {
            let of = |(_, scale, words): &(usize, &str, HashSet<String>)| {
                words
                    .iter()
                    .filter(|word| m.scale(scale).is_some_and(|s| s.find(word).is_some()))
                    .count()
            };
            labels.iter().map(of).sum()
        };
        let own = self.w.method(kind, None)?;
        if total == 0 || knows(own) == total {
            return Some((own, true));
        }
        let best = self.w.catalogue.methods.iter().rev().max_by_key(|m| knows(m))?;
        Some(if knows(best) > knows(own) {
            (best, false)
        } else {
            (own, true)
        })
    }

    fn list(&self, text: &str, of: &'static str) -> Vec<String> {
        match (set(text), self.known.get(of)) {
            (None, _) => Vec::new(),
            (Some(t), _) if self.parted == Parted::Bars => lists::by_bars(t),
            (Some(t), Some(known)) => lists::by_commas(t, self.parted, known),
            (Some(t), None) => lists::by_commas(t, self.parted, &Known::default()),
        }
    }

    /// Assets and controls that the rows only name are made too, in the order in which they come.
    fn name_others(&mut self) {
        let mut seen: HashSet<(&str, String)> = HashSet::new();
        for row in self.table.rows() {
            for (cell, goes) in row.iter().zip(self.columns) {
                let Some(Goes::Names(_, word)) = goes else { continue };
                let Some(kind) = self.w.catalogue.index_of(word) else {
                    continue;
                };
                for name in self.list(&cell.text, word) {
                    if seen.insert((word, fold(&name))) {
                        let mut item = Item::new(cell.line, kind);
                        item.named = true;
                        self.title(&mut item, &name);
                        self.planner.add(item);
                    }
                }
            }
        }
    }

    /// The title on one line and not too long; the whole name stays findable.
    fn title(&mut self, item: &mut Item<'t>, name: &str) {
        let line: String = name
            .trim()
            .chars()
            .map(|c| if c.is_control() { ' ' } else { c })
            .collect();
        item.title = line.chars().take(TITLE_MAX).collect::<String>().into();
        if item.title != name.trim() {
            item.title = item
                .title
                .chars()
                .take(TITLE_MAX - 1)
                .chain(['…'])
                .collect::<String>()
                .into();
            item.keys.push(name.trim().to_string());
            item.kept.push(("name".to_string(), name.trim().to_string()));
            self.planner.note(
                item.line,
                format!("a name is longer than {TITLE_MAX} characters or one line; kept whole in the notes"),
            );
        }
    }

    fn row(&mut self, row: &[Given<'t>]) -> Option<Item<'t>> {
        let line = row.first().map_or(0, |c| c.line);
        let mut item = Item::new(line, self.kind);
        if let Some(extra) = row.iter().skip(self.columns.len()).find(|c| !c.text.is_empty()) {
            let why = format!("the row has {} cells, the header {}", row.len(), self.columns.len());
            self.planner.refuse(line, "", &extra.text, &why);
            return None;
        }
        if let (Some((method, false)), Some(field)) = (self.method, self.w.kind_at(self.kind).field("method")) {
            let want = Want::Value(Some(Value::Text(method.id.clone())));
            item.cells.push(Cell {
                tag: field.tag,
                column: "method",
                line,
                text: method.id.clone().into(),
                want,
                guess: true,
            });
        }
        for ((cell, head), goes) in row.iter().zip(&self.table.header).zip(self.columns) {
            match goes {
                Some(goes) => self.cell(&mut item, row, head, cell, *goes),
                None => self.keep(&mut item, head, cell, "has no field here"),
            }
        }
        Some(item)
    }

    /// What has no place goes to the notes and is listed.
    pub(super) fn keep(&mut self, item: &mut Item<'t>, head: &str, cell: &Given<'_>, why: &str) {
        if let Some(text) = set(&cell.text) {
            item.kept.push((head.to_string(), text.to_string()));
            self.planner
                .note(cell.line, format!("column '{head}' {why}; kept in the notes"));
        }
    }

    /// A value for a field by its name.
    pub(super) fn to(&self, item: &mut Item<'t>, name: &str, head: &'t str, cell: &Given<'_>, text: &str, want: Want) {
        if let Some(Field { tag, .. }) = self.w.kind_at(self.kind).field(name) {
            item.cells.push(Cell {
                tag: *tag,
                column: head,
                line: cell.line,
                text: text.to_string().into(),
                want,
                guess: true,
            });
        }
    }

    fn cell(&mut self, item: &mut Item<'t>, row: &[Given<'t>], head: &'t str, cell: &Given<'t>, goes: Goes) {
        let text = set(&cell.text).unwrap_or_default().to_string();
        match goes {
            Goes::Key => item.keys.extend((!text.is_empty()).then_some(text)),
            Goes::Title => {
                self.title(item, &text);
                let title = item.title.clone();
                item.cells.push(Cell {
                    tag: TITLE,
                    column: head,
                    line: cell.line,
                    text: title,
                    want: Want::Text,
                    guess: false,
                });
            }
            Goes::To(name) => self.to(item, name, head, cell, &text, Want::Text),
            Goes::Names(name, word) => {
                let names = self.list(&cell.text, word);
                self.to(item, name, head, cell, &text, Want::Names(names));
            }
            Goes::Joined(name, by) => {
                let joined = self.list(&cell.text, "").join(by);
                self.to(item, name, head, cell, &joined, Want::Text);
            }
            Goes::Owner => {
                let names = self.list(&cell.text, "");
                self.to(item, "owner", head, cell, &text, Want::Names(names));
            }
            Goes::Tags => {
                let words = self.list(&cell.text, "");
                self.tags(item, "tags", head, cell, words);
            }
            Goes::Treatment => match text.as_str() {
                // Nothing is decided yet, or not any more.
                "open" => self.to(item, "treatment", head, cell, &text, Want::Value(None)),
                "cancelled" => {
                    self.to(item, "treatment", head, cell, &text, Want::Value(None));
                    self.keep(item, head, cell, "says 'cancelled', which is no treatment");
                }
                _ => self.to(item, "treatment", head, cell, &text, Want::Text),
            },
            Goes::Level(likelihood, impact) => self.level(item, row, head, cell, (likelihood, impact)),
            Goes::Qualifications => {
                let mut hurts = Vec::new();
                for word in self.list(&cell.text, "") {
                    match word.to_lowercase().as_str() {
                        "confidentiality" => hurts.push("c".to_string()),
                        "integrity" => hurts.push("i".to_string()),
                        "availability" => hurts.push("a".to_string()),
                        _ => {
                            let other = Given {
                                text: word.into(),
                                line: cell.line,
                            };
                            self.keep(item, head, &other, "names more than c, i and a");
                        }
                    }
                }
                self.tags(item, "properties", head, cell, hurts);
            }
            Goes::Status => self.status(item, head, cell, &text),
            Goes::Money(name) => self.money(item, row, name, head, cell),
            Goes::Currency => match code(&text) {
                Some(code) => self.to(item, "currency", head, cell, &code, Want::Text),
                None => self.keep(item, head, cell, "is no currency known here"),
            },
            Goes::Primary => match text.as_str() {
                "PR" => self.tags(item, "tags", head, cell, vec!["primary".to_string()]),
                "SP" => self.tags(item, "tags", head, cell, vec!["supporting".to_string()]),
                _ => self.keep(item, head, cell, "is neither PR nor SP"),
            },
            Goes::Objectives => self.objectives(item, head, cell, &text),
        }
    }

    /// Words for a field of tags; several columns add up.
    fn tags(&self, item: &mut Item<'t>, name: &str, head: &'t str, cell: &Given<'_>, mut words: Vec<String>) {
        let Some(tag) = self.w.kind_at(self.kind).field(name).map(|f| f.tag) else {
            return;
        };
        let before = item
            .cells
            .iter()
            .position(|c| c.tag == tag)
            .map(|at| item.cells.remove(at));
        if let Some(Cell {
            want: Want::Value(Some(v)),
            ..
        }) = before
        {
            words.extend(v.as_tags().to_vec());
        }
        let value = crate::exchange::planner::tags(words.into_iter());
        self.to(item, name, head, cell, &cell.text, Want::Value(Some(value)));
    }
}
