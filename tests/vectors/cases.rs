//! The cases of a folder.

use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;

/// One case and where it stands.
#[derive(Debug)]
pub struct Case {
    /// The name of its file.
    pub file: String,
    /// As it is written.
    pub case: Value,
}

/// All cases of a folder, in the order of the names of the files.
#[derive(Debug)]
pub struct Cases {
    /// The cases.
    pub all: Vec<Case>,
    /// What the cases of a file have in common, by the name of the file.
    common: BTreeMap<String, Value>,
}

impl Cases {
    /// Reads every `.json` file of a folder.
    ///
    /// # Errors
    /// The folder or a file cannot be read, or has not the form of cases: the file and the case are named.
    pub fn read(folder: &Path) -> Result<Self, String> {
        let at = folder.display();
        let entries = std::fs::read_dir(folder).map_err(|e| format!("{at}: {e}"))?;
        let mut paths = Vec::new();
        for entry in entries {
            let path = entry.map_err(|e| format!("{at}: {e}"))?.path();
            if path.extension().is_some_and(|e| e == "json") {
                paths.push(path);
            }
        }
        if paths.is_empty() {
            return Err(format!("{at}: no .json file is there"));
        }
        paths.sort();
        let mut cases = Self {
            all: Vec::new(),
            common: BTreeMap::new(),
        };
        for path in paths {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let text = std::fs::read_to_string(&path).map_err(|e| format!("{name}: {e}"))?;
            cases.add(&name, &text).map_err(|e| format!("{name}{e}"))?;
        }
        Ok(cases)
    }

    fn add(&mut self, name: &str, text: &str) -> Result<(), String> {
        let file: Value = serde_json::from_str(text).map_err(|e| format!(": {e}"))?;
        let list = file.get("cases").and_then(Value::as_array);
        let list = list.ok_or(": an object with a list `cases` is expected")?;
        if list.is_empty() {
            return Err(": no case is there".to_string());
        }
        for (i, case) in list.iter().enumerate() {
            let id = case.get("id").and_then(Value::as_str);
            let id = id.ok_or_else(|| format!(", case {}: `id` is missing", i + 1))?;
            let has = |key: &str, there: bool| match there {
                true => Ok(()),
                false => Err(format!(", case {id}: `{key}` is missing")),
            };
            has("kind", case.get("kind").is_some_and(Value::is_string))?;
            has("expect", case.get("expect").is_some())?;
            for key in ["rel_tol", "abs_tol"] {
                if case.get(key).is_some_and(|t| t.as_f64().is_none_or(|t| t < 0.0)) {
                    return Err(format!(", case {id}: `{key}` is no tolerance"));
                }
            }
            self.all.push(Case {
                file: name.to_string(),
                case: case.clone(),
            });
        }
        if let Some(common) = file.get("common") {
            self.common.insert(name.to_string(), common.clone());
        }
        Ok(())
    }

    /// What a case has in common with others: it stands in its own file, or in the one that the case names as `file`.
    ///
    /// # Errors
    /// Neither has anything in common.
    pub fn common(&self, case: &Value) -> Result<&Value, String> {
        let same = |c: &&Case| c.case == *case;
        let own = self.all.iter().find(same).map(|c| c.file.as_str());
        let named = case.get("file").and_then(Value::as_str);
        let mut files = own.into_iter().chain(named);
        let found = files.find_map(|f| self.common.get(f));
        found.ok_or_else(|| "`common` is missing in its file".to_string())
    }
}
