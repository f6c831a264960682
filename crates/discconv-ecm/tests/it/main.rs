//! Tests of ECM, a module per theme. Files are laid here byte by byte, sectors are made by the slow arithmetic of the testkit.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stderr,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "tests"
)]

mod corpus;
mod hostile;
mod lay;
mod read;
mod write;
