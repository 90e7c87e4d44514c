//! Stories of review, upkeep and improvement, told on the demonstration company: what is refused, in which words.
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test stops where it fails"
)]

mod company;

use company::{Company, TODAY};
use isms::model::record::Id;
use isms::model::rules;
use isms::model::value::Value;

#[test]
fn an_audit_closes_when_its_nonconformities_are_answered() {
    let mut c = Company::open();
    let report = [("report", "Two majors.")];
    let why = "the major nonconformity at A.5.2 is open, CA-0012 is cause-known";
    c.refused("P-0013", "AU-0003", "close", &report, why);
    // without the clause the corrective action answers nothing
    c.act("P-0001", "CA-0012", "", &[("items", "")]).unwrap();
    c.refused(
        "P-0013",
        "AU-0003",
        "close",
        &report,
        "at A.5.2 has no corrective action",
    );
}

#[test]
fn nobody_audits_their_own_work() {
    let mut c = Company::open();
    let lead = [("lead", "P-0019"), ("report_by", "30d")];
    c.refused("P-0013", "AU-0004", "start", &lead, "P-0019) holds RO-0018");
    c.act("P-0013", "AU-0004", "start", &[("report_by", "30d")]).unwrap();
}

#[test]
fn what_a_review_looked_at_is_frozen_when_it_is_held() {
    let mut c = Company::open();
    c.refused("P-0001", "MR-0001", "", &[("inputs", "")], "the inputs were frozen");
    c.act("P-0001", "MR-0002", "hold", &[]).unwrap();
    let rows = c.value("MR-0002", "inputs").unwrap();
    assert_eq!(rows.as_rows().len(), 10, "one for each input of 9.3.2");
    assert_eq!(c.value("MR-0002", "collected_on"), Some(Value::Date(TODAY)));
    c.act("P-0001", "CA-0013", "", &[("severity", "high")]).unwrap();
    assert_eq!(
        c.value("MR-0002", "inputs"),
        Some(rows),
        "later changes do not reach it"
    );
}

/// Whether an exception says of itself that it is valid.
fn holds(c: &Company, id: &str) -> bool {
    let (me, record) = (Id::from("P-0001"), c.get(id));
    let kind = c.ledger.catalogue().kind("exception").unwrap();
    let w = c.world(&me);
    let validity = w.value(kind, &record, "validity");
    validity.is_some_and(|v| v.as_text() == Some("valid"))
}

#[test]
fn an_exception_has_an_authority_and_an_end() {
    let mut c = Company::open();
    let far = [("expires", "2028-01-01")];
    c.refused("P-0008", "X-0021", "approve", &far, "within 12 months");
    c.refused(
        "P-0009",
        "X-0021",
        "approve",
        &[],
        "may accept up to Low; X-0021 is Medium",
    );
    c.refused(
        "P-0018",
        "X-0021",
        "approve",
        &[],
        "may not choose 'Approve' for X-0021",
    );
    assert!(!holds(&c, "X-0021"), "what is only asked for does not hold");
    c.act("P-0008", "X-0021", "approve", &[]).unwrap();
    assert!(holds(&c, "X-0021"));
    let accepted = c.value("X-0021", "accepted_by");
    assert_eq!(accepted, Some(Value::Link(Id::from("P-0008"))));
    // put off once already; the second time by anybody with the authority, the third by the security officer
    c.act("P-0002", "X-0007", "renew", &[("expires", "200d")]).unwrap();
    c.refused("P-0002", "X-0007", "renew", &[("expires", "210d")], "for the 3. time");
    c.act("P-0001", "X-0007", "renew", &[("expires", "210d")]).unwrap();
    assert_eq!(c.value("X-0007", "renewals"), Some(Value::Int(3)));
}

#[test]
fn an_acceptance_ends_with_its_exception() {
    let mut c = Company::open();
    let gaps = |c: &Company| {
        let me = Id::from("P-0001");
        let w = c.world(&me);
        let of = |p: &isms::model::change::Problem| p.id.as_ref().is_some_and(|id| id.as_str() == "R-0009");
        let all = rules::gaps(&w).into_iter().filter(of);
        all.map(|p| p.message).collect::<Vec<_>>().join(" | ")
    };
    assert!(
        gaps(&c).contains("the acceptance has ended, X-0002 ended on"),
        "{}",
        gaps(&c)
    );
    c.act("P-0008", "X-0002", "renew", &[("expires", "90d")]).unwrap();
    assert!(!gaps(&c).contains("acceptance"), "{}", gaps(&c));
    c.refused(
        "P-0008",
        "R-0002",
        "accept",
        &[("treatment", "accept")],
        "no exception names it",
    );
}

#[test]
fn a_document_is_approved_by_somebody_else_and_then_stands() {
    let mut c = Company::open();
    c.refused(
        "P-0018",
        "D-0026",
        "approve",
        &[],
        "may not choose 'Approve' for D-0026",
    );
    c.refused("P-0018", "D-0026", "", &[("body", "other")], "D-0026 is in review");
    c.act("P-0001", "D-0026", "approve", &[]).unwrap();
    c.act("P-0001", "D-0026", "issue", &[]).unwrap();
    assert_eq!(c.value("D-0026", "in_force_version"), Some(Value::Int(1)));
    c.refused("P-0001", "D-0026", "", &[("body", "other")], "D-0026 is in force");
    c.act("P-0018", "D-0026", "revise", &[]).unwrap();
    c.act("P-0018", "D-0026", "", &[("body", "other")]).unwrap();
    let versions = ["version", "in_force_version"].map(|f| c.value("D-0026", f));
    assert_eq!(
        versions,
        [Some(Value::Int(2)), Some(Value::Int(1))],
        "the first stays in force"
    );
}

#[test]
fn whether_it_had_effect_is_judged_by_somebody_who_did_not_do_it() {
    let mut c = Company::open();
    let effect = [("effect", "none came back")];
    c.refused(
        "P-0002",
        "CA-0004",
        "confirm",
        &effect,
        "may not choose 'Confirm effect' for CA-0004",
    );
    c.act("P-0013", "CA-0004", "confirm", &effect).unwrap();
    c.refused(
        "P-0015",
        "CA-0008",
        "finish",
        &[("check_on", "60d")],
        "1 of 2 actions left to do",
    );
}
