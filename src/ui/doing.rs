//! What the actions do that are neither moving nor going, and when they can be done.

use super::app::Command;
use super::asked::{Asked, Picked, ask};
use super::filtering::Typing;
use super::job::{Effect, Job};
use super::list::Cursor;
use super::modal::Modal;
use super::palette::Palette;
use super::picker::{Choice, Picker};
use super::spot::Layer;
use super::theme::{BUILT_IN, Theme};
use super::{Model, Standing, Weight, text};
use crate::model::calendar;
use crate::model::codec;
use crate::model::kind::{FieldType, RETIRED};
use crate::model::record::Id;
use crate::model::rights;

pub(crate) fn filter(m: &mut Model) -> Vec<Effect> {
    let before = match m.spot.layers.last() {
        Some(Layer::Tree { query, .. }) => query.clone(),
        _ => m.filtered().map(|l| l.query.clone()).unwrap_or_default(),
    };
    m.unfiltered = m.list().is_some().then(|| m.seen_here()).flatten();
    m.modals.push(Modal::Filter(Typing::new(&before)));
    Vec::new()
}

pub(crate) fn sort(m: &mut Model) -> Vec<Effect> {
    let Some(list) = m.list() else { return Vec::new() };
    let kind = &m.catalogue.kinds[list.kind];
    let wanted = m.columns_of(list);
    let mut names: Vec<&str> = wanted.columns.iter().map(|c| c.field.as_str()).collect();
    let others = kind
        .columns
        .iter()
        .map(|c| c.field.as_str())
        .chain(["changed", "created"]);
    let others: Vec<&str> = others.filter(|n| !names.contains(n)).collect();
    names.extend(others);
    let now = m.order_of(list);
    let choices = names.iter().map(|n| {
        let mut c = Choice::new(n, m.heading_of(kind, n));
        if now.0 == **n {
            c.note = if now.1 {
                "largest first now"
            } else {
                "smallest first now"
            }
            .into();
        }
        c
    });
    let picker = Picker::new("Sort by", choices.collect()).at(&now.0);
    m.modals.push(Modal::Pick(Box::new(picker), Picked::Sort));
    Vec::new()
}

pub(crate) fn reverse(m: &mut Model) -> Vec<Effect> {
    let Some(list) = m.list() else { return Vec::new() };
    let (name, down) = m.order_of(list);
    m.sort_by(name, !down);
    Vec::new()
}

pub(crate) fn preview(m: &mut Model) -> Vec<Effect> {
    m.preview = !m.preview;
    let page = m.page();
    if let Some(list) = m.list_mut() {
        let (at, len) = (list.cursor.at, list.rows.len());
        list.cursor.to(at, len, page);
    }
    Vec::new()
}

pub(crate) fn retired(m: &mut Model) -> Vec<Effect> {
    let Some(list) = m.list_mut() else { return Vec::new() };
    list.retired = !list.retired;
    let (ix, shown) = (list.kind, list.retired);
    m.find(ix);
    m.say(
        Weight::Plain,
        if shown {
            "retired records show too"
        } else {
            "retired records are hidden"
        },
    );
    Vec::new()
}

pub(crate) fn select(m: &mut Model) -> Vec<Effect> {
    if let Some(list) = m.list_mut() {
        list.toggle();
    }
    super::moving::down(m)
}

pub(crate) fn select_range(m: &mut Model) -> Vec<Effect> {
    if let Some(list) = m.list_mut() {
        list.mark_to_here();
    }
    Vec::new()
}

pub(crate) fn select_all(m: &mut Model) -> Vec<Effect> {
    if let Some(list) = m.list_mut() {
        list.mark_all();
    }
    Vec::new()
}

pub(crate) fn select_other(m: &mut Model) -> Vec<Effect> {
    if let Some(list) = m.list_mut() {
        list.mark_other();
    }
    Vec::new()
}

pub(crate) fn mine(m: &mut Model) -> Vec<Effect> {
    m.today_list.mine = !m.today_list.mine;
    m.today_list.cursor = Cursor::default();
    m.arrange();
    Vec::new()
}

pub(crate) fn new(m: &mut Model) -> Vec<Effect> {
    match m.list().map(|l| l.kind).or_else(|| m.current_kind()) {
        Some(ix) => m.open_new(ix, Vec::new()),
        None => Vec::new(),
    }
}

/// Offers every kind with a link to records like this one.
pub(crate) fn new_linked(m: &mut Model) -> Vec<Effect> {
    let Some(record) = m.current() else { return Vec::new() };
    let here = m
        .catalogue
        .kind_of(&record.id)
        .map(|ix| m.catalogue.kinds[ix].name.clone())
        .unwrap_or_default();
    let mut choices = Vec::new();
    for (ix, kind) in m.catalogue.kinds.iter().enumerate() {
        for f in kind
            .fields
            .iter()
            .filter(|f| f.is_link() && (f.target.is_empty() || f.target.contains(&here)) && !f.readonly)
        {
            let mut c = Choice::new(
                &format!("{} {}", kind.name, f.name),
                &format!("{} ({})", kind.title, f.label.to_lowercase()),
            );
            if let Err(why) = m.may_create(ix) {
                c.note = why;
                c.role = "muted".into();
            }
            choices.push(c);
        }
    }
    // What grows within this register comes first: a value of a metric, an entry in the timeline of an incident.
    let inner = |c: &Choice| {
        let kind = c.id.split(' ').next().and_then(|k| m.catalogue.kind(k));
        kind.is_some_and(|k| k.within.as_deref() == Some(here.as_str()))
    };
    choices.sort_by_key(|c| (!c.note.is_empty(), !inner(c)));
    let picker = Picker::new(&format!("New, linked with {}", record.id), choices);
    m.modals
        .push(Modal::Pick(Box::new(picker), Picked::Linked(record.id.clone())));
    Vec::new()
}

pub(crate) fn edit(m: &mut Model) -> Vec<Effect> {
    m.open_edit()
}

/// Edits a long text in the person's editor; asks which if there are several.
pub(crate) fn text(m: &mut Model) -> Vec<Effect> {
    let Some(record) = m.current() else { return Vec::new() };
    let Some(kind) = m.world().kind(&record.id) else {
        return Vec::new();
    };
    let mut choices: Vec<Choice> = Vec::new();
    for f in kind.fields.iter().filter(|f| f.kind == FieldType::Text && !f.readonly) {
        let mut c = Choice::new(&f.name, &f.label);
        c.note = text::clean(record.text(f.tag).lines().next().unwrap_or("")).into_owned();
        choices.push(c);
    }
    match choices.as_slice() {
        [] => {
            m.refuse(format!("{} has no long text", record.id));
            Vec::new()
        }
        [one] => {
            let name = one.id.clone();
            m.edit_text(&name)
        }
        _ => {
            m.modals.push(Modal::Pick(
                Box::new(Picker::new("Edit which text", choices)),
                Picked::Text,
            ));
            Vec::new()
        }
    }
}

pub(crate) fn retire(m: &mut Model) -> Vec<Effect> {
    let Some(ix) = m.current_kind() else { return Vec::new() };
    let found = m.catalogue.kinds[ix].transitions.iter().position(|t| t.to == RETIRED);
    match found {
        Some(n) => match m.may_move(ix, n) {
            Ok(()) => m.open_move(ix, n),
            Err(why) => {
                m.refuse(why);
                Vec::new()
            }
        },
        None => {
            m.refuse("records of this register are not retired");
            Vec::new()
        }
    }
}

pub(crate) fn fields(m: &mut Model) -> Vec<Effect> {
    if let Some(Layer::Record { all, .. }) = m.spot.layers.last_mut() {
        *all = !*all;
    }
    Vec::new()
}

pub(crate) fn undo(m: &mut Model) -> Vec<Effect> {
    vec![Effect::Job(Job::Undo(m.actor.clone()))]
}

pub(crate) fn redo(m: &mut Model) -> Vec<Effect> {
    vec![Effect::Job(Job::Redo(m.actor.clone()))]
}

pub(crate) fn as_of(m: &mut Model) -> Vec<Effect> {
    let again = m.key_of("asof.now");
    let help = format!("A day: {}. {again} goes back to now.", calendar::PAST_HINT);
    ask(m, "Look at everything as it was on", &help, Asked::AsOf)
}

pub(crate) fn now(m: &mut Model) -> Vec<Effect> {
    m.past = None;
    m.fresh();
    m.say(Weight::Plain, "back to now");
    Vec::new()
}

pub(crate) fn since(m: &mut Model) -> Vec<Effect> {
    let help = format!("A day: {}.", calendar::PAST_HINT);
    ask(m, "Show what has changed since", &help, Asked::Since)
}

pub(crate) fn palette(m: &mut Model) -> Vec<Effect> {
    let mut p = Palette::default();
    m.search(&mut p);
    m.modals.push(Modal::Palette(Box::new(p)));
    Vec::new()
}

pub(crate) fn help(m: &mut Model) -> Vec<Effect> {
    let help = super::help::Help::new(m);
    m.modals.push(Modal::Help(Box::new(help)));
    Vec::new()
}

pub(crate) fn adopt(m: &mut Model) -> Vec<Effect> {
    m.say(Weight::Plain, "reading what is proposed");
    vec![Effect::Job(Job::Proposals)]
}

pub(crate) fn act_as(m: &mut Model) -> Vec<Effect> {
    let w = m.world();
    let Some(kind) = w.catalogue.kind("person") else {
        return Vec::new();
    };
    let text = |id: &Id, field: &str| {
        kind.field(field)
            .and_then(|f| w.find(id).map(|p| codec::cell(&w, kind, p, &f.name)))
            .unwrap_or_default()
    };
    let login = text(&m.actor.by, "login");
    // In the demonstration one plays whom one likes.
    let all = m.standing == Standing::Demonstration;
    let same = w
        .live("person")
        .filter(|p| rights::is_active(&w, &p.id) && (all || text(&p.id, "login") == login));
    let choices: Vec<Choice> = same
        .map(|p| Choice {
            head: p.id.to_string(),
            note: text(&p.id, "permissions"),
            ..Choice::new(p.id.as_str(), p.title())
        })
        .collect();
    if choices.len() < 2 {
        m.refuse(format!("no other person has the login '{login}'"));
        return Vec::new();
    }
    let picker = Picker::new("Act as", choices).at(m.actor.person.as_str());
    m.modals.push(Modal::Pick(Box::new(picker), Picked::Person));
    Vec::new()
}

pub(crate) fn theme(m: &mut Model) -> Vec<Effect> {
    let choices = BUILT_IN.iter().map(|(name, _)| Choice {
        note: Theme::built_in(name).help,
        ..Choice::new(name, name)
    });
    let picker = Picker::new("Theme", choices.collect()).at(&m.theme.name);
    m.modals.push(Modal::Pick(Box::new(picker), Picked::Theme));
    Vec::new()
}

pub(crate) fn mouse(m: &mut Model) -> Vec<Effect> {
    m.mouse = !m.mouse;
    m.say(
        Weight::Plain,
        if m.mouse {
            "the mouse is on: click and wheel"
        } else {
            "the mouse is off"
        },
    );
    vec![Effect::Term(Command::Mouse(m.mouse))]
}

pub(crate) fn reload(_: &mut Model) -> Vec<Effect> {
    vec![Effect::Reload]
}

pub(crate) fn redraw(_: &mut Model) -> Vec<Effect> {
    vec![Effect::Term(Command::Redraw)]
}

pub(crate) fn suspend(_: &mut Model) -> Vec<Effect> {
    vec![Effect::Term(Command::Suspend)]
}

pub(crate) fn quit(m: &mut Model) -> Vec<Effect> {
    if !m.waiting.is_empty() {
        m.leaving = true;
        m.say(Weight::Plain, "a change is still being written; then isms ends");
        return Vec::new();
    }
    vec![Effect::Term(Command::Quit(0))]
}
