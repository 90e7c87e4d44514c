//! Instruments: what a screen shows beside its registers and works out of them. `data/instruments.toml` says which there
//! are, where they stand on the strip and what they are made of; here they take their place among the registers.

use super::Model;
use super::job::Effect;
use super::list::List;
use super::spot::Spot;
use crate::model::kind::{Catalogue, KindIx};
use serde::Deserialize;
use std::sync::LazyLock;

/// One instrument, as its file describes it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Instrument {
    /// The word by which its action and its place in the keymap are named: `go.heat-map`, `[heat-map]`.
    pub name: String,
    /// What a person reads on the strip.
    pub title: String,
    /// The screen that shows it, 1 to 6.
    pub screen: u8,
    /// Its place on the strip, among the registers.
    pub order: u16,
    /// What draws it and takes its keys.
    pub draws: Draws,
    /// The register whose list, as it is filtered, it is made of.
    pub of: String,
    /// What it shows.
    pub help: String,
}

/// What an instrument is drawn by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Draws {
    /// Records in the cells of a matrix.
    HeatMap,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    instruments: Vec<Instrument>,
}

/// All instruments.
pub fn all() -> &'static [Instrument] {
    static ALL: LazyLock<Vec<Instrument>> = LazyLock::new(|| {
        let read = toml::from_str::<File>(include_str!("../../data/instruments.toml"));
        // The tests read them, so that nothing is left out here.
        read.map(|f| f.instruments).unwrap_or_default()
    });
    &ALL
}

/// What stands on the strip of a screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tab {
    /// A register.
    Register(KindIx),
    /// An instrument, by its place in [`all`].
    Instrument(usize),
}

impl Tab {
    /// The word by which it is remembered from one session to the next.
    pub fn name(self, catalogue: &Catalogue) -> Option<&str> {
        match self {
            Self::Register(ix) => catalogue.kinds.get(ix).map(|k| k.name.as_str()),
            Self::Instrument(n) => all().get(n).map(|i| i.name.as_str()),
        }
    }
}

impl Model {
    /// What stands on the strip of a screen, in its order.
    pub(crate) fn tabs_of(&self, screen: u8) -> Vec<Tab> {
        let registers = self.registers(screen).into_iter();
        let registers = registers.map(|ix| (self.catalogue.kinds[ix].order, Tab::Register(ix)));
        let of = |i: &Instrument| i.screen == screen && self.catalogue.index_of(&i.of).is_some();
        let instruments = all().iter().enumerate().filter(|(_, i)| of(i));
        let mut entries: Vec<(u16, Tab)> = registers
            .chain(instruments.map(|(n, i)| (i.order, Tab::Instrument(n))))
            .collect();
        entries.sort_by_key(|(order, _)| *order);
        entries.into_iter().map(|(_, e)| e).collect()
    }

    /// What the strip shows as chosen; nothing on Today and on screens without registers.
    pub(crate) fn tab(&self) -> Option<Tab> {
        let within = self
            .spot
            .within
            .filter(|&ix| self.catalogue.kinds[ix].screen == self.spot.screen);
        if let Some(ix) = within {
            return Some(Tab::Register(ix));
        }
        let entries = self.tabs_of(self.spot.screen);
        let tab = self.spot.tabs.get(usize::from(self.spot.screen)).copied().unwrap_or(0);
        entries.get(tab.min(entries.len().saturating_sub(1))).copied()
    }

    /// The instrument that is shown and not covered.
    pub(crate) fn instrument(&self) -> Option<&'static Instrument> {
        match self
            .tab()
            .filter(|_| self.spot.layers.is_empty() && self.spot.screen > 0)?
        {
            Tab::Instrument(n) => all().get(n),
            Tab::Register(_) => None,
        }
    }

    /// The register whose list is shown below everything else, or of whose list the instrument there is made.
    pub(crate) fn followed_register(&self) -> Option<KindIx> {
        match self.tab()? {
            Tab::Register(ix) => Some(ix),
            Tab::Instrument(n) => self.catalogue.index_of(&all().get(n)?.of),
        }
    }

    /// The list that a filter means: the one that shows, or the one of which the instrument here is made.
    pub(crate) fn filtered(&self) -> Option<&List> {
        let under = || {
            self.instrument()
                .and_then(|_| self.lists.get(self.followed_register()?))
        };
        self.list().or_else(under)
    }

    /// The place where an entry of a strip is shown.
    pub(crate) fn spot_of_tab(&self, screen: u8, entry: Tab) -> Spot {
        let mut tabs = self.spot.tabs;
        let place = self.tabs_of(screen).iter().position(|e| *e == entry);
        if let Some(tab) = tabs.get_mut(usize::from(screen)) {
            *tab = place.unwrap_or(0);
        }
        Spot {
            screen,
            tabs,
            ..Spot::default()
        }
    }

    /// Shows an instrument.
    pub(crate) fn show_instrument(&mut self, n: usize) -> Vec<Effect> {
        let Some(i) = all().get(n) else { return Vec::new() };
        let spot = self.spot_of_tab(i.screen, Tab::Instrument(n));
        self.go(spot)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::builtin;
    use crate::ui::action::Actions;

    #[test]
    fn every_instrument_has_a_place_a_register_and_an_action() {
        let file: File = toml::from_str(include_str!("../../data/instruments.toml")).unwrap();
        assert_eq!(file.instruments.len(), all().len());
        let catalogue = builtin::catalogue().unwrap();
        let actions = Actions::of(&catalogue);
        for i in all() {
            assert!(
                (1..=6).contains(&i.screen) && catalogue.kind(&i.of).is_some(),
                "{}",
                i.name
            );
            assert!(actions.place(&format!("go.{}", i.name)).is_some(), "{}", i.name);
        }
    }
}
