//! Where a person left and comes back: the screen, each list as it was asked for, and what lay over it, as a text that
//! another version can read too. What is not there any more is left out with a word.

use super::instrument::Tab;
use super::list::{Cursor, List, Only};
use super::spot::{Along, Layer, Of, Spot};
use super::{Model, Weight};
use crate::method::agenda::STAGES;
use crate::model::kind::KindIx;
use crate::model::record::Id;
use crate::model::view::Shown;
use crate::ui::job::Effect;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The form of the text; another one is not read.
const FORM: u32 = 1;
/// A restriction to more records than these is not kept.
const MANY: usize = 2_000;

/// Where somebody left.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct Left {
    form: u32,
    screen: u8,
    /// The register that shows on each screen, by name.
    registers: BTreeMap<u8, String>,
    /// The register that is shown instead, by name.
    within: Option<String>,
    lists: BTreeMap<String, AsAsked>,
    layers: Vec<Over>,
    /// The register whose records are being decided, by name.
    #[serde(skip_serializing_if = "Option::is_none")]
    triage: Option<String>,
    preview: bool,
    mine: bool,
    stage: Option<usize>,
    today: Place,
    /// The places that letters mark.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    marks: BTreeMap<char, Mark>,
    /// What was asked for in the palette, the latest last.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    said: Vec<String>,
}

/// A place that a letter marks.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Mark {
    screen: u8,
    /// The register that shows, by name, and its list as it was asked for.
    list: Option<(String, AsAsked)>,
    layers: Vec<Over>,
}

/// A list as it was asked for, and where the cursor stood.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
struct AsAsked {
    #[serde(skip_serializing_if = "String::is_empty")]
    query: String,
    sort: Option<(String, bool)>,
    /// The columns of the view that it shows.
    #[serde(skip_serializing_if = "Option::is_none")]
    columns: Option<Vec<Shown>>,
    retired: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    only: Option<(String, Vec<String>)>,
    record: Option<String>,
    place: Place,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Serialize, Deserialize)]
struct Place {
    at: usize,
    top: usize,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Over {
    Record {
        id: String,
        place: Place,
        all: bool,
    },
    History {
        id: String,
        place: Place,
    },
    Log,
    Years(Option<String>),
    Tree {
        root: Root,
        place: Place,
        open: Vec<String>,
        query: String,
    },
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Root {
    Links(String),
    Explain(String),
    Kind(String),
    Upwards(String),
    Around(String),
    Since(i32),
    Gaps(Option<usize>),
    Framework(String),
}

impl From<Cursor> for Place {
    fn from(c: Cursor) -> Self {
        Self { at: c.at, top: c.top }
    }
}

impl From<Place> for Cursor {
    fn from(p: Place) -> Self {
        Self { at: p.at, top: p.top }
    }
}

/// What waits for the store to be open.
#[derive(Debug, Default)]
pub(crate) struct Resume {
    /// The record on which the cursor of each list stood, by the place of its kind.
    goals: BTreeMap<usize, Id>,
    layers: Vec<Over>,
}

impl Model {
    /// Where one is, as a text for [`Model::resume`].
    pub fn leave(&self) -> String {
        let name = |ix: usize| self.catalogue.kinds.get(ix).map(|k| k.name.clone());
        let mut registers = BTreeMap::new();
        for screen in 1..self.spot.tabs.len() as u8 {
            let at = self.spot.tabs[usize::from(screen)];
            if let Some(kind) = self.tabs_of(screen).get(at).and_then(|e| e.name(&self.catalogue)) {
                registers.insert(screen, kind.to_owned());
            }
        }
        let mut lists = BTreeMap::new();
        for list in &self.lists {
            let asked = self.as_asked(list);
            let plain = AsAsked {
                record: asked.record.clone().filter(|_| list.cursor.at == 0),
                ..AsAsked::default()
            };
            if let Some(kind) = name(list.kind).filter(|_| asked != plain) {
                lists.insert(kind, asked);
            }
        }
        let left = Left {
            form: FORM,
            screen: self.spot.screen,
            registers,
            within: self.spot.within.and_then(name),
            lists,
            layers: self.spot.layers.iter().filter_map(|l| self.over(l)).collect(),
            triage: self.triage.as_ref().and_then(|t| name(t.kind)),
            preview: self.triage.as_ref().map_or(self.preview, |t| t.preview),
            mine: self.today_list.mine,
            stage: self.today_list.stage,
            today: self.today_list.cursor.into(),
            marks: self.marks.clone(),
            said: self.said.clone(),
        };
        serde_json::to_string(&left).unwrap_or_default()
    }

    /// How a list is asked for, and where its cursor stands.
    fn as_asked(&self, list: &List) -> AsAsked {
        let triaged = self.triage.as_ref().is_some_and(|t| t.kind == list.kind);
        let only = list.only.as_ref().filter(|o| o.ids.len() <= MANY && !triaged);
        let waiting = self.resume.as_ref().and_then(|r| r.goals.get(&list.kind));
        AsAsked {
            query: list.query.clone(),
            sort: list.sort.clone(),
            columns: list.columns.clone(),
            retired: list.retired,
            only: only.map(|o| (o.words.clone(), o.ids.iter().map(Id::to_string).collect())),
            record: list.current().map(|r| &r.id).or(waiting).map(Id::to_string),
            place: list.cursor.into(),
        }
    }

    /// Asks for a list as it was, and returns the record on which its cursor stood.
    fn ask_again(&mut self, ix: KindIx, asked: AsAsked) -> Option<Id> {
        let known = |column: &str| {
            let kind = &self.catalogue.kinds[ix];
            matches!(column, "id" | "state" | "changed" | "created")
                || kind.field(column).is_some()
                || kind.derivation(column).is_some()
        };
        let sort = asked.sort.filter(|(column, _)| known(column));
        let list = &mut self.lists[ix];
        list.query = asked.query;
        list.sort = sort;
        list.columns = asked.columns;
        list.retired = asked.retired;
        list.only = asked.only.map(|(words, ids)| Only {
            words,
            ids: Arc::new(ids.into_iter().map(Id::from).collect()),
        });
        list.cursor = asked.place.into();
        asked.record.map(Id::from)
    }

    /// The place where one is, to be marked.
    pub(crate) fn mark_here(&self) -> Mark {
        let list = self.register().map(|ix| &self.lists[ix]);
        Mark {
            screen: self.spot.screen,
            list: list.map(|l| (self.catalogue.kinds[l.kind].name.clone(), self.as_asked(l))),
            layers: self.spot.layers.iter().filter_map(|l| self.over(l)).collect(),
        }
    }

    /// The place that is marked and the register that shows there, or what of it is not there any more.
    pub(crate) fn marked(&self, mark: &Mark) -> Result<(Spot, Option<KindIx>), String> {
        let ix = match &mark.list {
            Some((name, _)) => Some(self.catalogue.index_of(name).ok_or_else(|| name.clone())?),
            None => None,
        };
        let screen = Spot {
            screen: mark.screen.min(6),
            tabs: self.spot.tabs,
            ..Spot::default()
        };
        let mut spot = ix.map_or(screen, |ix| self.spot_of(ix));
        for over in &mark.layers {
            spot.layers.push(self.layer(over.clone())?);
        }
        Ok((spot, ix))
    }

    /// The filter of the list that is marked.
    pub(crate) fn marked_query<'a>(&self, mark: &'a Mark) -> &'a str {
        mark.list.as_ref().map_or("", |(_, asked)| asked.query.as_str())
    }

    /// Goes to a place that is marked.
    pub(crate) fn see_mark(&mut self, mark: Mark) -> Result<Vec<Effect>, String> {
        let (spot, ix) = self.marked(&mark)?;
        let effects = self.go(spot);
        if let (Some(ix), Some((_, asked))) = (ix, mark.list) {
            let goal = self.ask_again(ix, asked);
            self.find(ix);
            let page = self.page();
            goal.map(|id| self.lists[ix].go_to(&id, page));
        }
        Ok(effects)
    }

    fn over(&self, layer: &Layer) -> Option<Over> {
        Some(match layer {
            Layer::Record { id, cursor, all } => Over::Record {
                id: id.to_string(),
                place: (*cursor).into(),
                all: *all,
            },
            Layer::History { id, cursor } => Over::History {
                id: id.to_string(),
                place: (*cursor).into(),
            },
            Layer::Log { .. } => Over::Log,
            Layer::Years { of, .. } => Over::Years(of.as_ref().map(Id::to_string)),
            Layer::Tree {
                of,
                cursor,
                open,
                query,
            } => Over::Tree {
                root: match of {
                    Of::Links(id) => Root::Links(id.to_string()),
                    Of::Kind(along) => {
                        let name = self.catalogue.kinds.get(along.kind)?.name.clone();
                        match (&along.around, along.up) {
                            (Some(id), _) => Root::Around(id.to_string()),
                            (None, true) => Root::Upwards(name),
                            (None, false) => Root::Kind(name),
                        }
                    }
                    Of::Since(day) => Root::Since(*day),
                    Of::Gaps(stage) => Root::Gaps(stage.and_then(|s| STAGES.iter().position(|(t, _)| *t == s))),
                    Of::Framework(id) => Root::Framework(id.clone()),
                    Of::Explain(id) => Root::Explain(id.to_string()),
                },
                place: (*cursor).into(),
                open: open.iter().cloned().collect(),
                query: query.clone(),
            },
        })
    }

    /// Goes where one left; what lay over the list comes once the store is open. What cannot be understood is said.
    pub fn resume(&mut self, text: &[u8]) {
        let left: Left = match serde_json::from_slice::<Left>(text) {
            Ok(left) if left.form == FORM => left,
            _ => {
                self.say(
                    Weight::Plain,
                    "where you left cannot be read; this is the beginning again",
                );
                return;
            }
        };
        let kind = |name: &String| self.catalogue.index_of(name);
        let mut spot = Spot {
            screen: left.screen.min(6),
            tabs: self.spot.tabs,
            within: left.within.as_ref().and_then(kind),
            layers: Vec::new(),
            seen: None,
        };
        for (screen, name) in &left.registers {
            let named = |e: &Tab| e.name(&self.catalogue) == Some(name);
            let place = self.tabs_of(*screen).iter().position(named);
            if let (Some(tab), Some(place)) = (spot.tabs.get_mut(usize::from(*screen)), place) {
                *tab = place;
            }
        }
        let mut resume = Resume::default();
        for (name, asked) in left.lists {
            let Some(ix) = self.catalogue.index_of(&name) else {
                continue;
            };
            if let Some(id) = self.ask_again(ix, asked) {
                resume.goals.insert(ix, id);
            }
        }
        resume.layers = left.layers;
        self.preview = left.preview;
        if let Some(ix) = left.triage.and_then(|name| self.catalogue.index_of(&name)) {
            self.begin_triage(ix);
        }
        self.today_list.mine = left.mine;
        self.today_list.stage = left.stage.filter(|n| *n < STAGES.len());
        self.today_list.cursor = left.today.into();
        self.spot = spot.clone();
        self.trail = vec![spot];
        self.walked = 0;
        (self.marks, self.said) = (left.marks, left.said);
        self.resume = Some(resume);
    }

    /// The record on which the cursor of a list stood, once.
    pub(crate) fn goal(&mut self, ix: usize) -> Option<Id> {
        self.resume.as_mut()?.goals.remove(&ix)
    }

    /// Lays over the list what lay there, as far as it is still there.
    pub(crate) fn come_back(&mut self) -> Vec<Effect> {
        let Some(resume) = &mut self.resume else {
            return Vec::new();
        };
        let layers = std::mem::take(&mut resume.layers);
        let mut spot = self.spot.clone();
        let mut gone = None;
        for over in layers {
            match self.layer(over) {
                Ok(layer) => spot.layers.push(layer),
                Err(what) => {
                    gone = Some(what);
                    break;
                }
            }
        }
        if let Some(what) = gone {
            self.say(Weight::Plain, format!("{what} was open here and is not there any more"));
        }
        if spot.layers.is_empty() {
            return Vec::new();
        }
        self.go(spot)
    }

    /// A layer as it was, or what of it is gone.
    fn layer(&self, over: Over) -> Result<Layer, String> {
        let there = |id: String| {
            let id = Id::from(id);
            let found = self.world().find(&id).is_some();
            found.then_some(id.clone()).ok_or_else(|| id.to_string())
        };
        Ok(match over {
            Over::Record { id, place, all } => Layer::Record {
                id: there(id)?,
                cursor: place.into(),
                all,
            },
            Over::History { id, place } => Layer::History {
                id: there(id)?,
                cursor: place.into(),
            },
            Over::Log => Layer::Log {
                cursor: Cursor::default(),
            },
            Over::Years(of) => Layer::Years {
                of: of.map(there).transpose()?,
                cursor: Cursor::default(),
            },
            Over::Tree {
                root,
                place,
                open,
                query,
            } => Layer::Tree {
                of: match root {
                    Root::Links(id) => Of::Links(there(id)?),
                    Root::Explain(id) => Of::Explain(there(id)?),
                    Root::Kind(name) => Of::Kind(Along::of(self.catalogue.index_of(&name).ok_or(name)?, false)),
                    Root::Upwards(name) => Of::Kind(Along::of(self.catalogue.index_of(&name).ok_or(name)?, true)),
                    Root::Around(id) => {
                        let id = there(id)?;
                        let kind = self.catalogue.kind_of(&id).ok_or_else(|| id.to_string())?;
                        Of::Kind(Along {
                            around: Some(id),
                            ..Along::of(kind, false)
                        })
                    }
                    Root::Since(day) => Of::Since(day),
                    Root::Gaps(stage) => Of::Gaps(stage.and_then(|n| STAGES.get(n)).map(|(s, _)| *s)),
                    Root::Framework(id) => match self.catalogue.frameworks.iter().any(|f| f.id == id) {
                        true => Of::Framework(id),
                        false => return Err(id),
                    },
                },
                cursor: place.into(),
                open: open.into_iter().collect(),
                query,
            },
        })
    }
}
