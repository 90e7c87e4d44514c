//! A field for a file: a path, completed and kept by somebody else, becomes the value.

use super::*;
use crate::model::value::FileRef;

fn report() -> FileRef {
    FileRef {
        name: "report.pdf".into(),
        sha256: [7; 32],
        size: 12,
    }
}

fn paths(all: &[&str]) -> Vec<String> {
    all.iter().map(|s| (*s).to_owned()).collect()
}

#[test]
fn a_path_is_kept_by_enter_and_shown_as_what_was_kept() {
    let house = House::new();
    let (w, mut form) = (house.world(), house.on("file"));
    let asked = press(&mut form, &w, "'in/report.pdf' Enter");
    assert!(
        matches!(&asked, Outcome::Keep(path) if path == "in/report.pdf"),
        "{asked:?}"
    );
    assert!(house.shot(&form, (100, 50), false).contains("Enter brings the file in"));
    form.kept("in/report.pdf", &Ok(report()), &w);
    assert!(
        house
            .shot(&form, (100, 50), false)
            .contains("report.pdf (12 bytes, 07070707)")
    );
    // On it again: a letter begins another path, Backspace takes it away.
    press(&mut form, &w, "Up");
    let mut other = Form::from_bytes(&form.to_bytes(), &w).unwrap();
    let asked = press(&mut other, &w, "'x' Enter");
    assert!(matches!(&asked, Outcome::Keep(path) if path == "x"), "{asked:?}");
    press(&mut form, &w, "Backspace");
    assert!(!house.shot(&form, (100, 50), false).contains("report.pdf"));
}

#[test]
fn saving_keeps_the_files_first_and_then_goes_on() {
    let house = House::new();
    let (w, mut form) = (house.world(), house.on("file"));
    press(&mut form, &w, "'report.pdf'");
    let title = form.sheet.cells.iter().position(|c| c.name == "title").unwrap();
    form.sheet.go(title);
    let asked = press(&mut form, &w, "'Report' C-s");
    assert!(
        matches!(&asked, Outcome::Keep(path) if path == "report.pdf"),
        "{asked:?}"
    );
    // It was not there: the field says so, and nothing is saved.
    let said = form.kept("report.pdf", &Err("report.pdf is not there".into()), &w);
    assert!(matches!(said, Outcome::Changed), "{said:?}");
    assert!(house.shot(&form, (100, 50), false).contains("report.pdf is not there"));
    let asked = press(&mut form, &w, "C-s");
    assert!(matches!(asked, Outcome::Keep(_)), "{asked:?}");
    let Outcome::Save(draft) = form.kept("report.pdf", &Ok(report()), &w) else {
        panic!("not saved")
    };
    assert!(
        draft.edits[0]
            .set
            .iter()
            .any(|(_, v)| *v == Some(Value::File(report().into())))
    );
}

#[test]
fn a_path_is_completed_as_far_as_it_is_one() {
    let house = House::new();
    let (w, mut form) = (house.world(), house.on("file"));
    let asked = press(&mut form, &w, "'re' Tab");
    assert!(matches!(&asked, Outcome::Complete(path) if path == "re"), "{asked:?}");
    form.completed("re", &paths(&["reports/old.pdf", "reports/öld.pdf"]), &w);
    assert_eq!(form.sheet.input.text(), "reports/");
    assert!(house.shot(&form, (100, 50), false).contains("reports/öld.pdf"));
    press(&mut form, &w, "'ol' Tab");
    form.completed("reports/ol", &paths(&["reports/old.pdf"]), &w);
    assert_eq!(form.sheet.input.text(), "reports/old.pdf");
    // Nothing is left to complete: it is brought in.
    press(&mut form, &w, "Tab");
    let asked = form.completed("reports/old.pdf", &paths(&["reports/old.pdf"]), &w);
    assert!(
        matches!(&asked, Outcome::Keep(path) if path == "reports/old.pdf"),
        "{asked:?}"
    );
    // An answer that comes too late changes nothing.
    press(&mut form, &w, "C-u 'new'");
    form.completed("reports/old.pdf", &paths(&["reports/old.pdf.gz"]), &w);
    assert_eq!(form.sheet.input.text(), "new");
    form.completed("new", &[], &w);
    assert!(house.shot(&form, (100, 50), false).contains("nothing begins like this"));
}
