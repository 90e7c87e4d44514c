//! What does not fit is refused with its field, the rule and what would fit, wherever it comes from: typed in a form,
//! in a file, on the command line. Nothing changes by it.

use crate::support::{Home, Tty};
use crate::{WIDE, records, to_field};
use std::fs;

/// One thing that does not fit.
struct Bad {
    /// What it is about.
    kind: &'static str,
    id: &'static str,
    /// The field: its name for a script, its label in a form.
    field: (&'static str, &'static str),
    value: &'static str,
    /// What every way says: the rule, and what would fit.
    says: &'static [&'static str],
}

const ALL: [Bad; 4] = [
    Bad {
        kind: "risk",
        id: "R-0001",
        field: ("primary_loss", "Primary loss"),
        value: "50k..20k..80k",
        says: &["does not fit", "least, most likely and most in this order", "1..5..20"],
    },
    Bad {
        kind: "risk",
        id: "R-0001",
        field: ("secondary_probability", "Others react, share"),
        value: "1.2",
        says: &["does not fit", "expected 0 to 1"],
    },
    Bad {
        kind: "risk",
        id: "R-0001",
        field: ("primary_loss", "Primary loss"),
        value: "80k..20k",
        says: &["does not fit", "two rising numbers above 0", "5k..80k"],
    },
    Bad {
        kind: "control",
        id: "C-0002",
        field: ("requires", "Needs"),
        value: "C-0001",
        says: &[
            "C-0002 requires C-0001, which requires C-0002",
            "take out one of the links",
        ],
    },
];

fn begun() -> Home {
    let home = Home::new();
    home.ok(&["init", "--name", "Harbour Bank", "--currency", "EUR"]);
    home.ok(&["add", "risk", "title=Flood", "primary_loss=5k..80k"]);
    home.ok(&["add", "control", "title=Pump"]);
    home.ok(&["add", "control", "title=Sensor"]);
    home.ok(&["set", "C-0001", "requires=C-0002"]);
    home
}

/// What the ledger holds, to the last commit.
fn ledger(home: &Home) -> String {
    home.ok(&["log", "--json"])
}

fn flat(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[track_caller]
fn says(told: &str, way: &str, bad: &Bad, field: &str) {
    let told = flat(told);
    for words in bad.says.iter().chain([&field]) {
        assert!(
            told.contains(words),
            "{way}, {}={}: no '{words}' in: {told}",
            bad.field.0,
            bad.value
        );
    }
}

#[test]
fn the_command_line_names_field_rule_and_remedy() {
    let home = begun();
    let before = ledger(&home);
    for bad in &ALL {
        let given = format!("{}={}", bad.field.0, bad.value);
        let out = home.run(&["set", bad.id, &given]);
        assert_eq!(out.status.code(), Some(2), "{given}");
        says(&String::from_utf8_lossy(&out.stderr), "set", bad, bad.field.0);
    }
    assert_eq!(ledger(&home), before);
}

#[test]
fn an_import_names_file_line_field_rule_and_remedy() {
    let home = begun();
    let before = ledger(&home);
    for bad in &ALL {
        let file = home.path().join("bad.csv");
        fs::write(&file, format!("id,{}\n{},\"{}\"\n", bad.field.0, bad.id, bad.value)).unwrap();
        let out = home.run(&["import", bad.kind, "bad.csv"]);
        assert_eq!(out.status.code(), Some(1), "{}", bad.value);
        let told = String::from_utf8_lossy(&out.stdout).into_owned();
        says(
            &told,
            "import",
            bad,
            &format!("bad.csv, line 2, column {}", bad.field.0),
        );
    }
    assert_eq!(ledger(&home), before);
}

/// A circle among records that come in together is none that one of them closes.
#[test]
fn a_circle_of_new_records_does_not_come_in() {
    let home = begun();
    let before = ledger(&home);
    fs::write(home.path().join("ring.csv"), "title,requires\nP,Q\nQ,P\n").unwrap();
    let out = home.run(&["import", "control", "ring.csv"]);
    let told = flat(&String::from_utf8_lossy(&out.stdout));
    assert!(
        told.contains("line 2, column requires") && told.contains("it requires itself"),
        "{told}"
    );
    assert_eq!(ledger(&home), before, "{told}");
    fs::write(home.path().join("line.csv"), "title,requires\nP,Q\nQ,C-0001\n").unwrap();
    home.ok(&["import", "control", "line.csv"]);
    assert_eq!(records(&home, "control", "").len(), 4);
}

/// Opens the form of a record on a field, types into it and tries to save.
fn type_in(tty: &mut Tty, bad: &Bad) {
    tty.keys(&format!(":{}\r", bad.id)).sees(&format!("{}  ", bad.id));
    tty.keys("e").sees("C-s save");
    to_field(tty, bad.field.1);
    if bad.field.0 == "requires" {
        tty.keys(" ")
            .sees("Enter take")
            .keys(bad.value)
            .sees(&format!("/ {}", bad.value));
        tty.keys("\t\r").misses("Enter take");
    } else {
        // over what stands there
        tty.keys("\x05\x15").keys(bad.value);
    }
    tty.keys("\x13");
}

#[test]
fn a_form_says_it_beside_the_field() {
    let home = begun();
    let before = ledger(&home);
    for bad in &ALL {
        let mut tty = home.screen(&[], WIDE, &[]);
        tty.sees("live");
        type_in(&mut tty, bad);
        tty.until("the refusal", |screen| {
            let told = flat(&screen.contents());
            bad.says.iter().chain([&bad.field.1]).all(|words| told.contains(words))
        });
        tty.hang_up();
        tty.exits();
        assert_eq!(ledger(&home), before, "{}", bad.value);
        let _ = fs::remove_dir_all(home.path().join(".local"));
    }
}

#[test]
fn an_empty_cell_of_a_matrix_is_named_and_nothing_is_adopted() {
    let home = begun();
    let example = home.ok(&["methods", "--example"]);
    fs::write(home.path().join("good.toml"), &example).unwrap();
    let before = ledger(&home);
    for row in ["[0, \"\", 1, 1]", "[0, , 1, 1]", "[0, 0, 1]"] {
        let text = example.replacen("[0, 0, 1, 1]", row, 1);
        assert_ne!(text, example);
        let column = if row.len() < 10 { 4 } else { 2 };
        let cell = format!("the cell at row 1, column {column} is empty: give");
        // as a file of the configuration
        fs::write(home.path().join("house.toml"), &text).unwrap();
        let out = home.run(&["define", "adopt", "./house.toml"]);
        let told = flat(&String::from_utf8_lossy(&out.stderr));
        assert!(
            told.contains(&cell) && told.contains("house.toml, line 18: grid"),
            "{told}"
        );
        // in a table
        let quoted = text.replace('"', "\"\"");
        fs::write(home.path().join("d.csv"), format!("title,text\nHouse,\"{quoted}\"\n")).unwrap();
        let out = home.run(&["import", "definition", "d.csv"]);
        let told = flat(&String::from_utf8_lossy(&out.stdout));
        assert!(
            told.contains(&cell) && told.contains("d.csv, line 2, column text"),
            "{told}"
        );
        // as a value
        let out = home.run(&["add", "definition", "title=House", &format!("text={text}")]);
        let told = flat(&String::from_utf8_lossy(&out.stderr));
        assert!(told.contains(&cell) && told.contains("text"), "{told}");
    }
    assert_eq!(ledger(&home), before);
    // on the screen a cell cannot be left empty at all
    let mut tty = home.screen(&[], WIDE, &[]);
    tty.sees("live")
        .keys("gM")
        .sees("No risk criteria")
        .keys("M")
        .sees("Matrix of");
    tty.keys("\x7f")
        .sees("Unlikely by Minor (row 1, column 1) may not be empty: 1 to 5 sets its level");
    tty.keys("\r")
        .sees("nothing to save")
        .keys("\x1b")
        .misses("Matrix of")
        .keys("Q");
    assert_eq!(tty.exits(), 0);
    assert_eq!(ledger(&home), before);
}
