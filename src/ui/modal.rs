//! What lies over everything and takes all keys: a question, a choice, the palette, help. It knows how each takes a
//! key, not what comes of the answer.

use super::asked::{Asked, Picked as Chosen};
use super::columns::Columns;
use super::filtering::Typing;
use super::finding::Finding;
use super::form::{Form, Outcome};
use super::grid::Grid;
use super::help::Help;
use super::import::Dialog;
use super::input::Input;
use super::job::{Effect, Job};
use super::judge::Judge;
use super::key::{Code, Key};
use super::line::Line;
use super::look::{Look, put, row};
use super::marks::Letter;
use super::palette::Palette;
use super::picker::{Picked, Picker, frame};
use super::remap::Remap;
use super::{Model, Weight, line};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

/// So many characters a pasted line may have.
const LINE: usize = 10_000;

/// One of them.
pub(crate) enum Modal {
    /// The filter of the list, in the footer.
    Filter(Typing),
    /// Words are looked for in what is read.
    Find(Finding),
    /// A letter is asked for.
    Letter(Letter),
    /// A line of text is asked for.
    Ask(Box<Question>),
    /// One of several is chosen.
    Pick(Box<Picker>, Chosen),
    /// The palette.
    Palette(Box<Palette>),
    /// Help.
    Help(Box<Help>),
    /// Something to read; what Enter does with it.
    Read(Box<Sheet>),
    /// The columns of the list are chosen.
    Columns(Box<Columns>),
    /// Likelihood and impact are chosen on the matrix.
    Judge(Box<Judge>),
    /// A matrix is edited.
    Grid(Box<Grid>),
    /// What was judged by one method is brought to another.
    Remap(Box<Remap>),
    /// A file comes in.
    Import(Box<Dialog>),
    /// A form; whether it takes the whole place.
    Form(Box<Form>, bool),
}

/// A question for one line.
pub(crate) struct Question {
    pub heading: String,
    pub help: String,
    pub input: Input,
    pub wrong: Option<String>,
    pub what: Asked,
}

/// Something to read, and what Enter does.
pub(crate) struct Sheet {
    pub heading: String,
    pub lines: Vec<Line>,
    pub top: usize,
    /// What Enter does, in words, and what it starts. Where it asks for nothing one need not close it to go on.
    pub enter: Option<(String, super::job::Begin)>,
}

impl Modal {
    /// The bytes of what must not be lost.
    pub fn draft(&self) -> Option<Vec<u8>> {
        match self {
            Self::Form(form, _) => Some(form.to_bytes()),
            _ => None,
        }
    }
}

impl Model {
    /// Gives a key to the topmost modal.
    pub(crate) fn modal_key(&mut self, key: Key) -> Vec<Effect> {
        let Some(mut top) = self.modals.pop() else {
            return Vec::new();
        };
        match &mut top {
            Modal::Filter(typing) => {
                if !self.filter_key(typing, key) {
                    return Vec::new();
                }
            }
            Modal::Find(finding) => {
                if !self.find_key(finding, key) {
                    return Vec::new();
                }
            }
            Modal::Letter(what) => return self.letter_key(*what, key),
            Modal::Ask(q) => match (key.code, key.ctrl) {
                (Code::Esc, _) | (Code::Char('c' | 'g'), true) => return self.unasked(q.what.clone()),
                (Code::Enter, _) => {
                    let text = q.input.text().trim().to_owned();
                    match self.answered(q.what.clone(), &text) {
                        Ok(effects) => return effects,
                        Err(why) => q.wrong = Some(why),
                    }
                }
                (Code::Tab, false) if q.what.is_path() => {
                    let path = q.input.text().to_owned();
                    self.modals.push(top);
                    return vec![Effect::Job(Job::Complete(path))];
                }
                _ => {
                    if q.input.is_empty() && q.what == Asked::AsOf && self.is_again(key, "asof.now") {
                        return self.run_named("asof.now");
                    }
                    q.input.update(key);
                    q.wrong = None;
                }
            },
            Modal::Pick(picker, what) => match picker.update(key) {
                Picked::Open => {}
                Picked::Back => return Vec::new(),
                Picked::Taken(ids) => return self.chosen(what.clone(), ids),
                // Only views can be made in a choice.
                Picked::Create(_, typed) if typed.is_empty() => return super::views::save(self),
                Picked::Create(_, typed) => match self.save_view(&typed) {
                    Ok(effects) => return effects,
                    Err(why) => {
                        self.refuse(why);
                        return Vec::new();
                    }
                },
            },
            Modal::Palette(p) => match self.palette_key(p, key) {
                super::palette::Done::Open => self.search(p),
                super::palette::Done::Back => return Vec::new(),
                super::palette::Done::Take(item) => return self.take(item),
            },
            Modal::Help(h) => match h.update(key, self.size) {
                super::help::Done::Open => {}
                super::help::Done::Back => return Vec::new(),
                super::help::Done::Run(action) => return self.run(action),
            },
            Modal::Columns(columns) => {
                if let Some(effects) = self.columns_key(columns, key) {
                    return effects;
                }
            }
            Modal::Judge(judge) => {
                if let Some(effects) = self.judge_key(judge, key) {
                    return effects;
                }
            }
            Modal::Grid(grid) => {
                if let Some(effects) = self.grid_key(grid, key) {
                    return effects;
                }
            }
            Modal::Remap(remap) => {
                if let Some(effects) = self.remap_key(remap, key) {
                    return effects;
                }
            }
            Modal::Import(dialog) => {
                let depth = self.modals.len();
                return match self.import_key(dialog, key) {
                    Some(effects) => {
                        // What it asks lies over it.
                        self.modals.insert(depth, top);
                        effects
                    }
                    None => Vec::new(),
                };
            }
            Modal::Form(form, _) => {
                let outcome = form.update(key, &self.world());
                let judge = match outcome {
                    Outcome::Matrix(tag) => self.judge_in_form(form, tag),
                    _ => None,
                };
                match self.form_outcome(form, outcome) {
                    Some(effects) => {
                        self.modals.push(top);
                        self.modals.extend(judge);
                        return effects;
                    }
                    None => return Vec::new(),
                }
            }
            Modal::Read(sheet) => {
                let page = usize::from(self.size.1.saturating_sub(3));
                let last = sheet.lines.len().saturating_sub(page);
                match (key.code, key.ctrl) {
                    (Code::Esc, _) | (Code::Char('q'), false) | (Code::Char('c' | 'g'), true) => return Vec::new(),
                    (Code::Enter, _) => {
                        return match sheet.enter.take() {
                            Some((_, begin)) => self.begin(begin),
                            None => Vec::new(),
                        };
                    }
                    (Code::Down | Code::Char('j'), false) => sheet.top = (sheet.top + 1).min(last),
                    (Code::Up | Code::Char('k'), false) => sheet.top = sheet.top.saturating_sub(1),
                    (Code::PageDown | Code::Char(' '), _) => sheet.top = (sheet.top + page).min(last),
                    (Code::PageUp, _) => sheet.top = sheet.top.saturating_sub(page),
                    // It is gone with the first key that means something on the screen below.
                    _ if sheet.enter.is_none() => return self.update(super::Msg::Key(key)),
                    _ => {}
                }
            }
        }
        self.modals.push(top);
        Vec::new()
    }

    /// Gives a pasted text to the topmost modal.
    pub(crate) fn modal_paste(&mut self, text: &str) {
        let Some(mut top) = self.modals.pop() else { return };
        // One line takes a line; a long text takes all of it.
        let lines = matches!(&top, Modal::Form(form, _) if form.takes_lines(&self.world()));
        let end = text.char_indices().nth(LINE).map_or(text.len(), |(at, _)| at);
        let text = if lines || end == text.len() {
            text
        } else {
            self.say(
                Weight::Bad,
                format!("only the first {LINE} characters were taken: one line takes no more"),
            );
            &text[..end]
        };
        match &mut top {
            Modal::Filter(typing) => {
                typing.paste(text);
                let text = typing.text().to_owned();
                self.filter_by(text);
            }
            Modal::Find(finding) => {
                finding.paste(text);
                self.look_for(finding);
            }
            Modal::Ask(q) => q.input.paste(text),
            Modal::Pick(picker, _) => picker.paste(text),
            Modal::Palette(p) => {
                p.input.paste(text);
                self.search(p);
            }
            Modal::Help(h) => h.paste(text),
            Modal::Import(dialog) => dialog.paste(text),
            Modal::Form(form, _) => {
                if matches!(form.paste(text, &self.world()), Outcome::Ignored) {
                    self.refuse("nothing can be pasted here: it was left out");
                }
            }
            Modal::Read(_)
            | Modal::Columns(_)
            | Modal::Letter(_)
            | Modal::Judge(_)
            | Modal::Grid(_)
            | Modal::Remap(_) => self.refuse("there is nothing to paste into here: it was left out"),
        }
        self.modals.push(top);
    }

    /// Draws a modal and returns where its cursor is.
    pub(crate) fn draw_modal(&self, modal: &Modal, buffer: &mut Buffer) -> Option<(u16, u16)> {
        let look = &self.theme;
        let full = buffer.area;
        match modal {
            Modal::Filter(typing) => Some(self.draw_filter(typing, buffer)),
            Modal::Find(finding) => Some(self.draw_find(finding, buffer)),
            Modal::Letter(what) => {
                self.draw_letter(*what, buffer);
                None
            }
            Modal::Ask(q) => {
                let inside = bottom(buffer, look, &q.heading, 3);
                let cursor = input_line(&q.input, inside, buffer, look);
                let (note, role) = q.wrong.as_ref().map_or((&q.help, "muted"), |w| (w, "error"));
                for (i, text) in line::wrap(note, usize::from(inside.width)).iter().take(2).enumerate() {
                    put(buffer, row(inside, 1 + i as u16), text, look.style(role), "");
                }
                Some(cursor)
            }
            Modal::Pick(picker, _) => {
                let height = picker.height_within(full.height).min(full.height.saturating_sub(2));
                picker.view(
                    Rect::new(0, full.height.saturating_sub(height + 1), full.width, height),
                    buffer,
                    look,
                )
            }
            Modal::Palette(p) => self.draw_palette(p, buffer),
            Modal::Help(h) => self.draw_help(h, buffer),
            Modal::Columns(columns) => {
                self.draw_columns(columns, buffer);
                None
            }
            Modal::Judge(judge) => {
                self.draw_judge(judge, buffer);
                None
            }
            Modal::Grid(grid) => {
                self.draw_grid(grid, buffer);
                None
            }
            Modal::Remap(remap) => {
                self.draw_remap(remap, buffer);
                None
            }
            Modal::Import(dialog) => self.draw_import(dialog, buffer),
            Modal::Form(form, full_size) => self.draw_form(form, *full_size, buffer),
            Modal::Read(sheet) => {
                let lines = u16::try_from(sheet.lines.len()).unwrap_or(u16::MAX);
                let inside = bottom(buffer, look, &sheet.heading, lines);
                line::draw(&sheet.lines, sheet.top, None, inside, buffer, look);
                None
            }
        }
    }
}

/// A frame at the bottom, above the footer, with room for some lines.
pub(crate) fn bottom(buffer: &mut Buffer, look: &dyn Look, heading: &str, lines: u16) -> Rect {
    let full = buffer.area;
    let height = lines.saturating_add(2).min(full.height.saturating_sub(1));
    frame(
        Rect::new(0, full.height.saturating_sub(height + 1), full.width, height),
        buffer,
        look,
        heading,
    )
}

pub(crate) fn input_line(input: &Input, inside: Rect, buffer: &mut Buffer, look: &dyn Look) -> (u16, u16) {
    let x = put(buffer, row(inside, 0), "> ", look.style("key"), "");
    input.view(
        Rect::new(x, inside.y, inside.right().saturating_sub(x), 1),
        buffer,
        look,
    )
}
