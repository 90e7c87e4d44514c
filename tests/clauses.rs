//! Whoever knows ISO/IEC 27001 and no Rust finds every clause from 4 to 10 in `data/registers`. With `--nocapture` the
//! whole map from clause to kind to field is printed.

#![allow(clippy::panic, clippy::unwrap_used, reason = "a test stops where it fails")]

use isms::model::builtin;

#[test]
fn every_clause_has_a_register() {
    let catalogue = builtin::catalogue().unwrap_or_else(|e| panic!("{e}"));
    let framework = catalogue.framework("27001").unwrap();
    let mut missing = Vec::new();
    for (clause, answers) in framework.answers(&catalogue) {
        println!("{:<6} {}", clause.id, clause.title);
        for a in &answers {
            let fields: Vec<&str> = a.fields.iter().map(|f| f.name.as_str()).collect();
            println!("         {:<20} {}", a.kind.name, fields.join(", "));
        }
        if answers.iter().all(|a| a.fields.is_empty()) {
            missing.push(clause.id.as_str());
        }
    }
    assert!(
        missing.is_empty(),
        "no field of a register answers {}",
        missing.join(", ")
    );
}

#[test]
fn a_register_names_only_clauses_and_controls_that_are_there() {
    let catalogue = builtin::catalogue().unwrap_or_else(|e| panic!("{e}"));
    let framework = catalogue.framework("27001").unwrap();
    let rows = framework.rows();
    for kind in &catalogue.kinds {
        let of_fields = kind
            .fields
            .iter()
            .map(|f| (format!("{}.{}", kind.name, f.name), &f.clause));
        for (at, clause) in of_fields.chain([(kind.name.clone(), &kind.clause)]) {
            for word in clause.split_whitespace() {
                let known = rows
                    .iter()
                    .any(|r| r.item.id == word || r.item.id.starts_with(&format!("{word}.")));
                assert!(known, "{at} names {word}, which {} does not have", framework.name);
            }
        }
    }
}

/// The counts of ISO/IEC 27001:2022, and of NIST CSF 2.0.
#[test]
fn the_frameworks_are_whole() {
    let catalogue = builtin::catalogue().unwrap_or_else(|e| panic!("{e}"));
    let iso = catalogue.framework("27001").unwrap();
    let under = |g: &str| iso.children(Some(g)).count();
    assert_eq!(iso.clauses.len(), 30);
    assert_eq!(["A.5", "A.6", "A.7", "A.8"].map(under), [37, 8, 14, 34]);
    assert_eq!(
        iso.rows().len(),
        iso.groups.len() + iso.clauses.len() + iso.controls.len()
    );
    let csf = catalogue.framework("csf2").unwrap();
    assert_eq!((csf.groups.len(), csf.controls.len()), (28, 106));
    assert_eq!(csf.children(None).count(), 6);
    assert_eq!(csf.rows().len(), 134);
}
