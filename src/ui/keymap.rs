//! Which keys do what, where. The default map is `data/keys.toml`; the keys of fields, transitions and registers come
//! from their kinds; a person's own map is merged over both.

use super::action::{Actions, Group, Run};
use super::key::{Code, Key};
use super::triage;
use crate::model::kind::Catalogue;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use toml::Spanned;

/// The default map.
pub const DEFAULT: &str = include_str!("../../data/keys.toml");

/// The place whose keys hold in every other place too.
pub const EVERYWHERE: &str = "everywhere";

/// One key sequence in one place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Binding {
    /// Where it holds: `everywhere`, `list`, `record`, or the name of a kind.
    pub context: String,
    /// The keys, at least one.
    pub keys: Vec<Key>,
    /// The place of the action in the table.
    pub action: usize,
    /// The file and line that say so; empty for what the program brings along.
    pub source: String,
}

/// A map of the person: the name of its file, and its text.
pub type Source = (String, String);

/// What a key sequence means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found {
    /// This action.
    Action(usize),
    /// The beginning of longer ones.
    Prefix,
    /// Nothing.
    None,
}

/// All bindings.
#[derive(Debug, Clone, Default)]
pub struct Keymap {
    bindings: Vec<Binding>,
    /// The places that there are.
    places: BTreeSet<String>,
    /// What a key means that stands where another one does on the person's keyboard.
    langmap: BTreeMap<char, char>,
}

/// The table of `keys.toml` that says what the letters of another layout mean.
const LANGMAP: &str = "langmap";

/// Which keys are bound where.
type Taken = HashSet<(String, Vec<Key>)>;

impl Keymap {
    /// The default map with the keys of the kinds.
    ///
    /// # Errors
    /// Every mistake, in words.
    pub fn of(actions: &Actions, catalogue: &Catalogue) -> Result<Self, Vec<String>> {
        let mut map = Self::default();
        let mut wrong = map.merge("", DEFAULT, actions);
        let mut taken: Taken = map
            .bindings
            .iter()
            .map(|b| (b.context.clone(), b.keys.clone()))
            .collect();
        // Which kinds have a key for a field of this name.
        let mut keyed: HashMap<&str, Vec<(&str, char)>> = HashMap::new();
        for kind in &catalogue.kinds {
            for (f, key) in kind
                .fields
                .iter()
                .filter(|f| !f.readonly)
                .filter_map(|f| Some((f, f.key?)))
            {
                keyed.entry(&f.name).or_default().push((&kind.name, key));
            }
        }
        let mut suggest = |context: &str, keys: &[Key], n: usize| map.suggest(&mut taken, context, keys, n);
        for (n, action) in actions.rows.iter().enumerate() {
            match action.run {
                Run::Go(ix) => {
                    if let Some(c) = catalogue.kinds[ix].go {
                        suggest(EVERYWHERE, &[Key::char('g'), Key::char(c)], n);
                    }
                }
                Run::Move(ix, m) => {
                    let kind = &catalogue.kinds[ix];
                    if let Some(c) = kind.transitions[m].key {
                        suggest(&kind.name, &[Key::char(' '), Key::char(c)], n);
                    }
                }
                Run::Duty(ix, d) => {
                    let kind = &catalogue.kinds[ix];
                    if let Some(c) = kind.duties[d].key {
                        suggest(&kind.name, &[Key::char(' '), Key::char(c)], n);
                    }
                }
                Run::Decide(ix, d) => {
                    let kind = &catalogue.kinds[ix];
                    if let Some(d) = kind.triage.as_ref().and_then(|t| t.decisions.get(d)) {
                        suggest(&triage::place_of(kind), &[Key::char(d.key)], n);
                    }
                }
                Run::Change(c) => {
                    for (kind, key) in keyed.get(actions.changes[c].as_str()).into_iter().flatten() {
                        suggest(kind, &[Key::char('c'), Key::char(*key)], n);
                    }
                }
                _ => {}
            }
        }
        wrong.extend(map.hidden());
        map.places = map.bindings.iter().map(|b| b.context.clone()).collect();
        map.places.insert(triage::PLACE.to_owned());
        map.places.extend(catalogue.kinds.iter().map(|k| k.name.clone()));
        if wrong.is_empty() { Ok(map) } else { Err(wrong) }
    }

    /// The default map with those of the person over it, lowest first, and what is wrong with them, in words.
    ///
    /// # Errors
    /// What is wrong with what the program brings along.
    pub fn with(actions: &Actions, catalogue: &Catalogue, own: &[Source]) -> Result<(Self, Vec<String>), String> {
        let mut map = Self::of(actions, catalogue).map_err(|e| e.join("; "))?;
        let mut wrong: Vec<String> = own
            .iter()
            .flat_map(|(file, text)| map.merge(file, text, actions))
            .collect();
        wrong.extend(map.hidden());
        Ok((map, wrong))
    }

    /// Merges a map over this one and returns what is wrong with it, in words with the line; what is right holds.
    pub fn merge(&mut self, file: &str, text: &str, actions: &Actions) -> Vec<String> {
        let line = |at: usize| text.get(..at).unwrap_or("").matches('\n').count() + 1;
        let at = |span: std::ops::Range<usize>| format!("{file}, line {}", line(span.start));
        let tables: BTreeMap<String, BTreeMap<String, Spanned<String>>> = match toml::from_str(text) {
            Ok(tables) => tables,
            Err(e) => {
                let at = e.span().map_or_else(|| file.to_owned(), at);
                return vec![format!("{at}: {}", e.message().trim_end().replace('\n', ", "))];
            }
        };
        let mut wrong = Vec::new();
        for (context, keys) in tables {
            if context == LANGMAP {
                wrong.extend(self.translate(keys, &at));
                continue;
            }
            if !self.places.is_empty() && !self.places.contains(&context) {
                let at = keys.values().next().map_or_else(|| file.to_owned(), |v| at(v.span()));
                let places = self
                    .places
                    .iter()
                    .filter(|p| nearness(p, &context) >= 3)
                    .max_by_key(|p| nearness(p, &context));
                let hint = places.map(|n| format!("; did you mean [{n}]?")).unwrap_or_default();
                wrong.push(format!("{at}: there is no place [{context}]{hint}"));
                continue;
            }
            let mut seen: Vec<(Vec<Key>, usize)> = Vec::new();
            for (words, name) in keys {
                let source = at(name.span());
                let keys = match Key::sequence(&words) {
                    Ok(keys) => keys,
                    Err(e) => {
                        wrong.push(format!("{source}, [{context}]: {e}"));
                        continue;
                    }
                };
                if let Some((_, other)) = seen.iter().find(|(k, _)| *k == keys) {
                    wrong.push(format!("{source}, [{context}]: '{words}' is bound in line {other} too"));
                    continue;
                }
                seen.push((keys.clone(), line(name.span().start)));
                if name.get_ref().is_empty() {
                    self.bindings.retain(|b| b.context != context || b.keys != keys);
                    continue;
                }
                match actions.place(name.get_ref()) {
                    Some(action) => {
                        self.bindings.retain(|b| b.context != context || b.keys != keys);
                        self.bindings.push(Binding {
                            context: context.clone(),
                            keys,
                            action,
                            source: if file.is_empty() { String::new() } else { source },
                        });
                    }
                    None => {
                        let name = name.get_ref();
                        let hint = actions
                            .nearest(name)
                            .map(|n| format!("; did you mean '{n}'?"))
                            .unwrap_or_default();
                        wrong.push(format!(
                            "{source}, [{context}] \"{words}\": there is no action '{name}'{hint}"
                        ));
                    }
                }
            }
        }
        wrong
    }

    /// Takes in what the letters of another layout mean.
    fn translate(
        &mut self,
        keys: BTreeMap<String, Spanned<String>>,
        at: &dyn Fn(std::ops::Range<usize>) -> String,
    ) -> Vec<String> {
        let one = |text: &str| {
            let mut chars = text.chars();
            chars.next().filter(|_| chars.next().is_none())
        };
        let mut wrong = Vec::new();
        for (from, to) in keys {
            match (one(&from), one(to.get_ref())) {
                (Some(from), Some(to)) => drop(self.langmap.insert(from, to)),
                _ => wrong.push(format!("{}, [{LANGMAP}]: one letter means one other", at(to.span()))),
            }
        }
        wrong
    }

    /// The key that is meant by one that was pressed outside of a text.
    pub fn meant(&self, key: Key) -> Key {
        match key.typed().and_then(|c| self.langmap.get(&c)) {
            Some(to) => Key::char(*to),
            None => key,
        }
    }

    /// The actions that have a key in another map and none in this one.
    pub fn lost(&self, before: &Self) -> Vec<usize> {
        let has = |map: &Self, action: usize| map.bindings.iter().any(|b| b.action == action);
        let mut lost: Vec<usize> = before
            .bindings
            .iter()
            .map(|b| b.action)
            .filter(|a| !has(self, *a))
            .collect();
        lost.sort_unstable();
        lost.dedup();
        lost
    }

    /// Binds keys unless the map already says something else for them.
    fn suggest(&mut self, taken: &mut Taken, context: &str, keys: &[Key], action: usize) {
        let bound = |context: &str| (context.to_owned(), keys.to_vec());
        // In a triage its own keys win; everywhere else a key that holds in every place is not taken away.
        let above = !context.starts_with(triage::PLACE) && taken.contains(&bound(EVERYWHERE));
        if !above && taken.insert(bound(context)) {
            self.bindings.push(Binding {
                context: context.to_owned(),
                keys: keys.to_vec(),
                action,
                source: String::new(),
            });
        }
    }

    /// Bindings that can never be reached because a shorter one in the same place comes before them.
    pub fn hidden(&self) -> Vec<String> {
        let all = self.bindings.iter().map(|b| ((b.context.as_str(), &*b.keys), b));
        let bound: HashMap<(&str, &[Key]), &Binding> = all.collect();
        let mut out = Vec::new();
        for long in &self.bindings {
            // `@` asks for a day, and a second `@` answers the question.
            if long.keys.len() == 2 && long.keys[0] == long.keys[1] {
                continue;
            }
            let places = [long.context.as_str(), EVERYWHERE];
            let places = &places[usize::from(long.context == EVERYWHERE)..];
            let beginnings = (1..long.keys.len()).filter_map(|n| long.keys.get(..n));
            for short in beginnings.flat_map(|keys| places.iter().filter_map(|place| bound.get(&(*place, keys)))) {
                let (l, s) = (words(&long.keys), words(&short.keys));
                // The line that is to be changed is the person's own.
                let own = [*short, long].into_iter().find(|b| !b.source.is_empty());
                let at = own.map_or("the built-in keys", |b| b.source.as_str());
                out.push(format!(
                    "{at}, [{}]: '{l}' cannot be reached, because '{s}' acts at once",
                    long.context
                ));
            }
        }
        out
    }

    /// What keys mean in these places, the most particular first.
    pub fn find(&self, contexts: &[&str], keys: &[Key]) -> Found {
        let mut prefix = false;
        for context in contexts {
            for b in self.bindings.iter().filter(|b| b.context == *context) {
                if b.keys == keys && !prefix {
                    return Found::Action(b.action);
                }
            }
            prefix |= self
                .bindings
                .iter()
                .any(|b| b.context == *context && b.keys.len() > keys.len() && b.keys.starts_with(keys));
        }
        if prefix { Found::Prefix } else { Found::None }
    }

    /// What may follow a beginning in these places: the next keys and the action, each once, by place in the table.
    pub fn following(&self, contexts: &[&str], keys: &[Key]) -> Vec<&Binding> {
        let mut out: Vec<&Binding> = Vec::new();
        for context in contexts {
            for b in self.bindings.iter().filter(|b| b.context == *context) {
                let longer = b.keys.len() > keys.len() && b.keys.starts_with(keys);
                if longer && !out.iter().any(|o| o.keys == b.keys) {
                    out.push(b);
                }
            }
        }
        out.sort_by_key(|b| b.action);
        out
    }

    /// The keys of an action in these places, as words; the handiest.
    pub fn keys_of(&self, contexts: &[&str], action: usize) -> Option<String> {
        contexts.iter().enumerate().find_map(|(n, c)| {
            // a key that means something else in a nearer context does not do it here
            let taken = |keys: &[Key]| {
                let nearer = |b: &&Binding| contexts[..n].contains(&b.context.as_str());
                self.bindings.iter().filter(|b| b.keys == keys).any(|b| nearer(&b))
            };
            let bound = self.bindings.iter().filter(|b| b.action == action && b.context == *c);
            let bound = bound.filter(|b| !taken(&b.keys));
            Some(words(&bound.min_by_key(|b| handy(&b.keys))?.keys))
        })
    }

    /// All keys of an action, wherever they hold, as words.
    pub fn all_keys_of(&self, action: usize) -> Vec<String> {
        let mut out: Vec<String> = Vec::new();
        let mut bound: Vec<&Binding> = self.bindings.iter().filter(|b| b.action == action).collect();
        bound.sort_by_key(|b| handy(&b.keys));
        for b in bound {
            let w = words(&b.keys);
            if !out.contains(&w) {
                out.push(w);
            }
        }
        out
    }
}

/// So many mistakes are told in one message; `isms keys` tells the others.
const TOLD: usize = 2;

/// What is wrong with keymaps, in one message.
pub(crate) fn mistakes(wrong: &[String]) -> String {
    let told = wrong
        .iter()
        .take(TOLD)
        .map(String::as_str)
        .collect::<Vec<_>>()
        .join("; ");
    match wrong.len().saturating_sub(TOLD) {
        0 => told,
        more => format!("{told}; and {more} more: isms keys"),
    }
}

/// How many characters two words begin with alike.
fn nearness(a: &str, b: &str) -> usize {
    a.chars().zip(b.chars()).take_while(|(x, y)| x == y).count()
}

/// How far the hand has to go: what everybody knows, letters, several letters, named keys, chords.
fn handy(keys: &[Key]) -> usize {
    match keys {
        [k] if matches!(k.code, Code::Enter | Code::Esc) => 0,
        [k] if k.ctrl || k.alt => 4,
        [k] if k.typed().is_some() => 1,
        [_] => 3,
        _ => 2,
    }
}

/// Keys as a person reads them: `g h`.
pub fn words(keys: &[Key]) -> String {
    keys.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
}

/// The table of keys for the README, in Markdown; the keys of transitions show in the menu of a record.
///
/// # Errors
/// What is wrong with the default map; the tests make sure that nothing is.
pub fn keys_markdown(catalogue: &Catalogue) -> Result<String, String> {
    let actions = Actions::of(catalogue);
    let map = Keymap::of(&actions, catalogue).map_err(|e| e.join("; "))?;
    let mut out = String::new();
    for group in Group::ALL {
        let mut rows = String::new();
        for (n, a) in actions.rows.iter().enumerate().filter(|(_, a)| a.group == group) {
            let keys = map.all_keys_of(n);
            if !keys.is_empty() && group != Group::Transition {
                let keys: Vec<String> = keys.iter().map(|k| format!("`{}`", k.replace('|', "\\|"))).collect();
                rows.push_str(&format!("| {} | `{}` | {} |\n", keys.join(" "), a.name, a.doc));
            }
        }
        if !rows.is_empty() {
            out.push_str(&format!(
                "### {}\n\n| keys | action | does |\n|---|---|---|\n{rows}\n",
                group.title()
            ));
        }
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::builtin;

    fn both() -> (Actions, Keymap) {
        let catalogue = builtin::catalogue().unwrap();
        let actions = Actions::of(&catalogue);
        let map = Keymap::of(&actions, &catalogue).unwrap();
        (actions, map)
    }

    fn find<'a>(both: &'a (Actions, Keymap), contexts: &[&str], keys: &str) -> &'a str {
        match both.1.find(contexts, &Key::sequence(keys).unwrap()) {
            Found::Action(n) => &both.0.rows[n].name,
            Found::Prefix => "...",
            Found::None => "",
        }
    }

    #[test]
    fn every_row_reads_well() {
        let (actions, _) = both();
        for a in &actions.rows {
            assert!(a.doc.ends_with('.'), "{}: {}", a.name, a.doc);
            assert!(a.name.contains('.') && !a.name.contains(['_', ' ']), "{}", a.name);
            assert_eq!(
                actions.rows.iter().filter(|b| b.name == a.name).count(),
                1,
                "{} twice",
                a.name
            );
        }
    }

    #[test]
    fn keys_of_fields_transitions_and_registers_come_from_the_kinds() {
        let both = both();
        let list = ["risk", "list", EVERYWHERE];
        for (keys, name) in [
            ("j", "move.down"),
            ("g", "..."),
            ("g g", "move.first"),
            ("g r", "go.risks"),
            ("g h", "go.history"),
            ("c o", "change.owner"),
            ("c t", "change.treatment"),
            ("space c", "risk.accept"),
            ("space", "..."),
            ("@", "asof.day"),
            ("/", "list.filter"),
            ("z", ""),
            ("c Z", ""),
        ] {
            assert_eq!(find(&both, &list, keys), name, "{keys}");
        }
        assert_eq!(find(&both, &[EVERYWHERE], "/"), "");
    }

    #[test]
    fn every_key_of_a_kind_is_its_own() {
        let catalogue = builtin::catalogue().unwrap();
        let (actions, map) = both();
        for kind in &catalogue.kinds {
            for f in kind.fields.iter().filter(|f| f.key.is_some() && !f.readonly) {
                let n = actions.place(&format!("change.{}", f.name.replace('_', "-"))).unwrap();
                let keys = [Key::char('c'), Key::char(f.key.unwrap())];
                assert_eq!(
                    map.find(&[&kind.name, EVERYWHERE], &keys),
                    Found::Action(n),
                    "{} c {:?}",
                    kind.name,
                    f.key
                );
            }
            for t in kind.transitions.iter().filter(|t| t.key.is_some()) {
                let n = actions.place(&format!("{}.{}", kind.name, t.name)).unwrap();
                let keys = [Key::char(' '), Key::char(t.key.unwrap())];
                assert_eq!(
                    map.find(&[&kind.name, EVERYWHERE], &keys),
                    Found::Action(n),
                    "{} space {:?}",
                    kind.name,
                    t.key
                );
            }
        }
    }

    #[test]
    fn an_own_map_is_merged_and_its_mistakes_are_named_by_line() {
        let catalogue = builtin::catalogue().unwrap();
        let actions = Actions::of(&catalogue);
        let own = "[list]\n\"J\" = \"move.down\"\n\"x\" = \"\"\n\"jj\" = \"move.up\"\n\"Z\" = \"move.dwn\"\n\
                   \"C-T\" = \"list.sort\"\n\"C-t\" = \"list.sort\"\n[everywhere]\n\"c\" = \"record.edit\"\n\
                   [lists]\n\"y\" = \"move.up\"\n[langmap]\n\"о\" = \"j\"\n\"ab\" = \"c\"\n";
        let own = ("keys.toml".to_owned(), own.to_owned());
        let (map, wrong) = Keymap::with(&actions, &catalogue, std::slice::from_ref(&own)).unwrap();
        let both = (actions, map);
        assert_eq!(find(&both, &["list", EVERYWHERE], "J"), "move.down");
        assert_eq!(find(&both, &["list", EVERYWHERE], "x"), "");
        assert_eq!(both.1.meant(Key::char('о')), Key::char('j'));
        let all = wrong.join("\n");
        for words in [
            "keys.toml, line 4, [list]: `jj` is no key",
            "keys.toml, line 5, [list] \"Z\": there is no action 'move.dwn'; did you mean 'move.down'?",
            "keys.toml, line 7, [list]: 'C-t' is bound in line 6 too",
            "keys.toml, line 9, [risk]: 'c o' cannot be reached, because 'c' acts at once",
            "keys.toml, line 11: there is no place [lists]; did you mean [list]?",
            "keys.toml, line 14, [langmap]: one letter means one other",
        ] {
            assert!(all.contains(words), "{words}\n{all}");
        }
        let before = Keymap::of(&both.0, &catalogue).unwrap();
        let lost: Vec<&str> = both
            .1
            .lost(&before)
            .iter()
            .map(|n| both.0.rows[*n].name.as_str())
            .collect();
        assert_eq!(lost, ["select.toggle"]);
        let (_, wrong) = Keymap::with(&both.0, &catalogue, &[("k".into(), "[list\nx = 1".into())]).unwrap();
        assert!(wrong[0].starts_with("k, line 1: "), "{wrong:?}");
    }

    #[test]
    fn the_table_of_the_readme_names_every_bound_action() {
        let text = keys_markdown(&builtin::catalogue().unwrap()).unwrap();
        assert!(
            text.contains("| `j` `Down` | `move.down` | Moves one row down. |"),
            "{text}"
        );
        assert!(text.contains("| `c o` | `change.owner` |"));
    }
}
