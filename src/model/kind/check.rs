//! Whether a kind's file names only what is there: fields, kinds and states of all that it declares.

use super::super::sets::Said;
use super::{Catalogue, Derivation, Derived, Duty, Field, FieldType, Kind, Makes, Transition};
use std::collections::{BTreeMap, BTreeSet};

type Wrong = Result<(), String>;

/// The field of a kind with this name and one of these types.
fn typed<'k>(kind: &'k Kind, name: &str, of: &[FieldType], at: &str) -> Result<&'k Field, String> {
    match kind.field(name) {
        Some(f) if of.is_empty() || of.contains(&f.kind) => Ok(f),
        Some(f) => Err(format!("{at}: '{name}' of {} is a {:?}", kind.name, f.kind).to_lowercase()),
        None => Err(format!("{at}: {} has no field '{name}'", kind.name)),
    }
}

const LINKS: [FieldType; 2] = [FieldType::Link, FieldType::Links];
const DATE: [FieldType; 1] = [FieldType::Date];
const INTEGER: [FieldType; 1] = [FieldType::Integer];
const NUMBER: [FieldType; 3] = [FieldType::Decimal, FieldType::Integer, FieldType::Percent];

/// A value of a kind: a field, a derived value or what every kind has.
fn known(kind: &Kind, name: &str) -> bool {
    matches!(name, "id" | "state" | "changed" | "created")
        || kind.field(name).is_some()
        || kind.derivation(name).is_some()
}

impl Catalogue {
    /// What a kind declares of itself beyond fields and states.
    pub(super) fn check_words(&self, k: &Kind) -> Wrong {
        if let Some(other) = k.within.as_deref().filter(|o| self.kind(o).is_none()) {
            return Err(format!("is within '{other}', which is no kind"));
        }
        for name in &k.id_from {
            let plain = [FieldType::Line, FieldType::Choice, FieldType::Integer, FieldType::Link];
            typed(k, name, &plain, "id_from")?;
        }
        if let Some(name) = &k.tree {
            let field = typed(k, name, &[FieldType::Link, FieldType::Links], "tree")?;
            if !field.target.contains(&k.name) {
                return Err(format!("tree: '{name}' does not lead to the kind itself"));
            }
        }
        for f in k.fields.iter().filter(|f| f.series.is_some()) {
            let name = f.series.as_deref().unwrap_or_default();
            // a kind that does without the series does without a drift of one day as well
            if k.without.iter().any(|w| w == name) {
                continue;
            }
            let series = typed(k, name, &DATE, &f.name)?;
            if f.kind != FieldType::Date || !series.readonly {
                return Err(format!("{}: a series is a readonly date of a date", f.name));
            }
        }
        for t in &k.transitions {
            self.check_move(k, t)?;
        }
        for who in [&k.rights.create, &k.rights.edit, &k.rights.retire]
            .into_iter()
            .flatten()
        {
            check_who(k, who, "rights")?;
        }
        if let Some(other) = k.belongs.iter().find(|o| self.kind(o).is_none()) {
            return Err(format!("belongs to '{other}', which is no kind"));
        }
        for (r, mend) in k.rules.iter().filter_map(|r| Some((r, r.mend.as_deref()?))) {
            let known = match mend.strip_prefix("new ") {
                Some(kind) => self.kind(kind).is_some(),
                None => k.transitions.iter().any(|t| t.name == mend),
            };
            if !known {
                return Err(format!("rule {}: '{mend}' mends nothing", r.id));
            }
        }
        for d in &k.derived {
            self.check_derived(k, d)
                .map_err(|e| format!("derived '{}': {e}", d.name))?;
        }
        for t in &k.triggers {
            t.check(self, k).map_err(|e| format!("trigger: {e}"))?;
            if let Some(m) = &t.makes {
                self.check_makes(k, m).map_err(|e| format!("trigger: {e}"))?;
            }
        }
        for d in k.triage.iter().flat_map(|t| &t.decisions) {
            let known = |name: &String| k.transitions.iter().any(|t| t.name == *name);
            if d.moves.is_empty() || !d.moves.iter().all(known) {
                return Err(format!("triage '{}' names no transition of the register", d.name));
            }
        }
        for d in &k.duties {
            self.check_duty(k, d).map_err(|e| format!("duty '{}': {e}", d.name))?;
        }
        Ok(())
    }

    fn check_move(&self, k: &Kind, t: &Transition) -> Wrong {
        let at = format!("transition '{}'", t.name);
        for (name, text) in &t.sets {
            let f = typed(k, name, &[], &at)?;
            if let Some(why) = Said::read(text, f.kind).misfit(k, f) {
                return Err(format!("{at}: {name} = '{text}': {why}"));
            }
            if matches!(Said::read(text, f.kind), Said::Figure(_)) && t.lacks.is_empty() {
                return Err(format!("{at}: {name} = '{text}': 'lacks' says what if there is none"));
            }
        }
        for (name, text) in &t.fills {
            let f = typed(k, name, &[], &at)?;
            if let Some(why) = Said::read(text, f.kind).misfit(k, f) {
                return Err(format!("{at}: {name} = '{text}': {why}"));
            }
        }
        if let Some(m) = &t.makes {
            self.check_makes(k, m).map_err(|e| format!("{at}: {e}"))?;
        }
        if t.stays() && t.sets.is_empty() && t.asks.is_empty() {
            return Err(format!("{at} stays and neither asks nor sets anything"));
        }
        for who in &t.who {
            check_who(k, who, &at)?;
        }
        let twice = k.transitions.iter().filter(|o| o.name == t.name).count() > 1;
        if twice {
            return Err(format!("{at} is there twice"));
        }
        Ok(())
    }

    fn check_makes(&self, k: &Kind, m: &Makes) -> Wrong {
        let made = self.linking(k, &m.kind, &m.link)?;
        if let Some(name) = &m.reason {
            typed(made, name, &[FieldType::Line, FieldType::Text], "reason")?;
        }
        Ok(())
    }

    fn other(&self, kind: &str) -> Result<&Kind, String> {
        self.kind(kind).ok_or_else(|| format!("'{kind}' is no kind"))
    }

    /// The kind that links here, with its link field checked.
    fn linking(&self, k: &Kind, kind: &str, field: &str) -> Result<&Kind, String> {
        let other = self.other(kind)?;
        let f = typed(other, field, &LINKS, "field")?;
        if !f.target.is_empty() && !f.target.contains(&k.name) {
            return Err(format!("'{field}' of {kind} does not lead to a {}", k.name));
        }
        Ok(other)
    }

    fn check_derived(&self, k: &Kind, d: &Derived) -> Wrong {
        use Derivation as D;
        let fine = |ok: bool, name: &str, of: &Kind| match ok {
            true => Ok(()),
            false => Err(format!("{} has no '{name}'", of.name)),
        };
        match &d.from {
            D::Matrix {
                likelihood,
                impact,
                step,
            } => {
                typed(k, likelihood, &[FieldType::Scale], "likelihood")?;
                typed(k, impact, &[FieldType::Scale], "impact")?;
                for name in step.iter().flat_map(|(i, a)| [i, a]) {
                    typed(k, name, &[FieldType::Scale], "step")?;
                }
            }
            D::Max { of } => {
                for name in of {
                    typed(k, name, &[FieldType::Scale, FieldType::Integer], "of")?;
                }
            }
            D::Count { kind, field, also, .. } => {
                self.linking(k, kind, field)?;
                if let Some(name) = also {
                    typed(k, name, &LINKS, "also")?;
                }
            }
            D::Latest {
                kind,
                field,
                date,
                value,
                ..
            } => {
                let other = self.linking(k, kind, field)?;
                typed(other, date, &DATE, "date")?;
                fine(known(other, value), value, other)?;
            }
            D::Of { link, value } => {
                let f = typed(k, link, &[FieldType::Link], "link")?;
                for target in &f.target {
                    let other = self.other(target)?;
                    fine(known(other, value), value, other)?;
                }
            }
            D::Validity { until, .. } => {
                typed(k, until, &DATE, "until")?;
            }
            D::Lapse {
                kind,
                field,
                date,
                months,
                since,
                ..
            } => {
                let other = self.linking(k, kind, field)?;
                typed(other, date, &DATE, "date")?;
                typed(k, months, &INTEGER, "months")?;
                if !since.is_empty() {
                    typed(k, since, &DATE, "since")?;
                }
            }
            D::Band {
                kind,
                field,
                date,
                value,
                direction,
                amber,
                red,
                hysteresis,
            } => {
                let other = self.linking(k, kind, field)?;
                typed(other, date, &DATE, "date")?;
                fine(known(other, value), value, other)?;
                let f = typed(k, direction, &[FieldType::Choice], "direction")?;
                if f.choices.iter().any(|c| !super::DIRECTIONS.contains(&c.id.as_str())) {
                    return Err(format!(
                        "'{direction}' has other choices than {}",
                        super::DIRECTIONS.join(", ")
                    ));
                }
                for name in [amber, red, hysteresis] {
                    typed(k, name, &NUMBER, "bound")?;
                }
            }
            D::Attainment {
                value,
                baseline,
                target,
            } => {
                fine(known(k, value), value, k)?;
                typed(k, baseline, &NUMBER, "baseline")?;
                typed(k, target, &NUMBER, "target")?;
            }
            D::Pace {
                attainment,
                since,
                until,
                band,
            } => {
                fine(k.derivation(attainment).is_some(), attainment, k)?;
                typed(k, until, &DATE, "until")?;
                if !since.is_empty() {
                    typed(k, since, &DATE, "since")?;
                }
                fine(band.is_empty() || k.derivation(band).is_some(), band, k)?;
            }
            D::Due => {}
            D::Late { of } => {
                typed(k, of, &[FieldType::Rows], "of")?;
            }
            D::Figure { of, .. } => {
                for name in of {
                    typed(k, name, &[], "of")?;
                }
                if of.is_empty() {
                    return Err("a figure stands below a field: 'of' names none".to_string());
                }
            }
        }
        if d.due.is_some() && !matches!(d.from, D::Lapse { .. }) {
            return Err("only a lapse falls due".to_string());
        }
        Ok(())
    }

    fn check_duty(&self, k: &Kind, d: &Duty) -> Wrong {
        typed(k, &d.who, &LINKS, "who")?;
        let made = self.linking(k, &d.makes, &d.link)?;
        let person = typed(made, &d.person, &LINKS, "person")?;
        if !person.target.iter().any(|t| t == "person") {
            return Err(format!("'{}' of {} does not lead to a person", d.person, made.name));
        }
        for (there, here) in &d.copies {
            let (a, b) = (typed(made, there, &[], "copies")?, typed(k, here, &[], "copies")?);
            if a.kind != b.kind {
                return Err(format!("copies: '{there}' and '{here}' are of different types"));
            }
        }
        for (name, text) in &d.sets {
            let f = typed(made, name, &[], "sets")?;
            if let Some(why) = Said::read(text, f.kind).misfit(made, f) {
                return Err(format!("{name} = '{text}': {why}"));
            }
        }
        if !d.date.is_empty() {
            typed(made, &d.date, &DATE, "date")?;
        }
        if !d.every.is_empty() {
            typed(k, &d.every, &INTEGER, "every")?;
            if d.date.is_empty() {
                return Err("what is owed again needs a date".to_string());
            }
        }
        if !d.since.is_empty() {
            typed(k, &d.since, &DATE, "since")?;
        }
        if k.transitions.iter().any(|t| t.name == d.name) {
            return Err("a transition has the same name".to_string());
        }
        if let Some(t) = k.transitions.iter().find(|t| t.key.is_some() && t.key == d.key) {
            return Err(format!("its key is that of the transition '{}'", t.name));
        }
        Ok(())
    }

    /// Reads the queries of derived values and duties, and refuses values that follow from themselves.
    ///
    /// # Errors
    /// The place of the kind, and what is wrong with it.
    pub(super) fn read_filters(&mut self) -> Result<(), (usize, String)> {
        for i in 0..self.kinds.len() {
            let mut kind = self.kinds[i].clone();
            for d in &mut kind.derived {
                if let Some((of, filter)) = filter_of(&mut d.from) {
                    *filter = self
                        .other(&of)
                        .and_then(|of| filter.read(self, of))
                        .map_err(|e| (i, format!("derived '{}': {e}", d.name)))?;
                }
            }
            if let Some(t) = &mut kind.triage {
                t.queue = t
                    .queue
                    .read(self, &self.kinds[i])
                    .map_err(|e| (i, format!("triage: {e}")))?;
            }
            for t in &mut kind.triggers {
                t.read(self, &self.kinds[i]).map_err(|e| (i, format!("trigger: {e}")))?;
            }
            for d in &mut kind.duties {
                let say = |e: String| (i, format!("duty '{}': {e}", d.name));
                d.when = d.when.read(self, &self.kinds[i]).map_err(say)?;
                let made = self.other(&d.makes).map_err(say)?;
                d.done = d.done.read(self, made).map_err(say)?;
            }
            self.kinds[i] = kind;
        }
        for (i, k) in self.kinds.iter().enumerate() {
            for d in &k.derived {
                self.follow(k, &d.name, &mut BTreeSet::new()).map_err(|e| (i, e))?;
            }
        }
        Ok(())
    }

    /// Walks from a derived value to those from which it follows.
    fn follow(&self, k: &Kind, name: &str, path: &mut BTreeSet<(String, String)>) -> Wrong {
        let Some(d) = k.derivation(name) else { return Ok(()) };
        let here = (k.name.clone(), name.to_string());
        if !path.insert(here.clone()) {
            return Err(format!("derived '{name}' follows from itself"));
        }
        let mut of: BTreeMap<String, Vec<String>> = BTreeMap::new();
        let mut add = |kind: &str, names: &[&str]| {
            let names = names.iter().map(|n| (*n).to_string());
            of.entry(kind.to_string()).or_default().extend(names);
        };
        use Derivation as D;
        match &d.from {
            D::Count { kind, filter, .. } | D::Lapse { kind, filter, .. } => add(kind, &filter.names()),
            D::Latest {
                kind, filter, value, ..
            } => {
                add(kind, &filter.names());
                add(kind, &[value]);
            }
            D::Band { kind, value, .. } => add(kind, &[value]),
            D::Of { link, value } => {
                for target in k.field(link).map(|f| f.target.as_slice()).unwrap_or_default() {
                    add(target, &[value]);
                }
            }
            D::Attainment { value, .. } => add(&k.name, &[value]),
            D::Pace { attainment, band, .. } => add(&k.name, &[attainment, band]),
            // the days of a lapse fall due
            D::Due => {
                let lapses = k.derived.iter().filter(|d| d.due.is_some());
                add(&k.name, &lapses.map(|d| d.name.as_str()).collect::<Vec<_>>());
            }
            // the methods look at fields alone
            D::Matrix { .. } | D::Max { .. } | D::Validity { .. } | D::Late { .. } | D::Figure { .. } => {}
        }
        for (kind, names) in of {
            let Some(other) = self.kind(&kind) else { continue };
            for name in names {
                self.follow(other, &name, path)?;
            }
        }
        path.remove(&here);
        Ok(())
    }
}

/// The query of a derivation, and the kind of whose records it asks.
fn filter_of(from: &mut Derivation) -> Option<(String, &mut super::Filter)> {
    match from {
        Derivation::Count { kind, filter, .. }
        | Derivation::Latest { kind, filter, .. }
        | Derivation::Lapse { kind, filter, .. } => Some((kind.clone(), filter)),
        _ => None,
    }
}

/// Whether an entry of a rights list names a link that is there.
fn check_who(k: &Kind, who: &str, at: &str) -> Wrong {
    match who.strip_prefix("self:").or_else(|| who.strip_prefix("owner-of:")) {
        Some(name) => typed(k, name, &LINKS, at).map(|_| ()),
        None => Ok(()),
    }
}
