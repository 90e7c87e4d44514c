//! A file comes in: its path, what its columns are, what that would do, and one commit. The file is read and planned by
//! the worker; here a person sees and says which column is which field.

use super::asked::Picked;
use super::input::{Input, Typed};
use super::job::{Effect, Import, Job, Look as LookAt, Seen};
use super::key::{Code, Key};
use super::look::{Look, from_column, put, row};
use super::modal::{Modal, bottom, input_line};
use super::picker::{Choice, Picker};
use super::{Model, Weight, line, text};
use crate::model::kind::{FieldType, Kind, STATE};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

/// The files that are read as a whole: word, name, and the name in a sentence.
const TOOLS: [(&str, &str, &str); 3] = [
    (
        "ciso-assistant",
        "Export of CISO Assistant",
        "an export of CISO Assistant",
    ),
    ("simplerisk", "Export of SimpleRisk", "an export of SimpleRisk"),
    ("e2e", "One organisation in numbers", "one organisation in numbers"),
];
/// The keys where columns get their fields, and what they do.
const KEYS: [(&str, &str); 6] = [
    ("Enter", "what it would do"),
    ("c", "change"),
    ("x", "leave out"),
    ("r", "register"),
    (SHEET, "sheet"),
    ("Esc", "back"),
];
/// The key for another sheet, where there are several.
const SHEET: &str = "s";
/// As many paths are offered at most.
const OFFERS: usize = 8;
/// Cells of the first two columns; the first has more where its heads are longer.
const COLUMN: u16 = 21;

/// The dialog: first the path, then the columns.
#[derive(Default)]
pub(crate) struct Dialog {
    input: Input,
    offers: Vec<String>,
    wrong: Option<String>,
    seen: Option<Seen>,
    at: usize,
}

/// Opens the dialog.
pub(crate) fn open(m: &mut Model) -> Vec<Effect> {
    m.modals.push(Modal::Import(Box::default()));
    Vec::new()
}

impl Dialog {
    fn look(&self, kind: Option<String>, sheet: Option<String>) -> Vec<Effect> {
        let path = self.input.text().trim().to_owned();
        vec![Effect::Job(Job::Look(LookAt { path, kind, sheet }))]
    }

    /// Whether a path is typed still.
    pub fn is_path(&self) -> bool {
        self.seen.is_none()
    }

    /// The sheet that was looked at.
    fn sheet(&self) -> Option<String> {
        self.seen.as_ref().and_then(|s| s.sheet.clone())
    }

    /// Takes a pasted text where one is typed.
    pub fn paste(&mut self, text: &str) {
        if self.is_path() {
            self.input.paste(text);
        }
    }

    fn path_key(&mut self, key: Key) -> Option<Vec<Effect>> {
        match (key.code, key.ctrl) {
            (Code::Esc, _) | (Code::Char('c' | 'g'), true) => return None,
            (Code::Enter, _) if self.input.text().trim().is_empty() => self.wrong = Some("name a file".into()),
            (Code::Enter, _) => return Some(self.look(None, None)),
            (Code::Tab, _) => return Some(vec![Effect::Job(Job::Complete(self.input.text().to_owned()))]),
            _ => {
                if self.input.update(key) == Typed::Changed {
                    (self.wrong, self.offers) = (None, Vec::new());
                }
            }
        }
        Some(Vec::new())
    }

    /// Goes on with the path as far as all that begin like it are the same.
    fn complete(&mut self, typed: &str, offers: Vec<String>) {
        if self.seen.is_some() || self.input.text() != typed {
            return;
        }
        let mut common = offers.first().cloned().unwrap_or_default();
        for o in &offers {
            let same = common.char_indices().zip(o.chars()).take_while(|((_, a), b)| a == b);
            let len = same.map(|((at, c), _)| at + c.len_utf8()).last().unwrap_or(0);
            common.truncate(len);
        }
        self.wrong = offers.is_empty().then(|| "nothing begins like this".to_owned());
        if common.len() > typed.len() {
            self.input.set(&common);
        }
        self.offers = if offers.len() > 1 { offers } else { Vec::new() };
    }
}

impl Model {
    /// Takes in a key of the dialog; nothing to do with it any more: `None`.
    pub(crate) fn import_key(&mut self, d: &mut Dialog, key: Key) -> Option<Vec<Effect>> {
        let Some(seen) = &mut d.seen else {
            return d.path_key(key);
        };
        let last = seen.header.len().saturating_sub(1);
        match (key.code, key.ctrl) {
            (Code::Esc, _) | (Code::Char('q'), false) => d.seen = None,
            (Code::Char('c' | 'g'), true) => return None,
            (Code::Char('j'), false) | (Code::Down, _) | (Code::Char('n'), true) => d.at = (d.at + 1).min(last),
            (Code::Char('k'), false) | (Code::Up, _) | (Code::Char('p'), true) => d.at = d.at.saturating_sub(1),
            (Code::PageDown, _) => d.at = (d.at + 10).min(last),
            (Code::PageUp, _) => d.at = d.at.saturating_sub(10),
            (Code::Char('g'), false) | (Code::Home, _) => d.at = 0,
            (Code::Char('G'), false) | (Code::End, _) => d.at = last,
            (Code::Char('r'), false) => {
                let picker = self.import_kinds(&seen.kind);
                self.modals.push(Modal::Pick(Box::new(picker), Picked::Import));
            }
            (Code::Char('s'), false) if seen.sheets.len() > 1 => {
                let choices = seen.sheets.iter().map(|name| Choice::new(name, name));
                let picker = Picker::new("Which sheet", choices.collect());
                let picker = picker.at(seen.sheet.as_deref().unwrap_or_default());
                self.modals.push(Modal::Pick(Box::new(picker), Picked::Sheet));
            }
            (Code::Enter, _) => return Some(self.preview_of(d)),
            (Code::Char('c' | ' ' | 'x'), false) if tool(&seen.kind).is_some() => {
                self.say(
                    Weight::Plain,
                    "the columns of this tool are known; r reads them as a register instead",
                );
            }
            (Code::Char('x'), false) => {
                if let Some(column) = seen.columns.get_mut(d.at) {
                    *column = None;
                }
            }
            (Code::Char('c' | ' '), false) => {
                if let Some(kind) = self.catalogue.kind(&seen.kind) {
                    let picker = Picker::new(&format!("'{}' is", seen.header[d.at]), fields(kind, seen, d.at));
                    let picker = picker.at(seen.columns[d.at].as_deref().unwrap_or(""));
                    self.modals.push(Modal::Pick(Box::new(picker), Picked::ImportField));
                }
            }
            _ => {}
        }
        Some(Vec::new())
    }

    fn preview_of(&mut self, d: &Dialog) -> Vec<Effect> {
        let Some(seen) = &d.seen else { return Vec::new() };
        if seen.kind.is_empty() {
            self.refuse("say first into which register: r");
            return Vec::new();
        }
        let columns = match tool(&seen.kind) {
            Some(_) => None,
            None if seen.columns.iter().all(Option::is_none) => {
                self.refuse("no column has a field yet: c gives it one");
                return Vec::new();
            }
            None => Some(seen.columns.clone()),
        };
        self.say(Weight::Plain, "reading the file");
        vec![Effect::Job(Job::Preview(Import {
            kind: seen.kind.clone(),
            path: seen.path.clone(),
            columns,
            sheet: seen.sheet.clone(),
        }))]
    }

    /// Tools and registers into which a file may come.
    fn import_kinds(&self, now: &str) -> Picker {
        let tools = TOOLS.iter().map(|(word, name, _)| Choice::new(word, name));
        let kinds = self.catalogue.kinds.iter().filter(|k| !k.single && !k.retired);
        let kinds = kinds.map(|k| Choice::new(&k.name, &k.titles));
        Picker::new("Import into", kinds.chain(tools).collect()).at(now)
    }

    fn dialog(&mut self) -> Option<&mut Dialog> {
        self.modals.iter_mut().rev().find_map(|m| match m {
            Modal::Import(d) => Some(&mut **d),
            _ => None,
        })
    }

    /// Another register was chosen: the columns are proposed anew.
    pub(crate) fn import_into(&mut self, kind: String) -> Vec<Effect> {
        self.dialog().map(|d| d.look(Some(kind), d.sheet())).unwrap_or_default()
    }

    /// Another sheet was chosen: what it is about and its columns are proposed anew.
    pub(crate) fn import_sheet(&mut self, name: String) -> Vec<Effect> {
        self.dialog().map(|d| d.look(None, Some(name))).unwrap_or_default()
    }

    /// A field was chosen for the column under the cursor. Only words may come from several columns.
    pub(crate) fn import_field(&mut self, name: String) {
        let catalogue = std::sync::Arc::clone(&self.catalogue);
        let Some((d, at)) = self.dialog().map(|d| {
            let at = d.at;
            (d, at)
        }) else {
            return;
        };
        let Some(seen) = &mut d.seen else { return };
        let field = catalogue.kind(&seen.kind).and_then(|k| k.field(&name));
        if field.is_none_or(|f| f.kind != FieldType::Tags) {
            let same = |c: &&mut Option<String>| c.as_deref() == Some(name.as_str());
            seen.columns.iter_mut().filter(same).for_each(|c| *c = None);
        }
        if let Some(column) = seen.columns.get_mut(at) {
            *column = (!name.is_empty()).then_some(name);
        }
    }

    /// The worker has looked at the file.
    pub(crate) fn import_seen(&mut self, result: Result<Seen, String>) -> Vec<Effect> {
        self.message = None;
        let here = self.list().map(|l| self.catalogue.kinds[l.kind].name.clone());
        let Some(d) = self.dialog() else { return Vec::new() };
        match result {
            Err(why) if d.seen.is_some() => self.refuse(why),
            Err(why) => d.wrong = Some(why),
            Ok(seen) => {
                let unknown = seen.kind.is_empty();
                d.at = d.at.min(seen.header.len().saturating_sub(1));
                d.seen = Some(seen);
                // Where its columns do not tell, the register that one came from is meant.
                if let (true, Some(kind)) = (unknown, here) {
                    return self.import_into(kind);
                }
            }
        }
        Vec::new()
    }

    /// Paths that begin like what is typed; `false` if it is not typed here.
    pub(crate) fn import_completed(&mut self, path: &str, offers: &[String]) -> bool {
        match self.modals.last_mut() {
            Some(Modal::Import(d)) => {
                d.complete(path, offers.to_vec());
                true
            }
            _ => false,
        }
    }

    pub(crate) fn draw_import(&self, d: &Dialog, buffer: &mut Buffer) -> Option<(u16, u16)> {
        let look = &self.theme;
        match &d.seen {
            Some(seen) => {
                self.draw_seen(d, seen, buffer);
                None
            }
            None => {
                let shown = d.offers.len().min(OFFERS) as u16;
                let inside = bottom(buffer, look, "Import which file", 3 + shown);
                let help = "CSV, XLSX or JSON; Tab completes its path, Enter looks into it. Nothing is changed yet.";
                let (note, role) = d.wrong.as_ref().map_or((help, "muted"), |w| (w.as_str(), "error"));
                let cursor = input_line(&d.input, inside, buffer, look);
                for (y, path) in d.offers.iter().take(OFFERS).enumerate() {
                    let at = from_column(row(inside, 1 + y as u16), 2);
                    put(buffer, at, path, look.style("text"), look.glyph("…", "~"));
                }
                let lines = line::wrap(note, usize::from(inside.width));
                for (y, text) in lines.iter().take(2).enumerate() {
                    put(buffer, row(inside, 1 + shown + y as u16), text, look.style(role), "");
                }
                Some(cursor)
            }
        }
    }

    fn draw_seen(&self, d: &Dialog, seen: &Seen, buffer: &mut Buffer) {
        let look = &self.theme;
        let full = buffer.area;
        let more = look.glyph("…", "~");
        let lines = u16::try_from(seen.header.len()).unwrap_or(u16::MAX).saturating_add(3);
        let inside = bottom(buffer, look, &format!("Import {}", seen.file), lines);
        let kind = self.catalogue.kind(&seen.kind);
        let (link, whole) = match (tool(&seen.kind), kind) {
            (Some(name), _) => ("of", name.to_owned()),
            (None, Some(k)) => ("into", k.titles.clone()),
            (None, None) => ("into", "r says into which register".to_owned()),
        };
        let mut rows = if seen.count == 1 {
            "1 row".to_owned()
        } else {
            format!("{} rows", seen.count)
        };
        if let Some(sheet) = seen.sheet.as_deref().filter(|_| seen.sheets.len() > 1) {
            rows = format!("{rows} of the sheet '{}'", text::clean(sheet));
        }
        let said = if seen.found { "   by its columns" } else { "" };
        put(
            buffer,
            row(inside, 0),
            &format!("{rows} {link}"),
            look.style("muted"),
            more,
        );
        let x = super::picker::wide(&rows) + link.len() as u16 + 2;
        let x = put(
            buffer,
            from_column(row(inside, 0), x),
            &whole,
            look.style("heading"),
            more,
        );
        put(
            buffer,
            Rect {
                x,
                width: inside.right().saturating_sub(x),
                ..row(inside, 0)
            },
            said,
            look.style("muted"),
            "",
        );
        let names = seen.header.iter().map(|h| super::picker::wide(h) + 2).max();
        // A tool's columns have their places; else each is one field.
        let at = 2 + names.unwrap_or(0).clamp(COLUMN, (inside.width / 3).max(COLUMN));
        let values = if tool(&seen.kind).is_some() { at } else { at + COLUMN };
        for (x, head) in [(2, "Column"), (at, "Field"), (values, "First rows")] {
            let heading = from_column(row(inside, 2), x);
            if head != "Field" || values > at {
                put(buffer, heading, head, look.style("heading"), more);
            }
        }
        let body = Rect {
            y: inside.y + 3.min(inside.height),
            height: inside.height.saturating_sub(3),
            ..inside
        };
        let top = (d.at + 1).saturating_sub(usize::from(body.height));
        let between = look.glyph(" · ", " / ");
        for (y, n) in (top..seen.header.len()).take(usize::from(body.height)).enumerate() {
            let line = row(body, y as u16);
            let here = n == d.at;
            if here {
                put(buffer, line, look.glyph("▌", ">"), look.style("cursor"), "");
            }
            let narrow = |x: u16, end: u16| Rect {
                width: (end - x - 2).min(line.width.saturating_sub(x)),
                ..from_column(line, x)
            };
            let role = if here { "selected" } else { "text" };
            put(buffer, narrow(2, at), &seen.header[n], look.style(role), more);
            if values > at {
                let (text, role) = match seen.columns.get(n).and_then(Option::as_deref) {
                    Some(name) => (label(kind, name), "ok"),
                    None => ("left out".to_owned(), "muted"),
                };
                put(buffer, narrow(at, values), &text, look.style(role), more);
            }
            let cells = seen.rows.iter().filter_map(|r| r.get(n)).filter(|c| !c.is_empty());
            let cells: Vec<String> = cells.map(|c| super::past::one_line(c)).collect();
            let rest = from_column(line, values);
            put(buffer, rest, &cells.join(between), look.style("muted"), more);
        }
        let foot = row(full, full.height.saturating_sub(1));
        super::draw::blank(buffer, foot);
        let keys = KEYS.iter().filter(|(k, _)| *k != SHEET || seen.sheets.len() > 1);
        let hints = keys.map(|(k, d)| ((*k).to_owned(), (*d).to_owned()));
        self.draw_hints(from_column(foot, 1), hints, buffer);
    }
}

/// What a file of a tool is in a sentence, by the word of the tool.
fn tool(word: &str) -> Option<&'static str> {
    TOOLS.iter().find(|t| t.0 == word).map(|t| t.2)
}

/// How a person reads what a column holds.
fn label(kind: Option<&Kind>, name: &str) -> String {
    match (name, kind.and_then(|k| k.field(name))) {
        ("id", _) => "ID".to_owned(),
        ("changed", _) => "Changed".to_owned(),
        (_, Some(f)) => f.label.clone(),
        (name, None) => name.to_owned(),
    }
}

/// What a column may be: a field, its state or id, or nothing.
fn fields(kind: &Kind, seen: &Seen, at: usize) -> Vec<Choice> {
    let taken = |name: &str| {
        let mut columns = seen.columns.iter().enumerate();
        columns
            .find(|(n, c)| *n != at && c.as_deref() == Some(name))
            .map(|(n, _)| &seen.header[n])
    };
    let choice = |name: &str, label: &str, help: &str| Choice {
        note: match taken(name) {
            Some(head) => format!("now '{head}'"),
            None => help.to_owned(),
        },
        ..Choice::new(name, label)
    };
    let mut all = vec![choice("", "Nothing", "Leave this column out.")];
    let own = kind.fields.iter().filter(|f| f.tag != STATE);
    all.extend(own.map(|f| choice(&f.name, &f.label, &f.help)));
    all.push(choice("state", "State", "Where it stands; a new record begins there."));
    all.push(choice("id", "ID", "Its id, or the id that another tool gave it."));
    all
}
