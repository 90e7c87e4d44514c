//! From records to figures: what risks are expected to cost and what controls do about it, what assets are worth through
//! what leans on them. Reads the registers by their tags ([`fields`]) and hands plain numbers to
//! [`quant`](super::quant), [`treatment`](super::treatment), [`assets`](super::assets) and
//! [`economics`](super::economics).
//!
//! Nothing is kept here: a figure is worked out when it is looked at, and what it looked at is noted by the records
//! ([`trace`](crate::model::trace)), so that lists and the agenda know when it is to be worked out again.

pub mod annual;
pub mod asset;
pub mod continuity;
pub mod control;
pub mod evidence;
pub mod explain;
pub mod fields;
mod figure;
pub mod flow;
pub mod indicator;
mod read;
pub mod risk;
pub mod spend;
pub mod suggestion;
pub mod terms;
pub mod worth;

pub use figure::{figure, is_open, is_stale, loss_limit, reduction};
pub use read::amount;
