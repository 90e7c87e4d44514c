//! Lists the files of `data/`, so that a new register or framework is one file and not a line of Rust.

use std::fmt::Write;
use std::path::Path;
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

fn main() -> io::Result<()> {
    let missing = |name: &str| io::Error::other(format!("cargo has not set {name}"));
    let root = env::var("CARGO_MANIFEST_DIR").map_err(|_| missing("CARGO_MANIFEST_DIR"))?;
    let out = env::var("OUT_DIR").map_err(|_| missing("OUT_DIR"))?;
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
            let _ = writeln!(text, "    ({name:?}, include_str!({:?})),", folder.join(&name));
        }
        text.push_str("];\n");
    }
    fs::write(Path::new(&out).join("data.rs"), text)
}
