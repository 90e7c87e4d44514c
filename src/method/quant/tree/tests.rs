use super::*;
use Range::{Constant, Lognormal, Pert, Uniform};

fn tree() -> Tree {
    Tree {
        threat_frequency: Some(Pert(1.0, 5.0, 20.0)),
        vulnerability: Some(Pert(0.1, 0.3, 0.6)),
        primary: vec![(Pert(2e4, 5e4, 1.5e5), 1.0), (Constant(8.0), 500.0)],
        secondary_probability: Some(Constant(0.2)),
        secondary: vec![(Lognormal(1e5, 1e6), 1.0)],
        ..Tree::default()
    }
}

fn fault(change: impl Fn(&mut Tree)) -> String {
    let mut t = tree();
    change(&mut t);
    t.scenario(1).map_or_else(|f| f.to_string(), |s| format!("{s:?}"))
}

#[test]
fn a_tree_becomes_a_scenario() {
    let m = tree().scenario(1).unwrap().moments();
    assert!((m.events - 41.0 / 6.0 * 1.9 / 6.0).abs() < 1e-12, "{}", m.events);
    assert!((m.primary - (370_000.0 / 6.0 + 4_000.0)).abs() < 1e-9);
    let derived = Tree {
        threat_frequency: None,
        contact_frequency: Some(Pert(10.0, 20.0, 60.0)),
        probability_of_action: Some(Constant(0.3)),
        vulnerability: None,
        capability: Some(Uniform(0.0, 100.0)),
        resistance: Some(Uniform(0.0, 100.0)),
        ..tree()
    };
    assert!((derived.scenario(1).unwrap().moments().events - 3.75).abs() < 1e-12);
}

#[test]
fn a_node_or_its_children_but_never_both() {
    for (got, want) in [
        (
            fault(|t| t.event_frequency = Some(Constant(1.0))),
            "loss event frequency and threat event frequency are both given: keep the one or the other",
        ),
        (
            fault(|t| t.contact_frequency = Some(Constant(1.0))),
            "threat event frequency and contact frequency are both given: keep the one or the other",
        ),
        (
            fault(|t| t.resistance = Some(Constant(1.0))),
            "vulnerability and resistance strength are both given: keep the one or the other",
        ),
    ] {
        assert_eq!(got, want);
    }
}

#[test]
fn what_is_missing_or_unsound_is_named() {
    for (got, want) in [
        (fault(|t| t.vulnerability = None), "vulnerability is missing"),
        (
            fault(|t| t.threat_frequency = None),
            "threat event frequency is missing",
        ),
        (
            fault(|t| (t.threat_frequency, t.vulnerability) = (None, None)),
            "loss event frequency is missing",
        ),
        (
            fault(|t| (t.threat_frequency, t.contact_frequency) = (None, Some(Constant(3.0)))),
            "probability of action is missing",
        ),
        (
            fault(|t| (t.vulnerability, t.capability) = (None, Some(Constant(3.0)))),
            "resistance strength is missing",
        ),
        (
            fault(|t| (t.primary, t.secondary) = (vec![], vec![])),
            "primary loss is missing",
        ),
        (fault(|t| t.secondary = vec![]), "secondary loss is missing"),
        (
            fault(|t| t.vulnerability = Some(Constant(1.2))),
            "vulnerability: must be within 0..1",
        ),
        (
            fault(|t| t.secondary_probability = Some(Constant(-0.1))),
            "secondary loss probability: must not be below 0",
        ),
        (
            fault(|t| t.threat_frequency = Some(Pert(5.0, 4.0, 6.0))),
            "threat event frequency: mode below min",
        ),
        (
            fault(|t| t.primary = vec![(Uniform(-5.0, 4.0), 1.0)]),
            "primary loss: must not be below 0",
        ),
        (
            fault(|t| t.primary = vec![(Constant(1.0), f64::NAN)]),
            "primary loss: must be a finite number",
        ),
        (
            fault(|t| t.counting = Counting::Once),
            "threat event frequency: must be within 0..1",
        ),
        (
            fault(|t| t.counting = Counting::Fixed),
            "threat event frequency: a fixed number of events must be one whole number",
        ),
    ] {
        assert_eq!(got, want);
    }
}

#[test]
fn once_a_year_and_fixed_counts() {
    let mut t = Tree {
        threat_frequency: None,
        vulnerability: None,
        event_frequency: Some(Pert(0.1, 0.2, 0.3)),
        counting: Counting::Once,
        ..tree()
    };
    let Frequency::Trials { count: 1, chance } = t.scenario(1).unwrap().frequency else {
        panic!("at most one event")
    };
    assert!((chance - 0.2).abs() < 1e-15);
    (t.event_frequency, t.counting) = (Some(Constant(3.0)), Counting::Fixed);
    assert_eq!(t.scenario(1).unwrap().frequency, Frequency::fixed(3));
}
