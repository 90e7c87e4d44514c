//! The fields of the registers that the methods read, by their tags, which never change. A test holds each against its
//! register.

use crate::model::kind::Tag;

macro_rules! fields {
    ($($(#[$doc:meta])* $module:ident $kind:literal { $($name:ident = $tag:literal $field:literal $type:ident,)* })*) => {
        $(
            $(#[$doc])*
            pub mod $module {
                use super::Tag;
                $(
                    #[doc = concat!("`", $field, "`")]
                    pub const $name: Tag = $tag;
                )*
            }
        )*

        #[cfg(test)]
        const ALL: &[(&str, &str, Tag, crate::model::kind::FieldType)] = &[
            $($(($kind, $field, $tag, crate::model::kind::FieldType::$type),)*)*
        ];
    };
}

fields! {
    /// Of a risk.
    risk "risk" {
        ASSETS = 36 "assets" Links,
        INHERENT_LIKELIHOOD = 51 "inherent_likelihood" Scale,
        INHERENT_IMPACT = 52 "inherent_impact" Scale,
        KNOWLEDGE = 57 "strength_of_knowledge" Scale,
        STALE = 59 "stale_reasons" Tags,
        PLANNED = 73 "planned_controls" Links,
        CONTACTS = 90 "contact_frequency" Range,
        ACTION = 91 "action_probability" Range,
        ATTEMPTS = 92 "attempts" Range,
        CAPABILITY = 93 "capability" Range,
        RESISTANCE = 94 "resistance" Range,
        SUCCESS = 95 "success" Range,
        FREQUENCY = 96 "frequency" Range,
        COUNTING = 97 "event_model" Choice,
        OUTAGE_HOURS = 98 "outage_hours" Range,
        PRIMARY = 99 "primary_loss" Range,
        OTHERS_REACT = 100 "secondary_probability" Range,
        SECONDARY = 101 "secondary_loss" Range,
        DRIVERS = 103 "drivers" Tags,
        KNOWN_EVENTS = 104 "known_events" Decimal,
        KNOWN_YEARS = 105 "known_years" Decimal,
        SEEN_SINCE = 106 "seen_since" Time,
    }
    /// Of a control.
    control "control" {
        MECHANISM = 33 "mechanism" Choice,
        DOMAIN = 35 "domain" Choice,
        LAYERS = 36 "layers" Tags,
        EFFECTS = 50 "effects" Links,
        COVERAGE = 51 "coverage" Percent,
        DESIGN = 52 "design" Percent,
        OPERATION = 53 "operation" Percent,
        HEALTH = 54 "health" Choice,
        GROUP = 57 "redundancy_group" Line,
        RESPONSE = 58 "response" Links,
        TESTS_PASSED = 59 "tests_passed" Integer,
        TESTS_FAILED = 60 "tests_failed" Integer,
        CAPEX = 91 "capex" Money,
        BUILD_DAYS = 92 "build_days" Decimal,
        OPEX = 93 "opex" Money,
        RUN_DAYS = 94 "run_days" Decimal,
        LIFE = 95 "life_years" Decimal,
    }
    /// Of a treatment plan.
    plan "treatment-plan" {
        RISKS = 32 "risks" Links,
        CONTROLS = 33 "controls" Links,
        COST = 37 "cost" Money,
        PEOPLE_DAYS = 38 "people_days" Decimal,
    }
    /// Of a process that must go on.
    continuity "continuity-process" {
        PREREQUISITES = 41 "prerequisites" Links,
    }
    /// Of a metric.
    metric "metric" {
        RISKS = 41 "risks" Links,
        CONTROLS = 42 "controls" Links,
    }
    /// Of an incident.
    incident "incident" {
        RISKS = 36 "risks" Links,
        OCCURRED = 50 "occurred_at" Time,
        AWARE = 51 "aware_at" Time,
        DECLARED = 52 "declared_at" Time,
        LOSSES = 70 "losses" Rows,
    }
    /// Of an asset.
    asset "asset" {
        CONFIDENTIALITY = 33 "confidentiality" Scale,
        INTEGRITY = 34 "integrity" Scale,
        AVAILABILITY = 35 "availability" Scale,
        OUTAGE_RATE = 39 "outage_rate" Money,
        SUPPORTS = 44 "supports" Links,
    }
    /// Of risk criteria.
    criteria "method" {
        TOLERATED = 57 "tolerated" Rows,
    }
    /// Of the organisation.
    organisation "organisation" {
        APPETITE = 39 "appetite" Scale,
        LOSS_LIMIT = 41 "loss_limit" Money,
        KEY_THRESHOLD = 42 "key_threshold" Scale,
        KEY_OUTAGE_RATE = 43 "key_outage_rate" Money,
        PEOPLE_DAY = 45 "people_day" Money,
        INTEREST = 46 "interest" Percent,
        PREVENTION_TARGET = 48 "prevention_target" Percent,
    }
}

/// Attributes of what a control does to a risk.
pub mod effect {
    use super::Tag;
    /// `share`
    pub const SHARE: Tag = 1;
    /// `lef`
    pub const LEF: Tag = 2;
    /// `time_share`
    pub const TIME_SHARE: Tag = 3;
    /// `duration_ratio`
    pub const DURATION_RATIO: Tag = 4;
}

/// Attributes of a dependency: how an asset supports another.
pub mod supports {
    use super::Tag;
    /// `c`, `i`, `a`
    pub const STRENGTH: [Tag; 3] = [1, 2, 3];
    /// `weight`
    pub const WEIGHT: Tag = 4;
}

/// Attributes of what a metric watches: what it moves, and by how much.
pub mod moves {
    use super::Tag;
    /// `factor`, of a risk
    pub const FACTOR: Tag = 1;
    /// `amber`
    pub const AMBER: Tag = 2;
    /// `red`
    pub const RED: Tag = 3;
}

/// Cells of a loss of an incident.
pub mod losses {
    use super::Tag;
    /// `amount`
    pub const AMOUNT: Tag = 2;
}

/// Cells of a point of the tolerance curve.
pub mod tolerated {
    use super::Tag;
    /// `loss`
    pub const LOSS: Tag = 1;
    /// `probability`
    pub const PROBABILITY: Tag = 2;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::builtin;

    #[test]
    fn every_field_is_the_one_of_its_register() {
        let catalogue = builtin::catalogue().unwrap();
        for (kind, name, tag, of) in ALL {
            let field = catalogue.kind(kind).and_then(|k| k.field(name));
            assert_eq!(field.map(|f| (f.tag, f.kind)), Some((*tag, *of)), "{kind}.{name}");
        }
        let attributes = |kind: &str, name: &str| {
            let field = catalogue.kind(kind).and_then(|k| k.field(name)).unwrap();
            field.fields.iter().map(|f| (f.tag, f.name.clone())).collect::<Vec<_>>()
        };
        let named = |all: &[(Tag, &str)]| all.iter().map(|(t, n)| (*t, (*n).to_owned())).collect::<Vec<_>>();
        let effects = [
            (effect::SHARE, "share"),
            (effect::LEF, "lef"),
            (effect::TIME_SHARE, "time_share"),
            (effect::DURATION_RATIO, "duration_ratio"),
        ];
        assert_eq!(attributes("control", "effects"), named(&effects));
        let [c, i, a] = supports::STRENGTH;
        let strengths = [(c, "c"), (i, "i"), (a, "a"), (supports::WEIGHT, "weight")];
        assert_eq!(attributes("asset", "supports"), named(&strengths));
        let moved = [(moves::FACTOR, "factor"), (moves::AMBER, "amber"), (moves::RED, "red")];
        assert_eq!(attributes("metric", "risks"), named(&moved));
        assert_eq!(attributes("metric", "controls"), named(&moved[1..]));
        assert!(attributes("incident", "losses").contains(&(losses::AMOUNT, "amount".to_owned())));
        let points = [(tolerated::LOSS, "loss"), (tolerated::PROBABILITY, "probability")];
        assert_eq!(attributes("method", "tolerated"), named(&points));
    }
}
