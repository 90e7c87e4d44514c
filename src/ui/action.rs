//! The one table of everything that a person can do. A row has a name, one line of doc, a group, whether it can be
//! done now or why not, and what it does. Keys, palette, footer, help and the key table of the README are made from it.

use super::Model;
use super::job::Effect;
use super::{
    able, adopting, copy, doing, explain, exporting, finding, framework, going, grid, heatmap, hierarchy, import,
    instrument, judge, links, marks, moving, remap, repeat, today, tree, triage, tutorial, views, years,
};
use crate::model::kind::{Catalogue, KindIx};
use std::collections::HashMap;

/// Under which heading help shows an action.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Group {
    /// Moving about in a list or record.
    Move,
    /// Screens and registers.
    Go,
    /// Lists.
    List,
    /// Records.
    Record,
    /// One field, on the spot.
    Change,
    /// Moves between states.
    Transition,
    /// The past.
    Time,
    /// The program.
    Program,
}

impl Group {
    /// All groups in the order of help.
    pub const ALL: [Self; 8] = [
        Self::Move,
        Self::Go,
        Self::List,
        Self::Record,
        Self::Change,
        Self::Transition,
        Self::Time,
        Self::Program,
    ];

    /// Its heading.
    pub fn title(self) -> &'static str {
        match self {
            Self::Move => "Move",
            Self::Go => "Go to",
            Self::List => "List",
            Self::Record => "Record",
            Self::Change => "Change one field",
            Self::Transition => "Move to another state",
            Self::Time => "Undo and the past",
            Self::Program => "Program",
        }
    }
}

/// What an action does.
#[derive(Debug, Clone, Copy)]
pub enum Run {
    /// A function of the model; the second says whether it can be done now, or why not.
    Do(fn(&mut Model) -> Vec<Effect>, fn(&Model) -> Result<(), String>),
    /// Shows a screen, 0 to 6.
    Screen(u8),
    /// Goes to a register, or from a record to its records of that kind.
    Go(KindIx),
    /// Shows the instrument of this number.
    Instrument(usize),
    /// Makes a new record of a kind.
    New(KindIx),
    /// Changes the field of this number in [`Actions::changes`].
    Change(usize),
    /// Makes the transition of this number of a kind.
    Move(KindIx, usize),
    /// Do the duty of this number of this kind.
    Duty(KindIx, usize),
    /// Makes the decision of this number in the triage of a kind.
    Decide(KindIx, usize),
}

/// One row of the table.
#[derive(Debug, Clone)]
pub struct Action {
    /// Its name everywhere: `list.filter`, `risk.accept`.
    pub name: String,
    /// What it does, one line, third person, with a full stop.
    pub doc: String,
    /// A few words for the footer and menus.
    pub brief: String,
    /// Its heading in help.
    pub group: Group,
    /// What it does.
    pub run: Run,
}

/// All actions.
#[derive(Debug, Clone, Default)]
pub struct Actions {
    /// The rows.
    pub rows: Vec<Action>,
    /// The names of the fields that some kind lets change on the spot.
    pub changes: Vec<String>,
    places: HashMap<String, usize>,
}

type Fixed = (
    &'static str,
    &'static str,
    &'static str,
    Group,
    fn(&mut Model) -> Vec<Effect>,
    fn(&Model) -> Result<(), String>,
);

/// The actions that belong to no kind.
#[rustfmt::skip] // One action, one line: it is read as a table.
const FIXED: &[Fixed] = &[
    ("move.down", "down", "Moves one row down.", Group::Move, moving::down, moving::can),
    ("move.up", "up", "Moves one row up.", Group::Move, moving::up, moving::can),
    ("move.half-down", "half page down", "Moves half a page down.", Group::Move, moving::half_down, moving::can),
    ("move.half-up", "half page up", "Moves half a page up.", Group::Move, moving::half_up, moving::can),
    ("move.page-down", "page down", "Moves one page down.", Group::Move, moving::page_down, moving::can),
    ("move.page-up", "page up", "Moves one page up.", Group::Move, moving::page_up, moving::can),
    ("move.first", "first row", "Moves to the first row.", Group::Move, moving::first, moving::can),
    ("move.last", "last row", "Moves to the last row.", Group::Move, moving::last, moving::can),
    ("move.next-section", "next section", "Moves to the next heading, version or group; in a list to the next value of what it is sorted by.", Group::Move, moving::next_section, moving::can),
    ("move.previous-section", "previous section", "Moves to where this section begins, then to the one before.", Group::Move, moving::previous_section, moving::can),
    ("register.next", "next register", "Shows the next register of this screen; on Today the next stage.", Group::Go, going::next_register, going::always),
    ("register.previous", "previous register", "Shows the previous register of this screen; on Today the stage before.", Group::Go, going::previous_register, going::always),
    ("go.open", "open", "Opens the record, or follows the link, under the cursor.", Group::Go, going::open, going::can_open),
    ("go.back", "back", "Goes back: clears the selection, then the filter, then closes what is open.", Group::Go, going::back, going::always),
    ("go.trail-back", "back along the trail", "Walks the trail of places back.", Group::Go, going::trail_back, going::has_past),
    ("go.trail-on", "on along the trail", "Walks the trail of places forward again.", Group::Go, going::trail_on, going::has_future),
    ("go.last", "last place", "Goes to the place where you were last, and from there back here.", Group::Go, going::last_place, going::has_last),
    ("mark.set", "mark", "Marks this place with a letter: the list as it is asked for, the record and what lies over it.", Group::Go, marks::set, able::is_open),
    ("mark.go", "to a mark", "Goes to the place that a letter marks.", Group::Go, marks::go, able::is_open),
    ("go.links", "links", "Shows what the record leads to and what leads to it, and on from there.", Group::Go, links::show, able::on_record),
    ("go.explain", "how it came to be", "Shows how the figures of the record came to be: formula, inputs and the records that say so.", Group::Go, explain::show, explain::can),
    ("go.years", "what a year may cost", "Shows what a year may cost, as a curve beside what is tolerated: of the risk, elsewhere of all together.", Group::Go, years::show, able::is_open),
    ("go.gaps", "gaps", "Shows what an auditor will ask for and is not there, by stage, each with the key that mends it.", Group::Go, today::gaps, able::is_open),
    ("go.framework", "framework", "Shows the clauses and controls of a framework, and what answers them.", Group::Go, framework::show, framework::are_there),
    ("row.do", "do it", "Does what the row of Today or of the gaps asks for.", Group::Record, today::do_it, today::asks),
    ("row.tick", "tick off", "Ticks off the task or report of the row of Today: it is done.", Group::Record, today::tick, today::ticks),
    ("go.history", "history", "Shows every version of the record: who changed what, when and why.", Group::Time, going::history, able::on_record),
    ("go.log", "log", "Shows all commits, the newest first.", Group::Time, going::log, going::always),
    ("list.filter", "filter", "Filters the list as you type: words, owner:me, due<30d, is:open, -tag:pci.", Group::List, doing::filter, able::can_filter),
    ("text.find", "find", "Finds words in a record, its history or the log; Down and Up go to the next and the one before.", Group::List, finding::find, finding::can),
    ("list.tree", "tree", "Shows the list as a tree along its own link, or the list again; of an open record what hangs together with it, both ways.", Group::List, hierarchy::show, hierarchy::able),
    ("tree.turn", "turn round", "Turns the tree round: below each what leans on it, or what it leans on.", Group::List, hierarchy::turn, hierarchy::turns),
    ("tree.unfold", "unfold", "Unfolds the row, or goes to the first one below it.", Group::List, tree::unfold, tree::in_tree),
    ("tree.fold", "fold", "Folds the row, or goes to the one above it.", Group::List, tree::fold, tree::in_tree),
    ("tree.unfold-all", "unfold all", "Unfolds all rows.", Group::List, tree::unfold_all, tree::in_tree),
    ("tree.fold-all", "fold all", "Folds all rows.", Group::List, tree::fold_all, tree::in_tree),
    ("list.sort", "sort", "Sorts the list by a column; the same column again turns the order round.", Group::List, doing::sort, able::on_list),
    ("list.reverse", "turn order round", "Turns the order of the list round.", Group::List, doing::reverse, able::on_list),
    ("list.columns", "columns", "Chooses which columns the register shows, their order and width.", Group::List, Model::choose_columns, able::on_list),
    ("view.open", "views", "Shows a view of the register: a filter with its order and columns, kept under a name; or keeps what shows as one.", Group::List, views::open, able::on_list),
    ("view.save", "keep as view", "Keeps filter, order and columns of the list under a name.", Group::List, views::save, able::on_list),
    ("view.rename", "rename a view", "Gives a view of yours another name.", Group::List, views::rename, views::has_own),
    ("view.delete", "delete a view", "Deletes a view of yours; no record changes.", Group::List, views::delete, views::has_own),
    ("list.preview", "preview", "Keeps the record under the cursor in view below the list.", Group::List, doing::preview, able::on_list),
    ("list.retired", "retired too", "Shows or hides retired records.", Group::List, doing::retired, able::on_list),
    ("matrix.up", "up", "Moves one cell up in the matrix.", Group::Move, heatmap::up, heatmap::in_map),
    ("matrix.down", "down", "Moves one cell down in the matrix.", Group::Move, heatmap::down, heatmap::in_map),
    ("matrix.left", "left", "Moves one cell to the left in the matrix.", Group::Move, heatmap::left, heatmap::in_map),
    ("matrix.right", "right", "Moves one cell to the right in the matrix.", Group::Move, heatmap::right, heatmap::in_map),
    ("matrix.view", "next view", "Shows the next view in the heat map: inherent, suggested by the controls in force, current, target.", Group::List, heatmap::view, heatmap::in_map),
    ("matrix.both", "before and after", "Shows before and after beside each other in the heat map, or one alone.", Group::List, heatmap::both, heatmap::in_map),
    ("matrix.method", "other method", "Shows the matrix of another method by which some of them are judged.", Group::List, heatmap::method, heatmap::has_methods),
    ("record.judge", "judge on the matrix", "Chooses likelihood and impact together on the matrix: inherent, current, target, of all that is selected.", Group::Change, judge::open, judge::can),
    ("method.matrix", "edit the matrix", "Edits the matrix of the method here, or of the one in force; it is saved as a version of your own.", Group::Record, grid::open, grid::can),
    ("method.map", "map to the method in force", "Brings what was judged by another method to the one in force; shows first what would move.", Group::Record, remap::open, remap::can),
    ("list.triage", "triage", "Decides what waits for a decision, one after the other, at one key each.", Group::List, triage::start, triage::can_start),
    ("today.mine", "yours or all", "Shows on Today what is yours only, or everyone's.", Group::List, doing::mine, able::in_today),
    ("select.toggle", "select", "Selects or deselects the row and moves on.", Group::List, doing::select, able::on_row),
    ("select.range", "select to here", "Selects all rows from the last one selected to here.", Group::List, doing::select_range, able::on_row),
    ("select.all", "select all", "Selects everything that the filter shows, or nothing if all is selected.", Group::List, doing::select_all, able::on_list),
    ("select.other", "select the others", "Selects of what the filter shows what is not selected, and the other way round.", Group::List, doing::select_other, able::on_list),
    ("record.new", "new", "Makes a new record of this register in a form.", Group::Record, doing::new, able::can_create),
    ("record.new-linked", "new, linked", "Makes a new record that is linked with this one.", Group::Record, doing::new_linked, able::on_record),
    ("record.edit", "edit", "Edits the record in a form.", Group::Record, doing::edit, able::can_edit),
    ("record.text", "edit text", "Edits a long text of the record in $EDITOR.", Group::Record, doing::text, able::can_edit),
    ("record.retire", "retire", "Retires the selected records; asks for a reason.", Group::Record, doing::retire, able::on_record),
    ("record.repeat", "repeat", "Does the last change again, here or to all that is selected: the same value, or the same move with its reason.", Group::Record, repeat::repeat, repeat::can_repeat),
    ("record.fields", "all fields", "Shows the empty fields of the record too, or hides them.", Group::Record, doing::fields, able::in_record),
    ("copy.record", "copy record", "Copies the record, or what is selected, as text.", Group::Record, copy::record, able::on_record),
    ("copy.id", "copy id", "Copies the id.", Group::Record, copy::id, able::on_record),
    ("copy.link", "copy link", "Copies id and title, as a link for mails and tickets.", Group::Record, copy::link, able::on_record),
    ("copy.markdown", "copy as Markdown", "Copies the record, or what is selected as a table, in Markdown.", Group::Record, copy::markdown, able::on_record),
    ("copy.csv", "copy as CSV", "Copies what is selected, or the row, as CSV with all fields.", Group::Record, copy::csv, able::on_record),
    ("history.undo", "undo", "Takes your last change back, by a new commit.", Group::Time, doing::undo, able::can_write),
    ("history.redo", "redo", "Takes your last undo back.", Group::Time, doing::redo, able::can_write),
    ("asof.day", "as of a day", "Looks at everything as it was on a day.", Group::Time, doing::as_of, able::is_open),
    ("asof.now", "now", "Goes back to now.", Group::Time, doing::now, able::is_past),
    ("asof.since", "changes since", "Shows what has changed since a day.", Group::Time, doing::since, able::is_open),
    ("palette.open", "go to", "Opens the palette: every action, register and record, by a few letters.", Group::Program, doing::palette, going::always),
    ("help.open", "help", "Shows help for this place, then for everything; what you type searches it.", Group::Program, doing::help, going::always),
    ("help.tutorial", "tutorial", "Shows in two minutes, inside the demonstration, how to get about; once more ends it.", Group::Program, tutorial::turn, tutorial::can),
    ("register.import", "import", "Imports a register from a file; shows first what it would do.", Group::Program, import::open, able::can_write),
    ("register.export", "export", "Writes what the list shows, or what is selected, into a file: CSV, XLSX or JSON.", Group::Program, exporting::export, exporting::can),
    ("framework.adopt", "adopt a framework", "Makes a row of the statement of applicability for every control of a framework.", Group::Program, adopting::adopt, adopting::can_adopt),
    ("definition.adopt", "adopt own register", "Adopts a register or fields of your own that a file proposes; shows first what it adds.", Group::Program, doing::adopt, able::can_adopt),
    ("session.as", "act as", "Acts as another person of this login; both are recorded.", Group::Program, doing::act_as, able::is_open),
    ("session.theme", "theme", "Chooses the colours.", Group::Program, doing::theme, going::always),
    ("session.mouse", "mouse", "Switches the mouse on or off.", Group::Program, doing::mouse, going::always),
    ("session.reload", "read settings again", "Reads your settings and keys again; what is wrong is named, and the old still holds.", Group::Program, doing::reload, going::always),
    ("session.redraw", "redraw", "Paints the whole screen again.", Group::Program, doing::redraw, going::always),
    ("session.suspend", "suspend", "Stops the program until the shell continues it.", Group::Program, doing::suspend, going::always),
    ("session.quit", "quit", "Ends the program; what was saved is safe.", Group::Program, doing::quit, going::always),
];

/// The names of the screens, from 0.
pub const SCREENS: [&str; 7] = [
    "Today",
    "Establish",
    "Implement",
    "Monitor",
    "Review",
    "Maintain",
    "Improve",
];

impl Actions {
    /// The table for these kinds.
    pub fn of(catalogue: &Catalogue) -> Self {
        let mut t = Self::default();
        for (name, brief, doc, group, run, when) in FIXED {
            t.add(
                (*name).to_owned(),
                brief,
                (*doc).to_owned(),
                *group,
                Run::Do(*run, *when),
            );
        }
        for (n, screen) in SCREENS.iter().enumerate() {
            let doc = match n {
                0 => "Shows Today: what needs a person now, the worst first.".to_owned(),
                _ => format!("Shows the screen {screen} with its registers."),
            };
            t.add(
                format!("screen.{}", screen.to_lowercase()),
                screen,
                doc,
                Group::Go,
                Run::Screen(n as u8),
            );
        }
        for (n, i) in instrument::all().iter().enumerate() {
            let doc = format!("Shows the instrument '{}'. {}", i.title, i.help);
            t.add(
                format!("go.{}", i.name),
                &i.title.to_lowercase(),
                doc,
                Group::Go,
                Run::Instrument(n),
            );
        }
        for (ix, kind) in catalogue.kinds.iter().enumerate() {
            let titles = kind.titles.to_lowercase();
            let doc = format!("Goes to the register '{}'; from a record, to those of it.", kind.titles);
            t.add(format!("go.{}", kind.plural), &titles, doc, Group::Go, Run::Go(ix));
            let title = kind.title.to_lowercase();
            let doc = format!("Makes a new {title} in a form.");
            t.add(
                format!("new.{}", kind.name),
                &format!("new {title}"),
                doc,
                Group::Record,
                Run::New(ix),
            );
        }
        for kind in &catalogue.kinds {
            for f in kind.fields.iter().filter(|f| f.key.is_some() && !f.readonly) {
                if !t.changes.contains(&f.name) {
                    t.changes.push(f.name.clone());
                    let label = f.label.to_lowercase();
                    let doc = format!("Changes the field '{}' of all selected records.", f.label);
                    let run = Run::Change(t.changes.len() - 1);
                    t.add(
                        format!("change.{}", f.name.replace('_', "-")),
                        &label,
                        doc,
                        Group::Change,
                        run,
                    );
                }
            }
        }
        for (ix, kind) in catalogue.kinds.iter().enumerate() {
            for (n, m) in kind.transitions.iter().enumerate() {
                let name = format!("{}.{}", kind.name, m.name);
                t.add(name, &m.label, m.help.clone(), Group::Transition, Run::Move(ix, n));
            }
            for (n, d) in kind.duties.iter().enumerate() {
                let name = format!("{}.{}", kind.name, d.name);
                t.add(name, &d.label, d.help.clone(), Group::Transition, Run::Duty(ix, n));
            }
        }
        for (ix, n, kind, d) in triage::all(&catalogue.kinds) {
            let name = triage::action_name(kind, d);
            t.add(name, &d.label, d.help.clone(), Group::Transition, Run::Decide(ix, n));
        }
        t
    }

    fn add(&mut self, name: String, brief: &str, doc: String, group: Group, run: Run) {
        self.places.insert(name.clone(), self.rows.len());
        self.rows.push(Action {
            name,
            doc,
            brief: brief.to_owned(),
            group,
            run,
        });
    }

    /// The place of an action in `rows`.
    pub fn place(&self, name: &str) -> Option<usize> {
        self.places.get(name).copied()
    }

    /// The action of this name.
    pub fn get(&self, name: &str) -> Option<&Action> {
        self.rows.get(self.place(name)?)
    }

    /// The name that comes nearest to one that is not there.
    pub fn nearest(&self, name: &str) -> Option<&str> {
        let common = |a: &str| a.chars().zip(name.chars()).take_while(|(x, y)| x == y).count();
        let best = self.rows.iter().max_by_key(|a| common(&a.name))?;
        (common(&best.name) >= 3).then_some(best.name.as_str())
    }
}

impl Model {
    /// Says whether an action can be done here and now.
    ///
    /// # Errors
    /// Why not, in words for the person.
    pub fn enabled(&self, action: &Action) -> Result<(), String> {
        match action.run {
            Run::Do(_, when) => when(self),
            Run::Screen(_) => Ok(()),
            Run::Instrument(_) => able::is_open(self),
            Run::Go(ix) => self.knows(ix),
            Run::New(ix) => self.may_create(ix),
            Run::Change(n) => self.may_change(n),
            Run::Move(ix, n) => self.may_move(ix, n),
            Run::Duty(ix, n) => self.may_do(ix, n),
            Run::Decide(ix, n) => self.may_decide(ix, n),
        }
    }

    /// Does an action, or says why it cannot be done.
    pub fn run(&mut self, place: usize) -> Vec<Effect> {
        let actions = std::sync::Arc::clone(&self.actions);
        let Some(action) = actions.rows.get(place) else {
            return Vec::new();
        };
        if let Err(why) = self.enabled(action) {
            match self.is_loading() {
                true => self.wait_for_store(&action.name),
                false => self.refuse(why),
            }
            return Vec::new();
        }
        let effects = match action.run {
            Run::Do(run, _) => run(self),
            Run::Screen(n) => going::screen(self, n),
            Run::Go(ix) => going::register(self, ix),
            Run::Instrument(n) => self.show_instrument(n),
            Run::New(ix) => self.open_new(ix, Vec::new()),
            Run::Change(n) => self.open_change(n),
            Run::Move(ix, n) => self.open_move(ix, n),
            Run::Duty(ix, n) => self.open_duty(ix, n),
            Run::Decide(ix, n) => self.decide(ix, n),
        };
        self.learnt(&action.name);
        effects
    }

    /// Does the action of this name.
    pub fn run_named(&mut self, name: &str) -> Vec<Effect> {
        match self.actions.place(name) {
            Some(place) => self.run(place),
            None => Vec::new(),
        }
    }
}
