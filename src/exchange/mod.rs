//! Files of other tools and our own, in and out: one file a format. Parse to a [`plan::Plan`], which shows all that an
//! import would do before it does anything; the plan's draft goes through the one door like everything else.

pub mod ciso_assistant;
pub mod csv;
pub mod demo;
mod error;
pub mod folder;
pub mod json;
mod notes;
pub mod past;
pub mod plan;
pub mod planner;
pub mod table;

pub use error::Error;
pub use plan::Plan;
