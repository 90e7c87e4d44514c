//! What follows from the text of a definition, and whether the definitions would still fit together: whichever way a
//! definition comes in, nothing is adopted that could not be read back.

use super::Door;
use crate::model::kind::own::{self, Content, DEFINITION};
use crate::model::record::{Id, Record};
use crate::model::value::Value;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::sync::Arc;

impl Door<'_> {
    /// Checks the definitions that a draft touches, and writes what follows from their texts.
    pub(super) fn definitions(&mut self, now: &mut BTreeMap<Id, Arc<Record>>) {
        let catalogue = self.w.catalogue;
        let Some(ix) = catalogue.index_of(DEFINITION) else {
            return;
        };
        let kind = &catalogue.kinds[ix];
        let touched: Vec<Id> = now
            .keys()
            .filter(|id| catalogue.kind_of(id) == Some(ix))
            .cloned()
            .collect();
        if touched.is_empty() {
            return;
        }
        let Some(text) = kind.field("text").map(|f| f.tag) else {
            return;
        };
        let edit_of = |id: &Id, ids: &[Option<(Id, usize)>]| {
            let found = ids.iter().position(|e| e.as_ref().is_some_and(|(i, _)| i == id));
            found.unwrap_or(0)
        };
        let mut wrong: Vec<(Id, String)> = Vec::new();
        for id in &touched {
            let Some(after) = now.get(id).cloned() else { continue };
            let written = after.text(text).to_string();
            if written.is_empty() {
                // A missing text is told like every missing value, unless there was one.
                if self.w.state.get(ix, id).is_some_and(|r| !r.text(text).is_empty()) {
                    let message = "the text of a definition is never cleared: retire the definition instead";
                    wrong.push((id.clone(), message.to_string()));
                }
                continue;
            }
            let content = match Content::read(id.as_str(), &written) {
                Ok(content) => content,
                Err(e) => {
                    wrong.push((id.clone(), e.place()));
                    continue;
                }
            };
            let before = self
                .w
                .state
                .get(ix, id)
                .and_then(|r| Content::read(id.as_str(), r.text(text)).ok());
            if let Some(Err(why)) = before.map(|b| own::may_become(self.w, &b, &content)) {
                wrong.push((id.clone(), own::placed(id.as_str(), &written, why).place()));
            }
            let mut after = Record::clone(&after);
            let mut set = |name: &str, value: String| {
                if let Some(f) = kind.field(name) {
                    after.set(f.tag, Some(Value::Text(value)));
                }
            };
            if let Some(name) = content.name() {
                set("title", name);
            }
            set("defines", content.word().to_string());
            set("register", content.register().to_string());
            let digest = Sha256::digest(written.as_bytes());
            set("sha256", digest.iter().map(|b| format!("{b:02x}")).collect());
            now.insert(id.clone(), Arc::new(after));
        }
        if wrong.is_empty() {
            let all = touched.iter().filter_map(|id| own::definition(kind, now.get(id)?));
            // What this program could not read before lies not among the adopted, and is no fault of this draft.
            for e in catalogue.and(all.collect()).1 {
                match touched.iter().find(|id| id.as_str() == e.source) {
                    Some(id) => wrong.push((id.clone(), e.place())),
                    None => wrong.push((touched[0].clone(), format!("it does not go with {e}"))),
                }
            }
        }
        for (id, message) in wrong {
            let edit = edit_of(&id, &self.ids);
            self.refuse(edit, Some(&id), Some(text), "definition", message);
        }
    }
}
