//! The files of `data/`: that they are read, and that they keep what a person and an import expect of them.

#![allow(clippy::panic)]
use isms::ledger::Ledger;
use isms::model::builtin;
use isms::model::codec;
use isms::model::kind::{Catalogue, Field, FieldType, Kind};
use isms::model::query::Query;
use isms::model::record::Id;
use isms::model::world::World;
use std::collections::BTreeMap;
use std::sync::Arc;

fn catalogue() -> Catalogue {
    builtin::catalogue().unwrap_or_else(|e| panic!("{e}"))
}

/// Every field, the fields of rows and of link attributes included, with the path to it.
fn every_field(k: &Kind) -> Vec<(String, &Field)> {
    fn walk<'a>(at: &str, fields: &'a [Field], out: &mut Vec<(String, &'a Field)>) {
        for f in fields {
            let path = format!("{at}.{}", f.name);
            walk(&path, &f.fields, out);
            out.push((path, f));
        }
    }
    let mut out = Vec::new();
    walk(&k.name, &k.fields, &mut out);
    out
}

fn plain(name: &str) -> String {
    name.to_lowercase().replace([' ', '-', '_'], "_")
}

#[test]
fn the_kinds_are_there_in_the_order_of_the_screens() {
    let c = catalogue();
    let names: Vec<&str> = c.kinds.iter().map(|k| k.name.as_str()).collect();
    let expected = ["organisation", "asset", "risk", "control", "treatment-plan", "finding"];
    let found: Vec<&str> = names.into_iter().filter(|n| expected.contains(n)).collect();
    assert_eq!(found, expected);
    let places: Vec<(u8, u16)> = c.kinds.iter().map(|k| (k.screen, k.order)).collect();
    assert!(
        places.windows(2).all(|p| p[0] < p[1]),
        "two kinds share a place: {places:?}"
    );
    for k in &c.kinds {
        assert_eq!(c.kind(&k.plural).map(|o| &o.name), Some(&k.name));
        assert_eq!(c.kind(&k.prefix).map(|o| &o.name), Some(&k.name));
    }
}

#[test]
fn every_help_is_a_sentence() {
    for k in &catalogue().kinds {
        let mut helps = vec![(k.name.clone(), k.help.as_str())];
        helps.extend(every_field(k).into_iter().map(|(path, f)| (path, f.help.as_str())));
        helps.extend(
            k.derived
                .iter()
                .map(|d| (format!("{}.{}", k.name, d.name), d.help.as_str())),
        );
        helps.extend(
            k.states
                .iter()
                .map(|s| (format!("{} state {}", k.name, s.id), s.help.as_str())),
        );
        helps.extend(
            k.transitions
                .iter()
                .map(|t| (format!("{} {}", k.name, t.name), t.help.as_str())),
        );
        helps.extend(
            k.rules
                .iter()
                .map(|r| (format!("{} rule {}", k.name, r.id), r.message.as_str())),
        );
        for (path, help) in helps {
            assert!(help.ends_with('.'), "{path}: help must end with a full stop");
            assert!(
                help.starts_with(|c: char| c.is_uppercase() || c == '{'),
                "{path}: help must begin large"
            );
            assert!(help.chars().count() >= 6, "{path}: help says nothing");
        }
    }
}

#[test]
fn keys_are_unique_within_a_kind() {
    let c = catalogue();
    let mut go = BTreeMap::new();
    for k in &c.kinds {
        if let Some(key) = k.go {
            assert_eq!(go.insert(key, &k.name), None, "two kinds go by g {key}");
        }
        let mut keys = BTreeMap::new();
        for f in k.fields.iter().filter(|f| f.key.is_some()) {
            assert_eq!(
                keys.insert(f.key, &f.name),
                None,
                "{}: two fields are changed by c {:?}",
                k.name,
                f.key
            );
        }
        for s in &k.states {
            let mut keys = BTreeMap::new();
            for t in k.moves_from(&s.id).filter(|t| t.key.is_some()) {
                assert_eq!(
                    keys.insert(t.key, &t.name),
                    None,
                    "{} {}: two moves by {:?}",
                    k.name,
                    s.id,
                    t.key
                );
            }
        }
    }
}

#[test]
fn a_column_of_a_foreign_file_means_one_field() {
    for k in &catalogue().kinds {
        let mut names: BTreeMap<String, &str> = BTreeMap::new();
        for f in &k.fields {
            names.insert(plain(&f.name), &f.name);
        }
        for d in &k.derived {
            assert_eq!(names.insert(plain(&d.name), &d.name), None, "{}.{}", k.name, d.name);
        }
        for f in &k.fields {
            for a in &f.aliases {
                let taken = names.insert(plain(a), &f.name);
                let again = taken.is_some_and(|t| t != f.name);
                assert!(!again, "{}: '{a}' means both {taken:?} and {}", k.name, f.name);
            }
        }
    }
}

#[test]
fn fields_hold_what_their_type_needs() {
    let c = catalogue();
    let of_method = ["likelihood", "impact", "level"];
    for k in &c.kinds {
        for (path, f) in every_field(k) {
            assert!(
                f.name
                    .chars()
                    .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_'),
                "{path}"
            );
            assert!(
                f.label.chars().count() <= 20,
                "{path}: label is too long for a form at 80 columns"
            );
            match f.kind {
                FieldType::Scale => {
                    let id = f.scale.as_deref().unwrap_or_default();
                    assert!(
                        of_method.contains(&id)
                            || c.scale(id).is_some()
                            || c.methods.iter().any(|m| m.scale(id).is_some()),
                        "{path}: no scale '{id}'"
                    );
                }
                FieldType::Choice => assert!(!f.choices.is_empty(), "{path}: a choice without choices"),
                FieldType::Link | FieldType::Links => {
                    // Evidence is there for whatever there is.
                    let anything = path == "evidence.covers";
                    assert_eq!(f.target.is_empty(), anything, "{path}: a link to anything");
                }
                FieldType::Rows => assert!(!f.fields.is_empty(), "{path}: rows without cells"),
                _ => {}
            }
            let top_link = f.is_link() && path.matches('.').count() == 1;
            assert!(
                !top_link || f.inverse.is_some(),
                "{path}: a link needs a name for its other end"
            );
            assert!(
                f.due.is_none() || f.kind == FieldType::Date,
                "{path}: only a date falls due"
            );
            let mut words: BTreeMap<String, &str> = BTreeMap::new();
            for ch in &f.choices {
                assert_eq!(ch.id, ch.id.to_lowercase(), "{path}: choice ids are lower case");
                for w in ch.aliases.iter().chain([&ch.id, &ch.label]) {
                    let other = words.insert(w.to_lowercase(), &ch.id);
                    assert!(
                        other.is_none_or(|o| o == ch.id),
                        "{path}: '{w}' means {other:?} and {}",
                        ch.id
                    );
                }
            }
        }
    }
}

#[test]
fn tags_of_a_kinds_own_fields_begin_at_32() {
    for k in &catalogue().kinds {
        for f in &k.fields {
            let shared = [
                "state",
                "title",
                "description",
                "owner",
                "scopes",
                "tags",
                "review_every_months",
            ];
            let shared = shared.contains(&f.name.as_str())
                || ["next_review", "review_from", "evidence", "notes", "aliases"].contains(&f.name.as_str());
            assert_eq!(f.tag < 32, shared, "{}.{}: tag {}", k.name, f.name, f.tag);
            assert!(f.tag < 1000, "{}.{}", k.name, f.name);
        }
    }
}

#[test]
fn rules_columns_and_moves_name_what_is_there() {
    for k in &catalogue().kinds {
        let known = |n: &str| {
            ["id", "state", "changed", "created"].contains(&n) || k.field(n).is_some() || k.derivation(n).is_some()
        };
        for r in &k.rules {
            let at = format!("{} rule {}", k.name, r.id);
            assert!(
                r.must.is_empty() == r.check.is_some(),
                "{at}: either a query or a check"
            );
            assert!(r.field.as_deref().is_none_or(known), "{at}: field {:?}", r.field);
            for t in &r.on {
                assert!(k.transitions.iter().any(|m| &m.name == t), "{at}: no transition '{t}'");
            }
            for part in r.message.split('{').skip(1) {
                let name = part.split('}').next().unwrap_or_default();
                assert!(known(name) || name == "detail", "{at}: the message fills in {{{name}}}");
            }
            for word in r.when.split(' ').chain(r.must.split(' ')).filter(|w| !w.is_empty()) {
                let name = word
                    .trim_start_matches('-')
                    .split([':', '<', '>', '='])
                    .next()
                    .unwrap_or_default();
                assert!(name == "is" || known(name), "{at}: the query names '{name}'");
            }
        }
        for t in &k.transitions {
            for s in &t.separate {
                let made = s
                    .strip_prefix("move:")
                    .is_some_and(|m| k.transitions.iter().any(|o| o.name == m));
                assert!(
                    s == "author" || made || k.field(s).is_some_and(Field::is_link),
                    "{} {}: {s}",
                    k.name,
                    t.name
                );
            }
            assert!(!t.who.is_empty(), "{} {}: nobody may", k.name, t.name);
        }
        for w in k
            .rights
            .create
            .iter()
            .chain(&k.rights.edit)
            .chain(k.transitions.iter().flat_map(|t| &t.who))
        {
            let link = w.strip_prefix("owner-of:").or_else(|| w.strip_prefix("self:"));
            let fine = link.map_or_else(
                || {
                    let all = ["owner", "self", "anyone", "analyst", "control-owner", "risk-owner"];
                    all.contains(&w.as_str()) || ["ciso", "auditor", "approver", "admin"].contains(&w.as_str())
                },
                |f| k.field(f).is_some_and(Field::is_link),
            );
            assert!(fine, "{}: nobody is '{w}'", k.name);
        }
        for f in &k.sort {
            assert!(
                f == codec::CLOSED || known(f.trim_start_matches('-')),
                "{}: sorted by '{f}'",
                k.name
            );
        }
    }
}

#[test]
fn every_state_can_be_reached_and_left() {
    for k in &catalogue().kinds {
        let mut reached = vec![k.first_state().to_string()];
        let mut n = 0;
        while n < reached.len() {
            let state = reached[n].clone();
            for t in k.moves_from(&state) {
                let to = t.end(&state).to_string();
                if !reached.contains(&to) {
                    reached.push(to);
                }
            }
            n += 1;
        }
        for s in &k.states {
            assert!(
                reached.contains(&s.id),
                "{}: state '{}' cannot be reached",
                k.name,
                s.id
            );
        }
    }
}

#[test]
fn a_word_means_one_level_of_a_scale() {
    let c = catalogue();
    let methods = c
        .methods
        .iter()
        .flat_map(|m| m.scales.iter().map(move |s| (m.id.as_str(), s)));
    for (at, s) in methods.chain(c.scales.iter().map(|s| ("_scales", s))) {
        let mut words: BTreeMap<String, &str> = BTreeMap::new();
        for l in &s.levels {
            assert!(
                l.help.ends_with('.'),
                "{at} {} {}: help must end with a full stop",
                s.id,
                l.id
            );
            assert!(
                l.short.as_ref().is_none_or(|t| t.chars().count() <= 4),
                "{at} {} {}: short form",
                s.id,
                l.id
            );
            for w in l.aliases.iter().chain(&l.short).chain([&l.id, &l.name]) {
                let other = words.insert(w.to_lowercase(), &l.id);
                assert!(
                    other.is_none_or(|o| o == l.id),
                    "{at} {}: '{w}' means {other:?} and {}",
                    s.id,
                    l.id
                );
            }
        }
    }
}

#[test]
fn the_bands_of_likelihood_join() {
    for m in &catalogue().methods {
        let levels = &m.scale("likelihood").unwrap().levels;
        assert_eq!(levels[0].from, Some(0.0));
        for pair in levels.windows(2) {
            assert_eq!(pair[0].to, pair[1].from, "{}: {} and {}", m.id, pair[0].id, pair[1].id);
        }
        for l in &m.scale("level").unwrap().levels {
            assert!(l.role.is_some() && l.decision.is_some(), "{}: level {}", m.id, l.id);
        }
    }
}

/// The grid of ISO/IEC 27005:2022, Annex A, rows of likelihood and columns of consequence from the lowest.
#[test]
fn the_5x5_is_the_grid_of_annex_a() {
    let c = catalogue();
    let rows: Vec<String> = c
        .method("iso27005-5x5")
        .unwrap()
        .grid
        .iter()
        .map(|r| r.iter().map(ToString::to_string).collect())
        .collect();
    assert_eq!(rows, ["00111", "01122", "11233", "12334", "23344"]);
}

/// Every row of a real export of CISO Assistant: the level that it printed is the level of our matrix.
#[test]
fn the_4x4_agrees_with_every_row_of_an_export() {
    let c = catalogue();
    let m = c.method("ebios-4x4").unwrap();
    let text = include_str!("samples/ciso-assistant-risks.csv").trim_start_matches('\u{feff}');
    let mut rows = csv::ReaderBuilder::new().delimiter(b';').from_reader(text.as_bytes());
    let heads = rows.headers().unwrap().clone();
    let column = |name: &str| heads.iter().position(|h| h == name).unwrap();
    let views = [
        ("inherent_proba", "inherent_impact", "inherent_level"),
        ("current_proba", "current_impact", "current_risk"),
        ("residual_proba", "residual_impact", "residual_risk"),
    ];
    // An unset mark is written with a quote in front, against spreadsheet formulas.
    let (mut seen, mut unset) = (0, 0);
    for row in rows.records() {
        let row = row.unwrap();
        for (l, i, r) in views {
            let (l, i, r) = (&row[column(l)], &row[column(i)], &row[column(r)]);
            if r == "'--" {
                unset += 1;
                continue;
            }
            let likelihood = m
                .scale("likelihood")
                .unwrap()
                .find(l)
                .unwrap_or_else(|| panic!("likelihood '{l}'"));
            let impact = m
                .scale("impact")
                .unwrap()
                .find(i)
                .unwrap_or_else(|| panic!("impact '{i}'"));
            assert_eq!(
                m.level(&likelihood.id, &impact.id).map(|v| v.name.as_str()),
                Some(r),
                "{l} x {i}"
            );
            seen += 1;
        }
    }
    assert_eq!((seen, unset), (157, 11), "56 risks in three views");
}

/// One commit of the demonstration company, as its file describes it; see the head of the first file.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct DemoCommit {
    at: String,
    by: String,
    #[serde(default)]
    reason: Option<String>,
    edit: Vec<DemoEdit>,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct DemoEdit {
    #[serde(default)]
    id: Option<String>,
    #[serde(default)]
    ids: Vec<String>,
    #[serde(default)]
    kind: Option<String>,
    #[serde(default)]
    set: toml::Table,
    #[serde(rename = "move", default)]
    transition: Option<String>,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct DemoFile {
    commit: Vec<DemoCommit>,
}

/// Day and minute of `-300d 09:30`.
fn moment(at: &str) -> Option<(i32, u32)> {
    let (day, time) = at.split_once("d ")?;
    let (h, m) = time.split_once(':')?;
    Some((day.parse().ok()?, h.parse::<u32>().ok()? * 60 + m.parse::<u32>().ok()?))
}

/// The ids that a value names, at any depth.
fn named(v: &toml::Value, out: &mut Vec<String>) {
    match v {
        toml::Value::String(s) => out.push(s.clone()),
        toml::Value::Array(a) => a.iter().for_each(|v| named(v, out)),
        toml::Value::Table(t) => t.values().for_each(|v| named(v, out)),
        _ => {}
    }
}

/// Time rises, every record is made before it is named, fields, states and transitions are those of its kind.
#[test]
fn the_demonstration_is_a_coherent_year() {
    let c = catalogue();
    let mut states: BTreeMap<String, String> = BTreeMap::new();
    let mut last = (i32::MIN, 0);
    let mut all = Vec::new();
    for (file, text) in builtin::DEMO {
        let f: DemoFile = toml::from_str(text).unwrap_or_else(|e| panic!("{file}: {e}"));
        let mut before = (i32::MIN, 0);
        for commit in f.commit {
            let at = moment(&commit.at).unwrap_or_else(|| panic!("{file}: time '{}'", commit.at));
            assert!(
                at > before && at.0 <= 0 && at.1 < 24 * 60,
                "{file}: {}: time does not rise",
                commit.at
            );
            before = at;
            all.push((at, *file, commit));
        }
    }
    all.sort_by_key(|(at, ..)| *at);
    {
        for (at, file, commit) in all {
            let here = format!("{file}: commit at {}", commit.at);
            assert!(at > last, "{here}: another commit has the same time");
            last = at;
            let mut touched = Vec::new();
            for e in commit.edit {
                let ids: Vec<String> = e.id.into_iter().chain(e.ids).collect();
                assert!(!ids.is_empty(), "{here}: an edit of nothing");
                for id in ids {
                    let here = format!("{here}, {id}");
                    assert!(!touched.contains(&id), "{here}: touched twice in one commit");
                    let k = c
                        .kind(id.split('-').next().unwrap())
                        .unwrap_or_else(|| panic!("{here}: no kind"));
                    if let Some(kind) = &e.kind {
                        assert_eq!(kind, &k.name, "{here}");
                        let n = states
                            .keys()
                            .filter(|i| c.kind(i.split('-').next().unwrap()).unwrap().name == k.name)
                            .count();
                        if k.id_from.is_empty() {
                            assert_eq!(id, format!("{}-{:04}", k.prefix, n + 1), "{here}: ids rise by one");
                        }
                        states.insert(id.clone(), k.first_state().to_string());
                    }
                    let state = states
                        .get(&id)
                        .unwrap_or_else(|| panic!("{here}: not made yet"))
                        .clone();
                    for (name, value) in &e.set {
                        let field = k.field(name).unwrap_or_else(|| panic!("{here}: no field '{name}'"));
                        assert!(!field.readonly, "{here}: '{name}' is written by the program only");
                        let mut ids = Vec::new();
                        if field.is_link() {
                            named(value, &mut ids);
                        }
                        for to in ids.iter().filter(|i| i.contains('-')) {
                            assert!(
                                states.contains_key(to),
                                "{here}: '{name}' names {to}, which is not made yet"
                            );
                        }
                    }
                    if let Some(name) = &e.transition {
                        let t = k.moves_from(&state).find(|t| &t.name == name);
                        let t = t.unwrap_or_else(|| panic!("{here}: no move '{name}' from '{state}'"));
                        assert!(
                            t.reason != isms::model::kind::Ask::Required || commit.reason.is_some(),
                            "{here}: no reason"
                        );
                        states.insert(id.clone(), t.end(&state).to_string());
                    }
                    touched.push(id);
                }
            }
            assert!(
                states.contains_key(&commit.by),
                "{here}: by {}, who is not there",
                commit.by
            );
        }
    }
}

/// A company that is looked after: a little is late, a little more is due, risks differ, and something waits for Ada.
#[test]
fn the_demonstration_opens_with_a_believable_day() {
    let c = Arc::new(catalogue());
    let today = 20_779;
    let mut ledger = Ledger::memory(Arc::clone(&c));
    isms::exchange::demo::replay(&mut ledger, today, &mut |_| {}).unwrap();
    let me = Id::from("P-0001");
    let w = World {
        catalogue: &c,
        state: ledger.state(),
        today,
        now: 0,
        me: &me,
    };
    // What is still to be done stands above what is closed.
    let findings = c.index_of("finding").unwrap();
    let list = Query::default().select(&w, findings);
    assert!(list.is_sorted_by_key(|r| !w.is_open(&c.kinds[findings], r)));
    assert!(list.len() > 400 && w.is_open(&c.kinds[findings], &list[0]));
    let (mut late, mut now, mut soon) = (BTreeMap::<&str, usize>::new(), 0, 0);
    for k in &c.kinds {
        for r in w.live(&k.name) {
            match w.due(k, r).map(|due| due.day - today) {
                Some(..0) => *late.entry(&k.name).or_default() += 1,
                Some(0) => now += 1,
                Some(1..=14) => soon += 1,
                _ => {}
            }
        }
    }
    // enough to see what late looks like, and not so much that nobody would believe the company
    let expected = [
        ("control", 1..=4),
        ("finding", 1..=6),
        ("risk", 1..=2),
        ("treatment-plan", 1..=1),
    ];
    for (kind, range) in expected {
        assert!(range.contains(late.get(kind).unwrap_or(&0)), "late: {late:?}");
    }
    assert!((8..=24).contains(&late.values().sum::<usize>()), "late: {late:?}");
    assert!(
        (1..=8).contains(&now) && (8..=45).contains(&soon),
        "today {now}, soon {soon}"
    );

    let risk = c.kind("risk").unwrap();
    let mut levels: BTreeMap<String, usize> = BTreeMap::new();
    for r in w.live("risk").filter(|r| w.is_open(risk, r)) {
        let level = w.value(risk, r, "current_level");
        let level = level.as_ref().and_then(|v| v.as_text()).unwrap_or("none");
        *levels.entry(level.to_owned()).or_default() += 1;
    }
    let n = |level: &str| levels.get(level).copied().unwrap_or(0);
    assert!((1..=2).contains(&(n("very-high") + n("high"))), "{levels:?}");
    assert!((8..=12).contains(&n("medium")), "{levels:?}");
    assert!((2..=3).contains(&n("none")) && n("very-low") > 2, "{levels:?}");
    assert!(n("low") < w.live("risk").count() / 2 + 1, "{levels:?}");

    // an ended acceptance, a control that failed, a plan that only Ada can let begin
    let state = |id: &str| w.find(&Id::from(id)).unwrap().state().to_owned();
    assert_eq!(
        (state("R-0009").as_str(), state("TP-0017").as_str()),
        ("accepted", "proposed")
    );
    let control = c.kind("control").unwrap();
    let restore = w.find(&Id::from("C-0025")).unwrap();
    let health = w.value(control, restore, "health");
    assert_eq!(health.as_ref().and_then(|v| v.as_text()), Some("failed"));
}
