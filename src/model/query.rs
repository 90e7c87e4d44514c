//! Placeholder until the query language lands (`query/`): delete this file then; rules need `Query::parse` and
//! `Query::holds` (like `matches`, but without hiding retired records).
#![allow(missing_docs)]
use super::kind::{Catalogue, Kind};
use super::record::Record;
use super::world::World;
#[derive(Debug, Clone)]
pub struct Query;
#[derive(Debug, Clone)]
pub struct QueryError {
    pub at: usize,
    pub message: String,
}
impl Query {
    pub fn parse(_: &str, _: &Catalogue, _: Option<&Kind>) -> Result<Self, QueryError> {
        Ok(Self)
    }
    pub fn holds(&self, _: &World, _: &Kind, _: &Record) -> bool {
        true
    }
}
