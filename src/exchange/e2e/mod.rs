//! One organisation in numbers, in one file: assets and what leans on them, risks with their factors, controls with what
//! they take away. The form is told in [`form`]; it comes in as one commit.

pub mod form;
mod lines;
mod names;

pub use names::is;

use super::Error;
use super::past::Past;
use super::plan::{Cell, Item, Plan, Want};
use super::planner::{Planner, tags};
use crate::method::treatment::combination::Policy;
use crate::method::treatment::effect::Status;
use crate::model::change::Actor;
use crate::model::kind::{Kind, KindIx, Tag};
use crate::model::value::Value;
use crate::model::world::World;
use form::{Asset, Control, Edge, Factor, Organisation, Primary, Risk, Strength};
use lines::Lines;
use std::collections::BTreeMap;

/// The post that acts on what is noticed, where the file names nobody.
const RESPONSE: &str = "Response to what is noticed";

/// Where the records of the file stand among the items of the plan, by their ids in the file.
type Places<'t> = BTreeMap<&'t str, usize>;

/// Plans the import of a file.
///
/// # Errors
/// It is not of the form; what does not fit in it is named in the plan instead.
pub fn plan(w: &World, file: &str, bytes: &[u8], past: &mut dyn Past, actor: &Actor) -> Result<Plan, Error> {
    let all = form::read(file, bytes)?;
    let text = String::from_utf8_lossy(bytes);
    let kind = |name: &str| {
        let found = w.catalogue.index_of(name);
        found.ok_or_else(|| Error::file(file, format!("there is no register of {name}s to import into")))
    };
    let mut reader = Reader {
        w,
        planner: Planner::new(w, past, super::E2E, file),
        lines: Lines::of(&text),
        assets: kind("asset")?,
        risks: kind("risk")?,
        controls: kind("control")?,
        post: false,
    };
    for name in names::unknown(&text) {
        reader.planner.unused(&name);
    }
    reader.read(&all);
    Ok(reader.planner.finish(actor))
}

/// What is seen of a file before it is planned: how many there are of each.
///
/// # Errors
/// It is not of the form.
pub fn look(file: &str, bytes: &[u8]) -> Result<super::Look, Error> {
    let all = form::read(file, bytes)?;
    let counts = [
        ("Assets", all.assets.len()),
        ("Dependencies", all.edges.len()),
        ("Risks", all.risks.len()),
        ("Controls", all.controls.len()),
    ];
    Ok(super::Look {
        what: Some(super::E2E.to_string()),
        header: counts.iter().map(|(name, _)| (*name).to_string()).collect(),
        rows: vec![counts.iter().map(|(_, n)| n.to_string()).collect()],
        count: counts.iter().map(|(_, n)| n).sum(),
        sheets: Vec::new(),
    })
}

/// How far a control has come; none if the file says what no control can be.
fn status(control: &Control) -> Option<Status> {
    Status::find(&control.status.replace('_', "-"))
}

/// The controls that work on a risk, and how far they have come.
fn treating<'t>(all: &'t Organisation, risk: &str, places: &Places<'t>) -> Vec<(To<'t>, Status)> {
    let on = all.controls.iter().filter(|(_, c)| c.effects.contains_key(risk));
    let to = on.filter_map(|(id, control)| {
        let to = To {
            id,
            place: *places.get(id.as_str())?,
            attributes: Vec::new(),
        };
        Some((to, status(control)?))
    });
    to.collect()
}

/// A link to a record of the file.
#[derive(Clone)]
struct To<'s> {
    /// Its id in the file.
    id: &'s str,
    /// Its place among the items.
    place: usize,
    /// Attributes of the link by name.
    attributes: Vec<(&'static str, Value)>,
}

struct Reader<'a, 'p, 't> {
    w: &'a World<'a>,
    planner: Planner<'a, 'p, 't>,
    lines: Lines,
    assets: KindIx,
    risks: KindIx,
    controls: KindIx,
    /// Whether the post for responses is needed.
    post: bool,
}

/// A cell of a field, if the kind has it.
fn cell<'t>(kind: &Kind, line: usize, name: &'static str, text: String, want: Want) -> Option<Cell<'t>> {
    Some(Cell {
        tag: kind.field(name)?.tag,
        column: name,
        line,
        text: text.into(),
        want,
        guess: false,
    })
}

impl<'t> Reader<'_, '_, 't> {
    fn read(&mut self, all: &'t Organisation) {
        let numbered = |first: usize, ids: Vec<&'t str>| -> Places<'t> {
            ids.into_iter().enumerate().map(|(n, id)| (id, first + n)).collect()
        };
        let assets = numbered(0, all.assets.keys().map(String::as_str).collect());
        let risks = numbered(assets.len(), all.risks.keys().map(String::as_str).collect());
        let of_controls = all.controls.iter().filter(|(_, c)| status(c).is_some());
        let controls = numbered(
            assets.len() + risks.len(),
            of_controls.map(|(id, _)| id.as_str()).collect(),
        );
        for edge in all.edges.iter().enumerate() {
            self.look_at_edge(edge, &assets);
        }
        for (id, asset) in &all.assets {
            let edges = all.edges.iter().filter(|e| e.support == *id);
            self.asset(id, asset, edges, &assets);
        }
        for (id, risk) in &all.risks {
            self.risk(id, risk, &assets, &treating(all, id, &controls));
        }
        for (id, control) in &all.controls {
            self.control(id, control, &risks);
        }
        if self.post {
            self.response();
        }
        self.method(&all.method);
    }

    /// A dependency must name two assets of the file.
    fn look_at_edge(&mut self, (n, edge): (usize, &Edge), assets: &Places) {
        let line = self.lines.of_member("edges", &n.to_string());
        for (name, id) in [("support", &edge.support), ("dependent", &edge.dependent)] {
            if !assets.contains_key(id.as_str()) {
                self.planner.refuse(line, name, id, "no asset of the file has this id");
            }
        }
    }

    fn begin(&self, kind: KindIx, section: &str, id: &str, title: &'t str) -> Item<'t> {
        let mut item = Item::new(self.lines.of_member(section, id), kind);
        item.keys.push(id.to_string());
        item.title = title.into();
        item.foreign = true;
        item
    }

    /// What a person would type, or a value.
    fn put(&self, item: &mut Item<'t>, name: &'static str, text: String, value: Option<Value>) {
        let want = value.map_or(Want::Text, |v| Want::Value(Some(v)));
        item.cells
            .extend(cell(self.w.kind_at(item.kind), item.line, name, text, want));
    }

    fn number(&self, item: &mut Item<'t>, name: &'static str, number: f64) {
        self.put(item, name, number.to_string(), Some(Value::Num(number)));
    }

    fn range(&self, item: &mut Item<'t>, name: &'static str, factor: Option<Factor>) {
        if let Some(factor) = factor {
            self.put(item, name, factor.to_string(), None);
        }
    }

    /// A level of the scale of assets by its place, lowest 0; text if there is none.
    fn level(&self, item: &mut Item<'t>, name: &'static str, place: u8) {
        let level = self
            .w
            .catalogue
            .scale("cia")
            .and_then(|s| s.levels.get(usize::from(place)));
        let value = level.map(|l| Value::Text(l.id.clone()));
        self.put(item, name, place.to_string(), value);
    }

    /// OSI layers, properties: words.
    fn words(&self, item: &mut Item<'t>, name: &'static str, words: impl Iterator<Item = String>) {
        let words = tags(words);
        self.put(item, name, words.as_tags().join(", "), Some(words));
    }

    fn links(&self, item: &mut Item<'t>, name: &'static str, to: Vec<To<'_>>) {
        let kind = self.w.kind_at(item.kind);
        let Some(field) = kind.field(name).filter(|_| !to.is_empty()) else {
            return;
        };
        let ids: Vec<&str> = to.iter().map(|t| t.id).collect();
        let text = ids.join(", ");
        let tag = |name: &str| field.fields.iter().find(|f| f.name == name).map(|f| f.tag);
        let to = to.into_iter().map(|t| {
            let tagged = t.attributes.into_iter().filter_map(|(name, v)| Some((tag(name)?, v)));
            let mut attributes: Vec<(Tag, Value)> = tagged.collect();
            attributes.sort_by_key(|(tag, _)| *tag);
            (t.place, attributes)
        });
        let want = Want::Items(to.collect());
        item.cells.extend(cell(kind, item.line, name, text, want));
    }

    fn asset(&mut self, id: &str, asset: &'t Asset, edges: impl Iterator<Item = &'t Edge>, assets: &Places<'t>) {
        let mut item = self.begin(self.assets, "assets", id, &asset.title);
        self.put(&mut item, "type", asset.kind.clone(), None);
        self.level(&mut item, "confidentiality", asset.own.c);
        self.level(&mut item, "integrity", asset.own.i);
        self.level(&mut item, "availability", asset.own.a);
        self.put(&mut item, "outage_rate", asset.rate.to_string(), None);
        let mut supports = Vec::new();
        for edge in edges {
            let Some(place) = assets.get(edge.dependent.as_str()) else {
                continue;
            };
            let word = |s: Strength| {
                Value::Text(match s {
                    Strength::Full => "full".to_string(),
                    Strength::Partial => "partial".to_string(),
                    Strength::None => "none".to_string(),
                })
            };
            let [c, i, a] = edge.strength.0.map(word);
            let attributes = vec![("c", c), ("i", i), ("a", a), ("weight", Value::Num(edge.weight))];
            supports.push(To {
                id: &edge.dependent,
                place: *place,
                attributes,
            });
        }
        self.links(&mut item, "supports", supports);
        self.planner.add(item);
    }

    fn risk(&mut self, id: &str, risk: &'t Risk, assets: &Places<'t>, controls: &[(To<'t>, Status)]) {
        let mut item = self.begin(self.risks, "risks", id, &risk.title);
        match assets.get(risk.asset.as_str()) {
            Some(place) => {
                let to = To {
                    id: &risk.asset,
                    place: *place,
                    attributes: Vec::new(),
                };
                self.links(&mut item, "assets", vec![to]);
            }
            None => {
                let why = "no asset of the file has this id";
                self.planner.refuse(item.line, "asset", &risk.asset, why);
            }
        }
        self.words(&mut item, "properties", risk.cia.iter().cloned());
        self.words(&mut item, "layers", risk.layers.iter().map(u8::to_string));
        for (name, factor) in [
            ("frequency", risk.lef.rate),
            ("attempts", risk.lef.tef),
            ("contact_frequency", risk.lef.contact_frequency),
            ("action_probability", risk.lef.probability_of_action),
            ("success", risk.lef.vulnerability),
            ("secondary_probability", risk.secondary_probability),
            ("secondary_loss", risk.secondary),
        ] {
            self.range(&mut item, name, factor);
        }
        match risk.primary {
            Primary::Money(factor) => self.range(&mut item, "primary_loss", Some(factor)),
            Primary::OutageHours(hours) => self.range(&mut item, "outage_hours", Some(hours)),
        }
        // What is in place in part counts so now, and in whole at the target.
        let those = |is: fn(Status) -> bool| controls.iter().filter(move |(_, s)| is(*s)).map(|(to, _)| to.clone());
        self.links(&mut item, "controls", those(Status::is_in_force).collect());
        self.links(
            &mut item,
            "planned_controls",
            those(|s| s < Status::Implemented).collect(),
        );
        self.planner.add(item);
    }

    fn control(&mut self, id: &str, control: &'t Control, risks: &Places<'t>) {
        let mut item = self.begin(self.controls, "controls", id, &control.title);
        for (name, word) in [
            ("mechanism", &control.mechanism),
            ("domain", &control.domain),
            ("party", &control.party),
        ] {
            self.put(&mut item, name, word.clone(), None);
        }
        self.words(&mut item, "layers", control.layers.iter().map(u8::to_string));
        match status(control) {
            Some(status) => item.state = Some(status.id().to_string()),
            None => {
                let words: Vec<&str> = Status::ALL.iter().map(|s| s.id()).collect();
                let why = format!("expected one of {}", words.join(", "));
                return self.planner.refuse(item.line, "status", &control.status, &why);
            }
        }
        for (name, share) in [
            ("coverage", control.coverage),
            ("design", control.design),
            ("operation", control.operation),
            ("life_years", control.life),
        ] {
            self.number(&mut item, name, share);
        }
        self.put(&mut item, "capex", control.capex.to_string(), None);
        self.put(&mut item, "opex", control.opex.to_string(), None);
        let mut effects = Vec::new();
        for (risk, effect) in &control.effects {
            let Some(place) = risks.get(risk.as_str()) else {
                let why = "no risk of the file has this id";
                self.planner.refuse(item.line, "effects", risk, why);
                continue;
            };
            let shares = [
                ("lef", effect.lef),
                ("time_share", effect.time_share),
                ("duration_ratio", effect.duration_ratio),
                ("share", effect.share),
            ];
            let shares = shares.into_iter().filter_map(|(name, s)| Some((name, Value::Num(s?))));
            effects.push(To {
                id: risk,
                place: *place,
                attributes: shares.collect(),
            });
        }
        self.links(&mut item, "effects", effects);
        // The file takes it for granted that somebody acts; here a detection that nobody acts on shortens nothing.
        if control.effects.values().any(|e| e.time_share.is_some()) {
            let names = Want::Names(vec![RESPONSE.to_string()]);
            let kind = self.w.kind_at(item.kind);
            item.cells
                .extend(cell(kind, item.line, "response", RESPONSE.to_string(), names));
            self.post = true;
            let text = format!("the file does not say who acts on what is noticed: taken for the post '{RESPONSE}'");
            self.planner.note(item.line, text);
        }
        self.planner.add(item);
    }

    /// The post that acts on what is noticed, made if it is not there.
    fn response(&mut self) {
        let Some(kind) = self.w.catalogue.index_of("role") else {
            return;
        };
        let mut item = Item::new(1, kind);
        item.title = RESPONSE.into();
        item.named = true;
        self.planner.add(item);
    }

    /// How the organisation judges goes to its own record; what is not kept there must be as it is here.
    fn method(&mut self, method: &form::Method) {
        let here = Policy::default();
        for (name, file, here) in [("rho", method.rho, here.overlap), ("floor", method.floor, here.floor)] {
            if let Some(file) = file.filter(|f| *f != here) {
                self.planner
                    .tell(format!("the file reckons with a {name} of {file}, here it is {here}"));
            }
        }
        let Some(organisation) = self.w.organisation() else {
            return;
        };
        let Some(kind) = self.w.catalogue.kind_of(&organisation.id) else {
            return;
        };
        let mut item = Item::new(self.lines.of_section("method"), kind);
        item.id = Some(organisation.id.clone());
        for (name, number) in [
            ("interest", method.discount_rate),
            ("coverage_target", method.heat_target),
        ] {
            if let Some(number) = number {
                self.number(&mut item, name, number);
            }
        }
        if let Some(level) = method.key_threshold {
            self.level(&mut item, "key_threshold", level);
        }
        self.planner.add(item);
    }
}
