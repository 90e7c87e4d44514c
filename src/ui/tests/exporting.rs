//! A list goes into a file: what shows, or what is selected, under a name that says the format.

use super::screen::Screen;
use super::*;
use crate::ui::job::Export;

fn asked(s: &Screen) -> &Export {
    match s.asked.last() {
        Some(Effect::Job(Job::Export(export))) => export,
        other => panic!("{other:?}\n{}", s.text()),
    }
}

#[test]
fn the_list_that_shows_is_written_where_its_name_says() {
    let mut s = Screen::register(SMALL);
    let shown = s.model.list().map(|l| l.rows.len()).unwrap_or_default();
    s.keys(": r e g i s t e r . e x Enter");
    assert!(
        s.text().contains(&format!("Export {shown} risks into which file")),
        "{}",
        s.text()
    );
    s.keys("o u t Enter");
    assert!(s.text().contains("end the name in .csv"), "{}", s.text());
    s.keys(". x l s x Enter");
    let export = asked(&s);
    assert_eq!(
        (export.kind.as_str(), export.path.as_str(), export.records.len()),
        ("risk", "out.xlsx", shown)
    );
    s.send(Msg::Worker(Box::new(Answer::Exported(format!(
        "{shown} risks in out.xlsx"
    )))));
    assert!(s.text().contains("risks in out.xlsx"), "{}", s.text());
}

#[test]
fn what_is_selected_is_written_and_tab_completes_the_path() {
    let mut s = Screen::register(SMALL);
    s.keys("x : r e g i s t e r . e x Enter");
    assert!(
        s.text().contains("Export 1 selected risk into which file"),
        "{}",
        s.text()
    );
    s.keys("o Tab");
    assert!(matches!(s.asked.last(), Some(Effect::Job(Job::Complete(path))) if path == "o"));
    let completed = |path: &str, offers: &[&str]| {
        Msg::Worker(Box::new(Answer::Completed {
            path: path.into(),
            offers: offers.iter().map(|o| (*o).to_owned()).collect(),
        }))
    };
    s.send(completed("o", &["out/", "outer.csv"]));
    assert!(s.text().contains("out, outer.csv"), "{}", s.text());
    // An answer to what is not typed any more is none.
    s.send(completed("o", &["other.csv"]));
    s.keys("e r . c s v Enter");
    let export = asked(&s);
    assert_eq!((export.path.as_str(), export.records.len()), ("outer.csv", 1));
}
