//! The tutorial inside the demonstration: one line below the screen says what to press; doing it leads on. The steps
//! are data, and the keys in them those in force.

use super::job::Effect;
use super::look::{Look, from_column, put, row};
use super::picker::wide;
use super::{Model, Standing, Weight};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use serde::Deserialize;

const TEXT: &str = include_str!("../../data/tutorial.toml");

/// One step: what is said, and the action that leads on.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Step {
    say: String,
    r#do: String,
}

#[derive(Deserialize)]
struct File {
    step: Vec<Step>,
}

/// Where a person is in the tutorial.
#[derive(Debug)]
pub(crate) struct Tutorial {
    steps: Vec<Step>,
    at: usize,
}

pub(crate) fn can(m: &Model) -> Result<(), String> {
    match m.standing {
        Standing::Demonstration => Ok(()),
        _ => Err("the tutorial is held in the demonstration, where nothing can be broken: isms --demo".into()),
    }
}

/// Begins the tutorial on Today, or ends it.
pub(crate) fn turn(m: &mut Model) -> Vec<Effect> {
    if m.tutorial.take().is_some() {
        m.say(Weight::Plain, "the tutorial has ended");
        m.fit();
        return Vec::new();
    }
    // The tests read the file.
    let steps = toml::from_str::<File>(TEXT).map(|f| f.step).unwrap_or_default();
    m.tutorial = Some(Tutorial { steps, at: 0 });
    m.fit();
    m.run_named("screen.today")
}

impl Model {
    /// The rows that the tutorial takes below everything else.
    pub(crate) fn lesson(&self) -> u16 {
        u16::from(self.tutorial.is_some())
    }

    /// An action was done: perhaps it was the one that was asked for.
    pub(crate) fn learnt(&mut self, action: &str) {
        let Some(t) = &mut self.tutorial else { return };
        if t.steps.get(t.at).is_some_and(|s| s.r#do == action) {
            t.at += 1;
        }
        if t.at == t.steps.len() {
            self.tutorial = None;
            self.fit();
            self.say(
                Weight::Good,
                "That was all. Whatever you try here, nothing of it is kept.",
            );
        }
    }

    /// What is to be done now, with the keys in force.
    fn step(&self) -> Option<String> {
        let t = self.tutorial.as_ref()?;
        let mut words = String::new();
        // While something is still asked for a step, it is what one reads.
        let at = t.at.saturating_sub(usize::from(!self.modals.is_empty()));
        let mut rest = t.steps.get(at)?.say.as_str();
        while let Some((before, more)) = rest.split_once('{') {
            let (name, after) = more.split_once('}')?;
            words.push_str(before);
            words.push_str(&self.key_of(name));
            rest = after;
        }
        words.push_str(rest);
        Some(format!("{}/{}  {words}", at + 1, t.steps.len()))
    }

    /// Says the step in the last row.
    pub(crate) fn draw_step(&self, full: Rect, buffer: &mut Buffer) {
        let Some(words) = self.step() else { return };
        let line = row(full, full.height.saturating_sub(1));
        super::draw::blank(buffer, line);
        put(
            buffer,
            line,
            &words,
            self.theme.style("selected"),
            self.theme.glyph("…", "~"),
        );
        // The way out, where there is room beside what is said.
        let out = format!("{} ends it", self.key_of("help.tutorial"));
        let (said, out_wide) = (wide(&words), wide(&out));
        if said + out_wide + 3 <= line.width {
            let at = from_column(line, line.width - out_wide - 1);
            put(buffer, at, &out, self.theme.style("muted"), "");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::tests::screen::Screen;

    const SMALL: (u16, u16) = (80, 24);

    #[test]
    fn every_step_names_actions_that_there_are_and_fits_a_small_window() {
        let mut s = Screen::register(SMALL);
        s.model.standing = Standing::Demonstration;
        turn(&mut s.model);
        let steps = s.model.tutorial.as_ref().unwrap().steps.clone();
        for (n, step) in steps.iter().enumerate() {
            assert!(s.model.actions.place(&step.r#do).is_some(), "{}", step.r#do);
            s.model.tutorial.as_mut().unwrap().at = n;
            let words = s.model.step().unwrap();
            assert!(!words.contains('.') || !words.contains("go."), "no key: {words}");
            assert!(super::super::text::width(&words) <= 80, "{words}");
        }
    }

    #[test]
    fn doing_leads_on_and_the_screen_has_its_row_back_at_the_end() {
        let mut s = Screen::register(SMALL);
        s.model.standing = Standing::Demonstration;
        turn(&mut s.model);
        assert!(
            s.text().lines().last().unwrap().starts_with("1/") || s.text().contains("\n1/"),
            "{}",
            s.text()
        );
        s.keys("j");
        assert!(s.text().contains("\n2/"), "{}", s.text());
        s.keys("k");
        assert!(
            s.text().contains("\n2/"),
            "another action waits for the one that was asked for"
        );
        let rest: Vec<String> = s.model.tutorial.as_ref().unwrap().steps[1..]
            .iter()
            .map(|t| t.r#do.clone())
            .collect();
        for action in rest {
            s.model.learnt(&action);
        }
        assert!(
            s.model.tutorial.is_none() && s.text().contains("That was all"),
            "{}",
            s.text()
        );
    }
}
