//! FAIR in words, as in the Basic Risk Assessment Guide of 2006 (as commonly cited): five levels of each factor, looked
//! up in tables. A first look where nobody has numbers yet.

/// The levels of a factor, lowest first.
pub const LEVELS: [&str; 5] = ["VL", "L", "M", "H", "VH"];

/// The levels of a probable loss, highest first.
pub const LOSSES: [&str; 6] = ["Severe", "High", "Significant", "Moderate", "Low", "VeryLow"];

/// A table: its rows by name, highest first; its columns are [`LEVELS`].
pub type Table = [(&'static str, [&'static str; 5])];

/// Vulnerability by threat capability (rows) and control strength (columns).
pub const VULNERABILITY: &Table = &[
    ("VH", ["VH", "VH", "VH", "H", "M"]),
    ("H", ["VH", "VH", "H", "M", "L"]),
    ("M", ["VH", "H", "M", "L", "VL"]),
    ("L", ["H", "M", "L", "VL", "VL"]),
    ("VL", ["M", "L", "VL", "VL", "VL"]),
];

/// Loss event frequency by threat event frequency (rows) and vulnerability (columns).
pub const FREQUENCY: &Table = &[
    ("VH", ["M", "H", "VH", "VH", "VH"]),
    ("H", ["L", "M", "H", "H", "H"]),
    ("M", ["VL", "L", "M", "M", "M"]),
    ("L", ["VL", "VL", "L", "L", "L"]),
    ("VL", ["VL", "VL", "VL", "VL", "VL"]),
];

/// Risk by probable loss magnitude (rows) and loss event frequency (columns); C is critical.
pub const RISK: &Table = &[
    ("Severe", ["H", "H", "C", "C", "C"]),
    ("High", ["M", "H", "H", "C", "C"]),
    ("Significant", ["M", "M", "H", "H", "C"]),
    ("Moderate", ["L", "M", "M", "H", "H"]),
    ("Low", ["L", "L", "M", "M", "M"]),
    ("VeryLow", ["L", "L", "M", "M", "M"]),
];

/// The cell of a table; `None` if there is no such row or column.
pub fn look_up(table: &'static Table, row: &str, column: &str) -> Option<&'static str> {
    let cells = table.iter().find(|(name, _)| *name == row)?.1;
    LEVELS.iter().position(|l| *l == column).map(|i| cells[i])
}
