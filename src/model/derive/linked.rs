//! The records that link to one through a field.

use super::super::kind::{Filter, Kind};
use super::super::record::Record;
use super::super::world::World;
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
