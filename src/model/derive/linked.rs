//! The records that link to one through a field.

use super::super::kind::{Filter, Kind};
use super::super::record::{Id, Record};
use super::super::value::Value;
use super::super::world::World;
use std::collections::BTreeSet;
use std::sync::Arc;

/// The live records of a kind that link to a record through a field, and for which a query holds; by id.
pub(super) fn records<'a>(
    w: &World<'a>,
    record: &Record,
    kind: &str,
    field: &str,
    filter: &Filter,
) -> impl Iterator<Item = (&'a Kind, &'a Arc<Record>)> {
    let w = *w;
    let ix = w.catalogue.index_of(kind);
    let tag = ix.and_then(|ix| w.kind_at(ix).field(field)).map(|f| f.tag);
    let prefix = ix.map(|ix| w.kind_at(ix).prefix.as_str());
    w.state
        .inbound(&record.id)
        .filter(move |(id, t)| Some(*t) == tag && Some(id.prefix()) == prefix)
        .filter_map(move |(id, _)| w.state.get(ix?, id).map(|r| (w.kind_at(ix.unwrap_or_default()), r)))
        .filter(move |(k, r)| !r.is_retired() && (filter.is_empty() || filter.holds(&w, k, r)))
}

/// How many records of a kind link to a record through a field or are named by a value of its own; each counts once.
pub(super) fn count(
    w: &World,
    record: &Record,
    (kind, field): (&str, &str),
    own: Option<&Value>,
    filter: &Filter,
) -> usize {
    let linking = records(w, record, kind, field, filter);
    let Some(own) = own else { return linking.count() };
    let mut all: BTreeSet<&Id> = linking.map(|(_, r)| &r.id).collect();
    let named = own.ids().filter_map(|id| Some((w.kind(id)?, w.find(id)?)));
    let counts =
        named.filter(|(k, r)| k.name == kind && !r.is_retired() && (filter.is_empty() || filter.holds(w, k, r)));
    all.extend(counts.map(|(_, r)| &r.id));
    all.len()
}

/// The latest of them by a date; of several of one day the last by id. Those without the date do not count.
pub(super) fn latest<'a>(
    w: &World<'a>,
    record: &Record,
    kind: &str,
    field: &str,
    date: &str,
    filter: &Filter,
) -> Option<(&'a Kind, &'a Arc<Record>)> {
    records(w, record, kind, field, filter)
        .filter_map(|(k, r)| Some((r.get(k.field(date)?.tag)?.as_date()?, k, r)))
        .max_by(|(a, _, x), (b, _, y)| a.cmp(b).then_with(|| x.id.cmp(&y.id)))
        .map(|(_, k, r)| (k, r))
}
