//! Who is there: the user of the operating system, and the persons of a store as whom that user may act.

use crate::error::{Error, Result};
use crate::model::record::{Id, Record};
use crate::model::value::Value;
use crate::model::world::World;
use std::sync::Arc;

/// The name of the user of the operating system under which the program runs.
pub fn login() -> String {
    let uid = rustix::process::getuid().as_raw();
    let said = ["USER", "LOGNAME"].map(|n| std::env::var(n).unwrap_or_default());
    let passwd = std::fs::read_to_string("/etc/passwd").unwrap_or_default();
    name_of(uid, &passwd, &said)
        .or_else(|| asked(uid))
        .unwrap_or_else(|| format!("uid-{uid}"))
}

/// The name of a user in the text of `passwd`. Names in `said` are believed only if they have this number there.
fn name_of(uid: u32, passwd: &str, said: &[String]) -> Option<String> {
    let names: Vec<&str> = passwd
        .lines()
        .filter_map(|line| {
            let mut parts = line.split(':');
            let (name, _, number) = (parts.next()?, parts.next()?, parts.next()?);
            (number.parse() == Ok(uid)).then_some(name)
        })
        .collect();
    let known = said.iter().find(|s| names.contains(&s.as_str())).map(String::as_str);
    known.or(names.first().copied()).map(str::to_string)
}

/// The name of a user whom only the network knows (LDAP and the like), by asking the system's own tool.
fn asked(uid: u32) -> Option<String> {
    let done = std::process::Command::new("/usr/bin/id")
        .args(["-un", &uid.to_string()])
        .output()
        .ok()?;
    let name = String::from_utf8(done.stdout).ok()?.trim().to_string();
    (done.status.success() && !name.is_empty()).then_some(name)
}

/// The full name of the user, if the system knows one.
pub(super) fn full_name(login: &str) -> Option<String> {
    let passwd = std::fs::read_to_string("/etc/passwd").ok()?;
    let line = passwd.lines().find(|l| l.split(':').next() == Some(login))?;
    let name = line.split(':').nth(4)?.split(',').next()?.trim().to_string();
    (!name.is_empty()).then_some(name)
}

/// The people who work here, by id.
pub(super) fn people<'w>(w: &World<'w>) -> impl Iterator<Item = &'w Arc<Record>> + use<'w> {
    let open = w.catalogue.kind("person");
    w.live("person")
        .filter(move |p| open.is_some_and(|k| k.first_state() == p.state()))
}

/// A text of a person by field name.
pub(super) fn field<'r>(w: &World, person: &'r Record, name: &str) -> &'r str {
    w.kind(&person.id)
        .and_then(|k| k.field(name))
        .map_or("", |f| person.text(f.tag))
}

/// The person whom the user plays in the demonstration: its security officer.
pub(super) fn player<'w>(w: &World<'w>) -> Option<&'w Arc<Record>> {
    let tag = w.catalogue.kind("person")?.field("permissions")?.tag;
    let may = |p: &Record| {
        p.get(tag)
            .map(Value::as_tags)
            .unwrap_or_default()
            .iter()
            .any(|t| t == "ciso")
    };
    people(w).find(|p| may(p)).or_else(|| people(w).next())
}

/// The person whom a word means: id, name, login, or a part of the name that only one has.
pub(super) fn person<'w>(w: &World<'w>, word: &str) -> Result<&'w Arc<Record>> {
    let low = word.trim().to_lowercase();
    let id = Id::typed(word);
    let tests: [&dyn Fn(&Record) -> bool; 4] = [
        &|p| Some(&p.id) == id.as_ref(),
        &|p| p.title().to_lowercase() == low,
        &|p| field(w, p, "login").to_lowercase() == low,
        &|p| p.title().to_lowercase().split_whitespace().any(|part| part == low),
    ];
    for test in tests {
        let found: Vec<_> = people(w).filter(|p| test(p)).collect();
        match found.as_slice() {
            [] => {}
            [one] => return Ok(one),
            many => {
                let mut e = Error::failed(format!("'{word}' means several people")).hint("give the id");
                e.details = many.iter().map(|p| format!("{} {}", p.id, p.title())).collect();
                return Err(e);
            }
        }
    }
    Err(Error::failed(format!("there is no person '{word}' who works here")).hint("isms list person"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PASSWD: &str = "root:x:0:0:root:/root:/bin/bash\nada:x:1000:1000:Ada Okafor,,,:/home/ada:/bin/sh\nops:x:1000:1000::/:/bin/sh\nbad line\n";

    #[test]
    fn a_login_is_what_the_system_says_not_what_the_environment_says() {
        let said = |s: &str| [s.to_string(), String::new()];
        assert_eq!(name_of(1000, PASSWD, &said("root")).as_deref(), Some("ada"));
        assert_eq!(name_of(1000, PASSWD, &said("ops")).as_deref(), Some("ops"));
        assert_eq!(name_of(7, PASSWD, &said("ada")), None);
    }
}
