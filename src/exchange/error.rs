//! Why a file as a whole cannot be taken.

/// Which file, which line, and what is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file}{}: {what}", .line.map(|l| format!(", line {l}")).unwrap_or_default())]
pub struct Error {
    /// The file.
    pub file: String,
    /// The line, from 1.
    pub line: Option<usize>,
    /// What is wrong, and what was expected.
    pub what: String,
}

impl Error {
    /// About the file as a whole.
    pub fn file(file: &str, what: impl Into<String>) -> Self {
        Self {
            file: file.to_string(),
            line: None,
            what: what.into(),
        }
    }

    /// About a line of it.
    pub fn at(file: &str, line: usize, what: impl Into<String>) -> Self {
        Self {
            file: file.to_string(),
            line: Some(line),
            what: what.into(),
        }
    }
}
