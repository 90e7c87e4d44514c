//! A method as the text of a definition: what the editor of matrices saves, as a person would have written it.

use super::{Method, Scale};
use std::fmt::Write;

impl Method {
    /// The TOML from which it would be read again. The matrix stands as a matrix, a level in a line.
    pub fn text(&self) -> String {
        let bare = Self {
            scales: Vec::new(),
            grid: Vec::new(),
            overall: None,
            ..self.clone()
        };
        let mut out = String::new();
        let mut tables = String::new();
        let table = toml::Table::try_from(&bare).unwrap_or_default();
        for (key, value) in table
            .iter()
            .filter(|(k, _)| !["scales", "grid", "overall"].contains(&k.as_str()))
        {
            match value {
                toml::Value::Table(t) => {
                    let _ = writeln!(tables, "\n[{key}]");
                    for (key, value) in t {
                        let _ = writeln!(tables, "{key} = {value}");
                    }
                }
                _ => {
                    let _ = writeln!(out, "{key} = {value}");
                }
            }
        }
        out.push_str(
            "# Rows: likelihood from the lowest; columns: impact from the lowest; cells: index into the levels.\n",
        );
        grid(&mut out, "grid", &self.grid);
        if let Some(overall) = &self.overall {
            out.push_str("# Rows: likelihood that the event comes about; columns: that harm follows; cells: overall likelihood.\n");
            grid(&mut out, "overall", overall);
        }
        out.push_str(&tables);
        for s in &self.scales {
            scale(&mut out, s);
        }
        out
    }

    /// The version that follows this one, under an id of its own that is not `taken`.
    #[must_use]
    pub fn next(&self, taken: impl Fn(&str) -> bool) -> Self {
        let stem = match self.version {
            1 => &self.id,
            n => self.id.strip_suffix(&format!("-v{n}")).unwrap_or(&self.id),
        };
        // What the program brings along is followed by a method of the organisation's own.
        let mut version = self.version;
        let id = loop {
            version += 1;
            let id = format!("{stem}-v{version}");
            if !taken(&id) {
                break id;
            }
        };
        Self {
            id,
            version,
            follows: self.id.clone(),
            aliases: Vec::new(),
            definition: None,
            retired: false,
            ..self.clone()
        }
    }
}

fn grid(out: &mut String, name: &str, grid: &[Vec<usize>]) {
    let _ = writeln!(out, "{name} = [");
    for row in grid {
        let cells: Vec<String> = row.iter().map(ToString::to_string).collect();
        let _ = writeln!(out, "    [{}],", cells.join(", "));
    }
    out.push_str("]\n");
}

fn scale(out: &mut String, s: &Scale) {
    let quoted = |t: &str| toml::Value::from(t).to_string();
    let _ = writeln!(
        out,
        "\n[[scales]]\nid = {}\nname = {}\nlevels = [",
        quoted(&s.id),
        quoted(&s.name)
    );
    for l in &s.levels {
        // an inline table stands in one line
        if let Ok(level) = toml::Value::try_from(l) {
            let _ = writeln!(out, "    {level},");
        }
    }
    out.push_str("]\n");
}
