//! A small catalogue and a few records for the tests of this folder; not the registers of the program.

use super::calendar;
use super::codec;
use super::kind::{Catalogue, STATE};
use super::record::{Id, Record};
use super::state::State;
use super::value::Value;
use super::world::World;
use std::sync::Arc;

const HEADER: &str = r#"
[[fields]]
tag = 1
name = "state"
label = "State"
type = "line"
readonly = true
help = "h"
[[fields]]
tag = 2
name = "title"
label = "Title"
type = "line"
min = 1
max = 120
aliases = ["name"]
help = "h"
[[fields]]
tag = 3
name = "description"
label = "Description"
type = "text"
help = "h"
[[fields]]
tag = 4
name = "owner"
label = "Owner"
type = "link"
target = ["role", "person"]
aliases = ["responsible"]
help = "h"
[[fields]]
tag = 6
name = "tags"
label = "Tags"
type = "tags"
help = "h"
[[fields]]
tag = 8
name = "next_review"
label = "Next review"
type = "date"
due = "review"
help = "h"
"#;

const ORGANISATION: &str = r#"
name = "organisation"
plural = "organisations"
title = "Organisation"
titles = "Organisations"
prefix = "ORG"
stage = "establish"
screen = 1
order = 1
help = "h"
columns = []
[rights]
[[fields]]
tag = 32
name = "currency"
label = "Currency"
type = "line"
help = "h"
"#;

const PERSON: &str = r#"
name = "person"
plural = "persons"
title = "Person"
titles = "People"
prefix = "P"
stage = "establish"
screen = 1
order = 2
help = "h"
columns = []
[rights]
[[fields]]
tag = 32
name = "login"
label = "Login"
type = "line"
help = "h"
"#;

const ROLE: &str = r#"
name = "role"
plural = "roles"
title = "Role"
titles = "Roles"
prefix = "RO"
stage = "establish"
screen = 1
order = 3
help = "h"
columns = []
[rights]
[[fields]]
tag = 32
name = "holders"
label = "Holders"
type = "links"
target = ["person"]
help = "h"
[[fields]]
tag = 33
name = "deputy"
label = "Deputy"
type = "link"
target = ["person"]
help = "h"
"#;

const ASSET: &str = r#"
name = "asset"
plural = "assets"
title = "Asset"
titles = "Assets"
prefix = "A"
stage = "establish"
screen = 1
order = 4
help = "h"
sort = ["title"]
columns = []
[rights]
[[fields]]
tag = 32
name = "availability"
label = "Availability"
type = "scale"
scale = "cia"
help = "h"
[[fields]]
tag = 33
name = "value"
label = "Value"
type = "money"
help = "h"
[[fields]]
tag = 34
name = "site"
label = "Site"
type = "line"
help = "h"
"#;

const RISK: &str = r#"
name = "risk"
plural = "risks"
title = "Risk"
titles = "Risks"
prefix = "R"
stage = "establish"
screen = 1
order = 5
help = "h"
sort = ["-current_level", "id"]
columns = []
[rights]
[[states]]
id = "identified"
class = "open"
[[states]]
id = "treating"
class = "open"
[[states]]
id = "risk-accepted"
class = "closed"
[[fields]]
tag = 32
name = "assets"
label = "Assets"
type = "links"
target = ["asset"]
help = "h"
[[fields]]
tag = 33
name = "treatment"
label = "Treatment"
type = "choice"
help = "h"
choices = [
    { id = "mitigate", label = "Mitigate", aliases = ["reduce"] },
    { id = "share", label = "Share it", aliases = ["transfer"] },
    { id = "accept", label = "Accept", tone = "bad" },
]
[[fields]]
tag = 34
name = "method"
label = "Method"
type = "line"
help = "h"
[[fields]]
tag = 35
name = "current_likelihood"
label = "Likelihood"
type = "scale"
scale = "likelihood"
help = "h"
[[fields]]
tag = 36
name = "current_impact"
label = "Impact"
type = "scale"
scale = "impact"
help = "h"
[[fields]]
tag = 37
name = "target_likelihood"
label = "Target likelihood"
type = "scale"
scale = "likelihood"
help = "h"
[[fields]]
tag = 38
name = "score"
label = "Score"
type = "integer"
min = 0
max = 25
help = "h"
[[fields]]
tag = 39
name = "cost"
label = "Cost"
type = "money"
help = "h"
[[fields]]
tag = 40
name = "critical"
label = "Critical"
type = "bool"
help = "h"
[[derived]]
name = "current_level"
label = "Level"
help = "h"
from = "matrix"
likelihood = "current_likelihood"
impact = "current_impact"
[[derived]]
name = "due"
label = "Due"
help = "h"
from = "due"
"#;

/// A kind with every field type under the name of the type.
const THING: &str = r#"
name = "thing"
plural = "things"
title = "Thing"
titles = "Things"
prefix = "TH"
stage = "run"
screen = 3
order = 9
help = "h"
columns = []
[rights]
[[fields]]
tag = 40
name = "line"
label = "Line"
type = "line"
help = "h"
[[fields]]
tag = 41
name = "text"
label = "Text"
type = "text"
help = "h"
[[fields]]
tag = 42
name = "bool"
label = "Bool"
type = "bool"
help = "h"
[[fields]]
tag = 43
name = "integer"
label = "Integer"
type = "integer"
help = "h"
[[fields]]
tag = 44
name = "decimal"
label = "Decimal"
type = "decimal"
help = "h"
[[fields]]
tag = 45
name = "percent"
label = "Percent"
type = "percent"
help = "h"
[[fields]]
tag = 46
name = "money"
label = "Money"
type = "money"
help = "h"
[[fields]]
tag = 47
name = "scale"
label = "Scale"
type = "scale"
scale = "cia"
help = "h"
[[fields]]
tag = 48
name = "choice"
label = "Choice"
type = "choice"
choices = [{ id = "one", label = "First" }, { id = "two-three", label = "Second, third" }]
help = "h"
[[fields]]
tag = 49
name = "date"
label = "Date"
type = "date"
help = "h"
[[fields]]
tag = 50
name = "time"
label = "Time"
type = "time"
help = "h"
[[fields]]
tag = 51
name = "duration"
label = "Duration"
type = "duration"
help = "h"
[[fields]]
tag = 52
name = "range"
label = "Range"
type = "range"
help = "h"
[[fields]]
tag = 53
name = "words"
label = "Words"
type = "tags"
help = "h"
[[fields]]
tag = 54
name = "closed"
label = "Closed"
type = "tags"
choices = [{ id = "c", label = "Kept secret" }, { id = "i", label = "Whole" }]
help = "h"
[[fields]]
tag = 55
name = "link"
label = "Link"
type = "link"
target = ["asset"]
help = "h"
[[fields]]
tag = 56
name = "links"
label = "Links"
type = "links"
target = ["asset"]
help = "h"
[[fields]]
tag = 57
name = "effects"
label = "Effects"
type = "links"
target = ["asset"]
help = "h"
    [[fields.fields]]
    tag = 1
    name = "share"
    label = "Share"
    type = "percent"
    help = "h"
    [[fields.fields]]
    tag = 2
    name = "why"
    label = "Why"
    type = "line"
    help = "h"
[[fields]]
tag = 58
name = "rows"
label = "Rows"
type = "rows"
help = "h"
    [[fields.fields]]
    tag = 1
    name = "what"
    label = "What"
    type = "line"
    help = "h"
    [[fields.fields]]
    tag = 2
    name = "who"
    label = "Who"
    type = "link"
    target = ["person"]
    help = "h"
    [[fields.fields]]
    tag = 3
    name = "due"
    label = "By"
    type = "date"
    due = "task"
    help = "h"
    [[fields.fields]]
    tag = 4
    name = "done"
    label = "Done"
    type = "bool"
    help = "h"
[[fields]]
tag = 59
name = "file"
label = "File"
type = "file"
help = "h"
"#;

const SCALES: &str = r#"
[[scales]]
id = "cia"
name = "CIA"
levels = [
    { id = "none", name = "None", short = "0" },
    { id = "low", name = "Low", short = "1" },
    { id = "high", name = "High", short = "2", aliases = ["severe"] },
]
"#;

const METHOD: &str = r#"
id = "iso27005-5x5"
name = "Three by three"
source = "a test"
grid = [[0, 0, 1], [0, 1, 2], [1, 2, 2]]
[[scales]]
id = "likelihood"
name = "Likelihood"
levels = [{ id = "rare", name = "Rare" }, { id = "likely", name = "Likely", aliases = ["possible"] }, { id = "certain", name = "Certain" }]
[[scales]]
id = "impact"
name = "Impact"
levels = [{ id = "minor", name = "Minor" }, { id = "serious", name = "Serious" }, { id = "grave", name = "Grave" }]
[[scales]]
id = "level"
name = "Level"
levels = [
    { id = "low", name = "Low", short = "L", role = "level0", decision = "accept" },
    { id = "moderate", name = "Moderate", short = "M", role = "level2", decision = "treat" },
    { id = "high", name = "High", short = "H", role = "level4", decision = "stop" },
]
"#;

/// 2026-11-22, a Sunday.
pub const TODAY: i32 = 20_779;

/// The kinds and the records together.
pub struct Sample {
    /// The kinds.
    pub catalogue: Catalogue,
    /// The records.
    pub state: State,
    /// Ada.
    pub me: Id,
}

impl Sample {
    /// The catalogue without a record.
    pub fn empty() -> Self {
        let registers = [
            ("_header.toml", HEADER),
            ("organisation.toml", ORGANISATION),
            ("person.toml", PERSON),
            ("role.toml", ROLE),
            ("asset.toml", ASSET),
            ("risk.toml", RISK),
            ("thing.toml", THING),
        ];
        let catalogue = Catalogue::read(&registers, &[("_scales.toml", SCALES), ("m.toml", METHOD)]).unwrap();
        let state = State::empty(&catalogue);
        Self {
            catalogue,
            state,
            me: Id::from("P-0001"),
        }
    }

    /// A few people, assets and risks.
    #[allow(clippy::new_without_default)]
    pub fn new() -> Self {
        let mut s = Self::empty();
        s.add("ORG-0001", &[("title", "Meridian Pay"), ("currency", "EUR")]);
        s.add("P-0001", &[("title", "Ada Berg"), ("login", "ada")]);
        s.add("P-0002", &[("title", "Bo Chen"), ("login", "bo")]);
        s.add("RO-0001", &[("title", "Head of payments"), ("holders", "P-0001")]);
        s.add(
            "A-0001",
            &[("title", "Card database"), ("availability", "high"), ("value", "2M")],
        );
        s.add(
            "A-0002",
            &[
                ("title", "Web, shop and blog"),
                ("availability", "low"),
                ("site", "Oslo"),
            ],
        );
        s.add("A-0003", &[("title", "Laptop fleet"), ("availability", "vital")]);
        s.add(
            "R-0001",
            &[
                ("title", "Card data exposed by a stolen laptop"),
                ("description", "A laptop is left on a train.\nNobody \"encrypts\" it."),
                ("owner", "P-0001"),
                ("assets", "A-0001|A-0003"),
                ("treatment", "mitigate"),
                ("current_likelihood", "likely"),
                ("current_impact", "grave"),
                ("target_likelihood", "rare"),
                ("score", "20"),
                ("cost", "12k"),
                ("tags", "pci, mobile"),
                ("next_review", "2026-11-20"),
                ("critical", "yes"),
            ],
        );
        s.add(
            "R-0002",
            &[
                ("title", "Payment outage longer than 4 hours"),
                ("owner", "RO-0001"),
                ("assets", "A-0002"),
                ("treatment", "share"),
                ("current_likelihood", "rare"),
                ("current_impact", "serious"),
                ("score", "8"),
                ("next_review", "2026-12-10"),
                ("state", "treating"),
                ("critical", "no"),
            ],
        );
        s.add(
            "R-0003",
            &[
                ("title", "Key person leaves"),
                ("owner", "P-0002"),
                ("state", "risk-accepted"),
                ("score", "3"),
            ],
        );
        s.add(
            "R-0004",
            &[("title", "Old laptop risk"), ("state", "retired"), ("assets", "A-0003")],
        );
        s.add(
            "R-0005",
            &[
                ("title", "会计系统 \"offline\""),
                ("current_likelihood", "quite often"),
                ("next_review", "2027-03-01"),
            ],
        );
        s
    }

    /// The records seen by Ada on [`TODAY`].
    pub fn world(&self) -> World<'_> {
        World {
            catalogue: &self.catalogue,
            state: &self.state,
            today: TODAY,
            now: i64::from(TODAY) * calendar::DAY_MS,
            me: &self.me,
        }
    }

    /// Adds a record from texts.
    pub fn add(&mut self, id: &str, fields: &[(&str, &str)]) {
        let id = Id::from(id);
        let ix = self.catalogue.kind_of(&id).unwrap();
        let mut record = Record::new(id);
        {
            let w = self.world();
            let kind = w.kind_at(ix);
            record.set(STATE, Some(Value::Text(kind.first_state().to_string())));
            for (name, text) in fields {
                let field = kind.field(name).unwrap();
                let v = codec::parse(&w, kind, Some(&record), field, text).unwrap();
                record.set(field.tag, v);
            }
        }
        self.state.put(ix, Arc::new(record));
    }

    /// A record by id.
    pub fn get(&self, id: &str) -> Arc<Record> {
        Arc::clone(self.state.find(&self.catalogue, &Id::from(id)).unwrap())
    }
}
