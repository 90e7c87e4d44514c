//! Today as it is drawn: the stages of the lifecycle with how complete they are, and below them what is to be done.

use super::line::wrap;
use super::look::{Look, from_column, put, row};
use super::picker::wide;
use super::today::{Item, Press, Row};
use super::update::progress;
use super::{Model, Standing, text};
use crate::method::agenda::{Bucket, Progress, STAGES, View};
use crate::method::appraisal;
use crate::method::appraisal::risk::View as Of;
use crate::model::calendar;
use crate::model::codec;
use crate::model::value::Value;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

/// From so many columns on each stage says what is next in it.
const WIDE: u16 = 150;
/// From so many columns on it is said how much of the loss is judged on ground that is gone.
const SHARES: u16 = 100;
/// How full something is, in eight steps and in five.
const FINE: [&str; 9] = [" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"];
const PLAIN: [&str; 5] = [".", ":", "-", "=", "#"];

/// What is to be done stands in so many columns at most: beyond them the eye loses the row.
const WIDEST: u16 = 188;

impl Model {
    /// The first line below the lifecycle and what is said of risk.
    pub(crate) fn today_top(&self) -> u16 {
        self.summary_line() + 1 + u16::from(!self.words_of_risk().is_empty())
    }

    /// The line that says how much there is to do.
    fn summary_line(&self) -> u16 {
        if self.size.0 >= WIDE { 4 } else { 3 }
    }

    /// Draws the stages: their names, how complete they are, what is late in them, and what is next.
    pub(crate) fn draw_lifecycle(&self, full: Rect, buffer: &mut Buffer) {
        let look = &self.theme;
        let more = look.glyph("…", "~");
        let Some(agenda) = self.known().filter(|_| self.world().state.seq > 0) else {
            return;
        };
        let w = self.world();
        let all: Vec<Progress> = STAGES.iter().map(|(s, _)| agenda.progress(&w, *s)).collect();
        // Things, as below: a record on which two are late counts twice.
        let late_in = |stage: usize, mine: bool| {
            agenda.late_count(View {
                stage: STAGES.get(stage).map(|(s, _)| *s),
                mine,
            })
        };
        let cell = (full.width - 2) / STAGES.len() as u16;
        for (i, ((_, name), p)) in STAGES.iter().zip(&all).enumerate() {
            let x = 1 + i as u16 * cell;
            let here = self.today_list.stage == Some(i);
            let area = |y: u16| Rect {
                width: cell - 1,
                ..from_column(row(full, y), x)
            };
            if here {
                let mark = from_column(row(full, 1), x - 1);
                put(buffer, mark, look.glyph("▌", ">"), look.style("cursor"), "");
            }
            put(
                buffer,
                area(1),
                name,
                look.style(if here { "selected" } else { "heading" }),
                more,
            );
            let role = match p {
                _ if p.late > 0 => "error",
                _ if p.complete < 100 => "warn",
                _ => "ok",
            };
            if !self.is_counted() {
                put(buffer, area(2), more, look.style("muted"), "");
                continue;
            }
            if p.records == 0 && p.gaps == 0 {
                put(buffer, area(2), "nothing", look.style("muted"), more);
                continue;
            }
            let bar = self.bar(p.complete, if cell >= 17 { 6 } else { 1 });
            let end = put(buffer, area(2), &bar, look.style(role), "") - x;
            let share = format!(" {} %", p.complete);
            let end = put(buffer, from_column(area(2), end), &share, look.style("text"), "") - x;
            if p.late > 0 {
                let late = format!("!{}", late_in(i, false));
                put(buffer, from_column(area(2), end + 1), &late, look.style("error"), "");
            }
            if full.width >= WIDE
                && let Some(next) = &p.next
            {
                let words = self.next_words(next, usize::from(cell - 2));
                put(buffer, area(3), &words, look.style("muted"), more);
            }
        }
        let between = look.glyph(" · ", " - ");
        let risk = self.words_of_risk();
        if !risk.is_empty() {
            self.draw_parts(risk, between, row(full, self.summary_line() + 1), buffer);
        }
        let line = row(full, self.summary_line());
        let stage = self
            .today_list
            .stage
            .and_then(|n| Some((n, STAGES.get(n)?, all.get(n)?)));
        let mine = if self.today_list.mine {
            "yours only"
        } else {
            "everyone's"
        };
        let parts = match stage {
            Some((n, (_, name), p)) => {
                let room = usize::from(line.width.saturating_sub(wide(mine) + 2));
                self.words_of_stage(name, p, late_in(n, self.today_list.mine), room)
            }
            None => self.words_of_all(&all),
        };
        let (parts, note) = match (self.is_counted(), agenda.pending()) {
            (true, 0) => (parts, mine.to_owned()),
            (true, n) => (parts, format!("working out {n}")),
            // a part of the counts would say what is not so
            (false, n) => (vec![(format!("working out {n}"), "muted")], mine.to_owned()),
        };
        let room = Rect {
            width: line.width.saturating_sub(wide(&note) + 2),
            ..line
        };
        self.draw_parts(parts, between, room, buffer);
        put(
            buffer,
            from_column(line, room.width + 1),
            &note,
            look.style("muted"),
            "",
        );
    }

    /// A share as a bar of so many cells.
    fn bar(&self, percent: u8, cells: usize) -> String {
        let percent = usize::from(percent);
        if cells == 1 {
            return match self.theme.ascii {
                false => FINE[(percent * 8 / 100).clamp(usize::from(percent > 0), 8)].to_owned(),
                true => PLAIN[(percent * 4 / 100).min(4)].to_owned(),
            };
        }
        let full = percent * cells / 100;
        let (on, off) = (self.theme.glyph("█", "#"), self.theme.glyph("░", "."));
        format!("{}{}", on.repeat(full), off.repeat(cells - full))
    }

    fn words_of_stage(&self, name: &str, p: &Progress, late: usize, room: usize) -> Vec<(String, &'static str)> {
        let mut parts = vec![(name.to_owned(), "action")];
        if late > 0 {
            parts.push((format!("{late} overdue"), "error"));
        }
        if p.gaps > 0 {
            parts.push((format!("{} missing", p.gaps), "warn"));
        }
        match &p.next {
            Some(next) => {
                // What it is gives way before the record and its day do.
                let said: usize = parts.iter().map(|(words, _)| text::width(words) + 3).sum();
                let room = room.saturating_sub(said + "next: ".len());
                parts.push((format!("next: {}", self.next_words(next, room)), "text"));
            }
            None if p.records == 0 => parts.push(("nothing is kept here yet".to_owned(), "muted")),
            None => parts.push(("all is in order".to_owned(), "ok")),
        }
        parts
    }

    fn words_of_all(&self, all: &[Progress]) -> Vec<(String, &'static str)> {
        let Some(agenda) = self.known() else { return Vec::new() };
        let role = |n: usize, role: &'static str| if n > 0 { role } else { "muted" };
        let view = View {
            stage: None,
            mine: self.today_list.mine,
        };
        let late = agenda.late_count(view);
        let today = agenda.bucket_count(view, Bucket::Today);
        let waits = agenda.named(None).0;
        let gaps: usize = all.iter().map(|p| p.gaps).sum();
        vec![
            (format!("{late} overdue"), role(late, "error")),
            (format!("{today} today"), role(today, "warn")),
            (format!("{waits} for you to decide"), role(waits, "action")),
            (format!("{gaps} missing"), role(gaps, "warn")),
        ]
    }

    /// What all risks that can still happen come to: nothing as long as there is none.
    fn words_of_risk(&self) -> Vec<(String, &'static str)> {
        let w = self.world();
        let totals = match self.known().filter(|_| w.state.seq > 0 && self.is_counted()) {
            Some(agenda) if agenda.totals().open > 0 => agenda.totals(),
            _ => return Vec::new(),
        };
        let money = |minor| codec::figure(&Value::Money(minor, w.currency()));
        let mut parts = Vec::new();
        if totals.figures > 0 {
            let now = totals.views[Of::Current as usize];
            let limit = appraisal::loss_limit(&w);
            let over = limit.is_some_and(|l| now > l);
            // The currency is said once.
            let bare = |text: String| {
                text.split_once(' ')
                    .map_or(text.clone(), |(amount, _)| amount.to_owned())
            };
            let borne = limit.map(|l| format!(", {} borne", bare(money(l))));
            let borne = borne.unwrap_or_default();
            let words = format!("{} expected a year{borne}", money(now));
            parts.push((words, if over { "error" } else { "text" }));
        }
        let risk = w.catalogue.kind("risk");
        let appetite = risk.and_then(|k| w.bound(k, None, "appetite"));
        match totals.above {
            0 if appetite.is_none() => parts.push(("no appetite is set".to_owned(), "muted")),
            0 => parts.push(("no risk above appetite".to_owned(), "muted")),
            n => parts.push((format!("{n} above appetite"), "warn")),
        }
        match (totals.stale, totals.staleness()) {
            (0, _) => {}
            (n, Some(share)) if self.size.0 >= SHARES => {
                let share = codec::figure(&Value::Num(share * 100.0));
                parts.push((format!("{n} stale, {share} % of the loss"), "warn"));
            }
            (n, _) => parts.push((format!("{n} stale"), "warn")),
        }
        parts
    }

    /// Draws what is to be done.
    pub(crate) fn draw_today(&self, area: Rect, buffer: &mut Buffer) {
        let look = &self.theme;
        let more = look.glyph("…", "~");
        if self.today_list.rows.is_empty() {
            return self.draw_nothing(area, buffer);
        }
        let c = &self.today_list.cursor;
        let shown = self.today_list.rows.iter().enumerate().skip(c.top);
        for (y, (n, r)) in shown.take(usize::from(area.height)).enumerate() {
            let line = row(area, y as u16);
            let line = Rect {
                width: line.width.min(WIDEST),
                ..line
            };
            let here = n == c.at;
            if here {
                put(buffer, line, look.glyph("▌", ">"), look.style("cursor"), "");
            }
            let body = from_column(line, 2);
            let keys = Rect {
                width: 8,
                ..from_column(line, line.width.saturating_sub(9))
            };
            let words = Rect {
                width: keys.x.saturating_sub(body.x + 1),
                ..body
            };
            match r {
                Row::Heading(press, n) => {
                    let x = put(buffer, words, press.title(), look.style("heading"), more);
                    put(
                        buffer,
                        from_column(line, x + 1 - line.x),
                        &n.to_string(),
                        look.style("muted"),
                        "",
                    );
                    if *press == Press::Missing {
                        put(buffer, keys, &self.key_of("go.gaps"), look.style("key"), "");
                    }
                }
                Row::Due(..) | Row::Wait(_) => {
                    if let Some(item) = self.item(r) {
                        self.draw_item(&item, here, words, keys, buffer);
                    }
                }
                Row::More(n) => {
                    put(buffer, words, &format!("and {n} more"), look.style("muted"), more);
                }
                Row::Missing(stage, n, first) => {
                    let name = STAGES.iter().find(|(s, _)| s == stage).map_or("", |(_, name)| *name);
                    let at = |x: u16, width: u16| Rect {
                        width: width.min(words.width.saturating_sub(x)),
                        ..from_column(words, x)
                    };
                    put(
                        buffer,
                        at(0, 10),
                        name,
                        look.style(if here { "selected" } else { "text" }),
                        more,
                    );
                    let count = format!("{n:>4}");
                    put(buffer, at(10, 4), &count, look.style("warn"), more);
                    put(buffer, at(16, words.width), first, look.style("muted"), more);
                    put(buffer, keys, &self.key_of("go.open"), look.style("key"), "");
                }
                Row::Screen(n, titles) => {
                    let name = super::action::SCREENS.get(usize::from(*n)).copied().unwrap_or_default();
                    let x = put(
                        buffer,
                        words,
                        name,
                        look.style(if here { "selected" } else { "action" }),
                        more,
                    );
                    let at = Rect {
                        width: words.right().saturating_sub(x + 1),
                        ..from_column(line, x + 1 - line.x)
                    };
                    put(buffer, at, titles, look.style("muted"), more);
                    put(buffer, keys, &n.to_string(), look.style("key"), "");
                }
            }
        }
    }

    fn draw_item(&self, item: &Item, here: bool, words: Rect, keys: Rect, buffer: &mut Buffer) {
        let look = &self.theme;
        let more = look.glyph("…", "~");
        let w = self.world();
        let record = w.find(&item.id);
        let title = item
            .part
            .clone()
            .or_else(|| record.map(|r| text::clean(r.title()).into_owned()));
        let title = title.unwrap_or_default();
        let relative = |day| calendar::show_relative(day, w.today);
        let (when, role) = match (item.day, item.press) {
            (Some(_), _) if item.time.is_some_and(|t| (t - w.now).abs() < 2 * calendar::DAY_MS) => {
                let left = item.time.unwrap_or(w.now) - w.now;
                (calendar::show_left(left), if left < 0 { "error" } else { "warn" })
            }
            (Some(day), Press::Late) => (relative(day), "error"),
            (Some(day), Press::Now | Press::Soon) => (relative(day), "warn"),
            (Some(day), _) => (relative(day), "text"),
            (None, _) => ("waits".to_owned(), "action"),
        };
        // When, what and whose, by how much room there is: the title shall have most of it.
        let (moment, what, owner) = match words.width {
            ..60 => (10, 10, 0),
            60..90 => (14, 19, 0),
            90..150 => (14, 24, 20),
            _ => (14, 30, 32),
        };
        let when = super::cell::brief(when, usize::from(moment));
        let mut x = 0;
        let mut cell = |text: &str, width: u16, role: &str| {
            let at = from_column(words, x);
            let at = Rect {
                width: width.min(at.width),
                ..at
            };
            put(buffer, at, text, look.style(role), more);
            x += width + 1;
        };
        let id = wide(item.id.as_str()).max(7);
        cell(&when, moment, role);
        cell(item.id.as_str(), id, if here { "selected" } else { "id" });
        let rest = moment + 1 + id + 1 + what + 1 + if owner > 0 { owner + 1 } else { 0 };
        cell(&title, words.width.saturating_sub(rest + 1), "text");
        cell(&item.what, what, "text");
        if owner > 0 {
            cell(&item.owner, owner, if item.mine { "text" } else { "muted" });
        }
        put(buffer, keys, &item.keys, look.style("key"), "");
    }

    /// What is said where there is nothing to do.
    fn draw_nothing(&self, area: Rect, buffer: &mut Buffer) {
        let look = &self.theme;
        let more = look.glyph("…", "~");
        let what = match &self.standing {
            Standing::Loading(what, done, of) => progress(what, *done, *of),
            Standing::None => "Nothing here yet.".to_owned(),
            Standing::Barred(why) if self.state.seq == 0 => why.clone(),
            _ if !self.is_counted() => String::new(),
            _ => "Nothing is due in the next 90 days, nothing is missing, and nothing waits for your decision."
                .to_owned(),
        };
        let lines = wrap(&what, usize::from(area.width.saturating_sub(4)));
        for (y, line) in lines.iter().take(8).enumerate() {
            let at = from_column(row(area, 1 + y as u16), 2);
            put(buffer, at, line, look.style("text"), more);
        }
        let keys = format!(
            "{} goes to the registers   {} finds anything",
            self.key_of("screen.establish"),
            self.key_of("palette.open")
        );
        let below = row(area, 2 + lines.len().min(8) as u16);
        put(buffer, from_column(below, 2), &keys, look.style("muted"), more);
    }
}
