//! Files in and out: real exports of other tools, our own CSV and JSON, and what happens when they come twice.
#![allow(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test stops where it fails"
)]

mod ciso;
mod desk;
mod e2e;
mod folder;
mod formats;
mod hostile;
mod ledger;
mod round;
mod table;
