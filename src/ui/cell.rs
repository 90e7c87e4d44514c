//! What stands in a cell of a list: the text for people and the theme's role. Levels are a bar and a word, days are
//! words, people are names. Colour never says anything alone.

use crate::model::calendar;
use crate::model::codec;
use crate::model::derive;
use crate::model::kind::{Catalogue, Class, Derivation, Field, FieldType, Kind, Level, Scale, Tone};
use crate::model::record::Record;
use crate::model::value::Value;
use crate::model::world::World;

/// Shades for a scale's levels, calm to alarming.
const ROLES: [&str; 5] = ["level0", "level1", "level2", "level3", "level4"];

/// Within so many days what is due looks like it.
pub(crate) const SOON: i32 = 7;

/// A cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    /// What is read.
    pub text: String,
    /// How it looks.
    pub role: &'static str,
}

impl Text {
    /// A text that looks like text.
    pub fn plain(text: String) -> Self {
        Self { text, role: "text" }
    }
}

/// The cell of a column.
pub fn cell(w: &World, kind: &Kind, record: &Record, name: &str, width: usize, ascii: bool) -> Text {
    match name {
        "id" => {
            return Text {
                text: record.id.to_string(),
                role: "id",
            };
        }
        "state" => return state(kind, record),
        _ => {}
    }
    let Some(value) = w.value(kind, record, name) else {
        return Text::plain(String::new());
    };
    match value.as_ref() {
        Value::Text(id) => {
            let words = match kind.field(name) {
                Some(_) => &[],
                None => derive::words_of(w.catalogue, kind, name),
            };
            if !words.is_empty() {
                return word(id, words, width, ascii);
            }
            if let Some(scale) = w.scale(kind, Some(record), name) {
                return level(w, kind, record, name, scale, id, (width, ascii));
            }
            // A value of another record says what it says there.
            let (of, there) = derive::origin(w.catalogue, kind, name).unwrap_or((kind, name));
            if of.field(there).is_none()
                && of.derivation(there).is_none()
                && let Some(state) = of.state(id)
            {
                return Text {
                    text: id.clone(),
                    role: telling(w, kind, record, state.tone),
                };
            }
            let choice = of.shape(there).and_then(|f| f.choices.iter().find(|c| c.id == *id));
            if let Some(choice) = choice {
                return Text {
                    text: choice.label.clone(),
                    role: telling(w, kind, record, choice.tone),
                };
            }
        }
        Value::Date(day) => {
            let due = kind.field(name).is_some_and(|f| falls_due(w, kind, record, f)) || derived_due(kind, name);
            return if due {
                let moment = match has_moments(kind, name) {
                    true => w.due(kind, record).and_then(|due| due.time),
                    false => None,
                };
                let due = self::due(w, kind, record, *day, moment);
                Text {
                    text: brief(due.text, width),
                    ..due
                }
            } else {
                Text::plain(calendar::show(*day))
            };
        }
        Value::Time(ms) if !matches!(name, "changed" | "created") => {
            let text = calendar::show_minute(*ms);
            return Text::plain(if text.len() > width {
                calendar::show(calendar::day_of_time(*ms))
            } else {
                text
            });
        }
        Value::Time(ms) => {
            let day = calendar::day_of_time(*ms);
            return Text {
                text: super::past::ago(day, w.today),
                role: "muted",
            };
        }
        Value::Link(_) | Value::Links(_) => {
            let mut ids = value.ids();
            let first = ids
                .next()
                .map(|id| w.find(id).map_or_else(|| id.to_string(), |r| r.title().to_owned()));
            let more = ids.count();
            let text = first.unwrap_or_default();
            return Text::plain(if more == 0 { text } else { format!("{text} +{more}") });
        }
        Value::Money(..) => {
            let text = codec::cell_of(w, kind, record, name, &value);
            // Whole amounts need no cents where there is little room.
            let short = || text.replacen(".00", "", 1);
            return Text::plain(if text.len() > width { short() } else { text });
        }
        Value::Int(0) if kind.field(name).is_none() => {
            return Text {
                text: "0".into(),
                role: "muted",
            };
        }
        _ => {}
    }
    Text::plain(codec::cell_of(w, kind, record, name, &value))
}

/// Whether numbers stand in this column, which then ends on the right.
pub fn is_number(catalogue: &Catalogue, kind: &Kind, name: &str) -> bool {
    use FieldType as T;
    if let Some(f) = kind.shape(name) {
        return matches!(f.kind, T::Integer | T::Decimal | T::Percent | T::Money | T::Duration);
    }
    match derive::origin(catalogue, kind, name) {
        Some((of, there)) => is_number(catalogue, of, there),
        None => kind.derivation(name).is_some_and(|d| {
            use Derivation as D;
            matches!(d.from, D::Count { .. } | D::Late { .. } | D::Attainment { .. })
        }),
    }
}

/// Whether a date of this field is still something to do in the record's state; else it is a plain day.
pub fn falls_due(w: &World, kind: &Kind, record: &Record, field: &Field) -> bool {
    let here = field.due_in.is_empty() || field.due_in.iter().any(|s| s == record.state());
    field.due.is_some() && here && w.is_open(kind, record)
}

/// Whether it is the first of what is due in a kind in which that may be a moment: rows with legal clocks.
fn has_moments(kind: &Kind, name: &str) -> bool {
    let first = kind.derivation(name).is_some_and(|d| matches!(d.from, Derivation::Due));
    let moment = |f: &Field| f.fields.iter().any(|c| c.kind == FieldType::Time);
    first && kind.fields.iter().any(moment)
}

fn derived_due(kind: &Kind, name: &str) -> bool {
    kind.derivation(name)
        .is_some_and(|d| d.due.is_some() || matches!(d.from, Derivation::Due))
}

/// A computed word, with a sign in front of it where there is room for all of its sort: the fuller, the graver.
fn word(word: &str, all: &[&str], width: usize, ascii: bool) -> Text {
    let tone = derive::tone(word);
    let (sign, plain) = match tone {
        Tone::Good => ("○", "-"),
        Tone::Warn => ("◐", "!"),
        Tone::Bad => ("●", "X"),
    };
    let longest = all.iter().map(|w| w.len()).max().unwrap_or_default();
    let said = derive::said(word);
    Text {
        text: match (longest + 2 > width, ascii) {
            (true, _) => said,
            (false, true) => format!("{plain} {said}"),
            (false, false) => format!("{sign} {said}"),
        },
        role: role_of_tone(tone),
    }
}

pub(crate) fn role_of_tone(tone: Tone) -> &'static str {
    match tone {
        Tone::Good => "ok",
        Tone::Warn => "warn",
        Tone::Bad => "error",
    }
}

/// How a word looks that was good or bad; where a record is closed nothing calls for anyone any more.
fn telling(w: &World, kind: &Kind, record: &Record, tone: Option<Tone>) -> &'static str {
    tone.filter(|_| w.is_open(kind, record)).map_or("text", role_of_tone)
}

/// The state; what is closed is quiet, unless it says that something went wrong.
pub fn state(kind: &Kind, record: &Record) -> Text {
    let role = kind.state(record.state()).map_or("text", |s| match (s.tone, s.class) {
        (Some(tone), _) => role_of_tone(tone),
        (None, Class::Closed) => "muted",
        (None, Class::Open) => "text",
    });
    Text {
        text: record.state().to_owned(),
        role,
    }
}

/// A day on which something is due, or the moment where it has one and that is near, in words.
pub fn due(w: &World, kind: &Kind, record: &Record, day: i32, moment: Option<i64>) -> Text {
    let left = moment
        .map(|time| time - w.now)
        .filter(|ms| ms.abs() < 2 * calendar::DAY_MS);
    if let Some(left) = left.filter(|_| w.is_open(kind, record)) {
        return Text {
            text: calendar::show_left(left),
            role: if left < 0 { "error" } else { "warn" },
        };
    }
    let role = match day - w.today {
        _ if !w.is_open(kind, record) => "muted",
        ..0 => "error",
        0..=SOON => "warn",
        _ => "text",
    };
    Text {
        text: calendar::show_relative(day, w.today),
        role,
    }
}

/// A span of days with short units where there is little room: `8 mo late`.
pub(crate) fn brief(mut text: String, width: usize) -> String {
    for (long, short) in [
        (" months", " mo"),
        (" weeks", " wk"),
        (" days", " d"),
        (" years", " yr"),
        (" month", " mo"),
        (" day", " d"),
        (" year", " yr"),
    ] {
        if text.len() > width {
            text = text.replace(long, short);
        }
    }
    text
}

/// A level of a scale: for risk levels a bar as long as the level is high, and its short name; `▲` above the appetite.
fn level(
    w: &World,
    kind: &Kind,
    record: &Record,
    name: &str,
    scale: &Scale,
    id: &str,
    (width, ascii): (usize, bool),
) -> Text {
    let Some(place) = scale.position(id) else {
        // Kept as it was given; the query sign says that the scale does not know it.
        return Text {
            text: format!("{id} ?"),
            role: "warn",
        };
    };
    let level = &scale.levels[place];
    let Some(role) = level.role.as_deref() else {
        return Text {
            text: fitting(level, width).to_owned(),
            role: telling(w, kind, record, level.tone),
        };
    };
    let role = known(role);
    let mark = match (above(w, kind, record, name, scale, place), ascii) {
        (false, _) => "",
        (true, false) => " ▲",
        (true, true) => " ^",
    };
    // One look for the whole column: either all names fit, or all are short.
    let room = width.saturating_sub(5);
    let wide = scale.levels.iter().all(|l| super::text::width(&l.name) <= room);
    let word = if wide {
        &level.name
    } else {
        level.short.as_ref().unwrap_or(&level.name)
    };
    Text {
        text: format!("{} {word}{mark}", bar(place, scale.levels.len(), ascii)),
        role,
    }
}

fn known(role: &str) -> &'static str {
    ROLES.iter().find(|r| **r == role).copied().unwrap_or("text")
}

/// The look of a level.
pub(crate) fn role_of(level: &Level) -> &'static str {
    look_of(level).unwrap_or("text")
}

/// The look of a level that has one of its own.
pub(crate) fn look_of(level: &Level) -> Option<&'static str> {
    level.role.as_deref().map(known).or(level.tone.map(role_of_tone))
}

/// A level of a scale as a bar of two cells, as high as the level, never so high that rows touch; its number where there are only ASCII characters.
fn bar(place: usize, levels: usize, ascii: bool) -> String {
    if ascii {
        return (place + 1).to_string();
    }
    const HEIGHTS: [&str; 5] = ["▁▁", "▂▂", "▄▄", "▅▅", "▇▇"];
    let last = levels.saturating_sub(1).max(1);
    HEIGHTS[(place * (HEIGHTS.len() - 1) / last).min(HEIGHTS.len() - 1)].to_owned()
}

/// The longest name of a level that fits.
fn fitting(level: &Level, width: usize) -> &str {
    match &level.short {
        Some(short) if super::text::width(&level.name) > width => short,
        _ => &level.name,
    }
}

/// Whether the current level is above what the organisation bears; without an appetite, above the target.
fn above(w: &World, kind: &Kind, record: &Record, name: &str, scale: &Scale, place: usize) -> bool {
    if !name.starts_with("current") {
        return false;
    }
    let bound = w.bound(kind, Some(record), "appetite").or_else(|| {
        match w.value(kind, record, &name.replacen("current", "target", 1))?.as_ref() {
            Value::Text(id) => scale.position(id),
            _ => None,
        }
    });
    bound.is_some_and(|b| place > b)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::sample::Sample;

    #[test]
    fn a_choice_looks_as_good_as_it_is_while_its_record_is_open() {
        let mut s = Sample::new();
        s.add("R-0101", &[("title", "Borne"), ("treatment", "accept")]);
        let closed = [("title", "Done"), ("treatment", "accept"), ("state", "risk-accepted")];
        s.add("R-0102", &closed);
        s.add("R-0103", &[("title", "Mended"), ("treatment", "mitigate")]);
        let w = s.world();
        let kind = s.catalogue.kind("risk").unwrap();
        let look = |id: &str| cell(&w, kind, &s.get(id), "treatment", 12, false);
        let seen = ["R-0101", "R-0102", "R-0103"].map(|id| (look(id).text, look(id).role));
        let own = |text: &str, role| (text.to_owned(), role);
        assert_eq!(
            seen,
            [own("Accept", "error"), own("Accept", "text"), own("Mitigate", "text")]
        );
    }

    #[test]
    fn a_state_that_says_that_something_went_wrong_looks_like_it_to_the_end() {
        use crate::model::builtin;
        let catalogue = builtin::catalogue().unwrap();
        let look = |kind: &str, id: &str, word: &str| {
            let mut record = Record::new(id.into());
            record.set(crate::model::kind::STATE, Some(Value::Text(word.into())));
            state(catalogue.kind(kind).unwrap(), &record).role
        };
        assert_eq!(look("exercise", "EX-0001", "failed"), "error");
        assert_eq!(look("exercise", "EX-0001", "passed"), "muted");
        assert_eq!(look("finding", "F-0001", "reopened"), "warn");
    }

    #[test]
    fn a_time_that_does_not_fit_is_said_shorter() {
        let late = |width| brief("10 months late".into(), width);
        assert_eq!((late(14).as_str(), late(11).as_str()), ("10 months late", "10 mo late"));
        assert_eq!(brief("1 day late".into(), 8), "1 d late");
    }
}
