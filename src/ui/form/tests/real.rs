//! The forms of the program's own kinds: each can be drawn, and what it makes passes the door.

use super::*;
use crate::model::change::Actor;
use crate::model::door;
use crate::model::kind::Need;

#[test]
fn a_new_record_of_every_kind_passes_the_door() {
    let house = House::new();
    let w = house.world();
    let actor = Actor {
        person: house.me.clone(),
        by: house.me.clone(),
    };
    for (ix, kind) in house.catalogue.kinds.iter().enumerate() {
        let mut form = Form::new(&w, ix, &[]);
        for size in [(80, 24), (60, 16), (200, 50), (120, 40)] {
            house.shot(&form, size, size.0 == 60);
        }
        let mut needs = kind
            .fields
            .iter()
            .filter(|f| f.required == Need::Save && f.default.is_none());
        let more = needs.any(|f| f.name != "title");
        let draft = match press(&mut form, &w, "'A~title' C-s") {
            Outcome::Save(draft) if !more => draft,
            Outcome::Save(_) => panic!("{} is saved without what it needs", kind.name),
            // The form stays, and says what else is needed.
            _ if more => continue,
            _ => panic!("{}: {}", kind.name, house.shot(&form, (80, 24), false)),
        };
        let changes = door::admit(&w, &actor, &draft).unwrap_or_else(|e| panic!("{}: {e:?}", kind.name));
        assert_eq!(changes[0].after.title(), "A title");
    }
}

#[test]
fn a_risk_with_two_assets_and_a_new_control() {
    let house = House::new();
    let w = house.world();
    let actor = Actor {
        person: house.me.clone(),
        by: house.me.clone(),
    };
    let mut form = Form::edit(&w, &house.get("R-0001")).unwrap();
    insta::assert_snapshot!("risk_80x24", house.shot(&form, (80, 24), false));
    insta::assert_snapshot!("risk_120x40", house.shot(&form, (120, 40), false));
    let to = |form: &mut Form, name: &str| {
        let i = form.sheet.cells.iter().position(|c| c.name == name).unwrap();
        form.sheet.go(i);
    };
    to(&mut form, "assets");
    press(&mut form, &w, "'web' Tab C-u 'card' Tab Enter");
    to(&mut form, "planned_controls");
    press(&mut form, &w, "'second~uplink' Enter C-s");
    to(&mut form, "current_likelihood");
    press(&mut form, &w, "4 Down 3");
    insta::assert_snapshot!("risk_filled_80x24", house.shot(&form, (80, 24), false));
    let Outcome::Save(draft) = press(&mut form, &w, "C-s") else {
        panic!()
    };
    let changes = door::admit(&w, &actor, &draft).unwrap();
    assert_eq!(changes.len(), 2);
    let links: Vec<String> = changes[1].after.links().map(|(_, id)| id.to_string()).collect();
    assert_eq!(links, ["A-0003", "A-0012", "C-0001"]);
}

#[test]
fn every_transition_and_every_field_on_the_spot_can_be_drawn() {
    let mut house = House::new();
    for kind in house.catalogue.kinds.clone() {
        let id = format!("{}-0077", kind.prefix);
        house.put(&id, 1, &[("title", "One of them")]);
        let w = house.world();
        let one = [house.get(&id)];
        for t in &kind.transitions {
            let form = Form::moving(&w, &one, &t.name).unwrap();
            let shot = house.shot(&form, (80, 16), false);
            for name in &t.asks {
                assert!(shot.contains(kind.label(name)), "{}.{}: {shot}", kind.name, t.name);
            }
            assert!(shot.contains(&t.label), "{shot}");
        }
        for f in kind.fields.iter().filter(|f| sheet::writable(f)) {
            let form = Form::change(&w, &one, &f.name).unwrap();
            for size in [(80, 10), (60, 10), (120, 16)] {
                let shot = house.shot(&form, size, false);
                assert!(shot.contains(&f.label), "{}.{}: {shot}", kind.name, f.name);
            }
        }
    }
}
