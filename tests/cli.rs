//! The command line as people and scripts use it: the real binary, a home of its own, every status reached for real.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on says where")]

mod kit;
mod support;

use isms::model::builtin;
use isms::model::change::{Actor, Draft, Edit};
use isms::model::kind::{Catalogue, FieldType, Kind};
use isms::model::record::Id;
use isms::model::value::Value;
use serde_json::Value as Json;
use std::io::Write;
use std::process::{Output, Stdio};
use std::sync::Arc;
use support::Home;

fn catalogue() -> Arc<Catalogue> {
    Arc::new(builtin::catalogue().unwrap())
}

/// A home with a store in it, named Meridian Pay.
fn begun() -> Home {
    let home = Home::new();
    let said = home.ok(&["init", "--name", "Meridian Pay", "--currency", "EUR", "--country", "PT"]);
    assert!(said.starts_with("commit 1: ORG-0001 P-0001\n"), "{said}");
    home
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// Runs a command line that must end with a status; what it said on standard error.
#[track_caller]
fn fails(home: &Home, status: i32, arguments: &[&str]) -> String {
    let out = home.run(arguments);
    let said = text(&out.stderr);
    assert_eq!(
        out.status.code(),
        Some(status),
        "isms {}:\n{}{said}",
        arguments.join(" "),
        text(&out.stdout)
    );
    said
}

#[track_caller]
fn json(home: &Home, arguments: &[&str]) -> Json {
    serde_json::from_str(&home.ok(arguments)).unwrap()
}

#[test]
fn a_risk_is_added_changed_moved_taken_back_and_done_again() {
    let home = begun();
    assert_eq!(
        home.ok(&["add", "risk", "title=Payment outage longer than 4 hours", "owner=me"]),
        "commit 2: R-0001\n"
    );
    assert_eq!(
        home.ok(&[
            "set",
            "r1",
            "threat=Failure of the database",
            "likelihood=likely",
            "Current impact=serious",
            "tags=pci"
        ]),
        "commit 3\n"
    );
    let risk = json(&home, &["show", "R-0001", "--json"]);
    assert_eq!(risk["owner"], "P-0001");
    assert_eq!(risk["tags"], serde_json::json!(["pci"]));
    assert_eq!(risk["current_likelihood"], "likely");
    assert!(risk["current_level"].is_string(), "the matrix works it out: {risk}");

    let said = fails(&home, 2, &["move", "R-0001", "accepted"]);
    assert!(said.contains("possible now: "), "{said}");
    assert_eq!(home.ok(&["move", "R-0001", "analysed"]), "commit 4\n");
    assert_eq!(
        home.ok(&["set", "R-0001", "tags+=outsourced", "treat_by=2027-01-31"]),
        "commit 5\n"
    );

    let log = home.ok(&["log", "R-0001"]);
    assert!(log.starts_with("#5  "), "{log}");
    assert!(log.contains("risk.analyse") && log.contains("record.create"), "{log}");
    assert!(log.contains("State: identified → analysed"), "{log}");

    assert_eq!(home.ok(&["undo"]), "commit 6\n");
    assert_eq!(
        json(&home, &["show", "R-0001", "--json"])["tags"],
        serde_json::json!(["pci"])
    );
    assert_eq!(home.ok(&["redo"]), "commit 7\n");
    assert_eq!(
        json(&home, &["show", "R-0001", "--json"])["tags"],
        serde_json::json!(["outsourced", "pci"])
    );
    let all = json(&home, &["log", "--json"]);
    let last = &all[0];
    assert_eq!((&last["commit"], &last["undoes"]), (&Json::from(7), &Json::from(6)));
    assert_eq!(last["changes"][0]["fields"]["treat_by"]["after"], "2027-01-31");
    assert_eq!(all.as_array().unwrap().len(), 7);

    let then = json(&home, &["show", "R-0001", "--json", "--as-of", "#2"]);
    assert_eq!(
        (&then["state"], &then["tags"]),
        (&Json::from("identified"), &Json::Null)
    );
    assert!(home.ok(&["verify"]).contains("no outside anchor"));
}

#[test]
fn several_records_change_in_one_commit() {
    let home = begun();
    for n in 1..=3 {
        home.ok(&["add", "asset", &format!("title=Server {n}")]);
    }
    assert_eq!(home.ok(&["set", "A-1,A-3,a1", "owner=me", "tags=dmz"]), "commit 5\n");
    let found = json(&home, &["list", "assets", "-q", "tag:dmz", "--json"]);
    let ids: Vec<&str> = found
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|r| r["id"].as_str())
        .collect();
    assert_eq!(ids, ["A-0001", "A-0003"]);
    home.ok(&["undo"]);
    fails(&home, 1, &["list", "assets", "-q", "tag:dmz"]);
}

#[test]
fn what_is_refused_names_the_record_the_field_and_the_rule() {
    let home = begun();
    home.ok(&["add", "person", "title=Bo Lind", "login=bo"]);
    let said = fails(&home, 2, &["move", "P-0002", "leave"]);
    assert!(
        said.contains("left: Last day of work") && said.contains("isms move P-0002 leave left=..."),
        "{said}"
    );
    let said = fails(&home, 2, &["add", "risk"]);
    assert!(said.contains("title") && said.contains("[required]"), "{said}");
    let said = fails(
        &home,
        2,
        &["set", "P-0002", "titel=x", "joined=whenever", "login=a", "login=b"],
    );
    for part in [
        "3 values do not fit",
        "no field 'titel'",
        "did you mean 'title'?",
        "joined: 'whenever'",
        "given twice",
    ] {
        assert!(said.contains(part), "{part} is missing in\n{said}");
    }
    let said = fails(&home, 2, &["list", "risk", "-q", "is:open due<<30d"]);
    let lines: Vec<&str> = said.lines().collect();
    assert_eq!(lines[1], "  is:open due<<30d", "{said}");
    assert!(lines[2].trim() == "^" && lines[2].len() > 2, "{said}");
}

#[test]
fn what_is_worked_out_is_not_typed() {
    let home = begun();
    home.ok(&["add", "risk", "title=Fire"]);
    let said = fails(&home, 2, &["set", "R-0001", "current_level=high"]);
    assert!(
        said.contains("worked out") && said.contains("current_likelihood, current_impact"),
        "{said}"
    );
    let said = fails(&home, 2, &["set", "R-0001", "due=30d"]);
    assert!(said.contains("treat_by"), "{said}");
    let said = fails(&home, 2, &["set", "R-0001", "state=accepted"]);
    assert!(said.contains("isms move"), "{said}");
}

#[test]
fn without_a_terminal_there_is_no_screen() {
    let home = begun();
    let said = fails(&home, 2, &[]);
    assert!(said.contains("isms --help"), "{said}");
}

#[test]
fn every_status_says_what_it_says() {
    let home = begun();
    fails(&home, 1, &["list", "risk"]);
    let said = fails(&home, 1, &["show", "R-0099"]);
    assert_eq!(said, "error: there is no risk R-0099\nhint: isms list risk\n");
    fails(&home, 2, &["show", "nonsense"]);
    fails(&home, 2, &["frobnicate"]);
    fails(&home, 2, &["list", "risc"]);
    fails(&home, 2, &["init"]);
    let said = fails(&home, 2, &["--store", "nowhere", "list", "risk"]);
    assert!(said.contains("isms init"), "{said}");
    fails(&home, 2, &["--as", "Nobody", "list", "risk"]);

    // 3: somebody has it open to write; reading goes on.
    home.ok(&["add", "risk", "title=Fire"]);
    let held = kit::open(&home.store());
    let said = fails(&home, 3, &["set", "R-0001", "threat=arson"]);
    assert!(said.contains("open already"), "{said}");
    home.ok(&["list", "risk"]);
    drop(held);
    home.ok(&["set", "R-0001", "threat=arson"]);

    // 4: somebody else has changed the same since.
    home.ok(&["add", "person", "title=Bo Lind", "permissions=admin"]);
    home.ok(&["undo"]);
    home.ok(&["redo"]);
    home.ok(&["set", "R-0001", "threat=lightning"]);
    let mut ledger = kit::open(&home.store());
    let bo = Id::from("P-0002");
    let mut draft = Draft::new("record.edit");
    let catalogue = catalogue();
    let risk = ledger.state().find(&catalogue, &Id::from("R-0001")).unwrap();
    let threat = catalogue.kind("risk").unwrap().field("threat").unwrap().tag;
    draft
        .edits
        .push(Edit::of(risk).with(threat, Some(Value::Text("a short circuit".into()))));
    let (actor, now) = (
        Actor {
            person: bo.clone(),
            by: bo,
        },
        jiff::Timestamp::now().as_millisecond(),
    );
    ledger.commit(&draft, &actor, now, 20_000).unwrap();
    drop(ledger);
    let said = fails(&home, 4, &["undo"]);
    assert!(
        said.contains("R-0001 threat") && said.contains("'a short circuit'"),
        "{said}"
    );
}

#[test]
fn damage_is_a_failed_check_and_nothing_is_written_after_it() {
    let home = begun();
    home.ok(&["add", "risk", "title=Fire"]);
    let journal = home.store().join("journal/000001.jsonl");
    let damaged = std::fs::read_to_string(&journal).unwrap().replace("Fire", "Dire");
    std::fs::write(&journal, damaged).unwrap();
    let out = home.run(&["verify"]);
    assert_eq!(out.status.code(), Some(1), "{}", text(&out.stdout));
    let said = fails(&home, 2, &["add", "risk", "title=Flood"]);
    assert!(said.contains("isms verify"), "{said}");
}

/// Something to type into every field of a kind that can be typed.
fn typed(kind: &Kind) -> Vec<String> {
    let own = |f: &isms::model::kind::Field| -> Option<String> {
        if kind.name == "definition" && f.name == "text" {
            let own = "{ tag = 1000, name = \"own\", label = \"Own\", type = \"line\", help = \"Own.\" }";
            return Some(format!("extends = \"finding\"\nfields = [{own}]"));
        }
        if let Some(c) = f.choices.first() {
            return Some(c.id.clone());
        }
        Some(match f.kind {
            FieldType::Line if f.max.is_some_and(|m| m <= 3.0) => "EUR".chars().take(f.max? as usize).collect(),
            FieldType::Line | FieldType::Text | FieldType::Tags => "some-words".into(),
            FieldType::Bool => "yes".into(),
            FieldType::Integer => {
                (5.0_f64.clamp(f.min.unwrap_or(f64::MIN), f.max.unwrap_or(f64::MAX)) as i64).to_string()
            }
            FieldType::Duration => "5".into(),
            FieldType::Decimal | FieldType::Range => "0.5".into(),
            FieldType::Percent => "50%".into(),
            FieldType::Money => "12k EUR".into(),
            // Some days may not be to come, others not past.
            FieldType::Date => "today".into(),
            FieldType::Time => "2026-01-31T12:00:00Z".into(),
            _ => return None,
        })
    };
    // What others say in part as well: both together are refused.
    let instead = ["attempts", "capability", "resistance", "frequency"];
    let fields = kind.fields.iter().filter(|f| !f.readonly);
    let fields = fields.filter(|f| !instead.contains(&f.name.as_str()));
    fields.filter_map(|f| Some(format!("{}={}", f.name, own(f)?))).collect()
}

/// The id of a record of a kind, made first if there is none, with the records that it cannot be without.
fn one_of(home: &Home, name: &str) -> String {
    let catalogue = catalogue();
    let kind = catalogue.kind(name).unwrap();
    // Some records are made by one person about another.
    if name == "person" && json(home, &["list", name, "--json"]).as_array().unwrap().len() < 2 {
        home.ok(&["add", name, "title=Bo", "permissions=analyst"]);
    }
    if name == "person" {
        return "P-0002".to_string();
    }
    if let Some(first) = json(home, &["list", name, "--json"]).as_array().and_then(|a| a.first()) {
        return first["id"].as_str().unwrap().to_string();
    }
    let typed: Vec<String> = typed(kind).into_iter().chain(needed(home, kind)).collect();
    let line: Vec<&str> = ["add", name]
        .into_iter()
        .chain(typed.iter().map(String::as_str))
        .collect();
    let said = home.ok(&line);
    said.trim().rsplit(' ').next().unwrap().to_string()
}

/// The links that a record cannot be without.
fn needed(home: &Home, kind: &isms::model::kind::Kind) -> Vec<String> {
    let fields = kind.fields.iter().filter(|f| f.is_link() && !f.readonly);
    let fields = fields.filter(|f| f.required == isms::model::kind::Need::Save);
    fields
        .map(|f| format!("{}={}", f.name, one_of(home, &f.target[0])))
        .collect()
}

#[test]
fn json_has_every_field_of_every_kind_by_name() {
    let home = begun();
    for kind in &catalogue().kinds {
        let mut typed = typed(kind);
        typed.extend(needed(&home, kind));
        let mut line: Vec<&str> = if kind.single {
            vec!["set", "ORG-0001"]
        } else {
            vec!["add", &kind.name]
        };
        line.extend(typed.iter().map(String::as_str));
        home.ok(&line);
        for word in [&kind.name, &kind.plural, &kind.prefix] {
            let all = json(&home, &["list", word, "--json"]);
            let record = all.as_array().and_then(|a| a.last()).unwrap();
            let names = kind.fields.iter().map(|f| f.name.as_str());
            let derived = kind.derived.iter().map(|d| d.name.as_str());
            for name in ["id", "state", "created", "changed"]
                .into_iter()
                .chain(names)
                .chain(derived)
            {
                assert!(record.get(name).is_some(), "{word}: {name} is missing in {record}");
            }
            for assignment in &typed {
                let (name, _) = assignment.split_once('=').unwrap();
                assert!(!record[name].is_null(), "{word}: {assignment} was lost");
            }
        }
        let id = json(&home, &["list", &kind.name, "--json"])[0]["id"]
            .as_str()
            .unwrap()
            .to_string();
        let one = json(&home, &["show", &id, "--json"]);
        assert_eq!(one["id"], id.as_str());
        assert!(home.ok(&["show", &id]).contains(&id));
        assert!(home.ok(&["list", &kind.name]).starts_with("ID "));
        assert!(home.ok(&["list", &kind.name, "--csv"]).starts_with("id,state,"));
    }
}

#[test]
fn every_subcommand_has_help_with_an_example() {
    let home = Home::new();
    let command = isms::cli::command();
    let names: Vec<&str> = command.get_subcommands().map(|c| c.get_name()).collect();
    assert!(names.len() >= 13, "{names:?}");
    for name in names {
        let help = home.ok(&[name, "--help"]);
        let example = help
            .split("Example")
            .nth(1)
            .unwrap_or_else(|| panic!("{name} has no example:\n{help}"));
        assert!(example.contains(&format!("isms {name}")), "{help}");
    }
    assert!(home.ok(&["--help"]).contains("3 store busy"));
    assert!(home.ok(&["--version"]).starts_with("isms "));
}

/// What a terminal would obey, in the forms in which it comes.
const HOSTILE: &str = "\u{1b}[2J\u{1b}]0;owned\u{7}\u{9b}31m\u{202e}evil\u{200b}\u{8}";

fn links(to: &str) -> Value {
    let to = Id::from(to);
    Value::Links(vec![isms::model::value::Link { to, attributes: vec![] }])
}

#[track_caller]
fn harmless(what: &str, out: &Output) {
    let all = text(&out.stdout) + &text(&out.stderr);
    let bad = all
        .chars()
        .find(|c| (c.is_control() && *c != '\n') || "\u{202e}\u{200b}".contains(*c));
    assert_eq!(bad, None, "{what}:\n{}", all.escape_debug());
}

#[test]
fn hostile_text_is_shown_and_never_obeyed() {
    let home = begun();
    home.ok(&["add", "asset", "title=Cellar"]);
    // By hand such characters are refused; a journal may hold them all the same.
    let said = fails(&home, 2, &["add", "risk", &format!("title={HOSTILE}")]);
    assert!(said.contains("␛[2J"), "{said}");
    let (mut ledger, catalogue) = (kit::open(&home.store()), catalogue());
    let kind = catalogue.kind("risk").unwrap();
    let tag = |name: &str| kind.field(name).unwrap().tag;
    let mut draft = Draft::new("record.create");
    let hostile = |more: &str| Some(Value::Text(format!("Fire {HOSTILE}{more}")));
    draft.reason = Some(HOSTILE.into());
    let edit = Edit::new(catalogue.index_of("risk").unwrap()).with(tag("title"), hostile(""));
    let edit = edit
        .with(tag("description"), hostile("\r\n\rmore"))
        .with(tag("notes"), hostile("\t"));
    draft.edits.push(edit.with(tag("assets"), Some(links("A-0001"))));
    let me = Id::from("P-0001");
    let (actor, now) = (
        Actor {
            person: me.clone(),
            by: me,
        },
        jiff::Timestamp::now().as_millisecond(),
    );
    ledger.commit(&draft, &actor, now, 20_000).unwrap();
    drop(ledger);
    home.ok(&["set", "R-0001", "owner=me", "--reason", HOSTILE]);
    for line in [
        vec!["list", "risk"],
        vec!["show", "R-0001"],
        vec!["show", "A-0001"],
        vec!["log"],
        vec!["log", "R-0001"],
        vec!["show", HOSTILE],
        vec!["list", HOSTILE],
        vec!["list", "risk", "-q", HOSTILE],
        vec!["set", "R-0001", "owner=\u{1b}[2J"],
        vec!["set", "R-0001", "\u{1b}[2J=x"],
        vec!["move", "R-0001", "\u{1b}[2J"],
        vec!["--as", HOSTILE, "list", "risk"],
        vec!["--store", HOSTILE, "list", "risk"],
        vec!["import", "risk", HOSTILE],
        vec!["kinds", HOSTILE],
    ] {
        harmless(&line.join(" ").escape_debug().to_string(), &home.run(&line));
    }
    assert!(home.ok(&["list", "risk"]).contains("Fire ␛[2J␛]0;owned␇"));
    // Programs get it as it is.
    let raw = json(&home, &["list", "risk", "--json"]);
    assert_eq!(raw[0]["title"], format!("Fire {HOSTILE}"));
}

#[test]
fn nobody_acts_as_a_person_of_another_login_and_both_are_recorded() {
    let home = begun();
    let me = json(&home, &["show", "P-0001", "--json"])["login"]
        .as_str()
        .unwrap()
        .to_string();
    home.ok(&[
        "add",
        "person",
        "title=Ada Okafor",
        &format!("login={me}"),
        "permissions=analyst",
    ]);
    home.ok(&[
        "add",
        "person",
        "title=Bo Lind",
        "login=someone-else",
        "permissions=admin",
    ]);
    let said = fails(&home, 2, &["--as", "bo", "add", "risk", "title=Fire"]);
    assert!(said.contains("someone-else"), "{said}");
    for word in ["P-0002", "p2", "Ada Okafor", "ada"] {
        home.ok(&["--as", word, "add", "risk", "title=Fire"]);
    }
    let last = &json(&home, &["log", "--json", "-n", "1"])[0];
    assert_eq!(
        (last["actor"].as_str(), last["by"].as_str()),
        (Some("P-0002"), Some("P-0001"))
    );
    let said = fails(&home, 2, &["--as", "ada", "add", "person", "title=Eve"]);
    assert!(said.contains("may not create persons"), "{said}");

    // The login goes to somebody else: this user is nobody here, and may only read.
    home.ok(&["set", "P-0002", "login=gone"]);
    home.ok(&["set", "P-0001", "login=gone-too"]);
    let said = fails(&home, 2, &["add", "risk", "title=Flood"]);
    assert!(
        said.contains("belongs to nobody") && said.contains("isms add person"),
        "{said}"
    );
    home.ok(&["list", "risk"]);
}

#[test]
fn the_demonstration_keeps_nothing_and_lets_you_be_anybody() {
    let home = Home::new();
    let out = home.run(&["--demo", "add", "risk", "title=Fire"]);
    let said = text(&out.stdout);
    let id = said.trim().rsplit(' ').next().unwrap().to_string();
    assert!(
        said.starts_with("commit ") && text(&out.stderr).contains("nothing is kept"),
        "{said}"
    );
    fails(&home, 1, &["--demo", "show", &id]);
    let people = json(
        &home,
        &["list", "person", "--demo", "--json", "-q", "permissions:auditor"],
    );
    let auditor = people[0]["id"].as_str().unwrap();
    let said = fails(&home, 2, &["--demo", "--as", auditor, "add", "risk", "title=Fire"]);
    assert!(said.contains("may not create risks"), "{said}");
    let found = json(&home, &["--demo", "list", "finding", "--json", "-q", "is:open"]);
    assert!(found.as_array().unwrap().len() > 20);
    assert!(
        !home.path().join(".local").exists() && !home.store().exists(),
        "nothing is left behind"
    );
}

#[test]
fn settings_that_cannot_be_read_name_the_file_and_the_line() {
    let home = begun();
    let folder = home.path().join(".config/isms");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("config.toml"), "theme = \"dark\"\nmouze = true\n").unwrap();
    let said = fails(&home, 2, &["list", "person"]);
    assert!(said.contains("config.toml, line 2") && said.contains("mouze"), "{said}");
}

#[test]
fn keys_are_those_in_force() {
    let home = begun();
    let keys = home.ok(&["keys"]);
    assert!(keys.contains("list.filter") && keys.starts_with("Keys "), "{keys}");
    assert!(home.ok(&["keys", "--markdown"]).contains("| keys | action | does |"));
    fails(&home, 1, &["keys", "nosuchword"]);
    let folder = home.path().join(".config/isms");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("keys.toml"), "[everywhere]\n\"F5\" = \"list.filter\"\n").unwrap();
    assert!(home.ok(&["keys", "filter"]).contains("F5"));
    std::fs::write(folder.join("keys.toml"), "[everywhere]\n\"F5\" = \"list.filtre\"\n").unwrap();
    let said = fails(&home, 2, &["keys"]);
    assert!(
        said.contains(".config/isms/keys.toml") && said.contains("did you mean 'list.filter'?"),
        "{said}"
    );
}

#[test]
fn the_settings_and_the_environment_name_the_store() {
    let home = Home::new();
    let place = home.path().join("elsewhere");
    let folder = home.path().join(".config/isms");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(
        folder.join("config.toml"),
        format!("store = {:?}\n", place.display().to_string()),
    )
    .unwrap();
    let run = |line: &[&str]| home.command(line).env_remove("ISMS_STORE").output().unwrap();
    assert!(run(&["init"]).status.success());
    assert!(place.join("journal").is_dir());
    std::fs::remove_file(folder.join("config.toml")).unwrap();
    assert!(run(&["init"]).status.success());
    assert!(
        home.path().join(".local/share/isms/journal").is_dir(),
        "the XDG data folder is the default"
    );
    std::fs::write(folder.join("config.toml"), "store = \"~/mine\"\n").unwrap();
    assert!(run(&["init"]).status.success());
    assert!(home.path().join("mine/journal").is_dir());
    let empty = home
        .command(&["list", "person"])
        .env("ISMS_STORE", "")
        .env("ISMS_AS", "")
        .output()
        .unwrap();
    assert!(
        empty.status.success(),
        "an empty variable names nothing: {}",
        text(&empty.stderr)
    );
    assert!(home.run(&["init"]).status.success(), "ISMS_STORE wins");
    assert!(home.store().join("journal").is_dir());
}

#[test]
fn colours_are_for_terminals_unless_asked_for() {
    let home = begun();
    assert!(!home.ok(&["list", "person"]).contains('\u{1b}'));
    assert!(home.ok(&["list", "person", "--color", "always"]).contains("\u{1b}[1m"));
    let out = home
        .command(&["show", "X-1"])
        .env("CLICOLOR_FORCE", "1")
        .output()
        .unwrap();
    assert!(text(&out.stderr).contains("\u{1b}[1;31merror:"));
    let out = home
        .command(&["show", "X-1"])
        .env("CLICOLOR_FORCE", "1")
        .env("NO_COLOR", "1")
        .output()
        .unwrap();
    assert!(!text(&out.stderr).contains('\u{1b}'));
    assert!(home.ok(&["log", "--ascii"]).is_ascii());
}

#[test]
fn who_stops_reading_gets_no_error() {
    let home = begun();
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let out = home
        .command(&["list", "person", "--json"])
        .stdout(writer)
        .stderr(Stdio::piped())
        .output()
        .unwrap();
    assert_eq!((out.status.code(), text(&out.stderr).as_str()), (Some(0), ""));
}

#[test]
fn a_store_is_for_its_owner_only() {
    use std::os::unix::fs::PermissionsExt;
    let home = begun();
    let mode = |p: &std::path::Path| std::fs::metadata(p).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&home.store()), 0o700);
    assert_eq!(mode(&home.store().join("journal/000001.jsonl")), 0o600);
    std::fs::set_permissions(home.store(), std::fs::Permissions::from_mode(0o755)).unwrap();
    let said = fails(&home, 2, &["list", "person"]);
    assert!(said.contains("--insecure-permissions"), "{said}");
    home.ok(&["list", "person", "--insecure-permissions"]);
}

#[test]
fn a_register_goes_out_and_comes_back() {
    let home = begun();
    home.ok(&["add", "asset", "title=Ledger database", "owner=me"]);
    home.ok(&[
        "add",
        "risk",
        "title=Fire; or \"flood\"",
        "assets=A-0001",
        "likelihood=likely",
        "notes=two\nlines",
    ]);
    let csv = home.ok(&["export", "risk"]);
    let file = home.path().join("risks.csv");
    std::fs::write(&file, &csv).unwrap();
    let path = file.display().to_string();
    let said = home.ok(&["import", "risk", &path]);
    assert!(
        said.contains("1 as they are here") && said.ends_with("nothing to change\n"),
        "{said}"
    );
    std::fs::write(&file, csv.replace("Fire; or", "Water; or").replace("R-0001", "")).unwrap();
    let said = home.ok(&["import", "risk", &path, "--dry-run"]);
    assert!(said.contains("1 new risk") && said.contains("dry run"), "{said}");
    let said = home.ok(&["import", "risk", &path]);
    assert!(said.contains("commit 4: R-0002"), "{said}");
    assert_eq!(json(&home, &["show", "R-2", "--json"])["title"], "Water; or \"flood\"");
    let mut child = home
        .command(&["import", "risk", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all("title\nStorm\n".as_bytes())
        .unwrap();
    let out = child.wait_with_output().unwrap();
    assert!(text(&out.stdout).contains("commit 5: R-0003"), "{}", text(&out.stdout));
    let exported: Json = serde_json::from_str(&home.ok(&["export", "risk", "--json"])).unwrap();
    assert_eq!(exported.as_array().unwrap().len(), 3);
}

#[test]
fn a_store_begins_with_a_real_currency_and_country() {
    let home = Home::new();
    for (flag, value, said) in [
        ("--country", "UK", "'UK' is no country"),
        ("--country", "Portugal", "'PORTUGAL' is no country"),
        ("--currency", "euro", "'EURO' is no currency"),
    ] {
        let e = fails(&home, 2, &["init", flag, value]);
        assert!(e.contains(said), "{e}");
        assert!(!home.store().exists(), "nothing is begun");
    }
}

#[test]
fn a_store_without_its_first_commit_is_begun_anew() {
    let home = Home::new();
    drop(isms::ledger::create(&home.store(), catalogue()).unwrap());
    fails(&home, 2, &["add", "risk", "title=Fire"]);
    home.ok(&["init"]);
    let said = fails(&home, 2, &["init"]);
    assert!(said.contains("holds something already"), "{said}");
}

#[test]
fn everything_goes_out_and_comes_back_into_a_new_store() {
    let home = begun();
    home.ok(&["add", "asset", "title=Ledger database", "owner=me"]);
    home.ok(&["add", "risk", "title=Fire", "assets=A-0001", "likelihood=likely"]);
    home.ok(&["move", "R-0001", "retired", "--reason", "sold"]);
    let said = home.ok(&["export", "--all", "backup"]);
    assert!(said.starts_with("4 records in backup"), "{said}");
    let said = home.ok(&["import", "backup", "--store", "second"]);
    assert!(said.contains("commit 1: "), "{said}");
    for line in [vec!["export", "asset"], vec!["list", "person"]] {
        let second: Vec<&str> = line.iter().copied().chain(["--store", "second"]).collect();
        assert_eq!(home.ok(&line).lines().count(), home.ok(&second).lines().count());
    }
    let again = json(&home, &["show", "R-0001", "--json", "--store", "second"]);
    assert_eq!(
        (again["state"].as_str(), again["assets"][0].as_str()),
        (Some("retired"), Some("A-0001"))
    );
    let said = fails(&home, 2, &["import", "backup"]);
    assert!(said.contains("already in this store"), "{said}");

    // What brought them is one action with a name of its own; who made them is stated, not proved.
    let log = json(&home, &["log", "--json", "--store", "second"]);
    assert_eq!(log[0]["action"].as_str(), Some("import.restore"));
    let said = home.ok(&["show", "R-0001", "--store", "second"]);
    assert!(said.contains("stated, not proved: created "), "{said}");
    let bytes = |folder: &str, file: &str| std::fs::read(home.path().join(folder).join(file)).unwrap();
    home.ok(&["export", "--all", "again", "--store", "second"]);
    assert_eq!(bytes("backup", "risks.json"), bytes("again", "risks.json"));

    // The same as tables; an earlier export in the other form gives way.
    home.ok(&["export", "--all", "backup", "--csv"]);
    assert!(!home.path().join("backup/risks.json").exists());
    home.ok(&["import", "backup", "--store", "third"]);
    home.ok(&["export", "--all", "tables", "--csv", "--store", "third"]);
    for file in ["risks.csv", "persons.csv", "export.json"] {
        assert_eq!(bytes("backup", file), bytes("tables", file));
    }
}

#[test]
fn the_demonstration_can_be_verified_too() {
    let home = Home::new();
    let said = home.ok(&["--demo", "verify"]);
    assert!(said.ends_with("ok\n"), "{said}");
}

#[test]
fn a_file_is_kept_written_back_exported_and_restored() {
    let home = Home::new();
    home.ok(&["init", "--name", "Harbour Bank"]);
    let path = home.path().join("restore test.pdf");
    std::fs::write(&path, b"it came back in 41 minutes").unwrap();
    home.ok(&["add", "evidence", "title=Restore test", "file=@restore test.pdf"]);
    let shown = home.ok(&["show", "E-0001"]);
    assert!(shown.contains("restore test.pdf (26 bytes"), "{shown}");
    // Another under the same name; what was there before stays with that day.
    std::fs::write(&path, b"it came back in 14 minutes").unwrap();
    home.ok(&["attach", "E-0001", "restore test.pdf"]);
    assert_eq!(
        home.ok(&["files", "get", "E-0001", "--out", "-"]),
        "it came back in 14 minutes"
    );
    let before = home.ok(&["files", "get", "E-0001", "--as-of", "#2", "--out", "-"]);
    assert_eq!(before, "it came back in 41 minutes");
    home.ok(&["files", "get", "E-0001", "--out", "copy.pdf"]);
    let copy = std::fs::read(home.path().join("copy.pdf")).unwrap();
    assert_eq!(copy, b"it came back in 14 minutes");
    // Nothing is overwritten, and what cannot be kept is named.
    let refused = |arguments: &[&str], words: &str| {
        let out = home.run(arguments);
        let said = String::from_utf8_lossy(&out.stderr).into_owned();
        assert!(
            out.status.code() == Some(2) && said.contains(words),
            "{arguments:?}: {said}"
        );
    };
    refused(&["files", "get", "E-0001"], "is there already");
    refused(&["attach", "E-0001", "nowhere.pdf"], "nowhere.pdf is not there");
    refused(&["attach", "E-0001", "."], "is a folder");
    refused(&["attach", "P-0001", "copy.pdf"], "a person holds no file");
    refused(&["set", "E-0001", "file=copy.pdf"], "@PATH");

    let said = home.ok(&["export", "--all", "out"]);
    assert!(said.contains("and 1 file in out"), "{said}");
    let store = home.path().join("again").display().to_string();
    home.ok(&["--store", &store, "import", "out"]);
    let back = home.ok(&["--store", &store, "files", "get", "E-0001", "--out", "-"]);
    assert_eq!(back, "it came back in 14 minutes");
    assert!(home.ok(&["--store", &store, "verify"]).contains("1 kept, 26 bytes"));
    assert!(home.ok(&["verify"]).contains("2 kept, 52 bytes"));
    let list: serde_json::Value = serde_json::from_str(&home.ok(&["files", "list", "--json"])).unwrap();
    assert_eq!(
        (list[0]["size"].as_u64(), list[0]["there"].as_bool()),
        (Some(26), Some(true))
    );
    // A missing one is said wherever it would be looked at.
    std::fs::remove_dir_all(home.store().join("files")).unwrap();
    assert!(home.ok(&["show", "E-0001"]).contains("missing"));
    let out = home.run(&["verify"]);
    let said = String::from_utf8_lossy(&out.stdout).into_owned();
    assert_eq!(out.status.code(), Some(1), "{said}");
    assert_eq!(
        said.matches("file missing: 'restore test.pdf' (E-0001, commit").count(),
        2,
        "{said}"
    );
    assert_eq!(home.run(&["export", "--all", "partly"]).status.code(), Some(1));
}

#[test]
fn what_has_changed_since_a_day_is_told_by_register_and_record() {
    let home = Home::new();
    let at = |clock: &str, arguments: &[&str]| {
        let out = home.command(arguments).env("ISMS_CLOCK", clock).output().unwrap();
        assert!(
            out.status.success(),
            "{arguments:?}: {}",
            String::from_utf8_lossy(&out.stderr)
        );
        String::from_utf8_lossy(&out.stdout).into_owned()
    };
    at("2026-03-01T09:00:00Z", &["init", "--name", "Acme"]);
    at("2026-03-02T09:00:00Z", &["add", "risk", "title=Flood"]);
    at(
        "2026-04-01T09:00:00Z",
        &["set", "R-1", "title=River", "--reason", "the spring"],
    );
    at("2026-04-02T09:00:00Z", &["add", "asset", "title=Cellar"]);
    at("2026-04-03T09:00:00Z", &["set", "R-1", "notes=near"]);
    let now = "2026-05-01T12:00:00Z";
    let said = at(now, &["changes", "--since", "2026-04-01"]);
    for words in [
        "Risks  1 changed",
        "R-0001  River  risk, notes",
        "2026-04-01 09:00 UTC",
        "\"the spring\"",
        "Risk: Flood",
        "Assets  1 new",
    ] {
        assert!(said.contains(words), "'{words}' is not in {said}");
    }
    assert!(!said.contains("Organisation"), "{said}");
    assert!(!at(now, &["changes", "--since", "29d ago", "R-1"]).contains("the spring"));
    let json = at(now, &["changes", "--since", "2026-04-01", "risk", "--json"]);
    let all: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(all.as_array().unwrap().len(), 1);
    assert_eq!(all[0]["fields"]["title"]["before"], "Flood");
    assert_eq!(all[0]["steps"].as_array().unwrap().len(), 2);
    let out = home
        .command(&["changes", "--since", "2026-04-04"])
        .env("ISMS_CLOCK", now)
        .output()
        .unwrap();
    assert_eq!(out.status.code(), Some(1));

    // The same days, looked back at.
    let then = at(now, &["list", "risk", "--as-of", "2026-03-31"]);
    assert!(then.contains("Flood") && !then.contains("River"), "{then}");
    let none = home
        .command(&["list", "asset", "--as-of", "2026-04-01"])
        .env("ISMS_CLOCK", now)
        .output()
        .unwrap();
    assert_eq!(none.status.code(), Some(1));
    assert!(at(now, &["log", "-n", "1"]).contains("2026-04-03 09:00 UTC"));
    assert!(at(now, &["show", "R-1"]).contains("2026-04-03 09:00 UTC"));
}

#[test]
fn a_review_comes_again_and_what_lapses_is_late_when_its_day_has_come() {
    let home = begun();
    let on = |day: &str, arguments: &[&str]| {
        let out = home.command(arguments).env("ISMS_CLOCK", day).output().unwrap();
        assert!(out.status.success(), "{arguments:?}: {}", text(&out.stderr));
        text(&out.stdout)
    };
    let (first, later) = ("2030-01-15T09:00:00Z", "2030-02-28T09:00:00Z");
    let risk = ["add", "risk", "title=Outage", "owner=me", "next_review=2030-01-31"];
    on(first, &[&risk[..], &["review_every_months=1"]].concat());
    assert!(!on(first, &["list", "risk"]).contains("late"));
    assert!(on(later, &["list", "risk"]).contains("28 days late"));
    on(later, &["move", "R-0001", "reviewed"]);
    let shown: Json = serde_json::from_str(&on(later, &["show", "R-0001", "--json"])).unwrap();
    assert_eq!(
        shown["next_review"], "2030-03-31",
        "the end of the month stays the end of the month"
    );
    assert_eq!(shown["state"], "identified");

    on(
        later,
        &[
            "add",
            "metric",
            "title=Backups",
            "every_months=3",
            "direction=higher-is-better",
            "amber=95",
            "red=90",
        ],
    );
    on(
        later,
        &[
            "add",
            "measurement",
            "title=February",
            "metric=M-0001",
            "date=2030-02-28",
            "value=80",
        ],
    );
    let metric: Json = serde_json::from_str(&on(later, &["show", "M-0001", "--json"])).unwrap();
    assert_eq!(
        (&metric["band"], &metric["next_measurement"]),
        (&"red".into(), &"2030-05-28".into())
    );
    let late = ["list", "metric", "--query", "is:overdue band:red"];
    assert!(on("2030-06-01T00:00:00Z", &late).contains("M-0001"));
}
