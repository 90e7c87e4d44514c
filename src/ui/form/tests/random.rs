//! Whatever keys are pressed: nothing panics, everything can be drawn, and a draft comes back as it was.

use super::*;
use proptest::prelude::*;

const KEYS: &str = "a b c d e i k j m n s t x y z 1 2 7 0 . - % , K J + Enter Enter Enter Esc Tab S-Tab Up Down Down Down Left \
                    Right Home End PgUp PgDn Backspace Del space C-s C-x C-e C-a C-w C-u C-k C-y M-b M-f C-n C-p C-c";

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn random_keys(
        keys in prop::collection::vec(0..1000_usize, 1..120),
        start in 0..5_usize,
        size in (0..90_u16, 0..30_u16),
    ) {
        let house = House::new();
        let w = house.world();
        let both = [house.get("SP-0001"), house.get("SP-0002")];
        let mut form = match start {
            0 => house.blank(),
            1 => Form::edit(&w, &both[0]).unwrap(),
            2 => Form::moving(&w, &both, "finish").unwrap(),
            3 => Form::change(&w, &both, "assets").unwrap(),
            _ => Form::change(&w, &both, "tasks").unwrap(),
        };
        let all = Key::sequence(KEYS).unwrap();
        for key in keys {
            form.update(all[key % all.len()], &w);
            let look = Plain { ascii: key % 2 == 0 };
            let mut buffer = Buffer::empty(Rect::new(0, 0, size.0, size.1));
            let cursor = form.view(buffer.area, &mut buffer, &w, &look);
            if let Some((x, y)) = cursor {
                prop_assert!(x < size.0 && y < size.1, "{x},{y} in {size:?}");
            }
            form.hints(&w);
            form.title(&w);
        }
        let bytes = form.to_bytes();
        let back = Form::from_bytes(&bytes, &w).unwrap();
        prop_assert_eq!(String::from_utf8(back.to_bytes()).unwrap(), String::from_utf8(bytes).unwrap());
        prop_assert_eq!(back.sheet.focus, form.sheet.focus);
    }

    #[test]
    fn a_damaged_draft_is_refused_or_harmless(places in prop::collection::vec((0..4000_usize, 32..127_u8), 1..4), key in 0..1000_usize) {
        let house = House::new();
        let w = house.world();
        let mut form = Form::edit(&w, &house.get("SP-0001")).unwrap();
        form.sheet.go(form.sheet.cells.iter().position(|c| c.name == "tasks").unwrap());
        press(&mut form, &w, "Enter a 'one' C-s a 'two' Down 'eve' Enter 'x'");
        let mut bytes = form.to_bytes();
        for (at, byte) in places {
            let at = at % bytes.len();
            bytes[at] = byte;
        }
        if let Ok(mut form) = Form::from_bytes(&bytes, &w) {
            let all = Key::sequence(KEYS).unwrap();
            for n in 0..12 {
                house.shot(&form, (80, 24), false);
                form.update(all[(key + n * 7) % all.len()], &w);
            }
        }
    }

    #[test]
    fn bytes_of_others_are_refused_or_read(text in "\\PC{0,60}") {
        let house = House::new();
        let _ = Form::from_bytes(text.as_bytes(), &house.world());
    }
}
