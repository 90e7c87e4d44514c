//! The internal auditor: reads everything, also as it was, writes the own audit and nothing else, and cannot close it over
//! what is still open.

use crate::support::Home;
use crate::{cast, on, play, quit, records, to_field};

#[test]
fn the_auditor_reads_everything_and_writes_the_audit_only() {
    let home = Home::new();
    let then = |arguments: &[&str]| {
        let (status, said) = on(&home, "-40d", arguments);
        assert_eq!(status, 0, "{arguments:?}: {said}");
    };
    then(&["init", "--name", "Harbour Bank"]);
    let me: serde_json::Value = serde_json::from_str(&home.ok(&["show", "P-0001", "--json"])).unwrap();
    let login = format!("login={}", me["login"].as_str().unwrap());
    then(&["add", "person", "title=Marta", &login, "permissions=auditor"]);
    then(&["add", "control", "title=Backups every night"]);
    then(&["add", "risk", "title=Files are lost"]);
    cast(&home, &[("Carla", "analyst")]);
    home.ok(&["set", "C-0001", "title=Backups every hour"]);
    home.ok(&["add", "role", "title=Head of IT", "holders=P-0003"]);

    let mut tty = play(&home, "Marta");
    // Everything can be read; a control cannot be changed, and it is said who could.
    tty.keys("gr")
        .sees("Files are lost")
        .keys("gc")
        .sees("Backups every hour");
    tty.keys("e")
        .sees("may not edit C-0001: that needs")
        .sees("control owner");
    tty.keys("n").sees("may not create controls");
    // As it was then.
    tty.keys("@")
        .sees("Look at everything")
        .keys("30 days ago\r")
        .sees("Backups every night");
    tty.keys("e").sees("the past cannot be changed");
    tty.keys("@@").sees("Backups every hour");

    // The own audit.
    tty.keys("gu").sees("Audits 0").keys("n").sees("New audit");
    tty.keys("Backup and restore").sees("Backup and restore");
    to_field(&mut tty, "Criteria");
    tty.paste("A.8.13, A.5.30")
        .sees("Esc done")
        .keys("\x1b")
        .misses("Esc done");
    to_field(&mut tty, "Lead");
    tty.keys("\r")
        .sees("Enter take")
        .keys("marta")
        .sees("1 of")
        .keys("\r")
        .misses("Enter take");
    tty.keys("\x13").sees("new, AU-0001");
    tty.keys(" s").sees("Start AU-0001");
    to_field(&mut tty, "Report by");
    tty.keys("\x1530d\x13").sees("now in-progress");
    quit(tty);

    // Two lines of its checklist, one of them a minor nonconformity, one a major one.
    let items = r#"items=[{"ref":"A.8.13","question":"Is a restore tested?","result":"minor-nc","note":"41 of 60 hosts"},
        {"ref":"A.5.30","question":"Is there a plan?","result":"major-nc","note":"none"}]"#;
    home.ok(&["--as", "Marta", "set", "AU-0001", items]);
    home.ok(&["--as", "Marta", "move", "AU-0001", "report"]);
    let mut tty = play(&home, "Marta");
    tty.keys(":au1\r")
        .sees("Is a restore tested?")
        .keys(" c")
        .sees("Close AU-0001");
    to_field(&mut tty, "Report");
    tty.paste("Two nonconformities.")
        .sees("Esc done")
        .keys("\x1b")
        .misses("Esc done");
    tty.keys("\x13").sees("write a corrective action");
    tty.keys("\x1b")
        .sees("Leave with changes")
        .keys("d")
        .misses("Close AU-0001");
    // The corrective actions come from the audit, and name the clauses.
    for (title, clause) in [("Test a restore of every host", "A.8.13"), ("Write a plan", "A.5.30")] {
        tty.keys(" N")
            .sees("New, linked with")
            .keys("corrective")
            .sees("1 of")
            .keys("\r")
            .sees("New corrective action");
        tty.keys(title).sees(title);
        to_field(&mut tty, "Clauses");
        tty.keys(clause)
            .sees(clause)
            .keys("\x13")
            .misses("New corrective action")
            .sees(title);
    }
    // With the major one open it is not closed.
    tty.keys(" c").sees("Close AU-0001");
    to_field(&mut tty, "Report");
    tty.paste("Two nonconformities.")
        .sees("Esc done")
        .keys("\x1b")
        .misses("Esc done");
    tty.keys("\x13").sees("the major nonconformity at A.5.30 is open");
    tty.keys("\x1b")
        .sees("Leave with changes")
        .keys("d")
        .misses("Close AU-0001");
    quit(tty);
    let audit = &records(&home, "audit", "id:AU-0001")[0];
    assert_eq!(audit["state"], "reporting", "{audit:#}");
    let all = records(&home, "corrective-action", "");
    assert_eq!(all.len(), 2);
    assert!(all.iter().all(|a| a["sources"][0] == "AU-0001"), "{all:#?}");
}
