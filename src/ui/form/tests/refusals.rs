//! What the door says, and what others did meanwhile.

use super::*;
use crate::model::change::{Conflict, Problem, Refusal};

fn problem(edit: usize, field: Option<u16>, message: &str) -> Problem {
    Problem {
        edit,
        id: None,
        field,
        rule: "x".into(),
        message: message.into(),
    }
}

#[test]
fn a_problem_stands_beside_its_field_and_the_form_goes_there() {
    let house = House::new();
    let w = house.world();
    let mut form = Form::edit(&w, &house.get("SP-0001")).unwrap();
    press(&mut form, &w, "'!' C-s");
    let tag = |name: &str| Some(house.kind().field(name).unwrap().tag);
    form.mark(
        &Refusal::Problems(vec![
            problem(0, tag("money"), "costs too much"),
            problem(0, None, "you may not"),
        ]),
        &w,
    );
    assert_eq!(form.sheet.cells[form.sheet.focus].name, "money");
    insta::assert_snapshot!("refused_80x24", house.shot(&form, (80, 24), false));
    // Typing there takes the message away.
    press(&mut form, &w, "5");
    assert!(!house.shot(&form, (80, 24), false).contains("costs too much"));
}

#[test]
fn a_small_form_has_room_for_all_that_is_wrong() {
    let house = House::new();
    let w = house.world();
    let mut form = Form::moving(&w, &[house.get("SP-0001")], "finish").unwrap();
    let tag = house.kind().field("choice").unwrap().tag;
    let all = "RO-0002 may accept up to Medium; SP-0001 is High: ask a post with the authority for it.";
    let one = "SP-0001 is to be finished, but what is done about it is to avoid it: choose what fits.";
    form.mark(
        &Refusal::Problems(vec![problem(0, None, all), problem(0, Some(tag), one)]),
        &w,
    );
    let height = form.height(80, &w, &Plain { ascii: false });
    let shot = house.shot(&form, (80, height), false);
    let flat = shot.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(flat.contains(all) && flat.contains(one), "{shot}");
}

#[test]
fn a_problem_of_a_created_record_opens_its_form() {
    let house = House::new();
    let mut form = house.on("assets");
    let w = house.world();
    press(&mut form, &w, "'till' Enter C-s");
    form.sheet.go(0);
    assert!(matches!(press(&mut form, &w, "'T' C-s"), Outcome::Save(_)));
    form.mark(
        &Refusal::Problems(vec![problem(0, Some(2), "there is a till already")]),
        &w,
    );
    let shot = house.shot(&form, (80, 24), false);
    assert!(
        shot.contains("New asset") && shot.contains("there is a till already"),
        "{shot}"
    );
    press(&mut form, &w, "'2' C-s");
    form.sheet.go(0);
    let Outcome::Save(draft) = press(&mut form, &w, "C-s") else {
        panic!()
    };
    assert!(house.words(&draft.edits)[0].starts_with("new asset: title=till2"));
}

#[test]
fn a_conflict_asks_for_mine_or_theirs() {
    let mut house = House::new();
    let base = house.get("SP-0001");
    let mut form = Form::edit(&house.world(), &base).unwrap();
    press(&mut form, &house.world(), "C-u 'Mine' Down 'my~line' C-s");
    // Meanwhile: the title too, and a field that this form did not touch.
    house.put("SP-0001", 9, &[("title", "Theirs"), ("choice", "share")]);
    let w = house.world();
    let text = |t: &str| Some(Value::Text(t.into()));
    let conflict = Conflict {
        id: base.id.clone(),
        field: 2,
        base: text("First"),
        theirs: text("Theirs"),
        mine: text("Mine"),
    };
    let refusal = Refusal::Conflicts(vec![conflict]);
    form.mark(&refusal, &w);
    insta::assert_snapshot!("conflict_80x24", house.shot(&form, (80, 24), false));
    // It is not saved before the choice is made.
    assert!(matches!(press(&mut form, &w, "C-s"), Outcome::Still));
    let bytes = form.to_bytes();
    let Outcome::Save(draft) = press(&mut form, &w, "m C-s") else {
        panic!()
    };
    assert_eq!(house.words(&draft.edits), ["SP-0001: title=Mine, line=my line"]);
    assert!(
        Arc::ptr_eq(draft.edits[0].base.as_ref().unwrap(), &house.get("SP-0001"))
            || draft.edits[0].base.as_deref() == Some(&*house.get("SP-0001"))
    );
    let mut form = Form::from_bytes(&bytes, &w).unwrap();
    let Outcome::Save(draft) = press(&mut form, &w, "t C-s") else {
        panic!()
    };
    assert_eq!(house.words(&draft.edits), ["SP-0001: line=my line"]);
}

#[test]
fn a_draft_that_comes_back_follows_what_changed_meanwhile() {
    let mut house = House::new();
    let mut form = Form::edit(&house.world(), &house.get("SP-0001")).unwrap();
    press(&mut form, &house.world(), "C-u 'Mine' Down 'my~line'");
    let bytes = form.to_bytes();
    house.put("SP-0001", 9, &[("title", "Theirs"), ("choice", "share")]);
    let w = house.world();
    let mut form = Form::from_bytes(&bytes, &w).unwrap();
    assert!(matches!(press(&mut form, &w, "C-s"), Outcome::Still));
    assert_eq!(form.sheet.cells[form.sheet.focus].name, "title");
    let Outcome::Save(draft) = press(&mut form, &w, "t C-s") else {
        panic!()
    };
    assert_eq!(house.words(&draft.edits), ["SP-0001: line=my line"]);
}

#[test]
fn a_draft_of_something_gone_says_so() {
    let house = House::new();
    let w = house.world();
    let form = Form::edit(&w, &house.get("SP-0001")).unwrap();
    let bytes = form.to_bytes();
    let other = |from: &str, to: &str| {
        let text = String::from_utf8(bytes.clone()).unwrap().replace(from, to);
        Form::from_bytes(text.as_bytes(), &w).unwrap_err()
    };
    assert!(other("SP-0001", "SP-0099").contains("SP-0099, which is not there"));
    assert!(other("\"specimen\"", "\"spaceship\"").contains("'spaceship', which is not known"));
    assert!(Form::from_bytes(b"", &w).is_err());
    assert!(Form::from_bytes(b"{}", &w).is_err());
}

#[test]
fn what_is_half_typed_deep_within_survives_a_lost_connection() {
    let house = House::new();
    let w = house.world();
    let mut form = house.on("tasks");
    // A task, its person, who is new: typed to the middle of the name.
    press(&mut form, &w, "Enter a 'order' Down 'Ev' Down Enter 'e~L'");
    let mut back = Form::from_bytes(&form.to_bytes(), &w).unwrap();
    assert_eq!(house.shot(&back, (80, 24), false), house.shot(&form, (80, 24), false));
    press(&mut back, &w, "'ee' C-s C-s Esc");
    back.sheet.go(0);
    let Outcome::Save(draft) = press(&mut back, &w, "'T' C-s") else {
        panic!()
    };
    let words = house.words(&draft.edits);
    assert!(words[0].starts_with("new person: title="), "{words:?}");
    assert!(words[1].contains("\"what\":\"order\",\"who\":\"new:0\""), "{words:?}");
    // Text that means nothing yet, and the place in it, too.
    let mut form = house.on("day");
    press(&mut form, &w, "'fri~' Left Left");
    let back = Form::from_bytes(&form.to_bytes(), &w).unwrap();
    assert_eq!(back.sheet.input, form.sheet.input);
    assert_eq!(house.shot(&back, (80, 24), false), house.shot(&form, (80, 24), false));
}

#[test]
fn problems_of_several_records_stand_one_below_the_other_each_with_its_id_once() {
    let house = House::new();
    let w = house.world();
    let both = [house.get("SP-0001"), house.get("SP-0002")];
    let mut form = Form::moving(&w, &both, "approve").unwrap();
    press(&mut form, &w, "'why' C-s");
    let of = |edit: usize, id: &str, message: &str| Problem {
        id: Some(Id::from(id)),
        ..problem(edit, None, message)
    };
    form.mark(
        &Refusal::Problems(vec![
            of(0, "SP-0001", "SP-0001 has tasks left"),
            of(1, "SP-0002", "it has none"),
        ]),
        &w,
    );
    let shot = house.shot(&form, (80, 12), false);
    assert!(
        shot.contains("\n  SP-0001 has tasks left\n  SP-0002: it has none\n"),
        "{shot}"
    );
}
