//! Pictures of forms at the sizes that people have.

use super::*;

#[test]
fn a_new_record() {
    let house = House::new();
    insta::assert_snapshot!("new_80x24", house.shot(&house.blank(), (80, 24), false));
    insta::assert_snapshot!("new_60x16_ascii", house.shot(&house.blank(), (60, 16), true));
    insta::assert_snapshot!("new_200x50", house.shot(&house.blank(), (200, 50), false));
}

#[test]
fn half_filled() {
    let house = House::new();
    let w = house.world();
    let mut form = house.blank();
    press(
        &mut form,
        &w,
        "'Payment~outage' Down 'line' Down Enter 'a~long~text~that~goes~on~and~on~and~needs~more~than~one~line~to~be~shown' Enter Enter 'b' Enter 'c' Esc",
    );
    press(
        &mut form,
        &w,
        "Down 'pci' Down c Down space Down Down '1.5' Down '5%' Down '12k'",
    );
    insta::assert_snapshot!("filled_money_80x24", house.shot(&form, (80, 24), false));
    press(&mut form, &w, "Down '5k..80k' Down '4h' Down 'friday'");
    insta::assert_snapshot!("filled_date_80x24", house.shot(&form, (80, 24), false));
    press(&mut form, &w, "C-u 'fridy' Down Down m Down 4 Down Right Right Right");
    insta::assert_snapshot!("filled_level_80x24", house.shot(&form, (80, 24), false));
    press(&mut form, &w, "Down 'bo' Enter Enter Tab Tab");
    insta::assert_snapshot!("picker_80x24", house.shot(&form, (80, 24), false));
    insta::assert_snapshot!("picker_60x16_ascii", house.shot(&form, (60, 16), true));
    press(&mut form, &w, "Enter Enter");
    insta::assert_snapshot!("link_80x24", house.shot(&form, (80, 24), false));
    press(&mut form, &w, "'5%' Enter");
    insta::assert_snapshot!("links_table_80x24", house.shot(&form, (80, 24), false));
    press(&mut form, &w, "Esc Down Enter a 'order~it' C-s a");
    insta::assert_snapshot!("row_80x24", house.shot(&form, (80, 24), false));
    press(&mut form, &w, "'check' C-s");
    insta::assert_snapshot!("rows_80x24", house.shot(&form, (80, 24), false));
    press(&mut form, &w, "Esc Down Down Esc");
    insta::assert_snapshot!("leave_80x24", house.shot(&form, (80, 24), false));
}

#[test]
fn a_long_text_is_open() {
    let house = House::new();
    let mut form = house.on("text");
    press(&mut form, &house.world(), "'one~漢字' Enter 'two'");
    insta::assert_snapshot!("long_text_60x16", house.shot(&form, (60, 16), false));
}

#[test]
fn a_choice_is_open_near_the_bottom() {
    let house = House::new();
    let mut form = house.on("likelihood");
    press(&mut form, &house.world(), "Enter");
    insta::assert_snapshot!("scale_80x24", house.shot(&form, (80, 24), false));
}

#[test]
fn a_new_record_within() {
    let house = House::new();
    let mut form = house.on("assets");
    press(&mut form, &house.world(), "'till' Enter");
    insta::assert_snapshot!("within_80x24", house.shot(&form, (80, 24), false));
}

#[test]
fn a_transition_and_one_field() {
    let house = House::new();
    let w = house.world();
    let both = [house.get("SP-0001"), house.get("SP-0002")];
    let form = Form::moving(&w, &both[..1], "finish").unwrap();
    insta::assert_snapshot!("move_80x24", house.shot(&form, (80, 10), false));
    let form = Form::change(&w, &both, "choice").unwrap();
    insta::assert_snapshot!("change_80x24", house.shot(&form, (80, 14), false));
    let form = Form::change(&w, &both, "title").unwrap();
    insta::assert_snapshot!("differ_80x24", house.shot(&form, (80, 8), false));
}

#[test]
fn text_from_outside_is_shown_not_obeyed() {
    let mut house = House::new();
    house.put("A-0009", 5, &[("title", "evil \u{202e}title")]);
    let mut form = house.blank();
    form.paste("a\u{1b}[2Jb\u{9b}c", &house.world());
    form.sheet
        .go(form.sheet.cells.iter().position(|c| c.name == "assets").unwrap());
    press(&mut form, &house.world(), "e v i l Enter");
    let shot = house.shot(&form, (80, 24), false);
    assert!(!shot.chars().any(|c| c != '\n' && c.is_control()), "{shot}");
    assert!(!shot.contains('\u{202e}'));
    assert!(shot.contains("<U+202E>"));
}
