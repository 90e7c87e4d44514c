//! Registers and fields of an organisation's own: a file proposes, an administrator adopts, and from then on they are
//! like any other, on every host, without the file.
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test stops where it fails"
)]

mod support;

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Output;
use support::Home;

const VEHICLE: &str = r#"name = "vehicle"
plural = "vehicles"
title = "Vehicle"
titles = "Vehicles"
prefix = "VH"
stage = "establish"
screen = 1
order = 95
go = "9"
help = "The cars and vans of the organisation: data leaves the house in them."
without = ["scopes"]

[rights]
create = ["analyst"]
edit = ["analyst", "owner"]
retire = ["ciso"]

[[fields]]
tag = 32
name = "plate"
label = "Plate"
type = "line"
key = "p"
required = "save"
max = 12
group = "Vehicle"
help = "What stands on its plate: LV-4711."

[[fields]]
tag = 33
name = "risks"
label = "Risks"
type = "links"
target = ["risk"]
inverse = "Vehicles"
help = "The risks that travel in it."

[[fields]]
tag = 34
name = "checked_on"
label = "Checked on"
type = "date"
help = "The day of its last technical check: 2026-03-01."

[[columns]]
field = "id"
width = 7

[[columns]]
field = "title"
width = 20
grow = true

[[columns]]
field = "plate"
width = 12

[[columns]]
field = "state"
width = 10

[[states]]
id = "ordered"
class = "open"
help = "Not here yet."

[[states]]
id = "in-use"
class = "open"
help = "On the road."

[[states]]
id = "sold"
class = "closed"
help = "Somebody else's."

[[transitions]]
name = "deliver"
label = "Deliver"
from = ["ordered"]
to = "in-use"
who = ["analyst"]
asks = ["checked_on"]
key = "d"
help = "It arrives and is checked."

[[transitions]]
name = "sell"
label = "Sell"
from = ["in-use"]
to = "sold"
who = ["ciso"]
reason = "required"
key = "s"
help = "It leaves the organisation."

[[rules]]
id = "OWN"
moment = "gap"
when = "state:in-use"
must = "risks:*"
field = "risks"
message = "{id} is on the road, but no risk is linked to it: say what could happen."
"#;

const COSTS: &str = r#"extends = "risk"
name = "costs"

[[fields]]
tag = 1000
name = "cost_centre"
label = "Cost centre"
type = "integer"
key = "9"
help = "Who pays: 4711."

[[columns]]
field = "cost_centre"
width = 8
label = "Cost"
"#;

/// A home with a store, and these files in its configuration.
fn home(files: &[(&str, &str)]) -> Home {
    let home = Home::new();
    home.ok(&["init", "--name", "Acme"]);
    for (name, text) in files {
        propose(&home, name, text);
    }
    home
}

fn propose(home: &Home, name: &str, text: &str) -> PathBuf {
    let file = home.path().join(".config/isms").join(name);
    std::fs::create_dir_all(file.parent().unwrap()).unwrap();
    std::fs::write(&file, text).unwrap();
    file
}

fn said(out: &Output) -> String {
    String::from_utf8_lossy(&out.stderr).into_owned()
}

#[track_caller]
fn refused(home: &Home, arguments: &[&str], words: &[&str]) {
    let out = home.run(arguments);
    let said = said(&out);
    assert_eq!(out.status.code(), Some(2), "{arguments:?}: {said}");
    for w in words {
        assert!(said.contains(w), "'{w}' is not in: {said}");
    }
}

fn other_store(home: &Home, name: &str) -> String {
    home.path().join(name).display().to_string()
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    std::fs::set_permissions(to, std::fs::Permissions::from_mode(0o700)).unwrap();
    for e in std::fs::read_dir(from).unwrap().flatten() {
        let target = to.join(e.file_name());
        if e.path().is_dir() {
            copy(&e.path(), &target);
        } else {
            std::fs::copy(e.path(), target).unwrap();
        }
    }
}

#[test]
fn an_adopted_register_is_like_any_other_without_its_file() {
    let home = home(&[("registers/vehicle.toml", VEHICLE)]);
    home.ok(&["add", "risk", "title=Laptop left in a car"]);
    refused(&home, &["list", "vehicle"], &["'vehicle' is no kind of record"]);
    let listed = home.ok(&["define"]);
    assert!(
        listed.contains("proposed") && listed.contains("field plate (line)"),
        "{listed}"
    );
    let dry = home.ok(&["define", "adopt", "vehicle", "--dry-run"]);
    assert!(dry.contains("nothing was changed"), "{dry}");
    refused(&home, &["list", "vehicle"], &["no kind of record"]);
    assert!(home.ok(&["define", "adopt", "vehicle"]).contains("commit 3: DF-0001"));
    // The file has done its work.
    std::fs::remove_dir_all(home.path().join(".config")).unwrap();
    assert_eq!(home.ok(&["define", "show", "vehicle"]), VEHICLE);
    assert!(home.ok(&["define"]).contains("no file here"));
    assert!(home.ok(&["kinds"]).contains("vehicle"));
    assert!(home.ok(&["kinds", "vehicle"]).contains("What stands on its plate"));

    // Create, list, filter, edit, link, move, undo, history.
    refused(&home, &["add", "vehicle", "title=Van"], &["plate"]);
    assert!(
        home.ok(&["add", "vehicle", "title=Van", "plate=LV-4711", "risks=R-1"])
            .contains("VH-0001")
    );
    home.ok(&["add", "vehicle", "title=Truck", "plate=LV-1"]);
    assert!(home.ok(&["list", "vehicle"]).contains("LV-4711"));
    let found = home.ok(&["list", "vehicles", "-q", "plate:LV-4711 state:ordered", "--json"]);
    assert!(found.contains("VH-0001") && !found.contains("VH-0002"), "{found}");
    assert!(home.ok(&["show", "R-1"]).contains("Vehicles"));
    refused(&home, &["move", "VH-1", "deliver"], &["checked_on"]);
    home.ok(&["move", "VH-1", "deliver", "checked_on=2026-03-01"]);
    home.ok(&["set", "VH-1", "plate=LV-4712"]);
    home.ok(&["undo"]);
    let shown = home.ok(&["show", "VH-1"]);
    assert!(shown.contains("LV-4711") && shown.contains("in-use"), "{shown}");
    assert!(
        home.ok(&["log", "VH-1"]).contains("Plate: LV-4712"),
        "the history names fields"
    );

    // As of the commit before it was adopted nothing of it was there; the store holds.
    let out = home.run(&["show", "VH-1", "--as-of", "#2"]);
    assert_eq!(out.status.code(), Some(1), "{}", said(&out));
    assert!(home.ok(&["verify"]).ends_with("ok\n"));

    // A second host has the folder and nothing else.
    let host = Home::new();
    copy(&home.store(), &host.store());
    assert!(host.ok(&["list", "vehicle", "--json"]).contains("LV-4711"));
    host.ok(&["set", "VH-2", "plate=LV-2"]);
    assert!(host.ok(&["verify"]).ends_with("ok\n"));

    // Out as files and into an empty store, to the byte.
    home.ok(&["export", "--all", "backup"]);
    let store = other_store(&home, "restored");
    home.ok(&["--store", &store, "import", "backup"]);
    home.ok(&["--store", &store, "export", "--all", "again"]);
    let vehicles = |folder: &str| std::fs::read(home.path().join(folder).join("vehicles.json")).unwrap();
    assert_eq!(vehicles("backup"), vehicles("again"));
    assert!(home.ok(&["--store", &store, "show", "VH-1"]).contains("LV-4711"));
    assert!(
        home.ok(&["--store", &store, "add", "vehicle", "title=Bus", "plate=B-1"])
            .contains("VH-0003")
    );
    assert!(home.ok(&["--store", &store, "verify"]).ends_with("ok\n"));

    // A table of vehicles comes in by the names of its fields.
    std::fs::write(home.path().join("v.csv"), "title,plate\nScooter,S-1\n").unwrap();
    home.ok(&["import", "vehicle", "v.csv"]);
    assert!(home.ok(&["export", "vehicle"]).contains("S-1"));
}

#[test]
fn an_own_field_is_used_like_any_other_once_it_is_adopted() {
    let home = home(&[("fields/costs.toml", COSTS)]);
    // Unadopted it is not there, which is said once.
    let out = home.run(&["add", "risk", "title=Flood", "cost_centre=4711"]);
    assert!(
        said(&out).contains("isms define adopt costs") && !out.status.success(),
        "{}",
        said(&out)
    );
    let out = home.run(&["add", "risk", "title=Flood"]);
    assert!(out.status.success() && !said(&out).contains("define"), "{}", said(&out));
    home.ok(&["define", "adopt", "costs"]);
    std::fs::remove_dir_all(home.path().join(".config")).unwrap();
    home.ok(&["set", "R-1", "cost centre=4711"]);
    let found = home.ok(&["list", "risk", "-q", "cost_centre>4000", "--json"]);
    assert!(found.contains("\"cost_centre\":4711"), "{found}");
    assert!(home.ok(&["list", "risk"]).contains("Cost"));
    home.ok(&["set", "R-1", "cost_centre=12"]);
    home.ok(&["undo"]);
    assert!(home.ok(&["export", "risk"]).contains("4711"));
    assert!(home.ok(&["verify"]).ends_with("ok\n"));

    // A new version adds a field; the one that is there stays.
    let more = COSTS.replace(
        "[[columns]]",
        "[[fields]]\ntag = 1001\nname = \"payer\"\nlabel = \"Payer\"\ntype = \"line\"\nhelp = \"Who.\"\n\n[[columns]]",
    );
    propose(&home, "fields/costs.toml", &more);
    assert!(home.ok(&["define"]).contains("field payer (line)"));
    assert!(home.ok(&["define", "adopt", "costs"]).contains("commit"));
    home.ok(&["set", "R-1", "payer=Ada"]);
    assert!(home.ok(&["log", "DF-1"]).matches("definition.adopt").count() == 2);

    // Put away it is read, and nothing is written to it any more.
    home.ok(&["move", "DF-1", "retire", "--reason", "not needed"]);
    assert!(home.ok(&["show", "R-1"]).contains("4711"));
    refused(&home, &["set", "R-1", "cost_centre=13"], &["Cost centre cannot be set"]);
    assert!(home.ok(&["verify"]).ends_with("ok\n"));
}

#[test]
fn what_was_kept_before_it_was_known_becomes_a_value() {
    // Another host knows the field; here it is a name that nobody knows, carried along.
    let home = home(&[("fields/costs.toml", COSTS)]);
    home.ok(&["define", "adopt", "costs"]);
    home.ok(&["add", "risk", "title=Flood", "cost_centre=4711"]);
    let log = home.ok(&["log", "--json"]);
    assert!(log.contains("cost_centre"));
    // The screen of the same program sees the same record whichever way the state was made.
    std::fs::remove_dir_all(home.store().join("state")).unwrap();
    home.ok(&["set", "R-1", "owner=me"]);
    assert!(home.ok(&["list", "risk", "--json"]).contains("\"cost_centre\":4711"));
}

#[test]
fn a_bad_definition_is_refused_with_its_line_and_field() {
    let home = home(&[]);
    let try_it = |text: &str, words: &[&str]| {
        let file = home.path().join("bad.toml");
        std::fs::write(&file, text).unwrap();
        refused(&home, &["define", "adopt", "bad.toml"], words);
    };
    try_it(
        &COSTS.replace("1000", "40"),
        &["bad.toml, line 6: the field 'cost_centre'", "begin at 1000"],
    );
    try_it(
        &COSTS.replace("\"integer\"", "\"whole\""),
        &["line 8", "cost_centre", "whole"],
    );
    try_it(
        &COSTS.replace("extends = \"risk\"", "extends = \"rsk\""),
        &["line 1", "'rsk', which is no kind"],
    );
    try_it(
        &COSTS.replace("\"cost_centre\"\nwidth", "\"cost\"\nwidth"),
        &["line 13", "column 'cost' is no field"],
    );
    try_it(
        &VEHICLE.replace("\"vehicle\"", "\"risk\""),
        &["line 1", "already names another kind"],
    );
    try_it(
        &VEHICLE.replace("\"VH\"", "\"R\""),
        &["line 5", "prefix 'R' already belongs"],
    );
    try_it(
        &VEHICLE.replace("tag = 34", "tag = 33"),
        &["'risks' and 'checked_on' share the tag 33"],
    );
    try_it(
        &VEHICLE.replace("tag = 34", "tag = 1000"),
        &["field 'checked_on'", "expected 32 to 999"],
    );
    try_it(
        &VEHICLE.replace("target = [\"risk\"]", "target = [\"rsk\"]"),
        &["links to 'rsk', which is no kind"],
    );
    try_it(
        &VEHICLE.replace("must = \"risks:*\"", "must = \"rizks:*\""),
        &["rule OWN", "line 101"],
    );
    try_it(
        &VEHICLE.replace("to = \"sold\"", "to = \"gone\""),
        &["'gone', which is not there"],
    );
    try_it("name = \"x\n", &["bad.toml, line 1"]);
    assert!(
        home.run(&["list", "definition"]).status.code() == Some(1),
        "nothing was adopted"
    );

    // Versions only grow.
    let file = home.path().join("v.toml");
    std::fs::write(&file, VEHICLE).unwrap();
    home.ok(&["define", "adopt", "v.toml"]);
    home.ok(&["add", "vehicle", "title=Van", "plate=LV-1"]);
    let again = |text: String, words: &[&str]| {
        std::fs::write(&file, text).unwrap();
        refused(&home, &["define", "adopt", "v.toml"], words);
    };
    again(
        VEHICLE.replace("type = \"date\"", "type = \"line\""),
        &["'checked_on' is now of type line, before it was date"],
    );
    again(
        VEHICLE.replace("\"plate\"", "\"number\""),
        &["tag 32, which is that of 'plate'"],
    );
    again(VEHICLE.replace("\"VH\"", "\"VE\""), &["ids never change"]);
    again(VEHICLE.to_string(), &["nothing would change"]);
    // The same holds for whoever edits the text by hand.
    refused(&home, &["set", "DF-1", "text=nonsense"], &["line 1"]);
    refused(&home, &["set", "DF-1", "text="], &["retire the definition instead"]);
    refused(&home, &["set", "DF-1", "register=asset"], &["cannot be set"]);
    assert!(home.ok(&["verify"]).ends_with("ok\n"));
}

#[test]
fn only_an_administrator_adopts() {
    let home = home(&[("registers/vehicle.toml", VEHICLE)]);
    let people: serde_json::Value = serde_json::from_str(&home.ok(&["list", "person", "--json"])).unwrap();
    let login = format!("login={}", people[0]["login"].as_str().unwrap());
    home.ok(&["add", "person", "title=Bo Lind", &login, "permissions=ciso,analyst"]);
    refused(
        &home,
        &["--as", "Bo Lind", "define", "adopt", "vehicle"],
        &["may not", "admin"],
    );
    home.ok(&["define", "adopt", "vehicle"]);
    refused(
        &home,
        &["--as", "Bo Lind", "set", "DF-1", "text=x"],
        &["may not", "admin"],
    );
    // Its rights are those that it names itself.
    home.ok(&["--as", "Bo Lind", "add", "vehicle", "title=Van", "plate=LV-1"]);
    // Taking it back puts it away: the van stays readable, and no other is added.
    home.ok(&["undo"]);
    home.ok(&["undo"]);
    let out = home.run(&["define", "adopt", "vehicle"]);
    assert!(
        said(&out).contains("put away") || out.status.success(),
        "{}",
        said(&out)
    );
}

#[test]
fn an_administrator_adopts_a_register_in_the_screen() {
    let home = home(&[("registers/vehicle.toml", VEHICLE)]);
    let mut tty = home.screen(&[], (80, 24), &[]);
    tty.sees("isms define adopt vehicle");
    // The palette finds the action; what it would add is read before it is done.
    tty.keys(":definition.adopt\r").sees("proposed vehicle").keys("\r");
    tty.sees("field plate (line)")
        .sees("Enter adopts it")
        .keys("\r")
        .sees("new, DF-0001 Vehicles");
    // The register is there: by its key, with its columns and its form.
    tty.keys("g9")
        .sees("No vehicles yet")
        .keys("n")
        .sees("New vehicle")
        .sees("Plate *");
    for (title, plate) in [("Van", "LV-4711"), ("Truck", "LV-1")] {
        if title != "Van" {
            tty.keys("n").sees("New vehicle");
        }
        tty.keys(title)
            .keys("\t\t\t\t")
            .keys(plate)
            .sees(plate)
            .keys("\x13")
            .misses("New vehicle");
    }
    tty.sees("VH-0001").sees("VH-0002");
    // Filter, change by key, history, undo.
    tty.keys("/Van plate:LV\r").misses("VH-0002").sees("VH-0001");
    tty.keys("cp")
        .sees("Plate")
        .keys("\x15LV-4712\x13")
        .sees("LV-4712")
        .misses("LV-4711 ");
    tty.keys("gh").sees("record.edit").sees("LV-4711");
    tty.keys("q").misses("History").keys("u").sees("took back");
    tty.keys("q");
    drop(tty);
    assert!(home.ok(&["list", "vehicle"]).contains("LV-4711"));
}

#[test]
fn a_method_of_ones_own_is_adopted_chosen_and_stands() {
    let home = home(&[]);
    let example = home.ok(&["methods", "--example"]);
    let file = home.path().join("house.toml");
    std::fs::write(&file, &example).unwrap();
    assert!(
        home.ok(&["define", "adopt", "house.toml"])
            .contains("a new method 'House method'")
    );
    assert!(home.ok(&["methods"]).contains("house"));
    // as long as nobody judged by it, it may still be changed
    let other = example.replace("[1, 1, 2, 3]", "[1, 1, 2, 2]");
    std::fs::write(&file, &other).unwrap();
    home.ok(&["define", "adopt", "house.toml"]);
    let judged = ["current_likelihood=often", "current_impact=moderate"];
    home.ok(&["add", "risk", "title=Theft", "method=house", judged[0], judged[1]]);
    let level = || home.ok(&["list", "risk", "--columns", "id,current_level"]);
    assert!(level().contains("High"), "{}", level());
    std::fs::write(&file, &example).unwrap();
    let stands = ["was used to judge", "follows = \"house\" and version = 2"];
    refused(&home, &["define", "adopt", "house.toml"], &stands);
    // put away it is read, and nothing is judged by it any more
    home.ok(&["move", "DF-1", "retire", "--reason", "another is in force"]);
    assert!(level().contains("High"), "{}", level());
    refused(
        &home,
        &["add", "risk", "title=Fire", "method=house"],
        &["'house'", "iso27005-5x5"],
    );
    assert!(home.ok(&["verify"]).ends_with("ok\n"));
}
