//! The core, used as formats and hosts use it.
#![allow(
    unreachable_pub,
    clippy::unwrap_used,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    clippy::panic,
    reason = "tests with small numbers, which say what they expect by panicking"
)]

mod coded;
mod comparing;
mod engine;
mod faults;
mod hostile;
mod images;
mod pool;
mod properties;
mod random;
mod reading;
mod support;
