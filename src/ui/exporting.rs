//! The list that shows, or what is selected of it, into a file: asked for by its path, in the format that its name ends
//! in.

use super::asked::{Asked, ask};
use super::job::{Effect, Export, Job};
use super::modal::Modal;
use super::{Model, Weight, able};
use crate::model::record::Record;
use std::sync::Arc;

/// What the name of a file may end in.
const ENDINGS: [&str; 3] = [".csv", ".xlsx", ".json"];

/// Whether there is a list to export. The past is looked at, not taken away.
pub(crate) fn can(m: &Model) -> Result<(), String> {
    able::on_list(m)?;
    if m.past.is_some() {
        let back = m.key_of("asof.now");
        return Err(format!(
            "this is the past; {back} goes back to now, or 'isms list --as-of' writes it"
        ));
    }
    Ok(())
}

/// Asks for the file.
pub(crate) fn export(m: &mut Model) -> Vec<Effect> {
    m.feed();
    let Some((ix, n, some)) = m.list().map(|l| {
        let marked = l.marked.len();
        (l.kind, if marked > 0 { marked } else { l.rows.len() }, marked > 0)
    }) else {
        return Vec::new();
    };
    let kind = m.catalogue.kinds[ix].clone();
    let what = if n == 1 { &kind.title } else { &kind.titles }.to_lowercase();
    let selected = if some { " selected" } else { "" };
    let heading = format!("Export {n}{selected} {what} into which file");
    let help = "A path that ends in .csv, .xlsx or .json; Tab completes it. A file that is there is not replaced.";
    ask(m, &heading, help, Asked::Export)
}

impl Model {
    /// A path was given.
    pub(crate) fn export_to(&mut self, path: &str) -> Result<Vec<Effect>, String> {
        if path.is_empty() {
            return Err("name a file".into());
        }
        let small = path.to_lowercase();
        if !ENDINGS.iter().any(|e| small.ends_with(e)) {
            return Err("end the name in .csv, .xlsx or .json: that is the format".into());
        }
        let w = self.world();
        let Some(list) = self.list() else {
            return Err("there is no list here any more".into());
        };
        let records: Vec<Arc<Record>> = match list.marked.is_empty() {
            true => list.rows.iter().cloned().collect(),
            false => list.marked.iter().filter_map(|id| w.find(id).cloned()).collect(),
        };
        let export = Export {
            kind: w.kind_at(list.kind).name.clone(),
            query: list.query.clone(),
            path: path.to_owned(),
            records,
        };
        self.say(Weight::Plain, "writing the file");
        Ok(vec![Effect::Job(Job::Export(export))])
    }

    /// Goes on with a path that is asked for, as far as all that begin like it are the same.
    pub(crate) fn completed(&mut self, path: &str, offers: &[String]) -> bool {
        let Some(Modal::Ask(q)) = self.modals.last_mut() else {
            return false;
        };
        if !q.what.is_path() || q.input.text() != path {
            return true;
        }
        let mut common = offers.first().cloned().unwrap_or_default();
        for o in offers {
            let same = common.char_indices().zip(o.chars()).take_while(|((_, a), b)| a == b);
            let len = same.map(|((at, c), _)| at + c.len_utf8()).last().unwrap_or(0);
            common.truncate(len);
        }
        if common.len() > path.len() {
            q.input.set(&common);
        }
        q.wrong = match offers {
            [] => Some("nothing begins like this".to_owned()),
            [_] => None,
            several => {
                let base = |p: &String| {
                    p.trim_end_matches('/')
                        .rsplit('/')
                        .next()
                        .unwrap_or_default()
                        .to_owned()
                };
                let names: Vec<String> = several.iter().take(12).map(base).collect();
                let more = if several.len() > 12 { " …" } else { "" };
                Some(format!("{}{more}", names.join(", ")))
            }
        };
        true
    }
}
