//! Definitions laid over the kinds of the program, and what is refused.

use super::*;
use crate::model::builtin;

const KEY: &str = "name = \"key\"\nplural = \"keys\"\ntitle = \"Key\"\ntitles = \"Keys\"\nprefix = \"KY\"\n\
                   stage = \"run\"\nscreen = 3\norder = 1\nhelp = \"Keys.\"\nrights = {}\n\
                   columns = [{ field = \"id\", width = 7 }]\n\
                   [[fields]]\ntag = 32\nname = \"door\"\nlabel = \"Door\"\ntype = \"line\"\nhelp = \"Which.\"\n";
const MORE: &str = "extends = \"key\"\n[[fields]]\ntag = 1000\nname = \"floor\"\nlabel = \"Floor\"\n\
                    type = \"integer\"\nhelp = \"Which.\"\n[[columns]]\nfield = \"floor\"\nwidth = 5\n";

fn of(n: u32, text: &str) -> Definition {
    Definition {
        source: format!("DF-{n:04}"),
        text: text.to_string(),
        retired: false,
    }
}

#[test]
fn own_kinds_stand_behind_the_others_and_may_be_extended_themselves() {
    let base = builtin::catalogue().unwrap();
    let c = base.with(&[of(1, KEY), of(2, MORE)]).unwrap();
    assert_eq!(c.index_of("KY"), Some(base.kinds.len()));
    assert_eq!(c.kinds[0].name, base.kinds[0].name);
    let key = c.kind("keys").unwrap();
    assert!(key.field("floor").is_some() && key.columns.iter().any(|c| c.field == "floor" && c.rank > 0));
    assert!(c.base().kind("key").is_none());
    assert_eq!(c.adopted().len(), 2);
}

#[test]
fn what_does_not_fit_is_left_out_and_named() {
    let base = builtin::catalogue().unwrap();
    let (c, wrong) = base.with_what_fits(&[of(1, MORE), of(2, KEY), of(3, &KEY.replace("KY", "KZ"))]);
    assert_eq!(wrong.len(), 1, "{wrong:?}");
    assert_eq!((wrong[0].source.as_str(), wrong[0].line), ("DF-0003", 1));
    assert!(c.kind("key").is_some_and(|k| k.field("floor").is_some()));
}

#[test]
fn what_was_put_away_is_read_and_asks_for_nothing() {
    let base = builtin::catalogue().unwrap();
    let away = |d: Definition| Definition { retired: true, ..d };
    let c = base.with(&[of(1, KEY), away(of(2, MORE))]).unwrap();
    let key = c.kind("key").unwrap();
    assert!(key.field("floor").unwrap().readonly && key.columns.len() == 1 && !key.retired);
    let c = base.with(&[away(of(1, KEY))]).unwrap();
    assert!(c.kind("key").unwrap().retired);
}

#[test]
fn a_definition_only_grows() {
    let read = |t: &str| Content::read("x", t).unwrap();
    let old = read(KEY);
    assert_eq!(old.grows(&read(&KEY.replace("\"Door\"", "\"Gate\""))), Ok(()));
    for (from, to) in [
        ("\"line\"", "\"text\""),
        ("tag = 32", "tag = 33"),
        ("\"door\"", "\"gate\""),
        ("\"KY\"", "\"K\""),
    ] {
        assert!(old.grows(&read(&KEY.replace(from, to))).is_err(), "{to}");
    }
    assert!(old.grows(&read(MORE)).is_err());
}

#[test]
fn a_mistake_of_form_names_its_line_and_field() {
    let e = Content::read("keys.toml", &KEY.replace("\"line\"", "\"lines\"")).unwrap_err();
    assert_eq!((e.line, e.field.as_deref()), (16, Some("door")), "{e}");
    assert!(
        e.to_string()
            .starts_with("keys.toml, line 16, field 'door': unknown variant"),
        "{e}"
    );
}
