//! Views on the screen: a filter with its order and columns is kept under a name, opened, renamed and deleted.

use super::asked::{Asked, Picked};
use super::input::Input;
use super::job::Effect;
use super::list::{Cursor, List};
use super::modal::{Modal, Question};
use super::picker::{Choice, Picker};
use super::{Model, Weight};
use crate::model::kind::KindIx;
use crate::model::view::{View, Views};

impl Model {
    /// Takes in what the person kept of views and columns.
    ///
    /// # Errors
    /// What is wrong with it; nothing of it holds then.
    pub fn like(&mut self, text: &str) -> Result<(), String> {
        self.views = Views::read(text)?;
        self.dirty = true;
        Ok(())
    }

    /// Takes in the views and columns that everybody here has.
    pub fn share(&mut self, shared: Views) {
        self.shipped = shared;
        self.dirty = true;
    }

    /// The views of a register.
    pub(crate) fn views_of(&self, ix: KindIx) -> Vec<&View> {
        let w = self.world();
        self.views.of(&self.shipped, &w, w.kind_at(ix))
    }

    /// What the list shows, as a view without a name.
    fn view_here(&self, list: &List) -> View {
        let (name, down) = self.order_of(list);
        View {
            name: String::new(),
            kind: self.catalogue.kinds[list.kind].name.clone(),
            query: list.query.trim().to_owned(),
            sort: match (&list.sort, down) {
                (None, _) => String::new(),
                (_, true) => format!("-{name}"),
                (_, false) => name,
            },
            columns: list.columns.clone().unwrap_or_default(),
        }
    }

    /// The name of the view that a list shows, if it is one.
    pub(crate) fn view_name(&self, list: &List) -> Option<&str> {
        if list.query.is_empty() && list.sort.is_none() && list.columns.is_none() {
            return None;
        }
        let here = self.view_here(list);
        let same = |v: &&View| v.sort == here.sort && v.columns == here.columns && v.query == here.query;
        self.views_of(list.kind).into_iter().find(same).map(|v| v.name.as_str())
    }

    /// Shows a view of the register; `None` if there is none of that name.
    pub(crate) fn show_view(&mut self, ix: KindIx, name: &str) -> Vec<Effect> {
        let view = self.views_of(ix).into_iter().find(|v| v.name == name).cloned();
        let Some(view) = view else { return Vec::new() };
        let list = &mut self.lists[ix];
        list.query = view.query;
        list.only = None;
        list.sort = (!view.sort.is_empty()).then(|| match view.sort.strip_prefix('-') {
            Some(name) => (name.to_owned(), true),
            None => (view.sort.clone(), false),
        });
        list.columns = (!view.columns.is_empty()).then_some(view.columns);
        list.cursor = Cursor::default();
        self.find(ix);
        if self.list().is_some_and(|l| l.kind == ix) {
            return Vec::new();
        }
        let spot = self.spot_of(ix);
        self.go(spot)
    }

    /// Keeps what the list shows under a name.
    pub(crate) fn save_view(&mut self, name: &str) -> Result<Vec<Effect>, String> {
        let name = name.trim();
        if name.is_empty() {
            return Err("give it a name".into());
        }
        let Some(list) = self.list() else { return Ok(Vec::new()) };
        if let Some((_, why)) = &list.wrong {
            return Err(format!("the filter is not right yet: {why}"));
        }
        let mut view = self.view_here(list);
        if view.columns.is_empty() && self.asked_columns(list).is_some() {
            view.columns = self.asked_columns(list).unwrap_or_default().to_vec();
        }
        name.clone_into(&mut view.name);
        self.views.keep(view);
        self.say(Weight::Good, format!("kept as the view '{name}'"));
        Ok(vec![self.keep_views()])
    }

    /// Gives a view another name.
    pub(crate) fn rename_view(&mut self, ix: KindIx, from: &str, to: &str) -> Result<Vec<Effect>, String> {
        let to = to.trim();
        if to.is_empty() {
            return Err("give it a name".into());
        }
        self.views.rename(&self.catalogue.kinds[ix].name, from, to)?;
        self.say(Weight::Good, format!("the view is called '{to}' now"));
        Ok(vec![self.keep_views()])
    }

    /// Deletes a view.
    pub(crate) fn delete_view(&mut self, ix: KindIx, name: &str) -> Vec<Effect> {
        self.views.delete(&self.catalogue.kinds[ix].name, name);
        self.say(
            Weight::Good,
            format!("the view '{name}' is deleted; no record has changed"),
        );
        vec![self.keep_views()]
    }

    fn pick_view(&mut self, heading: &str, own: bool, what: impl FnOnce(KindIx) -> Picked) -> Vec<Effect> {
        let Some(list) = self.list() else { return Vec::new() };
        let ix = list.kind;
        let here = self.view_name(list).unwrap_or_default().to_owned();
        let mine = &self.catalogue.kinds[ix].name;
        let views = self
            .views_of(ix)
            .into_iter()
            .filter(|v| !own || v.kind == *mine && self.views.all.contains(v));
        let choices: Vec<Choice> = views
            .map(|v| Choice {
                note: super::text::clean(&v.query).into_owned(),
                ..Choice::new(&v.name, &v.name)
            })
            .collect();
        let mut picker = Picker::new(heading, choices).at(&here);
        if !own {
            picker = picker.creating("keep what shows as a view");
        }
        self.modals.push(Modal::Pick(Box::new(picker), what(ix)));
        Vec::new()
    }

    fn ask_view(&mut self, heading: &str, start: &str, what: Asked) -> Vec<Effect> {
        let q = Question {
            heading: heading.to_owned(),
            help: "A few words: my overdue risks. Its filter, order and columns are kept for you, in every store."
                .into(),
            input: Input::new(start),
            wrong: None,
            what,
        };
        self.modals.push(Modal::Ask(Box::new(q)));
        Vec::new()
    }

    /// What a choice of a view leads to.
    pub(crate) fn view_chosen(&mut self, what: &Picked, name: &str) -> Vec<Effect> {
        match what {
            Picked::View(ix) => self.show_view(*ix, name),
            Picked::RenameView(ix) => self.ask_view("Another name", name, Asked::RenameView(*ix, name.to_owned())),
            Picked::DeleteView(ix) => self.delete_view(*ix, name),
            _ => Vec::new(),
        }
    }
}

pub(crate) fn open(m: &mut Model) -> Vec<Effect> {
    m.pick_view("Views", false, Picked::View)
}

pub(crate) fn save(m: &mut Model) -> Vec<Effect> {
    m.ask_view("Keep as a view", "", Asked::SaveView)
}

pub(crate) fn rename(m: &mut Model) -> Vec<Effect> {
    m.pick_view("Rename which view", true, Picked::RenameView)
}

pub(crate) fn delete(m: &mut Model) -> Vec<Effect> {
    m.pick_view("Delete which view", true, Picked::DeleteView)
}

/// Whether there is a view of the person's own.
pub(crate) fn has_own(m: &Model) -> Result<(), String> {
    super::able::on_list(m)?;
    let kind = m.list().map(|l| m.catalogue.kinds[l.kind].name.as_str());
    match m.views.all.iter().any(|v| Some(v.kind.as_str()) == kind) {
        true => Ok(()),
        false => Err("you have no view of this register yet".into()),
    }
}
