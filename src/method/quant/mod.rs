//! The quantitative engine: what a risk costs a year, worked out from the factors of its Open FAIR tree. Plain numbers
//! in and out: nothing here knows a record, a field or a screen.

pub mod annual;
pub mod dist;
pub mod exact;
mod fft;
pub mod panjer;
pub mod rate;
pub mod scenario;
pub mod special;
pub mod stream;
pub mod tree;
pub mod vulnerability;
