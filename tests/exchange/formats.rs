//! CSV, JSON and spreadsheets are three ways to say the same: what goes out in one of them comes back unchanged, and a
//! spreadsheet of another tool means what its CSV means.

use crate::desk::*;
use isms::exchange::{self, CISO_ASSISTANT, Format, SIMPLERISK};
use std::collections::BTreeMap;

#[test]
fn what_goes_out_in_any_format_comes_back_unchanged() {
    let mut desk = Desk::new();
    for bytes in [CONTROLS, ASSETS, RISKS, SCENARIOS] {
        desk.ciso(bytes);
    }
    let tricky = desk.titled("risk", "Website defaced").id.clone();
    desk.set(
        &tricky,
        "description",
        "'tis\n=1+1\n'=2\n  -x\n\"q\", ; |\ttab _x000D_ <b>&amp;</b> \u{1f600}",
    );
    desk.set(&tricky, "tags", "-minus \"two words\" [x]");
    desk.set(&tricky, "treat_by", "2027-02-28");
    desk.set(&tricky, "contact_frequency", "pert(1,5,20)");
    let control = desk.all("control")[0].id.clone();
    desk.set(&control, "capex", "12345.67 EUR");
    for kind in ["risk", "asset", "control", "person", "organisation"] {
        for (format, file) in [
            (Format::Csv, "f.csv"),
            (Format::Json, "f.json"),
            (Format::Xlsx, "f.xlsx"),
        ] {
            let bytes = desk.export(kind, &desk.all(kind), format);
            let plan = desk.plan(kind, file, &bytes).unwrap();
            let (edit, n) = (plan.draft.edits.first(), desk.all(kind).len());
            assert!(edit.is_none(), "{kind} {format:?}: {edit:?} {:?}", plan.clashes);
            assert!(
                plan.refused.is_empty() && plan.notes.is_empty(),
                "{kind} {format:?}: {plan:?}"
            );
            assert_eq!((plan.unchanged, plan.unused.len()), (n, 0), "{kind} {format:?}");
            // Standard input has no name that would tell.
            assert!(desk.plan(kind, "-", &bytes).unwrap().draft.edits.is_empty());
        }
    }
    // Into another store it comes anew, and says the same.
    let sheet = desk.export("risk", &desk.all("risk"), Format::Xlsx);
    let mut other = Desk::new();
    other.state.seq += 1_000;
    for (kind, format) in [("asset", Format::Json), ("control", Format::Csv)] {
        let bytes = desk.export(kind, &desk.all(kind), format);
        let plan = other.plan(kind, "f", &bytes).unwrap();
        other.run(&plan);
    }
    let plan = other.plan("risk", "f.xlsx", &sheet).unwrap();
    other.run(&plan);
    assert_eq!(other.all("risk").len(), desk.all("risk").len(), "{:?}", plan.refused);
    let r = other.titled("risk", "Website defaced");
    let was = desk.world().find(&tricky).unwrap().clone();
    for field in [
        "description",
        "tags",
        "treat_by",
        "contact_frequency",
        "current_likelihood",
        "treatment",
    ] {
        assert_eq!(other.get(&r, field), desk.get(&was, field), "{field}");
    }
}

#[test]
fn a_spreadsheet_means_what_its_csv_means() {
    let (mut one, mut two) = (Desk::new(), Desk::new());
    one.ciso(RISKS);
    let plan = two.plan(CISO_ASSISTANT, "risks.xlsx", SHEETS).unwrap();
    two.run(&plan);
    assert!(plan.refused.is_empty(), "{:?}", plan.refused);
    for kind in ["risk", "control", "asset"] {
        let titles = |d: &Desk| d.all(kind).iter().map(|r| r.title().to_string()).collect::<Vec<_>>();
        let (mut a, mut b) = (titles(&one), titles(&two));
        a.sort();
        b.sort();
        assert_eq!(a, b, "{kind}");
    }
    for r in one.all("risk") {
        let other = two.titled("risk", r.title());
        for field in [
            "description",
            "aliases",
            "method",
            "inherent_likelihood",
            "current_impact",
            "treatment",
        ] {
            assert_eq!(one.get(&r, field), two.get(&other, field), "{} {field}", r.title());
        }
        let named = |d: &Desk, r, field| d.get(r, field).split('|').count();
        assert_eq!(
            named(&one, &r, "assets"),
            named(&two, &other, "assets"),
            "{}",
            r.title()
        );
    }
    assert!(
        two.plan(CISO_ASSISTANT, "risks.xlsx", SHEETS)
            .unwrap()
            .draft
            .edits
            .is_empty()
    );
    let sheets = exchange::xlsx::sheets("risks.xlsx", SHEETS).unwrap();
    assert_eq!(sheets, ["Risk Assessment"]);
}

#[test]
fn a_file_is_looked_at_before_anything_is_planned() {
    let desk = Desk::new();
    let w = desk.world();
    let what = |file: &str, bytes: &[u8]| exchange::look(&w, file, bytes, None, 3).unwrap().what;
    assert_eq!(what("r.xlsx", SHEETS).as_deref(), Some(CISO_ASSISTANT));
    assert_eq!(what("r.csv", SIMPLERISK_FILE).as_deref(), Some(SIMPLERISK));
    assert_eq!(
        what("x", b"[{\"title\": \"Ada\", \"login\": \"ada\"}]").as_deref(),
        Some("person")
    );
    let sheets = |file: &str, bytes: &[u8]| exchange::look(&w, file, bytes, None, 3).unwrap().sheets;
    assert_eq!(sheets("r.xlsx", SHEETS), ["Risk Assessment"]);
    assert!(sheets("r.csv", SIMPLERISK_FILE).is_empty());
    let look = exchange::look(&w, "t.csv", b"Subject;shape\nFire;round\nFlood;square\n", None, 1).unwrap();
    assert_eq!((look.count, look.rows.len(), look.header.len()), (2, 1, 2));
    // The person says what the columns are.
    let columns = [Some("title".to_string()), Some("threat".to_string())];
    let how = exchange::How {
        columns: Some(&columns),
        ..exchange::How::new("risk")
    };
    let mut past = Memory(BTreeMap::new());
    let text = b"Subject;shape\nFire;round\n";
    let plan = exchange::plan(&w, &how, "t.csv", text, &mut past, &desk.actor()).unwrap();
    let threat = w.catalogue.kind("risk").unwrap().field("threat").unwrap().tag;
    assert!(plan.draft.edits[0].set.iter().any(|(tag, _)| *tag == threat));
}

#[test]
fn a_register_of_simplerisk_comes_in_with_all_it_says() {
    let mut desk = Desk::new();
    desk.csv("person", "title,login\nAda Okafor,okafor\n");
    let plan = desk.plan(SIMPLERISK, "risks.csv", SIMPLERISK_FILE).unwrap();
    assert!(plan.refused.is_empty() && plan.unused.is_empty(), "{plan:?}");
    desk.run(&plan);
    assert_eq!((desk.all("risk").len(), desk.all("asset").len()), (20, 2));
    let r = desk.titled("risk", "Phishing leads to stolen mailbox");
    let at = |f: &str| desk.get(&r, f);
    assert_eq!((at("aliases").as_str(), at("treatment").as_str()), ("1001", "mitigate"));
    // Five levels each, taken by their place.
    assert_eq!(
        (at("inherent_likelihood").as_str(), at("inherent_impact").as_str()),
        ("rather-unlikely", "catastrophic")
    );
    assert_eq!(
        (at("assessed_at").as_str(), at("next_review").as_str()),
        ("2026-01-10", "2027-01-01")
    );
    assert_eq!(
        at("description"),
        "Seen twice in 2025; see ticket 4471.\nNo owner before."
    );
    assert_eq!(at("owner"), desk.titled("person", "Ada Okafor").id.as_str());
    let tapes = desk.titled("risk", "Unencrypted backup tapes in transit");
    // To close a risk takes a decision here.
    assert_eq!(
        (desk.get(&tapes, "assets").split('|').count(), tapes.state()),
        (2, "identified")
    );
    assert!(desk.get(&tapes, "notes").contains("state: closed"));
    assert_eq!(desk.get(&tapes, "tags"), "pci, shop");
    assert!(
        desk.get(&tapes, "notes").contains("Owner: Bo Lindqvist"),
        "nobody of that name is here"
    );
    // Nothing is lost: every cell is a value, or stands in the notes.
    let table = exchange::table("f", SIMPLERISK_FILE, None).unwrap();
    let subject = table.column("Subject").unwrap();
    for row in table.rows() {
        let r = desk.titled("risk", &row[subject].text);
        let notes = desk.get(&r, "notes");
        for (head, cell) in table.header.iter().zip(&row).filter(|(_, c)| !c.text.is_empty()) {
            let placed = [
                "Risk ID",
                "Status",
                "Subject",
                "Risk Source",
                "Owner",
                "Submission Date",
                "Tags",
            ];
            let placed = placed.contains(&head.as_str())
                || [
                    "Risk Assessment",
                    "Affected Assets",
                    "Next Review Date",
                    "Planning Strategy",
                ]
                .contains(&head.as_str())
                || head.starts_with("Classic-");
            let first = cell.text.lines().next().unwrap_or_default();
            assert!(
                placed || notes.contains(first),
                "{head}: {} is lost\n{notes}",
                cell.text
            );
        }
    }
    let again = desk.plan(SIMPLERISK, "risks.csv", SIMPLERISK_FILE).unwrap();
    assert!(again.draft.edits.is_empty(), "{:?}", again.draft.edits.first());
    let wrong = desk.plan(SIMPLERISK, "f.csv", b"a,b\n1,2\n").unwrap_err().to_string();
    assert!(wrong.contains("no export of SimpleRisk"), "{wrong}");
}
