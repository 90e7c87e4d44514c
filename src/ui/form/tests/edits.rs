//! Keys to edits, for every field type.

use super::*;
use crate::model::value::Link;

fn saved(house: &House, form: &mut Form, keys: &str) -> Vec<String> {
    match press(form, &house.world(), keys) {
        Outcome::Save(draft) => house.words(&draft.edits),
        other => panic!("{keys}: {other:?}\n{}", house.shot(form, (100, 50), false)),
    }
}

#[test]
fn every_type_is_typed_into_a_new_record() {
    let house = House::new();
    for (field, keys, set) in [
        ("line", "'some~text'", "line=some text"),
        ("line", "'ab' C-a 'x'", "line=xab"),
        ("text", "Enter 'one' Enter 'two' Esc", "text=one\ntwo"),
        ("text", "'typed~at~once' Esc", "text=typed at once"),
        ("words", "'pci,~old'", "words=old, pci"),
        ("closed", "c a", "closed=a, c"),
        ("closed", "c a c", "closed=a"),
        ("closed", "Enter space space Enter", "closed=c, i"),
        ("flag", "space", "flag=yes"),
        ("flag", "space space", "flag=no"),
        ("flag", "y", "flag=yes"),
        ("flag", "n", "flag=no"),
        ("integer", "C-u '7'", "integer=7"),
        ("decimal", "'1.5'", "decimal=1.5"),
        ("percent", "'5%'", "percent=5%"),
        ("money", "'12k'", "money=12000.00 EUR"),
        ("money", "'1,200.50~USD'", "money=1200.50 USD"),
        ("range", "'5k..80k'", "range=5k..80k"),
        ("duration", "'4h~30m'", "duration=4h 30m"),
        ("day", "'friday'", "day=2026-11-27"),
        ("day", "'30d'", "day=2026-12-22"),
        ("moment", "'2026-12-01T08:30:00Z'", "moment=2026-12-01T08:30:00Z"),
        ("choice", "m", "choice=mitigate"),
        ("choice", "a", "choice=accept"),
        ("choice", "Right Right", "choice=share"),
        ("choice", "Left", "choice=accept"),
        ("choice", "s h u Enter", "choice=shun"),
        ("choice", "Enter Down Enter", "choice=share"),
        ("likelihood", "Right Right", "likelihood=rather-unlikely"),
        ("likelihood", "4", "likelihood=very-likely"),
        ("likelihood", "Enter Down Enter", "likelihood=rather-unlikely"),
        ("person", "b o Enter", "person=P-0002"),
        ("person", "Enter Down Enter", "person=P-0001"),
        ("assets", "Enter space Down space Enter", "assets=A-0003|A-0012"),
        ("assets", "w a r Enter Up '12' Enter", "assets=A-0007|A-0012"),
        ("assets", "w a r Enter Up Backspace Up", ""),
        (
            "effects",
            "Enter space Enter '40%' Enter Esc",
            "effects=[{\"to\":\"R-0001\",\"share\":0.4}]",
        ),
        (
            "effects",
            "Enter Tab Tab Enter Esc Down Enter '5%' C-s k d Esc",
            "effects=[{\"to\":\"R-0002\",\"share\":0.05}]",
        ),
        (
            "tasks",
            "Enter a 'order' Enter b o Enter '2026-12-01' Enter y Enter Esc",
            "tasks=[{\"id\":1,\"what\":\"order\",\"who\":\"P-0002\",\"by\":\"2026-12-01\",\"done\":true}]",
        ),
        (
            "tasks",
            "Enter a 'one' C-s a 'two' C-s K space Esc",
            "tasks=[{\"id\":1,\"what\":\"two\",\"done\":true},{\"id\":2,\"what\":\"one\",\"done\":false}]",
        ),
        ("tasks", "Enter a 'one' C-s d Esc", ""),
    ] {
        let mut form = house.on(field);
        let w = house.world();
        press(&mut form, &w, keys);
        form.sheet.go(0);
        let words = saved(&house, &mut form, "'T' C-s");
        let rest = words[0]
            .strip_prefix("new specimen: title=T")
            .unwrap()
            .trim_start_matches(", ");
        let rest = if field == "integer" {
            rest
        } else {
            rest.trim_start_matches("integer=12").trim_start_matches(", ")
        };
        let rest = rest.trim_end_matches("integer=12").trim_end_matches(", ");
        assert_eq!((field, keys, rest), (field, keys, set));
    }
}

#[test]
fn what_is_not_understood_is_not_saved() {
    let house = House::new();
    let w = house.world();
    for (field, keys, says) in [
        ("line", "'more~than~twenty~characters'", "at most 20 characters"),
        ("integer", "C-u '61'", "1 to 60"),
        ("decimal", "'abc'", "a number"),
        ("percent", "'150%'", "0% to 100%"),
        ("money", "'12x'", "expected"),
        ("range", "'80k..5k'", "expected"),
        ("duration", "'soon'", "a duration"),
        ("day", "'fridy'", "a date"),
        ("moment", "'now-ish'", "a time"),
    ] {
        let mut form = house.on(field);
        press(&mut form, &w, keys);
        // As it is typed, before anything is saved.
        let shot = house.shot(&form, (200, 50), false);
        assert!(shot.contains(says), "{field}: {shot}");
        form.sheet.go(0);
        let outcome = press(&mut form, &w, "'T' C-s");
        assert!(matches!(outcome, Outcome::Still), "{field}: {outcome:?}");
        assert_eq!(form.sheet.cells[form.sheet.focus].name, field);
    }
    let mut form = house.on("line");
    assert!(matches!(press(&mut form, &w, "x C-s"), Outcome::Still));
    assert_eq!(form.sheet.cells[form.sheet.focus].name, "title");
    assert!(house.shot(&form, (80, 24), false).contains("Title is needed"));
}

#[test]
fn a_record_that_is_there_gets_only_what_was_changed() {
    let house = House::new();
    let w = house.world();
    let edit = || Form::edit(&w, &house.get("SP-0001")).unwrap();
    assert_eq!(saved(&house, &mut edit(), "'!' C-s"), ["SP-0001: title=First!"]);
    assert_eq!(
        saved(&house, &mut edit(), "C-u 'New' Down 'x' C-s"),
        ["SP-0001: title=New, line=x"]
    );
    assert!(matches!(press(&mut edit(), &w, "C-s"), Outcome::Leave));
    assert!(matches!(press(&mut edit(), &w, "x Backspace Esc"), Outcome::Leave));
    let mut form = edit();
    let Outcome::Save(draft) = press(&mut form, &w, "'!' C-s") else {
        panic!()
    };
    assert_eq!(draft.action, "record.edit");
    assert!(Arc::ptr_eq(
        draft.edits[0].base.as_ref().unwrap(),
        &house.get("SP-0001")
    ));
}

#[test]
fn links_are_asked_for_what_they_say_of_themselves() {
    let house = House::new();
    let w = house.world();
    // One after the other where they are chosen; who does not know goes on.
    let mut form = house.on("effects");
    press(&mut form, &w, "Enter Tab Tab Enter");
    assert!(
        house
            .shot(&form, (80, 24), false)
            .contains("Effects: R-0001 Payment outage")
    );
    press(&mut form, &w, "'40%' Enter");
    assert!(
        house
            .shot(&form, (80, 24), false)
            .contains("Effects: R-0002 Stolen laptop")
    );
    press(&mut form, &w, "'5%' Enter Esc");
    form.sheet.go(0);
    let both = "[{\"to\":\"R-0001\",\"share\":0.4},{\"to\":\"R-0002\",\"share\":0.05}]";
    assert_eq!(
        saved(&house, &mut form, "'T' C-s"),
        [format!("new specimen: title=T, integer=12, effects={both}")]
    );
    // A record that is made for another is asked for its link before it is saved, once.
    let made = |kind: &str, field: &str, to: &str| {
        let ix = house.catalogue.index_of(kind).unwrap();
        let tag = house.catalogue.kinds[ix].field(field).unwrap().tag;
        let link = Link {
            to: Id::from(to),
            attributes: vec![],
        };
        Form::new(&w, ix, &[(tag, Value::Links(vec![link]))])
    };
    let mut form = made("specimen", "effects", "R-0001");
    assert!(matches!(press(&mut form, &w, "'T' C-s"), Outcome::Still));
    assert!(
        house
            .shot(&form, (80, 24), false)
            .contains("Effects: R-0001 Payment outage")
    );
    assert_eq!(
        saved(&house, &mut form, "'40%' C-s C-s"),
        ["new specimen: title=T, integer=12, effects=[{\"to\":\"R-0001\",\"share\":0.4}]"]
    );
    assert_eq!(
        saved(&house, &mut made("specimen", "effects", "R-0001"), "'T' C-s Esc C-s"),
        ["new specimen: title=T, integer=12, effects=R-0001"]
    );
    // What has an answer beforehand is not asked for.
    let words = saved(&house, &mut made("asset", "supports", "A-0003"), "'T' C-s");
    assert!(words[0].contains("supports=A-0003"), "{words:?}");
}

#[test]
fn a_default_that_is_taken_away_is_said() {
    let house = House::new();
    let mut form = house.on("integer");
    press(&mut form, &house.world(), "C-u");
    form.sheet.go(0);
    assert_eq!(
        saved(&house, &mut form, "'T' C-s"),
        ["new specimen: title=T, integer=nothing"]
    );
}

#[test]
fn leaving_with_changes_asks() {
    let house = House::new();
    let w = house.world();
    let mut form = house.blank();
    assert!(matches!(press(&mut form, &w, "'T' Esc"), Outcome::Still));
    assert!(house.shot(&form, (80, 24), false).contains("Leave with changes?"));
    assert!(matches!(press(&mut form, &w, "Esc"), Outcome::Still));
    assert!(matches!(press(&mut form, &w, "Esc d"), Outcome::Leave));
    assert!(matches!(press(&mut house.blank(), &w, "Esc"), Outcome::Leave));
    assert!(matches!(press(&mut house.blank(), &w, "'T' Esc s"), Outcome::Save(_)));
}

#[test]
fn a_linked_record_comes_into_being_with_it() {
    let house = House::new();
    let mut form = house.on("person");
    let w = house.world();
    // The last two lines: a new role, a new person.
    press(&mut form, &w, "'Eve' Down Enter");
    press(&mut form, &w, "C-s");
    form.sheet
        .go(form.sheet.cells.iter().position(|c| c.name == "assets").unwrap());
    press(&mut form, &w, "'new~till' Enter 's' Enter");
    form.sheet.go(0);
    let words = saved(&house, &mut form, "'T' C-s");
    assert_eq!(words.len(), 3, "{words:?}");
    assert!(words[0].starts_with("new person: title=Eve"), "{words:?}");
    assert!(words[1].starts_with("new asset: title=new tills"), "{words:?}");
    assert_eq!(
        words[2],
        "new specimen: title=T, integer=12, person=new:0, assets=new:1"
    );
}

#[test]
fn a_created_record_that_nobody_links_to_is_not_made() {
    let house = House::new();
    let mut form = house.on("person");
    let w = house.world();
    press(&mut form, &w, "'Eve' Down Enter C-s Up Backspace");
    form.sheet.go(0);
    assert_eq!(
        saved(&house, &mut form, "'T' C-s"),
        ["new specimen: title=T, integer=12"]
    );
    // And leaving its form makes nothing.
    let mut form = house.on("person");
    press(&mut form, &w, "'Eve' Down Enter Esc");
    form.sheet.go(0);
    assert_eq!(
        saved(&house, &mut form, "'T' C-s"),
        ["new specimen: title=T, integer=12"]
    );
    assert!(form.created.is_empty());
}

#[test]
fn one_field_of_several_records_is_changed_on_the_spot() {
    let house = House::new();
    let w = house.world();
    let both = [house.get("SP-0001"), house.get("SP-0002")];
    let change = |field: &str| Form::change(&w, &both, field).unwrap();
    assert_eq!(
        saved(&house, &mut change("choice"), "a c c Enter"),
        ["SP-0001: choice=accept", "SP-0002: choice=accept"]
    );
    // What it is already is not written again.
    assert_eq!(
        saved(&house, &mut change("choice"), "s h a Enter"),
        ["SP-0001: choice=share"]
    );
    assert_eq!(
        saved(&house, &mut change("day"), "'30d' Enter"),
        ["SP-0001: day=2026-12-22", "SP-0002: day=2026-12-22"]
    );
    assert_eq!(
        saved(&house, &mut change("person"), "'bo' Enter"),
        ["SP-0001: person=P-0002", "SP-0002: person=P-0002"]
    );
    // Links and words are added and taken away; what only one has stays.
    assert_eq!(
        saved(&house, &mut change("assets"), "space Enter"),
        ["SP-0001: assets=A-0003", "SP-0002: assets=A-0012"]
    );
    assert_eq!(
        saved(&house, &mut change("assets"), "'web' Tab Enter"),
        ["SP-0002: assets=A-0003|A-0007|A-0012"]
    );
    assert_eq!(
        saved(&house, &mut change("words"), "',~new' Enter"),
        ["SP-0001: words=new, old, pci", "SP-0002: words=new, pci"]
    );
    assert_eq!(
        saved(&house, &mut change("words"), "C-u Enter"),
        ["SP-0001: words=old", "SP-0002: words=nothing"]
    );
    assert_eq!(
        saved(&house, &mut change("tasks"), "Enter 'go' C-s C-s"),
        [
            "SP-0001: tasks=[{\"id\":1,\"what\":\"go\",\"done\":false}]",
            "SP-0002: tasks=[{\"id\":1,\"what\":\"go\",\"done\":false}]"
        ]
    );
    // Where they differ, deleting means: nothing for all.
    assert_eq!(
        saved(&house, &mut change("title"), "'same' Enter"),
        ["SP-0001: title=same", "SP-0002: title=same"]
    );
    assert!(matches!(press(&mut change("choice"), &w, "Esc"), Outcome::Leave));
    assert!(Form::change(&w, &both, "machine").is_none());
    assert!(Form::change(&w, &both, "state").is_none());
}

#[test]
fn a_transition_asks_its_fields_and_its_reason() {
    let house = House::new();
    let w = house.world();
    let both = [house.get("SP-0001"), house.get("SP-0002")];
    let mut form = Form::moving(&w, &both, "finish").unwrap();
    assert!(!form.is_trivial());
    let words = saved(&house, &mut form, "'30d' Enter a Down 'x' Enter");
    assert_eq!(
        words,
        [
            "SP-0001: day=2026-12-22, choice=accept -> finish",
            "SP-0002: day=2026-12-22, choice=accept -> finish"
        ]
    );
    let mut form = Form::moving(&w, &both[..1], "finish").unwrap();
    // What is asked for must be given, and so must the reason.
    assert!(matches!(press(&mut form, &w, "C-s"), Outcome::Still));
    let shot = house.shot(&form, (80, 24), false);
    assert!(
        shot.contains("Day is needed") && shot.contains("Reason is needed"),
        "{shot}"
    );
    let Outcome::Save(draft) = press(&mut form, &w, "'30d' Enter a Down 'it~is~done' Enter") else {
        panic!()
    };
    assert_eq!(draft.reason.as_deref(), Some("it is done"));
    assert_eq!(draft.action, "specimen.finish");
    let mut form = Form::moving(&w, &both[..1], "nudge").unwrap();
    assert!(form.is_trivial());
    assert!(matches!(form.save(&w), Outcome::Save(_)));
    assert!(Form::moving(&w, &both, "fly").is_none());
    // Nobody asks for a reason here, but these are the actor's own specimens.
    let form = Form::moving(&w, &both, "approve").unwrap();
    assert!(house.shot(&form, (80, 10), false).contains("Reason *"));
}

#[test]
fn a_long_text_goes_through_the_editor() {
    let house = House::new();
    let w = house.world();
    let mut form = house.on("text");
    let Outcome::Editor { name, text } = press(&mut form, &w, "'one' C-x C-e") else {
        panic!()
    };
    assert_eq!((name.as_str(), text.as_str()), ("new-specimen-text", "one"));
    assert!(matches!(form.set_text("one\ntwo\n", &w), Outcome::Changed));
    press(&mut form, &w, "Esc");
    form.sheet.go(0);
    assert_eq!(
        saved(&house, &mut form, "'T' C-s"),
        ["new specimen: title=T, text=one\ntwo, integer=12"]
    );
    let mut form = house.on("line");
    assert!(matches!(press(&mut form, &w, "C-x C-e"), Outcome::Still));
    assert!(matches!(form.set_text("late", &w), Outcome::Ignored));
}

#[test]
fn a_paste_joins_lines_where_there_is_one() {
    let house = House::new();
    let w = house.world();
    let mut form = house.on("line");
    form.paste("one\ntwo", &w);
    assert_eq!(form.sheet.input.text(), "one two");
    let mut form = house.on("text");
    form.paste("one\r\ntwo", &w);
    assert_eq!(form.sheet.input.text(), "one\ntwo");
    let mut form = house.on("person");
    form.paste("bo\n", &w);
    press(&mut form, &w, "Enter");
    assert_eq!(
        form.sheet
            .cells
            .iter()
            .find(|c| c.name == "person")
            .unwrap()
            .content()
            .text,
        "P-0002"
    );
}

#[test]
fn the_focus_goes_by_field_and_by_group() {
    let house = House::new();
    let w = house.world();
    for (start, keys, name) in [
        ("title", "Down", "line"),
        ("title", "Tab Tab S-Tab", "line"),
        ("title", "C-n C-n C-p", "line"),
        ("title", "Up", "title"),
        ("line", "Enter", "text"),
        ("line", "PgDn", "flag"),
        ("words", "PgUp", "line"),
        ("line", "PgUp", "title"),
        ("flag", "PgDn PgDn PgUp", "day"),
    ] {
        let mut form = house.on(start);
        press(&mut form, &w, keys);
        assert_eq!(form.sheet.cells[form.sheet.focus].name, name, "{start} {keys}");
    }
    let mut form = house.on("tasks");
    press(&mut form, &w, "PgDn");
    assert_eq!(form.sheet.focus, form.sheet.cells.len());
    press(&mut form, &w, "Down Down");
    assert_eq!(form.sheet.focus, form.sheet.cells.len());
}
