//! Real exports of CISO Assistant: nothing lost, nothing doubled.

use crate::desk::*;
use isms::model::codec;

#[test]
fn the_risk_assessment_comes_in_whole() {
    let mut desk = Desk::new();
    let plan = desk.ciso(RISKS);
    assert!(plan.refused.is_empty(), "{:?}", plan.refused);
    let mut counts = created(&desk, &plan);
    counts.sort();
    assert_eq!(
        counts,
        [("asset".into(), 20), ("control".into(), 20), ("risk".into(), 56)]
    );
    assert_eq!(
        (
            desk.all("risk").len(),
            desk.all("asset").len(),
            desk.all("control").len()
        ),
        (56, 20, 20)
    );

    let r = desk.titled("risk", "Ransomware encrypts the patient record system");
    let at = |f: &str| desk.get(&r, f);
    assert_eq!(at("aliases"), "R.01");
    assert_eq!(
        (at("method").as_str(), at("inherent_likelihood").as_str()),
        ("ebios-4x4", "very-likely")
    );
    assert_eq!(
        (at("current_impact").as_str(), at("target_likelihood").as_str()),
        ("significant", "unlikely")
    );
    assert_eq!(
        (at("inherent_level").as_str(), at("current_level").as_str()),
        ("medium", "low")
    );
    assert_eq!(
        (at("treatment").as_str(), at("strength_of_knowledge").as_str()),
        ("", "medium"),
        "open is undecided"
    );
    assert!(at("description").ends_with("treatment stops.\nBackups may be reached too."));
    assert_eq!(at("assets").split('|').count(), 3);
    assert_eq!(at("controls").split('|').count(), 2);

    let shared = desk.titled("risk", "Uplink cut by building works");
    assert_eq!(desk.get(&shared, "treatment"), "share", "transfer is share");
    let unset = desk.titled("risk", "Lab results delayed by interface failure");
    assert_eq!(
        (
            desk.get(&unset, "current_likelihood"),
            desk.get(&unset, "current_level")
        ),
        (String::new(), String::new())
    );
    let formula = desk.titled("risk", "Medical device runs unsupported system");
    assert!(
        desk.get(&formula, "description")
            .starts_with("=HYPERLINK(\"http://example.org\""),
        "the escape is undone"
    );
    for title in [
        "Storage array, site A",
        "Billing, claims and payments",
        "供应商门户",
        "Research data set “Côte d’Azur”",
    ] {
        desk.titled("asset", title);
    }
    for title in [
        "Endpoint detection, response and isolation",
        "Vulnerability scanning; weekly",
        "Offline backups, tested quarterly",
    ] {
        desk.titled("control", title);
    }
    assert!(
        desk.plan_ciso(RISKS).draft.edits.is_empty(),
        "a second import changes nothing"
    );
    assert_eq!(desk.plan_ciso(RISKS).unchanged, 56);
}

/// Every cell of a file is found again: as a value or its label, a title of what it links to, a state, a tag, or in
/// the notes.
fn nothing_lost(desk: &Desk, kind: &str, bytes: &[u8], lists: char) {
    let table = isms::exchange::table::Table::read("f", bytes).unwrap();
    let title = table.column("name").unwrap();
    let w = desk.world();
    for row in table.rows() {
        let record = desk.titled(kind, &row[title].text);
        let k = w.kind(&record.id).unwrap();
        let mut held: Vec<String> = Vec::new();
        for name in k
            .fields
            .iter()
            .map(|f| &f.name)
            .chain(k.derived.iter().map(|d| &d.name))
        {
            if let Some(v) = w.value(k, &record, name) {
                held.push(codec::show(&w, k, Some(&record), name, &v).to_lowercase());
                held.push(codec::plain(&w, k, &record, name).to_lowercase());
                held.extend(v.ids().map(|id| w.find(id).unwrap().title().to_lowercase()));
                held.extend(v.as_tags().iter().map(|t| t.to_lowercase()));
            }
        }
        let notes = desk.get(&record, "notes").to_lowercase();
        for (head, cell) in table.header.iter().zip(&row) {
            let known = |text: &str| {
                let t = text.trim().to_lowercase();
                let t = match (head.as_str(), t.as_str()) {
                    ("treatment", "open") => return true, // no treatment is decided
                    ("treatment", "transfer") => "share",
                    ("status", "active") => "implemented",
                    ("status", "to_do") => "planned",
                    ("status", "in_progress") => "in-progress",
                    ("type", "pr") => "primary",
                    ("type", "sp") => "supporting",
                    ("cost_currency", "€") => "eur",
                    ("priority", n) => return held.contains(&format!("p{n}")),
                    (h, n) if h.starts_with("cost_") && h.ends_with("fixed") => {
                        return held.contains(&format!("{n}.00 eur"));
                    }
                    (_, "" | "--") => return true,
                    (_, t) => t,
                };
                held.iter().any(|h| h == t) || notes.contains(t)
            };
            let parts = |c: char| c == lists;
            let whole = known(&cell.text) || cell.text.split(parts).all(known);
            let by_commas = || {
                let joined = cell.text.replace(", ", "\u{1}");
                joined.split(',').all(|p| known(&p.replace('\u{1}', ", ")))
            };
            assert!(
                whole || by_commas(),
                "{head} of '{}' is lost: {:?}\nheld: {held:?}",
                record.title(),
                cell.text
            );
        }
    }
}

#[test]
fn nothing_of_the_four_files_is_lost() {
    for order in [[0, 1, 2, 3], [3, 2, 1, 0], [2, 0, 3, 1]] {
        let mut desk = Desk::new();
        let files = [
            ("risk", RISKS, ','),
            ("risk", SCENARIOS, '|'),
            ("control", CONTROLS, '|'),
            ("asset", ASSETS, '|'),
        ];
        for i in order {
            let plan = desk.ciso(files[i].1);
            assert!(
                plan.refused.is_empty() && plan.clashes.is_empty(),
                "{:?} {:?}",
                plan.refused,
                plan.clashes
            );
        }
        assert_eq!(
            (
                desk.all("risk").len(),
                desk.all("asset").len(),
                desk.all("control").len()
            ),
            (56, 20, 20),
            "{order:?}"
        );
        for (kind, bytes, lists) in files {
            nothing_lost(&desk, kind, bytes, lists);
            assert!(
                desk.plan_ciso(bytes).draft.edits.is_empty(),
                "a second import of {kind} changes nothing: {order:?}"
            );
        }
    }
}

#[test]
fn controls_and_assets_bring_their_own_fields() {
    let mut desk = Desk::new();
    desk.ciso(CONTROLS);
    desk.ciso(ASSETS);
    let c = desk.titled("control", "Multi-factor authentication");
    let at = |f: &str| desk.get(&c, f);
    assert_eq!(
        (c.state(), at("category").as_str(), at("csf_function").as_str()),
        ("implemented", "technical", "protect")
    );
    assert_eq!(
        (at("capex").as_str(), at("opex").as_str(), at("priority").as_str()),
        ("54000.00 EUR", "15000.00 EUR", "p4")
    );
    assert_eq!(
        (
            at("build_days").as_str(),
            at("life_years").as_str(),
            at("effort").as_str()
        ),
        ("29", "3", "l")
    );
    assert!(at("aliases").contains("AC-01") && at("aliases").contains("1d05e445-c76a-4a71-9d22-dc4abfe49eb6"));
    assert!(at("notes").contains("folder: Harbour Clinic"));
    assert_eq!(desk.titled("control", "Second internet uplink").state(), "planned");
    let a = desk.titled("asset", "供应商门户");
    assert_eq!(desk.get(&a, "tags"), "supporting");
}

#[test]
fn objectives_parents_and_costs_in_other_money() {
    let mut desk = Desk::new();
    let assets = "internal_id;name;ref_id;type;asset_class;security_objectives;parent_assets;labels\n\
                  ;Portal;A1;PR;Process;confidentiality: 3,integrity: 2,proof: 1;;web|shop\n\
                  ;Host;A2;SP;;availability: 9;Portal;\n";
    let plan = desk.ciso(assets.as_bytes());
    assert_eq!(created(&desk, &plan), [("asset".into(), 2)]);
    let portal = desk.titled("asset", "Portal");
    let at = |f: &str| desk.get(&portal, f);
    assert_eq!(
        (
            at("confidentiality").as_str(),
            at("integrity").as_str(),
            at("type").as_str()
        ),
        ("high", "medium", "process")
    );
    assert_eq!(
        (at("tags").as_str(), at("notes").as_str()),
        ("primary, shop, web", "security_objectives: proof: 1")
    );
    let host = desk.titled("asset", "Host");
    assert_eq!(
        (desk.get(&host, "supports"), desk.get(&host, "notes")),
        (portal.id.to_string(), "security_objectives: availability: 9".into())
    );
    let controls = "name,category,csf_function,effort,status,cost_currency,cost_build_fixed\nFence,physical,protect,XS,degraded,$,900\n";
    desk.ciso(controls.as_bytes());
    let fence = desk.titled("control", "Fence");
    assert_eq!(
        (
            fence.state(),
            desk.get(&fence, "health").as_str(),
            desk.get(&fence, "capex").as_str()
        ),
        ("implemented", "degraded", "")
    );
    assert!(desk.get(&fence, "notes").contains("cost_build_fixed: 900 $"));
}

#[test]
fn labels_that_no_method_knows_and_levels_that_differ_are_listed() {
    let mut desk = Desk::new();
    let text = "ref_id;assets;threats;name;description;current_impact;current_proba;current_risk;treatment;strength_of_knowledge\n\
                1;;a,b;One;;CRITICAL;likely;High;cancelled;--\n\
                2;;;Two;;Colossal;Very likely;Low;nonsense;Low\n\
                3;;;Three;;Important;Unlikely;low;avoid;Low\n";
    let plan = desk.ciso(text.as_bytes());
    let notes = plan.notes.join("\n");
    assert!(notes.contains("'Colossal' is not on the scale"), "{notes}");
    assert!(notes.contains("'High' where the matrix gives Medium"), "{notes}");
    let one = desk.titled("risk", "One");
    assert_eq!(
        (desk.get(&one, "current_impact"), desk.get(&one, "threat")),
        ("critical".into(), "a, b".into())
    );
    assert!(
        desk.get(&one, "notes").contains("treatment: cancelled")
            && desk.get(&one, "notes").contains("current_risk: High")
    );
    let two = desk.titled("risk", "Two");
    assert_eq!(desk.get(&two, "current_impact"), "Colossal", "kept as it is given");
    assert!(desk.get(&two, "notes").contains("treatment: nonsense"));
}

#[test]
fn owners_qualifications_labels_and_long_names() {
    let mut desk = Desk::new();
    desk.csv(
        "person",
        "title,login,contact\nMax Otto,mo,\"max@clinic.example, +49 1\"\n",
    );
    let long = "An asset whose name goes on and on ".repeat(5);
    let text = format!(
        "internal_id;ref_id;name;risk_assessment;treatment;owners;assets;vulnerabilities;qualifications;filtering_labels\n\
         6f0c1d52-0000-4000-8000-000000000001;R.1;One;Plant;mitigate;ada;{long}|Short;No MFA|Old;confidentiality|safety;web|pci\n\
         6f0c1d52-0000-4000-8000-000000000002;R.1;Two;Office;accept;Zoe|Max;Short;;availability;\n\
         6f0c1d52-0000-4000-8000-000000000003;R.3;Three;Office;accept;max@clinic.example;Short;;;\n"
    );
    let plan = desk.ciso(text.as_bytes());
    assert_eq!(
        created(&desk, &plan),
        [("asset".into(), 2), ("risk".into(), 3)],
        "one id in two assessments is two risks"
    );
    let one = desk.titled("risk", "One");
    let at = |f: &str| desk.get(&one, f);
    assert_eq!(
        (at("owner").as_str(), at("properties").as_str(), at("tags").as_str()),
        ("P-0001", "c", "pci, web")
    );
    assert_eq!(
        (at("vulnerability").as_str(), at("assets").split('|').count()),
        ("No MFA\nOld", 2)
    );
    assert!(at("notes").contains("risk_assessment: Plant") && at("notes").contains("qualifications: safety"));
    let two = desk.titled("risk", "Two");
    assert_eq!(
        (desk.get(&two, "owner").as_str(), desk.get(&two, "properties").as_str()),
        ("", "a")
    );
    assert!(
        desk.get(&two, "notes").contains("owners: Zoe|Max"),
        "two people are no one owner"
    );
    let three = desk.titled("risk", "Three");
    assert_eq!(
        desk.get(&three, "owner"),
        "P-0002",
        "people are known by their address too"
    );
    let cut = desk
        .all("asset")
        .into_iter()
        .find(|a| a.title().ends_with('…'))
        .unwrap();
    assert!(desk.get(&cut, "notes").contains(long.trim()), "the whole name is kept");
    assert!(desk.plan_ciso(text.as_bytes()).draft.edits.is_empty());
}
