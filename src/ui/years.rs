//! What a year may cost, of one risk or of all together: the loss exceedance curve beside what is tolerated, the figures
//! of the three views, and what they hang on. Exact means show at once; the years are drawn elsewhere, a few first and
//! then all, and a commit draws them anew.

use super::line::{Line, Stop};
use super::list::Cursor;
use super::look::{Look, from_column, put, row};
use super::plot::{self, Ink, Plot};
use super::spot::Layer;
use super::tree::Head;
use super::{Model, text};
use crate::method::appraisal;
use crate::method::appraisal::annual::{Drawn, Outcome, Plan, SEED, Transformed};
use crate::method::appraisal::risk::{View, appraise};
use crate::method::quant::figures::LEVELS;
use crate::model::codec;
use crate::model::record::Id;
use crate::ui::job::Effect;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

/// From so many columns on curve and figures stand side by side.
const SIDE: u16 = 132;
/// The columns of the figures.
const LABEL: u16 = 2;
const COLUMNS: [u16; 3] = [24, 39, 54];
const WIDTH: u16 = 68;
/// How many of the risks that make the worst years are listed.
const TAIL: usize = 20;

/// What is known of the years that are looked at.
#[derive(Debug, Default)]
pub(crate) struct Years {
    /// Of which draw the answers count.
    token: u64,
    /// Of what, of which commit and on which day.
    stamp: Option<(Option<Id>, u64, i32)>,
    /// What is drawn, or why nothing is.
    plan: Option<Result<Plan, String>>,
    /// What came of it, or of what was looked at before.
    outcome: Option<Box<Outcome>>,
    /// How far it is, 0 to 1, while it is being drawn.
    drawing: Option<f64>,
    /// Why it could not be drawn.
    failed: Option<String>,
}

/// The risk that is meant, if it has figures; elsewhere all together.
fn meant(m: &Model) -> Option<Id> {
    let record = m.current()?;
    let w = m.world();
    let kind = w.kind(&record.id)?;
    (kind.name == "risk" && appraise(&w, &record).is_ok()).then(|| record.id.clone())
}

/// Shows what a year may cost.
pub(crate) fn show(m: &mut Model) -> Vec<Effect> {
    let of = meant(m);
    let mut spot = m.spot.clone();
    spot.layers.push(Layer::Years {
        of,
        cursor: Cursor::default(),
    });
    m.go(spot)
}

impl Model {
    /// Asks for years where they are looked at and something has changed, and for nothing any more where they are not.
    pub(crate) fn ask_for_years(&mut self) -> Option<Effect> {
        let Some(Layer::Years { of, .. }) = self.spot.layers.last() else {
            self.years.stamp = None;
            return self.years.drawing.take().map(|_| {
                self.years.token += 1;
                Effect::Draw(self.years.token, None)
            });
        };
        let of = of.clone();
        let w = self.world();
        let stamp = (of.clone(), w.state.seq, w.today);
        if self.years.stamp.as_ref() == Some(&stamp) {
            return None;
        }
        let record = of.as_ref().and_then(|id| w.find(id)).cloned();
        let plan = Plan::of(&w, record.as_deref(), None, SEED);
        let years = &mut self.years;
        years.stamp = Some(stamp);
        // who left before all were drawn has but an estimate
        let whole = |o: &Outcome| plan.as_ref().is_ok_and(|p| o.plan.run.years == p.run.years);
        let same = years.plan.as_ref() == Some(&plan) && years.outcome.as_deref().is_some_and(whole);
        if years.outcome.as_ref().is_some_and(|o| o.plan.of != of) {
            years.outcome = None;
        }
        years.plan = Some(plan.clone());
        years.failed = None;
        if same {
            return None;
        }
        years.token += 1;
        years.drawing = plan.is_ok().then_some(0.0);
        Some(Effect::Draw(years.token, plan.ok().map(Box::new)))
    }

    /// How far the drawing is.
    pub(crate) fn years_drawing(&mut self, token: u64, done: f64) {
        if token == self.years.token {
            self.years.drawing = Some(done);
        }
    }

    /// Years were drawn; `last`: all of them.
    pub(crate) fn years_drawn(&mut self, token: u64, result: Result<Box<Outcome>, String>, last: bool) {
        if token != self.years.token {
            return;
        }
        match result {
            Ok(outcome) => self.years.outcome = Some(outcome),
            Err(why) => self.years.failed = Some(why),
        }
        if last {
            self.years.drawing = None;
        }
    }

    pub(crate) fn years_head(&self, of: Option<&Id>) -> Head {
        let w = self.world();
        let first = match of {
            Some(id) => {
                let title = w
                    .find(id)
                    .map(|r| text::clean(r.title()).into_owned())
                    .unwrap_or_default();
                vec![(id.to_string(), "id"), (title, "heading")]
            }
            None => vec![("All risks together".to_owned(), "heading")],
        };
        let mut second = vec![("what a year may cost".to_owned(), "muted")];
        if let Some(o) = &self.years.outcome {
            second.push((
                format!(
                    "{} years, seed {}",
                    codec::group(&o.plan.run.years.to_string()),
                    o.plan.run.seed
                ),
                "muted",
            ));
        }
        match (self.years.drawing, &self.years.failed) {
            (Some(done), _) => second.push((format!("drawing {:.0} %", done * 100.0), "warn")),
            (None, Some(why)) => second.push((why.clone(), "error")),
            (None, None) => {}
        }
        (first, second)
    }

    /// Where figures and curve stand.
    pub(crate) fn years_split(&self, body: Rect) -> (Rect, Rect) {
        if let Some(Err(_)) = &self.years.plan {
            return (body, Rect { height: 0, ..body });
        }
        if body.width >= SIDE {
            let figures = Rect { width: WIDTH, ..body };
            let curve = Rect {
                x: body.x + WIDTH + 2,
                width: body.width - WIDTH - 3,
                ..body
            };
            return (figures, curve);
        }
        let height = (body.height / 2).max(8).min(body.height.saturating_sub(5));
        let curve = Rect {
            x: body.x + 2,
            width: body.width.saturating_sub(3),
            height,
            ..body
        };
        let figures = Rect {
            y: body.y + height + 1,
            height: body.height.saturating_sub(height + 1),
            ..body
        };
        (figures, curve)
    }

    /// How wide what is said below the figures may be: as the window, where the curve does not stand beside them.
    fn years_measure(&self) -> usize {
        let beside = self.size.0 >= SIDE && !matches!(self.years.plan, Some(Err(_)));
        let width = if beside { WIDTH } else { self.size.0 };
        usize::from(width.saturating_sub(LABEL + 2))
    }

    /// The figures, and what they hang on.
    pub(crate) fn years_lines(&self) -> Vec<Line> {
        let plan = match &self.years.plan {
            Some(Ok(plan)) => plan,
            Some(Err(why)) => {
                let lines = super::line::wrap(why, self.years_measure()).into_iter();
                return lines.map(|l| Line::of(LABEL, l, "muted")).collect();
            }
            None => return Vec::new(),
        };
        let mut out = vec![heading("", ["Inherent", "Now", "Target"])];
        out.push(self.figures(
            "Expected loss",
            View::ALL.map(|v| self.money(plan.exact(v))),
            "selected",
        ));
        let known = self.years.outcome.as_ref().filter(|o| o.plan.of == plan.of);
        let Some(o) = known else { return out };
        let mut told = |label: &str, of: &dyn Fn(&Drawn) -> String| {
            let cells = [0, 1, 2].map(|i| of(&o.views[i]));
            out.push(self.figures(label, cells, "text"));
        };
        told("  drawn, give or take", &|d| {
            let error = d.figures.standard_error();
            format!("{} {}", self.theme.glyph("±", "+/-"), self.short(error))
        });
        told("Median year", &|d| self.money(d.curve.quantile(0.5)));
        told("Year without loss", &|d| share(d.figures.p_zero));
        for p in LEVELS {
            told(&format!("VaR {:.0} %", p * 100.0), &|d| match d.curve.can_tell(p) {
                true => self.money(d.curve.quantile(p)),
                false => "too few years".to_owned(),
            });
        }
        for p in LEVELS {
            told(&format!("TVaR {:.0} %", p * 100.0), &|d| match d.curve.can_tell(p) {
                true => self.money(d.curve.tail_mean(p)),
                false => "too few years".to_owned(),
            });
        }
        out.push(Line::default());
        out.extend(self.verdict(o));
        if !plan.levers.is_empty() {
            out.push(Line::default());
            out.push(heading("It hangs on", ["from", "to", ""]));
            for l in &plan.levers {
                let cells = [self.money(l.swing.low), self.money(l.swing.high), String::new()];
                out.push(self.figures(&l.label, cells, "text").to(Stop::Field(l.field)));
            }
        }
        self.without_drawing(o, &mut out);
        if plan.of.is_none() {
            out.push(Line::default());
            out.push(heading("All together, now", ["VaR 90 %", "VaR 95 %", "VaR 99 %"]));
            let mut line = |label: &str, v: [f64; 3]| out.push(self.figures(label, v.map(|v| self.money(v)), "text"));
            line("each by itself", o.view(View::Current).figures.var);
            if let Some(together) = &o.together {
                line("with what drives them", together.var);
            }
            line("all at their worst", o.comonotone);
            out.push(Line::default());
            out.push(Line::of(LABEL, "What the worst 5 % of years consist of", "heading"));
            let tail = o.tail.iter().take(TAIL).filter(|(.., adds)| *adds > 0.0);
            let tail: Vec<_> = tail
                .map(|(id, title, adds)| (id, text::clean(title).into_owned(), self.money(*adds)))
                .collect();
            // In line with the figures above, unless a title needs the room that there is.
            let longest = tail.iter().map(|(_, title, _)| text::width(title)).max().unwrap_or(0) as u16;
            let last = (self.years_measure() as u16).saturating_sub(COLUMNS[1] - COLUMNS[0]);
            let at = (LABEL + 10 + longest).min(last).max(COLUMNS[2]);
            for (id, title, adds) in tail {
                out.push(
                    Line::of(LABEL, id.to_string(), "id")
                        .and(LABEL + 8, title, "text")
                        .and(at, right(&adds), "text")
                        .to(Stop::Link(id.clone())),
                );
            }
        }
        out
    }

    /// The same year without drawing, which what was drawn should lie beside.
    fn without_drawing(&self, o: &Outcome, out: &mut Vec<Line>) {
        let all: Option<Vec<&Transformed>> = o.views.iter().map(|d| d.transformed.as_ref()).collect();
        let Some([inherent, now, target]) = all.as_deref() else {
            return;
        };
        out.push(Line::default());
        out.push(heading("Without drawing", ["Inherent", "Now", "Target"]));
        let mut told = |label: &str, of: &dyn Fn(&Transformed) -> String| {
            out.push(self.figures(label, [of(inherent), of(now), of(target)], "text"));
        };
        told("Median year", &|t| self.money(t.median));
        told("Year without loss", &|t| share(t.p_zero));
        for (i, p) in LEVELS.iter().enumerate() {
            told(&format!("VaR {:.0} %", p * 100.0), &|t| self.money(t.var[i]));
        }
        for (i, p) in LEVELS.iter().enumerate() {
            told(&format!("TVaR {:.0} %", p * 100.0), &|t| self.money(t.tvar[i]));
        }
    }

    /// Whether the loss stays within what is tolerated.
    fn verdict(&self, o: &Outcome) -> Vec<Line> {
        let now = o.view(View::Current);
        let mut out = Vec::new();
        let mut say = |words: String, role| {
            for line in super::line::wrap(&words, self.years_measure()) {
                out.push(Line::of(LABEL, line, role));
            }
        };
        match (&o.plan.tolerance, &now.breach) {
            (None, _) => say(
                "No tolerance is stated: the risk criteria can say it.".to_owned(),
                "muted",
            ),
            (Some(_), None) => say("Within what is tolerated.".to_owned(), "ok"),
            (Some(_), Some(b)) => say(
                format!(
                    "{} A year costs more than {} with a chance of {}; {} is tolerated.",
                    self.theme.glyph("▲", "!"),
                    self.money(b.amount),
                    share(b.chance),
                    share(b.tolerated)
                ),
                "error",
            ),
        }
        if now.exact > now.curve.quantile(0.9) && now.exact > 0.0 {
            say(
                "The expected loss lies above the 90 % quantile: it comes from rare, large years.".to_owned(),
                "muted",
            );
        }
        out
    }

    fn figures(&self, label: &str, cells: [String; 3], role: &'static str) -> Line {
        let mut line = Line::of(LABEL, label.to_owned(), "muted");
        for (x, cell) in COLUMNS.into_iter().zip(cells) {
            line = line.and(x, right(&cell), role);
        }
        line
    }

    /// An amount in whole units without its currency, which stands in the heading of the curve.
    fn money(&self, major: f64) -> String {
        codec::figure(&appraisal::amount(major, self.world().currency()))
    }

    fn short(&self, major: f64) -> String {
        let text = self.money(major);
        text.rsplit_once(' ')
            .map_or(text.clone(), |(amount, _)| amount.to_owned())
    }

    /// Draws figures and curve.
    pub(crate) fn draw_years(&self, body: Rect, cursor: Cursor, buffer: &mut Buffer) {
        let (figures, curve) = self.years_split(body);
        super::line::draw(
            &self.years_lines(),
            cursor.top,
            Some(cursor.at),
            figures,
            buffer,
            &self.theme,
        );
        let look = &self.theme;
        match &self.years.outcome {
            Some(o) if curve.height > 0 => self.draw_curve(o, curve, buffer),
            None if self.years.drawing.is_some() => {
                put(
                    buffer,
                    from_column(row(curve, curve.height / 2), 2),
                    "drawing",
                    look.style("muted"),
                    "",
                );
            }
            _ => {}
        }
    }

    /// The curve as it is now beside what is tolerated.
    fn draw_curve(&self, o: &Outcome, area: Rect, buffer: &mut Buffer) {
        let now = o.view(View::Current);
        let tolerance = o.plan.tolerance.as_ref();
        let plot = Plot {
            exceed: &|x| now.curve.exceed(x),
            tolerance,
            breach: now.breach,
            reach: plot::reach(&now.curve, tolerance),
        };
        let ink = if self.theme.blocks { Ink::Blocks } else { Ink::Braille };
        plot::draw(buffer, area, &self.theme, ink, &plot);
    }
}

fn heading(label: &str, columns: [&str; 3]) -> Line {
    let mut line = Line::of(LABEL, label.to_owned(), "heading");
    for (x, name) in COLUMNS.into_iter().zip(columns) {
        line = line.and(x, right(name), "heading");
    }
    line
}

/// A text at the right end of its column.
fn right(cell: &str) -> String {
    let room = usize::from(COLUMNS[1] - COLUMNS[0] - 1);
    format!("{}{cell}", " ".repeat(room.saturating_sub(text::width(cell))))
}

/// A share in percent.
fn share(v: f64) -> String {
    format!("{} %", codec::significant(v * 100.0, 3))
}
