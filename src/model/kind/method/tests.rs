//! The methods that the program brings along, what is refused, and methods of one's own.

use super::*;
use crate::model::builtin;
use crate::model::kind::own::{Content, Definition};

fn read(text: &str) -> Result<Method, String> {
    let m: Method = toml::from_str(text).map_err(|e| e.to_string())?;
    check_method(&m).map(|()| m)
}

fn example() -> Method {
    read(builtin::METHOD_EXAMPLE).unwrap()
}

fn letters(m: &Method, scale: &str, grid: &[Vec<usize>]) -> Vec<String> {
    let row = |r: &Vec<usize>| {
        r.iter()
            .map(|v| m.levels(scale)[*v].letters().to_owned())
            .collect::<Vec<_>>()
    };
    grid.iter().rev().map(|r| row(r).join(" ")).collect()
}

/// NIST SP 800-30 Rev. 1, Tables I-2 and G-5, from the highest likelihood down.
#[test]
fn the_two_steps_of_nist_are_its_tables() {
    let c = builtin::catalogue().unwrap();
    let m = c.method("nist-800-30").unwrap();
    assert_eq!(
        letters(m, "level", &m.grid),
        ["VL L M H VH", "VL L M H VH", "VL L M M H", "VL L L L M", "VL VL VL L L"]
    );
    let overall = m.overall.as_ref().unwrap();
    assert_eq!(
        letters(m, "likelihood", overall),
        ["L M H VH VH", "L M M H VH", "L L M M H", "VL L L M M", "VL VL L L L"]
    );
    for (initiation, adverse, impact, likelihood, risk) in [
        ("high", "moderate", "high", "moderate", "moderate"),
        ("low", "high", "moderate", "moderate", "moderate"),
        ("moderate", "moderate", "very-high", "moderate", "high"),
        ("very-low", "very-low", "very-low", "very-low", "very-low"),
    ] {
        let overall = m.overall(initiation, adverse).unwrap();
        assert_eq!(overall.id, likelihood, "{initiation} {adverse}");
        assert_eq!(m.level(likelihood, impact).unwrap().id, risk);
    }
}

#[test]
fn what_is_wrong_is_named_with_its_place() {
    for (from, to, said) in [
        (
            "[0, 1, 1, 2],\n",
            "[0, 1, 1],\n",
            "the cell at row 2, column 4 is empty",
        ),
        (
            "    [1, 2, 3, 3],\n",
            "",
            "3 rows, expected 4, one for each level of 'likelihood'",
        ),
        (
            "[1, 2, 3, 3]",
            "[1, 2, 3, 4]",
            "row 4, column 4 is 4, expected 0 (the lowest) to 3",
        ),
        (
            "from = 0.5,",
            "from = 0.6,",
            "scale 'likelihood': 'likely': from is 0.6, expected 0.5",
        ),
        ("to = 5.0,", "to = 0.4,", "'likely': to is 0.4, expected more than 0.5"),
        (
            "from = 5.0,",
            "from = 5.0, to = 9.0,",
            "'often': to is 9, expected none",
        ),
        (
            "\"treat\"",
            "\"accept\"",
            "'high': decision 'accept' is milder than 'tolerate'",
        ),
        ("short = \"H\", ", "", "'high': short is missing"),
        ("\"level3\"", "\"red\"", "'high': role is missing or unknown"),
        (
            "appetite = \"low\"",
            "appetite = \"lowest\"",
            "appetite 'lowest' is no level",
        ),
        (
            "appetite = \"low\"",
            "appetite = \"high\"",
            "the tolerance lies below the appetite",
        ),
        (
            "probability = 0.1 ",
            "probability = 0.6 ",
            "quantities: tolerance: point 2",
        ),
        (
            "probability = 0.5 ",
            "probability = 1.5 ",
            "probability is 1.5, expected 0 to 1",
        ),
        ("overlap = 0.5", "overlap = 2.0", "overlap is 2, expected 0 to 1"),
        (
            "driver_cv = 0.5",
            "driver_cv = -1.0",
            "driver_cv is -1, expected 0 or more",
        ),
        (
            "productivity = 0.00001",
            "productivity = 0.0",
            "productivity is 0, expected more than 0",
        ),
        ("id = \"house\"", "id = \"House\"", "the id 'House'"),
    ] {
        let text = builtin::METHOD_EXAMPLE.replacen(from, to, 1);
        assert_ne!(text, builtin::METHOD_EXAMPLE, "{from}");
        let wrong = read(&text).unwrap_err();
        assert!(wrong.contains(said), "{said}: {wrong}");
    }
}

#[test]
fn a_method_is_written_as_it_is_read() {
    let c = builtin::catalogue().unwrap();
    for m in c.methods.iter().chain([&example()]) {
        assert_eq!(read(&m.text()).as_ref(), Ok(m), "{}", m.text());
    }
    let next = example().next(|id| id == "house-v2");
    assert_eq!(
        (next.id.as_str(), next.version, next.follows.as_str()),
        ("house-v3", 3, "house")
    );
    assert_eq!(
        (next.next(|_| false).id.as_str(), next.title().as_str()),
        ("house-v4", "House method v3")
    );
}

#[test]
fn an_own_method_is_offered_wherever_methods_are() {
    let base = builtin::catalogue().unwrap();
    let own = |text: &str| Definition {
        source: "DF-0001".into(),
        text: text.to_owned(),
        retired: false,
    };
    let c = base.with(&[own(builtin::METHOD_EXAMPLE)]).unwrap();
    for kind in ["risk", "method", "organisation"] {
        let field = c
            .kind(kind)
            .unwrap()
            .fields
            .iter()
            .find(|f| f.offers.is_some())
            .unwrap();
        assert_eq!(
            field.choice("House method").map(|o| o.id.as_str()),
            Some("house"),
            "{kind}"
        );
        assert_eq!(field.choices.len(), c.methods.len());
    }
    assert_eq!(c.method("house").unwrap().definition.as_deref(), Some("DF-0001"));
    let away = base
        .with(&[Definition {
            retired: true,
            ..own(builtin::METHOD_EXAMPLE)
        }])
        .unwrap();
    let field = away.kind("risk").unwrap().field("method").unwrap();
    assert!(field.choice("house").is_none() && away.method("house").is_some());

    // what is wrong with one is told with its line
    let falls = builtin::METHOD_EXAMPLE.replace("[1, 1, 2, 3]", "[1, 0, 2, 3]");
    let e = base.with(&[own(&falls)]).unwrap_err();
    assert_eq!(
        e.to_string(),
        format!(
            "DF-0001, line {}: risk matrix falls at row 3, column 2: a higher likelihood or impact must not lower the level",
            falls.lines().position(|l| l.contains("[1, 0, 2, 3]")).unwrap() + 1
        )
    );
    let form = builtin::METHOD_EXAMPLE.replacen("reputation = ", "fame = ", 1);
    assert!(
        base.with(&[own(&form)])
            .unwrap_err()
            .what
            .contains("'fame' is no form of loss")
    );
}

#[test]
fn what_was_used_to_judge_stands() {
    let content = |text: &str| Content::read("x", text).unwrap();
    let old = content(builtin::METHOD_EXAMPLE);
    let renamed = builtin::METHOD_EXAMPLE.replace("House method", "The method of the house");
    assert_eq!(old.grows(&content(&renamed)), Ok(()));
    let moved = builtin::METHOD_EXAMPLE.replace("[1, 1, 2, 3]", "[1, 2, 2, 3]");
    let why = old.grows(&content(&moved)).unwrap_err();
    assert!(why.contains("follows = \"house\" and version = 2"), "{why}");
}
