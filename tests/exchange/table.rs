//! Registers as CSV: what comes twice, what was edited meanwhile, what does not fit.

use crate::desk::*;
use isms::exchange::Format;
use isms::model::change::{Draft, Edit};
use isms::model::door;
use isms::model::kind::TITLE;

#[test]
fn an_import_never_reverts_what_was_edited_here() {
    let mut desk = Desk::new();
    let csv = |impact: &str, threat: &str| {
        format!("ref_id,title,threat,current_impact,tags\nX1,Fire,{threat},{impact},a b\n")
    };
    desk.csv("risk", &csv("minor", "spark"));
    let id = desk.titled("risk", "Fire").id.clone();
    desk.set(&id, "threat", "arson");
    desk.set(&id, "tags", "b c");
    assert!(
        desk.plan_csv("risk", csv("minor", "spark").as_bytes())
            .draft
            .edits
            .is_empty(),
        "the same file again"
    );
    // the file moves on in another field: taken; the edit here stays
    let plan = desk.csv("risk", &csv("serious", "spark"));
    assert_eq!((plan.updated, plan.clashes.len()), (1, 0));
    assert_eq!(
        (
            desk.get(desk.world().find(&id).unwrap(), "current_impact"),
            desk.get(desk.world().find(&id).unwrap(), "threat")
        ),
        ("serious".into(), "arson".into())
    );
    assert!(
        desk.plan_csv("risk", csv("serious", "spark").as_bytes())
            .draft
            .edits
            .is_empty(),
        "and again"
    );
    // both changed it: ours stays and it is listed
    let plan = desk.csv("risk", &csv("serious", "cigarette"));
    assert_eq!(plan.updated, 0);
    assert_eq!(
        (plan.clashes[0].file.as_str(), plan.clashes[0].here.as_str()),
        ("cigarette", "arson")
    );
    // what the file takes away goes, if nobody touched it here
    let plan = desk.csv("risk", "ref_id,title,current_impact\nX1,Fire,\n");
    assert_eq!(plan.updated, 1);
    assert_eq!(desk.get(desk.world().find(&id).unwrap(), "current_impact"), "");
}

#[test]
fn of_a_row_that_is_left_out_nothing_is_kept() {
    let desk = Desk::new();
    let text = "title,owner,treatment\nFire,nobody at all,mitigate\nFlood,nobody at all,hope\n";
    let plan = desk.plan_csv("risk", text.as_bytes());
    let told: Vec<String> = plan.details().into_iter().map(|d| d.text).collect();
    let [out, kept] = told.as_slice() else {
        panic!("{told:?}")
    };
    assert!(out.contains("line 3") && out.contains("'hope'"), "{out}");
    assert!(kept.contains("nobody at all") && kept.ends_with("(line 2)"), "{kept}");
}

#[test]
fn all_that_does_not_fit_in_a_row_is_told_at_once() {
    let desk = Desk::new();
    let text = "title,treatment,next_review\nFire,hope,31/31/2026\nFlood,mitigate,2026-12-01\n";
    let plan = desk.plan_csv("risk", text.as_bytes());
    let refused: Vec<(usize, &str)> = plan.refused.iter().map(|r| (r.line, r.column.as_str())).collect();
    assert_eq!(refused, [(2, "treatment"), (2, "next_review")]);
    assert_eq!(plan.left_out, 1);
    assert!(
        plan.summary(&desk.world()).ends_with("1 row left out"),
        "{}",
        plan.summary(&desk.world())
    );
    assert_eq!(plan.draft.edits.len(), 1, "{:?}", plan.details());
}

#[test]
fn a_word_that_is_taken_for_another_is_named() {
    let desk = Desk::new();
    let text =
        "title,treatment,current_likelihood\nFire,reduce,Possible\nFlood,MITIGATE,likely\nTheft,share,possible\n";
    let plan = desk.plan_csv("risk", text.as_bytes());
    assert_eq!(plan.draft.edits.len(), 3, "{:?}", plan.details());
    assert_eq!(
        plan.notes,
        [
            "column 'treatment': 'reduce' is taken as Mitigate (line 2)",
            "column 'current_likelihood': 'Possible' is taken as Likely (line 2)",
            "column 'current_likelihood': 'possible' is taken as Likely (line 4)",
        ]
    );
}

#[test]
fn an_undone_import_can_be_made_again() {
    let mut desk = Desk::new();
    let text = "ref_id,title,threat\nX1,Fire,spark\nX2,Flood,rain\n";
    desk.csv("risk", text);
    desk.undo();
    assert!(desk.all("risk").is_empty());
    let plan = desk.csv("risk", text);
    assert_eq!(
        created(&desk, &plan),
        [("risk".into(), 2)],
        "what was taken back is made anew"
    );
    desk.csv("risk", &text.replace("spark", "arson"));
    desk.undo();
    let plan = desk.csv("risk", &text.replace("spark", "arson"));
    assert_eq!(plan.updated, 1, "an undone change is made again");
    // what a person retired stays so
    let id = desk.titled("risk", "Flood").id.clone();
    let mut draft = Draft::new("risk.retire");
    draft.reason = Some("gone".into());
    draft
        .edits
        .push(Edit::of(desk.world().find(&id).unwrap()).moving("retire"));
    desk.commit(&draft).unwrap();
    let plan = desk.csv("risk", text);
    assert!(
        plan.created.is_empty() && plan.notes[0].contains("is retired here"),
        "{:?}",
        plan.notes
    );
}

#[test]
fn rows_that_do_not_fit_are_named_and_the_rest_lands() {
    let mut desk = Desk::new();
    desk.csv("risk", "title\nOld one\n");
    let text = "ID,Name,Next Review,Treatment,assets,colour,Changed\n\
                ,\"Two\nlines\",2026-12-01,mitigate,,red\n\
                ,Good one,2026-12-01,Transfer,,red\n\
                ,Bad date,31/31/2026,,,\n\
                R-0099,No such,,,,\n\
                ,,2026-12-01,,,\n\
                ,Bad link,,,A-0077,\n\
                ,Bad choice,,banana,,\n\
                ,Too,many,,,,,cells\n\
                ,Unknown asset,,,The moon,\n\
                R-0001,Old one,,,,,1970-01-01T00:00:02Z\n";
    let plan = desk.csv("risk", text);
    assert_eq!(created(&desk, &plan), [("risk".into(), 2)]);
    assert_eq!(plan.unused, ["colour"]);
    let refused: Vec<(usize, &str, &str)> = plan
        .refused
        .iter()
        .map(|r| (r.line, r.column.as_str(), r.value.as_str()))
        .collect();
    let wanted = [
        (2, "Name", "Two\nlines"),
        (5, "Next Review", "31/31/2026"),
        (6, "id", "R-0099"),
        (7, "Risk", ""),
        (8, "assets", "A-0077"),
        (9, "Treatment", "banana"),
        (10, "", "cells"),
    ];
    assert_eq!(refused, wanted, "{:#?}", plan.refused);
    assert!(plan.refused.iter().all(|r| !r.why.is_empty()));
    assert_eq!(desk.get(&desk.titled("risk", "Good one"), "treatment"), "share");
    let lost = desk.titled("risk", "Unknown asset");
    assert_eq!(
        desk.get(&lost, "notes"),
        "assets: The moon",
        "a name that nobody knows is kept"
    );
}

#[test]
fn a_file_as_a_whole_is_refused_by_name() {
    let desk = Desk::new();
    let says = |what: &str, bytes: &[u8]| desk.plan(what, "my.csv", bytes).unwrap_err().to_string();
    assert!(says("risk", b"colour,shape\nred,round\n").contains("my.csv, line 1: no column is known of a risk"));
    assert!(says("risk", b"%PDF-1.7").contains("expected CSV, XLSX or JSON"));
    assert!(says("ciso-assistant", b"a,b\n1,2\n").contains("none of CISO Assistant's exports"));
}

#[test]
fn who_may_not_create_imports_nothing() {
    let mut desk = Desk::new();
    desk.csv("person", "title,login,permissions\nRex,rex,viewer\n");
    desk.me = desk.titled("person", "Rex").id.clone();
    let plan = desk.plan_csv("risk", b"title\nFire\n");
    assert!(plan.draft.edits.is_empty());
    assert!(plan.refused[0].why.contains("may not create"), "{:?}", plan.refused);
}

#[test]
fn another_tools_register_comes_in_by_its_aliases() {
    let mut desk = Desk::new();
    let plan = desk.plan_csv("risk", SIMPLERISK_FILE);
    desk.run(&plan);
    assert_eq!(desk.all("risk").len(), 20, "{:?}", plan.refused);
    let r = desk.titled("risk", "Phishing leads to stolen mailbox");
    assert!(desk.get(&r, "aliases").contains("LEG-000"));
    assert!(desk.get(&r, "notes").contains("Owner: Ada Okafor"));
    assert!(plan.unused.contains(&"DREAD-Discoverability".to_string()));
    // ids that look like ours are theirs
    let text = "ID,Title\nR-0001,Not ours\nR-900,Not ours either\n";
    let mut other = Desk::new();
    other.csv("risk", text);
    let r = other.titled("risk", "Not ours either");
    assert_eq!((r.id.as_str(), other.get(&r, "aliases").as_str()), ("R-0002", "R-900"));
    assert!(other.plan_csv("risk", text.as_bytes()).draft.edits.is_empty());
    let again = desk.plan_csv("risk", SIMPLERISK_FILE);
    assert!(again.draft.edits.is_empty(), "{:?}", again.draft.edits.first());
}

#[test]
fn an_own_export_comes_back_unchanged_and_knows_its_moment() {
    let mut desk = Desk::new();
    for bytes in [CONTROLS, ASSETS, RISKS, SCENARIOS] {
        desk.ciso(bytes);
    }
    let tricky = desk.titled("risk", "Website defaced").id.clone();
    desk.set(&tricky, "description", "'tis\n=1+1\n'=2\n  -x\n\"q\", ; |\ttab");
    for kind in ["risk", "asset", "control", "person", "organisation"] {
        let text = desk.to_csv(kind);
        let plan = desk.plan_csv(kind, text.as_bytes());
        assert!(
            plan.draft.edits.is_empty(),
            "{kind}: {:?} {:?}",
            plan.draft.edits.first(),
            plan.clashes
        );
        assert!(
            plan.refused.is_empty() && plan.unused.is_empty() && plan.notes.is_empty(),
            "{kind}: {plan:?}"
        );
        let parsed = desk.export(kind, &desk.all(kind), Format::Json);
        let parsed: serde_json::Value = serde_json::from_slice(&parsed).unwrap();
        assert_eq!(parsed.as_array().unwrap().len(), desk.all(kind).len());
    }
    // a record that never came from a file: only the moment of the export tells what was edited since
    desk.csv("scope", "title,description\nHead office,The tower\n");
    for v in desk.history.values_mut().flatten() {
        v.import = false;
    }
    let text = desk.to_csv("scope");
    let scope = desk.titled("scope", "Head office").id.clone();
    desk.set(&scope, "description", "The tower and the annex");
    assert!(desk.plan_csv("scope", text.as_bytes()).draft.edits.is_empty());
    desk.csv("scope", &text.replace("Head office", "Headquarters"));
    let r = desk.titled("scope", "Headquarters");
    assert_eq!(desk.get(&r, "description"), "The tower and the annex");
    // an export taken, then an edit here, then the export edited in a spreadsheet: both count
    let asset = desk.titled("asset", "Payroll").id.clone();
    let text = desk.to_csv("asset");
    desk.set(&asset, "location", "Lisbon");
    let edited = text.replace("Payroll,", "Payroll run,");
    let plan = desk.csv("asset", &edited);
    assert_eq!((plan.updated, plan.clashes.len()), (1, 0));
    let r = desk.titled("asset", "Payroll run");
    assert_eq!(desk.get(&r, "location"), "Lisbon", "not reverted");
    assert_eq!(r.text(TITLE), "Payroll run");
}

/// Whatever the bytes, a file is taken or refused; nothing panics, and what is planned passes the door.
#[test]
fn an_export_of_another_store_comes_in_anew() {
    let (mut one, mut two) = (Desk::new(), Desk::new());
    one.ciso(RISKS);
    // the stores differ in their days, and the export in its order
    two.state.seq += 1_000;
    let mut risks = one.all("risk");
    risks.reverse();
    let text = String::from_utf8(one.export("risk", &risks, Format::Csv)).unwrap();
    let plan = two.csv("risk", &text);
    assert_eq!(created(&two, &plan), [("risk".into(), 56)], "{:?}", plan.refused);
    assert!(plan.notes[0].contains("another store"));
    let again = two.plan_csv("risk", text.as_bytes());
    let (edit, refused) = (again.draft.edits.first(), &again.refused);
    assert!(edit.is_none() && refused.is_empty(), "{edit:?} {refused:?}");
    // its own export finds its own records, whatever the others are called
    let own = two.to_csv("risk");
    assert!(two.plan_csv("risk", own.as_bytes()).draft.edits.is_empty());
}

#[test]
fn no_file_is_too_strange() {
    use proptest::prelude::*;
    let desk = Desk::new();
    let cell = "[ '=,;|\"\n\r\tabR0-9-]{0,8}";
    let heads = [
        "ref_id",
        "name",
        "treatment",
        "assets",
        "current_proba",
        "status",
        "notes",
        "id",
        "tags",
        "owner",
        "x",
    ];
    let row = proptest::collection::vec(cell, 0..12);
    let text = (
        proptest::sample::subsequence(heads.to_vec(), 1..heads.len()),
        proptest::collection::vec(row, 0..6),
    );
    proptest!(ProptestConfig::with_cases(300), |((heads, rows) in text, raw in proptest::collection::vec(any::<u8>(), 0..200))| {
        let lines: Vec<String> = rows.iter().map(|r| r.join(";")).collect();
        let file = format!("{}\n{}", heads.join(";"), lines.join("\n"));
        for bytes in [file.as_bytes(), &raw] {
            for what in ["risk", "control", "ciso-assistant"] {
                let w = desk.world();
                if let Ok(plan) = desk.plan(what, "f", bytes)
                    && !plan.draft.edits.is_empty() {
                        prop_assert!(door::admit(&w, &desk.actor(), &plan.draft).is_ok());
                    }
            }
        }
    });
}
