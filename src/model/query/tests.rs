//! What each kind of term finds among a few known records; what is refused, and where; and what must hold for any text.

use super::*;
use crate::model::sample::Sample;
use proptest::prelude::*;

fn ids(found: &[Arc<Record>]) -> String {
    let all: Vec<String> = found.iter().map(|r| r.id.number().unwrap().to_string()).collect();
    all.join(" ")
}

fn select(s: &Sample, kind: &str, query: &str) -> Result<String, QueryError> {
    let ix = s.catalogue.index_of(kind).unwrap();
    let q = Query::parse(query, &s.catalogue, Some(&s.catalogue.kinds[ix]))?;
    let mut found = q.select(&s.world(), ix);
    found.sort_by(|a, b| a.id.cmp(&b.id));
    Ok(ids(&found))
}

#[test]
fn what_a_query_finds() {
    let s = Sample::new();
    for (query, want) in [
        ("", "1 2 3 5"),
        ("laptop", "1"),
        ("ldlap", ""),
        ("cdlap", "1"),
        ("R-0002", "2"),
        ("pay hours", "2"),
        ("-laptop", "2 3 5"),
        ("!laptop", "2 3 5"),
        ("会统", "5"),
        ("\"on a train\"", "1"),
        ("\"ENCRYPTS\"", "1"),
        ("-\"on a train\"", "2 3 5"),
        ("title:laptop", "1"),
        ("title:\"stolen laptop\"", "1"),
        ("title=\"key person leaves\"", "3"),
        ("title=key", ""),
        ("name:payment", "2"),
        ("desc:train", "1"),
        ("description:none", "2 3 5"),
        ("treatment:mitigate", "1"),
        ("treatment:mi", "1"),
        ("treatment:transfer", "2"),
        ("treatment:\"share it\"", "2"),
        ("treatment:mitigate|share", "1 2"),
        ("treatment!=mitigate|share", "3 5"),
        ("-treatment:mitigate", "2 3 5"),
        ("treatment:*", "1 2"),
        ("treatment:none", "3 5"),
        ("-treatment:*", "3 5"),
        ("state:treat", "2"),
        ("state=treat", ""),
        ("state:open", "1 2 5"),
        ("-state:open", "3"),
        ("state:identified", "1 5"),
        ("status:none", "x"),
        ("current_likelihood:likely", "1"),
        ("current_likelihood:possible", "1"),
        ("current_likelihood>=likely", "1"),
        ("current_likelihood<likely", "2"),
        ("current_likelihood:\"quite\"", "5"),
        ("current_level>=moderate", "1"),
        ("current_level:low", "2"),
        ("current_level<=2", "2"),
        ("level:high", "1"),
        ("target_likelihood<=@current_likelihood", "1"),
        ("target_likelihood>@current_likelihood", ""),
        ("score>=8", "1 2"),
        ("score<8", "3"),
        ("score:8", "2"),
        ("score!=8", "1 3 5"),
        ("score:8|3", "2 3"),
        ("cost>10k", "1"),
        ("cost:12000", "1"),
        ("cost>=\"12k EUR\"", "1"),
        ("cost>=\"1 USD\"", ""),
        ("critical:yes", "1"),
        ("critical:n", "2"),
        ("tags:PCI", "1"),
        ("tags:pci|iso", "1"),
        ("tag:p", ""),
        ("tags>=2", "1"),
        ("owner:me", "1 2"),
        ("owner:P-0001", "1"),
        ("owner:ada", "1"),
        ("owner:bo", "3"),
        ("owner:head", "2"),
        ("owner:none", "5"),
        ("responsible:bo", "3"),
        ("assets:A-0003", "1"),
        ("assets:a1|a2", "1 2"),
        ("asset:laptop", "1"),
        ("-asset:A-0003", "2 3 5"),
        ("asset:none", "3 5"),
        ("assets>1", "1"),
        ("due:overdue", "1"),
        ("due<30d", "1 2"),
        ("due<=18d", "1 2"),
        ("due<18d", "1"),
        ("due>=in-3-months", "x"),
        ("due>=\"in 3 months\"", "5"),
        ("due:2026-12", "2"),
        ("due>2026", "5"),
        ("next_review>today", "2 5"),
        ("next_review:<30d", "1 2"),
        ("is:open", "1 2 5"),
        ("is:closed", "3"),
        ("is:overdue", "1"),
        ("is:mine", "1 2"),
        ("is:retired", "4"),
        ("is:all", "1 2 3 4 5"),
        ("is:open|closed", "1 2 3 5"),
        ("state:retired", "4"),
        ("id:r4", "4"),
        ("id:R-1|R-2", "1 2"),
        ("id:R-000", "1 2 3 4 5"),
        ("kind:risk", "1 2 3 5"),
        ("kind:asset", ""),
        ("-kind:asset owner:me -score>10", "2"),
        ("laptop owner:bo", ""),
        (" -  laptop ", "1"),
        ("\"\"", "1 2 3 5"),
    ] {
        match select(&s, "risk", query) {
            Ok(found) => assert_eq!(found, want, "{query}"),
            Err(e) => assert_eq!("x", want, "{query}: {e}"),
        }
    }
    for (query, want) in [
        ("risk:R-1", "1 3"),
        ("risk:stolen", "1 3"),
        ("risk:old", "3"),
        ("risk:none", ""),
        ("risk:*", "1 2 3"),
        ("availability>=low", "1 2"),
        ("availability:vital", "3"),
        ("availability:severe", "1"),
        ("value>1M", "1"),
        ("site:oslo", "2"),
    ] {
        assert_eq!(select(&s, "asset", query).as_deref(), Ok(want), "{query}");
    }
}

#[test]
fn vacant_is_what_nobody_who_is_there_owns() {
    let mut s = Sample::new();
    s.add("RO-0009", &[("title", "Post without holder")]);
    s.add("R-0009", &[("title", "Left behind"), ("owner", "RO-0009")]);
    assert_eq!(select(&s, "risk", "is:vacant"), Ok("9".into()));
    assert_eq!(select(&s, "risk", "-is:vacant"), Ok("1 2 3 5".into()));
    s.add("RO-0009", &[("title", "Post without holder"), ("holders", "P-0001")]);
    assert_eq!(select(&s, "risk", "is:vacant"), Ok(String::new()));
}

#[test]
fn mistakes_are_pointed_at() {
    let s = Sample::new();
    let kind = s.catalogue.kind("risk");
    for (query, at, message) in [
        ("onwer:me", 0, "no field 'onwer'; did you mean owner?"),
        ("-onwer:me", 1, "no field 'onwer'; did you mean owner?"),
        ("会计 x onwer:me", 5, "no field 'onwer'; did you mean owner?"),
        ("frobnicate:1", 0, "no field 'frobnicate'"),
        (
            "t:1",
            0,
            "'t' could be tags, target_likelihood, title, treatment: write more of it",
        ),
        ("laptop \"open", 7, "the quote is not closed"),
        ("title:\"open", 6, "the quote is not closed"),
        ("owner:", 6, "a value is missing for 'owner'"),
        ("owner:me|", 9, "a value is missing for 'owner'"),
        ("score>=ten", 7, "'ten' is not a number"),
        ("due<soon", 4, "'soon' is not a day"),
        ("due<overdue", 4, "'overdue' has no size"),
        ("treatment:xyz", 10, "'xyz' is not one of mitigate, share, accept"),
        ("treatment:share|xyz", 16, "'xyz' is not one of"),
        ("treatment>share", 10, "has no order"),
        ("state:gone", 6, "not a state: identified, treating"),
        ("current_level>=hgih", 15, "'hgih' is not a level: low, moderate, high"),
        ("critical:perhaps", 9, "yes or no"),
        ("title>a", 6, "has no order"),
        ("owner>=*", 7, "has no size"),
        ("is:great", 3, "is:great is unknown; there are open, closed"),
        ("is>open", 0, "has no order"),
        ("kind:rsik", 5, "no kind 'rsik'; did you mean risk?"),
        ("score<@scroe", 7, "no field 'scroe'; did you mean score?"),
        ("http://example.org", 0, "no field 'http'"),
    ] {
        let e = Query::parse(query, &s.catalogue, kind).expect_err(query);
        assert_eq!(e.at, at, "{query}: {e}");
        assert!(e.message.contains(message), "{query}: {e}");
    }
}

#[test]
fn without_a_kind_a_query_looks_at_all_of_them() {
    let s = Sample::new();
    let w = s.world();
    let count = |query: &str| {
        let q = Query::parse(query, &s.catalogue, None).unwrap();
        (0..s.catalogue.kinds.len())
            .map(|k| q.select(&w, k).len())
            .sum::<usize>()
    };
    assert_eq!(count("laptop"), 2);
    assert_eq!(count("owner:me"), 2);
    assert_eq!(count("kind:risk|asset"), 7);
    assert_eq!(count("login:ada"), 1);
    assert_eq!(count("treatment:mi"), 1);
    assert_eq!(count("score>=8"), 2);
    assert_eq!(count("is:retired"), 1);
}

#[test]
fn the_best_fit_comes_first_and_equals_in_their_own_order() {
    let mut s = Sample::empty();
    for (n, title) in [
        "Phase in the shop",
        "Phishing of staff",
        "Phishing of boards",
        "A phish",
    ]
    .iter()
    .enumerate()
    {
        s.add(
            &format!("R-{:04}", n + 1),
            &[("title", title), ("current_impact", "minor")],
        );
    }
    let ix = s.catalogue.index_of("risk").unwrap();
    let select = |q: &str| ids(&Query::parse(q, &s.catalogue, None).unwrap().select(&s.world(), ix));
    assert_eq!(select("phish"), "2 3 4 1");
    assert_eq!(select("phis"), "2 3 4 1");
    assert_eq!(select(""), "1 2 3 4");
}

#[test]
fn places_that_matched() {
    for (text, word, want) in [
        ("Card data", "data", vec![5, 6, 7, 8]),
        ("metadata data", "data", vec![9, 10, 11, 12]),
        ("Payment outage", "PO", vec![0, 8]),
        ("会计系统", "计", vec![1]),
        ("abc", "x", vec![]),
        ("abc", "", vec![]),
        ("a", "abc", vec![]),
    ] {
        assert_eq!(positions(text, word), want, "{text} {word}");
    }
}

#[test]
fn a_list_filters_like_a_selection_key_by_key() {
    let s = Sample::new();
    let w = s.world();
    let ix = s.catalogue.index_of("risk").unwrap();
    let kind = w.kind_at(ix);
    let mut list = List::of(&w, ix);
    for text in [
        "l",
        "la",
        "lap",
        "lap o",
        "lap ow",
        "lap owner:me",
        "p owner:me",
        "pay owner:me",
        "owner:me",
        "",
        "is:all",
        "is:all o",
        "is:retired o",
        "-lap",
        "R-0",
    ] {
        let q = Query::parse(text, &s.catalogue, Some(kind)).unwrap();
        list.ask(&q, None, true);
        list.answer(&w);
        let got: Vec<_> = list.iter().cloned().collect();
        assert_eq!(ids(&got), ids(&q.select(&w, ix)), "{text}");
    }
}

#[test]
fn what_could_come_next() {
    let s = Sample::new();
    let w = s.world();
    let next = |text: &str| {
        let n = text.chars().count();
        let all = complete(text, n, &s.catalogue, s.catalogue.kind("risk"), &w);
        let words: Vec<String> = all.iter().map(|c| c.text.clone()).collect();
        (all.first().map_or(0, |c| c.from), words.join(" "))
    };
    for (text, want) in [
        ("tr", (0, "treatment:")),
        ("laptop -own", (8, "owner:")),
        ("laptop !own", (8, "owner:")),
        ("treatment:", (10, "mitigate share accept")),
        ("treatment:share|a", (16, "accept")),
        ("current_level>=", (15, "high moderate low")),
        ("is:o", (3, "open overdue")),
        ("owner:m", (6, "me RO-0001")),
        ("asset:card", (6, "A-0001")),
        ("state:t", (6, "treating")),
        ("due<", (4, "overdue today 30d")),
        ("critical:", (9, "yes no")),
        ("nonsense:", (0, "")),
        ("\"quo", (0, "")),
        ("", (0, "")),
    ] {
        assert_eq!(next(text), (want.0, want.1.to_string()), "{text}");
    }
}

#[test]
fn the_registers_of_the_program_understand_what_people_are_told_to_type() {
    let c = crate::model::builtin::catalogue().unwrap();
    for (kind, query) in [
        (
            "risk",
            "owner:me current_level>=high due<30d status:open tag:pci -asset:A-0003",
        ),
        (
            "risk",
            "target_level<=@current_level treatment:mitigate|share is:overdue",
        ),
        (
            "risk",
            "controls:none planned_controls:* next_review<2027-01 -is:mine strength:high",
        ),
        (
            "asset",
            "importance>=3 exposure:internet personal_data:yes value>10k risk:R-0007 is:gap",
        ),
        ("control", "state:implemented mandatory:yes"),
        ("finding", "severity>=high priority:p1 state:new|triaged"),
        ("treatment-plan", "risk:none finish_by:overdue"),
        ("person", "login:ada permissions:admin"),
    ] {
        let q = Query::parse(query, &c, c.kind(kind));
        assert!(q.is_ok(), "{kind}: {query}: {q:?}");
    }
}

/// Terms that are understood.
const TERMS: [&str; 12] = [
    "laptop",
    "o",
    "owner:me",
    "score>=8",
    "treatment:mitigate",
    "tags:pci",
    "is:open",
    "due<30d",
    "\"e\"",
    "asset:a3",
    "cost:*",
    "current_level>=low",
];

proptest! {
    #[test]
    fn no_text_makes_it_stumble(text in "[\\PC a-z:<>=!|@\"*-]{0,30}", cursor in 0usize..40) {
        let s = Sample::new();
        let kind = s.catalogue.kind("risk");
        match Query::parse(&text, &s.catalogue, kind) {
            Ok(q) => {
                let ix = s.catalogue.index_of("risk").unwrap();
                q.select(&s.world(), ix);
            }
            Err(e) => prop_assert!(e.at <= text.chars().count(), "{} in {:?}", e, text),
        }
        for c in complete(&text, cursor, &s.catalogue, kind, &s.world()) {
            prop_assert!(c.from <= c.to && c.to <= text.chars().count());
        }
        positions(&text, "o");
        positions("Payment outage", &text);
    }

    #[test]
    fn minus_and_bar_mean_not_and_or(a in 0usize..12, b in 0usize..12, v in 0usize..3, u in 0usize..3) {
        let s = Sample::new();
        let w = s.world();
        let kind = s.catalogue.kind("risk").unwrap();
        let read = |t: &str| Query::parse(t, &s.catalogue, Some(kind)).unwrap();
        let (a, b) = (TERMS[a], TERMS[b]);
        let values = ["mitigate", "share", "accept"];
        let (u, v) = (values[u], values[v]);
        for r in s.state.all(s.catalogue.index_of("risk").unwrap()) {
            let holds = |t: &str| read(t).holds(&w, kind, r);
            prop_assert_eq!(holds(&format!("{a} {b}")), holds(a) && holds(b));
            if a.contains([':', '>', '<', '"']) {
                prop_assert_eq!(holds(&format!("-{a}")), !holds(a));
            }
            let one = |v: &str| holds(&format!("treatment:{v}"));
            prop_assert_eq!(holds(&format!("treatment:{u}|{v}")), one(u) || one(v));
            prop_assert_eq!(holds(&format!("-treatment:{u}|{v}")), !(one(u) || one(v)));
            prop_assert_eq!(holds(&format!("treatment!={u}|{v}")), !(one(u) || one(v)));
        }
    }

    #[test]
    fn a_longer_word_never_finds_more(word in "[a-z0-9 ]{1,6}", more in "[a-z]{1,3}") {
        let s = Sample::new();
        let lines: Vec<&str> = s.state.all(s.catalogue.index_of("risk").unwrap()).map(|r| r.title()).collect();
        let c = Corpus::new(lines.iter().copied());
        let few = c.find(&Words::new(word.split(' ')));
        let fewer = c.find(&Words::new(format!("{word}{more}").split(' ')));
        prop_assert!(fewer.iter().all(|i| few.contains(i)));
        for (i, line) in (0u32..).zip(&lines) {
            let fits = word.split(' ').filter(|w| !w.is_empty()).all(|w| !positions(line, w).is_empty());
            prop_assert_eq!(few.contains(&i), fits);
        }
    }
}
