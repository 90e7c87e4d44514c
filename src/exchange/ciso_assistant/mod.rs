//! CISO Assistant's own exports: risk assessment, all scenarios, applied controls and assets, told apart by their
//! heads. Lists, labels, unset marks and escapes as its files have them; what has no field here is kept in the notes.

mod lists;
mod row;
mod words;

use super::Error;
use super::past::Past;
use super::plan::Plan;
use super::planner::Planner;
use super::table::Table;
use crate::model::change::Actor;
use crate::model::world::World;
use lists::Parted;
use row::Reader;

/// The four files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sheet {
    Assessment,
    Scenarios,
    Controls,
    Assets,
}

/// What a column holds, and where it goes.
#[derive(Debug, Clone, Copy)]
enum Goes {
    /// To a field, as one would type it.
    To(&'static str),
    /// The id by which it is found again.
    Key,
    Title,
    /// Names of records of a kind.
    Names(&'static str, &'static str),
    /// A list as one text, with what parts its items.
    Joined(&'static str, &'static str),
    /// Labels, as tags.
    Tags,
    /// One person or post.
    Owner,
    Treatment,
    /// Compared with the matrix: the fields of likelihood and impact.
    Level(&'static str, &'static str),
    Qualifications,
    Status,
    /// An amount in the currency of the row.
    Money(&'static str),
    Currency,
    /// Whether it is a primary or a supporting asset.
    Primary,
    Objectives,
}

/// Every column that has a place, in any of the four files and their older forms.
const COLUMNS: &[(Sheet, &[&str], Goes)] = {
    use Goes::*;
    use Sheet::*;
    &[
        (Assessment, &["ref_id", "internal_id"], Key),
        (Assessment, &["name"], Title),
        (Assessment, &["description"], To("description")),
        (Assessment, &["assets", "asset"], Names("assets", "asset")),
        (Assessment, &["threats"], Joined("threat", ", ")),
        (Assessment, &["vulnerabilities"], Joined("vulnerability", "\n")),
        (
            Assessment,
            &["inherent_proba", "inherent_probability"],
            To("inherent_likelihood"),
        ),
        (Assessment, &["inherent_impact"], To("inherent_impact")),
        (
            Assessment,
            &["inherent_level", "inherent_risk"],
            Level("inherent_likelihood", "inherent_impact"),
        ),
        (
            Assessment,
            &["current_proba", "current_probability"],
            To("current_likelihood"),
        ),
        (Assessment, &["current_impact"], To("current_impact")),
        (
            Assessment,
            &["current_level", "current_risk"],
            Level("current_likelihood", "current_impact"),
        ),
        (
            Assessment,
            &["residual_proba", "residual_probability"],
            To("target_likelihood"),
        ),
        (Assessment, &["residual_impact"], To("target_impact")),
        (
            Assessment,
            &["residual_level", "residual_risk"],
            Level("target_likelihood", "target_impact"),
        ),
        (
            Assessment,
            &["existing_applied_controls", "existing_controls"],
            Names("controls", "control"),
        ),
        (
            Assessment,
            &["additional_controls", "applied_controls"],
            Names("planned_controls", "control"),
        ),
        (Assessment, &["treatment"], Treatment),
        (Assessment, &["strength_of_knowledge"], To("strength_of_knowledge")),
        (Assessment, &["justification"], To("justification")),
        (Assessment, &["owners", "owner"], Owner),
        (Assessment, &["qualifications"], Qualifications),
        (Assessment, &["filtering_labels", "labels"], Tags),
        (Controls, &["ref_id", "internal_id"], Key),
        (Controls, &["name"], Title),
        (Controls, &["description"], To("description")),
        (Controls, &["reference_control_ref_id"], To("requirement_refs")),
        (Controls, &["category"], To("category")),
        (Controls, &["csf_function"], To("csf_function")),
        (Controls, &["status"], Status),
        (Controls, &["start_date"], To("start_on")),
        (Controls, &["eta"], To("due_by")),
        (Controls, &["expiry_date"], To("expires_on")),
        (Controls, &["priority"], To("priority")),
        (Controls, &["effort"], To("effort")),
        (Controls, &["impact", "control_impact"], To("benefit")),
        (Controls, &["cost_currency"], Currency),
        (
            Controls,
            &["cost_build_fixed", "cost_build_fixe", "build_fixed_cost"],
            Money("capex"),
        ),
        (
            Controls,
            &["cost_build_people_days", "build_people_days"],
            To("build_days"),
        ),
        (Controls, &["cost_run_fixed", "run_fixed_cost"], Money("opex")),
        (Controls, &["cost_run_people_days", "run_people_days"], To("run_days")),
        (
            Controls,
            &["cost_amortization_period", "amortization_period"],
            To("life_years"),
        ),
        (Controls, &["owner", "owners"], Owner),
        (Controls, &["labels", "filtering_labels"], Tags),
        (Controls, &["evidences"], To("shown_by")),
        (Assets, &["ref_id", "internal_id"], Key),
        (Assets, &["name"], Title),
        (Assets, &["description"], To("description")),
        (Assets, &["type"], Primary),
        (Assets, &["asset_class"], To("type")),
        (Assets, &["security_objectives"], Objectives),
        (Assets, &["link"], To("link")),
        (Assets, &["owners", "owner"], Owner),
        (Assets, &["parent_assets"], Names("supports", "asset")),
        (Assets, &["labels", "filtering_labels"], Tags),
    ]
};

/// Which of the four files this is.
fn sheet(table: &Table) -> Result<Sheet, Error> {
    let has = |name: &str| table.column(name).is_some();
    let named = has("name");
    if named && has("treatment") && (has("risk_assessment") || has("internal_id")) {
        Ok(Sheet::Scenarios)
    } else if named && has("treatment") && (has("current_proba") || has("current_probability") || has("assets")) {
        Ok(Sheet::Assessment)
    } else if named && (has("csf_function") || (has("category") && has("effort"))) {
        Ok(Sheet::Controls)
    } else if named && (has("security_objectives") || has("parent_assets") || has("asset_class")) {
        Ok(Sheet::Assets)
    } else {
        let what = "this is none of CISO Assistant's exports of a risk assessment, all scenarios, applied controls or \
                    assets; for another register use 'isms import KIND FILE'";
        Err(Error::at(&table.file, 1, what))
    }
}

/// Whether this is one of the four files.
pub fn is(table: &Table) -> bool {
    sheet(table).is_ok()
}

/// Plans the import of one of the four files.
///
/// # Errors
/// If it is none of the four.
pub fn plan(w: &World, table: &Table, past: &mut dyn Past, actor: &Actor) -> Result<Plan, Error> {
    let sheet = sheet(table)?;
    let (word, rows) = match sheet {
        Sheet::Assessment | Sheet::Scenarios => ("risk", Sheet::Assessment),
        Sheet::Controls => ("control", Sheet::Controls),
        Sheet::Assets => ("asset", Sheet::Assets),
    };
    let Some(kind) = w.catalogue.index_of(word) else {
        return Err(Error::file(
            &table.file,
            format!("there is no register of {word}s to import into"),
        ));
    };
    let goes = |head: &String| {
        let fits = |names: &[&str]| names.iter().any(|n| head.eq_ignore_ascii_case(n));
        COLUMNS
            .iter()
            .find(|(s, names, _)| *s == rows && fits(names))
            .map(|(_, _, goes)| *goes)
    };
    let columns: Vec<Option<Goes>> = table.header.iter().map(goes).collect();
    let planner = Planner::new(w, past, super::CISO_ASSISTANT, &table.file);
    let parted = match sheet {
        Sheet::Assessment if table.is_text() => Parted::Commas,
        Sheet::Assessment => Parted::Blanks,
        _ => Parted::Bars,
    };
    Ok(Reader::new(w, kind, parted, table, &columns, planner).read(actor))
}
