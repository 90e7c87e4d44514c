//! The quantitative engine: what a risk costs a year, worked out from the factors of its Open FAIR tree. Plain numbers
//! in and out: nothing here knows a record, a field or a screen.
//!
//! ```text
//! tree ─► scenario ─► moments                 closed formulas: mean, spread, chance of no loss
//!             ├─────► exact ─► annual         every quantile, by Fourier transform
//!             └─────► simulate ─► years ─► figures, curve      compound sums, a stream per scenario
//!                                   └────► portfolio           all risks, what they share, one edited
//! ```

pub mod annual;
mod count;
pub mod curve;
pub mod dist;
pub mod exact;
mod fft;
pub mod figures;
pub mod guide;
pub mod once;
pub mod panjer;
pub mod portfolio;
pub mod rate;
pub mod scenario;
pub mod sensitivity;
pub mod simulate;
pub mod special;
pub mod stream;
mod table;
pub mod tolerance;
pub mod tree;
pub mod vulnerability;
