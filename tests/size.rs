//! How much room records take once they are loaded, and the agenda over them: a budget a record, because at 100,000
//! records every hundred bytes are 10 MB. Reads what the system says of this process, so it stands alone in its file.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a test stops where it fails")]

use isms::method::agenda::Agenda;
use isms::model::builtin;
use isms::model::kind::{STATE, TITLE};
use isms::model::record::{Id, Meta, Record, Stamp};
use isms::model::state::State;
use isms::model::value::Value;
use isms::model::world::World;
use std::sync::Arc;

/// Bytes of this process that are in memory.
fn resident() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|l| l.strip_prefix("VmRSS:")).unwrap();
    line.trim_end_matches("kB").trim().parse::<usize>().unwrap() * 1024
}

#[test]
fn a_record_keeps_to_its_budget() {
    const MANY: usize = 8_000;
    let catalogue = builtin::catalogue().unwrap();
    let ix = catalogue.index_of("risk").unwrap();
    let kind = &catalogue.kinds[ix];
    let me = Id::from("P-0001");
    let stamp = Stamp {
        seq: 1,
        time: 0,
        actor: me.clone(),
        by: me.clone(),
    };
    let meta = Arc::new(Meta {
        created: stamp.clone(),
        changed: stamp.clone(),
        entered: vec![(kind.first_state().into(), stamp)],
        versions: 1,
    });
    let state_of = |n: usize| {
        let record = |n: usize| {
            let mut r = Record::new(Id::numbered(&kind.prefix, n as u64));
            r.values = vec![
                (STATE, Value::Text(kind.first_state().into())),
                (
                    TITLE,
                    Value::Text(format!("Exposure of source code repository {n} in Malmo")),
                ),
            ];
            for (field, text) in [("current_likelihood", "unlikely"), ("current_impact", "serious")] {
                r.set(kind.field(field).unwrap().tag, Some(Value::Text(text.into())));
            }
            r.values.shrink_to_fit();
            r.meta = Some(Arc::clone(&meta));
            (ix, Arc::new(r))
        };
        State::of(&catalogue, (1..=n).map(record).collect())
    };
    let agenda_of = |state: &State| {
        Agenda::build(&World {
            catalogue: &catalogue,
            state,
            today: 20_000,
            now: 0,
            me: &me,
        })
    };
    // What is made once, whatever the number, is made.
    drop(agenda_of(&state_of(10)));

    let before = resident();
    let state = state_of(MANY);
    let records = (resident() - before) / MANY;
    assert!(records < 800, "{records} bytes a record");
    let before = resident();
    let agenda = agenda_of(&state);
    let known = (resident() - before) / MANY;
    assert!(known < 400, "{known} bytes of agenda a record");
    assert_eq!((state.all(ix).len(), agenda.pending()), (MANY, 0));
}
