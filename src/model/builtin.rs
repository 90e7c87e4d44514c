//! The kinds, methods and scales that the program brings along: the files of `data/`, embedded as they stand.
//! A new register or method is one more line here.

use super::kind::{Catalogue, DataError, DataFile};

/// The kinds of records.
pub const REGISTERS: &[DataFile<'static>] = &[
    ("_header.toml", include_str!("../../data/registers/_header.toml")),
    (
        "organisation.toml",
        include_str!("../../data/registers/organisation.toml"),
    ),
    ("scope.toml", include_str!("../../data/registers/scope.toml")),
    ("role.toml", include_str!("../../data/registers/role.toml")),
    ("person.toml", include_str!("../../data/registers/person.toml")),
    ("asset.toml", include_str!("../../data/registers/asset.toml")),
    ("risk.toml", include_str!("../../data/registers/risk.toml")),
    ("control.toml", include_str!("../../data/registers/control.toml")),
    (
        "treatment-plan.toml",
        include_str!("../../data/registers/treatment-plan.toml"),
    ),
    ("finding.toml", include_str!("../../data/registers/finding.toml")),
];

/// The methods of assessment, and the scales that belong to none.
pub const METHODS: &[DataFile<'static>] = &[
    ("_scales.toml", include_str!("../../data/methods/_scales.toml")),
    (
        "iso27005-5x5.toml",
        include_str!("../../data/methods/iso27005-5x5.toml"),
    ),
    ("ebios-4x4.toml", include_str!("../../data/methods/ebios-4x4.toml")),
];

/// Reads the embedded kinds, methods and scales.
///
/// # Errors
/// Names the file and what is wrong with it; the tests make sure that nothing is.
pub fn catalogue() -> Result<Catalogue, DataError> {
    Catalogue::read(REGISTERS, METHODS)
}

/// The demonstration company: a year of commits, relative to the day of opening, in the order of replay. The head of the
/// first file says how they are read.
pub const DEMO: &[DataFile<'static>] = &[
    ("365-days-ago.toml", include_str!("../../data/demo/365-days-ago.toml")),
    ("345-days-ago.toml", include_str!("../../data/demo/345-days-ago.toml")),
    ("329-days-ago.toml", include_str!("../../data/demo/329-days-ago.toml")),
    ("310-days-ago.toml", include_str!("../../data/demo/310-days-ago.toml")),
    ("270-days-ago.toml", include_str!("../../data/demo/270-days-ago.toml")),
    ("241-days-ago.toml", include_str!("../../data/demo/241-days-ago.toml")),
    ("200-days-ago.toml", include_str!("../../data/demo/200-days-ago.toml")),
    ("170-days-ago.toml", include_str!("../../data/demo/170-days-ago.toml")),
    ("141-days-ago.toml", include_str!("../../data/demo/141-days-ago.toml")),
    ("114-days-ago.toml", include_str!("../../data/demo/114-days-ago.toml")),
    ("091-days-ago.toml", include_str!("../../data/demo/091-days-ago.toml")),
    ("062-days-ago.toml", include_str!("../../data/demo/062-days-ago.toml")),
    ("044-days-ago.toml", include_str!("../../data/demo/044-days-ago.toml")),
    ("021-days-ago.toml", include_str!("../../data/demo/021-days-ago.toml")),
    ("009-days-ago.toml", include_str!("../../data/demo/009-days-ago.toml")),
];
