//! Lists the files of `data/`, so that a new register or framework is one file and not a line of Rust. What is read at
//! every start is embedded as JSON, which is read in a fifth of the time.

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

/// The folders, the lists they become, and what these hold.
const FOLDERS: [(&str, &str, &str); 5] = [
    ("registers", "REGISTERS", "The kinds of records."),
    (
        "methods",
        "METHODS",
        "The methods of assessment, and the scales that belong to none.",
    ),
    (
        "frameworks",
        "FRAMEWORKS",
        "The frameworks: their requirements and controls, in our own words.",
    ),
    (
        "checklists",
        "CHECKLISTS",
        "What an auditor asks for, as questions to the registers.",
    ),
    (
        "demo",
        "DEMO",
        "The demonstration company: a year of commits, relative to the day of opening.",
    ),
];

/// The lists that are embedded as JSON.
const READ_AT_START: [&str; 4] = ["REGISTERS", "METHODS", "FRAMEWORKS", "CHECKLISTS"];

/// Writes a file of TOML as JSON, and returns where.
fn as_json(from: &Path, to: &Path) -> io::Result<PathBuf> {
    let wrong = |e: String| io::Error::other(format!("{}: {e}", from.display()));
    println!("cargo::rerun-if-changed={}", from.display());
    let table: toml::Table = toml::from_str(&fs::read_to_string(from)?).map_err(|e| wrong(e.to_string()))?;
    fs::write(to, serde_json::to_string(&table).map_err(|e| wrong(e.to_string()))?)?;
    Ok(to.to_path_buf())
}

fn main() -> io::Result<()> {
    let missing = |name: &str| io::Error::other(format!("cargo has not set {name}"));
    let root = env::var("CARGO_MANIFEST_DIR").map_err(|_| missing("CARGO_MANIFEST_DIR"))?;
    let out = PathBuf::from(env::var("OUT_DIR").map_err(|_| missing("OUT_DIR"))?);
    let mut text = String::new();
    for (folder, list, doc) in FOLDERS {
        let folder = Path::new(&root).join("data").join(folder);
        println!("cargo::rerun-if-changed={}", folder.display());
        let mut names = Vec::new();
        for entry in fs::read_dir(&folder)? {
            let name = entry?.file_name().to_string_lossy().into_owned();
            if name.ends_with(".toml") {
                names.push(name);
            }
        }
        names.sort();
        let _ = writeln!(text, "/// {doc}\npub const {list}: &[DataFile<'static>] = &[");
        for name in names {
            let mut path = folder.join(&name);
            if READ_AT_START.contains(&list) {
                path = as_json(&path, &out.join(format!("{list}-{name}.json")))?;
            }
            let _ = writeln!(text, "    ({name:?}, include_str!({path:?})),");
        }
        text.push_str("];\n");
    }
    fs::write(out.join("data.rs"), text)
}
